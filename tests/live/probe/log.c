/*
 * The log as JSON lines. Lines keep the order of arrival: what is not over yet holds back what came after it.
 * Knows: jansson. Must not know: USB/IP, what a command means.
 */
#include "log.h"

#include <err.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "endpoint.h"
#include "faults.h"

struct log_entry { struct log_entry *next; json_t *line; };

struct log {
	FILE *file;
	struct log_entry *first, *last;
};

struct log *log_start(const char *path)
{
	struct log *log = calloc(1, sizeof *log);

	if (!log)
		err(1, NULL);
	log->file = path ? fopen(path, "we") : NULL;
	if (path && !log->file)
		err(1, "%s", path);
	return log;
}

/* Writes what is ready, up to the first that is not. */
static void drain(struct log *log)
{
	while (log->first && log->first->line) {
		struct log_entry *entry = log->first;

		if (log->file) {
			json_dumpf(entry->line, log->file, JSON_COMPACT | JSON_REAL_PRECISION(16));
			fputc('\n', log->file);
			if (fflush(log->file))
				err(1, "the log");
		}
		json_decref(entry->line);
		log->first = entry->next;
		free(entry);
	}
	if (!log->first)
		log->last = NULL;
}

void log_finish(struct log *log)
{
	drain(log);
	if (log->file && fclose(log->file))
		err(1, "the log");
	free(log);
}

struct log_entry *log_reserve(struct log *log)
{
	struct log_entry *entry = calloc(1, sizeof *entry);

	if (!entry)
		err(1, NULL);
	if (log->last)
		log->last->next = entry;
	else
		log->first = entry;
	log->last = entry;
	return entry;
}

void log_append(struct log_bytes *bytes, const uint8_t *more, size_t length)
{
	if (!length)
		return;
	bytes->bytes = realloc(bytes->bytes, bytes->length + length);
	if (!bytes->bytes)
		err(1, NULL);
	memcpy(bytes->bytes + bytes->length, more, length);
	bytes->length += length;
}

static json_t *hex(const uint8_t *bytes, size_t length)
{
	static const char digits[] = "0123456789abcdef";
	char *text = malloc(2 * length + 1);
	json_t *string;

	if (!text)
		err(1, NULL);
	for (size_t i = 0; i < length; i++) {
		text[2 * i] = digits[bytes[i] >> 4];
		text[2 * i + 1] = digits[bytes[i] & 15];
	}
	string = json_stringn(text, 2 * length);
	free(text);
	return string;
}

static json_t *seconds(uint64_t microseconds)
{
	return microseconds ? json_real((double)microseconds / 1e6) : json_null();
}

/* A status as the truth files write it: "0x80", null where there is none. */
static json_t *status_text(int status)
{
	return status < 0 ? json_null() : json_sprintf("0x%02x", (unsigned)status);
}

