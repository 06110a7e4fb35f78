/*
 * Which transactions and events a transcript shows (select.h).
 */
#include "select.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct { const char *word; unsigned topic; } topics[] = {
	{ "errors", SELECT_ERRORS }, { "mode", GROUP_MODE }, { "memory", GROUP_MEMORY }, { "dap", GROUP_DAP }, { "core", GROUP_CORE },
	{ "trace", GROUP_TRACE }, { "usb", SELECT_USB }, { "probe", GROUP_PROBE }, { "swim", GROUP_SWIM }, { "dfu", GROUP_DFU },
	{ "bridge", GROUP_BRIDGE }, { "scsi", GROUP_SCSI }, { "tool", SELECT_TOOL },
};
#define TOPICS (sizeof topics / sizeof topics[0])

bool select_only(struct selection *selection, const char *value, char *problem, size_t size)
{
	if (!*value) {
		snprintf(problem, size, "--only: nothing named");
		return false;
	}
	while (*value) {
		size_t length = strcspn(value, ","), at, i;

		for (i = 0; i < TOPICS; i++)
			if (strlen(topics[i].word) == length && !strncmp(topics[i].word, value, length))
				break;
		if (i == TOPICS) {
			at = (size_t)snprintf(problem, size, "--only: there is no '%.*s'; choose from", (int)length, value);
			for (i = 0; i < TOPICS && at < size; i++)
				at += (size_t)snprintf(problem + at, size - at, "%s %s", i ? "," : "", topics[i].word);
			return false;
		}
		selection->topics |= UINT32_C(1) << topics[i].topic;
		value += length + (value[length] == ',');
	}
	return true;
}

static bool matches(const char *glob, const char *name)
{
	return !fnmatch(glob, name, FNM_CASEFOLD);
}

static bool names_a_command(const char *glob)
{
	for (size_t i = 0; i < stlink_command_count; i++)
		if (matches(glob, stlink_commands[i].name))
			return true;
	for (size_t i = 0; i < stlink_scsi_command_count; i++)
		if (matches(glob, stlink_scsi_commands[i].name))
			return true;
	return matches(glob, stlink_unknown.name);
}

bool select_command(struct selection *selection, const char *value, char *problem, size_t size)
{
	if (selection->name_count == SELECT_NAMES) {
		snprintf(problem, size, "--command: at most %d of them", SELECT_NAMES);
		return false;
	}
	if (!names_a_command(value)) {
		snprintf(problem, size, "--command: no command is called '%s'; 'stlinkscope commands' lists them", value);
		return false;
	}
	selection->names[selection->name_count++] = value;
	return true;
}

/* A number, decimal or 0x...; returns behind it, or NULL. */
static const char *read_number(const char *text, uint64_t *number)
{
	bool hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
	char *end;

	if (!strchr("0123456789", *text) || !*text)
		return NULL;
	errno = 0;
	*number = strtoull(text, &end, hex ? 16 : 10);
	return errno || (hex && end == text + 1) ? NULL : end;
}

bool select_address(struct selection *selection, const char *value, char *problem, size_t size)
{
	uint64_t first = 0, other = 0;
	const char *at = read_number(value, &first);
	bool good = at != NULL;

	selection->first_address = selection->last_address = first;
	if (good && *at) {
		const char *end = *at == '-' || *at == '+' ? read_number(at + 1, &other) : NULL;

		good = end && !*end && (*at == '-' ? other >= first : other > 0 && other - 1 <= UINT64_MAX - first);
		selection->last_address = *at == '-' ? other : first + other - 1;
	}
	if (!good || selection->last_address > UINT32_MAX) {
		snprintf(problem, size, "--address: '%s' is no address, A-B or A+LENGTH (0x8000000-0x80003ff, 0x20000000+1024)", value);
		return false;
	}
	selection->has_address = true;
	return true;
}

