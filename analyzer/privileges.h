/*
 * Who called us; resting rights that the program has and its caller has not; giving up root and capabilities for good once the capture is open.
 * Knows: sudo, pkexec, doas, set-user-id, file capabilities. Must not know: what the rights were for.
 */
#ifndef ANALYZER_PRIVILEGES_H
#define ANALYZER_PRIVILEGES_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/*
 * What the program was given and its caller was not (set-user-id, file capabilities) rests until privileges_raise: with it, any file could be read as a
 * capture. The first thing that the program does. Root that calls us, or lets sudo call us, stays root.
 */
void privileges_lower(void);
void privileges_raise(void);

struct invoker {
	uid_t uid;
	gid_t gid;
	char *user, *home, *shell; /* of the password database; NULL where it does not know uid */
	const char *by;            /* "sudo", "pkexec", "doas", "set-user-id": how we came to be root for somebody else; NULL: we are who called us */
};

/*
 * Finds who called us. SUDO_UID and its kin are believed only where our real user is root. Returns -1 with one line in problem where they cannot
 * be understood. The caller frees with privileges_forget.
 */
int privileges_invoker(struct invoker *invoker, char *problem, size_t size);
void privileges_forget(struct invoker *invoker);

/*
 * Becomes invoker for good: groups, ids, no capability left; then verifies that root cannot come back. Call it once the interface is open,
 * before any thread is started and any file is created. Where root itself called us it stays root; where we only have file capabilities, these
 * go. Returns -1 with one line in problem; the caller then must not go on.
 */
int privileges_drop(const struct invoker *invoker, char *problem, size_t size);

/*
 * Gives up even gaining rights by running set-user-id programs. Call it after tool_start (TOOL may be sudo itself, and it keeps that right),
 * before any thread is started.
 */
void privileges_seal(void);

/*
 * The environment for what the invoker runs: ours, with HOME, USER, LOGNAME and SHELL of the invoker and without the traces of sudo, pkexec or
 * doas. Ours as it is where invoker->by is NULL. Of one allocation, which the caller frees.
 */
char **privileges_environment(const struct invoker *invoker);

#endif
