/*
 * The tracker: finds the probes behind the devices, follows them through re-enumeration, and hands each transfer to its channel.
 * Knows: device events, endpoints, guesses by traffic. Must not know: what a command says, output.
 * DESIGN decisions 3 (whose traffic) and 4 (re-enumeration).
 */
#include <stdlib.h>
#include <string.h>

#include "internal.h"

#define SECOND INT64_C(1000000000)

/* Bounds on what a hostile capture can make us keep; no real bus comes near them. */
#define MOST_PROBES 128
#define MOST_CANDIDATES 64

struct tracker *tracker_new(void)
{
	struct tracker *tracker = track_allocate(NULL, sizeof *tracker);

	memset(tracker, 0, sizeof *tracker);
	tracker->devices = device_table_new();
	return tracker;
}

void tracker_listen(struct tracker *tracker, const struct listener *listener)
{
	if (tracker->listener_count < LISTENERS)
		tracker->listeners[tracker->listener_count++] = *listener;
}

/* --- probes --- */

static struct probe_state *probe_of(const struct tracker *tracker, const struct device *device)
{
	return device->probe >= 0 && (size_t)device->probe < tracker->probe_count ? tracker->probes[device->probe] : NULL;
}

static struct usb_note note_about(const struct probe_state *owner, const struct device *device, enum usb_note_kind kind,
                                  uint64_t frame, int64_t time)
{
	return (struct usb_note){ .kind = kind, .probe = owner ? owner->probe.index : -1, .bus = device->bus, .device = device->address,
	                          .frame = frame, .time = time, .text = "" };
}

static void probe_leave(struct probe_state *owner, enum session_end end, int64_t time)
{
	struct channel_state *channels[] = { &owner->debug, &owner->bridge };

	for (size_t i = 0; i < 2; i++) {
		if (end == SESSION_GONE && channels[i]->current && channels[i]->current->transaction.urb_result == URB_OK)
			channels[i]->current->transaction.urb_result = URB_GONE;
		channel_flush(channels[i], false);
		channel_reset(channels[i]);
	}
	order_release(owner);
	if (owner->leaving)
		order_note(owner, &owner->gone_note);
	order_session_end(owner, end);
	owner->leaving = false;
	owner->probe.mode = MODE_UNKNOWN;
	if (owner->device)
		owner->device->probe = -1;
	owner->device = NULL;
	owner->absent_since = time;
}

/* NULL beyond MOST_PROBES. */
static struct probe_state *probe_new(struct tracker *tracker)
{
	struct probe_state *owner;

	if (tracker->probe_count == MOST_PROBES)
		return NULL;
	owner = track_allocate(NULL, sizeof *owner);
	memset(owner, 0, sizeof *owner);
	owner->tracker = tracker;
	owner->probe.index = (int)tracker->probe_count;
	owner->probe.mode = MODE_UNKNOWN;
	owner->debug.kind = CHANNEL_DEBUG;
	owner->bridge.kind = CHANNEL_BRIDGE;
	owner->debug.owner = owner->bridge.owner = owner;
	tracker->probes = track_allocate(tracker->probes, (tracker->probe_count + 1) * sizeof *tracker->probes);
	tracker->probes[tracker->probe_count++] = owner;
	return owner;
}

static bool loader_or_kin(uint16_t one, uint16_t other)
{
	const struct stlink_product *a = stlink_product_find(STLINK_VID, one), *b = stlink_product_find(STLINK_VID, other);

	return one == other || !a || !b || a->loader || b->loader || one == 0x3748 || other == 0x3748;
}

/* Is this device the probe that was known as owner? By serial number; without one, by product and a short absence. */
static bool is_same_probe(const struct probe_state *owner, const struct device *device)
{
	const struct probe *probe = &owner->probe;
	bool away = !owner->device;

	if (probe->bus != device->bus || (!away && owner->device->last_frame >= device->first_frame))
		return false;
	if (probe->serial[0] && device->serial[0])
		return !strcmp(probe->serial, device->serial);
	if (!away)
		return false;
	return loader_or_kin(probe->pid, device->pid) && (device->first_time - owner->absent_since < 10 * SECOND ||
	       (probe->address_count && probe->addresses[probe->address_count - 1] == device->address));
}

