/*
 * The sub-command live where there is nothing to capture: every wrong option is refused in one line, and so is a machine without usbmon.
 * And the line that says what is being waited for.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../analyzer/live_target.h"
#include "../analyzer/live_waiting.h"
#include "support/captures.h"
#include "urb.h"

/* Runs `stlinkscope live ARGUMENTS`: exit status 2, nothing on stdout, one line on stderr that holds words. */
static void expect_refusal(const char *arguments, const char *words)
{
	char command[512];
	struct file said;
	int status;

	snprintf(command, sizeof command, "%s live %s 2>&1 >/dev/null", program_path(), arguments);
	said = command_output(command, &status);
	if (!strstr((const char *)said.bytes, words))
		print_message("live %s says: %s\n", arguments, (const char *)said.bytes);
	assert_int_equal(status, 2);
	assert_memory_equal(said.bytes, "stlinkscope live: ", 18);
	assert_non_null(strstr((const char *)said.bytes, words));
	assert_ptr_equal(strchr((const char *)said.bytes, '\n'), said.bytes + said.size - 1);
	free(said.bytes);
}

static void test_wrong_options(void **state)
{
	static const struct { const char *arguments, *words; } rows[] = {
		{ "--for soon", "--for: 'soon' is no number of seconds" },
		{ "--for 0", "--for: '0'" },
		{ "--for -1", "--for: '-1'" },
		{ "--for nan", "--for: 'nan'" },
		{ "--for 1e30", "--for: '1e30'" },
		{ "--for 1x", "--for: '1x'" },
		{ "-B 4", "-B: '4' is no number of KiB from 8 to 1200" },
		{ "-B 1201", "-B: '1201'" },
		{ "-B 8k", "-B: '8k'" },
		{ "-B -9", "-B: '-9'" },
		{ "-i eth0", "-i: 'eth0' is not usbmonN" },
		{ "-i usbmon", "-i: 'usbmon'" },
		{ "-i usbmon1x", "-i: 'usbmon1x'" },
		{ "-i usbmon65536", "-i: 'usbmon65536'" },
		{ "-w -", "-w: '-' is no file name" },
		{ "-w ''", "-w: '' is no file name" },
		{ "--exit-code mine -- true", "--exit-code: 'mine' is neither findings nor tool" },
		{ "--exit-code tool", "there is no TOOL" },
		{ "--fail-on lunch", "--fail-on: 'lunch' is none of" },
		{ "--wait -i usbmon1", "--wait: watches every bus" },
		{ "--only nonsense", "nonsense" },
		{ "--device 1", "--device: '1' is not BUS:ADDRESS" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		expect_refusal(rows[i].arguments, rows[i].words);
}

/* What follows TOOL's name is TOOL's. Nothing is run where nothing can be captured. */
static void test_nothing_to_capture(void **state)
{
	(void)state;
	if (!access("/dev/usbmon0", F_OK))
		skip(); /* usbmon is here: tests/live is for that */
	expect_refusal("-i usbmon1", "usbmon");
	expect_refusal("--wait -w /nonexistent/file", "usbmon");
	expect_refusal("-i usbmon1 -- touch --for nonsense", "usbmon");
	expect_refusal("-i usbmon1 sh -c 'echo ran'", "usbmon");
}

static void test_interface_names(void **state)
{
	uint16_t bus = 9;

	(void)state;
	assert_true(live_target_parse("usbmon0", &bus));
	assert_int_equal(bus, 0);
	assert_true(live_target_parse("usbmon12", &bus));
	assert_int_equal(bus, 12);
	assert_false(live_target_parse("", &bus));
	assert_false(live_target_parse("USBMON1", &bus));
}

/* What stderr gets while function runs. */
static char *stderr_of(struct live_waiting *waiting, const struct tracker *tracker, int64_t now)
{
	static char said[256];
	FILE *file = tmpfile();
	int before = dup(STDERR_FILENO);
	size_t length;

	assert_non_null(file);
	fflush(stderr);
	dup2(fileno(file), STDERR_FILENO);
	if (tracker)
		live_waiting_show(waiting, tracker, now);
	else
		live_waiting_clear(waiting);
	fflush(stderr);
	dup2(before, STDERR_FILENO);
	close(before);
	rewind(file);
	length = fread(said, 1, sizeof said - 1, file);
	said[length] = '\0';
	fclose(file);
	return said;
}

static void test_waiting_line(void **state)
{
	struct urb_maker host = urb_maker_new(1, 7);
	struct tracker *tracker = tracker_new();
	struct live_waiting waiting = { 0 };
	struct open_command open;
	int64_t since;

	(void)state;
	tracker_observe(tracker, urb_setup(&host, "80 06 00 01 00 00 12 00"));
	tracker_observe(tracker, urb_setup_done(&host, "12 01 00 02 ef 02 01 40 83 04 4b 37 00 01 01 02 03 01"));
	assert_false(tracker_open_command(tracker, &open));
	tracker_observe(tracker, urb_out(&host, 0x01, "f2 36 f0 ed 00 e0 00 00 00 00 00 00 00 00 00 00"));
	since = host.urb.time;
	assert_true(tracker_open_command(tracker, &open));
	assert_string_equal(open.command->name, "READDEBUGREG");
	assert_int_equal(open.frame, 3);
	assert_int_equal(open.time, since);
	tracker_observe(tracker, urb_make(&host, URB_COMPLETE, URB_BULK, 0x01, URB_OK, ""));
	host.urb.id = 0x2000;
	tracker_observe(tracker, urb_make(&host, URB_SUBMIT, URB_BULK, 0x81, URB_PENDING, ""));
	assert_string_equal(stderr_of(&waiting, tracker, since + 999999999), "");
	assert_string_equal(stderr_of(&waiting, tracker, since + 1500000000), "... READDEBUGREG (frame 3): no answer for 1 s");
	assert_string_equal(stderr_of(&waiting, tracker, since + 1900000000), "");
	assert_non_null(strstr(stderr_of(&waiting, tracker, since + 3100000000), "\r... READDEBUGREG (frame 3): no answer for 3 s"));
	assert_int_equal(waiting.shown, 45);
	/* It is wiped by as many blanks, and once. */
	assert_string_equal(stderr_of(&waiting, NULL, 0), "\r                                             \r");
	assert_string_equal(stderr_of(&waiting, NULL, 0), "");
	tracker_observe(tracker, urb_in(&host, 0x81, "80 00 00 00 03 00 03 00"));
	assert_false(tracker_open_command(tracker, &open));
	assert_string_equal(stderr_of(&waiting, tracker, since + 9000000000), "");
	tracker_finish(tracker);
	tracker_free(tracker);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wrong_options),
		cmocka_unit_test(test_nothing_to_capture),
		cmocka_unit_test(test_interface_names),
		cmocka_unit_test(test_waiting_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
