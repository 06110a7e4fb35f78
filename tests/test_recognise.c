/*
 * analyzer/track/recognise.c: which traffic makes an ST-Link of a device without descriptors, when, and which never does.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../analyzer/input/input.h"
#include "../analyzer/track/recognise.h"
#include "urb.h"

#define VERSION "f1 00*15"
#define MODE "f5 00*15"
#define VOLTAGE "f7 00*15"
#define READ_CPUID "f2 36 00 ed 00 e0 00*10"
#define CPUID "80 00 00 00 41 c2 0f 41"
#define RW_STATUS "f2 3e 00*14"
#define RW_OK "80 00*11"

struct bench {
	struct candidate *candidate;
	struct urb_maker host;
	enum recognise_verdict verdict;
};

static struct bench bench_new(void)
{
	return (struct bench){ .candidate = candidate_new(), .host = urb_maker_new(1, 7) };
}

static void see(struct bench *bench, const struct urb_event *urb)
{
	bench->verdict = candidate_observe(bench->candidate, urb);
}

/* A command and its answer, as a one-sided file shows them. */
static void exchange(struct bench *bench, uint8_t out, const char *command, uint8_t in, const char *answer)
{
	see(bench, urb_out(&bench->host, out, command));
	see(bench, urb_make(&bench->host, URB_SUBMIT, URB_BULK, in, URB_PENDING, ""));
	if (*answer)
		see(bench, urb_in(&bench->host, in, answer));
}

static void fail_read(struct bench *bench, uint8_t in, enum urb_result result)
{
	see(bench, urb_make(&bench->host, URB_COMPLETE, URB_BULK, in, result, ""));
}

static void expect_guess(struct bench *bench, enum recognise_certainty certainty, enum stlink_generation generation, uint16_t pid,
                         uint8_t command, uint8_t answer, uint8_t trace)
{
	const struct recognise_guess *guess = candidate_guess(bench->candidate);

	assert_int_equal(bench->verdict, RECOGNISE_STLINK);
	assert_int_equal(guess->certainty, certainty);
	assert_int_equal(guess->generation, generation);
	assert_int_equal(guess->pid, pid);
	assert_int_equal(guess->command_endpoint, command);
	assert_int_equal(guess->answer_endpoint, answer);
	assert_int_equal(guess->trace_endpoint, trace);
}

static void end(struct bench *bench)
{
	candidate_free(bench->candidate);
}

static void finish(struct bench *bench)
{
	assert_int_equal(bench->verdict, RECOGNISE_UNDECIDED);
	bench->verdict = candidate_finish(bench->candidate);
}

