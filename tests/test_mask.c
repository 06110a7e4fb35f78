/*
 * What replaces private bytes: the same for the same, nothing of what it was, and itself when masked again.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../analyzer/output/mask.h"

static void fill_random(uint8_t *bytes, size_t length, unsigned seed)
{
	srand(seed);
	for (size_t i = 0; i < length; i++)
		bytes[i] = (uint8_t)(rand() >> 4);
}

static void test_twice_is_once(void **state)
{
	static const enum mask_kind kinds[] = { MASK_FILL, MASK_ID, MASK_STRING };

	(void)state;
	for (size_t kind = 0; kind < sizeof kinds / sizeof kinds[0]; kind++)
		for (size_t length = 0; length <= 300; length++) {
			uint8_t once[300], twice[300];

			fill_random(once, length, (unsigned)length);
			mask_bytes(once, length, kinds[kind], MASK_PLACE_UNKNOWN);
			memcpy(twice, once, length);
			mask_bytes(twice, length, kinds[kind], MASK_PLACE_UNKNOWN);
			assert_memory_equal(once, twice, length);
		}
}

/* UTF-16, as string descriptors have it. */
static size_t widen(const char *text, uint8_t *units)
{
	size_t length = 0;

	for (; *text; text++) {
		units[length++] = (uint8_t)*text;
		units[length++] = 0;
	}
	return length;
}

static void test_serial_numbers(void **state)
{
	uint8_t one[64], other[64], again[64];
	size_t length = widen("066EFF373535503457062922", one);

	(void)state;
	widen("066EFF373535503457062923", other);
	memcpy(again, one, length);
	mask_bytes(one, length, MASK_STRING, MASK_PLACE_UNKNOWN);
	mask_bytes(other, length, MASK_STRING, MASK_PLACE_UNKNOWN);
	mask_bytes(again, length, MASK_STRING, MASK_PLACE_UNKNOWN);
	assert_memory_equal(one, again, length);
	assert_memory_not_equal(one, other, length);
	for (size_t i = 0; i < length; i += 2) {
		assert_non_null(strchr("0123456789ABCDEF", one[i]));
		assert_int_equal(one[i + 1], 0);
	}
	/* The twelve raw bytes of old V2 firmware, and what is no text at all. */
	fill_random(one, 24, 1);
	memcpy(other, one, 24);
	mask_bytes(one, 24, MASK_STRING, MASK_PLACE_UNKNOWN);
	assert_memory_not_equal(one, other, 24);
}

static void test_ids(void **state)
{
	uint8_t one[12], other[12];

	(void)state;
	for (unsigned seed = 1; seed < 1000; seed++) {
		fill_random(one, sizeof one, seed);
		memcpy(other, one, sizeof one);
		mask_bytes(one, sizeof one, MASK_ID, MASK_PLACE_UNKNOWN);
		assert_memory_not_equal(one, other, sizeof one);
	}
}

static void test_fill(void **state)
{
	uint8_t bytes[8] = { 1, 2, 3, 4, 5, 6, 7, 8 }, same[8] = { 8, 7, 6, 5, 4, 3, 2, 1 }, differs[8] = { 1 }, blank[8];

	(void)state;
	mask_bytes(bytes, sizeof bytes, MASK_FILL, MASK_PLACE_UNKNOWN);
	mask_bytes(same, sizeof same, MASK_FILL, MASK_PLACE_UNKNOWN);
	mask_bytes(differs, sizeof differs, MASK_FILL, MASK_PLACE_DIFFERS);
	assert_memory_equal(bytes, same, sizeof bytes);
	assert_memory_not_equal(bytes, differs, sizeof bytes);
	/* A blank chip stays a blank chip. */
	memset(blank, 0xff, sizeof blank);
	mask_bytes(blank, sizeof blank, MASK_FILL, MASK_PLACE_UNKNOWN);
	for (size_t i = 0; i < sizeof blank; i++)
		assert_int_equal(blank[i], 0xff);
	mask_bytes(blank, sizeof blank, MASK_FILL, MASK_PLACE_DIFFERS);
	assert_int_equal(blank[0], 0xff);
	/* But what was written is all alike: a read may hold it together with bytes that are not blank. */
	mask_bytes(blank, sizeof blank, MASK_FILL, MASK_PLACE_WRITTEN);
	assert_memory_equal(blank, same, sizeof blank);
}

/* A snap length may cut a unit in two, and a hostile string may be longer than any descriptor. */
static void test_odd_strings(void **state)
{
	uint8_t bytes[701];

	(void)state;
	for (size_t length = 1; length <= sizeof bytes; length++) {
		size_t left = 0;

		memset(bytes, 'x', sizeof bytes);
		mask_bytes(bytes, length, MASK_STRING, MASK_PLACE_UNKNOWN);
		for (size_t i = 0; i < length; i++)
			left += bytes[i] == 'x';
		assert_int_equal(left, 0);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_twice_is_once), cmocka_unit_test(test_serial_numbers), cmocka_unit_test(test_ids), cmocka_unit_test(test_fill),
		cmocka_unit_test(test_odd_strings),
	};

	return cmocka_run_group_tests_name("mask", tests, NULL, NULL);
}
