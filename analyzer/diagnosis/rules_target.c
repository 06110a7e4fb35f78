/*
 * Predicates about the chip behind the probe: voltage, debug pins, access ports, memory.
 * Pure: const facts in, a match out. The words are in rules.c.
 */
#include <inttypes.h>
#include <stdio.h>

#include "diagnosis.h"

#define LOW_VOLTAGE 1400 /* millivolts: no STM32 runs below */
#define ID_OF_CORTEX_M3_R2 0x2ba01477u
#define DEVICE_F103 0x410u /* DEV_ID of a medium-density STM32F103, whose Cortex-M3 has another identification */
#define SWIM_BUSY_MOST INT64_C(1000000000)

static void match_enter(struct match *match, const struct enter_fact *enter)
{
	match_frame(match, enter->frame);
	match->count = 1;
	match->command = enter->command;
	match->status = enter->status;
	match->status_row = enter->status_row;
	match->has_status = enter->has_status;
}

/* --- power --- */

static bool low_voltage(const struct session_facts *session, struct match *match)
{
	if (!session->voltage.count || session->millivolts >= LOW_VOLTAGE)
		return false;
	match_frame(match, session->voltage_frame);
	match->count = session->voltage.count;
	match->millivolts = session->millivolts;
	match->number = session->voltage_reference;
	match->other = session->voltage_reading;
	return true;
}

bool holds_vtref_low(const struct view *view, struct match *match)
{
	const struct session_facts *session = view->session;

	if (!session_is_debug(session) || session_dp_answers(session, NULL) || !low_voltage(session, match))
		return false;
	if (!session->enters && !session->target_commands) {
		snprintf(match->detail, sizeof match->detail, "; nobody tried to reach the chip");
		match->confidence = CONFIDENCE_POSSIBLE;
	}
	return true;
}

bool holds_vtref_dead_adc(const struct view *view, struct match *match)
{
	if (!view->session->voltage_no_reference_frame || view->session->voltage.count)
		return false;
	match_frame(match, view->session->voltage_no_reference_frame);
	return true;
}

bool holds_vtref_not_wired(const struct view *view, struct match *match)
{
	return session_dp_answers(view->session, NULL) && low_voltage(view->session, match);
}

/* --- the debug pins --- */

static bool means_silence(const struct enter_fact *enter)
{
	return enter->frame && enter->has_status && !enter->ok && status_is_unreached(enter->status);
}

/* What goes with a silent chip: which protocols were tried, whether it had answered before, whether reset was held. */
static void describe_silence(const struct session_facts *session, struct match *match)
{
	if (session_dp_answers(session, NULL))
		snprintf(match->detail, sizeof match->detail, "; earlier in the session it had answered");
	else if (session->nrst_low.count)
		snprintf(match->detail, sizeof match->detail, "; reset was held while connecting");
	else if (session->jtag_enters && !session->swd_enters)
		snprintf(match->detail, sizeof match->detail, "; only JTAG was tried, and most boards have SWD alone");
}

/* The first identification failed, and nothing reached the chip afterwards. */
static bool first_id_silent(const struct session_facts *session)
{
	uint64_t frame = session->first_id.frame;

	return means_silence(&session->first_id) && !session->id_good.count && session->core_seen.last_frame <= frame &&
	       session->target_ok.last_frame <= frame;
}

/* The last commands to the chip, three or more, were not answered by it, whatever worked before. */
static bool silent_to_the_end(const struct session_facts *session)
{
	return session->trailing_failures >= 3 && session->trailing_silent.count == session->trailing_failures;
}

bool holds_target_silent(const struct view *view, struct match *match)
{
	const struct session_facts *session = view->session;
	struct match other = { 0 };

	if (means_silence(&session->last_enter)) {
		match_enter(match, &session->last_enter);
		/* All failed attempts are evidence where none worked. */
		if (!session->enter_ok.count && session->enter_failed.count > 1) {
			match->frame_count = 0;
			match_tally(match, &session->enter_failed);
			match->status = session->last_enter.status;
			match->status_row = session->last_enter.status_row;
			match->command = session->last_enter.command;
		}
		describe_silence(session, match);
		return true;
	}
	if (first_id_silent(session)) {
		match_enter(match, &session->first_id);
		describe_silence(session, match);
		return true;
	}
	if (!silent_to_the_end(session) || holds_lost_after_run(view, &other) || holds_swd_line_noise(view, &other))
		return false;
	match_tally(match, &session->trailing_silent);
	describe_silence(session, match);
	return true;
}

bool holds_target_silent_oldfw(const struct view *view, struct match *match)
{
	const struct session_facts *session = view->session;

	if (session->id_bad.count <= session->dpidr_bad.count || session_dp_answers(session, NULL) || session_enter_failed(session))
		return false;
	match_tally(match, &session->id_bad);
	return true;
}

