/*
 * The tracker, by scripts: a script says what URBs a capture holds, the expectation says what the listener is told, a line each.
 *
 *   enum PID ADDRESS [SERIAL]  a device is addressed, described and configured
 *   gone                       its next completion says that it left
 *   o HEX / O HEX     command endpoint: submission / submission and completion        ob, Ob: on the bridge
 *   c [STATUS]        completion of the oldest open OUT
 *   i LENGTH          IN submission            ib
 *   I HEX             completion of the oldest open IN, or of one never submitted      Ib
 *   A LENGTH HEX      IN submission and completion                                    Ab
 *   x STATUS          completion of the oldest open IN without data
 *   ov HEX            the same as an overflow (-75) with data
 *   cut HEX LENGTH    completion of the oldest open IN of LENGTH bytes, HEX (or -: none) of them captured
 *   lose              the completion of the oldest open IN is not in the capture
 *   again LENGTH      the URB of the oldest open IN is submitted once more
 *   alone LENGTH      completion of an OUT that was never submitted
 *   swo HEX           IN completion on the trace endpoint
 *   wait SECONDS      silence
 *   gap N             the kernel dropped N records
 *   say WORD          a line of the tool's
 *   dev ADDRESS       the following is of another device
 * A command of fewer than 16 bytes is padded unless it begins with '='.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "../analyzer/track/track.h"
#include "hex.h"

#define MOST 64

struct script {
	struct tracker *tracker;
	uint64_t frame, id;
	int64_t time;
	uint16_t device, pid;
	struct { uint64_t id; uint8_t endpoint; bool open; } urbs[MOST];
	char told[16384];
};

static void say(struct script *script, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void say(struct script *script, const char *format, ...)
{
	size_t used = strlen(script->told);
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(script->told + used, sizeof script->told - used, format, arguments);
	va_end(arguments);
}

/* --- what the listener is told --- */

static void told_transaction(void *context, const struct probe *probe, const struct session *session, const struct transaction *transaction)
{
	struct script *script = context;

	if (probe->index)
		say(script, "p%d ", probe->index);
	say(script, "%llu %s %s", (unsigned long long)session->index, transaction->command->name, result_name(transaction->result));
	if (transaction->has_status)
		say(script, " %02x", transaction->status);
	if (transaction->status_frame)
		say(script, " by %llu", (unsigned long long)transaction->status_frame);
	if (transaction->judges_frame)
		say(script, " judges %llu", (unsigned long long)transaction->judges_frame);
	if (transaction->data.wire)
		say(script, " data=%u", transaction->data.wire);
	if (transaction->answered)
		say(script, " answer=%u", transaction->answer.wire);
	if (transaction->answered && !transaction->answer.captured && transaction->result != RESULT_TRUNCATED)
		say(script, " kept=0");
	for (unsigned note = 0; note < NOTES; note++)
		if (transaction_noted(transaction, (enum note)note))
			say(script, " %s", note_name((enum note)note));
	say(script, "\n");
}

static void told_mode(void *context, const struct probe *probe, const struct session *session, const struct mode_change *change)
{
	(void)probe;
	(void)session;
	say(context, "mode %s -> %s by %s\n", change->from == MODE_UNKNOWN ? "?" : name_of(stlink_mode_names, change->from),
	    name_of(stlink_mode_names, change->to), change->by);
}

static void told_usb(void *context, const struct probe *probe, const struct session *session, const struct usb_note *note)
{
	static const char *const kinds[] = { "enumerated", "reset", "halt cleared", "gone", "returned", "recognised", "drain",
	                                     "stray", "stray out", "urb error" };
	(void)probe;
	(void)session;
	say(context, "usb %s%s%s", kinds[note->kind], note->by_client ? " by client" : "", note->outstanding ? " outstanding" : "");
	if (note->kind == USB_NOTE_STRAY || note->kind == USB_NOTE_STRAY_OUT)
		say(context, " %u", note->bytes.wire);
	say(context, "\n");
}

static void told_trace(void *context, const struct probe *probe, const struct session *session, const struct trace_data *trace)
{
	(void)probe;
	(void)session;
	say(context, "trace %u\n", trace->bytes.wire);
}

static void told_gap(void *context, const struct gap *gap)
{
	say(context, "gap %llu\n", (unsigned long long)gap->dropped);
}

static void told_end(void *context, const struct probe *probe, const struct session *session)
{
	static const char *const ends[] = { "open", "exit", "next", "re-enumerated", "gone", "capture end" };
	(void)probe;
	say(context, "end %llu %s\n", (unsigned long long)session->index, ends[session->end]);
}

static void told_tool(void *context, const struct tool_line *line)
{
	say(context, "%s %s before %llu\n", line->is_stderr ? "stderr" : "stdout", line->text, (unsigned long long)line->frame);
}

/* --- what the capture holds --- */

static void feed(struct script *script, struct urb_event *urb)
{
	urb->frame = ++script->frame;
	urb->time = script->time += 1000000;
	urb->bus = 1;
	tracker_observe(script->tracker, urb);
}

static void control(struct script *script, uint16_t device, const uint8_t setup[8], const uint8_t *data, uint32_t length)
{
	bool in = setup[0] & 0x80;
	struct urb_event urb = { .id = ++script->id, .kind = URB_SUBMIT, .type = URB_CONTROL, .device = device,
		.endpoint = in ? 0x80 : 0, .result = URB_PENDING, .status = -115, .has_setup = true, .length = (uint32_t)(setup[6] | setup[7] << 8) };

	memcpy(urb.setup, setup, 8);
	feed(script, &urb);
	urb = (struct urb_event){ .id = script->id, .kind = URB_COMPLETE, .type = URB_CONTROL, .device = device,
		.endpoint = in ? 0x80 : 0, .length = length, .data = data, .captured = length, .wire = length };
	feed(script, &urb);
}

