/* The waiting line (live_waiting.h). */
#include "live_waiting.h"

#include <inttypes.h>
#include <stdio.h>

#define SECOND INT64_C(1000000000)

void live_waiting_show(struct live_waiting *waiting, const struct tracker *tracker, int64_t now)
{
	struct open_command open;
	int64_t seconds;

	if (!tracker_open_command(tracker, &open) || now - open.time < SECOND) {
		live_waiting_clear(waiting);
		return;
	}
	seconds = (now - open.time) / SECOND;
	if (waiting->shown && waiting->frame == open.frame && waiting->seconds == seconds)
		return;
	live_waiting_clear(waiting);
	waiting->frame = open.frame;
	waiting->seconds = seconds;
	waiting->shown = fprintf(stderr, "... %s (frame %" PRIu64 "): no answer for %" PRId64 " s", open.command->name, open.frame, seconds);
}

void live_waiting_clear(struct live_waiting *waiting)
{
	if (waiting->shown > 0)
		fprintf(stderr, "\r%*s\r", waiting->shown, "");
	waiting->shown = 0;
}
