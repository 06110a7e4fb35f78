/*
 * The decoded fields of a transaction as lines of text, one by one, for -v.
 * Knows: their columns. Must not know: how a value is written (value_text), how a transaction ended (result_text).
 */
#ifndef ANALYZER_OUTPUT_VALUE_FIELDS_H
#define ANALYZER_OUTPUT_VALUE_FIELDS_H

#include "../track/track.h"
#include "text.h"

/* Lines for every field of every part that is there, with offset, bytes, bits and label. */
void value_fields(struct text *text, const struct transaction *transaction);

/* One such line, and one for each run of bits. */
void value_field(struct text *text, const struct value *value);

#endif
