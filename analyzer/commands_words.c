/*
 * What the tables' numbers are called, for both forms of stlinkscope commands.
 * Must not know: any command, text or JSON.
 */
#include "commands.h"

#include <stdio.h>

/* Switches, so that the compiler asks for the words of a new one. */
const char *commands_group_name(enum stlink_group group)
{
	switch (group) {
	case GROUP_PROBE: return "probe";
	case GROUP_MODE: return "mode";
	case GROUP_MEMORY: return "memory";
	case GROUP_DAP: return "dap";
	case GROUP_CORE: return "core";
	case GROUP_TRACE: return "trace";
	case GROUP_DFU: return "dfu";
	case GROUP_SWIM: return "swim";
	case GROUP_BRIDGE: return "bridge";
	case GROUP_SCSI: return "scsi";
	}
	return "";
}

const char *commands_scope_name(enum stlink_scope scope)
{
	switch (scope) {
	case SCOPE_NONE: return "none";
	case SCOPE_DEBUG: return "debug";
	case SCOPE_CORE_STATE: return "core-state";
	case SCOPE_SWITCH_FREQ: return "switch-freq";
	case SCOPE_LOADER_QUERY: return "loader-query";
	case SCOPE_SWIM: return "swim";
	case SCOPE_BRIDGE: return "bridge";
	case SCOPE_DFU: return "dfu";
	case SCOPE_CSW: return "csw";
	}
	return "";
}

const char *commands_class_name(enum stlink_status_class class)
{
	static const char *const names[] = { [STATUS_OK] = "ok", [STATUS_WAIT] = "wait", [STATUS_ERROR] = "error" };

	return names[class];
}

const char *commands_data_name(enum stlink_data_phase phase)
{
	switch (phase) {
	case DATA_NONE: return "none";
	case DATA_LENGTH: return "as many bytes as 'length' says";
	case DATA_REST: return "what of 'length' does not fit into the command";
	case DATA_MISC: return "'count' operations, then 'count' operands";
	case DATA_MESSAGE: return "as many bytes as 'length' says, none for a remote frame";
	case DATA_BLOCKS: return "'count' disk blocks of 512 bytes";
	}
	return "";
}

void commands_answer_text(const struct stlink_command *command, char *text, size_t size)
{
	switch (command->answer_kind) {
	case ANSWER_NONE:
		snprintf(text, size, "none");
		break;
	case ANSWER_FIXED:
		snprintf(text, size, "%u byte%s", command->answer_length, command->answer_length == 1 ? "" : "s");
		break;
	case ANSWER_LENGTH:
		if (command->answer_length)
			snprintf(text, size, "as many bytes as 'length' says, at least %u", command->answer_length);
		else
			snprintf(text, size, "as many bytes as 'length' says");
		break;
	case ANSWER_ITEMS:
		snprintf(text, size, "%u bytes for each of 'count'", command->answer_length);
		break;
	case ANSWER_EARLIER:
		snprintf(text, size, "what an earlier command asked for");
		break;
	case ANSWER_LIST:
		snprintf(text, size, "a head of 12 bytes, then 'count' words");
		break;
	case ANSWER_UNKNOWN:
		snprintf(text, size, "of unknown length");
		break;
	}
}
