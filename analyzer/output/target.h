/*
 * What of the target a transaction reaches, in names: which register or which memory, the register's value, and what it means to a reader.
 * Knows: which access of a transaction (track/access.h) a reader wants to hear of.
 * Must not know: the registers (dissectors/registers.h), formats.
 */
#ifndef ANALYZER_OUTPUT_TARGET_H
#define ANALYZER_OUTPUT_TARGET_H

#include "../../dissectors/registers.h"
#include "../track/track.h"

enum part { PART_NONE, PART_REQUEST, PART_DATA, PART_ANSWER };

struct target {
	const struct access *access; /* the one that says most; NULL: the transaction reaches nothing */
	const struct chip *chip;
	const struct target_register *row; /* NULL: none that has a name, or several that it may be */
	const struct target_register *other; /* row is one of two that it may be */
	bool sure;           /* no family that it may be has another thing there */
	const char *unnamed; /* without a row: what an address means, "unique id"; or NULL */
	const char *region;  /* the memory at an address without such a name, or NULL */
	const char *gate;    /* the port's register through which it was reached: "DRW", "RDBUFF"; or NULL */
	const char *core;    /* the register of the core that DCRSR or DCRDR moved; or NULL */
	enum part holder;    /* the part that holds the value of the register, whole and to be believed */
	uint32_t value;
};

struct target target_of(const struct transaction *transaction);
/* The same of one access; holder stays PART_NONE. */
struct target target_of_access(const struct access *access, const struct chip *chip);

/* Name of the register or memory, with the families where they are not sure: "DHCSR", "FLASH_SR (F2/F4/F7)". Returns its length; 0: none. */
#define TARGET_PLACE 80
size_t target_place(const struct target *target, char *text, size_t size);

/* What a value of its register means: in a reader's words where there are any, else its flags. Returns the length. */
size_t target_words(const struct target *target, uint32_t value, char *text, size_t size);

/* What the whole transaction does or says, in a reader's words: "halt", "erase sector 2", "read register pc". Returns the length; 0: nothing. */
size_t target_means(const struct transaction *transaction, char *text, size_t size);

/* The register of each word of a block of memory, whose value holds; false where the word has none, or no value to be believed. */
bool target_word(const struct access *access, const struct chip *chip, uint32_t index, struct target *target, uint32_t *value);
/* Words of a block of several, 0 for one that is too long to be told word by word. */
uint32_t target_word_count(const struct access *access);

/* Follows the items of a RW_MISC_OUT, value by value. Begins with all zero but chip. */
struct target_batch {
	const struct chip *chip;
	enum stlink_misc operation; /* of the item under way */
	struct target target;       /* that ADDRESS chose, or that READ brings */
};

/* The register that an operand is the address of (ADDRESS, READ) or is written to (WRITE); NULL: none, or no operand. */
const struct target *target_batch_value(struct target_batch *batch, const struct value *value);

/* The results of a RW_MISC_IN that a reader wants to hear of: those by which a register of the core came stand for it. */
const struct access *target_result(const struct transaction *transaction, size_t *at);

#define TARGET_WORDS 72 /* room for the words of a value on a line */

#endif
