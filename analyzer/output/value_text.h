/*
 * The decoded fields of a transaction as text, in brief for one line; one by one they are in value_fields.
 * Knows: how a value is written, which values a reader needs first.
 * Must not know: columns of the transcript, how a transaction ended (result_text).
 */
#ifndef ANALYZER_OUTPUT_VALUE_TEXT_H
#define ANALYZER_OUTPUT_VALUE_TEXT_H

#include "../track/track.h"
#include "target.h"
#include "text.h"

/* Each appends " name=value" or " value" for what the part says, nothing where it says nothing. */
void value_text_request(struct text *text, const struct transaction *transaction);
void value_text_data(struct text *text, const struct transaction *transaction);
void value_text_answer(struct text *text, const struct transaction *transaction);

/* value as a reader writes it: "0x08000000", "64", "DP", "0x1c (unknown)". */
void value_text_number(struct text *text, const struct value *value);

/* " CPUID = 0x410fc241 Cortex-M4 r0p1" without the blank: what a batch read by this access. */
void value_text_result(struct text *text, const struct transaction *transaction, const struct access *access);

/* It is the chip's unique id, which privacy_view has cut off. */
bool value_is_kept_back(const struct transaction *transaction, const struct access *access);

/* Its bytes are shown, not a number. */
bool value_is_bytes(const struct field *field);

/* Walks one part of the transaction, PART_NONE: nothing. */
void value_walk(const struct transaction *transaction, enum part part, struct sink *sink);

#endif
