/*
 * A thread that fills batches of items for another that empties them.
 * Knows: POSIX threads. Must not know: files, what an event means.
 */
#include "ahead.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	WORTH_IT = 1 << 20, /* bytes: below, a thread costs more than it brings */
	BATCHES = 8,
	LOW_WATER = 2,      /* so many full ones are left when the reader is woken: to wake it for each would cost more than to fill one */
	BATCH_ITEMS = 1024,
	BATCH_BYTES = 64 * 1024,
	MORE = 1,           /* as input_next_item says it */
};

struct batch {
	struct input_item items[BATCH_ITEMS];
	size_t count;
	uint8_t *bytes; /* their payloads, BATCH_BYTES at most */
	size_t used;
	uint64_t done;  /* input_progress behind its last item */
	int end;        /* what input_next_item said behind it */
	bool full;      /* whose it is: the reader's while false */
};

struct ahead {
	struct input *input;
	pthread_t thread;
	pthread_mutex_t lock; /* full of every batch, full_count, stopping */
	pthread_cond_t changed;
	size_t full_count;
	bool stopping;
	struct batch batches[BATCHES];
	size_t current, at;   /* of the one who empties */
	uint64_t total;
};

/* Waits until the batch is full, or empty. Returns false where the other side wants to stop. */
static bool await(struct ahead *ahead, const struct batch *batch, bool full)
{
	bool going;

	pthread_mutex_lock(&ahead->lock);
	while (batch->full != full && !ahead->stopping)
		pthread_cond_wait(&ahead->changed, &ahead->lock);
	going = batch->full == full;
	pthread_mutex_unlock(&ahead->lock);
	return going;
}

static void hand_over(struct ahead *ahead, struct batch *batch, bool full)
{
	pthread_mutex_lock(&ahead->lock);
	batch->full = full;
	if (full)
		ahead->full_count++;
	else
		ahead->full_count--;
	if (full || ahead->full_count <= LOW_WATER)
		pthread_cond_signal(&ahead->changed);
	pthread_mutex_unlock(&ahead->lock);
}

static void fill(struct ahead *ahead, struct batch *batch, int end)
{
	uint64_t total;

	batch->end = end;
	input_progress(ahead->input, &batch->done, &total);
	hand_over(ahead, batch, true);
}

/* Hands the batch over and waits until the next is empty. NULL where nobody wants it any more. */
static struct batch *turn(struct ahead *ahead, struct batch *batch)
{
	fill(ahead, batch, MORE);
	batch = batch + 1 < ahead->batches + BATCHES ? batch + 1 : ahead->batches;
	if (!await(ahead, batch, false))
		return NULL;
	batch->count = batch->used = 0;
	return batch;
}

/* The bytes that an item points at. */
static const void *payload_of(const struct input_item *item, size_t *length)
{
	switch (item->kind) {
	case INPUT_RECORD:
		*length = item->urb.captured;
		return item->urb.data;
	case INPUT_TOOL_LINE:
		*length = strlen(item->line.text) + 1;
		return item->line.text;
	case INPUT_GAP:
		break;
	}
	*length = 0;
	return NULL;
}

/* Copies what the item points at behind what is in the batch: there is room. */
static void keep_payload(struct batch *batch, struct input_item *item)
{
	size_t length;
	const void *bytes = payload_of(item, &length);

	if (!length)
		return;
	memcpy(batch->bytes + batch->used, bytes, length);
	if (item->kind == INPUT_RECORD)
		item->urb.data = batch->bytes + batch->used;
	else
		item->line.text = (const char *)batch->bytes + batch->used;
	batch->used += length;
}

/* Each item is read into its place in the batch; only its payload is copied. */
static void *read_ahead(void *context)
{
	struct ahead *ahead = context;
	struct batch *batch = ahead->batches;
	int got;

	while ((got = input_next_item(ahead->input, &batch->items[batch->count])) == MORE) {
		struct input_item *item = &batch->items[batch->count];
		struct batch *whole = batch;
		size_t length;
		bool giant;

		payload_of(item, &length);
		giant = length > BATCH_BYTES;
		if (length > BATCH_BYTES - batch->used && batch->count) {
			whole = batch = turn(ahead, batch);
			if (!batch)
				return NULL;
			batch->items[0] = *item;
			item = &batch->items[0];
		}
		batch->count++;
		if (!giant)
			keep_payload(batch, item);
		if (!giant && batch->count < BATCH_ITEMS)
			continue;
		batch = turn(ahead, batch);
		/* What no batch holds stays where it was read: nothing is read before it has been used. */
		if (!batch || (giant && !await(ahead, whole, false)))
			return NULL;
	}
	fill(ahead, batch, got);
	return NULL;
}

static void destroy(struct ahead *ahead)
{
	for (size_t i = 0; i < BATCHES; i++)
		free(ahead->batches[i].bytes);
	pthread_cond_destroy(&ahead->changed);
	pthread_mutex_destroy(&ahead->lock);
	free(ahead);
}

struct ahead *ahead_start(struct input *input)
{
	uint64_t done, total;
	struct ahead *ahead;
	bool good = true;

	input_progress(input, &done, &total);
	if (total < WORTH_IT || sysconf(_SC_NPROCESSORS_ONLN) < 2)
		return NULL;
	ahead = calloc(1, sizeof *ahead);
	if (!ahead)
		return NULL;
	ahead->input = input;
	ahead->total = total;
	pthread_mutex_init(&ahead->lock, NULL);
	pthread_cond_init(&ahead->changed, NULL);
	for (size_t i = 0; i < BATCHES; i++) {
		ahead->batches[i].bytes = malloc(BATCH_BYTES);
		good = good && ahead->batches[i].bytes;
	}
	if (!good || pthread_create(&ahead->thread, NULL, read_ahead, ahead)) {
		destroy(ahead);
		return NULL;
	}
	return ahead;
}

int ahead_next(struct ahead *ahead, struct input_item **item)
{
	struct batch *batch = &ahead->batches[ahead->current];

	if (!ahead->at && !await(ahead, batch, true))
		return 0;
	while (ahead->at == batch->count) {
		if (batch->end != MORE)
			return batch->end;
		ahead->at = 0;
		ahead->current = (ahead->current + 1) % BATCHES;
		hand_over(ahead, batch, false);
		batch = &ahead->batches[ahead->current];
		if (!await(ahead, batch, true))
			return 0;
	}
	*item = &batch->items[ahead->at++];
	return 1;
}

void ahead_progress(const struct ahead *ahead, uint64_t *done, uint64_t *total)
{
	*done = ahead->batches[ahead->current].done;
	*total = ahead->total;
}

void ahead_stop(struct ahead *ahead)
{
	if (!ahead)
		return;
	pthread_mutex_lock(&ahead->lock);
	ahead->stopping = true;
	pthread_cond_broadcast(&ahead->changed);
	pthread_mutex_unlock(&ahead->lock);
	pthread_join(ahead->thread, NULL);
	destroy(ahead);
}
