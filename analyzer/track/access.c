/*
 * What of the target a transaction really reached (access.h).
 * Knows: ADIv5.2 B2.2 and C2 (banks, posted reads, CSW, TAR, DRW, BD), ARMv7-M C1.6 (DCRSR, DCRDR), the batches of RW_MISC; which commands
 * let the probe choose for itself, so that what the host chose before is gone.
 */
#include "access.h"

#include <stdlib.h>
#include <string.h>

#include "../../dissectors/registers.h"
#include "internal.h"

#define PORTS 16 /* no firmware takes more than 9 */
#define DEBUG_PORT 0xffff
#define LIST_FIRST 8

enum { DP_ABORT = 0x00, DP_CTRL_STAT = 0x04, DP_SELECT = 0x08, DP_RDBUFF = 0x0c };
enum { AP_CSW = 0x00, AP_TAR = 0x04, AP_TAR64 = 0x08, AP_DRW = 0x0c, AP_BD0 = 0x10, AP_BD3 = 0x1c };
enum { INCREMENT_OFF, INCREMENT_SINGLE, INCREMENT_PACKED };

#define DAPABORT 1u
#define CDBGPWRUPREQ (1u << 28)
#define TAR_PAGE 0x400u /* beyond it no access port has to count on (ADIv5.2 C2.2.2) */
#define CPUID 0xe000ed00u
#define DCRSR 0xe000edf4u
#define DCRDR 0xe000edf8u
#define DCRSR_WRITE (1u << 16)
#define DCRSR_NUMBER 0x7fu
#define CPUID_MASK 0xff00fff0u /* implementer and part */
#define CORTEX_M4 0x4100c240u
#define DEVICE_F2 0x411
#define DEVICE_F4 0x413
#define ALL_REGISTERS 19 /* of READALLREGS those that have a number: r0 to xPSR, MSP, PSP */

struct shadow { bool known; uint32_t value; };

struct port_shadow { struct shadow csw, tar; };

/* An item of a RW_MISC that reads, until its value comes. */
struct planned { uint32_t address; uint8_t port; uint16_t item; bool core; uint8_t number; };

struct access_state {
	struct shadow select;
	bool uses_dp_bank, uses_ap_bank; /* the client chose one by SELECT: else the command's own address says which */
	struct port_shadow ports[PORTS];
	bool ports_used;                 /* one of them may be known */
	struct shadow dcrsr, dcrdr;      /* dcrdr: as written, for a DCRSR that writes it to the core */
	uint8_t dcrsr_port, dcrdr_port;
	bool has_posted;
	struct access posted;            /* what RDBUFF repeats */
	struct planned *planned;
	size_t planned_count, planned_capacity;
	struct access *list;
	size_t count, capacity;
	struct chip chip;
};

struct access_state *access_new(void)
{
	struct access_state *state = track_allocate(NULL, sizeof *state);

	memset(state, 0, sizeof *state);
	state->capacity = LIST_FIRST;
	state->list = track_allocate(NULL, state->capacity * sizeof *state->list);
	access_begin(state);
	return state;
}

void access_free(struct access_state *state)
{
	if (!state)
		return;
	free(state->planned);
	free(state->list);
	free(state);
}

/* The probe used the access port for itself, or somebody else may have. */
static void forget_ports(struct access_state *state)
{
	state->has_posted = false;
	if (!state->ports_used)
		return;
	memset(state->ports, 0, sizeof state->ports);
	state->ports_used = false;
}

static void forget_core(struct access_state *state)
{
	state->dcrsr.known = state->dcrdr.known = false;
}

void access_forget(struct access_state *state)
{
	state->select.known = false;
	state->planned_count = 0;
	forget_ports(state);
	forget_core(state);
}

void access_begin(struct access_state *state)
{
	access_forget(state);
	state->uses_dp_bank = state->uses_ap_bank = false;
	state->chip = (struct chip){ .families = STM32_ANY };
}

/* --- what is reached --- */

