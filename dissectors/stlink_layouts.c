/*
 * Layouts of the probe's own commands and of groups F2 (debug), F3 (loader) and F4 (SWIM).
 * Knows: which bytes lie where, as protocol/commands.tsv gives them.
 * Must not know: which command uses which layout (stlink_commands.c), the bridge (stlink_bridge_layouts.c).
 * Requests start behind the opcode. Keys are part of the JSON contract.
 */
#include "stlink_layouts.h"

#include "registers.h"

/* Bytes that answers leave filled from earlier traffic, and second bytes of two-byte statuses. */
#define STALE(key, bytes) { .name = key, .label = "Unused", .width = bytes, .show = SHOW_STALE }
#define PADDING(key, bytes) { .name = key, .label = "Padding", .width = bytes, .show = SHOW_PADDING }
/* V2 clients leave the arguments of an earlier command behind those of a shorter one. */
#define LEFTOVER(key) { .name = key, .label = "Unused", .width = FIELD_REST, .show = SHOW_STALE, .optional = true }
#define STATUS { .name = "status", .label = "Status", .width = 1, .show = SHOW_HEX, .role = ROLE_STATUS }
/* The access port of commands that only some clients give one: 0 says nothing there. */
#define OPTIONAL_AP { .name = "ap", .label = "Access port", .width = 1, .show = SHOW_DEC, .role = ROLE_AP, \
	.optional = true, .zero_is_absent = true }

const struct name stlink_mode_names[] = {
	{ MODE_DFU, "DFU" }, { MODE_MASS, "MASS" }, { MODE_DEBUG, "DEBUG" }, { MODE_SWIM, "SWIM" },
	{ MODE_BOOTLOADER, "BOOTLOADER" }, { 0, NULL },
};

const struct field stlink_raw_arguments[] = {
	{ .name = "arguments", .label = "Arguments", .width = FIELD_REST, .show = SHOW_BYTES,
	  .optional = true, .zero_is_absent = true },
	{ 0 },
};
const struct field stlink_raw_answer[] = {
	{ .name = "answer", .label = "Answer", .width = FIELD_REST, .show = SHOW_BYTES, .optional = true }, { 0 },
};
const struct field stlink_raw_data[] = {
	{ .name = "data", .label = "Data", .width = FIELD_REST, .show = SHOW_BYTES, .optional = true }, { 0 },
};

/* Requests outside the groups */

const struct field stlink_version_request[] = {
	{ .name = "variant", .label = "0x80 from ST's own tools", .width = 1, .show = SHOW_STALE, .optional = true }, { 0 },
};
static const struct name mco_names[] = { { 0, "no clock" }, { 1, "HSI" }, { 2, "HSE" }, { 3, "PLL/2" }, { 0, NULL } };
const struct field stlink_mco_request[] = {
	{ .name = "source", .label = "Clock output", .width = 1, .show = SHOW_DEC, .names = mco_names }, { 0 },
};
static const struct name power_names[] = { { 0, "off" }, { 1, "on" }, { 0, NULL } };
const struct field stlink_power_request[] = {
	{ .name = "power", .label = "Target power", .width = 1, .show = SHOW_DEC, .names = power_names }, { 0 },
};

/* Requests of group F2 */

const struct field stlink_memory_range[] = {
	{ .name = "address", .label = "Address", .width = 4, .show = SHOW_ADDRESS, .role = ROLE_ADDRESS },
	{ .name = "length", .label = "Length in bytes", .width = 2, .show = SHOW_DEC, .role = ROLE_LENGTH },
	{ .name = "ap", .label = "Access port", .width = 1, .show = SHOW_DEC, .role = ROLE_AP, .optional = true },
	{ .name = "csw", .label = "CSW bits 31 to 8", .width = 3, .show = SHOW_HEX, .optional = true, .zero_is_absent = true },
	{ .name = "client_id", .label = "stlink-server client", .width = 4, .show = SHOW_HEX,
	  .optional = true, .zero_is_absent = true },
	{ 0 },
};
static const struct name enter_names[] = { { 0xa3, "SWD" }, { 0xa4, "JTAG" }, { 0x00, "JTAG with reset" }, { 0, NULL } };
const struct field stlink_enter_request[] = {
	{ .name = "mode", .label = "Transport", .width = 1, .show = SHOW_HEX, .names = enter_names, .role = ROLE_TRANSPORT },
	OPTIONAL_AP,
	{ 0 },
};
#define REGISTER { .name = "register", .label = "Core register", .width = 1, .show = SHOW_DEC, .names = core_register_names, \
	.role = ROLE_REGISTER }
