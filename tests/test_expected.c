/*
 * The verdict on the captures of ../shared, which are not part of the project: the emulated ones against expected.tsv to the letter, with a
 * table of what came out; the public healthy ones and those without an ST-Link: nothing above info but what belongs there.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <glob.h>

#include "../analyzer/diagnosis/diagnosis.h"
#include "../analyzer/input/input.h"

#define SHARED "../shared/captures/"
#define EXPECTED SHARED "emulated/expected.tsv"

struct judged {
	struct tracker *tracker;
	struct facts *facts;
	struct report report;
};

/* Returns false where the input cannot be read at all. */
static bool judge(struct judged *judged, const char *path)
{
	char problem[1024];
	struct input *input = input_open(path, problem, sizeof problem);
	struct listener listener;
	struct urb_event urb;

	if (!input)
		return false;
	memset(judged, 0, sizeof *judged);
	judged->facts = facts_new(NULL, NULL);
	judged->tracker = tracker_new();
	listener = facts_listener(judged->facts);
	tracker_listen(judged->tracker, &listener);
	while (input_next(input, &urb) == 1)
		tracker_observe(judged->tracker, &urb);
	tracker_finish(judged->tracker);
	facts_finish(judged->facts, input_facts(input), judged->tracker);
	report_make(&judged->report, facts_capture(judged->facts));
	input_close(input);
	return true;
}

static void forget(struct judged *judged)
{
	report_free(&judged->report);
	facts_free(judged->facts);
	tracker_free(judged->tracker);
}

/* Is id one of the words of a list such as "IN-STUCK, DESYNC"? */
static bool is_listed(const char *list, const char *id)
{
	size_t length = strlen(id);

	for (const char *at = list; (at = strstr(at, id)); at += length)
		if ((at == list || strchr(", (", at[-1])) && strchr(", (\n", at[length]))
			return true;
	return false;
}

/* --- expected.tsv --- */

struct row { char folder[96], session[16], ids[160], also[160]; };

/* Faults that were asked for and never happened: in truth.json of these every command has "fault": null, and their sessions are healthy. */
static const char *const never_happened[] = { "084-timeout-readreg-hla", "095-short-resp-hla" };

static bool fault_happened(const char *folder)
{
	char path[256], text[4096];
	bool found = false;
	FILE *file;

	snprintf(path, sizeof path, SHARED "emulated/%s/truth.json", folder);
	file = fopen(path, "r");
	while (file && fgets(text, sizeof text, file))
		found = found || strstr(text, "\"fault\": \"");
	if (file)
		fclose(file);
	return found;
}

static void correct(struct row *row)
{
	for (size_t i = 0; i < sizeof never_happened / sizeof never_happened[0]; i++)
		if (!strcmp(row->folder, never_happened[i]) && !fault_happened(row->folder))
			strcpy(row->ids, "none");
}

static bool read_row(FILE *file, struct row *row)
{
	char line[1024], *rest, *field[4];

	while (fgets(line, sizeof line, file)) {
		if (*line == '#' || *line == '\n')
			continue;
		rest = line;
		rest[strcspn(rest, "\n")] = '\0';
		for (unsigned i = 0; i < 4; i++) {
			field[i] = strsep(&rest, "\t");
			field[i] = field[i] ? field[i] : line + strlen(line);
		}
		snprintf(row->folder, sizeof row->folder, "%s", field[0]);
		snprintf(row->session, sizeof row->session, "%s", field[1]);
		snprintf(row->ids, sizeof row->ids, "%s", field[2]);
		snprintf(row->also, sizeof row->also, "%s", field[3]);
		correct(row);
		return true;
	}
	return false;
}

/* Everything above info must be named in the row. Returns how many are not. */
static unsigned unexpected(const struct finding *findings, size_t count, const struct row *row)
{
	unsigned wrong = 0;

	for (size_t i = 0; i < count; i++) {
		const char *id = findings[i].rule->id;

		if (findings[i].severity < SEVERITY_WARNING || is_listed(row->ids, id) || is_listed(row->also, id))
			continue;
		print_error("%s: %s was not expected\n", row->folder, id);
		wrong++;
	}
	return wrong;
}

