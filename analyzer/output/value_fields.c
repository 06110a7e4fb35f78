/*
 * The decoded fields of a transaction one by one (value_fields.h): a sink over the walks.
 */
#include "value_fields.h"

#include <limits.h>

#include "target.h"
#include "value_text.h"

#define FIELD_BYTES 8 /* shown of a field */
#define COLUMN_OFFSET 10
#define COLUMN_BYTES 16
#define COLUMN_NAME 44
#define COLUMN_VALUE 64
#define FULL_WORDS 160

/* table: of a register in the answer, whose bits stand with its value; NULL once they do, or where there is none. */
struct full { struct sink sink; struct text *text; const struct bits *table; };

/* The highest run of bits that lies below, or NULL. */
static const struct bits *next_bits(const struct bits *bits, unsigned below)
{
	const struct bits *next = NULL;

	for (; bits && bits->name; bits++)
		if (bits->high < below && (!next || bits->high > next->high))
			next = bits;
	return next;
}

/* The named runs of bits of a value, the highest first. */
static void full_bits(struct text *text, const struct bits *table, uint64_t whole)
{
	for (const struct bits *bits = next_bits(table, UINT_MAX); bits; bits = next_bits(table, bits->high)) {
		unsigned width = bits->high - bits->low + 1U;
		uint64_t number = whole >> bits->low & (width < 64 ? (UINT64_C(1) << width) - 1 : UINT64_MAX);
		const char *name = name_of(bits->names, number);

		text_column(text, COLUMN_VALUE);
		text_char(text, '[');
		text_unsigned(text, bits->high);
		if (bits->high != bits->low) {
			text_char(text, ':');
			text_unsigned(text, bits->low);
		}
		text_add(text, "] ");
		text_add(text, bits->name);
		text_add(text, " = ");
		if (number >= 16) { /* keys and addresses are known by their digits, which decimal hides */
			text_add(text, "0x");
			text_hex(text, number, (width + 3) / 4);
		} else {
			text_unsigned(text, number);
		}
		if (name && *name) {
			text_char(text, ' ');
			text_add(text, name);
		}
		text_char(text, '\n');
	}
}

static void full_number(struct text *text, const struct value *value)
{
	const struct field *field = value->field;

	if (field->role == ROLE_PORT && !value->name)
		text_add(text, "AP ");
	if (value->name) { /* the number too, as it was sent */
		struct value number = *value;
		struct field nameless = *field;

		nameless.names = NULL;
		number.name = NULL;
		number.field = &nameless;
		value_text_number(text, &number);
		text_char(text, ' ');
	}
	value_text_number(text, value);
}

void value_field(struct text *text, const struct value *value)
{
	const struct field *field = value->field;
	size_t shown = value->length < FIELD_BYTES ? value->length : FIELD_BYTES;

	text_column(text, COLUMN_OFFSET);
	if (value->bytes) {
		text_unsigned_right(text, value->offset, 4);
		text_column(text, COLUMN_BYTES);
		text_hex_bytes(text, value->bytes, shown);
		if (shown < value->length)
			text_add(text, " ...");
	} else {
		text_add(text, "   =");
	}
	text_column(text, COLUMN_NAME);
	text_add(text, field->name);
	if (field->count_role != ROLE_NONE && !field->counted) {
		text_char(text, '[');
		text_unsigned(text, value->index);
		text_char(text, ']');
	}
	text_column(text, COLUMN_VALUE);
	if (field->show == SHOW_TEXT) {
		text_safe(text, value->text, 0);
	} else if (field->show == SHOW_ASCII) {
		text_printable(text, value->bytes, value->length);
	} else if (value_is_bytes(field)) {
		text_unsigned(text, value->length);
		text_add(text, value->length == 1 ? " byte" : " bytes");
	} else {
		full_number(text, value);
	}
	text_add(text, "  ");
	text_styled(text, STYLE_DIM, field->label);
	text_char(text, '\n');
	full_bits(text, field->bits, value->number);
}

static void full_value(struct sink *sink, const struct value *value)
{
	struct full *full = (struct full *)sink;

	value_field(full->text, value);
	if (value->field->role != ROLE_VALUE)
		return;
	full_bits(full->text, full->table, value->number);
	full->table = NULL;
}

