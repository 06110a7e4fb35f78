/*
 * The bulk-only transport.
 * Knows: CBW and CSW. Must not know: what the commands mean.
 */
#include "bulk_only.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { AT_TAG = 4, AT_LENGTH = 8, AT_FLAGS = 12, AT_CDB_LENGTH = 14, AT_CDB = 15, AT_RESIDUE = 8, AT_STATUS = 12 };
enum { PASSED = 0, FAILED = 1 };
/* ST-Link commands begin here; what is below is the disk's. */
#define PROBE_COMMANDS 0xf0

static uint32_t get32(const uint8_t *bytes)
{
	return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static void put32(uint8_t *bytes, uint32_t value)
{
	for (unsigned i = 0; i < 4; i++)
		bytes[i] = (uint8_t)(value >> 8 * i);
}

bool cbw_read(const uint8_t *bytes, uint32_t length, struct wrapper *wrapper)
{
	memset(wrapper, 0, sizeof *wrapper);
	if (length <= AT_CDB || length > CBW_SIZE || memcmp(bytes, "USBC", 4))
		return false;
	wrapper->tag = get32(bytes + AT_TAG);
	wrapper->length = get32(bytes + AT_LENGTH);
	wrapper->in = bytes[AT_FLAGS] & 0x80;
	wrapper->cdb_length = bytes[AT_CDB_LENGTH] < CDB_SIZE ? bytes[AT_CDB_LENGTH] : CDB_SIZE;
	memcpy(wrapper->cdb, bytes + AT_CDB, length - AT_CDB);
	return true;
}

void csw_write(uint8_t csw[CSW_SIZE], uint32_t tag, uint32_t residue, uint8_t status)
{
	memcpy(csw, "USBS", 4);
	put32(csw + AT_TAG, tag);
	put32(csw + AT_RESIDUE, residue);
	csw[AT_STATUS] = status;
}

void bulk_only_init(struct bulk_only *bulk_only, struct endpoint *in, struct channel *channel)
{
	bulk_only->in = in;
	bulk_only->channel = channel;
	bulk_only->expected = 0;
	disk_init(&bulk_only->disk);
}

void bulk_only_reset(struct bulk_only *bulk_only)
{
	bulk_only->expected = 0;
	bulk_only->data.length = 0;
	endpoint_reset(bulk_only->in);
}

static void push_status(struct bulk_only *bulk_only, uint32_t moved, bool failed)
{
	const struct wrapper *wrapper = &bulk_only->wrapper;
	struct message *message;
	uint8_t csw[CSW_SIZE];

	csw_write(csw, wrapper->tag, wrapper->length > moved ? wrapper->length - moved : 0, failed ? FAILED : PASSED);
	message = message_new(csw, sizeof csw);
	message->is_status = true;
	if (bulk_only->for_probe)
		message->number = bulk_only->channel->record.number;
	endpoint_push(bulk_only->in, message);
}

static void finish_probe(struct bulk_only *bulk_only)
{
	const struct wrapper *wrapper = &bulk_only->wrapper;
	struct channel *channel = bulk_only->channel;
	uint32_t limit = wrapper->in ? wrapper->length : 0;
	uint32_t moved = (uint32_t)channel->record.data.length;

	switch (channel_finish(channel, limit)) {
	case CHANNEL_SILENT:
		return;
	case CHANNEL_ANSWERED:
		moved = channel->answer.length < limit ? channel->answer.length : limit;
		break;
	case CHANNEL_NOTHING:
		break;
	}
	if (channel->answer.refused)
		disk_refuse(&bulk_only->disk);
	push_status(bulk_only, moved, channel->answer.refused);
}

/* A host that waits for data that do not come is told by a stall; the status waits behind it. */
static void push_stall(struct bulk_only *bulk_only)
{
	struct message *message = message_new(NULL, 0);

	message->status = -EPIPE;
	message->halts = true;
	endpoint_push(bulk_only->in, message);
}

static void finish_disk(struct bulk_only *bulk_only)
{
	const struct wrapper *wrapper = &bulk_only->wrapper;
	struct disk_answer answer;
	uint32_t moved = (uint32_t)bulk_only->data.length;

	disk_command(&bulk_only->disk, wrapper->cdb, bulk_only->data.bytes, (uint32_t)bulk_only->data.length, &answer);
	bulk_only->data.length = 0;
	if (wrapper->in && wrapper->length) {
		moved = answer.length < wrapper->length ? answer.length : wrapper->length;
		if (answer.failed)
			push_stall(bulk_only);
		else
			endpoint_push(bulk_only->in, message_new(answer.bytes, moved));
	}
	push_status(bulk_only, moved, answer.failed);
}

static void finish(struct bulk_only *bulk_only)
{
	if (bulk_only->for_probe)
		finish_probe(bulk_only);
	else
		finish_disk(bulk_only);
}

static int begin_probe(struct bulk_only *bulk_only, const uint8_t *bytes, uint32_t length)
{
	struct channel *channel = bulk_only->channel;
	int status = channel_begin(channel, bulk_only->wrapper.cdb, bulk_only->wrapper.cdb_length);

	if (status)
		return status;
	channel->record.enveloped = true;
	memcpy(channel->record.cbw, bytes, length);
	bulk_only->expected = channel->expected;
	return 0;
}

static int begin(struct bulk_only *bulk_only, const uint8_t *bytes, uint32_t length)
{
	struct wrapper *wrapper = &bulk_only->wrapper;
	int status = 0;

	if (!cbw_read(bytes, length, wrapper)) {
		bulk_only->in->halted = true;
		return -EPIPE;
	}
	bulk_only->for_probe = bulk_only->channel && wrapper->cdb[0] >= PROBE_COMMANDS;
	if (bulk_only->for_probe)
		status = begin_probe(bulk_only, bytes, length);
	else
		bulk_only->expected = wrapper->in ? 0 : wrapper->length;
	return status;
}

static int receive(void *owner, const uint8_t *bytes, uint32_t length)
{
	struct bulk_only *bulk_only = owner;
	uint32_t taken = length < bulk_only->expected ? length : bulk_only->expected;
	int status;

	if (bulk_only->expected) {
		if (bulk_only->for_probe)
			channel_data(bulk_only->channel, bytes, taken);
		else
			log_append(&bulk_only->data, bytes, taken);
		bulk_only->expected -= taken;
	} else {
		status = begin(bulk_only, bytes, length);
		if (status)
			return status;
	}
	if (!bulk_only->expected)
		finish(bulk_only);
	return 0;
}

static void delivered(void *owner, const struct delivery *delivery)
{
	struct bulk_only *bulk_only = owner;
	struct channel *channel = bulk_only->channel;

	if (!channel || !channel->open || !delivery->message->number)
		return;
	if (!delivery->message->is_status) {
		channel_delivered(channel, delivery);
	} else if (delivery->length == CSW_SIZE) {
		memcpy(channel->record.csw, delivery->bytes, CSW_SIZE);
		channel->record.csw_read = true;
	}
}

const struct endpoint_user bulk_only_out = { .receive = receive };
const struct endpoint_user bulk_only_in = { .delivered = delivered };
