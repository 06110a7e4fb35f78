/*
 * The flash of the STM32F411 and its controller.
 * Knows: keys, sectors, programming, erasing, write and read-out protection (RM0383 chapter 3).
 * Must not know: who writes.
 */
#include "machine.h"

#include <string.h>

#define KEY1 0x45670123u
#define KEY2 0xCDEF89ABu
#define OPTION_KEY1 0x08192A3Bu
#define OPTION_KEY2 0x4C5D6E7Fu

#define SR_EOP (1u << 0)
#define SR_WRPERR (1u << 4)
#define SR_PGPERR (1u << 6)
#define SR_PGSERR (1u << 7)
#define SR_ERRORS 0x1F2u
#define SR_BSY (1u << 16)

#define CR_PG (1u << 0)
#define CR_SER (1u << 1)
#define CR_MER (1u << 2)
#define CR_STRT (1u << 16)
#define CR_EOPIE (1u << 24)
#define CR_LOCK (1u << 31)
#define CR_WRITABLE 0x0300037Fu

#define OPTCR_LOCK (1u << 0)
#define OPTCR_STRT (1u << 1)
#define OPTCR_WRITABLE 0x80FFFFECu
#define OPTCR_ONES 0x0F000000u

/* Microseconds; far below the chip's own, which no test wants to wait for. `slow` multiplies them. */
#define ERASE_TIME 2000u
#define PROGRAM_TIME 4u

static const struct sector {
	uint32_t start, size;
} sectors[] = {
	{ 0x00000, 0x4000 }, { 0x04000, 0x4000 }, { 0x08000, 0x4000 }, { 0x0C000, 0x4000 },
	{ 0x10000, 0x10000 }, { 0x20000, 0x20000 }, { 0x40000, 0x20000 }, { 0x60000, 0x20000 },
};

#define SECTORS (sizeof sectors / sizeof *sectors)

static bool protected(const struct target *target, size_t sector)
{
	return !(target->flash.options >> (16 + sector) & 1);
}

static bool protected_offset(const struct target *target, uint32_t offset)
{
	for (size_t i = 0; i < SECTORS; i++)
		if (offset - sectors[i].start < sectors[i].size)
			return protected(target, i);
	return true;
}

static bool busy(const struct target *target)
{
	return machine_now(target) < target->flash.busy_until;
}

static void be_busy(struct target *target, unsigned microseconds)
{
	target->flash.busy_until = machine_now(target) + (uint64_t)microseconds * target->wiring.flash_slowness;
	if (target->flash.cr & CR_EOPIE)
		target->flash.sr |= SR_EOP;
}

unsigned flash_protection(const struct target *target)
{
	unsigned byte = target->flash.options >> 8 & 0xFF;

	return byte == 0xAA ? 0 : byte == 0xCC ? 2 : 1;
}

bool flash_readable(const struct target *target, enum master master)
{
	/* At level 1 the core too is locked out, once a debugger has been here (RM0383 3.6.3). */
	return !flash_protection(target) || (master == MASTER_CORE && !target->port.intruded);
}

uint32_t flash_program(struct target *target, uint32_t offset, unsigned size, uint32_t value)
{
	struct flash *flash = &target->flash;
	const uint8_t *bytes = target->memory_flash + offset;
	unsigned parallelism = flash->cr >> 8 & 3;
	uint32_t old = 0;

	for (unsigned i = 0; i < size; i++)
		old |= (uint32_t)bytes[i] << 8 * i;
	/* A write while busy stalls the bus until it can be done: it costs its own time, no error. */
	if (flash->key_step != 2 || !(flash->cr & CR_PG))
		flash->sr |= SR_PGSERR;
	else if (1u << parallelism != size && !(parallelism == 3 && size == 4))
		flash->sr |= SR_PGPERR;
	else if (protected_offset(target, offset))
		flash->sr |= SR_WRPERR;
	else {
		be_busy(target, PROGRAM_TIME);
		return old & value;
	}
	return old;
}

