/* What a client sent to flash, beside what it reads back (sent.h). */
#include "sent.h"

#include <stdlib.h>
#include <string.h>

#include "facts.h"
#include "image.h"
#include "loader.h"

#define PART 256

struct sent {
	struct image *flash;   /* both made when first needed */
	struct loader *loader;
};

struct sent *sent_new(void)
{
	struct sent *sent = facts_allocate(NULL, sizeof *sent);

	memset(sent, 0, sizeof *sent);
	return sent;
}

void sent_clear(struct sent *sent)
{
	image_free(sent->flash);
	loader_free(sent->loader);
	memset(sent, 0, sizeof *sent);
}

void sent_free(struct sent *sent)
{
	if (sent)
		sent_clear(sent);
	free(sent);
}

struct loader *sent_loader(struct sent *sent)
{
	if (!sent->loader)
		sent->loader = loader_new();
	return sent->loader;
}

void sent_flash(struct sent *sent, uint32_t address, const uint8_t *bytes, uint32_t length)
{
	if (!sent->flash)
		sent->flash = image_new();
	image_put(sent->flash, address, bytes, length);
}

static bool is_one_bit(uint8_t difference)
{
	return !(difference & (difference - 1));
}

static void compare_byte(struct sent_match *match, uint32_t address, uint8_t meant, uint8_t read)
{
	if (meant == read) {
		match->same++;
		return;
	}
	if (!match->different++) {
		match->address = address;
		match->meant = meant;
		match->read = read;
		match->erased = match->single_bits = true;
	}
	match->erased = match->erased && read == 0xff;
	match->single_bits = match->single_bits && is_one_bit(meant ^ read);
}

void sent_compare(const struct sent *sent, uint32_t address, const uint8_t *bytes, uint32_t length, struct sent_match *match)
{
	uint64_t from = address, end = (uint64_t)address + length;
	struct image_run run;
	uint8_t meant[PART];

	memset(match, 0, sizeof *match);
	while (sent->flash && from < end && image_next(sent->flash, from, (uint32_t)(end - 1), &run)) {
		uint32_t part = run.length < PART ? (uint32_t)run.length : PART;

		image_copy(sent->flash, run.address, meant, part, 0);
		for (uint32_t i = 0; i < part; i++)
			compare_byte(match, run.address + i, meant[i], bytes[run.address + i - address]);
		from = (uint64_t)run.address + part;
	}
}

bool sent_any(const struct sent *sent)
{
	return sent->flash != NULL;
}

uint64_t sent_beyond(const struct sent *sent)
{
	return sent->flash ? image_lost(sent->flash) : 0;
}
