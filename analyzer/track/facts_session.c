/*
 * What one transaction, mode change or usb note adds to the facts of its session.
 * Knows: commands by what they do, statuses by their class.
 * Must not know: what is good or bad for the user, words.
 * Answers that are not usable never become facts (DESIGN decision 6). Runs for every transaction: no allocation, no search.
 */
#include <string.h>

#include "facts_internal.h"

#define MILLISECOND INT64_C(1000000)
#define SECOND INT64_C(1000000000)
#define STUCK_AFTER (900 * MILLISECOND)
#define CLEARLY_WAITED (150 * MILLISECOND)
#define LATE_STALL (450 * MILLISECOND)
#define JUST_BEFORE_LEAVING (100 * MILLISECOND)
#define MEASURED_MOST 20000 /* millivolts: more than any probe can tell */

static bool is_bridge(const struct transaction *transaction)
{
	return transaction->command->group == GROUP_BRIDGE;
}

/* --- the opening --- */

static char token_of(const struct transaction *transaction)
{
	static const char tokens[OP_OTHER + 1] = {
		[OP_VERSION] = 'V', [OP_VERSION_EX] = 'X', [OP_MODE] = 'M', [OP_VOLTAGE] = 'T',
		[OP_LOADER_QUERY] = 'L', [OP_LOADER_ENTER] = 'L', [OP_DFU] = 'L', [OP_DFU_STATUS] = 'L', [OP_DFU_DOWNLOAD] = 'L',
		[OP_ENTER] = 'E', [OP_EXIT] = 'e', [OP_DFU_EXIT] = 'e', [OP_SWIM_EXIT] = 'e', [OP_SWIM_ENTER] = 'w', [OP_SWIM] = 'q',
		[OP_CORE_ID] = 'I', [OP_IDCODES] = 'I', [OP_MEMORY_READ] = 'R', [OP_MEMORY_WRITE] = 'W', [OP_RW_STATUS] = 'r',
		[OP_DEBUG_REGISTER_READ] = 'D', [OP_DEBUG_REGISTER_WRITE] = 'd', [OP_DAP_READ] = 'A', [OP_DAP_WRITE] = 'a',
		[OP_AP_OPEN] = 'O', [OP_NRST] = 'N', [OP_RESET] = 'Z', [OP_SPEED_SET] = 'S', [OP_SPEED_GET] = 's',
		[OP_BRIDGE] = 'b', [OP_BRIDGE_STATUS] = 'b',
	};
	char token = tokens[transaction->command->operation];
	uint8_t second = transaction->request.captured > 1 ? transaction->request.bytes[1] : 0;

	if (transaction->command->operation == OP_VERSION && second == 0x80)
		return 'v';
	if (transaction->command->operation == OP_OTHER && second == 0x56)
		return 'B';
	return token ? token : '?';
}

static void note_opening(struct session_facts *facts, const struct transaction *transaction, uint64_t index)
{
	char token = token_of(transaction);

	facts->opening[index] = token;
	if (!facts->first_command) {
		facts->first_command = transaction->command;
		facts->first_command_frame = transaction->frame;
		facts->first_version_is_80 = token == 'v';
	}
}

static void note_shape(struct session_facts *facts, const struct transaction *transaction)
{
	if (transaction->answered && transaction->answer_due <= 12 && transaction->asked && transaction->asked < facts->least_asked)
		facts->least_asked = transaction->asked;
	if (transaction_noted(transaction, NOTE_SHORT_COMMAND))
		facts->padded_short = true;
	if (transaction->out_completed)
		facts->one_sided = false;
}

/* --- USB --- */

static void note_latency(struct session_facts *facts, int64_t latency)
{
	uint64_t microseconds = (uint64_t)(latency / 1000);
	unsigned octave, bucket;

	if (latency > facts->latency_most)
		facts->latency_most = latency;
	if (microseconds < 4) {
		facts->latency[microseconds]++;
		return;
	}
	octave = 63u - (unsigned)__builtin_clzll(microseconds);
	bucket = (octave - 1) * 4 + (unsigned)(microseconds >> (octave - 2) & 3);
	facts->latency[bucket < LATENCY_BUCKETS ? bucket : LATENCY_BUCKETS - 1]++;
}

