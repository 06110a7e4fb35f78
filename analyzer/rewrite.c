/*
 * A capture copied record by record (rewrite.h).
 */
#include "rewrite.h"

#include <stdlib.h>
#include <string.h>

#include "capture_file.h"
#include "input/capture.h"
#include "input/pcapng_notes.h"
#include "input/tool_comment.h"
#include "tool_text.h"
#include "track/facts.h"
#include "urb_numbers.h"

#define ID_LENGTH 8       /* bytes of an URB id, in every kind of record */
#define USBPCAP_ID 2      /* where it is in a record of USBPcap; in one of usbmon it is the first */
#define SAFE_LONGEST 4 /* bytes that one of a text may become: \x1b */

struct copy {
	const struct rewrite *rewrite;
	struct capture_file *file;
	uint64_t dropped;    /* by the capturing machine, since the last record that stays */
	bool may_miss;       /* the same, as far as it goes before the place where they are counted */
	char **lines;        /* the tool's that wait for it */
	size_t line_count;
	uint8_t *bytes;
	size_t room;
	struct urb_numbers *numbers; /* NULL: ids stay */
};

/* What reads the file may show its comments as they are: nothing in one may act on a terminal. */
static void keep_line(struct copy *copy, const struct input_item *item)
{
	size_t length = strlen(item->line.text), room = SAFE_LONGEST * TOOL_TEXT_SIZE(length), size = room + TOOL_COMMENT_EXTRA;
	char *text = facts_allocate(NULL, TOOL_TEXT_SIZE(length)), *safe = facts_allocate(NULL, room);
	struct tool_comment comment = { item->line.is_stderr, item->line.unfinished, item->time, safe };

	tool_text(text, item->line.text, length, false);
	terminal_safe(safe, room, text, 0);
	copy->lines = facts_allocate(copy->lines, (copy->line_count + 1) * sizeof copy->lines[0]);
	copy->lines[copy->line_count] = facts_allocate(NULL, size);
	tool_comment_write(copy->lines[copy->line_count++], size, &comment);
	free(safe);
	free(text);
}

static void forget_lines(struct copy *copy)
{
	for (size_t i = 0; i < copy->line_count; i++)
		free(copy->lines[i]);
	copy->line_count = 0;
}

/* The record's own comments behind what was there before it: a gap, the tool's lines. */
static bool write_commented(struct copy *copy, const struct capture_record *record, const uint8_t *bytes, uint64_t frame)
{
	size_t count = 0;
	const char *const *comments = copy->rewrite->comments ? copy->rewrite->comments(copy->rewrite->context, frame, &count) : NULL;
	const char **all = facts_allocate(NULL, (1 + copy->line_count + count) * sizeof *all);
	size_t total = 0;
	bool good;

	if (copy->may_miss && !copy->dropped)
		all[total++] = PCAPNG_MAY_MISS;
	for (size_t i = 0; i < copy->line_count; i++)
		all[total++] = copy->lines[i];
	for (size_t i = 0; i < count; i++)
		all[total++] = comments[i];
	good = capture_file_write(copy->file, record, bytes, copy->dropped, all, total);
	free(all);
	return good;
}

static void number_urb(struct copy *copy, const struct capture_record *record, const struct urb_event *urb)
{
	bool usbmon = record->link_type == LINKTYPE_USB_LINUX || record->link_type == LINKTYPE_USB_LINUX_MMAPPED;
	uint64_t number = urb_number(copy->numbers, urb->id);
	uint8_t *at = copy->bytes + (usbmon ? 0 : USBPCAP_ID);

	for (unsigned i = 0; i < ID_LENGTH; i++)
		at[i] = (uint8_t)(number >> 8 * (usbmon && record->big_endian ? ID_LENGTH - 1 - i : i));
}

static bool write_record(struct copy *copy, const struct capture_record *record, const struct urb_event *urb)
{
	bool good;

	if (record->captured > copy->room) {
		copy->room = record->captured;
		copy->bytes = facts_allocate(copy->bytes, copy->room);
	}
	if (record->captured)
		memcpy(copy->bytes, record->data, record->captured);
	if (copy->numbers && !(urb->marks & URB_MARK_HEADER_CUT))
		number_urb(copy, record, urb);
	if (urb->captured && copy->rewrite->change) {
		size_t begin = (size_t)(urb->data - record->data), end = begin + urb->captured;

		copy->rewrite->change(copy->rewrite->context, urb->frame, copy->bytes + begin, urb->captured);
		/* Behind the payload nothing is told of, so nobody knows whose it is. */
		memset(copy->bytes + end, 0, record->captured > end ? record->captured - end : 0);
	}
	good = write_commented(copy, record, copy->bytes, urb->frame);
	copy->dropped = 0;
	copy->may_miss = false;
	forget_lines(copy);
	return good;
}

static bool copy_item(struct copy *copy, const struct input *input, const struct input_item *item)
{
	const struct rewrite *rewrite = copy->rewrite;

	switch (item->kind) {
	case INPUT_GAP:
		copy->dropped += item->gap.dropped;
		copy->may_miss |= !item->gap.dropped;
		return true;
	case INPUT_TOOL_LINE:
		if (rewrite->keep_lines)
			keep_line(copy, item);
		return true;
	case INPUT_RECORD:
		break;
	}
	return (rewrite->keeps && !rewrite->keeps(rewrite->context, item->frame)) || write_record(copy, input_record(input), &item->urb);
}

static bool is_capture(const struct rewrite *rewrite, const struct input *input)
{
	char shown[1024];

	if (input_facts(input)->link_type >= 0)
		return true;
	fprintf(stderr, "stlinkscope: %s: is a tool's log and has no records: only a capture can be written anew\n",
	        terminal_safe(shown, sizeof shown, rewrite->shown, 0));
	return false;
}

enum outcome rewrite_capture(const struct rewrite *rewrite)
{
	struct copy copy = { .rewrite = rewrite };
	struct input_item item;
	struct input *input;
	char problem[1024];
	bool good = true;

	input = input_open(rewrite->path, problem, sizeof problem);
	if (!input)
		return OUTCOME_TROUBLE;
	copy.file = is_capture(rewrite, input) ? capture_file_open(rewrite->out, rewrite->path) : NULL;
	if (!copy.file) {
		input_close(input);
		return OUTCOME_TROUBLE;
	}
	copy.numbers = rewrite->number_urbs ? urb_numbers_new() : NULL;
	while (good && input_next_item(input, &item) > 0)
		good = copy_item(&copy, input, &item);
	good = capture_file_close(copy.file, copy.dropped, (const char *const *)copy.lines, copy.line_count) && good;
	urb_numbers_free(copy.numbers);
	forget_lines(&copy);
	free(copy.lines);
	free(copy.bytes);
	input_close(input);
	return good ? OUTCOME_GOOD : OUTCOME_TROUBLE;
}