static void add_address(struct probe *probe, uint16_t address)
{
	size_t most = sizeof probe->addresses / sizeof *probe->addresses;

	if (probe->address_count && probe->addresses[probe->address_count - 1] == address)
		return;
	if (probe->address_count == most)
		probe->address_count--;
	probe->addresses[probe->address_count++] = address;
}

static void refresh_identity(struct probe_state *owner)
{
	const struct device *device = owner->device;
	struct probe *probe = &owner->probe;

	if (device->kind != DEVICE_STLINK)
		return;
	probe->by_descriptor = true;
	probe->certainty = CERTAINTY_CERTAIN;
	strcpy(probe->identified_by, "descriptor");
	probe->vid = device->vid;
	probe->pid = device->pid;
	probe->product = device->product_row;
	if (device->product_row && (!device->product_row->loader || !probe->generation))
		probe->generation = device->product_row->generation;
	if (device->serial[0])
		memcpy(probe->serial, device->serial, sizeof probe->serial);
	if (device->product[0])
		memcpy(probe->product_text, device->product, sizeof probe->product_text);
}

/* A described device: its endpoints by interface descriptor, else as its product has them. */
static void refresh_endpoints(struct probe_state *owner)
{
	const struct device *device = owner->device;
	const struct stlink_product *product = device->product_row;

	if (device->kind != DEVICE_STLINK || !product)
		return;
	owner->debug.bulk_only = product->bulk_only;
	owner->debug.out_endpoint = product->command_endpoint;
	owner->debug.in_endpoint = product->answer_endpoint;
	owner->trace_endpoint = product->trace_endpoint;
	owner->bridge.out_endpoint = product->bridge_command_endpoint;
	owner->bridge.in_endpoint = product->bridge_answer_endpoint;
	for (size_t i = 0; i < device->endpoint_count; i++) {
		uint8_t address = device->endpoints[i].address;

		switch (device_endpoint_use(device, address)) {
		case USE_COMMAND:
			owner->debug.out_endpoint = address;
			break;
		case USE_ANSWER:
			owner->debug.in_endpoint = address;
			break;
		case USE_TRACE:
			owner->trace_endpoint = address;
			break;
		case USE_BRIDGE_COMMAND:
			owner->bridge.out_endpoint = address;
			break;
		case USE_BRIDGE_ANSWER:
			owner->bridge.in_endpoint = address;
			break;
		default:
			break;
		}
	}
	owner->endpoints_known = device->endpoint_count;
}

static void settle(struct probe_state *owner, struct device *device, uint64_t frame, int64_t time)
{
	struct probe *probe = &owner->probe;

	owner->device = device;
	device->probe = probe->index;
	probe->bus = device->bus;
	add_address(probe, device->address);
	if (!probe->first_frame) {
		probe->first_frame = device->first_frame ? device->first_frame : frame;
		probe->first_time = device->first_frame ? device->first_time : time;
	}
	refresh_identity(owner);
	refresh_endpoints(owner);
}

static struct probe_state *bind(struct tracker *tracker, struct device *device, uint64_t frame, int64_t time)
{
	struct probe_state *owner = NULL;
	struct usb_note note;
	bool was_away, same_address;

	for (size_t i = 0; i < tracker->probe_count && !owner; i++)
		if (is_same_probe(tracker->probes[i], device))
			owner = tracker->probes[i];
	if (!owner) {
		owner = probe_new(tracker);
		if (!owner)
			return NULL;
		settle(owner, device, frame, time);
		owner->debug.sure = owner->bridge.sure = device->enumerated || device->configured;
		if (device->enumerated) {
			note = note_about(owner, device, USB_NOTE_ENUMERATED, frame, time);
			order_note(owner, &note);
		}
		return owner;
	}
	was_away = !owner->device;
	same_address = owner->probe.address_count && owner->probe.addresses[owner->probe.address_count - 1] == device->address;
	if (!was_away)
		probe_leave(owner, SESSION_REENUMERATED, device->first_time);
	settle(owner, device, frame, time);
	owner->probe.enumerations++;
	note = note_about(owner, device, USB_NOTE_RETURNED, frame, time);
	note.by_client = same_address && !owner->left_by_itself;
	owner->left_by_itself = false;
	order_note(owner, &note);
	return owner;
}

