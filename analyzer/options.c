/*
 * The options that every sub-command on a capture takes: one argp table, child of theirs.
 * Must not know: what the options do.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "program.h"
#include "track/facts.h"

enum { KEY_JSON = 0x100, KEY_SERIALS, KEY_COLOR, KEY_TIME, KEY_DEVICE };

/* The flags of options that some sub-commands take, and that say nothing to them: whoever gives them to every sub-command may. */
#define COMMON_OPTIONS(json_flags, device_flags, serials_flags, text_flags) { \
	{ .doc = "Common options:", .group = 10 }, \
	{ .name = "json", .key = KEY_JSON, .flags = json_flags, .doc = "Write JSON, one object a line", .group = 10 }, \
	{ .name = "quiet", .key = 'q', .doc = "Leave out headings and totals", .group = 10 }, \
	{ .name = "verbose", .key = 'v', .flags = text_flags, .doc = "Say more: every field, every detail", .group = 10 }, \
	{ .name = "device", .key = KEY_DEVICE, .arg = "BUS:ADDRESS", .flags = device_flags, .doc = "Show the probe at this address alone", .group = 10 }, \
	{ .name = "time", .key = KEY_TIME, .arg = "FORM", .flags = text_flags, .group = 10, \
	  .doc = "relative to the first record (the default), delta to the line before, or utc" }, \
	{ .name = "color", .key = KEY_COLOR, .arg = "WHEN", .flags = text_flags, .group = 10, \
	  .doc = "auto (the default), always or never; NO_COLOR is heeded" }, \
	{ .name = "serials", .key = KEY_SERIALS, .flags = serials_flags, .doc = "Show serial numbers as they are, not pseudonyms", .group = 10 }, \
	{ 0 }, \
}
#define HIDDEN OPTION_HIDDEN

static const struct argp_option common_table[] = COMMON_OPTIONS(0, 0, 0, 0);
static const struct argp_option report_table[] = COMMON_OPTIONS(HIDDEN, 0, 0, HIDDEN);
static const struct argp_option scrub_table[] = COMMON_OPTIONS(0, HIDDEN, HIDDEN, HIDDEN);
static const struct argp_option annotate_table[] = COMMON_OPTIONS(HIDDEN, HIDDEN, 0, HIDDEN);
static const struct argp_option extract_table[] = COMMON_OPTIONS(0, 0, HIDDEN, HIDDEN);

/* The place of word in a list ended by NULL, or -1. */
static int place_of(const char *word, const char *const *words)
{
	for (int i = 0; words[i]; i++)
		if (!strcmp(word, words[i]))
			return i;
	return -1;
}

/* A decimal number up to 65535 that ends at end; -1 where it is none. */
static long read_number(const char *text, char end)
{
	char *stop;
	long number;

	if (!strchr("0123456789", *text) || !*text)
		return -1;
	errno = 0;
	number = strtol(text, &stop, 10);
	return errno || *stop != end || number > UINT16_MAX ? -1 : number;
}

void refuse_value(struct argp_state *state, const char *option, const char *value, const char *why)
{
	char shown[128];

	argp_failure(state, OUTCOME_TROUBLE, 0, "%s: '%s' %s", option, terminal_safe(shown, sizeof shown, value, 60), why);
}

void refuse_more(struct argp_state *state, const char *argument, const char *why)
{
	char shown[128];

	argp_failure(state, OUTCOME_TROUBLE, 0, "too many arguments, from '%s' on%s", terminal_safe(shown, sizeof shown, argument, 60), why);
}

