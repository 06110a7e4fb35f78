/* pyOCD's USB trace as input: its forms old and new, what logs put around them, lines that are damaged. */
#include "support/reading.h"

#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { PATIENCE = 20 };

/* One event as text: "frame kind endpoint length bytes". */
static void describe(const struct urb_event *event, char *text, size_t size)
{
	size_t at = (size_t)snprintf(text, size, "%d %c %02x %u", (int)event->frame, event->kind == URB_SUBMIT ? 'S' : 'C', event->endpoint,
	                             event->length);

	assert_int_equal(event->type, URB_BULK);
	assert_int_equal(event->captured, event->wire);
	assert_int_equal(event->result, event->kind == URB_SUBMIT ? URB_PENDING : URB_OK);
	for (uint32_t i = 0; i < event->captured && at < size; i++)
		at += (size_t)snprintf(text + at, size - at, " %02x", event->data[i]);
}

static struct input *open_bytes(const void *bytes, size_t length)
{
	struct writer writer = { 0 };
	struct input *input;

	writer_bytes(&writer, bytes, length);
	input = reading_open_writer(&writer);
	writer_free(&writer);
	assert_string_equal(input_facts(input)->format, "pyocd-trace");
	assert_int_equal(input_facts(input)->link_type, -1);
	return input;
}

static struct input *open_text(const char *text)
{
	return open_bytes(text, strlen(text));
}

/* The events of input, each described, up to NULL. */
static void expect_events(struct input *input, const char *const *events)
{
	struct urb_event event;

	for (; *events; events++) {
		char text[512];

		assert_int_equal(input_next(input, &event), 1);
		describe(&event, text, sizeof text);
		assert_string_equal(text, *events);
	}
}

#define EVENTS(...) ((const char *const[]){ __VA_ARGS__, NULL })

static void test_new_form(void **state)
{
	struct input *input = open_text("0000100 I Loading something [x]\n"
	                                "0000900 D   USB CMD> (16) f5 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 [usb]\n"
	                                "0000901 D   USB IN < (req 2 bytes) [usb]\n"
	                                "0000902 D   USB IN < (2) 01 04 [usb]\n"
	                                "0000903 D   USB CMD> (2) F2 3b [usb]\n"
	                                "0000904 D   USB OUT> (3) 0a 0B 0c [usb]\n"
	                                "0000905 D   USB OUT> (0)  [usb]");

	(void)state;
	expect_events(input, EVENTS("2 S 01 16 f5 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00", "3 S 81 2", "4 C 81 2 01 04", "5 S 01 2 f2 3b",
	                            "6 S 01 3 0a 0b 0c", "7 S 01 0"));
	reading_end(input, 7, 0);
}

static void test_old_form(void **state)
{
	struct input *input = open_text("DEBUG:stlink.usb:  USB CMD> f1 00\r\n"
	                                "DEBUG:stlink.usb:  USB IN < (6 bytes)\r\n"
	                                "DEBUG:stlink.usb:  USB IN < 27 07 83 04 48 37\r\n"
	                                "DEBUG:stlink.usb:  USB OUT> 00\r\n");

	(void)state;
	expect_events(input, EVENTS("1 S 01 2 f1 00", "2 S 81 6", "3 C 81 6 27 07 83 04 48 37", "4 S 01 1 00"));
	reading_end(input, 4, 0);
}

/* An answer pairs with the read that was asked for before it, and with nothing else. */
static void test_ids_and_device(void **state)
{
	struct input *input = open_text("USB CMD> (1) f5\nUSB IN < (req 2 bytes)\nUSB IN < (2) 01 04\nUSB CMD> (1) f5\n");
	uint64_t ids[4];
	struct urb_event event;

	(void)state;
	for (int i = 0; i < 4; i++) {
		assert_int_equal(input_next(input, &event), 1);
		assert_int_equal(event.bus, 0);
		assert_int_equal(event.device, 1);
		assert_int_equal(event.time, 0);
		ids[i] = event.id;
	}
	assert_int_equal(ids[1], ids[2]);
	assert_int_not_equal(ids[0], ids[1]);
	assert_int_not_equal(ids[2], ids[3]);
	reading_end(input, 4, 0);
}

