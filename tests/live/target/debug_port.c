/*
 * The debug port and the access ports: one transfer on the wire, and blocks of them.
 * Knows: ADIv5.2 (DP version 1, AHB-AP), the faults that show on the wire.
 * Must not know: what lies on the bus.
 */
#include "machine.h"

#define SWD_IDENTITY 0x2BA01477u
#define JTAG_IDENTITY 0x4BA00477u
#define AHB_AP_IDENTITY 0x24770011u
#define ROM_TABLE_BASE 0xE00FF003u

#define STICKYORUN (1u << 1)
#define STICKYCMP (1u << 4)
#define STICKYERR (1u << 5)
#define READOK (1u << 6)
#define WDATAERR (1u << 7)
#define STICKY (STICKYORUN | STICKYCMP | STICKYERR | WDATAERR)
#define POWER_REQUESTS 0x50000000u
#define CONTROL_WRITABLE 0x54FFFF4Du

#define CSW_WRITABLE 0x7F000F37u
#define ABORT_ALL 0x1Eu
#define WRAP 0x400u /* how far TAR counts by itself */

/* Takes one from the range's hits, if the address is in it. */
static bool hits(struct address_range *range, uint32_t address)
{
	if (!range->times || address < range->first || address > range->last)
		return false;
	if (range->times != FOREVER)
		range->times--;
	return true;
}

static bool silent(const struct target *target)
{
	return machine_silent(target) || !target->port.connected;
}

/* A read reached us: what becomes of its data on the way back. */
static enum target_ack deliver(struct target *target, uint32_t *value)
{
	unsigned every = target->wiring.parity_every;

	if (!every || ++target->port.reads % every)
		return ACK_OK;
	*value ^= 1u << target->port.reads % 32;
	return ACK_PARITY;
}

static uint32_t control_value(const struct target *target)
{
	uint32_t value = target->port.control;

	if (!target->wiring.never_powers_up)
		value |= (value & POWER_REQUESTS) << 1;
	return target->port.wire == TARGET_SWD ? value : value & ~(READOK | WDATAERR);
}

enum target_ack target_connect(struct target *target, enum target_wire wire, uint32_t *identity)
{
	struct debug_port *port = &target->port;
	struct wiring *wiring = &target->wiring;

	machine_start(target);
	port->wire = wire;
	port->reached_under_reset = machine_in_reset(target);
	port->connected = !wiring->needs_reset || port->reached_under_reset;
	if (silent(target)) {
		port->connected = false;
		*identity = 0;
		return ACK_NONE;
	}
	port->intruded = true;
	port->select = 0;
	*identity = wiring->identity ? wiring->identity : wire == TARGET_SWD ? SWD_IDENTITY : JTAG_IDENTITY;
	return deliver(target, identity);
}

enum target_ack target_dp_read(struct target *target, uint8_t address, uint32_t *value)
{
	struct debug_port *port = &target->port;
	uint32_t identity = target->wiring.identity ? target->wiring.identity : SWD_IDENTITY;

	*value = 0;
	if (silent(target))
		return ACK_NONE;
	switch (address & 0xC) {
	case 0x0:
		*value = port->wire == TARGET_SWD ? identity : 0;
		break;
	case 0x4:
		*value = (port->select & 0xF) == 0 ? control_value(target) : (port->select & 0xF) == 1 ? port->dlcr : 0;
		break;
	case 0x8:
		*value = port->wire == TARGET_JTAG ? port->select : port->read_buffer;
		break;
	default:
		if (port->control & STICKY)
			return ACK_FAULT;
		*value = port->read_buffer;
	}
	return deliver(target, value);
}

static void write_abort(struct target *target, uint32_t value)
{
	static const uint32_t clears[] = { STICKYCMP, STICKYERR, WDATAERR, STICKYORUN };

	if (target->wiring.sticks)
		return;
	for (unsigned i = 0; i < sizeof clears / sizeof *clears; i++)
		if (value >> (i + 1) & 1)
			target->port.control &= ~clears[i];
}

