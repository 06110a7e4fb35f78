/*
 * The phases of a session in words: what it did, in steps.
 */
#ifndef ANALYZER_OUTPUT_PHASES_WORDS_H
#define ANALYZER_OUTPUT_PHASES_WORDS_H

#include "../track/phases.h"

#define PHASES_SIZE 3600 /* room for all that a log holds, with frames */

/*
 * "identify 5, connect 4, 10 times (examine, connect) 30, examine 3": each phase with its commands; what comes again and again is counted.
 * with_frames: each by itself, with its frames and how long it took. Returns out, always ended.
 */
char *phases_words(char *out, size_t size, const struct phase_log *log, bool with_frames);

#endif
