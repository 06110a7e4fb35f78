/*
 * Writes the synthetic captures of captures/ byte by byte: usbmon pcap and pcapng, USBPcap pcap.
 * Usage: make_captures DIRECTORY. Writes DIRECTORY/NAME/capture.pcap or .pcapng; the same bytes at every run.
 * Knows: record headers, descriptors, and what one session of each client looks like on the bus.
 * Must not know: anything of the program: it is written from the specifications, so that it can disagree with the decoder.
 * Serial numbers, memory and times are invented. Bytes are written as hex text, in the order in which they are on the wire.
 */
#include <assert.h>
#include <err.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum form { FORM_USBMON, FORM_USBMON_PCAPNG, FORM_USBPCAP };
enum transfer { TRANSFER_INTERRUPT = 1, TRANSFER_CONTROL = 2, TRANSFER_BULK = 3 }; /* usbmon's numbers */

#define DIRECTION_IN 0x80
#define LONGEST 4096 /* bytes of one transfer */
#define START INT64_C(1772442000) /* 2026-03-02 09:00:00 UTC */

/* Completion codes: as Linux gives them; USBPcap's kin beside them. */
enum status { STATUS_DONE = 0, STATUS_STALLED = -32, STATUS_CANCELLED = -2 };

struct capture {
	FILE *file;
	enum form form;
	uint16_t bus, device;
	uint8_t command_endpoint, answer_endpoint;
	bool together;       /* the client submits command and answer at once (OpenOCD) instead of one after the other */
	int64_t now;         /* microseconds since the epoch */
	uint32_t random;
	uint64_t free_ids[4]; /* URB ids: the allocator hands out what was freed last */
	size_t free_count;
};

struct urb {
	uint64_t id;
	enum transfer type;
	uint8_t endpoint;
};

static void put(FILE *file, uint64_t value, unsigned width)
{
	for (unsigned i = 0; i < width; i++)
		putc((int)(value >> 8 * i & 0xff), file);
}

/* Microseconds pass: about so many, never the same twice. */
static void pass(struct capture *capture, int64_t microseconds)
{
	capture->random = capture->random * 1664525 + 1013904223;
	capture->now += microseconds + (int64_t)(capture->random >> 16) * microseconds / 262144;
}

/* Bytes of hex text, blanks ignored. Returns their number. */
static size_t hex(const char *text, uint8_t *bytes)
{
	size_t count = 0;

	for (unsigned value; *text; text += 2) {
		while (*text == ' ')
			text++;
		if (!*text)
			break;
		if (count == LONGEST || sscanf(text, "%2x", &value) != 1)
			errx(1, "bad hex text: %s", text);
		bytes[count++] = (uint8_t)value;
	}
	return count;
}

static char *format(char *text, size_t size, const char *pattern, ...)
{
	va_list arguments;

	va_start(arguments, pattern);
	vsnprintf(text, size, pattern, arguments);
	va_end(arguments);
	return text;
}

/* --- files and records --- */

static void option(FILE *file, uint16_t code, const void *value, uint16_t length)
{
	static const uint8_t zero[4];

	put(file, code, 2);
	put(file, length, 2);
	fwrite(value, 1, length, file);
	fwrite(zero, 1, -(size_t)length % 4, file);
}

static void open_capture(struct capture *capture, const char *directory, const char *name)
{
	static const char application[] = "make_captures"; /* 13 bytes: padded to 16 */
	char path[512];

	format(path, sizeof path, "%s/%s", directory, name);
	mkdir(path, 0777);
	format(path, sizeof path, "%s/%s/capture.%s", directory, name, capture->form == FORM_USBMON_PCAPNG ? "pcapng" : "pcap");
	capture->file = fopen(path, "wb");
	if (!capture->file)
		err(1, "%s", path);
	capture->random = (uint32_t)strlen(name) * 2654435761u;
	for (size_t i = 0; i < 4; i++)
		capture->free_ids[i] = UINT64_C(0xffff9c4e80a13000) + i * 0x240;
	capture->free_count = 4;

	if (capture->form == FORM_USBMON_PCAPNG) {
		put(capture->file, 0x0a0d0d0a, 4);
		put(capture->file, 28 + 20 + 4, 4);
		put(capture->file, 0x1a2b3c4d, 4);
		put(capture->file, 1, 2);
		put(capture->file, 0, 2);
		put(capture->file, UINT64_MAX, 8);
		option(capture->file, 4, application, sizeof application - 1);
		put(capture->file, 0, 4);
		put(capture->file, 28 + 20 + 4, 4);

		put(capture->file, 1, 4);
		put(capture->file, 20 + 12 + 8 + 4, 4);
		put(capture->file, 220, 2);
		put(capture->file, 0, 2);
		put(capture->file, 262144, 4);
		option(capture->file, 2, "usbmon2", 7);
		option(capture->file, 9, "\6", 1); /* microseconds */
		put(capture->file, 0, 4);
		put(capture->file, 20 + 12 + 8 + 4, 4);
		return;
	}
	put(capture->file, 0xa1b2c3d4, 4);
	put(capture->file, 2, 2);
	put(capture->file, 4, 2);
	put(capture->file, 0, 8);
	put(capture->file, capture->form == FORM_USBPCAP ? 65535 : 262144, 4);
	put(capture->file, capture->form == FORM_USBPCAP ? 249 : 220, 4);
}

