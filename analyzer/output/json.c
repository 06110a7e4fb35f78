/*
 * JSON text, built value by value and written a line per outermost object.
 * Knows: jansson; no other file does. Must not know: what is written.
 */
#include <err.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "utf8.h"

/* json.h takes over the names of these four. */
static json_t *new_string(const char *text) { return json_string(text); }
static json_t *new_integer(int64_t number) { return json_integer(number); }
static json_t *new_boolean(bool truth) { return json_boolean(truth); }
static json_t *new_null(void) { return json_null(); }
#undef json_boolean
#include "json.h"

/* Deepest use: summary > sessions > session > ladder > rung > frames. */
#define DEPTH 16

#define SCHEMA 1 /* DESIGN section 6 */

struct json {
	FILE *file;
	json_t *open[DEPTH]; /* borrowed from the one before, but for open[0] */
	size_t depth;
	char *line; /* of length bytes; kept for the next one */
	size_t length, capacity;
};

struct json *json_open(FILE *file)
{
	struct json *json = calloc(1, sizeof *json);

	if (!json)
		err(2, NULL);
	json->file = file;
	return json;
}

void json_close(struct json *json)
{
	if (!json)
		return;
	if (json->depth)
		json_decref(json->open[0]);
	free(json->line);
	free(json);
}

/* Takes the reference to value, which is NULL where there was no memory for it. */
static void add(struct json *json, const char *key, json_t *value)
{
	json_t *parent = json->open[json->depth - 1];

	if (!value || (key ? json_object_set_new_nocheck(parent, key, value) : json_array_append_new(parent, value)))
		errx(2, "out of memory");
}

static void begin(struct json *json, const char *key, json_t *value)
{
	if (json->depth == DEPTH)
		errx(2, "JSON nested deeper than %d levels", DEPTH);
	if (json->depth)
		add(json, key, value);
	else if (!value)
		errx(2, "out of memory");
	json->open[json->depth++] = value;
}

void json_begin_object(struct json *json, const char *key)
{
	begin(json, key, json_object());
}

void json_begin_message(struct json *json, const char *type)
{
	json_begin_object(json, NULL);
	json_string(json, "type", type);
	json_integer(json, "schema", SCHEMA);
}

void json_begin_array(struct json *json, const char *key)
{
	begin(json, key, json_array());
}

/* Room for length more bytes in the line. */
static char *reserve(struct json *json, size_t length)
{
	if (json->capacity - json->length < length) {
		size_t capacity = 2 * (json->length + length) + 1024;
		char *line = realloc(json->line, capacity);

		if (!line)
			err(2, NULL);
		json->line = line;
		json->capacity = capacity;
	}
	return json->line + json->length;
}

/* jansson hands its text over in crumbs; a line is put together before it is written. */
static int collect(const char *text, size_t length, void *context)
{
	struct json *json = context;

	memcpy(reserve(json, length), text, length);
	json->length += length;
	return 0;
}

/* jansson leaves DEL as it is; it can only stand inside a string. */
static void write_line(const struct json *json)
{
	const char *text = json->line, *end = text + json->length, *del;

	while ((del = memchr(text, 0x7f, (size_t)(end - text)))) {
		fwrite(text, 1, (size_t)(del - text), json->file);
		fputs("\\u007f", json->file);
		text = del + 1;
	}
	fwrite(text, 1, (size_t)(end - text), json->file);
}

void json_end(struct json *json)
{
	if (--json->depth)
		return;
	/* ASCII alone: what a device says in other characters must not reach a terminal as it is. */
	if (json_dump_callback(json->open[0], collect, json, JSON_COMPACT | JSON_ENSURE_ASCII) || collect("\n", 1, json))
		errx(2, "out of memory");
	write_line(json);
	json->length = 0;
	json_decref(json->open[0]);
}

/* A copy of text in which each byte that is not UTF-8 is U+FFFD; NULL without memory. */
static json_t *valid_text(const char *text)
{
	size_t length = strlen(text);
	char *copy = malloc(3 * length + 1), *out = copy;
	json_t *value;

	if (!copy)
		return NULL;
	while (*text) {
		const char *start = text;
		const char *bytes = utf8_next(&text) == UTF8_INVALID ? "\xef\xbf\xbd" : start;
		size_t size = bytes == start ? (size_t)(text - start) : 3;

		memcpy(out, bytes, size);
		out += size;
	}
	value = json_stringn_nocheck(copy, (size_t)(out - copy));
	free(copy);
	return value;
}

void json_string(struct json *json, const char *key, const char *text)
{
	json_t *value;

	if (!text) {
		json_null(json, key);
		return;
	}
	value = new_string(text); /* refuses invalid UTF-8 */
	add(json, key, value ? value : valid_text(text));
}

void json_integer(struct json *json, const char *key, int64_t number)
{
	add(json, key, new_integer(number));
}

void json_unsigned(struct json *json, const char *key, uint64_t number)
{
	char text[24];

	if (number <= INT64_MAX) {
		add(json, key, new_integer((int64_t)number));
		return;
	}
	snprintf(text, sizeof text, "%" PRIu64, number);
	add(json, key, new_string(text));
}

void json_boolean(struct json *json, const char *key, bool truth)
{
	add(json, key, new_boolean(truth));
}

void json_null(struct json *json, const char *key)
{
	add(json, key, new_null());
}

void json_hex(struct json *json, const char *key, const uint8_t *bytes, size_t length)
{
	static const char digits[] = "0123456789abcdef";
	char *text = reserve(json, 2 * length + 1); /* the line is empty until its end */

	for (size_t i = 0; i < length; i++) {
		text[2 * i] = digits[bytes[i] >> 4];
		text[2 * i + 1] = digits[bytes[i] & 15];
	}
	add(json, key, json_stringn_nocheck(text, 2 * length));
}

void json_time(struct json *json, const char *key, int64_t nanoseconds)
{
	uint64_t magnitude = nanoseconds < 0 ? 0 - (uint64_t)nanoseconds : (uint64_t)nanoseconds;
	bool fine = magnitude % 1000;
	char text[40];

	snprintf(text, sizeof text, "%s%" PRIu64 ".%0*" PRIu64, nanoseconds < 0 ? "-" : "", magnitude / 1000000000,
	         fine ? 9 : 6, magnitude % 1000000000 / (fine ? 1 : 1000));
	add(json, key, new_string(text));
}
