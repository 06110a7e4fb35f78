/*
 * The steps of a session (steps.h).
 */
#include "steps.h"

#include <stdlib.h>
#include <string.h>

#include "../../dissectors/registers.h"
#include "facts.h"

#define PERIODS 4 /* commands in a cycle of polling at most, as in a transcript */
#define AIRCR 0xe000ed0c
#define SYSRESETREQ 4
#define DHCSR 0xe000edf0
#define DFSR 0xe000ed30
#define DCRDR 0xe000edf8
#define CTRL_STAT 0x04

struct steps_log {
	uint64_t only;
	steps_describe *describe;
	void *context;
	struct steps **sessions;
	size_t session_count;
	size_t total;
	struct steps *latest; /* whose transaction came last: mostly the next one's, too */
	bool nrst_low;
};

struct steps_log *steps_new(uint64_t session, steps_describe *describe, void *context)
{
	struct steps_log *log = facts_allocate(NULL, sizeof *log);

	*log = (struct steps_log){ .only = session, .describe = describe, .context = context };
	return log;
}

static void free_words(struct step *step)
{
	free(step->asked);
	free(step->answered);
}

static void free_steps(struct steps *steps)
{
	for (size_t i = 0; i < steps->count; i++)
		free_words(&steps->list[i]);
	free(steps->list);
	free(steps);
}

void steps_free(struct steps_log *log)
{
	if (!log)
		return;
	for (size_t i = 0; i < log->session_count; i++)
		free_steps(log->sessions[i]);
	free(log->sessions);
	free(log);
}

void steps_forget(struct steps_log *log, uint64_t session)
{
	for (size_t i = 0; i < log->session_count; i++) {
		if (log->sessions[i]->session != session)
			continue;
		log->total -= log->sessions[i]->count;
		if (log->latest == log->sessions[i])
			log->latest = NULL;
		free_steps(log->sessions[i]);
		memmove(&log->sessions[i], &log->sessions[i + 1], (--log->session_count - i) * sizeof *log->sessions);
		return;
	}
}

const struct steps *steps_of(const struct steps_log *log, uint64_t session)
{
	for (size_t i = log->session_count; i-- > 0;)
		if (log->sessions[i]->session == session)
			return log->sessions[i];
	return NULL;
}

static uint64_t mix(uint64_t hash, uint64_t number)
{
	hash = (hash ^ number) * UINT64_C(0x9e3779b97f4a7c15);
	return hash ^ hash >> 29;
}

static uint64_t mix_payload(uint64_t hash, const struct payload *payload)
{
	hash = mix(hash, payload->wire);
	for (uint32_t i = 0; i < payload->captured; i++)
		hash = mix(hash, payload->bytes[i]);
	return hash;
}

static struct cursor cursor_of(const struct payload *payload)
{
	return cursor_over(payload->bytes, payload->captured, payload->wire);
}

/* --- what was asked --- */

static uint64_t mix_role(uint64_t hash, const struct operation *request, enum role role)
{
	uint64_t number = operation_get(request, role, 0);

	if (role == ROLE_REGISTER && operation_has(request, ROLE_PORT))
		number &= 0xff; /* one client sets a flag above it */
	return operation_has(request, role) ? mix(hash, number << 5 | role) : hash;
}

static bool is_memory(enum stlink_operation operation)
{
	return operation == OP_MEMORY_READ || operation == OP_MEMORY_WRITE || operation == OP_SWIM_READ || operation == OP_SWIM_WRITE;
}

static void set_keys(struct step *step, const struct transaction *transaction)
{
	static const enum role places[] = { ROLE_ADDRESS, ROLE_AP, ROLE_PORT, ROLE_REGISTER, ROLE_LEVEL };
	static const enum role details[] = { ROLE_VALUE, ROLE_MODE, ROLE_COUNT, ROLE_SPEED, ROLE_TRANSPORT, ROLE_LENGTH };
	const struct operation *request = &transaction->request_operation;
	uint64_t hash = mix(0, (uint64_t)(uintptr_t)transaction->command);

	if (transaction->command == &stlink_unknown)
		hash = mix_payload(hash, &transaction->request);
	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
		hash = mix_role(hash, request, places[i]);
	step->place = hash;
	for (size_t i = 0; i < sizeof details / sizeof details[0]; i++)
		hash = mix_role(hash, request, details[i]);
	if (transaction->data.captured == transaction->data.wire)
		hash = mix_payload(hash, &transaction->data);
	step->exact = hash;
}

