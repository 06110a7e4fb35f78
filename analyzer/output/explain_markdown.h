/*
 * All rules as one page: docs/FINDINGS.md.
 */
#ifndef ANALYZER_OUTPUT_EXPLAIN_MARKDOWN_H
#define ANALYZER_OUTPUT_EXPLAIN_MARKDOWN_H

#include <stdio.h>

void explain_markdown(FILE *file);

#endif
