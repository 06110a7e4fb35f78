/*
 * dissectors/usb.c: names, layouts, setup packets, and string descriptors of any bytes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../analyzer/output/utf8.h"
#include "../dissectors/usb.h"
#include "hex.h"

static void setup_is_little_endian(void **state)
{
	static const uint8_t bytes[8] = { 0x80, 0x06, 0x01, 0x03, 0x09, 0x04, 0xff, 0x10 };
	struct usb_setup setup = usb_setup_read(bytes);

	(void)state;
	assert_int_equal(setup.request_type, 0x80);
	assert_int_equal(setup.request, 6);
	assert_int_equal(setup.value, 0x0301);
	assert_int_equal(setup.index, 0x0409);
	assert_int_equal(setup.length, 0x10ff);
}

static const char *request_name(uint8_t type, uint8_t request)
{
	struct usb_setup setup = { .request_type = type, .request = request };

	return usb_request_name(&setup);
}

static void requests_have_names(void **state)
{
	(void)state;
	assert_string_equal(request_name(0x80, 0x06), "GET_DESCRIPTOR");
	assert_string_equal(request_name(0x00, 0x05), "SET_ADDRESS");
	assert_string_equal(request_name(0x02, 0x01), "CLEAR_FEATURE");
	assert_string_equal(request_name(0x23, 0x03), "SET_FEATURE");
	assert_string_equal(request_name(0xa3, 0x00), "GET_STATUS");
	assert_string_equal(request_name(0x21, 0x0a), "SET_IDLE");
	assert_string_equal(request_name(0x21, 0x20), "SET_LINE_CODING");
	assert_string_equal(request_name(0xa1, 0xfe), "GET_MAX_LUN");
	assert_string_equal(request_name(0x20, 0x09), "RESET_TT");
	assert_null(request_name(0xc0, 0x06));
	assert_null(request_name(0x00, 0x77));
	assert_null(request_name(0x1f, 0x06));
	assert_string_equal(usb_descriptor_name(0x0b), "interface association");
	assert_null(usb_descriptor_name(0xee));
	assert_string_equal(usb_class_name(0x08), "mass storage");
	assert_null(usb_class_name(0x77));
}

/* The fixed part of each layout is as long as the specification says. */
static void layouts_have_their_length(void **state)
{
	static const struct { uint8_t type; size_t length; } lengths[] = {
		{ 0x01, 18 }, { 0x02, 9 }, { 0x03, 2 }, { 0x04, 9 }, { 0x05, 7 }, { 0x06, 10 }, { 0x07, 9 }, { 0x0b, 8 },
		{ 0x0f, 5 }, { 0x10, 3 }, { 0x21, 9 }, { 0x24, 3 }, { 0x25, 3 }, { 0x29, 7 }, { 0x30, 6 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
		const struct field *field = usb_descriptor_layout(lengths[i].type);
		size_t length = 0;

		assert_non_null(field);
		for (; field->name; field++)
			length += field->width == FIELD_REST ? 0 : field->width;
		assert_int_equal(length, lengths[i].length);
	}
	assert_null(usb_descriptor_layout(0x22));
	assert_null(usb_descriptor_layout(0xff));
}

static void device_descriptor_walks(void **state)
{
	static const uint8_t bytes[18] = { 18, 1, 0, 2, 0xef, 2, 1, 64, 0x83, 0x04, 0x4b, 0x37, 0, 1, 1, 2, 3, 1 };
	struct cursor cursor = cursor_over(bytes, sizeof bytes, sizeof bytes);
	struct operation operation = { 0 };

	(void)state;
	assert_int_equal(field_walk(usb_descriptor_layout(1), &cursor, &operation, NULL), 0);
	assert_int_equal(operation_get(&operation, ROLE_VID, 0), 0x0483);
	assert_int_equal(operation_get(&operation, ROLE_PID, 0), 0x374b);
	cursor = cursor_over(bytes, 10, 18);
	assert_true(field_walk(usb_descriptor_layout(1), &cursor, NULL, NULL) & WALK_TRUNCATED);
	cursor = cursor_over(bytes, 8, 8);
	assert_true(field_walk(usb_descriptor_layout(1), &cursor, NULL, NULL) & WALK_SHORT);
}

static void expect_text(const char *hex, bool raw_serial, const char *expected)
{
	uint8_t bytes[256];
	char text[256];
	long length = hex_read(hex, strlen(hex), bytes, sizeof bytes);

	assert_true(length >= 0);
	assert_int_equal(usb_string_text(bytes, (size_t)length, raw_serial, text, sizeof text), strlen(expected));
	assert_string_equal(text, expected);
}

static void strings_become_utf8(void **state)
{
	(void)state;
	expect_text("08 03 41 00 62 00 31 00", false, "Ab1");
	expect_text("08 03 e9 00 ac 20 4b 6c", false, "\xc3\xa9\xe2\x82\xac\xe6\xb1\x8b");
	expect_text("06 03 3d d8 00 de", false, "\xf0\x9f\x98\x80");
	/* Surrogates without their other half, in either order. */
	expect_text("06 03 3d d8 41 00", false, "\xef\xbf\xbd""A");
	expect_text("06 03 00 de 3d d8", false, "\xef\xbf\xbd\xef\xbf\xbd");
	/* A NUL ends nothing but the end. */
	expect_text("0a 03 41 00 00 00 42 00 00 00", false, "A\xef\xbf\xbd""B");
	/* Odd lengths, and lengths that lie. */
	expect_text("07 03 41 00 42 00 43", false, "AB");
	expect_text("fe 03 41 00 42 00", false, "AB");
	expect_text("04 03 41 00 42 00", false, "A");
	expect_text("02 03 41 00", false, "");
	expect_text("00 03 41 00", false, "");
	expect_text("01", false, "");
	expect_text("", false, "");
	expect_text("06 02 41 00 42 00", false, "");
}

static void raw_serials_become_digits(void **state)
{
	static const char raw[] = "1a 03 51 00 fe 00 6e 00 07 00 49 00 83 00 58 00 52 00 41 00 28 00 12 00 88 00";

	(void)state;
	expect_text(raw, true, "51FE6E074983585241281288");
	/* The same length, but text. */
	expect_text("1a 03 51 00 fe 00 6e 00 07 01 49 00 83 00 58 00 52 00 41 00 28 00 12 00 88 00", true,
	            "Q\xc3\xbenćI\xc2\x83XRA(\x12\xc2\x88");
	expect_text("06 03 41 00 42 00", true, "AB");
	/* The front of one. */
	expect_text("1a 03 51 00 fe 00", true, "51FE");
}

static void assert_valid_utf8(const char *text)
{
	while (*text)
		assert_int_not_equal(utf8_next(&text), UTF8_INVALID);
}

/* Any bytes, any room: valid text, ended, never beyond the room. */
static void any_bytes_make_valid_text(void **state)
{
	uint32_t random = 1;
	uint8_t bytes[64];
	char text[80];

	(void)state;
	for (unsigned round = 0; round < 20000; round++) {
		size_t captured, size;

		for (size_t i = 0; i < sizeof bytes; i++) {
			random = random * 1664525 + 1013904223;
			/* Surrogates more often than chance has them. */
			bytes[i] = (uint8_t)(random >> 30 ? random >> 16 : 0xd8 | (random >> 16 & 7));
		}
		bytes[1] = 3;
		captured = random >> 8 & 63;
		size = random >> 20 & 63;
		memset(text, 'x', sizeof text);
		assert_true(usb_string_text(bytes, captured, round & 1, text, size) < (size ? size : 1));
		assert_int_equal(text[size], 'x');
		if (size)
			assert_valid_utf8(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(setup_is_little_endian),
		cmocka_unit_test(requests_have_names),
		cmocka_unit_test(layouts_have_their_length),
		cmocka_unit_test(device_descriptor_walks),
		cmocka_unit_test(strings_become_utf8),
		cmocka_unit_test(raw_serials_become_digits),
		cmocka_unit_test(any_bytes_make_valid_text),
	};

	return cmocka_run_group_tests_name("usb", tests, NULL, NULL);
}
