/*
 * What of each record of a capture may leave the machine (scrub_plan.h).
 * Bytes of a transaction's parts become bytes of records here: a part may lie in several of them.
 */
#include "scrub_plan.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ledger.h"
#include "track/facts.h"
#include "track/image.h"
#include "track/loader.h"

#define CBW_HEADER 15   /* bytes of a CBW before its command block (USB mass storage, bulk only, 5.1) */
#define OPEN 1024       /* submissions whose completion is still to come */
#define STRING_HEAD 2   /* bLength and bDescriptorType */
#define DEVICE_DESCRIPTOR 1
#define VENDOR 8        /* idVendor in a device descriptor (USB 2.0 table 9-8) */
#define PRODUCT 10      /* idProduct */
#define BOS_HEAD 5      /* what is behind may hold the id of one device (USB 3.2 9.6.2.3) */
#define WORD 4
#define WORDS 64
#define BUSES 16        /* whose signs of an enumeration are kept, by the last bits of their numbers */
#define ADDRESSES 128
#define LATE 4          /* commands behind one whose answer may be handed out in place of theirs */
#define STATUS_LENGTH 4 /* bytes at the beginning of an answer with a status */

/* Of one record. */
struct mark {
	int64_t partner;      /* frames from here to the other half of the URB; 0: none */
	uint64_t words;       /* bit n: the word at 4 * n is masked (RW_MISC, whose items take turns) */
	uint32_t payload;     /* captured bytes */
	uint32_t from, to;    /* these are masked, as kind says */
	uint8_t kind, words_kind;
	uint8_t place;        /* enum mask_place */
	bool keep, drop;      /* drop outweighs keep */
};

/*
 * Records at a hub and at address 0 by which the tracker tells that a device was enumerated: the last of each on one bus. Hosts differ in
 * which of them they show.
 */
struct signs { uint16_t bus; uint64_t port_reset, first_look, addressed[ADDRESSES]; };

struct open_urb { uint64_t id, frame; uint16_t bus, device; uint8_t endpoint; };

struct scrub_plan {
	struct ledger *ledger;
	unsigned keep;
	struct scrub_counts counts;
	struct followed **probes;
	size_t probe_count;
	struct open_urb open[OPEN];
	struct signs signs[BUSES];
	const struct transaction *transaction; /* being masked */
	enum mask_place place;     /* of its bytes */
};

/* Of one probe. */
struct followed {
	struct image *written;   /* to the target so far */
	struct loader *loader;
	bool seen_private;
	unsigned since_private;  /* commands since the last one about private memory */
	bool private_status;     /* whose answer begins with a status */
};

struct scrub_plan *scrub_plan_new(unsigned keep)
{
	struct scrub_plan *plan = facts_allocate(NULL, sizeof *plan);

	memset(plan, 0, sizeof *plan);
	plan->keep = keep;
	plan->ledger = ledger_new(sizeof(struct mark));
	if (!plan->ledger) {
		fprintf(stderr, "stlinkscope: no temporary file can be made (TMPDIR, or /tmp): %s\n", strerror(errno));
		free(plan);
		return NULL;
	}
	return plan;
}

void scrub_plan_free(struct scrub_plan *plan)
{
	if (!plan)
		return;
	for (size_t i = 0; i < plan->probe_count; i++) {
		loader_free(plan->probes[i]->loader);
		image_free(plan->probes[i]->written);
		free(plan->probes[i]);
	}
	free(plan->probes);
	ledger_free(plan->ledger);
	free(plan);
}

static struct mark *mark_of(struct scrub_plan *plan, uint64_t frame)
{
	return ledger_at(plan->ledger, frame);
}

static void keep_frame(struct scrub_plan *plan, uint64_t frame)
{
	if (frame)
		mark_of(plan, frame)->keep = true;
}

static void drop_frame(struct scrub_plan *plan, uint64_t frame)
{
	if (frame)
		mark_of(plan, frame)->drop = true;
}

/* --- the two halves of an URB --- */

static struct open_urb *slot_of(struct scrub_plan *plan, const struct urb_event *urb)
{
	uint64_t place = (urb->id ^ urb->id >> 12 ^ urb->endpoint * 131U ^ urb->device * 17U ^ urb->bus) % OPEN;

