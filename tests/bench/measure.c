/*
 * Runs a command with its output thrown away. Usage: measure COMMAND [ARGUMENT...]
 * Prints one line: wall time in seconds, peak resident memory in KiB, exit status.
 */
#include <err.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

extern char **environ;

int main(int argc, char **argv)
{
	posix_spawn_file_actions_t actions;
	struct timespec begin, end;
	struct rusage usage;
	int problem, status;
	pid_t pid;

	if (argc < 2)
		errx(2, "usage: measure COMMAND [ARGUMENT...]");
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
	clock_gettime(CLOCK_MONOTONIC, &begin);
	problem = posix_spawnp(&pid, argv[1], &actions, NULL, argv + 1, environ);
	if (problem)
		errx(1, "%s: %s", argv[1], strerror(problem));
	if (wait4(pid, &status, 0, &usage) != pid)
		err(1, "wait4");
	clock_gettime(CLOCK_MONOTONIC, &end);
	printf("%.3f %ld %d\n", (double)(end.tv_sec - begin.tv_sec) + (double)(end.tv_nsec - begin.tv_nsec) / 1e9, usage.ru_maxrss,
	       WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
	return 0;
}
