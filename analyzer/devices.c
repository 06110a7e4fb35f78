/*
 * stlinkscope devices: the ST-Links of this machine, who uses them, and what hinders a capture.
 * Knows: its options. Must not know: how anything is found out or printed.
 */
#include <stdio.h>

#include "output/devices_json.h"
#include "output/devices_text.h"
#include "program.h"

static error_t parse(int key, char *arg, struct argp_state *state)
{
	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = state->input;
		return 0;
	case ARGP_KEY_ARG:
		refuse_more(state, arg, ": it looks at this machine, not at a file");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* Leaves the device of --device alone; false where there is none. */
static bool choose(struct machine *machine, const struct common_options *options)
{
	size_t kept = 0;

	for (size_t i = 0; i < machine->count; i++)
		if (machine->devices[i].attached.bus == options->bus && machine->devices[i].attached.address == options->device)
			machine->devices[kept++] = machine->devices[i];
	machine->count = kept;
	if (!kept)
		fprintf(stderr, "stlinkscope: no ST-Link at %u:%u on this machine\n", options->bus, options->device);
	return kept;
}

static void print_text(const struct machine *machine, const struct common_options *options)
{
	struct devices_style style = {
		.color = terminal_color(stdout, options->color), .quiet = options->quiet, .serials = options->serials,
		.verbose = options->verbose, .width = terminal_width(stdout),
	};

	devices_text(stdout, machine, &style);
}

enum outcome run_devices(int argc, char **argv)
{
	static const struct argp_child children[] = { { .argp = &common_argp }, { 0 } };
	static const struct argp argp = {
		.parser = parse, .args_doc = "", .children = children,
		.doc = "Lists the ST-Links of this machine with bus, address, interfaces and their kernel drivers; which process has one open; "
		       "whether this user may use and capture it; and the commands that mend what hinders.\v"
		       "It talks to no probe. Exit status: 0, also where there is none.",
	};
	struct common_options options = { 0 };
	struct machine machine;
	char problem[256];

	if (argp_parse(&argp, argc, argv, 0, NULL, &options))
		return OUTCOME_TROUBLE;
	if (machine_look(&machine, "/proc", problem, sizeof problem)) {
		fprintf(stderr, "stlinkscope: %s\n", problem);
		return OUTCOME_TROUBLE;
	}
	if (options.has_device && !choose(&machine, &options)) {
		machine_free(&machine);
		return OUTCOME_TROUBLE;
	}
	if (options.json)
		devices_json(stdout, &machine, options.serials);
	else
		print_text(&machine, &options);
	machine_free(&machine);
	return OUTCOME_GOOD;
}
