/*
 * Opens what a scenario left, and asks the program about its capture.
 * Knows: file names, JSON lines. Must not know: what is right.
 */
#include "evidence.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DIFFERENCES_SHOWN 10

void differ(struct evidence *evidence, const char *format, ...)
{
	va_list arguments;

	if (++evidence->differences > DIFFERENCES_SHOWN)
		return;
	printf("%s: ", evidence->scenario->name);
	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	putchar('\n');
}

const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

long long number_of(const json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}

struct file evidence_file(const struct evidence *evidence, const char *name)
{
	char path[512];
	struct file file = { NULL, 0 };

	snprintf(path, sizeof path, "%s/%s", evidence->folder, name);
	return access(path, R_OK) ? file : file_read(path);
}

struct file program_output(const char *arguments, const char *path, int *status)
{
	char command[1600];

	snprintf(command, sizeof command, "%s %s '%s' 2>&1", program_path(), arguments, path);
	return command_output(command, status);
}

json_t *json_lines(struct evidence *evidence, const char *what, char *text)
{
	json_t *array = json_array();

	for (char *line; (line = strsep(&text, "\n"));) {
		json_error_t error;
		json_t *object = *line ? json_loads(line, 0, &error) : NULL;

		if (object)
			json_array_append_new(array, object);
		else if (*line)
			differ(evidence, "%s: no JSON: %.80s", what, line);
	}
	return array;
}

/* Results hold a capture of the program itself only where it ran, and could write. */
static void choose_capture(struct evidence *evidence)
{
	snprintf(evidence->live, sizeof evidence->live, "%s/live.pcapng", evidence->folder);
	snprintf(evidence->tcpdump, sizeof evidence->tcpdump, "%s/tcpdump.pcap", evidence->folder);
	evidence->capture = access(evidence->live, R_OK) ? evidence->tcpdump : evidence->live;
}

bool evidence_open(struct evidence *evidence, const struct scenario *scenario, const char *folder)
{
	char path[512];
	struct file output;
	int status;

	*evidence = (struct evidence){ .scenario = scenario };
	snprintf(evidence->folder, sizeof evidence->folder, "%s/%s", folder, scenario->name);
	snprintf(path, sizeof path, "%s/done", evidence->folder);
	if (access(path, R_OK))
		return false;
	choose_capture(evidence);
	output = program_output("summary --json", evidence->capture, &status);
	evidence->summary = json_loads((char *)output.bytes, 0, NULL);
	if (!evidence->summary)
		differ(evidence, "summary --json says no JSON, exit status %d: %.200s", status, (char *)output.bytes);
	free(output.bytes);
	output = program_output("decode --json --full --serials", evidence->capture, &status);
	evidence->lines = json_lines(evidence, "decode --json", (char *)output.bytes);
	free(output.bytes);
	output = evidence_file(evidence, "vprobe.log");
	evidence->log = output.bytes ? json_lines(evidence, "vprobe.log", (char *)output.bytes) : json_array();
	free(output.bytes);
	return true;
}

void evidence_close(struct evidence *evidence)
{
	json_decref(evidence->summary);
	json_decref(evidence->lines);
	json_decref(evidence->log);
}
