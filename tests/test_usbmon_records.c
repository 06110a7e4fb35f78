/*
 * analyzer/input/usbmon_records.c: what the records of a known device say is what its descriptors say; descriptors that lie say nothing more.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../analyzer/input/usbmon_records.h"
#include "../analyzer/track/device.h"
#include "hex.h"

#define V3_DEVICE "12 01 00 02 ef 02 01 40 83 04 4f 37 00 01 01 02 03 01"
#define V3_CONFIGURATION \
	"09 02 37 00 02 01 00 80 fa" \
	"09 04 00 00 03 ff ff ff 00 07 05 81 02 00 02 00 07 05 01 02 00 02 00 07 05 82 02 00 02 00" \
	"09 04 01 00 01 08 06 50 00 07 05 83 02 00 02 00"

struct bench {
	struct device_table *table;
	unsigned records;
	int64_t time;
};

static void take(void *context, const uint8_t *record, uint32_t length)
{
	struct bench *bench = context;
	struct device_event event;
	struct urb_event urb = { .frame = ++bench->records, .time = bench->time };
	int64_t seconds;
	int32_t microseconds;

	usbmon_dissect(record, length, length, USBMON_HEADER, __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__, &urb);
	assert_int_equal(urb.marks, 0);
	assert_int_equal(urb.type, URB_CONTROL);
	assert_int_equal(urb.kind, bench->records % 2 ? URB_SUBMIT : URB_COMPLETE);
	assert_int_equal(urb.endpoint, 0x80);
	assert_int_equal(urb.id, 0);
	assert_int_equal(urb.captured, urb.wire);
	memcpy(&seconds, record + 16, 8);
	memcpy(&microseconds, record + 24, 4);
	assert_int_equal(seconds * 1000000000 + microseconds * 1000, bench->time);
	device_observe(bench->table, &urb, &event);
}

/* Tells a device of these descriptors in hex, of which length bytes are there. Returns how many records came. */
static unsigned tell(struct bench *bench, const char *hex, size_t less, const char *serial)
{
	uint8_t *exact, bytes[4096];
	long length = hex_read(hex, strlen(hex), bytes, sizeof bytes);

	assert_true(length >= 0 && (size_t)length >= less);
	*bench = (struct bench){ .table = device_table_new(), .time = INT64_C(1520000000123456000) };
	exact = malloc((size_t)length - less + 1); /* a read beyond its end is seen by ASan */
	assert_non_null(exact);
	memcpy(exact, bytes, (size_t)length - less);
	usbmon_records_of(&(struct usbmon_device){
		.bus = 3, .address = 14, .descriptors = exact, .descriptor_length = (size_t)length - less,
		.manufacturer = "STMicroelectronics", .product = "STLINK-V3 \xc3\xa9\xe2\x82\xac", .serial = serial,
	}, bench->time, take, bench);
	free(exact);
	return bench->records;
}

static void test_everything_is_told(void **state)
{
	struct bench bench;
	const struct device *device;

	(void)state;
	assert_int_equal(tell(&bench, V3_DEVICE V3_CONFIGURATION, 0, "0012003B"), 10);
	device = device_at(bench.table, 3, 14);
	assert_int_equal(device->kind, DEVICE_STLINK);
	assert_int_equal(device->pid, 0x374f);
	assert_int_equal(device->endpoint_count, 4);
	assert_int_equal(device_endpoint_use(device, 0x83), USE_DISK);
	assert_int_equal(device_endpoint_use(device, 0x82), USE_TRACE);
	assert_string_equal(device->manufacturer, "STMicroelectronics");
	assert_string_equal(device->product, "STLINK-V3 \xc3\xa9\xe2\x82\xac");
	assert_string_equal(device->serial, "0012003B");
	assert_int_equal(device->serial_length, 18);
	device_table_free(bench.table);
}

static void test_what_is_not_known_is_not_told(void **state)
{
	struct bench bench;

	(void)state;
	assert_int_equal(tell(&bench, V3_DEVICE, 0, ""), 6); /* no configuration, no serial number */
	device_table_free(bench.table);
	assert_int_equal(tell(&bench, V3_DEVICE, 0, NULL), 6);
	device_table_free(bench.table);
	assert_int_equal(tell(&bench, "", 0, "x"), 0);
	device_table_free(bench.table);
	assert_int_equal(tell(&bench, "12 02 00 02 ef 02 01 40 83 04 4f 37 00 01 01 02 03 01", 0, "x"), 0);
	device_table_free(bench.table);
}

static void test_cut_anywhere(void **state)
{
	(void)state;
	for (size_t less = 0; less <= 18 + 55; less++) {
		struct bench bench;

		assert_int_equal(tell(&bench, V3_DEVICE V3_CONFIGURATION, less, "x"), less == 0 ? 10 : less <= 55 ? 8 : 0);
		device_table_free(bench.table);
	}
}

static void test_lengths_that_lie(void **state)
{
	static const char *const configurations[] = {
		"09 02 08 00 02 01 00 80 fa", "09 02 00 00 02 01 00 80 fa", "09 02 ff ff 02 01 00 80 fa", "09 04 09 00 02 01 00 80 fa",
	};

	(void)state;
	for (size_t i = 0; i < sizeof configurations / sizeof configurations[0]; i++) {
		struct bench bench;
		char hex[256];

		strcpy(hex, V3_DEVICE);
		strcat(hex, configurations[i]);
		assert_int_equal(tell(&bench, hex, 0, "x"), 8);
		device_table_free(bench.table);
	}
}

/* Longer than a descriptor may be, and not valid: cut, or ended, never beyond. */
static void test_strings(void **state)
{
	static char serial[400];
	struct bench bench;

	(void)state;
	memset(serial, 'A', sizeof serial - 1);
	tell(&bench, V3_DEVICE, 0, serial);
	assert_int_equal(strlen(device_at(bench.table, 3, 14)->serial), 126);
	device_table_free(bench.table);
	tell(&bench, V3_DEVICE, 0, "AB\xff" "C");
	assert_string_equal(device_at(bench.table, 3, 14)->serial, "AB");
	device_table_free(bench.table);
	tell(&bench, V3_DEVICE, 0, "AB\xe2\x82");
	assert_string_equal(device_at(bench.table, 3, 14)->serial, "AB");
	device_table_free(bench.table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_everything_is_told),
		cmocka_unit_test(test_what_is_not_known_is_not_told),
		cmocka_unit_test(test_cut_anywhere),
		cmocka_unit_test(test_lengths_that_lie),
		cmocka_unit_test(test_strings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
