/*
 * Every capture of captures/, cut at record boundaries and at odd places in between, goes through reader and tracker without a
 * crash: every whole record is delivered, and the end is said to be clean exactly where the cut is at a boundary. Every boundary of a short
 * capture; of a long one those of its first and last records, and some of those between.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../analyzer/input/input.h"
#include "../analyzer/track/track.h"
#include "support/captures.h"
#include "support/each_capture.h"

#define ALL_OF 200  /* records at either end whose boundaries are all cut at */
#define SOME_OF 40 /* cuts between those */

/* Reads the file to its end through a tracker with a listener that does nothing. Returns what the reader said last; -2: not opened. */
static int replay(const char *path, size_t *delivered)
{
	static const struct listener nobody;
	char problem[512];
	struct input *input = input_open(path, problem, sizeof problem);
	struct tracker *tracker;
	struct urb_event event;
	int result;

	*delivered = 0;
	if (!input) {
		assert_true(*problem);
		return -2;
	}
	assert_string_equal(problem, "");
	tracker = tracker_new();
	tracker_listen(tracker, &nobody);
	while ((result = input_next(input, &event)) > 0) {
		tracker_observe(tracker, &event);
		++*delivered;
	}
	tracker_finish(tracker);
	if (result < 0)
		assert_true(*input_problem(input));
	tracker_free(tracker);
	input_close(input);
	return result;
}

static void every_cut_is_told(void **state)
{
	static const size_t inside[] = { 1, 7, 15, 16, 17, 43, 44, 79, 80, 81 };
	const char *capture = *state;
	struct file file = file_read(capture);
	char path[] = "/tmp/stlinkscope-cut-XXXXXX";
	int descriptor = mkstemp(path);
	size_t *ends, records, delivered, step;

	assert_true(descriptor >= 0);
	assert_true(write(descriptor, file.bytes, file.size) == (ssize_t)file.size);
	records = captures_offsets(&file, &ends);
	/* A pcapng may have a block of statistics behind its last record. */
	if (ends[records] != file.size)
		assert_int_equal(file.bytes[ends[records]], 5);

	/* One file, cut ever shorter. */
	step = records > 2 * ALL_OF ? (records - 2 * ALL_OF) / SOME_OF + 1 : 1;
	for (size_t record = records; record > 0; record--) {
		size_t begin = ends[record - 1], length = ends[record] - begin;

		if (record > ALL_OF && record + ALL_OF <= records && record % step)
			continue;

		assert_int_equal(ftruncate(descriptor, (off_t)ends[record]), 0);
		assert_int_equal(replay(path, &delivered), 0);
		assert_int_equal(delivered, record);

		for (size_t i = sizeof inside / sizeof inside[0] + 1; i-- > 0;) {
			size_t left = i < sizeof inside / sizeof inside[0] ? inside[i] : length - 1;

			if (left >= length)
				continue;
			assert_int_equal(ftruncate(descriptor, (off_t)(begin + left)), 0);
			assert_true(replay(path, &delivered) < 0);
			assert_int_equal(delivered, record - 1);
		}
	}
	/* The headers: no record is left, so all that counts is that the reader says something sensible and lives. */
	for (size_t size = ends[0]; size-- > 0;) {
		assert_int_equal(ftruncate(descriptor, (off_t)size), 0);
		replay(path, &delivered);
		assert_int_equal(delivered, 0);
	}

	close(descriptor);
	unlink(path);
	free(ends);
	free(file.bytes);
}

int main(void)
{
	return each_capture("cuts", every_cut_is_told, NULL);
}
