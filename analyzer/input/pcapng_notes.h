/*
 * What a pcapng says between its packets: packets lost, and lines of a tool's output.
 * Knows: options of packet and statistics blocks (draft-ietf-opsawg-pcapng sections 3.5, 4.3, 4.6), which comments are notes.
 * Must not know: blocks, what is done with a note.
 */
#ifndef ANALYZER_INPUT_PCAPNG_NOTES_H
#define ANALYZER_INPUT_PCAPNG_NOTES_H

#include "../../dissectors/cursor.h"

/* The comment of a packet before which records may be missing, none of those that are counted. Ours: no option says so. */
#define PCAPNG_MAY_MISS "records may be missing here, of those that the next packet with a count of drops tells"

struct pcapng_notes {
	char *lines;        /* comments of tool_comment.h, each ended by a 0 byte; owned */
	size_t length, size;
	uint64_t dropped;   /* packets lost just before */
	bool may_miss;      /* PCAPNG_MAY_MISS */
	uint64_t total_dropped; /* of a statistics block: packets that its interface lost in all */
};

/* Empties notes and reads the options of a packet block that cursor stands at. Returns false where memory ran out. */
bool pcapng_notes_of_packet(struct pcapng_notes *notes, struct cursor *options, bool big_endian);
/* The same of a statistics block. */
bool pcapng_notes_of_statistics(struct pcapng_notes *notes, struct cursor *options, bool big_endian);

void pcapng_notes_free(struct pcapng_notes *notes);

#endif
