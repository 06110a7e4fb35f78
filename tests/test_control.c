/*
 * Control transfers in the transcript: who sees them, what a line and an object say, and that no serial number leaves unasked.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../analyzer/output/control.h"
#include "hex.h"
#include "support/transcripts.h"

#define SERIAL "066EFF373535503457062922"
#define DEVICE_DESCRIPTOR "12 01 00 02 ef 02 01 40 83 04 4b 37 00 01 01 02 03 01"
#define CONFIGURATION "09 02 20 00 01 01 00 80 32  09 04 00 00 02 ff ff ff 04  07 05 81 02 40 00 00  07 05 01 02 40 00 00"
/* "H\xffk\x06e%VT\x18\x12G\x87": 12 bytes in UTF-16 units, as V2 firmware of old sends them. */
#define RAW_SERIAL "1a 03 48 00 ff 00 6b 00 06 00 65 00 25 00 56 00 54 00 18 00 12 00 47 00 87 00"
#define RAW_DIGITS "48FF6B06652556541812" "4787"
#define STRING_SETUP "80 06 03 03 09 04 ff 00"

struct bench { struct transcripts out; uint64_t frame; };

/* A transfer and the memory behind it. */
struct made { struct control_transfer transfer; uint8_t bytes[256]; };

static int begin(void **state)
{
	struct bench *bench = calloc(1, sizeof *bench);

	if (!bench)
		return -1;
	transcripts_begin(&bench->out);
	bench->out.selection.topics = UINT32_C(1) << SELECT_USB;
	transcripts_renew(&bench->out);
	*state = bench;
	return 0;
}

static int end(void **state)
{
	struct bench *bench = *state;

	transcripts_end(&bench->out);
	free(bench);
	return 0;
}

/* In frames 17 and 18 at 1:7, which takes 812 us. */
static struct control_transfer *make(struct made *made, const char *setup, const char *answer)
{
	uint8_t bytes[8];
	long length = hex_read(answer, strlen(answer), made->bytes, sizeof made->bytes);

	assert_int_equal(hex_read(setup, strlen(setup), bytes, sizeof bytes), 8);
	assert_true(length >= 0);
	made->transfer = (struct control_transfer){
		.probe = -1, .bus = 1, .device = 7, .frame = 17, .end_frame = 18, .time = 1002000, .latency = 812000,
		.setup = usb_setup_read(bytes), .bytes = { made->bytes, (uint32_t)length, (uint32_t)length },
	};
	return &made->transfer;
}

static struct control_transfer *make_failed(struct made *made, const char *setup, enum urb_result result, int64_t status)
{
	struct control_transfer *transfer = make(made, setup, "");

	transfer->urb_result = result;
	transfer->urb_status = status;
	return transfer;
}

/* A string descriptor of these units of one byte. */
static struct control_transfer *make_string(struct made *made, const char *text)
{
	struct control_transfer *transfer = make(made, STRING_SETUP, "");
	size_t length = strlen(text);

	made->bytes[0] = (uint8_t)(2 + 2 * length);
	made->bytes[1] = 3;
	for (size_t i = 0; i < length; i++) {
		made->bytes[2 + 2 * i] = (uint8_t)text[i];
		made->bytes[3 + 2 * i] = 0;
	}
	transfer->bytes.captured = transfer->bytes.wire = made->bytes[0];
	return transfer;
}

static const char *text_of(struct bench *bench, const struct control_transfer *transfer)
{
	struct listener listener = text_transcript_listener(bench->out.text);

	listener.control(listener.context, transfer);
	return transcripts_written(&bench->out);
}

static const char *json_of(struct bench *bench, const struct control_transfer *transfer)
{
	struct listener listener = json_transcript_listener(bench->out.json);

	listener.control(listener.context, transfer);
	return transcripts_written(&bench->out);
}

static void check_line(struct bench *bench, const struct control_transfer *transfer, const char *expected)
{
	char line[1024];

	snprintf(line, sizeof line, "17 0.001002 812 us 1:7 %s\n", expected);
	assert_string_equal(text_of(bench, transfer), line);
}

