/*
 * Text from a device or a file, character by character, as it may be shown anywhere.
 * Knows: which characters show themselves. Must not know: where they are shown.
 */
#ifndef ANALYZER_OUTPUT_SAFE_H
#define ANALYZER_OUTPUT_SAFE_H

#include <stddef.h>

/* One character as it may be shown: its bytes (UTF-8, not ended) and its columns. */
struct safe_character { char bytes[16]; size_t length, columns; };

/*
 * The character at *text, which moves behind it; not called at the 0 byte that ends the text. Control characters, bidi controls, line and
 * paragraph separators and invalid UTF-8 become \xNN or \u{NNNN}.
 */
struct safe_character safe_next(const char **text);

#endif
