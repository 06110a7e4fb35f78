/*
 * SWIM: the one wire of an STM8.
 * Knows: the commands, big-endian as they are, and that each is polled until it is done.
 * Must not know: the STM8 behind the wire.
 */
#include "handlers.h"

#include <string.h>

#define INLINE_BYTES 8          /* of a write that travel in the command block */

static uint16_t get_length(const uint8_t *command)
{
	return (uint16_t)(command[2] << 8 | command[3]);
}

static uint32_t get_address(const uint8_t *command)
{
	return (uint32_t)command[4] << 24 | (uint32_t)command[5] << 16 | (uint32_t)command[6] << 8 | command[7];
}

/* Polls, not time: what a client sees must not depend on how fast the machine is. */
static int done(struct probe *probe, enum target_ack ack, unsigned polls)
{
	probe->swim.busy = polls;
	return ack == ACK_OK ? SWIM_OK : SWIM_NO_RESPONSE;
}

uint32_t data_swim(const struct probe *probe, const uint8_t *command)
{
	uint16_t length = get_length(command);

	(void)probe;
	return length > INLINE_BYTES ? length - INLINE_BYTES : 0;
}

/* A V1's client says how much it wants; others get what the last read brought. */
uint32_t answer_swim(const struct probe *probe, const uint8_t *command)
{
	uint16_t asked = get_length(command);

	return probe_family(probe) == FAMILY_V1 && asked && asked < probe->swim.length ? asked : probe->swim.length;
}

int run_swim_enter(struct probe *probe, struct exchange *exchange)
{
	(void)exchange;
	probe->mode = MODE_SWIM;
	probe->swim.status = SWIM_OK;
	probe->swim.busy = 0;
	probe->swim.length = 0;
	return STATUS_NONE;
}

int run_swim_exit(struct probe *probe, struct exchange *exchange)
{
	(void)exchange;
	if (probe->mode == MODE_SWIM)
		probe->mode = MODE_MASS;
	target_swim_nrst(probe->target, false);
	return STATUS_NONE;
}

int run_swim_capabilities(struct probe *probe, struct exchange *exchange)
{
	static const uint8_t capabilities[] = { 0x00, 0x01, 0x02, 0x06 };

	(void)probe;
	memcpy(exchange->answer->bytes, capabilities, sizeof capabilities);
	return STATUS_NONE;
}

int run_swim_speed(struct probe *probe, struct exchange *exchange)
{
	return exchange->command[2] < 2 ? done(probe, ACK_OK, 0) : SWIM_BAD_STATE;
}

int run_swim_sequence(struct probe *probe, struct exchange *exchange)
{
	(void)exchange;
	return done(probe, target_swim_enter(probe->target), 2);
}

int run_swim_pulse(struct probe *probe, struct exchange *exchange)
{
	(void)exchange;
	target_swim_nrst(probe->target, true);
	target_swim_nrst(probe->target, false);
	return done(probe, ACK_OK, 0);
}

int run_swim_resync(struct probe *probe, struct exchange *exchange)
{
	(void)exchange;
	return done(probe, target_swim_reset(probe->target), 0);
}

int run_swim_nrst_low(struct probe *probe, struct exchange *exchange)
{
	(void)exchange;
	target_swim_nrst(probe->target, true);
	return done(probe, ACK_OK, 0);
}

int run_swim_nrst_high(struct probe *probe, struct exchange *exchange)
{
	(void)exchange;
	target_swim_nrst(probe->target, false);
	return done(probe, ACK_OK, 0);
}

/* Byte 0 says whether it is done; clients take any change of the others as progress. */
int run_swim_status(struct probe *probe, struct exchange *exchange)
{
	struct swim *swim = &probe->swim;

	if (probe->mode != MODE_SWIM)
		return SWIM_BAD_STATE;
	if (!swim->busy)
		return swim->status;
	exchange->answer->bytes[1] = (uint8_t)--swim->busy;
	return SWIM_BUSY;
}

int run_swim_write(struct probe *probe, struct exchange *exchange)
{
	struct swim *swim = &probe->swim;
	uint16_t length = get_length(exchange->command);
	uint16_t at = length < INLINE_BYTES ? length : INLINE_BYTES;

	if (length > SWIM_SIZE || length - at > (int)exchange->data_length)
		return SWIM_BAD_STATE;
	memcpy(swim->buffer, exchange->command + 8, at);
	if (length > at)
		memcpy(swim->buffer + at, exchange->data, (size_t)(length - at));
	swim->length = 0;
	return done(probe, target_swim_write(probe->target, get_address(exchange->command), swim->buffer, length), length / 64u);
}

int run_swim_read(struct probe *probe, struct exchange *exchange)
{
	struct swim *swim = &probe->swim;
	uint16_t length = get_length(exchange->command);

	if (length > SWIM_SIZE)
		return SWIM_BAD_STATE;
	memset(swim->buffer, 0, length);
	swim->length = length;
	return done(probe, target_swim_read(probe->target, get_address(exchange->command), swim->buffer, length), 1);
}

int run_swim_buffer(struct probe *probe, struct exchange *exchange)
{
	memcpy(exchange->answer->bytes, probe->swim.buffer, exchange->answer->length);
	return STATUS_NONE;
}

int run_swim_buffer_size(struct probe *probe, struct exchange *exchange)
{
	(void)probe;
	put16(exchange->answer->bytes, SWIM_SIZE);
	return STATUS_NONE;
}
