/*
 * An independent opinion: every USB capture, the project's and those of others, record by record, against what tshark
 * says of it. Skipped, visibly, where tshark or the captures are not there. The dissectors of device classes are
 * disabled, so that payload stays bytes.
 */
#include "../analyzer/input/input.h"

#include <ftw.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define CAPTURES "../shared/captures"

enum { LINE = 1 << 20, FILES = 512, NO_FIELD = -1 };

/* In the order in which tshark is asked for them. */
enum column {
	FRAME, TIME, URB_ID, IRP_ID, URB_TYPE, FROM_DEVICE, TRANSFER, ENDPOINT, DEVICE, BUS, URB_STATUS, USBD_STATUS, URB_LENGTH, DATA_LENGTH,
	REQUEST_TYPE, REQUEST, REQUEST_LENGTH, DATA, FRAGMENT, RESPONSE, FIELDS
};

static const char *const names[FIELDS] = {
	"frame.number", "frame.time_epoch", "usb.urb_id", "usb.irp_id", "usb.urb_type", "usb.irp_info.direction", "usb.transfer_type",
	"usb.endpoint_address", "usb.device_address", "usb.bus_id", "usb.urb_status", "usb.usbd_status", "usb.urb_len", "usb.data_len",
	"usb.bmRequestType", "usb.setup.bRequest", "usb.setup.wLength", "usb.capdata",
	"usb.data_fragment", "usb.control.Response",
};

static const char *const class_dissectors[] = {
	"usbhub", "usbms", "usbmsclass", "usbhid", "usbaudio", "usbccid", "usbcom", "usbdfu", "usbport", "usbprinter", "usbvideo", "hci_usb",
	"ftdi-ft", "rtcdc", "ippusb", "mausb", "usbip", "usbll",
};

static char *files[FILES];
static size_t file_count;
static unsigned long records, payloads;

static int collect(const char *path, const struct stat *status, int kind)
{
	(void)status;
	if (kind == FTW_F && file_count < FILES && !strstr(path, "/logs/") && !strstr(path, ".txt") && !strstr(path, ".json") &&
	    !strstr(path, ".log") && !strstr(path, ".md") && !strstr(path, ".tsv"))
		files[file_count++] = strdup(path);
	return 0;
}

static FILE *run_tshark(const char *path)
{
	char command[4096];
	size_t at = (size_t)snprintf(command, sizeof command, "tshark -n -r '%s' -T fields -E 'separator=|' -E occurrence=f", path);

	for (int i = 0; i < FIELDS; i++)
		at += (size_t)snprintf(command + at, sizeof command - at, " -e %s", names[i]);
	for (size_t i = 0; i < sizeof class_dissectors / sizeof *class_dissectors; i++)
		at += (size_t)snprintf(command + at, sizeof command - at, " --disable-protocol %s", class_dissectors[i]);
	snprintf(command + at, sizeof command - at, " 2>/dev/null");
	return popen(command, "r");
}

/* Splits a line of tshark's at its separators. */
static void split(char *line, char *fields[FIELDS])
{
	for (int i = 0; i < FIELDS; i++) {
		fields[i] = line;
		line += strcspn(line, "|\n");
		if (*line)
			*line++ = '\0';
	}
}

static long long value(const char *field)
{
	return *field ? strtoll(field, NULL, 0) : NO_FIELD;
}

static int64_t nanoseconds(const char *field)
{
	char *fraction;
	int64_t time = strtoll(field, &fraction, 10) * 1000000000;

	return *fraction == '.' ? time + strtoll(fraction + 1, NULL, 10) : time;
}

#define SAME(what, ours, theirs)                                                                                     \
	do {                                                                                                         \
		if ((long long)(ours) != (long long)(theirs))                                                        \
			fail_msg("%s: frame %" PRIu64 ": %s is %lld, tshark says %lld", path, event->frame, what,    \
			         (long long)(ours), (long long)(theirs));                                            \
	} while (0)

static void compare_payload(const char *path, const struct urb_event *event, char *const fields[FIELDS])
{
	const char *hex = *fields[DATA] ? fields[DATA] : *fields[FRAGMENT] ? fields[FRAGMENT] : fields[RESPONSE];
	char text[3];

	if (!*hex || event->type == URB_ISOCHRONOUS)
		return;
	SAME("payload length", event->captured, strlen(hex) / 2);
	for (uint32_t i = 0; i < event->captured; i++) {
		snprintf(text, sizeof text, "%02x", event->data[i]);
		if (memcmp(text, hex + 2 * i, 2) != 0)
			fail_msg("%s: frame %" PRIu64 ": byte %" PRIu32 " is %s, tshark says %.2s", path, event->frame, i, text, hex + 2 * i);
	}
	payloads++;
}

