/*
 * A capture whose device and tool say hostile things: HTML, scripts, escape sequences, newlines, bidi marks, half characters, 10,000 letters.
 * Usage: make_hostile OUT.pcapng. What the story is, is a probe that answers once and then nobody behind it.
 */
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../analyzer/input/capture.h"
#include "../analyzer/input/pcapng_writer.h"
#include "../analyzer/input/tool_comment.h"
#include "../analyzer/input/usbmon_records.h"

#define LONG 10000

static const char product[] = "<script>window.injected=1</script>\033[31m\n\xe2\x80\xae<img src=http://x>";
static const char serial[] = "\"><b class=injected>'&\r\n\033]0;title\007";

/* Device descriptor of an ST-LINK/V2-1, and one configuration with its debug interface. */
static const uint8_t descriptors[] = {
	18, 1, 0x00, 0x02, 0xef, 2, 1, 64, 0x83, 0x04, 0x4b, 0x37, 0x00, 0x01, 1, 2, 3, 1,
	9, 2, 39, 0, 1, 1, 0, 0x80, 150,
	9, 4, 0, 0, 3, 0xff, 0xff, 0xff, 4,
	7, 5, 0x81, 2, 64, 0, 0, 7, 5, 0x01, 2, 64, 0, 0, 7, 5, 0x82, 2, 64, 0, 0,
};

struct writing {
	struct pcapng_writer *writer;
	uint32_t interface;
	int64_t time;
	uint64_t id;
	char **comments; /* of the next packet */
	size_t comment_count;
};

static void put(void *context, const uint8_t *record, uint32_t length)
{
	struct writing *writing = context;
	struct pcapng_packet packet = {
		.interface = writing->interface, .time = writing->time, .captured = length, .wire = length, .data = record,
		.comments = (const char *const *)writing->comments, .comment_count = writing->comment_count,
	};

	if (pcapng_writer_packet(writing->writer, &packet))
		err(1, "cannot write");
	writing->time += 1000000;
	writing->comment_count = 0;
}

/* The record of one half of a bulk URB, as usbmon writes it (Linux Documentation/usb/usbmon.rst). */
static void put_bulk(struct writing *writing, char kind, uint8_t endpoint, const char *bytes, size_t length)
{
	uint8_t record[USBMON_HEADER + 64] = { 0 };
	int32_t status = kind == 'S' ? -115 : 0;
	uint32_t size = (uint32_t)length;
	uint16_t bus = 1;
	int64_t seconds = writing->time / 1000000000;
	bool has_data = (kind == 'S') == !(endpoint & 0x80);

	memcpy(record, &writing->id, sizeof writing->id);
	record[8] = (uint8_t)kind;
	record[9] = 3;
	record[10] = endpoint;
	record[11] = 5;
	memcpy(record + 12, &bus, sizeof bus);
	record[14] = '-';
	record[15] = has_data ? 0 : '<';
	memcpy(record + 16, &seconds, sizeof seconds);
	memcpy(record + 28, &status, sizeof status);
	memcpy(record + 32, &size, sizeof size);
	if (has_data) {
		memcpy(record + 36, &size, sizeof size);
		memcpy(record + USBMON_HEADER, bytes, length);
	}
	put(writing, record, USBMON_HEADER + (has_data ? size : 0));
}

static void transfer(struct writing *writing, uint8_t endpoint, const char *bytes, size_t length)
{
	writing->id++;
	put_bulk(writing, 'S', endpoint, bytes, length);
	put_bulk(writing, 'C', endpoint, bytes, length);
}

static void command(struct writing *writing, const char *block, size_t length, const char *answer, size_t answer_length)
{
	char whole[16] = { 0 };

	memcpy(whole, block, length);
	transfer(writing, 0x01, whole, sizeof whole);
	transfer(writing, 0x81, answer, answer_length);
}

/* The tool says it before the next packet. */
static void say(struct writing *writing, const char *text)
{
	struct tool_comment comment = { .is_stderr = true, .time = writing->time, .text = text };
	size_t size = strlen(text) + TOOL_COMMENT_EXTRA;

	writing->comments = realloc(writing->comments, (writing->comment_count + 2) * sizeof writing->comments[0]);
	if (!writing->comments || !(writing->comments[writing->comment_count] = malloc(size)))
		err(1, "out of memory");
	tool_comment_write(writing->comments[writing->comment_count++], size, &comment);
	writing->comments[writing->comment_count++] = strdup("a comment of a stranger <script>window.injected=1</script> \033[31m");
}

int main(int argc, char **argv)
{
	struct writing writing = { .time = INT64_C(1700000000000000000), .id = 0x1000 };
	struct usbmon_device device = {
		.bus = 1, .address = 5, .descriptors = descriptors, .descriptor_length = sizeof descriptors, .manufacturer = "STMicroelectronics",
		.product = product, .serial = serial,
	};
	static char many[LONG + 1];
	int file;

	if (argc != 2)
		errx(2, "usage: make_hostile OUT.pcapng");
	file = open(argv[1], O_WRONLY | O_CREAT | O_TRUNC, 0666);
	if (file < 0)
		err(1, "%s", argv[1]);
	writing.writer = pcapng_writer_open(file, false, "make_hostile");
	writing.interface = pcapng_writer_interface(writing.writer, LINKTYPE_USB_LINUX_MMAPPED, 0, NULL);
	usbmon_records_of(&device, writing.time, put, &writing);
	say(&writing, "<script>window.injected=1</script><img src=http://example.com/x> | ``` @everyone [x](http://x)");
	command(&writing, "\xf1\x80", 2, "\x2a\x1b\x83\x04\x4b\x37", 6);
	say(&writing, "\033]0;owned\007\033[2J\033[31mred\xff\xfe\xe2\x80\xae" "dlrow\xe2\x80\xac \xed\xa0\x80 \x9b" "31m");
	command(&writing, "\xf5", 1, "\x01\x00", 2);
	memset(many, 'A', LONG);
	say(&writing, many);
	command(&writing, "\xf2\x30\xa3", 3, "\x09\x00", 2);
	command(&writing, "\xf5", 1, "\x01\x00", 2);
	if (pcapng_writer_close(writing.writer) || close(file))
		err(1, "%s", argv[1]);
	return 0;
}
