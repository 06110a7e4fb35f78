/*
 * The command line as a user meets it: sub-commands, options, wrong values, exit codes, closed outputs, nothing unescaped. Runs the program.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "support/captures.h"

/* A pcap of LINKTYPE_USB_LINUX_MMAPPED without records, and a file that is none. */
static char capture[] = "/tmp/stlinkscope-cli-XXXXXX", text_file[] = "/tmp/stlinkscope-cli-XXXXXX";

static int write_file(char *name, const void *bytes, size_t size)
{
	int file = mkstemp(name);
	bool good = file >= 0 && write(file, bytes, size) == (ssize_t)size;

	return !good || close(file) ? -1 : 0;
}

static int begin(void **state)
{
	static const uint8_t header[24] = { 0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 220 };

	(void)state;
	return write_file(capture, header, sizeof header) || write_file(text_file, "no capture\n", 11) ? -1 : 0;
}

static int end(void **state)
{
	(void)state;
	unlink(capture);
	unlink(text_file);
	return 0;
}

/* Runs "stlinkscope ARGUMENTS"; %s in them is the path of the empty capture. Both outputs together, ended by a 0. */
static struct file run(const char *arguments, int *status)
{
	char filled[512], command[1024];

	snprintf(filled, sizeof filled, arguments, capture); /* arguments come from this file alone */
	snprintf(command, sizeof command, "%s %s 2>&1", program_path(), filled);
	return command_output(command, status);
}

static void check(const char *arguments, int expected_status, const char *expected)
{
	int status;
	struct file output = run(arguments, &status);

	if (status != expected_status || !strstr((char *)output.bytes, expected))
		fail_msg("stlinkscope %s: status %d\n%s\nexpected: %d, with: %s", arguments, status, output.bytes, expected_status, expected);
	free(output.bytes);
}

/* One line on stderr, nothing on stdout, exit status 2. */
static void check_refused(const char *arguments, const char *expected)
{
	int status;
	struct file output = run(arguments, &status);
	const char *line_end = strchr((char *)output.bytes, '\n');

	if (status != 2 || !strstr((char *)output.bytes, expected) || !line_end || line_end[1])
		fail_msg("stlinkscope %s: status %d\n%s\nexpected one line with: %s", arguments, status, output.bytes, expected);
	free(output.bytes);
}

static void test_words(void **state)
{
	(void)state;
	check("", 2, "Usage:");
	check("--help", 0, "  decode ");
	check("-h", 0, "Usage:");
	check("--version", 0, "stlinkscope ");
	check("decode --help", 0, "--no-fold");
	check("commands --help", 0, "--json");
	check_refused("decod", "did you mean 'stlinkscope decode'?");
	check_refused("frobnicate", "'stlinkscope --help' lists");
	check_refused("no-such-file.pcap", "no-such-file.pcap");
	check_refused("decode no-such-file.pcap", "no-such-file.pcap");
	check_refused("decode /", "/");
	check_refused("decode", "no capture named");
	check_refused("decode a b", "too many arguments, from 'b' on");
	check_refused("summary", "no capture named");
	check_refused("stats a b", "too many arguments, from 'b' on");
	check_refused("explain a b", "too many arguments, from 'b' on");
	check_refused("commands a b", "too many arguments, from 'b' on");
	check_refused("decode ''", "'': there is no such file");
	check("decode --frobnicate x", 2, "--frobnicate");
}

static void test_wrong_values(void **state)
{
	(void)state;
	check_refused("decode --time noon %s", "relative, delta, utc");
	check_refused("decode --color sometimes %s", "auto, always, never");
	check_refused("decode --device 1 %s", "BUS:ADDRESS");
	check_refused("decode --device 1:x %s", "BUS:ADDRESS");
	check_refused("decode --device 1:70000 %s", "BUS:ADDRESS");
	check_refused("decode --only mode,everything %s", "'everything'");
	check_refused("decode --only '' %s", "nothing named");
	check_refused("decode --command READ_DAP_REGISTER %s", "'READ_DAP_REGISTER'");
	check_refused("decode --address 0x20000000-0x1 %s", "'0x20000000-0x1'");
	check_refused("decode --address 20000000h %s", "'20000000h'");
	check_refused("decode --address 0x100000000 %s", "'0x100000000'");
	check_refused("decode --address 5+18446744073709551615 %s", "'5+18446744073709551615'");
	check_refused("decode --frames 7-3 %s", "'7-3'");
	check_refused("decode --frames x %s", "'x'");
	check_refused("commands READ_DAP_REGISTER", "'READ_DAP_REGISTER'");
	check_refused("--fail-on bad %s", "error, warning, info, never");
	check_refused("decode --v1 %s", "only with --hex");
	check_refused("scrub --device 1:9 %s out.pcapng", "--device: OUT gets every ST-Link");
	check_refused("annotate --device 1:9 %s out.pcapng", "--device: OUT gets every ST-Link");
	check_refused("decode --hex --only mode f5", "decodes one command");
	check_refused("decode --hex --device 1:7 f5", "decodes one command");
	/* Right ones. */
	check("decode --time=utc --color never --device 1:7 --only errors,mode,memory,dap,trace,usb %s", 0, "0 transactions");
	check("decode --command read* --command UNKNOWN --address 0x20000000+1024 --frames 5- %s", 0, "0 transactions");
}

