/*
 * What the files of the tracker share. Nobody outside analyzer/track includes this.
 * track.c takes records in; candidates.c and probe.c say which device is which probe; channel.c decides which transfer belongs to which
 * command; pending.c keeps its bytes; judge.c says how it ended; order.c puts transactions in order, cuts sessions, follows the mode; lines.c puts
 * the tool's lines between them.
 */
#ifndef ANALYZER_TRACK_INTERNAL_H
#define ANALYZER_TRACK_INTERNAL_H

#include "track.h"

#define LONGEST_PAYLOAD 65536u /* 16-bit lengths: nothing longer is ever announced */
#define OPEN_URBS 64
#define KNOWN_COMMANDS 64
#define LISTENERS 8
#define LINES 256 /* of the tool that wait at a time; beyond that the oldest goes out */
#define HISTORY 4 /* how many answers may be left unread before shifted answers are no longer followed */

struct byte_buffer { uint8_t *bytes; uint32_t captured, wire, capacity; bool cut, beyond; };
struct frame_buffer { uint64_t *frame; size_t count, capacity; };

/* A transaction under assembly, or finished and waiting for its turn. Pooled per probe. */
struct pending {
	struct transaction transaction;
	uint64_t serial; /* of this use of the slot: a stale reference is told by it */
	struct pending *next;
	struct byte_buffer request, data, answer;
	struct frame_buffer command_frames, data_frames, answer_frames;
	struct operation earlier;    /* copy behind transaction.earlier */
	int64_t submitted;           /* time of the command's submission; INT64_MIN where not captured */
	int64_t last_completion;     /* INT64_MIN while none */
	unsigned out_open, in_open;  /* URBs of it under way */
	unsigned in_asked;           /* IN reads submitted for it */
	bool finished;
	bool held;                   /* finished memory command that waits for its status */
	bool judge;                  /* GETLASTRWSTATUS(2) or RW_MISC_IN behind a held command */
	bool session_undecided;      /* GET_CURRENT_MODE or exit that may belong to the next session */
	bool cut_by_capture;         /* the capture ends or has a gap in it */
	bool answer_lost;            /* a read for its answer completed, and the capture lost that record */
	bool withheld;               /* disk contents: lengths only */
	bool one_sided;              /* only OUT submissions and IN completions are in this capture */
	bool out_unseen;             /* completions of OUT transfers are not in it */
	bool begins_session;
};

struct open_urb { uint64_t id, frame; int64_t time; uint32_t length; uint8_t endpoint; bool used; struct pending *owner; uint64_t owner_serial; };

/* The command before, as far as a shifted answer needs it. */
struct past_command { const struct stlink_command *command; uint32_t answer_due; };

/* What stlink_find said of an opcode. */
struct known_command { const struct stlink_command *command; unsigned opcode; bool bulk_only; };

/* One command and answer endpoint pair of a probe. */
struct channel_state {
	enum channel kind;
	uint8_t out_endpoint, in_endpoint; /* 0: this probe has no such channel */
	bool bulk_only;
	bool sure;                 /* what comes next is known: not the start of a capture, a gap, a time-out */
	bool saw_in_submission, saw_out_submission, saw_out_completion;
	bool out_unseen;           /* answers come, and never a completion of an OUT: this capture does not hold them */
	int64_t last_time;
	struct pending *current;   /* the open command, or NULL */
	struct open_urb open[OPEN_URBS];
	size_t open_count;
	struct operation swim_read, misc_out; /* what ANSWER_EARLIER rows refer to */
	struct past_command past[HISTORY];    /* newest first */
	struct known_command known[KNOWN_COMMANDS]; /* by opcode */
	unsigned unread;           /* answers that may still sit in the probe */
	unsigned shift;            /* by how many commands answers are known to be late; 0: not known */
	struct probe_state *owner;
};

struct probe_state {
	struct probe probe;
	struct tracker *tracker;
	struct channel_state debug, bridge;
	uint8_t trace_endpoint;
	struct { uint64_t id; int64_t time; uint32_t length; } trace_read; /* the last one submitted */
	uint8_t endpoints_known;     /* descriptor endpoints when the above were taken from them */
	struct pending *head, *tail; /* in order of first frame */
	struct pending *pool;
	uint64_t serial;             /* next pending.serial */
	struct pending *held;        /* the memory command that waits for its status, or NULL */
	struct access_state *access; /* what of the target its commands reach */
	struct phase_state phases;   /* what its session is doing */
	struct session session;      /* the current one; meaningful while in_session */
	bool in_session, begin_next; /* begin_next: the next command begins a new one (re-enumeration) */
	bool entered;                /* ENTER, SWIM_ENTER or a command to the chip since the session began */
	bool after_exit;             /* the last transaction told was an exit */
	bool after_exit_seen;        /* the last command submitted was one, those that wait for their session not counted */
	int64_t last_command_time;
	const char *mode_asked_by;   /* DFU_EXIT whose effect was not seen yet */
	uint64_t mode_asked_frame;
	int64_t mode_asked_time;
	struct device *device;       /* where it sits now; NULL while it is away */
	bool leaving;                /* told gone, URBs still to complete */
	struct usb_note gone_note;
	bool left_by_itself;         /* it was gone before it came back: no reset by a client */
	int64_t absent_since;
};

