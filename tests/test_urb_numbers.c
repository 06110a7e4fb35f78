/*
 * Numbers in place of URB ids: the same for the same, nothing of what it was, and themselves when numbered again.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "../analyzer/urb_numbers.h"

#define SLAB UINT64_C(0xffff888012340000)

static void test_same_for_the_same(void **state)
{
	struct urb_numbers *numbers = urb_numbers_new();

	(void)state;
	assert_int_equal(urb_number(numbers, SLAB), 1);
	assert_int_equal(urb_number(numbers, SLAB + 0xc0), 2);
	assert_int_equal(urb_number(numbers, SLAB), 1);
	assert_int_equal(urb_number(numbers, 0), 0);
	urb_numbers_free(numbers);
}

static void test_twice_is_once(void **state)
{
	struct urb_numbers *once = urb_numbers_new(), *twice = urb_numbers_new();
	uint64_t most = 0;

	(void)state;
	/* Each id is used twice, with others between: more of them than are remembered. */
	for (uint64_t i = 0; i < 300000; i++) {
		uint64_t number = urb_number(once, SLAB + (i / 2 + i % 2 * 7) * 0xc0);

		assert_int_equal(urb_number(twice, number), number);
		assert_true(number <= most + 1);
		most = number > most ? number : most;
	}
	assert_true(most > 150000);
	urb_numbers_free(once);
	urb_numbers_free(twice);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_same_for_the_same), cmocka_unit_test(test_twice_is_once) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
