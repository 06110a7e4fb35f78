/* Durations in logarithmic buckets: see latency.h. */
#include "latency.h"

#include <stddef.h>

#define STEP_BITS 5
#define BUCKETS (LATENCY_OCTAVES * LATENCY_STEPS)

static size_t bucket_of(uint64_t nanoseconds)
{
	unsigned octave;
	size_t bucket;

	if (nanoseconds < LATENCY_STEPS)
		return (size_t)nanoseconds;
	octave = 63u - (unsigned)__builtin_clzll(nanoseconds);
	bucket = (octave - STEP_BITS + 1) * LATENCY_STEPS + (size_t)(nanoseconds >> (octave - STEP_BITS) & (LATENCY_STEPS - 1));
	return bucket < BUCKETS ? bucket : BUCKETS - 1;
}

/* The middle of a bucket. */
static int64_t duration_of(size_t bucket)
{
	unsigned shift;

	if (bucket < LATENCY_STEPS)
		return (int64_t)bucket;
	shift = (unsigned)(bucket / LATENCY_STEPS) - 1;
	return ((int64_t)(LATENCY_STEPS + bucket % LATENCY_STEPS) << shift) + (INT64_C(1) << shift) / 2;
}

void latencies_add(struct latencies *latencies, int64_t nanoseconds)
{
	if (nanoseconds < 0)
		nanoseconds = 0;
	if (!latencies->count || nanoseconds < latencies->least)
		latencies->least = nanoseconds;
	if (!latencies->count || nanoseconds > latencies->most)
		latencies->most = nanoseconds;
	latencies->count++;
	latencies->bucket[bucket_of((uint64_t)nanoseconds)]++;
}

void latencies_merge(struct latencies *into, const struct latencies *from)
{
	if (!from->count)
		return;
	if (!into->count || from->least < into->least)
		into->least = from->least;
	if (!into->count || from->most > into->most)
		into->most = from->most;
	into->count += from->count;
	for (size_t i = 0; i < BUCKETS; i++)
		into->bucket[i] += from->bucket[i];
}

int64_t latencies_percentile(const struct latencies *latencies, unsigned percent)
{
	/* In two parts, so that no number of them overflows. */
	uint64_t rank = latencies->count / 100 * percent + (latencies->count % 100 * percent + 99) / 100, seen = 0;
	int64_t duration;

	if (!latencies->count)
		return -1;
	if (rank <= 1)
		return latencies->least;
	if (rank >= latencies->count)
		return latencies->most;
	for (size_t i = 0; i < BUCKETS; i++) {
		seen += latencies->bucket[i];
		if (seen < rank)
			continue;
		duration = duration_of(i);
		return duration < latencies->least ? latencies->least : duration > latencies->most ? latencies->most : duration;
	}
	return latencies->most;
}
