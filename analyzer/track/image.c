/*
 * Memory of a target as it crossed the wire (image.h).
 * Knows: a table of pages, by hash, and in the order of their addresses.
 */
#include "image.h"

#include <stdlib.h>
#include <string.h>

#include "internal.h"

#define FIRST_SLOTS 16 /* a power of two, as IMAGE_PAGES: an image of a session may be of a page, or of all there is */
#define BITS (IMAGE_PAGE / 8)

struct page {
	uint32_t number; /* address / IMAGE_PAGE */
	uint8_t bytes[IMAGE_PAGE];
	uint8_t known[BITS], conflict[BITS];
};

struct image {
	struct page **slots;   /* by a hash of the number; at most half of them in use */
	struct page **ordered; /* by number; room for half as many */
	size_t slot_count, count;
	uint64_t lost;
};

static void *allocate(size_t size)
{
	return memset(track_allocate(NULL, size), 0, size);
}

/* The slot of that page, or the free one where it would be. Never full: there are twice as many slots as pages. */
static size_t slot_of(const struct image *image, uint32_t number)
{
	size_t slot = (number * UINT32_C(2654435761)) % image->slot_count;

	while (image->slots[slot] && image->slots[slot]->number != number)
		slot = (slot + 1) % image->slot_count;
	return slot;
}

static void make_room(struct image *image, size_t slot_count)
{
	free(image->slots);
	image->slots = allocate(slot_count * sizeof(struct page *));
	image->ordered = track_allocate(image->ordered, slot_count / 2 * sizeof(struct page *));
	image->slot_count = slot_count;
	for (size_t i = 0; i < image->count; i++)
		image->slots[slot_of(image, image->ordered[i]->number)] = image->ordered[i];
}

struct image *image_new(void)
{
	struct image *image = allocate(sizeof *image);

	make_room(image, FIRST_SLOTS);
	return image;
}

void image_free(struct image *image)
{
	if (!image)
		return;
	for (size_t i = 0; i < image->count; i++)
		free(image->ordered[i]);
	free(image->slots);
	free(image->ordered);
	free(image);
}

/* The place of the first page with this number or a higher one. */
static size_t place_of(const struct image *image, uint32_t number)
{
	size_t low = 0, high = image->count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (image->ordered[middle]->number < number)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static struct page *page_for(struct image *image, uint32_t number)
{
	struct page *page = image->slots[slot_of(image, number)];
	size_t place;

	if (page || image->count == IMAGE_PAGES)
		return page;
	if (image->count == image->slot_count / 2)
		make_room(image, 2 * image->slot_count);
	page = allocate(sizeof *page);
	page->number = number;
	image->slots[slot_of(image, number)] = page;
	place = place_of(image, number);
	memmove(&image->ordered[place + 1], &image->ordered[place], (image->count - place) * sizeof image->ordered[0]);
	image->ordered[place] = page;
	image->count++;
	return page;
}

static bool bit(const uint8_t *bits, uint32_t place)
{
	return bits[place / 8] >> place % 8 & 1;
}

static void set_bit(uint8_t *bits, uint32_t place)
{
	bits[place / 8] = (uint8_t)(bits[place / 8] | 1U << place % 8);
}

void image_put(struct image *image, uint32_t address, const uint8_t *bytes, uint32_t length)
{
	if (length > UINT64_C(0x100000000) - address)
		length = (uint32_t)(UINT64_C(0x100000000) - address);
	while (length) {
		uint32_t place = address % IMAGE_PAGE;
		uint32_t part = IMAGE_PAGE - place < length ? IMAGE_PAGE - place : length;
		struct page *page = page_for(image, address / IMAGE_PAGE);

		if (!page)
			image->lost += part;
		for (uint32_t i = 0; page && i < part; i++) {
			if (bit(page->known, place + i) && page->bytes[place + i] != bytes[i])
				set_bit(page->conflict, place + i);
			page->bytes[place + i] = bytes[i];
			set_bit(page->known, place + i);
		}
		address += part;
		bytes += part;
		length -= part;
	}
}

uint64_t image_lost(const struct image *image)
{
	return image->lost;
}

static const uint8_t *known_bits(const struct page *page)
{
	return page->known;
}

static const uint8_t *conflict_bits(const struct page *page)
{
	return page->conflict;
}

/* The first run of set bits at from or behind, up to last. */
static bool next_run(const struct image *image, const uint8_t *(*bits_of)(const struct page *), uint64_t from, uint32_t last, struct image_run *run)
{
	bool found = false;

	for (size_t i = place_of(image, (uint32_t)(from / IMAGE_PAGE)); from <= last && i < image->count; i++) {
		const struct page *page = image->ordered[i];
		uint64_t base = (uint64_t)page->number * IMAGE_PAGE;
		uint64_t address = base > from ? base : from;

		for (; address < base + IMAGE_PAGE && address <= last; address++) {
			bool is_set = bit(bits_of(page), (uint32_t)(address - base));

			if (found && (!is_set || address != run->address + run->length))
				return true;
			if (is_set && !found) {
				*run = (struct image_run){ (uint32_t)address, 0 };
				found = true;
			}
			run->length += is_set;
		}
	}
	return found;
}

bool image_next(const struct image *image, uint64_t from, uint32_t last, struct image_run *run)
{
	return next_run(image, known_bits, from, last, run);
}

bool image_next_conflict(const struct image *image, uint64_t from, uint32_t last, struct image_run *run)
{
	return next_run(image, conflict_bits, from, last, run);
}

void image_copy(const struct image *image, uint32_t address, uint8_t *bytes, uint32_t length, uint8_t fill)
{
	for (uint32_t i = 0; i < length; i++) {
		const struct page *page = image->slots[slot_of(image, (address + i) / IMAGE_PAGE)];
		uint32_t place = (address + i) % IMAGE_PAGE;

		bytes[i] = page && bit(page->known, place) ? page->bytes[place] : fill;
	}
}

bool image_has(const struct image *image, uint32_t address, uint32_t length)
{
	struct image_run run;

	return length && length <= UINT64_C(0x100000000) - address && image_next(image, address, address + (length - 1), &run) &&
	       run.address == address && run.length >= length;
}
