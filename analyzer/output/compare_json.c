/*
 * A comparison as one JSON object (compare_json.h).
 * Knows: keys. Must not know: why a difference matters.
 */
#include "compare_json.h"

#include "json.h"

#define DIFFERENCES 1000 /* that are told one by one; differences_total counts all */

static void write_step(struct json *json, const char *key, const struct step *step)
{
	if (!step) {
		json_null(json, key);
		return;
	}
	json_begin_object(json, key);
	json_unsigned(json, "number", step->number);
	json_unsigned(json, "frame", step->frame);
	json_unsigned(json, "last_frame", step->last_frame);
	json_unsigned(json, "answer_frame", step->answer_frame);
	json_unsigned(json, "count", step->count);
	json_string(json, "command", step->command->name);
	json_string(json, "asked", step->asked);
	json_string(json, "answered", step->answered);
	if (step->has_status)
		json_unsigned(json, "status", step->status);
	else
		json_null(json, "status");
	json_string(json, "status_name", step->has_status && step->status_row ? step->status_row->name : NULL);
	json_string(json, "result", result_name(step->result));
	json_end(json);
}

static void write_pair(struct json *json, const char *key, const struct step_pair *pair)
{
	json_begin_object(json, key);
	json_string(json, "kind", difference_name(pair->difference));
	write_step(json, "good", pair->good);
	write_step(json, "bad", pair->bad);
	json_end(json);
}

static void write_side(struct json *json, const char *key, const struct compared *side)
{
	const struct session *session = &side->session->facts->session;

	json_begin_object(json, key);
	json_string(json, "file", side->path);
	json_unsigned(json, "session", session->index);
	json_integer(json, "probe", session->probe);
	json_unsigned(json, "first_frame", session->first_frame);
	json_unsigned(json, "last_frame", session->last_frame);
	json_unsigned(json, "commands", side->session->facts->commands);
	json_unsigned(json, "steps", side->steps->count);
	json_unsigned(json, "commands_left_out", side->steps->left_out);
	json_string(json, "headline", side->session->headline ? side->session->headline->rule->id : NULL);
	json_end(json);
}

static void write_general(struct json *json, const struct compare_view *view)
{
	struct compare_row rows[COMPARE_ROWS + 1];

	compare_rows(rows, view);
	json_begin_array(json, "general");
	for (const struct compare_row *row = rows; row->name; row++) {
		json_begin_object(json, NULL);
		json_string(json, "name", row->name);
		json_string(json, "good", row->good);
		json_string(json, "bad", row->bad);
		json_boolean(json, "differs", row->differs);
		json_end(json);
	}
	json_end(json);
}

void compare_json(FILE *file, const struct compare_view *view)
{
	const struct comparison *comparison = view->comparison;
	struct json *json = json_open(file);
	char essence[ESSENCE_SIZE];
	size_t told = 0;

	compare_essence(essence, view);
	json_begin_message(json, "compare");
	json_boolean(json, "same", !comparison->differences);
	json_string(json, "text", essence);
	write_side(json, "good", &view->good);
	write_side(json, "bad", &view->bad);
	if (comparison->differences)
		write_pair(json, "first_difference", &comparison->pairs[comparison->first]);
	else
		json_null(json, "first_difference");
	json_begin_array(json, "differences");
	for (size_t i = comparison->first; i < comparison->count && told < DIFFERENCES; i++) {
		if (comparison->pairs[i].difference == DIFFERENCE_NONE)
			continue;
		write_pair(json, NULL, &comparison->pairs[i]);
		told++;
	}
	json_end(json);
	json_unsigned(json, "differences_total", comparison->differences);
	write_general(json, view);
	json_end(json);
	json_close(json);
}
