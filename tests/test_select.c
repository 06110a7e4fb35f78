/*
 * Which transactions --only, --command, --address, --frames and --device let through.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../analyzer/select.h"
#include "hex.h"

static char problem[256];

/* A transaction of frames 100 to 103 on device 1:7. */
struct made { struct transaction transaction; uint8_t request[16], data[64]; uint64_t frames[2]; };

static const struct transaction *make(struct made *made, const char *request, const char *data, enum result result)
{
	struct transaction *transaction = &made->transaction;
	long length = hex_read(request, strlen(request), made->request, sizeof made->request);
	long data_length = hex_read(data, strlen(data), made->data, sizeof made->data);

	assert_true(length > 0 && data_length >= 0);
	made->frames[0] = 100;
	made->frames[1] = 103;
	*transaction = (struct transaction){
		.bus = 1, .device = 7, .frame = 100, .command_frames = { made->frames, 2 }, .result = result,
		.request = { made->request, (uint32_t)length, (uint32_t)length }, .data = { made->data, (uint32_t)data_length, (uint32_t)data_length },
		.command = stlink_find(made->request, (size_t)length, false),
	};
	stlink_walk_request(transaction->command, cursor_over(made->request, (size_t)length, (size_t)length),
	                    &transaction->request_operation, NULL);
	return transaction;
}

static bool shows(const struct selection *selection, const char *request, const char *data, enum result result)
{
	struct made made;

	return select_transaction(selection, make(&made, request, data, result));
}

static void test_everything(void **state)
{
	const struct selection all = { 0 };

	(void)state;
	assert_true(shows(&all, "f5", "", RESULT_OK));
	assert_true(shows(&all, "f2 5f", "", RESULT_OK));
	assert_true(select_event(&all, SELECT_USB, 1, 1, 2));
	assert_true(select_tool(&all, 1));
}

/* Lines of the tool are no device's. */
static void test_tool_lines(void **state)
{
	struct selection tool = { 0 }, errors = { 0 }, named = { 0 }, frames = { 0 };
	const struct selection device = { .has_device = true, .bus = 1, .device = 7 };

	(void)state;
	assert_true(select_only(&tool, "tool", problem, sizeof problem));
	assert_true(select_tool(&tool, 1));
	assert_false(shows(&tool, "f5", "", RESULT_ERROR));
	assert_true(select_only(&errors, "errors", problem, sizeof problem));
	assert_false(select_tool(&errors, 1));
	assert_true(select_command(&named, "ENTER", problem, sizeof problem));
	assert_false(select_tool(&named, 1));
	assert_true(select_frames(&frames, "10-20", problem, sizeof problem));
	assert_false(select_tool(&frames, 9));
	assert_true(select_tool(&frames, 10));
	assert_false(select_tool(&frames, 21));
	assert_true(select_tool(&device, 1));
}

static void test_only(void **state)
{
	struct selection errors = { 0 }, some = { 0 }, usb = { 0 }, wrong = { 0 };

	(void)state;
	assert_true(select_only(&errors, "errors", problem, sizeof problem));
	assert_false(shows(&errors, "f5", "", RESULT_OK));
	assert_false(shows(&errors, "f5", "", RESULT_UNJUDGED));
	assert_false(shows(&errors, "f5", "", RESULT_TRUNCATED)); /* of the capture, not of the probe */
	assert_false(shows(&errors, "f5", "", RESULT_INCOMPLETE));
	assert_true(shows(&errors, "f5", "", RESULT_WAIT));
	assert_true(shows(&errors, "f5", "", RESULT_ERROR));
	assert_true(shows(&errors, "f5", "", RESULT_GONE));
	assert_false(select_event(&errors, SELECT_USB, 1, 1, 7));

	assert_true(select_only(&some, "mode,memory", problem, sizeof problem));
	assert_true(select_only(&some, "dap", problem, sizeof problem)); /* adds to the others */
	assert_true(shows(&some, "f5", "", RESULT_OK));
	assert_true(shows(&some, "f2 07", "", RESULT_OK));
	assert_true(shows(&some, "f2 45", "", RESULT_OK));
	assert_false(shows(&some, "f2 42", "", RESULT_OK));
	assert_true(select_event(&some, GROUP_MODE, 1, 1, 7));
	assert_false(select_event(&some, GROUP_TRACE, 1, 1, 7));

	assert_true(select_only(&usb, "usb", problem, sizeof problem));
	assert_true(shows(&usb, "f5", "", RESULT_STALLED));
	assert_false(shows(&usb, "f5", "", RESULT_ERROR));
	assert_true(select_event(&usb, SELECT_USB, 1, 1, 7));

	assert_false(select_only(&wrong, "modes", problem, sizeof problem));
	assert_false(select_only(&wrong, "mode,,dap", problem, sizeof problem));
	assert_false(select_only(&wrong, "", problem, sizeof problem));
}

