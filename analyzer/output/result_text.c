/*
 * How a transaction ended, in words (result_text.h). The words of the results are here, those of statuses in their table.
 */
#include "result_text.h"

/* Notes that a reader of the bare line must know: they say how far to trust it. The others wait for -v. */
static const enum note plain_notes[] = {
	NOTE_RESYNCHRONISED, NOTE_LATE_ANSWER, NOTE_AFTER_UNREAD, NOTE_LONG, NOTE_DATA_SHORT, NOTE_DATA_LONG, NOTE_UNKNOWN_STATUS,
	NOTE_NO_CSW, NOTE_CSW_TAG, NOTE_CBW_LENGTH,
};

char result_mark(const struct transaction *transaction)
{
	switch (transaction->result) {
	case RESULT_GONE: case RESULT_USB_ERROR: case RESULT_STALLED: case RESULT_CANCELLED: case RESULT_NO_ANSWER:
	case RESULT_SHIFTED: case RESULT_SHORT: case RESULT_ERROR:
		return '!';
	case RESULT_WAIT:
		return '~';
	case RESULT_INCOMPLETE: case RESULT_TRUNCATED:
		return '?';
	default:
		return transaction->command == &stlink_unknown ? '?' : ' ';
	}
}

enum style result_style(const struct transaction *transaction)
{
	switch (result_mark(transaction)) {
	case '!': return STYLE_ERROR;
	case '~': case '?': return STYLE_WARNING;
	default: return STYLE_PLAIN;
	}
}

void result_text_urb(struct text *text, int64_t status, bool windows)
{
	const char *name = urb_status_name(status, windows);

	if (windows) {
		text_add(text, "0x");
		text_hex(text, (uint64_t)status & UINT32_MAX, 8);
	} else if (status < 0) {
		text_char(text, '-');
		text_unsigned(text, 0 - (uint64_t)status);
	} else {
		text_unsigned(text, (uint64_t)status);
	}
	if (name) {
		text_char(text, ' ');
		text_add(text, name);
	}
}

void result_text_status(struct text *text, const struct transaction *transaction)
{
	const struct stlink_status *row = transaction->status_row;
	enum style style = !row || row->class == STATUS_ERROR ? STYLE_ERROR : row->class == STATUS_WAIT ? STYLE_WARNING : STYLE_PLAIN;

	if (!transaction->has_status)
		return;
	text_char(text, ' ');
	text_style(text, style);
	text_add(text, row ? row->name : "unknown status");
	if (transaction->status != STLINK_STATUS_OK) {
		text_add(text, " (0x");
		text_hex(text, transaction->status, 2);
		text_char(text, ')');
	}
	if (style != STYLE_PLAIN)
		text_plain(text);
}

void result_text_status_frame(struct text *text, const struct transaction *transaction)
{
	if (!transaction->status_frame)
		return;
	text_add(text, ", told in frame ");
	text_unsigned(text, transaction->status_frame);
}

static void n_of_m(struct text *text, uint64_t n, uint64_t m)
{
	text_unsigned(text, n);
	text_add(text, " of ");
	text_unsigned(text, m);
	text_add(text, m == 1 ? " byte" : " bytes");
}

/* "not taken by the probe: STALL (-32 EPIPE)" */
static void urb_trouble(struct text *text, const struct transaction *transaction, const char *words)
{
	if (transaction->out_failed)
		text_add(text, "not taken by the probe: ");
	else if (transaction->result == RESULT_CANCELLED)
		text_add(text, "no answer: ");
	text_add(text, words);
	if (transaction->waited >= 0 && transaction->result == RESULT_CANCELLED) {
		text_add(text, " after ");
		text_duration(text, transaction->waited);
	}
	if (transaction->urb_status) {
		text_add(text, " (");
		result_text_urb(text, transaction->urb_status, transaction->windows);
		text_char(text, ')');
	}
}

