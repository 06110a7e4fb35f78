/*
 * Which program drove a session? Guessed from the order of its first commands and the sizes of its reads.
 * Knows: how the known clients open a probe (swd.md 1, protocol.md 7), a letter a command: token_of in facts_session.c.
 * Must not know: rules, output. No guess is better than a wrong one: what fits no row has no name.
 */
#include <stddef.h>
#include <string.h>

#include "diagnosis.h"

#define SECOND INT64_C(1000000000)

/* What pattern matches one letter: it may be a letter, "." or a [set]; "?" or "*" behind it repeats it. Returns its length. */
static size_t item_length(const char *pattern)
{
	return *pattern == '[' ? (size_t)(strchr(pattern, ']') - pattern) + 1 : 1;
}

static bool item_fits(const char *pattern, size_t length, char letter)
{
	if (!letter)
		return false;
	if (*pattern == '.')
		return true;
	if (*pattern == '[')
		return memchr(pattern + 1, letter, length - 2) != NULL;
	return *pattern == letter;
}

/* Does text begin with what pattern says? Patterns are ours and short. */
static bool begins_like(const char *pattern, const char *text)
{
	size_t length;
	char repeat;

	if (!*pattern)
		return true;
	if (*pattern == '$')
		return !*text;
	length = item_length(pattern);
	repeat = pattern[length];
	if (repeat != '?' && repeat != '*')
		return item_fits(pattern, length, *text) && begins_like(pattern + length, text + 1);
	if (item_fits(pattern, length, *text) && begins_like(repeat == '*' ? pattern : pattern + length + 1, text + 1))
		return true;
	return begins_like(pattern + length + 1, text);
}

enum asking { ASKS_ANYHOW, ASKS_64_OR_MORE, ASKS_LESS };

/* The first row that fits. */
static const struct {
	const char *name, *pattern;
	enum asking asking;
	enum confidence confidence;
	const char *reason;
} clients[] = {
	{ "pyOCD", "Me?VX?T", ASKS_64_OR_MORE, CONFIDENCE_LIKELY, "asks mode, version, voltage, and reads whole packets" },
	{ "probe-rs", "Me?VX?s*S?N?Me?TES", ASKS_LESS, CONFIDENCE_LIKELY, "asks mode, version, voltage, and sets the speed after ENTER" },
	{ "probe-rs", "Me?VX?s*S?N?Me?TEs?S", ASKS_LESS, CONFIDENCE_LIKELY, "asks mode, version, voltage, and sets the speed after ENTER" },
	{ "probe-rs", "Me?VX?ssMe?TE", ASKS_LESS, CONFIDENCE_LIKELY, "asks mode, version, both speed lists, voltage" },
	{ "Black Magic Debug App", "[VX]X?Me?ZMe?E", ASKS_ANYHOW, CONFIDENCE_LIKELY, "resets the chip before ENTER" },
	{ "stm8flash", "VMew?q", ASKS_ANYHOW, CONFIDENCE_LIKELY, "leaves DFU mode unasked and asks for the SWIM buffer size" },
	{ "stlink-tools", "[VX]X?Me?s?SM?E", ASKS_ANYHOW, CONFIDENCE_LIKELY, "sets the speed right after the mode and asks for the mode again before ENTER" },
	{ "OpenOCD", "VX?Me?MT?s*S?N?E", ASKS_LESS, CONFIDENCE_LIKELY, "asks version, mode twice, voltage, sets the speed, ENTER" },
	{ "OpenOCD", "VX?Me?MT", ASKS_LESS, CONFIDENCE_LIKELY, "asks version, mode twice, voltage" },
	{ "OpenOCD", "VX?MeMw", ASKS_LESS, CONFIDENCE_POSSIBLE, "asks version, mode twice, and enters SWIM" },
	{ "stlink-tool", "LL?vL", ASKS_ANYHOW, CONFIDENCE_LIKELY, "sends the probe to its loader" },
	{ "a firmware updater (ST-LinkUpgrade or stlink-tool)", "v[ML]*L", ASKS_ANYHOW, CONFIDENCE_POSSIBLE, "loader commands behind F1 80" },
	{ "ST's own tools (ST-LINK Utility or a relative)", "vv?Me?[TE]", ASKS_ANYHOW, CONFIDENCE_LIKELY, "asks for the version with F1 80" },
	{ "flashrom", "V?Xbbb", ASKS_ANYHOW, CONFIDENCE_POSSIBLE, "asks for the extended version and uses the SPI bridge" },
};

static bool asks_like(enum asking asking, const struct session_facts *session)
{
	if (asking == ASKS_ANYHOW || session->least_asked == UINT32_MAX)
		return asking != ASKS_64_OR_MORE;
	return (session->least_asked >= 64) == (asking == ASKS_64_OR_MORE);
}

/* The time after which a client gives up names it a little (protocol.md 13). */
static struct client_guess guess_by_timeout(const struct session_facts *session)
{
	static const struct { int64_t from, to; const char *name; } timeouts[] = {
		{ 2900, 3100, "stlink-tools" },
		{ 5900, 6100, "OpenOCD" },
	};
	int64_t milliseconds = session->stuck_wait / (SECOND / 1000);

	for (size_t i = 0; i < sizeof timeouts / sizeof timeouts[0]; i++)
		if (milliseconds >= timeouts[i].from && milliseconds <= timeouts[i].to)
			return (struct client_guess){ timeouts[i].name, CONFIDENCE_POSSIBLE, "gives up after the time that it is known to wait" };
	return (struct client_guess){ 0 };
}

struct client_guess client_of(const struct session_facts *session, const struct capture_facts *capture)
{
	if (capture->pyocd_trace)
		return (struct client_guess){ "pyOCD", CONFIDENCE_CERTAIN, "the input is pyOCD's own trace" };
	for (size_t i = 0; i < sizeof clients / sizeof clients[0]; i++)
		if (asks_like(clients[i].asking, session) && begins_like(clients[i].pattern, session->opening))
			return (struct client_guess){ clients[i].name, clients[i].confidence, clients[i].reason };
	return guess_by_timeout(session);
}
