/*
 * What real clients said to somebody else's virtual ST-Link (../shared/captures/emulated, the healthy ones), said to ours with its own target:
 * as many bytes must come back, with the same statuses. Values of the target are its own business.
 */
#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "hex.h"
#include "live/fake/fake.h"

#define PATTERN "../shared/captures/emulated/*/truth.json"

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

static enum probe_model model_of(const char *name)
{
	static const struct { const char *name; enum probe_model model; } models[] = {
		{ "v1", PROBE_V1 }, { "v2", PROBE_V2 }, { "v21", PROBE_V21 }, { "v3e", PROBE_V3E }, { "v3s", PROBE_V3 },
	};

	for (size_t i = 0; i < sizeof models / sizeof *models; i++)
		if (!strcmp(models[i].name, name))
			return models[i].model;
	fail_msg("no model %s", name);
	return PROBE_V1;
}

/* A status of the truth, "0x80" or null; -1 where it names none. */
static int status_of(const json_t *command, const char *key)
{
	const char *text = text_of(command, key);

	return *text ? (int)strtol(text, NULL, 16) : -1;
}

static void check(const json_t *command, const char *what, long ours, long theirs)
{
	if (ours != theirs)
		fail_msg("command %lld, %s: %s: %ld, not %ld", (long long)json_integer_value(json_object_get(command, "n")), text_of(command, "cmd"), what,
		         ours, theirs);
}

static void play(const json_t *command)
{
	static uint8_t block[16], data[UINT16_MAX];
	const char *text = text_of(command, "cmd"), *data_text = text_of(command, "data_out");
	long length = hex_read(text, strlen(text), block, sizeof block);
	enum probe_channel channel = strcmp(text_of(command, "channel"), "bridge") ? PROBE_DEBUG : PROBE_BRIDGE;
	int status = status_of(command, "status"), inside = status_of(command, "exec_status");
	uint32_t data_length;

	assert_in_range(length, 1, 16);
	probe_tick(probe, 1000);
	data_length = probe_begin(probe, channel, block, (size_t)length);
	check(command, "bytes of data", data_length, hex_read(data_text, strlen(data_text), data, sizeof data));
	probe_finish(probe, channel, data, data_length, &answer);
	check(command, "bytes of the answer", answer.length, (long)json_integer_value(json_object_get(command, "response_len")));
	if (status >= 0)
		check(command, "status", answer.status, status);
	if (inside >= 0)
		check(command, "status inside", answer.exec_status, inside);
}

static void play_all(const char *path, const json_t *device)
{
	const json_t *command;
	size_t i;

	print_message("%s: %zu commands\n", path, json_array_size(json_object_get(device, "commands")));
	plug_in(model_of(text_of(device, "model")));
	set("firmware", text_of(device, "firmware"));
	/* Theirs starts in its application. */
	set("mode", "mass");
	json_array_foreach(json_object_get(device, "commands"), i, command)
		play(command);
	unplug(NULL);
}

static void test_replay(void **state)
{
	size_t played = 0;
	glob_t found;

	(void)state;
	if (glob(PATTERN, 0, NULL, &found)) {
		print_message("SKIPPED: no %s\n", PATTERN);
		skip();
	}
	for (size_t i = 0; i < found.gl_pathc; i++) {
		json_error_t error;
		json_t *truth = json_load_file(found.gl_pathv[i], 0, &error);

		if (!truth)
			fail_msg("%s: line %d: %s", found.gl_pathv[i], error.line, error.text);
		if (!strcmp(text_of(truth, "fault_class"), "healthy")) {
			play_all(found.gl_pathv[i], json_array_get(json_object_get(truth, "devices"), 0));
			played++;
		}
		json_decref(truth);
	}
	assert_true(played > 0);
	globfree(&found);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_replay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
