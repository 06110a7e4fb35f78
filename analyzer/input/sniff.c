/*
 * What kind of file this is.
 * Knows: magic numbers of captures and archives; what CR/LF and character-set conversion make of them.
 * Must not know: how any of the formats is read.
 */
#define _GNU_SOURCE 1 /* memmem */
#include "sniff.h"

#include "trace_text.h"

#include <string.h>

enum {
	LOOK_AHEAD = 64,
	/* A log may begin with other things than USB traffic. */
	TEXT_LOOK_AHEAD = 1024 * 1024,
	/* More than the mark of a trace line takes in UTF-16. */
	MARK_MOST = 64,
	MAGIC_LENGTH = 4,
	MANGLED_LENGTH = 3 * MAGIC_LENGTH,
};

struct magic {
	const char *bytes;
	size_t length;
	enum sniff_kind kind;
	const char *words; /* SNIFF_UNKNOWN: what it is and what to do */
};

#define MAGIC(text) .bytes = text, .length = sizeof text - 1

static const struct magic captures[] = {
	{ MAGIC("\xd4\xc3\xb2\xa1"), .kind = SNIFF_PCAP },
	{ MAGIC("\xa1\xb2\xc3\xd4"), .kind = SNIFF_PCAP },
	{ MAGIC("\x4d\x3c\xb2\xa1"), .kind = SNIFF_PCAP }, /* nanoseconds */
	{ MAGIC("\xa1\xb2\x3c\x4d"), .kind = SNIFF_PCAP },
	{ MAGIC("\x34\xcd\xb2\xa1"), .kind = SNIFF_PCAP }, /* Kuznetzov's longer records */
	{ MAGIC("\xa1\xb2\xcd\x34"), .kind = SNIFF_PCAP },
	{ 0 },
};

static const struct magic others[] = {
	{ MAGIC("\x1f\x8b"), .kind = SNIFF_GZIP },
	{ MAGIC("\xfd" "7zXZ\0"), .kind = SNIFF_XZ },
	{ MAGIC("\x28\xb5\x2f\xfd"), .kind = SNIFF_ZSTD },
	{ MAGIC("PK\3\4"), SNIFF_UNKNOWN, "is a zip archive: unpack it, and give the capture in it" },
	{ MAGIC("7z\xbc\xaf\x27\x1c"), SNIFF_UNKNOWN, "is a 7z archive: unpack it, and give the capture in it" },
	{ MAGIC("Rar!"), SNIFF_UNKNOWN, "is a rar archive: unpack it, and give the capture in it" },
	{ MAGIC("BZh"), SNIFF_UNKNOWN, "is compressed by bzip2, which is not supported: unpack it with bunzip2" },
	{ MAGIC("\x04\x22\x4d\x18"), SNIFF_UNKNOWN, "is compressed by lz4, which is not supported: unpack it with lz4 -d" },
	{ MAGIC("\x7f" "ELF"), SNIFF_UNKNOWN, "is a program, not a capture" },
	{ MAGIC("snoop\0"), SNIFF_UNKNOWN, "is a snoop capture, which cannot hold USB traffic: capture with usbmon or USBPcap" },
	{ 0 },
};

static const char not_a_capture[] = "not a capture: give a pcap or pcapng of usbmon or USBPcap, or pyOCD's USB trace";

static const struct magic *find_magic(const struct magic *table, const uint8_t *bytes, size_t length)
{
	for (; table->bytes; table++)
		if (length >= table->length && memcmp(bytes, table->bytes, table->length) == 0)
			return table;
	return NULL;
}

/* The ways in which a byte above 0x7f suffers when a capture is handled as text. */
enum conversion { REPLACED, FROM_LATIN1, SEVEN_BITS, CONVERSIONS };

/* What conversion makes of a magic number. Returns its length. */
static size_t convert(enum conversion conversion, const char *magic, uint8_t *result)
{
	size_t length = 0;

	for (size_t i = 0; i < MAGIC_LENGTH; i++) {
		uint8_t byte = (uint8_t)magic[i];

		if (byte < 0x80) {
			result[length++] = byte;
		} else if (conversion == REPLACED) { /* U+FFFD */
			memcpy(result + length, "\xef\xbf\xbd", 3);
			length += 3;
		} else if (conversion == SEVEN_BITS) {
			result[length++] = byte & 0x7f;
		} else {
			result[length++] = (uint8_t)(0xc0 | byte >> 6);
			result[length++] = 0x80 | (byte & 0x3f);
		}
	}
	return length;
}

/* A pcap whose magic went through UTF-8; some decoders leave the valid pair C3 B2 in D4 C3 B2 A1 alone. */
static bool is_mangled_pcap(const uint8_t *bytes, size_t length)
{
	static const char kept_pair[] = "\xef\xbf\xbd\xc3\xb2\xef\xbf\xbd";
	uint8_t mangled[MANGLED_LENGTH];

	if (length >= sizeof kept_pair - 1 && memcmp(bytes, kept_pair, sizeof kept_pair - 1) == 0)
		return true;
	for (const struct magic *capture = captures; capture->bytes; capture++) {
		for (enum conversion conversion = 0; conversion < CONVERSIONS; conversion++) {
			size_t count = convert(conversion, capture->bytes, mangled);

			if (length >= count && memcmp(bytes, mangled, count) == 0)
				return true;
		}
	}
	return false;
}

/*
 * A pcapng begins with 0A 0D 0D 0A, a length, and 1A 2B 3C 4D or its reverse. Conversion changes the first, or moves
 * the third.
 */
