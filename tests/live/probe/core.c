/*
 * The core: its registers, halt, run, step, reset, breakpoints, in the forms of both APIs.
 * Knows: the debug registers of ARMv7-M (DHCSR, DCRSR, DCRDR, AIRCR, the breakpoint unit).
 * Must not know: the debug port, the target's insides.
 */
#include "handlers.h"

#define DHCSR 0xe000edf0u
#define DCRSR 0xe000edf4u
#define DCRDR 0xe000edf8u
#define AIRCR 0xe000ed0cu
#define FP_CTRL 0xe0002000u
#define FP_COMP0 0xe0002008u
#define COMPARATORS 6

#define DEBUG_KEY 0xa05f0000u
enum { C_DEBUGEN = 1, C_HALT = 2, C_STEP = 4 };
#define S_HALT 0x00020000u
#define RESET_REQUEST 0x05fa0004u
#define REGISTER_WRITE 0x00010000u
#define CORE_REGISTERS 21       /* r0-r15, xPSR, MSP, PSP and two words of special registers */
#define SPECIAL_REGISTERS 20    /* CONTROL, FAULTMASK, BASEPRI, PRIMASK in one word */

static const uint8_t knows_fpu[FAMILIES] = { NEVER, 15, 0, 0 };

static int read_register(struct probe *probe, uint8_t number, uint32_t *value)
{
	int status = word_write(probe, 0, DCRSR, number);

	return status == STATUS_OK ? word_read(probe, 0, DCRDR, value) : status;
}

static int write_register(struct probe *probe, uint8_t number, uint32_t value)
{
	int status = word_write(probe, 0, DCRDR, value);

	return status == STATUS_OK ? word_write(probe, 0, DCRSR, REGISTER_WRITE | number) : status;
}

static bool register_exists(const struct probe *probe, uint8_t number)
{
	if (number <= SPECIAL_REGISTERS)
		return true;
	return firmware_since(probe, knows_fpu) && (number == 0x21 || (number >= 0x40 && number < 0x60));
}

static int read_registers(struct probe *probe, uint8_t *bytes)
{
	int status = STATUS_OK;
	uint8_t i;

	for (i = 0; i < CORE_REGISTERS && status == STATUS_OK; i++) {
		uint32_t value = 0;

		/* Number 19 is no register of the core: the special ones come in its place, and nothing in the last. */
		if (i < 19)
			status = read_register(probe, i, &value);
		else if (i == 19)
			status = read_register(probe, SPECIAL_REGISTERS, &value);
		put32(bytes + 4 * i, value);
	}
	return status;
}

int run_read_registers(struct probe *probe, struct exchange *exchange)
{
	return read_registers(probe, exchange->answer->bytes + 4);
}

int run_read_registers_v1(struct probe *probe, struct exchange *exchange)
{
	read_registers(probe, exchange->answer->bytes);
	return STATUS_NONE;
}

int run_read_register(struct probe *probe, struct exchange *exchange)
{
	uint8_t number = exchange->command[2];
	uint32_t value = 0;
	int status = register_exists(probe, number) ? read_register(probe, number, &value) : STATUS_INTERNAL;

	put32(exchange->answer->bytes + 4, value);
	return status;
}

int run_read_register_v1(struct probe *probe, struct exchange *exchange)
{
	uint32_t value = 0;

	if (register_exists(probe, exchange->command[2]))
		read_register(probe, exchange->command[2], &value);
	put32(exchange->answer->bytes, value);
	return STATUS_NONE;
}

int run_write_register(struct probe *probe, struct exchange *exchange)
{
	if (!register_exists(probe, exchange->command[2]))
		return STATUS_INTERNAL;
	return write_register(probe, exchange->command[2], get32(exchange->command + 3));
}

int run_core_state(struct probe *probe, struct exchange *exchange)
{
	uint32_t value = 0;
	int status = word_read(probe, 0, DHCSR, &value);

	(void)exchange;
	if (status != STATUS_OK)
		return status;
	return value & S_HALT ? STATUS_HALTED : STATUS_OK;
}

int run_halt(struct probe *probe, struct exchange *exchange)
{
	(void)exchange;
	return word_write(probe, 0, DHCSR, DEBUG_KEY | C_HALT | C_DEBUGEN);
}

int run_run(struct probe *probe, struct exchange *exchange)
{
	(void)exchange;
	return word_write(probe, 0, DHCSR, DEBUG_KEY | C_DEBUGEN);
}

int run_step(struct probe *probe, struct exchange *exchange)
{
	(void)exchange;
	return word_write(probe, 0, DHCSR, DEBUG_KEY | C_STEP | C_DEBUGEN);
}

int run_reset(struct probe *probe, struct exchange *exchange)
{
	(void)exchange;
	/* Some clients send it before ENTER, to put the probe itself in order. */
	return probe->mode == MODE_DEBUG ? word_write(probe, 0, AIRCR, RESET_REQUEST) : STATUS_OK;
}

/* A comparator of the breakpoint unit: which halfword of the word, or both. */
int run_set_breakpoint(struct probe *probe, struct exchange *exchange)
{
	enum { FP_KEY_ENABLE = 3 };
	uint8_t number = exchange->command[2];
	uint32_t address = get32(exchange->command + 3);
	uint8_t half = exchange->command[7];
	int status;

	if (number >= COMPARATORS || half > 2)
		return STATUS_BAD_PARAMETER;
	status = word_write(probe, 0, FP_CTRL, FP_KEY_ENABLE);
	if (status != STATUS_OK)
		return status;
	return word_write(probe, 0, FP_COMP0 + 4u * number, (address & 0x1ffffffcu) | (uint32_t)(half + 1) << 30 | 1);
}

int run_clear_breakpoint(struct probe *probe, struct exchange *exchange)
{
	uint8_t number = exchange->command[2];

	return number < COMPARATORS ? word_write(probe, 0, FP_COMP0 + 4u * number, 0) : STATUS_BAD_PARAMETER;
}
