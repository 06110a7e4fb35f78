/*
 * The options of the virtual ST-Link's firmware, and the faults that hit the n-th command of an opcode.
 * Knows: how options are written.
 * Must not know: what commands do.
 */
#include "firmware.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const probe_options[] = {
	"firmware=V2J37M27  the version; letters J S M B P; a V2-1 without J is a SWIM-only build",
	"mode=dfu|mass|debug|swim|loader  the mode that the first client finds",
	"dfu-exit=works|ignored|renumerates  what DFU_EXIT does",
	"adc=REFERENCE,TARGET  the two readings of GET_TARGET_VOLTAGE, whatever the target has; 0: no reference",
	"jtag=yes|no  no: a firmware without SWD and JTAG (J0)",
	"sticky=cleared|left  what becomes of the sticky flags after a fault was told",
	"misaligned=status|hang  a misaligned memory command is refused, or the probe hangs until it is reset",
	"loader=returns|lost|missing  after LOADER_ENTER the loader comes up, never comes up, is not there",
	"board=0740  the four characters of GET_BOARD_IDENTIFIERS",
	"swo-buffer=BYTES  no more than that for SWO, whatever the client asks for",
	"swo-count=full|bogus  what GET_TRACE_NB tells after an overflow: the buffer's size, or 0xF800 more than that",
	"slow=MS  every answer is that late",
	"status@F236#5=11  the fifth F2 36 has status 11; #5-7: three of them; #5+: that one and all later ones; F236: all",
	"wait@F207#5-7=10  the same with WAIT (10 of the access port, 14 of the debug port): the first has it, later ones have 14",
	"wait@F207#5=stuck  the debug port then never answers anything but WAIT",
	"slow@F236#5=MS  the fifth F2 36 is answered that late",
	NULL
};

void firmware_default(struct probe *probe)
{
	static const char *const newest[] = {
		[PROBE_V1] = "V1J13S4", [PROBE_V2] = "V2J37S7", [PROBE_V21] = "V2J37M27", [PROBE_V21_NO_DISK] = "V2J45M31",
		[PROBE_V3E] = "V3J10M3B5S1", [PROBE_V3] = "V3J10M3B5S1", [PROBE_V3_NO_DISK] = "V3J13M4B5S1", [PROBE_V3PWR] = "V4J6M0B2P6",
	};

	probe_set(probe, "firmware", newest[probe->application]);
	probe->last_status = STATUS_OK;
	probe->bridge.status = BRIDGE_OK;
	probe->speed_khz[TARGET_SWD] = 3300;
	probe->speed_khz[TARGET_JTAG] = 1000;
	probe->swo.option_size = SWO_SIZE;
	/* Dongles have no board; the four characters of a Nucleo-64 for the others. */
	strcpy(probe->board, probe->application == PROBE_V21 || probe->application == PROBE_V3E ? "0740" : "0000");
}

const char *probe_firmware(const struct probe *probe)
{
	return probe->firmware_text;
}

static bool parse_number(const char *text, int base, unsigned limit, unsigned *number)
{
	char *end;
	unsigned long value = strtoul(text, &end, base);

	if (end == text || *end || *text == '-' || value > limit)
		return false;
	*number = (unsigned)value;
	return true;
}

static bool is_v21(const struct probe *probe)
{
	return probe->application == PROBE_V21 || probe->application == PROBE_V21_NO_DISK;
}

