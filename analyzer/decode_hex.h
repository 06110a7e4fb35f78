/*
 * One command and its answer, given as hex on the command line.
 */
#ifndef ANALYZER_DECODE_HEX_H
#define ANALYZER_DECODE_HEX_H

#include "output/transcript.h"

/* arguments: the command; the OUT data, where the command takes any; the answer. bulk_only: the command is a V1's CDB. */
enum outcome decode_hex(const char *const *arguments, size_t count, bool bulk_only, const struct transcript_options *options);

#endif
