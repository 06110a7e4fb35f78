/*
 * A report as the summary of a capture: what the sub-commands summary and live print.
 * Must not know: where the report comes from.
 */
#ifndef ANALYZER_SUMMARY_H
#define ANALYZER_SUMMARY_H

#include "diagnosis/diagnosis.h"
#include "program.h"

/* To stdout, in the form that the options ask for. name: what the JSON object calls its file, or NULL. */
void summary_print(const struct report *report, const struct common_options *common, const char *name);

#endif
