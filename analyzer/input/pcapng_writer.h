/*
 * Writes a pcapng file: one section, any number of interfaces, packets with comments and drops, closing statistics.
 * Knows: the blocks (draft-ietf-opsawg-pcapng section 4), whole writes. Must not know: what is in a packet, where it came from.
 *
 * Blocks are gathered and written whole: a reader of the file so far always finds whole blocks, also where the disk is full or the
 * program is killed. Nothing is in the file for sure before pcapng_writer_flush.
 */
#ifndef ANALYZER_INPUT_PCAPNG_WRITER_H
#define ANALYZER_INPUT_PCAPNG_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pcapng_writer;

struct pcapng_packet {
	uint32_t interface;       /* as pcapng_writer_interface gave it */
	int64_t time;             /* nanoseconds since the epoch */
	uint32_t captured, wire;  /* captured bytes are at data; wire of them were there, at least captured */
	const uint8_t *data;
	uint64_t dropped;         /* packets lost between the one before and this; 0: none */
	const char *const *comments; /* valid UTF-8; beyond 65532 bytes they are cut at a character */
	size_t comment_count;
};

/* What is known at the end of one interface. */
struct pcapng_statistics {
	uint32_t interface;
	int64_t first_time, last_time; /* of the capture, nanoseconds since the epoch */
	uint64_t received, dropped;    /* packets that the interface got, and that it lost in all */
	const char *const *comments;
	size_t comment_count;
};

/*
 * Begins a file at descriptor, which is the caller's to close after pcapng_writer_close. big_endian: byte order of the blocks, and so of the
 * usbmon headers in the packets. application: who writes, "stlinkscope 1.0". NULL: out of memory. A writer that failed once (full disk) keeps
 * what was whole until then, and takes no more.
 */
struct pcapng_writer *pcapng_writer_open(int descriptor, bool big_endian, const char *application);

/* Describes an interface; its time stamps have nanoseconds. name may be NULL. Returns its number, from 0. */
uint32_t pcapng_writer_interface(struct pcapng_writer *writer, uint16_t link_type, uint32_t snap_length, const char *name);

/* These return 0, or -1 where the file cannot be written any more: errno says why, of the first failure. */
int pcapng_writer_packet(struct pcapng_writer *writer, const struct pcapng_packet *packet);
int pcapng_writer_statistics(struct pcapng_writer *writer, const struct pcapng_statistics *statistics);
int pcapng_writer_flush(struct pcapng_writer *writer);

/* Flushes and frees; as the others. NULL is nothing. */
int pcapng_writer_close(struct pcapng_writer *writer);

#endif
