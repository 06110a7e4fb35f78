/*
 * The index of what was taken out of a capture, as text.
 * Knows: layout. Must not know: where the bytes come from.
 */
#include <inttypes.h>

#include "extract.h"

#define LISTED 4 /* holes and conflicts of a part */

typedef bool next_run(const struct image *image, uint64_t from, uint32_t last, struct image_run *run);

static void print_runs(FILE *file, const char *what, const struct image_part *part, next_run *next)
{
	uint64_t from = part->address, last = part->address + part->length - 1, count = 0;
	struct image_run run;

	for (; next(part->image, from, (uint32_t)last, &run); from = run.address + run.length)
		if (count++ < LISTED)
			fprintf(file, "%s 0x%08" PRIx32 "+%" PRIu64, count == 1 ? what : ",", run.address, run.length);
	if (count > LISTED)
		fprintf(file, " and %" PRIu64 " more", count - LISTED);
	if (count)
		fputc('\n', file);
}

static bool next_hole(const struct image *image, uint64_t from, uint32_t last, struct image_run *run)
{
	struct image_run known, next;

	if (!image_next(image, from, last, &known))
		return false;
	if (known.address > from) {
		*run = (struct image_run){ (uint32_t)from, known.address - from };
		return true;
	}
	if (!image_next(image, known.address + known.length, last, &next))
		return false;
	*run = (struct image_run){ (uint32_t)(known.address + known.length), next.address - known.address - known.length };
	return true;
}

static void print_part(FILE *file, const struct image_part *part, bool files)
{
	fprintf(file, "%-16s 0x%08" PRIx32 " to 0x%08" PRIx64 ", %" PRIu64 " bytes %s%s", part->region, part->address,
	        part->address + part->length - 1, part->known, part->written ? "written" : "read",
	        part->programmed ? " (to flash, by a loader in RAM)" : "");
	if (part->first_frame)
		fprintf(file, ", frames %" PRIu64 " to %" PRIu64, part->first_frame, part->last_frame);
	if (files)
		fprintf(file, ": %s.bin, .hex", part->name);
	fputc('\n', file);
	print_runs(file, "    not known:", part, next_hole);
	print_runs(file, "    more than one value crossed the wire (the last one is kept):", part, image_next_conflict);
}

static void print_left_out(FILE *file, const struct crossing *crossing)
{
	if (crossing->unjudged)
		fprintf(file, "  %" PRIu64 " access%s in it had a status that nobody asked for\n", crossing->unjudged, crossing->unjudged == 1 ? "" : "es");
	if (crossing->failed)
		fprintf(file, "  %" PRIu64 " access%s failed and %s left out\n", crossing->failed, crossing->failed == 1 ? "" : "es",
		        crossing->failed == 1 ? "is" : "are");
	if (crossing->cut)
		fprintf(file, "  %" PRIu64 " bytes are missing: the capture does not hold them\n", crossing->cut);
}

void extract_text(FILE *file, const struct extract_index *index)
{
	for (size_t i = 0; i < index->part_count; i++) {
		const struct image_part *part = &index->parts[i];

		if (!i || part->crossing != index->parts[i - 1].crossing)
			fprintf(file, "Probe %d\n", part->crossing->probe);
		fputs("  ", file);
		print_part(file, part, index->files);
		if (i + 1 == index->part_count || part->crossing != index->parts[i + 1].crossing)
			print_left_out(file, part->crossing);
	}
	if (!index->part_count)
		fputs("No memory of the target crossed the wire.\n", file);
	if (!index->trace_bytes)
		return;
	fprintf(file, "SWO: %" PRIu64 " bytes, %" PRIu64 " of them written to stimulus port 0", index->trace_bytes, index->itm_bytes);
	if (index->itm_overflows)
		fprintf(file, "; the chip lost packets %" PRIu64 " times", index->itm_overflows);
	if (index->itm_bad)
		fprintf(file, "; %" PRIu64 " bytes are no packet", index->itm_bad);
	fputc('\n', file);
}
