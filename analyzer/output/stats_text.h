/*
 * The timing of commands as text: what took the time, in one line; then a table.
 */
#ifndef ANALYZER_OUTPUT_STATS_TEXT_H
#define ANALYZER_OUTPUT_STATS_TEXT_H

#include <stdio.h>

#include "../track/timing.h"

struct stats_style {
	bool color, quiet, serials;
	unsigned verbose;
	unsigned width; /* columns that words may take; 0: 100 */
};

void stats_text(FILE *file, const struct timing_report *report, const struct tracker *tracker, const struct stats_style *style);

#endif
