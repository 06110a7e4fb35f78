/*
 * stlinkscope compare: the alignment of steps, what matters of their differences, the program's output on captures.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../analyzer/diagnosis/difference.h"
#include "hex.h"
#include "support/captures.h"
#include "support/recording.h"

#define MOST 64

/*
 * Steps of a line of letters. A letter is a place; behind it may stand: a digit, what is written there; ! a failure, ? a lost
 * answer, u a status not asked for; and = with a letter, the value that was read.
 */
static size_t steps_from(struct step *steps, const char *letters)
{
	size_t count = 0;

	for (; *letters; letters++) {
		struct step *step = &steps[count];

		if (*letters >= 'A' && *letters <= 'Z') {
			*step = (struct step){ .place = (uint64_t)*letters, .result = RESULT_OK, .number = count + 1, .count = 1 };
			step->exact = step->place << 8;
			count++;
			continue;
		}
		step--;
		if (*letters == '!')
			step->result = RESULT_ERROR;
		else if (*letters == '?')
			step->result = RESULT_INCOMPLETE;
		else if (*letters == 'u')
			step->result = RESULT_UNJUDGED;
		else if (*letters == '=')
			step->value = (uint64_t)*++letters, step->has_value = true;
		else
			step->exact += (uint64_t)*letters;
	}
	return count;
}

/* Compares; the differences as a line: a mark and the place of each, alike ones as a dot. */
static void check(const char *good_letters, const char *bad_letters, const char *expected)
{
	static const char marks[] = {
		[DIFFERENCE_NONE] = '.', [DIFFERENCE_MISSING] = '<', [DIFFERENCE_EXTRA] = '>', [DIFFERENCE_REQUEST] = '|',
		[DIFFERENCE_RESULT] = '!', [DIFFERENCE_VALUE] = '=',
	};
	struct step good[MOST], bad[MOST];
	struct comparison comparison;
	char line[4 * MOST] = "";
	size_t used = 0;

	comparison_make(&comparison, good, steps_from(good, good_letters), bad, steps_from(bad, bad_letters));
	for (size_t i = 0; i < comparison.count; i++) {
		const struct step_pair *pair = &comparison.pairs[i];

		line[used++] = marks[pair->difference];
		if (pair->difference != DIFFERENCE_NONE)
			line[used++] = (char)(pair->good ? pair->good : pair->bad)->place;
	}
	line[used] = '\0';
	if (strcmp(line, expected))
		fail_msg("%s against %s: %s, expected %s", good_letters, bad_letters, line, expected);
	comparison_free(&comparison);
}

static void test_alignment(void **state)
{
	(void)state;
	check("", "", "");
	check("ABC", "ABC", "...");
	check("ABC", "", "<A<B<C");
	check("", "ABC", ">A>B>C");
	check("ABCD", "ABXCD", "..>X..");
	check("ABXCD", "ABCD", "..<X..");
	check("ABCDEFGH", "ABDEXFGH", "..<C..>X...");
	check("ABC", "XYZ", "<A<B<C>X>Y>Z");
	check("ABCABBA", "CBABAC", "<A>C.<C....>C");
}

static void test_place(void **state)
{
	(void)state;
	check("AS1B", "AS2B", ".|S.");     /* another speed */
	check("AS1S2B", "AS2B", ".<S..");   /* the one that is the same is the partner */
	check("AW1XW2B", "AW2B", ".<W<X..");
	check("S1E", "S2E!", "|S!E");
}

static void test_outcomes(void **state)
{
	(void)state;
	check("AEB", "AE!B", ".!E.");
	check("AE!B", "AE!B", "...");
	check("AEB", "AEuB", "...");  /* nobody asked: no other outcome */
	check("AEB", "AE?B", "...");  /* the capture does not tell */
	check("AI=xB", "AI=yB", ".=I.");
	check("AI=xB", "AIB", "...");
	check("AI=x", "AI!", ".!I");
}

