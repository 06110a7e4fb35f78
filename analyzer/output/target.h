/*
 * What of the target a transaction reaches: which register or which memory, and the register's value.
 * Knows: which role of which command addresses what. Must not know: the registers (dissectors/registers.h), formats.
 */
#ifndef ANALYZER_OUTPUT_TARGET_H
#define ANALYZER_OUTPUT_TARGET_H

#include "../../dissectors/registers.h"
#include "../track/track.h"

enum part { PART_NONE, PART_REQUEST, PART_DATA, PART_ANSWER };

struct target {
	const struct target_register *row; /* NULL: none that has a name */
	const char *place;  /* what an address means: a register, "unique id"; NULL: nothing, or a number that has its name already */
	const char *region; /* the memory at an address without such a name, or NULL */
	enum part holder;   /* the part that holds the value of the register, whole and to be believed */
	uint32_t value;
};

struct target target_of(const struct transaction *transaction);

/* Follows the items of a RW_MISC_OUT, value by value. Begins with all zero. */
struct target_batch {
	enum stlink_misc operation;        /* of the item under way */
	const struct target_register *row; /* that ADDRESS chose */
};

/* The register that an operand is the address of (ADDRESS, READ) or is written to (WRITE); NULL: none, or no operand. */
const struct target_register *target_batch_value(struct target_batch *batch, const struct value *value);

#define TARGET_WORDS 40 /* room for the words of a value on a line */

#endif
