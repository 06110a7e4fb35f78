/*
 * The debug port: finding it, its registers, those of the access ports, which ports are open.
 * Knows: which status an acknowledge of the wire becomes, what ENTER does on the wire (ARM ADIv5.2; ../shared/protocol/swd.md).
 * Must not know: what the memory behind an access port is.
 */
#include "handlers.h"

enum { DP_IDR = 0x0, DP_ABORT = 0x0, DP_CTRL_STAT = 0x4, DP_SELECT = 0x8, DP_RDBUFF = 0xc, AP_IDR = 0xfc };
#define ABORT_CLEAR 0x1eu               /* STKCMPCLR, STKERRCLR, WDERRCLR, ORUNERRCLR */
#define POWER_REQUESTS 0x50000000u
#define POWER_ACKNOWLEDGES 0xa0000000u
#define DP_PORT 0xffff
#define HIGHEST_AP 8
#define POWER_TRIES 16

static const uint8_t banked_dp[FAMILIES] = { NEVER, 32, 2, 0 };
static const uint8_t sorted_statuses[FAMILIES] = { 11, 15, 0, 0 };

bool firmware_is_crude(const struct probe *probe)
{
	return !firmware_since(probe, sorted_statuses);
}

int status_of_dp(enum target_ack ack)
{
	static const uint8_t status[] = { [ACK_OK] = STATUS_OK, [ACK_WAIT] = STATUS_DP_WAIT, [ACK_FAULT] = 0x15, [ACK_NONE] = 0x16, [ACK_PARITY] = 0x17 };

	return status[ack];
}

int status_of_ap(enum target_ack ack)
{
	static const uint8_t status[] = { [ACK_OK] = STATUS_OK, [ACK_WAIT] = STATUS_AP_WAIT, [ACK_FAULT] = 0x11, [ACK_NONE] = 0x12, [ACK_PARITY] = 0x13 };

	return status[ack];
}

static int power_up(struct probe *probe)
{
	enum target_ack ack = target_dp_write(probe->target, DP_ABORT, ABORT_CLEAR);
	uint32_t value = 0;
	unsigned tries;

	if (ack == ACK_OK)
		ack = target_dp_write(probe->target, DP_CTRL_STAT, POWER_REQUESTS);
	for (tries = 0; ack == ACK_OK && tries < POWER_TRIES; tries++) {
		ack = target_dp_read(probe->target, DP_CTRL_STAT, &value);
		if (ack == ACK_OK && (value & POWER_ACKNOWLEDGES) == POWER_ACKNOWLEDGES)
			return STATUS_OK;
	}
	return ack == ACK_OK ? STATUS_DEBUG_POWER : status_of_dp(ack);
}

static int find_port(struct probe *probe, enum target_wire wire)
{
	enum target_ack ack = target_connect(probe->target, wire, &probe->identity);

	if (ack == ACK_NONE)
		return wire == TARGET_JTAG ? STATUS_NO_DEVICE : STATUS_GET_IDCODE;
	return ack == ACK_OK ? power_up(probe) : status_of_dp(ack);
}

int debug_enter(struct probe *probe, enum target_wire wire)
{
	static const uint8_t one_wire_at_a_time[FAMILIES] = { NEVER, 24, 0, 0 };
	int status;

	if (probe->connected && wire != probe->wire && firmware_since(probe, one_wire_at_a_time))
		return STATUS_OTHER_MODE;
	probe->wire = wire;
	probe->identity = 0;
	probe->open_aps = 0;
	status = find_port(probe, wire);
	if (status != STATUS_OK && firmware_is_crude(probe)) {
		probe->identity = 0;
		status = STATUS_OK;
	}
	probe->connected = status == STATUS_OK;
	probe->mode = probe->connected ? MODE_DEBUG : MODE_MASS;
	return status;
}

void debug_leave(struct probe *probe)
{
	target_nrst(probe->target, false);
	probe->open_aps = 0;
	probe->connected = false;
	probe->swo.running = false;
	probe->mode = MODE_MASS;
}

int run_enter(struct probe *probe, struct exchange *exchange)
{
	switch (exchange->command[2]) {
	case 0xa3:
		return debug_enter(probe, TARGET_SWD);
	case 0xa4:
		return debug_enter(probe, TARGET_JTAG);
	case 0x00:
		target_nrst(probe->target, true);
		target_nrst(probe->target, false);
		return debug_enter(probe, TARGET_JTAG);
	default:
		return STATUS_BAD_PARAMETER;
	}
}

/* The first API tells nothing: the client sees at the core id whether there is a target. */
int run_enter_v1(struct probe *probe, struct exchange *exchange)
{
	run_enter(probe, exchange);
	probe->mode = MODE_DEBUG;
	probe->connected = true;
	return STATUS_NONE;
}

int run_exit(struct probe *probe, struct exchange *exchange)
{
	(void)exchange;
	if (probe->mode == MODE_DEBUG)
		debug_leave(probe);
	return STATUS_NONE;
}

