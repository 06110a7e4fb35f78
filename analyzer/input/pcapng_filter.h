/*
 * The block filter in front of libpcap for pcapng.
 * Knows: pcapng blocks (draft-ietf-opsawg-pcapng), which interfaces are USB, how records are numbered.
 * Must not know: libpcap, what is in a packet.
 *
 * libpcap gives up on a pcapng whose interfaces differ in link type, snap length or byte order. The filter therefore
 * writes the stream anew for it: one section in the host's byte order, one interface of LINKTYPE_USER0 with a large
 * snap length and nanosecond stamps, and in it the packets of the USB interfaces alone. What is lost on the way rides
 * in front of each packet as a struct pcapng_tag.
 */
#ifndef ANALYZER_INPUT_PCAPNG_FILTER_H
#define ANALYZER_INPUT_PCAPNG_FILTER_H

#include "stream.h"

/*
 * In front of the bytes of every packet that the filter passes on, in the host's byte order; between it and them stand lines_length bytes of
 * a tool's lines (pcapng_notes.h).
 */
struct pcapng_tag {
	uint64_t frame;     /* record number in the file, of every interface, from 1 */
	uint64_t dropped;   /* packets that were lost before it */
	uint32_t lines_length;
	uint32_t offset;    /* low half of the block's byte offset: for messages */
	uint16_t link_type; /* of the packet's interface */
	uint8_t big_endian; /* byte order of the section it came from */
	uint8_t timeless;   /* a simple packet block: it has no time stamp */
	uint8_t may_miss;   /* some of those that a later packet counts as dropped may be missing before this one */
	uint8_t is_end;     /* no packet: what a statistics block tells of the time behind the last one; frame is the next that would be */
	uint8_t unused[2];
};

struct pcapng_facts {
	uint64_t records;       /* packet blocks seen, and the few other blocks that Wireshark numbers */
	unsigned interfaces, usb_interfaces; /* of all sections */
	int link_type;          /* of the first USB interface; -1 before it */
	int other_link_type;    /* of the first interface that is not USB; -1 before it */
	bool nanoseconds;       /* a USB interface with stamps finer than a microsecond */
};

/* Whether link_type is one that the dissectors read. */
bool pcapng_is_usb(int link_type);

/*
 * A stream over source (borrowed, a pcapng from its first byte) for libpcap. NULL: out of memory. Its problem says
 * what is damaged, and where.
 */
struct stream *pcapng_filter_open(struct stream *source);

/* Reads on until the first USB interface is known, or the end. Returns whether there is one. */
bool pcapng_filter_find_usb(struct stream *filter);

const struct pcapng_facts *pcapng_filter_facts(const struct stream *filter);

#endif