error_t parse_one_file(int key, char *arg, struct argp_state *state, const char **path)
{
	switch (key) {
	case ARGP_KEY_ARG:
		if (state->arg_num)
			refuse_more(state, arg, ": one FILE at a time");
		*path = arg;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_failure(state, OUTCOME_TROUBLE, 0, "no capture named; - reads standard input");
		return EINVAL;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

error_t parse_in_and_out(int key, char *arg, struct argp_state *state, const struct common_options *common, const char **in, const char **out)
{
	switch (key) {
	case ARGP_KEY_ARG:
		if (state->arg_num > 1)
			refuse_more(state, arg, "");
		*(state->arg_num ? out : in) = arg;
		return 0;
	case ARGP_KEY_END:
		if (common->has_device)
			argp_failure(state, OUTCOME_TROUBLE, 0, "--device: OUT gets every ST-Link of the capture, there is no choosing one");
		if (!*out)
			argp_failure(state, OUTCOME_TROUBLE, 0, *in ? "name the file to write, too: IN OUT" : "no capture named: IN OUT");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

void say_unwritable(const char *path, int error)
{
	char shown[1024];

	fprintf(stderr, "stlinkscope: %s: cannot be written: %s\n", terminal_safe(shown, sizeof shown, path, 0), strerror(error));
}

bool names_same_file(const char *one, const char *other)
{
	struct stat first, second;

	return !stat(one, &first) && !stat(other, &second) && S_ISREG(first.st_mode) && first.st_dev == second.st_dev &&
	       first.st_ino == second.st_ino;
}

bool would_overwrite(const char *out, const char *in)
{
	char shown[1024];

	if (!names_same_file(out, in))
		return false;
	fprintf(stderr, "stlinkscope: %s: is the input itself; name another file\n", terminal_safe(shown, sizeof shown, out, 0));
	return true;
}

bool is_selected(const struct common_options *options, const struct probe *probe)
{
	return !options->has_device || probe_sat_at(probe, options->bus, options->device);
}

bool *select_probes(const struct common_options *options, const struct tracker *tracker, bool *found)
{
	size_t count = tracker_probe_count(tracker);
	bool *selected = facts_allocate(NULL, (count + 1) * sizeof *selected);

	*found = !options->has_device;
	for (size_t i = 0; i < count; i++) {
		selected[i] = is_selected(options, tracker_probe(tracker, i));
		*found = *found || selected[i];
	}
	return selected;
}

void say_no_device(const struct common_options *options)
{
	fprintf(stderr, "stlinkscope: no ST-Link at %u:%u in this capture\n", options->bus, options->device);
}

static void parse_device(struct common_options *options, const char *arg, struct argp_state *state)
{
	const char *colon = strchr(arg, ':');
	long bus = read_number(arg, ':'), device = colon ? read_number(colon + 1, '\0') : -1;

	if (bus < 0 || device < 0)
		refuse_value(state, "--device", arg, "is not BUS:ADDRESS, such as 1:7");
	options->has_device = true;
	options->bus = (uint16_t)bus;
	options->device = (uint16_t)device;
}

static error_t parse_common(int key, char *arg, struct argp_state *state)
{
	static const char *const colors[] = { [COLOR_AUTO] = "auto", [COLOR_ALWAYS] = "always", [COLOR_NEVER] = "never", NULL };
	static const char *const times[] = { [TIME_FORM_RELATIVE] = "relative", [TIME_FORM_DELTA] = "delta", [TIME_FORM_UTC] = "utc", NULL };
	struct common_options *options = state->input;
	int place;

	switch (key) {
	case KEY_JSON:
		options->json = true;
		return 0;
	case KEY_SERIALS:
		options->serials = true;
		return 0;
	case KEY_COLOR:
		place = place_of(arg, colors);
		if (place < 0)
			refuse_value(state, "--color", arg, "is none of auto, always, never");
		options->color = (enum color_when)place;
		return 0;
	case KEY_TIME:
		place = place_of(arg, times);
		if (place < 0)
			refuse_value(state, "--time", arg, "is none of relative, delta, utc");
		options->time = (enum time_form)place;
		return 0;
	case KEY_DEVICE:
		parse_device(options, arg, state);
		return 0;
	case 'q':
		options->quiet = true;
		return 0;
	case 'v':
		options->verbose++;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

const struct argp common_argp = { .options = common_table, .parser = parse_common };
const struct argp common_report_argp = { .options = report_table, .parser = parse_common };
const struct argp common_scrub_argp = { .options = scrub_table, .parser = parse_common };
const struct argp common_annotate_argp = { .options = annotate_table, .parser = parse_common };
const struct argp common_extract_argp = { .options = extract_table, .parser = parse_common };
