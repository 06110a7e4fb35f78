/*
 * The system control space: debug control, system control, interrupts, SysTick, and the breakpoint unit.
 * Knows: the registers of ARMv7-M B3.2, B3.3 and C1.6, C1.11.
 * Must not know: how the core runs.
 */
#include "machine.h"

#include <string.h>

#define DEBUG_KEY 0xA05Fu
#define VECTOR_KEY 0x05FAu

#define C_DEBUGEN (1u << 0)
#define C_HALT (1u << 1)
#define C_STEP (1u << 2)

#define DFSR_HALTED (1u << 0)
#define REGISTER_WRITE (1u << 16)
#define TICK_ENABLE (1u << 0)
#define FP_KEY (1u << 1)

struct register_row {
	uint32_t address;
	size_t offset;      /* of a uint32_t in struct system_control */
	uint32_t writable;
	uint32_t clearing;  /* writing ones clears these */
};

#define ROW(address, member, writable) { address, offsetof(struct system_control, member), writable, 0 }
#define FLAGS(address, member) { address, offsetof(struct system_control, member), 0, 0xFFFFFFFF }

static const struct register_row rows[] = {
	ROW(0xE000ED08, vtor, 0xFFFFFF80),
	ROW(0xE000ED14, ccr, 0x0000031B),
	ROW(0xE000ED18, priority[0], 0xFFFFFFFF),
	ROW(0xE000ED1C, priority[1], 0xFFFFFFFF),
	ROW(0xE000ED20, priority[2], 0xFFFFFFFF),
	ROW(0xE000ED24, shcsr, 0x0007FD8B),
	FLAGS(0xE000ED28, cfsr),
	FLAGS(0xE000ED2C, hfsr),
	FLAGS(0xE000ED30, dfsr),
	ROW(0xE000ED34, mmfar, 0xFFFFFFFF),
	ROW(0xE000ED38, bfar, 0xFFFFFFFF),
	ROW(0xE000ED88, cpacr, 0x00F00000),
	ROW(0xE000EDF8, dcrdr, 0xFFFFFFFF),
	ROW(0xE000EDFC, demcr, 0x010F07F1),
	ROW(0xE000E014, systick_reload, 0x00FFFFFF),
	ROW(0xE0002004, fp_remap, 0x1FFFFFE0),
	ROW(0xE0002008, fp_comparator[0], 0xDFFFFFFD),
	ROW(0xE000200C, fp_comparator[1], 0xDFFFFFFD),
	ROW(0xE0002010, fp_comparator[2], 0xDFFFFFFD),
	ROW(0xE0002014, fp_comparator[3], 0xDFFFFFFD),
	ROW(0xE0002018, fp_comparator[4], 0xDFFFFFFD),
	ROW(0xE000201C, fp_comparator[5], 0xDFFFFFFD),
	ROW(0xE0002020, fp_comparator[6], 0xDFFFFFFD),
	ROW(0xE0002024, fp_comparator[7], 0xDFFFFFFD),
};

/* Registers that never change (Cortex-M4 r0p1 with FPU). */
static const struct {
	uint32_t address, value;
} constants[] = {
	{ 0xE000E004, 0x00000002 }, /* ICTR: 96 interrupts */
	{ 0xE000E01C, 0x40002328 }, /* SYST_CALIB */
	{ 0xE000ED40, 0x00000030 }, { 0xE000ED44, 0x00000200 }, { 0xE000ED48, 0x00000000 }, { 0xE000ED4C, 0x00000000 },
	{ 0xE000ED50, 0x00000030 }, { 0xE000ED54, 0x00000000 }, { 0xE000ED58, 0x00000000 }, { 0xE000ED5C, 0x00000000 },
	{ 0xE000ED60, 0x01101110 }, { 0xE000ED64, 0x02112000 }, { 0xE000ED68, 0x21232231 }, { 0xE000ED6C, 0x01111131 },
	{ 0xE000ED70, 0x01310132 },
	{ 0xE000ED90, 0x00000800 }, /* MPU_TYPE: 8 regions */
	{ 0xE000EF34, 0xC0000000 }, /* FPCCR */
	{ 0xE000EF40, 0x10110021 }, { 0xE000EF44, 0x11000011 }, { 0xE000EF48, 0x00000040 }, /* MVFR0-2 */
};

