/*
 * What the trace pin says: packets of the Instrumentation Trace Macrocell, byte by byte.
 * Knows: ARMv7-M appendix D4 (packet protocol of ITM and DWT). Must not know: USB, files.
 */
#ifndef DISSECTORS_ITM_H
#define DISSECTORS_ITM_H

#include <stdbool.h>
#include <stdint.h>

enum itm_kind {
	ITM_NOTHING,   /* the packet is not whole yet */
	ITM_STIMULUS,  /* software: what the firmware wrote to a stimulus port */
	ITM_HARDWARE,  /* of the DWT: source is its discriminator */
	ITM_OVERFLOW,  /* the chip lost packets */
	ITM_SYNC,
	ITM_OTHER,     /* time stamps and extensions */
	ITM_BAD,       /* a header that the protocol does not have */
};

/* Begins with all zero. */
struct itm {
	bool zeros;       /* bytes of 0 came last: a synchronisation, 47 bits of 0 and a 1, is under way */
	uint8_t header;
	uint8_t due;      /* payload bytes still to come; ITM_UNTIL_END: until one without bit 7 */
	uint8_t have;
	uint32_t payload; /* little-endian */
};

struct itm_packet { enum itm_kind kind; uint8_t source, size; uint32_t payload; };

/* Takes the next byte; the packet that it completes, or ITM_NOTHING. */
struct itm_packet itm_next(struct itm *itm, uint8_t byte);

#endif
