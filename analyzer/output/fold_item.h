/*
 * What makes two transactions equal for folding, or two blocks of one memory access.
 * Knows: transactions. Must not know: how repetitions are found (fold.c), how a line looks.
 */
#ifndef ANALYZER_OUTPUT_FOLD_ITEM_H
#define ANALYZER_OUTPUT_FOLD_ITEM_H

#include "../track/track.h"
#include "fold.h"

struct fold_item fold_item_of(const struct transaction *transaction);

#endif
