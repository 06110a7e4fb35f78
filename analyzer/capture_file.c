/*
 * A capture written anew (capture_file.h).
 */
#include "capture_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "input/capture.h"
#include "input/pcapng_writer.h"
#include "program.h"

#define INTERFACES 8 /* one a link type; there are three */

struct capture_file {
	char *path;
	int descriptor;
	struct pcapng_writer *writer;
	bool big_endian;
	int link_types[INTERFACES];
	uint32_t interface_count;
	int64_t first_time, last_time;
	uint64_t written, dropped;
	bool failed;
};

static bool complain(const char *path, const char *why)
{
	char shown[1024];

	fflush(stdout);
	fprintf(stderr, "stlinkscope: %s: %s\n", terminal_safe(shown, sizeof shown, strcmp(path, "-") ? path : "standard output", 0), why);
	return false;
}

static bool unwritable(const char *path)
{
	int reason = errno;

	fflush(stdout);
	say_unwritable(strcmp(path, "-") ? path : "standard output", reason);
	return false;
}

struct capture_file *capture_file_open(const char *path, const char *not_over)
{
	bool is_stdout = !strcmp(path, "-");
	struct capture_file *file;
	int descriptor;

	if (is_stdout && isatty(STDOUT_FILENO)) {
		complain(path, "a capture is no text for a terminal; name a file, or send it through a pipe");
		return NULL;
	}
	if (!is_stdout && not_over && would_overwrite(path, not_over))
		return NULL;
	descriptor = is_stdout ? dup(STDOUT_FILENO) : open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	file = descriptor < 0 ? NULL : calloc(1, sizeof *file);
	if (!file || !(file->path = strdup(path))) {
		unwritable(path);
		free(file);
		return NULL;
	}
	file->descriptor = descriptor;
	return file;
}

/* The writer is made with the first record: its byte order is the file's. */
static bool begin(struct capture_file *file, bool big_endian)
{
	file->writer = pcapng_writer_open(file->descriptor, big_endian, "stlinkscope " PROGRAM_VERSION);
	file->big_endian = big_endian;
	return file->writer || complain(file->path, "out of memory");
}

static uint32_t interface_of(struct capture_file *file, int link_type)
{
	uint32_t at = 0;

	while (at < file->interface_count && file->link_types[at] != link_type)
		at++;
	if (at < file->interface_count || at == INTERFACES)
		return at < INTERFACES ? at : 0;
	file->link_types[file->interface_count++] = link_type;
	return pcapng_writer_interface(file->writer, (uint16_t)link_type, 0, NULL);
}

static bool is_usbmon(int link_type)
{
	return link_type == LINKTYPE_USB_LINUX || link_type == LINKTYPE_USB_LINUX_MMAPPED;
}

bool capture_file_write(struct capture_file *file, const struct capture_record *record, const uint8_t *bytes, uint64_t dropped,
                        const char *const *comments, size_t count)
{
	struct pcapng_packet packet = {
		.time = record->time, .captured = record->captured, .wire = record->wire, .data = bytes, .dropped = dropped,
		.comments = comments, .comment_count = count,
	};

	if (file->failed || (!file->writer && !begin(file, is_usbmon(record->link_type) && record->big_endian)))
		return false;
	if (is_usbmon(record->link_type) && record->big_endian != file->big_endian) {
		file->failed = true;
		return complain(file->path, "the input has sections of both byte orders, which one file cannot hold");
	}
	packet.interface = interface_of(file, record->link_type);
	if (pcapng_writer_packet(file->writer, &packet)) {
		file->failed = true;
		return unwritable(file->path);
	}
	if (!file->written++)
		file->first_time = record->time;
	file->last_time = record->time;
	file->dropped += dropped;
	return true;
}

bool capture_file_close(struct capture_file *file, uint64_t dropped, const char *const *comments, size_t count)
{
	bool good = !file->failed;

	if (good && (file->writer || begin(file, false))) {
		if (!file->interface_count)
			interface_of(file, LINKTYPE_USB_LINUX_MMAPPED);
		pcapng_writer_statistics(file->writer, &(struct pcapng_statistics){
			.first_time = file->first_time, .last_time = file->last_time, .received = file->written, .dropped = file->dropped + dropped,
			.comments = comments, .comment_count = count,
		});
	}
	if (file->writer && pcapng_writer_close(file->writer) && good)
		good = unwritable(file->path);
	if (close(file->descriptor) && good)
		good = unwritable(file->path);
	free(file->path);
	free(file);
	return good;
}
