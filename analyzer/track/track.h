/*
 * From URB events to ST-Link transactions, sessions and mode changes: facts only.
 * Knows: which transfer belongs to which command, which status judges which command, when a session begins.
 * Must not know: what is good or bad for the user (diagnosis/), words and formats (output/).
 * DESIGN decisions 2 to 6 and section 5 (session, status that comes later, result).
 */
#ifndef ANALYZER_TRACK_TRACK_H
#define ANALYZER_TRACK_TRACK_H

#include "access.h"
#include "device.h"
#include "phases.h"
#include "recognise.h"

/* How a transaction ended; the first that holds, in this order (DESIGN section 5). */
enum result {
	RESULT_GONE, RESULT_USB_ERROR, RESULT_STALLED, RESULT_CANCELLED, RESULT_NO_ANSWER, RESULT_INCOMPLETE, RESULT_TRUNCATED,
	RESULT_SHIFTED, RESULT_SHORT, RESULT_ERROR, RESULT_WAIT, RESULT_UNJUDGED, RESULT_OK,
	RESULTS,
};
/* "gone", "usb-error", ..., "ok": the words of the JSON contract. */
const char *result_name(enum result result);

/* The closed list of notes; a bit set in struct transaction. note_name gives the id, note_text what it means. */
enum note {
	NOTE_RESYNCHRONISED,   /* no command was known to be open: taken as one by its look */
	NOTE_TRUNCATED,        /* the capture holds fewer bytes than were on the wire */
	NOTE_SHORT,            /* the probe sent less than the command defines */
	NOTE_TRAILING,         /* bytes beyond the layout that are not all zero */
	NOTE_PADDING,          /* padding that is not zero */
	NOTE_UNNAMED,          /* a value without a name */
	NOTE_LONG,             /* the answer is longer than the command defines */
	NOTE_SPLIT_ANSWER,     /* the answer came in several reads */
	NOTE_SPLIT_DATA,       /* the OUT data went in several writes */
	NOTE_SHORT_COMMAND,    /* the command block is not padded to 16 bytes */
	NOTE_DATA_SHORT,       /* fewer OUT data bytes than the command announces */
	NOTE_DATA_LONG,        /* more OUT data bytes than the command announces */
	NOTE_UNREAD,           /* an answer was due and the host never fetched it */
	NOTE_AFTER_UNREAD,     /* an earlier answer was left unread: this one may belong to the command before */
	NOTE_SHIFTED,          /* length or content fit the command before */
	NOTE_UNKNOWN_COMMAND,  /* the table does not know the opcode */
	NOTE_UNKNOWN_STATUS,   /* the table does not know the status */
	NOTE_NO_SUBMISSION,    /* an URB's submission is not in the capture */
	NOTE_NO_COMPLETION,    /* an URB's completion is not in the capture */
	NOTE_NO_CSW,           /* V1: no command status wrapper came */
	NOTE_CSW_TAG,          /* V1: the CSW carries another tag */
	NOTE_CBW_LENGTH,       /* V1: the CBW's data length disagrees with the command */
	NOTE_WRITE_VERIFY,     /* status 0D: clients disagree whether the write failed */
	NOTE_LATE_ANSWER,      /* the answer came in a read made after an earlier read was cancelled */
	NOTE_BEYOND_BUFFER,    /* more payload than the 64 KiB that are kept */
	NOTES,
};
const char *note_name(enum note note);
const char *note_text(enum note note);

/* A run of bytes of one transaction: wire of them went over the wire, the first captured of them are at bytes. */
struct payload {
	const uint8_t *bytes;
	uint32_t captured, wire;
};

struct frames { const uint64_t *frame; size_t count; };

enum channel { CHANNEL_DEBUG, CHANNEL_BRIDGE };