struct candidate_slot { uint16_t bus, address; struct candidate *candidate; bool refused; };

struct tracker {
	struct device_table *devices;
	struct listener listeners[LISTENERS];
	size_t listener_count;
	struct probe_state **probes;
	size_t probe_count;
	struct candidate_slot *candidates;
	size_t candidate_count;
	bool lossy; /* behind a gap without a count: records may be missing anywhere, up to the next one with a count */
	struct track_totals totals;
	struct unknown_opcode unknown[256];
	size_t unknown_count;
	struct tool_line lines[LINES]; /* a ring; each owns its text */
	size_t first_line, line_count;
};

/* Both halves of an URB are in this capture, as far as it has shown. */
static inline bool channel_two_sided(const struct channel_state *channel)
{
	return channel->saw_in_submission || channel->saw_out_completion;
}

/* Out of memory ends the program: there is nothing to go on with. */
void *track_allocate(void *old, size_t size);

/* pending.c */
struct pending *pending_new(struct probe_state *owner);
void pending_recycle(struct probe_state *owner, struct pending *pending);
void pending_free(struct pending *pending);
void buffer_append(struct byte_buffer *buffer, const uint8_t *bytes, uint32_t captured, uint32_t wire);
void frame_append(struct frame_buffer *buffer, uint64_t frame);
/* Points the transaction at its buffers; they may have moved. */
void pending_publish(struct pending *pending);

/* probe.c */
struct probe_state *probe_new(struct tracker *tracker); /* NULL beyond a number that no real bus comes near */
void probe_free(struct probe_state *owner);
struct probe_state *probe_of(const struct tracker *tracker, const struct device *device); /* or NULL */
/* The probe behind a described ST-Link: a new one, or one that came back. NULL beyond the same number. */
struct probe_state *probe_bind(struct tracker *tracker, struct device *device, uint64_t frame, int64_t time);
void probe_settle(struct probe_state *owner, struct device *device, uint64_t frame, int64_t time); /* it sits at this device now */
void probe_leave(struct probe_state *owner, enum session_end end, int64_t time);
void probe_refresh_identity(struct probe_state *owner);
void probe_refresh_endpoints(struct probe_state *owner);
struct channel_state *probe_channel(struct probe_state *owner, uint8_t endpoint); /* that the endpoint belongs to, or NULL */
void probe_observe(struct probe_state *owner, const struct urb_event *urb); /* a bulk record */
void probe_urb_error(struct probe_state *owner, const struct urb_event *urb);
struct usb_note probe_note(const struct probe_state *owner, const struct device *device, enum usb_note_kind kind, uint64_t frame,
                           int64_t time);

/* candidates.c */
void candidates_consider(struct tracker *tracker, struct device *device, const struct urb_event *urb);
void candidates_finish(struct tracker *tracker, struct device *device); /* the device leaves, or the capture ends */
/* The device has been described after all: what was kept of it goes to its probe. */
void candidates_described(struct tracker *tracker, const struct device *device, struct probe_state *owner);

/* channel.c */
void channel_observe(struct channel_state *channel, const struct urb_event *urb);
/* Whatever is open is finished as it stands; afterwards nothing is known to be open. cut: by the capture (its end or a gap). */
void channel_flush(struct channel_state *channel, bool cut);
/* Forgets what a new enumeration makes void. */
void channel_reset(struct channel_state *channel);
bool channel_idle(const struct channel_state *channel);

/* lines.c: tells the lines that wait and came before frame; those that no transaction keeps waiting; all. lines_free tells none. */
void lines_before(struct tracker *tracker, uint64_t frame);
void lines_settle(struct tracker *tracker);
void lines_release(struct tracker *tracker);
void lines_free(struct tracker *tracker);

/* judge.c: fills operations, status, result and notes of a transaction that has all its bytes. */
void judge_request(struct channel_state *channel, struct pending *pending);
void judge_finish(struct channel_state *channel, struct pending *pending);
/* The status that a judge brings to the held command. */
void judge_link(struct pending *held, struct pending *judge);

/* order.c */
void order_add(struct probe_state *owner, struct pending *pending); /* at its command's submission */
void order_finished(struct probe_state *owner, struct pending *pending);
void order_release(struct probe_state *owner); /* nothing more will come that could change what waits */
void order_session_end(struct probe_state *owner, enum session_end end);
void order_note(struct probe_state *owner, const struct usb_note *note);
void order_trace(struct probe_state *owner, const struct urb_event *urb);
void order_unknown(struct tracker *tracker, const struct transaction *transaction);

#endif
