/*
 * What every capture format is reduced to: one URB event a record; and the standard part of USB: setup packets, descriptors.
 * Knows: USB 2.0 chapter 9, what URB results mean.
 * Must not know: files, ST-Link commands, state over time.
 */
#ifndef DISSECTORS_USB_H
#define DISSECTORS_USB_H

#include "field.h"

#include <string.h>

enum urb_kind {
	URB_SUBMIT,   /* usbmon 'S'; USBPcap: host to device half */
	URB_COMPLETE, /* usbmon 'C'; USBPcap: device to host half */
	URB_REFUSED,  /* usbmon 'E': the submission itself failed */
};

enum urb_type { URB_ISOCHRONOUS, URB_INTERRUPT, URB_CONTROL, URB_BULK, URB_OTHER };

/* The platform's completion status, by meaning (failures.md 0.2). */
enum urb_result {
	URB_OK,
	URB_PENDING,    /* a submission: no result yet */
	URB_STALLED,    /* -32; STALL_PID, ENDPOINT_HALTED */
	URB_CANCELLED,  /* -2, -104; CANCELED */
	URB_LINE_ERROR, /* -71, -84, -62; XACT_ERROR, DEV_NOT_RESPONDING, CRC ... */
	URB_OVERFLOW,   /* -75; BABBLE, DATA_OVERRUN, BUFFER_OVERRUN */
	URB_GONE,       /* -108, -19; DEVICE_GONE */
	URB_SHORT_READ, /* -121: a short packet where the host wanted a full one; the data is good */
	URB_TIMED_OUT,  /* -110; TIMEOUT */
	URB_FAILED,     /* anything else */
};

/* One record of a capture. Borrowed from the reader until its next record. */
struct urb_event {
	uint64_t frame; /* number of the record in the file, from 1, as Wireshark counts */
	int64_t time;   /* nanoseconds since the epoch */
	uint64_t id;    /* URB id (kernel pointer or IRP id): pairs submission and completion, reused soon after */
	enum urb_kind kind;
	enum urb_type type;
	uint16_t bus;
	uint16_t device;  /* address on that bus */
	uint8_t endpoint; /* bEndpointAddress with the direction in bit 7; 0x00 or 0x80 for control */
	enum urb_result result;
	int64_t status;     /* as captured: negative errno of Linux, or USBD_STATUS (windows) */
	bool windows;       /* status is a USBD_STATUS */
	bool has_setup;     /* control submissions: setup holds the 8 bytes, little-endian as on the wire */
	uint8_t setup[8];
	uint32_t length;    /* submission: bytes asked for or to be sent; completion: bytes moved; 0 where USBPcap does not say:
	                       IN submissions but control ones, OUT completions */
	const uint8_t *data;
	uint32_t captured;  /* payload bytes in the record */
	uint32_t wire;      /* payload bytes that belong in this record; more than captured: the snap length cut it */
	unsigned marks;     /* URB_MARK_* */
};

enum urb_mark {
	URB_MARK_HEADER_CUT = 1, /* the record is shorter than its own header: nothing above can be trusted but frame and time */
	URB_MARK_NO_STAGE = 2,   /* USBPcap control record of a middle stage: data of a transfer, neither its start nor its end */
	URB_MARK_IMPLAUSIBLE = 4, /* header values that no capture tool writes: damage, or another format; nothing can be trusted */
	URB_MARK_RESET_PIPE = 8,  /* USBPcap, URB_OTHER: the host cleared the halt of endpoint; no transfer */
	URB_MARK_ABORT_PIPE = 16, /* USBPcap, URB_OTHER: the host took back what was pending on endpoint; no transfer */
};

/*
 * Empties all but frame and time. Field by field: of a compound literal this long gcc makes a string instruction at -O2,
 * which takes longer than all the rest of a record.
 */
static inline void urb_event_clear(struct urb_event *event)
{
	event->id = 0;
	event->kind = URB_SUBMIT;
	event->type = URB_OTHER;
	event->bus = event->device = 0;
	event->endpoint = 0;
	event->result = URB_PENDING;
	event->status = 0;
	event->windows = event->has_setup = false;
	memset(event->setup, 0, sizeof event->setup);
	event->length = 0;
	event->data = NULL;
	event->captured = event->wire = 0;
	event->marks = 0;
}

/* The words for a raw status: "-32 EPIPE", "0xC0000004 STALL_PID"; name alone, or NULL where it has none. */
const char *urb_status_name(int64_t status, bool windows);
enum urb_result urb_result_of(int64_t status, bool windows);
/* "ok", "stalled", "cancelled", ...; never NULL. */
const char *urb_result_name(enum urb_result result);

/*
 * Record of LINKTYPE_USB_LINUX (189) when header_length is 48, LINKTYPE_USB_LINUX_MMAPPED (220) when it is 64 (Linux
 * Documentation/usb/usbmon.rst). big_endian: byte order of the header's integers in these bytes (payload and setup are always little).
 * captured and wire are the record's lengths. Fills event but for frame and time. Cannot fail: see marks.
 */
void usbmon_dissect(const uint8_t *data, uint32_t captured, uint32_t wire, unsigned header_length, bool big_endian,
                    struct urb_event *event);

/* Record of LINKTYPE_USBPCAP (249), desowin.org/usbpcap/captureformat.html; integers are little-endian. Otherwise the same. */
void usbpcap_dissect(const uint8_t *data, uint32_t captured, uint32_t wire, struct urb_event *event);

/* Setup packet (USB 2.0 table 9-2), and the name of a request: "GET_DESCRIPTOR", "CLEAR_FEATURE", ...; NULL where it has none. */
struct usb_setup {
	uint8_t request_type, request;
	uint16_t value, index, length;
};
struct usb_setup usb_setup_read(const uint8_t setup[8]);
const char *usb_request_name(const struct usb_setup *setup);
const char *usb_descriptor_name(uint8_t type);
const char *usb_class_name(uint8_t class_code);

/* Layouts of the standard descriptors (bLength and bDescriptorType included), NULL for a type without one. */
const struct field *usb_descriptor_layout(uint8_t type);
/* Layout of a setup packet's eight bytes. */
extern const struct field usb_setup_layout[];

/*
 * A string descriptor's text as valid UTF-8 in text (size bytes, always ended). Unpaired surrogates become U+FFFD. The 26-byte serial
 * numbers of old V2 firmware (12 raw bytes in UTF-16 units) become 24 hex digits when raw_serial is set (protocol.md 11).
 * captured bytes of the descriptor are at data. Returns the length of the text.
 */
size_t usb_string_text(const uint8_t *data, size_t captured, bool raw_serial, char *text, size_t size);

#endif
