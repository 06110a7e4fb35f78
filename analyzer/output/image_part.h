/*
 * The memory that crossed the wire, cut into parts that become a file each.
 * Knows: regions of the address space. Must not know: files, formats.
 */
#ifndef ANALYZER_OUTPUT_IMAGE_PART_H
#define ANALYZER_OUTPUT_IMAGE_PART_H

#include "../track/crossing.h"

/* A hole below this is filled, with the value of erased flash, and the part goes on behind it. */
#define PART_HOLE 0x10000
#define PART_FILL 0xff

struct image_part {
	const struct crossing *crossing;
	enum crossing_space space;
	bool written;            /* else read */
	const struct image *image;
	const char *region;      /* "flash", "SRAM", ...; "STM8" */
	uint32_t address;
	uint64_t length;         /* with its holes */
	uint64_t known;          /* without */
	uint64_t holes, conflicts; /* how many runs */
	bool programmed;         /* some of it through a loader in RAM */
	uint64_t first_frame, last_frame; /* of its transfers; 0: none is in the list */
	char name[80];           /* "flash-08000000-written": of its files, without the end */
};

/* All parts of the crossings of selected probes (by index; NULL: all). The caller frees *parts. Out of memory ends the program. */
size_t image_parts(const struct crossings *crossings, const bool *selected, struct image_part **parts);

/* Does the transfer lie in the part? */
bool image_part_holds(const struct image_part *part, const struct crossing_transfer *transfer);

#endif
