/*
 * stlinkscope report: one file to attach to a bug report.
 * Knows: its options, the order of its two passes, which form goes where. Must not know: how a form looks, what is private.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "output/privacy.h"
#include "output/report_html.h"
#include "output/report_markdown.h"
#include "output/summary_json.h"
#include "output/transcript.h"
#include "report.h"
#include "scrub_plan.h"
#include "spool.h"
#include "tool_text.h"

#define EXCERPT_ROWS 26   /* of a transcript in Markdown */
#define EXCERPT_AROUND 8

enum { KEY_FORMAT = 0x200 };

static const char *const formats[] = { [REPORT_HTML] = "html", [REPORT_MARKDOWN] = "md", [REPORT_JSON] = "json" };
#define FORMATS (sizeof formats / sizeof formats[0])

struct parsed {
	struct common_options common;
	const char *path, *out;
	int format; /* -1: by the name of OUT */
};

static const struct argp_option option_table[] = {
	{ .name = "output", .key = 'o', .arg = "OUT", .doc = "Where it goes; its ending says in which form: .html, .md or .json" },
	{ .name = "format", .key = KEY_FORMAT, .arg = "FORM", .doc = "html, md or json, whatever OUT is called; needed where that is -" },
	{ 0 },
};

bool report_format_of(const char *out, enum report_format *format)
{
	const char *dot = strrchr(out, '.');

	for (size_t i = 0; dot && i < FORMATS; i++) {
		if (strcmp(dot + 1, formats[i]))
			continue;
		*format = (enum report_format)i;
		return true;
	}
	return false;
}

static void check_together(struct parsed *parsed, struct argp_state *state)
{
	enum report_format format;

	if (!parsed->out)
		argp_failure(state, OUTCOME_TROUBLE, 0, "name the file to write: -o OUT.html, OUT.md or OUT.json");
	if (parsed->format < 0 && parsed->out && report_format_of(parsed->out, &format))
		parsed->format = (int)format;
	if (parsed->format < 0)
		refuse_value(state, "--output", parsed->out, "does not end in .html, .md or .json; --format says which it is");
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct parsed *parsed = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &parsed->common;
		return 0;
	case 'o':
		parsed->out = arg;
		return 0;
	case KEY_FORMAT:
		for (size_t i = 0; i < FORMATS; i++)
			if (!strcmp(arg, formats[i]))
				parsed->format = (int)i;
		if (parsed->format < 0)
			refuse_value(state, "--format", arg, "is none of html, md, json");
		return 0;
	case ARGP_KEY_END:
		check_together(parsed, state);
		return 0;
	default:
		return parse_one_file(key, arg, state, &parsed->path);
	}
}

/* --- the first pass --- */

struct making {
	const struct report_options *options;
	struct scrub_plan *plan;
	struct facts *facts;
	struct report report;
	struct timings *timings;
	struct timeline timeline;
	uint64_t rows;           /* of the transcript */
	const struct timing_report *timing;
	bool device_found, complete;
	char removed_text[SCRUB_LINES + 1][160];
	const char *removed[SCRUB_LINES + 2];
	/* the second: */
	FILE *file;
	struct row_choice *choice;
	struct report_rows *row_source;
	uint8_t *bytes;
	size_t room;
	struct privacy_serials serials;
	char tool_line[PRIVACY_LINE], tool_room[PRIVACY_LINE];
	uint64_t headline_frame; /* whose surroundings an excerpt shows: where nothing failed, the beginning's */
	/* JSON: */
	FILE *line_file;
	char *line;
	size_t line_size;
	bool first_line;
};

static void count_row(void *context, const struct report_row *row)
{
	struct making *making = context;

	(void)row;
	making->rows++;
}

static void list_removed(struct making *making)
{
	struct scrub_line lines[SCRUB_LINES];
	size_t count = scrub_counts_lines(scrub_plan_counts(making->plan), KEEP_TOOL, lines);

	for (size_t i = 0; i < count; i++) {
		snprintf(making->removed_text[i], sizeof making->removed_text[0], "%" PRIu64 " %s", lines[i].number, lines[i].words);
		making->removed[i] = making->removed_text[i];
	}
	if (!scrub_plan_counts(making->plan)->tool_lines || making->options->common->serials)
		return;
	snprintf(making->removed_text[count], sizeof making->removed_text[0], "of %" PRIu64 " lines of the tool: serial numbers, unique ids in "
	         "dumps of memory, and names of users in paths; all else stands as the tool wrote it", scrub_plan_counts(making->plan)->tool_lines);
	making->removed[count] = making->removed_text[count];
}

static void first_finished(void *context, const struct input_facts *input, const struct tracker *tracker)
{
	struct making *making = context;
	const struct common_options *common = making->options->common;
	const struct session_report *worst;

	facts_finish(making->facts, input, tracker);
	report_make(&making->report, facts_capture(making->facts));
	making->timing = timings_finish(making->timings, TIMING_BY_TIME, NULL, 0);
	making->complete = input->complete;
	free(select_probes(common, tracker, &making->device_found));
	privacy_collect(&making->serials, tracker);
	worst = making->report.worst;
	if (worst && worst->headline && worst->headline->match.frame_count)
		making->headline_frame = worst->headline->match.frame[0];
	else if (making->report.session_count)
		making->headline_frame = making->report.sessions[0].facts->session.first_frame;
}

