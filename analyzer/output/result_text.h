/*
 * How a transaction ended, in words.
 * Knows: results, statuses, USB results. Must not know: fields, columns.
 */
#ifndef ANALYZER_OUTPUT_RESULT_TEXT_H
#define ANALYZER_OUTPUT_RESULT_TEXT_H

#include "../track/track.h"
#include "text.h"

/* The one-character mark: '!' failed, '~' wait or busy, '?' cut or unknown, ' ' nothing to say; and the style that goes with it. */
char result_mark(const struct transaction *transaction);
enum style result_style(const struct transaction *transaction);

/* " OK", " SWD_DP_ERROR (0x16)"; nothing where there is no status. */
void result_text_status(struct text *text, const struct transaction *transaction);
/* ", told in frame 21", where the status came with a later command. */
void result_text_status_frame(struct text *text, const struct transaction *transaction);
/* What else there is to say, beginning with a space: how long it waited, how many bytes are missing. Nothing where all is well. */
void result_text_outcome(struct text *text, const struct transaction *transaction);
/* Lines, indented, with the status's meaning and what it points to; nothing for one that is no error. */
void result_text_meaning(struct text *text, const struct transaction *transaction, size_t indent);
/* "-32 EPIPE" */
void result_text_urb(struct text *text, int64_t status, bool windows);

#endif
