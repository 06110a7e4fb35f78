/*
 * Predicates about the probe's modes and firmware, and about the programs that use it.
 * Pure: const facts in, a match out. The words are in rules.c.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "diagnosis.h"

#define SECOND INT64_C(1000000000)
#define LOADER_ONLY_PID 0x3748 /* a V2 uses it for loader and firmware alike */
#define V1_PID 0x3744
#define STATUS_UNKNOWN_COMMAND 0x42

bool holds_probe_loader(const struct view *view, struct match *match)
{
	const struct session_facts *session = view->session;
	bool by_product = session->product && session->product->loader;
	bool by_commands = session->pid == LOADER_ONLY_PID && session->loader_command.count && session->exit_failed.count &&
	                   session->exit_failed.value == MODE_DFU;

	if (!by_product && !by_commands)
		return false;
	match->count = 1;
	if (by_product) {
		match_frame(match, session->session.first_frame);
		snprintf(match->detail, sizeof match->detail, "product id %04x", session->pid);
	} else { /* both signs are its evidence: the one alone is another finding */
		match_frame(match, session->loader_command.frame[0]);
		match_frame(match, session->exit_failed_command.frame);
		match_frame(match, session->exit_failed.frame[0]);
		snprintf(match->detail, sizeof match->detail, "it answers loader commands and stays in DFU mode");
		match->confidence = CONFIDENCE_LIKELY;
	}
	/* Somebody is writing firmware: then the loader is where the probe should be. */
	if (session->download.count)
		match->severity = SEVERITY_INFO;
	return true;
}

bool holds_probe_loader_idle(const struct view *view, struct match *match)
{
	const struct capture_facts *capture = view->capture;

	for (size_t i = 0; i < capture->probe_count; i++) {
		const struct probe *probe = &capture->probes[i].probe;

		if (capture->probes[i].sessions || !probe->product || !probe->product->loader)
			continue;
		match_frame(match, probe->first_frame);
		match->count = 1;
		snprintf(match->detail, sizeof match->detail, "product id %04x", probe->pid);
		return true;
	}
	return false;
}

/* Every client asks the version before it leaves DFU mode: where neither that nor the enumeration was seen, the exit may be what is missing. */
static bool beginning_unseen(const struct view *view)
{
	const struct session_facts *session = view->session;
	const struct probe_facts *probe = facts_probe(view->capture, session->session.probe);

	return session->session.first_of_probe && !session->has_version && !(probe && probe->device.enumerated);
}

bool holds_dfu_not_left(const struct view *view, struct match *match)
{
	const struct tally *ignored = &view->session->dfu_ignored;

	if (!ignored->count || beginning_unseen(view))
		return false;
	match_tally(match, ignored);
	return true;
}

bool holds_dfu_exit_ineffective(const struct view *view, struct match *match)
{
	const struct session_facts *session = view->session;
	const struct command_fact *by = &session->exit_failed_command;

	if (!session->exit_failed.count)
		return false;
	match_frame(match, by->frame);
	match_frame(match, session->exit_failed.frame[0]);
	match->count = session->exit_failed.count;
	match->command = by->command;
	match->duration = session->exit_failed.first_time - by->time;
	match->word = name_of(stlink_mode_names, session->exit_failed.value);
	return true;
}

bool holds_mode_mass_only(const struct view *view, struct match *match)
{
	const struct session_facts *session = view->session;
	const struct tally *seen = session->mode_seen;

	if (!session_usb_ok(session) || !seen[MODE_MASS].count || seen[MODE_DFU].count || seen[MODE_DEBUG].count || seen[MODE_SWIM].count || seen[MODE_BOOTLOADER].count)
		return false;
	if (session->enters || session->target_commands || session->swim_commands || session->bridge_commands || session->loader_command.count ||
	    session->loader_enter.count)
		return false;
	match_tally(match, &seen[MODE_MASS]);
	return true;
}

bool holds_mode_unknown(const struct view *view, struct match *match)
{
	if (!view->session->mode_unknown.count)
		return false;
	match_tally(match, &view->session->mode_unknown);
	return true;
}

/* --- firmware --- */

static void say_version(struct match *match, const struct session_facts *session)
{
	stlink_version_text(&session->version, match->detail, sizeof match->detail);
}

