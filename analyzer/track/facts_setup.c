/*
 * What a client sets up before it works with the chip: the clock of the debug pins, the mode, the first answer, the identification.
 * Knows: speeds in kHz, in which order commands belong. Must not know: words, what the user should do.
 */
#include <string.h>

#include "facts_internal.h"

#define STATUS_PARAMETER 0x08
#define STATUS_FREQUENCY 0x41

static uint32_t khz_of(const struct transaction *transaction)
{
	if (operation_has(&transaction->request_operation, ROLE_TRANSPORT))
		return (uint32_t)operation_get(&transaction->answer_operation, ROLE_SPEED, request_number(transaction, ROLE_SPEED));
	if (transaction->request.captured > 1 && transaction->request.bytes[1] != 0x43) /* JTAG_SET_FREQ */
		return 0;
	return stlink_swd_divisor_khz((uint16_t)request_number(transaction, ROLE_SPEED));
}

void facts_note_clock(struct session_facts *facts, const struct transaction *transaction)
{
	struct clock_facts *clock = &facts->clock;

	if (operation_has(&transaction->request_operation, ROLE_TRANSPORT)) {
		if (request_number(transaction, ROLE_TRANSPORT) == 0)
			clock->swd_sets++;
		else
			tally_value(&clock->jtag_set, transaction, request_number(transaction, ROLE_SPEED));
	}
	if (!transaction->usable || !transaction->has_status)
		return;
	if (transaction->status == STATUS_PARAMETER || transaction->status == STATUS_FREQUENCY)
		tally_value(&clock->refused, transaction, request_number(transaction, ROLE_SPEED));
	else if (transaction->status_row && transaction->status_row->class == STATUS_OK && khz_of(transaction))
		clock->khz = khz_of(transaction);
}

void facts_note_pins(struct session_facts *facts, const struct transaction *transaction, bool ok)
{
	struct clock_facts *clock = &facts->clock;

	if (!clock->khz)
		return;
	if (!ok && (status_is_line(transaction->status) || status_is_silent(transaction->status))) {
		tally_transaction(&clock->failed, transaction);
		clock->failed_khz = clock->khz;
	} else if (ok && clock->khz < clock->failed_khz && !clock->cured.count) {
		tally_value(&clock->cured, transaction, clock->khz);
		clock->cured_from = clock->failed_khz;
	}
}

/* --- order --- */

/* One client resets the chip before it enters debug mode, on purpose. */
static bool belongs_behind_enter(enum stlink_operation operation)
{
	return facts_is_target(operation) && operation != OP_RESET;
}

static void note_mode_order(struct session_facts *facts, const struct transaction *transaction)
{
	enum stlink_operation operation = transaction->command->operation;

	if (operation == OP_MODE && transaction->usable) {
		facts->mass_frame = answer_number(transaction, ROLE_MODE) == MODE_MASS ? transaction->frame : 0;
	} else if (operation == OP_ENTER || operation == OP_SWIM_ENTER) {
		facts->mass_frame = 0;
	} else if (facts->mass_frame && belongs_behind_enter(operation)) {
		if (!facts->wrong_mode.count)
			tally_add(&facts->wrong_mode, facts->mass_frame, transaction->time);
		tally_transaction(&facts->wrong_mode, transaction);
		facts->wrong_mode.command = facts->wrong_mode.command ? facts->wrong_mode.command : transaction->command;
	}
}

/* Known from macOS: the first answer after a probe was opened again is lost, and the same question once more is answered. */
static void note_first_answer(struct session_facts *facts, const struct transaction *transaction)
{
	uint64_t index = facts->commands - facts->scsi_commands;

	if (index == 1 && facts->in_stuck.count) {
		facts->lost_first = command_of(transaction);
		facts->lost_first_wait = facts->stuck_wait;
	} else if (index == 2 && facts->lost_first.command == transaction->command && transaction->usable) {
		facts->lost_first_again = transaction->frame;
		facts->lost_first_pause = transaction->time - facts->lost_first.time - facts->lost_first_wait;
	}
}

/* What the missing records held may have left the mode that was seen last, or have reset the core. */
void facts_note_hole(struct session_facts *facts)
{
	facts->dfu_exit_lost = facts->dfu_exit_lost || facts->dfu_frame;
	facts->mass_frame = facts->dfu_frame = 0;
	facts_forget_core(facts);
}

static bool is_hole(const struct transaction *transaction)
{
	return transaction->command == &stlink_unknown && transaction_noted(transaction, NOTE_NO_SUBMISSION);
}

void facts_note_order(struct session_facts *facts, const struct transaction *transaction)
{
	if (is_hole(transaction)) {
		facts->holes += facts->commands > 1; /* else the capture begins here */
		facts_note_hole(facts);
	}
	note_mode_order(facts, transaction);
	if (facts->commands <= facts->scsi_commands + 2)
		note_first_answer(facts, transaction);
}

void facts_note_identified(struct session_facts *facts, const struct transaction *transaction)
{
	switch (transaction->command->operation) {
	case OP_MODE:
		break;
	case OP_EXIT:
		if (facts->last_id.command)
			tally_value(&facts->id_then_exit, transaction, facts->last_id_value);
		facts->last_id.command = NULL;
		break;
	default:
		facts->last_id.command = NULL;
		if (facts->id_good.count && facts->id_good.last_frame == transaction->frame)
			facts->last_id = command_of(transaction);
		break;
	}
}
