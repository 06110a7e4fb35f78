/*
 * URB events made by hand, for tests: bytes are given as hex text (see hex.h). The clock runs by a millisecond an event.
 */
#ifndef TESTS_URB_H
#define TESTS_URB_H

#include <assert.h>
#include <string.h>

#include "../dissectors/usb.h"
#include "hex.h"

struct urb_maker {
	struct urb_event urb;
	uint8_t bytes[8192];
};

static inline struct urb_maker urb_maker_new(uint16_t bus, uint16_t device)
{
	return (struct urb_maker){ .urb = { .bus = bus, .device = device, .id = 0x1000 } };
}

static inline const struct urb_event *urb_make(struct urb_maker *maker, enum urb_kind kind, enum urb_type type, uint8_t endpoint,
                                               enum urb_result result, const char *hex)
{
	long length = hex_read(hex, strlen(hex), maker->bytes, sizeof maker->bytes);
	struct urb_event *urb = &maker->urb;

	assert(length >= 0);
	urb->frame++;
	urb->time += 1000000;
	urb->kind = kind;
	urb->type = type;
	urb->endpoint = endpoint;
	urb->result = result;
	urb->has_setup = false;
	urb->data = maker->bytes;
	urb->length = urb->captured = urb->wire = (uint32_t)length;
	urb->marks = 0;
	return urb;
}

/* Eight setup bytes; length is the wLength among them. */
static inline const struct urb_event *urb_setup(struct urb_maker *maker, const char *hex)
{
	const struct urb_event *urb = urb_make(maker, URB_SUBMIT, URB_CONTROL, 0x00, URB_PENDING, hex);

	assert(urb->wire == 8);
	memcpy(maker->urb.setup, maker->bytes, 8);
	maker->urb.endpoint = maker->bytes[0] & 0x80;
	maker->urb.has_setup = true;
	maker->urb.length = maker->bytes[6] | (uint32_t)maker->bytes[7] << 8;
	maker->urb.captured = maker->urb.wire = 0;
	return urb;
}

static inline const struct urb_event *urb_setup_done(struct urb_maker *maker, const char *hex)
{
	return urb_make(maker, URB_COMPLETE, URB_CONTROL, *hex ? 0x80 : 0x00, URB_OK, hex);
}

static inline const struct urb_event *urb_out(struct urb_maker *maker, uint8_t endpoint, const char *hex)
{
	return urb_make(maker, URB_SUBMIT, URB_BULK, endpoint, URB_PENDING, hex);
}

static inline const struct urb_event *urb_in(struct urb_maker *maker, uint8_t endpoint, const char *hex)
{
	return urb_make(maker, URB_COMPLETE, URB_BULK, endpoint, URB_OK, hex);
}

#endif