/* A poll whose cycle ended elsewhere; what stands beside a pair is its neighbour's partner. */
static void test_polls(void **state)
{
	(void)state;
	check("APQPB", "APQB", ".....");
	check("APQB", "APQPB", ".....");
	check("APQP!B", "APQB", "...<P.");
	check("NEMXYM", "NE!M", ".!E.<X<Y<M");
	check("NE!M", "NEMXYM", ".!E.>X>Y>M");
}

/* Long, and with nothing in common: bounded time, every step told once. */
static void test_long(void **state)
{
	enum { COUNT = STEPS_SESSION };
	struct step *good = calloc(COUNT, sizeof *good), *bad = calloc(COUNT, sizeof *bad);
	struct comparison comparison;
	size_t good_told = 0, bad_told = 0;
	uint32_t random = 1;

	(void)state;
	assert_true(good && bad);
	for (size_t i = 0; i < COUNT; i++) {
		random = random * 1664525 + 1013904223;
		good[i] = (struct step){ .place = random >> 28, .exact = random >> 20, .result = RESULT_OK };
		random = random * 1664525 + 1013904223;
		bad[i] = (struct step){ .place = random >> 28, .exact = random >> 20, .result = RESULT_OK };
	}
	comparison_make(&comparison, good, COUNT, bad, COUNT);
	for (size_t i = 0; i < comparison.count; i++) {
		const struct step_pair *pair = &comparison.pairs[i];

		assert_true(!pair->good || pair->good == &good[good_told++]);
		assert_true(!pair->bad || pair->bad == &bad[bad_told++]);
	}
	assert_int_equal(good_told, COUNT);
	assert_int_equal(bad_told, COUNT);
	comparison_free(&comparison);
	comparison_make(&comparison, good, COUNT, good, COUNT);
	assert_int_equal(comparison.differences, 0);
	comparison_free(&comparison);
	free(good);
	free(bad);
}

/* --- steps --- */

static void no_words(void *context, const struct transaction *transaction, char *asked, char *answered)
{
	(void)context;
	(void)transaction;
	*asked = *answered = '\0';
}

/* A log of steps, and a session that it is told of. */
struct logged { struct steps_log *log; struct access_state *access; struct session session; };

static struct logged logged_new(uint64_t session)
{
	return (struct logged){ .log = steps_new(UINT64_MAX, no_words, NULL), .access = access_new(), .session = { .index = session } };
}

static void logged_free(struct logged *logged)
{
	steps_free(logged->log);
	access_free(logged->access);
}

/* Tells the log of a command, given as bytes in hex, that was answered with these. */
static void tell(struct logged *logged, const char *command_hex, const char *answer_hex)
{
	struct listener listener = steps_listener(logged->log);
	struct session *session = &logged->session;
	uint8_t command[16], answer[16];
	uint32_t length = (uint32_t)hex_read(command_hex, SIZE_MAX, command, sizeof command);
	uint32_t answer_length = (uint32_t)hex_read(answer_hex, SIZE_MAX, answer, sizeof answer);
	struct transaction transaction = {
		.frame = ++session->commands, .command = stlink_find(command, length, false), .request = { command, length, length },
		.answer = { answer, answer_length, answer_length }, .answered = true, .usable = true, .result = RESULT_OK,
	};

	stlink_walk_request(transaction.command, cursor_over(command, length, length), &transaction.request_operation, NULL);
	stlink_walk_answer(transaction.command, cursor_over(answer, answer_length, answer_length), &transaction.request_operation, NULL,
	                   &transaction.answer_operation, NULL);
	access_follow(logged->access, &transaction);
	listener.transaction(listener.context, NULL, session, &transaction);
}

#define READ_DHCSR "f236f0ed00e0"

