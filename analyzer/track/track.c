/*
 * The tracker: hands each record to the device table, and what is an ST-Link's to its probe.
 * Knows: device events, control transfers. Must not know: what a command says, output.
 */
#include <stdlib.h>
#include <string.h>

#include "internal.h"

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

static void observe_bulk(struct tracker *tracker, struct device *device, const struct urb_event *urb)
{
	struct probe_state *owner = probe_of(tracker, device);

	if (!owner && device->kind == DEVICE_STLINK) {
		owner = probe_bind(tracker, device, urb->frame, urb->time);
		if (owner)
			candidates_described(tracker, device, owner);
	}
	if (owner) {
		if (owner->endpoints_known != device->endpoint_count)
			probe_refresh_endpoints(owner);
		probe_observe(owner, urb);
	} else if (device_may_be_stlink(device)) {
		candidates_consider(tracker, device, urb);
	}
}

static void tell_control(struct tracker *tracker, const struct device *device, const struct urb_event *urb,
                         const struct device_request *request)
{
	struct control_transfer transfer = { .probe = device->probe, .bus = urb->bus, .device = urb->device, .frame = request->frame,
		.end_frame = urb->frame, .time = request->time, .latency = urb->time - request->time, .setup = request->setup,
		.bytes = { urb->data, urb->captured, urb->wire }, .urb_result = urb->result, .urb_status = urb->status, .windows = urb->windows };

	/* GET_DESCRIPTOR of the string that the device descriptor calls the serial number, or may call so (USB 2.0, 9.4.3). */
	transfer.holds_serial = transfer.setup.request == 6 && transfer.setup.value >> 8 == 3 && transfer.setup.value & 0xff &&
	                        (!device->described || (transfer.setup.value & 0xff) == device->serial_index);
	for (size_t i = 0; i < tracker->listener_count; i++)
		if (tracker->listeners[i].control)
			tracker->listeners[i].control(tracker->listeners[i].context, &transfer);
}

/* It is addressed or configured anew without having left the bus. */
static void reset_probe(struct probe_state *owner, const struct urb_event *urb)
{
	struct usb_note note = probe_note(owner, owner->device, USB_NOTE_RESET, urb->frame, urb->time);

	probe_leave(owner, SESSION_REENUMERATED, urb->time);
	order_note(owner, &note);
}

/* What must be known before the record itself is looked at. */
static void before_record(struct tracker *tracker, const struct device_event *event, const struct urb_event *urb)
{
	switch (event->kind) {
	case DEVICE_EVENT_ADDRESSED:
		candidates_finish(tracker, event->device);
		for (size_t i = 0; i < tracker->probe_count; i++)
			if (tracker->probes[i]->device == event->device)
				reset_probe(tracker->probes[i], urb);
		break;
	case DEVICE_EVENT_GONE: {
		struct probe_state *owner = probe_of(tracker, event->device);

		if (!owner || owner->leaving)
			break;
		owner->leaving = owner->left_by_itself = true;
		owner->gone_note = probe_note(owner, event->device, USB_NOTE_GONE, urb->frame, urb->time);
		owner->gone_note.endpoint = urb->endpoint;
		owner->gone_note.urb_result = urb->result;
		owner->gone_note.urb_status = urb->status;
		owner->gone_note.windows = urb->windows;
		owner->gone_note.outstanding = probe_channel(owner, urb->endpoint) != NULL;
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
			reset_probe(owner, urb);
		else if (owner)
			break;
		probe_bind(tracker, event->device, urb->frame, urb->time);
		break;
	case DEVICE_EVENT_IDENTIFIED:
	case DEVICE_EVENT_SERIAL:
		if (owner) {
			probe_refresh_identity(owner);
			probe_refresh_endpoints(owner);
		}
		break;
	case DEVICE_EVENT_HALT_CLEARED:
		if (!owner)
			break;
		note = probe_note(owner, event->device, USB_NOTE_HALT_CLEARED, urb->frame, urb->time);
		note.endpoint = (uint8_t)event->value;
		order_note(owner, &note);
		break;
	case DEVICE_EVENT_GONE:
		candidates_finish(tracker, event->device);
		break;
	default:
		break;
	}
}

void tracker_observe(struct tracker *tracker, const struct urb_event *urb)
{
	struct device_event event;
	struct device *device;
	struct probe_state *owner;

	if (!tracker->totals.records++)
		tracker->totals.first_time = urb->time;
	tracker->totals.last_time = urb->time;
	if (urb->marks & (URB_MARK_HEADER_CUT | URB_MARK_IMPLAUSIBLE)) {
		tracker->totals.header_cut++;
		return;
	}
	tracker_time(tracker, urb->time);
	device_observe(tracker->devices, urb, &event);
	if (event.kind != DEVICE_EVENT_NONE)
		before_record(tracker, &event, urb);
	device = event.device && event.device->bus == urb->bus && event.device->address == urb->device
	         ? event.device : device_at(tracker->devices, urb->bus, urb->device);
	if (urb->type == URB_BULK)
		observe_bulk(tracker, device, urb);
	else if (urb->type == URB_INTERRUPT && device->probe >= 0)
		tracker->probes[device->probe]->probe.foreign_records++;
	if (event.completed && (device->kind == DEVICE_STLINK || device->probe >= 0))
		tell_control(tracker, device, urb, event.completed);
	if (urb->type == URB_CONTROL && urb->result == URB_LINE_ERROR && device->probe >= 0)
		probe_urb_error(tracker->probes[device->probe], urb);
	if (event.kind != DEVICE_EVENT_NONE)
		after_record(tracker, &event, urb);
	owner = probe_of(tracker, device);
	if (owner && owner->leaving && channel_idle(&owner->debug) && channel_idle(&owner->bridge))
		probe_leave(owner, SESSION_GONE, urb->time);
}

void tracker_gap(struct tracker *tracker, uint64_t frame, int64_t time, uint64_t dropped)
{
	struct gap gap = { .frame = frame, .time = time, .dropped = dropped };

	tracker_time(tracker, time);
	tracker->totals.dropped += dropped;
	tracker->lossy = !dropped;
	for (size_t i = 0; dropped && i < tracker->probe_count; i++) {
		channel_flush(&tracker->probes[i]->debug, true);
		channel_flush(&tracker->probes[i]->bridge, true);
		order_release(tracker->probes[i]);
		access_forget(tracker->probes[i]->access);
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
			probe_bind(tracker, device, device->first_frame, device->first_time);
		else
			candidates_finish(tracker, device);
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
	lines_release(tracker);
}

void tracker_free(struct tracker *tracker)
{
	lines_free(tracker);
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

	if (count)
		memcpy(list, tracker->unknown, count * sizeof *list);
	return tracker->unknown_count;
}
