/*
 * The virtual target's core: halt, step, run, breakpoints, exceptions, reset, and the demo firmware.
 */
#include "support/debugger.h"

#include <stdio.h>
#include <stdlib.h>

/* Sums 5 to 1 into r1, then stops. */
static const uint16_t sum[] = {
	0x2005, /* movs r0, #5 */
	0x2100, /* movs r1, #0 */
	0x1809, /* adds r1, r1, r0 */
	0x3801, /* subs r0, #1 */
	0xD1FC, /* bne two back */
	0xBE00, /* bkpt */
};

static void test_registers(void **state)
{
	struct target *target = halted_target(NULL);

	(void)state;
	for (unsigned i = 0; i < 13; i++)
		set_register(target, i, 0x11110000 + i);
	set_register(target, 14, 0x08000101);
	set_register(target, PC, RAM + 0x101);
	set_register(target, 18, RAM + 0x4003);
	set_register(target, 20, 0x02001001);
	set_register(target, 33, 0x00C00000);
	set_register(target, 64 + 31, 0x3F800000);
	for (unsigned i = 0; i < 13; i++)
		assert_int_equal(get_register(target, i), 0x11110000 + i);
	assert_int_equal(get_register(target, 14), 0x08000101);
	assert_int_equal(get_register(target, PC), RAM + 0x100);
	assert_int_equal(get_register(target, 18), RAM + 0x4000);
	/* CONTROL now says that the process stack is in use. */
	assert_int_equal(get_register(target, SP), RAM + 0x4000);
	assert_int_equal(get_register(target, 17), RAM + 0x8000);
	assert_int_equal(get_register(target, 20), 0x02001001);
	assert_int_equal(get_register(target, 64 + 31), 0x3F800000);
	/* What was set is still there after code ran. */
	put_code(target, RAM, sum, sizeof sum);
	run_from(target, RAM, 10);
	assert_int_equal(get_register(target, 1), 15);
	assert_int_equal(get_register(target, 12), 0x1111000C);
	assert_int_equal(get_register(target, SP), RAM + 0x4000);
	assert_int_equal(get_register(target, 17), RAM + 0x8000);
	assert_int_equal(get_register(target, 20), 0x02001001);
	assert_int_equal(get_register(target, 33), 0x00C00000);
	assert_int_equal(get_register(target, 64 + 31), 0x3F800000);
	target_free(target);
}

static void test_steps(void **state)
{
	static const uint32_t places[] = { 2, 4, 6, 8, 4, 6, 8, 4 };
	struct target *target = halted_target(NULL);

	(void)state;
	put_code(target, RAM, sum, sizeof sum);
	set_register(target, PC, RAM);
	for (unsigned i = 0; i < sizeof places / sizeof *places; i++) {
		write_word(target, DHCSR, STEP);
		assert_true(read_word(target, DHCSR) & S_HALT);
		assert_int_equal(get_register(target, PC), RAM + places[i]);
	}
	assert_int_equal(get_register(target, 1), 9);
	target_free(target);
}

/* A block of IT is stepped through, and what its condition forbids is not done. */
static void test_steps_conditionally(void **state)
{
	static const uint16_t code[] = {
		0x2800, /* cmp r0, #0 */
		0xBF0C, /* ite eq */
		0x2101, /* moveq r1, #1 */
		0x2102, /* movne r1, #2 */
		0x2203, /* movs r2, #3 */
		0xBE00, /* bkpt */
	};
	struct target *target = halted_target(NULL);

	(void)state;
	put_code(target, RAM, code, sizeof code);
	for (uint32_t r0 = 0; r0 < 2; r0++) {
		set_register(target, 0, r0);
		set_register(target, 1, 0);
		set_register(target, XPSR, 1u << 24);
		set_register(target, PC, RAM);
		for (unsigned steps = 0; steps < 6 && get_register(target, PC) < RAM + 10; steps++)
			write_word(target, DHCSR, STEP);
		assert_int_equal(get_register(target, PC), RAM + 10);
		assert_int_equal(get_register(target, 1), 1 + r0);
		assert_int_equal(get_register(target, 2), 3);
	}
	target_free(target);
}

