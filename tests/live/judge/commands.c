/*
 * Our commands against vprobe's own log: the same ones in the same order, with the same bytes, addresses, lengths and statuses.
 * Knows: decode --json, the log's keys (../probe/log.h). Must not know: the dissectors.
 */
#include "checks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_DEVICES 8

/* How one of vprobe's devices differs from what we saw of it. */
struct pair { struct evidence *evidence; const json_t *theirs, *ours; };

#define PAIR_DIFFERS(pair, format, ...) \
	differ((pair)->evidence, "command %lld of vprobe (%s), frame %lld (%s): " format, number_of((pair)->theirs, "n"), \
	       text_of((pair)->theirs, "name"), number_of((pair)->ours, "frame"), text_of((pair)->ours, "command"), __VA_ARGS__)

static void check_bytes(const struct pair *pair, const char *what, const char *theirs, const char *ours)
{
	if (strcmp(theirs, ours))
		PAIR_DIFFERS(pair, "%s is %.80s, not %.80s", what, ours, theirs);
}

static unsigned byte_at(const char *hex, size_t index)
{
	char digits[3] = { 0 };

	if (strlen(hex) < 2 * index + 2)
		return 0;
	memcpy(digits, hex + 2 * index, 2);
	return (unsigned)strtoul(digits, NULL, 16);
}

/* Where memory commands carry address and length: little-endian, but for SWIM. */
static void check_place(const struct pair *pair)
{
	const char *command = text_of(pair->theirs, "cmd"), *name = text_of(pair->theirs, "name");
	const json_t *request = json_object_get(pair->ours, "request");
	long long address, length = -1;

	if (!strcmp(name, "SWIM_READMEM") || !strcmp(name, "SWIM_WRITEMEM")) {
		length = byte_at(command, 2) << 8 | byte_at(command, 3);
		address = byte_at(command, 5) << 16 | byte_at(command, 6) << 8 | byte_at(command, 7);
	} else if (!strncmp(name, "READMEM_", 8) || !strncmp(name, "WRITEMEM_", 9) || strstr(name, "DEBUGREG")) {
		address = byte_at(command, 2) | byte_at(command, 3) << 8 | byte_at(command, 4) << 16 | (long long)byte_at(command, 5) << 24;
		if (!strstr(name, "DEBUGREG"))
			length = byte_at(command, 6) | byte_at(command, 7) << 8;
	} else {
		return;
	}
	if (number_of(request, "address") != address || (length >= 0 && number_of(request, "length") != length))
		PAIR_DIFFERS(pair, "address and length are %llx and %lld, not %llx and %lld", number_of(request, "address"),
		             number_of(request, "length"), address, length);
}

/* The status that came with the answer, or with the status command after it. */
static void check_status(const struct pair *pair)
{
	bool later = json_is_integer(json_object_get(pair->ours, "status_frame"));
	const json_t *theirs = json_object_get(pair->theirs, later ? "exec_status" : "status"), *ours = json_object_get(pair->ours, "status");

	/* The state of a DFU device is no status byte to vprobe. */
	if (!strncmp(text_of(pair->theirs, "name"), "DFU_", 4))
		return;
	if (json_is_string(json_object_get(pair->theirs, "fault")) || !*text_of(pair->theirs, "response"))
		return;
	if (json_is_integer(json_object_get(pair->ours, "judges_frame")))
		return;
	if (json_is_string(theirs) != json_is_integer(ours))
		PAIR_DIFFERS(pair, "%s", json_is_string(theirs) ? "no status" : "a status where there is none");
	else if (json_is_string(theirs) && strtol(json_string_value(theirs), NULL, 0) != json_integer_value(ours))
		PAIR_DIFFERS(pair, "status %02llx, not %s", (long long)json_integer_value(ours), json_string_value(theirs));
}

static void check_pair(const struct pair *pair)
{
	check_bytes(pair, "the command", text_of(pair->theirs, "cmd"), text_of(pair->ours, "request_bytes"));
	if (!strcmp(text_of(pair->theirs, "type"), "lost"))
		return;
	if (strcmp(text_of(pair->theirs, "name"), text_of(pair->ours, "command")))
		PAIR_DIFFERS(pair, "%s", "the name differs");
	check_bytes(pair, "OUT data", text_of(pair->theirs, "data_out"), text_of(pair->ours, "data_bytes"));
	check_bytes(pair, "the answer", text_of(pair->theirs, "response"), text_of(pair->ours, "answer_bytes"));
	check_place(pair);
	check_status(pair);
}

