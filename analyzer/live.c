/*
 * stlinkscope live: watches the bus while a tool talks to the probe, then says what happened.
 * Knows: its options, the order in which a capture is opened, rights are given up, a file is made and a tool is started.
 * Must not know: libpcap, how records are sorted, how anything looks.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "diagnosis/diagnosis.h"
#include "input/usbmon_access.h"
#include "live_run.h"
#include "live_target.h"
#include "privileges.h"
#include "program.h"
#include "report.h"
#include "shown.h"
#include "spool.h"
#include "summary.h"

enum { KEY_WAIT = 0x200, KEY_FOR, KEY_ALL_DEVICES, KEY_FAIL_ON, KEY_EXIT_CODE, KEY_REPORT };

#define SECOND INT64_C(1000000000)
#define LONGEST_SECONDS 1e9
#define USBMON_RECORD_HEADER 64

struct live_options {
	struct common_options common;
	struct shown_options shown;
	struct live_wish wish;
	const char *file;
	const char *report; /* where a report of it all goes, or NULL */
	enum report_format report_format;
	unsigned buffer_kib;
	int64_t duration;
	bool all_devices, exit_code_of_tool;
	enum severity fail_on;
	char **tool; /* ended by NULL; or NULL */
};

static const struct argp_option live_option_table[] = {
	{ .doc = "What is captured, and for how long:", .group = 1 },
	{ .name = "interface", .key = 'i', .arg = "usbmonN", .group = 1,
	  .doc = "Bus N; usbmon0 is all of them. Default: the bus that the ST-Link is plugged in at" },
	{ .name = "wait", .key = KEY_WAIT, .group = 1, .doc = "Do not look for an ST-Link: watch every bus, so that its plugging in is seen, too" },
	{ .name = "for", .key = KEY_FOR, .arg = "SECONDS", .group = 1, .doc = "Stop after so many seconds. Otherwise: at Ctrl-C, or when TOOL ends" },
	{ .name = "write", .key = 'w', .arg = "FILE", .group = 1,
	  .doc = "Also write the ST-Link's traffic, with TOOL's lines as comments, to FILE: always pcapng, whatever it is called" },
	{ .name = "report", .key = KEY_REPORT, .arg = "OUT", .group = 1,
	  .doc = "At the end make a report, as the sub-command of that name does: OUT.html, OUT.md or OUT.json" },
	{ .name = "all-devices", .key = KEY_ALL_DEVICES, .group = 1,
	  .doc = "Keep the traffic of all devices of the bus, the keyboard's and the probe's disk's, too" },
	{ .name = "buffer", .key = 'B', .arg = "KIB", .group = 1,
	  .doc = "The kernel's buffer: 8 to 1200 (the default). Records longer than a fifth of it are cut" },
	{ .doc = "Exit status:", .group = 2 },
	{ .name = "fail-on", .key = KEY_FAIL_ON, .arg = "SEVERITY", .group = 2,
	  .doc = "Exit with 1 where a finding is at least this: error (the default), warning, info, or never" },
	{ .name = "exit-code", .key = KEY_EXIT_CODE, .arg = "WHOSE", .group = 2, .doc = "findings (the default), or tool: TOOL's own, once it has ended" },
	{ 0 },
};

static const char live_doc[] =
	"Watches an ST-Link through Linux's usbmon: prints the transcript as it happens, and at the end the summary. With TOOL, runs it (as the user "
	"who called sudo, not as root), puts its output between the transactions (where these do not go to a terminal, it also goes to stderr as it "
	"comes), and stops when it ends. -q prints the summary alone; with --json the transcript's objects come first, and the summary is the last line.\v"
	"Needs the kernel module usbmon and the right to read /dev/usbmonN: `stlinkscope devices` says what is missing. Root is given up as soon as "
	"the interface is open, before FILE is created and TOOL started. Exit status: 0 nothing at or above --fail-on, 1 findings, 2 trouble "
	"with usage or the capture.";

