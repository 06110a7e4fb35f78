/*
 * What is wrong with an input is said in one line that names the file and the place; what can be read before it is
 * read.
 */
#include "support/reading.h"

#include <glob.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

enum { USBMON = 220, RECORD = 256 };

/* The line holds every one of the words, NULL-ended, begins with the file's name, and is one line. */
static void expect_words(const char *problem, const char *path, const char *const *words)
{
	assert_int_equal(strncmp(problem, path, strlen(path)), 0);
	assert_int_equal(strncmp(problem + strlen(path), ": ", 2), 0);
	assert_null(strchr(problem, '\n'));
	for (; *words; words++)
		if (!strstr(problem, *words))
			fail_msg("no \"%s\" in: %s", *words, problem);
}

#define WORDS(...) ((const char *const[]){ __VA_ARGS__, NULL })

static void refused(const char *path, const char *const *words)
{
	char problem[1024];

	assert_null(input_open(path, problem, sizeof problem));
	expect_words(problem, path, words);
}

static void refused_bytes(const void *bytes, size_t length, const char *const *words)
{
	struct writer writer = { 0 };

	writer_bytes(&writer, bytes, length);
	refused(reading_write(&writer), words);
	writer_free(&writer);
}

/* Reads to a failure. Returns the number of events before it. */
static unsigned fails(const struct writer *writer, const char *const *words)
{
	const char *path = reading_write(writer);
	struct input *input = reading_open(path);
	struct urb_event event;
	unsigned count = 0;
	int got;

	while ((got = input_next(input, &event)) == 1)
		count++;
	assert_int_equal(got, -1);
	assert_int_equal(input_next(input, &event), -1);
	assert_false(input_facts(input)->complete);
	expect_words(input_problem(input), path, words);
	input_close(input);
	return count;
}

static void test_no_file(void **state)
{
	struct writer none = { 0 };
	const char *path = reading_write(&none);

	(void)state;
	refused("/nowhere/x.pcap", WORDS("no such file"));
	refused("/tmp", WORDS("is a directory"));
	refused(path, WORDS("is empty"));
	assert_int_equal(chmod(path, 0), 0);
	if (geteuid() != 0)
		refused(path, WORDS("not allowed", "chown"));
	assert_int_equal(chmod(path, 0600), 0);
}

static void test_not_a_capture(void **state)
{
#define REFUSED(text, ...) refused_bytes(text, sizeof text - 1, WORDS(__VA_ARGS__))
	(void)state;
	REFUSED("hello, world\n", "is a text", "Save As");
	REFUSED("ab", "ends after 2 bytes");
	REFUSED("\1", "ends after 1 byte");
	REFUSED("\1\2\3\4\5\6\7\x8", "not a capture", "01 02 03 04");
	REFUSED("PK\3\4 and so on, and so on", "zip archive", "unpack");
	REFUSED("<!DOCTYPE html><html>", "web page", "download");
	REFUSED("ffff88003b9a4c00 1853462397 S Bo:1:005:2 -115 31 = 55534243\n", "usbmon's text", "tcpdump");
	REFUSED("0001 D   USB OUT> (2) 00 00 [backend]\n0002 D   USB IN < (1) 00 [backend]\n", "of another probe");
	REFUSED("\xff\xfeh\0e\0l\0l\0o\0 \0w\0o\0r\0l\0d\0", "UTF-16", "PowerShell");
	REFUSED("\x1f\x8b\x08", "gzip archive is cut off after 3 bytes");
	REFUSED("\x1f\x8b\x08\0garbage, garbage, garbage", "gzip archive is damaged");
#undef REFUSED
}