int64_t facts_latency_median(const struct session_facts *facts)
{
	uint64_t total = 0, seen = 0;

	for (unsigned i = 0; i < LATENCY_BUCKETS; i++)
		total += facts->latency[i];
	for (unsigned i = 0; i < LATENCY_BUCKETS; i++) {
		seen += facts->latency[i];
		if (total && seen * 2 >= total) {
			unsigned octave = i / 4 + 1;

			return i < 4 ? (int64_t)i * 1000 : (int64_t)(4 + i % 4) * (INT64_C(1000) << (octave - 2));
		}
	}
	return -1;
}

static void note_line_error(struct session_facts *facts, uint64_t frame, int64_t time)
{
	size_t count = facts->line_recent_count;

	if (count == LINE_RECENT) {
		memmove(facts->line_recent, facts->line_recent + 1, sizeof facts->line_recent - sizeof facts->line_recent[0]);
		count--;
	}
	facts->line_recent[count].frame = frame;
	facts->line_recent[count].time = time;
	facts->line_recent_count = ++count;
	if (count >= 3 && time - facts->line_recent[count - 3].time <= 10 * SECOND)
		facts->line_dense = true;
}

/* The controller's last words about a device that is already leaving are no line errors. */
static void forget_last_line_errors(struct session_facts *facts, int64_t gone)
{
	struct tally *errors = &facts->urb[URB_LINE_ERROR];

	while (facts->line_recent_count && facts->line_recent[facts->line_recent_count - 1].time >= gone - JUST_BEFORE_LEAVING) {
		facts->line_recent_count--;
		errors->count--;
	}
	if (facts->line_recent_count) {
		errors->last_frame = facts->line_recent[facts->line_recent_count - 1].frame;
		errors->last_time = facts->line_recent[facts->line_recent_count - 1].time;
	}
	if (errors->count < 3)
		facts->line_dense = false;
}

/* How long the host waited. Where only one half of each transfer was captured, the command itself says since when. */
static int64_t waited_for(const struct session_facts *facts, const struct transaction *transaction)
{
	return transaction->waited < 0 && facts->one_sided ? transaction->end_time - transaction->time : transaction->waited;
}

static void note_stuck(struct session_facts *facts, const struct transaction *transaction)
{
	int64_t waited = waited_for(facts, transaction);
	bool taken = transaction->out_completed || (facts->one_sided && !transaction->out_failed);

	if (waited < STUCK_AFTER || (!taken && !transaction->out_failed)) {
		if (waited >= CLEARLY_WAITED && transaction->out_completed && !transaction->out_failed) {
			if (!facts->unanswered_early.count)
				facts->early_wait = waited;
			tally_transaction(&facts->unanswered_early, transaction);
		}
		return;
	}
	if (!facts->out_stuck.count && !facts->in_stuck.count) {
		facts->stuck_wait = waited;
		facts->good_before_stuck = facts->last_good;
	}
	tally_transaction(transaction->out_failed ? &facts->out_stuck : &facts->in_stuck, transaction);
	if (++facts->stuck_run > facts->stuck_longest)
		facts->stuck_longest = facts->stuck_run;
	if (facts->stuck_run == 3) {
		tally_transaction(&facts->wedged, transaction);
		facts->good_before_wedge = facts->last_good;
	}
}

static bool is_time_out(int64_t waited)
{
	static const int64_t known[] = { SECOND / 2, SECOND, 3 * SECOND, 6 * SECOND };

	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (waited >= known[i] - known[i] / 20 && waited <= known[i] + known[i] / 20)
			return true;
	return false;
}

static void note_late_stall(struct session_facts *facts, const struct transaction *transaction, uint64_t frame)
{
	if (transaction->waited < LATE_STALL)
		return;
	tally_transaction_at(&facts->stalled_late, frame, transaction);
	if (transaction->out_failed || transaction->windows || !is_time_out(transaction->waited))
		return;
	if (!facts->stalled_on_time.count)
		facts->stalled_wait = transaction->waited;
	tally_transaction(&facts->stalled_on_time, transaction);
}

