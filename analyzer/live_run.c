/* The loop of a live capture (live_run.h). */
#include "live_run.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "live_waiting.h"
#include "program.h"

#define LINK_HEADER 64
#define SECOND INT64_C(1000000000)
#define TICK 100             /* ms between two looks at the clock */
#define BATCHES_A_TURN 64    /* before somebody else is looked at */
#define SETTLED (SECOND / 5) /* a record this old has been read, if there is one */
#define TOOL_GRACE (3 * SECOND) /* for a tool that was told to end */
#define IMPATIENT 3          /* this many Ctrl-C within */
#define IMPATIENCE (2 * SECOND) /* end the capture whatever the tool does */

/* What a note in the sieve is: a gap, or a line of the tool with its two properties. */
enum between { BETWEEN_GAP, BETWEEN_LINE, BETWEEN_STDERR = 2, BETWEEN_UNFINISHED = 4 };

/* A line of the tool that waits for the records before it. */
struct queued_line { struct queued_line *next; int64_t time; unsigned note; char text[]; };

struct loop {
	struct live_run *run;
	int signals;
	int64_t begun, ends; /* monotonic; ends: INT64_MAX where nothing says when */
	int64_t interrupts[IMPATIENT];
	struct queued_line *lines, **last_line;
	struct live_waiting waiting;
	enum live_end end;
	bool over;
};

static int64_t clock_now(clockid_t clock)
{
	struct timespec time;

	clock_gettime(clock, &time);
	return time.tv_sec * SECOND + time.tv_nsec;
}

/* From the sieve to the recorder */

void live_taker(void *context, const struct sieve_item *item)
{
	uint64_t dropped;

	if (item->is_record) {
		recorder_record(context, item);
	} else if (item->note == BETWEEN_GAP) {
		memcpy(&dropped, item->bytes, sizeof dropped);
		recorder_gap(context, dropped);
	} else {
		recorder_tool_line(context, &(struct tool_line){
			.time = item->time, .is_stderr = item->note & BETWEEN_STDERR, .unfinished = item->note & BETWEEN_UNFINISHED,
			.text = (const char *)item->bytes,
		});
	}
}

void live_put(struct sieve *sieve, const struct live_record *record)
{
	struct sieve_item item = {
		.is_record = true, .time = record->time, .bytes = record->data, .captured = record->captured, .wire = record->wire,
		.urb = { .time = record->time },
	};

	usbmon_dissect(record->data, record->captured, record->wire, LINK_HEADER, __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__, &item.urb);
	sieve_put(sieve, &item);
}

/* The tool's lines */

static void put_line(struct loop *loop)
{
	struct queued_line *line = loop->lines;

	loop->lines = line->next;
	if (!loop->lines)
		loop->last_line = &loop->lines;
	sieve_put(loop->run->sieve, &(struct sieve_item){
		.note = line->note, .time = line->time, .bytes = (const uint8_t *)line->text, .captured = (uint32_t)strlen(line->text) + 1,
	});
	free(line);
}

static void put_lines_until(struct loop *loop, int64_t time)
{
	while (loop->lines && loop->lines->time <= time)
		put_line(loop);
}

static void queue_line(struct loop *loop, const struct tool_line *told)
{
	size_t size = strlen(told->text) + 1;
	struct queued_line *line = malloc(sizeof *line + size);

	if (!line)
		return;
	line->next = NULL;
	line->time = told->time;
	line->note = BETWEEN_LINE | (told->is_stderr ? BETWEEN_STDERR : 0u) | (told->unfinished ? BETWEEN_UNFINISHED : 0u);
	memcpy(line->text, told->text, size);
	*loop->last_line = line;
	loop->last_line = &line->next;
}

static void read_tool(struct loop *loop)
{
	struct live_run *run = loop->run;
	struct tool_line line;

	if (!run->tool_runs)
		return;
	tool_read(run->tool);
	while (tool_next_line(run->tool, &line))
		queue_line(loop, &line);
	if (tool_ended(run->tool, &run->tool_status)) {
		run->tool_runs = false;
		loop->over = true;
		loop->end = LIVE_TOOL_ENDED;
	}
}

/* The records */

static void on_record(void *context, const struct live_record *record)
{
	struct loop *loop = context;

	put_lines_until(loop, record->time);
	live_put(loop->run->sieve, record);
}

static void on_gap(void *context, uint64_t dropped)
{
	struct loop *loop = context;

	sieve_put(loop->run->sieve, &(struct sieve_item){
		.note = BETWEEN_GAP, .bytes = (const uint8_t *)&dropped, .captured = sizeof dropped,
	});
}

/* Takes what is there. Returns whether that is all. */
static bool drain(struct loop *loop, unsigned batches)
{
	const struct live_taker taker = { .context = loop, .record = on_record, .gap = on_gap };
	int got = 1;

	while (got > 0 && batches--)
		got = loop->run->source->read(loop->run->source, &taker);
	if (got < 0 && !(loop->over && loop->end == LIVE_SOURCE_FAILED)) {
		loop->over = true;
		loop->end = LIVE_SOURCE_FAILED;
	}
	return got <= 0;
}

