/*
 * What live printed as things happened, against what decode and summary print for the file that it wrote.
 * Knows: which lines are the tool's. Must not know: what the lines say.
 */
#include "checks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool is_json(const struct evidence *evidence)
{
	const char *options = scenario_value(evidence->scenario, "options", 0);

	return options && strstr(options, "--json");
}

/* Takes away the lines between the transactions that are the tool's: the file does not hold them. */
static void remove_tool_lines(char *text, bool json)
{
	char *to = text, *next;

	for (char *line = text; *line; line = next) {
		size_t length = strcspn(line, "\n");

		length += line[length] == '\n';
		next = line + length;
		if (json ? !strncmp(line, "{\"type\":\"tool\"", 14) : length > 32 && !strncmp(line + 32, "tool: ", 6))
			continue;
		memmove(to, line, length);
		to += length;
	}
	*to = '\0';
}

/* The line in which one differs from the other. */
static void show_difference(struct evidence *evidence, const char *what, const char *live, const char *file)
{
	size_t at = 0, begin = 0;

	while (live[at] && live[at] == file[at])
		if (live[at++] == '\n')
			begin = at;
	differ(evidence, "%s\n    live: %.*s\n    file: %.*s", what, (int)strcspn(live + begin, "\n"), live + begin, (int)strcspn(file + begin, "\n"),
	       file + begin);
}

/* Returns what follows, where text begins with beginning; else NULL. */
static const char *after(const char *text, const char *beginning)
{
	return strncmp(text, beginning, strlen(beginning)) ? NULL : text + strlen(beginning);
}

/* A TOOL's name and end are in live's summary, and not in the file: then only the transcripts are compared. */
void check_same_words(struct evidence *evidence)
{
	struct file live = evidence_file(evidence, "live.txt"), decode, summary;
	const char *rest;
	int status;

	if (!live.bytes || access(evidence->live, R_OK) || scenario_value(evidence->scenario, "differs", 0)) {
		free(live.bytes);
		return;
	}
	decode = program_output(is_json(evidence) ? "decode --json" : "decode", evidence->live, &status);
	summary = program_output(is_json(evidence) ? "summary --json" : "summary", evidence->live, &status);
	remove_tool_lines((char *)live.bytes, is_json(evidence));
	rest = after((char *)live.bytes, (char *)decode.bytes);
	if (!rest)
		show_difference(evidence, "live's transcript is not decode's", (char *)live.bytes, (char *)decode.bytes);
	else if (!scenario_says(evidence->scenario, "watch", "tool") && strcmp(rest + strspn(rest, "\n"), (char *)summary.bytes))
		show_difference(evidence, "live's summary is not summary's", rest + strspn(rest, "\n"), (char *)summary.bytes);
	free(live.bytes);
	free(decode.bytes);
	free(summary.bytes);
}
