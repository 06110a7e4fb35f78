/* What a live capture keeps (live_record.h). */
#include "live_record.h"

#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "input/pcapng_notes.h"
#include "input/pcapng_writer.h"
#include "input/tool_comment.h"
#include "program.h"

#define LINK_USB_LINUX_MMAPPED 220
#define TOLD_COMMENT "told by the system when the capture began, not seen on the bus"
#define MOST_LINE_BYTES (64u * 1024) /* that wait for a record to stand before */

struct recorder {
	struct tracker *tracker;
	const char *interface;
	uint32_t snap_length;
	struct input_facts facts;
	int descriptor;
	struct pcapng_writer *writer; /* NULL: nothing is written, or no longer */
	uint64_t written;             /* records in the file at the last flush */
	bool gap, may_miss;           /* before the next record */
	uint64_t gap_dropped;
	uint64_t told_dropped;        /* by records that are written */
	char **lines;                 /* comments of the next record */
	size_t line_count, line_size, line_bytes;
	int64_t first_time, last_time;
};

struct recorder *recorder_new(struct tracker *tracker, const char *interface, uint32_t snap_length)
{
	struct recorder *recorder = calloc(1, sizeof *recorder);

	if (!recorder)
		err(2, NULL);
	*recorder = (struct recorder){
		.tracker = tracker, .interface = interface, .snap_length = snap_length, .descriptor = -1,
		.facts = { .path = interface, .format = "pcapng", .link_type = LINK_USB_LINUX_MMAPPED, .nanoseconds = true, .complete = true },
	};
	return recorder;
}

int recorder_write_to(struct recorder *recorder, int descriptor)
{
	recorder->descriptor = descriptor;
	recorder->writer = pcapng_writer_open(descriptor, __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__, "stlinkscope " PROGRAM_VERSION);
	if (!recorder->writer) {
		errno = ENOMEM;
		return -1;
	}
	pcapng_writer_interface(recorder->writer, LINK_USB_LINUX_MMAPPED, recorder->snap_length, recorder->interface);
	return pcapng_writer_flush(recorder->writer);
}

static void forget_lines(struct recorder *recorder)
{
	for (size_t i = 0; i < recorder->line_count; i++)
		free(recorder->lines[i]);
	recorder->line_count = recorder->line_bytes = 0;
}

/* Lines of a chatty tool on a quiet bus: statistics may stand anywhere, and a reader hears their comments there. */
static void write_statistics(struct recorder *recorder, uint64_t dropped)
{
	pcapng_writer_statistics(recorder->writer, &(struct pcapng_statistics){
		.first_time = recorder->first_time, .last_time = recorder->last_time, .received = recorder->facts.records, .dropped = dropped,
		.comments = (const char *const *)recorder->lines, .comment_count = recorder->line_count,
	});
	forget_lines(recorder);
}

/* Of the next record; text becomes the recorder's. */
static void add_comment(struct recorder *recorder, char *text)
{
	if (recorder->line_count == recorder->line_size) {
		recorder->line_size = 2 * recorder->line_size + 16;
		recorder->lines = realloc(recorder->lines, recorder->line_size * sizeof *recorder->lines);
	}
	if (!text || !recorder->lines)
		err(2, NULL);
	recorder->lines[recorder->line_count++] = text;
}

static void keep_line(struct recorder *recorder, const struct tool_line *line)
{
	struct tool_comment comment = { .is_stderr = line->is_stderr, .unfinished = line->unfinished, .time = line->time, .text = line->text };
	size_t size = strlen(line->text) + TOOL_COMMENT_EXTRA;
	char *text = malloc(size);

	if (text)
		tool_comment_write(text, size, &comment);
	add_comment(recorder, text);
	recorder->line_bytes += size;
	if (recorder->line_bytes > MOST_LINE_BYTES)
		write_statistics(recorder, recorder->told_dropped);
}

void recorder_tool_line(struct recorder *recorder, const struct tool_line *line)
{
	struct tool_line told = *line;

	told.frame = recorder->facts.records + 1;
	told.time -= told.time % 1000; /* as the file keeps it */
	tracker_tool_line(recorder->tracker, &told);
	if (recorder->writer)
		keep_line(recorder, &told);
}

void recorder_gap(struct recorder *recorder, uint64_t dropped)
{
	recorder->gap = true;
	recorder->may_miss |= !dropped;
	recorder->gap_dropped += dropped;
}

static void tell_gap(struct recorder *recorder, int64_t time)
{
	if (recorder->gap)
		tracker_gap(recorder->tracker, recorder->facts.records + 1, time, recorder->gap_dropped);
	recorder->gap = recorder->may_miss = false;
	recorder->gap_dropped = 0;
}

static void write_record(struct recorder *recorder, const struct sieve_item *item)
{
	struct pcapng_packet packet = {
		.time = item->time, .captured = item->captured, .wire = item->wire, .data = item->bytes, .dropped = recorder->gap_dropped,
	};

	if (recorder->may_miss && !recorder->gap_dropped)
		add_comment(recorder, strdup(PCAPNG_MAY_MISS));
	if (!item->urb.id && !(item->urb.marks & URB_MARK_HEADER_CUT)) /* usbmon_records.h */
		add_comment(recorder, strdup(TOLD_COMMENT));
	packet.comments = (const char *const *)recorder->lines;
	packet.comment_count = recorder->line_count;
	pcapng_writer_packet(recorder->writer, &packet);
	recorder->told_dropped += recorder->gap_dropped;
	forget_lines(recorder);
}

void recorder_record(struct recorder *recorder, const struct sieve_item *item)
{
	struct urb_event urb = item->urb;

	if (recorder->writer)
		write_record(recorder, item);
	tell_gap(recorder, item->time);
	if (!recorder->facts.records++)
		recorder->first_time = item->time;
	recorder->last_time = item->time;
	if (item->wire > item->captured || urb.wire > urb.captured)
		recorder->facts.cut_records++;
	urb.frame = recorder->facts.records;
	urb.time = item->time;
	tracker_observe(recorder->tracker, &urb);
}

/* The first failure ends the writing. */
static int check(struct recorder *recorder, int result)
{
	int reason = errno;

	if (result == 0) {
		recorder->written = recorder->facts.records;
		return 0;
	}
	pcapng_writer_close(recorder->writer);
	recorder->writer = NULL;
	forget_lines(recorder);
	errno = reason;
	return -1;
}

int recorder_flush(struct recorder *recorder)
{
	return recorder->writer ? check(recorder, pcapng_writer_flush(recorder->writer)) : 0;
}

int recorder_finish(struct recorder *recorder)
{
	uint64_t dropped = recorder->told_dropped + recorder->gap_dropped;

	tell_gap(recorder, recorder->last_time);
	if (!recorder->writer)
		return 0;
	write_statistics(recorder, dropped);
	return recorder_flush(recorder);
}

const struct input_facts *recorder_facts(const struct recorder *recorder)
{
	return &recorder->facts;
}

uint64_t recorder_written(const struct recorder *recorder)
{
	return recorder->written;
}

void recorder_free(struct recorder *recorder)
{
	if (!recorder)
		return;
	pcapng_writer_close(recorder->writer);
	if (recorder->descriptor >= 0)
		close(recorder->descriptor);
	forget_lines(recorder);
	free(recorder->lines);
	free(recorder);
}
