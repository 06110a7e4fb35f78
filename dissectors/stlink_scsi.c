/*
 * The SCSI commands of the ST-LINK/V1's disk, which shares its transport with the debugger.
 * Knows: opcodes and CDB layouts of SPC-3 and SBC-2 that operating systems and stm8flash send.
 * Must not know: the ST-Link's own commands, disk contents.
 * A probe may answer less than the CDB allows for, so these answers have no expected length but for whole blocks.
 */
#include "stlink_layouts.h"

#define PADDING(key, bytes) { .name = key, .label = "Padding", .width = bytes, .show = SHOW_PADDING }
#define ALLOCATION(bytes) { .name = "allocation_length", .label = "Most bytes to answer", .width = bytes, .show = SHOW_DEC, \
	.big_endian = true }
#define BLOCK_ADDRESS { .name = "block_address", .label = "First block", .width = 4, .show = SHOW_DEC, .big_endian = true }
#define BLOCKS { .name = "count", .label = "Blocks", .width = 2, .show = SHOW_DEC, .big_endian = true, .role = ROLE_COUNT }
#define FLAGS { .name = "flags", .label = "Flags", .width = 1, .show = SHOW_HEX }

static const struct field sense_request[] = { PADDING("unused", 3), ALLOCATION(1), { 0 } };
static const struct field inquiry_request[] = {
	FLAGS, { .name = "page", .label = "Page", .width = 1, .show = SHOW_HEX }, PADDING("unused", 1), ALLOCATION(1), { 0 },
};
static const struct field mode_sense_6_request[] = {
	FLAGS, { .name = "page", .label = "Page", .width = 1, .show = SHOW_HEX }, PADDING("unused", 1), ALLOCATION(1), { 0 },
};
static const struct field mode_sense_10_request[] = {
	FLAGS, { .name = "page", .label = "Page", .width = 1, .show = SHOW_HEX }, PADDING("unused", 4), ALLOCATION(2), { 0 },
};
static const struct bits start_stop_bits[] = {
	{ .name = "start", .high = 0, .low = 0 }, { .name = "eject", .high = 1, .low = 1 }, { 0 },
};
static const struct field start_stop_request[] = {
	PADDING("unused", 3),
	{ .name = "action", .label = "Action", .width = 1, .show = SHOW_HEX, .bits = start_stop_bits },
	{ 0 },
};
static const struct name prevent_names[] = { { 0, "allow" }, { 1, "prevent" }, { 0, NULL } };
static const struct field prevent_request[] = {
	PADDING("unused", 3),
	{ .name = "removal", .label = "Removal", .width = 1, .show = SHOW_DEC, .names = prevent_names },
	{ 0 },
};
static const struct field formats_request[] = { PADDING("unused", 6), ALLOCATION(2), { 0 } };
static const struct field capacity_request[] = { FLAGS, BLOCK_ADDRESS, { 0 } };
static const struct field blocks_request[] = { FLAGS, BLOCK_ADDRESS, PADDING("unused", 1), BLOCKS, { 0 } };

