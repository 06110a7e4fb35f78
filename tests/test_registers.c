/*
 * The register tables: known values read as what the protocol notes say of them, and properties of every row.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../dissectors/registers.h"

#define EVERYTHING 256

static const struct register_table *const tables[] = {
	&dp_registers, &ap_registers, &core_registers, &cortexm_registers, &stm32_registers, &flash_registers,
};
#define TABLES (sizeof tables / sizeof *tables)

static void expect_words(const struct target_register *row, const char *name, uint32_t value, const char *expected)
{
	char words[EVERYTHING];

	assert_non_null(row);
	assert_string_equal(row->name, name);
	assert_int_equal(registers_words(row, value, words, sizeof words), strlen(expected));
	assert_string_equal(words, expected);
}

static void expect_read(uint32_t address, const char *name, uint32_t value, const char *expected)
{
	expect_words(registers_memory(address, false, STM32_ANY), name, value, expected);
}

static void expect_write(uint32_t address, const char *name, uint32_t value, const char *expected)
{
	expect_words(registers_memory(address, true, STM32_ANY), name, value, expected);
}

/* swd.md 1.1: the connect of ST-LINK Utility to an STM32L1 */
static void test_a_connect(void **state)
{
	(void)state;
	expect_write(0xe0042008, "DBGMCU_APB1_FZ", 0x00001000, "IWDG");
	expect_write(0xe0042004, "DBGMCU_CR", 0x00000107, "SLEEP STOP STANDBY IWDG_STOP");
	expect_write(0xe000edf0, "DHCSR", 0xa05f0003, "C_DEBUGEN C_HALT");
	expect_read(0xe000edf0, "DHCSR", 0x03030003, "S_HALT S_RESET_ST C_DEBUGEN C_HALT S_REGRDY S_RETIRE_ST");
	expect_read(0xe000edf0, "DHCSR", 0x00030003, "S_HALT C_DEBUGEN C_HALT S_REGRDY");
	expect_write(0xe000edfc, "DEMCR", 0x00000001, "VC_CORERESET");
	expect_write(0xe000ed0c, "AIRCR", 0x05fa0004, "SYSRESETREQ");
	expect_read(0xe000ed0c, "AIRCR", 0xfa050000, "");
	expect_write(0xe000edfc, "DEMCR", 0, "");
	expect_read(0xe000ed00, "CPUID", 0x412fc230, "Cortex-M3 r2p0");
	expect_read(0xe0042000, "DBGMCU_IDCODE", 0x10186416, "STM32L1 cat. 1 rev 0x1018");
	expect_read(0x1ff8004c, "flash size", 0x00000080, "128 KiB");
	expect_write(0xe000edf0, "DHCSR", 0xa05f0000, "debug off");
}