static struct access *reach(struct access_state *state, const struct access *access)
{
	if (state->count == state->capacity) {
		state->capacity *= 2;
		state->list = track_allocate(state->list, state->capacity * sizeof *state->list);
	}
	state->list[state->count] = *access;
	return &state->list[state->count++];
}

bool access_word(const struct access *access, uint32_t address, uint32_t *word)
{
	uint64_t at = (uint64_t)address - access->address;

	if (access->kind != ACCESS_MEMORY || !access->known || !access->has_value || address < access->address)
		return false;
	if (!access->bytes) {
		*word = access->value;
		return !at && access->length == 4;
	}
	if (at + 4 > access->captured)
		return false;
	*word = access->bytes[at] | (uint32_t)access->bytes[at + 1] << 8 | (uint32_t)access->bytes[at + 2] << 16 |
	        (uint32_t)access->bytes[at + 3] << 24;
	return true;
}

const struct access *access_find(const struct transaction *transaction, enum access_kind kind, uint32_t address, bool write)
{
	for (size_t i = 0; i < transaction->access_count; i++) {
		const struct access *access = &transaction->accesses[i];

		if (access->kind != kind || access->write != write || !access->known)
			continue;
		if (kind == ACCESS_MEMORY ? address >= access->address && (uint64_t)address + 4 <= (uint64_t)access->address + access->length
		                          : address == access->address)
			return access;
	}
	return NULL;
}

/* --- the chip --- */

static void update_chip(struct chip *chip)
{
	chip->families = STM32_ANY;
	if (chip->has_cpuid)
		chip->families = stm32_families_of_core(chip->cpuid);
	if (!chip->has_device)
		return;
	chip->device = chip->idcode & 0xfff;
	if (chip->device == DEVICE_F2 && chip->has_cpuid && (chip->cpuid & CPUID_MASK) == CORTEX_M4)
		chip->device = DEVICE_F4;
	if (stm32_families_of_device(chip->device) != STM32_ANY)
		chip->families = stm32_families_of_device(chip->device);
}

static void note_chip(struct access_state *state, const struct access *access)
{
	struct chip *chip = &state->chip;
	uint32_t word;

	if (!access->ok || access->write)
		return;
	if (access->address <= CPUID && access_word(access, CPUID, &word) && word >> 24 == 0x41) {
		chip->has_cpuid = true;
		chip->cpuid = word;
		update_chip(chip);
	} else if (stm32_is_idcode(access->address) && access_word(access, access->address, &word) && word && word != UINT32_MAX) {
		chip->has_device = true;
		chip->idcode = word;
		update_chip(chip);
	}
}

/* --- memory --- */

static void reach_core(struct access_state *state, const struct access *by, uint8_t number, bool write, const uint32_t *value)
{
	struct access access = { .kind = ACCESS_CORE, .way = ACCESS_CORE_DEBUG, .write = write, .known = true, .ok = by->ok, .judged = by->judged,
		.has_value = value != NULL, .port = by->port, .item = by->item, .address = number, .value = value ? *value : 0 };

	reach(state, &access);
}

/* A write of DCRSR orders a transfer between DCRDR and the register that it names. */
static void core_written(struct access_state *state, const struct access *access)
{
	uint32_t word;

	if (access_word(access, DCRDR, &word)) {
		state->dcrdr = (struct shadow){ access->ok, word };
		state->dcrdr_port = access->port;
	}
	if (!access_word(access, DCRSR, &word))
		return;
	state->dcrsr = (struct shadow){ access->ok, word };
	state->dcrsr_port = access->port;
	if (word & DCRSR_WRITE) {
		bool known = state->dcrdr.known && state->dcrdr_port == access->port;

		reach_core(state, access, word & DCRSR_NUMBER, true, known ? &state->dcrdr.value : NULL);
	}
}

static void core_read(struct access_state *state, const struct access *access)
{
	uint32_t word;

	if (state->dcrsr.known && !(state->dcrsr.value & DCRSR_WRITE) && state->dcrsr_port == access->port &&
	    access_word(access, DCRDR, &word))
		reach_core(state, access, state->dcrsr.value & DCRSR_NUMBER, false, &word);
}