static void a_version_answer_decides_at_once(void **state)
{
	static const struct { const char *answer; uint8_t out; enum stlink_generation generation; uint16_t pid; uint8_t trace; } versions[] = {
		{ "27 47 83 04 48 37", 0x02, GENERATION_V2, 0x3748, 0x83 },
		{ "2b 5f 83 04 52 37", 0x01, GENERATION_V2_1, 0x3752, 0x82 },
		{ "30 00 83 04 4f 37", 0x01, GENERATION_V3, 0x374f, 0x82 },
		{ "40 00 83 04 57 37", 0x01, GENERATION_V3PWR, 0x3757, 0x82 },
		/* Products that no table knows: the major version, then the endpoint. */
		{ "2b 5f 83 04 5f 37", 0x01, GENERATION_V2_1, 0x375f, 0x82 },
		{ "30 00 83 04 5f 37", 0x01, GENERATION_V3, 0x375f, 0x82 },
		{ "27 47 83 04 00 00", 0x02, GENERATION_V2, 0, 0x83 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof versions / sizeof *versions; i++) {
		struct bench bench = bench_new();

		exchange(&bench, versions[i].out, VERSION, 0x81, versions[i].answer);
		expect_guess(&bench, CERTAINTY_CERTAIN, versions[i].generation, versions[i].pid, versions[i].out, 0x81, versions[i].trace);
		assert_non_null(strstr(candidate_guess(bench.candidate)->reason, "version answer with vendor 0483"));
		end(&bench);
	}
}

static void the_extended_version_decides_too(void **state)
{
	struct bench bench = bench_new();

	(void)state;
	exchange(&bench, 0x01, "fb 80 00*14", 0x81, "03 01 07 03 05 00 00 00 83 04 53 37");
	expect_guess(&bench, CERTAINTY_CERTAIN, GENERATION_V3, 0x3753, 0x01, 0x81, 0x82);
	end(&bench);
}

static void known_commands_with_fitting_answers_are_enough(void **state)
{
	struct bench bench = bench_new();

	(void)state;
	exchange(&bench, 0x01, READ_CPUID, 0x81, CPUID);
	exchange(&bench, 0x01, MODE, 0x81, "02 00");
	assert_int_equal(bench.verdict, RECOGNISE_UNDECIDED);
	exchange(&bench, 0x01, "f2 43 01 00*13", 0x81, "80 00");
	/* That command is one of V2 probes, on an endpoint of V2-1. */
	expect_guess(&bench, CERTAINTY_LIKELY, GENERATION_V2_1, 0, 0x01, 0x81, 0x82);
	end(&bench);

	bench = bench_new();
	for (unsigned i = 0; i < 3; i++)
		exchange(&bench, 0x01, READ_CPUID, 0x81, CPUID);
	expect_guess(&bench, CERTAINTY_LIKELY, GENERATION_UNKNOWN, 0, 0x01, 0x81, 0x82);
	end(&bench);
}

/* A probe that answers the first question with nonsense, and all others. */
static void one_foreign_version_is_forgiven(void **state)
{
	struct bench bench = bench_new();

	(void)state;
	exchange(&bench, 0x01, VERSION, 0x81, "e2 a4 ca a2 08 1d");
	assert_int_equal(bench.verdict, RECOGNISE_UNDECIDED);
	exchange(&bench, 0x01, MODE, 0x81, "01 00");
	exchange(&bench, 0x01, MODE, 0x81, "01 00");
	assert_int_equal(bench.verdict, RECOGNISE_UNDECIDED);
	exchange(&bench, 0x01, READ_CPUID, 0x81, CPUID);
	assert_int_equal(bench.verdict, RECOGNISE_UNDECIDED);
	exchange(&bench, 0x01, READ_CPUID, 0x81, CPUID);
	assert_int_equal(bench.verdict, RECOGNISE_STLINK);
	end(&bench);
}

/* Memory written and read back; the data looks like commands. */
static void data_phases_are_no_commands(void **state)
{
	struct bench bench = bench_new();

	(void)state;
	exchange(&bench, 0x02, "f2 08 00 00 00 20 10 00 00*8", 0x81, "");
	see(&bench, urb_out(&bench.host, 0x02, "f1 00*7"));
	see(&bench, urb_out(&bench.host, 0x02, "f2 36 00*6"));
	exchange(&bench, 0x02, RW_STATUS, 0x81, RW_OK);
	/* The answer comes in two reads. */
	exchange(&bench, 0x02, "f2 07 00 00 00 20 50 00 00*8", 0x81, "f2*64");
	see(&bench, urb_in(&bench.host, 0x81, "f1*16"));
	assert_int_equal(bench.verdict, RECOGNISE_UNDECIDED);
	exchange(&bench, 0x02, RW_STATUS, 0x81, RW_OK);
	expect_guess(&bench, CERTAINTY_LIKELY, GENERATION_V2, 0, 0x02, 0x81, 0x83);
	end(&bench);
}

static void a_capture_may_begin_anywhere(void **state)
{
	struct bench bench = bench_new();

	(void)state;
	/* An answer without its command, the rest of a data phase, then a short one that looks like a command. */
	see(&bench, urb_in(&bench.host, 0x81, "12 34 56 78"));
	see(&bench, urb_out(&bench.host, 0x01, "f2*64"));
	see(&bench, urb_out(&bench.host, 0x01, "f1 00*3"));
	exchange(&bench, 0x01, RW_STATUS, 0x81, RW_OK);
	exchange(&bench, 0x01, READ_CPUID, 0x81, CPUID);
	exchange(&bench, 0x01, READ_CPUID, 0x81, CPUID);
	exchange(&bench, 0x01, READ_CPUID, 0x81, CPUID);
	assert_int_equal(bench.verdict, RECOGNISE_STLINK);
	end(&bench);
}

static void drain_reads_count_nothing(void **state)
{
	struct bench bench = bench_new();

	(void)state;
	see(&bench, urb_make(&bench.host, URB_SUBMIT, URB_BULK, 0x81, URB_PENDING, ""));
	fail_read(&bench, 0x81, URB_CANCELLED);
	finish(&bench);
	assert_int_equal(bench.verdict, RECOGNISE_NOT);
	end(&bench);

	bench = bench_new();
	fail_read(&bench, 0x81, URB_CANCELLED);
	see(&bench, urb_in(&bench.host, 0x81, "80 00"));
	exchange(&bench, 0x01, VERSION, 0x81, "2b 5f 83 04 4b 37");
	assert_int_equal(bench.verdict, RECOGNISE_STLINK);
	end(&bench);
}

/* After a read that was taken back, answers come one late. */
static void shifted_answers_rule_nothing_out(void **state)
{
	struct bench bench = bench_new();

	(void)state;
	exchange(&bench, 0x01, READ_CPUID, 0x81, "");
	fail_read(&bench, 0x81, URB_CANCELLED);
	exchange(&bench, 0x01, "f2 3c 02 00*13", 0x81, CPUID);
	exchange(&bench, 0x01, READ_CPUID, 0x81, "80 00");
	exchange(&bench, 0x01, "f2 3c 02 00*13", 0x81, CPUID);
	exchange(&bench, 0x01, MODE, 0x81, "80 00");
	assert_int_equal(bench.verdict, RECOGNISE_UNDECIDED);
	exchange(&bench, 0x01, VERSION, 0x81, "2b 5f 83 04 4b 37");
	assert_int_equal(bench.verdict, RECOGNISE_STLINK);
	end(&bench);
}

static void a_stuck_probe_is_possible(void **state)
{
	struct bench bench = bench_new();

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		exchange(&bench, 0x01, VERSION, 0x81, "");
		fail_read(&bench, 0x81, URB_CANCELLED);
	}
	finish(&bench);
	expect_guess(&bench, CERTAINTY_POSSIBLE, GENERATION_UNKNOWN, 0, 0x01, 0x81, 0x82);
	end(&bench);

	/* The command itself did not get through. */
	bench = bench_new();
	see(&bench, urb_out(&bench.host, 0x02, MODE));
	see(&bench, urb_make(&bench.host, URB_COMPLETE, URB_BULK, 0x02, URB_CANCELLED, ""));
	finish(&bench);
	expect_guess(&bench, CERTAINTY_POSSIBLE, GENERATION_V2, 0, 0x02, 0x81, 0x83);
	end(&bench);

	/* Not padded: too little to go by. */
	bench = bench_new();
	exchange(&bench, 0x02, "f7", 0x81, "");
	fail_read(&bench, 0x81, URB_CANCELLED);
	finish(&bench);
	assert_int_equal(bench.verdict, RECOGNISE_NOT);
	end(&bench);
}