/* --- what was answered --- */

struct answer { struct sink sink; uint64_t hash; bool any; enum stlink_operation operation; };

static void add_value(struct sink *sink, const struct value *value)
{
	struct answer *answer = (struct answer *)sink;
	const struct field *field = value->field;

	if (field->identity || field->show == SHOW_PADDING || field->show == SHOW_STALE || field->role == ROLE_STATUS)
		return;
	/* Where a fault was is told with the status; without one it is stale. */
	if (field->role == ROLE_FAULT_ADDRESS || !value->bytes)
		return;
	if (answer->operation == OP_MODE && field->role != ROLE_MODE)
		return;
	for (uint32_t i = 0; i < value->length; i++)
		answer->hash = mix(answer->hash, value->bytes[i]);
	answer->any = true;
}

/* The answer says what the probe is, or was left at by somebody else, or how much there is or where the firmware is at this moment. */
static bool says_nothing(enum stlink_operation operation)
{
	switch (operation) {
	case OP_VERSION: case OP_VERSION_EX: case OP_VOLTAGE: case OP_SPEED_GET: case OP_TRACE_COUNT: case OP_LOADER_QUERY: case OP_RW_STATUS:
	case OP_CORE_REGISTER_READ: case OP_CORE_REGISTERS_READ:
		return true;
	default:
		return false;
	}
}

static uint32_t address_of(const struct transaction *transaction)
{
	return (uint32_t)operation_get(&transaction->request_operation, ROLE_ADDRESS, 0);
}

/* The unique id of a chip; what counts by itself. */
static bool is_own(uint32_t address, uint32_t length)
{
	return stm32_unique_id_offset(address, length) != UINT32_MAX;
}

/* Bits that tell of what was before, and no state: of every look, or of a session's first one, at which nobody knows how old they are. */
static const struct history { enum access_kind kind; uint32_t address, always, first; bool by_reset; } histories[] = {
	{ ACCESS_MEMORY, DHCSR, 1U << 24 | 1U << 16, 1U << 25, true }, /* S_RETIRE_ST, S_REGRDY; S_RESET_ST */
	{ ACCESS_MEMORY, DFSR, 0, 0x1f, false },                       /* why the core halted at any time */
	{ ACCESS_DP, CTRL_STAT, 0, 0xf2, false },                      /* STICKYORUN, STICKYCMP, STICKYERR, READOK, WDATAERR */
};

static bool ordered_reset(const struct steps_habits *habits)
{
	return habits->resetsys || habits->aircr || habits->nrst_before_enter || habits->nrst_later;
}

/* The bits of the word that was read which are no difference from another session's. */
static uint32_t old_bits(struct steps *steps, const struct transaction *transaction)
{
	uint32_t bits = 0;

	for (size_t i = 0; i < sizeof histories / sizeof histories[0]; i++) {
		const struct history *row = &histories[i];
		const struct access *access = access_find(transaction, row->kind, row->address, false);

		if (!access || access->address != row->address)
			continue;
		bits |= row->always;
		if (!(steps->looked >> i & 1) && !(row->by_reset && ordered_reset(&steps->habits)))
			bits |= row->first;
		steps->looked |= 1U << i;
	}
	return bits;
}

static bool is_counter(uint32_t address)
{
	return address == 0xe0001004 || address == 0xe000101c || address == 0xe000e018; /* DWT_CYCCNT, DWT_PCSR, SYST_CVR */
}

/* Where the firmware was when it was stopped, and what it had at hand: a register of the core, a word of RAM. */
static bool is_in_use(uint32_t address)
{
	return address == DCRDR || (address >= 0x20000000 && address < 0x40000000);
}

