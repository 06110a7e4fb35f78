/*
 * Runs Thumb code: libunicorn's Cortex-M4 between two events that it does not know about.
 * Knows: libunicorn (in emulator.c alone), where breakpoints and watchpoints are.
 * Must not know: exceptions, halting, what a stop means for the core.
 */
#ifndef LIVE_EMULATOR_H
#define LIVE_EMULATOR_H

#include <stdbool.h>
#include <stdint.h>

struct target;

/* All that a context switch would save. The stack pointer in use is msp or psp, as CONTROL and the mode say. */
struct registers {
	uint32_t r[13], lr, pc;
	uint32_t xpsr, msp, psp;
	uint8_t control, faultmask, basepri, primask;
	uint32_t fpscr, s[32];
};

/* Why it stopped. pc is then the instruction that did it, or the next one where it was done (wait, return). */
enum stop {
	STOP_BUDGET,
	STOP_ASKED,      /* a register asked for something that only happens between instructions */
	STOP_BKPT,       /* the instruction */
	STOP_BREAKPOINT, /* a comparator of the FPB, before the instruction */
	STOP_WATCHPOINT, /* a comparator of the DWT, after the instruction */
	STOP_WAIT,       /* WFI or WFE */
	STOP_CALL,       /* SVC */
	STOP_RETURN,     /* a branch to EXC_RETURN; pc holds that value */
	STOP_FETCH_FAULT,
	STOP_DATA_FAULT, /* emulator_fault_address */
	STOP_UNDEFINED,
};

struct emulator;

/* Borrows the target's memory. Aborts without memory. */
struct emulator *emulator_new(struct target *target);
void emulator_free(struct emulator *emulator);
/* Runs at most about so many instructions, one exactly if it is one, and counts those done in *done. */
enum stop emulator_run(struct emulator *emulator, struct registers *registers, uint64_t budget, uint64_t *done);
/* Within emulator_run: instructions so far. */
uint64_t emulator_progress(const struct emulator *emulator);
/* Within emulator_run, from the handler of a register: stop after this instruction. */
void emulator_stop(struct emulator *emulator);
uint32_t emulator_fault_address(const struct emulator *emulator);
/* Code, breakpoints or watchpoints changed. */
void emulator_forget(struct emulator *emulator);

#endif
