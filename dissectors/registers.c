/*
 * Lookups in the register tables, and the words of a value (registers.h).
 * Knows: how words are made of bits. Must not know: any register.
 */
#include "registers.h"

#include <string.h>

static size_t length_of(const char *text)
{
	size_t length = 0;

	while (text[length])
		length++;
	return length;
}

/* The registers at address that can be accessed so; rows of one address stand together. */
static size_t find_all(const struct register_table *table, uint32_t address, bool write, unsigned families,
                       const struct target_register **rows, size_t size)
{
	enum register_access access = write ? REGISTER_WRITE : REGISTER_READ;
	size_t low = 0, high = table->count, count = 0;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (table->rows[middle].address < address)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < table->count && table->rows[low].address == address; low++)
		if (table->rows[low].access & access && (!table->rows[low].families || table->rows[low].families & families)) {
			if (count < size)
				rows[count] = table->rows + low;
			count++;
		}
	return count;
}

static const struct target_register *find(const struct register_table *table, uint32_t address, bool write)
{
	const struct target_register *row = NULL;

	find_all(table, address, write, STM32_ANY, &row, 1);
	return row;
}

/* Only register 4 of a debug port has banks up to DPv2 (ADIv5.2 B2.2.1). */
const struct target_register *registers_dp(uint8_t address, bool write)
{
	return find(&dp_registers, (address & 0xf) == 4 ? address : address & 0xf, write);
}

const struct target_register *registers_ap(uint8_t address, bool write)
{
	return find(&ap_registers, address, write);
}

const struct target_register *registers_core(uint32_t number, bool write)
{
	return find(&core_registers, number, write);
}

size_t registers_candidates(uint32_t address, bool write, unsigned families, const struct target_register **rows, size_t size)
{
	static const struct register_table *const tables[] = { &cortexm_registers, &stm32_registers, &flash_registers };
	size_t count = 0;

	for (size_t i = 0; i < sizeof tables / sizeof *tables && !count; i++)
		count = find_all(tables[i], address, write, families, rows, size);
	return count;
}

const struct target_register *registers_memory(uint32_t address, bool write, unsigned families)
{
	const struct target_register *row = NULL;

	return registers_candidates(address, write, families, &row, 1) == 1 ? row : NULL;
}

const char *registers_region(uint32_t address)
{
	const struct memory_region *region = memory_regions;

	while (region->name && (address < region->first || address > region->last))
		region++;
	return region->name;
}

bool registers_stm8(uint32_t address)
{
	return (address >= 0x5000 && address < 0x5800) || (address >= 0x7f00 && address < 0x8000);
}

bool registers_whole(const struct target_register *row, uint32_t bytes)
{
	if (bytes >= 4)
		return bytes == 4;
	for (const struct bits *bits = row->bits; bits && bits->name; bits++)
		if (bits->high >= 8 * bytes)
			return false;
	return row->bits;
}

/* Words */

#define MARK "..."
#define MARK_ROOM sizeof " " MARK /* always kept free, with the end of the text */

static void append(struct words *words, const char *piece)
{
	size_t length = length_of(piece);

	memcpy(words->text + words->length, piece, length);
	words->length += length;
	words->text[words->length] = '\0';
}

/* Puts a word of three pieces behind what is there already, or the mark where it does not fit. */
static void put(struct words *words, const char *before, const char *middle, const char *behind)
{
	size_t length = length_of(before) + length_of(middle) + length_of(behind);

	if (words->cut || !length || words->length + MARK_ROOM > words->size)
		return;
	words->cut = words->length + 1 + words->commas + length + MARK_ROOM > words->size;
	if (words->length)
		append(words, words->commas && !words->cut ? ", " : " ");
	if (words->cut) {
		append(words, MARK);
		return;
	}
	append(words, before);
	append(words, middle);
	append(words, behind);
}

void words_add(struct words *words, const char *word)
{
	put(words, word, "", "");
}

void words_number(struct words *words, const char *before, uint32_t number, bool hex, const char *behind)
{
	char digits[2 + 10 + 1], *at = digits + sizeof digits;
	unsigned base = hex ? 16 : 10;

	*--at = '\0';
	do {
		*--at = "0123456789abcdef"[number % base];
		number /= base;
	} while (number);
	if (hex) {
		*--at = 'x';
		*--at = '0';
	}
	put(words, before, at, behind);
}

/* A field without a name for its value: "CP10=3", "VECTKEY=0x0". Fields that are 0 and need no name say nothing. */
static void field_words(struct words *words, const struct bits *bits, uint32_t number)
{
	char before[32];
	size_t length = length_of(bits->name);

	if (!number && !bits->names)
		return;
	if (bits->high == bits->low && !bits->names) {
		words_add(words, bits->name);
		return;
	}
	if (length > sizeof before - 2)
		length = sizeof before - 2;
	memcpy(before, bits->name, length);
	before[length] = '=';
	before[length + 1] = '\0';
	words_number(words, before, number, bits->high - bits->low >= 9, "");
}

size_t registers_words(const struct target_register *row, uint32_t value, char *text, size_t size)
{
	struct words words = { .text = text, .size = size };
	const char *known = name_of(row->known, value);

	text[0] = '\0';
	if (known) {
		words_add(&words, known);
		return words.length;
	}
	if (row->say) {
		row->say(value, &words);
		return words.length;
	}
	for (const struct bits *bits = row->bits; bits && bits->name; bits++) {
		uint32_t number = register_field(bits, value);
		const char *name = name_of(bits->names, number);

		if (name)
			words_add(&words, name);
		else
			field_words(&words, bits, number);
	}
	return words.length;
}

/* "erase sector 2": the text, which ends with a space then, and its number or the name of that. */
static void add_meaning(struct words *words, const struct meaning *meaning, uint32_t value)
{
	const struct bits *bits = meaning->argument;
	uint32_t number = bits ? register_field(bits, value) : 0;
	const char *name = bits ? name_of(bits->names, number) : NULL;

	if (!bits)
		words_add(words, meaning->text);
	else if (name)
		put(words, meaning->text, name, "");
	else
		words_number(words, meaning->text, number, false, "");
}

enum order registers_order(const struct target_register *row, uint32_t value)
{
	for (const struct meaning *meaning = row->meanings; meaning && meaning->text; meaning++) {
		if ((value & meaning->mask) != meaning->match)
			continue;
		if (meaning->order != ORDER_NONE || meaning->last)
			return meaning->order;
	}
	return ORDER_NONE;
}

size_t registers_meaning(const struct target_register *row, uint32_t value, char *text, size_t size)
{
	struct words words = { .text = text, .size = size, .commas = true };

	text[0] = '\0';
	if (row->mean) {
		row->mean(value, &words);
		return words.length;
	}
	for (const struct meaning *meaning = row->meanings; meaning && meaning->text; meaning++) {
		if ((value & meaning->mask) != meaning->match)
			continue;
		add_meaning(&words, meaning, value);
		if (meaning->last)
			break;
	}
	return words.length;
}
