/*
 * A step in words (step_text.h): as a line of the transcript says it.
 */
#include "step_text.h"

#include <string.h>

#include "privacy.h"
#include "result_text.h"
#include "value_text.h"

/* What is longer is cut. */
static void give(char *out, const struct text *text)
{
	const char *bytes = text->length && *text->bytes == ' ' ? text->bytes + 1 : text->bytes;
	size_t length = text->length - (size_t)(bytes - text->bytes);

	if (length < STEP_WORDS) {
		memcpy(out, text->length ? bytes : "", length);
		out[length] = '\0';
		return;
	}
	length = STEP_WORDS - 4;
	while (length && (bytes[length] & 0xc0) == 0x80) /* not within a character */
		length--;
	memcpy(out, bytes, length);
	strcpy(out + length, "...");
}

void step_text(void *context, const struct transaction *transaction, char *asked, char *answered)
{
	static struct text text; /* its buffer serves all calls */
	const bool *serials = context;
	struct transaction copy;
	uint32_t withheld;

	transaction = privacy_view(transaction, *serials, &copy, &withheld);
	text_clear(&text);
	text_add(&text, transaction->command->name);
	value_text_request(&text, transaction);
	if (transaction->data.wire) {
		text_add(&text, " <-");
		value_text_data(&text, transaction);
	}
	give(asked, &text);

	text_clear(&text);
	result_text_status(&text, transaction);
	value_text_answer(&text, transaction);
	result_text_outcome(&text, transaction);
	if (withheld)
		text_add(&text, " [id kept back, --serials shows it]");
	give(answered, &text);
}