/* --- candidates: devices without a descriptor --- */

static struct candidate_slot *slot_of(struct tracker *tracker, const struct device *device, bool make)
{
	for (size_t i = 0; i < tracker->candidate_count; i++)
		if (tracker->candidates[i].bus == device->bus && tracker->candidates[i].address == device->address)
			return &tracker->candidates[i];
	if (!make || tracker->candidate_count == MOST_CANDIDATES)
		return NULL;
	tracker->candidates = track_allocate(tracker->candidates, (tracker->candidate_count + 1) * sizeof *tracker->candidates);
	tracker->candidates[tracker->candidate_count] = (struct candidate_slot){ .bus = device->bus, .address = device->address };
	return &tracker->candidates[tracker->candidate_count++];
}

/* No probe: its traffic may at least say what else it is. */
static void refuse_candidate(struct device *device, struct candidate_slot *slot)
{
	if (device->kind == DEVICE_UNKNOWN)
		device->kind = candidate_looks_like(slot->candidate);
	slot->refused = true;
	candidate_free(slot->candidate);
	slot->candidate = NULL;
}

static void route(struct tracker *tracker, struct probe_state *owner, const struct urb_event *urb);

static void replay(struct tracker *tracker, struct probe_state *owner, struct candidate_slot *slot)
{
	struct candidate *candidate = slot->candidate;
	struct urb_event kept;

	/* Routing may add slots and so move this one. */
	slot->candidate = NULL;
	for (size_t i = 0; candidate_replay(candidate, i, &kept); i++)
		route(tracker, owner, &kept);
	candidate_free(candidate);
}

static void accept_candidate(struct tracker *tracker, struct device *device, struct candidate_slot *slot)
{
	const struct recognise_guess *guess = candidate_guess(slot->candidate);
	const struct stlink_product *product = guess->pid ? stlink_product_find(STLINK_VID, guess->pid) : NULL;
	struct probe_state *owner = probe_new(tracker);
	struct usb_note note;

	if (!owner) {
		refuse_candidate(device, slot);
		return;
	}
	settle(owner, device, device->first_frame, device->first_time);
	owner->probe.certainty = guess->certainty;
	strcpy(owner->probe.identified_by, guess->reason);
	if (guess->pid) {
		owner->probe.vid = STLINK_VID;
		owner->probe.pid = guess->pid;
	}
	owner->probe.product = product;
	owner->probe.generation = product ? product->generation : guess->generation;
	owner->debug.bulk_only = guess->bulk_only;
	owner->debug.out_endpoint = guess->command_endpoint;
	owner->debug.in_endpoint = guess->answer_endpoint;
	owner->trace_endpoint = guess->trace_endpoint ? guess->trace_endpoint : product ? product->trace_endpoint : 0;
	owner->bridge.out_endpoint = guess->bridge_command_endpoint;
	owner->bridge.in_endpoint = guess->bridge_answer_endpoint;
	note = note_about(owner, device, USB_NOTE_RECOGNISED, device->first_frame, device->first_time);
	note.text = owner->probe.identified_by;
	order_note(owner, &note);
	replay(tracker, owner, slot);
}

static void finish_candidate(struct tracker *tracker, struct device *device)
{
	struct candidate_slot *slot = slot_of(tracker, device, false);

	if (!slot || !slot->candidate)
		return;
	if (candidate_finish(slot->candidate) == RECOGNISE_STLINK)
		accept_candidate(tracker, device, slot);
	else
		refuse_candidate(device, slot);
}

