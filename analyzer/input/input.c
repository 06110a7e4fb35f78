/*
 * The facade of input.h: tells what a file is, picks its reader, words what is wrong with it.
 * Knows: which reader goes with which content, which dissector with which link type.
 * Must not know: how any format is read.
 */
#define _POSIX_C_SOURCE 200809L /* strdup */
#include "input.h"

#include "capture.h"
#include "sniff.h"
#include "stream.h"
#include "tool_comment.h"
#include "trace_text.h"
#include "unpack.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* A clock that is set during a capture may jump; a jump this far, in nanoseconds, is looked at twice. */
#define JUMP (366 * INT64_C(86400000000000))

struct input {
	struct input_facts facts;
	char *path;
	struct stream *file, *unpacked; /* unpacked: what file unpacks to, or NULL */
	struct capture *capture;         /* or */
	struct trace *trace;
	uint64_t taken, total;
	uint64_t usb_records;
	int64_t time; /* of the record before; 0 before the first */
	struct capture_record record; /* the one that is next while record_waits: what lies before it is told first */
	bool record_waits, gap_told;
	size_t line_at; /* in record.lines */
	bool ended;
	char problem[768];
};

static const char *display_name(const struct input *input)
{
	if (!*input->path)
		return "''";
	return strcmp(input->path, "-") == 0 ? "standard input" : input->path;
}

/* Prefixes the name of the file. Returns -1. */
static int fail(struct input *input, const char *reason)
{
	snprintf(input->problem, sizeof input->problem, "%s: %s", display_name(input), reason);
	input->facts.complete = false;
	return -1;
}

/* Whether what sniff told is compressed, and how. */
static bool is_compressed(enum sniff_kind kind, enum unpack_kind *how)
{
	switch (kind) {
	case SNIFF_GZIP:
		*how = UNPACK_GZIP;
		return true;
	case SNIFF_XZ:
		*how = UNPACK_XZ;
		return true;
	case SNIFF_ZSTD:
		*how = UNPACK_ZSTD;
		return true;
	default:
		return false;
	}
}

/* Puts the unpacker in front where the file is compressed. Returns the kind of what is in it. */
static enum sniff_kind unpack(struct input *input, char *reason, size_t size)
{
	enum sniff_kind kind = sniff(input->file, reason, size);
	enum unpack_kind how;
	char inside[384];

	if (!is_compressed(kind, &how))
		return kind;
	input->facts.compression = unpack_name(how);
	input->unpacked = unpack_open(input->file, how);
	if (!input->unpacked) {
		snprintf(reason, size, "out of memory");
		return SNIFF_UNKNOWN;
	}
	kind = sniff(input->unpacked, inside, sizeof inside);
	if (is_compressed(kind, &how)) {
		snprintf(reason, size, "is compressed twice: unpack it once");
		return SNIFF_UNKNOWN;
	}
	if (kind == SNIFF_UNKNOWN && input->unpacked->problem[0])
		snprintf(reason, size, "%s", input->unpacked->problem);
	else if (kind == SNIFF_UNKNOWN)
		snprintf(reason, size, "is compressed by %s, and what is in it %s", input->facts.compression, inside);
	return kind;
}

static int open_reader(struct input *input, char *reason, size_t size)
{
	enum sniff_kind kind = unpack(input, reason, size);
	struct stream *stream = input->unpacked ? input->unpacked : input->file;

	switch (kind) {
	case SNIFF_PCAP:
	case SNIFF_PCAPNG:
		input->facts.format = kind == SNIFF_PCAP ? "pcap" : "pcapng";
		input->capture = capture_open(stream, kind == SNIFF_PCAPNG, reason, size);
		return input->capture ? 0 : -1;
	case SNIFF_TRACE:
		input->facts.format = "pyocd-trace";
		input->trace = trace_open(stream);
		if (!input->trace)
			snprintf(reason, size, "out of memory");
		return input->trace ? 0 : -1;
	default:
		return -1;
	}
}

struct input *input_open_named(const char *path, const char *name, char *problem, size_t size)
{
	struct input *input = calloc(1, sizeof *input);
	char reason[640] = "out of memory";

	if (input)
		input->path = strdup(name);
	if (!input || !input->path) {
		snprintf(problem, size, "%s: out of memory", name);
		free(input);
		return NULL;
	}
	input->facts = (struct input_facts){ .path = input->path, .format = "", .link_type = -1, .complete = true };
	input->file = stream_open(path, &input->taken, &input->total, reason, sizeof reason);
	if (!input->file || open_reader(input, reason, sizeof reason) < 0) {
		fail(input, reason);
		snprintf(problem, size, "%s", input->problem);
		input_close(input);
		return NULL;
	}
	if (input->capture) {
		input->facts.link_type = capture_link_type(input->capture);
		input->facts.nanoseconds = capture_nanoseconds(input->capture);
	}
	if (size)
		problem[0] = '\0';
	return input;
}

struct input *input_open(const char *path, char *problem, size_t size)
{
	return input_open_named(path, path, problem, size);
}

