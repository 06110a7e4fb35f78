/*
 * pyOCD's trace of its ST-Link USB traffic as input (logger pyocd.probe.stlink.usb.trace).
 * Knows: the lines that pyocd/probe/stlink/usb.py writes, old and new, and what a log may put around them.
 * Must not know: what a command means.
 */
#ifndef ANALYZER_INPUT_TRACE_TEXT_H
#define ANALYZER_INPUT_TRACE_TEXT_H

#include "../../dissectors/usb.h"
#include "stream.h"

struct trace;

/* Whether the text holds a line that only this logger writes: a command. wide: UTF-16, as PowerShell's > writes. */
bool trace_is_text(const uint8_t *text, size_t length, bool wide);

/* Reads stream (borrowed). NULL: out of memory. */
struct trace *trace_open(struct stream *stream);

/* Returns 1, 0 at the end, or -1: trace_problem says what could not be read. event is borrowed until the next call. */
int trace_next(struct trace *trace, struct urb_event *event);

const char *trace_problem(const struct trace *trace);
uint64_t trace_lines(const struct trace *trace);

/* May be NULL. */
void trace_close(struct trace *trace);

#endif
