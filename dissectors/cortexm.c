/*
 * Registers of a Cortex-M: system control, debug, breakpoints, watchpoints, trace; and those of the core itself.
 * Knows: ARMv7-M B3 and C1, ARMv8-M D1.2 where it adds to them.
 * Must not know: what ST put around the core (stm32.c).
 */
#include "registers.h"

#define FLAG(bit, words) { .name = words, .high = bit, .low = bit }
#define BITS(top, bottom, words) { .name = words, .high = top, .low = bottom }
#define NAMED(top, bottom, words, table) { .name = words, .high = top, .low = bottom, .names = table }
#define BIT(number) (UINT32_C(1) << (number))
#define SAYS(bits, value, words) { .mask = bits, .match = value, .text = words }
#define TABLE(rows_) { .rows = rows_, .count = sizeof rows_ / sizeof *rows_ }

/* Identification */

static const struct name core_names[] = {
	{ 0xc20, "Cortex-M0" }, { 0xc21, "Cortex-M1" }, { 0xc23, "Cortex-M3" }, { 0xc24, "Cortex-M4" }, { 0xc27, "Cortex-M7" },
	{ 0xc60, "Cortex-M0+" }, { 0xd20, "Cortex-M23" }, { 0xd21, "Cortex-M33" }, { 0xd22, "Cortex-M55" }, { 0xd23, "Cortex-M85" },
	{ 0xd31, "Cortex-M35P" }, { 0, NULL },
};
static const struct bits cpuid_bits[] = { /* ARMv7-M B3.2.3 */
	BITS(31, 24, "IMPLEMENTER"), NAMED(15, 4, "PARTNO", core_names), BITS(23, 20, "VARIANT"), BITS(3, 0, "REVISION"),
	BITS(19, 16, "ARCHITECTURE"), { 0 },
};

#define ARM 0x41

/* "Cortex-M4 r0p1", as Arm's own documents and errata call it. */
static void say_cpuid(uint32_t value, struct words *words)
{
	const char *core = name_of(core_names, value >> 4 & 0xfff);
	char revision[] = { 'p', "0123456789abcdef"[value & 0xf], '\0' };

	if (!value || value == UINT32_MAX) {
		words_add(words, "no core");
		return;
	}
	if (value >> 24 != ARM)
		words_number(words, "implementer=", value >> 24, true, "");
	if (core)
		words_add(words, core);
	else
		words_number(words, "part=", value >> 4 & 0xfff, true, "");
	words_number(words, "r", value >> 20 & 0xf, false, revision);
}

static const struct name precision_names[] = { { 0, "" }, { 2, "single-precision" }, { 0, NULL } };
static const struct name double_names[] = { { 0, "" }, { 2, "double-precision" }, { 0, NULL } };
static const struct bits mvfr0_bits[] = { NAMED(7, 4, "FPSP", precision_names), NAMED(11, 8, "FPDP", double_names), { 0 } };
static const struct name fused_names[] = { { 0, "" }, { 1, "fused-multiply" }, { 0, NULL } };
static const struct name half_names[] = { { 0, "" }, { 1, "half-to-single" }, { 2, "half-to-double" }, { 0, NULL } };
static const struct bits mvfr1_bits[] = { NAMED(31, 28, "FMAC", fused_names), NAMED(27, 24, "FPHP", half_names), { 0 } };
static const struct bits mvfr2_bits[] = { BITS(7, 4, "FPMISC"), { 0 } };

/* What each unit says of itself: ARMv7-M D1.3, CoreSight v3 B2.2 */

static const struct bits pidr0_bits[] = { BITS(7, 0, "PART_0"), { 0 } };
static const struct bits pidr1_bits[] = { BITS(3, 0, "PART_1"), BITS(7, 4, "DES_0"), { 0 } };
static const struct bits pidr2_bits[] = { BITS(7, 4, "REVISION"), FLAG(3, "JEDEC"), BITS(2, 0, "DES_1"), { 0 } };
static const struct bits pidr3_bits[] = { BITS(7, 4, "REVAND"), BITS(3, 0, "CMOD"), { 0 } };
static const struct bits pidr4_bits[] = { BITS(7, 4, "SIZE"), BITS(3, 0, "DES_2"), { 0 } };
static const struct name class_names[] = {
	{ 0, "" }, { 1, "ROM table" }, { 9, "CoreSight" }, { 0xe, "generic" }, { 0xf, "PrimeCell" }, { 0, NULL },
};
static const struct bits cidr1_bits[] = { NAMED(7, 4, "CLASS", class_names), BITS(3, 0, "PRMBL_1"), { 0 } };

/* System control: ARMv7-M B3.2 */

