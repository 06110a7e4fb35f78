/*
 * Predicates about the transport: transfers that failed, answers that do not fit, probes that leave the bus.
 * Pure: const facts in, a match out. The words are in rules.c.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "diagnosis.h"

#define MILLISECOND INT64_C(1000000)
#define SECOND INT64_C(1000000000)

/* The time-outs that clients are known to use, in ms (protocol.md 13). */
static bool is_known_timeout(int64_t wait)
{
	static const int known[] = { 1000, 2000, 3000, 5000, 6000, 7000 };

	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (llabs(wait / MILLISECOND - known[i]) * 10 <= known[i])
			return true;
	return false;
}

/* usbip, and WSL on it, give back a transfer that the host cancelled as one that the device refused. */
static bool is_usbip(const struct capture_facts *capture)
{
	uint64_t on_time = 0;

	for (size_t i = 0; i < capture->session_count; i++) {
		if (capture->sessions[i]->urb[URB_CANCELLED].count || capture->sessions[i]->urb[URB_TIMED_OUT].count)
			return false;
		on_time += capture->sessions[i]->stalled_on_time.count;
	}
	return on_time >= 2;
}

bool holds_cap_usbip(const struct view *view, struct match *match)
{
	const struct capture_facts *capture = view->capture;

	if (!is_usbip(capture))
		return false;
	match->count = 0;
	for (size_t i = 0; i < capture->session_count; i++) {
		const struct tally *on_time = &capture->sessions[i]->stalled_on_time;

		match->count += on_time->count;
		if (on_time->count)
			match_frame(match, on_time->frame[0]);
	}
	return true;
}

static void name_last_good(struct match *match, const char *before, const struct command_fact *good)
{
	if (good->command)
		snprintf(match->detail, sizeof match->detail, "%s%s (frame %" PRIu64 ")", before, good->command->name, good->frame);
	else
		snprintf(match->detail, sizeof match->detail, "%s%s", before, "the beginning of the capture");
}

bool holds_out_stuck(const struct view *view, struct match *match)
{
	const struct session_facts *session = view->session;

	if (!session->out_stuck.count)
		return false;
	match_tally(match, &session->out_stuck);
	match->duration = session->stuck_wait;
	if (!is_known_timeout(session->stuck_wait))
		match->confidence = CONFIDENCE_LIKELY;
	if (session->good_before_stuck.command && !session->wedged.count)
		name_last_good(match, "; the last that worked was ", &session->good_before_stuck);
	return true;
}

bool holds_in_stuck(const struct view *view, struct match *match)
{
	const struct session_facts *session = view->session;

	if (session->in_stuck.count) {
		match_tally(match, &session->in_stuck);
		match->duration = session->stuck_wait;
		if (session->one_sided) /* nobody saw whether the probe took the command */
			match->confidence = CONFIDENCE_LIKELY;
		return true;
	}
	if (session->stalled_on_time.count && is_usbip(view->capture)) {
		match_tally(match, &session->stalled_on_time);
		match->duration = session->stalled_wait;
		match->confidence = CONFIDENCE_LIKELY;
		return true;
	}
	/* A client with a short time-out: no single one is evidence, but none was ever answered. */
	if (session->out_stuck.count || session->whole.count || session->unanswered_early.count < 3)
		return false;
	match_tally(match, &session->unanswered_early);
	match->duration = session->early_wait;
	match->confidence = CONFIDENCE_LIKELY;
	return true;
}

bool holds_wedged_after(const struct view *view, struct match *match)
{
	const struct session_facts *session = view->session;

	/* stuck_run is still standing: nothing was answered after it. */
	if (session->stuck_longest < 3 || session->stuck_run < 3)
		return false;
	match_tally(match, session->out_stuck.count && (!session->in_stuck.count || session->out_stuck.frame[0] < session->in_stuck.frame[0]) ?
	            &session->out_stuck : &session->in_stuck);
	match->count = session->stuck_run;
	name_last_good(match, "", &session->good_before_wedge);
	return true;
}

bool holds_usb_stall(const struct view *view, struct match *match)
{
	const struct session_facts *session = view->session;
	const struct tally *stalled = &session->urb[URB_STALLED];

	if (!stalled->count || (stalled->count == session->stalled_on_time.count && is_usbip(view->capture)))
		return false;
	match_tally(match, stalled);
	if (session->stalled_late.count == stalled->count)
		match->confidence = CONFIDENCE_POSSIBLE;
	return true;
}

bool holds_usb_line_errors(const struct view *view, struct match *match)
{
	const struct session_facts *session = view->session;
	const struct tally *errors = &session->urb[URB_LINE_ERROR], *failed = &session->urb[URB_FAILED];

	if (!errors->count && !failed->count)
		return false;
	match_tally(match, errors->count ? errors : failed);
	match->word = urb_result_name(errors->count ? URB_LINE_ERROR : URB_FAILED);
	if (!session->line_dense && session->whole.count)
		match->severity = SEVERITY_WARNING;
	if (!errors->count)
		match->confidence = CONFIDENCE_POSSIBLE;
	return true;
}

