/*
 * THE table of what the virtual ST-Link obeys: one row, one command (../shared/protocol/commands.tsv).
 * Knows: opcodes, names, the first firmware and the modes that obey, lengths of answers, where the outcome is told.
 * Must not know: what the commands do. It is written apart from dissectors/stlink_commands.c, so that one checks the other.
 */
#include "handlers.h"

/* First firmware (J; B for the bridge) of V1, V2 and V2-1, V3, V3PWR. */
#define ALL { 0, 0, 0, 0 }
#define ONLY_V1 { 0, NEVER, NEVER, NEVER }
#define SINCE_V2 { NEVER, 0, 0, 0 }
#define API_2 { 11, 0, 0, 0 }
#define SINCE_V2_J(j) { NEVER, j, 0, 0 }
#define SINCE(j2, j3) { NEVER, j2, j3, 0 }
#define ONLY_V2(j) { NEVER, j, NEVER, NEVER }
#define SINCE_V3 { NEVER, NEVER, 0, 0 }
#define BRIDGE(b) { NEVER, NEVER, b, 1 }
#define BRIDGE_CAN { NEVER, NEVER, 2, NEVER }
#define BRIDGE_FDCAN { NEVER, NEVER, NEVER, 2 }

#define IDLE_TOO (IN_MASS | IN_DEBUG)

