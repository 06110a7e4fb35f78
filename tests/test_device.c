/*
 * analyzer/track/device*.c: enumeration, descriptors whole and in parts, who is what, whose endpoints, whose key strokes.
 * The descriptors are made up after the public tables of the ST-Links; serial numbers are invented.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../analyzer/input/input.h"
#include "../analyzer/track/device.h"
#include "urb.h"

#define GET_DEVICE "80 06 00 01 00 00 12 00"
#define GET_DEVICE_8 "80 06 00 01 00 00 08 00"
#define GET_CONFIGURATION_9 "80 06 00 02 00 00 09 00"
#define GET_CONFIGURATION "80 06 00 02 00 00 ff 00"
#define GET_STRING(index) "80 06 " index " 03 09 04 ff 00"
#define SET_ADDRESS(address) "00 05 " address " 00 00 00 00 00"
#define SET_CONFIGURATION "00 09 01 00 00 00 00 00"
#define PORT_RESET "23 03 04 00 02 00 00 00"

#define V21_DEVICE "12 01 00 02 ef 02 01 40 83 04 4b 37 00 01 01 02 03 01"
#define V21_HEAD "09 02 80 00 04 01 00 80 32"
#define V21_DEBUG "09 04 00 00 03 ff ff ff 04 07 05 81 02 40 00 00 07 05 01 02 40 00 00 07 05 82 02 20 00 00"
#define V21_DISK "09 04 01 00 02 08 06 50 05 07 05 83 02 40 00 00 07 05 03 02 40 00 00"
#define V21_SERIAL                                                                                       \
	"08 0b 02 02 02 02 01 06 09 04 02 00 01 02 02 01 07 05 24 00 10 01 05 24 01 01 03 04 24 02 06 " \
	"05 24 06 02 03 07 05 84 03 0a 00 ff 09 04 03 00 02 0a 00 00 08 07 05 05 02 40 00 00 07 05 85 02 40 00 00"
#define V21_CONFIGURATION V21_HEAD V21_DEBUG V21_DISK V21_SERIAL
#define V21_PRODUCT "1a 03 53 00 54 00 4d 00 33 00 32 00 20 00 53 00 54 00 4c 00 69 00 6e 00 6b 00"
#define V21_SERIAL_NUMBER                                                           \
	"32 03 30 00 36 00 36 00 35 00 46 00 46 00 31 00 31 00 32 00 32 00 33 00 33 00 " \
	"34 00 34 00 35 00 35 00 36 00 36 00 37 00 37 00 38 00 38 00 39 00 39 00"

#define V3_DEVICE "12 01 00 02 ef 02 01 40 83 04 4f 37 00 01 01 02 03 01"
#define V3_CONFIGURATION                                                                                      \
	"09 02 3e 00 03 01 00 80 fa"                                                                          \
	"09 04 00 00 03 ff ff ff 00 07 05 81 02 00 02 00 07 05 01 02 00 02 00 07 05 82 02 00 02 00"           \
	"09 04 04 00 02 ff ff ff 00 07 05 86 02 00 02 00 07 05 06 02 00 02 00"

#define V1_DEVICE "12 01 00 02 00 00 00 40 83 04 44 37 00 01 01 02 03 01"
#define V1_CONFIGURATION "09 02 20 00 01 01 00 80 32 09 04 00 00 02 08 06 50 04 07 05 81 02 40 00 00 07 05 02 02 40 00 00"

#define KEYBOARD_DEVICE "12 01 10 01 00 00 00 08 6d 04 1c c3 00 01 01 02 00 01"
#define KEYBOARD_CONFIGURATION "09 02 22 00 01 01 00 a0 2d 09 04 00 00 01 03 01 01 00 09 21 10 01 00 01 22 41 00 07 05 81 03 08 00 0a"

#define HUB_DEVICE "12 01 00 02 09 00 01 40 6b 1d 02 00 01 06 03 02 01 01"

struct bench {
	struct device_table *table;
	struct urb_maker host;
	struct device_event event; /* of the last record */
};

static struct bench bench_new(void)
{
	return (struct bench){ .table = device_table_new(), .host = urb_maker_new(1, 7) };
}

static void see(struct bench *bench, const struct urb_event *urb)
{
	device_observe(bench->table, urb, &bench->event);
}

static void see_setup(struct bench *bench, const char *setup)
{
	see(bench, urb_setup(&bench->host, setup));
}

/* A control transfer, both halves. The event is that of the submission where it had one. */
static void transfer(struct bench *bench, const char *setup, const char *answer)
{
	struct device_event first;

	see_setup(bench, setup);
	first = bench->event;
	see(bench, urb_setup_done(&bench->host, answer));
	if (first.kind != DEVICE_EVENT_NONE)
		bench->event = first;
}

static struct device *at(struct bench *bench, uint16_t address)
{
	return device_at(bench->table, 1, address);
}

static void describe(struct bench *bench, const char *device, const char *configuration)
{
	transfer(bench, GET_DEVICE, device);
	transfer(bench, GET_CONFIGURATION, configuration);
}

static void report(struct bench *bench, uint8_t endpoint, const char *hex)
{
	see(bench, urb_make(&bench->host, URB_COMPLETE, URB_INTERRUPT, endpoint, URB_OK, hex));
}

