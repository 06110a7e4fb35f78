/* Lines and words of pasted logs. */
#include "log.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "recording.h"

void log_path(char path[512], const char *name)
{
	snprintf(path, 512, "%s/logs/%s.txt", shared_captures(), name);
}

struct log log_open_path(const char *path)
{
	struct log log = { .file = file_read(path) };

	log.rest = (char *)log.file.bytes;
	return log;
}

struct log log_open(const char *name)
{
	char path[512];

	log_path(path, name);
	return log_open_path(path);
}

char *log_line(struct log *log)
{
	char *line = strsep(&log->rest, "\r\n");

	return line ? line + strspn(line, " \t") : NULL;
}

void log_close(struct log *log)
{
	free(log->file.bytes);
}

const char *behind(const char *line, const char *mark)
{
	const char *at = strstr(line, mark);

	return at ? at + strlen(mark) : NULL;
}

bool same_name(const char *words, size_t length, const char *name)
{
	const char *end = words + length;

	for (;; words++, name++) {
		while (words < end && !isalnum((unsigned char)*words))
			words++;
		while (*name && !isalnum((unsigned char)*name))
			name++;
		if (words == end || !*name)
			return words == end && !*name;
		if (toupper((unsigned char)*words) != *name)
			return false;
	}
}
