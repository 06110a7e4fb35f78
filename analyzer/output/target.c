/*
 * What of the target a transaction reaches (target.h).
 */
#include "target.h"

#define DEBUG_PORT 0xffff

static bool is_write(enum stlink_operation operation)
{
	return operation == OP_MEMORY_WRITE || operation == OP_DEBUG_REGISTER_WRITE || operation == OP_CORE_REGISTER_WRITE ||
	       operation == OP_DAP_WRITE;
}

static bool is_memory(enum stlink_operation operation)
{
	return operation == OP_MEMORY_READ || operation == OP_MEMORY_WRITE;
}

static void find_memory(struct target *target, const struct transaction *transaction)
{
	const struct operation *request = &transaction->request_operation;
	uint32_t address = (uint32_t)operation_get(request, ROLE_ADDRESS, 0);

	if (!operation_has(request, ROLE_ADDRESS))
		return;
	target->row = registers_memory(address, is_write(transaction->command->operation));
	if (target->row)
		target->place = target->row->name;
	else if (stm32_unique_id_offset(address, 1) == 0)
		target->place = "unique id";
	else
		target->region = registers_region(address);
}

static void find_port(struct target *target, const struct transaction *transaction)
{
	const struct operation *request = &transaction->request_operation;
	uint8_t address = (uint8_t)operation_get(request, ROLE_REGISTER, 0);
	bool write = is_write(transaction->command->operation);

	if (!operation_has(request, ROLE_REGISTER))
		return;
	if (operation_get(request, ROLE_PORT, DEBUG_PORT) == DEBUG_PORT)
		target->row = registers_dp(address, write);
	else
		target->row = registers_ap(address, write);
	target->place = target->row ? target->row->name : NULL;
}

static void find(struct target *target, const struct transaction *transaction)
{
	const struct operation *request = &transaction->request_operation;
	enum stlink_operation operation = transaction->command->operation;

	switch (operation) {
	case OP_MEMORY_READ: case OP_MEMORY_WRITE: case OP_DEBUG_REGISTER_READ: case OP_DEBUG_REGISTER_WRITE:
		find_memory(target, transaction);
		break;
	case OP_DAP_READ: case OP_DAP_WRITE:
		find_port(target, transaction);
		break;
	case OP_CORE_REGISTER_READ: case OP_CORE_REGISTER_WRITE:
		if (operation_has(request, ROLE_REGISTER))
			target->row = registers_core((uint32_t)request->argument[ROLE_REGISTER], is_write(operation));
		break;
	case OP_CORE_ID: case OP_IDCODES:
		target->row = registers_dp(0, false);
		break;
	default:
		break;
	}
}

/* Bytes of memory that hold all bits of the register. */
static bool read_memory(struct target *target, const struct payload *payload)
{
	struct cursor bytes = cursor_over(payload->bytes, payload->captured, payload->wire);
	uint64_t value = 0;

	if (payload->captured < payload->wire || !registers_whole(target->row, payload->wire) ||
	    !cursor_uint(&bytes, payload->wire, false, &value))
		return false;
	target->value = (uint32_t)value;
	return true;
}

static bool read_role(struct target *target, const struct operation *operation)
{
	target->value = (uint32_t)operation_get(operation, ROLE_VALUE, 0);
	return operation_has(operation, ROLE_VALUE);
}

struct target target_of(const struct transaction *transaction)
{
	enum stlink_operation operation = transaction->command->operation;
	bool memory = is_memory(operation);
	struct target target = { 0 };

	find(&target, transaction);
	if (!target.row)
		return target;
	if (is_write(operation)) {
		if (memory ? read_memory(&target, &transaction->data) : read_role(&target, &transaction->request_operation))
			target.holder = memory ? PART_DATA : PART_REQUEST;
		return target;
	}
	if (!transaction->usable || (transaction->result != RESULT_OK && transaction->result != RESULT_UNJUDGED))
		return target;
	if (memory ? read_memory(&target, &transaction->answer) : read_role(&target, &transaction->answer_operation))
		target.holder = PART_ANSWER;
	return target;
}

const struct target_register *target_batch_value(struct target_batch *batch, const struct value *value)
{
	if (value->field->names) {
		batch->operation = (enum stlink_misc)value->number;
		return NULL;
	}
	switch (batch->operation) {
	case MISC_ADDRESS:
		batch->row = registers_memory((uint32_t)value->number, true);
		return batch->row;
	case MISC_WRITE:
		return batch->row;
	case MISC_READ:
		return registers_memory((uint32_t)value->number, false);
	case MISC_AP:
		break;
	}
	return NULL;
}
