/*
 * The captures of a real ST-LINK/V2 in captures/public: every record of its endpoints has one place, nothing is UNKNOWN, and the notes that
 * their author made by hand agree with the decode line by line, but for the slips that are listed here.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "support/captures.h"
#include "support/recording.h"

#define POLLED 0xe0042000 /* the utility reads DBGMCU_IDCODE again and again while it waits */

/* What a note says and what the wire says. A slip that is no longer needed is an error. */
static struct slip {
	const char *capture, *what;
	uint64_t frame, noted, real;
	bool used;
} slips[] = {
	/* protocol/disagreements.md, 15 and 32: byte 1 of GET_CURRENT_MODE is the loader's version, byte 0 the mode. */
	{ .capture = "poweron", .what = "mode", .frame = 3, .noted = 1, .real = 0 },
	/* 32 and "Seen later": the "r1 = 1" of the notes is register 16, xPSR, and its Thumb bit. */
	{ .capture = "poweron", .what = "register", .frame = 32, .noted = 1, .real = 16 },
	{ .capture = "poweron", .what = "value", .frame = 32, .noted = 1, .real = 0x01000000 },
	{ .capture = "again", .what = "register", .frame = 28, .noted = 1, .real = 16 },
	{ .capture = "again", .what = "value", .frame = 28, .noted = 1, .real = 0x01000000 },
	/* "Seen later": 4 bytes on the wire. */
	{ .capture = "poweron", .what = "length", .frame = 66, .noted = 2, .real = 4 },
	/* "Exactly the same as the other one": but for how often the utility polled. */
	{ .capture = "again", .what = "polls", .frame = 50, .noted = 2, .real = 12 },
};

/* Where the reading of a note stands. */
struct reader {
	const char *capture;
	const struct recording *recording;
	size_t next;              /* the transaction that the next line is about */
	double time;              /* of the line with the last frame number, as noted; its transaction is timed */
	const struct transaction *timed;
};

static struct recording *open_capture(const char *name)
{
	char path[512];
	struct recording *recording;

	snprintf(path, sizeof path, "%s/public/%s.pcapng", shared_captures(), name);
	recording = recording_of(path);
	assert_string_equal(recording->problem, "");
	assert_true(recording->facts.complete);
	return recording;
}

/* --- a line of the notes against a transaction --- */

static void compare(const struct reader *reader, const struct transaction *ours, const char *what, uint64_t noted, uint64_t real)
{
	if (noted == real)
		return;
	for (size_t i = 0; i < sizeof slips / sizeof *slips; i++) {
		if (strcmp(slips[i].capture, reader->capture) || strcmp(slips[i].what, what) || slips[i].frame != ours->frame ||
		    slips[i].noted != noted || slips[i].real != real)
			continue;
		slips[i].used = true;
		return;
	}
	fail_msg("%s, frame %llu: %s is %#llx, the note says %#llx", reader->capture, (unsigned long long)ours->frame, what,
	         (unsigned long long)real, (unsigned long long)noted);
}

/* The next transaction, which must have this name. */
static const struct transaction *next(struct reader *reader, const char *name)
{
	const struct transaction *ours;

	if (reader->next >= reader->recording->transaction_count)
		fail_msg("%s: %s is noted behind the last command", reader->capture, name);
	ours = &reader->recording->transactions[reader->next++];
	if (strcmp(ours->command->name, name))
		fail_msg("%s, frame %llu: %s is noted, %s decoded", reader->capture, (unsigned long long)ours->frame, name, ours->command->name);
	if (ours->has_status && ours->status != STLINK_STATUS_OK)
		fail_msg("%s, frame %llu: status %02x", reader->capture, (unsigned long long)ours->frame, ours->status);
	return ours;
}

static uint64_t argument(const struct transaction *ours, const struct operation *operation, enum role role)
{
	if (!operation_has(operation, role))
		fail_msg("frame %llu: role %d is not known", (unsigned long long)ours->frame, role);
	return operation->argument[role];
}

static uint64_t word(const struct payload *payload)
{
	assert_true(payload->captured == 4 && payload->wire == 4);
	return cursor_decode32(payload->bytes, false);
}

static void register_line(struct reader *reader, const char *text)
{
	unsigned number, value;
	const struct transaction *ours = next(reader, "WRITEREG");

	assert_int_equal(sscanf(text, "WRITE REG (r%u = %u", &number, &value), 2);
	compare(reader, ours, "register", number, argument(ours, &ours->request_operation, ROLE_REGISTER));
	compare(reader, ours, "value", value, argument(ours, &ours->request_operation, ROLE_VALUE));
}

