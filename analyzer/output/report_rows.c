/*
 * The transcript of a report, row by row (report_rows.h).
 */
#include "report_rows.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "../program.h"
#include "../track/timeline.h"
#include "event_text.h"
#include "privacy.h"
#include "step_text.h"
#include "transcript.h"

#define ANCHORS 16 /* of one row */

struct report_rows {
	bool serials, wordless;
	row_taker *take;
	void *context;
	struct common_options common;       /* of the details */
	struct transcript_options options;
	uint64_t *evidence;                 /* frames of findings, ascending */
	size_t evidence_count;
	struct text words, details;
	enum phase phase;                   /* whose heading was told last */
	int phase_probe;
};

static const char *whole(struct text *text)
{
	text_char(text, '\0');
	return text->bytes;
}

/* --- evidence --- */

static int by_number(const void *one, const void *other)
{
	uint64_t first = *(const uint64_t *)one, second = *(const uint64_t *)other;

	return first < second ? -1 : first > second;
}

static void add_evidence(struct report_rows *rows, const struct finding *findings, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct match *match = &findings[i].match;

		rows->evidence = facts_allocate(rows->evidence, (rows->evidence_count + match->frame_count + 1) * sizeof rows->evidence[0]);
		memcpy(rows->evidence + rows->evidence_count, match->frame, match->frame_count * sizeof match->frame[0]);
		rows->evidence_count += match->frame_count;
	}
}

static bool is_evidence(const struct report_rows *rows, uint64_t frame)
{
	return rows->evidence_count && bsearch(&frame, rows->evidence, rows->evidence_count, sizeof frame, by_number);
}

struct report_rows *report_rows_new(const struct report *report, bool serials, row_taker *take, void *context)
{
	struct report_rows *rows = memset(facts_allocate(NULL, sizeof *rows), 0, sizeof *rows);

	rows->serials = serials;
	rows->take = take;
	rows->context = context;
	rows->common = (struct common_options){ .serials = serials, .verbose = 1 };
	rows->options = (struct transcript_options){ .common = &rows->common, .dump = true };
	for (size_t i = 0; report && i < report->session_count; i++)
		add_evidence(rows, report->sessions[i].findings, report->sessions[i].finding_count);
	if (report)
		add_evidence(rows, report->findings, report->finding_count);
	if (rows->evidence_count)
		qsort(rows->evidence, rows->evidence_count, sizeof rows->evidence[0], by_number);
	return rows;
}

struct report_rows *report_rows_counter(row_taker *take, void *context)
{
	struct report_rows *rows = report_rows_new(NULL, false, take, context);

	rows->wordless = true;
	return rows;
}

void report_rows_free(struct report_rows *rows)
{
	if (!rows)
		return;
	text_free(&rows->words);
	text_free(&rows->details);
	free(rows->evidence);
	free(rows);
}

/* --- what the tracker tells --- */

static void find_anchors(const struct report_rows *rows, const struct transaction *transaction, struct report_row *row, uint64_t anchors[ANCHORS])
{
	row->matters |= is_evidence(rows, row->frame);
	row->anchors = anchors;
	for (size_t part = 0; part < TRANSACTION_PARTS; part++)
		for (size_t i = 0; i < transaction_part(transaction, part)->count && row->anchor_count < ANCHORS; i++)
			if (transaction_part(transaction, part)->frame[i] != row->frame && is_evidence(rows, transaction_part(transaction, part)->frame[i]))
				anchors[row->anchor_count++] = transaction_part(transaction, part)->frame[i];
	if (transaction->urb_frame != row->frame && row->anchor_count < ANCHORS && is_evidence(rows, transaction->urb_frame))
		anchors[row->anchor_count++] = transaction->urb_frame;
	row->matters |= row->anchor_count > 0;
}

static void take_event(struct report_rows *rows, const struct report_row *of)
{
	struct report_row row = *of;

	row.words = whole(&rows->words);
	row.answer = row.details = row.group = "";
	row.latency = -1;
	row.matters |= row.kind == ROW_EVENT && is_evidence(rows, row.frame);
	rows->take(rows->context, &row);
}

/* A phase begins: what the tool does from here on. */
static void take_phase(struct report_rows *rows, const struct transaction *transaction)
{
	if (transaction->phase == PHASE_NONE || (transaction->phase == rows->phase && transaction->probe == rows->phase_probe))
		return;
	rows->phase = transaction->phase;
	rows->phase_probe = transaction->probe;
	text_clear(&rows->words);
	text_add(&rows->words, phase_name(transaction->phase));
	take_event(rows, &(struct report_row){
		.kind = ROW_PHASE, .frame = transaction->frame, .time = transaction->time, .bus = transaction->bus, .device = transaction->device,
	});
}

