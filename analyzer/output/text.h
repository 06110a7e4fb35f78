/*
 * Text for a terminal or a file, put together without printf: a growing buffer, columns, colour.
 * Knows: numbers, hex, columns, styles. Must not know: what is written.
 * Exits with a message on out of memory.
 */
#ifndef ANALYZER_OUTPUT_TEXT_H
#define ANALYZER_OUTPUT_TEXT_H

#include <string.h>

#include "terminal.h"

/* Begin with all zero but for color; the buffer is kept for the next use. */
struct text {
	char *bytes;
	size_t length, capacity;
	size_t column; /* of what follows, from 0; escape sequences take none */
	bool color;
};

void text_clear(struct text *text);
void text_free(struct text *text);
void text_write(const struct text *text, FILE *file);
/* Exchanges the contents of two buffers. */
void text_swap(struct text *one, struct text *other);

void text_bytes(struct text *text, const char *bytes, size_t length); /* printable ASCII */
/* Inline, so that the length of literal words costs nothing. */
static inline void text_add(struct text *text, const char *words)
{
	text_bytes(text, words, strlen(words));
}
void text_right(struct text *text, const char *words, size_t width); /* right-aligned in width columns */
void text_char(struct text *text, char character);
void text_safe(struct text *text, const char *words, size_t limit);   /* as terminal_safe */
void text_unsigned(struct text *text, uint64_t number);
void text_unsigned_right(struct text *text, uint64_t number, size_t width); /* right-aligned in width columns */
void text_hex(struct text *text, uint64_t number, unsigned digits);   /* lower case, without 0x */
void text_hex_bytes(struct text *text, const uint8_t *bytes, size_t length); /* "f2 36 00" */
void text_hex_dump(struct text *text, size_t indent, const uint8_t *bytes, size_t length); /* lines of 16: offset, hex, ASCII */
void text_printable(struct text *text, const uint8_t *bytes, size_t length); /* "..." in quotes, others as \xNN */
/* "12.345678", right-aligned in width columns; 1 to 9 digits behind the point. */
void text_seconds(struct text *text, int64_t nanoseconds, unsigned digits, size_t width);
void text_utc(struct text *text, int64_t nanoseconds); /* "2018-03-02 14:13:20.123456", always that wide */
void text_duration(struct text *text, int64_t nanoseconds);           /* as terminal_duration */
/* Spaces up to column; at least one where something stands there already. */
void text_column(struct text *text, size_t column);
/*
 * Breaks the lines of text, which begins at column 0, where they are longer than width, in spaces behind column indent; what follows begins
 * at indent. A word that is longer stays whole, and an arrow stays with the word behind it.
 */
void text_wrap(struct text *text, size_t width, size_t indent);
void text_style(struct text *text, enum style style);
void text_plain(struct text *text);
/* words in a style. */
void text_styled(struct text *text, enum style style, const char *words);

#endif
