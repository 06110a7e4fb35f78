/*
 * The verdict as text.
 * Knows: layout, wrapping, folding of sessions that say the same. Must not know: how anything was judged.
 * Nothing from a device is printed but through terminal_safe.
 */
#include <inttypes.h>
#include <string.h>

#include "phases_words.h"
#include "summary_device.h"
#include "summary_text.h"
#include "terminal.h"
#include "wrap.h"

#define LABEL 12 /* columns of the left margin of a session's lines */

struct page { FILE *file; const struct summary_style *style; const struct report *report; };

static const char *begin(const struct page *page, enum style style)
{
	return terminal_begin(page->style->color, style);
}

static const char *end(const struct page *page)
{
	return terminal_end(page->style->color);
}

static void heading(const struct page *page, const char *text)
{
	fprintf(page->file, "\n%s%s%s\n", begin(page, STYLE_BOLD), text, end(page));
}

static void paragraph(const struct page *page, const char *label, unsigned indent, const char *text)
{
	wrap_text(page->file, page->style->width, label, indent, text);
}

static enum style style_of(enum severity severity)
{
	return severity == SEVERITY_ERROR ? STYLE_ERROR : severity == SEVERITY_WARNING ? STYLE_WARNING : STYLE_DIM;
}

/* "frame 146", "frames 12, 14 and 3 more" */
static const char *frames_text(char *out, size_t size, const uint64_t *frames, size_t kept, uint64_t count)
{
	size_t shown = kept < 4 ? kept : 4;
	size_t used = (size_t)snprintf(out, size, count > 1 ? "frames" : "frame");

	for (size_t i = 0; i < shown && used < size; i++)
		used += (size_t)snprintf(out + used, size - used, "%s %" PRIu64, i ? "," : "", frames[i]);
	if (count > shown && used < size)
		snprintf(out + used, size - used, " and %" PRIu64 " more", count - shown);
	return out;
}

/* --- first line and advice --- */

static void verdict_line(const struct page *page)
{
	const struct report *report = page->report;
	const char *side = side_name(report->verdict_side);
	char upper[16] = "OK";

	for (size_t i = 0; side && i + 1 < sizeof upper && i <= strlen(side); i++)
		upper[i] = side[i] >= 'a' && side[i] <= 'z' ? (char)(side[i] - 'a' + 'A') : side[i];
	fprintf(page->file, "%s%s:%s %s\n", begin(page, side ? STYLE_ERROR : STYLE_GOOD), upper, end(page), report->verdict);
}

static void numbered(const struct page *page, const char *const *lines)
{
	char label[16];

	for (size_t i = 0; i < RULE_LINES && lines[i]; i++) {
		snprintf(label, sizeof label, "  %zu. ", i + 1);
		paragraph(page, label, 5, lines[i]);
	}
}

static const struct finding *verdict_finding(const struct report *report)
{
	for (size_t i = 0; i < report->finding_count; i++)
		if (report->findings[i].severity == SEVERITY_ERROR)
			return &report->findings[i];
	return report->worst ? report->worst->headline : NULL;
}

/* What made the failure behind the verdict go away later in the capture, or NULL. */
static const struct finding *cure_finding(const struct report *report)
{
	const struct session *worst = report->worst ? &report->worst->facts->session : NULL;

	for (size_t i = 0; worst && i < report->finding_count; i++) {
		const struct finding *finding = &report->findings[i];

		if (finding->rule->cure && finding->match.frame[0] >= worst->first_frame && finding->match.frame[0] <= worst->last_frame)
			return finding;
	}
	return NULL;
}

static void what_to_do(const struct page *page)
{
	const struct finding *cure = cure_finding(page->report);
	const struct finding *finding = cure ? cure : verdict_finding(page->report);

	if (!finding || !finding->rule->advice[0])
		return;
	heading(page, "What to do");
	numbered(page, finding->rule->advice);
	fprintf(page->file, "  More: stlinkscope explain %s\n", finding->rule->id);
}

