/*
 * One ST-Link command after the other.
 * Knows: the firmware, faults, the log. Must not know: how a command is packed, sockets.
 */
#include "channel.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "device.h"

void channel_close(struct channel *channel)
{
	if (!channel->open)
		return;
	channel->open = false;
	log_command(channel->log, channel->entry, &channel->record);
}

void channel_reset(struct channel *channel)
{
	channel_close(channel);
	channel->expected = 0;
	channel->busy_until = 0;
}

static void open_record(struct channel *channel, const uint8_t *bytes, size_t length)
{
	struct command_record *record = &channel->record;

	channel_close(channel);
	memset(record, 0, sizeof *record);
	record->source = channel->device->source;
	record->number = ++channel->device->commands;
	record->time = wall_now();
	record->bridge = channel->which == PROBE_BRIDGE;
	record->name = "UNKNOWN";
	record->command_length = length < sizeof record->command ? length : sizeof record->command;
	memcpy(record->command, bytes, record->command_length);
	record->status = record->exec_status = -1;
	record->fault = channel->hits.text;
	channel->entry = log_reserve(channel->log);
	channel->open = true;
}

/* The OUT transfer itself fails: the firmware never hears of the command. */
static int lose(struct channel *channel)
{
	channel->record.lost = true;
	channel->record.urb_status = channel->hits.of[FAULT_STALL_OUT] ? -EPIPE : 0;
	channel->device->commands--;
	channel_close(channel);
	return channel->hits.of[FAULT_STALL_OUT] ? -EPIPE : ENDPOINT_STUCK;
}

int channel_begin(struct channel *channel, const uint8_t *bytes, size_t length)
{
	if (clock_now() < channel->busy_until)
		return ENDPOINT_LATER;
	faults_hit(channel->faults, PLACE_COMMAND, bytes, length, "", &channel->hits);
	open_record(channel, bytes, length);
	if (channel->hits.of[FAULT_STALL_OUT] || channel->hits.of[FAULT_OUT_STUCK])
		return lose(channel);
	endpoint_release(channel->in);
	channel->expected = probe_begin(channel->probe, channel->which, channel->record.command, channel->record.command_length);
	channel->record.name = probe_command_name(channel->probe, channel->which);
	channel->record.data_expected = channel->expected;
	return 0;
}

void channel_data(struct channel *channel, const uint8_t *bytes, uint32_t length)
{
	if (length > channel->expected)
		length = channel->expected;
	log_append(&channel->record.data, bytes, length);
	channel->expected -= length;
}

static void leave(struct channel *channel)
{
	const struct fault *gone = channel->hits.of[FAULT_GONE];

	if (gone)
		device_vanish(channel->device, gone->has_argument, gone->argument);
	else if (channel->answer.leaves)
		device_leave(channel->device, channel->answer.for_good);
}

static bool push_answer(struct channel *channel, uint32_t limit)
{
	const struct probe_answer *answer = &channel->answer;
	uint32_t length = answer->length < limit ? answer->length : limit;
	struct message *message = message_new(answer->bytes, length);

	message->number = channel->record.number;
	message->ready = answer->delay_us ? clock_now() + answer->delay_us : 0;
	if (!faults_shape(&channel->hits, message)) {
		message_free(message);
		return false;
	}
	endpoint_push(channel->in, message);
	return true;
}

enum channel_result channel_finish(struct channel *channel, uint32_t limit)
{
	struct command_record *record = &channel->record;
	struct probe_answer *answer = &channel->answer;

	answer->length = 0;
	answer->delay_us = 0;
	answer->status = answer->exec_status = -1;
	answer->leaves = answer->for_good = answer->refused = false;
	answer->fault = NULL;
	if (channel->hits.of[FAULT_DROP_COMMAND])
		return CHANNEL_SILENT;
	probe_finish(channel->probe, channel->which, record->data.bytes, (uint32_t)record->data.length, answer);
	record->status = answer->status;
	record->exec_status = answer->exec_status;
	record->answers = answer->length > 0;
	if (!record->fault)
		record->fault = answer->fault;
	log_append(&record->planned, answer->bytes, answer->length);
	leave(channel);
	channel->busy_until = clock_now() + answer->delay_us;
	if (channel->hits.of[FAULT_SLOW])
		channel->busy_until += channel->hits.of[FAULT_SLOW]->argument * 1000ULL;
	if (!answer->length || !limit)
		return channel->hits.of[FAULT_SILENT] || channel->hits.of[FAULT_GONE] ? CHANNEL_SILENT : CHANNEL_NOTHING;
	return push_answer(channel, limit) ? CHANNEL_ANSWERED : CHANNEL_SILENT;
}

void channel_delivered(struct channel *channel, const struct delivery *delivery)
{
	struct command_record *record = &channel->record;

	if (!channel->open)
		return;
	record->answer_time = wall_now();
	record->in_urbs++;
	record->in_requested += delivery->requested;
	if (delivery->status)
		record->urb_status = delivery->status;
	record->stale |= delivery->message->number != record->number;
	log_append(&record->response, delivery->bytes, delivery->length);
}

/* --- plain commands, as from V2 on --- */

static int receive(void *owner, const uint8_t *bytes, uint32_t length)
{
	struct channel *channel = owner;
	int status;

	if (channel->expected) {
		channel_data(channel, bytes, length);
	} else {
		if (!length)
			return 0;
		status = channel_begin(channel, bytes, length);
		if (status)
			return status;
	}
	if (!channel->expected)
		channel_finish(channel, UINT32_MAX);
	return 0;
}

static void delivered(void *owner, const struct delivery *delivery)
{
	channel_delivered(owner, delivery);
}

const struct endpoint_user channel_commands = { .receive = receive };
const struct endpoint_user channel_answers = { .delivered = delivered };