static void test_code_changes(void **state)
{
	struct target *target = halted_target(NULL);
	uint16_t code[6];

	(void)state;
	memcpy(code, sum, sizeof code);
	for (uint16_t count = 1; count < 20; count++) {
		code[0] = (uint16_t)(0x2000 | count);
		put_code(target, RAM, code, sizeof code);
		run_from(target, RAM, 10);
		assert_int_equal(get_register(target, 1), count * (count + 1) / 2);
		assert_int_equal(get_register(target, PC), RAM + 10);
		assert_int_equal(read_word(target, DFSR) & 2, 2);
		write_word(target, DFSR, 0x1F);
	}
	target_free(target);
}

static void test_breakpoints(void **state)
{
	struct target *target = halted_target(NULL);

	(void)state;
	/* Comparators of this revision see what lies below 0x20000000: code in flash. */
	write_word(target, 0x40023C04, 0x45670123);
	write_word(target, 0x40023C04, 0xCDEF89AB);
	write_word(target, 0x40023C10, 0x101);
	put_code(target, FLASH, sum, sizeof sum);
	write_word(target, 0xE0002000, 3);
	write_word(target, 0xE0002008, FLASH | 0x80000004 | 1); /* the upper halfword: at 6 */
	for (unsigned i = 0; i < 3; i++) {
		run_from(target, i ? FLASH + 8 : FLASH, 10);
		assert_int_equal(get_register(target, PC), FLASH + 6);
		write_word(target, 0xE0002008, 0);
		write_word(target, DHCSR, STEP);
		assert_int_equal(get_register(target, PC), FLASH + 8);
		write_word(target, 0xE0002008, FLASH | 0x80000004 | 1);
	}
	assert_int_equal(get_register(target, 1), 12);
	write_word(target, 0xE0002000, 2);
	run_from(target, FLASH + 8, 10);
	assert_int_equal(get_register(target, PC), FLASH + 10);
	target_free(target);
}

static void test_watchpoints(void **state)
{
	static const uint16_t code[] = {
		0x6001, /* str r1, [r0] */
		0x6802, /* ldr r2, [r0] */
		0xBF00, /* nop */
		0xBE00, /* bkpt */
	};
	struct target *target = halted_target(NULL);

	(void)state;
	put_code(target, RAM, code, sizeof code);
	set_register(target, 0, RAM + 0x100);
	write_word(target, 0xE0001030, RAM + 0x100);
	write_word(target, 0xE0001034, 2);
	write_word(target, 0xE0001038, 6);
	run_from(target, RAM, 10);
	assert_int_equal(get_register(target, PC), RAM + 2);
	assert_int_equal(read_word(target, DFSR) & 4, 4);
	assert_int_equal(read_word(target, 0xE0001038), 6 | 1u << 24);
	assert_int_equal(read_word(target, 0xE0001038), 6);
	write_word(target, 0xE0001038, 5);
	run_from(target, RAM, 10);
	assert_int_equal(get_register(target, PC), RAM + 4);
	write_word(target, 0xE0001038, 0);
	run_from(target, RAM, 10);
	assert_int_equal(get_register(target, PC), RAM + 6);
	target_free(target);
}

/* Vectors in RAM; every handler is the one at RAM + 0x500. */
static struct target *with_handlers(const uint16_t *handler, uint32_t size)
{
	struct target *target = halted_target(NULL);

	for (unsigned i = 1; i < 16; i++)
		write_word(target, RAM + 0x400 + 4 * i, RAM + 0x501);
	write_word(target, 0xE000ED08, RAM + 0x400);
	put_code(target, RAM + 0x500, handler, size);
	return target;
}

