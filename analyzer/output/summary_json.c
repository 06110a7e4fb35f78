/*
 * The verdict as one JSON object: schema 1 of DESIGN section 6, key by key.
 * Knows: keys. Must not know: how anything was judged.
 */
#include <stdio.h>
#include <string.h>

#include "json.h"
#include "probe_json.h"
#include "summary_device.h"
#include "summary_json.h"

static void write_frame(struct json *json, const char *key, uint64_t frame)
{
	if (frame)
		json_unsigned(json, key, frame);
	else
		json_null(json, key);
}

static void write_frames(struct json *json, const uint64_t *frames, size_t count)
{
	json_begin_array(json, "frames");
	for (size_t i = 0; i < count; i++)
		json_unsigned(json, NULL, frames[i]);
	json_end(json);
}

static void write_lines(struct json *json, const char *key, const char *const *lines, size_t most)
{
	json_begin_array(json, key);
	for (size_t i = 0; i < most && lines[i]; i++)
		json_string(json, NULL, lines[i]);
	json_end(json);
}

static void write_finding(struct json *json, const struct finding *finding)
{
	json_begin_object(json, NULL);
	json_string(json, "id", finding->rule->id);
	json_string(json, "severity", severity_name(finding->severity));
	json_string(json, "confidence", confidence_name(finding->match.confidence));
	json_string(json, "side", side_name(finding->rule->side));
	write_frames(json, finding->match.frame, finding->match.frame_count);
	json_unsigned(json, "count", finding->match.count);
	json_string(json, "text", finding->text);
	write_lines(json, "advice", finding->rule->advice, RULE_LINES);
	write_lines(json, "looks_the_same", finding->rule->looks_the_same, RULE_LINES);
	json_string(json, "demoted_by", finding->demoted_by ? finding->demoted_by->rule->id : NULL);
	json_end(json);
}

static void write_findings(struct json *json, const struct finding *findings, size_t count)
{
	json_begin_array(json, "findings");
	for (size_t i = 0; i < count; i++)
		write_finding(json, &findings[i]);
	json_end(json);
}

/* --- probes --- */

static void write_probe(struct json *json, const struct probe_facts *facts, bool serials)
{
	const struct probe *probe = &facts->probe;

	json_begin_object(json, NULL);
	probe_json_place(json, probe);
	if (probe->vid) {
		json_unsigned(json, "vid", probe->vid);
		json_unsigned(json, "pid", probe->pid);
	} else {
		json_null(json, "vid");
		json_null(json, "pid");
	}
	probe_json_name(json, probe, serials);
	json_string(json, "identified_by", probe->identified_by[0] ? probe->identified_by : "its traffic");
	json_string(json, "certainty", confidence_name((enum confidence)probe->certainty));
	json_unsigned(json, "sessions", facts->sessions);
	summary_device_json(json, facts);
	json_end(json);
}

/* --- sessions --- */

static void write_modes(struct json *json, const struct session_facts *facts)
{
	uint64_t kept = facts->mode_changes < MODES_FIRST ? facts->mode_changes : MODES_FIRST;

	json_begin_array(json, "modes");
	for (uint64_t i = 0; i < kept; i++) {
		const struct mode_change *change = &facts->modes[i];

		json_begin_object(json, NULL);
		json_unsigned(json, "frame", change->frame);
		json_string(json, "from", name_of(stlink_mode_names, (uint64_t)change->from));
		json_string(json, "to", name_of(stlink_mode_names, (uint64_t)change->to));
		json_string(json, "by", change->by);
		json_end(json);
	}
	json_end(json);
	json_unsigned(json, "mode_changes", facts->mode_changes);
}

/* What it did, in steps. */
static void write_phases(struct json *json, const struct phase_log *log)
{
	json_begin_array(json, "phases");
	for (size_t i = 0; i < log->count; i++) {
		const struct phase_span *span = &log->span[i];

		json_begin_object(json, NULL);
		json_string(json, "name", phase_name(span->phase));
		json_unsigned(json, "first_frame", span->first_frame);
		json_unsigned(json, "last_frame", span->last_frame);
		json_unsigned(json, "commands", span->commands);
		json_time(json, "seconds", span->end_time - span->time);
		json_end(json);
	}
	json_end(json);
	json_unsigned(json, "phase_changes", log->count + log->more);
}

static void write_error(struct json *json, const char *kind, const struct tally *tally)
{
	if (!tally->count)
		return;
	json_begin_object(json, kind);
	json_unsigned(json, "count", tally->count);
	write_frames(json, tally->frame, tally->count < TALLY_FRAMES ? (size_t)tally->count : TALLY_FRAMES);
	json_end(json);
}

static void write_errors(struct json *json, const struct session_facts *facts)
{
	static const enum result results[] = { RESULT_NO_ANSWER, RESULT_SHORT, RESULT_TRUNCATED, RESULT_INCOMPLETE };

	json_begin_object(json, "usb_errors");
	for (unsigned i = 0; i <= URB_FAILED; i++)
		write_error(json, urb_result_name((enum urb_result)i), &facts->urb[i]);
	write_error(json, "shifted", &facts->shifted);
	for (size_t i = 0; i < sizeof results / sizeof results[0]; i++)
		write_error(json, result_name(results[i]), &facts->ended_with[results[i]]);
	json_end(json);
}

static void write_ladder(struct json *json, const struct session_report *session)
{
	json_begin_array(json, "ladder");
	for (unsigned i = 0; i < RUNGS; i++) {
		const struct rung_result *rung = &session->ladder[i];

		json_begin_object(json, NULL);
		json_string(json, "rung", rung_name((enum rung)i));
		json_string(json, "state", rung_state_name(rung->state));
		json_boolean(json, "implied", rung->implied);
		write_frame(json, "frame", rung->frame);
		json_string(json, "detail", rung->detail);
		json_end(json);
	}
	json_end(json);
}