static void test_times(void **state)
{
	static const struct {
		const char *line;
		int64_t time;
	} rows[] = {
		{ "0000900 D   USB CMD> (1) f5 [usb]\n", 900000000 },
		{ "0123456:DEBUG:usb:  USB CMD> (1) f5\n", 123456000000 },
		{ "[0000900:DEBUG:usb]   USB CMD> (1) f5\n", 900000000 },
		{ "1795415442.432929 0011180 D   USB CMD> (1) f5 [usb]\n", 1795415442432929000 },
		{ "1795415442.5 \033[34m0011180\033[0m \033[2mD\033[0m \033[2m\033[97m  USB CMD> (1) f5 \033[2m[usb]\033[0m\n", 1795415442500000000 },
		{ "\033[34m0011180\033[0m D   USB CMD> (1) f5 \033[2m[usb]\033[0m\n", 11180000000 },
		{ "2019-01-05 12:00:00 D   USB CMD> (1) f5 [usb]\n", 0 },
		{ "  USB CMD> (1) f5\n", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct input *input = open_text(rows[i].line);
		struct urb_event event;

		assert_int_equal(input_next(input, &event), 1);
		assert_int_equal(event.time, rows[i].time);
		assert_int_equal(event.captured, 1);
		assert_int_equal(event.data[0], 0xf5);
		reading_end(input, 1, 0);
	}
}

/* PowerShell's > writes UTF-16. */
static void test_utf16(void **state)
{
	static const char line[] = "0000900 D   USB CMD> (2) f1 80 [usb]\r\n0000900 D   USB IN < (req 6 bytes) [usb]\r\n";
	uint8_t wide[2 + 2 * sizeof line] = { 0xff, 0xfe };
	struct input *input;

	(void)state;
	for (size_t i = 0; i < sizeof line - 1; i++)
		wide[2 + 2 * i] = (uint8_t)line[i];
	input = open_bytes(wide, 2 + 2 * (sizeof line - 1));
	expect_events(input, EVENTS("1 S 01 2 f1 80", "2 S 81 6"));
	reading_end(input, 2, 0);
}

/* The trace may begin late, and its lines may be long. */
static void test_long_text(void **state)
{
	struct writer writer = { 0 };
	struct input *input;
	struct urb_event event;

	(void)state;
	for (int i = 0; i < 10000; i++)
		writer_bytes(&writer, "0000001 I nothing to see here, move along, move along please [x]\n", 65);
	writer_bytes(&writer, "USB CMD> (1) f5\nUSB OUT> (6144)", 31);
	for (int i = 0; i < 6144; i++)
		writer_bytes(&writer, " a5", 3);
	input = reading_open_writer(&writer);
	assert_int_equal(input_next(input, &event), 1);
	assert_int_equal(event.frame, 10001);
	assert_int_equal(input_next(input, &event), 1);
	assert_int_equal(event.frame, 10002);
	assert_int_equal(event.captured, 6144);
	assert_int_equal(event.data[6143], 0xa5);
	reading_end(input, 10002, 0);
	writer_free(&writer);
}

/*
 * Lines that are cut or wrapped are reported once, with the first's number; the others are read. Prose is no trace
 * line.
 */
static void test_damaged_lines(void **state)
{
	static const struct {
		const char *line;
		bool damaged;
	} rows[] = {
		{ "USB CMD> (16) f5 00", true },
		{ "USB CMD> (2) f5 0", true },
		{ "USB CMD> (2) f5 zz", true },
		{ "USB IN < 27 07 8", true },
		{ "USB IN < (2) 01 04 05 [usb]", true },
		{ "look at the USB CMD> lines", false },
		{ "USB IN < (some bytes)", false },
		{ "USB OUT> deadbeef", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char text[256];
		struct input *input;
		struct urb_event event;

		snprintf(text, sizeof text, "USB CMD> (1) f5\n\n%s\n%s\nUSB CMD> (1) f1\n", rows[i].line, rows[i].line);
		input = open_text(text);
		expect_events(input, EVENTS("1 S 01 1 f5", "5 S 01 1 f1"));
		if (!rows[i].damaged) {
			reading_end(input, 5, 0);
			continue;
		}
		assert_int_equal(input_next(input, &event), -1);
		assert_non_null(strstr(input_problem(input), "2 lines of the USB trace cannot be read, the first is line 3"));
		assert_false(input_facts(input)->complete);
		input_close(input);
	}
}

static void test_pipe_held_open(void **state)
{
	int ends[2];
	char name[32];
	struct input *input = NULL;
	struct urb_event event;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	snprintf(name, sizeof name, "/dev/fd/%d", ends[0]);
	alarm(PATIENCE);
	for (int i = 1; i <= 20; i++) {
		static const char line[] = "0000900 D   USB CMD> (16) f5 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 [usb]\n";

		assert_int_equal(write(ends[1], line, sizeof line - 1), sizeof line - 1);
		if (!input)
			input = reading_open(name);
		assert_int_equal(input_next(input, &event), 1);
		assert_int_equal(event.frame, i);
	}
	close(ends[1]);
	reading_end(input, 20, 0);
	close(ends[0]);
	alarm(0);
}

/*
 * The emulated pyOCD session holds its own trace: every command and answer in it is in the capture beside it, in
 * order.
 */
static void test_against_capture(void **state)
{
	glob_t found = { 0 };
	struct input *trace, *capture;
	struct urb_event said, seen;
	char path[512];
	unsigned compared = 0;

	(void)state;
	if (glob("../shared/captures/emulated/172-*/client.log", 0, NULL, &found)) {
		puts("SKIPPED test_against_capture: no ../shared/captures");
		skip();
	}
	trace = reading_open(found.gl_pathv[0]);
	snprintf(path, sizeof path, "%.*scapture.pcap", (int)(strlen(found.gl_pathv[0]) - strlen("client.log")), found.gl_pathv[0]);
	capture = reading_open(path);
	while (input_next(trace, &said) == 1) {
		if (!said.captured)
			continue;
		do {
			assert_int_equal(input_next(capture, &seen), 1);
		} while (seen.type != URB_BULK || seen.endpoint != said.endpoint || seen.kind != said.kind || seen.captured < said.captured ||
		         memcmp(seen.data, said.data, said.captured) != 0);
		compared++;
	}
	assert_string_equal(input_problem(trace), "");
	assert_true(compared > 400);
	input_close(trace);
	input_close(capture);
	globfree(&found);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_new_form),
		cmocka_unit_test(test_old_form),
		cmocka_unit_test(test_ids_and_device),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_utf16),
		cmocka_unit_test(test_long_text),
		cmocka_unit_test(test_damaged_lines),
		cmocka_unit_test(test_pipe_held_open),
		cmocka_unit_test(test_against_capture),
	};

	return cmocka_run_group_tests(tests, reading_begin, reading_finish);
}
