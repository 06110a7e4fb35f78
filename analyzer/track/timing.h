/*
 * How often each command was used, how long it took, and when nothing was under way: per session and in all.
 * Knows: commands by what they do, results, time.
 * Must not know: what is good or bad for the user (diagnosis/), words and formats (output/).
 * Memory does not grow with the length of the capture: durations are counted in buckets, the first 200 and the last 50 sessions are kept.
 */
#ifndef ANALYZER_TRACK_TIMING_H
#define ANALYZER_TRACK_TIMING_H

#include "latency.h"
#include "track.h"

#define TIMING_IDLE INT64_C(100000000) /* a longer gap between two commands is idle time */
#define TIMING_FIRST 200
#define TIMING_LAST 50

struct command_timing {
	const struct stlink_command *command;
	uint64_t count;
	uint64_t bytes_out, bytes_in; /* on the wire, with the envelope of a V1 */
	uint64_t failed;              /* error, stalled, cancelled, no answer, ...: not what the capture cut */
	uint64_t waits;               /* wait or busy */
	uint64_t retries;             /* the same request again, directly after one that failed or waited */
	uint64_t measured;            /* of count: how many took a time that is known; the durations are of these */
	int64_t time, median, p95, worst; /* ns; -1 for the last three where nothing was measured */
	uint64_t worst_frame;
	uint64_t payload;             /* of memory commands that worked: bytes of target memory ... */
	int64_t payload_time;         /* ... and the time for them and for the status commands that judge them */
	struct latencies *latencies;  /* NULL once median and p95 are known */
};

struct timing {
	struct command_timing *commands;
	size_t command_count, capacity;
	/* Of one probe the three add up to the time from its first command to the end of its last; of several probes they are summed. */
	int64_t busy;    /* a command was under way */
	int64_t between; /* gaps that are not idle */
	int64_t idle, longest_idle;
	uint64_t idle_count, idle_after, idle_before; /* gaps; the frames of the commands around the longest one */
	uint64_t untimed; /* commands without a time of their own */
	/* While it is being told: */
	bool open;
	int64_t begun, at;
	uint64_t frame;
};

struct session_timing {
	struct session session; /* as last told */
	bool ended;
	struct timing timing;
};

struct timing_report {
	size_t probes;        /* that got a command */
	uint64_t sessions;    /* in all; those that are not kept are in the total alone */
	struct timing total;
	const struct session_timing **kept; /* in order of beginning */
	size_t kept_count;
};

enum timing_order { TIMING_BY_TIME, TIMING_BY_COUNT, TIMING_BY_NAME, TIMING_BY_WORST };

struct timings;

/* Exits on out of memory. */
struct timings *timings_new(void);
void timings_free(struct timings *timings);
/* To be added to a tracker; timings must outlive it. */
struct listener timings_listener(struct timings *timings);
/*
 * After tracker_finish, once. selected (NULL: all) says of each probe, by its index below count, whether it is reported.
 * Valid until timings_free.
 */
const struct timing_report *timings_finish(struct timings *timings, enum timing_order order, const bool *selected, size_t count);

/* All its commands added up; command is NULL, median and p95 are -1. operation: only of these, or OP_NONE. */
struct command_timing timing_sum(const struct timing *timing, enum stlink_operation operation);
/* The command that holds the longest latency, or NULL. */
const struct command_timing *timing_slowest(const struct timing *timing);

#endif
