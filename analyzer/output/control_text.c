/*
 * A control transfer as text (control_text.h).
 */
#include "control_text.h"

#include "result_text.h"
#include "value_fields.h"

#define INDENT 10
#define SETUP_BYTES 8

static bool is_noted(const struct control_view *view, enum note note)
{
	return view->notes >> note & 1;
}

char control_text_mark(const struct control_view *view)
{
	if (view->end == CONTROL_FAILED)
		return '!';
	return is_noted(view, NOTE_TRUNCATED) ? '?' : ' ';
}

enum style control_text_style(const struct control_view *view)
{
	switch (view->end) {
	case CONTROL_FAILED: return STYLE_ERROR;
	case CONTROL_REFUSED: return STYLE_DIM;
	case CONTROL_DONE: break;
	}
	return view->notes ? STYLE_WARNING : STYLE_PLAIN;
}

static void n_of_m(struct text *text, const char *words, uint32_t some, uint32_t all)
{
	text_add(text, words);
	text_unsigned(text, some);
	text_add(text, " of ");
	text_unsigned(text, all);
	text_add(text, all == 1 ? " byte" : " bytes");
}

void control_text_line(struct text *text, const struct control_view *view)
{
	const struct control_transfer *transfer = view->transfer;

	text_add(text, "control: ");
	text_safe(text, view->words, 0);
	if (view->end != CONTROL_DONE) {
		text_add(text, ": ");
		text_add(text, view->end == CONTROL_REFUSED ? "optional, not supported" : urb_result_name(transfer->urb_result));
		text_add(text, " (");
		result_text_urb(text, transfer->urb_status, transfer->windows);
		text_char(text, ')');
	}
	if (is_noted(view, NOTE_SHORT))
		n_of_m(text, ", short: ", transfer->bytes.wire, view->due);
	if (is_noted(view, NOTE_TRUNCATED))
		n_of_m(text, ", truncated to ", transfer->bytes.captured, transfer->bytes.wire);
}

/* "setup  8 bytes, frame 17" */
static void part_line(struct text *text, const char *name, uint32_t length, uint64_t frame)
{
	text_column(text, INDENT);
	text_styled(text, STYLE_BOLD, name);
	text_add(text, "  ");
	text_unsigned(text, length);
	text_add(text, length == 1 ? " byte" : " bytes");
	if (frame) {
		text_add(text, ", frame ");
		text_unsigned(text, frame);
	}
	text_char(text, '\n');
}

struct fields { struct sink sink; struct text *text; };

static void field_line(struct sink *sink, const struct value *value)
{
	value_field(((struct fields *)sink)->text, value);
}

/* A configuration comes with all that belongs to it. */
static void descriptor_line(struct sink *sink, const struct value *value)
{
	struct text *text = ((struct fields *)sink)->text;

	if (!value->offset) {
		text_column(text, INDENT);
		text_styled(text, STYLE_DIM, "descriptor");
		text_char(text, '\n');
	}
	value_field(text, value);
}

static const char *data_name(const struct control_view *view)
{
	return view->transfer->setup.request_type & 0x80 ? "answer" : "data";
}

static void field_lines(struct text *text, const struct control_view *view)
{
	const struct control_transfer *transfer = view->transfer;
	struct fields fields = { .sink.value = field_line, .text = text };

	part_line(text, "setup ", SETUP_BYTES, transfer->frame);
	control_walk_setup(view, &fields.sink);
	if (!transfer->bytes.wire)
		return;
	part_line(text, data_name(view), transfer->bytes.wire, transfer->end_frame);
	fields.sink.value = descriptor_line;
	control_walk_answer(view, &fields.sink);
	if (view->withheld) {
		text_column(text, INDENT);
		text_styled(text, STYLE_DIM, "serial number left out; --serials shows it");
		text_char(text, '\n');
	}
}

static void dump_setup(struct text *text, const struct usb_setup *setup)
{
	const uint8_t bytes[SETUP_BYTES] = {
		setup->request_type, setup->request, (uint8_t)setup->value, (uint8_t)(setup->value >> 8),
		(uint8_t)setup->index, (uint8_t)(setup->index >> 8), (uint8_t)setup->length, (uint8_t)(setup->length >> 8),
	};
	struct payload payload = { bytes, sizeof bytes, sizeof bytes };

	text_transcript_dump(text, "setup", &payload, true);
}

void control_text_details(struct text *text, const struct transcript_options *options, const struct control_view *view)
{
	bool asked_for = options->selection->topics >> SELECT_USB & 1;

	/* Beside the commands a line each is enough: their fields would bury what the transcript is about. */
	if (options->common->verbose > (asked_for ? 0U : 1U))
		field_lines(text, view);
	if (!options->dump)
		return;
	dump_setup(text, &view->transfer->setup);
	text_transcript_dump(text, data_name(view), &view->bytes, options->full);
}
