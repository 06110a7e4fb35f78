/*
 * The steps that a session is cut into: by commands made by hand, and on the captures of captures/ and ../shared/captures.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/captures.h"
#include "support/handmade.h"
#include "support/recording.h"

#define OK "80 00"

/* The phases that count commands go through, each once: "identify connect". */
struct told { const char *request, *data, *answer; };

static void expect_phases(void **state, const char *expected, const struct told *told, size_t count)
{
	struct handmade *made = *state;
	char got[512] = "";
	enum phase last = PHASE_NONE;

	access_begin(made->access);
	phase_begin(&made->phases);
	for (size_t i = 0; i < count; i++) {
		enum phase phase = handmade(made, told[i].request, told[i].data, told[i].answer)->phase;

		if (phase != last)
			snprintf(got + strlen(got), sizeof got - strlen(got), "%s%s", *got ? " " : "", phase_name(phase));
		last = phase;
	}
	assert_string_equal(got, expected);
}

#define EXPECT(expected, ...) \
	expect_phases(state, expected, (const struct told[]){ __VA_ARGS__ }, sizeof(const struct told[]){ __VA_ARGS__ } / sizeof(struct told))

#define MODE { "f5", NULL, "01 00" }
#define VERSION { "f1 80", NULL, "29 1b 83 04 4b 37" }
#define VOLTAGE { "f7", NULL, "9b 06 00 00 02 08 00 00" }
#define ENTER_SWD { "f2 30 a3", NULL, OK }
#define EXIT_DEBUG { "f2 21", NULL, NULL }
#define STATUS { "f2 3e", NULL, "80*12" }
#define CPUID_M4 { "f2 36 00 ed 00 e0", NULL, "80 00 00 00 41 c2 0f 41" }
#define CHIP_F411 { "f2 36 00 20 04 e0", NULL, "80 00 00 00 31 64 00 10" }
#define HALT { "f2 35 f0 ed 00 e0 03 00 5f a0", NULL, OK }
#define RUN { "f2 35 f0 ed 00 e0 01 00 5f a0", NULL, OK }
#define RUNNING { "f2 36 f0 ed 00 e0", NULL, "80 00 00 00 01 00 01 00" }
#define HALTED { "f2 36 f0 ed 00 e0", NULL, "80 00 00 00 03 00 03 00" }
#define DEBUG_OFF { "f2 35 f0 ed 00 e0 00 00 5f a0", NULL, OK }
#define READ_FLASH { "f2 07 00 00 00 08 08 00", NULL, "00*8" }
#define READ_RAM { "f2 07 00 00 00 20 08 00", NULL, "00*8" }
#define WRITE_RAM { "f2 08 00 00 00 20 08 00", "00*8", NULL }
#define SET_PC { "f2 34 0f 00 00 00 20", NULL, OK }
#define FLASH_KEY1 { "f2 35 04 3c 02 40 23 01 67 45", NULL, OK }
#define FLASH_KEY2 { "f2 35 04 3c 02 40 ab 89 ef cd", NULL, OK }
#define FLASH_BUSY { "f2 36 0c 3c 02 40", NULL, "80 00 00 00 00 00 01 00" }
#define ERASE_SECTOR { "f2 35 10 3c 02 40 12 00 01 00", NULL, OK }
#define SET_PG { "f2 35 10 3c 02 40 01 02 00 00", NULL, OK }
#define LOCK { "f2 35 10 3c 02 40 00 00 00 80", NULL, OK }
#define RESET { "f2 35 0c ed 00 e0 04 00 fa 05", NULL, OK }
#define CATCH { "f2 35 fc ed 00 e0 01 00 00 01", NULL, OK }

static void test_opening(void **state)
{
	EXPECT("open identify connect close", MODE, EXIT_DEBUG, VERSION, VOLTAGE, MODE, ENTER_SWD, MODE, EXIT_DEBUG);
	EXPECT("identify connect examine halt run close", VERSION, ENTER_SWD, CPUID_M4, CHIP_F411, HALT, HALTED, RUN, DEBUG_OFF, EXIT_DEBUG);
	EXPECT("open connect examine", { "f2 49", NULL, NULL }, ENTER_SWD, CPUID_M4); /* anything may come first */
}