static void note_failed_urb(struct session_facts *facts, const struct transaction *transaction)
{
	uint64_t frame = transaction->urb_frame ? transaction->urb_frame : transaction->frame;

	if (transaction->urb_result == URB_OVERFLOW && !facts->urb[URB_OVERFLOW].count) {
		facts->overflow_asked = transaction->asked;
		facts->overflow_due = transaction->answer_due == STLINK_ANY_LENGTH ? 0 : transaction->answer_due;
	}
	tally_transaction_at(&facts->urb[transaction->urb_result], frame, transaction);
	switch (transaction->urb_result) {
	case URB_CANCELLED:
	case URB_TIMED_OUT:
		note_stuck(facts, transaction);
		break;
	case URB_STALLED:
		note_late_stall(facts, transaction, frame);
		break;
	case URB_LINE_ERROR:
		note_line_error(facts, frame, transaction->end_time);
		break;
	default:
		break;
	}
}

static void note_transport(struct session_facts *facts, const struct transaction *transaction)
{
	uint64_t frame = transaction->urb_frame ? transaction->urb_frame : transaction->frame;

	tally_transaction_at(&facts->ended_with[transaction->result], frame, transaction);
	if (transaction->urb_result > URB_PENDING && transaction->urb_result != URB_SHORT_READ)
		note_failed_urb(facts, transaction);
	if (transaction_noted(transaction, NOTE_SHIFTED))
		tally_transaction(&facts->shifted, transaction);
	if (transaction->result >= RESULT_ERROR) {
		if (transaction->latency >= 0)
			note_latency(facts, transaction->latency);
		facts->last_good = command_of(transaction);
		if (transaction->usable && transaction->answer.wire) {
			tally_transaction(&facts->whole, transaction);
			facts->stuck_run = 0;
		}
	}
}

/* --- the probe itself --- */

static void note_version(struct session_facts *facts, const struct probe *probe, const struct transaction *transaction)
{
	uint32_t vid = answer_number(transaction, ROLE_VID), pid = answer_number(transaction, ROLE_PID);
	const uint8_t *bytes = transaction->answer.bytes;
	uint32_t first = 0;

	if (!transaction->usable || !operation_has(&transaction->answer_operation, ROLE_VID))
		return;
	if (vid == STLINK_VID) {
		tally_transaction(&facts->version_good, transaction);
		facts->has_version = probe->has_version;
		facts->version = probe->version;
		if (probe->pid && operation_has(&transaction->answer_operation, ROLE_PID) && pid != probe->pid &&
		    !stlink_product_find(STLINK_VID, (uint16_t)pid))
			tally_value(&facts->version_other_pid, transaction, pid);
		return;
	}
	for (unsigned i = 0; i < 4 && i < transaction->answer.captured; i++)
		first |= (uint32_t)bytes[i] << 8 * i;
	if (!facts->version_foreign.count) {
		bool rest_empty = true;

		for (unsigned i = 2; i < transaction->answer.captured; i++)
			rest_empty = rest_empty && !bytes[i];
		facts->version_foreign_like_other = rest_empty || transaction_noted(transaction, NOTE_AFTER_UNREAD);
	}
	tally_value(&facts->version_foreign, transaction, first);
}

static void note_mode_answer(struct session_facts *facts, const struct transaction *transaction)
{
	uint32_t mode = answer_number(transaction, ROLE_MODE);
	enum stlink_operation left_by = facts->last_exit.command ? facts->last_exit.command->operation : OP_NONE;

	if (!transaction->usable || !operation_has(&transaction->answer_operation, ROLE_MODE))
		return;
	if (mode > MODE_BOOTLOADER) {
		tally_value(&facts->mode_unknown, transaction, mode);
		return;
	}
	tally_value(&facts->mode_seen[mode], transaction, mode);
	if ((mode == MODE_DFU && left_by == OP_DFU_EXIT) || (mode == MODE_SWIM && left_by == OP_SWIM_EXIT) ||
	    (mode == MODE_BOOTLOADER && left_by != OP_NONE)) {
		if (!facts->exit_failed.count)
			facts->exit_failed_command = facts->last_exit;
		tally_value(&facts->exit_failed, transaction, mode);
	} else if (mode == MODE_MASS || mode == MODE_DEBUG) {
		facts->exit_failed.count = 0;
	}
	facts->dfu_frame = mode == MODE_DFU && left_by != OP_DFU_EXIT ? transaction->frame : 0;
}

