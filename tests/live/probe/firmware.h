/*
 * Inside the virtual ST-Link's firmware: its state, a row of the command table, what a handler is given.
 * Knows: everything that the files behind probe.h share.
 * Must not know: USB, descriptors, sockets.
 */
#ifndef LIVE_FIRMWARE_H
#define LIVE_FIRMWARE_H

#include "probe.h"

#define COMMAND_SIZE 16
#define TRANSFER_SIZE 6144      /* what a memory command may carry */
#define MISC_ITEMS 1227         /* what RW_MISC may carry, at most */
#define SWIM_SIZE 6144
#define SWO_SIZE 16384
#define CAN_MESSAGES 32

/* As byte 0 of GET_CURRENT_MODE says it. */
enum mode { MODE_DFU, MODE_MASS, MODE_DEBUG, MODE_SWIM, MODE_BOOTLOADER };

enum {
	IN_DFU = 1 << MODE_DFU, IN_MASS = 1 << MODE_MASS, IN_DEBUG = 1 << MODE_DEBUG, IN_SWIM = 1 << MODE_SWIM,
	IN_BOOTLOADER = 1 << MODE_BOOTLOADER,
	IN_LOADER = IN_DFU | IN_BOOTLOADER,
	IN_APPLICATION = IN_MASS | IN_DEBUG | IN_SWIM,
	ALWAYS = IN_LOADER | IN_APPLICATION
};

/* Status bytes of the debug commands that this firmware gives. */
enum {
	STATUS_NONE = -1,
	STATUS_OK = 0x80, STATUS_HALTED = 0x81, STATUS_OLD_FAULT = 0x81,
	STATUS_NO_DEVICE = 0x05, STATUS_INTERNAL = 0x06, STATUS_BAD_PARAMETER = 0x08, STATUS_GET_IDCODE = 0x09,
	STATUS_ALIGNMENT = 0x0a, STATUS_DEBUG_POWER = 0x0b, STATUS_OTHER_MODE = 0x0e,
	STATUS_AP_WAIT = 0x10, STATUS_DP_WAIT = 0x14, STATUS_STICKY = 0x19, STATUS_BAD_AP = 0x1d, STATUS_NO_SWO = 0x20, STATUS_NO_LOADER = 0x21,
	STATUS_CONFIGURED = 0x40, STATUS_UNKNOWN = 0x42,
};

/* Status bytes of SWIM and of the bridge. */
enum {
	SWIM_OK = 0x00, SWIM_BUSY = 0x01, SWIM_NO_RESPONSE = 0x04, SWIM_BAD_STATE = 0x05,
	BRIDGE_OK = 0x80, BRIDGE_I2C_ERROR = 0x03, BRIDGE_CAN_ERROR = 0x04, BRIDGE_INIT_NOT_DONE = 0x07, BRIDGE_UNKNOWN = 0x08,
	BRIDGE_BAD_PARAMETER = 0x09, BRIDGE_TIMEOUT = 0x0a, BRIDGE_WRONG_ORDER = 0x0b, BRIDGE_NOT_ALLOWED = 0x0e,
};

enum family { FAMILY_V1, FAMILY_V2, FAMILY_V3, FAMILY_V3PWR, FAMILIES };
#define NEVER 255               /* no firmware of that family knows it */

/* Where the outcome of a command is told. */
enum outcome {
	OUTCOME_NONE,           /* nowhere */
	OUTCOME_FIRST,          /* in byte 0 of its own answer */
	OUTCOME_MEMORY,         /* GETLASTRWSTATUS tells */
	OUTCOME_LIST,           /* RW_MISC_IN tells, for each item */
	OUTCOME_SWIM,           /* SWIM_READSTATUS tells */
	OUTCOME_BRIDGE,         /* BRIDGE_GET_RWCMD_STATUS tells */
	OUTCOME_DFU,            /* DFU_GETSTATUS tells */
};

/* One command on its way: the answer's bytes are zero for the row's length, and its length is the row's. */
struct exchange {
	const uint8_t *command; /* COMMAND_SIZE bytes */
	const uint8_t *data;
	uint32_t data_length;
	struct probe_answer *answer;
};

struct command {
	uint8_t opcode[2];
	uint8_t opcode_length;
	uint8_t since[FAMILIES];        /* the J (bridge: B) of the first firmware */
	uint8_t modes;                  /* in which it is obeyed */
	uint8_t outcome;
	uint8_t length;                 /* of the answer, where it is fixed */
	const char *name;
	int (*run)(struct probe *probe, struct exchange *exchange);     /* returns the outcome */
	uint32_t (*data)(const struct probe *probe, const uint8_t *command);    /* length of the OUT data, NULL: none */
	uint32_t (*answer)(const struct probe *probe, const uint8_t *command);  /* length of the answer, NULL: fixed */
};

extern const struct command commands[];
extern const size_t command_count;

struct firmware {
	uint8_t major, jtag, swim, mass, bridge, power;
};

enum fault_kind { FAULT_STATUS, FAULT_WAIT, FAULT_SLOW };

