/*
 * Bytes from a file or a pipe, and the look-ahead that every stream shares.
 * Knows: read(2), stdio cookies.
 * Must not know: what the bytes mean.
 */
#define _GNU_SOURCE 1 /* fopencookie */
#include "stream.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	HELD_STEP = 4096,
	FILE_BUFFER = 128 * 1024,
};

struct file_stream {
	struct stream stream;
	uint64_t *taken;
};

static size_t file_read(struct stream *stream, uint8_t *buffer, size_t size)
{
	struct file_stream *file = (struct file_stream *)stream;
	ssize_t got;

	do {
		got = read(stream->descriptor, buffer, size);
	} while (got < 0 && errno == EINTR);
	if (got < 0) {
		stream_fail(stream, "cannot be read further: %s", strerror(errno));
		return 0;
	}
	*file->taken += (size_t)got;
	return (size_t)got;
}

static void file_close(struct stream *stream)
{
	if (stream->descriptor != STDIN_FILENO)
		close(stream->descriptor);
	free(stream);
}

/* The remedy for the reasons that users meet. */
static void explain_open(int reason, char *problem, size_t size)
{
	if (reason == ENOENT)
		snprintf(problem, size, "there is no such file: check the name and the folder");
	else if (reason == EACCES)
		snprintf(problem, size, "you are not allowed to read it: a capture made with sudo belongs to root; try "
		         "sudo chown \"$USER\" FILE");
	else
		snprintf(problem, size, "cannot be opened: %s", strerror(reason));
}

struct stream *stream_open(const char *path, uint64_t *taken, uint64_t *total, char *problem, size_t size)
{
	bool standard_input = strcmp(path, "-") == 0;
	int descriptor = standard_input ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	struct file_stream *file;
	struct stat status;

	if (descriptor < 0) {
		explain_open(errno, problem, size);
		return NULL;
	}
	file = calloc(1, sizeof *file);
	if (!file || fstat(descriptor, &status) < 0) {
		snprintf(problem, size, "cannot be opened: %s", strerror(errno));
		free(file);
		if (!standard_input)
			close(descriptor);
		return NULL;
	}
	*file = (struct file_stream){
		.stream = { .read = file_read, .close = file_close, .regular = !standard_input && S_ISREG(status.st_mode), .descriptor = descriptor },
		.taken = taken,
	};
	*taken = 0;
	*total = S_ISREG(status.st_mode) && status.st_size > 0 ? (uint64_t)status.st_size : 0;
	if (S_ISDIR(status.st_mode)) {
		snprintf(problem, size, "is a directory: name the capture file in it");
		stream_close(&file->stream);
		return NULL;
	}
	if (standard_input && isatty(descriptor)) {
		snprintf(problem, size, "is a terminal: pipe a capture into it, or name a file");
		stream_close(&file->stream);
		return NULL;
	}
	return &file->stream;
}

/* Makes room for size bytes in held, and for more, so that looking further ahead bit by bit stays cheap. */
static bool hold(struct stream *stream, size_t size)
{
	uint8_t *bigger;

	if (size <= stream->held_size)
		return true;
	size = size + HELD_STEP > 2 * stream->held_size ? size + HELD_STEP : 2 * stream->held_size;
	bigger = realloc(stream->held, size);
	if (!bigger) {
		stream_fail(stream, "out of memory");
		return false;
	}
	stream->held = bigger;
	stream->held_size = size;
	return true;
}

size_t stream_peek(struct stream *stream, size_t count, const uint8_t **bytes)
{
	size_t got;

	while (!stream->ended && stream->held_length - stream->held_at < count) {
		if (!hold(stream, stream->held_at + count))
			break;
		got = stream->read(stream, stream->held + stream->held_length, stream->held_size - stream->held_length);
		stream->held_length += got;
		stream->ended = got == 0;
	}
	*bytes = stream->held ? stream->held + stream->held_at : (const uint8_t *)"";
	return stream->held_length - stream->held_at;
}

size_t stream_take(struct stream *stream, uint8_t *buffer, size_t size)
{
	size_t left = stream->held_length - stream->held_at;

	if (left) {
		size = size < left ? size : left;
		memcpy(buffer, stream->held + stream->held_at, size);
		stream->held_at += size;
		return size;
	}
	if (stream->held) {
		free(stream->held);
		stream->held = NULL;
		stream->held_at = stream->held_length = stream->held_size = 0;
	}
	if (stream->ended)
		return 0;
	size = stream->read(stream, buffer, size);
	stream->ended = size == 0;
	return size;
}

static ssize_t cookie_read(void *cookie, char *buffer, size_t size)
{
	return (ssize_t)stream_take(cookie, (uint8_t *)buffer, size);
}

/* One thread: no lock for each of libpcap's reads. */
static FILE *tuned(FILE *file)
{
	if (!file)
		return NULL;
	setvbuf(file, NULL, _IOFBF, FILE_BUFFER);
	__fsetlocking(file, FSETLOCKING_BYCALLER);
	return file;
}

FILE *stream_file(struct stream *stream)
{
	/* The cookie reads short, so a large buffer does not wait on a pipe. */
	return tuned(fopencookie(stream, "r", (cookie_io_functions_t){ .read = cookie_read }));
}

FILE *stream_direct_file(struct stream *stream)
{
	int descriptor = stream->regular ? fcntl(stream->descriptor, F_DUPFD_CLOEXEC, 3) : -1;
	FILE *file;

	if (descriptor < 0)
		return NULL;
	file = lseek(descriptor, 0, SEEK_SET) == 0 ? fdopen(descriptor, "r") : NULL;
	if (!file)
		close(descriptor);
	return tuned(file);
}

void stream_fail(struct stream *stream, const char *format, ...)
{
	va_list arguments;

	if (stream->problem[0])
		return;
	va_start(arguments, format);
	vsnprintf(stream->problem, sizeof stream->problem, format, arguments);
	va_end(arguments);
}

void stream_close(struct stream *stream)
{
	if (!stream)
		return;
	free(stream->held);
	stream->close(stream);
}
