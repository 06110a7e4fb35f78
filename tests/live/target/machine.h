/*
 * The parts of the virtual target, and how they hang together.
 * Knows: the state of the debug port, the bus, the flash, the core, the trace unit, and what is wrong with the wires.
 * Must not know: who drives the pins.
 * The clauses: ADIv5.2 (ports), ARMv7-M (core and debug registers), RM0383 (STM32F411).
 */
#ifndef LIVE_MACHINE_H
#define LIVE_MACHINE_H

#include "core.h"
#include "spi_flash.h"
#include "stm8.h"
#include "target.h"

#define FLASH_START 0x08000000u
#define FLASH_SIZE 0x80000u
#define RAM_START 0x20000000u
#define RAM_SIZE 0x20000u
#define SYSTEM_START 0x1FFF0000u /* boot loader, one-time programmable bytes, unique id, option bytes */
#define SYSTEM_SIZE 0x10000u
#define SIZE_REGISTER 0x1FFF7A22u
#define SIZE_REGISTER_F1 0x1FFFF7E0u
#define DEVICE_F103 0x410u
#define PERIPHERAL_START 0x40000000u
#define PERIPHERAL_SIZE 0x80000u
#define PRIVATE_START 0xE0000000u
#define PRIVATE_SIZE 0x100000u

/* Low-power modes that the firmware enters. */
enum doze { DOZE_NONE, DOZE_SLEEP, DOZE_STOP, DOZE_STANDBY };

#define NEVER UINT64_MAX
#define BEFORE_US UINT64_MAX /* of `ran`: longer than anything */
#define FOREVER UINT32_MAX

struct address_range {
	uint32_t first, last;
	uint32_t times; /* how many more accesses it hits; FOREVER */
};

/* What is wrong: set by options before the first connect, read everywhere. */
struct wiring {
	unsigned millivolts;     /* of the chip */
	unsigned sensed;         /* at VTref */
	bool absent;
	bool nrst_unconnected;
	bool needs_reset;        /* answers only if NRST was low when the probe connected */
	bool never_powers_up;    /* CDBGPWRUPACK and CSYSPWRUPACK stay away */
	bool no_access_port;     /* AP 0 reads as nothing */
	bool sticks;             /* the sticky flags cannot be cleared */
	bool locks_up;           /* the firmware ends in lockup */
	bool hardware_watchdog;
	uint64_t pins_lost_after; /* microseconds of running after which the debug pins are something else, or NEVER */
	uint64_t self_reset_us;  /* the chip resets itself that often; 0: never */
	unsigned parity_every;   /* every Nth read has the wrong parity; 0: none */
	enum doze doze;
	unsigned flash_slowness; /* factor on the flash controller's busy times */
	struct address_range wait, fault; /* times 0: none */
	uint32_t identity;       /* of the debug port; 0: the real one */
	uint32_t cpuid;
	uint32_t chip_id;        /* DBGMCU_IDCODE */
	bool fresh;              /* the firmware does nothing to the debug port before the first reset */
	char *swo_text;            /* comes out whatever the registers say; NULL: only what the firmware writes */
	uint32_t swo_rate;       /* of it, in bytes a second */
	uint32_t swo_baud;       /* of the pin; 0: as the registers say */
	bool swim_absent;
};

struct debug_port {
	enum target_wire wire;
	bool connected;          /* a line reset found us awake */
	bool reached_under_reset; /* for needs_reset */
	bool intruded;           /* a debugger was here since power-up: what read-out protection asks */
	uint32_t select, control, dlcr, read_buffer;
	uint32_t csw, tar;
	unsigned reads;          /* for parity_every */
};

/* The flash controller (RM0383 chapter 3). */
struct flash {
	uint32_t acr, sr, cr, optcr;
	uint32_t options;        /* those in force, as OPTCR has them */
	unsigned key_step, option_key_step; /* 0 locked, 1 first key seen, 2 open, 3 locked until reset */
	uint64_t busy_until;     /* in the target's microseconds */
};

/* DWT, ITM and TPIU, and the pin behind them. */
struct trace {
	uint32_t dwt_control, cycle_offset, comparator[4], mask[4], function[4];
	uint32_t itm_enable, itm_privilege, itm_control;
	bool itm_unlocked;
	uint32_t port_size, prescaler, protocol, formatter;
	uint8_t queue[8192];     /* bytes that left the pin, not yet fetched */
	size_t queued;
	uint64_t lost;           /* bytes for which the pin had no time */
	size_t text_at;          /* in swo_text */
	uint64_t text_due, pin_free; /* in millionths of a byte: of swo_text to come, and what the pin may carry now */
};

