/*
 * The report as a page (report_html.h): everything but the charts.
 * Knows: HTML, in reading order. Must not know: how anything was judged.
 * Everything that came from a device or a file goes through markup.h. End tags that HTML allows to leave out are left out in the transcript.
 */
#include "report_html.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "../../dissectors/stlink.h"
#include "../select.h"
#include "markup.h"
#include "phases_words.h"
#include "report_page.h"
#include "terminal.h"

#define TEXTS_BUDGET 900000    /* bytes of the rows' words and details in all, that a page with every row it may have stays below 2 MB */
#define DETAILS_LONGEST 6000   /* of one row */
#define WORDS_KEPT 100         /* bytes for the words of each row to come, which details may not take */
#define WORDS_LONGEST 2000     /* columns of one row */
#define WORDS_SHORT 16         /* the same where the budget is used up, as only words of others can */
#define IDS 32768              /* places for the frames that can be linked to: more than there are rows */

struct html_rows {
	FILE *file;
	bool every;          /* there is room for the details of every row */
	uint64_t texts;      /* bytes of words and details so far */
	uint64_t to_come;    /* rows */
	int64_t first_time;
	uint64_t ids[IDS];   /* frames that have an id in the page, by hash; 0: free */
	size_t id_count;
	uint64_t *links;     /* frames that the page's upper part leads to */
	size_t link_count;
};

void html_rows_link(struct html_rows *rows, uint64_t frame)
{
	rows->links = facts_allocate(rows->links, (rows->link_count + 1) * sizeof rows->links[0]);
	rows->links[rows->link_count++] = frame;
}

static void link_frame(struct html_rows *rows, uint64_t frame)
{
	html_rows_link(rows, frame);
	fprintf(rows->file, "<a href=\"#f%" PRIu64 "\">frame %" PRIu64 "</a>", frame, frame);
}

static const char *severity_class(enum severity severity)
{
	return severity == SEVERITY_ERROR ? "error" : severity == SEVERITY_WARNING ? "warning" : "info";
}

/* --- the top --- */

static void head(FILE *file)
{
	fprintf(file, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src '%s'; script-src '%s'; base-uri 'none'; "
	        "form-action 'none'\">\n<meta name=\"referrer\" content=\"no-referrer\">\n"
	        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>ST-Link report</title>\n"
	        "<style>%s</style>\n</head>\n<body>\n<a class=\"skip\" href=\"#transcript\">To the transcript</a>\n",
	        report_css_hash, report_js_hash, report_css);
}

static void verdict(FILE *file, const struct report *report)
{
	const char *side = side_name(report->verdict_side);

	fputs("<header>\n<h1>stlinkscope report</h1>\n<p class=\"verdict\"><span class=\"side ", file);
	fputs(side ? "error\">" : "good\">", file);
	if (side)
		fprintf(file, "Failed side: %s:", side);
	else
		fputs("OK:", file);
	fputs("</span> ", file);
	markup_text(file, report->verdict);
	fputs("</p>\n</header>\n<main>\n", file);
}

static void lines_as_list(FILE *file, const char *tag, const char *const *lines, size_t most)
{
	if (!most || !lines[0])
		return;
	fprintf(file, "<%s>", tag);
	for (size_t i = 0; i < most && lines[i]; i++) {
		fputs("<li>", file);
		markup_text(file, lines[i]);
	}
	fprintf(file, "</%s>\n", tag);
}

