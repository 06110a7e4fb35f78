/*
 * The parts of the virtual probe's USB side, each alone: the messages of USB/IP, fault words, descriptors against the reference tables,
 * mass-storage wrappers, the disk, endpoints' names.
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

#include "live/probe/bulk_only.h"
#include "live/probe/descriptors.h"
#include "live/probe/disk.h"
#include "live/probe/faults.h"
#include "live/probe/keyboard.h"
#include "live/probe/requests.h"
#include "live/probe/usbip.h"

#define COUNT(table) (sizeof (table) / sizeof *(table))

/* --- USB/IP --- */

static void test_usbip(void **state)
{
	/* SUBMIT, sequence 0x102, device 0x10001, IN, endpoint 1, flags, 6 bytes. */
	uint8_t header[USBIP_HEADER_SIZE] = { 0, 0, 0, 1, 0, 0, 1, 2, 0, 1, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 2, 0, 0, 0, 0, 6 };
	static const uint8_t done[] = { 0, 0, 0, 3, 0, 0, 1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xe0, 0, 0, 0, 5 };
	static const uint8_t taken_back[] = { 0, 0, 0, 4, 0, 0, 1, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0x98, 0, 0, 0, 0 };
	struct usbip_request request;

	(void)state;
	assert_true(usbip_read(header, &request));
	assert_int_equal(request.kind, USBIP_SUBMIT);
	assert_int_equal(request.sequence, 0x102);
	assert_true(request.in);
	assert_int_equal(request.endpoint, 1);
	assert_int_equal(request.length, 6);
	header[3] = 2;
	header[23] = 9;
	assert_true(usbip_read(header, &request));
	assert_int_equal(request.kind, USBIP_UNLINK);
	assert_int_equal(request.victim, 0x209);
	header[3] = 7;
	assert_false(usbip_read(header, &request));
	usbip_write_submitted(header, 0x102, -EPIPE, 5);
	assert_memory_equal(header, done, sizeof done);
	usbip_write_unlinked(header, 0x103, -ECONNRESET);
	assert_memory_equal(header, taken_back, sizeof taken_back);
}

/* --- faults --- */

static void test_fault_words(void **state)
{
	static const char *const good[] = {
		"stall@F236#5", "silent@*", "late@f2=3000", "short@F236#2-4=3", "gone@*#1", "gone@F1=200", "empty@F7#3+", "stall@trace#2",
		"crc@control:GET_DESCRIPTOR#2", "gone@control:SET_CONFIGURATION", "short@control:GET_DESCRIPTOR.STRING=4",
		"drop-command@F2", "keep-old@F236", "out-stuck@*#8+", "stall-out@F1", "slow@*=5", "overflow@F2", "line-error@F2", "timeout@F2",
		"long@F2=8", "garbage@F2",
	};
	static const char *const bad[] = {
		"", "stall", "stall@", "stall@F", "stall@F2G6", "stall@F236#", "stall@F236#0", "stall@F236#5-", "stall@F236#5-4", "stall@F236#5x",
		"stall@F236=3", "late@F236", "late@F236=", "late@F236=x", "late@F236=-1", "late@F236=99999999", "crash@F236", "short@F236=1=2",
		"stall@control:", "stall@control:GET_FOO", "stall@control:GET_DESCRIPTOR.", "stall-out@trace", "keep-old@control:GET_STATUS",
		"stall@traces", "stall@0102030405060708090a0b0c0d0e0f1011", "stall@+1",
	};
	char error[256];

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		struct faults faults = { .count = 0 };

		if (!faults_add(&faults, good[i], error, sizeof error))
			fail_msg("%s", error);
		assert_string_equal(faults.list[0].text, good[i]);
	}
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct faults faults = { .count = 0 };

		error[0] = 0;
		if (faults_add(&faults, bad[i], error, sizeof error))
			fail_msg("%s was taken", bad[i]);
		assert_int_equal(faults.count, 0);
		assert_true(strlen(error) > 10);
	}
}