/* Which part the capture cut, and where. */
static void cut_part(struct text *text, const struct transaction *transaction)
{
	const struct payload *parts[] = { &transaction->request, &transaction->data, &transaction->answer };
	const char *names[] = { "command cut by the capture: ", "data cut by the capture: ", "answer cut by the capture: " };

	for (unsigned i = 0; i < 3; i++)
		if (parts[i]->captured < parts[i]->wire) {
			text_add(text, names[i]);
			n_of_m(text, parts[i]->captured, parts[i]->wire);
			return;
		}
	text_add(text, "truncated by the capture");
}

static void no_answer(struct text *text, const struct transaction *transaction)
{
	if (transaction_noted(transaction, NOTE_UNREAD))
		text_add(text, "answer missing: the host never read it");
	else
		text_add(text, transaction->out_completed ? "answer missing, though the probe took the command" : "answer missing");
}

static void result_words(struct text *text, const struct transaction *transaction)
{
	switch (transaction->result) {
	case RESULT_GONE:
		urb_trouble(text, transaction, "device gone");
		break;
	case RESULT_USB_ERROR:
		urb_trouble(text, transaction, transaction->urb_result == URB_OVERFLOW ? "overflow, more came than the host asked for" : "USB error");
		break;
	case RESULT_STALLED:
		urb_trouble(text, transaction, "STALL, the probe refused");
		break;
	case RESULT_CANCELLED:
		urb_trouble(text, transaction, "cancelled by the host");
		break;
	case RESULT_NO_ANSWER:
		no_answer(text, transaction);
		break;
	case RESULT_INCOMPLETE:
		text_add(text, "incomplete: the capture begins, ends or has a gap here");
		break;
	case RESULT_TRUNCATED:
		cut_part(text, transaction);
		break;
	case RESULT_SHIFTED:
		text_add(text, "shifted: answer belongs to the command before");
		break;
	case RESULT_SHORT:
		text_add(text, "short: ");
		n_of_m(text, transaction->answer.wire, transaction->answer_due);
		break;
	default:
		break;
	}
}

void result_text_outcome(struct text *text, const struct transaction *transaction)
{
	enum style style = result_style(transaction);

	if (transaction->result < RESULT_ERROR) {
		text_char(text, ' ');
		text_style(text, style);
		result_words(text, transaction);
		text_plain(text);
	} else if (transaction->result == RESULT_UNJUDGED) {
		text_char(text, ' ');
		text_styled(text, STYLE_DIM, "(status not asked)");
	}
	if (transaction->csw.present && transaction->csw.status) {
		text_char(text, ' ');
		text_styled(text, STYLE_ERROR, transaction->csw.status == 1 ? "CSW: failed" : "CSW: phase error");
	}
	for (unsigned i = 0; i < sizeof plain_notes / sizeof plain_notes[0]; i++)
		if (transaction_noted(transaction, plain_notes[i])) {
			text_add(text, " ");
			text_style(text, STYLE_DIM);
			text_char(text, '[');
			text_add(text, note_name(plain_notes[i]));
			text_char(text, ']');
			text_plain(text);
		}
}

static void meaning_line(struct text *text, size_t indent, const char *before, const char *words)
{
	bool inside = *before && words[0] >= 'A' && words[0] <= 'Z' && (words[1] == ' ' || (words[1] >= 'a' && words[1] <= 'z'));

	text_column(text, indent);
	text_style(text, STYLE_DIM);
	text_add(text, before);
	text_char(text, inside ? (char)(words[0] - 'A' + 'a') : words[0]);
	text_add(text, words + 1);
	text_plain(text);
	text_char(text, '\n');
}

void result_text_meaning(struct text *text, const struct transaction *transaction, size_t indent)
{
	const struct stlink_status *row = transaction->status_row;

	if (!transaction->has_status || !row || row->class != STATUS_ERROR)
		return;
	meaning_line(text, indent, "", row->meaning);
	if (row->suggests)
		meaning_line(text, indent, "Points to: ", row->suggests);
}