static void close_capture(struct capture *capture)
{
	if (ferror(capture->file) || fclose(capture->file))
		err(1, "writing a capture");
}

static void begin_record(struct capture *capture, size_t length)
{
	FILE *file = capture->file;
	uint64_t time = (uint64_t)capture->now;

	if (capture->form == FORM_USBMON_PCAPNG) {
		put(file, 6, 4);
		put(file, 32 + (length + 3) / 4 * 4, 4);
		put(file, 0, 4);
		put(file, time >> 32, 4);
		put(file, time & 0xffffffff, 4);
	} else {
		put(file, time / 1000000, 4);
		put(file, time % 1000000, 4);
	}
	put(file, length, 4);
	put(file, length, 4);
}

static void end_record(struct capture *capture, size_t length)
{
	if (capture->form != FORM_USBMON_PCAPNG)
		return;
	put(capture->file, 0, (unsigned)(-length % 4));
	put(capture->file, 32 + (length + 3) / 4 * 4, 4);
}

/* setup is NULL but for the submission of a control transfer. length is what the header says; size bytes of data follow. */
static void usbmon_record(struct capture *capture, char kind, const struct urb *urb, int status, const uint8_t *setup,
                          size_t length, const uint8_t *data, size_t size)
{
	static const uint8_t no_setup[8];
	FILE *file = capture->file;
	bool in = urb->endpoint & DIRECTION_IN;

	begin_record(capture, 64 + size);
	put(file, urb->id, 8);
	putc(kind, file);
	putc((int)urb->type, file);
	putc(urb->endpoint, file);
	putc(capture->device, file);
	put(file, capture->bus, 2);
	putc(setup ? 0 : '-', file);
	putc(size ? 0 : in ? '<' : '>', file);
	put(file, (uint64_t)capture->now / 1000000, 8);
	put(file, (uint64_t)capture->now % 1000000, 4);
	put(file, (uint64_t)status, 4);
	put(file, length, 4);
	put(file, size, 4);
	fwrite(setup ? setup : no_setup, 1, 8, file);
	put(file, 0, 4);
	put(file, 0, 4);
	put(file, in ? 0x200 : 0, 4);
	put(file, 0, 4);
	fwrite(data, 1, size, file);
	end_record(capture, 64 + size);
}

static void usbpcap_record(struct capture *capture, bool answer, const struct urb *urb, int status, const uint8_t *data,
                           size_t size)
{
	static const uint8_t transfer[] = { [TRANSFER_INTERRUPT] = 1, [TRANSFER_CONTROL] = 2, [TRANSFER_BULK] = 3 };
	FILE *file = capture->file;
	bool control = urb->type == TRANSFER_CONTROL;
	size_t header = control ? 28 : 27;

	begin_record(capture, header + size);
	put(file, header, 2);
	put(file, urb->id, 8);
	put(file, status == STATUS_DONE ? 0 : status == STATUS_STALLED ? 0xc0000004 : 0xc0010000, 4);
	put(file, !control ? 0x0009 : urb->endpoint ? 0x000b : 0x0000, 2);
	putc(answer, file);
	put(file, capture->bus, 2);
	put(file, capture->device, 2);
	putc(urb->endpoint, file);
	putc(transfer[urb->type], file);
	put(file, size, 4);
	if (control)
		putc(answer ? 3 : 0, file);
	fwrite(data, 1, size, file);
	end_record(capture, header + size);
}

/* --- transfers --- */

/* An URB goes out. OUT: size bytes of data; IN: length bytes are asked for. */
static struct urb submit(struct capture *capture, enum transfer type, uint8_t endpoint, const uint8_t *setup, size_t length,
                         const uint8_t *data, size_t size)
{
	struct urb urb = { .type = type, .endpoint = endpoint };

	assert(capture->free_count);
	urb.id = capture->free_ids[--capture->free_count];
	if (capture->form == FORM_USBPCAP && setup) {
		uint8_t stage[8 + LONGEST];

		memcpy(stage, setup, 8);
		memcpy(stage + 8, data ? data : stage, size);
		usbpcap_record(capture, false, &urb, STATUS_DONE, stage, 8 + size);
	} else if (capture->form == FORM_USBPCAP) {
		usbpcap_record(capture, false, &urb, STATUS_DONE, data, size);
	} else {
		usbmon_record(capture, 'S', &urb, -115, setup, length, data, size);
	}
	return urb;
}

