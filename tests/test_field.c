/*
 * The cursor, the walker, and what stlink.c and msc.c compute without a table: versions, voltage, clocks, envelopes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../dissectors/msc.h"
#include "../dissectors/stlink.h"
#include "hex.h"

/* The cursor */

static void test_cursor(void **state)
{
	static const uint8_t bytes[] = { 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99 };
	struct cursor cursor = cursor_over(bytes, sizeof bytes, 0);
	uint64_t number = 7;

	(void)state;
	assert_int_equal(cursor.wire, sizeof bytes);
	assert_true(cursor_uint(&cursor, 2, false, &number));
	assert_int_equal(number, 0x2211);
	assert_true(cursor_uint(&cursor, 3, true, &number));
	assert_int_equal(number, 0x334455);
	assert_int_equal(cursor_left(&cursor), 4);
	assert_false(cursor_uint(&cursor, 5, false, &number));
	assert_int_equal(number, 0x334455);
	assert_int_equal(cursor.end, CURSOR_SHORT);
	assert_null(cursor_take(&cursor, 1));

	cursor = cursor_over(bytes, 4, 6);
	assert_non_null(cursor_take(&cursor, 4));
	assert_null(cursor_take(&cursor, 2));
	assert_int_equal(cursor.end, CURSOR_TRUNCATED);
	assert_null(cursor_take(&cursor, 0));

	cursor = cursor_over(bytes, 8, 8);
	assert_true(cursor_uint(&cursor, 8, false, &number));
	assert_true(number == UINT64_C(0x8877665544332211));
}

/* The walker */

#define MOST 16

struct record {
	struct sink sink;
	struct value value[MOST];
	unsigned count;
};

static void record_value(struct sink *sink, const struct value *value)
{
	struct record *record = (struct record *)sink;

	assert_in_range(record->count, 0, MOST - 1);
	record->value[record->count++] = *value;
}

static struct record walk(const struct field *layout, const char *hex, size_t wire, struct operation *operation, unsigned marks)
{
	static uint8_t bytes[64];
	struct record record = { .sink = { .value = record_value } };
	long count = hex_read(hex, strlen(hex), bytes, sizeof bytes);
	struct cursor cursor;

	assert_true(count >= 0);
	cursor = cursor_over(bytes, (size_t)count, wire);
	assert_int_equal(field_walk(layout, &cursor, operation, &record.sink), marks);
	cursor = cursor_over(bytes, (size_t)count, wire);
	assert_int_equal(field_walk(layout, &cursor, NULL, NULL), marks);
	return record;
}

static void test_no_layout(void **state)
{
	(void)state;
	walk(NULL, "", 0, NULL, 0);
	walk(NULL, "0000", 0, NULL, 0);
	walk(NULL, "0001", 0, NULL, WALK_TRAILING);
	walk(NULL, "00", 2, NULL, WALK_TRUNCATED);
}

static void test_numbers_and_roles(void **state)
{
	static const struct name names[] = { { 1, "one" }, { 0, NULL } };
	static const struct field layout[] = {
		{ .name = "a", .width = 1, .show = SHOW_DEC, .names = names, .role = ROLE_MODE },
		{ .name = "b", .width = 2, .show = SHOW_HEX, .big_endian = true, .role = ROLE_LENGTH },
		{ .name = "c", .width = 2, .show = SHOW_HEX, .role = ROLE_LENGTH },
		{ .name = "d", .width = 3, .show = SHOW_BYTES, .role = ROLE_VALUE },
		{ 0 },
	};
	struct operation operation = { 0 };
	struct record record = walk(layout, "01 1234 5678 aabbcc", 0, &operation, 0);

	(void)state;
	assert_int_equal(record.count, 4);
	assert_string_equal(record.value[0].name, "one");
	assert_int_equal(record.value[1].number, 0x1234);
	assert_int_equal(record.value[2].number, 0x7856);
	assert_int_equal(record.value[2].offset, 3);
	assert_int_equal(record.value[3].length, 3);
	assert_int_equal(record.value[3].bytes[2], 0xcc);
	assert_int_equal(operation_get(&operation, ROLE_MODE, 9), 1);
	assert_int_equal(operation_get(&operation, ROLE_LENGTH, 9), 0x1234);
	assert_false(operation_has(&operation, ROLE_VALUE));
	assert_int_equal(operation_get(&operation, ROLE_VALUE, 9), 9);
	walk(layout, "02 1234 5678 aabbcc 00", 0, NULL, WALK_UNNAMED);
	walk(layout, "01 1234 5678 aabbcc 05", 0, NULL, WALK_TRAILING);
	assert_int_equal(walk(layout, "01 1234 56", 0, NULL, WALK_SHORT).count, 2);
	assert_int_equal(walk(layout, "01 1234 56", 9, NULL, WALK_TRUNCATED).count, 2);
	assert_int_equal(walk(layout, "01 12", 2, NULL, WALK_SHORT).count, 1);
}

