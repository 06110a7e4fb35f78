/*
 * What the program prints to a terminal of a width: no line is longer, and nothing is lost by that.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <pty.h>

#include "support/captures.h"

#define ARGUMENTS 8

/* What a command of the program writes to a terminal with so many columns, without carriage returns. The caller frees it. */
static char *printed(unsigned columns, const char *const *arguments)
{
	struct winsize size = { .ws_row = 24, .ws_col = (unsigned short)columns };
	char *output = NULL, *argv[ARGUMENTS + 2] = { (char *)program_path() };
	size_t length = 0, kept = 0;
	int master, status;
	pid_t pid;

	for (size_t i = 0; i < ARGUMENTS && arguments[i]; i++)
		argv[i + 1] = (char *)arguments[i];
	pid = forkpty(&master, NULL, NULL, &size);
	assert_true(pid >= 0);
	if (!pid) {
		execv(argv[0], argv);
		_exit(127);
	}
	for (ssize_t got = 1; got > 0; length += (size_t)(got > 0 ? got : 0)) {
		output = realloc(output, length + 4097);
		assert_non_null(output);
		got = read(master, output + length, 4096); /* EIO: the other side is closed */
	}
	close(master);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) <= 1);
	for (size_t i = 0; i < length; i++)
		if (output[i] != '\r')
			output[kept++] = output[i];
	output[kept] = '\0';
	return output;
}

/* The first line is the essence of it all, in one piece. */
static void expect_fits(const char *output, unsigned columns, bool with_first, const char *what)
{
	for (const char *line = with_first ? output : strchr(output, '\n') + 1; *line;) {
		size_t length = strcspn(line, "\n");

		if (length > columns)
			fail_msg("%s at %u columns, %zu long: %.*s", what, columns, length, (int)length, line);
		line += length + 1;
	}
}

static void fits(bool with_first, const char *const *arguments)
{
	static const unsigned widths[] = { 80, 100, 200 };

	for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
		char *output = printed(widths[i], arguments);

		expect_fits(output, widths[i], with_first, arguments[1]);
		free(output);
	}
}

#define FITS(with_first, ...) fits(with_first, (const char *const[ARGUMENTS]){ __VA_ARGS__ })

static void test_every_capture(void **state)
{
	char **paths = captures_find();

	(void)state;
	for (char **path = paths; *path; path++) {
		FITS(true, "decode", *path, "--color=never");
		FITS(true, "stats", *path, "--color=never");
		FITS(false, "summary", *path, "--color=never");
	}
	captures_free(paths);
}

static void test_compare(void **state)
{
	(void)state;
	FITS(false, "compare", "captures/healthy-v2-1/capture.pcap", "captures/target-silent-v2/capture.pcap", "--color=never");
	FITS(false, "compare", "-v", "captures/hla-v3/capture.pcapng", "captures/pins-lost-v21/capture.pcapng", "--color=never");
}

/* Words one after another, with a space between two. */
static void squeeze(char *text)
{
	char *to = text;

	for (char *at = text; *at; at++)
		if (*at != ' ' && *at != '\n')
			*to++ = *at;
		else if (to > text && to[-1] != ' ')
			*to++ = ' ';
	*to = '\0';
}

/* The same words at every width. */
static void test_nothing_is_lost(void **state)
{
	const char *const decode[ARGUMENTS] = { "decode", "captures/pins-lost-v21/capture.pcapng", "--color=never" };
	char *narrow = printed(80, decode), *wide = printed(240, decode);

	(void)state;
	squeeze(narrow);
	squeeze(wide);
	assert_string_equal(narrow, wide);
	free(narrow);
	free(wide);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_capture), cmocka_unit_test(test_compare), cmocka_unit_test(test_nothing_is_lost),
	};

	return cmocka_run_group_tests_name("widths", tests, NULL, NULL);
}
