/*
 * Properties of the command, status and product tables, and their agreement with ../shared/protocol where that exists.
 */
#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../dissectors/stlink.h"

#define BLOCK 16

static const struct stlink_command *row(size_t i)
{
	return i < stlink_command_count ? stlink_commands + i : stlink_scsi_commands + (i - stlink_command_count);
}

static size_t row_count(void)
{
	return stlink_command_count + stlink_scsi_command_count;
}

static unsigned key(const struct stlink_command *command)
{
	return (unsigned)command->opcode[0] << 8 | command->opcode[1];
}

static void test_sorted_by_opcode(void **state)
{
	(void)state;
	for (size_t i = 1; i < stlink_command_count; i++)
		if (key(row(i - 1)) >= key(row(i)))
			fail_msg("%s is out of order", row(i)->name);
	for (size_t i = stlink_command_count + 1; i < row_count(); i++)
		assert_true(key(row(i - 1)) < key(row(i)));
}

static void test_opcodes(void **state)
{
	(void)state;
	for (size_t i = 0; i < row_count(); i++) {
		const struct stlink_command *command = row(i);

		assert_in_range(command->opcode_length, 1, 2);
		assert_int_equal(command->opcode_length, stlink_opcode_length(command->opcode, 2));
		if (command->opcode_length == 1)
			assert_int_equal(command->opcode[1], 0);
		assert_int_equal(command->scsi, i >= stlink_command_count);
		assert_int_equal(command->scsi, command->opcode[0] < 0xf0);
	}
}

static void test_names(void **state)
{
	(void)state;
	for (size_t i = 0; i < row_count(); i++) {
		const struct stlink_command *command = row(i);

		assert_non_null(command->name);
		assert_non_null(command->summary);
		assert_true(command->generations);
		for (const char *c = command->name; *c; c++)
			if (!isupper((unsigned char)*c) && !isdigit((unsigned char)*c) && *c != '_')
				fail_msg("%s: not a canonical name", command->name);
		for (size_t j = 0; j < i; j++)
			if (!strcmp(row(j)->name, command->name))
				fail_msg("%s: twice", command->name);
		assert_ptr_equal(stlink_find_name(command->name), command);
	}
}

static void test_every_row_is_found(void **state)
{
	(void)state;
	for (size_t i = 0; i < row_count(); i++) {
		const struct stlink_command *command = row(i);
		uint8_t block[BLOCK] = { command->opcode[0], command->opcode[1] };

		assert_ptr_equal(stlink_find(block, sizeof block, true), command);
		assert_ptr_equal(stlink_find(block, command->opcode_length, true), command);
		assert_ptr_equal(stlink_find(block, sizeof block, false), command->scsi ? &stlink_unknown : command);
		if (command->opcode_length == 2) {
			assert_ptr_equal(stlink_find(block, 1, false), &stlink_unknown);
		} else {
			block[1] = 0x80;
			assert_ptr_equal(stlink_find(block, sizeof block, true), command);
		}
	}
}

/* Layouts */

static void check_name(const char *where, const char *name)
{
	if (!name[0])
		fail_msg("%s: empty key", where);
	for (const char *c = name; *c; c++)
		if (!islower((unsigned char)*c) && !isdigit((unsigned char)*c) && *c != '_')
			fail_msg("%s: %s is not snake_case", where, name);
}

static void check_names(const char *where, const struct name *names, unsigned width)
{
	unsigned count = 0;

	for (; names && names->text; names++, count++) {
		if (count > 1000)
			fail_msg("%s: a name table without an end", where);
		if (width < 8 && names->value >> (8 * width))
			fail_msg("%s: %s does not fit the field", where, names->text);
		for (unsigned i = 1; i <= count; i++)
			if (names[-(int)i].value == names->value)
				fail_msg("%s: %s: its value has two names", where, names->text);
	}
}

