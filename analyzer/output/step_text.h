/*
 * A transaction in the words of the transcript, for a step that is compared.
 * Knows: what is kept back. Must not know: steps of other sessions.
 */
#ifndef ANALYZER_OUTPUT_STEP_TEXT_H
#define ANALYZER_OUTPUT_STEP_TEXT_H

#include "../track/steps.h"

/* A steps_describe; context: const bool *, whether what tells one probe or chip from all others may be shown. Safe for a terminal. */
void step_text(void *context, const struct transaction *transaction, char *asked, char *answered);

#endif