/* What erases, programs and checks is one phase each, with its helper's runs and the questions between. */
static void test_flash(void **state)
{
	EXPECT("identify connect examine halt erase program verify run close", VERSION, ENTER_SWD, CPUID_M4, CHIP_F411, HALT, FLASH_KEY1, FLASH_KEY2,
	       ERASE_SECTOR, FLASH_BUSY, HALTED, ERASE_SECTOR, LOCK, WRITE_RAM, STATUS, FLASH_KEY1, FLASH_KEY2, SET_PG, WRITE_RAM, STATUS, SET_PC, RUN,
	       RUNNING, HALTED, WRITE_RAM, SET_PC, RUN, HALTED, LOCK, READ_FLASH, STATUS, READ_FLASH, STATUS, RUN, DEBUG_OFF, EXIT_DEBUG);
	/* A checksum that the target computes. */
	EXPECT("connect examine erase program verify run", ENTER_SWD, CPUID_M4, CHIP_F411, ERASE_SECTOR, SET_PG, WRITE_RAM, LOCK, WRITE_RAM, SET_PC, RUN,
	       HALTED, RESET);
	/* Page by page it is programming. */
	EXPECT("connect examine erase program erase program", ENTER_SWD, CPUID_M4, CHIP_F411, ERASE_SECTOR, SET_PG, ERASE_SECTOR, SET_PG, ERASE_SECTOR,
	       SET_PG, ERASE_SECTOR);
	EXPECT("connect program verify program", ENTER_SWD, WRITE_RAM, STATUS, { "f2 36 00 00 00 20", NULL, "80 00*7" }, READ_RAM, STATUS, SET_PG,
	       { "f2 08 00 00 00 08 08 00", "00*8", NULL });
	/* While the family is not known a number written to a peripheral says nothing. */
	EXPECT("connect", ENTER_SWD, ERASE_SECTOR, SET_PG);
	EXPECT("connect read", ENTER_SWD, READ_FLASH, STATUS, READ_RAM, STATUS, READ_FLASH);
}

static void test_control(void **state)
{
	EXPECT("connect examine halt run poll halt", ENTER_SWD, CPUID_M4, HALT, HALTED, RUN, RUNNING, RUNNING, RUNNING, RUNNING, RUNNING, RUNNING, RUNNING,
	       HALT);
	EXPECT("connect examine halt", ENTER_SWD, CPUID_M4, CATCH, RESET, HALTED);
	EXPECT("connect examine run", ENTER_SWD, CPUID_M4, RESET, RUNNING);
	EXPECT("connect examine", ENTER_SWD, CPUID_M4, RUN, RUNNING); /* debug on, while it runs */
	EXPECT("connect examine halt read run trace close", ENTER_SWD, CPUID_M4, HALT, READ_RAM, RUN, { "f2 40 00 10 80 84 1e 00", NULL, OK },
	       { "f2 42", NULL, "00 00" }, RUNNING, CPUID_M4, { "f2 42", NULL, "00 00" }, DEBUG_OFF);
}

#define SPI_ORDER { "fc 21 01 00 9f", NULL, NULL }
#define SPI_ID { "fc 22 03 00", NULL, "ef 40 18" }
#define SPI_WRITE { "fc 21 24 00 02 00*7", "00*28", NULL }
#define SPI_READ { "fc 22 20 00", NULL, "00*32" }

/* Behind a bridge stands a memory of its own; what is short asks it or orders. */
static void test_bridge(void **state)
{
	EXPECT("identify connect", VERSION, SPI_ORDER, SPI_ID);
	EXPECT("identify connect read", VERSION, SPI_ORDER, SPI_ID, SPI_ORDER, SPI_READ, SPI_ORDER, SPI_READ);
	EXPECT("identify connect program verify", VERSION, SPI_ORDER, SPI_ID, SPI_ORDER, SPI_WRITE, SPI_ORDER, SPI_WRITE, SPI_ORDER, SPI_READ);
}