static void the_end_is_content_with_less(void **state)
{
	struct bench bench = bench_new();

	(void)state;
	exchange(&bench, 0x02, MODE, 0x81, "01 00");
	finish(&bench);
	expect_guess(&bench, CERTAINTY_LIKELY, GENERATION_V2, 0, 0x02, 0x81, 0x83);
	end(&bench);

	bench = bench_new();
	exchange(&bench, 0x02, READ_CPUID, 0x81, CPUID);
	finish(&bench);
	assert_int_equal(bench.verdict, RECOGNISE_STLINK);
	assert_int_equal(candidate_guess(bench.candidate)->certainty, CERTAINTY_POSSIBLE);
	end(&bench);

	/* But not with a contradiction. */
	bench = bench_new();
	exchange(&bench, 0x02, MODE, 0x81, "01 00");
	exchange(&bench, 0x02, READ_CPUID, 0x81, "80 00 00");
	exchange(&bench, 0x02, READ_CPUID, 0x81, "");
	finish(&bench);
	assert_int_equal(bench.verdict, RECOGNISE_NOT);
	assert_int_equal(candidate_observe(bench.candidate, urb_out(&bench.host, 0x02, VERSION)), RECOGNISE_NOT);
	end(&bench);
}

static void the_bridge_alone_is_a_v3(void **state)
{
	struct bench bench = bench_new();
	const struct recognise_guess *guess = candidate_guess(bench.candidate);

	(void)state;
	for (unsigned i = 0; i < 3; i++)
		exchange(&bench, 0x06, "fc 02 00*14", 0x86, "80 00 08 00 00*4");
	expect_guess(&bench, CERTAINTY_LIKELY, GENERATION_V3, 0, 0x01, 0x81, 0x82);
	assert_int_equal(guess->bridge_command_endpoint, 0x06);
	assert_int_equal(guess->bridge_answer_endpoint, 0x86);
	end(&bench);
}

