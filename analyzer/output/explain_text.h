/*
 * What the rules mean, as text.
 */
#ifndef ANALYZER_OUTPUT_EXPLAIN_TEXT_H
#define ANALYZER_OUTPUT_EXPLAIN_TEXT_H

#include "../diagnosis/screens.h"
#include "summary_text.h"

/* Every rule with one line. */
void explain_list(FILE *file, const struct summary_style *style);
/* One rule in full. */
void explain_rule(FILE *file, const struct rule *rule, const struct summary_style *style);
/* The screens that were found, at least one and at most SCREENS_FOUND, and the rules behind them with what tells these apart. */
void explain_screens(FILE *file, const struct screen_match *found, size_t count, const struct summary_style *style);

#endif