/* --- probes --- */

static void probe_line(const struct page *page, const struct probe_facts *facts)
{
	const struct probe *probe = &facts->probe;
	const char *generation = stlink_generation_name(probe->generation);
	const char *product = probe->product ? probe->product->product : NULL;
	bool plain = probe->by_descriptor && probe->certainty == CERTAINTY_CERTAIN && !page->style->verbose;
	char label[24], version[48] = "", serial[80] = "", safe[80], text[640], addresses[64] = "";
	size_t used = 0;

	if (probe->has_version)
		stlink_version_text(&probe->version, version, sizeof version);
	if (probe->serial[0] && page->style->serials)
		snprintf(serial, sizeof serial, ", serial %s", terminal_safe(safe, sizeof safe, probe->serial, 64));
	else if (probe->serial[0])
		snprintf(serial, sizeof serial, ", %s", serial_pseudonym(safe, sizeof safe, probe->serial));
	for (size_t i = 0; i < probe->address_count && used < sizeof addresses; i++)
		used += (size_t)snprintf(addresses + used, sizeof addresses - used, "%s%u:%u", i ? ", then " : "", probe->bus, probe->addresses[i]);
	snprintf(label, sizeof label, "Probe %-5d", probe->index);
	snprintf(text, sizeof text, "%s%s%s%s%s", product ? product : "ST-LINK", !product && generation ? "/" : "",
	         !product && generation ? generation : "", version[0] ? ", firmware " : "", version);
	if (probe->pid)
		snprintf(text + strlen(text), sizeof text - strlen(text), ", 0483:%04x", probe->pid);
	snprintf(text + strlen(text), sizeof text - strlen(text), " at %s%s", addresses, serial);
	if (!plain)
		snprintf(text + strlen(text), sizeof text - strlen(text), " (%s, by %s)", confidence_name((enum confidence)probe->certainty),
		         probe->identified_by[0] ? terminal_safe(safe, sizeof safe, probe->identified_by, 70) : "its traffic");
	snprintf(text + strlen(text), sizeof text - strlen(text), "%s", facts->sessions ? "" : "; no command was sent to it");
	paragraph(page, label, LABEL, text);
	if (page->style->verbose)
		summary_device_text(page->file, page->style->width, LABEL, facts);
}

/* --- a session --- */

static void session_line(const struct page *page, const struct session_report *session)
{
	const struct session_facts *facts = session->facts;
	bool has_times = facts->session.last_time != facts->session.first_time; /* a log may have none */
	char label[32], duration[32], volts[16], text[400];

	terminal_duration(duration, sizeof duration, facts->session.last_time - facts->session.first_time);
	snprintf(label, sizeof label, "Session %-2" PRIu64 " ", facts->session.index);
	snprintf(text, sizeof text, "frames %" PRIu64 " to %" PRIu64 "%s%s, %" PRIu64 " command%s", facts->session.first_frame,
	         facts->session.last_frame, has_times ? ", " : "", has_times ? duration : "", facts->commands, facts->commands == 1 ? "" : "s");
	if (page->report->capture->probe_count > 1)
		snprintf(text + strlen(text), sizeof text - strlen(text), ", probe %d", facts->session.probe);
	if (session->client.name)
		snprintf(text + strlen(text), sizeof text - strlen(text), ", by %s (%s)", session->client.name, confidence_name(session->client.confidence));
	else
		snprintf(text + strlen(text), sizeof text - strlen(text), ", by a program not recognised");
	if (facts->voltage.count)
		snprintf(text + strlen(text), sizeof text - strlen(text), ", target %s V", volts_text(volts, sizeof volts, facts->millivolts));
	else
		snprintf(text + strlen(text), sizeof text - strlen(text), ", no voltage read");
	paragraph(page, label, LABEL, text);
}

