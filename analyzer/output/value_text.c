/*
 * The decoded fields of a transaction in brief (value_text.h): a sink over the walks.
 */
#include "value_text.h"

#include <string.h>

#include "target.h"

#define BRIEF_BYTES 8  /* of a payload on a line */
#define BRIEF_ITEMS 3  /* of a batch on a line */
#define BRIEF_RESULTS 4 /* of a batch that read registers */
#define BRIEF_WORDS 4  /* registers side by side */
#define WORD 4
#define CORE_DATA 0xe000edf8u /* DCRDR */

static struct cursor cursor_of(const struct payload *payload)
{
	return cursor_over(payload->bytes, payload->captured, payload->wire);
}

void value_walk(const struct transaction *transaction, enum part part, struct sink *sink)
{
	const struct operation *request = &transaction->request_operation;

	switch (part) {
	case PART_NONE:
		break;
	case PART_REQUEST:
		stlink_walk_request(transaction->command, cursor_of(&transaction->request), NULL, sink);
		break;
	case PART_DATA:
		stlink_walk_data(transaction->command, cursor_of(&transaction->data), request, NULL, sink);
		break;
	case PART_ANSWER:
		stlink_walk_answer(transaction->command, cursor_of(&transaction->answer), request, transaction->earlier, NULL, sink);
		break;
	}
}

bool value_is_bytes(const struct field *field)
{
	return field->show == SHOW_BYTES || field->show == SHOW_PADDING || field->show == SHOW_STALE || field->show == SHOW_ASCII;
}

void value_text_number(struct text *text, const struct value *value)
{
	const struct field *field = value->field;

	if (value->name) {
		text_add(text, value->name);
		return;
	}
	if (field->show == SHOW_DEC) {
		text_unsigned(text, value->number);
	} else {
		text_add(text, "0x");
		text_hex(text, value->number, field->show == SHOW_ADDRESS ? 8 : 2U * field->width);
	}
	if (field->names && !field->some_named)
		text_add(text, " (unknown)");
}

/* The first bytes of a payload, and how many there are where that is more. */
static void bytes_brief(struct text *text, const uint8_t *bytes, size_t captured, size_t wire)
{
	size_t shown = captured < BRIEF_BYTES ? captured : BRIEF_BYTES;

	text_hex_bytes(text, bytes, shown);
	if (shown == wire)
		return;
	text_add(text, shown ? " ... " : "");
	text_unsigned(text, wire);
	text_add(text, wire == 1 ? " byte" : " bytes");
}

/* What the value of a register means; the register of the core that came by it. */
static void words_brief(struct text *text, const struct target *target, uint32_t value)
{
	char words[TARGET_WORDS];

	if (target->core && target->access->address == CORE_DATA) {
		text_char(text, ' ');
		text_add(text, target->core);
		return;
	}
	if (!target_words(target, value, words, sizeof words))
		return;
	text_char(text, ' ');
	text_add(text, words);
}

/* Registers side by side, read or written at once: "DCRDR 0x00000000, DEMCR 0x01000501 halt after a reset"; false where they are not. */
static bool words_in_turn(struct text *text, const struct transaction *transaction, const struct target *target, enum part part)
{
	const struct access *access = target->access;
	uint32_t count = target_word_count(access), value;
	struct target word;

	if (!count || count > BRIEF_WORDS || (part == PART_DATA) != access->write)
		return false;
	for (uint32_t i = 0; i < count; i++)
		if (!target_word(access, transaction->chip, i, &word, &value))
			return false;
	for (uint32_t i = 0; i < count; i++) {
		target_word(access, transaction->chip, i, &word, &value);
		text_add(text, i ? ", " : "");
		text_add(text, word.row->name);
		text_add(text, " 0x");
		text_hex(text, value, 8);
		words_brief(text, &word, value);
	}
	return true;
}

/* Memory as it is: a register's value and its words, else bytes, and a word's value. */
static void memory_brief(struct text *text, const struct transaction *transaction, const struct payload *payload, enum part part)
{
	struct target target = target_of(transaction);
	uint64_t address = operation_get(&transaction->request_operation, ROLE_ADDRESS, 1);

	if (target.holder == part) {
		text_add(text, "0x");
		text_hex(text, target.value, 2 * target.access->length);
		words_brief(text, &target, target.value);
		return;
	}
	if (words_in_turn(text, transaction, &target, part))
		return;
	bytes_brief(text, payload->bytes, payload->captured, payload->wire);
	if (payload->captured == 4 && payload->wire == 4 && address % 4 == 0) {
		struct cursor bytes = cursor_of(payload);
		uint64_t word = 0;

		cursor_uint(&bytes, 4, false, &word);
		text_add(text, " = 0x");
		text_hex(text, word, 8);
	}
}

