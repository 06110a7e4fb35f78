/*
 * stlinkscope decode: the transcript of a capture, or of one command from the command line.
 * Knows: its options, who writes which form. Must not know: how a line looks.
 */
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "decode_hex.h"
#include "program.h"
#include "shown.h"

enum { KEY_HEX = 0x200, KEY_V1 };

#define ARGUMENTS 3

struct decode_options {
	struct common_options common;
	struct shown_options shown;
	bool hex, bulk_only;
	const char *arguments[ARGUMENTS];
	size_t argument_count;
};

static const struct argp_option decode_option_table[] = {
	{ .doc = "Without a capture:", .group = 3 },
	{ .name = "hex", .key = KEY_HEX, .doc = "Decode the bytes of one COMMAND, the data sent with it if it takes any, and its ANSWER", .group = 3 },
	{ .name = "v1", .key = KEY_V1, .doc = "With --hex: COMMAND is the command block of an ST-LINK/V1", .group = 3 },
	{ 0 },
};

static const char decode_doc[] =
	"Decodes a capture: a line for each ST-Link transaction with frame, time, how long it took, device, command, status and answer. "
	"FILE may be - for standard input.\v"
	"Marks: ! failed, ~ wait or busy, ? cut by the capture or unknown, * a switch of mode. -v shows every field, and control transfers "
	"with a line each; -vv, or -v --only usb, their fields too.";

/* What can be judged only when all is said. */
static void check_together(const struct decode_options *options, struct argp_state *state)
{
	if (!options->argument_count)
		argp_failure(state, 2, 0, options->hex ? "--hex: no command given" : "no capture named; - reads standard input");
	if (options->bulk_only && !options->hex)
		argp_failure(state, 2, 0, "--v1: only with --hex; what is in a capture is told by itself");
	if (options->hex && (select_limits(&options->shown.selection) || options->common.has_device))
		argp_failure(state, 2, 0, "--hex: decodes one command; --only, --command, --address, --frames and --device choose from a capture");
}

static error_t parse_decode(int key, char *arg, struct argp_state *state)
{
	struct decode_options *options = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &options->shown;
		state->child_inputs[1] = &options->common;
		return 0;
	case KEY_HEX:
		options->hex = true;
		return 0;
	case KEY_V1:
		options->bulk_only = true;
		return 0;
	case ARGP_KEY_ARG:
		if (options->argument_count == (options->hex ? ARGUMENTS : 1))
			refuse_more(state, arg, options->hex ? "" : ": one FILE at a time");
		options->arguments[options->argument_count++] = arg;
		return 0;
	case ARGP_KEY_END:
		check_together(options, state);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* The run over a capture */

struct decode {
	struct text_transcript *text; /* one of the two is NULL */
	struct json_transcript *json;
};

static void before(void *context, const struct input_facts *facts, const struct tracker *tracker)
{
	struct decode *decode = context;

	if (decode->json)
		json_transcript_begin(decode->json, facts, tracker);
	else
		text_transcript_begin(decode->text, tracker);
}

static void finished(void *context, const struct input_facts *facts, const struct tracker *tracker)
{
	struct decode *decode = context;

	(void)tracker;
	if (decode->json)
		json_transcript_finish(decode->json, facts);
	else
		text_transcript_finish(decode->text, facts);
}

static void flush(void *context)
{
	(void)context;
	fflush(stdout);
}

/* Somebody waits for each line: at a terminal, or at the end of a pipe that is still being written. */
static bool must_not_wait(const char *path)
{
	struct stat status;
	bool is_stdin = path[0] == '-' && !path[1];

	if (isatty(STDOUT_FILENO))
		return true;
	return !(is_stdin ? fstat(STDIN_FILENO, &status) : stat(path, &status)) && !S_ISREG(status.st_mode);
}

static enum outcome decode_capture(const struct decode_options *options)
{
	struct decode decode = { 0 };
	struct listener listener;
	struct run run = {
		.path = options->arguments[0], .options = &options->common, .listeners = &listener, .listener_count = 1,
		.before = before, .finished = finished, .context = &decode,
	};
	enum outcome outcome;

	if (options->common.json) {
		decode.json = json_transcript_new(&options->shown.transcript, stdout);
		listener = json_transcript_listener(decode.json);
	} else {
		decode.text = text_transcript_new(&options->shown.transcript, stdout);
		listener = text_transcript_listener(decode.text);
	}
	if (must_not_wait(run.path))
		run.after_record = flush;
	outcome = run_capture(&run);
	if (decode.json)
		json_transcript_free(decode.json);
	else
		text_transcript_free(decode.text);
	return outcome;
}

enum outcome run_decode(int argc, char **argv)
{
	static const struct argp_child children[] = { { .argp = &shown_argp }, { .argp = &common_argp, .group = 10 }, { 0 } };
	static const struct argp argp = {
		.options = decode_option_table, .parser = parse_decode, .children = children, .doc = decode_doc,
		.args_doc = "FILE\n--hex COMMAND [DATA] [ANSWER]",
	};
	struct decode_options options = { 0 };

	argp_parse(&argp, argc, argv, 0, NULL, &options);
	options.common.serials |= options.hex; /* who types the bytes in knows them */
	shown_settle(&options.shown, &options.common);
	return options.hex ? decode_hex(options.arguments, options.argument_count, options.bulk_only, &options.shown.transcript)
	                   : decode_capture(&options);
}
