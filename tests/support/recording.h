/*
 * A capture run through the library, and everything its listener was told, kept; and whether each record found its place.
 */
#ifndef TESTS_SUPPORT_RECORDING_H
#define TESTS_SUPPORT_RECORDING_H

#include "../../analyzer/input/input.h"
#include "../../analyzer/track/track.h"

struct recording {
	char problem[1024]; /* of opening or reading; "" where there was none */
	bool opened;
	int end;            /* what input_next returned last: 0, or -1 */
	struct input_facts facts; /* at the end; its path is the caller's */
	struct urb_event *urbs;   /* every USB record, with its payload */
	size_t urb_count;
	struct transaction *transactions; /* in the order of telling; without earlier */
	uint64_t *sessions;               /* index of the session of each transaction */
	size_t transaction_count;
	struct usb_note *notes;
	size_t note_count;
	struct trace_data *traces;
	size_t trace_count;
	struct mode_change *modes;
	size_t mode_count;
	struct probe *probes; /* as they are at the end */
	size_t probe_count;
	struct track_totals totals;
	size_t unknown_opcodes;
	void *kept;
};

/* Reads path from its beginning to its end. Exits where memory is missing; never NULL: see opened and end. */
struct recording *recording_of(const char *path);
/* The records of whole once more, as a snap length would leave them that keeps most bytes of every bulk answer. */
struct recording *recording_cut(const struct recording *whole, uint32_t most);
/* May be NULL. */
void recording_free(struct recording *recording);

/* The record with this frame number, or NULL. */
const struct urb_event *recording_urb(const struct recording *recording, uint64_t frame);

/*
 * In how many places the record is told: frame lists and CSW of transactions, trace data, usb notes. A submission without a place of its
 * own shares that of its completion, and the other way round.
 */
unsigned recording_places(const struct recording *recording, const struct urb_event *urb);

/*
 * Fails the test where a bulk record on the command, answer, trace or bridge endpoints of a probe is told in no place, or in several.
 * Returns how many records were looked at.
 */
size_t recording_check_places(const struct recording *recording);

/* ../shared/captures; where that is absent, says so and skips the running cmocka test. */
const char *shared_captures(void);

#endif
