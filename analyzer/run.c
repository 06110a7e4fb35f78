/*
 * The run over a capture: input, tracker, progress, and the one line about what could not be read.
 * Knows: the order of things. Must not know: what listeners do with what they hear.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "input/ahead.h"
#include "program.h"
#include "tool.h"
#include "tool_text.h"

#define LARGE_INPUT (UINT64_C(64) << 20)
#define KEPT_LINE_LONGEST TOOL_TEXT_SIZE(TOOL_LINE_LONGEST) /* of the tool, in a capture file */
#define PROGRESS_RECORDS 8192 /* between two looks at the clock */

struct progress { bool wanted, shown; uint64_t records; int64_t last; };

static int64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static bool wants_progress(const struct run *run, const struct input *input)
{
	uint64_t done, total;

	input_progress(input, &done, &total);
	/* A transcript that scrolls by is progress enough, and would be torn by the line. */
	return total > LARGE_INPUT && isatty(STDERR_FILENO) && !run->options->quiet && !(run->after_record && isatty(STDOUT_FILENO));
}

static void show_progress(struct progress *progress, const struct input *input, const struct ahead *ahead)
{
	uint64_t done, total;
	int64_t time;

	if (!progress->wanted || ++progress->records % PROGRESS_RECORDS)
		return;
	time = now();
	if (progress->shown && time - progress->last < 200000000)
		return;
	if (ahead)
		ahead_progress(ahead, &done, &total);
	else
		input_progress(input, &done, &total);
	fprintf(stderr, "\rreading: %3u %% of %llu MB", (unsigned)(done < total ? done * 100 / total : 100),
	        (unsigned long long)(total / 1000000));
	progress->shown = true;
	progress->last = time;
}

static void end_progress(const struct progress *progress)
{
	if (progress->shown)
		fputs("\r                               \r", stderr);
}

static void say_problem(const char *problem)
{
	char shown[2048]; /* it holds the name of the file, which can be anything */

	fflush(stdout);
	fprintf(stderr, "stlinkscope: %s\n", terminal_safe(shown, sizeof shown, problem, 0));
}

/* Apart from feed, whose every call would else find room for the text. */
static void feed_line(struct tracker *tracker, const struct input_item *item)
{
	char text[TOOL_TEXT_SIZE(KEPT_LINE_LONGEST)];
	size_t length = strnlen(item->line.text, KEPT_LINE_LONGEST);

	tool_text(text, item->line.text, length, item->line.text[length]); /* a file may hold anything */
	tracker_tool_line(tracker, &(struct tool_line){
		.frame = item->frame, .time = item->time, .is_stderr = item->line.is_stderr, .unfinished = item->line.unfinished,
		.text = text,
	});
}

static void feed(struct tracker *tracker, const struct input_item *item)
{
	switch (item->kind) {
	case INPUT_RECORD:
		tracker_observe(tracker, &item->urb);
		break;
	case INPUT_GAP:
		tracker_gap(tracker, item->frame, item->time, item->gap.dropped);
		break;
	case INPUT_TOOL_LINE:
		feed_line(tracker, item);
		break;
	}
}

/* As input_next_item; the item is read here, or it was read ahead. */
static int next_item(struct input *input, struct ahead *ahead, struct input_item *own, struct input_item **item)
{
	if (ahead)
		return ahead_next(ahead, item);
	*item = own;
	return input_next_item(input, own);
}

enum outcome run_capture(const struct run *run)
{
	struct progress progress = { 0 };
	struct input_item *item;
	struct input_item own;
	struct tracker *tracker;
	struct input *input;
	struct ahead *ahead;
	char problem[1024];
	bool begun = false;
	int got = 0;

	input = input_open_named(run->path, run->name ? run->name : run->path, problem, sizeof problem);
	if (!input) {
		say_problem(problem);
		return OUTCOME_TROUBLE;
	}
	tracker = tracker_new();
	for (size_t i = 0; i < run->listener_count; i++)
		tracker_listen(tracker, &run->listeners[i]);
	progress.wanted = wants_progress(run, input);
	ahead = ahead_start(input);
	/* Who cannot write any more need not read any more: the input may have no end. */
	while (!ferror_unlocked(stdout) && (got = next_item(input, ahead, &own, &item)) > 0) {
		if (!begun && run->before)
			run->before(run->context, input_facts(input), tracker);
		begun = true;
		if (run->each && !run->each(run->each_context ? run->each_context : run->context, item))
			continue;
		feed(tracker, item);
		if (run->after_record)
			run->after_record(run->context);
		show_progress(&progress, input, ahead);
	}
	ahead_stop(ahead);
	end_progress(&progress);
	if (!begun && run->before)
		run->before(run->context, input_facts(input), tracker);
	tracker_finish(tracker);
	if (run->finished)
		run->finished(run->context, input_facts(input), tracker);
	if (got < 0 && !run->silent)
		say_problem(input_problem(input));
	tracker_free(tracker);
	input_close(input);
	return got < 0 ? OUTCOME_TROUBLE : OUTCOME_GOOD;
}
