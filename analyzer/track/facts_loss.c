/*
 * How a chip that had answered is lost: after it was let go, or behind a fault that nobody cleared.
 * Knows: what lets the core run, what clears a fault (DP ABORT, a new ENTER). Must not know: words, what the user should do.
 */
#include "facts_internal.h"

#define SECOND INT64_C(1000000000)
#define LOST_WITHIN (5 * SECOND)
#define STICKY_FAULTS 4 /* the first one and three more */

#define DHCSR 0xe000edf0u
#define AIRCR 0xe000ed0cu
#define DEBUG_KEY 0xa05fu
#define VECTOR_KEY 0x05fau
#define C_HALT 2u
#define SYSRESETREQ 4u
#define PORT_DP 0xffffu
#define REGION_OF_PORT 0x100u /* behind the 16 regions of the address space */

enum order { ORDER_NONE, ORDER_RUN, ORDER_HALT };

static bool written(const struct transaction *transaction, uint32_t address, uint32_t *word)
{
	const struct access *access = access_find(transaction, ACCESS_MEMORY, address, true);

	return access && access_word(access, address, word);
}

static enum order order_to_core(const struct transaction *transaction)
{
	uint32_t word;

	switch (transaction->command->operation) {
	case OP_RUN:
	case OP_RESET:
		return ORDER_RUN;
	case OP_HALT:
		return ORDER_HALT;
	default:
		break;
	}
	if (written(transaction, DHCSR, &word) && word >> 16 == DEBUG_KEY)
		return word & C_HALT ? ORDER_HALT : ORDER_RUN;
	return written(transaction, AIRCR, &word) && word >> 16 == VECTOR_KEY && word & SYSRESETREQ ? ORDER_RUN : ORDER_NONE;
}

void facts_note_release(struct session_facts *facts, const struct transaction *transaction)
{
	if ((facts->id_good.count || facts->core_seen.count) && !facts->lost.count)
		facts->run = command_of(transaction);
}

static void note_lost(struct session_facts *facts, const struct transaction *transaction, bool ok)
{
	uint8_t status = transaction->status;

	if (ok) {
		facts->lost.count = 0;
		if (order_to_core(transaction) == ORDER_RUN)
			facts_note_release(facts, transaction);
		else if (order_to_core(transaction) == ORDER_HALT)
			facts->run.command = NULL;
		return;
	}
	if (!facts->run.command || (!status_is_wait(status) && !status_is_silent(status) && !status_is_line(status)))
		return;
	if (facts->lost.count || transaction->time - facts->run.time <= LOST_WITHIN)
		tally_transaction(&facts->lost, transaction);
}

/* The debug port itself answers while a fault stands. */
static bool tells_of_fault(const struct transaction *transaction)
{
	switch (transaction->command->operation) {
	case OP_MEMORY_READ: case OP_MEMORY_WRITE: case OP_MISC_OUT: case OP_DEBUG_REGISTER_READ: case OP_DEBUG_REGISTER_WRITE:
	case OP_CORE_REGISTER_READ: case OP_CORE_REGISTER_WRITE: case OP_CORE_REGISTERS_READ:
		return true;
	case OP_DAP_READ: case OP_DAP_WRITE:
		return request_number(transaction, ROLE_PORT) != PORT_DP;
	default:
		return false;
	}
}

static uint32_t region_of(const struct transaction *transaction)
{
	if (operation_has(&transaction->request_operation, ROLE_ADDRESS))
		return request_number(transaction, ROLE_ADDRESS) >> 28;
	return REGION_OF_PORT;
}

static void note_fault_run(struct session_facts *facts, const struct transaction *transaction)
{
	enum stlink_operation operation = transaction->command->operation;
	bool abort = operation == OP_DAP_WRITE && request_number(transaction, ROLE_PORT) == PORT_DP &&
	             !(request_number(transaction, ROLE_REGISTER) & 0xff);

	if (abort || operation == OP_ENTER || (tells_of_fault(transaction) && !status_is_fault(transaction->status))) {
		facts->fault_run.count = 0;
		facts->fault_moved = false;
		return;
	}
	if (!tells_of_fault(transaction))
		return;
	if (!facts->fault_run.count)
		facts->fault_region = region_of(transaction);
	facts->fault_moved = facts->fault_moved || region_of(transaction) != facts->fault_region;
	tally_transaction(&facts->fault_run, transaction);
	if (facts->fault_moved && facts->fault_run.count >= STICKY_FAULTS)
		facts->sticky = facts->fault_run;
}

void facts_note_loss(struct session_facts *facts, const struct transaction *transaction, bool ok)
{
	note_lost(facts, transaction, ok);
	note_fault_run(facts, transaction);
}
