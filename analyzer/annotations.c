/*
 * What there is to say of each record (annotations.h).
 * The lines lie one behind the other in an unnamed file; of each frame the ledger knows the latest, and each line the one before it.
 */
#include "annotations.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ledger.h"
#include "output/control_text.h"
#include "output/event_text.h"
#include "output/step_text.h"
#include "spool.h"

#define LINES 64        /* of one frame that are shown */
#define LINE_LONGEST 1024

struct line_head { uint64_t before; uint32_t length; }; /* before: offset + 1 of the frame's line before this; 0: none */

struct annotations {
	struct ledger *ledger; /* uint64_t: offset + 1 of the latest line */
	FILE *lines;
	uint64_t size;
	bool serials;
	struct text text;
	char shown[LINES][LINE_LONGEST];
	const char *pointers[LINES];
};

struct annotations *annotations_new(bool serials)
{
	struct annotations *annotations = memset(facts_allocate(NULL, sizeof *annotations), 0, sizeof *annotations);
	int file;

	annotations->serials = serials;
	annotations->ledger = ledger_new(sizeof(uint64_t));
	file = annotations->ledger ? spool_file() : -1;
	annotations->lines = file >= 0 ? fdopen(file, "w+b") : NULL;
	if (annotations->lines)
		return annotations;
	fprintf(stderr, "stlinkscope: no temporary file can be made (TMPDIR, or /tmp): %s\n", strerror(errno));
	annotations_free(annotations);
	return NULL;
}

void annotations_free(struct annotations *annotations)
{
	if (!annotations)
		return;
	ledger_free(annotations->ledger);
	if (annotations->lines)
		fclose(annotations->lines);
	text_free(&annotations->text);
	free(annotations);
}

/* Where the line lies, or the one that stood there last: several frames may share one. */
static void put(struct annotations *annotations, uint64_t frame, const char *line, size_t length)
{
	uint64_t *latest;
	struct line_head head;

	if (!frame || !length)
		return;
	if (length >= LINE_LONGEST)
		length = LINE_LONGEST - 1;
	latest = ledger_at(annotations->ledger, frame);
	head = (struct line_head){ *latest, (uint32_t)length };
	*latest = annotations->size + 1;
	fwrite(&head, sizeof head, 1, annotations->lines);
	fwrite(line, 1, length, annotations->lines);
	annotations->size += sizeof head + length;
}

static void put_text(struct annotations *annotations, uint64_t frame)
{
	put(annotations, frame, annotations->text.bytes, annotations->text.length);
}

/* --- what the tracker tells --- */

static void take_transaction(void *context, const struct probe *probe, const struct session *session, const struct transaction *transaction)
{
	struct annotations *annotations = context;
	char asked[STEP_WORDS + 1], answered[STEP_WORDS + 1];
	struct text *text = &annotations->text;

	(void)probe;
	(void)session;
	step_text(&annotations->serials, transaction, asked, answered);
	text_clear(text);
	text_safe(text, asked, 0);
	if (*answered) {
		text_add(text, " -> ");
		text_safe(text, answered, 0);
	}
	if (transaction->result != RESULT_OK) {
		text_add(text, " [");
		text_add(text, result_name(transaction->result));
		text_char(text, ']');
	}
	for (size_t part = 0; part < TRANSACTION_PARTS; part++)
		for (size_t i = 0; i < transaction_part(transaction, part)->count; i++)
			put_text(annotations, transaction_part(transaction, part)->frame[i]);
	if (transaction->csw.present)
		put_text(annotations, transaction->csw.frame);
}

static void take_mode(void *context, const struct probe *probe, const struct session *session, const struct mode_change *change)
{
	struct annotations *annotations = context;

	(void)probe;
	(void)session;
	text_clear(&annotations->text);
	event_text_mode(&annotations->text, change);
	put_text(annotations, change->frame);
}

static void take_usb(void *context, const struct probe *probe, const struct session *session, const struct usb_note *note)
{
	struct annotations *annotations = context;

	(void)probe;
	(void)session;
	text_clear(&annotations->text);
	event_text_usb(&annotations->text, note);
	put_text(annotations, note->frame);
}

static void take_trace(void *context, const struct probe *probe, const struct session *session, const struct trace_data *trace)
{
	struct annotations *annotations = context;

	(void)probe;
	(void)session;
	text_clear(&annotations->text);
	event_text_trace(&annotations->text, trace);
	put_text(annotations, trace->frame);
}

static void take_control(void *context, const struct control_transfer *transfer)
{
	struct annotations *annotations = context;
	struct control_view view;

	control_view_of(&view, transfer, annotations->serials);
	text_clear(&annotations->text);
	control_text_line(&annotations->text, &view);
	put_text(annotations, transfer->frame);
	put_text(annotations, transfer->end_frame);
}

static void take_session(void *context, const struct probe *probe, const struct session *session)
{
	struct annotations *annotations = context;

	text_clear(&annotations->text);
	event_text_session(&annotations->text, probe, session, annotations->serials);
	put_text(annotations, session->first_frame);
}

struct listener annotations_listener(struct annotations *annotations)
{
	return (struct listener){
		.context = annotations, .session_begin = take_session, .transaction = take_transaction, .mode = take_mode, .usb = take_usb,
		.trace = take_trace, .control = take_control,
	};
}

/* --- findings --- */

static void put_finding(struct annotations *annotations, const struct finding *finding)
{
	struct text *text = &annotations->text;

	text_clear(text);
	text_add(text, severity_name(finding->severity));
	text_char(text, ' ');
	text_add(text, finding->rule->id);
	text_add(text, ": ");
	text_safe(text, finding->text, 0);
	if (finding->demoted_by) {
		text_add(text, " (follows from ");
		text_add(text, finding->demoted_by->rule->id);
		text_char(text, ')');
	}
	for (size_t i = 0; i < finding->match.frame_count; i++)
		put_text(annotations, finding->match.frame[i]);
}

void annotations_report(struct annotations *annotations, const struct report *report)
{
	for (size_t i = 0; i < report->session_count; i++)
		for (size_t finding = 0; finding < report->sessions[i].finding_count; finding++)
			put_finding(annotations, &report->sessions[i].findings[finding]);
	for (size_t i = 0; i < report->finding_count; i++)
		put_finding(annotations, &report->findings[i]);
}

/* --- asking --- */

static uint64_t read_line(struct annotations *annotations, uint64_t offset, char *line)
{
	struct line_head head;
	bool good = !fseeko(annotations->lines, (off_t)offset, SEEK_SET) && fread(&head, sizeof head, 1, annotations->lines) == 1 &&
	            head.length < LINE_LONGEST && fread(line, 1, head.length, annotations->lines) == head.length;

	line[good ? head.length : 0] = '\0';
	return good ? head.before : 0;
}

const char *const *annotations_of(struct annotations *annotations, uint64_t frame, size_t *count)
{
	uint64_t offset = frame < ledger_size(annotations->ledger) ? *(uint64_t *)ledger_at(annotations->ledger, frame) : 0;

	*count = 0;
	while (offset && *count < LINES) {
		offset = read_line(annotations, offset - 1, annotations->shown[*count]);
		(*count)++;
	}
	for (size_t i = 0; i < *count; i++)
		annotations->pointers[i] = annotations->shown[*count - 1 - i];
	return annotations->pointers;
}