static void finding(struct html_rows *rows, const struct finding *finding)
{
	const char *severity = severity_class(finding->severity);
	FILE *file = rows->file;

	fprintf(file, "<div class=\"finding is-%s\">\n<h4><span class=\"%s\">%s</span> ", severity, severity, severity_name(finding->severity));
	markup_print(file, "%s (%s)", finding->rule->id, confidence_name(finding->match.confidence));
	fputs("</h4>\n<p>", file);
	markup_text(file, finding->text);
	if (finding->demoted_by)
		markup_print(file, " It follows from %s.", finding->demoted_by->rule->id);
	fputs("</p>\n", file);
	if (finding->match.frame_count) {
		fputs("<p>Evidence: ", file);
		for (size_t i = 0; i < finding->match.frame_count; i++) {
			fputs(i ? ", " : "", file);
			link_frame(rows, finding->match.frame[i]);
		}
		if (finding->match.count > finding->match.frame_count)
			fprintf(file, " (%" PRIu64 " in all)", finding->match.count);
		fputs("</p>\n", file);
	}
	if (finding->severity >= SEVERITY_WARNING || finding->rule->cure)
		lines_as_list(file, "ol", finding->rule->advice, RULE_LINES);
	if (finding->severity >= SEVERITY_WARNING && finding->rule->looks_the_same[0]) {
		fputs("<details><summary>What else looks the same</summary>", file);
		lines_as_list(file, "ul", finding->rule->looks_the_same, RULE_LINES);
		fputs("</details>\n", file);
	}
	fputs("</div>\n", file);
}

/* --- sessions --- */

static void ladder(struct html_rows *rows, const struct session_report *session)
{
	static const char *const states[] = {
		[RUNG_NOT_ATTEMPTED] = "not tried", [RUNG_NOT_VISIBLE] = "not told", [RUNG_FAILED] = "failed", [RUNG_MET] = "reached",
	};
	FILE *file = rows->file;

	fputs("<table><caption>How far it got</caption><thead><tr><th scope=\"col\">Step<th scope=\"col\">State<th scope=\"col\">Evidence<tbody>\n", file);
	for (unsigned i = 0; i < RUNGS; i++) {
		const struct rung_result *rung = &session->ladder[i];
		const char *class = rung->state == RUNG_MET ? "met" : rung->state == RUNG_FAILED ? "failed" : "dim";

		fprintf(file, "<tr><th scope=\"row\">%s<td class=\"%s\">%s%s<td>", rung_label((enum rung)i), class, states[rung->state],
		        rung->implied ? " (implied)" : "");
		if (rung->frame) {
			link_frame(rows, rung->frame);
			fputs(*rung->detail ? ": " : "", file);
		}
		markup_text(file, rung->detail);
		fputc('\n', file);
	}
	fputs("</table>\n", file);
}

static void term(FILE *file, const char *name)
{
	fprintf(file, "<dt>%s<dd>", name);
}

static void session_facts(struct html_rows *rows, const struct session_report *session)
{
	const struct session_facts *facts = session->facts;
	FILE *file = rows->file;
	char text[64], phases[PHASES_SIZE];

	fputs("<dl>\n", file);
	term(file, "Tool");
	if (session->client.name)
		markup_print(file, "%s (%s)", session->client.name, confidence_name(session->client.confidence));
	else
		fputs("not recognised", file);
	term(file, "Target");
	if (facts->voltage.count)
		markup_print(file, "%s V", volts_text(text, sizeof text, facts->millivolts));
	else
		fputs("no voltage read", file);
	term(file, "Took");
	markup_print(file, "%s, %" PRIu64 " commands", terminal_duration(text, sizeof text, facts->session.last_time - facts->session.first_time),
	             facts->commands);
	term(file, "Steps");
	markup_print(file, "%s", phases_words(phases, sizeof phases, &facts->phases, false));
	term(file, "Modes");
	for (uint64_t i = 0; i < facts->mode_changes && i < MODES_FIRST; i++) {
		const char *mode = name_of(stlink_mode_names, (uint64_t)facts->modes[i].to);

		if (!strcmp(facts->modes[i].by, "GET_CURRENT_MODE"))
			markup_print(file, "%s%s, seen in ", i ? "; " : "", mode ? mode : "?");
		else
			markup_print(file, "%s%s, by %s in ", i ? "; " : "", mode ? mode : "?", facts->modes[i].by);
		link_frame(rows, facts->modes[i].frame);
	}
	fputs(facts->mode_changes ? "\n</dl>\n" : "no switch\n</dl>\n", file);
}

