/*
 * CAN and FDCAN of the bridge: nobody else is on the bus, so that only a controller in a loopback mode hears anything.
 * Knows: the messages of both, their formats in the answers.
 * Must not know: the other parts of the bridge.
 */
#include "handlers.h"

#include <string.h>

enum { CAN_MESSAGE = 16, FDCAN_MESSAGE = 76 };

static int finish(struct probe *probe, int status, uint32_t done)
{
	probe->bridge.done = (uint16_t)done;
	return status;
}

int run_can_init(struct probe *probe, struct exchange *exchange)
{
	uint8_t mode = exchange->command[2];

	if (mode > 3)
		return BRIDGE_BAD_PARAMETER;
	probe->bridge.can = (struct can) { .ready = true, .loops = mode & 1 };
	return BRIDGE_OK;
}

int run_fdcan_init(struct probe *probe, struct exchange *exchange)
{
	uint8_t mode = exchange->command[2];

	if (mode > 4)
		return BRIDGE_BAD_PARAMETER;
	probe->bridge.can = (struct can) { .ready = true, .loops = mode >= 3 };
	return BRIDGE_OK;
}

/* Filters, bit times, start and stop: kept by no one, but only after the controller was set up. */
int run_can_setting(struct probe *probe, struct exchange *exchange)
{
	(void)exchange;
	return probe->bridge.can.ready ? BRIDGE_OK : BRIDGE_INIT_NOT_DONE;
}

int run_can_start(struct probe *probe, struct exchange *exchange)
{
	if (!probe->bridge.can.ready)
		return BRIDGE_INIT_NOT_DONE;
	probe->bridge.can.receiving = true;
	exchange->answer->bytes[2] = exchange->command[2];
	return BRIDGE_OK;
}

int run_can_stop(struct probe *probe, struct exchange *exchange)
{
	(void)exchange;
	probe->bridge.can.receiving = false;
	return probe->bridge.can.ready ? BRIDGE_OK : BRIDGE_INIT_NOT_DONE;
}

int run_can_count(struct probe *probe, struct exchange *exchange)
{
	put16(exchange->answer->bytes + 2, probe->bridge.can.count);
	exchange->answer->bytes[4] = exchange->command[1] == 0x46 ? 1 : 2;
	return probe->bridge.can.ready ? BRIDGE_OK : BRIDGE_INIT_NOT_DONE;
}

/* A message as it will be read back: identifier, flags and length of the command, then the payload. */
static int send(struct probe *probe, struct exchange *exchange, size_t header, const uint8_t *inside, uint32_t inside_length)
{
	struct can *can = &probe->bridge.can;
	uint8_t length = exchange->command[7];
	uint8_t *message;

	if (!can->ready)
		return finish(probe, BRIDGE_INIT_NOT_DONE, 0);
	if (!can->loops)
		return finish(probe, BRIDGE_CAN_ERROR, 0);
	if (!can->receiving || can->count == CAN_MESSAGES)
		return finish(probe, BRIDGE_OK, length);
	if (header + length > FDCAN_MESSAGE || length > inside_length + exchange->data_length)
		return finish(probe, BRIDGE_BAD_PARAMETER, 0);
	message = can->messages[can->count++];
	memset(message, 0, FDCAN_MESSAGE);
	memcpy(message, exchange->command + 2, 6);
	memcpy(message + header, inside, length < inside_length ? length : inside_length);
	if (length > inside_length)
		memcpy(message + header + inside_length, exchange->data, length - inside_length);
	return finish(probe, BRIDGE_OK, length);
}

uint32_t data_can(const struct probe *probe, const uint8_t *command)
{
	(void)probe;
	return command[7] > 4 && command[7] <= 8 ? command[7] - 4u : 0;
}

int run_can_send(struct probe *probe, struct exchange *exchange)
{
	if (exchange->command[7] > 8)
		return finish(probe, BRIDGE_BAD_PARAMETER, 0);
	return send(probe, exchange, 8, exchange->command + 8, 4);
}

uint32_t data_fdcan(const struct probe *probe, const uint8_t *command)
{
	(void)probe;
	return command[6] & 2 || command[7] > 64 ? 0 : command[7];
}

int run_fdcan_send(struct probe *probe, struct exchange *exchange)
{
	if (exchange->command[7] > 64)
		return finish(probe, BRIDGE_BAD_PARAMETER, 0);
	if (exchange->command[6] & 2)
		return finish(probe, probe->bridge.can.loops ? BRIDGE_OK : BRIDGE_CAN_ERROR, 0);
	return send(probe, exchange, 12, exchange->data, 0);
}

/* As many as asked for, but no more than an answer holds. */
static uint32_t answer_messages(const uint8_t *command, uint32_t size)
{
	uint32_t count = get16(command + 2);

	return size * (count < CAN_MESSAGES ? count : CAN_MESSAGES);
}

uint32_t answer_can(const struct probe *probe, const uint8_t *command)
{
	(void)probe;
	return answer_messages(command, CAN_MESSAGE);
}

uint32_t answer_fdcan(const struct probe *probe, const uint8_t *command)
{
	(void)probe;
	return answer_messages(command, FDCAN_MESSAGE);
}

int run_can_receive(struct probe *probe, struct exchange *exchange)
{
	struct can *can = &probe->bridge.can;
	uint32_t size = exchange->command[1] == 0x47 ? CAN_MESSAGE : FDCAN_MESSAGE;
	uint32_t wanted = exchange->answer->length / size, i;

	if (!can->ready)
		return finish(probe, BRIDGE_INIT_NOT_DONE, 0);
	if (wanted > can->count)
		return finish(probe, BRIDGE_BAD_PARAMETER, 0);
	for (i = 0; i < wanted; i++)
		memcpy(exchange->answer->bytes + i * size, can->messages[i], size);
	can->count -= wanted;
	memmove(can->messages, can->messages + wanted, can->count * sizeof *can->messages);
	return finish(probe, BRIDGE_OK, wanted * size);
}