/* The SWO start of the same captures */
static void test_trace(void **state)
{
	(void)state;
	expect_write(0xe000edfc, "DEMCR", 0x01000000, "TRCENA");
	expect_write(0xe0042004, "DBGMCU_CR", 0x00000127, "SLEEP STOP STANDBY TRACE_IOEN IWDG_STOP");
	expect_write(0xe0040004, "TPIU_CSPSR", 1, "");
	expect_write(0xe0040010, "TPIU_ACPR", 0x0b, "");
	expect_write(0xe00400f0, "TPIU_SPPR", 2, "NRZ");
	expect_write(0xe0040304, "TPIU_FFCR", 0, "");
	expect_write(0xe0000fb0, "ITM_LAR", 0xc5acce55, "unlock");
	expect_write(0xe0000e80, "ITM_TCR", 0x00010005, "ITMENA SYNCENA TraceBusID=1");
	expect_write(0x40003000, "IWDG_KR", 0xaaaa, "feed watchdog");
	expect_write(0x40003000, "IWDG_KR", 0x5555, "unlock watchdog");
	expect_write(0x40003004, "IWDG_PR", 6, "divide by 256");
	expect_read(0x4000300c, "IWDG_SR", 3, "PVU RVU");
	assert_null(registers_memory(0x40003000, true, STM32_H7));
	expect_read(0xe0001000, "DWT_CTRL", 0x40000001, "CYCCNTENA NUMCOMP=4");
	expect_read(0xe0001028, "DWT_FUNCTION0", 0x01000004, "MATCHED FUNCTION=4");
	expect_read(0xe0002000, "FP_CTRL", 0x00000261, "ENABLE NUM_CODE=6 NUM_LIT=2");
	expect_read(0xe0002024, "FP_COMP7", 0x48000101, "ENABLE");
	expect_read(0xe0040fc8, "TPIU_TYPE", 0x00000ca1, "NRZVALID MANCVALID FIFOSZ=2");
	expect_read(0xe00fffe4, "ROM_PIDR1", 0x00000004, "PART_1=4");
	expect_read(0xe00ffff4, "ROM_CIDR1", 0x00000010, "ROM table");
	expect_read(0xe000eff4, "SCS_CIDR1", 0x000000e0, "generic");
	expect_read(0xe0041fd0, "ETM_PIDR4", 0x00000004, "DES_2=4");
	expect_read(0xe0000fe8, "ITM_PIDR2", 0x0000003b, "REVISION=3 JEDEC DES_1=3");
	expect_read(0xe0001fe0, "DWT_PIDR0", 0x00000002, "PART_0=2");
	expect_read(0xe0002fe0, "FP_PIDR0", 0x00000003, "PART_0=3");
}

static void test_core(void **state)
{
	(void)state;
	expect_read(0xe000ed00, "CPUID", 0x410fc241, "Cortex-M4 r0p1");
	expect_read(0xe000ed00, "CPUID", 0x411fc271, "Cortex-M7 r1p1");
	expect_read(0xe000ed00, "CPUID", 0x410cc200, "Cortex-M0 r0p0");
	expect_read(0xe000ed00, "CPUID", 0x410cc601, "Cortex-M0+ r0p1");
	expect_read(0xe000ed00, "CPUID", 0x410fd214, "Cortex-M33 r0p4");
	expect_read(0xe000ed00, "CPUID", 0x631f1321, "implementer=0x63 part=0x132 r1p1");
	expect_read(0xe000ed00, "CPUID", 0, "no core");
	expect_read(0xe000ed00, "CPUID", UINT32_MAX, "no core");
	expect_read(0xe000ed28, "CFSR", 0x02008200, "PRECISERR BFARVALID DIVBYZERO");
	expect_read(0xe000ed2c, "HFSR", 0x40000000, "FORCED");
	expect_read(0xe000ed30, "DFSR", 0x0000000b, "HALTED BKPT VCATCH");
	expect_read(0xe000ed04, "ICSR", 0x00000803, "HardFault RETTOBASE");
	expect_read(0xe000ed04, "ICSR", 0x00000012, "VECTACTIVE=18");
	expect_read(0xe000ef40, "MVFR0", 0x10110021, "single-precision");
	expect_read(0xe000ef40, "MVFR0", 0x10110221, "single-precision double-precision");
	expect_read(0xe000edf0, "DHCSR", 0x000c0001, "S_LOCKUP S_SLEEP C_DEBUGEN");
	expect_write(0xe000edf4, "DCRSR", 0x00010010, "write xPSR");
	expect_write(0xe000edf4, "DCRSR", 0x0000000f, "read pc");
	expect_write(0xe000edf4, "DCRSR", 0x00000030, "read REGSEL=48");
	expect_words(registers_core(0x10, false), "xPSR", 0x61000003, "HardFault T Z C");
	expect_words(registers_core(0x14, false), "CFBP", 0x02000001, "PRIMASK SPSEL");
	expect_words(registers_core(0x21, true), "FPSCR", 0x01000010, "FZ IXC");
	assert_null(registers_core(0x00, false));
	assert_string_equal(name_of(core_register_names, 0x0f), "pc");
	assert_string_equal(name_of(core_register_names, 0x5f), "s31");
}

