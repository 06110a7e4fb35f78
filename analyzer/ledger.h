/*
 * A few bytes remembered for each record of a capture, however many there are: they lie in an unnamed file, not in memory of our own.
 * Knows: frames, fixed-size entries. Must not know: what is remembered.
 */
#ifndef ANALYZER_LEDGER_H
#define ANALYZER_LEDGER_H

#include <stddef.h>
#include <stdint.h>

struct ledger;

/* Entries of entry_size bytes. NULL, errno set: no file can be had in TMPDIR or /tmp. */
struct ledger *ledger_new(size_t entry_size);
void ledger_free(struct ledger *ledger);
/* The entry of a frame (all zero at first), valid until the next call for a higher frame. Ends the program where the disk is full. */
void *ledger_at(struct ledger *ledger, uint64_t frame);
/* One more than the highest frame asked for. */
uint64_t ledger_size(const struct ledger *ledger);

#endif
