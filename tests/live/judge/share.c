/*
 * What leaves the machine: scrub and report of everything tcpdump saw hold nothing private and tell the same story; extract finds what a client
 * flashed, and what the target printed.
 * Knows: what must not be in a file that is shared, the forms of a report. Must not know: packets, what a rule says.
 */
#include "checks.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../support/recording.h"
#include "places.h"

#define WINDOW 8 /* bytes of an image in a row that are searched for */
#define SERIAL_TELLS 12 /* characters: the number of all V1, 0000001, is in any hexadecimal digits */

/* --- what is private --- */

/* Bytes that may be in no output; text: they may also not be there as hexadecimal digits. */
struct secret { char what[80]; unsigned char bytes[256]; size_t length; bool binary; };

typedef void take_secret(struct evidence *evidence, const struct secret *secret, void *context);

static bool holds(const struct file *file, const void *bytes, size_t length)
{
	return file->bytes && length && memmem(file->bytes, file->size, bytes, length);
}

static void tell_text(struct evidence *evidence, const char *what, const char *text, take_secret *take, void *context)
{
	struct secret secret = { .length = strlen(text) };

	if (!secret.length || secret.length > sizeof secret.bytes / 2)
		return;
	snprintf(secret.what, sizeof secret.what, "%s", what);
	memcpy(secret.bytes, text, secret.length);
	take(evidence, &secret, context);
	/* As a string descriptor has it. */
	for (size_t i = secret.length; i--;) {
		secret.bytes[2 * i] = (unsigned char)text[i];
		secret.bytes[2 * i + 1] = 0;
	}
	secret.length *= 2;
	secret.binary = true;
	take(evidence, &secret, context);
}

/* The program that lies in the target's flash, or that a client puts there; NULL bytes: there is none of that name. */
static struct file image_of(const struct evidence *evidence, const char *name)
{
	char path[600];

	snprintf(path, sizeof path, "../../%s.bin", name);
	return evidence_file(evidence, path);
}

static bool all_the_same(const unsigned char *bytes, size_t length)
{
	for (size_t i = 1; i < length; i++)
		if (bytes[i] != bytes[0])
			return false;
	return true;
}

static void tell_image(struct evidence *evidence, const char *name, take_secret *take, void *context)
{
	struct file image = image_of(evidence, name);

	for (size_t at = 0; at + WINDOW <= image.size; at += 4) {
		struct secret secret = { .length = WINDOW, .binary = true };

		/* A vector table has the same handler many times: that is no firmware to be known by. */
		if (all_the_same(image.bytes + at, WINDOW) || !memcmp(image.bytes + at, image.bytes + at + 4, 4))
			continue;
		snprintf(secret.what, sizeof secret.what, "%s.bin at %zx", name, at);
		memcpy(secret.bytes, image.bytes + at, WINDOW);
		take(evidence, &secret, context);
	}
	free(image.bytes);
}

