/*
 * Collects the timing of commands as a listener of the tracker: see timing.h.
 * Knows: which request is the same as the one before, what a gap is, how many sessions are kept.
 * Must not know: what is good or bad for the user, words and formats.
 */
#include "timing.h"

#include <stdlib.h>
#include <string.h>

#include "facts.h"

#define CHANNELS 2
#define CBW_LENGTH 31 /* the envelope of an ST-LINK/V1: the command block travels in the first, a status comes in the second */
#define CSW_LENGTH 13

/* The latest request of a channel. */
struct request { uint8_t bytes[STLINK_COMMAND_LENGTH]; uint32_t length; bool failed; };

struct probe_timing {
	uint64_t sessions;
	struct timing timing;
	struct session_timing *latest; /* NULL: none, or no longer kept */
	struct request request[CHANNELS];
	const struct stlink_command *memory; /* the latest memory command that worked, and its frame */
	uint64_t memory_frame;
};

struct timings {
	struct probe_timing *probes; /* by index */
	size_t probe_count;
	struct session_timing **kept; /* in order of beginning; at most TIMING_FIRST + TIMING_LAST that have ended */
	size_t kept_count, kept_capacity;
	struct timing_report report;
};

static bool is_failed(enum result result)
{
	return result != RESULT_OK && result != RESULT_WAIT && result != RESULT_UNJUDGED && result != RESULT_INCOMPLETE &&
	       result != RESULT_TRUNCATED;
}

/* Of an answer that is not in the capture, or that nobody fetched, the time is not known. A log may have no times at all. */
static bool is_measured(const struct transaction *transaction)
{
	return transaction->latency >= 0 && transaction->time > 0 && transaction->result != RESULT_INCOMPLETE &&
	       transaction->result != RESULT_NO_ANSWER;
}

static bool is_memory(enum stlink_operation operation)
{
	return operation == OP_MEMORY_READ || operation == OP_MEMORY_WRITE;
}

static bool has_worked(const struct transaction *transaction)
{
	return transaction->result == RESULT_OK || transaction->result == RESULT_UNJUDGED;
}

/* --- rows --- */

static struct command_timing *row_of(struct timing *timing, const struct stlink_command *command)
{
	struct command_timing *row;

	for (size_t i = 0; i < timing->command_count; i++)
		if (timing->commands[i].command == command)
			return &timing->commands[i];
	if (timing->command_count == timing->capacity) {
		timing->capacity = timing->capacity ? timing->capacity * 2 : 8;
		timing->commands = facts_allocate(timing->commands, timing->capacity * sizeof *timing->commands);
	}
	row = &timing->commands[timing->command_count++];
	*row = (struct command_timing){ .command = command, .median = -1, .p95 = -1, .worst = -1 };
	row->latencies = facts_allocate(NULL, sizeof *row->latencies);
	memset(row->latencies, 0, sizeof *row->latencies);
	return row;
}

static void release(struct timing *timing)
{
	for (size_t i = 0; i < timing->command_count; i++)
		free(timing->commands[i].latencies);
	free(timing->commands);
}

static void settle(struct timing *timing)
{
	for (size_t i = 0; i < timing->command_count; i++) {
		struct command_timing *row = &timing->commands[i];

		if (!row->latencies)
			continue;
		row->median = latencies_percentile(row->latencies, 50);
		row->p95 = latencies_percentile(row->latencies, 95);
		free(row->latencies);
		row->latencies = NULL;
	}
}

static void measure(struct command_timing *row, const struct transaction *transaction)
{
	row->measured++;
	row->time += transaction->latency;
	latencies_add(row->latencies, transaction->latency);
	if (transaction->latency > row->worst) {
		row->worst = transaction->latency;
		row->worst_frame = transaction->frame;
	}
}