/* It comes back. IN: with size bytes of data; OUT: length bytes went. */
static void complete(struct capture *capture, const struct urb *urb, int status, size_t length, const uint8_t *data,
                     size_t size)
{
	if (capture->form == FORM_USBPCAP)
		usbpcap_record(capture, true, urb, status, data, size);
	else
		usbmon_record(capture, 'C', urb, status, NULL, length, data, size);
	assert(capture->free_count < 4);
	capture->free_ids[capture->free_count++] = urb->id;
}

static struct urb submit_out(struct capture *capture, uint8_t endpoint, const uint8_t *data, size_t size)
{
	return submit(capture, TRANSFER_BULK, endpoint, NULL, size, data, size);
}

static struct urb submit_in(struct capture *capture, uint8_t endpoint, size_t asked)
{
	return submit(capture, TRANSFER_BULK, endpoint, NULL, asked, NULL, 0);
}

static void complete_out(struct capture *capture, const struct urb *urb, size_t size)
{
	complete(capture, urb, STATUS_DONE, size, NULL, 0);
}

static void complete_in(struct capture *capture, const struct urb *urb, const uint8_t *data, size_t size)
{
	complete(capture, urb, STATUS_DONE, size, data, size);
}

/* A control transfer: setup as hex text; IN: the answer as hex text, or NULL where the device stalls. */
static void control(struct capture *capture, const char *setup_text, const char *answer_text)
{
	uint8_t setup[LONGEST], answer[LONGEST];
	size_t size = answer_text ? hex(answer_text, answer) : 0;
	size_t asked;
	struct urb urb;

	if (hex(setup_text, setup) != 8)
		errx(1, "a setup packet has 8 bytes: %s", setup_text);
	asked = setup[6] | (size_t)setup[7] << 8;
	if (size > asked)
		size = asked;
	urb = submit(capture, TRANSFER_CONTROL, setup[0] & DIRECTION_IN, setup, asked, NULL, 0);
	pass(capture, 320);
	complete(capture, &urb, answer_text ? STATUS_DONE : STATUS_STALLED, size, answer, size);
	pass(capture, 90);
}

/* A string descriptor is read: text in ASCII. */
static void string_descriptor(struct capture *capture, unsigned index, const char *text)
{
	char setup[32], descriptor[1024];
	size_t at;

	format(setup, sizeof setup, "8006%02x030904ff00", index);
	format(descriptor, sizeof descriptor, "%02zx03", 2 + 2 * strlen(text));
	at = 4;
	for (; *text; text++, at += 4)
		format(descriptor + at, sizeof descriptor - at, "%02x00", (unsigned char)*text);
	control(capture, setup, descriptor);
}

/* Enumeration as Linux does it; the device comes to address. */
static void enumerate(struct capture *capture, uint16_t address, const char *device_descriptor, const char *configuration,
                      bool full_speed)
{
	char text[32];
	uint8_t bytes[LONGEST];
	size_t total = hex(configuration, bytes);

	assert(bytes[2] == total);
	capture->device = 0;
	control(capture, "8006000100004000", device_descriptor);
	pass(capture, 50000);
	format(text, sizeof text, "0005%02x0000000000", address);
	control(capture, text, "");
	capture->device = address;
	pass(capture, 15000);
	control(capture, "8006000100001200", device_descriptor);
	if (full_speed)
		control(capture, "8006000600000a00", NULL); /* no device qualifier */
	control(capture, "8006000200000900", configuration);
	format(text, sizeof text, "800600020000%02zx00", total);
	control(capture, text, configuration);
	control(capture, "800600030000ff00", "04030904");
}

/* --- commands --- */

/*
 * One ST-Link command: the block and the answer as hex text, the block padded to 16 bytes. answer NULL: no answer is asked
 * for. data: an OUT data phase, or NULL.
 */