static void enumeration_fills_the_device(void **state)
{
	struct bench bench = bench_new();
	struct device *device;

	(void)state;
	bench.host.urb.device = 0;
	transfer(&bench, "80 06 00 01 00 00 40 00", V21_DEVICE);
	assert_int_equal(bench.event.kind, DEVICE_EVENT_NONE);
	see_setup(&bench, SET_ADDRESS("07"));
	assert_int_equal(bench.event.kind, DEVICE_EVENT_ADDRESSED);
	assert_int_equal(bench.event.device->address, 7);
	see(&bench, urb_setup_done(&bench.host, ""));
	bench.host.urb.device = 7;
	transfer(&bench, GET_DEVICE, V21_DEVICE);
	assert_int_equal(bench.event.kind, DEVICE_EVENT_IDENTIFIED);
	transfer(&bench, GET_CONFIGURATION, V21_CONFIGURATION);
	transfer(&bench, GET_STRING("02"), V21_PRODUCT);
	transfer(&bench, GET_STRING("03"), V21_SERIAL_NUMBER);
	assert_int_equal(bench.event.kind, DEVICE_EVENT_SERIAL);
	transfer(&bench, SET_CONFIGURATION, "");
	assert_int_equal(bench.event.kind, DEVICE_EVENT_CONFIGURED);
	assert_true(bench.event.after_address);

	device = at(&bench, 7);
	assert_true(device->described && device->configured && device->enumerated && !device->gone);
	assert_int_equal(device->kind, DEVICE_STLINK);
	assert_int_equal(device->product_row->pid, 0x374b);
	assert_int_equal(device->vid, 0x0483);
	assert_int_equal(device->bcd_device, 0x0100);
	assert_string_equal(device->product, "STM32 STLink");
	assert_string_equal(device->serial, "0665FF112233445566778899");
	assert_int_equal(device->serial_length, 50);
	assert_int_equal(device->interface_count, 4);
	assert_int_equal(device->endpoint_count, 8);
	assert_false(device->high_speed);
	assert_int_equal(device->endpoints[2].max_packet, 32);

	/* The same again, as libusb reads it: nothing new, and nothing lost by the parts. */
	transfer(&bench, GET_DEVICE_8, "12 01 00 02 ef 02 01 40");
	transfer(&bench, GET_DEVICE, V21_DEVICE);
	assert_int_equal(bench.event.kind, DEVICE_EVENT_NONE);
	transfer(&bench, GET_CONFIGURATION_9, V21_HEAD);
	transfer(&bench, "80 06 00 02 00 00 20 00", V21_HEAD "09 04 00 00 03 ff ff ff 04 07 05 81 02 40 00 00 07 05 01 02 40 00 00");
	transfer(&bench, GET_STRING("03"), "32 03");
	transfer(&bench, GET_STRING("03"), "32 03 30 00");
	transfer(&bench, GET_STRING("02"), "1a 03 53 00");
	assert_int_equal(bench.event.kind, DEVICE_EVENT_NONE);
	assert_int_equal(device->interface_count, 4);
	assert_int_equal(device->endpoint_count, 8);
	assert_string_equal(device->product, "STM32 STLink");
	assert_string_equal(device->serial, "0665FF112233445566778899");
	transfer(&bench, SET_CONFIGURATION, "");
	assert_int_equal(bench.event.kind, DEVICE_EVENT_CONFIGURED);
	assert_false(bench.event.after_address);
	device_table_free(bench.table);
}

static void parts_come_first(void **state)
{
	struct bench bench = bench_new();

	(void)state;
	transfer(&bench, GET_DEVICE_8, "12 01 00 02 ef 02 01 40");
	assert_int_equal(bench.event.kind, DEVICE_EVENT_NONE);
	assert_false(at(&bench, 7)->described);
	transfer(&bench, GET_DEVICE, V21_DEVICE);
	transfer(&bench, GET_STRING("03"), "32 03 30 00");
	assert_int_equal(at(&bench, 7)->serial_length, 50);
	assert_string_equal(at(&bench, 7)->serial, "");
	transfer(&bench, GET_CONFIGURATION_9, V21_HEAD);
	transfer(&bench, GET_CONFIGURATION, V21_HEAD V21_DEBUG);
	assert_int_equal(at(&bench, 7)->endpoint_count, 3);
	transfer(&bench, GET_CONFIGURATION, V21_CONFIGURATION);
	assert_int_equal(at(&bench, 7)->endpoint_count, 8);
	device_table_free(bench.table);
}

static void raw_serials_are_normal_for_stlinks_only(void **state)
{
	static const char raw[] = "1a 03 51 00 fe 00 6e 00 07 00 49 00 83 00 58 00 52 00 41 00 28 00 12 00 88 00";
	struct bench bench = bench_new();

	(void)state;
	transfer(&bench, GET_DEVICE, "12 01 00 02 00 00 00 40 83 04 48 37 00 01 01 02 03 01");
	transfer(&bench, GET_STRING("03"), raw);
	assert_string_equal(at(&bench, 7)->serial, "51FE6E074983585241281288");
	assert_int_equal(at(&bench, 7)->serial_length, 26);
	bench.host.urb.device = 8;
	transfer(&bench, GET_DEVICE, "12 01 00 02 00 00 00 40 34 12 48 37 00 01 01 02 03 01");
	transfer(&bench, GET_STRING("03"), V21_PRODUCT);
	assert_string_equal(at(&bench, 8)->serial, "STM32 STLink");
	device_table_free(bench.table);
}