#define VALUE { .name = "value", .label = "Value", .width = 4, .show = SHOW_HEX, .role = ROLE_VALUE }
const struct field stlink_register_request_v1[] = { REGISTER, { 0 } };
const struct field stlink_register_request[] = { REGISTER, OPTIONAL_AP, { 0 } };
const struct field stlink_register_write_v1[] = { REGISTER, VALUE, { 0 } };
const struct field stlink_register_write[] = { REGISTER, VALUE, OPTIONAL_AP, { 0 } };

#define COMPARATOR { .name = "comparator", .label = "Breakpoint comparator", .width = 1, .show = SHOW_DEC }
static const struct name breakpoint_names[] = {
	{ 0, "lower halfword" }, { 1, "upper halfword" }, { 2, "word" }, { 0, NULL },
};
const struct field stlink_breakpoint_set[] = {
	COMPARATOR,
	{ .name = "address", .label = "Address", .width = 4, .show = SHOW_ADDRESS, .role = ROLE_ADDRESS },
	{ .name = "match", .label = "Matches", .width = 1, .show = SHOW_DEC, .names = breakpoint_names },
	{ 0 },
};
const struct field stlink_breakpoint_clear[] = { COMPARATOR, { 0 } };

#define ADDRESS { .name = "address", .label = "Address", .width = 4, .show = SHOW_ADDRESS, .role = ROLE_ADDRESS }
const struct field stlink_debug_register_read[] = { ADDRESS, OPTIONAL_AP, { 0 } };
const struct field stlink_debug_register_write_v1[] = { ADDRESS, VALUE, { 0 } };
const struct field stlink_debug_register_write[] = { ADDRESS, VALUE, OPTIONAL_AP, { 0 } };

const struct field stlink_optional_ap[] = { OPTIONAL_AP, { 0 } };
const struct field stlink_close_ap_request[] = {
	{ .name = "ap", .label = "Access port", .width = 1, .show = SHOW_DEC, .role = ROLE_AP }, { 0 },
};
static const struct name core_names[] = { { 0, "none" }, { 1, "Cortex-M" }, { 0, NULL } };
const struct field stlink_init_ap_request[] = {
	{ .name = "ap", .label = "Access port", .width = 1, .show = SHOW_DEC, .role = ROLE_AP },
	{ .name = "core", .label = "Core behind it", .width = 1, .show = SHOW_DEC, .names = core_names,
	  .optional = true, .zero_is_absent = true },
	{ 0 },
};
static const struct name nrst_names[] = { { 0, "low" }, { 1, "high" }, { 2, "pulse" }, { 0, NULL } };
const struct field stlink_nrst_request[] = {
	{ .name = "level", .label = "NRST", .width = 1, .show = SHOW_DEC, .names = nrst_names, .role = ROLE_LEVEL }, { 0 },
};
const struct field stlink_trace_request[] = {
	{ .name = "buffer_size", .label = "Buffer size in bytes", .width = 2, .show = SHOW_DEC, .role = ROLE_COUNT },
	{ .name = "baud_rate", .label = "SWO baud rate in Hz", .width = 4, .show = SHOW_DEC, .role = ROLE_VALUE },
	{ 0 },
};
const struct field stlink_divisor_request[] = {
	{ .name = "divisor", .label = "Clock divisor", .width = 2, .show = SHOW_DEC, .role = ROLE_SPEED }, { 0 },
};

/* The register's second byte is 0 but for a flag that Black Magic Debug leaves there; one client leaves the byte out. */
static const struct name port_names[] = { { 0xffff, "DP" }, { 0, NULL } };
#define PORT { .name = "port", .label = "Port", .width = 2, .show = SHOW_DEC, .names = port_names, .role = ROLE_PORT, \
	.some_named = true }