static enum outcome first_pass(struct making *making)
{
	struct report_rows *counter = report_rows_counter(count_row, making);
	struct listener listeners[] = {
		facts_listener(making->facts), timings_listener(making->timings), timeline_listener(&making->timeline),
		scrub_plan_listener(making->plan), report_rows_listener(counter),
	};
	enum outcome outcome = run_capture(&(struct run){
		.path = making->options->path, .name = making->options->name, .options = making->options->common, .listeners = listeners,
		.listener_count = sizeof listeners / sizeof listeners[0], .each = scrub_plan_each, .finished = first_finished, .context = making,
		.each_context = making->plan,
	});

	report_rows_free(counter);
	scrub_plan_finish(making->plan);
	list_removed(making);
	return outcome;
}

/* --- the second pass --- */

/* Nothing that is not seen may stand between the letters of what is looked for. */
static void mask_line(struct making *making, struct input_item *item)
{
	size_t length = strlen(item->line.text);
	char *text = facts_allocate(NULL, TOOL_TEXT_SIZE(length));

	tool_text(text, item->line.text, length, false);
	snprintf(making->tool_line, sizeof making->tool_line, "%s", privacy_shared_line(text, &making->serials, making->tool_room));
	item->line.text = making->tool_line;
	free(text);
}

/* The tracker sees masked bytes only: what is printed from here on cannot hold others. */
static bool mask_item(void *context, struct input_item *item)
{
	struct making *making = context;

	if (item->kind == INPUT_TOOL_LINE && !making->options->common->serials)
		mask_line(making, item);
	if (item->kind != INPUT_RECORD || !item->urb.captured)
		return true;
	if (item->urb.captured > making->room) {
		making->room = item->urb.captured;
		making->bytes = facts_allocate(making->bytes, making->room);
	}
	memcpy(making->bytes, item->urb.data, item->urb.captured);
	scrub_plan_mask(making->plan, item->urb.frame, making->bytes, item->urb.captured);
	item->urb.data = making->bytes;
	return true;
}

static bool is_left_out(const struct making *making, const struct report_row *row)
{
	const struct common_options *common = making->options->common;

	return common->has_device && row->device && (row->bus != common->bus || row->device != common->device);
}

static void choose_row(void *context, const struct report_row *row)
{
	struct making *making = context;

	if (!is_left_out(making, row))
		row_choice_put(making->choice, row);
}

/* Of an excerpt only the evidence of the headline matters. */
static void choose_excerpt(void *context, const struct report_row *of)
{
	struct making *making = context;
	struct report_row row = *of;

	row.matters = row.frame == making->headline_frame;
	for (size_t i = 0; i < row.anchor_count; i++)
		row.matters |= row.anchors[i] == making->headline_frame;
	choose_row(making, &row);
}

/* The line that the JSON transcript just wrote for this row stands in for its words. */
static void choose_line(void *context, const struct report_row *of)
{
	struct making *making = context;
	struct report_row row = *of;

	if (row.kind == ROW_SESSION || row.kind == ROW_PHASE)
		return;
	fflush(making->line_file);
	row.words = making->line && making->line_size ? making->line : "";
	row.answer = row.details = "";
	choose_row(making, &row);
	rewind(making->line_file);
}

static void write_line(void *context, const struct report_row *row)
{
	struct making *making = context;
	size_t length = strcspn(row->words, "\n");

	fputs(making->first_line ? "\n" : ",\n", making->file);
	making->first_line = false;
	if (row->kind == ROW_LEFT_OUT)
		fprintf(making->file, "{\"type\":\"left-out\",\"frame\":%" PRIu64 ",\"rows\":%" PRIu64 "}", row->frame, row->left_out);
	else
		fprintf(making->file, "%.*s", (int)length, length ? row->words : "{}");
}

/* Runs over the input once more with masked bytes. take gets each row; first (or NULL) listens before. */
static enum outcome second_pass(struct making *making, row_taker *take, const struct listener *first)
{
	struct listener listeners[2];
	size_t count = 0;
	enum outcome outcome;

	making->row_source = report_rows_new(&making->report, making->options->common->serials, take, making);
	if (first)
		listeners[count++] = *first;
	listeners[count++] = report_rows_listener(making->row_source);
	outcome = run_capture(&(struct run){
		.path = making->options->path, .options = making->options->common, .listeners = listeners, .listener_count = count,
		.each = mask_item, .context = making, .silent = true,
	});
	row_choice_finish(making->choice);
	row_choice_free(making->choice);
	report_rows_free(making->row_source);
	return outcome;
}

static enum outcome write_html(struct making *making)
{
	struct report_parts parts = {
		.report = &making->report, .timing = making->timing, .timeline = &making->timeline, .program = "stlinkscope " PROGRAM_VERSION,
		.removed = making->removed, .serials = making->options->common->serials, .complete = making->complete,
	};
	struct html_rows *rows = html_rows_new(making->file, making->rows, making->report.capture->first_time);
	enum outcome outcome;

