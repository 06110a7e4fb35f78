/*
 * The timing of commands: percentiles of known distributions, a hand-made session counted exactly, memory that does not grow; and the
 * sub-command as a user meets it.
 */
#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include "../analyzer/track/timing.h"
#include "support/captures.h"
#include "support/each_capture.h"

#define MICROSECOND INT64_C(1000)
#define MILLISECOND INT64_C(1000000)
#define BEGINNING INT64_C(1700000000000000000)

/* --- percentiles --- */

static void check_near(int64_t got, double expected)
{
	if ((double)got < expected * 0.97 || (double)got > expected * 1.03)
		fail_msg("%lld is not within 3 %% of %.0f", (long long)got, expected);
}

static void percentiles_of_known_distributions(void **state)
{
	static const int64_t scales[] = { 1, 37, 1000, 123457, 50 * MILLISECOND };
	struct latencies *even = calloc(1, sizeof *even), *skewed = calloc(1, sizeof *skewed);
	double median = 0, most = 0;

	(void)state;
	for (size_t s = 0; s < sizeof scales / sizeof scales[0]; s++) {
		double scale = (double)scales[s], growing = 100 * scale;

		memset(even, 0, sizeof *even);
		memset(skewed, 0, sizeof *skewed);
		for (int64_t i = 1; i <= 100000; i++) {
			latencies_add(even, i * scales[s]);
			latencies_add(skewed, (int64_t)growing);
			growing *= 1.0001; /* twenty thousand times as long in the end */
			median = i == 50000 ? growing : median;
			most = i == 95000 ? growing : most;
		}
		check_near(latencies_percentile(even, 50), 50000 * scale);
		check_near(latencies_percentile(even, 95), 95000 * scale);
		check_near(latencies_percentile(even, 1), 1000 * scale);
		assert_int_equal(latencies_percentile(even, 100), 100000 * scales[s]);
		assert_int_equal(even->least, scales[s]);
		check_near(latencies_percentile(skewed, 50), median);
		check_near(latencies_percentile(skewed, 95), most);
	}
	free(even);
	free(skewed);
}

static void percentiles_of_few(void **state)
{
	struct latencies *few = calloc(1, sizeof *few), *more = calloc(1, sizeof *more);

	(void)state;
	assert_int_equal(latencies_percentile(few, 50), -1);
	latencies_add(few, 812345);
	assert_int_equal(latencies_percentile(few, 50), 812345);
	assert_int_equal(latencies_percentile(few, 95), 812345);
	latencies_add(few, 3 * MILLISECOND);
	assert_int_equal(latencies_percentile(few, 50), 812345);
	assert_int_equal(latencies_percentile(few, 95), 3 * MILLISECOND);
	latencies_add(few, -5);
	assert_int_equal(few->least, 0);
	latencies_add(more, INT64_MAX);
	latencies_merge(more, few);
	latencies_merge(more, &(struct latencies){ .count = 0 });
	assert_int_equal(more->count, 4);
	assert_int_equal(more->least, 0);
	assert_int_equal(latencies_percentile(more, 100), INT64_MAX);
	check_near(latencies_percentile(more, 75), 3 * MILLISECOND);
	free(few);
	free(more);
}

/* --- a hand-made session --- */

struct bench {
	struct timings *timings;
	struct listener listener;
	struct probe probe;
	struct session session;
	uint64_t frame;
	int64_t time;
	uint8_t request[STLINK_COMMAND_LENGTH];
};

static void begin_session(struct bench *bench)
{
	bench->session.first_frame = bench->frame;
	bench->listener.session_begin(bench->listener.context, &bench->probe, &bench->session);
}

static void end_session(struct bench *bench)
{
	bench->listener.session_end(bench->listener.context, &bench->probe, &bench->session);
	bench->session.index++;
}

static void begin(struct bench *bench)
{
	*bench = (struct bench){ .timings = timings_new(), .frame = 1, .time = BEGINNING };
	bench->listener = timings_listener(bench->timings);
	begin_session(bench);
}

/* One command that takes latency; the next one begins pause after its end. number makes a request different from others. */
static struct transaction make(struct bench *bench, const char *name, uint8_t number, enum result result, int64_t latency)
{
	struct transaction transaction = {
		.frame = bench->frame, .time = bench->time, .end_time = bench->time + latency, .latency = latency, .command = stlink_find_name(name),
		.result = result, .answered = true, .waited = -1,
	};

