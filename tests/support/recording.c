/* Keeps what the tracker's listener is told about a capture: all that is borrowed is copied. */
#include "recording.h"

#include <err.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define SHARED_CAPTURES "../shared/captures"

/* --- memory that lives as long as the recording --- */

struct kept {
	struct kept *next;
	max_align_t bytes[];
};

static void *keep(struct recording *recording, const void *bytes, size_t size)
{
	struct kept *kept = malloc(sizeof *kept + size);

	if (!kept)
		err(1, NULL);
	kept->next = recording->kept;
	recording->kept = kept;
	if (size)
		memcpy(kept->bytes, bytes, size);
	return kept->bytes;
}

static void keep_payload(struct recording *recording, struct payload *payload)
{
	payload->bytes = keep(recording, payload->bytes, payload->captured);
}

static void keep_frames(struct recording *recording, struct frames *frames)
{
	frames->frame = keep(recording, frames->frame, frames->count * sizeof *frames->frame);
}

/* items has room for the next power of two from count on; one more is appended. */
static void *append(void *items, size_t count, const void *item, size_t size)
{
	if (!(count & (count - 1)))
		items = realloc(items, (count ? 2 * count : 1) * size);
	if (!items)
		err(1, NULL);
	memcpy((char *)items + count * size, item, size);
	return items;
}

/* --- what the listener is told --- */

static void on_transaction(void *context, const struct probe *probe, const struct session *session, const struct transaction *told)
{
	struct recording *recording = context;
	struct transaction copy = *told;
	uint64_t index = session ? session->index : UINT64_MAX;

	assert_int_equal(told->probe, probe->index);
	keep_frames(recording, &copy.command_frames);
	keep_frames(recording, &copy.data_frames);
	keep_frames(recording, &copy.answer_frames);
	keep_payload(recording, &copy.request);
	keep_payload(recording, &copy.data);
	keep_payload(recording, &copy.answer);
	copy.earlier = NULL;
	recording->transactions = append(recording->transactions, recording->transaction_count, &copy, sizeof copy);
	recording->sessions = append(recording->sessions, recording->transaction_count, &index, sizeof index);
	recording->transaction_count++;
}

static void on_usb(void *context, const struct probe *probe, const struct session *session, const struct usb_note *told)
{
	struct recording *recording = context;
	struct usb_note copy = *told;

	(void)probe;
	(void)session;
	keep_payload(recording, &copy.bytes);
	copy.text = keep(recording, told->text ? told->text : "", told->text ? strlen(told->text) + 1 : 1);
	recording->notes = append(recording->notes, recording->note_count++, &copy, sizeof copy);
}

static void on_trace(void *context, const struct probe *probe, const struct session *session, const struct trace_data *told)
{
	struct recording *recording = context;
	struct trace_data copy = *told;

	(void)probe;
	(void)session;
	keep_payload(recording, &copy.bytes);
	recording->traces = append(recording->traces, recording->trace_count++, &copy, sizeof copy);
}

static void on_mode(void *context, const struct probe *probe, const struct session *session, const struct mode_change *told)
{
	struct recording *recording = context;

	(void)probe;
	(void)session;
	recording->modes = append(recording->modes, recording->mode_count++, told, sizeof *told);
}

/* --- reading --- */

static void keep_urb(struct recording *recording, const struct urb_event *urb)
{
	struct urb_event copy = *urb;

	copy.data = keep(recording, urb->data, urb->captured);
	recording->urbs = append(recording->urbs, recording->urb_count++, &copy, sizeof copy);
}

static struct tracker *tracker_of(struct recording *recording)
{
	struct listener listener = { .context = recording, .transaction = on_transaction, .usb = on_usb, .trace = on_trace, .mode = on_mode };
	struct tracker *tracker = tracker_new();

	tracker_listen(tracker, &listener);
	return tracker;
}

/* Ends the tracker's run and frees it. */
static void finish(struct recording *recording, struct tracker *tracker)
{
	struct unknown_opcode unknown;

	tracker_finish(tracker);
	for (size_t i = 0; i < tracker_probe_count(tracker); i++)
		recording->probes = append(recording->probes, recording->probe_count++, tracker_probe(tracker, i), sizeof *recording->probes);
	recording->totals = *tracker_totals(tracker);
	recording->unknown_opcodes = tracker_unknown(tracker, &unknown, 1);
	tracker_free(tracker);
}

static struct recording *recording_new(void)
{
	struct recording *recording = calloc(1, sizeof *recording);

	if (!recording)
		err(1, NULL);
	return recording;
}

struct recording *recording_of(const char *path)
{
	struct recording *recording = recording_new();
	struct input *input = input_open(path, recording->problem, sizeof recording->problem);
	struct tracker *tracker;
	struct urb_event urb;

	if (!input)
		return recording;
	recording->opened = true;
	tracker = tracker_of(recording);
	while ((recording->end = input_next(input, &urb)) > 0) {
		keep_urb(recording, &urb);
		tracker_observe(tracker, &urb);
	}
	finish(recording, tracker);
	if (recording->end < 0)
		snprintf(recording->problem, sizeof recording->problem, "%s", input_problem(input));
	recording->facts = *input_facts(input);
	input_close(input);
	return recording;
}

