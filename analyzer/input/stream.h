/*
 * Bytes from a file, a pipe, or another stream, with a look ahead.
 * Knows: short reads, end and failure.
 * Must not know: what the bytes mean.
 */
#ifndef ANALYZER_INPUT_STREAM_H
#define ANALYZER_INPUT_STREAM_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/*
 * One kind of stream embeds this as its first member. read gives at least one byte, as soon as there is one: a pipe is
 * never waited on for a full buffer. It returns 0 at the end, and also where it failed: problem then says why.
 */
struct stream {
	size_t (*read)(struct stream *stream, uint8_t *buffer, size_t size);
	void (*close)(struct stream *stream); /* frees the stream */
	uint8_t *held;                        /* looked at, but not taken yet: held[held_at .. held_length) */
	size_t held_at, held_length, held_size;
	bool regular;   /* a named regular file, */
	int descriptor; /* and this is it */
	bool ended;
	char problem[256]; /* "" or why the stream ended too early; without the name of the file */
};

/*
 * Opens path ("-": standard input). Returns NULL and has put the reason and the remedy (without the file's name) into
 * problem. total is set to the size in bytes, 0 where it is not known; taken is kept up to date with the bytes read
 * until the stream is closed.
 */
struct stream *stream_open(const char *path, uint64_t *taken, uint64_t *total, char *problem, size_t size);

/*
 * Looks ahead: waits until count bytes are there, or the end. Returns how many are there, at least count but at the
 * end; they are at *bytes until the next call. Nothing is taken.
 */
size_t stream_peek(struct stream *stream, size_t count, const uint8_t **bytes);

/* Takes up to size bytes; at least one, 0 at the end or at a failure (problem). */
size_t stream_take(struct stream *stream, uint8_t *buffer, size_t size);

/*
 * A FILE that reads from stream and does not close it, for libpcap. NULL: out of memory. The caller closes it before
 * the stream.
 */
FILE *stream_file(struct stream *stream);

/*
 * The same for a named regular file, without the way through stream: from its first byte, also where some were looked at. The stream
 * itself must not be read any more. NULL where it is something else, or no FILE can be had.
 */
FILE *stream_direct_file(struct stream *stream);

/* Sets problem once: the first failure is the cause. */
void stream_fail(struct stream *stream, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* May be NULL. */
void stream_close(struct stream *stream);

#endif
