/*
 * Paragraphs that fit a number of columns.
 */
#ifndef ANALYZER_OUTPUT_WRAP_H
#define ANALYZER_OUTPUT_WRAP_H

#include <stdio.h>

/*
 * Writes label and then text, broken at spaces to at most width columns (0: 100); further lines, and a label shorter than that,
 * are indented by indent. Columns are counted as code points of UTF-8. text must be safe already.
 */
void wrap_text(FILE *file, unsigned width, const char *label, unsigned indent, const char *text);

#endif