struct system_control {
	uint32_t vtor, ccr, shcsr, cfsr, hfsr, dfsr, mmfar, bfar, cpacr;
	uint32_t priority[3];    /* SHPR1-3 */
	uint32_t group;          /* PRIGROUP, in its place in AIRCR */
	uint32_t systick_control, systick_reload;
	uint64_t systick_start;  /* on core_awake's clock */
	bool systick_pending, pendsv_pending, nmi_pending;
	uint32_t irq_enabled[3], irq_pending[3];
	uint32_t demcr, dhcsr;   /* dhcsr: the control bits only */
	bool reset_seen, retired; /* the sticky flags of DHCSR */
	uint32_t dcrdr;
	uint32_t fp_control, fp_remap, fp_comparator[8];
};

struct target {
	struct wiring wiring;
	struct debug_port port;
	struct flash flash;
	struct trace trace;
	struct system_control scs;
	struct core *core;
	struct stm8 stm8;
	struct spi_flash spi;
	uint32_t debug_mcu[3];   /* DBGMCU_CR, APB1_FZ, APB2_FZ: only power-on clears them */
	uint64_t ran;            /* microseconds of firmware since the last reset; BEFORE_US: the probe came later */
	uint64_t last_reset;     /* when, on machine_now's clock */
	uint64_t watchdog_fed;   /* likewise */
	bool started;            /* power came, after the options */
	bool before_first_reset; /* of a fresh chip */
	bool nrst_low;
	bool reset_wanted, core_reset_wanted; /* asked for by the firmware: done when its slice ends */
	uint8_t *memory_flash, *memory_ram, *memory_system, *memory_peripherals;
};

enum master { MASTER_DEBUGGER, MASTER_CORE };

/* bus.c: one access of 1, 2 or 4 bytes at an address that is a multiple of it. False: bus error. */
bool bus_read(struct target *target, enum master master, uint32_t address, unsigned size, uint32_t *value);
bool bus_write(struct target *target, enum master master, uint32_t address, unsigned size, uint32_t value);

/* Registers behind the bus: address a multiple of 4; of a write the bits in mask count. */
uint32_t peripheral_read(struct target *target, uint32_t address);
void peripheral_write(struct target *target, uint32_t address, uint32_t value, uint32_t mask);
void peripherals_reset(struct target *target, bool power_on);
uint32_t private_read(struct target *target, enum master master, uint32_t address);
void private_write(struct target *target, enum master master, uint32_t address, uint32_t value, uint32_t mask);
uint32_t identification_read(uint32_t address);

/* trace.c: DWT, ITM and TPIU; false: not theirs. */
bool trace_read(struct target *target, uint32_t address, uint32_t *value);
bool trace_write(struct target *target, uint32_t address, uint32_t value, uint32_t mask);
void trace_run(struct target *target, unsigned microseconds);
void trace_reset(struct target *target);

/* system_control.c: debug, system and interrupt control. */
uint32_t system_control_read(struct target *target, enum master master, uint32_t address);
void system_control_write(struct target *target, enum master master, uint32_t address, uint32_t value, uint32_t mask);
void system_control_reset(struct target *target, bool power_on);

/* flash.c */
void flash_reset(struct target *target);
uint32_t flash_register_read(struct target *target, uint32_t address);
void flash_register_write(struct target *target, uint32_t address, uint32_t value);
/* What flash holds at offset after that write of the bus, by the controller's rules; sets its error flags. Does not store. */
uint32_t flash_program(struct target *target, uint32_t offset, unsigned size, uint32_t value);
bool flash_readable(const struct target *target, enum master master);
unsigned flash_protection(const struct target *target); /* read-out protection: 0, 1, 2 */

/* Microseconds that target_run gave, and the part of the slice that the core is in. */
uint64_t machine_now(const struct target *target);

/* reset.c: what the pins and the bits of AIRCR do. */
void machine_start(struct target *target); /* power on, once */
void machine_reset(struct target *target);  /* the system: peripherals and core */
/* Those that were asked for. */
void machine_do_resets(struct target *target);
bool machine_in_reset(const struct target *target);
/* Nothing drives the wire: no power, no chip, pins in other use, debug locked for good. */
bool machine_silent(const struct target *target);
/* Asleep so deeply that the bus behind the access port does not answer. */
bool machine_stopped(const struct target *target);

#endif
