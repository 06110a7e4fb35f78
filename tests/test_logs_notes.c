/*
 * The rest of captures/logs: descriptors and serial numbers that people dumped, a bus trace, and what was found in the firmware. Each fact
 * is read from the text and held against the tables.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "hex.h"
#include "support/decoded.h"
#include "support/log.h"
#include "support/recording.h"

/* --- descriptors --- */

/* Lines of xxd: "00000000: 1201 0002 ...". Returns the hex of all. */
static void read_dump(struct log *log, char hex[512])
{
	char *line;

	hex[0] = 0;
	while ((line = log_line(log)))
		if (strspn(line, "0123456789abcdef") == 8 && line[8] == ':')
			strcat(strcat(hex, line + 9), " ");
}

static void check_device(const char *hex)
{
	struct decoded device = decoded_layout(usb_descriptor_layout(1), hex);

	assert_int_equal(device.marks & WALK_SHORT, 0);
	assert_int_equal(decoded_role(&device, ROLE_VID), 0x0483);
	assert_int_equal(decoded_role(&device, ROLE_PID), 0x3748);
	assert_int_equal(decoded_number(&device, "device_version"), 0x0100);
	assert_int_equal(decoded_number(&device, "serial_string"), 3);
	assert_int_equal(decoded_number(&device, "configurations"), 1);
}

/* The descriptors behind the configuration's, by their own lengths. Returns the number of endpoints. */
static unsigned check_configuration(const uint8_t *bytes, size_t length, const struct stlink_product *product)
{
	const uint8_t expected[] = { product->answer_endpoint, product->command_endpoint, product->trace_endpoint };
	unsigned endpoints = 0;

	for (size_t at = 0; at < length; at += bytes[at]) {
		struct cursor cursor = cursor_over(bytes + at, bytes[at], bytes[at]);
		struct operation operation = { 0 };
		const struct field *layout = usb_descriptor_layout(bytes[at + 1]);

		assert_true(bytes[at] >= 2 && at + bytes[at] <= length);
		assert_non_null(layout);
		assert_int_equal(field_walk(layout, &cursor, &operation, NULL) & (WALK_SHORT | WALK_TRAILING), 0);
		if (bytes[at + 1] != 5)
			continue;
		assert_true(endpoints < 3);
		assert_int_equal(bytes[at + 2], expected[endpoints++]);
	}
	return endpoints;
}

static void test_descriptors(void **state)
{
	struct log log = log_open("v2-descriptors-raw");
	char hex[512];
	uint8_t bytes[256];
	struct decoded configuration;
	long length;

	(void)state;
	read_dump(&log, hex);
	length = hex_read(hex, strlen(hex), bytes, sizeof bytes);
	assert_int_equal(length, 18 + 39);
	check_device(hex);
	configuration = decoded_layout(usb_descriptor_layout(2), strstr(hex, "0902"));
	assert_int_equal(decoded_number(&configuration, "total_length"), length - 18);
	assert_int_equal(decoded_number(&configuration, "interfaces"), 1);
	assert_int_equal(check_configuration(bytes + 18, (size_t)length - 18, stlink_product_find(0x0483, 0x3748)), 3);
	log_close(&log);
}

/* "good: 32 03 35 00 37 00 ... ("57FF...", 24 hex digits, length 0x32)": the text begins so. */
static void check_serial(const char *hex, const char *expected)
{
	uint8_t bytes[64] = { 0 };
	char text[128];
	long length = hex_read(hex, strcspn(hex, ".g-z"), bytes, sizeof bytes);

	assert_true(length > 2 && bytes[1] == 3 && bytes[0] >= length);
	usb_string_text(bytes, (size_t)length, true, text, sizeof text);
	assert_memory_equal(text, expected, strlen(expected));
}

/* "SerialNumber: ... = 856D010110134753384C4E00": twelve raw bytes, each widened to UTF-16. */
static void check_raw_serial(const char *expected)
{
	uint8_t raw[12], bytes[26] = { 26, 3 };
	char text[64];

	assert_int_equal(hex_read(expected, 24, raw, sizeof raw), 12);
	for (size_t i = 0; i < 12; i++)
		bytes[2 + 2 * i] = raw[i];
	assert_int_equal(usb_string_text(bytes, sizeof bytes, true, text, sizeof text), 24);
	assert_memory_equal(text, expected, 24);
}

