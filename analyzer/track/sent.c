/*
 * Pages of flash as a client sent them, and pieces of RAM on their way there (sent.h).
 * Knows: how they are kept. Must not know: who sends what, and why.
 */
#include "sent.h"

#include <stdlib.h>
#include <string.h>

#include "facts.h"

#define PAGE 4096u
#define PAGES 256
#define SLOTS 512 /* a power of two, at least twice the pages: chains stay short */
#define PIECES 4
#define PIECE_MOST 65536u

struct page {
	uint32_t number; /* address / PAGE */
	uint8_t bytes[PAGE], known[PAGE / 8];
};

struct piece { uint32_t address, length; uint8_t *bytes; uint32_t capacity; uint64_t used; };

struct sent {
	struct page *slots[SLOTS];
	size_t count;
	struct piece pieces[PIECES];
	uint64_t clock, beyond;
};

struct sent *sent_new(void)
{
	struct sent *sent = facts_allocate(NULL, sizeof *sent);

	memset(sent, 0, sizeof *sent);
	return sent;
}

void sent_clear(struct sent *sent)
{
	for (size_t i = 0; i < SLOTS && sent->count; i++) {
		free(sent->slots[i]);
		sent->slots[i] = NULL;
	}
	sent->count = 0;
	for (size_t i = 0; i < PIECES; i++)
		sent->pieces[i].length = 0;
	sent->beyond = 0;
}

void sent_free(struct sent *sent)
{
	if (!sent)
		return;
	sent_clear(sent);
	for (size_t i = 0; i < PIECES; i++)
		free(sent->pieces[i].bytes);
	free(sent);
}

/* Its slot, or the free one where it would be. */
static size_t slot_of(const struct sent *sent, uint32_t number)
{
	size_t slot = (number * 2654435761u >> 16) % SLOTS;

	while (sent->slots[slot] && sent->slots[slot]->number != number)
		slot = (slot + 1) % SLOTS;
	return slot;
}

static struct page *page_for(struct sent *sent, uint32_t number)
{
	size_t slot = slot_of(sent, number);

	if (sent->slots[slot] || sent->count == PAGES)
		return sent->slots[slot];
	sent->slots[slot] = facts_allocate(NULL, sizeof(struct page));
	memset(sent->slots[slot], 0, sizeof(struct page));
	sent->slots[slot]->number = number;
	sent->count++;
	return sent->slots[slot];
}

static uint32_t least(uint32_t left, uint32_t right)
{
	return left < right ? left : right;
}

void sent_flash(struct sent *sent, uint32_t address, const uint8_t *bytes, uint32_t length)
{
	while (length) {
		uint32_t offset = address % PAGE, part = least(length, PAGE - offset);
		struct page *page = page_for(sent, address / PAGE);

		if (page) {
			memcpy(page->bytes + offset, bytes, part);
			for (uint32_t i = offset; i < offset + part; i++)
				page->known[i / 8] |= (uint8_t)(1u << i % 8);
		} else {
			sent->beyond += part;
		}
		address += part;
		bytes += part;
		length -= part;
	}
}

/* The piece that address continues, else the one that waits for longest, emptied. */
static struct piece *piece_for(struct sent *sent, uint32_t address)
{
	struct piece *oldest = &sent->pieces[0];

	for (size_t i = 0; i < PIECES; i++) {
		struct piece *piece = &sent->pieces[i];

		if (piece->length && address >= piece->address && address - piece->address <= piece->length)
			return piece;
		if (!piece->length || (oldest->length && piece->used < oldest->used))
			oldest = piece;
	}
	oldest->address = address;
	oldest->length = 0;
	return oldest;
}

void sent_ram(struct sent *sent, uint32_t address, const uint8_t *bytes, uint32_t length)
{
	struct piece *piece = piece_for(sent, address);
	uint32_t offset = address - piece->address, kept = offset < PIECE_MOST ? least(length, PIECE_MOST - offset) : 0;

	sent->beyond += length - kept;
	if (offset + kept > piece->capacity) {
		piece->capacity = offset + kept < PIECE_MOST / 2 ? 2 * (offset + kept) : PIECE_MOST;
		piece->bytes = facts_allocate(piece->bytes, piece->capacity);
	}
	memcpy(piece->bytes + offset, bytes, kept);
	if (offset + kept > piece->length)
		piece->length = offset + kept;
	piece->used = ++sent->clock;
}

static const struct piece *piece_at(const struct sent *sent, uint32_t address)
{
	for (size_t i = 0; i < PIECES; i++) {
		const struct piece *piece = &sent->pieces[i];

		if (address >= piece->address && address - piece->address < piece->length)
			return piece;
	}
	return NULL;
}

uint32_t sent_ready(const struct sent *sent, uint32_t source)
{
	const struct piece *piece = piece_at(sent, source);

	return piece ? piece->length - (source - piece->address) : 0;
}

uint32_t sent_copied(struct sent *sent, uint32_t source, uint32_t flash, uint32_t length)
{
	const struct piece *piece = piece_at(sent, source);
	uint32_t part = least(length, sent_ready(sent, source));

	if (!part)
		return 0;
	sent_flash(sent, flash, piece->bytes + (source - piece->address), part);
	/* What lies there afterwards is old, until it is written anew. */
	sent->pieces[piece - sent->pieces].length = source - piece->address;
	return part;
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
	memset(match, 0, sizeof *match);
	if (!sent->count)
		return;
	while (length) {
		uint32_t offset = address % PAGE, part = least(length, PAGE - offset);
		const struct page *page = sent->slots[slot_of(sent, address / PAGE)];

		for (uint32_t i = 0; page && i < part; i++)
			if (page->known[(offset + i) / 8] >> (offset + i) % 8 & 1)
				compare_byte(match, address + i, page->bytes[offset + i], bytes[i]);
		address += part;
		bytes += part;
		length -= part;
	}
}

bool sent_any(const struct sent *sent)
{
	return sent->count > 0;
}

uint64_t sent_beyond(const struct sent *sent)
{
	return sent->beyond;
}
