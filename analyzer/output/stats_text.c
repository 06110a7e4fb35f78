/*
 * The timing of commands as text.
 * Knows: layout, units, which columns a table has. Must not know: how anything was counted.
 * Nothing from a device is printed but through event_text_session.
 */
#include "stats_text.h"

#include <inttypes.h>
#include <string.h>

#include "event_text.h"
#include "wrap.h"

#define LABEL 14     /* columns of the left margin of the lines below a table */
#define SESSIONS 10  /* that are shown without -v */
#define WIDEST 100   /* columns of a table, where the names of commands allow it */
#define CELL 40

enum column { NAME, COUNT, MEDIAN, P95, WORST, FRAME, TIME, SHARE, OUT, IN, COLUMNS };

typedef char cells[COLUMNS][CELL];

struct page {
	FILE *file;
	const struct stats_style *style;
	const struct tracker *tracker;
	bool below; /* something stands below the table already */
};

static const char *begin(const struct page *page, enum style style)
{
	return terminal_begin(page->style->color, style);
}

static const char *end(const struct page *page)
{
	return terminal_end(page->style->color);
}

/* --- units --- */

static const char *bytes_text(char *out, size_t size, uint64_t bytes)
{
	static const char *const units[] = { "kB", "MB", "GB", "TB" };
	double number = (double)bytes / 1000;
	size_t unit = 0;

	if (bytes < 1000) {
		snprintf(out, size, "%" PRIu64 " B", bytes);
		return out;
	}
	/* What would round to 1000 is one of the next unit. */
	for (; number >= 999.5 && unit + 1 < sizeof units / sizeof units[0]; unit++)
		number /= 1000;
	snprintf(out, size, "%.*f %s", number < 9.995 ? 2 : number < 99.95 ? 1 : 0, number, units[unit]);
	return out;
}

static void duration_cell(char *out, int64_t nanoseconds, bool known)
{
	if (known && nanoseconds >= 0)
		terminal_duration(out, CELL, nanoseconds);
	else
		strcpy(out, "-");
}

static const char *plural(uint64_t count)
{
	return count == 1 ? "" : "s";
}

/* --- the essence --- */

static void add_times(char *out, size_t size, const struct timing *timing)
{
	char busy[32], between[32], idle[32];
	size_t used = strlen(out);

	terminal_duration(busy, sizeof busy, timing->busy);
	terminal_duration(between, sizeof between, timing->between);
	terminal_duration(idle, sizeof idle, timing->idle);
	snprintf(out + used, size - used, ": %s waiting for the probe, %s between commands, %s idle", busy, between,
	         timing->idle ? idle : "never");
}

static void essence(char *out, size_t size, const struct timing *timing, size_t probes)
{
	struct command_timing sum = timing_sum(timing, OP_NONE);
	const struct command_timing *slowest = timing_slowest(timing);
	char duration[32];

	if (!sum.count) {
		snprintf(out, size, "no ST-Link command in this capture");
		return;
	}
	snprintf(out, size, "%" PRIu64 " command%s", sum.count, plural(sum.count));
	if (timing->untimed == sum.count) {
		snprintf(out + strlen(out), size - strlen(out), "; how long they took is not known: this trace has no times");
		return;
	}
	terminal_duration(duration, sizeof duration, timing->busy + timing->between + timing->idle);
	if (probes > 1)
		snprintf(out + strlen(out), size - strlen(out), " to %zu probes", probes);
	snprintf(out + strlen(out), size - strlen(out), " in %s%s", duration, probes > 1 ? ", the probes' times added up" : "");
	if (!slowest) {
		snprintf(out + strlen(out), size - strlen(out),
		         "; how long they took is not known: half of each transfer is not in the capture");
		return;
	}
	add_times(out, size, timing);
	terminal_duration(duration, sizeof duration, slowest->worst);
	snprintf(out + strlen(out), size - strlen(out), "; slowest %s %s (frame %" PRIu64 ")", slowest->command->name, duration,
	         slowest->worst_frame);
}

/* --- the table --- */

