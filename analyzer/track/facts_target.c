/*
 * What a command that reaches the chip adds to the facts of its session.
 * Knows: statuses by their class, what says who is there. What of the chip it reached is the matter of facts_chip.c and its kin.
 * Must not know: what is good or bad for the user, words.
 */
#include <string.h>

#include "facts_internal.h"

#define PORT_DP 0xffffu

bool status_is_silent(uint8_t status)
{
	return status == 0x04 || status == 0x05 || status == 0x09;
}

bool status_is_line(uint8_t status)
{
	return status == 0x12 || status == 0x13 || status == 0x16 || status == 0x17;
}

bool status_is_unreached(uint8_t status)
{
	return status_is_silent(status) || (status_is_line(status) && status != 0x13);
}

bool status_is_wait(uint8_t status)
{
	return status == 0x10 || status == 0x14;
}

bool status_is_fault(uint8_t status)
{
	return status == 0x11 || status == 0x15 || status == 0x18 || status == 0x19 || status == 0x1a;
}

bool facts_is_target(enum stlink_operation operation)
{
	switch (operation) {
	case OP_CORE_ID: case OP_IDCODES: case OP_MEMORY_READ: case OP_MEMORY_WRITE: case OP_MISC_OUT:
	case OP_DEBUG_REGISTER_READ: case OP_DEBUG_REGISTER_WRITE: case OP_CORE_REGISTER_READ: case OP_CORE_REGISTER_WRITE:
	case OP_CORE_REGISTERS_READ: case OP_DAP_READ: case OP_DAP_WRITE: case OP_AP_OPEN:
	case OP_RESET: case OP_HALT: case OP_RUN: case OP_STEP:
		return true;
	default:
		return false;
	}
}

/* What tells two WAITs of the same access from two accesses: the address, or port and register. */
static uint64_t key_of(const struct transaction *transaction)
{
	const struct operation *request = &transaction->request_operation;

	if (operation_has(request, ROLE_ADDRESS))
		return operation_get(request, ROLE_ADDRESS, 0);
	return operation_get(request, ROLE_PORT, operation_get(request, ROLE_AP, 0)) << 32 | operation_get(request, ROLE_REGISTER, 0);
}

static bool same_access(const struct wait_run *run, const struct transaction *transaction, uint64_t key)
{
	return run->command == transaction->command && run->key == key;
}

static void give_up_wait(struct session_facts *facts)
{
	struct wait_run *run = &facts->wait;

	if (run->count >= 3) {
		facts->wait_ladders++;
		if (run->count > facts->stuck_wait_run.count)
			facts->stuck_wait_run = *run;
	}
	memset(run, 0, sizeof *run);
}

static void note_wait(struct session_facts *facts, const struct transaction *transaction)
{
	uint64_t key = key_of(transaction);
	struct wait_run *run = &facts->wait;

	tally_transaction(&facts->waits, transaction);
	facts->waits_since_ok++;
	if (run->count && !same_access(run, transaction, key))
		give_up_wait(facts);
	if (!run->count) {
		run->command = transaction->command;
		run->key = key;
		run->first_frame = transaction->frame;
		run->first_time = transaction->time;
		run->status = transaction->status;
	}
	run->count++;
	run->last_frame = transaction->frame;
	run->last_time = transaction->end_time;
}

static void end_wait(struct session_facts *facts, const struct transaction *transaction, bool worked)
{
	struct wait_run *run = &facts->wait;
	uint64_t key;

	if (!run->count && !facts->stuck_wait_run.count)
		return;
	key = key_of(transaction);
	if (worked && same_access(&facts->stuck_wait_run, transaction, key))
		memset(&facts->stuck_wait_run, 0, sizeof facts->stuck_wait_run);
	if (!run->count)
		return;
	if (!same_access(run, transaction, key)) {
		give_up_wait(facts);
		return;
	}
	if (!worked) {
		give_up_wait(facts);
		return;
	}
	if (run->count >= 2) {
		if (!facts->wait_recovered.count)
			facts->wait_recovered.value = (uint32_t)run->count;
		tally_transaction(&facts->wait_recovered, transaction);
	}
	memset(run, 0, sizeof *run);
}

/* The way in can be answered WAIT too, and is retried like an access. */
void facts_note_enter_wait(struct session_facts *facts, const struct transaction *transaction)
{
	if (status_is_wait(transaction->status))
		note_wait(facts, transaction);
	else
		end_wait(facts, transaction, transaction->status_row && transaction->status_row->class == STATUS_OK);
}

/* Does what came back differ from an undriven or a dead line? */
static bool is_living(const struct transaction *transaction)
{
	const struct payload *answer = &transaction->answer;

	if (!transaction->usable)
		return false;
	if (operation_has(&transaction->answer_operation, ROLE_VALUE)) {
		uint32_t value = answer_number(transaction, ROLE_VALUE);

		return value && value != UINT32_MAX;
	}
	if (transaction->command->operation == OP_MEMORY_READ)
		for (uint32_t i = 0; i < answer->captured && i < 16; i++)
			if (answer->bytes[i] && answer->bytes[i] != 0xff)
				return true;
	return false;
}

