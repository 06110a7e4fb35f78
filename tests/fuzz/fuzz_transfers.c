/*
 * Fuzzes the tracker and the field tables with transfers instead of a file: no header to guess, so the fuzzer gets deep.
 * Input: repeated [what][length][bytes]. Bits 0-1 of what: command, answer, trace or control endpoint; bit 2: submission or
 * completion; bits 3-5: the result; bits 6-7: time that passes. The device describes itself as a V2-1 first.
 * The listener walks every transaction and checks that values lie within their bytes, in order.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../analyzer/track/track.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct checking_sink {
	struct sink sink;
	const struct payload *part;
};

static void check_value(struct sink *sink, const struct value *value)
{
	const struct payload *part = ((struct checking_sink *)sink)->part;

	if (!value->field || !value->field->name)
		abort();
	if (value->length == 0)
		return;
	if (value->offset > part->captured || value->length > part->captured - value->offset)
		abort();
	if (value->bytes != part->bytes + value->offset)
		abort();
}

static struct cursor cursor_of(const struct payload *payload)
{
	return cursor_over(payload->bytes, payload->captured, payload->wire);
}

static void check_transaction(void *context, const struct probe *probe, const struct session *session,
                              const struct transaction *transaction)
{
	struct checking_sink checking = { .sink = { .value = check_value } };
	struct operation operation = { .seen = 0 };

	(void)context;
	(void)probe;
	(void)session;
	if (!transaction->command || transaction->result >= RESULTS || !result_name(transaction->result))
		abort();
	checking.part = &transaction->request;
	stlink_walk_request(transaction->command, cursor_of(&transaction->request), &operation, &checking.sink);
	checking.part = &transaction->data;
	stlink_walk_data(transaction->command, cursor_of(&transaction->data), &operation, NULL, &checking.sink);
	checking.part = &transaction->answer;
	stlink_walk_answer(transaction->command, cursor_of(&transaction->answer), &operation, transaction->earlier, NULL, &checking.sink);
}

static void describe(struct tracker *tracker, struct urb_event *urb, uint8_t type, const uint8_t *descriptor, uint8_t length)
{
	const uint8_t setup[8] = { 0x80, 6, 0, type, 0, 0, length, 0 };

	urb->frame++;
	urb->type = URB_CONTROL;
	urb->endpoint = 0x80;
	urb->kind = URB_SUBMIT;
	urb->result = URB_PENDING;
	urb->has_setup = true;
	memcpy(urb->setup, setup, sizeof setup);
	urb->length = length;
	urb->captured = urb->wire = 0;
	tracker_observe(tracker, urb);

	urb->frame++;
	urb->kind = URB_COMPLETE;
	urb->result = URB_OK;
	urb->has_setup = false;
	urb->data = descriptor;
	urb->captured = urb->wire = length;
	tracker_observe(tracker, urb);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t device[18] = { 18, 1, 0, 2, 0xef, 2, 1, 64, 0x83, 4, 0x4b, 0x37, 0, 1, 0, 0, 0, 1 };
	static const uint8_t configuration[] = {
		9, 2, 39, 0, 1, 1, 0, 0x80, 50, 9, 4, 0, 0, 3, 0xff, 0xff, 0xff, 0,
		7, 5, 0x81, 2, 64, 0, 0, 7, 5, 0x01, 2, 64, 0, 0, 7, 5, 0x82, 2, 64, 0, 0,
	};
	static const uint8_t endpoints[] = { 0x01, 0x81, 0x82, 0x80 };
	static const enum urb_result results[8] = {
		URB_OK, URB_OK, URB_OK, URB_CANCELLED, URB_STALLED, URB_LINE_ERROR, URB_GONE, URB_SHORT_READ,
	};
	const struct listener listener = { .transaction = check_transaction };
	struct urb_event urb = { .bus = 1, .device = 2, .id = 1, .time = 1 };
	struct tracker *tracker = tracker_new();

	tracker_listen(tracker, &listener);
	describe(tracker, &urb, 1, device, sizeof device);
	describe(tracker, &urb, 2, configuration, sizeof configuration);
	while (size >= 2) {
		uint8_t what = data[0];
		size_t length = data[1] < size - 2 ? data[1] : size - 2;

		urb.frame++;
		urb.time += (int64_t[]){ 1000000, 2000000, 100000000, 3000000000 }[what >> 6];
		urb.endpoint = endpoints[what & 3];
		urb.type = (what & 3) == 3 ? URB_CONTROL : URB_BULK;
		urb.kind = what & 4 ? URB_COMPLETE : URB_SUBMIT;
		urb.result = what & 4 ? results[what >> 3 & 7] : URB_PENDING;
		urb.id = urb.endpoint;
		urb.length = (uint32_t)length;
		urb.data = data + 2;
		urb.captured = urb.wire = !!(urb.endpoint & 0x80) == !!(what & 4) ? (uint32_t)length : 0;
		if (urb.type == URB_CONTROL && urb.kind == URB_SUBMIT && length >= 8) {
			urb.has_setup = true;
			memcpy(urb.setup, data + 2, 8);
		}
		tracker_observe(tracker, &urb);
		urb.has_setup = false;
		data += 2 + length;
		size -= 2 + length;
	}
	tracker_finish(tracker);
	tracker_free(tracker);
	return 0;
}
