/*
 * Text for a terminal or a file, put together without printf: decode's speed is made here.
 * Knows: numbers, hex, columns, styles. Must not know: what is written.
 */
#include "text.h"

#include <err.h>
#include <stdlib.h>
#include <time.h>

static const char hex_digits[] = "0123456789abcdef";

static void grow(struct text *text, size_t length)
{
	size_t capacity = (text->length + length) * 2 + 256;
	char *bytes = realloc(text->bytes, capacity);

	if (!bytes)
		err(2, NULL);
	text->bytes = bytes;
	text->capacity = capacity;
}

/* Room for length more bytes; returns where they go, never NULL. */
static inline char *reserve(struct text *text, size_t length)
{
	if (text->capacity - text->length <= length)
		grow(text, length);
	return text->bytes + text->length;
}

void text_clear(struct text *text)
{
	text->length = 0;
	text->column = 0;
}

void text_free(struct text *text)
{
	free(text->bytes);
	*text = (struct text){ .color = text->color };
}

void text_write(const struct text *text, FILE *file)
{
	if (text->length)
		fwrite(text->bytes, 1, text->length, file);
}

void text_swap(struct text *one, struct text *other)
{
	struct text kept = *one;

	*one = *other;
	*other = kept;
}

void text_bytes(struct text *text, const char *bytes, size_t length)
{
	memcpy(reserve(text, length), bytes, length);
	text->length += length;
	text->column += length;
}

void text_right(struct text *text, const char *words, size_t width)
{
	for (size_t length = strlen(words); length < width; length++)
		text_char(text, ' ');
	text_add(text, words);
}

void text_char(struct text *text, char character)
{
	*reserve(text, 1) = character;
	text->length++;
	text->column = character == '\n' ? 0 : text->column + 1;
}

void text_safe(struct text *text, const char *words, size_t limit)
{
	char out[1024];
	size_t length;

	terminal_safe(out, sizeof out, words, limit);
	length = strlen(out);
	memcpy(reserve(text, length), out, length);
	text->length += length;
	for (size_t i = 0; i < length; i++)
		text->column += (out[i] & 0xc0) != 0x80; /* bytes that continue a character take no column */
}

void text_unsigned_right(struct text *text, uint64_t number, size_t width)
{
	char digits[20], *at = digits + sizeof digits;

	do
		*--at = (char)('0' + number % 10);
	while (number /= 10);
	for (size_t used = (size_t)(digits + sizeof digits - at); used < width; used++)
		text_char(text, ' ');
	text_bytes(text, at, (size_t)(digits + sizeof digits - at));
}

void text_unsigned(struct text *text, uint64_t number)
{
	text_unsigned_right(text, number, 0);
}

void text_hex(struct text *text, uint64_t number, unsigned digits)
{
	char *at;

	for (uint64_t more = digits < 16 ? number >> 4 * digits : 0; more; more >>= 4)
		digits++;
	at = reserve(text, digits);
	for (unsigned i = digits; i; number >>= 4)
		at[--i] = hex_digits[number & 15];
	text->length += digits;
	text->column += digits;
}

void text_hex_bytes(struct text *text, const uint8_t *bytes, size_t length)
{
	char *at = reserve(text, 3 * length), *start = at;

	for (size_t i = 0; i < length; i++) {
		if (i)
			*at++ = ' ';
		*at++ = hex_digits[bytes[i] >> 4];
		*at++ = hex_digits[bytes[i] & 15];
	}
	text->length += (size_t)(at - start);
	text->column += (size_t)(at - start);
}

void text_hex_dump(struct text *text, size_t indent, const uint8_t *bytes, size_t length)
{
	for (size_t offset = 0; offset < length; offset += 16) {
		size_t count = length - offset < 16 ? length - offset : 16;

		text_column(text, indent);
		text_hex(text, offset, 4);
		text_add(text, "  ");
		text_hex_bytes(text, bytes + offset, count);
		text_column(text, indent + 6 + 16 * 3 + 1);
		text_char(text, '|');
		for (size_t i = 0; i < count; i++) {
			uint8_t byte = bytes[offset + i];

			text_char(text, byte >= 0x20 && byte < 0x7f ? (char)byte : '.');
		}
		text_add(text, "|");
		text_char(text, '\n');
	}
}

void text_printable(struct text *text, const uint8_t *bytes, size_t length)
{
	text_char(text, '"');
	for (size_t i = 0; i < length; i++) {
		uint8_t byte = bytes[i];

		if (byte == '\n') {
			text_add(text, "\\n");
		} else if (byte == '\r') {
			text_add(text, "\\r");
		} else if (byte == '"' || byte == '\\') {
			text_char(text, '\\');
			text_char(text, (char)byte);
		} else if (byte >= 0x20 && byte < 0x7f) {
			text_char(text, (char)byte);
		} else {
			text_add(text, "\\x");
			text_hex(text, byte, 2);
		}
	}
	text_char(text, '"');
}

