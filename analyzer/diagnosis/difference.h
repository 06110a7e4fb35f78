/*
 * Where two sessions part: their steps side by side, and which differences matter.
 * Knows: alignment of two sequences; when two outcomes mean the same.
 * Must not know: captures, sessions, how a comparison is printed.
 * Time is bounded: where two sequences have next to nothing in common, the alignment may be longer than the shortest one.
 */
#ifndef ANALYZER_DIAGNOSIS_DIFFERENCE_H
#define ANALYZER_DIAGNOSIS_DIFFERENCE_H

#include "../track/steps.h"

enum difference {
	DIFFERENCE_NONE,
	DIFFERENCE_MISSING, /* only GOOD asked it */
	DIFFERENCE_EXTRA,   /* only BAD asked it */
	DIFFERENCE_REQUEST, /* the same place, and something else asked of it or written to it */
	DIFFERENCE_RESULT,  /* another status, or another way to end */
	DIFFERENCE_VALUE,   /* another answer */
};
const char *difference_name(enum difference difference); /* "missing", ... */

/* Steps that belong together; one of them is NULL where only the other session has it. */
struct step_pair {
	enum difference difference;
	const struct step *good, *bad;
};

struct comparison {
	struct step_pair *pairs; /* in the order of both */
	size_t count, differences;
	size_t first;        /* index of the first difference; count where there is none */
	size_t first_result; /* of the first DIFFERENCE_RESULT */
};

/* The steps must outlive the comparison. Exits on out of memory. */
void comparison_make(struct comparison *comparison, const struct step *good, size_t good_count, const struct step *bad, size_t bad_count);
void comparison_free(struct comparison *comparison);

#endif
