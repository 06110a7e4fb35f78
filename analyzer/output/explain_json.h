/*
 * What the rules mean, as one JSON object.
 */
#ifndef ANALYZER_OUTPUT_EXPLAIN_JSON_H
#define ANALYZER_OUTPUT_EXPLAIN_JSON_H

#include <stdio.h>

#include "../diagnosis/diagnosis.h"
#include "../diagnosis/screens.h"

/* query is NULL and all rules are written; or it named rule; or rule is NULL and the query found these screens, at most SCREENS_FOUND. */
void explain_json(FILE *file, const char *query, const struct rule *rule, const struct screen_match *found, size_t count);

#endif
