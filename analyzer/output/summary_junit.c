/*
 * Verdicts for a test farm, as JUnit's XML.
 * Knows: the elements that its readers agree on. Must not know: how anything was judged.
 */
#include "summary_junit.h"

#include <inttypes.h>

#include "markup.h"

struct suite { FILE *file; const struct report *report; const char *name; enum severity fail_on; };

static size_t failures_of(const struct suite *suite, const struct finding *findings, size_t count)
{
	size_t failures = 0;

	for (size_t i = 0; i < count; i++)
		failures += findings[i].severity >= suite->fail_on;
	return failures;
}

static bool is_about_the_capture(const struct suite *suite)
{
	return suite->report->finding_count || !suite->report->session_count;
}

/* A test case counts once, whatever number of failures it has. */
static void write_suite_head(const struct suite *suite, bool whole)
{
	const struct report *report = suite->report;
	size_t tests = whole ? 0 : 1, failures = 0;

	for (size_t i = 0; report && i < report->session_count; i++, tests++)
		failures += failures_of(suite, report->sessions[i].findings, report->sessions[i].finding_count) > 0;
	for (size_t i = 0; report && i < report->omitted_count; i++, tests++)
		failures += report->omitted[i].headline && report->omitted[i].headline->severity >= suite->fail_on;
	if (report && is_about_the_capture(suite)) {
		tests++;
		failures += failures_of(suite, report->findings, report->finding_count) > 0;
	}
	fputs("  <testsuite name=\"", suite->file);
	markup_text(suite->file, suite->name);
	fprintf(suite->file, "\" tests=\"%zu\" failures=\"%zu\" errors=\"%d\" skipped=\"0\">\n", tests, failures, whole ? 0 : 1);
}

static void write_case(const struct suite *suite, const char *name)
{
	fputs("    <testcase classname=\"", suite->file);
	markup_text(suite->file, suite->name);
	fputs("\" name=\"", suite->file);
	markup_text(suite->file, name);
	fputc('"', suite->file);
}

static void write_frames(FILE *file, const struct finding *finding)
{
	fputs("\nframes:", file);
	for (size_t i = 0; i < finding->match.frame_count; i++)
		fprintf(file, " %" PRIu64, finding->match.frame[i]);
}

static void write_failure(const struct suite *suite, const struct finding *finding)
{
	FILE *file = suite->file;

	fprintf(file, "      <failure type=\"%s\" message=\"", finding->rule->id);
	markup_text(file, finding->text);
	fputs("\">", file);
	markup_print(file, "%s, %s, side: %s", severity_name(finding->severity), confidence_name(finding->match.confidence),
	             side_name(finding->rule->side) ? side_name(finding->rule->side) : "none");
	if (finding->match.frame_count)
		write_frames(file, finding);
	for (size_t i = 0; i < RULE_LINES && finding->rule->advice[i]; i++) {
		fprintf(file, "\n%zu. ", i + 1);
		markup_text(file, finding->rule->advice[i]);
	}
	fputs("</failure>\n", file);
}

/* The failures first, then in one text what is no failure. */
static void write_findings(const struct suite *suite, const struct finding *findings, size_t count)
{
	bool told = false;

	for (size_t i = 0; i < count; i++)
		if (findings[i].severity >= suite->fail_on)
			write_failure(suite, &findings[i]);
	for (size_t i = 0; i < count; i++) {
		if (findings[i].severity >= suite->fail_on)
			continue;
		fputs(told ? "\n" : "      <system-out>", suite->file);
		markup_print(suite->file, "%s %s: %s", severity_name(findings[i].severity), findings[i].rule->id, findings[i].text);
		told = true;
	}
	if (told)
		fputs("</system-out>\n", suite->file);
}

static void write_session(const struct suite *suite, const struct session_report *session)
{
	const struct session_facts *facts = session->facts;
	int64_t milliseconds = (facts->session.last_time - facts->session.first_time) / 1000000;
	char name[200];

	snprintf(name, sizeof name, "session %" PRIu64 " of probe %d, %s, frames %" PRIu64 " to %" PRIu64, facts->session.index, facts->session.probe,
	         session->client.name ? session->client.name : "a program not recognised", facts->session.first_frame, facts->session.last_frame);
	write_case(suite, name);
	if (milliseconds < 0)
		milliseconds = 0;
	fprintf(suite->file, " time=\"%" PRId64 ".%03d\">\n", milliseconds / 1000, (int)(milliseconds % 1000));
	write_findings(suite, session->findings, session->finding_count);
	fputs("    </testcase>\n", suite->file);
}

/* Sessions that were not kept whole are told by headline. */
static void write_omitted(const struct suite *suite, const struct omitted *omitted)
{
	const struct rule *headline = omitted->headline;
	char name[160];

	snprintf(name, sizeof name, "%" PRIu64 " more sessions, frames %" PRIu64 " to %" PRIu64, omitted->count, omitted->first_frame,
	         omitted->last_frame);
	write_case(suite, name);
	fputs(">\n", suite->file);
	if (headline && headline->severity >= suite->fail_on)
		fprintf(suite->file, "      <failure type=\"%s\" message=\"the headline of each of these sessions\"/>\n", headline->id);
	fputs("    </testcase>\n", suite->file);
}

static void write_report(const struct suite *suite)
{
	const struct report *report = suite->report;

	for (size_t i = 0; i < report->session_count; i++)
		write_session(suite, &report->sessions[i]);
	for (size_t i = 0; i < report->omitted_count; i++)
		write_omitted(suite, &report->omitted[i]);
	if (!is_about_the_capture(suite))
		return;
	write_case(suite, "the capture as a whole");
	fputs(">\n", suite->file);
	write_findings(suite, report->findings, report->finding_count);
	fputs("    </testcase>\n", suite->file);
}

void summary_junit_begin(FILE *file)
{
	fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"stlinkscope\">\n", file);
}

void summary_junit_capture(FILE *file, const struct report *report, const char *name, enum severity fail_on, bool whole)
{
	struct suite suite = { file, report, name, fail_on };

	write_suite_head(&suite, whole);
	if (report)
		write_report(&suite);
	if (!whole) {
		write_case(&suite, "the capture can be read");
		fputs(">\n      <error type=\"input\" message=\"the file could not be read to its end: what is above comes from what precedes that place\"/>\n"
		      "    </testcase>\n", file);
	}
	fputs("  </testsuite>\n", file);
}

void summary_junit_end(FILE *file)
{
	fputs("</testsuites>\n", file);
}
