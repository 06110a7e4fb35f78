/*
 * Folding of the transcript (fold.h).
 * For each period the number of commands in a row that equal the one a period before is counted; a count of a whole cycle makes a run.
 */
#include "fold.h"

#include <err.h>
#include <stdlib.h>

#define PERIODS 4
#define HELD (2 * PERIODS) /* a cycle, and what stands before the command that it is to begin with */

enum likeness { SAME, CONTINUED, LIKENESSES };

struct held { struct fold_item item; struct text text; };

struct fold {
	struct fold_printer printer;
	struct fold_item history[PERIODS]; /* newest at [latest] */
	unsigned latest, known;
	uint64_t alike[LIKENESSES][PERIODS + 1]; /* commands in a row that are like the one a period before */
	struct held held[HELD];                  /* not printed, oldest first */
	unsigned held_count;
	bool running;
	enum likeness likeness;
	struct fold_run run;
};

struct fold *fold_new(const struct fold_printer *printer)
{
	struct fold *fold = calloc(1, sizeof *fold);

	if (!fold)
		err(2, NULL);
	fold->printer = *printer;
	return fold;
}

void fold_free(struct fold *fold)
{
	if (!fold)
		return;
	for (unsigned i = 0; i < HELD; i++)
		text_free(&fold->held[i].text);
	free(fold);
}

/* Takes the oldest count entries out of held; their buffers stay for later use. */
static void drop_held(struct fold *fold, unsigned count)
{
	for (unsigned i = count; i < fold->held_count; i++) {
		fold->held[i - count].item = fold->held[i].item;
		text_swap(&fold->held[i - count].text, &fold->held[i].text);
	}
	fold->held_count -= count;
}

static void print_held(struct fold *fold, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		fold->printer.line(fold->printer.context, &fold->held[i].text);
	drop_held(fold, count);
}

static void hold(struct fold *fold, const struct fold_item *item, struct text *text)
{
	struct held *held = &fold->held[fold->held_count++];

	held->item = *item;
	text_swap(&held->text, text);
}

static bool is_like(const struct fold *fold, const struct fold_item *item, enum likeness likeness, unsigned period)
{
	const struct fold_item *before = &fold->history[(fold->latest + PERIODS + 1 - period) % PERIODS];

	if (period > fold->known)
		return false;
	if (likeness == SAME)
		return item->same == before->same;
	return item->shape == before->shape && (!item->memory || item->start == before->end);
}

static void remember(struct fold *fold, const struct fold_item *item)
{
	fold->latest = (fold->latest + 1) % PERIODS;
	fold->history[fold->latest] = *item;
	if (fold->known < PERIODS)
		fold->known++;
}

/* Counts the oldest period entries of held as one more cycle of the run. */
static void count_cycle(struct fold *fold)
{
	struct fold_run *run = &fold->run;

	for (unsigned i = 0; i < run->period; i++) {
		const struct fold_item *item = &fold->held[i].item;

		if (!run->cycles && !i) {
			run->name = item->name;
			run->first_frame = item->first_frame;
			run->time = item->time;
		}
		if (item->memory) {
			if (!run->blocks++)
				run->start = item->start;
			run->end = item->end;
		}
		if (item->last_frame > run->last_frame)
			run->last_frame = item->last_frame;
		if (item->end_time > run->end_time)
			run->end_time = item->end_time;
	}
	run->cycles++;
	drop_held(fold, run->period);
}

static void close_run(struct fold *fold)
{
	if (fold->running) {
		fold->run.range = fold->likeness == CONTINUED && fold->run.blocks; /* cycles without memory are alike in shape too */
		fold->printer.run(fold->printer.context, &fold->run);
	}
	fold->running = false;
	for (unsigned likeness = 0; likeness < LIKENESSES; likeness++)
		for (unsigned period = 1; period <= PERIODS; period++)
			fold->alike[likeness][period] = 0;
	print_held(fold, fold->held_count);
}

/*
 * Where among the held commands a run of period begins: a cycle with a memory access begins with it, because what follows asks how it
 * went. Returns held_count where no whole cycle is held yet, or where two accesses in a cycle would make two ranges.
 */
static unsigned run_start(const struct fold *fold, enum likeness likeness, unsigned period)
{
	uint64_t alike = fold->alike[likeness][period];
	unsigned start = alike < fold->held_count ? fold->held_count - (unsigned)alike : 0, accesses = 0;

	if (fold->held_count - start < period || alike < (period > 1 ? period : 2))
		return fold->held_count;
	for (unsigned i = start; i < start + period; i++)
		accesses += fold->held[i].item.memory;
	if (accesses > 1 && likeness == CONTINUED)
		return fold->held_count;
	while (accesses && !fold->held[start].item.memory)
		start++;
	return fold->held_count - start < period ? fold->held_count : start;
}

static void open_run(struct fold *fold, enum likeness likeness, unsigned period, unsigned start)
{
	print_held(fold, start);
	fold->running = true;
	fold->likeness = likeness;
	fold->run = (struct fold_run){ .period = period };
	while (fold->held_count >= period)
		count_cycle(fold);
}

/* The run that the commands up to now make, if any: a single repetition of a single command is no shorter as a run. */
static void look_for_run(struct fold *fold)
{
	for (unsigned period = 1; period <= PERIODS; period++)
		for (unsigned likeness = 0; likeness < LIKENESSES; likeness++) {
			unsigned start = run_start(fold, likeness, period);

			if (start < fold->held_count) {
				open_run(fold, likeness, period, start);
				return;
			}
		}
}

void fold_add(struct fold *fold, const struct fold_item *item, struct text *text)
{
	uint64_t longest = 0;

	if (fold->running && !is_like(fold, item, fold->likeness, fold->run.period))
		close_run(fold);
	if (fold->running) {
		remember(fold, item);
		hold(fold, item, text);
		if (fold->held_count == fold->run.period)
			count_cycle(fold);
		return;
	}
	for (unsigned likeness = 0; likeness < LIKENESSES; likeness++)
		for (unsigned period = 1; period <= PERIODS; period++) {
			uint64_t *alike = &fold->alike[likeness][period];

			*alike = is_like(fold, item, likeness, period) ? *alike + 1 : 0;
			if (*alike > longest)
				longest = *alike;
		}
	remember(fold, item);
	hold(fold, item, text);
	if (fold->held_count > longest)
		print_held(fold, (unsigned)(fold->held_count - longest));
	look_for_run(fold);
	if (!fold->running && fold->held_count == HELD) /* alike for long, but of no use: two ranges at once */
		print_held(fold, 1);
}

void fold_break(struct fold *fold)
{
	close_run(fold);
	fold->known = 0;
}

void fold_release(struct fold *fold)
{
	if (!fold->running)
		print_held(fold, fold->held_count);
}
