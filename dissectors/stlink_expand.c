/*
 * What the field tables cannot say: derived values, and the batches of RW_MISC.
 * Knows: parts whose layout depends on a number elsewhere, values that two fields make together.
 * Must not know: which command calls which hook, output formats.
 */
#include "stlink_layouts.h"

#define WORD 4

/* A derived value covers no bytes: it stands where the part ends. */
static void emit_text(const struct stlink_part *part, const struct field *field, const char *text, struct sink *sink)
{
	struct value value = { .field = field, .offset = (uint32_t)part->bytes.captured, .text = text };

	if (sink)
		sink->value(sink, &value);
}

/* The bytes of length at offset, or NULL where they are not all captured. */
static const uint8_t *bytes_at(struct cursor part, uint64_t offset, size_t length)
{
	if (offset > part.captured || !cursor_take(&part, (size_t)offset))
		return NULL;
	return cursor_take(&part, length);
}

/* Emits field, which lies at offset, as repetition index. Returns false where it is not all captured. */
static bool emit_at(const struct stlink_part *part, const struct field *field, uint32_t index, uint64_t offset,
                    struct value *value, struct sink *sink)
{
	const uint8_t *bytes = bytes_at(part->bytes, offset, field->width);
	struct cursor cursor;

	if (!bytes)
		return false;
	*value = (struct value){
		.field = field, .index = index, .offset = (uint32_t)offset, .length = field->width, .bytes = bytes,
	};
	cursor = cursor_over(bytes, field->width, field->width);
	cursor_uint(&cursor, field->width, field->big_endian, &value->number);
	value->name = name_of(field->names, value->number);
	if (sink)
		sink->value(sink, value);
	return true;
}

/* GET_VERSION, GET_VERSION_EX */

static const struct field firmware_field = { .name = "firmware", .label = "Firmware", .show = SHOW_TEXT };

unsigned stlink_expand_version(const struct stlink_part *part, struct operation *operation, struct sink *sink)
{
	struct stlink_version version;
	char text[32];

	if (!operation_has(operation, ROLE_PID))
		return 0;
	version = stlink_version_of_word((uint16_t)operation_get(operation, ROLE_VERSION, 0),
	                                 (uint16_t)operation_get(operation, ROLE_PID, 0));
	stlink_version_text(&version, text, sizeof text);
	emit_text(part, &firmware_field, text, sink);
	return 0;
}

unsigned stlink_expand_version_ex(const struct stlink_part *part, struct operation *operation, struct sink *sink)
{
	const uint8_t *bytes = bytes_at(part->bytes, 0, 6);
	struct stlink_version version;
	char text[32];

	(void)operation;
	if (!bytes)
		return 0;
	version = (struct stlink_version){
		.major = bytes[0], .swim = bytes[1], .jtag = bytes[2], .msd = bytes[3], .bridge = bytes[4], .power = bytes[5],
		.extended = true,
	};
	stlink_version_text(&version, text, sizeof text);
	emit_text(part, &firmware_field, text, sink);
	return 0;
}

/* GET_TARGET_VOLTAGE */

static const struct field voltage_field = { .name = "voltage", .label = "Target voltage in volts", .show = SHOW_TEXT };

unsigned stlink_expand_voltage(const struct stlink_part *part, struct operation *operation, struct sink *sink)
{
	char text[16], *at = text + sizeof text;
	int32_t millivolts;
	uint32_t rest;
	unsigned digits = 0;

	if (!operation_has(operation, ROLE_READING))
		return 0;
	millivolts = stlink_millivolts((uint32_t)operation_get(operation, ROLE_REFERENCE, 0),
	                               (uint32_t)operation_get(operation, ROLE_READING, 0));
	if (millivolts < 0)
		return 0;
	*--at = '\0';
	rest = (uint32_t)millivolts;
	do {
		if (digits++ == 3)
			*--at = '.';
		*--at = (char)('0' + rest % 10);
		rest /= 10;
	} while (rest || digits < 4);
	emit_text(part, &voltage_field, at, sink);
	return 0;
}

