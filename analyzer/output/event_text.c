/*
 * What happens between the commands, in words (event_text.h).
 */
#include "event_text.h"

#include <string.h>

#include "result_text.h"

#define SWO_PREVIEW 48
#define STRAY_PREVIEW 16
#define UNKNOWN_OPCODES 64

static void add_count(struct text *text, uint64_t count, const char *one, const char *many)
{
	text_unsigned(text, count);
	text_char(text, ' ');
	text_add(text, count == 1 ? one : many);
}

void event_text_session(struct text *text, const struct probe *probe, const struct session *session, bool serials)
{
	const char *generation = stlink_generation_name(probe->generation);
	char words[64];

	text_add(text, "session ");
	text_unsigned(text, session->index);
	text_add(text, ": ");
	if (probe->product) {
		text_add(text, probe->product->product);
	} else {
		text_add(text, "ST-Link");
		text_add(text, generation ? "/" : "");
		text_add(text, generation ? generation : "");
	}
	if (probe->vid) {
		text_char(text, ' ');
		text_hex(text, probe->vid, 4);
		text_char(text, ':');
		text_hex(text, probe->pid, 4);
	}
	text_add(text, " at ");
	text_unsigned(text, probe->bus);
	text_char(text, ':');
	text_unsigned(text, probe->address_count ? probe->addresses[probe->address_count - 1] : 0);
	if (probe->has_version) {
		stlink_version_text(&probe->version, words, sizeof words);
		text_add(text, ", ");
		text_add(text, words);
	}
	if (*probe->serial) {
		text_add(text, ", ");
		if (serials)
			text_safe(text, probe->serial, 0);
		else
			text_add(text, serial_pseudonym(words, sizeof words, probe->serial));
	}
}

static const char *mode_name(enum stlink_mode mode)
{
	const char *name = name_of(stlink_mode_names, mode);

	return name ? name : "unknown";
}

bool event_is_observation(const struct mode_change *change)
{
	return !strcmp(change->by, "GET_CURRENT_MODE");
}

void event_text_mode(struct text *text, const struct mode_change *change)
{
	if (change->from == MODE_UNKNOWN) {
		text_add(text, "mode is ");
		text_add(text, mode_name(change->to));
	} else {
		text_add(text, "mode ");
		text_add(text, mode_name(change->from));
		text_add(text, " -> ");
		text_add(text, mode_name(change->to));
	}
	text_add(text, event_is_observation(change) ? ", seen by " : ", by ");
	text_add(text, change->by);
}

bool event_is_trouble(const struct usb_note *note)
{
	return note->kind == USB_NOTE_GONE || note->kind == USB_NOTE_URB_ERROR || note->kind == USB_NOTE_STRAY_OUT;
}

static const char *usb_words(enum usb_note_kind kind)
{
	switch (kind) {
	case USB_NOTE_ENUMERATED: return "new on the bus (enumerated)";
	case USB_NOTE_RESET: return "reset, enumeration begins anew";
	case USB_NOTE_HALT_CLEARED: return "halt cleared";
	case USB_NOTE_GONE: return "gone from the bus";
	case USB_NOTE_RETURNED: return "back on the bus (enumerated anew)";
	case USB_NOTE_RECOGNISED: return "taken for an ST-Link";
	case USB_NOTE_DRAIN: return "read without a command, nothing there";
	case USB_NOTE_STRAY: return "data that no command asked for";
	case USB_NOTE_STRAY_OUT: return "data sent that no command announced";
	case USB_NOTE_URB_ERROR: return "transfer failed";
	}
	return "";
}

