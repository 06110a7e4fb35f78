/*
 * What the client printed against what we decoded: voltage, firmware, identities, registers, memory.
 * Knows: the lines of OpenOCD, stlink-tools, pyOCD that give a value. Must not know: packets.
 */
#include "checks.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- what we decoded --- */

typedef bool matcher(const json_t *command, const void *sought);

static bool any_command(const struct evidence *evidence, matcher *matches, const void *sought)
{
	const json_t *command;
	size_t i;

	json_array_foreach(evidence->lines, i, command)
		if (!strcmp(text_of(command, "type"), "command") && matches(command, sought))
			return true;
	return false;
}

static bool has_voltage(const json_t *command, const void *sought)
{
	const char *voltage = text_of(json_object_get(command, "answer"), "voltage");

	return *voltage && fabs(strtod(voltage, NULL) - *(const double *)sought) < 0.002;
}

static bool has_firmware(const json_t *command, const void *sought)
{
	return !strcmp(text_of(json_object_get(command, "answer"), "firmware"), sought);
}

/* st-info knows but J and S, and takes what a V2-1 and a V3 have in that place for S. */
static bool has_version(const json_t *command, const void *sought)
{
	unsigned major = 0, jtag = 0, expected_major = 0, expected_jtag = 0;

	return sscanf(text_of(json_object_get(command, "answer"), "firmware"), "V%uJ%u", &major, &jtag) == 2 &&
	       sscanf(sought, "V%uJ%u", &expected_major, &expected_jtag) == 2 && major == expected_major && jtag == expected_jtag;
}

/* Bytes of the answer at offset, little-endian. */
static bool answer_word(const json_t *command, size_t offset, unsigned size, unsigned long *word)
{
	const char *bytes = text_of(command, "answer_bytes");

	*word = 0;
	if (strlen(bytes) < 2 * (offset + size))
		return false;
	for (unsigned i = size; i--;) {
		char digits[3] = { bytes[2 * (offset + i)], bytes[2 * (offset + i) + 1], 0 };

		*word = *word << 8 | strtoul(digits, NULL, 16);
	}
	return true;
}

/* A word of the answer, decoded or in its bytes (READALLREGS, memory). */
static bool has_value(const json_t *command, const void *sought)
{
	unsigned long wanted = *(const unsigned long *)sought, word;
	const json_t *value;
	const char *key;

	json_object_foreach(json_object_get(command, "answer"), key, value)
		if (json_is_integer(value) && (unsigned long)json_integer_value(value) == wanted)
			return true;
	for (size_t at = 0; answer_word(command, at, 4, &word); at += 4)
		if (word == wanted)
			return true;
	return false;
}

static bool has_chip(const json_t *command, const void *sought)
{
	const json_t *value = json_object_get(json_object_get(command, "answer"), "value");

	return json_is_integer(value) && ((unsigned long)json_integer_value(value) & 0xfff) == (*(const unsigned long *)sought & 0xfff);
}

static bool has_cpuid(const json_t *command, const void *sought)
{
	unsigned long wanted = *(const unsigned long *)sought, word;

	for (size_t at = 0; answer_word(command, at, 4, &word); at += 4)
		if ((word & 0xfff0fff0) == (wanted & 0xfff0fff0) && (word & 0xf) == (wanted & 0xf))
			return true;
	return false;
}

struct at_address { unsigned long address, value; unsigned size; const json_t **swim; };

static bool has_memory(const json_t *command, const void *sought)
{
	const struct at_address *wanted = sought;
	const json_t *request = json_object_get(command, "request");
	const char *name = text_of(command, "command");
	unsigned long address, value;

	/* Of SWIM the bytes come with a command of their own. */
	if (!strcmp(name, "SWIM_READMEM"))
		*wanted->swim = request;
	if (!strcmp(name, "SWIM_READBUF"))
		request = *wanted->swim;
	address = (unsigned long)number_of(request, "address");
	if (!json_is_integer(json_object_get(request, "address")) || wanted->address < address)
		return false;
	/* Register reads carry the value behind the status. */
	if (!json_is_integer(json_object_get(request, "length")))
		return wanted->address == address && has_value(command, &wanted->value);
	return answer_word(command, wanted->address - address, wanted->size, &value) && value == wanted->value;
}

/* --- what the client printed --- */

static void expect(struct evidence *evidence, const char *line, matcher *matches, const void *sought)
{
	if (!any_command(evidence, matches, sought))
		differ(evidence, "nothing decoded agrees with the client's line: %s", line);
}

