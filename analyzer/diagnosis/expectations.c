/*
 * The ladder: how far a session got, rung by rung (DESIGN section 5), from a table of one function a rung.
 * Knows: what meets and what breaks each expectation.
 * Must not know: rules, output. A later proof outranks an earlier doubt.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "../../dissectors/registers.h"
#include "diagnosis.h"

#define SECOND INT64_C(1000000000)
#define ENOUGH_VOLTAGE 1400
#define CPUID_ADDRESS 0xe000ed00u

static struct rung_result rung(enum rung_state state, uint64_t frame, const char *detail)
{
	struct rung_result result = { .state = state, .frame = frame };

	snprintf(result.detail, sizeof result.detail, "%s", detail);
	return result;
}

static struct rung_result rung_of_command(enum rung_state state, uint64_t frame, const struct stlink_command *command, const char *what)
{
	struct rung_result result = { .state = state, .frame = frame };

	snprintf(result.detail, sizeof result.detail, "%s%s%s", command ? command->name : "", command ? " " : "", what);
	return result;
}

static const char *status_text(const struct stlink_status *row, uint8_t status, char *text, size_t size)
{
	if (row)
		snprintf(text, size, "answered %s (0x%02x)", row->name, status);
	else
		snprintf(text, size, "answered 0x%02x, which no table knows", status);
	return text;
}

/* What a register's value means, in the words of its table. */
static void register_text(uint32_t address, uint32_t value, char *text, size_t size)
{
	const struct target_register *row = registers_memory(address, false, STM32_ANY);

	text[0] = '\0';
	if (row)
		registers_words(row, value, text, size);
}

static struct rung_result climb_probe_answers(const struct view *view)
{
	const struct session_facts *session = view->session;
	const struct tally *doubts[] = {
		&session->out_stuck, &session->in_stuck, &session->urb[URB_STALLED], &session->urb[URB_LINE_ERROR], &session->urb[URB_OVERFLOW],
		&session->urb[URB_GONE], &session->urb[URB_FAILED], &session->ended_with[RESULT_SHORT], &session->shifted,
	};

	if (session->whole.count)
		return rung_of_command(RUNG_MET, session->whole.frame[0], session->whole.command, "was answered");
	for (size_t i = 0; i < sizeof doubts / sizeof doubts[0]; i++)
		if (doubts[i]->count)
			return rung(RUNG_FAILED, doubts[i]->frame[0], "no whole answer to any command");
	if (session->unanswered_early.count >= 3)
		return rung(RUNG_FAILED, session->unanswered_early.frame[0], "no answer to any command");
	return rung(RUNG_NOT_VISIBLE, 0, "no answer in this capture, and no failed transfer");
}

static struct rung_result climb_version_known(const struct view *view)
{
	const struct session_facts *session = view->session;
	char version[48];
	struct rung_result result;

	if (session->version_good.count) {
		stlink_version_text(&session->version, version, sizeof version);
		result = rung(RUNG_MET, session->version_good.frame[0], session->has_version ? version : "");
		return result;
	}
	if (session->version_foreign.count)
		return rung_of_command(RUNG_FAILED, session->version_foreign.frame[0], session->version_foreign.command, "was answered without vendor 0483");
	if (strpbrk(session->opening, "VvX"))
		return rung(RUNG_NOT_VISIBLE, 0, "asked, without a usable answer");
	return rung(RUNG_NOT_ATTEMPTED, 0, "nobody asked in this session");
}

static struct rung_result climb_mode_left(const struct view *view)
{
	const struct session_facts *session = view->session;
	const struct tally *mass = &session->mode_seen[MODE_MASS], *debug = &session->mode_seen[MODE_DEBUG];
	char text[64];

