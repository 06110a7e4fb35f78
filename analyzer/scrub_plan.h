/*
 * What of each record of a capture may leave the machine: found in a first pass, asked for in a second.
 * Knows: which records the tracker told as an ST-Link's, which of their bytes are private (output/mask.h).
 * Must not know: files, options.
 */
#ifndef ANALYZER_SCRUB_PLAN_H
#define ANALYZER_SCRUB_PLAN_H

#include "output/mask.h"
#include "program.h"

struct scrub_plan;

struct scrub_counts {
	uint64_t kept, dropped;                 /* records */
	uint64_t memory_bytes, id_bytes, trace_bytes, unknown_bytes;
	uint64_t strings;                       /* serial numbers in descriptors */
	uint64_t disk_commands;                 /* to the disk that an ST-LINK/V1 is */
	uint64_t tool_lines;
};

/* What was removed or masked, a number and its words a line. Returns how many lines; at most SCRUB_LINES. */
#define SCRUB_LINES 8
struct scrub_line { uint64_t number; const char *words; };
size_t scrub_counts_lines(const struct scrub_counts *counts, unsigned keep, struct scrub_line lines[SCRUB_LINES]);

/* keep: of enum mask_keep. NULL: no temporary file can be had; has been said. */
struct scrub_plan *scrub_plan_new(unsigned keep);
void scrub_plan_free(struct scrub_plan *plan);

/* The first pass: give both to run_capture, as a listener and as its hook for each item (context: the plan). */
struct listener scrub_plan_listener(struct scrub_plan *plan);
bool scrub_plan_each(void *plan, struct input_item *item);
/* Behind the first pass. */
void scrub_plan_finish(struct scrub_plan *plan);

/* The second: does the record stay? */
bool scrub_plan_keeps(struct scrub_plan *plan, uint64_t frame);
/* Masks the payload of that record, length bytes, in place. */
void scrub_plan_mask(struct scrub_plan *plan, uint64_t frame, uint8_t *payload, uint32_t length);

const struct scrub_counts *scrub_plan_counts(const struct scrub_plan *plan);

#endif