static void write_control(struct target *target, uint32_t value)
{
	struct debug_port *port = &target->port;

	/* JTAG has no other way to clear the flags (ADIv5.2 B2.2.2). */
	if (port->wire == TARGET_JTAG && !target->wiring.sticks)
		port->control &= ~(value & (STICKYERR | STICKYCMP | STICKYORUN));
	port->control = (port->control & ~CONTROL_WRITABLE) | (value & CONTROL_WRITABLE);
}

enum target_ack target_dp_write(struct target *target, uint8_t address, uint32_t value)
{
	struct debug_port *port = &target->port;

	if (silent(target))
		return ACK_NONE;
	switch (address & 0xC) {
	case 0x0:
		write_abort(target, value);
		break;
	case 0x4:
		if ((port->select & 0xF) == 0)
			write_control(target, value);
		else if ((port->select & 0xF) == 1)
			port->dlcr = value & 0x3C0;
		break;
	case 0x8:
		if (port->control & STICKY)
			return ACK_FAULT;
		port->select = value;
		break;
	}
	return ACK_OK;
}

void target_clear(struct target *target)
{
	(void)target_dp_write(target, 0x0, ABORT_ALL);
}

/* May an access port be asked at all? */
static enum target_ack open_port(struct target *target, uint8_t ap, uint8_t address)
{
	struct debug_port *port = &target->port;

	if (silent(target))
		return ACK_NONE;
	if (port->control & STICKY)
		return ACK_FAULT;
	port->select = (uint32_t)ap << 24 | (address & 0xF0u) | (port->select & 0xF);
	if ((control_value(target) & 0xA0000000) != 0xA0000000) {
		port->control |= STICKYERR;
		return ACK_FAULT;
	}
	return ACK_OK;
}

static bool is_memory_port(const struct target *target, uint8_t ap)
{
	return ap == 0 && !target->wiring.no_access_port;
}

/* The faults of one bus access at the address. */
static enum target_ack reach(struct target *target, uint32_t address)
{
	if (machine_stopped(target) || hits(&target->wiring.wait, address))
		return ACK_WAIT;
	if (hits(&target->wiring.fault, address)) {
		target->port.control |= STICKYERR;
		return ACK_FAULT;
	}
	return ACK_OK;
}

/* Bytes, by CSW; the reserved sizes count as words. */
static unsigned access_size(uint32_t csw)
{
	return csw & 2 ? 4 : csw & 1 ? 2 : 1;
}

/* One bus access of the size in CSW, with the data on the byte lanes that the address says. */
static enum target_ack access_bus(struct target *target, uint32_t address, bool write, uint32_t *value)
{
	unsigned size = access_size(target->port.csw), shift;
	enum target_ack ack = reach(target, address);
	bool done;
	uint32_t lane;

	if (ack != ACK_OK)
		return ack;
	address &= ~(size - 1);
	shift = 8 * (address & 3);
	if (write) {
		done = bus_write(target, MASTER_DEBUGGER, address, size, size == 4 ? *value : *value >> shift & ((1u << 8 * size) - 1));
	} else {
		done = bus_read(target, MASTER_DEBUGGER, address, size, &lane);
		*value |= lane << shift;
	}
	if (done)
		return ACK_OK;
	target->port.control |= STICKYERR;
	return ACK_FAULT;
}

/* DRW: the access, and TAR counts on (ADIv5.2 C2.2). */
static enum target_ack access_data(struct target *target, bool write, uint32_t *value)
{
	struct debug_port *port = &target->port;
	unsigned increment = port->csw >> 4 & 3, size = access_size(port->csw);
	unsigned accesses = increment == 2 && size < 4 ? 4 / size : 1;
	enum target_ack ack;

	if (!write)
		*value = 0;
	for (unsigned i = 0; i < accesses; i++) {
		ack = access_bus(target, port->tar, write, value);
		if (ack != ACK_OK)
			return ack;
		if (increment)
			port->tar = (port->tar & ~(WRAP - 1)) | ((port->tar + size) & (WRAP - 1));
	}
	return ACK_OK;
}

