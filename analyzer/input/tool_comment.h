/*
 * A line of a tool's output as the comment of a packet: "tool stderr 1795412418.834737: LINE".
 * Knows: that form. Must not know: pcapng, tools.
 *
 * The second word is stdout or stderr, the third is "unfinished" where the tool had not ended the line, then seconds since the epoch with up to
 * nine decimals, a colon, one space, and the line to the end of the comment.
 */
#ifndef ANALYZER_INPUT_TOOL_COMMENT_H
#define ANALYZER_INPUT_TOOL_COMMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TOOL_COMMENT_EXTRA 64 /* bytes that the form adds to a line, the 0 byte at its end included */

struct tool_comment {
	bool is_stderr, unfinished;
	int64_t time;     /* nanoseconds since the epoch */
	const char *text; /* the line; of tool_comment_read a place in what was read */
};

/* Writes comment in that form, cut where size is less than its text and TOOL_COMMENT_EXTRA. Times have microseconds. Returns out. */
char *tool_comment_write(char *out, size_t size, const struct tool_comment *comment);

/* Whether text is such a comment; if so, *comment is what it says. text is any bytes, ended by a 0. */
bool tool_comment_read(const char *text, struct tool_comment *comment);

#endif