/* A log holds each phase, and the rest of one that changes too often. */
static void test_log(void **state)
{
	struct phase_log log = { 0 };
	struct transaction transaction = { 0 };

	(void)state;
	for (uint64_t i = 0; i < 2 * PHASES_KEPT; i++) {
		transaction.frame = 10 * i + 1;
		transaction.phase = i % 4 < 2 ? PHASE_HALT : PHASE_RUN;
		transaction.time = (int64_t)i;
		transaction.end_time = (int64_t)i + 1;
		phase_log_add(&log, &transaction);
	}
	assert_int_equal(log.count, PHASES_KEPT);
	assert_int_equal(log.more, 0);
	assert_int_equal(log.span[1].phase, PHASE_RUN);
	assert_int_equal(log.span[1].first_frame, 21);
	assert_int_equal(log.span[1].last_frame, 31);
	assert_int_equal(log.span[1].commands, 2);
	transaction.phase = PHASE_CLOSE;
	phase_log_add(&log, &transaction);
	assert_int_equal(log.more, 1);
	assert_int_equal(log.span[PHASES_KEPT - 1].commands, 3);
}

/* --- captures --- */

static void check_capture(const char *path, const char *expected)
{
	struct recording *recording = recording_of(path);
	char got[512] = "";
	const struct transaction *before = NULL;

	for (size_t i = 0; i < recording->transaction_count; i++) {
		const struct transaction *ours = &recording->transactions[i];

		if (before && before->session != ours->session)
			snprintf(got + strlen(got), sizeof got - strlen(got), " |");
		if (!before || before->session != ours->session || before->phase != ours->phase)
			snprintf(got + strlen(got), sizeof got - strlen(got), "%s%s", *got ? " " : "", phase_name(ours->phase));
		before = ours;
	}
	if (strcmp(got, expected))
		fail_msg("%s: %s, expected %s", path, got, expected);
	recording_free(recording);
}

static void test_bundled(void **state)
{
	(void)state;
	check_capture("captures/healthy-v2-1/capture.pcap", "identify connect examine halt read program verify run poll close");
	check_capture("captures/target-silent-v2/capture.pcap", "identify connect");
	check_capture("captures/v3-bridge-spi-pcapng/capture.pcapng", "identify connect read program");
}

static void test_shared(void **state)
{
	static const struct { const char *name, *phases; } captures[] = {
		{ "emulated/001-v21-stinfo-probe/capture.pcap", "identify connect examine" },
		{ "emulated/010-v21-dap-full/capture.pcap",
		  "identify connect examine halt read halt examine erase program verify run close" },
		{ "emulated/017-v3e-stflash-write/capture.pcap", "identify connect examine halt erase program verify run close" },
		{ "emulated/039-mixed-keyboard-hla/capture.pcap", "identify connect examine halt read run poll close" },
		{ "emulated/053-need-cur-both/capture.pcap", "identify connect | identify connect examine halt close" },
		{ "emulated/161-swim-v2-stm8flash-read/capture.pcap", "identify connect read close" },
		{ "emulated/172-pyocd-v21-commander/capture.pcap", "open identify connect examine read halt close" },
		{ "public/winstlink-connect-poweron.pcapng", "identify connect examine halt examine read close" },
		{ "public/windows-stlink-dev106.start.stop.start.stop.pcapng", "identify connect examine halt examine read trace" },
	};
	char path[512];

	(void)state;
	for (size_t i = 0; i < sizeof captures / sizeof *captures; i++) {
		snprintf(path, sizeof path, "%s/%s", shared_captures(), captures[i].name);
		check_capture(path, captures[i].phases);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, handmade_begin, handmade_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_opening), TEST(test_flash), TEST(test_control), TEST(test_bridge), cmocka_unit_test(test_log), cmocka_unit_test(test_bundled),
		cmocka_unit_test(test_shared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
