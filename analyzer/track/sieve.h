/*
 * Lets the traffic of ST-Links through and holds everybody else's back: whose record it is (DESIGN decision 3).
 * Knows: who sits where (device.h), that a new device is known only by its descriptor. Must not know: files, ST-Link commands, what is done
 * with a record that passed.
 *
 * An ST-Link's are the control transfers and the command, answer, trace and bridge endpoints; not its disk and serial port. Records of
 * a device that is being enumerated, those at address 0 too, wait until its descriptor says what it is, and with them everything behind,
 * so that order is kept: for a second at most, and up to a bounded number; then the device counts as another's.
 */
#ifndef ANALYZER_TRACK_SIEVE_H
#define ANALYZER_TRACK_SIEVE_H

#include "device.h"

/* A record, or a note that keeps its place among the records. Borrowed for the call. */
struct sieve_item {
	bool is_record;
	unsigned note;         /* of a note: what the caller likes */
	int64_t time;          /* nanoseconds since the epoch */
	const uint8_t *bytes;  /* the whole record as captured; or what the note says */
	uint32_t captured, wire;
	struct urb_event urb;  /* what the record says; its data lies in bytes */
};

typedef void sieve_taker(void *context, const struct sieve_item *item);

struct sieve;

/* take gets what passes, in the order of arrival; all: everything passes. Exits on out of memory, as device_table_new does. */
struct sieve *sieve_new(bool all, sieve_taker *take, void *context);
void sieve_free(struct sieve *sieve);

/* The device at this address is an ST-Link, whatever its descriptors say. */
void sieve_admit(struct sieve *sieve, uint16_t bus, uint16_t address);

void sieve_put(struct sieve *sieve, const struct sieve_item *item);
/* It is this late: what has waited too long is decided. */
void sieve_time(struct sieve *sieve, int64_t time);
/* The end: what still waits counts as another's. */
void sieve_finish(struct sieve *sieve);

/* The time of the item that has waited longest; false where none waits. */
bool sieve_waits(const struct sieve *sieve, int64_t *time);

struct sieve_counts {
	uint64_t passed;     /* records */
	uint64_t left_out;   /* records of others, of probes' disks and serial ports */
};
struct sieve_counts sieve_counts(const struct sieve *sieve);

#endif