/* READ_IDCODES, READCOREID and a read of the debug port's register 0 all ask: who is there? */
static bool is_id_read(const struct transaction *transaction)
{
	switch (transaction->command->operation) {
	case OP_IDCODES:
	case OP_CORE_ID:
		return true;
	case OP_DAP_READ:
		return request_number(transaction, ROLE_PORT) == PORT_DP && (request_number(transaction, ROLE_REGISTER) & 0xff) == 0;
	default:
		return false;
	}
}

static void note_id(struct session_facts *facts, const struct transaction *transaction)
{
	bool failed = transaction->has_status && !(transaction->status_row && transaction->status_row->class == STATUS_OK);
	uint32_t value = answer_number(transaction, ROLE_VALUE), second = answer_number(transaction, ROLE_VALUE2);

	if (!transaction->usable)
		return;
	if (!facts->first_id.frame) {
		facts->first_id = (struct enter_fact){
			.frame = transaction->frame, .time = transaction->time, .command = transaction->command, .status_row = transaction->status_row,
			.result = transaction->result, .status = transaction->status, .has_status = transaction->has_status, .ok = !failed,
		};
	}
	if (failed) {
		tally_transaction(&facts->id_failed, transaction);
		return;
	}
	if (!operation_has(&transaction->answer_operation, ROLE_VALUE))
		return;
	if ((!value || value == UINT32_MAX) && (!second || second == UINT32_MAX)) {
		tally_value(&facts->id_bad, transaction, value);
		if (transaction->command->operation == OP_DAP_READ)
			tally_value(&facts->dpidr_bad, transaction, value);
	} else {
		facts->last_id_value = value && value != UINT32_MAX ? value : second;
		tally_value(&facts->id_good, transaction, facts->last_id_value);
	}
}

static void note_target_ok(struct session_facts *facts, const struct transaction *transaction)
{
	tally_transaction(&facts->target_ok, transaction);
	if (is_living(transaction))
		tally_transaction(&facts->target_living, transaction);
	facts->line_then_ok = facts->line.count > 0;
	facts->trailing_failures = facts->trailing_silent.count = 0;
	facts->wait_ladders = facts->waits_since_ok = 0;
	end_wait(facts, transaction, true);
}

static void note_target_failed(struct session_facts *facts, const struct transaction *transaction)
{
	uint8_t status = transaction->status;

	if (status == 0x1d)
		return;
	tally_transaction(&facts->target_failed, transaction);
	facts->trailing_failures++;
	if (status_is_silent(status) || status == 0x12 || status == 0x16) /* no valid acknowledge; wrong parity is an answer */
		tally_transaction(&facts->trailing_silent, transaction);
	facts_note_debug_power(facts, transaction);
	if (status_is_wait(status)) {
		note_wait(facts, transaction);
		return;
	}
	end_wait(facts, transaction, false);
	if (status_is_silent(status))
		tally_transaction(&facts->silent, transaction);
	else if (status_is_fault(status))
		tally_transaction(&facts->fault, transaction);
	else if (status_is_line(status)) {
		facts->line_between_ok = facts->line_between_ok || facts->line_then_ok;
		tally_transaction(&facts->line, transaction);
	}
}

void facts_note_debug_power(struct session_facts *facts, const struct transaction *transaction)
{
	if (transaction->status == 0x0b)
		tally_transaction(&facts->debug_power, transaction);
}

/* A debug command while the probe said DFU and nobody told it to leave. */
void facts_note_dfu_ignored(struct session_facts *facts, const struct transaction *transaction)
{
	if (!facts->dfu_frame || facts->dfu_exit.count || facts->dfu_exit_lost)
		return;
	tally_add(&facts->dfu_ignored, facts->dfu_frame, transaction->time);
	tally_add(&facts->dfu_ignored, transaction->frame, transaction->time);
	facts->dfu_ignored.command = transaction->command;
	facts->dfu_frame = 0;
}

void facts_note_target(struct session_facts *facts, const struct transaction *transaction)
{
	enum stlink_operation operation = transaction->command->operation;
	bool ok = transaction->has_status && transaction->status_row && transaction->status_row->class == STATUS_OK;

	facts->target_commands++;
	if (operation == OP_DAP_READ || operation == OP_DAP_WRITE)
		facts->dap_after_enter = true;
	facts_note_dfu_ignored(facts, transaction);
	if (operation == OP_CORE_ID && transaction->usable) /* has no status */
		note_id(facts, transaction);
	if (!transaction->has_status || transaction_noted(transaction, NOTE_SHIFTED) || transaction_noted(transaction, NOTE_SHORT))
		return;
	if (ok)
		note_target_ok(facts, transaction);
	else
		note_target_failed(facts, transaction);
	facts_note_loss(facts, transaction, ok);
	facts_note_pins(facts, transaction, ok);
	if (operation != OP_CORE_ID && is_id_read(transaction))
		note_id(facts, transaction);
	if (operation == OP_AP_OPEN)
		facts_note_port_opened(facts, transaction, ok);
}