	return &plan->open[place];
}

static struct signs *signs_of(struct scrub_plan *plan, uint16_t bus)
{
	struct signs *signs = &plan->signs[bus % BUSES];

	if (signs->bus != bus)
		*signs = (struct signs){ .bus = bus };
	return signs;
}

static void find_signs(struct scrub_plan *plan, const struct urb_event *urb)
{
	static const uint8_t reset[] = { 0x23, 0x03, 0x04, 0x00 };         /* SET_FEATURE(PORT_RESET), USB 2.0 table 11-16 */
	static const uint8_t address[] = { 0x00, 0x05 }, look[] = { 0x80, 0x06 }; /* SET_ADDRESS, GET_DESCRIPTOR, table 9-4 */
	struct signs *signs;

	if (urb->type != URB_CONTROL || !urb->has_setup)
		return;
	signs = signs_of(plan, urb->bus);
	if (!memcmp(urb->setup, reset, sizeof reset))
		signs->port_reset = urb->frame;
	else if (!urb->device && !memcmp(urb->setup, address, sizeof address))
		signs->addressed[urb->setup[2] % ADDRESSES] = urb->frame;
	else if (!urb->device && !memcmp(urb->setup, look, sizeof look))
		signs->first_look = urb->frame;
}

/*
 * A device descriptor says whose it is. An ST-Link's stays even where nobody is seen to ask for it, as in captures of completions alone: the
 * tracker knows it by its form. The first, asked for at address 0, may be another device's.
 */
static void judge_descriptor(struct scrub_plan *plan, const struct urb_event *urb)
{
	bool is_stlink;

	if (urb->type != URB_CONTROL || urb->kind == URB_SUBMIT || urb->captured < PRODUCT + 2 || urb->data[1] != DEVICE_DESCRIPTOR)
		return;
	is_stlink = stlink_product_find((uint16_t)(urb->data[VENDOR] | urb->data[VENDOR + 1] << 8),
	                                (uint16_t)(urb->data[PRODUCT] | urb->data[PRODUCT + 1] << 8)) != NULL;
	if (urb->device && is_stlink)
		keep_frame(plan, urb->frame);
	else if (!urb->device && !is_stlink)
		signs_of(plan, urb->bus)->first_look = 0;
}

bool scrub_plan_each(void *context, struct input_item *item)
{
	struct scrub_plan *plan = context;
	const struct urb_event *urb = &item->urb;
	struct open_urb *slot;

	if (item->kind == INPUT_TOOL_LINE)
		plan->counts.tool_lines++;
	if (item->kind != INPUT_RECORD)
		return true;
	mark_of(plan, item->frame)->payload = urb->captured;
	slot = slot_of(plan, urb);
	if (urb->kind == URB_SUBMIT) {
		*slot = (struct open_urb){ urb->id, urb->frame, urb->bus, urb->device, urb->endpoint };
	} else if (slot->frame && slot->id == urb->id && slot->bus == urb->bus && slot->device == urb->device && !((slot->endpoint ^ urb->endpoint) & 0x7f)) {
		mark_of(plan, urb->frame)->partner = (int64_t)slot->frame - (int64_t)urb->frame;
		mark_of(plan, slot->frame)->partner = (int64_t)urb->frame - (int64_t)slot->frame;
		slot->frame = 0;
	}
	find_signs(plan, urb);
	judge_descriptor(plan, urb);
	return true;
}

/* --- marks --- */

static void mask_record(struct scrub_plan *plan, uint64_t frame, uint32_t from, uint32_t to, enum mask_kind kind, enum mask_place place)
{
	struct mark *mark = mark_of(plan, frame);

	if (to - from == WORD && !(from % WORD) && to <= WORDS * WORD && (!mark->words || mark->words_kind == kind)) {
		mark->words |= UINT64_C(1) << from / WORD;
		mark->words_kind = (uint8_t)kind;
		mark->place = (uint8_t)(place > mark->place ? place : mark->place);
		return;
	}
	if (mark->kind && from > mark->from)
		from = mark->from;
	if (mark->kind && to < mark->to)
		to = mark->to;
	/* Two kinds in one record: what hides more. */
	mark->kind = (uint8_t)(mark->kind && mark->kind != kind ? MASK_FILL : kind);
	mark->from = from;
	mark->to = to;
	mark->place = (uint8_t)(place > mark->place ? place : mark->place);
}