static void test_padding_and_stale(void **state)
{
	static const struct field layout[] = {
		{ .name = "padding", .width = 10, .show = SHOW_PADDING }, { .name = "stale", .width = 2, .show = SHOW_STALE }, { 0 },
	};

	(void)state;
	assert_int_equal(walk(layout, "00*10 1234", 0, NULL, 0).count, 2);
	walk(layout, "00*9 01 1234", 0, NULL, WALK_PADDING);
}

static void test_repeated(void **state)
{
	static const struct field layout[] = {
		{ .name = "count", .width = 4, .show = SHOW_DEC, .role = ROLE_COUNT },
		{ .name = "item", .width = 2, .show = SHOW_DEC, .count_role = ROLE_COUNT },
		{ 0 },
	};
	struct record record = walk(layout, "02000000 0100 0200", 0, NULL, 0);
	struct cursor item = cursor_over((const uint8_t[]){ 1, 0 }, 2, 2);
	struct operation operation = { 0 };

	(void)state;
	assert_int_equal(record.count, 3);
	assert_int_equal(record.value[2].index, 1);
	assert_int_equal(record.value[2].number, 2);
	assert_int_equal(walk(layout, "00000000", 0, NULL, 0).count, 1);
	assert_int_equal(walk(layout, "ffffffff 0100 0200 03", 0, NULL, WALK_SHORT).count, 3);
	operation.seen = 1u << ROLE_COUNT;
	operation.argument[ROLE_COUNT] = 1;
	assert_int_equal(field_walk(layout + 1, &item, &operation, NULL), 0);
	assert_int_equal(item.at, 2);
}

static void test_counted(void **state)
{
	static const struct field layout[] = {
		{ .name = "length", .width = 1, .show = SHOW_DEC, .role = ROLE_LENGTH },
		{ .name = "data", .width = 4, .show = SHOW_BYTES, .count_role = ROLE_LENGTH, .counted = true },
		{ 0 },
	};

	(void)state;
	assert_int_equal(walk(layout, "02 aabb 0000", 0, NULL, 0).value[1].length, 2);
	assert_int_equal(walk(layout, "09 aabbccdd", 0, NULL, 0).value[1].length, 4);
	assert_int_equal(walk(layout, "00 00", 0, NULL, 0).count, 1);
	assert_int_equal(walk(layout, "03 aabb", 0, NULL, WALK_SHORT).count, 1);
}

static void test_optional(void **state)
{
	static const struct field layout[] = {
		{ .name = "a", .width = 1, .show = SHOW_DEC },
		{ .name = "b", .width = 2, .show = SHOW_DEC, .optional = true, .zero_is_absent = true, .role = ROLE_AP },
		{ .name = "c", .width = 2, .show = SHOW_DEC, .optional = true },
		{ 0 },
	};
	struct operation operation = { 0 };

	(void)state;
	assert_int_equal(walk(layout, "01", 0, NULL, 0).count, 1);
	assert_int_equal(walk(layout, "01 00", 0, NULL, 0).count, 1);
	assert_int_equal(walk(layout, "01 02", 0, NULL, WALK_TRAILING).count, 1);
	assert_int_equal(walk(layout, "01 0000 0000", 0, &operation, 0).count, 2);
	assert_false(operation_has(&operation, ROLE_AP));
	assert_int_equal(walk(layout, "01 0200 00", 0, &operation, 0).count, 2);
	assert_int_equal(operation_get(&operation, ROLE_AP, 0), 2);
	assert_int_equal(walk(layout, "", 0, NULL, WALK_SHORT).count, 0);
	assert_int_equal(walk(layout, "01 02", 5, NULL, WALK_TRUNCATED).count, 1);
}

