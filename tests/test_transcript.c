/*
 * The transcript of transactions made by hand: what a line says of each result, what JSON says of the same, what becomes of a device's text.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hex.h"
#include "support/transcripts.h"

struct bench { struct transcripts out; struct probe probe; struct session session; struct access_state *access; bool goes_on; };

/* A transaction and the memory behind it. */
struct made { struct transaction transaction; uint8_t request[32], data[128], answer[128]; uint64_t frames[2]; };

static struct payload read_payload(uint8_t *bytes, size_t size, const char *hex)
{
	long length = hex_read(hex, strlen(hex), bytes, size);

	assert_true(length >= 0);
	return (struct payload){ .bytes = bytes, .captured = (uint32_t)length, .wire = (uint32_t)length };
}

static struct cursor cursor_of(const struct payload *payload)
{
	return cursor_over(payload->bytes, payload->captured, payload->wire);
}

#define TOOK 812000 /* nanoseconds, of a command made here */

/* A command in frame 17 with its answer, if any, in frame 19. */
static struct transaction *make(struct made *made, const char *request, const char *answer)
{
	struct transaction *transaction = &made->transaction;
	struct operation *operation = &transaction->request_operation;

	memset(made, 0, sizeof *made);
	made->frames[0] = 17;
	made->frames[1] = 19;
	*transaction = (struct transaction){
		.bus = 1, .device = 7, .frame = 17, .command_frames = { made->frames, 1 }, .answer_frames = { made->frames + 1, answer ? 1 : 0 },
		.time = 1002000, .end_time = 1814000, .latency = TOOK, .waited = -1, .result = RESULT_OK, .answered = answer, .usable = answer,
	};
	transaction->request = read_payload(made->request, sizeof made->request, request);
	transaction->command = stlink_find(made->request, transaction->request.captured, false);
	stlink_walk_request(transaction->command, cursor_of(&transaction->request), operation, NULL);
	transaction->answer_due = stlink_answer_length(transaction->command, operation, NULL);
	if (!answer)
		return transaction;
	transaction->answer = read_payload(made->answer, sizeof made->answer, answer);
	stlink_walk_answer(transaction->command, cursor_of(&transaction->answer), operation, NULL, &transaction->answer_operation, NULL);
	if (operation_has(&transaction->answer_operation, ROLE_STATUS)) {
		transaction->has_status = true;
		transaction->status = (uint8_t)transaction->answer_operation.argument[ROLE_STATUS];
		transaction->status_row = stlink_status_find(transaction->command->scope, transaction->status);
	}
	return transaction;
}

static void judged_by(struct transaction *transaction, uint8_t status, uint64_t frame)
{
	transaction->has_status = true;
	transaction->status = status;
	transaction->status_row = stlink_status_find(SCOPE_DEBUG, status);
	transaction->status_frame = frame;
}

static int begin(void **state)
{
	struct bench *bench = calloc(1, sizeof *bench);

	if (!bench)
		return -1;
	transcripts_begin(&bench->out);
	bench->probe = (struct probe){ .bus = 1, .addresses = { 7 }, .address_count = 1, .generation = GENERATION_V2_1 };
	bench->access = access_new();
	*state = bench;
	return 0;
}

static int end(void **state)
{
	struct bench *bench = *state;

	transcripts_end(&bench->out);
	access_free(bench->access);
	free(bench);
	return 0;
}

static void check(struct bench *bench, const char *expected)
{
	assert_string_equal(transcripts_written(&bench->out), expected);
}

/* The transaction as the tracker tells it at the start of a session, or behind the one before. */
static struct transaction followed(struct bench *bench, const struct transaction *transaction)
{
	struct transaction copy = *transaction;

	if (!bench->goes_on)
		access_begin(bench->access);
	access_follow(bench->access, &copy);
	return copy;
}

#define GAP "20 --- records may be missing from here to the next gap\n"

static void check_line(struct bench *bench, const struct transaction *transaction, const char *expected)
{
	struct listener listener = text_transcript_listener(bench->out.text);
	struct transaction told = followed(bench, transaction);
	struct gap gap = { .frame = 20 };
	char line[1024];

	listener.transaction(listener.context, &bench->probe, &bench->session, &told);
	listener.gap(listener.context, &gap); /* nothing folds across it */
	snprintf(line, sizeof line, "17 0.001002 %s1:7 %s\n" GAP, told.latency == TOOK && told.waited < 0 ? "812 us " : "", expected);
	check(bench, line);
}

/* The part of a command's object from "opcode" on. */
static void check_members(struct bench *bench, const struct transaction *transaction, const char *expected)
{
	struct transaction told = followed(bench, transaction);

	json_transcript_command(bench->out.json, &told);
	check(bench, expected);
}

static void test_answers(void **state)
{
	struct made made;

	check_line(*state, make(&made, "f1 80", "29 1b 83 04 4b 37"), "GET_VERSION -> 0483:374b V2J36M27");
	check_line(*state, make(&made, "f5", "02 00"), "GET_CURRENT_MODE -> DEBUG");
	check_line(*state, make(&made, "f5", "00 01"), "GET_CURRENT_MODE -> DFU loader_version=1");
	check_line(*state, make(&made, "f5", "1c 00"), "GET_CURRENT_MODE -> 28 (unknown)");
	check_line(*state, make(&made, "f7", "9b 06 00 00 02 08 00 00"), "GET_TARGET_VOLTAGE -> 2.910 V");
	check_line(*state, make(&made, "f7", "00 00 00 00 02 08 00 00"), "GET_TARGET_VOLTAGE -> no reading");
	check_line(*state, make(&made, "f2 36 f0 ed 00 e0", "80 00 00 00 03 00 03 00"),
	           "READDEBUGREG DHCSR -> OK 0x00030003 halted, debug enabled");
	check_line(*state, make(&made, "f2 45 ff ff 04 00", "80 00 00 00 40 00 00 f0"),
	           "READ_DAP_REG DP CTRL/STAT -> OK 0xf0000040 powered up");
	check_line(*state, make(&made, "f2 45 01 00 fc 00", "80 00 00 00 00 00 00 00"),
	           "READ_DAP_REG AP 1 IDR -> OK 0x00000000 no access port");
	check_line(*state, make(&made, "f2 33 0f", "80 00 00 00 b8 00 00 08"), "READREG pc -> OK 0x080000b8");
	check_line(*state, make(&made, "f2 01", "81 00"), "GETSTATUS -> CORE_HALTED (0x81)");
}

