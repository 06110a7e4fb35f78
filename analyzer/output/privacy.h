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

/* The serial numbers that are to be found in a tool's lines. */
#define PRIVACY_SERIALS 32
struct privacy_serials { char serial[PRIVACY_SERIALS][DEVICE_TEXT]; size_t count; };
/* Those of the devices that the tracker knows by now. */
void privacy_collect(struct privacy_serials *known, const struct tracker *tracker);

/*
 * The text of a tool's line as it may leave the machine: itself, or out (PRIVACY_LINE bytes), where pseudonyms stand for serial numbers, x for the
 * digits of a target's unique id that the tool printed behind its address, and another name for that of a user in a path. What else the tool
 * said stays, memory also.
 */
const char *privacy_shared_line(const char *text, const struct privacy_serials *known, char *out);

/* The same as it may be shown on this machine: paths stay. serials: nothing is hidden. */
const char *privacy_line(const char *text, bool serials, const struct tracker *tracker, char *out);

#endif
