/*
 * What tells one probe, or one target, from all others, in an answer or in a line of the tool. A transcript keeps it back unless --serials asks
 * for it.
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

#define PRIVACY_LINE 32768 /* room for a line of the tool's; what is longer is cut */

/*
 * The text of a tool's line as it may be shown: itself, or out (PRIVACY_LINE bytes), where pseudonyms stand for the serial numbers of the
 * devices that the tracker knows by now.
 */
const char *privacy_line(const char *text, bool serials, const struct tracker *tracker, char *out);

#endif
