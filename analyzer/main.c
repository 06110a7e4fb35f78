/*
 * The command line's first word, and the exit code.
 * Knows: the sub-commands. Must not know: their options (each has its own argp table).
 */
#include <argp.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "privileges.h"
#include "program.h"

const char *argp_program_version = "stlinkscope " PROGRAM_VERSION;

const struct subcommand subcommands[] = {
	{ "summary", run_summary, "which side failed, how far each session got, what to do (the default)" },
	{ "decode", run_decode, "the transcript: a line per ST-Link transaction" },
	{ "live", run_live, "watch the bus while a tool talks to the probe; then the summary" },
	{ "compare", run_compare, "where a session that fails parts from one that works" },
	{ "stats", run_stats, "where the time went: count, bytes, latency of each command; idle time" },
	{ "report", run_report, "one file to attach to a bug report" },
	{ "scrub", run_scrub, "a capture that is safe to share" },
	{ "annotate", run_annotate, "the capture, with decoded lines and findings as packet comments" },
	{ "extract", run_extract, "memory images and trace bytes that crossed the wire, as files" },
	{ "devices", run_devices, "ST-Links on this machine, who uses them, what hinders a capture" },
	{ "explain", run_explain, "what a finding, or the words on a screen, mean; what else looks the same; what to do" },
	{ "commands", run_commands, "the protocol tables that this build knows" },
	{ NULL, NULL, NULL },
};

static void print_help(FILE *file)
{
	fputs("Usage: stlinkscope FILE\n"
	      "       stlinkscope SUB-COMMAND [OPTION...] [ARGUMENT...]\n\n"
	      "Reads ST-Link USB traffic from a capture (usbmon or USBPcap in pcap or pcapng, also\n"
	      "compressed; pyOCD's trace text; - for standard input) and says what happened.\n\n", file);
	for (const struct subcommand *row = subcommands; row->name; row++)
		fprintf(file, "  %-9s %s\n", row->name, row->summary);
	fputs("\n  -h, --help     this; 'stlinkscope SUB-COMMAND --help' lists its options\n"
	      "  -V, --version  the version\n", file);
}

/* Nobody reads any more: that is the reader's choice, not a failure. */
static void end_quietly(int signal)
{
	(void)signal;
	_exit(0);
}

/* Descriptors 0 to 2 always are what they are for: a closed one must not become the capture. */
static void open_standard_files(void)
{
	int file;

	do
		file = open("/dev/null", O_RDWR);
	while (file >= 0 && file <= STDERR_FILENO);
	if (file >= 0)
		close(file);
}

static enum outcome run_named(const struct subcommand *row, int argc, char **argv)
{
	char name[64];

	snprintf(name, sizeof name, "stlinkscope %s", row->name);
	argv[0] = name;
	return row->run(argc, argv);
}

static const struct subcommand *find(const char *name)
{
	for (const struct subcommand *row = subcommands; row->name; row++)
		if (!strcmp(row->name, name))
			return row;
	return NULL;
}

/* How many letters two words share at their beginning and end: enough to see a slip of the finger. */
static size_t likeness(const char *one, const char *other)
{
	size_t length = strlen(one), other_length = strlen(other), front = 0, back = 0;

	while (front < length && one[front] == other[front])
		front++;
	while (back + front < length && back + front < other_length && one[length - 1 - back] == other[other_length - 1 - back])
		back++;
	return front + back;
}

/* A word that is no sub-command, and no file either. */
static enum outcome complain(const char *word)
{
	char shown[128];

	terminal_safe(shown, sizeof shown, word, 80);
	for (const struct subcommand *row = subcommands; row->name; row++)
		if (likeness(word, row->name) + 2 >= strlen(row->name) && strlen(word) <= strlen(row->name) + 2) {
			fprintf(stderr, "stlinkscope: '%s' is neither a sub-command nor a file; did you mean 'stlinkscope %s'?\n",
			        shown, row->name);
			return OUTCOME_TROUBLE;
		}
	fprintf(stderr, "stlinkscope: '%s' is neither a sub-command nor a file; 'stlinkscope --help' lists the sub-commands\n", shown);
	return OUTCOME_TROUBLE;
}

static enum outcome run(int argc, char **argv)
{
	const struct subcommand *row;
	const char *word = argc > 1 ? argv[1] : NULL;

	if (!word) {
		print_help(stderr);
		return OUTCOME_TROUBLE;
	}
	if (!strcmp(word, "--help") || !strcmp(word, "-h") || !strcmp(word, "-?")) {
		print_help(stdout);
		return OUTCOME_GOOD;
	}
	if (!strcmp(word, "--version") || !strcmp(word, "-V")) {
		puts(argp_program_version);
		return OUTCOME_GOOD;
	}
	row = find(word);
	if (row)
		return run_named(row, argc - 1, argv + 1);
	/* What looks like a path gets the reader's own words about it. */
	if (*word == '-' || strpbrk(word, "./") || !access(word, F_OK))
		return run_named(&subcommands[0], argc, argv);
	return complain(word);
}

int main(int argc, char **argv)
{
	static char buffer[1 << 16];
	static const int exit_codes[] = { [OUTCOME_GOOD] = 0, [OUTCOME_FINDINGS] = 1, [OUTCOME_TROUBLE] = 2 };
	struct sigaction quiet = { .sa_handler = end_quietly };
	enum outcome outcome;

	privileges_lower();
	open_standard_files();
	sigaction(SIGPIPE, &quiet, NULL);
	argp_err_exit_status = 2;
	setvbuf(stdout, buffer, _IOFBF, sizeof buffer); /* who must not wait flushes */
	outcome = run(argc, argv);
	if (fflush(stdout) || ferror(stdout)) {
		fprintf(stderr, "stlinkscope: cannot write the output: %s\n", strerror(errno));
		outcome = OUTCOME_TROUBLE;
	}
	return outcome >= OUTCOME_STATUS ? (int)outcome - OUTCOME_STATUS : exit_codes[outcome];
}
