/*
 * The device table: who sits at which bus and address, followed through enumeration.
 * Knows: which standard requests (USB 2.0 9.4, 11.24.2) make an address somebody else's, how setup and answer pair.
 * Must not know: what descriptors mean (device_identify.c), ST-Link commands.
 */
#include "device_entry.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

#define ENTRIES 256
#define CHAINS 256
#define PENDING 64
#define RESET_WINDOW UINT64_C(2000000000) /* ns in which a port reset explains an enumeration */

#define REQUEST_CLEAR_FEATURE 0x01
#define REQUEST_SET_FEATURE 0x03
#define REQUEST_SET_ADDRESS 0x05
#define REQUEST_GET_DESCRIPTOR 0x06
#define REQUEST_SET_CONFIGURATION 0x09
#define FEATURE_PORT_RESET 4

/* A control submission whose completion is still to come. */
struct pending {
	bool used;
	uint16_t bus, device;
	uint64_t id;
	struct device_request request;
};

struct device_table {
	struct device_entry *entries[ENTRIES]; /* made when first needed, kept until the end: pointers to them stay good */
	size_t count;
	struct device_entry *chains[CHAINS];
	struct device_entry *last; /* the one found last: most records come in runs */
	struct pending pending[PENDING];
	uint64_t frame, evicted;
	int64_t time;
};

static void *allocate(size_t size)
{
	void *memory = calloc(1, size);

	if (!memory)
		errx(2, "out of memory");
	return memory;
}

struct device_table *device_table_new(void)
{
	return allocate(sizeof(struct device_table));
}

void device_table_free(struct device_table *table)
{
	if (!table)
		return;
	for (size_t i = 0; i < table->count; i++)
		free(table->entries[i]);
	free(table);
}

static struct device_entry **chain_of(struct device_table *table, uint16_t bus, uint16_t address)
{
	return &table->chains[(bus * 61U + address) % CHAINS];
}

static void unlink_entry(struct device_table *table, struct device_entry *entry)
{
	struct device_entry **at = chain_of(table, entry->device.bus, entry->device.address);

	while (*at && *at != entry)
		at = &(*at)->next;
	if (*at)
		*at = entry->next;
	if (table->last == entry)
		table->last = NULL;
}

static bool is_live_probe(const struct device_entry *entry)
{
	return entry->device.probe >= 0 && !entry->retired;
}

/* The entry to give up, never keep: a probe that the tracker follows goes last; else the one that is silent for longest. */
static struct device_entry *least_recent(struct device_table *table, const struct device_entry *keep)
{
	struct device_entry *victim = NULL;

	for (size_t i = 0; i < table->count; i++) {
		struct device_entry *entry = table->entries[i];

		if (entry == keep)
			continue;
		if (!victim || is_live_probe(victim) > is_live_probe(entry) ||
		    (is_live_probe(victim) == is_live_probe(entry) && entry->device.last_frame < victim->device.last_frame))
			victim = entry;
	}
	return victim;
}

/* An empty entry, which may cost another its place, but not keep. */
static struct device_entry *free_entry(struct device_table *table, const struct device_entry *keep)
{
	struct device_entry *entry = NULL;

	for (size_t i = 0; i < table->count && !entry; i++)
		if (!table->entries[i]->used)
			entry = table->entries[i];
	if (!entry && table->count < ENTRIES) {
		entry = allocate(sizeof *entry);
		table->entries[table->count++] = entry;
	}
	if (!entry) {
		entry = least_recent(table, keep);
		unlink_entry(table, entry);
		table->evicted++;
	}
	memset(entry, 0, sizeof *entry);
	entry->used = true;
	return entry;
}

/* Makes entry that of an address from which nothing has been heard. */
static void begin(struct device_table *table, struct device_entry *entry, uint16_t bus, uint16_t address)
{
	entry->device.bus = bus;
	entry->device.address = address;
	entry->device.first_frame = entry->device.last_frame = table->frame;
	entry->device.first_time = table->time;
	entry->device.probe = -1;
}

static struct device_entry *entry_at(struct device_table *table, uint16_t bus, uint16_t address)
{
	struct device_entry *entry = table->last, **chain;

