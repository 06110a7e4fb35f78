/*
 * Which bytes of a transaction may not leave the machine (mask.h).
 */
#include "mask.h"

#include <string.h>

#include "../../dissectors/registers.h"

#define WORD 4
#define WORDS 64           /* registers in a row that are looked up; a longer access is memory */
#define PRIVATE_BUS 0xe0000000
#define EVERY_FAMILY UINT32_MAX

const struct name mask_keep_names[] = {
	{ KEEP_MEMORY, "memory" }, { KEEP_SERIAL, "serial" }, { KEEP_TRACE, "trace" }, { KEEP_UNKNOWN, "unknown" }, { KEEP_TOOL, "tool" },
	{ 0, NULL },
};

struct masking {
	struct sink sink; /* first: the walker hands it back */
	const struct transaction *transaction;
	unsigned keep;
	enum mask_part part;
	enum mask_kind values; /* what becomes of a register's or a memory's value */
	bool after_identity;   /* what follows an identity in an answer belongs to it */
	mask_tell *tell;
	void *context;
};

static bool is_write(enum stlink_operation operation)
{
	return operation == OP_MEMORY_WRITE || operation == OP_DEBUG_REGISTER_WRITE || operation == OP_DAP_WRITE || operation == OP_MISC_OUT;
}

/* Registers that have a name here say what tools do to the chip, not what its owner keeps in it. */
static bool all_registers(uint32_t address, uint32_t length, bool write)
{
	const struct target_register *row;

	if (length < WORD && registers_candidates(address, write, EVERY_FAMILY, &row, 1))
		return true;
	if (address % WORD || length > WORDS * WORD)
		return false;
	for (uint32_t at = 0; at < length; at += WORD)
		if (!registers_candidates(address + at, write, EVERY_FAMILY, &row, 1))
			return false;
	return true;
}

/* What masks length bytes at address. */
static enum mask_kind kind_of(const struct masking *masking, uint32_t address, uint32_t length, bool write)
{
	const char *region = registers_region(address);
	uint32_t unique_id = stm32_unique_id_offset(address, length);

	if (unique_id == 0 && length <= 12)
		return masking->keep & KEEP_SERIAL ? MASK_NONE : MASK_ID;
	if (unique_id != UINT32_MAX && !(masking->keep & KEEP_SERIAL))
		return MASK_FILL;
	if (masking->keep & KEEP_MEMORY || address >= PRIVATE_BUS || (region && !strcmp(region, "option bytes")) || all_registers(address, length, write))
		return MASK_NONE;
	return MASK_FILL;
}

/* The gravest of what the accesses of one kind of command need. */
static enum mask_kind kind_of_accesses(const struct masking *masking)
{
	const struct transaction *transaction = masking->transaction;
	enum mask_kind kind = MASK_NONE;

	for (size_t i = 0; i < transaction->access_count && !kind; i++) {
		const struct access *access = &transaction->accesses[i];

		if (access->kind != ACCESS_MEMORY)
			continue;
		kind = access->known ? kind_of(masking, access->address, access->length, access->write)
		                     : masking->keep & KEEP_MEMORY ? MASK_NONE : MASK_FILL;
	}
	return kind;
}

static enum mask_kind kind_of_values(const struct masking *masking)
{
	const struct transaction *transaction = masking->transaction;
	const struct operation *request = &transaction->request_operation;
	enum stlink_operation operation = transaction->command->operation;
	uint32_t length = WORD;

	switch (operation) {
	case OP_MEMORY_READ: case OP_MEMORY_WRITE:
		length = (uint32_t)operation_get(request, ROLE_LENGTH, 0);
		/* fall through */
	case OP_DEBUG_REGISTER_READ: case OP_DEBUG_REGISTER_WRITE:
		return operation_has(request, ROLE_ADDRESS)
		       ? kind_of(masking, (uint32_t)request->argument[ROLE_ADDRESS], length, is_write(operation))
		       : masking->keep & KEEP_MEMORY ? MASK_NONE : MASK_FILL;
	case OP_DAP_READ: case OP_DAP_WRITE:
		return kind_of_accesses(masking);
	case OP_SWIM_BUFFER: case OP_SWIM_WRITE:
		if (operation == OP_SWIM_BUFFER)
			request = transaction->earlier;
		return masking->keep & KEEP_MEMORY || (request && registers_stm8((uint32_t)operation_get(request, ROLE_ADDRESS, 0))) ? MASK_NONE : MASK_FILL;
	case OP_BRIDGE: case OP_DFU_DOWNLOAD: case OP_DFU: case OP_OTHER:
		return masking->keep & KEEP_MEMORY ? MASK_NONE : MASK_FILL;
	case OP_NONE:
		return masking->keep & KEEP_UNKNOWN ? MASK_NONE : MASK_FILL;
	default:
		return MASK_NONE;
	}
}

