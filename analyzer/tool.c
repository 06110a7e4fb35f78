/*
 * The tool that runs under `live` (tool.h).
 */
#include "tool.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tool_text.h"

#define CHUNK 65536           /* bytes taken from a stream at a time */
#define PATIENCE 500000000    /* ns that a line may stay unfinished before it is told so */

/* One of TOOL's two output streams, and the line that is under way in it. */
struct stream {
	int pipe; /* -1: closed */
	int copy; /* -1: not copied */
	bool is_stderr;
	bool returned;      /* a carriage return was read: newline, or a line drawn anew */
	bool told;          /* the line's beginning was told as unfinished */
	bool cut;
	char line[TOOL_LINE_LONGEST];
	size_t length;
	int64_t begun;      /* wall clock of its first byte */
	int64_t last;       /* monotonic time of its last one */
};

struct entry { size_t text; int64_t time; bool is_stderr, unfinished; };

struct tool {
	char *name;
	pid_t pid;
	int pidfd, epoll, timer;
	struct stream streams[2];
	struct entry *entries; /* lines that were read */
	size_t entry_count, entry_capacity, next_entry;
	char *text;            /* theirs; each ends with 0 */
	size_t text_length, text_capacity;
	bool ended;
	int wait_status;
};

static int64_t now(clockid_t clock)
{
	struct timespec time;

	clock_gettime(clock, &time);
	return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

/* A buffer of at least needed elements of size bytes. */
static void *room(void *buffer, size_t *capacity, size_t needed, size_t size)
{
	if (needed <= *capacity)
		return buffer;
	*capacity = needed * 2;
	buffer = reallocarray(buffer, *capacity, size);
	if (!buffer)
		err(2, NULL);
	return buffer;
}

/* Where copies go */

static bool is_same_file(int one, int other)
{
	struct stat status, other_status;

	return !fstat(one, &status) && !fstat(other, &other_status) && status.st_dev == other_status.st_dev && status.st_ino == other_status.st_ino;
}

struct tool_copies tool_copies_for(bool transcript)
{
	if (!transcript)
		return (struct tool_copies){ STDOUT_FILENO, STDERR_FILENO };
	if (isatty(STDOUT_FILENO) || is_same_file(STDOUT_FILENO, STDERR_FILENO))
		return (struct tool_copies){ -1, -1 };
	return (struct tool_copies){ STDERR_FILENO, STDERR_FILENO };
}

static void copy(struct stream *stream, const char *bytes, size_t length)
{
	while (stream->copy >= 0 && length) {
		ssize_t written = write(stream->copy, bytes, length);

		if (written > 0) {
			bytes += written;
			length -= (size_t)written;
		} else if (errno == EAGAIN) { /* TOOL may have made the terminal that we share non-blocking */
			poll(&(struct pollfd){ .fd = stream->copy, .events = POLLOUT }, 1, -1);
		} else if (errno != EINTR) {
			stream->copy = -1;
		}
	}
}

/* Lines */

/* What stream holds becomes a line to be told. */
static void end_line(struct tool *tool, struct stream *stream, bool unfinished)
{
	struct entry *entry;

	if (stream->length || !stream->told) { /* the newline behind a prompt is no line */
		tool->entries = room(tool->entries, &tool->entry_capacity, tool->entry_count + 1, sizeof *tool->entries);
		tool->text = room(tool->text, &tool->text_capacity, tool->text_length + TOOL_TEXT_SIZE(stream->length), 1);
		entry = &tool->entries[tool->entry_count++];
		*entry = (struct entry){ .text = tool->text_length, .time = stream->begun, .is_stderr = stream->is_stderr, .unfinished = unfinished };
		tool->text_length += tool_text(tool->text + tool->text_length, stream->line, stream->length, stream->cut) + 1;
	}
	stream->told = unfinished;
	stream->length = 0;
	stream->cut = stream->returned = false;
}

static void take_bytes(struct tool *tool, struct stream *stream, const char *bytes, size_t length)
{
	int64_t time = now(CLOCK_REALTIME);

	stream->last = now(CLOCK_MONOTONIC);
	for (size_t i = 0; i < length; i++) {
		if (bytes[i] == '\r') {
			stream->returned = true;
			continue;
		}
		if (stream->returned && bytes[i] != '\n') { /* drawn anew */
			stream->length = 0;
			stream->cut = stream->returned = false;
		}
		if (!stream->length)
			stream->begun = time;
		if (bytes[i] == '\n')
			end_line(tool, stream, false);
		else if (stream->length < sizeof stream->line)
			stream->line[stream->length++] = bytes[i];
		else
			stream->cut = true;
	}
}

/* Has TOOL left a line unfinished? The timer wakes our reader when that has lasted. */
static void tell_unfinished(struct tool *tool)
{
	struct itimerspec timer = { 0 };
	int64_t time = now(CLOCK_MONOTONIC), soonest = INT64_MAX;

	for (unsigned i = 0; i < 2; i++) {
		struct stream *stream = &tool->streams[i];

		if (!stream->length)
			continue;
		if (time - stream->last >= PATIENCE)
			end_line(tool, stream, true);
		else if (stream->last + PATIENCE < soonest)
			soonest = stream->last + PATIENCE;
	}
	if (soonest < INT64_MAX)
		timer.it_value = (struct timespec){ .tv_sec = soonest / 1000000000, .tv_nsec = soonest % 1000000000 };
	timerfd_settime(tool->timer, TFD_TIMER_ABSTIME, &timer, NULL);
}

/* Reading */

static void close_pipe(struct stream *stream)
{
	if (stream->pipe >= 0)
		close(stream->pipe); /* which takes it out of the epoll set */
	stream->pipe = -1;
}

/* Takes most bytes at most; returns how many there were. */
static size_t read_stream(struct tool *tool, struct stream *stream, size_t most)
{
	char bytes[CHUNK];
	ssize_t got = stream->pipe < 0 ? -1 : read(stream->pipe, bytes, most < sizeof bytes ? most : sizeof bytes);

	if (got > 0) {
		copy(stream, bytes, (size_t)got);
		take_bytes(tool, stream, bytes, (size_t)got);
		return (size_t)got;
	}
	if (!got)
		close_pipe(stream);
	return 0;
}

/* TOOL wrote no more than what its pipes hold now; what a child of it adds later is not waited for. */
static void read_rest(struct tool *tool, struct stream *stream)
{
	int waiting = 0;

	if (stream->pipe >= 0)
		ioctl(stream->pipe, FIONREAD, &waiting);
	while (waiting > 0) {
		size_t got = read_stream(tool, stream, (size_t)waiting);

		if (!got)
			break;
		waiting -= (int)got;
	}
	if (stream->length)
		end_line(tool, stream, false);
	close_pipe(stream);
}

void tool_read(struct tool *tool)
{
	tool->entry_count = tool->next_entry = tool->text_length = 0;
	if (tool->ended)
		return;
	if (waitpid(tool->pid, &tool->wait_status, WNOHANG) == tool->pid) {
		tool->ended = true;
		for (unsigned i = 0; i < 2; i++)
			read_rest(tool, &tool->streams[i]);
		close(tool->pidfd);
		close(tool->timer);
		tool->pidfd = tool->timer = -1;
		return;
	}
	for (unsigned i = 0; i < 2; i++)
		read_stream(tool, &tool->streams[i], CHUNK);
	tell_unfinished(tool);
}

bool tool_next_line(struct tool *tool, struct tool_line *line)
{
	const struct entry *entry;

	if (tool->next_entry == tool->entry_count)
		return false;
	entry = &tool->entries[tool->next_entry++];
	*line = (struct tool_line){ .time = entry->time, .is_stderr = entry->is_stderr, .unfinished = entry->unfinished,
		.text = tool->text + entry->text };
	return true;
}

int tool_fd(const struct tool *tool)
{
	return tool->epoll;
}

const char *tool_name(const struct tool *tool)
{
	return tool->name;
}

bool tool_ended(const struct tool *tool, int *wait_status)
{
	*wait_status = tool->wait_status;
	return tool->ended && tool->next_entry == tool->entry_count;
}

bool tool_signal(struct tool *tool, int signal, int code)
{
	if (code == SI_KERNEL)
		return true;
	return !tool->ended && !kill(tool->pid, signal); /* not waited for yet, so its id is still its own */
}

/* Start and end */

/* One line about why name could not be started. */
static void explain(char *problem, size_t size, const char *name, int error)
{
	if (error == ENOENT && !strchr(name, '/'))
		snprintf(problem, size, "cannot run '%s': there is no such program in PATH (sudo may have changed PATH: name it with its directory)",
		         name);
	else if (error == ENOENT && !access(name, F_OK))
		snprintf(problem, size, "cannot run '%s': the interpreter that it names is not there", name);
	else if (error == EACCES)
		snprintf(problem, size, "cannot run '%s': it is not executable for this user", name);
	else if (error == ENOEXEC)
		snprintf(problem, size, "cannot run '%s': it is no program for this machine (a script needs #! in its first line)", name);
	else
		snprintf(problem, size, "cannot run '%s': %s", name, strerror(error));
}

/* Starts it with the write ends of pipes as stdout and stderr; 0, or an errno value. */
static int spawn(pid_t *pid, char **argv, char **environment, int out, int error_out)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t none;
	int error;

	sigemptyset(&none);
	posix_spawn_file_actions_init(&actions);
	posix_spawnattr_init(&attributes);
	error = posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	if (!error)
		error = posix_spawn_file_actions_adddup2(&actions, error_out, STDERR_FILENO);
	if (!error) /* libpcap's descriptors were opened with root's rights */
		error = posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
	if (!error)
		error = posix_spawnattr_setsigmask(&attributes, &none);
	if (!error)
		error = posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
	if (!error)
		error = posix_spawnp(pid, argv[0], &actions, &attributes, argv, environment);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	return error;
}

