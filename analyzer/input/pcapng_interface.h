/*
 * An interface of a pcapng: what its packets are, and how their time stamps count.
 * Knows: the interface description block and its options (draft-ietf-opsawg-pcapng section 4.2).
 * Must not know: blocks, packets.
 */
#ifndef ANALYZER_INPUT_PCAPNG_INTERFACE_H
#define ANALYZER_INPUT_PCAPNG_INTERFACE_H

#include "../../dissectors/cursor.h"

struct pcapng_interface {
	uint16_t link_type;
	uint32_t snap_length;
	uint64_t units;     /* time stamp units a second */
	bool binary;        /* units is a power of two */
	int64_t offset;     /* seconds */
	uint64_t dropped;   /* packets that its packets said were lost: for the reader to count */
};

/* The body of an interface description block, which cursor stands at. What is not there is 0. */
struct pcapng_interface pcapng_interface_read(struct cursor *cursor, bool big_endian);

/* Nanoseconds since the epoch, as far as the 64 bits of a time stamp reach; else 0. */
uint64_t pcapng_interface_time(const struct pcapng_interface *interface, uint64_t stamp);

#endif