static bool all_of(const uint8_t *bytes, size_t length, uint8_t value)
{
	for (size_t i = 0; i < length; i++)
		if (bytes[i] != value)
			return false;
	return true;
}

/* Bytes of the part that is walked which mean nothing: a probe or a client may have left in them what it had there before. */
static void mask_rest(struct masking *masking, uint32_t from, uint32_t to)
{
	const struct transaction *transaction = masking->transaction;
	const struct payload *payload = masking->part == MASK_DATA ? &transaction->data : &transaction->answer;

	if (to > payload->captured)
		to = payload->captured;
	if (!(masking->keep & (KEEP_MEMORY | KEEP_UNKNOWN)) && from < to && !all_of(payload->bytes + from, to - from, 0))
		masking->tell(masking->context, masking->part, from, to, MASK_REST);
}

/* The walker's values that hold something: raw bytes, identities, and the value of a register behind which memory lies. */
static void take_value(struct sink *sink, const struct value *value)
{
	struct masking *masking = (struct masking *)sink;
	enum mask_kind kind = MASK_NONE;

	if (value->field->identity)
		masking->after_identity = masking->part == MASK_ANSWER;
	if (masking->after_identity)
		kind = masking->keep & KEEP_SERIAL ? MASK_NONE : MASK_ID;
	else if (value->field->show == SHOW_BYTES || value->field->role == ROLE_VALUE)
		kind = masking->values;
	if (masking->part == MASK_ANSWER && value->field->show == SHOW_STALE && value->length) {
		mask_rest(masking, value->offset, value->offset + value->length);
		return;
	}
	if (kind && value->length)
		masking->tell(masking->context, masking->part, value->offset, value->offset + value->length, kind);
}

/* Items of a RW_MISC: operands behind the operations, results before the statuses (stlink_expand.c). */
static void mask_items(struct masking *masking)
{
	const struct transaction *transaction = masking->transaction;
	bool out = transaction->command->operation == OP_MISC_OUT;
	uint32_t count = (uint32_t)operation_get(&transaction->request_operation, ROLE_COUNT, 0);
	uint32_t first = out ? (count + WORD - 1) / WORD * WORD : 0;

	for (size_t i = 0; i < transaction->access_count; i++) {
		const struct access *access = &transaction->accesses[i];
		enum mask_kind kind;

		if (access->kind != ACCESS_MEMORY || access->way != ACCESS_BATCH)
			continue;
		kind = access->known ? kind_of(masking, access->address, access->length, access->write)
		                     : masking->keep & KEEP_MEMORY ? MASK_NONE : MASK_FILL;
		if (kind)
			masking->tell(masking->context, out ? MASK_DATA : MASK_ANSWER, first + WORD * access->item, first + WORD * (access->item + 1U), kind);
	}
}

static struct cursor over(const struct payload *payload)
{
	return cursor_over(payload->bytes, payload->captured, payload->wire);
}

void mask_transaction(const struct transaction *transaction, unsigned keep, mask_tell *tell, void *context)
{
	struct masking masking = { .sink.value = take_value, .transaction = transaction, .keep = keep, .tell = tell, .context = context };
	const struct stlink_command *command = transaction->command;

	if (command->operation == OP_MISC_OUT || command->operation == OP_MISC_IN) {
		mask_items(&masking);
		return;
	}
	masking.values = kind_of_values(&masking);
	if (command == &stlink_unknown) {
		if (masking.values && transaction->answer.captured)
			tell(context, MASK_ANSWER, 0, transaction->answer.captured, masking.values);
		return;
	}
	masking.part = MASK_REQUEST;
	stlink_walk_request(command, over(&transaction->request), NULL, &masking.sink);
	masking.part = MASK_DATA;
	if (transaction->data.captured) {
		mask_rest(&masking, transaction->data_due, UINT32_MAX);
		stlink_walk_data(command, over(&transaction->data), &transaction->request_operation, NULL, &masking.sink);
	}
	masking.part = MASK_ANSWER;
	if (!transaction->answer.captured)
		return;
	mask_rest(&masking, transaction->answer_due, UINT32_MAX);
	stlink_walk_answer(command, over(&transaction->answer), &transaction->request_operation, transaction->earlier, NULL, &masking.sink);
}

bool mask_is_private(const struct transaction *transaction, unsigned keep)
{
	const struct masking masking = { .transaction = transaction, .keep = keep };
	enum stlink_operation operation = transaction->command->operation;

	return (operation == OP_MISC_IN || operation == OP_MISC_OUT) ? !(keep & KEEP_MEMORY) : kind_of_values(&masking) != MASK_NONE;
}

