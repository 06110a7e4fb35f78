/*
 * How a transaction ended: lengths, status, shifted answers, result (DESIGN section 5).
 * Knows: the row of a command, the commands before it, what was left unread.
 * Must not know: sessions, what is good or bad for the user.
 */
#include <string.h>

#include "internal.h"

#define NOTED(note) (1u << (note))
#define FULL_SPEED_PACKET 64u

static struct cursor over(const struct byte_buffer *buffer)
{
	return cursor_over(buffer->bytes, buffer->captured, buffer->wire);
}

static uint32_t notes_of_walk(unsigned marks)
{
	return (marks & WALK_TRAILING ? NOTED(NOTE_TRAILING) : 0) | (marks & WALK_PADDING ? NOTED(NOTE_PADDING) : 0) |
	       (marks & WALK_UNNAMED ? NOTED(NOTE_UNNAMED) : 0);
}

/* The request that an answer refers to: SWIM_READBUF brings what SWIM_READMEM asked for, RW_MISC_IN what RW_MISC_OUT queued. */
static const struct operation *referred(struct channel_state *channel, enum stlink_operation operation)
{
	const struct operation *earlier = operation == OP_MISC_IN ? &channel->misc_out : operation == OP_SWIM_BUFFER ? &channel->swim_read : NULL;

	return earlier && earlier->seen ? earlier : NULL;
}

/*
 * Disk contents are none of our business: of a CDB of the disk only what describes the disk is shown (protocol.md 1.3), and of one
 * that no table knows nothing.
 */
static bool moves_disk_contents(const struct stlink_command *command, const struct byte_buffer *request)
{
	bool describes = command->scsi && (command->answer_kind == ANSWER_UNKNOWN || command->answer_kind == ANSWER_FIXED);

	return !describes && request->captured && request->bytes[0] < STLINK_SCSI_END;
}

/* stlink_find asks two bytes. A session repeats few commands, and to search the table for each shows in a long capture. */
static const struct stlink_command *find_command(struct channel_state *channel, const struct byte_buffer *request)
{
	struct known_command *known;
	unsigned opcode;

	if (request->captured < 2)
		return stlink_find(request->bytes, request->captured, channel->bulk_only);
	opcode = (unsigned)request->bytes[0] << 8 | request->bytes[1];
	known = &channel->known[opcode % KNOWN_COMMANDS];
	if (!known->command || known->opcode != opcode || known->bulk_only != channel->bulk_only)
		*known = (struct known_command){ stlink_find(request->bytes, request->captured, channel->bulk_only), opcode, channel->bulk_only };
	return known->command;
}

void judge_request(struct channel_state *channel, struct pending *pending)
{
	struct transaction *transaction = &pending->transaction;
	const struct byte_buffer *request = &pending->request;
	uint32_t cbw_out = transaction->data_due, cbw_in = transaction->asked;
	const struct operation *earlier;
	unsigned marks;

	transaction->command = find_command(channel, request);
	marks = stlink_walk_request(transaction->command, over(request), &transaction->request_operation, NULL);
	transaction->notes |= notes_of_walk(marks);
	if (transaction->command == &stlink_unknown && request->captured)
		transaction->notes |= NOTED(NOTE_UNKNOWN_COMMAND);
	if (!channel->bulk_only && request->wire && request->wire < 16)
		transaction->notes |= NOTED(NOTE_SHORT_COMMAND);
	earlier = referred(channel, transaction->command->operation);
	if (earlier) {
		pending->earlier = *earlier;
		transaction->earlier = &pending->earlier;
	}
	transaction->data_due = stlink_data_length(transaction->command, &transaction->request_operation);
	transaction->answer_due = stlink_answer_length(transaction->command, &transaction->request_operation, transaction->earlier);
	if (channel->bulk_only) {
		if (transaction->command->scsi || transaction->command == &stlink_unknown) {
			transaction->data_due = cbw_out;
			transaction->answer_due = cbw_in ? STLINK_ANY_LENGTH : 0;
		} else if ((cbw_out && cbw_out != transaction->data_due) ||
		           (cbw_in && transaction->answer_due != STLINK_ANY_LENGTH && cbw_in != transaction->answer_due)) {
			transaction->notes |= NOTED(NOTE_CBW_LENGTH);
		}
		transaction->asked = 0;
		pending->withheld = moves_disk_contents(transaction->command, request);
	}
	if (transaction->command->operation == OP_SWIM_READ)
		channel->swim_read = transaction->request_operation;
	if (transaction->command->operation == OP_MISC_OUT)
		channel->misc_out = transaction->request_operation;
}