static void set_value(struct steps *steps, struct step *step, const struct transaction *transaction)
{
	enum stlink_operation operation = transaction->command->operation;
	struct answer answer = { .sink.value = add_value, .operation = operation };
	uint32_t address = address_of(transaction), word = (uint32_t)operation_get(&transaction->answer_operation, ROLE_VALUE, 0);
	struct cursor bytes = cursor_of(&transaction->answer);
	uint32_t old = old_bits(steps, transaction);
	uint64_t number;

	if (!transaction->usable || !transaction->answered || says_nothing(operation) ||
	    (transaction->result != RESULT_OK && transaction->result != RESULT_UNJUDGED))
		return;
	if (operation == OP_MEMORY_READ || operation == OP_DEBUG_REGISTER_READ) {
		uint32_t length = operation == OP_MEMORY_READ ? transaction->answer.wire : 4;

		if (is_own(address, length) || is_counter(address) || is_in_use(address) || transaction->answer.captured < transaction->answer.wire)
			return;
		if (operation == OP_MEMORY_READ && length == 4 && cursor_uint(&bytes, 4, false, &number))
			word = (uint32_t)number;
		step->has_value = true;
		step->value = length == 4 ? mix(0, word & ~old) : mix_payload(0, &transaction->answer);
		return;
	}
	if (operation == OP_DAP_READ) {
		step->has_value = operation_has(&transaction->answer_operation, ROLE_VALUE);
		step->value = mix(0, word & ~old);
		return;
	}
	stlink_walk_answer(transaction->command, bytes, &transaction->request_operation, transaction->earlier, NULL, &answer.sink);
	step->has_value = answer.any;
	step->value = answer.hash;
}

/* --- habits --- */

static bool resets_by_aircr(const struct transaction *transaction)
{
	enum stlink_operation operation = transaction->command->operation;
	struct cursor data = cursor_of(&transaction->data);
	uint64_t value = operation_get(&transaction->request_operation, ROLE_VALUE, 0);

	if (address_of(transaction) != AIRCR || (operation != OP_MEMORY_WRITE && operation != OP_DEBUG_REGISTER_WRITE))
		return false;
	if (operation == OP_MEMORY_WRITE && !cursor_uint(&data, 4, false, &value))
		return false;
	return value & SYSRESETREQ;
}

static void note_nrst(struct steps_log *log, struct steps_habits *habits, const struct transaction *transaction)
{
	uint64_t level = operation_get(&transaction->request_operation, ROLE_LEVEL, 1);
	uint64_t *first = habits->transport_frame ? &habits->nrst_later : &habits->nrst_before_enter;

	log->nrst_low = level == 0;
	if (level != 1 && !*first)
		*first = transaction->frame;
}

static void note_habits(struct steps_log *log, struct steps_habits *habits, const struct transaction *transaction)
{
	const struct operation *request = &transaction->request_operation;

	switch (transaction->command->operation) {
	case OP_NRST:
		note_nrst(log, habits, transaction);
		break;
	case OP_ENTER:
		habits->transport_frame = transaction->frame;
		habits->jtag = operation_get(request, ROLE_TRANSPORT, 0xa3) != 0xa3;
		if (log->nrst_low && transaction->result == RESULT_OK && !habits->under_reset)
			habits->under_reset = transaction->frame;
		break;
	case OP_RESET:
		habits->resetsys = habits->resetsys ? habits->resetsys : transaction->frame;
		break;
	case OP_SPEED_SET:
		habits->speed_frame = transaction->frame;
		habits->khz = (uint32_t)operation_get(request, ROLE_SPEED, 0);
		if (transaction->command->generations & GENERATION_V2) /* a divisor */
			habits->khz = strcmp(transaction->command->name, "JTAG_SET_FREQ") ? stlink_swd_divisor_khz((uint16_t)habits->khz)
			                                                                  : stlink_jtag_divisor_khz((uint16_t)habits->khz);
		break;
	default:
		if (resets_by_aircr(transaction) && !habits->aircr)
			habits->aircr = transaction->frame;
	}
}

/* --- folding --- */

static char *copy_words(const char *words)
{
	size_t size = strlen(words) + 1;

	return memcpy(facts_allocate(NULL, size), words, size);
}

/* How the later one ended is how the step ended. Its words are taken over. */
static void take_outcome(struct step *step, struct step *later)
{
	step->result = later->result;
	step->has_status = later->has_status;
	step->status = later->status;
	step->status_row = later->status_row;
	step->value = later->value;
	step->has_value = later->has_value;
	step->answer_frame = later->answer_frame;
	step->last_frame = later->last_frame;
	step->count += later->count;
	free(step->answered);
	step->answered = later->answered;
	later->answered = NULL;
}

static bool same_outcome(const struct step *one, const struct step *other)
{
	return one->result == other->result && one->status == other->status && one->has_status == other->has_status;
}

