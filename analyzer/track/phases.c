/*
 * What a session was doing (phases.h): each command is an activity, and a table says which activity begins which phase behind which.
 * Knows: activities by operation, by address and by order (registers.h). What stands in no row of the tables goes on as it was.
 */
#include "phases.h"

#include <string.h>

#include "../../dissectors/registers.h"
#include "../../dissectors/stlink.h"
#include "access.h"
#include "track.h"

const char *phase_name(enum phase phase)
{
	static const char *const names[PHASES] = {
		[PHASE_OPEN] = "open", [PHASE_IDENTIFY] = "identify", [PHASE_CONNECT] = "connect", [PHASE_EXAMINE] = "examine",
		[PHASE_HALT] = "halt", [PHASE_READ] = "read", [PHASE_ERASE] = "erase", [PHASE_PROGRAM] = "program", [PHASE_VERIFY] = "verify",
		[PHASE_RUN] = "run", [PHASE_POLL] = "poll", [PHASE_TRACE] = "trace", [PHASE_CLOSE] = "close",
	};

	return names[phase];
}

/* In the order of their weight: of several accesses of a command the heaviest counts. */
enum activity {
	NOTHING,    /* every phase has it */
	WATCH,      /* does the core run? */
	LEAVE_MODE, /* mode asked, mode left */
	ASK_PROBE,
	LINK,       /* speed, debug port, access port */
	SET_UP,     /* a debug unit is read or set */
	LOOK_AT,    /* core, chip, ROM table, unique id */
	CORE_REGISTER,
	GET_WORD,
	GET_MEMORY,
	GET_FLASH,
	PUT_RAM,
	LOCK_FLASH,
	OPEN_FLASH,
	STOP,
	GO,
	RESET,
	ENTER,
	TRACE,
	ERASE,
	PROGRAM,
	LET_GO,
	ACTIVITIES,
};

static const uint8_t of_operation[OP_OTHER + 1] = {
	[OP_VERSION] = ASK_PROBE, [OP_VERSION_EX] = ASK_PROBE, [OP_VOLTAGE] = ASK_PROBE, [OP_LOADER_QUERY] = ASK_PROBE,
	[OP_MODE] = LEAVE_MODE, [OP_DFU_EXIT] = LEAVE_MODE, [OP_EXIT] = LET_GO, [OP_SWIM_EXIT] = LET_GO, [OP_AP_CLOSE] = LET_GO,
	[OP_ENTER] = ENTER, [OP_SWIM_ENTER] = ENTER, [OP_LOADER_ENTER] = ENTER,
	[OP_CORE_ID] = LINK, [OP_IDCODES] = LINK, [OP_AP_OPEN] = LINK, [OP_SPEED_SET] = LINK, [OP_SPEED_GET] = LINK, [OP_NRST] = LINK,
	[OP_RESET] = RESET, [OP_HALT] = STOP, [OP_RUN] = GO, [OP_STEP] = GO, [OP_CORE_STATE] = WATCH, [OP_CORE_REGISTERS_READ] = CORE_REGISTER,
	[OP_TRACE_START] = TRACE, [OP_TRACE_STOP] = TRACE, [OP_TRACE_COUNT] = TRACE,
	[OP_DFU_DOWNLOAD] = PROGRAM, [OP_SWIM_READ] = GET_MEMORY,
};

