/* A live source out of a test's hands. */
#include "fake_source.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "../../analyzer/input/input.h"

struct fake_step {
	enum { STEP_RECORD, STEP_GAP, STEP_SILENCE } kind;
	int64_t time;
	uint8_t *bytes;
	uint32_t captured, wire;
	uint64_t dropped;
};

static int play(struct live_source *source, const struct live_taker *taker)
{
	struct fake_source *fake = (struct fake_source *)source;
	int given = 0;

	if (fake->before_read)
		fake->before_read(fake->context, fake->reads);
	fake->reads++;
	if (fake->fail_after && fake->reads > fake->fail_after) {
		strcpy(source->problem, "the bus was taken away");
		return -1;
	}
	while (fake->at < fake->count && (size_t)given < fake->batch) {
		const struct fake_step *step = &fake->steps[fake->at];

		if (step->kind == STEP_SILENCE && given)
			break;
		fake->at++;
		if (step->kind == STEP_SILENCE)
			break;
		if (step->kind == STEP_GAP) {
			taker->gap(taker->context, step->dropped);
			continue;
		}
		taker->record(taker->context, &(struct live_record){
			.time = step->time, .data = step->bytes, .captured = step->captured, .wire = step->wire });
		given++;
	}
	return given;
}

static uint64_t behind(const struct live_source *source)
{
	return ((const struct fake_source *)source)->dropped_behind;
}

void fake_source_begin(struct fake_source *fake)
{
	*fake = (struct fake_source){ .source = { .read = play, .dropped_behind = behind, .descriptor = -1 }, .batch = 32 };
}

void fake_source_end(struct fake_source *fake)
{
	for (size_t i = 0; i < fake->count; i++)
		free(fake->steps[i].bytes);
	free(fake->steps);
}

static struct fake_step *add(struct fake_source *fake)
{
	if (fake->count == fake->room) {
		fake->room = 2 * fake->room + 64;
		fake->steps = realloc(fake->steps, fake->room * sizeof *fake->steps);
		if (!fake->steps)
			err(1, NULL);
	}
	fake->steps[fake->count] = (struct fake_step){ 0 };
	return &fake->steps[fake->count++];
}

void fake_source_record(struct fake_source *fake, int64_t time, const uint8_t *bytes, uint32_t captured, uint32_t wire)
{
	struct fake_step *step = add(fake);

	*step = (struct fake_step){ .kind = STEP_RECORD, .time = time, .bytes = malloc(captured + 1), .captured = captured, .wire = wire };
	if (!step->bytes)
		err(1, NULL);
	memcpy(step->bytes, bytes, captured);
}

void fake_source_event(struct fake_source *fake, const struct urb_event *urb)
{
	uint8_t *bytes = malloc(64 + (size_t)urb->captured);
	uint32_t length;

	if (!bytes)
		err(1, NULL);
	length = usbmon_bytes(bytes, urb);
	fake_source_record(fake, urb->time, bytes, length, 64 + urb->wire);
	free(bytes);
}

void fake_source_gap(struct fake_source *fake, uint64_t dropped)
{
	struct fake_step *step = add(fake);

	step->kind = STEP_GAP;
	step->dropped = dropped;
}

void fake_source_silence(struct fake_source *fake)
{
	add(fake)->kind = STEP_SILENCE;
}

size_t fake_source_capture(struct fake_source *fake, const char *path)
{
	struct urb_event urb;
	struct input *input;
	char problem[512];
	size_t count = 0;

	input = input_open(path, problem, sizeof problem);
	if (!input)
		errx(1, "%s", problem);
	for (; input_next(input, &urb) == 1; count++)
		fake_source_event(fake, &urb);
	input_close(input);
	return count;
}

static void copy_step(struct fake_source *fake, const struct fake_step *step, int64_t time)
{
	fake_source_record(fake, time, step->bytes, step->captured, step->wire);
}

void fake_source_thin(struct fake_source *fake, const struct fake_source *whole, unsigned nth)
{
	uint64_t lost = 0;

	for (size_t i = 0; i < whole->count; i++) {
		if (i % nth == nth - 1 && i % (2 * nth) != 0) {
			lost++;
			if (lost % 3 == 0)
				fake_source_gap(fake, 0);
			continue;
		}
		if (lost % 2)
			fake_source_gap(fake, lost);
		lost -= lost % 2 ? lost : 0;
		copy_step(fake, &whole->steps[i], whole->steps[i].time);
	}
}

void fake_source_split(struct fake_source *fake, const struct fake_source *whole, int64_t time, int64_t distance)
{
	for (size_t i = 0; i < whole->count; i++) {
		if (i == whole->count / 2)
			fake_source_silence(fake);
		copy_step(fake, &whole->steps[i], time + (i < whole->count / 2 ? -distance : distance) + (int64_t)i * 1000000);
	}
}

static void put(uint8_t *at, const void *value, size_t length)
{
	memcpy(at, value, length);
}

uint32_t usbmon_bytes(uint8_t *bytes, const struct urb_event *urb)
{
	static const uint8_t types[] = { [URB_ISOCHRONOUS] = 0, [URB_INTERRUPT] = 1, [URB_CONTROL] = 2, [URB_BULK] = 3, [URB_OTHER] = 3 };
	static const int32_t statuses[] = { [URB_OK] = 0, [URB_PENDING] = -115, [URB_STALLED] = -32, [URB_CANCELLED] = -2, [URB_LINE_ERROR] = -71,
		[URB_OVERFLOW] = -75, [URB_GONE] = -108, [URB_SHORT_READ] = -121, [URB_TIMED_OUT] = -110, [URB_FAILED] = -5 };
	int64_t seconds = urb->time / 1000000000;
	int32_t microseconds = (int32_t)(urb->time / 1000 % 1000000), status = urb->status ? (int32_t)urb->status : statuses[urb->result];
	bool in = urb->endpoint & 0x80, submission = urb->kind == URB_SUBMIT;

	if (urb->windows)
		status = statuses[urb->result];
	memset(bytes, 0, 64);
	put(bytes, &urb->id, 8);
	bytes[8] = submission ? 'S' : urb->kind == URB_COMPLETE ? 'C' : 'E';
	bytes[9] = types[urb->type];
	bytes[10] = urb->endpoint;
	bytes[11] = (uint8_t)urb->device;
	put(bytes + 12, &urb->bus, 2);
	bytes[14] = urb->has_setup ? 0 : '-';
	bytes[15] = urb->wire ? 0 : in ? '<' : '>';
	put(bytes + 16, &seconds, 8);
	put(bytes + 24, &microseconds, 4);
	put(bytes + 28, &status, 4);
	put(bytes + 32, &urb->length, 4);
	put(bytes + 36, &urb->captured, 4);
	if (urb->has_setup)
		memcpy(bytes + 40, urb->setup, 8);
	if (urb->captured)
		memcpy(bytes + 64, urb->data, urb->captured);
	return 64 + urb->captured;
}
