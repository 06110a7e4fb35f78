/*
 * Folding: commands are letters, blocks of memory are digits, a run is printed in parentheses.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../analyzer/output/fold.h"

struct record { char text[1024]; };

static void add(struct record *record, const char *words)
{
	assert_true(strlen(record->text) + strlen(words) < sizeof record->text);
	strcat(record->text, words);
}

static void print_line(void *context, const struct text *text)
{
	char word[8];

	snprintf(word, sizeof word, "%.*s", (int)text->length, text->bytes);
	add(context, word);
}

static void print_run(void *context, const struct fold_run *run)
{
	char words[96];

	if (run->range)
		snprintf(words, sizeof words, "(%u+%u to %u %u-%u)", run->period, (unsigned)run->blocks, (unsigned)run->end,
		         (unsigned)run->first_frame, (unsigned)run->last_frame);
	else
		snprintf(words, sizeof words, "(%ux%u %u-%u)", run->period, (unsigned)run->cycles, (unsigned)run->first_frame,
		         (unsigned)run->last_frame);
	add(context, words);
}

/*
 * Letters are commands. A digit d is a read of 16 bytes at 16 d. '|' breaks, '.' releases. Command i has the frames 2 i - 1 and 2 i.
 */
static void fold_all(struct record *record, const char *commands)
{
	struct fold_printer printer = { .context = record, .line = print_line, .run = print_run };
	struct fold *fold = fold_new(&printer);
	struct text text = { 0 };
	unsigned frame = 0;

	record->text[0] = 0;
	for (; *commands; commands++) {
		struct fold_item item = { .same = (uint64_t)*commands, .shape = (uint64_t)*commands };

		if (*commands == '|') {
			fold_break(fold);
			continue;
		}
		if (*commands == '.') {
			fold_release(fold);
			add(record, ".");
			continue;
		}
		if (*commands >= '0' && *commands <= '9') {
			item.memory = true;
			item.start = (uint64_t)(*commands - '0') * 16;
			item.end = item.start + 16;
			item.shape = '#';
		}
		item.first_frame = ++frame;
		item.last_frame = ++frame;
		text_clear(&text);
		text_char(&text, *commands);
		fold_add(fold, &item, &text);
	}
	fold_break(fold);
	fold_free(fold);
	text_free(&text);
}

static void check(const char *commands, const char *expected)
{
	struct record record;

	fold_all(&record, commands);
	if (strcmp(record.text, expected))
		fail_msg("%s\nexpected: %s\n     got: %s", commands, expected, record.text);
}

static void test_nothing_repeats(void **state)
{
	(void)state;
	check("", "");
	check("a", "a");
	check("abcdefgh", "abcdefgh");
	check("abcabd", "abcabd"); /* what began like a repetition is printed after all */
	check("abacadae", "abacadae");
}

static void test_one_command(void **state)
{
	(void)state;
	check("aa", "aa"); /* a line says more than "repeated 1 time" */
	check("aaa", "a(1x2 3-6)");
	check("aaaaab", "a(1x4 3-10)b");
	check("xaaab", "xa(1x2 5-8)b");
	check("aaabbb", "a(1x2 3-6)b(1x2 9-12)");
}

static void test_cycles(void **state)
{
	(void)state;
	check("abab", "ab(2x1 5-8)");
	check("abababx", "ab(2x2 5-12)x");
	check("ababa", "ab(2x1 5-8)a"); /* a cycle that is not whole is printed */
	check("abcabcabc", "abc(3x2 7-18)");
	check("abcdabcdabcd", "abcd(4x2 9-24)");
	check("abcdeabcde", "abcdeabcde"); /* five are too many */
	check("aabaab", "aab(3x1 7-12)");
}

static void test_ranges(void **state)
{
	(void)state;
	check("0123", "0(1+3 to 64 3-8)");
	check("0s1s2s3s", "0s(2+3 to 64 5-16)");
	check("s0s1s2s", "s0s(2+2 to 48 7-14)"); /* a cycle begins with its memory access */
	check("0s1s3s", "0s(2+1 to 32 5-8)3s"); /* not the next block */
	check("0s0s0s", "0s(2x2 5-12)"); /* the same block again is a repetition */
	check("0s1s2", "0s(2+1 to 32 5-8)2");
	check("01s2", "01s2");
	check("0s5s1s6s2s7s", "0s5s1s6s2s7s"); /* two ranges in turn are not one */
}

static void test_break(void **state)
{
	(void)state;
	check("aa|aa", "aaaa");
	check("aaa|aaa", "a(1x2 3-6)a(1x2 9-12)");
	check("aba|bab", "ababab");
}

static void test_release(void **state)
{
	(void)state;
	check("a.a.a.a.a", "a.a...(1x3 5-10)"); /* the second was printed with the data that came between */
	check("ab.ab.ab", "ab..(2x2 5-12)");
}

/* Whatever the order: every command is printed once or counted once. */
static void test_nothing_is_lost(void **state)
{
	uint32_t random = 1;

	(void)state;
	for (unsigned round = 0; round < 20000; round++) {
		char commands[64] = "";
		struct record record;
		size_t length = 0, count = 0, letters = 2 + round % 4;

		while (length < sizeof commands - 1) {
			random = random * 1103515245 + 12345;
			commands[length++] = (random >> 16) % 5 ? "abcdef"[(random >> 20) % letters] : "0123"[(random >> 24) % 4];
		}
		fold_all(&record, commands);
		for (const char *at = record.text; *at; at++) {
			unsigned period, cycles;

			if (*at != '(') {
				count++;
				continue;
			}
			if (sscanf(at, "(%ux%u", &period, &cycles) == 2)
				count += (size_t)period * cycles;
			else if (sscanf(at, "(%u+%u", &period, &cycles) == 2)
				count += (size_t)period * cycles;
			else
				fail_msg("%s", at);
			at = strchr(at, ')');
		}
		if (count != length)
			fail_msg("%s\n%s\n%zu of %zu", commands, record.text, count, length);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_repeats), cmocka_unit_test(test_one_command), cmocka_unit_test(test_cycles),
		cmocka_unit_test(test_ranges), cmocka_unit_test(test_break), cmocka_unit_test(test_release),
		cmocka_unit_test(test_nothing_is_lost),
	};

	return cmocka_run_group_tests_name("fold", tests, NULL, NULL);
}
