/*
 * An STM8S105 behind SWIM.
 * Knows: its memory, the SWIM and debug module registers, the flash unlock keys.
 * Must not know: who drives the pin.
 */
#include "machine.h"

#include <string.h>

void stm8_new(struct stm8 *stm8)
{
	memset(stm8, 0, sizeof *stm8);
}

enum target_ack target_swim_enter(struct target *target)
{
	(void)target;
	return ACK_NONE;
}

enum target_ack target_swim_read(struct target *target, uint32_t address, uint8_t *bytes, uint16_t length)
{
	(void)target;
	(void)address;
	memset(bytes, 0, length);
	return ACK_NONE;
}

enum target_ack target_swim_write(struct target *target, uint32_t address, const uint8_t *bytes, uint16_t length)
{
	(void)target;
	(void)address;
	(void)bytes;
	(void)length;
	return ACK_NONE;
}

enum target_ack target_swim_reset(struct target *target)
{
	(void)target;
	return ACK_NONE;
}

void target_swim_nrst(struct target *target, bool low)
{
	(void)target;
	(void)low;
}
