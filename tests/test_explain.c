/*
 * explain: rules by name, the words on a screen, the page of all findings; what finds nothing says so.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "../analyzer/diagnosis/diagnosis.h"
#include "../analyzer/diagnosis/screens.h"
#include "../analyzer/output/explain_json.h"
#include "support/captures.h"

static void screens_are_whole(void **state)
{
	(void)state;
	for (const struct screen *screen = screens; screen->tool; screen++) {
		if (!screen->phrases[0] || !screen->rules[0] || screen->meaning[strlen(screen->meaning) - 1] != '.')
			fail_msg("%s, '%s': no phrase, no rule, or a meaning without a full stop", screen->tool, screen->phrases[0]);
		for (size_t i = 0; i < SCREEN_RULES && screen->rules[i]; i++) {
			if (!rule_find(screen->rules[i]))
				fail_msg("'%s' leads to '%s', which is no rule", screen->phrases[0], screen->rules[i]);
			for (size_t k = 0; k < i; k++)
				assert_string_not_equal(screen->rules[i], screen->rules[k]);
		}
		/* Written into a table of the page as they are. */
		assert_null(strpbrk(screen->meaning, "|`<"));
		for (size_t i = 0; i < SCREEN_PHRASES && screen->phrases[i]; i++)
			assert_null(strpbrk(screen->phrases[i], "|`"));
	}
}

/* Every phrase finds itself, or a screen with the same phrase, before all others. */
static void phrases_find_their_screen(void **state)
{
	(void)state;
	for (const struct screen *screen = screens; screen->tool; screen++)
		for (size_t i = 0; i < SCREEN_PHRASES && screen->phrases[i]; i++) {
			struct screen_match found[SCREENS_FOUND];
			size_t count = screens_find(screen->phrases[i], found, SCREENS_FOUND), place = 0;

			while (place < count && found[place].screen != screen)
				place++;
			if (place == count || found[place].score != found[0].score)
				fail_msg("'%s' finds '%s' first", screen->phrases[i], count ? found[0].phrase : "nothing");
		}
}

