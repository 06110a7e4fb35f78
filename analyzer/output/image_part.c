/*
 * The memory that crossed the wire, cut into parts (image_part.h).
 */
#include "image_part.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "../../dissectors/registers.h"
#include "../track/facts.h"

/* Of an STM8 (RM0016 4, RM0031 3): data are RAM, and the EEPROM of an STM8L. Registers are no memory. */
static const struct memory_region stm8_regions[] = {
	{ 0x000000, 0x003fff, "STM8 data" }, { 0x004000, 0x0047ff, "STM8 EEPROM" }, { 0x004800, 0x004fff, "STM8 option bytes" },
	{ 0x005000, 0x007fff, "STM8 system" }, { 0x008000, 0xffffff, "STM8 flash" }, { 0, 0, NULL },
};

/* The end of the region that holds address, and its name. */
static uint32_t region_of(const struct image_part *part, uint32_t address, const char **name)
{
	for (const struct memory_region *row = part->space == CROSSING_STM8 ? stm8_regions : memory_regions; row->name; row++) {
		if (address < row->first || address > row->last)
			continue;
		*name = row->name;
		return row->last;
	}
	*name = "memory";
	return UINT32_MAX;
}

bool image_part_holds(const struct image_part *part, const struct crossing_transfer *transfer)
{
	return transfer->space == part->space && (transfer->way != CROSSING_READ) == part->written &&
	       transfer->address < part->address + part->length && part->address < transfer->address + transfer->length;
}

static void add_frames(struct image_part *part)
{
	for (size_t i = 0; i < part->crossing->transfer_count; i++) {
		const struct crossing_transfer *transfer = &part->crossing->transfers[i];

		if (!image_part_holds(part, transfer))
			continue;
		if (!part->first_frame || transfer->first_frame < part->first_frame)
			part->first_frame = transfer->first_frame;
		if (transfer->last_frame > part->last_frame)
			part->last_frame = transfer->last_frame;
		part->programmed |= transfer->way == CROSSING_PROGRAMMED;
	}
}

static void add_conflicts(struct image_part *part)
{
	uint64_t from = part->address, last = part->address + part->length - 1;
	struct image_run run;

	for (; image_next_conflict(part->image, from, (uint32_t)last, &run); from = run.address + run.length)
		part->conflicts++;
}

static void name_part(struct image_part *part, bool several)
{
	char region[32], probe[24] = "";

	snprintf(region, sizeof region, "%s", part->region);
	for (char *at = region; *at; at++)
		*at = isalnum((unsigned char)*at) ? (char)tolower((unsigned char)*at) : '-';
	if (several)
		snprintf(probe, sizeof probe, "probe%d-", part->crossing->probe);
	snprintf(part->name, sizeof part->name, "%s%s-%08" PRIx32 "-%s", probe, region, part->address, part->written ? "written" : "read");
}

/* The part that begins with the first run at from or behind. False: there is none. */
static bool next_part(struct image_part *part, uint64_t from)
{
	struct image_run run;
	uint32_t end;

	if (!image_next(part->image, from, UINT32_MAX, &run))
		return false;
	end = region_of(part, run.address, &part->region);
	part->address = run.address;
	part->length = part->known = part->holes = 0;
	do {
		uint64_t behind = part->address + part->length;

		if (run.address + run.length > (uint64_t)end + 1)
			run.length = (uint64_t)end + 1 - run.address;
		if (part->length && run.address - behind >= PART_HOLE)
			break;
		part->holes += part->length && run.address > behind;
		part->length = run.address + run.length - part->address;
		part->known += run.length;
	} while (image_next(part->image, part->address + part->length, end, &run));
	return true;
}

static void add_parts(struct image_part **parts, size_t *count, const struct image_part *of, bool several)
{
	struct image_part part = *of;
	uint64_t from = 0;

	while (part.image && next_part(&part, from)) {
		from = part.address + part.length;
		part.conflicts = part.first_frame = part.last_frame = 0;
		part.programmed = false;
		add_frames(&part);
		add_conflicts(&part);
		name_part(&part, several);
		*parts = facts_allocate(*parts, (*count + 1) * sizeof **parts);
		(*parts)[(*count)++] = part;
	}
}

size_t image_parts(const struct crossings *crossings, const bool *selected, struct image_part **parts)
{
	size_t count = 0;

	*parts = NULL;
	for (size_t i = 0; i < crossings_count(crossings); i++) {
		const struct crossing *crossing = crossings_of(crossings, i);

		if (selected && !selected[crossing->probe])
			continue;
		for (int space = 0; space < CROSSING_SPACES; space++)
			for (int written = 0; written < 2; written++)
				add_parts(parts, &count,
				          &(struct image_part){ .crossing = crossing, .space = (enum crossing_space)space, .written = written,
				                                .image = written ? crossing->written[space] : crossing->read[space] },
				          crossings_count(crossings) > 1);
	}
	return count;
}