static void test_exceptions(void **state)
{
	static const uint16_t handler[] = {
		0xF3EF, 0x8405, /* mrs r4, ipsr */
		0x4770,         /* bx lr */
	};
	static const uint16_t code[] = {
		0xDF01, /* svc #1 */
		0x2507, /* movs r5, #7 */
		0xBE00, /* bkpt */
	};
	struct target *target = with_handlers(handler, sizeof handler);

	(void)state;
	put_code(target, RAM, code, sizeof code);
	set_register(target, 3, 0x33);
	run_from(target, RAM, 10);
	assert_int_equal(get_register(target, PC), RAM + 4);
	assert_int_equal(get_register(target, 3), 0x33);
	assert_int_equal(get_register(target, 4), 11);
	assert_int_equal(get_register(target, 5), 7);
	assert_int_equal(get_register(target, SP), RAM + 0x8000);
	assert_int_equal(get_register(target, XPSR) & 0x1FF, 0);
	/* SysTick wakes what waits for an interrupt. */
	put_code(target, RAM, (const uint16_t[]){ 0xBF30, 0xBE00 }, 4);
	write_word(target, 0xE000E014, 999);
	write_word(target, 0xE000E010, 7);
	run_from(target, RAM, 10);
	assert_int_equal(get_register(target, PC), RAM + 2);
	assert_int_equal(get_register(target, 4), 15);
	target_free(target);
}

static void test_faults(void **state)
{
	static const uint16_t handler[] = { 0x6800 /* ldr r0, [r0] */ };
	static const uint16_t code[] = { 0x6800 };
	struct target *target = with_handlers(handler, sizeof handler);

	(void)state;
	put_code(target, RAM, code, sizeof code);
	/* Caught on the way into the handler of the hard fault. */
	write_word(target, DEMCR, 1u << 10);
	set_register(target, 0, 0x60000010);
	run_from(target, RAM, 10);
	assert_int_equal(get_register(target, PC), RAM + 0x500);
	assert_int_equal(get_register(target, XPSR) & 0x1FF, 3);
	assert_int_equal(read_word(target, DFSR) & 8, 8);
	assert_int_equal(read_word(target, 0xE000ED28), 0x8200);
	assert_int_equal(read_word(target, 0xE000ED38), 0x60000010);
	assert_int_equal(read_word(target, 0xE000ED2C), 1u << 30);
	/* A fault in that handler locks up; a debugger can halt it there. */
	write_word(target, DHCSR, GO);
	target_run(target, 1000);
	assert_true(read_word(target, DHCSR) & S_LOCKUP);
	write_word(target, DHCSR, HALT);
	assert_int_equal(read_word(target, DHCSR) & (S_LOCKUP | S_HALT), S_HALT);
	assert_int_equal(get_register(target, PC), 0xFFFFFFFE);
	target_free(target);
}

static void test_reset(void **state)
{
	static const char *const unwired[] = { "nrst", "unconnected", NULL };
	struct target *target = halted_target(NULL);

	(void)state;
	/* Blank flash: the core starts from the vectors all ones, and locks up. */
	write_word(target, AIRCR, 0x05FA0004);
	target_run(target, 1000);
	assert_int_equal(read_word(target, DHCSR) & (S_RESET | S_LOCKUP | S_HALT), S_RESET | S_LOCKUP);
	assert_false(read_word(target, DHCSR) & S_RESET);
	/* Caught at the first instruction; the debug registers outlive the reset, the peripherals do not. */
	write_word(target, DEMCR, 1);
	write_word(target, 0x40020000, 0);
	write_word(target, AIRCR, 0x05FA0004);
	assert_int_equal(read_word(target, DHCSR) & (S_RESET | S_HALT | 1), S_RESET | S_HALT | 1);
	assert_int_equal(read_word(target, DEMCR), 1);
	assert_int_equal(read_word(target, 0x40020000), 0xA8000000);
	write_word(target, DHCSR, GO);
	/* The pin: reset holds the core, and is seen for as long. */
	target_nrst(target, true);
	assert_true(read_word(target, DHCSR) & S_RESET);
	assert_true(read_word(target, DHCSR) & S_RESET);
	assert_false(read_word(target, DHCSR) & S_HALT);
	target_nrst(target, false);
	assert_true(read_word(target, DHCSR) & S_HALT);
	target_free(target);
	target = halted_target(unwired);
	(void)read_word(target, DHCSR);
	target_nrst(target, true);
	target_nrst(target, false);
	assert_int_equal(read_word(target, DHCSR) & (S_RESET | S_HALT), S_HALT);
	target_free(target);
}

