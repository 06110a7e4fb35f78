/*
 * What a summary says of the tool that live ran: its name, its end and how much it wrote; and that it never came to the probe.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../analyzer/output/summary_json.h"
#include "../analyzer/output/summary_text.h"

struct bench { struct facts *facts; struct listener listener; struct report report; };

static int begin(void **state)
{
	struct bench *bench = calloc(1, sizeof *bench);

	if (!bench)
		return -1;
	bench->facts = facts_new(NULL, NULL);
	bench->listener = facts_listener(bench->facts);
	*state = bench;
	return 0;
}

static int end(void **state)
{
	struct bench *bench = *state;

	report_free(&bench->report);
	facts_free(bench->facts);
	free(bench);
	return 0;
}

/* The summary in both forms, one behind the other; until the next call. */
static const char *summary(struct bench *bench)
{
	static char *text;
	static size_t size;
	FILE *file;

	free(text);
	file = open_memstream(&text, &size);
	assert_non_null(file);
	report_free(&bench->report);
	bench->report = (struct report){ 0 };
	report_make(&bench->report, facts_capture(bench->facts));
	summary_text(file, &bench->report, &(struct summary_style){ .width = 100 });
	summary_json(file, &bench->report, NULL, false);
	fclose(file);
	return text;
}

static void check_has(const char *text, const char *words)
{
	if (!strstr(text, words))
		fail_msg("%s\nlacks\n%s", text, words);
}

static void tell_lines(struct bench *bench, unsigned out, unsigned error_out)
{
	for (unsigned i = 0; i < out + error_out; i++)
		bench->listener.tool(bench->listener.context, &(struct tool_line){ .frame = 1, .is_stderr = i >= out, .text = "/home/me/secret.elf" });
}

static void test_none(void **state)
{
	const char *text = summary(*state);

	assert_null(strstr(text, "\nTool "));
	assert_null(strstr(text, "\"tool\""));
}

static void test_ends(void **state)
{
	struct bench *bench = *state;
	const char *text;

	tell_lines(bench, 1, 2);
	facts_tool(bench->facts, "openocd", TOOL_EXITED, 1);
	text = summary(bench);
	check_has(text, "\nTool        openocd ended with status 1; it wrote 3 lines\n");
	check_has(text, "\"tool\":{\"name\":\"openocd\",\"exit_status\":1,\"signal\":null,\"lines\":3,\"stderr_lines\":2}");
	assert_null(strstr(text, "secret"));
	facts_tool(bench->facts, "st-util", TOOL_SIGNALLED, 15);
	text = summary(bench);
	check_has(text, "\nTool        st-util was ended by signal 15; it wrote 3 lines\n");
	check_has(text, "\"tool\":{\"name\":\"st-util\",\"exit_status\":null,\"signal\":15,");
	facts_tool(bench->facts, "gdb", TOOL_RUNS, 0);
	check_has(summary(bench), "\nTool        gdb still ran; it wrote 3 lines\n");
}

/* A capture file holds the lines, and not who wrote them. */
static void test_from_file(void **state)
{
	const char *text;

	tell_lines(*state, 1, 0);
	text = summary(*state);
	check_has(text, "\nTool        its name is not in the capture; it wrote 1 line\n");
	check_has(text, "\"tool\":{\"name\":null,\"exit_status\":null,\"signal\":null,\"lines\":1,\"stderr_lines\":0}");
}

static void test_never_came(void **state)
{
	struct bench *bench = *state;
	struct capture_facts *capture = (struct capture_facts *)(uintptr_t)facts_capture(bench->facts);

	facts_tool(bench->facts, "openocd", TOOL_EXITED, 1);
	check_has(summary(bench), "CAPTURE: no ST-Link is in this capture (it holds no record) (openocd ended with status 1)\n");
	capture->idle_stlinks = 1;
	check_has(summary(bench), "HOST: an ST-Link is plugged in, but no program ever sent it a command (openocd ended with status 1)\n");
	facts_tool(bench->facts, "open\033[2J\xc3\xa4", TOOL_RUNS, 0);
	check_has(summary(bench), " sent it a command (open?[2J?? still ran)\n");
}

/* A file that is cut may hold commands behind the cut. */
static void test_cut_file(void **state)
{
	struct bench *bench = *state;
	struct capture_facts *capture = (struct capture_facts *)(uintptr_t)facts_capture(bench->facts);
	const char *text;

	capture->complete = false;
	capture->idle_stlinks = 1;
	text = summary(bench);
	check_has(text, "HOST: an ST-Link is plugged in, but no program ever sent it a command, as far as the file can be read\n");
	check_has(text, "CAP-NO-COMMANDS (possible)");
	capture->idle_stlinks = 0;
	check_has(summary(bench), "CAPTURE: no ST-Link is in this capture (it holds no record), as far as the file can be read\n");
}

int main(void)
{
#define ROW(test) cmocka_unit_test_setup_teardown(test, begin, end)
	const struct CMUnitTest tests[] = { ROW(test_none), ROW(test_ends), ROW(test_from_file), ROW(test_never_came), ROW(test_cut_file) };

	return cmocka_run_group_tests_name("summary_tool", tests, NULL, NULL);
}