static void requests_are_named(void **state)
{
	struct made made;

	check_line(*state, make(&made, "80 06 00 01 00 00 12 00", DEVICE_DESCRIPTOR), "control: GET_DESCRIPTOR device = 0483:374b");
	check_line(*state, make(&made, "80 06 00 02 00 00 ff 00", CONFIGURATION),
	           "control: GET_DESCRIPTOR configuration = value 1, 1 interfaces, 32 bytes");
	check_line(*state, make(&made, "80 06 00 03 00 00 ff 00", "04 03 09 04"), "control: GET_DESCRIPTOR string 0 = languages 0409");
	check_line(*state, make_string(&made, "STM32 STLink"), "control: GET_DESCRIPTOR string 3 = \"STM32 STLink\"");
	check_line(*state, make(&made, "00 09 01 00 00 00 00 00", ""), "control: SET_CONFIGURATION 1");
	check_line(*state, make(&made, "02 01 00 00 81 00 00 00", ""), "control: CLEAR_FEATURE ENDPOINT_HALT endpoint 0x81");
}

static void refusals_are_no_faults(void **state)
{
	struct made made;

	check_line(*state, make_failed(&made, "80 06 00 0f 00 00 05 00", URB_STALLED, -32),
	           "control: GET_DESCRIPTOR BOS: optional, not supported (-32 EPIPE)");
	check_line(*state, make_failed(&made, "80 06 00 06 00 00 0a 00", URB_STALLED, -32),
	           "control: GET_DESCRIPTOR device qualifier: optional, not supported (-32 EPIPE)");
	check_line(*state, make_failed(&made, "80 06 ee 03 00 00 12 00", URB_STALLED, -32),
	           "control: GET_DESCRIPTOR string 238: optional, not supported (-32 EPIPE)");
	check_line(*state, make_failed(&made, "a1 fe 00 00 01 00 01 00", URB_STALLED, -32),
	           "control: GET_MAX_LUN value 0x0000 index 0x0001 length 1: optional, not supported (-32 EPIPE)");
	check_line(*state, make_failed(&made, "80 06 00 01 00 00 12 00", URB_STALLED, -32),
	           "! control: GET_DESCRIPTOR device: stalled (-32 EPIPE)");
	check_line(*state, make_failed(&made, "00 09 01 00 00 00 00 00", URB_STALLED, -32),
	           "! control: SET_CONFIGURATION 1: stalled (-32 EPIPE)");
	check_line(*state, make_failed(&made, "80 06 00 0f 00 00 05 00", URB_LINE_ERROR, -71),
	           "! control: GET_DESCRIPTOR BOS: line error (-71 EPROTO)");
	check_line(*state, make_failed(&made, "80 06 00 01 00 00 12 00", URB_GONE, -108),
	           "! control: GET_DESCRIPTOR device: device gone (-108 ESHUTDOWN)");
}

static void missing_bytes_are_told(void **state)
{
	struct made made;
	struct control_transfer *transfer = make(&made, "80 06 00 01 00 00 12 00", DEVICE_DESCRIPTOR);

	transfer->bytes.captured = 12;
	check_line(*state, transfer, "? control: GET_DESCRIPTOR device = 0483:374b, truncated to 12 of 18 bytes");
	transfer->bytes.captured = 0;
	check_line(*state, transfer, "? control: GET_DESCRIPTOR device, truncated to 0 of 18 bytes");
	transfer->bytes.captured = transfer->bytes.wire = 8;
	check_line(*state, transfer, "control: GET_DESCRIPTOR device, short: 8 of 18 bytes");
	/* Nothing is short where no more was asked for. */
	transfer->setup.length = 8;
	check_line(*state, transfer, "control: GET_DESCRIPTOR device");
	check_line(*state, make(&made, "80 06 00 02 00 00 09 00", "09 02 20 00 01 01 00 80 32"),
	           "control: GET_DESCRIPTOR configuration = value 1, 1 interfaces, 32 bytes");
	check_line(*state, make(&made, "80 06 00 02 00 00 20 00", "09 02 20 00 01 01 00 80 32"),
	           "control: GET_DESCRIPTOR configuration = value 1, 1 interfaces, 32 bytes, short: 9 of 32 bytes");
}

