/*
 * A capture that arrives through a pipe, one record at a time: each transaction is printed once the records that it takes are in,
 * while the pipe is still open and silent.
 */
#include <err.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <jansson.h>

#include "support/captures.h"
#include "support/each_capture.h"

#define PATIENCE 120000 /* ms: a machine may be slow; only a program that waits for more input takes so long */

/* --- what must come, and when --- */

/* A transaction, and the record with which it is due. */
struct due {
	json_int_t frame, record;
};

static json_int_t last_frame(json_t *transaction)
{
	json_int_t last = json_integer_value(json_object_get(json_object_get(transaction, "csw"), "frame"));
	json_t *frames = json_object_get(transaction, "frames");
	const char *key;
	json_t *list, *frame;
	size_t i;

	json_object_foreach(frames, key, list) {
		json_array_foreach(list, i, frame) {
			if (json_integer_value(frame) > last)
				last = json_integer_value(frame);
		}
	}
	return last;
}

/* A memory command waits for the status that the next command may bring (DESIGN section 5, "Status that comes later"). */
static bool waits_for_status(const char *command)
{
	return strstr(command, "MEM_") || !strcmp(command, "RW_MISC_OUT");
}

/* More of an answer that is too short may come with a read of its own, until the next command shows that it does not. */
static bool waits_for_bytes(const json_t *transaction)
{
	const char *result = json_string_value(json_object_get(transaction, "result"));
	const json_t *note;
	size_t i;

	json_array_foreach(json_object_get(transaction, "notes"), i, note)
		if (!strcmp(json_string_value(note), "short"))
			return true;
	return !strcmp(result, "shifted") || !strcmp(result, "short");
}

/* Behind an EXIT these may already belong to the next session (DESIGN section 5, "Session"), which only the command after them tells. */
static bool waits_for_session(const char *command, bool *left)
{
	bool exits = strstr(command, "EXIT");
	bool waits = *left && (exits || !strcmp(command, "GET_CURRENT_MODE"));

	*left = exits || waits;
	return waits;
}

/* All transactions of a capture, from decoding it as a file. */
static size_t find_due(const char *capture, struct due **list)
{
	char command[512];
	struct file output;
	struct due *due = NULL;
	size_t count = 0;
	int status;
	bool held = false, left = false;

	snprintf(command, sizeof command, "%s decode --json %s", program_path(), capture);
	output = command_output(command, &status);
	assert_int_equal(status, 0);
	for (char *line = (char *)output.bytes, *end; (end = strchr(line, '\n')); line = end + 1) {
		json_t *object = json_loadb(line, (size_t)(end - line), 0, NULL);

		assert_non_null(object);
		if (!strcmp(json_string_value(json_object_get(object, "type")), "command")) {
			due = realloc(due, (count + 1) * sizeof *due);
			assert_non_null(due);
			due[count].frame = json_integer_value(json_object_get(object, "frame"));
			due[count].record = last_frame(object);
			assert_true(due[count].record > 0);
			if (held)
				due[count - 1].record = due[count].record;
			held = waits_for_status(json_string_value(json_object_get(object, "command"))) || waits_for_bytes(object);
			held |= waits_for_session(json_string_value(json_object_get(object, "command")), &left);
			count++;
		}
		json_decref(object);
	}
	if (held)
		due[count - 1].record = INT64_MAX; /* with the end of the capture */
	free(output.bytes);
	*list = due;
	return count;
}

/* --- the program at the other end --- */

struct decoder {
	pid_t pid;
	int in, out;
	char text[1 << 16]; /* the last lines that it printed, the newest perhaps not whole */
	size_t size;
};

static void start(struct decoder *decoder, const char *option)
{
	int in[2], out[2];

	assert_int_equal(pipe2(in, O_CLOEXEC), 0);
	assert_int_equal(pipe2(out, O_CLOEXEC), 0);
	decoder->pid = fork();
	if (decoder->pid == 0) {
		dup2(in[0], 0);
		dup2(out[1], 1);
		execl(program_path(), "stlinkscope", "decode", option, "-", (char *)NULL);
		err(127, "%s", program_path());
	}
	close(in[0]);
	close(out[1]);
	decoder->in = in[1];
	decoder->out = out[0];
	decoder->size = 0;
}

static void feed(const struct decoder *decoder, const uint8_t *bytes, size_t size)
{
	assert_true(write(decoder->in, bytes, size) == (ssize_t)size);
}

/* Reads a line into line. False where none comes. */
static bool next_line(struct decoder *decoder, char *line, size_t size)
{
	char *end;

	while (!(end = memchr(decoder->text, '\n', decoder->size))) {
		struct pollfd wait = { .fd = decoder->out, .events = POLLIN };
		ssize_t got;

		if (poll(&wait, 1, PATIENCE) <= 0)
			return false;
		got = read(decoder->out, decoder->text + decoder->size, sizeof decoder->text - decoder->size);
		if (got <= 0)
			return false;
		decoder->size += (size_t)got;
	}
	snprintf(line, size, "%.*s", (int)(end - decoder->text), decoder->text);
	decoder->size -= (size_t)(end + 1 - decoder->text);
	memmove(decoder->text, end + 1, decoder->size);
	return true;
}

static void stop(struct decoder *decoder)
{
	char line[1 << 15];
	int status;

	close(decoder->in);
	while (next_line(decoder, line, sizeof line))
		;
	close(decoder->out);
	assert_true(waitpid(decoder->pid, &status, 0) == decoder->pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

/* The frame of the transaction on a line; 0 where there is none on it. */
typedef json_int_t line_frame(const char *line);

static json_int_t json_frame(const char *line)
{
	json_t *object = json_loads(line, 0, NULL);
	json_int_t frame = 0;

	assert_non_null(object);
	if (!strcmp(json_string_value(json_object_get(object, "type")), "command"))
		frame = json_integer_value(json_object_get(object, "frame"));
	json_decref(object);
	return frame;
}

static void replay(const char *capture, const char *option, line_frame *frame_of)
{
	struct file file = file_read(capture);
	struct decoder *decoder = calloc(1, sizeof *decoder);
	struct due *due;
	size_t count = find_due(capture, &due), next = 0;
	size_t *ends, records = captures_offsets(&file, &ends);
	char line[1 << 15];

	assert_non_null(decoder);
	assert_true(count > 0);
	start(decoder, option);
	feed(decoder, file.bytes, ends[0]);
	for (size_t record = 1; record <= records; record++) {
		feed(decoder, file.bytes + ends[record - 1], ends[record] - ends[record - 1]);
		while (next < count && due[next].record <= (json_int_t)record) {
			if (!next_line(decoder, line, sizeof line))
				fail_msg("%s: record %zu is in, and the transaction of frame %lld is not printed", capture, record,
				         (long long)due[next].frame);
			if (frame_of(line) == due[next].frame)
				next++;
		}
	}
	stop(decoder);
	free(decoder);
	free(due);
	free(ends);
	free(file.bytes);
}

/* A line of the text begins with a frame; that of a transaction comes before what it caused. */
static json_int_t text_frame(const char *line)
{
	return strtoll(line, NULL, 10);
}

static void output_keeps_up(void **state)
{
	replay(*state, "--json", json_frame);
	replay(*state, "--no-fold", text_frame);
}

int main(void)
{
	signal(SIGPIPE, SIG_IGN);
	return each_capture("pipe", output_keeps_up, NULL);
}
