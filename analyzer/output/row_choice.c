/*
 * Which rows of a long transcript a report shows (report_rows.h).
 * Knows: the last rows, kept back until one that matters comes.
 */
#include <stdlib.h>
#include <string.h>

#include "../track/facts.h"
#include "report_rows.h"

/* A row with its own texts. */
struct kept_row { struct report_row row; char *texts; uint64_t *anchors; };

struct row_choice {
	bool all;                 /* there is room for every row */
	uint64_t most, shown;
	unsigned around;
	row_taker *take;
	void *context;
	struct kept_row before[ROWS_AROUND]; /* a ring */
	size_t first, count;
	unsigned after;           /* rows that still follow one that matters */
	struct report_row left;   /* ROW_LEFT_OUT in the making */
};

struct row_choice *row_choice_new(uint64_t total, uint64_t most, unsigned around, row_taker *take, void *context)
{
	struct row_choice *choice = memset(facts_allocate(NULL, sizeof *choice), 0, sizeof *choice);

	choice->all = total <= most;
	choice->most = most;
	choice->around = around;
	choice->take = take;
	choice->context = context;
	return choice;
}

static void forget(struct kept_row *kept)
{
	free(kept->texts);
	free(kept->anchors);
}

void row_choice_free(struct row_choice *choice)
{
	if (!choice)
		return;
	for (size_t i = 0; i < choice->count; i++)
		forget(&choice->before[(choice->first + i) % ROWS_AROUND]);
	free(choice);
}

static void tell_left(struct row_choice *choice)
{
	if (!choice->left.left_out)
		return;
	choice->take(choice->context, &choice->left);
	choice->left.left_out = 0;
}

static void leave_out(struct row_choice *choice, const struct report_row *row)
{
	if (!choice->left.left_out)
		choice->left = (struct report_row){ .kind = ROW_LEFT_OUT, .frame = row->frame, .time = row->time, .latency = -1,
		                                    .words = "", .answer = "", .details = "", .group = "" };
	choice->left.left_out++;
	choice->left.bad |= row->bad;
	if (row->frame > choice->left.last_frame)
		choice->left.last_frame = row->frame;
}

static void show(struct row_choice *choice, const struct report_row *row)
{
	if (choice->shown >= choice->most) {
		leave_out(choice, row);
		return;
	}
	tell_left(choice);
	choice->take(choice->context, row);
	choice->shown++;
}

static void keep(struct row_choice *choice, const struct report_row *row)
{
	size_t words = strlen(row->words) + 1, answer = strlen(row->answer) + 1, details = strlen(row->details) + 1;
	struct kept_row *slot;

	if (choice->count == choice->around) {
		slot = &choice->before[choice->first];
		leave_out(choice, &slot->row);
		forget(slot);
		choice->first = (choice->first + 1) % ROWS_AROUND;
		choice->count--;
	}
	slot = &choice->before[(choice->first + choice->count++) % ROWS_AROUND];
	slot->row = *row;
	slot->texts = facts_allocate(NULL, words + answer + details);
	slot->row.words = memcpy(slot->texts, row->words, words);
	slot->row.answer = memcpy(slot->texts + words, row->answer, answer);
	slot->row.details = memcpy(slot->texts + words + answer, row->details, details);
	slot->anchors = facts_allocate(NULL, (row->anchor_count + 1) * sizeof slot->anchors[0]);
	if (row->anchor_count)
		memcpy(slot->anchors, row->anchors, row->anchor_count * sizeof slot->anchors[0]);
	slot->row.anchors = slot->anchors;
}

static void show_kept(struct row_choice *choice)
{
	for (; choice->count; choice->count--) {
		struct kept_row *slot = &choice->before[choice->first];

		show(choice, &slot->row);
		forget(slot);
		choice->first = (choice->first + 1) % ROWS_AROUND;
	}
}

void row_choice_put(struct row_choice *choice, const struct report_row *row)
{
	if (row->matters)
		choice->after = choice->around + 1;
	if (!choice->all && !choice->after) {
		keep(choice, row);
		return;
	}
	show_kept(choice);
	show(choice, row);
	if (choice->after)
		choice->after--;
}

void row_choice_finish(struct row_choice *choice)
{
	for (; choice->count; choice->count--) {
		struct kept_row *slot = &choice->before[choice->first];

		leave_out(choice, &slot->row);
		forget(slot);
		choice->first = (choice->first + 1) % ROWS_AROUND;
	}
	tell_left(choice);
}
