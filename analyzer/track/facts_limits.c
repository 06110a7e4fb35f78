/*
 * Commands beyond what a probe's firmware can do, and what it refused or had no room for.
 * Knows: lengths and alignment that firmware takes (protocol.md 14), versions. Must not know: words, what the user should do.
 */
#include "facts_internal.h"

#define V1_PID 0x3744
#define BYTES_AT_ONCE 64u       /* V1, V2, and V3 before J6 */
#define BYTES_AT_ONCE_V3 512u
#define BYTES_SEEN_TO_FAIL 255u /* on a V3 that should take 512 */
#define WORDS_AT_ONCE 6144u
#define TRACE_BUFFER 4095u      /* a V2 says so when it is full */
#define TRACE_RATE_V2 2000000u

static unsigned width_of(const struct transaction *transaction)
{
	switch (transaction->request.captured > 1 ? transaction->request.bytes[1] : 0) {
	case 0x0c: case 0x0d: return 1;
	case 0x47: case 0x48: return 2;
	case 0x07: case 0x08: return 4;
	default: return 0;
	}
}

static bool is_before_v3(enum stlink_generation generation)
{
	return generation == GENERATION_V1 || generation == GENERATION_V2 || generation == GENERATION_V2_1;
}

static void note_memory_command(struct session_facts *facts, const struct transaction *transaction)
{
	uint32_t address = request_number(transaction, ROLE_ADDRESS), length = request_number(transaction, ROLE_LENGTH);
	unsigned width = width_of(transaction);
	bool new_v3 = facts->has_version && facts->version.major >= 3 && facts->version.jtag >= 6;
	bool unsure = facts->has_version ? facts->version.major >= 3 && !facts->version.extended : !is_before_v3(facts->generation);
	uint32_t most = new_v3 || unsure ? BYTES_AT_ONCE_V3 : BYTES_AT_ONCE;

	if (!width || !operation_has(&transaction->request_operation, ROLE_LENGTH))
		return;
	if (width > 1 && (address % width || length % width))
		tally_value(&facts->misaligned, transaction, address);
	if (width > 1 ? transaction->command->operation == OP_MEMORY_READ && length > WORDS_AT_ONCE : length > most)
		tally_value(&facts->too_long, transaction, length);
	else if (width == 1 && new_v3 && length > BYTES_SEEN_TO_FAIL)
		tally_value(&facts->very_long, transaction, length);
}

static bool is_newer(const struct session_facts *facts, const struct stlink_command *command)
{
	if (!facts->has_version || facts->version.major < 2 || (facts->version.major >= 3 && !facts->version.extended))
		return false;
	return facts->version.jtag && facts->version.jtag < (facts->version.major == 2 ? command->since_v2 : command->since_v3);
}

static void note_not_known(struct session_facts *facts, const struct transaction *transaction)
{
	if (!transaction->has_status || !transaction->usable || transaction->command->scope != SCOPE_DEBUG ||
	    transaction->command->operation == OP_RW_STATUS)
		return;
	if (transaction->status == 0x42 || (transaction->status == 0x06 && is_newer(facts, transaction->command)))
		tally_transaction(&facts->not_known, transaction);
}

/* What a V1 never learned, and the disk driver that shares its endpoints. */
static void note_v1(struct session_facts *facts, const struct transaction *transaction)
{
	enum stlink_operation operation = transaction->command->operation;
	bool refused = transaction->urb_result == URB_STALLED || (transaction->csw.present && transaction->csw.status);

	if (facts->pid == V1_PID && refused && (operation == OP_VOLTAGE || operation == OP_NRST))
		tally_transaction(&facts->refused_by_v1, transaction);
	if (operation == OP_SCSI) {
		/* A debug client, too, asks for the sense of its own failed command. */
		if (facts->first_command && transaction->request.captured && transaction->request.bytes[0] != 0x03)
			tally_transaction(&facts->disk_waiting, transaction);
		return;
	}
	if (!facts->disk_waiting.count)
		return;
	if (!facts->disk_between.count)
		facts->disk_between = facts->disk_waiting;
	else
		facts->disk_between.count += facts->disk_waiting.count;
	facts->disk_waiting.count = 0;
}

static void note_trace(struct session_facts *facts, const struct transaction *transaction)
{
	const struct payload *request = &transaction->request;
	uint32_t rate, waiting;

	if (transaction->command->operation == OP_TRACE_START && request->captured >= 8) {
		facts->trace_size = request->bytes[2] | (uint32_t)request->bytes[3] << 8;
		rate = request->bytes[4] | (uint32_t)request->bytes[5] << 8 | (uint32_t)request->bytes[6] << 16 | (uint32_t)request->bytes[7] << 24;
		if ((transaction->usable && transaction->has_status && transaction->status == 0x20) ||
		    (facts->has_version && facts->version.major == 2 && rate > TRACE_RATE_V2))
			tally_value(&facts->trace_refused, transaction, rate);
	} else if (transaction->command->operation == OP_TRACE_COUNT && transaction->usable) {
		waiting = answer_number(transaction, ROLE_COUNT);
		facts->trace_waiting = waiting;
		if ((facts->trace_size && waiting >= facts->trace_size) ||
		    (facts->has_version && facts->version.major <= 2 && waiting >= TRACE_BUFFER))
			tally_value(&facts->trace_full, transaction, waiting);
	}
}

static void note_swim_status(struct session_facts *facts, const struct transaction *transaction)
{
	if (!transaction->usable || !transaction->has_status)
		return;
	if (transaction->result != RESULT_WAIT)
		facts->swim_busy.count = 0;
	if (transaction->result == RESULT_ERROR)
		tally_transaction(&facts->swim_failed, transaction);
	if (transaction->result != RESULT_WAIT)
		return;
	tally_transaction(&facts->swim_busy, transaction);
	if (transaction->time - facts->swim_busy.first_time > facts->swim_busy_longest) {
		facts->swim_busy_longest = transaction->time - facts->swim_busy.first_time;
		facts->swim_busy_frame = facts->swim_busy.frame[0];
	}
}

void facts_note_limits(struct session_facts *facts, const struct transaction *transaction)
{
	note_not_known(facts, transaction);
	if (transaction->bulk_only)
		note_v1(facts, transaction);
	switch (transaction->command->operation) {
	case OP_MEMORY_READ:
	case OP_MEMORY_WRITE:
		note_memory_command(facts, transaction);
		break;
	case OP_TRACE_START:
	case OP_TRACE_COUNT:
		note_trace(facts, transaction);
		break;
	case OP_SWIM_STATUS:
		note_swim_status(facts, transaction);
		break;
	case OP_DFU_STATUS:
		if (transaction->usable && transaction->has_status && transaction->status)
			tally_value(&facts->block_refused, transaction, transaction->status | answer_number(transaction, ROLE_STATE) << 8);
		break;
	default:
		break;
	}
}