static void shown_when_asked_for(void **state)
{
	struct bench *bench = *state;
	struct selection *selection = &bench->out.selection;
	struct made made;
	struct control_transfer *transfer = make(&made, "00 09 01 00 00 00 00 00", "");

	assert_true(control_is_selected(selection, false, transfer));
	selection->topics = 0;
	assert_false(control_is_selected(selection, false, transfer));
	assert_true(control_is_selected(selection, true, transfer));
	assert_string_equal(text_of(bench, transfer), "");
	assert_string_equal(json_of(bench, transfer), "");
	selection->topics = UINT32_C(1) << GROUP_MEMORY;
	assert_false(control_is_selected(selection, true, transfer));
	selection->topics = 0;
	selection->has_frames = true;
	selection->first_frame = selection->last_frame = 18;
	assert_true(control_is_selected(selection, true, transfer));
	selection->first_frame = 19;
	assert_false(control_is_selected(selection, true, transfer));
	transfer->end_frame = 30;
	selection->last_frame = 20;
	assert_true(control_is_selected(selection, true, transfer));
	selection->last_frame = selection->first_frame = 16;
	assert_false(control_is_selected(selection, true, transfer));
	selection->has_frames = false;
	selection->has_device = true;
	selection->bus = 1;
	selection->device = 8;
	assert_false(control_is_selected(selection, true, transfer));
	selection->device = 7;
	assert_true(control_is_selected(selection, true, transfer));
}

static void details(void **state)
{
	struct bench *bench = *state;
	struct made made;

	/* -v shows that there was one; -vv, or -v --only usb, what was in it. */
	bench->out.common.verbose = 1;
	bench->out.selection.topics = 0;
	check_line(bench, make(&made, "80 06 00 03 00 00 ff 00", "04 03 09 04"), "control: GET_DESCRIPTOR string 0 = languages 0409");
	bench->out.selection.topics = 1U << SELECT_USB;
	assert_non_null(strstr(text_of(bench, make(&made, "80 06 00 03 00 00 ff 00", "04 03 09 04")), "setup 8 bytes, frame 17\n"));
	bench->out.selection.topics = 0;
	bench->out.common.verbose = 2;
	bench->out.options.dump = true;
	transcripts_renew(&bench->out);
	assert_string_equal(text_of(bench, make(&made, "80 06 00 02 00 00 12 00",
	                                        "09 02 20 00 01 01 00 80 32  09 04 00 00 02 ff ff ff 04")),
		"17 0.001002 812 us 1:7 control: GET_DESCRIPTOR configuration = value 1, 1 interfaces, 32 bytes\n"
		"setup 8 bytes, frame 17\n"
		"0 80 request_type 0x80 bmRequestType\n"
		"[7] direction = 1 IN\n"
		"[6:5] type = 0 standard\n"
		"[4:0] recipient = 0 device\n"
		"1 06 request 0x06 bRequest\n"
		"2 00 02 value 0x0200 wValue\n"
		"4 00 00 index 0x0000 wIndex\n"
		"6 12 00 length 18 wLength\n"
		"answer 18 bytes, frame 18\n"
		"descriptor\n"
		"0 09 length 9 bLength\n"
		"1 02 type 0x02 configuration bDescriptorType\n"
		"2 20 00 total_length 32 wTotalLength\n"
		"4 01 interfaces 1 bNumInterfaces\n"
		"5 01 configuration 1 bConfigurationValue\n"
		"6 00 configuration_string 0 iConfiguration\n"
		"7 80 attributes 0x80 bmAttributes\n"
		"[6] self_powered = 0\n"
		"[5] remote_wakeup = 0\n"
		"8 32 max_power 50 bMaxPower, in units of 2 mA\n"
		"descriptor\n"
		"0 09 length 9 bLength\n"
		"1 04 type 0x04 interface bDescriptorType\n"
		"2 00 interface 0 bInterfaceNumber\n"
		"3 00 alternate 0 bAlternateSetting\n"
		"4 02 endpoints 2 bNumEndpoints\n"
		"5 ff interface_class 0xff vendor specific bInterfaceClass\n"
		"6 ff interface_subclass 0xff bInterfaceSubClass\n"
		"7 ff interface_protocol 0xff bInterfaceProtocol\n"
		"8 04 interface_string 4 iInterface\n"
		"setup 0000 80 06 00 02 00 00 12 00 |........|\n"
		"answer 0000 09 02 20 00 01 01 00 80 32 09 04 00 00 02 ff ff |.. .....2.......|\n"
		"0010 ff 04 |..|\n");
}

