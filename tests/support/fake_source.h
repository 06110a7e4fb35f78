/*
 * A live source that plays what a test wrote: records in batches, losses, silence. And usbmon's bytes of an URB event.
 */
#ifndef TESTS_SUPPORT_FAKE_SOURCE_H
#define TESTS_SUPPORT_FAKE_SOURCE_H

#include "../../analyzer/input/live_source.h"
#include "../../dissectors/usb.h"

struct fake_step; /* a record, a loss, or a moment of silence */

struct fake_source {
	struct live_source source;
	struct fake_step *steps; /* owned */
	size_t count, room, at;
	size_t batch;            /* records a read gives at most */
	uint64_t dropped_behind;
	size_t fail_after;       /* reads until it fails; 0: never */
	size_t reads;
	void (*before_read)(void *context, size_t read); /* or NULL */
	void *context;
};

/* Empty, with batches of 32. */
void fake_source_begin(struct fake_source *fake);
void fake_source_end(struct fake_source *fake);

void fake_source_record(struct fake_source *fake, int64_t time, const uint8_t *bytes, uint32_t captured, uint32_t wire);
void fake_source_event(struct fake_source *fake, const struct urb_event *urb);
void fake_source_gap(struct fake_source *fake, uint64_t dropped);
/* A read here gives nothing: the bus is quiet. */
void fake_source_silence(struct fake_source *fake);
/* Every USB record of a capture, of whatever kind; returns how many. Exits where it cannot be read. */
size_t fake_source_capture(struct fake_source *fake, const char *path);

/* All of whole, but every nth record is lost; a third of the losses is announced before it is counted. */
void fake_source_thin(struct fake_source *fake, const struct fake_source *whole, unsigned nth);
/* The first half of whole so long before time, silence, the second half so long behind it; times in nanoseconds. */
void fake_source_split(struct fake_source *fake, const struct fake_source *whole, int64_t time, int64_t distance);

/* The record of LINKTYPE_USB_LINUX_MMAPPED in the host's byte order that says the same; bytes has room for 64 and urb->captured. */
uint32_t usbmon_bytes(uint8_t *bytes, const struct urb_event *urb);

#endif