static void test_rest(void **state)
{
	static const struct field layout[] = {
		{ .name = "a", .width = 1, .show = SHOW_DEC },
		{ .name = "rest", .width = FIELD_REST, .show = SHOW_BYTES, .optional = true },
		{ 0 },
	};
	struct record record = walk(layout, "01 020304", 0, NULL, 0);

	(void)state;
	assert_int_equal(record.count, 2);
	assert_int_equal(record.value[1].length, 3);
	assert_int_equal(walk(layout, "01", 0, NULL, 0).count, 1);
	assert_int_equal(walk(layout, "01 0203", 9, NULL, WALK_TRUNCATED).value[1].length, 2);
}

static void test_some_named(void **state)
{
	static const struct name names[] = { { 0xff, "none" }, { 0, NULL } };
	static const struct field layout[] = {
		{ .name = "a", .width = 1, .show = SHOW_DEC, .names = names, .some_named = true }, { 0 },
	};

	(void)state;
	assert_null(walk(layout, "01", 0, NULL, 0).value[0].name);
	assert_string_equal(walk(layout, "ff", 0, NULL, 0).value[0].name, "none");
}

static void test_name_of(void **state)
{
	(void)state;
	assert_null(name_of(NULL, 0));
	assert_string_equal(name_of(stlink_mode_names, MODE_DEBUG), "DEBUG");
	assert_null(name_of(stlink_mode_names, 5));
}

/* Versions */

static void assert_version(struct stlink_version version, const char *expected)
{
	char text[32];

	stlink_version_text(&version, text, sizeof text);
	assert_string_equal(text, expected);
}

static void test_version_words(void **state)
{
	(void)state;
	assert_version(stlink_version_of_word(0x2747, 0x3748), "V2J29S7");
	assert_version(stlink_version_of_word(0x2400, 0x3748), "V2J16S0");
	assert_version(stlink_version_of_word(0x2b5f, 0x3752), "V2J45M31");
	assert_version(stlink_version_of_word(0x2a1b, 0x374b), "V2J40M27");
	assert_version(stlink_version_of_word(0x1340, 0x3744), "V1J13S0");
	assert_version(stlink_version_of_word(0x3000, 0x374e), "V3");
	assert_version(stlink_version_of_word(0x4000, 0x3757), "V4");
}

/* Builds for SWIM only: on two products, and for certain numbers. */
static void test_version_words_of_swim_builds(void **state)
{
	(void)state;
	assert_version(stlink_version_of_word(0x2247, 0x374b), "V2M9S7");
	assert_version(stlink_version_of_word(0x2247, 0x3752), "V2M9S7");
	assert_version(stlink_version_of_word(0x2247, 0x3748), "V2J9S7");
	assert_version(stlink_version_of_word(0x2247, 0x374a), "V2J9M7");
	assert_version(stlink_version_of_word(0x2000 | 22 << 6 | 7, 0x374b), "V2M22S7");
	assert_version(stlink_version_of_word(0x2000 | 23 << 6 | 7, 0x374b), "V2J23M7");
	assert_version(stlink_version_of_word(0x2000 | 22 << 6 | 8, 0x374b), "V2J22M8");
	assert_version(stlink_version_of_word(0x2000 | 24 << 6 | 12, 0x374b), "V2J24M12");
	assert_version(stlink_version_of_word(0x2000 | 25 << 6 | 7, 0x374b), "V2M25S7");
	assert_version(stlink_version_of_word(0x2000 | 25 << 6 | 12, 0x374b), "V2M25S12");
	assert_version(stlink_version_of_word(0x2000 | 25 << 6 | 13, 0x374b), "V2J25M13");
	assert_version(stlink_version_of_word(0x2000 | 25 << 6 | 6, 0x374b), "V2J25M6");
}

static void test_extended_versions(void **state)
{
	struct stlink_version version = { .major = 3, .jtag = 7, .msd = 3, .bridge = 5, .swim = 1, .extended = true };

	(void)state;
	assert_version(version, "V3J7M3B5S1");
	version = (struct stlink_version){ .major = 4, .jtag = 6, .extended = true };
	assert_version(version, "V4J6M0");
	version = (struct stlink_version){ .major = 4, .jtag = 6, .bridge = 2, .power = 6, .extended = true };
	assert_version(version, "V4J6M0B2P6");
	version = (struct stlink_version){ .major = 255, .jtag = 100, .msd = 109, .swim = 7, .extended = true };
	assert_version(version, "V255J100M109S7");
}

