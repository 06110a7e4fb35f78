/*
 * The verdict as one JSON object (DESIGN section 6).
 */
#ifndef ANALYZER_OUTPUT_SUMMARY_JSON_H
#define ANALYZER_OUTPUT_SUMMARY_JSON_H

#include <stdio.h>

#include "../diagnosis/diagnosis.h"

/* name: of the capture, as the key file; NULL: without. serials: serial numbers as they are, not as pseudonyms. */
void summary_json(FILE *file, const struct report *report, const char *name, bool serials);

#endif
