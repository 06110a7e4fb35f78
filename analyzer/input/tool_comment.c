/* The comment form of a tool's line (tool_comment.h). */
#include "tool_comment.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Seconds whose nanoseconds fit 63 bits: the year 2255. */
#define TIME_MOST INT64_C(9000000000)

char *tool_comment_write(char *out, size_t size, const struct tool_comment *comment)
{
	int64_t time = comment->time < 0 ? 0 : comment->time;

	snprintf(out, size, "tool %s %s%" PRId64 ".%06" PRId64 ": %s", comment->is_stderr ? "stderr" : "stdout",
	         comment->unfinished ? "unfinished " : "", time / 1000000000, time / 1000 % 1000000, comment->text);
	return out;
}

/* Moves *text behind word where it begins so. */
static bool take_word(const char **text, const char *word)
{
	size_t length = strlen(word);

	if (strncmp(*text, word, length) != 0)
		return false;
	*text += length;
	return true;
}

static bool is_digit(char character)
{
	return character >= '0' && character <= '9';
}

/* "1795412418.834737" */
static bool take_time(const char **text, int64_t *time)
{
	int64_t seconds = 0, unit = 100000000;

	if (!is_digit(**text))
		return false;
	for (; is_digit(**text); (*text)++) {
		seconds = seconds * 10 + (**text - '0');
		if (seconds > TIME_MOST)
			return false;
	}
	*time = seconds * 1000000000;
	if (!take_word(text, "."))
		return true;
	for (; is_digit(**text); (*text)++, unit /= 10)
		*time += (**text - '0') * unit;
	return true;
}

bool tool_comment_read(const char *text, struct tool_comment *comment)
{
	*comment = (struct tool_comment){ 0 };
	if (!take_word(&text, "tool "))
		return false;
	comment->is_stderr = take_word(&text, "stderr ");
	if (!comment->is_stderr && !take_word(&text, "stdout "))
		return false;
	comment->unfinished = take_word(&text, "unfinished ");
	if (!take_time(&text, &comment->time) || !take_word(&text, ": "))
		return false;
	comment->text = text;
	return true;
}