static void test_memory(void **state)
{
	struct made made;
	struct transaction *transaction = make(&made, "f2 07 00 00 00 20 04 00 00", "01 02 03 04");

	judged_by(transaction, 0x80, 21);
	check_line(*state, transaction, "READMEM_32BIT SRAM 0x20000000 length=4 -> OK 01 02 03 04 = 0x04030201");
	transaction = make(&made, "f2 07 00 00 00 20 20 00 00", "aa*32");
	transaction->result = RESULT_UNJUDGED;
	check_line(*state, transaction, "READMEM_32BIT SRAM 0x20000000 length=32 -> aa aa aa aa aa aa aa aa"
	                                " ... 32 bytes (status not asked)");
	transaction = make(&made, "f2 08 00 00 00 20 02 00 01", NULL);
	transaction->data = read_payload(made.data, sizeof made.data, "00 40");
	transaction->result = RESULT_ERROR;
	judged_by(transaction, 0x11, 21);
	check_line(*state, transaction, "! WRITEMEM_32BIT SRAM 0x20000000 length=2 ap=1 <- 00 40 -> SWD_AP_FAULT (0x11), told in frame 21\n"
	                                "The access port answered FAULT: this access failed, or an earlier one was not cleared.\n"
	                                "Points to: a bad address, a peripheral without clock, locked flash, or an earlier error left standing.");
	check_line(*state, transaction, "! WRITEMEM_32BIT SRAM 0x20000000 length=2 ap=1 <- 00 40 -> SWD_AP_FAULT (0x11), told in frame 21");
}

/* Registers by name, their values in words, whichever command reaches them. */
static void test_registers(void **state)
{
	struct made made;
	struct transaction *transaction;

	check_line(*state, make(&made, "f2 35 0c ed 00 e0 04 00 fa 05", "80 00"),
	           "WRITEDEBUGREG AIRCR = 0x05fa0004 reset: SYSRESETREQ -> OK");
	transaction = make(&made, "f2 36 f0 ed 00 e0", "11 00 00 00 00 00 02 00"); /* what came is no value */
	transaction->result = RESULT_ERROR;
	transaction->status_row = NULL;
	check_line(*state, transaction, "! READDEBUGREG DHCSR -> unknown status (0x11) 0x00020000");
	check_line(*state, make(&made, "f2 46 ff ff 00 00 1e 00 00 00", "80 00"),
	           "WRITE_DAP_REG DP ABORT = 0x0000001e clear all errors -> OK");
	check_line(*state, make(&made, "f2 45 00 00 00 10", "80 00 00 00 52 00 00 23"), /* one client's own flag */
	           "READ_DAP_REG AP 0 CSW -> OK 0x23000052 32-bit increment DeviceEn MasterType HPROT1");
	check_line(*state, make(&made, "f2 45 ff ff 54 00", "80 00 00 00 01 00 00 00"), "READ_DAP_REG DP register=0x54 -> OK 0x00000001");
	check_line(*state, make(&made, "f2 33 10", "80 00 00 00 03 00 00 61"), "READREG xPSR -> OK 0x61000003 HardFault T Z C");
	check_line(*state, make(&made, "f2 31", "80 00 00 00 77 14 a0 2b 00 00 00 00"),
	           "READ_IDCODES -> OK 0x2ba01477 Cortex-M3/M4: F2 F3 F4 L1 L4 G4");
	check_line(*state, make(&made, "f2 07 00 ed 00 e0 04 00", "30 c2 2f 41"),
	           "READMEM_32BIT CPUID -> 0x412fc230 Cortex-M3 r2p0");
	check_line(*state, make(&made, "f2 47 22 7a ff 1f 02 00", "00 02"), "READMEM_16BIT flash size length=2 -> 0x0200 512 KiB");
	check_line(*state, make(&made, "f2 07 f0 ed 00 e0 08 00", "01 00 00 00 02 00 00 00"),
	           "READMEM_32BIT DHCSR length=8 -> 01 00 00 00 02 00 00 00");
	transaction = make(&made, "f2 08 fc ed 00 e0 04 00", NULL);
	transaction->data = read_payload(made.data, sizeof made.data, "01 00 00 00");
	check_line(*state, transaction, "WRITEMEM_32BIT DEMCR <- 0x00000001 halt after a reset");
	transaction = make(&made, "f2 51 04 00 00 00", NULL);
	transaction->data = read_payload(made.data, sizeof made.data, "03 01 02 05 f0 ed 00 e0 f4 ed 00 e0 10 00 00 00 00 00 00 00");
	check_line(*state, transaction, "RW_MISC_OUT count=4 <- READ DHCSR, ADDRESS DCRSR, WRITE 0x00000010 read register xPSR, ...");
}

/* What was chosen before says what a register of a port reaches. */
static void test_reached(void **state)
{
	struct bench *bench = *state;
	struct made made;
	struct transaction *transaction;

	bench->goes_on = true;
	check_line(bench, make(&made, "f2 45 00 00 0c 00", "80 00 00 00 03 00 03 00"),
	           "READ_DAP_REG AP 0 DRW at unknown address -> OK 0x00030003");
	check_line(bench, make(&made, "f2 46 00 00 00 00 52 00 00 23", "80 00"),
	           "WRITE_DAP_REG AP 0 CSW = 0x23000052 32-bit increment DeviceEn MasterType HPROT1 -> OK");
	check_line(bench, make(&made, "f2 46 00 00 04 00 f0 ed 00 e0", "80 00"), "WRITE_DAP_REG AP 0 TAR = 0xe000edf0 -> OK");
	check_line(bench, make(&made, "f2 45 00 00 0c 00", "80 00 00 00 03 00 03 00"),
	           "READ_DAP_REG AP 0 DRW at DHCSR -> OK 0x00030003 halted, debug enabled");
	check_line(bench, make(&made, "f2 45 ff ff 0c 00", "80 00 00 00 03 00 03 00"),
	           "READ_DAP_REG DP RDBUFF of DHCSR -> OK 0x00030003 halted, debug enabled");
	check_line(bench, make(&made, "f2 46 00 00 0c 00 0f 00 00 00", "80 00"),
	           "WRITE_DAP_REG AP 0 DRW at DCRSR = 0x0000000f read register pc -> OK");
	check_line(bench, make(&made, "f2 45 00 00 0c 00", "80 00 00 00 9a 00 00 08"), "READ_DAP_REG AP 0 DRW at DCRDR -> OK 0x0800009a pc");
	make(&made, "f2 46 00 00 04 00 00 00 00 20", "80 00");
	check_line(bench, &made.transaction, "WRITE_DAP_REG AP 0 TAR = 0x20000000 -> OK");
	check_line(bench, make(&made, "f2 46 00 00 0c 00 01 00 00 00", "80 00"),
	           "WRITE_DAP_REG AP 0 DRW at SRAM 0x20000000 = 0x00000001 -> OK");
	/* The bank by SELECT. */
	check_line(bench, make(&made, "f2 46 ff ff 08 00 02 00 00 00", "80 00"), "WRITE_DAP_REG DP SELECT = 0x00000002 DPBANKSEL=2 -> OK");
	check_line(bench, make(&made, "f2 45 ff ff 04 00", "80 00 00 00 41 00 31 14"),
	           "READ_DAP_REG DP TARGETID -> OK 0x14310041 ST TPARTNO=0x4310 TREVISION=1");
	/* A batch: what it read, by register. */
	transaction = make(&made, "f2 51 03 00 00 00", NULL);
	transaction->data = read_payload(made.data, sizeof made.data, "05 03 03 00 00 00 00 00 f0 ed 00 e0 00 ed 00 e0");
	check_line(bench, transaction, "RW_MISC_OUT count=3 <- APNUM 0x00000000, READ DHCSR, READ CPUID");
	transaction = make(&made, "f2 52", "00 00 00 00 03 00 03 00 41 c2 0f 41 80 00 00 00 80 00 00 00 80 00 00 00");
	transaction->earlier = &(struct operation){ .seen = 1U << ROLE_COUNT, .argument[ROLE_COUNT] = 3 };
	check_line(bench, transaction, "RW_MISC_IN -> DHCSR = 0x00030003 halted, debug enabled, CPUID = 0x410fc241 Cortex-M4 r0p1");
	/* One that only wrote, and one of which an item failed. */
	transaction = make(&made, "f2 51 02 00 00 00", NULL);
	transaction->data = read_payload(made.data, sizeof made.data, "01 02 00 00 f0 ed 00 e0 03 00 5f a0");
	check_line(bench, transaction, "RW_MISC_OUT count=2 <- ADDRESS DHCSR, WRITE 0xa05f0003 halt");
	transaction = make(&made, "f2 52", "00*8 80 00 00 00 80 00 00 00");
	transaction->earlier = &(struct operation){ .seen = 1U << ROLE_COUNT, .argument[ROLE_COUNT] = 2 };
	check_line(bench, transaction, "RW_MISC_IN -> 2 items done, nothing read");
	transaction = make(&made, "f2 52", "00*8 80 00 00 00 11 00 00 00");
	transaction->earlier = &(struct operation){ .seen = 1U << ROLE_COUNT, .argument[ROLE_COUNT] = 2 };
	check_line(bench, transaction, "RW_MISC_IN -> 0x00000000, 0x00000000 status=0x11");
}