static int64_t parse_seconds(const char *arg)
{
	char *end;
	double seconds = strtod(arg, &end);

	return end == arg || *end || !(seconds > 0) || seconds > LONGEST_SECONDS ? 0 : (int64_t)(seconds * 1e9) + 1;
}

static unsigned parse_buffer(const char *arg)
{
	char *end;
	unsigned long size = strtoul(arg, &end, 10);

	return *arg < '0' || *arg > '9' || *end || size < USBMON_BUFFER_LEAST || size > USBMON_BUFFER_MOST ? 0 : (unsigned)size;
}

/* What can be judged only when all is said. */
static void check_together(struct live_options *options, struct argp_state *state)
{
	const struct live_wish *wish = &options->wish;

	if (options->exit_code_of_tool && !options->tool)
		argp_failure(state, OUTCOME_TROUBLE, 0, "--exit-code tool: there is no TOOL");
	if (wish->wait && wish->has_bus)
		argp_failure(state, OUTCOME_TROUBLE, 0, "--wait: watches every bus, -i one: choose");
}

static error_t parse_live(int key, char *arg, struct argp_state *state)
{
	struct live_options *options = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &options->shown;
		state->child_inputs[1] = &options->common;
		return 0;
	case 'i':
		options->wish.has_bus = live_target_parse(arg, &options->wish.bus_wish);
		if (!options->wish.has_bus)
			refuse_value(state, "-i", arg, "is not usbmonN, such as usbmon3");
		return 0;
	case KEY_WAIT:
		options->wish.wait = true;
		return 0;
	case KEY_FOR:
		options->duration = parse_seconds(arg);
		if (!options->duration)
			refuse_value(state, "--for", arg, "is no number of seconds");
		return 0;
	case 'w':
		if (!*arg || !strcmp(arg, "-"))
			refuse_value(state, "-w", arg, "is no file name; the transcript goes to stdout");
		options->file = arg;
		return 0;
	case KEY_REPORT:
		if (!report_format_of(arg, &options->report_format))
			refuse_value(state, "--report", arg, "does not end in .html, .md or .json");
		options->report = arg;
		return 0;
	case KEY_ALL_DEVICES:
		options->all_devices = true;
		return 0;
	case 'B':
		options->buffer_kib = parse_buffer(arg);
		if (!options->buffer_kib)
			refuse_value(state, "-B", arg, "is no number of KiB from 8 to 1200");
		return 0;
	case KEY_FAIL_ON:
		if (!severity_find(arg, &options->fail_on))
			refuse_value(state, "--fail-on", arg, "is none of error, warning, info, never");
		return 0;
	case KEY_EXIT_CODE:
		options->exit_code_of_tool = !strcmp(arg, "tool");
		if (!options->exit_code_of_tool && strcmp(arg, "findings") != 0)
			refuse_value(state, "--exit-code", arg, "is neither findings nor tool");
		return 0;
	case ARGP_KEY_ARG:
		/* The rest of the line is TOOL's, its options too. */
		options->tool = state->argv + state->next - 1;
		state->next = state->argc;
		return 0;
	case ARGP_KEY_END:
		check_together(options, state);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* A run */

struct live {
	const struct live_options *options;
	struct invoker invoker;
	uint16_t bus;
	char interface[16];
	int signals;
	struct live_source *source;
	struct tracker *tracker;
	struct recorder *recorder;
	struct sieve *sieve;
	struct tool *tool;
	struct text_transcript *text; /* one of the two, or none with -q */
	struct json_transcript *json;
	struct facts *facts;
	struct report report;
	bool judged; /* report is made */
	struct spool spool; /* what the report is made of where no file is written */
};

static void say(const char *problem)
{
	char shown[2048];

	fflush(stdout);
	fprintf(stderr, "stlinkscope live: %s\n", terminal_safe(shown, sizeof shown, problem, 0));
}

/* Why usbmon cannot be opened, and the commands that mend it, in one line. */
static void explain_access(uint16_t bus, enum usbmon_state state, char *problem, size_t size)
{
	char reason[256], remedy[512];

	usbmon_problem(reason, sizeof reason, state, bus);
	usbmon_remedy(remedy, sizeof remedy, state, bus);
	for (char *at = remedy; (at = strchr(at, '\n'));)
		*at = at[1] ? ';' : '\0';
	snprintf(problem, size, "%s%s%s", reason, *remedy ? "; to mend it: " : "", remedy);
}

static int open_source(struct live *live, char *problem, size_t size)
{
	enum usbmon_state state;

	if (live_target_choose(&live->options->wish, &live->bus, problem, size) < 0)
		return -1;
	snprintf(live->interface, sizeof live->interface, "usbmon%u", live->bus);
	privileges_raise();
	live->source = usbmon_source_open(live->bus, live->options->buffer_kib, problem, size);
	if (live->source)
		return 0;
	state = usbmon_state(live->bus);
	if (state != USBMON_READY)
		explain_access(live->bus, state, problem, size);
	return -1;
}

/* A descriptor, or -1. A pipe that nobody reads is an error, and not waited for: no Ctrl-C would be heard meanwhile. */
static int open_output(const char *path, int flags)
{
	int file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | flags, 0666);

	if (file >= 0)
		fcntl(file, F_SETFL, 0); /* what was written is to be waited for */
	return file;
}