	if (session->exit_failed.count) {
		snprintf(text, sizeof text, "still %s after the exit", name_of(stlink_mode_names, session->exit_failed.value));
		return rung(RUNG_FAILED, session->exit_failed.frame[0], text);
	}
	if (mass->count || debug->count) {
		bool first_is_mass = mass->count && (!debug->count || mass->frame[0] < debug->frame[0]);

		return rung(RUNG_MET, first_is_mass ? mass->frame[0] : debug->frame[0], first_is_mass ? "mode MASS" : "mode DEBUG");
	}
	if (session->enter_ok.count)
		return rung_of_command(RUNG_MET, session->enter_ok.frame[0], session->enter_ok.command, "answered OK");
	if (session->dfu_exit.count || session->swim_exits.count)
		return rung(RUNG_NOT_VISIBLE, 0, "the exit was sent, and nobody asked for the mode");
	if (session->mode_seen[MODE_DFU].count)
		return rung(RUNG_NOT_ATTEMPTED, session->mode_seen[MODE_DFU].frame[0], "mode DFU, and no exit command");
	return rung(RUNG_NOT_VISIBLE, 0, "nobody asked for the mode");
}

static struct rung_result climb_target_powered(const struct view *view)
{
	const struct session_facts *session = view->session;
	struct rung_result result;
	uint64_t frame = 0;
	char volts[16], text[32];

	snprintf(text, sizeof text, "%s V", volts_text(volts, sizeof volts, session->millivolts));
	if (session->voltage.count && session->millivolts >= ENOUGH_VOLTAGE)
		return rung(RUNG_MET, session->voltage_frame, text);
	if (session_dp_answers(session, &frame)) {
		result = rung(RUNG_MET, frame, "the chip answers");
		result.implied = true;
		return result;
	}
	if (session->voltage.count)
		return rung(session_is_debug(session) ? RUNG_FAILED : RUNG_NOT_VISIBLE, session->voltage_frame, text);
	if (session->voltage_no_reference_frame)
		return rung(RUNG_NOT_VISIBLE, session->voltage_no_reference_frame, "the probe could not measure (zero reference)");
	if (session->voltage_short_frame)
		return rung(RUNG_NOT_VISIBLE, session->voltage_short_frame, "asked, without a usable answer");
	return rung(RUNG_NOT_VISIBLE, 0, "nobody asked for the voltage");
}

static struct rung_result climb_debug_entered(const struct view *view)
{
	const struct session_facts *session = view->session;
	const struct enter_fact *last = &session->last_enter;
	const struct tally *debug = &session->mode_seen[MODE_DEBUG];
	char text[80];

	if (last->ok)
		return rung_of_command(RUNG_MET, last->frame, last->command, last->jtag ? "for JTAG answered OK" : "answered OK");
	if (last->has_status)
		return rung_of_command(RUNG_FAILED, last->frame, last->command, status_text(last->status_row, last->status, text, sizeof text));
	if (debug->count && debug->last_frame > last->frame)
		return rung(RUNG_MET, debug->frame[0], "mode DEBUG");
	if (!session->enters)
		return rung(RUNG_NOT_ATTEMPTED, 0, "no ENTER");
	/* A read that the host took back at once, at the end of a program, tells nothing. */
	if (last->result == RESULT_CANCELLED && !session->in_stuck.count && !session->out_stuck.count)
		return rung_of_command(RUNG_NOT_VISIBLE, last->frame, last->command, "was taken back by the host");
	if (last->refused || last->result <= RESULT_CANCELLED || last->result == RESULT_SHIFTED || last->result == RESULT_SHORT)
		return rung_of_command(RUNG_FAILED, last->frame, last->command, result_name(last->result));
	return rung_of_command(RUNG_NOT_VISIBLE, last->frame, last->command, "has no status in this capture");
}

static struct rung_result climb_dp_answers(const struct view *view)
{
	const struct session_facts *session = view->session;
	const struct enter_fact *doubts[] = { &session->last_enter, &session->first_id };
	uint64_t frame = 0;
	char text[80];

	if (session_dp_answers(session, &frame)) {
		if (!session->id_good.count)
			return rung(RUNG_MET, frame, "a command reached the chip");
		snprintf(text, sizeof text, "ID 0x%08x", (unsigned)session->id_good.value);
		return rung(RUNG_MET, frame, text);
	}
	for (size_t i = 0; i < 2; i++) {
		const struct enter_fact *doubt = doubts[i];

		if (doubt->frame && doubt->has_status && status_is_unreached(doubt->status))
			return rung_of_command(RUNG_FAILED, doubt->frame, doubt->command, status_text(doubt->status_row, doubt->status, text, sizeof text));
	}
	if (session->id_bad.count) {
		snprintf(text, sizeof text, "gave 0x%08x", (unsigned)session->id_bad.value);
		return rung_of_command(RUNG_FAILED, session->id_bad.frame[0], session->id_bad.command, text);
	}
	if (!session->enters && !session->target_commands)
		return rung(RUNG_NOT_ATTEMPTED, 0, "no command to the chip");
	return rung(RUNG_NOT_VISIBLE, 0, "no status in this capture tells");
}

