/*
 * Layouts of group FC: the SPI, I2C, CAN, FDCAN and GPIO bridge of STLINK-V3SET, V3S and V3PWR.
 * Knows: which bytes lie where, as protocol/commands.tsv gives them from ST's STLINK-V3-BRIDGE library.
 * Must not know: which command uses which layout.
 */
#include "stlink_layouts.h"

#define STATUS { .name = "status", .label = "Status", .width = 1, .show = SHOW_HEX, .role = ROLE_STATUS }, \
	{ .name = "status_high", .label = "Status, high byte", .width = 1, .show = SHOW_PADDING }
#define LENGTH { .name = "length", .label = "Length in bytes", .width = 2, .show = SHOW_DEC, .role = ROLE_LENGTH }
#define INLINE_DATA(bytes) { .name = "data", .label = "First data bytes", .width = bytes, .show = SHOW_BYTES, \
	.count_role = ROLE_LENGTH, .counted = true }
#define STALE(key, bytes) { .name = key, .label = "Unused", .width = bytes, .show = SHOW_STALE }

static const struct name interface_names[] = {
	{ 0, "all" }, { 2, "SPI" }, { 3, "I2C" }, { 4, "CAN" }, { 5, "FDCAN" }, { 6, "GPIO" }, { 0, NULL },
};
const struct field stlink_bridge_interface_request[] = {
	{ .name = "interface", .label = "Bridge interface", .width = 1, .show = SHOW_DEC, .names = interface_names }, { 0 },
};

/* SPI */

static const struct name spi_direction_names[] = {
	{ 0, "full duplex" }, { 1, "receive only" }, { 2, "half duplex, receive" }, { 3, "half duplex, transmit" }, { 0, NULL },
};
static const struct bits spi_mode_bits[] = {
	{ .name = "master", .high = 0, .low = 0 }, { .name = "cpha", .high = 1, .low = 1 }, { .name = "cpol", .high = 2, .low = 2 },
	{ .name = "msb_first", .high = 3, .low = 3 }, { .name = "ti_frame", .high = 4, .low = 4 }, { 0 },
};
static const struct name spi_data_names[] = { { 0, "16 bits" }, { 1, "8 bits" }, { 0, NULL } };
static const struct bits spi_nss_bits[] = {
	{ .name = "hardware_nss", .high = 0, .low = 0 }, { .name = "nss_pulse", .high = 1, .low = 1 }, { 0 },
};
static const struct name spi_prescaler_names[] = {
	{ 0, "/2" }, { 1, "/4" }, { 2, "/8" }, { 3, "/16" }, { 4, "/32" }, { 5, "/64" }, { 6, "/128" }, { 7, "/256" }, { 0, NULL },
};
const struct field stlink_bridge_spi_init[] = {
	{ .name = "direction", .label = "Direction", .width = 1, .show = SHOW_DEC, .names = spi_direction_names },
	{ .name = "spi_mode", .label = "SPI mode", .width = 1, .show = SHOW_HEX, .bits = spi_mode_bits },
	{ .name = "data_size", .label = "Data size", .width = 1, .show = SHOW_DEC, .names = spi_data_names },
	{ .name = "nss", .label = "NSS", .width = 1, .show = SHOW_HEX, .bits = spi_nss_bits },
	{ .name = "prescaler", .label = "Clock prescaler", .width = 1, .show = SHOW_DEC, .names = spi_prescaler_names },
	{ .name = "crc_polynomial", .label = "CRC polynomial", .width = 2, .show = SHOW_HEX },
	{ .name = "frame_delay", .label = "Delay between frames", .width = 1, .show = SHOW_DEC },
	{ 0 },
};
const struct field stlink_bridge_spi_write[] = { LENGTH, INLINE_DATA(8), { 0 } };
/* flashrom builds reads in the block of the write before: its data bytes stay behind. */
const struct field stlink_bridge_spi_read[] = {
	LENGTH,
	{ .name = "unused", .label = "Unused", .width = FIELD_REST, .show = SHOW_STALE, .optional = true },
	{ 0 },
};
static const struct name level_names[] = { { 0, "low" }, { 1, "high" }, { 0, NULL } };
const struct field stlink_bridge_spi_select[] = {
	{ .name = "level", .label = "NSS", .width = 1, .show = SHOW_DEC, .names = level_names, .role = ROLE_LEVEL }, { 0 },
};

/* I2C */

