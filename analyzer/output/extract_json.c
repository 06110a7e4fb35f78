/*
 * The index of what was taken out of a capture, as one JSON object.
 * Knows: keys. Must not know: where the bytes come from.
 */
#include "extract.h"
#include "json.h"

static void write_conflicts(struct json *json, const struct image_part *part)
{
	uint64_t from = part->address, last = part->address + part->length - 1;
	struct image_run run;

	json_begin_array(json, "conflicts");
	for (; image_next_conflict(part->image, from, (uint32_t)last, &run); from = run.address + run.length) {
		json_begin_object(json, NULL);
		json_unsigned(json, "address", run.address);
		json_unsigned(json, "length", run.length);
		json_end(json);
	}
	json_end(json);
}

static void write_holes(struct json *json, const struct image_part *part)
{
	uint64_t behind = part->address, last = part->address + part->length - 1;
	struct image_run run;

	json_begin_array(json, "holes");
	for (; image_next(part->image, behind, (uint32_t)last, &run); behind = run.address + run.length) {
		if (run.address == behind)
			continue;
		json_begin_object(json, NULL);
		json_unsigned(json, "address", behind);
		json_unsigned(json, "length", run.address - behind);
		json_end(json);
	}
	json_end(json);
}

static void write_transfers(struct json *json, const struct image_part *part)
{
	static const char *const ways[] = {
		[CROSSING_READ] = "read", [CROSSING_WRITTEN] = "written", [CROSSING_PROGRAMMED] = "loader",
	};

	json_begin_array(json, "transfers");
	for (size_t i = 0; i < part->crossing->transfer_count; i++) {
		const struct crossing_transfer *transfer = &part->crossing->transfers[i];

		if (!image_part_holds(part, transfer))
			continue;
		json_begin_object(json, NULL);
		json_string(json, "way", ways[transfer->way]);
		json_unsigned(json, "address", transfer->address);
		json_unsigned(json, "length", transfer->length);
		json_unsigned(json, "first_frame", transfer->first_frame);
		json_unsigned(json, "last_frame", transfer->last_frame);
		json_unsigned(json, "count", transfer->transfers);
		json_end(json);
	}
	json_end(json);
}

static void write_part(struct json *json, const struct image_part *part, bool files)
{
	json_begin_object(json, NULL);
	json_integer(json, "probe", part->crossing->probe);
	json_string(json, "region", part->region);
	json_string(json, "way", part->written ? "written" : "read");
	json_unsigned(json, "address", part->address);
	json_unsigned(json, "length", part->length);
	json_unsigned(json, "known", part->known);
	json_boolean(json, "programmed", part->programmed);
	json_string(json, "file", files ? part->name : NULL);
	write_holes(json, part);
	write_conflicts(json, part);
	write_transfers(json, part);
	json_end(json);
}

void extract_json(FILE *file, const struct extract_index *index)
{
	struct json *json = json_open(file);

	json_begin_message(json, "extract");
	json_begin_array(json, "memory");
	for (size_t i = 0; i < index->part_count; i++)
		write_part(json, &index->parts[i], index->files);
	json_end(json);
	json_begin_array(json, "left_out");
	for (size_t i = 0; i < index->part_count; i++) {
		const struct crossing *crossing = index->parts[i].crossing;

		if (i && crossing == index->parts[i - 1].crossing)
			continue;
		json_begin_object(json, NULL);
		json_integer(json, "probe", crossing->probe);
		json_unsigned(json, "register_accesses", crossing->registers);
		json_unsigned(json, "failed", crossing->failed);
		json_unsigned(json, "unjudged", crossing->unjudged);
		json_unsigned(json, "bytes_not_captured", crossing->cut);
		json_unsigned(json, "transfers_not_listed", crossing->transfers_more);
		json_end(json);
	}
	json_end(json);
	json_begin_object(json, "swo");
	json_unsigned(json, "bytes", index->trace_bytes);
	json_unsigned(json, "port_0_bytes", index->itm_bytes);
	json_unsigned(json, "overflows", index->itm_overflows);
	json_unsigned(json, "bad_bytes", index->itm_bad);
	json_end(json);
	json_end(json);
	json_close(json);
}
