/*
 * A control transfer as JSON members.
 * Knows: their keys and types. Must not know: the object around them, what is private (control.h).
 */
#ifndef ANALYZER_OUTPUT_CONTROL_JSON_H
#define ANALYZER_OUTPUT_CONTROL_JSON_H

#include "control.h"
#include "json.h"

/* At most most_bytes of the data stage. The object is the caller's. */
void control_json_members(struct json *json, const struct control_view *view, uint32_t most_bytes);

#endif
