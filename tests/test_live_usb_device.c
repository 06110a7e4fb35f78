/*
 * The virtual probe as the kernel sees it: whole devices over a socket that speaks USB/IP, without a kernel. The firmware is the
 * bench's own, on the fake target.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <jansson.h>

#include "live/probe/device.h"

#define IN 0x80
#define ROOM 65536

/* --- the host's end --- */

/* A device, the host's end of its socket, and its log. */
static struct device *device;
static struct log *log_file;
static int host;
static uint32_t sequence;
static char log_path[] = "/tmp/stlinkscope-test-XXXXXX";

/* What came back: of which URB, how it ended, with what. */
static struct { uint32_t sequence; int kind, status; uint32_t actual; uint8_t bytes[ROOM]; } back;

static void put32(uint8_t *bytes, uint32_t value)
{
	for (unsigned i = 0; i < 4; i++)
		bytes[i] = (uint8_t)(value >> (24 - 8 * i));
}

static uint32_t get32(const uint8_t *bytes)
{
	return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static void send_all(const uint8_t *bytes, size_t length)
{
	assert_int_equal(send(host, bytes, length, MSG_NOSIGNAL), length);
}

/* Submits a URB, and lets the device handle it. */
static uint32_t submit(uint8_t endpoint, const uint8_t *setup, const void *data, uint32_t length)
{
	uint8_t header[USBIP_HEADER_SIZE] = { 0 };

	put32(header, USBIP_SUBMIT);
	put32(header + 4, ++sequence);
	put32(header + 12, endpoint & IN ? 1 : 0);
	put32(header + 16, endpoint & 15);
	put32(header + 24, length);
	if (setup)
		memcpy(header + 40, setup, 8);
	send_all(header, sizeof header);
	if (!(endpoint & IN) && length)
		send_all(data, length);
	device_receive(device);
	return sequence;
}

static uint32_t take_back(uint32_t victim)
{
	uint8_t header[USBIP_HEADER_SIZE] = { 0 };

	put32(header, USBIP_UNLINK);
	put32(header + 4, ++sequence);
	put32(header + 20, victim);
	send_all(header, sizeof header);
	device_receive(device);
	return sequence;
}

/* Takes the next message from the device; false: there is none. in: an IN transfer's, whose bytes follow. */
static bool next(bool in)
{
	uint8_t header[USBIP_HEADER_SIZE];
	ssize_t got = recv(host, header, sizeof header, MSG_DONTWAIT);

	if (got <= 0)
		return false;
	assert_int_equal(got, sizeof header);
	back.kind = (int)get32(header);
	back.sequence = get32(header + 4);
	back.status = (int)get32(header + 20);
	back.actual = get32(header + 24);
	if (in && back.kind == 3 && back.actual) {
		assert_true(back.actual <= ROOM);
		assert_int_equal(recv(host, back.bytes, back.actual, MSG_WAITALL), back.actual);
	}
	return true;
}

static void expect(uint32_t number, bool in, int status, uint32_t actual)
{
	assert_true(next(in));
	assert_int_equal(back.kind, 3);
	assert_int_equal(back.sequence, number);
	assert_int_equal(back.status, status);
	assert_int_equal(back.actual, actual);
}

static void expect_nothing(void)
{
	device_tick(device, 0);
	assert_false(next(false));
}

/* --- whole transfers --- */

static void command(const char *hex)
{
	uint8_t bytes[16] = { 0 };

	for (unsigned i = 0; hex[2 * i]; i++)
		assert_int_equal(sscanf(hex + 2 * i, "%2hhx", &bytes[i]), 1);
	expect(submit(1, NULL, bytes, sizeof bytes), false, 0, sizeof bytes);
}

static void read_answer(uint32_t length, int status, uint32_t actual)
{
	expect(submit(IN | 1, NULL, NULL, length), true, status, actual);
}

/* A control request, OUT ones without data. */
static void control(const char *setup_bytes, int status, uint32_t actual)
{
	const uint8_t *setup = (const uint8_t *)setup_bytes;

	expect(submit(setup[0] & IN, setup, NULL, setup[0] & IN ? (uint32_t)(setup[6] | setup[7] << 8) : 0), true, status, actual);
}

#define SET_CONFIGURATION "\0\x09\1\0\0\0\0\0"
#define CLEAR_HALT_81 "\2\1\0\0\x81\0\0\0"

/* --- set-up --- */

static void plug(enum probe_model model, const char *fault)
{
	struct device_options options = { .model = model, .port = -1, .plug_after = NEVER, .unplug_at = NEVER, .return_after = NEVER };
	char error[256];
	int ends[2];

	strcpy(strrchr(log_path, '-'), "-XXXXXX");
	close(mkstemp(log_path));
	log_file = log_start(log_path);
	device = device_new(0, &options, log_file, clock_now());
	if (fault && !faults_add(&device->faults, fault, error, sizeof error))
		fail_msg("%s", error);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	host = ends[0];
	device_connect(device, 0, ends[1]);
	control(SET_CONFIGURATION, 0, 0);
}

/* Ends the device; the n-th command of its log is then in the returned array. */
static json_t *unplug(void)
{
	json_t *commands = json_array();
	char line[ROOM];
	FILE *file;

	device_free(device);
	log_finish(log_file);
	close(host);
	file = fopen(log_path, "r");
	assert_non_null(file);
	while (fgets(line, sizeof line, file)) {
		json_t *object = json_loads(line, 0, NULL);

		assert_non_null(object);
		if (!strcmp(json_string_value(json_object_get(object, "type")), "command"))
			json_array_append(commands, object);
		json_decref(object);
	}
	fclose(file);
	unlink(log_path);
	return commands;
}

static const char *text(const json_t *commands, size_t n, const char *key)
{
	return json_string_value(json_object_get(json_array_get(commands, n), key));
}

static bool truth(const json_t *commands, size_t n, const char *key)
{
	return json_is_true(json_object_get(json_array_get(commands, n), key));
}

/* --- the tests --- */

static void test_enumeration(void **state)
{
	(void)state;
	plug(PROBE_V21, NULL);
	control("\x80\6\0\1\0\0\x40\0", 0, 18);
	assert_memory_equal(back.bytes + 8, "\x83\4\x4b\x37", 4);
	control("\x80\6\0\2\0\0\x09\0", 0, 9);
	control("\x80\6\0\2\0\0\xff\0", 0, 0x80);
	control("\x80\6\3\3\x09\4\xff\0", 0, 50);
	control("\x80\6\0\6\0\0\x0a\0", -EPIPE, 0);
	control("\x80\6\0\x0f\0\0\5\0", -EPIPE, 0);
	control("\x80\0\0\0\0\0\2\0", 0, 2);
	control("\x80\x08\0\0\0\0\1\0", 0, 1);
	assert_int_equal(back.bytes[0], 1);
	control("\xa1\xfe\0\0\1\0\1\0", 0, 1);
	control("\xa1\x21\0\0\2\0\7\0", 0, 7);
	control("\x40\x55\0\0\0\0\0\0", -EPIPE, 0);
	json_decref(unplug());
}

static void test_answers(void **state)
{
	json_t *commands;

	(void)state;
	plug(PROBE_V21, NULL);
	command("f1");
	read_answer(6, 0, 6);
	assert_memory_equal(back.bytes + 2, "\x83\4\x4b\x37", 4);
	command("f5");
	read_answer(64, 0, 2);
	/* Unread: the next reads get what came before. */
	command("f1");
	command("f5");
	read_answer(64, 0, 6);
	read_answer(64, 0, 2);
	/* Larger than the room left: an overflow. */
	command("f1");
	read_answer(2, -EOVERFLOW, 2);
	commands = unplug();
	assert_int_equal(json_array_size(commands), 5);
	assert_string_equal(text(commands, 0, "name"), "GET_VERSION");
	assert_string_equal(text(commands, 1, "cmd"), "f5000000000000000000000000000000");
	assert_true(truth(commands, 2, "unread"));
	assert_string_equal(text(commands, 3, "fault"), "stale");
	assert_int_equal(json_integer_value(json_object_get(json_array_get(commands, 3), "in_urbs")), 2);
	assert_int_equal(json_integer_value(json_object_get(json_array_get(commands, 4), "urb_status")), -EOVERFLOW);
	json_decref(commands);
}

/* A memory read of more than one packet, fetched in three reads; the answer waits for the read, and the read for the answer. */
static void test_parts(void **state)
{
	uint32_t waiting;

	(void)state;
	plug(PROBE_V21, NULL);
	command("f230a3");
	read_answer(2, 0, 2);
	command("f20700000020b400");
	read_answer(64, 0, 64);
	read_answer(64, 0, 64);
	read_answer(64, 0, 52);
	waiting = submit(IN | 1, NULL, NULL, 8);
	expect_nothing();
	command("f5");
	expect(waiting, true, 0, 2);
	json_decref(unplug());
}

static void test_data_phase(void **state)
{
	json_t *commands;

	(void)state;
	plug(PROBE_V21, NULL);
	command("f230a3");
	read_answer(2, 0, 2);
	command("f208000000200800");
	expect(submit(1, NULL, "\xf2\x36\1\2", 4), false, 0, 4);
	expect(submit(1, NULL, "\3\4\5\6", 4), false, 0, 4);
	command("f207000000200800");
	read_answer(8, 0, 8);
	assert_memory_equal(back.bytes, "\xf2\x36\1\2\3\4\5\6", 8);
	commands = unplug();
	assert_string_equal(text(commands, 1, "data_out"), "f236010203040506");
	assert_int_equal(json_array_size(commands), 3);
	json_decref(commands);
}

static void test_silence(void **state)
{
	uint32_t waiting;
	json_t *commands;

	(void)state;
	plug(PROBE_V21, "silent@F1#1");
	command("f1");
	waiting = submit(IN | 1, NULL, NULL, 6);
	expect_nothing();
	take_back(waiting);
	assert_true(next(false));
	assert_int_equal(back.kind, 4);
	assert_int_equal(back.status, -ECONNRESET);
	/* What was returned already cannot be taken back. */
	command("f1");
	read_answer(6, 0, 6);
	take_back(back.sequence);
	assert_true(next(false));
	assert_int_equal(back.status, 0);
	assert_int_equal(device->in[1].submissions, 2);
	assert_int_equal(device->in[1].completions, 1);
	assert_int_equal(device->in[1].unlinks, 1);
	commands = unplug();
	assert_true(truth(commands, 0, "unread"));
	assert_string_equal(text(commands, 0, "fault"), "silent@F1#1");
	json_decref(commands);
}

static void test_stall(void **state)
{
	(void)state;
	plug(PROBE_V21, "stall@F1#1");
	command("f1");
	read_answer(6, -EPIPE, 0);
	command("f5");
	read_answer(2, -EPIPE, 0);
	control("\x82\0\0\0\x81\0\2\0", 0, 2);
	assert_int_equal(back.bytes[0], 1);
	control(CLEAR_HALT_81, 0, 0);
	read_answer(2, 0, 2);
	json_decref(unplug());
}

static void test_out_faults(void **state)
{
	uint8_t version[16] = { 0xf1 };
	uint32_t stuck;

	(void)state;
	plug(PROBE_V21, "out-stuck@F1#1");
	stuck = submit(1, NULL, version, 16);
	expect_nothing();
	take_back(stuck);
	assert_true(next(false));
	assert_int_equal(back.status, -ECONNRESET);
	command("f1");
	json_decref(unplug());
	plug(PROBE_V21, "stall-out@F1#1");
	expect(submit(1, NULL, version, 16), false, -EPIPE, 0);
	control("\2\1\0\0\1\0\0\0", 0, 0);
	command("f1");
	json_decref(unplug());
}

static void test_one_behind(void **state)
{
	uint32_t waiting;
	json_t *commands;

	(void)state;
	plug(PROBE_V21, "keep-old@F1#1");
	command("f1");
	waiting = submit(IN | 1, NULL, NULL, 6);
	expect_nothing();
	take_back(waiting);
	assert_true(next(false));
	command("f5");
	read_answer(64, 0, 6);
	command("f5");
	read_answer(64, 0, 2);
	/* A reset ends it. */
	control(SET_CONFIGURATION, 0, 0);
	command("f1");
	read_answer(64, 0, 6);
	commands = unplug();
	assert_string_equal(text(commands, 1, "fault"), "stale");
	assert_string_equal(text(commands, 2, "fault"), "stale");
	assert_null(text(commands, 3, "fault"));
	json_decref(commands);
}

/* Waits as long as it takes: the tick is ours. */
static void test_late(void **state)
{
	uint64_t begin = clock_now();
	uint32_t waiting;

	(void)state;
	plug(PROBE_V21, "late@F1#1=30");
	command("f1");
	waiting = submit(IN | 1, NULL, NULL, 6);
	while (!next(true))
		device_tick(device, 0);
	assert_int_equal(back.sequence, waiting);
	assert_int_equal(back.actual, 6);
	assert_true(clock_now() - begin >= 30000);
	json_decref(unplug());
}

static void test_gone(void **state)
{
	(void)state;
	plug(PROBE_V21, "gone@F1#1");
	command("f1");
	submit(IN | 1, NULL, NULL, 6);
	while (device->socket >= 0)
		device_tick(device, 0);
	assert_int_equal(recv(host, back.bytes, 1, MSG_DONTWAIT), 0);
	assert_true(device->plug_at == NEVER);
	json_decref(unplug());
	/* The host lets go. */
	plug(PROBE_V21, NULL);
	shutdown(host, SHUT_RDWR);
	device_receive(device);
	assert_int_equal(device->socket, -1);
	json_decref(unplug());
}

/* --- a V1, and what else is in a probe --- */

static void wrap(const char *cdb, uint8_t length, uint8_t flags, uint32_t data)
{
	uint8_t cbw[CBW_SIZE] = { 'U', 'S', 'B', 'C', 7, 0, 0, 0, (uint8_t)data, (uint8_t)(data >> 8), 0, 0, flags, 0, length };

	memcpy(cbw + 15, cdb, length);
	expect(submit(2, NULL, cbw, sizeof cbw), false, 0, sizeof cbw);
}

static void expect_csw(uint8_t residue, uint8_t status)
{
	const uint8_t csw[CSW_SIZE] = { 'U', 'S', 'B', 'S', 7, 0, 0, 0, residue, 0, 0, 0, status };

	read_answer(CSW_SIZE, 0, CSW_SIZE);
	assert_memory_equal(back.bytes, csw, sizeof csw);
}

static void test_v1(void **state)
{
	json_t *commands;

	(void)state;
	plug(PROBE_V1, NULL);
	wrap("\xf1", 1, 0x80, 6);
	read_answer(6, 0, 6);
	assert_memory_equal(back.bytes + 2, "\x83\4\x44\x37", 4);
	expect_csw(0, 0);
	wrap("\xf5\0\0\0\0\0\0\0\0", 10, 0x80, 8);
	read_answer(8, 0, 2);
	expect_csw(6, 0);
	/* The disk's own commands: INQUIRY, one that it does not know, and why. */
	wrap("\x12\0\0\0\x24", 6, 0x80, 36);
	read_answer(36, 0, 36);
	expect_csw(0, 0);
	wrap("\x7f\0\0\0\0", 6, 0x80, 8);
	read_answer(8, -EPIPE, 0);
	control(CLEAR_HALT_81, 0, 0);
	expect_csw(8, 1);
	wrap("\3\0\0\0\x12", 6, 0x80, 18);
	read_answer(18, 0, 18);
	expect_csw(0, 0);
	commands = unplug();
	assert_int_equal(json_array_size(commands), 2);
	assert_string_equal(text(commands, 0, "cmd"), "f1");
	assert_string_equal(text(commands, 1, "csw_packet"), "55534253070000000600000000");
	json_decref(commands);
}

static void test_serial_port(void **state)
{
	uint32_t waiting;

	(void)state;
	plug(PROBE_V21, NULL);
	waiting = submit(IN | 5, NULL, NULL, 64);
	expect_nothing();
	expect(submit(5, NULL, "hello", 5), false, 0, 5);
	expect(waiting, true, 0, 5);
	assert_memory_equal(back.bytes, "hello", 5);
	control("\x21\x22\1\0\2\0\0\0", 0, 0);
	waiting = submit(IN | 5, NULL, NULL, 64);
	device_tick(device, 0);
	assert_true(next(true));
	assert_int_equal(back.sequence, waiting);
	assert_memory_equal(back.bytes, SERIAL_SECRET, strlen(SERIAL_SECRET));
	json_decref(unplug());
}

static void test_unknown_endpoint(void **state)
{
	(void)state;
	plug(PROBE_V2, NULL);
	expect(submit(IN | 9, NULL, NULL, 64), true, -EPIPE, 0);
	json_decref(unplug());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_enumeration),
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_data_phase),
		cmocka_unit_test(test_silence),
		cmocka_unit_test(test_stall),
		cmocka_unit_test(test_out_faults),
		cmocka_unit_test(test_one_behind),
		cmocka_unit_test(test_late),
		cmocka_unit_test(test_gone),
		cmocka_unit_test(test_v1),
		cmocka_unit_test(test_serial_port),
		cmocka_unit_test(test_unknown_endpoint),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
