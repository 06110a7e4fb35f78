/*
 * The demo firmware: counts, and prints a line now and then. It never sleeps.
 * Knows: nothing but demo.h.
 * Must not know: that it runs in a virtual target.
 */
#include "demo.h"

#define ROUNDS_A_LINE 256u

volatile uint32_t counter;
volatile uint32_t led;

static void print(uint32_t number)
{
	char text[] = "blink 00000000\n";

	for (unsigned i = 0; i < 8; i++)
		text[13 - i] = "0123456789ABCDEF"[number >> 4 * i & 15];
	say(text);
}

__attribute__((noinline)) void toggle(void)
{
	led ^= 1u;
}

__attribute__((noinline)) uint32_t count(uint32_t by)
{
	counter += by;
	return counter;
}

int main(void)
{
	for (;;) {
		uint32_t now = count(1);

		toggle();
		if (now % ROUNDS_A_LINE == 0)
			print(now / ROUNDS_A_LINE);
	}
}