static bool watch(const struct tool *tool, int file)
{
	struct epoll_event event = { .events = EPOLLIN, .data.fd = file };

	return file >= 0 && !epoll_ctl(tool->epoll, EPOLL_CTL_ADD, file, &event);
}

static struct tool *tool_new(const char *path, struct tool_copies copies)
{
	struct tool *tool = calloc(1, sizeof *tool);
	const char *slash = strrchr(path, '/');

	if (!tool)
		err(2, NULL);
	tool->name = strdup(slash ? slash + 1 : path);
	if (!tool->name)
		err(2, NULL);
	tool->streams[0] = (struct stream){ .pipe = -1, .copy = copies.out };
	tool->streams[1] = (struct stream){ .pipe = -1, .copy = copies.err, .is_stderr = true };
	tool->pidfd = -1;
	tool->epoll = epoll_create1(EPOLL_CLOEXEC);
	tool->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	return tool;
}

/* A pipe whose read end does not block; *write_end is the caller's to close. */
static bool open_pipe(struct stream *stream, int *write_end)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC))
		return false;
	stream->pipe = ends[0];
	*write_end = ends[1];
	return !fcntl(ends[0], F_SETFL, O_NONBLOCK);
}

struct tool *tool_start(char **argv, char **environment, struct tool_copies copies, char *problem, size_t size)
{
	struct tool *tool = tool_new(argv[0], copies);
	int ends[2] = { -1, -1 };
	bool good = watch(tool, tool->timer);
	int error;

