/*
 * What makes two transactions equal for folding (fold_item.h): hashes of 64 bits, so that nothing of them is kept.
 */
#include "fold_item.h"

#include <string.h>

#include "../select.h"

#define MEMORY_RANGE_REST 9 /* in a memory command: CSW and client id, behind opcode, address, length and AP */
#define WORD 4

static uint64_t mix(uint64_t hash, uint64_t number)
{
	hash = (hash ^ number) * UINT64_C(0x9e3779b97f4a7c15);
	return hash ^ hash >> 29;
}

static uint64_t mix_bytes(uint64_t hash, const uint8_t *bytes, size_t length)
{
	hash = mix(hash, length);
	while (length) {
		uint64_t word = 0;
		size_t size = length < sizeof word ? length : sizeof word;

		memcpy(&word, bytes, size); /* its byte order matters to nobody */
		hash = mix(hash, word);
		bytes += size;
		length -= size;
	}
	return hash;
}

static uint64_t mix_payload(uint64_t hash, const struct payload *payload)
{
	return mix_bytes(mix(hash, payload->wire), payload->bytes, payload->captured);
}

/* Everything but the bytes. */
static uint64_t kind_of(const struct transaction *transaction)
{
	uint64_t hash = mix(0, (uint64_t)transaction->probe << 32 | (uint64_t)transaction->bus << 16 | transaction->device);

	hash = mix(hash, (uint64_t)(uintptr_t)transaction->command);
	hash = mix(hash, transaction->phase); /* its heading is folded with it */
	hash = mix(hash, (uint64_t)transaction->result << 16 | (uint64_t)transaction->has_status << 8 | transaction->status);
	return mix(hash, (uint64_t)transaction->notes << 1 | transaction->answered);
}

static bool is_memory(enum stlink_operation operation)
{
	return operation == OP_MEMORY_READ || operation == OP_MEMORY_WRITE || operation == OP_SWIM_READ || operation == OP_SWIM_WRITE;
}

/* Like kind, but for what differs from block to block of one memory access. */
static uint64_t shape_of(const struct transaction *transaction, uint64_t kind, uint64_t same)
{
	enum stlink_operation operation = transaction->command->operation;
	const struct payload *request = &transaction->request;

	if (operation == OP_RW_STATUS || operation == OP_SWIM_BUFFER || operation == OP_SWIM_STATUS)
		return kind;
	if (!is_memory(operation))
		return same;
	/* A word is a register or a variable: what it holds is why it was read. */
	if (operation_get(&transaction->request_operation, ROLE_LENGTH, 0) <= WORD)
		kind = mix_payload(mix_payload(kind, &transaction->data), &transaction->answer);
	kind = mix(kind, operation_get(&transaction->request_operation, ROLE_AP, 0));
	if (transaction->command->group == GROUP_MEMORY && request->captured > MEMORY_RANGE_REST)
		kind = mix_bytes(kind, request->bytes + MEMORY_RANGE_REST, request->captured - MEMORY_RANGE_REST);
	return kind;
}

struct fold_item fold_item_of(const struct transaction *transaction)
{
	const struct operation *operation = &transaction->request_operation;
	uint64_t kind = kind_of(transaction);
	struct fold_item item = {
		.name = transaction->command->name, .first_frame = transaction->frame, .last_frame = transaction_last_frame(transaction),
		.time = transaction->time, .end_time = transaction->end_time,
	};

	item.same = mix_payload(mix_payload(kind, &transaction->request), &transaction->data);
	if (transaction->command->operation != OP_TRACE_COUNT) /* how much waits differs from poll to poll */
		item.same = mix_payload(item.same, &transaction->answer);
	item.shape = shape_of(transaction, kind, item.same);
	item.memory = is_memory(transaction->command->operation) && operation_has(operation, ROLE_ADDRESS) &&
	              operation_has(operation, ROLE_LENGTH);
	if (item.memory) {
		item.start = operation->argument[ROLE_ADDRESS];
		item.end = item.start + operation->argument[ROLE_LENGTH];
	}
	return item;
}
