/*
 * The virtual target: its debug port, its memory, and what every option does to them.
 */
#include "support/debugger.h"

static uint32_t control(struct target *target)
{
	uint32_t value;

	assert_int_equal(target_dp_read(target, 0x4, &value), ACK_OK);
	return value;
}

static void test_identities(void **state)
{
	struct target *target = target_new();
	uint32_t value;

	(void)state;
	assert_int_equal(target_connect(target, TARGET_SWD, &value), ACK_OK);
	assert_int_equal(value, 0x2BA01477);
	assert_int_equal(target_connect(target, TARGET_JTAG, &value), ACK_OK);
	assert_int_equal(value, 0x4BA00477);
	assert_int_equal(target_connect(target, TARGET_SWD, &value), ACK_OK);
	power_up_debug(target);
	assert_int_equal(control(target) & 0xF0000000, 0xF0000000);
	assert_int_equal(target_ap_read(target, 0, 0xFC, &value), ACK_OK);
	assert_int_equal(value, 0x24770011);
	assert_int_equal(target_ap_read(target, 0, 0xF8, &value), ACK_OK);
	assert_int_equal(value, 0xE00FF003);
	assert_int_equal(target_ap_read(target, 1, 0xFC, &value), ACK_OK);
	assert_int_equal(value, 0);
	assert_int_equal(read_word(target, 0xE000ED00), 0x410FC241);
	assert_int_equal(read_word(target, 0xE0042000), 0x10006431);
	assert_int_equal(read_word(target, 0x1FFF7A20) >> 16, 512);
	assert_int_equal(read_word(target, 0xE00FF000), 0xFFF0F003);
	assert_int_equal(read_word(target, 0xE00FFFF4), 0x10);
	assert_int_equal(read_word(target, 0xE00FFFE0), 0x31);
	target_free(target);
}

static void test_unpowered_debug_domain(void **state)
{
	struct target *target = target_new();
	uint32_t value;

	(void)state;
	assert_int_equal(target_connect(target, TARGET_SWD, &value), ACK_OK);
	assert_int_equal(target_ap_read(target, 0, 0xFC, &value), ACK_FAULT);
	assert_true(control(target) & STICKYERR);
	target_clear(target);
	assert_false(control(target) & STICKYERR);
	power_up_debug(target);
	assert_int_equal(target_ap_read(target, 0, 0xFC, &value), ACK_OK);
	target_free(target);
}

static void test_transfers(void **state)
{
	struct target *target = target_new();
	uint8_t out[1500], in[1500] = { 0 };
	uint32_t done, value;

	(void)state;
	connect(target);
	for (unsigned i = 0; i < sizeof out; i++)
		out[i] = (uint8_t)(i * 7 + i / 256);
	/* Across the kilobytes at which TAR stops counting, in every size. */
	for (unsigned size = 1; size <= 4; size *= 2) {
		assert_int_equal(target_write(target, 0, RAM + 0x3F4, size, out, sizeof out, &done), ACK_OK);
		assert_int_equal(done, sizeof out);
		memset(in, 0, sizeof in);
		assert_int_equal(target_read(target, 0, RAM + 0x3F4, size, in, sizeof in, &done), ACK_OK);
		assert_memory_equal(in, out, sizeof in);
		out[0]++;
	}
	/* By hand: without a new TAR it wraps. */
	assert_int_equal(target_ap_write(target, 0, 0x00, 0x23000012), ACK_OK);
	assert_int_equal(target_ap_write(target, 0, 0x04, RAM + 0x3FC), ACK_OK);
	assert_int_equal(target_ap_read(target, 0, 0x0C, &value), ACK_OK);
	assert_int_equal(target_ap_read(target, 0, 0x04, &value), ACK_OK);
	assert_int_equal(value, RAM);
	/* Banked registers see TAR's sixteen bytes. */
	write_word(target, RAM + 0x108, 0x12345678);
	assert_int_equal(target_ap_write(target, 0, 0x04, RAM + 0x104), ACK_OK);
	assert_int_equal(target_ap_read(target, 0, 0x18, &value), ACK_OK);
	assert_int_equal(value, 0x12345678);
	/* A bit of RAM by its bit-band address. */
	assert_int_equal(read_word(target, 0x22000000 + 0x108 * 32 + 4 * 4), 1);
	write_word(target, 0x22000000 + 0x108 * 32, 1);
	assert_int_equal(read_word(target, RAM + 0x108), 0x12345679);
	target_free(target);
}

