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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct listener nobody;
	char path[64], problem[512];
	struct urb_event event;
	struct input *input;
	int descriptor = memfd_create("capture", MFD_CLOEXEC);

	if (descriptor < 0 || write(descriptor, data, size) != (ssize_t)size)
		abort();
	snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
	input = input_open(path, problem, sizeof problem);
	if (input) {
		struct tracker *tracker = tracker_new();

		tracker_listen(tracker, &nobody);
		while (input_next(input, &event) > 0)
			tracker_observe(tracker, &event);
		tracker_finish(tracker);
		tracker_free(tracker);
		input_close(input);
	}
	close(descriptor);
	return 0;
}
