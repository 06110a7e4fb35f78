/*
 * THE status table: what a status byte says, by the scope it is read in.
 * Knows: codes, canonical names, classes, what they point to on the bench.
 * Must not know: which command answered, what clients do about it, rules.
 * Source: protocol/status.tsv and disagreements.md; test_tables holds the two together.
 */
#include "stlink.h"

const struct stlink_status stlink_statuses[] = {
	{ .code = 0x80, .scope = SCOPE_DEBUG, .class = STATUS_OK, .name = "OK",
	  .meaning = "The command was carried out, or the access asked about was clean." },
	{ .code = 0x81, .scope = SCOPE_DEBUG, .class = STATUS_ERROR, .name = "FAULT",
	  .meaning = "Something failed; only old firmware is this unspecific.",
	  .suggests = "No target, or a bus fault." },
	{ .code = 0x01, .scope = SCOPE_DEBUG, .class = STATUS_ERROR, .name = "UNKNOWN_ERROR",
	  .meaning = "Something failed and the firmware does not say what.",
	  .suggests = "With old firmware, a memory access that the target refused." },
	{ .code = 0x02, .scope = SCOPE_DEBUG, .class = STATUS_ERROR, .name = "SPI_ERROR",
	  .meaning = "The probe's own shift engine for JTAG failed.",
	  .suggests = "The probe, not the target." },
	{ .code = 0x03, .scope = SCOPE_DEBUG, .class = STATUS_ERROR, .name = "DMA_ERROR",
	  .meaning = "A DMA transfer inside the probe failed.",
	  .suggests = "The probe, not the target." },
	{ .code = 0x04, .scope = SCOPE_DEBUG, .class = STATUS_ERROR, .name = "UNKNOWN_JTAG_CHAIN",
	  .meaning = "The JTAG chain is not one that the firmware knows.",
	  .suggests = "Wrong pins, no JTAG target, or a chain foreign to the firmware." },
	{ .code = 0x05, .scope = SCOPE_DEBUG, .class = STATUS_ERROR, .name = "NO_DEVICE_CONNECTED",
	  .meaning = "Nothing answered while connecting, on SWDIO or in the JTAG chain.",
	  .suggests = "No power or held in reset; SWDIO or SWCLK open or swapped; no ground; SWD pins disabled by the program." },
	{ .code = 0x06, .scope = SCOPE_DEBUG, .class = STATUS_ERROR, .name = "INTERNAL_ERROR",
	  .meaning = "The firmware refused the command or could not run it.",
	  .suggests = "The wrong mode or bad arguments, so the host program; not the wiring." },
	{ .code = 0x07, .scope = SCOPE_DEBUG, .class = STATUS_WAIT, .name = "CMD_WAIT",
	  .meaning = "The command has not ended yet.",
	  .suggests = "The probe is still at work." },
	{ .code = 0x08, .scope = SCOPE_DEBUG, .class = STATUS_ERROR, .name = "CMD_ERROR",
	  .meaning = "The command failed; to SET_COM_FREQ: the speed is below the slowest one.",
	  .suggests = "A bad parameter or an unsupported speed." },
	{ .code = 0x09, .scope = SCOPE_DEBUG, .class = STATUS_ERROR, .name = "GET_IDCODE_ERROR",
	  .meaning = "The debug port's id could not be read while connecting.",
	  .suggests = "Wiring or power; SWDIO and SWCLK swapped; a target asleep with debug off." },
	{ .code = 0x0a, .scope = SCOPE_DEBUG, .class = STATUS_ERROR, .name = "ALIGNMENT_ERROR",
	  .meaning = "Address or length does not suit this access size.",
	  .suggests = "The host program, not the hardware." },
	{ .code = 0x0b, .scope = SCOPE_DEBUG, .class = STATUS_ERROR, .name = "DBG_POWER_ERROR",
	  .meaning = "The target did not acknowledge the debug power request.",
	  .suggests = "The debug port answers but its domain stays off: deep sleep, reset held, low voltage." },
	{ .code = 0x0c, .scope = SCOPE_DEBUG, .class = STATUS_ERROR, .name = "WRITE_ERROR",
	  .meaning = "A write failed.",
	  .suggests = "The target's bus refused it." },
	{ .code = 0x0d, .scope = SCOPE_DEBUG, .class = STATUS_OK, .name = "WRITE_VERIFY_ERROR",
	  .meaning = "A written value reads back differently; OpenOCD and Black Magic count it as success, stlink as an error.",
	  .suggests = "A register that does not read back what was written, or a marginal link." },
	{ .code = 0x0e, .scope = SCOPE_DEBUG, .class = STATUS_ERROR, .name = "ALREADY_OPENED_IN_OTHER_MODE",
	  .meaning = "The target is open with the other of SWD and JTAG.",
	  .suggests = "The host program changed transport without leaving debug mode; not the wiring." },
	{ .code = 0x10, .scope = SCOPE_DEBUG, .class = STATUS_WAIT, .name = "SWD_AP_WAIT",
	  .meaning = "The access port answered WAIT.",
	  .suggests = "A busy bus: flash at work, wait states, a gated clock; a stuck one if it never ends." },
	{ .code = 0x11, .scope = SCOPE_DEBUG, .class = STATUS_ERROR, .name = "SWD_AP_FAULT",
	  .meaning = "The access port answered FAULT: this access failed, or an earlier one was not cleared.",
	  .suggests = "A bad address, a peripheral without clock, locked flash, or an earlier error left standing." },
	{ .code = 0x12, .scope = SCOPE_DEBUG, .class = STATUS_ERROR, .name = "SWD_AP_ERROR",
	  .meaning = "An access port access got no valid acknowledge.",
	  .suggests = "Noise, a wrong clock, something else driving SWDIO." },
	{ .code = 0x13, .scope = SCOPE_DEBUG, .class = STATUS_ERROR, .name = "SWD_AP_PARITY_ERROR",
	  .meaning = "Data of an access port access had wrong parity.",
	  .suggests = "Noise, too fast a clock, a long or unterminated SWDIO wire." },
	{ .code = 0x14, .scope = SCOPE_DEBUG, .class = STATUS_WAIT, .name = "SWD_DP_WAIT",
	  .meaning = "The debug port answered WAIT.",
	  .suggests = "A busy target: flash at work, wait states, a gated clock; a stuck bus if it never ends." },
	{ .code = 0x15, .scope = SCOPE_DEBUG, .class = STATUS_ERROR, .name = "SWD_DP_FAULT",
	  .meaning = "The debug port answered FAULT, because a sticky flag stands.",
	  .suggests = "An error left uncleared, an overrun, or debug power lost." },
	{ .code = 0x16, .scope = SCOPE_DEBUG, .class = STATUS_ERROR, .name = "SWD_DP_ERROR",
	  .meaning = "The debug port gave no valid acknowledge.",
	  .suggests = "Nothing answers: unplugged, no power, held in reset, wrong pins or protocol, SWD off by program." },
	{ .code = 0x17, .scope = SCOPE_DEBUG, .class = STATUS_ERROR, .name = "SWD_DP_PARITY_ERROR",
	  .meaning = "Data read from the debug port had wrong parity.",
	  .suggests = "Signal quality: use a slower clock." },
	{ .code = 0x18, .scope = SCOPE_DEBUG, .class = STATUS_ERROR, .name = "SWD_AP_WDATA_ERROR",
	  .meaning = "The write data flag stands: a write was lost.",
	  .suggests = "An overrun, or an error on the wire during a write." },
	{ .code = 0x19, .scope = SCOPE_DEBUG, .class = STATUS_ERROR, .name = "SWD_AP_STICKY_ERROR",
	  .meaning = "The sticky error flag stands: an earlier memory access failed.",
	  .suggests = "An address that is not there, locked or read-only memory, a peripheral without clock, busy flash." },
	{ .code = 0x1a, .scope = SCOPE_DEBUG, .class = STATUS_ERROR, .name = "SWD_AP_STICKYORUN_ERROR",
	  .meaning = "The overrun flag stands: a transfer was lost.",
	  .suggests = "The host or the probe ran ahead of the target." },
	{ .code = 0x1b, .scope = SCOPE_DEBUG, .class = STATUS_ERROR, .name = "AP_ALREADY_USED",
	  .meaning = "The access port is open already.",
	  .suggests = "The host program opened it twice." },
	{ .code = 0x1c, .scope = SCOPE_DEBUG, .class = STATUS_ERROR, .name = "TRACE_AP_TURNAROUND",
	  .meaning = "Turnaround trouble between trace and the access port." },
	{ .code = 0x1d, .scope = SCOPE_DEBUG, .class = STATUS_ERROR, .name = "BAD_AP",
	  .meaning = "The access port's number cannot be used; 8 is the highest.",
	  .suggests = "No such access port on this chip, or a number above 8." },
	{ .code = 0x20, .scope = SCOPE_DEBUG, .class = STATUS_ERROR, .name = "SWV_NOT_AVAILABLE",
	  .meaning = "SWO reception cannot be started.",
	  .suggests = "SWO is not wired, or JTAG uses the pin." },
	{ .code = 0x21, .scope = SCOPE_DEBUG, .class = STATUS_ERROR, .name = "NO_JUMP_TO_LOADER",
	  .meaning = "The firmware has no loader to jump to.",
	  .suggests = "Very old firmware, or a clone without a loader." },
	{ .code = 0x29, .scope = SCOPE_DEBUG, .class = STATUS_ERROR, .name = "TOO_MANY_AP",
	  .meaning = "More access ports are open than the firmware can hold.",
	  .suggests = "The host program." },
	{ .code = 0x30, .scope = SCOPE_DEBUG, .class = STATUS_ERROR, .name = "TCP_ID_NOT_FOUND",
	  .meaning = "The stlink-server client is not known.",
	  .suggests = "A probe shared over stlink-server." },
	{ .code = 0x31, .scope = SCOPE_DEBUG, .class = STATUS_ERROR, .name = "TCP_ID_MAX",
	  .meaning = "There are more stlink-server clients than fit.",
	  .suggests = "A probe shared over stlink-server." },
	{ .code = 0x40, .scope = SCOPE_DEBUG, .class = STATUS_ERROR, .name = "CONF_CHANGED",
	  .meaning = "The probe's clock configuration changed, which this command did not ask for." },
	{ .code = 0x41, .scope = SCOPE_DEBUG, .class = STATUS_ERROR, .name = "FREQ_NOT_SUPPORTED",
	  .meaning = "The speed asked for cannot be set." },
	{ .code = 0x42, .scope = SCOPE_DEBUG, .class = STATUS_ERROR, .name = "UNKNOWN_CMD",
	  .meaning = "The firmware does not know this command.",
	  .suggests = "Firmware too old for the host program, or a loader command sent to an application." },

	{ .code = 0x80, .scope = SCOPE_CORE_STATE, .class = STATUS_OK, .name = "OK",
	  .meaning = "The core runs." },
	{ .code = 0x81, .scope = SCOPE_CORE_STATE, .class = STATUS_OK, .name = "CORE_HALTED",
	  .meaning = "The core is halted." },
	{ .code = 0x40, .scope = SCOPE_SWITCH_FREQ, .class = STATUS_OK, .name = "CONF_CHANGED",
	  .meaning = "The probe's clock configuration changed, as asked." },
	{ .code = 0x21, .scope = SCOPE_LOADER_QUERY, .class = STATUS_ERROR, .name = "NO_JUMP_TO_LOADER",
	  .meaning = "There is no loader to jump to.",
	  .suggests = "Very old firmware, or a clone without a loader." },

	{ .code = 0x00, .scope = SCOPE_SWIM, .class = STATUS_OK, .name = "SWIM_OK",
	  .meaning = "The last SWIM action has ended well." },
	{ .code = 0x01, .scope = SCOPE_SWIM, .class = STATUS_WAIT, .name = "SWIM_BUSY",
	  .meaning = "The SWIM action is under way." },
	{ .code = 0x04, .scope = SCOPE_SWIM, .class = STATUS_ERROR, .name = "SWIM_NO_RESPONSE",
	  .meaning = "The STM8 did not answer.",
	  .suggests = "The SWIM wire, power, or SWIM disabled." },
	{ .code = 0x05, .scope = SCOPE_SWIM, .class = STATUS_ERROR, .name = "SWIM_BAD_STATE",
	  .meaning = "SWIM is in a state that does not allow this." },

	{ .code = 0x80, .scope = SCOPE_BRIDGE, .class = STATUS_OK, .name = "OK",
	  .meaning = "The bridge command was carried out." },
	{ .code = 0x02, .scope = SCOPE_BRIDGE, .class = STATUS_ERROR, .name = "SPI_ERROR",
	  .meaning = "The bridge's SPI reported an error." },
	{ .code = 0x03, .scope = SCOPE_BRIDGE, .class = STATUS_ERROR, .name = "I2C_ERROR",
	  .meaning = "The bridge's I2C reported an error: no acknowledge, bus or arbitration.",
	  .suggests = "No pull-ups, a wrong address, or no slave." },
	{ .code = 0x04, .scope = SCOPE_BRIDGE, .class = STATUS_ERROR, .name = "CAN_ERROR",
	  .meaning = "The bridge's CAN or FDCAN reported an error." },
	{ .code = 0x07, .scope = SCOPE_BRIDGE, .class = STATUS_ERROR, .name = "INIT_NOT_DONE",
	  .meaning = "The interface was not set up first.",
	  .suggests = "The host program." },
	{ .code = 0x08, .scope = SCOPE_BRIDGE, .class = STATUS_ERROR, .name = "UNKNOWN_CMD",
	  .meaning = "This bridge firmware does not know the command.",
	  .suggests = "Firmware too old for the host program." },
	{ .code = 0x09, .scope = SCOPE_BRIDGE, .class = STATUS_ERROR, .name = "BAD_PARAM",
	  .meaning = "An argument is wrong.",
	  .suggests = "The host program." },
	{ .code = 0x0a, .scope = SCOPE_BRIDGE, .class = STATUS_ERROR, .name = "TIMEOUT",
	  .meaning = "The firmware gave up waiting for the bus." },
	{ .code = 0x0b, .scope = SCOPE_BRIDGE, .class = STATUS_ERROR, .name = "ABORT_TRANS",
	  .meaning = "Parts of an I2C transfer came in the wrong order; it was dropped.",
	  .suggests = "The host program." },
	{ .code = 0x0c, .scope = SCOPE_BRIDGE, .class = STATUS_ERROR, .name = "INTERNAL_ERR",
	  .meaning = "The bridge firmware has a problem of its own.",
	  .suggests = "The probe." },
	{ .code = 0x0d, .scope = SCOPE_BRIDGE, .class = STATUS_WAIT, .name = "CMD_BUSY",
	  .meaning = "A command is under way; only a question about it is accepted." },
	{ .code = 0x0e, .scope = SCOPE_BRIDGE, .class = STATUS_ERROR, .name = "CMD_NOT_ALLOWED",
	  .meaning = "Not allowed now, such as CAN while FDCAN is set up.",
	  .suggests = "The host program." },

	/* USB DFU 1.1, 6.1.2; errTARGET and errVENDOR as stlink-tool explains them for ST's loader. */
	{ .code = 0x00, .scope = SCOPE_DFU, .class = STATUS_OK, .name = "DFU_OK",
	  .meaning = "No error." },
	{ .code = 0x01, .scope = SCOPE_DFU, .class = STATUS_ERROR, .name = "DFU_errTARGET",
	  .meaning = "The address lies outside the range that may be written." },
	{ .code = 0x02, .scope = SCOPE_DFU, .class = STATUS_ERROR, .name = "DFU_errFILE",
	  .meaning = "The file fails the loader's own check." },
	{ .code = 0x03, .scope = SCOPE_DFU, .class = STATUS_ERROR, .name = "DFU_errWRITE",
	  .meaning = "Memory could not be written." },
	{ .code = 0x04, .scope = SCOPE_DFU, .class = STATUS_ERROR, .name = "DFU_errERASE",
	  .meaning = "Memory could not be erased." },
	{ .code = 0x05, .scope = SCOPE_DFU, .class = STATUS_ERROR, .name = "DFU_errCHECK_ERASED",
	  .meaning = "Memory is not empty after it was erased." },
	{ .code = 0x06, .scope = SCOPE_DFU, .class = STATUS_ERROR, .name = "DFU_errPROG",
	  .meaning = "Programming failed." },
	{ .code = 0x07, .scope = SCOPE_DFU, .class = STATUS_ERROR, .name = "DFU_errVERIFY",
	  .meaning = "What was programmed reads back differently." },
	{ .code = 0x08, .scope = SCOPE_DFU, .class = STATUS_ERROR, .name = "DFU_errADDRESS",
	  .meaning = "The address is out of range." },
	{ .code = 0x09, .scope = SCOPE_DFU, .class = STATUS_ERROR, .name = "DFU_errNOTDONE",
	  .meaning = "The download ended before all data came." },
	{ .code = 0x0a, .scope = SCOPE_DFU, .class = STATUS_ERROR, .name = "DFU_errFIRMWARE",
	  .meaning = "The firmware is corrupt and cannot be started." },
	{ .code = 0x0b, .scope = SCOPE_DFU, .class = STATUS_ERROR, .name = "DFU_errVENDOR",
	  .meaning = "Read protection is on." },
	{ .code = 0x0c, .scope = SCOPE_DFU, .class = STATUS_ERROR, .name = "DFU_errUSBR",
	  .meaning = "An unexpected USB reset was seen." },
	{ .code = 0x0d, .scope = SCOPE_DFU, .class = STATUS_ERROR, .name = "DFU_errPOR",
	  .meaning = "An unexpected power-on reset was seen." },
	{ .code = 0x0e, .scope = SCOPE_DFU, .class = STATUS_ERROR, .name = "DFU_errUNKNOWN",
	  .meaning = "Something failed and the loader does not know what." },
	{ .code = 0x0f, .scope = SCOPE_DFU, .class = STATUS_ERROR, .name = "DFU_errSTALLEDPKT",
	  .meaning = "The loader refused a request that it did not expect." },

	{ .code = 0x00, .scope = SCOPE_CSW, .class = STATUS_OK, .name = "CSW_OK",
	  .meaning = "The command passed." },
	{ .code = 0x01, .scope = SCOPE_CSW, .class = STATUS_ERROR, .name = "CSW_FAIL",
	  .meaning = "The command failed; sense data says why." },
	{ .code = 0x02, .scope = SCOPE_CSW, .class = STATUS_ERROR, .name = "CSW_PHASE_ERROR",
	  .meaning = "Host and probe no longer agree on the phase; only a reset helps." },
	{ 0 },
};

static const struct stlink_status *find_exactly(enum stlink_scope scope, uint8_t code)
{
	for (const struct stlink_status *status = stlink_statuses; status->name; status++)
		if (status->code == code && status->scope == scope)
			return status;
	return NULL;
}

/*
 * May code have its SCOPE_DEBUG meaning in scope? Always in the scopes of single debug commands. In those that have codes of
 * their own only the refusal, which an application's firmware may give to any group that it does not have.
 */
static bool falls_back(enum stlink_scope scope, uint8_t code)
{
	switch (scope) {
	case SCOPE_CORE_STATE:
	case SCOPE_SWITCH_FREQ:
	case SCOPE_LOADER_QUERY:
		return true;
	case SCOPE_SWIM:
	case SCOPE_BRIDGE:
	case SCOPE_DFU:
		return code == 0x42;
	case SCOPE_NONE:
	case SCOPE_DEBUG:
	case SCOPE_CSW:
		break;
	}
	return false;
}

const struct stlink_status *stlink_status_find(enum stlink_scope scope, uint8_t code)
{
	const struct stlink_status *status = find_exactly(scope, code);

	return status || !falls_back(scope, code) ? status : find_exactly(SCOPE_DEBUG, code);
}
