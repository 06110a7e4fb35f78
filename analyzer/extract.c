/*
 * stlinkscope extract: the target's memory and the trace that crossed the wire, as files.
 * Knows: its options, files and folders. Must not know: what memory is, how a file format looks.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../dissectors/itm.h"
#include "output/extract.h"
#include "output/image_file.h"
#include "output/safe.h"
#include "program.h"

enum { KEY_MEMORY = 0x200, KEY_SWO, KEY_ITM };

struct extract_options {
	struct common_options common;
	const char *path;
	const char *memory, *swo, *itm; /* where it goes; NULL: nowhere; "-": standard output */
};

static const struct argp_option option_table[] = {
	{ .name = "memory", .key = KEY_MEMORY, .arg = "DIR",
	  .doc = "Memory that was read or written, each part as .bin and Intel .hex, with index.json; DIR is made" },
	{ .name = "swo", .key = KEY_SWO, .arg = "OUT", .doc = "The bytes of the trace pin as the probe delivered them; - is standard output" },
	{ .name = "itm", .key = KEY_ITM, .arg = "OUT", .flags = OPTION_ARG_OPTIONAL,
	  .doc = "The text of ITM stimulus port 0; standard output where no OUT is named" },
	{ 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct extract_options *options = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &options->common;
		return 0;
	case KEY_MEMORY:
		options->memory = arg;
		return 0;
	case KEY_SWO:
		options->swo = arg;
		return 0;
	case KEY_ITM:
		options->itm = arg ? arg : "-";
		return 0;
	case ARGP_KEY_END:
		if (options->swo && options->itm && !strcmp(options->swo, options->itm))
			refuse_value(state, "--itm", options->itm, "is where --swo goes: name another file");
		return 0;
	default:
		return parse_one_file(key, arg, state, &options->path);
	}
}

struct extract {
	const struct extract_options *options;
	struct crossings *crossings;
	FILE *swo, *itm;
	struct itm packets;
	struct extract_index index;
	int traced;        /* the probe whose trace is written; -1: none yet */
	bool traced_more;  /* others have one as well */
	enum outcome outcome;
};

static void complain(struct extract *extract, const char *path)
{
	say_unwritable(path, errno);
	extract->outcome = OUTCOME_TROUBLE;
}

static FILE *open_output(struct extract *extract, const char *path)
{
	FILE *file;

	if (!path)
		return NULL;
	if (strcmp(path, "-") != 0 && would_overwrite(path, extract->options->path)) {
		extract->outcome = OUTCOME_TROUBLE;
		return NULL;
	}
	file = strcmp(path, "-") ? fopen(path, "wb") : stdout;
	if (!file)
		complain(extract, path);
	return file;
}

static void close_output(struct extract *extract, FILE *file, const char *path)
{
	bool bad;

	if (!file || file == stdout)
		return; /* main.c looks after standard output */
	bad = ferror(file);
	if (fclose(file) || bad)
		complain(extract, path);
}

/* --- trace --- */

/* What firmware prints is anything: a terminal gets it harmless, a file as it is. */
static void write_character(FILE *file, uint8_t byte)
{
	char text[] = { (char)byte, 0 };
	const char *at = text;
	struct safe_character shown;

	if (!isatty(fileno(file)) || byte == '\n' || byte == '\t') {
		fputc(byte, file);
		return;
	}
	if (byte == '\r')
		return;
	shown = safe_next(&at);
	fwrite(shown.bytes, 1, shown.length, file);
}

static void take_packet(struct extract *extract, const struct itm_packet *packet)
{
	extract->index.itm_overflows += packet->kind == ITM_OVERFLOW;
	extract->index.itm_bad += packet->kind == ITM_BAD;
	if (packet->kind != ITM_STIMULUS || packet->source)
		return;
	for (unsigned i = 0; i < packet->size; i++) {
		uint8_t byte = (uint8_t)(packet->payload >> 8 * i);

		if (!byte && i)
			break; /* a word that holds a short text */
		extract->index.itm_bytes++;
		if (extract->itm)
			write_character(extract->itm, byte);
	}
}

static void take_trace(void *context, const struct probe *probe, const struct session *session, const struct trace_data *trace)
{
	struct extract *extract = context;

	(void)session;
	if (!is_selected(&extract->options->common, probe) || !trace->bytes.captured)
		return;
	if (extract->traced < 0)
		extract->traced = probe->index;
	if (extract->traced != probe->index) {
		extract->traced_more = true;
		return;
	}
	extract->index.trace_bytes += trace->bytes.captured;
	if (extract->swo)
		fwrite(trace->bytes.bytes, 1, trace->bytes.captured, extract->swo);
	for (uint32_t i = 0; i < trace->bytes.captured; i++) {
		struct itm_packet packet = itm_next(&extract->packets, trace->bytes.bytes[i]);

		take_packet(extract, &packet);
	}
}

