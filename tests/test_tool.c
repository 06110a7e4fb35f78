/*
 * The tool runner, with shell scripts as tools: whose lines come out and how, what ends it, which signals reach it, what it inherits.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "../analyzer/tool.h"

#define LONG 120000 /* ms: nothing here takes it, on whatever machine */

static const struct tool_copies no_copies = { -1, -1 };

struct bench {
	struct tool *tool;
	char told[65536]; /* lines: "out:TEXT", "err:TEXT", with "..." behind unfinished ones */
	size_t length;
	int wait_status;
};

static struct tool *start(const char *script, struct tool_copies copies)
{
	char *argv[] = { (char *)"/bin/sh", (char *)"-c", (char *)script, NULL };
	char problem[512] = "";
	struct tool *tool = tool_start(argv, environ, copies, problem, sizeof problem);

	assert_string_equal(problem, "");
	assert_non_null(tool);
	return tool;
}

static int begin(void **state)
{
	*state = calloc(1, sizeof(struct bench));
	return *state ? 0 : -1;
}

static int end(void **state)
{
	struct bench *bench = *state;

	tool_free(bench->tool);
	free(bench);
	return 0;
}

/* Waits for something, takes it; false once the tool has ended. */
static bool turn(struct bench *bench)
{
	struct pollfd file = { .fd = tool_fd(bench->tool), .events = POLLIN };
	struct tool_line line;

	if (tool_ended(bench->tool, &bench->wait_status))
		return false;
	if (poll(&file, 1, LONG) != 1)
		return false;
	tool_read(bench->tool);
	while (tool_next_line(bench->tool, &line)) {
		assert_true(line.time > INT64_C(1500000000) * 1000000000);
		bench->length += (size_t)snprintf(bench->told + bench->length, sizeof bench->told - bench->length, "%s:%s%s\n",
		                                  line.is_stderr ? "err" : "out", line.text, line.unfinished ? "..." : "");
		assert_true(bench->length < sizeof bench->told);
	}
	return !tool_ended(bench->tool, &bench->wait_status);
}

static void run(struct bench *bench, const char *script)
{
	tool_free(bench->tool);
	bench->tool = start(script, no_copies);
	bench->length = 0;
	bench->told[0] = 0;
	while (turn(bench))
		continue;
	assert_true(tool_ended(bench->tool, &bench->wait_status));
}

/* Takes turns until words were told. */
static void wait_for(struct bench *bench, const char *words)
{
	while (!strstr(bench->told, words))
		assert_true(turn(bench));
}

static void test_lines(void **state)
{
	struct bench *bench = *state;

	run(bench, "echo one; echo; echo three");
	assert_string_equal(bench->told, "out:one\nout:\nout:three\n");
	run(bench, "echo 'Error: open failed' >&2");
	assert_string_equal(bench->told, "err:Error: open failed\n");
	run(bench, "printf 'without a newline'");
	assert_string_equal(bench->told, "out:without a newline\n");
	run(bench, ":");
	assert_string_equal(bench->told, "");
	run(bench, "printf 'dos\\r\\nline\\r\\r\\n'");
	assert_string_equal(bench->told, "out:dos\nout:line\n");
	run(bench, "exec >&- 2>&-; exit 3");
	assert_string_equal(bench->told, "");
	assert_int_equal(WEXITSTATUS(bench->wait_status), 3);
}

static void test_progress(void **state)
{
	struct bench *bench = *state;

	run(bench, "printf '\\r10 %%\\r20 %%\\r100 %%\\ndone\\n'");
	assert_string_equal(bench->told, "out:100 %\nout:done\n");
	run(bench, "printf 'longer than\\rthis'");
	assert_string_equal(bench->told, "out:this\n");
}

static void test_hostile(void **state)
{
	struct bench *bench = *state;

	run(bench, "printf 'a\\000b\\377c\\303\\250d\\300\\257e\\tf\\n'");
	assert_string_equal(bench->told, "out:a\xef\xbf\xbd" "b\xef\xbf\xbd" "c\xc3\xa8" "d\xef\xbf\xbd\xef\xbf\xbd" "e f\n");
	run(bench, "printf '\\033[1;31mred\\033[0m \\033]0;title\\007plain \\033]8;;x\\033\\\\link\\033[K\\n'");
	assert_string_equal(bench->told, "out:red plain link\n");
	run(bench, "printf '\\033[\\033[12\\033\\n\\033[3\\n'"); /* no whole sequence: left for the outputs to escape */
	assert_string_equal(bench->told, "out:\033[\033[12\033\nout:\033[3\n");
	run(bench, "printf '\\342\\202\\n'"); /* cut short by its newline */
	assert_string_equal(bench->told, "out:\xef\xbf\xbd\xef\xbf\xbd\n");
}

