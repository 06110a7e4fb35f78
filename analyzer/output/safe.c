/*
 * Text from a device or a file, character by character, as it may be shown anywhere.
 * Must not know: where it is shown.
 */
#include "safe.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "utf8.h"

struct safe_character safe_next(const char **text)
{
	const char *start = *text;
	uint32_t character = utf8_next(text);
	struct safe_character shown = { .columns = 1 };

	if (character != UTF8_INVALID && !utf8_is_hidden(character)) {
		shown.length = (size_t)(*text - start);
		memcpy(shown.bytes, start, shown.length);
		return shown;
	}
	if (character == UTF8_INVALID || character < 0x80)
		shown.length = (size_t)snprintf(shown.bytes, sizeof shown.bytes, "\\x%02x", (unsigned char)*start);
	else
		shown.length = (size_t)snprintf(shown.bytes, sizeof shown.bytes, "\\u{%04" PRIx32 "}", character);
	shown.columns = shown.length;
	return shown;
}