static void exchange(struct capture *capture, const char *block_text, const char *data_text, const char *answer_text)
{
	uint8_t block[LONGEST] = { 0 }, data[LONGEST], answer[LONGEST];
	size_t data_size = data_text ? hex(data_text, data) : 0;
	size_t answer_size = answer_text ? hex(answer_text, answer) : 0;
	struct urb out, phase, in;

	hex(block_text, block);
	out = submit_out(capture, capture->command_endpoint, block, 16);
	if (!capture->together) {
		pass(capture, 140);
		complete_out(capture, &out, 16);
		pass(capture, 25);
	}
	if (data_text) {
		pass(capture, 12);
		phase = submit_out(capture, capture->command_endpoint, data, data_size);
	}
	if (data_text && !capture->together) {
		pass(capture, 150);
		complete_out(capture, &phase, data_size);
		pass(capture, 25);
	}
	if (answer_text) {
		pass(capture, 12);
		in = submit_in(capture, capture->answer_endpoint, answer_size);
	}
	if (capture->together) {
		pass(capture, 140);
		complete_out(capture, &out, 16);
		pass(capture, 110);
		if (data_text)
			complete_out(capture, &phase, data_size);
	}
	if (answer_text) {
		pass(capture, 330);
		complete_in(capture, &in, answer, answer_size);
	}
	pass(capture, 60);
}

static void command(struct capture *capture, const char *block, const char *answer)
{
	exchange(capture, block, NULL, answer);
}

/* A memory command on 32-bit words and the question how it went (GETLASTRWSTATUS2). address and bytes as on the wire. */
static void read_words(struct capture *capture, const char *address, const char *bytes)
{
	uint8_t scratch[LONGEST];
	char block[64];

	command(capture, format(block, sizeof block, "f2 07 %s %02zx 00", address, hex(bytes, scratch)), bytes);
	command(capture, "f2 3e", "80 00 00 00 00 00 00 00 00 00 00 00");
}

static void write_words(struct capture *capture, const char *address, const char *bytes)
{
	uint8_t scratch[LONGEST];
	char block[64];

	exchange(capture, format(block, sizeof block, "f2 08 %s %02zx 00", address, hex(bytes, scratch)), bytes, NULL);
	command(capture, "f2 3e", "80 00 00 00 00 00 00 00 00 00 00 00");
}

/* --- the captures --- */

static const char v2_device[] = "1201 0002 00000040 8304 4837 0001 010203 01";
static const char v2_configuration[] =
	"0902 2700 01 01 00 80 32  0904 00 00 03 ffffff 04"
	" 0705 81 02 4000 00  0705 02 02 4000 00  0705 83 02 4000 00";
static const char v2_1_device[] = "1201 0002 ef020140 8304 4b37 0001 010203 01";
static const char v2_1_configuration[] =
	"0902 8000 04 01 00 80 32"
	" 0904 00 00 03 ffffff 04  0705 81 02 4000 00  0705 01 02 4000 00  0705 82 02 2000 00"
	" 0904 01 00 02 080650 05  0705 83 02 4000 00  0705 03 02 4000 00"
	" 080b 02 02 02 02 01 06"
	" 0904 02 00 01 020201 06  0524 00 1001  0524 01 00 03  0424 02 06  0524 06 02 03  0705 84 03 0a00 ff"
	" 0904 03 00 02 0a0000 07  0705 05 02 4000 00  0705 85 02 1000 00";
static const char v3_device[] = "1201 0002 ef020140 8304 4f37 0001 010203 01";
static const char v3_configuration[] =
	"0902 9700 05 01 00 80 fa"
	" 0904 00 00 03 ffffff 04  0705 81 02 0002 00  0705 01 02 0002 00  0705 82 02 0002 00"
	" 0904 01 00 02 080650 05  0705 83 02 0002 00  0705 03 02 0002 00"
	" 080b 02 02 02 02 01 06"
	" 0904 02 00 01 020201 06  0524 00 1001  0524 01 00 03  0424 02 06  0524 06 02 03  0705 84 03 0a00 10"
	" 0904 03 00 02 0a0000 07  0705 05 02 0002 00  0705 85 02 0002 00"
	" 0904 04 00 02 ffffff 08  0705 86 02 0002 00  0705 06 02 0002 00";
static const char v1_device[] = "1201 0002 00000040 8304 4437 0001 010203 01";
static const char v1_configuration[] =
	"0902 2000 01 01 00 80 32  0904 00 00 02 080650 04  0705 81 02 4000 00  0705 02 02 4000 00";

static void v2_1_strings(struct capture *capture, const char *serial)
{
	string_descriptor(capture, 2, "STM32 STLink");
	string_descriptor(capture, 1, "STMicroelectronics");
	string_descriptor(capture, 3, serial);
	control(capture, "0009010000000000", "");
	string_descriptor(capture, 4, "ST-Link Debug");
	string_descriptor(capture, 5, "ST-Link mass storage");
	string_descriptor(capture, 6, "ST-Link VCP Ctrl");
	string_descriptor(capture, 7, "ST-Link VCP Data");
}

