/* USBPcap records: both generations of control stages, pipe requests, statuses, header lengths, every cut. */
#include "../dissectors/usb.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum {
	ROOM = 256,
	ISOCHRONOUS = 0, INTERRUPT = 1, CONTROL = 2, BULK = 3, IRP_INFO = 0xfe, UNKNOWN = 0xff,
	SETUP = 0, DATA = 1, STATUS = 2, COMPLETE = 3,
	TO_DEVICE = 0, FROM_DEVICE = 1,
};

struct record {
	uint8_t bytes[ROOM];
	uint32_t length;
};

static void put(struct record *record, size_t at, unsigned width, uint64_t value)
{
	for (unsigned i = 0; i < width; i++)
		record->bytes[at + i] = (uint8_t)(value >> 8 * i);
}

/* A record of device 5 on bus 2. stage: control only. */
static struct record make(uint16_t function, uint8_t info, uint8_t endpoint, uint8_t transfer, uint32_t status, int stage, const char *data,
                          uint32_t count)
{
	uint16_t header = transfer == CONTROL ? 28 : 27;
	struct record record = { .length = header + count };

	put(&record, 0, 2, header);
	put(&record, 2, 8, 0xffffe00112345678);
	put(&record, 10, 4, status);
	put(&record, 14, 2, function);
	record.bytes[16] = info;
	put(&record, 17, 2, 2);
	put(&record, 19, 2, 5);
	record.bytes[21] = endpoint;
	record.bytes[22] = transfer;
	put(&record, 23, 4, count);
	if (transfer == CONTROL)
		record.bytes[27] = (uint8_t)stage;
	if (count)
		memcpy(record.bytes + header, data, count);
	return record;
}

static struct urb_event dissect_cut(const struct record *record, uint32_t captured)
{
	static uint8_t *kept;
	struct urb_event event = { .frame = 3, .time = 33 };

	free(kept);
	kept = malloc(captured ? captured : 1);
	assert_non_null(kept);
	memcpy(kept, record->bytes, captured);
	usbpcap_dissect(kept, captured, record->length, &event);
	assert_int_equal(event.frame, 3);
	assert_int_equal(event.time, 33);
	assert_true(event.windows);
	return event;
}

static struct urb_event dissect(const struct record *record)
{
	return dissect_cut(record, record->length);
}

static void test_bulk(void **state)
{
	/* The status of a submission is what was left in the URB: it does not count. */
	struct record record = make(0x09, TO_DEVICE, 0x02, BULK, 0xc0000011, 0, "\xf2\x30", 2);
	struct urb_event event = dissect(&record);

	(void)state;
	assert_int_equal(event.id, 0xffffe00112345678);
	assert_int_equal(event.kind, URB_SUBMIT);
	assert_int_equal(event.type, URB_BULK);
	assert_int_equal(event.bus, 2);
	assert_int_equal(event.device, 5);
	assert_int_equal(event.endpoint, 0x02);
	assert_int_equal(event.result, URB_PENDING);
	assert_int_equal(event.status, 0xc0000011);
	assert_int_equal(event.length, 2);
	assert_int_equal(event.wire, 2);
	assert_memory_equal(event.data, "\xf2\x30", 2);
	assert_int_equal(event.marks, 0);

	record = make(0x09, FROM_DEVICE, 0x81, BULK, 0xc0000004, 0, "", 0);
	event = dissect(&record);
	assert_int_equal(event.kind, URB_COMPLETE);
	assert_int_equal(event.result, URB_STALLED);
	assert_int_equal(event.wire, 0);

	record = make(0x37, FROM_DEVICE, 0x81, BULK, 0, 0, "\x80", 1);
	assert_int_equal(dissect(&record).type, URB_BULK);
	record = make(0x09, FROM_DEVICE, 0x83, INTERRUPT, 0, 0, "\x80", 1);
	assert_int_equal(dissect(&record).type, URB_INTERRUPT);
}

/* Since 1.5.0.0: SETUP with OUT data behind it, COMPLETE with IN data. */
static void test_control_two_stages(void **state)
{
	struct record record = make(0x0b, TO_DEVICE, 0x80, CONTROL, 0, SETUP, "\x80\x06\x00\x01\x00\x00\x12\x00", 8);
	struct urb_event event = dissect(&record);

	(void)state;
	assert_int_equal(event.kind, URB_SUBMIT);
	assert_int_equal(event.type, URB_CONTROL);
	assert_int_equal(event.endpoint, 0x80);
	assert_true(event.has_setup);
	assert_memory_equal(event.setup, "\x80\x06\x00\x01\x00\x00\x12\x00", 8);
	assert_int_equal(event.length, 0x12);
	assert_int_equal(event.wire, 0);

	record = make(0x08, FROM_DEVICE, 0x80, CONTROL, 0, COMPLETE, "\x12\x01\x00\x02", 4);
	event = dissect(&record);
	assert_int_equal(event.kind, URB_COMPLETE);
	assert_int_equal(event.result, URB_OK);
	assert_false(event.has_setup);
	assert_int_equal(event.length, 4);
	assert_memory_equal(event.data, "\x12\x01\x00\x02", 4);

	/* The direction is the setup packet's, where the header's bit lies. */
	record = make(0x1b, TO_DEVICE, 0x80, CONTROL, 0, SETUP, "\x21\x20\x00\x00\x00\x00\x03\x00" "abc", 11);
	event = dissect(&record);
	assert_int_equal(event.endpoint, 0x00);
	assert_int_equal(event.length, 3);
	assert_int_equal(event.wire, 3);
	assert_memory_equal(event.data, "abc", 3);
}