static bool is_swim(const json_t *command, const void *sought)
{
	(void)sought;
	return !strncmp(text_of(command, "command"), "SWIM_READBUF", 12);
}

static bool scenario_swims(const struct evidence *evidence)
{
	return any_command(evidence, is_swim, NULL);
}

static const char *behind(const char *line, const char *mark)
{
	const char *found = strstr(line, mark);

	return found ? found + strlen(mark) : NULL;
}

static void check_firmware(struct evidence *evidence, const char *line)
{
	static const struct { const char *mark; matcher *matches; } marks[] = { { "STLINK ", has_firmware }, { "version:", has_version } };

	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
		const char *text = behind(line, marks[i].mark);
		char word[32];

		if (text && sscanf(text, " %31[VJSMBP0-9]", word) == 1 && word[0] == 'V' && strchr(word, 'J'))
			expect(evidence, line, marks[i].matches, word);
	}
}

/* Words like "pc: 0x08000130" and "pc (/32): 0x08000130". An STM8's are no words, and lie in memory. */
static void check_values(struct evidence *evidence, const char *line)
{
	static const char *const marks[] = { "DPIDR ", "device found: ", "xPSR: ", " pc: ", " msp: ", " psp: ", "(/32): " };

	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
		const char *text = behind(line, marks[i]);
		unsigned long value;

		if (text && sscanf(text, "0x%lx", &value) == 1 && !scenario_swims(evidence))
			expect(evidence, line, has_value, &value);
	}
}

static void check_core(struct evidence *evidence, const char *line)
{
	static const struct { const char *name; unsigned long part; } cores[] = {
		{ "Cortex-M0+ ", 0xc60 }, { "Cortex-M0 ", 0xc20 }, { "Cortex-M3 ", 0xc23 }, { "Cortex-M4 ", 0xc24 }, { "Cortex-M7 ", 0xc27 },
	};

	for (size_t i = 0; i < sizeof cores / sizeof *cores; i++) {
		const char *text = behind(line, cores[i].name);
		unsigned long revision, patch, cpuid;

		if (!text || sscanf(text, "r%lup%lu", &revision, &patch) != 2)
			continue;
		cpuid = 0x410f0000 | revision << 20 | cores[i].part << 4 | patch;
		expect(evidence, line, has_cpuid, &cpuid);
	}
}

/* OpenOCD's mdw, mdh and mdb: "0x20000000: 12345678 9abcdef0". */
static void check_memory(struct evidence *evidence, const char *line)
{
	const json_t *swim = NULL;
	struct at_address sought = { .swim = &swim };
	int used = 0;
	char digits[16];

	if (sscanf(line, "0x%lx: %n", &sought.address, &used) != 1 || !used)
		return;
	for (const char *at = line + used; sscanf(at, "%15[0-9a-f]%n", digits, &used) == 1 && (at[used] == ' ' || !at[used]); at += used) {
		sought.size = (unsigned)strlen(digits) / 2;
		if (sought.size != 1 && sought.size != 2 && sought.size != 4)
			return;
		sought.value = strtoul(digits, NULL, 16);
		expect(evidence, line, has_memory, &sought);
		sought.address += sought.size;
		used += at[used] == ' ';
	}
}

static void check_line(struct evidence *evidence, const char *line)
{
	const char *text = behind(line, "Target voltage: ");
	double voltage;
	unsigned long chip;

	/* Zero is also what a client says that got no answer. */
	if (text && sscanf(text, "%lf", &voltage) == 1 && voltage > 0)
		expect(evidence, line, has_voltage, &voltage);
	text = behind(line, "chipid:");
	if (text && sscanf(text, " 0x%lx", &chip) == 1 && chip)
		expect(evidence, line, has_chip, &chip);
	check_firmware(evidence, line);
	check_values(evidence, line);
	check_core(evidence, line);
	check_memory(evidence, line);
}

void check_client_log(struct evidence *evidence)
{
	struct file log = evidence_file(evidence, "client.log");
	char *rest = (char *)log.bytes;

	if (scenario_value(evidence->scenario, "differs", 0)) {
		free(log.bytes);
		return;
	}
	for (char *line; rest && (line = strsep(&rest, "\n"));) {
		line[strcspn(line, "\r")] = '\0';
		if (*line != '$')
			check_line(evidence, line);
	}
	free(log.bytes);
}
