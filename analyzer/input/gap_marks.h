/*
 * Where in the order of records the kernel lost some.
 * Knows: that a full buffer loses what comes behind all that waits in it. Must not know: libpcap, records.
 *
 * After each read the kernel tells how many records wait and how many were lost since it was asked last. Those were lost while the
 * buffer was full: behind what waited at the question before, as a rule behind what waits now too, for room came only with the read. But a
 * short record may still have found room where a long one was lost. So the loss stands behind what waits now, and from where it may have
 * begun a mark without a count says so. A record that fills up the end of the kernel's buffer counts as waiting, and is never delivered:
 * once a round of the buffer the place is one record late.
 */
#ifndef ANALYZER_INPUT_GAP_MARKS_H
#define ANALYZER_INPUT_GAP_MARKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GAP_MARKS 64

struct gap_marks {
	uint64_t read;     /* records read so far */
	uint64_t given;    /* of these, given on by gap_marks_next */
	uint64_t waiting;  /* number of the last record that waited at the last question */
	struct { uint64_t behind, dropped; } mark[GAP_MARKS]; /* ascending; of records not given on yet */
	size_t count;
};

/* count records were read, then the kernel said that queued more wait, and that dropped were lost since it said so before. */
void gap_marks_read(struct gap_marks *marks, uint64_t count, uint64_t queued, uint64_t dropped);

/* For each record read, in order, before it is given on: whether records are missing before it, and how many; 0: may be. */
bool gap_marks_next(struct gap_marks *marks, uint64_t *dropped);

/* At the end of the capture: how many are missing behind the last record. */
uint64_t gap_marks_rest(const struct gap_marks *marks);

#endif
