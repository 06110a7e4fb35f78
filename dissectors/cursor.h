/*
 * The bounds-checked reader: the only code that touches captured bytes.
 * Knows: how many bytes the capture holds and how many were on the wire.
 * Must not know: what any byte means.
 */
#ifndef DISSECTORS_CURSOR_H
#define DISSECTORS_CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Why a read failed. The first failure sticks, so callers need no check between reads. */
enum cursor_end {
	CURSOR_READY,
	CURSOR_SHORT,     /* the sender sent fewer bytes: evidence about the probe */
	CURSOR_TRUNCATED, /* the capture holds fewer bytes than were on the wire: says nothing about the probe */
};

struct cursor {
	const uint8_t *data;
	size_t at;       /* bytes consumed */
	size_t captured; /* bytes present at data */
	size_t wire;     /* bytes that were on the wire, at least captured */
	enum cursor_end end;
};

/* Borrows data; wire below captured counts as captured. */
static inline struct cursor cursor_over(const uint8_t *data, size_t captured, size_t wire)
{
	/* NULL plus 0 is undefined. */
	data = data ? data : (const uint8_t *)"";
	return (struct cursor){ .data = data, .captured = captured, .wire = wire > captured ? wire : captured };
}

/* Bytes not yet consumed of what was on the wire. */
static inline size_t cursor_left(const struct cursor *cursor)
{
	return cursor->wire - cursor->at;
}

/* Advances by length. Returns the bytes, or NULL (and sets end) where they are not all there. */
static inline const uint8_t *cursor_take(struct cursor *cursor, size_t length)
{
	const uint8_t *bytes;

	if (cursor->end != CURSOR_READY)
		return NULL;
	if (length > cursor->wire - cursor->at) {
		cursor->end = CURSOR_SHORT;
		return NULL;
	}
	if (cursor->at > cursor->captured || length > cursor->captured - cursor->at) {
		cursor->end = CURSOR_TRUNCATED;
		return NULL;
	}
	bytes = cursor->data + cursor->at;
	cursor->at += length;
	return bytes;
}

/*
 * An unsigned integer in bytes that cursor_take gave: record headers are taken whole, then read field by field. Compilers make one load
 * of each; of cursor_uint's loop they do not at -O2, and at a hundred million fields a second that shows.
 */
static inline uint16_t cursor_decode16(const uint8_t *bytes, bool big_endian)
{
	return (uint16_t)(big_endian ? bytes[0] << 8 | bytes[1] : bytes[1] << 8 | bytes[0]);
}

static inline uint32_t cursor_decode32(const uint8_t *bytes, bool big_endian)
{
	if (big_endian)
		return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
	return (uint32_t)bytes[3] << 24 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[1] << 8 | bytes[0];
}

static inline uint64_t cursor_decode64(const uint8_t *bytes, bool big_endian)
{
	uint64_t first = cursor_decode32(bytes, big_endian), second = cursor_decode32(bytes + 4, big_endian);

	return big_endian ? first << 32 | second : second << 32 | first;
}

/* Reads an unsigned integer of width 1 to 8 bytes. Returns false and leaves *value alone where it is not all there. */
static inline bool cursor_uint(struct cursor *cursor, size_t width, bool big_endian, uint64_t *value)
{
	const uint8_t *bytes = cursor_take(cursor, width);
	uint64_t number = 0;

	if (!bytes)
		return false;
	for (size_t i = 0; i < width; i++)
		number = number << 8 | bytes[big_endian ? i : width - 1 - i];
	*value = number;
	return true;
}

#endif