static void reach_memory(struct access_state *state, const struct access *given)
{
	struct access access = *reach(state, given); /* the list may move */

	if (!access.known)
		return;
	if (access.address <= DCRDR && (uint64_t)access.address + access.length > DCRSR) {
		if (access.write)
			core_written(state, &access);
		else
			core_read(state, &access);
	}
	note_chip(state, &access);
}

/* --- the debug port and the access ports --- */

static struct access access_of(const struct transaction *transaction, enum access_kind kind, bool write)
{
	return (struct access){ .kind = kind, .write = write, .known = true, .judged = transaction->has_status,
		.ok = transaction->result == RESULT_OK || transaction->result == RESULT_UNJUDGED };
}

/* The value that is written, or that was read and is to be believed. */
static void take_value(struct access *access, const struct transaction *transaction)
{
	const struct operation *operation = access->write ? &transaction->request_operation : &transaction->answer_operation;

	access->has_value = operation_has(operation, ROLE_VALUE) && (access->write || (access->ok && transaction->usable));
	access->value = (uint32_t)operation_get(operation, ROLE_VALUE, 0);
}

/* Behind a write that failed the register may hold either. */
static void select_written(struct access_state *state, const struct access *access)
{
	state->uses_dp_bank = state->uses_dp_bank || (access->value & 0xf);
	state->uses_ap_bank = state->uses_ap_bank || (access->value & 0xf0);
	state->select = (struct shadow){ access->ok, access->value };
}

/* Only register 4 has banks up to DPv2. An address with a bank says it itself. */
static void choose_dp_bank(const struct access_state *state, struct access *access)
{
	if ((access->address & 0xf) != DP_CTRL_STAT)
		access->address &= 0xf;
	else if (access->address == DP_CTRL_STAT && state->uses_dp_bank && state->select.known)
		access->address |= (state->select.value & 0xf) << 4;
	else if (access->address == DP_CTRL_STAT)
		access->known = !state->uses_dp_bank;
}

static void repeat_posted(struct access_state *state, const struct access *by)
{
	struct access access = state->posted;

	if (!state->has_posted || !by->has_value)
		return;
	access.way = ACCESS_POSTED;
	access.value = by->value;
	if (access.kind == ACCESS_MEMORY && access.length < 4)
		access.value = by->value >> 8 * (access.address & 3) & ((UINT32_C(1) << 8 * access.length) - 1);
	if (access.kind == ACCESS_MEMORY)
		reach_memory(state, &access);
	else
		reach(state, &access);
}

static void reach_dp(struct access_state *state, struct access *access)
{
	choose_dp_bank(state, access);
	reach(state, access);
	if (!access->known)
		return;
	if (!access->write && access->address == DP_RDBUFF)
		repeat_posted(state, access);
	if (!access->write && !access->address && access->has_value) {
		state->chip.has_dpidr = true;
		state->chip.dpidr = access->value;
	}
	if (!access->write)
		return;
	if (access->address == DP_SELECT)
		select_written(state, access);
	else if ((access->address == DP_ABORT && access->value & DAPABORT) ||
	         (access->address == DP_CTRL_STAT && !(access->value & CDBGPWRUPREQ)))
		forget_ports(state);
}

/* The memory behind DRW or BD, as far as CSW and TAR are known; counts TAR on. */
static struct access through_port(struct port_shadow *port, const struct access *by)
{
	struct access access = *by;
	unsigned size = port->csw.value & 7, increment = port->csw.value >> 4 & 3;
	bool drw = by->address == AP_DRW;
	uint32_t tar = port->tar.value, step;