	if (entry && entry->device.bus == bus && entry->device.address == address)
		return entry;
	chain = chain_of(table, bus, address);
	for (entry = *chain; entry; entry = entry->next)
		if (entry->device.bus == bus && entry->device.address == address)
			break;
	if (!entry) {
		entry = free_entry(table, NULL);
		begin(table, entry, bus, address);
		entry->next = *chain;
		*chain = entry;
	}
	table->last = entry;
	return entry;
}

struct device *device_at(struct device_table *table, uint16_t bus, uint16_t address)
{
	return &entry_at(table, bus, address)->device;
}

/*
 * A new enumeration takes the address. What was there is kept beside it, out of reach of its address, so that nothing that the
 * capture holds is forgotten: private key strokes least of all.
 */
static void retire(struct device_table *table, struct device_entry *entry)
{
	uint16_t bus = entry->device.bus, address = entry->device.address;
	struct device_entry *next;

	if (entry->device.described || entry->device.kind != DEVICE_UNKNOWN) {
		struct device_entry *kept = free_entry(table, entry);

		*kept = *entry;
		kept->next = NULL;
		kept->retired = true;
	}
	next = entry->next;
	memset(entry, 0, sizeof *entry);
	entry->used = true;
	entry->next = next;
	begin(table, entry, bus, address);
	entry->device.enumerated = true;
	entry->addressed = true;
}

/* The same device at the same address again, as after a USB reset: one device, not two. */
static void reunite(struct device_table *table, struct device_entry *entry)
{
	struct device *device = &entry->device;

	for (size_t i = 0; i < table->count; i++) {
		struct device_entry *old = table->entries[i];

		if (!old->used || !old->retired || old->device.bus != device->bus || old->device.address != device->address ||
		    !old->device.described || old->device.vid != device->vid || old->device.pid != device->pid)
			continue;
		device->first_frame = old->device.first_frame;
		device->first_time = old->device.first_time;
		device->records += old->device.records;
		device->foreign_records += old->device.foreign_records;
		if (old->device.hid_reports)
			device->first_hid_frame = old->device.first_hid_frame;
		device->hid_reports += old->device.hid_reports;
		device->hid_by_class |= old->device.hid_by_class;
		old->used = false;
		return;
	}
}

/* Was a port of this bus reset, or a device asked at address 0, a moment ago and not before since? Tells it only once. */
static bool bus_was_reset(struct device_table *table, uint16_t bus, int64_t since)
{
	bool found = false;

	for (size_t i = 0; i < table->count; i++) {
		struct device_entry *entry = table->entries[i];

		if (!entry->used || !entry->reset_seen || entry->device.bus != bus)
			continue;
		found |= entry->reset_time >= since && (uint64_t)table->time - (uint64_t)entry->reset_time <= RESET_WINDOW;
		entry->reset_seen = false;
	}
	return found;
}

static void mark_reset(struct device_table *table, struct device_entry *entry)
{
	entry->reset_seen = true;
	entry->reset_time = table->time;
}

static struct pending *pending_find(struct device_table *table, const struct urb_event *urb)
{
	for (size_t i = 0; i < PENDING; i++) {
		struct pending *pending = &table->pending[i];

		if (pending->used && pending->id == urb->id && pending->device == urb->device && pending->bus == urb->bus)
			return pending;
	}
	return NULL;
}

/* Remembers a setup packet until its completion; the oldest is forgotten where too many wait. */
static void pending_put(struct device_table *table, const struct urb_event *urb, const struct usb_setup *setup)
{
	struct pending *slot = pending_find(table, urb);

	for (size_t i = 0; i < PENDING && !slot; i++)
		if (!table->pending[i].used)
			slot = &table->pending[i];
	if (!slot) {
		slot = &table->pending[0];
		for (size_t i = 1; i < PENDING; i++)
			if (table->pending[i].request.frame < slot->request.frame)
				slot = &table->pending[i];
	}
	*slot = (struct pending){ true, urb->bus, urb->device, urb->id, { urb->frame, urb->time, *setup } };
}

