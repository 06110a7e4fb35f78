/*
 * What several tests need: the captures of captures/, where their records end, and what a command prints.
 */
#ifndef TESTS_SUPPORT_CAPTURES_H
#define TESTS_SUPPORT_CAPTURES_H

#include <stddef.h>
#include <stdint.h>

struct file {
	uint8_t *bytes; /* owned; a zero byte follows the last */
	size_t size;
};

/* Reads a whole file; exits where it cannot. */
struct file file_read(const char *path);

/* Paths of captures/NAME/capture.*, sorted, ended by NULL. The caller frees them with captures_free. */
char **captures_find(void);
void captures_free(char **paths);

/*
 * Where the records of a pcap or pcapng file end: offsets[0] is the end of the headers before the first record, offsets[n] the end of
 * record n. Returns the number of records; *offsets is owned by the caller.
 */
size_t captures_offsets(const struct file *file, size_t **offsets);

/* Runs a shell command; what it wrote to stdout, and its exit status (128 and more: a signal). Exits where it cannot be run. */
struct file command_output(const char *command, int *status);

/* The program under test: $STLINKSCOPE, else ./stlinkscope. */
const char *program_path(void);

#endif