/* Before 1.5.0.0: SETUP, DATA, STATUS. */
static void test_control_three_stages(void **state)
{
	struct record record = make(0x08, FROM_DEVICE, 0x80, CONTROL, 0, DATA, "\x12\x01", 2);
	struct urb_event event = dissect(&record);

	(void)state;
	assert_int_equal(event.marks, URB_MARK_NO_STAGE);
	assert_int_equal(event.wire, 2);
	record = make(0x08, FROM_DEVICE, 0x80, CONTROL, 0xc0000004, STATUS, "", 0);
	event = dissect(&record);
	assert_int_equal(event.marks, 0);
	assert_int_equal(event.kind, URB_COMPLETE);
	assert_int_equal(event.result, URB_STALLED);
	record = make(0x08, FROM_DEVICE, 0x80, CONTROL, 0, 9, "", 0);
	assert_int_equal(dissect(&record).marks, URB_MARK_IMPLAUSIBLE);
}

static void test_setup_cut(void **state)
{
	struct record record = make(0x0b, TO_DEVICE, 0x80, CONTROL, 0, SETUP, "\x80\x06\x00\x01", 4);
	struct urb_event event = dissect(&record);

	(void)state;
	assert_false(event.has_setup);
	assert_int_equal(event.kind, URB_SUBMIT);
	assert_int_equal(event.captured, 4);
}

/* Requests about a pipe are no transfers, whatever type an old version gave them. */
static void test_pipe_requests(void **state)
{
	static const struct {
		uint16_t function;
		unsigned marks;
	} rows[] = {
		{ 0x02, URB_MARK_ABORT_PIPE }, { 0x1e, URB_MARK_RESET_PIPE }, { 0x31, URB_MARK_RESET_PIPE }, { 0x30, 0 }, { 0x36, 0 }, { 0x07, 0 },
	};
	static const uint8_t transfers[] = { INTERRUPT, CONTROL, BULK, IRP_INFO, UNKNOWN };

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		for (size_t j = 0; j < sizeof transfers; j++) {
			struct record record = make(rows[i].function, FROM_DEVICE, 0x81, transfers[j], 0, COMPLETE, "", 0);
			struct urb_event event = dissect(&record);

			assert_int_equal(event.type, URB_OTHER);
			assert_int_equal(event.marks, rows[i].marks);
			assert_int_equal(event.endpoint, 0x81);
		}
	}
}

/* Functions that are no transfer of their endpoint never become bulk events. */
static void test_other_functions(void **state)
{
	struct record record = make(0x00, FROM_DEVICE, 0x00, BULK, 0, 0, "", 0);

	(void)state;
	assert_int_equal(dissect(&record).type, URB_OTHER);
	record = make(0x00, FROM_DEVICE, 0x00, CONTROL, 0, COMPLETE, "", 0);
	assert_int_equal(dissect(&record).type, URB_CONTROL);
	record = make(0x2a, FROM_DEVICE, 0x00, UNKNOWN, 0, 0, "", 0);
	assert_int_equal(dissect(&record).type, URB_OTHER);
}

/* The header's length rules: isochronous headers have 12 bytes a packet. */
static void test_header_length(void **state)
{
	struct record record = make(0x0a, FROM_DEVICE, 0x83, ISOCHRONOUS, 0, 0, "????????????????????????????????????wxyz", 40);
	struct urb_event event;

	(void)state;
	put(&record, 0, 2, 27 + 36);
	put(&record, 23, 4, 4);
	event = dissect(&record);
	assert_int_equal(event.type, URB_ISOCHRONOUS);
	assert_int_equal(event.captured, 4);
	assert_memory_equal(event.data, "wxyz", 4);
	put(&record, 0, 2, 26);
	assert_int_equal(dissect(&record).marks, URB_MARK_IMPLAUSIBLE);
	put(&record, 0, 2, 0xffff);
	assert_int_equal(dissect(&record).marks, URB_MARK_HEADER_CUT);
	put(&record, 0, 2, 27);
	record.bytes[22] = 4;
	assert_int_equal(dissect(&record).marks, URB_MARK_IMPLAUSIBLE);
}

/* A data length that lies does not lead out of the record. */
static void test_data_length(void **state)
{
	struct record record = make(0x09, FROM_DEVICE, 0x81, BULK, 0, 0, "abcd", 4);
	struct urb_event event;

	(void)state;
	put(&record, 23, 4, 0xffffffff);
	event = dissect(&record);
	assert_int_equal(event.captured, 4);
	assert_int_equal(event.wire, 0xffffffff);
	put(&record, 23, 4, 1);
	assert_int_equal(dissect(&record).captured, 1);
}

static void test_every_cut(void **state)
{
	struct record record = make(0x1b, TO_DEVICE, 0x00, CONTROL, 0, SETUP, "\x21\x20\x00\x00\x00\x00\x03\x00" "abc", 11);

	(void)state;
	for (uint32_t captured = 0; captured <= record.length; captured++) {
		struct urb_event event = dissect_cut(&record, captured);

		assert_int_equal(event.marks, captured < 28 ? URB_MARK_HEADER_CUT : 0);
		assert_int_equal(event.has_setup, captured >= 36);
		assert_int_equal(event.captured, captured >= 36 ? captured - 36 : 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bulk),
		cmocka_unit_test(test_control_two_stages),
		cmocka_unit_test(test_control_three_stages),
		cmocka_unit_test(test_setup_cut),
		cmocka_unit_test(test_pipe_requests),
		cmocka_unit_test(test_other_functions),
		cmocka_unit_test(test_header_length),
		cmocka_unit_test(test_data_length),
		cmocka_unit_test(test_every_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
