/*
 * The bytes that a client means to be in the flash, to compare with what it reads back: written there directly, or put into RAM for a loader
 * that copies them (loader.h). Bounded as an image is (image.h): what is beyond is counted and not compared.
 * Knows: addresses and bytes. Must not know: commands, registers, what is good or bad.
 */
#ifndef ANALYZER_TRACK_SENT_H
#define ANALYZER_TRACK_SENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct loader;
struct sent;

/* One a probe, owned by the caller. Out of memory ends the program. */
struct sent *sent_new(void);
void sent_free(struct sent *sent);
/* A session begins: nothing was sent. */
void sent_clear(struct sent *sent);
/* The loaders of the session; made with the first call. */
struct loader *sent_loader(struct sent *sent);

/* These bytes belong at this address of the flash. */
void sent_flash(struct sent *sent, uint32_t address, const uint8_t *bytes, uint32_t length);

struct sent_match {
	uint32_t same, different; /* bytes */
	uint32_t address;         /* of the first that differs */
	uint8_t meant, read;      /* there */
	bool erased;              /* all that differ read as erased flash */
	bool single_bits;         /* all that differ differ in one bit */
};
/* What was read from flash beside what was sent. Bytes that were not sent count for nothing. */
void sent_compare(const struct sent *sent, uint32_t address, const uint8_t *bytes, uint32_t length, struct sent_match *match);

bool sent_any(const struct sent *sent);
uint64_t sent_beyond(const struct sent *sent); /* bytes that found no room */

#endif