static void check_bits(const char *where, const struct field *field)
{
	for (const struct bits *bits = field->bits; bits && bits->name; bits++) {
		check_name(where, bits->name);
		check_names(where, bits->names, 8);
		assert_true(bits->low <= bits->high);
		assert_in_range(bits->high, 0, 8 * field->width - 1);
	}
}

/* Returns the bytes of all fields that are not repeated, FIELD_REST as none. */
static unsigned check_layout(const char *where, const struct field *layout)
{
	unsigned total = 0;
	bool optional = false, rest = false;

	for (const struct field *field = layout; field && field->name; field++) {
		unsigned values = field->width == FIELD_REST ? 0 : field->width;

		if (field - layout > 100)
			fail_msg("%s: a layout without an end", where);
		check_name(where, field->name);
		assert_non_null(field->label);
		assert_true(field->width);
		assert_in_range(field->role, ROLE_NONE, ROLES - 1);
		assert_int_not_equal(field->show, SHOW_TEXT);
		check_names(where, field->names, values);
		check_bits(where, field);
		if (rest)
			fail_msg("%s: %s follows all the rest", where, field->name);
		if (optional && !field->optional)
			fail_msg("%s: %s is needed behind one that is not", where, field->name);
		if (field->counted)
			assert_int_not_equal(field->count_role, ROLE_NONE);
		if (field->role != ROLE_NONE)
			assert_in_range(field->width, 1, 8);
		for (const struct field *other = layout; other < field; other++) {
			if (!strcmp(other->name, field->name))
				fail_msg("%s: %s twice", where, field->name);
			if (other->role != ROLE_NONE && other->role == field->role)
				fail_msg("%s: %s has the role of %s", where, field->name, other->name);
		}
		optional = field->optional;
		rest = field->width == FIELD_REST;
		assert_true(!rest || optional);
		if (field->count_role == ROLE_NONE || field->counted)
			total += values;
	}
	return total;
}

static void test_layouts(void **state)
{
	(void)state;
	for (size_t i = 0; i < row_count(); i++) {
		const struct stlink_command *command = row(i);
		unsigned answer = check_layout(command->name, command->answer);

		if (command->opcode_length + check_layout(command->name, command->request) > BLOCK)
			fail_msg("%s: the request does not fit a block", command->name);
		check_layout(command->name, command->data);
		if (command->answer_kind == ANSWER_FIXED && answer != command->answer_length)
			fail_msg("%s: the answer has %u bytes, its fields %u", command->name, command->answer_length, answer);
	}
}

static bool has_role(const struct field *layout, enum role role)
{
	for (; layout && layout->name; layout++)
		if (layout->role == role)
			return true;
	return false;
}

/* Lengths can be told from the request, and a status from the answer, wherever the row says so. */
static void test_rows_have_the_roles_they_need(void **state)
{
	(void)state;
	for (size_t i = 0; i < row_count(); i++) {
		const struct stlink_command *command = row(i);
		bool length = command->data_phase == DATA_LENGTH || command->data_phase == DATA_REST ||
		              command->data_phase == DATA_MESSAGE || command->answer_kind == ANSWER_LENGTH;
		bool count = command->data_phase == DATA_MISC || command->data_phase == DATA_BLOCKS ||
		             command->answer_kind == ANSWER_ITEMS;

		if (length && !has_role(command->request, ROLE_LENGTH))
			fail_msg("%s: no length", command->name);
		if (count && !has_role(command->request, ROLE_COUNT))
			fail_msg("%s: no count", command->name);
		if (command->operation != OP_MISC_IN && has_role(command->answer, ROLE_STATUS) != (command->scope != SCOPE_NONE))
			fail_msg("%s: status and scope do not go together", command->name);
		if ((command->data_phase == DATA_REST) != (command->inline_bytes > 0))
			fail_msg("%s: inline bytes", command->name);
		if (command->data_phase != DATA_NONE)
			assert_int_equal(command->answer_kind, ANSWER_NONE);
	}
}

