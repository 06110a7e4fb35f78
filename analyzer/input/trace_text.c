/*
 * pyOCD's USB trace to URB events.
 * Knows: pyocd/probe/stlink/usb.py: STLinkUSBInterface.transfer, in its form since 0.32 and before.
 * Must not know: what a command means.
 *
 *	  USB CMD> (16) f5 00 ...      USB OUT> (n) ...      USB IN < (req 2 bytes)      USB IN < (2) 01 04      since 0.32
 *	  USB CMD> f5 00 ...           USB OUT> ...          USB IN < (2 bytes)          USB IN < 01 04          before
 *
 * In front of them stands what the log's format puts there: pyOCD's milliseconds, a time stamp of whoever recorded the
 * log, colours.
 */
#include "trace_text.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
	/* The trace names no device. */
	TRACE_BUS = 0,
	TRACE_DEVICE = 1,
	ENDPOINT_OUT = 0x01,
	ENDPOINT_IN = 0x81,
	CHUNK = 64 * 1024,
	LINE_START = 4096,
	/* pyOCD moves at most 6 KiB at once: three characters a byte. */
	LINE_LIMIT = 1024 * 1024,
};

/* Seconds whose nanoseconds fit 63 bits: the year 2255. */
#define TIME_MOST INT64_C(9000000000)

enum line_kind { LINE_OTHER, LINE_OUT, LINE_ASKED, LINE_ANSWERED, LINE_DAMAGED };

struct trace {
	struct stream *stream;
	uint8_t chunk[CHUNK];
	size_t chunk_at, chunk_length;
	bool wide, started;
	char *line;       /* without colours; then its bytes, decoded in place */
	size_t line_size;
	uint64_t lines;
	uint64_t damaged, first_damaged; /* trace lines that do not parse: how many, and the first's number */
	uint64_t id;
	char problem[400];
};

static const char command_mark[] = "USB CMD> ";

/* The next character of the text; -1 at the end. */
static int next_character(struct trace *trace)
{
	unsigned skip = trace->wide ? 2 : 1;
	uint8_t character;

	while (trace->chunk_length - trace->chunk_at < skip) {
		size_t left = trace->chunk_length - trace->chunk_at, got;

		memmove(trace->chunk, trace->chunk + trace->chunk_at, left);
		got = stream_take(trace->stream, trace->chunk + left, sizeof trace->chunk - left);
		trace->chunk_at = 0;
		trace->chunk_length = left + got;
		if (!got)
			return -1;
	}
	character = trace->chunk[trace->chunk_at];
	if (trace->wide && trace->chunk[trace->chunk_at + 1])
		character = '?';
	trace->chunk_at += skip;
	return character;
}

/* Skips a terminal's colour sequence, ESC [ ... m, of which the ESC is taken. Returns the character after it. */
static int skip_colour(struct trace *trace)
{
	int character = next_character(trace);

	if (character != '[')
		return character;
	do {
		character = next_character(trace);
	} while (character == ';' || (character >= '0' && character <= '9'));
	return character < 0 || character == '\n' ? character : next_character(trace);
}

/* Reads one line into trace->line. Returns 1, 0 at the end, -1 out of memory. */
static int read_line(struct trace *trace)
{
	size_t length = 0;
	int character = next_character(trace);

	if (character < 0)
		return 0;
	while (character >= 0 && character != '\n') {
		if (character == 27) {
			character = skip_colour(trace);
			continue;
		}
		if (length + 1 == trace->line_size && trace->line_size < LINE_LIMIT) {
			char *bigger = realloc(trace->line, trace->line_size * 2);

			if (!bigger)
				return -1;
			trace->line = bigger;
			trace->line_size *= 2;
		}
		if (length + 1 < trace->line_size)
			trace->line[length++] = (char)character;
		character = next_character(trace);
	}
	trace->line[length] = '\0';
	trace->lines++;
	return 1;
}

static int hex_digit(char character)
{
	if (character >= '0' && character <= '9')
		return character - '0';
	if (character >= 'a' && character <= 'f')
		return character - 'a' + 10;
	return character >= 'A' && character <= 'F' ? character - 'A' + 10 : -1;
}

/*
 * Decodes "f5 00 .." over itself, up to the end of the line or the log's " [usb]". Returns the number of bytes, -1 at
 * anything else.
 */
static long decode_bytes(char *text, uint8_t *bytes)
{
	long count = 0;

	for (;;) {
		while (*text == ' ')
			text++;
		if (*text == '\0' || *text == '\r' || *text == '[' || *text == '(')
			return count;
		if (hex_digit(text[0]) < 0 || hex_digit(text[1]) < 0 || hex_digit(text[2]) >= 0)
			return -1;
		bytes[count++] = (uint8_t)(hex_digit(text[0]) << 4 | hex_digit(text[1]));
		text += 2;
	}
}

/*
 * "(16) " in front of the bytes, which old versions lack. Returns what follows it; *count is -1 where it is not there.
 */
static char *read_count(char *text, long *count)
{
	char *end;

	*count = -1;
	if (*text != '(')
		return text;
	*count = strtol(text + 1, &end, 10);
	return end > text + 1 && *end == ')' && *count >= 0 ? end + 1 : NULL;
}

/*
 * The bytes behind a mark. Damaged where they are not what the line says they are; prose that only names the mark is
 * no trace line.
 */
static enum line_kind read_bytes(char *text, enum line_kind kind, struct urb_event *event)
{
	long count, decoded;
	char *bytes = read_count(text, &count);

