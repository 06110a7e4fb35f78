/*
 * Runs Thumb code with libunicorn, from one event to the next.
 * Knows: libunicorn 2.0 and its ways: hooks count only for code translated after them, the program counter is exact only where a hook of
 * instructions looks at it, nothing is delivered of exceptions but a number.
 * Must not know: exceptions, halting, what a stop means for the core.
 */
#include "emulator.h"

#include "machine.h"

#include <stdlib.h>
#include <unicorn/unicorn.h>

/* Numbers that libunicorn hands to interrupt hooks; it has no names for them. */
#define INTERRUPT_UNDEFINED 1u
#define INTERRUPT_CALL 2u
#define INTERRUPT_BKPT 7u
#define INTERRUPT_RETURN 8u

#define DWT_MATCHED (1u << 24)
#define WATCHES 4u
#define BREAKS 6u

/* A range whose accesses go to the bus one by one. */
struct window {
	struct emulator *emulator;
	uint32_t start;
};

struct watch {
	struct emulator *emulator;
	uint32_t *function; /* of the comparator that watches */
};

struct emulator {
	uc_engine *engine;
	struct target *target;
	struct window windows[4];
	struct watch watched[WATCHES];
	bool stale;              /* code, breakpoints or watchpoints changed since the last run */
	bool seen_one;           /* of a run of one instruction: it was met */
	bool watch_hit;          /* a watchpoint: stop before the next instruction */
	bool flash_open;
	uc_hook break_hooks[BREAKS], watch_hooks[WATCHES], every_hook;
	unsigned breaks, watches;
	bool every;              /* every_hook is there */
	bool stopped;
	enum stop stop;
	uint32_t fault_address;
	uint64_t progress, budget;
	/* A store to flash reaches memory after its hook: what flash then really holds is put right afterwards. */
	struct {
		uint32_t offset, content;
		unsigned size;
	} programmed;
};

static void check(uc_err error)
{
	if (error != UC_ERR_OK)
		abort();
}

static void stop(struct emulator *emulator, enum stop reason)
{
	if (!emulator->stopped) {
		emulator->stopped = true;
		emulator->stop = reason;
	}
	uc_emu_stop(emulator->engine);
}

void emulator_stop(struct emulator *emulator)
{
	stop(emulator, STOP_ASKED);
}

uint64_t emulator_progress(const struct emulator *emulator)
{
	return emulator->progress;
}

uint32_t emulator_fault_address(const struct emulator *emulator)
{
	return emulator->fault_address;
}

void emulator_forget(struct emulator *emulator)
{
	emulator->stale = true;
}

static void correct_flash(struct emulator *emulator)
{
	uint8_t *bytes = emulator->target->memory_flash + emulator->programmed.offset;

	for (unsigned i = 0; i < emulator->programmed.size; i++)
		bytes[i] = (uint8_t)(emulator->programmed.content >> 8 * i);
	emulator->programmed.size = 0;
}

static void on_flash_write(uc_engine *engine, uc_mem_type type, uint64_t address, int size, int64_t value, void *data)
{
	struct emulator *emulator = data;

	(void)engine;
	(void)type;
	correct_flash(emulator);
	emulator->programmed.offset = (uint32_t)address % FLASH_SIZE;
	emulator->programmed.size = (unsigned)size;
	emulator->programmed.content = flash_program(emulator->target, emulator->programmed.offset, (unsigned)size, (uint32_t)value);
	emulator->stale = true;
}

static uint64_t on_read(uc_engine *engine, uint64_t offset, unsigned size, void *data)
{
	struct window *window = data;
	uint32_t value;

	(void)engine;
	correct_flash(window->emulator);
	(void)bus_read(window->emulator->target, MASTER_CORE, window->start + (uint32_t)offset, size, &value);
	return value;
}

static void on_write(uc_engine *engine, uint64_t offset, unsigned size, uint64_t value, void *data)
{
	struct window *window = data;
	struct target *target = window->emulator->target;

	(void)engine;
	correct_flash(window->emulator);
	(void)bus_write(target, MASTER_CORE, window->start + (uint32_t)offset, size, (uint32_t)value);
	if (target->reset_wanted || target->core_reset_wanted)
		stop(window->emulator, STOP_ASKED);
}

static void on_block(uc_engine *engine, uint64_t address, uint32_t size, void *data)
{
	struct emulator *emulator = data;

	(void)engine;
	(void)address;
	if (emulator->progress >= emulator->budget && emulator->budget > 1)
		stop(emulator, STOP_BUDGET);
	else
		emulator->progress += size / 2;
}

