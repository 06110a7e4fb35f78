/*
 * Reading ahead in a thread gives what reading in place gives: every event, its payload, the end or the reason why there is none.
 */
#include "../analyzer/input/ahead.h"
#include "support/reading.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum {
	RECORDS = 5000,
	PAYLOAD = 400,
	GIANT = 300 * 1024, /* more than a batch holds */
	GIANT_EVERY = 1200,
};

/* A pcap of well over a megabyte: payloads of many lengths, and some that no batch holds. */
static struct writer make_long(void)
{
	struct writer writer = { 0 };
	uint8_t *data = calloc(1, GIANT), *record = malloc(GIANT + 64);

	assert_non_null(data);
	assert_non_null(record);
	writer_pcap(&writer, 0xa1b2c3d4, GIANT + 64, 249); /* libpcap lets no usbmon record be this long */
	for (uint32_t i = 0; i < RECORDS; i++) {
		uint32_t length = i % GIANT_EVERY == GIANT_EVERY - 1 ? GIANT : i * 7 % PAYLOAD, whole;

		memset(data, (int)(i & 0xff), length);
		whole = writer_usbpcap(record, data, length);
		writer_pcap_record(&writer, READING_SECONDS, i, whole, record, whole);
	}
	free(data);
	free(record);
	return writer;
}

static void expect_same_item(const struct input_item *there, const struct input_item *here)
{
	assert_int_equal(there->kind, here->kind);
	assert_int_equal(there->frame, here->frame);
	assert_int_equal(there->time, here->time);
	switch (here->kind) {
	case INPUT_RECORD:
		assert_int_equal(there->urb.frame, here->urb.frame);
		assert_int_equal(there->urb.time, here->urb.time);
		assert_int_equal(there->urb.id, here->urb.id);
		assert_int_equal(there->urb.captured, here->urb.captured);
		assert_int_equal(there->urb.wire, here->urb.wire);
		if (here->urb.captured)
			assert_memory_equal(there->urb.data, here->urb.data, here->urb.captured);
		break;
	case INPUT_GAP:
		assert_int_equal(there->gap.dropped, here->gap.dropped);
		break;
	case INPUT_TOOL_LINE:
		assert_string_equal(there->line.text, here->line.text);
		break;
	}
}

static void expect_same(const char *path)
{
	struct input *plain = reading_open(path), *other = reading_open(path);
	struct ahead *ahead = ahead_start(other);
	struct input_item here, *there;
	uint64_t done, total, events = 0;
	int got;

	if (!ahead) {
		print_message("SKIPPED: one processor only\n");
		input_close(plain);
		input_close(other);
		return;
	}
	do {
		got = input_next_item(plain, &here);
		assert_int_equal(ahead_next(ahead, &there), got);
		if (got != 1)
			break;
		events++;
		expect_same_item(there, &here);
	} while (got == 1);
	assert_true(events >= RECORDS - 1);
	assert_int_equal(ahead_next(ahead, &there), got);
	ahead_progress(ahead, &done, &total);
	assert_true(done <= total && done > total / 2);
	ahead_stop(ahead);
	assert_string_equal(input_problem(other), input_problem(plain));
	assert_int_equal(input_facts(other)->records, input_facts(plain)->records);
	assert_int_equal(input_facts(other)->complete, got == 0);
	input_close(plain);
	input_close(other);
}

static void test_whole(void **state)
{
	struct writer writer = make_long();

	(void)state;
	expect_same(reading_write(&writer));
	writer_free(&writer);
}

static void test_cut(void **state)
{
	struct writer writer = make_long();

	(void)state;
	writer.length -= 3;
	expect_same(reading_write(&writer));
	writer_free(&writer);
}

static void test_stop_early(void **state)
{
	struct writer writer = make_long();
	const char *path = reading_write(&writer);

	(void)state;
	/* At once, in the first batch, behind a batch, with a record that waits to be taken back. */
	for (unsigned taken = 0; taken < 2 * GIANT_EVERY; taken += GIANT_EVERY / 3) {
		struct input *input = reading_open(path);
		struct ahead *ahead = ahead_start(input);
		struct input_item *item;

		for (unsigned i = 0; ahead && i < taken; i++)
			assert_int_equal(ahead_next(ahead, &item), 1);
		ahead_stop(ahead);
		input_close(input);
	}
	writer_free(&writer);
}

static void test_not_worth_it(void **state)
{
	struct writer writer = reading_make(false, 10);
	struct input *input = reading_open_writer(&writer);

	(void)state;
	assert_null(ahead_start(input));
	reading_expect_made(input, 10);
	input_close(input);
	writer_free(&writer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_stop_early),
		cmocka_unit_test(test_not_worth_it),
	};

	return cmocka_run_group_tests(tests, reading_begin, reading_finish);
}