static void get_descriptor(struct script *script, uint8_t type, uint8_t index, const uint8_t *data, uint8_t length)
{
	control(script, script->device, (uint8_t[]){ 0x80, 6, index, type, 0, 0, length, 0 }, data, length);
}

static void enumerate(struct script *script, uint16_t pid, uint16_t address, const char *serial)
{
	const struct stlink_product *product = stlink_product_find(STLINK_VID, pid);
	uint8_t device[18] = { 18, 1, 0, 2, 0, 0, 0, 64, 0x83, 0x04, (uint8_t)pid, (uint8_t)(pid >> 8), 0, 1, 1, 2, (uint8_t)(serial ? 3 : 0), 1 };
	uint8_t configuration[64] = { 9, 2, 0, 0, 1, 1, 0, 0x80, 50, 9, 4, 0, 0, 0, 0xff, 0xff, 0xff, 0 };
	uint8_t text[64] = { 2, 3 };
	uint8_t length = 18;
	const uint8_t endpoints[] = { product->answer_endpoint, product->command_endpoint, product->trace_endpoint };

	script->device = address;
	script->pid = pid;
	control(script, 0, (uint8_t[]){ 0, 5, (uint8_t)address, 0, 0, 0, 0, 0 }, NULL, 0);
	get_descriptor(script, 1, 0, device, sizeof device);
	if (product->bulk_only)
		memcpy(configuration + 14, (uint8_t[]){ 8, 6, 0x50 }, 3);
	for (size_t i = 0; i < sizeof endpoints; i++) {
		if (!endpoints[i])
			continue;
		memcpy(configuration + length, (uint8_t[]){ 7, 5, endpoints[i], 2, 64, 0, 0 }, 7);
		length = (uint8_t)(length + 7);
		configuration[13]++;
	}
	if (product->bridge_command_endpoint) {
		memcpy(configuration + length, (uint8_t[]){ 9, 4, 1, 0, 2, 0xff, 0xff, 0xff, 0 }, 9);
		memcpy(configuration + length + 9, (uint8_t[]){ 7, 5, product->bridge_answer_endpoint, 2, 64, 0, 0 }, 7);
		memcpy(configuration + length + 16, (uint8_t[]){ 7, 5, product->bridge_command_endpoint, 2, 64, 0, 0 }, 7);
		length = (uint8_t)(length + 23);
		configuration[4]++;
	}
	configuration[2] = length;
	get_descriptor(script, 2, 0, configuration, length);
	for (size_t i = 0; serial && serial[i]; i++) {
		text[2 + 2 * i] = (uint8_t)serial[i];
		text[0] = (uint8_t)(text[0] + 2);
	}
	if (serial)
		get_descriptor(script, 3, 3, text, text[0]);
	control(script, script->device, (uint8_t[]){ 0, 9, 1, 0, 0, 0, 0, 0 }, NULL, 0);
}

static void submit(struct script *script, uint8_t endpoint, const uint8_t *bytes, uint32_t length)
{
	bool out = !(endpoint & 0x80);
	struct urb_event urb = { .id = ++script->id, .kind = URB_SUBMIT, .type = URB_BULK, .device = script->device, .endpoint = endpoint,
		.result = URB_PENDING, .status = -115, .length = length };

	if (out) {
		urb.data = bytes;
		urb.captured = urb.wire = length;
	}
	for (size_t i = 0; i < MOST; i++) {
		if (script->urbs[i].open)
			continue;
		script->urbs[i].open = true;
		script->urbs[i].id = script->id;
		script->urbs[i].endpoint = endpoint;
		break;
	}
	feed(script, &urb);
}

static size_t oldest_open(const struct script *script, uint8_t endpoint)
{
	size_t oldest = MOST;

	for (size_t i = 0; i < MOST; i++)
		if (script->urbs[i].open && script->urbs[i].endpoint == endpoint && (oldest == MOST || script->urbs[i].id < script->urbs[oldest].id))
			oldest = i;
	return oldest;
}

static void complete(struct script *script, uint8_t endpoint, const uint8_t *bytes, uint32_t captured, uint32_t wire, int status)
{
	struct urb_event urb = { .id = UINT64_MAX, .kind = URB_COMPLETE, .type = URB_BULK, .device = script->device, .endpoint = endpoint,
		.status = status, .result = urb_result_of(status, false), .length = wire };
	size_t oldest = oldest_open(script, endpoint);

	if (oldest < MOST) {
		urb.id = script->urbs[oldest].id;
		script->urbs[oldest].open = false;
	}
	if (endpoint & 0x80) {
		urb.data = bytes;
		urb.captured = captured;
		urb.wire = wire;
	} else if (status == 0 && oldest < MOST) {
		urb.length = 16;
	}
	feed(script, &urb);
}

static size_t bytes_of(const char *text, uint8_t *bytes, size_t size)
{
	long length = hex_read(text, strlen(text), bytes, size);

	assert_true(length >= 0);
	return (size_t)length;
}

