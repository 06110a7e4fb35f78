/*
 * The lines of the host's tool, put between the transactions: each behind those that began before it.
 * Knows: which transactions wait. Must not know: what a line says.
 */
#include <stdlib.h>
#include <string.h>

#include "internal.h"

#define PATIENCE INT64_C(1000000000) /* ns that a line waits for a transaction */

static const struct tool_line *first(const struct tracker *tracker)
{
	return tracker->line_count ? &tracker->lines[tracker->first_line] : NULL;
}

static void drop_first(struct tracker *tracker)
{
	free((void *)first(tracker)->text);
	tracker->first_line = (tracker->first_line + 1) % LINES;
	tracker->line_count--;
}

static void tell_first(struct tracker *tracker)
{
	for (size_t i = 0; i < tracker->listener_count; i++)
		if (tracker->listeners[i].tool)
			tracker->listeners[i].tool(tracker->listeners[i].context, first(tracker));
	drop_first(tracker);
}

void lines_before(struct tracker *tracker, uint64_t frame)
{
	while (first(tracker) && first(tracker)->frame <= frame)
		tell_first(tracker);
}

/* Does a transaction wait that began before frame? A probe's are in order. */
static bool something_waits(const struct tracker *tracker, uint64_t frame)
{
	for (size_t i = 0; i < tracker->probe_count; i++)
		if (tracker->probes[i]->head && tracker->probes[i]->head->transaction.frame < frame)
			return true;
	return false;
}

void lines_settle(struct tracker *tracker)
{
	while (first(tracker) && !something_waits(tracker, first(tracker)->frame))
		tell_first(tracker);
}

void lines_release(struct tracker *tracker)
{
	while (first(tracker))
		tell_first(tracker);
}

void lines_free(struct tracker *tracker)
{
	while (first(tracker))
		drop_first(tracker);
}

void tracker_time(struct tracker *tracker, int64_t time)
{
	while (first(tracker) && time - first(tracker)->time >= PATIENCE)
		tell_first(tracker);
}

void tracker_tool_line(struct tracker *tracker, const struct tool_line *line)
{
	size_t size = strlen(line->text) + 1;
	struct tool_line *last;

	tracker_time(tracker, line->time);
	if (tracker->line_count == LINES)
		tell_first(tracker);
	last = &tracker->lines[(tracker->first_line + tracker->line_count++) % LINES];
	*last = *line;
	last->text = memcpy(track_allocate(NULL, size), line->text, size);
	lines_settle(tracker);
}