static void test_serials(void **state)
{
	struct log log = log_open("v2-descriptors-raw");
	unsigned checked = 0;
	char *line;

	(void)state;
	while ((line = log_line(&log))) {
		if (behind(line, "good: ")) {
			check_serial(behind(line, "good: "), "57FF");
			checked++;
		} else if (behind(line, "bad: ")) {
			check_serial(behind(line, "bad:  "), "57FF72");
			checked++;
		} else if (behind(line, "SerialNumber: ")) {
			check_raw_serial(behind(line, " = "));
			checked++;
		}
	}
	assert_int_equal(checked, 3);
	log_close(&log);
}

/* "0483:374b" and the words beside it: each is a product of the table, of that generation. */
static void test_products(void **state)
{
	struct log log = log_open("v2-descriptors-raw");
	unsigned checked = 0;
	char *line;

	(void)state;
	while ((line = log_line(&log))) {
		const char *id = behind(line, "0483:");
		const struct stlink_product *product;

		if (!id)
			continue;
		product = stlink_product_find(0x0483, (uint16_t)strtoul(id, NULL, 16));
		assert_non_null(product);
		assert_int_equal(product->generation, strstr(line, "V2-1") ? GENERATION_V2_1 : GENERATION_V3);
		assert_int_equal(product->loader, !!strstr(line, "boot loader"));
		checked++;
	}
	assert_int_equal(checked, 3);
	log_close(&log);
}

/* --- a bus trace: a request for the device descriptor, its answer, and the first command --- */

static void test_libusb_111(void **state)
{
	struct log log = log_open("libusb-111-macos-bus-trace");
	unsigned address = 0, endpoint = 0, checked = 0;
	bool setup = false;
	char *line;

	(void)state;
	while ((line = log_line(&log))) {
		const char *token = behind(line, "Address:"), *data = behind(line, "Data:");
		char hex[64];

		if (token) {
			assert_int_equal(sscanf(token, "%u | Endpoint:%u", &address, &endpoint), 2);
			setup = strstr(line, "PID:SETUP");
		}
		if (!data || *line == '#')
			continue;
		snprintf(hex, sizeof hex, "%.*s", (int)strcspn(data, "|"), data);
		if (endpoint) {
			struct decoded request = decoded_request(hex, false);

			assert_string_equal(request.command->name, "GET_VERSION");
			assert_int_equal(endpoint, stlink_product_find(0x0483, 0x3748)->command_endpoint);
		} else if (setup) {
			uint8_t bytes[8];
			struct usb_setup request;

			assert_int_equal(hex_read(hex, strlen(hex), bytes, sizeof bytes), 8);
			request = usb_setup_read(bytes);
			assert_string_equal(usb_request_name(&request), "GET_DESCRIPTOR");
			assert_int_equal(request.value >> 8, 1);
			assert_int_equal(request.length, 18);
		} else {
			check_device(hex);
		}
		checked++;
	}
	assert_int_equal(checked, 3);
	log_close(&log);
}

/* --- what was found in the firmware --- */

/* The command's row by opcode, and its answer to a status word: "0x0080" is sent low byte first. */
static const struct stlink_status *status_of(const char *command, const char *word)
{
	struct decoded request = decoded_request(command, false), answer;
	unsigned value = (unsigned)strtoul(word, NULL, 16);
	char hex[16];

	snprintf(hex, sizeof hex, "%02x %02x", value & 0xff, value >> 8);
	answer = decoded_answer(&request, hex);
	assert_int_equal(answer.marks, 0);
	return stlink_status_find(request.command->scope, (uint8_t)decoded_role(&answer, ROLE_STATUS));
}

static void check_returns(const char *opcode, const char *line)
{
	const char *good = strstr(line, "0x0080"), *bad = good ? strstr(good + 1, "0x00") : NULL;
	char command[32];

	assert_true(good && bad);
	snprintf(command, sizeof command, "%.2s 00*15", opcode);
	assert_int_equal(status_of(command, good)->class, STATUS_OK);
	assert_int_equal(status_of(command, bad)->class, STATUS_ERROR);
}