static void erase(struct target *target)
{
	struct flash *flash = &target->flash;
	bool all = flash->cr & CR_MER;
	size_t sector = flash->cr >> 3 & 15;

	if (!all && !(flash->cr & CR_SER)) {
		flash->sr |= SR_PGSERR;
		return;
	}
	for (size_t i = 0; i < SECTORS; i++)
		if ((all || i == sector) && protected(target, i)) {
			flash->sr |= SR_WRPERR;
			return;
		}
	if (!all && sector >= SECTORS) {
		flash->sr |= SR_PGSERR;
		return;
	}
	for (size_t i = 0; i < SECTORS; i++)
		if (all || i == sector)
			memset(target->memory_flash + sectors[i].start, 0xFF, sectors[i].size);
	core_forget_code(target->core);
	be_busy(target, all ? 4 * ERASE_TIME : ERASE_TIME);
}

/* The option bytes as memory shows them (RM0383 table 9). */
static void show_options(struct target *target)
{
	uint32_t options = target->flash.options;
	uint8_t *bytes = target->memory_system + (0x1FFFC000 - SYSTEM_START);

	bytes[0] = (uint8_t)((options & 0xEC) | 0x03);
	bytes[1] = (uint8_t)(options >> 8);
	bytes[8] = (uint8_t)(options >> 16);
	bytes[9] = (uint8_t)(0x7F | (options >> 24 & 0x80));
}

/* What OPTCR holds becomes what is in force. */
static void apply_options(struct target *target)
{
	struct flash *flash = &target->flash;
	unsigned before = flash_protection(target);

	if (before == 2)
		return;
	flash->options = flash->optcr;
	be_busy(target, ERASE_TIME);
	if (before == 1 && flash_protection(target) == 0) {
		memset(target->memory_flash, 0xFF, FLASH_SIZE);
		core_forget_code(target->core);
		be_busy(target, 4 * ERASE_TIME);
	}
	show_options(target);
}

/* Two keys in their order open; anything else locks until the next reset. */
static void take_key(unsigned *step, uint32_t value, uint32_t first, uint32_t second)
{
	if (*step == 0 && value == first)
		*step = 1;
	else if (*step == 1 && value == second)
		*step = 2;
	else
		*step = 3;
}

uint32_t flash_register_read(struct target *target, uint32_t address)
{
	const struct flash *flash = &target->flash;

	switch (address & 0x3FC) {
	case 0x00:
		return flash->acr;
	case 0x0C:
		return flash->sr | (busy(target) ? SR_BSY : 0);
	case 0x10:
		return (flash->cr & CR_WRITABLE) | (flash->key_step == 2 ? 0 : CR_LOCK) | (busy(target) ? flash->cr & CR_STRT : 0);
	case 0x14:
		return flash->optcr | (flash->option_key_step == 2 ? 0 : OPTCR_LOCK);
	default:
		return 0;
	}
}

static void write_control(struct target *target, uint32_t value)
{
	struct flash *flash = &target->flash;

	if (flash->key_step != 2)
		return;
	flash->cr = value & (CR_WRITABLE | CR_STRT);
	if (value & CR_STRT)
		erase(target);
	if (value & CR_LOCK)
		flash->key_step = 0;
}

static void write_option_control(struct target *target, uint32_t value)
{
	struct flash *flash = &target->flash;

	if (flash->option_key_step != 2)
		return;
	flash->optcr = (value & OPTCR_WRITABLE) | OPTCR_ONES;
	if (value & OPTCR_STRT)
		apply_options(target);
	if (value & OPTCR_LOCK)
		flash->option_key_step = 0;
}

void flash_register_write(struct target *target, uint32_t address, uint32_t value)
{
	struct flash *flash = &target->flash;

	switch (address & 0x3FC) {
	case 0x00:
		flash->acr = value & 0x71F;
		break;
	case 0x04:
		take_key(&flash->key_step, value, KEY1, KEY2);
		break;
	case 0x08:
		take_key(&flash->option_key_step, value, OPTION_KEY1, OPTION_KEY2);
		break;
	case 0x0C:
		flash->sr &= ~(value & (SR_ERRORS | SR_EOP));
		break;
	case 0x10:
		write_control(target, value);
		break;
	case 0x14:
		write_option_control(target, value);
		break;
	}
}

void flash_reset(struct target *target)
{
	struct flash *flash = &target->flash;

	flash->acr = flash->sr = flash->cr = 0;
	flash->optcr = flash->options;
	flash->key_step = flash->option_key_step = 0;
	flash->busy_until = 0;
	show_options(target);
}
