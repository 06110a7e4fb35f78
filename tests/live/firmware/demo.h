/*
 * What the demo programs share: registers of the Cortex-M4, and printing through the ITM.
 * Knows: ARMv7-M.
 * Must not know: the board.
 */
#ifndef FIRMWARE_DEMO_H
#define FIRMWARE_DEMO_H

#include <stdint.h>

#define REGISTER(address) (*(volatile uint32_t *)(address))
#define SYST_CSR REGISTER(0xE000E010)
#define SYST_RVR REGISTER(0xE000E014)
#define ITM_STIM0 REGISTER(0xE0000000)
#define ITM_STIM0_BYTE (*(volatile uint8_t *)0xE0000000)
#define ITM_TER REGISTER(0xE0000E00)
#define ITM_TCR REGISTER(0xE0000E80)

int main(void);
/* The handlers that a program may define. */
void hard_fault(void);
void tick(void); /* SysTick */

/* To ITM port 0, if somebody listens. */
static inline void say(const char *text)
{
	if (!(ITM_TCR & 1) || !(ITM_TER & 1))
		return;
	for (; *text; text++) {
		while (!(ITM_STIM0 & 1))
			;
		ITM_STIM0_BYTE = (uint8_t)*text;
	}
}

#endif
