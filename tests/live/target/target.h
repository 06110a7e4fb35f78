/*
 * The virtual target: what hangs behind the pins of a virtual ST-Link.
 * Knows: SWD and JTAG at the level of one transfer, SWIM, the debug port, the memory access port, an STM32F411, an STM8, a SPI flash.
 * Must not know: USB, ST-Link commands and their status codes.
 * The clause: ARM ADIv5.2 for the ports, ARMv7-M C1 for debug, RM0383 for the STM32F411; in short ../shared/protocol/swd.md.
 * One thread: nothing runs but inside these calls. Time passes in target_run alone, and there the core runs.
 */
#ifndef LIVE_TARGET_H
#define LIVE_TARGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct target;

/* An STM32F411 that has power, is wired up, and holds the firmware image given later; never fails (aborts without memory). */
struct target *target_new(void);
void target_free(struct target *target);

/*
 * One option, "key" and "value", before the first connect: the faults of the target side, and what it is. `vprobe --help` lists them.
 * False: no such key, or a value that it cannot take.
 */
bool target_set(struct target *target, const char *key, const char *value);
/* The options this side knows, a line each, ended by NULL: "key=values  what it does". */
extern const char *const target_options[];

enum target_wire { TARGET_SWD, TARGET_JTAG };
/* What the debug port said. NONE: nobody drove the line (acknowledge bits all ones or zeros). PARITY: data came with the wrong parity. */
enum target_ack { ACK_OK, ACK_WAIT, ACK_FAULT, ACK_NONE, ACK_PARITY };

/* Line reset and switch to that wire, then the identity: DPIDR of SWD, IDCODE of JTAG. Powers up nothing. */
enum target_ack target_connect(struct target *target, enum target_wire wire, uint32_t *identity);
/* One transfer, not posted: the value is the register's own (the port's RDBUFF dance is done inside). address: bits 3:2 of A, the bank by SELECT. */
enum target_ack target_dp_read(struct target *target, uint8_t address, uint32_t *value);
enum target_ack target_dp_write(struct target *target, uint8_t address, uint32_t value);
/* address: 0 to 0xFC, the whole register number within the access port ap; the target keeps SELECT itself in step. */
enum target_ack target_ap_read(struct target *target, uint8_t ap, uint8_t address, uint32_t *value);
enum target_ack target_ap_write(struct target *target, uint8_t ap, uint8_t address, uint32_t value);

/*
 * Memory through MEM-AP 0 (or ap), as a probe's firmware does it with CSW, TAR and DRW; size 1, 2 or 4 bytes a transfer, address and
 * length a multiple of it. OK: all of it went. Else the acknowledge at which it stopped, and *done tells the bytes before it. After FAULT
 * the sticky flags of CTRL/STAT stay set until ABORT or target_clear.
 */
enum target_ack target_read(struct target *target, uint8_t ap, uint32_t address, unsigned size, uint8_t *bytes, uint32_t length,
	uint32_t *done);
enum target_ack target_write(struct target *target, uint8_t ap, uint32_t address, unsigned size, const uint8_t *bytes, uint32_t length,
	uint32_t *done);
/* Writes ABORT with every clear bit: what an ST-Link does after a fault that it reports. */
void target_clear(struct target *target);

/* The pins. */
void target_nrst(struct target *target, bool low);
unsigned target_millivolts(const struct target *target); /* at VTref */

/* Lets the core run for about that long of its own time (it also keeps SysTick, the flash controller's busy time, SWO). Cheap while halted. */
void target_run(struct target *target, unsigned microseconds);

/* SWO: bytes that came out since the last call, at most size; *lost: bytes that a pin at that baud rate could not carry. */
size_t target_swo(struct target *target, uint32_t baud, uint8_t *bytes, size_t size, uint64_t *lost);

/* The firmware in flash, from a raw file at 0x08000000. False: cannot be read, too long. */
bool target_load(struct target *target, const char *path);

/*
 * SWIM: an STM8S105 (memory bytes, SWIM CSR, DM registers, option bytes, flash unlock keys, busy times).
 * Answers of the wire: ACK_OK, ACK_NONE, ACK_FAULT (NACK).
 */
enum target_ack target_swim_enter(struct target *target);
enum target_ack target_swim_read(struct target *target, uint32_t address, uint8_t *bytes, uint16_t length);
enum target_ack target_swim_write(struct target *target, uint32_t address, const uint8_t *bytes, uint16_t length);
enum target_ack target_swim_reset(struct target *target);
void target_swim_nrst(struct target *target, bool low);

/*
 * SPI behind the bridge: a JEDEC flash (W25Q16: RDID, REMS, RES, RDSR, WRSR, READ, WREN, PP, erase). One chip-select frame spans calls
 * until it is deselected. out NULL: zeros go out; in NULL: what comes back is dropped.
 */
void target_spi_select(struct target *target, bool selected);
void target_spi_transfer(struct target *target, const uint8_t *out, uint8_t *in, size_t length);

#endif
