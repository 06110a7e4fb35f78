/*
 * Clocks: divisors of a V2, frequencies of a V3.
 * Knows: which speeds there are.
 * Must not know: the wires; the virtual target is as fast as any clock.
 */
#include "handlers.h"

#define PRESCALERS 3

static const uint16_t swd_khz[] = { 24000, 8000, 3300, 1000, 200, 50, 5, 0 };
static const uint16_t jtag_khz[] = { 21333, 16000, 12000, 8000, 4000, 2000, 1000, 500, 100, 0 };

/* The loop count delays each edge: any count is a speed. */
int run_swd_speed(struct probe *probe, struct exchange *exchange)
{
	(void)probe;
	(void)exchange;
	return STATUS_OK;
}

/* A prescaler: a power of two from 2 to 256. */
int run_jtag_speed(struct probe *probe, struct exchange *exchange)
{
	uint16_t divisor = get16(exchange->command + 2);

	(void)probe;
	return divisor >= 2 && divisor <= 256 && !(divisor & (divisor - 1)) ? STATUS_OK : STATUS_BAD_PARAMETER;
}

int run_get_frequency(struct probe *probe, struct exchange *exchange)
{
	uint8_t wire = exchange->command[2];
	uint8_t *answer = exchange->answer->bytes;
	const uint16_t *khz = wire ? jtag_khz : swd_khz;
	unsigned i;

	if (wire > 1)
		return STATUS_BAD_PARAMETER;
	put32(answer + 4, probe->speed_khz[wire]);
	for (i = 0; khz[i]; i++)
		put32(answer + 12 + 4 * i, khz[i]);
	answer[8] = (uint8_t)i;
	return STATUS_OK;
}

/* Rounds down to what it has. */
int run_set_frequency(struct probe *probe, struct exchange *exchange)
{
	uint8_t wire = exchange->command[2];
	uint32_t wanted = get32(exchange->command + 4);
	const uint16_t *khz = wire ? jtag_khz : swd_khz;

	if (wire > 1)
		return STATUS_BAD_PARAMETER;
	while (*khz && *khz > wanted)
		khz++;
	if (!*khz)
		return STATUS_BAD_PARAMETER;
	probe->speed_khz[wire] = *khz;
	put32(exchange->answer->bytes + 4, *khz);
	return STATUS_OK;
}

int run_prescaler(struct probe *probe, struct exchange *exchange)
{
	static const uint8_t prescalers[PRESCALERS] = { 1, 2, 4 };
	unsigned i;

	(void)probe;
	for (i = 0; i < PRESCALERS; i++)
		if (exchange->command[2] == prescalers[i])
			return STATUS_CONFIGURED;
	return STATUS_BAD_PARAMETER;
}
