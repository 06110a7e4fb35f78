/*
 * analyzer/track/sieve.c: whose record it is. An ST-Link with disk and serial port, a keyboard, devices that come late, in order, within bounds.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../analyzer/live_run.h"
#include "../analyzer/track/sieve.h"
#include "support/fake_source.h"
#include "urb.h"

#define GET_DEVICE "80 06 00 01 00 00 12 00"
#define GET_CONFIGURATION "80 06 00 02 00 00 ff 00"

#define V21_DEVICE "12 01 00 02 ef 02 01 40 83 04 4b 37 00 01 01 02 03 01"
#define V21_CONFIGURATION \
	"09 02 40 00 02 01 00 80 32" \
	"09 04 00 00 03 ff ff ff 04 07 05 81 02 40 00 00 07 05 01 02 40 00 00 07 05 82 02 20 00 00" \
	"09 04 01 00 02 08 06 50 05 07 05 83 02 40 00 00 07 05 03 02 40 00 00"
#define NEW_DEVICE "12 01 00 02 ef 02 01 40 83 04 5f 37 00 01 01 02 03 01"
#define KEYBOARD_DEVICE "12 01 10 01 00 00 00 08 6d 04 1c c3 00 01 01 02 00 01"
#define KEYBOARD_CONFIGURATION "09 02 22 00 01 01 00 a0 2d 09 04 00 00 01 03 01 01 00 09 21 10 01 00 01 22 41 00 07 05 81 03 08 00 0a"

/* What passed is written down: a letter a record, by its device and endpoint; notes by their number. */
struct bench {
	struct sieve *sieve;
	struct urb_maker host;
	char passed[4096];
	size_t length;
	int64_t last;
};

static void take(void *context, const struct sieve_item *item)
{
	struct bench *bench = context;

	assert_true(bench->length + 16 < sizeof bench->passed);
	if (!item->is_record) {
		bench->length += (size_t)snprintf(bench->passed + bench->length, 16, "%u ", item->note);
		return;
	}
	assert_true(item->time >= bench->last);
	bench->last = item->time;
	if (item->urb.captured)
		assert_memory_equal(item->urb.data, item->bytes + 64, item->urb.captured);
	bench->length += (size_t)snprintf(bench->passed + bench->length, 16, "%u.%02x%c ", item->urb.device, item->urb.endpoint,
	                                  item->urb.kind == URB_SUBMIT ? 's' : 'c');
}

static void begin(struct bench *bench, bool all)
{
	memset(bench, 0, sizeof *bench);
	bench->host = urb_maker_new(1, 0);
	bench->host.urb.time = INT64_C(1520000000000000000);
	bench->sieve = sieve_new(all, take, bench);
}

static void end(struct bench *bench)
{
	sieve_free(bench->sieve);
}

static void expect(struct bench *bench, const char *passed)
{
	if (bench->length && bench->passed[bench->length - 1] == ' ')
		bench->passed[bench->length - 1] = '\0';
	assert_string_equal(bench->passed, passed);
	bench->length = 0;
	bench->passed[0] = '\0';
}

static void put(struct bench *bench, uint16_t device, const struct urb_event *urb)
{
	uint8_t bytes[64 + 8192];
	struct urb_event copy = *urb;
	uint32_t length;

	copy.device = device;
	length = usbmon_bytes(bytes, &copy);
	live_put(bench->sieve, &(struct live_record){ .time = urb->time, .data = bytes, .captured = length, .wire = 64 + urb->wire });
}

static void ask(struct bench *bench, uint16_t device, const char *setup)
{
	put(bench, device, urb_setup(&bench->host, setup));
}

static void answer(struct bench *bench, uint16_t device, const char *bytes)
{
	put(bench, device, urb_setup_done(&bench->host, bytes));
}

static void out(struct bench *bench, uint16_t device, uint8_t endpoint)
{
	put(bench, device, urb_out(&bench->host, endpoint, "f1 80"));
}

static void key(struct bench *bench, uint16_t device)
{
	put(bench, device, urb_make(&bench->host, URB_COMPLETE, URB_INTERRUPT, 0x81, URB_OK, "00 00 04 00 00 00 00 00"));
}

static void note(struct bench *bench, unsigned number)
{
	sieve_put(bench->sieve, &(struct sieve_item){ .note = number, .time = bench->host.urb.time, .bytes = (const uint8_t *)"x", .captured = 1 });
}

static void enumerate(struct bench *bench, uint16_t device, const char *descriptor, const char *configuration)
{
	char set_address[64];

	snprintf(set_address, sizeof set_address, "00 05 %02x 00 00 00 00 00", device);
	ask(bench, 0, "80 06 00 01 00 00 40 00");
	answer(bench, 0, descriptor);
	ask(bench, 0, set_address);
	answer(bench, 0, "");
	ask(bench, device, GET_DEVICE);
	answer(bench, device, descriptor);
	ask(bench, device, GET_CONFIGURATION);
	answer(bench, device, configuration);
}

