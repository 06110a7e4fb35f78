/*
 * Memory images: runs, holes, conflicts, and their files.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../analyzer/output/image_file.h"

static void test_runs(void **state)
{
	struct image *image = image_new();
	struct image_run run;

	(void)state;
	assert_false(image_next(image, 0, UINT32_MAX, &run));
	/* across a page, out of order, joined by the third */
	image_put(image, 0x20001ffe, (const uint8_t *)"abcd", 4);
	image_put(image, 0x20001f00, (const uint8_t *)"xy", 2);
	image_put(image, 0x20002002, (const uint8_t *)"ef", 2);
	assert_true(image_next(image, 0, UINT32_MAX, &run));
	assert_true(run.address == 0x20001f00 && run.length == 2);
	assert_true(image_next(image, run.address + run.length, UINT32_MAX, &run));
	assert_true(run.address == 0x20001ffe && run.length == 6);
	assert_false(image_next(image, run.address + run.length, UINT32_MAX, &run));
	/* a look into the middle, and one that ends early */
	assert_true(image_next(image, 0x20002001, 0x20002002, &run));
	assert_true(run.address == 0x20002001 && run.length == 2);
	assert_true(image_has(image, 0x20001ffe, 6));
	assert_false(image_has(image, 0x20001ffd, 2));
	assert_false(image_has(image, 0x20001ffe, 7));
	image_free(image);
}

static void test_end_of_addresses(void **state)
{
	struct image *image = image_new();
	struct image_run run;
	uint8_t bytes[4];

	(void)state;
	image_put(image, 0xfffffffe, (const uint8_t *)"abcd", 4);
	assert_true(image_next(image, 0, UINT32_MAX, &run));
	assert_true(run.address == 0xfffffffe && run.length == 2);
	assert_false(image_next(image, run.address + run.length, UINT32_MAX, &run));
	assert_false(image_has(image, 0, 1));
	image_copy(image, 0xfffffffd, bytes, 3, 0x55);
	assert_memory_equal(bytes, "\x55" "ab", 3);
	image_free(image);
}

static void test_conflicts(void **state)
{
	struct image *image = image_new();
	struct image_run run;
	uint8_t bytes[4];

	(void)state;
	image_put(image, 0x100, (const uint8_t *)"aaaa", 4);
	image_put(image, 0x101, (const uint8_t *)"ab", 2);
	assert_true(image_next_conflict(image, 0, UINT32_MAX, &run));
	assert_true(run.address == 0x102 && run.length == 1);
	assert_false(image_next_conflict(image, run.address + run.length, UINT32_MAX, &run));
	image_copy(image, 0x100, bytes, 4, 0);
	assert_memory_equal(bytes, "aaba", 4);
	image_free(image);
}

static void test_full(void **state)
{
	struct image *image = image_new();

	(void)state;
	for (uint32_t page = 0; page <= IMAGE_PAGES; page++)
		image_put(image, page * IMAGE_PAGE, (const uint8_t *)"a", 1);
	assert_true(image_lost(image) == 1);
	assert_false(image_has(image, IMAGE_PAGES * IMAGE_PAGE, 1));
	assert_true(image_has(image, (IMAGE_PAGES - 1) * IMAGE_PAGE, 1));
	image_free(image);
}

static char *written(void (*write)(FILE *, const struct image_part *), const struct image_part *part, size_t *size)
{
	char *text;
	FILE *file = open_memstream(&text, size);

	assert_non_null(file);
	write(file, part);
	fclose(file);
	return text;
}

static void test_files(void **state)
{
	struct image_part part = { .address = 0x0800fffc, .length = 8 };
	struct image *image = image_new();
	size_t size;
	char *text;

	(void)state;
	image_put(image, 0x0800fffc, (const uint8_t *)"\x01\x02\x03", 3);
	image_put(image, 0x08010001, (const uint8_t *)"\xaa\xbb\xcc", 3);
	part.image = image;
	text = written(image_file_binary, &part, &size);
	assert_int_equal(size, 8);
	assert_memory_equal(text, "\x01\x02\x03\xff\xff\xaa\xbb\xcc", 8);
	free(text);
	/* Sums by hand: a new upper address on both sides of 64 KiB, and no record for the holes. */
	text = written(image_file_hex, &part, &size);
	assert_string_equal(text, ":020000040800F2\r\n:03FFFC00010203FC\r\n:020000040801F1\r\n:03000100AABBCCCB\r\n:00000001FF\r\n");
	free(text);
	image_free(image);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_runs), cmocka_unit_test(test_end_of_addresses), cmocka_unit_test(test_conflicts),
		cmocka_unit_test(test_full), cmocka_unit_test(test_files),
	};

	return cmocka_run_group_tests_name("image", tests, NULL, NULL);
}
