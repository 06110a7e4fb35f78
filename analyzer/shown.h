/*
 * The options that say which transactions a transcript shows, and what of each: those of decode and of live.
 * Must not know: how a transcript looks.
 */
#ifndef ANALYZER_SHOWN_H
#define ANALYZER_SHOWN_H

#include "output/transcript.h"

/* Begin with all zero. */
struct shown_options {
	struct selection selection;
	struct transcript_options transcript;
};

extern const struct argp shown_argp; /* input: struct shown_options *; its groups are 1 and 2 */

/* When all is parsed: joins them with the common options, which are borrowed; options must stay where it is. */
void shown_settle(struct shown_options *options, const struct common_options *common);

#endif
