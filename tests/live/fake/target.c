/*
 * A target that says what a test wants: some words of memory, and the acknowledge that was asked for. For tests of the firmware alone.
 * Knows: target.h.
 * Must not know: the firmware.
 */
#include "fake.h"

#include <stdlib.h>
#include <string.h>

#include "../probe/firmware.h"

struct target *target_new(void)
{
	struct target *target = calloc(1, sizeof *target);

	target->identity = 0x2ba01477;
	target->powered = true;
	return target;
}

void target_free(struct target *target)
{
	free(target);
}

enum target_ack target_connect(struct target *target, enum target_wire wire, uint32_t *identity)
{
	target->wire = wire;
	*identity = wire == TARGET_JTAG ? 0x4ba00477 : target->identity;
	return target->port;
}

enum target_ack target_dp_read(struct target *target, uint8_t address, uint32_t *value)
{
	*value = address == 0 ? target->identity + target->dp_select : 0;
	if (address == 4)
		*value = target->powered ? 0xf0000000 : 0x50000000;
	return target->port;
}

enum target_ack target_dp_write(struct target *target, uint8_t address, uint32_t value)
{
	if (address == 8)
		target->dp_select = value;
	return target->port;
}

enum target_ack target_ap_read(struct target *target, uint8_t ap, uint8_t address, uint32_t *value)
{
	*value = address == 0xfc ? (ap ? 0 : 0x24770011) : target->registers[address];
	return target->ack;
}

enum target_ack target_ap_write(struct target *target, uint8_t ap, uint8_t address, uint32_t value)
{
	(void)ap;
	target->registers[address] = value;
	return target->ack;
}

uint32_t *word_at(struct target *target, uint32_t address)
{
	size_t i = 0;

	while (i < WORDS - 1 && target->words[i].address && target->words[i].address != address)
		i++;
	target->words[i].address = address;
	return &target->words[i].value;
}

/* The acknowledge of one access, and whether it was the last of its kind. */
static enum target_ack next_ack(struct target *target)
{
	enum target_ack ack = target->ack;

	if (ack != ACK_OK && target->times && !--target->times)
		target->ack = ACK_OK;
	return ack;
}

enum target_ack target_read(struct target *target, uint8_t ap, uint32_t address, unsigned size, uint8_t *bytes, uint32_t length,
                            uint32_t *done)
{
	enum target_ack ack = next_ack(target);

	(void)ap;
	(void)size;
	*done = 0;
	if (ack != ACK_OK)
		return ack;
	if (address >= RAM && address - RAM + length <= RAM_SIZE)
		memcpy(bytes, target->ram + (address - RAM), length);
	else
		put32(bytes, *word_at(target, address));
	*done = length;
	return ACK_OK;
}

enum target_ack target_write(struct target *target, uint8_t ap, uint32_t address, unsigned size, const uint8_t *bytes, uint32_t length,
                             uint32_t *done)
{
	enum target_ack ack = next_ack(target);

	(void)ap;
	(void)size;
	*done = 0;
	if (ack != ACK_OK)
		return ack;
	if (address >= RAM && address - RAM + length <= RAM_SIZE)
		memcpy(target->ram + (address - RAM), bytes, length);
	else
		*word_at(target, address) = get32(bytes);
	if (address == 0xe000ed0c)
		target->resets++;
	*done = length;
	return ACK_OK;
}

void target_clear(struct target *target)
{
	target->clears++;
}

void target_nrst(struct target *target, bool low)
{
	target->nrst = low;
}

unsigned target_millivolts(const struct target *target)
{
	return target->powered ? 3300 : 0;
}

void target_run(struct target *target, unsigned microseconds)
{
	(void)target;
	(void)microseconds;
}

size_t target_swo(struct target *target, uint32_t baud, uint8_t *bytes, size_t size, uint64_t *lost)
{
	size_t count = target->swo_length < size ? target->swo_length : size;

	(void)baud;
	*lost = 0;
	memcpy(bytes, target->swo, count);
	target->swo_length -= count;
	return count;
}

enum target_ack target_swim_enter(struct target *target)
{
	return target->port;
}

enum target_ack target_swim_read(struct target *target, uint32_t address, uint8_t *bytes, uint16_t length)
{
	if (address + length > RAM_SIZE)
		return ACK_FAULT;
	memcpy(bytes, target->ram + address, length);
	return target->port;
}

enum target_ack target_swim_write(struct target *target, uint32_t address, const uint8_t *bytes, uint16_t length)
{
	if (address + length > RAM_SIZE)
		return ACK_FAULT;
	memcpy(target->ram + address, bytes, length);
	return target->port;
}

enum target_ack target_swim_reset(struct target *target)
{
	return target->port;
}

void target_swim_nrst(struct target *target, bool low)
{
	target->nrst = low;
}

void target_spi_select(struct target *target, bool selected)
{
	target->selects += selected;
	target->spi_length = 0;
}

/* Sends back, one frame long, what it was sent, with every bit inverted. */
void target_spi_transfer(struct target *target, const uint8_t *out, uint8_t *in, size_t length)
{
	size_t i;

	for (i = 0; i < length; i++) {
		if (out && target->spi_length < sizeof target->spi)
			target->spi[target->spi_length++] = out[i];
		if (in)
			in[i] = (uint8_t)~target->spi[i % sizeof target->spi];
	}
}
