/*
 * A scenario file (../README.md) as the judge reads it.
 * Knows: its words. Must not know: what was recorded.
 */
#ifndef LIVE_JUDGE_SCENARIO_H
#define LIVE_JUDGE_SCENARIO_H

#include <stdbool.h>
#include <stddef.h>

#define SCENARIO_LINES 64

struct scenario {
	char name[96];
	struct scenario_line { char word[16], value[512]; } lines[SCENARIO_LINES];
	size_t count;
	char about[2048]; /* the comment at its beginning */
};

/* Reads the file; ends the program, having said why, where it cannot or where it is no scenario. */
void scenario_read(struct scenario *scenario, const char *path);

/* The value of the n-th line (from 0) with that word, or NULL. */
const char *scenario_value(const struct scenario *scenario, const char *word, size_t n);

/* Is there such a line, with that value? */
bool scenario_says(const struct scenario *scenario, const char *word, const char *value);

#endif
