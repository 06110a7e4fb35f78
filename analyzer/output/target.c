/*
 * What of the target a transaction reaches, in names (target.h).
 */
#include "target.h"

#include <stdio.h>
#include <string.h>

/* What commands do that name no register. */
static const struct { enum stlink_operation operation; const char *words; } orders[] = {
	{ OP_HALT, "halt" }, { OP_RUN, "run" }, { OP_STEP, "step" }, { OP_RESET, "reset" },
};
static const struct name reset_lines[] = {
	{ 0, "pull the reset line low" }, { 1, "let the reset line go" }, { 2, "pulse the reset line" }, { 0, NULL },
};

static unsigned families_of(const struct chip *chip)
{
	return chip ? chip->families : STM32_ANY;
}

static void name_memory(struct target *target, uint32_t address, bool write, unsigned families)
{
	const struct target_register *rows[2] = { NULL, NULL };
	size_t count = registers_candidates(address, write, families, rows, 2);

	if (count == 1 || count == 2) {
		target->row = rows[0];
		target->other = rows[1];
		target->sure = count == 1 && (!rows[0]->families || !(families & ~rows[0]->families));
	} else if (stm32_unique_id_offset(address, 1) == 0) {
		target->unnamed = "unique id";
	} else {
		target->region = registers_region(address);
	}
}

struct target target_of_access(const struct access *access, const struct chip *chip)
{
	struct target target = { .access = access, .chip = chip, .sure = true };

	if (!access->known)
		return target;
	switch (access->kind) {
	case ACCESS_DP:
		target.row = registers_dp((uint8_t)access->address, access->write);
		break;
	case ACCESS_AP:
		target.row = registers_ap((uint8_t)access->address, access->write);
		break;
	case ACCESS_MEMORY:
		name_memory(&target, access->address, access->write, families_of(chip));
		break;
	case ACCESS_CORE:
		target.row = registers_core(access->address, access->write);
		break;
	}
	return target;
}

static bool has_payload(enum stlink_operation operation)
{
	return operation == OP_MEMORY_READ || operation == OP_MEMORY_WRITE;
}

/* Is the value there as a whole, in the part that a reader looks at? */
static enum part holder_of(const struct target *target, const struct transaction *transaction)
{
	const struct access *access = target->access;
	bool memory = has_payload(transaction->command->operation);

	if (!target->row || target->other || !access->has_value)
		return PART_NONE;
	if (access->kind == ACCESS_MEMORY && !registers_whole(target->row, access->length))
		return PART_NONE;
	if (memory && access->captured < access->length)
		return PART_NONE;
	return access->write ? memory ? PART_DATA : PART_REQUEST : PART_ANSWER;
}

/* The access that the command names, the memory behind it where it names a gate, and the core's register behind that. */
struct target target_of(const struct transaction *transaction)
{
	const struct access *list = transaction->accesses, *said = NULL, *core = NULL, *gate = NULL;
	struct target target = { .sure = true };

	for (size_t i = 0; i < transaction->access_count; i++) {
		if (list[i].way == ACCESS_BATCH)
			return target;
		if (list[i].way == ACCESS_CORE_DEBUG) {
			core = &list[i];
			continue;
		}
		gate = said && (said->kind == ACCESS_AP || said->kind == ACCESS_DP) ? said : gate;
		said = &list[i];
		if (transaction->command->operation == OP_CORE_REGISTERS_READ)
			return target;
	}
	if (!said)
		return target;
	target = target_of_access(said, transaction->chip);
	if (gate) {
		struct target port = target_of_access(gate, transaction->chip);

		target.gate = port.row ? port.row->name : NULL;
	}
	if (core)
		target.core = name_of(core_register_names, core->address);
	target.holder = holder_of(&target, transaction);
	target.value = said->value;
	return target;
}

/* " (F2/F4/F7)" */
static size_t add_families(char *text, size_t size, size_t length, unsigned families)
{
	char before = '(';

	for (const struct name *name = stm32_family_names; name->text && length + strlen(name->text) + 4 < size; name++)
		if (families & name->value) {
			length += (size_t)snprintf(text + length, size - length, "%s%c%s", before == '(' ? " " : "", before, name->text);
			before = '/';
		}
	if (before == '/')
		length += (size_t)snprintf(text + length, size - length, ")");
	return length;
}

static size_t add_row(char *text, size_t size, size_t length, const struct target_register *row, bool sure)
{
	length += (size_t)snprintf(text + length, size - length, "%s", row->name);
	return sure ? length : add_families(text, size, length, row->families);
}

