/*
 * What happened in each session and in the whole capture, as counters and frames: what the rules and the ladder read.
 * Knows: commands, statuses, modes, time.
 * Must not know: what is good or bad for the user (diagnosis/), words and formats (output/).
 * Memory is bounded: the first 200 and the last 50 sessions are kept whole.
 */
#ifndef ANALYZER_TRACK_FACTS_H
#define ANALYZER_TRACK_FACTS_H

#include "../input/input.h"
#include "sent.h"
#include "track.h"

struct target_register; /* registers.h */

#define TALLY_FRAMES 6

/* How often something happened, where and when; command, status and value are those of the first time. */
struct tally {
	uint64_t count;
	uint64_t frame[TALLY_FRAMES], last_frame; /* the first ones; the last one */
	int64_t first_time, last_time;
	const struct stlink_command *command;
	const struct stlink_status *status_row;
	uint32_t value;
	uint8_t status;
	bool has_status;
};

static inline void tally_add(struct tally *tally, uint64_t frame, int64_t time)
{
	if (tally->count < TALLY_FRAMES)
		tally->frame[tally->count] = frame;
	if (!tally->count)
		tally->first_time = time;
	tally->count++;
	tally->last_frame = frame;
	tally->last_time = time;
}

/* How many commands of a session's beginning are kept, a letter each, for the guess of the client. */
#define OPENING_COMMANDS 40

/* An ENTER. */
struct enter_fact {
	uint64_t frame;
	int64_t time;
	const struct stlink_command *command;
	const struct stlink_status *status_row;
	enum result result;
	uint8_t status;
	bool has_status, ok, jtag;
	bool refused; /* a status that is not OK; V1: also a failed command wrapper without one */
};

/* Repeated WAITs of one command. */
struct wait_run {
	const struct stlink_command *command;
	uint64_t key; /* address, or port and register */
	uint64_t count, first_frame, last_frame;
	int64_t first_time, last_time;
	uint8_t status;
};

/* A command and its frame, to name the last one that worked. */
struct command_fact { const struct stlink_command *command; uint64_t frame; int64_t time; };

/* The clock of the debug pins. */
struct clock_facts {
	uint32_t khz;              /* in force; 0: not known */
	struct tally refused;      /* answered 41 or 08; value: what was asked for, as sent */
	uint64_t swd_sets;         /* SET_COM_FREQ for SWD */
	struct tally jtag_set;     /* SET_COM_FREQ for JTAG; value: kHz */
	struct tally failed;       /* line errors and silence at a known clock */
	uint32_t failed_khz;       /* of the last of them */
	struct tally cured;        /* the first command that worked at a slower clock than that; value: kHz */
	uint32_t cured_from;       /* kHz */
};

enum core_order { CORE_ORDER_NONE, CORE_ORDER_HALT, CORE_ORDER_RUN, CORE_ORDER_STEP, CORE_ORDER_RESET };

/* Code that a client put into RAM to write flash with. */
struct loader_facts {
	bool ram_written, for_flash, armed; /* something is in RAM; it has to do with flash; the core was told to begin there */
	bool running, ended;         /* let run; halted by itself, and not begun anew */
	struct command_fact run;     /* that let it run */
	struct tally polls;          /* of DHCSR while it ran */
	struct tally crashed;        /* value: DHCSR with a lock-up, or the program counter */
	bool crashed_by_counter;
	struct tally given_up;       /* the host turned to something else though it had not halted; value: how often it had asked */
	struct command_fact given_up_run;
	int64_t given_up_after;      /* ns from the run to the last question */
};

/* What the core was told and what it said. Values of DHCSR are as read. */
struct core_facts {
	enum core_order order;       /* the last one, not yet seen obeyed */
	struct command_fact ordered;
	struct tally obeyed;         /* value: enum core_order */
	struct tally halt_ignored;   /* reads with the order to halt standing and not obeyed, since that order; frame[0] is the order's */
	bool seen;                   /* DHCSR was read; value: */
	uint32_t dhcsr;
	int64_t read_time;
	struct command_fact control, vectors; /* the last write of DHCSR, of DEMCR; values: */
	uint32_t control_value, vectors_value;
	int64_t halted_at;           /* time of the last order to halt */
	struct tally sleeping, lockup;
	bool reset_asked;            /* since DHCSR was read last */
	struct command_fact low;     /* NRST driven low, and not let go */
	struct command_fact pulse;   /* NRST driven low, and DHCSR not read since, or since it was let go */
	bool pulse_mixed;            /* another kind of reset came behind it */
	struct tally pulse_seen, pulse_unseen; /* what the first read said; frame[0] of unseen is the pulse's */
	struct tally in_reset;       /* reads in a row that say: reset since the last read, NRST not driven */
	struct tally held;           /* the longest such run of at least half a second */
	int64_t held_time;
	struct tally self_reset;     /* reset between two reads, and nobody had asked for one */
	struct tally debug_lost;     /* C_DEBUGEN gone without a write */
	struct tally fault_after_halt; /* a fault within 5 ms of an order to halt */
	struct loader_facts loader;
};