static void session(struct html_rows *rows, const struct session_report *session)
{
	const struct session *of = &session->facts->session;
	FILE *file = rows->file;

	fprintf(file, "<section>\n<h3>Session %" PRIu64 ", ", of->index);
	link_frame(rows, of->first_frame);
	fprintf(file, " to %" PRIu64 "</h3>\n", of->last_frame);
	session_facts(rows, session);
	for (size_t i = 0; i < session->finding_count; i++)
		finding(rows, &session->findings[i]);
	ladder(rows, session);
	fputs("</section>\n", file);
}

#define SESSIONS_SHOWN 12

static void sessions(struct html_rows *rows, const struct report *report)
{
	size_t shown = report->session_count < SESSIONS_SHOWN ? report->session_count : SESSIONS_SHOWN;
	bool worst_shown = !report->worst;
	FILE *file = rows->file;

	fputs("<h2 id=\"sessions\">Sessions and findings</h2>\n", file);
	for (size_t i = 0; i < shown; i++) {
		session(rows, &report->sessions[i]);
		worst_shown |= &report->sessions[i] == report->worst;
	}
	if (!worst_shown)
		session(rows, report->worst);
	if (report->session_count > shown || report->sessions_omitted)
		fprintf(file, "<p>%" PRIu64 " more sessions are counted only.</p>\n",
		        (uint64_t)(report->session_count - shown) + report->sessions_omitted - !worst_shown);
	if (report->finding_count)
		fputs("<h3>The capture</h3>\n", file);
	for (size_t i = 0; i < report->finding_count; i++)
		finding(rows, &report->findings[i]);
}

/* --- probes --- */

static void probe(FILE *file, const struct probe_facts *facts, bool serials)
{
	const struct probe *probe = &facts->probe;
	const char *generation = stlink_generation_name(probe->generation);
	char text[80] = "not read";

	fputs("<dl>\n", file);
	term(file, "Probe");
	if (probe->product)
		markup_print(file, "%d: %s", probe->index, probe->product->product);
	else
		markup_print(file, "%d: ST-LINK%s%s", probe->index, generation ? "/" : "", generation ? generation : "");
	if (probe->pid)
		fprintf(file, ", 0483:%04x", probe->pid);
	term(file, "Firmware");
	if (probe->has_version)
		stlink_version_text(&probe->version, text, sizeof text);
	markup_text(file, text);
	term(file, "Address");
	for (size_t i = 0; i < probe->address_count; i++)
		fprintf(file, "%s%u:%u", i ? ", then " : "", probe->bus, probe->addresses[i]);
	term(file, "Product");
	markup_text_cut(file, probe->product_text, 200);
	term(file, "Serial number");
	if (!probe->serial[0])
		fputs("not in the capture", file);
	else if (serials)
		markup_text_cut(file, probe->serial, 200);
	else
		markup_print(file, "%s (a pseudonym)", serial_pseudonym(text, sizeof text, probe->serial));
	fputs("\n</dl>\n", file);
}

static void probes(FILE *file, const struct report_parts *parts)
{
	const struct capture_facts *capture = parts->report->capture;

	fputs("<h2 id=\"probes\">Probe</h2>\n", file);
	for (size_t i = 0; i < capture->probe_count; i++)
		if (!capture->probes[i].left_out)
			probe(file, &capture->probes[i], parts->serials);
	if (!capture->probe_count)
		fputs("<p>There is no ST-Link in this capture.</p>\n", file);
}

static void filters(FILE *file)
{
	fputs("<form id=\"filters\" class=\"filters\" aria-label=\"Filters of the transcript\">\n"
	      "<label>Search<input name=\"words\" type=\"search\" autocomplete=\"off\"></label>\n"
	      "<label>Commands<select name=\"group\"><option value=\"\">all", file);
	for (int group = 0; group <= GROUP_SCSI; group++)
		fprintf(file, "<option>%s", select_group_name((enum stlink_group)group));
	fputs("</select></label>\n<label>Address<input name=\"address\" class=\"short\" placeholder=\"0x08000000+1024\" autocomplete=\"off\"></label>\n"
	      "<label>Frames<input name=\"frames\" class=\"short\" placeholder=\"100-200\" autocomplete=\"off\"></label>\n"
	      "<label class=\"row\"><input name=\"bad\" type=\"checkbox\">only what failed</label>\n"
	      "<button type=\"reset\">Show all</button>\n<output id=\"shown\" aria-live=\"polite\"></output>\n</form>\n", file);
}