static void one_half_is_enough(void **state)
{
	struct bench bench = bench_new();

	(void)state;
	/* Completions only: a device descriptor is told by its look. */
	see(&bench, urb_setup_done(&bench.host, V21_DEVICE));
	assert_int_equal(bench.event.kind, DEVICE_EVENT_IDENTIFIED);
	assert_int_equal(at(&bench, 7)->kind, DEVICE_STLINK);
	bench.host.urb.device = 8;
	see(&bench, urb_setup_done(&bench.host, "12 01 00 02 ef 02 01 41 83 04 4b 37 00 01 01 02 03 01"));
	see(&bench, urb_setup_done(&bench.host, "12 01 00 02 ef 02 01 40 83 04 4b 37 00 01 01 02 03 00"));
	see(&bench, urb_setup_done(&bench.host, "12 01 00 02 ef 02 01 40 83 04 4b 37 00 01 01 02 03 01 00"));
	assert_false(at(&bench, 8)->described);
	/* Submissions only: what changes something says so. */
	bench.host.urb.device = 0;
	see_setup(&bench, SET_ADDRESS("09"));
	assert_int_equal(bench.event.kind, DEVICE_EVENT_ADDRESSED);
	bench.host.urb.device = 9;
	see_setup(&bench, SET_CONFIGURATION);
	assert_int_equal(bench.event.kind, DEVICE_EVENT_CONFIGURED);
	assert_true(bench.event.after_address);
	/* An IN completion that carries the id of the OUT transfer before it. */
	see(&bench, urb_setup_done(&bench.host, V21_DEVICE));
	assert_int_equal(at(&bench, 9)->kind, DEVICE_STLINK);
	device_table_free(bench.table);
}

/* Old USBPcap: setup, data and status are three records. */
static void stages_are_one_transfer(void **state)
{
	struct bench bench = bench_new();

	(void)state;
	see_setup(&bench, GET_DEVICE);
	urb_setup_done(&bench.host, V21_DEVICE);
	bench.host.urb.marks = URB_MARK_NO_STAGE;
	see(&bench, &bench.host.urb);
	assert_int_equal(bench.event.kind, DEVICE_EVENT_IDENTIFIED);
	see(&bench, urb_setup_done(&bench.host, ""));
	see_setup(&bench, GET_CONFIGURATION);
	urb_setup_done(&bench.host, V21_CONFIGURATION);
	bench.host.urb.kind = URB_SUBMIT;
	bench.host.urb.result = URB_PENDING;
	bench.host.urb.marks = URB_MARK_NO_STAGE;
	see(&bench, &bench.host.urb);
	assert_int_equal(at(&bench, 7)->endpoint_count, 8);
	device_table_free(bench.table);
}

/* Windows: USBPcap injects the first enumeration under id 0; a real one has another. */
static void windows_enumerates_without_addresses(void **state)
{
	struct bench bench = bench_new();

	(void)state;
	bench.host.urb.windows = true;
	bench.host.urb.id = 0;
	describe(&bench, V21_DEVICE, V21_CONFIGURATION);
	transfer(&bench, SET_CONFIGURATION, "");
	assert_false(at(&bench, 7)->enumerated);
	bench.host.urb.device = 8;
	bench.host.urb.id = 77;
	describe(&bench, V21_DEVICE, V21_CONFIGURATION);
	transfer(&bench, SET_CONFIGURATION, "");
	assert_true(at(&bench, 8)->enumerated);
	urb_make(&bench.host, URB_SUBMIT, URB_OTHER, 0x81, URB_PENDING, "");
	bench.host.urb.marks = URB_MARK_RESET_PIPE;
	see(&bench, &bench.host.urb);
	assert_int_equal(bench.event.kind, DEVICE_EVENT_HALT_CLEARED);
	assert_int_equal(bench.event.value, 0x81);
	device_table_free(bench.table);
}

/* xHCI: a port reset, then questions at the new address, or at the old one. */
static void port_resets_explain_enumerations(void **state)
{
	struct bench bench = bench_new();

	(void)state;
	bench.host.urb.device = 1;
	describe(&bench, HUB_DEVICE, "09 02 19 00 01 01 00 e0 00 09 04 00 00 01 09 00 00 00 07 05 81 03 04 00 0c");
	see_setup(&bench, PORT_RESET);
	assert_int_equal(bench.event.kind, DEVICE_EVENT_PORT_RESET);
	assert_int_equal(bench.event.value, 2);
	assert_int_equal(bench.event.device->address, 1);
	bench.host.urb.device = 7;
	describe(&bench, V21_DEVICE, V21_CONFIGURATION);
	assert_true(at(&bench, 7)->enumerated);
	transfer(&bench, SET_CONFIGURATION, "");
	assert_true(bench.event.after_address);
	transfer(&bench, SET_CONFIGURATION, "");
	assert_false(bench.event.after_address);

	bench.host.urb.device = 1;
	see_setup(&bench, PORT_RESET);
	bench.host.urb.device = 7;
	transfer(&bench, GET_DEVICE, V21_DEVICE);
	assert_int_equal(bench.event.kind, DEVICE_EVENT_NONE);
	transfer(&bench, SET_CONFIGURATION, "");
	assert_true(bench.event.after_address);

	/* A reset of long ago explains nothing, nor one that gave another device its address. */
	bench.host.urb.device = 1;
	see_setup(&bench, PORT_RESET);
	bench.host.urb.time += INT64_C(3000000000);
	bench.host.urb.device = 7;
	transfer(&bench, SET_CONFIGURATION, "");
	assert_false(bench.event.after_address);
	bench.host.urb.device = 1;
	see_setup(&bench, PORT_RESET);
	bench.host.urb.device = 0;
	see_setup(&bench, SET_ADDRESS("0b"));
	bench.host.urb.device = 7;
	transfer(&bench, SET_CONFIGURATION, "");
	assert_false(bench.event.after_address);
	device_table_free(bench.table);
}

static size_t visited;
static void count_visits(const struct device *device, void *context)
{
	(void)context;
	assert_int_not_equal(device->address, 0);
	visited++;
}

static size_t devices_in(const struct bench *bench)
{
	visited = 0;
	device_each(bench->table, count_visits, NULL);
	return visited;
}