/* Bytes from to to of what the frames hold one behind the other; lead bytes come before it in the first. */
static void mask_frames(struct scrub_plan *plan, const struct frames *frames, uint32_t lead, uint32_t from, uint32_t to, enum mask_kind kind)
{
	uint64_t begin = 0;

	from += lead;
	to += lead;
	for (size_t i = 0; i < frames->count; i++) {
		uint32_t payload = mark_of(plan, frames->frame[i])->payload;
		uint64_t end = begin + payload;

		if (from < end && to > begin)
			mask_record(plan, frames->frame[i], from > begin ? (uint32_t)(from - begin) : 0, to < end ? (uint32_t)(to - begin) : payload,
			            kind, plan->place);
		begin = end;
	}
}

static void take_mask(void *context, enum mask_part part, uint32_t from, uint32_t to, enum mask_kind kind)
{
	struct scrub_plan *plan = context;
	const struct transaction *transaction = plan->transaction;
	uint64_t *count = kind == MASK_REST || transaction->command == &stlink_unknown ? &plan->counts.unknown_bytes
	                  : kind == MASK_FILL ? &plan->counts.memory_bytes : &plan->counts.id_bytes;

	*count += to - from;
	if (kind == MASK_REST)
		kind = MASK_FILL;
	switch (part) {
	case MASK_REQUEST:
		mask_frames(plan, &transaction->command_frames, transaction->bulk_only ? CBW_HEADER : 0, from, to, kind);
		break;
	case MASK_DATA:
		mask_frames(plan, &transaction->data_frames, 0, from, to, kind);
		break;
	case MASK_ANSWER:
		mask_frames(plan, &transaction->answer_frames, 0, from, to, kind);
		break;
	}
}

/* --- does a read give what was written? --- */

static void put_programmed(void *context, const struct programmed *programmed)
{
	struct followed *followed = context;

	image_put(followed->written, programmed->address, programmed->bytes, programmed->length);
}

static struct followed *followed_of(struct scrub_plan *plan, int probe)
{
	while (plan->probe_count <= (size_t)probe) {
		struct followed *followed = facts_allocate(NULL, sizeof *followed);

		*followed = (struct followed){ .written = image_new(), .loader = loader_new() };
		plan->probes = facts_allocate(plan->probes, (plan->probe_count + 1) * sizeof plan->probes[0]);
		plan->probes[plan->probe_count++] = followed;
	}
	return plan->probes[probe];
}

static enum mask_place place_of_read(const struct image *written, uint32_t address, const uint8_t *bytes, uint32_t length)
{
	enum mask_place place = MASK_PLACE_UNKNOWN;
	struct image_run run;
	uint64_t at = address;

	for (; at < (uint64_t)address + length && image_next(written, at, (uint32_t)(address + (length - 1)), &run); at = run.address + run.length) {
		place = MASK_PLACE_WRITTEN;
		for (uint64_t i = 0; i < run.length; i++) {
			uint8_t known;

			image_copy(written, (uint32_t)(run.address + i), &known, 1, 0);
			if (known != bytes[run.address + i - address])
				return MASK_PLACE_DIFFERS;
		}
	}
	return place;
}

static void follow_memory(struct scrub_plan *plan, struct followed *followed, const struct transaction *transaction)
{
	plan->place = MASK_PLACE_UNKNOWN;
	for (size_t i = 0; i < transaction->access_count; i++) {
		const struct access *access = &transaction->accesses[i];
		enum mask_place place = MASK_PLACE_WRITTEN;
		const uint8_t *bytes;
		uint8_t word[WORD];
		uint32_t length = access_bytes(access, word, &bytes);

		if (access->kind != ACCESS_MEMORY || !access->known || !length || length > UINT64_C(0x100000000) - access->address)
			continue;
		if (access->write)
			image_put(followed->written, access->address, bytes, length);
		else
			place = place_of_read(followed->written, access->address, bytes, length);
		if (place > plan->place)
			plan->place = place;
	}
	loader_follow(followed->loader, transaction, put_programmed, followed);
}

