/*
 * Every command of the tables by example: tests/vectors/<group>.txt. A vector is a block of lines:
 *
 *     earlier: COMMAND            (only where the answer depends on one)
 *     [v1:] COMMAND [| DATA]      hex; v1: the block is a CDB; "00*12" is twelve zeros
 *     ANSWER                      hex, or - for none
 *     NAME key=value ... | key=value ... -> key=value ... [marks]
 *
 * Every vector is also replayed with each part cut at every shorter length, on the wire and in the capture.
 */
#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../dissectors/stlink.h"
#include "hex.h"

#define BYTES 8192
#define TEXT 16384

struct bytes {
	uint8_t byte[BYTES];
	size_t length;
};

struct vector {
	char where[256];
	bool bulk_only, has_data, has_answer;
	struct bytes earlier, request, data, answer;
	char expected[TEXT];
	const struct stlink_command *command, *earlier_command;
};

/* What the text shows */

struct render {
	struct sink sink;
	enum stlink_scope scope;
	char text[TEXT];
	size_t at;
};

static void __attribute__((format(printf, 2, 3))) put(struct render *render, const char *format, ...)
{
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(render->text + render->at, sizeof render->text - render->at, format, arguments);
	va_end(arguments);
	assert_in_range(length, 0, sizeof render->text - render->at - 1);
	render->at += (size_t)length;
}

static void put_bytes(struct render *render, const struct value *value)
{
	for (uint32_t i = 0; i < value->length; i++)
		put(render, value->field->show == SHOW_ASCII ? "%c" : "%02x", value->bytes[i]);
}

static void put_bits(struct render *render, const struct value *value)
{
	const char *separator = "{";

	for (const struct bits *bits = value->field->bits; bits && bits->name; bits++) {
		uint64_t number = value->number >> bits->low & ((UINT64_C(2) << (bits->high - bits->low)) - 1);
		const char *name = name_of(bits->names, number);

		put(render, "%s%s=%llu", separator, bits->name, (unsigned long long)number);
		if (name)
			put(render, "(%s)", name);
		separator = ",";
	}
	if (value->field->bits)
		put(render, "}");
}

static void render_value(struct sink *sink, const struct value *value)
{
	struct render *render = (struct render *)sink;
	const struct field *field = value->field;
	const struct stlink_status *status;

	if (field->show == SHOW_PADDING || field->show == SHOW_STALE)
		return;
	put(render, " %s", field->name);
	if (field->count_role != ROLE_NONE && !field->counted)
		put(render, "[%u]", value->index);
	put(render, "=");
	switch (field->show) {
	case SHOW_BYTES:
	case SHOW_ASCII:
		put_bytes(render, value);
		return;
	case SHOW_TEXT:
		put(render, "%s", value->text);
		return;
	case SHOW_DEC:
		put(render, "%llu", (unsigned long long)value->number);
		break;
	case SHOW_HEX:
	case SHOW_ADDRESS:
	default:
		put(render, "%0*llx", (int)(2 * field->width), (unsigned long long)value->number);
		break;
	}
	status = field->role == ROLE_STATUS ? stlink_status_find(render->scope, (uint8_t)value->number) : NULL;
	if (value->name)
		put(render, "(%s)", value->name);
	else if (status)
		put(render, "(%s)", status->name);
	put_bits(render, value);
}

static const char *const mark_names[] = { "short", "truncated", "trailing", "padding", "unnamed" };

static void put_marks(struct render *render, unsigned marks)
{
	const char *separator = " [";

	for (unsigned i = 0; i < sizeof mark_names / sizeof *mark_names; i++)
		if (marks >> i & 1) {
			put(render, "%s%s", separator, mark_names[i]);
			separator = " ";
		}
	if (marks)
		put(render, "]");
}

static struct cursor whole(const struct bytes *bytes)
{
	return cursor_over(bytes->byte, bytes->length, bytes->length);
}