/* The same in JSON; registers of the flash with what they may be. */
static void test_reached_json(void **state)
{
	struct bench *bench = *state;
	struct made made;

	check_line(bench, make(&made, "f2 36 0c 3c 02 40", "80 00 00 00 00 00 01 00"),
	           "READDEBUGREG FLASH_SR (F2/F4/F7) or FLASH_PEKEYR (L1) 0x40023c0c -> OK 0x00010000");
	check_line(bench, make(&made, "f2 35 04 20 00 52 23 01 67 45", "80 00"),
	           "WRITEDEBUGREG FLASH_KEYR1 (H7/H7A/B) = 0x45670123 KEY1, unlock flash -> OK");
	bench->goes_on = true;
	check_line(bench, make(&made, "f2 36 00 20 04 e0", "80 00 00 00 11 64 00 20"),
	           "READDEBUGREG DBGMCU_IDCODE -> OK 0x20006411 STM32F2 rev 0x2000");
	check_line(bench, make(&made, "f2 36 00 ed 00 e0", "80 00 00 00 41 c2 0f 41"), "READDEBUGREG CPUID -> OK 0x410fc241 Cortex-M4 r0p1");
	check_line(bench, make(&made, "f2 36 00 20 04 e0", "80 00 00 00 11 64 00 20"),
	           "READDEBUGREG DBGMCU_IDCODE -> OK 0x20006411 STM32F405/F407 that says 411 (erratum)");
	check_line(bench, make(&made, "f2 36 0c 3c 02 40", "80 00 00 00 00 00 01 00"), "READDEBUGREG FLASH_SR -> OK 0x00010000 busy");
	check_line(bench, make(&made, "f2 46 00 00 00 00 52 00 00 23", "80 00"),
	           "WRITE_DAP_REG AP 0 CSW = 0x23000052 32-bit increment DeviceEn MasterType HPROT1 -> OK");
	check_line(bench, make(&made, "f2 46 00 00 04 00 10 7a ff 1f", "80 00"), "WRITE_DAP_REG AP 0 TAR = 0x1fff7a10 -> OK");
	check_line(bench, make(&made, "f2 45 00 00 0c 00", "80 00 00 00 a1 a2 a3 a4"),
	           "READ_DAP_REG AP 0 DRW at unique id 0x1fff7a10 -> OK [id kept back, --serials shows it]");
	check_members(bench, make(&made, "f2 46 00 00 0c 00 01 00 00 00", "80 00"),
	              "{\"type\":\"command\",\"opcode\":\"f246\",\"command\":\"WRITE_DAP_REG\",\"request\":{\"port\":\"AP\",\"ap\":0,"
	              "\"register\":12,\"value\":1,\"register_name\":\"DRW\"},\"request_bytes\":\"f24600000c0001000000\",\"data_length\":0,"
	              "\"data_bytes\":\"\",\"answer\":{\"status\":128},\"answer_length\":2,\"answer_bytes\":\"8000\",\"reached\":[{\"kind\":\"memory\","
	              "\"write\":true,\"address\":536836628,\"length\":4,\"address_name\":\"unique id\",\"value\":1}],\"status\":128,"
	              "\"status_name\":\"OK\",\"result\":\"ok\",\"latency_us\":812,\"notes\":[]}\n");
}

/* The unique id of the target is kept back like that of the probe, also where a longer read brings it along. */
static void test_unique_id(void **state)
{
	struct bench *bench = *state;
	struct made made;
	struct transaction *transaction = make(&made, "f2 07 10 7a ff 1f 0c 00", "a1*12");

	check_line(bench, transaction, "READMEM_32BIT unique id 0x1fff7a10 length=12 -> 12 bytes [id kept back, --serials shows it]");
	check_line(bench, make(&made, "f2 36 14 7a ff 1f", "80 00 00 00 a1 a1 a1 a1"),
	           "READDEBUGREG unique id 0x1fff7a14 -> OK [id kept back, --serials shows it]");
	check_line(bench, make(&made, "f2 07 08 7a ff 1f 10 00", "01 02 03 04 05 06 07 08 a1*8"),
	           "READMEM_32BIT system memory 0x1fff7a08 length=16 -> 01 02 03 04 05 06 07 08 ... 16 bytes"
	           " [id kept back, --serials shows it]");
	bench->out.common.serials = true;
	check_line(bench, make(&made, "f2 07 10 7a ff 1f 04 00", "a1 a2 a3 a4"),
	           "READMEM_32BIT unique id 0x1fff7a10 length=4 -> a1 a2 a3 a4 = 0xa4a3a2a1");
}

