/*
 * The device table of a summary: what a probe is on USB, what its endpoints carry, what was counted and left alone, who else is there.
 * The descriptors are made up after the public tables of the ST-Links; the serial number is invented.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "../analyzer/output/summary_json.h"
#include "../analyzer/output/summary_text.h"
#include "urb.h"

#define GET_DEVICE "80 06 00 01 00 00 12 00"
#define GET_CONFIGURATION "80 06 00 02 00 00 ff 00"
#define GET_STRING(index) "80 06 " index " 03 09 04 ff 00"

#define V21_DEVICE "12 01 00 02 ef 02 01 40 83 04 4b 37 00 01 01 02 03 01"
#define V21_CONFIGURATION                                                                                                 \
	"09 02 87 00 04 01 00 80 32"                                                                                      \
	"09 04 00 00 03 ff ff ff 04 07 05 81 02 40 00 00 07 05 01 02 40 00 00 07 05 82 02 20 00 00"                       \
	"09 04 01 00 02 08 06 50 05 07 05 83 02 40 00 00 07 05 03 02 40 00 00"                                            \
	"09 04 02 00 01 02 02 01 07 07 05 84 03 0a 00 ff"                                                                 \
	"09 04 03 00 02 0a 00 00 08 07 05 05 02 40 00 00 07 05 85 02 40 00 00 09 04 03 01 00 0a 00 00 08 00 00 00 00 00 00"
#define PRODUCT_WITH_ESCAPE "0a 03 53 00 54 00 1b 00 5b 00" /* ST, escape, [ */
#define SERIAL_NUMBER                                                               \
	"32 03 30 00 36 00 36 00 35 00 46 00 46 00 31 00 31 00 32 00 32 00 33 00 33 00 " \
	"34 00 34 00 35 00 35 00 36 00 36 00 37 00 37 00 38 00 38 00 39 00 39 00"
#define V3_DEVICE "12 01 00 02 ef 02 01 40 83 04 4f 37 00 01 01 02 00 01"
#define V3_CONFIGURATION                                                                                              \
	"09 02 3e 00 02 01 00 80 fa"                                                                                  \
	"09 04 00 00 03 ff ff ff 00 07 05 81 02 00 02 00 07 05 01 02 00 02 00 07 05 82 02 00 02 00"                   \
	"09 04 04 00 02 ff ff ff 00 07 05 86 02 00 02 00 07 05 06 02 00 02 00"
#define KEYBOARD_DEVICE "12 01 10 01 00 00 00 08 6d 04 1c c3 00 01 01 02 00 01"
#define KEYBOARD_PRODUCT "0a 03 4b 00 65 00 79 00 73 00" /* Keys */

struct bench {
	struct tracker *tracker;
	struct facts *facts;
	struct report report;
	struct urb_maker host;
	char *text;
	json_t *json;
};

static int begin(void **state)
{
	struct bench *bench = calloc(1, sizeof *bench);
	struct listener listener;

	if (!bench)
		return -1;
	bench->tracker = tracker_new();
	bench->facts = facts_new(NULL, NULL);
	listener = facts_listener(bench->facts);
	tracker_listen(bench->tracker, &listener);
	bench->host = urb_maker_new(1, 7);
	*state = bench;
	return 0;
}

static int end(void **state)
{
	struct bench *bench = *state;

	report_free(&bench->report);
	facts_free(bench->facts);
	tracker_free(bench->tracker);
	json_decref(bench->json);
	free(bench->text);
	free(bench);
	return 0;
}

static void see(struct bench *bench, const struct urb_event *urb)
{
	tracker_observe(bench->tracker, urb);
}

static void transfer(struct bench *bench, const char *setup, const char *answer)
{
	see(bench, urb_setup(&bench->host, setup));
	see(bench, urb_setup_done(&bench->host, answer));
}

/* Both halves of a bulk transfer. */
static void send(struct bench *bench, uint8_t endpoint, const char *hex)
{
	see(bench, urb_out(&bench->host, endpoint, hex));
	see(bench, urb_make(&bench->host, URB_COMPLETE, URB_BULK, endpoint, URB_OK, ""));
}

static void read_from(struct bench *bench, uint8_t endpoint, const char *hex)
{
	see(bench, urb_make(&bench->host, URB_SUBMIT, URB_BULK, endpoint, URB_PENDING, ""));
	see(bench, urb_in(&bench->host, endpoint, hex));
}

static void plug(struct bench *bench, const char *device, const char *configuration)
{
	transfer(bench, GET_DEVICE, device);
	transfer(bench, GET_CONFIGURATION, configuration);
}

