/*
 * A control transfer as a transcript tells it, in whatever format (control.h).
 */
#include "control.h"

#include <stdio.h>
#include <string.h>

#include "terminal.h"

#define REQUEST_GET_DESCRIPTOR 0x06
#define REQUEST_SET_DESCRIPTOR 0x07
#define REQUEST_GET_MAX_LUN 0xfe
#define DESCRIPTOR_CONFIGURATION 0x02
#define DESCRIPTOR_STRING 0x03
#define DESCRIPTOR_QUALIFIER 0x06
#define DESCRIPTOR_OTHER_SPEED 0x07
#define DESCRIPTOR_OTG 0x09
#define DESCRIPTOR_DEBUG 0x0a
#define DESCRIPTOR_BOS 0x0f
#define DESCRIPTOR_HEAD 2
#define RAW_SERIAL 26     /* bLength of the serial numbers of old V2 firmware: 12 bytes in UTF-16 units (protocol.md 11) */
#define HEX_DIGITS "0123456789abcdefABCDEF"
#define SERIAL_DIGITS 12U /* shortest run of hex digits that may be a serial number (USB disks have as few as that) */

static unsigned descriptor_type(const struct usb_setup *setup)
{
	return setup->value >> 8;
}

static bool is_descriptor(const struct usb_setup *setup)
{
	return !(setup->request_type & 0x60) && (setup->request == REQUEST_GET_DESCRIPTOR || setup->request == REQUEST_SET_DESCRIPTOR);
}

/* What USB 2.0 (9.6.2, 9.6.7), its supplements and Bulk-Only 1.0 (3.2) leave to the device. */
static bool is_optional(const struct usb_setup *setup)
{
	if ((setup->request_type & 0x7f) == 0x21)
		return setup->request == REQUEST_GET_MAX_LUN;
	if (!is_descriptor(setup))
		return false;
	switch (descriptor_type(setup)) {
	case DESCRIPTOR_STRING: case DESCRIPTOR_QUALIFIER: case DESCRIPTOR_OTHER_SPEED: case DESCRIPTOR_OTG: case DESCRIPTOR_DEBUG:
	case DESCRIPTOR_BOS:
		return true;
	default:
		return false;
	}
}

static enum control_end end_of(const struct control_transfer *transfer)
{
	switch (transfer->urb_result) {
	case URB_OK: case URB_PENDING: case URB_SHORT_READ:
		return CONTROL_DONE;
	case URB_STALLED:
		return is_optional(&transfer->setup) ? CONTROL_REFUSED : CONTROL_FAILED;
	default:
		return CONTROL_FAILED;
	}
}

/* Bytes of the descriptors at the front of the answer, as far as they were asked for; 0 where they do not say. */
static uint32_t bytes_due(const struct control_transfer *transfer)
{
	const struct payload *bytes = &transfer->bytes;
	struct cursor cursor = cursor_over(bytes->bytes, bytes->captured, bytes->captured);
	uint64_t length = 0, total = 0;

	if (!is_descriptor(&transfer->setup) || !(transfer->setup.request_type & 0x80) || !cursor_uint(&cursor, 1, false, &length))
		return 0;
	switch (descriptor_type(&transfer->setup)) {
	case DESCRIPTOR_CONFIGURATION: case DESCRIPTOR_OTHER_SPEED: case DESCRIPTOR_BOS:
		cursor_take(&cursor, 1);
		if (cursor_uint(&cursor, 2, false, &total))
			length = total;
		break;
	}
	return (uint32_t)(length < transfer->setup.length ? length : transfer->setup.length);
}

/* Serial numbers */

/* Nothing but hex digits, or so many in a row that no name of a product has them. */
static bool has_serial_digits(const char *text)
{
	size_t run = strspn(text, HEX_DIGITS);

	if (!text[run])
		return true;
	while (*text && run < SERIAL_DIGITS) {
		text += run + strcspn(text + run, HEX_DIGITS);
		run = strspn(text, HEX_DIGITS);
	}
	return run >= SERIAL_DIGITS;
}

/* Units of one byte each, some of which are no printable character: no text that a person gave the device. */
static bool is_raw(const uint8_t *units, size_t length)
{
	struct cursor cursor = cursor_over(units, length, length);
	bool unprintable = false;
	uint64_t unit;

	while (cursor_uint(&cursor, 2, false, &unit)) {
		if (unit > 0xff)
			return false;
		unprintable |= unit < 0x20 || unit >= 0x7f;
	}
	return unprintable;
}

