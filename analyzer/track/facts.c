/*
 * Collects the facts of sessions, probes and of the capture as a listener of the tracker.
 * Knows: which session an event belongs to, how many sessions are kept.
 * Must not know: what an event means (facts_session.c), what is good or bad for the user.
 */
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "facts.h"

#define SESSIONS_FIRST 200
#define SESSIONS_LAST 50
#define SECOND INT64_C(1000000000)
#define GENERIC_SERIAL "000000000001"

struct facts {
	struct capture_facts capture;
	facts_leaving *leaving;
	void *context;
	struct session_facts **kept; /* in order of beginning */
	size_t kept_count, kept_capacity;
	bool selected; /* only what the probe at bus and device did */
	uint16_t bus, device;
};

void *facts_allocate(void *old, size_t size)
{
	void *memory = realloc(old, size);

	if (!memory)
		err(2, "stlinkscope");
	return memory;
}

struct facts *facts_new(facts_leaving *leaving, void *context)
{
	struct facts *facts = facts_allocate(NULL, sizeof *facts);

	memset(facts, 0, sizeof *facts);
	facts->leaving = leaving;
	facts->context = context;
	facts->capture.link_type = -1;
	facts->capture.complete = true;
	return facts;
}

void facts_free(struct facts *facts)
{
	if (!facts)
		return;
	for (size_t i = 0; i < facts->kept_count; i++)
		free(facts->kept[i]);
	for (size_t i = 0; i < facts->capture.probe_count; i++)
		sent_free(facts->capture.probes[i].sent);
	free(facts->kept);
	free(facts->capture.probes);
	free(facts->capture.sessions);
	free(facts);
}

static struct probe_facts *probe_at(struct facts *facts, const struct probe *probe)
{
	struct capture_facts *capture = &facts->capture;
	size_t needed = (size_t)probe->index + 1;

	if (needed > capture->probe_count) {
		capture->probes = facts_allocate(capture->probes, needed * sizeof *capture->probes);
		memset(capture->probes + capture->probe_count, 0, (needed - capture->probe_count) * sizeof *capture->probes);
		for (size_t i = capture->probe_count; i < needed; i++)
			capture->probes[i].probe.index = (int)i;
		capture->probe_count = needed;
	}
	return &capture->probes[probe->index];
}

const struct probe_facts *facts_probe(const struct capture_facts *capture, int index)
{
	return index >= 0 && (size_t)index < capture->probe_count ? &capture->probes[index] : NULL;
}

void facts_select(struct facts *facts, uint16_t bus, uint16_t device)
{
	facts->selected = true;
	facts->bus = bus;
	facts->device = device;
}

static bool is_selected(const struct facts *facts, const struct probe *probe)
{
	return !facts->selected || probe_sat_at(probe, facts->bus, facts->device);
}

/* The oldest session behind the first ones that is over; the others are still being told. */
static void let_one_go(struct facts *facts)
{
	for (size_t i = SESSIONS_FIRST; i < facts->kept_count; i++) {
		struct session_facts *session = facts->kept[i];

		if (!session->ended)
			continue;
		if (facts->leaving && is_selected(facts, &facts->capture.probes[session->session.probe].probe))
			facts->leaving(facts->context, &facts->capture, session);
		for (size_t p = 0; p < facts->capture.probe_count; p++)
			if (facts->capture.probes[p].latest == session)
				facts->capture.probes[p].latest = NULL;
		free(session);
		memmove(facts->kept + i, facts->kept + i + 1, (facts->kept_count - i - 1) * sizeof *facts->kept);
		facts->kept_count--;
		return;
	}
}

static void on_session_begin(void *context, const struct probe *probe, const struct session *session)
{
	struct facts *facts = context;
	struct probe_facts *owner = probe_at(facts, probe);
	struct session_facts *begun, *before;

	if (facts->kept_count >= SESSIONS_FIRST + SESSIONS_LAST)
		let_one_go(facts);
	if (facts->kept_count == facts->kept_capacity) {
		facts->kept_capacity = facts->kept_capacity ? facts->kept_capacity * 2 : 16;
		facts->kept = facts_allocate(facts->kept, facts->kept_capacity * sizeof(struct session_facts *));
	}
	begun = facts_allocate(NULL, sizeof *begun);
	session_facts_begin(begun, probe, session);
	if (!owner->sent)
		owner->sent = sent_new();
	sent_clear(owner->sent);
	begun->bytes_sent = owner->sent;
	before = owner->latest;
	if (before && before->session.end == SESSION_NEXT && before->enter_ok.count && !before->left_frame &&
	    session->first_time - before->session.last_time < 10 * SECOND) {
		begun->previous_open = true;
		begun->previous_first_frame = before->session.first_frame;
		begun->previous_last_frame = before->session.last_frame;
	}
	facts->kept[facts->kept_count++] = begun;
	owner->latest = begun;
	owner->sessions++;
	owner->probe = *probe;
	facts->capture.sessions_total++;
}

