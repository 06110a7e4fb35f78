/*
 * The line on a terminal's stderr that says which command has had no answer for a second.
 * Must not know: how the transcript looks.
 */
#ifndef ANALYZER_LIVE_WAITING_H
#define ANALYZER_LIVE_WAITING_H

#include "track/track.h"

struct live_waiting {
	int shown; /* columns that the line takes now; 0: it is not there */
	uint64_t frame;
	int64_t seconds;
};

/* now: nanoseconds since the epoch, by the clock of the records. */
void live_waiting_show(struct live_waiting *waiting, const struct tracker *tracker, int64_t now);
void live_waiting_clear(struct live_waiting *waiting);

#endif