static void test_faults_stick(void **state)
{
	struct target *target = target_new();
	uint8_t bytes[64];
	uint32_t done, value;

	(void)state;
	connect(target);
	assert_int_equal(try_word(target, 0x60000000), ACK_FAULT);
	assert_true(control(target) & STICKYERR);
	assert_int_equal(target_ap_read(target, 0, 0xFC, &value), ACK_FAULT);
	assert_int_equal(target_dp_read(target, 0xC, &value), ACK_FAULT);
	assert_int_equal(target_dp_read(target, 0x0, &value), ACK_OK);
	target_clear(target);
	/* The last words of RAM, and what is behind them. */
	assert_int_equal(target_read(target, 0, RAM + 0x1FFE0, 4, bytes, 64, &done), ACK_FAULT);
	assert_int_equal(done, 32);
	/* JTAG clears the flag by writing it to CTRL/STAT. */
	assert_int_equal(target_connect(target, TARGET_JTAG, &value), ACK_OK);
	assert_true(control(target) & STICKYERR);
	assert_int_equal(target_dp_write(target, 0x4, 0x50000020), ACK_OK);
	assert_false(control(target) & STICKYERR);
	target_free(target);
}

static void test_ready_bits(void **state)
{
	struct target *target = target_new();

	(void)state;
	connect(target);
	write_word(target, 0x40023800, read_word(target, 0x40023800) | 1u << 16 | 1u << 24);
	assert_int_equal(read_word(target, 0x40023800) & 0x03030003, 0x03030003);
	write_word(target, 0x40023808, 2);
	assert_int_equal(read_word(target, 0x40023808), 0xA);
	write_word(target, 0x40020018, 1u << 5 | 1u << 22);
	assert_int_equal(read_word(target, 0x40020014), 1u << 5);
	target_free(target);
}

