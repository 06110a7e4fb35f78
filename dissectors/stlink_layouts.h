/*
 * The layouts that rows of the command tables refer to. Only the files of the tables include this.
 * Knows: names of layouts. A layout that no other row than one uses still has a name of its own here.
 * Must not know: which command uses which.
 */
#ifndef DISSECTORS_STLINK_LAYOUTS_H
#define DISSECTORS_STLINK_LAYOUTS_H

#include "stlink.h"

/* Bytes that no source explains, and raw payload. */
extern const struct field stlink_raw_arguments[], stlink_raw_answer[], stlink_raw_data[];

/* Requests outside the groups. */
extern const struct field stlink_version_request[], stlink_mco_request[], stlink_power_request[];

/* Requests of group F2. */
extern const struct field stlink_memory_range[];
extern const struct field stlink_enter_request[];
extern const struct field stlink_register_request_v1[], stlink_register_request[];
extern const struct field stlink_register_write_v1[], stlink_register_write[];
extern const struct field stlink_breakpoint_set[], stlink_breakpoint_clear[];
extern const struct field stlink_debug_register_read[], stlink_debug_register_write_v1[], stlink_debug_register_write[];
extern const struct field stlink_optional_ap[], stlink_close_ap_request[], stlink_init_ap_request[];
extern const struct field stlink_nrst_request[];
extern const struct field stlink_trace_request[];
extern const struct field stlink_divisor_request[];
extern const struct field stlink_dap_read[], stlink_dap_write[];
extern const struct field stlink_misc_request[];
extern const struct field stlink_speed_set_request[], stlink_speed_get_request[], stlink_prescaler_request[];

/* Requests of groups F3 and F4. */
extern const struct field stlink_dfu_download_request[], stlink_dfu_status_request[], stlink_dfu_config_request[];
extern const struct field stlink_swim_request[], stlink_swim_capabilities_request[], stlink_swim_speed_request[];
extern const struct field stlink_swim_write_request[], stlink_swim_read_request[], stlink_swim_buffer_request[];

/* Answers. */
extern const struct field stlink_version_answer[], stlink_version_ex_answer[];
extern const struct field stlink_mode_answer[], stlink_voltage_answer[], stlink_straps_answer[];
extern const struct field stlink_status_answer[], stlink_status16_answer[];
extern const struct field stlink_registers_v1_answer[], stlink_registers_answer[];
extern const struct field stlink_value_v1_answer[], stlink_value_answer[], stlink_idcodes_answer[];
extern const struct field stlink_rw_status_answer[];
extern const struct field stlink_count_answer[];
extern const struct field stlink_board_answer[];
extern const struct field stlink_speed_set_answer[], stlink_speed_get_answer[], stlink_prescaler_answer[];
extern const struct field stlink_dfu_status_answer[], stlink_dfu_id_answer[];
extern const struct field stlink_swim_capabilities_answer[], stlink_swim_status_answer[];

/* Group FC. */
extern const struct field stlink_bridge_interface_request[];
extern const struct field stlink_bridge_spi_init[], stlink_bridge_spi_write[];
extern const struct field stlink_bridge_spi_read[], stlink_bridge_spi_select[];
extern const struct field stlink_bridge_i2c_init[], stlink_bridge_i2c_write[], stlink_bridge_i2c_read[];
extern const struct field stlink_bridge_i2c_read_no_wait[], stlink_bridge_i2c_get_data[];
extern const struct field stlink_bridge_can_init[], stlink_bridge_can_write[], stlink_bridge_can_filter[];
extern const struct field stlink_bridge_reception_start[], stlink_bridge_can_get_messages[];
extern const struct field stlink_bridge_fdcan_init[], stlink_bridge_fdcan_write[], stlink_bridge_fdcan_filter[];
extern const struct field stlink_bridge_fdcan_count[], stlink_bridge_fdcan_get_messages[], stlink_bridge_fdcan_bit_time[];
extern const struct field stlink_bridge_gpio_init[], stlink_bridge_gpio_set[], stlink_bridge_gpio_read[];
extern const struct field stlink_bridge_rw_status_answer[], stlink_bridge_clock_answer[];
extern const struct field stlink_bridge_reception_answer[], stlink_bridge_message_count_answer[];
extern const struct field stlink_bridge_gpio_set_answer[], stlink_bridge_gpio_read_answer[];

/* The hooks, in stlink_expand.c. */
stlink_expand stlink_expand_version, stlink_expand_version_ex, stlink_expand_voltage;
stlink_expand stlink_expand_misc_data, stlink_expand_misc_answer, stlink_expand_dfu_data;

#endif