static void on_transaction(void *context, const struct probe *probe, const struct session *session, const struct transaction *transaction)
{
	struct facts *facts = context;

	(void)session;
	if (facts->capture.probes[probe->index].latest)
		session_facts_transaction(facts->capture.probes[probe->index].latest, probe, transaction);
}

static void on_mode(void *context, const struct probe *probe, const struct session *session, const struct mode_change *change)
{
	struct facts *facts = context;
	struct probe_facts *owner = probe_at(facts, probe);

	(void)session;
	if (owner->latest)
		session_facts_mode(owner->latest, change);
}

/* Notes that come after a session's end still tell what became of its probe. */
static void on_usb(void *context, const struct probe *probe, const struct session *session, const struct usb_note *note)
{
	struct facts *facts = context;
	struct probe_facts *owner;

	(void)session;
	if (!probe)
		return;
	owner = probe_at(facts, probe);
	owner->probe = *probe;
	if (owner->latest)
		session_facts_usb(owner->latest, note);
}

static void on_trace(void *context, const struct probe *probe, const struct session *session, const struct trace_data *trace)
{
	struct facts *facts = context;
	struct session_facts *latest = probe_at(facts, probe)->latest;

	(void)session;
	if (latest)
		session_facts_trace(latest, trace);
}

static void on_gap(void *context, const struct gap *gap)
{
	struct facts *facts = context;

	facts->capture.gaps++;
	facts->capture.dropped += gap->dropped;
}

static void on_tool(void *context, const struct tool_line *line)
{
	struct facts *facts = context;

	facts->capture.tool.lines++;
	facts->capture.tool.stderr_lines += line->is_stderr;
}

void facts_tool(struct facts *facts, const char *name, enum tool_end end, int number)
{
	struct tool_facts *tool = &facts->capture.tool;
	size_t length = 0;

	for (; name[length] && length < sizeof tool->name - 1; length++)
		tool->name[length] = name[length];
	for (size_t i = 0; i < length; i++)
		if (tool->name[i] < ' ' || tool->name[i] > '~')
			tool->name[i] = '?';
	tool->name[length] = '\0';
	tool->end = end;
	tool->number = number;
}

static void on_session_end(void *context, const struct probe *probe, const struct session *session)
{
	struct facts *facts = context;
	struct probe_facts *owner = probe_at(facts, probe);

	owner->probe = *probe;
	if (!owner->latest)
		return;
	owner->latest->session = *session;
	owner->latest->ended = true;
	owner->latest->generation = probe->generation;
	owner->latest->pid = owner->latest->pid ? owner->latest->pid : probe->pid;
}

struct listener facts_listener(struct facts *facts)
{
	return (struct listener){
		.context = facts, .session_begin = on_session_begin, .transaction = on_transaction, .mode = on_mode,
		.usb = on_usb, .trace = on_trace, .gap = on_gap, .tool = on_tool, .session_end = on_session_end,
	};
}

/* --- the end of the capture --- */

static void keep_device(struct capture_facts *capture, const struct device *device)
{
	struct device_facts *kept;

	if (capture->device_count == DEVICES_KEPT) {
		capture->devices_more++;
		return;
	}
	kept = &capture->devices[capture->device_count++];
	*kept = (struct device_facts){
		.bus = device->bus, .address = device->address, .vid = device->vid, .pid = device->pid, .kind = device->kind,
		.records = device->records, .first_frame = device->first_frame, .hid_reports = device->hid_reports,
		.first_hid_frame = device->first_hid_frame, .hid_by_class = device->hid_by_class,
	};
	memcpy(kept->product, device->product, sizeof kept->product);
	device_describe(device, kept->text, sizeof kept->text);
}