/* What no byte says by itself. */
static void full_derived(struct text *text, const char *name, const char *words, const char *label)
{
	text_column(text, COLUMN_OFFSET);
	text_add(text, "   =");
	text_column(text, COLUMN_NAME);
	text_add(text, name);
	text_column(text, COLUMN_VALUE);
	text_add(text, words);
	text_add(text, label ? "  " : "");
	text_styled(text, STYLE_DIM, label ? label : "");
	text_char(text, '\n');
}

/* The register or memory that is meant, behind the command; its value bit by bit, behind the part that holds it, if told is not set. */
static void full_target(struct text *text, const struct transaction *transaction, enum part part, bool told)
{
	struct target target = target_of(transaction);
	char place[TARGET_PLACE], means[FULL_WORDS];

	if (part == PART_REQUEST) {
		if (target_place(&target, place, sizeof place) || target.region)
			full_derived(text, "target", *place ? place : target.region, target.row && !target.other ? target.row->summary : NULL);
		else if (target.row)
			full_derived(text, "target", target.row->name, target.row->summary);
		if (target_means(transaction, means, sizeof means))
			full_derived(text, "means", means, NULL);
	}
	if (target.holder == part && !told)
		full_bits(text, target.row->bits, target.value);
}

/* What a batch read, register by register. */
static void full_results(struct text *text, const struct transaction *transaction)
{
	const struct access *access;
	size_t at = 0;

	while ((access = target_result(transaction, &at))) {
		if (value_is_kept_back(transaction, access))
			continue;
		text_column(text, COLUMN_OFFSET);
		text_add(text, "   =");
		text_column(text, COLUMN_NAME);
		text_add(text, "result[");
		text_unsigned(text, access->item);
		text_char(text, ']');
		text_column(text, COLUMN_VALUE);
		value_text_result(text, transaction, access);
		text_char(text, '\n');
	}
}

/* "  command  16 bytes, frames 17 18"; nothing for a part that is not there. */
static void full_part(struct text *text, const struct transaction *transaction, enum part part, const struct payload *payload,
                      const struct frames *frames, const char *name)
{
	struct target target = target_of(transaction);
	const struct bits *table = part == PART_ANSWER && target.holder == part ? target.row->bits : NULL;
	struct full full = { .sink.value = full_value, .text = text, .table = table };

	text_column(text, COLUMN_OFFSET);
	text_styled(text, STYLE_BOLD, name);
	text_add(text, "  ");
	text_unsigned(text, payload->wire);
	text_add(text, payload->wire == 1 ? " byte" : " bytes");
	if (payload->captured < payload->wire) {
		text_add(text, ", ");
		text_unsigned(text, payload->captured);
		text_add(text, " of them kept");
	}
	if (frames->count)
		text_add(text, frames->count == 1 ? ", frame" : ", frames");
	for (size_t i = 0; i < frames->count; i++) {
		text_char(text, ' ');
		text_unsigned(text, frames->frame[i]);
	}
	text_char(text, '\n');
	if (part == PART_REQUEST) {
		size_t length = stlink_opcode_length(payload->bytes, payload->captured);

		text_column(text, COLUMN_BYTES - 3);
		text_add(text, "0");
		text_column(text, COLUMN_BYTES);
		text_hex_bytes(text, payload->bytes, length);
		text_column(text, COLUMN_NAME);
		text_add(text, "opcode");
		text_column(text, COLUMN_VALUE);
		text_add(text, transaction->command->name);
		text_add(text, "  ");
		text_styled(text, STYLE_DIM, transaction->command->summary);
		text_char(text, '\n');
	}
	value_walk(transaction, part, &full.sink);
	full_target(text, transaction, part, table && !full.table);
	if (part == PART_ANSWER && transaction->command->operation == OP_MISC_IN)
		full_results(text, transaction);
}

void value_fields(struct text *text, const struct transaction *transaction)
{
	full_part(text, transaction, PART_REQUEST, &transaction->request, &transaction->command_frames, "command");
	if (transaction->data.wire || transaction->data_frames.count)
		full_part(text, transaction, PART_DATA, &transaction->data, &transaction->data_frames, "data   ");
	if (transaction->answered || transaction->answer_frames.count)
		full_part(text, transaction, PART_ANSWER, &transaction->answer, &transaction->answer_frames, "answer ");
}