static void test_command(void **state)
{
	struct selection selection = { 0 };

	(void)state;
	assert_true(select_command(&selection, "readmem_*", problem, sizeof problem));
	assert_true(select_command(&selection, "EXIT", problem, sizeof problem));
	assert_true(shows(&selection, "f2 07", "", RESULT_OK));
	assert_true(shows(&selection, "f2 21", "", RESULT_OK));
	assert_false(shows(&selection, "f2 08", "", RESULT_OK));
	assert_false(select_event(&selection, GROUP_MODE, 1, 1, 7)); /* commands were asked for */
	assert_false(select_command(&selection, "READMEM", problem, sizeof problem));
	assert_non_null(strstr(problem, "'READMEM'"));
}

static struct selection address(const char *value)
{
	struct selection selection = { 0 };

	if (!select_address(&selection, value, problem, sizeof problem))
		fail_msg("%s", problem);
	return selection;
}

static void test_address(void **state)
{
	static const char *const wrong[] = { "", "x", "0x", "1-", "1+", "2-1", "1+0", "1 2", "-1", "0x100000000", "0xffffffff+2", "1g" };
	static const struct { const char *range; bool shown; } cases[] = {
		{ "0x20000010", true }, { "0x2000001f", true }, { "0x20000020", false }, { "0x2000000f", false },
		{ "0x20000000-0x20000010", true }, { "0x20000000-0x2000000f", false }, { "0x20000000+17", true }, { "536870928", true },
		{ "0-0xffffffff", true },
	};
	struct selection selection = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		selection = address(cases[i].range);
		if (shows(&selection, "f2 07 10 00 00 20 10 00", "", RESULT_OK) != cases[i].shown) /* 16 bytes at 20000010 */
			fail_msg("%s", cases[i].range);
	}
	selection = address("0xe000edf3");
	assert_true(shows(&selection, "f2 36 f0 ed 00 e0", "", RESULT_OK)); /* a debug register has four bytes */
	assert_true(shows(&selection, "f2 51 02 00 00 00", "03 01 00 00 00 00 00 00 f0 ed 00 e0", RESULT_OK));
	assert_false(shows(&selection, "f2 51 02 00 00 00", "01 02 00 00 f4 ed 00 e0 f0 ed 00 e0", RESULT_OK)); /* a value, not an address */
	assert_false(shows(&selection, "f5", "", RESULT_OK));
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		if (select_address(&selection, wrong[i], problem, sizeof problem))
			fail_msg("'%s' was taken for a range", wrong[i]);
}

static void test_frames(void **state)
{
	static const struct { const char *range; bool shown; } cases[] = {
		{ "100", true }, { "103", true }, { "102", true }, { "104", false }, { "99", false }, { "1-100", true }, { "103-", true }, { "104-", false },
	};
	struct selection selection = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		assert_true(select_frames(&selection, cases[i].range, problem, sizeof problem));
		if (shows(&selection, "f5", "", RESULT_OK) != cases[i].shown)
			fail_msg("%s", cases[i].range);
	}
	assert_false(select_frames(&selection, "7-3", problem, sizeof problem));
	assert_false(select_frames(&selection, "-3", problem, sizeof problem));
	assert_false(select_frames(&selection, "", problem, sizeof problem));
}

static void test_device(void **state)
{
	struct selection selection = { .has_device = true, .bus = 1, .device = 7 };

	(void)state;
	assert_true(shows(&selection, "f5", "", RESULT_OK));
	assert_false(select_event(&selection, SELECT_USB, 1, 2, 7));
	selection.device = 8;
	assert_false(shows(&selection, "f5", "", RESULT_OK));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_everything), cmocka_unit_test(test_tool_lines), cmocka_unit_test(test_only), cmocka_unit_test(test_command), cmocka_unit_test(test_address),
		cmocka_unit_test(test_frames), cmocka_unit_test(test_device),
	};

	return cmocka_run_group_tests_name("selection", tests, NULL, NULL);
}