/* What the client wanted: a READMEM_8BIT of 1 answers 2 bytes. */
static uint32_t payload_of(const struct transaction *transaction)
{
	uint32_t wire = transaction->command->operation == OP_MEMORY_READ ? transaction->answer.wire : transaction->data.wire;
	uint64_t asked = operation_get(&transaction->request_operation, ROLE_LENGTH, wire);

	return asked < wire ? (uint32_t)asked : wire;
}

static void count(struct timing *timing, const struct transaction *transaction, bool retry)
{
	struct command_timing *row = row_of(timing, transaction->command);

	row->count++;
	row->bytes_out += transaction->data.wire + (transaction->bulk_only ? CBW_LENGTH : transaction->request.wire);
	row->bytes_in += transaction->answer.wire + (transaction->csw.present ? CSW_LENGTH : 0);
	row->failed += is_failed(transaction->result);
	row->waits += transaction->result == RESULT_WAIT;
	row->retries += retry;
	if (!is_measured(transaction))
		return;
	measure(row, transaction);
	if (is_memory(transaction->command->operation) && has_worked(transaction)) {
		row->payload += payload_of(transaction);
		row->payload_time += transaction->latency;
	}
}

/* --- time --- */

static void pass(struct timing *timing, const struct transaction *transaction)
{
	int64_t gap, begin;

	if (transaction->time <= 0) {
		timing->untimed++;
		return;
	}
	/* The clock was set back, or records are missing: what passed is not known. */
	if (!timing->open || transaction->time < timing->begun)
		timing->at = transaction->time;
	gap = transaction->time - timing->at;
	if (timing->open && gap > TIMING_IDLE) {
		timing->idle += gap;
		timing->idle_count++;
		if (gap > timing->longest_idle) {
			timing->longest_idle = gap;
			timing->idle_after = timing->frame;
			timing->idle_before = transaction->frame;
		}
	} else if (gap > 0) {
		timing->between += gap;
	}
	begin = gap > 0 ? transaction->time : timing->at;
	timing->open = true;
	timing->begun = transaction->time;
	timing->frame = transaction->frame;
	if (transaction->end_time > begin)
		timing->busy += transaction->end_time - begin;
	timing->at = transaction->end_time > begin ? transaction->end_time : begin;
}

/* --- the listener --- */

static struct probe_timing *probe_at(struct timings *timings, const struct probe *probe)
{
	size_t needed = (size_t)probe->index + 1;

	if (needed > timings->probe_count) {
		timings->probes = facts_allocate(timings->probes, needed * sizeof *timings->probes);
		memset(timings->probes + timings->probe_count, 0, (needed - timings->probe_count) * sizeof *timings->probes);
		timings->probe_count = needed;
	}
	return &timings->probes[probe->index];
}

/* The oldest session behind the first ones that is over. */
static void let_one_go(struct timings *timings)
{
	for (size_t i = TIMING_FIRST; i < timings->kept_count; i++) {
		struct session_timing *session = timings->kept[i];

		if (!session->ended)
			continue;
		for (size_t p = 0; p < timings->probe_count; p++)
			if (timings->probes[p].latest == session)
				timings->probes[p].latest = NULL;
		release(&session->timing);
		free(session);
		memmove(timings->kept + i, timings->kept + i + 1, (timings->kept_count - i - 1) * sizeof *timings->kept);
		timings->kept_count--;
		return;
	}
}

static void on_session_begin(void *context, const struct probe *probe, const struct session *session)
{
	struct timings *timings = context;
	struct probe_timing *owner = probe_at(timings, probe);
	struct session_timing *begun = facts_allocate(NULL, sizeof *begun);

	if (timings->kept_count >= TIMING_FIRST + TIMING_LAST)
		let_one_go(timings);
	if (timings->kept_count == timings->kept_capacity) {
		timings->kept_capacity = timings->kept_capacity ? timings->kept_capacity * 2 : 16;
		timings->kept = facts_allocate(timings->kept, timings->kept_capacity * sizeof(struct session_timing *));
	}
	*begun = (struct session_timing){ .session = *session };
	timings->kept[timings->kept_count++] = begun;
	owner->latest = begun;
	owner->sessions++;
}