/* The kernel looks at the probe's own disk: one SCSI command in its bulk-only envelope. */
static void disk_command(struct capture *capture, const char *cbw_text, const char *data_text, const char *csw_text)
{
	uint8_t cbw[LONGEST], data[LONGEST], csw[LONGEST];
	size_t size = data_text ? hex(data_text, data) : 0;
	struct urb urb;

	urb = submit_out(capture, 0x03, cbw, hex(cbw_text, cbw));
	pass(capture, 200);
	complete_out(capture, &urb, 31);
	if (data_text) {
		urb = submit_in(capture, 0x83, size);
		pass(capture, 300);
		complete_in(capture, &urb, data, size);
	}
	urb = submit_in(capture, 0x83, 13);
	pass(capture, 200);
	complete_in(capture, &urb, csw, hex(csw_text, csw));
	pass(capture, 80);
}

static void disk(struct capture *capture)
{
	disk_command(capture, "55534243 01000000 24000000 80 00 06 1200000024 00 00000000000000000000",
	             "00 80 02 02 1f 00 00 00 53544d3332202020 4d4943524f434f4e54524f4c4c455220 312e3030",
	             "55534253 01000000 00000000 00");
	disk_command(capture, "55534243 02000000 00000000 00 00 06 0000000000 00 00000000000000000000", NULL,
	             "55534253 02000000 00000000 00");
}

/* OpenOCD 0.12 with hla_swd: init, halt, dump of some RAM, a word written and read back, resume, exit. */
static void healthy_v2_1(const char *directory)
{
	static const char *const registers[] = {
		"00000000", "e8030000", "14000020", "00000000", "40000240", "00000000", "00000000", "f87f0120", "00000000",
		"00000000", "00000000", "00000000", "00000000", "f07f0120", "91020008", "a6020008", "00000061",
	};
	struct capture capture = { .form = FORM_USBMON, .bus = 3, .command_endpoint = 0x01, .answer_endpoint = 0x81,
	                           .together = true, .now = START * 1000000 + 218340 };
	static const char first[] = "f2 36 f0 ed 00 e0 00 00 00 00 00 00 00 00 00 00";
	static const char second[] = "f5 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00";
	char text[64], answer[64];

	open_capture(&capture, directory, "healthy-v2-1");
	enumerate(&capture, 14, v2_1_device, v2_1_configuration, true);
	v2_1_strings(&capture, "0671FF485254677187012345");
	disk(&capture);
	pass(&capture, 1400000);

	command(&capture, "f1", "2a dc 83 04 4b 37"); /* V2J43M28 */
	command(&capture, "f5", "01 00");
	command(&capture, "f5", "01 00");
	command(&capture, "f7", "cf 05 00 00 fc 07 00 00");
	command(&capture, "f2 43 01", "80 00");
	command(&capture, "f2 30 a3", "80 00");
	command(&capture, "f5", "02 00");
	command(&capture, "f2 4b 00", "80 00");
	read_words(&capture, "00 ed 00 e0", "41 c2 0f 41"); /* CPUID: Cortex-M4 */
	command(&capture, "f2 3c 01", "80 00");
	command(&capture, "f2 31", "80 00 00 00 77 14 a0 2b 00 00 00 00");
	pass(&capture, 4000);
	read_words(&capture, "00 ed 00 e0", "41 c2 0f 41");
	read_words(&capture, "40 ef 00 e0", "21 00 11 10");
	read_words(&capture, "44 ef 00 e0", "11 00 00 11");
	read_words(&capture, "f0 ed 00 e0", "00 00 01 01");
	write_words(&capture, "f0 ed 00 e0", "01 00 5f a0"); /* DHCSR: C_DEBUGEN */
	write_words(&capture, "fc ed 00 e0", "00 00 00 01");
	read_words(&capture, "00 20 00 e0", "60 02 00 00");
	for (unsigned comparator = 0; comparator < 6; comparator++)
		write_words(&capture, format(text, sizeof text, "%02x 20 00 e0", 8 + 4 * comparator), "00 00 00 00");
	read_words(&capture, "00 20 04 e0", "33 64 00 10"); /* DBGMCU_IDCODE */
	for (int poll = 0; poll < 3; poll++) {
		command(&capture, "f2 36 f0 ed 00 e0", "80 00 00 00 01 00 01 00");
		pass(&capture, 98000);
	}

	command(&capture, "f2 35 f0 ed 00 e0 03 00 5f a0", "80 00"); /* halt */
	command(&capture, "f2 36 f0 ed 00 e0", "80 00 00 00 03 00 03 00");
	read_words(&capture, "30 ed 00 e0", "01 00 00 00");
	for (unsigned number = 0; number < sizeof registers / sizeof registers[0]; number++)
		command(&capture, format(text, sizeof text, "f2 33 %02x", number),
		        format(answer, sizeof answer, "80 00 00 00 %s", registers[number]));
	read_words(&capture, "00 00 00 20",
	           "00 24 f4 00 e8 03 00 00 01 00 00 00 00 00 00 00 73 79 6e 74 68 65 74 69 63 20 63 61 70 74 75 72"
	           "65 0a 00 00 ff ff ff ff 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00");
	write_words(&capture, "00 10 00 20", "de c0 ad de");
	read_words(&capture, "00 10 00 20", "de c0 ad de");
	/* Data that look like commands. */
	write_words(&capture, "00 11 00 20", first);
	write_words(&capture, "10 11 00 20", second);
	read_words(&capture, "00 11 00 20", first);
	read_words(&capture, "10 11 00 20", second);
	command(&capture, "f2 35 f0 ed 00 e0 01 00 5f a0", "80 00"); /* run */
	for (int poll = 0; poll < 6; poll++) {
		command(&capture, "f2 36 f0 ed 00 e0", "80 00 00 00 01 00 01 01");
		pass(&capture, 98000);
	}
	command(&capture, "f5", "02 00");
	command(&capture, "f2 21", NULL);
	close_capture(&capture);
}