static unsigned check_sessions(const struct report *report, const struct row *row)
{
	unsigned wrong = 0;

	for (size_t i = 0; i < report->session_count; i++) {
		const struct session_report *session = &report->sessions[i];
		const char *headline = session->headline ? session->headline->rule->id : "none";

		if (strcmp(row->session, "*") && strtoul(row->session, NULL, 10) != i)
			continue;
		print_message("%-30s %-2zu %-24s %s\n", row->folder, i, row->ids, headline);
		if (!is_listed(row->ids, headline)) {
			print_error("%s, session %zu: %s, not %s\n", row->folder, i, headline, row->ids);
			wrong++;
		}
		wrong += unexpected(session->findings, session->finding_count, row);
	}
	return wrong + unexpected(report->findings, report->finding_count, row);
}

static unsigned check_capture(const struct report *report, const struct row *row)
{
	for (size_t i = 0; i < report->finding_count; i++) {
		if (!is_listed(row->ids, report->findings[i].rule->id))
			continue;
		print_message("%-30s -  %-24s %s\n", row->folder, row->ids, report->findings[i].rule->id);
		return 0;
	}
	print_error("%s: nothing about the capture of %s\n", row->folder, row->ids);
	return 1;
}

static unsigned check_row(const struct row *row)
{
	char pattern[256];
	struct judged judged;
	unsigned wrong = 0;
	glob_t found;

	snprintf(pattern, sizeof pattern, SHARED "emulated/%s/capture.*", row->folder);
	if (glob(pattern, 0, NULL, &found)) {
		print_error("%s: no capture\n", row->folder);
		return 1;
	}
	for (size_t i = 0; i < found.gl_pathc; i++) {
		assert_true(judge(&judged, found.gl_pathv[i]));
		wrong += strcmp(row->session, "capture") ? check_sessions(&judged.report, row) : check_capture(&judged.report, row);
		forget(&judged);
	}
	globfree(&found);
	return wrong;
}

static void expected_headlines(void **state)
{
	FILE *file = fopen(EXPECTED, "r");
	unsigned wrong = 0, rows = 0;
	struct row row;

	(void)state;
	if (!file) {
		print_message("SKIPPED: %s is not there\n", EXPECTED);
		skip();
	}
	print_message("%-30s %-2s %-24s %s\n", "folder", "s", "expected", "headline");
	for (; read_row(file, &row); rows++)
		wrong += check_row(&row);
	fclose(file);
	assert_true(rows > 0);
	assert_int_equal(wrong, 0);
}

/* --- the others --- */

/* Returns the number of findings above info, other than those of the list, in all files of a pattern. */
static unsigned loud(const char *pattern, const char *allowed, unsigned *files)
{
	struct row row = { .folder = "" };
	unsigned wrong = 0;
	glob_t found;

	snprintf(row.also, sizeof row.also, "%s", allowed);
	if (glob(pattern, 0, NULL, &found))
		return 0;
	for (size_t i = 0; i < found.gl_pathc; i++) {
		struct judged judged;

		snprintf(row.folder, sizeof row.folder, "%s", strrchr(found.gl_pathv[i], '/') + 1);
		if (!judge(&judged, found.gl_pathv[i]))
			continue;
		++*files;
		wrong += unexpected(judged.report.findings, judged.report.finding_count, &row);
		for (size_t s = 0; s < judged.report.session_count; s++)
			wrong += unexpected(judged.report.sessions[s].findings, judged.report.sessions[s].finding_count, &row);
		forget(&judged);
	}
	globfree(&found);
	return wrong;
}

static void others_are_quiet(void **state)
{
	unsigned files = 0, wrong;

	(void)state;
	if (access(SHARED "other", R_OK)) {
		print_message("SKIPPED: %sother is not there\n", SHARED);
		skip();
	}
	wrong = loud(SHARED "other/*/*.pcap*", "CAP-EMPTY, CAP-HID-PRESENT", &files) + loud(SHARED "other/*/*.cap", "CAP-EMPTY, CAP-HID-PRESENT", &files);
	print_message("%u captures without an ST-Link\n", files);
	assert_true(files > 0);
	assert_int_equal(wrong, 0);
}

static void public_ones_are_healthy(void **state)
{
	unsigned files = 0;

	(void)state;
	if (access(SHARED "public", R_OK)) {
		print_message("SKIPPED: %spublic is not there\n", SHARED);
		skip();
	}
	assert_int_equal(loud(SHARED "public/*.pcapng", "", &files), 0);
	assert_true(files > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(expected_headlines), cmocka_unit_test(others_are_quiet), cmocka_unit_test(public_ones_are_healthy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