static void test_long_line(void **state)
{
	struct bench *bench = *state;
	size_t length;

	run(bench, "head -c 100000 /dev/zero | tr '\\000' x; echo; echo next");
	length = strlen("out:") + TOOL_LINE_LONGEST;
	assert_memory_equal(bench->told + length - 1, "x [...]\nout:next\n", sizeof "x [...]\nout:next\n");
	/* three bytes a character, of which the cut would split one */
	run(bench, "i=0; while [ $i -lt 2000 ]; do printf '\\342\\202\\254'; i=$((i + 1)); done");
	assert_null(strstr(bench->told, "\xef\xbf\xbd"));
	assert_string_equal(bench->told + strlen("out:") + TOOL_LINE_LONGEST / 3 * 3, " [...]\n");
	run(bench, "head -c 5000 /dev/zero"); /* 15000 bytes of text */
	assert_int_equal(bench->length, strlen("out: [...]\n") + TOOL_LINE_LONGEST * 3);
}

static void test_much(void **state)
{
	struct bench *bench = *state;
	struct tool_line line;
	size_t lines = 0, most = 0;
	int status;

	bench->tool = start("yes 0123456789 | head -n 200000", no_copies);
	while (!tool_ended(bench->tool, &status)) {
		size_t now = 0;

		assert_int_equal(poll(&(struct pollfd){ .fd = tool_fd(bench->tool), .events = POLLIN }, 1, LONG), 1);
		tool_read(bench->tool);
		while (tool_next_line(bench->tool, &line)) {
			assert_string_equal(line.text, "0123456789");
			now++;
		}
		lines += now;
		most = now > most ? now : most;
	}
	assert_int_equal(lines, 200000);
	assert_true(most <= 131072 / 11 + 2); /* the capture gets its turn */
}

static void test_ends(void **state)
{
	struct bench *bench = *state;

	run(bench, "exit 7");
	assert_int_equal(tool_exit_code(bench->wait_status), 7);
	run(bench, "echo last words; kill -SEGV $$");
	assert_string_equal(bench->told, "out:last words\n");
	assert_int_equal(tool_exit_code(bench->wait_status), 128 + SIGSEGV);
	/* its descriptor is quiet behind the end */
	tool_read(bench->tool);
	assert_int_equal(poll(&(struct pollfd){ .fd = tool_fd(bench->tool), .events = POLLIN }, 1, 0), 0);
	assert_false(tool_signal(bench->tool, SIGTERM, SI_USER));
}

/* What a tool leaves behind keeps the pipes open, and must not keep us waiting. */
static void test_left_behind(void **state)
{
	struct bench *bench = *state;
	long pid;

	run(bench, "sleep 1000 & echo $!; echo end >&2; exit 4");
	assert_int_equal(WEXITSTATUS(bench->wait_status), 4);
	assert_non_null(strstr(bench->told, "err:end\n"));
	pid = strtol(strstr(bench->told, "out:") + 4, NULL, 10);
	assert_true(pid > 1);
	assert_int_equal(kill((pid_t)pid, SIGKILL), 0); /* it was still there */
}

/* A prompt is told before it is answered; standard input is ours. */
static void test_prompt(void **state)
{
	struct bench *bench = *state;
	int kept = dup(STDIN_FILENO), ends[2];

	assert_int_equal(pipe(ends), 0);
	dup2(ends[0], STDIN_FILENO);
	bench->tool = start("printf 'which probe? '; read -r answer; printf '\\nprobe %s' \"$answer\"; read -r more; echo \" and $more\"", no_copies);
	wait_for(bench, "out:which probe? ...\n");
	assert_int_equal(write(ends[1], "one\n", 4), 4);
	wait_for(bench, "out:probe one...\n"); /* and no empty line for the newline behind the prompt */
	assert_int_equal(write(ends[1], "two\n", 4), 4);
	while (turn(bench))
		continue;
	assert_string_equal(bench->told, "out:which probe? ...\nout:probe one...\nout: and two\n");
	dup2(kept, STDIN_FILENO);
	close(kept);
	close(ends[0]);
	close(ends[1]);
}