static void test_results(void **state)
{
	struct made made;
	struct transaction *transaction = make(&made, "f2 30 a3", NULL);

	transaction->result = RESULT_CANCELLED;
	transaction->waited = transaction->latency = 3000000000;
	transaction->urb_status = -2;
	check_line(*state, transaction, "! ENTER mode=SWD no answer: cancelled by the host after 3.00 s (-2 ENOENT)");
	transaction->result = RESULT_STALLED;
	transaction->urb_status = -32;
	transaction->out_failed = true;
	transaction->latency = -1;
	check_line(*state, transaction, "! ENTER mode=SWD not taken by the probe: STALL, the probe refused (-32 EPIPE)");
	transaction->out_failed = false;
	transaction->windows = true;
	transaction->urb_status = 0xc0000004;
	check_line(*state, transaction, "! ENTER mode=SWD STALL, the probe refused (0xc0000004 STALL_PID)");
	transaction->result = RESULT_GONE;
	transaction->windows = false;
	transaction->urb_status = -108;
	check_line(*state, transaction, "! ENTER mode=SWD device gone (-108 ESHUTDOWN)");
	transaction->urb_status = 0;
	transaction->result = RESULT_NO_ANSWER;
	transaction->out_completed = true;
	check_line(*state, transaction, "! ENTER mode=SWD answer missing, though the probe took the command");
	transaction->result = RESULT_INCOMPLETE;
	check_line(*state, transaction, "? ENTER mode=SWD incomplete: the capture begins, ends or has a gap here");

	transaction = make(&made, "f2 36 f0 ed 00 e0", "80 00 00");
	transaction->result = RESULT_SHORT;
	check_line(*state, transaction, "! READDEBUGREG DHCSR -> OK short: 3 of 8 bytes");
	transaction->result = RESULT_TRUNCATED;
	transaction->answer.wire = 8;
	check_line(*state, transaction, "? READDEBUGREG DHCSR -> OK answer cut by the capture: 3 of 8 bytes");
	transaction = make(&made, "f2 36 f0 ed 00 e0", "80 00 00 00 01 00 00 00");
	transaction->result = RESULT_SHIFTED;
	check_line(*state, transaction,
	           "! READDEBUGREG DHCSR shifted: answer belongs to the command before -> OK 0x00000001");
	transaction = make(&made, "f2 36 f0 ed 00 e0", "10 00 00 00 00 00 00 00");
	transaction->result = RESULT_WAIT;
	check_line(*state, transaction, "~ READDEBUGREG DHCSR -> SWD_AP_WAIT (0x10) 0x00000000");
	transaction = make(&made, "f2 5f 01 00 00 00", "01 02");
	check_line(*state, transaction, "? UNKNOWN f2 5f 01 -> 01 02");
}

static void test_folding(void **state)
{
	struct bench *bench = *state;
	struct listener listener = text_transcript_listener(bench->out.text);
	struct transaction told;
	struct made made;

	for (unsigned i = 0; i < 4; i++) {
		struct transaction *transaction = make(&made, "f2 42", i % 2 ? "01 00" : "02 00"); /* how much waits differs */

		made.frames[0] = transaction->frame = 17 + 4 * i;
		made.frames[1] = transaction->frame + 2;
		transaction->time += INT64_C(1000000000) * i;
		transaction->end_time += INT64_C(1000000000) * i;
		listener.transaction(listener.context, &bench->probe, &bench->session, transaction);
	}
	for (unsigned i = 0; i < 3; i++) {
		struct transaction *transaction = make(&made, "f2 07 00 00 00 20 10 00 00", "aa*16");

		made.request[3] = (uint8_t)(16 * i >> 8);
		made.request[2] = (uint8_t)(16 * i);
		transaction->request_operation.argument[ROLE_ADDRESS] += 16 * i;
		made.frames[0] = transaction->frame = 117 + 4 * i;
		made.frames[1] = transaction->frame + 2;
		transaction->time = transaction->end_time = 5000000000 + i;
		made.answer[0] = (uint8_t)i;
		told = followed(bench, transaction);
		listener.transaction(listener.context, &bench->probe, &bench->session, &told);
	}
	listener.gap(listener.context, &(struct gap){ .frame = 20 });
	check(bench, "17 0.001002 812 us 1:7 GET_TRACE_NB -> count=2\n"
	             "... GET_TRACE_NB repeated 3 times, frames 21-31, 2.000 s\n"
	             "117 5.000000 812 us 1:7 READMEM_32BIT SRAM 0x20000000 length=16 -> 00 aa aa aa aa aa aa aa ... 16 bytes\n"
	             "... READMEM_32BIT continued 0x20000010-0x2000002f, 32 bytes in 2 blocks, frames 121-127, 0.000 s\n" GAP);
}

static void told_in(struct bench *bench, enum phase phase, const char *request, const char *answer, uint64_t frame)
{
	struct listener listener = text_transcript_listener(bench->out.text);
	struct made made;
	struct transaction *transaction = make(&made, request, answer);

	transaction->phase = phase;
	made.frames[0] = transaction->frame = frame;
	made.frames[1] = frame + 2;
	listener.transaction(listener.context, &bench->probe, &bench->session, transaction);
}

/* What repeats takes its headings along; a phase that is new is told even where the command is not. */
static void test_folding_phases(void **state)
{
	struct bench *bench = *state;
	struct listener listener = text_transcript_listener(bench->out.text);

	bench->out.common.quiet = false;
	for (uint64_t frame = 1; frame < 80; frame += 8) {
		told_in(bench, PHASE_CONNECT, "f2 30 a3", "80 00", frame);
		told_in(bench, PHASE_EXAMINE, "f5", "01 00", frame + 4);
	}
	for (uint64_t frame = 81; frame < 97; frame += 4)
		told_in(bench, frame < 89 ? PHASE_EXAMINE : PHASE_POLL, "f5", "02 00", frame);
	listener.gap(listener.context, &(struct gap){ .frame = 20 });
	check(bench, "--- session 0: ST-Link/V2-1 at 1:7\n"
	             "-- connect\n1 0.001002 812 us 1:7 ENTER mode=SWD -> OK\n"
	             "-- examine\n5 0.001002 812 us 1:7 GET_CURRENT_MODE -> MASS\n"
	             "... the last 2 commands repeated 9 times, frames 9-79, 0.000 s\n"
	             "81 0.001002 812 us 1:7 GET_CURRENT_MODE -> DEBUG\n"
	             "85 0.001002 812 us 1:7 GET_CURRENT_MODE -> DEBUG\n"
	             "-- poll\n89 0.001002 812 us 1:7 GET_CURRENT_MODE -> DEBUG\n"
	             "93 0.001002 812 us 1:7 GET_CURRENT_MODE -> DEBUG\n" GAP);
}

