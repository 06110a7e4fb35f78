/*
 * stlinkscope [summary] FILE: the verdict.
 * Knows: its options, and which outcome a finding is. Must not know: how anything is judged or printed.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "output/summary_json.h"
#include "output/summary_junit.h"
#include "output/summary_text.h"
#include "summary.h"

enum { KEY_FAIL_ON = 0x200, KEY_JUNIT };

struct summary_options {
	struct common_options common;
	const char **paths; /* one FILE or several, in the order of the command line */
	size_t path_count;
	bool with_filename;
	const char *junit;  /* where the test farm's XML goes, or NULL */
	enum severity fail_on;
};

static const struct argp_option options[] = {
	{ .name = "fail-on", .key = KEY_FAIL_ON, .arg = "SEVERITY",
	  .doc = "Exit with 1 where a finding is at least this: error (the default), warning, info, or never" },
	{ .name = "with-filename", .key = 'H',
	  .doc = "Name the file with each verdict, as is done where there are several; with --json as the key file" },
	{ .name = "junit", .key = KEY_JUNIT, .arg = "OUT.xml",
	  .doc = "Also write JUnit's XML: a session is a test case, a finding at or above --fail-on a failure" },
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
		if (!severity_find(arg, &summary->fail_on))
			refuse_value(state, "--fail-on", arg, "is none of error, warning, info, never");
		return 0;
	case 'H':
		summary->with_filename = true;
		return 0;
	case KEY_JUNIT:
		if (!strcmp(arg, "-"))
			refuse_value(state, "--junit", arg, "is no file name; the verdicts go to stdout");
		summary->junit = arg;
		return 0;
	case ARGP_KEY_ARG:
		summary->paths[summary->path_count++] = arg;
		return 0;
	case ARGP_KEY_END:
		if (!summary->path_count)
			argp_failure(state, OUTCOME_TROUBLE, 0, "no capture named; - reads standard input");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* One capture's. */
struct summary {
	const struct summary_options *options;
	const char *path;
	struct facts *facts;
	struct report report;
	bool judged; /* report is made */
	bool first;  /* nothing is printed yet */
	enum outcome outcome;
};

static void leaving(void *context, const struct capture_facts *capture, const struct session_facts *session)
{
	struct summary *summary = context;

	report_omit(&summary->report, capture, session);
}

void summary_print(const struct report *report, const struct common_options *common, const char *name)
{
	struct summary_style style = {
		.color = terminal_color(stdout, common->color), .quiet = common->quiet, .serials = common->serials, .verbose = common->verbose,
		.width = terminal_width(stdout),
	};

	if (style.width > 120)
		style.width = 120;
	if (common->json)
		summary_json(stdout, report, name, common->serials);
	else
		summary_text(stdout, report, &style);
}

/* Above a verdict in words: whose it is. */
static void print_name(const struct summary *summary)
{
	const struct common_options *common = &summary->options->common;
	bool color = terminal_color(stdout, common->color);
	char shown[1024];

	printf("%s%s%s%s:%s", summary->first || common->quiet ? "" : "\n", terminal_begin(color, STYLE_NAME),
	       terminal_safe(shown, sizeof shown, summary->path, 0), terminal_end(color), common->quiet ? " " : "\n");
}

static void print(const struct summary *summary)
{
	const struct common_options *common = &summary->options->common;
	bool named = summary->options->with_filename;

	if (named && !common->json)
		print_name(summary);
	summary_print(&summary->report, common, named ? summary->path : NULL);
}

static void finished(void *context, const struct input_facts *input, const struct tracker *tracker)
{
	struct summary *summary = context;
	bool found;

	facts_finish(summary->facts, input, tracker);
	free(select_probes(&summary->options->common, tracker, &found));
	if (!found) {
		say_no_device(&summary->options->common);
		summary->outcome = OUTCOME_TROUBLE;
		return;
	}
	report_make(&summary->report, facts_capture(summary->facts));
	summary->judged = true;
	print(summary);
	if (report_worst(&summary->report, &found) >= summary->options->fail_on && found)
		summary->outcome = OUTCOME_FINDINGS;
}

static enum outcome summarise(const struct summary_options *options, const char *path, bool first, FILE *junit)
{
	struct summary summary = { .options = options, .path = path, .first = first };
	struct listener listener;
	enum outcome outcome;

	summary.facts = facts_new(leaving, &summary);
	if (options->common.has_device)
		facts_select(summary.facts, options->common.bus, options->common.device);
	listener = facts_listener(summary.facts);
	outcome = run_capture(&(struct run){
		.path = path, .options = &options->common, .listeners = &listener, .listener_count = 1, .finished = finished, .context = &summary,
	});
	if (junit)
		summary_junit_capture(junit, summary.judged ? &summary.report : NULL, path, options->fail_on, outcome == OUTCOME_GOOD);
	if (summary.judged)
		report_free(&summary.report);
	facts_free(summary.facts);
	return outcome == OUTCOME_GOOD ? summary.outcome : outcome;
}

/* Says why where the file cannot be made. */
static FILE *open_junit(const struct summary_options *options)
{
	const char *path = options->junit;
	FILE *junit;

	for (size_t i = 0; i < options->path_count; i++)
		if (would_overwrite(path, options->paths[i]))
			return NULL;
	junit = fopen(path, "w");
	if (junit)
		summary_junit_begin(junit);
	else
		say_unwritable(path, errno);
	return junit;
}

static bool close_junit(FILE *junit, const char *path)
{
	char shown[1024];
	bool good;

	summary_junit_end(junit);
	good = !ferror(junit);
	good = !fclose(junit) && good;
	if (!good)
		fprintf(stderr, "stlinkscope: %s: could not be written whole: %s\n", terminal_safe(shown, sizeof shown, path, 0), strerror(errno));
	return good;
}

/* All captures; the outcome is the gravest. */
static enum outcome summarise_all(const struct summary_options *options)
{
	enum outcome worst = OUTCOME_GOOD;
	FILE *junit = options->junit ? open_junit(options) : NULL;

	if (options->junit && !junit)
		return OUTCOME_TROUBLE;
	for (size_t i = 0; i < options->path_count && !ferror(stdout); i++) {
		enum outcome outcome = summarise(options, options->paths[i], !i, junit);

		if (outcome > worst)
			worst = outcome;
		fflush(stdout); /* before the next file's complaints */
	}
	if (junit && !close_junit(junit, options->junit))
		worst = OUTCOME_TROUBLE;
	return worst;
}

enum outcome run_summary(int argc, char **argv)
{
	static const struct argp_child children[] = { { .argp = &common_argp }, { 0 } };
	static const struct argp argp = {
		.options = options, .parser = parse, .args_doc = "FILE...", .children = children,
		.doc = "Says which side failed, how far each session got, and what to do about it; of several captures one after the other.\v"
		       "The first line is the verdict. Exit status: 0 nothing at or above --fail-on, 1 findings, 2 trouble with usage or input; "
		       "of several captures the highest.",
	};
	const char *paths[argc];
	struct summary_options parsed = { .paths = paths, .fail_on = SEVERITY_ERROR };

	if (argp_parse(&argp, argc, argv, 0, NULL, &parsed))
		return OUTCOME_TROUBLE;
	parsed.with_filename |= parsed.path_count > 1;
	return summarise_all(&parsed);
}
