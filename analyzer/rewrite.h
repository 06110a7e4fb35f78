/*
 * A capture copied record by record, some left out, some changed, some with comments: the second pass of scrub and annotate.
 * Knows: gaps and tool lines move to the next record that stays. Must not know: why a record stays or changes.
 */
#ifndef ANALYZER_REWRITE_H
#define ANALYZER_REWRITE_H

#include "input/input.h"
#include "program.h"

struct rewrite {
	const char *path;        /* what is read; a regular file */
	const char *shown;       /* as the user wrote it */
	const char *out;         /* where it goes; "-": standard output */
	bool keep_lines;         /* the tool's lines, as comments */
	bool number_urbs;        /* numbers in place of URB ids, which tell of the capturing machine's memory */
	void *context;
	bool (*keeps)(void *context, uint64_t frame); /* NULL: every record stays */
	void (*change)(void *context, uint64_t frame, uint8_t *payload, uint32_t length); /* in place, of an URB's payload; NULL: nothing */
	/* Comments of a record, valid UTF-8, count of them, valid until the next call; NULL: none. */
	const char *const *(*comments)(void *context, uint64_t frame, size_t *count);
};

/* Says what went wrong. What cannot be read is left to the first pass to say. */
enum outcome rewrite_capture(const struct rewrite *rewrite);

#endif
