/*
 * JSON as json.h promises it, to the byte.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../analyzer/output/json.h"

struct output { char *bytes; size_t size; FILE *file; struct json *json; };

static int begin(void **state)
{
	struct output *output = calloc(1, sizeof *output);

	if (!output)
		return -1;
	output->file = open_memstream(&output->bytes, &output->size);
	output->json = json_open(output->file);
	*state = output;
	return 0;
}

static int end(void **state)
{
	struct output *output = *state;

	json_close(output->json);
	fclose(output->file);
	free(output->bytes);
	free(output);
	return 0;
}

static void check(struct output *output, const char *expected)
{
	fflush(output->file);
	assert_string_equal(output->bytes, expected);
}

static void test_lines(void **state)
{
	struct output *output = *state;
	struct json *json = output->json;

	json_begin_object(json, NULL);
	json_string(json, "b", "x"); /* keys stay in the order of writing */
	json_begin_array(json, "a");
	json_unsigned(json, NULL, 1);
	json_begin_object(json, NULL);
	json_boolean(json, "t", true);
	json_null(json, "n");
	json_end(json);
	json_end(json);
	json_begin_object(json, "o");
	json_end(json);
	json_end(json);
	json_begin_object(json, NULL);
	json_end(json);
	check(output, "{\"b\":\"x\",\"a\":[1,{\"t\":true,\"n\":null}],\"o\":{}}\n{}\n");
}

static void test_numbers(void **state)
{
	const uint8_t bytes[] = { 0xf2, 0x36, 0x00 };
	struct output *output = *state;
	struct json *json = output->json;

	json_begin_object(json, NULL);
	json_integer(json, "i", INT64_MIN);
	json_unsigned(json, "u", INT64_MAX);
	json_unsigned(json, "U", UINT64_MAX);
	json_hex(json, "h", bytes, sizeof bytes);
	json_hex(json, "e", NULL, 0);
	json_time(json, "t", INT64_C(1520000000123456000));
	json_time(json, "T", INT64_C(1520000000123456789));
	json_time(json, "z", -1500000000);
	json_end(json);
	check(output, "{\"i\":-9223372036854775808,\"u\":9223372036854775807,\"U\":\"18446744073709551615\",\"h\":\"f23600\",\"e\":\"\","
	              "\"t\":\"1520000000.123456\",\"T\":\"1520000000.123456789\",\"z\":\"-1.500000\"}\n");
}

static void test_long_hex(void **state)
{
	struct output *output = *state;
	uint8_t *bytes = calloc(1, 70000);
	const char *at;

	assert_non_null(bytes);
	json_begin_object(output->json, NULL);
	json_hex(output->json, "h", bytes, 70000);
	json_end(output->json);
	fflush(output->file);
	at = strchr(output->bytes, ':') + 2;
	assert_int_equal(strspn(at, "0"), 140000);
	free(bytes);
}

/* Nothing but printable ASCII comes out, whatever a device says. */
static void test_escaping(void **state)
{
	struct output *output = *state;
	struct json *json = output->json;

	json_begin_object(json, NULL);
	json_string(json, "a", "\"\\\033[31m\n\x7f");
	json_string(json, "b", "caf\xc3\xa9\xe2\x80\xae");
	json_string(json, "c", "\xff\xc3(\xe2\x82");
	json_string(json, "d", NULL);
	json_string(json, "e", "");
	json_end(json);
	check(output, "{\"a\":\"\\\"\\\\\\u001B[31m\\n\\u007f\",\"b\":\"caf\\u00E9\\u202E\","
	              "\"c\":\"\\uFFFD\\uFFFD(\\uFFFD\\uFFFD\",\"d\":null,\"e\":\"\"}\n");
	for (size_t i = 0; i + 1 < output->size; i++)
		assert_in_range(output->bytes[i], 0x20, 0x7e);
}

static void test_closed_early(void **state)
{
	struct output *output = *state;

	json_begin_object(output->json, NULL);
	json_begin_array(output->json, "a");
	/* end() closes it as it is: nothing is written, nothing leaks */
	check(output, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_lines, begin, end), cmocka_unit_test_setup_teardown(test_numbers, begin, end),
		cmocka_unit_test_setup_teardown(test_long_hex, begin, end), cmocka_unit_test_setup_teardown(test_escaping, begin, end),
		cmocka_unit_test_setup_teardown(test_closed_early, begin, end),
	};

	return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
