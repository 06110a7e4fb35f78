/*
 * What the pcapng writer writes is what the reader reads: packets, drops, a tool's lines; also of a file that was cut anywhere, or whose disk was full.
 */
#include "../analyzer/input/pcapng_notes.h"
#include "../analyzer/input/pcapng_writer.h"
#include "../analyzer/input/tool_comment.h"
#include "support/captures.h"
#include "support/reading.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

enum { USBMON = 220 };

static char path[64];

static int begin(void **state)
{
	(void)state;
	snprintf(path, sizeof path, "/tmp/stlinkscope-writer-%d.pcapng", (int)getpid());
	return 0;
}

static int finish(void **state)
{
	(void)state;
	unlink(path);
	return 0;
}

static int create(void)
{
	int file = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);

	assert_true(file >= 0);
	return file;
}

static struct pcapng_writer *start(int file, bool big_endian)
{
	struct pcapng_writer *writer = pcapng_writer_open(file, big_endian, "a test");

	assert_non_null(writer);
	assert_int_equal(pcapng_writer_interface(writer, USBMON, 65535, "usbmon7"), 0);
	return writer;
}

/* A packet that says text, one second after the one before. */
static int add(struct pcapng_writer *writer, bool big_endian, unsigned number, const char *text, uint64_t dropped, const char *const *comments,
               size_t count)
{
	uint8_t record[64 + 256];
	uint32_t length = writer_usbmon(record, 64, big_endian, text, (uint32_t)strlen(text));

	return pcapng_writer_packet(writer, &(struct pcapng_packet){
		.time = (READING_SECONDS + (int64_t)number) * 1000000000 + 123456789, .captured = length, .wire = length, .data = record,
		.dropped = dropped, .comments = comments, .comment_count = count,
	});
}

static void expect_record(struct input *input, unsigned number, const char *text)
{
	struct input_item item;

	assert_int_equal(input_next_item(input, &item), 1);
	assert_int_equal(item.kind, INPUT_RECORD);
	assert_int_equal(item.frame, number);
	assert_int_equal(item.urb.frame, number);
	assert_int_equal(item.urb.time, (READING_SECONDS + (int64_t)number) * 1000000000 + 123456789);
	assert_int_equal(item.urb.captured, strlen(text));
	assert_memory_equal(item.urb.data, text, strlen(text));
}

static void expect_line(struct input *input, uint64_t frame, bool is_stderr, bool unfinished, int64_t time, const char *text)
{
	struct input_item item;

	assert_int_equal(input_next_item(input, &item), 1);
	assert_int_equal(item.kind, INPUT_TOOL_LINE);
	assert_int_equal(item.frame, frame);
	assert_int_equal(item.line.is_stderr, is_stderr);
	assert_int_equal(item.line.unfinished, unfinished);
	assert_int_equal(item.time, time);
	assert_string_equal(item.line.text, text);
}

static void expect_gap(struct input *input, uint64_t frame, uint64_t dropped)
{
	struct input_item item;

	assert_int_equal(input_next_item(input, &item), 1);
	assert_int_equal(item.kind, INPUT_GAP);
	assert_int_equal(item.frame, frame);
	assert_int_equal(item.gap.dropped, dropped);
}

static void expect_end(struct input *input, uint64_t records)
{
	struct input_item item;

	assert_int_equal(input_next_item(input, &item), 0);
	assert_int_equal(input_next_item(input, &item), 0);
	assert_int_equal(input_facts(input)->records, records);
	assert_true(input_facts(input)->complete);
	assert_true(input_facts(input)->nanoseconds);
	assert_int_equal(input_facts(input)->link_type, USBMON);
	input_close(input);
}

/* Every kind of thing between packets. */
static void write_all(int file, bool big_endian)
{
	static const char *const first[] = { "tool stderr 1520000000.000001: Info : hello", "not of a tool", "tool stdout unfinished 1520000001: (gdb) " };
	static const char *const third[] = { PCAPNG_MAY_MISS };
	static const char *const last[] = { "tool stdout 1520000009.5: bye" };
	struct pcapng_writer *writer = start(file, big_endian);

	assert_int_equal(add(writer, big_endian, 1, "one", 0, first, 3), 0);
	assert_int_equal(add(writer, big_endian, 2, "two!", 7, NULL, 0), 0);
	assert_int_equal(add(writer, big_endian, 3, "", 0, third, 1), 0);
	assert_int_equal(add(writer, big_endian, 4, "four!", 2, first, 1), 0);
	assert_int_equal(pcapng_writer_statistics(writer, &(struct pcapng_statistics){
		.first_time = 1, .last_time = 2, .received = 4, .dropped = 12, .comments = last, .comment_count = 1 }), 0);
	assert_int_equal(pcapng_writer_close(writer), 0);
}

