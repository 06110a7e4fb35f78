/*
 * An STM8S105 behind SWIM.
 * Knows: its memory map, the registers that a debugger asks (DM, SWIM, flash), the flash unlock keys. The CPU executes
 * nothing: a step skips a byte.
 * Must not know: who drives the pin.
 */
#include "machine.h"

#include <string.h>

#define RAM_END 0x0800u
#define EEPROM 0x4000u
#define EEPROM_END 0x4400u
#define OPTIONS 0x4800u
#define OPTIONS_END 0x4880u
#define UNIQUE_ID 0x48CDu
#define REGISTERS 0x5000u
#define REGISTERS_END 0x5800u
#define FLASH 0x8000u
#define CPU 0x7F00u
#define BLOCK 128u

#define FLASH_CR2 0x505Bu
#define FLASH_NCR2 0x505Cu
#define FLASH_IAPSR 0x505Fu
#define FLASH_PUKR 0x5062u
#define FLASH_DUKR 0x5064u
#define CR2_OPT 0x80u
#define CR2_ERASE 0x20u
#define IAPSR_DUL 0x08u
#define IAPSR_EOP 0x04u
#define IAPSR_PUL 0x02u
#define IAPSR_PROTECTED 0x01u

#define CPU_PC 0x7F01u
#define CPU_SP 0x7F08u
#define CPU_CC 0x7F0Au
#define SWIM_CSR 0x7F80u
#define DM_CSR1 0x7F98u
#define DM_CSR2 0x7F99u
#define CSR1_STEP 0x40u
#define CSR1_RESET 0x10u
#define CSR2_STALL 0x08u
#define SWIM_RESET 0x04u
#define SWIM_DM 0x20u

#define PROTECTION_ON 0xAAu
#define PROTECTED_BYTE 0x71u /* what a locked chip reads as */
#define BUSY_READS 2u

static void reset(struct stm8 *stm8)
{
	uint8_t *memory = stm8->memory;

	memset(memory + REGISTERS, 0, REGISTERS_END - REGISTERS);
	memset(memory + CPU, 0, 0x100);
	memory[FLASH_NCR2] = 0xFF;
	memory[FLASH_IAPSR] = 0x40;
	memory[CPU_PC + 1] = FLASH >> 8;
	memory[CPU_SP] = 0x07;
	memory[CPU_SP + 1] = 0xFF;
	memory[CPU_CC] = 0x28;
	memory[DM_CSR1] = CSR1_RESET;
	stm8->program_key = stm8->data_key = 0;
	stm8->busy_reads = 0;
}

void stm8_new(struct stm8 *stm8)
{
	static const uint8_t unique_id[] = { 0x00, 0x2D, 0x00, 0x41, 0x0B, 0x47, 0x35, 0x32, 0x37, 0x31, 0x38, 0x36 };

	memset(stm8, 0, sizeof *stm8);
	for (unsigned option = OPTIONS + 2; option < OPTIONS_END; option += 2)
		stm8->memory[option] = 0xFF;
	memcpy(stm8->memory + UNIQUE_ID, unique_id, sizeof unique_id);
	reset(stm8);
}

void stm8_protect(struct stm8 *stm8)
{
	stm8->memory[OPTIONS] = PROTECTION_ON;
}

static bool protected(const struct stm8 *stm8, uint32_t address)
{
	return stm8->memory[OPTIONS] == PROTECTION_ON && (address >= FLASH || (address >= EEPROM && address < EEPROM_END));
}

static uint8_t read_byte(struct stm8 *stm8, uint32_t address)
{
	uint8_t value = stm8->memory[address];

	if (protected(stm8, address))
		return PROTECTED_BYTE;
	if (address == FLASH_IAPSR) {
		if (stm8->busy_reads && !--stm8->busy_reads)
			value |= IAPSR_EOP;
		stm8->memory[address] &= (uint8_t)~(IAPSR_EOP | IAPSR_PROTECTED);
	}
	return value;
}

/* The second key opens only after the first (RM0016 4.6.3). */
static void take_key(struct stm8 *stm8, uint8_t *last, uint8_t value, uint8_t first, uint8_t second, uint8_t flag)
{
	if (*last == first && value == second)
		stm8->memory[FLASH_IAPSR] |= flag;
	*last = value;
}

/* True: the memory that does not forget may be written there. */
static bool unlocked(const struct stm8 *stm8, uint32_t address)
{
	const uint8_t *memory = stm8->memory;

	if (address >= FLASH)
		return memory[FLASH_IAPSR] & IAPSR_PUL;
	if (address >= OPTIONS && !(memory[FLASH_CR2] & CR2_OPT))
		return false;
	return memory[FLASH_IAPSR] & IAPSR_DUL;
}