/* Which of six F2 36 a selector hits. */
static unsigned hits_of(const char *word)
{
	static const uint8_t sought[] = { 0xf2, 0x36, 0xf0 }, other[] = { 0xf2, 0x35 };
	struct faults faults = { .count = 0 };
	struct fault_hits hits;
	unsigned mask = 0;
	char error[256];

	assert_true(faults_add(&faults, word, error, sizeof error));
	for (unsigned i = 0; i < 6; i++) {
		faults_hit(&faults, PLACE_COMMAND, sought, sizeof sought, "", &hits);
		mask |= (unsigned)(hits.of[FAULT_STALL] != NULL) << i;
		assert_true(!hits.text == !hits.of[FAULT_STALL]);
		faults_hit(&faults, PLACE_COMMAND, other, sizeof other, "", &hits);
	}
	assert_int_equal(faults.list[0].hits, __builtin_popcount(mask) + (word[6] == '*' ? 3 : 0));
	return mask;
}

static void test_fault_hits(void **state)
{
	struct faults faults = { .count = 0 };
	struct fault_hits hits;
	char error[256];

	(void)state;
	assert_int_equal(hits_of("stall@F236"), 0x3f);
	assert_int_equal(hits_of("stall@F236#5"), 0x10);
	assert_int_equal(hits_of("stall@F236#2-4"), 0x0e);
	assert_int_equal(hits_of("stall@F236#5+"), 0x30);
	assert_int_equal(hits_of("stall@F236F0#1"), 0x01);
	assert_int_equal(hits_of("stall@F236F1#1"), 0);
	/* Every second one is F2 36: the 3rd, 5th and 7th of all, and 4, 6, 8 between. */
	assert_int_equal(hits_of("stall@*#3-8"), 0x0e);
	assert_true(faults_add(&faults, "empty@control:GET_DESCRIPTOR.STRING#2", error, sizeof error));
	assert_true(faults_add(&faults, "silent@trace", error, sizeof error));
	for (unsigned i = 1; i <= 3; i++) {
		faults_hit(&faults, PLACE_CONTROL, NULL, 0, "GET_DESCRIPTOR.DEVICE", &hits);
		assert_null(hits.text);
		faults_hit(&faults, PLACE_CONTROL, NULL, 0, "GET_DESCRIPTOR.STRING", &hits);
		assert_int_equal(hits.of[FAULT_EMPTY] != NULL, i == 2);
	}
	faults_hit(&faults, PLACE_TRACE, NULL, 0, "", &hits);
	assert_non_null(hits.of[FAULT_SILENT]);
}

/* What a fault makes of an answer of eight bytes; NULL where it is never sent. The caller frees it. */
static struct message *shaped(const char *word)
{
	static const uint8_t command[] = { 0xf2, 0x36 };
	struct message *message = message_new((const uint8_t *)"\x80\0\0\0\1\2\3\4", 8);
	struct faults faults = { .count = 0 };
	struct fault_hits hits;
	char error[256];

	assert_true(faults_add(&faults, word, error, sizeof error));
	faults_hit(&faults, PLACE_COMMAND, command, sizeof command, "", &hits);
	if (faults_shape(&hits, message))
		return message;
	message_free(message);
	return NULL;
}

static void test_fault_shapes(void **state)
{
	static const struct { const char *word; uint32_t length; int status; bool halts, same; } shapes[] = {
		{ "stall@*", 8, -EPIPE, true, true }, { "line-error@*", 8, -EPROTO, false, true }, { "overflow@*", 8, -EOVERFLOW, false, true },
		{ "crc@*", 8, -EILSEQ, false, true }, { "timeout@*", 8, -ETIME, false, true }, { "short@*=3", 3, 0, false, true },
		{ "short@*=30", 8, 0, false, true }, { "long@*=5", 13, 0, false, true }, { "empty@*", 0, 0, false, true },
		{ "garbage@*", 8, 0, false, false },
	};
	struct message *message;

	(void)state;
	for (size_t i = 0; i < COUNT(shapes); i++) {
		message = shaped(shapes[i].word);
		assert_non_null(message);
		assert_int_equal(message->length, shapes[i].length);
		assert_int_equal(message->status, shapes[i].status);
		assert_int_equal(message->halts, shapes[i].halts);
		assert_int_equal(!memcmp(message->bytes, "\x80\0\0\0\1\2\3\4", message->length < 8 ? message->length : 8), shapes[i].same);
		assert_int_equal(message->ready, 0);
		message_free(message);
	}
	assert_null(shaped("silent@*"));
	assert_null(shaped("gone@*=5"));
	message = shaped("keep-old@*");
	assert_true(message->ready == MESSAGE_HELD);
	message_free(message);
	message = shaped("late@*=60000");
	assert_true(message->ready > clock_now() + 50000000);
	message_free(message);
}

