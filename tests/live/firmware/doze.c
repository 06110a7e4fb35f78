/*
 * The demo firmware that sleeps: SysTick wakes it, it counts, and sleeps again.
 * Knows: nothing but demo.h.
 * Must not know: that it runs in a virtual target.
 */
#include "demo.h"

#define CYCLES_A_TICK 4000u

volatile uint32_t counter;

void tick(void)
{
	counter++;
}

int main(void)
{
	SYST_RVR = CYCLES_A_TICK - 1;
	SYST_CSR = 7;
	for (;;) {
		__asm__ volatile("wfi");
		if (counter % 100 == 0)
			say("tick\n");
	}
}