static void debug_register_line(struct reader *reader, const char *text, bool write)
{
	const struct transaction *ours = next(reader, write ? "WRITEDEBUGREG" : "READDEBUGREG");
	const char *address = strstr(text, "0x"), *value = strrchr(text, '(');

	assert_non_null(address);
	compare(reader, ours, "address", strtoul(address, NULL, 16), argument(ours, &ours->request_operation, ROLE_ADDRESS));
	if (write) { /* "=> 4096 (0x00001000)": the same twice */
		assert_non_null(value);
		compare(reader, ours, "value", strtoul(value + 1, NULL, 16), argument(ours, &ours->request_operation, ROLE_VALUE));
		compare(reader, ours, "value", strtoul(strchr(text, '>') + 1, NULL, 10), argument(ours, &ours->request_operation, ROLE_VALUE));
	} else {
		compare(reader, ours, "value", strtoul(strchr(text, '>') + 1, NULL, 16), argument(ours, &ours->answer_operation, ROLE_VALUE));
	}
}

static void memory_line(struct reader *reader, const char *text, bool write)
{
	const struct transaction *ours = next(reader, write ? "WRITEMEM_32BIT" : "READMEM_32BIT");
	const struct payload *payload = write ? &ours->data : &ours->answer;
	const char *value = strchr(text, '>'), *length = strchr(text, '@');

	assert_non_null(length);
	compare(reader, ours, "address", strtoul(strstr(text, "0x"), NULL, 16), argument(ours, &ours->request_operation, ROLE_ADDRESS));
	compare(reader, ours, "length", strtoul(length + 1, NULL, 10), argument(ours, &ours->request_operation, ROLE_LENGTH));
	if (value)
		compare(reader, ours, "value", strtoul(value + 1, NULL, 16), word(payload));
	assert_int_equal(payload->wire, argument(ours, &ours->request_operation, ROLE_LENGTH));
	assert_true(ours->has_status && ours->status_frame > ours->frame);
}

/* "10  99.182781000    host    121.2   STLinkv2    80  DEBUG COMMAND - ..." */
static void frame_line(struct reader *reader, unsigned frame, double time, unsigned device, unsigned endpoint, const char *text)
{
	const struct transaction *ours = &reader->recording->transactions[reader->next];

	assert_true(reader->next < reader->recording->transaction_count);
	assert_int_equal(ours->frame, frame);
	assert_int_equal(ours->device, device);
	assert_int_equal(recording_urb(reader->recording, frame)->endpoint, endpoint);
	if (reader->timed) {
		double difference = (double)(ours->time - reader->timed->time) / 1e9 - (time - reader->time);

		assert_true(difference < 1e-6 && difference > -1e-6);
	}
	reader->timed = ours;
	reader->time = time;
	if (!strncmp(text, "WRITE DEBUG REG", 15) || !strncmp(text, "READ DEBUG REG", 14))
		debug_register_line(reader, text, *text == 'W');
	else if (!strncmp(text, "WRITEMEM32", 10) || !strncmp(text, "READMEM32", 9))
		memory_line(reader, text, *text == 'W');
	else if (!strncmp(text, "WRITE REG", 9))
		register_line(reader, text);
	else if (strstr(text, "0xf2 0x21"))
		next(reader, "EXIT");
	else
		fail_msg("a line that this test cannot read: %s", text);
}

/* "75 through 85 is the same sequence of kick IWDG, unlock, set prescalar to max": as from frame 58 on. */
static void sequence_line(struct reader *reader, unsigned first)
{
	static const struct { uint32_t address, value; } writes[] = {
		{ 0x40003000, 0xaaaa }, { 0x40003000, 0x5555 }, { 0x40003004, 6 },
	};

	assert_int_equal(reader->recording->transactions[reader->next].frame, first);
	for (size_t i = 0; i < sizeof writes / sizeof *writes; i++) {
		const struct transaction *ours = next(reader, "WRITEMEM_32BIT");

		compare(reader, ours, "address", writes[i].address, argument(ours, &ours->request_operation, ROLE_ADDRESS));
		compare(reader, ours, "value", writes[i].value, word(&ours->data));
		assert_int_equal(next(reader, "GETLASTRWSTATUS2")->judges_frame, ours->frame);
	}
}

/* The next command from at on that is not one of the polls, which it counts. */
static const struct transaction *beyond_polls(const struct recording *recording, size_t *at, unsigned *polls)
{
	while (*at < recording->transaction_count) {
		const struct transaction *ours = &recording->transactions[(*at)++];

		if (ours->command->operation != OP_MEMORY_READ || argument(ours, &ours->request_operation, ROLE_ADDRESS) != POLLED)
			return ours;
		(*polls)++;
		(*at)++; /* its status */
	}
	return NULL;
}