#define CBW(length, flags, cdb_length, cdb) "55 53 42 43 01 00 00 00 " length " " flags " 00 " cdb_length " " cdb
#define CSW "55 53 42 53 01 00 00 00 00 00 00 00 00"

static void first_generation_comes_in_wrappers(void **state)
{
	struct bench bench = bench_new();

	(void)state;
	exchange(&bench, 0x02, CBW("24 00 00 00", "80", "06", "12 00 00 00 24 00*11"), 0x81, "00*36");
	see(&bench, urb_in(&bench.host, 0x81, CSW));
	exchange(&bench, 0x02, CBW("06 00 00 00", "80", "0a", "f1 80 00*14"), 0x81, "12 40 83 04 44 37");
	assert_int_equal(bench.verdict, RECOGNISE_UNDECIDED);
	see(&bench, urb_in(&bench.host, 0x81, CSW));
	expect_guess(&bench, CERTAINTY_CERTAIN, GENERATION_V1, 0x3744, 0x02, 0x81, 0);
	assert_true(candidate_guess(bench.candidate)->bulk_only);
	end(&bench);

	bench = bench_new();
	exchange(&bench, 0x02, CBW("02 00 00 00", "80", "0a", "f5 00*15"), 0x81, "01 00");
	see(&bench, urb_in(&bench.host, 0x81, CSW));
	exchange(&bench, 0x02, CBW("00 00 00 00", "00", "0a", "f2 20 a3 00*13"), 0x81, CSW);
	finish(&bench);
	expect_guess(&bench, CERTAINTY_LIKELY, GENERATION_V1, 0, 0x02, 0x81, 0);
	end(&bench);
}

/* What is written to a disk may be a copy of anything. */
static void disks_are_disks(void **state)
{
	struct bench bench = bench_new();

	(void)state;
	for (unsigned i = 0; i < 1000; i++) {
		see(&bench, urb_out(&bench.host, 0x02, CBW("00 02 00 00", "00", "0a", "2a 00*15")));
		see(&bench, urb_out(&bench.host, 0x02, CBW("06 00 00 00", "80", "0a", "f1 80 00*14") " 00*481"));
		see(&bench, urb_in(&bench.host, 0x81, CSW));
		exchange(&bench, 0x02, CBW("00 02 00 00", "80", "0a", "28 00*15"), 0x81, "f1*512");
		see(&bench, urb_in(&bench.host, 0x81, CSW));
	}
	assert_int_equal(candidate_looks_like(bench.candidate), DEVICE_STORAGE);
	finish(&bench);
	assert_int_equal(bench.verdict, RECOGNISE_NOT);
	end(&bench);

	/* Vendor commands of somebody else's. */
	bench = bench_new();
	for (unsigned i = 0; i < 2; i++) {
		exchange(&bench, 0x02, CBW("10 00 00 00", "80", "10", "f0 0a 00*14"), 0x81, "00*16");
		see(&bench, urb_in(&bench.host, 0x81, CSW));
	}
	assert_int_equal(bench.verdict, RECOGNISE_NOT);
	end(&bench);

	/* A stick with other endpoints. */
	bench = bench_new();
	see(&bench, urb_out(&bench.host, 0x03, CBW("00 02 00 00", "80", "0a", "28 00*15")));
	assert_int_equal(candidate_looks_like(bench.candidate), DEVICE_STORAGE);
	end(&bench);
}

