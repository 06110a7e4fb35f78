/*
 * A control transfer as a transcript tells it, in whatever format: what it says, how it ended, and what of it is private.
 * Knows: which requests a device may refuse, what a serial number looks like. Must not know: lines, columns, JSON.
 */
#ifndef ANALYZER_OUTPUT_CONTROL_H
#define ANALYZER_OUTPUT_CONTROL_H

#include "../select.h"

enum control_end {
	CONTROL_DONE,
	CONTROL_REFUSED, /* EP0 stalled, as a device does that lacks what is optional: no fault */
	CONTROL_FAILED,
};

/* Device text in it is valid UTF-8 and not escaped. */
struct control_view {
	const struct control_transfer *transfer; /* borrowed */
	enum control_end end;
	char words[512];        /* "GET_DESCRIPTOR device = 0483:374b" */
	char text[DEVICE_TEXT]; /* of a string descriptor; "" where there is none to show */
	bool withheld;          /* the bytes are a serial number, or may be: neither they nor their text are shown */
	char serial_id[32];     /* withheld: its pseudonym; "" where only a part of it is known */
	struct payload bytes;   /* what may be shown of the data stage: nothing where withheld */
	uint32_t due;           /* bytes the device should have sent: the descriptor's length, or fewer were asked for; 0: not known */
	uint32_t notes;         /* NOTE_TRUNCATED, NOTE_SHORT */
};

/* serials: show serial numbers as they are. */
void control_view_of(struct control_view *view, const struct control_transfer *transfer, bool serials);

/*
 * The fields of the setup packet; those of the descriptors in the data stage, each beginning at offset 0. Nothing private reaches sink.
 */
void control_walk_setup(const struct control_view *view, struct sink *sink);
void control_walk_answer(const struct control_view *view, struct sink *sink);

/* Shown when asked for by name (--only usb) or in -v: to most readers enumeration is noise. */
bool control_is_selected(const struct selection *selection, bool verbose, const struct control_transfer *transfer);

#endif