/* The eight records of enumerate, where they pass. */
#define ENUMERATED "0.80s 0.80c 0.00s 0.00c 7.80s 7.80c 7.80s 7.80c"

static void a_new_stlink_passes_from_its_first_record(void **state)
{
	struct bench bench;

	(void)state;
	begin(&bench, false);
	enumerate(&bench, 7, V21_DEVICE, V21_CONFIGURATION);
	expect(&bench, ENUMERATED);
	out(&bench, 7, 0x01);
	out(&bench, 7, 0x81);
	out(&bench, 7, 0x82);
	expect(&bench, "7.01s 7.81s 7.82s");
	end(&bench);
}

static void its_disk_does_not(void **state)
{
	struct bench bench;

	(void)state;
	begin(&bench, false);
	enumerate(&bench, 7, V21_DEVICE, V21_CONFIGURATION);
	expect(&bench, ENUMERATED);
	out(&bench, 7, 0x03);
	out(&bench, 7, 0x83);
	out(&bench, 7, 0x05);
	out(&bench, 7, 0x01);
	expect(&bench, "7.01s");
	assert_int_equal(sieve_counts(bench.sieve).left_out, 3);
	assert_int_equal(sieve_counts(bench.sieve).passed, 9);
	end(&bench);
}

static void a_keyboard_never_does(void **state)
{
	struct bench bench;

	(void)state;
	begin(&bench, false);
	key(&bench, 3); /* there before */
	enumerate(&bench, 4, KEYBOARD_DEVICE, KEYBOARD_CONFIGURATION);
	key(&bench, 4);
	key(&bench, 3);
	/* Somebody asks the old one, too. */
	ask(&bench, 3, GET_DEVICE);
	answer(&bench, 3, KEYBOARD_DEVICE);
	key(&bench, 3);
	sieve_finish(bench.sieve);
	expect(&bench, "");
	assert_int_equal(sieve_counts(bench.sieve).passed, 0);
	assert_int_equal(sieve_counts(bench.sieve).left_out, 14);
	end(&bench);
}

static void order_is_kept_while_one_waits(void **state)
{
	struct bench bench;

	(void)state;
	begin(&bench, false);
	enumerate(&bench, 7, V21_DEVICE, V21_CONFIGURATION);
	expect(&bench, ENUMERATED);
	/* Another comes while the first one works: what it turns out to be decides over what waits. */
	ask(&bench, 9, GET_DEVICE);
	out(&bench, 7, 0x01);
	note(&bench, 5);
	out(&bench, 7, 0x03);
	expect(&bench, "");
	answer(&bench, 9, V21_DEVICE);
	expect(&bench, "9.80s 7.01s 5 9.80c");
	ask(&bench, 4, GET_DEVICE);
	out(&bench, 7, 0x01);
	note(&bench, 6);
	answer(&bench, 4, KEYBOARD_DEVICE);
	expect(&bench, "7.01s 6");
	end(&bench);
}

static void one_that_never_says_is_given_up_after_a_second(void **state)
{
	struct bench bench;

	(void)state;
	begin(&bench, false);
	enumerate(&bench, 7, V21_DEVICE, V21_CONFIGURATION);
	expect(&bench, ENUMERATED);
	ask(&bench, 9, "80 06 00 03 00 00 ff 00");
	out(&bench, 7, 0x01);
	sieve_time(bench.sieve, bench.host.urb.time + 900000000);
	expect(&bench, "");
	sieve_time(bench.sieve, bench.host.urb.time + 1100000000);
	expect(&bench, "7.01s");
	/* From then on nothing waits for it. Should it say so after all, it counts from there. */
	ask(&bench, 9, GET_CONFIGURATION);
	out(&bench, 7, 0x01);
	expect(&bench, "7.01s");
	ask(&bench, 9, GET_DEVICE);
	answer(&bench, 9, V21_DEVICE);
	ask(&bench, 9, GET_CONFIGURATION);
	expect(&bench, "9.80c 9.80s");
	end(&bench);
}

static void a_record_itself_shows_that_time_has_passed(void **state)
{
	struct bench bench;

	(void)state;
	begin(&bench, false);
	enumerate(&bench, 7, V21_DEVICE, V21_CONFIGURATION);
	ask(&bench, 9, GET_DEVICE);
	bench.host.urb.time += 2000000000;
	expect(&bench, ENUMERATED);
	out(&bench, 7, 0x01);
	expect(&bench, "7.01s");
	end(&bench);
}

