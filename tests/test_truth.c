/*
 * Every emulated capture against its truth.json, what the emulated probe received and answered: the same commands in the same order, with
 * the same bytes, roles, statuses and frames; every record in its place. And `decode --json` of the same captures says the same
 * (contract.h).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <glob.h>
#include <jansson.h>

#include "hex.h"
#include "support/contract.h"
#include "support/recording.h"

#define LONGEST 65536

/* Where the comparison stands, for the message when it fails. */
struct place { const char *folder, *name; long long n; };

#define DIFFER(place, format, ...) \
	fail_msg("%s, command %lld %s: " format, (place)->folder, (place)->n, (place)->name, __VA_ARGS__)

/* --- reading the truth --- */

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

/* A number, or text in C's notation. */
static uint64_t number_of(const json_t *value)
{
	return json_is_string(value) ? strtoull(json_string_value(value), NULL, 0) : (uint64_t)json_integer_value(value);
}

/* OpenOCD's macro without its prefixes is the canonical name. */
static const char *canonical(const char *name)
{
	static const char *const prefixes[] = { "DEBUG_", "APIV2_", "APIV3_" };

	for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
		if (!strncmp(name, prefixes[i], strlen(prefixes[i])))
			name += strlen(prefixes[i]);
	return name;
}

/* Reads hex of the truth into bytes of its own; the caller frees them. */
static uint8_t *bytes_of(const char *hex, size_t *length)
{
	uint8_t *bytes = malloc(LONGEST);
	long count;

	assert_non_null(bytes);
	count = hex_read(hex, strlen(hex), bytes, LONGEST);
	assert_true(count >= 0);
	*length = (size_t)count;
	return bytes;
}

static bool reads_memory(const char *name)
{
	return !strncmp(name, "READMEM_", 8);
}

static bool writes_memory(const char *name)
{
	return !strncmp(name, "WRITEMEM_", 9);
}

/* Whether a command brings the status of the one before it. */
static bool judges(const json_t *judge, const json_t *judged)
{
	const char *name = canonical(text_of(judge, "name")), *before = canonical(text_of(judged, "name"));

	if (!*text_of(judge, "response"))
		return false;
	if (!strcmp(name, "RW_MISC_IN"))
		return !strcmp(before, "RW_MISC_OUT");
	return !strncmp(name, "GETLASTRWSTATUS", 15) && (reads_memory(before) || writes_memory(before));
}

/* --- one command --- */

static void check_bytes(const struct place *place, const char *what, const char *hex, const struct payload *ours)
{
	size_t length;
	uint8_t *bytes = bytes_of(hex, &length);
	bool equal = length == ours->wire && length == ours->captured && !memcmp(bytes, ours->bytes, length);

	free(bytes);
	if (!equal)
		DIFFER(place, "%s is %s in the truth, %u bytes here", what, hex, ours->wire);
}

static void check_frames(const struct place *place, const json_t *truth, const char *submit, const char *complete, const struct frames *ours)
{
	const json_t *frames = json_object_get(truth, "frames");
	const json_t *expected[] = { json_object_get(frames, submit), json_object_get(frames, complete) };
	size_t count = 0;

	for (size_t i = 0; i < 2; i++) {
		if (!expected[i])
			continue;
		if (count >= ours->count || (int64_t)ours->frame[count] != json_integer_value(expected[i]))
			DIFFER(place, "frame %s is not %lld", i ? complete : submit, (long long)json_integer_value(expected[i]));
		count++;
	}
	if (count != ours->count)
		DIFFER(place, "%zu frames from %s to %s, not %zu", ours->count, submit, complete, count);
}

static void check_role(const struct place *place, const char *key, uint64_t expected, const struct operation *operation, enum role role)
{
	if (!operation_has(operation, role))
		DIFFER(place, "%s is not known", key);
	if (operation->argument[role] != expected)
		DIFFER(place, "%s is %#llx, not %#llx", key, (unsigned long long)operation->argument[role], (unsigned long long)expected);
}

