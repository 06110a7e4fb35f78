/*
 * Registers of the debug port and of a memory access port.
 * Knows: ADIv5.2 B2.2 (debug port), C2.6 (memory access port), and which identification values STM32 parts show.
 * Must not know: how a probe accesses them, the target's own registers (cortexm.c, stm32.c).
 */
#include "registers.h"

#define FLAG(bit, words) { .name = words, .high = bit, .low = bit }
#define BITS(top, bottom, words) { .name = words, .high = top, .low = bottom }
#define NAMED(top, bottom, words, table) { .name = words, .high = top, .low = bottom, .names = table }
#define BIT(number) (UINT32_C(1) << (number))
#define SAYS(bits, value, words) { .mask = bits, .match = value, .text = words }
#define TABLE(rows_) { .rows = rows_, .count = sizeof rows_ / sizeof *rows_ }

/* JEP106 codes with their bank: ADIv5.2 B2.2.5 */
static const struct name designers[] = { { 0x23b, "Arm" }, { 0x020, "ST" }, { 0, NULL } };

/* Debug port. DPIDR is that of the part, not of its core; where sources disagree, all families are named (disagreements.md 42, 43). */

static const struct name dpidr_known[] = {
	{ 0x0bb11477, "Cortex-M0: F0" },
	{ 0x0bc11477, "Cortex-M0+: L0 G0 C0" },
	{ 0x1ba01477, "Cortex-M3: F1" },
	{ 0x2ba01477, "Cortex-M3/M4: F2 F3 F4 L1 L4 G4" },
	{ 0x5ba02477, "Cortex-M7: F7" },
	{ 0x6ba02477, "H7 H5 N6 WB WL U0" },
	{ 0x0be12477, "Cortex-M33: L5 U5 U3 WBA2" },
	{ 0x0be02477, "Cortex-M33: L5 U5" },
	{ 0x0ba00477, "JTAG: F2 L1" },
	{ 0x3ba00477, "JTAG: F1" },
	{ 0x4ba00477, "JTAG: F2 F3 F4 L1 L4 G4" },
	{ 0x5ba00477, "JTAG: F7" },
	{ 0x6ba00477, "JTAG: H7 H5 N6 WB WL" },
	{ 0x0ba04477, "JTAG: L5 U5 U3" },
	{ 0x0be01477, "JTAG: L5 U5" },
	{ 0x0be11477, "JTAG: WBA2" },
	{ 0x00000000, "no debug port" },
	{ 0xffffffff, "no debug port" },
	{ 0, NULL },
};
static const struct bits dpidr_bits[] = { /* B2.2.5 */
	NAMED(11, 1, "DESIGNER", designers), BITS(27, 20, "PARTNO"), BITS(31, 28, "REVISION"), BITS(15, 12, "VERSION"),
	FLAG(16, "MIN"), { 0 },
};
static const struct bits abort_bits[] = { /* B2.2.1 */
	FLAG(0, "DAPABORT"), FLAG(4, "ORUNERRCLR"), FLAG(3, "WDERRCLR"), FLAG(2, "STKERRCLR"), FLAG(1, "STKCMPCLR"), { 0 },
};
static const struct bits ctrl_stat_bits[] = { /* B2.2.2 */
	FLAG(5, "STICKYERR"), FLAG(7, "WDATAERR"), FLAG(4, "STICKYCMP"), FLAG(1, "STICKYORUN"),
	FLAG(31, "CSYSPWRUPACK"), FLAG(29, "CDBGPWRUPACK"), FLAG(30, "CSYSPWRUPREQ"), FLAG(28, "CDBGPWRUPREQ"),
	FLAG(27, "CDBGRSTACK"), FLAG(26, "CDBGRSTREQ"), BITS(23, 12, "TRNCNT"), BITS(11, 8, "MASKLANE"), FLAG(6, "READOK"),
	BITS(3, 2, "TRNMODE"), FLAG(0, "ORUNDETECT"), { 0 },
};
#define POWERED (BIT(31) | BIT(29))
#define POWER_WANTED (BIT(30) | BIT(28))
static const struct meaning ctrl_stat_read_meanings[] = {
	SAYS(BIT(5), BIT(5), "sticky error"), SAYS(BIT(7), BIT(7), "write data error"), SAYS(BIT(4), BIT(4), "sticky compare"),
	SAYS(BIT(1), BIT(1), "sticky overrun"), SAYS(POWERED, POWERED, "powered up"), SAYS(POWERED, BIT(29), "debug powered, system not"),
	SAYS(POWERED, BIT(31), "system powered, debug not"), SAYS(POWERED, 0, "not powered"), { 0 },
};
static const struct meaning ctrl_stat_write_meanings[] = {
	SAYS(POWER_WANTED, POWER_WANTED, "power up"), SAYS(POWER_WANTED, BIT(28), "power up debug alone"),
	{ .mask = POWER_WANTED, .match = BIT(30), .text = "power down debug", .order = ORDER_POWER_DOWN },
	{ .mask = POWER_WANTED, .text = "power down", .order = ORDER_POWER_DOWN },
	SAYS(BIT(26), BIT(26), "ask for a debug reset"), { 0 },
};
static const struct meaning abort_meanings[] = {
	SAYS(BIT(0), BIT(0), "give up the transfer"), SAYS(0x1e, 0x1e, "clear all errors"), { 0 },
};
static const struct name turnround_names[] = {
	{ 0, "1 clock turnround" }, { 1, "2 clocks turnround" }, { 2, "3 clocks turnround" }, { 3, "4 clocks turnround" }, { 0, NULL },
};
static const struct bits dlcr_bits[] = { NAMED(9, 8, "TURNROUND", turnround_names), { 0 } }; /* B2.2.3 */
static const struct bits targetid_bits[] = { /* B2.2.10 */
	NAMED(11, 1, "TDESIGNER", designers), BITS(27, 12, "TPARTNO"), BITS(31, 28, "TREVISION"), { 0 },
};
static const struct bits dlpidr_bits[] = { BITS(31, 28, "TINSTANCE"), BITS(3, 0, "PROTVSN"), { 0 } }; /* B2.2.4 */
static const struct bits eventstat_bits[] = { FLAG(0, "EA"), { 0 } }; /* B2.2.6 */
static const struct bits select_bits[] = { /* B2.2.9 */
	BITS(31, 24, "APSEL"), BITS(7, 4, "APBANKSEL"), BITS(3, 0, "DPBANKSEL"), { 0 },
};
static const struct bits targetsel_bits[] = { /* B2.2.11 */
	NAMED(11, 1, "TDESIGNER", designers), BITS(27, 12, "TPARTNO"), BITS(31, 28, "TINSTANCE"), { 0 },
};

