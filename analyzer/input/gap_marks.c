/* Where the kernel lost records (gap_marks.h). */
#include "gap_marks.h"

#include <string.h>

static void add(struct gap_marks *marks, uint64_t behind, uint64_t dropped)
{
	size_t last = marks->count - 1;

	/* A mark where one is already, or more marks than there is room for: one more loss of the last. */
	if (marks->count && (marks->mark[last].behind >= behind || marks->count == GAP_MARKS)) {
		marks->mark[last].dropped += dropped;
		return;
	}
	marks->mark[marks->count].behind = behind;
	marks->mark[marks->count++].dropped = dropped;
}

void gap_marks_read(struct gap_marks *marks, uint64_t count, uint64_t queued, uint64_t dropped)
{
	uint64_t before = marks->waiting;

	marks->read += count;
	marks->waiting = marks->read + queued;
	if (!dropped)
		return;
	if (before < marks->waiting)
		add(marks, before, 0);
	add(marks, marks->waiting, dropped);
}

bool gap_marks_next(struct gap_marks *marks, uint64_t *dropped)
{
	bool found = false;

	*dropped = 0;
	while (marks->count && marks->mark[0].behind <= marks->given) {
		found = true;
		*dropped += marks->mark[0].dropped;
		memmove(marks->mark, marks->mark + 1, --marks->count * sizeof marks->mark[0]);
	}
	marks->given++;
	return found;
}

uint64_t gap_marks_rest(const struct gap_marks *marks)
{
	uint64_t dropped = 0;

	for (size_t i = 0; i < marks->count; i++)
		dropped += marks->mark[i].dropped;
	return dropped;
}
