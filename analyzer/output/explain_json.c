/*
 * What the rules mean, as one JSON object: the rules, and the screens that lead to them.
 * Must not know: predicates.
 */
#include "explain_json.h"
#include "json.h"

static void strings(struct json *json, const char *key, const char *const *list, size_t room)
{
	json_begin_array(json, key);
	for (size_t i = 0; i < room && list[i]; i++)
		json_string(json, NULL, list[i]);
	json_end(json);
}

static void screen_object(struct json *json, const struct screen *screen)
{
	json_begin_object(json, NULL);
	json_string(json, "tool", screen->tool);
	strings(json, "phrases", screen->phrases, SCREEN_PHRASES);
	json_string(json, "meaning", screen->meaning);
	strings(json, "rules", screen->rules, SCREEN_RULES);
	json_end(json);
}

static void rule_object(struct json *json, const struct rule *rule)
{
	json_begin_object(json, NULL);
	json_string(json, "id", rule->id);
	json_string(json, "severity", severity_name(rule->severity));
	json_string(json, "confidence", confidence_name(rule->confidence));
	json_string(json, "side", side_name(rule->side));
	json_string(json, "rung", rule->rung == RUNG_NONE ? NULL : rung_name(rule->rung));
	json_string(json, "meaning", rule->meaning);
	json_string(json, "wire", rule->wire);
	strings(json, "advice", rule->advice, RULE_LINES);
	strings(json, "looks_the_same", rule->looks_the_same, RULE_LINES);
	json_string(json, "invisible", rule->invisible);
	json_end(json);
}

/* Of all screens, those that lead to the rule (NULL: to any); or those found, in their order. */
static void screens_member(struct json *json, const struct rule *rule, const struct screen_match *found, size_t count)
{
	json_begin_array(json, "screens");
	for (size_t i = 0; i < count; i++)
		screen_object(json, found[i].screen);
	for (const struct screen *screen = screens; !count && screen->tool; screen++)
		if (!rule || screen_leads_to(screen, rule->id))
			screen_object(json, screen);
	json_end(json);
}

static void rules_member(struct json *json, const struct rule *rule, const struct screen_match *found, size_t count)
{
	const char *ids[SCREENS_FOUND * SCREEN_RULES];
	size_t rule_count = screens_rules(found, count, ids);

	json_begin_array(json, "rules");
	if (rule)
		rule_object(json, rule);
	for (size_t i = 0; i < rule_count; i++)
		rule_object(json, rule_find(ids[i]));
	for (const struct rule *each = rules; !rule && !count && each->id; each++)
		rule_object(json, each);
	json_end(json);
}

void explain_json(FILE *file, const char *query, const struct rule *rule, const struct screen_match *found, size_t count)
{
	struct json *json = json_open(file);

	json_begin_message(json, "explain");
	json_string(json, "query", query);
	screens_member(json, rule, found, count);
	rules_member(json, rule, found, count);
	json_end(json);
	json_close(json);
}
