/*
 * Captures in every framing: byte orders, time units, interfaces, sections. Pipes and compression:
 * test_input_stream.c; damage: test_damage.c.
 */
#include "support/reading.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { USBMON_SHORT = 189, USBMON = 220, USBPCAP = 249, ETHERNET = 1, RECORD = 256 };

static void test_pcap(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++) {
		struct writer writer = { .big_endian = i & 1 };
		bool nanoseconds = i & 2;
		int64_t unit = nanoseconds ? 1 : 1000;
		struct input *input;

		writer_pcap(&writer, nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4, 262144, USBMON);
		reading_add_record(&writer, 123456, "first");
		reading_add_record(&writer, 999999, "");
		reading_add_record(&writer, 0, "third");
		input = reading_open_writer(&writer);
		assert_string_equal(input_facts(input)->format, "pcap");
		assert_string_equal(input_facts(input)->path, reading_write(&writer));
		assert_null(input_facts(input)->compression);
		assert_int_equal(input_facts(input)->link_type, USBMON);
		assert_int_equal(input_facts(input)->nanoseconds, nanoseconds);
		reading_expect(input, 1, READING_SECONDS * INT64_C(1000000000) + 123456 * unit, "first");
		reading_expect(input, 2, READING_SECONDS * INT64_C(1000000000) + 999999 * unit, "");
		reading_expect(input, 3, READING_SECONDS * INT64_C(1000000000), "third");
		reading_end(input, 3, 0);
		writer_free(&writer);
	}
}

static void test_link_types(void **state)
{
	static const int link_types[] = { USBMON_SHORT, USBMON, USBPCAP };

	(void)state;
	for (size_t i = 0; i < sizeof link_types / sizeof *link_types; i++) {
		struct writer writer = { 0 };
		uint8_t record[RECORD];
		uint32_t length = link_types[i] == USBPCAP ? writer_usbpcap(record, "data", 4)
		                                           : writer_usbmon(record, link_types[i] == USBMON ? 64 : 48, false, "data", 4);
		struct input *input;

		writer_pcap(&writer, 0xa1b2c3d4, 65535, (uint32_t)link_types[i]);
		writer_pcap_record(&writer, READING_SECONDS, 0, length, record, length);
		input = reading_open_writer(&writer);
		assert_int_equal(input_facts(input)->link_type, link_types[i]);
		reading_expect(input, 1, READING_SECONDS * INT64_C(1000000000), "data");
		reading_end(input, 1, 0);
		writer_free(&writer);
	}
}

/*
 * The interfaces on which libpcap gives up: Ethernet first, other snap lengths, other USB link types; every packet,
 * and every block that Wireshark numbers like one, counts as a record.
 */
static void test_pcapng_interfaces(void **state)
{
	const int64_t time = READING_SECONDS * INT64_C(1000000000);

	(void)state;
	for (int big = 0; big < 2; big++) {
		struct writer writer = { .big_endian = big };
		uint8_t record[RECORD];
		uint32_t length = writer_usbpcap(record, "windows", 7);
		struct input *input;

		writer_section(&writer);
		writer_interface(&writer, ETHERNET, 262144, NULL, 0);
		writer_packet(&writer, 0, 5, 1500, "ethernet", 8);
		writer_block(&writer, 4, "names", 5);
		writer_interface(&writer, USBMON, 262144, NULL, 0);
		writer_interface(&writer, USBMON_SHORT, 96, NULL, 0);
		writer_interface(&writer, USBPCAP, 0, NULL, 0);
		reading_add_packet(&writer, 1, 64, READING_SECONDS * UINT64_C(1000000), "mmapped");
		reading_add_packet(&writer, 2, 48, READING_SECONDS * UINT64_C(1000000) + 1, "short");
		writer_packet(&writer, 0, 5, 8, "ethernet", 8);
		writer_packet(&writer, 3, READING_SECONDS * UINT64_C(1000000) + 2, length, record, length);
		writer_block(&writer, 0x80000001, "unknown to everyone", 19);
		writer_block(&writer, 0xbad, "custom: Wireshark numbers it", 28);
		reading_add_packet(&writer, 1, 64, READING_SECONDS * UINT64_C(1000000), "last");
		input = reading_open_writer(&writer);
		assert_string_equal(input_facts(input)->format, "pcapng");
		assert_int_equal(input_facts(input)->link_type, USBMON);
		reading_expect(input, 2, time, "mmapped");
		reading_expect(input, 3, time + 1000, "short");
		assert_int_equal(input_facts(input)->other_records, 1);
		reading_expect(input, 5, time + 2000, "windows");
		reading_expect(input, 7, time, "last");
		reading_end(input, 7, 3);
		writer_free(&writer);
	}
}

