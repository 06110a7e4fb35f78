/*
 * What happened when (timeline.h).
 */
#include "timeline.h"

#define FIRST_WIDTH INT64_C(1000000)

bool transaction_failed(const struct transaction *transaction)
{
	switch (transaction->result) {
	case RESULT_GONE: case RESULT_USB_ERROR: case RESULT_STALLED: case RESULT_CANCELLED: case RESULT_NO_ANSWER: case RESULT_SHIFTED:
	case RESULT_SHORT: case RESULT_ERROR:
		return true;
	default:
		return false;
	}
}

/* The part that holds time. */
static size_t part_of(const struct timeline *timeline, int64_t time)
{
	int64_t part = timeline->width ? (time - timeline->first_time) / timeline->width : 0;

	return part < 0 ? 0 : part >= TIMELINE_PARTS ? TIMELINE_PARTS - 1 : (size_t)part;
}

size_t timeline_used(const struct timeline *timeline)
{
	return timeline->begun ? part_of(timeline, timeline->last_time) + 1 : 0;
}

static void add(struct timeline_part *to, const struct timeline_part *from)
{
	for (unsigned group = 0; group < TIMELINE_GROUPS; group++)
		to->commands[group] += from->commands[group];
	to->errors += from->errors;
	if (from->latency > to->latency)
		to->latency = from->latency;
	if (!to->error_frame)
		to->error_frame = from->error_frame;
}

/* Two parts become one. */
static void widen(struct timeline *timeline)
{
	static const struct timeline_part none;

	for (size_t i = 0; i < TIMELINE_PARTS; i++) {
		struct timeline_part part = timeline->part[i];

		timeline->part[i] = none;
		add(&timeline->part[i / 2], &part);
	}
	timeline->width *= 2;
}

/* Clocks that are set during a capture may go anywhere: what is before the beginning counts as the beginning. */
static struct timeline_part *part_at(struct timeline *timeline, int64_t time)
{
	if (!timeline->begun) {
		timeline->begun = true;
		timeline->first_time = timeline->last_time = time;
		timeline->width = FIRST_WIDTH;
	}
	while (time - timeline->first_time >= timeline->width * TIMELINE_PARTS && timeline->width < INT64_MAX / (4 * TIMELINE_PARTS))
		widen(timeline);
	if (time > timeline->last_time)
		timeline->last_time = time;
	return &timeline->part[part_of(timeline, time)];
}

static void take_transaction(void *context, const struct probe *probe, const struct session *session, const struct transaction *transaction)
{
	struct timeline_part *part = part_at(context, transaction->time);

	(void)probe;
	(void)session;
	part->commands[transaction->command->group]++;
	if (transaction->latency > part->latency)
		part->latency = transaction->latency;
	if (!transaction_failed(transaction))
		return;
	if (!part->errors++)
		part->error_frame = transaction->frame;
}

static void take_mode(void *context, const struct probe *probe, const struct session *session, const struct mode_change *change)
{
	struct timeline *timeline = context;

	(void)session;
	part_at(timeline, change->time);
	if (timeline->mode_count == TIMELINE_MODES)
		return;
	timeline->mode[timeline->mode_count].time = change->time;
	timeline->mode[timeline->mode_count].to = change->to;
	timeline->mode[timeline->mode_count].frame = change->frame;
	timeline->mode[timeline->mode_count++].probe = probe->index;
}

static void take_gap(void *context, const struct gap *gap)
{
	struct timeline *timeline = context;

	if (timeline->gap_count == TIMELINE_GAPS || !timeline->begun)
		return;
	timeline->gap[timeline->gap_count].time = gap->time;
	timeline->gap[timeline->gap_count].frame = gap->frame;
	timeline->gap[timeline->gap_count++].dropped = gap->dropped;
}

struct listener timeline_listener(struct timeline *timeline)
{
	return (struct listener){ .context = timeline, .transaction = take_transaction, .mode = take_mode, .gap = take_gap };
}