bool mask_is_foreign(const struct transaction *transaction)
{
	return transaction->command->scsi;
}

/* --- the bytes --- */

#define FILL 0x5c
#define FILL_DIFFERS 0x5d
#define MARK 0x5c /* begins every pseudonym */

static uint64_t hash(const uint8_t *bytes, size_t length, uint64_t seed)
{
	uint64_t value = UINT64_C(0xcbf29ce484222325) ^ seed;

	for (size_t i = 0; i < length; i++)
		value = (value ^ bytes[i]) * UINT64_C(0x100000001b3);
	return value ^ value >> 29;
}

/*
 * A pseudonym is MARK twice, a digest, and a check of both in the last third: that is how it is known again. digits: of each byte only a digit
 * of base 16 is used, written by the caller.
 */
struct digits { size_t count; uint8_t digit[256]; };

static size_t check_length(size_t count)
{
	return count / 3;
}

static void digest(const struct digits *from, struct digits *to)
{
	static const uint8_t mark[] = { MARK >> 4, MARK & 15, MARK >> 4, MARK & 15 };
	size_t check = check_length(from->count), body = from->count - check;

	to->count = from->count;
	for (size_t i = 0; i < body; i++)
		to->digit[i] = i < sizeof mark ? mark[i] : (uint8_t)(hash(from->digit, from->count, i) >> 13 & 15);
	for (size_t i = 0; i < check; i++)
		to->digit[body + i] = (uint8_t)(hash(to->digit, body, 0x1000 + i) >> 13 & 15);
}

/* Is it what digest makes? Too short a one can only be all marks. */
static bool is_digest(const struct digits *digits)
{
	static const uint8_t mark[] = { MARK >> 4, MARK & 15, MARK >> 4, MARK & 15 };
	size_t check = check_length(digits->count), body = digits->count - check;

	for (size_t i = 0; i < body && i < sizeof mark; i++)
		if (digits->digit[i] != mark[i])
			return false;
	for (size_t i = 0; i < check; i++)
		if (digits->digit[body + i] != (hash(digits->digit, body, 0x1000 + i) >> 13 & 15))
			return false;
	return true;
}

static void mask_id(uint8_t *bytes, size_t length)
{
	struct digits old = { 0 }, new;

	if (length > sizeof old.digit / 2)
		length = sizeof old.digit / 2;
	for (size_t i = 0; i < length; i++) {
		old.digit[old.count++] = bytes[i] >> 4;
		old.digit[old.count++] = bytes[i] & 15;
	}
	if (is_digest(&old))
		return;
	digest(&old, &new);
	for (size_t i = 0; i < length; i++)
		bytes[i] = (uint8_t)(new.digit[2 * i] << 4 | new.digit[2 * i + 1]);
}

/* UTF-16 units, of which each becomes a hexadecimal digit. */
static void mask_string(uint8_t *units, size_t length)
{
	static const char letters[] = "0123456789ABCDEF";
	struct digits old = { 0 }, new;
	uint8_t raw[256];
	bool plain = true;

	/* The half of a unit, and what no string descriptor can hold. */
	if (length % 2)
		units[--length] = 0;
	if (length > 2 * sizeof old.digit) {
		memset(units + 2 * sizeof old.digit, 0, length - 2 * sizeof old.digit);
		length = 2 * sizeof old.digit;
	}
	for (size_t i = 0; i < length; i += 2) {
		const char *letter = units[i] && !units[i + 1] ? strchr(letters, units[i]) : NULL;

		plain = plain && letter;
		raw[old.count] = units[i] ^ (uint8_t)(units[i + 1] * 31);
		old.digit[old.count++] = (uint8_t)(letter ? letter - letters : 0);
	}
	if (plain && is_digest(&old))
		return;
	if (!plain)
		memcpy(old.digit, raw, old.count);
	digest(&old, &new);
	for (size_t i = 0; i < new.count; i++) {
		units[2 * i] = (uint8_t)letters[new.digit[i]];
		units[2 * i + 1] = 0;
	}
}

void mask_bytes(uint8_t *bytes, size_t length, enum mask_kind kind, enum mask_place place)
{
	switch (kind) {
	case MASK_NONE:
		return;
	case MASK_FILL: case MASK_REST:
		if (place == MASK_PLACE_WRITTEN || (!all_of(bytes, length, 0) && !all_of(bytes, length, 0xff)))
			memset(bytes, place == MASK_PLACE_DIFFERS ? FILL_DIFFERS : FILL, length);
		return;
	case MASK_ID:
		if (length > 256) {
			memset(bytes + 128, 0, length - 128);
			length = 128;
		}
		mask_id(bytes, length);
		return;
	case MASK_STRING:
		mask_string(bytes, length);
		return;
	}
}
