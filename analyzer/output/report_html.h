/*
 * One page that holds a whole report, for a browser: no network, no other files, readable without scripts.
 */
#ifndef ANALYZER_OUTPUT_REPORT_HTML_H
#define ANALYZER_OUTPUT_REPORT_HTML_H

#include <stdio.h>

#include "../track/timeline.h"
#include "../track/timing.h"
#include "report_rows.h"

/* What a report is made of, whatever its form. */
struct report_parts {
	const struct report *report;
	const struct timing_report *timing;
	const struct timeline *timeline;
	const char *program;      /* name and version */
	const char *const *removed; /* what masking took away, in words; ended by NULL */
	bool serials, complete;
};

/* Everything before the first row of the transcript. */
void report_html_begin(FILE *file, const struct report_parts *parts);

/* Rows of the transcript, within budget bytes in all: what is less important goes first. */
struct html_rows;
struct html_rows *html_rows_new(FILE *file, uint64_t total, int64_t first_time);
void html_rows_free(struct html_rows *rows);
/* A row_taker; context: the html_rows. */
void html_rows_put(void *rows, const struct report_row *row);

void report_html_end(FILE *file, const struct report_parts *parts);

/* report_html_charts.c */
void report_html_timeline(FILE *file, const struct report_parts *parts);
void report_html_latency(FILE *file, const struct timing_report *timing);

#endif
