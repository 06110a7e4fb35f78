/*
 * Judgement: from the facts of a capture to a ladder, findings and a verdict.
 * Knows: what healthy and failing traffic look like. Words are in rules.c's table.
 * Must not know: URBs, tracking, how a report is printed.
 */
#ifndef ANALYZER_DIAGNOSIS_H
#define ANALYZER_DIAGNOSIS_H

#include "../track/facts.h"

enum severity { SEVERITY_INFO, SEVERITY_WARNING, SEVERITY_ERROR, SEVERITY_NEVER };
enum confidence { CONFIDENCE_POSSIBLE, CONFIDENCE_LIKELY, CONFIDENCE_CERTAIN };
enum side { SIDE_NONE, SIDE_HOST, SIDE_USB, SIDE_PROBE, SIDE_TARGET, SIDE_TOOL, SIDE_CAPTURE };

/* The ladder of DESIGN section 5, lowest first. */
enum rung {
	RUNG_PROBE_ANSWERS, RUNG_VERSION_KNOWN, RUNG_MODE_LEFT, RUNG_TARGET_POWERED, RUNG_DEBUG_ENTERED, RUNG_DP_ANSWERS,
	RUNG_DEBUG_POWERED, RUNG_AP_OPEN, RUNG_CORE_IDENTIFIED, RUNG_CHIP_IDENTIFIED, RUNG_CORE_CONTROLLED,
	RUNG_MEMORY_WORKS, RUNG_FLASH_VERIFIED, RUNG_LEFT_CLEANLY,
	RUNGS,
	RUNG_NONE = RUNGS,
};
enum rung_state { RUNG_NOT_ATTEMPTED, RUNG_NOT_VISIBLE, RUNG_FAILED, RUNG_MET };

struct rung_result {
	enum rung_state state;
	bool implied;     /* a later proof says it, not a fact of its own */
	uint64_t frame;   /* that says so; 0: none */
	char detail[112]; /* in words; never text from a device */
};

/* The words of the JSON contract; never NULL. */
const char *severity_name(enum severity severity);
bool severity_find(const char *name, enum severity *severity); /* false where no severity is called so */
const char *confidence_name(enum confidence confidence);
const char *side_name(enum side side); /* "host", ...; NULL for SIDE_NONE */
const char *rung_name(enum rung rung);
const char *rung_label(enum rung rung); /* for a person: "the probe answers" */
const char *rung_state_name(enum rung_state state);

/* Which program drove the session, guessed from its opening. name is NULL where there is no good guess. */
struct client_guess {
	const char *name;
	enum confidence confidence;
	const char *reason;
};
struct client_guess client_of(const struct session_facts *session, const struct capture_facts *capture);

#define EVIDENCE_FRAMES 8

/* What a predicate saw: evidence, and the values that the rule's words name. */
struct match {
	enum severity severity; /* preset from the rule; the predicate may lower it */
	enum confidence confidence;
	uint64_t frame[EVIDENCE_FRAMES];
	size_t frame_count;
	uint64_t count;
	const struct stlink_command *command; /* {command} */
	const struct stlink_status *status_row;
	uint8_t status;
	bool has_status;                      /* {status} */
	int32_t millivolts;                   /* {volts} */
	int64_t duration;                     /* {time} */
	uint64_t number, other;               /* {number}, {other}; {hex}: number in hexadecimal */
	const char *word;                     /* {word} */
	char detail[96];                      /* {detail} */
	char circumstance[96];                /* {circumstance}: " (openocd ended with status 1)"; "" where none is known */
};

/* What a predicate may look at. session is NULL for a rule about the whole capture. */
struct view {
	const struct capture_facts *capture;
	const struct session_facts *session;
	const struct client_guess *client;
};

typedef bool rule_holds(const struct view *view, struct match *match);

#define RULE_LINES 6

