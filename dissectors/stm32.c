/*
 * What ST put around the core: identification, debug unit, flash size, unique id, memory.
 * Knows: DEV_IDs, and at which addresses each family keeps what; one address means one thing on all families that have it.
 * Must not know: which family is attached.
 * Sources: protocol/devices.tsv of the project's protocol notes; bits of DBGMCU from the families' reference manuals.
 */
#include "registers.h"

#define FLAG(bit, words) { .name = words, .high = bit, .low = bit }
#define BITS(top, bottom, words) { .name = words, .high = top, .low = bottom }
#define NAMED(top, bottom, words, table) { .name = words, .high = top, .low = bottom, .names = table }
#define TABLE(rows_) { .rows = rows_, .count = sizeof rows_ / sizeof *rows_ }

/* DEV_ID, name, family. The notes give no line to what is "other"; clones are laid out as what they copy. */
#define DEVICES(ROW) \
	ROW(0x01e, "STM32WB0", OTHER) \
	ROW(0x29b, "clone of STM32F103", F1) \
	ROW(0x2b3, "GD32F450", F4) \
	ROW(0x410, "STM32F1 medium-density", F1) /* or a GD32 */ \
	ROW(0x411, "STM32F2", F2) /* or an F405/F407 of revision A, whose erratum it is */ \
	ROW(0x412, "STM32F1 low-density", F1) \
	ROW(0x413, "STM32F405/F407", F4) \
	ROW(0x414, "STM32F1 high-density", F1) \
	ROW(0x415, "STM32L47x/L48x", L4) \
	ROW(0x416, "STM32L1 cat. 1", L1) \
	ROW(0x417, "STM32L05x/L06x", L0) \
	ROW(0x418, "STM32F105/F107", F1) \
	ROW(0x419, "STM32F42x/F43x", F4) \
	ROW(0x420, "STM32F100", F1) \
	ROW(0x421, "STM32F446", F4) \
	ROW(0x422, "STM32F302/F303xB/C", F3) \
	ROW(0x423, "STM32F401xB/C", F4) \
	ROW(0x424, "STM32", OTHER) /* no source says which */ \
	ROW(0x425, "STM32L03x/L04x", L0) \
	ROW(0x427, "STM32L1 cat. 3", L1) \
	ROW(0x428, "STM32F100 high-density", F1) \
	ROW(0x429, "STM32L1 cat. 2", L1) \
	ROW(0x42a, "STM32U3B/U3C", U3) \
	ROW(0x430, "STM32F1 XL-density", F1) \
	ROW(0x431, "STM32F411", F4) \
	ROW(0x432, "STM32F37x", F3) \
	ROW(0x433, "STM32F401xD/E", F4) \
	ROW(0x434, "STM32F469/F479", F4) \
	ROW(0x435, "STM32L43x/L44x", L4) \
	ROW(0x436, "STM32L1 cat. 4", L1) \
	ROW(0x437, "STM32L1 cat. 5", L1) \
	ROW(0x438, "STM32F303x6/8, F334", F3) \
	ROW(0x439, "STM32F301/F302x6/8", F3) \
	ROW(0x440, "STM32F05x, F030x8", F0) \
	ROW(0x441, "STM32F412", F4) \
	ROW(0x442, "STM32F09x, F030xC", F0) \
	ROW(0x443, "STM32C011", C0) \
	ROW(0x444, "STM32F03x", F0) \
	ROW(0x445, "STM32F04x, F070x6", F0) \
	ROW(0x446, "STM32F303xD/E", F3) \
	ROW(0x447, "STM32L07x/L08x", L0) \
	ROW(0x448, "STM32F07x", F0) \
	ROW(0x449, "STM32F74x/F75x", F7) \
	ROW(0x44c, "STM32C051", C0) \
	ROW(0x44d, "STM32C09x", C0) \
	ROW(0x450, "STM32H74x/H75x", H7) \
	ROW(0x451, "STM32F76x/F77x", F7) \
	ROW(0x452, "STM32F72x/F73x", F7) \
	ROW(0x453, "STM32C031", C0) \
	ROW(0x454, "STM32U37x/U38x", U3) \
	ROW(0x455, "STM32U535/U545", U5) \
	ROW(0x456, "STM32G05x/G06x", G0) \
	ROW(0x457, "STM32L01x/L02x", L0) \
	ROW(0x458, "STM32F410", F4) \
	ROW(0x459, "STM32U031", U0) \
	ROW(0x460, "STM32G07x/G08x", G0) \
	ROW(0x461, "STM32L496/L4A6", L4) \
	ROW(0x462, "STM32L45x/L46x", L4) \
	ROW(0x463, "STM32F413/F423", F4) \
	ROW(0x464, "STM32L41x/L42x", L4) \
	ROW(0x466, "STM32G03x/G04x", G0) \
	ROW(0x467, "STM32G0Bx/G0Cx", G0) \
	ROW(0x468, "STM32G43x/G44x", G4) \
	ROW(0x469, "STM32G47x/G48x", G4) \
	ROW(0x470, "STM32L4Rx/L4Sx", L4) \
	ROW(0x471, "STM32L4P5/L4Q5", L4) \
	ROW(0x472, "STM32L55x/L56x", L5) \
	ROW(0x474, "STM32H503", H5) \
	ROW(0x476, "STM32U5Fx/U5Gx", U5) \
	ROW(0x478, "STM32H523/H533", H5) \
	ROW(0x479, "STM32G491/G4A1", G4) \
	ROW(0x480, "STM32H7Ax/H7Bx", H7AB) \
	ROW(0x481, "STM32U59x/U5Ax", U5) \
	ROW(0x482, "STM32U575/U585", U5) \
	ROW(0x483, "STM32H72x/H73x", H7) \
	ROW(0x484, "STM32H56x/H57x", H5) \
	ROW(0x485, "STM32H7Rx/H7Sx", H7RS) \
	ROW(0x489, "STM32U073/U083", U0) \
	ROW(0x492, "STM32WBA5x", WBA) \
	ROW(0x493, "STM32C071", C0) \
	ROW(0x494, "STM32WB1x", WB) \
	ROW(0x495, "STM32WB5x", WB) \
	ROW(0x496, "STM32WB3x", WB) \
	ROW(0x497, "STM32WLE/WL5x", WL) \
	ROW(0x4b0, "STM32WBA6x", WBA) \
	ROW(0x4b2, "STM32WBA2x", WBA) \
	ROW(0x500, "STM32MP15x", OTHER) \
	ROW(0x9a8, "STM32", OTHER) /* no source says which */ \
	ROW(0x9b0, "STM32", OTHER) /* no source says which */ \
	ROW(0xa2e, "GD32F470", F4) \
	ROW(0xfa4, "GD32F405", F4)