struct recording *recording_cut(const struct recording *whole, uint32_t most)
{
	struct recording *recording = recording_new();
	struct tracker *tracker = tracker_of(recording);

	recording->opened = true;
	recording->facts = whole->facts;
	recording->facts.cut_records = 0;
	for (size_t i = 0; i < whole->urb_count; i++) {
		struct urb_event urb = whole->urbs[i];

		if (urb.type == URB_BULK && urb.endpoint & 0x80 && urb.captured > most)
			urb.captured = most;
		recording->facts.cut_records += urb.captured < urb.wire;
		keep_urb(recording, &urb);
		tracker_observe(tracker, &urb);
	}
	finish(recording, tracker);
	return recording;
}

void recording_free(struct recording *recording)
{
	if (!recording)
		return;
	for (struct kept *kept = recording->kept, *next; kept; kept = next) {
		next = kept->next;
		free(kept);
	}
	free(recording->urbs);
	free(recording->transactions);
	free(recording->sessions);
	free(recording->notes);
	free(recording->traces);
	free(recording->modes);
	free(recording->probes);
	free(recording);
}

const struct urb_event *recording_urb(const struct recording *recording, uint64_t frame)
{
	for (size_t i = 0; i < recording->urb_count; i++)
		if (recording->urbs[i].frame == frame)
			return &recording->urbs[i];
	return NULL;
}

/* --- places --- */

static unsigned listed(const struct frames *frames, uint64_t frame)
{
	unsigned times = 0;

	for (size_t i = 0; i < frames->count; i++)
		times += frames->frame[i] == frame;
	return times;
}

/* Other notes say what happened to the device: a transaction's transfer can be their evidence too. */
static bool accounts(enum usb_note_kind kind)
{
	return kind == USB_NOTE_DRAIN || kind == USB_NOTE_STRAY || kind == USB_NOTE_STRAY_OUT || kind == USB_NOTE_URB_ERROR;
}

static unsigned told_at(const struct recording *recording, uint64_t frame)
{
	unsigned times = 0;

	for (size_t i = 0; i < recording->transaction_count; i++) {
		const struct transaction *transaction = &recording->transactions[i];

		times += listed(&transaction->command_frames, frame) + listed(&transaction->data_frames, frame)
			+ listed(&transaction->answer_frames, frame) + (transaction->csw.present && transaction->csw.frame == frame);
	}
	for (size_t i = 0; i < recording->trace_count; i++)
		times += recording->traces[i].frame == frame;
	for (size_t i = 0; i < recording->note_count; i++)
		times += accounts(recording->notes[i].kind) && recording->notes[i].frame == frame;
	return times;
}

static bool same_urb(const struct urb_event *one, const struct urb_event *other)
{
	return one->id == other->id && one->bus == other->bus && one->device == other->device && one->endpoint == other->endpoint;
}

/* The other half of an URB: the nearest record of the same id behind a submission, or before a completion. */
static const struct urb_event *other_half(const struct recording *recording, const struct urb_event *urb)
{
	size_t at = (size_t)(urb - recording->urbs);
	int step = urb->kind == URB_SUBMIT ? 1 : -1;

	for (size_t i = at + (size_t)step; i < recording->urb_count; i += (size_t)step) /* unsigned: wraps beyond the first */
		if (same_urb(&recording->urbs[i], urb))
			return recording->urbs[i].kind == urb->kind ? NULL : &recording->urbs[i];
	return NULL;
}

unsigned recording_places(const struct recording *recording, const struct urb_event *urb)
{
	unsigned places = told_at(recording, urb->frame);
	const struct urb_event *other = places ? NULL : other_half(recording, urb);

	return other ? told_at(recording, other->frame) : places;
}

static bool is_stlink_endpoint(const struct probe *probe, const struct urb_event *urb)
{
	const struct stlink_product *product = probe->product;
	bool ours = false;

	for (size_t i = 0; i < probe->address_count; i++)
		ours |= probe->addresses[i] == urb->device && probe->bus == urb->bus;
	if (!ours || urb->type != URB_BULK)
		return false;
	assert_non_null(product);
	return urb->endpoint == product->command_endpoint || urb->endpoint == product->answer_endpoint
		|| (product->trace_endpoint && urb->endpoint == product->trace_endpoint)
		|| (product->bridge_command_endpoint && urb->endpoint == product->bridge_command_endpoint)
		|| (product->bridge_answer_endpoint && urb->endpoint == product->bridge_answer_endpoint);
}

size_t recording_check_places(const struct recording *recording)
{
	size_t looked_at = 0;

	for (size_t i = 0; i < recording->urb_count; i++) {
		for (size_t p = 0; p < recording->probe_count; p++) {
			const struct urb_event *urb = &recording->urbs[i];
			unsigned places;

			if (!is_stlink_endpoint(&recording->probes[p], urb))
				continue;
			looked_at++;
			places = recording_places(recording, urb);
			if (places != 1)
				fail_msg("frame %llu, endpoint %02x: told in %u places", (unsigned long long)urb->frame, urb->endpoint, places);
		}
	}
	return looked_at;
}

const char *shared_captures(void)
{
	if (access(SHARED_CAPTURES, R_OK)) {
		print_message("SKIPPED: " SHARED_CAPTURES " is absent\n");
		skip();
	}
	return SHARED_CAPTURES;
}