static void consider(struct tracker *tracker, struct device *device, const struct urb_event *urb)
{
	struct candidate_slot *slot = slot_of(tracker, device, true);

	if (!slot || slot->refused)
		return;
	if (!slot->candidate)
		slot->candidate = candidate_new();
	switch (candidate_observe(slot->candidate, urb)) {
	case RECOGNISE_STLINK:
		accept_candidate(tracker, device, slot);
		break;
	case RECOGNISE_NOT:
		refuse_candidate(device, slot);
		break;
	case RECOGNISE_UNDECIDED:
		break;
	}
}

/* --- records --- */

static bool belongs_to_channel(const struct channel_state *channel, uint8_t endpoint)
{
	return endpoint == channel->out_endpoint || endpoint == channel->in_endpoint;
}

static void urb_error(struct probe_state *owner, const struct urb_event *urb)
{
	struct usb_note note = note_about(owner, owner->device, USB_NOTE_URB_ERROR, urb->frame, urb->time);

	note.endpoint = urb->endpoint;
	note.urb_result = urb->result;
	note.urb_status = urb->status;
	note.windows = urb->windows;
	order_note(owner, &note);
}

static void route(struct tracker *tracker, struct probe_state *owner, const struct urb_event *urb)
{
	struct channel_state *channel = belongs_to_channel(&owner->debug, urb->endpoint)  ? &owner->debug
	                              : belongs_to_channel(&owner->bridge, urb->endpoint) ? &owner->bridge
	                                                                                  : NULL;

	if (!channel && urb->endpoint != owner->trace_endpoint) {
		owner->probe.foreign_records++;
		return;
	}
	if (urb->captured < urb->wire && !tracker->totals.cut_payloads++)
		tracker->totals.first_cut_frame = urb->frame;
	owner->probe.last_frame = urb->frame;
	owner->probe.last_time = urb->time;
	if (channel)
		channel_observe(channel, urb);
	else if (urb->kind != URB_SUBMIT && urb->wire)
		order_trace(owner, urb);
	else if (urb->kind != URB_SUBMIT && urb->result == URB_LINE_ERROR)
		urb_error(owner, urb);
}

static void observe_bulk(struct tracker *tracker, struct device *device, const struct urb_event *urb)
{
	struct probe_state *owner = probe_of(tracker, device);
	struct candidate_slot *slot;

	if (!owner && device->kind == DEVICE_STLINK) {
		owner = bind(tracker, device, urb->frame, urb->time);
		slot = slot_of(tracker, device, false);
		if (owner && slot && slot->candidate)
			replay(tracker, owner, slot);
	}
	if (owner) {
		if (owner->endpoints_known != device->endpoint_count)
			refresh_endpoints(owner);
		route(tracker, owner, urb);
	} else if (device_may_be_stlink(device)) {
		consider(tracker, device, urb);
	}
}

static void tell_control(struct tracker *tracker, const struct device *device, const struct urb_event *urb, const struct open_control *open)
{
	struct control_transfer transfer = { .probe = device->probe, .bus = urb->bus, .device = urb->device, .frame = open->frame,
		.end_frame = urb->frame, .time = open->time, .latency = urb->time - open->time, .setup = usb_setup_read(open->setup),
		.bytes = { urb->data, urb->captured, urb->wire }, .urb_result = urb->result, .urb_status = urb->status, .windows = urb->windows };

	/* GET_DESCRIPTOR of the string that the device descriptor calls the serial number, or may call so (USB 2.0, 9.4.3). */
	transfer.holds_serial = transfer.setup.request == 6 && transfer.setup.value >> 8 == 3 && transfer.setup.value & 0xff &&
	                        (!device->described || (transfer.setup.value & 0xff) == device->serial_index);
	for (size_t i = 0; i < tracker->listener_count; i++)
		if (tracker->listeners[i].control)
			tracker->listeners[i].control(tracker->listeners[i].context, &transfer);
}