#define DAP_REGISTER { .name = "register", .label = "Register with bank", .width = 1, .show = SHOW_HEX, \
	.role = ROLE_REGISTER }
const struct field stlink_dap_read[] = {
	PORT, DAP_REGISTER,
	{ .name = "client_flags", .label = "Client's own flags", .width = 1, .show = SHOW_STALE, .optional = true },
	{ 0 },
};
const struct field stlink_dap_write[] = { PORT, DAP_REGISTER, STALE("client_flags", 1), VALUE, { 0 } };

const struct field stlink_misc_request[] = {
	{ .name = "count", .label = "Items", .width = 4, .show = SHOW_DEC, .role = ROLE_COUNT }, { 0 },
};

static const struct name transport_names[] = { { 0, "SWD" }, { 1, "JTAG" }, { 0, NULL } };
#define TRANSPORT { .name = "transport", .label = "Transport", .width = 1, .show = SHOW_DEC, .names = transport_names, \
	.role = ROLE_TRANSPORT }
#define SPEED { .name = "speed_khz", .label = "Speed in kHz", .width = 4, .show = SHOW_DEC, .role = ROLE_SPEED }
const struct field stlink_speed_set_request[] = { TRANSPORT, PADDING("unused", 1), SPEED, { 0 } };
const struct field stlink_speed_get_request[] = { TRANSPORT, { 0 } };
const struct field stlink_prescaler_request[] = {
	{ .name = "prescaler", .label = "HCLK prescaler", .width = 1, .show = SHOW_DEC }, { 0 },
};

/* Requests of group F3 */

static const struct name block_names[] = { { 0, "command" }, { 0, NULL } };
const struct field stlink_dfu_download_request[] = {
	{ .name = "block", .label = "Block", .width = 2, .show = SHOW_DEC, .names = block_names, .some_named = true,
	  .role = ROLE_VALUE },
	{ .name = "checksum", .label = "Checksum before encryption", .width = 2, .show = SHOW_HEX },
	{ .name = "length", .label = "Length in bytes", .width = 2, .show = SHOW_DEC, .role = ROLE_LENGTH },
	{ 0 },
};
const struct field stlink_dfu_status_request[] = {
	{ .name = "unused", .label = "Padding", .width = 4, .show = SHOW_PADDING, .optional = true },
	{ .name = "length", .label = "Length of the answer", .width = 2, .show = SHOW_DEC,
	  .optional = true, .zero_is_absent = true },
	{ 0 },
};
const struct field stlink_dfu_config_request[] = {
	{ .name = "length", .label = "Length of the answer", .width = 2, .show = SHOW_DEC, .role = ROLE_LENGTH }, { 0 },
};

/* Requests of group F4: the only big-endian integers */

const struct field stlink_swim_request[] = { LEFTOVER("unused"), { 0 } };
const struct field stlink_swim_capabilities_request[] = {
	{ .name = "page", .label = "Which capabilities", .width = 1, .show = SHOW_HEX }, LEFTOVER("unused"), { 0 },
};
static const struct name swim_speed_names[] = { { 0, "low" }, { 1, "high" }, { 0, NULL } };
const struct field stlink_swim_speed_request[] = {
	{ .name = "speed", .label = "Speed", .width = 1, .show = SHOW_DEC, .names = swim_speed_names }, LEFTOVER("unused"), { 0 },
};
#define SWIM_LENGTH .name = "length", .label = "Length in bytes", .width = 2, .show = SHOW_DEC, .big_endian = true, \
	.role = ROLE_LENGTH
#define SWIM_ADDRESS { .name = "address", .label = "Address", .width = 4, .show = SHOW_ADDRESS, .big_endian = true, \
	.role = ROLE_ADDRESS }
