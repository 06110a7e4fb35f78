/*
 * A serial flash behind the bridge.
 * Knows: the commands of a Winbond W25Q and W25X.
 * Must not know: the bridge.
 */
#include "machine.h"

#include <string.h>

void spi_flash_new(struct spi_flash *flash)
{
	memset(flash, 0, sizeof *flash);
}

void spi_flash_free(struct spi_flash *flash)
{
	(void)flash;
}

bool spi_flash_choose(struct spi_flash *flash, const char *name)
{
	(void)flash;
	return *name;
}

void target_spi_select(struct target *target, bool selected)
{
	(void)target;
	(void)selected;
}

void target_spi_transfer(struct target *target, const uint8_t *out, uint8_t *in, size_t length)
{
	(void)target;
	(void)out;
	memset(in, 0xFF, length);
}