static enum urb_type type_of(char *const fields[FIELDS])
{
	static const enum urb_type types[] = { URB_ISOCHRONOUS, URB_INTERRUPT, URB_CONTROL, URB_BULK };
	long long transfer = value(fields[TRANSFER]);

	return transfer >= 0 && transfer < 4 ? types[transfer] : URB_OTHER;
}

static void compare_usbmon(const char *path, const struct urb_event *event, char *const fields[FIELDS])
{
	static const char kinds[] = { [URB_SUBMIT] = 'S', [URB_COMPLETE] = 'C', [URB_REFUSED] = 'E' };

	SAME("id", event->id, strtoull(fields[URB_ID], NULL, 0));
	SAME("URB type", kinds[event->kind], fields[URB_TYPE][1]); /* 'S' in quotes */
	SAME("status", event->status, value(fields[URB_STATUS]));
	SAME("URB length", event->length, value(fields[URB_LENGTH]));
	/* tshark's length counts isochronous descriptors; and of a URB that the kernel cut only what is there. */
	if (event->type != URB_ISOCHRONOUS && event->wire != event->length)
		SAME("data length", event->wire, value(fields[DATA_LENGTH]));
	SAME("windows", event->windows, false);
}

static void compare_usbpcap(const char *path, const struct urb_event *event, char *const fields[FIELDS])
{
	SAME("id", event->id, strtoull(fields[IRP_ID], NULL, 0));
	SAME("status", event->status, value(fields[USBD_STATUS]));
	SAME("data length", event->wire + (event->has_setup ? 8 : 0), value(fields[DATA_LENGTH]));
	SAME("direction", event->kind == URB_COMPLETE, value(fields[FROM_DEVICE]));
	SAME("windows", event->windows, true);
}

static void compare(const char *path, const struct urb_event *event, char *const fields[FIELDS])
{
	SAME("time", event->time, nanoseconds(fields[TIME]));
	SAME("endpoint", event->endpoint, value(fields[ENDPOINT]));
	SAME("device", event->device, value(fields[DEVICE]));
	SAME("bus", event->bus, value(fields[BUS]));
	SAME("transfer type", event->type, type_of(fields));
	if (event->has_setup && *fields[REQUEST_TYPE])
		SAME("request type", event->setup[0], value(fields[REQUEST_TYPE]));
	if (event->has_setup && *fields[REQUEST])
		SAME("request", event->setup[1], value(fields[REQUEST]));
	if (event->has_setup && *fields[REQUEST_LENGTH])
		SAME("request length", event->setup[6] | event->setup[7] << 8, value(fields[REQUEST_LENGTH]));
	if (*fields[URB_TYPE])
		compare_usbmon(path, event, fields);
	else
		compare_usbpcap(path, event, fields);
	compare_payload(path, event, fields);
	records++;
}

static void compare_file(const char *path, char *line)
{
	char problem[1024], *fields[FIELDS];
	struct input *input = input_open(path, problem, sizeof problem);
	struct urb_event event;
	FILE *tshark;

	if (!input) {
		printf("not USB by usbmon or USBPcap: %s\n", problem);
		return;
	}
	tshark = run_tshark(path);
	assert_non_null(tshark);
	while (fgets(line, LINE, tshark)) {
		split(line, fields);
		if (!*fields[TRANSFER])
			continue; /* of an interface that is not USB */
		assert_int_equal(input_next(input, &event), 1);
		if (event.frame != (uint64_t)value(fields[FRAME]))
			fail_msg("%s: our frame %" PRIu64 " is tshark's %s", path, event.frame, fields[FRAME]);
		compare(path, &event, fields);
	}
	assert_int_not_equal(input_next(input, &event), 1);
	pclose(tshark);
	input_close(input);
}

/* Every file below folder. Skips without tshark. */
static void compare_all(const char *folder)
{
	char *line = malloc(LINE);

	assert_non_null(line);
	if (system("tshark --version >/dev/null 2>&1")) {
		free(line);
		puts("SKIPPED test_tshark: no tshark");
		skip();
	}
	file_count = 0;
	records = payloads = 0;
	assert_int_equal(ftw(folder, collect, 16), 0);
	for (size_t i = 0; i < file_count; i++) {
		compare_file(files[i], line);
		free(files[i]);
	}
	free(line);
	printf("%zu files, %lu records and %lu payloads are the same\n", file_count, records, payloads);
}

static void test_own_captures(void **state)
{
	(void)state;
	compare_all("captures");
	assert_true(records > 100);
}

static void test_captures_of_others(void **state)
{
	(void)state;
	if (access(CAPTURES, R_OK)) {
		puts("SKIPPED test_captures_of_others: no " CAPTURES);
		skip();
	}
	compare_all(CAPTURES);
	assert_true(records > 20000);
	assert_true(payloads > 5000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_own_captures),
		cmocka_unit_test(test_captures_of_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
