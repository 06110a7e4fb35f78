/*
 * Text that came from a device or a file, character by character.
 * Knows: which bytes are valid UTF-8 (RFC 3629), which characters do not show themselves.
 * Must not know: output formats.
 */
#ifndef ANALYZER_OUTPUT_UTF8_H
#define ANALYZER_OUTPUT_UTF8_H

#include <stdbool.h>
#include <stdint.h>

#define UTF8_INVALID UINT32_MAX

/* The character at *text, which moves behind it; UTF8_INVALID moves one byte. The text ends with a 0 byte. */
static inline uint32_t utf8_next(const char **text)
{
	static const uint32_t smallest[] = { 0, 0x80, 0x800, 0x10000 };
	const unsigned char *bytes = (const unsigned char *)*text;
	unsigned more = bytes[0] < 0x80 ? 0 : (bytes[0] & 0xe0) == 0xc0 ? 1 : (bytes[0] & 0xf0) == 0xe0 ? 2 : 3;
	uint32_t character = more ? bytes[0] & (0x3fU >> more) : bytes[0];

	(*text)++;
	if (bytes[0] >= 0x80 && (bytes[0] < 0xc2 || bytes[0] > 0xf4))
		return UTF8_INVALID;
	for (unsigned i = 1; i <= more; i++) {
		if ((bytes[i] & 0xc0) != 0x80)
			return UTF8_INVALID;
		character = character << 6 | (bytes[i] & 0x3f);
	}
	if (character < smallest[more] || character > 0x10ffff || (character >= 0xd800 && character < 0xe000))
		return UTF8_INVALID;
	*text += more;
	return character;
}

/* Control characters, and those that reorder, hide or break text: what may not reach a terminal or a page as it is. */
static inline bool utf8_is_hidden(uint32_t character)
{
	static const struct { uint32_t first, last; } hidden[] = {
		{ 0x00, 0x1f }, { 0x7f, 0x9f }, { 0xad, 0xad }, { 0x61c, 0x61c }, { 0x180e, 0x180e }, { 0x200b, 0x200f },
		{ 0x2028, 0x202e }, { 0x2060, 0x206f }, { 0xfeff, 0xfeff }, { 0xfff9, 0xfffb }, { 0xe0000, 0xe0fff },
	};

	for (unsigned i = 0; i < sizeof hidden / sizeof hidden[0]; i++)
		if (character >= hidden[i].first && character <= hidden[i].last)
			return true;
	return false;
}

#endif
