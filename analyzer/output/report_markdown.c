/*
 * A report to paste into an issue (report_markdown.h).
 * Knows: GitHub's Markdown, and that it lets HTML through. Must not know: how anything was judged.
 * What a device said goes into code spans and fenced blocks, escaped; nothing of it can begin a link, a mention or an element.
 */
#include "report_markdown.h"

#include <inttypes.h>
#include <string.h>

#include "../../dissectors/stlink.h"
#include "markup.h"
#include "safe.h"
#include "terminal.h"

#define SESSIONS 4
#define FINDINGS 5  /* of a session, that are told with their advice */

/* Words of ours and names of devices: what Markdown would take for a form is made plain. */
static void words(FILE *file, const char *text)
{
	while (*text) {
		struct safe_character shown = safe_next(&text);

		if (shown.length == 1 && strchr("\\`*[]<>#|~@&", shown.bytes[0])) {
			fprintf(file, "&#%d;", shown.bytes[0]);
			continue;
		}
		fwrite(shown.bytes, 1, shown.length, file);
	}
}

static void finding(FILE *file, const struct finding *finding)
{
	bool advised = finding->severity == SEVERITY_ERROR || finding->rule->cure;

	fprintf(file, "- **%s %s** (%s): ", severity_name(finding->severity), finding->rule->id, confidence_name(finding->match.confidence));
	words(file, finding->text);
	fputc('\n', file);
	for (size_t i = 0; advised && i < 3 && i < RULE_LINES && finding->rule->advice[i]; i++) {
		fprintf(file, "  %zu. ", i + 1);
		words(file, finding->rule->advice[i]);
		fputc('\n', file);
	}
}

static void probes(FILE *file, const struct report *report, bool serials)
{
	char version[80], serial[80];

	for (size_t i = 0; i < report->capture->probe_count && i < SESSIONS; i++) {
		const struct probe *probe = &report->capture->probes[i].probe;
		const char *generation = stlink_generation_name(probe->generation);

		if (probe->product)
			fprintf(file, "| Probe %d | %s", probe->index, probe->product->product);
		else
			fprintf(file, "| Probe %d | ST-LINK/%s", probe->index, generation ? generation : "?");
		if (probe->has_version) {
			stlink_version_text(&probe->version, version, sizeof version);
			fprintf(file, ", firmware %s", version);
		}
		if (probe->pid)
			fprintf(file, ", 0483:%04x", probe->pid);
		if (probe->serial[0]) {
			fputs(", ", file);
			words(file, serials ? probe->serial : serial_pseudonym(serial, sizeof serial, probe->serial));
		}
		fputs(" |\n", file);
	}
}

static void session_row(FILE *file, const struct session_report *session)
{
	char volts[16], took[40];

	fprintf(file, "| Session %" PRIu64 " | %s, %" PRIu64 " commands in %s", session->facts->session.index,
	        session->client.name ? session->client.name : "a program not recognised", session->facts->commands,
	        terminal_duration(took, sizeof took, session->facts->session.last_time - session->facts->session.first_time));
	if (session->facts->voltage.count)
		fprintf(file, ", target %s V", volts_text(volts, sizeof volts, session->facts->millivolts));
	fprintf(file, ", headline %s |\n", session->headline ? session->headline->rule->id : "none");
}

/* The rungs of one state, in a line. */
static void rungs(FILE *file, const struct session_report *session, enum rung_state state, const char *name)
{
	bool any = false;

	for (unsigned i = 0; i < RUNGS; i++) {
		if (session->ladder[i].state != state)
			continue;
		fprintf(file, "%s%s", any ? ", " : name, rung_name((enum rung)i));
		any = true;
	}
	fputs(any ? "\n" : "", file);
}

void report_markdown_begin(FILE *file, const struct report *report, bool serials)
{
	const struct session_report *worst = report->worst ? report->worst : report->session_count ? &report->sessions[0] : NULL;
	const char *side = side_name(report->verdict_side);

	fprintf(file, "**%s%s** ", side ? "Failed side: " : "OK", side ? side : ".");
	fputs(side ? "— " : "", file);
	words(file, report->verdict);
	fputs("\n\n| What | |\n|---|---|\n", file);
	probes(file, report, serials);
	for (size_t i = 0; i < report->session_count && i < SESSIONS; i++)
		session_row(file, &report->sessions[i]);
	if (report->session_count + report->sessions_omitted > SESSIONS)
		fprintf(file, "| and | %" PRIu64 " more sessions |\n", report->session_count + report->sessions_omitted - SESSIONS);
	fputc('\n', file);
	for (size_t i = 0; i < report->finding_count && i < FINDINGS; i++)
		finding(file, &report->findings[i]);
	for (size_t i = 0; worst && i < worst->finding_count && i < FINDINGS; i++)
		finding(file, &worst->findings[i]);
	if (worst) {
		fputs("\n<details><summary>How far ", file);
		if (report->session_count > 1)
			fprintf(file, "session %" PRIu64, worst->facts->session.index);
		else
			fputs("it", file);
		fputs(" got</summary>\n\n```\n", file);
		rungs(file, worst, RUNG_MET, "reached:   ");
		rungs(file, worst, RUNG_FAILED, "failed:    ");
		rungs(file, worst, RUNG_NOT_ATTEMPTED, "not tried: ");
		rungs(file, worst, RUNG_NOT_VISIBLE, "not told:  ");
		fputs("```\n\n</details>\n", file);
	}
	fputs("\n<details><summary>Transcript around it</summary>\n\n```\n", file);
}

/* In a fenced block only its own fence can do harm. */
static void fenced(FILE *file, const char *text, size_t limit)
{
	char safe[512];

	terminal_safe(safe, sizeof safe, text, limit);
	for (char *at = safe; *at; at++)
		if (*at == '`')
			*at = '\'';
	fputs(safe, file);
}

void report_markdown_row(void *context, const struct report_row *row)
{
	FILE *file = context;

	switch (row->kind) {
	case ROW_SESSION:
		fputs("--- ", file);
		fenced(file, row->words, 120);
		break;
	case ROW_PHASE:
		return;
	case ROW_LEFT_OUT:
		fprintf(file, "        ... %" PRIu64 " rows", row->left_out);
		break;
	default:
		fprintf(file, "%7" PRIu64 " %c %s", row->frame, row->bad ? '!' : row->waits ? '~' : ' ', row->kind == ROW_TOOL ? "tool: " : "");
		fenced(file, row->words, 70);
		fputs(*row->answer ? " -> " : "", file);
		fenced(file, row->answer, 70);
	}
	fputc('\n', file);
}

void report_markdown_end(FILE *file, const char *const *removed, const char *program, bool complete)
{
	fputs("```\n\n</details>\n", file);
	if (removed[0]) {
		fputs("\n<details><summary>What is not in it</summary>\n\n", file);
		for (; *removed; removed++) {
			fputs("- ", file);
			words(file, *removed);
			fputc('\n', file);
		}
		fputs("\n</details>\n", file);
	}
	fprintf(file, "\n%sMade by %s.\n", complete ? "" : "The input could not be read to its end. ", program);
}
