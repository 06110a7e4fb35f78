/*
 * What was taken out of a capture, as its index shows it.
 */
#ifndef ANALYZER_OUTPUT_EXTRACT_H
#define ANALYZER_OUTPUT_EXTRACT_H

#include <stdio.h>

#include "image_part.h"

struct extract_index {
	const struct image_part *parts;
	size_t part_count;
	bool files;           /* each part became a .bin and a .hex */
	uint64_t trace_bytes; /* of SWO that crossed the wire */
	uint64_t itm_bytes, itm_overflows, itm_bad; /* of stimulus port 0; packets the chip lost; bytes that are no packet */
};

void extract_text(FILE *file, const struct extract_index *index);
/* One object: {"type":"extract", ...}. */
void extract_json(FILE *file, const struct extract_index *index);

#endif
