/*
 * The ST-Link protocol as tables: commands, statuses, modes, products; and the walks over one command's bytes.
 * Knows: byte layouts and lengths, names, what a command does.
 * Must not know: time, frames, which transfer came when, files, output formats.
 * Source: protocol/commands.tsv, status.tsv, usb.tsv of the project's protocol notes.
 */
#ifndef DISSECTORS_STLINK_H
#define DISSECTORS_STLINK_H

#include "field.h"

enum stlink_generation {
	GENERATION_UNKNOWN = 0,
	GENERATION_V1 = 1,
	GENERATION_V2 = 2,
	GENERATION_V2_1 = 4,
	GENERATION_V3 = 8,
	GENERATION_V3PWR = 16,
};

/* "V1", "V2", "V2-1", "V3", "V3PWR", or NULL while unknown. */
const char *stlink_generation_name(enum stlink_generation generation);

/* A USB product that speaks this protocol: a row of usb.tsv. Ended by a row whose product is NULL. */
struct stlink_product {
	uint16_t pid; /* vendor is always STLINK_VID */
	enum stlink_generation generation;
	bool loader; /* PID of a boot loader only (3748 is not: V2 uses it for both) */
	bool bulk_only; /* ST-LINK/V1: commands travel in bulk-only CBWs */
	const char *product;
	uint8_t command_endpoint, answer_endpoint, trace_endpoint; /* with direction bit; 0: none */
	uint8_t bridge_command_endpoint, bridge_answer_endpoint;
};
#define STLINK_VID 0x0483
extern const struct stlink_product stlink_products[];
const struct stlink_product *stlink_product_find(uint16_t vid, uint16_t pid);

enum stlink_mode { MODE_DFU, MODE_MASS, MODE_DEBUG, MODE_SWIM, MODE_BOOTLOADER, MODE_UNKNOWN = 0xff };
extern const struct name stlink_mode_names[]; /* "DFU", "MASS", "DEBUG", "SWIM", "BOOTLOADER" */

/* What a command does, whatever its API generation calls it. */
enum stlink_operation {
	OP_NONE,
	OP_VERSION, OP_VERSION_EX, OP_MODE, OP_VOLTAGE,
	OP_LOADER_QUERY, OP_LOADER_ENTER,
	OP_ENTER, OP_EXIT, OP_DFU_EXIT, OP_SWIM_ENTER, OP_SWIM_EXIT,
	OP_CORE_ID, OP_IDCODES,
	OP_MEMORY_READ, OP_MEMORY_WRITE, OP_RW_STATUS, OP_MISC_OUT, OP_MISC_IN,
	OP_DEBUG_REGISTER_READ, OP_DEBUG_REGISTER_WRITE,
	OP_CORE_REGISTER_READ, OP_CORE_REGISTER_WRITE, OP_CORE_REGISTERS_READ,
	OP_DAP_READ, OP_DAP_WRITE, OP_AP_OPEN, OP_AP_CLOSE,
	OP_NRST, OP_RESET, OP_HALT, OP_RUN, OP_STEP, OP_CORE_STATE,
	OP_SPEED_SET, OP_SPEED_GET,
	OP_TRACE_START, OP_TRACE_STOP, OP_TRACE_COUNT,
	OP_DFU_DOWNLOAD, OP_DFU_STATUS, OP_DFU,
	OP_SWIM, OP_SWIM_STATUS, OP_SWIM_READ, OP_SWIM_BUFFER, OP_SWIM_WRITE,
	OP_BRIDGE, OP_BRIDGE_STATUS,
	OP_SCSI,
	OP_OTHER,
};

/* Items of a RW_MISC_OUT. ADDRESS says where the WRITEs that follow go; a READ brings its own. */
enum stlink_misc { MISC_ADDRESS = 1, MISC_WRITE = 2, MISC_READ = 3, MISC_AP = 5 };

/* What --only selects by. */
enum stlink_group { GROUP_PROBE, GROUP_MODE, GROUP_MEMORY, GROUP_DAP, GROUP_CORE, GROUP_TRACE, GROUP_DFU, GROUP_SWIM, GROUP_BRIDGE, GROUP_SCSI };

