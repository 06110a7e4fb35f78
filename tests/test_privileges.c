/*
 * Who called us, and giving up root: in children, because there is no way back. Needs root, and says that it is skipped without.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <grp.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "../analyzer/privileges.h"
#include "../analyzer/tool.h"

#define NOBODY 65534
#define STRANGER 54321 /* no user of that number */

static const char *const variables[] = { "SUDO_UID", "SUDO_GID", "SUDO_USER", "SUDO_COMMAND", "PKEXEC_UID", "DOAS_USER" };

static int begin(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++)
		unsetenv(variables[i]);
	return 0;
}

static void need_root(void)
{
	if (geteuid()) {
		puts("SKIPPED: giving up root needs root");
		skip();
	}
}

/* Runs check in a child; what it returns is 0, or the line that failed. */
static void in_child(int (*check)(void))
{
	int status;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid)
		_exit(check());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status))
		fail_msg("check number %d", WEXITSTATUS(status));
}

static void check_invoker(uid_t uid, gid_t gid, const char *by)
{
	struct invoker invoker;
	char problem[256] = "";

	assert_int_equal(privileges_invoker(&invoker, problem, sizeof problem), 0);
	assert_string_equal(problem, "");
	assert_int_equal(invoker.uid, uid);
	assert_int_equal(invoker.gid, gid);
	assert_string_equal(invoker.by ? invoker.by : "", by);
	privileges_forget(&invoker);
}

static void test_invoker(void **state)
{
	(void)state;
	need_root();
	check_invoker(0, 0, "");
	setenv("SUDO_UID", "65534", 1);
	check_invoker(NOBODY, NOBODY, "sudo"); /* its group from the password database */
	setenv("SUDO_GID", "12", 1);
	check_invoker(NOBODY, 12, "sudo");
	setenv("SUDO_UID", "54321", 1);
	check_invoker(STRANGER, 12, "sudo");
	setenv("SUDO_UID", "0", 1); /* root ran sudo */
	check_invoker(0, 0, "");
	unsetenv("SUDO_UID");
	setenv("PKEXEC_UID", "65534", 1);
	check_invoker(NOBODY, NOBODY, "pkexec");
	unsetenv("PKEXEC_UID");
	setenv("DOAS_USER", "nobody", 1);
	check_invoker(NOBODY, NOBODY, "doas");
}

static void check_refused(const char *variable, const char *value)
{
	struct invoker invoker;
	char problem[256] = "";

	begin(NULL);
	setenv(variable, value, 1);
	assert_int_equal(privileges_invoker(&invoker, problem, sizeof problem), -1);
	assert_non_null(strstr(problem, variable));
	privileges_forget(&invoker);
}

static void test_nonsense(void **state)
{
	(void)state;
	need_root();
	check_refused("SUDO_UID", "");
	check_refused("SUDO_UID", "me");
	check_refused("SUDO_UID", "-1");
	check_refused("SUDO_UID", "4294967295");
	check_refused("SUDO_UID", "4294967296");
	check_refused("SUDO_UID", "18446744073709551616");
	check_refused("SUDO_UID", "1000x");
	check_refused("SUDO_UID", "54321"); /* nobody knows its group */
	check_refused("PKEXEC_UID", " 1");
	check_refused("DOAS_USER", "no such user");
}

/* Who is not root is not believed. */
static int believes_nothing(void)
{
	struct invoker invoker;
	char problem[256];

	setenv("SUDO_UID", "1", 1);
	if (setresgid(12, 12, 12) || setresuid(NOBODY, NOBODY, NOBODY))
		return 1;
	if (privileges_invoker(&invoker, problem, sizeof problem) || invoker.uid != NOBODY || invoker.gid != 12 || invoker.by)
		return 2;
	return privileges_drop(&invoker, problem, sizeof problem) ? 3 : 0;
}

static void test_not_root(void **state)
{
	(void)state;
	need_root();
	in_child(believes_nothing);
}

