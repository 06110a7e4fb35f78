/*
 * The facts: counters and frames, bounded memory, speed; and the guess of the client from a session's opening.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "support/story.h"

#define OPENED "V:40 M:1 T:3270 S:3 "

static const struct session_facts *first_session(const struct story *story)
{
	assert_true(story->report.session_count > 0);
	return story->report.sessions[0].facts;
}

static void counts_and_frames(void **state)
{
	struct story story;
	const struct session_facts *facts;

	(void)state;
	story_tell(&story, OPENED "E:80 M:2 I:2ba01477 R:20000000=80 R:8000000=11 R:e000ed00=80 x");
	facts = first_session(&story);
	assert_int_equal(facts->commands, 11);
	assert_int_equal(facts->session.first_frame, 10);
	assert_int_equal(facts->session.last_frame, 50);
	assert_int_equal(facts->millivolts, 3270);
	assert_int_equal(facts->id_good.value, 0x2ba01477);
	assert_int_equal(facts->memory_ok.count, 1);
	assert_int_equal(facts->memory_ok.frame[0], 38);
	assert_int_equal(facts->flash_refused.frame[0], 42);
	assert_int_equal(facts->left_frame, 50);
	assert_string_equal(facts->opening, "VMTSEMIRRRe");
	story_end(&story);
}

static void tallies_keep_the_first_frames(void **state)
{
	struct tally tally = { 0 };

	(void)state;
	for (uint64_t i = 1; i <= 100; i++)
		tally_add(&tally, i * 2, (int64_t)i);
	assert_int_equal(tally.count, 100);
	assert_int_equal(tally.frame[0], 2);
	assert_int_equal(tally.frame[TALLY_FRAMES - 1], 2 * TALLY_FRAMES);
	assert_int_equal(tally.last_frame, 200);
	assert_int_equal(tally.first_time, 1);
	assert_int_equal(tally.last_time, 100);
}

/* Answers that are shifted, short or failed never become facts. */
static void unusable_answers_are_no_facts(void **state)
{
	struct story story;
	const struct session_facts *facts;

	(void)state;
	story_tell(&story, "shift!V:40 shift!M:0 short!T:3270 shift!E:80 shift!I:2ba01477 shift!R:20000000=80");
	facts = first_session(&story);
	assert_false(facts->version_good.count);
	assert_false(facts->mode_seen[MODE_DFU].count);
	assert_false(facts->voltage.count);
	assert_false(facts->enter_ok.count);
	assert_false(facts->id_good.count);
	assert_false(facts->memory_ok.count);
	assert_int_equal(facts->shifted.count, 5);
	story_end(&story);
}

static void last_words_of_a_leaving_device_are_no_line_errors(void **state)
{
	struct story story;

	(void)state;
	story_tell(&story, "line!V:40 wait:5000 line!V:40 line!V:40 gone!");
	assert_int_equal(first_session(&story)->urb[URB_LINE_ERROR].count, 1);
	assert_int_equal(first_session(&story)->urb[URB_LINE_ERROR].frame[0], 13);
	story_end(&story);
}

static void latency_median(void **state)
{
	struct story story;
	int64_t median;

	(void)state;
	story_tell(&story, "V:40 M:1*50");
	median = facts_latency_median(first_session(&story)); /* each took a millisecond */
	assert_true(median > 700000 && median <= 1000000);
	story_end(&story);
}

/* --- many sessions --- */

struct counted { struct report report; uint64_t left; };

static void count_leaving(void *context, const struct capture_facts *capture, const struct session_facts *session)
{
	struct counted *counted = context;

	counted->left++;
	report_omit(&counted->report, capture, session);
}

static void many_sessions_stay_bounded(void **state)
{
	struct counted counted = { .left = 0 };
	struct facts *facts = facts_new(count_leaving, &counted);
	struct listener listener = facts_listener(facts);
	struct probe probe = { .bus = 1, .addresses = { 2 }, .address_count = 1, .mode = MODE_UNKNOWN };
	struct operation silent = { .seen = 0 };
	struct transaction enter = {
		.command = stlink_find_name("ENTER"), .answered = true, .usable = true, .has_status = true, .status = 9, .result = RESULT_ERROR,
		.latency = -1, .waited = -1, .answer_operation = silent, .out_completed = true, .answer = { (const uint8_t *)"\x09", 2, 2 },
	};

	(void)state;
	enter.status_row = stlink_status_find(SCOPE_DEBUG, 9);
	for (uint64_t i = 0; i < 1000; i++) {
		struct session session = { .index = i, .first_frame = i * 10 + 1, .last_frame = i * 10 + 5, .end = SESSION_NEXT };

		listener.session_begin(listener.context, &probe, &session);
		enter.frame = i * 10 + 1;
		listener.transaction(listener.context, &probe, &session, &enter);
		listener.session_end(listener.context, &probe, &session);
	}
	facts_finish(facts, NULL, NULL);
	assert_int_equal(facts_capture(facts)->sessions_total, 1000);
	assert_int_equal(facts_capture(facts)->session_count, 250);
	assert_int_equal(facts_capture(facts)->sessions[199]->session.index, 199);
	assert_int_equal(facts_capture(facts)->sessions[200]->session.index, 950);
	assert_int_equal(counted.left, 750);
	report_make(&counted.report, facts_capture(facts));
	assert_int_equal(counted.report.sessions_omitted, 750);
	assert_int_equal(counted.report.omitted_count, 1);
	assert_string_equal(counted.report.omitted[0].headline->id, "TARGET-SILENT");
	assert_int_equal(counted.report.omitted[0].count, 750);
	assert_int_equal(counted.report.omitted[0].first_frame, 2001);
	report_free(&counted.report);
	facts_free(facts);
}

