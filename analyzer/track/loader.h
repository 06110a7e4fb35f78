/*
 * Flash that a little program in RAM writes: the host puts data into RAM, tells that program in core registers where they belong, and lets it
 * run. Seen from the wire, nothing is ever written to the flash's own addresses.
 * Knows: the conventions of the loaders in the field (the table in loader.c). Must not know: files, what is good or bad.
 */
#ifndef ANALYZER_TRACK_LOADER_H
#define ANALYZER_TRACK_LOADER_H

#include "track.h"

struct loader;

/* Data on their way to flash; bytes are borrowed for the call. frame: of the transaction that brought or started them. */
struct programmed { uint32_t address; const uint8_t *bytes; uint32_t length; uint64_t frame; };
typedef void loader_tell(void *context, const struct programmed *programmed);

/* Out of memory ends the program. */
struct loader *loader_new(void);
void loader_free(struct loader *loader);
/* Follows the next transaction of one probe, in order; tells what it programs, if anything. */
void loader_follow(struct loader *loader, const struct transaction *transaction, loader_tell *tell, void *context);

#endif