static int unwritable(const char *path, char *problem, size_t size)
{
	snprintf(problem, size, "%s: cannot be written: %s", path, strerror(errno));
	return -1;
}

/* What cannot be written is told before the capture, not behind it. */
static int open_report(const struct live *live, char *problem, size_t size)
{
	const char *path = live->options->report, *capture = live->options->file;
	int file = open_output(path, 0);

	if (file < 0)
		return unwritable(path, problem, size);
	close(file);
	if (!capture || !names_same_file(path, capture))
		return 0;
	snprintf(problem, size, "%s: is where -w goes, too: name another file for --report", path);
	return -1;
}

static int open_files(struct live *live, char *problem, size_t size)
{
	const char *path = live->options->file;
	int file;

	if (!path && !live->options->report)
		return 0;
	if (path) {
		file = open_output(path, O_TRUNC);
	} else {
		path = "a temporary file";
		file = spool_new(&live->spool) ? dup(live->spool.file) : -1;
	}
	if (file < 0 || recorder_write_to(live->recorder, file) < 0)
		return unwritable(path, problem, size);
	return live->options->report ? open_report(live, problem, size) : 0;
}

/* Where -q leaves out the transcript, what --json writes to stdout still is to be JSON. */
static struct tool_copies copies_of(const struct live *live)
{
	const struct common_options *common = &live->options->common;

	if (common->json && common->quiet)
		return (struct tool_copies){ STDERR_FILENO, STDERR_FILENO };
	return tool_copies_for(!common->quiet);
}

static int start_tool(struct live *live, char *problem, size_t size)
{
	char **environment;

	if (live->options->tool) {
		environment = privileges_environment(&live->invoker);
		live->tool = tool_start(live->options->tool, environment, copies_of(live), problem, size);
		free(environment);
		if (!live->tool)
			return -1;
	}
	privileges_seal();
	return 0;
}

static void leaving(void *context, const struct capture_facts *capture, const struct session_facts *session)
{
	struct live *live = context;

	report_omit(&live->report, capture, session);
}

