/*
 * Puts the report together: every session judged, findings in order, what cannot be seen.
 * Knows: the order of the parts. Must not know: predicates, output formats.
 */
#include <stdlib.h>
#include <string.h>

#include "diagnosis.h"

static void *allocate(size_t count, size_t size)
{
	void *memory = facts_allocate(NULL, (count ? count : 1) * size);

	return memset(memory, 0, (count ? count : 1) * size);
}

static uint64_t begins(const struct finding *finding)
{
	return finding->match.frame_count ? finding->match.frame[0] : UINT64_MAX;
}

/* Gravest first, then earliest; demoted ones last among equals. */
static int compare(const void *left, const void *right)
{
	const struct finding *a = left, *b = right;

	if (a->severity != b->severity)
		return a->severity > b->severity ? -1 : 1;
	if (begins(a) != begins(b))
		return begins(a) < begins(b) ? -1 : 1;
	return a->rule < b->rule ? -1 : a->rule > b->rule;
}

/* Judges view into an array of exactly the findings there are; their causes point into it. */
static struct finding *judge(const struct view *view, size_t *count)
{
	struct finding *scratch = facts_allocate(NULL, rules_count() * sizeof *scratch), *findings;
	const struct rule **causes;

	*count = rules_judge(view, scratch);
	findings = allocate(*count, sizeof *findings);
	causes = allocate(*count, sizeof *causes);
	memcpy(findings, scratch, *count * sizeof *findings);
	qsort(findings, *count, sizeof *findings, compare);
	for (size_t i = 0; i < *count; i++)
		causes[i] = findings[i].demoted_by ? findings[i].demoted_by->rule : NULL;
	for (size_t i = 0; i < *count; i++) {
		findings[i].demoted_by = NULL;
		for (size_t k = 0; causes[i] && k < *count; k++)
			if (findings[k].rule == causes[i])
				findings[i].demoted_by = &findings[k];
	}
	free(causes);
	free(scratch);
	return findings;
}

/* Apart from judging: of a session that is only counted nobody reads them. */
static void put_in_words(struct finding *findings, size_t count)
{
	for (size_t i = 0; i < count; i++)
		words_fill(findings[i].text, sizeof findings[i].text, findings[i].rule->text, &findings[i].match);
}

/* But for the ladder, which no rule asks. */
static void judge_session(struct session_report *report, const struct capture_facts *capture, const struct session_facts *session)
{
	struct view view = { .capture = capture, .session = session, .client = &report->client };

	report->facts = session;
	report->client = client_of(session, capture);
	report->findings = judge(&view, &report->finding_count);
	verdict_headline(report);
}

void report_omit(struct report *report, const struct capture_facts *capture, const struct session_facts *session)
{
	struct session_report judged = { 0 };
	const struct rule *headline;
	size_t kind = 0;

	judge_session(&judged, capture, session);
	headline = judged.headline ? judged.headline->rule : NULL;
	free(judged.findings);
	report->sessions_omitted++;
	while (kind < report->omitted_count && report->omitted[kind].headline != headline)
		kind++;
	if (kind == OMITTED_KINDS)
		return;
	if (kind == report->omitted_count) {
		report->omitted[report->omitted_count++] = (struct omitted){ .headline = headline, .first_frame = session->session.first_frame };
	}
	report->omitted[kind].count++;
	report->omitted[kind].last_frame = session->session.last_frame;
}

/* --- what cannot be seen --- */

static void cannot_see(struct report *report, const char *text)
{
	for (size_t i = 0; i < report->cannot_see_count; i++)
		if (!strcmp(report->cannot_see[i], text))
			return;
	if (report->cannot_see_count < CANNOT_SEE)
		report->cannot_see[report->cannot_see_count++] = text;
}

static bool is_about_usb(const struct rule *rule)
{
	return rule->side == SIDE_USB || rule->side == SIDE_PROBE;
}

static void collect_cannot_see(struct report *report)
{
	const struct capture_facts *capture = report->capture;
	bool one_sided = false, holes = false;

	for (size_t i = 0; i < report->session_count; i++) {
		const struct session_report *session = &report->sessions[i];

		one_sided = one_sided || (session->facts->one_sided && session->facts->whole.count);
		holes = holes || session->facts->holes;
		if (session->headline && session->headline->rule->invisible)
			cannot_see(report, session->headline->rule->invisible);
		if (session->headline && is_about_usb(session->headline->rule))
			cannot_see(report, "What happens on the cable below a transfer: refusals (NAK), data toggles, bus reset and suspend.");
	}
	for (size_t i = 0; i < report->finding_count; i++)
		if (report->findings[i].severity >= SEVERITY_WARNING && report->findings[i].rule->invisible)
			cannot_see(report, report->findings[i].rule->invisible);
	if (capture->pyocd_trace)
		cannot_see(report, "How the transfers ended and what was plugged in: pyOCD's trace holds commands and answers only.");
	else if (one_sided)
		cannot_see(report, "Whether the probe took each command at once: this capture holds only one half of each transfer.");
	if (!capture->complete)
		cannot_see(report, "What stands behind the place where the file could not be read on.");
	if (capture->dropped || capture->gaps || holes)
		cannot_see(report, "The records that were lost while capturing.");
}

void report_make(struct report *report, const struct capture_facts *capture)
{
	struct view view = { .capture = capture };

	report->capture = capture;
	report->session_count = capture->session_count;
	report->sessions = allocate(capture->session_count, sizeof *report->sessions);
	for (size_t i = 0; i < capture->session_count; i++) {
		judge_session(&report->sessions[i], capture, capture->sessions[i]);
		ladder_climb(capture, capture->sessions[i], report->sessions[i].ladder);
		put_in_words(report->sessions[i].findings, report->sessions[i].finding_count);
	}
	report->findings = judge(&view, &report->finding_count);
	put_in_words(report->findings, report->finding_count);
	verdict_make(report);
	collect_cannot_see(report);
}

void report_free(struct report *report)
{
	for (size_t i = 0; i < report->session_count; i++)
		free(report->sessions[i].findings);
	free(report->sessions);
	free(report->findings);
}

enum severity report_worst(const struct report *report, bool *found)
{
	enum severity worst = SEVERITY_INFO;

	*found = report->finding_count > 0;
	for (size_t i = 0; i < report->finding_count; i++)
		if (report->findings[i].severity > worst)
			worst = report->findings[i].severity;
	for (size_t i = 0; i < report->session_count; i++) {
		*found = *found || report->sessions[i].finding_count;
		for (size_t k = 0; k < report->sessions[i].finding_count; k++)
			if (report->sessions[i].findings[k].severity > worst)
				worst = report->sessions[i].findings[k].severity;
	}
	for (size_t i = 0; i < report->omitted_count; i++)
		if (report->omitted[i].headline && report->omitted[i].headline->severity > worst)
			worst = report->omitted[i].headline->severity;
	return worst;
}
