/*
 * What the virtual target keeps: the STM32's flash, the STM8 behind SWIM, the serial flash behind the bridge.
 */
#include "support/debugger.h"

#define FLASH_KEYR 0x40023C04u
#define FLASH_OPTKEYR 0x40023C08u
#define FLASH_SR 0x40023C0Cu
#define FLASH_CR 0x40023C10u
#define FLASH_OPTCR 0x40023C14u
#define SR_WRPERR 0x10u
#define SR_PGPERR 0x40u
#define SR_PGSERR 0x80u
#define SR_BSY 0x10000u
#define CR_LOCK 0x80000000u
#define WORDS 0x200u /* PSIZE */

static void unlock(struct target *target)
{
	write_word(target, FLASH_KEYR, 0x45670123);
	write_word(target, FLASH_KEYR, 0xCDEF89AB);
	assert_false(read_word(target, FLASH_CR) & CR_LOCK);
}

static void wait_until_idle(struct target *target)
{
	for (unsigned i = 0; i < 1000 && read_word(target, FLASH_SR) & SR_BSY; i++)
		target_run(target, 100);
	assert_false(read_word(target, FLASH_SR) & SR_BSY);
}

static void erase_sector(struct target *target, unsigned sector)
{
	write_word(target, FLASH_CR, WORDS | 2 | sector << 3);
	write_word(target, FLASH_CR, WORDS | 2 | sector << 3 | 1u << 16);
}

static void test_programming(void **state)
{
	struct target *target = halted_target(NULL);

	(void)state;
	/* Locked; then without PG; then with the wrong width. */
	assert_true(read_word(target, FLASH_CR) & CR_LOCK);
	write_word(target, FLASH, 0x12345678);
	assert_int_equal(read_word(target, FLASH_SR), SR_PGSERR);
	write_word(target, FLASH_SR, SR_PGSERR);
	unlock(target);
	write_word(target, FLASH, 0x12345678);
	assert_int_equal(read_word(target, FLASH_SR), SR_PGSERR);
	write_word(target, FLASH_SR, SR_PGSERR);
	write_word(target, FLASH_CR, 1);
	write_word(target, FLASH, 0x12345678);
	assert_int_equal(read_word(target, FLASH_SR), SR_PGPERR);
	write_word(target, FLASH_SR, SR_PGPERR);
	assert_int_equal(read_word(target, FLASH), 0xFFFFFFFF);
	/* As it should be; bits only fall. */
	write_word(target, FLASH_CR, WORDS | 1);
	write_word(target, FLASH, 0x12345678);
	assert_int_equal(read_word(target, FLASH_SR), SR_BSY);
	wait_until_idle(target);
	write_word(target, FLASH, 0xFFFF0000);
	assert_int_equal(read_word(target, FLASH), 0x12340000);
	assert_int_equal(read_word(target, 0), 0x12340000);
	/* Locked again; a wrong key locks until reset. */
	write_word(target, FLASH_CR, CR_LOCK);
	write_word(target, FLASH_KEYR, 1);
	write_word(target, FLASH_KEYR, 0x45670123);
	write_word(target, FLASH_KEYR, 0xCDEF89AB);
	assert_true(read_word(target, FLASH_CR) & CR_LOCK);
	write_word(target, AIRCR, 0x05FA0004);
	unlock(target);
	target_free(target);
}

static void test_erasing(void **state)
{
	static const uint32_t ends[] = { 0x03FFC, 0x04000, 0x07FFC, 0x0FFFC, 0x10000, 0x1FFFC, 0x20000, 0x3FFFC, 0x7FFFC };
	struct target *target = halted_target(NULL);

	(void)state;
	unlock(target);
	write_word(target, FLASH_CR, WORDS | 1);
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		write_word(target, FLASH + ends[i], 0);
	erase_sector(target, 4);
	assert_true(read_word(target, FLASH_SR) & SR_BSY);
	target_run(target, 500);
	assert_true(read_word(target, FLASH_SR) & SR_BSY);
	wait_until_idle(target);
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		assert_int_equal(read_word(target, FLASH + ends[i]), ends[i] >= 0x10000 && ends[i] < 0x20000 ? 0xFFFFFFFF : 0);
	write_word(target, FLASH_CR, 4);
	write_word(target, FLASH_CR, 4 | 1u << 16);
	wait_until_idle(target);
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		assert_int_equal(read_word(target, FLASH + ends[i]), 0xFFFFFFFF);
	target_free(target);
}