static void attach(struct live *live)
{
	const struct live_options *options = live->options;
	struct listener listener;

	live->tracker = tracker_new();
	if (!options->common.quiet && options->common.json) {
		live->json = json_transcript_new(&options->shown.transcript, stdout);
		listener = json_transcript_listener(live->json);
		tracker_listen(live->tracker, &listener);
	} else if (!options->common.quiet) {
		live->text = text_transcript_new(&options->shown.transcript, stdout);
		listener = text_transcript_listener(live->text);
		tracker_listen(live->tracker, &listener);
	}
	live->facts = facts_new(leaving, live);
	if (options->common.has_device)
		facts_select(live->facts, options->common.bus, options->common.device);
	listener = facts_listener(live->facts);
	tracker_listen(live->tracker, &listener);
	live->recorder = recorder_new(live->tracker, live->interface, USBMON_RECORD_HEADER + options->buffer_kib * 1024 / 5);
	live->sieve = sieve_new(options->all_devices, live_taker, live->recorder);
}

/* Root is needed for the interface alone: everything after it is done as who called. */
static int prepare(struct live *live, char *problem, size_t size)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	live->signals = live_signals();
	if (live->signals < 0) {
		snprintf(problem, size, "cannot take signals: %s", strerror(errno));
		return -1;
	}
	if (privileges_invoker(&live->invoker, problem, size) < 0 || open_source(live, problem, size) < 0 ||
	    privileges_drop(&live->invoker, problem, size) < 0)
		return -1;
	attach(live);
	if (open_files(live, problem, size) < 0 || start_tool(live, problem, size) < 0)
		return -1;
	if (live->json)
		json_transcript_begin(live->json, recorder_facts(live->recorder), live->tracker);
	else if (live->text)
		text_transcript_begin(live->text, live->tracker);
	live_target_tell(live->sieve, live->bus, now.tv_sec * SECOND + now.tv_nsec);
	return 0;
}

static void print_summary(const struct live *live)
{
	struct common_options common = live->options->common;

	common.quiet = false; /* here it is the transcript that is left out */
	if (live->text)
		putchar('\n');
	summary_print(&live->report, &common, NULL);
}

/* What the file holds, and what it leaves out. */
static void say_written(const struct live *live)
{
	struct sieve_counts counts = sieve_counts(live->sieve);
	char shown[1024];

	if (!live->options->file || live->options->common.quiet)
		return;
	fprintf(stderr, "stlinkscope live: %s: %" PRIu64 " records", terminal_safe(shown, sizeof shown, live->options->file, 0),
	        recorder_written(live->recorder));
	if (counts.left_out)
		fprintf(stderr, "; %" PRIu64 " of other devices, or of a probe's disk and serial port, are left out", counts.left_out);
	fputc('\n', stderr);
}

static void tell_tool(const struct live *live, const struct live_run *run)
{
	enum tool_end end = run->tool_runs ? TOOL_RUNS : WIFSIGNALED(run->tool_status) ? TOOL_SIGNALLED : TOOL_EXITED;

	facts_tool(live->facts, tool_name(live->tool), end, end == TOOL_SIGNALLED ? WTERMSIG(run->tool_status) : WEXITSTATUS(run->tool_status));
}

/* The verdict, unless nothing sits where --device points. */
static enum outcome judge(struct live *live)
{
	const struct live_options *options = live->options;
	bool found;

	free(select_probes(&options->common, live->tracker, &live->judged));
	if (!live->judged) {
		fflush(stdout);
		say_no_device(&options->common);
		return OUTCOME_TROUBLE;
	}
	report_make(&live->report, facts_capture(live->facts));
	print_summary(live);
	fflush(stdout);
	return report_worst(&live->report, &found) >= options->fail_on && found ? OUTCOME_FINDINGS : OUTCOME_GOOD;
}

static enum outcome conclude(struct live *live, const struct live_run *run, enum live_end end)
{
	const struct live_options *options = live->options;
	const struct input_facts *facts = recorder_facts(live->recorder);
	enum outcome outcome;
	char words[128];

