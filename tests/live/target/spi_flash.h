/*
 * A serial flash behind the bridge.
 * Knows: the commands of a Winbond W25Q and W25X.
 * Must not know: the bridge.
 */
#ifndef LIVE_SPI_FLASH_H
#define LIVE_SPI_FLASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SPI_PAGE 256u

struct spi_chip {
	const char *name;
	uint32_t size;
	uint8_t id[3];    /* what RDID answers */
	uint8_t short_id; /* what REMS and RES answer */
};

struct spi_flash {
	const struct spi_chip *chip; /* NULL: nothing there */
	uint8_t *memory;
	bool selected;
	uint32_t at;                 /* bytes since the chip was selected */
	uint8_t command;
	uint32_t address;
	bool write_enabled;
	uint8_t status[2];           /* as written by WRSR */
	unsigned busy_reads;         /* the status register shows busy that many more times */
	uint8_t data[SPI_PAGE];      /* what a command that writes brought, by its place in the page */
	bool given[SPI_PAGE];
};

/* A blank W25Q16. Aborts without memory. */
void spi_flash_new(struct spi_flash *flash);
void spi_flash_free(struct spi_flash *flash);
/* "absent" takes it away. False: no such chip. */
bool spi_flash_choose(struct spi_flash *flash, const char *name);

#endif