static void on_interrupt(uc_engine *engine, uint32_t number, void *data)
{
	static const enum stop reasons[] = {
		[INTERRUPT_UNDEFINED] = STOP_UNDEFINED,
		[INTERRUPT_CALL] = STOP_CALL,
		[INTERRUPT_BKPT] = STOP_BKPT,
		[INTERRUPT_RETURN] = STOP_RETURN,
	};
	enum stop reason = number < sizeof reasons / sizeof *reasons && reasons[number] ? reasons[number] : STOP_UNDEFINED;

	(void)engine;
	stop(data, reason);
}

static bool on_fault(uc_engine *engine, uc_mem_type type, uint64_t address, int size, int64_t value, void *data)
{
	struct emulator *emulator = data;
	bool fetch = type == UC_MEM_FETCH_UNMAPPED || type == UC_MEM_FETCH_PROT;

	(void)engine;
	(void)size;
	(void)value;
	emulator->fault_address = (uint32_t)address;
	stop(emulator, fetch ? STOP_FETCH_FAULT : STOP_DATA_FAULT);
	return false;
}

static void on_breakpoint(uc_engine *engine, uint64_t address, uint32_t size, void *data)
{
	(void)engine;
	(void)address;
	(void)size;
	stop(data, STOP_BREAKPOINT);
}

static void on_watched_access(uc_engine *engine, uc_mem_type type, uint64_t address, int size, int64_t value, void *data)
{
	struct watch *watch = data;

	(void)engine;
	(void)type;
	(void)address;
	(void)size;
	(void)value;
	*watch->function |= DWT_MATCHED;
	watch->emulator->watch_hit = true;
}

/* Its presence makes every instruction a place to stop at: after the first, or after an access that is watched. */
static void on_every_instruction(uc_engine *engine, uint64_t address, uint32_t size, void *data)
{
	struct emulator *emulator = data;

	(void)engine;
	(void)address;
	(void)size;
	if (emulator->watch_hit)
		stop(emulator, STOP_WATCHPOINT);
	else if (emulator->budget == 1 && emulator->seen_one)
		stop(emulator, STOP_BUDGET);
	emulator->seen_one = true;
}

/* The type of a hook depends on what it hooks; uc_hook_add takes all of them as a pointer. */
#define HOOK(emulator, hook, types, function, begin, end) \
	check(uc_hook_add((emulator)->engine, hook, types, (void *)(function), emulator, begin, end))

static void map_memory(struct emulator *emulator)
{
	struct target *target = emulator->target;
	const struct {
		uint32_t start, size;
		void *bytes;
		uint32_t access;
	} memories[] = {
		{ FLASH_START, FLASH_SIZE, target->memory_flash, UC_PROT_ALL },
		{ 0, FLASH_SIZE, target->memory_flash, UC_PROT_ALL },
		{ RAM_START, RAM_SIZE, target->memory_ram, UC_PROT_ALL },
		{ SYSTEM_START, SYSTEM_SIZE, target->memory_system, UC_PROT_READ | UC_PROT_EXEC },
	};
	static const struct {
		uint32_t start, size;
	} windows[] = {
		{ PERIPHERAL_START, PERIPHERAL_SIZE },
		{ PRIVATE_START, PRIVATE_SIZE },
		{ 0x22000000, RAM_SIZE * 32 },
		{ 0x42000000, PERIPHERAL_SIZE * 32 },
	};

	for (unsigned i = 0; i < sizeof memories / sizeof *memories; i++)
		check(uc_mem_map_ptr(emulator->engine, memories[i].start, memories[i].size, memories[i].access, memories[i].bytes));
	for (unsigned i = 0; i < sizeof windows / sizeof *windows; i++) {
		emulator->windows[i] = (struct window){ emulator, windows[i].start };
		check(uc_mmio_map(emulator->engine, windows[i].start, windows[i].size, on_read, &emulator->windows[i], on_write,
			&emulator->windows[i]));
	}
}

struct emulator *emulator_new(struct target *target)
{
	struct emulator *emulator = calloc(1, sizeof *emulator);
	uc_hook hook;

	if (!emulator)
		abort();
	emulator->target = target;
	emulator->flash_open = true;
	check(uc_open(UC_ARCH_ARM, UC_MODE_THUMB | UC_MODE_MCLASS, &emulator->engine));
	check(uc_ctl_set_cpu_model(emulator->engine, UC_CPU_ARM_CORTEX_M4));
	map_memory(emulator);
	HOOK(emulator, &hook, UC_HOOK_BLOCK, on_block, 1, 0);
	HOOK(emulator, &hook, UC_HOOK_INTR, on_interrupt, 1, 0);
	HOOK(emulator, &hook, UC_HOOK_MEM_INVALID, on_fault, 1, 0);
	HOOK(emulator, &hook, UC_HOOK_MEM_WRITE, on_flash_write, FLASH_START, FLASH_START + FLASH_SIZE - 1);
	HOOK(emulator, &hook, UC_HOOK_MEM_WRITE, on_flash_write, 0, FLASH_SIZE - 1);
	return emulator;
}