/* What is printed at a terminal of so many columns; no line is longer than it. */
static const char *at_width(struct bench *bench, unsigned width)
{
	struct listener listener;
	struct made made;
	const char *printed;
	struct transaction told;

	bench->out.options.width = width;
	text_transcript_free(bench->out.text);
	bench->out.text = text_transcript_new(&bench->out.options, bench->out.file);
	listener = text_transcript_listener(bench->out.text);
	text_transcript_begin(bench->out.text, bench->out.tracker);
	make(&made, "f2 36 f0 ed 00 e0", "80 00 00 00 03 00 03 02");
	told = followed(bench, &made.transaction);
	listener.transaction(listener.context, &bench->probe, &bench->session, &told);
	make(&made, "f2 31", "80 00 00 00 77 14 a0 2b 00 00 00 00");
	told = followed(bench, &made.transaction);
	listener.transaction(listener.context, &bench->probe, &bench->session, &told);
	listener.gap(listener.context, &(struct gap){ .frame = 20 });
	fflush(bench->out.file);
	printed = bench->out.bytes + bench->out.seen;
	bench->out.seen = bench->out.size;
	return printed;
}

/* Columns stand where they stand, and words that are too many go on below them. */
static void test_widths(void **state)
{
	struct bench *bench = *state;

	assert_string_equal(at_width(bench, 80),
	                    "     17   0.001002   812 us  1:7     READDEBUGREG DHCSR -> OK 0x02030003 halted,\n"
	                    "                                         debug enabled, was reset\n"
	                    "     17   0.001002   812 us  1:7     READ_IDCODES      -> OK 0x2ba01477\n"
	                    "                                         Cortex-M3/M4: F2 F3 F4 L1 L4 G4\n"
	                    "     20 --- records may be missing from here to the next gap\n");
	assert_string_equal(at_width(bench, 100),
	                    "     17   0.001002   812 us  1:7     READDEBUGREG DHCSR       -> OK 0x02030003 halted, debug\n"
	                    "                                         enabled, was reset\n"
	                    "     17   0.001002   812 us  1:7     READ_IDCODES             -> OK 0x2ba01477 Cortex-M3/M4: F2 F3\n"
	                    "                                         F4 L1 L4 G4\n"
	                    "     20 --- records may be missing from here to the next gap\n");
	assert_string_equal(at_width(bench, 200),
	                    "     17   0.001002   812 us  1:7     READDEBUGREG DHCSR                              -> OK 0x02030003 halted, debug "
	                    "enabled, was reset\n"
	                    "     17   0.001002   812 us  1:7     READ_IDCODES                                    -> OK 0x2ba01477 Cortex-M3/M4: "
	                    "F2 F3 F4 L1 L4 G4\n"
	                    "     20 --- records may be missing from here to the next gap\n");
	/* Too narrow to be of use, and no terminal: a transaction is a line. */
	assert_non_null(strstr(at_width(bench, 60), "was reset\n"));
	assert_non_null(strstr(at_width(bench, 0), "1:7     READDEBUGREG DHCSR                -> OK 0x02030003 halted, debug enabled, was reset\n"));
}

static void check_wrap(const char *words, size_t width, size_t indent, const char *expected)
{
	struct text text = { .color = true };

	text_bytes(&text, words, strlen(words));
	text_wrap(&text, width, indent);
	text_char(&text, '\0');
	assert_string_equal(text.bytes, expected);
	text_free(&text);
}

static void test_wrap(void **state)
{
	(void)state;
	check_wrap("", 10, 2, "");
	check_wrap("\n", 10, 2, "\n");
	check_wrap("one two three\n", 13, 2, "one two three\n");
	check_wrap("one two three\nfour five six seven\n", 9, 2, "one two\n  three\nfour five\n  six\n  seven\n");
	check_wrap("one   two   three", 9, 2, "one   two\n  three");
	check_wrap("incomprehensibilities no\n", 9, 2, "incomprehensibilities\n  no\n");
	check_wrap("one -> two\n", 8, 2, "one\n  -> two\n");
	check_wrap("one ->\n", 6, 2, "one ->\n");
	check_wrap("\033[1mone\033[0m two\n", 7, 2, "\033[1mone\033[0m two\n");
	check_wrap("\303\244\303\266\303\274 two\n", 7, 2, "\303\244\303\266\303\274 two\n");
	check_wrap("one \033[1", 4, 2, "one \033[1"); /* a sequence without its end */
}

/* Registers that are written one after another keep their names. */
static void test_folding_registers(void **state)
{
	struct bench *bench = *state;
	struct listener listener = text_transcript_listener(bench->out.text);
	struct made made;

	for (unsigned i = 0; i < 4; i++) {
		struct transaction *transaction = make(&made, "f2 08 08 20 00 e0 04 00", NULL), told;

		made.request[2] = (uint8_t)(8 + 4 * i);
		transaction->request_operation.argument[ROLE_ADDRESS] += 4 * i;
		transaction->data = read_payload(made.data, sizeof made.data, "00 00 00 00");
		made.frames[0] = transaction->frame = 17 + 4 * i;
		made.frames[1] = transaction->frame + 2;
		told = followed(bench, transaction);
		listener.transaction(listener.context, &bench->probe, &bench->session, &told);
	}
	listener.gap(listener.context, &(struct gap){ .frame = 20 });
	check(bench, "17 0.001002 812 us 1:7 WRITEMEM_32BIT FP_COMP0 <- 0x00000000 no breakpoint\n"
	             "... WRITEMEM_32BIT continued FP_COMP1 to FP_COMP3, 12 bytes in 3 blocks, frames 21-29, 0.000 s\n" GAP);
}

/* What a device says cannot do anything to a terminal. */
static void test_events(void **state)
{
	const uint8_t swo[] = { 'H', 'i', '\n', 0x1b, '[', '2', 'J' };
	struct bench *bench = *state;
	struct listener listener = text_transcript_listener(bench->out.text);
	struct mode_change change = { .frame = 17, .time = 1002000, .from = MODE_DFU, .to = MODE_MASS, .by = "DFU_EXIT" };
	struct usb_note note = {
		.kind = USB_NOTE_GONE, .bus = 1, .device = 7, .frame = 18, .urb_status = -108, .outstanding = true, .text = "\033[2J",
	};
	struct trace_data trace = { .bus = 1, .device = 7, .frame = 19, .bytes = { swo, sizeof swo, 100 } };

	listener.mode(listener.context, &bench->probe, &bench->session, &change);
	listener.usb(listener.context, &bench->probe, &bench->session, &note);
	note = (struct usb_note){ .kind = USB_NOTE_STRAY, .bus = 1, .device = 7, .frame = 18, .endpoint = 0x81, .bytes = { swo, 2, 2 } };
	listener.usb(listener.context, &bench->probe, &bench->session, &note);
	listener.trace(listener.context, &bench->probe, &bench->session, &trace);
	listener.gap(listener.context, &(struct gap){ .frame = 20, .dropped = 1 });
	check(bench, "17 0.001002 1:7 * mode DFU -> MASS, by DFU_EXIT\n"
	             "18 0.000000 1:7 ! usb: gone from the bus in the middle of a command (-108 ESHUTDOWN): \\x1b[2J\n"
	             "18 0.000000 1:7 usb: endpoint 81: data that no command asked for: 48 69\n"
	             "19 0.000000 1:7 SWO 100 bytes \"Hi\\n\\x1b[2J\" ...\n"
	             "20 --- 1 record is missing here: what follows is not paired with what came before\n");
}

