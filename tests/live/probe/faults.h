/*
 * The faults of the USB side: which command, control request or trace read they hit, and what they do to its answer.
 * Knows: the words KIND@SELECTOR=ARG. Must not know: sockets, what a command means.
 */
#ifndef LIVE_FAULTS_H
#define LIVE_FAULTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "endpoint.h"

enum fault_kind {
	FAULT_STALL, FAULT_STALL_OUT, FAULT_SILENT, FAULT_LATE, FAULT_SLOW, FAULT_SHORT, FAULT_LONG, FAULT_EMPTY, FAULT_GARBAGE,
	FAULT_LINE_ERROR, FAULT_OVERFLOW, FAULT_CRC, FAULT_TIMEOUT, FAULT_GONE, FAULT_KEEP_OLD, FAULT_DROP_COMMAND, FAULT_OUT_STUCK, FAULT_KINDS
};

/* Where a fault can hit. */
enum fault_place { PLACE_COMMAND = 1, PLACE_CONTROL = 2, PLACE_TRACE = 4 };

/* Which of the things that go by: those of a place, that begin with the prefix or bear the name, the from-th to the to-th of them. */
struct fault_selector {
	enum fault_place place;
	uint8_t prefix[16];
	size_t prefix_length;
	char name[32];
	unsigned from, to;
};

struct fault {
	enum fault_kind kind;
	struct fault_selector selector;
	uint32_t argument;
	bool has_argument;
	unsigned seen, hits; /* how many the selector has matched, whichever their number; and how many of them it hit */
	char text[96]; /* as it was given */
};

#define FAULTS_MAX 32
struct faults {
	unsigned count;
	struct fault list[FAULTS_MAX];
};

/* The faults that hit one command. Several may. */
struct fault_hits {
	const char *text; /* of the first, NULL: none */
	const struct fault *of[FAULT_KINDS];
};

/*
 * One fault, "KIND@SELECTOR=ARG". False: what is wrong with it is in error.
 * SELECTOR: the command's first bytes in hex, "*" for any, "trace", or "control:REQUEST"; then #N, #N-M or #N+ (else each).
 */
bool faults_add(struct faults *faults, const char *word, char *error, size_t size);

/* Counts a command (its bytes), a trace read (no bytes) or a control request (its name), and tells which faults hit it. */
void faults_hit(struct faults *faults, enum fault_place place, const uint8_t *bytes, size_t length, const char *name,
                struct fault_hits *hits);

/* What the faults make of an answer. False: it will never be sent. */
bool faults_shape(const struct fault_hits *hits, struct message *message);

/* One line a kind, for --help: calls print with each. */
void faults_help(void (*print)(void *context, const char *line), void *context);

#endif
