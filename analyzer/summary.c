/*
 * stlinkscope [summary] FILE: the verdict.
 * Knows: its options, and which outcome a finding is. Must not know: how anything is judged or printed.
 */
#include <string.h>

#include "diagnosis/diagnosis.h"
#include "output/summary_json.h"
#include "output/summary_text.h"
#include "program.h"

enum { KEY_FAIL_ON = 0x200 };

struct summary_options {
	struct common_options common;
	const char *path;
	enum severity fail_on;
};

static const struct argp_option options[] = {
	{ .name = "fail-on", .key = KEY_FAIL_ON, .arg = "SEVERITY",
	  .doc = "Exit with 1 where a finding is at least this: error (the default), warning, info, or never" },
	{ 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct summary_options *summary = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &summary->common;
		return 0;
	case KEY_FAIL_ON:
		for (int severity = SEVERITY_INFO; severity <= SEVERITY_NEVER; severity++) {
			if (strcmp(arg, severity_name((enum severity)severity)))
				continue;
			summary->fail_on = (enum severity)severity;
			return 0;
		}
		refuse_value(state, "--fail-on", arg, "is none of error, warning, info, never");
		return EINVAL;
	default:
		return parse_one_file(key, arg, state, &summary->path);
	}
}

struct summary {
	const struct summary_options *options;
	struct facts *facts;
	struct report report;
	enum outcome outcome;
};

static void leaving(void *context, const struct capture_facts *capture, const struct session_facts *session)
{
	struct summary *summary = context;

	report_omit(&summary->report, capture, session);
}

static bool finds_the_device(const struct summary *summary)
{
	const struct capture_facts *capture = facts_capture(summary->facts);
	const struct common_options *common = &summary->options->common;

	if (!common->has_device)
		return true;
	for (size_t i = 0; i < capture->probe_count; i++)
		if (facts_is_selected(summary->facts, &capture->probes[i].probe))
			return true;
	say_no_device(common);
	return false;
}

static void print(const struct summary *summary)
{
	const struct common_options *common = &summary->options->common;
	struct summary_style style = {
		.color = terminal_color(stdout, common->color), .quiet = common->quiet, .serials = common->serials, .verbose = common->verbose,
		.width = terminal_width(stdout),
	};

	if (style.width > 120)
		style.width = 120;
	if (common->json)
		summary_json(stdout, &summary->report, common->serials);
	else
		summary_text(stdout, &summary->report, &style);
}

static void finished(void *context, const struct input_facts *input, const struct tracker *tracker)
{
	struct summary *summary = context;
	bool found;

	facts_finish(summary->facts, input, tracker);
	if (!finds_the_device(summary)) {
		summary->outcome = OUTCOME_TROUBLE;
		return;
	}
	report_make(&summary->report, facts_capture(summary->facts));
	print(summary);
	if (report_worst(&summary->report, &found) >= summary->options->fail_on && found)
		summary->outcome = OUTCOME_FINDINGS;
	report_free(&summary->report);
}

enum outcome run_summary(int argc, char **argv)
{
	static const struct argp_child children[] = { { .argp = &common_argp }, { 0 } };
	static const struct argp argp = {
		.options = options, .parser = parse, .args_doc = "FILE", .children = children,
		.doc = "Says which side failed, how far each session got, and what to do about it.\v"
		       "The first line is the verdict. Exit status: 0 nothing at or above --fail-on, 1 findings, 2 trouble with usage or input.",
	};
	struct summary_options parsed = { .fail_on = SEVERITY_ERROR };
	struct summary summary = { .options = &parsed };
	struct listener listener;
	enum outcome outcome;

	if (argp_parse(&argp, argc, argv, 0, NULL, &parsed))
		return OUTCOME_TROUBLE;
	summary.facts = facts_new(leaving, &summary);
	if (parsed.common.has_device)
		facts_select(summary.facts, parsed.common.bus, parsed.common.device);
	listener = facts_listener(summary.facts);
	outcome = run_capture(&(struct run){
		.path = parsed.path, .options = &parsed.common, .listeners = &listener, .listener_count = 1,
		.finished = finished, .context = &summary,
	});
	facts_free(summary.facts);
	return outcome == OUTCOME_GOOD ? summary.outcome : outcome;
}