/* In brief */

struct brief {
	struct sink sink;
	struct text *text;
	const struct transaction *transaction;
	struct target target;
	struct target_batch batch;
	enum part part;
	bool loader; /* the mode says that a loader answers: its version means something */
	uint64_t vid;
	const struct field *item; /* first field of a repetition */
	bool elided;              /* "..." stands for the rest of them */
};

static bool is_batch(const struct brief *brief)
{
	enum stlink_operation operation = brief->transaction->command->operation;

	return operation == OP_MISC_OUT || operation == OP_MISC_IN;
}

/* What the line says elsewhere or better, and what would only be noise in it. */
static bool is_left_out(const struct brief *brief, const struct value *value)
{
	const struct field *field = value->field;
	enum stlink_operation operation = brief->transaction->command->operation;

	switch (field->role) {
	case ROLE_STATUS: case ROLE_REFERENCE: case ROLE_READING: case ROLE_VERSION: case ROLE_JTAG: case ROLE_VID:
		return true; /* "voltage" and "firmware" say it; the product id brings the vendor along */
	case ROLE_VALUE2:
		return !value->number;
	case ROLE_LENGTH: /* a whole register is what its name says */
		return brief->part == PART_REQUEST && brief->target.row && !brief->target.other && value->number == WORD;
	case ROLE_LOADER:
		return !brief->loader || !value->number;
	case ROLE_AP:
		return field->optional && !value->number;
	case ROLE_FAULT_ADDRESS:
		return !value->number || (brief->transaction->status_row && brief->transaction->status_row->class == STATUS_OK);
	case ROLE_NONE:
		return field->show == SHOW_PADDING || field->show == SHOW_STALE || (operation == OP_VERSION_EX && field->show == SHOW_DEC) ||
		       (brief->part == PART_REQUEST && brief->transaction->command->group == GROUP_MEMORY); /* CSW, client id */
	default:
		return false;
	}
}

/* Values that say what they are without their name. */
static bool is_plain(const struct brief *brief, const struct value *value)
{
	enum role role = value->field->role;

	return (brief->part == PART_ANSWER && (role == ROLE_VALUE || role == ROLE_MODE)) || role == ROLE_PORT;
}

/* The nominal clock of a V2's divisor: nobody knows those by heart. */
static void divisor_brief(struct text *text, const struct transaction *transaction, const struct value *value)
{
	bool jtag = !strcmp(transaction->command->name, "JTAG_SET_FREQ");
	uint32_t khz = jtag ? stlink_jtag_divisor_khz((uint16_t)value->number) : stlink_swd_divisor_khz((uint16_t)value->number);

	if (!khz)
		return;
	text_add(text, " (");
	text_unsigned(text, khz);
	text_add(text, " kHz)");
}

/* Repetitions: "speeds_khz=24000, 8000, ..."; items of a batch, whose fields come in turn: "ADDRESS DCRSR, WRITE 0x00000001 read r1, ...". */
static void brief_repeated(struct brief *brief, const struct value *value)
{
	const struct field *field = value->field;
	struct text *text = brief->text;
	bool first_of_item = !brief->item || brief->item == field;
	const struct target *target = NULL;

	if (brief->part == PART_DATA)
		target = target_batch_value(&brief->batch, value);
	if (value->index >= BRIEF_ITEMS) {
		text_add(text, brief->elided ? "" : ", ...");
		brief->elided = true;
		return;
	}
	if (field->role == ROLE_STATUS && value->number == STLINK_STATUS_OK)
		return;
	brief->item = brief->item ? brief->item : field;
	text_add(text, first_of_item && value->index ? ", " : " ");
	if (field->role == ROLE_STATUS || (!value->index && !is_batch(brief))) {
		text_add(text, field->name);
		text_char(text, '=');
	}
	if (target && brief->batch.operation != MISC_WRITE) {
		char place[TARGET_PLACE];

		target_place(target, place, sizeof place);
		text_add(text, place);
		return;
	}
	value_text_number(text, value);
	if (target)
		words_brief(text, target, (uint32_t)value->number);
}