/* Output, and what waits */

/* What the file could not take; it is said once. */
static void check_file(struct loop *loop, int result)
{
	struct live_run *run = loop->run;
	char shown[1024];
	int reason = errno;

	if (!result)
		return;
	live_waiting_clear(&loop->waiting);
	fflush(stdout);
	fprintf(stderr, "stlinkscope live: %s: %s; it holds the first %" PRIu64 " records; what follows is shown, and not kept\n",
	        terminal_safe(shown, sizeof shown, run->file ? run->file : "", 0), strerror(reason), recorder_written(run->recorder));
	run->file_failed = true;
}

static void flush_all(struct loop *loop)
{
	/* The file first: who reads the screen may go away. */
	check_file(loop, recorder_flush(loop->run->recorder));
	if (__fpending(stdout))
		live_waiting_clear(&loop->waiting);
	if (fflush(stdout) || ferror(stdout)) {
		loop->over = true;
		loop->end = LIVE_OUTPUT_FAILED;
	}
}

/* The bus is quiet: time goes on for what waits for something that may not come. */
static void pass_time(struct loop *loop)
{
	int64_t now = clock_now(CLOCK_REALTIME), settled = now - SETTLED, since;

	put_lines_until(loop, now);
	sieve_time(loop->run->sieve, settled);
	if (sieve_waits(loop->run->sieve, &since) && since < settled)
		settled = since;
	tracker_time(loop->run->tracker, settled);
	flush_all(loop);
	if (loop->run->waiting_line && !loop->over)
		live_waiting_show(&loop->waiting, loop->run->tracker, now);
}

/* Signals */

/* Ctrl-C again and again: the tool does not end, and its user wants to. */
static bool is_impatient(struct loop *loop, int64_t now)
{
	memmove(loop->interrupts, loop->interrupts + 1, sizeof loop->interrupts - sizeof loop->interrupts[0]);
	loop->interrupts[IMPATIENT - 1] = now;
	return loop->interrupts[0] && now - loop->interrupts[0] <= IMPATIENCE;
}

static void read_signals(struct loop *loop)
{
	struct live_run *run = loop->run;
	struct signalfd_siginfo info;
	int64_t now = clock_now(CLOCK_MONOTONIC);

	while (read(loop->signals, &info, sizeof info) == (ssize_t)sizeof info) {
		bool told = run->tool_runs && tool_signal(run->tool, (int)info.ssi_signo, info.ssi_code);

		if (!told || (info.ssi_signo == SIGINT && is_impatient(loop, now))) {
			loop->over = true;
			loop->end = LIVE_STOPPED;
		} else if (info.ssi_signo != SIGINT && loop->ends > now + TOOL_GRACE) {
			/* A Ctrl-C is the tool's business: debuggers live on with it. To be ended is not. */
			loop->ends = now + TOOL_GRACE;
			loop->end = LIVE_STOPPED;
		}
	}
}

static void wait_for_something(struct loop *loop, bool drained)
{
	struct pollfd polled[] = {
		{ .fd = loop->run->source->descriptor, .events = POLLIN },
		{ .fd = loop->signals, .events = POLLIN },
		{ .fd = loop->run->tool_runs ? tool_fd(loop->run->tool) : -1, .events = POLLIN },
	};

	/* A descriptor that cannot be waited for, or a batch that was not the last: come again soon, or at once. */
	if (poll(polled, sizeof polled / sizeof polled[0], drained ? TICK : 0) < 0)
		return;
	if (polled[1].revents)
		read_signals(loop);
	if (polled[2].revents)
		read_tool(loop);
}

int live_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return -1;
	return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

enum live_end live_run(struct live_run *run, int signals)
{
	struct loop loop = { .run = run, .signals = signals, .begun = clock_now(CLOCK_MONOTONIC), .ends = INT64_MAX, .end = LIVE_TIME_OVER };
	uint64_t behind;

	loop.last_line = &loop.lines;
	run->tool_runs = run->tool;
	if (run->duration)
		loop.ends = loop.begun + run->duration;
	while (!loop.over) {
		bool drained;

		/* The tool's lines are read first: what it did before each is in the kernel's buffer by then. */
		drained = drain(&loop, BATCHES_A_TURN);
		if (drained)
			pass_time(&loop);
		else
			flush_all(&loop);
		if (!loop.over)
			wait_for_something(&loop, drained);
		if (clock_now(CLOCK_MONOTONIC) >= loop.ends)
			loop.over = true;
	}
	if (loop.end != LIVE_SOURCE_FAILED)
		while (!drain(&loop, BATCHES_A_TURN) && loop.end != LIVE_SOURCE_FAILED)
			flush_all(&loop);
	put_lines_until(&loop, INT64_MAX);
	behind = run->source->dropped_behind(run->source);
	if (behind)
		on_gap(&loop, behind);
	sieve_finish(run->sieve);
	check_file(&loop, recorder_finish(run->recorder));
	live_waiting_clear(&loop.waiting);
	return loop.end;
}
