/*
 * Hexadecimal text to bytes, for tests.
 */
#ifndef TESTS_HEX_H
#define TESTS_HEX_H

#include <stddef.h>
#include <stdint.h>

static inline int hex_digit(char character)
{
	if (character >= '0' && character <= '9')
		return character - '0';
	if (character >= 'a' && character <= 'f')
		return character - 'a' + 10;
	if (character >= 'A' && character <= 'F')
		return character - 'A' + 10;
	return -1;
}

/*
 * Reads pairs of digits, which blanks may separate, from length characters of text (up to its end) into bytes (size of them).
 * A pair may be followed by *N: N such bytes. Returns their number, or -1 where the text is something else or does not fit.
 */
static inline long hex_read(const char *text, size_t length, uint8_t *bytes, size_t size)
{
	size_t count = 0;

	for (size_t i = 0; i < length && text[i];) {
		size_t times = 1;
		int high, low;

		if (text[i] == ' ' || text[i] == '\t') {
			i++;
			continue;
		}
		high = hex_digit(text[i++]);
		low = i < length ? hex_digit(text[i++]) : -1;
		if (high < 0 || low < 0)
			return -1;
		if (i < length && text[i] == '*') {
			times = 0;
			for (i++; i < length && text[i] >= '0' && text[i] <= '9'; i++)
				times = times * 10 + (size_t)(text[i] - '0');
		}
		if (times > size - count)
			return -1;
		while (times--)
			bytes[count++] = (uint8_t)(high << 4 | low);
	}
	return (long)count;
}

#endif
