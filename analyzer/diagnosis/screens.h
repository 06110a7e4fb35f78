/*
 * What other programs print when something fails, and the findings that may be behind it.
 * Knows: fragments of their messages, rules by id. Must not know: captures, how an explanation is printed.
 */
#ifndef ANALYZER_DIAGNOSIS_SCREENS_H
#define ANALYZER_DIAGNOSIS_SCREENS_H

#include <stdbool.h>
#include <stddef.h>

#define SCREEN_PHRASES 7
#define SCREEN_RULES 8
#define SCREENS_FOUND 4 /* that are worth showing */

/* One row of the table of screens (screens.c): messages of one tool that stand for the same. */
struct screen {
	const char *tool;
	const char *phrases[SCREEN_PHRASES]; /* fragments as the tool prints them, without what changes from case to case */
	const char *rules[SCREEN_RULES];     /* ids, likeliest first */
	const char *meaning;                 /* one sentence: what it really says */
};
extern const struct screen screens[]; /* ended by a row whose tool is NULL */

bool screen_leads_to(const struct screen *screen, const char *id);

struct screen_match {
	const struct screen *screen;
	const char *phrase; /* of the screen's phrases, the one that is nearest */
	unsigned score;
};

/*
 * The screens whose words hold all words of the text or the other way round, best first; those far behind the best are left out.
 * Case, punctuation and numbers do not matter, small slips neither. Returns their number, at most room.
 */
size_t screens_find(const char *text, struct screen_match *found, size_t room);

/* The ids of the rules behind what was found, each once, in order. ids has room for SCREEN_RULES a match. Returns their number. */
size_t screens_rules(const struct screen_match *found, size_t count, const char **ids);

/* By how many letters two words differ, without regard to case (Levenshtein's distance of their first 40 letters). */
unsigned words_apart(const char *left, const char *right);

#endif