/* A rule: one row of THE rule table (rules.c). Words in text, verdict and aside may name values of the match in braces. */
struct rule {
	const char *id;
	enum severity severity;
	enum confidence confidence;
	enum side side;
	enum rung rung;              /* the rung it breaks, or RUNG_NONE */
	rule_holds *session;         /* about one session, or NULL */
	rule_holds *capture;         /* about the whole capture, or NULL */
	const char *demoted_by[24];  /* ids of its causes: where one of them fired no later in the session, this is a symptom */
	bool demoted_in_any_order;
	bool only_without_fault;     /* says that all is well: silent beside a warning or an error */
	bool cure;                   /* about a capture: says what made the failure of its first frame go away, so its advice is the one to follow */
	const char *verdict;         /* the reason in the first line of a summary */
	const char *aside;           /* what the first line adds where another finding is the headline, or NULL */
	const char *text;            /* one sentence with the numbers */
	const char *advice[RULE_LINES];
	const char *looks_the_same[RULE_LINES];
	const char *meaning;         /* for explain: what it means, */
	const char *wire;            /* what is seen on the wire, */
	const char *invisible;       /* what USB cannot show */
};

extern const struct rule rules[]; /* ended by a row whose id is NULL */
const struct rule *rule_find(const char *id); /* any case; NULL where there is none */

struct finding {
	const struct rule *rule;
	struct match match;
	enum severity severity; /* after demotion */
	const struct finding *demoted_by;
	char text[360];
};

struct session_report {
	const struct session_facts *facts;
	struct client_guess client;
	struct rung_result ladder[RUNGS];
	struct finding *findings; /* by severity, then earliest evidence */
	size_t finding_count;
	const struct finding *headline; /* NULL: nothing above info */
	bool works;               /* got at least as far as a session can that was not hindered */
};

/* Sessions that were not kept whole, by headline. */
struct omitted {
	const struct rule *headline; /* NULL: none */
	uint64_t count, first_frame, last_frame;
};
#define OMITTED_KINDS 64

#define CANNOT_SEE 12

struct report {
	const struct capture_facts *capture;
	struct session_report *sessions;
	size_t session_count;
	struct omitted omitted[OMITTED_KINDS];
	size_t omitted_count;
	uint64_t sessions_omitted;
	struct finding *findings; /* about the whole capture */
	size_t finding_count;
	enum side verdict_side;   /* SIDE_NONE: nothing failed */
	const struct session_report *worst; /* the session behind the verdict, or NULL */
	char verdict[480];        /* one sentence, without the side */
	const char *cannot_see[CANNOT_SEE];
	size_t cannot_see_count;
};

/* Judges a session that will not be kept: adds it to the counts of report. capture is as far as is known. */
void report_omit(struct report *report, const struct capture_facts *capture, const struct session_facts *session);
/* Judges everything. report was zeroed before the first report_omit. capture must outlive it. Exits on out of memory. */
void report_make(struct report *report, const struct capture_facts *capture);
void report_free(struct report *report);
/* The gravest severity of all findings; SEVERITY_NEVER is never returned. found: whether there is any finding. */
enum severity report_worst(const struct report *report, bool *found);

/* expectations.c */
void ladder_climb(const struct capture_facts *capture, const struct session_facts *session, struct rung_result ladder[RUNGS]);

/* rules_judge.c: the rules of one view in the order of the table, without their text. Returns their number; findings has room for all. */
size_t rules_judge(const struct view *view, struct finding *findings);
size_t rules_count(void);
/* "3.26": volts, rounded. Returns out. */
char *volts_text(char *out, size_t size, int32_t millivolts);
/* "openocd ended with status 1", "st-util was ended by signal 15", "gdb still ran". Returns out. */
char *tool_end_words(char *out, size_t size, const struct tool_facts *tool);
/* Fills a template of the rule table with the values of a match. Returns out. */
char *words_fill(char *out, size_t size, const char *template, const struct match *match);

/* verdict.c */
void verdict_headline(struct session_report *session);
void verdict_make(struct report *report);