void emulator_free(struct emulator *emulator)
{
	uc_close(emulator->engine);
	free(emulator);
}

/* FPB comparators of revision 1 match code below 0x20000000; bits 31:30 choose the halfwords of the word. */
static void place_breakpoints(struct emulator *emulator)
{
	const struct system_control *scs = &emulator->target->scs;

	for (; emulator->breaks; emulator->breaks--)
		check(uc_hook_del(emulator->engine, emulator->break_hooks[emulator->breaks - 1]));
	for (unsigned i = 0; i < BREAKS && scs->fp_control & 1; i++) {
		uint32_t comparator = scs->fp_comparator[i], word = comparator & 0x1FFFFFFC, half = comparator >> 30;

		if (!(comparator & 1) || !half)
			continue;
		HOOK(emulator, &emulator->break_hooks[emulator->breaks++], UC_HOOK_CODE, on_breakpoint, word + (half == 2 ? 2 : 0),
			word + (half == 1 ? 0 : 2));
	}
}

static void place_watchpoints(struct emulator *emulator)
{
	static const int types[] = {
		[5] = UC_HOOK_MEM_READ, [6] = UC_HOOK_MEM_WRITE, [7] = UC_HOOK_MEM_READ | UC_HOOK_MEM_WRITE,
	};
	struct trace *trace = &emulator->target->trace;

	for (; emulator->watches; emulator->watches--)
		check(uc_hook_del(emulator->engine, emulator->watch_hooks[emulator->watches - 1]));
	for (unsigned i = 0; i < WATCHES; i++) {
		uint32_t function = trace->function[i] & 0xF, start = trace->comparator[i] & ~((1u << trace->mask[i]) - 1);

		if (function < 5 || function > 7)
			continue;
		emulator->watched[i] = (struct watch){ emulator, &trace->function[i] };
		check(uc_hook_add(emulator->engine, &emulator->watch_hooks[emulator->watches++], types[function], (void *)on_watched_access,
			&emulator->watched[i], start, start + ((1u << trace->mask[i]) - 1)));
	}
}

static void watch_every_instruction(struct emulator *emulator, bool every)
{
	if (every == emulator->every)
		return;
	if (every)
		HOOK(emulator, &emulator->every_hook, UC_HOOK_CODE, on_every_instruction, 1, 0);
	else
		check(uc_hook_del(emulator->engine, emulator->every_hook));
	emulator->every = every;
	emulator->stale = true;
}

/* Range by range: to flush everything at once, the engine clears the gigabyte that it keeps for translations. */
static void forget_translations(struct emulator *emulator)
{
	static const struct {
		uint32_t start, size;
	} ranges[] = { { 0, FLASH_SIZE }, { FLASH_START, FLASH_SIZE }, { RAM_START, RAM_SIZE }, { SYSTEM_START, SYSTEM_SIZE } };

	for (unsigned i = 0; i < sizeof ranges / sizeof *ranges; i++)
		check(uc_ctl_remove_cache(emulator->engine, (uint64_t)ranges[i].start, (uint64_t)ranges[i].start + ranges[i].size));
}

static void refresh(struct emulator *emulator, bool one)
{
	bool open = flash_readable(emulator->target, MASTER_CORE);

	if (open != emulator->flash_open) {
		check(uc_mem_protect(emulator->engine, FLASH_START, FLASH_SIZE, open ? UC_PROT_ALL : UC_PROT_NONE));
		check(uc_mem_protect(emulator->engine, 0, FLASH_SIZE, open ? UC_PROT_ALL : UC_PROT_NONE));
		emulator->flash_open = open;
	}
	if (emulator->stale) {
		place_breakpoints(emulator);
		place_watchpoints(emulator);
	}
	watch_every_instruction(emulator, one || emulator->watches);
	if (emulator->stale)
		forget_translations(emulator);
	emulator->stale = false;
}

static void put(struct emulator *emulator, int number, uint32_t value)
{
	check(uc_reg_write(emulator->engine, number, &value));
}

static uint32_t get(struct emulator *emulator, int number)
{
	uint32_t value = 0;

	check(uc_reg_read(emulator->engine, number, &value));
	return value;
}

