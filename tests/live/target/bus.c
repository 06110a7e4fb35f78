/*
 * The bus of the STM32F411: which address is what.
 * Knows: the memory map, bit bands, who may read the flash.
 * Must not know: what a register does, how an access came here.
 */
#include "machine.h"

#include <string.h>

/* A range of memory that is bytes and nothing more. */
struct memory {
	uint32_t start, size;
	size_t pointer; /* of the bytes, in struct target */
	bool is_flash, writable;
};

static const struct memory memories[] = {
	{ FLASH_START, FLASH_SIZE, offsetof(struct target, memory_flash), true, false },
	{ 0, FLASH_SIZE, offsetof(struct target, memory_flash), true, false }, /* alias while BOOT0 is low */
	{ RAM_START, RAM_SIZE, offsetof(struct target, memory_ram), false, true },
	{ SYSTEM_START, SYSTEM_SIZE, offsetof(struct target, memory_system), false, false },
};

static const struct memory *memory_at(uint32_t address)
{
	for (size_t i = 0; i < sizeof memories / sizeof *memories; i++)
		if (address - memories[i].start < memories[i].size)
			return &memories[i];
	return NULL;
}

static uint8_t *memory_bytes(struct target *target, const struct memory *memory, uint32_t address)
{
	uint8_t *bytes;

	memcpy(&bytes, (const char *)target + memory->pointer, sizeof bytes);
	return bytes + (address - memory->start);
}

static uint32_t load(const uint8_t *bytes, unsigned size)
{
	uint32_t value = 0;

	for (unsigned i = 0; i < size; i++)
		value |= (uint32_t)bytes[i] << 8 * i;
	return value;
}

static void store(uint8_t *bytes, unsigned size, uint32_t value)
{
	for (unsigned i = 0; i < size; i++)
		bytes[i] = (uint8_t)(value >> 8 * i);
}

/* The word that a bit-band address stands for, and its bit; false: not a bit band (ARMv7-M B3.1). */
static bool bit_band(uint32_t address, uint32_t *word, unsigned *bit)
{
	uint32_t region = address & 0xFE000000;

	if (region != 0x22000000 && region != 0x42000000)
		return false;
	*word = (region & 0xF0000000) + ((address & 0x01FFFFFF) >> 5 & ~3u);
	*bit = address >> 2 & 31;
	return true;
}

static uint32_t mask_of(uint32_t address, unsigned size)
{
	uint32_t mask = size == 4 ? 0xFFFFFFFF : size == 2 ? 0xFFFF : 0xFF;

	return mask << 8 * (address & 3);
}

bool bus_read(struct target *target, enum master master, uint32_t address, unsigned size, uint32_t *value)
{
	const struct memory *memory = memory_at(address);
	unsigned shift = 8 * (address & 3), bit;
	uint32_t word;

	*value = 0;
	if (memory) {
		if (memory->is_flash && !flash_readable(target, master))
			return false;
		*value = load(memory_bytes(target, memory, address), size);
		return true;
	}
	if (bit_band(address, &word, &bit)) {
		if (!bus_read(target, master, word, 4, value))
			return false;
		*value = *value >> bit & 1;
		return true;
	}
	if (address - PERIPHERAL_START < PERIPHERAL_SIZE)
		word = peripheral_read(target, address & ~3u);
	else if (address - PRIVATE_START < PRIVATE_SIZE)
		word = private_read(target, master, address & ~3u);
	else
		return false;
	*value = (word & mask_of(address, size)) >> shift;
	return true;
}

static bool write_memory(struct target *target, enum master master, const struct memory *memory, uint32_t address, unsigned size,
	uint32_t value)
{
	uint8_t *bytes = memory_bytes(target, memory, address);

	if (memory->is_flash) {
		if (!flash_readable(target, master))
			return false;
		store(bytes, size, flash_program(target, address - memory->start, size, value));
	} else if (memory->writable) {
		store(bytes, size, value);
	}
	if (master == MASTER_DEBUGGER)
		core_forget_code(target->core);
	return true;
}

bool bus_write(struct target *target, enum master master, uint32_t address, unsigned size, uint32_t value)
{
	const struct memory *memory = memory_at(address);
	uint32_t mask = mask_of(address, size), word, old;
	unsigned shift = 8 * (address & 3), bit;

	if (memory)
		return write_memory(target, master, memory, address, size, value);
	if (bit_band(address, &word, &bit)) {
		if (!bus_read(target, master, word, 4, &old))
			return false;
		return bus_write(target, master, word, 4, value & 1 ? old | 1u << bit : old & ~(1u << bit));
	}
	if (address - PERIPHERAL_START < PERIPHERAL_SIZE)
		peripheral_write(target, address & ~3u, value << shift, mask);
	else if (address - PRIVATE_START < PRIVATE_SIZE)
		private_write(target, master, address & ~3u, value << shift, mask);
	else
		return false;
	return true;
}
