/*
 * What people pasted into public issues and notes (captures/logs): every line that gives the bytes, the name or the arguments of a command
 * or of an answer decodes as the words around it say. For ST-LINK/V1, V3, V3PWR, SWIM and loaders there is no other evidence from real
 * probes. The rest of the logs is in test_logs_notes.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "hex.h"
#include "support/decoded.h"
#include "support/log.h"
#include "support/recording.h"

/* --- pyOCD's trace --- */

/* One line of the trace: where its bytes begin, behind the direction and "(16) "; NULL where it has none. */
static const char *trace_bytes(const char *line, const char *direction)
{
	const char *text = behind(line, direction);

	if (text && *text == '(')
		text = strstr(text, "req") == text + 1 || strstr(text, "bytes)") ? NULL : behind(text, ") ");
	return text;
}

static void check_trace_bytes(const char *text, const struct payload *payload)
{
	const char *at = text;

	for (uint32_t i = 0; i < payload->captured; i++) {
		if ((hex_digit(at[0]) << 4 | hex_digit(at[1])) != payload->bytes[i])
			fail_msg("byte %u of %.60s is %02x", i, text, payload->bytes[i]);
		at += 2 + (at[2] == ' ');
	}
	assert_true(payload->captured == payload->wire && hex_digit(*at) < 0);
}

/* The text reader gives every command and answer of the trace, in order, with its bytes. */
static void check_trace(const char *path, const struct recording *recording)
{
	struct log log = log_open_path(path);
	const struct transaction *ours = NULL;
	size_t next = 0;
	char *line;

	while ((line = log_line(&log))) {
		const char *command = *line == '#' ? NULL : trace_bytes(line, "USB CMD> ");
		const char *data = trace_bytes(line, "USB OUT> "), *answer = trace_bytes(line, "USB IN < ");

		if (command) {
			assert_true(next < recording->transaction_count);
			ours = &recording->transactions[next++];
			check_trace_bytes(command, &ours->request);
			continue;
		}
		if (ours && data)
			check_trace_bytes(data, &ours->data);
		if (ours && answer)
			check_trace_bytes(answer, &ours->answer);
	}
	assert_true(next > 0);
	assert_int_equal(next, recording->transaction_count);
	log_close(&log);
}

static struct recording *trace_recording(const char *name)
{
	char path[512];
	struct recording *recording;

	log_path(path, name);
	recording = recording_of(path);
	assert_string_equal(recording->problem, "");
	assert_string_equal(recording->facts.format, "pyocd-trace");
	check_trace(path, recording);
	assert_int_equal(recording->probe_count, 1);
	return recording;
}

static void test_pyocd_1781(void **state)
{
	static const char *const names[] = { "GET_CURRENT_MODE", "GET_VERSION", "GET_VERSION_EX", "GET_TARGET_VOLTAGE", "GET_CURRENT_MODE" };
	struct recording *recording = trace_recording("pyocd-1781-v3pwr-list");
	const struct transaction *ours = recording->transactions;
	char version[64];

	(void)state;
	assert_int_equal(recording->transaction_count, sizeof names / sizeof *names);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		assert_string_equal(ours[i].command->name, names[i]);
		assert_int_equal(ours[i].result, RESULT_OK);
	}
	assert_int_equal(operation_get(&ours[0].answer_operation, ROLE_MODE, 99), MODE_MASS);
	assert_int_equal(recording->probes[0].generation, GENERATION_V3PWR);
	assert_int_equal(operation_get(&ours[1].answer_operation, ROLE_PID, 0), 0x3757);
	stlink_version_text(&recording->probes[0].version, version, sizeof version);
	assert_memory_equal(version, "V4J6M0", 6); /* "firmware version: V4J6M0" */
	recording_free(recording);
}

static void test_pyocd_493(void **state)
{
	struct recording *recording = trace_recording("pyocd-493-v2-timeout");
	const struct transaction *ours = recording->transactions;
	char version[64];

	(void)state;
	assert_int_equal(recording->transaction_count, 2);
	assert_string_equal(ours[0].command->name, "GET_VERSION");
	assert_int_equal(ours[0].result, RESULT_OK);
	assert_int_equal(recording->probes[0].generation, GENERATION_V2);
	stlink_version_text(&recording->probes[0].version, version, sizeof version);
	assert_string_equal(version, "V2J28S7");
	assert_string_equal(ours[1].command->name, "GET_TARGET_VOLTAGE");
	assert_false(ours[1].answered);
	assert_int_not_equal(ours[1].result, RESULT_OK);
	recording_free(recording);
}

