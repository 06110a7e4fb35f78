/*
 * The bridge of a V3: SPI, I2C, GPIO, and what all of its parts share.
 * Knows: the FC commands, their statuses (16 bits), a memory of 256 bytes at I2C address 0x50.
 * Must not know: the chip behind SPI (target/), CAN (bridge_can.c).
 */
#include "handlers.h"

#include <string.h>

enum { SPI = 2, I2C = 3, CAN = 4, FDCAN = 5, GPIO = 6, HIGHEST_INTERFACE = GPIO };
#define I2C_MEMORY 0x50
#define HCLK_KHZ 192000
#define GPIO_PINS 4

static int finish(struct probe *probe, int status, uint32_t done)
{
	probe->bridge.done = (uint16_t)done;
	return status;
}

int run_bridge_close(struct probe *probe, struct exchange *exchange)
{
	struct bridge *bridge = &probe->bridge;
	uint8_t which = exchange->command[2];

	if (which == 1 || which > HIGHEST_INTERFACE)
		return BRIDGE_BAD_PARAMETER;
	if (!which || which == SPI) {
		target_spi_select(probe->target, false);
		bridge->spi = false;
	}
	if (!which || which == I2C)
		bridge->i2c = false;
	if (!which || which == CAN || which == FDCAN)
		bridge->can = (struct can) { 0 };
	if (!which || which == GPIO)
		bridge->gpio = false;
	return BRIDGE_OK;
}

int run_bridge_status(struct probe *probe, struct exchange *exchange)
{
	put16(exchange->answer->bytes + 2, probe->bridge.done);
	return probe->bridge.status;
}

int run_bridge_clock(struct probe *probe, struct exchange *exchange)
{
	static const uint32_t khz[] = { [SPI] = 96000, [I2C] = 192000, [CAN] = 48000, [FDCAN] = 48000, [GPIO] = 192000 };
	uint8_t which = exchange->command[2];

	(void)probe;
	if (which < SPI || which > HIGHEST_INTERFACE)
		return BRIDGE_BAD_PARAMETER;
	put32(exchange->answer->bytes + 4, khz[which]);
	put32(exchange->answer->bytes + 8, HCLK_KHZ);
	return BRIDGE_OK;
}

/* SPI */

int run_spi_init(struct probe *probe, struct exchange *exchange)
{
	const uint8_t *command = exchange->command;

	if (command[2] > 3 || command[4] > 1 || command[6] > 7)
		return BRIDGE_BAD_PARAMETER;
	probe->bridge.spi = true;
	probe->bridge.hardware_select = command[5] & 1;
	target_spi_select(probe->target, false);
	return BRIDGE_OK;
}

int run_spi_select(struct probe *probe, struct exchange *exchange)
{
	if (!probe->bridge.spi)
		return BRIDGE_INIT_NOT_DONE;
	if (exchange->command[2] > 1)
		return BRIDGE_BAD_PARAMETER;
	target_spi_select(probe->target, exchange->command[2] == 0);
	return BRIDGE_OK;
}

static void spi_transfer(struct probe *probe, const uint8_t *out, uint8_t *in, size_t length)
{
	if (probe->bridge.hardware_select)
		target_spi_select(probe->target, true);
	target_spi_transfer(probe->target, out, in, length);
	if (probe->bridge.hardware_select)
		target_spi_select(probe->target, false);
}

uint32_t data_spi(const struct probe *probe, const uint8_t *command)
{
	uint16_t length = get16(command + 2);

	(void)probe;
	return length > 8 ? length - 8u : 0;
}

int run_spi_write(struct probe *probe, struct exchange *exchange)
{
	uint8_t bytes[UINT16_MAX];
	uint16_t length = get16(exchange->command + 2);
	uint16_t at = length < 8 ? length : 8;

	if (!probe->bridge.spi)
		return finish(probe, BRIDGE_INIT_NOT_DONE, 0);
	if (exchange->data_length + at < length)
		return finish(probe, BRIDGE_BAD_PARAMETER, 0);
	memcpy(bytes, exchange->command + 4, at);
	if (length > at)
		memcpy(bytes + at, exchange->data, (size_t)(length - at));
	spi_transfer(probe, bytes, NULL, length);
	return finish(probe, BRIDGE_OK, length);
}

uint32_t answer_bridge_length(const struct probe *probe, const uint8_t *command)
{
	(void)probe;
	return get16(command + 2);
}

int run_spi_read(struct probe *probe, struct exchange *exchange)
{
	if (!probe->bridge.spi)
		return finish(probe, BRIDGE_INIT_NOT_DONE, 0);
	spi_transfer(probe, NULL, exchange->answer->bytes, exchange->answer->length);
	return finish(probe, BRIDGE_OK, exchange->answer->length);
}

/* I2C: a slave acknowledges its address, or nobody does. */

static bool slave_answers(const struct probe *probe, const uint8_t *command)
{
	return probe->bridge.i2c && get16(command + 4) == I2C_MEMORY;
}

