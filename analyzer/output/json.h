/*
 * JSON text, built value by value. json.c is the only file that sees jansson.
 * Knows: objects, arrays, escaping. Must not know: what is written.
 * Every function exits with a message on out of memory.
 */
#ifndef ANALYZER_OUTPUT_JSON_H
#define ANALYZER_OUTPUT_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* jansson exports functions of these names, and a linker that meets both would hand it ours. */
#define json_string json_add_string
#define json_integer json_add_integer
#define json_boolean json_add_boolean
#define json_null json_add_null

struct json;

/* Writes to file, which the caller owns; each outermost object becomes one line. */
struct json *json_open(FILE *file);
void json_close(struct json *json);

/* key is NULL for an element of an array and for the outermost object. */
void json_begin_object(struct json *json, const char *key);
/* The outermost object of that type, in the schema of this program's JSON: members type and schema are written. */
void json_begin_message(struct json *json, const char *type);
void json_begin_array(struct json *json, const char *key);
/* Ends the innermost object or array; ending the outermost one writes its line. */
void json_end(struct json *json);

void json_string(struct json *json, const char *key, const char *text); /* NULL: null. Invalid UTF-8 is made valid with U+FFFD; the line is ASCII */
void json_integer(struct json *json, const char *key, int64_t number);
void json_unsigned(struct json *json, const char *key, uint64_t number); /* beyond INT64_MAX: as a decimal string */
void json_boolean(struct json *json, const char *key, bool truth);
void json_null(struct json *json, const char *key);
void json_hex(struct json *json, const char *key, const uint8_t *bytes, size_t length); /* lower-case hex without spaces */
void json_time(struct json *json, const char *key, int64_t nanoseconds); /* decimal string, seconds since the epoch, 6 digits (9 if finer) */

#endif
