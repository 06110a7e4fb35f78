/*
 * The probes: which device is which probe, through every re-enumeration, and which of its endpoints carry what.
 * Knows: identity by serial number, product and absence; channels and the trace endpoint.
 * Must not know: how enumeration looks on the wire (device.c), what a command says.
 * DESIGN decisions 3 (whose traffic) and 4 (re-enumeration).
 */
#include <stdlib.h>
#include <string.h>

#include "internal.h"

#define SECOND INT64_C(1000000000)

/* A bound on what a hostile capture can make us keep; no real bus comes near it. */
#define MOST_PROBES 128

#define SHUT_DOWN (-108) /* Linux: -ESHUTDOWN */

struct probe_state *probe_of(const struct tracker *tracker, const struct device *device)
{
	return device->probe >= 0 && (size_t)device->probe < tracker->probe_count ? tracker->probes[device->probe] : NULL;
}

struct usb_note probe_note(const struct probe_state *owner, const struct device *device, enum usb_note_kind kind,
                                  uint64_t frame, int64_t time)
{
	return (struct usb_note){ .kind = kind, .probe = owner ? owner->probe.index : -1, .bus = device->bus, .device = device->address,
	                          .frame = frame, .time = time, .text = "" };
}

void probe_leave(struct probe_state *owner, enum session_end end, int64_t time)
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

struct probe_state *probe_new(struct tracker *tracker)
{
	struct probe_state *owner;

	if (tracker->probe_count == MOST_PROBES)
		return NULL;
	owner = track_allocate(NULL, sizeof *owner);
	memset(owner, 0, sizeof *owner);
	owner->tracker = tracker;
	owner->access = access_new();
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

void probe_refresh_identity(struct probe_state *owner)
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
void probe_refresh_endpoints(struct probe_state *owner)
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

void probe_settle(struct probe_state *owner, struct device *device, uint64_t frame, int64_t time)
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
	probe_refresh_identity(owner);
	probe_refresh_endpoints(owner);
}

/*
 * Linux ends the transfers of a program that is killed with -ESHUTDOWN, as it does when the device leaves (usb_disable_interface, when usbfs
 * gives the interface back). A device that really left gets another address when it enumerates.
 */
static bool never_left(const struct probe_state *owner, const struct device *device)
{
	return owner->left_by_itself && !device->enumerated && owner->gone_note.urb_status == SHUT_DOWN && !owner->gone_note.windows;
}

struct probe_state *probe_bind(struct tracker *tracker, struct device *device, uint64_t frame, int64_t time)
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
		probe_settle(owner, device, frame, time);
		owner->debug.sure = owner->bridge.sure = device->enumerated || device->configured;
		if (device->enumerated) {
			note = probe_note(owner, device, USB_NOTE_ENUMERATED, frame, time);
			order_note(owner, &note);
		}
		return owner;
	}
	was_away = !owner->device;
	same_address = owner->probe.address_count && owner->probe.addresses[owner->probe.address_count - 1] == device->address;
	if (!was_away)
		probe_leave(owner, SESSION_REENUMERATED, device->first_time);
	probe_settle(owner, device, frame, time);
	note = probe_note(owner, device, USB_NOTE_RETURNED, frame, time);
	note.never_left = same_address && never_left(owner, device);
	owner->probe.enumerations += !note.never_left;
	note.by_client = same_address && !owner->left_by_itself;
	owner->left_by_itself = false;
	order_note(owner, &note);
	return owner;
}

struct channel_state *probe_channel(struct probe_state *owner, uint8_t endpoint)
{
	if (endpoint == owner->debug.out_endpoint || endpoint == owner->debug.in_endpoint)
		return &owner->debug;
	if (endpoint == owner->bridge.out_endpoint || endpoint == owner->bridge.in_endpoint)
		return &owner->bridge;
	return NULL;
}

void probe_urb_error(struct probe_state *owner, const struct urb_event *urb)
{
	struct usb_note note = probe_note(owner, owner->device, USB_NOTE_URB_ERROR, urb->frame, urb->time);

	note.endpoint = urb->endpoint;
	note.urb_result = urb->result;
	note.urb_status = urb->status;
	note.windows = urb->windows;
	note.waited = -1;
	if (urb->endpoint == owner->trace_endpoint && urb->id == owner->trace_read.id) {
		note.asked = owner->trace_read.length;
		note.waited = urb->time - owner->trace_read.time;
	}
	order_note(owner, &note);
}

/* SWO data, or a read of them that failed or that the host took back: nothing hides there. */
static void observe_trace(struct probe_state *owner, const struct urb_event *urb)
{
	if (urb->kind == URB_SUBMIT) {
		owner->trace_read.id = urb->id;
		owner->trace_read.time = urb->time;
		owner->trace_read.length = urb->length;
	} else if (urb->wire) {
		order_trace(owner, urb);
	} else if (urb->result == URB_LINE_ERROR || urb->result == URB_CANCELLED || urb->result == URB_TIMED_OUT) {
		probe_urb_error(owner, urb);
	}
}

void probe_observe(struct probe_state *owner, const struct urb_event *urb)
{
	struct channel_state *channel = probe_channel(owner, urb->endpoint);
	struct track_totals *totals = &owner->tracker->totals;

	if (!channel && urb->endpoint != owner->trace_endpoint) {
		owner->probe.foreign_records++;
		return;
	}
	if (urb->captured < urb->wire && !totals->cut_payloads++)
		totals->first_cut_frame = urb->frame;
	owner->probe.last_frame = urb->frame;
	owner->probe.last_time = urb->time;
	if (channel)
		channel_observe(channel, urb);
	else
		observe_trace(owner, urb);
}

void probe_free(struct probe_state *owner)
{
	struct pending *lists[] = { owner->head, owner->pool };

	for (size_t i = 0; i < 2; i++) {
		for (struct pending *next; lists[i]; lists[i] = next) {
			next = lists[i]->next;
			pending_free(lists[i]);
		}
	}
	access_free(owner->access);
	free(owner);
}
