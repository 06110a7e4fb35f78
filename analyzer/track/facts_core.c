/*
 * What the core is told and what it says: halt, run, step, reset, and the loader that a client runs in RAM to write flash.
 * Knows: DHCSR, DEMCR, AIRCR (ARMv7-M C1.6, B3.2.6). Must not know: which command reached them (access.h), words, what the user should do.
 */
#include "facts_internal.h"

#define MILLISECOND INT64_C(1000000)

#define AIRCR 0xe000ed0cu
#define DHCSR 0xe000edf0u
#define DEMCR 0xe000edfcu
#define DEBUG_KEY 0xa05fu
#define VECTOR_KEY 0x05fau
#define C_DEBUGEN (1u << 0)
#define C_HALT (1u << 1)
#define C_STEP (1u << 2)
#define S_HALT (1u << 17)
#define S_SLEEP (1u << 18)
#define S_LOCKUP (1u << 19)
#define S_RESET_ST (1u << 25)
#define SYSRESETREQ (1u << 2)
#define VECTRESET (1u << 0)
#define VC_CORERESET (1u << 0)
#define PROGRAM_COUNTER 15
#define LAST_ARGUMENT 3 /* r0 to r3 */
#define STATE_HALTED 0x81

#define HALTS_WITHIN (10 * MILLISECOND)
#define PULSE_TOLD_WITHIN (100 * MILLISECOND)
#define HELD_FOR (500 * MILLISECOND)
#define HELD_READS 5
#define FAULT_WITHIN (5 * MILLISECOND)
#define POLLS_GIVEN_UP 20
#define GIVEN_UP_AFTER (400 * MILLISECOND)

bool facts_is_flash(uint32_t address)
{
	return address >= 0x08000000u && address <= 0x0bffffffu;
}

/* Where a client puts code and data of its own; also the core-coupled memory of some families. */
bool facts_is_ram(uint32_t address)
{
	return (address >= 0x20000000u && address <= 0x3fffffffu) || (address >= 0x10000000u && address <= 0x100fffffu);
}

/* --- orders --- */

/* Out of reset the firmware runs, unless the core is to stop there. */
static void note_restart(struct session_facts *facts)
{
	facts->core.loader.armed = facts->core.loader.ended = false;
	if (!(facts->core.vectors_value & VC_CORERESET))
		facts_note_firmware_runs(facts);
}

static void give_order(struct session_facts *facts, const struct transaction *transaction, enum core_order order)
{
	struct core_facts *core = &facts->core;

	core->order = order;
	core->ordered = command_of(transaction);
	if (order == CORE_ORDER_HALT)
		core->halted_at = transaction->time;
	if (order == CORE_ORDER_RESET) {
		core->reset_asked = core->pulse_mixed = true;
		note_restart(facts);
	}
	core->halt_ignored.count = 0;
}

static void seen_obeyed(struct core_facts *core, const struct transaction *transaction)
{
	tally_value(&core->obeyed, transaction, core->order);
	core->order = CORE_ORDER_NONE;
	core->halt_ignored.count = 0;
}

/* C_HALT stands and the core runs: the order arrived. After a reset it would be gone. */
static void note_ignored(struct session_facts *facts, const struct transaction *transaction, uint32_t value)
{
	struct core_facts *core = &facts->core;

	if (value & S_RESET_ST || !(value & C_HALT) || transaction->time - core->ordered.time < HALTS_WITHIN)
		return;
	if (!core->halt_ignored.count) {
		tally_add(&core->halt_ignored, core->ordered.frame, core->ordered.time);
		core->halt_ignored.command = core->ordered.command;
	}
	core->halt_ignored.value = value;
	tally_add(&core->halt_ignored, transaction->frame, transaction->time);
}

static void note_obedience(struct session_facts *facts, const struct transaction *transaction, uint32_t value)
{
	struct core_facts *core = &facts->core;
	bool obeyed = false;

	switch (core->order) {
	case CORE_ORDER_NONE: return;
	case CORE_ORDER_HALT: case CORE_ORDER_STEP: obeyed = value & S_HALT; break;
	case CORE_ORDER_RUN: obeyed = !(value & S_HALT); break;
	case CORE_ORDER_RESET: obeyed = value & S_RESET_ST; break;
	}
	if (obeyed)
		seen_obeyed(core, transaction);
	else if (core->order == CORE_ORDER_HALT)
		note_ignored(facts, transaction, value);
}

/* --- the loader --- */

static void loader_run(struct session_facts *facts, const struct transaction *transaction)
{
	struct loader_facts *loader = &facts->core.loader;

	loader->running = loader->armed && loader->ram_written && loader->for_flash;
	loader->ended = false;
	if (!loader->running) {
		facts_note_firmware_runs(facts);
		return;
	}
	loader->run = command_of(transaction);
	loader->polls.count = 0;
	facts_note_loader_begins(facts, transaction);
}