	access.kind = ACCESS_MEMORY;
	access.way = ACCESS_THROUGH_AP;
	access.known = port->csw.known && port->tar.known && size <= 2 && (drw || size == 2) &&
	               (increment != INCREMENT_PACKED || !(tar & 3));
	access.length = 0;
	if (!by->ok)
		port->tar.known = false;
	if (!access.known) {
		port->tar.known = port->tar.known && (!drw || (port->csw.known && increment == INCREMENT_OFF));
		access.address = 0;
		return access;
	}
	access.length = drw && increment != INCREMENT_PACKED ? UINT32_C(1) << size : 4;
	access.address = drw ? tar : (tar & ~UINT32_C(0xf)) + (by->address - AP_BD0);
	if (access.length < 4) /* in the lanes of its address (ADIv5.2 C2.2.6) */
		access.value = by->value >> 8 * (tar & 3) & ((UINT32_C(1) << 8 * access.length) - 1);
	step = drw && increment != INCREMENT_OFF ? access.length : 0;
	port->tar.value = tar + step;
	if ((tar ^ port->tar.value) & ~(TAR_PAGE - 1))
		port->tar.known = false;
	return access;
}

static void reach_ap(struct access_state *state, struct access *access, uint32_t number)
{
	struct port_shadow none = { 0 }, *port = number < PORTS ? &state->ports[number] : &none;
	bool memory = access->address == AP_DRW || (access->address >= AP_BD0 && access->address <= AP_BD3);
	struct access through;

	state->ports_used = true;
	if (access->address < 0x10 && state->uses_ap_bank) {
		access->known = state->select.known;
		if (state->select.value >> 24 == number)
			access->address |= state->select.value & 0xf0;
		memory = access->known && access->address == AP_DRW;
	}
	reach(state, access);
	state->has_posted = !access->write && access->ok && access->known;
	state->posted = *access;
	if (!access->known) {
		*port = (struct port_shadow){ 0 };
	} else if (access->address == AP_CSW && (access->write || access->has_value)) {
		port->csw = (struct shadow){ access->ok, access->value };
	} else if (access->address == AP_TAR && (access->write || access->has_value)) {
		port->tar = (struct shadow){ access->ok, access->value };
	} else if (access->address == AP_TAR64 && access->write && access->value) {
		*port = (struct port_shadow){ 0 };
	}
	if (!memory)
		return;
	through = through_port(port, access);
	if (state->has_posted)
		state->posted = through;
	reach_memory(state, &through);
}

static void follow_dap(struct access_state *state, const struct transaction *transaction, bool write)
{
	const struct operation *request = &transaction->request_operation;
	uint32_t port = (uint32_t)operation_get(request, ROLE_PORT, DEBUG_PORT);
	struct access access = access_of(transaction, port == DEBUG_PORT ? ACCESS_DP : ACCESS_AP, write);

	if (!operation_has(request, ROLE_REGISTER) || !operation_has(request, ROLE_PORT))
		return;
	access.address = request->argument[ROLE_REGISTER] & 0xff; /* one client leaves a flag above (disagreements.md 25) */
	take_value(&access, transaction);
	if (access.kind == ACCESS_DP) {
		reach_dp(state, &access);
		return;
	}
	access.port = (uint8_t)(port < ACCESS_ANY_PORT ? port : ACCESS_ANY_PORT);
	reach_ap(state, &access, port);
}

/* --- commands that name memory or a register of the core --- */

/* The probe writes CSW and TAR for these itself. */
static void follow_memory(struct access_state *state, const struct transaction *transaction, bool write)
{
	const struct operation *request = &transaction->request_operation;
	const struct payload *payload = write ? &transaction->data : &transaction->answer;
	struct access access = access_of(transaction, ACCESS_MEMORY, write);

	forget_ports(state);
	if (!operation_has(request, ROLE_ADDRESS))
		return;
	access.port = (uint8_t)operation_get(request, ROLE_AP, ACCESS_ANY_PORT);
	access.address = (uint32_t)request->argument[ROLE_ADDRESS];
	access.length = (uint32_t)operation_get(request, ROLE_LENGTH, 0);
	if (payload->captured && (write || (access.ok && transaction->usable))) {
		access.has_value = true;
		access.bytes = payload->bytes;
		access.captured = payload->captured < access.length ? payload->captured : access.length;
		for (uint32_t i = 0; i < access.captured && i < 4; i++)
			access.value |= (uint32_t)payload->bytes[i] << 8 * i;
	}
	reach_memory(state, &access);
}