	bench->request[0] = transaction.command->opcode[0];
	bench->request[1] = transaction.command->opcode[1];
	bench->request[2] = number;
	transaction.request = (struct payload){ bench->request, sizeof bench->request, sizeof bench->request };
	return transaction;
}

static void tell(struct bench *bench, struct transaction transaction, int64_t pause)
{
	bench->listener.transaction(bench->listener.context, &bench->probe, &bench->session, &transaction);
	bench->time = transaction.end_time + pause;
	bench->frame += 4;
}

static void tell_memory(struct bench *bench, bool read, uint32_t length, enum result result, int64_t pause)
{
	struct transaction access = make(bench, read ? "READMEM_32BIT" : "WRITEMEM_32BIT", 1, result, 2 * MILLISECOND);
	struct transaction status;

	access.request_operation.seen = 1u << ROLE_LENGTH;
	access.request_operation.argument[ROLE_LENGTH] = length;
	*(read ? &access.answer : &access.data) = (struct payload){ NULL, 0, length };
	tell(bench, access, 0);
	status = make(bench, "GETLASTRWSTATUS2", 0, RESULT_OK, MILLISECOND);
	status.judges_frame = access.frame;
	status.answer.wire = 12;
	tell(bench, status, pause);
}

static const struct command_timing *row(const struct timing *timing, const char *name)
{
	for (size_t i = 0; i < timing->command_count; i++)
		if (!strcmp(timing->commands[i].command->name, name))
			return &timing->commands[i];
	fail_msg("no row %s", name);
	return NULL;
}

static void a_session_is_counted_exactly(void **state)
{
	const struct timing_report *report;
	const struct timing *session;
	struct bench bench;

	(void)state;
	begin(&bench);
	tell(&bench, make(&bench, "GET_VERSION", 0, RESULT_OK, MILLISECOND), 5 * MILLISECOND);
	tell_memory(&bench, true, 64, RESULT_WAIT, 0);                    /* frame 5 */
	tell_memory(&bench, true, 64, RESULT_OK, 200 * MILLISECOND);      /* sent again */
	tell_memory(&bench, true, 64, RESULT_OK, 0);                      /* the same, but nothing was wrong */
	tell_memory(&bench, false, 100, RESULT_OK, 100 * MILLISECOND);    /* that is no idle time yet */
	tell(&bench, make(&bench, "GET_CURRENT_MODE", 0, RESULT_CANCELLED, 30 * MILLISECOND), 0);
	tell(&bench, make(&bench, "GET_CURRENT_MODE", 0, RESULT_CANCELLED, 30 * MILLISECOND), 300 * MILLISECOND);
	tell(&bench, make(&bench, "GET_CURRENT_MODE", 7, RESULT_OK, MILLISECOND), 0); /* another request */
	end_session(&bench);
	report = timings_finish(bench.timings, TIMING_BY_COUNT, NULL, 0);
	assert_int_equal(report->kept_count, 1);
	session = &report->kept[0]->timing;
	assert_string_equal(session->commands[0].command->name, "GETLASTRWSTATUS2");
	assert_int_equal(row(session, "READMEM_32BIT")->count, 3);
	assert_int_equal(row(session, "READMEM_32BIT")->waits, 1);
	assert_int_equal(row(session, "READMEM_32BIT")->failed, 0);
	assert_int_equal(row(session, "READMEM_32BIT")->retries, 1);
	assert_int_equal(row(session, "READMEM_32BIT")->bytes_out, 48);
	assert_int_equal(row(session, "READMEM_32BIT")->bytes_in, 192);
	assert_int_equal(row(session, "READMEM_32BIT")->payload, 128);
	assert_int_equal(row(session, "READMEM_32BIT")->payload_time, 6 * MILLISECOND);
	assert_int_equal(row(session, "WRITEMEM_32BIT")->bytes_out, 116);
	assert_int_equal(row(session, "WRITEMEM_32BIT")->payload, 100);
	assert_int_equal(row(session, "GET_CURRENT_MODE")->failed, 2);
	assert_int_equal(row(session, "GET_CURRENT_MODE")->retries, 1);
	assert_int_equal(row(session, "GET_CURRENT_MODE")->time, 61 * MILLISECOND);
	assert_int_equal(row(session, "GET_CURRENT_MODE")->worst, 30 * MILLISECOND);
	assert_int_equal(row(session, "GET_CURRENT_MODE")->worst_frame, 37);
	assert_int_equal(session->busy, (1 + 4 * 3 + 61) * MILLISECOND);
	assert_int_equal(session->between, 105 * MILLISECOND);
	assert_int_equal(session->idle, 500 * MILLISECOND);
	assert_int_equal(session->idle_count, 2);
	assert_int_equal(session->longest_idle, 300 * MILLISECOND);
	assert_int_equal(session->idle_after, 41);
	assert_int_equal(session->idle_before, 45);
	assert_ptr_equal(timing_slowest(session), row(session, "GET_CURRENT_MODE"));
	assert_int_equal(timing_sum(&report->total, OP_NONE).count, 12);
	assert_int_equal(timing_sum(&report->total, OP_MEMORY_READ).payload, 128);
	assert_int_equal(report->total.busy, session->busy);
	timings_free(bench.timings);
}