static const char *mode_text(enum stlink_mode mode)
{
	const char *name = name_of(stlink_mode_names, (uint64_t)mode);

	return name ? name : "?";
}

static void modes_line(const struct page *page, const struct session_facts *facts)
{
	char text[1200] = "";
	uint64_t most = page->style->verbose ? MODES_FIRST : 5;
	size_t used = 0;

	for (uint64_t i = 0; i < facts->mode_changes && i < most && used < sizeof text; i++) {
		const struct mode_change *change = &facts->modes[i];

		if (!i && change->from != MODE_UNKNOWN)
			used += (size_t)snprintf(text, sizeof text, "%s", mode_text(change->from));
		used += (size_t)snprintf(text + used, sizeof text - used, "%s%s (%s, frame %" PRIu64 ")", used ? " -> " : "", mode_text(change->to),
		                         strcmp(change->by, "GET_CURRENT_MODE") ? change->by : "seen", change->frame);
	}
	if (facts->mode_changes > most && used < sizeof text)
		snprintf(text + used, sizeof text - used, " and %" PRIu64 " more changes", facts->mode_changes - most);
	if (!facts->mode_changes) {
		for (unsigned mode = 0; mode <= MODE_BOOTLOADER; mode++)
			if (facts->mode_seen[mode].count)
				snprintf(text, sizeof text, "%s all the time", mode_text((enum stlink_mode)mode));
	}
	if (text[0])
		paragraph(page, "  modes", LABEL, text);
}

static void phases_line(const struct page *page, const struct session_facts *facts)
{
	char text[PHASES_SIZE];

	if (facts->phases.count)
		paragraph(page, "  phases", LABEL, phases_words(text, sizeof text, &facts->phases, page->style->verbose));
}

static const char *state_text(enum rung_state state)
{
	switch (state) {
	case RUNG_NOT_ATTEMPTED: return "not tried";
	case RUNG_NOT_VISIBLE: return "not told";
	case RUNG_FAILED: return "failed";
	case RUNG_MET: return "reached";
	}
	return "";
}

/* The rungs of one state in a line; detail only where it tells what failed or what was found. */
static void rungs_line(const struct page *page, const struct session_report *session, enum rung_state state)
{
	const char *said = "";
	char label[16], text[1024] = "";
	size_t used = 0;

	for (unsigned i = 0; i < RUNGS && used < sizeof text; i++) {
		const struct rung_result *rung = &session->ladder[i];

		if (rung->state != state)
			continue;
		used += (size_t)snprintf(text + used, sizeof text - used, "%s%s", used ? ", " : "", rung_name((enum rung)i));
		if (used < sizeof text && state == RUNG_FAILED && strcmp(said, rung->detail)) {
			used += (size_t)snprintf(text + used, sizeof text - used, " (frame %" PRIu64 ": %s)", rung->frame, rung->detail);
			said = rung->detail;
		}
		if (used < sizeof text && rung->implied)
			used += (size_t)snprintf(text + used, sizeof text - used, " (implied)");
	}
	if (!text[0])
		return;
	snprintf(label, sizeof label, "  %s", state_text(state));
	paragraph(page, label, LABEL, text);
}

static void ladder_in_full(const struct page *page, const struct session_report *session)
{
	static const enum style styles[] = {
		[RUNG_NOT_ATTEMPTED] = STYLE_DIM, [RUNG_NOT_VISIBLE] = STYLE_DIM, [RUNG_FAILED] = STYLE_ERROR, [RUNG_MET] = STYLE_GOOD,
	};

	fprintf(page->file, "  ladder\n");
	for (unsigned i = 0; i < RUNGS; i++) {
		const struct rung_result *rung = &session->ladder[i];
		char frame[32] = "";

		if (rung->frame)
			snprintf(frame, sizeof frame, "frame %" PRIu64 ": ", rung->frame);
		fprintf(page->file, "    %-16s %s%-9s%s %s%s%s\n", rung_name((enum rung)i), begin(page, styles[rung->state]),
		        state_text(rung->state), end(page), frame, rung->detail, rung->implied ? " (implied)" : "");
	}
}