/* What is said of a wrong value shows it, and cannot do anything to the terminal. */
static void test_escaping(void **state)
{
	static const char *const arguments[] = {
		"decode --time \"$(printf '\\033[31m')\" %s", "decode --color \"$(printf '\\033[31m')\" %s",
		"decode --device \"$(printf '\\033[31m')\" %s", "decode --only \"$(printf '\\033[31m')\" %s",
		"decode --command \"$(printf '\\033[31m')\" %s", "decode --address \"$(printf '\\033[31m')\" %s",
		"decode --frames \"$(printf '\\033[31m')\" %s", "decode %s \"$(printf '\\033[31m')\"",
		"--fail-on \"$(printf '\\033[31m')\" %s", "summary \"$(printf '\\033[31m')\"", "explain \"$(printf '\\033[31m')\"",
		"explain --color \"$(printf '\\033[31m')\"", "commands \"$(printf '\\033[31m')\"", "commands a \"$(printf '\\033[31m')\"",
	};

	(void)state;
	for (unsigned i = 0; i < sizeof arguments / sizeof arguments[0]; i++)
		check_refused(arguments[i], "\\x1b[31m");
}

static void test_empty_capture(void **state)
{
	(void)state;
	check("decode %s", 0, "no ST-Link command in it");
	check("decode -q %s", 0, "");
	check("decode --json %s", 0, "{\"type\":\"capture\",\"schema\":1,\"link_type\":220,");
	check("decode --json %s", 0, "\n{\"type\":\"end\",\"complete\":true,");
	check("decode - < %s", 0, "0 transactions");
}

static void test_hex(void **state)
{
	(void)state;
	check("decode --hex 'f2 36 f0 ed 00 e0' '80 00 00 00 03 00 03 00'", 0, "READDEBUGREG DHCSR -> OK 0x00030003 halted, debug enabled\n");
	check("decode --hex 0xf2,0x36,f0:ed:00:e0 8000000003000300", 0, "READDEBUGREG DHCSR -> OK 0x00030003 halted, debug enabled\n");
	check("decode --hex --json f230a3 0900", 0, "\"status\":9,\"status_name\":\"GET_IDCODE_ERROR\",\"result\":\"error\"");
	check("decode --hex f230a3 09", 0, "short: 1 of 2 bytes");
	check("decode --hex f25f", 0, "UNKNOWN f2 5f");
	check("decode --hex '55 53 42 43 01 00 00 00 02 00 00 00 80 00 0a f5 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00' '02 00'", 0,
	      "GET_CURRENT_MODE -> DEBUG\n");
	check("decode --hex --v1 '12 00 00 00 24 00'", 0, "INQUIRY");
	check("decode --hex 'f2 08 00 00 00 20 04 00' '01 02 03 04'", 0, "length=4 <- 01 02 03 04 = 0x04030201");
	check_refused("decode --hex", "no command given");
	check_refused("decode --hex ''", "no bytes in the command");
	check_refused("decode --hex 'f2 3g'", "no hex digit at position 5 of the command");
	check_refused("decode --hex 'f2 3'", "half a byte at position 4 of the command");
	check_refused("decode --hex 'f5' '02 zz'", "no hex digit at position 4 of the answer");
	check_refused("decode --hex f5 0200 00", "takes no data");
}

static void test_commands(void **state)
{
	(void)state;
	check("commands", 0, "f2 36  READDEBUGREG");
	check("commands", 0, "statuses, scope debug");
	check("commands", 0, "notes on a transaction");
	check("commands read_dap_reg", 0, "READ_DAP_REG (f2 45)");
	check("commands --json", 0, "{\"type\":\"commands\",\"schema\":1,\"commands\":[{\"opcode\":\"f1\"");
	check("commands --json EXIT", 0, "\"commands\":[{\"opcode\":\"f221\",\"command\":\"EXIT\"");
}