static void render_vector(const struct vector *vector, struct render *render)
{
	const struct stlink_command *command = vector->command;
	struct operation request = { 0 }, data = { 0 }, answer = { 0 }, earlier = { 0 };
	unsigned marks;

	*render = (struct render){ .sink = { .value = render_value }, .scope = command->scope };
	if (vector->earlier_command)
		stlink_walk_request(vector->earlier_command, whole(&vector->earlier), &earlier, NULL);
	put(render, "%s", command->name);
	marks = stlink_walk_request(command, whole(&vector->request), &request, &render->sink);
	if (vector->has_data) {
		put(render, " |");
		marks |= stlink_walk_data(command, whole(&vector->data), &request, &data, &render->sink);
	}
	if (vector->has_answer) {
		put(render, " ->");
		marks |= stlink_walk_answer(command, whole(&vector->answer), &request,
		                            vector->earlier_command ? &earlier : NULL, &answer, &render->sink);
	}
	put_marks(render, marks);
}

/* Reading the files */

static void read_bytes(const struct vector *vector, const char *text, size_t length, struct bytes *bytes)
{
	long count = hex_read(text, length, bytes->byte, sizeof bytes->byte);

	if (count < 0)
		fail_msg("%s: not hex: %s", vector->where, text);
	bytes->length = (size_t)count;
}

/* Reads the next line that is no comment into line. Returns false at the end of the file. */
static bool next_line(FILE *file, char *line, size_t size, unsigned *number)
{
	do {
		if (!fgets(line, (int)size, file))
			return false;
		(*number)++;
	} while (line[0] == '#');
	line[strcspn(line, "\n")] = '\0';
	return true;
}

static bool read_vector(FILE *file, const char *path, unsigned *number, struct vector *vector)
{
	static char line[TEXT];
	const char *text, *bar;

	*vector = (struct vector){ 0 };
	do {
		if (!next_line(file, line, sizeof line, number))
			return false;
	} while (!line[0]);
	snprintf(vector->where, sizeof vector->where, "%.200s:%u", path, *number);
	if (!strncmp(line, "earlier: ", 9)) {
		read_bytes(vector, line + 9, strlen(line), &vector->earlier);
		assert_true(next_line(file, line, sizeof line, number));
	}
	text = line;
	if (!strncmp(text, "v1: ", 4)) {
		vector->bulk_only = true;
		text += 4;
	}
	bar = strchr(text, '|');
	read_bytes(vector, text, bar ? (size_t)(bar - text) : strlen(text), &vector->request);
	if (bar) {
		vector->has_data = true;
		read_bytes(vector, bar + 1, strlen(bar), &vector->data);
	}
	assert_true(next_line(file, line, sizeof line, number));
	vector->has_answer = strcmp(line, "-") != 0;
	if (vector->has_answer)
		read_bytes(vector, line, strlen(line), &vector->answer);
	if (!next_line(file, vector->expected, sizeof vector->expected, number))
		vector->expected[0] = '\0';
	vector->command = stlink_find(vector->request.byte, vector->request.length, vector->bulk_only);
	if (vector->earlier.length)
		vector->earlier_command = stlink_find(vector->earlier.byte, vector->earlier.length, vector->bulk_only);
	return true;
}

/* Calls visit for every vector of every file; fails where there is none. */
static void each_vector(void (*visit)(const struct vector *vector))
{
	static struct vector vector;
	glob_t paths;

	assert_int_equal(glob("tests/vectors/*.txt", 0, NULL, &paths), 0);
	for (size_t i = 0; i < paths.gl_pathc; i++) {
		FILE *file = fopen(paths.gl_pathv[i], "r");
		unsigned number = 0;

		assert_non_null(file);
		while (read_vector(file, paths.gl_pathv[i], &number, &vector))
			visit(&vector);
		fclose(file);
	}
	globfree(&paths);
}

/* The texts */

static void compare_vector(const struct vector *vector)
{
	static struct render render;

	render_vector(vector, &render);
	if (strcmp(render.text, vector->expected))
		fail_msg("%s:\n  expected %s\n  got      %s", vector->where, vector->expected, render.text);
}