static void write_session(struct json *json, const struct session_report *session)
{
	const struct session_facts *facts = session->facts;
	const struct rule *headline = session->headline ? session->headline->rule : NULL;
	char voltage[24];

	json_begin_object(json, NULL);
	json_unsigned(json, "session", facts->session.index);
	json_integer(json, "probe", facts->session.probe);
	json_begin_object(json, "client_guess");
	json_string(json, "name", session->client.name);
	json_string(json, "confidence", session->client.name ? confidence_name(session->client.confidence) : NULL);
	json_string(json, "reason", session->client.name ? session->client.reason : NULL);
	json_end(json);
	json_unsigned(json, "first_frame", facts->session.first_frame);
	json_unsigned(json, "last_frame", facts->session.last_frame);
	json_time(json, "first_time", facts->session.first_time);
	json_time(json, "last_time", facts->session.last_time);
	json_unsigned(json, "commands", facts->commands);
	snprintf(voltage, sizeof voltage, "%d.%03d", (int)(facts->millivolts / 1000), (int)(facts->millivolts % 1000));
	json_string(json, "voltage", facts->voltage.count ? voltage : NULL);
	write_modes(json, facts);
	write_phases(json, &facts->phases);
	write_errors(json, facts);
	write_ladder(json, session);
	json_string(json, "headline", headline ? headline->id : NULL);
	json_string(json, "headline_rung", headline && headline->rung != RUNG_NONE ? rung_name(headline->rung) : NULL);
	write_findings(json, session->findings, session->finding_count);
	json_end(json);
}

/* The sessions that were not kept whole: how many, and how many per headline. */
static void write_omitted(struct json *json, const struct report *report)
{
	json_unsigned(json, "sessions_omitted", report->sessions_omitted);
	json_begin_array(json, "sessions_omitted_by_headline");
	for (size_t i = 0; i < report->omitted_count; i++) {
		const struct omitted *omitted = &report->omitted[i];

		json_begin_object(json, NULL);
		json_string(json, "headline", omitted->headline ? omitted->headline->id : NULL);
		json_unsigned(json, "count", omitted->count);
		json_unsigned(json, "first_frame", omitted->first_frame);
		json_unsigned(json, "last_frame", omitted->last_frame);
		json_end(json);
	}
	json_end(json);
}

/* --- the rest --- */

static void write_unknown(struct json *json, const struct capture_facts *capture)
{
	json_begin_array(json, "unknown_commands");
	for (size_t i = 0; i < capture->unknown_count; i++) {
		const struct unknown_opcode *unknown = &capture->unknown[i];

		json_begin_object(json, NULL);
		json_hex(json, "opcode", unknown->opcode, unknown->length);
		json_unsigned(json, "count", unknown->count);
		json_unsigned(json, "first_frame", unknown->first_frame);
		json_end(json);
	}
	json_end(json);
}

static void write_devices(struct json *json, const struct capture_facts *capture)
{
	json_begin_array(json, "other_devices");
	for (size_t i = 0; i < capture->device_count; i++) {
		const struct device_facts *device = &capture->devices[i];

		json_begin_object(json, NULL);
		json_unsigned(json, "bus", device->bus);
		json_unsigned(json, "address", device->address);
		json_unsigned(json, "vid", device->vid);
		json_unsigned(json, "pid", device->pid);
		json_string(json, "kind", device_kind_name(device->kind));
		json_string(json, "product", device->product[0] ? device->product : NULL);
		json_string(json, "text", device->text);
		json_unsigned(json, "records", device->records);
		json_end(json);
	}
	json_end(json);
}

static void write_tool(struct json *json, const struct tool_facts *tool)
{
	if (!tool->name[0] && !tool->lines)
		return;
	json_begin_object(json, "tool");
	json_string(json, "name", tool->name[0] ? tool->name : NULL);
	if (tool->end == TOOL_EXITED)
		json_integer(json, "exit_status", tool->number);
	else
		json_null(json, "exit_status");
	if (tool->end == TOOL_SIGNALLED)
		json_integer(json, "signal", tool->number);
	else
		json_null(json, "signal");
	json_unsigned(json, "lines", tool->lines);
	json_unsigned(json, "stderr_lines", tool->stderr_lines);
	json_end(json);
}

void summary_json(FILE *file, const struct report *report, const char *name, bool serials)
{
	const struct capture_facts *capture = report->capture;
	struct json *json = json_open(file);

	json_begin_message(json, "summary");
	if (name)
		json_string(json, "file", name);
	json_begin_object(json, "capture");
	if (capture->link_type < 0)
		json_null(json, "link_type");
	else
		json_integer(json, "link_type", capture->link_type);
	json_unsigned(json, "packets", capture->records);
	json_boolean(json, "complete", capture->complete);
	json_end(json);
	json_begin_object(json, "verdict");
	json_string(json, "side", side_name(report->verdict_side));
	json_string(json, "text", report->verdict);
	json_end(json);
	write_tool(json, &capture->tool);
	json_begin_array(json, "probes");
	for (size_t i = 0; i < capture->probe_count; i++)
		if (!capture->probes[i].left_out)
			write_probe(json, &capture->probes[i], serials);
	json_end(json);
	json_begin_array(json, "sessions");
	for (size_t i = 0; i < report->session_count; i++)
		write_session(json, &report->sessions[i]);
	json_end(json);
	write_omitted(json, report);
	write_findings(json, report->findings, report->finding_count);
	write_lines(json, "cannot_see", report->cannot_see, report->cannot_see_count);
	write_unknown(json, capture);
	write_devices(json, capture);
	json_end(json);
	json_close(json);
}
