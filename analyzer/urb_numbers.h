/*
 * Numbers in place of URB ids, which are addresses in the memory of the machine that captured: from 1 in the order of their first use.
 * Must not know: records, files.
 */
#ifndef ANALYZER_URB_NUMBERS_H
#define ANALYZER_URB_NUMBERS_H

#include <stdint.h>

struct urb_numbers;

/* Out of memory ends the program. */
struct urb_numbers *urb_numbers_new(void);
void urb_numbers_free(struct urb_numbers *numbers);

/*
 * The number of an id, the same for the same; 0 for 0, which captures have where there was no URB. After 2^16 of them all are forgotten and the
 * next get new ones, so that memory is bounded; numbers made of numbers are themselves.
 */
uint64_t urb_number(struct urb_numbers *numbers, uint64_t id);

#endif
