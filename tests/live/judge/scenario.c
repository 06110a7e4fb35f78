/*
 * Reads scenario files.
 * Knows: "word  value" a line, comments. Must not know: what was recorded.
 */
#include "scenario.h"

#include <err.h>
#include <stdio.h>
#include <string.h>

/* All that a scenario may say; vm/scenario.sh obeys most of them, the judge the others. */
static const char *const words[] = {
	"probe", "device", "client", "beside", "user", "watch", "watcher", "options", "seconds", "pause", "space", "kill_live", "freeze", "monitor",
	"exit", "live_exit", "headline", "side", "finding", "allow", "session", "capture", "differs", "never", "secret",
	"flashed", "printed",
};

static bool is_word(const char *word)
{
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (!strcmp(words[i], word))
			return true;
	return false;
}

static void read_comment(struct scenario *scenario, const char *line)
{
	size_t length = strlen(scenario->about);

	if (scenario->count)
		return;
	line += strspn(line, "# ");
	snprintf(scenario->about + length, sizeof scenario->about - length, "%s%s", length ? "\n" : "", line);
}

void scenario_read(struct scenario *scenario, const char *path)
{
	FILE *file = fopen(path, "r");
	char line[640];

	if (!file)
		err(1, "%s", path);
	memset(scenario, 0, sizeof *scenario);
	snprintf(scenario->name, sizeof scenario->name, "%s", strrchr(path, '/') ? strrchr(path, '/') + 1 : path);
	while (fgets(line, sizeof line, file)) {
		struct scenario_line *next = &scenario->lines[scenario->count];
		int value = 0;

		line[strcspn(line, "\n")] = '\0';
		if (*line == '#') {
			read_comment(scenario, line);
			continue;
		}
		if (sscanf(line, "%15s %n", next->word, &value) < 1)
			continue;
		if (!is_word(next->word))
			errx(1, "%s: no such word: %s", path, next->word);
		if (strlen(line + value) >= sizeof next->value || ++scenario->count == SCENARIO_LINES)
			errx(1, "%s: too long", path);
		snprintf(next->value, sizeof next->value, "%s", line + value);
	}
	fclose(file);
	if (!scenario_value(scenario, "headline", 0))
		errx(1, "%s: no headline", path);
}

const char *scenario_value(const struct scenario *scenario, const char *word, size_t n)
{
	for (size_t i = 0; i < scenario->count; i++)
		if (!strcmp(scenario->lines[i].word, word) && !n--)
			return scenario->lines[i].value;
	return NULL;
}

bool scenario_says(const struct scenario *scenario, const char *word, const char *value)
{
	for (size_t i = 0; i < scenario->count; i++)
		if (!strcmp(scenario->lines[i].word, word) && !strcmp(scenario->lines[i].value, value))
			return true;
	return false;
}
