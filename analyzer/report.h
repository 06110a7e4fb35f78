/*
 * A report of a capture, as one file.
 * Must not know: which command line asks for it.
 */
#ifndef ANALYZER_REPORT_FILE_H
#define ANALYZER_REPORT_FILE_H

#include "program.h"

enum report_format { REPORT_HTML, REPORT_MARKDOWN, REPORT_JSON };

struct report_options {
	const struct common_options *common;
	const char *path; /* a regular file: it is read twice */
	const char *name; /* what messages call it */
	const char *out;  /* "-": standard output */
	enum report_format format;
};

/* By the ending of the name. False: it has none of .html, .md, .json. */
bool report_format_of(const char *out, enum report_format *format);

/* Says what goes wrong. OUTCOME_FINDINGS where there is an error among them. */
enum outcome report_write(const struct report_options *options);

#endif
