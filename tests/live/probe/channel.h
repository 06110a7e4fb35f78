/*
 * The life of one ST-Link command, whatever carries it: begun, its data, done, its answer on the way, and its line in the log.
 * Knows: the firmware (probe.h), faults, the log. Must not know: how a command is packed (plain on a V2, in a CBW on a V1), sockets.
 */
#ifndef LIVE_CHANNEL_H
#define LIVE_CHANNEL_H

#include "endpoint.h"
#include "faults.h"
#include "log.h"
#include "probe.h"

struct device;

struct channel {
	struct device *device;
	struct probe *probe;
	enum probe_channel which;
	struct faults *faults;
	struct log *log;
	struct endpoint *in;
	/* The last command. */
	bool open;                   /* begun, and its line not yet written */
	struct command_record record;
	struct log_entry *entry;
	struct fault_hits hits;
	uint32_t expected;           /* OUT data bytes still to come */
	uint64_t busy_until;
	struct probe_answer answer;
};

enum channel_result { CHANNEL_NOTHING, CHANNEL_ANSWERED, CHANNEL_SILENT };

/* A command block arrived; closes the one before. As endpoint_user.receive: 0, -EPIPE, ENDPOINT_LATER, ENDPOINT_STUCK. */
int channel_begin(struct channel *channel, const uint8_t *bytes, size_t length);
/* OUT data; no more than channel->expected counts. */
void channel_data(struct channel *channel, const uint8_t *bytes, uint32_t length);
/* All data are here: does it, and pushes the answer, cut to limit bytes. */
enum channel_result channel_finish(struct channel *channel, uint32_t limit);
/* What was read by the host. */
void channel_delivered(struct channel *channel, const struct delivery *delivery);
/* Writes the last command's line, if it is not written yet. */
void channel_close(struct channel *channel);
/* Bus reset, unplugged. */
void channel_reset(struct channel *channel);

/* A V2's and later's endpoints; the owner is the channel. */
extern const struct endpoint_user channel_commands, channel_answers;

#endif
