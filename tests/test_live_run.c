/*
 * The loop of a live capture, on a source played by hand: what it tells live is what a reader of its file tells, byte for byte, losses and the
 * tool's lines included; and it ends when it is to end. Every capture of captures/ is played.
 */
#include "support/each_capture.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "../analyzer/live_run.h"
#include "../analyzer/output/transcript.h"
#include "support/captures.h"
#include "support/fake_source.h"

static char path[64];

/* A capture under way: both transcripts, and the file. */
struct bench {
	struct common_options common;
	struct selection selection;
	struct transcript_options options;
	struct fake_source fake;
	struct tracker *tracker;
	struct recorder *recorder;
	struct sieve *sieve;
	struct live_run run;
	FILE *streams[2];
	char *written[2];
	size_t sizes[2];
	struct text_transcript *text;
	struct json_transcript *json;
	int signals;
};

static void begin(struct bench *bench)
{
	struct listener listener;

	*bench = (struct bench){ .common = { .color = COLOR_NEVER } };
	bench->options = (struct transcript_options){ .common = &bench->common, .selection = &bench->selection };
	for (unsigned i = 0; i < 2; i++)
		bench->streams[i] = open_memstream(&bench->written[i], &bench->sizes[i]);
	bench->text = text_transcript_new(&bench->options, bench->streams[0]);
	bench->json = json_transcript_new(&bench->options, bench->streams[1]);
	bench->tracker = tracker_new();
	listener = text_transcript_listener(bench->text);
	tracker_listen(bench->tracker, &listener);
	listener = json_transcript_listener(bench->json);
	tracker_listen(bench->tracker, &listener);
	bench->recorder = recorder_new(bench->tracker, "usbmon1", 65535);
	snprintf(path, sizeof path, "/tmp/stlinkscope-live-%d.pcapng", (int)getpid());
	assert_int_equal(recorder_write_to(bench->recorder, open(path, O_RDWR | O_CREAT | O_TRUNC, 0600)), 0);
	bench->sieve = sieve_new(true, live_taker, bench->recorder);
	fake_source_begin(&bench->fake);
	bench->run = (struct live_run){
		.source = &bench->fake.source, .recorder = bench->recorder, .sieve = bench->sieve, .tracker = bench->tracker, .file = path,
	};
	bench->signals = live_signals();
	text_transcript_begin(bench->text, bench->tracker);
	json_transcript_begin(bench->json, recorder_facts(bench->recorder), bench->tracker);
}

static void start(struct bench *bench, char **tool)
{
	extern char **environ;
	char problem[256];

	bench->run.tool = tool_start(tool, environ, (struct tool_copies){ -1, -1 }, problem, sizeof problem);
	assert_non_null(bench->run.tool);
}

static enum live_end play(struct bench *bench)
{
	enum live_end end = live_run(&bench->run, bench->signals);

	tracker_finish(bench->tracker);
	text_transcript_finish(bench->text, recorder_facts(bench->recorder));
	json_transcript_finish(bench->json, recorder_facts(bench->recorder));
	for (unsigned i = 0; i < 2; i++)
		fflush(bench->streams[i]);
	return end;
}

static void finish(struct bench *bench)
{
	sieve_free(bench->sieve);
	recorder_free(bench->recorder);
	tracker_free(bench->tracker);
	text_transcript_free(bench->text);
	json_transcript_free(bench->json);
	for (unsigned i = 0; i < 2; i++) {
		fclose(bench->streams[i]);
		free(bench->written[i]);
	}
	fake_source_end(&bench->fake);
	close(bench->signals);
	unlink(path);
}

/* What decode makes of the file is what was told live. */
static void expect_same(struct bench *bench)
{
	for (unsigned i = 0; i < 2; i++) {
		char command[256];
		struct file said;
		int status;

		recorder_flush(bench->recorder);
		snprintf(command, sizeof command, "%s decode %s %s", program_path(), i ? "--json" : "", path);
		said = command_output(command, &status);
		assert_int_equal(status, 0);
		assert_string_equal((const char *)said.bytes, bench->written[i]);
		free(said.bytes);
	}
}

static void each_capture_reads_back_the_same(void **state)
{
	struct bench bench;

	begin(&bench);
	fake_source_capture(&bench.fake, *state);
	bench.run.duration = 1;
	assert_int_equal(play(&bench), LIVE_TIME_OVER);
	assert_int_equal(bench.fake.at, bench.fake.count);
	expect_same(&bench);
	finish(&bench);
}