bool select_frames(struct selection *selection, const char *value, char *problem, size_t size)
{
	const char *at = read_number(value, &selection->first_frame);
	bool good = at != NULL;

	selection->last_frame = selection->first_frame;
	if (good && *at == '-' && !at[1]) {
		selection->last_frame = UINT64_MAX;
	} else if (good && *at) {
		const char *end = *at == '-' ? read_number(at + 1, &selection->last_frame) : NULL;

		good = end && !*end && selection->last_frame >= selection->first_frame;
	}
	if (!good) {
		snprintf(problem, size, "--frames: '%s' is no frame number, A-B or A-", value);
		return false;
	}
	selection->has_frames = true;
	return true;
}

bool select_limits(const struct selection *selection)
{
	return selection->topics || selection->name_count || selection->has_address || selection->has_frames || selection->has_device;
}

/* Addresses */

struct misc_reach { struct sink sink; const struct selection *selection; bool sets_address, reached; };

/* RW_MISC_OUT: the operands of its ADDRESS operations. */
static void misc_value(struct sink *sink, const struct value *value)
{
	struct misc_reach *reach = (struct misc_reach *)sink;

	if (value->field->names)
		reach->sets_address = value->name && !strcmp(value->name, "ADDRESS");
	else if (reach->sets_address && value->number <= reach->selection->last_address &&
	         value->number + 3 >= reach->selection->first_address)
		reach->reached = true;
}

static bool touches(const struct selection *selection, const struct transaction *transaction)
{
	const struct operation *operation = &transaction->request_operation;
	uint64_t first, length;

	if (transaction->command->operation == OP_MISC_OUT) {
		struct misc_reach reach = { .sink.value = misc_value, .selection = selection };

		stlink_walk_data(transaction->command, cursor_over(transaction->data.bytes, transaction->data.captured,
		                                                   transaction->data.wire), operation, NULL, &reach.sink);
		return reach.reached;
	}
	if (!operation_has(operation, ROLE_ADDRESS))
		return false;
	first = operation->argument[ROLE_ADDRESS];
	length = operation_get(operation, ROLE_LENGTH, 4);
	return first <= selection->last_address && first + (length ? length - 1 : 0) >= selection->first_address;
}

const char *select_group_name(enum stlink_group group)
{
	for (size_t i = 0; i < TOPICS; i++)
		if (topics[i].topic == group)
			return topics[i].word;
	return "";
}

/* Frames and commands */

/* What went wrong between host, probe and target; what the capture cut is no fault of theirs. */
static bool is_error(const struct transaction *transaction)
{
	switch (transaction->result) {
	case RESULT_INCOMPLETE: case RESULT_TRUNCATED: case RESULT_UNJUDGED: case RESULT_OK:
		return false;
	default:
		return true;
	}
}

bool select_transaction(const struct selection *selection, const struct transaction *transaction)
{
	uint32_t topics = UINT32_C(1) << transaction->command->group;
	bool named = !selection->name_count;

	if (selection->has_device && (transaction->bus != selection->bus || transaction->device != selection->device))
		return false;
	if (selection->has_frames && (transaction->frame > selection->last_frame ||
	                              transaction_last_frame(transaction) < selection->first_frame))
		return false;
	if (is_error(transaction))
		topics |= UINT32_C(1) << SELECT_ERRORS;
	if (transaction->result <= RESULT_NO_ANSWER)
		topics |= UINT32_C(1) << SELECT_USB;
	if (selection->topics && !(selection->topics & topics))
		return false;
	for (size_t i = 0; i < selection->name_count && !named; i++)
		named = matches(selection->names[i], transaction->command->name);
	return named && (!selection->has_address || touches(selection, transaction));
}

static bool select_topic(const struct selection *selection, unsigned topic, uint64_t frame)
{
	if (selection->has_frames && (frame < selection->first_frame || frame > selection->last_frame))
		return false;
	if (selection->name_count || selection->has_address)
		return false;
	return !selection->topics || selection->topics >> topic & 1;
}

bool select_event(const struct selection *selection, unsigned topic, uint64_t frame, uint16_t bus, uint16_t device)
{
	if (selection->has_device && (bus != selection->bus || device != selection->device))
		return false;
	return select_topic(selection, topic, frame);
}

bool select_tool(const struct selection *selection, uint64_t frame)
{
	return select_topic(selection, SELECT_TOOL, frame);
}
