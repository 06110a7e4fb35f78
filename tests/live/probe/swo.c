/*
 * SWO: a ring of bytes between the target's pin and the trace endpoint.
 * Knows: how many bytes wait, what an overflow looks like.
 * Must not know: what the bytes mean.
 */
#include "handlers.h"

static uint32_t highest_baud(const struct probe *probe)
{
	return probe_family(probe) >= FAMILY_V3 ? 24000000 : 2250000;
}

/* SWO shares its pin with TDO, so that JTAG has none. */
int run_trace_start(struct probe *probe, struct exchange *exchange)
{
	struct swo *swo = &probe->swo;
	uint32_t size = get16(exchange->command + 2);
	uint32_t baud = get32(exchange->command + 4);

	if (probe->wire == TARGET_JTAG || !baud || baud > highest_baud(probe))
		return STATUS_NO_SWO;
	if (!size || size > swo->option_size)
		size = swo->option_size;
	swo->size = size;
	swo->baud = baud;
	swo->head = swo->count = 0;
	swo->overflown = false;
	swo->running = true;
	return STATUS_OK;
}

int run_trace_stop(struct probe *probe, struct exchange *exchange)
{
	(void)exchange;
	probe->swo.running = false;
	probe->swo.count = 0;
	return STATUS_OK;
}

int run_trace_count(struct probe *probe, struct exchange *exchange)
{
	enum { BOGUS = 0xf800 };
	struct swo *swo = &probe->swo;
	uint32_t count;

	swo_tick(probe);
	count = swo->count;
	if (swo->overflown && probe->option[OPTION_BOGUS_COUNT])
		count += BOGUS;
	swo->overflown = false;
	put16(exchange->answer->bytes, count);
	return STATUS_NONE;
}

/* A full ring lets nothing more in: what the target goes on sending is lost. */
void swo_tick(struct probe *probe)
{
	struct swo *swo = &probe->swo;
	uint8_t bytes[512];
	size_t count, i;
	uint64_t lost;

	if (!swo->running)
		return;
	while ((count = target_swo(probe->target, swo->baud, bytes, sizeof bytes, &lost)) > 0) {
		for (i = 0; i < count && swo->count < swo->size; i++)
			swo->ring[(swo->head + swo->count++) % SWO_SIZE] = bytes[i];
		swo->overflown = swo->overflown || i < count;
	}
}

size_t probe_trace(struct probe *probe, uint8_t *bytes, size_t size)
{
	struct swo *swo = &probe->swo;
	size_t count = 0;

	for (; count < size && swo->count; swo->count--) {
		bytes[count++] = swo->ring[swo->head];
		swo->head = (swo->head + 1) % SWO_SIZE;
	}
	return count;
}