static void observe_control(struct tracker *tracker, const struct device *device, const struct urb_event *urb)
{
	if (urb->kind == URB_SUBMIT && urb->has_setup) {
		struct open_control *open = &tracker->controls[tracker->control_next++ % OPEN_CONTROLS];

		*open = (struct open_control){ .id = urb->id, .frame = urb->frame, .time = urb->time, .bus = urb->bus, .device = urb->device };
		memcpy(open->setup, urb->setup, sizeof open->setup);
		return;
	}
	if (urb->kind == URB_SUBMIT || urb->marks & URB_MARK_NO_STAGE)
		return;
	for (size_t i = 0; i < OPEN_CONTROLS; i++) {
		struct open_control *open = &tracker->controls[i];

		if (!open->frame || open->id != urb->id || open->bus != urb->bus || open->device != urb->device)
			continue;
		if (device->kind == DEVICE_STLINK || device->probe >= 0)
			tell_control(tracker, device, urb, open);
		open->frame = 0;
		return;
	}
}

/* What must be known before the record itself is looked at. */
static void before_record(struct tracker *tracker, const struct device_event *event, const struct urb_event *urb)
{
	switch (event->kind) {
	case DEVICE_EVENT_ADDRESSED:
		finish_candidate(tracker, event->device);
		for (size_t i = 0; i < tracker->probe_count; i++)
			if (tracker->probes[i]->device == event->device)
				probe_leave(tracker->probes[i], SESSION_REENUMERATED, urb->time);
		break;
	case DEVICE_EVENT_GONE: {
		struct probe_state *owner = probe_of(tracker, event->device);

		if (!owner || owner->leaving)
			break;
		owner->leaving = owner->left_by_itself = true;
		owner->gone_note = note_about(owner, event->device, USB_NOTE_GONE, urb->frame, urb->time);
		owner->gone_note.endpoint = urb->endpoint;
		owner->gone_note.urb_result = urb->result;
		owner->gone_note.urb_status = urb->status;
		owner->gone_note.windows = urb->windows;
		owner->gone_note.outstanding = belongs_to_channel(&owner->debug, urb->endpoint) || belongs_to_channel(&owner->bridge, urb->endpoint);
		break;
	}
	default:
		break;
	}
}

static void after_record(struct tracker *tracker, const struct device_event *event, const struct urb_event *urb)
{
	struct probe_state *owner = event->device ? probe_of(tracker, event->device) : NULL;
	struct usb_note note;

	switch (event->kind) {
	case DEVICE_EVENT_CONFIGURED:
		if (event->device->kind != DEVICE_STLINK)
			break;
		if (owner && event->after_address)
			probe_leave(owner, SESSION_REENUMERATED, urb->time);
		else if (owner)
			break;
		bind(tracker, event->device, urb->frame, urb->time);
		break;
	case DEVICE_EVENT_IDENTIFIED:
	case DEVICE_EVENT_SERIAL:
		if (owner) {
			refresh_identity(owner);
			refresh_endpoints(owner);
		}
		break;
	case DEVICE_EVENT_HALT_CLEARED:
		if (!owner)
			break;
		note = note_about(owner, event->device, USB_NOTE_HALT_CLEARED, urb->frame, urb->time);
		note.endpoint = (uint8_t)event->value;
		order_note(owner, &note);
		break;
	case DEVICE_EVENT_GONE:
		finish_candidate(tracker, event->device);
		break;
	default:
		break;
	}
}

void tracker_observe(struct tracker *tracker, const struct urb_event *urb)
{
	struct device_event event = { 0 };
	struct device *device;
	struct probe_state *owner;

	if (!tracker->totals.records++)
		tracker->totals.first_time = urb->time;
	tracker->totals.last_time = urb->time;
	if (urb->marks & (URB_MARK_HEADER_CUT | URB_MARK_IMPLAUSIBLE)) {
		tracker->totals.header_cut++;
		return;
	}
	device_observe(tracker->devices, urb, &event);
	if (event.kind != DEVICE_EVENT_NONE)
		before_record(tracker, &event, urb);
	device = event.device && event.device->bus == urb->bus && event.device->address == urb->device
	         ? event.device : device_at(tracker->devices, urb->bus, urb->device);
	if (urb->type == URB_BULK)
		observe_bulk(tracker, device, urb);
	else if (urb->type == URB_INTERRUPT && device->probe >= 0)
		tracker->probes[device->probe]->probe.foreign_records++;
	else if (urb->type == URB_CONTROL)
		observe_control(tracker, device, urb);
	if (urb->type == URB_CONTROL && urb->result == URB_LINE_ERROR && device->probe >= 0)
		urb_error(tracker->probes[device->probe], urb);
	if (event.kind != DEVICE_EVENT_NONE)
		after_record(tracker, &event, urb);
	owner = probe_of(tracker, device);
	if (owner && owner->leaving && channel_idle(&owner->debug) && channel_idle(&owner->bridge))
		probe_leave(owner, SESSION_GONE, urb->time);
}