/* The host turned to something else. */
static void loader_leave(struct session_facts *facts, const struct transaction *transaction)
{
	struct loader_facts *loader = &facts->core.loader;

	if (!loader->running)
		return;
	loader->running = false;
	if (loader->polls.count < POLLS_GIVEN_UP || loader->polls.last_time - loader->run.time < GIVEN_UP_AFTER)
		return;
	if (!loader->given_up.count) {
		loader->given_up_run = loader->run;
		loader->given_up_after = loader->polls.last_time - loader->run.time;
	}
	tally_value(&loader->given_up, transaction, (uint32_t)loader->polls.count);
}

static void loader_polled(struct session_facts *facts, const struct transaction *transaction, uint32_t value)
{
	struct loader_facts *loader = &facts->core.loader;

	if (value & S_LOCKUP) {
		tally_value(&loader->crashed, transaction, value);
		loader->running = false;
	} else if (value & S_HALT) {
		loader->running = loader->armed = false;
		loader->ended = true;
	} else {
		tally_transaction(&loader->polls, transaction);
	}
}

static void note_core_register(struct session_facts *facts, const struct transaction *transaction, const struct access *access)
{
	struct loader_facts *loader = &facts->core.loader;

	if (!access->known || !access->ok)
		return;
	if (!access->write) {
		loader_leave(facts, transaction);
		if (access->address == PROGRAM_COUNTER && loader->ended && access->has_value && !facts_is_ram(access->value)) {
			loader->crashed_by_counter = loader->crashed_by_counter || !loader->crashed.count;
			tally_value(&loader->crashed, transaction, access->value);
			loader->ended = false;
		}
		return;
	}
	loader->ended = false;
	if (access->address == PROGRAM_COUNTER)
		loader->armed = facts_is_ram(access->value);
	else if (access->address <= LAST_ARGUMENT && facts_is_flash(access->value))
		loader->for_flash = true;
}

/* --- DHCSR --- */

static bool nrst_is_low(const struct session_facts *facts)
{
	return facts->nrst_low.count && facts->nrst_low.last_frame > facts->nrst_released.last_frame;
}

static void note_pulse_told(struct session_facts *facts, const struct transaction *transaction, uint32_t value)
{
	struct core_facts *core = &facts->core;
	struct command_fact pulse = core->pulse;

	core->pulse.command = NULL;
	if (!pulse.command || transaction->time - pulse.time > PULSE_TOLD_WITHIN)
		return;
	if (value & S_RESET_ST) {
		if (!core->pulse_mixed && core->seen) /* else it may have been the other one, or the power-up */
			tally_transaction(&core->pulse_seen, transaction);
		return;
	}
	if (!core->pulse_unseen.count) {
		tally_add(&core->pulse_unseen, pulse.frame, pulse.time);
		core->pulse_unseen.command = pulse.command;
		core->pulse_unseen.value = value;
	}
	tally_add(&core->pulse_unseen, transaction->frame, transaction->time);
}

static void note_reset_told(struct session_facts *facts, const struct transaction *transaction, uint32_t value)
{
	struct core_facts *core = &facts->core;
	bool asked = core->reset_asked || !core->seen;

	core->reset_asked = false;
	if (core->seen && core->dhcsr & C_DEBUGEN && !(value & C_DEBUGEN) && !asked && core->control.time < core->read_time)
		tally_value(&core->debug_lost, transaction, value);
	if (!(value & S_RESET_ST) || nrst_is_low(facts)) {
		core->in_reset.count = 0;
		return;
	}
	if (!asked && !(core->dhcsr & S_RESET_ST))
		tally_value(&core->self_reset, transaction, value);
	tally_value(&core->in_reset, transaction, value);
	if (core->in_reset.count >= HELD_READS && transaction->time - core->in_reset.first_time >= HELD_FOR) {
		core->held = core->in_reset;
		core->held_time = transaction->time - core->in_reset.first_time;
	}
}

static void note_dhcsr_read(struct session_facts *facts, const struct transaction *transaction, uint32_t value)
{
	struct core_facts *core = &facts->core;

	note_pulse_told(facts, transaction, value);
	note_reset_told(facts, transaction, value);
	note_obedience(facts, transaction, value);
	if (value & S_SLEEP && !(value & S_HALT))
		tally_value(&core->sleeping, transaction, value);
	if (core->loader.running)
		loader_polled(facts, transaction, value);
	else if (value & S_LOCKUP)
		tally_value(&core->lockup, transaction, value);
	core->seen = true;
	core->dhcsr = value;
	core->read_time = transaction->time;
}

/* Nobody knows whether it worked: it may have cleared what tells of a reset. */
static void note_unjudged_read(struct core_facts *core)
{
	core->pulse.command = NULL;
	core->in_reset.count = 0;
	core->reset_asked = true;
}

void facts_forget_core(struct session_facts *facts)
{
	struct core_facts *core = &facts->core;

	note_unjudged_read(core);
	core->control.command = core->vectors.command = NULL;
}

