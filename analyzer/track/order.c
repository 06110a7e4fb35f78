/*
 * Puts a probe's finished transactions in the order of their first frame, links late statuses, cuts sessions, follows the mode,
 * and tells the listeners (DESIGN section 5: session, status that comes later).
 * Knows: what commands do to a session and to the mode.
 * Must not know: URBs, output.
 */
#include <string.h>

#include "internal.h"

#define SECOND INT64_C(1000000000)

#define TELL(tracker, function, ...)                                                          \
	do {                                                                                  \
		for (size_t listener_ = 0; listener_ < (tracker)->listener_count; listener_++) \
			if ((tracker)->listeners[listener_].function)                         \
				(tracker)->listeners[listener_].function((tracker)->listeners[listener_].context, __VA_ARGS__); \
	} while (0)

static bool is_exit(enum stlink_operation operation)
{
	return operation == OP_EXIT || operation == OP_DFU_EXIT || operation == OP_SWIM_EXIT;
}

static const struct session *session_of(const struct probe_state *owner)
{
	return owner->in_session ? &owner->session : NULL;
}

/* --- mode --- */

static void mode_changed(struct probe_state *owner, uint64_t frame, int64_t time, enum stlink_mode to, const char *by)
{
	struct mode_change change = { .frame = frame, .time = time, .from = owner->probe.mode, .to = to, .by = by };

	if (owner->probe.mode == to)
		return;
	owner->probe.mode = to;
	TELL(owner->tracker, mode, &owner->probe, session_of(owner), &change);
}

/* A DFU exit counts once something shows that the probe obeyed: it may stay where it is. */
static void mode_seen(struct probe_state *owner, uint64_t frame, int64_t time, enum stlink_mode mode, const char *by)
{
	if (owner->mode_asked_by && mode != MODE_DFU)
		mode_changed(owner, owner->mode_asked_frame, owner->mode_asked_time, MODE_MASS, owner->mode_asked_by);
	owner->mode_asked_by = NULL;
	mode_changed(owner, frame, time, mode, by);
}

static void follow_mode(struct probe_state *owner, const struct transaction *transaction)
{
	const char *by = transaction->command->name;
	uint64_t frame = transaction->frame;
	int64_t time = transaction->time;
	bool taken = !transaction->out_failed && transaction->request.captured;

	switch (transaction->command->operation) {
	case OP_MODE:
		if (transaction->usable && operation_has(&transaction->answer_operation, ROLE_MODE) &&
		    operation_get(&transaction->answer_operation, ROLE_MODE, 0) <= MODE_BOOTLOADER)
			mode_seen(owner, frame, time, (enum stlink_mode)operation_get(&transaction->answer_operation, ROLE_MODE, 0), by);
		break;
	case OP_ENTER:
		if (transaction->has_status ? transaction->usable && transaction->result == RESULT_OK : taken && !transaction->answer_due)
			mode_seen(owner, frame, time, MODE_DEBUG, by);
		break;
	case OP_SWIM_ENTER:
		if (taken)
			mode_seen(owner, frame, time, MODE_SWIM, by);
		break;
	case OP_EXIT:
	case OP_SWIM_EXIT:
		if (taken)
			mode_seen(owner, frame, time, MODE_MASS, by);
		break;
	case OP_DFU_EXIT:
		if (taken && (owner->probe.mode == MODE_DFU || owner->probe.mode == MODE_UNKNOWN)) {
			owner->mode_asked_by = by;
			owner->mode_asked_frame = frame;
			owner->mode_asked_time = time;
		}
		break;
	default:
		break;
	}
}

/* --- sessions --- */

static void session_end(struct probe_state *owner, enum session_end end)
{
	if (!owner->in_session)
		return;
	owner->session.end = end;
	TELL(owner->tracker, session_end, &owner->probe, &owner->session);
	owner->in_session = false;
}

static void session_begin(struct probe_state *owner, const struct transaction *transaction)
{
	session_end(owner, owner->after_exit ? SESSION_EXIT : SESSION_NEXT);
	owner->session = (struct session){ .index = owner->tracker->totals.sessions++, .probe = owner->probe.index,
		.first_frame = transaction->frame, .last_frame = transaction->frame, .first_time = transaction->time,
		.last_time = transaction->end_time, .first_of_probe = owner->probe.commands == 0 };
	owner->in_session = true;
	access_begin(owner->access);
	phase_begin(&owner->phases);
	TELL(owner->tracker, session_begin, &owner->probe, &owner->session);
}

static void settle_undecided(struct probe_state *owner)
{
	for (struct pending *pending = owner->head; pending; pending = pending->next)
		pending->session_undecided = false;
}