static bool same_payload(const struct payload *one, const struct payload *other)
{
	return one->wire == other->wire && one->captured == other->captured && !memcmp(one->bytes, other->bytes, one->captured);
}

/* pyOCD's own trace of a session, and the capture of the same session. */
static void test_pyocd_emulated(void **state)
{
	char path[512];
	struct recording *log, *capture;

	(void)state;
	snprintf(path, sizeof path, "%s/emulated/172-pyocd-v21-commander/capture.pcap", shared_captures());
	capture = recording_of(path);
	strcpy(strrchr(path, '/'), "/client.log");
	log = recording_of(path);
	assert_string_equal(log->problem, "");
	check_trace(path, log);
	assert_int_equal(log->transaction_count, capture->transaction_count);
	for (size_t i = 0; i < log->transaction_count; i++) {
		const struct transaction *one = &log->transactions[i], *other = &capture->transactions[i];

		if (one->command != other->command || !same_payload(&one->request, &other->request) || !same_payload(&one->data, &other->data) ||
		    !same_payload(&one->answer, &other->answer) || one->answered != other->answered)
			fail_msg("command %zu: %s in the log, %s in the capture", i, one->command->name, other->command->name);
		if (one->has_status != other->has_status || one->status != other->status || one->result != other->result)
			fail_msg("command %zu, %s: %s in the log, %s in the capture", i, one->command->name, result_name(one->result),
			         result_name(other->result));
		assert_int_equal(!one->status_frame, !other->status_frame);
		assert_int_equal(!one->judges_frame, !other->judges_frame);
	}
	recording_free(log);
	recording_free(capture);
}

/* --- decodes of other tools --- */

static void test_stlink2(void **state)
{
	struct log log = log_open("stlink2-docs-v2-version");
	struct decoded request = { .count = 0 }, answer = { .count = 0 };
	unsigned checked = 0;
	char *line;

	(void)state;
	while ((line = log_line(&log))) {
		if (behind(line, "USB > ")) {
			request = decoded_request(behind(line, "USB > "), false);
			assert_string_equal(request.command->name, "GET_VERSION");
		} else if (behind(line, "USB < ")) {
			answer = decoded_answer(&request, behind(line, "USB < "));
			assert_int_equal(answer.marks, 0);
		} else if (!strncmp(line, "version: ", 9)) {
			assert_string_equal(decoded_text(&answer, "firmware"), line + 9);
			checked++;
		}
	}
	assert_int_equal(checked, 1);
	log_close(&log);
}

/* "Debug Command (0xF2), Read MEM 32bit (0x07), Addr: 0xE000ED00, Len: 0x0004" */
static struct decoded hifiphile_request(const char *text)
{
	unsigned first, second = 0, address = 0, length = 0, ap = 0;
	const char *name = text, *open = strchr(text, '('), *more = strstr(text, "), ");
	char hex[64];
	struct decoded request;

	assert_int_equal(sscanf(open, "(0x%x)", &first), 1);
	if (first == 0xf2) {
		name = more + 3;
		open = strchr(name, '(');
		assert_int_equal(sscanf(open, "(0x%x)", &second), 1);
		name += strncmp(name, "Apiv2 ", 6) ? 0 : 6;
	}
	if (behind(text, "Addr: "))
		assert_int_equal(sscanf(behind(text, "Addr: "), "0x%x, Len: 0x%x", &address, &length), 2);
	if (behind(text, "AP: "))
		assert_int_equal(sscanf(behind(text, "AP: "), "%u", &ap), 1);
	snprintf(hex, sizeof hex, "%02x %02x %02x %02x %02x %02x %02x %02x 00*8", first, second, address & 0xff, address >> 8 & 0xff,
	         address >> 16 & 0xff, address >> 24, length & 0xff, length >> 8);
	request = decoded_request(hex, false);
	if (!same_name(name, (size_t)(open - name), request.command->name))
		fail_msg("%s is %s", text, request.command->name);
	if (length) {
		assert_int_equal(decoded_role(&request, ROLE_ADDRESS), address);
		assert_int_equal(decoded_role(&request, ROLE_LENGTH), length);
	}
	if (behind(text, "AP: "))
		assert_int_equal(decoded_role(&request, ROLE_AP), ap);
	return request;
}