static int has_capabilities(void)
{
	cap_t none = cap_init(), held = cap_get_proc();
	int differ = cap_compare(none, held);

	cap_free(none);
	cap_free(held);
	return differ;
}

static int is_nobody(gid_t gid)
{
	gid_t groups[64];
	uid_t ids[3];
	gid_t gids[3];
	int count = getgroups(64, groups);

	getresuid(&ids[0], &ids[1], &ids[2]);
	getresgid(&gids[0], &gids[1], &gids[2]);
	for (int i = 0; i < 3; i++)
		if (ids[i] != NOBODY || gids[i] != gid)
			return 20;
	for (int i = 0; i < count; i++)
		if (groups[i] != gid && groups[i] != NOBODY)
			return 21;
	if (!setuid(0) || !setgid(0) || !setgroups(0, NULL) || !seteuid(0))
		return 22;
	return has_capabilities() ? 23 : 0;
}

static int drops(void)
{
	static const gid_t roots_groups[] = { 0, 4, 24 };
	struct invoker invoker;
	char problem[256];

	if (setgroups(3, roots_groups))
		return 1;
	setenv("SUDO_UID", "65534", 1);
	setenv("SUDO_GID", "12", 1);
	if (privileges_invoker(&invoker, problem, sizeof problem) || privileges_drop(&invoker, problem, sizeof problem))
		return 2;
	privileges_forget(&invoker);
	return is_nobody(12);
}

static int drops_stranger(void)
{
	struct invoker invoker;
	char problem[256];

	setenv("SUDO_UID", "54321", 1);
	setenv("SUDO_GID", "54321", 1);
	if (privileges_invoker(&invoker, problem, sizeof problem) || privileges_drop(&invoker, problem, sizeof problem))
		return 1;
	return getuid() != STRANGER || getgroups(0, NULL) > 1 || has_capabilities() || !setuid(0);
}

/* As a set-user-id program: our real user is somebody. */
static int drops_set_user_id(void)
{
	struct invoker invoker;
	char problem[256];

	setenv("SUDO_UID", "1", 1); /* lies */
	if (setresgid(NOBODY, 0, 0) || setresuid(NOBODY, 0, 0))
		return 1;
	if (privileges_invoker(&invoker, problem, sizeof problem) || invoker.uid != NOBODY || !invoker.by || strcmp(invoker.by, "set-user-id"))
		return 2;
	return privileges_drop(&invoker, problem, sizeof problem) ? 3 : is_nobody(NOBODY);
}

/* As a program with file capabilities: somebody, and able to do what only root is. */
static int drops_file_capabilities(void)
{
	static const cap_value_t wanted[] = { CAP_NET_RAW, CAP_CHOWN };
	cap_t some = cap_init();
	struct invoker invoker;
	char problem[256];

	if (prctl(PR_SET_KEEPCAPS, 1) || setgroups(0, NULL) || setresgid(NOBODY, NOBODY, NOBODY) || setresuid(NOBODY, NOBODY, NOBODY))
		return 1;
	cap_set_flag(some, CAP_PERMITTED, 2, wanted, CAP_SET);
	cap_set_flag(some, CAP_EFFECTIVE, 2, wanted, CAP_SET);
	if (cap_set_proc(some) || !has_capabilities())
		return 2;
	cap_free(some);
	if (privileges_invoker(&invoker, problem, sizeof problem) || invoker.by || privileges_drop(&invoker, problem, sizeof problem))
		return 3;
	return is_nobody(NOBODY);
}

static bool reads(const char *path)
{
	FILE *file = fopen(path, "r");

	if (file)
		fclose(file);
	return file;
}

static char secret[] = "/tmp/stlinkscope-secret-XXXXXX"; /* that root alone may read */