/* ENTER, or a command to the chip: a client that finds the probe in debug mode sends no ENTER. */
static bool enters(enum stlink_operation operation)
{
	switch (operation) {
	case OP_ENTER:
	case OP_SWIM_ENTER:
	case OP_CORE_ID:
	case OP_IDCODES:
	case OP_MEMORY_READ:
	case OP_MEMORY_WRITE:
	case OP_MISC_OUT:
	case OP_DEBUG_REGISTER_READ:
	case OP_DEBUG_REGISTER_WRITE:
	case OP_CORE_REGISTER_READ:
	case OP_CORE_REGISTER_WRITE:
	case OP_CORE_REGISTERS_READ:
	case OP_DAP_READ:
	case OP_DAP_WRITE:
	case OP_AP_OPEN:
	case OP_HALT:
	case OP_RUN:
	case OP_STEP:
		return true;
	default:
		return false;
	}
}

/* Newer clients ask a V3 with GET_VERSION_EX alone; where both come, the first of them opens. */
static bool opens(const struct pending *pending)
{
	enum stlink_operation operation = pending->transaction.command->operation;

	return operation == OP_VERSION || (operation == OP_VERSION_EX && pending->transaction.channel == CHANNEL_DEBUG);
}

/*
 * A GET_VERSION behind an ENTER begins a session; GET_CURRENT_MODE and exits directly before it, after an exit or a second of
 * silence, belong to it: they wait until what follows them is known.
 */
static void place_in_session(struct probe_state *owner, struct pending *pending)
{
	enum stlink_operation operation = pending->transaction.command->operation;
	struct pending *first = NULL;
	bool silent = pending->transaction.time - owner->last_command_time >= SECOND;

	for (struct pending *waiting = owner->head; waiting && !first; waiting = waiting->next)
		if (waiting->session_undecided)
			first = waiting;
	if (owner->begin_next) {
		pending->begins_session = true;
		owner->begin_next = owner->entered = false;
	} else if (opens(pending) && owner->entered) {
		(first ? first : pending)->begins_session = true;
		owner->entered = false;
	} else if ((operation == OP_MODE || is_exit(operation)) && owner->entered && (first || owner->after_exit_seen || silent)) {
		pending->session_undecided = true;
		return;
	}
	settle_undecided(owner);
	if (enters(operation))
		owner->entered = true;
	owner->after_exit_seen = is_exit(operation);
}

/* --- the queue --- */

uint64_t transaction_last_frame(const struct transaction *transaction)
{
	uint64_t last = transaction->frame;

	for (size_t part = 0; part < TRANSACTION_PARTS; part++) {
		const struct frames *frames = transaction_part(transaction, part);

		for (size_t i = 0; i < frames->count; i++)
			if (frames->frame[i] > last)
				last = frames->frame[i];
	}
	return last;
}

static uint64_t last_frame_of(const struct transaction *transaction)
{
	uint64_t last = transaction_last_frame(transaction);

	return transaction->csw.present && transaction->csw.frame > last ? transaction->csw.frame : last;
}

static void note_version(struct probe_state *owner, const struct transaction *transaction)
{
	const struct operation *answer = &transaction->answer_operation;
	struct probe *probe = &owner->probe;

	if (!transaction->usable || operation_get(answer, ROLE_VID, 0) != STLINK_VID)
		return;
	if (transaction->command->operation == OP_VERSION && operation_has(answer, ROLE_VERSION)) {
		if (probe->has_version && probe->version.extended && operation_get(answer, ROLE_VERSION, 0) >> 12 == probe->version.major)
			return;
		probe->version = stlink_version_of_word((uint16_t)operation_get(answer, ROLE_VERSION, 0), (uint16_t)operation_get(answer, ROLE_PID, 0));
		probe->has_version = true;
	} else if (transaction->command->operation == OP_VERSION_EX && transaction->answer.captured >= 6) {
		struct cursor bytes = cursor_over(transaction->answer.bytes, transaction->answer.captured, transaction->answer.wire);
		const uint8_t *part = cursor_take(&bytes, 6);

		probe->version = (struct stlink_version){ .major = part[0], .swim = part[1], .jtag = part[2], .msd = part[3],
		                                          .bridge = part[4], .power = part[5], .extended = true };
		probe->has_version = true;
	}
	if (!probe->pid)
		probe->pid = (uint16_t)operation_get(answer, ROLE_PID, 0);
}