/* A fault of the n-th command of an opcode, and of some that follow. */
struct fault {
	char text[48];
	enum fault_kind kind;
	uint8_t opcode[2];
	uint8_t opcode_length;
	unsigned first, count;
	unsigned value;
	unsigned seen;
	bool stuck;             /* from then on the debug port answers nothing but WAIT */
};

#define FAULTS 16

struct pending {
	uint8_t command[COMMAND_SIZE];
	const struct command *row;
};

struct swo {
	bool running;
	uint32_t baud;
	uint32_t size;          /* as asked for, or as the option allows */
	uint32_t option_size;
	bool overflown;
	uint32_t head, count;
	uint8_t ring[SWO_SIZE];
};

struct swim {
	int status;
	unsigned busy;          /* polls until it is done */
	uint16_t length;
	uint8_t buffer[SWIM_SIZE];
};

struct can {
	bool ready, receiving, loops;
	unsigned count;
	uint8_t messages[CAN_MESSAGES][76];
};

struct bridge {
	int status;
	uint16_t done;
	bool spi, i2c, gpio, hardware_select;
	uint8_t gpio_config[4];
	uint8_t gpio_levels;
	uint8_t memory[256];    /* a memory at I2C address 0x50 */
	uint8_t pointer;
	uint16_t waiting;       /* bytes that READ_NO_WAIT_I2C left */
	struct can can;
};

struct loader {
	uint8_t status, state;
	bool busy;
};

/* Options that are a word. */
enum option { OPTION_MODE, OPTION_DFU_EXIT, OPTION_LOADER, OPTION_STICKY_LEFT, OPTION_MISALIGNED_HANGS, OPTION_BOGUS_COUNT, OPTION_NO_JTAG, OPTIONS };
enum { DFU_EXIT_WORKS, DFU_EXIT_IGNORED, DFU_EXIT_LEAVES };
enum { LOADER_RETURNS, LOADER_LOST, LOADER_MISSING };

struct probe {
	enum probe_model model, application;
	struct target *target;
	struct firmware firmware;
	enum mode mode;
	struct pending pending[2];

	bool connected;         /* the debug port was found since the last ENTER */
	enum target_wire wire;
	uint32_t identity;
	uint32_t posted;        /* JTAG: what the last read asked for */
	uint16_t open_aps;
	int last_status;        /* of the last memory command */
	uint32_t fault_address;
	uint16_t speed_khz[2];  /* V3: SWD, JTAG */
	uint32_t misc_items;
	uint32_t misc_values[MISC_ITEMS];
	uint8_t misc_status[MISC_ITEMS];
	uint8_t scratch[8];     /* how the answer before began */

	char firmware_text[32];
	struct swo swo;
	struct swim swim;
	struct bridge bridge;
	struct loader loader;

	/* Options. */
	int option[OPTIONS];
	bool adc_given;
	uint32_t adc[2];
	char board[5];
	unsigned slow_ms;
	struct fault faults[FAULTS];
	unsigned fault_count;
	bool hung;              /* takes commands, answers none */
	bool stuck;             /* the debug port answers WAIT, for good */
};

/* Little-endian, as nearly everything is; SWIM is big-endian. */
static inline uint16_t get16(const uint8_t *bytes)
{
	return (uint16_t)(bytes[0] | bytes[1] << 8);
}

static inline uint32_t get32(const uint8_t *bytes)
{
	return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static inline void put16(uint8_t *bytes, uint32_t value)
{
	bytes[0] = (uint8_t)value;
	bytes[1] = (uint8_t)(value >> 8);
}

static inline void put32(uint8_t *bytes, uint32_t value)
{
	put16(bytes, value);
	put16(bytes + 2, value >> 16);
}

/* probe.c */
enum family probe_family(const struct probe *probe);
/* Is the firmware that J, or newer? NEVER is newer than any. */
bool firmware_since(const struct probe *probe, const uint8_t since[FAMILIES]);
bool probe_is_loader(const struct probe *probe);
/* commands.c: the row of a command block on a channel, or NULL. */
const struct command *command_find(enum probe_channel channel, const uint8_t *command);
/* It leaves the bus, and is that model when it comes back. */
void probe_leaves(struct probe *probe, struct exchange *exchange, enum probe_model model);
/* settings.c: the fault that hits this command now, or NULL. */
const struct fault *fault_next(struct probe *probe, const struct command *row);
void firmware_default(struct probe *probe);

/* dap.c */
int status_of_dp(enum target_ack ack);
int status_of_ap(enum target_ack ack);
/* Old firmware has one status for every fault, and finds the debug port also where there is none. */
bool firmware_is_crude(const struct probe *probe);
/* Finds the debug port and powers it up, as ENTER does; returns the status. */
int debug_enter(struct probe *probe, enum target_wire wire);
void debug_leave(struct probe *probe);
/* One word through the memory access port; returns the status, after which sticky flags are clear. */
int word_read(struct probe *probe, uint8_t ap, uint32_t address, uint32_t *value);
int word_write(struct probe *probe, uint8_t ap, uint32_t address, uint32_t value);
/* A fault has been told: the flags are cleared, unless the option says that this firmware forgets it. */
void fault_told(struct probe *probe, enum target_ack ack);

/* swo.c */
void swo_tick(struct probe *probe);

#endif
