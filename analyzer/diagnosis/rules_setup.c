/*
 * Predicates about how a client gets to the chip: voltage, clock, protocol, reset, and the order of its commands.
 * Pure: const facts in, a match out. The words are in rules.c.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "diagnosis.h"

#define MILLISECOND INT64_C(1000000)
#define LEAST_POWER 1400 /* millivolts: no STM32 runs below */
#define FLOATING_MOST 1700
#define BOARD_MOST 3800
#define SAG 300
#define CLONE_LEAST 3000
#define CLONE_MOST 3400
#define PID_OF_CLONES 0x3748

/* --- the probe and its answers --- */

static bool entered_elsewhere(const struct view *view)
{
	for (size_t i = 0; i < view->capture->session_count; i++)
		if (view->capture->sessions[i]->session.probe == view->session->session.probe && view->capture->sessions[i]->enters)
			return true;
	return false;
}

bool holds_probe_v4_unknown(const struct view *view, struct match *match)
{
	const struct session_facts *session = view->session;

	if (!session->has_version || session->version.major < 4 || !session->version_good.count || session->enters || session->target_commands ||
	    session->swim_commands || session->bridge_commands || session->loader_command.count || !session_usb_ok(session) || session->gone)
		return false;
	if (entered_elsewhere(view))
		return false;
	match_frame(match, session->version_good.frame[0]);
	match->count = 1;
	stlink_version_text(&session->version, match->detail, sizeof match->detail);
	return true;
}

bool holds_reopen_lost_reply(const struct view *view, struct match *match)
{
	const struct session_facts *session = view->session;

	if (!session->lost_first_again)
		return false;
	match_frame(match, session->lost_first.frame);
	match_frame(match, session->lost_first_again);
	match->count = 1;
	match->command = session->lost_first.command;
	match->duration = session->lost_first_wait;
	match->number = session->lost_first_again;
	if (session->lost_first_pause > 1000 * MILLISECOND) { /* rather another run of the program */
		match->severity = SEVERITY_INFO;
		match->confidence = CONFIDENCE_POSSIBLE;
	}
	return true;
}

bool holds_client_by_timeout(const struct view *view, struct match *match)
{
	static const struct { int from, to; const char *names; } patience[] = {
		{ 950, 1050, "pyOCD, probe-rs or an old OpenOCD" },
		{ 2900, 3100, "stlink-tools" },
		{ 4900, 5100, "stlink-tool" },
		{ 5900, 6100, "OpenOCD" },
	};
	const struct session_facts *session = view->session;
	const struct tally *stuck = session->in_stuck.count ? &session->in_stuck : &session->out_stuck;
	int64_t milliseconds = session->stuck_wait / MILLISECOND;

	if (!stuck->count || (view->client && view->client->name && view->client->confidence > CONFIDENCE_POSSIBLE))
		return false;
	for (size_t i = 0; i < sizeof patience / sizeof patience[0]; i++) {
		if (milliseconds < patience[i].from || milliseconds > patience[i].to)
			continue;
		match_frame(match, stuck->frame[0]);
		match->count = 1;
		match->duration = session->stuck_wait;
		match->word = patience[i].names;
		return true;
	}
	return false;
}

bool holds_cmd_wrong_mode(const struct view *view, struct match *match)
{
	const struct session_facts *session = view->session;
	struct match late = { 0 };

	if (!session->wrong_mode.count || view->capture->gaps || view->capture->dropped || holds_cap_started_late(view, &late))
		return false;
	match_tally(match, &session->wrong_mode);
	match->count--; /* the mode's frame is among them */
	match->number = session->wrong_mode.frame[0];
	/* Then debug mode had been entered, and the capture lost that. */
	if (session->target_ok.last_frame > session->wrong_mode.frame[0]) {
		match->severity = SEVERITY_INFO;
		match->confidence = CONFIDENCE_POSSIBLE;
	}
	return true;
}

bool holds_swo_overread(const struct view *view, struct match *match)
{
	if (!view->session->trace_overread.count)
		return false;
	match_tally(match, &view->session->trace_overread);
	return true;
}

/* --- voltage --- */

static void match_voltage(struct match *match, const struct session_facts *session, int32_t millivolts, uint64_t frame)
{
	match_frame(match, frame);
	match->count = session->voltage.count;
	match->millivolts = millivolts;
}

static bool tried_in_vain(const struct session_facts *session)
{
	return (session->enters || session->target_commands) && !session_dp_answers(session, NULL);
}