static const struct target_register dp_rows[] = {
	{ .address = 0x00, .access = REGISTER_READ, .name = "DPIDR", .summary = "debug port identification",
	  .bits = dpidr_bits, .known = dpidr_known },
	{ .address = 0x00, .access = REGISTER_WRITE, .name = "ABORT", .summary = "clears errors, gives up a transfer", .bits = abort_bits,
	  .meanings = abort_meanings },
	{ .address = 0x04, .access = REGISTER_READ, .name = "CTRL/STAT", .summary = "debug power and sticky errors",
	  .bits = ctrl_stat_bits, .meanings = ctrl_stat_read_meanings },
	{ .address = 0x04, .access = REGISTER_WRITE, .name = "CTRL/STAT", .summary = "debug power and sticky errors",
	  .bits = ctrl_stat_bits, .meanings = ctrl_stat_write_meanings },
	{ .address = 0x08, .access = REGISTER_READ, .name = "RESEND", .summary = "the last read once more" },
	{ .address = 0x08, .access = REGISTER_WRITE, .name = "SELECT", .summary = "access port and bank", .bits = select_bits },
	{ .address = 0x0c, .access = REGISTER_READ, .name = "RDBUFF", .summary = "what the access port read before" },
	{ .address = 0x0c, .access = REGISTER_WRITE, .name = "TARGETSEL", .summary = "target of a multi-drop bus", .bits = targetsel_bits },
	{ .address = 0x14, .access = REGISTER_BOTH, .name = "DLCR", .summary = "turnround of the wire", .bits = dlcr_bits },
	{ .address = 0x24, .access = REGISTER_READ, .name = "TARGETID", .summary = "target identification", .bits = targetid_bits },
	{ .address = 0x34, .access = REGISTER_READ, .name = "DLPIDR", .summary = "wire protocol", .bits = dlpidr_bits },
	{ .address = 0x44, .access = REGISTER_READ, .name = "EVENTSTAT", .summary = "event of the target", .bits = eventstat_bits },
};
const struct register_table dp_registers = TABLE(dp_rows);

/* Memory access port */