static void test_texts(void **state)
{
	(void)state;
	each_vector(compare_vector);
}

/* Every row has a vector */

static bool seen[256], scsi_seen[256];

static void note_row(const struct vector *vector)
{
	if (vector->command->scsi)
		scsi_seen[vector->command - stlink_scsi_commands] = true;
	else if (vector->command != &stlink_unknown)
		seen[vector->command - stlink_commands] = true;
}

static void test_every_row_has_a_vector(void **state)
{
	unsigned missing = 0;

	(void)state;
	each_vector(note_row);
	for (size_t i = 0; i < stlink_command_count; i++)
		if (!seen[i]) {
			print_error("no vector for %s\n", stlink_commands[i].name);
			missing++;
		}
	for (size_t i = 0; i < stlink_scsi_command_count; i++)
		if (!scsi_seen[i]) {
			print_error("no vector for %s\n", stlink_scsi_commands[i].name);
			missing++;
		}
	assert_int_equal(missing, 0);
}

/* Cut at every length */

struct checker {
	struct sink sink;
	const char *where;
	const uint8_t *data;
	size_t captured, end;
	bool by_item; /* RW_MISC: each item's two halves lie apart */
};

static void check_value(struct sink *sink, const struct value *value)
{
	struct checker *checker = (struct checker *)sink;

	if (value->offset > checker->captured || value->length > checker->captured - value->offset)
		fail_msg("%s: %s is out of range", checker->where, value->field->name);
	if (!checker->by_item && value->offset < checker->end)
		fail_msg("%s: %s goes backwards", checker->where, value->field->name);
	checker->end = value->offset + value->length;
	if (value->field->show == SHOW_TEXT)
		assert_non_null(value->text);
	else
		assert_ptr_equal(value->bytes, checker->data + value->offset);
}

enum part { REQUEST, DATA, ANSWER };

/* A copy of exactly the captured bytes, so that the sanitizers see any read beyond. */
static unsigned walk_cut(const struct vector *vector, enum part part, const struct bytes *bytes, size_t captured, size_t wire,
                         const struct operation *request, const struct operation *earlier)
{
	struct checker checker = { .sink = { .value = check_value }, .where = vector->where, .captured = captured };
	uint8_t *copy = malloc(captured ? captured : 1);
	struct operation operation = { 0 };
	struct cursor cursor;
	unsigned marks = 0, silent = 0;

	assert_non_null(copy);
	memcpy(copy, bytes->byte, captured);
	checker.data = copy;
	checker.by_item = vector->command->operation == OP_MISC_OUT || vector->command->operation == OP_MISC_IN;
	cursor = cursor_over(copy, captured, wire);
	switch (part) {
	case REQUEST:
		checker.end = vector->command->opcode_length;
		marks = stlink_walk_request(vector->command, cursor, &operation, &checker.sink);
		silent = stlink_walk_request(vector->command, cursor, NULL, NULL);
		break;
	case DATA:
		marks = stlink_walk_data(vector->command, cursor, request, &operation, &checker.sink);
		silent = stlink_walk_data(vector->command, cursor, request, NULL, NULL);
		break;
	case ANSWER:
		marks = stlink_walk_answer(vector->command, cursor, request, earlier, &operation, &checker.sink);
		silent = stlink_walk_answer(vector->command, cursor, request, earlier, NULL, NULL);
		break;
	}
	assert_int_equal(marks, silent);
	free(copy);
	return marks;
}

/* Bytes of a request that may not be missing. */
static size_t mandatory_request(const struct stlink_command *command, const struct operation *request)
{
	size_t length = command->opcode_length;

	for (const struct field *field = command->request; field && field->name && !field->optional; field++) {
		uint64_t width = field->width;

		if (field->counted && operation_get(request, field->count_role, 0) < width)
			width = operation_get(request, field->count_role, 0);
		length += (size_t)width;
	}
	return length;
}

