/*
 * Compressed files.
 * Knows: gzip, xz and zstd streams.
 * Must not know: what is in them.
 */
#ifndef ANALYZER_INPUT_UNPACK_H
#define ANALYZER_INPUT_UNPACK_H

#include "stream.h"

enum unpack_kind { UNPACK_GZIP, UNPACK_XZ, UNPACK_ZSTD };

/*
 * A stream of what source (borrowed, compressed from its first byte) unpacks to. NULL: out of memory. Gives whatever
 * the bytes that are there unpack to, as soon as they are there: a pipe that flushes its compressor is followed flush
 * by flush. Where the archive is cut or damaged, everything before is given first; then the stream's problem says so.
 */
struct stream *unpack_open(struct stream *source, enum unpack_kind kind);

/* "gzip", "xz", "zstd". */
const char *unpack_name(enum unpack_kind kind);

#endif
