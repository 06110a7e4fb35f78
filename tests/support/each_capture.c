/* One cmocka test a capture. Uses the function behind cmocka_run_group_tests, which takes an array made at run time. */
#include "each_capture.h"

#include <err.h>
#include <stdlib.h>

#include "captures.h"

int each_capture(const char *group, CMUnitTestFunction test, const struct CMUnitTest *extra)
{
	char **captures = captures_find();
	struct CMUnitTest *tests;
	size_t count = 0;
	int failures;

	while (captures[count])
		count++;
	tests = calloc(count + 1, sizeof *tests);
	if (!tests)
		err(1, NULL);
	for (size_t i = 0; i < count; i++)
		tests[i] = (struct CMUnitTest){ .name = captures[i], .test_func = test, .initial_state = captures[i] };
	if (extra)
		tests[count] = *extra;
	failures = _cmocka_run_group_tests(group, tests, count + (extra ? 1 : 0), NULL, NULL);
	captures_free(captures);
	free(tests);
	return failures;
}
