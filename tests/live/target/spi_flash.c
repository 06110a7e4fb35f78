/*
 * A serial flash behind the bridge.
 * Knows: the commands of a Winbond W25Q and W25X, pages, erasing, the busy flag.
 * Must not know: the bridge.
 */
#include "machine.h"

#include <stdlib.h>
#include <string.h>

enum command {
	WRITE_STATUS = 0x01,
	PAGE_PROGRAM = 0x02,
	READ = 0x03,
	WRITE_DISABLE = 0x04,
	READ_STATUS = 0x05,
	WRITE_ENABLE = 0x06,
	FAST_READ = 0x0B,
	ERASE_4K = 0x20,
	READ_STATUS_2 = 0x35,
	ERASE_32K = 0x52,
	ERASE_CHIP_OLD = 0x60,
	READ_SHORT_ID = 0x90,
	READ_ID = 0x9F,
	WAKE = 0xAB,
	ERASE_CHIP = 0xC7,
	ERASE_64K = 0xD8,
};

#define LARGEST 0x200000u
#define ADDRESS_BYTES 3u
#define STATUS_BUSY 1u
#define STATUS_WRITE_ENABLED 2u
#define BUSY_READS 2u

static const struct spi_chip chips[] = {
	{ "W25Q16", LARGEST, { 0xEF, 0x40, 0x15 }, 0x14 },
	{ "W25X10", 0x20000, { 0xEF, 0x30, 0x11 }, 0x10 },
};

void spi_flash_new(struct spi_flash *flash)
{
	memset(flash, 0, sizeof *flash);
	flash->chip = chips;
	flash->memory = malloc(LARGEST);
	if (!flash->memory)
		abort();
	memset(flash->memory, 0xFF, LARGEST);
}

void spi_flash_free(struct spi_flash *flash)
{
	free(flash->memory);
}

bool spi_flash_choose(struct spi_flash *flash, const char *name)
{
	flash->chip = NULL;
	for (size_t i = 0; i < sizeof chips / sizeof *chips; i++)
		if (!strcmp(chips[i].name, name))
			flash->chip = &chips[i];
	return flash->chip || !strcmp(name, "absent");
}

static uint8_t read_status(struct spi_flash *flash)
{
	uint8_t busy = flash->busy_reads ? STATUS_BUSY : 0;

	flash->busy_reads -= busy;
	return (uint8_t)((flash->status[0] & 0xFC) | busy | (flash->write_enabled ? STATUS_WRITE_ENABLED : 0));
}

/* The byte that the chip sends while it gets byte number at of a frame; the command is byte 0. */
static uint8_t answer(struct spi_flash *flash)
{
	uint32_t data = flash->at - 1;

	switch (flash->command) {
	case READ_STATUS:
		return read_status(flash);
	case READ_STATUS_2:
		return flash->status[1];
	case READ_ID:
		return data < 3 ? flash->chip->id[data] : 0xFF;
	case READ_SHORT_ID:
		if (data < ADDRESS_BYTES)
			return 0xFF;
		return (flash->address + data) & 1 ? flash->chip->id[0] : flash->chip->short_id;
	case WAKE:
		return data < ADDRESS_BYTES ? 0xFF : flash->chip->short_id;
	case READ:
		return data < ADDRESS_BYTES ? 0xFF : flash->memory[(flash->address + data - ADDRESS_BYTES) % flash->chip->size];
	case FAST_READ:
		return data <= ADDRESS_BYTES ? 0xFF : flash->memory[(flash->address + data - ADDRESS_BYTES - 1) % flash->chip->size];
	default:
		return 0xFF;
	}
}

static void take(struct spi_flash *flash, uint8_t byte)
{
	uint32_t data = flash->at - 1, place;

	if (flash->command == WRITE_STATUS) {
		if (data < 2) {
			flash->data[data] = byte;
			flash->given[data] = true;
		}
	} else if (data < ADDRESS_BYTES) {
		flash->address = (flash->address << 8 | byte) & 0xFFFFFF;
	} else if (flash->command == PAGE_PROGRAM) {
		/* More than a page wraps within it. */
		place = (flash->address + data - ADDRESS_BYTES) % SPI_PAGE;
		flash->data[place] = byte;
		flash->given[place] = true;
	}
}

static void erase(struct spi_flash *flash, uint32_t size)
{
	memset(flash->memory + (flash->address % flash->chip->size & ~(size - 1)), 0xFF, size);
}

static void program(struct spi_flash *flash)
{
	uint8_t *page = flash->memory + (flash->address % flash->chip->size & ~(SPI_PAGE - 1));

	for (unsigned i = 0; i < SPI_PAGE; i++)
		if (flash->given[i])
			page[i] &= flash->data[i];
}

static void write_status(struct spi_flash *flash)
{
	for (unsigned i = 0; i < 2; i++)
		if (flash->given[i])
			flash->status[i] = flash->data[i];
}

/* What changes the chip is done when it is deselected, and only after WREN, which it uses up. */
static void change(struct spi_flash *flash)
{
	switch (flash->command) {
	case WRITE_STATUS:
		write_status(flash);
		break;
	case PAGE_PROGRAM:
		program(flash);
		break;
	case ERASE_4K:
		erase(flash, 0x1000);
		break;
	case ERASE_32K:
		erase(flash, 0x8000);
		break;
	case ERASE_64K:
		erase(flash, 0x10000);
		break;
	case ERASE_CHIP:
	case ERASE_CHIP_OLD:
		flash->address = 0;
		erase(flash, flash->chip->size);
		break;
	default:
		return;
	}
	flash->write_enabled = false;
	flash->busy_reads = BUSY_READS;
}

void target_spi_select(struct target *target, bool selected)
{
	struct spi_flash *flash = &target->spi;

	if (!flash->chip || flash->selected == selected)
		return;
	flash->selected = selected;
	if (selected) {
		flash->at = flash->address = 0;
		memset(flash->given, 0, sizeof flash->given);
	} else if (flash->at && flash->command == WRITE_ENABLE) {
		flash->write_enabled = true;
	} else if (flash->at && flash->command == WRITE_DISABLE) {
		flash->write_enabled = false;
	} else if (flash->at && flash->write_enabled) {
		change(flash);
	}
}

void target_spi_transfer(struct target *target, const uint8_t *out, uint8_t *in, size_t length)
{
	struct spi_flash *flash = &target->spi;

	for (size_t i = 0; i < length; i++) {
		uint8_t byte = out ? out[i] : 0, back = 0xFF;

		if (flash->chip && flash->selected && target->wiring.millivolts) {
			if (!flash->at) {
				flash->command = byte;
			} else {
				back = answer(flash);
				take(flash, byte);
			}
			flash->at++;
		}
		if (in)
			in[i] = back;
	}
}
