/*
 * Is this a probe? For devices whose descriptors are not in the capture: keeps their first bulk records and scores them as ST-Link traffic.
 * Knows: shapes and lengths of commands and answers (protocol.md 3).
 * Must not know: sessions, output.
 */
#ifndef ANALYZER_TRACK_RECOGNISE_H
#define ANALYZER_TRACK_RECOGNISE_H

#include "device.h"

enum recognise_verdict { RECOGNISE_UNDECIDED, RECOGNISE_STLINK, RECOGNISE_NOT };
enum recognise_certainty { CERTAINTY_POSSIBLE, CERTAINTY_LIKELY, CERTAINTY_CERTAIN };

struct recognise_guess {
	enum stlink_generation generation; /* GENERATION_UNKNOWN where several fit */
	uint16_t pid;                      /* 0: not known; else from a version answer */
	bool bulk_only;
	uint8_t command_endpoint, answer_endpoint; /* with direction bit */
	uint8_t trace_endpoint;            /* 0: not known */
	uint8_t bridge_command_endpoint, bridge_answer_endpoint; /* 0: none seen */
	enum recognise_certainty certainty;
	char reason[120];                  /* "version answer with vendor 0483 on endpoints 02/81" */
};

struct candidate; /* one undescribed device: its score, and copies of its first bulk records */

struct candidate *candidate_new(void);
void candidate_free(struct candidate *candidate);

/*
 * Feeds one bulk record. Keeps a copy until the verdict (at most 256 records and 256 KiB; of disk-sized payload a preview), but
 * not of endpoints that no ST-Link has for commands, answers or trace, and, while no command was seen, only of the last 64.
 * STLINK: guess is filled and the kept records, this one included, are to be replayed. NOT: they are dropped.
 * A USB disk is never decided: it may be the disk of an ST-LINK/V1, which commands may yet reach. It costs no memory.
 */
enum recognise_verdict candidate_observe(struct candidate *candidate, const struct urb_event *urb);

/* At the end of the capture, or when the device leaves: the best that can be said of what was kept. */
enum recognise_verdict candidate_finish(struct candidate *candidate);

/* What the traffic of a device that is not, or not yet, an ST-Link looks like: DEVICE_STORAGE, DEVICE_CMSIS_DAP, or DEVICE_UNKNOWN. */
enum device_kind candidate_looks_like(const struct candidate *candidate);

/* Valid after a verdict of STLINK. */
const struct recognise_guess *candidate_guess(const struct candidate *candidate);
/* The kept records in order; the event's data is borrowed from the candidate. Returns false behind the last. */
bool candidate_replay(const struct candidate *candidate, size_t index, struct urb_event *urb);

#endif
