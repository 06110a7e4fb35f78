/*
 * The device table of a summary: what a probe is on USB, endpoint by endpoint, and what was counted and left alone.
 */
#ifndef ANALYZER_OUTPUT_SUMMARY_DEVICE_H
#define ANALYZER_OUTPUT_SUMMARY_DEVICE_H

#include <stdio.h>

#include "../track/facts.h"
#include "json.h"

/* What an endpoint carries: "command", "answer", "trace", "disk", ...; never NULL. */
const char *endpoint_use_name(enum endpoint_use use);
/* "high", "full", or NULL where no descriptor tells. */
const char *device_speed_name(const struct device *device);
/* Whether the entry at index lists its number's endpoints: alternate settings share them. */
bool interface_is_first(const struct device *device, size_t index);

/* Lines under a probe, indented by indent; what a device says is made safe. */
void summary_device_text(FILE *file, unsigned width, unsigned indent, const struct probe_facts *facts);
/* Members of the probe's object. */
void summary_device_json(struct json *json, const struct probe_facts *facts);

#endif
