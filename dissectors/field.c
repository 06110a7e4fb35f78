/*
 * The one walker over field tables.
 * Knows: widths, repetition, byte order, names of values, roles.
 * Must not know: any protocol, any output format.
 */
#include "field.h"

const char *name_of(const struct name *names, uint64_t value)
{
	if (!names)
		return NULL;
	for (; names->text; names++)
		if (names->value == value)
			return names->text;
	return NULL;
}

static bool all_zero(const uint8_t *bytes, size_t length)
{
	size_t at = 0;

	for (; length - at >= sizeof(uint64_t); at += sizeof(uint64_t))
		if (cursor_decode64(bytes + at, false))
			return false;
	for (; at < length; at++)
		if (bytes[at])
			return false;
	return true;
}

/* width: 1 to 8. */
static uint64_t number_of(const uint8_t *bytes, size_t width, bool big_endian)
{
	struct cursor cursor;
	uint64_t number = 0;

	switch (width) {
	case 1:
		return bytes[0];
	case 2:
		return cursor_decode16(bytes, big_endian);
	case 4:
		return cursor_decode32(bytes, big_endian);
	default:
		cursor = cursor_over(bytes, width, width);
		cursor_uint(&cursor, width, big_endian, &number);
		return number;
	}
}

static bool is_number(const struct field *field, size_t width)
{
	return width <= sizeof(uint64_t) && field->show != SHOW_BYTES && field->show != SHOW_ASCII && field->show != SHOW_TEXT;
}

/* One occurrence of a field. Adds to marks; returns false where its bytes are not all there. */
static bool walk_field(const struct field *field, size_t width, uint32_t index, struct cursor *cursor,
                       struct operation *operation, struct sink *sink, unsigned *marks)
{
	uint32_t offset = (uint32_t)cursor->at;
	const uint8_t *bytes = cursor_take(cursor, width);
	const char *name = NULL;
	uint64_t number = 0;

	if (!bytes)
		return false;
	if (field->zero_is_absent && all_zero(bytes, width))
		return true;
	if (is_number(field, width)) {
		number = number_of(bytes, width, field->big_endian);
		if (field->role != ROLE_NONE && !operation_has(operation, field->role)) {
			operation->seen |= UINT32_C(1) << field->role;
			operation->argument[field->role] = number;
		}
	}
	if (field->names) {
		name = name_of(field->names, number);
		if (!name && !field->some_named)
			*marks |= WALK_UNNAMED;
	}
	if (field->show == SHOW_PADDING && !all_zero(bytes, width))
		*marks |= WALK_PADDING;
	if (sink)
		sink->value(sink, &(struct value){
			.field = field, .index = index, .offset = offset, .length = (uint32_t)width, .number = number, .name = name,
			.bytes = bytes,
		});
	return true;
}

/* What no field covers: only its being all zero is silent. Takes a copy, so that the walk's cursor stays where it is. */
static unsigned leftover_marks(struct cursor cursor)
{
	size_t present = cursor.captured - cursor.at;
	const uint8_t *bytes = cursor_take(&cursor, present);

	return bytes && !all_zero(bytes, present) ? WALK_TRAILING : 0;
}

unsigned field_walk(const struct field *layout, struct cursor *cursor, struct operation *operation, struct sink *sink)
{
	unsigned marks = cursor->captured < cursor->wire ? WALK_TRUNCATED : 0;
	struct operation own;

	if (!operation) {
		own.seen = 0;
		operation = &own;
	}
	for (const struct field *field = layout; field && field->name; field++) {
		size_t width = field->width;
		uint64_t times = 1;

		if (field->width == FIELD_REST) {
			width = cursor->captured - cursor->at;
		} else if (field->count_role != ROLE_NONE) {
			times = operation_get(operation, field->count_role, 0);
			if (field->counted) {
				width = times < width ? (size_t)times : width;
				times = 1;
			}
		}
		if (!width)
			continue;
		for (uint64_t i = 0; i < times; i++) {
			if (field->optional && width > cursor_left(cursor))
				return marks | leftover_marks(*cursor);
			if (!walk_field(field, width, (uint32_t)i, cursor, operation, sink, &marks))
				return marks | (cursor->end == CURSOR_SHORT ? WALK_SHORT : WALK_TRUNCATED);
		}
	}
	return marks | leftover_marks(*cursor);
}
