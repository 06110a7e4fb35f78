/*
 * Text inside HTML and XML.
 * Knows: the five characters that both escape. Must not know: elements.
 */
#include "markup.h"

#include <stdarg.h>
#include <stdint.h>
#include <string.h>

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

/* The next character of *text. Returns the bytes written; adds the columns it takes. */
static size_t write_next(FILE *file, const char **text, size_t *columns)
{
	struct safe_character shown = safe_next(text);
	const char *escaped = entity(shown.bytes[0]);

	*columns += shown.columns;
	if (escaped)
		return fputs(escaped, file) < 0 ? 0 : strlen(escaped);
	return fwrite(shown.bytes, 1, shown.length, file);
}

size_t markup_text_cut(FILE *file, const char *text, size_t limit)
{
	size_t columns = 0, written = 0;

	while (*text && (!limit || columns < limit))
		written += write_next(file, &text, &columns);
	if (*text)
		written += (size_t)fprintf(file, "...");
	return written;
}

size_t markup_lines(FILE *file, const char *text, size_t limit)
{
	size_t written = 0, columns = 0;

	for (; *text; written++) {
		while (*text && *text != '\n')
			written += write_next(file, &text, &columns);
		fputc('\n', file);
		text += *text == '\n';
		if (*text && written >= limit) {
			fputs("...\n", file);
			break;
		}
	}
	return written;
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
