/*
 * The virtual ST-Link and its target: the debug port, memory, the core, SWO.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "live/fake/fake.h"
#include "live/probe/firmware.h"

/* The debug port */

static void test_entering(void **state)
{
	static const struct { enum target_ack ack; const char *swd, *jtag; } acks[] = {
		{ ACK_NONE, "0900", "0500" }, { ACK_WAIT, "1400", "1400" }, { ACK_FAULT, "1500", "1500" }, { ACK_PARITY, "1700", "1700" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof acks / sizeof *acks; i++) {
		target->port = acks[i].ack;
		expect("f230a3", acks[i].swd);
		expect("f5", "0100");
		expect("f230a4", acks[i].jtag);
	}
	target->port = ACK_OK;
	target->powered = false;
	expect("f230a3", "0b00");
	target->powered = true;
	expect("f230a5", "0800");
	enter();
	expect("f230a4", "0e00");
	expect("f221", "");
	expect("f23000", "8000");
	assert_int_equal(target->wire, TARGET_JTAG);
	expect("f231", "80000000 7704a04b 00000000");
	expect("f222", "7704a04b");
}

static void test_old_firmware_finds_what_is_not_there(void **state)
{
	(void)state;
	set("mode", "mass");
	set("firmware", "V2J12S0");
	target->port = ACK_NONE;
	enter();
	expect("f5", "0200");
	expect("f231", "80000000 00000000 00000000");
	expect("f222", "00000000");
	expect("f220a3", "");
}

static void test_leaving_releases(void **state)
{
	(void)state;
	expect("f23c00", "8000");
	assert_true(target->nrst);
	enter();
	assert_true(target->nrst);
	expect("f221", "");
	assert_false(target->nrst);
	expect("f23c02", "8000");
	assert_false(target->nrst);
	expect("f23c03", "0800");
	expect("f231", "0600 00*10");
}

static void test_port_registers(void **state)
{
	(void)state;
	enter();
	expect("f245ffff0000", "80000000 7714a02b");
	expect("f245ffff2400", "80000000 000000f0");
	expect("f245ffff2000", "80000000 7914a02b");
	assert_int_equal(target->dp_select, 0);
	expect("f246ffff0800 f3000001", "8000");
	assert_int_equal(target->dp_select, 0x010000f0);
	expect("f2450000fc00", "80000000 11007724");
	expect("f24600000400 00000020", "8000");
	expect("f24500000400", "80000000 00000020");
	expect("f24509000000", "1d000000 00000000");
	expect("f24609000000", "1d00");
	target->ack = ACK_FAULT;
	expect("f24500000400", "11000000 00000020");
	target->port = ACK_NONE;
	say("f245ffff0000");
	assert_int_equal(answer.status, 0x16);
}

static void test_jtag_reads_come_one_late(void **state)
{
	(void)state;
	set("firmware", "V2J28M17");
	expect("f230a4", "8000");
	expect("f245ffff0400", "80000000 00000000");
	expect("f245ffff0c00", "80000000 000000f0");
	set("firmware", "V2J32M20");
	expect("f245ffff0400", "80000000 000000f0");
}

static void test_access_ports(void **state)
{
	(void)state;
	enter();
	expect("f24b00", "8000");
	expect("f24b01", "1d00");
	expect("f24b09", "1d00");
	expect("f24c00", "8000");
	target->ack = ACK_NONE;
	expect("f24b00", "1200");
	set("firmware", "V2J28M17");
	expect("f24c00", "0600");
	set("firmware", "V2J27M15");
	expect("f24b00", "4200");
}

static void test_unopened_port_of_a_v3(void **state)
{
	(void)state;
	enter();
	expect("f207 00000020 0400 01", "00000000");
	expect("f23e", "1d00 00*10");
	expect("f207 00000020 0400 00", "00000000");
	expect("f23e", "8000 00*10");
}

/* Memory */

static void test_memory(void **state)
{
	(void)state;
	enter();
	expect("f208 00000020 0800 | 0011223344556677", "");
	assert_int_equal(answer.exec_status, 0x80);
	assert_int_equal(answer.status, -1);
	expect("f23e", "8000 00*10");
	expect("f207 04000020 0400", "44556677");
	expect("f20c 03000020 0300", "334455");
	expect("f20c 03000020 0100", "3300");
	expect("f20d 01000020 0200 | aabb", "");
	expect("f247 00000020 0400", "00aabb33");
	expect("f248 02000020 0200 | ccdd", "");
	expect("f23b", "8000");
	expect("f254 00000020 0800", "00aaccdd 00aaccdd");
	expect("f250 04000020 0800 | 01020304 05060708", "");
	expect("f207 04000020 0800", "05060708 00000000");
}

static void test_transfers_that_cannot_be(void **state)
{
	(void)state;
	enter();
	expect("f207 01000020 0400", "00000000");
	expect("f23e", "0a00 00*10");
	expect("f208 00000020 0300 | 000000", "");
	expect("f23b", "0a00");
	expect("f247 01000020 0200", "0000");
	expect("f23b", "0a00");
	expect("f20c 00000020 4100", "00*64");
	expect("f23b", "0600");
	expect("f20d 00000020 4100 | 01*65", "");
	expect("f23b", "0600");
	expect("f207 00000020 0020", "00*6144");
	expect("f23b", "0600");
	expect("f236 02000020", "0a00 0000 00000000");
	expect("f235 02000020 00000000", "0a00");
	again(PROBE_V3);
	enter();
	expect("f20c 00000020 0002", "00*512");
	expect("f23e", "8000 00*10");
	set("firmware", "V3J5M2");
	expect("f20c 00000020 0002", "00*64");
	set("misaligned", "hang");
	expect("f207 01000020 0400", "");
	expect("f1", "");
	probe_usb_reset(probe);
	expect("f1", "3000 8304 4f37");
}

static void test_memory_faults(void **state)
{
	static const struct { enum target_ack ack; const char *read, *write; } acks[] = {
		{ ACK_FAULT, "1100 0000 10000020 00000000", "1900 0000 20000020 00000000" },
		{ ACK_NONE, "1200 0000 10000020 00000000", "1200 0000 20000020 00000000" },
		{ ACK_PARITY, "1300 0000 10000020 00000000", "1300 0000 20000020 00000000" },
		{ ACK_WAIT, "1000 0000 10000020 00000000", "1000 0000 20000020 00000000" },
	};
	size_t i;

	(void)state;
	enter();
	for (i = 0; i < sizeof acks / sizeof *acks; i++) {
		target->ack = acks[i].ack;
		expect("f207 10000020 0400", "00000000");
		expect("f23e", acks[i].read);
		expect("f208 20000020 0400 | 00000000", "");
		expect("f23e", acks[i].write);
	}
	assert_int_equal(target->clears, 8);
	set("sticky", "left");
	expect("f207 10000020 0400", "00000000");
	assert_int_equal(target->clears, 8);
	set("sticky", "cleared");
	set("firmware", "V2J14M0");
	expect("f207 10000020 0400", "00000000");
	expect("f23b", "8100");
}

static void test_a_wait_that_ends_is_not_told(void **state)
{
	(void)state;
	enter();
	target->ack = ACK_WAIT;
	target->times = 3;
	expect("f207 10000020 0400", "00000000");
	expect("f23e", "8000 00*10");
	target->ack = ACK_WAIT;
	target->times = 4;
	expect("f236 10000020", "1000 0000 00000000");
	expect("f236 10000020", "8000 0000 00000000");
}

static void test_leftover_bytes(void **state)
{
	(void)state;
	enter();
	expect("f208 00000020 0400 | 12345678", "");
	expect("f207 00000020 0400", "12345678");
	expect("f236 00000020", "8000 5678 12345678");
}

static void test_list_of_accesses(void **state)
{
	(void)state;
	enter();
	expect("f253", "4000");
	expect("f251 05000000 | 05 01 02 03 09 000000  00000000 00000020 11223344 00000020 00000000", "");
	expect("f252", "00000000 00000000 00000000 11223344 00000000  80000000 80000000 80000000 80000000 08000000");
	target->ack = ACK_FAULT;
	expect("f251 01000000 | 03 000000 00000020", "");
	assert_int_equal(answer.exec_status, 0x11);
	expect("f252", "00000000 11000000");
	expect("f251 41000000", "");
	expect("f252", "");
	again(PROBE_V3);
	enter();
	expect("f253", "cb04");
}

/* The core */

static void test_core(void **state)
{
	(void)state;
	enter();
	expect("f235 f0ed00e0 03005fa0", "8000");
	expect("f202", "8000");
	assert_int_equal(*word_at(target, 0xe000edf0), 0xa05f0003);
	expect("f201", "8100");
	expect("f209", "8000");
	assert_int_equal(*word_at(target, 0xe000edf0), 0xa05f0001);
	*word_at(target, 0xe000edf0) = 0x00010001;
	expect("f201", "8000");
	expect("f20a", "8000");
	assert_int_equal(*word_at(target, 0xe000edf0), 0xa05f0005);
	expect("f232", "8000");
	assert_int_equal(*word_at(target, 0xe000ed0c), 0x05fa0004);
	assert_int_equal(target->resets, 1);
}

static void test_registers(void **state)
{
	(void)state;
	enter();
	expect("f234 0f 00010008", "8000");
	assert_int_equal(*word_at(target, 0xe000edf4), 0x1000f);
	assert_int_equal(*word_at(target, 0xe000edf8), 0x08000100);
	expect("f233 0f", "80000000 00010008");
	assert_int_equal(*word_at(target, 0xe000edf4), 0xf);
	expect("f233 15", "06000000 00000000");
	expect("f233 21", "80000000 00010008");
	expect("f234 60 00000000", "0600");
	expect("f23a", "80000000 00010008 00010008 00010008 00010008 00010008 00010008 00010008 00010008 00010008 00010008 00010008 00010008"
		"00010008 00010008 00010008 00010008 00010008 00010008 00010008 00010008 00000000");
	assert_int_equal(*word_at(target, 0xe000edf4), 0x14);
	set("firmware", "V2J14M0");
	expect("f233 21", "06000000 00000000");
}

static void test_first_api(void **state)
{
	(void)state;
	set("firmware", "V1J10S0");
	expect("f230a3", "");
	assert_true(answer.refused);
	expect("f220a3", "");
	assert_false(answer.refused);
	expect("f5", "0200");
	expect("f222", "7714a02b");
	expect("f206 0f 00010008", "8000");
	expect("f205 0f", "00010008");
	say("f204");
	assert_int_equal(answer.length, 84);
	expect("f20f 00200000 01000000", "8000");
	expect("f20b 01 02010008 01", "8000");
	assert_int_equal(*word_at(target, 0xe000200c), 0x88000101);
	expect("f20e 01", "8000");
	assert_int_equal(*word_at(target, 0xe000200c), 0);
	expect("f20b 06 00010008 00", "0800");
	expect("f20e 06", "0800");
	expect("f203", "8000");
	assert_int_equal(target->resets, 1);
	expect("f208 00000020 0400 | 01020304", "");
	expect("f207 00000020 0400", "01020304");
	expect("f23b", "");
	assert_true(answer.refused);
	set("firmware", "V1J13S4");
	expect("f23b", "8000");
	expect("f23c00", "");
	assert_true(answer.refused);
	expect("f7", "");
	assert_true(answer.refused);
}

/* SWO */

static void test_swo(void **state)
{
	uint8_t bytes[64];

	(void)state;
	enter();
	expect("f240 0010 00a3e111", "2000");
	expect("f240 0010 80841e00", "8000");
	expect("f242", "0000");
	memset(target->swo, 0xa5, sizeof target->swo);
	target->swo_length = 20;
	probe_tick(probe, 1000);
	expect("f242", "1400");
	assert_int_equal(probe_trace(probe, bytes, 8), 8);
	assert_int_equal(bytes[7], 0xa5);
	expect("f242", "0c00");
	assert_int_equal(probe_trace(probe, bytes, sizeof bytes), 12);
	expect("f241", "8000");
	target->swo_length = 20;
	expect("f242", "0000");
}

static void test_swo_overflows(void **state)
{
	uint8_t bytes[64];

	(void)state;
	enter();
	set("swo-buffer", "16");
	expect("f240 0010 80841e00", "8000");
	target->swo_length = 20;
	expect("f242", "1000");
	set("swo-count", "bogus");
	target->swo_length = 20;
	expect("f242", "10f8");
	assert_int_equal(probe_trace(probe, bytes, sizeof bytes), 16);
	expect("f221", "");
	expect("f230a4", "8000");
	expect("f240 0010 80841e00", "2000");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(test_entering, plug_v21),
		WITH(test_old_firmware_finds_what_is_not_there, plug_v2),
		WITH(test_leaving_releases, plug_v21),
		WITH(test_port_registers, plug_v21),
		WITH(test_jtag_reads_come_one_late, plug_v21),
		WITH(test_access_ports, plug_v21),
		WITH(test_unopened_port_of_a_v3, plug_v3),
		WITH(test_memory, plug_v21),
		WITH(test_transfers_that_cannot_be, plug_v21),
		WITH(test_memory_faults, plug_v21),
		WITH(test_a_wait_that_ends_is_not_told, plug_v21),
		WITH(test_leftover_bytes, plug_v21),
		WITH(test_list_of_accesses, plug_v21),
		WITH(test_core, plug_v21),
		WITH(test_registers, plug_v21),
		WITH(test_first_api, plug_v1),
		WITH(test_swo, plug_v21),
		WITH(test_swo_overflows, plug_v21),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