/* What was learnt about the chip through its debug port and its memory. */
struct chip_facts {
	struct tally powered;        /* CTRL/STAT with the debug part's power acknowledged */
	struct tally unpowered;      /* reads in a row with power asked for and not acknowledged; value */
	uint32_t aps_failed;         /* bit per access port 0 to 31: refused, or without an identification */
	struct tally core_behind;    /* CPUID read through an access port that the client chose; value: its number */
	struct tally odd_core;       /* CPUID that is none of Arm's; value */
	struct tally device;         /* DBGMCU_IDCODE, judged OK; value */
	struct tally device_failed;  /* the same, not OK or without an answer; value: address */
	struct tally device_unknown; /* a DEV_ID without a name; value */
	struct tally flash_size_bad; /* value: what was read as KiB */
	struct tally blank;          /* the first words of the flash are erased; value: address */
	struct tally fault_elsewhere; /* a fault where no chip has anything; value: address */
	struct command_fact looked;  /* the last command of those that look who made the chip; command NULL: something else came since */
	uint32_t looked_at;          /* what it read first: address, or register of the access port */
	bool looked_only;
	struct tally looked_and_left; /* EXIT within a second of that; value: looked_at */
};

/* Flash: its controller, what was sent to it, and what was read back. */
struct flash_facts {
	bool operated, programmed;   /* something was erased or programmed in this session; not only erased */
	bool erased_since;           /* something was erased since bytes were sent last */
	bool firmware_ran;           /* the chip's own firmware may have changed its flash since */
	uint32_t old_errors;         /* bits of the status that stood before, and were not cleared */
	struct tally old_error, error; /* error bits of the status, from before this session's work and from it; value: status */
	const struct target_register *error_row;
	uint32_t error_bits;
	struct tally sent;           /* commands that carried bytes for the flash, or let a loader copy them; value: address */
	struct tally same, different; /* reads of such bytes; value: address of the first that differs */
	uint64_t bytes_same, bytes_different;
	uint8_t meant, read;         /* of the first that differs */
	bool reads_erased, single_bits;
	uint64_t beyond;             /* bytes that were sent and found no room to be compared */
	const struct target_register *key; /* the register whose two keys were written, and the control register not read since */
	uint64_t key_frame;
	struct tally locked;         /* the control register, locked behind both keys; frame[0] is the key's; value */
	const struct target_register *locked_row;
	struct tally protected;      /* option bytes that say so; value */
	const struct target_register *protected_row;
	struct tally foreign;        /* writes to the flash controller of another family than the chip's; value: address */
	const struct target_register *foreign_row;
	uint32_t foreign_device;     /* DEV_ID of the chip */
};

#define MODES_FIRST 24
#define MODES_LAST 8
#define LATENCY_BUCKETS 96 /* four to an octave of microseconds */
#define LINE_RECENT 8

struct session_facts {
	struct session session;       /* as last told */
	bool ended;
	enum stlink_generation generation;
	uint16_t pid;
	const struct stlink_product *product;
	bool has_version;
	struct stlink_version version;
	bool one_sided;               /* no command's OUT completion was ever seen */

	struct phase_log phases;      /* what it did, in steps */
	uint64_t commands, target_commands, memory_commands, swim_commands, bridge_commands, scsi_commands;
	const struct stlink_command *first_command; /* the first that is not the V1 disk's */
	uint64_t first_command_frame;
	bool first_version_is_80;     /* GET_VERSION was sent as F1 80 */
	char opening[OPENING_COMMANDS + 1]; /* one letter a command: facts_session.c, token_of */
	uint32_t least_asked;         /* smallest read for an answer of at most 12 bytes; UINT32_MAX: not known */
	bool padded_short;            /* a command block shorter than 16 bytes */

