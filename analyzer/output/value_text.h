/*
 * The decoded fields of a transaction as text: in brief for one line, and one by one for -v.
 * Knows: how a value is written, which values a reader needs first.
 * Must not know: columns of the transcript, how a transaction ended (result_text).
 */
#ifndef ANALYZER_OUTPUT_VALUE_TEXT_H
#define ANALYZER_OUTPUT_VALUE_TEXT_H

#include "../track/track.h"
#include "text.h"

/* Each appends " name=value" or " value" for what the part says, nothing where it says nothing. */
void value_text_request(struct text *text, const struct transaction *transaction);
void value_text_data(struct text *text, const struct transaction *transaction);
void value_text_answer(struct text *text, const struct transaction *transaction);

/* Lines for every field of every part that is there, with offset, bytes, bits and label. */
void value_text_fields(struct text *text, const struct transaction *transaction);

/* One such line. */
void value_text_field(struct text *text, const struct value *value);

/* value as a reader writes it: "0x08000000", "64", "DP", "0x1c (unknown)". */
void value_text_number(struct text *text, const struct value *value);

#endif
