/*
 * What a session was doing, in the steps that an engineer would tell it in: open, identify, connect, examine, halt, read, ...
 * Knows: which commands and accesses belong to which step, and which of them say nothing because every step has them.
 * Must not know: what is good or bad, formats. Decided as the commands come: nothing of the past is changed later.
 */
#ifndef ANALYZER_TRACK_PHASES_H
#define ANALYZER_TRACK_PHASES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct transaction;

enum phase {
	PHASE_NONE,
	PHASE_OPEN,     /* bring the probe into a mode where it listens */
	PHASE_IDENTIFY, /* ask the probe what it is, and the target's voltage */
	PHASE_CONNECT,  /* speed, reset line, ENTER, debug port, access ports */
	PHASE_EXAMINE,  /* which core and chip, what its debug units can do */
	PHASE_HALT,     /* the core is stopped, or stands; its registers are read */
	PHASE_READ,     /* memory */
	PHASE_ERASE,
	PHASE_PROGRAM,  /* flash, or RAM */
	PHASE_VERIFY,   /* memory read behind programming */
	PHASE_RUN,
	PHASE_POLL,     /* nothing but the question whether the core runs, again and again */
	PHASE_TRACE,
	PHASE_CLOSE,
	PHASES,
};
/* "open", "identify", ...; NULL for PHASE_NONE. */
const char *phase_name(enum phase phase);

/* Of one probe. Begins with all zero. */
struct phase_state {
	enum phase phase;
	bool halted;          /* the core was told to halt, or said that it stands */
	bool catching;        /* a reset will halt it */
	bool flash_open;      /* unlocked, erased or programmed, and not locked again */
	bool flash_done;      /* programmed and locked again: what is put into RAM now checks it */
	bool loaded, called;  /* code or data was put into RAM, and pc was set: what runs then is a helper, and no phase of its own */
	unsigned watched;     /* times in a row that nothing but the core's state was asked */
	unsigned erased_again; /* returns from programming to erasing: page by page it is one phase */
};

void phase_begin(struct phase_state *state);
/* The phase that the next transaction of the session belongs to; its accesses are known. */
enum phase phase_follow(struct phase_state *state, const struct transaction *transaction);

/* A session's phases. */
#define PHASES_KEPT 48
struct phase_span { enum phase phase; uint64_t first_frame, last_frame, commands; int64_t time, end_time; };
struct phase_log { struct phase_span span[PHASES_KEPT]; size_t count; uint64_t more; /* changes beyond: the last span holds the rest */ };
void phase_log_add(struct phase_log *log, const struct transaction *transaction);

#endif
