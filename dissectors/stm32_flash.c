/*
 * The flash controllers of the STM32 lines and their option bytes: keys, status, control, protection.
 * Knows: which line keeps what where; one address means different things on different lines, so every row names its lines.
 * Must not know: which line is attached (the caller says what it may be).
 * Sources: the flash chapters of the lines' reference manuals. Numbers are facts of theirs; access latency (ACR) is left out.
 */
#include "registers.h"

#define FLAG(bit, words) { .name = words, .high = bit, .low = bit }
#define BITS(top, bottom, words) { .name = words, .high = top, .low = bottom }
#define NAMED(top, bottom, words, table) { .name = words, .high = top, .low = bottom, .names = table }
#define BIT(number) (UINT32_C(1) << (number))
#define SET(bits, words) { .mask = bits, .match = bits, .text = words }
#define ALONE(bits, words) { .mask = bits, .match = bits, .text = words, .last = true }
#define WHERE(bits, value, words) { .mask = bits, .match = value, .text = words, .last = true }
#define UNLOCKS(key, words) { .mask = UINT32_MAX, .match = key, .text = words, .last = true, .order = ORDER_UNLOCK }
#define ORDERS(what, bits, words) { .mask = bits, .match = bits, .text = words, .last = true, .order = ORDER_##what }
#define ERASES(bits, words, number) { .mask = bits, .match = bits, .text = words, .argument = number, .last = true, .order = ORDER_ERASE }
#define READY(bits) { .mask = bits, .match = 0, .text = "ready", .last = true } /* neither busy nor anything to tell */
#define NUMBERED(bits, words, number) { .mask = bits, .match = bits, .text = words, .argument = number, .last = true }

#define F013 (STM32_F0 | STM32_F1 | STM32_F3)
#define F247 (STM32_F2 | STM32_F4 | STM32_F7)
#define L01 (STM32_L0 | STM32_L1)
#define G0C0U0 (STM32_G0 | STM32_C0 | STM32_U0)
#define L4G4 (STM32_L4 | STM32_G4)
#define WBWL (STM32_WB | STM32_WL)
#define U5WBA (STM32_U3 | STM32_U5 | STM32_WBA)
#define H7ALL (STM32_H7 | STM32_H7AB)

/* Keys */

static const struct name key_known[] = { { 0x45670123, "KEY1" }, { 0xcdef89ab, "KEY2" }, { 0, NULL } };
static const struct meaning key_meanings[] = {
	WHERE(UINT32_MAX, 0x45670123, "KEY1, unlock flash"), UNLOCKS(0xcdef89ab, "KEY2, unlock flash"), { 0 },
};
static const struct name option_key_known[] = { { 0x08192a3b, "OPTKEY1" }, { 0x4c5d6e7f, "OPTKEY2" }, { 0, NULL } };
static const struct meaning option_key_meanings[] = {
	WHERE(UINT32_MAX, 0x08192a3b, "OPTKEY1, unlock option bytes"),
	WHERE(UINT32_MAX, 0x4c5d6e7f, "OPTKEY2, unlock option bytes"), { 0 },
};
static const struct meaning f1_option_key_meanings[] = {
	WHERE(UINT32_MAX, 0x45670123, "KEY1, unlock option bytes"),
	WHERE(UINT32_MAX, 0xcdef89ab, "KEY2, unlock option bytes"), { 0 },
};
static const struct name power_key_known[] = { { 0x04152637, "PDKEY1" }, { 0xfafbfcfd, "PDKEY2" }, { 0, NULL } };
static const struct name lx_control_key_known[] = { { 0x89abcdef, "PEKEY1" }, { 0x02030405, "PEKEY2" }, { 0, NULL } };
static const struct meaning lx_control_key_meanings[] = {
	WHERE(UINT32_MAX, 0x89abcdef, "PEKEY1, unlock FLASH_PECR"),
	WHERE(UINT32_MAX, 0x02030405, "PEKEY2, unlock FLASH_PECR"), { 0 },
};
static const struct name lx_program_key_known[] = { { 0x8c9daebf, "PRGKEY1" }, { 0x13141516, "PRGKEY2" }, { 0, NULL } };
static const struct meaning lx_program_key_meanings[] = {
	WHERE(UINT32_MAX, 0x8c9daebf, "PRGKEY1, unlock flash"), UNLOCKS(0x13141516, "PRGKEY2, unlock flash"),
	{ 0 },
};
static const struct name lx_option_key_known[] = { { 0xfbead9c8, "OPTKEY1" }, { 0x24252627, "OPTKEY2" }, { 0, NULL } };
static const struct meaning lx_option_key_meanings[] = {
	WHERE(UINT32_MAX, 0xfbead9c8, "OPTKEY1, unlock option bytes"),
	WHERE(UINT32_MAX, 0x24252627, "OPTKEY2, unlock option bytes"), { 0 },
};

/* Read-out protection. Where it is a byte, every value but two or three means level 1. */

#define RDP_BYTE(shift) \
	WHERE(UINT32_C(0xff) << shift, UINT32_C(0xaa) << shift, "RDP level 0"), \
	WHERE(UINT32_C(0xff) << shift, UINT32_C(0xcc) << shift, "RDP level 2"), \
	WHERE(0, 0, "RDP level 1"), { 0 }
