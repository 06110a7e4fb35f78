/*
 * The tables of this build as one JSON object (commands.h).
 */
#include "commands.h"

#include "output/json.h"
#include "track/track.h"

static void names_member(struct json *json, const struct name *names)
{
	if (!names)
		return;
	json_begin_array(json, "names");
	for (; names->text; names++) {
		json_begin_object(json, NULL);
		json_unsigned(json, "value", names->value);
		json_string(json, "name", names->text);
		json_end(json);
	}
	json_end(json);
}

static void bits_member(struct json *json, const struct bits *bits)
{
	if (!bits)
		return;
	json_begin_array(json, "bits");
	for (; bits->name; bits++) {
		json_begin_object(json, NULL);
		json_string(json, "name", bits->name);
		json_unsigned(json, "high", bits->high);
		json_unsigned(json, "low", bits->low);
		names_member(json, bits->names);
		json_end(json);
	}
	json_end(json);
}

static void layout_member(struct json *json, const char *key, const struct field *layout)
{
	json_begin_array(json, key);
	for (const struct field *field = layout; field && field->name; field++) {
		json_begin_object(json, NULL);
		json_string(json, "name", field->name);
		json_string(json, "label", field->label);
		if (field->width == FIELD_REST)
			json_null(json, "bytes");
		else
			json_unsigned(json, "bytes", field->width);
		json_boolean(json, "big_endian", field->big_endian);
		json_boolean(json, "optional", field->optional);
		json_boolean(json, "unused", field->show == SHOW_PADDING || field->show == SHOW_STALE);
		names_member(json, field->names);
		bits_member(json, field->bits);
		json_end(json);
	}
	json_end(json);
}

static void first_firmware(struct json *json, const char *key, uint8_t since)
{
	if (since)
		json_unsigned(json, key, since);
	else
		json_null(json, key);
}

static void command_object(struct json *json, const struct stlink_command *command)
{
	char answer[80];

	json_begin_object(json, NULL);
	json_hex(json, "opcode", command->opcode, command->opcode_length);
	json_string(json, "command", command->name);
	json_string(json, "summary", command->summary);
	json_string(json, "group", commands_group_name(command->group));
	json_begin_array(json, "generations");
	for (unsigned generation = GENERATION_V1; generation <= GENERATION_V3PWR; generation <<= 1)
		if (command->generations & generation)
			json_string(json, NULL, stlink_generation_name(generation));
	json_end(json);
	first_firmware(json, "since_v2", command->since_v2);
	first_firmware(json, "since_v3", command->since_v3);
	layout_member(json, "request", command->request);
	json_string(json, "data_phase", commands_data_name(command->data_phase));
	layout_member(json, "data", command->data);
	commands_answer_text(command, answer, sizeof answer);
	json_string(json, "answer_length", answer);
	layout_member(json, "answer", command->answer);
	json_string(json, "status_scope", commands_scope_name(command->scope));
	json_end(json);
}

static void statuses_member(struct json *json)
{
	json_begin_array(json, "statuses");
	for (const struct stlink_status *status = stlink_statuses; status->name; status++) {
		json_begin_object(json, NULL);
		json_unsigned(json, "code", status->code);
		json_string(json, "scope", commands_scope_name(status->scope));
		json_string(json, "name", status->name);
		json_string(json, "class", commands_class_name(status->class));
		json_string(json, "meaning", status->meaning);
		json_string(json, "suggests", status->suggests);
		json_end(json);
	}
	json_end(json);
}

void commands_json(const struct stlink_command *only)
{
	struct json *json = json_open(stdout);

	json_begin_message(json, "commands");
	json_begin_array(json, "commands");
	if (only)
		command_object(json, only);
	for (size_t i = 0; i < stlink_command_count && !only; i++)
		command_object(json, &stlink_commands[i]);
	for (size_t i = 0; i < stlink_scsi_command_count && !only; i++)
		command_object(json, &stlink_scsi_commands[i]);
	json_end(json);
	if (!only) {
		statuses_member(json);
		json_begin_array(json, "notes");
		for (unsigned note = 0; note < NOTES; note++) {
			json_begin_object(json, NULL);
			json_string(json, "note", note_name(note));
			json_string(json, "meaning", note_text(note));
			json_end(json);
		}
		json_end(json);
	}
	json_end(json);
	json_close(json);
}