void tracker_gap(struct tracker *tracker, uint64_t frame, int64_t time, uint64_t dropped)
{
	struct gap gap = { .frame = frame, .time = time, .dropped = dropped };

	tracker->totals.dropped += dropped;
	for (size_t i = 0; i < tracker->probe_count; i++) {
		channel_flush(&tracker->probes[i]->debug, true);
		channel_flush(&tracker->probes[i]->bridge, true);
		order_release(tracker->probes[i]);
	}
	for (size_t i = 0; i < tracker->listener_count; i++)
		if (tracker->listeners[i].gap)
			tracker->listeners[i].gap(tracker->listeners[i].context, &gap);
}

struct unbound { struct tracker *tracker; uint16_t bus[256], address[256]; size_t count; };

static void collect_unbound(const struct device *device, void *context)
{
	struct unbound *unbound = context;

	if (device->probe < 0 && !device->gone && unbound->count < sizeof unbound->bus / sizeof *unbound->bus) {
		unbound->bus[unbound->count] = device->bus;
		unbound->address[unbound->count++] = device->address;
	}
}

void tracker_finish(struct tracker *tracker)
{
	struct unbound unbound = { .tracker = tracker };

	device_each(tracker->devices, collect_unbound, &unbound);
	for (size_t i = 0; i < unbound.count; i++) {
		struct device *device = device_at(tracker->devices, unbound.bus[i], unbound.address[i]);

		if (device->kind == DEVICE_STLINK)
			bind(tracker, device, device->first_frame, device->first_time);
		else
			finish_candidate(tracker, device);
	}
	for (size_t i = 0; i < tracker->probe_count; i++) {
		struct probe_state *owner = tracker->probes[i];

		if (owner->leaving) {
			probe_leave(owner, SESSION_GONE, tracker->totals.last_time);
			continue;
		}
		channel_flush(&owner->debug, true);
		channel_flush(&owner->bridge, true);
		order_release(owner);
		order_session_end(owner, SESSION_CAPTURE_END);
	}
}

static void probe_free(struct probe_state *owner)
{
	struct pending *lists[] = { owner->head, owner->pool };

	for (size_t i = 0; i < 2; i++) {
		for (struct pending *next; lists[i]; lists[i] = next) {
			next = lists[i]->next;
			pending_free(lists[i]);
		}
	}
	free(owner);
}

void tracker_free(struct tracker *tracker)
{
	for (size_t i = 0; i < tracker->probe_count; i++)
		probe_free(tracker->probes[i]);
	for (size_t i = 0; i < tracker->candidate_count; i++)
		candidate_free(tracker->candidates[i].candidate);
	device_table_free(tracker->devices);
	free(tracker->candidates);
	free(tracker->probes);
	free(tracker);
}

size_t tracker_probe_count(const struct tracker *tracker)
{
	return tracker->probe_count;
}

const struct probe *tracker_probe(const struct tracker *tracker, size_t index)
{
	return &tracker->probes[index]->probe;
}

const struct device_table *tracker_devices(const struct tracker *tracker)
{
	return tracker->devices;
}

const struct track_totals *tracker_totals(const struct tracker *tracker)
{
	return &tracker->totals;
}

size_t tracker_unknown(const struct tracker *tracker, struct unknown_opcode *list, size_t size)
{
	size_t count = tracker->unknown_count < size ? tracker->unknown_count : size;

	memcpy(list, tracker->unknown, count * sizeof *list);
	return tracker->unknown_count;
}
