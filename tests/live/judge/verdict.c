/*
 * The verdict that a scenario asks for.
 * Knows: headline, side, finding, allow, session of a scenario; summary --json. Must not know: packets.
 */
#include "checks.h"

#include <stdio.h>
#include <string.h>

#define HEALTHY "(healthy)"

const char *headline_found(const struct evidence *evidence)
{
	const json_t *session, *finding;
	size_t i;

	json_array_foreach(json_object_get(evidence->summary, "sessions"), i, session)
		if (*text_of(session, "headline"))
			return text_of(session, "headline");
	json_array_foreach(json_object_get(evidence->summary, "findings"), i, finding)
		if (!strcmp(text_of(finding, "severity"), "error"))
			return text_of(finding, "id");
	return HEALTHY;
}

static bool has_finding(const json_t *findings, const char *id)
{
	const json_t *finding;
	size_t i;

	json_array_foreach(findings, i, finding)
		if (!strcmp(text_of(finding, "id"), id))
			return true;
	return false;
}

static bool found_anywhere(const struct evidence *evidence, const char *id)
{
	const json_t *session;
	size_t i;

	if (has_finding(json_object_get(evidence->summary, "findings"), id))
		return true;
	json_array_foreach(json_object_get(evidence->summary, "sessions"), i, session)
		if (has_finding(json_object_get(session, "findings"), id))
			return true;
	return false;
}

static bool is_expected(const struct scenario *scenario, const char *id)
{
	const char *value;
	char session[80];

	if (scenario_says(scenario, "headline", id) || scenario_says(scenario, "finding", id) || scenario_says(scenario, "allow", id))
		return true;
	for (size_t n = 0; (value = scenario_value(scenario, "session", n)); n++)
		if (sscanf(value, "%*u headline %79s", session) == 1 && !strcmp(session, id))
			return true;
	return false;
}

/* Whatever is above info must be in the scenario, unless a finding before it explains it. */
static void check_findings(struct evidence *evidence, const char *where, const json_t *findings)
{
	const json_t *finding;
	size_t i;

	json_array_foreach(findings, i, finding)
		if (strcmp(text_of(finding, "severity"), "info") && !*text_of(finding, "demoted_by") &&
		    !is_expected(evidence->scenario, text_of(finding, "id")))
			differ(evidence, "%s: %s %s is not expected: %s", where, text_of(finding, "severity"), text_of(finding, "id"),
			       text_of(finding, "text"));
}

static void check_session(struct evidence *evidence, const char *value)
{
	const json_t *session;
	char expected[80];
	unsigned number;

	if (sscanf(value, "%u headline %79s", &number, expected) != 2) {
		differ(evidence, "session lines are \"session N headline ID\"");
		return;
	}
	session = json_array_get(json_object_get(evidence->summary, "sessions"), number);
	if (!session)
		differ(evidence, "there is no session %u", number);
	else if (strcmp(strcmp(expected, "none") ? expected : "", text_of(session, "headline")))
		differ(evidence, "headline of session %u: expected %s, found %s", number, expected, text_of(session, "headline"));
}

void check_verdict(struct evidence *evidence)
{
	const struct scenario *scenario = evidence->scenario;
	const char *headline = scenario_value(scenario, "headline", 0), *side = scenario_value(scenario, "side", 0), *value;
	const char *found = headline_found(evidence);
	const char *told = text_of(json_object_get(evidence->summary, "verdict"), "side");
	const json_t *session;
	size_t i;

	if (strcmp(strcmp(headline, "none") ? headline : HEALTHY, found))
		differ(evidence, "headline: expected %s, found %s", headline, found);
	if (side && strcmp(side, told))
		differ(evidence, "side: expected %s, found %s: %s", side, told, text_of(json_object_get(evidence->summary, "verdict"), "text"));
	for (size_t n = 0; (value = scenario_value(scenario, "finding", n)); n++)
		if (!found_anywhere(evidence, value))
			differ(evidence, "finding %s is missing", value);
	for (size_t n = 0; (value = scenario_value(scenario, "never", n)); n++)
		if (found_anywhere(evidence, value))
			differ(evidence, "finding %s must not be there", value);
	for (size_t n = 0; (value = scenario_value(scenario, "session", n)); n++)
		check_session(evidence, value);
	check_findings(evidence, "capture", json_object_get(evidence->summary, "findings"));
	json_array_foreach(json_object_get(evidence->summary, "sessions"), i, session) {
		char where[32];

		snprintf(where, sizeof where, "session %zu", i);
		check_findings(evidence, where, json_object_get(session, "findings"));
	}
}