/* "-- exactly the same as the other one at this point, entirely": the other one behind its second GET VOLTAGE. */
static void same_line(struct reader *reader)
{
	struct recording *other = open_capture("winstlink-connect-poweron");
	const struct transaction *first = &reader->recording->transactions[reader->next], *ours, *theirs;
	unsigned polls = 0, other_polls = 0;
	size_t at = 0;

	for (unsigned voltages = 0; voltages < 2; at++)
		voltages += other->transactions[at].command->operation == OP_VOLTAGE;
	do {
		ours = beyond_polls(reader->recording, &reader->next, &polls);
		theirs = beyond_polls(other, &at, &other_polls);
		assert_int_equal(!ours, !theirs);
		if (ours && (ours->request.wire != theirs->request.wire || memcmp(ours->request.bytes, theirs->request.bytes, ours->request.wire)))
			fail_msg("frame %llu is not frame %llu of the other", (unsigned long long)ours->frame, (unsigned long long)theirs->frame);
	} while (ours);
	compare(reader, first, "polls", other_polls, polls);
	recording_free(other);
}

/* "GET MODE => 2", or "GET MODE  == returns 2". */
static void mode_line(struct reader *reader, unsigned mode)
{
	const struct transaction *ours = next(reader, "GET_CURRENT_MODE");

	compare(reader, ours, "mode", mode, argument(ours, &ours->answer_operation, ROLE_MODE));
}

/* GET VERSION comes "always first", as one note says and the other leaves out. */
static void skip_version(struct reader *reader)
{
	while (!strcmp(reader->recording->transactions[reader->next].command->name, "GET_VERSION"))
		reader->next++;
	assert_true(reader->next > 0);
}

static void power_on_line(struct reader *reader, unsigned mode)
{
	skip_version(reader);
	mode_line(reader, mode);
}

static void enter_line(struct reader *reader)
{
	const struct transaction *ours = next(reader, "ENTER");

	assert_int_equal(argument(ours, &ours->request_operation, ROLE_TRANSPORT), 0xa3);
}

static void line(struct reader *reader, const char *text)
{
	unsigned frame, last, device, endpoint, mode;
	double time;
	int at = 0;

	if (sscanf(text, "%u %lf host %u.%u STLinkv2 80 DEBUG COMMAND - %n", &frame, &time, &device, &endpoint, &at) == 4 && at)
		frame_line(reader, frame, time, device, endpoint, text + at);
	else if (sscanf(text, "%u %*s %u %*s the same", &frame, &last) == 2 || sscanf(text, "%u %*s %u same", &frame, &last) == 2)
		sequence_line(reader, frame);
	else if (!strncmp(text, "magic", 5))
		assert_int_equal(next(reader, "GETLASTRWSTATUS2")->judges_frame, reader->timed->frame);
	else if (!strncmp(text, "GET VERSION", 11))
		skip_version(reader);
	else if (sscanf(text, "## When it was power cycled, came up in mode %u", &mode) == 1)
		power_on_line(reader, mode);
	else if (sscanf(text, "GET MODE => %u", &mode) == 1 || sscanf(text, "GET MODE == returns %u", &mode) == 1)
		mode_line(reader, mode);
	else if (!strncmp(text, "GET VOLTAGE", 11))
		next(reader, "GET_TARGET_VOLTAGE");
	else if (!strncmp(text, "ENTER SWD", 9))
		enter_line(reader);
	else if (!strncmp(text, "DFU EXIT", 8))
		next(reader, "DFU_EXIT");
	else if (!strncmp(text, "-- exactly the same", 19))
		same_line(reader);
	else if (*text && *text != '#')
		fail_msg("%s: a line that this test cannot read: %s", reader->capture, text);
}

/* --- the tests --- */

static void check_notes(const char *capture)
{
	struct reader reader = { .capture = capture };
	char name[64], path[512];
	struct recording *recording;
	struct file text;
	char *rest, *one;

	snprintf(name, sizeof name, "winstlink-connect-%s", capture);
	reader.recording = recording = open_capture(name);
	snprintf(path, sizeof path, "%s/public/%s.txt", shared_captures(), name);
	text = file_read(path);
	rest = (char *)text.bytes;
	while ((one = strsep(&rest, "\r\n")))
		line(&reader, one);
	assert_int_equal(reader.next, recording->transaction_count);
	free(text.bytes);
	recording_free(recording);
}

static void test_notes(void **state)
{
	(void)state;
	check_notes("again");
	check_notes("poweron");
	for (size_t i = 0; i < sizeof slips / sizeof *slips; i++)
		if (!slips[i].used)
			fail_msg("the slip of %s, frame %llu, %s is not needed", slips[i].capture, (unsigned long long)slips[i].frame, slips[i].what);
}