static void test_other_link_types(void **state)
{
	static const struct {
		uint32_t link_type;
		const char *words;
	} rows[] = {
		{ 1, "Ethernet" }, { 288, "bus-level USB sniffer" }, { 294, "full speed" }, { 266, "Darwin" }, { 186, "FreeBSD" }, { 4711, "unknown" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct writer writer = { 0 };
		char number[32];

		snprintf(number, sizeof number, "link type is %" PRIu32, rows[i].link_type);
		writer_pcap(&writer, 0xa1b2c3d4, 65535, rows[i].link_type);
		refused(reading_write(&writer), WORDS(number, rows[i].words, "189", "220", "249"));
		writer.length = 0;
		writer_section(&writer);
		writer_interface(&writer, (uint16_t)rows[i].link_type, 0, NULL, 0);
		refused(reading_write(&writer), WORDS(number, rows[i].words, "189", "220", "249"));
		writer_interface(&writer, 228, 0, NULL, 0);
		writer_packet(&writer, 1, 0, 4, "data", 4);
		refused(reading_write(&writer), WORDS("none of its 2 interfaces is USB", number));
		writer_free(&writer);
	}
}

/* Every cut of a file of three records: the whole ones are read; what is missing is counted. */
static void test_cut_pcap(void **state)
{
	struct writer writer = reading_make(false, 3);
	uint32_t length = writer.bytes[24 + 8] + 16u; /* of the first record; the others are as long or a byte longer */
	size_t ends[4] = { 24, 24 + length };

	(void)state;
	for (int i = 2; i < 4; i++)
		ends[i] = ends[i - 1] + 16 + writer.bytes[ends[i - 1] + 8];
	assert_int_equal(ends[3], writer.length);
	for (size_t cut = 1; cut < writer.length; cut++) {
		struct writer part = { .bytes = writer.bytes, .length = cut };
		char record[64], bytes[64];
		unsigned whole = 0;

		if (cut < 24) {
			refused(reading_write(&part), cut < 4 ? WORDS("ends after", "whole file")
			                                      : WORDS("ends inside its file header", "of 24 bytes"));
			continue;
		}
		while (whole < 3 && ends[whole + 1] <= cut)
			whole++;
		if (ends[whole] == cut) {
			struct input *input = reading_open_writer(&part);

			reading_expect_made(input, whole);
			reading_end(input, whole, 0);
			continue;
		}
		snprintf(record, sizeof record, "record %u is cut by the end of the file", whole + 1);
		snprintf(bytes, sizeof bytes, ": %zu of %zu bytes are there", cut - ends[whole],
		         cut - ends[whole] < 16 ? 16 : ends[whole + 1] - ends[whole]);
		assert_int_equal(fails(&part, WORDS(record, bytes, "everything before it was read")), whole);
	}
	writer_free(&writer);
}

static void test_cut_pcapng(void **state)
{
	struct writer writer = reading_make(true, 2);
	struct writer header = reading_make(true, 0), one = reading_make(true, 1);

	(void)state;
	for (size_t cut = 1; cut < writer.length; cut++) {
		struct writer part = { .bytes = writer.bytes, .length = cut };
		size_t from = cut < one.length ? header.length : one.length, to = cut < one.length ? one.length : writer.length;
		char record[64], bytes[64];

		if (cut < header.length || cut == header.length || cut == one.length)
			continue;
		snprintf(record, sizeof record, "record %d is cut by the end of the file", from == one.length ? 2 : 1);
		snprintf(bytes, sizeof bytes, ": %zu of %zu bytes are there", cut - from, to - from);
		if (cut - from < 8)
			assert_int_equal(fails(&part, WORDS("ends inside a block")), from == one.length);
		else
			assert_int_equal(fails(&part, WORDS(record, bytes, "everything before it was read")), from == one.length);
	}
	for (size_t cut = 28; cut < header.length; cut++) {
		struct writer part = { .bytes = writer.bytes, .length = cut };

		if (cut == 28) /* a section without an interface */
			reading_end(reading_open_writer(&part), 0, 0);
		else
			refused(reading_write(&part), WORDS("ends inside a block"));
	}
	writer_free(&writer);
	writer_free(&header);
	writer_free(&one);
}

/* The bytes of writer after a transfer as text. */
static struct writer convert(const struct writer *writer, int kind)
{
	struct writer text = { 0 };

	for (size_t i = 0; i < writer->length; i++) {
		uint8_t byte = writer->bytes[i];

		if (kind == 0 && byte == '\n')
			writer_bytes(&text, "\r\n", 2);
		else if (kind == 1 && byte == '\r' && i + 1 < writer->length && writer->bytes[i + 1] == '\n')
			continue;
		else if (kind == 2 && byte >= 0x80)
			writer_bytes(&text, "\xef\xbf\xbd", 3);
		else if (kind == 3 && byte >= 0x80)
			writer_bytes(&text, (uint8_t[]){ 0xc0 | byte >> 6, 0x80 | (byte & 0x3f) }, 2);
		else if (kind == 4)
			writer_bytes(&text, &(uint8_t){ byte & 0x7f }, 1);
		else
			writer_bytes(&text, &byte, 1);
	}
	return text;
}

/* Line ends that were converted shift all that follows: the record with the first one may be read, nothing after it. */
static void test_line_ends(void **state)
{
	(void)state;
	for (int kind = 0; kind < 2; kind++) {
		for (int i = 0; i < 4; i++) {
			bool pcapng = i & 1, big_endian = i & 2;
			struct writer writer = { .big_endian = big_endian }, text;

			if (pcapng) {
				writer_section(&writer);
				writer_interface(&writer, USBMON, 262144, NULL, 0);
			} else {
				writer_pcap(&writer, 0xa1b2c3d4, 262144, USBMON);
			}
			for (unsigned record = 1; record <= 20; record++) {
				const char *data = record == 10 ? "line\r\nline" : "plain";

				if (pcapng)
					reading_add_packet(&writer, 0, 64, READING_SECONDS * UINT64_C(1000000) + record, data);
				else
					reading_add_record(&writer, 5000 + record, data);
			}
			text = convert(&writer, kind);
			if (pcapng)
				refused(reading_write(&text), WORDS("text conversion", "original file again"));
			else
				assert_in_range(fails(&text, WORDS("damaged", "byte offset", "original file again")), 9, 10);
			writer_free(&text);
			writer_free(&writer);
		}
	}
}

static void test_character_sets(void **state)
{
	static const uint32_t magics[] = { 0xa1b2c3d4, 0xa1b23c4d };

	(void)state;
	for (int i = 0; i < 12; i++) {
		struct writer writer = { .big_endian = i & 1 }, text;

		writer_pcap(&writer, magics[i >> 1 & 1], 262144, USBMON);
		reading_add_record(&writer, 7, "data");
		text = convert(&writer, 2 + i / 4);
		refused(reading_write(&text), WORDS("text conversion", "original file again"));
		writer_free(&text);
		writer_free(&writer);
	}
}

/* A pcapng's magic survives character sets: its lengths do not. */
static void test_character_sets_pcapng(void **state)
{
	struct writer writer = reading_make(true, 5), text;

	(void)state;
	for (int kind = 2; kind < 4; kind++) {
		const char *path;
		char problem[1024];
		struct input *input;

		text = convert(&writer, kind);
		path = reading_write(&text);
		input = input_open(path, problem, sizeof problem);
		if (input) {
			input_close(input);
			assert_int_equal(fails(&text, WORDS("damaged")), 0);
		} else {
			expect_words(problem, path, WORDS("original file again"));
		}
		writer_free(&text);
	}
	writer_free(&writer);
}

/* Record headers that cannot be. */
static void test_impossible_records(void **state)
{
	static const struct {
		uint32_t seconds, fraction, captured, wire;
		const char *words;
	} rows[] = {
		{ READING_SECONDS, 1000000, 68, 68, "impossible header" },
		{ READING_SECONDS, 0xfffffff0, 68, 68, "impossible header" },
		{ READING_SECONDS, 0, 68, 67, "impossible header" },
		{ READING_SECONDS, 0, 68, 0x80000000, "impossible header" },
		{ READING_SECONDS, 0, 0x40000000, 0x40000000, "impossible header" },
		{ 0xa1b2c3d4, 0, 68, 68, "another capture begins after record 1" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct writer writer = { 0 };
		uint8_t record[RECORD] = { 0 };

		writer_pcap(&writer, 0xa1b2c3d4, 262144, USBMON);
		reading_add_record(&writer, 0, "good");
		writer_number(&writer, 4, rows[i].seconds);
		writer_number(&writer, 4, rows[i].fraction);
		writer_number(&writer, 4, rows[i].captured);
		writer_number(&writer, 4, rows[i].wire);
		writer_bytes(&writer, record, 68);
		assert_int_equal(fails(&writer, WORDS(rows[i].words, "byte offset 108")), 1);
		writer_free(&writer);
	}
}

/* Years away in time, and no usbmon record either. */
static void test_garbage_record(void **state)
{
	struct writer writer = { 0 };
	uint8_t record[RECORD] = { 0 };

	(void)state;
	writer_pcap(&writer, 0xa1b2c3d4, 262144, USBMON);
	reading_add_record(&writer, 0, "good");
	writer_pcap_record(&writer, 0x40000000, 0, 68, record, 68);
	assert_int_equal(fails(&writer, WORDS("record 2", "byte offset 108", "years away")), 1);
	writer_free(&writer);
}

static void test_joined_files(void **state)
{
	struct writer writer = reading_make(false, 4), both = { 0 };

	(void)state;
	writer_bytes(&both, writer.bytes, writer.length);
	writer_bytes(&both, writer.bytes, writer.length);
	assert_int_equal(fails(&both, WORDS("another capture begins after record 4", "mergecap")), 4);
	writer_free(&both);
	writer_free(&writer);
}

/* Blocks that no writer writes, behind a good record. */
static void test_impossible_blocks(void **state)
{
	static const struct {
		const char *bytes;
		size_t length;
		const char *words;
	} rows[] = {
		{ "\6\0\0\0\10\0\0\0\0\0\0\0", 12, "impossible length" },
		{ "\6\0\0\0\15\0\0\0\0\0\0\0\0", 13, "impossible length" },
		{ "\6\0\0\0\0\0\0\177", 8, "impossible length" },
		{ "\5\0\0\0\20\0\0\0abcd\21\0\0\0", 16, "lengths of a block differ" },
		{ "\6\0\0\0\20\0\0\0abcd\20\0\0\0", 16, "shorter than its own header" },
		{ "\6\0\0\0\40\0\0\0\7\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\40\0\0\0", 32, "interface that the file does not describe" },
		{ "\6\0\0\0\40\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\11\0\0\0\11\0\0\0\40\0\0\0", 32, "longer than its block" },
		{ "\12\15\15\12\34\0\0\0abcdabcdabcdabcd\34\0\0\0", 28, "byte-order mark" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct writer writer = reading_make(true, 1);

		writer_bytes(&writer, rows[i].bytes, rows[i].length);
		assert_int_equal(fails(&writer, WORDS("damaged after record 1", rows[i].words, "everything before it was read")), 1);
		writer_free(&writer);
	}
}

/* Reads whatever there is, to see that nothing breaks. */
static void read_all(const struct writer *writer)
{
	char problem[1024];
	const char *path = reading_write(writer);
	struct input *input = input_open(path, problem, sizeof problem);
	struct urb_event event;
	volatile uint8_t sum = 0;
	int got;

	if (!input) {
		assert_int_equal(strncmp(problem, path, strlen(path)), 0);
		return;
	}
	while ((got = input_next(input, &event)) == 1)
		for (uint32_t i = 0; i < event.captured; i++)
			sum = (uint8_t)(sum + event.data[i]);
	assert_int_equal(got == 0, input_problem(input)[0] == '\0');
	assert_int_equal(got == 0, input_facts(input)->complete);
	input_close(input);
}

/* Flipped and lost bytes anywhere in the project's own captures and, where they are there, in those of others. */
static void test_flipped_bytes(void **state)
{
	glob_t files = { 0 };
	uint32_t random = 1;

	(void)state;
	glob("captures/*/capture.*", 0, NULL, &files);
	glob("../shared/captures/variants/*", GLOB_APPEND, NULL, &files);
	glob("../shared/captures/other/usbrply/*", GLOB_APPEND, NULL, &files);
	for (size_t i = 0; i < files.gl_pathc; i++) {
		FILE *file = fopen(files.gl_pathv[i], "rb");
		uint8_t bytes[16384];
		size_t length;

		assert_non_null(file);
		length = fread(bytes, 1, sizeof bytes, file);
		fclose(file);
		for (int round = 0; round < 60; round++) {
			struct writer writer = { 0 };

			writer_bytes(&writer, bytes, length);
			for (int flip = 0; flip <= round % 8; flip++) {
				random = random * 1664525 + 1013904223;
				/* Mostly near the start, where the structure is. */
				writer.bytes[(random >> 8) % (round & 1 ? length : length < 300 ? length : 300)] = (uint8_t)(random >> 24);
			}
			random = random * 1664525 + 1013904223;
			if (round % 3 == 0)
				writer.length -= (random >> 8) % writer.length;
			read_all(&writer);
			writer_free(&writer);
		}
	}
	globfree(&files);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_file),
		cmocka_unit_test(test_not_a_capture),
		cmocka_unit_test(test_other_link_types),
		cmocka_unit_test(test_cut_pcap),
		cmocka_unit_test(test_cut_pcapng),
		cmocka_unit_test(test_line_ends),
		cmocka_unit_test(test_character_sets),
		cmocka_unit_test(test_character_sets_pcapng),
		cmocka_unit_test(test_impossible_records),
		cmocka_unit_test(test_garbage_record),
		cmocka_unit_test(test_joined_files),
		cmocka_unit_test(test_impossible_blocks),
		cmocka_unit_test(test_flipped_bytes),
	};

	return cmocka_run_group_tests(tests, reading_begin, reading_finish);
}