static const struct name exception_names[] = {
	{ 0, "" }, { 2, "NMI" }, { 3, "HardFault" }, { 4, "MemManage" }, { 5, "BusFault" }, { 6, "UsageFault" }, { 7, "SecureFault" },
	{ 11, "SVCall" }, { 12, "DebugMonitor" }, { 14, "PendSV" }, { 15, "SysTick" }, { 0, NULL },
};
static const struct bits icsr_bits[] = {
	NAMED(8, 0, "VECTACTIVE", exception_names), BITS(20, 12, "VECTPENDING"), FLAG(31, "NMIPENDSET"), FLAG(28, "PENDSVSET"),
	FLAG(27, "PENDSVCLR"), FLAG(26, "PENDSTSET"), FLAG(25, "PENDSTCLR"), FLAG(23, "ISRPREEMPT"), FLAG(22, "ISRPENDING"),
	FLAG(11, "RETTOBASE"), { 0 },
};
/* Without its key a write does nothing; the key reads back inverted. */
static const struct name vectkey_names[] = { { 0x05fa, "" }, { 0, NULL } };
static const struct name vectkeystat_names[] = { { 0xfa05, "" }, { 0, NULL } };
#define AIRCR_BITS FLAG(2, "SYSRESETREQ"), FLAG(0, "VECTRESET"), FLAG(1, "VECTCLRACTIVE"), BITS(10, 8, "PRIGROUP"), \
	FLAG(15, "ENDIANNESS"), FLAG(14, "PRIS"), FLAG(13, "BFHFNMINS"), FLAG(3, "SYSRESETREQS"), { 0 }
static const struct bits aircr_read_bits[] = { NAMED(31, 16, "VECTKEYSTAT", vectkeystat_names), AIRCR_BITS };
static const struct bits aircr_write_bits[] = { NAMED(31, 16, "VECTKEY", vectkey_names), AIRCR_BITS };
static const struct bits scr_bits[] = { FLAG(4, "SEVONPEND"), FLAG(2, "SLEEPDEEP"), FLAG(1, "SLEEPONEXIT"), { 0 } };
static const struct bits ccr_bits[] = {
	FLAG(18, "BP"), FLAG(17, "IC"), FLAG(16, "DC"), FLAG(9, "STKALIGN"), FLAG(8, "BFHFNMIGN"), FLAG(4, "DIV_0_TRP"),
	FLAG(3, "UNALIGN_TRP"), FLAG(1, "USERSETMPEND"), FLAG(0, "NONBASETHRDENA"), { 0 },
};
static const struct bits shcsr_bits[] = {
	FLAG(0, "MEMFAULTACT"), FLAG(1, "BUSFAULTACT"), FLAG(3, "USGFAULTACT"), FLAG(7, "SVCALLACT"), FLAG(8, "MONITORACT"),
	FLAG(10, "PENDSVACT"), FLAG(11, "SYSTICKACT"), FLAG(12, "USGFAULTPENDED"), FLAG(13, "MEMFAULTPENDED"),
	FLAG(14, "BUSFAULTPENDED"), FLAG(15, "SVCALLPENDED"), FLAG(16, "MEMFAULTENA"), FLAG(17, "BUSFAULTENA"),
	FLAG(18, "USGFAULTENA"), FLAG(19, "SECUREFAULTENA"), { 0 },
};
static const struct bits cfsr_bits[] = { /* MMFSR, BFSR, UFSR: B3.2.15 */
	FLAG(0, "IACCVIOL"), FLAG(1, "DACCVIOL"), FLAG(3, "MUNSTKERR"), FLAG(4, "MSTKERR"), FLAG(5, "MLSPERR"), FLAG(7, "MMARVALID"),
	FLAG(8, "IBUSERR"), FLAG(9, "PRECISERR"), FLAG(10, "IMPRECISERR"), FLAG(11, "UNSTKERR"), FLAG(12, "STKERR"), FLAG(13, "LSPERR"),
	FLAG(15, "BFARVALID"), FLAG(16, "UNDEFINSTR"), FLAG(17, "INVSTATE"), FLAG(18, "INVPC"), FLAG(19, "NOCP"), FLAG(20, "STKOF"),
	FLAG(24, "UNALIGNED"), FLAG(25, "DIVBYZERO"), { 0 },
};
static const struct bits hfsr_bits[] = { FLAG(30, "FORCED"), FLAG(1, "VECTTBL"), FLAG(31, "DEBUGEVT"), { 0 } };
static const struct name unit_names[] = { { 0, "" }, { 1, "privileged" }, { 3, "full" }, { 0, NULL } };
static const struct bits cpacr_bits[] = { NAMED(21, 20, "FPU", unit_names), { 0 } };
static const struct bits ctr_bits[] = { BITS(19, 16, "DminLine"), BITS(3, 0, "IminLine"), { 0 } };
static const struct name cache_names[] = {
	{ 0, "no cache" }, { 1, "instruction cache" }, { 2, "data cache" }, { 3, "instruction and data cache" }, { 4, "unified cache" },
	{ 0, NULL },
};
static const struct bits clidr_bits[] = { NAMED(2, 0, "Ctype1", cache_names), { 0 } };
static const struct bits ccsidr_bits[] = { BITS(27, 13, "NumSets"), BITS(12, 3, "Associativity"), BITS(2, 0, "LineSize"), { 0 } };
static const struct name which_cache_names[] = { { 0, "data cache" }, { 1, "instruction cache" }, { 0, NULL } };
static const struct bits csselr_bits[] = { NAMED(0, 0, "InD", which_cache_names), BITS(3, 1, "Level"), { 0 } };

