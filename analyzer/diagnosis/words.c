/*
 * Fills the templates of the rule table with the values of a match; the words of the closed lists.
 * Must not know: rules, output formats.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "diagnosis.h"

static const char *const severity_names[] = { "info", "warning", "error", "never" };
static const char *const confidence_names[] = { "possible", "likely", "certain" };
static const char *const side_names[] = { NULL, "host", "usb", "probe", "target", "tool", "capture" };
static const char *const rung_state_names[] = { "not-attempted", "not-visible", "failed", "met" };

static const struct { const char *name, *label; } rung_words[RUNGS] = {
	[RUNG_PROBE_ANSWERS] = { "probe-answers", "the probe answers" },
	[RUNG_VERSION_KNOWN] = { "version-known", "its version is known" },
	[RUNG_MODE_LEFT] = { "mode-left", "it is not in DFU, SWIM or loader mode" },
	[RUNG_TARGET_POWERED] = { "target-powered", "the target has power" },
	[RUNG_DEBUG_ENTERED] = { "debug-entered", "debug mode was entered" },
	[RUNG_DP_ANSWERS] = { "dp-answers", "the chip answers on the debug pins" },
	[RUNG_DEBUG_POWERED] = { "debug-powered", "the chip's debug part has power" },
	[RUNG_AP_OPEN] = { "ap-open", "an access port works" },
	[RUNG_CORE_IDENTIFIED] = { "core-identified", "the core is known" },
	[RUNG_CHIP_IDENTIFIED] = { "chip-identified", "the chip is known" },
	[RUNG_CORE_CONTROLLED] = { "core-controlled", "the core obeys" },
	[RUNG_MEMORY_WORKS] = { "memory-works", "memory can be accessed" },
	[RUNG_FLASH_VERIFIED] = { "flash-verified", "flash holds what was written" },
	[RUNG_LEFT_CLEANLY] = { "left-cleanly", "debug mode was left" },
};

const char *severity_name(enum severity severity)
{
	return severity_names[severity];
}

bool severity_find(const char *name, enum severity *severity)
{
	for (int i = SEVERITY_INFO; i <= SEVERITY_NEVER; i++)
		if (!strcmp(name, severity_names[i])) {
			*severity = (enum severity)i;
			return true;
		}
	return false;
}

const char *confidence_name(enum confidence confidence)
{
	return confidence_names[confidence];
}

const char *side_name(enum side side)
{
	return side_names[side];
}

const char *rung_name(enum rung rung)
{
	return rung < RUNGS ? rung_words[rung].name : "none";
}

const char *rung_label(enum rung rung)
{
	return rung < RUNGS ? rung_words[rung].label : "none";
}

const char *rung_state_name(enum rung_state state)
{
	return rung_state_names[state];
}

char *tool_end_words(char *out, size_t size, const struct tool_facts *tool)
{
	if (tool->end == TOOL_RUNS)
		snprintf(out, size, "%s still ran", tool->name);
	else
		snprintf(out, size, "%s %s %d", tool->name, tool->end == TOOL_EXITED ? "ended with status" : "was ended by signal", tool->number);
	return out;
}

/* --- templates --- */

static void say_frames(char *out, size_t size, const struct match *match)
{
	size_t shown = match->frame_count < 4 ? match->frame_count : 4;
	size_t used = (size_t)snprintf(out, size, shown == 1 ? "frame" : "frames");

	for (size_t i = 0; i < shown && used < size; i++)
		used += (size_t)snprintf(out + used, size - used, "%s %" PRIu64, i ? "," : "", match->frame[i]);
	if (match->count > shown && used < size)
		snprintf(out + used, size - used, " and %" PRIu64 " more", match->count - shown);
}

static void say_duration(char *out, size_t size, int64_t nanoseconds)
{
	double milliseconds = (double)nanoseconds / 1e6;

	if (milliseconds < 10)
		snprintf(out, size, "%.1f ms", milliseconds);
	else if (milliseconds < 1000)
		snprintf(out, size, "%.0f ms", milliseconds);
	else
		snprintf(out, size, "%.2f s", milliseconds / 1000);
}

static void say_status(char *out, size_t size, const struct match *match)
{
	if (match->status_row)
		snprintf(out, size, "%s", match->status_row->name);
	else if (!match->has_status)
		snprintf(out, size, "a failed command status");
	else
		snprintf(out, size, "status 0x%02x", match->status);
}

/* The status table's own sentence about the status, as a clause. */
static void say_meaning(char *out, size_t size, const struct match *match)
{
	const char *meaning = match->status_row ? match->status_row->meaning : NULL;
	size_t length;

	length = (size_t)snprintf(out, size, "%s", meaning ? meaning : match->has_status ? "no table knows that status" : "the V1's disk envelope says no more");
	if (length >= size)
		length = size - 1;
	if (length && out[length - 1] == '.')
		out[length - 1] = '\0';
	if (length > 1 && out[0] >= 'A' && out[0] <= 'Z' && out[1] >= 'a' && out[1] <= 'z')
		out[0] = (char)(out[0] - 'A' + 'a');
}

char *volts_text(char *out, size_t size, int32_t millivolts)
{
	int hundredths = (int)(((int64_t)millivolts + 5) / 10);

	snprintf(out, size, "%d.%02d", hundredths / 100, hundredths % 100);
	return out;
}

static void value_of(const char *name, size_t length, const struct match *match, char *out, size_t size)
{
	struct { const char *name, *text; uint64_t number; bool hex; } plain[] = {
		{ "command", !match->command ? "a command" : match->command == &stlink_unknown ? "an unknown command" : match->command->name, 0, false },
		{ "word", match->word ? match->word : "", 0, false },
		{ "detail", match->detail, 0, false },
		{ "circumstance", match->circumstance, 0, false },
		{ "frame", NULL, match->frame_count ? match->frame[0] : 0, false },
		{ "count", NULL, match->count, false },
		{ "number", NULL, match->number, false },
		{ "other", NULL, match->other, false },
		{ "hex", NULL, match->number, true },
	};

	out[0] = '\0';
	for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++) {
		if (strlen(plain[i].name) != length || strncmp(plain[i].name, name, length))
			continue;
		if (plain[i].text)
			snprintf(out, size, "%s", plain[i].text);
		else
			snprintf(out, size, plain[i].hex ? "0x%08" PRIx64 : "%" PRIu64, plain[i].number);
		return;
	}
	if (length == 4 && !strncmp(name, "such", length) && match->count > 1)
		snprintf(out, size, ", %" PRIu64 " such", match->count);
	else if (length == 7 && !strncmp(name, "meaning", length))
		say_meaning(out, size, match);
	else if (length == 6 && !strncmp(name, "status", length))
		say_status(out, size, match);
	else if (length == 6 && !strncmp(name, "frames", length))
		say_frames(out, size, match);
	else if (length == 5 && !strncmp(name, "volts", length))
		volts_text(out, size, match->millivolts);
	else if (length == 4 && !strncmp(name, "time", length))
		say_duration(out, size, match->duration);
}

char *words_fill(char *out, size_t size, const char *template, const struct match *match)
{
	size_t used = 0;

	out[0] = '\0';
	while (*template && used + 1 < size) {
		const char *end = *template == '{' ? strchr(template, '}') : NULL;
		char value[256];

		if (!end) {
			out[used++] = *template++;
			out[used] = '\0';
			continue;
		}
		value_of(template + 1, (size_t)(end - template - 1), match, value, sizeof value);
		used += (size_t)snprintf(out + used, size - used, "%s", value);
		template = end + 1;
	}
	return out;
}