/* One command, its optional OUT data, its answer. Borrowed for the duration of the listener's call. */
struct transaction {
	int probe;        /* index of struct probe */
	uint64_t session; /* index of struct session */
	enum channel channel;
	uint16_t bus, device;
	uint64_t frame;   /* of the command's submission (of its completion where only that was captured) */
	int64_t time, end_time; /* ns since the epoch: of frame; of the last record that belongs to it */
	int64_t latency;  /* ns from the command's submission to the last completion; -1 where either is missing */
	struct frames command_frames, data_frames, answer_frames;
	const struct stlink_command *command; /* never NULL; &stlink_unknown */
	struct payload request;  /* the command block; V1: the CDB, as long as the CBW says */
	struct payload data;     /* OUT data phase */
	struct payload answer;   /* IN answer without CSW */
	bool answered;           /* an IN read delivered (0 or more bytes) */
	uint32_t data_due, answer_due; /* lengths that the command defines; STLINK_ANY_LENGTH */
	struct operation request_operation, answer_operation; /* roles; of a shifted or short answer shown but no fact: see usable */
	const struct operation *earlier; /* request operation of the command an ANSWER_EARLIER row refers to, or NULL */
	bool usable;             /* the answer may become a fact: whole, not shifted, not truncated */
	bool has_status;
	uint8_t status;          /* the status byte that judges this transaction, also where it came with a later command */
	const struct stlink_status *status_row; /* NULL: no status, or one that no table knows */
	uint64_t status_frame;   /* frame of the GETLASTRWSTATUS(2) or RW_MISC_IN that brought it, or 0 */
	uint64_t judges_frame;   /* of such a command: the frame of the one it judges, or 0 */
	enum result result;
	uint32_t notes;          /* bit set of enum note */
	enum urb_result urb_result; /* of the URB that failed, else URB_OK */
	int64_t urb_status; bool windows; /* the same as captured */
	uint64_t urb_frame;      /* its completion */
	bool out_failed;         /* the URB that failed carried the command or OUT data: the probe did not take it */
	bool out_completed;      /* the command's OUT URB is known to have completed well */
	int64_t waited;          /* ns from the failed URB's submission to its completion; -1 where not known */
	uint32_t asked;          /* bytes the host asked for in the answer reads, added up; 0 where not known */
	bool bulk_only;          /* V1 */
	struct { bool present; uint64_t frame; uint32_t tag, residue; uint8_t status; } csw;
	uint32_t cbw_tag;
	const struct access *accesses; /* what of the target it reached, in order (access.h) */
	size_t access_count;
	enum phase phase; /* what the session does by it; PHASE_NONE: nothing is followed */
	const struct chip *chip; /* what is known of the chip behind this transaction, or NULL: nothing is followed */
};

static inline bool transaction_noted(const struct transaction *transaction, enum note note)
{
	return transaction->notes >> note & 1;
}

/* The frames of its command, its data and its answer, in that order. */
#define TRANSACTION_PARTS 3
static inline const struct frames *transaction_part(const struct transaction *transaction, size_t part)
{
	return part == 0 ? &transaction->command_frames : part == 1 ? &transaction->data_frames : &transaction->answer_frames;
}
/* The last of them all. */
uint64_t transaction_last_frame(const struct transaction *transaction);

/* A probe: one ST-Link through all its enumerations. */
struct probe {
	int index;
	uint16_t bus;
	uint16_t addresses[16]; /* in order, the newest last; later ones beyond 16 replace the last */
	size_t address_count;
	uint16_t vid, pid;      /* 0: not known */
	enum stlink_generation generation;
	const struct stlink_product *product; /* NULL: not known by descriptor */
	char serial[DEVICE_TEXT]; /* as the device says it; "" unknown. Only output/ turns it into a pseudonym */
	char product_text[DEVICE_TEXT];
	bool by_descriptor;
	enum recognise_certainty certainty;
	char identified_by[160]; /* in words: "descriptor", or the reason of the guess */
	bool has_version;
	struct stlink_version version; /* the latest usable answer */
	uint64_t first_frame, last_frame;
	int64_t first_time, last_time;
	uint64_t commands;      /* transactions so far */
	uint64_t stray_answers, drain_reads, foreign_records, trace_bytes; /* accounted for in words */
	uint64_t enumerations;  /* times the device got a new enumeration after the first */
	enum stlink_mode mode;  /* MODE_UNKNOWN while not known */
};

