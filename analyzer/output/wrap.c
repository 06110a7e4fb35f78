/*
 * Paragraphs that fit a number of columns. Must not know: what is written.
 */
#include <string.h>

#include "wrap.h"

#define USUAL_WIDTH 100

static unsigned columns_of(const char *text, size_t length)
{
	unsigned columns = 0;

	for (size_t i = 0; i < length; i++)
		columns += ((unsigned char)text[i] & 0xc0) != 0x80;
	return columns;
}

void wrap_text(FILE *file, unsigned width, const char *label, unsigned indent, const char *text)
{
	unsigned column = columns_of(label, strlen(label));

	if (width < indent + 20)
		width = USUAL_WIDTH;
	fprintf(file, "%s", label);
	for (; column < indent; column++)
		fputc(' ', file);
	for (int first = 1; *text; first = 0) {
		size_t length = strcspn(text, " ");
		unsigned word = columns_of(text, length);

		if (!first && column + 1 + word > width) {
			fprintf(file, "\n%*s", (int)indent, "");
			column = indent;
		} else if (!first) {
			fputc(' ', file);
			column++;
		}
		fwrite(text, 1, length, file);
		column += word;
		text += length;
		text += *text == ' ';
	}
	fputc('\n', file);
}
