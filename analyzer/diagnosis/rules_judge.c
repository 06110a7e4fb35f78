/*
 * Applies the rule table to one view: which rules hold, which of them are only symptoms of another.
 * Must not know: what any rule means, words.
 */
#include <string.h>
#include <strings.h>

#include "diagnosis.h"

size_t rules_count(void)
{
	size_t count = 0;

	while (rules[count].id)
		count++;
	return count;
}

const struct rule *rule_find(const char *id)
{
	for (const struct rule *rule = rules; rule->id; rule++)
		if (!strcasecmp(rule->id, id))
			return rule;
	return NULL;
}

static uint64_t first_frame(const struct finding *finding)
{
	uint64_t first = UINT64_MAX;

	for (size_t i = 0; i < finding->match.frame_count; i++)
		if (finding->match.frame[i] < first)
			first = finding->match.frame[i];
	return first;
}

static void prepare(struct finding *finding, const struct rule *rule)
{
	finding->rule = rule;
	finding->match = (struct match){ .severity = rule->severity, .confidence = rule->confidence, .count = 1 };
}

/* A cause must itself be serious, or demoted from that, and must not begin later than its symptom. */
static const struct finding *cause_of(const struct finding *symptom, const struct finding *findings, size_t count)
{
	const struct finding *cause = NULL;

	for (size_t i = 0; i < count; i++) {
		const struct finding *other = &findings[i];
		bool named = false;

		if (other == symptom || other->match.severity < SEVERITY_WARNING)
			continue;
		if (other->match.severity < SEVERITY_ERROR && other->rule->severity == SEVERITY_ERROR)
			continue;
		for (size_t k = 0; k < sizeof symptom->rule->demoted_by / sizeof symptom->rule->demoted_by[0] && symptom->rule->demoted_by[k]; k++)
			named = named || !strcmp(symptom->rule->demoted_by[k], other->rule->id);
		if (!named || (!symptom->rule->demoted_in_any_order && first_frame(other) > first_frame(symptom)))
			continue;
		if (!cause || first_frame(other) < first_frame(cause))
			cause = other;
	}
	return cause;
}

static bool any_fault(const struct finding *findings, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (findings[i].match.severity >= SEVERITY_WARNING)
			return true;
	return false;
}

size_t rules_judge(const struct view *view, struct finding *findings)
{
	size_t count = 0;

	for (const struct rule *rule = rules; rule->id; rule++) {
		rule_holds *holds = view->session ? rule->session : rule->capture;

		if (!holds || (rule->only_without_fault && any_fault(findings, count)))
			continue;
		prepare(&findings[count], rule);
		if (holds(view, &findings[count].match))
			count++;
	}
	for (size_t i = 0; i < count; i++) {
		struct finding *finding = &findings[i];

		finding->severity = finding->match.severity;
		finding->demoted_by = cause_of(finding, findings, count);
		if (finding->demoted_by)
			finding->severity = SEVERITY_INFO;
	}
	return count;
}