static void an_address_can_be_given_again(void **state)
{
	struct bench bench = bench_new();

	(void)state;
	describe(&bench, KEYBOARD_DEVICE, KEYBOARD_CONFIGURATION);
	report(&bench, 0x81, "00 00 04 00 00 00 00 00");
	assert_int_equal(at(&bench, 7)->hid_reports, 1);
	bench.host.urb.device = 0;
	see_setup(&bench, SET_ADDRESS("07"));
	assert_ptr_equal(bench.event.device, at(&bench, 7));
	assert_false(at(&bench, 7)->described);
	assert_int_equal(at(&bench, 7)->hid_reports, 0);
	assert_int_equal(at(&bench, 7)->probe, -1);
	assert_int_equal(devices_in(&bench), 2);
	/* The same device: one again, with all that was counted. */
	bench.host.urb.device = 7;
	describe(&bench, KEYBOARD_DEVICE, KEYBOARD_CONFIGURATION);
	assert_int_equal(devices_in(&bench), 1);
	assert_int_equal(at(&bench, 7)->hid_reports, 1);
	/* Another: the key strokes of the first are not forgotten. */
	bench.host.urb.device = 0;
	see_setup(&bench, SET_ADDRESS("07"));
	bench.host.urb.device = 7;
	describe(&bench, V21_DEVICE, V21_CONFIGURATION);
	assert_int_equal(devices_in(&bench), 2);
	assert_int_equal(at(&bench, 7)->hid_reports, 0);
	device_table_free(bench.table);
}

static void gone_is_said_once(void **state)
{
	struct bench bench = bench_new();

	(void)state;
	describe(&bench, V21_DEVICE, V21_CONFIGURATION);
	at(&bench, 7)->probe = 3;
	see(&bench, urb_make(&bench.host, URB_COMPLETE, URB_BULK, 0x81, URB_GONE, ""));
	assert_int_equal(bench.event.kind, DEVICE_EVENT_GONE);
	assert_true(at(&bench, 7)->gone);
	see(&bench, urb_make(&bench.host, URB_COMPLETE, URB_BULK, 0x01, URB_GONE, ""));
	assert_int_equal(bench.event.kind, DEVICE_EVENT_NONE);
	/* The address answers again: somebody new, described at once. */
	transfer(&bench, GET_DEVICE, V21_DEVICE);
	assert_int_equal(bench.event.kind, DEVICE_EVENT_ADDRESSED);
	assert_true(bench.event.device->described);
	assert_false(at(&bench, 7)->gone);
	assert_int_equal(at(&bench, 7)->probe, -1);
	assert_int_equal(at(&bench, 7)->interface_count, 0);
	see(&bench, urb_make(&bench.host, URB_REFUSED, URB_BULK, 0x81, URB_GONE, ""));
	assert_int_equal(bench.event.kind, DEVICE_EVENT_GONE);
	device_table_free(bench.table);
}

static void another_descriptor_is_another_device(void **state)
{
	struct bench bench = bench_new();

	(void)state;
	describe(&bench, V21_DEVICE, V21_CONFIGURATION);
	transfer(&bench, GET_STRING("03"), V21_SERIAL_NUMBER);
	transfer(&bench, GET_DEVICE, V3_DEVICE);
	assert_int_equal(bench.event.kind, DEVICE_EVENT_IDENTIFIED);
	assert_int_equal(at(&bench, 7)->product_row->pid, 0x374f);
	assert_int_equal(at(&bench, 7)->interface_count, 0);
	assert_string_equal(at(&bench, 7)->serial, "");
	device_table_free(bench.table);
}

static void halts_are_cleared(void **state)
{
	struct bench bench = bench_new();

	(void)state;
	see_setup(&bench, "02 01 00 00 81 00 00 00");
	assert_int_equal(bench.event.kind, DEVICE_EVENT_HALT_CLEARED);
	assert_int_equal(bench.event.value, 0x81);
	see_setup(&bench, "00 01 01 00 00 00 00 00");
	assert_int_equal(bench.event.kind, DEVICE_EVENT_NONE);
	device_table_free(bench.table);
}

static enum endpoint_use use(struct bench *bench, uint8_t endpoint)
{
	return device_endpoint_use(at(bench, 7), endpoint);
}

static void endpoints_belong_to_interfaces(void **state)
{
	struct bench bench = bench_new();

	(void)state;
	assert_int_equal(use(&bench, 0x81), USE_UNKNOWN);
	transfer(&bench, GET_DEVICE, V21_DEVICE);
	for (unsigned round = 0; round < 2; round++) {
		/* First by the product's table, then by the interfaces: the same. */
		assert_int_equal(use(&bench, 0x80), USE_CONTROL);
		assert_int_equal(use(&bench, 0x01), USE_COMMAND);
		assert_int_equal(use(&bench, 0x81), USE_ANSWER);
		assert_int_equal(use(&bench, 0x82), USE_TRACE);
		assert_int_equal(use(&bench, 0x83), round ? USE_DISK : USE_FOREIGN);
		assert_int_equal(use(&bench, 0x03), round ? USE_DISK : USE_FOREIGN);
		assert_int_equal(use(&bench, 0x84), round ? USE_SERIAL : USE_FOREIGN);
		assert_int_equal(use(&bench, 0x05), round ? USE_SERIAL : USE_FOREIGN);
		assert_int_equal(use(&bench, 0x06), USE_FOREIGN);
		transfer(&bench, GET_CONFIGURATION, V21_CONFIGURATION);
	}
	see(&bench, urb_out(&bench.host, 0x03, "55 53 42 43"));
	see(&bench, urb_out(&bench.host, 0x01, "f1 00*15"));
	assert_int_equal(at(&bench, 7)->foreign_records, 1);
	describe(&bench, V3_DEVICE, V3_CONFIGURATION);
	assert_true(at(&bench, 7)->high_speed);
	assert_int_equal(use(&bench, 0x01), USE_COMMAND);
	assert_int_equal(use(&bench, 0x06), USE_BRIDGE_COMMAND);
	assert_int_equal(use(&bench, 0x86), USE_BRIDGE_ANSWER);
	describe(&bench, V1_DEVICE, V1_CONFIGURATION);
	assert_int_equal(use(&bench, 0x02), USE_COMMAND);
	assert_int_equal(use(&bench, 0x81), USE_ANSWER);
	assert_int_equal(use(&bench, 0x83), USE_FOREIGN);
	describe(&bench, KEYBOARD_DEVICE, KEYBOARD_CONFIGURATION);
	assert_int_equal(use(&bench, 0x81), USE_FOREIGN);
	/* A clone with its answers elsewhere: the first IN endpoint is for them. */
	describe(&bench, "12 01 00 02 00 00 00 40 83 04 48 37 00 01 01 02 03 01",
	         "09 02 27 00 01 01 00 80 32 09 04 00 00 03 ff ff ff 04 07 05 84 02 40 00 00 07 05 04 02 40 00 00 07 05 85 02 40 00 00");
	assert_int_equal(use(&bench, 0x84), USE_ANSWER);
	assert_int_equal(use(&bench, 0x04), USE_COMMAND);
	assert_int_equal(use(&bench, 0x85), USE_TRACE);
	device_table_free(bench.table);
}