/* A probe that left the bus is no longer tied to its device. */
static bool was_probe(const struct probe *probe, const struct device *device)
{
	if (device->probe >= 0)
		return device->probe == probe->index;
	if (device->kind != DEVICE_STLINK || (probe->pid && probe->pid != device->pid) ||
	    (probe->serial[0] && device->serial[0] && strcmp(probe->serial, device->serial)))
		return false;
	return probe_sat_at(probe, device->bus, device->address);
}

static void add_to_probe(struct capture_facts *capture, const struct device *device)
{
	for (size_t i = 0; i < capture->probe_count; i++) {
		struct device *kept = &capture->probes[i].device;
		uint64_t records = kept->records + device->records, foreign = kept->foreign_records + device->foreign_records;

		if (!was_probe(&capture->probes[i].probe, device))
			continue;
		if (device->described || !kept->address)
			*kept = *device;
		kept->records = records;
		kept->foreign_records = foreign;
		return;
	}
}

/* 12 characters or 24: all that genuine probes have. */
void facts_note_serial(struct serial_facts *serials, const struct device *device)
{
	bool whole_descriptor = device->bcd_device || device->manufacturer_index || device->product_index;
	bool missing = whole_descriptor && !device->serial_index;

	if (!strcmp(device->serial, GENERIC_SERIAL) && !serials->generic++)
		serials->generic_frame = device->first_frame;
	if (!missing && (!device->serial_length || device->serial_length == 26 || device->serial_length == 50))
		return;
	if (!serials->odd++) {
		serials->odd_frame = device->first_frame;
		serials->odd_length = missing ? 0 : device->serial_length;
	}
}

static void visit_device(const struct device *device, void *context)
{
	struct capture_facts *capture = context;

	if (device->kind == DEVICE_STLINK && device->described)
		facts_note_serial(&capture->serials, device);
	if (device->kind == DEVICE_STLINK || device->probe >= 0) {
		capture->idle_stlinks += device->probe < 0;
		add_to_probe(capture, device);
		return;
	}
	keep_device(capture, device);
	/* A probe's HID interface carries debug commands, not key strokes. */
	if (!device->hid_reports || device->kind == DEVICE_CMSIS_DAP || device->kind == DEVICE_HUB)
		return;
	capture->hid_devices++;
	capture->hid_reports += device->hid_reports;
	capture->hid_by_class = capture->hid_by_class || device->hid_by_class;
	if (!capture->first_hid_frame || device->first_hid_frame < capture->first_hid_frame)
		capture->first_hid_frame = device->first_hid_frame;
}

static void finish_tracker(struct facts *facts, const struct tracker *tracker)
{
	struct capture_facts *capture = &facts->capture;
	const struct track_totals *totals = tracker_totals(tracker);

	for (size_t i = 0; i < tracker_probe_count(tracker); i++) {
		const struct probe *probe = tracker_probe(tracker, i);

		probe_at(facts, probe)->probe = *probe;
	}
	capture->transactions = totals->transactions;
	capture->cut_payloads = totals->cut_payloads;
	capture->first_cut_frame = totals->first_cut_frame;
	capture->header_cut = totals->header_cut;
	capture->dropped = totals->dropped;
	capture->first_time = totals->first_time;
	capture->last_time = totals->last_time;
	capture->records = totals->records;
	device_each(tracker_devices(tracker), visit_device, capture);
	capture->unknown_count = tracker_unknown(tracker, capture->unknown, sizeof capture->unknown / sizeof capture->unknown[0]);
}

void facts_finish(struct facts *facts, const struct input_facts *input, const struct tracker *tracker)
{
	struct capture_facts *capture = &facts->capture;

	if (tracker)
		finish_tracker(facts, tracker);
	if (input) {
		capture->link_type = input->link_type;
		capture->complete = input->complete;
		capture->records = input->records;
		capture->pyocd_trace = input->format && !strcmp(input->format, "pyocd-trace");
	}
	for (size_t i = 0; i < capture->probe_count; i++)
		capture->probes[i].left_out = !is_selected(facts, &capture->probes[i].probe);
	free(capture->sessions);
	capture->sessions = facts_allocate(NULL, (facts->kept_count + 1) * sizeof(struct session_facts *));
	capture->session_count = 0;
	for (size_t i = 0; i < facts->kept_count; i++)
		if (is_selected(facts, &capture->probes[facts->kept[i]->session.probe].probe))
			capture->sessions[capture->session_count++] = facts->kept[i];
}

const struct capture_facts *facts_capture(const struct facts *facts)
{
	return &facts->capture;
}