/* An envelope of a V1 counts; what nobody answered has no latency; a log without times has none at all. */
static void what_is_not_known(void **state)
{
	const struct timing_report *report;
	struct transaction command;
	struct bench bench;

	(void)state;
	begin(&bench);
	command = make(&bench, "GET_VERSION", 0, RESULT_OK, MILLISECOND);
	command.bulk_only = command.csw.present = true;
	command.answer.wire = 6;
	tell(&bench, command, 0);
	command = make(&bench, "EXIT", 0, RESULT_OK, 0);
	command.latency = -1;
	tell(&bench, command, 0);
	tell(&bench, make(&bench, "EXIT", 0, RESULT_INCOMPLETE, MILLISECOND), 0);
	command = make(&bench, "EXIT", 0, RESULT_OK, 0);
	command.time = command.end_time = 0;
	tell(&bench, command, 0);
	report = timings_finish(bench.timings, TIMING_BY_NAME, NULL, 0);
	assert_int_equal(row(&report->total, "GET_VERSION")->bytes_out, 31);
	assert_int_equal(row(&report->total, "GET_VERSION")->bytes_in, 19);
	assert_int_equal(row(&report->total, "EXIT")->count, 3);
	assert_int_equal(row(&report->total, "EXIT")->measured, 0);
	assert_int_equal(row(&report->total, "EXIT")->median, -1);
	assert_int_equal(row(&report->total, "EXIT")->failed, 0);
	assert_int_equal(report->total.untimed, 1);
	assert_int_equal(report->total.idle, 0);
	timings_free(bench.timings);
}

/* Records are missing, or the clock was set back: nobody knows what passed. */
static void unknown_gaps_are_no_idle_time(void **state)
{
	const struct timing_report *report;
	struct gap gap = { .frame = 5 };
	struct bench bench;

	(void)state;
	begin(&bench);
	tell(&bench, make(&bench, "GET_VERSION", 0, RESULT_ERROR, MILLISECOND), 900 * MILLISECOND);
	bench.listener.gap(bench.listener.context, &gap);
	tell(&bench, make(&bench, "GET_VERSION", 0, RESULT_OK, MILLISECOND), -3600 * 1000 * MILLISECOND);
	tell(&bench, make(&bench, "GET_VERSION", 0, RESULT_OK, MILLISECOND), 0);
	end_session(&bench);
	report = timings_finish(bench.timings, TIMING_BY_TIME, NULL, 0);
	assert_int_equal(report->total.idle, 0);
	assert_int_equal(report->total.between, 0);
	assert_int_equal(report->total.busy, 3 * MILLISECOND);
	assert_int_equal(report->kept[0]->timing.busy, 3 * MILLISECOND);
	assert_int_equal(row(&report->total, "GET_VERSION")->retries, 0);
	timings_free(bench.timings);
}

