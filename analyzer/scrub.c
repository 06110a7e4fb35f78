/*
 * stlinkscope scrub: a capture that is safe to share.
 * Knows: its options, the order of its two passes. Must not know: what is private (output/mask.h).
 */
#include <inttypes.h>
#include <string.h>

#include "output/json.h"
#include "rewrite.h"
#include "scrub_plan.h"
#include "spool.h"

enum { KEY_KEEP = 0x200 };

struct scrub_options {
	struct common_options common;
	const char *path, *out;
	unsigned keep;
};

static const struct argp_option option_table[] = {
	{ .name = "keep", .key = KEY_KEEP, .arg = "WHAT[,WHAT...]",
	  .doc = "What else stays as it is: memory, serial (numbers and unique ids), trace, unknown (answers to unknown commands), tool (its lines)" },
	{ 0 },
};

static void parse_keep(struct scrub_options *options, const char *arg, struct argp_state *state)
{
	const char *at = arg;

	while (at) {
		size_t length = strcspn(at, ",");
		const struct name *row = mask_keep_names;

		while (row->text && (strlen(row->text) != length || strncmp(row->text, at, length)))
			row++;
		if (!row->text)
			refuse_value(state, "--keep", arg, "is none of memory, serial, trace, unknown, tool");
		options->keep |= (unsigned)row->value;
		at = at[length] ? at + length + 1 : NULL;
	}
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct scrub_options *options = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &options->common;
		return 0;
	case KEY_KEEP:
		parse_keep(options, arg, state);
		return 0;
	default:
		return parse_in_and_out(key, arg, state, &options->common, &options->path, &options->out);
	}
}

/* --- the second pass --- */

static bool keeps(void *context, uint64_t frame)
{
	return scrub_plan_keeps(context, frame);
}

static void change(void *context, uint64_t frame, uint8_t *payload, uint32_t length)
{
	scrub_plan_mask(context, frame, payload, length);
}

/* --- what it did --- */

static void print_counts(FILE *file, const struct scrub_counts *counts, unsigned keep)
{
	struct scrub_line lines[SCRUB_LINES];
	size_t count = scrub_counts_lines(counts, keep, lines);

	fprintf(file, "Kept %" PRIu64 " records of ST-Links. Removed or masked:\n", counts->kept);
	for (size_t i = 0; i < count; i++)
		fprintf(file, "  %" PRIu64 " %s\n", lines[i].number, lines[i].words);
	fputs("  all comments, names of hosts and programs, the capturing machine's ids of USB requests, and whatever else the file said\n"
	      "  beside its records\n", file);
	fputs("Commands, statuses, registers of the core and of debug, times, and product names stay.\n", file);
}

static void print_json(FILE *file, const struct scrub_counts *counts)
{
	struct json *json = json_open(file);

	json_begin_message(json, "scrub");
	json_unsigned(json, "records_kept", counts->kept);
	json_unsigned(json, "records_removed", counts->dropped);
	json_unsigned(json, "disk_commands_removed", counts->disk_commands);
	json_unsigned(json, "serial_strings", counts->strings);
	json_unsigned(json, "id_bytes", counts->id_bytes);
	json_unsigned(json, "memory_bytes", counts->memory_bytes);
	json_unsigned(json, "trace_bytes", counts->trace_bytes);
	json_unsigned(json, "unknown_bytes", counts->unknown_bytes);
	json_unsigned(json, "tool_lines", counts->tool_lines);
	json_end(json);
	json_close(json);
}

static enum outcome scrub(const void *context, const char *path)
{
	const struct scrub_options *options = context;
	struct scrub_plan *plan = scrub_plan_new(options->keep);
	FILE *file = strcmp(options->out, "-") ? stdout : stderr;
	struct listener listener;
	enum outcome first, second;

	if (!plan)
		return OUTCOME_TROUBLE;
	listener = scrub_plan_listener(plan);
	first = run_capture(&(struct run){
		.path = path, .name = options->path, .options = &options->common, .listeners = &listener, .listener_count = 1, .each = scrub_plan_each, .context = plan,
	});
	scrub_plan_finish(plan);
	second = rewrite_capture(&(struct rewrite){
		.path = path, .shown = options->path, .out = options->out, .keep_lines = options->keep & KEEP_TOOL, .number_urbs = true,
		.context = plan, .keeps = keeps, .change = change,
	});
	if (second == OUTCOME_GOOD && options->common.json)
		print_json(file, scrub_plan_counts(plan));
	else if (second == OUTCOME_GOOD && !options->common.quiet)
		print_counts(file, scrub_plan_counts(plan), options->keep);
	scrub_plan_free(plan);
	return first > second ? first : second;
}

enum outcome run_scrub(int argc, char **argv)
{
	static const struct argp_child children[] = { { .argp = &common_scrub_argp }, { 0 } };
	static const struct argp argp = {
		.options = option_table, .parser = parse, .args_doc = "IN OUT", .children = children,
		.doc = "Writes a capture that is safe to share: only the ST-Link's traffic, with serial numbers and unique ids as pseudonyms, and other "
		       "bytes in place of the target's memory. It decodes to the same transcript but for these values.\v"
		       "OUT is a pcapng; - is standard output. The same serial number becomes the same pseudonym everywhere.",
	};
	struct scrub_options options = { 0 };

	if (argp_parse(&argp, argc, argv, 0, NULL, &options))
		return OUTCOME_TROUBLE;
	return spool_run(options.path, scrub, &options);
}
