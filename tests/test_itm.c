/*
 * Trace packets, byte by byte (ARMv7-M D4.2).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "../dissectors/itm.h"

/* Every packet as a letter: port and payload of stimulus, H O Y T of the others, ? of what is no packet. */
static void check(const char *bytes, size_t length, const char *expected)
{
	static const char letters[] = {
		[ITM_NOTHING] = ' ', [ITM_STIMULUS] = 's', [ITM_HARDWARE] = 'H', [ITM_OVERFLOW] = 'O', [ITM_SYNC] = 'Y', [ITM_OTHER] = 'T', [ITM_BAD] = '?',
	};
	struct itm itm = { 0 };
	char text[64];
	size_t used = 0;

	for (size_t i = 0; i < length; i++) {
		struct itm_packet packet = itm_next(&itm, (uint8_t)bytes[i]);

		if (packet.kind == ITM_NOTHING)
			continue;
		assert_true(used + 4 < sizeof text);
		text[used++] = letters[packet.kind];
		if (packet.kind != ITM_STIMULUS)
			continue;
		text[used++] = (char)('0' + packet.source);
		for (unsigned byte = 0; byte < packet.size; byte++)
			text[used++] = (char)(packet.payload >> 8 * byte);
	}
	text[used] = 0;
	assert_string_equal(text, expected);
}
#define CHECK(bytes, expected) check(bytes, sizeof bytes - 1, expected)

static void test_packets(void **state)
{
	(void)state;
	CHECK("\x01" "a\x01" "b", "s0as0b");
	CHECK("\x02" "ab", "s0ab");
	CHECK("\x03" "abcd", "s0abcd");
	CHECK("\x09" "x\x01" "a", "s1xs0a");
	CHECK("\xf9" "x", "sOx"); /* port 31: '0' + 31 */
	CHECK("\x05" "\x7f\x01" "a", "Hs0a");
	CHECK("\x70\x01" "a", "Os0a");
	CHECK("\x00\x00\x00\x00\x00\x80\x01" "a", "Ys0a");
	CHECK("\x00\x00\x00\x00\x00\x00\x00\x80\x01" "a", "Ys0a"); /* more zeros are no harm */
	CHECK("\xc0\x81\x02\x01" "a", "Ts0a"); /* a local time stamp of two bytes */
	CHECK("\x30\x01" "a", "Ts0a");         /* a short one */
	CHECK("\xc0\xff\xff\xff\xff\x01" "a", "Ts0a"); /* one that never ends is over after four bytes */
}

static void test_not_whole(void **state)
{
	(void)state;
	CHECK("\x03" "abc", "");
	CHECK("\xc0\x81", "");
	/* zeros without their end: what follows is a header again */
	CHECK("\x00\x00\x01" "a", "s0a");
	CHECK("\x00\x80\x01" "a", "Ys0a"); /* one that began before the first byte */
	CHECK("\x04\x01" "a", "?s0a");
}

int main(void)
{
	static const struct CMUnitTest tests[] = { cmocka_unit_test(test_packets), cmocka_unit_test(test_not_whole) };

	return cmocka_run_group_tests_name("itm", tests, NULL, NULL);
}
