/*
 * A line as a program wrote it, made fit to be told: valid UTF-8 without newline, NUL, tab and terminal sequences.
 * Must not know: where it came from, where it goes.
 */
#ifndef ANALYZER_TOOL_TEXT_H
#define ANALYZER_TOOL_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#define TOOL_TEXT_SIZE(length) (3 * (length) + sizeof " [...]") /* room that the text of so many bytes needs */

/* Writes the text of bytes, and " [...]" where it is cut; returns its length without the 0 that ends it. */
size_t tool_text(char *out, const char *bytes, size_t length, bool cut);

#endif
