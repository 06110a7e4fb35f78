/*
 * The lines under a transaction: its fields and notes (-v), its bytes (-x).
 * Knows: the parts of a transaction. Must not know: its own line, which is transcript_text's.
 */
#include "transcript.h"

#include "result_text.h"
#include "value_fields.h"

#define INDENT 10
#define DUMP_INDENT 20

static void begin_detail(struct text *text, const char *name)
{
	text_column(text, INDENT);
	text_styled(text, STYLE_BOLD, name);
	text_column(text, DUMP_INDENT);
}

static void status_detail(struct text *text, const struct transaction *transaction)
{
	if (!transaction->has_status)
		return;
	begin_detail(text, "status");
	text_add(text, "0x");
	text_hex(text, transaction->status, 2);
	text_char(text, ' ');
	text_add(text, transaction->status_row ? transaction->status_row->name : "unknown status");
	result_text_status_frame(text, transaction);
	if (transaction->judges_frame) {
		text_add(text, ", of the command in frame ");
		text_unsigned(text, transaction->judges_frame);
	}
	text_char(text, '\n');
}

static void wrapper_detail(struct text *text, const struct transaction *transaction)
{
	if (!transaction->bulk_only)
		return;
	begin_detail(text, "wrapper");
	text_add(text, "CBW tag 0x");
	text_hex(text, transaction->cbw_tag, 8);
	if (transaction->csw.present) {
		text_add(text, ", CSW in frame ");
		text_unsigned(text, transaction->csw.frame);
		text_add(text, ": tag 0x");
		text_hex(text, transaction->csw.tag, 8);
		text_add(text, ", residue ");
		text_unsigned(text, transaction->csw.residue);
		text_add(text, ", status ");
		text_unsigned(text, transaction->csw.status);
	}
	text_char(text, '\n');
}

static void urb_detail(struct text *text, const struct transaction *transaction)
{
	if (transaction->urb_result == URB_OK)
		return;
	begin_detail(text, "usb");
	text_add(text, urb_result_name(transaction->urb_result));
	text_add(text, ", status ");
	result_text_urb(text, transaction->urb_status, transaction->windows);
	if (transaction->urb_frame) {
		text_add(text, ", frame ");
		text_unsigned(text, transaction->urb_frame);
	}
	if (transaction->waited >= 0) {
		text_add(text, ", after ");
		text_duration(text, transaction->waited);
	}
	text_add(text, transaction->out_failed ? ", host to probe" : ", probe to host");
	text_char(text, '\n');
}

static void note_details(struct text *text, const struct transaction *transaction)
{
	for (unsigned note = 0; note < NOTES; note++)
		if (transaction_noted(transaction, note)) {
			begin_detail(text, "note");
			text_add(text, note_name(note));
			text_add(text, ": ");
			text_add(text, note_text(note));
			text_char(text, '\n');
		}
}

void text_transcript_dump(struct text *text, const char *name, const struct payload *payload, bool full)
{
	uint32_t shown = full || payload->captured < PREVIEW_BYTES ? payload->captured : PREVIEW_BYTES;

	if (!payload->wire)
		return;
	text_column(text, INDENT);
	text_styled(text, STYLE_BOLD, name);
	if (shown)
		text_hex_dump(text, DUMP_INDENT, payload->bytes, shown);
	if (shown == payload->wire)
		return;
	text_column(text, DUMP_INDENT);
	text_add(text, shown ? "... " : "");
	text_unsigned(text, payload->wire - shown);
	text_add(text, shown < payload->captured ? " more bytes (--full shows them)\n" : " bytes are kept back or not in the capture\n");
}

void text_transcript_details(struct text *text, const struct transcript_options *options, const struct transaction *transaction)
{
	if (options->common->verbose) {
		value_fields(text, transaction);
		status_detail(text, transaction);
		wrapper_detail(text, transaction);
		urb_detail(text, transaction);
		note_details(text, transaction);
	}
	if (options->dump) {
		text_transcript_dump(text, "command", &transaction->request, options->full);
		text_transcript_dump(text, "data", &transaction->data, options->full);
		text_transcript_dump(text, "answer", &transaction->answer, options->full);
	}
}
