/*
 * The options of the target: what it is and what is wrong with it.
 * Knows: THE table of options: key, values, sentence and handler.
 * Must not know: what a fault does.
 */
#include "machine.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct option {
	const char *key;
	bool (*take)(struct target *target, const char *value);
};

static bool number(const char *text, uint64_t highest, uint64_t *value)
{
	char *end;

	*value = strtoull(text, &end, 0);
	return isdigit((unsigned char)*text) && !*end && *value <= highest;
}

static bool number32(const char *text, uint32_t *value)
{
	uint64_t wide;

	if (!number(text, UINT32_MAX, &wide))
		return false;
	*value = (uint32_t)wide;
	return true;
}

/* "yes" sets, "no" clears. */
static bool yes(const char *text, bool *flag)
{
	*flag = !strcmp(text, "yes");
	return *flag || !strcmp(text, "no");
}

/* "3" or "forever", then "@first", "@first-last" or nothing. */
static bool range(const char *text, struct address_range *range)
{
	char *end;

	*range = (struct address_range){ .first = 0, .last = UINT32_MAX, .times = FOREVER };
	if (isdigit((unsigned char)*text)) {
		range->times = (uint32_t)strtoul(text, &end, 0);
		text = end;
	} else if (!strncmp(text, "forever", 7)) {
		text += 7;
	} else {
		return false;
	}
	if (!*text)
		return true;
	if (*text++ != '@' || !isdigit((unsigned char)*text))
		return false;
	range->first = range->last = (uint32_t)strtoul(text, &end, 0);
	if (*end == '-' && isdigit((unsigned char)end[1]))
		range->last = (uint32_t)strtoul(end + 1, &end, 0);
	return !*end;
}

static bool take_power(struct target *target, const char *value)
{
	uint32_t millivolts;

	if (!strcmp(value, "off"))
		millivolts = 0;
	else if (!strcmp(value, "low"))
		millivolts = 1200;
	else if (!number32(value, &millivolts) || millivolts > 6000)
		return false;
	target->wiring.millivolts = target->wiring.sensed = millivolts;
	return true;
}

static bool take_sense(struct target *target, const char *value)
{
	return number32(value, &target->wiring.sensed) && target->wiring.sensed <= 6000;
}

static bool take_absent(struct target *target, const char *value)
{
	return yes(value, &target->wiring.absent);
}

static bool take_nrst(struct target *target, const char *value)
{
	target->wiring.nrst_unconnected = !strcmp(value, "unconnected");
	return target->wiring.nrst_unconnected || !strcmp(value, "connected");
}

static bool take_lost(struct target *target, const char *value)
{
	uint64_t milliseconds;

	if (!number(value, UINT32_MAX, &milliseconds))
		return false;
	target->wiring.pins_lost_after = 1000 * milliseconds;
	return true;
}

static bool take_fresh(struct target *target, const char *value)
{
	return yes(value, &target->wiring.fresh);
}

static bool take_needs_reset(struct target *target, const char *value)
{
	return yes(value, &target->wiring.needs_reset);
}

static bool take_wait(struct target *target, const char *value)
{
	return range(value, &target->wiring.wait);
}

static bool take_fault(struct target *target, const char *value)
{
	return range(value, &target->wiring.fault);
}

static bool take_sticky(struct target *target, const char *value)
{
	target->wiring.sticks = !strcmp(value, "stuck");
	return target->wiring.sticks || !strcmp(value, "normal");
}

static bool take_parity(struct target *target, const char *value)
{
	return number32(value, &target->wiring.parity_every);
}

static bool take_idcode(struct target *target, const char *value)
{
	return number32(value, &target->wiring.identity);
}

static bool take_cpuid(struct target *target, const char *value)
{
	return number32(value, &target->wiring.cpuid);
}

static void set_half_word(struct target *target, uint32_t address, uint32_t value)
{
	target->memory_system[address - SYSTEM_START] = value & 0xFF;
	target->memory_system[address + 1 - SYSTEM_START] = (uint8_t)(value >> 8);
}

