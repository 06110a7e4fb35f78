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
	const struct transaction *transaction;
	struct target_batch target; /* of the items of a RW_MISC_OUT */
	bool outgoing;              /* that is what they are */
	size_t result;              /* the next result of a RW_MISC_IN that is not told yet */
	bool batch, item;          /* "items" is an array of objects, and one of them is open */
};

/* What the value of a register means, beside what holds it. */
static void words_member(struct json *json, const struct target_register *row, uint32_t value)
{
	char words[256];

	if (registers_words(row, value, words, sizeof words))
		json_string(json, "value_words", words);
}

/* The register or memory at an address. */
static void place_members(struct json *json, const struct target *target, const char *key)
{
	char place[TARGET_PLACE];

	if (target_place(target, place, sizeof place))
		json_string(json, key, place);
	if (target->region)
		json_string(json, "region", target->region);
}

/* The value of a register as it was reached, not as the command says it. */
static void reached_value(struct json *json, const struct target *target)
{
	const struct access *access = target->access;
	char words[256];

	json_unsigned(json, "value", access->value);
	if (!target->row || target->other || (access->kind == ACCESS_MEMORY && !registers_whole(target->row, access->length)))
		return;
	words_member(json, target->row, access->value);
	if (registers_meaning(target->row, access->value, words, sizeof words))
		json_string(json, "means", words);
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

/* What an item read: its address, and the register of the core that came by it. */
static void result_members(struct members *members, uint32_t item)
{
	const struct transaction *transaction = members->transaction;

	for (; members->result < transaction->access_count && transaction->accesses[members->result].item <= item; members->result++) {
		const struct access *access = &transaction->accesses[members->result];
		struct target target = target_of_access(access, transaction->chip);
		char words[256];

		if (access->item < item)
			continue;
		if (access->kind == ACCESS_CORE) {
			json_string(members->json, "register_name", name_of(core_register_names, access->address));
			continue;
		}
		json_unsigned(members->json, "address", access->address);
		place_members(members->json, &target, "address_name");
		if (!access->has_value || !target.row || target.other)
			continue;
		words_member(members->json, target.row, access->value);
		if (registers_meaning(target.row, access->value, words, sizeof words))
			json_string(members->json, "means", words);
	}
}

/* A batch comes item by item: the first field that comes again begins the next one. */
static void batch_member(struct members *members, const struct value *value)
{
	const struct target *target;

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
	if (!members->outgoing) {
		if (value->field->role == ROLE_STATUS)
			result_members(members, value->index);
		return;
	}
	target = target_batch_value(&members->target, value);
	if (target && members->target.operation == MISC_WRITE)
		words_member(members->json, target->row, (uint32_t)value->number);
	else if (target)
		place_members(members->json, target, "address_name");
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
		.sink.value = json_value, .json = json, .outgoing = operation == OP_MISC_OUT, .transaction = transaction,
		.target.chip = transaction->chip,
		.batch = operation == OP_MISC_OUT || operation == OP_MISC_IN,
	};
}

/* Names beside the numbers of the request. */
static void target_members(struct json *json, const struct transaction *transaction)
{
	bool address = operation_has(&transaction->request_operation, ROLE_ADDRESS);
	struct target target = target_of(transaction);

	if (target.gate)
		json_string(json, "register_name", target.gate);
	else
		place_members(json, &target, address ? "address_name" : "register_name");
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

static void one_access(struct json *json, const struct transaction *transaction, const struct access *access)
{
	struct target target = target_of_access(access, transaction->chip);
	bool withheld = !access->write && transaction->answer.captured < transaction->answer.wire;

	json_begin_object(json, NULL);
	json_string(json, "kind", access->kind == ACCESS_CORE ? "core" : access->kind == ACCESS_MEMORY ? "memory" : "port");
	json_boolean(json, "write", access->write);
	if (!access->known) {
		json_null(json, "address");
	} else if (access->kind == ACCESS_MEMORY) {
		json_unsigned(json, "address", access->address);
		json_unsigned(json, "length", access->length);
		place_members(json, &target, "address_name");
	} else {
		const char *core = access->kind == ACCESS_CORE ? name_of(core_register_names, access->address) : NULL;

		json_unsigned(json, "register", access->address);
		if (core)
			json_string(json, "register_name", core);
		else
			place_members(json, &target, "register_name");
	}
	if (access->has_value && access->known && !withheld)
		reached_value(json, &target);
	json_end(json);
}

/* Registers side by side that one command read or wrote. */
static void block_members(struct json *json, const struct transaction *transaction)
{
	struct target target = target_of(transaction), word;
	uint32_t count = target_word_count(target.access), value;
	bool begun = false;

	for (uint32_t i = 0; i < count; i++) {
		char words[256];

		if (!target_word(target.access, transaction->chip, i, &word, &value))
			continue;
		if (!begun)
			json_begin_array(json, "registers");
		begun = true;
		json_begin_object(json, NULL);
		json_unsigned(json, "address", target.access->address + 4 * i);
		place_members(json, &word, "address_name");
		json_unsigned(json, "value", value);
		words_member(json, word.row, value);
		if (registers_meaning(word.row, value, words, sizeof words))
			json_string(json, "means", words);
		json_end(json);
	}
	if (begun)
		json_end(json);
}

void value_json_reached(struct json *json, const struct transaction *transaction)
{
	char words[256];
	bool begun = false;

	if (target_means(transaction, words, sizeof words))
		json_string(json, "means", words);
	block_members(json, transaction);
	for (size_t i = 0; i < transaction->access_count; i++) {
		const struct access *access = &transaction->accesses[i];

		if (access->way == ACCESS_DIRECT || access->way == ACCESS_BATCH || transaction->command->operation == OP_MISC_IN)
			continue;
		if (!begun)
			json_begin_array(json, "reached");
		begun = true;
		one_access(json, transaction, access);
	}
	if (begun)
		json_end(json);
}
