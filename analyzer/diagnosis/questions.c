/*
 * What several predicates and the ladder ask of a session, and how a match takes in what was found (failures.md 0.4).
 * Pure: const facts in. Must not know: rules, words.
 */
#include "diagnosis.h"

#define POWER_PATIENCE INT64_C(100000000) /* ns */
#define READS_ENOUGH 3
#define GOES_ON INT64_C(300000000) /* ns: longer than a client pauses in what it does */

void match_frame(struct match *match, uint64_t frame)
{
	if (frame && match->frame_count < EVIDENCE_FRAMES)
		match->frame[match->frame_count++] = frame;
}

void match_tally(struct match *match, const struct tally *tally)
{
	size_t kept = tally->count < TALLY_FRAMES ? (size_t)tally->count : TALLY_FRAMES;

	for (size_t i = 0; i < kept; i++)
		match_frame(match, tally->frame[i]);
	match->count = tally->count;
	match->command = tally->command;
	match->status = tally->status;
	match->status_row = tally->status_row;
	match->has_status = tally->has_status;
	match->number = tally->value;
}

bool session_is_debug(const struct session_facts *session)
{
	if (session->enters || session->target_commands)
		return true;
	return !session->swim_commands && !session->bridge_commands && !session->download.count && !session->loader_command.count;
}

bool session_dp_answers(const struct session_facts *session, uint64_t *frame)
{
	const struct tally *proof = NULL;

	if (session->id_good.count)
		proof = &session->id_good;
	else if (session->core_seen.count)
		proof = &session->core_seen;
	else if (session->id_bad.count ? session->target_living.count : session->target_ok.count)
		proof = session->id_bad.count ? &session->target_living : &session->target_ok;
	if (proof && frame)
		*frame = proof->frame[0];
	return proof != NULL;
}

bool session_enter_failed(const struct session_facts *session)
{
	return session->enters && session->last_enter.refused;
}

bool session_identified(const struct session_facts *session)
{
	return session->id_good.count || session->core_seen.count;
}

/* An OK alone says little: old firmware gives it on dead wires, too. */
bool session_alive(const struct session_facts *session)
{
	return (session_identified(session) || session->target_living.count) && !session_enter_failed(session);
}

bool session_fatal(const struct session_facts *session)
{
	if (session_enter_failed(session) || session->trailing_failures >= 3)
		return true;
	if (session->enter_ok.count && !session_dp_answers(session, NULL) && (session->id_bad.count || session->id_failed.count))
		return true;
	return session->flash_refused.count && !session->flash_ok.count;
}

bool session_usb_ok(const struct session_facts *session)
{
	static const enum urb_result faults[] = { URB_STALLED, URB_LINE_ERROR, URB_OVERFLOW, URB_GONE, URB_FAILED };

	for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++)
		if (session->urb[faults[i]].count)
			return false;
	return !session->out_stuck.count && !session->in_stuck.count && !session->ended_with[RESULT_SHORT].count && !session->shifted.count;
}

bool session_no_memory_tried(const struct session_facts *session)
{
	return !session->memory_ok.count && session->memory_failed.count == session->chip.fault_elsewhere.count;
}

bool session_cut_off(const struct view *view)
{
	const struct session_facts *session = view->session;
	bool tool_ended = view->capture->tool.end != TOOL_RUNS || view->capture->tool.lines;

	return session->session.end == SESSION_CAPTURE_END && !tool_ended && view->capture->last_time - session->session.last_time < GOES_ON;
}

bool session_cut_inside(const struct view *view)
{
	return session_cut_off(view) && (view->session->last_unanswered || !view->capture->complete);
}

bool session_still_waits(const struct view *view)
{
	const struct session_facts *session = view->session;
	const struct stlink_command *last = session->last.command;

	if (!session->wait.count || session->wait.count >= WAITS_STUCK || !session_cut_off(view))
		return false;
	return last == session->wait.command || last->operation == OP_RW_STATUS;
}

bool another_came(const struct view *view, int64_t since)
{
	const struct capture_facts *capture = view->capture;

	for (size_t i = 0; i < capture->probe_count; i++) {
		const struct probe *probe = &capture->probes[i].probe;

		if (probe->index != view->session->session.probe && probe->first_time >= since && probe->first_time - since <= COMES_BACK_WITHIN)
			return true;
	}
	return false;
}

/* Asked for long enough, and never acknowledged. */
bool session_unpowered(const struct session_facts *session)
{
	const struct tally *unpowered = &session->chip.unpowered;

	return !session->chip.powered.count && unpowered->count >= 2 && unpowered->last_time - unpowered->first_time >= POWER_PATIENCE;
}

/* The order itself is the first entry of the tally. */
bool session_halt_ignored(const struct session_facts *session)
{
	return session->core.halt_ignored.count > READS_ENOUGH;
}