static void check_shell(const char *format, int expected_status, const char *expected)
{
	char command[1024];
	struct file output;
	int status;

	snprintf(command, sizeof command, format, program_path());
	output = command_output(command, &status);
	if (status != expected_status || strcmp((char *)output.bytes, expected))
		fail_msg("%s: status %d\n%s", command, status, output.bytes);
	free(output.bytes);
}

static void test_closed_output(void **state)
{
	(void)state;
	check_shell("exec 2>&1; %s commands | head -n 1", 0, "probe commands\n");
	check_shell("exec 2>&1; { %s commands; echo status $? >&2; } | head -c 0", 0, "status 0\n");
	check_shell("%s commands >&-", 0, "");
	check_shell("exec 2>&1; trap '' PIPE; %s commands | head -n 1", 0, "probe commands\n");
	check_shell("%s commands 2>&1 >/dev/full", 2, "stlinkscope: cannot write the output: No space left on device\n");
	/* A capture that never ends is not read on for an output that cannot be written. */
	check_shell("f=captures/healthy-v2-1/capture.pcap; { cat $f; while tail -c +25 $f; do :; done; } 2>/dev/null |"
	            " timeout 20 %s decode - 2>&1 >/dev/full", 2, "stlinkscope: cannot write the output: No space left on device\n");
}

static void test_unreadable(void **state)
{
	char command[256];

	(void)state;
	snprintf(command, sizeof command, "decode %s", text_file);
	check_refused(command, "stlinkscope: ");
	check_refused("decode --json no-such-file.pcap", "no-such-file.pcap");
	check_refused("\"$(printf 'a\\033[31mb')\"", "\\x1b[31m");
	check_refused("decode \"$(printf './a\\033[31mb')\"", "\\x1b[31m");
}

/* What is written never takes the place of the capture that it is made of. */
static void test_input_is_kept(void **state)
{
	static const char *const commands[] = {
		"report $c --format md -o $c", "report $c --format html -o $d/link", "summary --junit $c $c",
		"summary --junit $d/link captures/hla-v2/capture.pcapng $c",
		"extract $c --swo $c", "extract $c --itm=$d/link", "scrub $c $c", "annotate $c $d/link",
	};

	(void)state;
	for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
		char command[512];

		snprintf(command, sizeof command, "d=$(mktemp -d); c=$d/c; cp captures/target-silent-v2/capture.pcap $c; ln -s c $d/link;"
		         " { %%s %s; } 2>&1 >/dev/null | sed \"s|$d/[a-z]*:|OUT:|\"; cmp $c captures/target-silent-v2/capture.pcap; rm -r $d", commands[i]);
		check_shell(command, 0, "stlinkscope: OUT: is the input itself; name another file\n");
	}
	check_refused("summary --junit - %s", "'-' is no file name");
	check_refused("extract --swo out --itm=out %s", "'out' is where --swo goes");
}

/* A verdict stands at the beginning of its line, named or not. */
static void test_several(void **state)
{
	(void)state;
	check_shell("%s summary captures/target-silent-v2/capture.pcap captures/target-silent-v2/capture.pcap | grep -c '^TARGET: '", 0, "2\n");
	check_shell("%s summary -q -H captures/target-silent-v2/capture.pcap | head -n 1 | cut -c 1-48", 0,
	            "captures/target-silent-v2/capture.pcap: TARGET: \n");
}

/* What had to be copied, to be read twice, is called what the user calls it. */
static void test_names_of_copies(void **state)
{
	static const char *const commands[] = { "report - --format md -o -", "scrub -q - -", "annotate - -" };

	(void)state;
	for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
		char command[256];

		snprintf(command, sizeof command, "head -c 1500 captures/target-silent-v2/capture.pcap | %%s %s 2>&1 >/dev/null", commands[i]);
		check_shell(command, 2, "stlinkscope: standard input: record 18 is cut by the end of the file: 2 of 16 bytes are there;"
		            " everything before it was read\n");
	}
	check_shell("%s scrub captures/target-silent-v2/capture.pcap /no/such/place 2>&1", 2,
	            "stlinkscope: /no/such/place: cannot be written: No such file or directory\n");
	check_shell("%s scrub captures/target-silent-v2/capture.pcap - 2>&1 >/dev/full", 2,
	            "stlinkscope: standard output: cannot be written: No space left on device\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words), cmocka_unit_test(test_wrong_values), cmocka_unit_test(test_escaping),
		cmocka_unit_test(test_empty_capture),
		cmocka_unit_test(test_hex), cmocka_unit_test(test_commands), cmocka_unit_test(test_closed_output),
		cmocka_unit_test(test_unreadable), cmocka_unit_test(test_input_is_kept), cmocka_unit_test(test_names_of_copies),
		cmocka_unit_test(test_several),
	};

	return cmocka_run_group_tests_name("command line", tests, begin, end);
}
