/* Whose record it is, and what waits until that is known (sieve.h). */
#include "sieve.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

#define PATIENCE INT64_C(1000000000) /* ns that a record waits */
#define MOST_WAITING 4096
#define MOST_BYTES (4u << 20)
#define MOST_KNOWN 4096 /* addresses with a state of their own: a bound on what a hostile capture makes us keep */

enum verdict { UNDECIDED, PASS, LEAVE };

/* What is known of an address beside its descriptors. */
enum standing { STANDING_NONE, STANDING_ADMITTED, STANDING_OTHER };
struct known { uint16_t bus, address; enum standing standing; };

struct waiting {
	struct sieve_item item; /* its bytes are owned */
	enum verdict verdict;
};

struct sieve {
	bool all;
	sieve_taker *take;
	void *context;
	struct device_table *devices;
	struct known *known;
	size_t known_count;
	struct waiting *queue; /* a ring of MOST_WAITING */
	size_t first, count, bytes;
	struct sieve_counts counts;
};

static void *allocate(size_t count, size_t size)
{
	void *memory = calloc(count ? count : 1, size);

	if (!memory)
		errx(2, "out of memory");
	return memory;
}

struct sieve *sieve_new(bool all, sieve_taker *take, void *context)
{
	struct sieve *sieve = allocate(1, sizeof *sieve);

	sieve->all = all;
	sieve->take = take;
	sieve->context = context;
	sieve->devices = device_table_new();
	sieve->known = allocate(MOST_KNOWN, sizeof *sieve->known);
	sieve->queue = allocate(MOST_WAITING, sizeof *sieve->queue);
	return sieve;
}

static enum standing standing_of(const struct sieve *sieve, uint16_t bus, uint16_t address)
{
	for (size_t i = 0; i < sieve->known_count; i++)
		if (sieve->known[i].bus == bus && sieve->known[i].address == address)
			return sieve->known[i].standing;
	return STANDING_NONE;
}

static void set_standing(struct sieve *sieve, uint16_t bus, uint16_t address, enum standing standing)
{
	size_t i = 0;

	while (i < sieve->known_count && (sieve->known[i].bus != bus || sieve->known[i].address != address))
		i++;
	if (i == MOST_KNOWN || (i == sieve->known_count && standing == STANDING_NONE))
		return;
	sieve->known_count += i == sieve->known_count;
	sieve->known[i] = (struct known){ bus, address, standing };
}

void sieve_admit(struct sieve *sieve, uint16_t bus, uint16_t address)
{
	set_standing(sieve, bus, address, STANDING_ADMITTED);
}

/* Of a device that is, or may be, an ST-Link. */
static enum verdict judge_endpoint(const struct device *device, uint8_t endpoint)
{
	switch (device_endpoint_use_if_stlink(device, endpoint)) {
	case USE_CONTROL:
	case USE_COMMAND:
	case USE_ANSWER:
	case USE_TRACE:
	case USE_BRIDGE_COMMAND:
	case USE_BRIDGE_ANSWER:
		return PASS;
	case USE_UNKNOWN:
	case USE_DISK:
	case USE_SERIAL:
	case USE_FOREIGN:
		break;
	}
	return LEAVE;
}

static enum verdict judge(const struct sieve *sieve, const struct urb_event *urb)
{
	const struct device *device;

	if (!urb->device)
		return UNDECIDED;
	device = device_at(sieve->devices, urb->bus, urb->device);
	switch (standing_of(sieve, urb->bus, urb->device)) {
	case STANDING_ADMITTED:
		return judge_endpoint(device, urb->endpoint);
	case STANDING_OTHER:
		return device->kind == DEVICE_STLINK ? judge_endpoint(device, urb->endpoint) : LEAVE;
	case STANDING_NONE:
		break;
	}
	/* One that nobody has described has been there for long, unless its descriptors are just being read. */
	if (device->kind == DEVICE_UNKNOWN)
		return urb->type == URB_CONTROL ? UNDECIDED : LEAVE;
	return device_may_be_stlink(device) || device->kind == DEVICE_STLINK ? judge_endpoint(device, urb->endpoint) : LEAVE;
}

static struct waiting *waiting_at(const struct sieve *sieve, size_t index)
{
	return &sieve->queue[(sieve->first + index) % MOST_WAITING];
}

static void count(struct sieve *sieve, const struct sieve_item *item, enum verdict verdict)
{
	if (!item->is_record)
		return;
	sieve->counts.passed += verdict == PASS;
	sieve->counts.left_out += verdict != PASS;
}

static void pop(struct sieve *sieve)
{
	struct waiting *head = waiting_at(sieve, 0);
	struct sieve_item item = head->item;

	count(sieve, &item, head->verdict);
	sieve->first = (sieve->first + 1) % MOST_WAITING;
	sieve->count--;
	sieve->bytes -= item.captured;
	if (head->verdict == PASS)
		sieve->take(sieve->context, &item);
	free((void *)(uintptr_t)item.bytes);
}

/* Whatever is decided, up to the first that is not. */
static void release(struct sieve *sieve)
{
	while (sieve->count && waiting_at(sieve, 0)->verdict != UNDECIDED)
		pop(sieve);
}

