/*
 * The faults of the USB side: their table, their words, and what they do to an answer.
 * Knows: the words KIND@SELECTOR=ARG. Must not know: sockets, what a command means.
 */
#include "faults.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "requests.h"

enum argument { ARGUMENT_NONE, ARGUMENT_OPTIONAL, ARGUMENT_NEEDED };
#define ARGUMENT_MAX 3600000

#define ANYWHERE (PLACE_COMMAND | PLACE_CONTROL | PLACE_TRACE)

static const struct kind { const char *name; unsigned places; enum argument argument; const char *unit, *what; } kinds[FAULT_KINDS] = {
	[FAULT_STALL] = { "stall", ANYWHERE, ARGUMENT_NONE, "", "the answer is lost; reading it stalls" },
	[FAULT_STALL_OUT] = { "stall-out", PLACE_COMMAND, ARGUMENT_NONE, "", "the command itself stalls, and is not done" },
	[FAULT_SILENT] = { "silent", ANYWHERE, ARGUMENT_NONE, "", "done, but never answered" },
	[FAULT_LATE] = { "late", ANYWHERE, ARGUMENT_NEEDED, "ms", "answered late; further commands are taken meanwhile" },
	[FAULT_SLOW] = { "slow", PLACE_COMMAND, ARGUMENT_NEEDED, "ms", "the probe is busy with it for so long, and takes no other command" },
	[FAULT_SHORT] = { "short", ANYWHERE, ARGUMENT_NEEDED, "bytes", "only the first bytes of the answer" },
	[FAULT_LONG] = { "long", ANYWHERE, ARGUMENT_NEEDED, "bytes", "so many bytes more than the answer has" },
	[FAULT_EMPTY] = { "empty", ANYWHERE, ARGUMENT_NONE, "", "an answer of no bytes" },
	[FAULT_GARBAGE] = { "garbage", ANYWHERE, ARGUMENT_NONE, "", "as long as the answer, but meaningless" },
	[FAULT_LINE_ERROR] = { "line-error", ANYWHERE, ARGUMENT_NONE, "", "the answer is lost; reading it ends with -71 (EPROTO)" },
	[FAULT_OVERFLOW] = { "overflow", ANYWHERE, ARGUMENT_NONE, "", "reading it ends with -75 (EOVERFLOW)" },
	[FAULT_CRC] = { "crc", ANYWHERE, ARGUMENT_NONE, "", "the answer is lost; reading it ends with -84 (EILSEQ)" },
	[FAULT_TIMEOUT] = { "timeout", ANYWHERE, ARGUMENT_NONE, "", "the answer is lost; reading it ends with -62 (ETIME)" },
	[FAULT_GONE] = { "gone", ANYWHERE, ARGUMENT_OPTIONAL, "ms", "unplugged while the host waits; plugged in again so long after" },
	[FAULT_KEEP_OLD] = { "keep-old", PLACE_COMMAND, ARGUMENT_NONE, "", "answered when the next command comes: all answers are one behind" },
	[FAULT_DROP_COMMAND] = { "drop-command", PLACE_COMMAND, ARGUMENT_NONE, "", "taken, but neither done nor answered" },
	[FAULT_OUT_STUCK] = { "out-stuck", PLACE_COMMAND, ARGUMENT_NONE, "", "the command is never taken" },
};

/* --- words --- */

static bool fail(char *error, size_t size, const char *word, const char *why)
{
	snprintf(error, size, "usb.%s: %s", word, why);
	return false;
}

/* "#3", "#3-5", "#3+", or nothing: each. */
static bool read_range(const char *text, struct fault_selector *selector)
{
	char *end;

	selector->from = 1;
	selector->to = UINT_MAX;
	if (!*text)
		return true;
	if (text[1] < '1' || text[1] > '9')
		return false;
	selector->from = selector->to = (unsigned)strtoul(text + 1, &end, 10);
	if (*end == '-' && end[1] >= '1' && end[1] <= '9')
		selector->to = (unsigned)strtoul(end + 1, &end, 10);
	else if (!strcmp(end, "+") && end++)
		selector->to = UINT_MAX;
	return !*end && selector->from <= selector->to;
}