static void load_registers(struct emulator *emulator, const struct registers *registers)
{
	for (int i = 0; i < 13; i++)
		put(emulator, UC_ARM_REG_R0 + i, registers->r[i]);
	put(emulator, UC_ARM_REG_LR, registers->lr);
	for (int i = 0; i < 16; i++) {
		uint64_t pair = (uint64_t)registers->s[2 * i + 1] << 32 | registers->s[2 * i];

		check(uc_reg_write(emulator->engine, UC_ARM_REG_D0 + i, &pair));
	}
	put(emulator, UC_ARM_REG_FPSCR, registers->fpscr);
	/* Special registers are ignored from an unprivileged thread, and the choice of the stack from a handler. */
	put(emulator, UC_ARM_REG_IPSR, 3);
	put(emulator, UC_ARM_REG_CONTROL, 0);
	put(emulator, UC_ARM_REG_IPSR, 0);
	put(emulator, UC_ARM_REG_MSP, registers->msp);
	put(emulator, UC_ARM_REG_PSP, registers->psp);
	put(emulator, UC_ARM_REG_PRIMASK, registers->primask);
	put(emulator, UC_ARM_REG_BASEPRI, registers->basepri);
	put(emulator, UC_ARM_REG_FAULTMASK, registers->faultmask);
	put(emulator, UC_ARM_REG_CONTROL, registers->control);
	put(emulator, UC_ARM_REG_XPSR, registers->xpsr);
	put(emulator, UC_ARM_REG_XPSR_NZCVQG, registers->xpsr);
	/* Of all registers this one alone makes the engine look again at the mode. */
	put(emulator, UC_ARM_REG_APSR_NZCV, registers->xpsr & 0xF0000000);
}

static void save_registers(struct emulator *emulator, struct registers *registers)
{
	for (int i = 0; i < 13; i++)
		registers->r[i] = get(emulator, UC_ARM_REG_R0 + i);
	registers->lr = get(emulator, UC_ARM_REG_LR);
	registers->pc = get(emulator, UC_ARM_REG_PC);
	for (int i = 0; i < 16; i++) {
		uint64_t pair = 0;

		check(uc_reg_read(emulator->engine, UC_ARM_REG_D0 + i, &pair));
		registers->s[2 * i] = (uint32_t)pair;
		registers->s[2 * i + 1] = (uint32_t)(pair >> 32);
	}
	registers->fpscr = get(emulator, UC_ARM_REG_FPSCR);
	registers->xpsr = get(emulator, UC_ARM_REG_XPSR);
	put(emulator, UC_ARM_REG_IPSR, 3);
	registers->control = (uint8_t)get(emulator, UC_ARM_REG_CONTROL);
	registers->msp = get(emulator, UC_ARM_REG_MSP);
	registers->psp = get(emulator, UC_ARM_REG_PSP);
	registers->primask = (uint8_t)get(emulator, UC_ARM_REG_PRIMASK);
	registers->basepri = (uint8_t)get(emulator, UC_ARM_REG_BASEPRI);
	registers->faultmask = (uint8_t)get(emulator, UC_ARM_REG_FAULTMASK);
}

#define WFE 0xBF20u
#define YIELD 0xBF10u

/* The engine ended without a hook of ours: it waits for an interrupt, or met an instruction that it does not execute. */
static enum stop unasked_stop(struct emulator *emulator, uc_err error, struct registers *registers)
{
	uint32_t instruction;

	if (error == UC_ERR_OK)
		return STOP_WAIT;
	/*
	 * These are done, and end the run; no event will come, so they count as nothing. The engine does not tell them from an
	 * undefined instruction that follows one: that one hangs instead of faulting.
	 */
	if (bus_read(emulator->target, MASTER_CORE, registers->pc - 2, 2, &instruction) && (instruction == WFE || instruction == YIELD))
		return STOP_BUDGET;
	return STOP_UNDEFINED;
}

enum stop emulator_run(struct emulator *emulator, struct registers *registers, uint64_t budget, uint64_t *done)
{
	bool one = budget == 1;
	uc_err error;

	refresh(emulator, one);
	load_registers(emulator, registers);
	emulator->stopped = false;
	emulator->progress = 0;
	emulator->budget = budget;
	emulator->seen_one = emulator->watch_hit = false;
	error = uc_emu_start(emulator->engine, registers->pc | (registers->xpsr >> 24 & 1), 0, 0, 0);
	correct_flash(emulator);
	save_registers(emulator, registers);
	*done = one ? 1 : emulator->progress;
	emulator->progress = 0;
	return emulator->stopped ? emulator->stop : unasked_stop(emulator, error, registers);
}
