/*
 * Input that is read twice, and files that are gone with the program.
 * Must not know: what is in them.
 */
#ifndef ANALYZER_SPOOL_H
#define ANALYZER_SPOOL_H

#include <stdbool.h>

#include "program.h"

/* An empty file without a name, in TMPDIR or /tmp. Returns its descriptor, the caller's to close, or -1 with errno. */
int spool_file(void);

/* A path that can be opened more than once. */
struct spool { int file; char path[64]; };

/*
 * path itself, or, where that is "-" or no regular file, a copy of all that it holds until its end. spool_close must be called after success.
 * Returns NULL where it cannot be copied; has said why.
 */
const char *spool_input(struct spool *spool, const char *path);
/* An empty one, to be written through its descriptor. False, errno set: none can be had. */
bool spool_new(struct spool *spool);
void spool_close(struct spool *spool);

/* The whole of it: run gets context and the path that can be opened more than once. */
enum outcome spool_run(const char *path, enum outcome (*run)(const void *context, const char *path), const void *context);

#endif
