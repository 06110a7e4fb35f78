/*
 * Verdicts for a test farm: JUnit's XML, as Jenkins and GitLab read it. A capture is a suite, a session a test case, a finding a failure.
 */
#ifndef ANALYZER_OUTPUT_SUMMARY_JUNIT_H
#define ANALYZER_OUTPUT_SUMMARY_JUNIT_H

#include <stdio.h>

#include "../diagnosis/diagnosis.h"

void summary_junit_begin(FILE *file);
/*
 * One capture. report: NULL where nothing of it could be read. name: the file, as the user wrote it. fail_on: from which severity on a finding
 * is a failure; what is below is told as output of the test case. whole: false adds a test case that ends in an error.
 */
void summary_junit_capture(FILE *file, const struct report *report, const char *name, enum severity fail_on, bool whole);
void summary_junit_end(FILE *file);

#endif
