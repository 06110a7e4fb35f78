/*
 * What a command really reaches: banks, memory through CSW and TAR, posted reads, batches, core registers, the chip; and that nothing is
 * said where what was chosen before is not known.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../dissectors/registers.h"
#include "support/handmade.h"

#define OK "80 00"
#define WRITE_CSW "f2 46 00 00 00 00 "
#define WRITE_TAR "f2 46 00 00 04 00 "
#define WRITE_DRW "f2 46 00 00 0c 00 "
#define READ_DRW "f2 45 00 00 0c 00"
#define READ_RDBUFF "f2 45 ff ff 0c 00"
#define SELECT "f2 46 ff ff 08 00 "
#define WORDS_SINGLE "52 00 00 23" /* 32 bits, increment */

static const struct access *last_of(const struct transaction *transaction)
{
	assert_true(transaction->access_count > 0);
	return &transaction->accesses[transaction->access_count - 1];
}

static void expect(const struct access *access, enum access_kind kind, enum access_way way, bool write, uint32_t address)
{
	assert_int_equal(access->kind, kind);
	assert_int_equal(access->way, way);
	assert_int_equal(access->write, write);
	assert_true(access->known);
	assert_int_equal(access->address, address);
}

static void expect_through(const struct transaction *transaction, bool write, uint32_t address, uint32_t length, uint32_t value)
{
	const struct access *access = last_of(transaction);

	expect(access, ACCESS_MEMORY, ACCESS_THROUGH_AP, write, address);
	assert_int_equal(access->length, length);
	assert_true(access->has_value);
	assert_int_equal(access->value, value);
}

static void expect_unknown(const struct transaction *transaction)
{
	assert_int_equal(last_of(transaction)->way, ACCESS_THROUGH_AP);
	assert_false(last_of(transaction)->known);
}

/* The address of a command may say the bank; else SELECT chose it. */
static void test_banks(void **state)
{
	struct handmade *made = *state;

	expect(last_of(handmade(made, "f2 45 ff ff 24 00", NULL, "80 00 00 00 41 00 41 14")), ACCESS_DP, ACCESS_DIRECT, false, 0x24);
	expect(last_of(handmade(made, "f2 45 ff ff 04 00", NULL, "80 00 00 00 40 00 00 f0")), ACCESS_DP, ACCESS_DIRECT, false, 0x04);
	handmade(made, SELECT "02 00 00 00", NULL, OK);
	expect(last_of(handmade(made, "f2 45 ff ff 04 00", NULL, "80 00 00 00 41 00 41 14")), ACCESS_DP, ACCESS_DIRECT, false, 0x24);
	handmade(made, SELECT "01 00 00 00", NULL, "04 00"); /* failed: either may hold */
	assert_false(last_of(handmade(made, "f2 45 ff ff 04 00", NULL, "80 00 00 00 41 00 41 14"))->known);
	assert_true(last_of(handmade(made, "f2 45 ff ff 34 00", NULL, "80 00 00 00 01 00 00 00"))->known);
	handmade(made, SELECT "00 00 00 00", NULL, OK);
	expect(last_of(handmade(made, "f2 45 ff ff 04 00", NULL, "80 00 00 00 40 00 00 f0")), ACCESS_DP, ACCESS_DIRECT, false, 0x04);
	handmade(made, "f2 30 a3", NULL, OK);
	assert_false(last_of(handmade(made, "f2 45 ff ff 04 00", NULL, "80 00 00 00 40 00 00 f0"))->known);
	/* One client leaves a flag above the address; APSEL and the bank of an access port by SELECT. */
	expect(last_of(handmade(made, "f2 45 00 00 fc 10", NULL, "80 00 00 00 11 00 77 24")), ACCESS_AP, ACCESS_DIRECT, false, 0xfc);
	handmade(made, SELECT "f0 00 00 01", NULL, OK);
	expect(last_of(handmade(made, "f2 45 01 00 0c 00", NULL, "80 00 00 00 11 00 77 24")), ACCESS_AP, ACCESS_DIRECT, false, 0xfc);
}