/* --- what the tracker tells --- */

static void each_frame(struct scrub_plan *plan, const struct transaction *transaction, void (*take)(struct scrub_plan *plan, uint64_t frame))
{
	for (size_t part = 0; part < TRANSACTION_PARTS; part++)
		for (size_t i = 0; i < transaction_part(transaction, part)->count; i++)
			take(plan, transaction_part(transaction, part)->frame[i]);
	take(plan, transaction->urb_frame);
	if (transaction->csw.present)
		take(plan, transaction->csw.frame);
}

/* An answer that fits an earlier command: of private memory nothing but a status stays. */
static void mask_late_answer(struct scrub_plan *plan, struct followed *followed)
{
	const struct transaction *transaction = plan->transaction;
	bool late = transaction_noted(transaction, NOTE_SHIFTED) || transaction_noted(transaction, NOTE_AFTER_UNREAD);
	uint32_t from = followed->private_status || transaction_noted(transaction, NOTE_AFTER_UNREAD) ? STATUS_LENGTH : 0;

	if (late && followed->seen_private && followed->since_private < LATE && from < transaction->answer.captured)
		take_mask(plan, MASK_ANSWER, from, transaction->answer.captured, MASK_REST);
	followed->since_private++;
	if (!mask_is_private(transaction, plan->keep))
		return;
	followed->seen_private = true;
	followed->since_private = 0;
	followed->private_status = transaction->command->scope != SCOPE_NONE;
}

static void take_transaction(void *context, const struct probe *probe, const struct session *session, const struct transaction *transaction)
{
	struct scrub_plan *plan = context;
	struct followed *followed;

	(void)probe;
	(void)session;
	if (mask_is_foreign(transaction)) {
		plan->counts.disk_commands++;
		each_frame(plan, transaction, drop_frame);
		return;
	}
	each_frame(plan, transaction, keep_frame);
	followed = followed_of(plan, transaction->probe);
	follow_memory(plan, followed, transaction);
	plan->transaction = transaction;
	mask_transaction(transaction, plan->keep, take_mask, plan);
	mask_late_answer(plan, followed);
}

/* They are part of the story, though it is a hub that hears the one, and nobody yet, at address 0, the others. */
static void keep_signs(struct scrub_plan *plan, uint16_t bus, uint16_t device)
{
	const struct signs *signs = signs_of(plan, bus);

	keep_frame(plan, signs->port_reset);
	keep_frame(plan, signs->first_look);
	keep_frame(plan, signs->addressed[device % ADDRESSES]);
}

static void take_usb(void *context, const struct probe *probe, const struct session *session, const struct usb_note *note)
{
	struct scrub_plan *plan = context;

	(void)probe;
	(void)session;
	keep_frame(plan, note->frame);
	if (note->kind == USB_NOTE_ENUMERATED || note->kind == USB_NOTE_RETURNED || note->kind == USB_NOTE_RESET)
		keep_signs(plan, note->bus, note->device);
	if ((note->kind == USB_NOTE_STRAY || note->kind == USB_NOTE_STRAY_OUT) && note->bytes.captured && !(plan->keep & KEEP_UNKNOWN)) {
		mask_record(plan, note->frame, 0, note->bytes.captured, MASK_FILL, MASK_PLACE_UNKNOWN);
		plan->counts.unknown_bytes += note->bytes.captured;
	}
}

static void take_trace(void *context, const struct probe *probe, const struct session *session, const struct trace_data *trace)
{
	struct scrub_plan *plan = context;

	(void)probe;
	(void)session;
	keep_frame(plan, trace->frame);
	if (plan->keep & KEEP_TRACE || !trace->bytes.captured)
		return;
	mask_record(plan, trace->frame, 0, trace->bytes.captured, MASK_FILL, MASK_PLACE_UNKNOWN);
	plan->counts.trace_bytes += trace->bytes.captured;
}

/* Vendor and class requests are another interface's but for those that the command table's pages know: none. */
static bool is_standard(const struct usb_setup *setup)
{
	return !(setup->request_type & 0x60);
}