/* Where a status byte is looked up: column "scope" of status.tsv. */
enum stlink_scope {
	SCOPE_NONE, /* the answer carries no status */
	SCOPE_DEBUG,
	SCOPE_CORE_STATE, /* GETSTATUS: 80 running, 81 halted */
	SCOPE_SWITCH_FREQ, /* F2 63: 40 is its success */
	SCOPE_LOADER_QUERY,
	SCOPE_SWIM,
	SCOPE_BRIDGE,
	SCOPE_DFU, /* bStatus */
	SCOPE_CSW,
};

enum stlink_status_class {
	STATUS_OK,    /* done, or a state that is no error */
	STATUS_WAIT,  /* wait or busy: ask again */
	STATUS_ERROR,
};

struct stlink_status {
	uint8_t code;
	enum stlink_scope scope;
	enum stlink_status_class class;
	const char *name;     /* canonical */
	const char *meaning;  /* one sentence */
	const char *suggests; /* what it points to on the bench, or NULL */
};
#define STLINK_STATUS_OK 0x80 /* in SCOPE_DEBUG and SCOPE_BRIDGE */
extern const struct stlink_status stlink_statuses[]; /* ended by a row whose name is NULL */
/* The row for code in scope, or NULL: a status that no table knows. A narrow scope falls back to SCOPE_DEBUG. */
const struct stlink_status *stlink_status_find(enum stlink_scope scope, uint8_t code);

enum stlink_data_phase {
	DATA_NONE,
	DATA_LENGTH,   /* OUT data of ROLE_LENGTH bytes */
	DATA_REST,     /* OUT data of ROLE_LENGTH minus inline_bytes, if more than 0 */
	DATA_MISC,     /* RW_MISC_OUT: N command bytes padded to 4, then N words; N is ROLE_COUNT */
	DATA_MESSAGE,  /* FDCAN: ROLE_LENGTH bytes, none for a remote frame (bit 1 of ROLE_VALUE) */
	DATA_BLOCKS,   /* SCSI: ROLE_COUNT disk blocks of 512 bytes */
};

enum stlink_answer {
	ANSWER_NONE,
	ANSWER_FIXED,     /* answer_length bytes */
	ANSWER_LENGTH,    /* ROLE_LENGTH bytes, at least answer_length unless 0: READMEM_8BIT of 1 answers 2 */
	ANSWER_ITEMS,     /* ROLE_COUNT times answer_length bytes */
	ANSWER_EARLIER,   /* what an earlier command said: RW_MISC_IN 8 bytes an item, SWIM_READBUF the length read */
	ANSWER_LIST,      /* at least 12 bytes, then ROLE_COUNT words: GET_COM_FREQ answers 52, fewer entries used */
	ANSWER_UNKNOWN,   /* no source gives it: whatever comes is whole */
};

struct stlink_command;

/* Everything an odd layout needs; bytes are walked after the fields were. */
struct stlink_part {
	const struct stlink_command *command;
	const struct operation *request; /* of the same command, or of the one that an ANSWER_EARLIER row refers to */
	struct cursor bytes;             /* the whole part, from its first byte */
};

/* The one hook for layouts that a table cannot say: emits derived or irregular values to sink, adds roles to operation. */
typedef unsigned stlink_expand(const struct stlink_part *part, struct operation *operation, struct sink *sink);

struct stlink_command {
	uint8_t opcode[2];
	uint8_t opcode_length; /* 1 or 2 bytes of opcode count; 0 only in the UNKNOWN row */
	bool scsi;             /* a CDB of the V1 disk, not an ST-Link command */
	const char *name;      /* canonical, as in commands.tsv */
	const char *summary;   /* in the reader's words, a few of them: "read debug register" */
	unsigned generations;  /* of enum stlink_generation, or-ed */
	uint8_t since_v2, since_v3; /* first firmware J; 0: every one */
	enum stlink_operation operation;
	enum stlink_group group;
	const struct field *request; /* bytes behind the opcode */
	const struct field *data;    /* OUT data phase; NULL: raw bytes */
	const struct field *answer;
	stlink_expand *expand_data, *expand_answer;
	enum stlink_data_phase data_phase;
	uint8_t inline_bytes;
	enum stlink_answer answer_kind;
	uint16_t answer_length;
	enum stlink_scope scope; /* of the status in the answer */
};

