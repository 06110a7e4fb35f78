/* usbmon records: both header lengths and byte orders, isochronous descriptors, lengths that lie, every cut. */
#include "../dissectors/usb.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { LONG = 64, SHORT = 48, ROOM = 256 };

struct record {
	uint8_t bytes[ROOM];
	uint32_t length;
	bool big_endian;
};

static void put(struct record *record, size_t at, unsigned width, uint64_t value)
{
	for (unsigned i = 0; i < width; i++)
		record->bytes[at + i] = (uint8_t)(value >> 8 * (record->big_endian ? width - 1 - i : i));
}

/* A record of device 7 on bus 300; length is the URB's, data what follows the header. */
static struct record make(bool big_endian, unsigned header, char type, uint8_t transfer, uint8_t endpoint, int32_t status, uint32_t length,
                          const char *data, uint32_t count)
{
	struct record record = { .length = header + count, .big_endian = big_endian };

	put(&record, 0, 8, 0xffff888012345678);
	record.bytes[8] = (uint8_t)type;
	record.bytes[9] = transfer;
	record.bytes[10] = endpoint;
	record.bytes[11] = 7;
	put(&record, 12, 2, 300);
	record.bytes[14] = '-';
	record.bytes[15] = count ? 0 : type == 'S' ? '<' : '>';
	put(&record, 28, 4, (uint32_t)status);
	put(&record, 32, 4, length);
	put(&record, 36, 4, count);
	if (count)
		memcpy(record.bytes + header, data, count);
	return record;
}

/* Dissects a copy of exactly as many bytes, so that ASan sees a read beyond them. */
static struct urb_event dissect_cut(const struct record *record, unsigned header, uint32_t captured)
{
	static uint8_t *kept;
	struct urb_event event = { .frame = 9, .time = 99 };

	free(kept);
	kept = malloc(captured ? captured : 1);
	assert_non_null(kept);
	memcpy(kept, record->bytes, captured);
	usbmon_dissect(kept, captured, record->length, header, record->big_endian, &event);
	assert_int_equal(event.frame, 9);
	assert_int_equal(event.time, 99);
	return event;
}

static struct urb_event dissect(const struct record *record, unsigned header)
{
	return dissect_cut(record, header, record->length);
}

static void test_completion(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++) {
		unsigned header = i & 1 ? LONG : SHORT;
		struct record record = make(i & 2, header, 'C', 3, 0x81, -32, 6, "\x80\0\1\2\3\4", 6);
		struct urb_event event = dissect(&record, header);

		assert_int_equal(event.id, 0xffff888012345678);
		assert_int_equal(event.kind, URB_COMPLETE);
		assert_int_equal(event.type, URB_BULK);
		assert_int_equal(event.bus, 300);
		assert_int_equal(event.device, 7);
		assert_int_equal(event.endpoint, 0x81);
		assert_int_equal(event.status, -32);
		assert_int_equal(event.result, URB_STALLED);
		assert_false(event.windows);
		assert_false(event.has_setup);
		assert_int_equal(event.length, 6);
		assert_int_equal(event.captured, 6);
		assert_int_equal(event.wire, 6);
		assert_memory_equal(event.data, "\x80\0\1\2\3\4", 6);
		assert_int_equal(event.marks, 0);
	}
}

static void test_halves_without_data(void **state)
{
	struct record record = make(false, LONG, 'S', 3, 0x81, -115, 64, "", 0);
	struct urb_event event = dissect(&record, LONG);

	(void)state;
	assert_int_equal(event.kind, URB_SUBMIT);
	assert_int_equal(event.result, URB_PENDING);
	assert_int_equal(event.status, -115);
	assert_int_equal(event.length, 64);
	assert_int_equal(event.wire, 0);
	assert_int_equal(event.captured, 0);

	record = make(false, LONG, 'C', 3, 0x01, 0, 16, "", 0);
	event = dissect(&record, LONG);
	assert_int_equal(event.result, URB_OK);
	assert_int_equal(event.length, 16);
	assert_int_equal(event.wire, 0);
}

