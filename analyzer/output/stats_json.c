/*
 * The timing of commands as one JSON object: schema 1.
 * Knows: keys. Must not know: how anything was counted.
 * Durations are whole microseconds; what is not known is null.
 */
#include "stats_json.h"

#include "json.h"
#include "probe_json.h"

static void write_duration(struct json *json, const char *key, int64_t nanoseconds, bool known)
{
	if (known && nanoseconds >= 0)
		json_integer(json, key, (nanoseconds + 500) / 1000);
	else
		json_null(json, key);
}

static void write_frame(struct json *json, const char *key, uint64_t frame)
{
	if (frame)
		json_unsigned(json, key, frame);
	else
		json_null(json, key);
}

/* What a command and a sum of commands have in common. */
static void write_counts(struct json *json, const struct command_timing *row)
{
	json_unsigned(json, "count", row->count);
	json_unsigned(json, "bytes_out", row->bytes_out);
	json_unsigned(json, "bytes_in", row->bytes_in);
	json_unsigned(json, "errors", row->failed);
	json_unsigned(json, "waits", row->waits);
	json_unsigned(json, "retries", row->retries);
	json_unsigned(json, "measured", row->measured);
}

static void write_payload(struct json *json, const struct command_timing *row)
{
	json_unsigned(json, "payload_bytes", row->payload);
	write_duration(json, "payload_us", row->payload_time, row->payload_time > 0);
	if (row->payload_time > 0)
		json_integer(json, "bytes_per_second", (int64_t)((double)row->payload * 1e9 / (double)row->payload_time));
	else
		json_null(json, "bytes_per_second");
}

static void write_throughput(struct json *json, const char *key, const struct timing *timing, enum stlink_operation operation)
{
	struct command_timing sum = timing_sum(timing, operation);

	json_begin_object(json, key);
	json_unsigned(json, "count", sum.count);
	write_payload(json, &sum);
	json_end(json);
}

static void write_command(struct json *json, const struct command_timing *row, int64_t whole)
{
	bool measured = row->measured > 0;

	json_begin_object(json, NULL);
	json_string(json, "command", row->command->name);
	write_counts(json, row);
	write_duration(json, "total_us", row->time, measured);
	write_duration(json, "median_us", row->median, measured);
	write_duration(json, "p95_us", row->p95, measured);
	write_duration(json, "worst_us", row->worst, measured);
	write_frame(json, "worst_frame", row->worst_frame);
	if (measured && whole > 0)
		json_integer(json, "share_permille", (int64_t)((double)row->time * 1000 / (double)whole + 0.5));
	else
		json_null(json, "share_permille");
	if (row->command->operation == OP_MEMORY_READ || row->command->operation == OP_MEMORY_WRITE)
		write_payload(json, row);
	json_end(json);
}

static void write_slowest(struct json *json, const struct timing *timing)
{
	const struct command_timing *slowest = timing_slowest(timing);

	if (!slowest) {
		json_null(json, "slowest");
		return;
	}
	json_begin_object(json, "slowest");
	json_string(json, "command", slowest->command->name);
	json_unsigned(json, "frame", slowest->worst_frame);
	write_duration(json, "latency_us", slowest->worst, true);
	json_end(json);
}

static void write_timing(struct json *json, const struct timing *timing)
{
	struct command_timing sum = timing_sum(timing, OP_NONE);
	bool timed = sum.count > timing->untimed;

	write_counts(json, &sum);
	write_duration(json, "span_us", timing->busy + timing->between + timing->idle, timed);
	write_duration(json, "busy_us", timing->busy, timed);
	write_duration(json, "between_us", timing->between, timed);
	write_duration(json, "idle_us", timing->idle, timed);
	json_unsigned(json, "idle_gaps", timing->idle_count);
	write_duration(json, "longest_idle_us", timing->longest_idle, timing->idle_count > 0);
	write_frame(json, "longest_idle_after_frame", timing->idle_after);
	write_frame(json, "longest_idle_before_frame", timing->idle_before);
	write_slowest(json, timing);
	write_throughput(json, "memory_read", timing, OP_MEMORY_READ);
	write_throughput(json, "memory_write", timing, OP_MEMORY_WRITE);
	json_begin_array(json, "commands");
	for (size_t i = 0; i < timing->command_count; i++)
		write_command(json, &timing->commands[i], sum.time);
	json_end(json);
}

static void write_session(struct json *json, const struct session_timing *session)
{
	json_begin_object(json, NULL);
	json_unsigned(json, "session", session->session.index);
	json_integer(json, "probe", session->session.probe);
	json_unsigned(json, "first_frame", session->session.first_frame);
	json_unsigned(json, "last_frame", session->session.last_frame);
	write_timing(json, &session->timing);
	json_end(json);
}

static void write_probe(struct json *json, const struct probe *probe, bool serials)
{
	json_begin_object(json, NULL);
	probe_json_place(json, probe);
	probe_json_name(json, probe, serials);
	json_end(json);
}

static void write_capture(struct json *json, const struct input_facts *input)
{
	json_begin_object(json, "capture");
	if (input->link_type < 0)
		json_null(json, "link_type");
	else
		json_integer(json, "link_type", input->link_type);
	json_unsigned(json, "packets", input->records);
	json_boolean(json, "complete", input->complete);
	json_end(json);
}

void stats_json(FILE *file, const struct timing_report *report, const struct input_facts *input, const struct tracker *tracker,
                const bool *selected, bool serials)
{
	struct json *json = json_open(file);

	json_begin_message(json, "stats");
	write_capture(json, input);
	json_begin_array(json, "probes");
	for (size_t i = 0; i < tracker_probe_count(tracker); i++)
		if (!selected || selected[i])
			write_probe(json, tracker_probe(tracker, i), serials);
	json_end(json);
	write_timing(json, &report->total);
	json_begin_array(json, "sessions");
	for (size_t i = 0; i < report->kept_count; i++)
		write_session(json, report->kept[i]);
	json_end(json);
	json_unsigned(json, "sessions_omitted", report->sessions - report->kept_count);
	json_end(json);
	json_close(json);
}