#define AS_NAME(id, words, line) { id, words },
const struct name stm32_devices[] = { DEVICES(AS_NAME) { 0, NULL } };

#define AS_FAMILY(id, words, line) { id, STM32_##line },
static const struct { uint16_t device; uint32_t family; } device_families[] = { DEVICES(AS_FAMILY) };

const struct name stm32_family_names[] = {
	{ STM32_F0, "F0" }, { STM32_F1, "F1" }, { STM32_F2, "F2" }, { STM32_F3, "F3" }, { STM32_F4, "F4" }, { STM32_F7, "F7" },
	{ STM32_L0, "L0" }, { STM32_L1, "L1" }, { STM32_L4, "L4" }, { STM32_L5, "L5" }, { STM32_G0, "G0" }, { STM32_G4, "G4" },
	{ STM32_C0, "C0" }, { STM32_U0, "U0" }, { STM32_U3, "U3" }, { STM32_U5, "U5" }, { STM32_H5, "H5" }, { STM32_H7, "H7" },
	{ STM32_H7AB, "H7A/B" }, { STM32_H7RS, "H7R/S" }, { STM32_WB, "WB" }, { STM32_WL, "WL" }, { STM32_WBA, "WBA" },
	{ 0, NULL },
};

unsigned stm32_families_of_device(uint16_t device)
{
	for (size_t i = 0; i < sizeof device_families / sizeof *device_families; i++)
		if (device_families[i].device == device)
			return device_families[i].family;
	return STM32_ANY;
}

/* Lines by their core: part of CPUID. */
static const struct { uint16_t part; uint32_t families; } core_families[] = {
	{ 0xc20, STM32_F0 },
	{ 0xc23, STM32_F1 | STM32_F2 | STM32_L1 },
	{ 0xc24, STM32_F3 | STM32_F4 | STM32_L4 | STM32_G4 | STM32_WB | STM32_WL },
	{ 0xc27, STM32_F7 | STM32_H7 | STM32_H7AB | STM32_H7RS },
	{ 0xc60, STM32_L0 | STM32_G0 | STM32_C0 | STM32_U0 | STM32_WB | STM32_WL },
	{ 0xd21, STM32_L5 | STM32_U3 | STM32_U5 | STM32_H5 | STM32_WBA },
};

