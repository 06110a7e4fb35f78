/*
 * The target's memory that crossed the wire: what was read, what was written, by which commands.
 * Knows: accesses, loaders in RAM, SWIM. Must not know: files, formats.
 * Bounded: images (image.h), and CROSSING_TRANSFERS of the list; what falls out is counted.
 */
#ifndef ANALYZER_TRACK_CROSSING_H
#define ANALYZER_TRACK_CROSSING_H

#include "image.h"
#include "track.h"

enum crossing_space { CROSSING_ARM, CROSSING_STM8, CROSSING_SPACES };
enum crossing_way {
	CROSSING_READ,
	CROSSING_WRITTEN,
	CROSSING_PROGRAMMED, /* written to flash by a loader in RAM, from data that crossed the wire on their way to RAM */
	CROSSING_WAYS,
};

/* Transfers of one way that follow each other in time and in address. */
struct crossing_transfer {
	enum crossing_space space;
	enum crossing_way way;
	uint32_t address;
	uint64_t length;
	uint64_t first_frame, last_frame;
	uint64_t transfers;
};
#define CROSSING_TRANSFERS 16384

/* One probe's. */
struct crossing {
	int probe;
	/* read and written; programmed counts as written. NULL: nothing of the kind */
	struct image *read[CROSSING_SPACES], *written[CROSSING_SPACES];
	struct crossing_transfer *transfers;
	size_t transfer_count;
	uint64_t transfers_more;      /* not in the list */
	uint64_t registers;           /* accesses to peripherals and the core's own registers: no memory, left out */
	uint64_t unjudged, failed;    /* reads whose status nobody asked for: in; accesses that failed: out */
	uint64_t cut;                 /* bytes that the capture does not hold */
	struct loader *loader;
};

struct crossings;
struct crossings *crossings_new(void); /* out of memory ends the program */
void crossings_free(struct crossings *crossings);
struct listener crossings_listener(struct crossings *crossings);
size_t crossings_count(const struct crossings *crossings);
const struct crossing *crossings_of(const struct crossings *crossings, size_t index);

#endif