void report_html_begin(struct html_rows *rows, const struct report_parts *parts)
{
	FILE *file = rows->file;

	head(file);
	verdict(file, parts->report);
	sessions(rows, parts->report);
	probes(file, parts);
	report_html_timeline(file, rows, parts);
	report_html_latency(file, rows, parts->timing);
	fputs("<h2 id=\"transcript\">Transcript</h2>\n", file);
	filters(file);
	fputs("<div class=\"wide\"><table id=\"rows\"><caption>Each row is a command with its answer. A row opens to fields and bytes.</caption>\n<thead><tr>"
	      "<th scope=\"col\" class=\"n\">Frame<th scope=\"col\" class=\"n\">Time, s<th scope=\"col\">Device<th scope=\"col\">Command"
	      "<th scope=\"col\">Answer<th scope=\"col\" class=\"n\">Took<tbody>\n", file);
}

/* --- rows --- */

struct html_rows *html_rows_new(FILE *file, uint64_t total, int64_t first_time)
{
	struct html_rows *rows = memset(facts_allocate(NULL, sizeof *rows), 0, sizeof *rows);

	rows->file = file;
	rows->every = total <= 1000;
	rows->to_come = total < ROWS_MOST ? total : ROWS_MOST;
	rows->first_time = first_time;
	return rows;
}

void html_rows_free(struct html_rows *rows)
{
	free(rows->links);
	free(rows);
}

/* An id may stand once in a page: the first row that holds the frame gets it. */
static bool claim(struct html_rows *rows, uint64_t frame)
{
	size_t place = (size_t)(frame * UINT64_C(0x9e3779b97f4a7c15) >> 49);

	while (rows->ids[place] && rows->ids[place] != frame)
		place = (place + 1) % IDS;
	if (rows->ids[place] || rows->id_count > IDS - IDS / 4)
		return false;
	rows->ids[place] = frame;
	rows->id_count++;
	return true;
}

static void anchor(struct html_rows *rows, uint64_t frame)
{
	if (claim(rows, frame))
		fprintf(rows->file, "<a id=f%" PRIu64 "></a>", frame);
}

static void place_columns(struct html_rows *rows, const struct report_row *row)
{
	int64_t since = row->time - rows->first_time;

	fprintf(rows->file, "<td class=n>%" PRIu64, row->frame);
	if (row->kind != ROW_TOOL)
		anchor(rows, row->frame);
	for (size_t i = 0; i < row->anchor_count; i++)
		anchor(rows, row->anchors[i]);
	fprintf(rows->file, "<td class=n>%s%" PRId64 ".%06d", since < 0 ? "-" : "", (since < 0 ? -since : since) / 1000000000,
	        (int)((since < 0 ? -since : since) % 1000000000 / 1000));
	if (row->bus || row->device)
		fprintf(rows->file, "<td>%u:%u", row->bus, row->device);
	else
		fputs("<td>", rows->file);
}

static bool has_room(const struct html_rows *rows, const struct report_row *row)
{
	return *row->details && (rows->every || row->matters) && rows->texts + rows->to_come * WORDS_KEPT < TEXTS_BUDGET;
}

static void words(struct html_rows *rows, const char *text)
{
	rows->texts += markup_text_cut(rows->file, text, rows->texts < TEXTS_BUDGET ? WORDS_LONGEST : WORDS_SHORT);
}

