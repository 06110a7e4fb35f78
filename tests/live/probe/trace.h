/*
 * The trace endpoint (SWO): what the firmware's buffer holds, as it is read.
 * Knows: the firmware (probe.h), faults, the log. Must not know: what the bytes mean.
 */
#ifndef LIVE_TRACE_H
#define LIVE_TRACE_H

#include "endpoint.h"

struct device;

struct trace {
	struct device *device;
	struct endpoint *in;
};

/* The owner is the struct trace. */
extern const struct endpoint_user trace_reads;

#endif