/* The J number counts: known, and of firmware that is not a loader's. */
static bool has_jtag_number(const struct session_facts *session)
{
	if (!session->has_version || !session->version_good.count || (session->product && session->product->loader))
		return false;
	return session->version.major <= 2 || session->version.extended;
}

static bool client_is(const struct view *view, const char *name)
{
	return view->client && view->client->name && !strcmp(view->client->name, name);
}

static unsigned least_jtag(const struct view *view)
{
	switch (view->session->version.major) {
	case 2:
		return client_is(view, "probe-rs") ? 26 : 24;
	case 3:
		return 3;
	default:
		return 0;
	}
}

bool holds_fw_too_old(const struct view *view, struct match *match)
{
	const struct session_facts *session = view->session;
	bool choosy = !view->client || !view->client->name || client_is(view, "OpenOCD") || client_is(view, "pyOCD") || client_is(view, "probe-rs");
	bool stopped, gave_up;

	if (!has_jtag_number(session) || !session->version.jtag || session->version.jtag >= least_jtag(view) || !choosy)
		return false;
	if (!session_is_debug(session) || !session_usb_ok(session) || session->gone)
		return false;
	stopped = !session->enters && !session->target_commands;
	gave_up = session->last_enter.ok && session->commands_after_enter <= 5 && !session->dap_after_enter && !session->left_frame &&
	          !session->id_good.count;
	if ((!stopped && !gave_up) || session_cut_inside(view))
		return false;
	if (session_cut_off(view) && (!view->client || !view->client->name)) /* two doubts: who it was, and whether it stopped */
		return false;
	match_frame(match, session->version_good.frame[0]);
	match->count = 1;
	match->number = least_jtag(view);
	match->word = view->client && view->client->name ? view->client->name : "the program";
	say_version(match, session);
	if (!stopped || !view->client || !view->client->name || view->client->confidence == CONFIDENCE_POSSIBLE)
		match->confidence = CONFIDENCE_LIKELY;
	if (session_cut_off(view))
		match->confidence = CONFIDENCE_POSSIBLE;
	return true;
}

bool holds_fw_old(const struct view *view, struct match *match)
{
	const struct session_facts *session = view->session;
	uint8_t jtag = session->version.jtag;
	bool old;

	if (!has_jtag_number(session) || !jtag)
		return false;
	old = (session->version.major == 2 && (jtag < 28 || jtag == 36 || jtag == 39)) || (session->version.major == 3 && jtag < 6);
	if (!old)
		return false;
	match_frame(match, session->version_good.frame[0]);
	match->count = 1;
	say_version(match, session);
	return true;
}

bool holds_fw_no_jtag(const struct view *view, struct match *match)
{
	const struct session_facts *session = view->session;

	if (!has_jtag_number(session) || session->version.jtag || session->enter_ok.count)
		return false;
	if (session->mode_seen[MODE_DFU].count || session->loader_command.count)
		return false;
	match_frame(match, session->version_good.frame[0]);
	match->count = 1;
	say_version(match, session);
	/* For an STM8 it is the right firmware. */
	if (!session_is_debug(session) || (!session->enters && !session->target_commands && session_cut_inside(view)))
		match->severity = SEVERITY_INFO;
	return true;
}

/* Where nothing was under way, a capture does not show a device leave: then silence behind LOADER_ENTER must do. */
bool holds_fw_update_lost(const struct view *view, struct match *match)
{
	const struct session_facts *session = view->session;
	const struct tally *switched = session->download.count ? &session->download : &session->loader_enter;
	const struct command_fact *behind = session->gone ? &session->gone_last : &session->last;
	enum stlink_operation last = behind->command ? behind->command->operation : OP_NONE;
	int64_t left = session->gone ? session->gone_time : session->session.last_time;

	if (!switched->count || (!session->gone && (last != OP_LOADER_ENTER || view->capture->last_time - left < COMES_BACK_WITHIN)))
		return false;
	if (last != OP_LOADER_ENTER && last != OP_DFU_DOWNLOAD && last != OP_DFU_STATUS && last != OP_DFU && last != OP_DFU_EXIT)
		return false;
	if ((session->returned && session->returned_time - left <= COMES_BACK_WITHIN) || another_came(view, left))
		return false;
	match_tally(match, switched);
	match->number = session->gone ? session->gone_frame : session->session.last_frame;
	if (!session->gone || view->capture->last_time - left < COMES_BACK_WITHIN)
		match->confidence = CONFIDENCE_POSSIBLE;
	return true;
}