bool holds_usb_overflow(const struct view *view, struct match *match)
{
	const struct session_facts *session = view->session;

	if (!session->urb[URB_OVERFLOW].count)
		return false;
	match_tally(match, &session->urb[URB_OVERFLOW]);
	match->number = session->overflow_asked;
	if (session->overflow_asked && session->overflow_asked < session->overflow_due)
		snprintf(match->detail, sizeof match->detail, "; that command answers %" PRIu32 " bytes, and the program asked for %" PRIu32,
		         session->overflow_due, session->overflow_asked);
	return true;
}

bool holds_reply_short(const struct view *view, struct match *match)
{
	if (!view->session->ended_with[RESULT_SHORT].count)
		return false;
	match_tally(match, &view->session->ended_with[RESULT_SHORT]);
	return true;
}

static void say_first_bytes(struct match *match, const char *before, uint32_t value)
{
	snprintf(match->detail, sizeof match->detail, "%s%02x %02x %02x %02x ..", before, (unsigned)(value & 0xff), (unsigned)(value >> 8 & 0xff),
	         (unsigned)(value >> 16 & 0xff), (unsigned)(value >> 24));
}

bool holds_desync(const struct view *view, struct match *match)
{
	const struct session_facts *session = view->session;

	if (session->shifted.count) {
		match_tally(match, &session->shifted);
		snprintf(match->detail, sizeof match->detail, "length and content fit the one before, whose answer was never read");
		return true;
	}
	if (session->version_foreign.count && session->version_foreign_like_other) {
		match_tally(match, &session->version_foreign);
		say_first_bytes(match, "it begins with ", session->version_foreign.value);
		match->confidence = CONFIDENCE_CERTAIN;
		return true;
	}
	if (!session->version_other_pid.count)
		return false;
	match_tally(match, &session->version_other_pid);
	match->confidence = CONFIDENCE_POSSIBLE;
	snprintf(match->detail, sizeof match->detail, "it names product %04x, and the probe enumerated as %04x",
	         (unsigned)session->version_other_pid.value, session->pid);
	return true;
}

bool holds_answer_garbage(const struct view *view, struct match *match)
{
	const struct session_facts *session = view->session;

	if (session->unknown_status.count) {
		match_tally(match, &session->unknown_status);
		snprintf(match->detail, sizeof match->detail, "status 0x%02x", session->unknown_status.status);
		return true;
	}
	if (!session->version_foreign.count || session->version_foreign_like_other)
		return false;
	match_tally(match, &session->version_foreign);
	say_first_bytes(match, "bytes ", session->version_foreign.value);
	return true;
}

/* --- leaving the bus --- */

static bool came_back(const struct session_facts *session)
{
	return session->returned && session->returned_time - session->gone_time <= COMES_BACK_WITHIN;
}

/* Commands that are meant to make the probe enumerate again. */
static bool left_on_command(const struct session_facts *session)
{
	const struct stlink_command *last = session->gone_last.command;

	return last && (last->operation == OP_DFU_EXIT || last->operation == OP_LOADER_ENTER);
}

bool holds_unplugged(const struct view *view, struct match *match)
{
	const struct session_facts *session = view->session;
	const struct tally *gone = &session->urb[URB_GONE];

	if ((!gone->count && !session->gone_outstanding) || came_back(session))
		return false;
	if (left_on_command(session) && another_came(view, session->gone_time)) /* what it was told to become */
		return false;
	if (gone->count) {
		match_tally(match, gone);
		return true;
	}
	match_frame(match, session->gone_frame);
	match->count = 1;
	match->command = session->gone_last.command;
	return true;
}

bool holds_reenumerated(const struct view *view, struct match *match)
{
	const struct session_facts *session = view->session;

	if (!came_back(session) || session->returned_by_client || left_on_command(session))
		return false;
	if (!session->gone_outstanding && !session->gone_in_use && !session->urb[URB_GONE].count)
		return false;
	match_frame(match, session->returned_frame);
	match_frame(match, session->gone_frame);
	match->count = 1;
	match->command = session->gone_last.command;
	match->duration = session->returned_time - session->gone_time;
	return true;
}

bool holds_reset_by_client(const struct view *view, struct match *match)
{
	if (!view->session->returns_by_client.count)
		return false;
	match_tally(match, &view->session->returns_by_client);
	return true;
}

bool holds_usb_all_fine(const struct view *view, struct match *match)
{
	const struct session_facts *session = view->session;
	int64_t median = facts_latency_median(session);

	if (!session_usb_ok(session) || !session_fatal(session) || session->one_sided)
		return false;
	match_frame(match, session->session.first_frame);
	match_frame(match, session->session.last_frame);
	match->count = session->commands;
	snprintf(match->detail, sizeof match->detail, "%.1f ms as a rule, %.1f ms at most", (double)median / 1e6, (double)session->latency_most / 1e6);
	return true;
}
