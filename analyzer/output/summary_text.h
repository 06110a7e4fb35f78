/*
 * The verdict as text: short enough to paste into an issue.
 */
#ifndef ANALYZER_OUTPUT_SUMMARY_TEXT_H
#define ANALYZER_OUTPUT_SUMMARY_TEXT_H

#include <stdio.h>

#include "../diagnosis/diagnosis.h"

struct summary_style {
	bool color, quiet, serials;
	unsigned verbose;
	unsigned width; /* columns; 0: 100 */
};

void summary_text(FILE *file, const struct report *report, const struct summary_style *style);

#endif