bool holds_fw_update_dfu_error(const struct view *view, struct match *match)
{
	const struct tally *refused = &view->session->block_refused;

	if (!refused->count)
		return false;
	match_tally(match, refused);
	match->other = refused->value >> 8;
	match->number = refused->value & 0xff;
	return true;
}

/* --- what a probe cannot do --- */

bool holds_v1_unsupported(const struct view *view, struct match *match)
{
	if (!view->session->refused_by_v1.count)
		return false;
	match_tally(match, &view->session->refused_by_v1);
	return true;
}

bool holds_cmd_unknown(const struct view *view, struct match *match)
{
	const struct session_facts *session = view->session;

	if (!session->not_known.count)
		return false;
	match_tally(match, &session->not_known);
	if (session->has_version)
		say_version(match, session);
	else
		snprintf(match->detail, sizeof match->detail, "in this probe");
	if (session->not_known.status != STATUS_UNKNOWN_COMMAND)
		match->confidence = CONFIDENCE_LIKELY;
	return true;
}

bool holds_r8_too_long(const struct view *view, struct match *match)
{
	const struct session_facts *session = view->session;

	if (session->too_long.count) {
		match_tally(match, &session->too_long);
		return true;
	}
	if (!session->very_long.count)
		return false;
	match_tally(match, &session->very_long);
	match->severity = SEVERITY_INFO;
	match->confidence = CONFIDENCE_POSSIBLE;
	return true;
}

bool holds_misaligned(const struct view *view, struct match *match)
{
	if (!view->session->misaligned.count)
		return false;
	match_tally(match, &view->session->misaligned);
	return true;
}

bool holds_swo_full(const struct view *view, struct match *match)
{
	if (!view->session->trace_full.count)
		return false;
	match_tally(match, &view->session->trace_full);
	return true;
}

bool holds_swo_refused(const struct view *view, struct match *match)
{
	if (!view->session->trace_refused.count)
		return false;
	match_tally(match, &view->session->trace_refused);
	return true;
}

/* --- programs --- */

bool holds_v1_kernel_storage(const struct view *view, struct match *match)
{
	const struct session_facts *session = view->session;

	if (session->pid != V1_PID || !session->disk_between.count)
		return false;
	match_tally(match, &session->disk_between);
	return true;
}

bool holds_exit_missing(const struct view *view, struct match *match)
{
	const struct session_facts *session = view->session;

	if (!session->enter_ok.count || !session->last_enter.ok || session->left_frame)
		return false;
	match_frame(match, session->last.frame);
	match->count = 1;
	match->command = session->last.command;
	if (session->session.end == SESSION_CAPTURE_END && view->capture->last_time - session->session.last_time < SECOND)
		match->confidence = CONFIDENCE_POSSIBLE;
	return true;
}

bool holds_two_clients(const struct view *view, struct match *match)
{
	const struct session_facts *session = view->session;
	const struct tally *trouble = session->foreign_client.count ? &session->foreign_client : &session->shifted;
	bool own_doing = trouble == &session->shifted && session->in_stuck.count; /* its own answer that it never read */

	if (!session->previous_open || !trouble->count || own_doing)
		return false;
	match_frame(match, session->previous_first_frame);
	match_frame(match, session->session.first_frame);
	match_frame(match, trouble->frame[0]);
	match->count = 1;
	match->number = session->session.first_frame;
	match->command = trouble->command;
	if (session->foreign_client.count)
		snprintf(match->detail, sizeof match->detail, "status 0x%02x in frame %" PRIu64, trouble->status, trouble->frame[0]);
	else
		snprintf(match->detail, sizeof match->detail, "its answer in frame %" PRIu64 " belongs to another command", trouble->frame[0]);
	return true;
}

bool holds_busy_other_mode(const struct view *view, struct match *match)
{
	if (!view->session->busy_mode.count)
		return false;
	match_tally(match, &view->session->busy_mode);
	return true;
}