static void order_and_selection(void **state)
{
	static const struct { enum timing_order order; const char *first, *last; } orders[] = {
		{ TIMING_BY_TIME, "EXIT", "GET_CURRENT_MODE" }, { TIMING_BY_COUNT, "EXIT", "GET_VERSION" },
		{ TIMING_BY_NAME, "EXIT", "GET_VERSION" }, { TIMING_BY_WORST, "GET_VERSION", "GET_CURRENT_MODE" },
	};
	static const bool other[] = { false, true };
	const struct timing_report *report;
	struct bench bench;

	(void)state;
	for (size_t i = 0; i < sizeof orders / sizeof orders[0]; i++) {
		begin(&bench);
		tell(&bench, make(&bench, "GET_VERSION", 0, RESULT_OK, 5 * MILLISECOND), 0);
		for (unsigned k = 0; k < 3; k++)
			tell(&bench, make(&bench, "EXIT", 0, RESULT_OK, 3 * MILLISECOND), 0);
		for (unsigned k = 0; k < 2; k++)
			tell(&bench, make(&bench, "GET_CURRENT_MODE", 0, RESULT_OK, MILLISECOND), 0);
		end_session(&bench);
		report = timings_finish(bench.timings, orders[i].order, NULL, 0);
		assert_string_equal(report->total.commands[0].command->name, orders[i].first);
		assert_string_equal(report->total.commands[2].command->name, orders[i].last);
		timings_free(bench.timings);
	}
	begin(&bench);
	tell(&bench, make(&bench, "GET_VERSION", 0, RESULT_OK, MILLISECOND), 0);
	end_session(&bench);
	report = timings_finish(bench.timings, TIMING_BY_TIME, other, 2);
	assert_int_equal(report->total.command_count, 0);
	assert_int_equal(report->kept_count, 0);
	timings_free(bench.timings);
}

/* A thousand commands a session: what is in use after the first 300 sessions is all that is ever in use. */
static void memory_does_not_grow(void **state)
{
	const struct timing_report *report;
	size_t before = 0;
	struct bench bench;

	(void)state;
	begin(&bench);
	for (unsigned i = 0; i < 3000; i++) {
		if (i)
			begin_session(&bench);
		for (unsigned k = 0; k < 1000; k++)
			tell(&bench, make(&bench, k % 2 ? "READREG" : "GET_CURRENT_MODE", (uint8_t)k, RESULT_OK, k * MICROSECOND), MICROSECOND);
		end_session(&bench);
		if (i == 300)
			before = mallinfo2().uordblks;
	}
	assert_true(mallinfo2().uordblks <= before + 4096);
	report = timings_finish(bench.timings, TIMING_BY_TIME, NULL, 0);
	assert_int_equal(report->sessions, 3000);
	assert_int_equal(report->kept_count, TIMING_FIRST + TIMING_LAST);
	assert_int_equal(report->kept[TIMING_FIRST - 1]->session.index, TIMING_FIRST - 1);
	assert_int_equal(report->kept[TIMING_FIRST]->session.index, 3000 - TIMING_LAST);
	assert_int_equal(timing_sum(&report->total, OP_NONE).count, 3000000);
	check_near(row(&report->total, "READREG")->median, 499 * MICROSECOND);
	timings_free(bench.timings);
}

/* --- the sub-command --- */

static char *output_of(const char *arguments, const char *path, int expected_status)
{
	char command[1024];
	struct file output;
	int status;

	snprintf(command, sizeof command, "%s stats %s %s 2>&1", program_path(), arguments, path);
	output = command_output(command, &status);
	if (status != expected_status)
		fail_msg("%s: exit status %d\n%s", command, status, output.bytes);
	return (char *)output.bytes;
}

static void check_says(const char *arguments, const char *path, int status, const char *expected)
{
	char *text = output_of(arguments, path, status);

	if (!text || !strstr(text, expected))
		fail_msg("stats %s %s: not '%s' in\n%s", arguments, path, expected, text ? text : "");
	free(text);
}

static long long number(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	if (!json_is_integer(value))
		fail_msg("%s is no integer", key);
	return json_integer_value(value);
}

/* What the transcript says of all its commands, added up. */
struct added { long long count, latency_most, answers; bool is_v1; };

static struct added add_transcript(const char *path)
{
	struct added added = { .latency_most = -1 };
	char command[1024], *line, *rest;
	struct file output;
	int status;

	snprintf(command, sizeof command, "%s decode --json %s", program_path(), path);
	output = command_output(command, &status);
	rest = (char *)output.bytes;
	while ((line = strsep(&rest, "\n"))) {
		json_t *object = json_loads(line, 0, NULL), *latency, *answer;

		if (object && !strcmp(json_string_value(json_object_get(object, "type")), "command")) {
			latency = json_object_get(object, "latency_us");
			answer = json_object_get(object, "answer_length");
			added.count++;
			added.answers += json_is_integer(answer) ? json_integer_value(answer) : 0;
			added.is_v1 = added.is_v1 || json_object_get(object, "csw");
			if (json_is_integer(latency) && json_integer_value(latency) > added.latency_most)
				added.latency_most = json_integer_value(latency);
		}
		json_decref(object);
	}
	free(output.bytes);
	return added;
}

