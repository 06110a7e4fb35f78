/*
 * The core between its instructions: registers, halting, exceptions, interrupts, lockup.
 * Knows: the exception model of ARMv7-M (B1.5), as far as code under a debugger needs it: faults nest, interrupts do not.
 * Must not know: how an instruction is executed, how a debugger asks.
 */
#include "emulator.h"
#include "machine.h"

#include <stdlib.h>

#define DFSR_HALTED (1u << 0)
#define DFSR_BKPT (1u << 1)
#define DFSR_DWTTRAP (1u << 2)
#define DFSR_VCATCH (1u << 3)

#define C_DEBUGEN (1u << 0)
#define C_MASKINTS (1u << 3)
#define VC_BUSERR (1u << 8)
#define VC_STATERR (1u << 7)
#define VC_HARDERR (1u << 10)

#define CFSR_IBUSERR (1u << 8)
#define CFSR_PRECISERR (1u << 9)
#define CFSR_STKERR (1u << 12)
#define CFSR_BFARVALID (1u << 15)
#define CFSR_UNDEFINSTR (1u << 16)
#define HFSR_VECTTBL (1u << 1)
#define HFSR_FORCED (1u << 30)
#define HFSR_DEBUGEVT (1u << 31)
#define SHCSR_BUSFAULTENA (1u << 17)
#define SHCSR_USGFAULTENA (1u << 18)

#define THUMB (1u << 24)
#define EXCEPTION_MASK 0x1FFu
#define IT_MASK 0x0600FC00u
#define FRAME_ALIGNED (1u << 9)
#define CONTROL_SPSEL 2u
#define TICK_INTERRUPT 2u

enum exception { RESET = 1, NMI = 2, HARD_FAULT = 3, BUS_FAULT = 5, USAGE_FAULT = 6, SUPERVISOR_CALL = 11, PENDSV = 14, SYSTICK = 15,
	FIRST_INTERRUPT = 16 };

struct core {
	struct target *target;
	struct emulator *emulator;
	struct registers registers;
	enum core_state state;
	uint64_t clock, awake;
	bool executing; /* inside emulator_run: its progress counts too */
};

struct core *core_new(struct target *target)
{
	struct core *core = calloc(1, sizeof *core);

	if (!core)
		abort();
	core->target = target;
	core->emulator = emulator_new(target);
	core->registers.xpsr = THUMB;
	return core;
}

void core_free(struct core *core)
{
	emulator_free(core->emulator);
	free(core);
}

enum core_state core_state(const struct core *core)
{
	return core->state;
}

uint64_t core_clock(const struct core *core)
{
	return core->clock + (core->executing ? emulator_progress(core->emulator) : 0);
}

uint64_t core_awake(const struct core *core)
{
	return core->awake + (core->executing ? emulator_progress(core->emulator) : 0);
}

void core_forget_code(struct core *core)
{
	emulator_forget(core->emulator);
}

uint32_t core_sample(const struct core *core)
{
	return core->state == CORE_RUNS ? core->registers.pc : 0xFFFFFFFF;
}

static uint32_t current_exception(const struct core *core)
{
	return core->registers.xpsr & EXCEPTION_MASK;
}

static uint32_t *stack_pointer(struct registers *registers)
{
	return registers->control & CONTROL_SPSEL && !(registers->xpsr & EXCEPTION_MASK) ? &registers->psp : &registers->msp;
}

/* The 32-bit registers by their number in DCRSR; NULL: not one of them. */
static uint32_t *plain_register(struct registers *registers, unsigned number)
{
	if (number < CORE_SP)
		return &registers->r[number];
	if (number >= CORE_S0 && number < CORE_S0 + 32)
		return &registers->s[number - CORE_S0];
	switch (number) {
	case CORE_SP:
		return stack_pointer(registers);
	case CORE_LR:
		return &registers->lr;
	case CORE_PC:
		return &registers->pc;
	case CORE_XPSR:
		return &registers->xpsr;
	case CORE_MSP:
		return &registers->msp;
	case CORE_PSP:
		return &registers->psp;
	case CORE_FPSCR:
		return &registers->fpscr;
	}
	return NULL;
}