#define PLACE "{\"type\":\"usb-event\",\"frame\":17,\"time\":\"0.001002\",\"bus\":1,\"device\":7,"
#define ENDED "\"urb_result\":\"ok\",\"urb_status\":0,\"failed\":false,\"latency_us\":812,\"notes\":[],"

static void objects(void **state)
{
	struct bench *bench = *state;
	struct listener listener = json_transcript_listener(bench->out.json);
	struct probe probe = { .index = 5 };
	struct session session = { .index = 3, .probe = 5 };
	struct made made;
	struct control_transfer *transfer = make(&made, "80 06 00 02 00 00 ff 00", "09 02 20 00 01 01 00 80 32  07 05 81 02 40 00 00"
	                                                                           "07 05 01 02 40 00 00");

	assert_string_equal(json_of(bench, transfer), PLACE
		"\"session\":null,\"event\":\"control\",\"frames\":[17,18],"
		"\"request\":{\"request_type\":128,\"request\":6,\"value\":512,\"index\":0,\"length\":255},\"request_name\":\"GET_DESCRIPTOR\","
		"\"answer\":{\"length\":9,\"type\":2,\"type_name\":\"configuration\",\"total_length\":32,\"interfaces\":1,\"configuration\":1,"
		"\"configuration_string\":0,\"attributes\":128,\"max_power\":50,\"descriptors\":["
		"{\"length\":7,\"type\":5,\"type_name\":\"endpoint\",\"endpoint\":129,\"attributes\":2,\"max_packet_size\":64,\"interval\":0},"
		"{\"length\":7,\"type\":5,\"type_name\":\"endpoint\",\"endpoint\":1,\"attributes\":2,\"max_packet_size\":64,\"interval\":0}]},"
		"\"length\":23,\"bytes\":\"090220000101008032070581024000000705010240" "0000\","
		"\"urb_result\":\"ok\",\"urb_status\":0,\"failed\":false,\"latency_us\":812,\"notes\":[\"short\"],"
		"\"text\":\"GET_DESCRIPTOR configuration = value 1, 1 interfaces, 32 bytes\"}\n");
	listener.session_begin(listener.context, &probe, &session);
	transfer = make(&made, "40 42 01 00 02 00 00 00", "");
	transfer->probe = 5;
	assert_string_equal(json_of(bench, transfer), PLACE
		"\"session\":3,\"event\":\"control\",\"frames\":[17,18],"
		"\"request\":{\"request_type\":64,\"request\":66,\"value\":1,\"index\":2,\"length\":0},\"request_name\":null,"
		"\"answer\":{},\"length\":0,\"bytes\":\"\"," ENDED "\"text\":\"vendor request 0x42 value 0x0001 index 0x0002 length 0\"}\n");
	listener.session_end(listener.context, &probe, &session);
	assert_non_null(strstr(json_of(bench, transfer), "\"session\":null"));
	transfer = make_failed(&made, "80 06 00 01 00 00 12 00", URB_STALLED, -32);
	transfer->latency = -1;
	transfer->frame = 0;
	assert_non_null(strstr(json_of(bench, transfer), "\"frame\":18,"));
	assert_non_null(strstr(json_of(bench, transfer), "\"frames\":[18],"));
	assert_non_null(strstr(json_of(bench, transfer), "\"urb_result\":\"stalled\",\"urb_status\":-32,\"failed\":true,"
	                                                "\"latency_us\":null,"));
}