static void run_line(struct script *script, char *line)
{
	const struct stlink_product *product = stlink_product_find(STLINK_VID, script->pid ? script->pid : 0x374b);
	char *words[4] = { "", "", "", "" };
	uint8_t bytes[512] = { 0 };
	size_t count = 0, length;
	bool bridge;
	uint8_t out, in;

	for (char *word = strtok(line, " \t"); word && count < 4; word = strtok(NULL, " \t"))
		words[count++] = word;
	if (!count)
		return;
	bridge = strlen(words[0]) == 2 && words[0][1] == 'b';
	out = bridge ? product->bridge_command_endpoint : product->command_endpoint;
	in = bridge ? product->bridge_answer_endpoint : product->answer_endpoint;
	if (!strcmp(words[0], "enum")) {
		enumerate(script, (uint16_t)strtoul(words[1], NULL, 16), (uint16_t)atoi(words[2]), count > 3 ? words[3] : NULL);
	} else if (!strcmp(words[0], "gone")) {
		complete(script, in, NULL, 0, 0, -108);
	} else if (!strcmp(words[0], "ov")) {
		length = bytes_of(words[1], bytes, sizeof bytes);
		complete(script, in, bytes, (uint32_t)length, (uint32_t)length, -75);
	} else if (!strcmp(words[0], "cut")) {
		length = words[1][0] == '-' ? 0 : bytes_of(words[1], bytes, sizeof bytes);
		complete(script, in, bytes, (uint32_t)length, (uint32_t)atoi(words[2]), 0);
	} else if (!strcmp(words[0], "swo")) {
		length = bytes_of(words[1], bytes, sizeof bytes);
		complete(script, product->trace_endpoint, bytes, (uint32_t)length, (uint32_t)length, 0);
	} else if (!strcmp(words[0], "wait")) {
		script->time += (int64_t)(atof(words[1]) * 1e9);
	} else if (!strcmp(words[0], "gap")) {
		tracker_gap(script->tracker, script->frame, script->time, (uint64_t)atoi(words[1]));
	} else if (!strcmp(words[0], "alone")) {
		complete(script, out, NULL, 0, (uint32_t)atoi(words[1]), 0);
	} else if (!strcmp(words[0], "lose")) {
		script->urbs[oldest_open(script, in)].open = false;
	} else if (!strcmp(words[0], "again")) {
		feed(script, &(struct urb_event){ .id = script->urbs[oldest_open(script, in)].id, .kind = URB_SUBMIT, .type = URB_BULK,
			.device = script->device, .endpoint = in, .result = URB_PENDING, .status = -115, .length = (uint32_t)atoi(words[1]) });
	} else if (!strcmp(words[0], "say")) {
		tracker_tool_line(script->tracker, &(struct tool_line){ .frame = script->frame + 1, .time = script->time, .text = words[1] });
	} else if (!strcmp(words[0], "dev")) {
		script->device = (uint16_t)atoi(words[1]);
	} else if (words[0][0] == 'o' || words[0][0] == 'O') {
		bool plain = words[1][0] == '=';

		length = bytes_of(words[1] + plain, bytes, sizeof bytes);
		if (!plain && length < 16)
			length = 16;
		submit(script, out, bytes, (uint32_t)length);
		if (words[0][0] == 'O')
			complete(script, out, NULL, 0, 0, 0);
	} else if (words[0][0] == 'c') {
		complete(script, out, NULL, 0, 0, atoi(words[1]));
	} else if (words[0][0] == 'i') {
		submit(script, in, NULL, (uint32_t)atoi(words[1]));
	} else if (words[0][0] == 'I' || words[0][0] == 'A') {
		if (words[0][0] == 'A')
			submit(script, in, NULL, (uint32_t)atoi(words[1]));
		length = bytes_of(words[words[0][0] == 'A' ? 2 : 1], bytes, sizeof bytes);
		complete(script, in, bytes, (uint32_t)length, (uint32_t)length, 0);
	} else if (words[0][0] == 'x') {
		complete(script, in, NULL, 0, 0, atoi(words[1]));
	} else {
		fail_msg("a script line begins with %s", words[0]);
	}
}

static void run(const char *text, const char *expected)
{
	struct script *script = calloc(1, sizeof *script);
	struct listener listener = { .context = script, .transaction = told_transaction, .mode = told_mode, .usb = told_usb,
		.trace = told_trace, .gap = told_gap, .tool = told_tool, .session_end = told_end };
	char *copy = strdup(text), *rest = copy, *line;

	assert_non_null(script);
	script->time = INT64_C(1500000000000000000);
	script->tracker = tracker_new();
	tracker_listen(script->tracker, &listener);
	while ((line = strsep(&rest, ";\n")))
		run_line(script, line);
	tracker_finish(script->tracker);
	assert_string_equal(script->told, expected);
	tracker_free(script->tracker);
	free(copy);
	free(script);
}

/* --- the cases --- */

struct test_case { const char *name, *script, *expected; };