static const struct register_row *row_at(uint32_t address)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (rows[i].address == address)
			return &rows[i];
	return NULL;
}

static uint32_t read_dhcsr(struct target *target, enum master master)
{
	struct system_control *scs = &target->scs;
	enum core_state state = core_state(target->core);
	uint32_t value = scs->dhcsr | 1u << 16;

	if (state == CORE_HALTED)
		value |= 1u << 17 | C_HALT;
	if (state == CORE_SLEEPS)
		value |= 1u << 18;
	if (state == CORE_LOCKUP)
		value |= 1u << 19;
	value |= (uint32_t)scs->retired << 24 | (uint32_t)scs->reset_seen << 25;
	if (master == MASTER_DEBUGGER) {
		scs->retired = state == CORE_RUNS;
		scs->reset_seen = machine_in_reset(target);
	}
	return value;
}

static void write_dhcsr(struct target *target, enum master master, uint32_t value)
{
	struct system_control *scs = &target->scs;
	bool halted = core_state(target->core) == CORE_HALTED;

	if (value >> 16 != DEBUG_KEY || master != MASTER_DEBUGGER)
		return;
	scs->dhcsr = value & 0x2F & (value & C_DEBUGEN ? 0x2F : C_DEBUGEN);
	if (machine_in_reset(target))
		return;
	if (!(scs->dhcsr & C_DEBUGEN) || !(scs->dhcsr & C_HALT)) {
		if (halted && scs->dhcsr & C_STEP && scs->dhcsr & C_DEBUGEN)
			core_step(target->core);
		else if (halted)
			core_resume(target->core);
		scs->retired |= halted;
	} else if (!halted) {
		core_halt(target->core, DFSR_HALTED);
	}
}

static void select_register(struct target *target, uint32_t value)
{
	struct system_control *scs = &target->scs;

	if (core_state(target->core) != CORE_HALTED)
		return;
	if (value & REGISTER_WRITE)
		core_set_register(target->core, value & 0x7F, scs->dcrdr);
	else
		scs->dcrdr = core_register(target->core, value & 0x7F);
}

static void write_aircr(struct target *target, enum master master, uint32_t value)
{
	if (value >> 16 != VECTOR_KEY)
		return;
	target->scs.group = value & 0x700;
	target->reset_wanted |= (value & 4) != 0;
	target->core_reset_wanted |= (value & 1) != 0;
	if (master == MASTER_DEBUGGER)
		machine_do_resets(target);
}

static uint32_t tick_value(const struct target *target)
{
	const struct system_control *scs = &target->scs;
	uint64_t period = (uint64_t)scs->systick_reload + 1;

	if (!(scs->systick_control & TICK_ENABLE))
		return 0;
	return (uint32_t)(scs->systick_reload - (core_awake(target->core) - scs->systick_start) % period);
}

/* NVIC: enable and pending bits; priorities are not kept, since all of the bench's interrupts are equal. */
static bool nvic(struct target *target, uint32_t address, bool write, uint32_t *value)
{
	uint32_t *bits = (address & 0x300) < 0x200 ? target->scs.irq_enabled : target->scs.irq_pending;
	unsigned word = (address & 0x7F) / 4;

	if (address < 0xE000E100 || address >= 0xE000E300 || word >= 3)
		return false;
	if (!write)
		*value = bits[word];
	else if (address & 0x80)
		bits[word] &= ~*value;
	else
		bits[word] |= *value;
	return true;
}

static uint32_t read_icsr(const struct target *target)
{
	const struct system_control *scs = &target->scs;

	return (core_state(target->core) == CORE_HALTED ? core_register(target->core, CORE_XPSR) & 0x1FF : 0) |
		(uint32_t)scs->systick_pending << 26 | (uint32_t)scs->pendsv_pending << 28;
}