static void take_transaction(void *context, const struct probe *probe, const struct session *session, const struct transaction *transaction)
{
	struct report_rows *rows = context;
	const struct operation *request = &transaction->request_operation;
	struct transaction copy;
	uint64_t anchors[ANCHORS];
	uint32_t withheld;
	char asked[STEP_WORDS + 1] = "", answered[STEP_WORDS + 1] = "";
	struct report_row row = {
		.kind = ROW_COMMAND, .frame = transaction->frame, .time = transaction->time, .latency = transaction->latency,
		.bus = transaction->bus, .device = transaction->device, .bad = transaction_failed(transaction),
		.waits = transaction->result == RESULT_WAIT, .words = asked, .answer = answered,
		.group = select_group_name(transaction->command->group), .has_address = operation_has(request, ROLE_ADDRESS),
		.address = operation_get(request, ROLE_ADDRESS, 0), .length = operation_get(request, ROLE_LENGTH, 1),
	};

	(void)probe;
	(void)session;
	take_phase(rows, transaction);
	if (rows->wordless) {
		rows->take(rows->context, &row);
		return;
	}
	step_text(&rows->serials, transaction, asked, answered);
	row.matters = row.bad;
	find_anchors(rows, transaction, &row, anchors);
	text_clear(&rows->details);
	text_transcript_details(&rows->details, &rows->options, privacy_view(transaction, rows->serials, &copy, &withheld));
	row.details = whole(&rows->details);
	rows->take(rows->context, &row);
}

static void take_mode(void *context, const struct probe *probe, const struct session *session, const struct mode_change *change)
{
	struct report_rows *rows = context;

	(void)session;
	text_clear(&rows->words);
	event_text_mode(&rows->words, change);
	take_event(rows, &(struct report_row){
		.kind = ROW_EVENT, .frame = change->frame, .time = change->time, .bus = probe->bus,
		.device = probe->address_count ? probe->addresses[probe->address_count - 1] : 0, .matters = true,
	});
}

static void take_usb(void *context, const struct probe *probe, const struct session *session, const struct usb_note *note)
{
	struct report_rows *rows = context;

	(void)probe;
	(void)session;
	text_clear(&rows->words);
	event_text_usb(&rows->words, note);
	take_event(rows, &(struct report_row){
		.kind = ROW_EVENT, .frame = note->frame, .time = note->time, .bus = note->bus, .device = note->device,
		.bad = event_is_trouble(note), .matters = true,
	});
}

static void take_trace(void *context, const struct probe *probe, const struct session *session, const struct trace_data *trace)
{
	struct report_rows *rows = context;

	(void)probe;
	(void)session;
	text_clear(&rows->words);
	event_text_trace(&rows->words, trace);
	take_event(rows, &(struct report_row){ .kind = ROW_EVENT, .frame = trace->frame, .time = trace->time, .bus = trace->bus, .device = trace->device });
}

static void take_gap(void *context, const struct gap *gap)
{
	struct report_rows *rows = context;

	text_clear(&rows->words);
	event_text_gap(&rows->words, gap);
	take_event(rows, &(struct report_row){ .kind = ROW_EVENT, .frame = gap->frame, .time = gap->time, .bad = true, .matters = true });
}

static void take_tool(void *context, const struct tool_line *line)
{
	struct report_rows *rows = context;

	text_clear(&rows->words);
	text_safe(&rows->words, line->text, 0);
	take_event(rows, &(struct report_row){ .kind = ROW_TOOL, .frame = line->frame, .time = line->time });
}

static void take_session(void *context, const struct probe *probe, const struct session *session)
{
	struct report_rows *rows = context;

	rows->phase = PHASE_NONE;
	text_clear(&rows->words);
	event_text_session(&rows->words, probe, session, rows->serials);
	take_event(rows, &(struct report_row){ .kind = ROW_SESSION, .frame = session->first_frame, .time = session->first_time, .matters = true });
}

struct listener report_rows_listener(struct report_rows *rows)
{
	return (struct listener){
		.context = rows, .session_begin = take_session, .transaction = take_transaction, .mode = take_mode, .usb = take_usb,
		.trace = take_trace, .gap = take_gap, .tool = take_tool,
	};
}