static void the_end_gives_up_what_waits(void **state)
{
	struct bench bench;

	(void)state;
	begin(&bench, false);
	enumerate(&bench, 7, V21_DEVICE, V21_CONFIGURATION);
	ask(&bench, 9, GET_DEVICE);
	note(&bench, 3);
	out(&bench, 7, 0x01);
	expect(&bench, ENUMERATED);
	sieve_finish(bench.sieve);
	expect(&bench, "3 7.01s");
	end(&bench);
}

static void memory_is_bounded(void **state)
{
	static char payload[3 * 4000 + 1];
	struct bench bench;

	(void)state;
	for (size_t i = 0; i < 4000; i++)
		memcpy(payload + 3 * i, "00 ", 4);
	begin(&bench, false);
	/* Ten thousand long control transfers of as many devices that never say what they are, all at once. */
	for (uint16_t i = 0; i < 10000; i++) {
		bench.host.urb.time -= 1000000;
		put(&bench, (uint16_t)(1 + i % 127), urb_setup_done(&bench.host, payload));
		put(&bench, (uint16_t)(1 + i % 127), urb_setup(&bench.host, GET_DEVICE));
		bench.host.urb.time -= 1000000;
	}
	sieve_finish(bench.sieve);
	expect(&bench, "");
	assert_int_equal(sieve_counts(bench.sieve).left_out, 20000);
	end(&bench);
}

static void an_address_that_is_given_anew(void **state)
{
	struct bench bench;

	(void)state;
	begin(&bench, false);
	enumerate(&bench, 7, V21_DEVICE, V21_CONFIGURATION);
	expect(&bench, ENUMERATED);
	enumerate(&bench, 7, KEYBOARD_DEVICE, KEYBOARD_CONFIGURATION);
	key(&bench, 7);
	out(&bench, 7, 0x01);
	expect(&bench, "");
	enumerate(&bench, 7, V21_DEVICE, V21_CONFIGURATION);
	out(&bench, 7, 0x01);
	expect(&bench, ENUMERATED " 7.01s");
	end(&bench);
}

static void an_id_that_no_table_knows(void **state)
{
	struct bench bench;

	(void)state;
	begin(&bench, false);
	/* In the block of ids that ST gives to ST-Links: by its interfaces. */
	enumerate(&bench, 7, NEW_DEVICE, V21_CONFIGURATION);
	out(&bench, 7, 0x01);
	out(&bench, 7, 0x03);
	expect(&bench, ENUMERATED " 7.01s");
	/* Anywhere else: where somebody says so. */
	sieve_admit(bench.sieve, 1, 8);
	ask(&bench, 8, GET_DEVICE);
	answer(&bench, 8, "12 01 00 02 ef 02 01 40 83 04 34 12 00 01 01 02 03 01");
	ask(&bench, 8, GET_CONFIGURATION);
	answer(&bench, 8, V21_CONFIGURATION);
	out(&bench, 8, 0x01);
	out(&bench, 8, 0x03);
	expect(&bench, "8.80s 8.80c 8.80s 8.80c 8.01s");
	end(&bench);
}

static void everything_passes_where_that_is_asked_for(void **state)
{
	struct bench bench;

	(void)state;
	begin(&bench, true);
	key(&bench, 3);
	enumerate(&bench, 7, V21_DEVICE, V21_CONFIGURATION);
	out(&bench, 7, 0x03);
	live_put(bench.sieve, &(struct live_record){ .time = bench.host.urb.time, .data = (const uint8_t *)"cut", .captured = 3, .wire = 64 });
	expect(&bench, "3.81c " ENUMERATED " 7.03s 0.00s");
	end(&bench);
}

static void records_that_say_nothing_are_nobodys(void **state)
{
	struct bench bench;

	(void)state;
	begin(&bench, false);
	live_put(bench.sieve, &(struct live_record){ .time = 1, .data = (const uint8_t *)"cut", .captured = 3, .wire = 64 });
	expect(&bench, "");
	assert_int_equal(sieve_counts(bench.sieve).left_out, 1);
	end(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_new_stlink_passes_from_its_first_record),
		cmocka_unit_test(its_disk_does_not),
		cmocka_unit_test(a_keyboard_never_does),
		cmocka_unit_test(order_is_kept_while_one_waits),
		cmocka_unit_test(one_that_never_says_is_given_up_after_a_second),
		cmocka_unit_test(a_record_itself_shows_that_time_has_passed),
		cmocka_unit_test(the_end_gives_up_what_waits),
		cmocka_unit_test(memory_is_bounded),
		cmocka_unit_test(an_address_that_is_given_anew),
		cmocka_unit_test(an_id_that_no_table_knows),
		cmocka_unit_test(everything_passes_where_that_is_asked_for),
		cmocka_unit_test(records_that_say_nothing_are_nobodys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