static const struct meaning rdp_low_meanings[] = { RDP_BYTE(0) };
static const struct meaning rdp_second_meanings[] = { RDP_BYTE(8) };
static const struct meaning rdp_secure_meanings[] = { WHERE(0xff, 0x55, "RDP level 0.5"), RDP_BYTE(0) };
static const struct meaning f1_obr_meanings[] = {
	SET(BIT(0), "option bytes do not match"), ALONE(BIT(1), "RDP level 1"), WHERE(0, 0, "RDP level 0"), { 0 },
};
static const struct meaning f0_obr_meanings[] = {
	SET(BIT(0), "option bytes do not match"),
	WHERE(6, 0, "RDP level 0"), WHERE(6, 6, "RDP level 2"), WHERE(0, 0, "RDP level 1"), { 0 },
};
static const struct meaning f1_option_meanings[] = {
	WHERE(0xff, 0xa5, "RDP level 0"), WHERE(0, 0, "RDP level 1"), { 0 },
};
static const struct name product_states[] = {
	{ 0xed, "open" }, { 0x17, "provisioning" }, { 0x2e, "iRoT provisioned" }, { 0xc6, "TrustZone closed" }, { 0x72, "closed" },
	{ 0x5c, "locked" }, { 0, NULL },
};
static const struct bits product_state[] = { NAMED(15, 8, "PRODUCT_STATE", product_states), { 0 } };
static const struct meaning product_state_meanings[] = { { .text = "product state ", .argument = product_state, .last = true }, { 0 } };

/* F0, F1, F3: RM0091, RM0008, RM0316 */

static const struct bits f1_sr_bits[] = { FLAG(0, "BSY"), FLAG(4, "WRPRTERR"), FLAG(2, "PGERR"), FLAG(5, "EOP"), { 0 } };
static const struct meaning f1_sr_meanings[] = {
	SET(BIT(0), "busy"), SET(BIT(4), "write protected"), SET(BIT(2), "not erased before"), SET(BIT(5), "done"),
	READY(0x35), { 0 },
};
static const struct meaning f1_sr_clear_meanings[] = {
	WHERE(0x34, 0, "clear nothing"), WHERE(0, 0, "clear flags"), { 0 },
};
static const struct bits f1_cr_bits[] = {
	FLAG(6, "STRT"), FLAG(0, "PG"), FLAG(1, "PER"), FLAG(2, "MER"), FLAG(4, "OPTPG"), FLAG(5, "OPTER"), FLAG(7, "LOCK"),
	FLAG(9, "OPTWRE"), FLAG(10, "ERRIE"), FLAG(12, "EOPIE"), FLAG(13, "OBL_LAUNCH"), { 0 },
};
static const struct meaning f1_cr_meanings[] = {
	ORDERS(LOCK, BIT(7), "lock flash"), ALONE(BIT(13), "load option bytes"), ORDERS(ERASE, BIT(6) | BIT(1), "erase the page in FLASH_AR"),
	ORDERS(ERASE, BIT(6) | BIT(2), "mass erase"), ALONE(BIT(6) | BIT(5), "erase option bytes"), ALONE(BIT(1), "prepare to erase a page"),
	ALONE(BIT(2), "prepare a mass erase"), ORDERS(PROGRAM, BIT(0), "program"), ALONE(BIT(4), "program option bytes"),
	ALONE(BIT(5), "prepare to erase option bytes"), { 0 },
};
static const struct bits f1_obr_bits[] = {
	FLAG(1, "RDPRT"), FLAG(0, "OPTERR"), FLAG(2, "WDG_SW"), FLAG(3, "nRST_STOP"), FLAG(4, "nRST_STDBY"), BITS(17, 10, "Data0"),
	BITS(25, 18, "Data1"), { 0 },
};
static const struct bits f0_obr_bits[] = {
	BITS(2, 1, "RDPRT"), FLAG(0, "OPTERR"), FLAG(8, "WDG_SW"), FLAG(9, "nRST_STOP"), FLAG(10, "nRST_STDBY"), FLAG(12, "nBOOT1"),
	FLAG(13, "VDDA_MONITOR"), FLAG(14, "RAM_PARITY_CHECK"), BITS(23, 16, "Data0"), BITS(31, 24, "Data1"), { 0 },
};
/* Each byte beside its complement. */
static const struct bits f1_option_bits[] = { BITS(7, 0, "RDP"), BITS(23, 16, "USER"), { 0 } };

/* F2, F4, F7: RM0033, RM0090, RM0385 */