static void test_round_trip(void **state)
{
	(void)state;
	for (int big_endian = 0; big_endian < 2; big_endian++) {
		int file = create();
		struct input *input;

		write_all(file, big_endian);
		close(file);
		input = reading_open(path);
		expect_line(input, 1, true, false, INT64_C(1520000000000001000), "Info : hello");
		expect_line(input, 1, false, true, INT64_C(1520000001000000000), "(gdb) ");
		expect_record(input, 1, "one");
		expect_gap(input, 2, 7);
		expect_record(input, 2, "two!");
		expect_gap(input, 3, 0);
		expect_record(input, 3, "");
		expect_line(input, 4, true, false, INT64_C(1520000000000001000), "Info : hello");
		expect_gap(input, 4, 2);
		expect_record(input, 4, "four!");
		expect_line(input, 5, false, false, INT64_C(1520000009500000000), "bye");
		expect_gap(input, 5, 3); /* of the 12 in all, 9 stand before records */
		expect_end(input, 4);
	}
}

static void test_records_alone(void **state)
{
	struct urb_event event;
	struct input *input;
	int file = create();

	(void)state;
	write_all(file, false);
	close(file);
	input = reading_open(path);
	for (unsigned i = 1; i <= 4; i++) {
		assert_int_equal(input_next(input, &event), 1);
		assert_int_equal(event.frame, i);
	}
	assert_int_equal(input_next(input, &event), 0);
	expect_end(input, 4);
}

/* A capture that was killed: whatever whole packets are there can be read. */
static void test_cut_at_every_byte(void **state)
{
	struct file whole;
	size_t *ends, records, at = 0;
	int file = create();

	(void)state;
	write_all(file, false);
	close(file);
	whole = file_read(path);
	records = captures_offsets(&whole, &ends);
	assert_int_equal(records, 4);
	for (size_t length = ends[0]; length <= whole.size; length++) {
		struct input_item item;
		struct input *input;
		char problem[512];
		uint64_t read = 0;
		int got;

		while (at < records && ends[at + 1] <= length)
			at++;
		assert_int_equal(truncate(path, 0), 0);
		file = open(path, O_WRONLY);
		assert_int_equal(write(file, whole.bytes, length), (ssize_t)length);
		close(file);
		input = input_open(path, problem, sizeof problem);
		assert_non_null(input);
		while ((got = input_next_item(input, &item)) == 1)
			read += item.kind == INPUT_RECORD;
		assert_int_equal(read, at);
		assert_int_equal(got, length == whole.size || length == ends[at] || length == ends[records] ? 0 : -1);
		input_close(input);
	}
	free(ends);
	free(whole.bytes);
}

/* Comments come from a tool, which can be anything: none of them forges another, none of them breaks the file. */
static void test_hostile_lines(void **state)
{
	static const char *const texts[] = {
		"", ":", "tool stderr 1520000000.000001: in disguise", "\x1b[31mred\x1b[0m", "line\nline", "\xff\xfe", "a\xe2\x82", "unfinished 12: x",
		"tool stdout", "%s%n", "ends with a backslash \\",
	};
	struct pcapng_writer *writer;
	struct input *input;
	char *comments[sizeof texts / sizeof texts[0]];
	size_t count = sizeof texts / sizeof texts[0];
	int file = create();

	(void)state;
	for (size_t i = 0; i < count; i++) {
		comments[i] = malloc(strlen(texts[i]) + TOOL_COMMENT_EXTRA);
		tool_comment_write(comments[i], strlen(texts[i]) + TOOL_COMMENT_EXTRA,
		                   &(struct tool_comment){ .is_stderr = i & 1, .unfinished = i & 2, .time = INT64_C(1520000000123456000), .text = texts[i] });
	}
	writer = start(file, false);
	assert_int_equal(add(writer, false, 1, "x", 0, (const char *const *)comments, count), 0);
	assert_int_equal(pcapng_writer_close(writer), 0);
	close(file);
	input = reading_open(path);
	for (size_t i = 0; i < count; i++)
		expect_line(input, 1, i & 1, i & 2, INT64_C(1520000000123456000), texts[i]);
	expect_record(input, 1, "x");
	expect_end(input, 1);
	for (size_t i = 0; i < count; i++)
		free(comments[i]);
}

static void test_no_tool_comment(void **state)
{
	static const char *const texts[] = {
		"", "tool", "tool stderr", "tool stderr ", "tool stderr 12", "tool stderr 12:", "tool stderr 12:x", "tool stderr x: y", "tool stderr 12.5",
		"Tool stderr 12: x", "tool stdin 12: x", "tool stderr 99999999999: x", "tool stderr -1: x", " tool stderr 1: x",
	};
	struct tool_comment comment;

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		assert_false(tool_comment_read(texts[i], &comment));
	assert_true(tool_comment_read("tool stderr 0.0000000019: x", &comment));
	assert_int_equal(comment.time, 1);
}

