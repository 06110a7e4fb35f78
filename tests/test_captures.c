/*
 * One test a folder of captures/: what the program prints for its capture is what its golden files hold, all of it and no more.
 * And the generator still writes the same bytes. `test_captures --bless` rewrites the golden files instead.
 */
#include <err.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support/captures.h"
#include "support/each_capture.h"

static const struct golden {
	const char *file, *arguments;
} goldens[] = {
	{ "transcript.txt", "decode" },
	{ "decode.json", "decode --json" },
	{ "summary.txt", "summary" },
	{ "summary.json", "summary --json" },
};
#define GOLDENS (sizeof goldens / sizeof goldens[0])

static struct file print(const char *capture, const struct golden *golden)
{
	char command[1024];
	struct file output;
	int status;

	snprintf(command, sizeof command, "%s %s %s", program_path(), golden->arguments, capture);
	output = command_output(command, &status);
	if (status > 1)
		fail_msg("%s: exit status %d", command, status);
	return output;
}

static void golden_path(char *path, size_t size, const char *capture, const char *file)
{
	snprintf(path, size, "%.*s%s", (int)(strrchr(capture, '/') + 1 - capture), capture, file);
}

/* Fails with the first line that differs. */
static void assert_same_text(const char *path, const struct file *expected, const struct file *got)
{
	size_t line = 1, at = 0, begin = 0;

	for (; at < expected->size && at < got->size && expected->bytes[at] == got->bytes[at]; at++) {
		if (expected->bytes[at] == '\n') {
			line++;
			begin = at + 1;
		}
	}
	if (at == expected->size && at == got->size)
		return;
	fail_msg("%s, line %zu\nexpected: %.*s\n     got: %.*s\nmake bless rewrites it, if the new text is right", path, line,
	         (int)strcspn((char *)expected->bytes + begin, "\n"), expected->bytes + begin,
	         (int)strcspn((char *)got->bytes + begin, "\n"), got->bytes + begin);
}

static void outputs_are_golden(void **state)
{
	const char *capture = *state;
	size_t others = 2;
	char path[512];
	glob_t found;

	for (size_t i = 0; i < GOLDENS; i++) {
		struct file expected, got;

		golden_path(path, sizeof path, capture, goldens[i].file);
		if (access(path, R_OK))
			fail_msg("%s is missing", path);
		expected = file_read(path);
		got = print(capture, &goldens[i]);
		assert_same_text(path, &expected, &got);
		free(expected.bytes);
		free(got.bytes);
	}

	/* A folder holds its capture, its description, the goldens, and what the client printed where there was one: nothing else. */
	golden_path(path, sizeof path, capture, "about.md");
	if (access(path, R_OK))
		fail_msg("%s is missing", path);
	golden_path(path, sizeof path, capture, "client.log");
	others += !access(path, R_OK);
	golden_path(path, sizeof path, capture, "*");
	assert_int_equal(glob(path, 0, NULL, &found), 0);
	assert_int_equal(found.gl_pathc, GOLDENS + others);
	globfree(&found);
}

static void generator_repeats_itself(void **state)
{
	const char *build = getenv("BUILD");
	char directory[] = "/tmp/stlinkscope-captures-XXXXXX";
	char command[512], pattern[512];
	struct file output;
	glob_t found;
	int status;

	(void)state;
	assert_non_null(mkdtemp(directory));
	snprintf(command, sizeof command, "%s/plain/tests/make_captures %s", build ? build : "build", directory);
	output = command_output(command, &status);
	free(output.bytes);
	assert_int_equal(status, 0);
	snprintf(pattern, sizeof pattern, "%s/*/capture.*", directory);
	assert_int_equal(glob(pattern, 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		char path[512];
		struct file fresh, kept;

		snprintf(path, sizeof path, "captures%s", found.gl_pathv[i] + strlen(directory));
		fresh = file_read(found.gl_pathv[i]);
		kept = file_read(path);
		if (fresh.size != kept.size || memcmp(fresh.bytes, kept.bytes, kept.size))
			fail_msg("%s is not what tests/make_captures.c writes", path);
		free(fresh.bytes);
		free(kept.bytes);
	}
	assert_true(found.gl_pathc >= 5);
	globfree(&found);
	snprintf(command, sizeof command, "rm -r %s", directory);
	free(command_output(command, &status).bytes);
}

static int bless(void)
{
	char **captures = captures_find();

	for (char **capture = captures; *capture; capture++) {
		for (size_t i = 0; i < GOLDENS; i++) {
			struct file output = print(*capture, &goldens[i]);
			char path[512];
			FILE *file;

			golden_path(path, sizeof path, *capture, goldens[i].file);
			file = fopen(path, "wb");
			if (!file || fwrite(output.bytes, 1, output.size, file) != output.size || fclose(file))
				err(1, "%s", path);
			free(output.bytes);
		}
	}
	captures_free(captures);
	return 0;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest generator = cmocka_unit_test(generator_repeats_itself);

	if (argc == 2 && !strcmp(argv[1], "--bless"))
		return bless();
	return each_capture("captures", outputs_are_golden, &generator);
}