bool holds_dpidr_zero_ones(const struct view *view, struct match *match)
{
	const struct session_facts *session = view->session;

	if (!session->dpidr_bad.count || session_dp_answers(session, NULL))
		return false;
	match_tally(match, &session->dpidr_bad);
	return true;
}

bool holds_lost_after_run(const struct view *view, struct match *match)
{
	const struct session_facts *session = view->session;

	/* One alone may be answered in what the capture no longer holds, and WAIT in what the client tries next. */
	if (session->lost.count < 2 || session_still_waits(view))
		return false;
	match_frame(match, session->run.frame);
	match_tally(match, &session->lost);
	match->word = session->run.command->name;
	match->number = session->lost.frame[0];
	match->duration = session->lost.first_time - session->run.time;
	return true;
}

bool holds_dbg_power(const struct view *view, struct match *match)
{
	const struct session_facts *session = view->session;
	const struct tally *refused = &session->debug_power, *unpowered = &session->chip.unpowered;

	if (refused->count) {
		match_tally(match, refused);
		snprintf(match->detail, sizeof match->detail, "%s: %s", refused->command->name, refused->status_row ? refused->status_row->name : "refused");
		if (session_alive(session) && session->target_ok.last_frame > refused->last_frame)
			match->severity = SEVERITY_INFO;
		return true;
	}
	if (!session_unpowered(session))
		return false;
	match_tally(match, unpowered);
	snprintf(match->detail, sizeof match->detail, "CTRL/STAT 0x%08x acknowledges nothing for %.1f s", (unsigned)unpowered->value,
	         (double)(unpowered->last_time - unpowered->first_time) / 1e9);
	return true;
}

bool holds_clone_f103(const struct view *view, struct match *match)
{
	const struct session_facts *session = view->session;

	if (session->id_good.value != ID_OF_CORTEX_M3_R2 || !session->id_good.count || (session->dbgmcu.value & 0xfff) != DEVICE_F103)
		return false;
	match_frame(match, session->id_good.frame[0]);
	match_frame(match, session->dbgmcu.frame[0]);
	match->count = 1;
	match->number = session->id_good.value;
	match->other = session->dbgmcu.frame[0];
	snprintf(match->detail, sizeof match->detail, "0x%08x", (unsigned)session->dbgmcu.value);
	return true;
}

bool holds_swim_error(const struct view *view, struct match *match)
{
	const struct session_facts *session = view->session;

	if (session->swim_failed.count) {
		match_tally(match, &session->swim_failed);
		return true;
	}
	if (session->swim_busy_longest <= SWIM_BUSY_MOST)
		return false;
	match_tally(match, &session->swim_busy);
	match->frame_count = 0;
	match->count = 1;
	match_frame(match, session->swim_busy_frame);
	snprintf(match->detail, sizeof match->detail, " for %.1f s", (double)session->swim_busy_longest / 1e9);
	return true;
}

bool holds_jtag_try_failed(const struct view *view, struct match *match)
{
	const struct session_facts *session = view->session;

	if (!session->silent_jtag.frame || !session->last_enter.ok || session->last_enter.jtag)
		return false;
	match_enter(match, &session->silent_jtag);
	match_frame(match, session->last_enter.frame);
	return true;
}

bool holds_enter_refused(const struct view *view, struct match *match)
{
	const struct enter_fact *enter = &view->session->last_enter;

	if (!session_enter_failed(view->session) || means_silence(enter))
		return false;
	match_enter(match, enter);
	return true;
}

bool holds_swd_line_noise(const struct view *view, struct match *match)
{
	const struct session_facts *session = view->session;

	if (session->line.count < 3 || session->target_commands < 20 || !session->line_between_ok)
		return false;
	match_tally(match, &session->line);
	match->number = session->target_commands;
	if (session->line.count * 1000 < session->target_commands)
		match->severity = SEVERITY_WARNING;
	return true;
}

/* --- WAIT --- */

bool holds_wait_stuck(const struct view *view, struct match *match)
{
	const struct session_facts *session = view->session;
	const struct wait_run *open = &session->wait, *given_up = &session->stuck_wait_run;
	const struct wait_run *run = open->count > given_up->count ? open : given_up;
	uint64_t ladders = session->wait_ladders + (open->count >= 3);

	if (run->count < WAITS_STUCK && session->waits_since_ok < WAITS_STUCK && ladders < 3)
		return false;
	if (!run->count)
		return false;
	match_frame(match, run->first_frame);
	match_frame(match, run->last_frame);
	match->count = run->count;
	match->command = run->command;
	match->status = run->status;
	match->status_row = session->waits.status_row;
	match->duration = run->last_time - run->first_time;
	if (run->command->group == GROUP_MEMORY || run->command->operation == OP_DEBUG_REGISTER_READ ||
	    run->command->operation == OP_DEBUG_REGISTER_WRITE)
		snprintf(match->detail, sizeof match->detail, " at 0x%08x", (unsigned)run->key);
	return true;
}