static void set_address(struct device_table *table, uint16_t bus, const struct usb_setup *setup, struct device_event *event)
{
	struct device_entry *entry;

	if (setup->value < 1 || setup->value > 127)
		return;
	entry = entry_at(table, bus, setup->value);
	retire(table, entry);
	bus_was_reset(table, bus, INT64_MIN);
	event->kind = DEVICE_EVENT_ADDRESSED;
	event->device = &entry->device;
}

static void set_configuration(struct device_table *table, struct device_entry *entry, const struct urb_event *urb,
                              const struct usb_setup *setup, struct device_event *event)
{
	entry->selected = (uint8_t)setup->value;
	entry->device.configured = entry->selected != 0;
	if (!entry->selected)
		return;
	/* USBPcap injects descriptors and this request with an IRP id of 0 for devices that were there before the capture. */
	if (urb->windows && urb->id && !entry->data_seen)
		entry->device.enumerated = true;
	event->kind = DEVICE_EVENT_CONFIGURED;
	event->value = entry->selected;
	event->after_address = entry->addressed | bus_was_reset(table, urb->bus, entry->configured_time);
	entry->addressed = false;
	entry->configured_time = table->time;
}

/* A setup packet on its way: the requests that change something say so now, since one-sided files never show their completion. */
static void observe_request(struct device_table *table, struct device_entry *entry, const struct urb_event *urb,
                            const struct usb_setup *setup, struct device_event *event)
{
	switch (setup->request_type << 8 | setup->request) {
	case 0x0000 | REQUEST_SET_ADDRESS:
		if (!urb->device)
			set_address(table, urb->bus, setup, event);
		break;
	case 0x0000 | REQUEST_SET_CONFIGURATION:
		set_configuration(table, entry, urb, setup, event);
		break;
	case 0x0200 | REQUEST_CLEAR_FEATURE:
		if (setup->value == 0) {
			event->kind = DEVICE_EVENT_HALT_CLEARED;
			event->value = setup->index & 0x8f;
		}
		break;
	case 0x2300 | REQUEST_SET_FEATURE:
		if (setup->value == FEATURE_PORT_RESET) {
			mark_reset(table, entry);
			event->kind = DEVICE_EVENT_PORT_RESET;
			event->value = setup->index & 0xff;
		}
		break;
	case 0x8000 | REQUEST_GET_DESCRIPTOR:
		/* On xHCI hosts and on Windows nobody sees SET_ADDRESS: a reset, then the first question at a new address. */
		if (!urb->device)
			mark_reset(table, entry);
		else if (entry->device.records == 1 && bus_was_reset(table, urb->bus, INT64_MIN))
			entry->device.enumerated = entry->addressed = true;
		break;
	}
	/* Class requests to ports (11.24.2) are for hubs alone. */
	if ((setup->request_type & 0x7f) == 0x23 && entry->device.kind == DEVICE_UNKNOWN)
		entry->device.kind = DEVICE_HUB;
}

static void observe_device_descriptor(struct device_table *table, struct device_entry *entry, const struct urb_event *urb,
                                      struct device_event *event)
{
	bool fresh = entry->device.gone && device_descriptor_names(urb->data, urb->captured);

	if (fresh) {
		retire(table, entry);
		entry->device.records = 1;
	}
	if (!device_take_descriptor(entry, urb->data, urb->captured))
		return;
	reunite(table, entry);
	event->kind = fresh ? DEVICE_EVENT_ADDRESSED : DEVICE_EVENT_IDENTIFIED;
}

/* What the device said to a request; setup is NULL where the capture does not tell the request. */
static void observe_answer(struct device_table *table, struct device_entry *entry, const struct urb_event *urb,
                           const struct usb_setup *setup, struct device_event *event)
{
	if (!urb->captured || (urb->result != URB_OK && urb->result != URB_SHORT_READ && urb->result != URB_PENDING))
		return;
	if (!setup) {
		if (device_descriptor_plausible(urb->data, urb->captured, urb->wire))
			observe_device_descriptor(table, entry, urb, event);
		return;
	}
	if (setup->request_type != 0x80 || setup->request != REQUEST_GET_DESCRIPTOR)
		return;
	switch (setup->value >> 8) {
	case 0x01:
		observe_device_descriptor(table, entry, urb, event);
		break;
	case 0x02:
		device_take_configuration(entry, urb->data, urb->captured);
		break;
	case 0x03:
		if (device_take_string(entry, (uint8_t)setup->value, urb->data, urb->captured))
			event->kind = DEVICE_EVENT_SERIAL;
		break;
	}
}