static void test_memory_through_port(void **state)
{
	struct handmade *made = *state;

	expect_unknown(handmade(made, READ_DRW, NULL, "80 00 00 00 01 02 03 04"));
	handmade(made, WRITE_CSW WORDS_SINGLE, NULL, OK);
	expect_unknown(handmade(made, READ_DRW, NULL, "80 00 00 00 01 02 03 04"));
	handmade(made, WRITE_TAR "00 00 00 20", NULL, OK);
	expect_through(handmade(made, READ_DRW, NULL, "80 00 00 00 01 02 03 04"), false, 0x20000000, 4, 0x04030201);
	expect_through(handmade(made, WRITE_DRW "aa bb cc dd", NULL, OK), true, 0x20000004, 4, 0xddccbbaa);
	expect_through(handmade(made, "f2 45 00 00 1c 00", NULL, "80 00 00 00 05 00 00 00"), false, 0x2000000c, 4, 5); /* BD3: TAR stays */
	expect_through(handmade(made, READ_DRW, NULL, "80 00 00 00 06 00 00 00"), false, 0x20000008, 4, 6);
	/* Bytes lie in the lanes of their address. */
	handmade(made, WRITE_CSW "50 00 00 23", NULL, OK);
	handmade(made, WRITE_TAR "01 00 00 20", NULL, OK);
	expect_through(handmade(made, READ_DRW, NULL, "80 00 00 00 11 22 33 44"), false, 0x20000001, 1, 0x22);
	expect_through(handmade(made, READ_DRW, NULL, "80 00 00 00 11 22 33 44"), false, 0x20000002, 1, 0x33);
	/* Without increment. */
	handmade(made, WRITE_CSW "42 00 00 23", NULL, OK);
	handmade(made, WRITE_TAR "f0 ed 00 e0", NULL, OK);
	expect_through(handmade(made, READ_DRW, NULL, "80 00 00 00 03 00 03 00"), false, 0xe000edf0, 4, 0x00030003);
	expect_through(handmade(made, READ_DRW, NULL, "80 00 00 00 03 00 03 00"), false, 0xe000edf0, 4, 0x00030003);
	/* Another access port has its own. */
	expect_unknown(handmade(made, "f2 45 01 00 0c 00", NULL, "80 00 00 00 03 00 03 00"));
	expect_through(handmade(made, READ_DRW, NULL, "80 00 00 00 03 00 03 00"), false, 0xe000edf0, 4, 0x00030003);
}

static void choose(struct handmade *made)
{
	handmade(made, WRITE_CSW WORDS_SINGLE, NULL, OK);
	handmade(made, WRITE_TAR "00 00 00 20", NULL, OK);
}

/* Each of these may have changed TAR or CSW, or their values are not known to have come through. */
static void test_not_known(void **state)
{
	static const char *const unknowing[][2] = {
		{ WRITE_TAR "04 00 00 20", "11 00" }, { WRITE_CSW WORDS_SINGLE, "10 00" }, { WRITE_DRW "00 00 00 00", "11 00" },
		{ "f2 30 a3", OK }, { "f2 3c 00", OK }, { "f2 4b 00", OK }, { "f2 36 f0 ed 00 e0", "80 00 00 00 03 00 03 00" },
		{ "f2 46 ff ff 00 00 01 00 00 00", OK }, { "f2 46 ff ff 04 00 00 00 00 00", OK }, { "f2 33 0f", "80 00 00 00 00 00 00 08" },
		{ "f2 07 00 00 00 20 04 00", "01 02 03 04" }, { "f2 21", NULL },
	};
	struct handmade *made = *state;

	for (size_t i = 0; i < sizeof unknowing / sizeof *unknowing; i++) {
		choose(made);
		handmade(made, unknowing[i][0], NULL, unknowing[i][1]);
		expect_unknown(handmade(made, READ_DRW, NULL, "80 00 00 00 01 02 03 04"));
	}
	choose(made);
	access_forget(made->access); /* a gap */
	expect_unknown(handmade(made, READ_DRW, NULL, "80 00 00 00 01 02 03 04"));
	/* Beyond a KiB no port has to count on. */
	choose(made);
	handmade(made, WRITE_TAR "fc 03 00 20", NULL, OK);
	expect_through(handmade(made, READ_DRW, NULL, "80 00 00 00 01 02 03 04"), false, 0x200003fc, 4, 0x04030201);
	expect_unknown(handmade(made, READ_DRW, NULL, "80 00 00 00 01 02 03 04"));
	/* What does not touch the port leaves it. */
	choose(made);
	handmade(made, "f7", NULL, "9b 06 00 00 02 08 00 00");
	handmade(made, "f2 45 ff ff 04 00", NULL, "80 00 00 00 40 00 00 f0");
	expect_through(handmade(made, READ_DRW, NULL, "80 00 00 00 01 02 03 04"), false, 0x20000000, 4, 0x04030201);
}