/* The predicates, by the thing they are about. rules_capture.c, rules_probe.c, rules_usb.c, rules_target.c: */
rule_holds holds_cap_empty, holds_cap_no_commands, holds_cap_truncated, holds_cap_started_late, holds_cap_hid_present, holds_multi_probe;
rule_holds holds_probe_loader, holds_probe_loader_idle, holds_dfu_not_left, holds_dfu_exit_ineffective, holds_mode_mass_only, holds_mode_unknown;
rule_holds holds_fw_too_old, holds_fw_old, holds_fw_no_jtag, holds_fw_update_lost, holds_exit_missing, holds_two_clients, holds_busy_other_mode;
rule_holds holds_usb_all_fine, holds_out_stuck, holds_in_stuck, holds_wedged_after, holds_usb_stall, holds_usb_line_errors, holds_usb_overflow;
rule_holds holds_reply_short, holds_desync, holds_answer_garbage, holds_unplugged, holds_reenumerated, holds_reset_by_client;
rule_holds holds_vtref_low, holds_vtref_not_wired, holds_target_silent, holds_target_silent_oldfw, holds_jtag_try_failed, holds_enter_refused;
rule_holds holds_swd_line_noise, holds_wait_stuck, holds_wait_recovered, holds_bad_ap, holds_memory_refused, holds_flash_locked_rdp;
rule_holds holds_cur_helped, holds_healthy, holds_lost_after_run, holds_sticky_left, holds_dpidr_zero_ones, holds_dbg_power, holds_clone_f103;
rule_holds holds_vtref_dead_adc, holds_swim_error;
rule_holds holds_fw_update_dfu_error, holds_v1_unsupported, holds_v1_kernel_storage, holds_r8_too_long, holds_misaligned, holds_cmd_unknown;
rule_holds holds_swo_full, holds_swo_refused, holds_cap_usbip;
rule_holds holds_serial_odd, holds_serial_generic, holds_foreign_0483, holds_non_st_firmware;
/* rules_setup.c */
rule_holds holds_probe_v4_unknown, holds_reopen_lost_reply, holds_client_by_timeout, holds_cmd_wrong_mode, holds_swo_overread;
rule_holds holds_vtref_float, holds_vtref_high, holds_vtref_sag, holds_clone_voltage_hint, holds_jtag_only, holds_cur_sequence;
rule_holds holds_speed_cured, holds_speed_cured_later, holds_speed_inherited, holds_speed_refused, holds_speed_wrong_bus;
/* rules_core.c */
rule_holds holds_sleeping, holds_nrst_no_effect, holds_reset_held, holds_self_reset, holds_lockup, holds_halt_ignored, holds_debug_left_on;
rule_holds holds_fault_after_halt, holds_loader_crash, holds_loader_timeout;
/* rules_chip.c */
rule_holds holds_ap0_empty, holds_core_odd, holds_idcode_unexpected, holds_auth_check, holds_chip_unknown, holds_chipid_not_read, holds_wrong_chip;
rule_holds holds_mem_fault, holds_blank_chip, holds_flash_size_bad, holds_rdp_byte, holds_flash_sr_error, holds_flash_still_locked;
rule_holds holds_verify_diff;

/* What several predicates and the ladder ask (questions.c). */
bool session_is_debug(const struct session_facts *session); /* not only SWIM, bridge or boot loader commands */
bool session_dp_answers(const struct session_facts *session, uint64_t *frame);
bool session_enter_failed(const struct session_facts *session); /* the last one was refused */
bool session_alive(const struct session_facts *session);
bool session_identified(const struct session_facts *session); /* an ID or a CPUID was read */
bool session_fatal(const struct session_facts *session);
bool session_usb_ok(const struct session_facts *session);
bool session_unpowered(const struct session_facts *session);    /* CTRL/STAT asked for the debug part's power, in vain */
bool session_halt_ignored(const struct session_facts *session); /* the last order to halt, and DHCSR says that the core runs on */
bool session_no_memory_tried(const struct session_facts *session); /* only addresses at which no STM32 has any; each was a fault */
#define WAITS_STUCK 8 /* clients try that often at most */
/* The capture ends in what the session was doing: nobody knows what came next. Never of what live saw: there the tool had ended. */
bool session_cut_off(const struct view *view);
bool session_cut_inside(const struct view *view); /* and it, or its file, ends in the middle of a command: it did not end by itself */
bool session_still_waits(const struct view *view); /* it is cut off while it repeated what was answered WAIT */
#define COMES_BACK_WITHIN INT64_C(10000000000) /* ns: later, it is not what left */
/* A probe that is another one to the tracker, as a loader with a serial number of its own is, came within that time. */
bool another_came(const struct view *view, int64_t since);
void match_tally(struct match *match, const struct tally *tally);
void match_frame(struct match *match, uint64_t frame);

#endif
