/*
 * Which processes have a device open (device_users.h).
 */
#include "device_users.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDER_SIZE 256 /* of /proc/N */
#define PATH_SIZE 512

/* Does the file behind path, a link below some /proc/N/fd, belong to node? Also where that process sees another /dev. */
static bool is_open_file_of(const char *path, const char *node, const struct stat *wanted)
{
	char target[PATH_SIZE];
	ssize_t length = readlink(path, target, sizeof target);
	size_t tail = strlen(node);
	struct stat status;

	/* the name first: a file that hangs, on a server that is away, must not be asked */
	if (length < (ssize_t)tail || (size_t)length >= sizeof target || memcmp(target + length - tail, node, tail))
		return false;
	if ((size_t)length == tail)
		return true;
	if (stat(path, &status))
		return false;
	return (status.st_dev == wanted->st_dev && status.st_ino == wanted->st_ino) ||
	       (S_ISCHR(wanted->st_mode) && S_ISCHR(status.st_mode) && status.st_rdev == wanted->st_rdev);
}

static bool has_open(const char *folder, const char *node, const struct stat *wanted, bool *hidden)
{
	char path[PATH_SIZE];
	struct dirent *entry;
	bool found = false;
	DIR *files;

	snprintf(path, sizeof path, "%s/fd", folder);
	files = opendir(path);
	if (!files) {
		*hidden |= errno == EACCES;
		return false;
	}
	while (!found && (entry = readdir(files))) {
		int length = snprintf(path, sizeof path, "%s/fd/%s", folder, entry->d_name);

		found = length > 0 && (size_t)length < sizeof path && is_open_file_of(path, node, wanted);
	}
	closedir(files);
	return found;
}

static void describe(struct device_user *user, const char *folder, pid_t pid)
{
	char path[PATH_SIZE];
	struct stat status;
	FILE *file;

	*user = (struct device_user){ .pid = pid, .uid = (uid_t)-1 };
	if (!stat(folder, &status))
		user->uid = status.st_uid;
	snprintf(path, sizeof path, "%s/comm", folder);
	file = fopen(path, "r");
	if (!file)
		return;
	user->name[fread(user->name, 1, sizeof user->name - 1, file)] = '\0';
	user->name[strcspn(user->name, "\n")] = '\0';
	fclose(file);
}

static int by_id(const void *one, const void *other)
{
	pid_t first = ((const struct device_user *)one)->pid, second = ((const struct device_user *)other)->pid;

	return (first > second) - (first < second);
}

size_t device_users(const char *proc, const char *node, struct device_user *list, size_t size, bool *hidden)
{
	char folder[FOLDER_SIZE];
	struct dirent *entry;
	struct stat wanted = { 0 };
	size_t count = 0;
	DIR *processes = opendir(proc);

	if (!processes) {
		*hidden = true;
		return 0;
	}
	stat(node, &wanted); /* where it is missing here, names alone tell */
	while ((entry = readdir(processes))) {
		char *end;
		long pid = strtol(entry->d_name, &end, 10);

		if (*end || pid <= 0 || pid == getpid())
			continue;
		snprintf(folder, sizeof folder, "%s/%ld", proc, pid);
		if (!has_open(folder, node, &wanted, hidden))
			continue;
		if (count < size)
			describe(&list[count], folder, (pid_t)pid);
		count++;
	}
	closedir(processes);
	snprintf(folder, sizeof folder, "%s/1", proc);
	*hidden |= access(folder, F_OK); /* mounted so that others' are not even listed */
	qsort(list, count < size ? count : size, sizeof *list, by_id);
	return count;
}
