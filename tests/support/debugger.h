/*
 * A debugger small enough for tests of the virtual target: words, registers, halt and go.
 * Knows: tests/live/target/target.h, the debug registers of ARMv7-M.
 * Must not know: how the target works.
 */
#ifndef TESTS_SUPPORT_DEBUGGER_H
#define TESTS_SUPPORT_DEBUGGER_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../live/target/target.h"

#define RAM 0x20000000u
#define FLASH 0x08000000u
#define DHCSR 0xE000EDF0u
#define DCRSR 0xE000EDF4u
#define DCRDR 0xE000EDF8u
#define DEMCR 0xE000EDFCu
#define DFSR 0xE000ED30u
#define AIRCR 0xE000ED0Cu
#define GO 0xA05F0001u
#define HALT 0xA05F0003u
#define STEP 0xA05F0005u
#define S_HALT (1u << 17)
#define S_SLEEP (1u << 18)
#define S_LOCKUP (1u << 19)
#define S_RESET (1u << 25)
#define PC 15u
#define XPSR 16u
#define SP 13u
#define STICKYERR (1u << 5)

static inline uint32_t read_word(struct target *target, uint32_t address)
{
	uint8_t bytes[4];
	uint32_t done;

	assert_int_equal(target_read(target, 0, address, 4, bytes, 4, &done), ACK_OK);
	return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static inline enum target_ack try_write_word(struct target *target, uint32_t address, uint32_t value)
{
	const uint8_t bytes[4] = { (uint8_t)value, (uint8_t)(value >> 8), (uint8_t)(value >> 16), (uint8_t)(value >> 24) };
	uint32_t done;

	return target_write(target, 0, address, 4, bytes, 4, &done);
}

static inline void write_word(struct target *target, uint32_t address, uint32_t value)
{
	assert_int_equal(try_write_word(target, address, value), ACK_OK);
}

/* What a read of one word at the address is answered with. */
static inline enum target_ack try_word(struct target *target, uint32_t address)
{
	uint8_t bytes[4];
	uint32_t done;

	return target_read(target, 0, address, 4, bytes, 4, &done);
}

static inline uint32_t get_register(struct target *target, unsigned number)
{
	write_word(target, DCRSR, number);
	return read_word(target, DCRDR);
}

static inline void set_register(struct target *target, unsigned number, uint32_t value)
{
	write_word(target, DCRDR, value);
	write_word(target, DCRSR, number | 1u << 16);
}

static inline void put_code(struct target *target, uint32_t address, const uint16_t *code, uint32_t size)
{
	uint32_t done;

	assert_int_equal(target_write(target, 0, address, 2, (const uint8_t *)code, size, &done), ACK_OK);
	assert_int_equal(done, size);
}

/* A target with these options ("key", "value", ..., NULL); not yet connected. */
static inline struct target *target_with(const char *const *options)
{
	struct target *target = target_new();

	for (; options && *options; options += 2)
		assert_true(target_set(target, options[0], options[1]));
	return target;
}

static inline void power_up_debug(struct target *target)
{
	assert_int_equal(target_dp_write(target, 0x8, 0), ACK_OK);
	assert_int_equal(target_dp_write(target, 0x4, 0x50000000), ACK_OK);
}

static inline void connect(struct target *target)
{
	uint32_t identity;

	assert_int_equal(target_connect(target, TARGET_SWD, &identity), ACK_OK);
	power_up_debug(target);
}

/* Connected and halted, with a stack, in Thumb state. */
static inline struct target *halted_target(const char *const *options)
{
	struct target *target = target_with(options);

	connect(target);
	write_word(target, DHCSR, HALT);
	set_register(target, XPSR, 1u << 24);
	set_register(target, SP, RAM + 0x8000);
	return target;
}

/* From address until it halts; it must, within so many milliseconds of its own time. */
static inline void run_from(struct target *target, uint32_t address, unsigned milliseconds)
{
	set_register(target, PC, address);
	write_word(target, DHCSR, GO);
	while (milliseconds-- && !(read_word(target, DHCSR) & S_HALT))
		target_run(target, 1000);
	assert_true(read_word(target, DHCSR) & S_HALT);
}

#endif
