/*
 * Flash: what its controller says, what was sent to it and what is read back.
 * Knows: rows of the flash controllers (registers.h), loaders in RAM (loader.h).
 * Must not know: which command reached them (access.h), words, what the user should do.
 */
#include <string.h>

#include "../../dissectors/registers.h"
#include "facts_internal.h"
#include "loader.h"

#define CONTROLLERS_F 0x40022000u
#define CONTROLLERS_F2 0x40023c00u
#define CONTROLLERS_H7 0x52002000u
#define CONTROLLERS_W 0x58004000u
#define OPTION_BYTES 0x1ff00000u
#define CANDIDATES 8

/* --- the controller --- */

enum controller { CONTROLLER_NONE, CONTROLLER_STATUS, CONTROLLER_CONTROL, CONTROLLER_KEY, CONTROLLER_OPTIONS };

/* Rows say by their summary what a register is for. */
static enum controller kind_of(const struct target_register *row)
{
	static const struct { const char *summary; enum controller kind; } kinds[] = {
		{ "flash status", CONTROLLER_STATUS }, { "flash control", CONTROLLER_CONTROL }, { "unlocks the flash", CONTROLLER_KEY },
		{ "option bytes as loaded", CONTROLLER_OPTIONS }, { "option bytes in memory", CONTROLLER_OPTIONS },
	};

	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (!strncmp(row->summary, kinds[i].summary, strlen(kinds[i].summary)))
			return kinds[i].kind;
	return CONTROLLER_NONE;
}

static bool may_be_controller(uint32_t address)
{
	uint32_t block = address & ~0xfffu;

	return block == CONTROLLERS_F || block == (CONTROLLERS_F2 & ~0xfffu) || block == CONTROLLERS_H7 || block == CONTROLLERS_W ||
	       address >> 20 == OPTION_BYTES >> 20;
}

static bool ends_with(const char *text, const char *end)
{
	size_t length = strlen(text), part = strlen(end);

	return length >= part && !strcmp(text + length - part, end);
}

/* An invalid option byte is not the doing of who erases or programs. */
static uint32_t errors_of(const struct target_register *row, uint32_t value)
{
	uint32_t errors = 0;

	for (const struct bits *bit = row->bits; bit && bit->name; bit++)
		if (ends_with(bit->name, "ERR") && strcmp(bit->name, "OPTVERR") && register_field(bit, value))
			errors |= UINT32_C(1) << bit->low;
	return errors;
}

static void note_status(struct session_facts *facts, const struct transaction *transaction, const struct access *access,
                        const struct target_register *row)
{
	struct flash_facts *flash = &facts->flash;
	uint32_t errors;

	if (access->write) {
		flash->old_errors = 0;
		return;
	}
	errors = errors_of(row, access->value);
	if (!flash->operated) {
		flash->old_errors |= errors;
		if (errors)
			tally_value(&flash->old_error, transaction, access->value);
	} else if (errors & ~flash->old_errors) {
		tally_value(&flash->error, transaction, access->value);
	} else {
		return;
	}
	if (errors && (flash->error.count == 1 || !flash->error_row)) {
		flash->error_row = row;
		flash->error_bits = errors;
	}
}

static uint32_t bit_named(const struct target_register *row, const char *name, uint32_t value)
{
	for (const struct bits *bit = row->bits; bit && bit->name; bit++)
		if (!strcmp(bit->name, name))
			return register_field(bit, value);
	return 0;
}

/* "FLASH_KEYR2" goes with "FLASH_CR2", "FLASH_NSKEYR" with "FLASH_NSCR". */
static bool belong_together(const char *key, const char *control)
{
	const char *middle = strstr(key, "KEYR");
	size_t before = middle ? (size_t)(middle - key) : 0;

	return middle && !strncmp(key, control, before) && !strncmp(control + before, "CR", 2) && !strcmp(middle + 4, control + before + 2);
}