enum fit { FIT_UNKNOWN, FIT_YES, FIT_NO };

/* Does the content of an answer look like that of this command's? */
static enum fit content_fits(const struct stlink_command *command, const struct byte_buffer *answer)
{
	struct operation operation = { 0 };

	stlink_walk_answer(command, over(answer), &(struct operation){ 0 }, NULL, &operation, NULL);
	if (operation_has(&operation, ROLE_VID))
		return operation_get(&operation, ROLE_VID, 0) == STLINK_VID ? FIT_YES : FIT_NO;
	if (command->operation == OP_MODE && operation_has(&operation, ROLE_MODE))
		return operation_get(&operation, ROLE_MODE, 0) <= MODE_BOOTLOADER ? FIT_YES : FIT_NO;
	if (command->scope != SCOPE_NONE && operation_has(&operation, ROLE_STATUS))
		return stlink_status_find(command->scope, (uint8_t)operation_get(&operation, ROLE_STATUS, 0)) ? FIT_YES : FIT_NO;
	return FIT_UNKNOWN;
}

static bool fits(const struct stlink_command *command, uint32_t due, const struct pending *pending, bool overflowed)
{
	uint32_t length = pending->answer.wire;
	bool length_fits = overflowed ? due > pending->transaction.asked : length == due;

	return length_fits && content_fits(command, &pending->answer) != FIT_NO;
}

/*
 * After an answer was left unread the probe may hand out every later answer one command late. That is certain where the
 * answer fits the command before and not its own, and then holds until an answer fits its own and not the one before.
 */
static bool is_shifted(struct channel_state *channel, const struct pending *pending)
{
	const struct transaction *transaction = &pending->transaction;
	bool overflowed = transaction->urb_result == URB_OVERFLOW;
	bool own, before = false;

	if (!channel->unread || !(transaction->answered || overflowed) || transaction->answer_due == STLINK_ANY_LENGTH)
		return false;
	own = !overflowed && fits(transaction->command, transaction->answer_due, pending, false);
	for (unsigned back = 1; back <= channel->unread && back <= HISTORY; back++) {
		const struct past_command *past = &channel->past[back - 1];

		if (channel->shift && channel->shift != back)
			continue;
		if (!past->command || !fits(past->command, past->answer_due, pending, overflowed))
			continue;
		before = true;
		if (!own && !channel->shift)
			channel->shift = back;
	}
	if (own && !before)
		channel->unread = channel->shift = 0;
	return channel->shift && before;
}

static void remember(struct channel_state *channel, const struct pending *pending)
{
	const struct transaction *transaction = &pending->transaction;

	if (!transaction->answer_due || transaction->answer_due == STLINK_ANY_LENGTH || transaction->out_failed)
		return;
	memmove(channel->past + 1, channel->past, sizeof channel->past - sizeof channel->past[0]);
	channel->past[0] = (struct past_command){ transaction->command, transaction->answer_due };
}

static bool is_memory_command(const struct stlink_command *command)
{
	return command->operation == OP_MEMORY_READ || command->operation == OP_MEMORY_WRITE || command->operation == OP_MISC_OUT;
}

static enum result result_of_status(const struct transaction *transaction)
{
	if (!transaction->has_status)
		return RESULT_OK;
	if (!transaction->status_row)
		return RESULT_ERROR;
	switch (transaction->status_row->class) {
	case STATUS_WAIT:
		return RESULT_WAIT;
	case STATUS_ERROR:
		return RESULT_ERROR;
	case STATUS_OK:
		break;
	}
	return RESULT_OK;
}

