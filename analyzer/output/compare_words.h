/*
 * A comparison in words that do not depend on the format: its essence, and what differs in general.
 * Knows: which words say where two sessions part. Must not know: layout, JSON.
 */
#ifndef ANALYZER_OUTPUT_COMPARE_WORDS_H
#define ANALYZER_OUTPUT_COMPARE_WORDS_H

#include "../diagnosis/diagnosis.h"
#include "../diagnosis/difference.h"

/* One of the two. */
struct compared {
	const char *path;
	const struct report *report;
	const struct session_report *session;
	const struct steps *steps;
};

struct compare_view {
	struct compared good, bad;
	const struct comparison *comparison;
};

#define ESSENCE_SIZE 1400
/* One sentence: where and how they part. Safe for a terminal. */
void compare_essence(char *out, const struct compare_view *view);

/* A property of both sessions. */
struct compare_row {
	const char *name; /* NULL ends the rows */
	char good[480], bad[480];
	bool differs; /* in a way that can matter */
};
#define COMPARE_ROWS 9
void compare_rows(struct compare_row rows[COMPARE_ROWS + 1], const struct compare_view *view);

/* "OK", "GET_IDCODE_ERROR", "no-answer": how a step ended. */
const char *compare_result(const struct step *step);

#endif