static bool is_mangled_pcapng(const uint8_t *bytes, size_t length)
{
	size_t line_ends = 0;

	while (line_ends < length && (bytes[line_ends] == '\r' || bytes[line_ends] == '\n'))
		line_ends++;
	/* "M<+\x1a" lost its first byte in some conversions, never its last three. */
	return line_ends >= 2 && (memmem(bytes, length, "<+\x1a", 3) || memmem(bytes, length, "\x1a+<", 3));
}

static bool is_pcapng(const uint8_t *bytes, size_t length)
{
	return length >= 12 && memcmp(bytes, "\n\r\r\n", 4) == 0 &&
	       (memcmp(bytes + 8, "\x1a\x2b\x3c\x4d", 4) == 0 || memcmp(bytes + 8, "\x4d\x3c\x2b\x1a", 4) == 0);
}

/*
 * Whether the bytes could be text in an 8-bit character set or UTF-8: no control characters but those of layout and
 * colour.
 */
static bool is_text(const uint8_t *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (bytes[i] < ' ' && !strchr("\t\n\r\f\b\033", bytes[i]))
			return false;
	return length > 0 && !memchr(bytes, '\0', length);
}

/* Kernel's text interface: "ffff88003b9a4c00 1853462397 S Bo:1:005:2 -115 31 = 55534243 ..." */
static bool is_usbmon_text(const uint8_t *text, size_t length)
{
	for (size_t i = 0; i + 6 < length; i++)
		if (text[i] == ' ' && text[i + 1] && strchr("SCE", text[i + 1]) && text[i + 2] == ' ' && text[i + 3] &&
		    strchr("CBIZ", text[i + 3]) && (text[i + 4] == 'i' || text[i + 4] == 'o') && text[i + 5] == ':')
			return true;
	return false;
}

static bool starts_with_any_case(const uint8_t *bytes, size_t length, const char *word)
{
	size_t i = 0;

	while (i < length && word[i] && (bytes[i] | 0x20) == word[i])
		i++;
	return !word[i];
}

/* Text: a trace, or what to say of it. Reads on as long as a trace may still come, but no further than it must. */
static enum sniff_kind sniff_text(struct stream *stream, bool wide, char *problem, size_t size)
{
	const uint8_t *text;
	size_t length = 0, before, from;

	do {
		before = length;
		length = stream_peek(stream, before + 1, &text);
		from = before > MARK_MOST ? (before - MARK_MOST) & ~(size_t)1 : 0;
		if (trace_is_text(text + from, length - from, wide))
			return SNIFF_TRACE;
	} while (length > before && length < TEXT_LOOK_AHEAD);
	if (stream->problem[0])
		snprintf(problem, size, "%s", stream->problem);
	else if (memmem(text, length, "USB OUT> (", 10) || memmem(text, length, "USB IN < (", 10))
		snprintf(problem, size, "is a pyOCD log, but without the \"USB CMD>\" lines of an ST-Link: it is of another probe");
	else if (memmem(text, length, "<html", 5) || starts_with_any_case(text, length, "<!doctype"))
		snprintf(problem, size, "is a web page, not a capture: download the file itself");
	else if (wide)
		snprintf(problem, size, "is UTF-16 text, as PowerShell's > writes, without a USB trace in it: if it was a "
		         "capture, let the capture tool write its file itself (-w FILE)");
	else if (is_usbmon_text(text, length))
		snprintf(problem, size, "is usbmon's text, which is not supported: capture with tcpdump -i usbmonN -w FILE, or Wireshark");
	else
		snprintf(problem, size, "is a text, %s (-L 'pyocd.probe.stlink.usb.trace=debug'); in Wireshark use File, Save As, "
		         "not Export", not_a_capture);
	return SNIFF_UNKNOWN;
}

enum sniff_kind sniff(struct stream *stream, char *problem, size_t size)
{
	const uint8_t *bytes;
	size_t length = stream_peek(stream, MAGIC_LENGTH, &bytes);
	const struct magic *magic = find_magic(captures, bytes, length);

	if (magic)
		return magic->kind;
	magic = find_magic(others, bytes, length);
	if (magic && magic->kind != SNIFF_UNKNOWN)
		return magic->kind;
	length = stream_peek(stream, 12, &bytes);
	if (is_pcapng(bytes, length))
		return SNIFF_PCAPNG;
	length = stream_peek(stream, LOOK_AHEAD, &bytes);
	magic = find_magic(others, bytes, length);
	if (length < MAGIC_LENGTH && stream->problem[0])
		snprintf(problem, size, "%s", stream->problem);
	else if (length == 0)
		snprintf(problem, size, "is empty: the capture recorded nothing, or was not written yet");
	else if (length < MAGIC_LENGTH)
		snprintf(problem, size, "ends after %zu byte%s: get the whole file", length, length == 1 ? "" : "s");
	else if (magic && magic->kind != SNIFF_UNKNOWN)
		return magic->kind;
	else if (magic)
		snprintf(problem, size, "%s", magic->words);
	else if (is_mangled_pcap(bytes, length) || is_mangled_pcapng(bytes, length))
		snprintf(problem, size, "is a capture that went through a text conversion (UTF-8 or line ends), which cannot be undone: "
		         "get the original file again, as binary");
	else if (length >= 2 && bytes[0] == 0xff && bytes[1] == 0xfe)
		return sniff_text(stream, true, problem, size);
	else if (is_text(bytes, length))
		return sniff_text(stream, false, problem, size);
	else
		snprintf(problem, size, "is %s (it begins with %02x %02x %02x %02x)", not_a_capture, bytes[0], bytes[1], bytes[2],
		         bytes[3]);
	return SNIFF_UNKNOWN;
}
