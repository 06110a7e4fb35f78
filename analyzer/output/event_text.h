/*
 * What happens between the commands, in words: sessions, modes, USB, SWO data, gaps; and the end of a transcript.
 * Must not know: the columns of a transcript.
 */
#ifndef ANALYZER_OUTPUT_EVENT_TEXT_H
#define ANALYZER_OUTPUT_EVENT_TEXT_H

#include "../input/input.h"
#include "../track/track.h"
#include "text.h"

/* "session 0: ST-LINK/V2-1 0483:374b at 1:7, V2J29S18, serial-3fa912c4" */
void event_text_session(struct text *text, const struct probe *probe, const struct session *session, bool serials);
void event_text_mode(struct text *text, const struct mode_change *change);
/* The mode was only asked for, not changed by what the change names. */
bool event_is_observation(const struct mode_change *change);
void event_text_usb(struct text *text, const struct usb_note *note);
bool event_is_trouble(const struct usb_note *note);
void event_text_trace(struct text *text, const struct trace_data *trace);
void event_text_gap(struct text *text, const struct gap *gap);

/* Lines of totals: transactions by result, unknown opcodes, what the input lacks. shown: how many of them the transcript shows. */
void event_text_totals(struct text *text, const struct input_facts *facts, const struct tracker *tracker,
                       const uint64_t results[RESULTS], uint64_t shown);

#endif