static void test_slow_erase(void **state)
{
	static const char *const options[] = { "slow", "100", NULL };
	struct target *target = halted_target(options);

	(void)state;
	unlock(target);
	erase_sector(target, 0);
	target_run(target, 100000);
	assert_true(read_word(target, FLASH_SR) & SR_BSY);
	target_run(target, 101000);
	assert_false(read_word(target, FLASH_SR) & SR_BSY);
	target_free(target);
}

static void test_write_protection(void **state)
{
	static const char *const options[] = { "wrp", "0,5", NULL };
	struct target *target = halted_target(options);

	(void)state;
	assert_int_equal(read_word(target, FLASH_OPTCR) >> 16 & 0xFF, 0xDE);
	unlock(target);
	write_word(target, FLASH_CR, WORDS | 1);
	write_word(target, FLASH, 0);
	assert_true(read_word(target, FLASH_SR) & SR_WRPERR);
	assert_int_equal(read_word(target, FLASH), 0xFFFFFFFF);
	write_word(target, FLASH_SR, SR_WRPERR);
	write_word(target, FLASH + 0x4000, 0);
	assert_int_equal(read_word(target, FLASH + 0x4000), 0);
	erase_sector(target, 5);
	assert_true(read_word(target, FLASH_SR) & SR_WRPERR);
	/* The option bytes take it away. */
	write_word(target, FLASH_OPTKEYR, 0x08192A3B);
	write_word(target, FLASH_OPTKEYR, 0x4C5D6E7F);
	write_word(target, FLASH_OPTCR, 0x00FFAAEC);
	write_word(target, FLASH_OPTCR, 0x00FFAAEE);
	wait_until_idle(target);
	write_word(target, FLASH_SR, SR_WRPERR);
	write_word(target, FLASH_CR, WORDS | 1);
	write_word(target, FLASH, 0);
	assert_int_equal(read_word(target, FLASH), 0);
	target_free(target);
}

static void test_read_out_protection(void **state)
{
	static const char *const options[] = { "rdp", "1", NULL };
	struct target *target = halted_target(options);

	(void)state;
	assert_int_equal(try_word(target, FLASH), ACK_FAULT);
	target_clear(target);
	assert_int_equal(try_write_word(target, FLASH, 0), ACK_FAULT);
	target_clear(target);
	assert_int_equal(try_word(target, RAM), ACK_OK);
	/* Back to level 0: everything is gone, and readable. */
	write_word(target, FLASH_OPTKEYR, 0x08192A3B);
	write_word(target, FLASH_OPTKEYR, 0x4C5D6E7F);
	write_word(target, FLASH_OPTCR, 0x00FFAAEC);
	assert_int_equal(try_word(target, FLASH), ACK_FAULT);
	target_clear(target);
	write_word(target, FLASH_OPTCR, 0x00FFAAEE);
	assert_true(read_word(target, FLASH_SR) & SR_BSY);
	wait_until_idle(target);
	assert_int_equal(read_word(target, FLASH), 0xFFFFFFFF);
	assert_int_equal(read_word(target, 0x1FFFC000) & 0xFFFF, 0xAAEF);
	target_free(target);
}

