/*
 * What reaches a terminal: escaping, cutting, durations, pseudonyms, and the buffer that lines are put together in.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../analyzer/output/text.h"

static void check_safe(const char *text, size_t limit, const char *expected)
{
	char out[256];

	assert_string_equal(terminal_safe(out, sizeof out, text, limit), expected);
}

static void test_safe(void **state)
{
	(void)state;
	check_safe("", 0, "");
	check_safe("ST-Link V2-1", 0, "ST-Link V2-1");
	check_safe("\033[31mred\a\r\n", 0, "\\x1b[31mred\\x07\\x0d\\x0a");
	check_safe("\x7f", 0, "\\x7f");
	check_safe("caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x94\x8c", 0, "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x94\x8c");
	check_safe("\xc2\x9b" "31m", 0, "\\u{009b}31m");                 /* CSI of C1 */
	check_safe("a\xe2\x80\xae" "b", 0, "a\\u{202e}b");               /* right-to-left override */
	check_safe("a\xe2\x80\xa8" "b\xe2\x81\xa6", 0, "a\\u{2028}b\\u{2066}"); /* line separator, isolate */
	check_safe("\xf3\xa0\x81\x81", 0, "\\u{e0041}");                 /* tag character */
	check_safe("\xff\xc3(\xe2\x82", 0, "\\xff\\xc3(\\xe2\\x82");     /* not UTF-8, and cut short */
	check_safe("\xc0\xaf\xed\xa0\x80", 0, "\\xc0\\xaf\\xed\\xa0\\x80"); /* overlong, surrogate */
}

static void test_cut(void **state)
{
	char out[8];

	(void)state;
	check_safe("123456789", 9, "123456789");
	check_safe("123456789", 8, "12345...");
	check_safe("12\033", 6, "12\\x1b");
	check_safe("12\033", 5, "12...");
	assert_string_equal(terminal_safe(out, sizeof out, "1234567", 0), "1234567");
	assert_string_equal(terminal_safe(out, sizeof out, "12345678", 0), "1234...");
	assert_string_equal(terminal_safe(out, 2, "12345678", 0), ".");
	assert_string_equal(terminal_safe(out, 1, "12345678", 0), "");
	assert_string_equal(terminal_safe(out, sizeof out, "123\xc3\xa9\xc3\xa9\xc3\xa9", 0), "123...");
}

static void check_duration(int64_t nanoseconds, const char *expected)
{
	char out[32];

	assert_string_equal(terminal_duration(out, sizeof out, nanoseconds), expected);
}

static void test_duration(void **state)
{
	char out[4];

	(void)state;
	check_duration(0, "0 us");
	check_duration(812000, "812 us");
	check_duration(999499, "999 us");
	check_duration(999500, "1.00 ms");
	check_duration(2940000, "2.94 ms");
	check_duration(9994000, "9.99 ms");
	check_duration(9996000, "10.0 ms");
	check_duration(99949000, "99.9 ms");
	check_duration(100000000, "100 ms");
	check_duration(999499000, "999 ms");
	check_duration(999500000, "1.00 s");
	check_duration(3000000000, "3.00 s");
	check_duration(119000000000, "119.00 s");
	check_duration(250000000000, "4 min 10 s");
	check_duration(7260000000000, "2 h 1 min");
	check_duration(-5000, "-5 us");
	assert_string_equal(terminal_duration(out, sizeof out, 812000), "812");
}

static void test_color(void **state)
{
	FILE *file = tmpfile();

	(void)state;
	assert_non_null(file);
	unsetenv("NO_COLOR");
	setenv("TERM", "xterm", 1);
	assert_false(terminal_color(file, COLOR_AUTO)); /* no terminal */
	assert_true(terminal_color(file, COLOR_ALWAYS));
	setenv("NO_COLOR", "1", 1);
	assert_true(terminal_color(file, COLOR_ALWAYS)); /* what the user says now outranks what they said once */
	assert_false(terminal_color(file, COLOR_NEVER));
	assert_int_equal(terminal_width(file), 0);
	assert_string_equal(terminal_begin(false, STYLE_ERROR), "");
	assert_string_equal(terminal_end(true), "\033[0m");
	fclose(file);
}

static void test_pseudonym(void **state)
{
	char out[32];

	(void)state;
	assert_string_equal(serial_pseudonym(out, sizeof out, ""), "");
	/* FNV-1a of "a" is af63dc4c8601ec8c */
	assert_string_equal(serial_pseudonym(out, sizeof out, "a"), "serial-296230c0");
}

static void check_text(struct text *text, const char *expected)
{
	assert_int_equal(text->length, strlen(expected));
	assert_memory_equal(text->bytes, expected, text->length);
	text_clear(text);
}

static void test_text(void **state)
{
	const uint8_t bytes[] = { 0x48, 0x69, 0x0a, 0x00, 0xff, 0x22 };
	struct text text = { 0 };

	(void)state;
	text_unsigned_right(&text, 42, 5);
	text_unsigned(&text, UINT64_MAX);
	check_text(&text, "   4218446744073709551615");
	text_hex(&text, 0x1f, 8);
	text_hex(&text, 0x123, 2); /* more digits than asked for are not cut */
	check_text(&text, "0000001f123");
	text_hex_bytes(&text, bytes, sizeof bytes);
	check_text(&text, "48 69 0a 00 ff 22");
	text_printable(&text, bytes, sizeof bytes);
	check_text(&text, "\"Hi\\n\\x00\\xff\\\"\"");
	text_seconds(&text, 1002345678, 6, 10);
	text_seconds(&text, -500000000, 3, 0);
	check_text(&text, "  1.002345-0.500");
	text_utc(&text, INT64_C(1520000000123456000));
	check_text(&text, "2018-03-02 14:13:20.123456");
	text_column(&text, 3);
	text_char(&text, 'a');
	text_column(&text, 2);
	text_char(&text, 'b');
	check_text(&text, "   a b");
	text.color = true;
	text_styled(&text, STYLE_DIM, "x");
	text_column(&text, 2); /* escape sequences take no column */
	check_text(&text, "\033[2mx\033[0m ");
	text_safe(&text, "\xc3\xa9", 0);
	assert_int_equal(text.column, 1);
	text_free(&text);
}

static void test_dump(void **state)
{
	uint8_t bytes[18] = "0123456789abcdef";
	struct text text = { 0 };

	(void)state;
	text_hex_dump(&text, 2, bytes, 17);
	check_text(&text, "  0000  30 31 32 33 34 35 36 37 38 39 61 62 63 64 65 66  |0123456789abcdef|\n"
	                  "  0010  00                                               |.|\n");
	text_free(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_safe), cmocka_unit_test(test_cut), cmocka_unit_test(test_duration), cmocka_unit_test(test_color),
		cmocka_unit_test(test_pseudonym), cmocka_unit_test(test_text), cmocka_unit_test(test_dump),
	};

	return cmocka_run_group_tests_name("terminal", tests, NULL, NULL);
}
