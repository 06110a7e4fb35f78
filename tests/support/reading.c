/* Captures written to a file and read again. */
#include "reading.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { USBMON = 220, RECORD = 256 };

static char path[] = "/tmp/stlinkscope-test-XXXXXX";

int reading_begin(void **state)
{
	int descriptor = mkstemp(path);

	(void)state;
	return descriptor < 0 || close(descriptor);
}

int reading_finish(void **state)
{
	(void)state;
	return unlink(path);
}

const char *reading_write(const struct writer *writer)
{
	FILE *file = fopen(path, "wb");

	assert_non_null(file);
	if (writer->length)
		assert_int_equal(fwrite(writer->bytes, 1, writer->length, file), writer->length);
	assert_int_equal(fclose(file), 0);
	return path;
}

struct input *reading_open(const char *name)
{
	char problem[1024] = "?";
	struct input *input = input_open(name, problem, sizeof problem);

	if (!input)
		fail_msg("%s", problem);
	assert_string_equal(problem, "");
	return input;
}

struct input *reading_open_writer(const struct writer *writer)
{
	reading_write(writer);
	return reading_open(path);
}

/* The next event is the bulk completion that writer_usbmon and writer_usbpcap write, with this data. */
void reading_expect(struct input *input, uint64_t frame, int64_t time, const char *data)
{
	struct urb_event event;

	assert_int_equal(input_next(input, &event), 1);
	assert_int_equal(event.frame, frame);
	assert_int_equal(event.time, time);
	assert_int_equal(event.id, 0xffff888000001000);
	assert_int_equal(event.kind, URB_COMPLETE);
	assert_int_equal(event.type, URB_BULK);
	assert_int_equal(event.bus, 0x0102);
	assert_int_equal(event.device, 7);
	assert_int_equal(event.endpoint, 0x81);
	assert_int_equal(event.captured, strlen(data));
	assert_memory_equal(event.data, data, strlen(data));
	assert_int_equal(event.marks, 0);
	assert_int_equal(input_facts(input)->records, frame);
}

void reading_end(struct input *input, uint64_t records, uint64_t others)
{
	struct urb_event event;

	assert_int_equal(input_next(input, &event), 0);
	assert_int_equal(input_next(input, &event), 0);
	assert_int_equal(input_facts(input)->records, records);
	assert_int_equal(input_facts(input)->other_records, others);
	assert_true(input_facts(input)->complete);
	assert_string_equal(input_problem(input), "");
	input_close(input);
}

/* Adds a usbmon packet in the writer's byte order to a pcap, or to an interface of a pcapng. */
void reading_add_record(struct writer *writer, uint32_t fraction, const char *data)
{
	uint8_t record[RECORD];
	uint32_t length = writer_usbmon(record, 64, writer->big_endian, data, (uint32_t)strlen(data));

	writer_pcap_record(writer, READING_SECONDS, fraction, length, record, length);
}

void reading_add_packet(struct writer *writer, uint32_t interface, unsigned header, uint64_t stamp, const char *data)
{
	uint8_t record[RECORD];
	uint32_t length = writer_usbmon(record, header, writer->big_endian, data, (uint32_t)strlen(data));

	writer_packet(writer, interface, stamp, length, record, length);
}

/* A pcap or pcapng of count records. */
struct writer reading_make(bool pcapng, unsigned count)
{
	struct writer writer = { 0 };

	if (pcapng) {
		writer_section(&writer);
		writer_interface(&writer, USBMON, 262144, NULL, 0);
	} else {
		writer_pcap(&writer, 0xa1b2c3d4, 262144, USBMON);
	}
	for (unsigned record = 1; record <= count; record++) {
		char data[64];

		snprintf(data, sizeof data, "record %u, %u bytes of something", record, record * 7919);
		if (pcapng)
			reading_add_packet(&writer, 0, 64, READING_SECONDS * UINT64_C(1000000), data);
		else
			reading_add_record(&writer, 0, data);
	}
	return writer;
}

void reading_expect_made(struct input *input, unsigned count)
{
	for (unsigned record = 1; record <= count; record++) {
		char data[64];

		snprintf(data, sizeof data, "record %u, %u bytes of something", record, record * 7919);
		reading_expect(input, record, READING_SECONDS * INT64_C(1000000000), data);
	}
}
