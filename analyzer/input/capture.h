/*
 * Records of a pcap or pcapng, by libpcap.
 * Knows: records, their numbers, times and lengths.
 * Must not know: what is in a record.
 */
#ifndef ANALYZER_INPUT_CAPTURE_H
#define ANALYZER_INPUT_CAPTURE_H

#include "pcapng_filter.h"
#include "stream.h"

/* Of usbmon's headers: 48 bytes, and 64 (tcpdump.org/linktypes.html). */
enum { LINKTYPE_USB_LINUX = 189, LINKTYPE_USB_LINUX_MMAPPED = 220 };

struct capture;

/* One record of a USB interface; data is borrowed until the next. */
struct capture_record {
	uint64_t frame;
	int64_t time; /* nanoseconds since the epoch */
	bool timeless; /* the record has no time stamp: time is 0 */
	int link_type;
	bool big_endian; /* byte order of a usbmon header */
	const uint8_t *data;
	uint32_t captured, wire;
	uint64_t offset; /* of the record in the file (unpacked) */
	uint64_t dropped; /* records that were lost before it */
	bool may_miss;    /* records that a later one counts as dropped may be missing before it */
	bool is_end;      /* no record: only what came behind the last one, dropped and lines */
	const char *lines; /* a tool's lines before it, in the form of tool_comment.h, each ended by a 0 byte */
	size_t lines_length; /* of all of them; 0: none */
};

/*
 * Opens the pcap, or pcapng, that stream (borrowed) begins with. Returns NULL where it is no capture of a supported
 * link type; problem then says why and what to do, without the file's name.
 */
struct capture *capture_open(struct stream *stream, bool pcapng, char *problem, size_t size);

/* Returns 1, 0 at the end, or -1: capture_problem says what and where. */
int capture_next(struct capture *capture, struct capture_record *record);

const char *capture_problem(const struct capture *capture);
int capture_link_type(const struct capture *capture);
bool capture_nanoseconds(const struct capture *capture);
/* Records of the file read so far, of every interface. */
uint64_t capture_records(const struct capture *capture);

/* Bytes of a regular file that lie behind; 0 where the stream counts them. */
uint64_t capture_bytes(const struct capture *capture);

/* May be NULL. */
void capture_close(struct capture *capture);

#endif