static void test_refused(void **state)
{
	struct record record = make(false, LONG, 'E', 3, 0x01, -19, 0, "", 0);
	struct urb_event event = dissect(&record, LONG);

	(void)state;
	assert_int_equal(event.kind, URB_REFUSED);
	assert_int_equal(event.result, URB_GONE);
	assert_int_equal(event.marks, 0);
}

/* Setup and payload are little-endian whatever the header is. */
static void test_setup(void **state)
{
	static const uint8_t setup[8] = { 0x21, 0x09, 0x00, 0x02, 0x01, 0x00, 0x03, 0x00 };

	(void)state;
	for (int big = 0; big < 2; big++) {
		struct record record = make(big, LONG, 'S', 2, 0x00, -115, 3, "abc", 3);
		struct urb_event event;

		record.bytes[14] = 0;
		memcpy(record.bytes + 40, setup, sizeof setup);
		event = dissect(&record, LONG);
		assert_int_equal(event.type, URB_CONTROL);
		assert_true(event.has_setup);
		assert_memory_equal(event.setup, setup, sizeof setup);
		assert_int_equal(event.wire, 3);
		assert_memory_equal(event.data, "abc", 3);
		/* A completion has no setup, whatever its flag says. */
		record.bytes[8] = 'C';
		assert_false(dissect(&record, LONG).has_setup);
	}
}

/* The header's last word counts descriptors of 16 bytes in front of the data, which the captured length includes. */
static void test_isochronous(void **state)
{
	(void)state;
	for (int big = 0; big < 2; big++) {
		char data[36];
		struct record record;
		struct urb_event event;

		memset(data, 0xdd, 32);
		memcpy(data + 32, "wxyz", 4);
		record = make(big, LONG, 'C', 0, 0x83, 0, 192, data, sizeof data);
		put(&record, 60, 4, 2);
		event = dissect(&record, LONG);
		assert_int_equal(event.type, URB_ISOCHRONOUS);
		assert_int_equal(event.wire, 4);
		assert_int_equal(event.captured, 4);
		assert_memory_equal(event.data, "wxyz", 4);
		/* More descriptors than there are bytes. */
		put(&record, 60, 4, 0xffffffff);
		event = dissect(&record, LONG);
		assert_int_equal(event.captured, 0);
		/* Other transfers have none, whatever is there. */
		record.bytes[9] = 3;
		assert_int_equal(dissect(&record, LONG).captured, 36);
	}
}

/* The kernel keeps at most a part of a long URB: its length then says more than what is captured. */
static void test_lengths(void **state)
{
	struct record record = make(false, LONG, 'C', 3, 0x81, 0, 100, "abcd", 4);
	struct urb_event event = dissect(&record, LONG);

	(void)state;
	assert_int_equal(event.wire, 100);
	assert_int_equal(event.captured, 4);
	/* A captured length beyond the record. */
	put(&record, 32, 4, 4);
	put(&record, 36, 4, 0x7fffffff);
	event = dissect(&record, LONG);
	assert_int_equal(event.captured, 4);
	assert_int_equal(event.wire, 0x7fffffff);
	/* One below it. */
	put(&record, 32, 4, 2);
	put(&record, 36, 4, 2);
	event = dissect(&record, LONG);
	assert_int_equal(event.captured, 2);
	assert_int_equal(event.wire, 2);
}

static void test_implausible(void **state)
{
	struct record record = make(false, LONG, 'X', 3, 0x81, 0, 0, "", 0);

	(void)state;
	assert_int_equal(dissect(&record, LONG).marks, URB_MARK_IMPLAUSIBLE);
	record = make(false, LONG, 'S', 9, 0x81, 0, 0, "", 0);
	assert_int_equal(dissect(&record, LONG).marks, URB_MARK_IMPLAUSIBLE);
	assert_int_equal(dissect(&record, LONG).type, URB_OTHER);
}