/* A line of the tool's that can do nothing to a terminal, and is no transaction, whatever it looks like. */
static void test_tool(void **state)
{
	struct bench *bench = *state;
	struct listener text = text_transcript_listener(bench->out.text), json = json_transcript_listener(bench->out.json);
	struct tool_line line = { .frame = 18, .time = 1002000, .is_stderr = true, .text = "Error: init \033[2J \302\205\342\200\256 mode failed" };
	struct tool_line prompt = { .frame = 18, .time = 2002000, .unfinished = true, .text = "(gdb) " };
	struct tool_line look = { .frame = 18, .time = 2002000, .text = "17 0.001002 1:7 ! ENTER mode=SWD" };
	struct urb_event urb = { .frame = 1, .type = URB_OTHER };
	struct made made;

	text.tool(text.context, &line); /* nothing was captured yet */
	tracker_observe(bench->out.tracker, &urb);
	text.tool(text.context, &line);
	text.tool(text.context, &prompt);
	text.tool(text.context, &look);
	check(bench, "before stderr | Error: init \\x1b[2J \\u{0085}\\u{202e} mode failed\n"
	             "0.001002 stderr | Error: init \\x1b[2J \\u{0085}\\u{202e} mode failed\n"
	             "0.002002 stdout | (gdb) ...\n"
	             "0.002002 stdout | 17 0.001002 1:7 ! ENTER mode=SWD\n");
	json.tool(json.context, &line);
	json.tool(json.context, &prompt);
	check(bench, "{\"type\":\"tool\",\"frame\":18,\"time\":\"0.001002\",\"stream\":\"stderr\","
	             "\"text\":\"Error: init \\u001B[2J \\u0085\\u202E mode failed\"}\n"
	             "{\"type\":\"tool\",\"frame\":18,\"time\":\"0.002002\",\"stream\":\"stdout\",\"text\":\"(gdb) \",\"unfinished\":true}\n");
	/* what repeats is told up to the line, and begins anew behind it */
	for (unsigned i = 0; i < 6; i++) {
		if (i == 3)
			text.tool(text.context, &prompt);
		text.transaction(text.context, &bench->probe, &bench->session, make(&made, "f5", "01 00"));
	}
	text.gap(text.context, &(struct gap){ .frame = 20 });
	check(bench, "17 0.001002 812 us 1:7 GET_CURRENT_MODE -> MASS\n... GET_CURRENT_MODE repeated 2 times, frames 17-19, 0.000 s\n"
	             "0.002002 stdout | (gdb) ...\n"
	             "17 0.001002 812 us 1:7 GET_CURRENT_MODE -> MASS\n... GET_CURRENT_MODE repeated 2 times, frames 17-19, 0.000 s\n" GAP);
}

static void feed_transfer(struct tracker *tracker, uint64_t frame, uint16_t value, uint8_t *bytes)
{
	struct urb_event urb = { .frame = frame, .type = URB_CONTROL, .bus = 1, .device = 7, .id = frame, .endpoint = 0x80, .result = URB_PENDING,
		.has_setup = true, .setup = { 0x80, 6, (uint8_t)value, (uint8_t)(value >> 8), 0, 0, 0xff, 0 }, .length = 0xff };

	tracker_observe(tracker, &urb);
	urb = (struct urb_event){ .frame = frame + 1, .kind = URB_COMPLETE, .type = URB_CONTROL, .bus = 1, .device = 7, .id = frame, .endpoint = 0x80,
		.data = bytes, .length = bytes[0], .captured = bytes[0], .wire = bytes[0] };
	tracker_observe(tracker, &urb);
}

/* A tool prints the serial number, in the case it likes. */
static void test_tool_serial(void **state)
{
	uint8_t device[] = { 18, 1, 0, 2, 0, 0, 0, 64, 0x83, 0x04, 0x4b, 0x37, 0, 1, 1, 2, 3, 1 };
	uint8_t serial[] = { 18, 3, '0', 0, '6', 0, '7', 0, '0', 0, 'F', 0, 'F', 0, '4', 0, '9', 0 };
	struct bench *bench = *state;
	struct listener text = text_transcript_listener(bench->out.text), json = json_transcript_listener(bench->out.json);
	struct tool_line line = { .frame = 5, .text = "serial: 0670ff49, 0670FF4, <0670FF490670FF49>" };

	feed_transfer(bench->out.tracker, 1, 0x100, device);
	feed_transfer(bench->out.tracker, 3, 0x303, serial);
	json_transcript_begin(bench->out.json, &(struct input_facts){ .format = "pcap" }, bench->out.tracker);
	transcripts_written(&bench->out);
	text.tool(text.context, &line);
	check(bench, "0.000000 stdout | serial: serial-fe02a530, 0670FF4, <serial-fe02a530serial-fe02a530>\n");
	json.tool(json.context, &line);
	check(bench, "{\"type\":\"tool\",\"frame\":5,\"time\":\"0.000000\",\"stream\":\"stdout\","
	             "\"text\":\"serial: serial-fe02a530, 0670FF4, <serial-fe02a530serial-fe02a530>\"}\n");
	bench->out.common.serials = true;
	text.tool(text.context, &line);
	check(bench, "0.000000 stdout | serial: 0670ff49, 0670FF4, <0670FF490670FF49>\n");
}

/* The first mode is told by its answer; a change that a later answer proves stands there. */
static void test_modes(void **state)
{
	struct bench *bench = *state;
	struct listener listener = text_transcript_listener(bench->out.text);
	struct mode_change change = { .frame = 17, .time = 1002000, .from = MODE_UNKNOWN, .to = MODE_DFU, .by = "GET_CURRENT_MODE" };
	struct made made;

	listener.mode(listener.context, &bench->probe, &bench->session, &change);
	check(bench, "");
	change = (struct mode_change){ .frame = 11, .time = 502000, .from = MODE_DFU, .to = MODE_MASS, .by = "DFU_EXIT" };
	listener.transaction(listener.context, &bench->probe, &bench->session, make(&made, "f5", "01 00"));
	listener.mode(listener.context, &bench->probe, &bench->session, &change);
	change = (struct mode_change){ .frame = 17, .time = 1002000, .from = MODE_MASS, .to = MODE_SWIM, .by = "GET_CURRENT_MODE" };
	listener.mode(listener.context, &bench->probe, &bench->session, &change);
	check(bench, "17 0.001002 812 us 1:7 GET_CURRENT_MODE -> MASS\n"
	             "17 0.001002 1:7 * mode DFU -> MASS, by DFU_EXIT in frame 11\n"
	             "17 0.001002 1:7 * mode MASS -> SWIM, seen by GET_CURRENT_MODE\n");
}