/* The images that the scenario names. */
static void tell_images(struct evidence *evidence, take_secret *take, void *context)
{
	static const char *const names[] = { "blink", "crash", "doze" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		for (size_t line = 0; line < evidence->scenario->count; line++)
			if (strstr(evidence->scenario->lines[line].value, names[i])) {
				tell_image(evidence, names[i], take, context);
				break;
			}
}

static void each_secret(struct evidence *evidence, take_secret *take, void *context)
{
	const json_t *line;
	const char *value;
	size_t i;

	for (size_t n = 0; (value = scenario_value(evidence->scenario, "secret", n)); n++)
		tell_text(evidence, "a secret", value, take, context);
	json_array_foreach(evidence->log, i, line)
		if (!strcmp(text_of(line, "type"), "totals") && !strcmp(text_of(line, "serial_descriptor"), "normal") &&
		    strlen(text_of(line, "serial")) >= SERIAL_TELLS)
			tell_text(evidence, "the serial number", text_of(line, "serial"), take, context);
	tell_images(evidence, take, context);
}

/* --- is it there? --- */

struct search { const char *name; const struct file *file, *digits; };

static void search(struct evidence *evidence, const struct secret *secret, void *context)
{
	const struct search *where = context;
	char hex[2 * sizeof secret->bytes + 1] = "";

	for (size_t i = 0; i < secret->length; i++)
		snprintf(hex + 2 * i, 3, "%02x", secret->bytes[i]);
	if (holds(where->file, secret->bytes, secret->length))
		differ(evidence, "%s holds %s", where->name, secret->what);
	if (where->digits && secret->binary && holds(where->digits, hex, 2 * secret->length))
		differ(evidence, "%s holds %s as hexadecimal digits", where->name, secret->what);
}

/* The same text without white space and in lower case, as a dump of bytes is to be searched. */
static struct file without_spaces(const struct file *text)
{
	struct file digits = { malloc(text->size + 1), 0 };

	for (size_t i = 0; digits.bytes && i < text->size; i++)
		if (!isspace(text->bytes[i]))
			digits.bytes[digits.size++] = (uint8_t)tolower(text->bytes[i]);
	return digits;
}

static void check_private(struct evidence *evidence, const char *name, bool text)
{
	struct file file = evidence_file(evidence, name), digits = { NULL, 0 };
	struct search where = { name, &file, NULL };

	if (!file.bytes) {
		differ(evidence, "%s was not made", name);
		return;
	}
	if (text) {
		digits = without_spaces(&file);
		where.digits = &digits;
	}
	each_secret(evidence, search, &where);
	free(file.bytes);
	free(digits.bytes);
}

/* --- the scrubbed capture --- */

/* Runs the program: "ARGUMENTS 'IN' TO'FOLDER/OUT'". */
static void make(struct evidence *evidence, const char *arguments, const char *in, const char *to, const char *out)
{
	char command[2400];
	struct file said;
	int status;

	snprintf(command, sizeof command, "%s %s '%s' %s'%s/%s' 2>&1", program_path(), arguments, in, to, evidence->folder, out);
	said = command_output(command, &status);
	if (status > 1)
		differ(evidence, "%s: status %d: %.200s", arguments, status, (char *)said.bytes);
	free(said.bytes);
}

/* SET_FEATURE(PORT_RESET), or its completion. */
static bool is_port_reset(const struct urb_event *urb, const struct urb_event *before)
{
	static const uint8_t request[] = { 0x23, 0x03, 0x04, 0x00 };

	if (urb->kind != URB_SUBMIT && before->id == urb->id)
		urb = before;
	return urb->type == URB_CONTROL && urb->has_setup && !memcmp(urb->setup, request, sizeof request);
}

/* Of the hub only the reset of the probe's port is there. Device 0 is a probe that gets its address. */
static void check_places(struct evidence *evidence, const char *path)
{
	struct recording *recording = recording_of(path);
	struct places places;

	places_find(&places, evidence->tcpdump);
	for (size_t i = 0; i < recording->urb_count; i++) {
		const struct urb_event *urb = &recording->urbs[i];

		if (urb->device && !places_hold(&places, urb) && !is_port_reset(urb, i ? &recording->urbs[i - 1] : urb))
			differ(evidence, "the scrubbed capture holds device %u endpoint %02x, which is no ST-Link's", urb->device, urb->endpoint);
	}
	if (recording->end || *recording->problem)
		differ(evidence, "the scrubbed capture cannot be read whole: %s", recording->problem);
	recording_free(recording);
}

static bool same_value(const json_t *one, const json_t *other, const char *key)
{
	const json_t *value = json_object_get(one, key), *compared = json_object_get(other, key);

	return (!value && !compared) || json_equal(value, compared);
}

/* What masking leaves of a command. */
static bool same_command(const json_t *one, const json_t *other, const char **key)
{
	static const char *const keys[] = {
		"time", "bus", "device", "generation", "session", "opcode", "command", "data_length", "answer_length", "status", "status_name", "result",
		"latency_us", "notes",
	};
	static const char *const asked[] = { "address", "length", "ap", "register", "mode" };

	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		*key = keys[i];
		if (!same_value(one, other, *key))
			return false;
	}
	for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
		*key = asked[i];
		if (!same_value(json_object_get(one, "request"), json_object_get(other, "request"), *key))
			return false;
	}
	return true;
}

