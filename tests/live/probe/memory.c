/*
 * Memory commands, single words and RW_MISC.
 * Knows: sizes, alignment and limits of every firmware; what is told of a transfer that failed.
 * Must not know: what lies at an address.
 */
#include "handlers.h"

#include <string.h>

#define WAIT_TRIES 4            /* the firmware itself repeats an access that got WAIT */

static const uint8_t has_aps[FAMILIES] = { NEVER, 28, 0, 0 };
static const uint8_t long_bytes[FAMILIES] = { NEVER, NEVER, 6, 0 };

static uint32_t limit(const struct probe *probe, unsigned size)
{
	if (size > 1)
		return TRANSFER_SIZE;
	return firmware_since(probe, long_bytes) ? 512 : 64;
}

static unsigned access_size(const uint8_t *command)
{
	switch (command[1]) {
	case 0x0c:
	case 0x0d:
		return 1;
	case 0x47:
	case 0x48:
		return 2;
	default:
		return 4;
	}
}

uint32_t data_memory(const struct probe *probe, const uint8_t *command)
{
	(void)probe;
	return get16(command + 6);
}

/* No more than the buffer holds; a single byte comes with a second one. */
uint32_t answer_memory(const struct probe *probe, const uint8_t *command)
{
	uint32_t length = get16(command + 6);
	uint32_t most = limit(probe, access_size(command));

	if (access_size(command) == 1 && length == 1)
		return 2;
	return length < most ? length : most;
}

static uint8_t port_of(const struct probe *probe, const uint8_t *command)
{
	return firmware_since(probe, has_aps) ? command[8] : 0;
}

/* A V3 wants an access port opened before its memory is used; port 0 is always open for the core. */
static bool port_is_usable(const struct probe *probe, uint8_t ap)
{
	if (probe_family(probe) < FAMILY_V3 || ap == 0)
		return ap <= 8;
	return ap <= 8 && probe->open_aps & 1 << ap;
}

static int check(struct probe *probe, const uint8_t *command, unsigned size)
{
	uint32_t address = get32(command + 2);
	uint16_t length = get16(command + 6);

	if (address % size || length % size) {
		probe->hung = probe->option[OPTION_MISALIGNED_HANGS];
		return STATUS_ALIGNMENT;
	}
	/* Words go to the target as they come: the buffer limits what is read, and bytes. */
	if (length > limit(probe, size) && command[1] != 0x08)
		return STATUS_INTERNAL;
	return port_is_usable(probe, port_of(probe, command)) ? STATUS_OK : STATUS_BAD_AP;
}

void fault_told(struct probe *probe, enum target_ack ack)
{
	if (ack != ACK_OK && !probe->option[OPTION_STICKY_LEFT])
		target_clear(probe->target);
}

static int status_of(struct probe *probe, enum target_ack ack, bool write)
{
	fault_told(probe, ack);
	if (ack == ACK_OK)
		return STATUS_OK;
	if (firmware_is_crude(probe))
		return STATUS_OLD_FAULT;
	/* A write is posted: that it failed shows in the flags, not in its own acknowledge. */
	return ack == ACK_FAULT && write ? STATUS_STICKY : status_of_ap(ack);
}

/* Exactly one of in and out is given. */
static enum target_ack move(struct probe *probe, uint8_t ap, uint32_t address, unsigned size, uint8_t *in, const uint8_t *out, uint32_t length)
{
	enum target_ack ack = ACK_OK;
	uint32_t moved = 0, done;
	unsigned tries;

	for (tries = 0; moved < length && tries < WAIT_TRIES; tries++) {
		done = 0;
		if (in)
			ack = target_read(probe->target, ap, address + moved, size, in + moved, length - moved, &done);
		else
			ack = target_write(probe->target, ap, address + moved, size, out + moved, length - moved, &done);
		moved += done;
		if (ack != ACK_WAIT)
			break;
	}
	if (ack != ACK_OK)
		probe->fault_address = address + moved;
	return ack;
}

int word_read(struct probe *probe, uint8_t ap, uint32_t address, uint32_t *value)
{
	uint8_t bytes[4] = { 0 };
	enum target_ack ack = move(probe, ap, address, 4, bytes, NULL, 4);

	*value = get32(bytes);
	return status_of(probe, ack, false);
}

int word_write(struct probe *probe, uint8_t ap, uint32_t address, uint32_t value)
{
	uint8_t bytes[4];

	put32(bytes, value);
	return status_of(probe, move(probe, ap, address, 4, NULL, bytes, 4), true);
}

int run_read_memory(struct probe *probe, struct exchange *exchange)
{
	const uint8_t *command = exchange->command;
	unsigned size = access_size(command);
	int status = check(probe, command, size);

	probe->fault_address = 0;
	if (status != STATUS_OK)
		return status;
	return status_of(probe, move(probe, port_of(probe, command), get32(command + 2), size, exchange->answer->bytes, NULL, get16(command + 6)), false);
}

