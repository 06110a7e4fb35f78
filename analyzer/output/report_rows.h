/*
 * The transcript of a report, row by row: words, without a form.
 * Knows: what a row says, which rows matter. Must not know: HTML, Markdown, files.
 */
#ifndef ANALYZER_OUTPUT_REPORT_ROWS_H
#define ANALYZER_OUTPUT_REPORT_ROWS_H

#include "../diagnosis/diagnosis.h"

enum row_kind { ROW_SESSION, ROW_PHASE, ROW_COMMAND, ROW_EVENT, ROW_TOOL, ROW_LEFT_OUT };

/* Borrowed for the call. Texts are safe to show (terminal_safe), and still to be escaped for HTML. */
struct report_row {
	enum row_kind kind;
	uint64_t frame;
	int64_t time;            /* ns since the epoch */
	int64_t latency;         /* ns; -1: not known */
	uint16_t bus, device;
	bool bad, waits;         /* failed; wait or busy */
	bool matters;            /* bad, a mode switch, a beginning, evidence of a finding */
	const char *words, *answer, *details; /* "" where there is nothing to say; details has lines */
	const char *group;       /* of a command, as --only names it; "" */
	bool has_address;
	uint64_t address, length;
	const uint64_t *anchors; /* frames of this row that findings point at, but frame itself */
	size_t anchor_count;
	uint64_t left_out, last_frame; /* of ROW_LEFT_OUT: rows, between frame and last_frame; bad: something failed in them */
};

typedef void row_taker(void *context, const struct report_row *row);

struct report_rows;

/* report: its findings mark the rows that are evidence; NULL: none do. Out of memory ends the program. */
struct report_rows *report_rows_new(const struct report *report, bool serials, row_taker *take, void *context);
/* The same rows without any words: to count them. */
struct report_rows *report_rows_counter(row_taker *take, void *context);
void report_rows_free(struct report_rows *rows);
struct listener report_rows_listener(struct report_rows *rows);

/*
 * Which rows stay where there are more than most: every row that matters with around (at least 1, at most ROWS_AROUND) on both sides, as far as
 * there is room; of the others ROW_LEFT_OUT tells the number. Memory: ROWS_AROUND rows.
 */
#define ROWS_MOST 5000
#define ROWS_AROUND 20

struct row_choice;
/* total: how many rows there will be. take gets what stays. */
struct row_choice *row_choice_new(uint64_t total, uint64_t most, unsigned around, row_taker *take, void *context);
void row_choice_free(struct row_choice *choice);
void row_choice_put(struct row_choice *choice, const struct report_row *row);
/* The end: tells what is still left out. */
void row_choice_finish(struct row_choice *choice);

#endif
