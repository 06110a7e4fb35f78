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
		snprintf(match->detail, sizeof match->detail, "it holds no record");
	else if (!devices)
		snprintf(match->detail, sizeof match->detail, "no device was told apart");
	else
		snprintf(match->detail, sizeof match->detail, "%" PRIu64 " other device%s %s seen", devices, devices == 1 ? "" : "s",
		         devices == 1 ? "was" : "were");
}

/* What bears on nothing having been sent: how the tool ended, or that there was more, which nobody can read. */
static void describe_circumstances(const struct capture_facts *capture, struct match *match)
{
	char end[80];

	if (!capture->complete) {
		match->confidence = CONFIDENCE_POSSIBLE;
		snprintf(match->circumstance, sizeof match->circumstance, ", as far as the file can be read");
	} else if (capture->tool.name[0]) {
		snprintf(match->circumstance, sizeof match->circumstance, " (%s)", tool_end_words(end, sizeof end, &capture->tool));
	}
}

bool holds_cap_empty(const struct view *view, struct match *match)
{
	const struct capture_facts *capture = view->capture;

	if (capture->probe_count || capture->idle_stlinks || capture->sessions_total)
		return false;
	match->count = capture->records;
	describe_devices(capture, match);
	describe_circumstances(capture, match);
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
	describe_circumstances(capture, match);
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

/* --- devices --- */

bool holds_serial_odd(const struct view *view, struct match *match)
{
	const struct serial_facts *serials = &view->capture->serials;
	bool worked = false;

	if (!serials->odd)
		return false;
	match_frame(match, serials->odd_frame);
	match->count = serials->odd;
	if (serials->odd_length)
		snprintf(match->detail, sizeof match->detail, "its descriptor has %u bytes", serials->odd_length);
	else
		snprintf(match->detail, sizeof match->detail, "it has none");
	/* A program that sends commands did find the probe: it is none of those that are disturbed. */
	for (size_t i = 0; i < view->capture->session_count; i++)
		worked = worked || view->capture->sessions[i]->first_command;
	if (worked)
		match->severity = SEVERITY_INFO;
	return true;
}

bool holds_serial_generic(const struct view *view, struct match *match)
{
	if (!view->capture->serials.generic)
		return false;
	match_frame(match, view->capture->serials.generic_frame);
	match->count = view->capture->serials.generic;
	return true;
}

static const struct device_facts *other_device(const struct capture_facts *capture, const uint16_t (*ids)[2], size_t count)
{
	for (size_t i = 0; i < capture->device_count; i++)
		for (size_t k = 0; k < count; k++)
			if (capture->devices[i].vid == ids[k][0] && capture->devices[i].pid == ids[k][1])
				return &capture->devices[i];
	return NULL;
}

static void match_device(struct match *match, const struct device_facts *device)
{
	match_frame(match, device->first_frame);
	match->count = 1;
	snprintf(match->detail, sizeof match->detail, "%04x:%04x at %u:%u", device->vid, device->pid, device->bus, device->address);
}

bool holds_foreign_0483(const struct view *view, struct match *match)
{
	static const uint16_t ids[][2] = { { 0x0483, 0x5740 }, { 0x0483, 0x5720 }, { 0x0483, 0xdf11 } };
	const struct device_facts *device = other_device(view->capture, ids, sizeof ids / sizeof ids[0]);

	if (!device)
		return false;
	match_device(match, device);
	return true;
}

/* An ST-Link's board under other firmware can only be told by what its makers call it. */
static bool is_called_stlink(const char *product)
{
	return strcasestr(product, "st-link") || strcasestr(product, "stlink");
}

bool holds_non_st_firmware(const struct view *view, struct match *match)
{
	static const uint16_t ids[][2] = { { 0x1366, 0x0101 }, { 0x1366, 0x0105 }, { 0x1d50, 0x6018 }, { 0x0d28, 0x0204 } };
	static const char *const makers[] = { "SEGGER's (J-Link)", "SEGGER's (J-Link)", "Black Magic's", "DAPLink" };
	const struct capture_facts *capture = view->capture;
	const struct device_facts *device = other_device(capture, ids, sizeof ids / sizeof ids[0]);

	if (!device || capture->probe_count || capture->idle_stlinks)
		return false;
	match_device(match, device);
	for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++)
		if (device->vid == ids[i][0] && device->pid == ids[i][1])
			match->word = makers[i];
	if (!is_called_stlink(device->product)) {
		match->severity = SEVERITY_INFO;
		match->confidence = CONFIDENCE_POSSIBLE;
	}
	return true;
}