int run_write_memory(struct probe *probe, struct exchange *exchange)
{
	const uint8_t *command = exchange->command;
	unsigned size = access_size(command);
	int status = check(probe, command, size);

	probe->fault_address = 0;
	if (status == STATUS_OK && exchange->data_length < get16(command + 6))
		status = STATUS_INTERNAL;
	if (status != STATUS_OK)
		return status;
	return status_of(probe, move(probe, port_of(probe, command), get32(command + 2), size, NULL, exchange->data, get16(command + 6)), true);
}

/* The same address again and again: what a FIFO register wants. */
int run_read_fifo(struct probe *probe, struct exchange *exchange)
{
	const uint8_t *command = exchange->command;
	uint32_t at, value;
	int status = check(probe, command, 4);

	probe->fault_address = 0;
	for (at = 0; status == STATUS_OK && at < get16(command + 6); at += 4) {
		status = word_read(probe, port_of(probe, command), get32(command + 2), &value);
		put32(exchange->answer->bytes + at, value);
	}
	return status;
}

int run_write_fifo(struct probe *probe, struct exchange *exchange)
{
	const uint8_t *command = exchange->command;
	uint32_t at;
	int status = check(probe, command, 4);

	probe->fault_address = 0;
	if (status == STATUS_OK && exchange->data_length < get16(command + 6))
		status = STATUS_INTERNAL;
	for (at = 0; status == STATUS_OK && at < get16(command + 6); at += 4)
		status = word_write(probe, port_of(probe, command), get32(command + 2), get32(exchange->data + at));
	return status;
}

int run_last_status(struct probe *probe, struct exchange *exchange)
{
	(void)exchange;
	return probe->last_status;
}

int run_last_status_2(struct probe *probe, struct exchange *exchange)
{
	if (probe->last_status != STATUS_OK)
		put32(exchange->answer->bytes + 4, probe->fault_address);
	return probe->last_status;
}

/* One word, its outcome in the same answer. Bytes 2 and 3 are those of the answer before: nobody clears them. */
int run_read_debug(struct probe *probe, struct exchange *exchange)
{
	uint8_t *answer = exchange->answer->bytes;
	uint32_t address = get32(exchange->command + 2);
	uint32_t value = 0;
	int status = STATUS_ALIGNMENT;

	if (address % 4 == 0)
		status = word_read(probe, firmware_since(probe, has_aps) ? exchange->command[6] : 0, address, &value);
	memcpy(answer + 2, probe->scratch + 2, 2);
	put32(answer + 4, value);
	return status;
}

int run_write_debug(struct probe *probe, struct exchange *exchange)
{
	uint32_t address = get32(exchange->command + 2);

	if (address % 4)
		return STATUS_ALIGNMENT;
	return word_write(probe, firmware_since(probe, has_aps) ? exchange->command[10] : 0, address, get32(exchange->command + 6));
}

static uint32_t most_items(const struct probe *probe)
{
	return probe_family(probe) >= FAMILY_V3 ? MISC_ITEMS : 64;
}

uint32_t data_misc(const struct probe *probe, const uint8_t *command)
{
	uint32_t items = get32(command + 2);

	return items > most_items(probe) ? 0 : (items + 3) / 4 * 4 + 4 * items;
}

uint32_t answer_misc(const struct probe *probe, const uint8_t *command)
{
	(void)command;
	return 8 * probe->misc_items;
}

/* A list of single accesses; the host fetches values and statuses with RW_MISC_IN. */
int run_misc_out(struct probe *probe, struct exchange *exchange)
{
	enum { MISC_ADDRESS = 1, MISC_WRITE = 2, MISC_READ = 3, MISC_PORT = 5 };
	uint32_t items = get32(exchange->command + 2);
	const uint8_t *operands = exchange->data + (items + 3) / 4 * 4;
	uint32_t address = 0, i;
	uint8_t ap = 0;
	int worst = STATUS_OK;

	probe->misc_items = 0;
	if (!items || exchange->data_length < data_misc(probe, exchange->command) || items > most_items(probe))
		return STATUS_INTERNAL;
	for (i = 0; i < items; i++) {
		uint32_t operand = get32(operands + 4 * i), value = 0;
		int status = STATUS_OK;

		if (exchange->data[i] == MISC_ADDRESS)
			address = operand;
		else if (exchange->data[i] == MISC_WRITE)
			status = word_write(probe, ap, address, operand);
		else if (exchange->data[i] == MISC_READ)
			status = word_read(probe, ap, operand, &value);
		else if (exchange->data[i] == MISC_PORT)
			ap = (uint8_t)operand;
		else
			status = STATUS_BAD_PARAMETER;
		probe->misc_values[i] = value;
		probe->misc_status[i] = (uint8_t)status;
		if (worst == STATUS_OK)
			worst = status;
	}
	probe->misc_items = items;
	return worst;
}

int run_misc_in(struct probe *probe, struct exchange *exchange)
{
	uint8_t *answer = exchange->answer->bytes;
	uint32_t i;

	for (i = 0; i < probe->misc_items; i++) {
		put32(answer + 4 * i, probe->misc_values[i]);
		put32(answer + 4 * (probe->misc_items + i), probe->misc_status[i]);
	}
	return STATUS_NONE;
}

int run_misc_most(struct probe *probe, struct exchange *exchange)
{
	put16(exchange->answer->bytes, most_items(probe));
	return STATUS_NONE;
}