static void check_request_roles(const struct place *place, const json_t *truth, const struct operation *operation)
{
	static const struct { const char *key; enum role role; } roles[] = {
		{ "addr", ROLE_ADDRESS }, { "len", ROLE_LENGTH }, { "ap", ROLE_AP }, { "reg", ROLE_REGISTER }, { "value", ROLE_VALUE },
		{ "divisor", ROLE_SPEED }, { "khz", ROLE_SPEED }, { "port", ROLE_PORT }, { "dap_addr", ROLE_REGISTER }, { "items", ROLE_COUNT },
		{ "param", ROLE_TRANSPORT },
	};
	static const char *const levels[] = { "LOW", "HIGH", "PULSE" };
	const char *level = text_of(truth, "level"), *interface = text_of(truth, "itf");

	for (size_t i = 0; i < sizeof roles / sizeof *roles; i++) {
		const json_t *value = json_object_get(truth, roles[i].key);

		if (value)
			check_role(place, roles[i].key, number_of(value), operation, roles[i].role);
	}
	for (size_t i = 0; *level && i < sizeof levels / sizeof *levels; i++)
		if (!strcmp(level, levels[i]))
			check_role(place, "level", i, operation, ROLE_LEVEL);
	if (!strcmp(interface, "SWD") || !strcmp(interface, "JTAG"))
		check_role(place, "itf", interface[0] == 'J', operation, ROLE_TRANSPORT);
}

/* Where the answers say something; little-endian. */
static void check_answer_roles(const struct place *place, const char *name, const json_t *truth, const struct transaction *ours)
{
	static const struct { const char *name; enum role role; size_t at, width; } roles[] = {
		{ "READDEBUGREG", ROLE_VALUE, 4, 4 }, { "READREG", ROLE_VALUE, 4, 4 }, { "READ_DAP_REG", ROLE_VALUE, 4, 4 },
		{ "READ_IDCODES", ROLE_VALUE, 4, 4 }, { "READ_IDCODES", ROLE_VALUE2, 8, 4 }, { "GET_CURRENT_MODE", ROLE_MODE, 0, 1 },
		{ "GET_TARGET_VOLTAGE", ROLE_REFERENCE, 0, 4 }, { "GET_TARGET_VOLTAGE", ROLE_READING, 4, 4 },
		{ "GETLASTRWSTATUS2", ROLE_FAULT_ADDRESS, 4, 4 }, { "GET_COM_FREQ", ROLE_COUNT, 8, 1 }, { "GET_VERSION", ROLE_PID, 4, 2 },
		{ "GET_VERSION_EX", ROLE_PID, 10, 2 }, { "GET_VERSION_EX", ROLE_JTAG, 2, 1 },
	};
	size_t length;
	uint8_t *bytes = bytes_of(text_of(truth, "response"), &length);

	for (size_t i = 0; i < sizeof roles / sizeof *roles; i++) {
		uint64_t value = 0;

		if (strcmp(name, roles[i].name) || length < roles[i].at + roles[i].width || !ours->answered)
			continue;
		for (size_t b = roles[i].width; b--;)
			value = value << 8 | bytes[roles[i].at + b];
		check_role(place, "answer", value, &ours->answer_operation, roles[i].role);
	}
	free(bytes);
}

static void check_status(const struct place *place, const json_t *before, const json_t *truth, const json_t *next, const struct transaction *ours)
{
	const json_t *status = json_object_get(truth, "status");
	uint64_t status_frame = 0, judges_frame = 0;

	if (!json_is_string(status) && next && judges(next, truth)) {
		status = json_object_get(truth, "exec_status");
		status_frame = (uint64_t)json_integer_value(json_object_get(json_object_get(next, "frames"), "out_submit"));
	}
	if (before && judges(truth, before))
		judges_frame = (uint64_t)json_integer_value(json_object_get(json_object_get(before, "frames"), "out_submit"));
	/* An answer that was held back never crossed the wire, and its status neither. */
	if (!status_frame && !*text_of(truth, "response"))
		status = NULL;
	if (ours->has_status != json_is_string(status))
		DIFFER(place, "%s", ours->has_status ? "a status where there is none" : "no status");
	if (ours->has_status && ours->status != number_of(status))
		DIFFER(place, "status %02x, not %s", ours->status, json_string_value(status));
	if (ours->status_frame != status_frame || ours->judges_frame != judges_frame)
		DIFFER(place, "judged by frame %llu, judges frame %llu; not %llu and %llu", (unsigned long long)ours->status_frame,
		       (unsigned long long)ours->judges_frame, (unsigned long long)status_frame, (unsigned long long)judges_frame);
}