static const struct bits f4_sr_bits[] = {
	FLAG(16, "BSY"), FLAG(4, "WRPERR"), FLAG(5, "PGAERR"), FLAG(6, "PGPERR"), FLAG(7, "PGSERR"), FLAG(8, "RDERR"), FLAG(1, "OPERR"),
	FLAG(0, "EOP"), { 0 },
};
static const struct meaning f4_sr_meanings[] = {
	SET(BIT(16), "busy"), SET(BIT(4), "write protected"), SET(BIT(5), "misaligned"), SET(BIT(6), "wrong width"), SET(BIT(7), "wrong sequence"),
	SET(BIT(8), "read protected"), SET(BIT(1), "failed"), SET(BIT(0), "done"),
	READY(0x101f3), { 0 },
};
static const struct meaning f4_sr_clear_meanings[] = { WHERE(0x1f3, 0, "clear nothing"), WHERE(0, 0, "clear flags"), { 0 } };
static const struct name width_names[] = { { 0, "8-bit" }, { 1, "16-bit" }, { 2, "32-bit" }, { 3, "64-bit" }, { 0, NULL } };
static const struct bits f4_cr_bits[] = {
	FLAG(16, "STRT"), FLAG(0, "PG"), FLAG(1, "SER"), FLAG(2, "MER"), BITS(7, 3, "SNB"), NAMED(9, 8, "PSIZE", width_names),
	FLAG(15, "MER2"), FLAG(24, "EOPIE"), FLAG(25, "ERRIE"), FLAG(31, "LOCK"), { 0 },
};
/* Sectors of a second bank are numbered from 16 in the register, and from 12 in the manual. */
static const struct name sector_names[] = {
	{ 16, "12" }, { 17, "13" }, { 18, "14" }, { 19, "15" }, { 20, "16" }, { 21, "17" }, { 22, "18" }, { 23, "19" }, { 24, "20" },
	{ 25, "21" }, { 26, "22" }, { 27, "23" }, { 0, NULL },
};
static const struct bits f4_sector[] = { NAMED(7, 3, "SNB", sector_names), { 0 } };
static const struct meaning f4_cr_meanings[] = {
	ORDERS(LOCK, BIT(31), "lock flash"), ERASES(BIT(16) | BIT(1), "erase sector ", f4_sector), ORDERS(ERASE, BIT(16) | BIT(2) | BIT(15), "mass erase"),
	ORDERS(ERASE, BIT(16) | BIT(2), "mass erase"), ORDERS(ERASE, BIT(16) | BIT(15), "erase bank 2"), ORDERS(PROGRAM, BIT(0), "program"),
	NUMBERED(BIT(1), "prepare to erase sector ", f4_sector), ALONE(BIT(2), "prepare a mass erase"), { 0 },
};
static const struct bits f4_optcr_bits[] = {
	BITS(15, 8, "RDP"), FLAG(0, "OPTLOCK"), FLAG(1, "OPTSTRT"), BITS(3, 2, "BOR_LEV"), FLAG(6, "nRST_STOP"), FLAG(7, "nRST_STDBY"),
	BITS(27, 16, "nWRP"), { 0 },
};
/* Only the written word carries an order. */
static const struct meaning f4_optcr_write_meanings[] = {
	SET(BIT(1), "program option bytes"), SET(BIT(0), "lock option bytes"), RDP_BYTE(8),
};
static const struct bits f2_option_bits[] = { BITS(15, 8, "RDP"), BITS(7, 0, "USER"), { 0 } };

/* L0, L1: RM0367, RM0038 */

static const struct bits lx_sr_bits[] = {
	FLAG(0, "BSY"), FLAG(8, "WRPERR"), FLAG(9, "PGAERR"), FLAG(10, "SIZERR"), FLAG(11, "OPTVERR"), FLAG(13, "RDERR"), FLAG(16, "NOTZEROERR"),
	FLAG(17, "FWWERR"), FLAG(1, "EOP"), FLAG(2, "ENDHV"), FLAG(3, "READY"), { 0 },
};
static const struct meaning lx_sr_meanings[] = {
	SET(BIT(0), "busy"), SET(BIT(8), "write protected"), SET(BIT(9), "misaligned"), SET(BIT(10), "wrong size"), SET(BIT(13), "read protected"),
	SET(BIT(16), "not erased before"), SET(BIT(1), "done"),
	READY(0x32f01), { 0 },
};
static const struct meaning lx_sr_clear_meanings[] = {
	WHERE(0x33f02, 0, "clear nothing"), WHERE(0, 0, "clear flags"), { 0 },
};
static const struct bits lx_pecr_bits[] = {
	FLAG(0, "PELOCK"), FLAG(1, "PRGLOCK"), FLAG(2, "OPTLOCK"), FLAG(3, "PROG"), FLAG(4, "DATA"), FLAG(8, "FIX"), FLAG(9, "ERASE"),
	FLAG(10, "FPRG"), FLAG(15, "PARALLELBANK"), FLAG(16, "EOPIE"), FLAG(17, "ERRIE"), FLAG(18, "OBL_LAUNCH"), { 0 },
};
static const struct meaning lx_pecr_meanings[] = {
	ALONE(BIT(18), "load option bytes"), ORDERS(LOCK, BIT(0), "lock flash"), ORDERS(ERASE, BIT(9) | BIT(3), "erase pages by writing to them"),
	ORDERS(ERASE, BIT(9) | BIT(4), "erase data memory by writing to it"),
	ORDERS(PROGRAM, BIT(10) | BIT(3), "program half pages"), ORDERS(PROGRAM, BIT(3), "program"),
	{ 0 },
};
static const struct bits lx_obr_bits[] = {
	BITS(7, 0, "RDPRT"), FLAG(8, "SPRMOD"), BITS(19, 16, "BOR_LEV"), FLAG(20, "WDG_SW"), FLAG(21, "nRST_STOP"), FLAG(22, "nRST_STDBY"),
	FLAG(23, "BFB2"), { 0 },
};
static const struct bits lx_option_bits[] = { BITS(7, 0, "RDP"), FLAG(8, "SPRMOD"), { 0 } };

/* L4, G4, G0, C0, U0, WB, WL: RM0351, RM0440, RM0444, RM0434. L5, U5, WBA have the same flags: RM0438, RM0456 */

#define L4_SR_BITS FLAG(16, "BSY"), FLAG(4, "WRPERR"), FLAG(3, "PROGERR"), FLAG(5, "PGAERR"), FLAG(6, "SIZERR"), FLAG(7, "PGSERR"), \
	FLAG(8, "MISERR"), FLAG(9, "FASTERR"), FLAG(14, "RDERR"), FLAG(15, "OPTVERR"), FLAG(1, "OPERR"), FLAG(0, "EOP")