/* OpenOCD 0.12 with hla_swd: init, with no chip that answers. The V2 starts in its boot loader, as a V2 does. */
static void target_silent_v2(const char *directory)
{
	struct capture capture = { .form = FORM_USBMON, .bus = 1, .command_endpoint = 0x02, .answer_endpoint = 0x81,
	                           .together = true, .now = (START + 600) * 1000000 + 731022 };

	open_capture(&capture, directory, "target-silent-v2");
	enumerate(&capture, 9, v2_device, v2_configuration, true);
	string_descriptor(&capture, 2, "STM32 STLink");
	string_descriptor(&capture, 1, "STMicroelectronics");
	/* Old firmware puts the 12 raw bytes of its serial number into UTF-16 units. */
	control(&capture, "800603030904ff00", "1a03 5200 ff00 6c00 0600 7500 5500 4800 5200 4100 1700 2300 8700");
	control(&capture, "0009010000000000", "");
	string_descriptor(&capture, 4, "ST Link");
	pass(&capture, 2100000);

	command(&capture, "f1", "29 47 83 04 48 37"); /* V2J37S7 */
	command(&capture, "f5", "00 01");             /* DFU */
	command(&capture, "f3 07", NULL);
	pass(&capture, 3000);
	command(&capture, "f5", "01 00");
	command(&capture, "f7", "98 06 00 00 f1 08 00 00"); /* 3.25 V */
	command(&capture, "f2 43 01", "80 00");
	pass(&capture, 9000);
	command(&capture, "f2 30 a3", "09 00"); /* no IDCODE */
	command(&capture, "f5", "01 00");
	close_capture(&capture);
}

/* st-flash 1.7 reads flash; the probe takes a read and never answers it, then takes nothing any more. 3 s time-outs. */
static void probe_stuck_v2_1(const char *directory)
{
	static const char *const after[] = { "f2 3e", "f5", "f2 21" };
	struct capture capture = { .form = FORM_USBMON, .bus = 2, .command_endpoint = 0x01, .answer_endpoint = 0x81,
	                           .now = (START + 1200) * 1000000 + 90417 };
	uint8_t block[LONGEST] = { 0 };
	char page[3 * 256 + 1];
	struct urb urb;

	open_capture(&capture, directory, "probe-stuck-v2-1");
	enumerate(&capture, 6, v2_1_device, v2_1_configuration, true);
	v2_1_strings(&capture, "0668FF303431534257098765");
	pass(&capture, 900000);

	command(&capture, "f1", "2a 5b 83 04 4b 37"); /* V2J41M27 */
	command(&capture, "f5", "01 00");
	command(&capture, "f2 43 01", "80 00");
	command(&capture, "f5", "01 00");
	command(&capture, "f2 30 a3", "80 00");
	command(&capture, "f2 36 f0 ed 00 e0", "80 00 00 00 00 00 01 03");
	command(&capture, "f2 31", "80 00 00 00 77 14 c1 0b 00 00 00 00");
	command(&capture, "f2 36 00 ed 00 e0", "80 00 00 00 71 c2 0c 41"); /* CPUID: Cortex-M0+ */
	command(&capture, "f2 36 00 58 01 40", "80 00 00 00 47 64 08 20");
	command(&capture, "f2 36 7c 00 f8 1f", "80 00 00 00 c0 00 ff ff");
	command(&capture, "f2 35 f0 ed 00 e0 03 00 5f a0", "80 00");
	for (unsigned number = 0; number < 2; number++) {
		char address[16];

		for (unsigned i = 0; i < 256; i++)
			format(page + 2 * i, 3, "%02x", (i * 37 + number * 101) & 0xff);
		page[2 * 128] = 0;
		read_words(&capture, format(address, sizeof address, "%02x 00 00 08", number * 128), page);
	}

	/* The read is taken, its answer never comes. */
	hex("f2 07 00 01 00 08 80 00", block);
	urb = submit_out(&capture, 0x01, block, 16);
	pass(&capture, 150);
	complete_out(&capture, &urb, 16);
	pass(&capture, 30);
	urb = submit_in(&capture, 0x81, 128);
	capture.now += 3000214;
	complete(&capture, &urb, STATUS_CANCELLED, 0, NULL, 0);
	pass(&capture, 200);

	/* From here on it takes no command. */
	for (size_t i = 0; i < sizeof after / sizeof after[0]; i++) {
		memset(block, 0, 16);
		hex(after[i], block);
		urb = submit_out(&capture, 0x01, block, 16);
		capture.now += 3000000;
		pass(&capture, 180);
		complete(&capture, &urb, STATUS_CANCELLED, 0, NULL, 0);
		pass(&capture, 150);
	}
	close_capture(&capture);
}

