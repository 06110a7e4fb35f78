/*
 * What each file of the firmware puts into the command table.
 * Knows: the names of the handlers; run_* does a command and returns its outcome, data_* and answer_* are lengths.
 * Must not know: anything else.
 */
#ifndef LIVE_HANDLERS_H
#define LIVE_HANDLERS_H

#include "firmware.h"

/* version.c */
int run_version(struct probe *probe, struct exchange *exchange);
int run_version_ex(struct probe *probe, struct exchange *exchange);
int run_mode(struct probe *probe, struct exchange *exchange);
int run_voltage(struct probe *probe, struct exchange *exchange);
int run_clock_out(struct probe *probe, struct exchange *exchange);
int run_target_power(struct probe *probe, struct exchange *exchange);
int run_nothing(struct probe *probe, struct exchange *exchange);
int run_board(struct probe *probe, struct exchange *exchange);

/* loader.c */
uint32_t data_download(const struct probe *probe, const uint8_t *command);
uint32_t answer_config(const struct probe *probe, const uint8_t *command);
int run_loader_query(struct probe *probe, struct exchange *exchange);
int run_loader_enter(struct probe *probe, struct exchange *exchange);
int run_dfu_exit(struct probe *probe, struct exchange *exchange);
int run_download(struct probe *probe, struct exchange *exchange);
int run_dfu_status(struct probe *probe, struct exchange *exchange);
int run_dfu_state(struct probe *probe, struct exchange *exchange);
int run_dfu_clear(struct probe *probe, struct exchange *exchange);
int run_dfu_id(struct probe *probe, struct exchange *exchange);
int run_dfu_config(struct probe *probe, struct exchange *exchange);
int run_dfu_hardware(struct probe *probe, struct exchange *exchange);

/* speed.c */
int run_swd_speed(struct probe *probe, struct exchange *exchange);
int run_jtag_speed(struct probe *probe, struct exchange *exchange);
int run_get_frequency(struct probe *probe, struct exchange *exchange);
int run_set_frequency(struct probe *probe, struct exchange *exchange);
int run_prescaler(struct probe *probe, struct exchange *exchange);

/* core.c */
int run_read_registers(struct probe *probe, struct exchange *exchange);
int run_read_registers_v1(struct probe *probe, struct exchange *exchange);
int run_read_register(struct probe *probe, struct exchange *exchange);
int run_read_register_v1(struct probe *probe, struct exchange *exchange);
int run_write_register(struct probe *probe, struct exchange *exchange);
int run_core_state(struct probe *probe, struct exchange *exchange);
int run_halt(struct probe *probe, struct exchange *exchange);
int run_run(struct probe *probe, struct exchange *exchange);
int run_step(struct probe *probe, struct exchange *exchange);
int run_reset(struct probe *probe, struct exchange *exchange);
int run_set_breakpoint(struct probe *probe, struct exchange *exchange);
int run_clear_breakpoint(struct probe *probe, struct exchange *exchange);

/* dap.c */
int run_enter(struct probe *probe, struct exchange *exchange);
int run_enter_v1(struct probe *probe, struct exchange *exchange);
int run_exit(struct probe *probe, struct exchange *exchange);
int run_idcodes(struct probe *probe, struct exchange *exchange);
int run_core_id(struct probe *probe, struct exchange *exchange);
int run_nrst(struct probe *probe, struct exchange *exchange);
int run_read_dap(struct probe *probe, struct exchange *exchange);
int run_write_dap(struct probe *probe, struct exchange *exchange);
int run_init_ap(struct probe *probe, struct exchange *exchange);
int run_close_ap(struct probe *probe, struct exchange *exchange);

/* memory.c */
uint32_t data_memory(const struct probe *probe, const uint8_t *command);
uint32_t answer_memory(const struct probe *probe, const uint8_t *command);
int run_read_memory(struct probe *probe, struct exchange *exchange);
int run_write_memory(struct probe *probe, struct exchange *exchange);
int run_read_fifo(struct probe *probe, struct exchange *exchange);
int run_write_fifo(struct probe *probe, struct exchange *exchange);
int run_last_status(struct probe *probe, struct exchange *exchange);
int run_last_status_2(struct probe *probe, struct exchange *exchange);
int run_read_debug(struct probe *probe, struct exchange *exchange);
int run_write_debug(struct probe *probe, struct exchange *exchange);
uint32_t data_misc(const struct probe *probe, const uint8_t *command);
uint32_t answer_misc(const struct probe *probe, const uint8_t *command);
int run_misc_out(struct probe *probe, struct exchange *exchange);
int run_misc_in(struct probe *probe, struct exchange *exchange);
int run_misc_most(struct probe *probe, struct exchange *exchange);

