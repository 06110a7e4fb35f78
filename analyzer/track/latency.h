/*
 * Durations counted in logarithmic buckets: percentiles of any number of them in constant memory.
 * Must not know: what took that long.
 */
#ifndef ANALYZER_TRACK_LATENCY_H
#define ANALYZER_TRACK_LATENCY_H

#include <stdint.h>

#define LATENCY_STEPS 32   /* buckets of an octave: each is at most a 32nd of its duration wide */
#define LATENCY_OCTAVES 44 /* of nanoseconds, beginning with 0 to 31: up to three days */

struct latencies {
	uint64_t count;
	int64_t least, most; /* exact; meaningless while count is 0 */
	uint64_t bucket[LATENCY_OCTAVES * LATENCY_STEPS];
};

/* Begin with all zero. A duration below 0 counts as 0. */
void latencies_add(struct latencies *latencies, int64_t nanoseconds);
void latencies_merge(struct latencies *into, const struct latencies *from);

/* The least duration that percent of all do not exceed, within 2 %; exact where it is the least or the most. -1 where there is none. */
int64_t latencies_percentile(const struct latencies *latencies, unsigned percent);

#endif
