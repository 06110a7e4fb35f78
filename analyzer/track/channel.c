/*
 * Which transfer belongs to which command, on one command and answer endpoint pair (DESIGN decision 2).
 * Knows: submissions, completions, the open command's row, CBW and CSW.
 * Must not know: what commands mean beyond the lengths of their parts; sessions; output.
 * OUT payload is read at its submission, IN payload at its completion; either half may be missing.
 */
#include <string.h>

#include "../../dissectors/msc.h"
#include "internal.h"

#define SECOND INT64_C(1000000000)
#define COMMAND_LENGTH 16u
#define CBW_HEADER 15u /* bytes of a CBW before its CDB */

/* A count that lies would swallow every later command as its data: beyond this a data phase is told by its look. */
#define LIKELY_DATA (2 * LONGEST_PAYLOAD)

static bool owner_alive(const struct open_urb *open)
{
	return open->owner && open->owner->serial == open->owner_serial;
}

/* An URB that is submitted again had come back in between: that record is missing. */
static void completion_lost(struct channel_state *channel, const struct open_urb *open)
{
	if (!(open->endpoint & 0x80) || !owner_alive(open) || open->owner->finished || !channel_two_sided(channel))
		return;
	open->owner->in_open--;
	open->owner->answer_lost = true;
}

static void urb_opened(struct channel_state *channel, const struct urb_event *urb, struct pending *owner)
{
	struct open_urb *slot = NULL;

	for (size_t i = 0; i < channel->open_count; i++)
		if (channel->open[i].id == urb->id && channel->open[i].endpoint == urb->endpoint)
			slot = &channel->open[i];
	if (slot) {
		completion_lost(channel, slot);
	} else {
		if (channel->open_count == OPEN_URBS) {
			memmove(channel->open, channel->open + 1, sizeof channel->open - sizeof channel->open[0]);
			channel->open_count--;
			channel->owner->tracker->totals.unpaired_evicted++;
		}
		slot = &channel->open[channel->open_count++];
	}
	*slot = (struct open_urb){ .id = urb->id, .frame = urb->frame, .time = urb->time, .length = urb->length,
	                           .endpoint = urb->endpoint, .owner = owner, .owner_serial = owner ? owner->serial : 0 };
}

static bool urb_closed(struct channel_state *channel, const struct urb_event *urb, struct open_urb *open)
{
	for (size_t i = 0; i < channel->open_count; i++) {
		if (channel->open[i].id != urb->id || channel->open[i].endpoint != urb->endpoint)
			continue;
		*open = channel->open[i];
		channel->open_count--;
		memmove(&channel->open[i], &channel->open[i + 1], (channel->open_count - i) * sizeof channel->open[0]);
		return true;
	}
	return false;
}

static bool urb_went_well(const struct urb_event *urb)
{
	return urb->result == URB_OK || urb->result == URB_SHORT_READ;
}

static bool awaits_answer(const struct channel_state *channel, const struct pending *pending)
{
	return pending && !pending->finished && (pending->transaction.answer_due || channel->bulk_only);
}

static void tell(struct channel_state *channel, enum usb_note_kind kind, const struct urb_event *urb)
{
	struct usb_note note = { .kind = kind, .probe = channel->owner->probe.index, .bus = urb->bus, .device = urb->device,
		.frame = urb->frame, .time = urb->time, .endpoint = urb->endpoint, .urb_result = urb->result,
		.urb_status = urb->status, .windows = urb->windows, .bytes = { urb->data, urb->captured, urb->wire }, .text = "" };

	order_note(channel->owner, &note);
}

static void finish(struct channel_state *channel, struct pending *pending)
{
	/* Reads that were asked for and never completed are part of the evidence. */
	for (size_t i = 0; pending->in_open && i < channel->open_count; i++)
		if (channel->open[i].owner == pending && owner_alive(&channel->open[i]) && channel->open[i].endpoint & 0x80)
			frame_append(&pending->answer_frames, channel->open[i].frame);
	pending->cut_by_capture |= channel->owner->tracker->lossy;
	pending->finished = true;
	if (channel->current == pending)
		channel->current = NULL;
	judge_finish(channel, pending);
	order_finished(channel->owner, pending);
}

static bool has_all_bytes(const struct channel_state *channel, const struct pending *pending)
{
	const struct transaction *transaction = &pending->transaction;

	if (pending->data.wire < transaction->data_due)
		return false;
	if (channel->bulk_only)
		return transaction->csw.present;
	if (transaction->answer_due == STLINK_ANY_LENGTH)
		return transaction->answered;
	return pending->answer.wire >= transaction->answer_due;
}