/* swo.c */
int run_trace_start(struct probe *probe, struct exchange *exchange);
int run_trace_stop(struct probe *probe, struct exchange *exchange);
int run_trace_count(struct probe *probe, struct exchange *exchange);

/* swim.c */
uint32_t data_swim(const struct probe *probe, const uint8_t *command);
uint32_t answer_swim(const struct probe *probe, const uint8_t *command);
int run_swim_enter(struct probe *probe, struct exchange *exchange);
int run_swim_exit(struct probe *probe, struct exchange *exchange);
int run_swim_capabilities(struct probe *probe, struct exchange *exchange);
int run_swim_speed(struct probe *probe, struct exchange *exchange);
int run_swim_sequence(struct probe *probe, struct exchange *exchange);
int run_swim_pulse(struct probe *probe, struct exchange *exchange);
int run_swim_resync(struct probe *probe, struct exchange *exchange);
int run_swim_nrst_low(struct probe *probe, struct exchange *exchange);
int run_swim_nrst_high(struct probe *probe, struct exchange *exchange);
int run_swim_status(struct probe *probe, struct exchange *exchange);
int run_swim_write(struct probe *probe, struct exchange *exchange);
int run_swim_read(struct probe *probe, struct exchange *exchange);
int run_swim_buffer(struct probe *probe, struct exchange *exchange);
int run_swim_buffer_size(struct probe *probe, struct exchange *exchange);

/* bridge.c */
int run_bridge_close(struct probe *probe, struct exchange *exchange);
int run_bridge_status(struct probe *probe, struct exchange *exchange);
int run_bridge_clock(struct probe *probe, struct exchange *exchange);
int run_spi_init(struct probe *probe, struct exchange *exchange);
int run_spi_select(struct probe *probe, struct exchange *exchange);
uint32_t data_spi(const struct probe *probe, const uint8_t *command);
int run_spi_write(struct probe *probe, struct exchange *exchange);
uint32_t answer_bridge_length(const struct probe *probe, const uint8_t *command);
int run_spi_read(struct probe *probe, struct exchange *exchange);
int run_i2c_init(struct probe *probe, struct exchange *exchange);
uint32_t data_i2c(const struct probe *probe, const uint8_t *command);
int run_i2c_write(struct probe *probe, struct exchange *exchange);
int run_i2c_read(struct probe *probe, struct exchange *exchange);
int run_i2c_read_later(struct probe *probe, struct exchange *exchange);
int run_i2c_fetch(struct probe *probe, struct exchange *exchange);
int run_gpio_init(struct probe *probe, struct exchange *exchange);
int run_gpio_set(struct probe *probe, struct exchange *exchange);
int run_gpio_read(struct probe *probe, struct exchange *exchange);

/* bridge_can.c */
int run_can_init(struct probe *probe, struct exchange *exchange);
int run_fdcan_init(struct probe *probe, struct exchange *exchange);
int run_can_setting(struct probe *probe, struct exchange *exchange);
int run_can_start(struct probe *probe, struct exchange *exchange);
int run_can_stop(struct probe *probe, struct exchange *exchange);
int run_can_count(struct probe *probe, struct exchange *exchange);
uint32_t data_can(const struct probe *probe, const uint8_t *command);
int run_can_send(struct probe *probe, struct exchange *exchange);
uint32_t data_fdcan(const struct probe *probe, const uint8_t *command);
int run_fdcan_send(struct probe *probe, struct exchange *exchange);
uint32_t answer_can(const struct probe *probe, const uint8_t *command);
uint32_t answer_fdcan(const struct probe *probe, const uint8_t *command);
int run_can_receive(struct probe *probe, struct exchange *exchange);

#endif
