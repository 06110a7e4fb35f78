/*
 * The verdict as one JSON object (DESIGN section 6).
 */
#ifndef ANALYZER_OUTPUT_SUMMARY_JSON_H
#define ANALYZER_OUTPUT_SUMMARY_JSON_H

#include <stdio.h>

#include "../diagnosis/diagnosis.h"

/* serials: serial numbers as they are, not as pseudonyms. */
void summary_json(FILE *file, const struct report *report, bool serials);

#endif