static void print(struct bench *bench)
{
	struct summary_style style = { .verbose = 1, .width = 200 };
	size_t size = 0;
	FILE *file;

	tracker_finish(bench->tracker);
	facts_finish(bench->facts, NULL, bench->tracker);
	report_make(&bench->report, facts_capture(bench->facts));
	file = open_memstream(&bench->text, &size);
	summary_text(file, &bench->report, &style);
	fputc('\0', file);
	summary_json(file, &bench->report, NULL, false);
	fclose(file);
	bench->json = json_loads(bench->text + strlen(bench->text) + 1, 0, NULL);
	assert_non_null(bench->json);
	for (char *c = bench->text; *c; c++)
		assert_true(*c == '\n' || (unsigned char)*c >= ' ');
}

static void has(const struct bench *bench, const char *line)
{
	if (!strstr(bench->text, line))
		fail_msg("not in the summary: %s\n%s", line, bench->text);
}

static const json_t *first_of(const struct bench *bench, const char *list)
{
	const json_t *first = json_array_get(json_object_get(bench->json, list), 0);

	assert_non_null(first);
	return first;
}

static int64_t number(const json_t *object, const char *key)
{
	assert_true(json_is_integer(json_object_get(object, key)));
	return json_integer_value(json_object_get(object, key));
}