/* What every client does: code in RAM copies words to flash, and waits for each. */
static void test_loader(void **state)
{
	static const uint16_t loader[] = {
		0xCB10,         /* ldmia r3!, {r4} */
		0xC110,         /* stmia r1!, {r4} */
		0xF8D2, 0x500C, /* ldr r5, [r2, #0x0C] */
		0xF415, 0x3F80, /* tst r5, #0x10000 */
		0xD1FA,         /* bne to the ldr */
		0x3804,         /* subs r0, #4 */
		0xD1F6,         /* bne to the start */
		0xBE00,         /* bkpt */
	};
	struct target *target = halted_target(NULL);
	uint8_t image[4096], back[4096];
	uint32_t done;

	(void)state;
	for (unsigned i = 0; i < sizeof image; i++)
		image[i] = (uint8_t)(i * 31 + i / 256);
	put_code(target, RAM, loader, sizeof loader);
	assert_int_equal(target_write(target, 0, RAM + 0x1000, 4, image, sizeof image, &done), ACK_OK);
	unlock(target);
	write_word(target, FLASH_CR, WORDS | 1);
	set_register(target, 0, sizeof image);
	set_register(target, 1, FLASH + 0x8000);
	set_register(target, 2, 0x40023C00);
	set_register(target, 3, RAM + 0x1000);
	run_from(target, RAM, 100);
	assert_int_equal(get_register(target, PC), RAM + sizeof loader - 2);
	assert_int_equal(get_register(target, 0), 0);
	assert_int_equal(target_read(target, 0, FLASH + 0x8000, 4, back, sizeof back, &done), ACK_OK);
	assert_memory_equal(back, image, sizeof image);
	assert_int_equal(read_word(target, FLASH_SR) & 0x1F2, 0);
	/* Over what is not blank, the ones do not come back. */
	write_word(target, RAM + 0x1000, 0xFFFFFFFF);
	set_register(target, 0, 4);
	set_register(target, 1, FLASH + 0x8000);
	set_register(target, 3, RAM + 0x1000);
	run_from(target, RAM, 100);
	assert_int_equal(target_read(target, 0, FLASH + 0x8000, 4, back, 4, &done), ACK_OK);
	assert_memory_equal(back, image, 4);
	target_free(target);
}

/* STM8 */

static uint8_t swim_byte(struct target *target, uint32_t address)
{
	uint8_t byte;

	assert_int_equal(target_swim_read(target, address, &byte, 1), ACK_OK);
	return byte;
}

static void set_swim_byte(struct target *target, uint32_t address, uint8_t byte)
{
	assert_int_equal(target_swim_write(target, address, &byte, 1), ACK_OK);
}

static void swim_keys(struct target *target, uint32_t address, uint8_t first, uint8_t second)
{
	set_swim_byte(target, address, first);
	set_swim_byte(target, address, second);
}

static void test_stm8(void **state)
{
	struct target *target = target_new();
	uint8_t bytes[256];
	unsigned polls = 0;

	(void)state;
	assert_int_equal(target_swim_read(target, 0, bytes, 1), ACK_NONE);
	assert_int_equal(target_swim_enter(target), ACK_OK);
	set_swim_byte(target, 0x100, 0x5A);
	assert_int_equal(swim_byte(target, 0x100), 0x5A);
	/* Flash is closed, then open, then programmed. */
	set_swim_byte(target, 0x8000, 0x11);
	assert_int_equal(swim_byte(target, 0x8000), 0);
	assert_int_equal(swim_byte(target, 0x505F) & 1, 1);
	swim_keys(target, 0x5062, 0xAE, 0x56);
	assert_int_equal(swim_byte(target, 0x505F) & 2, 0);
	swim_keys(target, 0x5062, 0x56, 0xAE);
	assert_int_equal(swim_byte(target, 0x505F) & 2, 2);
	set_swim_byte(target, 0x8000, 0x11);
	while (!(swim_byte(target, 0x505F) & 4) && polls < 10)
		polls++;
	assert_in_range(polls, 1, 9);
	assert_int_equal(swim_byte(target, 0x8000), 0x11);
	/* EEPROM has its own keys, option bytes a bit more. */
	set_swim_byte(target, 0x4000, 0x22);
	assert_int_equal(swim_byte(target, 0x4000), 0);
	swim_keys(target, 0x5064, 0xAE, 0x56);
	set_swim_byte(target, 0x4000, 0x22);
	assert_int_equal(swim_byte(target, 0x4000), 0x22);
	set_swim_byte(target, 0x4803, 0x33);
	assert_int_equal(swim_byte(target, 0x4803), 0);
	set_swim_byte(target, 0x505B, 0x80);
	set_swim_byte(target, 0x4803, 0x33);
	assert_int_equal(swim_byte(target, 0x4803), 0x33);
	assert_int_equal(target_swim_read(target, 0xFFFF, bytes, 2), ACK_FAULT);
	/* Stalled, it steps; a reset by the wire needs leave. */
	set_swim_byte(target, 0x7F80, 0xA0);
	set_swim_byte(target, 0x7F99, 0x08);
	set_swim_byte(target, 0x7F98, 0x40);
	set_swim_byte(target, 0x7F99, 0x00);
	assert_int_equal(swim_byte(target, 0x7F99), 0x08);
	assert_int_equal(swim_byte(target, 0x7F03), 1);
	assert_int_equal(target_swim_reset(target), ACK_OK);
	assert_int_equal(swim_byte(target, 0x7F03), 0);
	target_free(target);
}