void text_seconds(struct text *text, int64_t nanoseconds, unsigned digits, size_t width)
{
	uint64_t magnitude = nanoseconds < 0 ? 0 - (uint64_t)nanoseconds : (uint64_t)nanoseconds;
	uint64_t fraction = magnitude % 1000000000, whole = magnitude / 1000000000;
	char buffer[32], *at = buffer + sizeof buffer;

	for (unsigned i = 9; i > digits; i--)
		fraction /= 10;
	for (unsigned i = 0; i < digits; i++, fraction /= 10)
		*--at = (char)('0' + fraction % 10);
	*--at = '.';
	do
		*--at = (char)('0' + whole % 10);
	while (whole /= 10);
	if (nanoseconds < 0)
		*--at = '-';
	for (size_t used = (size_t)(buffer + sizeof buffer - at); used < width; used++)
		text_char(text, ' ');
	text_bytes(text, at, (size_t)(buffer + sizeof buffer - at));
}

void text_utc(struct text *text, int64_t nanoseconds)
{
	int64_t fraction = nanoseconds % 1000000000;
	time_t seconds = (time_t)(nanoseconds / 1000000000 - (fraction < 0));
	char stamp[32], microseconds[8];
	struct tm utc;

	gmtime_r(&seconds, &utc);
	strftime(stamp, sizeof stamp, "%Y-%m-%d %H:%M:%S", &utc);
	text_add(text, stamp);
	snprintf(microseconds, sizeof microseconds, ".%06u", (unsigned)((fraction < 0 ? fraction + 1000000000 : fraction) / 1000) % 1000000);
	text_add(text, microseconds);
}

void text_duration(struct text *text, int64_t nanoseconds)
{
	char words[40];

	text_add(text, terminal_duration(words, sizeof words, nanoseconds));
}

void text_column(struct text *text, size_t column)
{
	size_t spaces = text->column < column ? column - text->column : text->column > 0;

	memset(reserve(text, spaces), ' ', spaces);
	text->length += spaces;
	text->column += spaces;
}

/* Escape sequences take no column. */
static void add_sequence(struct text *text, const char *sequence)
{
	size_t length = strlen(sequence);

	memcpy(reserve(text, length), sequence, length);
	text->length += length;
}

void text_style(struct text *text, enum style style)
{
	if (text->color)
		add_sequence(text, terminal_begin(text->color, style));
}

void text_plain(struct text *text)
{
	if (text->color)
		add_sequence(text, terminal_end(text->color));
}

void text_styled(struct text *text, enum style style, const char *words)
{
	text_style(text, style);
	text_add(text, words);
	text_plain(text);
}

/* Bytes up to the next space or end of line; *columns: how many columns they take. */
static size_t word_length(const char *bytes, size_t length, size_t *columns)
{
	size_t at = 0;

	*columns = 0;
	while (at < length && bytes[at] != ' ' && bytes[at] != '\n') {
		if (bytes[at] == '\033') { /* up to its final letter; it takes no column */
			while (at < length && bytes[at] != 'm')
				at++;
		} else {
			*columns += (bytes[at] & 0xc0) != 0x80;
		}
		at += at < length;
	}
	return at;
}

/* Columns of the word at the front of bytes, and of the next one too where it must not stand alone. */
static size_t columns_needed(const char *bytes, size_t length)
{
	size_t columns, more = 0, word = word_length(bytes, length, &columns);
	bool is_arrow = word == 2 && (!memcmp(bytes, "->", 2) || !memcmp(bytes, "<-", 2));

	if (!is_arrow || word == length || bytes[word] != ' ')
		return columns;
	word_length(bytes + word + 1, length - word - 1, &more);
	return columns + 1 + more;
}

void text_wrap(struct text *text, size_t width, size_t indent)
{
	struct text out = { .color = text->color };

	for (size_t at = 0; at < text->length;) {
		size_t spaces = 0, length, columns;

		for (; at < text->length && text->bytes[at] == ' '; at++)
			spaces++;
		if (out.column > indent && out.column + spaces + columns_needed(text->bytes + at, text->length - at) > width) {
			text_char(&out, '\n');
			spaces = indent;
		}
		length = word_length(text->bytes + at, text->length - at, &columns);
		memset(reserve(&out, spaces + length), ' ', spaces);
		memcpy(out.bytes + out.length + spaces, text->bytes + at, length);
		out.length += spaces + length;
		out.column += spaces + columns;
		at += length;
		if (at < text->length && text->bytes[at] == '\n') {
			text_char(&out, '\n');
			at++;
		}
	}
	text_swap(text, &out);
	text_free(&out);
}