static void hifiphile_answer(const struct decoded *request, const char *text)
{
	const struct stlink_status *status = stlink_status_find(SCOPE_DEBUG, STLINK_STATUS_OK);
	struct decoded answer;

	if (behind(text, "Payload: ") && request->command->operation == OP_VERSION) {
		answer = decoded_answer(request, behind(text, "Payload: "));
		assert_string_equal(decoded_text(&answer, "firmware"), "V2J45M31");
		assert_int_equal(decoded_role(&answer, ROLE_PID), 0x3752);
	} else if (behind(text, "Mode: ")) {
		assert_string_equal(behind(text, "Mode: "), name_of(stlink_mode_names, strstr(text, "MASS") ? MODE_MASS : MODE_DEBUG));
		assert_int_equal(request->command->operation, OP_MODE);
	} else if (behind(text, "Status: ")) {
		assert_string_equal(behind(text, "Status: "), status->name);
		assert_int_equal(request->command->scope, SCOPE_DEBUG);
	} else if (behind(text, "Voltage: ")) {
		assert_int_equal(request->command->operation, OP_VOLTAGE);
	} else {
		assert_int_equal(request->command->operation, OP_MEMORY_READ);
	}
}

/* Lines are "LENGTH TIME TEXT"; USBPcap's header takes 27 bytes of each record. */
static void test_hifiphile(void **state)
{
	struct log log = log_open("hifiphile-readme-v21-rtt");
	struct decoded request = { .count = 0 };
	unsigned requests = 0, answers = 0, length;
	char *line;

	(void)state;
	while ((line = log_line(&log))) {
		int at = 0;

		if (*line == '#' || sscanf(line, "%u %*f %n", &length, &at) != 1 || !at)
			continue;
		if (strstr(line, "(0x")) {
			request = hifiphile_request(line + at);
			assert_int_equal(length, 27 + STLINK_COMMAND_LENGTH);
			requests++;
		} else {
			hifiphile_answer(&request, line + at);
			assert_int_equal(length, 27 + decoded_answer_length(&request));
			answers++;
		}
	}
	assert_int_equal(requests, 13);
	assert_int_equal(answers, 13);
	log_close(&log);
}

/* ST-LINK/V1: the CDB, its length, how much is read, and stlink's function around it. */
static void test_stlink_43(void **state)
{
	static const struct { const char *function, *name; } functions[] = {
		{ "stlink_core_id", "READCOREID" }, { "stlink_force_debug_mode", "FORCEDEBUG" }, { "stlink_write_mem32", "WRITEMEM_32BIT" },
	};
	struct log log = log_open("stlink-43-v1-scsi-macos");
	unsigned length = 0, size = 0, address = 0, count = 0, checked = 0;
	const char *name = "";
	char *line, hex[64];

	(void)state;
	while ((line = log_line(&log))) {
		const char *cdb = behind(line, "Sending CDB ["), *cdb_length = behind(line, "cdblen:"), *write = behind(line, "stlink_write_mem32 ");
		struct decoded request;

		for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
			if (strstr(line, functions[i].function))
				name = functions[i].name;
		if (write)
			assert_int_equal(sscanf(write, "%u bytes to 0x%x", &count, &address), 2);
		if (cdb_length)
			assert_int_equal(sscanf(cdb_length, "%u, rxsize=%u", &length, &size), 2);
		if (!cdb)
			continue;
		hex[0] = 0;
		for (char *word = strtok((char *)cdb, " ]"); word; word = strtok(NULL, " ]"))
			snprintf(hex + strlen(hex), sizeof hex - strlen(hex), "%02lx", strtoul(word, NULL, 16));
		assert_int_equal(strlen(hex), 2 * length);
		request = decoded_request(hex, true);
		assert_string_equal(request.command->name, name);
		assert_int_equal(request.marks, 0);
		assert_int_equal(decoded_answer_length(&request), size);
		if (!strcmp(name, "WRITEMEM_32BIT")) {
			assert_int_equal(decoded_role(&request, ROLE_ADDRESS), address);
			assert_int_equal(decoded_role(&request, ROLE_LENGTH), count);
			assert_int_equal(stlink_data_length(request.command, &request.operation), count);
		}
		checked++;
	}
	assert_int_equal(checked, 3);
	log_close(&log);
}

/* --- stm8flash: names, arguments and answers --- */

/* "SWIM WRITEMEM 00 01 00 00 7f 80 a1": the row with that name, and the arguments behind its opcode. */
static struct decoded swim_request(const char *line)
{
	const struct stlink_command *command = NULL;
	struct decoded request;
	const char *arguments;
	char hex[128];
	int length = 0, other = 0;
	long count;
	uint8_t bytes[16];