static void bytes_are_previewed(void **state)
{
	struct bench *bench = *state;
	struct made made;
	struct control_transfer *transfer = make(&made, "c0 42 00 00 00 00 80 00", "5a*128");
	const char *bytes;

	bytes = strstr(json_of(bench, transfer), "\"bytes\":\"");
	assert_int_equal(strspn(bytes + 9, "5a"), 2 * PREVIEW_BYTES);
	bench->out.options.full = true;
	transcripts_renew(&bench->out);
	bytes = strstr(json_of(bench, transfer), "\"bytes\":\"");
	assert_int_equal(strspn(bytes + 9, "5a"), 256);
}

static void device_text_is_harmless(void **state)
{
	struct bench *bench = *state;
	struct made made;
	struct control_transfer *transfer = make_string(&made, "ST\033[2J\r\n");

	check_line(bench, transfer, "control: GET_DESCRIPTOR string 3 = \"ST\\x1b[2J\\x0d\\x0a\"");
	assert_non_null(strstr(json_of(bench, transfer), "\"text\":\"ST\\u001B[2J\\r\\n\"}"));
	/* A right-to-left override, a lone surrogate. */
	check_line(bench, make(&made, STRING_SETUP, "08 03 2e 20 41 00 00 d8"),
	           "control: GET_DESCRIPTOR string 3 = \"\\u{202e}A\xef\xbf\xbd\"");
}

/* Serial numbers */

/* Four characters of a serial number in a row, as text, as bytes in both formats, or in a dump's margin: too many. */
static void refuse_serial(const char *output, const char *serial)
{
	for (; strlen(serial) >= 4; serial++) {
		char forms[5][64];

		snprintf(forms[0], sizeof forms[0], "%.4s", serial);
		snprintf(forms[1], sizeof forms[1], "%02x00%02x00%02x00%02x00", serial[0], serial[1], serial[2], serial[3]);
		snprintf(forms[2], sizeof forms[2], "%02x 00 %02x 00 %02x 00 %02x", serial[0], serial[1], serial[2], serial[3]);
		snprintf(forms[3], sizeof forms[3], "%c.%c.%c.%c", serial[0], serial[1], serial[2], serial[3]);
		snprintf(forms[4], sizeof forms[4], "%.2s00%.2s00", serial, serial + 2); /* raw: digits are its bytes */
		for (unsigned i = 0; i < 5; i++)
			if (strcasestr(output, forms[i]))
				fail_msg("%s in %s", forms[i], output);
	}
}

/* The serial number shows nowhere: whatever is asked for but itself, and however much of it the host read or the capture holds. */
static void keep_secret(struct bench *bench, struct control_transfer *transfer, const char *serial)
{
	uint32_t whole = transfer->bytes.captured;

	for (unsigned asked = 0; asked < 8; asked++) {
		bench->out.common.verbose = asked & 1;
		bench->out.options.dump = asked & 2;
		bench->out.options.full = asked & 4;
		transcripts_renew(&bench->out);
		for (uint32_t length = 0; length <= whole; length++) {
			transfer->bytes.captured = length;
			transfer->bytes.wire = whole;
			refuse_serial(text_of(bench, transfer), serial);
			refuse_serial(json_of(bench, transfer), serial);
			transfer->bytes.wire = length;
			refuse_serial(text_of(bench, transfer), serial);
			refuse_serial(json_of(bench, transfer), serial);
		}
	}
}

