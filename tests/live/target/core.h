/*
 * The Cortex-M4: registers, and running code.
 * Knows: the registers of ARMv7-M, exceptions, libunicorn (in core.c alone).
 * Must not know: debug ports, wires.
 */
#ifndef LIVE_CORE_H
#define LIVE_CORE_H

#include <stdbool.h>
#include <stdint.h>

struct target;

#define CYCLES_A_MICROSECOND 1u /* far slower than the chip's 16: the core is emulated inside an emulator */

/* What the core is doing. LOCKUP: it faulted where it may not. SLEEP: WFI. */
enum core_state { CORE_RUNS, CORE_HALTED, CORE_SLEEPS, CORE_LOCKUP };

/* Numbers of DCRSR (ARMv7-M C1.6.3). */
enum core_register {
	CORE_SP = 13,
	CORE_LR = 14,
	CORE_PC = 15,
	CORE_XPSR = 16,
	CORE_MSP = 17,
	CORE_PSP = 18,
	CORE_SPECIAL = 20, /* CONTROL, FAULTMASK, BASEPRI, PRIMASK, a byte each from the top */
	CORE_FPSCR = 33,
	CORE_S0 = 64,
};

struct core;

struct core *core_new(struct target *target);
void core_free(struct core *core);
enum core_state core_state(const struct core *core);
/* Only while halted; an unknown number reads as zero. */
uint32_t core_register(const struct core *core, unsigned number);
void core_set_register(struct core *core, unsigned number, uint32_t value);
/* Loads the stack pointer and the start address from the vector table. */
void core_reset(struct core *core);
/* reason: bits of DFSR. */
void core_halt(struct core *core, uint32_t reason);
void core_resume(struct core *core);
void core_step(struct core *core);
/* The firmware waits for an interrupt. */
void core_sleep(struct core *core);
void core_lock_up(struct core *core);
/* Lets that many cycles pass: whatever the core does, the clock goes on. An instruction is a cycle. */
void core_run(struct core *core, uint64_t cycles);
uint64_t core_clock(const struct core *core);
/* Of these the cycles in which it was not halted. */
uint64_t core_awake(const struct core *core);
/* Somebody else wrote code, or moved a breakpoint. */
void core_forget_code(struct core *core);
/* The address of the instruction that runs now or next: what DWT_PCSR shows. */
uint32_t core_sample(const struct core *core);

#endif
