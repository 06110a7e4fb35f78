/*
 * What the rules mean, and what the words on a screen may stand for, as text. Knows: layout. Must not know: predicates.
 */
#include <string.h>

#include "explain_text.h"
#include "terminal.h"
#include "wrap.h"

void explain_list(FILE *file, const struct summary_style *style)
{
	for (const struct rule *rule = rules; rule->id; rule++) {
		const char *side = side_name(rule->side);
		char label[80];

		snprintf(label, sizeof label, "%-20s %-8s %-8s ", rule->id, severity_name(rule->severity), side ? side : "-");
		wrap_text(file, style->width, label, 39, rule->meaning);
	}
}

static void part(FILE *file, const struct summary_style *style, const char *title, const char *text)
{
	if (!text)
		return;
	fprintf(file, "\n%s%s%s\n", terminal_begin(style->color, STYLE_BOLD), title, terminal_end(style->color));
	wrap_text(file, style->width, "  ", 2, text);
}

static void list(FILE *file, const struct summary_style *style, const char *title, const char *const *lines)
{
	if (!lines[0])
		return;
	fprintf(file, "\n%s%s%s\n", terminal_begin(style->color, STYLE_BOLD), title, terminal_end(style->color));
	for (size_t i = 0; i < RULE_LINES && lines[i]; i++)
		wrap_text(file, style->width, "  - ", 4, lines[i]);
}

/* "  - OpenOCD: "..."" for each message behind which the rule may be. */
static void screens_of(FILE *file, const struct rule *rule, const struct summary_style *style)
{
	bool any = false;

	for (const struct screen *screen = screens; screen->tool; screen++) {
		char line[400];

		if (!screen_leads_to(screen, rule->id))
			continue;
		if (!any)
			fprintf(file, "\n%s%s%s\n", terminal_begin(style->color, STYLE_BOLD), "What may be on the screen", terminal_end(style->color));
		snprintf(line, sizeof line, "%s: \"%s\"", screen->tool, screen->phrases[0]);
		wrap_text(file, style->width, "  - ", 4, line);
		any = true;
	}
}

static void print_side(FILE *file, const struct rule *rule)
{
	const char *side = side_name(rule->side);

	if (side)
		fprintf(file, ", side: %s", rule->side == SIDE_USB ? "USB" : side);
	fputc('\n', file);
}

/* "TARGET-SILENT: error (certain), side: target" */
static void headline(FILE *file, const struct rule *rule, const struct summary_style *style)
{
	fprintf(file, "%s%s%s: %s (%s)", terminal_begin(style->color, STYLE_NAME), rule->id, terminal_end(style->color),
	        severity_name(rule->severity), confidence_name(rule->confidence));
	print_side(file, rule);
}

void explain_rule(FILE *file, const struct rule *rule, const struct summary_style *style)
{
	headline(file, rule, style);
	if (rule->rung != RUNG_NONE)
		fprintf(file, "Stops a session at the rung %s (\"%s\")\n", rung_name(rule->rung), rung_label(rule->rung));
	part(file, style, "What it means", rule->meaning);
	list(file, style, "What to do", rule->advice);
	list(file, style, "What else looks the same", rule->looks_the_same);
	part(file, style, "What the capture holds", rule->wire);
	part(file, style, "What USB traffic cannot show", rule->invisible);
	screens_of(file, rule, style);
}

/* --- words on a screen --- */

static void print_screen(FILE *file, const struct screen_match *match, const struct summary_style *style)
{
	fprintf(file, "%s%s%s: \"%s\"\n", terminal_begin(style->color, STYLE_BOLD), match->screen->tool, terminal_end(style->color), match->phrase);
	wrap_text(file, style->width, "  ", 2, match->screen->meaning);
}

static void print_candidate(FILE *file, const struct rule *rule, const struct summary_style *style)
{
	fprintf(file, "  %s%s%s", terminal_begin(style->color, STYLE_NAME), rule->id, terminal_end(style->color));
	print_side(file, rule);
	wrap_text(file, style->width, "    ", 4, rule->meaning);
	wrap_text(file, style->width, "    In a capture: ", 18, rule->wire);
}

void explain_screens(FILE *file, const struct screen_match *found, size_t count, const struct summary_style *style)
{
	const char *ids[SCREENS_FOUND * SCREEN_RULES];
	size_t rule_count;

	for (size_t i = 0; i < count; i++)
		print_screen(file, &found[i], style);
	fprintf(file, "\n%sWhat may be behind it, likeliest first, and how a capture decides%s\n", terminal_begin(style->color, STYLE_BOLD),
	        terminal_end(style->color));
	rule_count = screens_rules(found, count, ids);
	for (size_t i = 0; i < rule_count; i++)
		print_candidate(file, rule_find(ids[i]), style);
	fputs("\nCapture the USB traffic while it fails; 'stlinkscope FILE' then says which of them it is.\n", file);
	fprintf(file, "What to do about one of them: stlinkscope explain %s\n", found[0].screen->rules[0]);
}