/* What follows from the truth where no URB failed. */
static enum result expected_result(const char *name, const json_t *truth, const struct transaction *ours)
{
	static const char *const good[] = { "0x80", "0x00" }, *const waiting[] = { "0x14", "0x10", "0x01" };
	const json_t *status = json_object_get(truth, ours->status_frame ? "exec_status" : "status");

	if (!strcmp(text_of(truth, "fault"), "stale"))
		return RESULT_SHIFTED;
	if (ours->judges_frame)
		return RESULT_OK;
	if (!ours->has_status)
		return reads_memory(name) || writes_memory(name) || !strcmp(name, "RW_MISC_OUT") ? RESULT_UNJUDGED : RESULT_OK;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		if (!strcmp(json_string_value(status), good[i]))
			return RESULT_OK;
	for (size_t i = 0; i < sizeof waiting / sizeof *waiting; i++)
		if (!strcmp(json_string_value(status), waiting[i]))
			return RESULT_WAIT;
	return RESULT_ERROR;
}

static void check_result(const struct place *place, const char *name, const json_t *truth, const struct transaction *ours)
{
	enum result expected = expected_result(name, truth, ours);
	const char *status = text_of(truth, "status_name");

	if (ours->urb_result == URB_OK && ours->result != expected)
		DIFFER(place, "%s, not %s", result_name(ours->result), result_name(expected));
	status += strncmp(status, "JTAG_", 5) ? 0 : 5; /* again without OpenOCD's prefix */
	if (*status && ours->has_status && !ours->status_frame)
		assert_string_equal(ours->status_row ? ours->status_row->name : "", status);
}

/* The result where an URB failed, and the envelope of a V1. */
static void check_transport(const struct place *place, const json_t *truth, const struct transaction *ours)
{
	static const struct { int status; enum result result; } failures[] = {
		{ -2, RESULT_CANCELLED }, { -32, RESULT_STALLED }, { -71, RESULT_USB_ERROR }, { -75, RESULT_USB_ERROR },
		{ -84, RESULT_USB_ERROR }, { -108, RESULT_GONE },
	};
	json_int_t status = json_integer_value(json_object_get(json_object_get(truth, "frames"), "in_urb_status"));
	const json_t *csw = json_object_get(json_object_get(truth, "frames"), "csw_complete");

	if (ours->urb_status != status || (ours->urb_result == URB_OK) != !status)
		DIFFER(place, "URB status %lld, not %lld", (long long)ours->urb_status, (long long)status);
	for (size_t i = 0; i < sizeof failures / sizeof *failures; i++)
		if (failures[i].status == status && ours->result != failures[i].result)
			DIFFER(place, "%s after URB status %d", result_name(ours->result), failures[i].status);
	if (ours->csw.present != (csw && *text_of(truth, "csw_packet")))
		DIFFER(place, "%s", csw ? "no CSW" : "a CSW where there is none");
	if (!csw)
		return;
	assert_int_equal(ours->csw.frame, json_integer_value(csw));
	assert_int_equal(ours->csw.tag, json_integer_value(json_object_get(truth, "csw_tag")));
	assert_int_equal(ours->csw.residue, json_integer_value(json_object_get(truth, "csw_residue")));
	assert_int_equal(ours->csw.status, json_integer_value(json_object_get(truth, "csw_status")));
	assert_int_equal(ours->cbw_tag, json_integer_value(json_object_get(truth, "cbw_tag")));
}

static void check_latency(const struct place *place, const struct recording *recording, const struct transaction *ours)
{
	const struct urb_event *first = recording_urb(recording, ours->frame);
	uint64_t last = ours->csw.present ? ours->csw.frame : 0;
	const struct frames *lists[] = { &ours->command_frames, &ours->data_frames, &ours->answer_frames };

	assert_non_null(first);
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		for (size_t f = 0; f < lists[i]->count; f++)
			if (lists[i]->frame[f] > last && recording_urb(recording, lists[i]->frame[f])->kind == URB_COMPLETE)
				last = lists[i]->frame[f];
	if (ours->time != first->time || ours->latency != recording_urb(recording, last)->time - first->time)
		DIFFER(place, "latency %lld ns", (long long)ours->latency);
}