static void dissect(const struct capture_record *record, struct urb_event *event)
{
	event->frame = record->frame;
	event->time = record->time;
	if (record->link_type == LINKTYPE_USB_LINUX_MMAPPED)
		usbmon_dissect(record->data, record->captured, record->wire, 64, record->big_endian, event);
	else if (record->link_type == LINKTYPE_USB_LINUX)
		usbmon_dissect(record->data, record->captured, record->wire, 48, record->big_endian, event);
	else
		usbpcap_dissect(record->data, record->captured, record->wire, event);
}

/*
 * A text conversion that left the file header alone shifts the records after the first change: their headers are then
 * other bytes of the file. A clock set by years is legitimate (a Raspberry Pi has none of its own), garbage behind it
 * is not.
 */
static bool is_garbage(struct input *input, const struct capture_record *record, const struct urb_event *event)
{
	int64_t jump = record->time - input->time;
	bool jumped = input->time && !record->timeless && (jump > JUMP || jump < -JUMP);

	if (!record->timeless)
		input->time = record->time;
	return jumped && event->marks & (URB_MARK_IMPLAUSIBLE | URB_MARK_HEADER_CUT);
}

/* Reads the record that is next. Returns as input_next_item. */
static int fetch_record(struct input *input)
{
	int got = capture_next(input->capture, &input->record);

	if (got != 1) {
		input->facts.records = capture_records(input->capture);
		input->facts.other_records = input->facts.records - input->usb_records;
		return got == 0 ? 0 : fail(input, capture_problem(input->capture));
	}
	input->record_waits = true;
	input->gap_told = false;
	input->line_at = 0;
	return 1;
}

/* What lies before the record that waits. Returns false where all of it is told. */
static bool next_between(struct input *input, struct input_item *item)
{
	const struct capture_record *record = &input->record;
	struct tool_comment comment;

	item->frame = record->frame;
	while (input->line_at < record->lines_length) {
		const char *line = record->lines + input->line_at;

		input->line_at += strlen(line) + 1;
		if (!tool_comment_read(line, &comment))
			continue;
		item->kind = INPUT_TOOL_LINE;
		item->time = comment.time;
		item->line = (struct input_tool_line){ comment.is_stderr, comment.unfinished, comment.text };
		return true;
	}
	if (input->gap_told || (!record->dropped && !record->may_miss))
		return false;
	input->gap_told = true;
	item->kind = INPUT_GAP;
	item->time = record->is_end ? input->time : record->time;
	item->gap.dropped = record->dropped;
	return true;
}

/* The record that waits, as an event. Returns 1, or -1 where it is none. */
static int take_record(struct input *input, struct urb_event *event)
{
	const struct capture_record *record = &input->record;

	input->record_waits = false;
	dissect(record, event);
	input->facts.records = record->frame;
	input->facts.other_records = record->frame - ++input->usb_records;
	if (is_garbage(input, record, event)) {
		char reason[256];

		snprintf(reason, sizeof reason, "record %" PRIu64 ", at byte offset %" PRIu64 ", is not USB traffic and years away in "
		         "time: the file is damaged, perhaps by a transfer as text; everything before it was read; get the original "
		         "file again, as binary", record->frame, record->offset);
		return fail(input, reason);
	}
	if (record->wire > record->captured || event->wire > event->captured)
		input->facts.cut_records++;
	return 1;
}

static int next_of_capture(struct input *input, struct input_item *item)
{
	int got;

	for (;;) {
		if (!input->record_waits && (got = fetch_record(input)) != 1)
			return got;
		if (input->record.lines_length || input->record.dropped || input->record.may_miss) {
			if (next_between(input, item))
				return 1;
		}
		if (!input->record.is_end)
			break;
		input->record_waits = false;
	}
	item->kind = INPUT_RECORD;
	got = take_record(input, &item->urb);
	item->frame = input->record.frame;
	item->time = input->record.time;
	return got;
}

static int next_of_trace(struct input *input, struct input_item *item)
{
	int got = trace_next(input->trace, &item->urb);

	item->kind = INPUT_RECORD;
	item->frame = item->urb.frame;
	item->time = item->urb.time;
	input->facts.records = trace_lines(input->trace);
	return got < 0 ? fail(input, trace_problem(input->trace)) : got;
}

int input_next_item(struct input *input, struct input_item *item)
{
	int got;

	if (input->ended)
		return input->facts.complete ? 0 : -1;
	got = input->capture ? next_of_capture(input, item) : next_of_trace(input, item);
	input->ended = got != 1;
	return got;
}

int input_next(struct input *input, struct urb_event *event)
{
	struct input_item item;
	int got;

	do
		got = input_next_item(input, &item);
	while (got == 1 && item.kind != INPUT_RECORD);
	if (got == 1)
		*event = item.urb;
	return got;
}

const struct capture_record *input_record(const struct input *input)
{
	return input->capture ? &input->record : NULL;
}

const struct input_facts *input_facts(const struct input *input)
{
	return &input->facts;
}

const char *input_problem(const struct input *input)
{
	return input->problem;
}

void input_progress(const struct input *input, uint64_t *done, uint64_t *total)
{
	uint64_t direct = input->capture ? capture_bytes(input->capture) : 0;

	*done = direct ? direct : input->taken;
	*total = input->total;
}

void input_close(struct input *input)
{
	if (!input)
		return;
	trace_close(input->trace);
	capture_close(input->capture);
	stream_close(input->unpacked);
	stream_close(input->file);
	free(input->path);
	free(input);
}
