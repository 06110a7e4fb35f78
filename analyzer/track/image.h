/*
 * Memory of a target as it crossed the wire: bytes at addresses, with holes, and where two values of a byte disagree.
 * Knows: pages. Must not know: who read or wrote, files.
 * Bounded: IMAGE_PAGES pages; what finds no room is counted.
 */
#ifndef ANALYZER_TRACK_IMAGE_H
#define ANALYZER_TRACK_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IMAGE_PAGE 4096
#define IMAGE_PAGES 16384 /* 64 MiB */

struct image;

/* Out of memory ends the program. */
struct image *image_new(void);
void image_free(struct image *image);

/* The later value of a byte holds. A run may not go beyond the end of the address space: what would is left out. */
void image_put(struct image *image, uint32_t address, const uint8_t *bytes, uint32_t length);
/* Bytes that found no room. */
uint64_t image_lost(const struct image *image);

/* A run of bytes that are all known (conflicts: that were given two values). */
struct image_run { uint32_t address; uint64_t length; };
/* The first run at from or behind; at most up to last. False: there is none. */
bool image_next(const struct image *image, uint64_t from, uint32_t last, struct image_run *run);
bool image_next_conflict(const struct image *image, uint64_t from, uint32_t last, struct image_run *run);
/* Copies length bytes at address; what is not known becomes fill. */
void image_copy(const struct image *image, uint32_t address, uint8_t *bytes, uint32_t length, uint8_t fill);
/* Are all length bytes known? */
bool image_has(const struct image *image, uint32_t address, uint32_t length);

#endif