static void program_byte(struct stm8 *stm8, uint32_t address, uint8_t value)
{
	uint8_t *memory = stm8->memory;
	bool was_protected = memory[OPTIONS] == PROTECTION_ON;

	if (!unlocked(stm8, address)) {
		memory[FLASH_IAPSR] |= IAPSR_PROTECTED;
		return;
	}
	if (memory[FLASH_CR2] & CR2_ERASE)
		memset(memory + (address & ~(BLOCK - 1)), 0, BLOCK);
	else
		memory[address] = value;
	stm8->busy_reads = BUSY_READS;
	/* Taking the protection off erases what it protected (RM0016 4.5). */
	if (was_protected && memory[OPTIONS] != PROTECTION_ON) {
		memset(memory + FLASH, 0, STM8_SIZE - FLASH);
		memset(memory + EEPROM, 0, EEPROM_END - EEPROM);
	}
}

static void control_stall(struct stm8 *stm8, uint8_t value)
{
	uint8_t *pc = stm8->memory + CPU_PC;
	bool stepped = stm8->memory[DM_CSR2] & CSR2_STALL && !(value & CSR2_STALL) && stm8->memory[DM_CSR1] & CSR1_STEP;

	stm8->memory[DM_CSR2] = value;
	if (!stepped)
		return;
	stm8->memory[DM_CSR2] |= CSR2_STALL;
	if (!++pc[2])
		pc[1]++;
}

static void write_byte(struct stm8 *stm8, uint32_t address, uint8_t value)
{
	if (address >= FLASH || (address >= EEPROM && address < EEPROM_END) || (address >= OPTIONS && address < OPTIONS_END)) {
		program_byte(stm8, address, value);
		return;
	}
	switch (address) {
	case FLASH_PUKR:
		take_key(stm8, &stm8->program_key, value, 0x56, 0xAE, IAPSR_PUL);
		return;
	case FLASH_DUKR:
		take_key(stm8, &stm8->data_key, value, 0xAE, 0x56, IAPSR_DUL);
		return;
	case FLASH_IAPSR:
		stm8->memory[address] &= (uint8_t)(value | ~(IAPSR_PUL | IAPSR_DUL));
		return;
	case DM_CSR2:
		control_stall(stm8, value);
		return;
	}
	if (address < RAM_END || (address >= REGISTERS && address < REGISTERS_END) || address >= CPU)
		stm8->memory[address] = value;
}

static bool answers(const struct target *target)
{
	return !target->wiring.swim_absent && target->wiring.millivolts >= 1700 && target->stm8.entered;
}

enum target_ack target_swim_enter(struct target *target)
{
	target->stm8.entered = true;
	if (!answers(target)) {
		target->stm8.entered = false;
		return ACK_NONE;
	}
	return ACK_OK;
}

enum target_ack target_swim_read(struct target *target, uint32_t address, uint8_t *bytes, uint16_t length)
{
	memset(bytes, 0, length);
	if (!answers(target))
		return ACK_NONE;
	if (address > STM8_SIZE - length)
		return ACK_FAULT;
	for (unsigned i = 0; i < length; i++)
		bytes[i] = read_byte(&target->stm8, address + i);
	return ACK_OK;
}

enum target_ack target_swim_write(struct target *target, uint32_t address, const uint8_t *bytes, uint16_t length)
{
	if (!answers(target))
		return ACK_NONE;
	if (address > STM8_SIZE - length)
		return ACK_FAULT;
	for (unsigned i = 0; i < length; i++)
		write_byte(&target->stm8, address + i, bytes[i]);
	return ACK_OK;
}

/* SRST, the command of the wire: it resets only if SWIM_CSR allows. */
enum target_ack target_swim_reset(struct target *target)
{
	uint8_t csr = target->stm8.memory[SWIM_CSR];

	if (!answers(target))
		return ACK_NONE;
	if (csr & SWIM_RESET || !csr)
		return ACK_OK;
	reset(&target->stm8);
	target->stm8.memory[SWIM_CSR] = csr;
	return ACK_OK;
}

void target_swim_nrst(struct target *target, bool low)
{
	uint8_t *memory = target->stm8.memory;
	uint8_t csr = memory[SWIM_CSR];

	if (low && !target->stm8.in_reset) {
		reset(&target->stm8);
		memory[SWIM_CSR] = csr;
	}
	/* A CPU that comes out of reset under a debugger waits for it. */
	if (!low && target->stm8.in_reset && csr & SWIM_DM)
		memory[DM_CSR2] |= CSR2_STALL;
	target->stm8.in_reset = low;
}
