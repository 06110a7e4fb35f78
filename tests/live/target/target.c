/*
 * The virtual target as a whole: its birth, and the firmware that it holds.
 * Knows: which parts there are, what is in the system memory of a new chip.
 * Must not know: how a part works.
 */
#include "machine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define UNIQUE_ID 0x1FFF7A10u
#define PACKAGE_REGISTER 0x1FFF7BF0u
#define CSW_RESET 0x03000042u

static void *allocate(size_t size, int fill)
{
	void *memory = aligned_alloc(0x1000, size);

	if (!memory)
		abort();
	return memset(memory, fill, size);
}

static void fill_system_memory(struct target *target)
{
	static const uint8_t unique_id[12] = { 0x2A, 0x00, 0x41, 0x00, 0x0A, 0x51, 0x36, 0x34, 0x38, 0x34, 0x35, 0x30 };

	memcpy(target->memory_system + (UNIQUE_ID - SYSTEM_START), unique_id, sizeof unique_id);
	target->memory_system[SIZE_REGISTER - SYSTEM_START] = FLASH_SIZE / 1024 & 0xFF;
	target->memory_system[SIZE_REGISTER - SYSTEM_START + 1] = FLASH_SIZE / 1024 >> 8;
	target->memory_system[PACKAGE_REGISTER - SYSTEM_START] = 0;
}

struct target *target_new(void)
{
	struct target *target = calloc(1, sizeof *target);

	if (!target)
		abort();
	target->wiring = (struct wiring){
		.millivolts = 3240,
		.sensed = 3240,
		.pins_lost_after = NEVER,
		.flash_slowness = 1,
		.cpuid = 0x410FC241,
		.chip_id = 0x10006431,
		.swo_rate = 1000,
	};
	target->memory_flash = allocate(FLASH_SIZE, 0xFF);
	target->memory_ram = allocate(RAM_SIZE, 0);
	target->memory_system = allocate(SYSTEM_SIZE, 0xFF);
	target->memory_peripherals = allocate(PERIPHERAL_SIZE, 0);
	target->flash.options = 0x0FFFAAEC;
	target->port.csw = CSW_RESET;
	fill_system_memory(target);
	target->core = core_new(target);
	stm8_new(&target->stm8);
	spi_flash_new(&target->spi);
	return target;
}

void target_free(struct target *target)
{
	if (!target)
		return;
	core_free(target->core);
	spi_flash_free(&target->spi);
	free(target->wiring.swo_text);
	free(target->memory_flash);
	free(target->memory_ram);
	free(target->memory_system);
	free(target->memory_peripherals);
	free(target);
}

unsigned target_millivolts(const struct target *target)
{
	return target->wiring.sensed;
}

bool target_load(struct target *target, const char *path)
{
	FILE *file = fopen(path, "rb");
	size_t length;
	bool whole;

	if (!file)
		return false;
	length = fread(target->memory_flash, 1, FLASH_SIZE, file);
	whole = length > 0 && !ferror(file) && fgetc(file) == EOF;
	fclose(file);
	core_forget_code(target->core);
	return whole;
}