static void test_heading(void **state)
{
	struct bench *bench = *state;
	struct listener listener = text_transcript_listener(bench->out.text);
	struct made made;

	bench->out.common.quiet = false;
	bench->probe.vid = 0x0483;
	bench->probe.pid = 0x374b;
	strcpy(bench->probe.serial, "a\033");
	listener.transaction(listener.context, &bench->probe, &bench->session, make(&made, "f2 21", NULL));
	check(bench, "--- session 0: ST-Link/V2-1 0483:374b at 1:7, serial-bddee992\n17 0.001002 812 us 1:7 EXIT\n");
	bench->out.common.serials = true;
	bench->session.index = 1;
	listener.transaction(listener.context, &bench->probe, &bench->session, make(&made, "f2 21", NULL));
	check(bench, "--- session 1: ST-Link/V2-1 0483:374b at 1:7, a\\x1b\n17 0.001002 812 us 1:7 EXIT\n");
}

static void test_details(void **state)
{
	struct bench *bench = *state;
	struct made made;
	struct transaction *transaction = make(&made, "f2 36 f0 ed 00 e0 00 00", "80 00 00 00 03 00 03 00"), told;
	struct text text = { 0 };

	bench->out.common.verbose = 1;
	bench->out.options.dump = true;
	transaction->notes = 1U << NOTE_SHORT_COMMAND;
	told = followed(bench, transaction);
	text_transcript_details(&text, &bench->out.options, &told);
	text_write(&text, bench->out.file);
	check(bench, "command 8 bytes, frame 17\n"
	             "0 f2 36 opcode READDEBUGREG read debug register\n"
	             "2 f0 ed 00 e0 address 0xe000edf0 Address\n"
	             "= target DHCSR debug halting control and status\n"
	             "= means halted, debug enabled\n"
	             "answer 8 bytes, frame 19\n"
	             "0 80 status 0x80 Status\n"
	             "1 00 00 00 unused 3 bytes Unused\n"
	             "4 03 00 03 00 value 0x00030003 Value\n"
	             "[26] S_RESTART_ST = 0\n"
	             "[25] S_RESET_ST = 0\n"
	             "[24] S_RETIRE_ST = 0\n"
	             "[20] S_SDE = 0\n"
	             "[19] S_LOCKUP = 0\n"
	             "[18] S_SLEEP = 0\n"
	             "[17] S_HALT = 1\n"
	             "[16] S_REGRDY = 1\n"
	             "[5] C_SNAPSTALL = 0\n"
	             "[3] C_MASKINTS = 0\n"
	             "[2] C_STEP = 0\n"
	             "[1] C_HALT = 1\n"
	             "[0] C_DEBUGEN = 1\n"
	             "status 0x80 OK\n"
	             "note short-command: the command block is not padded to 16 bytes\n"
	             "command 0000 f2 36 f0 ed 00 e0 00 00 |.6......|\n"
	             "answer 0000 80 00 00 00 03 00 03 00 |........|\n");
	text_free(&text);
}

/* The bits of a register stand with the value, not with what comes behind it. */
static void test_bits_with_value(void **state)
{
	struct bench *bench = *state;
	struct made made;
	struct transaction *transaction = make(&made, "f2 31", "80 00 00 00 77 14 a0 2b 00 00 00 00"), told;
	const char *value, *bits, *second;
	struct text text = { 0 };

	bench->out.common.verbose = 1;
	told = followed(bench, transaction);
	text_transcript_details(&text, &bench->out.options, &told);
	text_char(&text, '\0');
	value = strstr(text.bytes, "0x2ba01477");
	bits = strstr(text.bytes, "[31:28] REVISION = 2\n");
	second = strstr(text.bytes, "value2 ");
	assert_true(value && bits && second && value < bits && bits < second);
	assert_null(strstr(second, "REVISION"));
	text_free(&text);
}

/* A key is known by its hexadecimal digits; a value without a name has nothing behind it. */
static void test_wide_bits(void **state)
{
	struct bench *bench = *state;
	struct made made;
	struct transaction *transaction = make(&made, "f2 35 f0 ed 00 e0 03 00 5f a0", "80 00"), told;
	struct text text = { 0 };

	bench->out.common.verbose = 1;
	told = followed(bench, transaction);
	text_transcript_details(&text, &bench->out.options, &told);
	text_char(&text, '\0');
	assert_non_null(strstr(text.bytes, "[31:16] DBGKEY = 0xa05f\n"));
	text_free(&text);
}

/* The page of a V1's disk that holds its serial number. */
static void test_disk_serial(void **state)
{
	struct made made;
	struct transaction *transaction = make(&made, "12 01 80 00 24 00", "00 80 00 08 30 31 32 33 34 35 36 37");

	transaction->command = stlink_find(made.request, transaction->request.captured, true);
	check_line(*state, transaction, "INQUIRY flags=0x01 page=0x80 allocation_length=36 -> device_type=0x00 removable=0x80 version=0x00 "
	                                "format=0x08 [id kept back, --serials shows it]");
}

static void check_json(struct bench *bench, const struct transaction *transaction, const char *expected)
{
	struct listener listener = json_transcript_listener(bench->out.json);
	struct transaction told = followed(bench, transaction);

	listener.transaction(listener.context, &bench->probe, &bench->session, &told);
	check(bench, expected);
}

#define LOADER_ID "11 22 33 44 56 00 00 01 a1 a2 a3 a4 a5 a6 a7 a8 a9 aa ab ac"

/* The id in the loader's answer is what the serial number is made of. */
static void test_identity(void **state)
{
	struct bench *bench = *state;
	struct listener listener = text_transcript_listener(bench->out.text);
	struct made made;
	struct transaction *transaction = make(&made, "f3 08", LOADER_ID);

	check_line(bench, transaction,
	           "DFU_READ_ID -> key_part=11 22 33 44 firmware_type=\"V\" unknown=00 00 01 [id kept back, --serials shows it]");
	bench->out.options.dump = true;
	bench->out.common.verbose = 1;
	text_transcript_free(bench->out.text);
	bench->out.text = text_transcript_new(&bench->out.options, bench->out.file);
	text_transcript_begin(bench->out.text, bench->out.tracker);
	listener = text_transcript_listener(bench->out.text);
	listener.transaction(listener.context, &bench->probe, &bench->session, transaction);
	text_transcript_finish(bench->out.text, &(struct input_facts){ .complete = true });
	fflush(bench->out.file);
	assert_non_null(strstr(bench->out.bytes + bench->out.seen, "... 12 bytes are kept back"));
	assert_null(strstr(bench->out.bytes + bench->out.seen, "a1 a2"));
}

