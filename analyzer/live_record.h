/*
 * What a live capture keeps, in its order: into the file, and to the tracker just as a reader of that file would hear it.
 * Knows: frame numbers, where a gap and a tool's lines stand in a pcapng. Must not know: where records come from, whose they are.
 */
#ifndef ANALYZER_LIVE_RECORD_H
#define ANALYZER_LIVE_RECORD_H

#include "input/input.h"
#include "track/sieve.h"
#include "track/track.h"

struct recorder;

/* tracker is borrowed. interface: "usbmon3", the name in the file; snap_length: how many bytes of a record the kernel keeps. */
struct recorder *recorder_new(struct tracker *tracker, const char *interface, uint32_t snap_length);
void recorder_free(struct recorder *recorder);

/* Writes what comes to descriptor, too, which becomes the recorder's; call it before the first record. Returns 0, or -1 with errno set. */
int recorder_write_to(struct recorder *recorder, int descriptor);

/* The next record: its number is that of the file. */
void recorder_record(struct recorder *recorder, const struct sieve_item *item);
/* dropped records were lost before the next; 0: may have been, of those that a later gap counts. */
void recorder_gap(struct recorder *recorder, uint64_t dropped);
/* line->frame is set by the recorder. */
void recorder_tool_line(struct recorder *recorder, const struct tool_line *line);

/* Brings what was recorded so far into the file. Returns 0, or -1 once, with errno, where the file cannot take more: from then on nothing is written. */
int recorder_flush(struct recorder *recorder);

/* The end: what stands behind the last record, the statistics of the file. As recorder_flush. */
int recorder_finish(struct recorder *recorder);

/* As input_facts of the file. */
const struct input_facts *recorder_facts(const struct recorder *recorder);
/* Records that are in the file for sure. */
uint64_t recorder_written(const struct recorder *recorder);

#endif