/* Polls are one step with the last answer; so are the blocks of one read; bits that come and go are no value. */
static void test_steps(void **state)
{
	struct logged logged = logged_new(3);
	struct steps_log *log = logged.log;
	const struct steps *steps;

	(void)state;
	tell(&logged, READ_DHCSR, "8000000001000100");
	tell(&logged, READ_DHCSR, "8000000003000300");
	tell(&logged, "f2070000000800040000", "0001");
	tell(&logged, "f2070004000800040000", "0203");
	tell(&logged, READ_DHCSR, "80aabbcc03000301");
	tell(&logged, "f5", "0200");
	tell(&logged, READ_DHCSR, "8000000003000301");
	tell(&logged, "f5", "0277");
	steps = steps_of(log, 3);
	assert_non_null(steps);
	assert_null(steps_of(log, 0));
	assert_int_equal(steps->count, 4);
	assert_int_equal(steps->list[0].count, 2);
	assert_int_equal(steps->list[0].frame, 1);
	assert_int_equal(steps->list[0].answer_frame, 2);
	assert_int_equal(steps->list[1].blocks, 2);
	assert_int_equal(steps->list[1].end, 0x08000800);
	assert_int_equal(steps->list[2].count, 2);
	assert_int_equal(steps->list[2].exact, steps->list[0].exact);
	assert_true(steps->list[2].value == steps->list[0].value);
	assert_int_equal(steps->list[3].number, 6);
	steps_forget(log, 3);
	assert_null(steps_of(log, 3));
	tell(&logged, "f5", "0200");
	assert_int_equal(steps_of(log, 3)->count, 1);
	logged_free(&logged);
}

#define READ_CTRL_STAT "f245ffff0400"
#define READ_DFSR "f23630ed00e0"

/* Do two sessions differ in the value of their last step? Each as pairs of a command and its answer. */
static bool differ(const char *const one[][2], const char *const other[][2])
{
	const char *const (*both[2])[2] = { one, other };
	uint64_t values[2];

	for (unsigned i = 0; i < 2; i++) {
		struct logged logged = logged_new(0);
		const struct steps *steps;

		for (unsigned told = 0; both[i][told][0]; told++)
			tell(&logged, both[i][told][0], both[i][told][1]);
		steps = steps_of(logged.log, 0);
		assert_true(steps->list[steps->count - 1].has_value);
		values[i] = steps->list[steps->count - 1].value;
		logged_free(&logged);
	}
	return values[0] != values[1];
}

static bool has_value(const char *command, const char *answer)
{
	struct logged logged = logged_new(0);
	bool has;

	tell(&logged, command, answer);
	has = steps_of(logged.log, 0)->list[0].has_value;
	logged_free(&logged);
	return has;
}

#define SESSION(...) ((const char *const[][2]){ __VA_ARGS__, { NULL, NULL } })
#define BEFORE { "f5", "0200" } /* what stands before the next look, so that looks are no polling */
#define RESETSYS { "f232", "8000" }
#define NRST_PULSE { "f23c02", "8000" }

/* What was before the session began shows at its first look and is no difference; what happens in it is one. */
static void test_history(void **state)
{
	(void)state;
	/* S_RESET_ST */
	assert_false(differ(SESSION({ READ_DHCSR, "8000000000000102" }), SESSION({ READ_DHCSR, "8000000000000100" })));
	assert_true(differ(SESSION({ READ_DHCSR, "8000000003000302" }), SESSION({ READ_DHCSR, "8000000001000102" })));
	assert_true(differ(SESSION(RESETSYS, { READ_DHCSR, "8000000000000102" }), SESSION(RESETSYS, { READ_DHCSR, "8000000000000100" })));
	assert_true(differ(SESSION(NRST_PULSE, { READ_DHCSR, "8000000000000102" }), SESSION(NRST_PULSE, { READ_DHCSR, "8000000000000100" })));
	assert_true(differ(SESSION({ READ_DHCSR, "8000000000000100" }, BEFORE, { READ_DHCSR, "8000000000000102" }),
	                   SESSION({ READ_DHCSR, "8000000000000100" }, BEFORE, { READ_DHCSR, "8000000000000100" })));
	/* Sticky flags of the debug port, and why the core ever halted. */
	assert_false(differ(SESSION({ READ_CTRL_STAT, "80000000200000f0" }), SESSION({ READ_CTRL_STAT, "80000000400000f0" })));
	assert_true(differ(SESSION({ READ_CTRL_STAT, "80000000000000f0" }), SESSION({ READ_CTRL_STAT, "8000000000000050" })));
	assert_true(differ(SESSION({ READ_CTRL_STAT, "80000000200000f0" }, BEFORE, { READ_CTRL_STAT, "80000000200000f0" }),
	                   SESSION({ READ_CTRL_STAT, "80000000200000f0" }, BEFORE, { READ_CTRL_STAT, "80000000000000f0" })));
	/* Where the firmware was when it was stopped: core registers by command and by DCRDR, RAM; but not flash. */
	assert_false(has_value("f233000000000000", "8000000012345678"));
	assert_false(has_value("f236f8ed00e0", "8000000012345678"));
	assert_false(has_value("f207000000200400", "12345678"));
	assert_true(has_value("f207000000080400", "12345678"));
	assert_false(differ(SESSION({ READ_DFSR, "8000000001000000" }), SESSION({ READ_DFSR, "8000000009000000" })));
}