/* Losses anywhere, among them such that are not counted yet, and behind the last record. */
static void losses_read_back_the_same(void **state)
{
	(void)state;
	for (unsigned every = 1; every < 40; every += every / 4 + 1) {
		struct fake_source whole;
		struct bench bench;

		begin(&bench);
		fake_source_begin(&whole);
		fake_source_capture(&whole, "captures/healthy-v2-1/capture.pcap");
		fake_source_thin(&bench.fake, &whole, every);
		bench.fake.dropped_behind = every;
		bench.run.duration = 1;
		play(&bench);
		expect_same(&bench);
		assert_non_null(strstr(bench.written[1], "\"type\":\"gap\""));
		fake_source_end(&whole);
		finish(&bench);
	}
}

/* A real tool, whose lines come in the midst of records whose times are those of the capture, long ago. */
static void lines_of_a_tool_read_back_the_same(void **state)
{
	static char *const scripts[] = {
		"echo one; echo two >&2; echo three",
		"printf 'no newline'",
		"printf '\\033[31mred\\377 \\001 \\n\\n\\t tool stderr 1: x\\n'; printf 'prompt> '; sleep 0.7; echo answer",
		"i=0; while [ $i -lt 3000 ]; do echo $i a line that is long enough to fill a buffer with others of its kind; i=$((i + 1)); done",
	};

	(void)state;
	for (unsigned i = 0; i < sizeof scripts / sizeof scripts[0]; i++) {
		char *tool[] = { "sh", "-c", scripts[i], NULL };
		struct bench bench;

		begin(&bench);
		if (i)
			fake_source_capture(&bench.fake, "captures/healthy-v2-1/capture.pcap");
		bench.fake.batch = 3;
		start(&bench, tool);
		assert_int_equal(play(&bench), LIVE_TOOL_ENDED);
		assert_false(bench.run.tool_runs);
		assert_int_equal(bench.run.tool_status, 0);
		expect_same(&bench);
		assert_non_null(strstr(bench.written[1], "\"type\":\"tool\""));
		tool_free(bench.run.tool);
		finish(&bench);
	}
}

/* Records after the tool's first line stand after it, those before it before. */
static void lines_stand_among_the_records_by_time(void **state)
{
	char *tool[] = { "sh", "-c", "echo now", NULL };
	struct timespec now;
	struct fake_source whole;
	struct bench bench;
	const char *line;

	(void)state;
	begin(&bench);
	clock_gettime(CLOCK_REALTIME, &now);
	fake_source_begin(&whole);
	fake_source_capture(&whole, "captures/healthy-v2-1/capture.pcap");
	/* Half of it an hour ago, half in an hour; the bus is silent until the tool has spoken. */
	fake_source_split(&bench.fake, &whole, now.tv_sec * INT64_C(1000000000), INT64_C(3600000000000));
	start(&bench, tool);
	usleep(300000);
	play(&bench);
	line = strstr(bench.written[1], "\"type\":\"tool\"");
	assert_non_null(line);
	assert_non_null(strstr(line, "\"type\":\"command\""));
	*(char *)(uintptr_t)line = '\0';
	assert_non_null(strstr(bench.written[1], "\"type\":\"command\""));
	tool_free(bench.run.tool);
	fake_source_end(&whole);
	finish(&bench);
}

static void raise_at(void *context, size_t read)
{
	if (read == 3)
		kill(getpid(), *(int *)context);
}

/* The bus is quiet, and it ends all the same; what came before is told. */
static void a_signal_ends_it(void **state)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		int number = signals[i];
		struct bench bench;

		begin(&bench);
		fake_source_capture(&bench.fake, "captures/target-silent-v2/capture.pcap");
		bench.fake.before_read = raise_at;
		bench.fake.context = &number;
		bench.fake.batch = 5;
		assert_int_equal(play(&bench), LIVE_STOPPED);
		assert_int_equal(bench.fake.at, bench.fake.count); /* what the kernel still held */
		expect_same(&bench);
		finish(&bench);
	}
}

static void time_ends_it(void **state)
{
	struct timespec before, after;
	struct bench bench;

	(void)state;
	begin(&bench);
	bench.run.duration = 300000000;
	clock_gettime(CLOCK_MONOTONIC, &before);
	assert_int_equal(play(&bench), LIVE_TIME_OVER);
	clock_gettime(CLOCK_MONOTONIC, &after);
	assert_true((after.tv_sec - before.tv_sec) * 1000 + (after.tv_nsec - before.tv_nsec) / 1000000 >= 299);
	expect_same(&bench);
	finish(&bench);
}

