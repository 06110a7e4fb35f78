/*
 * The words that describe a device.
 * Knows: the keys of all sides. Must not know: what they do.
 */
#include "words.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the words say of the device itself, before there is one. */
struct words {
	struct device_options options;
	struct faults faults;
};

struct word_row {
	const char *key, *values, *what; /* values NULL: the names of the models */
	bool (*set)(struct words *words, const char *value);
};

static bool read_number(const char *value, uint64_t *number)
{
	char *end;

	*number = strtoull(value, &end, 10);
	return *value >= '0' && *value <= '9' && !*end && *number < 1000000000;
}

static bool set_device(struct words *words, const char *value)
{
	words->options.is_keyboard = !strcmp(value, "keyboard");
	return words->options.is_keyboard || !strcmp(value, "probe");
}

static bool set_model(struct words *words, const char *value)
{
	return identity_model(value, &words->options.model);
}

static bool set_serial(struct words *words, const char *value)
{
	snprintf(words->options.serial, sizeof words->options.serial, "%s", value);
	return *value && strlen(value) < sizeof words->options.serial;
}

static bool set_serial_form(struct words *words, const char *value)
{
	words->options.old_serial = !strcmp(value, "old");
	return words->options.old_serial || !strcmp(value, "normal");
}

static bool set_speed(struct words *words, const char *value)
{
	static const char *const names[] = { [VHCI_LOW] = "low", [VHCI_FULL] = "full", [VHCI_HIGH] = "high" };

	for (unsigned speed = VHCI_LOW; speed <= VHCI_HIGH; speed++)
		if (!strcmp(value, names[speed]))
			words->options.speed = (enum vhci_speed)speed;
	return words->options.speed != 0;
}

static bool set_port(struct words *words, const char *value)
{
	uint64_t number;
	bool good = read_number(value, &number);

	words->options.port = (int)number;
	return good;
}

static bool set_plug_after(struct words *words, const char *value)
{
	return read_number(value, &words->options.plug_after);
}

static bool set_unplug_at(struct words *words, const char *value)
{
	return read_number(value, &words->options.unplug_at);
}

static bool set_return_after(struct words *words, const char *value)
{
	return read_number(value, &words->options.return_after);
}

static bool set_text(struct words *words, const char *value)
{
	snprintf(words->options.text, sizeof words->options.text, "%s", value);
	return strlen(value) < sizeof words->options.text;
}

static const struct word_row rows[] = {
	{ "device", "probe|keyboard", "what it is (a probe)", set_device },
	{ "model", NULL, "which probe (v21)", set_model },
	{ "serial", "TEXT", "its serial number (one a model)", set_serial },
	{ "serial-form", "normal|old", "old: twelve raw bytes, as old V2s say it", set_serial_form },
	{ "speed", "low|full|high", "of the USB port (the model's own)", set_speed },
	{ "port", "N", "the virtual port that it goes into, if that is free", set_port },
	{ "plug-after", "MS", "plugged in so long after the start (0)", set_plug_after },
	{ "unplug-at", "MS", "unplugged so long after the start (never)", set_unplug_at },
	{ "return-after", "MS", "and plugged in again so long after that (never)", set_return_after },
	{ "text", "TEXT", "what a keyboard types, over and over", set_text },
};
#define ROWS (sizeof rows / sizeof *rows)

static const char *values_of(const struct word_row *row)
{
	return row->values ? row->values : identity_models();
}

static void set_usb(struct words *words, const char *word)
{
	char error[256];

	if (!faults_add(&words->faults, word, error, sizeof error))
		errx(2, "%s", error);
}

static void set_word(struct words *words, const char *key, const char *value)
{
	for (size_t i = 0; i < ROWS; i++) {
		if (strcmp(key, rows[i].key))
			continue;
		if (!rows[i].set(words, value))
			errx(2, "%s=%s: it takes %s", key, value, values_of(&rows[i]));
		return;
	}
	errx(2, "%s: no such key (--help lists them)", key);
}

static bool set_target(struct device *device, const char *key, const char *value)
{
	return device->target && target_set(device->target, key, value);
}

static bool set_probe(struct device *device, const char *key, const char *value)
{
	return device->probe && probe_set(device->probe, key, value);
}

/* The sides that are set once there is a device. firmware= is how a probe is mostly told apart: it needs no prefix. */
static const struct { const char *prefix; size_t skip; bool (*set)(struct device *device, const char *key, const char *value); } sides[] = {
	{ "target.", 7, set_target }, { "probe.", 6, set_probe }, { "firmware=", 0, set_probe },
};
#define SIDES (sizeof sides / sizeof *sides)

static size_t side_of(const char *word)
{
	size_t side = 0;

	while (side < SIDES && strncmp(word, sides[side].prefix, strlen(sides[side].prefix)))
		side++;
	return side;
}

/* device NULL: what the device is; else what its firmware and target are told. */
static void read_word(struct words *words, struct device *device, char *word)
{
	size_t side = side_of(word);
	char *value = strchr(word, '=');

	if ((side < SIDES) != (device != NULL))
		return;
	if (!strncmp(word, "usb.", 4)) {
		set_usb(words, word + 4);
		return;
	}
	if (!value)
		errx(2, "%s: a word is KEY=VALUE", word);
	*value++ = 0;
	if (!device)
		set_word(words, word, value);
	else if (!sides[side].set(device, word + sides[side].skip, value))
		errx(2, "%s=%s: no such option, or not such a value (--help lists them)", word, value);
}

static void read_words(struct words *words, struct device *device, const char *text)
{
	char *copy = strdup(text), *rest = NULL;

	if (!copy)
		err(1, NULL);
	for (char *word = strtok_r(copy, " \t\n", &rest); word; word = strtok_r(NULL, " \t\n", &rest))
		read_word(words, device, word);
	free(copy);
}

struct device *words_device(unsigned number, const char *text, int port, struct log *log, uint64_t start)
{
	struct words words = {
		.options = { .model = PROBE_V21, .port = port, .unplug_at = NEVER, .return_after = NEVER, .text = "vprobe-keys-private\n" },
	};
	struct device *device;

	read_words(&words, NULL, text);
	device = device_new(number, &words.options, log, start);
	device->faults = words.faults;
	read_words(&words, device, text);
	return device;
}

/* --- help --- */

static void print_line(void *context, const char *line)
{
	fprintf(context, "  %s\n", line);
}

static void print_options(FILE *stream, const char *title, const char *prefix, const char *const *options)
{
	fprintf(stream, "\n%s\n", title);
	for (; *options; options++)
		fprintf(stream, "  %s%s\n", prefix, *options);
}

char *words_help(void)
{
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	if (!stream)
		err(1, NULL);
	fprintf(stream, "The device:\n");
	for (size_t i = 0; i < ROWS; i++)
		fprintf(stream, "  %s=%s  %s\n", rows[i].key, values_of(&rows[i]), rows[i].what);
	fprintf(stream, "\nFaults on USB. SELECTOR: the first bytes of a command in hex, *, trace, or control:REQUEST as in GET_DESCRIPTOR.STRING;\n"
	                "then #N, #N-M or #N+: the N-th such, counted from 1. Without it: each.\n");
	faults_help(print_line, stream);
	print_options(stream, "The firmware (firmware= needs no prefix):", "probe.", probe_options);
	print_options(stream, "The target:", "target.", target_options);
	if (fclose(stream))
		err(1, NULL);
	return text;
}
