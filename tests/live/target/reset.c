/*
 * Power, reset, and what the firmware does to the debug port when nobody stops it.
 * Knows: which parts a reset reaches, low-power modes, watchdogs.
 * Must not know: how any part works.
 */
#include "machine.h"

#include <string.h>

#define LOWEST_MILLIVOLTS 1700u
#define SETTLE_US 1000u /* of firmware, until it sleeps, or locks up */
#define WATCHDOG_US 500000u
#define C_DEBUGEN 1u
#define VC_CORERESET 1u
#define DFSR_VCATCH (1u << 3)
#define FREEZE_WATCHDOG (1u << 12)

uint64_t machine_now(const struct target *target)
{
	return core_clock(target->core) / CYCLES_A_MICROSECOND;
}

bool machine_in_reset(const struct target *target)
{
	return target->nrst_low && !target->wiring.nrst_unconnected;
}

static bool doze_kept_awake(const struct target *target)
{
	static const uint32_t bits[] = { [DOZE_NONE] = 7, [DOZE_SLEEP] = 1, [DOZE_STOP] = 2, [DOZE_STANDBY] = 4 };

	return target->debug_mcu[0] & bits[target->wiring.doze];
}

static bool dozes(const struct target *target)
{
	return target->wiring.doze != DOZE_NONE && !machine_in_reset(target) && target->ran >= SETTLE_US &&
		core_state(target->core) == CORE_SLEEPS;
}

bool machine_stopped(const struct target *target)
{
	return target->wiring.doze == DOZE_STOP && dozes(target) && !doze_kept_awake(target);
}

bool machine_silent(const struct target *target)
{
	const struct wiring *wiring = &target->wiring;

	if (wiring->absent || wiring->millivolts < LOWEST_MILLIVOLTS || flash_protection(target) == 2)
		return true;
	if (wiring->doze == DOZE_STANDBY && dozes(target) && !doze_kept_awake(target))
		return true;
	return !machine_in_reset(target) && wiring->pins_lost_after != NEVER && target->ran >= wiring->pins_lost_after;
}

/* What the firmware comes to by itself, once it has run a while. */
static void settle(struct target *target)
{
	if (target->ran < SETTLE_US || core_state(target->core) == CORE_HALTED)
		return;
	if (target->wiring.locks_up)
		core_lock_up(target->core);
	else if (target->wiring.doze != DOZE_NONE)
		core_sleep(target->core);
}

static void start_core(struct target *target)
{
	core_reset(target->core);
	if (!machine_in_reset(target) && target->scs.dhcsr & C_DEBUGEN && target->scs.demcr & VC_CORERESET)
		core_halt(target->core, DFSR_VCATCH);
}

void machine_start(struct target *target)
{
	if (target->started)
		return;
	target->started = true;
	memset(target->debug_mcu, 0, sizeof target->debug_mcu);
	peripherals_reset(target, true);
	trace_reset(target);
	system_control_reset(target, true);
	start_core(target);
	/* Long ago there was a debugger before this one, and read the flag of the first reset. */
	target->scs.reset_seen = target->wiring.fresh;
	target->before_first_reset = target->wiring.fresh;
	target->ran = target->wiring.fresh ? 0 : BEFORE_US;
	settle(target);
}

static void core_domain_reset(struct target *target)
{
	system_control_reset(target, false);
	target->ran = 0;
	target->before_first_reset = false;
	target->last_reset = target->watchdog_fed = machine_now(target);
	target->core_reset_wanted = target->reset_wanted = false;
	start_core(target);
}

void machine_reset(struct target *target)
{
	peripherals_reset(target, false);
	core_domain_reset(target);
}

void machine_do_resets(struct target *target)
{
	if (target->reset_wanted)
		machine_reset(target);
	else if (target->core_reset_wanted)
		core_domain_reset(target);
}

/* Resets that come from the chip. */
static void reset_itself(struct target *target)
{
	const struct wiring *wiring = &target->wiring;
	bool frozen = core_state(target->core) == CORE_HALTED && target->debug_mcu[1] & FREEZE_WATCHDOG;

	if (frozen)
		target->watchdog_fed = machine_now(target);
	if (wiring->self_reset_us && machine_now(target) - target->last_reset >= wiring->self_reset_us)
		machine_reset(target);
	if (wiring->hardware_watchdog && machine_now(target) - target->watchdog_fed >= WATCHDOG_US)
		machine_reset(target);
}

void target_run(struct target *target, unsigned microseconds)
{
	machine_start(target);
	if (target->wiring.absent || target->wiring.millivolts < LOWEST_MILLIVOLTS)
		return;
	trace_run(target, microseconds);
	core_run(target->core, (uint64_t)microseconds * CYCLES_A_MICROSECOND);
	machine_do_resets(target);
	if (machine_in_reset(target))
		return;
	if (core_state(target->core) != CORE_HALTED && target->ran != BEFORE_US && !target->before_first_reset)
		target->ran += microseconds;
	settle(target);
	reset_itself(target);
}

void target_nrst(struct target *target, bool low)
{
	bool before = target->nrst_low;

	machine_start(target);
	target->nrst_low = low;
	if (target->wiring.nrst_unconnected || before == low)
		return;
	/* The flanks: at the first everything goes to its reset state, at the second the core starts from there. */
	machine_reset(target);
}