static void serials_stay_secret(void **state)
{
	struct made made;
	struct control_transfer *transfer = make_string(&made, SERIAL);

	transfer->holds_serial = true;
	keep_secret(*state, transfer, SERIAL);
	transfer->holds_serial = false; /* no device descriptor says so */
	keep_secret(*state, transfer, SERIAL);
	transfer->setup.value = 0x300; /* paired with a question for languages, and for a device descriptor */
	keep_secret(*state, transfer, SERIAL);
	transfer->setup.value = 0x100;
	keep_secret(*state, transfer, SERIAL);
	transfer = make_string(&made, "\xff\x80-" SERIAL); /* damaged, or with something before it */
	refuse_serial(text_of(*state, transfer), SERIAL);
	refuse_serial(json_of(*state, transfer), SERIAL);
	transfer = make(&made, STRING_SETUP, RAW_SERIAL);
	transfer->holds_serial = true;
	keep_secret(*state, transfer, RAW_DIGITS);
	transfer->holds_serial = false;
	keep_secret(*state, transfer, RAW_DIGITS);
	transfer = make_string(&made, "zqxjkvwyzqxj");
	transfer->holds_serial = true;
	keep_secret(*state, transfer, "zqxjkvwyzqxj");
	transfer->setup.request_type = 0x81;
	keep_secret(*state, transfer, "zqxjkvwyzqxj");
}

static void serials_have_pseudonyms(void **state)
{
	struct bench *bench = *state;
	struct made made;
	struct control_transfer *transfer = make_string(&made, SERIAL);
	char name[32], line[128];

	transfer->holds_serial = true;
	serial_pseudonym(name, sizeof name, SERIAL);
	snprintf(line, sizeof line, "control: GET_DESCRIPTOR string 3 of 50 bytes = %s", name);
	check_line(bench, transfer, line);
	snprintf(line, sizeof line, "\"type_name\":\"string\",\"serial_id\":\"%s\"},\"length\":50,\"urb_result\":", name);
	assert_non_null(strstr(json_of(bench, transfer), line));
	/* The raw form has the pseudonym of its digits, as in the heading. */
	transfer = make(&made, STRING_SETUP, RAW_SERIAL);
	serial_pseudonym(name, sizeof name, RAW_DIGITS);
	snprintf(line, sizeof line, "control: GET_DESCRIPTOR string 3 of 26 bytes = %s", name);
	check_line(bench, transfer, line);
	/* Part of one has none of its own. */
	transfer->bytes.captured = transfer->bytes.wire = 24;
	transfer->setup.length = 24;
	check_line(bench, transfer, "control: GET_DESCRIPTOR string 3 of 26 bytes, part of a serial number");
	assert_non_null(strstr(json_of(bench, transfer), "\"serial_id\":null}"));
}

static void serials_show_when_asked_for(void **state)
{
	struct bench *bench = *state;
	struct made made;
	struct control_transfer *transfer = make_string(&made, SERIAL);

	bench->out.common.serials = true;
	transfer->holds_serial = true;
	check_line(bench, transfer, "control: GET_DESCRIPTOR string 3 = \"" SERIAL "\"");
	assert_non_null(strstr(json_of(bench, transfer), "\"text\":\"" SERIAL "\"},\"length\":50,\"bytes\":\"3203300036003600"));
	check_line(bench, make(&made, STRING_SETUP, RAW_SERIAL), "control: GET_DESCRIPTOR string 3 = \"" RAW_DIGITS "\"");
}

/* Answers of any length */

static void cut_answers_do_no_harm(void **state)
{
	static const char *const answers[][2] = {
		{ "80 06 00 01 00 00 12 00", DEVICE_DESCRIPTOR }, { "80 06 00 02 00 00 ff 00", CONFIGURATION },
		{ STRING_SETUP, "06 03 53 00 54 00" }, { "80 06 00 0f 00 00 ff 00", "05 0f 0c 00 01 07 10 02 02 00 00 00" },
		{ "80 00 00 00 00 00 02 00", "01 00" }, { STRING_SETUP, "ff 03 01 00" }, { "80 06 00 02 00 00 ff 00", "00 02 ff" },
	};
	struct bench *bench = *state;

	bench->out.common.verbose = 1;
	bench->out.options.dump = bench->out.options.full = true;
	transcripts_renew(&bench->out);
	for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
		struct made made;
		struct control_transfer *transfer = make(&made, answers[i][0], answers[i][1]);
		uint32_t whole = transfer->bytes.captured;

		for (uint32_t length = 0; length < whole; length++) {
			uint8_t *exact = malloc(length ? length : 1); /* a byte beyond it is seen by ASan */

			assert_non_null(exact);
			memcpy(exact, made.bytes, length);
			transfer->bytes = (struct payload){ exact, length, whole };
			assert_non_null(strstr(text_of(bench, transfer), "truncated"));
			assert_non_null(strstr(json_of(bench, transfer), "\"notes\":[\"truncated\""));
			free(exact);
		}
	}
}