/* Memory by what is done there; the first row that holds counts. */
static const struct { uint32_t first, last; uint8_t read, write; } of_memory[] = {
	{ 0xe000edf0, 0xe000edf3, WATCH, SET_UP },
	{ 0xe000edf4, 0xe000edfb, NOTHING, NOTHING }, /* a register of the core follows */
	{ 0xe000ed00, 0xe000ed03, LOOK_AT, NOTHING },
	{ 0xe000ed40, 0xe000ed8f, LOOK_AT, SET_UP },
	{ 0xe00ff000, 0xe00fffff, LOOK_AT, NOTHING },
	{ 0xe0042000, 0xe0042003, LOOK_AT, NOTHING },
	{ 0xe0044000, 0xe0044003, LOOK_AT, NOTHING },
	{ 0x40015800, 0x40015803, LOOK_AT, NOTHING },
	{ 0x44024000, 0x44024003, LOOK_AT, NOTHING },
	{ 0x5c001000, 0x5c001003, LOOK_AT, NOTHING },
	{ 0xe0000000, 0xe00fffff, SET_UP, SET_UP },
	{ 0x08fff800, 0x08fff80f, LOOK_AT, PROGRAM },
	{ 0x08000000, 0x0bf7ffff, GET_FLASH, PROGRAM },
	{ 0x0bf80000, 0x0bffffff, LOOK_AT, PROGRAM },
	{ 0x0c000000, 0x0dffffff, GET_FLASH, PROGRAM },
	{ 0x1ff00000, 0x1fffffff, LOOK_AT, PROGRAM },
	{ 0x40000000, 0x5fffffff, NOTHING, NOTHING }, /* watchdogs, clocks */
	{ 0x00000000, 0xffffffff, GET_MEMORY, PUT_RAM },
};

static const uint8_t of_order[] = {
	[ORDER_HALT] = STOP, [ORDER_RUN] = GO, [ORDER_RESET] = RESET, [ORDER_DEBUG_OFF] = LET_GO, [ORDER_UNLOCK] = OPEN_FLASH,
	[ORDER_LOCK] = LOCK_FLASH, [ORDER_ERASE] = ERASE, [ORDER_PROGRAM] = PROGRAM, [ORDER_POWER_DOWN] = LET_GO,
};

#define DHCSR 0xe000edf0u
#define DEMCR 0xe000edfcu
#define S_HALT (1u << 17)
#define VC_CORERESET 1u
#define CORE_PC 15
#define WORD 4
#define BRIDGE_ORDER 16 /* bytes at most of a command to what is behind a bridge, and of its answer */
#define WATCHED_LONG 6 /* questions in a row: a tool that waits for something asks less often */

/* --- which activity --- */

static enum order order_of(const struct access *access, const struct chip *chip)
{
	const struct target_register *row = NULL;

	if (!access->write || !access->has_value)
		return ORDER_NONE;
	if (access->kind == ACCESS_DP)
		row = registers_dp((uint8_t)access->address, true);
	else if (access->kind == ACCESS_MEMORY && access->length == WORD && access->address >= 0x40000000)
		row = registers_memory(access->address, true, chip->families);
	return row ? registers_order(row, access->value) : ORDER_NONE;
}

static void note_core(struct phase_state *state, const struct access *access)
{
	uint32_t word;

	if (!access->ok || access->address > DEMCR || access->address + access->length <= DHCSR)
		return;
	if (!access->write && access_word(access, DHCSR, &word))
		state->halted = word & S_HALT;
	if (access->write && access_word(access, DEMCR, &word))
		state->catching = word & VC_CORERESET;
}

static enum activity of_access(struct phase_state *state, const struct access *access, const struct chip *chip)
{
	enum order order = order_of(access, chip);

	if (order != ORDER_NONE)
		return (enum activity)of_order[order];
	switch (access->kind) {
	case ACCESS_CORE:
		state->called = state->called || (access->write && access->address == CORE_PC);
		return access->write ? NOTHING : CORE_REGISTER; /* written before something runs or is programmed */
	case ACCESS_DP:
	case ACCESS_AP:
		return LINK;
	case ACCESS_MEMORY:
		break;
	}
	if (!access->known)
		return NOTHING;
	note_core(state, access);
	for (size_t i = 0;; i++) {
		enum activity activity;

		if (access->address < of_memory[i].first || access->address > of_memory[i].last)
			continue;
		activity = (enum activity)(access->write ? of_memory[i].write : of_memory[i].read);
		/* A word in RAM is a mailbox, a counter: said by what is around it. */
		if (activity == GET_MEMORY && access->length <= WORD)
			return GET_WORD;
		return activity == PUT_RAM && access->length <= WORD ? NOTHING : activity;
	}
}

