/*
 * The headline of a session and the one sentence about the capture.
 * Knows: what is worse, what a sentence is made of.
 * Must not know: predicates, output formats.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "diagnosis.h"

static uint64_t begins(const struct finding *finding)
{
	uint64_t first = UINT64_MAX;

	for (size_t i = 0; i < finding->match.frame_count; i++)
		if (finding->match.frame[i] < first)
			first = finding->match.frame[i];
	return first;
}

/* Errors before warnings, then by the earliest evidence; the table's order breaks ties. */
static bool is_before(const struct finding *left, const struct finding *right)
{
	if (left->severity != right->severity)
		return left->severity > right->severity;
	if (begins(left) != begins(right))
		return begins(left) < begins(right);
	return left->rule < right->rule;
}

void verdict_headline(struct session_report *session)
{
	const struct finding *headline = NULL;

	for (size_t i = 0; i < session->finding_count; i++) {
		const struct finding *finding = &session->findings[i];

		if (finding->severity < SEVERITY_WARNING || finding->demoted_by)
			continue;
		if (!headline || is_before(finding, headline))
			headline = finding;
	}
	session->headline = headline;
	session->works = !headline && session->facts->whole.count &&
	                 (session_alive(session->facts) || !session_is_debug(session->facts));
}

/* The lower a session fell off the ladder, the worse. */
static int depth(const struct session_report *session)
{
	return session->headline ? (int)session->headline->rule->rung : RUNGS + 1;
}

static bool is_worse(const struct session_report *left, const struct session_report *right)
{
	enum severity a = left->headline ? left->headline->severity : SEVERITY_INFO;
	enum severity b = right->headline ? right->headline->severity : SEVERITY_INFO;

	if (a != b)
		return a > b;
	return depth(left) < depth(right);
}

/* --- sentences --- */

struct sentence { char *text; size_t size, used; };

static void say(struct sentence *sentence, const char *text)
{
	if (sentence->used + 1 < sentence->size)
		sentence->used += (size_t)snprintf(sentence->text + sentence->used, sentence->size - sentence->used, "%s", text);
	if (sentence->used >= sentence->size)
		sentence->used = sentence->size - 1;
}

static void say_finding(struct sentence *sentence, const char *template, const struct finding *finding)
{
	char text[320];

	say(sentence, words_fill(text, sizeof text, template ? template : finding->rule->text, &finding->match));
}

static bool has_finding(const struct report *report, const char *id)
{
	for (size_t i = 0; i < report->finding_count; i++)
		if (!strcmp(report->findings[i].rule->id, id))
			return true;
	return false;
}

/* A session after the worst one, of the same probe, in which all went well. */
static const struct session_report *later_success(const struct report *report)
{
	for (size_t i = 0; i < report->session_count; i++) {
		const struct session_report *session = &report->sessions[i];

		if (session->works && session->facts->session.probe == report->worst->facts->session.probe &&
		    session->facts->session.index > report->worst->facts->session.index)
			return session;
	}
	return NULL;
}

static void say_failure(struct report *report, struct sentence *sentence)
{
	const struct session_report *worst = report->worst, *later = later_success(report);
	char text[160];

	report->verdict_side = worst->headline->rule->side;
	say_finding(sentence, worst->headline->rule->verdict, worst->headline);
	for (size_t i = 0; i < worst->finding_count; i++) {
		const struct finding *finding = &worst->findings[i];

		if (finding == worst->headline || !finding->rule->aside)
			continue;
		say(sentence, "; ");
		say_finding(sentence, finding->rule->aside, finding);
	}
	if (!later)
		return;
	snprintf(text, sizeof text, "; a later session (frames %" PRIu64 " to %" PRIu64 ") worked%s", later->facts->session.first_frame,
	         later->facts->session.last_frame, later->facts->reset_held_enter && has_finding(report, "CUR-HELPED") ? " under reset" : "");
	say(sentence, text);
}

static void say_success(const struct report *report, struct sentence *sentence)
{
	const struct session_facts *best = NULL, *last;
	bool swim = false, bridge = false, left = true;
	uint64_t failed = 0;
	char text[160];

	for (size_t i = 0; i < report->session_count; i++) {
		const struct session_facts *session = report->sessions[i].facts;

		swim = swim || session->swim_commands;
		bridge = bridge || session->bridge_commands;
		failed = session_fatal(session) ? session->trailing_failures : 0;
		if (session_alive(session) && !best)
			best = session;
		if (session->enter_ok.count && !session->left_frame)
			left = false;
	}
	if (best) {
		say(sentence, "USB, probe and chip work; the chip answered");
		if (best->id_good.count) {
			snprintf(text, sizeof text, " (ID 0x%08x)", (unsigned)best->id_good.value);
			say(sentence, text);
		} else if (best->core_seen.count) {
			snprintf(text, sizeof text, " (CPUID 0x%08x)", (unsigned)best->core_seen.value);
			say(sentence, text);
		}
		say(sentence, left ? " and debug mode was left properly" : "");
	} else if (swim) {
		say(sentence, "nothing failed; the probe was used for SWIM (STM8)");
	} else if (bridge) {
		say(sentence, "nothing failed; the probe was used as a bridge");
	} else {
		say(sentence, "nothing failed on USB, but nobody got as far as asking the chip");
	}
	if (failed) {
		snprintf(text, sizeof text, "; but the last %" PRIu64 " command%s to the chip failed", failed, failed == 1 ? "" : "s");
		say(sentence, text);
	}
	last = report->session_count ? report->sessions[report->session_count - 1].facts : NULL;
	if (last && last->last_unanswered) {
		snprintf(text, sizeof text, "; the last command (%s, frame %" PRIu64 ") has no answer in this capture", last->last.command->name,
		         last->last.frame);
		say(sentence, text);
	}
	if (report->session_count + report->sessions_omitted > 1) {
		snprintf(text, sizeof text, " (%" PRIu64 " sessions)", report->session_count + report->sessions_omitted);
		say(sentence, text);
	}
}

/* A session that was not kept failed, and no kept one did. */
static const struct omitted *omitted_failure(const struct report *report)
{
	for (size_t i = 0; i < report->omitted_count; i++)
		if (report->omitted[i].headline)
			return &report->omitted[i];
	return NULL;
}

void verdict_make(struct report *report)
{
	struct sentence sentence = { report->verdict, sizeof report->verdict, 0 };
	const struct omitted *omitted = omitted_failure(report);
	char text[160];

	report->verdict_side = SIDE_NONE;
	for (size_t i = 0; i < report->finding_count; i++) {
		if (report->findings[i].severity != SEVERITY_ERROR)
			continue;
		report->verdict_side = report->findings[i].rule->side;
		say_finding(&sentence, report->findings[i].rule->verdict, &report->findings[i]);
		return;
	}
	for (size_t i = 0; i < report->session_count; i++)
		if (!report->worst || is_worse(&report->sessions[i], report->worst))
			report->worst = &report->sessions[i];
	if (report->worst && report->worst->headline) {
		say_failure(report, &sentence);
	} else if (omitted) {
		report->verdict_side = omitted->headline->side;
		snprintf(text, sizeof text, "%" PRIu64 " sessions failed with %s (frames %" PRIu64 " to %" PRIu64 ")", omitted->count,
		         omitted->headline->id, omitted->first_frame, omitted->last_frame);
		say(&sentence, text);
	} else {
		report->worst = NULL;
		say_success(report, &sentence);
	}
}
