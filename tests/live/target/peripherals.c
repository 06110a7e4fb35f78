/*
 * The peripherals of the STM32F411, as far as a debugger or a flash loader asks them something.
 * Knows: reset values, the ready bits that follow their switches, ids.
 * Must not know: what a peripheral does, beyond that.
 */
#include "machine.h"

#include <string.h>

#define FLASH_REGISTERS 0x40023C00u
#define WATCHDOG_KEY 0x40003000u

/* Registers that do not read as zero after reset, or have bits that follow others. All others keep what is written. */
struct peripheral {
	uint32_t address, reset;
	uint32_t read_only;
	uint32_t switches;  /* bits that something follows ... */
	unsigned follow;    /* ... so many places further left: oscillator on, oscillator ready */
};

static const struct peripheral peripherals[] = {
	{ 0x40023800, 0x00000083, 0x0A02FF02, 0x05010001, 1 }, /* RCC_CR: HSI, HSE, PLL, PLLI2S */
	{ 0x40023804, 0x24003010, 0, 0, 0 },                   /* RCC_PLLCFGR */
	{ 0x40023808, 0x00000000, 0x0000000C, 0x00000003, 2 }, /* RCC_CFGR: the clock that is used follows the one asked for */
	{ 0x40023830, 0x00000000, 0, 0, 0 },                   /* RCC_AHB1ENR */
	{ 0x40023850, 0x7E6771FF, 0, 0, 0 },                   /* RCC_AHB1LPENR */
	{ 0x40023870, 0x00000000, 0x00000002, 0x00000001, 1 }, /* RCC_BDCR: LSE */
	{ 0x40023874, 0x0E000000, 0x00000002, 0x00000001, 1 }, /* RCC_CSR: LSI */
	{ 0x40007000, 0x0000C000, 0, 0, 0 },                   /* PWR_CR */
	{ 0x40007004, 0x00004000, 0xFFFFFCFF, 0, 0 },          /* PWR_CSR: VOSRDY */
	{ 0x40003008, 0x00000FFF, 0, 0, 0 },                   /* IWDG_RLR */
	{ 0x40002C00, 0x0000007F, 0, 0, 0 },                   /* WWDG_CR */
	{ 0x40002C04, 0x0000007F, 0, 0, 0 },                   /* WWDG_CFR */
	{ 0x40011000, 0x000000C0, 0xFFFFFFFF, 0, 0 },          /* USART1_SR: ready to send */
	{ 0x40004400, 0x000000C0, 0xFFFFFFFF, 0, 0 },          /* USART2_SR */
	{ 0x40020000, 0xA8000000, 0, 0, 0 },                   /* GPIOA_MODER: the debug pins */
	{ 0x40020008, 0x0C000000, 0, 0, 0 },                   /* GPIOA_OSPEEDR */
	{ 0x4002000C, 0x64000000, 0, 0, 0 },                   /* GPIOA_PUPDR */
	{ 0x40020400, 0x00000280, 0, 0, 0 },                   /* GPIOB_MODER */
	{ 0x40020408, 0x000000C0, 0, 0, 0 },                   /* GPIOB_OSPEEDR */
	{ 0x4002040C, 0x00000100, 0, 0, 0 },                   /* GPIOB_PUPDR */
};

static uint32_t load(const struct target *target, uint32_t address)
{
	uint32_t value;

	memcpy(&value, target->memory_peripherals + (address - PERIPHERAL_START), sizeof value);
	return value;
}

static void store(struct target *target, uint32_t address, uint32_t value)
{
	memcpy(target->memory_peripherals + (address - PERIPHERAL_START), &value, sizeof value);
}

static const struct peripheral *peripheral_at(uint32_t address)
{
	for (size_t i = 0; i < sizeof peripherals / sizeof *peripherals; i++)
		if (peripherals[i].address == address)
			return &peripherals[i];
	return NULL;
}

uint32_t peripheral_read(struct target *target, uint32_t address)
{
	const struct peripheral *row = peripheral_at(address);
	uint32_t value;

	if ((address & ~0x3FFu) == FLASH_REGISTERS)
		return flash_register_read(target, address);
	value = load(target, address);
	if (row && row->switches)
		value = (value & ~(row->switches << row->follow)) | (value & row->switches) << row->follow;
	return value;
}

/* GPIOx_BSRR and ODR are one register seen twice. */
static bool set_pins(struct target *target, uint32_t address, uint32_t value)
{
	uint32_t output;

	if ((address & ~0x1FFFu) != 0x40020000 || (address & 0x3FF) != 0x18)
		return false;
	output = load(target, address - 4);
	store(target, address - 4, (output & ~(value >> 16)) | (value & 0xFFFF));
	return true;
}

void peripheral_write(struct target *target, uint32_t address, uint32_t value, uint32_t mask)
{
	const struct peripheral *row = peripheral_at(address);
	uint32_t kept = ~mask | (row ? row->read_only : 0);

	if ((address & ~0x3FFu) == FLASH_REGISTERS) {
		flash_register_write(target, address, (value & mask) | (flash_register_read(target, address) & ~mask));
		return;
	}
	if (address == WATCHDOG_KEY && (value & 0xFFFF) == 0xAAAA)
		target->watchdog_fed = machine_now(target);
	if (!set_pins(target, address, value & mask))
		store(target, address, (load(target, address) & kept) | (value & ~kept));
}

void peripherals_reset(struct target *target, bool power_on)
{
	uint32_t backup = load(target, 0x40023870);

	memset(target->memory_peripherals, 0, PERIPHERAL_SIZE);
	for (size_t i = 0; i < sizeof peripherals / sizeof *peripherals; i++)
		store(target, peripherals[i].address, peripherals[i].reset);
	if (!power_on)
		store(target, 0x40023870, backup);
	flash_reset(target);
}