static void ladder_lines(const struct page *page, const struct session_report *session)
{
	if (page->style->verbose) {
		ladder_in_full(page, session);
		return;
	}
	rungs_line(page, session, RUNG_MET);
	rungs_line(page, session, RUNG_FAILED);
	if (session_is_debug(session->facts))
		rungs_line(page, session, RUNG_NOT_ATTEMPTED);
	rungs_line(page, session, RUNG_NOT_VISIBLE);
}

static void add_error(char *text, size_t size, const char *name, const struct tally *tally)
{
	char frames[120];
	size_t kept = tally->count < TALLY_FRAMES ? (size_t)tally->count : TALLY_FRAMES;

	if (tally->count)
		snprintf(text + strlen(text), size - strlen(text), "%s%" PRIu64 " %s (%s)", text[0] ? "; " : "", tally->count, name,
		         frames_text(frames, sizeof frames, tally->frame, kept, tally->count));
}

static void usb_line(const struct page *page, const struct session_facts *facts)
{
	static const enum result results[] = { RESULT_NO_ANSWER, RESULT_SHORT, RESULT_TRUNCATED, RESULT_INCOMPLETE };
	char text[1200] = "";

	for (unsigned i = 0; i <= URB_FAILED; i++)
		add_error(text, sizeof text, urb_result_name((enum urb_result)i), &facts->urb[i]);
	add_error(text, sizeof text, "shifted", &facts->shifted);
	for (size_t i = 0; i < sizeof results / sizeof results[0]; i++)
		add_error(text, sizeof text, result_name(results[i]), &facts->ended_with[results[i]]);
	paragraph(page, "  usb", LABEL, text[0] ? text : "no failed transfer");
}

static void bullet(const struct page *page, const char *text)
{
	char label[LABEL + 3];

	snprintf(label, sizeof label, "%*s- ", LABEL, "");
	paragraph(page, label, LABEL + 2, text);
}

static void finding_lines(const struct page *page, const struct finding *finding)
{
	const struct finding *first = verdict_finding(page->report);
	const struct finding *cure = cure_finding(page->report);
	bool advised = (first && first->rule == finding->rule) || finding == cure; /* what to do about it stands above */
	bool full = !advised && (page->style->verbose || finding->severity >= SEVERITY_WARNING);
	char label[80], text[512];

	if (finding->demoted_by)
		snprintf(text, sizeof text, "%s (follows from %s)", finding->text, finding->demoted_by->rule->id);
	else
		snprintf(text, sizeof text, "%s", finding->text);
	fprintf(page->file, "  %s%-9s %s%s (%s)\n", begin(page, style_of(finding->severity)), severity_name(finding->severity), finding->rule->id,
	        end(page), confidence_name(finding->match.confidence));
	snprintf(label, sizeof label, "%*s", LABEL, "");
	paragraph(page, label, LABEL, text);
	if (full)
		for (size_t i = 0; i < RULE_LINES && finding->rule->advice[i]; i++)
			bullet(page, finding->rule->advice[i]);
	if (!page->style->verbose || !finding->rule->looks_the_same[0])
		return;
	fprintf(page->file, "%*sWhat else looks the same:\n", LABEL, "");
	for (size_t i = 0; i < RULE_LINES && finding->rule->looks_the_same[i]; i++)
		bullet(page, finding->rule->looks_the_same[i]);
}