/* if_tsresol as powers of ten and of two, and if_tsoffset. */
static void test_pcapng_times(void **state)
{
	static const struct {
		uint8_t options[20];
		uint32_t length;
		uint64_t stamp;
		int64_t time;
		bool nanoseconds;
	} rows[] = {
		{ { 0 }, 0, 1520000000123456, 1520000000123456000, false },
		{ { 9, 0, 1, 0, 9 }, 8, 1520000000123456789, 1520000000123456789, true },
		{ { 9, 0, 1, 0, 3, 0, 0, 0, 0, 0, 0, 0 }, 12, 1520000000123, 1520000000123000000, false },
		{ { 9, 0, 1, 0, 0 }, 8, 1520000000, 1520000000000000000, false },
		{ { 9, 0, 1, 0, 12 }, 8, 1520000123456789012, 1520000123456789, true },
		{ { 9, 0, 1, 0, 0x81 }, 8, 3040000001, 1520000000500000000, false },
		{ { 9, 0, 1, 0, 0x80 | 30 }, 8, UINT64_C(1520000000) << 30 | 1 << 29, 1520000000500000000, true },
		{ { 9, 0, 1, 0, 0x80 | 63 }, 8, UINT64_C(1) << 63 | UINT64_C(1) << 62, 1500000000, true },
		{ { 14, 0, 8, 0, 0x00, 0x5c, 0x99, 0x5a }, 12, 7000001, 1520000007000001000, false },
		{ { 9, 0, 1, 0, 9, 0, 0, 0, 14, 0, 8, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff }, 20, 1520000000123456789,
		  1519999999123456789, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct writer writer = { 0 };
		struct input *input;

		writer_section(&writer);
		writer_interface(&writer, USBMON, 262144, rows[i].options, rows[i].length);
		reading_add_packet(&writer, 0, 64, rows[i].stamp, "x");
		input = reading_open_writer(&writer);
		assert_int_equal(input_facts(input)->nanoseconds, rows[i].nanoseconds);
		reading_expect(input, 1, rows[i].time, "x");
		reading_end(input, 1, 0);
		writer_free(&writer);
	}
}

/*
 * Sections begin with interfaces of their own, and may have another byte order. Simple packets have no time and no
 * captured length.
 */
static void test_pcapng_sections(void **state)
{
	struct writer writer = { 0 };
	uint8_t record[RECORD];
	uint32_t length;
	struct input *input;

	(void)state;
	writer_section(&writer);
	writer_interface(&writer, ETHERNET, 0, NULL, 0);
	writer_interface(&writer, USBMON, 0, NULL, 0);
	reading_add_packet(&writer, 1, 64, 1000000, "little");
	writer.big_endian = true;
	writer_section(&writer);
	writer_interface(&writer, USBMON, 68, NULL, 0);
	reading_add_packet(&writer, 0, 64, 2000000, "big");
	length = writer_usbmon(record, 64, true, "simple", 6);
	writer_simple_packet(&writer, length, record, 68);
	length = writer_usbmon(record, 64, true, "old", 3);
	writer_old_packet(&writer, 0, 3000000, length, record, length);
	writer.big_endian = false;
	writer_section(&writer);
	writer_interface(&writer, USBMON, 0, NULL, 0);
	reading_add_packet(&writer, 0, 64, 4000000, "again");

	input = reading_open_writer(&writer);
	reading_expect(input, 1, 1000000000, "little");
	reading_expect(input, 2, 2000000000, "big");
	{
		struct urb_event event;

		assert_int_equal(input_next(input, &event), 1);
		assert_int_equal(event.frame, 3);
		assert_int_equal(event.time, 0);
		assert_int_equal(event.captured, 4);
		assert_int_equal(event.wire, 6);
		assert_memory_equal(event.data, "simp", 4);
	}
	reading_expect(input, 4, 3000000000, "old");
	reading_expect(input, 5, 4000000000, "again");
	assert_int_equal(input_facts(input)->cut_records, 1);
	reading_end(input, 5, 0);
	writer_free(&writer);
}

/* A block that nobody needs is passed over, however long it is. */
static void test_pcapng_long_block(void **state)
{
	struct writer writer = { 0 };
	size_t size = 40 << 20;
	uint8_t *body = calloc(1, size);
	struct input *input;

	(void)state;
	assert_non_null(body);
	writer_section(&writer);
	writer_interface(&writer, USBMON, 0, NULL, 0);
	reading_add_packet(&writer, 0, 64, 0, "before");
	writer_block(&writer, 10, body, (uint32_t)size); /* decryption secrets */
	reading_add_packet(&writer, 0, 64, 0, "after");
	input = reading_open_writer(&writer);
	reading_expect(input, 1, 0, "before");
	reading_expect(input, 2, 0, "after");
	reading_end(input, 2, 0);
	writer_free(&writer);
	free(body);
}

static void test_no_records(void **state)
{
	struct writer writer = { 0 };

	(void)state;
	writer_pcap(&writer, 0xa1b2c3d4, 65535, USBMON);
	reading_end(reading_open_writer(&writer), 0, 0);
	writer.length = 0;
	writer_section(&writer);
	reading_end(reading_open_writer(&writer), 0, 0);
	writer_interface(&writer, USBPCAP, 0, NULL, 0);
	reading_end(reading_open_writer(&writer), 0, 0);
	writer_free(&writer);
}

/* The snap length is no error: the lengths say what is missing. */
static void test_snap_length(void **state)
{
	struct writer writer = { 0 };
	uint8_t record[RECORD];
	uint32_t length = writer_usbmon(record, 64, false, "sixteen bytes ..", 16);
	struct urb_event event;
	struct input *input;

	(void)state;
	writer_pcap(&writer, 0xa1b2c3d4, 70, USBMON);
	writer_pcap_record(&writer, READING_SECONDS, 0, length, record, 70);
	writer_pcap_record(&writer, READING_SECONDS, 0, length, record, 40);
	input = reading_open_writer(&writer);
	assert_int_equal(input_next(input, &event), 1);
	assert_int_equal(event.captured, 6);
	assert_int_equal(event.wire, 16);
	assert_int_equal(event.marks, 0);
	assert_int_equal(input_next(input, &event), 1);
	assert_int_equal(event.marks, URB_MARK_HEADER_CUT);
	assert_int_equal(input_facts(input)->cut_records, 2);
	reading_end(input, 2, 0);
	writer_free(&writer);
}

/* A clock that is set during a capture jumps: that alone is no damage. */
static void test_clock_set(void **state)
{
	struct writer writer = { 0 };
	uint8_t record[RECORD];
	uint32_t length = writer_usbmon(record, 64, false, "x", 1);
	struct input *input;

	(void)state;
	writer_pcap(&writer, 0xa1b2c3d4, 65535, USBMON);
	writer_pcap_record(&writer, 86400, 0, length, record, length);
	writer_pcap_record(&writer, READING_SECONDS, 0, length, record, length);
	writer_pcap_record(&writer, 86400, 0, length, record, length);
	input = reading_open_writer(&writer);
	reading_expect(input, 1, INT64_C(86400000000000), "x");
	reading_expect(input, 2, READING_SECONDS * INT64_C(1000000000), "x");
	reading_expect(input, 3, INT64_C(86400000000000), "x");
	reading_end(input, 3, 0);
	writer_free(&writer);
}

static void test_progress(void **state)
{
	struct writer writer = reading_make(false, 100);
	struct input *input = reading_open_writer(&writer);
	uint64_t done, total;

	(void)state;
	reading_expect_made(input, 100);
	input_progress(input, &done, &total);
	assert_int_equal(done, writer.length);
	assert_int_equal(total, writer.length);
	reading_end(input, 100, 0);
	writer_free(&writer);
}

/* Every capture of others, read whole. Each form of one capture gives the same payloads. */
static uint64_t digest(const char *name, uint64_t *events)
{
	struct input *input = reading_open(name);
	struct urb_event event;
	uint64_t hash = 14695981039346656037u;
	int got;

	*events = 0;
	while ((got = input_next(input, &event)) == 1) {
		++*events;
		hash = (hash ^ (event.endpoint | (uint64_t)event.device << 8 | (uint64_t)event.kind << 16)) * 1099511628211u;
		for (uint32_t i = 0; i < event.captured; i++)
			hash = (hash ^ event.data[i]) * 1099511628211u;
	}
	assert_int_equal(got, 0);
	input_close(input);
	return hash;
}

static void test_variants(void **state)
{
	static const char *const names[] = { "bigendian220.pcap", "legacy189.pcap", "usbpcap.pcapng.gz", "usbmon-mixed-if.pcapng" };
	uint64_t events, expected;

	(void)state;
	if (access("../shared/captures/variants/usbpcap.pcap", R_OK)) {
		puts("SKIPPED test_variants: no ../shared/captures");
		skip();
	}
	expected = digest("../shared/captures/variants/usbpcap.pcap", &events);
	assert_int_equal(events, 656);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		char name[128];

		snprintf(name, sizeof name, "../shared/captures/variants/%s", names[i]);
		assert_int_equal(digest(name, &events), expected);
		assert_int_equal(events, 656);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pcap),
		cmocka_unit_test(test_link_types),
		cmocka_unit_test(test_pcapng_interfaces),
		cmocka_unit_test(test_pcapng_times),
		cmocka_unit_test(test_pcapng_sections),
		cmocka_unit_test(test_pcapng_long_block),
		cmocka_unit_test(test_no_records),
		cmocka_unit_test(test_snap_length),
		cmocka_unit_test(test_clock_set),
		cmocka_unit_test(test_progress),
		cmocka_unit_test(test_variants),
	};

	return cmocka_run_group_tests(tests, reading_begin, reading_finish);
}
