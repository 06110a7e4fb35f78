/*
 * Watches a pcap pass by on its way to libpcap.
 * Knows: pcap framing (draft-ietf-opsawg-pcap): where records begin and end.
 * Must not know: libpcap, what is in a record.
 *
 * Of a record that it cannot deliver libpcap tells neither the header nor the place.
 */
#ifndef ANALYZER_INPUT_PCAP_WATCH_H
#define ANALYZER_INPUT_PCAP_WATCH_H

#include "stream.h"

/* The record that the last byte so far belongs to. */
struct pcap_place {
	uint64_t offset;         /* of its header in the file */
	uint64_t present;        /* bytes of header and data that have passed */
	uint64_t needed;         /* bytes of header and data; of the header alone while that is not whole */
	bool header_whole;
	uint32_t seconds, fraction, captured, wire; /* of the header, once it is whole */
};

/*
 * A stream that passes on source (borrowed, a pcap from its first byte), whose integers are big_endian and whose
 * record headers have header_length bytes, 16 to 24. NULL: out of memory.
 */
struct stream *pcap_watch_open(struct stream *source, bool big_endian, unsigned header_length);

struct pcap_place pcap_watch_place(const struct stream *watch);

#endif
