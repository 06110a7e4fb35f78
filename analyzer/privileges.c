/*
 * Who called us, and giving up rights (privileges.h).
 */
#include "privileges.h"

#include <err.h>
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <unistd.h>

void privileges_lower(void)
{
	cap_t held;

	if (getegid() != getgid() && setegid(getgid()))
		err(2, "cannot let a group's rights rest");
	if (geteuid() != getuid() && seteuid(getuid()))
		err(2, "cannot let root's rights rest");
	if (!geteuid())
		return;
	held = cap_get_proc();
	if (!held || cap_clear_flag(held, CAP_EFFECTIVE) || cap_clear_flag(held, CAP_INHERITABLE) || cap_set_proc(held))
		err(2, "cannot let capabilities rest");
	cap_free(held);
}

/* What fails here shows where the right is needed. */
void privileges_raise(void)
{
	uid_t real, effective, saved;
	gid_t group, effective_group, saved_group;
	cap_t held;

	if (!getresuid(&real, &effective, &saved) && saved != effective && seteuid(saved))
		return;
	if (!getresgid(&group, &effective_group, &saved_group) && saved_group != effective_group && setegid(saved_group))
		return;
	held = cap_get_proc();
	for (cap_value_t capability = 0; held && geteuid() && capability <= CAP_LAST_CAP; capability++) {
		cap_flag_value_t permitted = CAP_CLEAR;

		if (!cap_get_flag(held, capability, CAP_PERMITTED, &permitted))
			cap_set_flag(held, CAP_EFFECTIVE, 1, &capability, permitted);
	}
	if (held)
		cap_set_proc(held);
	cap_free(held);
}

/* What says in the environment that somebody became root for this one command. */
static const struct { const char *by, *uid, *gid, *user; } callers[] = {
	{ "sudo", "SUDO_UID", "SUDO_GID", NULL },
	{ "pkexec", "PKEXEC_UID", NULL, NULL },
	{ "doas", NULL, NULL, "DOAS_USER" },
};

/* A user's or group's number; false where text is none. */
static bool read_id(const char *text, unsigned *id)
{
	char *end;
	unsigned long number;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	number = strtoul(text, &end, 10);
	*id = (unsigned)number;
	return !errno && !*end && number < UINT32_MAX; /* all ones is "leave as it is" */
}

static char *copy_of(const char *text)
{
	char *copy = text ? strdup(text) : NULL;

	if (text && !copy)
		err(2, NULL);
	return copy;
}

static void fill(struct invoker *invoker, const struct passwd *entry)
{
	if (!entry)
		return;
	invoker->user = copy_of(entry->pw_name);
	invoker->home = copy_of(entry->pw_dir);
	invoker->shell = copy_of(entry->pw_shell);
}

static int refuse(char *problem, size_t size, const char *variable, const char *value)
{
	snprintf(problem, size, "%s is '%s', which is no user or group: cannot tell who called, so root is not given up safely", variable, value);
	return -1;
}

/* We are root by one of callers; -1 where what it says of the caller makes no sense. */
static int find_caller(struct invoker *invoker, size_t caller, char *problem, size_t size)
{
	const char *uid = callers[caller].uid ? getenv(callers[caller].uid) : NULL;
	const char *gid = callers[caller].gid ? getenv(callers[caller].gid) : NULL;
	const char *user = callers[caller].user ? getenv(callers[caller].user) : NULL;
	const struct passwd *entry;

	if (uid && !read_id(uid, &invoker->uid))
		return refuse(problem, size, callers[caller].uid, uid);
	entry = uid ? getpwuid(invoker->uid) : getpwnam(user);
	if (entry) {
		invoker->uid = entry->pw_uid;
		invoker->gid = entry->pw_gid;
	}
	if (gid && !read_id(gid, &invoker->gid))
		return refuse(problem, size, callers[caller].gid, gid);
	if (!entry && !gid)
		return uid ? refuse(problem, size, callers[caller].uid, uid) : refuse(problem, size, callers[caller].user, user);
	if (!invoker->uid)
		invoker->gid = 0;
	else
		invoker->by = callers[caller].by;
	fill(invoker, entry);
	return 0;
}

/* Was the program given another user's or group's rights, resting or not? */
static bool is_set_user_id(void)
{
	uid_t real, effective, saved;
	gid_t group, effective_group, saved_group;

	return !getresuid(&real, &effective, &saved) && !getresgid(&group, &effective_group, &saved_group) &&
	       (real != effective || real != saved || group != effective_group || group != saved_group);
}

