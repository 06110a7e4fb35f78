/*
 * The virtual ST-Link itself: versions, modes, voltage, its loader, speeds, and the faults that options put into it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "live/fake/fake.h"
#include "live/probe/firmware.h"

/* Who it is */

static void test_versions(void **state)
{
	(void)state;
	expect("f1", "1344 8304 4437");
	again(PROBE_V2);
	expect("f180", "2947 8304 4837");
	set("firmware", "V2J29S7");
	expect("f1", "2747 8304 4837");
	again(PROBE_V21);
	set("firmware", "V2J45M31");
	expect("f1", "2b5f 8304 4b37");
	set("firmware", "V2M9S7");
	expect("f1", "2247 8304 4b37");
	again(PROBE_V21_NO_DISK);
	set("firmware", "V2J45M31");
	expect("f1", "2b5f 8304 5237");
	expect("fb", "4200");
	again(PROBE_V3_NO_DISK);
	set("firmware", "V3J7M3B5S1");
	expect("f1", "3000 8304 5337");
	expect("fb", "030107030500 0000 8304 5337");
	again(PROBE_V3PWR);
	expect("f1", "4000 8304 5737");
	expect("fb80", "040006000206 0000 8304 5737");
	assert_string_equal(probe_firmware(probe), "V4J6M0B2P6");
}

static void test_firmware_names(void **state)
{
	(void)state;
	assert_false(probe_set(probe, "firmware", ""));
	assert_false(probe_set(probe, "firmware", "J7"));
	assert_false(probe_set(probe, "firmware", "V2J64"));
	assert_false(probe_set(probe, "firmware", "V2J7x"));
	assert_false(probe_set(probe, "firmware", "V16J7"));
	assert_false(probe_set(probe, "firmwares", "V2J7"));
	set("firmware", "V2J37M27");
	set("jtag", "no");
	expect("f1", "26c9 8304 4b37");
	expect("f230a3", "0600");
	expect("f400", "");
	expect("f401", "");
	set("jtag", "yes");
	enter();
}

static void test_modes(void **state)
{
	(void)state;
	expect("f5", "0001");
	expect("f7", "");
	expect("f230a3", "");
	expect("f307", "");
	assert_false(answer.leaves);
	expect("f5", "0100");
	enter();
	expect("f5", "0200");
	expect("f221", "");
	expect("f5", "0100");
	expect("f400", "");
	expect("f5", "0300");
	expect("f230a3", "0600");
	expect("f401", "");
	expect("f5", "0100");
	set("mode", "loader");
	expect("f5", "0400");
	set("mode", "debug");
	expect("f5", "0200");
	expect("f231", "8000000077 14a02b 00000000");
	assert_false(probe_set(probe, "mode", "idle"));
}

static void test_leaving_dfu(void **state)
{
	(void)state;
	set("mode", "dfu");
	set("dfu-exit", "ignored");
	expect("f5", "0002");
	expect("f307", "");
	expect("f5", "0002");
	set("dfu-exit", "renumerates");
	expect("f307", "");
	assert_true(answer.leaves);
	assert_int_equal(probe_returns_as(probe), PROBE_V21);
	expect("f5", "0100");
	expect("f307", "");
	assert_false(answer.leaves);
}

static void test_voltage(void **state)
{
	(void)state;
	expect("f7", "dc050000 0f080000");
	target->powered = false;
	expect("f7", "dc050000 00000000");
	set("adc", "0");
	expect("f7", "00000000 00000000");
	set("adc", "1691,2050");
	expect("f7", "9b060000 02080000");
	assert_false(probe_set(probe, "adc", "much"));
	set("firmware", "V2J12S0");
	expect("f7", "0600");
}

static void test_power_and_clock_out(void **state)
{
	(void)state;
	expect("fd01", "8000");
	expect("fd02", "0600");
	expect("fa03", "8000");
	expect("fa04", "0600");
	expect("f8", "0000");
}

/* The loader */