	report_html_begin(rows, &parts);
	making->choice = row_choice_new(making->rows, ROWS_MOST, ROWS_AROUND, html_rows_put, rows);
	outcome = second_pass(making, choose_row, NULL);
	report_html_end(rows, &parts);
	html_rows_free(rows);
	return outcome;
}

static enum outcome write_markdown(struct making *making)
{
	enum outcome outcome;

	report_markdown_begin(making->file, &making->report, making->options->common->serials);
	making->choice = row_choice_new(making->rows, EXCERPT_ROWS, EXCERPT_AROUND, report_markdown_row, making->file);
	outcome = second_pass(making, choose_excerpt, NULL);
	report_markdown_end(making->file, making->removed, "stlinkscope " PROGRAM_VERSION, making->complete);
	return outcome;
}

static enum outcome write_json(struct making *making)
{
	struct selection selection = { 0 };
	struct transcript_options options = { .common = making->options->common, .selection = &selection };
	struct json_transcript *transcript;
	struct listener listener;
	enum outcome outcome;

	making->line_file = open_memstream(&making->line, &making->line_size);
	if (!making->line_file)
		return OUTCOME_TROUBLE;
	transcript = json_transcript_new(&options, making->line_file);
	listener = json_transcript_listener(transcript);
	fputs("{\"type\":\"report\",\"schema\":1,\"summary\":\n", making->file);
	summary_json(making->file, &making->report, NULL, making->options->common->serials);
	fputs(",\"transcript\":[", making->file);
	making->first_line = true;
	making->choice = row_choice_new(making->rows, ROWS_MOST, ROWS_AROUND, write_line, making);
	outcome = second_pass(making, choose_line, &listener);
	fputs("\n]}\n", making->file);
	json_transcript_free(transcript);
	fclose(making->line_file);
	free(making->line);
	return outcome;
}

/* --- all --- */

static enum outcome write_report(struct making *making)
{
	static enum outcome (*const writers[])(struct making *making) = {
		[REPORT_HTML] = write_html, [REPORT_MARKDOWN] = write_markdown, [REPORT_JSON] = write_json,
	};
	const char *out = making->options->out;
	bool is_stdout = !strcmp(out, "-"), good;
	enum outcome outcome;

	if (!is_stdout && would_overwrite(out, making->options->path))
		return OUTCOME_TROUBLE;
	making->file = is_stdout ? stdout : fopen(out, "w");
	if (!making->file) {
		say_unwritable(out, errno);
		return OUTCOME_TROUBLE;
	}
	outcome = writers[making->options->format](making);
	if (is_stdout)
		return outcome; /* main.c looks after it */
	good = !ferror(making->file);
	good = !fclose(making->file) && good;
	if (!good)
		say_unwritable(out, errno);
	return good ? outcome : OUTCOME_TROUBLE;
}

enum outcome report_write(const struct report_options *options)
{
	struct making making = { .options = options, .plan = scrub_plan_new(KEEP_STRINGS) };
	enum outcome outcome, second;

	if (!making.plan)
		return OUTCOME_TROUBLE;
	making.facts = facts_new(NULL, NULL);
	making.timings = timings_new();
	if (options->common->has_device)
		facts_select(making.facts, options->common->bus, options->common->device);
	outcome = first_pass(&making);
	if (!making.timing) {
		/* nothing could be read, and that was said */
	} else if (!making.device_found) {
		say_no_device(options->common);
		outcome = OUTCOME_TROUBLE;
	} else {
		bool found;

		second = write_report(&making);
		if (outcome == OUTCOME_GOOD)
			outcome = second;
		if (outcome == OUTCOME_GOOD && report_worst(&making.report, &found) >= SEVERITY_ERROR && found)
			outcome = OUTCOME_FINDINGS;
	}
	report_free(&making.report);
	timings_free(making.timings);
	facts_free(making.facts);
	scrub_plan_free(making.plan);
	free(making.bytes);
	return outcome;
}

static enum outcome report(const void *context, const char *path)
{
	const struct parsed *parsed = context;

	return report_write(&(struct report_options){ &parsed->common, path, parsed->path, parsed->out, (enum report_format)parsed->format });
}

enum outcome run_report(int argc, char **argv)
{
	static const struct argp_child children[] = { { .argp = &common_report_argp }, { 0 } };
	static const struct argp argp = {
		.options = option_table, .parser = parse, .args_doc = "FILE -o OUT", .children = children,
		.doc = "Makes one file to attach to a bug report: the verdict, how far each session got, findings with what to do, and the transcript. "
		       "Serial numbers are pseudonyms, and the target's memory is not in it.\v"
		       "A page (.html) needs no network and no other file. For an issue's text there is .md, for programs .json. "
		       "Of a long capture at most 5000 rows are shown: what failed, and what is around it. Exit status as of summary.",
	};
	struct parsed parsed = { .format = -1 };

	if (argp_parse(&argp, argc, argv, 0, NULL, &parsed))
		return OUTCOME_TROUBLE;
	return spool_run(parsed.path, report, &parsed);
}
