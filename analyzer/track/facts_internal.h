/*
 * What the files of the facts share: tallies of transactions. Nobody outside analyzer/track includes this.
 */
#ifndef ANALYZER_TRACK_FACTS_INTERNAL_H
#define ANALYZER_TRACK_FACTS_INTERNAL_H

#include "facts.h"

static inline void tally_transaction_at(struct tally *tally, uint64_t frame, const struct transaction *transaction)
{
	if (!tally->count) {
		tally->command = transaction->command;
		tally->has_status = transaction->has_status;
		tally->status = transaction->status;
		tally->status_row = transaction->status_row;
	}
	tally_add(tally, frame, transaction->time);
}

static inline void tally_transaction(struct tally *tally, const struct transaction *transaction)
{
	tally_transaction_at(tally, transaction->frame, transaction);
}

static inline void tally_value(struct tally *tally, const struct transaction *transaction, uint32_t value)
{
	if (!tally->count)
		tally->value = value;
	tally_transaction(tally, transaction);
}

static inline struct command_fact command_of(const struct transaction *transaction)
{
	return (struct command_fact){ transaction->command, transaction->frame, transaction->time };
}

static inline uint32_t request_number(const struct transaction *transaction, enum role role)
{
	return (uint32_t)operation_get(&transaction->request_operation, role, 0);
}

static inline uint32_t answer_number(const struct transaction *transaction, enum role role)
{
	return (uint32_t)operation_get(&transaction->answer_operation, role, 0);
}

/* facts_target.c */
bool facts_is_target(enum stlink_operation operation); /* a command that reaches the chip, whatever it is called */
void facts_note_target(struct session_facts *facts, const struct transaction *transaction);
void facts_note_enter_wait(struct session_facts *facts, const struct transaction *transaction);
void facts_note_debug_power(struct session_facts *facts, const struct transaction *transaction);
void facts_note_dfu_ignored(struct session_facts *facts, const struct transaction *transaction);

/* facts_setup.c: clock, and what stands in the wrong order */
void facts_note_clock(struct session_facts *facts, const struct transaction *transaction); /* a command that sets it */
void facts_note_pins(struct session_facts *facts, const struct transaction *transaction, bool ok); /* ENTER, or a judged command to the chip */
void facts_note_order(struct session_facts *facts, const struct transaction *transaction);
void facts_note_hole(struct session_facts *facts); /* an answer without its command, or a command without its bytes */
void facts_note_identified(struct session_facts *facts, const struct transaction *transaction); /* after what it said was noted */

/* What one access of a command adds, whichever way it went: facts_core.c, facts_chip.c, facts_flash.c */
void facts_note_core(struct session_facts *facts, const struct transaction *transaction, const struct access *access);
void facts_note_chip(struct session_facts *facts, const struct transaction *transaction, const struct access *access);
void facts_note_flash(struct session_facts *facts, const struct transaction *transaction, const struct access *access);
bool facts_is_flash(uint32_t address);
bool facts_is_ram(uint32_t address);
void facts_forget_core(struct session_facts *facts); /* records are missing: nothing that the core was told or said still holds */
void facts_note_core_command(struct session_facts *facts, const struct transaction *transaction); /* reset, halt, run, NRST, EXIT, ... */
void facts_note_port_opened(struct session_facts *facts, const struct transaction *transaction, bool ok); /* INIT_AP */
void facts_note_look_ends(struct session_facts *facts, const struct transaction *transaction); /* EXIT */
void facts_note_loader_begins(struct session_facts *facts, const struct transaction *transaction); /* the core runs code of the client */
void facts_note_firmware_runs(struct session_facts *facts);                              /* or its own */
void facts_follow_loader(struct session_facts *facts, const struct transaction *transaction); /* bytes that go to flash through RAM */

/* facts_loss.c: how a chip that had answered is lost, and a fault that nobody clears */
void facts_note_release(struct session_facts *facts, const struct transaction *transaction); /* NRST let go */
void facts_note_loss(struct session_facts *facts, const struct transaction *transaction, bool ok); /* a judged target command, or ENTER */

/* facts_limits.c: what firmware cannot do, refused, or has no room for */
void facts_note_limits(struct session_facts *facts, const struct transaction *transaction);

#endif
