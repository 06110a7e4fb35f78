/*
 * What the debug port and the target keep at an address: registers, their bits, the words that their values mean.
 * Knows: ADIv5.2, ARMv7-M and ARMv8-M debug, STM32 DBGMCU and identification.
 * Must not know: which command asks for a register (stlink_commands.c), output formats.
 * Sources: sections 2 to 4 of protocol/swd.md and protocol/devices.tsv of the project's protocol notes.
 */
#ifndef DISSECTORS_REGISTERS_H
#define DISSECTORS_REGISTERS_H

#include "field.h"

/* One register where reads and writes mean the same has one row, else a row for each. */
enum register_access { REGISTER_READ = 1, REGISTER_WRITE = 2, REGISTER_BOTH = REGISTER_READ | REGISTER_WRITE };

/* Words in the making: never longer than size, cut at a word. */
struct words {
	char *text;
	size_t size, length;
	bool cut;
	bool commas; /* between the words */
};

/* What a written value sets off, for those who follow a session. */
enum order {
	ORDER_NONE, ORDER_HALT, ORDER_RUN, ORDER_RESET, ORDER_DEBUG_OFF, ORDER_UNLOCK, ORDER_LOCK, ORDER_ERASE, ORDER_PROGRAM,
	ORDER_POWER_DOWN,
};

/* What a value says or orders in a reader's words. Every row that holds adds its text, up to one that is the last. Ended by one without text. */
struct meaning {
	uint32_t mask, match; /* holds where value & mask is match */
	const char *text;
	const struct bits *argument; /* a number that belongs behind the text, or NULL */
	bool last;
	enum order order;
};

struct target_register {
	uint32_t address; /* in memory; of a port bank << 4 | register; of a core its number in DCRSR */
	enum register_access access;
	const char *name;
	const char *summary;      /* in words */
	const struct bits *bits;  /* what matters most first: words are cut behind; NULL: the number is all */
	const struct name *known; /* whole values that have words of their own, or NULL */
	void (*say)(uint32_t value, struct words *words); /* in place of the bits, or NULL */
	const struct meaning *meanings;
	void (*mean)(uint32_t value, struct words *words); /* in place of the meanings, or NULL */
	unsigned families;        /* bit set of enum stm32_family that have it there; 0: all that have anything there */
};

/* Rows sorted by address; of one address, those for all families or in order of theirs, and reading before writing. */
struct register_table {
	const struct target_register *rows;
	size_t count;
};
extern const struct register_table dp_registers, ap_registers, core_registers, cortexm_registers, stm32_registers, flash_registers;

/* STM32 lines by what lies where in their memory. */
enum stm32_family {
	STM32_F0 = 1 << 0, STM32_F1 = 1 << 1, STM32_F2 = 1 << 2, STM32_F3 = 1 << 3, STM32_F4 = 1 << 4, STM32_F7 = 1 << 5,
	STM32_L0 = 1 << 6, STM32_L1 = 1 << 7, STM32_L4 = 1 << 8, STM32_L5 = 1 << 9, STM32_G0 = 1 << 10, STM32_G4 = 1 << 11,
	STM32_C0 = 1 << 12, STM32_U0 = 1 << 13, STM32_U3 = 1 << 14, STM32_U5 = 1 << 15, STM32_H5 = 1 << 16, STM32_H7 = 1 << 17,
	STM32_H7AB = 1 << 18, STM32_H7RS = 1 << 19, STM32_WB = 1 << 20, STM32_WL = 1 << 21, STM32_WBA = 1 << 22, STM32_OTHER = 1 << 23,
	STM32_ANY = (1 << 24) - 1,
};
/* "F4", "H7A/B"; ended by a NULL text. */
extern const struct name stm32_family_names[];
/* Which it may be, by DEV_ID and by CPUID; STM32_ANY where that does not tell. */
unsigned stm32_families_of_device(uint16_t device);
unsigned stm32_families_of_core(uint32_t cpuid);
/* An address of DBGMCU_IDCODE, in any family? */
bool stm32_is_idcode(uint32_t address);

/* The register at an address, or NULL. A port's address is bank << 4 | register, as READ_DAP_REG and WRITE_DAP_REG give it. */
const struct target_register *registers_dp(uint8_t address, bool write);
const struct target_register *registers_ap(uint8_t address, bool write);
const struct target_register *registers_core(uint32_t number, bool write);
/* Of those that one of families may have there, if no other has another: else NULL. */
const struct target_register *registers_memory(uint32_t address, bool write, unsigned families);
/* All that one of families may have there. Returns their number; at most size are written. */
size_t registers_candidates(uint32_t address, bool write, unsigned families, const struct target_register **rows, size_t size);

/* What writing value to the register sets off. */
enum order registers_order(const struct target_register *row, uint32_t value);

/* What value says or orders in a reader's words: "halted, debug enabled", "erase sector 2". "" where a row has no such words. As below. */
size_t registers_meaning(const struct target_register *row, uint32_t value, char *text, size_t size);

/*
 * What value means in short words: what is known of the whole value, else flags that are set and fields that are not 0. "" where nothing
 * is to be said. text is always ended; what does not fit is cut at a word, with "...". Returns the length.
 */
size_t registers_words(const struct target_register *row, uint32_t value, char *text, size_t size);

/* The bits of value that row names. */
static inline uint32_t register_field(const struct bits *bits, uint32_t value)
{
	unsigned width = bits->high - bits->low + 1U;

	return value >> bits->low & (width < 32 ? (UINT32_C(1) << width) - 1 : UINT32_MAX);
}

/* Do the first bytes of the register, as little-endian memory, hold all of its bits? */
bool registers_whole(const struct target_register *row, uint32_t bytes);

/* For the say functions: a word, put behind what is there already; a number glued to it. */
void words_add(struct words *words, const char *word);
void words_number(struct words *words, const char *before, uint32_t number, bool hex, const char *behind);

/* Numbers of READREG, WRITEREG and DCRSR. Most asked for first. */
extern const struct name core_register_names[];

/* Part of the address space, or NULL: "flash", "SRAM". */
struct memory_region { uint32_t first, last; const char *name; };
extern const struct memory_region memory_regions[]; /* the first that holds counts; ended by one without a name */
const char *registers_region(uint32_t address);
/* Is that a register of an STM8, or of its SWIM and debug modules (RM0016 4, UM0470 4), not its memory? */
bool registers_stm8(uint32_t address);

/* DEV_ID of DBGMCU_IDCODE. */
extern const struct name stm32_devices[];

/* Memory that tells one chip from all others, by family. */
struct stm32_unique_id { uint32_t address; uint8_t length; };
extern const struct stm32_unique_id stm32_unique_ids[]; /* ended by one of length 0 */
/* Where the unique id begins in length bytes at address; UINT32_MAX where none is in them. */
uint32_t stm32_unique_id_offset(uint32_t address, uint32_t length);

#endif