static void expect_kind(enum device_kind kind, const char *device, const char *configuration, const char *product)
{
	struct bench bench = bench_new();

	transfer(&bench, GET_DEVICE, device);
	if (*configuration)
		transfer(&bench, GET_CONFIGURATION, configuration);
	if (*product)
		transfer(&bench, GET_STRING("02"), product);
	assert_int_equal(at(&bench, 7)->kind, kind);
	if (kind != DEVICE_STLINK)
		assert_null(at(&bench, 7)->product_row);
	device_table_free(bench.table);
}

#define DEVICE_OF(class_code, vid, pid) "12 01 00 02 " class_code " 00 00 40 " vid " " pid " 00 01 01 02 03 01"
#define INTERFACE_OF(class_code) "09 02 12 00 01 01 00 80 32 09 04 00 00 00 " class_code " 00 00 00"

static void everybody_is_named(void **state)
{
	(void)state;
	expect_kind(DEVICE_STLINK, V1_DEVICE, V1_CONFIGURATION, "");
	expect_kind(DEVICE_ST_OTHER, DEVICE_OF("02", "83 04", "40 57"), INTERFACE_OF("02"), "");
	expect_kind(DEVICE_ST_OTHER, DEVICE_OF("00", "83 04", "11 df"), INTERFACE_OF("fe"), "");
	expect_kind(DEVICE_ST_OTHER, DEVICE_OF("00", "83 04", "5a 37"), INTERFACE_OF("ff"), V21_PRODUCT);
	expect_kind(DEVICE_JLINK, DEVICE_OF("ef", "66 13", "05 01"), INTERFACE_OF("ff"), "");
	expect_kind(DEVICE_CMSIS_DAP, DEVICE_OF("ef", "28 0d", "04 02"), INTERFACE_OF("08"), "");
	expect_kind(DEVICE_CMSIS_DAP, DEVICE_OF("00", "34 12", "78 56"), INTERFACE_OF("ff"),
	            "1a 03 4d 00 79 00 20 00 43 00 4d 00 53 00 49 00 53 00 2d 00 44 00 41 00 50 00");
	expect_kind(DEVICE_BLACK_MAGIC, DEVICE_OF("ef", "50 1d", "18 60"), INTERFACE_OF("02"), "");
	expect_kind(DEVICE_HUB, HUB_DEVICE, "", "");
	expect_kind(DEVICE_STORAGE, DEVICE_OF("00", "34 12", "78 56"), INTERFACE_OF("08"), "");
	expect_kind(DEVICE_SERIAL, DEVICE_OF("02", "34 12", "78 56"), "", "");
	expect_kind(DEVICE_AUDIO, DEVICE_OF("00", "34 12", "78 56"), INTERFACE_OF("01"), "");
	expect_kind(DEVICE_HID, KEYBOARD_DEVICE, KEYBOARD_CONFIGURATION, "");
	expect_kind(DEVICE_VENDOR, DEVICE_OF("ff", "34 12", "78 56"), "", "");
	expect_kind(DEVICE_VENDOR, DEVICE_OF("00", "34 12", "78 56"), INTERFACE_OF("ff"), V21_PRODUCT);
	expect_kind(DEVICE_OTHER, DEVICE_OF("ef", "34 12", "78 56"), INTERFACE_OF("0e"), "");
	expect_kind(DEVICE_OTHER, DEVICE_OF("00", "34 12", "78 56"), "", "");
}

static void only_the_unknown_may_still_be_probes(void **state)
{
	struct bench bench = bench_new();

	(void)state;
	assert_true(device_may_be_stlink(at(&bench, 7)));
	transfer(&bench, GET_DEVICE, DEVICE_OF("00", "83 04", "5a 37"));
	assert_true(device_may_be_stlink(at(&bench, 7)));
	/* The tracker has seen its traffic: its interfaces tell the rest, and re-reading them changes nothing. */
	at(&bench, 7)->kind = DEVICE_STLINK;
	describe(&bench, DEVICE_OF("00", "83 04", "5a 37"), V21_CONFIGURATION);
	assert_int_equal(at(&bench, 7)->kind, DEVICE_STLINK);
	assert_int_equal(use(&bench, 0x01), USE_COMMAND);
	assert_int_equal(use(&bench, 0x83), USE_DISK);
	transfer(&bench, GET_DEVICE, DEVICE_OF("00", "83 04", "40 57"));
	assert_false(device_may_be_stlink(at(&bench, 7)));
	transfer(&bench, GET_DEVICE, V21_DEVICE);
	assert_false(device_may_be_stlink(at(&bench, 7)));
	device_table_free(bench.table);
}

