/*
 * What the rules mean, as text. Knows: layout. Must not know: predicates.
 */
#include <string.h>

#include "summary_text.h"
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

void explain_rule(FILE *file, const struct rule *rule, const struct summary_style *style)
{
	const char *side = side_name(rule->side);

	fprintf(file, "%s%s%s: %s (%s)", terminal_begin(style->color, STYLE_NAME), rule->id, terminal_end(style->color),
	        severity_name(rule->severity), confidence_name(rule->confidence));
	if (side)
		fprintf(file, ", side: %s", rule->side == SIDE_USB ? "USB" : side);
	fputc('\n', file);
	if (rule->rung != RUNG_NONE)
		fprintf(file, "Stops a session at the rung %s (\"%s\")\n", rung_name(rule->rung), rung_label(rule->rung));
	part(file, style, "What it means", rule->meaning);
	list(file, style, "What to do", rule->advice);
	list(file, style, "What else looks the same", rule->looks_the_same);
	part(file, style, "What the capture holds", rule->wire);
	part(file, style, "What USB traffic cannot show", rule->invisible);
}
