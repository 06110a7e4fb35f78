/*
 * Judges what the live test bench recorded: one test a scenario, and a table of expected against found verdicts.
 * Usage: judge RESULTS SCENARIO-FILE... ; a file RESULTS/unavailable says why there are none: then all are skipped.
 * Knows: which questions are asked. Must not know: how one is answered.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "checks.h"

struct judged {
	struct scenario scenario;
	char found[80]; /* headline; "" where nothing was recorded */
	bool right;
};

static const char *results;
static char unavailable[512];

static void judge(void **state)
{
	static void (*const checks[])(struct evidence *) = {
		check_endings, check_same_urbs, check_same_words, check_commands, check_counts, check_verdict, check_client_log, check_shared,
	};
	struct judged *judged = *state;
	struct evidence evidence;

	if (*unavailable) {
		printf("SKIPPED %s: %s\n", judged->scenario.name, unavailable);
		skip();
	}
	if (!evidence_open(&evidence, &judged->scenario, results)) {
		evidence_close(&evidence);
		fail_msg("%s was not played to its end", judged->scenario.name);
	}
	for (size_t i = 0; i < sizeof checks / sizeof *checks; i++)
		checks[i](&evidence);
	snprintf(judged->found, sizeof judged->found, "%s", headline_found(&evidence));
	judged->right = !evidence.differences;
	evidence_close(&evidence);
	if (!judged->right)
		fail_msg("%s: %u differences", judged->scenario.name, evidence.differences);
}

/* --- the table --- */

static const char *expected_headline(const struct judged *judged)
{
	const char *headline = scenario_value(&judged->scenario, "headline", 0);

	return strcmp(headline, "none") ? headline : "(healthy)";
}

static int by_expected(const void *one, const void *other)
{
	return strcmp(expected_headline(one), expected_headline(other));
}

static void print_row(const struct judged *first, size_t count)
{
	size_t same = 0, right = 0;

	for (size_t i = 0; i < count; i++) {
		same += !strcmp(first[i].found, expected_headline(first));
		right += first[i].right;
	}
	printf("table: %-24s %9zu %9zu %11zu ", expected_headline(first), count, same, right);
	for (size_t i = 0; i < count; i++)
		if (strcmp(first[i].found, expected_headline(first)))
			printf(" %s: %s", first[i].scenario.name, *first[i].found ? first[i].found : "not played");
	putchar('\n');
}

static void print_table(struct judged *judged, size_t count)
{
	qsort(judged, count, sizeof *judged, by_expected);
	printf("table: %-24s %9s %9s %11s  %s\n", "expected headline", "scenarios", "found", "all as told", "found instead");
	for (size_t i = 0, n; i < count; i += n) {
		for (n = 1; i + n < count && !by_expected(&judged[i], &judged[i + n]); n++)
			continue;
		print_row(&judged[i], n);
	}
}

static void read_unavailable(void)
{
	char path[512];
	FILE *file;

	snprintf(path, sizeof path, "%s/unavailable", results);
	file = fopen(path, "r");
	if (!file)
		return;
	if (!fgets(unavailable, sizeof unavailable, file))
		snprintf(unavailable, sizeof unavailable, "no virtual machine");
	unavailable[strcspn(unavailable, "\n")] = '\0';
	fclose(file);
}

int main(int argc, char **argv)
{
	size_t count = argc > 2 ? (size_t)argc - 2 : 0;
	struct judged *judged = calloc(count + 1, sizeof *judged);
	struct CMUnitTest *tests = calloc(count + 1, sizeof *tests);
	int failures;

	if (!count || !judged || !tests) {
		fputs("usage: judge RESULTS SCENARIO-FILE...\n", stderr);
		return 2;
	}
	results = argv[1];
	read_unavailable();
	for (size_t i = 0; i < count; i++) {
		scenario_read(&judged[i].scenario, argv[i + 2]);
		tests[i] = (struct CMUnitTest){ .name = judged[i].scenario.name, .test_func = judge, .initial_state = &judged[i] };
	}
	failures = _cmocka_run_group_tests("live", tests, count, NULL, NULL);
	fflush(stderr);
	if (!*unavailable)
		print_table(judged, count);
	free(tests);
	free(judged);
	return failures;
}