static void key_strokes_are_counted(void **state)
{
	struct bench bench = bench_new();

	(void)state;
	describe(&bench, KEYBOARD_DEVICE, KEYBOARD_CONFIGURATION);
	report(&bench, 0x81, "00 00 04 00 00 00 00 00");
	report(&bench, 0x81, "00*8");
	report(&bench, 0x81, "");
	report(&bench, 0x82, "00*8");
	see(&bench, urb_make(&bench.host, URB_COMPLETE, URB_INTERRUPT, 0x81, URB_CANCELLED, ""));
	assert_int_equal(at(&bench, 7)->hid_reports, 2);
	assert_true(at(&bench, 7)->hid_by_class);
	assert_int_equal(at(&bench, 7)->first_hid_frame, 5);
	/* The HID interface of a CMSIS-DAP probe is no keyboard. */
	bench.host.urb.device = 8;
	describe(&bench, DEVICE_OF("00", "28 0d", "04 02"), KEYBOARD_CONFIGURATION);
	report(&bench, 0x81, "00 00 04 00 00 00 00 00");
	assert_int_equal(at(&bench, 8)->hid_reports, 0);
	/* One that says so only later. */
	bench.host.urb.device = 9;
	describe(&bench, DEVICE_OF("00", "34 12", "78 56"), KEYBOARD_CONFIGURATION);
	report(&bench, 0x81, "00 00 04 00 00 00 00 00");
	assert_int_equal(at(&bench, 9)->hid_reports, 1);
	transfer(&bench, GET_STRING("05"), "14 03 43 00 4d 00 53 00 49 00 53 00 2d 00 44 00 41 00 50 00");
	assert_int_equal(at(&bench, 9)->kind, DEVICE_CMSIS_DAP);
	assert_int_equal(at(&bench, 9)->hid_reports, 0);
	device_table_free(bench.table);
}

static void expect_looks(uint64_t reports, size_t count, const char *const *list)
{
	struct bench bench = bench_new();

	for (size_t i = 0; i < 12; i++)
		report(&bench, 0x81, list[i % count]);
	assert_int_equal(at(&bench, 7)->hid_reports, reports);
	assert_int_equal(at(&bench, 7)->kind, reports ? DEVICE_HID : DEVICE_UNKNOWN);
	if (reports)
		assert_int_equal(at(&bench, 7)->first_hid_frame, 1);
	assert_false(at(&bench, 7)->hid_by_class);
	device_table_free(bench.table);
}

static void reports_can_be_told_by_their_look(void **state)
{
	static const char *const keyboard[] = { "00 00 04 00 00 00 00 00", "02 00 04 05 00 00 00 00", "00*8", "00 00 01*6" };
	static const char *const mouse[] = { "00 01 ff", "01 00 00", "00 05 02" };
	static const char *const wheel[] = { "00 01 ff 00", "00 00 00 ff" };
	static const char *const hub[] = { "04", "02" };
	static const char *const notification[] = { "a1 20 00 00 00 00 02 00", "a1 20 00 00 00 00 02 00" };
	static const char *const connection[] = { "a1 00 00 00 00 00 00 00", "a1 00 01 00 00 00 00 00" };
	static const char *const counter[] = { "10 00 01 02 03 04 05 06", "10 00 02 02 03 04 05 07" };
	static const char *const constant[] = { "00*8" };
	static const char *const long_report[] = { "00*64", "01*64" };

	(void)state;
	expect_looks(12, 4, keyboard);
	expect_looks(12, 3, mouse);
	expect_looks(12, 2, wheel);
	expect_looks(0, 2, hub);
	expect_looks(0, 2, notification);
	expect_looks(0, 2, connection);
	expect_looks(0, 2, counter);
	expect_looks(0, 1, constant);
	expect_looks(0, 2, long_report);
}

static void hubs_are_told_by_their_requests(void **state)
{
	struct bench bench = bench_new();

	(void)state;
	see_setup(&bench, "a3 00 00 00 01 00 04 00");
	assert_int_equal(at(&bench, 7)->kind, DEVICE_HUB);
	device_table_free(bench.table);
}

static void the_table_is_bounded(void **state)
{
	struct bench bench = bench_new();

	(void)state;
	describe(&bench, V21_DEVICE, V21_CONFIGURATION);
	at(&bench, 7)->probe = 0;
	for (unsigned i = 0; i < 2000; i++) {
		bench.host.urb.bus = (uint16_t)(2 + i / 100);
		bench.host.urb.device = (uint16_t)(1 + i % 100);
		see(&bench, urb_out(&bench.host, 0x01, "00"));
	}
	assert_int_equal(devices_in(&bench), 256);
	assert_int_equal(device_evicted(bench.table), 2001 - 256);
	/* What the tracker follows stays. */
	assert_int_equal(at(&bench, 7)->kind, DEVICE_STLINK);
	assert_int_equal(device_at(bench.table, 21, 100)->records, 1);
	assert_int_equal(device_at(bench.table, 2, 1)->records, 0);
	/* Addresses given again and again, with the table full of probes. */
	for (unsigned i = 0; i < 600; i++) {
		bench.host.urb.bus = 1;
		bench.host.urb.device = 0;
		see_setup(&bench, i & 1 ? SET_ADDRESS("07") : SET_ADDRESS("09"));
		bench.host.urb.device = i & 1 ? 7 : 9;
		transfer(&bench, GET_DEVICE, i & 2 ? V21_DEVICE : KEYBOARD_DEVICE);
		at(&bench, bench.host.urb.device)->probe = 1;
	}
	assert_int_equal(at(&bench, 7)->kind, DEVICE_STLINK);
	device_table_free(bench.table);
}