static void write_icsr(struct target *target, uint32_t value)
{
	struct system_control *scs = &target->scs;

	scs->systick_pending = (scs->systick_pending || value >> 26 & 1) && !(value >> 25 & 1);
	scs->pendsv_pending = (scs->pendsv_pending || value >> 28 & 1) && !(value >> 27 & 1);
	scs->nmi_pending |= value >> 31;
}

uint32_t system_control_read(struct target *target, enum master master, uint32_t address)
{
	const struct register_row *row = row_at(address);
	uint32_t value = 0;

	if (row) {
		memcpy(&value, (const char *)&target->scs + row->offset, sizeof value);
		return value;
	}
	if (nvic(target, address, false, &value))
		return value;
	switch (address) {
	case 0xE000E010:
		return target->scs.systick_control;
	case 0xE000E018:
		return tick_value(target);
	case 0xE000ED00:
		return target->wiring.cpuid;
	case 0xE000ED04:
		return read_icsr(target);
	case 0xE000ED0C:
		return 0xFA050000 | target->scs.group;
	case 0xE000EDF0:
		return read_dhcsr(target, master);
	case 0xE0002000:
		return 0x00000260 | target->scs.fp_control; /* 6 code and 2 literal comparators */
	}
	for (size_t i = 0; i < sizeof constants / sizeof *constants; i++)
		if (constants[i].address == address)
			return constants[i].value;
	return 0;
}

static void write_row(struct target *target, const struct register_row *row, uint32_t value, uint32_t mask)
{
	uint32_t stored;

	memcpy(&stored, (char *)&target->scs + row->offset, sizeof stored);
	stored &= ~(row->clearing & value & mask);
	mask &= row->writable;
	stored = (stored & ~mask) | (value & mask);
	memcpy((char *)&target->scs + row->offset, &stored, sizeof stored);
	if (row->address >> 12 == 0xE0002)
		core_forget_code(target->core);
}

void system_control_write(struct target *target, enum master master, uint32_t address, uint32_t value, uint32_t mask)
{
	const struct register_row *row = row_at(address);
	uint32_t masked = value & mask;

	if (row) {
		write_row(target, row, value, mask);
		return;
	}
	if (nvic(target, address, true, &masked))
		return;
	switch (address) {
	case 0xE000E010:
		target->scs.systick_control = value & 7;
		/* fall through */
	case 0xE000E018:
		target->scs.systick_start = core_awake(target->core);
		break;
	case 0xE000ED04:
		write_icsr(target, masked);
		break;
	case 0xE000ED0C:
		write_aircr(target, master, masked);
		break;
	case 0xE000EDF0:
		write_dhcsr(target, master, masked);
		break;
	case 0xE000EDF4:
		select_register(target, masked);
		break;
	case 0xE000EF00:
		if (masked < 96)
			target->scs.irq_pending[masked / 32] |= 1u << masked % 32;
		break;
	case 0xE0002000:
		if (value & FP_KEY) {
			target->scs.fp_control = value & 1;
			core_forget_code(target->core);
		}
		break;
	}
}

void system_control_reset(struct target *target, bool power_on)
{
	struct system_control *scs = &target->scs, old = *scs;

	memset(scs, 0, sizeof *scs);
	scs->ccr = 0x200;
	scs->reset_seen = true;
	if (power_on)
		return;
	/* The debug registers belong to the debug domain: a system reset leaves them. */
	scs->demcr = old.demcr;
	scs->dhcsr = old.dhcsr & ~(C_HALT | C_STEP);
	scs->dcrdr = old.dcrdr;
	scs->dfsr = old.dfsr;
	scs->fp_control = old.fp_control;
	scs->fp_remap = old.fp_remap;
	memcpy(scs->fp_comparator, old.fp_comparator, sizeof scs->fp_comparator);
}