static void test_every_cut(void **state)
{
	struct record record = make(false, LONG, 'C', 3, 0x81, 0, 16, "0123456789abcdef", 16);

	(void)state;
	for (uint32_t captured = 0; captured <= record.length; captured++) {
		struct urb_event event = dissect_cut(&record, LONG, captured);

		if (captured < LONG) {
			assert_int_equal(event.marks, URB_MARK_HEADER_CUT);
			assert_int_equal(event.captured, 0);
		} else {
			assert_int_equal(event.marks, 0);
			assert_int_equal(event.captured, captured - LONG);
			assert_int_equal(event.wire, 16);
		}
	}
}

/* A status that is not in the tables has no name, and failed. Tables: failures.md 0.2. */
static void test_results(void **state)
{
	static const struct {
		int64_t status;
		bool windows;
		enum urb_result result;
		const char *name;
	} rows[] = {
		{ 0, false, URB_OK, "OK" },
		{ -2, false, URB_CANCELLED, "ENOENT" },
		{ -104, false, URB_CANCELLED, "ECONNRESET" },
		{ -32, false, URB_STALLED, "EPIPE" },
		{ -71, false, URB_LINE_ERROR, "EPROTO" },
		{ -84, false, URB_LINE_ERROR, "EILSEQ" },
		{ -62, false, URB_LINE_ERROR, "ETIME" },
		{ -75, false, URB_OVERFLOW, "EOVERFLOW" },
		{ -121, false, URB_SHORT_READ, "EREMOTEIO" },
		{ -108, false, URB_GONE, "ESHUTDOWN" },
		{ -19, false, URB_GONE, "ENODEV" },
		{ -110, false, URB_TIMED_OUT, "ETIMEDOUT" },
		{ -115, false, URB_PENDING, "EINPROGRESS" },
		{ -999, false, URB_FAILED, NULL },
		{ 0, true, URB_OK, "SUCCESS" },
		{ 0xc0010000, true, URB_CANCELLED, "CANCELED" },
		{ 0xc0000004, true, URB_STALLED, "STALL_PID" },
		{ 0xc0000030, true, URB_STALLED, "ENDPOINT_HALTED" },
		{ 0xc0000011, true, URB_LINE_ERROR, "XACT_ERROR" },
		{ 0xc0000005, true, URB_LINE_ERROR, "DEV_NOT_RESPONDING" },
		{ 0xc0000012, true, URB_OVERFLOW, "BABBLE_DETECTED" },
		{ 0xc0000008, true, URB_OVERFLOW, "DATA_OVERRUN" },
		{ 0xc000000c, true, URB_OVERFLOW, "BUFFER_OVERRUN" },
		{ 0xc0007000, true, URB_GONE, "DEVICE_GONE" },
		{ 0xc0006000, true, URB_TIMED_OUT, "TIMEOUT" },
		{ 0x40000000, true, URB_PENDING, "PENDING" },
		{ 0x00000078, true, URB_OK, NULL },
		{ 0x40000001, true, URB_PENDING, NULL },
		{ 0xdeadbeef, true, URB_FAILED, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const char *name = urb_status_name(rows[i].status, rows[i].windows);

		assert_int_equal(urb_result_of(rows[i].status, rows[i].windows), rows[i].result);
		if (rows[i].name)
			assert_string_equal(name, rows[i].name);
		else
			assert_null(name);
	}
	for (int result = URB_OK; result <= URB_FAILED + 1; result++)
		assert_non_null(urb_result_name((enum urb_result)result));
	assert_string_equal(urb_result_name(URB_CANCELLED), "cancelled");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_completion),
		cmocka_unit_test(test_halves_without_data),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_setup),
		cmocka_unit_test(test_isochronous),
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_implausible),
		cmocka_unit_test(test_every_cut),
		cmocka_unit_test(test_results),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
