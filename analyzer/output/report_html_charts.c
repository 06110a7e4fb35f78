/*
 * The report's charts, as SVG within the page.
 * Knows: how time becomes width. Must not know: how anything was measured.
 * Colours come from the style sheet, by class, so that they fit light, dark and paper; what a chart shows is also said in words.
 */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "../../dissectors/stlink.h"
#include "../select.h"
#include "markup.h"
#include "report_html.h"
#include "terminal.h"

#define WIDTH 960
#define LEFT 86
#define INNER (WIDTH - LEFT - 4)
#define BARS 90          /* height of the bars */
#define CURVE 60         /* of the latency */
#define LANE 18
#define PROBES 4
#define BARS_LISTED 24

/* Where the lanes are, from the top. */
enum { TOP_MODES = 4 };

struct chart { FILE *file; struct html_rows *rows; const struct timeline *timeline; size_t parts; double span; };

static double place(const struct chart *chart, int64_t time)
{
	double at = (double)(time - chart->timeline->first_time) / chart->span;

	return LEFT + INNER * (at < 0 ? 0 : at > 1 ? 1 : at);
}

static void label(const struct chart *chart, int y, const char *text)
{
	fprintf(chart->file, "<text x=\"0\" y=\"%d\">%s</text>\n", y, text);
}

/* A stretch of time in a lane, with its words for whoever points at it. */
static void begin_band(const struct chart *chart, const char *class, int64_t from, int64_t to, int y)
{
	double left = place(chart, from), right = place(chart, to);

	fprintf(chart->file, "<rect class=\"%s\" x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\"><title>", class, left, y,
	        right - left < 1 ? 1.0 : right - left, LANE - 3);
}

static void end_band(const struct chart *chart)
{
	fputs("</title></rect>\n", chart->file);
}

/* A lane for each probe whose mode was seen. */
static int lanes_of(const struct timeline *timeline)
{
	bool seen[PROBES] = { false };
	int lanes = 0;

	for (size_t i = 0; i < timeline->mode_count; i++) {
		int probe = timeline->mode[i].probe;

		if (probe >= PROBES || seen[probe])
			continue;
		seen[probe] = true;
		lanes++;
	}
	return lanes;
}

static void modes(const struct chart *chart)
{
	const struct timeline *timeline = chart->timeline;
	size_t lanes = 0;

	for (int probe = 0; probe < PROBES; probe++) {
		int64_t since = timeline->first_time;
		enum stlink_mode mode = MODE_UNKNOWN;
		bool any = false;
		char class[8], name[24];

		for (size_t i = 0; i <= timeline->mode_count; i++) {
			bool last = i == timeline->mode_count;
			int64_t until = last ? timeline->last_time : timeline->mode[i].time;
			const char *words = name_of(stlink_mode_names, (uint64_t)mode);

			if (!last && timeline->mode[i].probe != probe)
				continue;
			if (mode != MODE_UNKNOWN) {
				snprintf(class, sizeof class, "m%d", (int)mode);
				begin_band(chart, class, since, until, TOP_MODES + (int)lanes * LANE);
				markup_print(chart->file, "mode %s", words ? words : "?");
				end_band(chart);
				if (words && place(chart, until) - place(chart, since) > 8.0 * (double)strlen(words))
					fprintf(chart->file, "<text class=\"on\" x=\"%.1f\" y=\"%d\">%s</text>\n", place(chart, since) + 3,
					        TOP_MODES + (int)lanes * LANE + 12, words);
				any = true;
			}
			if (!last)
				mode = timeline->mode[i].to;
			since = until;
		}
		if (!any)
			continue;
		snprintf(name, sizeof name, "mode, probe %d", probe);
		label(chart, TOP_MODES + (int)lanes * LANE + 12, name);
		lanes++;
	}
}

static void phases(const struct chart *chart, const struct report *report, int y)
{
	label(chart, y + 12, "steps");
	for (size_t i = 0; i < report->session_count; i++) {
		const struct phase_log *log = &report->sessions[i].facts->phases;

		for (size_t span = 0; span < log->count; span++) {
			const struct phase_span *of = &log->span[span];
			double width = place(chart, of->end_time) - place(chart, of->time);
			const char *name = phase_name(of->phase);

			begin_band(chart, "phase", of->time, of->end_time, y);
			markup_print(chart->file, "%s, from frame %" PRIu64, name, of->first_frame);
			end_band(chart);
			if (name && width > 7.0 * (double)strlen(name))
				fprintf(chart->file, "<text x=\"%.1f\" y=\"%d\">%s</text>\n", place(chart, of->time) + 3, y + 12, name);
		}
	}
}