bool holds_wait_recovered(const struct view *view, struct match *match)
{
	if (!view->session->wait_recovered.count)
		return false;
	match_tally(match, &view->session->wait_recovered);
	return true;
}

/* --- access ports and memory --- */

bool holds_bad_ap(const struct view *view, struct match *match)
{
	const struct session_facts *session = view->session;
	bool one_used = session->aps_used && !(session->aps_used & (session->aps_used - 1));

	if (session->ap_bad.count) {
		match_tally(match, &session->ap_bad);
		match->word = "was refused with BAD_AP";
		if (session->ap_ok.count || session->memory_ok.count) {
			match->severity = SEVERITY_INFO;
			snprintf(match->detail, sizeof match->detail, "; another one works, so this is the end of a scan");
		}
		return true;
	}
	if (!session->ap_idr_zero.count || session->ap_ok.count || session->memory_ok.count || !one_used)
		return false;
	match_tally(match, &session->ap_idr_zero);
	match->word = "has an identification of 0";
	match->severity = SEVERITY_WARNING;
	match->confidence = CONFIDENCE_LIKELY;
	return true;
}

bool holds_flash_locked_rdp(const struct view *view, struct match *match)
{
	const struct session_facts *session = view->session;

	if (!session_alive(session) || !session->flash_refused.count || session->flash_ok.count || !session->ram_ok.count)
		return false;
	match_tally(match, &session->flash_refused);
	match->other = session->ram_ok.frame[0];
	if (session->flash.protected.count) {
		match->confidence = CONFIDENCE_CERTAIN;
		snprintf(match->detail, sizeof match->detail, "; the option bytes say so, too (frame %" PRIu64 ")", session->flash.protected.frame[0]);
	}
	return true;
}

/* The first that failed was one that no probe can do: that is said already, and what comes behind it may be its doing. */
static bool asked_too_much(const struct session_facts *session)
{
	uint64_t first = session->memory_failed.frame[0];

	return (session->too_long.count && session->too_long.frame[0] == first) ||
	       (session->misaligned.count && session->misaligned.frame[0] == first);
}

bool holds_memory_refused(const struct view *view, struct match *match)
{
	const struct session_facts *session = view->session;

	if (!session->memory_failed.count || session->memory_ok.count || asked_too_much(session))
		return false;
	match_tally(match, &session->memory_failed);
	/* One or two refused addresses may just be addresses that do not exist. */
	if (session->memory_failed.count < 3) {
		match->severity = SEVERITY_WARNING;
		match->confidence = CONFIDENCE_POSSIBLE;
	}
	if (session_no_memory_tried(session) || session_still_waits(view))
		match->severity = SEVERITY_INFO;
	return true;
}

bool holds_sticky_left(const struct view *view, struct match *match)
{
	const struct session_facts *session = view->session;

	if (!session->sticky.count)
		return false;
	match_tally(match, &session->sticky);
	return true;
}

/* --- over several sessions --- */

static bool worked_under_reset(const struct session_facts *session)
{
	return session->reset_held_enter && session_alive(session);
}

bool holds_cur_helped(const struct view *view, struct match *match)
{
	const struct capture_facts *capture = view->capture;

	for (size_t i = 0; i < capture->session_count; i++) {
		const struct session_facts *failed = capture->sessions[i];
		struct view one = { .capture = capture, .session = failed };
		struct match evidence = { 0 };

		if (failed->nrst_low.count || (!holds_target_silent(&one, &evidence) && !holds_wait_stuck(&one, &evidence)))
			continue;
		for (size_t k = i + 1; k < capture->session_count; k++) {
			const struct session_facts *later = capture->sessions[k];

			if (later->session.probe != failed->session.probe || !worked_under_reset(later))
				continue;
			match_frame(match, evidence.frame[0]);
			match_frame(match, later->reset_held_enter);
			match_frame(match, later->last_enter.frame);
			match->count = 1;
			match->number = later->reset_held_enter;
			match->other = later->last_enter.frame;
			return true;
		}
	}
	return false;
}

bool holds_healthy(const struct view *view, struct match *match)
{
	const struct session_facts *session = view->session;
	char volts[16];

	if (!session_alive(session) || !session_identified(session) || !session_usb_ok(session) || !session->left_frame || session_fatal(session))
		return false;
	match_frame(match, session->left_frame);
	match->count = session->commands;
	match->number = session->id_good.count ? session->id_good.value : session->core_seen.value;
	match->word = session->id_good.count ? "with ID " : "with CPUID ";
	if (session->voltage.count)
		snprintf(match->detail, sizeof match->detail, "; %s V", volts_text(volts, sizeof volts, session->millivolts));
	return true;
}
