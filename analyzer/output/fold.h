/*
 * Folding of the transcript: repetitions of one to four commands, and consecutive blocks of one memory read or write.
 * Knows: when commands repeat themselves (DESIGN section 5), who may be printed and when.
 * Must not know: what a command is, how a line looks.
 * The first cycle is printed at once. A command that may belong to a repetition is held until it does or does not, at most seven of them.
 */
#ifndef ANALYZER_OUTPUT_FOLD_H
#define ANALYZER_OUTPUT_FOLD_H

#include "text.h"

/* What folding has to know of a transaction. */
struct fold_item {
	const char *name; /* for the line of a run; static */
	uint64_t same;  /* equal where request, answer and result are */
	uint64_t shape; /* equal where two blocks of memory differ in nothing but address, length and contents; else as same */
	bool memory;    /* reads or writes start to end (exclusive) */
	uint64_t start, end;
	uint64_t first_frame, last_frame;
	int64_t time, end_time;
};

/* A run of repetitions that is over. */
struct fold_run {
	const char *name; /* of the cycle's first command */
	unsigned period;  /* commands in a cycle */
	uint64_t cycles;  /* that were not printed, at least 1 */
	bool range;       /* blocks that continue each other: start to end, of blocks blocks */
	uint64_t start, end, blocks;
	uint64_t first_frame, last_frame;
	int64_t time, end_time;
};

struct fold_printer {
	void *context;
	void (*line)(void *context, const struct text *text);
	void (*run)(void *context, const struct fold_run *run);
};

struct fold;

struct fold *fold_new(const struct fold_printer *printer);
void fold_free(struct fold *fold);

/* The next transaction with its lines, whose contents are taken (an older buffer comes back in text). */
void fold_add(struct fold *fold, const struct fold_item *item, struct text *text);
/* Prints what is held, and the run if one is open: something else comes that must stand behind them. Repetitions begin anew. */
void fold_break(struct fold *fold);
/* Prints what is held but may still become a run; an open run goes on: SWO data between polls. */
void fold_release(struct fold *fold);

#endif