static const struct name addressing_names[] = { { 0, "7 bits" }, { 1, "10 bits" }, { 0, NULL } };
static const struct bits i2c_filter_bits[] = {
	{ .name = "analog_filter", .high = 7, .low = 7 }, { .name = "digital_filter", .high = 3, .low = 0 }, { 0 },
};
const struct field stlink_bridge_i2c_init[] = {
	{ .name = "timing", .label = "I2C_TIMINGR", .width = 4, .show = SHOW_HEX },
	{ .name = "own_address", .label = "Own address, 0 for a master only", .width = 2, .show = SHOW_HEX },
	{ .name = "addressing", .label = "Addressing", .width = 1, .show = SHOW_DEC, .names = addressing_names },
	{ .name = "filter", .label = "Filters", .width = 1, .show = SHOW_HEX, .bits = i2c_filter_bits },
	{ 0 },
};
static const struct bits slave_address_bits[] = {
	{ .name = "ten_bits", .high = 15, .low = 15 }, { .name = "slave", .high = 9, .low = 0 }, { 0 },
};
static const struct name transfer_names[] = {
	{ 0, "start and stop" }, { 1, "start only" }, { 2, "continue" }, { 3, "stop only" }, { 0, NULL },
};
#define SLAVE { .name = "slave_address", .label = "Slave address", .width = 2, .show = SHOW_HEX, .bits = slave_address_bits }
#define TRANSFER { .name = "transfer", .label = "Part of a transfer", .width = 1, .show = SHOW_DEC, .names = transfer_names }
const struct field stlink_bridge_i2c_write[] = {
	LENGTH, SLAVE, TRANSFER,
	{ .name = "unused", .label = "Padding", .width = 1, .show = SHOW_PADDING },
	INLINE_DATA(4),
	{ 0 },
};
const struct field stlink_bridge_i2c_read[] = { LENGTH, SLAVE, TRANSFER, { 0 } };
const struct field stlink_bridge_i2c_read_no_wait[] = {
	LENGTH, SLAVE, TRANSFER,
	{ .name = "timeout_200ms", .label = "Time-out in units of 200 ms", .width = 1, .show = SHOW_DEC },
	{ 0 },
};
const struct field stlink_bridge_i2c_get_data[] = { LENGTH, { 0 } };

/* CAN */

static const struct name can_mode_names[] = {
	{ 0, "normal" }, { 1, "loopback" }, { 2, "silent" }, { 3, "silent loopback" }, { 0, NULL },
};
static const struct bits can_segment1_bits[] = {
	{ .name = "segment1_minus_1", .high = 2, .low = 0 }, { .name = "propagation_minus_1", .high = 5, .low = 3 }, { 0 },
};
static const struct bits can_segment2_bits[] = {
	{ .name = "segment2_minus_1", .high = 2, .low = 0 }, { .name = "jump_width_minus_1", .high = 4, .low = 3 }, { 0 },
};
static const struct bits can_option_bits[] = {
	{ .name = "abom", .high = 1, .low = 1 }, { .name = "awum", .high = 2, .low = 2 }, { .name = "nart", .high = 3, .low = 3 },
	{ .name = "rflm", .high = 4, .low = 4 }, { .name = "txfp", .high = 5, .low = 5 }, { 0 },
};
const struct field stlink_bridge_can_init[] = {
	{ .name = "can_mode", .label = "CAN mode", .width = 1, .show = SHOW_DEC, .names = can_mode_names },
	{ .name = "segment1", .label = "Segment 1 and propagation", .width = 1, .show = SHOW_HEX, .bits = can_segment1_bits },
	{ .name = "segment2", .label = "Segment 2 and jump width", .width = 1, .show = SHOW_HEX, .bits = can_segment2_bits },
	{ .name = "options", .label = "Options", .width = 1, .show = SHOW_HEX, .bits = can_option_bits },
	{ .name = "prescaler", .label = "Prescaler", .width = 2, .show = SHOW_DEC },
	{ .name = "init_type", .label = "Kind of initialisation", .width = 1, .show = SHOW_DEC },
	{ 0 },
};
static const struct bits can_frame_bits[] = {
	{ .name = "extended", .high = 0, .low = 0 }, { .name = "remote", .high = 1, .low = 1 }, { 0 },
};
#define IDENTIFIER { .name = "identifier", .label = "Message identifier", .width = 4, .show = SHOW_HEX }
const struct field stlink_bridge_can_write[] = {
	IDENTIFIER,
	{ .name = "frame", .label = "Frame flags", .width = 1, .show = SHOW_HEX, .bits = can_frame_bits },
	{ .name = "length", .label = "Data bytes (DLC)", .width = 1, .show = SHOW_DEC, .role = ROLE_LENGTH },
	INLINE_DATA(4),
	{ 0 },
};
static const struct bits can_filter_bits[] = {
	{ .name = "list", .high = 0, .low = 0 }, { .name = "scale32", .high = 1, .low = 1 }, { .name = "enable", .high = 2, .low = 2 },
	{ .name = "fifo1", .high = 3, .low = 3 }, { 0 },
};
const struct field stlink_bridge_can_filter[] = {
	{ .name = "filter", .label = "Filter flags", .width = 1, .show = SHOW_HEX, .bits = can_filter_bits },
	{ .name = "filter_id", .label = "Filter identifier", .width = 4, .show = SHOW_HEX },
	{ .name = "filter_mask", .label = "Filter mask", .width = 4, .show = SHOW_HEX },
	{ .name = "bank", .label = "Filter bank", .width = 1, .show = SHOW_DEC },
	{ 0 },
};
#define MESSAGE_FORMAT { .name = "format", .label = "Message format", .width = 1, .show = SHOW_DEC }
const struct field stlink_bridge_reception_start[] = { MESSAGE_FORMAT, { 0 } };
#define MESSAGES { .name = "count", .label = "Messages", .width = 2, .show = SHOW_DEC, .role = ROLE_COUNT }
const struct field stlink_bridge_can_get_messages[] = { MESSAGES, { 0 } };

