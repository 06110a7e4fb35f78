/*
 * The virtual ST-Link knows every command that the program decodes, by the same name, and answers as many bytes; both tables were written apart.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../dissectors/stlink.h"
#include "live/fake/fake.h"

static enum probe_channel channel_of(const struct stlink_command *command)
{
	return command->opcode[0] == 0xfc ? PROBE_BRIDGE : PROBE_DEBUG;
}

static void test_names(void **state)
{
	(void)state;
	for (size_t i = 0; i < stlink_command_count; i++) {
		const struct stlink_command *command = &stlink_commands[i];

		probe_begin(probe, channel_of(command), command->opcode, command->opcode_length);
		assert_string_equal(probe_command_name(probe, channel_of(command)), command->name);
	}
}

/* In debug mode, in SWIM mode, or in the loader, some model gives the answer that the program expects. */
static bool answers(const struct stlink_command *command, enum probe_model model, const char *mode, const char *firmware)
{
	static const uint8_t data[UINT16_MAX];
	uint32_t length;

	again(model);
	set("firmware", firmware);
	set("mode", mode);
	length = probe_begin(probe, channel_of(command), command->opcode, command->opcode_length);
	probe_finish(probe, channel_of(command), data, length, &answer);
	return answer.length == command->answer_length && !answer.refused && !(answer.length == 2 && answer.bytes[0] == 0x42);
}

static void test_lengths(void **state)
{
	static const struct { enum probe_model model; const char *firmware; } models[] = {
		{ PROBE_V1, "V1J13S4" }, { PROBE_V21, "V2J45M31S7" }, { PROBE_V3, "V3J13M4B5S1" }, { PROBE_V3PWR, "V4J6M0B2P6" },
	};
	static const char *const modes[] = { "debug", "swim", "dfu" };

	(void)state;
	for (size_t i = 0; i < stlink_command_count; i++) {
		const struct stlink_command *command = &stlink_commands[i];
		bool found = command->answer_kind != ANSWER_FIXED;

		for (size_t m = 0; !found && m < sizeof models / sizeof *models; m++)
			for (size_t k = 0; !found && k < sizeof modes / sizeof *modes; k++)
				found = answers(command, models[m].model, modes[k], models[m].firmware);
		if (!found)
			fail_msg("%s never has %u bytes", command->name, (unsigned)command->answer_length);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(test_names, plug_v3),
		WITH(test_lengths, plug_v3),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
