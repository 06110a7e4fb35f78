/*
 * The transcript as JSON, one object a line: the contract of DESIGN section 6.
 * Knows: keys, their order and types. Must not know: text.
 */
#include "transcript.h"

#include <err.h>
#include <stdlib.h>

#include "control_json.h"
#include "privacy.h"
#include "value_json.h"

#define UNKNOWN_OPCODES 256
#define PROBES 256 /* whose session is known */

struct json_transcript {
	struct transcript_options options;
	const struct tracker *tracker;
	struct json *json;
	uint64_t sessions[PROBES]; /* by probe: the session under way, plus one; for what does not say its own */
	uint64_t results[RESULTS], shown;
};

static void place(struct json *json, uint64_t frame, int64_t time, uint16_t bus, uint16_t device)
{
	json_unsigned(json, "frame", frame);
	json_time(json, "time", time);
	json_unsigned(json, "bus", bus);
	json_unsigned(json, "device", device);
}

static void session_member(struct json *json, const struct session *session)
{
	if (session)
		json_unsigned(json, "session", session->index);
	else
		json_null(json, "session");
}

static void frame_list(struct json *json, const char *key, const struct frames *frames)
{
	json_begin_array(json, key);
	for (size_t i = 0; i < frames->count; i++)
		json_unsigned(json, NULL, frames->frame[i]);
	json_end(json);
}

static void preview(const struct json_transcript *transcript, const char *key, const struct payload *payload)
{
	uint32_t shown = payload->captured;

	if (shown > PREVIEW_BYTES && !transcript->options.full)
		shown = PREVIEW_BYTES;
	json_hex(transcript->json, key, payload->bytes, shown);
}

/* A command */

static void request_members(const struct json_transcript *transcript, const struct transaction *transaction)
{
	struct json *json = transcript->json;
	const struct payload *request = &transaction->request;

	json_hex(json, "opcode", request->bytes, stlink_opcode_length(request->bytes, request->captured));
	json_string(json, "command", transaction->command->name);
	json_begin_object(json, "request");
	value_json_request(json, transaction);
	json_end(json);
	json_hex(json, "request_bytes", request->bytes, request->captured);
	json_unsigned(json, "data_length", transaction->data.wire);
	preview(transcript, "data_bytes", &transaction->data);
}

static void answer_members(const struct json_transcript *transcript, const struct transaction *transaction)
{
	struct json *json = transcript->json;
	struct transaction copy;
	uint32_t withheld;

	transaction = privacy_view(transaction, transcript->options.common->serials, &copy, &withheld);
	json_begin_object(json, "answer");
	value_json_answer(json, transaction);
	json_end(json);
	if (transaction->answered || transaction->answer.wire) /* an overflow is no answer, but what came is told */
		json_unsigned(json, "answer_length", transaction->answer.wire);
	else
		json_null(json, "answer_length");
	preview(transcript, "answer_bytes", &transaction->answer);
	if (withheld)
		json_unsigned(json, "answer_withheld", withheld);
	if (!transaction->csw.present)
		return;
	json_begin_object(json, "csw");
	json_unsigned(json, "frame", transaction->csw.frame);
	json_unsigned(json, "tag", transaction->csw.tag);
	json_unsigned(json, "residue", transaction->csw.residue);
	json_unsigned(json, "status", transaction->csw.status);
	json_end(json);
}

static void reached_members(const struct json_transcript *transcript, const struct transaction *transaction)
{
	struct transaction copy;
	uint32_t withheld;

	value_json_reached(transcript->json, privacy_view(transaction, transcript->options.common->serials, &copy, &withheld));
}

static void outcome_members(struct json *json, const struct transaction *transaction)
{
	if (transaction->has_status)
		json_unsigned(json, "status", transaction->status);
	else
		json_null(json, "status");
	json_string(json, "status_name", transaction->status_row ? transaction->status_row->name : NULL);
	if (transaction->status_frame)
		json_unsigned(json, "status_frame", transaction->status_frame);
	if (transaction->judges_frame)
		json_unsigned(json, "judges_frame", transaction->judges_frame);
	json_string(json, "result", result_name(transaction->result));
	if (transaction->urb_result != URB_OK) {
		json_begin_object(json, "urb");
		json_string(json, "result", urb_result_name(transaction->urb_result));
		json_integer(json, "status", transaction->urb_status);
		json_string(json, "status_name", urb_status_name(transaction->urb_status, transaction->windows));
		json_unsigned(json, "frame", transaction->urb_frame);
		json_end(json);
	}
	if (transaction->latency >= 0)
		json_integer(json, "latency_us", transaction->latency / 1000);
	else
		json_null(json, "latency_us");
	json_begin_array(json, "notes");
	for (unsigned note = 0; note < NOTES; note++)
		if (transaction_noted(transaction, note))
			json_string(json, NULL, note_name(note));
	json_end(json);
}

void json_transcript_command(struct json_transcript *transcript, const struct transaction *transaction)
{
	json_begin_object(transcript->json, NULL);
	json_string(transcript->json, "type", "command");
	request_members(transcript, transaction);
	answer_members(transcript, transaction);
	reached_members(transcript, transaction);
	outcome_members(transcript->json, transaction);
	json_end(transcript->json);
}