/* BD0 to BD3: words at TAR's 16 bytes. */
static enum target_ack access_banked(struct target *target, uint8_t address, bool write, uint32_t *value)
{
	uint32_t csw = target->port.csw;
	enum target_ack ack;

	if (!write)
		*value = 0;
	target->port.csw = (csw & ~7u) | 2;
	ack = access_bus(target, (target->port.tar & ~0xFu) | (address & 0xC), write, value);
	target->port.csw = csw;
	return ack;
}

enum target_ack target_ap_read(struct target *target, uint8_t ap, uint8_t address, uint32_t *value)
{
	enum target_ack ack = open_port(target, ap, address);

	*value = 0;
	if (ack != ACK_OK)
		return ack;
	if (is_memory_port(target, ap)) {
		switch (address & 0xFC) {
		case 0x00:
			*value = target->port.csw;
			break;
		case 0x04:
			*value = target->port.tar;
			break;
		case 0x0C:
			ack = access_data(target, false, value);
			break;
		case 0x10: case 0x14: case 0x18: case 0x1C:
			ack = access_banked(target, address, false, value);
			break;
		case 0xF8:
			*value = ROM_TABLE_BASE;
			break;
		case 0xFC:
			*value = AHB_AP_IDENTITY;
			break;
		}
	}
	if (ack != ACK_OK)
		return ack;
	target->port.read_buffer = *value;
	target->port.control |= READOK;
	return deliver(target, value);
}

enum target_ack target_ap_write(struct target *target, uint8_t ap, uint8_t address, uint32_t value)
{
	struct debug_port *port = &target->port;
	enum target_ack ack = open_port(target, ap, address);

	if (ack != ACK_OK || !is_memory_port(target, ap))
		return ack;
	switch (address & 0xFC) {
	case 0x00:
		port->csw = (value & CSW_WRITABLE) | 0x40;
		break;
	case 0x04:
		port->tar = value;
		break;
	case 0x0C:
		return access_data(target, true, &value);
	case 0x10: case 0x14: case 0x18: case 0x1C:
		return access_banked(target, address, true, &value);
	}
	return ACK_OK;
}

static enum target_ack start_block(struct target *target, uint8_t ap, uint32_t address, unsigned size)
{
	uint32_t csw;
	enum target_ack ack = target_ap_read(target, ap, 0x00, &csw);

	if (ack == ACK_OK)
		ack = target_ap_write(target, ap, 0x00, (csw & ~0x37u) | 1u << 4 | (size == 4 ? 2 : size == 2 ? 1 : 0));
	return ack == ACK_OK ? target_ap_write(target, ap, 0x04, address) : ack;
}

enum target_ack target_read(struct target *target, uint8_t ap, uint32_t address, unsigned size, uint8_t *bytes, uint32_t length, uint32_t *done)
{
	enum target_ack ack = start_block(target, ap, address, size);
	uint32_t value;

	for (*done = 0; ack == ACK_OK && *done + size <= length; *done += size) {
		uint32_t at = address + *done;

		if (*done && at % WRAP == 0)
			ack = target_ap_write(target, ap, 0x04, at);
		if (ack == ACK_OK)
			ack = target_ap_read(target, ap, 0x0C, &value);
		if (ack != ACK_OK)
			break;
		for (unsigned i = 0; i < size; i++)
			bytes[*done + i] = (uint8_t)(value >> 8 * ((at + i) & 3));
	}
	return ack;
}

enum target_ack target_write(struct target *target, uint8_t ap, uint32_t address, unsigned size, const uint8_t *bytes, uint32_t length,
	uint32_t *done)
{
	enum target_ack ack = start_block(target, ap, address, size);

	for (*done = 0; ack == ACK_OK && *done + size <= length; *done += size) {
		uint32_t at = address + *done, value = 0;

		if (*done && at % WRAP == 0)
			ack = target_ap_write(target, ap, 0x04, at);
		for (unsigned i = 0; i < size; i++)
			value |= (uint32_t)bytes[*done + i] << 8 * ((at + i) & 3);
		if (ack == ACK_OK)
			ack = target_ap_write(target, ap, 0x0C, value);
		if (ack != ACK_OK)
			break;
	}
	return ack;
}
