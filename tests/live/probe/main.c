/*
 * vprobe: virtual ST-Links on the kernel's virtual host controller, until SIGTERM or SIGINT.
 * Knows: the command line, the loop. Must not know: USB/IP, what a device is made of.
 */
#include <argp.h>
#include <err.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "words.h"

#define DEVICES_MAX 14
/* The target's clock goes on in steps of about a millisecond while the host talks, and in longer ones while nobody does. */
#define TICK_US 1000
#define IDLE_TICK_US 10000
#define BUSY_FOR_US 200000
/* After a pause of the whole machine the target does not make up for it. */
#define ELAPSED_MAX_US 20000

struct arguments {
	const char *log;
	int port;
	const char *words[DEVICES_MAX];
	unsigned count;
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
	struct arguments *arguments = state->input;
	char *end;

	switch (key) {
	case 'l':
		arguments->log = argument;
		return 0;
	case 'p':
		arguments->port = (int)strtol(argument, &end, 10);
		if (*end || arguments->port < 0)
			argp_error(state, "--port %s: a number", argument);
		return 0;
	case ARGP_KEY_ARG:
		if (arguments->count == DEVICES_MAX)
			argp_error(state, "too many devices");
		arguments->words[arguments->count++] = argument;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_usage(state);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static char *help_filter(int key, const char *text, void *input)
{
	(void)input;
	return key == ARGP_KEY_HELP_POST_DOC ? words_help() : (char *)(uintptr_t)text;
}

static volatile sig_atomic_t stopped;

static void stop(int signal)
{
	(void)signal;
	stopped = 1;
}

/* SIGTERM and SIGINT reach us only inside ppoll, with the mask that it returns. */
static sigset_t catch_signals(void)
{
	struct sigaction action = { .sa_handler = stop };
	sigset_t blocked, before;

	sigemptyset(&blocked);
	sigaddset(&blocked, SIGTERM);
	sigaddset(&blocked, SIGINT);
	sigprocmask(SIG_BLOCK, &blocked, &before);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	sigdelset(&before, SIGTERM);
	sigdelset(&before, SIGINT);
	return before;
}

/* Waits for a message, a signal, or until something is due; serves what came. True: a message came. */
static bool serve(struct device **devices, unsigned count, uint64_t until, const sigset_t *signals)
{
	struct pollfd polled[DEVICES_MAX];
	uint64_t now = clock_now(), wait = until > now ? until - now : 0;
	struct timespec timeout = { (time_t)(wait / 1000000), (long)(wait % 1000000) * 1000 };
	bool came = false;

	for (unsigned i = 0; i < count; i++)
		polled[i] = (struct pollfd){ .fd = devices[i]->socket, .events = POLLIN };
	if (ppoll(polled, count, &timeout, signals) < 0 && errno != EINTR)
		err(1, "ppoll");
	for (unsigned i = 0; i < count; i++) {
		if (polled[i].fd < 0 || !(polled[i].revents & (POLLIN | POLLHUP | POLLERR)))
			continue;
		device_receive(devices[i]);
		came = true;
	}
	return came;
}

static void run(struct device **devices, unsigned count, const sigset_t *signals)
{
	uint64_t last = clock_now(), busy_until = last + BUSY_FOR_US;

	while (!stopped) {
		uint64_t now = clock_now(), until = last + (now < busy_until ? TICK_US : IDLE_TICK_US);

		for (unsigned i = 0; i < count; i++)
			if (device_due(devices[i]) < until)
				until = device_due(devices[i]);
		if (serve(devices, count, until, signals))
			busy_until = clock_now() + BUSY_FOR_US;
		now = clock_now();
		if (now < until)
			continue;
		for (unsigned i = 0; i < count; i++)
			device_tick(devices[i], (unsigned)(now - last < ELAPSED_MAX_US ? now - last : ELAPSED_MAX_US));
		last = now;
	}
}

int main(int argc, char **argv)
{
	static const struct argp_option options[] = {
		{ "log", 'l', "FILE", 0, "What the probes received and answered, as JSON lines", 0 },
		{ "port", 'p', "N", 0, "The virtual port of the first device; the next go into N+1, ...", 0 },
		{ 0 },
	};
	static const struct argp argp = {
		.options = options, .parser = parse, .args_doc = "DEVICE...", .help_filter = help_filter,
		.doc = "Plugs virtual ST-Links into this machine through vhci_hcd; each DEVICE is one argument of words KEY=VALUE.\v",
	};
	struct arguments arguments = { .port = -1 };
	struct device *devices[DEVICES_MAX];
	uint64_t start = clock_now();
	sigset_t signals;
	struct log *log;

	/* The lists in the help are lines of their own; argp breaks what is wider than this. */
	setenv("ARGP_HELP_FMT", "rmargin=160", 0);
	argp_parse(&argp, argc, argv, 0, NULL, &arguments);
	signals = catch_signals();
	log = log_start(arguments.log);
	for (unsigned i = 0; i < arguments.count; i++)
		devices[i] = words_device(i, arguments.words[i], arguments.port < 0 ? -1 : arguments.port + (int)i, log, start);
	run(devices, arguments.count, &signals);
	for (unsigned i = 0; i < arguments.count; i++)
		device_free(devices[i]);
	log_finish(log);
	return 0;
}