/* FDCAN */

static const struct name fdcan_mode_names[] = {
	{ 0, "normal" }, { 1, "restricted" }, { 2, "bus monitoring" }, { 3, "internal loopback" }, { 4, "external loopback" },
	{ 0, NULL },
};
static const struct name fdcan_frame_names[] = {
	{ 0, "classic" }, { 1, "FD without bit rate switch" }, { 2, "FD with bit rate switch" }, { 0, NULL },
};
/* As ST's library sets them; its comment numbers them from 0. */
static const struct bits fdcan_option_bits[] = {
	{ .name = "no_auto_retransmit", .high = 1, .low = 1 }, { .name = "tx_pause", .high = 2, .low = 2 },
	{ .name = "protocol_exception_off", .high = 3, .low = 3 }, { .name = "fifo0_overwrite", .high = 4, .low = 4 },
	{ .name = "fifo1_overwrite", .high = 5, .low = 5 }, { 0 },
};
static const struct bits fdcan_delay_bits[] = {
	{ .name = "enable", .high = 7, .low = 7 }, { .name = "amount", .high = 6, .low = 0 }, { 0 },
};
const struct field stlink_bridge_fdcan_init[] = {
	{ .name = "fdcan_mode", .label = "FDCAN mode", .width = 1, .show = SHOW_DEC, .names = fdcan_mode_names },
	{ .name = "init_type", .label = "Kind of initialisation", .width = 1, .show = SHOW_DEC },
	{ .name = "frame_mode", .label = "Frame mode", .width = 1, .show = SHOW_DEC, .names = fdcan_frame_names },
	{ .name = "options", .label = "Options", .width = 1, .show = SHOW_HEX, .bits = fdcan_option_bits },
	{ .name = "tdc_offset", .label = "Transmitter delay offset", .width = 1, .show = SHOW_HEX, .bits = fdcan_delay_bits },
	{ .name = "tdc_filter", .label = "Transmitter delay filter", .width = 1, .show = SHOW_HEX, .bits = fdcan_delay_bits },
	{ 0 },
};
static const struct bits fdcan_frame_bits[] = {
	{ .name = "extended", .high = 0, .low = 0 }, { .name = "remote", .high = 1, .low = 1 }, { .name = "esi", .high = 2, .low = 2 },
	{ .name = "brs", .high = 3, .low = 3 }, { .name = "fd", .high = 4, .low = 4 }, { 0 },
};
const struct field stlink_bridge_fdcan_write[] = {
	IDENTIFIER,
	{ .name = "frame", .label = "Frame flags", .width = 1, .show = SHOW_HEX, .bits = fdcan_frame_bits, .role = ROLE_VALUE },
	{ .name = "length", .label = "Data bytes", .width = 1, .show = SHOW_DEC, .role = ROLE_LENGTH },
	{ 0 },
};
static const struct name fdcan_filter_names[] = { { 0, "range" }, { 1, "list" }, { 2, "mask" }, { 0, NULL } };
static const struct bits fdcan_filter_bits[] = {
	{ .name = "extended", .high = 0, .low = 0 }, { .name = "type", .high = 2, .low = 1, .names = fdcan_filter_names },
	{ .name = "number", .high = 7, .low = 3 }, { 0 },
};
static const struct name fdcan_action_names[] = {
	{ 0, "disable" }, { 1, "to FIFO 0" }, { 2, "to FIFO 1" }, { 3, "reject" }, { 0, NULL },
};
const struct field stlink_bridge_fdcan_filter[] = {
	{ .name = "filter", .label = "Filter", .width = 1, .show = SHOW_HEX, .bits = fdcan_filter_bits },
	{ .name = "action", .label = "Action", .width = 1, .show = SHOW_DEC, .names = fdcan_action_names },
	{ .name = "id1", .label = "First identifier", .width = 4, .show = SHOW_HEX },
	{ .name = "id2", .label = "Second identifier or mask", .width = 4, .show = SHOW_HEX },
	{ 0 },
};
#define FIFO { .name = "fifo", .label = "FIFO", .width = 1, .show = SHOW_DEC }
const struct field stlink_bridge_fdcan_count[] = { FIFO, { 0 } };
const struct field stlink_bridge_fdcan_get_messages[] = { MESSAGES, FIFO, { 0 } };
const struct field stlink_bridge_fdcan_bit_time[] = {
	{ .name = "propagation_minus_1", .label = "Propagation segment - 1", .width = 1, .show = SHOW_DEC },
	{ .name = "segment1_minus_1", .label = "Segment 1 - 1", .width = 1, .show = SHOW_DEC },
	{ .name = "segment2_minus_1", .label = "Segment 2 - 1", .width = 1, .show = SHOW_DEC },
	{ .name = "jump_width_minus_1", .label = "Jump width - 1", .width = 1, .show = SHOW_DEC },
	{ .name = "prescaler", .label = "Prescaler", .width = 2, .show = SHOW_DEC },
	{ 0 },
};

