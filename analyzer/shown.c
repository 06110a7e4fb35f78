/* One argp table, child of those that print a transcript (shown.h). */
#include "shown.h"

enum { KEY_FULL = 0x300, KEY_NO_FOLD, KEY_ONLY, KEY_COMMAND, KEY_ADDRESS, KEY_FRAMES };

static const struct argp_option shown_option_table[] = {
	{ .doc = "What is shown of a transaction:", .group = 1 },
	{ .name = "bytes", .key = 'x', .doc = "The bytes of command, data and answer", .group = 1 },
	{ .name = "full", .key = KEY_FULL, .doc = "With -x or --json: all bytes, not the first 64 of a payload", .group = 1 },
	{ .name = "no-fold", .key = KEY_NO_FOLD, .doc = "Every transaction on its own line, even if repeated", .group = 1 },
	{ .doc = "Which transactions are shown (all that is asked for must hold):", .group = 2 },
	{ .name = "only", .key = KEY_ONLY, .arg = "TOPIC[,TOPIC...]", .group = 2,
	  .doc = "errors, mode, memory, dap, core, trace, usb (control transfers too), probe, swim, dfu, bridge, scsi, tool (lines of live's "
	         "TOOL)" },
	{ .name = "command", .key = KEY_COMMAND, .arg = "NAME", .doc = "Commands of this name, or of names like READ*; repeatable", .group = 2 },
	{ .name = "address", .key = KEY_ADDRESS, .arg = "RANGE", .group = 2,
	  .doc = "Commands that touch address A, the range A-B, or A+LENGTH; decimal, or hexadecimal with 0x" },
	{ .name = "frames", .key = KEY_FRAMES, .arg = "A-B", .doc = "Transactions with a record between these; A- means up to the end", .group = 2 },
	{ 0 },
};

static error_t parse_shown(int key, char *arg, struct argp_state *state)
{
	struct shown_options *options = state->input;
	struct selection *selection = &options->selection;
	char problem[256], shown[1024];
	bool good = true;

	switch (key) {
	case 'x':
		options->transcript.dump = true;
		break;
	case KEY_FULL:
		options->transcript.full = true;
		break;
	case KEY_NO_FOLD:
		options->transcript.no_fold = true;
		break;
	case KEY_ONLY:
		good = select_only(selection, arg, problem, sizeof problem);
		break;
	case KEY_COMMAND:
		good = select_command(selection, arg, problem, sizeof problem);
		break;
	case KEY_ADDRESS:
		good = select_address(selection, arg, problem, sizeof problem);
		break;
	case KEY_FRAMES:
		good = select_frames(selection, arg, problem, sizeof problem);
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	if (!good)
		argp_failure(state, OUTCOME_TROUBLE, 0, "%s", terminal_safe(shown, sizeof shown, problem, 0));
	return 0;
}

const struct argp shown_argp = { .options = shown_option_table, .parser = parse_shown };

void shown_settle(struct shown_options *options, const struct common_options *common)
{
	options->selection.has_device = common->has_device;
	options->selection.bus = common->bus;
	options->selection.device = common->device;
	options->transcript.common = common;
	options->transcript.selection = &options->selection;
	options->transcript.width = terminal_width(stdout);
}