static void test_update(void **state)
{
	(void)state;
	expect("f900", "8000");
	expect("f901", "");
	assert_true(answer.leaves);
	assert_false(answer.for_good);
	assert_int_equal(probe_returns_as(probe), PROBE_V2_LOADER);
	expect("f180", "295b 8304 4837");
	expect("f5", "0002");
	say("f308");
	assert_int_equal(answer.length, 20);
	expect("f303000000000600", "000000000200");
	expect("f30100000000 0500 | 2100400008", "");
	expect("f303", "001400000400");
	expect("f303", "000000000500");
	expect("f305", "05");
	expect("f306", "");
	expect("f305", "02");
	expect("f2 30 a3", "");
	expect("f307", "");
	assert_true(answer.leaves);
	assert_int_equal(probe_returns_as(probe), PROBE_V21);
}

static void test_update_lost(void **state)
{
	(void)state;
	set("loader", "lost");
	expect("f901", "");
	assert_true(answer.leaves && answer.for_good);
	again(PROBE_V2);
	expect("f307", "");
	expect("f900", "2100");
	expect("f901", "");
	assert_false(answer.leaves);
	again(PROBE_V3);
	set("loader", "missing");
	expect("f900", "2100");
	again(PROBE_V3_LOADER);
	set("status@F301#2", "3");
	expect("f5", "0003");
	expect("f301 0000 0000 0100 | 00", "");
	expect("f303", "001400000400");
	expect("f301 0000 0000 0100 | 00", "");
	expect("f303", "030000000a00");
	expect("f304", "");
	expect("f303", "000000000200");
	expect("f307", "");
	assert_int_equal(probe_returns_as(probe), PROBE_V3E);
	again(PROBE_V3PWR_LOADER);
	expect("fb80", "040006000206 0000 8304 5537");
	expect("f5", "0004");
}

/* Speed */

static void test_speed(void **state)
{
	(void)state;
	expect("f2430100", "8000");
	expect("f2440400", "8000");
	expect("f2440500", "0800");
	expect("f26100 00 e8030000", "4200");
	set("firmware", "V2J19M0");
	expect("f2430100", "0600");
	again(PROBE_V3);
	expect("f26100 00 d0070000", "80000000 e8030000");
	expect("f26200", "80000000 e8030000 07000000 c05d0000 401f0000 e40c0000 e8030000 c8000000 32000000 05000000 00*12");
	expect("f26100 00 04000000", "08000000 00000000");
	expect("f26101 00 64000000", "80000000 64000000");
	expect("f26201", "80000000 64000000 09000000 55530000 803e0000 e02e0000 401f0000 a00f0000 d0070000 e8030000 f4010000 64000000 00*4");
	expect("f26202", "08000000 00*48");
	expect("f26302", "40000000 00000000");
	expect("f26303", "08000000 00000000");
	expect("f2430100", "4200");
}

static void test_board(void **state)
{
	(void)state;
	expect("f256", "8000 30373430 00*122");
	set("board", "AB12");
	expect("f256", "8000 41423132 00*122");
	assert_false(probe_set(probe, "board", "12345"));
	expect("f249", "8000");
	expect("f24a", "8000");
	set("firmware", "V2J35M0");
	expect("f256", "4200");
}

/* Options */

static void test_forced_status(void **state)
{
	(void)state;
	set("status@F236#2", "11");
	set("status@F207#1-2", "14");
	enter();
	expect("f236 00000020", "8000 0000 00000000");
	assert_null(answer.fault);
	expect("f236 00000020", "1100 0000 00000000");
	assert_string_equal(answer.fault, "status@F236#2=11");
	expect("f236 00000020", "8000 0000 00000000");
	expect("f207 00000020 0400", "00000000");
	assert_int_equal(answer.exec_status, 0x14);
	expect("f23e", "1400 00*10");
	expect("f207 00000020 0400", "00000000");
	expect("f207 00000020 0400", "00000000");
	expect("f23b", "8000");
	set("status@F2#1+", "06");
	expect("f235 00000020 00000000", "0600");
	expect("f230a3", "0600");
}

static void test_forced_wait(void **state)
{
	(void)state;
	set("wait@F236#1-2", "10");
	set("wait@F207#2", "stuck");
	enter();
	expect("f236 00000020", "1000 0000 00000000");
	expect("f236 00000020", "1400 0000 00000000");
	expect("f236 00000020", "8000 0000 00000000");
	expect("f207 00000020 0400", "00000000");
	expect("f23b", "8000");
	expect("f207 00000020 0400", "00000000");
	expect("f23b", "1000");
	expect("f236 00000020", "1400 0000 00000000");
	expect("f221", "");
	expect("f230a3", "1400");
	expect("f1", "295b 8304 4b37");
}