/* RW_MISC_OUT: N operation bytes, padded to a whole word, then N operands. Emitted item by item. */

static const struct name misc_names[] = {
	{ MISC_ADDRESS, "ADDRESS" }, { MISC_WRITE, "WRITE" }, { MISC_READ, "READ" }, { MISC_AP, "APNUM" }, { 0, NULL },
};
static const struct field misc_operation_field = {
	.name = "operation", .label = "Operation", .width = 1, .show = SHOW_DEC, .names = misc_names, .count_role = ROLE_COUNT,
};
static const struct field misc_operand_field = {
	.name = "operand", .label = "Operand", .width = WORD, .show = SHOW_HEX, .count_role = ROLE_COUNT,
};

unsigned stlink_expand_misc_data(const struct stlink_part *part, struct operation *operation, struct sink *sink)
{
	uint64_t count = operation_get(part->request, ROLE_COUNT, 0);
	uint64_t operands = (count + WORD - 1) / WORD * WORD;
	struct value value;
	unsigned marks = 0;

	(void)operation;
	for (uint32_t i = 0; i < count; i++) {
		if (!emit_at(part, &misc_operation_field, i, i, &value, sink))
			return marks;
		if (!value.name)
			marks |= WALK_UNNAMED;
		emit_at(part, &misc_operand_field, i, operands + (uint64_t)i * WORD, &value, sink);
	}
	for (uint64_t at = count; at < operands; at++) {
		const uint8_t *padding = bytes_at(part->bytes, at, 1);

		if (padding && *padding)
			marks |= WALK_PADDING;
	}
	return marks;
}

/* RW_MISC_IN: N results, then N statuses; only the low byte of a status is one. Without N the bytes say nothing. */

static const struct field misc_value_field = {
	.name = "value", .label = "Result", .width = WORD, .show = SHOW_HEX, .count_role = ROLE_COUNT,
};
static const struct field misc_status_field = {
	.name = "status", .label = "Status", .width = 1, .show = SHOW_HEX, .role = ROLE_STATUS, .count_role = ROLE_COUNT,
};

unsigned stlink_expand_misc_answer(const struct stlink_part *part, struct operation *operation, struct sink *sink)
{
	uint64_t count = operation_get(part->request, ROLE_COUNT, 0);
	uint64_t good = 0, status = STLINK_STATUS_OK;
	struct value value;

	for (uint32_t i = 0; i < count; i++) {
		if (!emit_at(part, &misc_value_field, i, (uint64_t)i * WORD, &value, sink))
			break;
		if (!emit_at(part, &misc_status_field, i, (count + i) * WORD, &value, sink))
			continue;
		if (value.number == STLINK_STATUS_OK)
			good++;
		else if (status == STLINK_STATUS_OK)
			status = value.number;
	}
	if (status != STLINK_STATUS_OK || (count && good == count)) {
		operation->seen |= UINT32_C(1) << ROLE_STATUS;
		operation->argument[ROLE_STATUS] = status;
	}
	return 0;
}

/* DFU_DNLOAD: block 0 carries a command for the loader, the others encrypted flash contents. */

static const struct name dfu_command_names[] = {
	{ 0x00, "get commands" }, { 0x21, "set address" }, { 0x41, "erase page" }, { 0x42, "erase sector" }, { 0x51, "write flash" },
	{ 0x92, "read unprotect" }, { 0, NULL },
};
static const struct field dfu_command_layout[] = {
	{ .name = "loader_command", .label = "Loader command", .width = 1, .show = SHOW_HEX, .names = dfu_command_names },
	{ .name = "operand", .label = "Address or sector", .width = WORD, .show = SHOW_ADDRESS, .optional = true },
	{ 0 },
};

unsigned stlink_expand_dfu_data(const struct stlink_part *part, struct operation *operation, struct sink *sink)
{
	bool is_command = operation_get(part->request, ROLE_VALUE, 1) == 0;
	struct cursor bytes = part->bytes;

	return field_walk(is_command ? dfu_command_layout : stlink_raw_data, &bytes, operation, sink);
}