static void follow_debug_register(struct access_state *state, const struct transaction *transaction, bool write)
{
	const struct operation *request = &transaction->request_operation;
	struct access access = access_of(transaction, ACCESS_MEMORY, write);

	forget_ports(state);
	if (!operation_has(request, ROLE_ADDRESS))
		return;
	access.port = (uint8_t)operation_get(request, ROLE_AP, ACCESS_ANY_PORT);
	access.address = (uint32_t)request->argument[ROLE_ADDRESS];
	access.length = 4;
	take_value(&access, transaction);
	reach_memory(state, &access);
}

static void follow_core_register(struct access_state *state, const struct transaction *transaction, bool write)
{
	struct access access = access_of(transaction, ACCESS_CORE, write);

	forget_ports(state);
	forget_core(state);
	if (!operation_has(&transaction->request_operation, ROLE_REGISTER))
		return;
	access.port = (uint8_t)operation_get(&transaction->request_operation, ROLE_AP, ACCESS_ANY_PORT);
	access.address = (uint32_t)transaction->request_operation.argument[ROLE_REGISTER];
	take_value(&access, transaction);
	reach(state, &access);
}

/* r0 to r15, xPSR, MSP, PSP as words behind the status, if there is one; two words follow that no source explains. */
static void follow_core_registers(struct access_state *state, const struct transaction *transaction)
{
	const struct payload *answer = &transaction->answer;
	uint32_t at = transaction->has_status ? 4 : 0;

	forget_ports(state);
	forget_core(state);
	if (!transaction->usable)
		return;
	for (uint32_t number = 0; number < ALL_REGISTERS && at + 4 <= answer->captured; number++, at += 4) {
		struct access access = access_of(transaction, ACCESS_CORE, false);

		if (!access.ok)
			return;
		access.port = ACCESS_ANY_PORT;
		access.address = number;
		access.has_value = true;
		for (uint32_t i = 0; i < 4; i++)
			access.value |= (uint32_t)answer->bytes[at + i] << 8 * i;
		reach(state, &access);
	}
}

static void follow_idcodes(struct access_state *state, const struct transaction *transaction)
{
	struct access access = access_of(transaction, ACCESS_DP, false);

	take_value(&access, transaction);
	reach_dp(state, &access);
}

/* --- batches --- */