static const struct bits l4_sr_bits[] = { L4_SR_BITS, FLAG(17, "PEMPTY"), { 0 } };
static const struct bits g0_sr_bits[] = { L4_SR_BITS, FLAG(17, "BSY2"), FLAG(18, "CFGBSY"), { 0 } };
static const struct bits wb_sr_bits[] = { L4_SR_BITS, FLAG(18, "CFGBSY"), FLAG(19, "PESD"), { 0 } };
static const struct bits l5_sr_bits[] = {
	FLAG(16, "BSY"), FLAG(4, "WRPERR"), FLAG(3, "PROGERR"), FLAG(5, "PGAERR"), FLAG(6, "SIZERR"), FLAG(7, "PGSERR"), FLAG(13, "OPTWERR"),
	FLAG(1, "OPERR"), FLAG(0, "EOP"), FLAG(17, "WDW"), { 0 },
};
static const struct meaning l4_sr_meanings[] = {
	SET(BIT(16), "busy"), SET(BIT(4), "write protected"), SET(BIT(3), "not erased before"), SET(BIT(5), "misaligned"), SET(BIT(6), "wrong size"),
	SET(BIT(7), "wrong sequence"), SET(BIT(14), "read protected"), SET(BIT(1), "failed"), SET(BIT(0), "done"),
	READY(0x1c1fb), { 0 },
};
static const struct meaning l4_sr_clear_meanings[] = {
	WHERE(0xe3fb, 0, "clear nothing"), WHERE(0, 0, "clear flags"), { 0 },
};
#define L4_CR_BITS FLAG(16, "STRT"), FLAG(0, "PG"), FLAG(1, "PER"), FLAG(2, "MER1"), FLAG(15, "MER2"), FLAG(17, "OPTSTRT"), \
	FLAG(18, "FSTPG"), FLAG(24, "EOPIE"), FLAG(25, "ERRIE"), FLAG(26, "RDERRIE"), FLAG(27, "OBL_LAUNCH"), FLAG(30, "OPTLOCK"), FLAG(31, "LOCK")
static const struct bits l4_cr_bits[] = { L4_CR_BITS, BITS(10, 3, "PNB"), FLAG(11, "BKER"), { 0 } };
static const struct bits g0_cr_bits[] = { L4_CR_BITS, BITS(12, 3, "PNB"), FLAG(13, "BKER"), { 0 } };
static const struct bits wb_cr_bits[] = { L4_CR_BITS, BITS(10, 3, "PNB"), { 0 } };
static const struct bits l4_page[] = { BITS(10, 3, "PNB"), { 0 } };
static const struct bits g0_page[] = { BITS(12, 3, "PNB"), { 0 } };
#define ONE_BANK BIT(31) /* LOCK: a word with it is no order to erase */
#define L4_CR_MEANINGS(page, bank) \
	ALONE(BIT(27), "load option bytes"), ALONE(BIT(17), "program option bytes"), ORDERS(LOCK, BIT(31), "lock flash"), \
	ERASES(BIT(16) | BIT(1) | bank, "erase in bank 2 page ", page), ERASES(BIT(16) | BIT(1), "erase page ", page), \
	ORDERS(ERASE, BIT(16) | BIT(2) | BIT(15), "mass erase"), ORDERS(ERASE, BIT(16) | BIT(2), "mass erase"), \
	ORDERS(ERASE, BIT(16) | BIT(15), "erase bank 2"), \
	ORDERS(PROGRAM, BIT(0), "program"), ORDERS(PROGRAM, BIT(18), "fast program"), NUMBERED(BIT(1), "prepare to erase page ", page), \
	ALONE(BIT(2), "prepare a mass erase"), { 0 }
static const struct meaning l4_cr_meanings[] = { L4_CR_MEANINGS(l4_page, BIT(11)) };
static const struct meaning wb_cr_meanings[] = { L4_CR_MEANINGS(l4_page, ONE_BANK) };
static const struct meaning g0_cr_meanings[] = { L4_CR_MEANINGS(g0_page, BIT(13)) };
#define OPTR_BITS BITS(7, 0, "RDP"), FLAG(16, "IWDG_SW"), FLAG(19, "WWDG_SW"), FLAG(26, "nSWBOOT0"), FLAG(27, "nBOOT0")
static const struct bits l4_optr_bits[] = {
	OPTR_BITS, BITS(10, 8, "BOR_LEV"), FLAG(12, "nRST_STOP"), FLAG(13, "nRST_STDBY"), FLAG(14, "nRST_SHDW"), FLAG(23, "nBOOT1"), { 0 },
};
static const struct bits g0_optr_bits[] = {
	BITS(7, 0, "RDP"), FLAG(13, "nRST_STOP"), FLAG(14, "nRST_STDBY"), FLAG(16, "IWDG_SW"), FLAG(19, "WWDG_SW"), FLAG(24, "nBOOT_SEL"),
	FLAG(25, "nBOOT1"), FLAG(26, "nBOOT0"), { 0 },
};
static const struct bits wb_optr_bits[] = {
	OPTR_BITS, FLAG(8, "ESE"), BITS(11, 9, "BOR_LEV"), FLAG(12, "nRST_STOP"), FLAG(13, "nRST_STDBY"), FLAG(14, "nRST_SHDW"), FLAG(23, "nBOOT1"),
	{ 0 },
};
static const struct bits l5_optr_bits[] = {
	OPTR_BITS, BITS(10, 8, "BOR_LEV"), FLAG(12, "nRST_STOP"), FLAG(13, "nRST_STDBY"), FLAG(14, "nRST_SHDW"), FLAG(20, "SWAP_BANK"),
	FLAG(31, "TZEN"), { 0 },
};