/* Has the probe ever sat at this address? */
static inline bool probe_sat_at(const struct probe *probe, uint16_t bus, uint16_t address)
{
	for (size_t i = 0; i < probe->address_count; i++)
		if (probe->bus == bus && probe->addresses[i] == address)
			return true;
	return false;
}

struct mode_change {
	uint64_t frame;
	int64_t time;
	enum stlink_mode from, to;
	const char *by; /* canonical name of the command that asked for it, "GET_CURRENT_MODE" where it was only observed, "enumeration" */
};

/* Why a session ended. */
enum session_end { SESSION_OPEN, SESSION_EXIT, SESSION_NEXT, SESSION_REENUMERATED, SESSION_GONE, SESSION_CAPTURE_END };

struct session {
	uint64_t index;         /* over all probes, in order of beginning */
	int probe;
	uint64_t first_frame, last_frame;
	int64_t first_time, last_time;
	uint64_t commands;
	enum session_end end;
	bool first_of_probe;
};

enum usb_note_kind {
	USB_NOTE_ENUMERATED,   /* SET_ADDRESS, or a first descriptor at an address */
	USB_NOTE_RESET,        /* addressed anew without having left: a USB reset */
	USB_NOTE_HALT_CLEARED,
	USB_NOTE_GONE,
	USB_NOTE_RETURNED,     /* the same probe enumerated again; address may differ */
	USB_NOTE_RECOGNISED,   /* by its traffic; text says why */
	USB_NOTE_DRAIN,        /* an IN read without a command, taken back or empty: no fault */
	USB_NOTE_STRAY,        /* IN data without a command */
	USB_NOTE_STRAY_OUT,    /* OUT data that is neither a command nor a due data phase */
	USB_NOTE_URB_ERROR,    /* an URB of the probe that belongs to no transaction failed (EP0, trace) */
};

struct usb_note {
	enum usb_note_kind kind;
	int probe;             /* -1: not (yet) a probe */
	uint16_t bus, device;
	uint64_t frame;
	int64_t time;
	uint8_t endpoint;
	enum urb_result urb_result; int64_t urb_status; bool windows;
	struct payload bytes;  /* of stray data */
	uint32_t asked;        /* URB_ERROR of a trace read: bytes the host asked for; 0 where not known */
	int64_t waited;        /* of the same: ns from its submission; -1 where not known */
	const char *text;      /* more in words, or "" */
	bool by_client;        /* RETURNED: a port reset came before it */
	bool never_left;       /* RETURNED: in its place, and nothing enumerated: what ended were the transfers of a program that was killed */
	bool outstanding;      /* GONE: an URB of a command or answer was under way */
};

struct trace_data { int probe; uint64_t session; uint16_t bus, device; uint64_t frame; int64_t time; struct payload bytes; };

/* A control transfer of an ST-Link, also from before it was configured (probe -1). */
struct control_transfer {
	int probe;
	uint16_t bus, device;
	uint64_t frame, end_frame; /* of its submission and its completion; 0 where that is not in the capture */
	int64_t time, latency;     /* ns; latency -1 where a half is missing */
	struct usb_setup setup;
	struct payload bytes;      /* of its data stage */
	enum urb_result urb_result; int64_t urb_status; bool windows;
	bool holds_serial;         /* bytes are the serial number's string descriptor: shown only when asked for */
};