static void expect_not(uint8_t out, uint8_t in, const char *command, const char *answer, unsigned most)
{
	struct bench bench = bench_new();
	unsigned rounds = 0;

	while (bench.verdict == RECOGNISE_UNDECIDED && rounds < 400) {
		rounds++;
		exchange(&bench, out, command, in, answer);
	}
	assert_true(rounds <= most);
	if (bench.verdict == RECOGNISE_UNDECIDED)
		bench.verdict = candidate_finish(bench.candidate);
	assert_int_equal(bench.verdict, RECOGNISE_NOT);
	end(&bench);
}

static void other_devices_are_no_stlinks(void **state)
{
	struct bench bench = bench_new();

	(void)state;
	expect_not(0x01, 0x81, "3e 00 00 00 01 02", "00 00 3f", 3);                      /* a fingerprint reader */
	expect_not(0x02, 0x81, "01 00*63", "01*64", 20);                                  /* whole packets each way */
	expect_not(0x02, 0x81, "80 00 0b", "32 60", 3);                                   /* FT2232 in MPSSE mode */
	expect_not(0x01, 0x81, VERSION, "27 47 34 12 48 37", 2);                          /* another vendor's version */
	expect_not(0x01, 0x81, VERSION, "00 01", 4);                                      /* the length does not fit */
	expect_not(0x01, 0x81, READ_CPUID, "77 00 00 00 41 c2 0f 41", 3);                 /* the status is none */
	expect_not(0x01, 0x81, "f6 00*15", "80 00", 3);                                   /* no such command */
	expect_not(0x04, 0x84, VERSION, "27 47 83 04 48 37", 400);                        /* no such endpoints */
	/* Commands on two endpoints. */
	exchange(&bench, 0x01, MODE, 0x81, "");
	exchange(&bench, 0x02, MODE, 0x81, "");
	assert_int_equal(bench.verdict, RECOGNISE_NOT);
	end(&bench);
	/* Data in one direction only. */
	bench = bench_new();
	for (unsigned i = 0; i < 1000; i++)
		see(&bench, urb_in(&bench.host, 0x81, "80 00*63"));
	finish(&bench);
	assert_int_equal(bench.verdict, RECOGNISE_NOT);
	end(&bench);
	bench = bench_new();
	for (unsigned i = 0; i < 1000 && bench.verdict == RECOGNISE_UNDECIDED; i++)
		see(&bench, urb_out(&bench.host, 0x01, READ_CPUID));
	assert_int_equal(bench.verdict, RECOGNISE_NOT);
	end(&bench);
}

static void cmsis_dap_echoes(void **state)
{
	struct bench bench = bench_new();

	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		see(&bench, urb_out(&bench.host, 0x04, "00 04"));
		see(&bench, urb_in(&bench.host, 0x85, "00 05 32 2e"));
	}
	assert_int_equal(candidate_looks_like(bench.candidate), DEVICE_CMSIS_DAP);
	finish(&bench);
	assert_int_equal(bench.verdict, RECOGNISE_NOT);
	end(&bench);
}