static bool take_chip(struct target *target, const char *value)
{
	uint32_t id;

	if (!number32(value, &id))
		return false;
	target->wiring.chip_id = id > 0xFFF ? id : (target->wiring.chip_id & ~0xFFFu) | id;
	if ((target->wiring.chip_id & 0xFFF) == DEVICE_F103)
		set_half_word(target, SIZE_REGISTER_F1, 128);
	return true;
}

static bool take_flash_size(struct target *target, const char *value)
{
	uint32_t kilobytes;

	if (!number32(value, &kilobytes) || kilobytes > 0xFFFF)
		return false;
	set_half_word(target, SIZE_REGISTER, kilobytes);
	return true;
}

static bool take_ap0(struct target *target, const char *value)
{
	target->wiring.no_access_port = !strcmp(value, "empty");
	return target->wiring.no_access_port || !strcmp(value, "ahb");
}

static bool take_debug_power(struct target *target, const char *value)
{
	target->wiring.never_powers_up = !strcmp(value, "never");
	return target->wiring.never_powers_up || !strcmp(value, "acknowledged");
}

static bool take_protection(struct target *target, const char *value)
{
	static const uint8_t bytes[] = { 0xAA, 0x55, 0xCC };
	uint32_t level;

	if (!number32(value, &level) || level > 2)
		return false;
	target->flash.options = (target->flash.options & ~0xFF00u) | (uint32_t)bytes[level] << 8;
	return true;
}

static bool take_write_protection(struct target *target, const char *value)
{
	uint32_t sectors = 0;
	const char *at = value;

	for (; *at; at++) {
		if (*at >= '0' && *at <= '7')
			sectors |= 1u << (*at - '0');
		else if (*at != ',')
			return false;
	}
	target->flash.options &= ~(sectors << 16);
	return sectors;
}

static bool take_firmware(struct target *target, const char *value)
{
	const char *folder = strchr(value, '/') ? NULL : getenv("FIRMWARE");
	char path[4096];
	int length = snprintf(path, sizeof path, "%s%s%s", folder ? folder : "", folder ? "/" : "", value);

	return length > 0 && (size_t)length < sizeof path && target_load(target, path);
}

static bool take_lockup(struct target *target, const char *value)
{
	return yes(value, &target->wiring.locks_up);
}

static bool take_asleep(struct target *target, const char *value)
{
	static const char *const names[] = { "no", "sleep", "stop", "standby" };

	for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
		if (!strcmp(value, names[i])) {
			target->wiring.doze = (enum doze)i;
			return true;
		}
	return false;
}

static bool take_self_reset(struct target *target, const char *value)
{
	uint64_t milliseconds;

	if (!number(value, UINT32_MAX, &milliseconds))
		return false;
	target->wiring.self_reset_us = 1000 * milliseconds;
	return true;
}

static bool take_watchdog(struct target *target, const char *value)
{
	return yes(value, &target->wiring.hardware_watchdog);
}

static bool take_slow(struct target *target, const char *value)
{
	return number32(value, &target->wiring.flash_slowness) && target->wiring.flash_slowness;
}

static bool take_swo(struct target *target, const char *value)
{
	free(target->wiring.swo_text);
	target->wiring.swo_text = strdup(value);
	if (!target->wiring.swo_text)
		abort();
	return *value;
}

static bool take_swo_rate(struct target *target, const char *value)
{
	return number32(value, &target->wiring.swo_rate);
}

static bool take_swo_baud(struct target *target, const char *value)
{
	return number32(value, &target->wiring.swo_baud);
}

static bool take_stm8(struct target *target, const char *value)
{
	target->wiring.swim_absent = !strcmp(value, "absent");
	if (!strcmp(value, "rop")) {
		stm8_protect(&target->stm8);
		return true;
	}
	return target->wiring.swim_absent || !strcmp(value, "s105");
}

static bool take_spi(struct target *target, const char *value)
{
	return spi_flash_choose(&target->spi, value);
}