const struct command commands[] = {
	{ { 0xf1 }, 1, ALL, ALWAYS, OUTCOME_NONE, 6, "GET_VERSION", run_version, NULL, NULL },
	{ { 0xf2, 0x01 }, 2, ALL, IN_DEBUG, OUTCOME_FIRST, 2, "GETSTATUS", run_core_state, NULL, NULL },
	{ { 0xf2, 0x02 }, 2, ALL, IN_DEBUG, OUTCOME_FIRST, 2, "FORCEDEBUG", run_halt, NULL, NULL },
	{ { 0xf2, 0x03 }, 2, ONLY_V1, IN_DEBUG, OUTCOME_FIRST, 2, "RESETSYS_V1", run_reset, NULL, NULL },
	{ { 0xf2, 0x04 }, 2, ONLY_V1, IN_DEBUG, OUTCOME_NONE, 84, "READALLREGS_V1", run_read_registers_v1, NULL, NULL },
	{ { 0xf2, 0x05 }, 2, ONLY_V1, IN_DEBUG, OUTCOME_NONE, 4, "READREG_V1", run_read_register_v1, NULL, NULL },
	{ { 0xf2, 0x06 }, 2, ONLY_V1, IN_DEBUG, OUTCOME_FIRST, 2, "WRITEREG_V1", run_write_register, NULL, NULL },
	{ { 0xf2, 0x07 }, 2, ALL, IN_DEBUG, OUTCOME_MEMORY, 0, "READMEM_32BIT", run_read_memory, NULL, answer_memory },
	{ { 0xf2, 0x08 }, 2, ALL, IN_DEBUG, OUTCOME_MEMORY, 0, "WRITEMEM_32BIT", run_write_memory, data_memory, NULL },
	{ { 0xf2, 0x09 }, 2, ALL, IN_DEBUG, OUTCOME_FIRST, 2, "RUNCORE", run_run, NULL, NULL },
	{ { 0xf2, 0x0a }, 2, ALL, IN_DEBUG, OUTCOME_FIRST, 2, "STEPCORE", run_step, NULL, NULL },
	{ { 0xf2, 0x0b }, 2, ONLY_V1, IN_DEBUG, OUTCOME_FIRST, 2, "SETFP_V1", run_set_breakpoint, NULL, NULL },
	{ { 0xf2, 0x0c }, 2, ALL, IN_DEBUG, OUTCOME_MEMORY, 0, "READMEM_8BIT", run_read_memory, NULL, answer_memory },
	{ { 0xf2, 0x0d }, 2, ALL, IN_DEBUG, OUTCOME_MEMORY, 0, "WRITEMEM_8BIT", run_write_memory, data_memory, NULL },
	{ { 0xf2, 0x0e }, 2, ONLY_V1, IN_DEBUG, OUTCOME_FIRST, 2, "CLEARFP_V1", run_clear_breakpoint, NULL, NULL },
	{ { 0xf2, 0x0f }, 2, ONLY_V1, IN_DEBUG, OUTCOME_FIRST, 2, "WRITEDEBUGREG_V1", run_write_debug, NULL, NULL },
	{ { 0xf2, 0x10 }, 2, ONLY_V1, IN_DEBUG, OUTCOME_FIRST, 2, "SETWATCHPOINT_V1", run_nothing, NULL, NULL },
	{ { 0xf2, 0x20 }, 2, ALL, IDLE_TOO, OUTCOME_NONE, 0, "ENTER_V1", run_enter_v1, NULL, NULL },
	{ { 0xf2, 0x21 }, 2, ALL, IDLE_TOO, OUTCOME_NONE, 0, "EXIT", run_exit, NULL, NULL },
	{ { 0xf2, 0x22 }, 2, ALL, IN_DEBUG, OUTCOME_NONE, 4, "READCOREID", run_core_id, NULL, NULL },
	{ { 0xf2, 0x30 }, 2, API_2, IDLE_TOO, OUTCOME_FIRST, 2, "ENTER", run_enter, NULL, NULL },
	{ { 0xf2, 0x31 }, 2, API_2, IN_DEBUG, OUTCOME_FIRST, 12, "READ_IDCODES", run_idcodes, NULL, NULL },
	{ { 0xf2, 0x32 }, 2, API_2, IDLE_TOO, OUTCOME_FIRST, 2, "RESETSYS", run_reset, NULL, NULL },
	{ { 0xf2, 0x33 }, 2, API_2, IN_DEBUG, OUTCOME_FIRST, 8, "READREG", run_read_register, NULL, NULL },
	{ { 0xf2, 0x34 }, 2, API_2, IN_DEBUG, OUTCOME_FIRST, 2, "WRITEREG", run_write_register, NULL, NULL },
	{ { 0xf2, 0x35 }, 2, API_2, IN_DEBUG, OUTCOME_FIRST, 2, "WRITEDEBUGREG", run_write_debug, NULL, NULL },
	{ { 0xf2, 0x36 }, 2, API_2, IN_DEBUG, OUTCOME_FIRST, 8, "READDEBUGREG", run_read_debug, NULL, NULL },
	{ { 0xf2, 0x3a }, 2, API_2, IN_DEBUG, OUTCOME_FIRST, 88, "READALLREGS", run_read_registers, NULL, NULL },
	{ { 0xf2, 0x3b }, 2, API_2, IDLE_TOO, OUTCOME_FIRST, 2, "GETLASTRWSTATUS", run_last_status, NULL, NULL },
	{ { 0xf2, 0x3c }, 2, SINCE_V2, IN_APPLICATION, OUTCOME_FIRST, 2, "DRIVE_NRST", run_nrst, NULL, NULL },
	{ { 0xf2, 0x3e }, 2, SINCE_V2_J(15), IDLE_TOO, OUTCOME_FIRST, 12, "GETLASTRWSTATUS2", run_last_status_2, NULL, NULL },
	{ { 0xf2, 0x40 }, 2, SINCE_V2_J(13), IN_DEBUG, OUTCOME_FIRST, 2, "START_TRACE_RX", run_trace_start, NULL, NULL },
	{ { 0xf2, 0x41 }, 2, SINCE_V2_J(13), IDLE_TOO, OUTCOME_FIRST, 2, "STOP_TRACE_RX", run_trace_stop, NULL, NULL },
	{ { 0xf2, 0x42 }, 2, SINCE_V2_J(13), IDLE_TOO, OUTCOME_NONE, 2, "GET_TRACE_NB", run_trace_count, NULL, NULL },
	{ { 0xf2, 0x43 }, 2, ONLY_V2(20), IDLE_TOO, OUTCOME_FIRST, 2, "SWD_SET_FREQ", run_swd_speed, NULL, NULL },
	{ { 0xf2, 0x44 }, 2, ONLY_V2(24), IDLE_TOO, OUTCOME_FIRST, 2, "JTAG_SET_FREQ", run_jtag_speed, NULL, NULL },
	{ { 0xf2, 0x45 }, 2, SINCE_V2_J(24), IN_DEBUG, OUTCOME_FIRST, 8, "READ_DAP_REG", run_read_dap, NULL, NULL },
	{ { 0xf2, 0x46 }, 2, SINCE_V2_J(24), IN_DEBUG, OUTCOME_FIRST, 2, "WRITE_DAP_REG", run_write_dap, NULL, NULL },
	{ { 0xf2, 0x47 }, 2, SINCE_V2_J(26), IN_DEBUG, OUTCOME_MEMORY, 0, "READMEM_16BIT", run_read_memory, NULL, answer_memory },
	{ { 0xf2, 0x48 }, 2, SINCE_V2_J(26), IN_DEBUG, OUTCOME_MEMORY, 0, "WRITEMEM_16BIT", run_write_memory, data_memory, NULL },
	{ { 0xf2, 0x49 }, 2, SINCE_V2_J(28), IDLE_TOO, OUTCOME_FIRST, 2, "BLINK_LED", run_nothing, NULL, NULL },
	{ { 0xf2, 0x4a }, 2, SINCE_V2_J(28), IDLE_TOO, OUTCOME_FIRST, 2, "GET_DISK_NAME", run_nothing, NULL, NULL },
	{ { 0xf2, 0x4b }, 2, SINCE_V2_J(28), IN_DEBUG, OUTCOME_FIRST, 2, "INIT_AP", run_init_ap, NULL, NULL },
	{ { 0xf2, 0x4c }, 2, SINCE_V2_J(28), IN_DEBUG, OUTCOME_FIRST, 2, "CLOSE_AP_DBG", run_close_ap, NULL, NULL },
	{ { 0xf2, 0x50 }, 2, SINCE_V2_J(26), IN_DEBUG, OUTCOME_MEMORY, 0, "WRITEMEM_32BIT_NO_ADDR_INC", run_write_fifo, data_memory, NULL },
	{ { 0xf2, 0x51 }, 2, SINCE(32, 2), IN_DEBUG, OUTCOME_LIST, 0, "RW_MISC_OUT", run_misc_out, data_misc, NULL },
	{ { 0xf2, 0x52 }, 2, SINCE(32, 2), IN_DEBUG, OUTCOME_NONE, 0, "RW_MISC_IN", run_misc_in, NULL, answer_misc },
	{ { 0xf2, 0x53 }, 2, SINCE(32, 2), IN_DEBUG, OUTCOME_NONE, 2, "RW_MISC_GET_MAX", run_misc_most, NULL, NULL },
	{ { 0xf2, 0x54 }, 2, SINCE(32, 2), IN_DEBUG, OUTCOME_MEMORY, 0, "READMEM_32BIT_NO_ADDR_INC", run_read_fifo, NULL, answer_memory },
	{ { 0xf2, 0x55 }, 2, SINCE(35, 5), IN_DEBUG, OUTCOME_FIRST, 2, "WRITE_DFTREG", run_nothing, NULL, NULL },
	{ { 0xf2, 0x56 }, 2, SINCE(36, 6), IDLE_TOO, OUTCOME_FIRST, 128, "GET_BOARD_IDENTIFIERS", run_board, NULL, NULL },
	{ { 0xf2, 0x61 }, 2, SINCE_V3, IDLE_TOO, OUTCOME_FIRST, 8, "SET_COM_FREQ", run_set_frequency, NULL, NULL },
	{ { 0xf2, 0x62 }, 2, SINCE_V3, IDLE_TOO, OUTCOME_FIRST, 52, "GET_COM_FREQ", run_get_frequency, NULL, NULL },
	{ { 0xf2, 0x63 }, 2, SINCE_V3, IDLE_TOO, OUTCOME_FIRST, 8, "SWITCH_STLINK_FREQ", run_prescaler, NULL, NULL },
	{ { 0xf3, 0x00 }, 2, ALL, IN_LOADER, OUTCOME_NONE, 0, "DFU_DETACH", run_nothing, NULL, NULL },
	{ { 0xf3, 0x01 }, 2, ALL, IN_LOADER, OUTCOME_DFU, 0, "DFU_DNLOAD", run_download, data_download, NULL },
	{ { 0xf3, 0x02 }, 2, ALL, IN_LOADER, OUTCOME_NONE, 0, "DFU_UPLOAD", run_nothing, NULL, NULL },
	{ { 0xf3, 0x03 }, 2, ALL, IN_LOADER, OUTCOME_NONE, 6, "DFU_GETSTATUS", run_dfu_status, NULL, NULL },
	{ { 0xf3, 0x04 }, 2, ALL, IN_LOADER, OUTCOME_NONE, 0, "DFU_CLRSTATUS", run_dfu_clear, NULL, NULL },
	{ { 0xf3, 0x05 }, 2, ALL, IN_LOADER, OUTCOME_NONE, 1, "DFU_GETSTATE", run_dfu_state, NULL, NULL },
	{ { 0xf3, 0x06 }, 2, ALL, IN_LOADER, OUTCOME_NONE, 0, "DFU_ABORT", run_dfu_clear, NULL, NULL },
	{ { 0xf3, 0x07 }, 2, ALL, ALWAYS, OUTCOME_NONE, 0, "DFU_EXIT", run_dfu_exit, NULL, NULL },
	{ { 0xf3, 0x08 }, 2, ALL, IN_LOADER, OUTCOME_NONE, 20, "DFU_READ_ID", run_dfu_id, NULL, NULL },
	{ { 0xf3, 0x09 }, 2, ALL, IN_LOADER, OUTCOME_NONE, 0, "DFU_GET_CONFIG", run_dfu_config, NULL, answer_config },
	{ { 0xf3, 0x0a }, 2, ALL, IN_LOADER, OUTCOME_NONE, 16, "DFU_GET_HWVER", run_dfu_hardware, NULL, NULL },
	{ { 0xf4, 0x00 }, 2, ALL, IN_MASS | IN_SWIM, OUTCOME_NONE, 0, "SWIM_ENTER", run_swim_enter, NULL, NULL },
	{ { 0xf4, 0x01 }, 2, ALL, IN_APPLICATION, OUTCOME_NONE, 0, "SWIM_EXIT", run_swim_exit, NULL, NULL },
	{ { 0xf4, 0x02 }, 2, ALL, IN_APPLICATION, OUTCOME_NONE, 8, "SWIM_READ_CAP", run_swim_capabilities, NULL, NULL },
	{ { 0xf4, 0x03 }, 2, ALL, IN_SWIM, OUTCOME_SWIM, 0, "SWIM_SPEED", run_swim_speed, NULL, NULL },
	{ { 0xf4, 0x04 }, 2, ALL, IN_SWIM, OUTCOME_SWIM, 0, "SWIM_ENTER_SEQ", run_swim_sequence, NULL, NULL },
	{ { 0xf4, 0x05 }, 2, ALL, IN_SWIM, OUTCOME_SWIM, 0, "SWIM_GEN_RST", run_swim_pulse, NULL, NULL },
	{ { 0xf4, 0x06 }, 2, ALL, IN_SWIM, OUTCOME_SWIM, 0, "SWIM_RESET", run_swim_resync, NULL, NULL },
	{ { 0xf4, 0x07 }, 2, ALL, IN_SWIM, OUTCOME_SWIM, 0, "SWIM_ASSERT_RESET", run_swim_nrst_low, NULL, NULL },
	{ { 0xf4, 0x08 }, 2, ALL, IN_SWIM, OUTCOME_SWIM, 0, "SWIM_DEASSERT_RESET", run_swim_nrst_high, NULL, NULL },
	{ { 0xf4, 0x09 }, 2, ALL, IN_APPLICATION, OUTCOME_FIRST, 4, "SWIM_READSTATUS", run_swim_status, NULL, NULL },
	{ { 0xf4, 0x0a }, 2, ALL, IN_SWIM, OUTCOME_SWIM, 0, "SWIM_WRITEMEM", run_swim_write, data_swim, NULL },
	{ { 0xf4, 0x0b }, 2, ALL, IN_SWIM, OUTCOME_SWIM, 0, "SWIM_READMEM", run_swim_read, NULL, NULL },
	{ { 0xf4, 0x0c }, 2, ALL, IN_SWIM, OUTCOME_NONE, 0, "SWIM_READBUF", run_swim_buffer, NULL, answer_swim },
	{ { 0xf4, 0x0d }, 2, ALL, IN_APPLICATION, OUTCOME_NONE, 2, "SWIM_READBUFSIZE", run_swim_buffer_size, NULL, NULL },
	{ { 0xf5 }, 1, ALL, ALWAYS, OUTCOME_NONE, 2, "GET_CURRENT_MODE", run_mode, NULL, NULL },
	{ { 0xf7 }, 1, SINCE_V2_J(13), IN_APPLICATION, OUTCOME_NONE, 8, "GET_TARGET_VOLTAGE", run_voltage, NULL, NULL },
	{ { 0xf8 }, 1, ONLY_V2(0), IN_APPLICATION, OUTCOME_NONE, 2, "GET_BOARD_IDENT", run_nothing, NULL, NULL },
	{ { 0xf9, 0x00 }, 2, SINCE_V2_J(18), IN_APPLICATION, OUTCOME_FIRST, 2, "LOADER_QUERY", run_loader_query, NULL, NULL },
	{ { 0xf9, 0x01 }, 2, SINCE_V2_J(18), IN_APPLICATION, OUTCOME_NONE, 0, "LOADER_ENTER", run_loader_enter, NULL, NULL },
	{ { 0xfa }, 1, ONLY_V2(0), IN_APPLICATION, OUTCOME_FIRST, 2, "SET_MCO", run_clock_out, NULL, NULL },
	{ { 0xfb }, 1, SINCE_V3, ALWAYS, OUTCOME_NONE, 12, "GET_VERSION_EX", run_version_ex, NULL, NULL },
	{ { 0xfc, 0x01 }, 2, BRIDGE(1), IN_APPLICATION, OUTCOME_FIRST, 2, "BRIDGE_CLOSE", run_bridge_close, NULL, NULL },
	{ { 0xfc, 0x02 }, 2, BRIDGE(1), IN_APPLICATION, OUTCOME_FIRST, 8, "BRIDGE_GET_RWCMD_STATUS", run_bridge_status, NULL, NULL },
	{ { 0xfc, 0x03 }, 2, BRIDGE(1), IN_APPLICATION, OUTCOME_FIRST, 12, "BRIDGE_GET_CLOCK", run_bridge_clock, NULL, NULL },
	{ { 0xfc, 0x20 }, 2, BRIDGE(1), IN_APPLICATION, OUTCOME_FIRST, 2, "BRIDGE_INIT_SPI", run_spi_init, NULL, NULL },
	{ { 0xfc, 0x21 }, 2, BRIDGE(1), IN_APPLICATION, OUTCOME_BRIDGE, 0, "BRIDGE_WRITE_SPI", run_spi_write, data_spi, NULL },
	{ { 0xfc, 0x22 }, 2, BRIDGE(1), IN_APPLICATION, OUTCOME_BRIDGE, 0, "BRIDGE_READ_SPI", run_spi_read, NULL, answer_bridge_length },
	{ { 0xfc, 0x23 }, 2, BRIDGE(1), IN_APPLICATION, OUTCOME_FIRST, 2, "BRIDGE_CS_SPI", run_spi_select, NULL, NULL },
	{ { 0xfc, 0x30 }, 2, BRIDGE(1), IN_APPLICATION, OUTCOME_FIRST, 2, "BRIDGE_INIT_I2C", run_i2c_init, NULL, NULL },
	{ { 0xfc, 0x31 }, 2, BRIDGE(1), IN_APPLICATION, OUTCOME_BRIDGE, 0, "BRIDGE_WRITE_I2C", run_i2c_write, data_i2c, NULL },
	{ { 0xfc, 0x32 }, 2, BRIDGE(1), IN_APPLICATION, OUTCOME_BRIDGE, 0, "BRIDGE_READ_I2C", run_i2c_read, NULL, answer_bridge_length },
	{ { 0xfc, 0x33 }, 2, BRIDGE(3), IN_APPLICATION, OUTCOME_FIRST, 8, "BRIDGE_READ_NO_WAIT_I2C", run_i2c_read_later, NULL, NULL },
	{ { 0xfc, 0x34 }, 2, BRIDGE(3), IN_APPLICATION, OUTCOME_BRIDGE, 0, "BRIDGE_GET_READ_DATA_I2C", run_i2c_fetch, NULL, answer_bridge_length },
	{ { 0xfc, 0x40 }, 2, BRIDGE_CAN, IN_APPLICATION, OUTCOME_FIRST, 2, "BRIDGE_INIT_CAN", run_can_init, NULL, NULL },
	{ { 0xfc, 0x41 }, 2, BRIDGE_CAN, IN_APPLICATION, OUTCOME_BRIDGE, 0, "BRIDGE_WRITE_MSG_CAN", run_can_send, data_can, NULL },
	{ { 0xfc, 0x43 }, 2, BRIDGE_CAN, IN_APPLICATION, OUTCOME_FIRST, 2, "BRIDGE_INIT_FILTER_CAN", run_can_setting, NULL, NULL },
	{ { 0xfc, 0x44 }, 2, BRIDGE_CAN, IN_APPLICATION, OUTCOME_FIRST, 4, "BRIDGE_START_MSG_RECEPTION_CAN", run_can_start, NULL, NULL },
	{ { 0xfc, 0x45 }, 2, BRIDGE_CAN, IN_APPLICATION, OUTCOME_FIRST, 2, "BRIDGE_STOP_MSG_RECEPTION_CAN", run_can_stop, NULL, NULL },
	{ { 0xfc, 0x46 }, 2, BRIDGE_CAN, IN_APPLICATION, OUTCOME_FIRST, 8, "BRIDGE_GET_NB_RXMSG_CAN", run_can_count, NULL, NULL },
	{ { 0xfc, 0x47 }, 2, BRIDGE_CAN, IN_APPLICATION, OUTCOME_BRIDGE, 0, "BRIDGE_GET_RXMSG_CAN", run_can_receive, NULL, answer_can },
	{ { 0xfc, 0x50 }, 2, BRIDGE_FDCAN, IN_APPLICATION, OUTCOME_FIRST, 2, "BRIDGE_INIT_FDCAN", run_fdcan_init, NULL, NULL },
	{ { 0xfc, 0x51 }, 2, BRIDGE_FDCAN, IN_APPLICATION, OUTCOME_BRIDGE, 0, "BRIDGE_WRITE_MSG_FDCAN", run_fdcan_send, data_fdcan, NULL },
	{ { 0xfc, 0x53 }, 2, BRIDGE_FDCAN, IN_APPLICATION, OUTCOME_FIRST, 2, "BRIDGE_INIT_FILTER_FDCAN", run_can_setting, NULL, NULL },
	{ { 0xfc, 0x54 }, 2, BRIDGE_FDCAN, IN_APPLICATION, OUTCOME_FIRST, 4, "BRIDGE_START_MSG_RECEPTION_FDCAN", run_can_start, NULL, NULL },
	{ { 0xfc, 0x55 }, 2, BRIDGE_FDCAN, IN_APPLICATION, OUTCOME_FIRST, 2, "BRIDGE_STOP_MSG_RECEPTION_FDCAN", run_can_stop, NULL, NULL },
	{ { 0xfc, 0x56 }, 2, BRIDGE_FDCAN, IN_APPLICATION, OUTCOME_FIRST, 8, "BRIDGE_GET_NB_RXMSG_FDCAN", run_can_count, NULL, NULL },
	{ { 0xfc, 0x57 }, 2, BRIDGE_FDCAN, IN_APPLICATION, OUTCOME_BRIDGE, 0, "BRIDGE_GET_RXMSG_FDCAN", run_can_receive, NULL, answer_fdcan },
	{ { 0xfc, 0x58 }, 2, BRIDGE_FDCAN, IN_APPLICATION, OUTCOME_FIRST, 2, "BRIDGE_START_FDCAN", run_can_setting, NULL, NULL },
	{ { 0xfc, 0x59 }, 2, BRIDGE_FDCAN, IN_APPLICATION, OUTCOME_FIRST, 2, "BRIDGE_STOP_FDCAN", run_can_setting, NULL, NULL },
	{ { 0xfc, 0x5a }, 2, BRIDGE_FDCAN, IN_APPLICATION, OUTCOME_FIRST, 2, "BRIDGE_INIT_NBITTIME_FDCAN", run_can_setting, NULL, NULL },
	{ { 0xfc, 0x5b }, 2, BRIDGE_FDCAN, IN_APPLICATION, OUTCOME_FIRST, 2, "BRIDGE_INIT_DBITTIME_FDCAN", run_can_setting, NULL, NULL },
	{ { 0xfc, 0x60 }, 2, BRIDGE(1), IN_APPLICATION, OUTCOME_FIRST, 2, "BRIDGE_INIT_GPIO", run_gpio_init, NULL, NULL },
	{ { 0xfc, 0x61 }, 2, BRIDGE(1), IN_APPLICATION, OUTCOME_FIRST, 8, "BRIDGE_SET_RESET_GPIO", run_gpio_set, NULL, NULL },
	{ { 0xfc, 0x62 }, 2, BRIDGE(1), IN_APPLICATION, OUTCOME_FIRST, 8, "BRIDGE_READ_GPIO", run_gpio_read, NULL, NULL },
	{ { 0xfd }, 1, SINCE(34, 4), IN_APPLICATION, OUTCOME_FIRST, 2, "DRIVE_TARGET_PWR", run_target_power, NULL, NULL },
};
const size_t command_count = sizeof commands / sizeof *commands;

/* The bridge's pair of endpoints takes the bridge's commands and the questions who the probe is. */
static bool belongs(enum probe_channel channel, uint8_t group)
{
	bool common = group == 0xf1 || group == 0xf5 || group == 0xf7 || group == 0xfb;

	return channel == PROBE_BRIDGE ? common || group == 0xfc : group != 0xfc;
}

const struct command *command_find(enum probe_channel channel, const uint8_t *command)
{
	size_t i;

	for (i = 0; i < command_count; i++) {
		const struct command *row = &commands[i];

		if (row->opcode[0] == command[0] && (row->opcode_length == 1 || row->opcode[1] == command[1]))
			return belongs(channel, command[0]) ? row : NULL;
	}
	return NULL;
}