static void what_was_kept_can_be_replayed(void **state)
{
	struct bench bench = bench_new();
	struct urb_event urb;
	size_t count = 0;

	(void)state;
	see(&bench, urb_out(&bench.host, 0x03, "00*512"));
	exchange(&bench, 0x01, READ_CPUID, 0x81, CPUID);
	see(&bench, urb_in(&bench.host, 0x82, "01 02 03"));
	exchange(&bench, 0x01, VERSION, 0x81, "2b 5f 83 04 4b 37");
	assert_int_equal(bench.verdict, RECOGNISE_STLINK);
	for (; candidate_replay(bench.candidate, count, &urb); count++)
		assert_int_equal(urb.frame, count + 2);
	assert_int_equal(count, 7);
	assert_true(candidate_replay(bench.candidate, 0, &urb));
	assert_int_equal(urb.captured, 16);
	assert_int_equal(urb.data[1], 0x36);
	assert_true(candidate_replay(bench.candidate, 3, &urb));
	assert_int_equal(urb.data[2], 3);
	assert_true(candidate_replay(bench.candidate, 6, &urb));
	assert_int_equal(urb.data[0], 0x2b);
	end(&bench);
}

static void memory_is_bounded(void **state)
{
	struct bench bench = bench_new();
	struct urb_event urb;
	size_t count = 0, bytes = 0;

	(void)state;
	/* Commands without a status are slow to convince: nothing but lengths. */
	exchange(&bench, 0x01, "f2 22 00*14", 0x81, "");
	for (unsigned i = 0; i < 300 && bench.verdict == RECOGNISE_UNDECIDED; i++) {
		see(&bench, urb_in(&bench.host, 0x82, "00*4096"));
		for (count = 0, bytes = 0; candidate_replay(bench.candidate, count, &urb); count++)
			bytes += urb.captured;
		assert_true(count <= 256 && bytes <= 256 * 1024);
	}
	assert_int_not_equal(bench.verdict, RECOGNISE_UNDECIDED);
	end(&bench);
}

/* Any bytes, any order: an end, and no harm. */
static void hostile_traffic_does_no_harm(void **state)
{
	static const uint8_t endpoints[] = { 0x01, 0x81, 0x02, 0x81, 0x06, 0x86, 0x82, 0x83 };
	static const uint8_t first[] = { 0xf1, 0xf2, 0xf3, 0xf4, 0xf5, 0xfb, 0xfc, 0x55 };
	uint32_t random = 3;

	(void)state;
	for (unsigned round = 0; round < 2000; round++) {
		struct bench bench = bench_new();

		for (unsigned i = 0; i < 40; i++) {
			struct urb_event *urb = &bench.host.urb;
			size_t length;
			uint8_t *bytes;

			random = random * 1664525 + 1013904223;
			urb_make(&bench.host, random >> 30 ? URB_COMPLETE : URB_SUBMIT, URB_BULK, endpoints[random >> 27 & 7],
			         random >> 24 & 7 ? URB_OK : URB_CANCELLED, CBW("06 00 00 00", "80", "0a", "f1 80 00*14"));
			if (!(urb->endpoint & 0x80))
				urb->kind = URB_SUBMIT;
			length = random >> 20 & 31;
			bytes = memcpy(malloc(length ? length : 1), bench.host.bytes, length);
			for (size_t at = 0; at < length && (random & 0x100); at++) {
				random = random * 1664525 + 1013904223;
				bytes[at] = at ? (uint8_t)(random >> 24) & 0x3f : first[random >> 29];
			}
			urb->data = bytes;
			urb->captured = (uint32_t)length;
			urb->wire = urb->length = (uint32_t)length + (random >> 18 & 1 ? random >> 4 & 0xff : 0);
			see(&bench, urb);
			free(bytes);
		}
		bench.verdict = candidate_finish(bench.candidate);
		assert_int_not_equal(bench.verdict, RECOGNISE_UNDECIDED);
		end(&bench);
	}
}

