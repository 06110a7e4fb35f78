/*
 * stlinkscope compare GOOD BAD: where two sessions part.
 * Knows: its options, which sessions are compared, which outcome a difference is. Must not know: how steps are aligned or printed.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "output/compare_json.h"
#include "output/compare_text.h"
#include "output/step_text.h"
#include "program.h"

enum { KEY_SESSIONS = 0x200 };

struct compare_options {
	struct common_options common;
	const char *paths[2];
	uint64_t sessions[2]; /* UINT64_MAX: chosen here */
};

static const struct argp_option options[] = {
	{ .name = "sessions", .key = KEY_SESSIONS, .arg = "A,B",
	  .doc = "Compare session A of GOOD with session B of BAD, by the numbers that summary shows" },
	{ 0 },
};

/* Digits that end at end. */
static bool read_session(const char *text, char end, uint64_t *session)
{
	char *stop;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	*session = strtoull(text, &stop, 10);
	return !errno && *stop == end && *session < UINT64_MAX;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct compare_options *compare = state->input;
	const char *comma;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &compare->common;
		return 0;
	case KEY_SESSIONS:
		comma = strchr(arg, ',');
		if (!comma || !read_session(arg, ',', &compare->sessions[0]) || !read_session(comma + 1, '\0', &compare->sessions[1]))
			refuse_value(state, "--sessions", arg, "is not A,B, such as 0,1");
		return 0;
	case ARGP_KEY_ARG:
		if (state->arg_num >= 2)
			refuse_more(state, arg, ": two captures are compared");
		compare->paths[state->arg_num] = arg;
		return 0;
	case ARGP_KEY_END:
		if (state->arg_num < 2)
			argp_failure(state, OUTCOME_TROUBLE, 0, "two captures are compared: GOOD, which works, and BAD");
		else if (!strcmp(compare->paths[0], "-") && !strcmp(compare->paths[1], "-"))
			argp_failure(state, OUTCOME_TROUBLE, 0, "only one of the two can be standard input");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* --- one of the two --- */

struct reading {
	struct facts *facts;
	struct steps_log *log;
	struct report report;
	bool reported;
	enum outcome outcome;
};

static void leaving(void *context, const struct capture_facts *capture, const struct session_facts *session)
{
	struct reading *side = context;

	report_omit(&side->report, capture, session);
	steps_forget(side->log, session->session.index);
}

static void finished(void *context, const struct input_facts *input, const struct tracker *tracker)
{
	struct reading *side = context;

	facts_finish(side->facts, input, tracker);
	report_make(&side->report, facts_capture(side->facts));
	side->reported = true;
}

static void side_read(struct reading *side, const struct compare_options *compare, unsigned index)
{
	struct listener listeners[2];
	bool serials = compare->common.serials;

	side->facts = facts_new(leaving, side);
	side->log = steps_new(compare->sessions[index], step_text, &serials);
	if (compare->common.has_device)
		facts_select(side->facts, compare->common.bus, compare->common.device);
	listeners[0] = facts_listener(side->facts);
	listeners[1] = steps_listener(side->log);
	side->outcome = run_capture(&(struct run){
		.path = compare->paths[index], .options = &compare->common, .listeners = listeners, .listener_count = 2,
		.finished = finished, .context = side,
	});
}

static void side_free(struct reading *side)
{
	if (side->reported)
		report_free(&side->report);
	steps_free(side->log);
	facts_free(side->facts);
}

/* --- which sessions --- */

/* Did nothing fail in it? Then, was the chip reached? Then the one that says more. */
static bool is_better(const struct session_report *one, const struct session_report *other)
{
	if (!one->headline != !other->headline)
		return !one->headline;
	if (one->works != other->works)
		return one->works;
	return one->facts->commands > other->facts->commands;
}

static const struct session_report *best_of(const struct report *report)
{
	const struct session_report *best = NULL;

	for (size_t i = 0; i < report->session_count; i++)
		if (!best || is_better(&report->sessions[i], best))
			best = &report->sessions[i];
	return best;
}

static const struct session_report *longest_of(const struct report *report)
{
	const struct session_report *longest = NULL;

	for (size_t i = 0; i < report->session_count; i++)
		if (!longest || report->sessions[i].facts->commands > longest->facts->commands)
			longest = &report->sessions[i];
	return longest;
}

static const struct session_report *numbered(const struct report *report, uint64_t session)
{
	for (size_t i = 0; i < report->session_count; i++)
		if (report->sessions[i].facts->session.index == session)
			return &report->sessions[i];
	return NULL;
}

static void say(const char *path, const char *what)
{
	char shown[256];

	fflush(stdout);
	fprintf(stderr, "stlinkscope: %s: %s\n", terminal_safe(shown, sizeof shown, path, 160), what);
}

/* The session of one of the two, with its steps; false where there is none, which was said. */
static bool choose(struct compared *compared, const struct reading *side, const struct compare_options *compare, unsigned index)
{
	static const struct steps none;
	uint64_t wanted = compare->sessions[index];

	if (!side->reported)
		return false;
	compared->path = compare->paths[index];
	compared->report = &side->report;
	if (wanted != UINT64_MAX)
		compared->session = numbered(&side->report, wanted);
	else if (index == 0)
		compared->session = best_of(&side->report);
	else
		compared->session = side->report.worst ? side->report.worst : longest_of(&side->report);
	if (!compared->session) {
		say(compared->path, wanted == UINT64_MAX ? "no session of an ST-Link to compare"
		                                         : "there is no session with this number, or it was not kept");
		return false;
	}
	compared->steps = steps_of(side->log, compared->session->facts->session.index);
	compared->steps = compared->steps ? compared->steps : &none;
	return true;
}

/* --- both --- */

static void print(const struct compare_view *view, const struct common_options *common)
{
	struct compare_style style = {
		.color = terminal_color(stdout, common->color), .quiet = common->quiet, .verbose = common->verbose, .width = terminal_width(stdout),
	};

	if (common->json)
		compare_json(stdout, view);
	else
		compare_text(stdout, view, &style);
}

static enum outcome compare_sides(const struct reading sides[2], const struct compare_options *compare)
{
	struct comparison comparison;
	struct compare_view view = { .comparison = &comparison };
	enum outcome outcome;

	if (!choose(&view.good, &sides[0], compare, 0) || !choose(&view.bad, &sides[1], compare, 1))
		return OUTCOME_TROUBLE;
	comparison_make(&comparison, view.good.steps->list, view.good.steps->count, view.bad.steps->list, view.bad.steps->count);
	print(&view, &compare->common);
	outcome = comparison.differences ? OUTCOME_FINDINGS : OUTCOME_GOOD;
	comparison_free(&comparison);
	return sides[0].outcome == OUTCOME_GOOD && sides[1].outcome == OUTCOME_GOOD ? outcome : OUTCOME_TROUBLE;
}

enum outcome run_compare(int argc, char **argv)
{
	static const struct argp_child children[] = { { .argp = &common_argp }, { 0 } };
	static const struct argp argp = {
		.options = options, .parser = parse, .args_doc = "GOOD BAD", .children = children,
		.doc = "Says where two sessions part: one that works and one that does not, aligned by their commands. The best session of GOOD is "
		       "compared with the one behind the verdict on BAD.\v"
		       "What always differs is left out: time, serial numbers, addresses, how often something was polled, what the firmware "
		       "had in registers and RAM when it was stopped. "
		       "Exit status: 0 no difference that matters, 1 different, 2 trouble with usage or input.",
	};
	struct compare_options parsed = { .sessions = { UINT64_MAX, UINT64_MAX } };
	struct reading sides[2] = { 0 };
	enum outcome outcome;

	if (argp_parse(&argp, argc, argv, 0, NULL, &parsed))
		return OUTCOME_TROUBLE;
	side_read(&sides[0], &parsed, 0);
	side_read(&sides[1], &parsed, 1);
	outcome = compare_sides(sides, &parsed);
	side_free(&sides[0]);
	side_free(&sides[1]);
	return outcome;
}