/* More users of the hook would mean that the field language is wrong (DESIGN.md, decision 1). */
static void test_few_rows_need_the_hook(void **state)
{
	unsigned users = 0;

	(void)state;
	for (size_t i = 0; i < row_count(); i++)
		users += (row(i)->expand_data ? 1u : 0u) + (row(i)->expand_answer ? 1u : 0u);
	assert_in_range(users, 1, 6);
}

static void test_unknown(void **state)
{
	(void)state;
	assert_string_equal(stlink_unknown.name, "UNKNOWN");
	assert_int_equal(stlink_unknown.opcode_length, 0);
	assert_int_equal(stlink_answer_length(&stlink_unknown, NULL, NULL), STLINK_ANY_LENGTH);
	assert_null(stlink_find_name("UNKNOWN"));
}

/* Statuses */

static void test_statuses(void **state)
{
	(void)state;
	for (const struct stlink_status *status = stlink_statuses; status->name; status++) {
		size_t length = strlen(status->meaning);

		assert_int_not_equal(status->scope, SCOPE_NONE);
		assert_ptr_equal(stlink_status_find(status->scope, status->code), status);
		assert_int_equal(status->meaning[length - 1], '.');
	}
}

static void assert_status(enum stlink_scope scope, uint8_t code, const char *name, enum stlink_status_class class)
{
	const struct stlink_status *status = stlink_status_find(scope, code);

	assert_non_null(status);
	assert_string_equal(status->name, name);
	assert_int_equal(status->class, class);
}

static void test_status_by_scope(void **state)
{
	(void)state;
	assert_status(SCOPE_DEBUG, 0x80, "OK", STATUS_OK);
	assert_status(SCOPE_DEBUG, 0x81, "FAULT", STATUS_ERROR);
	assert_status(SCOPE_CORE_STATE, 0x80, "OK", STATUS_OK);
	assert_status(SCOPE_CORE_STATE, 0x81, "CORE_HALTED", STATUS_OK);
	assert_status(SCOPE_CORE_STATE, 0x42, "UNKNOWN_CMD", STATUS_ERROR);
	assert_status(SCOPE_DEBUG, 0x40, "CONF_CHANGED", STATUS_ERROR);
	assert_status(SCOPE_SWITCH_FREQ, 0x40, "CONF_CHANGED", STATUS_OK);
	assert_status(SCOPE_SWITCH_FREQ, 0x80, "OK", STATUS_OK);
	assert_status(SCOPE_LOADER_QUERY, 0x21, "NO_JUMP_TO_LOADER", STATUS_ERROR);
	assert_status(SCOPE_DEBUG, 0x21, "NO_JUMP_TO_LOADER", STATUS_ERROR);
	assert_status(SCOPE_DEBUG, 0x30, "TCP_ID_NOT_FOUND", STATUS_ERROR);
	assert_status(SCOPE_DEBUG, 0x0d, "WRITE_VERIFY_ERROR", STATUS_OK);
	assert_status(SCOPE_DEBUG, 0x07, "CMD_WAIT", STATUS_WAIT);
	assert_status(SCOPE_DEBUG, 0x10, "SWD_AP_WAIT", STATUS_WAIT);
	assert_status(SCOPE_DEBUG, 0x14, "SWD_DP_WAIT", STATUS_WAIT);
	assert_status(SCOPE_SWIM, 0x00, "SWIM_OK", STATUS_OK);
	assert_status(SCOPE_SWIM, 0x01, "SWIM_BUSY", STATUS_WAIT);
	assert_status(SCOPE_SWIM, 0x42, "UNKNOWN_CMD", STATUS_ERROR);
	assert_status(SCOPE_BRIDGE, 0x80, "OK", STATUS_OK);
	assert_status(SCOPE_BRIDGE, 0x0d, "CMD_BUSY", STATUS_WAIT);
	assert_status(SCOPE_DFU, 0x0b, "DFU_errVENDOR", STATUS_ERROR);
	assert_status(SCOPE_CSW, 0x01, "CSW_FAIL", STATUS_ERROR);
	assert_null(stlink_status_find(SCOPE_DEBUG, 0x25));
	assert_null(stlink_status_find(SCOPE_SWIM, 0x10));
	assert_null(stlink_status_find(SCOPE_BRIDGE, 0x10));
	assert_null(stlink_status_find(SCOPE_CSW, 0x42));
	assert_null(stlink_status_find(SCOPE_NONE, 0x80));
}