unsigned stm32_families_of_core(uint32_t cpuid)
{
	for (size_t i = 0; i < sizeof core_families / sizeof *core_families; i++)
		if (core_families[i].part == (cpuid >> 4 & 0xfff))
			return core_families[i].families | STM32_OTHER;
	return STM32_ANY;
}

bool stm32_is_idcode(uint32_t address)
{
	return address == 0xe0042000 || address == 0x40015800 || address == 0xe0044000 || address == 0x5c001000 || address == 0x44024000;
}

static const struct bits idcode_bits[] = { NAMED(11, 0, "DEV_ID", stm32_devices), BITS(31, 16, "REV_ID"), { 0 } };

static void say_idcode(uint32_t value, struct words *words)
{
	const char *device = name_of(stm32_devices, value & 0xfff);

	if (device)
		words_add(words, device);
	else
		words_number(words, "DEV_ID ", value & 0xfff, true, "");
	words_number(words, "rev ", value >> 16, true, "");
}

/* DBGMCU control and freeze: what stays alive while the core sleeps, what stops while it is halted */

static const struct name trace_names[] = {
	{ 0, "" }, { 1, "trace port 1 bit" }, { 2, "trace port 2 bits" }, { 3, "trace port 4 bits" }, { 0, NULL },
};
static const struct bits cr_bits[] = { /* 8 and 9 on the F1 only; other families keep them in the freeze registers */
	FLAG(0, "SLEEP"), FLAG(1, "STOP"), FLAG(2, "STANDBY"), FLAG(5, "TRACE_IOEN"), NAMED(7, 6, "TRACE_MODE", trace_names),
	FLAG(8, "IWDG_STOP"), FLAG(9, "WWDG_STOP"), { 0 },
};
static const struct bits cr_small_bits[] = { FLAG(0, "SLEEP"), FLAG(1, "STOP"), FLAG(2, "STANDBY"), { 0 } }; /* no trace port */
static const struct bits cr_m33_bits[] = { /* L5, U5, H5, WBA */
	FLAG(1, "STOP"), FLAG(2, "STANDBY"), FLAG(4, "TRACE_IOEN"), FLAG(5, "TRACE_EN"), NAMED(7, 6, "TRACE_MODE", trace_names), { 0 },
};
static const struct bits cr_h7_bits[] = {
	FLAG(0, "DBGSLEEP_D1"), FLAG(1, "DBGSTOP_D1"), FLAG(2, "DBGSTBY_D1"), FLAG(20, "TRACECLKEN"), FLAG(21, "D1DBGCKEN"),
	FLAG(22, "D3DBGCKEN"), { 0 },
};
static const struct bits freeze_bits[] = { FLAG(12, "IWDG"), FLAG(11, "WWDG"), FLAG(10, "RTC"), { 0 } };
static const struct bits freeze_apb3_h7_bits[] = { FLAG(6, "WWDG1"), { 0 } };
static const struct bits freeze_apb4_h7_bits[] = { FLAG(18, "IWDG1"), FLAG(16, "RTC"), { 0 } };

/* The independent watchdog, which runs on while a debugger looks on: ST's own tools feed it. Not where the H7 has it. */

#define HAVE_IWDG (STM32_ANY & ~(STM32_H7 | STM32_H7AB | STM32_H7RS | STM32_OTHER))
static const struct name iwdg_known[] = {
	{ 0xaaaa, "feed watchdog" }, { 0x5555, "unlock watchdog" }, { 0xcccc, "start watchdog" }, { 0, NULL },
};
static const struct name divider_names[] = {
	{ 0, "divide by 4" }, { 1, "divide by 8" }, { 2, "divide by 16" }, { 3, "divide by 32" }, { 4, "divide by 64" }, { 5, "divide by 128" },
	{ 6, "divide by 256" }, { 7, "divide by 256" }, { 0, NULL },
};
static const struct bits iwdg_pr_bits[] = { NAMED(2, 0, "PR", divider_names), { 0 } };
static const struct bits iwdg_rlr_bits[] = { BITS(11, 0, "RL"), { 0 } };
static const struct bits iwdg_sr_bits[] = { FLAG(0, "PVU"), FLAG(1, "RVU"), FLAG(2, "WVU"), { 0 } };

static const struct bits flash_size_bits[] = { BITS(15, 0, "KiB"), { 0 } };

static void say_flash_size(uint32_t value, struct words *words)
{
	words_number(words, "", value & 0xffff, false, " KiB");
}

/* Where the size is an upper half word, clients that read whole words read this one. */
static const struct bits flash_size_high_bits[] = { BITS(31, 16, "KiB"), { 0 } };

static void say_flash_size_high(uint32_t value, struct words *words)
{
	say_flash_size(value >> 16, words);
}

