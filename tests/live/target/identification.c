/*
 * What CoreSight components say about themselves: the ROM table and the identification registers.
 * Knows: which component sits where in a Cortex-M4 of ST (ARMv7-M B3.1, ADIv5.2 chapter D).
 * Must not know: what the components do.
 */
#include "machine.h"

#define ROM_TABLE 0xE00FF000u

struct component {
	uint32_t base;
	uint32_t part;    /* number of 12 bits */
	uint32_t designer; /* JEP106: continuation in 11:8, code in 6:0 */
	uint8_t revision;
	uint8_t component_class;
	uint8_t device_type;
};

static const struct component components[] = {
	{ ROM_TABLE, 0x431, 0x020, 0, 0x1, 0 },    /* ST, STM32F411 */
	{ 0xE000E000, 0x00C, 0x43B, 0, 0xE, 0 },   /* system control space */
	{ 0xE0001000, 0x002, 0x43B, 3, 0xE, 0 },   /* DWT */
	{ 0xE0002000, 0x003, 0x43B, 2, 0xE, 0 },   /* FPB */
	{ 0xE0000000, 0x001, 0x43B, 3, 0xE, 0 },   /* ITM */
	{ 0xE0040000, 0x9A1, 0x43B, 0, 0x9, 0x11 }, /* TPIU */
	{ 0xE0041000, 0x925, 0x43B, 0, 0x9, 0x13 }, /* ETM */
};

#define COMPONENTS (sizeof components / sizeof *components)

static uint32_t peripheral_id(const struct component *component, unsigned number)
{
	switch (number) {
	case 0:
		return component->part & 0xFF;
	case 1:
		return (component->designer & 0xF) << 4 | component->part >> 8;
	case 2:
		return (uint32_t)component->revision << 4 | 8 | (component->designer >> 4 & 7);
	case 4:
		return component->designer >> 8 & 0xF;
	default:
		return 0;
	}
}

uint32_t identification_read(uint32_t address)
{
	static const uint8_t component_id[] = { 0x0D, 0x00, 0x05, 0xB1 };
	uint32_t offset = address & 0xFFF;
	const struct component *component = NULL;

	for (size_t i = 0; i < COMPONENTS; i++)
		if (components[i].base == (address & ~0xFFFu))
			component = &components[i];
	if (!component)
		return 0;
	if (component->base == ROM_TABLE && offset < 4 * (COMPONENTS - 1))
		return ((components[offset / 4 + 1].base - ROM_TABLE) & 0xFFFFF000) | 3;
	if (offset >= 0xFF0)
		return component_id[(offset - 0xFF0) / 4] | (offset == 0xFF4 ? (uint32_t)component->component_class << 4 : 0);
	if (offset >= 0xFE0)
		return peripheral_id(component, (offset - 0xFE0) / 4);
	if (offset >= 0xFD0)
		return peripheral_id(component, 4 + (offset - 0xFD0) / 4);
	if (offset == 0xFCC)
		return component->component_class == 0x1 ? 1 : component->device_type;
	return 0;
}