static void test_version_text_fits(void **state)
{
	struct stlink_version version = { .major = 2, .jtag = 29, .swim = 7 };
	char text[4] = "xxx";

	(void)state;
	stlink_version_text(&version, text, 3);
	assert_string_equal(text, "V2");
	stlink_version_text(&version, text, 1);
	assert_string_equal(text, "");
	text[0] = 'x';
	stlink_version_text(&version, text, 0);
	assert_int_equal(text[0], 'x');
}

/* Voltage and clocks */

static void test_millivolts(void **state)
{
	(void)state;
	assert_int_equal(stlink_millivolts(0x69b, 0x802), 2910);
	assert_int_equal(stlink_millivolts(0x69a, 0x807), 2918);
	assert_int_equal(stlink_millivolts(0x69b, 0x7f7), 2894);
	assert_int_equal(stlink_millivolts(0x555, 0x40), 113);
	assert_int_equal(stlink_millivolts(1, 0), 0);
	assert_int_equal(stlink_millivolts(0, 5), -1);
	assert_int_equal(stlink_millivolts(1, UINT32_MAX), INT32_MAX);
	assert_int_equal(stlink_millivolts(UINT32_MAX, UINT32_MAX), 2400);
}

static void test_divisors(void **state)
{
	(void)state;
	assert_int_equal(stlink_swd_divisor_khz(0), 4600);
	assert_int_equal(stlink_swd_divisor_khz(1), 1800);
	assert_int_equal(stlink_swd_divisor_khz(798), 5);
	assert_int_equal(stlink_swd_divisor_khz(4), 0);
	assert_int_equal(stlink_jtag_divisor_khz(4), 9000);
	assert_int_equal(stlink_jtag_divisor_khz(256), 140);
	assert_int_equal(stlink_jtag_divisor_khz(0), 0);
}

/* Commands */

static bool plausible(const char *hex)
{
	uint8_t bytes[64];
	long count = hex_read(hex, strlen(hex), bytes, sizeof bytes);

	return stlink_plausible(bytes, (size_t)count);
}

static void test_plausible(void **state)
{
	(void)state;
	assert_true(plausible("f1"));
	assert_true(plausible("f1 80 00*14"));
	assert_true(plausible("f2 36 f0 ed 00 e0"));
	assert_true(plausible("f2 36 f0 ed 00 e0 00*10"));
	assert_true(plausible("f2 07 00 00 00 20 00 04"));
	assert_false(plausible(""));
	assert_false(plausible("f2"));
	assert_false(plausible("f2 36 f0 ed"));
	assert_false(plausible("f2 5f 00*14"));
	assert_false(plausible("f7 00*14 01"));
	assert_false(plausible("f7 00*16"));
	assert_false(plausible("12 00*5"));
	assert_false(plausible("f2 30 17 00*13"));
}

static void test_opcode_length(void **state)
{
	static const uint8_t debug[] = { 0xf2, 0x5f, 0 }, other[] = { 0xf6, 0x5f, 0 };

	(void)state;
	assert_int_equal(stlink_opcode_length(debug, 3), 2);
	assert_int_equal(stlink_opcode_length(debug, 1), 1);
	assert_int_equal(stlink_opcode_length(debug, 0), 0);
	assert_int_equal(stlink_opcode_length(other, 3), 1);
}

static struct operation request_of(const char *hex)
{
	struct operation operation = { 0 };
	uint8_t bytes[16];
	long count = hex_read(hex, strlen(hex), bytes, sizeof bytes);

	stlink_walk_request(stlink_find(bytes, (size_t)count, false), cursor_over(bytes, (size_t)count, 0), &operation, NULL);
	return operation;
}

static uint32_t data_length(const char *name, const char *hex)
{
	struct operation request = request_of(hex);

	return stlink_data_length(stlink_find_name(name), &request);
}

