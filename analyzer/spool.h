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

/* An empty one, to be written through its descriptor. False, errno set: none can be had. */
bool spool_new(struct spool *spool);
void spool_close(struct spool *spool);

/*
 * run gets context, and path itself, or, where that is "-" or no regular file, the path of a copy of all that it holds until its end.
 * OUTCOME_TROUBLE where it cannot be copied; has said why.
 */
enum outcome spool_run(const char *path, enum outcome (*run)(const void *context, const char *path), const void *context);

#endif