/* A status that only tells how the command before it fared does not come between that and its repetition. */
static bool is_about_another(const struct transaction *transaction)
{
	return transaction->judges_frame || (transaction->command->operation == OP_RW_STATUS && transaction->result == RESULT_OK);
}

static bool is_retry(struct probe_timing *owner, const struct transaction *transaction)
{
	struct request *before = &owner->request[transaction->channel == CHANNEL_BRIDGE];
	uint32_t length = transaction->request.captured < sizeof before->bytes ? transaction->request.captured : (uint32_t)sizeof before->bytes;
	bool same;

	if (is_about_another(transaction))
		return false;
	same = before->failed && length && length == before->length && !memcmp(before->bytes, transaction->request.bytes, length);
	if (length)
		memcpy(before->bytes, transaction->request.bytes, length);
	before->length = length;
	before->failed = is_failed(transaction->result) || transaction->result == RESULT_WAIT;
	return same;
}

/* The time that asking for a memory command's status takes is part of what the access took. */
static void add_status_time(struct probe_timing *owner, struct session_timing *session, const struct transaction *transaction)
{
	if (is_memory(transaction->command->operation) && has_worked(transaction) && is_measured(transaction)) {
		owner->memory = transaction->command;
		owner->memory_frame = transaction->frame;
	} else if (owner->memory && transaction->judges_frame == owner->memory_frame && is_measured(transaction)) {
		row_of(&owner->timing, owner->memory)->payload_time += transaction->latency;
		if (session)
			row_of(&session->timing, owner->memory)->payload_time += transaction->latency;
	}
}

static void on_transaction(void *context, const struct probe *probe, const struct session *session, const struct transaction *transaction)
{
	struct timings *timings = context;
	struct probe_timing *owner = probe_at(timings, probe);
	struct session_timing *latest = owner->latest && !owner->latest->ended ? owner->latest : NULL;
	bool retry = is_retry(owner, transaction);

	count(&owner->timing, transaction, retry);
	pass(&owner->timing, transaction);
	if (latest) {
		latest->session = *session;
		count(&latest->timing, transaction, retry);
		pass(&latest->timing, transaction);
	}
	add_status_time(owner, latest, transaction);
}

static void on_gap(void *context, const struct gap *gap)
{
	struct timings *timings = context;

	(void)gap;
	for (size_t i = 0; i < timings->probe_count; i++) {
		struct probe_timing *owner = &timings->probes[i];

		owner->timing.open = owner->request[0].failed = owner->request[1].failed = false;
		if (owner->latest)
			owner->latest->timing.open = false;
	}
}

static void on_session_end(void *context, const struct probe *probe, const struct session *session)
{
	struct timings *timings = context;
	struct session_timing *latest = probe_at(timings, probe)->latest;

	if (!latest)
		return;
	latest->session = *session;
	latest->ended = true;
	settle(&latest->timing);
}

struct timings *timings_new(void)
{
	struct timings *timings = facts_allocate(NULL, sizeof *timings);

	memset(timings, 0, sizeof *timings);
	return timings;
}

void timings_free(struct timings *timings)
{
	if (!timings)
		return;
	for (size_t i = 0; i < timings->kept_count; i++) {
		release(&timings->kept[i]->timing);
		free(timings->kept[i]);
	}
	for (size_t i = 0; i < timings->probe_count; i++)
		release(&timings->probes[i].timing);
	release(&timings->report.total);
	free(timings->report.kept);
	free(timings->probes);
	free(timings->kept);
	free(timings);
}

struct listener timings_listener(struct timings *timings)
{
	return (struct listener){
		.context = timings, .session_begin = on_session_begin, .transaction = on_transaction, .gap = on_gap, .session_end = on_session_end,
	};
}

/* --- the end of the capture --- */