static void finish_if_done(struct channel_state *channel, struct pending *pending)
{
	if (pending->finished)
		return;
	if (pending->transaction.urb_result != URB_OK) {
		if (!pending->out_open && !pending->in_open)
			finish(channel, pending);
		return;
	}
	if (!has_all_bytes(channel, pending))
		return;
	if (pending->out_open && !channel->out_unseen)
		return;
	finish(channel, pending);
}

static void failed(struct pending *pending, const struct urb_event *urb, const struct open_urb *open, bool out)
{
	struct transaction *transaction = &pending->transaction;

	if (transaction->urb_result != URB_OK && !(out && !transaction->out_failed))
		return;
	transaction->urb_result = urb->result;
	transaction->urb_status = urb->status;
	transaction->windows = urb->windows;
	transaction->urb_frame = urb->frame;
	transaction->out_failed = out;
	transaction->waited = open ? urb->time - open->time : -1;
}

static bool looks_like_command(const struct channel_state *channel, const struct urb_event *urb)
{
	struct msc_cbw cbw;

	if (channel->bulk_only)
		return msc_cbw_read(urb->data, urb->captured, urb->wire, &cbw);
	return urb->wire <= COMMAND_LENGTH && stlink_plausible(urb->data, urb->captured);
}

/* May the open command take this OUT transfer as its data? By its row; by the look only where the row cannot say. */
static bool takes_data(const struct channel_state *channel, const struct pending *pending, const struct urb_event *urb)
{
	const struct transaction *transaction = &pending->transaction;
	uint32_t due = transaction->data_due;
	bool lossy = channel->owner->tracker->lossy || pending->cut_by_capture;

	if (transaction->out_failed || (channel->bulk_only && transaction->csw.present))
		return false;
	if (transaction->command == &stlink_unknown)
		return !looks_like_command(channel, urb);
	if (pending->data.wire >= due)
		return false;
	if (due > LIKELY_DATA || (lossy && urb->wire != due - pending->data.wire))
		return !looks_like_command(channel, urb);
	if (urb->time - channel->last_time > SECOND && urb->wire != due - pending->data.wire && looks_like_command(channel, urb))
		return false;
	return true;
}

static void take_data(struct channel_state *channel, struct pending *pending, const struct urb_event *urb)
{
	if (pending->data_frames.count)
		pending->transaction.notes |= 1u << NOTE_SPLIT_DATA;
	buffer_append(&pending->data, urb->data, urb->captured, urb->wire);
	frame_append(&pending->data_frames, urb->frame);
	pending->out_open++;
	urb_opened(channel, urb, pending);
	finish_if_done(channel, pending);
}

static void read_cbw(struct pending *pending, const struct urb_event *urb)
{
	struct msc_cbw cbw;

	uint32_t sent;

	if (!msc_cbw_read(urb->data, urb->captured, urb->wire, &cbw))
		return;
	sent = urb->wire - CBW_HEADER < cbw.cdb_length ? urb->wire - CBW_HEADER : cbw.cdb_length;
	buffer_append(&pending->request, cbw.cdb, cbw.cdb_present < sent ? cbw.cdb_present : sent, sent);
	pending->transaction.cbw_tag = cbw.tag;
	pending->transaction.asked = cbw.in ? cbw.data_length : 0;
	pending->transaction.data_due = cbw.in ? 0 : cbw.data_length;
}

static struct pending *begin(struct channel_state *channel, const struct urb_event *urb)
{
	struct pending *pending = pending_new(channel->owner);
	struct transaction *transaction = &pending->transaction;

	transaction->channel = channel->kind;
	transaction->bulk_only = channel->bulk_only;
	transaction->bus = urb->bus;
	transaction->device = urb->device;
	transaction->frame = urb->frame;
	transaction->time = transaction->end_time = urb->time;
	if (!channel->sure)
		transaction->notes |= 1u << NOTE_RESYNCHRONISED;
	channel->sure = true;
	channel->current = pending;
	return pending;
}

/* A command is missing, and it may have been what a later one refers to. */
static void forget_requests(struct channel_state *channel)
{
	memset(&channel->swim_read, 0, sizeof channel->swim_read);
	memset(&channel->misc_out, 0, sizeof channel->misc_out);
}