/* GPIO */

static const struct name gpio_mode_names[] = { { 0, "input" }, { 1, "output" }, { 3, "analog" }, { 0, NULL } };
static const struct name gpio_pull_names[] = { { 0, "none" }, { 1, "up" }, { 2, "down" }, { 0, NULL } };
static const struct bits gpio_pin_bits[] = {
	{ .name = "mode", .high = 1, .low = 0, .names = gpio_mode_names }, { .name = "speed", .high = 3, .low = 2 },
	{ .name = "pull", .high = 5, .low = 4, .names = gpio_pull_names }, { .name = "open_drain", .high = 6, .low = 6 }, { 0 },
};
#define PINS { .name = "pins", .label = "Pin mask", .width = 1, .show = SHOW_HEX }
#define PIN(key, words) { .name = key, .label = words, .width = 1, .show = SHOW_HEX, .bits = gpio_pin_bits }
const struct field stlink_bridge_gpio_init[] = {
	PINS, PIN("pin0", "Pin 0"), PIN("pin1", "Pin 1"), PIN("pin2", "Pin 2"), PIN("pin3", "Pin 3"), { 0 },
};
const struct field stlink_bridge_gpio_set[] = {
	PINS, { .name = "levels", .label = "Pin levels", .width = 1, .show = SHOW_HEX, .role = ROLE_VALUE }, { 0 },
};
const struct field stlink_bridge_gpio_read[] = { PINS, { 0 } };

/* Answers */

const struct field stlink_bridge_rw_status_answer[] = {
	STATUS,
	{ .name = "count", .label = "Bytes moved without error", .width = 2, .show = SHOW_DEC, .role = ROLE_COUNT },
	{ .name = "error_info", .label = "Error information", .width = 4, .show = SHOW_HEX },
	{ 0 },
};
const struct field stlink_bridge_clock_answer[] = {
	STATUS, STALE("unused", 2),
	{ .name = "input_clock_khz", .label = "Input clock in kHz", .width = 4, .show = SHOW_DEC },
	{ .name = "hclk_khz", .label = "HCLK in kHz", .width = 4, .show = SHOW_DEC },
	{ 0 },
};
const struct field stlink_bridge_reception_answer[] = { STATUS, MESSAGE_FORMAT, STALE("unused", 1), { 0 } };
const struct field stlink_bridge_message_count_answer[] = { STATUS, MESSAGES, MESSAGE_FORMAT, STALE("unused", 3), { 0 } };
#define PIN_ERRORS { .name = "error_pins", .label = "Pins in error", .width = 1, .show = SHOW_HEX }
const struct field stlink_bridge_gpio_set_answer[] = { STATUS, PIN_ERRORS, STALE("unused", 5), { 0 } };
const struct field stlink_bridge_gpio_read_answer[] = {
	STATUS, PIN_ERRORS,
	{ .name = "levels", .label = "Pin levels", .width = 1, .show = SHOW_HEX, .role = ROLE_VALUE },
	STALE("unused", 4),
	{ 0 },
};