/* H7: RM0433, RM0455. H5: RM0481 */

static const struct bits h7_sr_bits[] = {
	FLAG(0, "BSY"), FLAG(2, "QW"), FLAG(1, "WBNE"), FLAG(17, "WRPERR"), FLAG(18, "PGSERR"), FLAG(19, "STRBERR"), FLAG(21, "INCERR"),
	FLAG(22, "OPERR"), FLAG(23, "RDPERR"), FLAG(24, "RDSERR"), FLAG(25, "SNECCERR"), FLAG(26, "DBECCERR"), FLAG(16, "EOP"), { 0 },
};
static const struct meaning h7_sr_meanings[] = {
	SET(BIT(0), "busy"), SET(BIT(2), "queued"), SET(BIT(17), "write protected"), SET(BIT(18), "wrong sequence"), SET(BIT(19), "strobe error"),
	SET(BIT(21), "inconsistent"), SET(BIT(22), "failed"), SET(BIT(23), "read protected"), SET(BIT(16), "done"),
	READY(0x7ef0005), { 0 },
};
static const struct meaning clear_meanings[] = { WHERE(UINT32_MAX, 0, "clear nothing"), WHERE(0, 0, "clear flags"), { 0 } };
static const struct bits h7_cr_bits[] = {
	FLAG(7, "START"), FLAG(1, "PG"), FLAG(2, "SER"), FLAG(3, "BER"), NAMED(5, 4, "PSIZE", width_names), FLAG(6, "FW"), BITS(10, 8, "SNB"),
	FLAG(15, "CRC_EN"), FLAG(0, "LOCK"), { 0 },
};
static const struct bits h7_sector[] = { BITS(10, 8, "SNB"), { 0 } };
static const struct meaning h7_cr_meanings[] = {
	ORDERS(LOCK, BIT(0), "lock flash"), ERASES(BIT(7) | BIT(2), "erase sector ", h7_sector), ORDERS(ERASE, BIT(7) | BIT(3), "erase bank"),
	NUMBERED(BIT(2), "prepare to erase sector ", h7_sector), ALONE(BIT(3), "prepare to erase bank"), ORDERS(PROGRAM, BIT(1), "program"), { 0 },
};
static const struct bits h7ab_cr_bits[] = {
	FLAG(5, "START"), FLAG(1, "PG"), FLAG(2, "SER"), FLAG(3, "BER"), FLAG(4, "FW"), BITS(12, 6, "SSN"), FLAG(15, "CRC_EN"), FLAG(0, "LOCK"),
	{ 0 },
};
static const struct bits h7ab_sector[] = { BITS(12, 6, "SSN"), { 0 } };
static const struct meaning h7ab_cr_meanings[] = {
	ORDERS(LOCK, BIT(0), "lock flash"), ERASES(BIT(5) | BIT(2), "erase sector ", h7ab_sector), ORDERS(ERASE, BIT(5) | BIT(3), "erase bank"),
	NUMBERED(BIT(2), "prepare to erase sector ", h7ab_sector), ALONE(BIT(3), "prepare to erase bank"), ORDERS(PROGRAM, BIT(1), "program"), { 0 },
};
static const struct bits h7_optcr_bits[] = { FLAG(0, "OPTLOCK"), FLAG(1, "OPTSTART"), FLAG(4, "MER"), FLAG(31, "SWAP_BANK"), { 0 } };
static const struct meaning h7_optcr_meanings[] = {
	ALONE(BIT(1), "program option bytes"), ORDERS(ERASE, BIT(4), "mass erase"), ALONE(BIT(0), "lock option bytes"), { 0 },
};
static const struct bits h7_optsr_bits[] = {
	BITS(15, 8, "RDP"), FLAG(0, "OPT_BUSY"), BITS(3, 2, "BOR_LEV"), FLAG(4, "IWDG1_SW"), FLAG(6, "nRST_STOP"), FLAG(7, "nRST_STBY"),
	FLAG(21, "SECURITY"), FLAG(30, "OPTCHANGEERR"), FLAG(31, "SWAP_BANK_OPT"), { 0 },
};
static const struct bits h5_sr_bits[] = {
	FLAG(0, "BSY"), FLAG(3, "DBNE"), FLAG(1, "WBNE"), FLAG(17, "WRPERR"), FLAG(18, "PGSERR"), FLAG(19, "STRBERR"), FLAG(20, "INCERR"),
	FLAG(23, "OPTCHANGEERR"), FLAG(16, "EOP"), { 0 },
};
static const struct meaning h5_sr_meanings[] = {
	SET(BIT(0), "busy"), SET(BIT(17), "write protected"), SET(BIT(18), "wrong sequence"), SET(BIT(19), "strobe error"),
	SET(BIT(20), "inconsistent"), SET(BIT(23), "option bytes not changed"), SET(BIT(16), "done"),
	READY(0x9f0009), { 0 },
};
static const struct bits h5_cr_bits[] = {
	FLAG(5, "STRT"), FLAG(1, "PG"), FLAG(2, "SER"), FLAG(3, "BER"), FLAG(4, "FW"), BITS(12, 6, "SNB"), FLAG(15, "MER"), FLAG(31, "BKSEL"),
	FLAG(0, "LOCK"), { 0 },
};
static const struct meaning h5_cr_meanings[] = {
	ORDERS(LOCK, BIT(0), "lock flash"), ERASES(BIT(5) | BIT(2) | BIT(31), "erase in bank 2 sector ", h7ab_sector),
	ERASES(BIT(5) | BIT(2), "erase sector ", h7ab_sector), ORDERS(ERASE, BIT(5) | BIT(3), "erase bank"), ORDERS(ERASE, BIT(5) | BIT(15), "mass erase"),
	NUMBERED(BIT(2), "prepare to erase sector ", h7ab_sector), ALONE(BIT(15), "prepare a mass erase"), ORDERS(PROGRAM, BIT(1), "program"), { 0 },
};
static const struct bits h5_optsr_bits[] = {
	NAMED(15, 8, "PRODUCT_STATE", product_states), BITS(1, 0, "BOR_LEV"), FLAG(3, "IWDG_SW"), FLAG(4, "WWDG_SW"), FLAG(6, "NRST_STOP"),
	FLAG(7, "NRST_STDBY"), FLAG(31, "SWAP_BANK"), { 0 },
};