static bool read_prefix(const char *text, struct fault_selector *selector)
{
	for (; *text; text += 2) {
		char digits[3] = { text[0], text[1], 0 }, *end;

		if (selector->prefix_length == sizeof selector->prefix)
			return false;
		selector->prefix[selector->prefix_length++] = (uint8_t)strtoul(digits, &end, 16);
		if (end != digits + 2 || digits[0] == '+' || digits[0] == '-' || digits[0] == ' ')
			return false;
	}
	return selector->prefix_length > 0;
}

/* NULL, or what is wrong. */
static const char *read_selector(char *text, struct fault_selector *selector)
{
	static const char control[] = "control:";
	char *hash = strchr(text, '#');

	if (!read_range(hash ? hash : "", selector))
		return "behind # comes a number, N-M or N+, counted from 1";
	if (hash)
		*hash = 0;
	selector->place = PLACE_COMMAND;
	if (!strcmp(text, "*"))
		return NULL;
	if (!strcmp(text, "trace")) {
		selector->place = PLACE_TRACE;
		return NULL;
	}
	if (strncmp(text, control, sizeof control - 1))
		return read_prefix(text, selector) ? NULL : "the selector is the first bytes of a command in hex, *, trace or control:REQUEST";
	selector->place = PLACE_CONTROL;
	snprintf(selector->name, sizeof selector->name, "%s", text + sizeof control - 1);
	return request_is_name(selector->name) ? NULL : "no control request has that name";
}

/* NULL, or what is wrong. */
static const char *read_argument(const char *text, struct fault *fault)
{
	enum argument rule = kinds[fault->kind].argument;
	char *end;

	if (!text)
		return rule == ARGUMENT_NEEDED ? "this kind needs =NUMBER" : NULL;
	if (rule == ARGUMENT_NONE)
		return "this kind takes no argument";
	fault->has_argument = true;
	fault->argument = (uint32_t)strtoul(text, &end, 10);
	if (*text < '0' || *text > '9' || *end || fault->argument > ARGUMENT_MAX)
		return "the argument is a number";
	return NULL;
}

static bool read_kind(const char *name, struct fault *fault)
{
	for (unsigned kind = 0; kind < FAULT_KINDS; kind++) {
		if (strcmp(kinds[kind].name, name))
			continue;
		fault->kind = (enum fault_kind)kind;
		return true;
	}
	return false;
}

bool faults_add(struct faults *faults, const char *word, char *error, size_t size)
{
	struct fault *fault = &faults->list[faults->count];
	char copy[sizeof fault->text], *selector, *argument;
	const char *wrong;

	if (faults->count == FAULTS_MAX || strlen(word) >= sizeof copy)
		return fail(error, size, word, "too many faults, or too long");
	memset(fault, 0, sizeof *fault);
	strcpy(copy, word);
	snprintf(fault->text, sizeof fault->text, "%s", word);
	argument = strchr(copy, '=');
	if (argument)
		*argument++ = 0;
	selector = strchr(copy, '@');
	if (selector)
		*selector++ = 0;
	if (!read_kind(copy, fault))
		return fail(error, size, word, "no such kind of fault (--help lists them)");
	if (!selector)
		return fail(error, size, word, "KIND@SELECTOR is missing its selector");
	wrong = read_selector(selector, &fault->selector);
	if (!wrong)
		wrong = read_argument(argument, fault);
	if (!wrong && !(kinds[fault->kind].places & fault->selector.place))
		wrong = "this kind can hit commands only";
	if (wrong)
		return fail(error, size, word, wrong);
	faults->count++;
	return true;
}

