/*
 * Where records were lost: a kernel's buffer played by hand, its true losses against the marks.
 */
#include "../analyzer/input/gap_marks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void expect(struct gap_marks *marks, const char *wanted)
{
	char said[256] = "";
	uint64_t dropped;

	/* A letter a record, a number before one that a gap precedes. */
	while (marks->given < marks->read) {
		size_t used = strlen(said);

		if (gap_marks_next(marks, &dropped))
			used += (size_t)snprintf(said + used, sizeof said - used, "%u", (unsigned)dropped);
		snprintf(said + used, sizeof said - used, "r");
	}
	assert_string_equal(said, wanted);
}

static void test_nothing_lost(void **state)
{
	struct gap_marks marks = { 0 };

	(void)state;
	gap_marks_read(&marks, 3, 5, 0);
	expect(&marks, "rrr");
	gap_marks_read(&marks, 5, 0, 0);
	expect(&marks, "rrrrr");
	assert_int_equal(gap_marks_rest(&marks), 0);
}

static void test_behind_what_waits(void **state)
{
	struct gap_marks marks = { 0 };

	(void)state;
	gap_marks_read(&marks, 2, 4, 0); /* rr, and four wait */
	expect(&marks, "rr");
	/* Two of them are read; six wait: four are new, and then nine were lost. From the first new one on some may be missing. */
	gap_marks_read(&marks, 2, 6, 9);
	expect(&marks, "rr");
	gap_marks_read(&marks, 6, 3, 0);
	expect(&marks, "rr0rrrr");
	gap_marks_read(&marks, 3, 0, 0);
	expect(&marks, "9rrr");
}

static void test_in_the_batch_itself(void **state)
{
	struct gap_marks marks = { 0 };

	(void)state;
	/* Everything came, and some was lost, since the last question: it may have been before the first. */
	gap_marks_read(&marks, 3, 0, 4);
	expect(&marks, "0rrr");
	assert_int_equal(gap_marks_rest(&marks), 4);
	gap_marks_read(&marks, 1, 0, 0);
	expect(&marks, "4r");
	assert_int_equal(gap_marks_rest(&marks), 0);
}

static void test_again_and_again(void **state)
{
	struct gap_marks marks = { 0 };
	uint64_t told = 0, dropped;

	(void)state;
	/* More losses than marks: none is forgotten. */
	for (unsigned i = 0; i < 1000; i++)
		gap_marks_read(&marks, 1, i, 1);
	while (marks.given < marks.read + 1000)
		if (gap_marks_next(&marks, &dropped))
			told += dropped;
	assert_int_equal(told, 1000);
}

/* A ring of CAPACITY places; each round some records come, some find no room, and a reader takes a batch. */
static void test_against_the_truth(void **state)
{
	enum { CAPACITY = 40, BATCH = 6, ROUNDS = 3000 };
	static uint8_t truth[ROUNDS * 64]; /* of record n: how many were lost before it */
	struct gap_marks marks = { 0 };
	uint64_t queued = 0, came = 0, seen = 0, random = 1, told = 0, lost = 0, dropped;

	(void)state;
	for (unsigned round = 0; round < ROUNDS; round++) {
		uint64_t read = queued < BATCH ? queued : BATCH, dropped_now = 0;

		/* What came since the last read, then the read, then the question. */
		random = random * 6364136223846793005u + 1442695040888963407u;
		for (unsigned i = 0; i < random >> 60; i++) {
			if (queued == CAPACITY) {
				truth[came]++;
				dropped_now++;
			} else {
				queued++;
				came++;
			}
		}
		lost += dropped_now;
		queued -= read;
		gap_marks_read(&marks, read, queued, dropped_now);
		for (uint64_t i = 0; i < read; i++, seen++) {
			bool marked = gap_marks_next(&marks, &dropped);

			told += dropped;
			/* Where all records are of one length the place is exact: each loss has its mark, and its count. */
			assert_true(marked || !truth[seen]);
			assert_int_equal(dropped, truth[seen]);
		}
	}
	assert_true(lost > 1000);
	assert_int_equal(told + gap_marks_rest(&marks), lost);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_lost),
		cmocka_unit_test(test_behind_what_waits),
		cmocka_unit_test(test_in_the_batch_itself),
		cmocka_unit_test(test_again_and_again),
		cmocka_unit_test(test_against_the_truth),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
