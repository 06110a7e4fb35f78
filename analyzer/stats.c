/*
 * stlinkscope stats: how often each command was used, and how long it took.
 * Knows: its options. Must not know: how anything is counted or printed.
 */
#include <stdlib.h>
#include <string.h>

#include "output/stats_json.h"
#include "output/stats_text.h"
#include "program.h"
#include "track/facts.h"

enum { KEY_SORT = 0x200 };

struct stats_options {
	struct common_options common;
	const char *path;
	enum timing_order order;
};

static const struct argp_option options[] = {
	{ .name = "sort", .key = KEY_SORT, .arg = "ORDER", .doc = "Commands by time (the default), count, name or worst" },
	{ 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	static const char *const orders[] = {
		[TIMING_BY_TIME] = "time", [TIMING_BY_COUNT] = "count", [TIMING_BY_NAME] = "name", [TIMING_BY_WORST] = "worst",
	};
	struct stats_options *stats = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &stats->common;
		return 0;
	case KEY_SORT:
		for (unsigned i = 0; i < sizeof orders / sizeof orders[0]; i++) {
			if (strcmp(arg, orders[i]))
				continue;
			stats->order = (enum timing_order)i;
			return 0;
		}
		refuse_value(state, "--sort", arg, "is none of time, count, name, worst");
		return EINVAL;
	default:
		return parse_one_file(key, arg, state, &stats->path);
	}
}

struct stats {
	const struct stats_options *options;
	struct timings *timings;
	enum outcome outcome;
};

static void finished(void *context, const struct input_facts *input, const struct tracker *tracker)
{
	struct stats *stats = context;
	const struct common_options *common = &stats->options->common;
	struct stats_style style = {
		.color = terminal_color(stdout, common->color), .quiet = common->quiet, .serials = common->serials, .verbose = common->verbose,
		.width = terminal_width(stdout),
	};
	const struct timing_report *report;
	bool found, *selected = select_probes(common, tracker, &found);

	if (!found) {
		say_no_device(common);
		stats->outcome = OUTCOME_TROUBLE;
		free(selected);
		return;
	}
	if (style.width > 100)
		style.width = 100;
	report = timings_finish(stats->timings, stats->options->order, selected, tracker_probe_count(tracker));
	if (common->json)
		stats_json(stdout, report, input, tracker, selected, common->serials);
	else
		stats_text(stdout, report, tracker, &style);
	free(selected);
}

enum outcome run_stats(int argc, char **argv)
{
	static const struct argp_child children[] = { { .argp = &common_argp }, { 0 } };
	static const struct argp argp = {
		.options = options, .parser = parse, .args_doc = "FILE", .children = children,
		.doc = "Says where the time went: for each command how often it was used, how long it took, how many bytes it moved; "
		       "and how long nothing was under way.\v"
		       "Idle is a gap of more than 100 ms between two commands. Sent again is the same request directly after a wait, an error "
		       "or a cancelled answer. -v adds the table of every session.",
	};
	struct stats_options parsed = { .order = TIMING_BY_TIME };
	struct stats stats = { .options = &parsed };
	struct listener listener;
	enum outcome outcome;

	if (argp_parse(&argp, argc, argv, 0, NULL, &parsed))
		return OUTCOME_TROUBLE;
	stats.timings = timings_new();
	listener = timings_listener(stats.timings);
	outcome = run_capture(&(struct run){
		.path = parsed.path, .options = &parsed.common, .listeners = &listener, .listener_count = 1,
		.finished = finished, .context = &stats,
	});
	timings_free(stats.timings);
	return outcome == OUTCOME_GOOD ? stats.outcome : outcome;
}