static void agrees_with_the_transcript(void **state)
{
	struct added added = add_transcript(*state);
	char *text = output_of("--json", *state, 0);
	json_t *stats = json_loads(text, 0, NULL), *item;
	long long commands = 0, sessions = 0, parts;
	size_t i;

	assert_non_null(stats);
	assert_string_equal(json_string_value(json_object_get(stats, "type")), "stats");
	assert_int_equal(number(stats, "schema"), 1);
	assert_int_equal(number(stats, "count"), added.count);
	if (!added.is_v1)
		assert_int_equal(number(stats, "bytes_in"), added.answers);
	assert_true(llabs(number(json_object_get(stats, "slowest"), "latency_us") - added.latency_most) <= 1);
	json_array_foreach(json_object_get(stats, "commands"), i, item)
		commands += number(item, "count");
	json_array_foreach(json_object_get(stats, "sessions"), i, item)
		sessions += number(item, "count");
	assert_int_equal(commands, added.count);
	assert_int_equal(sessions, added.count);
	parts = number(stats, "busy_us") + number(stats, "between_us") + number(stats, "idle_us");
	assert_true(llabs(parts - number(stats, "span_us")) <= 2);
	json_decref(stats);
	free(text);
}

static void text_is_aligned(void **state)
{
	char *text = output_of("-v", "captures/healthy-v2-1/capture.pcap", 0), *rest = text, *line;
	size_t width = 0;

	(void)state;
	assert_int_equal(strncmp(text, "87 commands in 1.05 s: ", 23), 0);
	while ((line = strsep(&rest, "\n"))) {
		assert_true(strlen(line) <= 100);
		if (!strncmp(line, "command ", 8))
			width = strlen(line);
		else if (width && *line && strlen(line) != width)
			fail_msg("not as wide as its heading: %s", line);
		if (!*line)
			width = 0;
	}
	free(text);
	text = output_of("-q --sort name", "captures/healthy-v2-1/capture.pcap", 0);
	assert_int_equal(strncmp(text, "DRIVE_NRST ", 11), 0);
	free(text);
}

static void edges_are_said(void **state)
{
	char path[] = "/tmp/stlinkscope-stats-XXXXXX", command[512];
	static const char trace[] = "DEBUG:stlink.usb:  USB CMD> f1 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00\n"
	                            "DEBUG:stlink.usb:  USB IN < (6 bytes)\n"
	                            "DEBUG:stlink.usb:  USB IN < 27 07 83 04 48 37\n";
	int file = mkstemp(path), status;
	struct file output;

	(void)state;
	assert_true(file >= 0);
	assert_int_equal(write(file, trace, sizeof trace - 1), sizeof trace - 1);
	check_says("", path, 0, "1 command; how long they took is not known: this trace has no times");
	check_says("--json", path, 0, "\"span_us\":null");
	/* Cut in the middle of a record: what was read is shown. */
	snprintf(command, sizeof command, "head -c 12000 captures/healthy-v2-1/capture.pcap >%s", path);
	output = command_output(command, &status);
	free(output.bytes);
	check_says("", path, 2, " waiting for the probe, ");
	check_says("--json", path, 2, "\"complete\":false");
	/* Nothing but a header. */
	assert_int_equal(ftruncate(file, 24), 0);
	check_says("", path, 0, "no ST-Link command in this capture");
	check_says("--json", path, 0, "\"commands\":[],\"sessions\":[]");
	check_says("-q", path, 0, "");
	check_says("--sort noon", path, 2, "time, count, name, worst");
	check_says("--device 9:9", path, 2, "no ST-Link at 9:9");
	check_says("--device 3:14", "captures/healthy-v2-1/capture.pcap", 0, "87 commands");
	check_says("--serials", "captures/healthy-v2-1/capture.pcap", 0, "at 3:14");
	check_says("", "", 2, "no capture named");
	check_says(path, path, 2, "too many arguments");
	close(file);
	unlink(path);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(percentiles_of_known_distributions), cmocka_unit_test(percentiles_of_few),
		cmocka_unit_test(a_session_is_counted_exactly), cmocka_unit_test(what_is_not_known),
		cmocka_unit_test(unknown_gaps_are_no_idle_time), cmocka_unit_test(order_and_selection), cmocka_unit_test(memory_does_not_grow),
		cmocka_unit_test(text_is_aligned), cmocka_unit_test(edges_are_said),
	};
	int failed = cmocka_run_group_tests_name("timing", tests, NULL, NULL);

	return each_capture("stats", agrees_with_the_transcript, NULL) + failed;
}