/* Top-level commands by their first byte; of groups, any row of the group. */
static void check_opcode(unsigned opcode, const char *words)
{
	static const struct { unsigned opcode; const char *words, *name; } commands[] = {
		{ 0xf1, "get version", "GET_VERSION" }, { 0xf5, "get mode", "GET_CURRENT_MODE" },
		{ 0xf7, "get target voltage", "GET_TARGET_VOLTAGE" }, { 0xf8, "get board ident", "GET_BOARD_IDENT" },
		{ 0xf9, "bootloader", "LOADER_QUERY" }, { 0xfa, "set MCO", "SET_MCO" }, { 0xfb, "get version extended", "GET_VERSION_EX" },
		{ 0xfd, "set power enable", "DRIVE_TARGET_PWR" }, { 0xf2, "debug", NULL }, { 0xf3, "DFU", NULL },
	};
	uint8_t bytes[2] = { (uint8_t)opcode, 0 };

	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
		if (commands[i].opcode != opcode)
			continue;
		assert_memory_equal(words, commands[i].words, strlen(commands[i].words));
		if (commands[i].name)
			assert_string_equal(stlink_find(bytes, 2, false)->name, commands[i].name);
		return;
	}
	fail_msg("opcode %02x: %s", opcode, words);
}

/* "7: boot app" under "Extended DFU commands:". */
static void check_loader_command(unsigned opcode, const char *words)
{
	static const struct { const char *words, *name; } commands[] = {
		{ "boot app", "DFU_EXIT" }, { "get STM32F1 electronic signature", "DFU_READ_ID" },
		{ "get device config", "DFU_GET_CONFIG" }, { "get hardware version", "DFU_GET_HWVER" },
	};
	const uint8_t bytes[2] = { 0xf3, (uint8_t)opcode };

	assert_true(opcode >= 7 && opcode <= 10);
	assert_memory_equal(words, commands[opcode - 7].words, strlen(commands[opcode - 7].words));
	assert_string_equal(stlink_find(bytes, 2, false)->name, commands[opcode - 7].name);
}

/* The order of bytes in "get version extended", a line each, "reserved" twice. */
static void check_version_order(struct log *log)
{
	struct decoded request = decoded_request("fb 00*15", false);
	struct decoded answer = decoded_answer(&request, "03 01 02 04 05 06 00 00 83 04 4f 37");
	static const struct { const char *words, *name; uint64_t value; } fields[] = {
		{ "byte: version", "major", 3 }, { "byte: SWIM version", "swim", 1 }, { "byte: JTAG version", "jtag", 2 },
		{ "byte: mass storage/VCP version", "msd", 4 }, { "byte: bridge interface version", "bridge", 5 },
		{ "byte: P version", "power", 6 }, { "byte: reserved", NULL, 0 }, { "byte: reserved", NULL, 0 },
		{ "ushort: VID", "vid", 0x0483 }, { "ushort: PID", "pid", 0x374f },
	};

	assert_int_equal(answer.marks, 0);
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
		assert_string_equal(log_line(log), fields[i].words);
		if (fields[i].name)
			assert_int_equal(decoded_number(&answer, fields[i].name), fields[i].value);
	}
}

/* "PLL / 2" and "PLL/2", "power off" and "off": without case and blanks one ends in the other. */
static bool ends_alike(const char *words, const char *name)
{
	size_t at = strlen(words);

	for (size_t left = strlen(name); left; left--) {
		if (name[left - 1] == ' ')
			continue;
		while (at && words[at - 1] == ' ')
			at--;
		if (!at-- || tolower((unsigned char)words[at]) != tolower((unsigned char)name[left - 1]))
			return false;
	}
	return true;
}

/* "    1: HSI" under a command: the names of its first argument's values. */
static bool check_value(const char *opcode, unsigned value, const char *words)
{
	const char *name = strcmp(opcode, "fa") ? "power" : "source";
	struct decoded request;
	char hex[32];

	if (strcmp(opcode, "fa") && strcmp(opcode, "fd"))
		return false;
	snprintf(hex, sizeof hex, "%s %02x 00*14", opcode, value);
	request = decoded_request(hex, false);
	assert_int_equal(request.marks, 0);
	assert_int_equal(decoded_number(&request, name), value);
	if (!ends_alike(words, decoded_text(&request, name)))
		fail_msg("%s %u is %s, not %s", opcode, value, words, decoded_text(&request, name));
	return true;
}

