/*
 * stlinkscope explain [FINDING|"WORDS ON THE SCREEN"]: what a finding means, what else looks the same, what to do.
 * Must not know: captures.
 */
#include <string.h>

#include "diagnosis/diagnosis.h"
#include "diagnosis/screens.h"
#include "output/explain_json.h"
#include "output/explain_markdown.h"
#include "output/explain_text.h"
#include "program.h"

enum { KEY_COLOR = 0x200, KEY_JSON, KEY_MARKDOWN };
enum form { FORM_TEXT, FORM_JSON, FORM_MARKDOWN };

struct explain_options {
	const char *name; /* a rule, or words */
	enum form form;
	enum color_when color;
};

static const struct argp_option options[] = {
	{ .name = "json", .key = KEY_JSON, .doc = "one JSON object instead of text" },
	{ .name = "markdown", .key = KEY_MARKDOWN, .doc = "all findings as one page (docs/FINDINGS.md)" },
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
	case KEY_JSON:
		explain->form = FORM_JSON;
		return 0;
	case KEY_MARKDOWN:
		explain->form = FORM_MARKDOWN;
		return 0;
	case ARGP_KEY_ARG:
		if (state->arg_num)
			refuse_more(state, arg, ": one RULE, or words in quotes");
		explain->name = arg;
		return 0;
	case ARGP_KEY_END:
		if (explain->form == FORM_MARKDOWN && explain->name)
			refuse_more(state, explain->name, ": --markdown writes all findings");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

#define SLIP 3 /* letters by which a name may be wrong */

static unsigned nearest_rule(const char *name)
{
	unsigned nearest = UINT32_MAX;

	for (const struct rule *rule = rules; rule->id; rule++) {
		unsigned apart = words_apart(name, rule->id);

		nearest = apart < nearest ? apart : nearest;
	}
	return nearest;
}

/* Names that hold the word or differ from it by little. Returns whether there are any; else nothing was said. */
static bool suggest(const char *name)
{
	unsigned nearest = nearest_rule(name), shown = 0;
	char safe[80];

	for (const struct rule *rule = rules; rule->id && shown < 5; rule++) {
		bool slip = nearest <= SLIP && words_apart(name, rule->id) <= nearest + 1;

		if (!slip && (strlen(name) < 3 || !strcasestr(rule->id, name)))
			continue;
		if (!shown)
			fprintf(stderr, "stlinkscope: no rule is called '%s'; near to it:", terminal_safe(safe, sizeof safe, name, 60));
		fprintf(stderr, "%s %s", shown++ ? "," : "", rule->id);
	}
	if (shown)
		fputs(" (stlinkscope explain lists all)\n", stderr);
	return shown;
}

static void say_miss(const char *words)
{
	char safe[80];

	fprintf(stderr, "stlinkscope: neither a finding nor a known message: '%s'; capture the USB traffic while it fails and let "
	        "'stlinkscope summary FILE' say what happened (stlinkscope explain lists all findings)\n", terminal_safe(safe, sizeof safe, words, 60));
}

/* What is not the name of a rule: a slip in one, else words. */
static enum outcome explain_words(const struct explain_options *parsed, const struct summary_style *style)
{
	struct screen_match found[SCREENS_FOUND];
	bool may_be_name = !strpbrk(parsed->name, " \t\n");
	size_t count;

	if (may_be_name && nearest_rule(parsed->name) <= 2) {
		suggest(parsed->name);
		return OUTCOME_TROUBLE;
	}
	count = screens_find(parsed->name, found, SCREENS_FOUND);
	if (!count) {
		if (!may_be_name || !suggest(parsed->name))
			say_miss(parsed->name);
		return OUTCOME_TROUBLE;
	}
	if (parsed->form == FORM_JSON)
		explain_json(stdout, parsed->name, NULL, found, count);
	else
		explain_screens(stdout, found, count, style);
	return OUTCOME_GOOD;
}

enum outcome run_explain(int argc, char **argv)
{
	static const struct argp argp = {
		.options = options, .parser = parse, .args_doc = "[FINDING|\"WORDS ON THE SCREEN\"]",
		.doc = "Explains a finding: what it means, what to do, what else looks the same, what the capture holds, what USB cannot "
		       "show. With words of a tool's message: what may be behind them. Without either: lists all findings.",
	};
	struct explain_options parsed = { 0 };
	struct summary_style style = { .width = terminal_width(stdout) };
	const struct rule *rule;

	if (argp_parse(&argp, argc, argv, 0, NULL, &parsed))
		return OUTCOME_TROUBLE;
	style.color = terminal_color(stdout, parsed.color);
	rule = parsed.name ? rule_find(parsed.name) : NULL;
	if (parsed.name && !rule)
		return explain_words(&parsed, &style);
	if (parsed.form == FORM_MARKDOWN)
		explain_markdown(stdout);
	else if (parsed.form == FORM_JSON)
		explain_json(stdout, parsed.name, rule, NULL, 0);
	else if (rule)
		explain_rule(stdout, rule, &style);
	else
		explain_list(stdout, &style);
	return OUTCOME_GOOD;
}
