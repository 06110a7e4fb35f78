/*
 * Text inside HTML and XML: what a device or a file says can neither end an element nor an attribute, nor be a character that they forbid.
 * Knows: the five characters that both escape (XML 1.0 section 2.4, HTML syntax). Must not know: elements.
 */
#ifndef ANALYZER_OUTPUT_MARKUP_H
#define ANALYZER_OUTPUT_MARKUP_H

#include <stddef.h>
#include <stdio.h>

/* Writes text so that it shows as it is, in an element or in a quoted attribute. Hidden characters and invalid UTF-8 become \xNN or \u{NNNN}. */
void markup_text(FILE *file, const char *text);
/* The same, cut behind limit columns with "..." (0: no limit). Returns how many bytes were written. */
size_t markup_text_cut(FILE *file, const char *text, size_t limit);
/* The same of text that has lines, cut behind a line once limit bytes are written. Returns how many were. */
size_t markup_lines(FILE *file, const char *text, size_t limit);
/* The same of what a printf format makes. Anything longer than 4 KiB is cut. */
__attribute__((format(printf, 2, 3))) void markup_print(FILE *file, const char *format, ...);

#endif