static void note_lock(struct session_facts *facts, const struct transaction *transaction, const struct access *access,
                      const struct target_register *row)
{
	struct flash_facts *flash = &facts->flash;

	if (!flash->key || !belong_together(flash->key->name, row->name))
		return;
	if (!bit_named(row, "LOCK", access->value) && !bit_named(row, "PELOCK", access->value)) {
		flash->locked.count = 0;
		return;
	}
	if (!flash->locked.count)
		tally_add(&flash->locked, flash->key_frame, transaction->time);
	flash->locked.value = access->value;
	flash->locked_row = row;
	tally_add(&flash->locked, transaction->frame, transaction->time);
}

/* An order: what the row says of the value that was written. */
static void note_control(struct session_facts *facts, const struct transaction *transaction, const struct access *access,
                         const struct target_register *row)
{
	struct flash_facts *flash = &facts->flash;
	char words[96];

	if (!access->write) {
		note_lock(facts, transaction, access, row);
		flash->key = NULL;
		return;
	}
	registers_meaning(row, access->value, words, sizeof words);
	if (!strncmp(words, "lock", 4)) {
		flash->key = NULL;
	} else if (strstr(words, "erase") && !strstr(words, "prepare")) {
		flash->operated = flash->erased_since = true;
	} else if (strstr(words, "program")) {
		flash->operated = flash->programmed = true;
	}
}

static void note_key(struct session_facts *facts, const struct transaction *transaction, const struct access *access,
                     const struct target_register *row)
{
	if (!access->write)
		return;
	facts->core.loader.for_flash = true;
	facts->flash.key = row->known && row->known[1].text && row->known[1].value == access->value ? row : NULL;
	facts->flash.key_frame = transaction->frame;
}

static void note_options(struct session_facts *facts, const struct transaction *transaction, const struct access *access,
                         const struct target_register *row)
{
	char words[96];
	const char *level;

	if (access->write || !access->value || access->value == UINT32_MAX)
		return;
	registers_meaning(row, access->value, words, sizeof words);
	level = strstr(words, "RDP level ");
	if (!level || !strcmp(level, "RDP level 0"))
		return;
	if (!facts->flash.protected.count)
		facts->flash.protected_row = row;
	tally_value(&facts->flash.protected, transaction, access->value);
}

static bool has_rows(unsigned families)
{
	for (size_t i = 0; i < flash_registers.count; i++)
		if (flash_registers.rows[i].families & families)
			return true;
	return false;
}

/* A key is written where no family that the chip may be of takes it, and another one does. Other values mean nothing: what is a flash
 * controller in one family can be a converter in another. */
static void note_foreign(struct session_facts *facts, const struct transaction *transaction, const struct access *access)
{
	const struct target_register *own[CANDIDATES], *any[CANDIDATES];
	unsigned families = transaction->chip->families;
	size_t own_count = registers_candidates(access->address, true, families, own, CANDIDATES);
	size_t any_count = registers_candidates(access->address, true, STM32_ANY, any, CANDIDATES);
	const struct target_register *other = NULL;

	for (size_t i = 0; i < own_count && i < CANDIDATES; i++)
		if (own[i]->known && name_of(own[i]->known, access->value))
			return;
	for (size_t i = 0; i < any_count && i < CANDIDATES && !other; i++)
		if (any[i]->known && name_of(any[i]->known, access->value))
			other = any[i];
	if (!other || !has_rows(families))
		return;
	if (!facts->flash.foreign.count) {
		facts->flash.foreign_row = other;
		facts->flash.foreign_device = transaction->chip->device;
	}
	tally_value(&facts->flash.foreign, transaction, access->address);
}

static void note_controller(struct session_facts *facts, const struct transaction *transaction, const struct access *access)
{
	const struct chip *chip = transaction->chip;
	const struct target_register *row;

	if (!access->ok || !access->has_value || access->length != 4)
		return;
	if (access->write && chip && chip->has_device && chip->families != STM32_ANY && chip->families != STM32_OTHER &&
	    access->address >= CONTROLLERS_F)
		note_foreign(facts, transaction, access);
	row = registers_memory(access->address, access->write, chip ? chip->families : STM32_ANY);
	if (!row)
		return;
	switch (kind_of(row)) {
	case CONTROLLER_STATUS: note_status(facts, transaction, access, row); break;
	case CONTROLLER_CONTROL: note_control(facts, transaction, access, row); break;
	case CONTROLLER_KEY: note_key(facts, transaction, access, row); break;
	case CONTROLLER_OPTIONS: note_options(facts, transaction, access, row); break;
	case CONTROLLER_NONE: break;
	}
}