	/* The name ends where two digits stand alone. */
	for (const char *at = line; !length; at++)
		if (!*at || (*at == ' ' && hex_digit(at[1]) >= 0 && hex_digit(at[2]) >= 0 && (at[3] == ' ' || !at[3])))
			length = (int)(at - line);
	for (size_t i = 0; i < stlink_command_count; i++)
		if (same_name(line, (size_t)length, stlink_commands[i].name))
			command = &stlink_commands[i];
	if (!command)
		fail_msg("no row is named like: %s", line);
	arguments = line + length;
	count = hex_read(arguments, strlen(arguments), bytes, sizeof bytes);
	assert_true(count >= 0);
	for (size_t i = 0; i < command->opcode_length; i++)
		other += snprintf(hex + other, sizeof hex - (size_t)other, "%02x ", command->opcode[i]);
	snprintf(hex + other, sizeof hex - (size_t)other, "%s 00*%ld", arguments, STLINK_COMMAND_LENGTH - count - command->opcode_length);
	request = decoded_request(hex, false);
	assert_ptr_equal(request.command, command);
	if (command->operation == OP_SWIM_READ || command->operation == OP_SWIM_WRITE) {
		assert_int_equal(decoded_role(&request, ROLE_LENGTH), bytes[0] << 8 | bytes[1]);
		assert_int_equal(decoded_role(&request, ROLE_ADDRESS), bytes[3] << 16 | bytes[4] << 8 | bytes[5]);
	}
	return request;
}

/* "STLink: v2, JTAG: v45, SWIM: v7, VID: 8304, PID: 4837": ids as they lie on the wire. */
static void swim_version(const struct decoded *request, const char *text)
{
	unsigned major, jtag, swim, vid, pid, word;
	char hex[32], expected[32];
	struct decoded answer;

	assert_int_equal(sscanf(text, " v%u, JTAG: v%u, SWIM: v%u, VID: %x, PID: %x", &major, &jtag, &swim, &vid, &pid), 5);
	word = major << 12 | jtag << 6 | swim;
	snprintf(hex, sizeof hex, "%04x %04x %04x", word, vid, pid);
	answer = decoded_answer(request, hex);
	snprintf(expected, sizeof expected, major == 2 ? "V%uJ%uS%u" : "V%u", major, jtag, swim);
	assert_string_equal(decoded_text(&answer, "firmware"), expected);
	assert_int_equal(decoded_role(&answer, ROLE_VID), STLINK_VID);
	assert_non_null(stlink_product_find(STLINK_VID, (uint16_t)decoded_role(&answer, ROLE_PID)));
	assert_int_equal(decoded_role(&answer, ROLE_PID), (pid & 0xff) << 8 | pid >> 8);
}

/* "01 = busy, 04 = no response/ error" */
static void swim_status(const struct decoded *request, const char *text)
{
	static const struct { uint8_t code; const char *name; enum stlink_status_class class; } statuses[] = {
		{ 0, "SWIM_OK", STATUS_OK }, { 1, "SWIM_BUSY", STATUS_WAIT }, { 4, "SWIM_NO_RESPONSE", STATUS_ERROR },
	};
	struct decoded answer = decoded_answer(request, text);
	bool known = false;

	assert_string_equal(request->command->name, "SWIM_READSTATUS");
	assert_int_equal(answer.marks, 0);
	for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
		const struct stlink_status *row = stlink_status_find(request->command->scope, statuses[i].code);

		assert_string_equal(row->name, statuses[i].name);
		assert_int_equal(row->class, statuses[i].class);
		known |= decoded_role(&answer, ROLE_STATUS) == statuses[i].code && strtoul(text, NULL, 16) == statuses[i].code;
	}
	assert_true(known);
}

static void swim_answer(const struct decoded *request, const char *text)
{
	struct decoded answer;
	unsigned word;

	if (strncmp(text, "0x", 2)) {
		answer = decoded_answer(request, text);
		assert_int_equal(answer.marks & (WALK_SHORT | WALK_TRAILING), 0);
		if (request->command->operation == OP_MODE) {
			assert_int_equal(decoded_role(&answer, ROLE_MODE), strtoul(text, NULL, 16));
			assert_int_equal(decoded_role(&answer, ROLE_LOADER), strtoul(text + 3, NULL, 16));
		}
	} else {
		char hex[16];

		assert_int_equal(sscanf(text, "0x%x", &word), 1);
		snprintf(hex, sizeof hex, "%02x %02x", word & 0xff, word >> 8);
		answer = decoded_answer(request, hex);
		assert_int_equal(decoded_role(&answer, ROLE_COUNT), word);
	}
}