/* A write without its key does nothing: the words say what stands in the key's place. */
static void test_keys(void **state)
{
	(void)state;
	expect_write(0xe000ed0c, "AIRCR", 0x00000004, "VECTKEY=0x0 SYSRESETREQ");
	expect_write(0xe000edf0, "DHCSR", 0x12340003, "DBGKEY=0x1234 C_DEBUGEN C_HALT");
}

static void test_debug_port(void **state)
{
	(void)state;
	expect_words(registers_dp(0x00, false), "DPIDR", 0x2ba01477, "Cortex-M3/M4: F2 F3 F4 L1 L4 G4");
	expect_words(registers_dp(0x00, false), "DPIDR", 0x0bb11477, "Cortex-M0: F0");
	expect_words(registers_dp(0x00, false), "DPIDR", 0x4ba12477, "Arm PARTNO=186 REVISION=4 VERSION=2 MIN");
	expect_words(registers_dp(0x00, false), "DPIDR", 0, "no debug port");
	expect_words(registers_dp(0x00, true), "ABORT", 0x0000001e, "ORUNERRCLR WDERRCLR STKERRCLR STKCMPCLR");
	expect_words(registers_dp(0x04, false), "CTRL/STAT", 0xf0000040,
	             "CSYSPWRUPACK CDBGPWRUPACK CSYSPWRUPREQ CDBGPWRUPREQ READOK");
	expect_words(registers_dp(0x04, false), "CTRL/STAT", 0xf0000060,
	             "STICKYERR CSYSPWRUPACK CDBGPWRUPACK CSYSPWRUPREQ CDBGPWRUPREQ READOK");
	expect_words(registers_dp(0x04, true), "CTRL/STAT", 0x50000f00, "CSYSPWRUPREQ CDBGPWRUPREQ MASKLANE=15");
	expect_words(registers_dp(0x08, true), "SELECT", 0x010000f0, "APSEL=1 APBANKSEL=15");
	expect_words(registers_dp(0x0c, false), "RDBUFF", 0x12345678, "");
	expect_words(registers_dp(0x0c, true), "TARGETSEL", 0x01002927, "TDESIGNER=0x493 TPARTNO=0x1002");
	expect_words(registers_dp(0x14, true), "DLCR", 0x00000040, "1 clock turnround");
	expect_words(registers_dp(0x24, false), "TARGETID", 0x04500041, "ST TPARTNO=0x4500");
	expect_words(registers_dp(0x34, false), "DLPIDR", 0x00000001, "PROTVSN=1");
	expect_words(registers_dp(0x44, false), "EVENTSTAT", 0x00000001, "EA");
	/* Only register 4 has banks. */
	assert_ptr_equal(registers_dp(0xf8, true), registers_dp(0x08, true));
	assert_ptr_equal(registers_dp(0x10, false), registers_dp(0x00, false));
	assert_null(registers_dp(0x54, false));
	assert_null(registers_dp(0x24, true));
}

static void test_access_port(void **state)
{
	(void)state;
	expect_words(registers_ap(0x00, true), "CSW", 0x23000052, "32-bit increment DeviceEn MasterType HPROT1");
	expect_words(registers_ap(0x04, true), "TAR", 0xe000ed00, "");
	expect_words(registers_ap(0x1c, false), "BD3", 1, "");
	expect_words(registers_ap(0xf4, false), "CFG", 0x00000002, "LA");
	expect_words(registers_ap(0xf8, false), "BASE", 0xe00ff003, "present");
	expect_words(registers_ap(0xf8, false), "BASE", 0xffffffff, "no ROM table");
	expect_words(registers_ap(0xfc, false), "IDR", 0x24770011, "AHB-AP, Cortex-M3/M4");
	expect_words(registers_ap(0xfc, false), "IDR", 0x94770008, "MEM-AP AHB5+HPROT Arm REVISION=9");
	expect_words(registers_ap(0xfc, false), "IDR", 0, "no access port");
	assert_null(registers_ap(0xfc, true));
}