	tracker_finish(live->tracker);
	if (live->json)
		json_transcript_finish(live->json, facts);
	else if (live->text)
		text_transcript_finish(live->text, facts);
	facts_finish(live->facts, facts, live->tracker);
	if (live->tool)
		tell_tool(live, run);
	outcome = judge(live);
	if (end == LIVE_SOURCE_FAILED || run->file_failed)
		outcome = OUTCOME_TROUBLE;
	if (end == LIVE_SOURCE_FAILED)
		say(live->source->problem);
	say_written(live);
	if (live->tool && run->tool_runs)
		fprintf(stderr, "stlinkscope live: %s still runs\n", terminal_safe(words, sizeof words, tool_name(live->tool), 60));
	if (options->exit_code_of_tool && !run->tool_runs)
		return (enum outcome)(OUTCOME_STATUS + tool_exit_code(run->tool_status));
	return outcome;
}

static enum outcome watch(struct live *live)
{
	struct live_run run = {
		.source = live->source, .recorder = live->recorder, .sieve = live->sieve, .tool = live->tool, .tracker = live->tracker,
		.duration = live->options->duration, .waiting_line = isatty(STDERR_FILENO) && !live->options->common.quiet, .file = live->options->file,
	};
	enum live_end end;

	if (isatty(STDERR_FILENO) && !live->tool)
		fprintf(stderr, "stlinkscope live: watching %s%s; Ctrl-C ends it\n", live->interface, live->bus == EVERY_BUS ? ", every bus" : "");
	end = live_run(&run, live->signals);
	return conclude(live, &run, end);
}

static void destroy(struct live *live)
{
	if (live->judged)
		report_free(&live->report);
	sieve_free(live->sieve);
	recorder_free(live->recorder);
	if (live->tracker)
		tracker_free(live->tracker);
	if (live->facts)
		facts_free(live->facts);
	if (live->json)
		json_transcript_free(live->json);
	if (live->text)
		text_transcript_free(live->text);
	tool_free(live->tool);
	if (live->source)
		live->source->close(live->source);
	if (live->signals >= 0)
		close(live->signals);
	privileges_forget(&live->invoker);
}

/* The capture is closed by now, and whole. What it could not read, and its findings, have been told. */
static enum outcome make_report(struct live *live, enum outcome outcome)
{
	const struct live_options *options = live->options;
	struct common_options quiet = options->common;
	char shown[1024];

	quiet.quiet = true;
	if (report_write(&(struct report_options){ &quiet, options->file ? options->file : live->spool.path, options->file ? options->file : live->interface,
	                                           options->report, options->report_format }) == OUTCOME_TROUBLE)
		return OUTCOME_TROUBLE;
	if (!options->common.quiet)
		fprintf(stderr, "stlinkscope live: %s: the report\n", terminal_safe(shown, sizeof shown, options->report, 0));
	return outcome;
}

enum outcome run_live(int argc, char **argv)
{
	static const struct argp_child children[] = { { .argp = &shown_argp, .group = 5 }, { .argp = &common_argp, .group = 10 }, { 0 } };
	static const struct argp argp = {
		.options = live_option_table, .parser = parse_live, .children = children, .doc = live_doc, .args_doc = "[-- TOOL ARG...]",
	};
	struct live_options options = { .buffer_kib = USBMON_BUFFER_MOST, .fail_on = SEVERITY_ERROR };
	struct live live = { .options = &options, .signals = -1, .spool.file = -1 };
	enum outcome outcome = OUTCOME_TROUBLE;
	char problem[1024];

	argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &options);
	shown_settle(&options.shown, &options.common);
	options.wish.has_device = options.common.has_device;
	options.wish.bus = options.common.bus;
	options.wish.address = options.common.device;
	if (prepare(&live, problem, sizeof problem) == 0)
		outcome = watch(&live);
	else
		say(problem);
	destroy(&live);
	if (live.judged && options.report)
		outcome = make_report(&live, outcome);
	spool_close(&live.spool);
	return outcome;
}