int privileges_invoker(struct invoker *invoker, char *problem, size_t size)
{
	*invoker = (struct invoker){ .uid = getuid(), .gid = getgid() };
	for (size_t i = 0; !invoker->uid && i < sizeof callers / sizeof callers[0]; i++)
		if (getenv(callers[i].uid ? callers[i].uid : callers[i].user))
			return find_caller(invoker, i, problem, size);
	if (is_set_user_id())
		invoker->by = "set-user-id";
	fill(invoker, getpwuid(invoker->uid));
	return 0;
}

void privileges_forget(struct invoker *invoker)
{
	free(invoker->user);
	free(invoker->home);
	free(invoker->shell);
	*invoker = (struct invoker){ 0 };
}

/* Groups and ids, in the order in which each step still may be done. */
static bool become(const struct invoker *invoker)
{
	if (!geteuid() && (invoker->user ? initgroups(invoker->user, invoker->gid) : setgroups(1, &invoker->gid)))
		return false;
	return !setresgid(invoker->gid, invoker->gid, invoker->gid) && !setresuid(invoker->uid, invoker->uid, invoker->uid);
}

static bool drop_capabilities(void)
{
	cap_t none = cap_init();
	bool good = none && !cap_set_proc(none);

	cap_free(none);
	return good;
}

/* Nothing is left, and nothing comes back. */
static bool is_dropped(const struct invoker *invoker)
{
	uid_t real, effective, saved;
	gid_t group, effective_group, saved_group;
	cap_t none = cap_init(), held = cap_get_proc();
	bool good = none && held && !cap_compare(none, held);

	cap_free(none);
	cap_free(held);
	return good && !getresuid(&real, &effective, &saved) && !getresgid(&group, &effective_group, &saved_group) &&
	       real == invoker->uid && effective == invoker->uid && saved == invoker->uid &&
	       group == invoker->gid && effective_group == invoker->gid && saved_group == invoker->gid &&
	       setresuid((uid_t)-1, 0, (uid_t)-1) && setresgid((gid_t)-1, invoker->gid ? 0 : 1, (gid_t)-1);
}

int privileges_drop(const struct invoker *invoker, char *problem, size_t size)
{
	const char *why = NULL;

	if (!invoker->uid)
		return 0;
	if ((invoker->by && !become(invoker)) || !drop_capabilities())
		why = strerror(errno);
	else if (!is_dropped(invoker))
		why = "some of them are left";
	if (!why)
		return 0;
	snprintf(problem, size, "cannot give up root's rights to become user %u (%s): %s", (unsigned)invoker->uid,
	         invoker->user ? invoker->user : "without a name", why);
	return -1;
}

void privileges_seal(void)
{
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

/* The environment */

/* Not the invoker's own, and those that are set anew. */
static const char *const taken_out[] = {
	"HOME", "USER", "LOGNAME", "SHELL", "MAIL", "SUDO_COMMAND", "SUDO_UID", "SUDO_GID", "SUDO_USER", "SUDO_HOME", "PKEXEC_UID", "DOAS_USER",
};

static bool is_taken_out(const char *variable)
{
	size_t length = strcspn(variable, "=");

	for (size_t i = 0; i < sizeof taken_out / sizeof taken_out[0]; i++)
		if (strlen(taken_out[i]) == length && !strncmp(variable, taken_out[i], length))
			return true;
	return false;
}

#define SET_ANEW 4

char **privileges_environment(const struct invoker *invoker)
{
	const struct { const char *name, *value; } anew[SET_ANEW] = {
		{ "HOME", invoker->home ? invoker->home : "/" }, { "USER", invoker->user }, { "LOGNAME", invoker->user }, { "SHELL", invoker->shell },
	};
	size_t count = 0, kept = 0, text = 0;
	char **environment, *at;

	while (environ[count])
		count++;
	for (size_t i = 0; i < SET_ANEW; i++)
		text += anew[i].value ? strlen(anew[i].name) + strlen(anew[i].value) + sizeof "=" : 0;
	environment = malloc((count + SET_ANEW + 1) * sizeof *environment + text);
	if (!environment)
		err(2, NULL);
	at = (char *)(environment + count + SET_ANEW + 1);
	for (size_t i = 0; i < count; i++)
		if (!invoker->by || !is_taken_out(environ[i]))
			environment[kept++] = environ[i];
	for (size_t i = 0; i < SET_ANEW && invoker->by; i++) {
		if (!anew[i].value)
			continue;
		environment[kept++] = at;
		at += sprintf(at, "%s=%s", anew[i].name, anew[i].value) + 1;
	}
	environment[kept] = NULL;
	return environment;
}