/* SPC-3 4.5.3. OpenOCD reads 16 bytes of it, others 18. */
static const struct name sense_key_names[] = {
	{ 0, "NO SENSE" }, { 1, "RECOVERED ERROR" }, { 2, "NOT READY" }, { 3, "MEDIUM ERROR" }, { 4, "HARDWARE ERROR" },
	{ 5, "ILLEGAL REQUEST" }, { 6, "UNIT ATTENTION" }, { 7, "DATA PROTECT" }, { 11, "ABORTED COMMAND" }, { 0, NULL },
};
static const struct bits sense_key_bits[] = { { .name = "key", .high = 3, .low = 0, .names = sense_key_names }, { 0 } };
static const struct field sense_answer[] = {
	{ .name = "response_code", .label = "Response code", .width = 1, .show = SHOW_HEX },
	{ .name = "segment", .label = "Obsolete", .width = 1, .show = SHOW_STALE },
	{ .name = "sense", .label = "Sense key", .width = 1, .show = SHOW_HEX, .bits = sense_key_bits },
	{ .name = "information", .label = "Information", .width = 4, .show = SHOW_BYTES },
	{ .name = "additional_length", .label = "Bytes behind this one", .width = 1, .show = SHOW_DEC },
	{ .name = "command_information", .label = "Command information", .width = 4, .show = SHOW_BYTES },
	{ .name = "asc", .label = "Additional sense code", .width = 1, .show = SHOW_HEX },
	{ .name = "ascq", .label = "Its qualifier", .width = 1, .show = SHOW_HEX },
	{ .name = "unused", .label = "Unused", .width = FIELD_REST, .show = SHOW_STALE, .optional = true },
	{ 0 },
};
static const struct field inquiry_answer[] = {
	{ .name = "device_type", .label = "Device type", .width = 1, .show = SHOW_HEX },
	{ .name = "removable", .label = "Removable", .width = 1, .show = SHOW_HEX },
	{ .name = "version", .label = "Version", .width = 1, .show = SHOW_HEX },
	{ .name = "format", .label = "Response format", .width = 1, .show = SHOW_HEX },
	{ .name = "additional_length", .label = "Bytes behind this one", .width = 1, .show = SHOW_DEC },
	{ .name = "unused", .label = "Flags", .width = 3, .show = SHOW_STALE },
	{ .name = "vendor", .label = "Vendor", .width = 8, .show = SHOW_ASCII, .optional = true },
	{ .name = "product", .label = "Product and revision", .width = FIELD_REST, .show = SHOW_ASCII, .optional = true },
	{ 0 },
};
static const struct field capacity_answer[] = {
	{ .name = "last_block", .label = "Last block", .width = 4, .show = SHOW_DEC, .big_endian = true },
	{ .name = "block_size", .label = "Bytes in a block", .width = 4, .show = SHOW_DEC, .big_endian = true },
	{ 0 },
};

#define SCSI .opcode_length = 1, .scsi = true, .generations = GENERATION_V1, .operation = OP_SCSI, .group = GROUP_SCSI
#define BLOCK_LENGTH 512

const struct stlink_command stlink_scsi_commands[] = {
	{ .opcode = { 0x00 }, SCSI, .name = "TEST_UNIT_READY", .summary = "ask whether the disk is ready" },
	{ .opcode = { 0x03 }, SCSI, .name = "REQUEST_SENSE", .summary = "ask why the last command failed",
	  .request = sense_request, .answer = sense_answer, .answer_kind = ANSWER_UNKNOWN },
	{ .opcode = { 0x12 }, SCSI, .name = "INQUIRY", .summary = "ask what the disk is",
	  .request = inquiry_request, .answer = inquiry_answer, .answer_kind = ANSWER_UNKNOWN },
	{ .opcode = { 0x1a }, SCSI, .name = "MODE_SENSE_6", .summary = "read disk parameters",
	  .request = mode_sense_6_request, .answer = stlink_raw_answer, .answer_kind = ANSWER_UNKNOWN },
	{ .opcode = { 0x1b }, SCSI, .name = "START_STOP_UNIT", .summary = "start, stop or eject the disk",
	  .request = start_stop_request },
	{ .opcode = { 0x1e }, SCSI, .name = "PREVENT_ALLOW_MEDIUM_REMOVAL", .summary = "lock or unlock the disk",
	  .request = prevent_request },
	{ .opcode = { 0x23 }, SCSI, .name = "READ_FORMAT_CAPACITIES", .summary = "read possible disk sizes",
	  .request = formats_request, .answer = stlink_raw_answer, .answer_kind = ANSWER_UNKNOWN },
	{ .opcode = { 0x25 }, SCSI, .name = "READ_CAPACITY_10", .summary = "read disk size",
	  .request = capacity_request, .answer = capacity_answer, .answer_kind = ANSWER_FIXED, .answer_length = 8 },
	{ .opcode = { 0x28 }, SCSI, .name = "READ_10", .summary = "read disk blocks",
	  .request = blocks_request, .answer = stlink_raw_data, .answer_kind = ANSWER_ITEMS, .answer_length = BLOCK_LENGTH },
	{ .opcode = { 0x2a }, SCSI, .name = "WRITE_10", .summary = "write disk blocks",
	  .request = blocks_request, .data_phase = DATA_BLOCKS },
	{ .opcode = { 0x2f }, SCSI, .name = "VERIFY_10", .summary = "verify disk blocks", .request = blocks_request },
	{ .opcode = { 0x5a }, SCSI, .name = "MODE_SENSE_10", .summary = "read disk parameters",
	  .request = mode_sense_10_request, .answer = stlink_raw_answer, .answer_kind = ANSWER_UNKNOWN },
};
const size_t stlink_scsi_command_count = sizeof stlink_scsi_commands / sizeof *stlink_scsi_commands;