/* One command of an ST-LINK/V1: the CDB in its envelope, data one way or the other, and the status wrapper. */
static void bulk_only(struct capture *capture, const char *cdb_text, const char *data_text, const char *answer_text)
{
	uint8_t cdb[LONGEST], data[LONGEST], cbw[LONGEST] = "USBC";
	const uint8_t csw[13] = "USBS";
	size_t size = data_text ? hex(data_text, data) : answer_text ? hex(answer_text, data) : 0;
	struct urb out, phase;

	cbw[8] = (uint8_t)size;
	cbw[12] = data_text ? 0 : DIRECTION_IN;
	cbw[14] = (uint8_t)hex(cdb_text, cdb);
	memcpy(cbw + 15, cdb, cbw[14]);
	out = submit_out(capture, 0x02, cbw, 31);
	pass(capture, 60);
	complete_out(capture, &out, 31);
	if (data_text) {
		phase = submit_out(capture, 0x02, data, size);
		pass(capture, 140);
		complete_out(capture, &phase, size);
	} else if (answer_text) {
		phase = submit_in(capture, 0x81, size);
		pass(capture, 800);
		complete_in(capture, &phase, data, size);
	}
	pass(capture, 40);
	phase = submit_in(capture, 0x81, 13);
	pass(capture, 500);
	complete_in(capture, &phase, csw, 13);
	pass(capture, 120);
}

static void v1_read_words(struct capture *capture, const char *address, const char *bytes)
{
	uint8_t scratch[LONGEST];
	char cdb[64];

	bulk_only(capture, format(cdb, sizeof cdb, "f2 07 %s %02zx 00 00 00 00 00", address, hex(bytes, scratch)), NULL, bytes);
	bulk_only(capture, "f2 3b", NULL, "80 00");
}

/* OpenOCD 0.12 with hla_swd on Windows: an ST-LINK/V1 with a Cortex-M3. USBPcap, which injects the descriptors. */
static void healthy_v1_usbpcap(const char *directory)
{
	struct capture capture = { .form = FORM_USBPCAP, .bus = 2, .device = 5, .command_endpoint = 0x02, .answer_endpoint = 0x81,
	                           .now = (START + 1800) * 1000000 + 554120 };
	uint64_t ids[4];

	open_capture(&capture, directory, "healthy-v1-usbpcap");
	/* What USBPcap injects has no IRP and takes no time. */
	memcpy(ids, capture.free_ids, sizeof ids);
	memset(capture.free_ids, 0, sizeof ids);
	control(&capture, "8006000100001200", v1_device);
	control(&capture, "8006000200002000", v1_configuration);
	control(&capture, "0009010000000000", "");
	memcpy(capture.free_ids, ids, sizeof ids);
	pass(&capture, 3200000);

	bulk_only(&capture, "f1", NULL, "13 44 83 04 44 37"); /* V1J13S4 */
	bulk_only(&capture, "f5", NULL, "01 00");
	bulk_only(&capture, "f5", NULL, "01 00");
	bulk_only(&capture, "f2 30 a3", NULL, "80 00");
	bulk_only(&capture, "f5", NULL, "02 00");
	v1_read_words(&capture, "00 ed 00 e0", "31 c2 1f 41"); /* CPUID: Cortex-M3 */
	bulk_only(&capture, "f2 31", NULL, "80 00 00 00 77 14 a0 1b 00 00 00 00");
	v1_read_words(&capture, "00 20 04 e0", "10 64 03 20"); /* DBGMCU_IDCODE */
	bulk_only(&capture, "f2 36 f0 ed 00 e0", NULL, "80 00 00 00 01 00 01 00");
	bulk_only(&capture, "f2 35 f0 ed 00 e0 03 00 5f a0", NULL, "80 00");
	bulk_only(&capture, "f2 36 f0 ed 00 e0", NULL, "80 00 00 00 03 00 03 00");
	v1_read_words(&capture, "00 00 00 08", "00 50 00 20 ed 00 00 08 33 01 00 08 35 01 00 08");
	bulk_only(&capture, "f2 08 00 02 00 20 08 00 00 00 00 00", "01 23 45 67 89 ab cd ef", NULL);
	bulk_only(&capture, "f2 3b", NULL, "80 00");
	v1_read_words(&capture, "00 02 00 20", "01 23 45 67 89 ab cd ef");
	bulk_only(&capture, "f2 35 f0 ed 00 e0 01 00 5f a0", NULL, "80 00");
	bulk_only(&capture, "f5", NULL, "02 00");
	bulk_only(&capture, "f2 21", NULL, NULL);
	close_capture(&capture);
}