static bool set_firmware(struct probe *probe, const char *text)
{
	struct firmware firmware = { 0 };
	struct { char letter; uint8_t *field; } fields[] = {
		{ 'V', &firmware.major }, { 'J', &firmware.jtag }, { 'S', &firmware.swim }, { 'M', &firmware.mass },
		{ 'B', &firmware.bridge }, { 'P', &firmware.power },
	};
	const char *at = text;

	while (*at) {
		size_t field = 0;
		char *end;
		unsigned long number;

		while (field < sizeof fields / sizeof *fields && fields[field].letter != *at)
			field++;
		if (field == sizeof fields / sizeof *fields)
			return false;
		number = strtoul(at + 1, &end, 10);
		/* GET_VERSION has six bits for J, S and M. */
		if (end == at + 1 || number > 63)
			return false;
		*fields[field].field = (uint8_t)number;
		at = end;
	}
	if (!firmware.major || firmware.major > 15 || strlen(text) >= sizeof probe->firmware_text)
		return false;
	if (probe->option[OPTION_NO_JTAG])
		firmware.jtag = 0;
	/* Without J, a V2-1 tells M and S; only with certain numbers for S do clients take them for that. */
	if (is_v21(probe) && !firmware.jtag && !firmware.swim)
		firmware.swim = 9;
	probe->firmware = firmware;
	memmove(probe->firmware_text, text, strlen(text) + 1);
	return true;
}

static bool set_adc(struct probe *probe, const char *text)
{
	char *end;

	probe->adc[0] = (uint32_t)strtoul(text, &end, 0);
	probe->adc[1] = *end == ',' ? (uint32_t)strtoul(end + 1, &end, 0) : 0;
	probe->adc_given = end != text && !*end;
	return probe->adc_given;
}

/* Behind the @ of a fault, as the faults on USB are written: F236, F236#5, F236#5-7 or F236#5+. */
static bool parse_place(const char *text, struct fault *fault)
{
	char hex[5] = "";
	size_t digits = strspn(text, "0123456789ABCDEFabcdef");
	unsigned opcode, last;
	char *end;

	if (digits != 2 && digits != 4)
		return false;
	memcpy(hex, text, digits);
	opcode = (unsigned)strtoul(hex, NULL, 16);
	fault->opcode_length = (uint8_t)(digits / 2);
	fault->opcode[0] = (uint8_t)(digits == 4 ? opcode >> 8 : opcode);
	fault->opcode[1] = (uint8_t)(digits == 4 ? opcode : 0);
	fault->first = 1;
	fault->count = UINT32_MAX;
	if (!text[digits])
		return true;
	if (text[digits] != '#' || !isdigit((unsigned char)text[digits + 1]))
		return false;
	fault->first = (unsigned)strtoul(text + digits + 1, &end, 10);
	if (!strcmp(end, "+"))
		return fault->first > 0;
	last = fault->first;
	if (*end && (*end != '-' || !parse_number(end + 1, 10, 1000000, &last)))
		return false;
	fault->count = last - fault->first + 1;
	return fault->first > 0 && last >= fault->first;
}

static bool add_fault(struct probe *probe, const char *key, const char *value)
{
	static const char *const kinds[] = { [FAULT_STATUS] = "status@", [FAULT_WAIT] = "wait@", [FAULT_SLOW] = "slow@" };
	struct fault fault = { 0 };
	size_t kind = 0;
	bool good;

	while (kind < sizeof kinds / sizeof *kinds && strncmp(key, kinds[kind], strlen(kinds[kind])))
		kind++;
	if (kind == sizeof kinds / sizeof *kinds || probe->fault_count == FAULTS || !parse_place(key + strlen(kinds[kind]), &fault))
		return false;
	fault.kind = (enum fault_kind)kind;
	if (kind == FAULT_STATUS) {
		good = parse_number(value, 16, 0xff, &fault.value);
	} else if (kind == FAULT_SLOW) {
		good = parse_number(value, 10, 60000, &fault.value);
	} else {
		fault.value = STATUS_AP_WAIT;
		fault.stuck = !strcmp(value, "stuck");
		good = fault.stuck || !strcmp(value, "10") || !strcmp(value, "14");
		if (good && !fault.stuck)
			fault.value = value[1] == '0' ? STATUS_AP_WAIT : STATUS_DP_WAIT;
	}
	if (!good)
		return false;
	if ((size_t)snprintf(fault.text, sizeof fault.text, "%s=%s", key, value) >= sizeof fault.text)
		return false;
	probe->faults[probe->fault_count++] = fault;
	return true;
}