	struct tally ended_with[RESULTS]; /* by result; of what failed below, the frame is the failed URB's completion */
	struct tally urb[URB_FAILED + 1]; /* by URB result; line errors just before the device left are not counted */
	struct tally whole;           /* whole answers */
	uint32_t latency[LATENCY_BUCKETS];
	int64_t latency_most;

	struct tally out_stuck, in_stuck; /* taken back by the host after at least 0.9 s */
	struct tally unanswered_early; /* taken, and its answer's read taken back sooner, but after 0.15 s or more */
	int64_t early_wait;           /* ns of the first of them */
	uint32_t overflow_asked, overflow_due; /* where too many bytes came first: asked for, defined by the command (0: any) */
	struct tally stalled_late;    /* a STALL that came after 0.45 s or more: usbip says that of a cancelled URB */
	struct tally stalled_on_time; /* those of them for an answer, after exactly the time that a client is known to wait */
	int64_t stalled_wait;         /* ns of the first of those */
	int64_t stuck_wait;           /* ns of the first of them */
	uint64_t stuck_run, stuck_longest;
	struct tally wedged;          /* the run that reached three */
	struct command_fact last_good, good_before_wedge, good_before_stuck;
	struct command_fact last;     /* last command of all */
	bool last_unanswered;         /* the capture ends before its answer */
	struct { uint64_t frame; int64_t time; } line_recent[LINE_RECENT];
	size_t line_recent_count;
	bool line_dense;              /* three within ten seconds */

	struct tally version_good;    /* GET_VERSION(_EX) with VID 0483 */
	struct tally version_foreign; /* with another VID; value: the first four answer bytes, little-endian */
	bool version_foreign_like_other; /* the first such answer looks like that of a shorter command, or came after an unread one */
	struct tally version_other_pid;  /* VID 0483 and a PID that is neither the enumerated nor any known one */
	struct tally shifted, unknown_status;

	struct tally mode_seen[MODE_BOOTLOADER + 1], mode_unknown; /* GET_CURRENT_MODE */
	struct mode_change modes[MODES_FIRST + MODES_LAST];
	uint64_t mode_changes;
	struct tally dfu_exit, exits, swim_exits;
	struct command_fact last_exit;
	struct tally dfu_ignored;     /* debug commands while the mode was DFU and no DFU_EXIT had been sent; frame[0] is the mode's */
	uint64_t dfu_frame;           /* the open DFU answer, or 0 */
	bool dfu_exit_lost;           /* records are missing behind a DFU answer: perhaps the exit */
	struct tally exit_failed;     /* a mode answer DFU, SWIM or BOOTLOADER after the exit command that should have left it; value: mode */
	struct command_fact exit_failed_command;
	uint64_t left_frame;          /* last EXIT that came after an ENTER or a debug command */
	uint64_t holes;               /* commands in mid-session of which the capture lost the submission */
	uint64_t mass_frame;          /* the open MASS answer: no ENTER since; or 0 */
	struct tally wrong_mode;      /* commands to the chip behind it; frame[0] is the mode's */
	struct command_fact lost_first; /* the first command of the session, taken, and its answer never came */
	uint64_t lost_first_again;    /* frame of the same command behind it, answered; or 0 */
	int64_t lost_first_wait, lost_first_pause; /* ns: for the answer; until it was asked again */
	struct command_fact last_id;  /* an ID that was read, nothing but the mode asked for since; command NULL: none */
	uint32_t last_id_value;       /* of the last ID that was good */
	struct tally id_then_exit;    /* EXIT right behind it; value: the ID */

	struct tally voltage;         /* readings with a reference; value: millivolts of the first */
	int32_t millivolts, millivolts_least, millivolts_most;
	uint32_t voltage_reference, voltage_reading;
	uint64_t voltage_frame, voltage_no_reference_frame, voltage_short_frame;
	int32_t voltage_fall, fallen_to; /* the deepest fall from an earlier reading, and where it ended */
	uint64_t fall_frame;
	struct tally speed;           /* value of the last one: divisor on V2, kHz on V3 */
	struct clock_facts clock;
	struct core_facts core;
	struct chip_facts chip;
	struct flash_facts flash;
	struct sent *bytes_sent;      /* of its probe: only while the session runs */
	bool loads;                   /* it wrote to RAM, or to registers of the core */