/* --- the program --- */

/* Runs "stlinkscope compare ARGUMENTS". */
static void check_program(const char *arguments, int expected_status, const char *const *expected)
{
	char command[1024];
	struct file output;
	int status;

	snprintf(command, sizeof command, "%s compare %s 2>&1", program_path(), arguments);
	output = command_output(command, &status);
	if (status != expected_status)
		fail_msg("%s: status %d\n%s", command, status, output.bytes);
	for (; *expected; expected++)
		if (!strstr((char *)output.bytes, *expected))
			fail_msg("%s:\n%s\nexpected: %s", command, output.bytes, *expected);
	free(output.bytes);
}

#define CHECK(arguments, status, ...) check_program(arguments, status, (const char *const[]){ __VA_ARGS__, NULL })
#define HEALTHY "captures/healthy-v2-1/capture.pcap"
#define SILENT "captures/target-silent-v2/capture.pcap"

static void test_same(void **state)
{
	char **paths = captures_find(), arguments[512];

	(void)state;
	for (char **path = paths; *path; path++) {
		snprintf(arguments, sizeof arguments, "--sessions=0,0 %s %s", *path, *path);
		CHECK(arguments, 0, "No difference that matters in ");
		snprintf(arguments, sizeof arguments, "--sessions=0,0 --json %s - < %s", *path, *path);
		CHECK(arguments, 0, "{\"type\":\"compare\",\"schema\":1,\"same\":true,",
		      "\"first_difference\":null,\"differences\":[],\"differences_total\":0,");
	}
	captures_free(paths);
}

static void test_bundled(void **state)
{
	(void)state;
	CHECK(HEALTHY " " SILENT, 1, "They part at the 2nd command: GET_CURRENT_MODE answers MASS in GOOD (frame 49) and DFU",
	      "; later ENTER mode=SWD answers OK in GOOD (frame 61) and GET_IDCODE_ERROR in BAD (frame 47).\n",
	      "\n>  ", "33 DFU_EXIT\n", "\n|      65 GET_CURRENT_MODE -> DEBUG ", "\n<      69 INIT_AP ap=0 -> OK\n", "more commands, frames ", "\n| firmware   V2J43M28 ", "\n  voltage    3.30 V  ",
	      "\n  transport  SWD\n",
	      "\n|            BAD   TARGET-SILENT: ");
	CHECK("--json " HEALTHY " " SILENT, 1, "\"same\":false,", "\"first_difference\":{\"kind\":\"value\",\"good\":{\"number\":",
	      "{\"kind\":\"extra\",\"good\":null,\"bad\":{", "\"command\":\"DFU_EXIT\"", "\"status_name\":\"GET_IDCODE_ERROR\",\"result\":\"error\"}",
	      "{\"name\":\"firmware\",\"good\":\"V2J43M28\",\"bad\":\"V2J37S7\",\"differs\":true}",
	      "{\"name\":\"voltage\",\"good\":\"3.30 V\",\"bad\":\"3.26 V\",\"differs\":false}");
	CHECK("--json " HEALTHY " captures/unpowered-v2/capture.pcapng", 1, "\"name\":\"voltage\",\"good\":\"3.30 V\",", "\"differs\":true}");
	CHECK("-q " HEALTHY " " SILENT, 1, "They part at ");
	CHECK("-q captures/hla-v2/capture.pcapng captures/lockup-v2/capture.pcapng", 1, "They part at the 4th command: ", "; the verdict on BAD is ");
	CHECK("-q captures/hla-v2/capture.pcapng captures/healthy-v2-1/capture.pcap", 1, "(frame 49).\n"); /* nothing is wrong with either */
	CHECK("--serials -v " HEALTHY " " SILENT, 1, "      53 GET_TARGET_VOLTAGE",
	      "\n<     305 WRITEMEM_32BIT SRAM 0x20001000 length=4 <- de c0 ad de =\n<             0xdeadc0de\n<           -> OK\n"); /* nothing is cut */
}