const struct fault *fault_next(struct probe *probe, const struct command *row)
{
	const struct fault *hit = NULL;
	unsigned i;

	for (i = 0; i < probe->fault_count; i++) {
		struct fault *fault = &probe->faults[i];

		if (row->opcode[0] != fault->opcode[0] || (fault->opcode_length == 2 && row->opcode[1] != fault->opcode[1]))
			continue;
		fault->seen++;
		if (hit || fault->seen < fault->first || fault->seen - fault->first >= fault->count)
			continue;
		hit = fault;
		probe->stuck = probe->stuck || fault->stuck;
	}
	return hit;
}

static bool set_number(struct probe *probe, const char *key, const char *value)
{
	if (!strcmp(key, "slow"))
		return parse_number(value, 10, 60000, &probe->slow_ms);
	if (!strcmp(key, "swo-buffer"))
		return parse_number(value, 10, SWO_SIZE, &probe->swo.option_size) && probe->swo.option_size;
	return false;
}

/* Options that are one of several words. */
static bool set_word(struct probe *probe, const char *key, const char *word)
{
	static const struct {
		const char *key, *word;
		enum option option;
		int value;
	} words[] = {
		{ "mode", "dfu", OPTION_MODE, MODE_DFU }, { "mode", "mass", OPTION_MODE, MODE_MASS }, { "mode", "debug", OPTION_MODE, MODE_DEBUG },
		{ "mode", "swim", OPTION_MODE, MODE_SWIM }, { "mode", "loader", OPTION_MODE, MODE_BOOTLOADER },
		{ "dfu-exit", "works", OPTION_DFU_EXIT, DFU_EXIT_WORKS }, { "dfu-exit", "ignored", OPTION_DFU_EXIT, DFU_EXIT_IGNORED },
		{ "dfu-exit", "renumerates", OPTION_DFU_EXIT, DFU_EXIT_LEAVES },
		{ "loader", "returns", OPTION_LOADER, LOADER_RETURNS }, { "loader", "lost", OPTION_LOADER, LOADER_LOST },
		{ "loader", "missing", OPTION_LOADER, LOADER_MISSING },
		{ "sticky", "cleared", OPTION_STICKY_LEFT, false }, { "sticky", "left", OPTION_STICKY_LEFT, true },
		{ "misaligned", "status", OPTION_MISALIGNED_HANGS, false }, { "misaligned", "hang", OPTION_MISALIGNED_HANGS, true },
		{ "swo-count", "full", OPTION_BOGUS_COUNT, false }, { "swo-count", "bogus", OPTION_BOGUS_COUNT, true },
		{ "jtag", "yes", OPTION_NO_JTAG, false }, { "jtag", "no", OPTION_NO_JTAG, true },
	};
	size_t i;

	for (i = 0; i < sizeof words / sizeof *words; i++)
		if (!strcmp(words[i].key, key) && !strcmp(words[i].word, word)) {
			probe->option[words[i].option] = words[i].value;
			break;
		}
	if (i == sizeof words / sizeof *words)
		return false;
	if (words[i].option == OPTION_NO_JTAG)
		return set_firmware(probe, probe->firmware_text);
	if (words[i].option == OPTION_MODE)
		probe->mode = (enum mode)words[i].value;
	return true;
}

bool probe_set(struct probe *probe, const char *key, const char *value)
{
	if (!strcmp(key, "firmware"))
		return set_firmware(probe, value);
	if (!strcmp(key, "adc"))
		return set_adc(probe, value);
	if (!strcmp(key, "board")) {
		if (strlen(value) != 4)
			return false;
		strcpy(probe->board, value);
		return true;
	}
	if (strchr(key, '@'))
		return add_fault(probe, key, value);
	return set_number(probe, key, value) || set_word(probe, key, value);
}