static void on_transaction(void *context, const struct probe *probe, const struct session *session,
                           const struct transaction *transaction)
{
	struct json_transcript *transcript = context;
	struct json *json = transcript->json;

	transcript->results[transaction->result]++;
	if (!select_transaction(transcript->options.selection, transaction))
		return;
	transcript->shown++;
	json_begin_object(json, NULL);
	json_string(json, "type", "command");
	json_unsigned(json, "frame", transaction->frame);
	json_begin_object(json, "frames");
	frame_list(json, "command", &transaction->command_frames);
	frame_list(json, "data", &transaction->data_frames);
	frame_list(json, "answer", &transaction->answer_frames);
	json_end(json);
	json_time(json, "time", transaction->time);
	json_unsigned(json, "bus", transaction->bus);
	json_unsigned(json, "device", transaction->device);
	json_string(json, "generation", stlink_generation_name(probe->generation));
	session_member(json, session);
	if (transaction->phase != PHASE_NONE)
		json_string(json, "phase", phase_name(transaction->phase));
	request_members(transcript, transaction);
	answer_members(transcript, transaction);
	reached_members(transcript, transaction);
	outcome_members(json, transaction);
	json_end(json);
}

/* Between the commands */

static void on_mode(void *context, const struct probe *probe, const struct session *session, const struct mode_change *change)
{
	struct json_transcript *transcript = context;
	struct json *json = transcript->json;
	uint16_t device = probe->address_count ? probe->addresses[probe->address_count - 1] : 0;

	if (!select_event(transcript->options.selection, GROUP_MODE, change->frame, probe->bus, device))
		return;
	json_begin_object(json, NULL);
	json_string(json, "type", "mode");
	place(json, change->frame, change->time, probe->bus, device);
	session_member(json, session);
	json_string(json, "from", name_of(stlink_mode_names, change->from));
	json_string(json, "to", name_of(stlink_mode_names, change->to));
	json_string(json, "by", change->by);
	json_end(json);
}

static const char *usb_event_name(enum usb_note_kind kind)
{
	switch (kind) {
	case USB_NOTE_ENUMERATED: return "enumerated";
	case USB_NOTE_RESET: return "reset";
	case USB_NOTE_HALT_CLEARED: return "halt-cleared";
	case USB_NOTE_GONE: return "gone";
	case USB_NOTE_RETURNED: return "returned";
	case USB_NOTE_RECOGNISED: return "recognised";
	case USB_NOTE_DRAIN: return "drain";
	case USB_NOTE_STRAY: return "stray-data";
	case USB_NOTE_STRAY_OUT: return "stray-out";
	case USB_NOTE_URB_ERROR: return "urb-error";
	}
	return "";
}

static void on_usb(void *context, const struct probe *probe, const struct session *session, const struct usb_note *note)
{
	struct json_transcript *transcript = context;
	struct json *json = transcript->json;

	(void)probe;
	if (!select_event(transcript->options.selection, SELECT_USB, note->frame, note->bus, note->device))
		return;
	json_begin_object(json, NULL);
	json_string(json, "type", "usb-event");
	place(json, note->frame, note->time, note->bus, note->device);
	session_member(json, session);
	json_string(json, "event", usb_event_name(note->kind));
	if (note->kind == USB_NOTE_HALT_CLEARED || note->kind >= USB_NOTE_DRAIN)
		json_unsigned(json, "endpoint", note->endpoint);
	if (note->urb_result != URB_OK) {
		json_string(json, "urb_result", urb_result_name(note->urb_result));
		json_integer(json, "urb_status", note->urb_status);
	}
	if (note->kind == USB_NOTE_RETURNED) {
		json_boolean(json, "by_client", note->by_client);
		json_boolean(json, "never_left", note->never_left);
	}
	if (note->kind == USB_NOTE_GONE)
		json_boolean(json, "outstanding", note->outstanding);
	if (note->bytes.wire) {
		json_unsigned(json, "length", note->bytes.wire);
		preview(transcript, "bytes", &note->bytes);
	}
	json_string(json, "text", note->text ? note->text : "");
	json_end(json);
}

static void on_trace(void *context, const struct probe *probe, const struct session *session, const struct trace_data *trace)
{
	struct json_transcript *transcript = context;
	struct json *json = transcript->json;

	(void)probe;
	if (!select_event(transcript->options.selection, GROUP_TRACE, trace->frame, trace->bus, trace->device))
		return;
	json_begin_object(json, NULL);
	json_string(json, "type", "trace");
	place(json, trace->frame, trace->time, trace->bus, trace->device);
	session_member(json, session);
	json_unsigned(json, "length", trace->bytes.wire);
	preview(transcript, "bytes", &trace->bytes);
	json_end(json);
}

static void on_session_begin(void *context, const struct probe *probe, const struct session *session)
{
	struct json_transcript *transcript = context;

	transcript->sessions[(unsigned)probe->index % PROBES] = session->index + 1;
}

