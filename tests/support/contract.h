/*
 * The JSON contract of `decode --json` (DESIGN section 6), line by line.
 */
#ifndef TESTS_SUPPORT_CONTRACT_H
#define TESTS_SUPPORT_CONTRACT_H

#include "recording.h"

/*
 * Runs the program over path, with and without --full, and fails the running cmocka test where a line breaks the contract or says something
 * else than the recording of the same capture.
 */
void contract_check(const char *path, const struct recording *recording);

#endif