int run_i2c_init(struct probe *probe, struct exchange *exchange)
{
	if (exchange->command[8] > 1)
		return BRIDGE_BAD_PARAMETER;
	probe->bridge.i2c = true;
	return BRIDGE_OK;
}

uint32_t data_i2c(const struct probe *probe, const uint8_t *command)
{
	uint16_t length = get16(command + 2);

	(void)probe;
	return length > 4 ? length - 4u : 0;
}

static int i2c_refusal(const struct probe *probe)
{
	return probe->bridge.i2c ? BRIDGE_I2C_ERROR : BRIDGE_INIT_NOT_DONE;
}

/* The first byte is the place, the others go there. */
int run_i2c_write(struct probe *probe, struct exchange *exchange)
{
	struct bridge *bridge = &probe->bridge;
	uint16_t length = get16(exchange->command + 2), i;

	if (!slave_answers(probe, exchange->command))
		return finish(probe, i2c_refusal(probe), 0);
	if (exchange->data_length + 4 < length)
		return finish(probe, BRIDGE_BAD_PARAMETER, 0);
	for (i = 0; i < length; i++) {
		uint8_t byte = i < 4 ? exchange->command[8 + i] : exchange->data[i - 4];

		if (i == 0)
			bridge->pointer = byte;
		else
			bridge->memory[bridge->pointer++] = byte;
	}
	return finish(probe, BRIDGE_OK, length);
}

static void i2c_read(struct bridge *bridge, uint8_t *bytes, uint32_t length)
{
	uint32_t i;

	for (i = 0; i < length; i++)
		bytes[i] = bridge->memory[bridge->pointer++];
}

int run_i2c_read(struct probe *probe, struct exchange *exchange)
{
	if (!slave_answers(probe, exchange->command))
		return finish(probe, i2c_refusal(probe), 0);
	i2c_read(&probe->bridge, exchange->answer->bytes, exchange->answer->length);
	return finish(probe, BRIDGE_OK, exchange->answer->length);
}

int run_i2c_read_later(struct probe *probe, struct exchange *exchange)
{
	uint16_t length = get16(exchange->command + 2);

	if (!slave_answers(probe, exchange->command))
		return finish(probe, i2c_refusal(probe), 0);
	probe->bridge.waiting = length;
	put16(exchange->answer->bytes + 2, length);
	return finish(probe, BRIDGE_OK, length);
}

int run_i2c_fetch(struct probe *probe, struct exchange *exchange)
{
	if (exchange->answer->length > probe->bridge.waiting)
		return finish(probe, BRIDGE_WRONG_ORDER, 0);
	i2c_read(&probe->bridge, exchange->answer->bytes, exchange->answer->length);
	probe->bridge.waiting = 0;
	return finish(probe, BRIDGE_OK, exchange->answer->length);
}

/* GPIO: nothing hangs on the four pins but their own pull resistors. */

int run_gpio_init(struct probe *probe, struct exchange *exchange)
{
	unsigned pin;

	for (pin = 0; pin < GPIO_PINS; pin++)
		if (exchange->command[2] & 1 << pin)
			probe->bridge.gpio_config[pin] = exchange->command[3 + pin];
	probe->bridge.gpio = true;
	return BRIDGE_OK;
}

static uint8_t wrong_pins(const struct probe *probe, uint8_t mask, bool output)
{
	uint8_t wrong = (uint8_t)(mask & ~0xf);
	unsigned pin;

	for (pin = 0; pin < GPIO_PINS; pin++)
		if (mask & 1 << pin && output && (probe->bridge.gpio_config[pin] & 3) != 1)
			wrong = (uint8_t)(wrong | 1 << pin);
	return wrong;
}

int run_gpio_set(struct probe *probe, struct exchange *exchange)
{
	uint8_t mask = exchange->command[2];
	uint8_t wrong = wrong_pins(probe, mask, true);

	if (!probe->bridge.gpio)
		return BRIDGE_INIT_NOT_DONE;
	exchange->answer->bytes[2] = wrong;
	mask = (uint8_t)(mask & ~wrong);
	probe->bridge.gpio_levels = (uint8_t)((probe->bridge.gpio_levels & ~mask) | (exchange->command[3] & mask));
	return wrong ? BRIDGE_BAD_PARAMETER : BRIDGE_OK;
}

int run_gpio_read(struct probe *probe, struct exchange *exchange)
{
	uint8_t mask = exchange->command[2];
	uint8_t levels = 0;
	unsigned pin;

	if (!probe->bridge.gpio)
		return BRIDGE_INIT_NOT_DONE;
	for (pin = 0; pin < GPIO_PINS; pin++) {
		uint8_t config = probe->bridge.gpio_config[pin];
		bool high = (config & 3) == 1 ? probe->bridge.gpio_levels & 1 << pin : (config >> 4 & 3) == 1;

		if (mask & 1 << pin && high)
			levels = (uint8_t)(levels | 1 << pin);
	}
	exchange->answer->bytes[2] = wrong_pins(probe, mask, false);
	exchange->answer->bytes[3] = levels;
	return BRIDGE_OK;
}