uint32_t core_register(const struct core *core, unsigned number)
{
	struct registers registers = core->registers;
	const uint32_t *plain = plain_register(&registers, number);

	if (number == CORE_SPECIAL)
		return (uint32_t)registers.control << 24 | (uint32_t)registers.faultmask << 16 | (uint32_t)registers.basepri << 8 |
			registers.primask;
	return plain ? *plain : 0;
}

void core_set_register(struct core *core, unsigned number, uint32_t value)
{
	struct registers *registers = &core->registers;
	uint32_t *plain = plain_register(registers, number);

	if (number == CORE_SPECIAL) {
		registers->control = value >> 24 & 7;
		registers->faultmask = value >> 16 & 1;
		registers->basepri = value >> 8 & 0xF0;
		registers->primask = value & 1;
	} else if (number == CORE_SP || number == CORE_MSP || number == CORE_PSP) {
		*plain = value & ~3u;
	} else if (number == CORE_PC) {
		*plain = value & ~1u;
	} else if (plain) {
		*plain = value;
	}
}

void core_halt(struct core *core, uint32_t reason)
{
	core->state = CORE_HALTED;
	core->target->scs.dfsr |= reason;
}

void core_resume(struct core *core)
{
	core->state = CORE_RUNS;
}

void core_sleep(struct core *core)
{
	core->state = CORE_SLEEPS;
}

void core_lock_up(struct core *core)
{
	core->state = CORE_LOCKUP;
	core->registers.pc = 0xFFFFFFFE;
	core->registers.xpsr = (core->registers.xpsr & ~EXCEPTION_MASK) | HARD_FAULT;
}

static bool debugged(const struct core *core)
{
	return core->target->scs.dhcsr & C_DEBUGEN;
}

static bool read_vector(struct core *core, unsigned exception, uint32_t *value)
{
	return bus_read(core->target, MASTER_CORE, core->target->scs.vtor + 4 * exception, 4, value);
}

void core_reset(struct core *core)
{
	struct registers *registers = &core->registers;
	uint32_t stack, start;

	*registers = (struct registers){ .xpsr = THUMB, .lr = 0xFFFFFFFF };
	core->state = CORE_RUNS;
	emulator_forget(core->emulator);
	if (!read_vector(core, 0, &stack) || !read_vector(core, RESET, &start)) {
		core->target->scs.hfsr |= HFSR_VECTTBL;
		core_lock_up(core);
		return;
	}
	registers->msp = stack & ~3u;
	registers->pc = start & ~1u;
	registers->xpsr = start & 1 ? THUMB : 0;
}

/* Eight words onto the stack in use (ARMv7-M B1.5.6). */
static bool push_frame(struct core *core)
{
	struct registers *registers = &core->registers;
	uint32_t *sp = stack_pointer(registers), align = *sp & 4;
	uint32_t frame = *sp - 32 - align;
	const uint32_t words[] = { registers->r[0], registers->r[1], registers->r[2], registers->r[3], registers->r[12], registers->lr,
		registers->pc, (registers->xpsr & ~FRAME_ALIGNED) | (align ? FRAME_ALIGNED : 0) };

	*sp = frame;
	for (unsigned i = 0; i < 8; i++)
		if (!bus_write(core->target, MASTER_CORE, frame + 4 * i, 4, words[i]))
			return false;
	return true;
}

static bool pop_frame(struct core *core, uint32_t *sp)
{
	struct registers *registers = &core->registers;
	uint32_t words[8], frame = *sp;

	for (unsigned i = 0; i < 8; i++)
		if (!bus_read(core->target, MASTER_CORE, frame + 4 * i, 4, &words[i]))
			return false;
	for (unsigned i = 0; i < 4; i++)
		registers->r[i] = words[i];
	registers->r[12] = words[4];
	registers->lr = words[5];
	registers->pc = words[6] & ~1u;
	registers->xpsr = words[7] & ~FRAME_ALIGNED;
	*sp = frame + 32 + (words[7] & FRAME_ALIGNED ? 4 : 0);
	return true;
}