void faults_help(void (*print)(void *context, const char *line), void *context)
{
	char line[256], word[64];

	for (unsigned kind = 0; kind < FAULT_KINDS; kind++) {
		const char *const forms[] = { [ARGUMENT_NONE] = "usb.%s@SELECTOR%s", [ARGUMENT_OPTIONAL] = "usb.%s@SELECTOR[=%s]",
		                              [ARGUMENT_NEEDED] = "usb.%s@SELECTOR=%s" };

		snprintf(word, sizeof word, forms[kinds[kind].argument], kinds[kind].name, kinds[kind].unit);
		snprintf(line, sizeof line, "%-32s %s", word, kinds[kind].what);
		print(context, line);
	}
}

/* --- hits --- */

static bool matches(const struct fault_selector *selector, enum fault_place place, const uint8_t *bytes, size_t length, const char *name)
{
	if (selector->place != place)
		return false;
	if (place == PLACE_CONTROL)
		return request_selects(selector->name, name);
	if (!selector->prefix_length)
		return true;
	return length >= selector->prefix_length && !memcmp(bytes, selector->prefix, selector->prefix_length);
}

void faults_hit(struct faults *faults, enum fault_place place, const uint8_t *bytes, size_t length, const char *name,
                struct fault_hits *hits)
{
	memset(hits, 0, sizeof *hits);
	for (unsigned i = 0; i < faults->count; i++) {
		struct fault *fault = &faults->list[i];

		if (!matches(&fault->selector, place, bytes, length, name))
			continue;
		fault->seen++;
		if (fault->seen < fault->selector.from || fault->seen > fault->selector.to)
			continue;
		fault->hits++;
		hits->of[fault->kind] = fault;
		if (!hits->text)
			hits->text = fault->text;
	}
}

/* --- what they do --- */

static void resize(struct message *message, uint32_t length)
{
	message->bytes = realloc(message->bytes, length + 1);
	if (!message->bytes)
		abort();
	/* What a probe sends beyond an answer is what lay behind it in its memory. */
	for (uint32_t i = message->length; i < length; i++)
		message->bytes[i] = 0xa5;
	message->length = length;
}

static void scramble(struct message *message)
{
	uint32_t state = 0x2545f491 + message->number;

	for (uint32_t i = 0; i < message->length; i++) {
		state = state * 1664525 + 1013904223;
		message->bytes[i] = (uint8_t)(state >> 24);
	}
}

bool faults_shape(const struct fault_hits *hits, struct message *message)
{
	static const struct { enum fault_kind kind; int status; } statuses[] = {
		{ FAULT_STALL, -EPIPE }, { FAULT_LINE_ERROR, -EPROTO }, { FAULT_OVERFLOW, -EOVERFLOW }, { FAULT_CRC, -EILSEQ },
		{ FAULT_TIMEOUT, -ETIME },
	};
	static const enum fault_kind delays[] = { FAULT_LATE, FAULT_SLOW };

	if (hits->of[FAULT_SILENT] || hits->of[FAULT_GONE])
		return false;
	if (hits->of[FAULT_GARBAGE])
		scramble(message);
	if (hits->of[FAULT_LONG])
		resize(message, message->length + hits->of[FAULT_LONG]->argument);
	if (hits->of[FAULT_SHORT] && hits->of[FAULT_SHORT]->argument < message->length)
		message->length = hits->of[FAULT_SHORT]->argument;
	if (hits->of[FAULT_EMPTY])
		message->length = 0;
	for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++)
		if (hits->of[statuses[i].kind])
			message->status = statuses[i].status;
	message->halts = message->status == -EPIPE;
	for (size_t i = 0; i < sizeof delays / sizeof *delays; i++)
		if (hits->of[delays[i]])
			message->ready = (message->ready ? message->ready : clock_now()) + hits->of[delays[i]]->argument * 1000ULL;
	if (hits->of[FAULT_KEEP_OLD])
		message->ready = MESSAGE_HELD;
	return true;
}