static void test_chips(void **state)
{
	(void)state;
	expect_read(0xe0042000, "DBGMCU_IDCODE", 0x10006431, "STM32F411 rev 0x1000");
	expect_read(0x40015800, "DBGMCU_IDCODE", 0x20086447, "STM32L07x/L08x rev 0x2008");
	expect_read(0x5c001000, "DBGMCU_IDCODE", 0x20036450, "STM32H74x/H75x rev 0x2003");
	expect_read(0xe0044000, "DBGMCU_IDCODE", 0x30016482, "STM32U575/U585 rev 0x3001");
	expect_read(0xe0042000, "DBGMCU_IDCODE", 0x10006fff, "DEV_ID 0xfff rev 0x1000");
	expect_write(0x5c001004, "DBGMCU_CR", 0x00700000, "TRACECLKEN D1DBGCKEN D3DBGCKEN");
	expect_write(0xe0044004, "DBGMCU_CR", 0x00000006, "STOP STANDBY");
	expect_read(0x1fff7a22, "flash size", 512, "512 KiB");
	expect_read(0x1fff7a20, "flash size", 0x0200ffff, "512 KiB");
	assert_null(registers_memory(0xe0042000, true, STM32_ANY));
	assert_null(registers_memory(0x20000000, false, STM32_ANY));
}

/* A flash register of a family, its name, what is said of a value. */
static void expect_flash(unsigned families, uint32_t address, bool write, const char *name, uint32_t value, const char *meaning)
{
	const struct target_register *row = registers_memory(address, write, families);
	char words[EVERYTHING];

	assert_non_null(row);
	assert_string_equal(row->name, name);
	assert_int_equal(registers_meaning(row, value, words, sizeof words), strlen(meaning));
	assert_string_equal(words, meaning);
}