/* What goes through a bridge is a memory's contents where it is long; else it asks, selects or orders. */
static enum activity of_bridge(const struct transaction *transaction)
{
	if (operation_get(&transaction->request_operation, ROLE_LENGTH, 0) <= BRIDGE_ORDER)
		return LINK;
	return transaction->command->answer_kind == ANSWER_LENGTH ? GET_FLASH : PROGRAM;
}

static enum activity activity_of(struct phase_state *state, const struct transaction *transaction)
{
	enum stlink_operation operation = transaction->command->operation;
	enum activity heaviest = operation == OP_BRIDGE ? of_bridge(transaction) : (enum activity)of_operation[operation];

	/* A few bytes are control registers of an STM8. */
	if (operation == OP_SWIM_WRITE && operation_get(&transaction->request_operation, ROLE_LENGTH, 0) > WORD)
		return PROGRAM;
	for (size_t i = 0; i < transaction->access_count; i++) {
		enum activity activity = of_access(state, &transaction->accesses[i], transaction->chip);

		/* DRW is the way to the memory behind it. */
		if (transaction->accesses[i].way == ACCESS_THROUGH_AP || transaction->accesses[i].way == ACCESS_POSTED)
			heaviest = activity;
		else if (activity > heaviest)
			heaviest = activity;
	}
	return heaviest;
}

/* --- which phase --- */

#define BIT(phase) (1u << (phase))
#define EARLY (BIT(PHASE_NONE) | BIT(PHASE_OPEN) | BIT(PHASE_IDENTIFY))
#define AT_FLASH (BIT(PHASE_ERASE) | BIT(PHASE_PROGRAM) | BIT(PHASE_VERIFY))
#define ALL (BIT(PHASES) - 1)
#define BUT(phases) (ALL & ~(phases))

enum condition { ALWAYS, IF_HALTED, IF_CATCHING, IF_LOCKED, IF_DONE, IF_CALLED, IF_WATCHED };

/* Behind a phase of from, an activity begins to (PHASE_NONE: nothing new); the first of its rows that holds counts. */
#define ROWS 4 /* of an activity, with the one of zeros that ends them */
static const struct step { unsigned from; uint8_t condition, to; } steps[ACTIVITIES][ROWS] = {
	[WATCH] = { { BUT(AT_FLASH | EARLY | BIT(PHASE_CONNECT) | BIT(PHASE_TRACE)), IF_WATCHED, PHASE_POLL } },
	[LEAVE_MODE] = { { BIT(PHASE_NONE), ALWAYS, PHASE_OPEN } },
	[ASK_PROBE] = { { BIT(PHASE_NONE) | BIT(PHASE_OPEN), ALWAYS, PHASE_IDENTIFY } },
	[LINK] = { { EARLY | BIT(PHASE_CLOSE), ALWAYS, PHASE_CONNECT } },
	[SET_UP] = { { EARLY | BIT(PHASE_CONNECT) | BIT(PHASE_CLOSE), ALWAYS, PHASE_EXAMINE } },
	[LOOK_AT] = { { BUT(AT_FLASH | BIT(PHASE_READ) | BIT(PHASE_TRACE)), ALWAYS, PHASE_EXAMINE } },
	[CORE_REGISTER] = { { BIT(PHASE_RUN) | BIT(PHASE_POLL) | BIT(PHASE_CONNECT) | BIT(PHASE_EXAMINE) | EARLY, ALWAYS, PHASE_HALT } },
	[GET_WORD] = { { BUT(AT_FLASH | BIT(PHASE_TRACE)), ALWAYS, PHASE_READ } },
	[GET_MEMORY] = {
		{ BIT(PHASE_PROGRAM), IF_LOCKED, PHASE_VERIFY },
		{ BUT(AT_FLASH), ALWAYS, PHASE_READ },
	},
	[GET_FLASH] = {
		{ BIT(PHASE_ERASE) | BIT(PHASE_PROGRAM), ALWAYS, PHASE_VERIFY },
		{ BUT(AT_FLASH), ALWAYS, PHASE_READ },
	},
	[PUT_RAM] = {
		{ BIT(PHASE_PROGRAM), IF_DONE, PHASE_VERIFY },
		{ BUT(BIT(PHASE_VERIFY)), ALWAYS, PHASE_PROGRAM },
	},
	[STOP] = { { BUT(AT_FLASH), ALWAYS, PHASE_HALT } },
	[GO] = {
		{ AT_FLASH, IF_CALLED, PHASE_NONE },
		{ AT_FLASH, IF_LOCKED, PHASE_RUN },
		{ BUT(AT_FLASH | BIT(PHASE_TRACE)), IF_HALTED, PHASE_RUN },
	},
	[RESET] = {
		{ BIT(PHASE_CONNECT), ALWAYS, PHASE_CONNECT },
		{ ALL, IF_CATCHING, PHASE_HALT },
		{ ALL, ALWAYS, PHASE_RUN },
	},
	[ENTER] = { { ALL, ALWAYS, PHASE_CONNECT } },
	[TRACE] = { { ALL, ALWAYS, PHASE_TRACE } },
	[ERASE] = { { ALL, ALWAYS, PHASE_ERASE } },
	[PROGRAM] = { { ALL, ALWAYS, PHASE_PROGRAM } },
	[LET_GO] = {
		{ EARLY, ALWAYS, PHASE_OPEN },
		{ ALL, ALWAYS, PHASE_CLOSE },
	},
};

