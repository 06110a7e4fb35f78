/*
 * The other wires of the virtual ST-Link: SWIM, and the bridge with SPI, I2C, GPIO and CAN.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "live/fake/fake.h"
#include "live/probe/firmware.h"

/* SWIM */

static void test_swim(void **state)
{
	(void)state;
	expect("f307", "");
	expect("f400", "");
	expect("f40d", "0018");
	expect("f40201", "0001020600000000");
	expect("f407", "");
	assert_true(target->nrst);
	expect("f409", "00000000");
	expect("f404", "");
	expect("f409", "01010000");
	expect("f409", "01000000");
	expect("f409", "00000000");
	expect("f408", "");
	assert_false(target->nrst);
	expect("f40a 0002 00000100 a1b2", "");
	expect("f409", "00000000");
	expect("f40a 000a 00000102 0102030405060708 | 090a", "");
	expect("f409", "00000000");
	expect("f40b 000c 00000100", "");
	expect("f409", "01000000");
	expect("f409", "00000000");
	expect("f40c", "a1b2 0102030405060708 090a");
	expect("f40301", "");
	expect("f406", "");
	expect("f405", "");
	expect("f409", "00000000");
	target->port = ACK_NONE;
	expect("f404", "");
	expect("f409", "01010000");
	expect("f409", "01000000");
	expect("f409", "04000000");
	expect("f401", "");
	expect("f409", "05000000");
	expect("f404", "");
	expect("f409", "05000000");
	set("firmware", "V2J37");
	expect("f400", "4200");
}

static void test_swim_of_a_v1(void **state)
{
	(void)state;
	expect("f400", "");
	expect("f40b 0004 00000100", "");
	expect("f40c 0002 00000100", "0000");
	expect("f40c", "00000000");
}

/* The bridge */

static void test_spi(void **state)
{
	(void)state;
	expect("fc0302", "4200");
	expect_bridge("fb80", "03010a030500 0000 8304 4f37");
	expect_bridge("f230a3", "0800");
	expect_bridge("fc0302", "80000000 00770100 00ee0200");
	expect_bridge("fc0301", "09000000 00*8");
	expect_bridge("fc21 0100 9f", "");
	expect_bridge("fc02", "0700 0000 00000000");
	expect_bridge("fc23 00", "0700");
	expect_bridge("fc20 00 09 01 00 06", "8000");
	expect_bridge("fc20 00 09 01 00 08", "0900");
	expect_bridge("fc23 00", "8000");
	assert_int_equal(target->selects, 1);
	expect_bridge("fc21 0a00 9f01020304050607 | 0809", "");
	expect_bridge("fc02", "8000 0a00 00000000");
	expect_bridge("fc22 0400", "60fefdfc");
	expect_bridge("fc02", "8000 0400 00000000");
	expect_bridge("fc23 01", "8000");
	expect_bridge("fc01 02", "8000");
	expect_bridge("fc01 07", "0900");
	expect_bridge("fc22 0100", "00");
	expect_bridge("fc02", "0700 0000 00000000");
	expect_bridge("fc99", "0800");
}

static void test_i2c(void **state)
{
	(void)state;
	expect_bridge("fc31 0100 5000 00 00 00", "");
	expect_bridge("fc02", "0700 0000 00000000");
	expect_bridge("fc30", "8000");
	expect_bridge("fc31 0600 5000 00 00 10 010203 | 0405", "");
	expect_bridge("fc02", "8000 0600 00000000");
	expect_bridge("fc31 0100 5000 00 00 11", "");
	expect_bridge("fc32 0300 5000", "020304");
	expect_bridge("fc32 0100 5100", "00");
	expect_bridge("fc02", "0300 0000 00000000");
	expect_bridge("fc31 0100 5000 00 00 11", "");
	expect_bridge("fc33 0200 5000 00 05", "8000 0200 00000000");
	expect_bridge("fc34 0200", "0203");
	expect_bridge("fc34 0200", "0000");
	expect_bridge("fc02", "0b00 0000 00000000");
	set("firmware", "V3J10M3B2S1");
	expect_bridge("fc33 0200 5000 00 05", "0800");
}

static void test_gpio(void **state)
{
	(void)state;
	expect_bridge("fc62 0f", "0700 00*6");
	expect_bridge("fc60 0f 01 01 10 20", "8000");
	expect_bridge("fc61 07 02", "0900 04 00*5");
	expect_bridge("fc62 0f", "8000 00 06 00*4");
	expect_bridge("fc62 1f", "8000 10 06 00*4");
}

static void test_can(void **state)
{
	(void)state;
	expect_bridge("fc46", "0700 0000 01 000000");
	expect_bridge("fc40 00", "8000");
	expect_bridge("fc44 01", "8000 0100");
	expect_bridge("fc41 23010000 00 02 0102", "");
	expect_bridge("fc02", "0400 0000 00000000");
	expect_bridge("fc40 01", "8000");
	expect_bridge("fc43", "8000");
	expect_bridge("fc44 01", "8000 0100");
	expect_bridge("fc41 23010000 00 06 01020304 | 0506", "");
	expect_bridge("fc02", "8000 0600 00000000");
	expect_bridge("fc46", "8000 0100 01 000000");
	expect_bridge("fc47 0200", "00*32");
	expect_bridge("fc02", "0900 0000 00000000");
	expect_bridge("fc47 0100", "23010000 00 06 0000 010203040506 0000");
	expect_bridge("fc46", "8000 0000 01 000000");
	expect_bridge("fc45", "8000");
	expect_bridge("fc50 03", "0800");
	again(PROBE_V3PWR);
	expect_bridge("fc40 00", "0800");
	expect_bridge("fc50 03", "8000");
	expect_bridge("fc5a", "8000");
	expect_bridge("fc54 02", "8000 0200");
	expect_bridge("fc51 23010000 10 09 | 010203040506070809", "");
	expect_bridge("fc56 00", "8000 0100 02 000000");
	expect_bridge("fc57 0100 00", "23010000 10 09 0000 00000000 010203040506070809 00*55");
	expect_bridge("fc51 23010000 02 09", "");
	expect_bridge("fc02", "8000 0000 00000000");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(test_swim, plug_v2),
		WITH(test_swim_of_a_v1, plug_v1),
		WITH(test_spi, plug_v3),
		WITH(test_i2c, plug_v3),
		WITH(test_gpio, plug_v3),
		WITH(test_can, plug_v3),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
