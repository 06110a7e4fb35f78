/*
 * stlinkscope explain [RULE]: what a finding means, what else looks the same, what to do.
 * Must not know: captures.
 */
#include <ctype.h>
#include <string.h>

#include "diagnosis/diagnosis.h"
#include "output/summary_text.h"
#include "program.h"

enum { KEY_COLOR = 0x200 };

struct explain_options {
	const char *name;
	enum color_when color;
};

static const struct argp_option options[] = {
	{ .name = "color", .key = KEY_COLOR, .arg = "WHEN", .doc = "auto (the default), always or never; NO_COLOR is heeded" },
	{ 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	static const char *const colors[] = { [COLOR_AUTO] = "auto", [COLOR_ALWAYS] = "always", [COLOR_NEVER] = "never" };
	struct explain_options *explain = state->input;

	switch (key) {
	case KEY_COLOR:
		for (unsigned i = 0; i < sizeof colors / sizeof colors[0]; i++) {
			if (strcmp(arg, colors[i]))
				continue;
			explain->color = (enum color_when)i;
			return 0;
		}
		refuse_value(state, "--color", arg, "is none of auto, always, never");
		return EINVAL;
	case ARGP_KEY_ARG:
		if (state->arg_num)
			refuse_more(state, arg, ": one RULE at a time");
		explain->name = arg;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

#define LONGEST_NAME 40

/* Levenshtein's distance between two names, without regard to case. */
static unsigned distance(const char *left, const char *right)
{
	unsigned row[LONGEST_NAME + 1];
	size_t columns = strlen(right) < LONGEST_NAME ? strlen(right) : LONGEST_NAME;

	for (unsigned k = 0; k <= columns; k++)
		row[k] = k;
	for (unsigned i = 1; left[i - 1] && i <= LONGEST_NAME; i++) {
		unsigned diagonal = row[0];

		row[0] = i;
		for (unsigned k = 1; k <= columns; k++) {
			unsigned above = row[k];
			unsigned change = diagonal + (tolower((unsigned char)left[i - 1]) != tolower((unsigned char)right[k - 1]));
			unsigned shift = (above < row[k - 1] ? above : row[k - 1]) + 1;

			diagonal = above;
			row[k] = change < shift ? change : shift;
		}
	}
	return row[columns];
}

/* Names that hold the word or differ from it by little; else the three nearest. */
static void suggest(const char *name)
{
	unsigned nearest = UINT32_MAX, shown = 0;

	for (const struct rule *rule = rules; rule->id; rule++) {
		unsigned apart = distance(name, rule->id);

		nearest = apart < nearest ? apart : nearest;
	}
	fprintf(stderr, "stlinkscope: no rule is called '%s'; near to it:", name);
	for (const struct rule *rule = rules; rule->id && shown < 5; rule++)
		if (distance(name, rule->id) <= nearest + 1 || (strlen(name) > 2 && strcasestr(rule->id, name)))
			fprintf(stderr, "%s %s", shown++ ? "," : "", rule->id);
	fputs(" (stlinkscope explain lists all)\n", stderr);
}

enum outcome run_explain(int argc, char **argv)
{
	static const struct argp argp = {
		.options = options, .parser = parse, .args_doc = "[RULE]",
		.doc = "Explains a finding: what it means, what to do, what else looks the same, what the capture holds, what USB cannot "
		       "show. Without RULE: lists them all.",
	};
	struct explain_options parsed = { 0 };
	struct summary_style style = { .width = terminal_width(stdout) };
	const struct rule *rule;
	char safe[80];

	if (argp_parse(&argp, argc, argv, 0, NULL, &parsed))
		return OUTCOME_TROUBLE;
	style.color = terminal_color(stdout, parsed.color);
	if (!parsed.name) {
		explain_list(stdout, &style);
		return OUTCOME_GOOD;
	}
	rule = rule_find(parsed.name);
	if (!rule) {
		suggest(terminal_safe(safe, sizeof safe, parsed.name, 60));
		return OUTCOME_TROUBLE;
	}
	explain_rule(stdout, rule, &style);
	return OUTCOME_GOOD;
}