static void take_control(void *context, const struct control_transfer *transfer)
{
	struct scrub_plan *plan = context;
	bool keeps_serial = plan->keep & KEEP_SERIAL;
	uint64_t frame = transfer->end_frame ? transfer->end_frame : transfer->frame;

	if (!is_standard(&transfer->setup)) {
		drop_frame(plan, transfer->frame);
		drop_frame(plan, transfer->end_frame);
		return;
	}
	keep_frame(plan, transfer->frame);
	keep_frame(plan, transfer->end_frame);
	if (transfer->holds_serial && transfer->bytes.captured > STRING_HEAD && !keeps_serial) {
		if (!(plan->keep & KEEP_STRINGS))
			mask_record(plan, frame, STRING_HEAD, transfer->bytes.captured, MASK_STRING, MASK_PLACE_UNKNOWN);
		plan->counts.strings++;
	}
	if (transfer->setup.value >> 8 == 0x0f && transfer->bytes.captured > BOS_HEAD && !keeps_serial)
		mask_record(plan, frame, BOS_HEAD, transfer->bytes.captured, MASK_FILL, MASK_PLACE_UNKNOWN);
}

struct listener scrub_plan_listener(struct scrub_plan *plan)
{
	return (struct listener){
		.context = plan, .transaction = take_transaction, .usb = take_usb, .trace = take_trace, .control = take_control,
	};
}

/* --- the end of the first pass, and the second --- */

void scrub_plan_finish(struct scrub_plan *plan)
{
	uint64_t size = ledger_size(plan->ledger);

	for (uint64_t frame = 1; frame < size; frame++) {
		struct mark *mark = mark_of(plan, frame);

		if (!mark->partner)
			continue;
		mark_of(plan, (uint64_t)((int64_t)frame + mark->partner))->keep |= mark->keep;
		mark_of(plan, (uint64_t)((int64_t)frame + mark->partner))->drop |= mark->drop;
	}
	for (uint64_t frame = 1; frame < size; frame++) {
		if (scrub_plan_keeps(plan, frame))
			plan->counts.kept++;
		else
			plan->counts.dropped++;
	}
}

bool scrub_plan_keeps(struct scrub_plan *plan, uint64_t frame)
{
	const struct mark *mark = mark_of(plan, frame);

	return mark->keep && !mark->drop;
}

void scrub_plan_mask(struct scrub_plan *plan, uint64_t frame, uint8_t *payload, uint32_t length)
{
	const struct mark *mark = mark_of(plan, frame);

	for (uint32_t word = 0; mark->words >> word; word++) {
		if (mark->words >> word & 1 && (word + 1) * WORD <= length)
			mask_bytes(payload + word * WORD, WORD, (enum mask_kind)mark->words_kind, (enum mask_place)mark->place);
		if (word == WORDS - 1)
			break;
	}
	if (mark->kind && mark->from < length)
		mask_bytes(payload + mark->from, (mark->to < length ? mark->to : length) - mark->from, (enum mask_kind)mark->kind,
		           (enum mask_place)mark->place);
}

const struct scrub_counts *scrub_plan_counts(const struct scrub_plan *plan)
{
	return &plan->counts;
}

size_t scrub_counts_lines(const struct scrub_counts *counts, unsigned keep, struct scrub_line lines[SCRUB_LINES])
{
	const struct scrub_line all[SCRUB_LINES] = {
		{ counts->dropped, "records of other devices, and of the probe's own disk and serial port" },
		{ counts->disk_commands, "commands to the disk that the ST-LINK/V1 is" },
		{ counts->strings, "times a serial number, now a pseudonym" },
		{ counts->id_bytes, "bytes of unique ids, now pseudonyms" },
		{ counts->memory_bytes, "bytes of the target's memory, and of what went through the bridge" },
		{ counts->trace_bytes, "bytes that the trace pin said" },
		{ counts->unknown_bytes, "bytes that no table knows" },
		{ keep & KEEP_TOOL ? 0 : counts->tool_lines, "lines that the tool printed" },
	};
	size_t count = 0;

	for (size_t i = 0; i < SCRUB_LINES; i++)
		if (all[i].number)
			lines[count++] = all[i];
	return count;
}