static struct rung_result climb_ap_open(const struct view *view)
{
	const struct session_facts *session = view->session;
	const struct tally *bad = session->ap_bad.count ? &session->ap_bad : &session->ap_idr_zero;
	bool one_used = session->aps_used && !(session->aps_used & (session->aps_used - 1));
	struct rung_result result;
	char text[64];

	if (session->ap_ok.count) {
		snprintf(text, sizeof text, "AP %u", (unsigned)session->ap_ok.value);
		return rung(RUNG_MET, session->ap_ok.frame[0], text);
	}
	if (bad->count && session->memory_ok.count && session->memory_ok.last_frame > bad->frame[0]) {
		result = rung(RUNG_MET, session->memory_ok.last_frame, "memory was accessed");
		result.implied = true;
		return result;
	}
	if (bad->count && (session->ap_bad.count || one_used)) {
		snprintf(text, sizeof text, session->ap_bad.count ? "AP %u: BAD_AP" : "AP %u: identification 0", (unsigned)bad->value);
		return rung(RUNG_FAILED, bad->frame[0], text);
	}
	if (!session->target_commands)
		return rung(RUNG_NOT_ATTEMPTED, 0, "no command to the chip");
	return rung(RUNG_NOT_VISIBLE, 0, "no access port was opened or identified");
}

static struct rung_result climb_memory_works(const struct view *view)
{
	const struct session_facts *session = view->session;
	char text[80];

	if (session->memory_ok.count) {
		snprintf(text, sizeof text, "0x%08x", (unsigned)session->memory_ok.value);
		return rung(RUNG_MET, session->memory_ok.frame[0], text);
	}
	if (session->memory_failed.count && session_no_memory_tried(session)) {
		snprintf(text, sizeof text, "nothing tried but addresses without memory, first 0x%08x", (unsigned)session->memory_failed.value);
		return rung(RUNG_NOT_VISIBLE, session->memory_failed.frame[0], text);
	}
	if (session->memory_failed.count && session_still_waits(view)) {
		snprintf(text, sizeof text, "the capture ends while 0x%08x is answered WAIT", (unsigned)session->wait.key);
		return rung(RUNG_NOT_VISIBLE, session->wait.last_frame, text);
	}
	if (session->memory_failed.count) {
		snprintf(text, sizeof text, "all %" PRIu64 " accesses failed, first at 0x%08x", session->memory_failed.count,
		         (unsigned)session->memory_failed.value);
		return rung(RUNG_FAILED, session->memory_failed.frame[0], text);
	}
	if (session->memory_commands)
		return rung(RUNG_NOT_VISIBLE, 0, "no access outside the core's own registers whose status was asked for");
	return rung(RUNG_NOT_ATTEMPTED, 0, "no access outside the core's own registers");
}

static struct rung_result climb_left_cleanly(const struct view *view)
{
	const struct session_facts *session = view->session;

	if (session->left_frame)
		return rung_of_command(RUNG_MET, session->left_frame, session->last_exit.command, "seen");
	if (session->swim_commands && session->swim_exits.count)
		return rung(RUNG_MET, session->swim_exits.last_frame, "SWIM_EXIT seen");
	if (!session->enter_ok.count && !session->mode_seen[MODE_DEBUG].count)
		return rung(RUNG_NOT_ATTEMPTED, 0, "there was nothing to leave");
	if (session->enters && !session->last_enter.ok)
		return rung(RUNG_NOT_ATTEMPTED, 0, "debug mode was not entered");
	if (session->session.end != SESSION_CAPTURE_END || view->capture->last_time - session->session.last_time > SECOND) {
		if (session->last.command && session->last.command->operation == OP_EXIT)
			return rung_of_command(RUNG_FAILED, session->last.frame, session->last.command, "did not get through");
		return rung(RUNG_FAILED, session->last.frame, "no EXIT after the last command");
	}
	return rung(RUNG_NOT_VISIBLE, 0, "the capture ends with the session");
}