static void brief_bytes(struct brief *brief, const struct value *value)
{
	text_char(brief->text, ' ');
	if (value->field->width != FIELD_REST) {
		text_add(brief->text, value->field->name);
		text_char(brief->text, '=');
	}
	if (value->field->show == SHOW_ASCII)
		text_printable(brief->text, value->bytes, value->length);
	else
		bytes_brief(brief->text, value->bytes, value->length, value->length);
}

static void address_brief(struct text *text, uint32_t address)
{
	text_add(text, " 0x");
	text_hex(text, address, 8);
}

/* Memory through a register of a port: "DRW at CPUID", "DRW at SRAM 0x20000000, 1 byte". */
static void gate_brief(struct text *text, const struct target *target, const char *place)
{
	const struct access *access = target->access;
	bool memory = access->kind == ACCESS_MEMORY;

	text_add(text, target->gate);
	text_add(text, access->way == ACCESS_POSTED ? " of " : " at ");
	if (!access->known) {
		text_add(text, "unknown address");
		return;
	}
	text_add(text, *place ? place : target->region ? target->region : "");
	if (memory && (!target->row || target->other))
		address_brief(text, access->address);
	if (!memory || access->length == WORD)
		return;
	text_add(text, ", ");
	text_unsigned(text, access->length);
	text_add(text, access->length == 1 ? " byte" : " bytes");
}

/* An address or a register by its name; false where it has none. The number of one that is sure is -v's matter. */
static bool brief_place(struct brief *brief, const struct value *value)
{
	const struct target *target = &brief->target;
	enum role role = value->field->role;
	char place[TARGET_PLACE];

	if (brief->part != PART_REQUEST || (role != ROLE_ADDRESS && role != ROLE_REGISTER) || !target->access)
		return false;
	if (target->access->kind == ACCESS_CORE) {
		if (value->name)
			text_add(brief->text, value->name);
		return value->name;
	}
	target_place(target, place, sizeof place);
	if (target->gate) {
		gate_brief(brief->text, target, place);
		return true;
	}
	if (!target->access->known && target->access->kind == ACCESS_DP)
		text_add(brief->text, "CTRL/STAT or its like of another bank");
	else if (*place || target->region)
		text_add(brief->text, *place ? place : target->region);
	else
		return false;
	if (role == ROLE_ADDRESS && (!target->row || target->other))
		address_brief(brief->text, (uint32_t)value->number);
	return true;
}

/* "DHCSR = 0xa05f0003": what is written to a register. */
static bool is_assigned(const struct brief *brief, const struct value *value)
{
	const struct target *target = &brief->target;

	return brief->part == PART_REQUEST && value->field->role == ROLE_VALUE && target->access &&
	       (target->row || target->region || target->gate || target->access->kind == ACCESS_CORE);
}

static void brief_value(struct sink *sink, const struct value *value)
{
	struct brief *brief = (struct brief *)sink;
	const struct field *field = value->field;
	struct text *text = brief->text;
	bool repeated = field->count_role != ROLE_NONE && !field->counted;

	if (field->role == ROLE_VID)
		brief->vid = value->number;
	if (field->role == ROLE_MODE)
		brief->loader = value->number == MODE_DFU || value->number == MODE_BOOTLOADER;
	if (repeated) {
		brief_repeated(brief, value);
		return;
	}
	if (is_left_out(brief, value))
		return;
	if (value_is_bytes(field)) {
		brief_bytes(brief, value);
		return;
	}
	text_char(text, ' ');
	if (brief_place(brief, value))
		return;
	if (field->show == SHOW_TEXT) {
		text_safe(text, value->text, 0);
		if (brief->transaction->command->operation == OP_VOLTAGE)
			text_add(text, " V");
		return;
	}
	if (field->role == ROLE_PID) {
		text_hex(text, brief->vid, 4);
		text_char(text, ':');
		text_hex(text, value->number, 4);
		return;
	}
	if (is_assigned(brief, value)) {
		text_add(text, "= ");
	} else if (!is_plain(brief, value)) {
		text_add(text, field->name);
		text_char(text, '=');
	} else if (field->role == ROLE_PORT && !value->name) {
		text_add(text, "AP ");
	}
	value_text_number(text, value);
	if (field->role == ROLE_SPEED && !strcmp(field->name, "divisor"))
		divisor_brief(text, brief->transaction, value);
	if (field->role == ROLE_VALUE && brief->target.holder == brief->part)
		words_brief(text, &brief->target, brief->target.value);
}

static void walk_brief(struct text *text, const struct transaction *transaction, enum part part)
{
	struct brief brief = {
		.sink.value = brief_value, .text = text, .transaction = transaction, .target = target_of(transaction), .part = part,
		.batch.chip = transaction->chip,
	};

	value_walk(transaction, part, &brief.sink);
}

