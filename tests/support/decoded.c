/* A sink that keeps what the walker emits. */
#include "decoded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "../hex.h"

#define LONGEST 4096

static void keep_value(struct sink *sink, const struct value *value)
{
	struct decoded *decoded = (struct decoded *)sink;
	struct decoded_field *kept = &decoded->fields[decoded->count];
	const char *text = value->text ? value->text : value->name ? value->name : "";

	if (decoded->count == sizeof decoded->fields / sizeof *decoded->fields)
		return;
	decoded->count++;
	kept->field = value->field;
	kept->number = value->number;
	snprintf(kept->text, sizeof kept->text, "%s", text);
}

static struct cursor read_bytes(const char *hex, uint8_t bytes[LONGEST])
{
	long length = hex_read(hex, strlen(hex), bytes, LONGEST);

	if (length < 0)
		fail_msg("no hex: %s", hex);
	return cursor_over(bytes, (size_t)length, (size_t)length);
}

struct decoded decoded_request(const char *hex, bool bulk_only)
{
	struct decoded decoded = { .sink.value = keep_value };
	uint8_t bytes[LONGEST];
	struct cursor cursor = read_bytes(hex, bytes);

	decoded.command = stlink_find(bytes, cursor.wire, bulk_only);
	decoded.marks = stlink_walk_request(decoded.command, cursor, &decoded.operation, &decoded.sink);
	return decoded;
}

struct decoded decoded_answer(const struct decoded *request, const char *hex)
{
	struct decoded decoded = { .sink.value = keep_value, .command = request->command };
	uint8_t bytes[LONGEST];

	decoded.marks = stlink_walk_answer(request->command, read_bytes(hex, bytes), &request->operation, NULL, &decoded.operation, &decoded.sink);
	return decoded;
}

struct decoded decoded_layout(const struct field *layout, const char *hex)
{
	struct decoded decoded = { .sink.value = keep_value };
	uint8_t bytes[LONGEST];
	struct cursor cursor = read_bytes(hex, bytes);

	assert_non_null(layout);
	decoded.marks = field_walk(layout, &cursor, &decoded.operation, &decoded.sink);
	return decoded;
}

static const struct decoded_field *find(const struct decoded *decoded, const char *name)
{
	for (size_t i = 0; i < decoded->count; i++)
		if (!strcmp(decoded->fields[i].field->name, name))
			return &decoded->fields[i];
	fail_msg("%s has no field %s", decoded->command ? decoded->command->name : "the layout", name);
	return NULL;
}

uint64_t decoded_number(const struct decoded *decoded, const char *name)
{
	return find(decoded, name)->number;
}

const char *decoded_text(const struct decoded *decoded, const char *name)
{
	return find(decoded, name)->text;
}

uint64_t decoded_role(const struct decoded *decoded, enum role role)
{
	if (!operation_has(&decoded->operation, role))
		fail_msg("%s does not say role %d", decoded->command ? decoded->command->name : "the layout", role);
	return decoded->operation.argument[role];
}

uint32_t decoded_answer_length(const struct decoded *request)
{
	return stlink_answer_length(request->command, &request->operation, NULL);
}