static void test_flash(void **state)
{
	const struct target_register *rows[4];

	(void)state;
	expect_flash(STM32_F1, 0x40022004, true, "FLASH_KEYR", 0x45670123, "KEY1, unlock flash");
	expect_flash(STM32_F1, 0x4002200c, false, "FLASH_SR", 0x00000014, "write protected, not erased before");
	expect_flash(STM32_F3, 0x40022010, true, "FLASH_CR", 0x00000042, "erase the page in FLASH_AR");
	expect_flash(STM32_F0, 0x40022010, true, "FLASH_CR", 0x00000044, "mass erase");
	expect_flash(STM32_F0, 0x40022010, true, "FLASH_CR", 0x00000080, "lock flash");
	expect_flash(STM32_F1, 0x4002201c, false, "FLASH_OBR", 0x03fffffe, "RDP level 1");
	expect_flash(STM32_F1, 0x4002201c, false, "FLASH_OBR", 0x03fffffc, "RDP level 0");
	expect_flash(STM32_F0, 0x4002201c, false, "FLASH_OBR", 0x00ff0006, "RDP level 2");
	expect_flash(STM32_F4, 0x40023c10, true, "FLASH_CR", 0x00010012, "erase sector 2");
	expect_flash(STM32_F4, 0x40023c10, true, "FLASH_CR", 0x0001008a, "erase sector 13"); /* bank 2 begins at 12, coded 16 */
	expect_flash(STM32_F2, 0x40023c10, true, "FLASH_CR", 0x00010004, "mass erase");
	expect_flash(STM32_F7, 0x40023c10, true, "FLASH_CR", 0x00000201, "program");
	expect_flash(STM32_F4, 0x40023c0c, false, "FLASH_SR", 0x00010000, "busy");
	expect_flash(STM32_F4, 0x40023c0c, false, "FLASH_SR", 0x00000010, "write protected");
	expect_flash(STM32_F4, 0x40023c14, false, "FLASH_OPTCR", 0x0fffaaed, "RDP level 0");
	expect_flash(STM32_F4, 0x40023c14, true, "FLASH_OPTCR", 0x0fffcced, "lock option bytes, RDP level 2");
	expect_flash(STM32_L1, 0x40023c0c, true, "FLASH_PEKEYR", 0x89abcdef, "PEKEY1, unlock FLASH_PECR");
	expect_flash(STM32_L1, 0x40023c04, true, "FLASH_PECR", 0x00000208, "erase pages by writing to them");
	expect_flash(STM32_L0, 0x40022018, false, "FLASH_SR", 0x00000101, "busy, write protected");
	expect_flash(STM32_L4, 0x40022014, true, "FLASH_CR", 0x0001002a, "erase page 5");
	expect_flash(STM32_G0, 0x40022008, true, "FLASH_KEYR", 0xcdef89ab, "KEY2, unlock flash");
	expect_flash(STM32_G4, 0x40022020, false, "FLASH_OPTR", 0xffeff8aa, "RDP level 0");
	expect_flash(STM32_WB, 0x58004020, false, "FLASH_OPTR", 0x3dfff1bb, "RDP level 1");
	expect_flash(STM32_U5, 0x40022040, false, "FLASH_OPTR", 0x1feff855, "RDP level 0.5");
	expect_flash(STM32_H7, 0x5200200c, true, "FLASH_CR1", 0x000002b4, "erase sector 2");
	expect_flash(STM32_H7AB, 0x5200200c, true, "FLASH_CR1", 0x000000a4, "erase sector 2");
	expect_flash(STM32_H7, 0x5200201c, false, "FLASH_OPTSR_CUR", 0x1bc6aaf0, "RDP level 0");
	expect_flash(STM32_H5, 0x40022050, false, "FLASH_OPTSR_CUR", 0x0030edf8, "product state open");
	expect_flash(STM32_F1, 0x1ffff800, false, "option bytes", 0x00ff5aa5, "RDP level 0");
	expect_flash(STM32_F3, 0x1ffff800, false, "option bytes", 0x00ff55aa, "RDP level 0");
	/* What a family may be is told only as far as it is known. */
	assert_null(registers_memory(0x40023c0c, false, STM32_ANY));
	assert_int_equal(registers_candidates(0x40023c0c, false, STM32_ANY, rows, 4), 2);
	assert_int_equal(registers_candidates(0x40023c0c, true, STM32_F1 | STM32_F2 | STM32_L1, rows, 4), 2);
	assert_int_equal(registers_candidates(0x40022010, false, STM32_ANY, rows, 1), 5);
	assert_null(registers_memory(0x40022010, true, STM32_H7));
	assert_string_equal(registers_memory(0x52002004, true, STM32_ANY)->name, "FLASH_KEYR1");
}

static void expect_order(uint32_t address, unsigned families, uint32_t value, enum order order)
{
	assert_int_equal(registers_order(registers_memory(address, true, families), value), order);
}

static void test_orders(void **state)
{
	(void)state;
	expect_order(0xe000edf0, STM32_ANY, 0xa05f0003, ORDER_HALT);
	expect_order(0xe000edf0, STM32_ANY, 0xa05f000b, ORDER_HALT);
	expect_order(0xe000edf0, STM32_ANY, 0xa05f0001, ORDER_RUN);
	expect_order(0xe000edf0, STM32_ANY, 0xa05f0005, ORDER_RUN);
	expect_order(0xe000edf0, STM32_ANY, 0xa05f0000, ORDER_DEBUG_OFF);
	expect_order(0xe000edf0, STM32_ANY, 0x00000003, ORDER_NONE); /* without the key */
	expect_order(0xe000ed0c, STM32_ANY, 0x05fa0004, ORDER_RESET);
	expect_order(0xe000ed0c, STM32_ANY, 0x00000004, ORDER_NONE);
	expect_order(0x40023c10, STM32_F4, 0x00010012, ORDER_ERASE);
	expect_order(0x40023c10, STM32_F4, 0x00000012, ORDER_NONE);
	expect_order(0x40023c10, STM32_F4, 0x00000001, ORDER_PROGRAM);
	expect_order(0x40023c10, STM32_F4, 0x80000000, ORDER_LOCK);
	expect_order(0x40023c04, STM32_F4, 0xcdef89ab, ORDER_UNLOCK);
}