static const json_t *next_command(const json_t *lines, size_t *at)
{
	while (*at < json_array_size(lines)) {
		const json_t *line = json_array_get(lines, (*at)++);

		if (!strcmp(text_of(line, "type"), "command"))
			return line;
	}
	return NULL;
}

static void compare_commands(struct evidence *evidence, const json_t *before, const json_t *after)
{
	size_t at_before = 0, at_after = 0;

	for (;;) {
		const json_t *one = next_command(before, &at_before), *other = next_command(after, &at_after);
		const char *key;

		if (!one && !other)
			return;
		if (!one || !other) {
			differ(evidence, "scrubbed, there are %s commands", one ? "fewer" : "more");
			return;
		}
		if (!same_command(one, other, &key)) {
			differ(evidence, "scrubbed, %s of the command of frame %lld (%s) is another", key, number_of(one, "frame"), text_of(one, "command"));
			return;
		}
	}
}

/* A capture without the traffic of others may end earlier: whether a tool still would have left is then not visible. */
static bool same_rung(const char *rung, const char *before, const char *after)
{
	return !strcmp(before, after) || (!strcmp(rung, "left-cleanly") && !strcmp(after, "not-visible"));
}

static void compare_sessions(struct evidence *evidence, const json_t *before, const json_t *after)
{
	const json_t *one;
	size_t i, rung;

	if (strcmp(text_of(json_object_get(before, "verdict"), "side"), text_of(json_object_get(after, "verdict"), "side")))
		differ(evidence, "scrubbed, the verdict is another: %s", text_of(json_object_get(after, "verdict"), "text"));
	json_array_foreach(json_object_get(before, "sessions"), i, one) {
		const json_t *other = json_array_get(json_object_get(after, "sessions"), i), *step;

		if (strcmp(text_of(one, "headline"), text_of(other, "headline")))
			differ(evidence, "scrubbed, the headline of session %zu is %s, not %s", i, text_of(other, "headline"), text_of(one, "headline"));
		json_array_foreach(json_object_get(one, "ladder"), rung, step) {
			const char *state = text_of(json_array_get(json_object_get(other, "ladder"), rung), "state");

			if (!same_rung(text_of(step, "rung"), text_of(step, "state"), state))
				differ(evidence, "scrubbed, %s of session %zu is %s, not %s", text_of(step, "rung"), i, state, text_of(step, "state"));
		}
	}
}

static void check_story(struct evidence *evidence, const char *scrubbed)
{
	const char *const paths[] = { evidence->tcpdump, scrubbed };
	json_t *lines[2], *summaries[2];
	struct file output;
	int status;

	for (size_t i = 0; i < 2; i++) {
		output = program_output("decode --json", paths[i], &status);
		lines[i] = json_lines(evidence, "decode --json", (char *)output.bytes);
		free(output.bytes);
		output = program_output("summary --json", paths[i], &status);
		summaries[i] = json_loads((char *)output.bytes, 0, NULL);
		free(output.bytes);
	}
	compare_commands(evidence, lines[0], lines[1]);
	compare_sessions(evidence, summaries[0], summaries[1]);
	for (size_t i = 0; i < 2; i++) {
		json_decref(lines[i]);
		json_decref(summaries[i]);
	}
}

static void check_tshark(struct evidence *evidence, const char *path)
{
	char command[700];
	struct file said;
	int status;

	snprintf(command, sizeof command, "command -v tshark >/dev/null || exit 0; tshark -r '%s' 2>&1 >/dev/null | grep -v 'Running as user'", path);
	said = command_output(command, &status);
	if (said.size)
		differ(evidence, "tshark says of the scrubbed capture: %.200s", (char *)said.bytes);
	free(said.bytes);
}