static void note_voltage(struct session_facts *facts, const struct transaction *transaction)
{
	uint32_t reference = answer_number(transaction, ROLE_REFERENCE), reading = answer_number(transaction, ROLE_READING);
	int32_t millivolts;

	if (!transaction->usable) {
		facts->voltage_short_frame = transaction->frame;
		return;
	}
	/* In DFU mode the answer means nothing. */
	if (!operation_has(&transaction->answer_operation, ROLE_READING) || facts->dfu_frame || facts->exit_failed.count)
		return;
	millivolts = stlink_millivolts(reference, reading);
	if (millivolts > MEASURED_MOST) { /* another command's answer */
		facts->voltage_short_frame = transaction->frame;
		return;
	}
	if (millivolts < 0) {
		facts->voltage_no_reference_frame = transaction->frame;
		return;
	}
	if (facts->voltage.count && facts->millivolts_most - millivolts > facts->voltage_fall) {
		facts->voltage_fall = facts->millivolts_most - millivolts;
		facts->fallen_to = millivolts;
		facts->fall_frame = transaction->frame;
	}
	if (!facts->voltage.count || millivolts < facts->millivolts_least)
		facts->millivolts_least = millivolts;
	if (!facts->voltage.count || millivolts > facts->millivolts_most)
		facts->millivolts_most = millivolts;
	tally_value(&facts->voltage, transaction, (uint32_t)millivolts);
	facts->millivolts = millivolts;
	facts->voltage_frame = transaction->frame;
	facts->voltage_reference = reference;
	facts->voltage_reading = reading;
}

/* --- entering and leaving --- */

static void note_enter(struct session_facts *facts, const struct transaction *transaction)
{
	uint32_t transport = request_number(transaction, ROLE_TRANSPORT);
	struct enter_fact enter = {
		.frame = transaction->frame, .time = transaction->time, .command = transaction->command, .status_row = transaction->status_row,
		.result = transaction->result, .status = transaction->status, .has_status = transaction->has_status && transaction->usable,
		.jtag = operation_has(&transaction->request_operation, ROLE_TRANSPORT) && transport != 0xa3,
	};

	if (enter.has_status)
		facts_note_enter_wait(facts, transaction);
	enter.ok = enter.has_status && enter.status_row && enter.status_row->class == STATUS_OK;
	enter.refused = enter.has_status ? !enter.ok : transaction->csw.present && transaction->csw.status;
	if (enter.has_status) {
		facts_note_debug_power(facts, transaction);
		facts_note_loss(facts, transaction, enter.ok);
		if (!enter.jtag || enter.ok)
			facts_note_pins(facts, transaction, enter.ok);
	}
	if (!facts->enters)
		facts->first_enter = enter;
	facts->enters++;
	facts->last_enter = enter;
	facts->commands_after_enter = 0;
	facts->dap_after_enter = false;
	facts->left_frame = 0;
	if (enter.jtag)
		facts->jtag_enters++;
	else
		facts->swd_enters++;
	if (enter.ok) {
		tally_transaction(&facts->enter_ok, transaction);
		facts->exit_failed.count = 0;
		facts->reset_held_enter = facts->nrst_low.count && facts->nrst_low.last_frame > facts->nrst_released.last_frame ?
		                          facts->nrst_low.last_frame : 0;
	} else if (enter.has_status) {
		tally_transaction(&facts->enter_failed, transaction);
		if (enter.jtag && !facts->silent_jtag.frame && status_is_silent(enter.status))
			facts->silent_jtag = enter;
	}
}

static void note_exit(struct session_facts *facts, const struct transaction *transaction)
{
	if (transaction->urb_result != URB_OK) /* it never reached the probe */
		return;
	facts->last_exit = command_of(transaction);
	switch (transaction->command->operation) {
	case OP_DFU_EXIT:
		tally_transaction(&facts->dfu_exit, transaction);
		facts->dfu_frame = 0;
		break;
	case OP_SWIM_EXIT:
		tally_transaction(&facts->swim_exits, transaction);
		break;
	default:
		tally_transaction(&facts->exits, transaction);
		if (facts->enters || facts->target_commands)
			facts->left_frame = transaction->frame;
		break;
	}
}