static void test_posted(void **state)
{
	struct handmade *made = *state;
	const struct transaction *read;

	assert_int_equal(handmade(made, READ_RDBUFF, NULL, "80 00 00 00 01 02 03 04")->access_count, 1);
	choose(made);
	handmade(made, READ_DRW, NULL, "80 00 00 00 01 02 03 04");
	read = handmade(made, READ_RDBUFF, NULL, "80 00 00 00 01 02 03 04");
	assert_int_equal(read->access_count, 2);
	expect(last_of(read), ACCESS_MEMORY, ACCESS_POSTED, false, 0x20000000);
	assert_int_equal(last_of(read)->value, 0x04030201);
	handmade(made, "f2 45 00 00 fc 00", NULL, "80 00 00 00 11 00 77 24");
	expect(last_of(handmade(made, READ_RDBUFF, NULL, "80 00 00 00 11 00 77 24")), ACCESS_AP, ACCESS_POSTED, false, 0xfc);
	handmade(made, WRITE_DRW "00 00 00 00", NULL, OK); /* behind a write nothing is posted */
	assert_int_equal(handmade(made, READ_RDBUFF, NULL, "80 00 00 00 01 02 03 04")->access_count, 1);
}

/* AP 0; DCRSR = 15; read DHCSR; read DCRDR; write DEMCR. */
#define BATCH "05 01 02 03 03 01 02 00 00 00 00 00 f4 ed 00 e0 0f 00 00 00 f0 ed 00 e0 f8 ed 00 e0 fc ed 00 e0 01 00 00 00"
#define RESULTS_OF_7 "00*12 03 00 03 00 9a 00 00 08 00*8 "

static void test_batch(void **state)
{
	struct handmade *made = *state;
	const struct transaction *batch = handmade(made, "f2 51 07 00 00 00", BATCH, NULL);

	assert_int_equal(batch->access_count, 2);
	expect(&batch->accesses[0], ACCESS_MEMORY, ACCESS_BATCH, true, 0xe000edf4);
	expect(&batch->accesses[1], ACCESS_MEMORY, ACCESS_BATCH, true, 0xe000edfc);
	assert_int_equal(batch->accesses[1].item, 6);
	assert_int_equal(batch->accesses[1].value, 1);
	batch = handmade(made, "f2 52", NULL, RESULTS_OF_7 "80 00 00 00 80 00 00 00 80 00 00 00 80 00 00 00 80 00 00 00 80 00 00 00 80 00 00 00");
	assert_int_equal(batch->access_count, 3);
	expect(&batch->accesses[0], ACCESS_MEMORY, ACCESS_BATCH, false, 0xe000edf0);
	assert_int_equal(batch->accesses[0].item, 3);
	assert_int_equal(batch->accesses[0].value, 0x00030003);
	expect(&batch->accesses[1], ACCESS_MEMORY, ACCESS_BATCH, false, 0xe000edf8);
	expect(&batch->accesses[2], ACCESS_CORE, ACCESS_CORE_DEBUG, false, 15);
	assert_int_equal(batch->accesses[2].value, 0x0800009a);
	/* Each item has its own status; results without their batch say nothing. */
	handmade(made, "f2 51 07 00 00 00", BATCH, NULL);
	batch = handmade(made, "f2 52", NULL, RESULTS_OF_7 "80 00 00 00 80 00 00 00 80 00 00 00 11 00 00 00 80 00 00 00 80 00 00 00 80 00 00 00");
	assert_false(batch->accesses[0].ok || batch->accesses[0].has_value);
	assert_true(batch->accesses[1].ok && batch->accesses[1].has_value);
	assert_int_equal(handmade(made, "f2 52", NULL, RESULTS_OF_7 "80*28")->access_count, 0);
	/* WRITE without an ADDRESS before it goes nobody knows where. */
	assert_false(last_of(handmade(made, "f2 51 01 00 00 00", "02 00 00 00 01 00 00 00", NULL))->known);
}