static void test_data_lengths(void **state)
{
	(void)state;
	assert_int_equal(data_length("WRITEMEM_32BIT", "f208 00000020 0018"), 6144);
	assert_int_equal(data_length("READMEM_32BIT", "f207 00000020 0018"), 0);
	assert_int_equal(data_length("SWIM_WRITEMEM", "f40a 0008 00008000"), 0);
	assert_int_equal(data_length("SWIM_WRITEMEM", "f40a 0009 00008000"), 1);
	assert_int_equal(data_length("BRIDGE_WRITE_I2C", "fc31 0600 a000 00 00"), 2);
	assert_int_equal(data_length("BRIDGE_WRITE_MSG_FDCAN", "fc51 23010000 18 0c"), 12);
	assert_int_equal(data_length("BRIDGE_WRITE_MSG_FDCAN", "fc51 23010000 02 08"), 0);
	assert_int_equal(data_length("RW_MISC_OUT", "f251 01000000"), 8);
	assert_int_equal(data_length("RW_MISC_OUT", "f251 04000000"), 20);
	assert_int_equal(data_length("RW_MISC_OUT", "f251 05000000"), 28);
	assert_int_equal(data_length("RW_MISC_OUT", "f251 ffffffff"), STLINK_ANY_LENGTH - 1);
	assert_int_equal(data_length("WRITEMEM_32BIT", "f208 0000"), 0);
}

static uint32_t answer_length(const char *name, const char *hex, const char *earlier_hex)
{
	struct operation request = request_of(hex), earlier = { 0 };

	if (earlier_hex)
		earlier = request_of(earlier_hex);
	return stlink_answer_length(stlink_find_name(name), &request, earlier_hex ? &earlier : NULL);
}

static void test_answer_lengths(void **state)
{
	(void)state;
	assert_int_equal(answer_length("EXIT", "f221", NULL), 0);
	assert_int_equal(answer_length("READDEBUGREG", "f236 f0ed00e0", NULL), 8);
	assert_int_equal(answer_length("GET_COM_FREQ", "f262 00", NULL), 52);
	assert_int_equal(answer_length("READMEM_8BIT", "f20c 00000020 0100", NULL), 2);
	assert_int_equal(answer_length("READMEM_8BIT", "f20c 00000020 0300", NULL), 3);
	assert_int_equal(answer_length("READMEM_8BIT", "f20c 00000020 0000", NULL), 0);
	assert_int_equal(answer_length("READMEM_32BIT", "f207", NULL), STLINK_ANY_LENGTH);
	assert_int_equal(answer_length("BRIDGE_GET_RXMSG_FDCAN", "fc57 0300 00", NULL), 3 * 76);
	assert_int_equal(answer_length("RW_MISC_IN", "f252", "f251 05000000"), 40);
	assert_int_equal(answer_length("RW_MISC_IN", "f252", NULL), STLINK_ANY_LENGTH);
	assert_int_equal(answer_length("SWIM_READBUF", "f40c 00*8", "f40b 0010 00008000"), 16);
	assert_int_equal(answer_length("SWIM_READBUF", "f40c 0004", "f40b 0010 00008000"), 4);
	assert_int_equal(answer_length("SWIM_READBUF", "f40c", NULL), STLINK_ANY_LENGTH);
	assert_int_equal(answer_length("GET_DISK_NAME", "f24a", NULL), STLINK_ANY_LENGTH);
}

/* The status of a batch is its first bad one. */
static void test_misc_status(void **state)
{
	static const struct {
		const char *hex;
		bool seen;
		uint8_t status;
	} cases[] = {
		{ "00*8 80000000 80000000", true, 0x80 }, { "00*8 80000000 11000000", true, 0x11 },
		{ "00*8 14000000 11000000", true, 0x14 }, { "00*8 80000000", false, 0 }, { "00*8 19000000", true, 0x19 },
		{ "00*8 00000000 80000000", true, 0x00 }, { "", false, 0 },
	};
	const struct stlink_command *command = stlink_find_name("RW_MISC_IN");
	struct operation earlier = request_of("f251 02000000"), none = request_of("f252");

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct operation operation = { 0 };
		uint8_t bytes[32];
		long count = hex_read(cases[i].hex, strlen(cases[i].hex), bytes, sizeof bytes);

		stlink_walk_answer(command, cursor_over(bytes, (size_t)count, 16), &none, &earlier, &operation, NULL);
		assert_int_equal(operation_has(&operation, ROLE_STATUS), cases[i].seen);
		assert_int_equal(operation_get(&operation, ROLE_STATUS, 0), cases[i].status);
	}
}

