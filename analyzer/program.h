/*
 * What the sub-commands share: options, the run over a capture, outcomes. main.c alone turns an outcome into an exit code.
 */
#ifndef ANALYZER_PROGRAM_H
#define ANALYZER_PROGRAM_H

#include <argp.h>

#include "input/input.h"
#include "output/terminal.h"
#include "track/track.h"

#define PROGRAM_VERSION "0.1.0"

enum outcome {
	OUTCOME_GOOD,     /* 0 */
	OUTCOME_FINDINGS, /* 1: findings at or above --fail-on; compare: different */
	OUTCOME_TROUBLE,  /* 2: usage, or input that could not be read whole */
	OUTCOME_STATUS = 0x100, /* plus an exit status: that one, of the tool that live ran */
};

struct subcommand {
	const char *name;
	enum outcome (*run)(int argc, char **argv); /* argv[0] is "stlinkscope NAME" */
	const char *summary;                        /* one line, for --help */
};
extern const struct subcommand subcommands[]; /* main.c; ended by a row whose name is NULL */

enum outcome run_summary(int argc, char **argv);
enum outcome run_decode(int argc, char **argv);
enum outcome run_live(int argc, char **argv);
enum outcome run_compare(int argc, char **argv);
enum outcome run_stats(int argc, char **argv);
enum outcome run_extract(int argc, char **argv);
enum outcome run_report(int argc, char **argv);
enum outcome run_scrub(int argc, char **argv);
enum outcome run_annotate(int argc, char **argv);
enum outcome run_devices(int argc, char **argv);
enum outcome run_explain(int argc, char **argv);
enum outcome run_commands(int argc, char **argv);

enum time_form { TIME_FORM_RELATIVE, TIME_FORM_DELTA, TIME_FORM_UTC };

/* Options that every sub-command on a capture takes; child of its argp (options.c). */
struct common_options {
	bool json;
	bool quiet;
	unsigned verbose;
	bool serials;      /* --serials: show serial numbers as they are */
	enum color_when color;
	enum time_form time;
	bool has_device;   /* --device BUS:ADDRESS */
	uint16_t bus, device;
};
extern const struct argp common_argp; /* input: struct common_options * */
/* The same, where --help names only what has an effect. */
extern const struct argp common_report_argp, common_scrub_argp, common_annotate_argp, common_extract_argp;
/* End the program with one line and OUTCOME_TROUBLE: about the value of an option; about an argument that is one too many. */
void refuse_value(struct argp_state *state, const char *option, const char *value, const char *why);
void refuse_more(struct argp_state *state, const char *argument, const char *why);
/* For the parser of a sub-command that takes exactly one FILE: its argument keys; everything else is ARGP_ERR_UNKNOWN. */
error_t parse_one_file(int key, char *arg, struct argp_state *state, const char **path);
/* The same of one that takes exactly IN and OUT, and every probe: --device, which is in common's table, is refused. */
error_t parse_in_and_out(int key, char *arg, struct argp_state *state, const struct common_options *common, const char **in, const char **out);
/* Says that the file cannot be made or written, and why (an errno). */
void say_unwritable(const char *path, int error);
/* Are both names of one regular file? */
bool names_same_file(const char *one, const char *other);
/* Would writing out destroy the capture in, of which it is another name? Has said so. */
bool would_overwrite(const char *out, const char *in);
/* Is it the probe that --device points at, or is none pointed at? */
bool is_selected(const struct common_options *options, const struct probe *probe);
/* The same of every probe, by its index; *found: there is one. The caller frees it. Out of memory ends the program. */
bool *select_probes(const struct common_options *options, const struct tracker *tracker, bool *found);
/* Says that no ST-Link of the capture sits where --device points. */
void say_no_device(const struct common_options *options);

/*
 * Reads path to its end through a new tracker with these listeners, shows a progress line on stderr where that is wanted, and says on stderr,
 * in one line, what could not be read. after_record (may be NULL) is called after each record, for output that must not wait.
 * Returns OUTCOME_GOOD or OUTCOME_TROUBLE. *opened (may be NULL) tells whether anything could be read at all.
 * facts is filled with what is known of the input when it has ended; its strings stay valid until the program ends.
 */
struct run {
	const char *path;
	const char *name;      /* what messages call it; NULL: path */
	const struct common_options *options;
	const struct listener *listeners;
	size_t listener_count;
	void (*before)(void *context, const struct input_facts *facts, const struct tracker *tracker); /* after the first record, or at an empty end */
	bool (*each)(void *context, struct input_item *item); /* before the tracker; may change what it points at; false: left out */
	void *each_context;    /* of each; NULL: context */
	bool silent;           /* what cannot be read was said already, by an earlier run over the same input */
	void (*after_record)(void *context);
	void (*finished)(void *context, const struct input_facts *facts, const struct tracker *tracker); /* tracker is finished, still alive */
	void *context;
};
enum outcome run_capture(const struct run *run);

#endif