/* Memory protection: ARMv7-M B3.5, ARMv8-M D1.2 */

static const struct bits mpu_type_bits[] = { BITS(15, 8, "DREGION"), FLAG(0, "SEPARATE"), { 0 } };
static const struct bits mpu_ctrl_bits[] = { FLAG(0, "ENABLE"), FLAG(1, "HFNMIENA"), FLAG(2, "PRIVDEFENA"), { 0 } };
static const struct bits sau_ctrl_bits[] = { FLAG(0, "ENABLE"), FLAG(1, "ALLNS"), { 0 } };
static const struct bits sau_type_bits[] = { BITS(7, 0, "SREGION"), { 0 } };
static const struct bits sfsr_bits[] = {
	FLAG(0, "INVEP"), FLAG(1, "INVIS"), FLAG(2, "INVER"), FLAG(3, "AUVIOL"), FLAG(4, "INVTRAN"), FLAG(5, "LSPERR"),
	FLAG(6, "SFARVALID"), FLAG(7, "LSERR"), { 0 },
};

/* Debug: ARMv7-M C1.6 */

static const struct bits dfsr_bits[] = {
	FLAG(0, "HALTED"), FLAG(1, "BKPT"), FLAG(2, "DWTTRAP"), FLAG(3, "VCATCH"), FLAG(4, "EXTERNAL"), { 0 },
};
#define DHCSR_CONTROL FLAG(0, "C_DEBUGEN"), FLAG(1, "C_HALT"), FLAG(2, "C_STEP"), FLAG(3, "C_MASKINTS"), FLAG(5, "C_SNAPSTALL")
static const struct bits dhcsr_read_bits[] = {
	FLAG(19, "S_LOCKUP"), FLAG(18, "S_SLEEP"), FLAG(17, "S_HALT"), FLAG(25, "S_RESET_ST"), DHCSR_CONTROL,
	FLAG(16, "S_REGRDY"), FLAG(24, "S_RETIRE_ST"), FLAG(26, "S_RESTART_ST"), FLAG(20, "S_SDE"), { 0 },
};
/* Without its key a write does nothing. */
static const struct name debug_key_names[] = { { 0xa05f, "" }, { 0, NULL } };
static const struct bits dhcsr_write_bits[] = { NAMED(31, 16, "DBGKEY", debug_key_names), DHCSR_CONTROL, { 0 } };
static const struct name dhcsr_known[] = { { 0xa05f0000, "debug off" }, { 0, NULL } };
static const struct name direction_names[] = { { 0, "read" }, { 1, "write" }, { 0, NULL } };
static const struct bits dcrsr_bits[] = {
	NAMED(16, 16, "REGWnR", direction_names), NAMED(6, 0, "REGSEL", core_register_names), { 0 },
};
static const struct bits core_register[] = { NAMED(6, 0, "REGSEL", core_register_names), { 0 } };
static const struct meaning dcrsr_meanings[] = {
	{ .mask = BIT(16), .match = 0, .text = "read register ", .argument = core_register },
	{ .mask = BIT(16), .match = BIT(16), .text = "write register ", .argument = core_register }, { 0 },
};