static void test_stm8_options(void **state)
{
	static const char *const absent[] = { "stm8", "absent", NULL };
	static const char *const unpowered[] = { "power", "off", NULL };
	static const char *const locked[] = { "stm8", "rop", NULL };
	struct target *target = target_with(absent);

	(void)state;
	assert_int_equal(target_swim_enter(target), ACK_NONE);
	target_free(target);
	target = target_with(unpowered);
	assert_int_equal(target_swim_enter(target), ACK_NONE);
	target_free(target);
	target = target_with(locked);
	assert_int_equal(target_swim_enter(target), ACK_OK);
	assert_int_equal(swim_byte(target, 0x4800), 0xAA);
	assert_int_equal(swim_byte(target, 0x8000), 0x71);
	swim_keys(target, 0x5064, 0xAE, 0x56);
	set_swim_byte(target, 0x505B, 0x80);
	set_swim_byte(target, 0x4800, 0x00);
	assert_int_equal(swim_byte(target, 0x8000), 0x00);
	target_free(target);
}

/* SPI */

static void spi(struct target *target, const char *out, size_t length, uint8_t *in)
{
	target_spi_select(target, true);
	target_spi_transfer(target, (const uint8_t *)out, in, length);
	target_spi_select(target, false);
}

static void spi_wait(struct target *target)
{
	uint8_t in[2] = { 0, 1 };
	unsigned polls = 0;

	for (; in[1] & 1; polls++)
		spi(target, "\x05\0", 2, in);
	assert_in_range(polls, 2, 10);
}

static void test_spi_flash(void **state)
{
	struct target *target = target_new();
	uint8_t in[16];

	(void)state;
	spi(target, "\x9F\0\0\0", 4, in);
	assert_memory_equal(in + 1, "\xEF\x40\x15", 3);
	spi(target, "\x90\0\0\0\0\0", 6, in);
	assert_memory_equal(in + 4, "\xEF\x14", 2);
	spi(target, "\xAB\0\0\0\0", 5, in);
	assert_int_equal(in[4], 0x14);
	/* Nothing is written without WREN; a page wraps; bits only fall. */
	spi(target, "\x02\x01\x02\xFE" "abcd", 8, NULL);
	spi(target, "\x03\x01\x02\xFE\0\0\0\0", 8, in);
	assert_memory_equal(in + 4, "\xFF\xFF\xFF\xFF", 4);
	spi(target, "\x06", 1, NULL);
	spi(target, "\x05\0", 2, in);
	assert_int_equal(in[1], 2);
	spi(target, "\x02\x01\x02\xFE" "abcd", 8, NULL);
	spi_wait(target);
	spi(target, "\x03\x01\x02\xFE\0\0\0\0", 8, in);
	assert_memory_equal(in + 4, "ab\xFF\xFF", 4);
	spi(target, "\x0B\x01\x02\x00\0\0\0", 7, in);
	assert_memory_equal(in + 5, "cd", 2);
	/* One frame may come in pieces. */
	target_spi_select(target, true);
	target_spi_transfer(target, (const uint8_t *)"\x03\x01\x02", NULL, 3);
	target_spi_transfer(target, (const uint8_t *)"\x00", NULL, 1);
	target_spi_transfer(target, NULL, in, 2);
	target_spi_select(target, false);
	assert_memory_equal(in, "cd", 2);
	spi(target, "\x06", 1, NULL);
	spi(target, "\x20\x01\x02\x00", 4, NULL);
	spi_wait(target);
	spi(target, "\x03\x01\x02\x00\0\0", 6, in);
	assert_memory_equal(in + 4, "\xFF\xFF", 2);
	assert_true(target_set(target, "spi", "absent"));
	spi(target, "\x9F\0\0\0", 4, in);
	assert_memory_equal(in, "\xFF\xFF\xFF\xFF", 4);
	target_free(target);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_programming),
		cmocka_unit_test(test_erasing),
		cmocka_unit_test(test_slow_erase),
		cmocka_unit_test(test_write_protection),
		cmocka_unit_test(test_read_out_protection),
		cmocka_unit_test(test_loader),
		cmocka_unit_test(test_stm8),
		cmocka_unit_test(test_stm8_options),
		cmocka_unit_test(test_spi_flash),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