/* What a set-user-id program may do rests, is there when it is called for, and goes for good. */
static int rests_set_user_id(void)
{
	struct invoker invoker;
	char problem[256];

	if (setgroups(0, NULL) || setresgid(NOBODY, 0, 0) || setresuid(NOBODY, 0, 0))
		return 1;
	privileges_lower();
	if (geteuid() != NOBODY || getegid() != NOBODY || reads(secret))
		return 2;
	privileges_raise();
	if (!reads(secret))
		return 3;
	if (privileges_invoker(&invoker, problem, sizeof problem) || !invoker.by || privileges_drop(&invoker, problem, sizeof problem))
		return 4;
	privileges_raise();
	return reads(secret) ? 5 : is_nobody(NOBODY);
}

static int rests_file_capabilities(void)
{
	static const cap_value_t wanted[] = { CAP_DAC_OVERRIDE };
	cap_t some = cap_init();
	struct invoker invoker;
	char problem[256];

	if (prctl(PR_SET_KEEPCAPS, 1) || setgroups(0, NULL) || setresgid(NOBODY, NOBODY, NOBODY) || setresuid(NOBODY, NOBODY, NOBODY))
		return 1;
	cap_set_flag(some, CAP_PERMITTED, 1, wanted, CAP_SET);
	cap_set_flag(some, CAP_EFFECTIVE, 1, wanted, CAP_SET);
	if (cap_set_proc(some) || !reads(secret))
		return 2;
	cap_free(some);
	privileges_lower();
	if (reads(secret))
		return 3;
	privileges_raise();
	if (!reads(secret))
		return 4;
	if (privileges_invoker(&invoker, problem, sizeof problem) || privileges_drop(&invoker, problem, sizeof problem))
		return 5;
	privileges_raise();
	return reads(secret) ? 6 : is_nobody(NOBODY);
}

static int root_rests_not(void)
{
	privileges_lower();
	return geteuid() || !has_capabilities() || !reads(secret);
}

static void test_rest(void **state)
{
	int file;

	(void)state;
	need_root();
	file = mkstemp(secret);
	assert_true(file >= 0);
	close(file);
	in_child(rests_set_user_id);
	in_child(rests_file_capabilities);
	in_child(root_rests_not);
	unlink(secret);
}

static int stays_root(void)
{
	struct invoker invoker;
	char problem[256];

	if (privileges_invoker(&invoker, problem, sizeof problem) || privileges_drop(&invoker, problem, sizeof problem))
		return 1;
	return geteuid() || !has_capabilities();
}

/* Without the right to become somebody else there is no going on. */
static int cannot_drop(void)
{
	static const cap_value_t needed[] = { CAP_SETUID, CAP_SETGID };
	cap_t capabilities = cap_get_proc();
	struct invoker invoker;
	char problem[256] = "";

	cap_set_flag(capabilities, CAP_PERMITTED, 2, needed, CAP_CLEAR);
	cap_set_flag(capabilities, CAP_EFFECTIVE, 2, needed, CAP_CLEAR);
	if (cap_set_proc(capabilities))
		return 1;
	setenv("SUDO_UID", "65534", 1);
	if (privileges_invoker(&invoker, problem, sizeof problem) || !privileges_drop(&invoker, problem, sizeof problem))
		return 2;
	return !strstr(problem, "user 65534 (nobody): Operation not permitted");
}

static int seals(void)
{
	privileges_seal();
	return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1;
}

static void test_drop(void **state)
{
	(void)state;
	need_root();
	in_child(drops);
	in_child(drops_stranger);
	in_child(drops_set_user_id);
	in_child(drops_file_capabilities);
	in_child(stays_root);
	in_child(cannot_drop);
	in_child(seals);
}

static const char *value_in(char **environment, const char *name)
{
	for (; *environment; environment++)
		if (!strncmp(*environment, name, strlen(name)) && (*environment)[strlen(name)] == '=')
			return *environment + strlen(name) + 1;
	return NULL;
}