const struct field stlink_swim_write_request[] = {
	{ SWIM_LENGTH }, SWIM_ADDRESS,
	{ .name = "data", .label = "First data bytes", .width = 8, .show = SHOW_BYTES,
	  .count_role = ROLE_LENGTH, .counted = true },
	LEFTOVER("unused"),
	{ 0 },
};
const struct field stlink_swim_read_request[] = { { SWIM_LENGTH }, SWIM_ADDRESS, LEFTOVER("unused"), { 0 } };
const struct field stlink_swim_buffer_request[] = {
	{ SWIM_LENGTH, .optional = true, .zero_is_absent = true }, LEFTOVER("unused"), { 0 },
};

/* Answers */

#define VID { .name = "vid", .label = "Vendor id", .width = 2, .show = SHOW_HEX, .role = ROLE_VID }
#define PID { .name = "pid", .label = "Product id", .width = 2, .show = SHOW_HEX, .role = ROLE_PID }
const struct field stlink_version_answer[] = {
	{ .name = "version", .label = "Version word", .width = 2, .show = SHOW_HEX, .big_endian = true, .role = ROLE_VERSION },
	VID, PID,
	{ 0 },
};
const struct field stlink_version_ex_answer[] = {
	{ .name = "major", .label = "Hardware version", .width = 1, .show = SHOW_DEC, .role = ROLE_VERSION },
	{ .name = "swim", .label = "SWIM version", .width = 1, .show = SHOW_DEC },
	{ .name = "jtag", .label = "JTAG and SWD version", .width = 1, .show = SHOW_DEC, .role = ROLE_JTAG },
	{ .name = "msd", .label = "Mass storage and serial port version", .width = 1, .show = SHOW_DEC },
	{ .name = "bridge", .label = "Bridge version", .width = 1, .show = SHOW_DEC },
	{ .name = "power", .label = "Power meter version", .width = 1, .show = SHOW_DEC },
	PADDING("reserved", 2),
	VID, PID,
	{ 0 },
};
const struct field stlink_mode_answer[] = {
	{ .name = "mode", .label = "Mode", .width = 1, .show = SHOW_DEC, .names = stlink_mode_names, .role = ROLE_MODE },
	{ .name = "loader_version", .label = "Loader version", .width = 1, .show = SHOW_DEC, .role = ROLE_LOADER },
	{ 0 },
};
const struct field stlink_voltage_answer[] = {
	{ .name = "reference", .label = "Reference reading", .width = 4, .show = SHOW_DEC, .role = ROLE_REFERENCE },
	{ .name = "reading", .label = "Target reading", .width = 4, .show = SHOW_DEC, .role = ROLE_READING },
	{ 0 },
};
const struct field stlink_straps_answer[] = {
	{ .name = "straps", .label = "Board strap pins", .width = FIELD_REST, .show = SHOW_BYTES, .optional = true }, { 0 },
};
const struct field stlink_status_answer[] = { STATUS, STALE("unused", 1), { 0 } };
const struct field stlink_status16_answer[] = { STATUS, PADDING("status_high", 1), { 0 } };

#define CORE_REGISTER(key, words) { .name = key, .label = words, .width = 4, .show = SHOW_HEX }
#define CORE_REGISTERS \
	CORE_REGISTER("r0", "r0"), CORE_REGISTER("r1", "r1"), CORE_REGISTER("r2", "r2"), CORE_REGISTER("r3", "r3"), \
	CORE_REGISTER("r4", "r4"), CORE_REGISTER("r5", "r5"), CORE_REGISTER("r6", "r6"), CORE_REGISTER("r7", "r7"), \
	CORE_REGISTER("r8", "r8"), CORE_REGISTER("r9", "r9"), CORE_REGISTER("r10", "r10"), CORE_REGISTER("r11", "r11"), \
	CORE_REGISTER("r12", "r12"), CORE_REGISTER("sp", "Stack pointer"), CORE_REGISTER("lr", "Link register"), \
	CORE_REGISTER("pc", "Program counter"), CORE_REGISTER("xpsr", "Program status"), \
	CORE_REGISTER("msp", "Main stack pointer"), CORE_REGISTER("psp", "Process stack pointer"), \
	CORE_REGISTER("rw", "rw, undocumented"), CORE_REGISTER("rw2", "rw2, undocumented")
