/*
 * The demo firmware that crashes: it writes where nothing is, and does so again in the handler, which locks up the core.
 * Knows: nothing but demo.h.
 * Must not know: that it runs in a virtual target.
 */
#include "demo.h"

#define NOWHERE 0x60000000u

volatile uint32_t counter;

void hard_fault(void)
{
	REGISTER(NOWHERE) = 0;
}

int main(void)
{
	while (counter < 100)
		counter++;
	REGISTER(NOWHERE) = counter;
	return 0;
}