#define ROW(at, key, words, table) { .address = at, .access = REGISTER_BOTH, .name = key, .summary = words, .bits = table }
#define IDCODE(at) { .address = at, .access = REGISTER_READ, .name = "DBGMCU_IDCODE", .summary = "chip and its revision", \
	.bits = idcode_bits, .say = say_idcode }
#define CR(at, table) ROW(at, "DBGMCU_CR", "debug in low-power modes", table)
#define FREEZE(at, key, table) ROW(at, key, "what stops while the core is halted", table)
#define FLASH_SIZE(at) { .address = at, .access = REGISTER_READ, .name = "flash size", .summary = "flash size in KiB", \
	.bits = flash_size_bits, .say = say_flash_size }
#define FLASH_SIZE_HIGH(at) { .address = at, .access = REGISTER_READ, .name = "flash size", .summary = "flash size in KiB, above", \
	.bits = flash_size_high_bits, .say = say_flash_size_high }

#define IWDG(at, how, key, words, table) \
	{ .address = at, .access = REGISTER_##how, .name = key, .summary = words, .bits = table, .families = HAVE_IWDG }

static const struct target_register stm32_rows[] = {
	FLASH_SIZE(0x08fff80c), /* H5, H7Ax, H7R */
	FLASH_SIZE(0x0bf8d7a0), /* WBA2 */
	FLASH_SIZE(0x0bf907a0), /* WBA5 */
	FLASH_SIZE(0x0bfa05e0), /* L5 */
	FLASH_SIZE(0x0bfa07a0), /* U5, U3, WBA6 */
	FLASH_SIZE_HIGH(0x1ff07a20),
	FLASH_SIZE(0x1ff07a22), /* F72x */
	FLASH_SIZE_HIGH(0x1ff0f440),
	FLASH_SIZE(0x1ff0f442), /* F74x, F76x */
	FLASH_SIZE(0x1ff1e880), /* H7 */
	FLASH_SIZE(0x1ff8004c), /* L1 */
	FLASH_SIZE(0x1ff8007c), /* L0 */
	FLASH_SIZE(0x1ff800cc), /* L1 from category 3 on */
	FLASH_SIZE(0x1fff3ea0), /* U031 */
	FLASH_SIZE(0x1fff6ea0), /* U073 */
	FLASH_SIZE(0x1fff75a0), /* C0 */
	FLASH_SIZE(0x1fff75e0), /* L4, G0, G4, WB, WL */
	FLASH_SIZE_HIGH(0x1fff7a20),
	FLASH_SIZE(0x1fff7a22), /* F2, F4 */
	FLASH_SIZE(0x1ffff7cc), /* F0, F3 */
	FLASH_SIZE(0x1ffff7e0), /* F1 */
	{ .address = 0x40003000, .access = REGISTER_WRITE, .name = "IWDG_KR", .summary = "watchdog key", .known = iwdg_known,
	  .families = HAVE_IWDG },
	IWDG(0x40003004, BOTH, "IWDG_PR", "watchdog clock divider", iwdg_pr_bits),
	IWDG(0x40003008, BOTH, "IWDG_RLR", "watchdog reload value", iwdg_rlr_bits),
	IWDG(0x4000300c, READ, "IWDG_SR", "watchdog status", iwdg_sr_bits),
	IDCODE(0x40015800), /* F0, L0, G0, C0, U0 */
	CR(0x40015804, cr_small_bits),
	FREEZE(0x40015808, "DBGMCU_APB1_FZ", freeze_bits),
	FREEZE(0x4001580c, "DBGMCU_APB2_FZ", NULL),
	IDCODE(0x44024000), /* H5 through the core's access port */
	CR(0x44024004, cr_m33_bits),
	FREEZE(0x44024008, "DBGMCU_APB1L_FZ", freeze_bits),
	FREEZE(0x4402400c, "DBGMCU_APB1H_FZ", NULL),
	FREEZE(0x44024010, "DBGMCU_APB2_FZ", NULL),
	FREEZE(0x44024014, "DBGMCU_APB3_FZ", NULL),
	IDCODE(0x5c001000), /* H7 */
	CR(0x5c001004, cr_h7_bits),
	FREEZE(0x5c001034, "DBGMCU_APB3_FZ", freeze_apb3_h7_bits),
	FREEZE(0x5c00103c, "DBGMCU_APB1L_FZ", NULL),
	FREEZE(0x5c00104c, "DBGMCU_APB2_FZ", NULL),
	FREEZE(0x5c001054, "DBGMCU_APB4_FZ", freeze_apb4_h7_bits),
	IDCODE(0xe0042000), /* F1, F2, F3, F4, F7, L1, L4, G4, WB, WL */
	CR(0xe0042004, cr_bits),
	FREEZE(0xe0042008, "DBGMCU_APB1_FZ", freeze_bits),
	FREEZE(0xe004200c, "DBGMCU_APB2_FZ", NULL),
	IDCODE(0xe0044000), /* L5, U5, U3, WBA, H5 */
	CR(0xe0044004, cr_m33_bits),
	FREEZE(0xe0044008, "DBGMCU_APB1_FZ", freeze_bits),
	FREEZE(0xe004400c, "DBGMCU_APB1_FZ2", NULL),
	FREEZE(0xe0044010, "DBGMCU_APB2_FZ", NULL),
};
const struct register_table stm32_registers = TABLE(stm32_rows);

/* Unique ids. Of the two addresses that a source gives the U0, both are masked (disagreements.md 44). */

const struct stm32_unique_id stm32_unique_ids[] = {
	{ 0x08fff800, 12 }, /* H5, H7Ax, H7R */
	{ 0x0bf8d700, 12 }, /* WBA2 */
	{ 0x0bf90700, 12 }, /* WBA5 */
	{ 0x0bfa0590, 12 }, /* L5 */
	{ 0x0bfa0700, 12 }, /* U5, U3, WBA6 */
	{ 0x1ff07a10, 12 }, /* F72x */
	{ 0x1ff0f420, 12 }, /* F74x, F76x */
	{ 0x1ff1e800, 12 }, /* H7 */
	{ 0x1ff80050, 24 }, /* L0, L1: words at 0, 4 and 20 */
	{ 0x1ff800d0, 24 }, /* L1 from category 3 on */
	{ 0x1fff3e50, 12 }, /* U0 */
	{ 0x1fff6e50, 12 }, /* U0 */
	{ 0x1fff7550, 12 }, /* C0 */
	{ 0x1fff7590, 12 }, /* L4, G0, G4, WB, WL */
	{ 0x1fff7a10, 12 }, /* F2, F4 */
	{ 0x1ffff7ac, 12 }, /* F0, F3 */
	{ 0x1ffff7e8, 12 }, /* F1 */
	{ 0x5c005234, 12 }, /* MP15x */
	{ 0, 0 },
};

uint32_t stm32_unique_id_offset(uint32_t address, uint32_t length)
{
	for (const struct stm32_unique_id *id = stm32_unique_ids; id->length; id++) {
		uint64_t end = (uint64_t)address + length;

		if (address < id->address + id->length && end > id->address)
			return address < id->address ? id->address - address : 0;
	}
	return UINT32_MAX;
}

/*
 * The address space of ARMv7-M B3.1, finer where all families that use a range use it alike. System memory holds the boot loader, option
 * bytes, one-time programmable bytes and calibration, at addresses that mean another thing on another family.
 */
const struct memory_region memory_regions[] = {
	{ 0x00000000, 0x07ffffff, "code" },
	{ 0x08000000, 0x0bf7ffff, "flash" },
	{ 0x0bf80000, 0x0bffffff, "system memory" },
	{ 0x0c000000, 0x0dffffff, "flash" }, /* secure alias */
	{ 0x0e000000, 0x1fefffff, "code" },
	{ 0x1ff80000, 0x1ff8001f, "option bytes" }, /* L0, L1 */
	{ 0x1fffc000, 0x1fffc00f, "option bytes" }, /* F2, F4 */
	{ 0x1ffff800, 0x1ffff80f, "option bytes" }, /* F0, F1, F3, G4 */
	{ 0x1ff00000, 0x1fffffff, "system memory" },
	{ 0x20000000, 0x3fffffff, "SRAM" },
	{ 0x40000000, 0x5fffffff, "peripheral" },
	{ 0x60000000, 0x9fffffff, "external memory" },
	{ 0xa0000000, 0xdfffffff, "external device" },
	{ 0xe0000000, 0xe0000fff, "ITM" },
	{ 0xe0001000, 0xe0001fff, "DWT" },
	{ 0xe0002000, 0xe0002fff, "FPB" },
	{ 0xe000e000, 0xe000efff, "system control" },
	{ 0xe0040000, 0xe0040fff, "TPIU" },
	{ 0xe0041000, 0xe0041fff, "ETM" },
	{ 0xe00ff000, 0xe00fffff, "ROM table" },
	{ 0xe0003000, 0xe00fefff, "private bus" },
	{ 0xe0100000, 0xffffffff, "system" },
	{ 0, 0, NULL },
};
