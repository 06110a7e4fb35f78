/*
 * The bytes and frames of transactions that are being put together. Slots are reused, so that a long capture allocates nothing.
 * Knows: buffers. Must not know: the protocol.
 */
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

void *track_allocate(void *old, size_t size)
{
	void *memory = realloc(old, size);

	if (!memory)
		err(2, "stlinkscope");
	return memory;
}

void buffer_append(struct byte_buffer *buffer, const uint8_t *bytes, uint32_t captured, uint32_t wire)
{
	uint32_t room = LONGEST_PAYLOAD - buffer->captured;

	buffer->wire = wire > UINT32_MAX - buffer->wire ? UINT32_MAX : buffer->wire + wire;
	/* Bytes behind a cut are known, their place is not missed: but what is kept must be one run from the start. */
	if (buffer->cut || buffer->beyond)
		return;
	if (captured < wire)
		buffer->cut = true;
	if (captured > room) {
		buffer->beyond = true;
		captured = room;
	}
	if (buffer->captured + captured > buffer->capacity) {
		uint32_t capacity = buffer->capacity ? buffer->capacity : 256;

		while (capacity < buffer->captured + captured)
			capacity *= 2;
		buffer->bytes = track_allocate(buffer->bytes, capacity);
		buffer->capacity = capacity;
	}
	if (captured)
		memcpy(buffer->bytes + buffer->captured, bytes, captured);
	buffer->captured += captured;
}

void frame_append(struct frame_buffer *buffer, uint64_t frame)
{
	if (buffer->count == buffer->capacity) {
		buffer->capacity = buffer->capacity ? buffer->capacity * 2 : 8;
		buffer->frame = track_allocate(buffer->frame, buffer->capacity * sizeof *buffer->frame);
	}
	buffer->frame[buffer->count++] = frame;
}

static void buffer_clear(struct byte_buffer *buffer)
{
	buffer->captured = buffer->wire = 0;
	buffer->cut = buffer->beyond = false;
}

struct pending *pending_new(struct probe_state *owner)
{
	struct pending *pending = owner->pool;

	if (pending) {
		owner->pool = pending->next;
	} else {
		pending = track_allocate(NULL, sizeof *pending);
		memset(pending, 0, sizeof *pending);
	}
	buffer_clear(&pending->request);
	buffer_clear(&pending->data);
	buffer_clear(&pending->answer);
	pending->command_frames.count = pending->data_frames.count = pending->answer_frames.count = 0;
	memset(&pending->transaction, 0, sizeof pending->transaction);
	pending->transaction.latency = pending->transaction.waited = -1;
	pending->serial = ++owner->serial;
	pending->next = NULL;
	pending->submitted = pending->last_completion = INT64_MIN;
	pending->out_open = pending->in_open = pending->in_asked = 0;
	pending->finished = pending->held = pending->judge = pending->session_undecided = false;
	pending->cut_by_capture = pending->answer_lost = pending->withheld = pending->one_sided = pending->out_unseen = pending->begins_session = false;
	return pending;
}

void pending_recycle(struct probe_state *owner, struct pending *pending)
{
	pending->serial = 0;
	pending->next = owner->pool;
	owner->pool = pending;
}

void pending_free(struct pending *pending)
{
	free(pending->request.bytes);
	free(pending->data.bytes);
	free(pending->answer.bytes);
	free(pending->command_frames.frame);
	free(pending->data_frames.frame);
	free(pending->answer_frames.frame);
	free(pending);
}

static struct payload published(const struct byte_buffer *buffer)
{
	return (struct payload){ .bytes = buffer->bytes, .captured = buffer->captured, .wire = buffer->wire };
}

void pending_publish(struct pending *pending)
{
	struct transaction *transaction = &pending->transaction;

	transaction->request = published(&pending->request);
	transaction->data = published(&pending->data);
	transaction->answer = published(&pending->answer);
	if (pending->withheld)
		transaction->data.captured = transaction->answer.captured = 0;
	transaction->command_frames = (struct frames){ pending->command_frames.frame, pending->command_frames.count };
	transaction->data_frames = (struct frames){ pending->data_frames.frame, pending->data_frames.count };
	transaction->answer_frames = (struct frames){ pending->answer_frames.frame, pending->answer_frames.count };
}
