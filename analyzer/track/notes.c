/*
 * The words of the JSON contract for results and notes.
 * Knows: ids and their one-line meanings. Must not know: when they apply.
 */
#include "track.h"

static const char *const result_names[RESULTS] = {
	[RESULT_GONE] = "gone",
	[RESULT_USB_ERROR] = "usb-error",
	[RESULT_STALLED] = "stalled",
	[RESULT_CANCELLED] = "cancelled",
	[RESULT_NO_ANSWER] = "no-answer",
	[RESULT_INCOMPLETE] = "incomplete",
	[RESULT_TRUNCATED] = "truncated",
	[RESULT_SHIFTED] = "shifted",
	[RESULT_SHORT] = "short",
	[RESULT_ERROR] = "error",
	[RESULT_WAIT] = "wait",
	[RESULT_UNJUDGED] = "unjudged",
	[RESULT_OK] = "ok",
};

static const struct { const char *name, *text; } notes[NOTES] = {
	[NOTE_RESYNCHRONISED] = { "resynchronised", "no command was known to be open here: taken as one by its look" },
	[NOTE_TRUNCATED] = { "truncated", "the capture holds fewer bytes than were on the wire" },
	[NOTE_SHORT] = { "short", "the probe sent less than the command defines" },
	[NOTE_TRAILING] = { "trailing-bytes", "bytes beyond the layout that are not all zero" },
	[NOTE_PADDING] = { "padding-not-zero", "unused bytes that are not zero" },
	[NOTE_UNNAMED] = { "unknown-value", "a value that has no name" },
	[NOTE_LONG] = { "long", "the answer is longer than the command defines" },
	[NOTE_SPLIT_ANSWER] = { "split-answer", "the answer came in several reads" },
	[NOTE_SPLIT_DATA] = { "split-data", "the data went out in several writes" },
	[NOTE_SHORT_COMMAND] = { "short-command", "the command block is not padded to 16 bytes" },
	[NOTE_DATA_SHORT] = { "data-short", "fewer data bytes went out than the command announces" },
	[NOTE_DATA_LONG] = { "data-long", "more data bytes went out than the command announces" },
	[NOTE_UNREAD] = { "unread", "an answer was due and the host did not fetch it" },
	[NOTE_AFTER_UNREAD] = { "after-unread", "an earlier answer was left unread: this one may belong to the command before" },
	[NOTE_SHIFTED] = { "shifted", "length or content of the answer fit the command before, not this one" },
	[NOTE_UNKNOWN_COMMAND] = { "unknown-command", "no table knows this opcode" },
	[NOTE_UNKNOWN_STATUS] = { "unknown-status", "no table knows this status" },
	[NOTE_NO_SUBMISSION] = { "no-submission", "the submission of a transfer is not in the capture" },
	[NOTE_NO_COMPLETION] = { "no-completion", "the completion of a transfer is not in the capture" },
	[NOTE_NO_CSW] = { "no-csw", "no command status wrapper came" },
	[NOTE_CSW_TAG] = { "csw-tag", "the command status wrapper carries another tag" },
	[NOTE_CBW_LENGTH] = { "cbw-length", "the data length in the command wrapper disagrees with the command" },
	[NOTE_WRITE_VERIFY] = { "write-verify", "read back differently: clients disagree whether that write failed" },
	[NOTE_LATE_ANSWER] = { "late-answer", "the answer came in a read made after an earlier read was taken back" },
	[NOTE_BEYOND_BUFFER] = { "beyond-buffer", "only the first 64 KiB of the payload are kept" },
};

const char *result_name(enum result result)
{
	return result_names[result];
}

const char *note_name(enum note note)
{
	return notes[note].name;
}

const char *note_text(enum note note)
{
	return notes[note].text;
}