static uint64_t sum(const struct timeline_part *part)
{
	uint64_t commands = 0;

	for (unsigned group = 0; group < TIMELINE_GROUPS; group++)
		commands += part->commands[group];
	return commands;
}

static void bars(const struct chart *chart, int y)
{
	double width = (double)INNER / (double)chart->parts;
	uint64_t most = 1;
	char words[40];

	for (size_t i = 0; i < chart->parts; i++)
		if (sum(&chart->timeline->part[i]) > most)
			most = sum(&chart->timeline->part[i]);
	label(chart, y + 12, "commands");
	snprintf(words, sizeof words, "(up to %" PRIu64 ")", most);
	label(chart, y + 26, words);
	for (size_t i = 0; i < chart->parts; i++) {
		double at = y + BARS;

		for (unsigned group = 0; group < TIMELINE_GROUPS; group++) {
			double height = BARS * (double)chart->timeline->part[i].commands[group] / (double)most;

			if (height <= 0)
				continue;
			at -= height;
			fprintf(chart->file, "<rect class=\"g%u\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>\n", group, LEFT + width * (double)i, at,
			        width > 1.5 ? width - .5 : width, height);
		}
	}
	fprintf(chart->file, "<line class=\"axis\" x1=\"%d\" x2=\"%d\" y1=\"%d\" y2=\"%d\"/>\n", LEFT, LEFT + INNER, y + BARS, y + BARS);
}

static void errors(const struct chart *chart, int y)
{
	double width = (double)INNER / (double)chart->parts;

	label(chart, y + 12, "failed");
	for (size_t i = 0; i < chart->parts; i++) {
		const struct timeline_part *part = &chart->timeline->part[i];

		if (!part->errors)
			continue;
		html_rows_link(chart->rows, part->error_frame);
		fprintf(chart->file, "<a href=\"#f%" PRIu64 "\"><rect class=\"bar-error\" x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\"><title>%" PRIu32
		        " failed, the first in frame %" PRIu64 "</title></rect></a>\n", part->error_frame, LEFT + width * (double)i, y, width < 3 ? 3 : width,
		        LANE - 3, part->errors, part->error_frame);
	}
	for (size_t i = 0; i < chart->timeline->gap_count; i++)
		fprintf(chart->file, "<rect class=\"gap\" x=\"%.1f\" y=\"%d\" width=\"3\" height=\"%d\"><title>%" PRIu64 " records are missing before frame %" PRIu64
		        "</title></rect>\n", place(chart, chart->timeline->gap[i].time), y, LANE - 3, chart->timeline->gap[i].dropped,
		        chart->timeline->gap[i].frame);
}

/* Logarithmic: a waiting of seconds must not make all else a flat line. */
static double latency_height(int64_t latency, int64_t most)
{
	return latency <= 1000 || most <= 1000 ? 0 : CURVE * log10((double)latency / 1000) / log10((double)most / 1000);
}

static void curve(const struct chart *chart, int y)
{
	double width = (double)INNER / (double)chart->parts;
	int64_t most = 0;
	bool drawn = false;
	char words[40], text[48];

	for (size_t i = 0; i < chart->parts; i++)
		if (chart->timeline->part[i].latency > most)
			most = chart->timeline->part[i].latency;
	label(chart, y + 12, "longest wait");
	snprintf(text, sizeof text, "(up to %s)", terminal_duration(words, sizeof words, most));
	label(chart, y + 26, text);
	fputs("<polyline class=\"latency\" points=\"", chart->file);
	for (size_t i = 0; i < chart->parts; i++) {
		if (!sum(&chart->timeline->part[i]))
			continue;
		fprintf(chart->file, "%s%.1f,%.1f", drawn ? " " : "", LEFT + width * ((double)i + .5),
		        y + CURVE - latency_height(chart->timeline->part[i].latency, most));
		drawn = true;
	}
	fprintf(chart->file, "\"/>\n<line class=\"axis\" x1=\"%d\" x2=\"%d\" y1=\"%d\" y2=\"%d\"/>\n", LEFT, LEFT + INNER, y + CURVE, y + CURVE);
}

static void times(const struct chart *chart, int y)
{
	char words[40];

	for (int i = 0; i <= 4; i++) {
		terminal_duration(words, sizeof words, (int64_t)(chart->span * i / 4));
		fprintf(chart->file, "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\">%s</text>\n", LEFT + INNER * i / 4, y, i == 0 ? "start" : i == 4 ? "end" : "middle",
		        words);
	}
}