/* --- descriptors --- */

/* wTotalLength and the product ids of real devices' dumps. */
static const struct { enum probe_model model; uint16_t product; size_t total; } real[] = {
	{ PROBE_V1, 0x3744, 0x20 }, { PROBE_V2, 0x3748, 0x27 }, { PROBE_V21, 0x374b, 0x80 }, { PROBE_V21_NO_DISK, 0x3752, 0x69 },
	{ PROBE_V3E, 0x374e, 0x80 }, { PROBE_V3, 0x374f, 0x97 }, { PROBE_V3_NO_DISK, 0x3753, 0xc2 }, { PROBE_V3PWR, 0x3757, 0xc2 },
	{ PROBE_V2_LOADER, 0x3748, 0x27 }, { PROBE_V3_LOADER, 0x374d, 0x20 }, { PROBE_V3PWR_LOADER, 0x3755, 0x20 },
};

/* What a configuration descriptor holds, as its own lengths say. */
struct walked { unsigned interfaces, endpoints, packet[256]; };

static struct walked walk(const uint8_t *bytes, size_t length)
{
	struct walked walked = { .interfaces = 0 };
	size_t at = 0;

	for (; at + 2 <= length; at += bytes[at]) {
		assert_true(bytes[at] >= 2 && at + bytes[at] <= length);
		walked.interfaces += bytes[at + 1] == DESCRIPTOR_INTERFACE;
		if (bytes[at + 1] != DESCRIPTOR_ENDPOINT)
			continue;
		assert_int_equal(bytes[at], 7);
		assert_int_equal(walked.packet[bytes[at + 2]], 0);
		walked.packet[bytes[at + 2]] = (unsigned)(bytes[at + 4] | bytes[at + 5] << 8);
		walked.endpoints++;
	}
	assert_int_equal(at, length);
	return walked;
}

static void check_strings(const struct identity *identity, const uint8_t *bytes, size_t length)
{
	uint8_t text[DESCRIPTOR_SIZE_MAX];

	for (size_t at = 0; at < length; at += bytes[at])
		if (bytes[at + 1] == DESCRIPTOR_INTERFACE && bytes[at + 8])
			assert_true(descriptor_string(identity, bytes[at + 8], identity->serial, false, text) > 2);
	assert_int_equal(descriptor_string(identity, 0, identity->serial, false, text), 4);
	assert_int_equal(descriptor_string(identity, 200, identity->serial, false, text), 0);
}

static void test_descriptors(void **state)
{
	uint8_t bytes[DESCRIPTOR_SIZE_MAX];
	enum probe_model model;

	(void)state;
	for (size_t i = 0; i < COUNT(real); i++) {
		const struct identity *identity = identity_of(real[i].model);
		size_t length = descriptor_configuration(identity, identity->speed, bytes);
		struct walked walked = walk(bytes, length);

		assert_int_equal(length, real[i].total);
		assert_int_equal(bytes[2] | bytes[3] << 8, length);
		assert_int_equal(walked.interfaces, bytes[4]);
		check_strings(identity, bytes, length);
		assert_int_equal(descriptor_device(identity, bytes), 18);
		assert_int_equal(bytes[8] | bytes[9] << 8, 0x0483);
		assert_int_equal(bytes[10] | bytes[11] << 8, real[i].product);
		assert_int_equal(descriptor_qualifier(identity, identity->speed, bytes), identity->speed == VHCI_HIGH ? 10 : 0);
		assert_true(identity_model(identity->name, &model) && model == real[i].model);
	}
	assert_false(identity_model("v4", &model));
	walk(bytes, descriptor_configuration(&identity_keyboard, VHCI_LOW, bytes));
	assert_true(descriptor_report(&identity_keyboard, bytes) > 0);
	assert_int_equal(descriptor_report(identity_of(PROBE_V21), bytes), 0);
}

static void test_slower(void **state)
{
	uint8_t bytes[DESCRIPTOR_SIZE_MAX];
	struct walked walked = walk(bytes, descriptor_configuration(identity_of(PROBE_V3), VHCI_FULL, bytes));

	(void)state;
	assert_int_equal(walked.packet[0x81], 64);
	assert_int_equal(walked.packet[0x84], 10);
}