/* The firmware asks for a reset itself. */
static void test_reset_by_firmware(void **state)
{
	static const uint16_t code[] = {
		0x6001, /* str r1, [r0] */
		0xE7FE, /* b . */
	};
	struct target *target = halted_target(NULL);

	(void)state;
	put_code(target, RAM, code, sizeof code);
	(void)read_word(target, DHCSR);
	write_word(target, DEMCR, 1);
	set_register(target, 0, AIRCR);
	set_register(target, 1, 0x05FA0004);
	run_from(target, RAM, 10);
	assert_int_equal(read_word(target, DFSR) & 8, 8);
	assert_int_equal(get_register(target, PC), 0xFFFFFFFE);
	target_free(target);
}

static void test_always_locked_up(void **state)
{
	static const char *const options[] = { "lockup", "yes", NULL };
	struct target *target = target_with(options);

	(void)state;
	connect(target);
	assert_true(read_word(target, DHCSR) & S_LOCKUP);
	target_free(target);
}

/* A build of the demo firmware, where this build made one. */
static struct target *with_firmware(const char *name)
{
	const char *build = getenv("BUILD");
	struct target *target = target_new();
	char path[4096];

	assert_true(snprintf(path, sizeof path, "%s/live/%s.bin", build ? build : "build", name) < (int)sizeof path);
	if (!target_load(target, path)) {
		print_message("SKIPPED: no %s\n", path);
		target_free(target);
		skip();
	}
	connect(target);
	return target;
}

static void test_blink(void **state)
{
	struct target *target = with_firmware("blink");
	uint8_t bytes[64];
	uint64_t lost;

	(void)state;
	write_word(target, DEMCR, 1u << 24);
	write_word(target, 0xE0000FB0, 0xC5ACCE55);
	write_word(target, 0xE00400F0, 2);
	write_word(target, 0xE0040010, 7);
	write_word(target, 0xE0000E80, 0x10005);
	write_word(target, 0xE0000E00, 1);
	for (unsigned i = 0; i < 50; i++)
		target_run(target, 1000);
	assert_true(read_word(target, RAM) + read_word(target, RAM + 4) > 256);
	assert_int_equal(target_swo(target, 2000000, bytes, 30, &lost), 30);
	for (unsigned i = 0; i < 6; i++) {
		assert_int_equal(bytes[2 * i], 0x01);
		assert_int_equal(bytes[2 * i + 1], "blink "[i]);
	}
	target_free(target);
}

static void test_doze_and_crash(void **state)
{
	struct target *target = with_firmware("doze");

	(void)state;
	for (unsigned i = 0; i < 40; i++)
		target_run(target, 1000);
	assert_true(read_word(target, DHCSR) & S_SLEEP);
	assert_in_range(read_word(target, RAM), 5, 20);
	target_free(target);
	target = with_firmware("crash");
	for (unsigned i = 0; i < 10; i++)
		target_run(target, 1000);
	assert_true(read_word(target, DHCSR) & S_LOCKUP);
	assert_int_equal(read_word(target, RAM), 100);
	target_free(target);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_registers),
		cmocka_unit_test(test_steps),
		cmocka_unit_test(test_steps_conditionally),
		cmocka_unit_test(test_code_changes),
		cmocka_unit_test(test_breakpoints),
		cmocka_unit_test(test_watchpoints),
		cmocka_unit_test(test_exceptions),
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_reset),
		cmocka_unit_test(test_reset_by_firmware),
		cmocka_unit_test(test_always_locked_up),
		cmocka_unit_test(test_blink),
		cmocka_unit_test(test_doze_and_crash),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