/* X(key, values, what it does, handler): THE table. */
#define OPTIONS \
	X("firmware", "FILE", "a raw image for flash, which else is blank; without a slash it lies in the folder $FIRMWARE", take_firmware) \
	X("power", "off|low|MILLIVOLTS", "the chip's supply, also at VTref; below 1700 it is dead", take_power) \
	X("vtref", "MILLIVOLTS", "what the probe senses, while the chip has its supply", take_sense) \
	X("absent", "yes|no", "nothing on the wires but VTref", take_absent) \
	X("nrst", "unconnected|connected", "the reset wire", take_nrst) \
	X("fresh", "yes|no", "what the firmware does to the debug port begins with the first reset; else it has run for long", take_fresh) \
	X("lost-after-run", "MS", "the firmware makes the debug pins outputs once it ran that long; nothing answers until NRST is low", take_lost) \
	X("needs-reset", "yes|no", "the debug port answers only if NRST was low when the probe connected", take_needs_reset) \
	X("wait", "N|forever[@FIRST[-LAST]]", "so many bus accesses in the range answer WAIT", take_wait) \
	X("fault", "N|forever[@FIRST[-LAST]]", "so many bus accesses in the range answer FAULT and set STICKYERR", take_fault) \
	X("sticky", "stuck|normal", "the sticky flags cannot be cleared", take_sticky) \
	X("parity", "N", "every Nth read has the wrong parity", take_parity) \
	X("idcode", "ID", "of the debug port, in place of 0x2BA01477 (SWD) and 0x4BA00477 (JTAG)", take_idcode) \
	X("cpuid", "ID", "in place of 0x410FC241", take_cpuid) \
	X("device", "ID", "DBGMCU_IDCODE, or its low 12 bits, in place of 0x10006431", take_chip) \
	X("flash-size", "KB", "what the size register says, in place of 512", take_flash_size) \
	X("ap0", "empty|ahb", "access port 0 reads as nothing", take_ap0) \
	X("dbgpower", "never|acknowledged", "CDBGPWRUPACK and CSYSPWRUPACK", take_debug_power) \
	X("rdp", "0|1|2", "read-out protection: 1 hides the flash, 2 closes the debug port", take_protection) \
	X("wrp", "SECTORS", "write protection of these sectors, as in 0,1,7", take_write_protection) \
	X("lockup", "yes|no", "the firmware ends in lockup", take_lockup) \
	X("asleep", "no|sleep|stop|standby", "the firmware sleeps; stop: the bus waits, standby: silence, unless DBGMCU_CR forbids", take_asleep) \
	X("self-reset", "MS", "the chip resets itself that often", take_self_reset) \
	X("wdog", "yes|no", "a watchdog of 500 ms that nobody feeds; DBGMCU_APB1_FZ stops it while halted", take_watchdog) \
	X("slow", "FACTOR", "on the time that the flash controller is busy", take_slow) \
	X("swo", "TEXT", "comes out of the SWO pin again and again while the core runs, from ITM port 0", take_swo) \
	X("swo-rate", "BYTES", "of that text a second, in place of 1000", take_swo_rate) \
	X("swo-baud", "BAUD", "of the SWO pin, whatever TPIU_ACPR says", take_swo_baud) \
	X("stm8", "s105|rop|absent", "behind SWIM: an STM8S105, one with read-out protection, nothing", take_stm8) \
	X("spi", "W25Q16|W25X10|absent", "behind the bridge", take_spi)

#define X(key, values, sentence, take) { key, take },
static const struct option options[] = { OPTIONS };
#undef X

#define X(key, values, sentence, take) key "=" values "  " sentence,
const char *const target_options[] = { OPTIONS NULL };
#undef X

bool target_set(struct target *target, const char *key, const char *value)
{
	for (size_t i = 0; i < sizeof options / sizeof *options; i++)
		if (!strcmp(options[i].key, key))
			return options[i].take(target, value);
	return false;
}