/* In a reader's words, as the issue of the register-level decoding puts them. */
static void expect_meaning(const struct target_register *row, uint32_t value, const char *expected)
{
	char words[EVERYTHING];

	registers_meaning(row, value, words, sizeof words);
	assert_string_equal(words, expected);
}

static void test_meanings(void **state)
{
	const struct target_register *status = registers_memory(0xe000edf0, false, STM32_ANY), *control = registers_memory(0xe000edf0, true, STM32_ANY);
	const struct target_register *breakpoint = registers_memory(0xe0002008, true, STM32_ANY);

	(void)state;
	expect_meaning(status, 0x00030003, "halted, debug enabled");
	expect_meaning(status, 0x03010000, "running, debug off, was reset");
	expect_meaning(status, 0x00040001, "asleep, debug enabled");
	expect_meaning(status, 0x00080001, "locked up, debug enabled");
	expect_meaning(control, 0xa05f0003, "halt");
	expect_meaning(control, 0xa05f0001, "debug on, run");
	expect_meaning(control, 0xa05f0005, "step");
	expect_meaning(control, 0xa05f0000, "debug off");
	expect_meaning(control, 0x12340003, "");
	expect_meaning(registers_memory(0xe000ed0c, true, STM32_ANY), 0x05fa0004, "reset: SYSRESETREQ");
	expect_meaning(registers_memory(0xe000edfc, true, STM32_ANY), 0x00000001, "halt after a reset");
	expect_meaning(registers_memory(0xe000edf4, true, STM32_ANY), 0x0000000f, "read register pc");
	expect_meaning(registers_memory(0xe000edf4, true, STM32_ANY), 0x00010010, "write register xPSR");
	expect_meaning(breakpoint, 0, "no breakpoint");
	expect_meaning(breakpoint, 0x48000101, "breakpoint at 0x8000100");
	expect_meaning(breakpoint, 0x88000101, "breakpoint at 0x8000102");
	expect_meaning(breakpoint, 0x08000103, "breakpoint at 0x8000102"); /* revision 1 */
	expect_meaning(registers_dp(0x04, false), 0xf0000060, "sticky error, powered up");
	expect_meaning(registers_dp(0x04, false), 0x50000000, "not powered");
	expect_meaning(registers_dp(0x04, true), 0x50000020, "power up");
	expect_meaning(registers_dp(0x00, true), 0x0000001e, "clear all errors");
}

/* Fewer bytes than the register has hold it where it uses no more bits. */
static void test_whole(void **state)
{
	const struct target_register *size = registers_memory(0x1fff7a22, false, STM32_ANY), *status = registers_memory(0xe000edf0, false, STM32_ANY);

	(void)state;
	assert_true(registers_whole(size, 2));
	assert_false(registers_whole(size, 1));
	assert_true(registers_whole(size, 4));
	assert_true(registers_whole(status, 4));
	assert_false(registers_whole(status, 2));
	assert_false(registers_whole(status, 8));
	assert_false(registers_whole(registers_memory(0xe000ed08, false, STM32_ANY), 2)); /* VTOR has no bits: all of it is the value */
}

static void test_regions(void **state)
{
	(void)state;
	assert_string_equal(registers_region(0x08000000), "flash");
	assert_string_equal(registers_region(0x1fff0000), "system memory");
	assert_string_equal(registers_region(0x1ffff800), "option bytes");
	assert_string_equal(registers_region(0x20000000), "SRAM");
	assert_string_equal(registers_region(0x40023c00), "peripheral");
	assert_string_equal(registers_region(0xe000e100), "system control");
	assert_string_equal(registers_region(0xe0041fbc), "ETM");
	assert_string_equal(registers_region(0xe0042000), "private bus");
	assert_string_equal(registers_region(0xe00ff000), "ROM table");
	for (uint64_t address = 0; address <= UINT32_MAX; address += 0x1000)
		assert_non_null(registers_region((uint32_t)address));
	for (const struct memory_region *region = memory_regions; region->name; region++) {
		assert_true(region->first < region->last);
		assert_string_equal(registers_region(region->first), region->name); /* none hides behind another */
	}
}