static uint32_t word(const uint8_t *bytes)
{
	return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static json_t *begin(const char *type, const struct log_source *source)
{
	return json_pack("{s:s,s:i,s:i,s:i}", "type", type, "device", (int)source->device, "bus", source->bus, "address", source->address);
}

static void add_envelope(json_t *line, const struct command_record *record)
{
	json_object_set_new(line, "cdb_len", json_integer((json_int_t)record->command_length));
	json_object_set_new(line, "cbw", hex(record->cbw, sizeof record->cbw));
	json_object_set_new(line, "cbw_tag", json_integer(word(record->cbw + 4)));
	json_object_set_new(line, "cbw_data_len", json_integer(word(record->cbw + 8)));
	json_object_set_new(line, "cbw_flags", json_sprintf("0x%02x", record->cbw[12]));
	if (!record->csw_read)
		return;
	json_object_set_new(line, "csw_packet", hex(record->csw, sizeof record->csw));
	json_object_set_new(line, "csw_tag", json_integer(word(record->csw + 4)));
	json_object_set_new(line, "csw_residue", json_integer(word(record->csw + 8)));
	json_object_set_new(line, "csw_status", json_integer(record->csw[12]));
}

static bool is_unread(const struct command_record *record)
{
	return record->answers && (record->stale || record->response.length < record->planned.length);
}

void log_command(struct log *log, struct log_entry *entry, struct command_record *record)
{
	json_t *line = begin(record->lost ? "lost" : "command", &record->source);

	json_object_set_new(line, "n", json_integer(record->number));
	json_object_set_new(line, "t", seconds(record->time));
	json_object_set_new(line, "t_resp", seconds(record->answer_time));
	json_object_set_new(line, "name", json_string(record->name));
	json_object_set_new(line, "cmd", hex(record->command, record->command_length));
	if (record->bridge)
		json_object_set_new(line, "channel", json_string("bridge"));
	if (record->data_expected) {
		json_object_set_new(line, "data_out_expected", json_integer(record->data_expected));
		json_object_set_new(line, "data_out", hex(record->data.bytes, record->data.length));
	}
	json_object_set_new(line, "response", hex(record->response.bytes, record->response.length));
	json_object_set_new(line, "response_len", json_integer((json_int_t)record->response.length));
	json_object_set_new(line, "in_requested", json_integer(record->in_requested));
	json_object_set_new(line, "in_urbs", json_integer(record->in_urbs));
	json_object_set_new(line, "replied", json_boolean(record->in_urbs && !record->urb_status));
	json_object_set_new(line, "status", status_text(record->status));
	json_object_set_new(line, "exec_status", status_text(record->exec_status));
	json_object_set_new(line, "urb_status", json_integer(record->urb_status));
	json_object_set_new(line, "fault", record->fault ? json_string(record->fault) : record->stale ? json_string("stale") : json_null());
	if (is_unread(record)) {
		json_object_set_new(line, "unread", json_true());
		json_object_set_new(line, "response_planned", hex(record->planned.bytes, record->planned.length));
	}
	if (record->enveloped)
		add_envelope(line, record);
	free(record->data.bytes);
	free(record->response.bytes);
	free(record->planned.bytes);
	entry->line = line;
	drain(log);
}

void log_event(struct log *log, const struct log_source *source, const char *event, const char *format, ...)
{
	struct log_entry *entry = log_reserve(log);
	json_t *line = begin("event", source), *more;
	va_list arguments;
	json_error_t error;

	json_object_set_new(line, "t", seconds(wall_now()));
	json_object_set_new(line, "event", json_string(event));
	if (*format) {
		va_start(arguments, format);
		more = json_vpack_ex(&error, 0, format, arguments);
		va_end(arguments);
		if (!more)
			errx(1, "log of %s: %s", event, error.text);
		json_object_update(line, more);
		json_decref(more);
	}
	entry->line = line;
	drain(log);
}

void log_trace(struct log *log, const struct log_source *source, uint32_t requested, const uint8_t *bytes, size_t length, int urb_status)
{
	struct log_entry *entry = log_reserve(log);
	json_t *line = begin("trace", source);

	json_object_set_new(line, "t", seconds(wall_now()));
	json_object_set_new(line, "in_requested", json_integer(requested));
	json_object_set_new(line, "data", hex(bytes, length));
	json_object_set_new(line, "urb_status", json_integer(urb_status));
	entry->line = line;
	drain(log);
}

static json_t *endpoints_line(const struct log_totals *totals)
{
	json_t *list = json_array();

	for (size_t i = 0; i < totals->endpoint_count; i++) {
		const struct log_endpoint *endpoint = &totals->endpoints[i];

		json_array_append_new(list, json_pack("{s:o,s:I,s:I,s:I}", "endpoint", json_sprintf("0x%02x", endpoint->address),
		                                      "submissions", (json_int_t)endpoint->submissions, "completions",
		                                      (json_int_t)endpoint->completions, "unlinks", (json_int_t)endpoint->unlinks));
	}
	return list;
}

/* A scenario whose fault never hit anything tests nothing. */
static json_t *faults_line(const struct faults *faults)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < faults->count; i++)
		json_array_append_new(list, json_pack("{s:s,s:i,s:i}", "fault", faults->list[i].text, "seen", (int)faults->list[i].seen, "hits",
		                                      (int)faults->list[i].hits));
	return list;
}

void log_totals(struct log *log, const struct log_totals *totals)
{
	struct log_entry *entry = log_reserve(log);
	json_t *line = begin("totals", &totals->first);

	json_object_set_new(line, "t", seconds(wall_now()));
	json_object_set_new(line, "model", json_string(totals->model));
	json_object_set_new(line, "vid", json_sprintf("%04x", totals->vendor));
	json_object_set_new(line, "pid", json_sprintf("%04x", totals->product));
	json_object_set_new(line, "firmware", totals->firmware ? json_string(totals->firmware) : json_null());
	json_object_set_new(line, "serial", json_string(totals->serial));
	json_object_set_new(line, "serial_descriptor", json_string(totals->old_serial ? "old" : "normal"));
	json_object_set_new(line, "first_device_address", json_integer(totals->first.address));
	json_object_set_new(line, "speed_mbps", json_integer(totals->speed_mbps));
	json_object_set_new(line, "command_count", json_integer(totals->commands));
	json_object_set_new(line, "endpoints", endpoints_line(totals));
	json_object_set_new(line, "faults", faults_line(totals->faults));
	entry->line = line;
	drain(log);
}
