/*
 * What is learnt about the chip: power of its debug part, access ports, core, identification, flash size; and memory that works or does not.
 * Knows: registers of the debug port (ADIv5.2 B2.2, C2.6), CPUID, what lies where in an STM32 (registers.h).
 * Must not know: which command reached them (access.h), words, what the user should do.
 */
#include "../../dissectors/registers.h"
#include "facts_internal.h"

#define SECOND INT64_C(1000000000)

#define CTRL_STAT 0x04
#define AP_BASE 0xf8
#define AP_IDR 0xfc
#define CDBGPWRUPREQ (1u << 28)
#define CDBGPWRUPACK (1u << 29)
#define CPUID 0xe000ed00u
#define DHCSR 0xe000edf0u
#define IMPLEMENTER_ARM 0x41
#define IDCODE_F1_F4 0xe0042000u
#define FLASH_START 0x08000000u
#define PRIVATE_FIRST 0xe0000000u /* the private peripheral bus */
#define PRIVATE_LAST 0xe00fffffu
#define ROM_IDS 0xe00fffd0u
#define MOST_FLASH 4096 /* KiB */
#define ALIGNMENT_ERROR 0x0a

/* --- debug port, access ports --- */

static void note_power(struct session_facts *facts, const struct transaction *transaction, const struct access *access)
{
	struct chip_facts *chip = &facts->chip;

	if (access->address != CTRL_STAT || access->write || !access->ok || !access->judged || !access->has_value)
		return;
	if (access->value & CDBGPWRUPACK) {
		tally_value(&chip->powered, transaction, access->value);
		chip->unpowered.count = 0;
	} else if (access->value & CDBGPWRUPREQ) {
		tally_value(&chip->unpowered, transaction, access->value);
	}
}

static void port_failed(struct session_facts *facts, uint32_t port)
{
	facts->chip.aps_failed |= port < 32 ? 1u << port : 0;
}

static void note_port(struct session_facts *facts, const struct transaction *transaction, const struct access *access)
{
	facts->aps_used |= access->port < 32 ? 1u << access->port : 0;
	if (transaction->has_status && transaction->status == 0x1d) {
		tally_value(&facts->ap_bad, transaction, access->port);
		port_failed(facts, access->port);
	} else if (access->address == AP_IDR && !access->write && access->ok && access->judged && access->has_value) {
		tally_value(access->value ? &facts->ap_ok : &facts->ap_idr_zero, transaction, access->port);
		if (!access->value)
			port_failed(facts, access->port);
	}
}

void facts_note_port_opened(struct session_facts *facts, const struct transaction *transaction, bool ok)
{
	uint32_t port = request_number(transaction, ROLE_AP);

	facts->aps_used |= port < 32 ? 1u << port : 0;
	if (ok)
		tally_value(&facts->ap_ok, transaction, port);
	else if (transaction->status == 0x1d)
		tally_value(&facts->ap_bad, transaction, port);
	if (!ok)
		port_failed(facts, port);
}

/* --- who it is --- */

static void note_core_id(struct session_facts *facts, const struct transaction *transaction, const struct access *access, uint32_t word)
{
	if (word >> 24 != IMPLEMENTER_ARM) {
		tally_value(&facts->chip.odd_core, transaction, word);
		return;
	}
	tally_value(&facts->core_seen, transaction, word);
	if (access->port && access->port != ACCESS_ANY_PORT)
		tally_value(&facts->chip.core_behind, transaction, access->port);
}

static void note_device(struct session_facts *facts, const struct transaction *transaction, uint32_t address, uint32_t word)
{
	struct chip_facts *chip = &facts->chip;

	if (!word || word == UINT32_MAX) /* not a register of this family */
		return;
	tally_value(&chip->device, transaction, word);
	if (!name_of(stm32_devices, word & 0xfff))
		tally_value(&chip->device_unknown, transaction, word);
	if (address == IDCODE_F1_F4)
		tally_value(&facts->dbgmcu, transaction, word);
}

static void note_flash_size(struct session_facts *facts, const struct transaction *transaction, const struct access *access)
{
	const struct target_register *row;
	uint32_t size;

	if (access->write || !access->has_value || access->length < 2 || access->length > 4 || access->address % access->length)
		return;
	row = registers_memory(access->address, false, transaction->chip ? transaction->chip->families : STM32_ANY);
	if (!row || strcmp(row->name, "flash size") || !row->bits || (access->length == 2 && row->bits->high > 15))
		return;
	size = register_field(row->bits, access->value);
	if (!size || size == 0xffff || size > MOST_FLASH)
		tally_value(&facts->chip.flash_size_bad, transaction, size);
}

/* Its fields of the table do not reach beyond system memory. */
static bool may_hold_flash_size(uint32_t address)
{
	return address >> 20 == 0x1ff || address >> 20 == 0x0bf || address == 0x08fff80cu;
}

static void note_blank(struct session_facts *facts, const struct transaction *transaction, const struct access *access)
{
	uint32_t word;

	for (uint32_t address = FLASH_START; address <= FLASH_START + 4; address += 4)
		if (access_word(access, address, &word) && word == UINT32_MAX)
			tally_value(&facts->chip.blank, transaction, address);
}

