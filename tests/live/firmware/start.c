/*
 * From reset to main: the vector table, and RAM that is zero.
 * Knows: what the linker script left where.
 * Must not know: what main does.
 */
#include "demo.h"

extern uint32_t bss_start[], bss_end[], stack_top[];

void reset(void)
{
	for (uint32_t *to = bss_start; to < bss_end; to++)
		*to = 0;
	main();
	for (;;)
		;
}

/* Where an exception ends that the firmware does not serve. */
static void unexpected(void)
{
	for (;;)
		;
}

__attribute__((weak)) void hard_fault(void)
{
	unexpected();
}

__attribute__((weak)) void tick(void)
{
	unexpected();
}

__attribute__((section(".vectors"), used)) static const union {
	uint32_t *stack;
	void (*handler)(void);
} vectors[] = {
	{ .stack = stack_top },
	{ .handler = reset },
	[2] = { .handler = unexpected },
	[3] = { .handler = hard_fault },
	[4 ... 14] = { .handler = unexpected },
	[15] = { .handler = tick },
};
