/*
 * A capture written anew, record by record: the file that scrub and annotate make.
 * Knows: the output file, interfaces by link type. Must not know: what is in a record, why it is written.
 */
#ifndef ANALYZER_CAPTURE_FILE_H
#define ANALYZER_CAPTURE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct capture_file;
struct capture_record;

/*
 * Makes the file at path ("-": standard output, unless that is a terminal). not_over: the input, which must not be written over, or NULL.
 * Returns NULL where that cannot be; has said why.
 */
struct capture_file *capture_file_open(const char *path, const char *not_over);

/*
 * Writes a record with bytes (captured of it, as long as the record's) in place of its own, behind a gap of dropped records. comments: count
 * of them, valid UTF-8. False where nothing can be written any more; has said why.
 */
bool capture_file_write(struct capture_file *file, const struct capture_record *record, const uint8_t *bytes, uint64_t dropped,
                        const char *const *comments, size_t count);

/* dropped, comments: behind the last record. False where the file is not whole; has said why. */
bool capture_file_close(struct capture_file *file, uint64_t dropped, const char *const *comments, size_t count);

#endif