/* Through the tracker */

static void feed(struct bench *bench, const char *setup, const char *answer)
{
	struct urb_event urb = { .frame = ++bench->frame, .time = (int64_t)bench->frame * 1000000, .id = 1, .kind = URB_SUBMIT,
		.type = URB_CONTROL, .bus = 1, .device = 7, .endpoint = 0x80, .result = URB_PENDING, .status = -115, .has_setup = true };
	uint8_t bytes[256];
	long length = hex_read(answer, strlen(answer), bytes, sizeof bytes);

	assert_int_equal(hex_read(setup, strlen(setup), urb.setup, sizeof urb.setup), 8);
	tracker_observe(bench->out.tracker, &urb);
	urb = (struct urb_event){ .frame = ++bench->frame, .time = (int64_t)bench->frame * 1000000, .id = 1, .kind = URB_COMPLETE,
		.type = URB_CONTROL, .bus = 1, .device = 7, .endpoint = 0x80, .length = (uint32_t)length, .data = bytes,
		.captured = (uint32_t)length, .wire = (uint32_t)length };
	tracker_observe(bench->out.tracker, &urb);
}

static void tracked(void **state)
{
	struct bench *bench = *state;
	struct listener listener = text_transcript_listener(bench->out.text);
	const char *output;

	tracker_listen(bench->out.tracker, &listener);
	feed(bench, "80 06 00 01 00 00 12 00", DEVICE_DESCRIPTOR);
	feed(bench, "80 06 02 03 09 04 ff 00", "06 03 53 00 54 00");
	feed(bench, STRING_SETUP, "0a 03 51 00 57 00 45 00 52 00");
	output = transcripts_written(&bench->out);
	assert_non_null(strstr(output, "1 0.000000 1.00 ms 1:7 control: GET_DESCRIPTOR device = 0483:374b\n"));
	assert_non_null(strstr(output, "3 0.002000 1.00 ms 1:7 control: GET_DESCRIPTOR string 2 = \"ST\"\n"));
	assert_non_null(strstr(output, "5 0.004000 1.00 ms 1:7 control: GET_DESCRIPTOR string 3 of 10 bytes = serial-"));
	refuse_serial(output, "QWER");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(requests_are_named, begin, end),
		cmocka_unit_test_setup_teardown(refusals_are_no_faults, begin, end),
		cmocka_unit_test_setup_teardown(missing_bytes_are_told, begin, end),
		cmocka_unit_test_setup_teardown(shown_when_asked_for, begin, end),
		cmocka_unit_test_setup_teardown(details, begin, end),
		cmocka_unit_test_setup_teardown(objects, begin, end),
		cmocka_unit_test_setup_teardown(bytes_are_previewed, begin, end),
		cmocka_unit_test_setup_teardown(device_text_is_harmless, begin, end),
		cmocka_unit_test_setup_teardown(serials_stay_secret, begin, end),
		cmocka_unit_test_setup_teardown(serials_have_pseudonyms, begin, end),
		cmocka_unit_test_setup_teardown(serials_show_when_asked_for, begin, end),
		cmocka_unit_test_setup_teardown(cut_answers_do_no_harm, begin, end),
		cmocka_unit_test_setup_teardown(tracked, begin, end),
	};

	return cmocka_run_group_tests_name("control transfers", tests, NULL, NULL);
}