/* Rows of flash controllers. STATUS and CONTROL read as a state: only a written word is an order. */

#define ROW(lines, at, way, key, words, table, says) \
	{ .families = lines, .address = at, .access = REGISTER_##way, .name = key, .summary = words, .bits = table, .meanings = says }
#define KEY(lines, at, key, words, table, says) \
	{ .families = lines, .address = at, .access = REGISTER_BOTH, .name = key, .summary = words, .known = table, .meanings = says }
#define FLASH_KEY(lines, at, key) KEY(lines, at, key, "unlocks the flash", key_known, key_meanings)
#define OPTION_KEY(lines, at, key) KEY(lines, at, key, "unlocks the option bytes", option_key_known, option_key_meanings)
#define POWER_KEY(lines, at, key) KEY(lines, at, key, "unlocks the power-down of the flash", power_key_known, NULL)
#define STATUS(lines, at, key, table, says) ROW(lines, at, READ, key, "flash status", table, says)
#define CLEAR(lines, at, key, table, says) ROW(lines, at, WRITE, key, "flash status: ones clear", table, says)
#define CONTROL(lines, at, key, table, says) \
	ROW(lines, at, READ, key, "flash control", table, NULL), ROW(lines, at, WRITE, key, "flash control", table, says)
#define OPTIONS(lines, at, key, table, says) ROW(lines, at, BOTH, key, "option bytes as loaded", table, says)
#define PROTECTION(lines, at, key) ROW(lines, at, BOTH, key, "write protection", NULL, NULL)
#define ADDRESS(lines, at, key) ROW(lines, at, WRITE, key, "page to erase", NULL, NULL)
#define MEMORY(lines, at, table, says) ROW(lines, at, BOTH, "option bytes", "option bytes in memory", table, says)

static const struct target_register flash_rows[] = {
	MEMORY(L01, 0x1ff80000, lx_option_bits, rdp_low_meanings),
	MEMORY(STM32_F7, 0x1fff0000, f2_option_bits, rdp_second_meanings),
	MEMORY(G0C0U0 | L4G4 | STM32_WL, 0x1fff7800, lx_option_bits, rdp_low_meanings),
	MEMORY(STM32_WB, 0x1fff8000, lx_option_bits, rdp_low_meanings),
	MEMORY(STM32_F2 | STM32_F4, 0x1fffc000, f2_option_bits, rdp_second_meanings),
	MEMORY(STM32_F1, 0x1ffff800, f1_option_bits, f1_option_meanings),
	MEMORY(STM32_F0 | STM32_F3, 0x1ffff800, f1_option_bits, rdp_low_meanings),
	FLASH_KEY(F013, 0x40022004, "FLASH_KEYR"),
	FLASH_KEY(STM32_H5, 0x40022004, "FLASH_NSKEYR"),
	POWER_KEY(L4G4 | STM32_L5, 0x40022004, "FLASH_PDKEYR"),
	CONTROL(STM32_L0, 0x40022004, "FLASH_PECR", lx_pecr_bits, lx_pecr_meanings),
	KEY(F013, 0x40022008, "FLASH_OPTKEYR", "unlocks the option bytes", key_known, f1_option_key_meanings),
	FLASH_KEY(STM32_H5, 0x40022008, "FLASH_SECKEYR"),
	FLASH_KEY(L4G4 | G0C0U0, 0x40022008, "FLASH_KEYR"),
	FLASH_KEY(STM32_L5 | U5WBA, 0x40022008, "FLASH_NSKEYR"),
	POWER_KEY(STM32_L0, 0x40022008, "FLASH_PDKEYR"),
	STATUS(F013, 0x4002200c, "FLASH_SR", f1_sr_bits, f1_sr_meanings),
	CLEAR(F013, 0x4002200c, "FLASH_SR", f1_sr_bits, f1_sr_clear_meanings),
	OPTION_KEY(STM32_H5, 0x4002200c, "FLASH_OPTKEYR"),
	OPTION_KEY(L4G4 | G0C0U0, 0x4002200c, "FLASH_OPTKEYR"),
	FLASH_KEY(STM32_L5 | U5WBA, 0x4002200c, "FLASH_SECKEYR"),
	KEY(STM32_L0, 0x4002200c, "FLASH_PEKEYR", "unlocks FLASH_PECR", lx_control_key_known, lx_control_key_meanings),
	CONTROL(F013, 0x40022010, "FLASH_CR", f1_cr_bits, f1_cr_meanings),
	STATUS(L4G4, 0x40022010, "FLASH_SR", l4_sr_bits, l4_sr_meanings),
	CLEAR(L4G4, 0x40022010, "FLASH_SR", l4_sr_bits, l4_sr_clear_meanings),
	STATUS(G0C0U0, 0x40022010, "FLASH_SR", g0_sr_bits, l4_sr_meanings),
	CLEAR(G0C0U0, 0x40022010, "FLASH_SR", g0_sr_bits, l4_sr_clear_meanings),
	OPTION_KEY(STM32_L5 | U5WBA, 0x40022010, "FLASH_OPTKEYR"),
	KEY(STM32_L0, 0x40022010, "FLASH_PRGKEYR", "unlocks the flash", lx_program_key_known, lx_program_key_meanings),
	ADDRESS(F013, 0x40022014, "FLASH_AR"),
	CONTROL(L4G4, 0x40022014, "FLASH_CR", l4_cr_bits, l4_cr_meanings),
	CONTROL(G0C0U0, 0x40022014, "FLASH_CR", g0_cr_bits, g0_cr_meanings),
	KEY(STM32_L0, 0x40022014, "FLASH_OPTKEYR", "unlocks the option bytes", lx_option_key_known, lx_option_key_meanings),
	STATUS(STM32_L0, 0x40022018, "FLASH_SR", lx_sr_bits, lx_sr_meanings),
	CLEAR(STM32_L0, 0x40022018, "FLASH_SR", lx_sr_bits, lx_sr_clear_meanings),
	OPTIONS(STM32_F1, 0x4002201c, "FLASH_OBR", f1_obr_bits, f1_obr_meanings),
	OPTIONS(STM32_F0 | STM32_F3, 0x4002201c, "FLASH_OBR", f0_obr_bits, f0_obr_meanings),
	OPTIONS(STM32_L0, 0x4002201c, "FLASH_OBR", lx_obr_bits, rdp_low_meanings),
	CONTROL(STM32_H5, 0x4002201c, "FLASH_OPTCR", h7_optcr_bits, h7_optcr_meanings),
	PROTECTION(F013, 0x40022020, "FLASH_WRPR"),
	OPTIONS(L4G4, 0x40022020, "FLASH_OPTR", l4_optr_bits, rdp_low_meanings),
	OPTIONS(G0C0U0, 0x40022020, "FLASH_OPTR", g0_optr_bits, rdp_low_meanings),
	PROTECTION(STM32_L0, 0x40022020, "FLASH_WRPROT"),
	STATUS(STM32_L5 | U5WBA, 0x40022020, "FLASH_NSSR", l5_sr_bits, l4_sr_meanings),
	CLEAR(STM32_L5 | U5WBA, 0x40022020, "FLASH_NSSR", l5_sr_bits, l4_sr_clear_meanings),
	STATUS(STM32_H5, 0x40022020, "FLASH_NSSR", h5_sr_bits, h5_sr_meanings),
	STATUS(STM32_L5 | U5WBA, 0x40022024, "FLASH_SECSR", l5_sr_bits, l4_sr_meanings),
	CLEAR(STM32_L5 | U5WBA, 0x40022024, "FLASH_SECSR", l5_sr_bits, l4_sr_clear_meanings),
	STATUS(STM32_H5, 0x40022024, "FLASH_SECSR", h5_sr_bits, h5_sr_meanings),
	CONTROL(STM32_L5 | U5WBA, 0x40022028, "FLASH_NSCR", l4_cr_bits, l4_cr_meanings),
	CONTROL(STM32_H5, 0x40022028, "FLASH_NSCR", h5_cr_bits, h5_cr_meanings),
	PROTECTION(L4G4 | G0C0U0, 0x4002202c, "FLASH_WRP1AR"),
	CONTROL(STM32_L5 | U5WBA, 0x4002202c, "FLASH_SECCR", l4_cr_bits, l4_cr_meanings),
	CONTROL(STM32_H5, 0x4002202c, "FLASH_SECCR", h5_cr_bits, h5_cr_meanings),
	PROTECTION(L4G4 | G0C0U0, 0x40022030, "FLASH_WRP1BR"),
	CLEAR(STM32_H5, 0x40022030, "FLASH_NSCCR", h5_sr_bits, clear_meanings),
	CLEAR(STM32_H5, 0x40022034, "FLASH_SECCCR", h5_sr_bits, clear_meanings),
	OPTIONS(STM32_L5 | U5WBA, 0x40022040, "FLASH_OPTR", l5_optr_bits, rdp_secure_meanings),
	FLASH_KEY(STM32_F1, 0x40022044, "FLASH_KEYR2"), /* XL density */
	STATUS(STM32_F1, 0x4002204c, "FLASH_SR2", f1_sr_bits, f1_sr_meanings),
	CLEAR(STM32_F1, 0x4002204c, "FLASH_SR2", f1_sr_bits, f1_sr_clear_meanings),
	PROTECTION(L4G4, 0x4002204c, "FLASH_WRP2AR"),
	CONTROL(STM32_F1, 0x40022050, "FLASH_CR2", f1_cr_bits, f1_cr_meanings),
	PROTECTION(L4G4, 0x40022050, "FLASH_WRP2BR"),
	OPTIONS(STM32_H5, 0x40022050, "FLASH_OPTSR_CUR", h5_optsr_bits, product_state_meanings),
	ADDRESS(STM32_F1, 0x40022054, "FLASH_AR2"),
	OPTIONS(STM32_H5, 0x40022054, "FLASH_OPTSR_PRG", h5_optsr_bits, product_state_meanings),
	FLASH_KEY(F247, 0x40023c04, "FLASH_KEYR"),
	CONTROL(STM32_L1, 0x40023c04, "FLASH_PECR", lx_pecr_bits, lx_pecr_meanings),
	OPTION_KEY(F247, 0x40023c08, "FLASH_OPTKEYR"),
	POWER_KEY(STM32_L1, 0x40023c08, "FLASH_PDKEYR"),
	STATUS(F247, 0x40023c0c, "FLASH_SR", f4_sr_bits, f4_sr_meanings),
	CLEAR(F247, 0x40023c0c, "FLASH_SR", f4_sr_bits, f4_sr_clear_meanings),
	KEY(STM32_L1, 0x40023c0c, "FLASH_PEKEYR", "unlocks FLASH_PECR", lx_control_key_known, lx_control_key_meanings),
	CONTROL(F247, 0x40023c10, "FLASH_CR", f4_cr_bits, f4_cr_meanings),
	KEY(STM32_L1, 0x40023c10, "FLASH_PRGKEYR", "unlocks the flash", lx_program_key_known, lx_program_key_meanings),
	ROW(F247, 0x40023c14, READ, "FLASH_OPTCR", "option bytes as loaded", f4_optcr_bits, rdp_second_meanings),
	ROW(F247, 0x40023c14, WRITE, "FLASH_OPTCR", "option bytes to program", f4_optcr_bits, f4_optcr_write_meanings),
	KEY(STM32_L1, 0x40023c14, "FLASH_OPTKEYR", "unlocks the option bytes", lx_option_key_known, lx_option_key_meanings),
	ROW(STM32_F4 | STM32_F7, 0x40023c18, BOTH, "FLASH_OPTCR1", "more option bytes", NULL, NULL),
	STATUS(STM32_L1, 0x40023c18, "FLASH_SR", lx_sr_bits, lx_sr_meanings),
	CLEAR(STM32_L1, 0x40023c18, "FLASH_SR", lx_sr_bits, lx_sr_clear_meanings),
	OPTIONS(STM32_L1, 0x40023c1c, "FLASH_OBR", lx_obr_bits, rdp_low_meanings),
	PROTECTION(STM32_L1, 0x40023c20, "FLASH_WRPR1"),
	FLASH_KEY(H7ALL, 0x52002004, "FLASH_KEYR1"),
	OPTION_KEY(H7ALL, 0x52002008, "FLASH_OPTKEYR"),
	CONTROL(STM32_H7, 0x5200200c, "FLASH_CR1", h7_cr_bits, h7_cr_meanings),
	CONTROL(STM32_H7AB, 0x5200200c, "FLASH_CR1", h7ab_cr_bits, h7ab_cr_meanings),
	STATUS(H7ALL, 0x52002010, "FLASH_SR1", h7_sr_bits, h7_sr_meanings),
	CLEAR(H7ALL, 0x52002014, "FLASH_CCR1", h7_sr_bits, clear_meanings),
	CONTROL(H7ALL, 0x52002018, "FLASH_OPTCR", h7_optcr_bits, h7_optcr_meanings),
	OPTIONS(H7ALL, 0x5200201c, "FLASH_OPTSR_CUR", h7_optsr_bits, rdp_second_meanings),
	OPTIONS(H7ALL, 0x52002020, "FLASH_OPTSR_PRG", h7_optsr_bits, rdp_second_meanings),
	FLASH_KEY(H7ALL, 0x52002104, "FLASH_KEYR2"),
	CONTROL(STM32_H7, 0x5200210c, "FLASH_CR2", h7_cr_bits, h7_cr_meanings),
	CONTROL(STM32_H7AB, 0x5200210c, "FLASH_CR2", h7ab_cr_bits, h7ab_cr_meanings),
	STATUS(H7ALL, 0x52002110, "FLASH_SR2", h7_sr_bits, h7_sr_meanings),
	CLEAR(H7ALL, 0x52002114, "FLASH_CCR2", h7_sr_bits, clear_meanings),
	FLASH_KEY(WBWL, 0x58004008, "FLASH_KEYR"),
	OPTION_KEY(WBWL, 0x5800400c, "FLASH_OPTKEYR"),
	STATUS(WBWL, 0x58004010, "FLASH_SR", wb_sr_bits, l4_sr_meanings),
	CLEAR(WBWL, 0x58004010, "FLASH_SR", wb_sr_bits, l4_sr_clear_meanings),
	CONTROL(WBWL, 0x58004014, "FLASH_CR", wb_cr_bits, wb_cr_meanings),
	OPTIONS(WBWL, 0x58004020, "FLASH_OPTR", wb_optr_bits, rdp_low_meanings),
	PROTECTION(WBWL, 0x5800402c, "FLASH_WRP1AR"),
	PROTECTION(WBWL, 0x58004030, "FLASH_WRP1BR"),
	STATUS(WBWL, 0x58004060, "FLASH_C2SR", wb_sr_bits, l4_sr_meanings),
	CLEAR(WBWL, 0x58004060, "FLASH_C2SR", wb_sr_bits, l4_sr_clear_meanings),
	CONTROL(WBWL, 0x58004064, "FLASH_C2CR", wb_cr_bits, wb_cr_meanings),
};
const struct register_table flash_registers = { .rows = flash_rows, .count = sizeof flash_rows / sizeof *flash_rows };