static void test_gmman(void **state)
{
	struct log log = log_open("gmman-protocol-notes");
	unsigned number, opcodes = 0, loader = 0, returns = 0, values = 0;
	bool in_loader = false;
	char *line, opcode[3] = "";

	(void)state;
	while ((line = log_line(&log)) && strncmp(line, "NVRAM (", 7)) {
		int at = 0;

		if (!*line) {
			in_loader = false;
			opcode[0] = 0;
		}
		in_loader |= !strcmp(line, "Extended DFU commands:");
		if (sscanf(line, "0xf%1x: %n", &number, &at) == 1 && at) {
			snprintf(opcode, sizeof opcode, "f%x", number);
			check_opcode(0xf0 | number, line + at);
			opcodes++;
			if (!strcmp(line + at, "get version extended") && !loader)
				check_version_order(&log);
		} else if (behind(line, "returns: 0x0080 = ")) {
			check_returns(opcode, line);
			returns++;
		} else if (sscanf(line, "%u: %n", &number, &at) == 1 && at && number < 16) {
			bool command = in_loader && number >= 7;

			if (command)
				check_loader_command(number, line + at);
			loader += command;
			values += !command && check_value(opcode, number, line + at);
		}
	}
	assert_int_equal(opcodes, 14);
	assert_int_equal(loader, 4);
	assert_int_equal(returns, 3);
	assert_int_equal(values, 6);
	log_close(&log);
}

/* --- OpenOCD's words for an STLINK-V3: bytes that say so are put together here --- */

/* "STLINK V3J9M3 (API v3) VID:PID 0483:374E" */
static void check_v3_version(const char *text)
{
	struct decoded request = decoded_request("fb 00*15", false), answer;
	unsigned jtag, msd, vid, pid;
	char hex[64], expected[64];

	assert_int_equal(sscanf(text, "J%uM%u (API v3) VID:PID %x:%x", &jtag, &msd, &vid, &pid), 4);
	snprintf(hex, sizeof hex, "03 00 %02x %02x 00*4 %02x %02x %02x %02x", jtag, msd, vid & 0xff, vid >> 8, pid & 0xff, pid >> 8);
	snprintf(expected, sizeof expected, "V3J%uM%u", jtag, msd);
	answer = decoded_answer(&request, hex);
	assert_string_equal(decoded_text(&answer, "firmware"), expected);
	assert_int_equal(stlink_product_find((uint16_t)vid, (uint16_t)pid)->generation, GENERATION_V3);
}

/* The answer of GET_COM_FREQ with these speeds, the first of which is set. */
static void check_speeds(const unsigned *khz, unsigned count)
{
	struct decoded request = decoded_request("f2 62 00*14", false), answer;
	char hex[512];
	int at = snprintf(hex, sizeof hex, "80 00*3 %02x %02x 00 00 %02x 00*3", khz[0] & 0xff, khz[0] >> 8, count);

	for (unsigned i = 0; i < count; i++)
		at += snprintf(hex + at, sizeof hex - (size_t)at, " %02x %02x 00 00", khz[i] & 0xff, khz[i] >> 8);
	snprintf(hex + at, sizeof hex - (size_t)at, " 00*%u", 52 - 12 - 4 * count);
	answer = decoded_answer(&request, hex);
	assert_int_equal(answer.marks, 0);
	assert_int_equal(decoded_role(&answer, ROLE_COUNT), count);
	assert_int_equal(decoded_role(&answer, ROLE_SPEED), khz[0]);
	for (unsigned i = 0; i < count; i++)
		assert_int_equal(answer.fields[answer.count - count + i].number, khz[i]);
}

static void test_openocd_9(void **state)
{
	struct log log = log_open("st-openocd-9-v3-open");
	unsigned khz[10], speeds = 0, versions = 0, modes = 0;
	char *line;

	(void)state;
	while ((line = log_line(&log))) {
		const char *speed = behind(line, "stlink_dump_speed_map(): "), *mode = behind(line, "MODE: ");

		if (*line == '#')
			continue;
		if (behind(line, "STLINK V3")) {
			check_v3_version(behind(line, "STLINK V3"));
			versions++;
		} else if (speed && strtoul(speed, NULL, 10)) {
			assert_true(speeds < sizeof khz / sizeof *khz);
			khz[speeds++] = (unsigned)strtoul(speed, NULL, 10);
		} else if (mode) {
			/* Twice before its init_mode, and behind it. */
			assert_string_equal(name_of(stlink_mode_names, strtoul(mode, NULL, 16)), modes++ < 2 ? "MASS" : "DEBUG");
		}
	}
	assert_int_equal(versions, 1);
	assert_int_equal(modes, 3);
	assert_int_equal(speeds, 7);
	check_speeds(khz, speeds);
	log_close(&log);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_descriptors),
		cmocka_unit_test(test_serials),
		cmocka_unit_test(test_products),
		cmocka_unit_test(test_libusb_111),
		cmocka_unit_test(test_gmman),
		cmocka_unit_test(test_openocd_9),
	};

	return cmocka_run_group_tests_name("logs: notes", tests, NULL, NULL);
}
