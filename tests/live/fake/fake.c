/*
 * What tests of the virtual ST-Link's firmware say: plug one in, send it a command in hex, expect an answer in hex.
 * Knows: probe.h and the fake target.
 * Must not know: any command.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../hex.h"
#include "fake.h"

struct target *target;
struct probe *probe;
struct probe_answer answer;

int plug_in(enum probe_model model)
{
	target = target_new();
	probe = probe_new(model, target);
	return 0;
}

int unplug(void **state)
{
	(void)state;
	probe_free(probe);
	target_free(target);
	probe = NULL;
	target = NULL;
	return 0;
}

void again(enum probe_model model)
{
	unplug(NULL);
	plug_in(model);
}

int plug_v1(void **state)
{
	(void)state;
	return plug_in(PROBE_V1);
}

int plug_v2(void **state)
{
	(void)state;
	return plug_in(PROBE_V2);
}

int plug_v21(void **state)
{
	(void)state;
	return plug_in(PROBE_V21);
}

int plug_v3(void **state)
{
	(void)state;
	return plug_in(PROBE_V3);
}

static void say_on(enum probe_channel channel, const char *text)
{
	static uint8_t command[64], data[16384];
	const char *bar = strchr(text, '|');
	long command_length = hex_read(text, bar ? (size_t)(bar - text) : strlen(text), command, sizeof command);
	long data_length = bar ? hex_read(bar + 1, strlen(bar + 1), data, sizeof data) : 0;
	uint32_t wanted;

	assert_in_range(command_length, 1, 16);
	assert_true(data_length >= 0);
	wanted = probe_begin(probe, channel, command, (size_t)command_length);
	if (wanted != (uint32_t)data_length)
		fail_msg("%s: takes %u bytes of data", text, wanted);
	memset(answer.bytes, 0x55, 256);
	probe_finish(probe, channel, data, (uint32_t)data_length, &answer);
}

static void expect_on(enum probe_channel channel, const char *text, const char *expected)
{
	static uint8_t bytes[PROBE_ANSWER_SIZE];
	long length = hex_read(expected, strlen(expected), bytes, sizeof bytes);
	uint32_t i;

	say_on(channel, text);
	if (answer.length != (uint32_t)length)
		fail_msg("%s: %u bytes come back, not %ld", text, answer.length, length);
	for (i = 0; i < answer.length; i++)
		if (answer.bytes[i] != bytes[i])
			fail_msg("%s: byte %u is %02x, not %02x", text, i, answer.bytes[i], bytes[i]);
}

void say(const char *text)
{
	say_on(PROBE_DEBUG, text);
}

void expect(const char *text, const char *expected)
{
	expect_on(PROBE_DEBUG, text, expected);
}

void expect_bridge(const char *text, const char *expected)
{
	expect_on(PROBE_BRIDGE, text, expected);
}

void set(const char *key, const char *value)
{
	if (!probe_set(probe, key, value))
		fail_msg("%s=%s is not taken", key, value);
}

void enter(void)
{
	expect("f230a3", "8000");
}