static void note_dhcsr_write(struct session_facts *facts, const struct transaction *transaction, uint32_t value)
{
	struct core_facts *core = &facts->core;

	if (value >> 16 != DEBUG_KEY)
		return;
	core->control = command_of(transaction);
	core->control_value = value;
	if (!(value & C_DEBUGEN))
		core->order = CORE_ORDER_NONE;
	else
		give_order(facts, transaction, value & C_HALT ? CORE_ORDER_HALT : value & C_STEP ? CORE_ORDER_STEP : CORE_ORDER_RUN);
	if (value & C_HALT || !(value & C_DEBUGEN))
		loader_leave(facts, transaction);
	else
		loader_run(facts, transaction);
}

static void note_debug_register(struct session_facts *facts, const struct transaction *transaction, const struct access *access)
{
	struct core_facts *core = &facts->core;
	uint32_t word;

	if (access_word(access, DHCSR, &word)) {
		if (access->write)
			note_dhcsr_write(facts, transaction, word);
		else if (access->judged)
			note_dhcsr_read(facts, transaction, word);
		else
			note_unjudged_read(core);
	}
	if (!access->write)
		return;
	if (access_word(access, DEMCR, &word)) {
		core->vectors = command_of(transaction);
		core->vectors_value = word;
	}
	if (access_word(access, AIRCR, &word) && word >> 16 == VECTOR_KEY && word & (SYSRESETREQ | VECTRESET)) {
		loader_leave(facts, transaction);
		give_order(facts, transaction, CORE_ORDER_RESET);
	}
}

void facts_note_core(struct session_facts *facts, const struct transaction *transaction, const struct access *access)
{
	if (access->kind == ACCESS_CORE) {
		note_core_register(facts, transaction, access);
		return;
	}
	if (access->kind != ACCESS_MEMORY || !access->known)
		return;
	if (!access->ok) {
		bool refused = transaction->result == RESULT_ERROR || transaction->result == RESULT_WAIT;

		/* Of its answer something is missing, and the read may have worked. */
		if (!refused && !access->write && access->address <= DHCSR && access->address + access->length > DHCSR)
			note_unjudged_read(&facts->core);
		return;
	}
	if (access->address >> 12 == DHCSR >> 12)
		note_debug_register(facts, transaction, access);
	else if (access->write && facts_is_ram(access->address))
		facts->core.loader.ram_written = true;
}

/* --- commands of the probe that do the same --- */

static void state_told(struct session_facts *facts, const struct transaction *transaction)
{
	bool halted = transaction->status == STATE_HALTED;

	if (!transaction->usable || !transaction->has_status)
		return;
	if (((facts->core.order == CORE_ORDER_HALT || facts->core.order == CORE_ORDER_STEP) && halted) ||
	    (facts->core.order == CORE_ORDER_RUN && !halted))
		seen_obeyed(&facts->core, transaction);
}

static void pulse_sent(struct session_facts *facts, const struct transaction *transaction)
{
	struct core_facts *core = &facts->core;

	core->reset_asked = true;
	note_restart(facts);
	if (request_number(transaction, ROLE_LEVEL) != 1) {
		core->low = core->pulse = command_of(transaction);
		core->pulse_mixed = false;
	} else if (core->low.command) {
		/* It lasted until now: whatever was read in between, the next read tells of it, too. */
		core->pulse = core->low;
		core->pulse.time = transaction->time;
		core->low.command = NULL;
	}
}

void facts_note_core_command(struct session_facts *facts, const struct transaction *transaction)
{
	bool ok = transaction->has_status && transaction->status_row && transaction->status_row->class == STATUS_OK;

	switch (transaction->command->operation) {
	case OP_CORE_STATE:
		state_told(facts, transaction);
		return;
	case OP_EXIT: case OP_ENTER:
		loader_leave(facts, transaction);
		facts->core.reset_asked = true;
		facts->core.order = CORE_ORDER_NONE;
		return;
	default:
		break;
	}
	if (transaction->has_status && status_is_fault(transaction->status) && facts->core.halted_at &&
	    transaction->time - facts->core.halted_at <= FAULT_WITHIN && facts->has_version && facts->version.major == 3)
		tally_transaction(&facts->core.fault_after_halt, transaction);
	if (!ok)
		return;
	switch (transaction->command->operation) {
	case OP_HALT:
		loader_leave(facts, transaction);
		give_order(facts, transaction, CORE_ORDER_HALT);
		break;
	case OP_RUN:
		give_order(facts, transaction, CORE_ORDER_RUN);
		loader_run(facts, transaction);
		break;
	case OP_STEP:
		give_order(facts, transaction, CORE_ORDER_STEP);
		break;
	case OP_RESET:
		loader_leave(facts, transaction);
		give_order(facts, transaction, CORE_ORDER_RESET);
		break;
	case OP_NRST:
		pulse_sent(facts, transaction);
		break;
	default:
		break;
	}
}