/* DESIGN section 6, to the letter. */
static void test_json(void **state)
{
	struct made made;
	struct transaction *transaction = make(&made, "f2 36 f0 ed 00 e0 00*10", "80 00 00 00 03 00 03 00");

	check_json(*state, transaction,
	           "{\"type\":\"command\",\"frame\":17,\"frames\":{\"command\":[17],\"data\":[],\"answer\":[19]},\"time\":\"0.001002\",\"bus\":1,"
	           "\"device\":7,\"generation\":\"V2-1\",\"session\":0,\"opcode\":\"f236\",\"command\":\"READDEBUGREG\","
	           "\"request\":{\"address\":3758157296,\"address_name\":\"DHCSR\"},\"request_bytes\":\"f236f0ed00e000000000000000000000\",\"data_length\":0,"
	           "\"data_bytes\":\"\",\"answer\":{\"status\":128,\"value\":196611,\"value_words\":\"S_HALT C_DEBUGEN C_HALT S_REGRDY\"},\"answer_length\":8,\"answer_bytes\":\"8000000003000300\","
	           "\"means\":\"halted, debug enabled\",\"status\":128,\"status_name\":\"OK\",\"result\":\"ok\",\"latency_us\":812,\"notes\":[]}\n");
}

static void test_identity_json(void **state)
{
	struct bench *bench = *state;
	struct made made;
	struct transaction *transaction = make(&made, "f3 08", LOADER_ID);

	check_members(bench, transaction,
	              "{\"type\":\"command\",\"opcode\":\"f308\",\"command\":\"DFU_READ_ID\",\"request\":{},\"request_bytes\":\"f308\",\"data_length\":0,"
	              "\"data_bytes\":\"\",\"answer\":{\"key_part\":\"11223344\",\"firmware_type\":\"V\",\"unknown\":\"000001\"},"
	              "\"answer_length\":20,\"answer_bytes\":\"1122334456000001\",\"answer_withheld\":12,\"status\":null,"
	              "\"status_name\":null,\"result\":\"ok\",\"latency_us\":812,\"notes\":[]}\n");
	bench->out.common.serials = true;
	check_members(bench, transaction,
	              "{\"type\":\"command\",\"opcode\":\"f308\",\"command\":\"DFU_READ_ID\",\"request\":{},\"request_bytes\":\"f308\",\"data_length\":0,"
	              "\"data_bytes\":\"\",\"answer\":{\"key_part\":\"11223344\",\"firmware_type\":\"V\",\"unknown\":\"000001\","
	              "\"device_id\":\"a1a2a3a4a5a6a7a8a9aaabac\"},\"answer_length\":20,"
	              "\"answer_bytes\":\"1122334456000001a1a2a3a4a5a6a7a8a9aaabac\",\"status\":null,"
	              "\"status_name\":null,\"result\":\"ok\",\"latency_us\":812,\"notes\":[]}\n");
}

static void test_json_values(void **state)
{
	struct made made;
	struct transaction *transaction = make(&made, "f2 45 ff ff 04 00", NULL);

	transaction->result = RESULT_CANCELLED;
	transaction->latency = -1;
	check_members(*state, transaction,
	              "{\"type\":\"command\",\"opcode\":\"f245\",\"command\":\"READ_DAP_REG\",\"request\":{\"port\":\"DP\",\"ap\":null,"
	              "\"register\":4,\"register_name\":\"CTRL/STAT\"},\"request_bytes\":\"f245ffff0400\",\"data_length\":0,\"data_bytes\":\"\",\"answer\":{},"
	              "\"answer_length\":null,\"answer_bytes\":\"\",\"status\":null,\"status_name\":null,\"result\":\"cancelled\","
	              "\"latency_us\":null,\"notes\":[]}\n");
	check_members(*state, make(&made, "f2 30 a3", "80 00"),
	              "{\"type\":\"command\",\"opcode\":\"f230\",\"command\":\"ENTER\",\"request\":{\"mode\":163,\"mode_name\":\"SWD\"},"
	              "\"request_bytes\":\"f230a3\",\"data_length\":0,\"data_bytes\":\"\",\"answer\":{\"status\":128},\"answer_length\":2,"
	              "\"answer_bytes\":\"8000\",\"status\":128,\"status_name\":\"OK\",\"result\":\"ok\",\"latency_us\":812,\"notes\":[]}\n");
	check_members(*state, make(&made, "f7", "00 00 00 00 02 08 00 00"),
	              "{\"type\":\"command\",\"opcode\":\"f7\",\"command\":\"GET_TARGET_VOLTAGE\",\"request\":{},\"request_bytes\":\"f7\","
	              "\"data_length\":0,\"data_bytes\":\"\",\"answer\":{\"reference\":0,\"reading\":2050,\"voltage\":null},\"answer_length\":8,"
	              "\"answer_bytes\":\"0000000002080000\",\"status\":null,\"status_name\":null,\"result\":\"ok\",\"latency_us\":812,"
	              "\"notes\":[]}\n");
	transaction = make(&made, "f2 51 02 00 00 00", NULL);
	transaction->data = read_payload(made.data, sizeof made.data, "01 03 00 00 f0 ed 00 e0 00 00 00 00");
	transaction->notes = 1U << NOTE_SPLIT_DATA;
	judged_by(transaction, 0x80, 23);
	check_members(*state, transaction,
	              "{\"type\":\"command\",\"opcode\":\"f251\",\"command\":\"RW_MISC_OUT\",\"request\":{\"count\":2,\"items\":["
	              "{\"operation\":1,\"operation_name\":\"ADDRESS\",\"operand\":3758157296,\"address_name\":\"DHCSR\"},"
	              "{\"operation\":3,\"operation_name\":\"READ\",\"operand\":0}]},\"request_bytes\":\"f25102000000\",\"data_length\":12,"
	              "\"data_bytes\":\"01030000f0ed00e000000000\",\"answer\":{},\"answer_length\":null,\"answer_bytes\":\"\",\"status\":128,"
	              "\"status_name\":\"OK\",\"status_frame\":23,\"result\":\"ok\",\"latency_us\":812,\"notes\":[\"split-data\"]}\n");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_answers), TEST(test_memory), TEST(test_registers), TEST(test_reached), TEST(test_reached_json),
		TEST(test_unique_id), TEST(test_results), TEST(test_folding), TEST(test_folding_phases), TEST(test_folding_registers),
		TEST(test_widths), TEST(test_wrap),
		TEST(test_events), TEST(test_tool), TEST(test_tool_serial), TEST(test_modes),
		TEST(test_heading), TEST(test_details), TEST(test_bits_with_value), TEST(test_wide_bits),
		TEST(test_identity), TEST(test_disk_serial), TEST(test_identity_json),
		TEST(test_json), TEST(test_json_values),
	};

	return cmocka_run_group_tests_name("transcript", tests, NULL, NULL);
}