/* A command on the bridge endpoints that moves data, and the question how it went. */
static void bridge(struct capture *capture, const char *block, const char *data, const char *answer, unsigned length)
{
	char status[32];

	exchange(capture, block, data, answer);
	command(capture, "fc 02", format(status, sizeof status, "80 00 %02x 00 00 00 00 00", length));
}

static void select_chip(struct capture *capture, bool selected)
{
	command(capture, selected ? "fc 23 00" : "fc 23 01", "80 00");
}

/* flashrom 1.3 on the SPI bridge of a STLINK-V3SET: reads the flash chip's id and its start, programs 16 bytes. */
static void v3_bridge(const char *directory)
{
	struct capture capture = { .form = FORM_USBMON_PCAPNG, .bus = 2, .command_endpoint = 0x06, .answer_endpoint = 0x86,
	                           .now = (START + 2400) * 1000000 + 12907 };

	open_capture(&capture, directory, "v3-bridge-spi-pcapng");
	enumerate(&capture, 11, v3_device, v3_configuration, false);
	string_descriptor(&capture, 2, "STLINK-V3");
	string_descriptor(&capture, 1, "STMicroelectronics");
	string_descriptor(&capture, 3, "0031002A3532510E31333430");
	control(&capture, "0009010000000000", "");
	string_descriptor(&capture, 8, "ST-Link Bridge");
	pass(&capture, 1700000);

	command(&capture, "fb 80", "03 01 0f 07 05 00 00 00 83 04 4f 37"); /* V3J15M7B5S1 */
	command(&capture, "fc 03 02", "80 00 00 00 00 77 01 00 00 ee 02 00");
	command(&capture, "fc 20 00 09 01 00 06", "80 00");
	select_chip(&capture, true);
	bridge(&capture, "fc 21 01 00 9f", NULL, NULL, 1);
	bridge(&capture, "fc 22 03 00", NULL, "c2 20 17", 3);
	select_chip(&capture, false);
	select_chip(&capture, true);
	bridge(&capture, "fc 21 04 00 03 00 00 00", NULL, NULL, 4);
	bridge(&capture, "fc 22 18 00", NULL, "73 79 6e 74 68 65 74 69 63 00 ff ff ff ff ff ff ff ff ff ff ff ff ff ff", 24);
	select_chip(&capture, false);
	select_chip(&capture, true);
	bridge(&capture, "fc 21 01 00 06", NULL, NULL, 1);
	select_chip(&capture, false);
	select_chip(&capture, true);
	/* Eight bytes go with the command, the other twelve after it. */
	bridge(&capture, "fc 21 14 00 02 00 10 00 01 02 03 04", "05 06 07 08 09 0a 0b 0c 0d 0e 0f 10", NULL, 20);
	select_chip(&capture, false);
	for (int poll = 0; poll < 2; poll++) {
		select_chip(&capture, true);
		bridge(&capture, "fc 21 01 00 05", NULL, NULL, 1);
		bridge(&capture, "fc 22 01 00", NULL, poll ? "00" : "03", 1);
		select_chip(&capture, false);
	}
	command(&capture, "fc 01 02", "80 00");
	close_capture(&capture);
}

int main(int argc, char **argv)
{
	if (argc != 2)
		errx(2, "usage: make_captures DIRECTORY");
	healthy_v2_1(argv[1]);
	target_silent_v2(argv[1]);
	probe_stuck_v2_1(argv[1]);
	healthy_v1_usbpcap(argv[1]);
	v3_bridge(argv[1]);
	return 0;
}
