/*
 * The phases of a session in words: what comes again and again is counted, and nothing runs beyond its room.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "../analyzer/output/phases_words.h"

/* Phases by a letter each, with as many commands as the place of the phase among the letters, from 1. */
static struct phase_log log_of(const char *letters)
{
	static const char all[] = "oicxhreg"; /* from PHASE_OPEN on */
	struct phase_log log = { 0 };

	for (; *letters; letters++) {
		uint64_t place = (uint64_t)(strchr(all, *letters) - all);
		uint64_t frame = 100 * log.count + 1;

		log.span[log.count++] = (struct phase_span){ .phase = (enum phase)(PHASE_OPEN + place), .first_frame = frame,
			.last_frame = frame + 50, .commands = place + 1, .time = 0, .end_time = 2000000 };
	}
	return log;
}

static void check(const char *letters, const char *expected)
{
	struct phase_log log = log_of(letters);
	char words[PHASES_SIZE];

	assert_string_equal(phases_words(words, sizeof words, &log, false), expected);
}

static void test_cycles(void **state)
{
	(void)state;
	check("", "");
	check("oi", "open 1, identify 2");
	check("icxcx", "identify 2, connect 3, examine 4, connect 3, examine 4");
	check("icxcxcx", "identify 2, 3 times (connect, examine) 21");
	check("icxcxcxc", "identify 2, 3 times (connect, examine) 21, connect 3");
	check("xcxcxcxh", "3 times (examine, connect) 21, examine 4, halt 5");
	check("ocxhcxhcxhr", "open 1, 3 times (connect, examine, halt) 36, read 6");
	check("cxhrcxhrcxhr", "3 times (connect, examine, halt, read) 54");
}

static void test_frames(void **state)
{
	struct phase_log log = log_of("cxcxcx");
	char words[PHASES_SIZE];

	(void)state;
	phases_words(words, sizeof words, &log, true);
	assert_int_equal(strncmp(words, "connect 3 (frames 1 to 51, 2.00 ms), examine 4 (frames 101 to 151, 2.00 ms), connect 3", 86), 0);
	log.more = 7;
	assert_string_equal(phases_words(words, sizeof words, &log, false), "3 times (connect, examine) 21 and 7 more changes");
}

/* All that a log holds, with the longest numbers; and less room than that. */
static void test_room(void **state)
{
	struct phase_log log = { .count = PHASES_KEPT, .more = UINT64_MAX };
	char words[PHASES_SIZE + 1];

	(void)state;
	for (size_t i = 0; i < PHASES_KEPT; i++)
		log.span[i] = (struct phase_span){ .phase = i % 2 ? PHASE_IDENTIFY : PHASE_PROGRAM, .first_frame = UINT32_MAX, .last_frame = UINT32_MAX,
			.commands = UINT32_MAX, .end_time = 7199000000000 };
	phases_words(words, PHASES_SIZE, &log, true);
	assert_non_null(strstr(words, " more changes"));
	for (size_t size = 1; size < PHASES_SIZE; size += 7) {
		words[size] = '#';
		phases_words(words, size, &log, true);
		assert_true(strlen(words) < size);
		assert_int_equal(words[size], '#');
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_cycles), cmocka_unit_test(test_frames), cmocka_unit_test(test_room) };

	return cmocka_run_group_tests_name("phases in words", tests, NULL, NULL);
}