static void fill_cells(cells out, const struct command_timing *row, int64_t whole)
{
	bool measured = row->measured > 0;

	snprintf(out[NAME], CELL, "%s", row->command->name);
	snprintf(out[COUNT], CELL, "%" PRIu64, row->count);
	duration_cell(out[MEDIAN], row->median, measured);
	duration_cell(out[P95], row->p95, measured);
	duration_cell(out[WORST], row->worst, measured);
	if (measured)
		snprintf(out[FRAME], CELL, "%" PRIu64, row->worst_frame);
	else
		strcpy(out[FRAME], "-");
	duration_cell(out[TIME], row->time, measured);
	if (measured && whole > 0)
		snprintf(out[SHARE], CELL, "%.0f %%", (double)row->time * 100 / (double)whole);
	else
		strcpy(out[SHARE], "-");
	bytes_text(out[OUT], CELL, row->bytes_out);
	bytes_text(out[IN], CELL, row->bytes_in);
}

static const cells headings = { "command", "count", "median", "95 %", "worst", "frame", "time", "share", "out", "in" };

static void widen(size_t *widths, const cells row)
{
	for (unsigned i = 0; i < COLUMNS; i++)
		if (strlen(row[i]) > widths[i])
			widths[i] = strlen(row[i]);
}

/* A column without width is left out. */
static void print_row(const struct page *page, const cells row, const size_t *widths, int space)
{
	fprintf(page->file, "%-*s", (int)widths[NAME], row[NAME]);
	for (unsigned i = NAME + 1; i < COLUMNS; i++)
		if (widths[i])
			fprintf(page->file, "%*s%*s", space, "", (int)widths[i], row[i]);
	fputc('\n', page->file);
}

/* Spaces between columns, fewer where they would be too wide; then without the share of the time, which stands beside the time itself. */
static int fit(const struct page *page, size_t widths[COLUMNS])
{
	size_t sum = 0, room = page->style->width ? page->style->width : WIDEST;

	for (unsigned i = 0; i < COLUMNS; i++)
		sum += widths[i];
	if (sum + 2 * (COLUMNS - 1) <= room)
		return 2;
	if (page->style->width && sum + COLUMNS - 1 > room)
		widths[SHARE] = 0;
	return 1;
}

static void table(struct page *page, const struct timing *timing)
{
	int64_t whole = timing_sum(timing, OP_NONE).time;
	size_t widths[COLUMNS] = { 0 };
	cells row;
	int space;

	page->below = false;
	widen(widths, headings);
	for (size_t i = 0; i < timing->command_count; i++) {
		fill_cells(row, &timing->commands[i], whole);
		widen(widths, row);
	}
	space = fit(page, widths);
	if (!page->style->quiet) {
		fputs(begin(page, STYLE_BOLD), page->file);
		print_row(page, headings, widths, space);
		fputs(end(page), page->file);
	}
	for (size_t i = 0; i < timing->command_count; i++) {
		fill_cells(row, &timing->commands[i], whole);
		print_row(page, row, widths, space);
	}
}

/* --- below the table --- */

static void line(struct page *page, const char *label, const char *text)
{
	char padded[LABEL + 1];

	if (!page->below)
		fputc('\n', page->file);
	page->below = true;
	snprintf(padded, sizeof padded, "%-*s", LABEL, label);
	wrap_text(page->file, page->style->width, padded, LABEL, text);
}

static void throughput(struct page *page, const char *label, const struct timing *timing, enum stlink_operation operation)
{
	struct command_timing sum = timing_sum(timing, operation);
	char text[160], bytes[32], rate[32], duration[32];

	if (!sum.payload || sum.payload_time <= 0)
		return;
	bytes_text(bytes, sizeof bytes, sum.payload);
	bytes_text(rate, sizeof rate, (uint64_t)((double)sum.payload * 1e9 / (double)sum.payload_time));
	snprintf(text, sizeof text, "%s/s while busy: %s in %s, the status commands included", rate, bytes,
	         terminal_duration(duration, sizeof duration, sum.payload_time));
	line(page, label, text);
}