/*
 * A place where records are missing: dropped by the kernel, or cut by the reader. Nothing is paired across it. Where dropped is 0, some of those
 * that the next gap counts may be missing anywhere between the two: a full buffer takes short records after it lost long ones. What is
 * there is paired, for what is lost is never shorter than what is kept behind it, and an answer never shorter than its command;
 * what is missing of a transaction is held against nobody.
 */
struct gap { uint64_t frame; int64_t time; uint64_t dropped; };

/* A line that the host's tool wrote while it was watched. text is valid UTF-8, and hostile. */
struct tool_line {
	uint64_t frame;  /* of the record before which it came: the one that is next */
	int64_t time;
	bool is_stderr;
	bool unfinished; /* the tool has not ended it: a prompt; what it adds comes as a line of its own */
	const char *text;
};

struct tracker;

/* Who is told. Any function may be NULL. Pointers are borrowed for the call. Within a probe transactions come in the order of their first
 * frame; a mode change and a usb note come in their place among them. */
struct listener {
	void *context;
	void (*session_begin)(void *context, const struct probe *probe, const struct session *session);
	void (*transaction)(void *context, const struct probe *probe, const struct session *session, const struct transaction *transaction);
	void (*mode)(void *context, const struct probe *probe, const struct session *session, const struct mode_change *change);
	void (*usb)(void *context, const struct probe *probe, const struct session *session, const struct usb_note *note);
	void (*trace)(void *context, const struct probe *probe, const struct session *session, const struct trace_data *trace);
	void (*control)(void *context, const struct control_transfer *transfer);
	void (*gap)(void *context, const struct gap *gap);
	void (*tool)(void *context, const struct tool_line *line);
	void (*session_end)(void *context, const struct probe *probe, const struct session *session);
};

struct tracker *tracker_new(void);
/* Adds a listener, called in the order of adding; at most 8. listener is copied. */
void tracker_listen(struct tracker *tracker, const struct listener *listener);
/* Feeds the next record. */
void tracker_observe(struct tracker *tracker, const struct urb_event *urb);
void tracker_gap(struct tracker *tracker, uint64_t frame, int64_t time, uint64_t dropped);
/*
 * A line of the tool's output, after every record before line->frame and before that record itself. It is told once the transactions that
 * began before it are, and before any that began after it. Where one of the former stays open or held for a second more, by the times of
 * records or tracker_time, it does not wait for that one any longer.
 */
void tracker_tool_line(struct tracker *tracker, const struct tool_line *line);
/* All that came up to time was fed: for a live capture, each time that it waited in vain. */
void tracker_time(struct tracker *tracker, int64_t time);
/* The command whose transfers have been under way for longest; false where none is. */
struct open_command { const struct stlink_command *command; uint64_t frame; int64_t time; };
bool tracker_open_command(const struct tracker *tracker, struct open_command *oldest);
/* The end of the capture: whatever is open is told as it stands, sessions end. */
void tracker_finish(struct tracker *tracker);
void tracker_free(struct tracker *tracker);

size_t tracker_probe_count(const struct tracker *tracker);
const struct probe *tracker_probe(const struct tracker *tracker, size_t index);
const struct device_table *tracker_devices(const struct tracker *tracker);

struct track_totals {
	uint64_t records, transactions, sessions;
	uint64_t cut_payloads;       /* records of a probe whose payload the snap length cut */
	uint64_t first_cut_frame;
	uint64_t header_cut;         /* records shorter than their own header, or with one that cannot be */
	uint64_t unpaired_evicted;   /* submissions forgotten because too many were open */
	int64_t first_time, last_time;
	uint64_t dropped;
};
const struct track_totals *tracker_totals(const struct tracker *tracker);

/* Opcodes that no table knows, with how often each came. Returns their number; at most size are written. */
struct unknown_opcode { uint8_t opcode[2]; uint8_t length; uint64_t count; uint64_t first_frame; };
size_t tracker_unknown(const struct tracker *tracker, struct unknown_opcode *list, size_t size);

#endif