static void check_scrubbed(struct evidence *evidence)
{
	char path[512];
	struct file once, twice;

	snprintf(path, sizeof path, "%s/scrubbed.pcapng", evidence->folder);
	make(evidence, "scrub -q", evidence->tcpdump, "", "scrubbed.pcapng");
	make(evidence, "scrub -q", path, "", "twice.pcapng");
	once = evidence_file(evidence, "scrubbed.pcapng");
	twice = evidence_file(evidence, "twice.pcapng");
	if (!once.bytes || !twice.bytes || once.size != twice.size || memcmp(once.bytes, twice.bytes, once.size))
		differ(evidence, "scrubbing what was scrubbed gives other bytes");
	if (once.bytes) {
		check_private(evidence, "scrubbed.pcapng", false);
		check_places(evidence, path);
		check_story(evidence, path);
		check_tshark(evidence, path);
	}
	free(once.bytes);
	free(twice.bytes);
}

/* --- what crossed the wire --- */

/* The client flashed that program: it is what was written from the beginning of flash on. OpenOCD fills up a sector with the value of erased flash. */
static void check_flashed(struct evidence *evidence, const char *name)
{
	struct file image = image_of(evidence, name), found = evidence_file(evidence, "memory/flash-08000000-written.bin");
	bool same;

	if (!found.bytes)
		found = evidence_file(evidence, "memory/stm8-flash-00008000-written.bin");
	same = image.bytes && found.bytes && found.size >= image.size && !memcmp(image.bytes, found.bytes, image.size);
	for (size_t i = image.size; same && i < found.size; i++)
		same = found.bytes[i] == 0xff;
	if (!same)
		differ(evidence, "extract: %zu bytes were written to flash, not the %zu of %s.bin", found.size, image.size, name);
	free(image.bytes);
	free(found.bytes);
}

/* The trace that the probe handed out, read by read. */
static void check_trace(struct evidence *evidence)
{
	struct file found = evidence_file(evidence, "trace");
	const json_t *line;
	size_t i, at = 0;
	bool same = found.bytes;

	json_array_foreach(evidence->log, i, line) {
		const char *data = text_of(line, "data");
		unsigned byte;

		if (strcmp(text_of(line, "type"), "trace"))
			continue;
		for (; same && sscanf(data, "%2x", &byte) == 1; data += 2)
			same = at < found.size && found.bytes[at++] == byte;
	}
	if (!same || at != found.size)
		differ(evidence, "extract: the trace differs from vprobe's behind %zu of %zu bytes", at, found.size);
	free(found.bytes);
}

/* Every whole line of the text is as the firmware prints it: the pattern, in which # is a hexadecimal digit. */
static void check_printed(struct evidence *evidence, const char *pattern)
{
	struct file text = evidence_file(evidence, "printed");
	char *rest = (char *)text.bytes, *line;
	size_t lines = 0;

	while (rest && strchr(rest, '\n') && (line = strsep(&rest, "\n"))) {
		size_t i = 0;

		while (pattern[i] && (pattern[i] == '#' ? isxdigit((unsigned char)line[i]) != 0 : line[i] == pattern[i]))
			i++;
		if (pattern[i] || line[i])
			differ(evidence, "extract: the target does not print lines like \"%.40s\"", line);
		lines++;
	}
	if (!lines)
		differ(evidence, "extract: the target printed nothing");
	free(text.bytes);
}

static void check_extracted(struct evidence *evidence)
{
	const char *flashed = scenario_value(evidence->scenario, "flashed", 0), *printed = scenario_value(evidence->scenario, "printed", 0);
	char arguments[1500];

	if (flashed) {
		make(evidence, "extract -q", evidence->capture, "--memory ", "memory");
		check_flashed(evidence, flashed);
	}
	if (printed) {
		snprintf(arguments, sizeof arguments, "extract -q --itm='%s/printed'", evidence->folder);
		make(evidence, arguments, evidence->capture, "--swo ", "trace");
		check_trace(evidence);
		check_printed(evidence, printed);
	}
}

void check_shared(struct evidence *evidence)
{
	static const char *const reports[] = { "report.html", "report.md", "report.json" };

	check_extracted(evidence);
	if (access(evidence->tcpdump, R_OK) || !json_array_size(evidence->lines))
		return;
	check_scrubbed(evidence);
	for (size_t i = 0; i < sizeof reports / sizeof *reports; i++) {
		make(evidence, "report", evidence->tcpdump, "-o ", reports[i]);
		check_private(evidence, reports[i], true);
	}
}
