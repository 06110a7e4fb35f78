/*
 * The private peripheral bus: which register belongs to whom.
 * Knows: the addresses of ARMv7-M B3.1, and the chip's own debug registers (DBGMCU).
 * Must not know: what is behind them.
 */
#include "machine.h"

#define DBGMCU_IDCODE 0xE0042000u
#define DBGMCU_LAST 0xE004200Cu

uint32_t private_read(struct target *target, enum master master, uint32_t address)
{
	uint32_t value;

	if (address == DBGMCU_IDCODE)
		return target->wiring.chip_id;
	if (address > DBGMCU_IDCODE && address <= DBGMCU_LAST)
		return target->debug_mcu[(address - DBGMCU_IDCODE) / 4 - 1];
	if ((address & 0xFFF) >= 0xFCC || address >= 0xE00FF000)
		return identification_read(address);
	if (trace_read(target, address, &value))
		return value;
	return system_control_read(target, master, address);
}

void private_write(struct target *target, enum master master, uint32_t address, uint32_t value, uint32_t mask)
{
	if (address > DBGMCU_IDCODE && address <= DBGMCU_LAST) {
		uint32_t *stored = &target->debug_mcu[(address - DBGMCU_IDCODE) / 4 - 1];

		*stored = (*stored & ~mask) | (value & mask);
	} else if (!trace_write(target, address, value, mask)) {
		system_control_write(target, master, address, value, mask);
	}
}