	uint64_t enters;
	struct enter_fact first_enter, last_enter;
	struct enter_fact silent_jtag; /* the first failed JTAG attempt; frame 0: none */
	struct tally enter_ok, enter_failed;
	uint64_t swd_enters, jtag_enters;
	uint64_t commands_after_enter; /* since the last ENTER */
	bool dap_after_enter;

	struct tally id_good, id_bad; /* IDCODES, COREID or DPIDR; bad: 0 or all ones; value: what was read */
	struct tally dpidr_bad;       /* those of id_bad that were read from the debug port's register 0 */
	struct tally id_failed;       /* such a read with an error status */
	struct enter_fact first_id;   /* frame 0: none */
	struct tally core_seen;       /* CPUID with implementer 0x41 */
	struct tally target_ok, target_living; /* living: a value that is not all zeros or all ones came back */
	struct tally target_failed, silent, line, fault, waits, busy_mode, foreign_client, internal_error;
	bool line_between_ok;         /* a command worked between two line errors */
	bool line_then_ok;
	uint64_t trailing_failures;   /* target commands failed since the last that worked */
	struct tally trailing_silent; /* those of them to which the chip gave no answer */
	struct command_fact run;      /* the last command that let a chip go which had answered */
	struct tally lost;            /* no answer, WAIT or noise within 5 s of that, and nothing that worked since */
	struct tally fault_run;       /* faults in a row that nobody cleared */
	uint32_t fault_region;        /* where the first of them was */
	bool fault_moved;             /* a later one was elsewhere */
	struct tally sticky;          /* the last such run of four or more in several places */
	struct tally debug_power;     /* status 0B */
	struct tally dbgmcu;          /* DBGMCU_IDCODE at E0042000; value */
	struct wait_run wait, stuck_wait_run; /* the current run; the longest that was given up */
	struct tally wait_recovered;
	uint64_t wait_ladders, waits_since_ok; /* runs of three or more that were given up, and WAITs, since a target command worked */

	struct tally ap_ok, ap_bad, ap_idr_zero; /* value: access port */
	uint32_t aps_used;            /* bit per access port 0 to 31 */
	struct tally memory_ok, memory_failed; /* judged, outside the private peripheral bus; value: address */
	struct tally flash_ok, flash_refused, ram_ok;
	struct tally nrst_low, nrst_released;
	uint64_t reset_held_enter;    /* frame of the NRST low that was in force at the last ENTER that worked, or 0 */

	struct tally loader_enter, loader_command, download;
	struct tally block_refused;   /* DFU_GETSTATUS with an error; value: bStatus, bState above it */

	struct tally too_long, very_long; /* memory commands beyond what this firmware takes, and what tools saw fail; value: length */
	struct tally misaligned;      /* value: address */
	struct tally not_known;       /* status 42, or 06 to a command that is newer than the firmware */
	struct tally refused_by_v1;   /* voltage or NRST, stalled or failed */
	struct tally disk_waiting, disk_between; /* the system's disk driver behind a command; and then another command */
	uint32_t trace_size;          /* of the last START_TRACE_RX; 0: none */
	struct tally trace_full, trace_refused; /* value: bytes waiting; bytes a second asked for */
	uint32_t trace_waiting;       /* bytes announced by GET_TRACE_NB and not yet read */
	struct tally trace_overread;  /* reads for more than that which the host took back in vain; value: bytes asked for */
	struct tally swim_failed, swim_busy; /* the run of busy answers */
	int64_t swim_busy_longest;    /* ns */
	uint64_t swim_busy_frame;     /* of the first of the longest run */

	bool gone, gone_outstanding, gone_in_use; /* in_use: entered and not left */
	uint64_t gone_frame, returned_frame;
	int64_t gone_time, returned_time;
	bool returned, returned_by_client;
	struct command_fact gone_last;
	struct tally returns_by_client;

	bool previous_open;           /* the session before it of the same probe was entered and never left, and this one followed directly */
	uint64_t previous_first_frame, previous_last_frame;
};

/* Serial numbers of all ST-Links in the capture, also of those that nobody talked to. */
struct serial_facts {
	uint64_t odd, odd_frame;         /* of a form that some programs stumble over, or none at all; the first one's frame */
	uint8_t odd_length;              /* bytes of the first one's string descriptor; 0: it has none */
	uint64_t generic, generic_frame; /* with the number that all V1 and many copies share */
};