void value_text_request(struct text *text, const struct transaction *transaction)
{
	const struct payload *request = &transaction->request;

	if (transaction->command != &stlink_unknown) {
		walk_brief(text, transaction, PART_REQUEST);
		return;
	}
	/* Nothing is known but its bytes; the zeros that fill it up to 16 say nothing. */
	uint32_t length = request->captured;

	while (length > 1 && !request->bytes[length - 1])
		length--;
	text_char(text, ' ');
	text_hex_bytes(text, request->bytes, length);
}

/* Does the part hold raw payload, without fields of its own? */
static bool is_raw(const struct field *layout)
{
	return !layout || (layout->width == FIELD_REST && layout->show == SHOW_BYTES);
}

void value_text_data(struct text *text, const struct transaction *transaction)
{
	const struct stlink_command *command = transaction->command;

	if (!transaction->data.wire)
		return;
	if (command->expand_data && command->data_phase == DATA_MISC) {
		walk_brief(text, transaction, PART_DATA);
		return;
	}
	text_char(text, ' ');
	memory_brief(text, transaction, &transaction->data, PART_DATA);
}

bool value_is_kept_back(const struct transaction *transaction, const struct access *access)
{
	return transaction->answer.captured < transaction->answer.wire && access->kind == ACCESS_MEMORY &&
	       stm32_unique_id_offset(access->address, WORD) != UINT32_MAX;
}

void value_text_result(struct text *text, const struct transaction *transaction, const struct access *access)
{
	struct target target = target_of_access(access, transaction->chip);
	char place[TARGET_PLACE], words[TARGET_WORDS];
	const char *core = access->kind == ACCESS_CORE ? name_of(core_register_names, access->address) : NULL;

	target_place(&target, place, sizeof place);
	text_add(text, core ? core : *place ? place : target.region ? target.region : "core register");
	if (!core && (!target.row || target.other))
		address_brief(text, access->address);
	if (!access->has_value) {
		text_add(text, " failed");
		return;
	}
	text_add(text, " = 0x");
	text_hex(text, access->value, 8);
	if (target.row && !target.other && target_words(&target, access->value, words, sizeof words)) {
		text_char(text, ' ');
		text_add(text, words);
	}
}

static void results_brief(struct text *text, const struct transaction *transaction)
{
	const struct access *access;
	size_t at = 0, count = 0;

	while ((access = target_result(transaction, &at))) {
		if (value_is_kept_back(transaction, access) || count++ >= BRIEF_RESULTS)
			continue;
		text_add(text, count > 1 ? ", " : " ");
		value_text_result(text, transaction, access);
	}
	if (count <= BRIEF_RESULTS)
		return;
	text_add(text, ", ");
	text_unsigned(text, count - BRIEF_RESULTS);
	text_add(text, " more");
}

/* The items of a batch that came back without a value, all of them well; 0 where one has a value, failed, or is not there. */
static uint64_t items_without_value(const struct transaction *transaction)
{
	uint64_t count = transaction->earlier ? operation_get(transaction->earlier, ROLE_COUNT, 0) : 0, half = count * WORD;

	if (!transaction->usable || 2 * half > transaction->answer.captured)
		return 0;
	for (uint64_t at = 0; at < half; at++)
		if (transaction->answer.bytes[at] || (at % WORD == 0 && transaction->answer.bytes[half + at] != STLINK_STATUS_OK))
			return 0;
	return count;
}

void value_text_answer(struct text *text, const struct transaction *transaction)
{
	const struct stlink_command *command = transaction->command;
	size_t start = text->length;

	if (!transaction->answered)
		return;
	if (is_raw(command->answer) && !command->expand_answer) {
		if (transaction->answer.wire) {
			text_char(text, ' ');
			memory_brief(text, transaction, &transaction->answer, PART_ANSWER);
		}
		return;
	}
	if (command->operation == OP_MISC_IN && transaction->access_count) {
		results_brief(text, transaction);
		return;
	}
	if (command->operation == OP_MISC_IN && items_without_value(transaction)) {
		text_char(text, ' ');
		text_unsigned(text, items_without_value(transaction));
		text_add(text, " items done, nothing read");
		return;
	}
	walk_brief(text, transaction, PART_ANSWER);
	if (command->operation == OP_VOLTAGE && text->length == start && transaction->usable)
		text_add(text, " no reading");
}
