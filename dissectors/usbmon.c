/*
 * One record of Linux usbmon to a URB event.
 * Knows: struct usbmon_packet of Documentation/usb/usbmon.rst, 48 bytes (binary API 0) and 64 bytes (API 1).
 * Must not know: files, state over time.
 *
 *	 0 id        8 type 'S' 'C' 'E'    9 transfer type   10 endpoint   11 device     12 bus         14 setup flag   15 data flag
 *	16 seconds  24 microseconds       28 status          32 length     36 captured   40 setup, or isochronous: errors, descriptors
 *	48 interval 52 start frame        56 flags           60 isochronous descriptors in front of the data, 16 bytes each
 *
 * length is that of the URB (asked for in 'S', moved in 'C'), captured what follows the header, descriptors included.
 * The setup flag is 0 where there is a setup packet, the data flag is 0 where there is data. The integers are in the
 * byte order of the capturing host.
 */
#include "usb.h"

#include <string.h>

enum {
	SHORT_HEADER = 48,
	DESCRIPTOR_SIZE = 16,
};

static void set_kind(struct urb_event *event, uint8_t type)
{
	switch (type) {
	case 'S':
		event->kind = URB_SUBMIT;
		break;
	case 'C':
		event->kind = URB_COMPLETE;
		break;
	case 'E':
		event->kind = URB_REFUSED;
		break;
	default:
		event->kind = URB_REFUSED;
		event->marks |= URB_MARK_IMPLAUSIBLE;
	}
}

/* The numbers are those of PIPE_ISOCHRONOUS to PIPE_BULK in linux/usb.h. */
static void set_type(struct urb_event *event, uint8_t transfer)
{
	static const enum urb_type types[] = { URB_ISOCHRONOUS, URB_INTERRUPT, URB_CONTROL, URB_BULK };

	if (transfer < sizeof types / sizeof *types) {
		event->type = types[transfer];
	} else {
		event->type = URB_OTHER;
		event->marks |= URB_MARK_IMPLAUSIBLE;
	}
}

/*
 * The payload behind the header and descriptors bytes of isochronous descriptors. The header's lengths rule; the
 * record bounds them.
 */
static void set_payload(struct urb_event *event, struct cursor *cursor, uint64_t captured, uint64_t descriptors)
{
	uint64_t present, wire;

	if (!cursor_take(cursor, (size_t)descriptors))
		return;
	wire = captured > descriptors ? captured - descriptors : 0;
	/* The kernel itself keeps at most a fifth of its buffer of one URB (mon_bin_event): then length says more. */
	if (event->type != URB_ISOCHRONOUS && wire < event->length && wire)
		wire = event->length;
	present = cursor->captured - cursor->at;
	event->wire = (uint32_t)wire;
	event->captured = (uint32_t)(present < wire ? present : wire);
	event->data = cursor_take(cursor, event->captured);
}

/* Inlined with a constant big_endian, so that each byte order gets its own straight code. */
static inline void dissect(struct cursor *cursor, const uint8_t *header, unsigned header_length, bool big_endian,
                           struct urb_event *event)
{
	uint64_t descriptors = header_length > SHORT_HEADER ? cursor_decode32(header + 60, big_endian) : 0;
	bool has_setup = header[14] == 0, has_data = header[15] == 0;

	event->id = cursor_decode64(header, big_endian);
	event->bus = cursor_decode16(header + 12, big_endian);
	event->device = header[11];
	event->endpoint = header[10];
	event->status = (int32_t)cursor_decode32(header + 28, big_endian);
	event->length = cursor_decode32(header + 32, big_endian);
	set_kind(event, header[8]);
	set_type(event, header[9]);
	event->result = event->kind == URB_SUBMIT ? URB_PENDING : event->status == 0 ? URB_OK : urb_result_of(event->status, false);
	if (event->type == URB_CONTROL && event->kind == URB_SUBMIT && has_setup) {
		event->has_setup = true;
		memcpy(event->setup, header + 40, sizeof event->setup);
	}
	if (has_data)
		set_payload(event, cursor, cursor_decode32(header + 36, big_endian),
		            event->type == URB_ISOCHRONOUS ? descriptors * DESCRIPTOR_SIZE : 0);
}

void usbmon_dissect(const uint8_t *data, uint32_t captured, uint32_t wire, unsigned header_length, bool big_endian,
                    struct urb_event *event)
{
	struct cursor cursor = cursor_over(data, captured, wire);
	const uint8_t *header = cursor_take(&cursor, header_length);

	urb_event_clear(event);
	if (!header)
		event->marks = URB_MARK_HEADER_CUT;
	else if (big_endian)
		dissect(&cursor, header, header_length, true, event);
	else
		dissect(&cursor, header, header_length, false, event);
}
