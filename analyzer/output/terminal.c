/*
 * The terminal: colour, width, and text that is safe to show.
 * Must not know: what is shown.
 */
#include "terminal.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "safe.h"

bool terminal_color(FILE *file, enum color_when when)
{
	const char *no_color = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	if (when != COLOR_AUTO)
		return when == COLOR_ALWAYS;
	if (no_color && *no_color)
		return false;
	return term && strcmp(term, "dumb") && isatty(fileno(file));
}

const char *terminal_begin(bool color, enum style style)
{
	static const char *const sequences[] = {
		[STYLE_PLAIN] = "", [STYLE_BOLD] = "\033[1m", [STYLE_DIM] = "\033[2m", [STYLE_ERROR] = "\033[1;31m",
		[STYLE_WARNING] = "\033[33m", [STYLE_GOOD] = "\033[32m", [STYLE_MODE] = "\033[1;36m", [STYLE_NAME] = "\033[36m",
	};

	return color ? sequences[style] : "";
}

const char *terminal_end(bool color)
{
	return color ? "\033[0m" : "";
}

unsigned terminal_width(FILE *file)
{
	struct winsize size;

	if (!isatty(fileno(file)) || ioctl(fileno(file), TIOCGWINSZ, &size))
		return 0;
	return size.ws_col;
}

char *terminal_safe(char *out, size_t size, const char *text, size_t limit)
{
	size_t length = 0, columns = 0;
	size_t cut = 0; /* where "..." still fits in */

	if (!limit)
		limit = SIZE_MAX;
	if (!size)
		return out;
	while (*text) {
		struct safe_character shown = safe_next(&text);

		if (columns + shown.columns > limit || length + shown.length >= size) {
			size_t dots = size - 1 - cut < 3 ? size - 1 - cut : 3;

			memset(out + cut, '.', dots);
			length = cut + dots;
			break;
		}
		memcpy(out + length, shown.bytes, shown.length);
		length += shown.length;
		columns += shown.columns;
		if (limit - columns >= 3 && columns <= limit && size - 1 - length >= 3)
			cut = length;
	}
	out[length] = 0;
	return out;
}

/* number in units of 10^-decimals, and a unit, at the front of out. No printf: decode writes one a line. */
static void write_number(char out[static 32], bool negative, uint64_t number, unsigned decimals, const char *unit)
{
	char digits[24], *at = digits + sizeof digits;
	size_t length;

	for (unsigned i = 0; number || i <= decimals; i++, number /= 10) {
		if (i && i == decimals)
			*--at = '.';
		*--at = (char)('0' + number % 10);
	}
	if (negative)
		*--at = '-';
	length = (size_t)(digits + sizeof digits - at);
	memcpy(out, at, length);
	strcpy(out + length, unit);
}

char *terminal_duration(char *out, size_t size, int64_t nanoseconds)
{
	bool negative = nanoseconds < 0;
	uint64_t us = ((negative ? 0 - (uint64_t)nanoseconds : (uint64_t)nanoseconds) + 500) / 1000;
	uint64_t s = (us + 500000) / 1000000;
	char text[32];

	if (us < 1000)
		write_number(text, negative, us, 0, " us");
	else if (us < 9995)
		write_number(text, negative, (us + 5) / 10, 2, " ms");
	else if (us < 99950)
		write_number(text, negative, (us + 50) / 100, 1, " ms");
	else if (us < 999500)
		write_number(text, negative, (us + 500) / 1000, 0, " ms");
	else if (s < 120)
		write_number(text, negative, (us + 5000) / 10000, 2, " s");
	else if (s < 7200)
		snprintf(text, sizeof text, "%s%u min %u s", negative ? "-" : "", (unsigned)(s / 60), (unsigned)(s % 60));
	else
		snprintf(text, sizeof text, "%s%" PRIu64 " h %u min", negative ? "-" : "", s / 3600, (unsigned)(s / 60 % 60));
	if (size) {
		size_t length = strlen(text) < size ? strlen(text) : size - 1;

		memcpy(out, text, length);
		out[length] = 0;
	}
	return out;
}

char *serial_pseudonym(char *out, size_t size, const char *serial)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	if (!*serial) {
		if (size)
			*out = 0;
		return out;
	}
	for (; *serial; serial++)
		hash = (hash ^ (unsigned char)*serial) * UINT64_C(0x100000001b3);
	snprintf(out, size, "serial-%08" PRIx32, (uint32_t)(hash >> 32 ^ hash));
	return out;
}