static void out_submitted(struct channel_state *channel, const struct urb_event *urb)
{
	struct pending *pending = channel->current;

	channel->saw_out_submission = true;
	if (pending && takes_data(channel, pending, urb)) {
		take_data(channel, pending, urb);
		return;
	}
	if (pending)
		finish(channel, pending);
	if ((!channel->sure || channel->bulk_only || !urb->wire || urb->wire > COMMAND_LENGTH) && !looks_like_command(channel, urb)) {
		forget_requests(channel);
		urb_opened(channel, urb, NULL);
		tell(channel, USB_NOTE_STRAY_OUT, urb);
		return;
	}
	pending = begin(channel, urb);
	pending->submitted = urb->time;
	if (channel->bulk_only)
		read_cbw(pending, urb);
	else
		buffer_append(&pending->request, urb->data, urb->captured, urb->wire);
	frame_append(&pending->command_frames, urb->frame);
	judge_request(channel, pending);
	order_add(channel->owner, pending);
	pending->out_open = 1;
	urb_opened(channel, urb, pending);
	finish_if_done(channel, pending);
}

/* The capture begins between a command's submission and its completion, or lost the former: that it was one is all that is known of it. */
static void begin_unseen(struct channel_state *channel, const struct urb_event *urb)
{
	struct pending *pending = begin(channel, urb);

	forget_requests(channel);
	pending->transaction.notes |= 1u << NOTE_NO_SUBMISSION;
	pending->transaction.out_completed = true;
	pending->cut_by_capture = true;
	pending->last_completion = urb->time;
	frame_append(&pending->command_frames, urb->frame);
	judge_request(channel, pending);
	order_add(channel->owner, pending);
}

/* The completion of an OUT transfer whose submission is not in the capture, for that begins behind it or lost it. Returns false where it is neither. */
static bool out_completed_alone(struct channel_state *channel, const struct urb_event *urb)
{
	struct pending *pending = channel->current;
	bool lossy = channel->owner->tracker->lossy || channel->saw_out_submission;

	if (!urb_went_well(urb) || !urb->length)
		return false;
	if (lossy && pending && urb->length == pending->transaction.data_due - pending->data.wire) {
		pending->cut_by_capture = true;
		frame_append(&pending->data_frames, urb->frame);
		return true;
	}
	if (urb->length > COMMAND_LENGTH || (!lossy && (channel->sure || pending)))
		return false;
	if (pending) {
		pending->cut_by_capture = true;
		finish(channel, pending);
	}
	begin_unseen(channel, urb);
	return true;
}

static void out_completed(struct channel_state *channel, const struct urb_event *urb)
{
	struct open_urb open;
	struct pending *pending;

	channel->saw_out_completion = true;
	channel->out_unseen = false;
	if (!urb_closed(channel, urb, &open)) {
		if (!out_completed_alone(channel, urb))
			tell(channel, urb_went_well(urb) ? USB_NOTE_STRAY_OUT : USB_NOTE_URB_ERROR, urb);
		return;
	}
	if (!owner_alive(&open)) {
		if (!urb_went_well(urb))
			tell(channel, USB_NOTE_URB_ERROR, urb);
		return;
	}
	pending = open.owner;
	if (open.frame == pending->transaction.frame) {
		frame_append(&pending->command_frames, urb->frame);
		pending->transaction.out_completed = urb_went_well(urb);
	} else {
		frame_append(&pending->data_frames, urb->frame);
	}
	pending->out_open--;
	if (pending->finished)
		return;
	pending->last_completion = urb->time;
	if (!urb_went_well(urb))
		failed(pending, urb, &open, true);
	finish_if_done(channel, pending);
}

static void in_submitted(struct channel_state *channel, const struct urb_event *urb)
{
	struct pending *pending = awaits_answer(channel, channel->current) ? channel->current : NULL;

	channel->saw_in_submission = true;
	if (pending) {
		pending->in_open++;
		pending->in_asked++;
		pending->transaction.asked += urb->length;
	}
	urb_opened(channel, urb, pending);
}

/* An IN completion that no command was waiting for. */
static void unowned_answer(struct channel_state *channel, const struct urb_event *urb)
{
	if (urb->wire || (urb_went_well(urb) && urb->length)) {
		/* What was left unread has been fetched now. */
		if (channel->unread)
			channel->unread--;
		channel->shift = 0;
		channel->owner->probe.stray_answers++;
		tell(channel, USB_NOTE_STRAY, urb);
	} else if (urb_went_well(urb) || urb->result == URB_CANCELLED || urb->result == URB_TIMED_OUT) {
		channel->owner->probe.drain_reads++;
		tell(channel, USB_NOTE_DRAIN, urb);
	} else {
		tell(channel, USB_NOTE_URB_ERROR, urb);
	}
}

/* Reads of one endpoint come back in the order in which they were submitted: of one that is still open behind a later one, that is missing. */
static bool is_overtaken(const struct channel_state *channel, const struct pending *pending, const struct open_urb *completed)
{
	for (size_t i = 0; i < channel->open_count; i++)
		if (channel->open[i].owner == pending && owner_alive(&channel->open[i]) && channel->open[i].endpoint == completed->endpoint &&
		    channel->open[i].frame < completed->frame)
			return true;
	return false;
}