static void merge_row(struct command_timing *into, const struct command_timing *from)
{
	into->count += from->count;
	into->bytes_out += from->bytes_out;
	into->bytes_in += from->bytes_in;
	into->failed += from->failed;
	into->waits += from->waits;
	into->retries += from->retries;
	into->measured += from->measured;
	into->time += from->time;
	into->payload += from->payload;
	into->payload_time += from->payload_time;
	if (from->worst > into->worst) {
		into->worst = from->worst;
		into->worst_frame = from->worst_frame;
	}
}

static void merge(struct timing *into, const struct timing *from)
{
	for (size_t i = 0; i < from->command_count; i++) {
		struct command_timing *row = row_of(into, from->commands[i].command);

		merge_row(row, &from->commands[i]);
		latencies_merge(row->latencies, from->commands[i].latencies);
	}
	into->busy += from->busy;
	into->between += from->between;
	into->idle += from->idle;
	into->idle_count += from->idle_count;
	into->untimed += from->untimed;
	if (from->longest_idle > into->longest_idle) {
		into->longest_idle = from->longest_idle;
		into->idle_after = from->idle_after;
		into->idle_before = from->idle_before;
	}
}

struct command_timing timing_sum(const struct timing *timing, enum stlink_operation operation)
{
	struct command_timing sum = { .median = -1, .p95 = -1, .worst = -1 };

	for (size_t i = 0; i < timing->command_count; i++)
		if (operation == OP_NONE || timing->commands[i].command->operation == operation)
			merge_row(&sum, &timing->commands[i]);
	return sum;
}

const struct command_timing *timing_slowest(const struct timing *timing)
{
	const struct command_timing *slowest = NULL;

	for (size_t i = 0; i < timing->command_count; i++)
		if (timing->commands[i].measured && (!slowest || timing->commands[i].worst > slowest->worst))
			slowest = &timing->commands[i];
	return slowest;
}

static int compare_numbers(uint64_t left, uint64_t right)
{
	return left < right ? 1 : left > right ? -1 : 0; /* the greatest first */
}

/* What is equal stands by its count, then by its name, so that the same capture always reads the same. */
static int compare(const void *left, const void *right, void *context)
{
	const struct command_timing *one = left, *other = right;
	enum timing_order order = *(const enum timing_order *)context;
	int difference = 0;

	if (order == TIMING_BY_TIME)
		difference = compare_numbers((uint64_t)one->time, (uint64_t)other->time);
	else if (order == TIMING_BY_WORST)
		difference = compare_numbers((uint64_t)(one->worst + 1), (uint64_t)(other->worst + 1));
	if (!difference && order != TIMING_BY_NAME)
		difference = compare_numbers(one->count, other->count);
	return difference ? difference : strcmp(one->command->name, other->command->name);
}

static void sort(struct timing *timing, enum timing_order order)
{
	if (timing->command_count)
		qsort_r(timing->commands, timing->command_count, sizeof *timing->commands, compare, &order);
}

static bool is_selected(const bool *selected, size_t count, size_t probe)
{
	return !selected || (probe < count && selected[probe]);
}

const struct timing_report *timings_finish(struct timings *timings, enum timing_order order, const bool *selected, size_t count)
{
	struct timing_report *report = &timings->report;

	for (size_t i = 0; i < timings->probe_count; i++) {
		if (!is_selected(selected, count, i) || !timings->probes[i].timing.command_count)
			continue;
		merge(&report->total, &timings->probes[i].timing);
		report->probes++;
		report->sessions += timings->probes[i].sessions;
	}
	settle(&report->total);
	sort(&report->total, order);
	report->kept = facts_allocate(NULL, (timings->kept_count + 1) * sizeof(struct session_timing *));
	for (size_t i = 0; i < timings->kept_count; i++) {
		struct session_timing *session = timings->kept[i];

		if (!is_selected(selected, count, (size_t)session->session.probe))
			continue;
		settle(&session->timing);
		sort(&session->timing, order);
		report->kept[report->kept_count++] = session;
	}
	return report;
}