static void test_serial_forms(void **state)
{
	static const uint8_t old[] = {
		0x1a, 3, 0x53, 0, 0xff, 0, 0x6d, 0, 6, 0, 0x48, 0, 0x82, 0, 0x57, 0, 0x51, 0, 0x40, 0, 0x27, 0, 0x11, 0, 0x87, 0,
	};
	const struct identity *v2 = identity_of(PROBE_V2);
	uint8_t bytes[DESCRIPTOR_SIZE_MAX];

	(void)state;
	assert_int_equal(descriptor_string(v2, IDENTITY_SERIAL, "53FF6D064882575140271187", true, bytes), sizeof old);
	assert_memory_equal(bytes, old, sizeof old);
	assert_int_equal(descriptor_string(v2, IDENTITY_SERIAL, "53FF6D064882575140271187", false, bytes), 50);
	assert_int_equal(bytes[0], 50);
}

/* The n-th column, and where the next begins. */
static const char *column(char *line, unsigned n)
{
	while (n--) {
		line = strchr(line, '\t');
		if (!line)
			return "";
		line++;
	}
	line[strcspn(line, "\t\n")] = 0;
	return line;
}

/* "0x02 (31-byte CBW)" or "0x81, 0x86 (bridge)": each endpoint of the list is there. */
static void check_endpoints(const char *name, const char *list, const struct walked *walked)
{
	for (const char *at = list; (at = strstr(at, "0x")); at += 2) {
		unsigned address = (unsigned)strtoul(at, NULL, 16);

		if (address < 256 && !walked->packet[address])
			fail_msg("%s has no endpoint %02x", name, address);
	}
}

/* Columns: 0 VID:PID, 6 command endpoint, 7 answer endpoint, 8 trace endpoint, 9 packet size. */
static void check_row(const char *line, const struct identity *identity)
{
	uint8_t bytes[DESCRIPTOR_SIZE_MAX];
	struct walked walked = walk(bytes, descriptor_configuration(identity, identity->speed, bytes));
	char copy[8192];

	for (unsigned n = 6; n <= 8; n++) {
		snprintf(copy, sizeof copy, "%s", line);
		check_endpoints(identity->name, column(copy, n), &walked);
	}
	snprintf(copy, sizeof copy, "%s", line);
	assert_int_equal(walked.packet[0x81], strtoul(column(copy, 9), NULL, 10));
}

static void test_reference(void **state)
{
	FILE *table = fopen("../shared/protocol/usb.tsv", "r");
	char line[8192];
	unsigned found = 0;

	(void)state;
	if (!table) {
		print_message("../shared/protocol/usb.tsv is not here: skipped\n");
		skip();
	}
	while (fgets(line, sizeof line, table)) {
		unsigned product = (unsigned)strtoul(line + strcspn(line, ":\t") + 1, NULL, 16);

		for (size_t i = 0; i < COUNT(real); i++) {
			if (strncmp(line, "0483:", 5) || real[i].product != product)
				continue;
			check_row(line, identity_of(real[i].model));
			found++;
		}
	}
	fclose(table);
	assert_int_equal(found, COUNT(real));
}

/* --- requests --- */

static void test_requests(void **state)
{
	static const struct { uint8_t bytes[8], interface_class; const char *name; } known[] = {
		{ { 0x80, 6, 0, 3, 9, 4, 0xff, 0 }, 0, "GET_DESCRIPTOR.STRING" }, { { 0x00, 9, 1 }, 0, "SET_CONFIGURATION" },
		{ { 0x81, 6, 0, 0x22 }, CLASS_HID, "GET_DESCRIPTOR.REPORT" }, { { 0x02, 1, 0, 0, 0x81 }, 0, "CLEAR_FEATURE" },
		{ { 0xa1, 0xfe }, CLASS_STORAGE, "GET_MAX_LUN" }, { { 0x21, 0x22, 3 }, CLASS_COMMUNICATION, "SET_CONTROL_LINE_STATE" },
		{ { 0xa1, 0xfe }, CLASS_COMMUNICATION, "UNKNOWN" }, { { 0xc0, 6 }, 0, "UNKNOWN" },
	};
	char name[48];

	(void)state;
	for (size_t i = 0; i < COUNT(known); i++) {
		struct setup setup = setup_read(known[i].bytes);

		request_name(request_find(&setup, known[i].interface_class), &setup, name, sizeof name);
		assert_string_equal(name, known[i].name);
	}
	assert_true(request_selects("GET_DESCRIPTOR", "GET_DESCRIPTOR.STRING"));
	assert_false(request_selects("GET_DESCRIPTOR.STRING", "GET_DESCRIPTOR"));
	assert_false(request_selects("GET_DESC", "GET_DESCRIPTOR.STRING"));
}