static void a_signal_goes_to_the_tool_first(void **state)
{
	char *tool[] = { "sh", "-c", "trap 'echo caught; exit 7' TERM; while :; do sleep 0.05; done", NULL };
	int number = SIGTERM;
	struct bench bench;

	(void)state;
	begin(&bench);
	start(&bench, tool);
	usleep(300000);
	bench.fake.before_read = raise_at;
	bench.fake.context = &number;
	assert_int_equal(play(&bench), LIVE_TOOL_ENDED);
	assert_int_equal(tool_exit_code(bench.run.tool_status), 7);
	assert_non_null(strstr(bench.written[0], "caught"));
	tool_free(bench.run.tool);
	finish(&bench);
}

static void raise_at_each(void *context, size_t read)
{
	(void)read;
	++*(unsigned *)context;
	kill(getpid(), SIGINT);
}

/* A tool that heeds no Ctrl-C is not waited for by one who presses it again and again. */
static void impatience_ends_it(void **state)
{
	char *tool[] = { "sh", "-c", "trap '' INT; while :; do sleep 0.05; done", NULL };
	struct bench bench;
	unsigned raised = 0;
	sigset_t interrupt;

	(void)state;
	begin(&bench);
	start(&bench, tool);
	usleep(300000);
	bench.fake.before_read = raise_at_each;
	bench.fake.context = &raised;
	assert_int_equal(play(&bench), LIVE_STOPPED);
	assert_true(bench.run.tool_runs);
	assert_true(raised >= 3);
	sigemptyset(&interrupt);
	sigaddset(&interrupt, SIGINT);
	sigtimedwait(&interrupt, NULL, &(struct timespec){ 0 }); /* one that came behind the end */
	assert_true(tool_signal(bench.run.tool, SIGKILL, SI_USER));
	tool_free(bench.run.tool);
	finish(&bench);
}

static void a_bus_that_goes_away_ends_it(void **state)
{
	struct bench bench;

	(void)state;
	begin(&bench);
	fake_source_capture(&bench.fake, "captures/target-silent-v2/capture.pcap");
	bench.fake.fail_after = 2;
	assert_int_equal(play(&bench), LIVE_SOURCE_FAILED);
	assert_string_equal(bench.fake.source.problem, "the bus was taken away");
	expect_same(&bench);
	finish(&bench);
}

/* The disk is full: the rest is told all the same, and what is in the file is whole. */
static void a_full_disk_does_not_end_it(void **state)
{
	struct rlimit before, little;
	struct bench bench;
	int errors, null;

	(void)state;
	begin(&bench);
	fake_source_capture(&bench.fake, "captures/healthy-v2-1/capture.pcap");
	bench.run.duration = 1;
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &before);
	little = before;
	little.rlim_cur = 3000;
	setrlimit(RLIMIT_FSIZE, &little);
	fflush(stderr);
	errors = dup(STDERR_FILENO);
	null = open("/dev/null", O_WRONLY);
	dup2(null, STDERR_FILENO); /* it says so there */
	assert_int_equal(play(&bench), LIVE_TIME_OVER);
	dup2(errors, STDERR_FILENO);
	setrlimit(RLIMIT_FSIZE, &before);
	close(errors);
	close(null);
	assert_true(bench.run.file_failed);
	assert_int_equal(bench.fake.at, bench.fake.count);
	assert_non_null(strstr(bench.written[0], "EXIT"));
	assert_int_equal(recorder_facts(bench.recorder)->records, bench.fake.count);
	finish(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(losses_read_back_the_same),
		cmocka_unit_test(lines_of_a_tool_read_back_the_same),
		cmocka_unit_test(lines_stand_among_the_records_by_time),
		cmocka_unit_test(a_signal_ends_it),
		cmocka_unit_test(time_ends_it),
		cmocka_unit_test(a_signal_goes_to_the_tool_first),
		cmocka_unit_test(impatience_ends_it),
		cmocka_unit_test(a_bus_that_goes_away_ends_it),
		cmocka_unit_test(a_full_disk_does_not_end_it),
	};
	int failures = each_capture("live captures read back", each_capture_reads_back_the_same, NULL);

	return failures + cmocka_run_group_tests(tests, NULL, NULL);
}
