/*
 * Parts of memory as files: raw binary and Intel HEX.
 * Knows: both formats (Intel, Hexadecimal Object File Format Specification, Revision A). Must not know: where the bytes come from.
 */
#ifndef ANALYZER_OUTPUT_IMAGE_FILE_H
#define ANALYZER_OUTPUT_IMAGE_FILE_H

#include <stdio.h>

#include "image_part.h"

/* The part from its first byte to its last; holes hold PART_FILL. What cannot be written shows in ferror. */
void image_file_binary(FILE *file, const struct image_part *part);
/* The same with addresses and without what is in the holes. */
void image_file_hex(FILE *file, const struct image_part *part);

#endif
