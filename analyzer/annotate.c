/*
 * stlinkscope annotate: the capture, with what each record means as its comments.
 * Knows: its options, the order of its two passes. Must not know: what is said of a record (annotations.h).
 */
#include "annotations.h"
#include "rewrite.h"
#include "spool.h"

struct annotate_options {
	struct common_options common;
	const char *path, *out;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct annotate_options *options = state->input;

	if (key == ARGP_KEY_INIT) {
		state->child_inputs[0] = &options->common;
		return 0;
	}
	return parse_in_and_out(key, arg, state, &options->common, &options->path, &options->out);
}

struct annotate {
	struct annotations *annotations;
	struct facts *facts;
};

static void finished(void *context, const struct input_facts *input, const struct tracker *tracker)
{
	struct annotate *annotate = context;
	struct report report = { 0 };

	facts_finish(annotate->facts, input, tracker);
	report_make(&report, facts_capture(annotate->facts));
	annotations_report(annotate->annotations, &report);
	report_free(&report);
}

static const char *const *comments(void *context, uint64_t frame, size_t *count)
{
	return annotations_of(context, frame, count);
}

static enum outcome annotate(const void *context, const char *path)
{
	const struct annotate_options *options = context;
	struct annotate annotate = { .annotations = annotations_new(options->common.serials) };
	struct listener listeners[2];
	enum outcome first, second;

	if (!annotate.annotations)
		return OUTCOME_TROUBLE;
	annotate.facts = facts_new(NULL, NULL);
	listeners[0] = facts_listener(annotate.facts);
	listeners[1] = annotations_listener(annotate.annotations);
	first = run_capture(&(struct run){
		.path = path, .name = options->path, .options = &options->common, .listeners = listeners, .listener_count = 2, .finished = finished,
		.context = &annotate,
	});
	second = rewrite_capture(&(struct rewrite){
		.path = path, .shown = options->path, .out = options->out, .keep_lines = true, .context = annotate.annotations, .comments = comments,
	});
	facts_free(annotate.facts);
	annotations_free(annotate.annotations);
	return first > second ? first : second;
}

enum outcome run_annotate(int argc, char **argv)
{
	static const struct argp_child children[] = { { .argp = &common_annotate_argp }, { 0 } };
	static const struct argp argp = {
		.parser = parse, .args_doc = "IN OUT", .children = children,
		.doc = "Writes the capture again, with comments that Wireshark shows: each packet of an ST-Link carries its decoded line, "
		       "and where a finding has its evidence, the finding.\v"
		       "OUT is a pcapng; - is standard output. No packet is left out or masked, and comments that were there before, but for a "
		       "tool's lines, are replaced. For a file to share, annotate what scrub wrote.",
	};
	struct annotate_options options = { 0 };

	if (argp_parse(&argp, argc, argv, 0, NULL, &options))
		return OUTCOME_TROUBLE;
	return spool_run(options.path, annotate, &options);
}