static void note_nrst(struct session_facts *facts, const struct transaction *transaction)
{
	if (!transaction->usable || !transaction->has_status || !transaction->status_row || transaction->status_row->class != STATUS_OK)
		return;
	if (request_number(transaction, ROLE_LEVEL) == 0) {
		tally_transaction(&facts->nrst_low, transaction);
	} else {
		tally_transaction(&facts->nrst_released, transaction);
		facts_note_release(facts, transaction);
	}
}

static void note_status(struct session_facts *facts, const struct transaction *transaction)
{
	if (!transaction->has_status || (transaction->answered && !transaction->usable) || transaction->command->operation == OP_RW_STATUS)
		return;
	if (!transaction->status_row && !transaction_noted(transaction, NOTE_AFTER_UNREAD))
		tally_transaction(&facts->unknown_status, transaction);
	if (!transaction->status_row || transaction->status_row->scope != SCOPE_DEBUG || is_bridge(transaction))
		return;
	if (transaction->status == 0x0e)
		tally_transaction(&facts->busy_mode, transaction);
	if (transaction->status == 0x06 || transaction->status == 0x0e || transaction->status == 0x30 || transaction->status == 0x31)
		tally_transaction(&facts->foreign_client, transaction);
}

static void note_operation(struct session_facts *facts, const struct probe *probe, const struct transaction *transaction)
{
	switch (transaction->command->operation) {
	case OP_VERSION:
	case OP_VERSION_EX:
		note_version(facts, probe, transaction);
		break;
	case OP_MODE:
		note_mode_answer(facts, transaction);
		break;
	case OP_VOLTAGE:
		note_voltage(facts, transaction);
		break;
	case OP_ENTER:
		facts_note_dfu_ignored(facts, transaction);
		note_enter(facts, transaction);
		break;
	case OP_EXIT:
	case OP_DFU_EXIT:
	case OP_SWIM_EXIT:
		note_exit(facts, transaction);
		break;
	case OP_NRST:
		note_nrst(facts, transaction);
		break;
	case OP_SPEED_SET:
		facts->speed.value = request_number(transaction, ROLE_SPEED);
		tally_transaction(&facts->speed, transaction);
		facts_note_clock(facts, transaction);
		break;
	case OP_LOADER_ENTER:
		tally_transaction(&facts->loader_enter, transaction);
		break;
	case OP_DFU_DOWNLOAD:
		tally_transaction(&facts->download, transaction);
		break;
	case OP_DFU_STATUS:
	case OP_DFU:
		if (transaction->usable)
			tally_transaction(&facts->loader_command, transaction);
		break;
	default:
		break;
	}
}

/* What it reached of the chip, and what the probe did to the core for it. */
static void note_accesses(struct session_facts *facts, const struct transaction *transaction)
{
	if (transaction->access_count || transaction->command->operation == OP_RUN)
		facts_follow_loader(facts, transaction);
	for (size_t i = 0; i < transaction->access_count; i++) {
		const struct access *access = &transaction->accesses[i];

		facts_note_chip(facts, transaction, access);
		facts_note_flash(facts, transaction, access);
		facts_note_core(facts, transaction, access);
	}
	facts_note_core_command(facts, transaction);
	if (transaction->command->operation == OP_EXIT)
		facts_note_look_ends(facts, transaction);
}

void session_facts_transaction(struct session_facts *facts, const struct probe *probe, const struct transaction *transaction)
{
	enum stlink_operation operation = transaction->command->operation;

	facts->commands++;
	phase_log_add(&facts->phases, transaction);
	facts->session.last_frame = transaction->frame > facts->session.last_frame ? transaction->frame : facts->session.last_frame;
	facts->session.last_time = transaction->end_time;
	facts->commands_after_enter++;
	if (operation == OP_SCSI) {
		facts->scsi_commands++;
	} else if (facts->commands - facts->scsi_commands <= OPENING_COMMANDS) {
		note_opening(facts, transaction, facts->commands - facts->scsi_commands - 1);
	}
	note_shape(facts, transaction);
	note_transport(facts, transaction);
	note_status(facts, transaction);
	facts_note_limits(facts, transaction);
	facts_note_order(facts, transaction);
	if (transaction->command->group == GROUP_SWIM || operation == OP_SWIM_ENTER)
		facts->swim_commands++;
	else if (is_bridge(transaction))
		facts->bridge_commands++;
	else if (facts_is_target(operation))
		facts_note_target(facts, transaction);
	else
		note_operation(facts, probe, transaction);
	if (operation == OP_MEMORY_READ || operation == OP_MEMORY_WRITE)
		facts->memory_commands++;
	note_accesses(facts, transaction);
	facts_note_identified(facts, transaction);
	facts->last = command_of(transaction);
	facts->last_unanswered = transaction->result == RESULT_INCOMPLETE && transaction->answer_due && !transaction->answered;
}

