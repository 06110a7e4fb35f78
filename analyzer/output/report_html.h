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

/* The page in the making, with the rows of its transcript. total: how many there are, shown or not; first_time: ns since the epoch. */
struct html_rows;
struct html_rows *html_rows_new(FILE *file, uint64_t total, int64_t first_time);
void html_rows_free(struct html_rows *rows);
/* Everything before the first row. */
void report_html_begin(struct html_rows *rows, const struct report_parts *parts);
/* Notes that a link leads to that frame: then there is such a place in the page. */
void html_rows_link(struct html_rows *rows, uint64_t frame);
/* A row_taker; context: the html_rows. */
void html_rows_put(void *rows, const struct report_row *row);

void report_html_end(struct html_rows *rows, const struct report_parts *parts);

/* report_html_charts.c */
void report_html_timeline(FILE *file, struct html_rows *rows, const struct report_parts *parts);
void report_html_latency(FILE *file, struct html_rows *rows, const struct timing_report *timing);

#endif