static void check_refused(const char *path, const char *words)
{
	char *argv[] = { (char *)path, NULL };
	char problem[512];

	assert_null(tool_start(argv, environ, no_copies, problem, sizeof problem));
	if (!strstr(problem, words))
		fail_msg("'%s' lacks '%s'", problem, words);
	assert_null(strchr(problem, '\n'));
}

static void write_script(const char *path, const char *text, mode_t mode)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	assert_int_equal(chmod(path, mode), 0);
}

static void test_refused(void **state)
{
	char folder[] = "/tmp/stlinkscope-tool-XXXXXX", path[64];

	(void)state;
	assert_non_null(mkdtemp(folder));
	check_refused("no-such-tool-anywhere", "no such program in PATH");
	check_refused("/no/such/tool", "No such file");
	check_refused(folder, "not executable");
	snprintf(path, sizeof path, "%s/plain", folder);
	write_script(path, "#!/bin/sh\n", 0644);
	check_refused(path, "not executable");
	write_script(path, "#!/no/such/interpreter\n", 0755);
	check_refused(path, "interpreter");
	write_script(path, "echo hello\n", 0755);
	check_refused(path, "#!");
	unlink(path);
	rmdir(folder);
}

static void test_name(void **state)
{
	struct bench *bench = *state;

	bench->tool = start(":", no_copies);
	assert_string_equal(tool_name(bench->tool), "sh");
}

/* No descriptor of ours, no signal that we have blocked. */
static void test_inherits(void **state)
{
	struct bench *bench = *state;
	int leak = open("/dev/null", O_RDONLY), high = fcntl(leak, F_DUPFD, 50);
	sigset_t blocked, old;

	assert_true(leak >= 0 && high >= 50);
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGTERM);
	sigaddset(&blocked, SIGINT);
	sigprocmask(SIG_BLOCK, &blocked, &old);
	/* the shell itself opens what it reads, from 3 on */
	run(bench, "cd /proc/$$/fd && echo [0-2] [5-9]?; "
	           "while read -r name value; do [ \"$name\" != SigBlk: ] || echo \"$value\"; done </proc/self/status");
	sigprocmask(SIG_SETMASK, &old, NULL);
	close(leak);
	close(high);
	assert_string_equal(bench->told, "out:0 1 2 [5-9]?\nout:0000000000000000\n");
}

static void test_signals(void **state)
{
	struct bench *bench = *state;

	bench->tool = start("trap 'echo term' TERM; trap 'echo int' INT; echo ready; while :; do sleep 0.05; done", no_copies);
	wait_for(bench, "ready");
	assert_true(tool_signal(bench->tool, SIGTERM, SI_USER));
	wait_for(bench, "term");
	assert_true(tool_signal(bench->tool, SIGINT, SI_KERNEL)); /* the terminal has sent it, if there is one */
	assert_true(tool_signal(bench->tool, SIGKILL, SI_USER));
	while (turn(bench))
		continue;
	assert_string_equal(bench->told, "out:ready\nout:term\n");
	assert_int_equal(WTERMSIG(bench->wait_status), SIGKILL);
}

/* As `live` would: lines to the parent, signals that arrive handed on as they came. Ends as the tool does. */
static void watch_at_terminal(int report)
{
	struct bench bench = { 0 };
	struct signalfd_siginfo got;
	unsigned count = 0;
	sigset_t set;
	int signals;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	bench.tool = start("trap 'echo int' INT; [ -t 0 ] && echo ready; until read -r word && [ \"$word\" = go ]; do :; done; echo went", no_copies);
	for (size_t told = 0;; told = bench.length) {
		struct pollfd files[] = { { .fd = tool_fd(bench.tool), .events = POLLIN }, { .fd = signals, .events = POLLIN } };
		bool more = true;

		if (poll(files, 2, LONG) < 1)
			_exit(9);
		if (read(signals, &got, sizeof got) == sizeof got) {
			count++;
			tool_signal(bench.tool, SIGINT, got.ssi_code);
		}
		if (files[0].revents)
			more = turn(&bench);
		if (write(report, bench.told + told, bench.length - told) < 0)
			_exit(8);
		if (!more)
			_exit((int)count);
	}
}