static void check_command(const struct place *place, const json_t *commands, size_t index, const struct recording *recording,
                          const struct transaction *ours)
{
	const json_t *truth = json_array_get(commands, index);
	const char *name = canonical(text_of(truth, "name"));
	bool bridge = !strcmp(text_of(truth, "channel"), "bridge");

	if (!stlink_find_name(name))
		DIFFER(place, "no row of the table is named %s", name);
	if (strcmp(ours->command->name, name))
		DIFFER(place, "is %s here, at frame %llu", ours->command->name, (unsigned long long)ours->frame);
	if ((ours->channel == CHANNEL_BRIDGE) != bridge)
		DIFFER(place, "on the %s channel", bridge ? "debug" : "bridge");
	check_bytes(place, "the command", text_of(truth, "cmd"), &ours->request);
	check_bytes(place, "the data", text_of(truth, "data_out"), &ours->data);
	check_bytes(place, "the answer", text_of(truth, "response"), &ours->answer);
	check_frames(place, truth, "out_submit", "out_complete", &ours->command_frames);
	check_frames(place, truth, "data_out_submit", "data_out_complete", &ours->data_frames);
	check_frames(place, truth, "in_submit", "in_complete", &ours->answer_frames);
	check_request_roles(place, truth, &ours->request_operation);
	check_answer_roles(place, name, truth, ours);
	check_status(place, index ? json_array_get(commands, index - 1) : NULL, truth, json_array_get(commands, index + 1), ours);
	check_result(place, name, truth, ours);
	check_transport(place, truth, ours);
	check_latency(place, recording, ours);
	assert_int_equal(ours->frame, json_integer_value(json_object_get(json_object_get(truth, "frames"), "out_submit")));
}

/* --- one probe --- */

static const struct probe *find_probe(const struct recording *recording, const json_t *device)
{
	for (size_t i = 0; i < recording->probe_count; i++) {
		const struct probe *probe = &recording->probes[i];

		if (probe->bus == json_integer_value(json_object_get(device, "bus")) && probe->address_count &&
		    probe->addresses[0] == json_integer_value(json_object_get(device, "first_device_address")))
			return probe;
	}
	fail_msg("no probe at address %lld", (long long)json_integer_value(json_object_get(device, "first_device_address")));
	return NULL;
}

static void check_identity(const struct probe *probe, const json_t *device)
{
	char version[64];

	assert_int_equal(probe->vid, strtoul(text_of(device, "vid"), NULL, 16));
	assert_int_equal(probe->pid, strtoul(text_of(device, "pid"), NULL, 16));
	assert_true(probe->by_descriptor);
	if (!strcmp(text_of(device, "serial_descriptor"), "normal"))
		assert_string_equal(probe->serial, text_of(device, "serial"));
	assert_true(probe->has_version);
	stlink_version_text(&probe->version, version, sizeof version);
	assert_string_equal(version, text_of(device, "firmware"));
}

/* Commands that the probe never received are here, and failed on their way out; SCSI commands of the disk driver are not in the truth. */
static void check_commands(const char *folder, const struct recording *recording, const struct probe *probe, const json_t *device)
{
	const json_t *commands = json_object_get(device, "commands");
	size_t count = 0, lost = 0;

	for (size_t i = 0; i < recording->transaction_count; i++) {
		const struct transaction *ours = &recording->transactions[i];
		const json_t *truth = json_array_get(commands, count);
		struct place place = { folder, text_of(truth, "name"), json_integer_value(json_object_get(truth, "n")) };

		if (ours->probe != probe->index || ours->command->scsi)
			continue;
		if (ours->out_failed) {
			lost++;
			continue;
		}
		if (count++ == json_array_size(commands))
			DIFFER(&place, "%s at frame %llu is beyond the truth", ours->command->name, (unsigned long long)ours->frame);
		check_command(&place, commands, count - 1, recording, ours);
	}
	assert_int_equal(count, json_array_size(commands));
	assert_int_equal(lost, json_array_size(json_object_get(device, "commands_lost_on_usb")));
}