static void idle(struct page *page, const struct timing *timing)
{
	char text[160], whole[32], longest[32];

	if (!timing->idle_count)
		return;
	terminal_duration(whole, sizeof whole, timing->idle);
	terminal_duration(longest, sizeof longest, timing->longest_idle);
	snprintf(text, sizeof text,
	         "%s in %" PRIu64 " gap%s of more than 100 ms; the longest, %s, between the commands of frames %" PRIu64 " and %" PRIu64, whole,
	         timing->idle_count, plural(timing->idle_count), longest, timing->idle_after, timing->idle_before);
	line(page, "idle", text);
}

static void add_trouble(char *out, size_t size, uint64_t count, const char *what)
{
	size_t used = strlen(out);

	if (count)
		snprintf(out + used, size - used, "%s %" PRIu64 " %s", out[used - 1] == ':' ? "" : ",", count, what);
}

/* What did not work, or not at once: of each command that knows such. */
static void troubles(struct page *page, const struct timing *timing)
{
	const char *label = "errors";
	char text[160];

	for (size_t i = 0; i < timing->command_count; i++) {
		const struct command_timing *row = &timing->commands[i];

		if (!row->failed && !row->waits && !row->retries)
			continue;
		snprintf(text, sizeof text, "%s:", row->command->name);
		add_trouble(text, sizeof text, row->failed, "failed");
		add_trouble(text, sizeof text, row->waits, "wait or busy");
		add_trouble(text, sizeof text, row->retries, "sent again");
		line(page, label, text);
		label = "";
	}
}

static void not_known(struct page *page, const struct timing *timing)
{
	struct command_timing sum = timing_sum(timing, OP_NONE);
	char text[160];

	if (!sum.measured || sum.measured == sum.count)
		return;
	snprintf(text, sizeof text,
	         "how long %" PRIu64 " of %" PRIu64 " commands took: their answer, or a half of a transfer, is not in the capture",
	         sum.count - sum.measured, sum.count);
	line(page, "not known", text);
}

static void details(struct page *page, const struct timing *timing)
{
	throughput(page, "memory read", timing, OP_MEMORY_READ);
	throughput(page, "memory write", timing, OP_MEMORY_WRITE);
	idle(page, timing);
	troubles(page, timing);
	not_known(page, timing);
}

/* --- sessions --- */

static void session_heading(const struct page *page, const struct session_timing *session)
{
	struct text text = { .color = false };

	event_text_session(&text, tracker_probe(page->tracker, (size_t)session->session.probe), &session->session, page->style->serials);
	text_char(&text, '\n');
	text_write(&text, page->file);
	text_free(&text);
}

static void sessions(struct page *page, const struct timing_report *report)
{
	size_t shown = page->style->verbose || report->kept_count <= SESSIONS ? report->kept_count : SESSIONS;
	char text[400];

	for (size_t i = 0; i < shown; i++) {
		const struct session_timing *session = report->kept[i];

		fprintf(page->file, "\n%s", begin(page, STYLE_BOLD));
		session_heading(page, session);
		fputs(end(page), page->file);
		essence(text, sizeof text, &session->timing, 1);
		wrap_text(page->file, page->style->width, "  ", 2, text);
		if (page->style->verbose) {
			fputc('\n', page->file);
			table(page, &session->timing);
			details(page, &session->timing);
		}
	}
	if (report->sessions > shown)
		fprintf(page->file, "\n%" PRIu64 " more session%s%s\n", report->sessions - shown, plural(report->sessions - shown),
		        shown < report->kept_count ? "; -v shows more of them" : ", in the numbers above and not kept by themselves");
}

void stats_text(FILE *file, const struct timing_report *report, const struct tracker *tracker, const struct stats_style *style)
{
	struct page page = { .file = file, .style = style, .tracker = tracker };
	char text[400];

	if (style->quiet) {
		if (report->total.command_count)
			table(&page, &report->total);
		return;
	}
	essence(text, sizeof text, &report->total, report->probes);
	wrap_text(file, style->width, "", 0, text);
	if (!report->total.command_count)
		return;
	if (report->sessions == 1 && report->kept_count == 1)
		session_heading(&page, report->kept[0]);
	fputc('\n', file);
	table(&page, &report->total);
	details(&page, &report->total);
	if (report->sessions > 1)
		sessions(&page, report);
}
