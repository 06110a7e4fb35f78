/*
 * Transactions made by hand (handmade.h).
 */
#include "handmade.h"

#include <stdlib.h>
#include <string.h>

#include "../hex.h"

int handmade_begin(void **state)
{
	struct handmade *made = calloc(1, sizeof *made);

	if (!made)
		return -1;
	made->access = access_new();
	*state = made;
	return 0;
}

int handmade_end(void **state)
{
	struct handmade *made = *state;

	access_free(made->access);
	free(made);
	return 0;
}

static struct payload payload_of(uint8_t *bytes, size_t size, const char *hex)
{
	long length = hex ? hex_read(hex, strlen(hex), bytes, size) : 0;

	if (length < 0)
		abort();
	return (struct payload){ .bytes = bytes, .captured = (uint32_t)length, .wire = (uint32_t)length };
}

static struct cursor cursor_of(const struct payload *payload)
{
	return cursor_over(payload->bytes, payload->captured, payload->wire);
}

static void judge(struct transaction *transaction)
{
	const struct stlink_command *command = transaction->command;

	if (!operation_has(&transaction->answer_operation, ROLE_STATUS))
		return;
	transaction->has_status = true;
	transaction->status = (uint8_t)transaction->answer_operation.argument[ROLE_STATUS];
	transaction->status_row = stlink_status_find(command->scope, transaction->status);
	if (!transaction->status_row || transaction->status_row->class != STATUS_OK)
		transaction->result = RESULT_ERROR;
}

const struct transaction *handmade(struct handmade *made, const char *request, const char *data, const char *answer)
{
	struct transaction *transaction = &made->transaction;
	struct operation *operation = &transaction->request_operation;

	*transaction = (struct transaction){ .result = RESULT_OK, .answered = answer, .usable = answer, .latency = -1, .waited = -1 };
	transaction->request = payload_of(made->request, sizeof made->request, request);
	transaction->data = payload_of(made->data, sizeof made->data, data);
	transaction->answer = payload_of(made->answer, sizeof made->answer, answer);
	transaction->command = stlink_find(made->request, transaction->request.captured, false);
	stlink_walk_request(transaction->command, cursor_of(&transaction->request), operation, NULL);
	if (transaction->command->operation == OP_MISC_OUT)
		made->misc_out = *operation;
	if (transaction->command->operation == OP_MISC_IN)
		transaction->earlier = &made->misc_out;
	if (answer)
		stlink_walk_answer(transaction->command, cursor_of(&transaction->answer), operation, transaction->earlier,
		                   &transaction->answer_operation, NULL);
	judge(transaction);
	access_follow(made->access, transaction);
	transaction->phase = phase_follow(&made->phases, transaction);
	return transaction;
}