static void test_unique_ids(void **state)
{
	(void)state;
	assert_int_equal(stm32_unique_id_offset(0x1fff7a10, 12), 0);
	assert_int_equal(stm32_unique_id_offset(0x1fff7a18, 4), 0);
	assert_int_equal(stm32_unique_id_offset(0x1fff7a00, 0x20), 0x10);
	assert_int_equal(stm32_unique_id_offset(0x1fff7a00, 0x10), UINT32_MAX);
	assert_int_equal(stm32_unique_id_offset(0x1fff7a1c, 4), UINT32_MAX);
	assert_int_equal(stm32_unique_id_offset(0x08fff80c, 4), UINT32_MAX);
	assert_int_equal(stm32_unique_id_offset(0xfffffffc, 4), UINT32_MAX);
}

/* Words are cut whole, and say so, in room of any size; nothing is written behind it. */
static void test_cut(void **state)
{
	const struct target_register *row = registers_dp(0x04, false);
	char full[EVERYTHING], words[EVERYTHING + 1];
	size_t length = registers_words(row, UINT32_MAX, full, sizeof full);

	(void)state;
	registers_words(row, 0xf0000040, words, 40);
	assert_string_equal(words, "CSYSPWRUPACK CDBGPWRUPACK ...");
	for (size_t size = 1; size <= EVERYTHING; size++) {
		size_t written;

		memset(words, '#', sizeof words);
		written = registers_words(row, UINT32_MAX, words, size);
		assert_true(written < size);
		assert_int_equal(strlen(words), written);
		assert_int_equal(words[size], '#');
		if (size > length + 8)
			assert_string_equal(words, full);
		else if (written > 3 && strcmp(words, full))
			assert_string_equal(words + written - 3, "...");
	}
}

/* Properties */

static void check_names(const struct target_register *row, const struct name *names, unsigned width)
{
	for (const struct name *name = names; name && name->text; name++) {
		if (width < 64 && name->value >> width)
			fail_msg("%s: %s does not fit", row->name, name->text);
		for (const struct name *other = names; other < name; other++)
			if (other->value == name->value)
				fail_msg("%s: %s has another name already", row->name, name->text);
	}
}

static void check_row(const struct target_register *row)
{
	uint32_t seen = 0;

	assert_true(row->name && row->name[0] && row->summary && row->summary[0]);
	assert_in_range(row->access, REGISTER_READ, REGISTER_BOTH);
	check_names(row, row->known, 32);
	for (const struct meaning *meaning = row->meanings; meaning && meaning->text; meaning++)
		if (meaning->match & ~meaning->mask || !meaning->text[0] ||
		    (meaning->argument && meaning->text[strlen(meaning->text) - 1] != ' '))
			fail_msg("%s: \"%s\" can never be said, or not so", row->name, meaning->text);
	for (const struct bits *bits = row->bits; bits && bits->name; bits++) {
		if (bits->low > bits->high || bits->high > 31)
			fail_msg("%s: %s does not fit", row->name, bits->name);
		for (unsigned bit = bits->low; bit <= bits->high; bit++) {
			if (seen >> bit & 1)
				fail_msg("%s: %s shares a bit", row->name, bits->name);
			seen |= UINT32_C(1) << bit;
		}
		check_names(row, bits->names, bits->high - bits->low + 1U);
	}
}

/* Two rows of one address mean different families, or the one reading and the other writing. */
static void check_pair(const struct target_register *before, const struct target_register *row)
{
	bool apart = before->families && row->families && !(before->families & row->families);

	if (!apart && (before->access != REGISTER_READ || row->access != REGISTER_WRITE || before->families != row->families))
		fail_msg("%s and %s at %08x mean the same", before->name, row->name, row->address);
}

static void test_rows(void **state)
{
	(void)state;
	for (size_t table = 0; table < TABLES; table++)
		for (size_t i = 0; i < tables[table]->count; i++) {
			const struct target_register *row = tables[table]->rows + i, *before = row - 1;

			check_row(row);
			if (i && before->address > row->address)
				fail_msg("%s is out of order", row->name);
			for (; i && before >= tables[table]->rows && before->address == row->address; before--)
				check_pair(before, row);
		}
}