static void forget_packet(void *context, const struct gap *gap)
{
	struct extract *extract = context;

	(void)gap;
	memset(&extract->packets, 0, sizeof extract->packets);
}

/* --- memory --- */

typedef void write_part(FILE *file, const struct image_part *part);

static void write_file(struct extract *extract, const char *name, const char *end, write_part *write, const struct image_part *part)
{
	char path[4096];
	FILE *file;

	if (snprintf(path, sizeof path, "%s/%s%s", extract->options->memory, name, end) >= (int)sizeof path) {
		errno = ENAMETOOLONG;
		complain(extract, extract->options->memory);
		return;
	}
	file = open_output(extract, path);
	if (!file)
		return;
	if (write)
		write(file, part);
	else
		extract_json(file, &extract->index);
	close_output(extract, file, path);
}

static void write_memory(struct extract *extract)
{
	if (mkdir(extract->options->memory, 0777) && errno != EEXIST) {
		complain(extract, extract->options->memory);
		return;
	}
	for (size_t i = 0; i < extract->index.part_count && extract->outcome == OUTCOME_GOOD; i++) {
		write_file(extract, extract->index.parts[i].name, ".bin", image_file_binary, &extract->index.parts[i]);
		write_file(extract, extract->index.parts[i].name, ".hex", image_file_hex, &extract->index.parts[i]);
	}
	if (extract->outcome == OUTCOME_GOOD)
		write_file(extract, "index", ".json", NULL, NULL);
}

/* --- the end --- */

static void print_index(struct extract *extract)
{
	const struct extract_options *options = extract->options;

	if (extract->swo == stdout || extract->itm == stdout || options->common.quiet || extract->outcome != OUTCOME_GOOD)
		return;
	if (options->common.json)
		extract_json(stdout, &extract->index);
	else
		extract_text(stdout, &extract->index);
}

static void finished(void *context, const struct input_facts *input, const struct tracker *tracker)
{
	struct extract *extract = context;
	const struct common_options *common = &extract->options->common;
	bool found, *selected = select_probes(common, tracker, &found);
	struct image_part *parts;

	(void)input;
	if (!found) {
		free(selected);
		say_no_device(common);
		extract->outcome = OUTCOME_TROUBLE;
		return;
	}
	extract->index.part_count = image_parts(extract->crossings, selected, &parts);
	free(selected);
	extract->index.parts = parts;
	extract->index.files = extract->options->memory;
	if (extract->options->memory)
		write_memory(extract);
	print_index(extract);
	if (extract->traced_more && (extract->swo || extract->itm)) {
		fputs("stlinkscope: several ST-Links delivered trace: only that of the first is written; choose with --device\n", stderr);
		extract->outcome = OUTCOME_TROUBLE;
	}
	free(parts);
	extract->index.parts = NULL;
}

static enum outcome extract_all(const struct extract_options *options)
{
	struct extract extract = { .options = options, .traced = -1 };
	struct listener listeners[2];
	enum outcome outcome = OUTCOME_TROUBLE;

	extract.swo = open_output(&extract, options->swo);
	extract.itm = open_output(&extract, options->itm);
	extract.crossings = crossings_new();
	listeners[0] = crossings_listener(extract.crossings);
	listeners[1] = (struct listener){ .context = &extract, .trace = take_trace, .gap = forget_packet };
	if (extract.outcome == OUTCOME_GOOD)
		outcome = run_capture(&(struct run){
			.path = options->path, .options = &options->common, .listeners = listeners, .listener_count = 2,
			.finished = finished, .context = &extract,
		});
	close_output(&extract, extract.swo, options->swo);
	close_output(&extract, extract.itm, options->itm);
	crossings_free(extract.crossings);
	return outcome == OUTCOME_GOOD ? extract.outcome : outcome;
}

enum outcome run_extract(int argc, char **argv)
{
	static const struct argp_child children[] = { { .argp = &common_extract_argp }, { 0 } };
	static const struct argp argp = {
		.options = option_table, .parser = parse, .args_doc = "FILE", .children = children,
		.doc = "Takes out of a capture what crossed the wire: the target's memory, and what its trace pin said. Without an option it "
		       "lists what there is.\v"
		       "Memory that a loader in RAM wrote to flash is found, too: its data went to RAM, and core registers said where they belong. "
		       "The files hold what the capture holds: firmware, perhaps keys. Think before you share them.",
	};
	struct extract_options options = { 0 };

	if (argp_parse(&argp, argc, argv, 0, NULL, &options))
		return OUTCOME_TROUBLE;
	return extract_all(&options);
}