static enum result result_of_urb(enum urb_result result)
{
	switch (result) {
	case URB_GONE:
		return RESULT_GONE;
	case URB_STALLED:
		return RESULT_STALLED;
	case URB_CANCELLED:
	case URB_TIMED_OUT:
		return RESULT_CANCELLED;
	default:
		return RESULT_USB_ERROR;
	}
}

/* Some of its records are not in the capture: what they held is held against nobody. */
static bool lacks_records(const struct pending *pending)
{
	return pending->cut_by_capture || pending->answer_lost;
}

/* Nothing of an answer came although one was due. */
static bool is_unanswered(const struct transaction *transaction)
{
	return !transaction->answered && !transaction->csw.present &&
	       (transaction->answer_due || transaction->bulk_only) && transaction->answer_due != STLINK_ANY_LENGTH;
}

static enum result result_of(const struct pending *pending)
{
	const struct transaction *transaction = &pending->transaction;

	if (transaction->urb_result != URB_OK)
		return result_of_urb(transaction->urb_result);
	if (is_unanswered(transaction) && !lacks_records(pending) && !pending->one_sided)
		return RESULT_NO_ANSWER;
	if (is_unanswered(transaction) || transaction_noted(transaction, NOTE_NO_SUBMISSION) || pending->answer_lost ||
	    (pending->cut_by_capture && transaction->answer_due != STLINK_ANY_LENGTH &&
	     (transaction->answer.wire < transaction->answer_due || transaction->data.wire < transaction->data_due || (pending->out_open && !pending->out_unseen))))
		return RESULT_INCOMPLETE;
	if (transaction_noted(transaction, NOTE_TRUNCATED))
		return RESULT_TRUNCATED;
	if (transaction_noted(transaction, NOTE_SHIFTED))
		return RESULT_SHIFTED;
	if (transaction_noted(transaction, NOTE_SHORT))
		return RESULT_SHORT;
	if (transaction->csw.present && transaction->csw.status)
		return RESULT_ERROR;
	if (transaction->judges_frame)
		return RESULT_OK;
	if (is_memory_command(transaction->command) && !transaction->has_status)
		return RESULT_UNJUDGED;
	return result_of_status(transaction);
}

static void read_status(struct transaction *transaction, enum stlink_scope scope, uint8_t status)
{
	transaction->has_status = true;
	transaction->status = status;
	transaction->status_row = stlink_status_find(scope, status);
	if (!transaction->status_row)
		transaction->notes |= NOTED(NOTE_UNKNOWN_STATUS);
	else if (scope == SCOPE_DEBUG && status == 0x0d)
		transaction->notes |= NOTED(NOTE_WRITE_VERIFY);
}

/*
 * Where one half of each transfer is missing, so is what each read asked for; a client may split its reads, at whole packets. Then a whole number
 * of packets, there or missing, is as well a read that the capture lost.
 */
static bool may_be_split(const struct pending *pending)
{
	uint32_t got = pending->answer.wire, due = pending->transaction.answer_due;

	return pending->one_sided && got && got < due && ((due - got) % FULL_SPEED_PACKET == 0 || got % FULL_SPEED_PACKET == 0);
}

static void judge_lengths(struct pending *pending)
{
	struct transaction *transaction = &pending->transaction;

	if (!pending->withheld && (pending->request.cut || pending->data.cut || pending->answer.cut))
		transaction->notes |= NOTED(NOTE_TRUNCATED);
	if (pending->data.beyond || pending->answer.beyond)
		transaction->notes |= NOTED(NOTE_BEYOND_BUFFER);
	if (transaction->data_due && !transaction->out_failed && pending->data.wire < transaction->data_due)
		transaction->notes |= NOTED(NOTE_DATA_SHORT);
	if (pending->data.wire > transaction->data_due && transaction->command != &stlink_unknown)
		transaction->notes |= NOTED(NOTE_DATA_LONG);
	if (transaction->answer_due == STLINK_ANY_LENGTH || !(transaction->answered || (transaction->csw.present && !transaction->csw.status)))
		return;
	pending->answer_lost |= may_be_split(pending);
	if (pending->answer.wire < transaction->answer_due && !lacks_records(pending))
		transaction->notes |= NOTED(NOTE_SHORT);
	if (pending->answer.wire > transaction->answer_due)
		transaction->notes |= NOTED(NOTE_LONG);
}

