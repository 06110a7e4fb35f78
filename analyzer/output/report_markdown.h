/*
 * A report to paste into an issue: about 60 lines, details folded.
 */
#ifndef ANALYZER_OUTPUT_REPORT_MARKDOWN_H
#define ANALYZER_OUTPUT_REPORT_MARKDOWN_H

#include <stdio.h>

#include "report_rows.h"

/* Everything but the excerpt of the transcript, which stands between the two. */
void report_markdown_begin(FILE *file, const struct report *report, bool serials);
/* A row_taker; context: the FILE. */
void report_markdown_row(void *file, const struct report_row *row);
void report_markdown_end(FILE *file, const char *const *removed, const char *program, bool complete);

#endif
