/*
 * Captures in, URB events out.
 * Knows: files, pipes, compression, pcap and pcapng framing, pyOCD's trace text.
 * Must not know: what a transfer means, output formats. capture.c alone sees libpcap, unpack.c alone the compression libraries.
 */
#ifndef ANALYZER_INPUT_H
#define ANALYZER_INPUT_H

#include "../../dissectors/usb.h"

struct capture_record; /* capture.h */
struct input;

/* A place where records are missing; dropped 0: where some of those may be missing that the next gap counts. */
struct input_gap { uint64_t dropped; };
/* A line that the tool wrote which was watched: any bytes, ended by a 0. */
struct input_tool_line { bool is_stderr, unfinished; const char *text; };

enum input_kind { INPUT_RECORD, INPUT_GAP, INPUT_TOOL_LINE };

/* What comes next: a record, or what lies before one. */
struct input_item {
	enum input_kind kind;
	uint64_t frame; /* of the record, or of the one that it lies before: the next that would be, at the end */
	int64_t time;   /* nanoseconds since the epoch; of a gap: of the record that it lies before, at the end of the last one */
	union { struct urb_event urb; struct input_gap gap; struct input_tool_line line; };
};

struct input_facts {
	const char *path;      /* as the user wrote it; "-" for standard input */
	const char *format;    /* "pcap", "pcapng", "pyocd-trace" */
	const char *compression; /* "gzip", "xz", "zstd", or NULL */
	int link_type;         /* LINKTYPE_ value of the USB records; -1 while unknown or not a capture */
	bool nanoseconds;      /* time stamps finer than a microsecond */
	uint64_t records;      /* records of the file seen so far, of every interface */
	uint64_t other_records; /* of these, records of interfaces that are not USB */
	uint64_t cut_records;  /* USB records that the snap length cut */
	bool complete;         /* false once something could not be read; meaningful after the end */
};

/*
 * Opens path ("-": standard input). Returns NULL and has put one clear line into problem (size bytes) where nothing can be read:
 * what is wrong, and what to do. On success problem is "". The caller closes with input_close.
 */
struct input *input_open(const char *path, char *problem, size_t size);
/* The same where messages are to call it otherwise: path is a copy of name. */
struct input *input_open_named(const char *path, const char *name, char *problem, size_t size);

/*
 * The next item, borrowed until the next call. Before a record stand the tool's lines, then the gap. Returns 1, 0 at the end, or -1 where
 * the file could not be read to its end: input_problem then says what and where (record number, bytes present of bytes needed); every item
 * before it was delivered. Blocks on a pipe no longer than until the next record is whole.
 */
int input_next_item(struct input *input, struct input_item *item);

/* The same of records alone: what lies between them is passed over. */
int input_next(struct input *input, struct urb_event *event);

/* The record behind the last INPUT_RECORD as it is in the file; NULL where that is no capture. Borrowed until the next item. */
const struct capture_record *input_record(const struct input *input);

const struct input_facts *input_facts(const struct input *input);
const char *input_problem(const struct input *input);

/* Bytes consumed so far and in all (0: not known, a pipe), for a progress line. */
void input_progress(const struct input *input, uint64_t *done, uint64_t *total);

void input_close(struct input *input);

#endif