const struct field stlink_registers_v1_answer[] = { CORE_REGISTERS, { 0 } };
const struct field stlink_registers_answer[] = { STATUS, STALE("unused", 3), CORE_REGISTERS, { 0 } };

const struct field stlink_value_v1_answer[] = { VALUE, { 0 } };
const struct field stlink_value_answer[] = { STATUS, STALE("unused", 3), VALUE, { 0 } };
const struct field stlink_idcodes_answer[] = {
	STATUS, STALE("unused", 3), VALUE,
	{ .name = "value2", .label = "IDCODE of a second TAP", .width = 4, .show = SHOW_HEX, .role = ROLE_VALUE2 },
	{ 0 },
};
const struct field stlink_rw_status_answer[] = {
	STATUS, STALE("unused", 3),
	{ .name = "fault_address", .label = "Fault address", .width = 4, .show = SHOW_ADDRESS, .role = ROLE_FAULT_ADDRESS },
	STALE("unused2", 4),
	{ 0 },
};
const struct field stlink_count_answer[] = {
	{ .name = "count", .label = "Count", .width = 2, .show = SHOW_DEC, .role = ROLE_COUNT }, { 0 },
};
const struct field stlink_board_answer[] = {
	STATUS, STALE("unused", 1),
	{ .name = "board_id", .label = "Mbed board id", .width = 4, .show = SHOW_ASCII },
	{ .name = "identifiers", .label = "Other identifiers", .width = 122, .show = SHOW_BYTES },
	{ 0 },
};
const struct field stlink_speed_set_answer[] = { STATUS, STALE("unused", 3), SPEED, { 0 } };
/* The list is shorter than its place: zeros follow. Whether all its entries came is judged by stlink_walk_answer. */
const struct field stlink_speed_get_answer[] = {
	STATUS, STALE("unused", 3), SPEED,
	{ .name = "count", .label = "Speeds", .width = 1, .show = SHOW_DEC, .role = ROLE_COUNT },
	STALE("unused2", 3),
	{ .name = "speeds_khz", .label = "Possible speeds in kHz", .width = 4, .show = SHOW_DEC, .count_role = ROLE_COUNT,
	  .optional = true },
	{ 0 },
};
const struct field stlink_prescaler_answer[] = { STATUS, STALE("unused", 7), { 0 } };

/* USB DFU 1.1, 6.1.2 */
static const struct name dfu_state_names[] = {
	{ 0, "appIDLE" }, { 1, "appDETACH" }, { 2, "dfuIDLE" }, { 3, "dfuDNLOAD_SYNC" }, { 4, "dfuDNBUSY" },
	{ 5, "dfuDNLOAD_IDLE" }, { 6, "dfuMANIFEST_SYNC" }, { 7, "dfuMANIFEST" }, { 8, "dfuMANIFEST_WAIT_RESET" },
	{ 9, "dfuUPLOAD_IDLE" }, { 10, "dfuERROR" }, { 0, NULL },
};
const struct field stlink_dfu_status_answer[] = {
	STATUS,
	{ .name = "poll_timeout_ms", .label = "Ask again after, in ms", .width = 3, .show = SHOW_DEC },
	{ .name = "state", .label = "Loader state", .width = 1, .show = SHOW_DEC, .names = dfu_state_names, .role = ROLE_STATE },
	{ .name = "string_index", .label = "String descriptor", .width = 1, .show = SHOW_DEC },
	{ 0 },
};
const struct field stlink_dfu_id_answer[] = {
	{ .name = "key_part", .label = "Key material", .width = 4, .show = SHOW_BYTES },
	{ .name = "firmware_type", .label = "Firmware type", .width = 1, .show = SHOW_ASCII },
	{ .name = "unknown", .label = "Undocumented", .width = 3, .show = SHOW_BYTES },
	{ .name = "device_id", .label = "Unique id of the probe", .width = 12, .show = SHOW_BYTES, .identity = true },
	{ 0 },
};
const struct field stlink_swim_capabilities_answer[] = {
	{ .name = "capabilities", .label = "Capabilities", .width = 8, .show = SHOW_BYTES }, { 0 },
};
const struct field stlink_swim_status_answer[] = { STATUS, STALE("progress", 3), { 0 } };