/* The capture may not hold the device descriptor that says which string it is, or only the front of the string. */
static bool looks_like_serial(const uint8_t *descriptor, uint32_t captured)
{
	uint32_t declared = descriptor[0], end = captured < declared ? captured : declared;
	char text[DEVICE_TEXT];

	if (declared == RAW_SERIAL && is_raw(descriptor + DESCRIPTOR_HEAD, end - DESCRIPTOR_HEAD))
		return true;
	usb_string_text(descriptor, captured, false, text, sizeof text);
	return declared >= DESCRIPTOR_HEAD + 2 * SERIAL_DIGITS && has_serial_digits(text);
}

/* What a string descriptor says, or the pseudonym of it. */
static void view_string(struct control_view *view, const struct control_transfer *transfer, bool serials)
{
	const struct payload *bytes = &transfer->bytes;
	bool asked = is_descriptor(&transfer->setup) && descriptor_type(&transfer->setup) == DESCRIPTOR_STRING &&
	             transfer->setup.value & 0xff;
	char text[DEVICE_TEXT];
	bool string, serial;

	if (bytes->captured <= DESCRIPTOR_HEAD)
		return;
	/* Where the capture lost records, a request may have been paired with the answer to another one. */
	string = asked || bytes->bytes[1] == DESCRIPTOR_STRING;
	serial = transfer->holds_serial || (string && looks_like_serial(bytes->bytes, bytes->captured));
	if (!asked && !serial)
		return;
	usb_string_text(bytes->bytes, bytes->captured, serial, text, sizeof text);
	if (!serial || serials) {
		strcpy(view->text, text);
		return;
	}
	view->withheld = true;
	view->bytes.captured = view->bytes.wire = 0;
	/* That of a part would be another one, and a character or two could be guessed from it. */
	if (bytes->captured >= bytes->bytes[0])
		serial_pseudonym(view->serial_id, sizeof view->serial_id, text);
}

/* The bytes that may be read for words and fields: of a serial number its bLength and bDescriptorType. */
static void walk(const struct control_view *view, char *words, size_t size, struct sink *sink)
{
	const struct payload *bytes = &view->transfer->bytes;

	if (view->withheld)
		device_control_text(&view->transfer->setup, bytes->bytes, DESCRIPTOR_HEAD, DESCRIPTOR_HEAD, words, size, sink);
	else
		device_control_text(&view->transfer->setup, bytes->bytes, bytes->captured, bytes->wire, words, size, sink);
}

void control_view_of(struct control_view *view, const struct control_transfer *transfer, bool serials)
{
	const struct payload *bytes = &transfer->bytes;
	size_t length;

	*view = (struct control_view){ .transfer = transfer, .end = end_of(transfer), .bytes = *bytes, .due = bytes_due(transfer) };
	if (bytes->captured < bytes->wire)
		view->notes |= 1U << NOTE_TRUNCATED;
	if (view->end == CONTROL_DONE && bytes->wire < view->due)
		view->notes |= 1U << NOTE_SHORT;
	view_string(view, transfer, serials);
	walk(view, view->words, sizeof view->words, NULL);
	if (!view->withheld)
		return;
	length = strlen(view->words);
	snprintf(view->words + length, sizeof view->words - length, "%s%s",
	         *view->serial_id ? " = " : ", part of a serial number", view->serial_id);
}

/* Fields */

/* Hands on the fields of one half: those of the setup packet, or those of descriptors. */
struct half { struct sink sink, *to; bool setup; };

static void half_value(struct sink *sink, const struct value *value)
{
	const struct half *half = (const struct half *)sink;
	bool setup = false;

	for (const struct field *field = usb_setup_layout; field->name; field++)
		setup |= field == value->field;
	if (setup == half->setup && value->length)
		half->to->value(half->to, value);
}

static void walk_half(const struct control_view *view, bool setup, struct sink *sink)
{
	struct half half = { .sink.value = half_value, .to = sink, .setup = setup };

	walk(view, NULL, 0, &half.sink);
}

void control_walk_setup(const struct control_view *view, struct sink *sink)
{
	walk_half(view, true, sink);
}

void control_walk_answer(const struct control_view *view, struct sink *sink)
{
	walk_half(view, false, sink);
}

bool control_is_selected(const struct selection *selection, bool verbose, const struct control_transfer *transfer)
{
	uint64_t frame = transfer->frame ? transfer->frame : transfer->end_frame;

	if (!verbose && !(selection->topics >> SELECT_USB & 1))
		return false;
	/* One of its records between the two frames is enough. */
	if (selection->has_frames && frame < selection->first_frame && transfer->end_frame >= selection->first_frame)
		frame = selection->first_frame;
	return select_event(selection, SELECT_USB, frame, transfer->bus, transfer->device);
}
