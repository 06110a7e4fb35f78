/*
 * What of an answer tells one probe, or one target, from all others. A transcript keeps it back unless --serials asks for it.
 * Knows: which fields that is. Must not know: how a transcript looks.
 */
#ifndef ANALYZER_OUTPUT_PRIVACY_H
#define ANALYZER_OUTPUT_PRIVACY_H

#include "../track/track.h"

/*
 * The transaction as it may be shown: itself, or copy, whose answer ends before what is kept back. *withheld is the number of captured
 * bytes that are kept back.
 */
const struct transaction *privacy_view(const struct transaction *transaction, bool serials, struct transaction *copy, uint32_t *withheld);

#endif