static void expect_words(const char *setup, const char *data, const char *expected)
{
	uint8_t bytes[8 + 256];
	long length = hex_read(setup, strlen(setup), bytes, 8), count = hex_read(data, strlen(data), bytes + 8, 256);
	struct usb_setup read = usb_setup_read(bytes);
	char text[200];

	assert_true(length == 8 && count >= 0);
	device_control_text(&read, bytes + 8, (size_t)count, (size_t)count, text, sizeof text, NULL);
	assert_string_equal(text, expected);
	for (size_t size = 0; size <= strlen(expected) + 1; size++) {
		memset(text, 'x', sizeof text);
		device_control_text(&read, bytes + 8, (size_t)count, (size_t)count, text, size, NULL);
		assert_int_equal(text[size], 'x');
		if (size)
			assert_true(strncmp(text, expected, strlen(text)) == 0);
	}
}

static void control_transfers_in_words(void **state)
{
	(void)state;
	expect_words(GET_DEVICE, V21_DEVICE, "GET_DESCRIPTOR device = 0483:374b");
	expect_words(GET_DEVICE_8, "12 01 00 02 ef 02 01 40", "GET_DESCRIPTOR device");
	expect_words(GET_CONFIGURATION, V21_CONFIGURATION, "GET_DESCRIPTOR configuration = value 1, 4 interfaces, 128 bytes");
	expect_words(GET_STRING("02"), V21_PRODUCT, "GET_DESCRIPTOR string 2 = \"STM32 STLink\"");
	expect_words(GET_STRING("02"), "06 03 3d d8 00 de", "GET_DESCRIPTOR string 2 = \"\xf0\x9f\x98\x80\"");
	expect_words(GET_STRING("03"), "1a 03 51 00 fe 00 6e 00 07 00 49 00 83 00 58 00 52 00 41 00 28 00 12 00 88 00",
	             "GET_DESCRIPTOR string 3 = \"51FE6E074983585241281288\"");
	expect_words(GET_STRING("00"), "06 03 09 04 07 04", "GET_DESCRIPTOR string 0 = languages 0409 0407");
	expect_words(GET_STRING("03"), "32 03", "GET_DESCRIPTOR string 3 of 50 bytes");
	expect_words(SET_ADDRESS("07"), "", "SET_ADDRESS 7");
	expect_words(SET_CONFIGURATION, "", "SET_CONFIGURATION 1");
	expect_words("01 0b 02 00 03 00 00 00", "", "SET_INTERFACE interface 3 alternate 2");
	expect_words("02 01 00 00 81 00 00 00", "", "CLEAR_FEATURE ENDPOINT_HALT endpoint 0x81");
	expect_words(PORT_RESET, "", "SET_FEATURE PORT_RESET port 2");
	expect_words("a3 00 00 00 01 00 04 00", "03 05 00 00", "GET_STATUS port 1 = 0x00000503");
	expect_words("80 00 00 00 00 00 02 00", "01 00", "GET_STATUS = 0x0001");
	expect_words("a0 06 00 29 00 00 0f 00", "09 29 04", "GET_DESCRIPTOR hub");
	expect_words("80 06 00 ee 00 00 0f 00", "", "GET_DESCRIPTOR type 0xee");
	expect_words("21 20 00 00 02 00 07 00", "00 c2 01 00 00 00 08", "SET_LINE_CODING value 0x0000 index 0x0002 length 7");
	expect_words("c0 33 01 02 03 04 05 06", "", "vendor request 0x33 value 0x0201 index 0x0403 length 1541");
}

struct counter { struct sink sink; size_t values, interfaces; };

static void count_value(struct sink *sink, const struct value *value)
{
	struct counter *counter = (struct counter *)sink;

	counter->values++;
	counter->interfaces += strcmp(value->field->name, "interface") == 0;
}

static void descriptors_go_to_the_sink(void **state)
{
	struct counter counter = { .sink = { count_value } };
	struct usb_setup setup = { 0x80, 6, 0x0200, 0, 255 };
	uint8_t bytes[256];
	char text[80];
	long length = hex_read(V21_CONFIGURATION, sizeof V21_CONFIGURATION, bytes, sizeof bytes);

	(void)state;
	device_control_text(&setup, bytes, (size_t)length, (size_t)length, text, sizeof text, &counter.sink);
	assert_int_equal(counter.interfaces, 4);
	/* Descriptors without a length, and beyond the end. */
	for (size_t cut = 0; cut <= (size_t)length; cut++)
		device_control_text(&setup, bytes, cut, (size_t)length, text, sizeof text, &counter.sink);
	memset(bytes, 0, sizeof bytes);
	device_control_text(&setup, bytes, sizeof bytes, sizeof bytes, text, sizeof text, &counter.sink);
}

static void devices_in_words(void **state)
{
	struct bench bench = bench_new();
	char text[80];

	(void)state;
	device_describe(at(&bench, 7), text, sizeof text);
	assert_string_equal(text, "unknown device");
	describe(&bench, DEVICE_OF("00", "28 0d", "04 02"), INTERFACE_OF("03"));
	transfer(&bench, GET_STRING("02"), "06 03 22 00 41 00");
	device_describe(at(&bench, 7), text, sizeof text);
	assert_string_equal(text, "CMSIS-DAP probe 0d28:0204 \"\"A\"");
	transfer(&bench, GET_DEVICE, V21_DEVICE);
	device_describe(at(&bench, 7), text, sizeof text);
	assert_string_equal(text, "ST-LINK/V2-1 0483:374b");
	for (int kind = DEVICE_UNKNOWN; kind <= DEVICE_OTHER; kind++)
		assert_non_null(device_kind_name((enum device_kind)kind));
	assert_string_equal(device_kernel_driver(0x08, 0x06), "usb-storage");
	assert_string_equal(device_kernel_driver(0x02, 0x02), "cdc_acm");
	assert_null(device_kernel_driver(0xff, 0xff));
	device_table_free(bench.table);
}