/* Every bulk record in these captures is the probe's. */
static void check_records(const char *name)
{
	struct recording *recording = open_capture(name);
	size_t bulk = 0;

	for (size_t i = 0; i < recording->urb_count; i++)
		bulk += recording->urbs[i].type == URB_BULK;
	assert_true(bulk > 0);
	assert_int_equal(recording->probe_count, 1);
	assert_int_equal(recording->probes[0].generation, GENERATION_V2);
	assert_int_equal(recording_check_places(recording), bulk);
	assert_int_equal(recording->unknown_opcodes, 0);
	for (size_t i = 0; i < recording->transaction_count; i++) {
		const struct transaction *ours = &recording->transactions[i];

		if (ours->command == &stlink_unknown || transaction_noted(ours, NOTE_UNKNOWN_COMMAND))
			fail_msg("%s: frame %llu is unknown", name, (unsigned long long)ours->frame);
	}
	recording_free(recording);
}

static void test_records(void **state)
{
	(void)state;
	check_records("winstlink-connect-again");
	check_records("winstlink-connect-poweron");
	check_records("windows-stlink-dev106.start.stop.start.stop");
}

/* A real probe sends as much trace data as it said it had, when it said so. */
static void test_trace(void **state)
{
	struct recording *recording = open_capture("windows-stlink-dev106.start.stop.start.stop");
	size_t trace = 0;

	(void)state;
	assert_true(recording->trace_count > 0);
	for (size_t i = 0; i < recording->transaction_count; i++) {
		const struct transaction *ours = &recording->transactions[i];
		uint64_t count = operation_get(&ours->answer_operation, ROLE_COUNT, 0);

		if (ours->command->operation != OP_TRACE_COUNT || !count)
			continue;
		assert_true(trace < recording->trace_count);
		assert_int_equal(recording->traces[trace].bytes.wire, count);
		assert_true(recording->traces[trace++].frame > ours->frame);
	}
	assert_int_equal(trace, recording->trace_count);
	recording_free(recording);
}

/* What the author's notes say of each register, in this program's words: the notes name addresses and numbers, and "kick IWDG". */
static const struct { uint64_t frame; const char *register_name, *words, *phase; } connect[] = {
	{ 10, "DBGMCU_APB1_FZ", "IWDG", "examine" },
	{ 12, "DBGMCU_CR", "SLEEP STOP STANDBY IWDG_STOP", "examine" },
	{ 14, "DHCSR", "halt", "halt" },
	{ 16, "DHCSR", "halted, debug enabled, was reset", "halt" },
	{ 20, "DHCSR", "halted, debug enabled", "halt" },
	{ 22, "DEMCR", "halt after a reset", "halt" },
	{ 24, "AIRCR", "reset: SYSRESETREQ", "halt" },
	{ 28, "DHCSR", "halted, debug enabled, was reset", "halt" },
	{ 34, "DEMCR", "no catch", "halt" },
	{ 36, "CPUID", "Cortex-M3 r2p0", "examine" },
	{ 40, "DBGMCU_IDCODE", "STM32L1 cat. 1 rev 0x1018", "examine" },
	{ 48, "flash size", "128 KiB", "examine" },
	{ 54, "DHCSR", "halted, debug enabled", "examine" },
	{ 70, NULL, "", "read" },
	{ 113, "DHCSR", "debug off", "close" },
};

/* The line of JSON of the command in that frame. */
static void check_command(char *lines, size_t index)
{
	char mark[64], expected[128], *line, *end;

	snprintf(mark, sizeof mark, "\"type\":\"command\",\"frame\":%llu,", (unsigned long long)connect[index].frame);
	line = strstr(lines, mark);
	assert_non_null(line);
	end = strchr(line, '\n');
	*end = '\0';
	snprintf(expected, sizeof expected, "\"phase\":\"%s\"", connect[index].phase);
	if (!strstr(line, expected))
		fail_msg("frame %llu: no %s in %s", (unsigned long long)connect[index].frame, expected, line);
	snprintf(expected, sizeof expected, "\"address_name\":\"%s\"", connect[index].register_name ? connect[index].register_name : "");
	if (connect[index].register_name && !strstr(line, expected))
		fail_msg("frame %llu: no %s in %s", (unsigned long long)connect[index].frame, expected, line);
	if (!strstr(line, connect[index].words))
		fail_msg("frame %llu: no %s in %s", (unsigned long long)connect[index].frame, connect[index].words, line);
	*end = '\n';
}

static void test_registers(void **state)
{
	char command[1024];
	struct file output;
	int status;

	(void)state;
	snprintf(command, sizeof command, "%s decode --json %s/public/winstlink-connect-poweron.pcapng", program_path(), shared_captures());
	output = command_output(command, &status);
	assert_int_equal(status, 0);
	for (size_t i = 0; i < sizeof connect / sizeof *connect; i++)
		check_command((char *)output.bytes, i);
	free(output.bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_records),
		cmocka_unit_test(test_notes),
		cmocka_unit_test(test_trace),
		cmocka_unit_test(test_registers),
	};

	return cmocka_run_group_tests_name("public", tests, NULL, NULL);
}