/* Adds the serial number of an ST-Link whose descriptors were read. */
void facts_note_serial(struct serial_facts *serials, const struct device *device);

struct probe_facts {
	struct probe probe; /* a copy as last told */
	uint64_t sessions;
	bool left_out; /* another one was selected */
	struct device device; /* as last described; its counts are those of all its enumerations. address 0: not told */
	struct session_facts *latest;
	struct sent *sent; /* made with its first session */
};

struct device_facts {
	uint16_t bus, address, vid, pid;
	enum device_kind kind;
	uint64_t records, first_frame, hid_reports, first_hid_frame;
	bool hid_by_class;
	char product[DEVICE_TEXT]; /* the device's own string, not escaped; "" unknown */
	char text[200]; /* in words; may hold the device's own strings, not escaped */
};

#define DEVICES_KEPT 64

/* The tool that live ran, as far as it is known: a capture file holds its lines, and not its name. */
struct tool_facts {
	char name[48]; /* "": not known. Printable ASCII; other characters are '?' */
	enum tool_end { TOOL_RUNS, TOOL_EXITED, TOOL_SIGNALLED } end;
	int number;    /* its exit status, or the signal that ended it */
	uint64_t lines, stderr_lines; /* all that it wrote, and those of them on stderr */
};

struct capture_facts {
	struct tool_facts tool;
	int link_type;
	bool complete;
	bool pyocd_trace;
	uint64_t records, transactions;
	uint64_t cut_payloads, first_cut_frame, header_cut, dropped, gaps;
	int64_t first_time, last_time;
	struct probe_facts *probes; /* in order of their index */
	size_t probe_count;
	struct device_facts devices[DEVICES_KEPT]; /* that are no ST-Link, hubs last told */
	size_t device_count;
	uint64_t devices_more;
	uint64_t hid_reports, first_hid_frame;
	size_t hid_devices, idle_stlinks; /* idle: ST-Links by descriptor of which the tracker made no probe */
	bool hid_by_class;
	struct serial_facts serials;
	struct unknown_opcode unknown[64];
	size_t unknown_count;
	const struct session_facts **sessions; /* kept ones in order of beginning */
	size_t session_count;
	uint64_t sessions_total;
};

struct facts;

/* leaving is told of a session that will not be kept, before it is forgotten; may be NULL. Exits on out of memory. */
typedef void facts_leaving(void *context, const struct capture_facts *capture, const struct session_facts *session);
struct facts *facts_new(facts_leaving *leaving, void *context);
void facts_free(struct facts *facts);
/* To be added to a tracker; facts must outlive it. */
struct listener facts_listener(struct facts *facts);
/* From now on only sessions of the probe that sits, or sat, at this address are reported. */
void facts_select(struct facts *facts, uint16_t bus, uint16_t device);
/* Which tool ran, and its end; its lines are heard of the tracker. */
void facts_tool(struct facts *facts, const char *name, enum tool_end end, int number);
/* After tracker_finish: adds what the input and the tracker know. Either may be NULL. */
void facts_finish(struct facts *facts, const struct input_facts *input, const struct tracker *tracker);
/* Valid until facts_free; sessions[] is filled by facts_finish. */
const struct capture_facts *facts_capture(const struct facts *facts);

const struct probe_facts *facts_probe(const struct capture_facts *capture, int index);
/* The middle of the latencies, in ns; -1 where none is known. */
int64_t facts_latency_median(const struct session_facts *session);

/* realloc that ends the program where there is no memory. */
void *facts_allocate(void *old, size_t size);

/* facts_session.c: what one event adds to a session. */
void session_facts_begin(struct session_facts *facts, const struct probe *probe, const struct session *session);
void session_facts_transaction(struct session_facts *facts, const struct probe *probe, const struct transaction *transaction);
void session_facts_mode(struct session_facts *facts, const struct mode_change *change);
void session_facts_usb(struct session_facts *facts, const struct usb_note *note);
void session_facts_trace(struct session_facts *facts, const struct trace_data *trace);

/* Statuses by what they say about the debug pins (failures.md 0.4). */
bool status_is_silent(uint8_t status); /* no device, no chain, no IDCODE */
bool status_is_line(uint8_t status);   /* no valid acknowledge, or parity */
bool status_is_unreached(uint8_t status); /* at the entry or at the first identification: nobody there, or nobody understood */
bool status_is_wait(uint8_t status);
bool status_is_fault(uint8_t status);

#endif
