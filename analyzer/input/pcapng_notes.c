/* The options of pcapng blocks that tell what lies between packets (pcapng_notes.h). */
#include "pcapng_notes.h"

#include <stdlib.h>
#include <string.h>

#include "tool_comment.h"

enum {
	OPTION_END = 0,
	OPTION_COMMENT = 1,
	PACKET_DROPCOUNT = 4,
	STATISTICS_DROPPED = 5, /* by the interface */
};

/* Keeps a comment that is a tool's line. Returns false where memory ran out. */
static bool keep_line(struct pcapng_notes *notes, const uint8_t *bytes, size_t length)
{
	struct tool_comment comment;
	size_t needed = notes->length + length + 1;

	if (needed > notes->size) {
		char *bigger = realloc(notes->lines, needed * 2);

		if (!bigger)
			return false;
		notes->lines = bigger;
		notes->size = needed * 2;
	}
	memcpy(notes->lines + notes->length, bytes, length);
	notes->lines[notes->length + length] = '\0';
	if (tool_comment_read(notes->lines + notes->length, &comment))
		notes->length += strlen(notes->lines + notes->length) + 1;
	return true;
}

/* The next option: its code, and its value of *length bytes. NULL at the end of the list. */
static const uint8_t *next_option(struct cursor *options, bool big_endian, uint16_t *code, size_t *length)
{
	const uint8_t *head = cursor_take(options, 4);

	if (!head)
		return NULL;
	*code = cursor_decode16(head, big_endian);
	*length = cursor_decode16(head + 2, big_endian);
	return *code == OPTION_END ? NULL : cursor_take(options, (*length + 3) / 4 * 4);
}

static bool read_options(struct pcapng_notes *notes, struct cursor *options, bool big_endian, uint16_t count_code, uint64_t *count)
{
	const uint8_t *value;
	uint16_t code;
	size_t length;

	notes->length = 0;
	notes->dropped = notes->total_dropped = 0;
	notes->may_miss = false;
	while ((value = next_option(options, big_endian, &code, &length))) {
		if (code == count_code && length == 8)
			*count = cursor_decode64(value, big_endian);
		if (code != OPTION_COMMENT)
			continue;
		if (length == strlen(PCAPNG_MAY_MISS) && memcmp(value, PCAPNG_MAY_MISS, length) == 0)
			notes->may_miss = true;
		else if (!keep_line(notes, value, length))
			return false;
	}
	return true;
}

bool pcapng_notes_of_packet(struct pcapng_notes *notes, struct cursor *options, bool big_endian)
{
	return read_options(notes, options, big_endian, PACKET_DROPCOUNT, &notes->dropped);
}

bool pcapng_notes_of_statistics(struct pcapng_notes *notes, struct cursor *options, bool big_endian)
{
	return read_options(notes, options, big_endian, STATISTICS_DROPPED, &notes->total_dropped);
}

void pcapng_notes_free(struct pcapng_notes *notes)
{
	free(notes->lines);
}