/* It went wrong: a capture that ends, or a host that did not wait, is no failure. */
static bool is_failed(const struct transaction *transaction)
{
	switch (transaction->result) {
	case RESULT_ERROR: case RESULT_WAIT: case RESULT_STALLED: case RESULT_USB_ERROR: case RESULT_GONE:
		return true;
	case RESULT_CANCELLED:
		return transaction->waited >= SECOND - SECOND / 10;
	default:
		return false;
	}
}

static void note_identity(struct session_facts *facts, const struct transaction *transaction, const struct access *access)
{
	uint32_t word;

	if (access->ok && access->judged && access_word(access, CPUID, &word))
		note_core_id(facts, transaction, access, word);
	if (!stm32_is_idcode(access->address))
		return;
	if (access->ok && access->judged && access_word(access, access->address, &word))
		note_device(facts, transaction, access->address, word);
	else if (is_failed(transaction))
		tally_value(&facts->chip.device_failed, transaction, access->address);
}

/* --- memory that works or does not --- */

static bool is_somewhere(uint32_t address)
{
	return facts_is_flash(address) || facts_is_ram(address) || (address >= 0x40000000u && address <= 0x5fffffffu) ||
	       (address >= PRIVATE_FIRST && address <= PRIVATE_LAST) || (address >= 0x0c000000u && address <= 0x0dffffffu);
}

/* A status stands where the capture has not all of what was read. */
static bool is_cut(const struct transaction *transaction)
{
	return transaction->result == RESULT_TRUNCATED || transaction->result == RESULT_INCOMPLETE;
}

static void note_works(struct session_facts *facts, const struct transaction *transaction, const struct access *access)
{
	uint32_t address = access->address;
	uint8_t status = transaction->status;
	bool said_ok = transaction->status_row && transaction->status_row->class == STATUS_OK;
	bool ok = access->ok || (said_ok && is_cut(transaction));

	if (address >= PRIVATE_FIRST && address <= PRIVATE_LAST)
		return;
	if (!ok && (said_ok || status == ALIGNMENT_ERROR)) /* that is about the answer, or about the command */
		return;
	tally_value(ok ? &facts->memory_ok : &facts->memory_failed, transaction, address);
	if (!ok && status_is_fault(status) && !is_somewhere(address))
		tally_value(&facts->chip.fault_elsewhere, transaction, address);
	if (!access->write && facts_is_flash(address)) {
		if (ok)
			tally_value(&facts->flash_ok, transaction, address);
		else if (status == 0x01 || status == 0x11 || status == 0x18 || status == 0x19)
			tally_value(&facts->flash_refused, transaction, address);
	}
	if (ok && address >= 0x20000000u && address <= 0x2fffffffu)
		tally_value(&facts->ram_ok, transaction, address);
}

/* --- tools that look who made the chip --- */

static bool looks_who(const struct access *access)
{
	if (access->write || !access->ok || !access->judged)
		return false;
	if (access->kind == ACCESS_AP)
		return access->address == AP_BASE;
	return access->kind == ACCESS_MEMORY && access->address >= ROM_IDS && access->address <= PRIVATE_LAST;
}

static bool is_by_the_way(const struct access *access)
{
	return access->kind == ACCESS_DP || (access->kind == ACCESS_MEMORY && access->address == DHCSR) ||
	       (access->kind == ACCESS_AP && access->address != AP_IDR);
}

static void note_look(struct session_facts *facts, const struct transaction *transaction, const struct access *access)
{
	struct chip_facts *chip = &facts->chip;

	if (looks_who(access)) {
		if (!chip->looked.command)
			chip->looked_at = access->address;
		chip->looked = command_of(transaction);
	} else if (!is_by_the_way(access)) {
		chip->looked.command = NULL;
	}
}

void facts_note_look_ends(struct session_facts *facts, const struct transaction *transaction)
{
	struct chip_facts *chip = &facts->chip;

	if (chip->looked.command && transaction->time - chip->looked.time <= SECOND && !facts->target_failed.count)
		tally_value(&chip->looked_and_left, transaction, chip->looked_at);
	chip->looked.command = NULL;
}

void facts_note_chip(struct session_facts *facts, const struct transaction *transaction, const struct access *access)
{
	if (!access->known)
		return;
	note_look(facts, transaction, access);
	switch (access->kind) {
	case ACCESS_DP:
		note_power(facts, transaction, access);
		break;
	case ACCESS_AP:
		note_port(facts, transaction, access);
		break;
	case ACCESS_MEMORY:
		if (!access->write && access->address >= 0x40000000u)
			note_identity(facts, transaction, access);
		else if (access->ok && may_hold_flash_size(access->address))
			note_flash_size(facts, transaction, access);
		else if (access->ok && !access->write && access->address <= FLASH_START + 4)
			note_blank(facts, transaction, access);
		if (access->judged)
			note_works(facts, transaction, access);
		break;
	case ACCESS_CORE:
		break;
	}
}