static uint32_t word_at(const struct payload *payload, uint32_t at)
{
	const uint8_t *bytes = payload->bytes + at;

	return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static void plan(struct access_state *state, const struct access *access)
{
	struct planned *planned;

	if (state->planned_count == state->planned_capacity) {
		state->planned_capacity = state->planned_capacity ? state->planned_capacity * 2 : LIST_FIRST;
		state->planned = track_allocate(state->planned, state->planned_capacity * sizeof *state->planned);
	}
	planned = &state->planned[state->planned_count++];
	*planned = (struct planned){ .address = access->address, .port = access->port, .item = access->item };
	if (access->address == DCRDR && state->dcrsr.known && !(state->dcrsr.value & DCRSR_WRITE) && state->dcrsr_port == access->port) {
		planned->core = true;
		planned->number = state->dcrsr.value & DCRSR_NUMBER;
	}
}

/* N operations, padded to a word, then N operands. ADDRESS says where the WRITEs behind it go; a READ brings its own. */
static void follow_misc_out(struct access_state *state, const struct transaction *transaction)
{
	const struct payload *data = &transaction->data;
	uint64_t count = operation_get(&transaction->request_operation, ROLE_COUNT, 0), operands = (count + 3) / 4 * 4;
	struct access access = access_of(transaction, ACCESS_MEMORY, true);
	bool addressed = false;

	forget_ports(state);
	state->planned_count = 0;
	access.way = ACCESS_BATCH;
	access.length = 4;
	access.port = ACCESS_ANY_PORT;
	for (uint64_t i = 0; i < count && i <= UINT16_MAX && operands + 4 * (i + 1) <= data->captured; i++) {
		uint32_t operand = word_at(data, (uint32_t)(operands + 4 * i));

		access.item = (uint16_t)i;
		switch (data->bytes[i]) {
		case MISC_AP:
			access.port = (uint8_t)operand;
			break;
		case MISC_ADDRESS:
			access.address = operand;
			addressed = true;
			break;
		case MISC_WRITE:
			access.value = operand;
			access.has_value = true;
			access.known = addressed;
			reach_memory(state, &access);
			break;
		case MISC_READ: {
			struct access read = access;

			read.address = operand;
			plan(state, &read);
			break;
		}
		default:
			break;
		}
	}
	if (!access.ok)
		forget_core(state);
}

/* N results, then N statuses, for the items of the RW_MISC_OUT before. */
static void follow_misc_in(struct access_state *state, const struct transaction *transaction)
{
	const struct payload *answer = &transaction->answer;
	uint64_t count = transaction->earlier ? operation_get(transaction->earlier, ROLE_COUNT, 0) : 0;
	struct shadow dcrsr = state->dcrsr;

	forget_ports(state);
	for (size_t i = 0; i < state->planned_count; i++) {
		const struct planned *planned = &state->planned[i];
		struct access access = access_of(transaction, ACCESS_MEMORY, false);

		if (!transaction->usable || planned->item >= count || 4 * (count + planned->item + 1) > answer->captured)
			continue;
		access.way = ACCESS_BATCH;
		access.port = planned->port;
		access.item = planned->item;
		access.address = planned->address;
		access.length = 4;
		access.judged = true;
		access.ok = answer->bytes[4 * (count + planned->item)] == STLINK_STATUS_OK;
		access.value = word_at(answer, 4 * (uint32_t)planned->item);
		access.has_value = access.ok;
		state->dcrsr = (struct shadow){ planned->core, planned->number }; /* as it was at this item */
		state->dcrsr_port = planned->port;
		reach_memory(state, &access);
	}
	state->dcrsr = dcrsr;
	state->planned_count = 0;
}

/* --- all --- */

static void follow(struct access_state *state, const struct transaction *transaction)
{
	switch (transaction->command->operation) {
	case OP_DAP_READ:
	case OP_DAP_WRITE:
		follow_dap(state, transaction, transaction->command->operation == OP_DAP_WRITE);
		break;
	case OP_MEMORY_READ:
	case OP_MEMORY_WRITE:
		follow_memory(state, transaction, transaction->command->operation == OP_MEMORY_WRITE);
		break;
	case OP_DEBUG_REGISTER_READ:
	case OP_DEBUG_REGISTER_WRITE:
		follow_debug_register(state, transaction, transaction->command->operation == OP_DEBUG_REGISTER_WRITE);
		break;
	case OP_CORE_REGISTER_READ:
	case OP_CORE_REGISTER_WRITE:
		follow_core_register(state, transaction, transaction->command->operation == OP_CORE_REGISTER_WRITE);
		break;
	case OP_CORE_REGISTERS_READ:
		follow_core_registers(state, transaction);
		break;
	case OP_CORE_ID:
	case OP_IDCODES:
		follow_idcodes(state, transaction);
		break;
	case OP_MISC_OUT:
		follow_misc_out(state, transaction);
		break;
	case OP_MISC_IN:
		follow_misc_in(state, transaction);
		break;
	case OP_ENTER: case OP_EXIT: case OP_DFU_EXIT: case OP_SWIM_ENTER: case OP_SWIM_EXIT: case OP_LOADER_ENTER:
		access_forget(state);
		break;
	case OP_AP_OPEN: case OP_AP_CLOSE: case OP_NRST: case OP_RESET: case OP_HALT: case OP_RUN: case OP_STEP: case OP_CORE_STATE:
		forget_ports(state);
		forget_core(state);
		break;
	default:
		break;
	}
}

void access_follow(struct access_state *state, struct transaction *transaction)
{
	state->count = 0;
	follow(state, transaction);
	transaction->accesses = state->list;
	transaction->access_count = state->count;
	transaction->chip = &state->chip;
}
