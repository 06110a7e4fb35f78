/*
 * The members that say which probe it is, the same wherever JSON lists probes.
 */
#ifndef ANALYZER_OUTPUT_PROBE_JSON_H
#define ANALYZER_OUTPUT_PROBE_JSON_H

#include "../track/track.h"
#include "json.h"

/* probe, bus, addresses. */
void probe_json_place(struct json *json, const struct probe *probe);
/* generation, firmware, serial_id: the serial number itself only where serials says so. */
void probe_json_name(struct json *json, const struct probe *probe, bool serials);

#endif
