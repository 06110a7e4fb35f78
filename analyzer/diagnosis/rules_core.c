/*
 * Predicates about the core behind the debug port: does it obey, is it reset, does it sleep, what became of code that a client ran on it.
 * Pure: const facts in, a match out. The words are in rules.c.
 */
#include <stdio.h>

#include "diagnosis.h"

#define SECOND INT64_C(1000000000)
#define DEBUG_ENABLED 1u
#define CATCHES (1u << 0 | 1u << 8 | 1u << 10) /* reset, bus fault, hard fault */
#define LONGEST_ERASE (5 * SECOND)
#define POLLS_ENOUGH 50
#define SELF_RESETS 3
#define DEBUG_LOSSES 2

bool holds_halt_ignored(const struct view *view, struct match *match)
{
	const struct tally *ignored = &view->session->core.halt_ignored;

	if (!session_halt_ignored(view->session))
		return false;
	match_tally(match, ignored);
	match->count = ignored->count - 1; /* the first is the order */
	match->duration = ignored->last_time - ignored->first_time;
	return true;
}

bool holds_sleeping(const struct view *view, struct match *match)
{
	if (!view->session->core.sleeping.count)
		return false;
	match_tally(match, &view->session->core.sleeping);
	return true;
}

/* --- reset --- */

bool holds_nrst_no_effect(const struct view *view, struct match *match)
{
	const struct core_facts *core = &view->session->core;

	if (!core->pulse_unseen.count || core->pulse_seen.count)
		return false;
	match_tally(match, &core->pulse_unseen);
	match->other = core->pulse_unseen.frame[1];
	match->count = core->pulse_unseen.count / 2;
	return true;
}

bool holds_reset_held(const struct view *view, struct match *match)
{
	const struct core_facts *core = &view->session->core;

	if (!core->held.count)
		return false;
	match_tally(match, &core->held);
	match->duration = core->held_time;
	return true;
}

bool holds_self_reset(const struct view *view, struct match *match)
{
	const struct core_facts *core = &view->session->core;
	bool resets = core->self_reset.count >= SELF_RESETS;
	const struct tally *seen = resets ? &core->self_reset : &core->debug_lost;

	if (!resets && core->debug_lost.count < DEBUG_LOSSES)
		return false;
	match_tally(match, seen);
	match->duration = (seen->last_time - seen->first_time) / (int64_t)(seen->count - 1);
	match->word = resets ? "DHCSR says that it was reset" : "debugging is switched off again";
	return true;
}

/* --- lock-up, loaders --- */

bool holds_lockup(const struct view *view, struct match *match)
{
	const struct session_facts *session = view->session;

	if (!session->core.lockup.count)
		return false;
	match_tally(match, &session->core.lockup);
	if (!session->chip.blank.count && !session->flash.operated)
		return true;
	match->severity = SEVERITY_INFO;
	snprintf(match->detail, sizeof match->detail, session->chip.blank.count ? "; its flash is empty, so that is normal" :
	         "; its flash was being written in this session");
	return true;
}

bool holds_loader_crash(const struct view *view, struct match *match)
{
	const struct loader_facts *loader = &view->session->core.loader;

	if (!loader->crashed.count)
		return false;
	match_tally(match, &loader->crashed);
	snprintf(match->detail, sizeof match->detail, loader->crashed_by_counter ? "it stopped at 0x%08x, which is not in RAM" :
	         "the core is locked up, DHCSR 0x%08x", (unsigned)loader->crashed.value);
	return true;
}

bool holds_loader_timeout(const struct view *view, struct match *match)
{
	const struct loader_facts *loader = &view->session->core.loader;
	int64_t running = loader->polls.last_time - loader->run.time;

	if (loader->given_up.count) {
		match_frame(match, loader->given_up_run.frame);
		match_frame(match, loader->given_up.frame[0]);
		match->count = loader->given_up.count;
		match->number = loader->given_up.value;
		match->duration = loader->given_up_after;
		return true;
	}
	/* The capture or the session ends while it runs. */
	if (!loader->running || loader->polls.count < POLLS_ENOUGH || running < LONGEST_ERASE)
		return false;
	match_frame(match, loader->run.frame);
	match_frame(match, loader->polls.last_frame);
	match->count = 1;
	match->number = loader->polls.count;
	match->duration = running;
	return true;
}

bool holds_fault_after_halt(const struct view *view, struct match *match)
{
	if (!view->session->core.fault_after_halt.count)
		return false;
	match_tally(match, &view->session->core.fault_after_halt);
	return true;
}

bool holds_debug_left_on(const struct view *view, struct match *match)
{
	const struct session_facts *session = view->session;
	const struct core_facts *core = &session->core;

	if (!core->control.command || !core->vectors.command || !(core->control_value & DEBUG_ENABLED) || !(core->vectors_value & CATCHES))
		return false;
	if (!session->left_frame && session->session.end == SESSION_CAPTURE_END && view->capture->last_time - session->session.last_time < SECOND)
		return false; /* it may go on */
	match_frame(match, core->control.frame);
	match_frame(match, core->vectors.frame);
	match_frame(match, session->left_frame);
	match->count = 1;
	match->number = core->vectors_value;
	match->other = core->vectors.frame;
	if (session->left_frame) { /* the probe's firmware may switch it off there */
		match->severity = SEVERITY_INFO;
		match->confidence = CONFIDENCE_POSSIBLE;
	}
	return true;
}