/* Info of a kind in one line; the rest in full. */
static void findings_of(const struct page *page, const struct session_report *session)
{
	char also[512] = "";

	for (size_t i = 0; i < session->finding_count; i++) {
		const struct finding *finding = &session->findings[i];

		if (finding->severity == SEVERITY_INFO && finding->demoted_by && !page->style->verbose)
			snprintf(also + strlen(also), sizeof also - strlen(also), "%s%s (follows from %s)", also[0] ? ", " : "", finding->rule->id,
			         finding->demoted_by->rule->id);
		else
			finding_lines(page, finding);
	}
	if (also[0])
		paragraph(page, "  also", LABEL, also);
}

static bool same_story(const struct session_report *left, const struct session_report *right)
{
	if (left->facts->session.probe != right->facts->session.probe || left->client.name != right->client.name ||
	    left->finding_count != right->finding_count)
		return false;
	for (size_t i = 0; i < left->finding_count; i++)
		if (left->findings[i].rule != right->findings[i].rule || left->findings[i].severity != right->findings[i].severity)
			return false;
	for (unsigned i = 0; i < RUNGS; i++)
		if (left->ladder[i].state != right->ladder[i].state)
			return false;
	return true;
}

static void one_session(const struct page *page, const struct session_report *session)
{
	fputc('\n', page->file);
	session_line(page, session);
	modes_line(page, session->facts);
	phases_line(page, session->facts);
	ladder_lines(page, session);
	usb_line(page, session->facts);
	findings_of(page, session);
}

/* No session that was not kept lies between this one and the one behind it. */
static bool is_next(const struct report *report, size_t index)
{
	return !report->sessions_omitted ||
	       report->sessions[index + 1].facts->session.index == report->sessions[index].facts->session.index + 1;
}

static void sessions_part(const struct page *page)
{
	const struct report *report = page->report;

	for (size_t i = 0; i < report->session_count; i++) {
		size_t last = i;

		one_session(page, &report->sessions[i]);
		while (last + 1 < report->session_count && is_next(report, last) && same_story(&report->sessions[i], &report->sessions[last + 1]))
			last++;
		if (last > i + 1 || (last == i + 1 && !page->style->verbose)) {
			const struct session_facts *first = report->sessions[i + 1].facts, *end_of = report->sessions[last].facts;

			fprintf(page->file, "\nSession%s %" PRIu64, last > i + 1 ? "s" : "", first->session.index);
			if (last > i + 1)
				fprintf(page->file, " to %" PRIu64, end_of->session.index);
			fprintf(page->file, ": the same again (frames %" PRIu64 " to %" PRIu64 ")\n", first->session.first_frame, end_of->session.last_frame);
			i = last;
		}
	}
	for (size_t i = 0; i < report->omitted_count; i++) {
		const struct omitted *omitted = &report->omitted[i];

		fprintf(page->file, "\n%" PRIu64 " more sessions, not listed: %s (frames %" PRIu64 " to %" PRIu64 ")\n", omitted->count,
		        omitted->headline ? omitted->headline->id : "nothing above info", omitted->first_frame, omitted->last_frame);
	}
}

/* --- the rest --- */

static void capture_findings(const struct page *page)
{
	const struct report *report = page->report;

	if (!report->finding_count)
		return;
	heading(page, "The capture");
	for (size_t i = 0; i < report->finding_count; i++)
		finding_lines(page, &report->findings[i]);
}

static void cannot_see_part(const struct page *page)
{
	const struct report *report = page->report;

	if (!report->cannot_see_count)
		return;
	heading(page, "What USB traffic cannot show");
	for (size_t i = 0; i < report->cannot_see_count; i++)
		paragraph(page, "  - ", 4, report->cannot_see[i]);
}

static void device_lines(const struct page *page)
{
	const struct capture_facts *capture = page->report->capture;
	char label[24], text[320], safe[240];

	heading(page, "Other devices");
	for (size_t i = 0; i < capture->device_count; i++) {
		const struct device_facts *device = &capture->devices[i];

		snprintf(label, sizeof label, "  %u:%u", device->bus, device->address);
		snprintf(text, sizeof text, "%s, %" PRIu64 " record%s", terminal_safe(safe, sizeof safe, device->text, 160), device->records,
		         device->records == 1 ? "" : "s");
		paragraph(page, label, LABEL, text);
	}
	if (capture->devices_more)
		fprintf(page->file, "  and %" PRIu64 " more\n", capture->devices_more);
}