static void on_session_end(void *context, const struct probe *probe, const struct session *session)
{
	struct json_transcript *transcript = context;

	(void)session;
	transcript->sessions[(unsigned)probe->index % PROBES] = 0;
}

static void on_control(void *context, const struct control_transfer *transfer)
{
	struct json_transcript *transcript = context;
	const struct common_options *common = transcript->options.common;
	uint64_t next = transfer->probe < 0 ? 0 : transcript->sessions[(unsigned)transfer->probe % PROBES];
	struct json *json = transcript->json;
	struct control_view view;

	if (!control_is_selected(transcript->options.selection, common->verbose, transfer))
		return;
	control_view_of(&view, transfer, common->serials);
	json_begin_object(json, NULL);
	json_string(json, "type", "usb-event");
	place(json, transfer->frame ? transfer->frame : transfer->end_frame, transfer->time, transfer->bus, transfer->device);
	if (next)
		json_unsigned(json, "session", next - 1);
	else
		json_null(json, "session");
	json_string(json, "event", "control");
	control_json_members(json, &view, transcript->options.full ? UINT32_MAX : PREVIEW_BYTES);
	json_end(json);
}

static void on_gap(void *context, const struct gap *gap)
{
	struct json_transcript *transcript = context;
	struct json *json = transcript->json;

	json_begin_object(json, NULL);
	json_string(json, "type", "gap");
	json_unsigned(json, "frame", gap->frame);
	json_time(json, "time", gap->time);
	json_unsigned(json, "dropped", gap->dropped);
	json_end(json);
}

static void on_tool(void *context, const struct tool_line *line)
{
	struct json_transcript *transcript = context;
	struct json *json = transcript->json;
	char safe[PRIVACY_LINE];

	if (!select_tool(transcript->options.selection, line->frame))
		return;
	json_begin_object(json, NULL);
	json_string(json, "type", "tool");
	json_unsigned(json, "frame", line->frame);
	json_time(json, "time", line->time);
	json_string(json, "stream", line->is_stderr ? "stderr" : "stdout");
	json_string(json, "text", privacy_line(line->text, transcript->options.common->serials, transcript->tracker, safe));
	if (line->unfinished)
		json_boolean(json, "unfinished", true);
	json_end(json);
}

/* First and last line */

void json_transcript_begin(struct json_transcript *transcript, const struct input_facts *facts, const struct tracker *tracker)
{
	struct json *json = transcript->json;

	transcript->tracker = tracker;
	json_begin_message(json, "capture");
	if (facts->link_type >= 0)
		json_integer(json, "link_type", facts->link_type);
	else
		json_null(json, "link_type");
	json_string(json, "format", facts->format);
	json_string(json, "compression", facts->compression);
	json_string(json, "version", PROGRAM_VERSION);
	json_end(json);
}

static void unknown_opcodes(const struct json_transcript *transcript)
{
	struct unknown_opcode list[UNKNOWN_OPCODES];
	size_t count = tracker_unknown(transcript->tracker, list, UNKNOWN_OPCODES);
	struct json *json = transcript->json;

	json_begin_array(json, "unknown_opcodes");
	for (size_t i = 0; i < count && i < UNKNOWN_OPCODES; i++) {
		json_begin_object(json, NULL);
		json_hex(json, "opcode", list[i].opcode, list[i].length);
		json_unsigned(json, "count", list[i].count);
		json_unsigned(json, "first_frame", list[i].first_frame);
		json_end(json);
	}
	json_end(json);
}

void json_transcript_finish(struct json_transcript *transcript, const struct input_facts *facts)
{
	const struct track_totals *totals = tracker_totals(transcript->tracker);
	struct json *json = transcript->json;

	json_begin_object(json, NULL);
	json_string(json, "type", "end");
	json_boolean(json, "complete", facts->complete);
	json_unsigned(json, "packets", facts->records);
	json_unsigned(json, "sessions", totals->sessions);
	json_unsigned(json, "transactions", totals->transactions);
	json_unsigned(json, "shown", transcript->shown);
	json_begin_object(json, "results");
	for (unsigned result = 0; result < RESULTS; result++)
		json_unsigned(json, result_name(result), transcript->results[result]);
	json_end(json);
	json_unsigned(json, "dropped", totals->dropped);
	json_unsigned(json, "cut_packets", facts->cut_records);
	unknown_opcodes(transcript);
	json_end(json);
}

/* Life of a transcript */

struct json_transcript *json_transcript_new(const struct transcript_options *options, FILE *file)
{
	struct json_transcript *transcript = calloc(1, sizeof *transcript);

	if (!transcript)
		err(2, NULL);
	transcript->options = *options;
	transcript->json = json_open(file);
	return transcript;
}

void json_transcript_free(struct json_transcript *transcript)
{
	json_close(transcript->json);
	free(transcript);
}

struct listener json_transcript_listener(struct json_transcript *transcript)
{
	return (struct listener){
		.context = transcript, .transaction = on_transaction, .mode = on_mode, .usb = on_usb, .trace = on_trace,
		.control = on_control, .gap = on_gap, .tool = on_tool, .session_begin = on_session_begin, .session_end = on_session_end,
	};
}
