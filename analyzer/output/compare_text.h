/*
 * A comparison as text: its essence, then the steps side by side, then what differs in general.
 */
#ifndef ANALYZER_OUTPUT_COMPARE_TEXT_H
#define ANALYZER_OUTPUT_COMPARE_TEXT_H

#include "compare_words.h"
#include <stdio.h>

struct compare_style {
	bool color, quiet; /* quiet: the essence alone */
	bool verbose;      /* every step, nothing elided */
	unsigned width;    /* columns; 0: 150 */
};

void compare_text(FILE *file, const struct compare_view *view, const struct compare_style *style);

#endif