static void test_core_registers(void **state)
{
	struct handmade *made = *state;
	const struct transaction *all;

	assert_int_equal(handmade(made, "f2 36 f8 ed 00 e0", NULL, "80 00 00 00 01 00 00 08")->access_count, 1); /* of which register? */
	handmade(made, "f2 35 f4 ed 00 e0 0e 00 00 00", NULL, OK);
	expect(last_of(handmade(made, "f2 07 f8 ed 00 e0 04 00", NULL, "9b 00 00 08")), ACCESS_CORE, ACCESS_CORE_DEBUG, false, 14);
	handmade(made, "f2 08 f8 ed 00 e0 04 00", "00 00 00 20", NULL);
	all = handmade(made, "f2 08 f4 ed 00 e0 04 00", "0f 00 01 00", NULL);
	expect(last_of(all), ACCESS_CORE, ACCESS_CORE_DEBUG, true, 15);
	assert_int_equal(last_of(all)->value, 0x20000000);
	expect(last_of(handmade(made, "f2 33 10", NULL, "80 00 00 00 00 00 00 61")), ACCESS_CORE, ACCESS_DIRECT, false, 16);
	all = handmade(made, "f2 3a", NULL, "80 00 00 00 00*60 b8 00 00 08 00 00 00 61 00*16");
	assert_int_equal(all->access_count, 19);
	assert_int_equal(all->accesses[15].value, 0x080000b8);
}

/* Debug registers are the same by whatever command; blocks hold several. */
static void test_words(void **state)
{
	struct handmade *made = *state;
	const struct transaction *block = handmade(made, "f2 07 28 ed 00 e0 0c 00", NULL, "00 82 00 00 00 00 00 40 01 00 00 00");
	uint32_t word;

	assert_non_null(access_find(block, ACCESS_MEMORY, 0xe000ed2c, false));
	assert_null(access_find(block, ACCESS_MEMORY, 0xe000ed34, false));
	assert_null(access_find(block, ACCESS_MEMORY, 0xe000ed2c, true));
	assert_true(access_word(block->accesses, 0xe000ed2c, &word));
	assert_int_equal(word, 0x40000000);
	assert_false(access_word(block->accesses, 0xe000ed34, &word));
	assert_false(access_word(block->accesses, 0xe000ed24, &word));
	assert_non_null(access_find(handmade(made, "f2 35 f0 ed 00 e0 03 00 5f a0", NULL, OK), ACCESS_MEMORY, 0xe000edf0, true));
}

static void test_chip(void **state)
{
	struct handmade *made = *state;
	const struct chip *chip = handmade(made, "f5", NULL, "02 00")->chip;

	assert_int_equal(chip->families, STM32_ANY);
	handmade(made, "f2 36 00 20 04 e0", NULL, "80 00 00 00 11 64 00 20"); /* DEV_ID 411 */
	assert_int_equal(chip->families, STM32_F2);
	assert_int_equal(chip->device, 0x411);
	handmade(made, "f2 36 00 ed 00 e0", NULL, "80 00 00 00 41 c2 0f 41"); /* on a Cortex-M4: an erratum */
	assert_int_equal(chip->device, 0x413);
	assert_int_equal(chip->families, STM32_F4);
	access_begin(made->access);
	assert_false(chip->has_device || chip->has_cpuid);
	handmade(made, "f2 36 00 ed 00 e0", NULL, "80 00 00 00 00 c2 0c 41");
	assert_int_equal(chip->families, STM32_F0 | STM32_OTHER);
	handmade(made, "f2 36 00 58 01 40", NULL, "11 00 00 00 40 04 00 20"); /* failed */
	assert_false(chip->has_device);
	/* Also through the access port. */
	handmade(made, WRITE_CSW WORDS_SINGLE, NULL, OK);
	handmade(made, WRITE_TAR "00 58 01 40", NULL, OK);
	handmade(made, READ_DRW, NULL, "80 00 00 00 40 04 00 20");
	assert_int_equal(chip->device, 0x440);
	assert_int_equal(chip->families, STM32_F0);
}

/* Lengths lie: nothing is read behind what was captured. */
static void test_hostile(void **state)
{
	struct handmade *made = *state;

	assert_int_equal(handmade(made, "f2 51 ff ff ff ff", "03", NULL)->access_count, 0);
	assert_int_equal(handmade(made, "f2 52", NULL, "80")->access_count, 0);
	assert_int_equal(handmade(made, "f2 45 ff", NULL, "80")->access_count, 0);
	assert_false(last_of(handmade(made, "f2 07 00 00 00 20 40 00", NULL, NULL))->has_value);
	assert_true(handmade(made, "f2 3a", NULL, "80 00 00 00 01 02")->access_count == 0);
	assert_int_equal(last_of(handmade(made, "f2 07 fc ff ff ff 10 00", NULL, "00*16"))->length, 16);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, handmade_begin, handmade_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_banks), TEST(test_memory_through_port), TEST(test_not_known), TEST(test_posted), TEST(test_batch),
		TEST(test_core_registers), TEST(test_words), TEST(test_chip), TEST(test_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