static struct rung_result climb_debug_powered(const struct view *view)
{
	const struct session_facts *session = view->session;
	const struct tally *refused = &session->debug_power, *powered = &session->chip.powered;
	uint64_t doubt = refused->count ? refused->last_frame : session->chip.unpowered.last_frame;
	struct rung_result result;
	char text[80];

	if (powered->count && powered->last_frame > refused->last_frame)
		return rung(RUNG_MET, powered->frame[0], "CTRL/STAT acknowledges");
	if ((refused->count || session_unpowered(session)) && session->memory_ok.last_frame > doubt) {
		result = rung(RUNG_MET, session->memory_ok.last_frame, "memory was accessed");
		result.implied = true;
		return result;
	}
	if (refused->count)
		return rung_of_command(RUNG_FAILED, refused->frame[0], refused->command, status_text(refused->status_row, refused->status, text, sizeof text));
	if (session_unpowered(session)) {
		snprintf(text, sizeof text, "CTRL/STAT 0x%08x: asked for, not acknowledged", (unsigned)session->chip.unpowered.value);
		return rung(RUNG_FAILED, session->chip.unpowered.frame[0], text);
	}
	if (!session->target_commands)
		return rung(RUNG_NOT_ATTEMPTED, 0, "no command to the chip");
	return rung(RUNG_NOT_VISIBLE, 0, "nobody read CTRL/STAT");
}

static struct rung_result climb_core_identified(const struct view *view)
{
	const struct session_facts *session = view->session;
	const struct tally *odd = &session->chip.odd_core;
	char text[64], core[40];

	if (session->core_seen.count) {
		register_text(CPUID_ADDRESS, session->core_seen.value, core, sizeof core);
		snprintf(text, sizeof text, "CPUID 0x%08x%s%s", (unsigned)session->core_seen.value, *core ? " " : "", core);
		return rung(RUNG_MET, session->core_seen.frame[0], text);
	}
	if (odd->count) {
		snprintf(text, sizeof text, "CPUID 0x%08x", (unsigned)odd->value);
		return rung(RUNG_FAILED, odd->frame[0], text);
	}
	if (!session->target_commands)
		return rung(RUNG_NOT_ATTEMPTED, 0, "no command to the chip");
	return rung(RUNG_NOT_VISIBLE, 0, "nobody read CPUID, or its status is not known");
}

static struct rung_result climb_chip_identified(const struct view *view)
{
	const struct chip_facts *chip = &view->session->chip;
	const char *name;
	char text[64];

	if (chip->device.count) {
		name = name_of(stm32_devices, chip->device.value & 0xfff);
		snprintf(text, sizeof text, "DEV_ID 0x%03x%s%s", (unsigned)(chip->device.value & 0xfff), name ? " " : ", which no table knows",
		         name ? name : "");
		return rung(RUNG_MET, chip->device.frame[0], text);
	}
	if (chip->device_failed.count) {
		snprintf(text, sizeof text, "the register at 0x%08x could not be read", (unsigned)chip->device_failed.value);
		return rung(RUNG_FAILED, chip->device_failed.frame[0], text);
	}
	if (!view->session->target_commands)
		return rung(RUNG_NOT_ATTEMPTED, 0, "no command to the chip");
	return rung(RUNG_NOT_VISIBLE, 0, "nobody read DBGMCU_IDCODE, or its status is not known");
}

static struct rung_result climb_core_controlled(const struct view *view)
{
	static const char *const orders[] = {
		[CORE_ORDER_NONE] = "", [CORE_ORDER_HALT] = "it halted", [CORE_ORDER_RUN] = "it ran", [CORE_ORDER_STEP] = "it made a step",
		[CORE_ORDER_RESET] = "it was reset",
	};
	const struct core_facts *core = &view->session->core;