static void test_stm8flash(void **state)
{
	struct log log = log_open("stm8flash-swim");
	struct decoded request = { .count = 0 }, answer;
	unsigned commands = 0, statuses = 0, failures = 0;
	char *line;

	(void)state;
	while ((line = log_line(&log))) {
		if (!*line || *line == '#' || !strncmp(line, "SWIM error", 10))
			continue;
		if (!strncmp(line, "STLink:", 7)) {
			swim_version(&request, line + 7);
		} else if (!strncmp(line, "-> ", 3)) {
			swim_answer(&request, line + 3);
		} else if (!strncmp(line, "status ", 7)) {
			swim_status(&request, line + 7);
			statuses++;
		} else if (!strncmp(line, "IO error: expected 4 bytes but 2", 32)) {
			/* Of READSTATUS, which stm8flash sends after each command. */
			request = swim_request("SWIM READSTATUS");
			assert_int_equal(decoded_answer_length(&request), 4);
			answer = decoded_answer(&request, "00 00");
			assert_int_equal(answer.marks, WALK_SHORT);
			failures++;
		} else {
			request = swim_request(line);
			commands++;
		}
	}
	assert_int_equal(commands, 28);
	assert_int_equal(statuses, 8);
	assert_int_equal(failures, 1);
	log_close(&log);
}

/* --- probe-rs: commands that are not padded, lengths of answers --- */

static const char *probe_rs_bytes(const char *line, char hex[256])
{
	const char *list = behind(line, "Sending command [");
	size_t at = 0;

	if (!list)
		return NULL;
	for (; *list && *list != ']'; list += strcspn(list, ",]"), list += *list == ',')
		at += (size_t)snprintf(hex + at, 256 - at, "%02lx ", strtoul(list, NULL, 16));
	return hex;
}

static void test_probe_rs(void **state)
{
	struct log log = log_open("probe-rs-traces");
	struct decoded request = { .count = 0 };
	unsigned address = 0, length = 0, width = 0, moved, commands = 0, ranges = 0, answers = 0;
	char *line, hex[256], name[32];

	(void)state;
	while ((line = log_line(&log))) {
		if (behind(line, "Read mem "))
			assert_int_equal(sscanf(behind(line, "Read mem "), "%u bit, address=%x, length=%u", &width, &address, &length), 3);
		if (probe_rs_bytes(line, hex)) {
			request = decoded_request(hex, false);
			assert_ptr_not_equal(request.command, &stlink_unknown);
			assert_int_equal(request.marks, 0);
			commands++;
			if (request.command->operation != OP_MEMORY_READ)
				continue;
			snprintf(name, sizeof name, "READMEM_%uBIT", width);
			assert_string_equal(request.command->name, name);
			assert_int_equal(decoded_role(&request, ROLE_ADDRESS), address);
			assert_int_equal(decoded_role(&request, ROLE_LENGTH), length);
			ranges++;
		} else if (request.command && behind(line, ": Read ") == NULL && behind(line, "> Read ") == NULL && behind(line, "Wrote ")) {
			assert_int_equal(sscanf(behind(line, "Wrote "), "%u bytes", &moved), 1);
			assert_string_equal(request.command->name, "WRITEMEM_32BIT");
			assert_int_equal(stlink_data_length(request.command, &request.operation), moved);
		} else if (request.command && behind(line, "Read ") && sscanf(behind(line, "Read "), "%u bytes", &moved) == 1) {
			assert_int_equal(decoded_answer_length(&request), moved);
			answers++;
		} else if (behind(line, "got SwdDpWait")) {
			const struct stlink_status *status = stlink_status_find(request.command->scope, 0x14);

			assert_true(same_name("SwdDpWait", 9, status->name));
			assert_int_equal(status->class, STATUS_WAIT);
		}
	}
	assert_int_equal(commands, 7);
	assert_int_equal(ranges, 2);
	assert_int_equal(answers, 5);
	log_close(&log);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pyocd_1781),
		cmocka_unit_test(test_pyocd_493),
		cmocka_unit_test(test_pyocd_emulated),
		cmocka_unit_test(test_stlink2),
		cmocka_unit_test(test_hifiphile),
		cmocka_unit_test(test_stlink_43),
		cmocka_unit_test(test_stm8flash),
		cmocka_unit_test(test_probe_rs),
	};

	return cmocka_run_group_tests_name("logs", tests, NULL, NULL);
}
