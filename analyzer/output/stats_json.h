/*
 * The timing of commands as one JSON object.
 */
#ifndef ANALYZER_OUTPUT_STATS_JSON_H
#define ANALYZER_OUTPUT_STATS_JSON_H

#include <stdio.h>

#include "../input/input.h"
#include "../track/timing.h"

/* serials: serial numbers as they are, not as pseudonyms. selected: by index of the probe, or NULL. */
void stats_json(FILE *file, const struct timing_report *report, const struct input_facts *input, const struct tracker *tracker,
                const bool *selected, bool serials);

#endif
