/*
 * What happened when: commands by group, errors, gaps and the longest latency in equal parts of the capture's time.
 * Knows: time, groups. Must not know: how it is drawn.
 * Bounded: a fixed number of parts, which grow longer as the capture does.
 */
#ifndef ANALYZER_TRACK_TIMELINE_H
#define ANALYZER_TRACK_TIMELINE_H

#include "track.h"

#define TIMELINE_PARTS 240
#define TIMELINE_GROUPS (GROUP_SCSI + 1)
#define TIMELINE_MODES 128
#define TIMELINE_GAPS 64

struct timeline_part {
	uint32_t commands[TIMELINE_GROUPS];
	uint32_t errors;        /* commands that failed */
	int64_t latency;        /* longest, ns */
	uint64_t error_frame;   /* of the first that failed */
};

struct timeline {
	bool begun;
	int64_t first_time, last_time;
	int64_t width;          /* of a part, ns */
	struct timeline_part part[TIMELINE_PARTS];
	struct { int64_t time; enum stlink_mode to; int probe; uint64_t frame; } mode[TIMELINE_MODES];
	size_t mode_count;
	struct { int64_t time; uint64_t frame, dropped; } gap[TIMELINE_GAPS];
	size_t gap_count;
};

/* timeline begins with all zero and outlives the listener. */
struct listener timeline_listener(struct timeline *timeline);
/* How many parts hold something: those behind are of a time that has not come. */
size_t timeline_used(const struct timeline *timeline);
/* Did the command fail: not wait, not what the capture cut, not a status that nobody asked for? */
bool transaction_failed(const struct transaction *transaction);

#endif
