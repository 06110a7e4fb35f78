/*
 * The trace endpoint.
 * Knows: the firmware, faults, the log. Must not know: what the bytes mean.
 */
#include "trace.h"

#include "device.h"

static void wanted(void *owner, uint32_t requested)
{
	struct trace *trace = owner;
	struct device *device = trace->device;
	struct fault_hits hits;
	struct message *message;
	uint8_t bytes[4096];
	size_t length = probe_trace(device->probe, bytes, requested < sizeof bytes ? requested : sizeof bytes);

	if (!length)
		return;
	faults_hit(&device->faults, PLACE_TRACE, bytes, 0, "", &hits);
	if (hits.text)
		log_event(device->log, &device->source, "fault", "{s:s}", "fault", hits.text);
	message = message_new(bytes, (uint32_t)length);
	if (hits.of[FAULT_GONE])
		device_vanish(device, hits.of[FAULT_GONE]->has_argument, hits.of[FAULT_GONE]->argument);
	if (faults_shape(&hits, message))
		endpoint_push(trace->in, message);
	else
		message_free(message);
}

static void delivered(void *owner, const struct delivery *delivery)
{
	struct trace *trace = owner;
	struct device *device = trace->device;

	log_trace(device->log, &device->source, delivery->requested, delivery->bytes, delivery->length, delivery->status);
}

const struct endpoint_user trace_reads = { .wanted = wanted, .delivered = delivered };
