/*
 * A program's line as text (tool_text.h).
 */
#include "tool_text.h"

#include <string.h>

#include "output/utf8.h"

#define ESCAPE 0x1b
#define BELL 0x07

/* Behind the control sequence (colour, cursor) or operating system command (title, link) that begins at at; at itself where none does. */
static size_t behind_sequence(const char *bytes, size_t at, size_t length)
{
	size_t next = at + 2;

	if (next > length || bytes[at] != ESCAPE)
		return at;
	if (bytes[at + 1] == '[') {
		while (next < length && bytes[next] >= 0x20 && bytes[next] < 0x40)
			next++;
		return next < length && bytes[next] >= 0x40 && bytes[next] < 0x7f ? next + 1 : at;
	}
	if (bytes[at + 1] != ']')
		return at;
	while (next < length && bytes[next] != BELL && bytes[next] != ESCAPE)
		next++;
	if (next < length && bytes[next] == BELL)
		return next + 1;
	return next + 1 < length && bytes[next + 1] == '\\' ? next + 2 : at;
}

/* A character that the cut went through is left out. */
static size_t whole_characters(const char *bytes, size_t length)
{
	size_t whole = length;

	while (whole && length - whole < 3 && ((unsigned char)bytes[whole - 1] & 0xc0) == 0x80)
		whole--;
	return whole && (unsigned char)bytes[whole - 1] >= 0xc0 ? whole - 1 : length;
}

size_t tool_text(char *out, const char *bytes, size_t length, bool cut)
{
	static const char replacement[] = "\xef\xbf\xbd", more[] = " [...]";
	size_t written = 0, next;

	if (cut)
		length = whole_characters(bytes, length);
	for (size_t at = 0; at < length; at = next) {
		char four[5] = { 0 };
		const char *end = four;

		next = behind_sequence(bytes, at, length);
		if (next > at)
			continue;
		memcpy(four, bytes + at, length - at < 4 ? length - at : 4);
		if (!four[0] || utf8_next(&end) == UTF8_INVALID) {
			memcpy(out + written, replacement, sizeof replacement - 1);
			written += sizeof replacement - 1;
			next = at + 1;
			continue;
		}
		next = at + (size_t)(end - four);
		if (four[0] == '\t' || four[0] == '\n') {
			out[written++] = ' ';
			continue;
		}
		memcpy(out + written, four, next - at);
		written += next - at;
	}
	if (cut) {
		memcpy(out + written, more, sizeof more - 1);
		written += sizeof more - 1;
	}
	out[written] = 0;
	return written;
}