/* 65535 bytes are the most that an option takes: longer ones are cut between characters. */
static void test_long_comment(void **state)
{
	char *text = malloc(70001);
	const char *comments[] = { text };
	struct pcapng_writer *writer;
	struct input_item item;
	struct input *input;
	int file = create();

	(void)state;
	strcpy(text, "tool stdout 1: a");
	for (size_t i = strlen(text); i < 70000; i += 2)
		memcpy(text + i, "\xc3\xa9", 3);
	writer = start(file, false);
	assert_int_equal(add(writer, false, 1, "x", 0, comments, 1), 0);
	assert_int_equal(pcapng_writer_close(writer), 0);
	close(file);
	input = reading_open(path);
	assert_int_equal(input_next_item(input, &item), 1);
	assert_int_equal(item.kind, INPUT_TOOL_LINE);
	assert_true(strlen(item.line.text) > 65500);
	assert_int_equal((unsigned char)item.line.text[strlen(item.line.text) - 1], 0xa9);
	expect_record(input, 1, "x");
	expect_end(input, 1);
	free(text);
}

/* Drops that dumpcap counts in the statistics alone lie somewhere: they are told at the end. Other interfaces' count for nothing. */
static void test_statistics_of_others(void **state)
{
	struct pcapng_writer *writer;
	struct input *input;
	int file = create();

	(void)state;
	writer = start(file, false);
	assert_int_equal(pcapng_writer_interface(writer, 1, 65535, NULL), 1);
	assert_int_equal(add(writer, false, 1, "x", 0, NULL, 0), 0);
	pcapng_writer_statistics(writer, &(struct pcapng_statistics){ .interface = 1, .dropped = 99 });
	pcapng_writer_statistics(writer, &(struct pcapng_statistics){ .interface = 5, .dropped = 99 });
	pcapng_writer_statistics(writer, &(struct pcapng_statistics){ .interface = 0, .dropped = 4 });
	pcapng_writer_statistics(writer, &(struct pcapng_statistics){ .interface = 0, .dropped = 4 });
	assert_int_equal(pcapng_writer_close(writer), 0);
	close(file);
	input = reading_open(path);
	expect_record(input, 1, "x");
	expect_gap(input, 2, 4);
	expect_end(input, 1);
}

/* A file that may not grow: what is in it is whole. */
static void test_full_disk(void **state)
{
	struct rlimit whole, little = { .rlim_cur = 4000, .rlim_max = RLIM_INFINITY };
	struct pcapng_writer *writer;
	struct input *input;
	struct urb_event event;
	unsigned number = 0;
	uint64_t read = 0;
	int file = create();

	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &whole);
	little.rlim_max = whole.rlim_max;
	writer = start(file, false);
	assert_int_equal(pcapng_writer_flush(writer), 0);
	setrlimit(RLIMIT_FSIZE, &little);
	while (number < 1000) {
		for (unsigned i = 0; i < 7; i++)
			add(writer, false, ++number, "payload", 0, NULL, 0);
		if (pcapng_writer_flush(writer) < 0)
			break;
	}
	assert_int_equal(errno, EFBIG);
	assert_true(number < 1000);
	errno = 0;
	assert_int_equal(add(writer, false, number, "payload", 0, NULL, 0), -1);
	assert_int_equal(errno, EFBIG);
	assert_int_equal(pcapng_writer_close(writer), -1);
	setrlimit(RLIMIT_FSIZE, &whole);
	assert_true(lseek(file, 0, SEEK_END) > 3800);
	close(file);
	input = reading_open(path);
	while (input_next(input, &event) == 1)
		read++;
	assert_true(read > 7 && read < number);
	assert_true(input_facts(input)->complete);
	input_close(input);
}

static void test_no_place_to_write(void **state)
{
	struct pcapng_writer *writer;
	int file = open("/dev/full", O_WRONLY);

	(void)state;
	if (file < 0)
		skip();
	writer = start(file, false);
	assert_int_equal(add(writer, false, 1, "x", 0, NULL, 0), 0);
	assert_int_equal(pcapng_writer_flush(writer), -1);
	assert_int_equal(errno, ENOSPC);
	assert_int_equal(pcapng_writer_close(writer), -1);
	close(file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_records_alone),
		cmocka_unit_test(test_cut_at_every_byte),
		cmocka_unit_test(test_hostile_lines),
		cmocka_unit_test(test_no_tool_comment),
		cmocka_unit_test(test_long_comment),
		cmocka_unit_test(test_statistics_of_others),
		cmocka_unit_test(test_full_disk),
		cmocka_unit_test(test_no_place_to_write),
	};

	return cmocka_run_group_tests(tests, begin, finish);
}
