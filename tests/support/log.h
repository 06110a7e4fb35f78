/*
 * The logs of ../shared/captures/logs, read line by line.
 */
#ifndef TESTS_SUPPORT_LOG_H
#define TESTS_SUPPORT_LOG_H

#include <stdbool.h>

#include "captures.h"

struct log {
	struct file file;
	char *rest;
};

/* The path of logs/NAME.txt; skips the running cmocka test where the captures are absent. */
void log_path(char path[512], const char *name);
struct log log_open(const char *name);
struct log log_open_path(const char *path);
/* The next line without the blanks before it, or NULL. Borrowed from the log. */
char *log_line(struct log *log);
void log_close(struct log *log);

/* What follows mark in the line, or NULL. */
const char *behind(const char *line, const char *mark);

/*
 * Whether length characters of words are a canonical name: "SWIM READBUFSIZE", "Apiv2 SWD Set Freq" and "SWD_SET_FREQ" are written in many
 * ways; letters and digits tell.
 */
bool same_name(const char *words, size_t length, const char *name);

#endif
