/*
 * An STM8S105 behind SWIM.
 * Knows: its memory, the SWIM and debug module registers, the flash unlock keys.
 * Must not know: who drives the pin.
 * The clauses: UM0470 (SWIM and debug module), RM0016 chapter 4 (flash).
 */
#ifndef LIVE_STM8_H
#define LIVE_STM8_H

#include <stdbool.h>
#include <stdint.h>

#define STM8_SIZE 0x10000u /* the 32 KB of flash end there */

struct stm8 {
	uint8_t memory[STM8_SIZE];
	bool entered;       /* the SWIM sequence was seen */
	bool in_reset;      /* NRST is low */
	uint8_t program_key, data_key; /* the unlock key that came last */
	unsigned busy_reads; /* FLASH_IAPSR shows the end of programming only after so many reads */
};

/* A new chip: blank, with the factory's option bytes. */
void stm8_new(struct stm8 *stm8);
/* Read-out protection, by its option byte. */
void stm8_protect(struct stm8 *stm8);

#endif
