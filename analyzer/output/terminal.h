/*
 * The terminal: colour, width, and text that is safe to show.
 * Must not know: what is shown.
 */
#ifndef ANALYZER_OUTPUT_TERMINAL_H
#define ANALYZER_OUTPUT_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum color_when { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };
enum style { STYLE_PLAIN, STYLE_BOLD, STYLE_DIM, STYLE_ERROR, STYLE_WARNING, STYLE_GOOD, STYLE_MODE, STYLE_NAME };

/* Whether file gets colour: --color, else NO_COLOR (https://no-color.org), TERM=dumb, isatty. */
bool terminal_color(FILE *file, enum color_when when);
/* The escape sequence that begins a style, and the one that ends it; "" where color is false. */
const char *terminal_begin(bool color, enum style style);
const char *terminal_end(bool color);
/* Columns of the terminal behind file; 0 where it is none. */
unsigned terminal_width(FILE *file);

/*
 * Copies text so that it cannot do anything to a terminal or a page: control characters, escape sequences, bidi controls, line and
 * paragraph separators and invalid UTF-8 become \xNN or \u{NNNN}. Where that is longer than limit characters (0: no limit) or than size, it is cut and
 * its last three characters are "...". Returns out, always ended.
 */
char *terminal_safe(char *out, size_t size, const char *text, size_t limit);

/* A duration in the reader's units: "812 us", "2.94 ms", "29.4 ms", "3.00 s", "4 min 10 s". Returns out. */
char *terminal_duration(char *out, size_t size, int64_t nanoseconds);

/*
 * "serial-3fa912c4": the same for the same serial number everywhere, "" for "". It is the 64-bit FNV-1a hash of the text, its halves
 * xor-ed: 32 bits of some 96, so many serial numbers share each and none can be told from it.
 */
char *serial_pseudonym(char *out, size_t size, const char *serial);

#endif