#define STLINK_SCSI_END 0xf0 /* a CDB that begins below belongs to the V1's disk (protocol.md 1.3) */

/* THE command table, sorted by opcode, in stlink_commands.c; then the SCSI rows of the V1 disk. */
extern const struct stlink_command stlink_commands[];
extern const size_t stlink_command_count;
extern const struct stlink_command stlink_scsi_commands[];
extern const size_t stlink_scsi_command_count;
/* The row of a command no table knows: name "UNKNOWN", answer ANSWER_UNKNOWN. */
extern const struct stlink_command stlink_unknown;

/* The row for a command block of length bytes; never NULL. bulk_only: a CDB, where a first byte below 0xf0 is SCSI. */
const struct stlink_command *stlink_find(const uint8_t *bytes, size_t length, bool bulk_only);
/* A row by its canonical name, any case; NULL where there is none. */
const struct stlink_command *stlink_find_name(const char *name);
/* Bytes of opcode at the front of a block, also for an unknown one: 2 in groups with sub-commands, else 1, at most length. */
size_t stlink_opcode_length(const uint8_t *bytes, size_t length);

/* May these bytes be a whole ST-Link command (not in a CBW)? 1 to 16 bytes, a known opcode, zero tail where the row defines no more. */
bool stlink_plausible(const uint8_t *bytes, size_t length);

/*
 * Expected bytes of OUT data (0 where the request was cut before its length) and of IN answer.
 * request: the roles of the command's block. earlier: of the command it refers to, or NULL.
 */
uint32_t stlink_data_length(const struct stlink_command *command, const struct operation *request);
/* STLINK_ANY_LENGTH where any length is whole. */
uint32_t stlink_answer_length(const struct stlink_command *command, const struct operation *request, const struct operation *earlier);
#define STLINK_ANY_LENGTH UINT32_MAX
#define STLINK_COMMAND_LENGTH 16 /* of a padded command block outside a CBW */

/*
 * Walks over the three parts of a transaction. operation and sink may be NULL. Return walk marks (enum walk_mark).
 * request: the command block with its opcode. The opcode itself is not emitted.
 * data and answer: request is the walked operation of the command (earlier: of the one it refers to, or NULL).
 */
unsigned stlink_walk_request(const struct stlink_command *command, struct cursor bytes, struct operation *operation, struct sink *sink);
unsigned stlink_walk_data(const struct stlink_command *command, struct cursor bytes, const struct operation *request,
                          struct operation *operation, struct sink *sink);
unsigned stlink_walk_answer(const struct stlink_command *command, struct cursor bytes, const struct operation *request,
                            const struct operation *earlier, struct operation *operation, struct sink *sink);

/* "V2J29S7", "V3J7M3B5S1", "V4J6M0": the answer of GET_VERSION or GET_VERSION_EX in words (protocol.md 5). text is always ended. */
struct stlink_version {
	uint8_t major;
	uint8_t jtag, swim, msd, bridge, power;
	bool extended; /* from GET_VERSION_EX: only then are the numbers of a V3 known */
};
struct stlink_version stlink_version_of_word(uint16_t word, uint16_t pid);
void stlink_version_text(const struct stlink_version *version, char *text, size_t size);

/* Target voltage in millivolts from the two words of GET_TARGET_VOLTAGE; -1 where reference is 0 (protocol.md 8). */
int32_t stlink_millivolts(uint32_t reference, uint32_t reading);

/* The nominal SWD clock of a V2 divisor in kHz as the most clients name it, or 0 (protocol.md 9). */
uint32_t stlink_swd_divisor_khz(uint16_t divisor);
uint32_t stlink_jtag_divisor_khz(uint16_t divisor);

#endif