/* The next block of the same memory access, and no register that stands for itself. */
static bool continues(const struct step *step, const struct step *next)
{
	return step->memory && next->memory && step->command == next->command && next->start == step->end && same_outcome(step, next) &&
	       step->has_value == next->has_value && !registers_memory((uint32_t)next->start, false, STM32_ANY) &&
	       !registers_memory((uint32_t)step->start, false, STM32_ANY);
}

static void join(struct step *step, struct step *next)
{
	step->exact = mix(step->exact, next->exact);
	step->value = mix(step->value, next->value);
	step->end = next->end;
	step->blocks++;
	step->count += next->count;
	step->last_frame = next->last_frame;
	free_words(next);
}

static bool repeats(const struct steps *steps, size_t period)
{
	const struct step *last = steps->list + steps->count - period;

	if (steps->count < 2 * period)
		return false;
	for (size_t i = 0; i < period; i++)
		if (last[i].exact != last[i - period].exact)
			return false;
	return true;
}

static void fold(struct steps_log *log, struct steps *steps)
{
	for (size_t period = 1; period <= PERIODS; period++) {
		if (!repeats(steps, period))
			continue;
		steps->count -= period;
		log->total -= period;
		for (size_t i = 0; i < period; i++) {
			struct step *later = &steps->list[steps->count + i];

			take_outcome(later - period, later);
			free_words(later);
		}
		return;
	}
}

static void add(struct steps_log *log, struct steps *steps, struct step *step)
{
	if (steps->count && continues(&steps->list[steps->count - 1], step)) {
		join(&steps->list[steps->count - 1], step);
		return;
	}
	if (steps->count == STEPS_SESSION || log->total == STEPS_ALL) {
		steps->left_out++;
		free_words(step);
		return;
	}
	if (!(steps->count & (steps->count - 1)))
		steps->list = facts_allocate(steps->list, (steps->count ? 2 * steps->count : 1) * sizeof *steps->list);
	steps->list[steps->count++] = *step;
	log->total++;
	fold(log, steps);
}

/* --- the listener --- */

static struct steps *steps_at(struct steps_log *log, uint64_t session)
{
	struct steps *steps = log->latest && log->latest->session == session ? log->latest : (struct steps *)steps_of(log, session);

	if (!steps) {
		steps = facts_allocate(NULL, sizeof *steps);
		*steps = (struct steps){ .session = session };
		log->sessions = facts_allocate(log->sessions, (log->session_count + 1) * sizeof *log->sessions);
		log->sessions[log->session_count++] = steps;
	}
	log->latest = steps;
	return steps;
}

static void on_transaction(void *context, const struct probe *probe, const struct session *session, const struct transaction *transaction)
{
	struct steps_log *log = context;
	enum stlink_operation operation = transaction->command->operation;
	char asked[STEP_WORDS] = "", answered[STEP_WORDS] = "";
	struct step step = {
		.command = transaction->command, .result = transaction->result, .has_status = transaction->has_status,
		.status = transaction->status, .status_row = transaction->status_row, .number = session->commands, .frame = transaction->frame,
		.last_frame = transaction_last_frame(transaction), .answer_frame = transaction->frame, .count = 1,
		.memory = is_memory(operation), .start = address_of(transaction), .blocks = 1,
	};
	struct steps *steps;

	(void)probe;
	/* What a system's disk driver asks is nobody's plan; a status that judges another command stands with that one. */
	if ((log->only != UINT64_MAX && session->index != log->only) || transaction->command->scsi || transaction->judges_frame)
		return;
	steps = steps_at(log, session->index);
	note_habits(log, &steps->habits, transaction);
	if (steps->left_out) {
		steps->left_out++;
		return;
	}
	step.end = step.start + operation_get(&transaction->request_operation, ROLE_LENGTH, 0);
	set_keys(&step, transaction);
	set_value(steps, &step, transaction);
	log->describe(log->context, transaction, asked, answered);
	step.asked = copy_words(asked);
	step.answered = copy_words(answered);
	add(log, steps, &step);
}

static void on_session_begin(void *context, const struct probe *probe, const struct session *session)
{
	struct steps_log *log = context;

	(void)probe;
	(void)session;
	log->nrst_low = false;
}

struct listener steps_listener(struct steps_log *log)
{
	return (struct listener){ .context = log, .session_begin = on_session_begin, .transaction = on_transaction };
}