	if (core->obeyed.count)
		return rung(RUNG_MET, core->obeyed.frame[0], core->obeyed.value <= CORE_ORDER_RESET ? orders[core->obeyed.value] : "");
	if (session_halt_ignored(view->session))
		return rung(RUNG_FAILED, core->halt_ignored.frame[0], "it was told to halt and ran on");
	if (core->ordered.command)
		return rung(RUNG_NOT_VISIBLE, core->ordered.frame, "it was told something, and nobody looked whether it obeyed");
	return rung(RUNG_NOT_ATTEMPTED, 0, "nobody told it to halt, run, step or reset");
}

static struct rung_result climb_flash_verified(const struct view *view)
{
	const struct flash_facts *flash = &view->session->flash;
	char text[96];

	if (flash->different.count) {
		snprintf(text, sizeof text, "0x%08x holds 0x%02x, and 0x%02x was sent", (unsigned)flash->different.value, flash->read, flash->meant);
		return rung(RUNG_FAILED, flash->different.frame[0], text);
	}
	if (flash->same.count) {
		snprintf(text, sizeof text, "%" PRIu64 " bytes read back as sent%s", flash->bytes_same, flash->beyond ? ", more not compared" : "");
		return rung(RUNG_MET, flash->same.frame[0], text);
	}
	if (flash->sent.count)
		return rung(RUNG_NOT_VISIBLE, 0, "what was sent was not read back");
	if (flash->programmed)
		return rung(RUNG_NOT_VISIBLE, 0, "what was written did not cross the wire in a way that can be compared");
	return rung(RUNG_NOT_ATTEMPTED, 0, "nothing was written to flash");
}

static const struct {
	struct rung_result (*climb)(const struct view *view);
	bool debug;   /* not attempted in a session that is only SWIM or bridge */
	bool implied; /* a chip that answers later proves it */
} expectations[RUNGS] = {
	[RUNG_PROBE_ANSWERS] = { climb_probe_answers, false, false },
	[RUNG_VERSION_KNOWN] = { climb_version_known, false, false },
	[RUNG_MODE_LEFT] = { climb_mode_left, false, true },
	[RUNG_TARGET_POWERED] = { climb_target_powered, false, false },
	[RUNG_DEBUG_ENTERED] = { climb_debug_entered, true, true },
	[RUNG_DP_ANSWERS] = { climb_dp_answers, true, false },
	[RUNG_DEBUG_POWERED] = { climb_debug_powered, true, false },
	[RUNG_AP_OPEN] = { climb_ap_open, true, false },
	[RUNG_CORE_IDENTIFIED] = { climb_core_identified, true, false },
	[RUNG_CHIP_IDENTIFIED] = { climb_chip_identified, true, false },
	[RUNG_CORE_CONTROLLED] = { climb_core_controlled, true, false },
	[RUNG_MEMORY_WORKS] = { climb_memory_works, true, false },
	[RUNG_FLASH_VERIFIED] = { climb_flash_verified, true, false },
	[RUNG_LEFT_CLEANLY] = { climb_left_cleanly, false, false },
};

/* The last frame that proves that the chip was reached; 0: none. */
static uint64_t last_proof(const struct session_facts *session)
{
	uint64_t frame = 0;

	if (!session_dp_answers(session, &frame))
		return 0;
	if (session->target_ok.count && !session->id_bad.count && session->target_ok.last_frame > frame)
		frame = session->target_ok.last_frame;
	return session->id_good.count && session->id_good.last_frame > frame ? session->id_good.last_frame : frame;
}

void ladder_climb(const struct capture_facts *capture, const struct session_facts *session, struct rung_result ladder[RUNGS])
{
	struct view view = { .capture = capture, .session = session };
	bool debug = session_is_debug(session);
	uint64_t proof = last_proof(session);

	for (size_t i = 0; i < RUNGS; i++) {
		if (expectations[i].debug && !debug) {
			ladder[i] = rung(RUNG_NOT_ATTEMPTED, 0, "not a debug session");
			continue;
		}
		ladder[i] = expectations[i].climb(&view);
		if (!expectations[i].implied || !proof || ladder[i].state == RUNG_MET)
			continue;
		if (ladder[i].state == RUNG_FAILED && ladder[i].frame >= proof)
			continue;
		ladder[i] = rung(RUNG_MET, proof, "the chip answers");
		ladder[i].implied = true;
	}
}