static void judge_answer(struct channel_state *channel, struct pending *pending)
{
	struct transaction *transaction = &pending->transaction;
	unsigned marks;

	if (!pending->answer.wire)
		return;
	marks = stlink_walk_answer(transaction->command, over(&pending->answer), &transaction->request_operation, transaction->earlier,
	                           &transaction->answer_operation, NULL);
	transaction->notes |= notes_of_walk(marks);
	if (is_shifted(channel, pending))
		transaction->notes |= NOTED(NOTE_SHIFTED);
	else if (channel->unread)
		transaction->notes |= NOTED(NOTE_AFTER_UNREAD);
	/* RW_MISC_IN brings a status per item; the worst of them judges the RW_MISC_OUT before it, not this one. */
	if (transaction->command->scope != SCOPE_NONE && transaction->command->operation != OP_MISC_IN &&
	    operation_has(&transaction->answer_operation, ROLE_STATUS))
		read_status(transaction, transaction->command->scope, (uint8_t)operation_get(&transaction->answer_operation, ROLE_STATUS, 0));
}

void judge_finish(struct channel_state *channel, struct pending *pending)
{
	struct transaction *transaction = &pending->transaction;
	bool taken_back, unread;

	pending->one_sided = !channel_two_sided(channel);
	pending->out_unseen = channel->out_unseen;
	pending_publish(pending);
	judge_lengths(pending);
	judge_answer(channel, pending);
	if (pending->data.wire && transaction->command->data)
		transaction->notes |= notes_of_walk(stlink_walk_data(transaction->command, over(&pending->data), &transaction->request_operation, NULL, NULL));
	if (channel->bulk_only && !transaction->csw.present && !pending->cut_by_capture)
		transaction->notes |= NOTED(NOTE_NO_CSW);
	if ((pending->out_open && channel->saw_out_completion) || pending->answer_lost)
		transaction->notes |= NOTED(NOTE_NO_COMPLETION);
	taken_back = transaction->urb_result != URB_OK && result_of_urb(transaction->urb_result) == RESULT_CANCELLED;
	unread = is_unanswered(transaction) && !transaction->out_failed && !lacks_records(pending) &&
	         (taken_back || (transaction->urb_result == URB_OK && !pending->one_sided));
	if (unread)
		transaction->notes |= NOTED(NOTE_UNREAD);
	transaction->result = result_of(pending);
	transaction->usable = transaction->answered && transaction->urb_result == URB_OK && !transaction_noted(transaction, NOTE_SHIFTED) &&
	                      !transaction_noted(transaction, NOTE_SHORT) && !transaction_noted(transaction, NOTE_NO_SUBMISSION) &&
	                      !pending->answer_lost;
	if (pending->submitted != INT64_MIN && pending->last_completion != INT64_MIN)
		transaction->latency = pending->last_completion - pending->submitted;
	if (pending->last_completion > transaction->end_time)
		transaction->end_time = pending->last_completion;
	remember(channel, pending);
	if (unread && channel->unread < HISTORY)
		channel->unread++;
}

void judge_link(struct pending *held, struct pending *judge)
{
	struct transaction *judged = &held->transaction, *judging = &judge->transaction;

	if (!judging->usable)
		return;
	if (!operation_has(&judging->answer_operation, ROLE_STATUS)) {
		/* Somebody asked: it is the capture that does not say. */
		if (transaction_noted(judging, NOTE_TRUNCATED)) {
			judged->notes |= NOTED(NOTE_TRUNCATED);
			judged->result = result_of(held);
		}
		return;
	}
	read_status(judged, SCOPE_DEBUG, (uint8_t)operation_get(&judging->answer_operation, ROLE_STATUS, 0));
	judged->status_frame = judging->frame;
	judging->judges_frame = judged->frame;
	judged->result = result_of(held);
	judging->result = result_of(judge);
}