size_t target_place(const struct target *target, char *text, size_t size)
{
	size_t length = 0;

	text[0] = '\0';
	if (target->unnamed)
		return (size_t)snprintf(text, size, "%s", target->unnamed);
	if (!target->row || (target->access && target->access->kind == ACCESS_CORE))
		return 0;
	length = add_row(text, size, length, target->row, target->sure);
	if (target->other) {
		length += (size_t)snprintf(text + length, size - length, " or ");
		length = add_row(text, size, length, target->other, target->sure);
	}
	return length;
}

/* The DEV_ID of another chip, by an erratum: the register's own words would name that. */
static size_t corrected_chip(const struct target *target, uint32_t value, char *text, size_t size)
{
	const struct chip *chip = target->chip;
	const char *name;

	if (!chip || !chip->has_device || chip->idcode != value || chip->device == (value & 0xfff) || !target->access ||
	    !stm32_is_idcode(target->access->address))
		return 0;
	name = name_of(stm32_devices, chip->device);
	return name ? (size_t)snprintf(text, size, "%s that says %x (erratum)", name, (unsigned)(value & 0xfff)) : 0;
}

static size_t meaning_of(const struct target *target, uint32_t value, char *text, size_t size)
{
	size_t length = corrected_chip(target, value, text, size);

	return length ? length : registers_meaning(target->row, value, text, size);
}

size_t target_words(const struct target *target, uint32_t value, char *text, size_t size)
{
	size_t length = target->row ? meaning_of(target, value, text, size) : 0;

	return length || !target->row ? length : registers_words(target->row, value, text, size);
}

size_t target_means(const struct transaction *transaction, char *text, size_t size)
{
	const struct operation *request = &transaction->request_operation;
	enum stlink_operation operation = transaction->command->operation;
	struct target target = target_of(transaction);
	const char *words = NULL;

	text[0] = '\0';
	for (size_t i = 0; i < sizeof orders / sizeof *orders; i++)
		if (orders[i].operation == operation)
			words = orders[i].words;
	if (operation == OP_NRST)
		words = name_of(reset_lines, operation_get(request, ROLE_LEVEL, UINT64_MAX));
	if (words)
		return (size_t)snprintf(text, size, "%s", words);
	if (target.access && target.access->kind == ACCESS_CORE) {
		const char *name = name_of(core_register_names, target.access->address);

		return name ? (size_t)snprintf(text, size, "%s register %s", target.access->write ? "write" : "read", name) : 0;
	}
	return target.holder == PART_NONE ? 0 : meaning_of(&target, target.value, text, size);
}

#define WORD 4
#define WORDS_TOLD 16

uint32_t target_word_count(const struct access *access)
{
	bool block = access && access->kind == ACCESS_MEMORY && access->known && access->length > WORD && access->length <= WORDS_TOLD * WORD;

	return block && access->address % WORD == 0 ? access->length / WORD : 0;
}

bool target_word(const struct access *access, const struct chip *chip, uint32_t index, struct target *target, uint32_t *value)
{
	struct access word = *access;

	word.address += WORD * index;
	word.length = WORD;
	*target = target_of_access(&word, chip);
	target->access = access;
	return target->row && !target->other && access_word(access, word.address, value);
}

const struct target *target_batch_value(struct target_batch *batch, const struct value *value)
{
	struct access access = { .kind = ACCESS_MEMORY, .known = true, .address = (uint32_t)value->number };

	if (value->field->names) {
		batch->operation = (enum stlink_misc)value->number;
		return NULL;
	}
	switch (batch->operation) {
	case MISC_ADDRESS:
	case MISC_READ:
		access.write = batch->operation == MISC_ADDRESS;
		batch->target = target_of_access(&access, batch->chip);
		batch->target.access = NULL; /* was this function's own */
		break;
	case MISC_WRITE:
		break;
	case MISC_AP:
		return NULL;
	}
	return batch->target.row && !batch->target.other ? &batch->target : NULL;
}

const struct access *target_result(const struct transaction *transaction, size_t *at)
{
	const struct access *list = transaction->accesses, *found = NULL;

	if (*at >= transaction->access_count)
		return NULL;
	found = &list[(*at)++];
	if (*at < transaction->access_count && list[*at].way == ACCESS_CORE_DEBUG)
		found = &list[(*at)++];
	return found;
}