/* Gives up on the one that waits first, and on its device. */
static void give_up(struct sieve *sieve)
{
	const struct urb_event urb = waiting_at(sieve, 0)->item.urb;

	if (urb.device)
		set_standing(sieve, urb.bus, urb.device, STANDING_OTHER);
	pop(sieve);
	for (size_t i = 0; urb.device && i < sieve->count; i++) {
		struct waiting *waiting = waiting_at(sieve, i);

		if (waiting->verdict == UNDECIDED && waiting->item.urb.bus == urb.bus && waiting->item.urb.device == urb.device)
			waiting->verdict = LEAVE;
	}
	release(sieve);
}

static void push(struct sieve *sieve, const struct sieve_item *item, enum verdict verdict)
{
	struct waiting *waiting;
	uint8_t *bytes;

	while (sieve->count == MOST_WAITING || (sieve->count && sieve->bytes + item->captured > MOST_BYTES))
		give_up(sieve);
	if (!sieve->count && verdict != UNDECIDED) {
		count(sieve, item, verdict);
		sieve->take(sieve->context, item);
		return;
	}
	bytes = allocate(item->captured, 1);
	if (item->captured)
		memcpy(bytes, item->bytes, item->captured);
	waiting = waiting_at(sieve, sieve->count++);
	*waiting = (struct waiting){ .item = *item, .verdict = verdict };
	waiting->item.bytes = bytes;
	if (item->is_record && item->urb.captured)
		waiting->item.urb.data = bytes + (item->urb.data - item->bytes);
	sieve->bytes += item->captured;
}

/* Decides what waits of the device, and at address 0 of its bus: devices are given their addresses one after another. */
static void decide(struct sieve *sieve, uint16_t bus, uint16_t address, bool with_zero, enum verdict of_zero)
{
	for (size_t i = 0; i < sieve->count; i++) {
		struct waiting *waiting = waiting_at(sieve, i);

		if (waiting->verdict != UNDECIDED || waiting->item.urb.bus != bus)
			continue;
		if (waiting->item.urb.device == address)
			waiting->verdict = judge(sieve, &waiting->item.urb);
		else if (!waiting->item.urb.device && with_zero)
			waiting->verdict = of_zero;
	}
	release(sieve);
}

/* A new device takes an address: what waits from the one before it there will never be decided. */
static void address_taken(struct sieve *sieve, uint16_t bus, uint16_t address)
{
	for (size_t i = 0; i < sieve->count; i++) {
		struct waiting *waiting = waiting_at(sieve, i);

		if (waiting->verdict == UNDECIDED && waiting->item.urb.bus == bus && waiting->item.urb.device == address)
			waiting->verdict = LEAVE;
	}
	set_standing(sieve, bus, address, STANDING_NONE);
}

static void put_record(struct sieve *sieve, const struct sieve_item *item)
{
	const struct urb_event *urb = &item->urb;
	struct device_event event;
	enum verdict verdict;

	if (urb->marks & (URB_MARK_HEADER_CUT | URB_MARK_IMPLAUSIBLE)) {
		count(sieve, item, LEAVE);
		return;
	}
	device_observe(sieve->devices, urb, &event);
	if (event.kind == DEVICE_EVENT_ADDRESSED)
		address_taken(sieve, event.device->bus, event.device->address);
	verdict = judge(sieve, urb);
	if (verdict == LEAVE)
		count(sieve, item, LEAVE);
	else
		push(sieve, item, verdict);
	if (urb->device && sieve->count && verdict != UNDECIDED) {
		bool described = event.kind == DEVICE_EVENT_IDENTIFIED || event.kind == DEVICE_EVENT_ADDRESSED;

		decide(sieve, urb->bus, urb->device, described, verdict);
	}
}

void sieve_put(struct sieve *sieve, const struct sieve_item *item)
{
	if (item->is_record)
		sieve_time(sieve, item->time);
	if (item->is_record && !sieve->all)
		put_record(sieve, item);
	else
		push(sieve, item, PASS);
}

void sieve_time(struct sieve *sieve, int64_t time)
{
	while (sieve->count) {
		int64_t since = waiting_at(sieve, 0)->item.time;

		/* A clock that was set back ends the waiting too. */
		if (time - since <= PATIENCE && since - time <= PATIENCE)
			break;
		give_up(sieve);
	}
}

void sieve_finish(struct sieve *sieve)
{
	while (sieve->count)
		give_up(sieve);
}

bool sieve_waits(const struct sieve *sieve, int64_t *time)
{
	if (sieve->count)
		*time = waiting_at(sieve, 0)->item.time;
	return sieve->count;
}

struct sieve_counts sieve_counts(const struct sieve *sieve)
{
	return sieve->counts;
}

void sieve_free(struct sieve *sieve)
{
	if (!sieve)
		return;
	for (size_t i = 0; i < sieve->count; i++)
		free((void *)(uintptr_t)waiting_at(sieve, i)->item.bytes);
	device_table_free(sieve->devices);
	free(sieve->known);
	free(sieve->queue);
	free(sieve);
}