/* Reads what comes until it holds words. */
static void read_until(int file, char *text, size_t size, const char *words)
{
	size_t length = strlen(text);

	while (!strstr(text, words)) {
		ssize_t got;

		assert_int_equal(poll(&(struct pollfd){ .fd = file, .events = POLLIN }, 1, LONG), 1);
		got = read(file, text + length, size - 1 - length);
		assert_true(got > 0);
		text[length += (size_t)got] = 0;
	}
}

/* Ctrl-C at the terminal: one for the tool, one for us. */
static void test_terminal(void **state)
{
	int master, report[2], status;
	char told[1024] = "";
	pid_t pid;

	(void)state;
	assert_int_equal(pipe(report), 0);
	pid = forkpty(&master, NULL, NULL, NULL);
	assert_true(pid >= 0);
	if (!pid)
		watch_at_terminal(report[1]);
	close(report[1]);
	read_until(report[0], told, sizeof told, "ready\n");
	assert_int_equal(write(master, "\003", 1), 1);
	read_until(report[0], told, sizeof told, "int\n");
	assert_int_equal(write(master, "go\n", 3), 3);
	read_until(report[0], told, sizeof told, "went\n");
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_string_equal(told, "out:ready\nout:int\nout:went\n");
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 1);
	close(master);
	close(report[0]);
}

static void test_copies(void **state)
{
	struct bench *bench = *state;
	int out[2], err[2];
	char got[64] = "";

	assert_int_equal(pipe(out) | pipe(err), 0);
	bench->tool = start("printf 'a\\033[1mb\\377'; printf 'c\\n' >&2", (struct tool_copies){ out[1], err[1] });
	while (turn(bench))
		continue;
	assert_int_equal(read(out[0], got, sizeof got), 7);
	assert_memory_equal(got, "a\033[1mb\377", 7);
	assert_int_equal(read(err[0], got, sizeof got), 2);
	assert_memory_equal(got, "c\n", 2);
	for (unsigned i = 0; i < 2; i++) {
		close(out[i]);
		close(err[i]);
	}
}

/* stdout and stderr as named; what tool_copies_for then says, as two digits: 1 and 2 are ours, 0 none. */
static int copies_with(int out, int error_out, bool transcript)
{
	int kept_out = dup(STDOUT_FILENO), kept_err = dup(STDERR_FILENO);
	struct tool_copies copies;

	fflush(stdout);
	dup2(out, STDOUT_FILENO);
	dup2(error_out, STDERR_FILENO);
	copies = tool_copies_for(transcript);
	dup2(kept_out, STDOUT_FILENO);
	dup2(kept_err, STDERR_FILENO);
	close(kept_out);
	close(kept_err);
	return (copies.out < 0 ? 0 : copies.out) * 10 + (copies.err < 0 ? 0 : copies.err);
}

static void test_copies_for(void **state)
{
	int master, slave, null = open("/dev/null", O_RDWR), pipe_ends[2];

	(void)state;
	assert_int_equal(openpty(&master, &slave, NULL, NULL, NULL), 0);
	assert_int_equal(pipe(pipe_ends), 0);
	assert_int_equal(copies_with(slave, slave, true), 0);
	assert_int_equal(copies_with(slave, null, true), 0);
	assert_int_equal(copies_with(pipe_ends[1], slave, true), 22);
	assert_int_equal(copies_with(pipe_ends[1], pipe_ends[1], true), 0);
	assert_int_equal(copies_with(slave, slave, false), 12);
	close(master);
	close(slave);
	close(null);
	close(pipe_ends[0]);
	close(pipe_ends[1]);
}

int main(void)
{
#define ROW(test) cmocka_unit_test_setup_teardown(test, begin, end)
	const struct CMUnitTest tests[] = {
		ROW(test_lines), ROW(test_progress), ROW(test_hostile), ROW(test_long_line), ROW(test_much), ROW(test_ends), ROW(test_left_behind),
		ROW(test_prompt), ROW(test_refused), ROW(test_name), ROW(test_inherits), ROW(test_signals), ROW(test_terminal), ROW(test_copies),
		ROW(test_copies_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