static void test_find_name(void **state)
{
	(void)state;
	assert_ptr_equal(stlink_find_name("readdebugreg"), stlink_find_name("READDEBUGREG"));
	assert_non_null(stlink_find_name("read_10"));
	assert_null(stlink_find_name("READDEBUG"));
	assert_null(stlink_find_name("READDEBUGREG2"));
	assert_null(stlink_find_name(""));
}

/* Bulk-only transport */

static void test_cbw(void **state)
{
	uint8_t bytes[64];
	struct msc_cbw cbw;
	const char *hex = "55534243 81c27e70 04000000 80 00 0a f222 00*14";

	(void)state;
	assert_int_equal(hex_read(hex, strlen(hex), bytes, sizeof bytes), MSC_CBW_LENGTH);
	assert_true(msc_cbw_read(bytes, 31, 31, &cbw));
	assert_int_equal(cbw.tag, 0x707ec281);
	assert_int_equal(cbw.data_length, 4);
	assert_true(cbw.in);
	assert_int_equal(cbw.cdb_length, 10);
	assert_int_equal(cbw.cdb_present, 10);
	assert_ptr_equal(cbw.cdb, bytes + 15);
	assert_true(msc_cbw_read(bytes, 18, 18, &cbw));
	assert_int_equal(cbw.cdb_present, 3);
	assert_int_equal(cbw.cdb_length, 10);
	assert_true(msc_cbw_read(bytes, 15, 31, &cbw));
	assert_int_equal(cbw.cdb_present, 0);
	assert_false(msc_cbw_read(bytes, 14, 31, &cbw));
	assert_false(msc_cbw_read(bytes, 15, 15, &cbw));
	assert_false(msc_cbw_read(bytes, 32, 32, &cbw));
	assert_false(msc_cbw_read(bytes, 0, 0, &cbw));
	bytes[12] = 0;
	bytes[14] = 0xff;
	assert_true(msc_cbw_read(bytes, 31, 31, &cbw));
	assert_false(cbw.in);
	assert_int_equal(cbw.cdb_present, 16);
	bytes[3] = 'S';
	assert_false(msc_cbw_read(bytes, 31, 31, &cbw));
}

static void test_csw(void **state)
{
	uint8_t bytes[64];
	struct msc_csw csw;
	const char *hex = "55534253 17000000 0c000000 01";

	(void)state;
	assert_int_equal(hex_read(hex, strlen(hex), bytes, sizeof bytes), MSC_CSW_LENGTH);
	assert_true(msc_csw_read(bytes, 13, 13, &csw));
	assert_int_equal(csw.tag, 0x17);
	assert_int_equal(csw.residue, 12);
	assert_int_equal(csw.status, 1);
	assert_false(msc_csw_read(bytes, 12, 13, &csw));
	assert_false(msc_csw_read(bytes, 12, 12, &csw));
	assert_false(msc_csw_read(bytes, 13, 14, &csw));
	bytes[0] = 0;
	assert_false(msc_csw_read(bytes, 13, 13, &csw));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cursor),
		cmocka_unit_test(test_no_layout),
		cmocka_unit_test(test_numbers_and_roles),
		cmocka_unit_test(test_padding_and_stale),
		cmocka_unit_test(test_repeated),
		cmocka_unit_test(test_counted),
		cmocka_unit_test(test_optional),
		cmocka_unit_test(test_rest),
		cmocka_unit_test(test_some_named),
		cmocka_unit_test(test_name_of),
		cmocka_unit_test(test_version_words),
		cmocka_unit_test(test_version_words_of_swim_builds),
		cmocka_unit_test(test_extended_versions),
		cmocka_unit_test(test_version_text_fits),
		cmocka_unit_test(test_millivolts),
		cmocka_unit_test(test_divisors),
		cmocka_unit_test(test_plausible),
		cmocka_unit_test(test_opcode_length),
		cmocka_unit_test(test_data_lengths),
		cmocka_unit_test(test_answer_lengths),
		cmocka_unit_test(test_misc_status),
		cmocka_unit_test(test_find_name),
		cmocka_unit_test(test_cbw),
		cmocka_unit_test(test_csw),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
