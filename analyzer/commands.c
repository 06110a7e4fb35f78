/*
 * stlinkscope commands: the command, status and note tables of this build.
 * Must not know: any command. What is printed is what decodes.
 */
#include "commands.h"

#include <argp.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "program.h"

static void print_opcode(const struct stlink_command *command)
{
	if (command->opcode_length == 2)
		printf("%02x %02x", command->opcode[0], command->opcode[1]);
	else
		printf("%02x   ", command->opcode[0]);
}

/* "V2 V2-1, from V2J24" */
static void print_generations(const struct stlink_command *command)
{
	static const enum stlink_generation all[] = { GENERATION_V1, GENERATION_V2, GENERATION_V2_1, GENERATION_V3, GENERATION_V3PWR };
	const char *between = "";

	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		if (command->generations & all[i]) {
			printf("%s%s", between, stlink_generation_name(all[i]));
			between = " ";
		}
	if (command->since_v2)
		printf(", from V2J%u", command->since_v2);
	if (command->since_v3)
		printf("%s V3J%u", command->since_v2 ? " and" : ", from", command->since_v3);
}

static bool is_named_field(const struct field *field)
{
	return field->show != SHOW_PADDING && field->show != SHOW_STALE;
}

/* "address, length, [ap]"; words where there is none. */
static void print_field_names(const struct field *layout, const char *none)
{
	const char *between = "";

	for (const struct field *field = layout; field && field->name; field++)
		if (is_named_field(field)) {
			printf(field->optional ? "%s[%s]" : "%s%s", between, field->name);
			between = ", ";
		}
	if (!*between)
		fputs(none, stdout);
}

static void print_brief(const struct stlink_command *command)
{
	char answer[80];

	fputs("  ", stdout);
	print_opcode(command);
	printf("  %-24s %s; ", command->name, command->summary);
	print_generations(command);
	fputs("\n           ", stdout);
	print_field_names(command->request, "no parameters");
	if (command->data_phase != DATA_NONE)
		fputs("  <- data", stdout);
	if (command->answer_kind != ANSWER_NONE) {
		commands_answer_text(command, answer, sizeof answer);
		fputs("  -> ", stdout);
		print_field_names(command->answer, "bytes");
		printf(" (%s)", answer);
	}
	putchar('\n');
}

static void print_table(const char *heading, const struct stlink_command *rows, size_t count, enum stlink_group group)
{
	bool first = true;

	for (size_t i = 0; i < count; i++) {
		if (rows[i].group != group)
			continue;
		if (first)
			printf("%s\n", heading);
		first = false;
		print_brief(&rows[i]);
	}
	if (!first)
		putchar('\n');
}

static void print_fields(const struct field *layout, unsigned offset)
{
	for (const struct field *field = layout; field && field->name; field++) {
		if (field->width == FIELD_REST)
			printf("  %4u     -  ", offset);
		else
			printf("  %4u  %4u  ", offset, field->width);
		printf("%-18s %s%s%s%s\n", field->name, field->label, field->big_endian ? " (big-endian)" : "",
		       field->optional ? " (may be left out)" : "", field->count_role != ROLE_NONE && !field->counted ? " (repeated)" : "");
		for (const struct name *name = field->names; name && name->text; name++)
			printf("                %34s0x%02llx %s\n", "", (unsigned long long)name->value, name->text);
		for (const struct bits *bits = field->bits; bits && bits->name; bits++)
			printf("                %34s[%u:%u] %s\n", "", bits->high, bits->low, bits->name);
		offset += field->width == FIELD_REST ? 0 : field->width;
	}
}

static void print_status(const struct stlink_status *status)
{
	printf("  %02x  %-28s %-5s  %s%s%s\n", status->code, status->name, commands_class_name(status->class), status->meaning,
	       status->suggests ? " Points to: " : "", status->suggests ? status->suggests : "");
}

static void print_full(const struct stlink_command *command)
{
	char answer[80];

	printf("%s (", command->name);
	print_opcode(command);
	printf("): %s\n", command->summary);
	printf("group:       %s\ngenerations: ", commands_group_name(command->group));
	print_generations(command);
	printf("\nrequest, behind the opcode:%s\n", command->request ? "" : " nothing");
	print_fields(command->request, command->opcode_length);
	printf("data:        %s\n", commands_data_name(command->data_phase));
	print_fields(command->data, 0);
	commands_answer_text(command, answer, sizeof answer);
	printf("answer:      %s\n", answer);
	print_fields(command->answer, 0);
	if (command->scope == SCOPE_NONE)
		return;
	printf("statuses:    scope %s\n", commands_scope_name(command->scope));
	for (const struct stlink_status *status = stlink_statuses; status->name; status++)
		if (status->scope == command->scope && command->scope != SCOPE_DEBUG)
			print_status(status);
}

static void print_statuses(void)
{
	enum stlink_scope scope = SCOPE_NONE;

	for (const struct stlink_status *status = stlink_statuses; status->name; status++) {
		if (status->scope != scope)
			printf("%sstatuses, scope %s\n", scope == SCOPE_NONE ? "" : "\n", commands_scope_name(status->scope));
		scope = status->scope;
		print_status(status);
	}
}

static void print_notes(void)
{
	fputs("\nnotes on a transaction\n", stdout);
	for (unsigned note = 0; note < NOTES; note++)
		printf("  %-18s %s\n", note_name(note), note_text(note));
}

static void print_all(void)
{
	char heading[40];

	for (unsigned group = GROUP_PROBE; group <= GROUP_SCSI; group++) {
		snprintf(heading, sizeof heading, "%s commands", commands_group_name(group));
		print_table(heading, stlink_commands, stlink_command_count, group);
		print_table(heading, stlink_scsi_commands, stlink_scsi_command_count, group);
	}
	print_statuses();
	print_notes();
}

struct commands_options { bool json; const char *name; };

static error_t parse_commands(int key, char *arg, struct argp_state *state)
{
	struct commands_options *options = state->input;

	switch (key) {
	case 'j':
		options->json = true;
		return 0;
	case ARGP_KEY_ARG:
		if (options->name)
			refuse_more(state, arg, ": one COMMAND at a time");
		options->name = arg;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

enum outcome run_commands(int argc, char **argv)
{
	static const struct argp_option table[] = {
		{ .name = "json", .key = 'j', .doc = "The same as one JSON object" }, { 0 },
	};
	static const struct argp argp = {
		.options = table, .parser = parse_commands, .args_doc = "[NAME]",
		.doc = "Prints the tables that this build knows: commands with their fields, statuses by scope, notes; or the command NAME in full.",
	};
	struct commands_options options = { 0 };
	const struct stlink_command *only = NULL;
	char shown[80];

	argp_parse(&argp, argc, argv, 0, NULL, &options);
	if (options.name) {
		only = stlink_find_name(options.name);
		if (!only) {
			fprintf(stderr, "stlinkscope commands: no command is called '%s'; without a name all are listed\n",
			        terminal_safe(shown, sizeof shown, options.name, 60));
			return OUTCOME_TROUBLE;
		}
	}
	if (options.json)
		commands_json(only);
	else if (only)
		print_full(only);
	else
		print_all();
	return OUTCOME_GOOD;
}