static size_t count_notes(const struct recording *recording, const struct probe *probe, enum usb_note_kind kind, uint64_t frame)
{
	size_t count = 0;

	for (size_t i = 0; i < recording->note_count; i++) {
		const struct usb_note *note = &recording->notes[i];

		count += note->probe == probe->index && note->kind == kind && (!frame || note->frame == frame);
	}
	return count;
}

/* Transfers without a command: SWO reads, and reads that only drained the endpoint. */
static void check_other_transfers(const struct recording *recording, const struct probe *probe, const json_t *device, const json_t *crosscheck)
{
	const json_t *drains = json_object_get(crosscheck, "cancelled_in_transfers_without_command");
	size_t traces = 0;

	for (size_t i = 0; i < recording->trace_count; i++)
		traces += recording->traces[i].probe == probe->index;
	assert_int_equal(traces, json_array_size(json_object_get(device, "trace_reads")));
	for (size_t i = 0; i < json_array_size(drains); i++) {
		uint64_t frame = (uint64_t)json_integer_value(json_array_get(drains, i));

		assert_int_equal(count_notes(recording, probe, USB_NOTE_DRAIN, frame), 1);
	}
	assert_int_equal(count_notes(recording, probe, USB_NOTE_DRAIN, 0), json_array_size(drains));
	assert_int_equal(count_notes(recording, probe, USB_NOTE_STRAY, 0), 0);
	assert_int_equal(count_notes(recording, probe, USB_NOTE_STRAY_OUT, 0), 0);
}

/* --- the tests --- */

static void test_library(void **state)
{
	const char *folder = *state;
	char path[512];
	json_error_t error;
	json_t *truth, *devices;
	struct recording *recording;

	snprintf(path, sizeof path, "%s/truth.json", folder);
	truth = json_load_file(path, 0, &error);
	if (!truth)
		fail_msg("%s: line %d: %s", path, error.line, error.text);
	snprintf(path, sizeof path, "%s/%s", folder, text_of(truth, "capture"));
	recording = recording_of(path);
	assert_string_equal(recording->problem, "");
	assert_int_equal(recording->unknown_opcodes, 0);
	devices = json_object_get(truth, "devices");
	assert_true(json_array_size(devices) > 0);
	assert_int_equal(recording->probe_count, json_array_size(devices));
	for (size_t i = 0; i < json_array_size(devices); i++) {
		const json_t *device = json_array_get(devices, i);
		const struct probe *probe = find_probe(recording, device);

		check_identity(probe, device);
		check_commands(folder, recording, probe, device);
		check_other_transfers(recording, probe, device,
		                      json_array_get(json_object_get(json_object_get(truth, "crosscheck"), "devices"), i));
	}
	assert_true(recording_check_places(recording) > 0);
	recording_free(recording);
	json_decref(truth);
}

static void test_program(void **state)
{
	char pattern[512];
	glob_t found;
	struct recording *recording;

	snprintf(pattern, sizeof pattern, "%s/capture.*", (const char *)*state);
	assert_int_equal(glob(pattern, 0, NULL, &found), 0);
	recording = recording_of(found.gl_pathv[0]);
	contract_check(found.gl_pathv[0], recording);
	recording_free(recording);
	globfree(&found);
}

static void test_shared(void **state)
{
	(void)state;
	shared_captures();
}

int main(void)
{
	struct CMUnitTest *tests;
	size_t count = 0;
	glob_t found;
	int failures;

	if (glob("../shared/captures/emulated/*/truth.json", 0, NULL, &found))
		found.gl_pathc = 0;
	tests = calloc(2 * found.gl_pathc + 1, sizeof *tests);
	assert_non_null(tests);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		char *folder = found.gl_pathv[i];

		*strrchr(folder, '/') = 0;
		tests[count++] = (struct CMUnitTest){ .name = folder, .test_func = test_library, .initial_state = folder };
		tests[count++] = (struct CMUnitTest){ .name = strrchr(folder, '/') + 1, .test_func = test_program, .initial_state = folder };
	}
	if (!count)
		tests[count++] = (struct CMUnitTest){ .name = "emulated captures", .test_func = test_shared };
	failures = _cmocka_run_group_tests("truth", tests, count, NULL, NULL);
	globfree(&found);
	free(tests);
	return failures;
}
