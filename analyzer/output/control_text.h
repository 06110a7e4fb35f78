/*
 * A control transfer as text: its line, and the lines below it.
 * Knows: how it is worded. Must not know: the columns in front of it, what is private (control.h).
 */
#ifndef ANALYZER_OUTPUT_CONTROL_TEXT_H
#define ANALYZER_OUTPUT_CONTROL_TEXT_H

#include "control.h"
#include "transcript.h"

/* The one-character mark: '!' failed, '?' cut by the capture, ' ' nothing to say; and the style that goes with it. */
char control_text_mark(const struct control_view *view);
enum style control_text_style(const struct control_view *view);

/* "control: GET_DESCRIPTOR BOS: optional, not supported (-32 EPIPE)" */
void control_text_line(struct text *text, const struct control_view *view);
/* The lines under it: fields (-vv, or -v where control transfers were asked for), bytes (-x). */
void control_text_details(struct text *text, const struct transcript_options *options, const struct control_view *view);

#endif
