/*
 * What a session did, step by step, in a form that another session's can be compared with: a key for what was asked, a hash of what
 * was answered, words for both. Polling and the blocks of one memory access are one step.
 * Knows: what of a command says what was asked, and what of an answer differs each time without a meaning (stale bytes, serial numbers, counts).
 * Must not know: another session, formats; who listens brings the words.
 * Memory is bounded: STEPS_SESSION steps of a session, STEPS_ALL in all; of what is more only the number is kept.
 */
#ifndef ANALYZER_TRACK_STEPS_H
#define ANALYZER_TRACK_STEPS_H

#include "track.h"

#define STEPS_SESSION 20000
#define STEPS_ALL 200000
#define STEP_WORDS 160

struct step {
	const struct stlink_command *command;
	uint64_t exact;       /* equal where the same was asked, written values and data included */
	uint64_t place;       /* equal where the same place was meant, whatever was written there */
	uint64_t value;       /* hash of what was answered */
	bool has_value;       /* the answer is whole and says something */
	enum result result;
	bool has_status;
	uint8_t status;
	const struct stlink_status *status_row;
	uint64_t number;      /* of its first command in the session, from 1 */
	uint64_t frame, last_frame; /* of the first command; of the last one */
	uint64_t answer_frame; /* of the command whose answer is told: the last one */
	uint64_t count;       /* commands */
	bool memory;          /* reads or writes start to end (exclusive), in blocks blocks */
	uint64_t start, end, blocks;
	char *asked, *answered; /* words */
};

/* What a session did about reset and speed; frames are 0 where it did not. */
struct steps_habits {
	uint64_t nrst_before_enter, nrst_later; /* NRST low, or a pulse */
	uint64_t under_reset;                   /* NRST was low at an ENTER that worked: frame of the ENTER */
	uint64_t resetsys, aircr;               /* F2 32 and its kin; SYSRESETREQ written to AIRCR */
	uint64_t speed_frame;                   /* the last speed that was set, in kHz where it has a nominal one */
	uint32_t khz;
	uint64_t transport_frame;               /* of the last ENTER */
	bool jtag;
};

struct steps {
	uint64_t session;
	struct step *list;
	size_t count;
	uint64_t left_out; /* commands beyond the bounds */
	struct steps_habits habits;
	unsigned looked; /* registers with bits that are older than the session, and were read in it: a bit each */
};

/* Fills both words, each with room for STEP_WORDS characters. */
typedef void steps_describe(void *context, const struct transaction *transaction, char *asked, char *answered);

struct steps_log;

/* session: keep the steps of this one alone; UINT64_MAX: of all. Exits on out of memory. */
struct steps_log *steps_new(uint64_t session, steps_describe *describe, void *context);
void steps_free(struct steps_log *log);
/* To be added to a tracker; log must outlive it. */
struct listener steps_listener(struct steps_log *log);
/* The session will not be asked for any more: makes room. */
void steps_forget(struct steps_log *log, uint64_t session);
/* NULL where nothing of that session was kept. */
const struct steps *steps_of(const struct steps_log *log, uint64_t session);

#endif