/* What DHCSR says, and what it is told: without its key it is told nothing. */
#define C_DEBUGEN BIT(0)
#define C_HALT BIT(1)
#define C_STEP BIT(2)
#define C_MASKINTS BIT(3)
#define S_HALT BIT(17)
#define S_SLEEP BIT(18)
#define S_LOCKUP BIT(19)
static const struct meaning dhcsr_read_meanings[] = {
	SAYS(S_LOCKUP, S_LOCKUP, "locked up"), SAYS(S_HALT, S_HALT, "halted"), SAYS(S_HALT | S_LOCKUP | S_SLEEP, S_SLEEP, "asleep"),
	SAYS(S_HALT | S_LOCKUP | S_SLEEP, 0, "running"), SAYS(C_DEBUGEN, C_DEBUGEN, "debug enabled"), SAYS(C_DEBUGEN, 0, "debug off"),
	SAYS(BIT(25), BIT(25), "was reset"), SAYS(C_STEP, C_STEP, "stepping"), SAYS(C_MASKINTS, C_MASKINTS, "interrupts masked"), { 0 },
};
#define DBGKEY 0xa05f0000u
#define TELLS(tested, bits, words, what) \
	{ .mask = 0xffff0000u | tested, .match = DBGKEY | bits, .text = words, .order = ORDER_##what }
static const struct meaning dhcsr_write_meanings[] = {
	TELLS(C_DEBUGEN, 0, "debug off", DEBUG_OFF), TELLS(C_DEBUGEN | C_HALT, C_DEBUGEN | C_HALT, "halt", HALT),
	TELLS(C_DEBUGEN | C_HALT | C_STEP, C_DEBUGEN | C_STEP, "step", RUN), TELLS(C_DEBUGEN | C_HALT | C_STEP, C_DEBUGEN, "debug on, run", RUN),
	TELLS(C_MASKINTS, C_MASKINTS, "interrupts masked", NONE), { 0 },
};

/* Resets that a debugger orders, each by its name in the manual. */
#define VECTKEY 0x05fa0000u
#define ORDERS(bit, words, what) \
	{ .mask = 0xffff0000u | BIT(bit), .match = VECTKEY | BIT(bit), .text = words, .order = ORDER_##what }
static const struct meaning aircr_write_meanings[] = {
	ORDERS(2, "reset: SYSRESETREQ", RESET), ORDERS(0, "reset of the core: VECTRESET", RESET), ORDERS(1, "clear active exceptions", NONE),
	{ 0 },
};

/* Which events halt the core. */
static const struct meaning demcr_meanings[] = {
	SAYS(BIT(0), BIT(0), "halt after a reset"), SAYS(BIT(10), BIT(10), "halt on hard fault"), SAYS(BIT(8), BIT(8), "halt on bus fault"),
	SAYS(BIT(4), BIT(4), "halt on memory fault"), SAYS(BIT(7) | BIT(6) | BIT(5), BIT(7) | BIT(6) | BIT(5), "halt on usage fault"),
	SAYS(BIT(24), BIT(24), "trace and watchpoints on"), SAYS(0x010007f1, 0, "no catch"), { 0 },
};
static const struct meaning dfsr_meanings[] = {
	SAYS(BIT(0), BIT(0), "halted by request or step"), SAYS(BIT(1), BIT(1), "halted at a breakpoint"),
	SAYS(BIT(2), BIT(2), "halted at a watchpoint"), SAYS(BIT(3), BIT(3), "halted by a caught event"),
	SAYS(BIT(4), BIT(4), "halted from outside"), { 0 },
};
static const struct bits demcr_bits[] = {
	FLAG(24, "TRCENA"), FLAG(0, "VC_CORERESET"), FLAG(10, "VC_HARDERR"), FLAG(4, "VC_MMERR"), FLAG(5, "VC_NOCPERR"),
	FLAG(6, "VC_CHKERR"), FLAG(7, "VC_STATERR"), FLAG(8, "VC_BUSERR"), FLAG(9, "VC_INTERR"), FLAG(11, "VC_SFERR"),
	FLAG(16, "MON_EN"), FLAG(17, "MON_PEND"), FLAG(18, "MON_STEP"), FLAG(19, "MON_REQ"), FLAG(20, "SDME"), { 0 },
};
static const struct bits dscsr_bits[] = { FLAG(0, "SBRSELEN"), FLAG(1, "SBRSEL"), FLAG(16, "CDS"), FLAG(17, "CDSKEY"), { 0 } };

/* Watchpoints: ARMv7-M C1.8. What a comparator's function means differs between architectures. */

static const struct bits dwt_ctrl_bits[] = {
	FLAG(0, "CYCCNTENA"), FLAG(12, "PCSAMPLENA"), FLAG(16, "EXCTRCENA"), FLAG(17, "CPIEVTENA"), FLAG(18, "EXCEVTENA"),
	FLAG(19, "SLEEPEVTENA"), FLAG(20, "LSUEVTENA"), FLAG(21, "FOLDEVTENA"), FLAG(22, "CYCEVTENA"), BITS(31, 28, "NUMCOMP"),
	BITS(11, 10, "SYNCTAP"), FLAG(9, "CYCTAP"), BITS(8, 5, "POSTINIT"), BITS(4, 1, "POSTPRESET"), FLAG(24, "NOPRFCNT"),
	FLAG(25, "NOCYCCNT"), FLAG(26, "NOEXTTRIG"), FLAG(27, "NOTRCPKT"), { 0 },
};
static const struct bits dwt_function_bits[] = { FLAG(24, "MATCHED"), BITS(3, 0, "FUNCTION"), { 0 } };
static const struct bits devarch_bits[] = { FLAG(20, "PRESENT"), BITS(15, 0, "ARCHID"), BITS(19, 16, "REVISION"), { 0 } };
static const struct bits dwt_mask_bits[] = { BITS(4, 0, "MASK"), { 0 } };

/* Breakpoints: ARMv7-M C1.11. A comparator's address differs between revisions: only whether it is on is common. */

static const struct bits fp_ctrl_bits[] = {
	FLAG(0, "ENABLE"), FLAG(1, "KEY"), BITS(7, 4, "NUM_CODE"), BITS(14, 12, "NUM_CODE_HIGH"), BITS(11, 8, "NUM_LIT"),
	BITS(31, 28, "REV"), { 0 },
};
static const struct bits fp_remap_bits[] = { FLAG(29, "RMPSPT"), { 0 } };
static const struct bits fp_comp_bits[] = { FLAG(0, "ENABLE"), { 0 } };
static const struct meaning fp_ctrl_meanings[] = { SAYS(3, 3, "breakpoints on"), SAYS(3, 2, "breakpoints off"), { 0 } };

/*
 * Revision 1 holds the whole address of a halfword. Revision 0 holds that of a word below 0x20000000, and above it which half is meant:
 * bit 29 is never set there (C1.11.5).
 */
static void mean_breakpoint(uint32_t value, struct words *words)
{
	unsigned replace = value >> 30;

	if (!(value & 1))
		words_add(words, "no breakpoint");
	else if (!replace || value & BIT(29))
		words_number(words, "breakpoint at ", value & ~UINT32_C(1), true, "");
	else
		words_number(words, "breakpoint at ", (value & 0x1ffffffc) + (replace == 2 ? 2 : 0), true, "");
}

/* Trace: ARMv7-M C1.7, C1.10 */

static const struct name lock_known[] = { { 0xc5acce55, "unlock" }, { 0, "lock" }, { 0, NULL } };
static const struct bits itm_tcr_bits[] = {
	FLAG(0, "ITMENA"), FLAG(1, "TSENA"), FLAG(2, "SYNCENA"), FLAG(3, "DWTENA"), FLAG(4, "SWOENA"), BITS(22, 16, "TraceBusID"),
	BITS(11, 10, "GTSFREQ"), BITS(9, 8, "TSPrescale"), FLAG(23, "BUSY"), { 0 },
};
static const struct name protocol_names[] = { { 0, "parallel" }, { 1, "Manchester" }, { 2, "NRZ" }, { 0, NULL } };
static const struct bits sppr_bits[] = { NAMED(1, 0, "TXMODE", protocol_names), { 0 } };
static const struct bits ffsr_bits[] = { FLAG(0, "FlInProg"), FLAG(1, "FtStopped"), FLAG(2, "TCPresent"), FLAG(3, "FtNonStop"), { 0 } };
static const struct bits tpiu_type_bits[] = { FLAG(11, "NRZVALID"), FLAG(10, "MANCVALID"), FLAG(9, "PTINVALID"), BITS(8, 6, "FIFOSZ"), { 0 } };
static const struct bits ffcr_bits[] = { FLAG(1, "EnFCont"), FLAG(8, "TrigIn"), { 0 } };

#define ROW(at, key, words, table) { .address = at, .access = REGISTER_BOTH, .name = key, .summary = words, .bits = table }
#define READ_ROW(at, key, words, table) { .address = at, .access = REGISTER_READ, .name = key, .summary = words, .bits = table }
#define WRITE_ROW(at, key, words, table) { .address = at, .access = REGISTER_WRITE, .name = key, .summary = words, .bits = table }
#define DWT_ROWS(n) \
	ROW(0xe0001020 + 16 * n, "DWT_COMP" #n, "watchpoint comparator", NULL), \
	ROW(0xe0001024 + 16 * n, "DWT_MASK" #n, "address bits a watchpoint ignores", dwt_mask_bits), \
	ROW(0xe0001028 + 16 * n, "DWT_FUNCTION" #n, "what a watchpoint does", dwt_function_bits)
#define FP_ROW(n) { .address = 0xe0002008 + 4 * n, .access = REGISTER_BOTH, .name = "FP_COMP" #n, .summary = "breakpoint comparator", \
	.bits = fp_comp_bits, .mean = mean_breakpoint }
#define ID_ROWS(unit, key) \
	READ_ROW(unit + 0xfd0, key "_PIDR4", "peripheral id: designer", pidr4_bits), \
	READ_ROW(unit + 0xfd4, key "_PIDR5", "peripheral id: reserved", NULL), \
	READ_ROW(unit + 0xfd8, key "_PIDR6", "peripheral id: reserved", NULL), \
	READ_ROW(unit + 0xfdc, key "_PIDR7", "peripheral id: reserved", NULL), \
	READ_ROW(unit + 0xfe0, key "_PIDR0", "peripheral id: part", pidr0_bits), \
	READ_ROW(unit + 0xfe4, key "_PIDR1", "peripheral id: part and designer", pidr1_bits), \
	READ_ROW(unit + 0xfe8, key "_PIDR2", "peripheral id: revision and designer", pidr2_bits), \
	READ_ROW(unit + 0xfec, key "_PIDR3", "peripheral id: changes", pidr3_bits), \
	READ_ROW(unit + 0xff0, key "_CIDR0", "component id: preamble", NULL), \
	READ_ROW(unit + 0xff4, key "_CIDR1", "component id: class", cidr1_bits), \
	READ_ROW(unit + 0xff8, key "_CIDR2", "component id: preamble", NULL), \
	READ_ROW(unit + 0xffc, key "_CIDR3", "component id: preamble", NULL)
#define MEANT(how, at, key, words, table, says) \
	{ .address = at, .access = REGISTER_##how, .name = key, .summary = words, .bits = table, .meanings = says }

static const struct target_register cortexm_rows[] = {
	ROW(0xe0000e00, "ITM_TER", "trace channels that are on", NULL),
	ROW(0xe0000e40, "ITM_TPR", "trace channels for privileged code", NULL),
	ROW(0xe0000e80, "ITM_TCR", "instrumentation trace control", itm_tcr_bits),
	{ .address = 0xe0000fb0, .access = REGISTER_WRITE, .name = "ITM_LAR", .summary = "lock of the trace registers", .known = lock_known },
	ID_ROWS(0xe0000000, "ITM"),
	ROW(0xe0001000, "DWT_CTRL", "watchpoint and profiling control", dwt_ctrl_bits),
	ROW(0xe0001004, "DWT_CYCCNT", "cycle counter", NULL),
	READ_ROW(0xe000101c, "DWT_PCSR", "program counter sample", NULL),
	DWT_ROWS(0), DWT_ROWS(1), DWT_ROWS(2), DWT_ROWS(3),
	READ_ROW(0xe0001fbc, "DWT_DEVARCH", "architecture of the watchpoint unit", devarch_bits),
	ID_ROWS(0xe0001000, "DWT"),
	READ_ROW(0xe0002000, "FP_CTRL", "breakpoint control", fp_ctrl_bits),
	MEANT(WRITE, 0xe0002000, "FP_CTRL", "breakpoint control", fp_ctrl_bits, fp_ctrl_meanings),
	ROW(0xe0002004, "FP_REMAP", "where patched code lies", fp_remap_bits),
	FP_ROW(0), FP_ROW(1), FP_ROW(2), FP_ROW(3), FP_ROW(4), FP_ROW(5), FP_ROW(6), FP_ROW(7),
	ID_ROWS(0xe0002000, "FP"),
	ROW(0xe000e008, "ACTLR", "auxiliary control", NULL),
	ROW(0xe000e010, "SYST_CSR", "system timer control", NULL),
	ROW(0xe000e014, "SYST_RVR", "system timer reload value", NULL),
	ROW(0xe000e018, "SYST_CVR", "system timer value", NULL),
	{ .address = 0xe000ed00, .access = REGISTER_READ, .name = "CPUID", .summary = "core and revision", .bits = cpuid_bits,
	  .say = say_cpuid },
	ROW(0xe000ed04, "ICSR", "exceptions active and pending", icsr_bits),
	ROW(0xe000ed08, "VTOR", "address of the vector table", NULL),
	READ_ROW(0xe000ed0c, "AIRCR", "application interrupt and reset control", aircr_read_bits),
	MEANT(WRITE, 0xe000ed0c, "AIRCR", "application interrupt and reset control", aircr_write_bits, aircr_write_meanings),
	ROW(0xe000ed10, "SCR", "sleep control", scr_bits),
	ROW(0xe000ed14, "CCR", "configuration and control", ccr_bits),
	ROW(0xe000ed24, "SHCSR", "system handlers and their state", shcsr_bits),
	ROW(0xe000ed28, "CFSR", "why a fault was taken", cfsr_bits),
	ROW(0xe000ed2c, "HFSR", "why a hard fault was taken", hfsr_bits),
	MEANT(READ, 0xe000ed30, "DFSR", "why the core halted", dfsr_bits, dfsr_meanings),
	WRITE_ROW(0xe000ed30, "DFSR", "why the core halted: ones clear", dfsr_bits),
	ROW(0xe000ed34, "MMFAR", "address of a memory management fault", NULL),
	ROW(0xe000ed38, "BFAR", "address of a bus fault", NULL),
	READ_ROW(0xe000ed40, "ID_PFR0", "instruction sets", NULL),
	READ_ROW(0xe000ed44, "ID_PFR1", "programmers' model and security", NULL),
	READ_ROW(0xe000ed48, "ID_DFR0", "debug features", NULL),
	READ_ROW(0xe000ed4c, "ID_AFR0", "features of the implementation", NULL),
	READ_ROW(0xe000ed50, "ID_MMFR0", "memory model", NULL),
	READ_ROW(0xe000ed54, "ID_MMFR1", "memory model", NULL),
	READ_ROW(0xe000ed58, "ID_MMFR2", "memory model", NULL),
	READ_ROW(0xe000ed5c, "ID_MMFR3", "memory model", NULL),
	READ_ROW(0xe000ed60, "ID_ISAR0", "instructions", NULL),
	READ_ROW(0xe000ed64, "ID_ISAR1", "instructions", NULL),
	READ_ROW(0xe000ed68, "ID_ISAR2", "instructions", NULL),
	READ_ROW(0xe000ed6c, "ID_ISAR3", "instructions", NULL),
	READ_ROW(0xe000ed70, "ID_ISAR4", "instructions", NULL),
	READ_ROW(0xe000ed78, "CLIDR", "caches of the core", clidr_bits),
	READ_ROW(0xe000ed7c, "CTR", "cache line lengths", ctr_bits),
	READ_ROW(0xe000ed80, "CCSIDR", "size of the selected cache", ccsidr_bits),
	ROW(0xe000ed84, "CSSELR", "selected cache", csselr_bits),
	ROW(0xe000ed88, "CPACR", "coprocessor access", cpacr_bits),
	READ_ROW(0xe000ed90, "MPU_TYPE", "memory protection regions", mpu_type_bits),
	ROW(0xe000ed94, "MPU_CTRL", "memory protection control", mpu_ctrl_bits),
	ROW(0xe000ed98, "MPU_RNR", "selected memory protection region", NULL),
	ROW(0xe000ed9c, "MPU_RBAR", "start of the selected region", NULL),
	ROW(0xe000eda0, "MPU_RASR", "size and rights of the selected region; ARMv8-M: MPU_RLAR, its end", NULL),
	ROW(0xe000edd0, "SAU_CTRL", "security attribution control", sau_ctrl_bits),
	READ_ROW(0xe000edd4, "SAU_TYPE", "security attribution regions", sau_type_bits),
	ROW(0xe000ede4, "SFSR", "why a secure fault was taken", sfsr_bits),
	ROW(0xe000ede8, "SFAR", "address of a secure fault", NULL),
	MEANT(READ, 0xe000edf0, "DHCSR", "debug halting control and status", dhcsr_read_bits, dhcsr_read_meanings),
	{ .address = 0xe000edf0, .access = REGISTER_WRITE, .name = "DHCSR", .summary = "debug halting control and status",
	  .bits = dhcsr_write_bits, .known = dhcsr_known, .meanings = dhcsr_write_meanings },
	MEANT(WRITE, 0xe000edf4, "DCRSR", "core register to transfer", dcrsr_bits, dcrsr_meanings),
	ROW(0xe000edf8, "DCRDR", "value of the core register", NULL),
	MEANT(BOTH, 0xe000edfc, "DEMCR", "debug exceptions and monitor control", demcr_bits, demcr_meanings),
	ROW(0xe000ee08, "DSCSR", "debug security control and status", dscsr_bits),
	READ_ROW(0xe000ef40, "MVFR0", "floating point unit: precision", mvfr0_bits),
	READ_ROW(0xe000ef44, "MVFR1", "floating point unit: operations", mvfr1_bits),
	READ_ROW(0xe000ef48, "MVFR2", "floating point unit: conversions", mvfr2_bits),
	WRITE_ROW(0xe000ef50, "ICIALLU", "empties the instruction cache", NULL),
	WRITE_ROW(0xe000ef60, "DCISW", "drops a line of the data cache", NULL),
	WRITE_ROW(0xe000ef74, "DCCISW", "writes back and drops a line of the data cache", NULL),
	ID_ROWS(0xe000e000, "SCS"),
	ROW(0xe0040000, "TPIU_SSPSR", "trace port widths that can be", NULL),
	ROW(0xe0040004, "TPIU_CSPSR", "trace port width", NULL),
	ROW(0xe0040010, "TPIU_ACPR", "SWO clock divider, less one", NULL),
	ROW(0xe00400f0, "TPIU_SPPR", "trace port protocol", sppr_bits),
	READ_ROW(0xe0040300, "TPIU_FFSR", "trace formatter status", ffsr_bits),
	ROW(0xe0040304, "TPIU_FFCR", "trace formatter control", ffcr_bits),
	READ_ROW(0xe0040fc8, "TPIU_TYPE", "what the trace port can do", tpiu_type_bits),
	ID_ROWS(0xe0040000, "TPIU"),
	ID_ROWS(0xe0041000, "ETM"),
	ID_ROWS(0xe00ff000, "ROM"),
};
const struct register_table cortexm_registers = TABLE(cortexm_rows);

/* The core's own registers: DCRSR.REGSEL of ARMv7-M C1.6.3, and what ARMv8-M D1.2.41 added. */

const struct name core_register_names[] = {
	{ 0x0f, "pc" }, { 0x0d, "sp" }, { 0x0e, "lr" }, { 0x10, "xPSR" },
	{ 0x00, "r0" }, { 0x01, "r1" }, { 0x02, "r2" }, { 0x03, "r3" }, { 0x04, "r4" }, { 0x05, "r5" }, { 0x06, "r6" },
	{ 0x07, "r7" }, { 0x08, "r8" }, { 0x09, "r9" }, { 0x0a, "r10" }, { 0x0b, "r11" }, { 0x0c, "r12" },
	{ 0x11, "MSP" }, { 0x12, "PSP" }, { 0x13, "rw" }, { 0x14, "CFBP" },
	{ 0x18, "MSP_NS" }, { 0x19, "PSP_NS" }, { 0x1a, "MSP_S" }, { 0x1b, "PSP_S" },
	{ 0x1c, "MSPLIM_S" }, { 0x1d, "PSPLIM_S" }, { 0x1e, "MSPLIM_NS" }, { 0x1f, "PSPLIM_NS" },
	{ 0x21, "FPSCR" }, { 0x22, "CFBP_S" }, { 0x23, "CFBP_NS" },
	{ 0x40, "s0" }, { 0x41, "s1" }, { 0x42, "s2" }, { 0x43, "s3" }, { 0x44, "s4" }, { 0x45, "s5" }, { 0x46, "s6" },
	{ 0x47, "s7" }, { 0x48, "s8" }, { 0x49, "s9" }, { 0x4a, "s10" }, { 0x4b, "s11" }, { 0x4c, "s12" }, { 0x4d, "s13" },
	{ 0x4e, "s14" }, { 0x4f, "s15" }, { 0x50, "s16" }, { 0x51, "s17" }, { 0x52, "s18" }, { 0x53, "s19" }, { 0x54, "s20" },
	{ 0x55, "s21" }, { 0x56, "s22" }, { 0x57, "s23" }, { 0x58, "s24" }, { 0x59, "s25" }, { 0x5a, "s26" }, { 0x5b, "s27" },
	{ 0x5c, "s28" }, { 0x5d, "s29" }, { 0x5e, "s30" }, { 0x5f, "s31" },
	{ 0, NULL },
};

static const struct bits xpsr_bits[] = { /* B1.4.2 */
	NAMED(8, 0, "exception", exception_names), FLAG(24, "T"), FLAG(31, "N"), FLAG(30, "Z"), FLAG(29, "C"), FLAG(28, "V"),
	FLAG(27, "Q"), { 0 },
};
static const struct bits cfbp_bits[] = { /* CONTROL, FAULTMASK, BASEPRI, PRIMASK, a byte each */
	FLAG(0, "PRIMASK"), BITS(15, 8, "BASEPRI"), FLAG(16, "FAULTMASK"), FLAG(24, "nPRIV"), FLAG(25, "SPSEL"), FLAG(26, "FPCA"), { 0 },
};
static const struct bits fpscr_bits[] = { /* A2.5.3 */
	FLAG(31, "N"), FLAG(30, "Z"), FLAG(29, "C"), FLAG(28, "V"), FLAG(26, "AHP"), FLAG(25, "DN"), FLAG(24, "FZ"), BITS(23, 22, "RMode"),
	FLAG(7, "IDC"), FLAG(4, "IXC"), FLAG(3, "UFC"), FLAG(2, "OFC"), FLAG(1, "DZC"), FLAG(0, "IOC"), { 0 },
};

/* Those whose bits mean something; the others hold numbers. */
static const struct target_register core_rows[] = {
	ROW(0x10, "xPSR", "program status", xpsr_bits),
	ROW(0x14, "CFBP", "CONTROL, FAULTMASK, BASEPRI, PRIMASK", cfbp_bits),
	ROW(0x21, "FPSCR", "floating point status and control", fpscr_bits),
	ROW(0x22, "CFBP_S", "the same of the secure state", cfbp_bits),
	ROW(0x23, "CFBP_NS", "the same of the non-secure state", cfbp_bits),
};
const struct register_table core_registers = TABLE(core_rows);
