/*
 * Which bytes of a transaction may not leave the machine: memory of the target, what its trace pin said, serial numbers and unique ids.
 * Knows: that policy (DESIGN decision 8). Must not know: records, files.
 */
#ifndef ANALYZER_OUTPUT_MASK_H
#define ANALYZER_OUTPUT_MASK_H

#include "../track/track.h"

/* What --keep may name: a bit set. */
enum mask_keep {
	KEEP_MEMORY = 1, /* memory of the target, and what went through the bridge */
	KEEP_SERIAL = 2, /* serial numbers and unique ids */
	KEEP_TRACE = 4,  /* what the trace pin said */
	KEEP_UNKNOWN = 8, /* answers to commands that no table knows */
	KEEP_TOOL = 16,  /* lines that the tool printed */
	KEEP_STRINGS = 32, /* serial numbers in descriptors: for outputs that show pseudonyms of them anyway. Not for --keep */
};
extern const struct name mask_keep_names[]; /* "memory", ...; ended by a NULL text */

enum mask_kind {
	MASK_NONE,
	MASK_FILL,    /* bytes that mean nothing, of the same length */
	MASK_ID,      /* a pseudonym: the same for the same bytes */
	MASK_STRING,  /* the same for the text of a string descriptor */
	MASK_REST,    /* as MASK_FILL: bytes that no layout names, and that may be left from anything */
};

/* What is known of the place in the target where MASK_FILL's bytes lie. */
enum mask_place {
	MASK_PLACE_UNKNOWN,
	MASK_PLACE_WRITTEN, /* they are written there, or are what was written */
	MASK_PLACE_DIFFERS, /* they are read, and are not what was written */
};

enum mask_part { MASK_REQUEST, MASK_DATA, MASK_ANSWER };

/* Bytes from (inclusive) to (exclusive) of a part of a transaction. */
typedef void mask_tell(void *context, enum mask_part part, uint32_t from, uint32_t to, enum mask_kind kind);

void mask_transaction(const struct transaction *transaction, unsigned keep, mask_tell *tell, void *context);

/* Is the whole transaction none of the ST-Link's: a command to the disk that an ST-LINK/V1 also is? */
bool mask_is_foreign(const struct transaction *transaction);

/* Is it about memory that mask_transaction masks? Then an answer that comes too late, to another command, holds some of it. */
bool mask_is_private(const struct transaction *transaction, unsigned keep);

/*
 * Masks length bytes in place. What is masked already stays as it is, so that masking twice gives the same. Of MASK_FILL, bytes that are all
 * 0 or all 0xFF stay: they are what erased or cleared memory holds; but not where they were written (MASK_PLACE_WRITTEN), because a read of
 * them and of others beside them is no longer all the same, and would then differ. What differs from what was written still does.
 */
void mask_bytes(uint8_t *bytes, size_t length, enum mask_kind kind, enum mask_place place);

#endif
