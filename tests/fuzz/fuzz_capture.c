/* Fuzzes the whole way of a capture file: reader, dissectors, tracker. The input is the file. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../../analyzer/input/input.h"
#include "../../analyzer/track/track.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* As run.c does it. */
static void feed(struct tracker *tracker, const struct input_item *item)
{
	if (item->kind == INPUT_RECORD)
		tracker_observe(tracker, &item->urb);
	else if (item->kind == INPUT_GAP)
		tracker_gap(tracker, item->frame, item->time, item->gap.dropped);
	else
		tracker_tool_line(tracker, &(struct tool_line){
			.frame = item->frame, .time = item->time, .is_stderr = item->line.is_stderr, .unfinished = item->line.unfinished,
			.text = item->line.text });
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct listener nobody;
	char path[64], problem[512];
	struct input_item item;
	struct input *input;
	int descriptor = memfd_create("capture", MFD_CLOEXEC);

	if (descriptor < 0 || write(descriptor, data, size) != (ssize_t)size)
		abort();
	snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
	input = input_open(path, problem, sizeof problem);
	if (input) {
		struct tracker *tracker = tracker_new();

		tracker_listen(tracker, &nobody);
		while (input_next_item(input, &item) > 0)
			feed(tracker, &item);
		tracker_finish(tracker);
		tracker_free(tracker);
		input_close(input);
	}
	close(descriptor);
	return 0;
}