static bool holds(const struct phase_state *state, enum condition condition)
{
	switch (condition) {
	case ALWAYS: return true;
	case IF_HALTED: return state->halted;
	case IF_CATCHING: return state->catching;
	case IF_LOCKED: return !state->flash_open;
	case IF_DONE: return state->flash_done;
	case IF_CALLED: return state->loaded && state->called;
	case IF_WATCHED: return state->watched >= WATCHED_LONG;
	}
	return false;
}

static enum phase next_phase(const struct phase_state *state, enum activity activity)
{
	for (const struct step *step = steps[activity]; step->from; step++)
		if (step->from & BIT(state->phase) && holds(state, (enum condition)step->condition))
			return step->to ? (enum phase)step->to : state->phase;
	return state->phase;
}

/* What an activity leaves behind for those that follow. */
static void remember(struct phase_state *state, enum activity activity, enum phase before)
{
	if (activity != WATCH && activity != NOTHING && activity != LINK)
		state->watched = 0;
	if (activity == STOP || activity == GO)
		state->halted = activity == STOP;
	if (activity == OPEN_FLASH || activity == ERASE || activity == PROGRAM) {
		state->flash_open = true;
		state->flash_done = false;
	}
	if (activity == LOCK_FLASH) {
		state->flash_done = before == PHASE_PROGRAM;
		state->flash_open = state->loaded = false;
	}
	if (activity == GO)
		state->called = false;
	if (activity == PUT_RAM)
		state->loaded = true;
	else if (before != state->phase && !(BIT(state->phase) & AT_FLASH))
		state->loaded = false;
	if (before == PHASE_PROGRAM && state->phase == PHASE_ERASE)
		state->erased_again++;
}

void phase_begin(struct phase_state *state)
{
	memset(state, 0, sizeof *state);
}

enum phase phase_follow(struct phase_state *state, const struct transaction *transaction)
{
	enum activity activity = activity_of(state, transaction);
	enum phase before = state->phase;

	if (activity == WATCH)
		state->watched++;
	if (activity == ERASE && before == PHASE_PROGRAM && state->erased_again)
		activity = PROGRAM;
	state->phase = next_phase(state, activity);
	if (state->phase == PHASE_NONE) /* a session may begin with anything */
		state->phase = PHASE_OPEN;
	remember(state, activity, before);
	return state->phase;
}

void phase_log_add(struct phase_log *log, const struct transaction *transaction)
{
	struct phase_span *span = log->count ? &log->span[log->count - 1] : NULL;

	if (!span || span->phase != transaction->phase) {
		if (log->count == PHASES_KEPT) {
			log->more++;
		} else {
			span = &log->span[log->count++];
			*span = (struct phase_span){ .phase = transaction->phase, .first_frame = transaction->frame, .time = transaction->time };
		}
	}
	span->commands++;
	span->last_frame = transaction->frame;
	span->end_time = transaction->end_time;
}