/* --- clients --- */

static const struct { const char *story, *client; } openings[] = {
	{ "V:40 M:1 M:1 T:3270 S:3 E:80 M:2 O:0=80 R:e000ed00=80", "OpenOCD" },
	{ "V:40 M:0 xd M:0 S:3 E:80", "OpenOCD" },
	{ "V:13 M:1 M:1 E:80 M:2", "OpenOCD" },
	{ "V:40 M:1 S:1 M:1 E:80 D:e000edf0=80", "stlink-tools" },
	{ "V:40 M:2 S:1 E:80", "stlink-tools" },
	{ "v:16 M:0 xd T:2910 E:80 D:e0042008=80", "ST's own tools (ST-LINK Utility or a relative)" },
	{ "V:37 M:1 xd ws qb q", "stm8flash" },
	{ "X:3,13 b b b b", "flashrom" },
	{ "M:1 V:40 N:0 M:1 T:3270 E:80 S:3 O:0=80", "probe-rs" },
	{ "M:1 V:40", NULL },
	{ "D:e000edf0=80 D:e000edf0=80", NULL },
	{ "V:40", NULL },
	{ "M:1 M:1 M:1", NULL },
	{ "D:e000edf0=80 out3000!D:e000edf0", "stlink-tools" },
	{ "D:e000edf0=80 out6000!D:e000edf0", "OpenOCD" },
	{ "D:e000edf0=80 out1000!D:e000edf0", NULL },
};

static void clients(void **state)
{
	unsigned wrong = 0;

	(void)state;
	for (size_t i = 0; i < sizeof openings / sizeof openings[0]; i++) {
		struct story story;
		const char *name;

		story_tell(&story, openings[i].story);
		name = story.report.sessions[0].client.name;
		if ((name != NULL) != (openings[i].client != NULL) || (name && strcmp(name, openings[i].client))) {
			print_error("%s, not %s: %s (%s)\n", name ? name : "nobody", openings[i].client ? openings[i].client : "nobody", openings[i].story,
			            story.report.sessions[0].facts->opening);
			wrong++;
		}
		story_end(&story);
	}
	assert_int_equal(wrong, 0);
}

/* pyOCD and probe-rs open alike; pyOCD reads whole packets. */
static void sizes_tell_pyocd(void **state)
{
	struct capture_facts capture = { 0 };
	struct session_facts session = { .opening = "MVTSMEAA", .least_asked = 64 };

	(void)state;
	assert_string_equal(client_of(&session, &capture).name, "pyOCD");
	session.least_asked = 2;
	assert_null(client_of(&session, &capture).name);
	session.least_asked = UINT32_MAX;
	assert_null(client_of(&session, &capture).name);
	capture.pyocd_trace = true;
	assert_int_equal(client_of(&session, &capture).confidence, CONFIDENCE_CERTAIN);
}

/* It runs for every transaction of a capture. The limit is far above what it takes, for slow machines and sanitizers. */
static void facts_are_cheap(void **state)
{
	enum { ROUNDS = 2000000 };
	struct facts *facts = facts_new(NULL, NULL);
	struct listener listener = facts_listener(facts);
	struct probe probe = { .bus = 1, .addresses = { 2 }, .address_count = 1 };
	struct session session = { .index = 0 };
	uint8_t request[16] = { 0xf2, 0x36 }, answer[8] = { 0x80, 0, 0, 0, 3, 0, 3, 0 };
	struct transaction transaction = {
		.command = stlink_find_name("READDEBUGREG"), .request = { request, 16, 16 }, .answer = { answer, 8, 8 }, .answer_due = 8, .asked = 8,
		.answered = true, .usable = true, .has_status = true, .status = 0x80, .result = RESULT_OK, .latency = 800000, .waited = -1,
		.out_completed = true,
	};
	struct timespec begin, end;
	double nanoseconds;

	(void)state;
	transaction.status_row = stlink_status_find(SCOPE_DEBUG, 0x80);
	transaction.request_operation.seen = 1u << ROLE_ADDRESS;
	transaction.request_operation.argument[ROLE_ADDRESS] = 0xe000edf0;
	transaction.answer_operation.seen = 1u << ROLE_VALUE;
	transaction.answer_operation.argument[ROLE_VALUE] = 0x30003;
	listener.session_begin(listener.context, &probe, &session);
	clock_gettime(CLOCK_MONOTONIC, &begin);
	for (uint64_t i = 0; i < ROUNDS; i++) {
		transaction.frame = i;
		listener.transaction(listener.context, &probe, &session, &transaction);
	}
	clock_gettime(CLOCK_MONOTONIC, &end);
	listener.session_end(listener.context, &probe, &session);
	nanoseconds = ((double)(end.tv_sec - begin.tv_sec) * 1e9 + (double)(end.tv_nsec - begin.tv_nsec)) / ROUNDS;
	print_message("%.0f ns per transaction\n", nanoseconds);
	assert_true(nanoseconds < 2000);
	facts_free(facts);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_and_frames), cmocka_unit_test(tallies_keep_the_first_frames), cmocka_unit_test(unusable_answers_are_no_facts),
		cmocka_unit_test(last_words_of_a_leaving_device_are_no_line_errors), cmocka_unit_test(latency_median),
		cmocka_unit_test(many_sessions_stay_bounded), cmocka_unit_test(clients), cmocka_unit_test(sizes_tell_pyocd),
		cmocka_unit_test(facts_are_cheap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
