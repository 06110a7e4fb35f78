/*
 * One record of Windows USBPcap to a URB event.
 * Knows: the header of desowin.org/usbpcap/captureformat.html, URB functions of Windows' usb.h.
 * Must not know: files, state over time.
 *
 *	 0 header length   2 IRP id   10 USBD_STATUS   14 function   16 info: bit 0 from the device   17 bus   19 device   21 endpoint
 *	22 transfer type  23 data length   27 control: stage; isochronous: start frame, packets, errors, then 12 bytes a packet
 *
 * All integers are little-endian, nothing is aligned. Since 1.5.0.0 a control transfer is two records, SETUP (with OUT
 * data behind the setup packet) and COMPLETE (with IN data); before it was up to three: SETUP, DATA, STATUS.
 */
#include "usb.h"

#include <string.h>

enum {
	BASE_HEADER = 27,
	INFO_FROM_DEVICE = 1,
	TRANSFER_CONTROL = 2,
	TRANSFER_IRP_INFO = 0xfe,
	STAGE_SETUP = 0,
	STAGE_DATA = 1,
	STAGE_STATUS = 2,
	STAGE_COMPLETE = 3,
};

/* What the URB function asks for, where that is no transfer of its own endpoint. */
enum {
	FUNCTION_ABORT_PIPE = 0x02,
	FUNCTION_GET_FRAME_NUMBER = 0x07,
	FUNCTION_BULK_OR_INTERRUPT = 0x09,
	FUNCTION_ISOCHRONOUS = 0x0a,
	FUNCTION_RESET_PIPE_AND_CLEAR_STALL = 0x1e,
	FUNCTION_RESET_PIPE = 0x30,
	FUNCTION_CLEAR_STALL = 0x31,
	FUNCTION_CLOSE_STREAMS = 0x36,
	FUNCTION_BULK_OR_INTERRUPT_MDL = 0x37,
	FUNCTION_ISOCHRONOUS_MDL = 0x38,
};

struct usbpcap_header {
	uint16_t header_length, function;
	uint8_t transfer, stage;
	uint32_t length;
};

/* Old versions give pipe requests a transfer type of their endpoint or of control: the function tells. */
static enum urb_type type_of(const struct usbpcap_header *header, unsigned *marks)
{
	static const enum urb_type types[] = { URB_ISOCHRONOUS, URB_INTERRUPT, URB_CONTROL, URB_BULK };

	switch (header->function) {
	case FUNCTION_RESET_PIPE_AND_CLEAR_STALL:
	case FUNCTION_CLEAR_STALL:
		*marks |= URB_MARK_RESET_PIPE;
		return URB_OTHER;
	case FUNCTION_ABORT_PIPE:
		*marks |= URB_MARK_ABORT_PIPE;
		return URB_OTHER;
	case FUNCTION_RESET_PIPE: /* the host's half only: the device is told nothing */
	case FUNCTION_CLOSE_STREAMS:
	case FUNCTION_GET_FRAME_NUMBER:
		return URB_OTHER;
	case FUNCTION_BULK_OR_INTERRUPT:
	case FUNCTION_ISOCHRONOUS:
	case FUNCTION_BULK_OR_INTERRUPT_MDL:
	case FUNCTION_ISOCHRONOUS_MDL:
		break;
	default: /* everything else goes to endpoint 0, or nowhere */
		return header->transfer == TRANSFER_CONTROL ? URB_CONTROL : URB_OTHER;
	}
	return header->transfer < sizeof types / sizeof *types ? types[header->transfer] : URB_OTHER;
}

static bool plausible(const struct usbpcap_header *header)
{
	return header->header_length >= BASE_HEADER && (header->transfer <= 3 || header->transfer >= TRANSFER_IRP_INFO);
}

/* Which half of a control transfer the record is, and its setup packet. */
static void set_stage(struct urb_event *event, struct cursor *cursor, const struct usbpcap_header *header)
{
	const uint8_t *setup;

	if (header->stage == STAGE_STATUS || header->stage == STAGE_COMPLETE) {
		event->kind = URB_COMPLETE;
		return;
	}
	if (header->stage == STAGE_DATA) {
		event->marks |= URB_MARK_NO_STAGE;
		return;
	}
	if (header->stage != STAGE_SETUP) {
		event->marks |= URB_MARK_IMPLAUSIBLE;
		return;
	}
	event->kind = URB_SUBMIT;
	if (header->length < sizeof event->setup)
		return;
	setup = cursor_take(cursor, sizeof event->setup);
	if (!setup)
		return;
	event->has_setup = true;
	memcpy(event->setup, setup, sizeof event->setup);
	event->endpoint = (uint8_t)((event->endpoint & 0x7f) | (setup[0] & 0x80));
}

/* What follows the header, and the setup packet, belongs to the transfer. */
static void set_payload(struct urb_event *event, struct cursor *cursor, const struct usbpcap_header *header)
{
	uint64_t before = event->has_setup ? sizeof event->setup : 0;
	uint64_t wire = header->length > before ? header->length - before : 0;
	uint64_t present = cursor->captured - cursor->at;

	event->wire = (uint32_t)wire;
	event->captured = (uint32_t)(present < wire ? present : wire);
	event->data = cursor_take(cursor, event->captured);
	if (!event->data) /* the setup packet before it is cut already */
		event->captured = 0;
	event->length = event->wire;
	if (event->has_setup && event->endpoint & 0x80)
		event->length = (uint32_t)(event->setup[6] | event->setup[7] << 8);
}

void usbpcap_dissect(const uint8_t *data, uint32_t captured, uint32_t wire, struct urb_event *event)
{
	struct cursor cursor = cursor_over(data, captured, wire);
	const uint8_t *base = cursor_take(&cursor, BASE_HEADER), *more;
	struct usbpcap_header header = { 0 };

	urb_event_clear(event);
	event->windows = true;
	if (!base) {
		event->marks = URB_MARK_HEADER_CUT;
		return;
	}
	header.header_length = cursor_decode16(base, false);
	header.function = cursor_decode16(base + 14, false);
	header.transfer = base[22];
	header.length = cursor_decode32(base + 23, false);
	event->id = cursor_decode64(base + 2, false);
	event->status = cursor_decode32(base + 10, false);
	event->kind = base[16] & INFO_FROM_DEVICE ? URB_COMPLETE : URB_SUBMIT;
	event->bus = cursor_decode16(base + 17, false);
	event->device = cursor_decode16(base + 19, false);
	event->endpoint = base[21];
	if (!plausible(&header)) {
		event->marks |= URB_MARK_IMPLAUSIBLE;
		return;
	}
	more = cursor_take(&cursor, header.header_length - BASE_HEADER);
	if (!more) {
		event->marks |= URB_MARK_HEADER_CUT;
		return;
	}
	event->type = type_of(&header, &event->marks);
	if (event->type == URB_CONTROL) {
		/* Without the stage byte, which no version leaves out, the halves must do. */
		header.stage = header.header_length > BASE_HEADER ? more[0] : event->kind == URB_COMPLETE ? STAGE_COMPLETE : STAGE_SETUP;
		set_stage(event, &cursor, &header);
	}
	/* The driver fills the status in on the way back: a submission holds what was left in the URB. */
	event->result = event->kind != URB_COMPLETE ? URB_PENDING : event->status == 0 ? URB_OK : urb_result_of(event->status, true);
	set_payload(event, &cursor, &header);
}