static void emit(struct probe_state *owner, struct pending *pending)
{
	struct transaction *transaction = &pending->transaction;
	struct tracker *tracker = owner->tracker;
	uint64_t last;

	lines_before(tracker, transaction->frame);
	pending_publish(pending);
	last = last_frame_of(transaction);
	if (pending->begins_session || !owner->in_session)
		session_begin(owner, transaction);
	transaction->probe = owner->probe.index;
	transaction->session = owner->session.index;
	if (last > owner->session.last_frame)
		owner->session.last_frame = last;
	if (transaction->end_time > owner->session.last_time)
		owner->session.last_time = transaction->end_time;
	owner->session.commands++;
	owner->probe.commands++;
	if (last > owner->probe.last_frame)
		owner->probe.last_frame = last;
	tracker->totals.transactions++;
	owner->after_exit = is_exit(transaction->command->operation);
	if (transaction_noted(transaction, NOTE_UNKNOWN_COMMAND))
		order_unknown(tracker, transaction);
	note_version(owner, transaction);
	access_follow(owner->access, transaction);
	transaction->phase = phase_follow(&owner->phases, transaction);
	TELL(tracker, transaction, &owner->probe, &owner->session, transaction);
	follow_mode(owner, transaction);
}

static void drain_queue(struct probe_state *owner)
{
	struct pending *pending;

	while ((pending = owner->head) && pending->finished && !pending->held && !pending->session_undecided) {
		owner->head = pending->next;
		if (!owner->head)
			owner->tail = NULL;
		emit(owner, pending);
		pending_recycle(owner, pending);
	}
	lines_settle(owner->tracker);
}

static bool may_judge(const struct pending *held, const struct pending *pending)
{
	enum stlink_operation needed = held->transaction.command->operation == OP_MISC_OUT ? OP_MISC_IN : OP_RW_STATUS;

	return pending->transaction.command->operation == needed && pending->transaction.channel == held->transaction.channel;
}

void order_add(struct probe_state *owner, struct pending *pending)
{
	if (owner->held && owner->held->transaction.channel == pending->transaction.channel) {
		if (may_judge(owner->held, pending)) {
			pending->judge = true;
		} else {
			owner->held->held = false;
			owner->held = NULL;
		}
	}
	place_in_session(owner, pending);
	owner->last_command_time = pending->transaction.time;
	if (owner->tail)
		owner->tail->next = pending;
	else
		owner->head = pending;
	owner->tail = pending;
	drain_queue(owner);
}

static bool waits_for_status(const struct transaction *transaction)
{
	enum stlink_operation operation = transaction->command->operation;

	return operation == OP_MEMORY_READ || operation == OP_MEMORY_WRITE || operation == OP_MISC_OUT;
}

void order_finished(struct probe_state *owner, struct pending *pending)
{
	if (pending->judge) {
		pending->judge = false;
		if (owner->held) {
			judge_link(owner->held, pending);
			owner->held->held = false;
			owner->held = NULL;
		}
	} else if (waits_for_status(&pending->transaction) && !owner->held) {
		pending->held = true;
		owner->held = pending;
	}
	if (pending->last_completion > owner->last_command_time)
		owner->last_command_time = pending->last_completion;
	drain_queue(owner);
}

void order_release(struct probe_state *owner)
{
	if (owner->held)
		owner->held->held = false;
	owner->held = NULL;
	settle_undecided(owner);
	drain_queue(owner);
}

void order_session_end(struct probe_state *owner, enum session_end end)
{
	owner->mode_asked_by = NULL;
	if (end == SESSION_CAPTURE_END && owner->after_exit)
		end = SESSION_EXIT;
	session_end(owner, end);
	owner->begin_next = true;
}

void order_note(struct probe_state *owner, const struct usb_note *note)
{
	TELL(owner->tracker, usb, &owner->probe, session_of(owner), note);
}

void order_trace(struct probe_state *owner, const struct urb_event *urb)
{
	struct trace_data trace = { .probe = owner->probe.index, .session = owner->in_session ? owner->session.index : 0, .bus = urb->bus,
		.device = urb->device, .frame = urb->frame, .time = urb->time, .bytes = { urb->data, urb->captured, urb->wire } };

	owner->probe.trace_bytes += urb->wire;
	TELL(owner->tracker, trace, &owner->probe, session_of(owner), &trace);
}

void order_unknown(struct tracker *tracker, const struct transaction *transaction)
{
	struct cursor bytes = cursor_over(transaction->request.bytes, transaction->request.captured, transaction->request.wire);
	size_t length = stlink_opcode_length(transaction->request.bytes, transaction->request.captured);
	const uint8_t *opcode = cursor_take(&bytes, length);
	struct unknown_opcode *entry = tracker->unknown;

	if (!opcode)
		return;
	while (entry < tracker->unknown + tracker->unknown_count &&
	       (entry->length != length || memcmp(entry->opcode, opcode, length)))
		entry++;
	if (entry == tracker->unknown + sizeof tracker->unknown / sizeof *tracker->unknown)
		return;
	if (entry == tracker->unknown + tracker->unknown_count) {
		*entry = (struct unknown_opcode){ .length = (uint8_t)length, .first_frame = transaction->frame };
		memcpy(entry->opcode, opcode, length);
		tracker->unknown_count++;
	}
	entry->count++;
}