/* Bytes of an answer that may not be missing: independent of stlink_walk_answer where the row is a list. */
static size_t mandatory_answer(const struct vector *vector, const struct operation *request, const struct operation *earlier)
{
	const struct stlink_command *command = vector->command;
	uint32_t length = stlink_answer_length(command, request, earlier);

	if (command->answer_kind == ANSWER_LIST)
		return 12 + 4 * (size_t)vector->answer.byte[8];
	if (length != STLINK_ANY_LENGTH)
		return length;
	length = 0;
	for (const struct field *field = command->answer; field && field->name && !field->optional; field++)
		length += field->width;
	return length;
}

static void cut_part(const struct vector *vector, enum part part, const struct bytes *bytes, size_t from, size_t mandatory,
                     const struct operation *request, const struct operation *earlier)
{
	for (size_t length = from; length <= bytes->length; length++) {
		unsigned wire_cut = walk_cut(vector, part, bytes, length, length, request, earlier);
		unsigned capture_cut = walk_cut(vector, part, bytes, length, bytes->length, request, earlier);

		if (!!(wire_cut & WALK_SHORT) != (length < mandatory))
			fail_msg("%s: part %d of %zu bytes, %zu needed: short is wrong", vector->where, part, length, mandatory);
		assert_false(wire_cut & WALK_TRUNCATED);
		if (!!(capture_cut & WALK_TRUNCATED) != (length < bytes->length))
			fail_msg("%s: part %d with %zu of %zu bytes: truncated is wrong", vector->where, part, length, bytes->length);
		if (bytes->length >= mandatory)
			assert_false(capture_cut & WALK_SHORT);
	}
}

static void cut_vector(const struct vector *vector)
{
	struct operation request = { 0 }, earlier = { 0 };
	const struct operation *before = vector->earlier_command ? &earlier : NULL;

	if (before)
		stlink_walk_request(vector->earlier_command, whole(&vector->earlier), &earlier, NULL);
	stlink_walk_request(vector->command, whole(&vector->request), &request, NULL);
	cut_part(vector, REQUEST, &vector->request, vector->command->opcode_length, mandatory_request(vector->command, &request),
	         NULL, NULL);
	if (vector->has_data)
		cut_part(vector, DATA, &vector->data, 0, stlink_data_length(vector->command, &request), &request, NULL);
	if (vector->has_answer) {
		cut_part(vector, ANSWER, &vector->answer, 0, mandatory_answer(vector, &request, before), &request, before);
		/* Nothing is known of the request where the capture begins in between: no more than safety is asked then. */
		for (size_t length = 0; length <= vector->answer.length; length++)
			walk_cut(vector, ANSWER, &vector->answer, length, length, NULL, NULL);
	}
}

static void test_cut_at_every_length(void **state)
{
	(void)state;
	each_vector(cut_vector);
}

/* Every row against every vector's bytes: a wrong pairing must be as safe as a right one. */
static void mispair_vector(const struct vector *vector)
{
	struct operation request = { 0 };
	struct vector other = *vector;

	stlink_walk_request(vector->command, whole(&vector->request), &request, NULL);
	for (size_t i = 0; i < stlink_command_count + stlink_scsi_command_count; i++) {
		bool scsi = i >= stlink_command_count;

		other.command = scsi ? stlink_scsi_commands + (i - stlink_command_count) : stlink_commands + i;
		walk_cut(&other, ANSWER, &vector->request, vector->request.length, vector->request.length, &request, &request);
		walk_cut(&other, ANSWER, &vector->answer, vector->answer.length, vector->answer.length, &request, NULL);
		walk_cut(&other, DATA, &vector->data, vector->data.length, vector->data.length, &request, NULL);
	}
}

static void test_mispaired(void **state)
{
	(void)state;
	each_vector(mispair_vector);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_every_row_has_a_vector),
		cmocka_unit_test(test_cut_at_every_length),
		cmocka_unit_test(test_mispaired),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