static void legend(const struct chart *chart)
{
	uint64_t commands[TIMELINE_GROUPS] = { 0 };

	for (size_t i = 0; i < chart->parts; i++)
		for (unsigned group = 0; group < TIMELINE_GROUPS; group++)
			commands[group] += chart->timeline->part[i].commands[group];
	fputs("<ul class=\"legend\" aria-label=\"Commands by group\">", chart->file);
	for (unsigned group = 0; group < TIMELINE_GROUPS; group++)
		if (commands[group])
			fprintf(chart->file, "<li><svg viewBox=\"0 0 10 10\" aria-hidden=\"true\"><rect class=\"g%u\" width=\"10\" height=\"10\"/></svg>%s: %" PRIu64, group,
			        select_group_name((enum stlink_group)group), commands[group]);
	fputs("</ul>\n", chart->file);
}

void report_html_timeline(FILE *file, struct html_rows *rows, const struct report_parts *parts)
{
	struct chart chart = { file, rows, parts->timeline, timeline_used(parts->timeline), 0 };
	int y = TOP_MODES + lanes_of(parts->timeline) * LANE;
	char words[40];

	if (!chart.parts)
		return;
	chart.span = (double)parts->timeline->width * (double)chart.parts;
	fprintf(file, "<h2 id=\"timeline\">Timeline</h2>\n<p class=\"dim\">Time counts from the first command here, %s into the capture.</p>\n",
	        terminal_duration(words, sizeof words, parts->timeline->first_time - parts->report->capture->first_time));
	fprintf(file, "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"", WIDTH, y + LANE + BARS + LANE + CURVE + 44);
	markup_print(file, "What happened in %s: modes, steps, commands by group, what failed, and the longest wait", terminal_duration(words, sizeof words,
	             parts->timeline->last_time - parts->timeline->first_time));
	fputs("\">\n", file);
	modes(&chart);
	phases(&chart, parts->report, y);
	bars(&chart, y + LANE + 4);
	errors(&chart, y + LANE + 10 + BARS);
	curve(&chart, y + LANE + 10 + BARS + LANE + 4);
	times(&chart, y + LANE + BARS + LANE + CURVE + 36);
	fputs("</svg>\n", file);
	legend(&chart);
}

static void latency_row(FILE *file, const struct command_timing *command, int64_t most)
{
	char median[40], p95[40], worst[40];
	double scale = most > 1000 ? 100 / log10((double)most / 1000) : 0;
	double middle = command->median > 1000 ? scale * log10((double)command->median / 1000) : 1;
	double end = command->worst > 1000 ? scale * log10((double)command->worst / 1000) : 1;

	fprintf(file, "<tr><th scope=\"row\">%s<td>%" PRIu64 "<td>%s<td>%s<td>%s in <a href=\"#f%" PRIu64 "\">frame %" PRIu64 "</a>"
	        "<td><svg viewBox=\"0 0 100 8\" aria-hidden=\"true\"><rect class=\"phase\" width=\"%.1f\" height=\"8\"/><rect class=\"bar\" width=\"%.1f\" height=\"8\"/>"
	        "</svg>\n", command->command->name, command->count, terminal_duration(median, sizeof median, command->median),
	        terminal_duration(p95, sizeof p95, command->p95), terminal_duration(worst, sizeof worst, command->worst), command->worst_frame,
	        command->worst_frame, end, middle);
}

void report_html_latency(FILE *file, struct html_rows *rows, const struct timing_report *timing)
{
	int64_t most = 0;
	size_t listed = 0;

	for (size_t i = 0; i < timing->total.command_count; i++)
		if (timing->total.commands[i].measured && timing->total.commands[i].worst > most)
			most = timing->total.commands[i].worst;
	if (!most)
		return;
	fputs("<h2 id=\"latency\">How long commands took</h2>\n<div class=\"wide\"><table><caption>Bars are logarithmic: the dark part is the median, the light part the "
	      "worst.</caption>\n<thead><tr><th scope=\"col\">Command<th scope=\"col\">Times<th scope=\"col\">Median<th scope=\"col\">95 of 100 within"
	      "<th scope=\"col\">Worst<th scope=\"col\">Median and worst<tbody>\n", file);
	for (size_t i = 0; i < timing->total.command_count && listed < BARS_LISTED; i++) {
		if (!timing->total.commands[i].measured)
			continue;
		html_rows_link(rows, timing->total.commands[i].worst_frame);
		latency_row(file, &timing->total.commands[i], most);
		listed++;
	}
	fputs("</table></div>\n", file);
}