static void test_slow(void **state)
{
	(void)state;
	set("slow@F1#2", "700");
	say("f1");
	assert_int_equal(answer.delay_us, 0);
	say("f1");
	assert_int_equal(answer.delay_us, 700000);
	set("slow", "50");
	say("f5");
	assert_int_equal(answer.delay_us, 50000);
}

static void test_bad_options(void **state)
{
	static const char *const bad[][2] = {
		{ "status@F236#", "11" }, { "status@F236#0", "11" }, { "status@F236#1", "100" }, { "status@F236#1", "" }, { "status@F#1", "11" },
		{ "status@F236#2-1", "11" }, { "status@F236#1x2", "11" }, { "status@F236+", "11" }, { "wait@F236#1", "15" },
		{ "wait@F236#1", "long" }, { "stall@F236#1", "1" },
		{ "slow", "-1" }, { "slow", "ms" }, { "swo-buffer", "0" }, { "sticky", "hang" }, { "jtag", "perhaps" }, { "loader", "gone" }, { "", "" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof bad / sizeof *bad; i++)
		if (probe_set(probe, bad[i][0], bad[i][1]))
			fail_msg("%s=%s is taken", bad[i][0], bad[i][1]);
}

static void test_names(void **state)
{
	size_t i, j;

	(void)state;
	say("f236 00000020");
	assert_string_equal(probe_command_name(probe, PROBE_DEBUG), "READDEBUGREG");
	say("fe");
	assert_string_equal(probe_command_name(probe, PROBE_DEBUG), "UNKNOWN");
	expect("f299", "4200");
	set("firmware", "V2J20M0");
	expect("f299", "0600");
	for (i = 0; i < command_count; i++)
		for (j = i + 1; j < command_count; j++)
			assert_false(commands[i].opcode[0] == commands[j].opcode[0] && commands[i].opcode[1] == commands[j].opcode[1]);
}

/* Whatever comes, something sensible goes back. */
static void test_any_command(void **state)
{
	static uint8_t data[UINT16_MAX];
	uint32_t random = 1;
	unsigned round, i;

	(void)state;
	for (round = 0; round < 200000; round++) {
		uint8_t command[16];
		enum probe_channel channel;
		uint32_t length;

		for (i = 0; i < sizeof command; i++) {
			random = random * 1664525u + 1013904223u;
			command[i] = (uint8_t)(random >> 24);
		}
		command[0] = (uint8_t)(0xf1 + command[0] % 13);
		command[1] %= 0x64;
		channel = command[0] == 0xfc ? PROBE_BRIDGE : PROBE_DEBUG;
		if (round % 7 == 0)
			enter();
		length = probe_begin(probe, channel, command, 1 + round % 16);
		assert_in_range(length, 0, UINT16_MAX);
		probe_finish(probe, channel, data, round % 5 ? length : length / 2, &answer);
		assert_in_range(answer.length, 0, PROBE_ANSWER_SIZE);
		if (answer.leaves || probe->mode != MODE_DEBUG) {
			again(round % 2 ? PROBE_V3 : PROBE_V21);
			set("firmware", round % 2 ? "V3J10M3B5S1" : "V2J37M27S7");
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(test_versions, plug_v1),
		WITH(test_firmware_names, plug_v21),
		WITH(test_modes, plug_v2),
		WITH(test_leaving_dfu, plug_v21),
		WITH(test_voltage, plug_v21),
		WITH(test_power_and_clock_out, plug_v21),
		WITH(test_update, plug_v21),
		WITH(test_update_lost, plug_v21),
		WITH(test_speed, plug_v21),
		WITH(test_board, plug_v21),
		WITH(test_forced_status, plug_v21),
		WITH(test_forced_wait, plug_v21),
		WITH(test_slow, plug_v21),
		WITH(test_bad_options, plug_v21),
		WITH(test_names, plug_v21),
		WITH(test_any_command, plug_v3),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
