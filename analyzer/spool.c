/*
 * Input that is read twice (spool.h).
 */
#include "spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "output/terminal.h"

int spool_file(void)
{
	const char *folder = getenv("TMPDIR");
	char path[4096];
	int file;

	if (!folder || !*folder || strlen(folder) > sizeof path - 32)
		folder = "/tmp";
	snprintf(path, sizeof path, "%s/stlinkscope-XXXXXX", folder);
	file = mkostemp(path, O_CLOEXEC);
	if (file >= 0)
		unlink(path);
	return file;
}

static bool write_all(int file, const char *bytes, size_t length)
{
	while (length) {
		ssize_t done = write(file, bytes, length);

		if (done < 0 && errno != EINTR)
			return false;
		if (done > 0) {
			bytes += done;
			length -= (size_t)done;
		}
	}
	return true;
}

static bool copy(int from, int to)
{
	char bytes[1 << 16];
	ssize_t got;

	while ((got = read(from, bytes, sizeof bytes))) {
		if (got < 0 && errno != EINTR)
			return false;
		if (got > 0 && !write_all(to, bytes, (size_t)got))
			return false;
	}
	return true;
}

/* Says what went wrong. */
static const char *complain(const char *path, int error)
{
	char shown[1024];

	fprintf(stderr, "stlinkscope: %s: cannot be kept in a temporary file: %s\n",
	        terminal_safe(shown, sizeof shown, strcmp(path, "-") ? path : "standard input", 0), strerror(error));
	return NULL;
}

static void name(struct spool *spool)
{
	snprintf(spool->path, sizeof spool->path, "/proc/self/fd/%d", spool->file);
}

/* The path to read; NULL where it cannot be copied: has been said. */
static const char *spool_input(struct spool *spool, const char *path)
{
	bool is_stdin = !strcmp(path, "-");
	struct stat status;
	bool good;
	int from, error;

	spool->file = -1;
	if (!is_stdin && (stat(path, &status) || S_ISREG(status.st_mode) || S_ISDIR(status.st_mode)))
		return path; /* who opens it says what is wrong with it */
	from = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	spool->file = from < 0 ? -1 : spool_file();
	good = spool->file >= 0 && copy(from, spool->file);
	error = errno;
	if (from >= 0 && !is_stdin)
		close(from);
	if (!good) {
		spool_close(spool);
		return complain(path, error);
	}
	name(spool);
	return spool->path;
}

bool spool_new(struct spool *spool)
{
	spool->file = spool_file();
	name(spool);
	return spool->file >= 0;
}

void spool_close(struct spool *spool)
{
	if (spool->file >= 0)
		close(spool->file);
	spool->file = -1;
}

enum outcome spool_run(const char *path, enum outcome (*run)(const void *context, const char *path), const void *context)
{
	struct spool spool;
	const char *readable = spool_input(&spool, path);
	enum outcome outcome;

	if (!readable)
		return OUTCOME_TROUBLE;
	outcome = run(context, readable);
	spool_close(&spool);
	return outcome;
}