static void enter_exception(struct core *core, enum exception exception);

/* A fault that has no handler of its own becomes a hard fault, and that in a hard fault locks up. */
static void escalate(struct core *core, uint32_t hfsr)
{
	uint32_t now = current_exception(core);

	core->target->scs.hfsr |= hfsr;
	if (now == HARD_FAULT || now == NMI || core->registers.faultmask)
		core_lock_up(core);
	else
		enter_exception(core, HARD_FAULT);
}

static bool caught(const struct core *core, enum exception exception)
{
	uint32_t demcr = core->target->scs.demcr;

	return debugged(core) && ((exception == HARD_FAULT && demcr & VC_HARDERR) || (exception == BUS_FAULT && demcr & VC_BUSERR) ||
		(exception == USAGE_FAULT && demcr & VC_STATERR));
}

static void enter_exception(struct core *core, enum exception exception)
{
	struct registers *registers = &core->registers;
	bool handler = current_exception(core) != 0, process = stack_pointer(registers) == &registers->psp;
	uint32_t vector;

	if (!push_frame(core) && exception != HARD_FAULT) {
		core->target->scs.cfsr |= CFSR_STKERR;
		exception = HARD_FAULT;
	}
	if (!read_vector(core, exception, &vector)) {
		core->target->scs.hfsr |= HFSR_VECTTBL;
		core_lock_up(core);
		return;
	}
	registers->lr = handler ? 0xFFFFFFF1 : process ? 0xFFFFFFFD : 0xFFFFFFF9;
	registers->xpsr = (registers->xpsr & ~(EXCEPTION_MASK | IT_MASK | THUMB)) | exception | (vector & 1 ? THUMB : 0);
	registers->control &= (uint8_t)~CONTROL_SPSEL;
	registers->pc = vector & ~1u;
	core->state = CORE_RUNS;
	if (caught(core, exception))
		core_halt(core, DFSR_VCATCH);
}

static void return_from_exception(struct core *core, uint32_t code)
{
	struct registers *registers = &core->registers;
	bool process = (code & 0xF) == 0xD;

	registers->control = (uint8_t)((registers->control & ~CONTROL_SPSEL) | (process ? CONTROL_SPSEL : 0));
	registers->faultmask = 0;
	if (!pop_frame(core, process ? &registers->psp : &registers->msp))
		escalate(core, HFSR_FORCED);
}

static void fault(struct core *core, uint32_t cfsr, enum exception exception, uint32_t enable)
{
	struct system_control *scs = &core->target->scs;

	scs->cfsr |= cfsr;
	if (cfsr & CFSR_BFARVALID)
		scs->bfar = emulator_fault_address(core->emulator);
	if (scs->shcsr & enable && !current_exception(core))
		enter_exception(core, exception);
	else
		escalate(core, HFSR_FORCED);
}

/* Events that stop a debugged core, and are a fault to one that is not. */
static void debug_event(struct core *core, uint32_t reason)
{
	if (debugged(core))
		core_halt(core, reason);
	else
		escalate(core, HFSR_DEBUGEVT);
}

static void handle_stop(struct core *core, enum stop stop)
{
	switch (stop) {
	case STOP_BUDGET:
		break;
	case STOP_ASKED:
		machine_do_resets(core->target);
		break;
	case STOP_BKPT:
	case STOP_BREAKPOINT:
		debug_event(core, DFSR_BKPT);
		break;
	case STOP_WATCHPOINT:
		debug_event(core, DFSR_DWTTRAP);
		break;
	case STOP_WAIT:
		core_sleep(core);
		break;
	case STOP_CALL:
		enter_exception(core, SUPERVISOR_CALL);
		break;
	case STOP_RETURN:
		return_from_exception(core, core->registers.pc);
		break;
	case STOP_FETCH_FAULT:
		fault(core, CFSR_IBUSERR, BUS_FAULT, SHCSR_BUSFAULTENA);
		break;
	case STOP_DATA_FAULT:
		fault(core, CFSR_PRECISERR | CFSR_BFARVALID, BUS_FAULT, SHCSR_BUSFAULTENA);
		break;
	case STOP_UNDEFINED:
		fault(core, CFSR_UNDEFINSTR, USAGE_FAULT, SHCSR_USGFAULTENA);
		break;
	}
}

