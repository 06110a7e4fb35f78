/*
 * Packets of the Instrumentation Trace Macrocell (itm.h).
 * Knows: ARMv7-M D4.2. Must not know: what the bytes of a stimulus port mean.
 */
#include "itm.h"

#define ITM_UNTIL_END 0xff

static struct itm_packet finished(struct itm *itm)
{
	struct itm_packet packet = { .payload = itm->payload, .size = itm->have };

	packet.source = itm->header >> 3;
	packet.kind = itm->header & 4 ? ITM_HARDWARE : ITM_STIMULUS;
	if (!(itm->header & 3))
		packet.kind = ITM_OTHER;
	itm->due = itm->have = 0;
	return packet;
}

static struct itm_packet begin(struct itm *itm, uint8_t header)
{
	static const uint8_t sizes[] = { 0, 1, 2, 4 };
	struct itm_packet packet = { ITM_NOTHING, 0, 0, 0 };

	itm->header = header;
	itm->payload = 0;
	itm->have = 0;
	if (header & 3)
		itm->due = sizes[header & 3];
	else if (header == 0x70)
		packet.kind = ITM_OVERFLOW;
	else if (header & 0x80)
		itm->due = ITM_UNTIL_END; /* a time stamp or an extension that goes on */
	else
		packet.kind = (header & 8) || ((header & 0x70) && !(header & 4)) ? ITM_OTHER : ITM_BAD;
	return packet;
}

struct itm_packet itm_next(struct itm *itm, uint8_t byte)
{
	struct itm_packet packet = { ITM_NOTHING, 0, 0, 0 };

	if (itm->due == ITM_UNTIL_END) {
		itm->have++;
		/* No such packet is longer than four bytes of payload. */
		return byte & 0x80 && itm->have < 4 ? packet : finished(itm);
	}
	if (itm->due) {
		itm->payload |= (uint32_t)byte << 8 * itm->have++;
		return --itm->due ? packet : finished(itm);
	}
	if (!byte) {
		itm->zeros = true;
		return packet;
	}
	/* The end of a synchronisation, also of one whose first zeros were lost. */
	packet.kind = itm->zeros && byte == 0x80 ? ITM_SYNC : ITM_NOTHING;
	itm->zeros = false;
	return packet.kind == ITM_SYNC ? packet : begin(itm, byte);
}