/* Products */

static void test_products(void **state)
{
	(void)state;
	for (const struct stlink_product *product = stlink_products; product->product; product++) {
		assert_ptr_equal(stlink_product_find(STLINK_VID, product->pid), product);
		assert_int_equal(product->answer_endpoint, 0x81);
		assert_int_equal(product->bulk_only, product->generation == GENERATION_V1);
		assert_int_equal(!product->bridge_command_endpoint, !product->bridge_answer_endpoint);
		if (product->generation != GENERATION_UNKNOWN)
			assert_non_null(stlink_generation_name(product->generation));
	}
	assert_null(stlink_product_find(0x1d50, 0x3748));
	assert_null(stlink_product_find(STLINK_VID, 0x5740));
	assert_null(stlink_generation_name(GENERATION_UNKNOWN));
	assert_string_equal(stlink_generation_name(GENERATION_V2_1), "V2-1");
	assert_true(stlink_product_find(STLINK_VID, 0x374d)->loader);
	assert_false(stlink_product_find(STLINK_VID, 0x3748)->loader);
	assert_int_equal(stlink_product_find(STLINK_VID, 0x3748)->trace_endpoint, 0x83);
	assert_int_equal(stlink_product_find(STLINK_VID, 0x3757)->bridge_answer_endpoint, 0x86);
}

/* Agreement with the protocol notes */

/* Opens a table of the notes behind its heading, or skips the test, visibly. */
static FILE *open_notes(const char *path)
{
	FILE *file = fopen(path, "r");
	char *line = NULL;
	size_t size = 0;

	if (!file) {
		print_message("SKIPPED: %s is not here\n", path);
		skip();
	}
	assert_true(getline(&line, &size, file) > 0);
	free(line);
	return file;
}

/* Splits the next row into its first columns, in place. Returns false at the end. */
static bool next_row(FILE *file, char **line, size_t *size, char *columns[], unsigned count)
{
	char *at;

	if (getline(line, size, file) <= 0)
		return false;
	at = *line;
	for (unsigned i = 0; i < count; i++) {
		columns[i] = at;
		at += strcspn(at, "\t\n");
		if (*at)
			*at++ = '\0';
	}
	return true;
}

static void test_commands_are_those_of_the_notes(void **state)
{
	FILE *file = open_notes("../shared/protocol/commands.tsv");
	char *line = NULL, *column[2];
	size_t size = 0, count = 0, extra = 0;

	(void)state;
	while (next_row(file, &line, &size, column, 2)) {
		bool scsi = !strncmp(column[0], "SCSI ", 5);
		const struct stlink_command *command;
		unsigned first = 0, second = 0;
		int read = sscanf(column[0] + (scsi ? 5 : 0), "%x %x", &first, &second);

		column[1][strcspn(column[1], " ")] = '\0'; /* a remark may follow */
		command = stlink_find_name(column[1]);
		if (!command)
			fail_msg("%s is missing", column[1]);
		assert_int_equal(command->scsi, scsi);
		assert_int_equal(command->opcode_length, read);
		assert_int_equal(key(command), first << 8 | second);
		count++;
	}
	free(line);
	fclose(file);
	/* The notes give the disk's commands only as far as ST-Link clients send them; the string's end stands for 00. */
	for (size_t i = stlink_command_count; i < row_count(); i++)
		if (!strchr("\x03\x12\x28", row(i)->opcode[0]))
			extra++;
	assert_int_equal(row_count(), count + extra);
}

