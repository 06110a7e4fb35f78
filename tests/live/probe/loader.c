/*
 * The probe's own loader: the DFU commands, and the application's way to it.
 * Knows: the states of a download; payloads are encrypted, so that nothing of them is judged.
 * Must not know: the target.
 */
#include "handlers.h"

#include <string.h>

/* bState of USB DFU 1.1. */
enum { DFU_IDLE = 2, DFU_DOWNLOAD_BUSY = 4, DFU_DOWNLOAD_IDLE = 5, DFU_ERROR = 10 };

uint32_t data_download(const struct probe *probe, const uint8_t *command)
{
	(void)probe;
	return get16(command + 6);
}

uint32_t answer_config(const struct probe *probe, const uint8_t *command)
{
	(void)probe;
	return get16(command + 2);
}

int run_loader_query(struct probe *probe, struct exchange *exchange)
{
	static const uint8_t none[FAMILIES] = { 0, NEVER, NEVER, NEVER };
	bool missing = probe->option[OPTION_LOADER] == LOADER_MISSING || probe->model == PROBE_V2 || firmware_since(probe, none);

	(void)exchange;
	return missing ? STATUS_NO_LOADER : STATUS_OK;
}

int run_loader_enter(struct probe *probe, struct exchange *exchange)
{
	static const enum probe_model loaders[FAMILIES] = { PROBE_V1, PROBE_V2_LOADER, PROBE_V3_LOADER, PROBE_V3PWR_LOADER };

	if (run_loader_query(probe, exchange) != STATUS_OK)
		return STATUS_NONE;
	probe_leaves(probe, exchange, loaders[probe_family(probe)]);
	exchange->answer->for_good = probe->option[OPTION_LOADER] == LOADER_LOST;
	return STATUS_NONE;
}

/* The application starts. A loader with a product id of its own must leave the bus for that, and so does a V1. */
int run_dfu_exit(struct probe *probe, struct exchange *exchange)
{
	int option = probe->option[OPTION_DFU_EXIT];

	if (!(1 << probe->mode & IN_LOADER) || option == DFU_EXIT_IGNORED)
		return STATUS_NONE;
	if (option == DFU_EXIT_LEAVES || probe_is_loader(probe) || probe->model == PROBE_V1)
		probe_leaves(probe, exchange, probe->application);
	probe->mode = MODE_MASS;
	return STATUS_NONE;
}

int run_download(struct probe *probe, struct exchange *exchange)
{
	(void)exchange;
	probe->loader.busy = true;
	probe->loader.state = DFU_DOWNLOAD_BUSY;
	return 0;
}

/* A block is busy when first asked for, and done the next time. */
int run_dfu_status(struct probe *probe, struct exchange *exchange)
{
	enum { POLL_MS = 20 };
	struct loader *loader = &probe->loader;
	uint8_t *answer = exchange->answer->bytes;

	if (!loader->state)
		loader->state = DFU_IDLE;
	if (loader->status)
		loader->state = DFU_ERROR;
	answer[0] = loader->status;
	answer[1] = loader->busy ? POLL_MS : 0;
	answer[4] = loader->state;
	loader->busy = false;
	if (loader->state == DFU_DOWNLOAD_BUSY)
		loader->state = DFU_DOWNLOAD_IDLE;
	return STATUS_NONE;
}

int run_dfu_state(struct probe *probe, struct exchange *exchange)
{
	exchange->answer->bytes[0] = probe->loader.state ? probe->loader.state : DFU_IDLE;
	return STATUS_NONE;
}

int run_dfu_clear(struct probe *probe, struct exchange *exchange)
{
	(void)exchange;
	probe->loader = (struct loader) { .state = DFU_IDLE };
	return STATUS_NONE;
}

/* Four bytes of the key, a letter for the kind of firmware, and the probe's own unique id. */
int run_dfu_id(struct probe *probe, struct exchange *exchange)
{
	static const uint8_t unique[] = { 0x66, 0x00, 0x33, 0x00, 0x15, 0x51, 0x36, 0x34, 0x37, 0x34, 0x38, 0x31 };
	uint8_t *answer = exchange->answer->bytes;

	put32(answer, 0x5ca1ab1e);
	answer[4] = probe->application == PROBE_V2 ? 'S' : 'M';
	memcpy(answer + 8, unique, sizeof unique);
	return STATUS_NONE;
}

int run_dfu_config(struct probe *probe, struct exchange *exchange)
{
	(void)probe;
	memset(exchange->answer->bytes, 0xff, exchange->answer->length);
	return STATUS_NONE;
}

int run_dfu_hardware(struct probe *probe, struct exchange *exchange)
{
	(void)probe;
	put32(exchange->answer->bytes, 0x21000000);
	return STATUS_NONE;
}