	if (!bytes || (count < 0 && (hex_digit(text[0]) < 0 || hex_digit(text[1]) < 0 || isalnum((unsigned char)text[2]))))
		return LINE_OTHER;
	decoded = decode_bytes(bytes, (uint8_t *)text);
	if (decoded < 0 || (count >= 0 && decoded != count))
		return LINE_DAMAGED;
	event->data = (const uint8_t *)text;
	event->captured = event->wire = event->length = (uint32_t)decoded;
	return kind;
}

/* "(req 2 bytes)", or "(2 bytes)" of old versions. Returns false where it is neither. */
static bool read_asked(const char *text, struct urb_event *event)
{
	int end = 0;
	unsigned asked;

	if (sscanf(text, "(req %u bytes)%n", &asked, &end) != 1 || !end) {
		end = 0;
		if (sscanf(text, "(%u bytes)%n", &asked, &end) != 1 || !end)
			return false;
	}
	event->length = asked;
	return true;
}

static enum line_kind read_trace(char *line, struct urb_event *event)
{
	char *text;

	if ((text = strstr(line, command_mark)) || (text = strstr(line, "USB OUT> ")))
		return read_bytes(text + strlen(command_mark), LINE_OUT, event);
	text = strstr(line, "USB IN < ");
	if (!text)
		return LINE_OTHER;
	text += strlen("USB IN < ");
	return read_asked(text, event) ? LINE_ASKED : read_bytes(text, LINE_ANSWERED, event);
}

/*
 * "1795415442.432929 ", seconds since the epoch, or pyOCD's "0011180 ", milliseconds since its start; else 0. Also
 * "0000123:DEBUG:..."
 */
static int64_t read_time(const char *line)
{
	const char *at = line + strspn(line, " [");
	size_t digits = strspn(at, "0123456789");
	int64_t time, unit = 100000000;

	if (digits == 0 || digits > 12)
		return 0;
	time = strtoll(at, NULL, 10);
	at += digits;
	if (*at != '.')
		return digits >= 7 && (*at == ' ' || *at == ':') ? time * 1000000 : 0;
	if (digits < 9 || digits > 10 || time > TIME_MOST)
		return 0;
	time *= 1000000000;
	for (at++; *at >= '0' && *at <= '9'; at++, unit /= 10)
		time += (*at - '0') * unit;
	return time;
}

static void fill_event(struct trace *trace, enum line_kind kind, struct urb_event *event)
{
	/* An answer belongs to the read asked for before it. */
	if (kind != LINE_ANSWERED)
		trace->id++;
	event->id = trace->id;
	event->frame = trace->lines;
	event->bus = TRACE_BUS;
	event->device = TRACE_DEVICE;
	event->type = URB_BULK;
	event->kind = kind == LINE_ANSWERED ? URB_COMPLETE : URB_SUBMIT;
	event->endpoint = kind == LINE_OUT ? ENDPOINT_OUT : ENDPOINT_IN;
	event->result = kind == LINE_ANSWERED ? URB_OK : URB_PENDING;
}

static void fail(struct trace *trace, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void fail(struct trace *trace, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(trace->problem, sizeof trace->problem, format, arguments);
	va_end(arguments);
}

/* The end of the text: whole or not. */
static int finish(struct trace *trace)
{
	if (trace->problem[0])
		return -1;
	if (trace->stream->problem[0])
		fail(trace, "%s; the %" PRIu64 " lines before were read", trace->stream->problem, trace->lines);
	else if (trace->damaged)
		fail(trace, "%" PRIu64 " %s of the USB trace cannot be read, the first is line %" PRIu64 " (wrong hex or byte count: a "
		     "wrapped or cut line); the others were read; get the log as pyOCD wrote it", trace->damaged,
		     trace->damaged == 1 ? "line" : "lines", trace->first_damaged);
	return trace->problem[0] ? -1 : 0;
}

int trace_next(struct trace *trace, struct urb_event *event)
{
	int got;

	if (!trace->started) {
		const uint8_t *bytes;

		trace->started = true;
		trace->wide = stream_peek(trace->stream, 2, &bytes) >= 2 && bytes[0] == 0xff && bytes[1] == 0xfe;
	}
	while ((got = read_line(trace)) > 0) {
		enum line_kind kind;
		int64_t time = read_time(trace->line);

		*event = (struct urb_event){ .time = time };
		kind = read_trace(trace->line, event);
		if (kind == LINE_DAMAGED) {
			if (!trace->damaged++)
				trace->first_damaged = trace->lines;
		} else if (kind != LINE_OTHER) {
			fill_event(trace, kind, event);
			return 1;
		}
	}
	if (got < 0)
		fail(trace, "out of memory at line %" PRIu64, trace->lines + 1);
	return finish(trace);
}

bool trace_is_text(const uint8_t *text, size_t length, bool wide)
{
	size_t step = wide ? 2 : 1, mark = strlen(command_mark);

	for (size_t at = 0; at + (mark + 2) * step <= length; at += step) {
		size_t i = 0;

		while (i < mark && text[at + i * step] == (uint8_t)command_mark[i])
			i++;
		if (i == mark) {
			char after = (char)text[at + mark * step];

			if (after == '(' || hex_digit(after) >= 0)
				return true;
		}
	}
	return false;
}

struct trace *trace_open(struct stream *stream)
{
	struct trace *trace = calloc(1, sizeof *trace);

	if (!trace)
		return NULL;
	trace->stream = stream;
	trace->line_size = LINE_START;
	trace->line = malloc(trace->line_size);
	if (!trace->line) {
		free(trace);
		return NULL;
	}
	return trace;
}

const char *trace_problem(const struct trace *trace)
{
	return trace->problem;
}

uint64_t trace_lines(const struct trace *trace)
{
	return trace->lines;
}

void trace_close(struct trace *trace)
{
	if (!trace)
		return;
	free(trace->line);
	free(trace);
}
