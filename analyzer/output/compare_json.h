/*
 * A comparison as one JSON object.
 */
#ifndef ANALYZER_OUTPUT_COMPARE_JSON_H
#define ANALYZER_OUTPUT_COMPARE_JSON_H

#include "compare_words.h"
#include <stdio.h>

void compare_json(FILE *file, const struct compare_view *view);

#endif