/* What connecting, the first access and the voltage are under an option. */
static void test_option_table(void **state)
{
	static const struct {
		const char *options[7];
		enum target_ack connect, access; /* of CPUID */
		unsigned millivolts;
	} rows[] = {
		{ { NULL }, ACK_OK, ACK_OK, 3240 },
		{ { "power", "off", NULL }, ACK_NONE, ACK_NONE, 0 },
		{ { "power", "low", NULL }, ACK_NONE, ACK_NONE, 1200 },
		{ { "power", "1800", NULL }, ACK_OK, ACK_OK, 1800 },
		{ { "vtref", "10", NULL }, ACK_OK, ACK_OK, 10 },
		{ { "absent", "yes", NULL }, ACK_NONE, ACK_NONE, 3240 },
		{ { "needs-reset", "yes", NULL }, ACK_NONE, ACK_NONE, 3240 },
		{ { "lost-after-run", "20", NULL }, ACK_NONE, ACK_NONE, 3240 },
		{ { "lost-after-run", "20", "fresh", "yes", NULL }, ACK_OK, ACK_OK, 3240 },
		{ { "rdp", "2", NULL }, ACK_NONE, ACK_NONE, 3240 },
		{ { "rdp", "1", NULL }, ACK_OK, ACK_OK, 3240 },
		{ { "asleep", "standby", NULL }, ACK_NONE, ACK_NONE, 3240 },
		{ { "asleep", "stop", NULL }, ACK_OK, ACK_WAIT, 3240 },
		{ { "asleep", "sleep", NULL }, ACK_OK, ACK_OK, 3240 },
		{ { "wait", "forever", NULL }, ACK_OK, ACK_WAIT, 3240 },
		{ { "fault", "1@0xE000ED00", NULL }, ACK_OK, ACK_FAULT, 3240 },
		{ { "fault", "1@0xE000ED04-0xE000EDFF", NULL }, ACK_OK, ACK_OK, 3240 },
		{ { "dbgpower", "never", NULL }, ACK_OK, ACK_FAULT, 3240 },
		{ { "parity", "1", NULL }, ACK_PARITY, ACK_PARITY, 3240 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct target *target = target_with(rows[i].options);
		uint32_t value;

		print_message("%s\n", rows[i].options[0] ? rows[i].options[0] : "no option");
		assert_int_equal(target_millivolts(target), rows[i].millivolts);
		assert_int_equal(target_connect(target, TARGET_SWD, &value), rows[i].connect);
		(void)target_dp_write(target, 0x4, 0x50000000);
		assert_int_equal(try_word(target, 0xE000ED00), rows[i].access);
		target_free(target);
	}
}

static void test_wrong_options(void **state)
{
	static const char *const wrong[][2] = {
		{ "power", "on" }, { "power", "-1" }, { "nosuch", "1" }, { "rdp", "3" }, { "wrp", "8" }, { "wait", "x" }, { "wait", "1@" },
		{ "fault", "forever@0x20-" }, { "absent", "maybe" }, { "idcode", "" }, { "spi", "W25Q999" }, { "firmware", "/nowhere" },
		{ "asleep", "yes" }, { "slow", "0" },
	};
	struct target *target = target_new();

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_false(target_set(target, wrong[i][0], wrong[i][1]));
	/* Each option has a line that begins with its key. */
	for (size_t i = 0; target_options[i]; i++)
		assert_non_null(strstr(target_options[i], "  "));
	target_free(target);
}

static void test_wait_recovers(void **state)
{
	static const char *const options[] = { "wait", "3@0x20000010-0x2000001F", NULL };
	struct target *target = target_with(options);

	(void)state;
	connect(target);
	assert_int_equal(try_word(target, RAM), ACK_OK);
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(try_word(target, RAM + 0x14), ACK_WAIT);
	assert_int_equal(try_word(target, RAM + 0x14), ACK_OK);
	target_free(target);
}

static void test_stuck_flags(void **state)
{
	static const char *const options[] = { "sticky", "stuck", NULL };
	struct target *target = target_with(options);

	(void)state;
	connect(target);
	assert_int_equal(try_word(target, 0x60000000), ACK_FAULT);
	target_clear(target);
	assert_true(control(target) & STICKYERR);
	assert_int_equal(try_word(target, RAM), ACK_FAULT);
	target_free(target);
}

static void test_other_identities(void **state)
{
	static const char *const options[] = { "idcode", "0x1BA01477", "cpuid", "0", "device", "0x410", "flash-size", "64", "ap0", "ahb", NULL };
	static const char *const empty[] = { "ap0", "empty", NULL };
	struct target *target = target_with(options);
	uint32_t value;

	(void)state;
	assert_int_equal(target_connect(target, TARGET_SWD, &value), ACK_OK);
	assert_int_equal(value, 0x1BA01477);
	power_up_debug(target);
	assert_int_equal(target_dp_read(target, 0x0, &value), ACK_OK);
	assert_int_equal(value, 0x1BA01477);
	assert_int_equal(read_word(target, 0xE000ED00), 0);
	assert_int_equal(read_word(target, 0xE0042000), 0x10006410);
	assert_int_equal(read_word(target, 0x1FFF7A20) >> 16, 64);
	target_free(target);
	target = target_with(empty);
	connect(target);
	assert_int_equal(target_ap_read(target, 0, 0xFC, &value), ACK_OK);
	assert_int_equal(value, 0);
	assert_int_equal(read_word(target, 0xE000ED00), 0);
	target_free(target);
}

static void test_needs_reset(void **state)
{
	static const char *const options[] = { "needs-reset", "yes", NULL };
	static const char *const unwired[] = { "needs-reset", "yes", "nrst", "unconnected", NULL };
	struct target *target = target_with(options);
	uint32_t value;

	(void)state;
	target_nrst(target, true);
	connect(target);
	target_nrst(target, false);
	assert_int_equal(try_word(target, RAM), ACK_OK);
	assert_int_equal(target_connect(target, TARGET_SWD, &value), ACK_NONE);
	target_free(target);
	target = target_with(unwired);
	target_nrst(target, true);
	assert_int_equal(target_connect(target, TARGET_SWD, &value), ACK_NONE);
	target_free(target);
}

static void test_pins_lost(void **state)
{
	static const char *const options[] = { "lost-after-run", "20", NULL };
	static const char *const fresh[] = { "lost-after-run", "20", "fresh", "yes", NULL };
	struct target *target = target_with(options);
	uint32_t value;

	(void)state;
	assert_int_equal(target_connect(target, TARGET_SWD, &value), ACK_NONE);
	target_nrst(target, true);
	connect(target);
	write_word(target, DHCSR, GO);
	write_word(target, DEMCR, 1);
	target_nrst(target, false);
	assert_true(read_word(target, DHCSR) & S_HALT);
	target_run(target, 50000);
	assert_int_equal(try_word(target, RAM), ACK_OK);
	write_word(target, DHCSR, GO);
	target_run(target, 10000);
	assert_int_equal(try_word(target, RAM), ACK_OK);
	target_run(target, 15000);
	assert_int_equal(try_word(target, RAM), ACK_NONE);
	assert_int_equal(target_connect(target, TARGET_SWD, &value), ACK_NONE);
	target_free(target);
	/* A fresh chip answers until it was reset and ran. */
	target = target_with(fresh);
	target_run(target, 100000);
	connect(target);
	assert_true(read_word(target, DHCSR) & S_RESET);
	write_word(target, AIRCR, 0x05FA0004);
	target_run(target, 10000);
	assert_int_equal(try_word(target, RAM), ACK_OK);
	target_run(target, 15000);
	assert_int_equal(try_word(target, RAM), ACK_NONE);
	target_free(target);
}

static void test_doze(void **state)
{
	static const char *const sleep[] = { "asleep", "sleep", NULL };
	static const char *const stop[] = { "asleep", "stop", NULL };
	struct target *target = target_with(sleep);

	(void)state;
	connect(target);
	assert_true(read_word(target, DHCSR) & S_SLEEP);
	write_word(target, DHCSR, HALT);
	assert_int_equal(read_word(target, DHCSR) & (S_SLEEP | S_HALT), S_HALT);
	target_free(target);
	/* Under reset the bus answers; DBGMCU_CR then keeps it awake. */
	target = target_with(stop);
	connect(target);
	assert_int_equal(try_word(target, RAM), ACK_WAIT);
	target_nrst(target, true);
	assert_int_equal(try_word(target, RAM), ACK_OK);
	target_nrst(target, false);
	write_word(target, 0xE0042004, 2);
	target_run(target, 5000);
	assert_int_equal(try_word(target, RAM), ACK_OK);
	write_word(target, 0xE0042004, 0);
	assert_int_equal(try_word(target, RAM), ACK_WAIT);
	target_free(target);
}

static void test_resets_itself(void **state)
{
	static const char *const often[] = { "self-reset", "10", NULL };
	static const char *const watchdog[] = { "wdog", "yes", NULL };
	struct target *target = target_with(often);

	(void)state;
	connect(target);
	write_word(target, DHCSR, HALT);
	(void)read_word(target, DHCSR);
	target_run(target, 5000);
	assert_false(read_word(target, DHCSR) & S_RESET);
	target_run(target, 6000);
	assert_int_equal(read_word(target, DHCSR) & (S_RESET | S_HALT), S_RESET);
	target_free(target);
	/* Halted, it is stopped by DBGMCU_APB1_FZ; feeding helps as well. */
	target = target_with(watchdog);
	connect(target);
	write_word(target, DHCSR, HALT);
	write_word(target, 0xE0042008, 1u << 12);
	target_run(target, 900000);
	assert_true(read_word(target, DHCSR) & S_HALT);
	write_word(target, 0xE0042008, 0);
	target_run(target, 400000);
	write_word(target, 0x40003000, 0xAAAA);
	target_run(target, 400000);
	assert_true(read_word(target, DHCSR) & S_HALT);
	target_run(target, 200000);
	assert_false(read_word(target, DHCSR) & S_HALT);
	target_free(target);
}

static void test_swo_text(void **state)
{
	static const char *const options[] = { "swo", "ab", "swo-rate", "1000", NULL };
	static const char *const fast[] = { "swo", "ab", "swo-rate", "100000", "swo-baud", "9600", NULL };
	static const uint8_t expected[] = { 0x01, 'a', 0x01, 'b', 0x01, 'a' };
	struct target *target = target_with(options);
	uint8_t bytes[4096];
	uint64_t lost;

	(void)state;
	target_run(target, 3000);
	assert_int_equal(target_swo(target, 16000000, bytes, sizeof bytes, &lost), sizeof expected);
	assert_memory_equal(bytes, expected, sizeof expected);
	assert_int_equal(lost, 0);
	/* Who listens at another rate hears something else. */
	target_run(target, 3000);
	assert_true(target_swo(target, 2000000, bytes, sizeof bytes, &lost) > 0);
	assert_memory_not_equal(bytes, expected, sizeof expected);
	target_free(target);
	target = target_with(fast);
	for (unsigned i = 0; i < 100; i++)
		target_run(target, 1000);
	assert_in_range(target_swo(target, 9600, bytes, sizeof bytes, &lost), 90, 500);
	assert_true(lost > 10000);
	target_free(target);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_identities),
		cmocka_unit_test(test_unpowered_debug_domain),
		cmocka_unit_test(test_transfers),
		cmocka_unit_test(test_faults_stick),
		cmocka_unit_test(test_ready_bits),
		cmocka_unit_test(test_option_table),
		cmocka_unit_test(test_wrong_options),
		cmocka_unit_test(test_wait_recovers),
		cmocka_unit_test(test_stuck_flags),
		cmocka_unit_test(test_other_identities),
		cmocka_unit_test(test_needs_reset),
		cmocka_unit_test(test_pins_lost),
		cmocka_unit_test(test_doze),
		cmocka_unit_test(test_resets_itself),
		cmocka_unit_test(test_swo_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
