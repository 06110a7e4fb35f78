/*
 * The phases of a session in words (phases_words.h).
 * Knows: which phases make a cycle. Must not know: what a phase is, where the words stand.
 */
#include "phases_words.h"

#include <inttypes.h>
#include <stdarg.h>

#include "terminal.h"

#define CYCLE 4  /* phases in a cycle at most */
#define OFTEN 3  /* cycles that are counted rather than told one by one */

struct words { char *out; size_t size, used; };

static void __attribute__((format(printf, 2, 3))) say(struct words *words, const char *format, ...)
{
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(words->out + words->used, words->size - words->used, format, arguments);
	va_end(arguments);
	words->used += (size_t)length;
	if (words->used >= words->size)
		words->used = words->size - 1;
}

/* How many cycles of period phases begin with the one at first. */
static size_t cycles_of(const struct phase_log *log, size_t first, size_t period)
{
	size_t end = first + period;

	while (end < log->count && log->span[end].phase == log->span[end - period].phase)
		end++;
	return (end - first) / period;
}

/* Phases in the shortest cycle that begins with the one at first and comes often; 1 where there is none. */
static size_t period_of(const struct phase_log *log, size_t first)
{
	for (size_t period = 2; period <= CYCLE; period++)
		if (first + period <= log->count && cycles_of(log, first, period) >= OFTEN)
			return period;
	return 1;
}

static void say_frames(struct words *words, const struct phase_span *span)
{
	char duration[40];

	say(words, "%s %" PRIu64 " (frames %" PRIu64 " to %" PRIu64 ", %s)", phase_name(span->phase), span->commands, span->first_frame,
	    span->last_frame, terminal_duration(duration, sizeof duration, span->end_time - span->time));
}

/* Of count phases the names of the first period ones, how often they come, and their commands. */
static void say_cycles(struct words *words, const struct phase_span *span, size_t count, size_t period)
{
	uint64_t commands = 0;

	if (count > period)
		say(words, "%zu times (", count / period);
	for (size_t i = 0; i < period; i++)
		say(words, "%s%s", i ? ", " : "", phase_name(span[i].phase));
	for (size_t i = 0; i < count; i++)
		commands += span[i].commands;
	say(words, "%s %" PRIu64, count > period ? ")" : "", commands);
}

char *phases_words(char *out, size_t size, const struct phase_log *log, bool with_frames)
{
	struct words words = { .out = out, .size = size };

	*out = '\0';
	for (size_t i = 0; i < log->count;) {
		size_t period = with_frames ? 1 : period_of(log, i), count = period > 1 ? period * cycles_of(log, i, period) : 1;

		say(&words, "%s", i ? ", " : "");
		if (with_frames)
			say_frames(&words, &log->span[i]);
		else
			say_cycles(&words, &log->span[i], count, period);
		i += count;
	}
	if (log->more)
		say(&words, " and %" PRIu64 " more changes", log->more);
	return out;
}