/*
 * The wrapper was asked for, and the answer before it never was, though a host asks for both; or it came in a read that had no room for it, so
 * that the records between that read and its own are missing.
 */
static bool is_read_missing(const struct pending *pending, const struct open_urb *completed)
{
	const struct transaction *transaction = &pending->transaction;
	bool never_asked = completed->length == MSC_CSW_LENGTH && pending->in_asked == 1, no_room = completed->length && completed->length < MSC_CSW_LENGTH;

	return (never_asked || no_room) && transaction->answer_due && !transaction->answered && transaction->answer_due != STLINK_ANY_LENGTH &&
	       transaction->csw.present && !transaction->csw.status;
}

static bool take_csw(struct pending *pending, const struct urb_event *urb)
{
	struct transaction *transaction = &pending->transaction;
	struct msc_csw csw;

	if (!msc_csw_read(urb->data, urb->captured, urb->wire, &csw))
		return false;
	/* A wrapper in place of data that is due must at least carry the command's tag. */
	if (transaction->answer_due != STLINK_ANY_LENGTH && pending->answer.wire < transaction->answer_due && csw.tag != transaction->cbw_tag)
		return false;
	if (csw.tag != transaction->cbw_tag)
		transaction->notes |= 1u << NOTE_CSW_TAG;
	transaction->csw.present = true;
	transaction->csw.frame = urb->frame;
	transaction->csw.tag = csw.tag;
	transaction->csw.residue = csw.residue;
	transaction->csw.status = csw.status;
	return true;
}

static void take_answer(struct pending *pending, const struct urb_event *urb)
{
	if (pending->transaction.answered)
		pending->transaction.notes |= 1u << NOTE_SPLIT_ANSWER;
	if (urb_went_well(urb))
		pending->transaction.answered = true;
	buffer_append(&pending->answer, urb->data, urb->captured, urb->wire);
}

static void in_completed(struct channel_state *channel, const struct urb_event *urb)
{
	struct open_urb open;
	bool known = urb_closed(channel, urb, &open);
	struct pending *pending = known && owner_alive(&open) && !open.owner->finished ? open.owner : NULL;
	bool fruitless = !urb->wire && !(urb_went_well(urb) && known && open.owner);

	if (pending)
		pending->in_open--;
	else if (awaits_answer(channel, channel->current) && !(known && fruitless))
		pending = channel->current;
	if (!pending) {
		unowned_answer(channel, urb);
		return;
	}
	if (!known && channel_two_sided(channel))
		pending->transaction.notes |= 1u << NOTE_NO_SUBMISSION;
	channel->out_unseen = !channel->saw_out_completion;
	pending->last_completion = urb->time;
	if (!urb_went_well(urb))
		failed(pending, urb, known ? &open : NULL, false);
	/* More than was asked for would have been an overflow: what was read then, and the next read's submission are missing. */
	pending->answer_lost |= known && (is_overtaken(channel, pending, &open) || (open.length && urb_went_well(urb) && urb->wire > open.length));
	if (channel->bulk_only && take_csw(pending, urb)) {
		pending->answer_lost |= known && is_read_missing(pending, &open);
	} else {
		if (known)
			frame_append(&pending->answer_frames, open.frame);
		frame_append(&pending->answer_frames, urb->frame);
		if (urb_went_well(urb) || urb->wire)
			take_answer(pending, urb);
	}
	finish_if_done(channel, pending);
}

void channel_observe(struct channel_state *channel, const struct urb_event *urb)
{
	bool out = !(urb->endpoint & 0x80);

	if (urb->kind == URB_SUBMIT) {
		if (out)
			out_submitted(channel, urb);
		else
			in_submitted(channel, urb);
	} else if (out) {
		out_completed(channel, urb);
	} else {
		in_completed(channel, urb);
	}
	channel->last_time = urb->time;
}

void channel_flush(struct channel_state *channel, bool cut)
{
	struct pending *pending = channel->current;

	if (pending) {
		pending->cut_by_capture = cut;
		finish(channel, pending);
	}
	channel->open_count = 0;
	channel->sure = false;
	channel->unread = channel->shift = 0;
	memset(channel->past, 0, sizeof channel->past);
}

void channel_reset(struct channel_state *channel)
{
	channel->open_count = 0;
	channel->sure = true;
	channel->unread = channel->shift = 0;
	memset(channel->past, 0, sizeof channel->past);
	forget_requests(channel);
}

bool channel_idle(const struct channel_state *channel)
{
	for (size_t i = 0; i < channel->open_count; i++)
		if (owner_alive(&channel->open[i]) && !channel->open[i].owner->finished)
			return false;
	return true;
}