static void test_environment(void **state)
{
	struct invoker nobody = { .uid = NOBODY, .user = (char *)"nobody", .home = (char *)"/nonexistent", .shell = (char *)"/bin/false",
	                          .by = "sudo" };
	struct invoker stranger = { .uid = STRANGER, .by = "sudo" }, ourselves = { .uid = getuid(), .home = (char *)"/elsewhere" };
	char **environment;

	(void)state;
	setenv("HOME", "/root", 1);
	setenv("USER", "root", 1);
	setenv("MAIL", "/var/mail/root", 1);
	setenv("SUDO_UID", "65534", 1);
	setenv("SUDO_COMMAND", "stlinkscope", 1);
	setenv("SUDO_ASKPASS", "/usr/bin/ask", 1);
	setenv("HOMEPAGE", "kept", 1);
	environment = privileges_environment(&nobody);
	assert_string_equal(value_in(environment, "HOME"), "/nonexistent");
	assert_string_equal(value_in(environment, "USER"), "nobody");
	assert_string_equal(value_in(environment, "LOGNAME"), "nobody");
	assert_string_equal(value_in(environment, "SHELL"), "/bin/false");
	assert_string_equal(value_in(environment, "HOMEPAGE"), "kept");
	assert_string_equal(value_in(environment, "SUDO_ASKPASS"), "/usr/bin/ask");
	assert_string_equal(value_in(environment, "PATH"), getenv("PATH"));
	assert_null(value_in(environment, "MAIL"));
	assert_null(value_in(environment, "SUDO_UID"));
	assert_null(value_in(environment, "SUDO_COMMAND"));
	free(environment);
	environment = privileges_environment(&stranger);
	assert_string_equal(value_in(environment, "HOME"), "/");
	assert_null(value_in(environment, "USER"));
	free(environment);
	environment = privileges_environment(&ourselves);
	assert_string_equal(value_in(environment, "HOME"), "/root");
	assert_string_equal(value_in(environment, "SUDO_UID"), "65534");
	free(environment);
}

/* What TOOL is, and where it finds itself at home, when sudo runs us for somebody. */
static int runs_as_caller(void)
{
	static const char script[] = "id -u; id -g; echo \"$HOME $USER ${SUDO_UID-none}\"; grep CapPrm /proc/self/status";
	char *argv[] = { (char *)"/bin/sh", (char *)"-c", (char *)script, NULL };
	static const char expected[] = "65534\n12\n/nonexistent nobody none\nCapPrm: 0000000000000000\n";
	char problem[256], told[1024] = "";
	size_t length = 0;
	struct invoker invoker;
	struct tool_line line;
	struct tool *tool;
	char **environment;
	int status;

	setenv("HOME", "/root", 1);
	setenv("USER", "root", 1);
	setenv("SUDO_UID", "65534", 1);
	setenv("SUDO_GID", "12", 1);
	if (privileges_invoker(&invoker, problem, sizeof problem) || privileges_drop(&invoker, problem, sizeof problem))
		return 1;
	environment = privileges_environment(&invoker);
	tool = tool_start(argv, environment, (struct tool_copies){ -1, -1 }, problem, sizeof problem);
	privileges_seal();
	if (!tool)
		return 2;
	while (!tool_ended(tool, &status)) {
		tool_read(tool);
		while (tool_next_line(tool, &line) && length < sizeof told)
			length += (size_t)snprintf(told + length, sizeof told - length, "%s\n", line.text);
	}
	tool_free(tool);
	free(environment);
	privileges_forget(&invoker);
	if (strcmp(told, expected))
		fputs(told, stderr);
	return strcmp(told, expected) ? 3 : 0;
}

static void test_tool(void **state)
{
	(void)state;
	need_root();
	in_child(runs_as_caller);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_invoker, begin), cmocka_unit_test_setup(test_nonsense, begin),
		cmocka_unit_test_setup(test_not_root, begin), cmocka_unit_test_setup(test_drop, begin),
		cmocka_unit_test_setup(test_rest, begin), cmocka_unit_test_setup(test_environment, begin), cmocka_unit_test_setup(test_tool, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
