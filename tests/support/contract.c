/* Checks `decode --json` against DESIGN section 6 and against what the library told: a JSON line, then the same thing in the recording. */
#include "contract.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "../hex.h"
#include "captures.h"

#define PREVIEW 64
#define NANOSECONDS INT64_C(1000000000)

struct check {
	const struct recording *recording;
	bool full;
	unsigned long line;
	size_t commands, traces, modes, notes; /* seen so far */
};

#define BREACH(check, ...) breach(check, __VA_ARGS__)

static void breach(const struct check *check, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void breach(const struct check *check, const char *format, ...)
{
	char text[512];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	fail_msg("line %lu%s: %s", check->line, check->full ? " with --full" : "", text);
}

/* --- members --- */

static const json_t *member(const struct check *check, const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	if (!value)
		BREACH(check, "no key \"%s\"", key);
	return value;
}

static int64_t integer(const struct check *check, const json_t *object, const char *key)
{
	const json_t *value = member(check, object, key);

	if (!json_is_integer(value))
		BREACH(check, "\"%s\" is no integer", key);
	return json_integer_value(value);
}

static const char *string(const struct check *check, const json_t *object, const char *key)
{
	const json_t *value = member(check, object, key);

	if (!json_is_string(value))
		BREACH(check, "\"%s\" is no string", key);
	return json_string_value(value);
}

static void expect_integer(const struct check *check, const json_t *object, const char *key, uint64_t expected)
{
	int64_t value = integer(check, object, key);

	if (value < 0 || (uint64_t)value != expected)
		BREACH(check, "\"%s\" is %lld, not %llu", key, (long long)value, (unsigned long long)expected);
}

/* An integer where there is one to tell, else null. */
static void expect_integer_or_null(const struct check *check, const json_t *object, const char *key, bool present, uint64_t expected)
{
	if (present)
		expect_integer(check, object, key, expected);
	else if (!json_is_null(member(check, object, key)))
		BREACH(check, "\"%s\" is not null", key);
}

static void expect_string_or_null(const struct check *check, const json_t *object, const char *key, const char *expected)
{
	if (!expected) {
		expect_integer_or_null(check, object, key, false, 0);
		return;
	}
	if (strcmp(string(check, object, key), expected))
		BREACH(check, "\"%s\" is %s, not %s", key, string(check, object, key), expected);
}

/* Only there where there is something to tell. */
static void expect_optional(const struct check *check, const json_t *object, const char *key, uint64_t expected)
{
	if (expected)
		expect_integer(check, object, key, expected);
	else if (json_object_get(object, key))
		BREACH(check, "\"%s\" has no business here", key);
}

/* Seconds since the epoch with six or nine decimals. */
static void expect_time(const struct check *check, const json_t *object, int64_t expected)
{
	const char *text = string(check, object, "time"), *dot = strchr(text, '.');
	size_t decimals = dot ? strspn(dot + 1, "0123456789") : 0;
	int64_t fraction;

	if (!dot || strspn(text, "0123456789") != (size_t)(dot - text) || (decimals != 6 && decimals != 9) || dot[decimals + 1])
		BREACH(check, "time %s", text);
	fraction = strtoll(dot + 1, NULL, 10) * (decimals == 6 ? 1000 : 1);
	if (strtoll(text, NULL, 10) * NANOSECONDS + fraction != expected)
		BREACH(check, "time %s is not %lld ns", text, (long long)expected);
}

/* Lower-case hex of all bytes, or of a preview. */
static void expect_bytes(const struct check *check, const json_t *object, const char *key, const struct payload *payload, bool preview)
{
	const char *text = string(check, object, key);
	size_t length = preview && !check->full && payload->captured > PREVIEW ? PREVIEW : payload->captured;

	if (strlen(text) != 2 * length || strspn(text, "0123456789abcdef") != strlen(text))
		BREACH(check, "\"%s\" is not %zu bytes: %s", key, length, text);
	for (size_t i = 0; i < length; i++)
		if ((hex_digit(text[2 * i]) << 4 | hex_digit(text[2 * i + 1])) != payload->bytes[i])
			BREACH(check, "\"%s\" differs at byte %zu", key, i);
}

static void expect_keys(const struct check *check, const json_t *object, const char *const *keys)
{
	const char *key;
	json_t *value;
	const char *const *next = keys;

	json_object_foreach((json_t *)object, key, value)
		if (*next && !strcmp(key, *next))
			next++;
	if (*next)
		BREACH(check, "\"%s\" is missing or out of order", *next);
}

/* --- a command --- */

static void expect_frames(const struct check *check, const json_t *frames, const char *key, const struct frames *expected)
{
	const json_t *list = member(check, frames, key);

	if (!json_is_array(list) || json_array_size(list) != expected->count)
		BREACH(check, "frames of %s", key);
	for (size_t i = 0; i < expected->count; i++)
		if ((uint64_t)json_integer_value(json_array_get(list, i)) != expected->frame[i])
			BREACH(check, "frame %zu of %s", i, key);
}

static void expect_opcode(const struct check *check, const json_t *command, const struct payload *request)
{
	const char *text = string(check, command, "opcode");
	struct payload opcode = *request;

	opcode.captured = (uint32_t)stlink_opcode_length(request->bytes, request->captured);
	assert_true(opcode.captured == 1 || opcode.captured == 2);
	expect_bytes(check, command, "opcode", &opcode, false);
	if (strlen(text) > 4)
		BREACH(check, "opcode %s", text);
}

static void expect_notes(const struct check *check, const json_t *command, const struct transaction *transaction)
{
	const json_t *notes = member(check, command, "notes");
	size_t count = 0;

	assert_true(json_is_array(notes));
	for (unsigned note = 0; note < NOTES; note++) {
		bool there = false;

		for (size_t i = 0; i < json_array_size(notes); i++)
			there |= !strcmp(json_string_value(json_array_get(notes, i)), note_name((enum note)note));
		if (there != transaction_noted(transaction, (enum note)note))
			BREACH(check, "note %s", note_name((enum note)note));
		count += there;
	}
	assert_int_equal(count, json_array_size(notes));
}

static void expect_role(const struct check *check, const json_t *object, const struct operation *operation, enum role role, const char *key)
{
	if (operation_has(operation, role))
		expect_integer(check, object, key, operation->argument[role]);
}

static void expect_port(const struct check *check, const json_t *request, const struct operation *operation)
{
	uint64_t port = operation_get(operation, ROLE_PORT, 0);

	if (!operation_has(operation, ROLE_PORT)) {
		expect_role(check, request, operation, ROLE_AP, "ap");
		return;
	}
	expect_string_or_null(check, request, "port", port == 0xffff ? "DP" : "AP");
	expect_integer_or_null(check, request, "ap", port != 0xffff, port);
}

static void expect_request(const struct check *check, const json_t *command, const struct transaction *transaction, const char *generation)
{
	const json_t *request = member(check, command, "request");
	const struct operation *operation = &transaction->request_operation;
	enum stlink_operation kind = transaction->command->operation;

	assert_true(json_is_object(request));
	expect_role(check, request, operation, ROLE_ADDRESS, "address");
	expect_role(check, request, operation, ROLE_LENGTH, "length");
	expect_role(check, request, operation, ROLE_REGISTER, "register");
	expect_role(check, request, operation, ROLE_LEVEL, "level");
	expect_port(check, request, operation);
	if (kind == OP_DEBUG_REGISTER_WRITE || kind == OP_CORE_REGISTER_WRITE || kind == OP_DAP_WRITE)
		expect_role(check, request, operation, ROLE_VALUE, "value");
	if (kind == OP_ENTER)
		expect_role(check, request, operation, ROLE_TRANSPORT, "mode");
	if (kind == OP_SPEED_SET && transaction->command->opcode[1] == 0x61) {
		assert_true(!strncmp(generation, "V3", 2));
		expect_role(check, request, operation, ROLE_SPEED, "speed_khz");
	} else {
		expect_role(check, request, operation, ROLE_SPEED, "divisor");
		assert_null(json_object_get(request, "speed_khz"));
	}
}

static void expect_voltage(const struct check *check, const json_t *answer, const struct operation *operation)
{
	int32_t millivolts = stlink_millivolts((uint32_t)operation_get(operation, ROLE_REFERENCE, 0), (uint32_t)operation_get(operation, ROLE_READING, 0));
	const char *text;
	double difference;

	if (millivolts < 0) {
		expect_string_or_null(check, answer, "voltage", NULL);
		return;
	}
	text = string(check, answer, "voltage");
	difference = strtod(text, NULL) * 1000 - millivolts;
	if (strspn(text, "0123456789.") != strlen(text) || difference > 0.5 || difference < -0.5)
		BREACH(check, "voltage %s, not %d mV", text, millivolts);
}

static void expect_items(const struct check *check, const json_t *part, uint64_t count)
{
	const json_t *items = member(check, part, "items");

	if (!json_is_array(items) || json_array_size(items) != count)
		BREACH(check, "%zu items, not %llu", json_array_size(items), (unsigned long long)count);
	for (size_t i = 0; i < count; i++)
		assert_true(json_is_object(json_array_get(items, i)));
}

static void expect_answer(const struct check *check, const json_t *command, const struct transaction *transaction)
{
	static const struct { enum role role; const char *key; } keys[] = {
		{ ROLE_VALUE, "value" }, { ROLE_MODE, "mode" }, { ROLE_FAULT_ADDRESS, "fault_address" },
	};
	const json_t *answer = member(check, command, "answer");
	const struct operation *operation = &transaction->answer_operation;
	bool came = transaction->answered || transaction->answer.wire; /* an overflow delivers bytes, too */
	enum stlink_operation kind = transaction->command->operation;

	assert_true(json_is_object(answer));
	expect_integer_or_null(check, command, "answer_length", came, transaction->answer.wire);
	expect_bytes(check, command, "answer_bytes", &transaction->answer, true);
	if (!came) {
		if (*string(check, command, "answer_bytes") || json_object_size(answer))
			BREACH(check, "answer_length is null, and yet there is an answer");
		return;
	}
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		if (transaction->channel == CHANNEL_DEBUG)
			expect_role(check, answer, operation, keys[i].role, keys[i].key);
	if (kind == OP_VOLTAGE && operation_has(operation, ROLE_READING))
		expect_voltage(check, answer, operation);
	if (kind == OP_MISC_IN)
		expect_items(check, answer, transaction->answer.wire / 8);
	else
		expect_role(check, answer, operation, ROLE_STATUS, "status");
}

static void expect_csw(const struct check *check, const json_t *command, const struct transaction *transaction)
{
	const json_t *csw = json_object_get(command, "csw");

	if (!transaction->csw.present) {
		assert_null(csw);
		return;
	}
	expect_integer(check, csw, "frame", transaction->csw.frame);
	expect_integer(check, csw, "tag", transaction->csw.tag);
	expect_integer(check, csw, "residue", transaction->csw.residue);
	expect_integer(check, csw, "status", transaction->csw.status);
}

static void expect_outcome(const struct check *check, const json_t *command, const struct transaction *transaction)
{
	const struct stlink_status *row = transaction->status_row;

	expect_integer_or_null(check, command, "status", transaction->has_status, transaction->status);
	expect_string_or_null(check, command, "status_name", row ? row->name : NULL);
	expect_optional(check, command, "status_frame", transaction->status_frame);
	expect_optional(check, command, "judges_frame", transaction->judges_frame);
	expect_string_or_null(check, command, "result", result_name(transaction->result));
	expect_integer_or_null(check, command, "latency_us", transaction->latency >= 0, (uint64_t)(transaction->latency / 1000));
}

static void expect_command(struct check *check, const json_t *command)
{
	static const char *const keys[] = {
		"type", "frame", "frames", "time", "bus", "device", "generation", "session", "opcode", "command", "request", "request_bytes",
		"data_length", "data_bytes", "answer", "answer_length", "answer_bytes", "status", "status_name", "result", "latency_us", "notes", NULL,
	};
	static const char *const lists[] = { "command", "data", "answer", NULL };
	const struct recording *recording = check->recording;
	size_t index = check->commands++;
	const struct transaction *transaction = &recording->transactions[index];
	const char *generation;
	const json_t *frames;

	if (index >= recording->transaction_count)
		BREACH(check, "more commands than the library tells");
	generation = stlink_generation_name(recording->probes[transaction->probe].generation);
	expect_keys(check, command, keys);
	expect_integer(check, command, "frame", transaction->frame);
	frames = member(check, command, "frames");
	expect_keys(check, frames, lists);
	expect_frames(check, frames, "command", &transaction->command_frames);
	expect_frames(check, frames, "data", &transaction->data_frames);
	expect_frames(check, frames, "answer", &transaction->answer_frames);
	expect_time(check, command, transaction->time);
	expect_integer(check, command, "bus", transaction->bus);
	expect_integer(check, command, "device", transaction->device);
	if (!json_is_null(member(check, command, "generation")))
		expect_string_or_null(check, command, "generation", generation);
	expect_integer(check, command, "session", recording->sessions[index]);
	expect_opcode(check, command, &transaction->request);
	expect_string_or_null(check, command, "command", transaction->command->name);
	expect_bytes(check, command, "request_bytes", &transaction->request, false);
	expect_request(check, command, transaction, generation ? generation : "");
	expect_integer(check, command, "data_length", transaction->data.wire);
	expect_bytes(check, command, "data_bytes", &transaction->data, true);
	if (transaction->command->operation == OP_MISC_OUT)
		expect_items(check, member(check, command, "request"), operation_get(&transaction->request_operation, ROLE_COUNT, 0));
	expect_answer(check, command, transaction);
	expect_csw(check, command, transaction);
	expect_outcome(check, command, transaction);
	expect_notes(check, command, transaction);
}

/* --- the other lines --- */

static void expect_place(const struct check *check, const json_t *line, uint64_t frame, int64_t time)
{
	expect_integer(check, line, "frame", frame);
	expect_time(check, line, time);
}

static void expect_between(struct check *check, const json_t *line)
{
	const struct recording *recording = check->recording;
	const char *type = string(check, line, "type");

	if (!strcmp(type, "command")) {
		expect_command(check, line);
	} else if (!strcmp(type, "trace") && check->traces < recording->trace_count) {
		const struct trace_data *trace = &recording->traces[check->traces++];

		expect_place(check, line, trace->frame, trace->time);
	} else if (!strcmp(type, "mode") && check->modes < recording->mode_count) {
		const struct mode_change *change = &recording->modes[check->modes++];

		expect_place(check, line, change->frame, change->time);
		expect_string_or_null(check, line, "from", name_of(stlink_mode_names, change->from));
		expect_string_or_null(check, line, "to", name_of(stlink_mode_names, change->to));
		expect_string_or_null(check, line, "by", change->by);
	} else if (!strcmp(type, "usb-event") && check->notes < recording->note_count) {
		const struct usb_note *note = &recording->notes[check->notes++];

		expect_place(check, line, note->frame, note->time);
	} else {
		BREACH(check, "a line of type %s", type);
	}
}

static void expect_first(const struct check *check, const json_t *line)
{
	static const char *const keys[] = { "type", "schema", "link_type", NULL };

	expect_keys(check, line, keys);
	expect_string_or_null(check, line, "type", "capture");
	expect_integer(check, line, "schema", 1);
	expect_integer_or_null(check, line, "link_type", check->recording->facts.link_type >= 0, (uint64_t)check->recording->facts.link_type);
}

static void expect_last(const struct check *check, const json_t *line)
{
	const struct recording *recording = check->recording;
	const json_t *unknown = member(check, line, "unknown_opcodes"), *complete = member(check, line, "complete");

	expect_string_or_null(check, line, "type", "end");
	assert_true(json_is_boolean(complete));
	assert_int_equal(json_is_true(complete), recording->facts.complete);
	expect_integer(check, line, "packets", recording->facts.records);
	expect_integer(check, line, "transactions", recording->transaction_count);
	expect_integer(check, line, "dropped", recording->totals.dropped);
	assert_true(json_is_array(unknown));
	assert_int_equal(json_array_size(unknown), recording->unknown_opcodes);
	assert_int_equal(check->commands, recording->transaction_count);
	assert_int_equal(check->traces, recording->trace_count);
	assert_int_equal(check->modes, recording->mode_count);
	assert_int_equal(check->notes, recording->note_count);
}

/* Printable ASCII alone: nothing from a device reaches a terminal as it is. */
static json_t *parse(const struct check *check, const char *line, size_t length)
{
	json_error_t error;
	json_t *object = json_loadb(line, length, JSON_REJECT_DUPLICATES, &error);

	for (size_t i = 0; i < length; i++)
		if (line[i] < ' ' || line[i] > '~')
			BREACH(check, "byte %02x", (unsigned)(unsigned char)line[i]);
	if (!json_is_object(object))
		BREACH(check, "no object: %s", error.text);
	return object;
}

static void check_output(const struct recording *recording, const struct file *output, bool full)
{
	struct check check = { .recording = recording, .full = full };
	const char *text = (const char *)output->bytes, *end;

	for (; (end = strchr(text, '\n')); text = end + 1) {
		json_t *line;

		check.line++;
		line = parse(&check, text, (size_t)(end - text));
		if (check.line == 1)
			expect_first(&check, line);
		else if (!end[1])
			expect_last(&check, line);
		else
			expect_between(&check, line);
		json_decref(line);
	}
	assert_true(check.line >= 2);
	assert_int_equal(*text, 0);
	assert_int_equal(strlen((const char *)output->bytes), output->size);
}

void contract_check(const char *path, const struct recording *recording)
{
	for (int full = 0; full < 2; full++) {
		char command[1024];
		struct file output;
		int status;

		snprintf(command, sizeof command, "'%s' decode --json %s '%s'", program_path(), full ? "--full" : "", path);
		output = command_output(command, &status);
		assert_int_equal(status, recording->facts.complete ? 0 : 2);
		check_output(recording, &output, full);
		free(output.bytes);
	}
}
