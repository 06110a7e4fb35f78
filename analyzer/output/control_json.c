/*
 * A control transfer as JSON members (control_json.h).
 */
#include "control_json.h"

#include "value_json.h"

/* "answer" holds the fields of the first descriptor; those behind it are objects in its array "descriptors". */
struct members { struct sink sink; struct json *json; unsigned descriptors; };

static void field_member(struct sink *sink, const struct value *value)
{
	value_json_field(((struct members *)sink)->json, value);
}

static void descriptor_member(struct sink *sink, const struct value *value)
{
	struct members *members = (struct members *)sink;

	if (!value->offset) {
		if (members->descriptors == 1)
			json_begin_array(members->json, "descriptors");
		else if (members->descriptors > 1)
			json_end(members->json);
		if (members->descriptors)
			json_begin_object(members->json, NULL);
		members->descriptors++;
	}
	value_json_field(members->json, value);
}

static void answer_member(struct json *json, const struct control_view *view)
{
	struct members members = { .sink.value = descriptor_member, .json = json };

	json_begin_object(json, "answer");
	control_walk_answer(view, &members.sink);
	if (members.descriptors > 1) {
		json_end(json);
		json_end(json);
	}
	if (view->withheld)
		json_string(json, "serial_id", *view->serial_id ? view->serial_id : NULL);
	else if (*view->text)
		json_string(json, "text", view->text);
	json_end(json);
}

static void frames_member(struct json *json, const struct control_transfer *transfer)
{
	json_begin_array(json, "frames");
	if (transfer->frame)
		json_unsigned(json, NULL, transfer->frame);
	if (transfer->end_frame)
		json_unsigned(json, NULL, transfer->end_frame);
	json_end(json);
}

void control_json_members(struct json *json, const struct control_view *view, uint32_t most_bytes)
{
	const struct control_transfer *transfer = view->transfer;
	struct members request = { .sink.value = field_member, .json = json };

	frames_member(json, transfer);
	json_begin_object(json, "request");
	control_walk_setup(view, &request.sink);
	json_end(json);
	json_string(json, "request_name", usb_request_name(&transfer->setup));
	answer_member(json, view);
	json_unsigned(json, "length", transfer->bytes.wire);
	if (!view->withheld)
		json_hex(json, "bytes", view->bytes.bytes, view->bytes.captured < most_bytes ? view->bytes.captured : most_bytes);
	json_string(json, "urb_result", urb_result_name(transfer->urb_result));
	json_integer(json, "urb_status", transfer->urb_status);
	json_boolean(json, "failed", view->end == CONTROL_FAILED);
	if (transfer->latency >= 0)
		json_integer(json, "latency_us", transfer->latency / 1000);
	else
		json_null(json, "latency_us");
	json_begin_array(json, "notes");
	for (unsigned note = 0; note < NOTES; note++)
		if (view->notes >> note & 1)
			json_string(json, NULL, note_name(note));
	json_end(json);
	json_string(json, "text", view->words);
}