/* Beside a probe they are mentioned, and hubs only counted. */
static void devices_in_brief(const struct page *page)
{
	const struct capture_facts *capture = page->report->capture;
	uint64_t hubs = 0, quiet = capture->devices_more;
	char text[2400] = "", safe[240];

	for (size_t i = 0; i < capture->device_count; i++) {
		const struct device_facts *device = &capture->devices[i];

		if (device->kind == DEVICE_HUB) {
			hubs++;
			continue;
		}
		if (strlen(text) > sizeof text - 300) {
			quiet++;
			continue;
		}
		snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s at %u:%u", text[0] ? "; " : "",
		         terminal_safe(safe, sizeof safe, device->text, 120), device->bus, device->address);
	}
	if (quiet)
		snprintf(text + strlen(text), sizeof text - strlen(text), "%s%" PRIu64 " more", text[0] ? "; " : "", quiet);
	if (hubs)
		snprintf(text + strlen(text), sizeof text - strlen(text), "%s%" PRIu64 " hub%s", text[0] ? "; " : "", hubs, hubs == 1 ? "" : "s");
	fputc('\n', page->file);
	paragraph(page, "Other devices: ", 2, text);
}

static void other_devices(const struct page *page)
{
	const struct capture_facts *capture = page->report->capture;

	if (!capture->device_count)
		return;
	if (page->style->verbose || !capture->probe_count)
		device_lines(page);
	else
		devices_in_brief(page);
}

static void unknown_commands(const struct page *page)
{
	const struct capture_facts *capture = page->report->capture;
	char text[1200] = "";

	for (size_t i = 0; i < capture->unknown_count && strlen(text) < sizeof text - 80; i++) {
		const struct unknown_opcode *unknown = &capture->unknown[i];

		snprintf(text + strlen(text), sizeof text - strlen(text), "%s%02x", text[0] ? ", " : "", unknown->opcode[0]);
		if (unknown->length > 1)
			snprintf(text + strlen(text), sizeof text - strlen(text), " %02x", unknown->opcode[1]);
		snprintf(text + strlen(text), sizeof text - strlen(text), " (%" PRIu64 " times, first in frame %" PRIu64 ")", unknown->count,
		         unknown->first_frame);
	}
	if (!text[0])
		return;
	fputc('\n', page->file);
	paragraph(page, "Unknown commands: ", 2, text);
}

/* Without its arguments, in which paths may be. */
static void tool_line(const struct page *page)
{
	const struct tool_facts *tool = &page->report->capture->tool;
	char text[240], end[80] = "its name is not in the capture";

	if (!tool->name[0] && !tool->lines)
		return;
	if (tool->name[0])
		tool_end_words(end, sizeof end, tool);
	snprintf(text, sizeof text, "%s; it wrote %" PRIu64 " line%s", end, tool->lines, tool->lines == 1 ? "" : "s");
	paragraph(page, "Tool", LABEL, text);
}

void summary_text(FILE *file, const struct report *report, const struct summary_style *style)
{
	struct page page = { file, style, report };

	verdict_line(&page);
	if (style->quiet)
		return;
	what_to_do(&page);
	if (report->capture->probe_count || report->capture->tool.name[0] || report->capture->tool.lines)
		fputc('\n', file);
	tool_line(&page);
	for (size_t i = 0; i < report->capture->probe_count; i++)
		if (!report->capture->probes[i].left_out)
			probe_line(&page, &report->capture->probes[i]);
	sessions_part(&page);
	capture_findings(&page);
	cannot_see_part(&page);
	other_devices(&page);
	unknown_commands(&page);
}