static const struct {
	const char *note;
	enum stlink_scope scope;
} scopes[] = {
	{ "DEBUG", SCOPE_DEBUG }, { "DEBUG_TCP", SCOPE_DEBUG }, { "DEBUG_GETSTATUS", SCOPE_CORE_STATE },
	{ "DEBUG_F2_63", SCOPE_SWITCH_FREQ }, { "F9_LOADER_QUERY+DEBUG", SCOPE_LOADER_QUERY },
	{ "SWIM_READSTATUS", SCOPE_SWIM }, { "BRIDGE", SCOPE_BRIDGE }, { "DFU_BSTATUS", SCOPE_DFU }, { "V1_CSW", SCOPE_CSW },
};

static enum stlink_scope scope_of(const char *note)
{
	for (size_t i = 0; i < sizeof scopes / sizeof *scopes; i++)
		if (!strcmp(scopes[i].note, note))
			return scopes[i].scope;
	return SCOPE_NONE;
}

static const struct name *dfu_state_names(void)
{
	for (const struct field *field = stlink_find_name("DFU_GETSTATUS")->answer; field->name; field++)
		if (field->role == ROLE_STATE)
			return field->names;
	return NULL;
}

static void test_statuses_are_those_of_the_notes(void **state)
{
	FILE *file = open_notes("../shared/protocol/status.tsv");
	static bool known[256];
	char *line = NULL, *column[3];
	size_t size = 0;

	(void)state;
	while (next_row(file, &line, &size, column, 3)) {
		uint8_t code = (uint8_t)strtoul(column[0], NULL, 16);
		const struct stlink_status *status;

		if (!strcmp(column[1], "DFU_BSTATE")) {
			assert_string_equal(name_of(dfu_state_names(), code), column[2] + strlen("DFU_STATE_"));
			continue;
		}
		status = stlink_status_find(scope_of(column[1]), code);
		if (!status || status->scope != scope_of(column[1]) || strcmp(status->name, column[2]))
			fail_msg("%s of %s is missing", column[2], column[1]);
		for (const struct stlink_status *same = stlink_statuses; same->name; same++)
			if (!strcmp(same->name, status->name) && same->code == code)
				known[same - stlink_statuses] = true;
	}
	free(line);
	fclose(file);
	for (const struct stlink_status *status = stlink_statuses; status->name; status++)
		if (!known[status - stlink_statuses])
			fail_msg("%s is not in the notes", status->name);
}

static void test_products_are_those_of_the_notes(void **state)
{
	FILE *file = open_notes("../shared/protocol/usb.tsv");
	char *line = NULL, *column[3];
	size_t size = 0, count = 0;

	(void)state;
	while (next_row(file, &line, &size, column, 3)) {
		const struct stlink_product *product;
		unsigned vid = 0, pid = 0;

		assert_int_equal(sscanf(column[0], "%x:%x", &vid, &pid), 2);
		if (vid != STLINK_VID)
			continue;
		product = stlink_product_find((uint16_t)vid, (uint16_t)pid);
		if (!product)
			fail_msg("%s is missing", column[0]);
		if (product->generation != GENERATION_UNKNOWN)
			assert_memory_equal(column[2], stlink_generation_name(product->generation),
			                    strlen(stlink_generation_name(product->generation)));
		count++;
	}
	free(line);
	fclose(file);
	for (const struct stlink_product *product = stlink_products; product->product; product++)
		count--;
	assert_int_equal(count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sorted_by_opcode),
		cmocka_unit_test(test_opcodes),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_every_row_is_found),
		cmocka_unit_test(test_layouts),
		cmocka_unit_test(test_rows_have_the_roles_they_need),
		cmocka_unit_test(test_few_rows_need_the_hook),
		cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_statuses),
		cmocka_unit_test(test_status_by_scope),
		cmocka_unit_test(test_products),
		cmocka_unit_test(test_commands_are_those_of_the_notes),
		cmocka_unit_test(test_statuses_are_those_of_the_notes),
		cmocka_unit_test(test_products_are_those_of_the_notes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
