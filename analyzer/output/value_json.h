/*
 * The decoded fields of a transaction as JSON members.
 * Knows: keys and types of the contract (DESIGN section 6). Must not know: the object around them.
 */
#ifndef ANALYZER_OUTPUT_VALUE_JSON_H
#define ANALYZER_OUTPUT_VALUE_JSON_H

#include "../track/track.h"
#include "json.h"

/* The members of "request" (command block and OUT data) and of "answer". The objects are the caller's. */
void value_json_request(struct json *json, const struct transaction *transaction);
void value_json_answer(struct json *json, const struct transaction *transaction);
/*
 * "means": what the transaction does or says in a reader's words; "registers": those that a block of memory holds; "reached": memory and
 * core registers that it reached through others.
 */
void value_json_reached(struct json *json, const struct transaction *transaction);
/* One field that is not repeated, as a member of the innermost object; none for padding and for the raw rest of a layout. */
void value_json_field(struct json *json, const struct value *value);

#endif