/* --- mass storage --- */

static void test_wrappers(void **state)
{
	static const uint8_t cbw[CBW_SIZE] = { 'U', 'S', 'B', 'C', 4, 3, 2, 1, 0, 0x10, 0, 0, 0x80, 0, 10, 0xf2, 0x07, 0x20 };
	static const uint8_t csw[CSW_SIZE] = { 'U', 'S', 'B', 'S', 4, 3, 2, 1, 8, 0, 0, 0, 1 };
	uint8_t bytes[CSW_SIZE];
	struct wrapper wrapper;

	(void)state;
	assert_true(cbw_read(cbw, sizeof cbw, &wrapper));
	assert_int_equal(wrapper.tag, 0x01020304);
	assert_int_equal(wrapper.length, 0x1000);
	assert_true(wrapper.in);
	assert_int_equal(wrapper.cdb_length, 10);
	assert_memory_equal(wrapper.cdb, "\xf2\x07\x20", 3);
	assert_true(cbw_read(cbw, 18, &wrapper));
	assert_false(cbw_read(cbw, 15, &wrapper));
	assert_false(cbw_read((const uint8_t *)"USBSxxxxxxxxxxxxxxxxxxxxxxxxxxx", 31, &wrapper));
	csw_write(bytes, 0x01020304, 8, 1);
	assert_memory_equal(bytes, csw, sizeof csw);
}

static void ask(struct disk *disk, uint8_t opcode, uint8_t sector, uint8_t count, struct disk_answer *answer)
{
	uint8_t cdb[CDB_SIZE] = { opcode, [5] = sector, [8] = count };

	disk_command(disk, cdb, NULL, 0, answer);
}

static void test_disk(void **state)
{
	static struct disk disk;
	struct disk_answer answer;

	(void)state;
	disk_init(&disk);
	ask(&disk, 0x12, 0, 0, &answer);
	assert_int_equal(answer.length, 36);
	ask(&disk, 0x25, 0, 0, &answer);
	assert_memory_equal(answer.bytes, "\0\0\0\x9f\0\0\2\0", 8);
	ask(&disk, 0x28, 0, 1, &answer);
	assert_int_equal(answer.length, 512);
	assert_memory_equal(answer.bytes + 510, "\x55\xaa", 2);
	ask(&disk, 0x28, 2, 2, &answer);
	assert_memory_equal(answer.bytes + 32, "MBED    HTM", 11);
	assert_memory_equal(answer.bytes + 64, "DETAILS TXT", 11);
	assert_non_null(memmem(answer.bytes + 512, 512, DISK_SECRET, strlen(DISK_SECRET)));
	ask(&disk, 0x28, DISK_SECTORS - 1, 2, &answer);
	assert_true(answer.failed);
	ask(&disk, 0x03, 0, 0, &answer);
	assert_int_equal(answer.bytes[2], 5);
	assert_int_equal(answer.bytes[12], 0x21);
	ask(&disk, 0x03, 0, 0, &answer);
	assert_int_equal(answer.bytes[2], 0);
	ask(&disk, 0x7f, 0, 0, &answer);
	assert_true(answer.failed);
}

static void test_keys(void **state)
{
	(void)state;
	assert_int_equal(keyboard_usage('a'), 4);
	assert_int_equal(keyboard_usage('z'), 29);
	assert_int_equal(keyboard_usage('1'), 30);
	assert_int_equal(keyboard_usage('0'), 39);
	assert_int_equal(keyboard_usage('%'), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_usbip),
		cmocka_unit_test(test_fault_words),
		cmocka_unit_test(test_fault_hits),
		cmocka_unit_test(test_fault_shapes),
		cmocka_unit_test(test_descriptors),
		cmocka_unit_test(test_slower),
		cmocka_unit_test(test_serial_forms),
		cmocka_unit_test(test_reference),
		cmocka_unit_test(test_requests),
		cmocka_unit_test(test_wrappers),
		cmocka_unit_test(test_disk),
		cmocka_unit_test(test_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