void event_text_usb(struct text *text, const struct usb_note *note)
{
	text_add(text, "usb: ");
	if (note->kind == USB_NOTE_HALT_CLEARED || note->kind >= USB_NOTE_DRAIN) {
		text_add(text, "endpoint ");
		text_hex(text, note->endpoint, 2);
		text_add(text, ": ");
	}
	text_add(text, note->never_left ? "in its place: it never left, what ended was the program before" : usb_words(note->kind));
	if (note->kind == USB_NOTE_RETURNED && note->by_client)
		text_add(text, " after a reset by the host");
	if (note->kind == USB_NOTE_GONE && note->outstanding)
		text_add(text, " in the middle of a command");
	if (note->urb_status && (note->kind == USB_NOTE_GONE || note->kind == USB_NOTE_URB_ERROR)) {
		text_add(text, " (");
		result_text_urb(text, note->urb_status, note->windows);
		text_char(text, ')');
	}
	if (note->text && *note->text) {
		text_add(text, ": ");
		text_safe(text, note->text, 0);
	}
	if (note->bytes.wire) {
		uint32_t shown = note->bytes.captured < STRAY_PREVIEW ? note->bytes.captured : STRAY_PREVIEW;

		text_add(text, ": ");
		text_hex_bytes(text, note->bytes.bytes, shown);
		if (shown < note->bytes.wire) {
			text_add(text, " ... ");
			add_count(text, note->bytes.wire, "byte", "bytes");
		}
	}
}

void event_text_trace(struct text *text, const struct trace_data *trace)
{
	uint32_t shown = trace->bytes.captured < SWO_PREVIEW ? trace->bytes.captured : SWO_PREVIEW;

	text_add(text, "SWO ");
	add_count(text, trace->bytes.wire, "byte ", "bytes ");
	text_printable(text, trace->bytes.bytes, shown);
	text_add(text, shown < trace->bytes.wire ? " ..." : "");
}

void event_text_gap(struct text *text, const struct gap *gap)
{
	if (!gap->dropped) {
		text_add(text, "records may be missing from here to the next gap");
		return;
	}
	add_count(text, gap->dropped, "record is missing here", "records are missing here");
	text_add(text, ": what follows is not paired with what came before");
}

static void results_line(struct text *text, const uint64_t results[RESULTS])
{
	bool first = true;

	for (int result = RESULTS - 1; result >= 0; result--) {
		if (!results[result])
			continue;
		text_add(text, first ? ": " : ", ");
		first = false;
		text_unsigned(text, results[result]);
		text_char(text, ' ');
		text_add(text, result == RESULT_UNJUDGED ? "with status not asked" : result_name((enum result)result));
	}
}

static void unknown_line(struct text *text, const struct tracker *tracker)
{
	struct unknown_opcode list[UNKNOWN_OPCODES];
	size_t count = tracker_unknown(tracker, list, UNKNOWN_OPCODES);

	if (!count)
		return;
	text_add(text, "    unknown commands:");
	for (size_t i = 0; i < count && i < UNKNOWN_OPCODES; i++) {
		text_add(text, i ? ", " : " ");
		for (unsigned j = 0; j < list[i].length; j++)
			text_hex(text, list[i].opcode[j], 2);
		text_add(text, " x");
		text_unsigned(text, list[i].count);
		text_add(text, " (first in frame ");
		text_unsigned(text, list[i].first_frame);
		text_char(text, ')');
	}
	text_char(text, '\n');
}

void event_text_totals(struct text *text, const struct input_facts *facts, const struct tracker *tracker,
                       const uint64_t results[RESULTS], uint64_t shown)
{
	const struct track_totals *totals = tracker_totals(tracker);

	text_add(text, "--- ");
	add_count(text, totals->transactions, "transaction", "transactions");
	text_add(text, " in ");
	add_count(text, totals->sessions, "session", "sessions");
	text_add(text, ", ");
	add_count(text, facts->records, "record", "records");
	text_add(text, ", ");
	text_duration(text, totals->last_time - totals->first_time);
	results_line(text, results);
	text_char(text, '\n');
	if (!totals->transactions)
		text_add(text, "    no ST-Link command in it; the summary ('stlinkscope FILE') says what there is\n");
	if (shown != totals->transactions) {
		text_add(text, "    ");
		text_unsigned(text, shown);
		text_add(text, shown == 1 ? " of them is shown, as the options ask\n" : " of them are shown, as the options ask\n");
	}
	unknown_line(text, tracker);
	if (totals->dropped) {
		text_add(text, "    ");
		add_count(text, totals->dropped, "record was", "records were");
		text_add(text, " dropped while capturing\n");
	}
	if (totals->cut_payloads) {
		text_add(text, "    ");
		add_count(text, totals->cut_payloads, "record was", "records were");
		text_add(text, " cut by the snap length, first in frame ");
		text_unsigned(text, totals->first_cut_frame);
		text_char(text, '\n');
	}
	if (!facts->complete)
		text_add(text, "    the input could not be read to its end\n");
}
