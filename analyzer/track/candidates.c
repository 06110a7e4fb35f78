/*
 * The devices whose descriptors are not in the capture: which of them are probes, by what recognise.c makes of their traffic.
 * Knows: one candidate a device, the replay of what was kept. Must not know: what makes traffic look like an ST-Link's.
 */
#include <string.h>

#include "internal.h"

/* A bound on what a hostile capture can make us keep; no real bus comes near it. */
#define MOST_CANDIDATES 64

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

static void replay(struct probe_state *owner, struct candidate_slot *slot)
{
	struct candidate *candidate = slot->candidate;
	struct urb_event kept;

	/* Routing may add slots and so move this one. */
	slot->candidate = NULL;
	for (size_t i = 0; candidate_replay(candidate, i, &kept); i++)
		probe_observe(owner, &kept);
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
	probe_settle(owner, device, device->first_frame, device->first_time);
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
	note = probe_note(owner, device, USB_NOTE_RECOGNISED, device->first_frame, device->first_time);
	note.text = owner->probe.identified_by;
	order_note(owner, &note);
	replay(owner, slot);
}

void candidates_finish(struct tracker *tracker, struct device *device)
{
	struct candidate_slot *slot = slot_of(tracker, device, false);

	if (!slot || !slot->candidate)
		return;
	if (candidate_finish(slot->candidate) == RECOGNISE_STLINK)
		accept_candidate(tracker, device, slot);
	else
		refuse_candidate(device, slot);
}

void candidates_consider(struct tracker *tracker, struct device *device, const struct urb_event *urb)
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

void candidates_described(struct tracker *tracker, const struct device *device, struct probe_state *owner)
{
	struct candidate_slot *slot = slot_of(tracker, device, false);

	if (slot && slot->candidate)
		replay(owner, slot);
}