/* Any bytes as descriptors, any order of requests and answers. */
static void hostile_captures_do_no_harm(void **state)
{
	static const char *const setups[] = { GET_DEVICE, GET_CONFIGURATION, GET_STRING("00"), GET_STRING("03"), SET_ADDRESS("05"),
	                                      SET_CONFIGURATION, PORT_RESET, "80 06 00 22 00 00 ff ff" };
	struct bench bench = bench_new();
	uint32_t random = 7;

	(void)state;
	for (unsigned round = 0; round < 50000; round++) {
		struct urb_event *urb = &bench.host.urb;

		random = random * 1664525 + 1013904223;
		urb_setup(&bench.host, setups[random >> 29]);
		urb->device = random >> 8 & 7;
		urb->bus = random >> 11 & 3;
		urb->id = random >> 13 & 3;
		if (random >> 16 & 3) {
			urb_make(&bench.host, URB_COMPLETE, random >> 18 & 1 ? URB_CONTROL : URB_INTERRUPT, 0x80 | (random >> 20 & 1),
			         random >> 21 & 31 ? URB_OK : URB_GONE, "");
			urb->captured = random >> 24 & 63;
			urb->wire = urb->captured + (random >> 19 & 1);
			urb->length = urb->wire;
			for (size_t i = 0; i < urb->captured; i++) {
				random = random * 1664525 + 1013904223;
				bench.host.bytes[i] = (uint8_t)(i == 1 ? random >> 30 : random >> 25);
			}
			/* A heap copy, so that a read too far is seen. */
			urb->data = memcpy(malloc(urb->captured + 1U), bench.host.bytes, urb->captured);
			urb->data = realloc((void *)(uintptr_t)urb->data, urb->captured ? urb->captured : 1);
			see(&bench, urb);
			free((void *)(uintptr_t)urb->data);
		} else {
			see(&bench, urb);
		}
	}
	assert_true(devices_in(&bench) <= 256);
	device_table_free(bench.table);
}

static const struct device *found;
static void find_device(const struct device *device, void *context)
{
	if (device->pid == *(const uint16_t *)context)
		found = device;
	assert_int_not_equal(device->kind, DEVICE_STLINK);
}

/* Captures of other people, beside the project: no ST-Link in any of them. */
static void other_captures_hold_no_stlink(void **state)
{
	static const struct { const char *path; uint16_t pid; enum device_kind kind; uint64_t reports; } others[] = {
		{ "cmsis-dap/orbtrace_25Mhz_flash_loader_error.pcapng", 0x3443, DEVICE_CMSIS_DAP, 0 },
		{ "cmsis-dap/orbtrace_25Mhz_flash_loader_error.pcapng", 0xc52b, DEVICE_HID, 1464 },
		{ "umockdev/usbkbd.pcap.pcapng", 0x1603, DEVICE_HID, 14 },
		{ "libfprint/synaptics.pcapng", 0x00bd, DEVICE_VENDOR, 0 },
		{ "libfprint/upektc_img.pcapng", 0x2016, DEVICE_VENDOR, 0 },
		{ "usbrply/fx2.cap", 0x0001, DEVICE_VENDOR, 0 },
		{ "usbrply/win_misc.pcapng", 0x0201, DEVICE_HUB, 0 },
		{ "usbmon-tools/usbpcap1.pcap", 0x0001, DEVICE_HID, 246 },
	};
	size_t seen = 0;

	(void)state;
	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		struct bench bench = bench_new();
		char path[200], problem[400];
		uint16_t pid = others[i].pid;
		struct input *input;
		struct urb_event urb;

		snprintf(path, sizeof path, "../shared/captures/other/%s", others[i].path);
		input = input_open(path, problem, sizeof problem);
		if (input) {
			while (input_next(input, &urb) == 1)
				see(&bench, &urb);
			input_close(input);
			found = NULL;
			device_each(bench.table, find_device, &pid);
			assert_non_null(found);
			assert_int_equal(found->kind, others[i].kind);
			assert_int_equal(found->hid_reports, others[i].reports);
			seen++;
		}
		device_table_free(bench.table);
	}
	if (!seen) {
		print_message("SKIPPED: ../shared/captures is absent\n");
		skip();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(enumeration_fills_the_device),
		cmocka_unit_test(parts_come_first),
		cmocka_unit_test(raw_serials_are_normal_for_stlinks_only),
		cmocka_unit_test(one_half_is_enough),
		cmocka_unit_test(stages_are_one_transfer),
		cmocka_unit_test(windows_enumerates_without_addresses),
		cmocka_unit_test(port_resets_explain_enumerations),
		cmocka_unit_test(an_address_can_be_given_again),
		cmocka_unit_test(gone_is_said_once),
		cmocka_unit_test(another_descriptor_is_another_device),
		cmocka_unit_test(halts_are_cleared),
		cmocka_unit_test(endpoints_belong_to_interfaces),
		cmocka_unit_test(everybody_is_named),
		cmocka_unit_test(only_the_unknown_may_still_be_probes),
		cmocka_unit_test(key_strokes_are_counted),
		cmocka_unit_test(reports_can_be_told_by_their_look),
		cmocka_unit_test(hubs_are_told_by_their_requests),
		cmocka_unit_test(the_table_is_bounded),
		cmocka_unit_test(control_transfers_in_words),
		cmocka_unit_test(descriptors_go_to_the_sink),
		cmocka_unit_test(devices_in_words),
		cmocka_unit_test(hostile_captures_do_no_harm),
		cmocka_unit_test(other_captures_hold_no_stlink),
	};

	return cmocka_run_group_tests_name("device", tests, NULL, NULL);
}