/* The tables of memory do not overlap, so that every row is found. */
static void test_every_row_is_found(void **state)
{
	(void)state;
	for (size_t table = 3; table < TABLES; table++)
		for (size_t i = 0; i < tables[table]->count; i++) {
			const struct target_register *row = tables[table]->rows + i;

			for (const struct name *family = stm32_family_names; family->text; family++)
				if (!row->families || row->families & family->value)
					assert_ptr_equal(registers_memory(row->address, row->access == REGISTER_WRITE, (unsigned)family->value), row);
			assert_int_equal(stm32_unique_id_offset(row->address, 1), UINT32_MAX);
		}
	for (size_t i = 0; i < dp_registers.count; i++)
		assert_ptr_equal(registers_dp((uint8_t)dp_registers.rows[i].address, dp_registers.rows[i].access == REGISTER_WRITE),
		                 dp_registers.rows + i);
	for (size_t i = 0; i < core_registers.count; i++)
		assert_string_equal(name_of(core_register_names, core_registers.rows[i].address), core_registers.rows[i].name);
}

/* Agreement with the protocol notes */

#define COLUMNS 7

static bool next_row(FILE *file, char **line, size_t *size, char *columns[])
{
	char *at;

	if (getline(line, size, file) <= 0)
		return false;
	at = *line;
	for (unsigned i = 0; i < COLUMNS; i++) {
		columns[i] = at;
		at += strcspn(at, "\t\n");
		if (*at)
			*at++ = '\0';
	}
	return true;
}

/* Every address of eight digits in a column of the notes. */
static void expect_addresses(char *column, const char *name)
{
	for (char *at = column; (at = strstr(at, "0x")); at++) {
		uint32_t address = (uint32_t)strtoul(at, NULL, 16);
		const struct target_register *row = registers_memory(address, false, STM32_ANY);

		if (strspn(at + 2, "0123456789ABCDEF") != 8 || !strncmp(at + 10, " (>>12)", 7))
			continue;
		if (name && (!row || strcmp(row->name, name)))
			fail_msg("%s at %08x is missing", name, address);
		if (!name && stm32_unique_id_offset(address, 1) == UINT32_MAX)
			fail_msg("unique id at %08x is missing", address);
	}
}

static void test_devices_are_those_of_the_notes(void **state)
{
	FILE *file = fopen("../shared/protocol/devices.tsv", "r");
	size_t size = 0, count = 0;
	char *line = NULL, *column[COLUMNS];

	(void)state;
	if (!file) {
		print_message("SKIPPED: ../shared/protocol/devices.tsv is not here\n");
		skip();
	}
	assert_true(next_row(file, &line, &size, column)); /* its heading */
	for (; next_row(file, &line, &size, column); count++) {
		if (stm32_devices[count].value != strtoul(column[0], NULL, 16))
			fail_msg("%s is missing, or out of order", column[0]);
		expect_addresses(column[4], "DBGMCU_IDCODE");
		expect_addresses(column[5], "flash size");
		expect_addresses(column[6], NULL);
	}
	assert_null(stm32_devices[count].text);
	for (size_t i = 0; i < count; i++)
		if (stm32_families_of_device((uint16_t)stm32_devices[i].value) == STM32_ANY)
			fail_msg("%s has no family", stm32_devices[i].text);
	free(line);
	fclose(file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_connect),
		cmocka_unit_test(test_trace),
		cmocka_unit_test(test_core),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_debug_port),
		cmocka_unit_test(test_access_port),
		cmocka_unit_test(test_chips),
		cmocka_unit_test(test_flash),
		cmocka_unit_test(test_orders),
		cmocka_unit_test(test_meanings),
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_regions),
		cmocka_unit_test(test_unique_ids),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_every_row_is_found),
		cmocka_unit_test(test_devices_are_those_of_the_notes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