bool holds_vtref_float(const struct view *view, struct match *match)
{
	const struct session_facts *session = view->session;

	if (!session->voltage.count || session->millivolts < LEAST_POWER || session->millivolts > FLOATING_MOST || !tried_in_vain(session))
		return false;
	match_voltage(match, session, session->millivolts, session->voltage_frame);
	return true;
}

bool holds_vtref_high(const struct view *view, struct match *match)
{
	const struct session_facts *session = view->session;

	if (!session->voltage.count || session->millivolts_most <= BOARD_MOST || session->shifted.count)
		return false;
	match_voltage(match, session, session->millivolts_most, session->voltage_frame);
	return true;
}

bool holds_vtref_sag(const struct view *view, struct match *match)
{
	const struct session_facts *session = view->session;

	if (session->voltage.count < 3 || session->voltage_fall <= SAG)
		return false;
	match_voltage(match, session, session->fallen_to, session->fall_frame);
	return true;
}

static bool is_silent(const struct enter_fact *enter)
{
	return enter->frame && enter->has_status && !enter->ok && status_is_silent(enter->status);
}

bool holds_clone_voltage_hint(const struct view *view, struct match *match)
{
	const struct session_facts *session = view->session;

	if (session->pid != PID_OF_CLONES || !session->voltage.count || session->millivolts < CLONE_LEAST || session->millivolts > CLONE_MOST)
		return false;
	if (session_dp_answers(session, NULL) || (!is_silent(&session->last_enter) && !is_silent(&session->first_id)))
		return false;
	match_voltage(match, session, session->millivolts, session->voltage_frame);
	return true;
}

/* --- protocol and reset --- */

bool holds_jtag_only(const struct view *view, struct match *match)
{
	const struct session_facts *session = view->session;

	if (!session->jtag_enters || session->swd_enters || session->enter_ok.count || !is_silent(&session->last_enter))
		return false;
	match_tally(match, &session->enter_failed);
	return true;
}

bool holds_cur_sequence(const struct view *view, struct match *match)
{
	const struct session_facts *session = view->session;

	if (!session->reset_held_enter || session->nrst_released.last_frame <= session->last_enter.frame)
		return false;
	match_frame(match, session->reset_held_enter);
	match_frame(match, session->last_enter.frame);
	match_frame(match, session->nrst_released.last_frame);
	match->count = 1;
	match->number = session->last_enter.frame;
	match->other = session->nrst_released.last_frame;
	return true;
}

/* --- clock --- */

bool holds_speed_cured(const struct view *view, struct match *match)
{
	const struct clock_facts *clock = &view->session->clock;

	if (!clock->cured.count)
		return false;
	match_frame(match, clock->failed.frame[0]);
	match_frame(match, clock->cured.frame[0]);
	match->count = 1;
	match->number = clock->cured.value;
	match->other = clock->cured_from;
	return true;
}

/* The same over two sessions of a probe. */
bool holds_speed_cured_later(const struct view *view, struct match *match)
{
	const struct capture_facts *capture = view->capture;

	for (size_t i = 0; i < capture->session_count; i++) {
		const struct session_facts *failed = capture->sessions[i];

		if (!failed->clock.failed_khz || session_alive(failed))
			continue;
		for (size_t k = i + 1; k < capture->session_count; k++) {
			const struct session_facts *later = capture->sessions[k];

			if (later->session.probe != failed->session.probe || !later->clock.khz || later->clock.khz >= failed->clock.failed_khz ||
			    !session_alive(later))
				continue;
			match_frame(match, failed->clock.failed.frame[0]);
			match_frame(match, later->last_enter.frame ? later->last_enter.frame : later->session.first_frame);
			match->count = 1;
			match->number = later->clock.khz;
			match->other = failed->clock.failed_khz;
			return true;
		}
	}
	return false;
}

bool holds_speed_inherited(const struct view *view, struct match *match)
{
	const struct session_facts *session = view->session;
	const struct probe_facts *probe = facts_probe(view->capture, session->session.probe);
	bool fresh = session->session.first_of_probe && probe && probe->device.enumerated;

	if (!session->has_version || session->version.major != 2 || session->speed.count || !session->enters || fresh)
		return false;
	match_frame(match, session->first_enter.frame);
	match->count = 1;
	return true;
}

bool holds_speed_refused(const struct view *view, struct match *match)
{
	if (!view->session->clock.refused.count)
		return false;
	match_tally(match, &view->session->clock.refused);
	return true;
}

bool holds_speed_wrong_bus(const struct view *view, struct match *match)
{
	const struct session_facts *session = view->session;

	if (!session->clock.jtag_set.count || session->clock.swd_sets || session->jtag_enters || !session->swd_enters)
		return false;
	match_tally(match, &session->clock.jtag_set);
	return true;
}