static const struct test_case cases[] = {
	{ "a command and its answer",
	  "enum 374b 5; O f1; A 6 2a1b83044b37",
	  "usb enumerated\n0 GET_VERSION ok answer=6\nend 0 capture end\n" },
	{ "command and answer submitted together",
	  "enum 374b 5; o f236f0ed00e0; i 8; c; I 8000000003000300",
	  "usb enumerated\n0 READDEBUGREG ok 80 answer=8\nend 0 capture end\n" },
	{ "an answer in two reads is whole",
	  "enum 374e 5; O f26200; A 20 8000000000000000000000000000000000000000; A 32 0000000000000000000000000000000000000000000000000000000000000000",
	  "usb enumerated\n0 GET_COM_FREQ ok 80 answer=52 split-answer\nend 0 capture end\n" },
	{ "a short answer, told when the next command comes",
	  "enum 374b 5; O f236f0ed00e0; A 8 800000; O f5; A 2 0100",
	  "usb enumerated\n0 READDEBUGREG short 80 answer=3 short\n0 GET_CURRENT_MODE ok answer=2\nmode ? -> MASS by GET_CURRENT_MODE\nend 0 capture end\n" },
	{ "a drain before the first command is no fault",
	  "enum 374b 5; i 64; x -2; O f5; A 64 0200",
	  "usb enumerated\nusb drain\n0 GET_CURRENT_MODE ok answer=2\nmode ? -> DEBUG by GET_CURRENT_MODE\nend 0 capture end\n" },
	{ "a data phase that looks like a command",
	  "enum 374b 5; O f230a3; A 2 8000; O f208000000201000; O f1800000000000000000000000000000; O f23e; A 12 800000000000000000000000",
	  "usb enumerated\n0 ENTER ok 80 answer=2\nmode ? -> DEBUG by ENTER\n0 WRITEMEM_32BIT ok 80 by 17 data=16\n"
	  "0 GETLASTRWSTATUS2 ok 80 judges 13 answer=12\nend 0 capture end\n" },
	{ "a data phase in two writes",
	  "enum 374b 5; O f208000000201000; O =0102030405060708; O =0102030405060708; O f5; A 2 0200",
	  "usb enumerated\n0 WRITEMEM_32BIT unjudged data=16 split-data\n0 GET_CURRENT_MODE ok answer=2\n"
	  "mode ? -> DEBUG by GET_CURRENT_MODE\nend 0 capture end\n" },
	{ "a second status in a row judges nothing",
	  "enum 374b 5; O f207000000200400; A 4 01020304; O f23e; A 12 110000000000002000000000; O f23e; A 12 110000000000002000000000",
	  "usb enumerated\n0 READMEM_32BIT error 11 by 13 answer=4\n0 GETLASTRWSTATUS2 ok 11 judges 9 answer=12\n"
	  "0 GETLASTRWSTATUS2 error 11 answer=12\nend 0 capture end\n" },
	{ "a memory command without a status is unjudged",
	  "enum 374b 5; O f207000000200400; A 4 01020304; O f5; A 2 0200; O f23e; A 12 800000000000000000000000",
	  "usb enumerated\n0 READMEM_32BIT unjudged answer=4\n0 GET_CURRENT_MODE ok answer=2\nmode ? -> DEBUG by GET_CURRENT_MODE\n"
	  "0 GETLASTRWSTATUS2 ok 80 answer=12\nend 0 capture end\n" },
	{ "RW_MISC_OUT is judged by RW_MISC_IN",
	  "enum 374b 5; O f25102000000; O =050300000000000000ed00e0; O f252; A 16 0000000041c20f418000000011000000",
	  "usb enumerated\n0 RW_MISC_OUT error 11 by 13 data=12\n0 RW_MISC_IN ok judges 9 answer=16\nend 0 capture end\n" },
	{ "a status that is WAIT",
	  "enum 374b 5; O f236f0ed00e0; A 8 1400000000000000",
	  "usb enumerated\n0 READDEBUGREG wait 14 answer=8\nend 0 capture end\n" },
	{ "a status that no table knows is an error",
	  "enum 374b 5; O f236f0ed00e0; A 8 7700000000000000",
	  "usb enumerated\n0 READDEBUGREG error 77 answer=8 unknown-status\nend 0 capture end\n" },
	{ "halted is not a fault",
	  "enum 374b 5; O f201; A 2 8100",
	  "usb enumerated\n0 GETSTATUS ok 81 answer=2\nend 0 capture end\n" },
	{ "an answer the host took back, then a retry",
	  "enum 374b 5; O f7; i 8; wait 3; x -2; O f7; A 8 d1050000ed070000",
	  "usb enumerated\n0 GET_TARGET_VOLTAGE cancelled unread\n0 GET_TARGET_VOLTAGE ok answer=8 after-unread\nend 0 capture end\n" },
	{ "answers shifted by one after a time-out, until the host drains",
	  "enum 374b 5; O f236f0ed00e0; i 8; wait 3; x -2; O f5; A 64 8000000003000300; O f7; A 64 0200; O f5; A 64 d1050000ed070000;"
	  "A 64 0200; O f5; A 64 0200",
	  "usb enumerated\n0 READDEBUGREG cancelled unread\n0 GET_CURRENT_MODE shifted answer=8 trailing-bytes unknown-value long shifted\n"
	  "0 GET_TARGET_VOLTAGE shifted answer=2 short shifted\n0 GET_CURRENT_MODE shifted answer=8 trailing-bytes unknown-value long shifted\nusb stray 2\n"
	  "0 GET_CURRENT_MODE ok answer=2\nmode ? -> DEBUG by GET_CURRENT_MODE\nend 0 capture end\n" },
	{ "answers shifted by one in a one-sided capture",
	  "enum 374b 5; o f1; I 2a1b83044b37; o f236f0ed00e0; wait 3; x -2; o f5; I 8000000003000300; o f7; I 0200",
	  "usb enumerated\n0 GET_VERSION ok answer=6\n0 READDEBUGREG cancelled unread\n"
	  "0 GET_CURRENT_MODE shifted answer=8 trailing-bytes unknown-value long shifted\n0 GET_TARGET_VOLTAGE incomplete answer=2 shifted\nend 0 capture end\n" },
	{ "after a time-out the probe may also just go on",
	  "enum 374b 5; O f230a3; i 2; wait 6; x -2; O f5; A 2 0000; O f7; A 8 d1050000ed070000",
	  "usb enumerated\n0 ENTER cancelled unread\n0 GET_CURRENT_MODE ok answer=2\nmode ? -> DFU by GET_CURRENT_MODE\n"
	  "0 GET_TARGET_VOLTAGE ok answer=8\nend 0 capture end\n" },
	{ "a shifted answer that overflows the read",
	  "enum 374b 5; O f236f0ed00e0; i 8; wait 3; x -2; O f235f0ed00e003005fa0; i 2; ov 8000; O f235f0ed00e003005fa0; A 2 8000",
	  "usb enumerated\n0 READDEBUGREG cancelled unread\n0 WRITEDEBUGREG usb-error 80 shifted\n0 WRITEDEBUGREG shifted 80 answer=2 shifted\n"
	  "end 0 capture end\n" },
	{ "a command that the probe did not take leaves no answer behind",
	  "enum 374b 5; o f5; i 2; wait 6; c -2; x -2; O f1; A 6 2a1b83044b37",
	  "usb enumerated\n0 GET_CURRENT_MODE cancelled\n0 GET_VERSION ok answer=6\nend 0 capture end\n" },
	{ "a STALL",
	  "enum 374b 5; O f5; i 2; x -32; O f1; i 6; x -71",
	  "usb enumerated\n0 GET_CURRENT_MODE stalled\n0 GET_VERSION usb-error\nend 0 capture end\n" },
	{ "an answer that nobody fetched",
	  "enum 374b 5; O f5; O f1; A 6 2a1b83044b37",
	  "usb enumerated\n0 GET_CURRENT_MODE no-answer unread\n0 GET_VERSION ok answer=6\nend 0 capture end\n" },
	{ "the capture ends before the answer",
	  "enum 374b 5; O f5; i 2",
	  "usb enumerated\n0 GET_CURRENT_MODE incomplete\nend 0 capture end\n" },
	{ "nothing is paired across a gap",
	  "enum 374b 5; O f5; gap 7; A 2 0100; O f1; A 6 2a1b83044b37",
	  "usb enumerated\n0 GET_CURRENT_MODE incomplete\ngap 7\nusb stray 2\n0 GET_VERSION ok answer=6 resynchronised\nend 0 capture end\n" },
	{ "where records may be missing, a missing answer is held against nobody, and what is there is paired",
	  "enum 374b 5; O f5; A 2 0100; gap 0; O f207000000204000; i 64; O f23e; A 12 800000000000000000000000; O f5; A 2 0100; gap 9",
	  "usb enumerated\n0 GET_CURRENT_MODE ok answer=2\nmode ? -> MASS by GET_CURRENT_MODE\ngap 0\n0 READMEM_32BIT incomplete 80 by 16\n"
	  "0 GETLASTRWSTATUS2 ok 80 judges 13 answer=12\n0 GET_CURRENT_MODE ok answer=2\ngap 9\nend 0 capture end\n" },
	{ "where records may be missing, the next command is no data of the one before",
	  "enum 374b 5; O f5; A 2 0100; gap 0; O f208000000204000; O f23e; A 12 800000000000000000000000; O f5; A 2 0100; gap 1",
	  "usb enumerated\n0 GET_CURRENT_MODE ok answer=2\nmode ? -> MASS by GET_CURRENT_MODE\ngap 0\n"
	  "0 WRITEMEM_32BIT incomplete 80 by 15 data-short\n0 GETLASTRWSTATUS2 ok 80 judges 13 answer=12\n0 GET_CURRENT_MODE ok answer=2\ngap 1\n"
	  "end 0 capture end\n" },
	{ "where records may be missing, a submission that is lost accuses nobody, of a command and of its data",
	  "enum 374b 5; O f5; A 2 0100; gap 0; alone 16; O f208000000204000; alone 64; gap 2",
	  "usb enumerated\n0 GET_CURRENT_MODE ok answer=2\nmode ? -> MASS by GET_CURRENT_MODE\ngap 0\n0 UNKNOWN incomplete no-submission\n"
	  "0 WRITEMEM_32BIT incomplete data-short\ngap 2\nend 0 capture end\n" },
	{ "a transaction across the place from which records may be missing",
	  "enum 374b 5; O f5; A 2 0100; O f1; gap 0; A 6 2a1b83044b37; O f5; gap 1; A 2 0100",
	  "usb enumerated\n0 GET_CURRENT_MODE ok answer=2\nmode ? -> MASS by GET_CURRENT_MODE\ngap 0\n0 GET_VERSION ok answer=6\n"
	  "0 GET_CURRENT_MODE incomplete\ngap 1\nusb stray 2\nend 0 capture end\n" },
	{ "a command whose submission the capture lost takes its own answer, and none of the command before",
	  "enum 374b 5; O f5; A 2 0100; O f7; i 8; lose; alone 16; A 2 8000; O f1; A 6 2a1b83044b37",
	  "usb enumerated\n0 GET_CURRENT_MODE ok answer=2\nmode ? -> MASS by GET_CURRENT_MODE\n0 GET_TARGET_VOLTAGE incomplete\n"
	  "0 UNKNOWN incomplete answer=2 no-submission\n0 GET_VERSION ok answer=6\nend 0 capture end\n" },
	{ "data whose submission the capture lost are held against nobody",
	  "enum 374b 5; O f208000000204000; alone 64; O f23e; A 12 800000000000000000000000",
	  "usb enumerated\n0 WRITEMEM_32BIT incomplete 80 by 12 data-short\n0 GETLASTRWSTATUS2 ok 80 judges 9 answer=12\nend 0 capture end\n" },
	{ "an URB that is submitted again had completed: what comes then may be another command's answer",
	  "enum 374b 5; O f7; i 8; again 2; I 0100; O f1; A 6 2a1b83044b37",
	  "usb enumerated\n0 GET_TARGET_VOLTAGE incomplete answer=2 no-completion\n0 GET_VERSION ok answer=6\nend 0 capture end\n" },
	{ "what the capture lost is no request that a later command refers to",
	  "enum 3748 5; O f40b000300008000; O f40c; A 3 010203; alone 16; O f40c; A 2 0102; O f1; A 6 2a1b83044837",
	  "usb enumerated\n0 SWIM_READMEM ok\n0 SWIM_READBUF ok answer=3\n0 UNKNOWN incomplete no-submission\n0 SWIM_READBUF ok answer=2\n"
	  "0 GET_VERSION ok answer=6\nend 0 capture end\n" },
	{ "in a wrapper, an answer that the capture lost, and one that did not come",
	  "enum 3744 5; O =5553424301000000060000008000" "0a" "f1800000000000000000" "000000000000; i 6; lose; A 13 55534253010000000000000000;"
	  "O =5553424302000000060000008000" "0a" "f1800000000000000000" "000000000000; A 6; A 13 55534253020000000600000000;"
	  "O =5553424303000000060000008000" "0a" "f1800000000000000000" "000000000000; A 13 55534253030000000000000000",
	  "usb enumerated\n0 GET_VERSION incomplete no-completion\n0 GET_VERSION short answer=0 kept=0 short\n0 GET_VERSION incomplete no-completion\n"
	  "end 0 capture end\n" },
	{ "in a wrapper, where the end of one read and the submission of the next are lost",
	  "enum 3744 5; O =5553424301000000060000008000" "0a" "f1800000000000000000" "000000000000; i 6; I 55534253010000000000000000",
	  "usb enumerated\n0 GET_VERSION incomplete no-completion\nend 0 capture end\n" },
	{ "data without a command: what was queued before is not what is fetched next",
	  "enum 374b 5; O f25102000000; O =050300000000000000ed00e0; O f252; A 16 0000000041c20f418000000080000000; O =00*24;"
	  "O f252; A 8 0000000080000000",
	  "usb enumerated\n0 RW_MISC_OUT ok 80 by 13 data=12\n0 RW_MISC_IN ok judges 9 answer=16\nusb stray out 24\n0 RW_MISC_IN ok answer=8\n"
	  "end 0 capture end\n" },
	{ "a read that brings more than it asked for, and no overflow: that was another one",
	  "enum 374b 5; O f5; i 2; I 800000000003000300; O f1; A 6 2a1b83044b37",
	  "usb enumerated\n0 GET_CURRENT_MODE incomplete answer=9 trailing-bytes unknown-value long no-completion\n0 GET_VERSION ok answer=6\nend 0 capture end\n" },
	{ "a read that came back before an earlier one: the capture lost where that did",
	  "enum 374b 5; O f23e; i 12; lose; i 8; I 8000000003000300; O f1; A 6 2a1b83044b37",
	  "usb enumerated\n0 GETLASTRWSTATUS2 incomplete 80 answer=8 no-completion\n0 GET_VERSION ok answer=6\nend 0 capture end\n" },
	{ "a read that is split in two, where only completions are captured: a part may be missing, but no part of a packet",
	  "enum 374b 5; o f207000000208000; I 00*64; o f20700000020c400; I 00*4; o f207000000208000; I 00*60;"
	  "o f1; I 2a1b83044b37",
	  "usb enumerated\n0 READMEM_32BIT incomplete answer=64 no-completion\n0 READMEM_32BIT incomplete answer=4 no-completion\n"
	  "0 READMEM_32BIT short answer=60 short\nend 0 next\n"
	  "1 GET_VERSION ok answer=6\nend 1 capture end\n" },
	{ "an answer cut by the snap length",
	  "enum 374b 5; O f7; i 8; cut d105 8; O f236f0ed00e0; i 8; cut 80 8",
	  "usb enumerated\n0 GET_TARGET_VOLTAGE truncated answer=8 truncated\n0 READDEBUGREG truncated 80 answer=8 truncated\nend 0 capture end\n" },
	{ "a status cut by the snap length: asked for, and not to be seen",
	  "enum 374b 5; O f207000000200400; A 4 01020304; O f23e; i 12; cut - 12",
	  "usb enumerated\n0 READMEM_32BIT truncated answer=4 truncated\n0 GETLASTRWSTATUS2 truncated answer=12 truncated\nend 0 capture end\n" },
	{ "an unknown command",
	  "enum 374b 5; O f25f01; A 64 8000; O f25f02; O f5; A 2 0100",
	  "usb enumerated\n0 UNKNOWN ok answer=2 unknown-command\n0 UNKNOWN ok unknown-command\n0 GET_CURRENT_MODE ok answer=2\n"
	  "mode ? -> MASS by GET_CURRENT_MODE\nend 0 capture end\n" },
	{ "a command that is not padded",
	  "enum 374b 5; O =f5; A 2 0100",
	  "usb enumerated\n0 GET_CURRENT_MODE ok answer=2 short-command\nmode ? -> MASS by GET_CURRENT_MODE\nend 0 capture end\n" },
	{ "one-sided: OUT submissions and IN completions",
	  "enum 3748 5; o f1; I 240083044837; o f221; o f208000000200400; o =01020304; o f23e; I 800000000000000000000000",
	  "usb enumerated\n0 GET_VERSION ok answer=6\n0 EXIT ok\nmode ? -> MASS by EXIT\n0 WRITEMEM_32BIT ok 80 by 14 data=4\n"
	  "0 GETLASTRWSTATUS2 ok 80 judges 12 answer=12\nend 0 capture end\n" },
	{ "a DFU exit that works, shown by what follows",
	  "enum 3748 5; O f5; A 2 0001; O f307; O f230a3; A 2 8000",
	  "usb enumerated\n0 GET_CURRENT_MODE ok answer=2\nmode ? -> DFU by GET_CURRENT_MODE\n0 DFU_EXIT ok\n0 ENTER ok 80 answer=2\n"
	  "mode DFU -> MASS by DFU_EXIT\nmode MASS -> DEBUG by ENTER\nend 0 capture end\n" },
	{ "a DFU exit that does not",
	  "enum 3748 5; O f5; A 2 0001; O f307; O f5; A 2 0001",
	  "usb enumerated\n0 GET_CURRENT_MODE ok answer=2\nmode ? -> DFU by GET_CURRENT_MODE\n0 DFU_EXIT ok\n0 GET_CURRENT_MODE ok answer=2\n"
	  "end 0 capture end\n" },
	{ "a GET_VERSION behind an ENTER begins a session; the mode and exit before it belong to it",
	  "enum 374b 5; O f1; A 6 2a1b83044b37; O f230a3; A 2 8000; O f221; O f5; A 2 0100; O f307; O f1; A 6 2a1b83044b37",
	  "usb enumerated\n0 GET_VERSION ok answer=6\n0 ENTER ok 80 answer=2\nmode ? -> DEBUG by ENTER\n0 EXIT ok\nmode DEBUG -> MASS by EXIT\n"
	  "end 0 exit\n1 GET_CURRENT_MODE ok answer=2\n1 DFU_EXIT ok\n1 GET_VERSION ok answer=6\nend 1 capture end\n" },
	{ "a client that finds debug mode on sends no ENTER, and opens all the same",
	  "enum 374b 5; O f1; A 6 2a1b83044b37; O f5; A 2 0200; O f236f0ed00e0; A 8 8000000003000300; O f1; A 6 2a1b83044b37",
	  "usb enumerated\n0 GET_VERSION ok answer=6\n0 GET_CURRENT_MODE ok answer=2\nmode ? -> DEBUG by GET_CURRENT_MODE\n0 READDEBUGREG ok 80 answer=8\n"
	  "end 0 next\n1 GET_VERSION ok answer=6\nend 1 capture end\n" },
	{ "GET_VERSION and GET_VERSION_EX open once, GET_VERSION_EX alone as well",
	  "enum 374e 5; O f1; A 6 300083044e37; O fb; A 12 03000a0305000000" "83044e37; O f230a3; A 2 8000; O fb; A 12 03000a0305000000" "83044e37; O f230a3; A 2 8000;"
	  "O f1; A 6 300083044e37; O fb; A 12 03000a0305000000" "83044e37",
	  "usb enumerated\n0 GET_VERSION ok answer=6\n0 GET_VERSION_EX ok answer=12\n0 ENTER ok 80 answer=2\nmode ? -> DEBUG by ENTER\n"
	  "end 0 next\n1 GET_VERSION_EX ok answer=12\n1 ENTER ok 80 answer=2\nend 1 next\n2 GET_VERSION ok answer=6\n2 GET_VERSION_EX ok answer=12\n"
	  "end 2 capture end\n" },
	{ "a mode and an exit that no version follows stay",
	  "enum 374b 5; O f1; A 6 2a1b83044b37; O f230a3; A 2 8000; wait 2; O f5; A 2 0200; O f221",
	  "usb enumerated\n0 GET_VERSION ok answer=6\n0 ENTER ok 80 answer=2\nmode ? -> DEBUG by ENTER\n0 GET_CURRENT_MODE ok answer=2\n0 EXIT ok\n"
	  "mode DEBUG -> MASS by EXIT\nend 0 exit\n" },
	{ "two openings without an ENTER are one session",
	  "enum 374b 5; O f5; A 2 0100; O f1; A 6 2a1b83044b37; O f7; A 8 d1050000ed070000; O f5; A 2 0100; O f1; A 6 2a1b83044b37; O f230a3; A 2 8000",
	  "usb enumerated\n0 GET_CURRENT_MODE ok answer=2\nmode ? -> MASS by GET_CURRENT_MODE\n0 GET_VERSION ok answer=6\n0 GET_TARGET_VOLTAGE ok answer=8\n"
	  "0 GET_CURRENT_MODE ok answer=2\n0 GET_VERSION ok answer=6\n0 ENTER ok 80 answer=2\nmode MASS -> DEBUG by ENTER\nend 0 capture end\n" },
	{ "unplugged while an answer is awaited, and back at another address",
	  "enum 374b 5 0670FF; O f236f0ed00e0; i 8; gone; wait 2; enum 374b 6 0670FF; O f1; A 6 2a1b83044b37",
	  "usb enumerated\n0 READDEBUGREG gone\nusb gone outstanding\nend 0 gone\nusb returned\n1 GET_VERSION ok answer=6\nend 1 capture end\n" },
	{ "a USB reset gives the same address again",
	  "enum 374b 5 0670FF; O f1; i 6; x -2; enum 374b 5 0670FF; O f1; A 6 2a1b83044b37",
	  "usb enumerated\n0 GET_VERSION cancelled unread\nend 0 re-enumerated\nusb reset\nusb returned by client\n1 GET_VERSION ok answer=6\nend 1 capture end\n" },
	{ "two probes stay apart",
	  "enum 374b 5 0670FF; enum 374e 6 0066AA; dev 5; o f1; dev 6; o f5; dev 5; c; dev 6; c; dev 5; i 6; dev 6; i 2; dev 5; I 2a1b83044b37; dev 6; I 0100",
	  "usb enumerated\nusb enumerated\n0 GET_VERSION ok answer=6\np1 1 GET_CURRENT_MODE ok answer=2\nmode ? -> MASS by GET_CURRENT_MODE\n"
	  "end 0 capture end\nend 1 capture end\n" },
	{ "the bridge is a channel of its own; order is by first frame",
	  "enum 374f 5; o f5; ob fc0302; i 2; ib 12; c; cb; Ib 800000000077010000ee0200; I 0100",
	  "usb enumerated\n0 GET_CURRENT_MODE ok answer=2\nmode ? -> MASS by GET_CURRENT_MODE\n0 BRIDGE_GET_CLOCK ok 80 answer=12\nend 0 capture end\n" },
	{ "SWO data",
	  "enum 374b 5; O f242; A 2 0400; swo 01020304",
	  "usb enumerated\n0 GET_TRACE_NB ok answer=2\ntrace 4\nend 0 capture end\n" },
	{ "SWIM_READBUF is as long as SWIM_READMEM said",
	  "enum 3748 5; O f40b000300008000; O f40c; A 3 010203; O f40c; A 3 0102",
	  "usb enumerated\n0 SWIM_READMEM ok\n0 SWIM_READBUF ok answer=3\n0 SWIM_READBUF incomplete answer=2\nend 0 capture end\n" },
	{ "V1: the envelope around a command",
	  "enum 3744 5; O =5553424301000000060000008000" "0a" "f1800000000000000000" "000000000000; A 6 134083044437; A 13 55534253010000000000000000",
	  "usb enumerated\n0 GET_VERSION ok answer=6\nend 0 capture end\n" },
	{ "V1: data out, then the CSW; a tag of its own",
	  "enum 3744 5; O =5553424302000000040000000000" "0a" "f20800000020040000" "00000000000000; O =01020304; A 13 55534253090000000000000000",
	  "usb enumerated\n0 WRITEMEM_32BIT unjudged data=4 csw-tag\nend 0 capture end\n" },
	{ "V1: a CSW in place of the answer",
	  "enum 3744 5; O =5553424303000000080000008000" "0a" "f7000000000000000000" "000000000000; A 13 55534253030000000800000001",
	  "usb enumerated\n0 GET_TARGET_VOLTAGE error\nend 0 capture end\n" },
	{ "V1: what its disk holds is not kept, whatever reads it",
	  "enum 3744 5; O =5553424305000000040000008000" "0a" "28000000000000000100" "000000000000; A 4 01020304; A 13 55534253050000000000000000;"
	  "O =5553424306000000040000008000" "0c" "a80000000000000000010000" "00000000; A 4 01020304; A 13 55534253060000000000000000",
	  "usb enumerated\n0 READ_10 ok answer=4 kept=0\n0 UNKNOWN ok answer=4 kept=0 unknown-command\nend 0 capture end\n" },
	{ "V1: the disk's own commands are named",
	  "enum 3744 5; O =5553424304000000240000008000" "06" "120000002400" "00000000000000000000; A 36 00000000; A 13 55534253040000002000000000",
	  "usb enumerated\n0 INQUIRY ok answer=4\nend 0 capture end\n" },
	{ "a count that lies does not swallow what follows",
	  "enum 374b 5; O f251ffffff0f; O f5; A 2 0100",
	  "usb enumerated\n0 RW_MISC_OUT unjudged data-short\n0 GET_CURRENT_MODE ok answer=2\nmode ? -> MASS by GET_CURRENT_MODE\nend 0 capture end\n" },
	{ "a line of the tool's stands behind what began before it, and before what began after",
	  "say first; enum 374b 5; o f1; say asked; c; A 6 2a1b83044b37; say answered; O f5; A 2 0100; say last",
	  "stdout first before 1\nusb enumerated\n0 GET_VERSION ok answer=6\nstdout asked before 10\nstdout answered before 13\n"
	  "0 GET_CURRENT_MODE ok answer=2\nmode ? -> MASS by GET_CURRENT_MODE\nstdout last before 17\nend 0 capture end\n" },
	{ "it waits for a memory command that waits for its status",
	  "enum 374b 5; O f207000000200400; A 4 01020304; say read; O f23e; A 12 110000000000002000000000; say judged",
	  "usb enumerated\n0 READMEM_32BIT error 11 by 13 answer=4\nstdout read before 13\n0 GETLASTRWSTATUS2 ok 11 judges 9 answer=12\n"
	  "stdout judged before 17\nend 0 capture end\n" },
	{ "but no longer than a second",
	  "enum 374b 5; O f207000000200400; A 4 01020304; say one; wait 0.5; say two; wait 0.7; say three; O f5; A 2 0100",
	  "usb enumerated\nstdout one before 13\n0 READMEM_32BIT unjudged answer=4\nstdout two before 13\nstdout three before 13\n"
	  "0 GET_CURRENT_MODE ok answer=2\nmode ? -> MASS by GET_CURRENT_MODE\nend 0 capture end\n" },
	{ "nor for the command of another probe when its own goes on",
	  "enum 374b 5 0670FF; enum 374e 6 0066AA; dev 6; O f5; dev 5; say here; O f1; A 6 2a1b83044b37; dev 6; A 2 0100",
	  "usb enumerated\nusb enumerated\nstdout here before 23\n0 GET_VERSION ok answer=6\np1 1 GET_CURRENT_MODE ok answer=2\n"
	  "mode ? -> MASS by GET_CURRENT_MODE\nend 0 capture end\nend 1 capture end\n" },
	{ "a gap and an end of the capture let it out behind what they cut",
	  "enum 374b 5; O f5; i 2; say one; gap 7; O f1; i 6; say two",
	  "usb enumerated\n0 GET_CURRENT_MODE incomplete\nstdout one before 12\ngap 7\n0 GET_VERSION incomplete resynchronised\nstdout two before 15\n"
	  "end 0 capture end\n" },
	{ "a capture that begins between a command's submission and its completion",
	  "dev 5; o f1; I 2a1b83044b37; o f5; I 0100",
	  "usb recognised\n0 GET_VERSION ok answer=6 resynchronised\n0 GET_CURRENT_MODE ok answer=2\nmode ? -> MASS by GET_CURRENT_MODE\nend 0 capture end\n" },
};

static void test_case(void **state)
{
	const struct test_case *one = *state;

	run(one->script, one->expected);
}

int main(void)
{
	struct CMUnitTest tests[sizeof cases / sizeof *cases];

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		tests[i] = (struct CMUnitTest){ .name = cases[i].name, .test_func = test_case, .initial_state = (void *)&cases[i] };
	return _cmocka_run_group_tests("track", tests, sizeof tests / sizeof *tests, NULL, NULL);
}
