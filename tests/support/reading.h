/*
 * Captures written to a file and read again through analyzer/input, for tests. Every record made here is the bulk
 * completion of writer_usbmon. Functions that find something else fail the cmocka test.
 */
#ifndef TESTS_SUPPORT_READING_H
#define TESTS_SUPPORT_READING_H

#include "../../analyzer/input/input.h"
#include "writer.h"

enum { READING_SECONDS = 1520000000 };

/* Set-up and tear-down of a group: the file that reading_write writes. */
int reading_begin(void **state);
int reading_finish(void **state);

/* Writes the file. Returns its path. */
const char *reading_write(const struct writer *writer);

/* Opens name, or what writer holds, without a problem. */
struct input *reading_open(const char *name);
struct input *reading_open_writer(const struct writer *writer);

/* The next event has this frame, time in nanoseconds, and payload. */
void reading_expect(struct input *input, uint64_t frame, int64_t time, const char *data);
/* The input ends, complete, after so many records, others of them not USB. Closes it. */
void reading_end(struct input *input, uint64_t records, uint64_t others);

/* Adds a usbmon record with 64 bytes of header to a pcap. Its second is READING_SECONDS. */
void reading_add_record(struct writer *writer, uint32_t fraction, const char *data);
/* Adds a usbmon packet to an interface of a pcapng. */
void reading_add_packet(struct writer *writer, uint32_t interface, unsigned header, uint64_t stamp, const char *data);

/* A pcap or pcapng of count records that differ; and what it must read as. */
struct writer reading_make(bool pcapng, unsigned count);
void reading_expect_made(struct input *input, unsigned count);

#endif