/* --- beginnings, modes, usb notes --- */

void session_facts_begin(struct session_facts *facts, const struct probe *probe, const struct session *session)
{
	memset(facts, 0, sizeof *facts);
	facts->session = *session;
	facts->generation = probe->generation;
	facts->pid = probe->pid;
	facts->product = probe->product;
	facts->has_version = probe->has_version;
	facts->version = probe->version;
	facts->least_asked = UINT32_MAX;
	facts->one_sided = true;
}

void session_facts_mode(struct session_facts *facts, const struct mode_change *change)
{
	uint64_t index = facts->mode_changes++;

	if (index >= MODES_FIRST)
		index = MODES_FIRST + (index - MODES_FIRST) % MODES_LAST;
	facts->modes[index] = *change;
}

/* Data that came, or a read of the trace endpoint that the host waited for in vain. */
void session_facts_trace(struct session_facts *facts, const struct trace_data *trace)
{
	facts->trace_waiting -= trace->bytes.wire < facts->trace_waiting ? trace->bytes.wire : facts->trace_waiting;
}

static void note_trace_in_vain(struct session_facts *facts, const struct usb_note *note)
{
	if (note->endpoint == 0x81 || !(note->endpoint & 0x80) || note->asked <= facts->trace_waiting || note->waited < STUCK_AFTER)
		return;
	if (!facts->trace_overread.count)
		facts->trace_overread.value = note->asked;
	tally_add(&facts->trace_overread, note->frame, note->time);
}

static bool is_in_use(const struct session_facts *facts)
{
	return facts->enter_ok.count && !facts->left_frame;
}

void session_facts_usb(struct session_facts *facts, const struct usb_note *note)
{
	switch (note->kind) {
	case USB_NOTE_URB_ERROR:
		/* A stalled control request is how a device says that it lacks an optional descriptor. */
		if (note->urb_result == URB_LINE_ERROR) {
			tally_add(&facts->urb[URB_LINE_ERROR], note->frame, note->time);
			note_line_error(facts, note->frame, note->time);
		} else if (note->urb_result == URB_CANCELLED || note->urb_result == URB_TIMED_OUT) {
			note_trace_in_vain(facts, note);
		}
		break;
	case USB_NOTE_STRAY:
		facts_note_hole(facts);
		break;
	case USB_NOTE_GONE:
		if (facts->gone)
			break;
		facts->gone = true;
		facts->gone_frame = note->frame;
		facts->gone_time = note->time;
		facts->gone_outstanding = note->outstanding;
		facts->gone_in_use = is_in_use(facts);
		facts->gone_last = facts->last;
		forget_last_line_errors(facts, note->time);
		break;
	case USB_NOTE_RETURNED:
		if (note->never_left) { /* nor did it leave */
			facts->gone = facts->gone_outstanding = facts->gone_in_use = false;
			facts->urb[URB_GONE] = (struct tally){ 0 };
			break;
		}
		if (!facts->gone) { /* a reset that gave the same address again */
			facts->gone_time = note->time;
			facts->gone_in_use = is_in_use(facts);
			facts->gone_last = facts->last;
		}
		if (note->by_client)
			tally_add(&facts->returns_by_client, note->frame, note->time);
		if (facts->returned)
			break;
		facts->returned = true;
		facts->returned_by_client = note->by_client;
		facts->returned_frame = note->frame;
		facts->returned_time = note->time;
		break;
	default:
		break;
	}
}
