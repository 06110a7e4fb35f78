/*
 * All rules as one page: docs/FINDINGS.md. Knows: Markdown as GitHub shows it. Must not know: predicates.
 */
#include <ctype.h>
#include <string.h>

#include "../diagnosis/diagnosis.h"
#include "../diagnosis/screens.h"
#include "explain_markdown.h"
#include "wrap.h"

#define WIDTH 120

/* Text of a table with what Markdown would take for its own escaped. */
static void paragraph(FILE *file, const char *label, unsigned indent, const char *text)
{
	char escaped[1024];
	size_t used = 0;

	for (; *text && used + 2 < sizeof escaped; text++) {
		if (strchr("*`<|[\\", *text))
			escaped[used++] = '\\';
		escaped[used++] = *text;
	}
	escaped[used] = '\0';
	wrap_text(file, WIDTH, label, indent, escaped);
}

static void list(FILE *file, const char *title, const char *const *lines)
{
	if (!lines[0])
		return;
	fprintf(file, "\n**%s**\n\n", title);
	for (size_t i = 0; i < RULE_LINES && lines[i]; i++)
		paragraph(file, "- ", 2, lines[i]);
}

static void part(FILE *file, const char *title, const char *text)
{
	char label[60];

	if (!text)
		return;
	snprintf(label, sizeof label, "**%s** ", title);
	fputc('\n', file);
	paragraph(file, label, 0, text);
}

static void quote_phrases(FILE *file, const struct screen *screen)
{
	for (size_t i = 0; i < SCREEN_PHRASES && screen->phrases[i]; i++)
		fprintf(file, "%s`%s`", i ? ", " : "", screen->phrases[i]);
}

static void screens_of(FILE *file, const struct rule *rule)
{
	bool any = false;

	for (const struct screen *screen = screens; screen->tool; screen++) {
		if (!screen_leads_to(screen, rule->id))
			continue;
		fprintf(file, "%s- %s: `%s`%s\n", any ? "" : "\n**What may be on the screen** ([all the words](#words-on-the-screen))\n\n", screen->tool,
		        screen->phrases[0], screen->phrases[1] ? " and the like" : "");
		any = true;
	}
}

static const char *side_word(const struct rule *rule)
{
	const char *side = side_name(rule->side);

	return rule->side == SIDE_USB ? "USB" : side ? side : "none";
}

static void link_rule(FILE *file, const char *id)
{
	fprintf(file, "[%s](#", id);
	for (const char *letter = id; *letter; letter++)
		fputc(tolower((unsigned char)*letter), file);
	fputc(')', file);
}

static void section(FILE *file, const struct rule *rule)
{
	fprintf(file, "\n## %s\n\nSeverity: %s. Confidence: %s. Side: %s.", rule->id, severity_name(rule->severity), confidence_name(rule->confidence),
	        side_word(rule));
	if (rule->rung != RUNG_NONE)
		fprintf(file, " Stops a session at the rung %s (%s).", rung_name(rule->rung), rung_label(rule->rung));
	fputc('\n', file);
	part(file, "What it means.", rule->meaning);
	part(file, "What is seen on the wire.", rule->wire);
	list(file, "What to do", rule->advice);
	list(file, "What else looks the same", rule->looks_the_same);
	part(file, "What USB cannot show.", rule->invisible);
	screens_of(file, rule);
}

static void screen_table(FILE *file)
{
	fputs("\n## Words on the screen\n\n"
	      "What a tool prints, what it really says, and the findings that may be behind it, likeliest first.\n"
	      "`stlinkscope explain \"WORDS\"` looks them up.\n\n"
	      "| tool | words | what it says | may be |\n|---|---|---|---|\n", file);
	for (const struct screen *screen = screens; screen->tool; screen++) {
		fprintf(file, "| %s | ", screen->tool);
		quote_phrases(file, screen);
		fprintf(file, " | %s | ", screen->meaning);
		for (size_t i = 0; i < SCREEN_RULES && screen->rules[i]; i++) {
			fputs(i ? ", " : "", file);
			link_rule(file, screen->rules[i]);
		}
		fputs(" |\n", file);
	}
}

void explain_markdown(FILE *file)
{
	fputs("# Findings\n\n"
	      "What `stlinkscope` can find in a capture. This page is `stlinkscope explain --markdown`; `make bless` writes it anew.\n"
	      "The severity, and how sure a finding is, are those it has as a rule; a finding that follows from another one is listed\n"
	      "beneath it in a summary and weighs no more than info.\n\n"
	      "| finding | severity | side |\n|---|---|---|\n", file);
	for (const struct rule *rule = rules; rule->id; rule++) {
		fputs("| ", file);
		link_rule(file, rule->id);
		fprintf(file, " | %s | %s |\n", severity_name(rule->severity), side_word(rule));
	}
	for (const struct rule *rule = rules; rule->id; rule++)
		section(file, rule);
	screen_table(file);
}