/* Bulk records of a capture, of one device, descriptors unseen. Returns false where the file is absent. */
static bool replay(struct bench *bench, const char *name, uint16_t device, uint64_t *frame)
{
	char path[200], problem[400];
	struct urb_event urb;
	struct input *input;

	snprintf(path, sizeof path, "../shared/captures/%s", name);
	input = input_open(path, problem, sizeof problem);
	if (!input)
		return false;
	while (bench->verdict == RECOGNISE_UNDECIDED && input_next(input, &urb) == 1) {
		if (urb.type != URB_BULK || urb.device != device)
			continue;
		see(bench, &urb);
		*frame = urb.frame;
	}
	input_close(input);
	if (bench->verdict == RECOGNISE_UNDECIDED)
		bench->verdict = candidate_finish(bench->candidate);
	return true;
}

static void captures_of_others_are_told_apart(void **state)
{
	static const struct { const char *name; uint16_t device; enum stlink_generation generation; uint16_t pid; uint64_t frame; } captures[] = {
		{ "public/winstlink-connect-again.pcapng", 121, GENERATION_V2, 0x3748, 5 },
		{ "public/winstlink-connect-poweron.pcapng", 122, GENERATION_V2, 0x3748, 2 },
		{ "variants/bulk-only.pcap", 2, GENERATION_V2_1, 0x374b, 4 },
		{ "emulated/130-v1-hla/capture.pcap", 2, GENERATION_V1, 0x3744, 125 },
		{ "emulated/153-bridge-flashrom-probe/capture.pcap", 2, GENERATION_V3, 0x374f, 127 },
		{ "other/libfprint/synaptics.pcapng", 5, GENERATION_UNKNOWN, 0, 0 },
		{ "other/libfprint/elanmoc.pcapng", 17, GENERATION_UNKNOWN, 0, 0 },
		{ "other/libfprint/upektc_img.pcapng", 3, GENERATION_UNKNOWN, 0, 0 },
		{ "other/usbrply/fx2.cap", 31, GENERATION_UNKNOWN, 0, 0 },
		{ "other/usbrply/win_misc.pcapng", 7, GENERATION_UNKNOWN, 0, 0 },
	};
	size_t seen = 0;

	(void)state;
	for (size_t i = 0; i < sizeof captures / sizeof *captures; i++) {
		struct bench bench = bench_new();
		uint64_t frame = 0;

		if (replay(&bench, captures[i].name, captures[i].device, &frame)) {
			seen++;
			assert_int_equal(bench.verdict, captures[i].pid ? RECOGNISE_STLINK : RECOGNISE_NOT);
			if (captures[i].pid) {
				assert_int_equal(candidate_guess(bench.candidate)->generation, captures[i].generation);
				assert_int_equal(candidate_guess(bench.candidate)->pid, captures[i].pid);
				assert_int_equal(candidate_guess(bench.candidate)->certainty, CERTAINTY_CERTAIN);
				assert_int_equal(frame, captures[i].frame);
			}
		}
		end(&bench);
	}
	if (!seen) {
		print_message("SKIPPED: ../shared/captures is absent\n");
		skip();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_version_answer_decides_at_once),
		cmocka_unit_test(the_extended_version_decides_too),
		cmocka_unit_test(one_foreign_version_is_forgiven),
		cmocka_unit_test(known_commands_with_fitting_answers_are_enough),
		cmocka_unit_test(data_phases_are_no_commands),
		cmocka_unit_test(a_capture_may_begin_anywhere),
		cmocka_unit_test(drain_reads_count_nothing),
		cmocka_unit_test(shifted_answers_rule_nothing_out),
		cmocka_unit_test(a_stuck_probe_is_possible),
		cmocka_unit_test(the_end_is_content_with_less),
		cmocka_unit_test(the_bridge_alone_is_a_v3),
		cmocka_unit_test(first_generation_comes_in_wrappers),
		cmocka_unit_test(disks_are_disks),
		cmocka_unit_test(other_devices_are_no_stlinks),
		cmocka_unit_test(cmsis_dap_echoes),
		cmocka_unit_test(what_was_kept_can_be_replayed),
		cmocka_unit_test(memory_is_bounded),
		cmocka_unit_test(hostile_traffic_does_no_harm),
		cmocka_unit_test(captures_of_others_are_told_apart),
	};

	return cmocka_run_group_tests_name("recognise", tests, NULL, NULL);
}