	for (unsigned i = 0; i < 2; i++)
		good = good && open_pipe(&tool->streams[i], &ends[i]) && watch(tool, tool->streams[i].pipe);
	error = good ? spawn(&tool->pid, argv, environment, ends[0], ends[1]) : errno;
	for (unsigned i = 0; i < 2; i++)
		if (ends[i] >= 0)
			close(ends[i]);
	if (!error) {
		tool->pidfd = (int)syscall(SYS_pidfd_open, tool->pid, 0);
		if (watch(tool, tool->pidfd))
			return tool;
		error = errno;
		kill(tool->pid, SIGKILL); /* its end could not be noticed */
		waitpid(tool->pid, NULL, 0);
	}
	explain(problem, size, argv[0], error);
	tool_free(tool);
	return NULL;
}

void tool_free(struct tool *tool)
{
	if (!tool)
		return;
	for (unsigned i = 0; i < 2; i++)
		close_pipe(&tool->streams[i]);
	if (tool->pidfd >= 0)
		close(tool->pidfd);
	if (tool->timer >= 0)
		close(tool->timer);
	if (tool->epoll >= 0)
		close(tool->epoll);
	free(tool->entries);
	free(tool->text);
	free(tool->name);
	free(tool);
}

int tool_exit_code(int wait_status)
{
	return WIFSIGNALED(wait_status) ? 128 + WTERMSIG(wait_status) : WEXITSTATUS(wait_status);
}
