/* Numbers in place of URB ids: a hash table, open addressing (urb_numbers.h). */
#include "urb_numbers.h"

#include <stdlib.h>
#include <string.h>

#include "track/facts.h"

#define PLACE_BITS 17
#define PLACES (1U << PLACE_BITS)
#define KNOWN (PLACES / 2)

struct urb_numbers {
	struct { uint64_t id, number; } place[PLACES]; /* id 0: free */
	uint32_t known;
	uint64_t last;
};

struct urb_numbers *urb_numbers_new(void)
{
	return memset(facts_allocate(NULL, sizeof(struct urb_numbers)), 0, sizeof(struct urb_numbers));
}

void urb_numbers_free(struct urb_numbers *numbers)
{
	free(numbers);
}

uint64_t urb_number(struct urb_numbers *numbers, uint64_t id)
{
	uint32_t at = (uint32_t)(id * UINT64_C(0x9e3779b97f4a7c15) >> (64 - PLACE_BITS));

	if (!id)
		return 0;
	while (numbers->place[at].id && numbers->place[at].id != id)
		at = (at + 1) % PLACES;
	if (numbers->place[at].id)
		return numbers->place[at].number;
	if (numbers->known == KNOWN) {
		memset(numbers->place, 0, sizeof numbers->place);
		numbers->known = 0;
		return urb_number(numbers, id);
	}
	numbers->known++;
	numbers->place[at].id = id;
	return numbers->place[at].number = ++numbers->last;
}
