/*
 * The loop of a live capture: records and the tool's lines in the order of their times, until it is stopped; then what the kernel still holds.
 * Knows: signals, clocks, what to poll. Must not know: options, where records come from, how anything is shown.
 */
#ifndef ANALYZER_LIVE_RUN_H
#define ANALYZER_LIVE_RUN_H

#include "input/live_source.h"
#include "live_record.h"
#include "tool.h"

/* Why the capture ended. */
enum live_end {
	LIVE_STOPPED,    /* Ctrl-C, SIGTERM */
	LIVE_TIME_OVER,
	LIVE_TOOL_ENDED,
	LIVE_SOURCE_FAILED, /* source->problem */
	LIVE_OUTPUT_FAILED, /* nobody takes what is written to stdout */
};

/* Everything is borrowed. */
struct live_run {
	struct live_source *source;
	struct recorder *recorder;
	struct sieve *sieve;      /* gives to live_taker */
	struct tool *tool;        /* or NULL */
	struct tracker *tracker;
	int64_t duration;         /* ns; 0: until stopped */
	bool waiting_line;        /* a command without an answer shows on stderr, a terminal */
	const char *file;         /* the name of what the recorder writes, for a message; NULL: nothing */
	bool file_failed;         /* out: it could not be written to the end, and that has been said */
	bool tool_runs;           /* out: the tool had not ended */
	int tool_status;          /* out: of waitpid, where it had */
};

/* The sieve's taker; context is the recorder. */
void live_taker(void *context, const struct sieve_item *item);
/* A record of usbmon goes to the sieve, as the source gives it. */
void live_put(struct sieve *sieve, const struct live_record *record);

/* Blocks SIGINT, SIGTERM and SIGHUP and returns a signalfd for them, or -1 with errno. Call it before a tool is started. */
int live_signals(void);

/* Runs until one of the ends, and finishes the recorder; the tracker is the caller's to finish. signals is of live_signals. */
enum live_end live_run(struct live_run *run, int signals);

#endif