/* --- bytes --- */

static void note_sent(struct session_facts *facts, const struct transaction *transaction, uint32_t address, uint32_t length)
{
	struct flash_facts *flash = &facts->flash;

	tally_value(&flash->sent, transaction, address);
	flash->operated = flash->programmed = true;
	flash->erased_since = flash->firmware_ran = false;
	/* Written once more: what differed there is no longer known to. */
	if (flash->different.count && flash->different.value >= address && flash->different.value - address < length)
		flash->different.count = flash->bytes_different = 0;
}

static void note_read_back(struct session_facts *facts, const struct transaction *transaction, uint32_t address, const uint8_t *bytes,
                           uint32_t length)
{
	struct flash_facts *flash = &facts->flash;
	struct sent_match match;

	sent_compare(facts->bytes_sent, address, bytes, length, &match);
	if (match.same) {
		tally_value(&flash->same, transaction, address);
		flash->bytes_same += match.same;
	}
	if (!match.different || flash->firmware_ran || (flash->erased_since && match.erased))
		return;
	if (!flash->different.count) {
		flash->meant = match.meant;
		flash->read = match.read;
		flash->reads_erased = flash->single_bits = true;
	}
	tally_value(&flash->different, transaction, match.address);
	flash->bytes_different += match.different;
	flash->reads_erased = flash->reads_erased && match.erased;
	flash->single_bits = flash->single_bits && match.single_bits;
}

static void note_bytes(struct session_facts *facts, const struct transaction *transaction, const struct access *access)
{
	uint8_t word[4];
	const uint8_t *bytes;
	uint32_t length;

	if (!access->ok || !facts_is_flash(access->address) || (!access->write && !sent_any(facts->bytes_sent)))
		return;
	length = access_bytes(access, word, &bytes);
	if (!length)
		return;
	if (!access->write) {
		note_read_back(facts, transaction, access->address, bytes, length);
	} else {
		sent_flash(facts->bytes_sent, access->address, bytes, length);
		note_sent(facts, transaction, access->address, length);
	}
	facts->flash.beyond = sent_beyond(facts->bytes_sent);
}

struct programming { struct session_facts *facts; const struct transaction *transaction; };

static void on_programmed(void *context, const struct programmed *programmed)
{
	struct programming *programming = context;

	sent_flash(programming->facts->bytes_sent, programmed->address, programmed->bytes, programmed->length);
	note_sent(programming->facts, programming->transaction, programmed->address, programmed->length);
}

/* Only who writes to RAM or to registers of the core can have a loader. */
static bool may_load(const struct transaction *transaction)
{
	for (size_t i = 0; i < transaction->access_count; i++) {
		const struct access *access = &transaction->accesses[i];

		if (access->kind == ACCESS_CORE || (access->write && access->kind == ACCESS_MEMORY && access->known && facts_is_ram(access->address)))
			return true;
	}
	return false;
}

void facts_follow_loader(struct session_facts *facts, const struct transaction *transaction)
{
	struct programming programming = { facts, transaction };

	if (!facts->loads && !may_load(transaction))
		return;
	facts->loads = true;
	loader_follow(sent_loader(facts->bytes_sent), transaction, on_programmed, &programming);
}

void facts_note_loader_begins(struct session_facts *facts, const struct transaction *transaction)
{
	struct flash_facts *flash = &facts->flash;

	flash->operated = flash->programmed = true;
	/* One that copies nothing may erase. */
	if (!flash->sent.count || flash->sent.last_frame != transaction->frame)
		flash->erased_since = true;
}

void facts_note_firmware_runs(struct session_facts *facts)
{
	facts->flash.firmware_ran = true;
}

void facts_note_flash(struct session_facts *facts, const struct transaction *transaction, const struct access *access)
{
	if (access->kind != ACCESS_MEMORY || !access->known)
		return;
	if (may_be_controller(access->address))
		note_controller(facts, transaction, access);
	else
		note_bytes(facts, transaction, access);
}