static const struct name size_names[] = { { 0, "8-bit" }, { 1, "16-bit" }, { 2, "32-bit" }, { 3, "64-bit" }, { 0, NULL } };
static const struct name increment_names[] = { { 0, "no-increment" }, { 1, "increment" }, { 2, "packed-increment" }, { 0, NULL } };
/* Bits 30 to 24 are the bus's own: named as on the AHB-AP of most STM32. */
static const struct bits csw_bits[] = {
	NAMED(2, 0, "Size", size_names), NAMED(5, 4, "AddrInc", increment_names), FLAG(7, "TrInProg"), FLAG(6, "DeviceEn"),
	FLAG(31, "DbgSwEnable"), FLAG(30, "SProt"), FLAG(29, "MasterType"), FLAG(25, "HPROT1"), FLAG(23, "SPIDEN"), { 0 },
};
static const struct bits cfg_bits[] = { FLAG(2, "LD"), FLAG(1, "LA"), FLAG(0, "BE"), { 0 } };
static const struct name base_known[] = { { 0xffffffff, "no ROM table" }, { 0x00000002, "no ROM table" }, { 0, NULL } };
static const struct bits base_bits[] = { FLAG(0, "present"), { 0 } };

static const struct name idr_known[] = {
	{ 0x24770011, "AHB-AP, Cortex-M3/M4" }, { 0x34770001, "AHB-AP" }, { 0x44770001, "AHB-AP, Cortex-M1" },
	{ 0x04770031, "AHB-AP, Cortex-M0+" }, { 0x04770021, "AHB-AP, Cortex-M0" }, { 0x04770041, "AHB-AP, Cortex-M7" },
	{ 0x64770001, "AHB-AP, Cortex-M7" }, { 0x74770001, "AHB-AP, Cortex-M0+" }, { 0x84770001, "AHB-AP" },
	{ 0x14770005, "AHB5-AP, Cortex-M33" }, { 0x04770025, "AHB5-AP, Cortex-M23" }, { 0x54770002, "APB-AP" },
	{ 0x34770017, "AXI5-AP" }, { 0x00000000, "no access port" }, { 0, NULL },
};
static const struct name class_names[] = { { 0, "JTAG-AP" }, { 1, "COM-AP" }, { 8, "MEM-AP" }, { 0, NULL } };
static const struct name type_names[] = {
	{ 1, "AHB" }, { 2, "APB" }, { 4, "AXI" }, { 5, "AHB5" }, { 6, "APB4" }, { 7, "AXI5" }, { 8, "AHB5+HPROT" }, { 0, NULL },
};
static const struct bits idr_bits[] = {
	NAMED(16, 13, "CLASS", class_names), NAMED(3, 0, "TYPE", type_names), NAMED(27, 17, "DESIGNER", designers),
	BITS(7, 4, "VARIANT"), BITS(31, 28, "REVISION"), { 0 },
};

static const struct target_register ap_rows[] = {
	{ .address = 0x00, .access = REGISTER_BOTH, .name = "CSW", .summary = "how memory is accessed", .bits = csw_bits },
	{ .address = 0x04, .access = REGISTER_BOTH, .name = "TAR", .summary = "address of the transfer" },
	{ .address = 0x08, .access = REGISTER_BOTH, .name = "TAR64", .summary = "upper half of the address" },
	{ .address = 0x0c, .access = REGISTER_BOTH, .name = "DRW", .summary = "memory at TAR" },
	{ .address = 0x10, .access = REGISTER_BOTH, .name = "BD0", .summary = "first word of the 16 bytes around TAR" },
	{ .address = 0x14, .access = REGISTER_BOTH, .name = "BD1", .summary = "second word of the 16 bytes around TAR" },
	{ .address = 0x18, .access = REGISTER_BOTH, .name = "BD2", .summary = "third word of the 16 bytes around TAR" },
	{ .address = 0x1c, .access = REGISTER_BOTH, .name = "BD3", .summary = "last word of the 16 bytes around TAR" },
	{ .address = 0x20, .access = REGISTER_BOTH, .name = "MBT", .summary = "memory barrier" },
	{ .address = 0xf0, .access = REGISTER_READ, .name = "BASE64", .summary = "upper half of the ROM table's address" },
	{ .address = 0xf4, .access = REGISTER_READ, .name = "CFG", .summary = "what the access port can do", .bits = cfg_bits },
	{ .address = 0xf8, .access = REGISTER_READ, .name = "BASE", .summary = "address of the ROM table",
	  .bits = base_bits, .known = base_known },
	{ .address = 0xfc, .access = REGISTER_READ, .name = "IDR", .summary = "access port identification",
	  .bits = idr_bits, .known = idr_known },
};
const struct register_table ap_registers = TABLE(ap_rows);
