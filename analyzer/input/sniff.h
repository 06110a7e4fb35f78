/*
 * What kind of file this is, told by its first bytes, never by its name.
 * Knows: magic numbers, what text conversion does to them.
 * Must not know: how any of the formats is read.
 */
#ifndef ANALYZER_INPUT_SNIFF_H
#define ANALYZER_INPUT_SNIFF_H

#include "stream.h"

enum sniff_kind {
	SNIFF_PCAP,
	SNIFF_PCAPNG,
	SNIFF_TRACE, /* pyOCD's trace text */
	SNIFF_GZIP,
	SNIFF_XZ,
	SNIFF_ZSTD,
	SNIFF_UNKNOWN, /* problem says what it is instead, and what to do */
};

/* Looks at stream without taking anything. problem is written for SNIFF_UNKNOWN only, without the file's name. */
enum sniff_kind sniff(struct stream *stream, char *problem, size_t size);

#endif