static void observe_control(struct device_table *table, struct device_entry *entry, const struct urb_event *urb,
                            struct device_event *event)
{
	struct pending *pending;
	struct usb_setup setup;

	if (urb->kind == URB_SUBMIT && !(urb->marks & URB_MARK_NO_STAGE)) {
		if (!urb->has_setup)
			return;
		setup = usb_setup_read(urb->setup);
		pending_put(table, urb, &setup);
		observe_request(table, entry, urb, &setup, event);
		return;
	}
	pending = pending_find(table, urb);
	/* Several devices may pass through address 0: what they say there is said again at their own. */
	if (urb->device && (urb->endpoint & 0x80)) {
		/* In one-sided files an IN completion may carry the id of the OUT transfer before it. */
		bool paired = pending && (pending->request.setup.request_type & 0x80);

		observe_answer(table, entry, urb, paired ? &pending->request.setup : NULL, event);
	}
	if (pending && !(urb->marks & URB_MARK_NO_STAGE)) {
		pending->used = false;
		event->completed = &pending->request;
	}
}

void device_observe(struct device_table *table, const struct urb_event *urb, struct device_event *event)
{
	struct device_entry *entry;
	struct device *device;

	*event = (struct device_event){ .kind = DEVICE_EVENT_NONE };
	if (urb->marks & (URB_MARK_HEADER_CUT | URB_MARK_IMPLAUSIBLE))
		return;
	table->frame = urb->frame;
	table->time = urb->time;
	entry = entry_at(table, urb->bus, urb->device);
	device = event->device = &entry->device;
	device->records++;
	device->last_frame = urb->frame;
	if (urb->type == URB_CONTROL) {
		observe_control(table, entry, urb, event);
	} else if (urb->marks & URB_MARK_RESET_PIPE) {
		/* How Windows drivers clear a halt: their CLEAR_FEATURE itself is not captured. */
		if (urb->kind == URB_SUBMIT) {
			event->kind = DEVICE_EVENT_HALT_CLEARED;
			event->value = urb->endpoint;
		}
	} else if (urb->type != URB_OTHER) {
		entry->data_seen = true;
		if (device_endpoint_use(device, urb->endpoint) >= USE_DISK)
			device->foreign_records++;
		if (urb->type == URB_INTERRUPT && urb->kind == URB_COMPLETE && (urb->endpoint & 0x80) && urb->length &&
		    (urb->result == URB_OK || urb->result == URB_SHORT_READ))
			device_take_report(entry, urb);
	}
	if (urb->result == URB_GONE && urb->kind != URB_SUBMIT && !device->gone) {
		device->gone = true;
		event->kind = DEVICE_EVENT_GONE;
	}
}

static int by_first_frame(const void *left, const void *right)
{
	const struct device *a = *(const struct device *const *)left, *b = *(const struct device *const *)right;

	if (a->first_frame != b->first_frame)
		return a->first_frame < b->first_frame ? -1 : 1;
	return a->address < b->address ? -1 : a->address > b->address;
}

void device_each(const struct device_table *table, void (*visit)(const struct device *device, void *context), void *context)
{
	const struct device *list[ENTRIES];
	size_t count = 0;

	for (size_t i = 0; i < table->count; i++)
		if (table->entries[i]->used && table->entries[i]->device.address)
			list[count++] = &table->entries[i]->device;
	qsort(list, count, sizeof list[0], by_first_frame);
	for (size_t i = 0; i < count; i++)
		visit(list[i], context);
}

uint64_t device_evicted(const struct device_table *table)
{
	return table->evicted;
}