static void words_find_rules(void **state)
{
	static const struct { const char *words, *first, *also; } cases[] = {
		{ "USB communication error", "TARGET-SILENT", "USB-ALL-FINE" },
		{ "usb COMUNICATION error!!", "TARGET-SILENT", "USB-ALL-FINE" },            /* a slip, case, punctuation */
		{ "Error: ST-LINK error (DEV_USB_COMM_ERR)", "TARGET-SILENT", "OUT-STUCK" },
		{ "ST-LINK error (DEV_TARGET_CMD_ERR)", "TARGET-SILENT", "WAIT-STUCK" },
		{ "cannot connect to target", "TARGET-SILENT", "VTREF-LOW" },
		{ "Error: init mode failed (unable to connect to the target)\nin procedure 'program'", "TARGET-SILENT", "BAD-AP" },
		{ "unknown chip id! 0x3748", "TARGET-SILENT", "IN-STUCK" },
		{ "Warn : UNEXPECTED idcode: 0x2ba01477", "CLONE-F103", NULL },
		{ "Disable Read Out Protection", "FLASH-LOCKED-RDP", "MEMORY-REFUSED" },
		{ "Memory transfer fault (read) @ 0x08000000-0x0800003f", "FLASH-LOCKED-RDP", NULL },
		{ "STLink error (66)", "CMD-UNKNOWN", NULL },                                /* here the number decides */
		{ "STLink error (9)", "TARGET-SILENT", NULL },
		{ "pyocd operation timed out", "OUT-STUCK", NULL },                           /* with the name of the tool */
		{ "Command failed with status SwdDpWait", "WAIT-STUCK", NULL },
		{ "[stlink_usb.c] GET_VERSION send request failed: LIBUSB_ERROR_TIMEOUT", "OUT-STUCK", "IN-STUCK" },
		{ "usb 1-2: device descriptor read/64, error -71", "USB-LINE-ERRORS", NULL },
		{ "old st-link firmware", "FW-TOO-OLD", "TWO-CLIENTS" },
		{ "Couldn\xe2\x80\x99t find any ST-Link devices", "CAP-NO-COMMANDS", NULL }, /* a typographer's apostrophe */
		{ "target voltage may be too low", "VTREF-LOW", "VTREF-NOT-WIRED" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct screen_match found[SCREENS_FOUND];
		const char *ids[SCREENS_FOUND * SCREEN_RULES];
		size_t count = screens_find(cases[i].words, found, SCREENS_FOUND), rules_found = screens_rules(found, count, ids), place = 0;

		while (cases[i].also && place < rules_found && strcmp(ids[place], cases[i].also))
			place++;
		if (!count || strcmp(ids[0], cases[i].first) || (cases[i].also && place == rules_found))
			fail_msg("'%s' finds '%s' (%s)", cases[i].words, count ? found[0].phrase : "nothing", count ? ids[0] : "no rule");
		for (size_t k = 1; k < rules_found; k++)
			for (size_t before = 0; before < k; before++)
				assert_string_not_equal(ids[k], ids[before]);
	}
}

static void other_words_find_nothing(void **state)
{
	static const char *const cases[] = {
		"", "   ", "error", "failed", "0x3748", "-71", "the of", "ST-LINK", "hello world", "compile error: expected ';'",
		"my cat sat on the keyboard", "connect me with a good cook", "\xff\xfe", "'''",
	};
	struct screen_match found[SCREENS_FOUND];
	char *longest = malloc(100001);

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		if (screens_find(cases[i], found, SCREENS_FOUND))
			fail_msg("'%s' finds '%s'", cases[i], found[0].phrase);
	assert_non_null(longest);
	memset(longest, 'x', 100000);
	longest[100000] = '\0';
	assert_int_equal(screens_find(longest, found, SCREENS_FOUND), 0);
	for (size_t i = 0; i + 3 < 100000; i += 4) {
		longest[i] = (char)('a' + i / 4 % 26);
		longest[i + 1] = (char)('a' + i / 104 % 26);
		longest[i + 3] = ' ';
	}
	assert_int_equal(screens_find(longest, found, SCREENS_FOUND), 0);
	free(longest);
}

static void check(const char *arguments, int expected_status, const char *expected)
{
	char command[512];
	struct file output;
	int status;

	snprintf(command, sizeof command, "%s explain %s 2>&1", program_path(), arguments);
	output = command_output(command, &status);
	if (status != expected_status || !strstr((char *)output.bytes, expected))
		fail_msg("explain %s: status %d\n%s\nexpected: %d, with: %s", arguments, status, output.bytes, expected_status, expected);
	free(output.bytes);
}

static void the_program_explains(void **state)
{
	(void)state;
	check("", 0, "TARGET-SILENT        error    target ");
	check("TARGET-SILENT", 0, "What may be on the screen\n  - ST-LINK Utility, STM32CubeProgrammer: \"ST-LINK USB communication error\"\n");
	check("target-silent", 0, "What to do\n");
	check("'USB communication error'", 0, "\n  TARGET-SILENT, side: target\n");
	check("'USB communication error'", 0, "\n    In a capture: ");
	check("--color=always SwdDpWait", 0, "\033[");
	check("TARGET-SILNT", 2, "near to it: TARGET-SILENT (");
	check("TARGET", 0, "the chip did not answer");
	check("STUCK", 0, "stuck in WFI?");
	check("REENUM", 2, "near to it: REENUMERATED (");
	check("'my cat sat on the keyboard'", 2, "neither a finding nor a known message: 'my cat sat on the keyboard'");
	check("--json 'my cat sat on the keyboard'", 2, "neither a finding nor a known message");
	check("--markdown", 0, "\n## TARGET-SILENT\n");
	check("--markdown TARGET-SILENT", 2, "--markdown writes all findings");
	check("USB communication error", 2, "words in quotes");
}

static json_t *explained(const char *query, const struct rule *rule, const struct screen_match *found, size_t count)
{
	char *text = NULL;
	size_t size = 0;
	FILE *file = open_memstream(&text, &size);
	json_t *object;

	assert_non_null(file);
	explain_json(file, query, rule, found, count);
	fclose(file);
	object = json_loads(text, 0, NULL);
	assert_non_null(object);
	assert_string_equal(json_string_value(json_object_get(object, "type")), "explain");
	assert_int_equal(json_integer_value(json_object_get(object, "schema")), 1);
	free(text);
	return object;
}

static const char *first_rule(const json_t *object)
{
	return json_string_value(json_object_get(json_array_get(json_object_get(object, "rules"), 0), "id"));
}

static void json_holds_the_same(void **state)
{
	static const char *const keys[] = { "id", "severity", "confidence", "side", "rung", "meaning", "wire", "advice", "looks_the_same", "invisible" };
	struct screen_match found[SCREENS_FOUND];
	size_t count = screens_find("open failed", found, SCREENS_FOUND);
	json_t *all = explained(NULL, NULL, NULL, 0), *one = explained("healthy", rule_find("HEALTHY"), NULL, 0);
	json_t *words = explained("open failed", NULL, found, count);

	(void)state;
	assert_true(json_is_null(json_object_get(all, "query")));
	assert_int_equal(json_array_size(json_object_get(all, "rules")), rules_count());
	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
		assert_non_null(json_object_get(json_array_get(json_object_get(all, "rules"), 0), keys[i]));
	assert_int_equal(json_array_size(json_object_get(one, "rules")), 1);
	assert_string_equal(first_rule(one), "HEALTHY");
	assert_true(json_array_size(json_object_get(one, "screens")) > 0);
	assert_int_equal(json_array_size(json_object_get(words, "screens")), count);
	assert_string_equal(json_string_value(json_object_get(words, "query")), "open failed");
	assert_string_equal(first_rule(words), "CAP-NO-COMMANDS");
	json_decref(all);
	json_decref(one);
	json_decref(words);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(screens_are_whole), cmocka_unit_test(phrases_find_their_screen), cmocka_unit_test(words_find_rules),
		cmocka_unit_test(other_words_find_nothing), cmocka_unit_test(the_program_explains), cmocka_unit_test(json_holds_the_same),
	};

	return cmocka_run_group_tests_name("explain", tests, NULL, NULL);
}