static const char *word(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

/* "81 answer, 01 command": the endpoints of an interface. */
static void carries(const json_t *probe, size_t interface, const char *expected)
{
	const json_t *endpoints = json_object_get(json_array_get(json_object_get(probe, "interfaces"), interface), "endpoints");
	char got[200] = "";

	for (size_t i = 0; i < json_array_size(endpoints); i++) {
		const json_t *endpoint = json_array_get(endpoints, i);

		assert_string_equal(word(endpoint, "direction"), number(endpoint, "address") & 0x80 ? "in" : "out");
		snprintf(got + strlen(got), sizeof got - strlen(got), "%s%02x %s", i ? ", " : "", (unsigned)number(endpoint, "address"),
		         word(endpoint, "carries"));
	}
	assert_string_equal(got, expected);
}

static void test_probe(void **state)
{
	struct bench *bench = *state;
	const json_t *probe, *interface;

	plug(bench, V21_DEVICE, V21_CONFIGURATION);
	transfer(bench, GET_STRING("02"), PRODUCT_WITH_ESCAPE);
	transfer(bench, GET_STRING("03"), SERIAL_NUMBER);
	send(bench, 0x03, "55 53 42 43");                  /* the disk, */
	read_from(bench, 0x83, "55 53 42 53");
	read_from(bench, 0x85, "68 65 6c 6c 6f");          /* and the serial port: 6 records */
	read_from(bench, 0x81, "");                        /* nothing there */
	send(bench, 0x01, "f1 80 00 00 00 00 00 00 00 00 00 00 00 00 00 00");
	read_from(bench, 0x81, "29 1b 83 04 4b 37");
	read_from(bench, 0x81, "01 02");                   /* nobody asked */
	read_from(bench, 0x82, "48 69 21");
	print(bench);
	has(bench, "\n  usb       \"ST\\x1b[\", full speed, 24 records\n"
	           "    interface 0   vendor specific (ff/ff/ff), no Linux driver: 81 answer, 01 command, 82 trace\n"
	           "    interface 1   mass storage (08/06/50), Linux driver usb-storage: 83 disk, 03 disk\n"
	           "    interface 2   communications (02/02/01), Linux driver cdc_acm: 84 serial port\n"
	           "    interface 3   CDC data (0a/00/00), Linux driver cdc_acm: 05 serial port, 85 serial port\n"
	           "    interface 3   CDC data (0a/00/00), alternate setting 1, Linux driver cdc_acm\n");
	has(bench, "  besides   6 records of its own disk, serial port and the like: counted, not read; 1 read without a command that found nothing; "
	           "1 answer that no command asked for; 3 bytes of trace data (SWO)\n");
	assert_null(strstr(bench->text, "0665FF"));

	probe = first_of(bench, "probes");
	assert_int_equal(number(probe, "vid"), 0x0483);
	assert_string_equal(word(probe, "product"), "ST\033[");
	assert_string_equal(word(probe, "speed"), "full");
	assert_int_equal(number(probe, "records"), 24);
	assert_int_equal(number(probe, "foreign_records"), 6);
	assert_int_equal(number(probe, "drain_reads"), 1);
	assert_int_equal(number(probe, "stray_answers"), 1);
	assert_int_equal(number(probe, "trace_bytes"), 3);
	assert_int_equal(number(probe, "returns"), 0);
	assert_int_equal(json_array_size(json_object_get(probe, "interfaces")), 5);
	carries(probe, 0, "81 answer, 01 command, 82 trace");
	carries(probe, 1, "83 disk, 03 disk");
	carries(probe, 2, "84 serial-port");
	carries(probe, 3, "05 serial-port, 85 serial-port");
	carries(probe, 4, "");
	interface = json_array_get(json_object_get(probe, "interfaces"), 1);
	assert_int_equal(number(interface, "number"), 1);
	assert_int_equal(number(interface, "alternate"), 0);
	assert_int_equal(number(interface, "class"), 8);
	assert_string_equal(word(interface, "class_name"), "mass storage");
	assert_string_equal(word(interface, "kernel_driver"), "usb-storage");
	interface = json_array_get(json_object_get(probe, "interfaces"), 0);
	assert_true(json_is_null(json_object_get(interface, "kernel_driver")));
	assert_string_equal(word(json_array_get(json_object_get(interface, "endpoints"), 2), "type"), "bulk");
	assert_int_equal(number(json_array_get(json_object_get(interface, "endpoints"), 2), "max_packet"), 32);
}

static void test_bridge(void **state)
{
	struct bench *bench = *state;

	plug(bench, V3_DEVICE, V3_CONFIGURATION);
	send(bench, 0x01, "fb 80 00 00 00 00 00 00 00 00 00 00 00 00 00 00");
	print(bench);
	has(bench, "  usb       high speed, 6 records\n");
	has(bench, "    interface 4   vendor specific (ff/ff/ff), no Linux driver: 86 bridge answer, 06 bridge command\n");
	carries(first_of(bench, "probes"), 1, "86 bridge-answer, 06 bridge-command");
	assert_true(json_is_null(json_object_get(first_of(bench, "probes"), "product")));
}

/* Unplugged and back at another address: one probe, its records together. */
static void test_return(void **state)
{
	struct bench *bench = *state;
	const json_t *probe;

	plug(bench, V21_DEVICE, V21_CONFIGURATION);
	transfer(bench, GET_STRING("03"), SERIAL_NUMBER);
	send(bench, 0x01, "f5 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00");
	see(bench, urb_make(&bench->host, URB_SUBMIT, URB_BULK, 0x81, URB_PENDING, ""));
	see(bench, urb_make(&bench->host, URB_COMPLETE, URB_BULK, 0x81, URB_GONE, ""));
	bench->host.urb.device = 9;
	plug(bench, V21_DEVICE, V21_CONFIGURATION);
	transfer(bench, GET_STRING("03"), SERIAL_NUMBER);
	send(bench, 0x01, "f5 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00");
	read_from(bench, 0x81, "01 00");
	print(bench);
	assert_int_equal(json_array_size(json_object_get(bench->json, "probes")), 1);
	probe = first_of(bench, "probes");
	assert_int_equal(number(probe, "records"), 20);
	assert_int_equal(number(probe, "returns"), 1);
	has(bench, "1 return to the bus");
}

/* Begun after enumeration: what is not known is not made up. */
static void test_undescribed(void **state)
{
	struct bench *bench = *state;
	const json_t *probe;

	send(bench, 0x02, "f1 80 00 00 00 00 00 00 00 00 00 00 00 00 00 00");
	read_from(bench, 0x81, "29 1b 83 04 48 37");
	print(bench);
	has(bench, "  usb       4 records; its interfaces are not in this capture\n");
	probe = first_of(bench, "probes");
	assert_true(json_is_null(json_object_get(probe, "speed")));
	assert_int_equal(json_array_size(json_object_get(probe, "interfaces")), 0);
}

static void test_others(void **state)
{
	struct bench *bench = *state;
	const json_t *other;

	transfer(bench, GET_DEVICE, KEYBOARD_DEVICE);
	transfer(bench, GET_STRING("02"), KEYBOARD_PRODUCT);
	print(bench);
	has(bench, "\nOther devices\n  1:7       USB device 046d:c31c \"Keys\", 4 records\n");
	other = first_of(bench, "other_devices");
	assert_string_equal(word(other, "product"), "Keys");
	assert_int_equal(number(other, "records"), 4);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_probe), TEST(test_bridge), TEST(test_return), TEST(test_undescribed), TEST(test_others),
	};

	return cmocka_run_group_tests_name("summary_device", tests, NULL, NULL);
}
