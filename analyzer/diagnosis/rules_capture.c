/*
 * Predicates about the capture itself: is the probe in it, is it whole, what else is in it.
 * Pure: const facts in, a match out. The words are in rules.c.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "diagnosis.h"

#define PROBES_NAMED 6

static void describe_devices(const struct capture_facts *capture, struct match *match)
{
	uint64_t devices = capture->device_count + capture->devices_more;

	if (capture->pyocd_trace)
		snprintf(match->detail, sizeof match->detail, "the text holds no line of a command");
	else if (!capture->records)
		snprintf(match->detail, sizeof match->detail, "the file holds no record");
	else if (!devices)
		snprintf(match->detail, sizeof match->detail, "no device was told apart");
	else
		snprintf(match->detail, sizeof match->detail, "%" PRIu64 " other device%s %s seen", devices, devices == 1 ? "" : "s",
		         devices == 1 ? "was" : "were");
}

bool holds_cap_empty(const struct view *view, struct match *match)
{
	const struct capture_facts *capture = view->capture;

	if (capture->probe_count || capture->idle_stlinks || capture->sessions_total)
		return false;
	match->count = capture->records;
	describe_devices(capture, match);
	return true;
}

bool holds_cap_no_commands(const struct view *view, struct match *match)
{
	const struct capture_facts *capture = view->capture;

	if (capture->sessions_total || (!capture->probe_count && !capture->idle_stlinks))
		return false;
	for (size_t i = 0; i < capture->probe_count; i++)
		if (capture->probes[i].probe.commands)
			return false;
	if (capture->probe_count) {
		const struct probe *probe = &capture->probes[0].probe;

		match_frame(match, probe->first_frame);
		snprintf(match->detail, sizeof match->detail, "0483:%04x at %u:%u", probe->pid, probe->bus,
		         probe->address_count ? probe->addresses[probe->address_count - 1] : 0);
	}
	match->count = capture->probe_count ? capture->probe_count : capture->idle_stlinks;
	return true;
}

bool holds_cap_truncated(const struct view *view, struct match *match)
{
	const struct capture_facts *capture = view->capture;

	if (!capture->probe_count || !capture->cut_payloads)
		return false;
	match_frame(match, capture->first_cut_frame);
	match->count = capture->cut_payloads;
	return true;
}

bool holds_cap_started_late(const struct view *view, struct match *match)
{
	const struct session_facts *session = view->session;

	if (!session->session.first_of_probe || !session->first_command)
		return false;
	switch (session->first_command->operation) {
	case OP_VERSION:
	case OP_VERSION_EX:
	case OP_MODE:
	case OP_LOADER_QUERY:
	case OP_LOADER_ENTER:
		return false;
	default:
		break;
	}
	match_frame(match, session->first_command_frame);
	match->count = 1;
	match->command = session->first_command;
	return true;
}

bool holds_cap_hid_present(const struct view *view, struct match *match)
{
	const struct capture_facts *capture = view->capture;

	if (!capture->hid_reports)
		return false;
	match_frame(match, capture->first_hid_frame);
	match->count = capture->hid_reports;
	snprintf(match->detail, sizeof match->detail, "%zu device%s", capture->hid_devices, capture->hid_devices == 1 ? "" : "s");
	if (!capture->hid_by_class)
		match->confidence = CONFIDENCE_LIKELY;
	return true;
}

bool holds_multi_probe(const struct view *view, struct match *match)
{
	const struct capture_facts *capture = view->capture;

	match->count = 0;
	for (size_t i = 0; i < capture->probe_count; i++) {
		const struct probe *probe = &capture->probes[i].probe;
		size_t used = strlen(match->detail);

		if (!capture->probes[i].sessions)
			continue;
		if (match->count < PROBES_NAMED)
			snprintf(match->detail + used, sizeof match->detail - used, "%s%u:%u", used ? ", " : "", probe->bus,
			         probe->address_count ? probe->addresses[probe->address_count - 1] : 0);
		else if (match->count == PROBES_NAMED)
			snprintf(match->detail + used, sizeof match->detail - used, " and more");
		match_frame(match, probe->first_frame);
		match->count++;
	}
	return match->count > 1;
}
