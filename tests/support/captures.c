/* The captures of captures/ and the output of commands, for tests. Knows the framing of pcap and pcapng, as little as it takes. */
#include "captures.h"

#include <err.h>
#include <glob.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

static struct file stream_read(FILE *stream)
{
	struct file file = { .bytes = NULL };
	size_t room = 0, got;

	do {
		if (file.size + 1 >= room) {
			room = room ? 2 * room : 65536;
			file.bytes = realloc(file.bytes, room);
			if (!file.bytes)
				err(1, NULL);
		}
		got = fread(file.bytes + file.size, 1, room - 1 - file.size, stream);
		file.size += got;
	} while (got);
	file.bytes[file.size] = 0;
	return file;
}

struct file file_read(const char *path)
{
	FILE *stream = fopen(path, "rb");
	struct file file;

	if (!stream)
		err(1, "%s", path);
	file = stream_read(stream);
	fclose(stream);
	return file;
}

char **captures_find(void)
{
	glob_t found;
	char **paths;

	if (glob("captures/*/capture.*", 0, NULL, &found))
		errx(1, "no captures: tests run from the project's root");
	paths = calloc(found.gl_pathc + 1, sizeof *paths);
	if (!paths)
		err(1, NULL);
	for (size_t i = 0; i < found.gl_pathc; i++)
		paths[i] = strdup(found.gl_pathv[i]);
	globfree(&found);
	return paths;
}

void captures_free(char **paths)
{
	for (char **path = paths; *path; path++)
		free(*path);
	free(paths);
}

static uint32_t word(const uint8_t *bytes)
{
	return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

size_t captures_offsets(const struct file *file, size_t **offsets)
{
	size_t *ends = calloc(file->size / 16 + 2, sizeof *ends);
	size_t count = 0;

	if (!ends)
		err(1, NULL);
	if (word(file->bytes) == 0xa1b2c3d4) {
		for (ends[0] = 24; ends[count] + 16 <= file->size; count++)
			ends[count + 1] = ends[count] + 16 + word(file->bytes + ends[count] + 8);
	} else if (word(file->bytes) == 0x0a0d0d0a) {
		size_t at = 0;

		while (at + 12 <= file->size && word(file->bytes + at) != 6)
			at += word(file->bytes + at + 4);
		/* Statistics may stand between packets, and stand behind the last. */
		for (ends[0] = at; at + 12 <= file->size;) {
			bool is_packet = word(file->bytes + at) == 6;

			at += word(file->bytes + at + 4);
			if (is_packet)
				ends[++count] = at;
		}
	} else {
		errx(1, "neither a little-endian pcap nor a pcapng");
	}
	*offsets = ends;
	return count;
}

struct file command_output(const char *command, int *status)
{
	FILE *stream = popen(command, "r");
	struct file output;
	int result;

	if (!stream)
		err(1, "%s", command);
	output = stream_read(stream);
	result = pclose(stream);
	*status = WIFEXITED(result) ? WEXITSTATUS(result) : 128 + WTERMSIG(result);
	return output;
}

const char *program_path(void)
{
	const char *path = getenv("STLINKSCOPE");

	return path ? path : "./stlinkscope";
}