/* The next interrupt that waits and is enabled; 0: none. Takes it off the list if it is to be served. */
static unsigned next_interrupt(struct core *core, bool serve)
{
	struct system_control *scs = &core->target->scs;
	bool *flags[] = { &scs->nmi_pending, &scs->pendsv_pending, &scs->systick_pending };
	static const enum exception exceptions[] = { NMI, PENDSV, SYSTICK };

	for (unsigned i = 0; i < 3; i++)
		if (*flags[i]) {
			*flags[i] = !serve;
			return exceptions[i];
		}
	for (unsigned word = 0; word < 3; word++) {
		uint32_t ready = scs->irq_pending[word] & scs->irq_enabled[word];

		if (ready) {
			scs->irq_pending[word] &= serve ? ~(ready & -ready) : 0xFFFFFFFF;
			return FIRST_INTERRUPT + 32 * word + (unsigned)__builtin_ctz(ready);
		}
	}
	return 0;
}

static void serve_interrupts(struct core *core)
{
	const struct registers *registers = &core->registers;

	if (debugged(core) && core->target->scs.dhcsr & C_MASKINTS)
		return;
	if (core->state == CORE_SLEEPS && core->target->wiring.doze == DOZE_NONE && next_interrupt(core, false))
		core->state = CORE_RUNS;
	if (core->state != CORE_RUNS || current_exception(core) || registers->primask || registers->faultmask)
		return;
	if (next_interrupt(core, false))
		enter_exception(core, (enum exception)next_interrupt(core, true));
}

/* Cycles until SysTick fires, NEVER if it does not. */
static uint64_t next_tick(const struct core *core)
{
	const struct system_control *scs = &core->target->scs;
	uint64_t period = (uint64_t)scs->systick_reload + 1;

	if ((scs->systick_control & 3) != (1 | TICK_INTERRUPT) || !scs->systick_reload)
		return NEVER;
	return period - (core->awake - scs->systick_start) % period;
}

static void pass(struct core *core, uint64_t cycles)
{
	uint64_t tick = next_tick(core);

	core->clock += cycles;
	if (core->state == CORE_HALTED)
		return;
	core->awake += cycles;
	if (cycles >= tick)
		core->target->scs.systick_pending = true;
}

static void execute(struct core *core, uint64_t cycles)
{
	uint64_t done;
	enum stop stop;

	core->executing = true;
	stop = emulator_run(core->emulator, &core->registers, cycles, &done);
	core->executing = false;
	pass(core, done);
	handle_stop(core, stop);
}

void core_run(struct core *core, uint64_t cycles)
{
	uint64_t end = core->clock + cycles;

	while (core->clock < end) {
		uint64_t left = end - core->clock, tick = next_tick(core);

		if (machine_in_reset(core->target) || core->state == CORE_HALTED || core->state == CORE_LOCKUP) {
			pass(core, left);
			return;
		}
		left = left < tick ? left : tick;
		serve_interrupts(core);
		if (core->state == CORE_RUNS)
			execute(core, left);
		else
			pass(core, left);
	}
}

void core_step(struct core *core)
{
	uint32_t dfsr = core->target->scs.dfsr;

	core->state = CORE_RUNS;
	serve_interrupts(core);
	if (core->state == CORE_RUNS)
		execute(core, 1);
	core_halt(core, core->target->scs.dfsr == dfsr ? DFSR_HALTED : 0);
}