static void command_row(struct html_rows *rows, const struct report_row *row)
{
	FILE *file = rows->file;
	char took[40];

	fprintf(file, "<tr%s data-f=%" PRIu64 " data-g=%s", row->bad ? " class=bad" : row->waits ? " class=wait" : "", row->frame, row->group);
	if (row->has_address)
		fprintf(file, " data-a=%" PRIu64 " data-l=%" PRIu64, row->address, row->length);
	fputc('>', file);
	place_columns(rows, row);
	fputs("<td>", file);
	if (has_room(rows, row)) {
		fputs("<details><summary>", file);
		words(rows, row->words);
		fputs("</summary><pre>", file);
		rows->texts += markup_lines(file, row->details, DETAILS_LONGEST);
		fputs("</pre></details>", file);
	} else {
		words(rows, row->words);
	}
	fputs("<td>", file);
	words(rows, row->answer);
	fprintf(file, "<td class=n>%s\n", row->latency > 0 ? terminal_duration(took, sizeof took, row->latency) : "");
}

static void left_row(struct html_rows *rows, const struct report_row *row)
{
	fprintf(rows->file, "<tr class=left><td colspan=6>%" PRIu64 " rows from frame %" PRIu64 " on are left out: %s", row->left_out, row->frame,
	        row->bad ? "there is no room for them" : "nothing failed in them");
	for (size_t i = 0; i < rows->link_count; i++)
		if (rows->links[i] >= row->frame && rows->links[i] <= row->last_frame)
			anchor(rows, rows->links[i]);
	fputc('\n', rows->file);
}

void html_rows_put(void *context, const struct report_row *row)
{
	struct html_rows *rows = context;
	FILE *file = rows->file;

	rows->to_come -= rows->to_come && row->kind != ROW_LEFT_OUT;
	switch (row->kind) {
	case ROW_COMMAND:
		command_row(rows, row);
		return;
	case ROW_SESSION: case ROW_PHASE:
		fputs("<tr class=head><th colspan=6 scope=rowgroup>", file);
		words(rows, row->words);
		fputc('\n', file);
		return;
	case ROW_LEFT_OUT:
		left_row(rows, row);
		return;
	case ROW_EVENT: case ROW_TOOL:
		fprintf(file, "<tr class=%s data-f=%" PRIu64 ">", row->kind == ROW_TOOL ? "tool" : row->bad ? "\"event bad\"" : "event", row->frame);
		place_columns(rows, row);
		fputs("<td colspan=3 class=words>", file);
		words(rows, row->words);
		fputc('\n', file);
		return;
	}
}

/* --- the end --- */

static int by_number(const void *one, const void *other)
{
	uint64_t first = *(const uint64_t *)one, second = *(const uint64_t *)other;

	return first < second ? -1 : first > second;
}

/* Where links lead to that have found no row. */
static void rest_of_links(struct html_rows *rows)
{
	bool any = false;

	if (rows->link_count)
		qsort(rows->links, rows->link_count, sizeof rows->links[0], by_number);
	for (size_t i = 0; i < rows->link_count; i++) {
		if (!claim(rows, rows->links[i]))
			continue;
		fputs(any ? ", " : "<p class=\"dim\">Named above, and no row of the transcript: ", rows->file);
		fprintf(rows->file, "<a id=f%" PRIu64 "></a>frame %" PRIu64, rows->links[i], rows->links[i]);
		any = true;
	}
	fputs(any ? ". It is about a whole device, another device's, or was left out.</p>\n" : "", rows->file);
}

void report_html_end(struct html_rows *rows, const struct report_parts *parts)
{
	FILE *file = rows->file;

	fputs("</table></div>\n", file);
	rest_of_links(rows);
	if (parts->removed[0]) {
		fputs("<h2 id=\"removed\">What is not in this page</h2>\n", file);
		lines_as_list(file, "ul", parts->removed, SIZE_MAX);
	}
	if (parts->report->cannot_see_count) {
		fputs("<h2 id=\"unseen\">What USB traffic cannot show</h2>\n", file);
		lines_as_list(file, "ul", parts->report->cannot_see, parts->report->cannot_see_count);
	}
	fputs("</main>\n<footer>", file);
	if (!parts->complete)
		fputs("<p class=\"warning\">The input could not be read to its end: this page tells what precedes that place.</p>\n", file);
	markup_print(file, "Made by %s.", parts->program);
	fprintf(file, "</footer>\n<script>%s</script>\n</body>\n</html>\n", report_js);
}