static void test_words(void **state)
{
	(void)state;
	CHECK("", 2, "two captures are compared");
	CHECK(HEALTHY, 2, "two captures are compared");
	CHECK("a b c", 2, "too many arguments, from 'c' on");
	CHECK("- -", 2, "only one of the two can be standard input");
	CHECK("--sessions 0 a b", 2, "--sessions: '0' is not A,B");
	CHECK("--sessions 0,x a b", 2, "--sessions: '0,x' is not A,B");
	CHECK("--sessions \"$(printf '\\033[31m')\" a b", 2, "\\x1b[31m");
	CHECK("--sessions 0,7 " HEALTHY " " HEALTHY, 2, "there is no session with this number");
	CHECK(HEALTHY " no-such-file.pcap", 2, "no-such-file.pcap");
	CHECK(HEALTHY " \"$(printf 'a\\033[31m')\"", 2, "\\x1b[31m");
	CHECK("--help", 0, "--sessions");
}

/* One board, with and without reset held. */
static void test_under_reset(void **state)
{
	char arguments[1024], path[256];

	(void)state;
	snprintf(path, sizeof path, "%s/emulated/053-need-cur-both/capture.pcap", shared_captures());
	snprintf(arguments, sizeof arguments, "--sessions 1,0 %s %s", path, path);
	CHECK(arguments, 1,
	      "They part at the 9th command: GOOD has DRIVE_NRST level=low (frame 194) where BAD goes on with ENTER mode=SWD (frame 154);"
	      " later ENTER mode=SWD answers OK in GOOD (frame 198) and GET_IDCODE_ERROR in BAD (frame 154).\n",
	      "... 8 commands alike, frames 162 to 193 ", "NRST held low during ENTER", "\n  speed      1000 kHz\n");
	snprintf(arguments, sizeof arguments, "%s %s", path, path); /* its best session against its worst */
	CHECK(arguments, 1, "They part at the 9th command: GOOD has DRIVE_NRST level=low (frame 194)");
	snprintf(arguments, sizeof arguments, "--sessions 0,0 %s %s", path, path);
	CHECK(arguments, 0, "No difference that matters in 10 commands.\n");
}

/* A command that failed is told, also where GOOD never sent it and much else differs. */
static void test_failed_alone(void **state)
{
	char arguments[1024];

	(void)state;
	snprintf(arguments, sizeof arguments, "captures/healthy-v2-1/capture.pcap %s/emulated/068-rdp1-hla/capture.pcap", shared_captures());
	CHECK(arguments, 1, "; later READMEM_32BIT flash 0x08000000 length=16, in BAD alone, ends with SWD_AP_FAULT (frame 614).\n",
	      "... 32 more commands, frames 486 to 613", "614 READMEM_32BIT flash 0x08000000 length=16\n", "... 1 more command, frames 622 to 625");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_alignment), cmocka_unit_test(test_place), cmocka_unit_test(test_outcomes), cmocka_unit_test(test_polls),
		cmocka_unit_test(test_long), cmocka_unit_test(test_steps), cmocka_unit_test(test_history), cmocka_unit_test(test_same), cmocka_unit_test(test_bundled), cmocka_unit_test(test_words),
		cmocka_unit_test(test_under_reset), cmocka_unit_test(test_failed_alone),
	};

	return cmocka_run_group_tests_name("compare", tests, NULL, NULL);
}
