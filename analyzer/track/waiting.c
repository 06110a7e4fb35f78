/*
 * Which command is without an answer right now, for who watches live.
 * Knows: the open command of each channel. Must not know: clocks, output.
 */
#include "internal.h"

static void consider(const struct channel_state *channel, struct open_command *oldest)
{
	const struct pending *pending = channel->current;

	if (!pending || pending->finished || (!pending->out_open && !pending->in_open) || pending->submitted == INT64_MIN)
		return;
	if (oldest->command && oldest->time <= pending->submitted)
		return;
	*oldest = (struct open_command){ .command = pending->transaction.command, .frame = pending->transaction.frame, .time = pending->submitted };
}

bool tracker_open_command(const struct tracker *tracker, struct open_command *oldest)
{
	*oldest = (struct open_command){ 0 };
	for (size_t i = 0; i < tracker->probe_count; i++) {
		consider(&tracker->probes[i]->debug, oldest);
		consider(&tracker->probes[i]->bridge, oldest);
	}
	return oldest->command;
}
