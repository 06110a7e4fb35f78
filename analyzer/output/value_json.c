/*
 * The decoded fields of a transaction as JSON members (value_json.h): one sink.
 * Raw payload is no member: request_bytes, data_bytes and answer_bytes carry it.
 */
#include "value_json.h"

#include <stdio.h>

#include "target.h"

struct members {
	struct sink sink;
	struct json *json;
	const struct field *array; /* the repeated field whose array is open; of a batch: the first field of an item */
	struct target_batch target; /* of the items of a RW_MISC_OUT */
	bool outgoing;              /* that is what they are */
	bool batch, item;          /* "items" is an array of objects, and one of them is open */
};

/* What the value of a register means, beside what holds it. */
static void words_member(struct json *json, const struct target_register *row, uint32_t value)
{
	char words[256];

	if (registers_words(row, value, words, sizeof words))
		json_string(json, "value_words", words);
}

static void member(struct json *json, const struct value *value, const char *key)
{
	const struct field *field = value->field;
	char name_key[64], text[256];

	switch (field->show) {
	case SHOW_BYTES:
		json_hex(json, key, value->bytes, value->length);
		return;
	case SHOW_ASCII:
		snprintf(text, sizeof text, "%.*s", (int)value->length, (const char *)value->bytes);
		json_string(json, key, text);
		return;
	case SHOW_TEXT:
		json_string(json, key, value->text);
		return;
	default:
		break;
	}
	json_unsigned(json, key, value->number);
	if (value->name && key) {
		snprintf(name_key, sizeof name_key, "%s_name", key);
		json_string(json, name_key, value->name);
	}
}

/* "port" says which of the two; the number is an access port's. */
static void port_member(struct json *json, const struct value *value)
{
	json_string(json, "port", value->name ? value->name : "AP");
	if (value->name)
		json_null(json, "ap");
	else
		json_unsigned(json, "ap", value->number);
}

static void close_array(struct members *members)
{
	if (members->item)
		json_end(members->json);
	if (members->array)
		json_end(members->json);
	members->array = NULL;
	members->item = false;
}

/* A batch comes item by item: the first field that comes again begins the next one. */
static void batch_member(struct members *members, const struct value *value)
{
	const struct target_register *row;

	if (!members->array) {
		json_begin_array(members->json, "items");
		members->array = value->field;
	}
	if (value->field == members->array) {
		if (members->item)
			json_end(members->json);
		json_begin_object(members->json, NULL);
		members->item = true;
	}
	member(members->json, value, value->field->name);
	if (!members->outgoing)
		return;
	row = target_batch_value(&members->target, value);
	if (row && members->target.operation == MISC_WRITE)
		words_member(members->json, row, (uint32_t)value->number);
	else if (row)
		json_string(members->json, "address_name", row->name);
}

static bool is_silent(const struct field *field)
{
	return field->show == SHOW_PADDING || field->show == SHOW_STALE || (field->show == SHOW_BYTES && field->width == FIELD_REST);
}

void value_json_field(struct json *json, const struct value *value)
{
	if (!is_silent(value->field))
		member(json, value, value->field->name);
}

static void json_value(struct sink *sink, const struct value *value)
{
	struct members *members = (struct members *)sink;
	const struct field *field = value->field;
	bool repeated = field->count_role != ROLE_NONE && !field->counted;

	if (is_silent(field))
		return;
	if (repeated && members->batch) {
		batch_member(members, value);
		return;
	}
	if (members->array && members->array != field)
		close_array(members);
	if (!repeated) {
		if (field->role == ROLE_PORT)
			port_member(members->json, value);
		else
			member(members->json, value, field->name);
		return;
	}
	if (!members->array) {
		json_begin_array(members->json, field->name);
		members->array = field;
	}
	member(members->json, value, NULL);
}

static struct cursor cursor_of(const struct payload *payload)
{
	return cursor_over(payload->bytes, payload->captured, payload->wire);
}

static struct members members_of(struct json *json, const struct transaction *transaction)
{
	enum stlink_operation operation = transaction->command->operation;

	return (struct members){
		.sink.value = json_value, .json = json, .outgoing = operation == OP_MISC_OUT,
		.batch = operation == OP_MISC_OUT || operation == OP_MISC_IN,
	};
}

/* Names beside the numbers of the request. */
static void target_members(struct json *json, const struct transaction *transaction)
{
	bool address = operation_has(&transaction->request_operation, ROLE_ADDRESS);
	struct target target = target_of(transaction);

	if (target.place)
		json_string(json, address ? "address_name" : "register_name", target.place);
	if (target.region)
		json_string(json, "region", target.region);
	if (target.holder == PART_REQUEST || target.holder == PART_DATA)
		words_member(json, target.row, target.value);
}

void value_json_request(struct json *json, const struct transaction *transaction)
{
	struct members members = members_of(json, transaction);

	stlink_walk_request(transaction->command, cursor_of(&transaction->request), NULL, &members.sink);
	close_array(&members);
	if (transaction->data.wire)
		stlink_walk_data(transaction->command, cursor_of(&transaction->data), &transaction->request_operation, NULL, &members.sink);
	close_array(&members);
	target_members(json, transaction);
}

void value_json_answer(struct json *json, const struct transaction *transaction)
{
	struct members members = members_of(json, transaction);
	bool reading = operation_has(&transaction->answer_operation, ROLE_READING);
	struct target target = target_of(transaction);

	if (!transaction->answered && !transaction->answer.wire)
		return;
	stlink_walk_answer(transaction->command, cursor_of(&transaction->answer), &transaction->request_operation,
	                   transaction->earlier, NULL, &members.sink);
	close_array(&members);
	if (target.holder == PART_ANSWER)
		words_member(json, target.row, target.value);
	if (reading && !operation_get(&transaction->answer_operation, ROLE_REFERENCE, 0))
		json_null(json, "voltage"); /* the probe's own reference was not measured, so nothing is known */
}
