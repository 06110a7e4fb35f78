/*
 * Who the probe is, in which mode, and what it measures: GET_VERSION, GET_CURRENT_MODE, GET_TARGET_VOLTAGE and their like.
 * Knows: the version words of every generation.
 * Must not know: the target but for its voltage.
 */
#include "handlers.h"

#include <string.h>

#define VENDOR 0x0483

static uint16_t product(const struct probe *probe)
{
	static const uint16_t products[] = {
		[PROBE_V1] = 0x3744, [PROBE_V2] = 0x3748, [PROBE_V21] = 0x374b, [PROBE_V21_NO_DISK] = 0x3752, [PROBE_V3E] = 0x374e,
		[PROBE_V3] = 0x374f, [PROBE_V3_NO_DISK] = 0x3753, [PROBE_V3PWR] = 0x3757, [PROBE_V2_LOADER] = 0x3748,
		[PROBE_V3_LOADER] = 0x374d, [PROBE_V3PWR_LOADER] = 0x3755,
	};

	return products[probe->model];
}

/* Big-endian: 4 bits major, 6 bits J (M of a SWIM-only V2-1), 6 bits S or, on a V2-1, M. Newer ones leave both to GET_VERSION_EX. */
int run_version(struct probe *probe, struct exchange *exchange)
{
	const struct firmware *firmware = &probe->firmware;
	uint8_t *answer = exchange->answer->bytes;
	bool v21 = probe->application == PROBE_V21 || probe->application == PROBE_V21_NO_DISK;
	unsigned high = firmware->jtag;
	unsigned low = v21 ? firmware->mass : firmware->swim;
	unsigned word;

	if (v21 && !firmware->jtag) {
		high = firmware->mass;
		low = firmware->swim;
	}
	if (probe_family(probe) >= FAMILY_V3)
		high = low = 0;
	word = (unsigned)firmware->major << 12 | high << 6 | low;
	answer[0] = (uint8_t)(word >> 8);
	answer[1] = (uint8_t)word;
	put16(answer + 2, VENDOR);
	put16(answer + 4, product(probe));
	return STATUS_NONE;
}

int run_version_ex(struct probe *probe, struct exchange *exchange)
{
	const struct firmware *firmware = &probe->firmware;
	uint8_t *answer = exchange->answer->bytes;

	answer[0] = firmware->major;
	answer[1] = firmware->swim;
	answer[2] = firmware->jtag;
	answer[3] = firmware->mass;
	answer[4] = firmware->bridge;
	answer[5] = firmware->power;
	put16(answer + 8, VENDOR);
	put16(answer + 10, product(probe));
	return STATUS_NONE;
}

int run_mode(struct probe *probe, struct exchange *exchange)
{
	static const uint8_t loaders[FAMILIES] = { 0, 2, 3, 4 };
	uint8_t *answer = exchange->answer->bytes;

	answer[0] = (uint8_t)probe->mode;
	if (probe->mode == MODE_DFU)
		answer[1] = probe->model == PROBE_V2 ? 1 : loaders[probe_family(probe)];
	return STATUS_NONE;
}

/* Two readings of one converter: the reference of 1.2 V, and half of the target's voltage. */
int run_voltage(struct probe *probe, struct exchange *exchange)
{
	enum { REFERENCE = 1500, REFERENCE_TWICE_MV = 2400 };
	uint8_t *answer = exchange->answer->bytes;

	if (probe->adc_given) {
		put32(answer, probe->adc[0]);
		put32(answer + 4, probe->adc[1]);
		return STATUS_NONE;
	}
	put32(answer, REFERENCE);
	put32(answer + 4, (target_millivolts(probe->target) * REFERENCE + REFERENCE_TWICE_MV / 2) / REFERENCE_TWICE_MV);
	return STATUS_NONE;
}

/* SET_MCO knows four clocks, DRIVE_TARGET_PWR two states; neither shows at the target. */
int run_clock_out(struct probe *probe, struct exchange *exchange)
{
	(void)probe;
	return exchange->command[1] < 4 ? STATUS_OK : STATUS_INTERNAL;
}

int run_target_power(struct probe *probe, struct exchange *exchange)
{
	(void)probe;
	return exchange->command[1] < 2 ? STATUS_OK : STATUS_INTERNAL;
}

/* Commands of which nothing is known but that they answer. */
int run_nothing(struct probe *probe, struct exchange *exchange)
{
	(void)probe;
	(void)exchange;
	return STATUS_OK;
}

int run_board(struct probe *probe, struct exchange *exchange)
{
	memcpy(exchange->answer->bytes + 2, probe->board, 4);
	return STATUS_OK;
}