static enum target_ack read_identity(struct probe *probe, uint32_t *identity)
{
	*identity = probe->identity;
	return probe->wire == TARGET_JTAG ? ACK_OK : target_dp_read(probe->target, DP_IDR, identity);
}

int run_idcodes(struct probe *probe, struct exchange *exchange)
{
	uint32_t identity;
	enum target_ack ack = read_identity(probe, &identity);

	if (ack != ACK_OK && !firmware_is_crude(probe))
		return ack == ACK_NONE ? STATUS_GET_IDCODE : status_of_dp(ack);
	put32(exchange->answer->bytes + 4, ack == ACK_OK ? identity : 0);
	return STATUS_OK;
}

int run_core_id(struct probe *probe, struct exchange *exchange)
{
	uint32_t identity;

	if (read_identity(probe, &identity) == ACK_OK)
		put32(exchange->answer->bytes, identity);
	return STATUS_NONE;
}

int run_nrst(struct probe *probe, struct exchange *exchange)
{
	uint8_t how = exchange->command[2];

	if (how > 2)
		return STATUS_BAD_PARAMETER;
	if (how != 1)
		target_nrst(probe->target, true);
	if (how != 0)
		target_nrst(probe->target, false);
	return STATUS_OK;
}

/* The bank lies in bits 7:4 of the address; the port's own DPBANKSEL is not the client's to write. */
static enum target_ack select_bank(struct probe *probe, uint8_t address)
{
	return firmware_since(probe, banked_dp) && address & 0xf0 ? target_dp_write(probe->target, DP_SELECT, address >> 4) : ACK_OK;
}

static void unselect_bank(struct probe *probe, uint8_t address)
{
	if (firmware_since(probe, banked_dp) && address & 0xf0)
		target_dp_write(probe->target, DP_SELECT, 0);
}

static int read_dp(struct probe *probe, uint8_t address, uint32_t *value)
{
	static const uint8_t reads_at_once[FAMILIES] = { NEVER, 32, 0, 0 };
	enum target_ack ack = select_bank(probe, address);
	uint32_t before = probe->posted;

	if (ack == ACK_OK)
		ack = target_dp_read(probe->target, address & 0xc, value);
	unselect_bank(probe, address);
	/* Over JTAG, firmware up to J31 hands out what the shift register held: the value of the read before. */
	if (ack == ACK_OK && probe->wire == TARGET_JTAG && !firmware_since(probe, reads_at_once)) {
		if (address != DP_RDBUFF)
			probe->posted = *value;
		*value = before;
	}
	return status_of_dp(ack);
}

int run_read_dap(struct probe *probe, struct exchange *exchange)
{
	uint16_t port = get16(exchange->command + 2);
	uint8_t address = exchange->command[4];
	uint32_t value = 0;
	int status;

	if (port == DP_PORT)
		status = read_dp(probe, address, &value);
	else if (port > HIGHEST_AP)
		status = STATUS_BAD_AP;
	else
		status = status_of_ap(target_ap_read(probe->target, (uint8_t)port, address, &value));
	put32(exchange->answer->bytes + 4, value);
	return status;
}

int run_write_dap(struct probe *probe, struct exchange *exchange)
{
	uint16_t port = get16(exchange->command + 2);
	uint8_t address = exchange->command[4];
	uint32_t value = get32(exchange->command + 6);
	enum target_ack ack;

	if (port != DP_PORT)
		return port > HIGHEST_AP ? STATUS_BAD_AP : status_of_ap(target_ap_write(probe->target, (uint8_t)port, address, value));
	ack = select_bank(probe, address);
	if (ack == ACK_OK)
		ack = target_dp_write(probe->target, address & 0xc, address == DP_SELECT ? value & ~0xfu : value);
	unselect_bank(probe, address);
	return status_of_dp(ack);
}

int run_init_ap(struct probe *probe, struct exchange *exchange)
{
	uint8_t ap = exchange->command[2];
	uint32_t identity = 0;
	enum target_ack ack;

	if (ap > HIGHEST_AP)
		return STATUS_BAD_AP;
	ack = target_ap_read(probe->target, ap, AP_IDR, &identity);
	if (ack != ACK_OK)
		return status_of_ap(ack);
	if (!identity)
		return STATUS_BAD_AP;
	probe->open_aps |= (uint16_t)(1 << ap);
	return STATUS_OK;
}

/* Firmware before J29 complains although it did close the port. */
int run_close_ap(struct probe *probe, struct exchange *exchange)
{
	static const uint8_t means_it[FAMILIES] = { NEVER, 29, 0, 0 };
	uint8_t ap = exchange->command[2];

	if (ap > HIGHEST_AP)
		return STATUS_BAD_AP;
	probe->open_aps &= (uint16_t)~(1 << ap);
	return firmware_since(probe, means_it) ? STATUS_OK : STATUS_INTERNAL;
}
