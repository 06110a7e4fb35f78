/*
 * Reads a long file ahead in a thread of its own, so that libpcap and the tracker each have a processor.
 * Knows: batches of items. Must not know: files, what an event means.
 * Never for a pipe: there each record is wanted as soon as it is whole.
 */
#ifndef ANALYZER_INPUT_AHEAD_H
#define ANALYZER_INPUT_AHEAD_H

#include "input.h"

struct ahead;

/*
 * Starts reading input (borrowed; nobody else may read it until ahead_stop). NULL where it is not worth it (a pipe, a short file, a single
 * processor) or no thread can be had: the caller then reads input itself.
 */
struct ahead *ahead_start(struct input *input);

/* As input_next_item: 1 and points item at it, borrowed until the next call; 0 at the end; -1 where the file could not be read on. */
int ahead_next(struct ahead *ahead, struct input_item **item);

/* Bytes of the input that the events so far come from, and bytes in all. */
void ahead_progress(const struct ahead *ahead, uint64_t *done, uint64_t *total);

/* Ends the thread, also before the end of the input. May be NULL. */
void ahead_stop(struct ahead *ahead);

#endif
