/*
 * One cmocka test a capture of captures/, found by glob, not listed.
 */
#ifndef TESTS_SUPPORT_EACH_CAPTURE_H
#define TESTS_SUPPORT_EACH_CAPTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Runs test once for each capture, its path as the initial state, then extra (may be NULL). Returns what main returns. */
int each_capture(const char *group, CMUnitTestFunction test, const struct CMUnitTest *extra);

#endif