static bool is_command(const json_t *theirs)
{
	return !strcmp(text_of(theirs, "type"), "command") || !strcmp(text_of(theirs, "type"), "lost");
}

/* Was the device ever at this place? */
static bool sat_at(const json_t *log, long long device, long long bus, long long address)
{
	const json_t *line;
	size_t i;

	json_array_foreach(log, i, line)
		if (number_of(line, "device") == device && number_of(line, "bus") == bus && number_of(line, "address") == address)
			return true;
	return false;
}

/* Our commands of a device, but for those of the system's own disk driver to a V1. */
static json_t *ours_of(const struct evidence *evidence, long long device)
{
	json_t *array = json_array();
	json_t *line;
	size_t i;

	json_array_foreach(evidence->lines, i, line)
		if (!strcmp(text_of(line, "type"), "command") && sat_at(evidence->log, device, number_of(line, "bus"), number_of(line, "device")) &&
		    (strcmp(text_of(line, "generation"), "V1") || byte_at(text_of(line, "request_bytes"), 0) >= 0xf0))
			json_array_append(array, line);
	return array;
}

static bool same_exchange(const json_t *theirs, const json_t *ours)
{
	return !strcmp(text_of(theirs, "cmd"), text_of(ours, "request_bytes")) &&
	       !strcmp(text_of(theirs, "response"), text_of(ours, "answer_bytes")) &&
	       !strcmp(text_of(theirs, "data_out"), text_of(ours, "data_bytes"));
}

/* With a gap in ours: every command that we hold to be whole is one of theirs, in their order. */
static void check_around_gap(struct evidence *evidence, const json_t *theirs, const json_t *ours)
{
	const json_t *line;
	size_t i, at = 0;

	json_array_foreach(ours, i, line) {
		if (strcmp(text_of(line, "result"), "ok"))
			continue;
		while (at < json_array_size(theirs) && !same_exchange(json_array_get(theirs, at), line))
			at++;
		if (at++ == json_array_size(theirs)) {
			differ(evidence, "frame %lld: vprobe knows of no such %s after the one before it", number_of(line, "frame"),
			       text_of(line, "command"));
			return;
		}
	}
}

/* A command that failed on its way, because the device left or took no more, and that vprobe therefore knows nothing of. */
static bool never_arrived(const json_t *theirs, const json_t *ours)
{
	static const char *const failed[] = { "gone", "usb-error", "stalled", "cancelled" };

	if (theirs && !strcmp(text_of(theirs, "cmd"), text_of(ours, "request_bytes")))
		return false;
	for (size_t i = 0; i < sizeof failed / sizeof *failed; i++)
		if (!strcmp(text_of(ours, "result"), failed[i]))
			return true;
	return false;
}

/* early: our file ends early, and its last command may be half. */
static void check_in_order(struct evidence *evidence, long long device, const json_t *theirs, const json_t *ours, bool early)
{
	size_t count = json_array_size(theirs), seen = json_array_size(ours), at = 0;

	for (size_t i = 0; i < seen; i++) {
		if (early && i + 1 == seen)
			return;
		if (never_arrived(json_array_get(theirs, at), json_array_get(ours, i)))
			continue;
		if (at == count) {
			differ(evidence, "frame %lld: vprobe received no such command", number_of(json_array_get(ours, i), "frame"));
			return;
		}
		check_pair(&(struct pair){ evidence, json_array_get(theirs, at++), json_array_get(ours, i) });
	}
	if (!early && at != count)
		differ(evidence, "device %lld: %zu commands, vprobe received %zu", device, at, count);
}

static void check_device(struct evidence *evidence, long long device, const json_t *theirs)
{
	const char *differs = scenario_value(evidence->scenario, "differs", 0);
	json_t *ours = ours_of(evidence, device);

	if (differs && !strcmp(differs, "gap"))
		check_around_gap(evidence, theirs, ours);
	else
		check_in_order(evidence, device, theirs, ours, differs);
	json_decref(ours);
}

void check_commands(struct evidence *evidence)
{
	for (long long device = 0; device < MOST_DEVICES; device++) {
		json_t *theirs = json_array();
		json_t *line;
		size_t i;

		json_array_foreach(evidence->log, i, line)
			if (is_command(line) && number_of(line, "device") == device)
				json_array_append(theirs, line);
		check_device(evidence, device, theirs);
		json_decref(theirs);
	}
}
