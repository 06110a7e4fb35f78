/*
 * Transactions made by hand of the bytes that crossed the wire, followed as the tracker follows those of a probe: for tests of what a
 * command reaches and of what a session does.
 */
#ifndef TESTS_SUPPORT_HANDMADE_H
#define TESTS_SUPPORT_HANDMADE_H

#include "../../analyzer/track/track.h"

struct handmade {
	struct access_state *access;
	struct phase_state phases;
	struct transaction transaction; /* the last one */
	struct operation misc_out;      /* what a RW_MISC_IN refers to */
	uint8_t request[64], data[512], answer[1024];
};

/* Set-up and tear-down of a cmocka test; *state is a struct handmade. */
int handmade_begin(void **state);
int handmade_end(void **state);

/* The next command (see hex.h for the notation), its OUT data and its answer; NULL: none. An answer's status decides the result. */
const struct transaction *handmade(struct handmade *made, const char *request, const char *data, const char *answer);

#endif
