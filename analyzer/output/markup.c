/*
 * Text inside HTML and XML.
 * Knows: the five characters that both escape. Must not know: elements.
 */
#include "markup.h"

#include <stdarg.h>
#include <stdint.h>

#include "safe.h"

static const char *entity(char character)
{
	switch (character) {
	case '&': return "&amp;";
	case '<': return "&lt;";
	case '>': return "&gt;";
	case '"': return "&quot;";
	case '\'': return "&#39;";
	default: return NULL;
	}
}

void markup_text_cut(FILE *file, const char *text, size_t limit)
{
	size_t columns = 0;

	while (*text) {
		struct safe_character shown = safe_next(&text);
		const char *escaped = entity(shown.bytes[0]);

		columns += shown.columns;
		if (limit && columns > limit) {
			fputs("...", file);
			return;
		}
		if (escaped)
			fputs(escaped, file);
		else
			fwrite(shown.bytes, 1, shown.length, file);
	}
}

void markup_text(FILE *file, const char *text)
{
	markup_text_cut(file, text, 0);
}

void markup_print(FILE *file, const char *format, ...)
{
	char text[4096];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	markup_text(file, text);
}
