/* The writer of pcapng files (pcapng_writer.h). */
#include "pcapng_writer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../dissectors/cursor.h"

enum {
	BLOCK_SECTION = 0x0a0d0d0a,
	BLOCK_INTERFACE = 1,
	BLOCK_STATISTICS = 5,
	BLOCK_PACKET = 6,
	BYTE_ORDER_MAGIC = 0x1a2b3c4d,
	OPTION_END = 0,
	OPTION_COMMENT = 1,
	SECTION_APPLICATION = 4,
	INTERFACE_NAME = 2,
	INTERFACE_RESOLUTION = 9,
	PACKET_DROPCOUNT = 4,
	STATISTICS_START = 2,
	STATISTICS_END = 3,
	STATISTICS_RECEIVED = 4,
	STATISTICS_DROPPED = 5,
	NANOSECONDS = 9,
	LONGEST_OPTION = 65532, /* the longest length of 16 bits that needs no padding */
	WRITE_BEYOND = 64 * 1024,
};

struct pcapng_writer {
	int descriptor;
	bool big_endian;
	uint32_t interfaces;
	uint8_t *bytes; /* whole blocks, and the one under way from block on */
	size_t length, size, block;
	off_t written;  /* behind the last whole block in the file; -1 where it has no places */
	int failed;     /* errno of the first failure, or 0 */
};

static void put(struct pcapng_writer *writer, const void *bytes, size_t length)
{
	if (writer->failed || !length)
		return;
	if (writer->length + length > writer->size) {
		size_t size = 2 * (writer->length + length);
		uint8_t *bigger = realloc(writer->bytes, size);

		if (!bigger) {
			writer->failed = ENOMEM;
			return;
		}
		writer->bytes = bigger;
		writer->size = size;
	}
	memcpy(writer->bytes + writer->length, bytes, length);
	writer->length += length;
}

static void number(struct pcapng_writer *writer, unsigned width, uint64_t value)
{
	uint8_t bytes[8];

	for (unsigned i = 0; i < width; i++)
		bytes[i] = (uint8_t)(value >> 8 * (writer->big_endian ? width - 1 - i : i));
	put(writer, bytes, width);
}

static void pad(struct pcapng_writer *writer, size_t length)
{
	put(writer, "\0\0\0", -length & 3);
}

static void option(struct pcapng_writer *writer, uint16_t code, const void *value, size_t length)
{
	number(writer, 2, code);
	number(writer, 2, length);
	put(writer, value, length);
	pad(writer, length);
}

static void option_number(struct pcapng_writer *writer, uint16_t code, uint64_t value)
{
	number(writer, 2, code);
	number(writer, 2, 8);
	number(writer, 8, value);
}

/* Times in options, as in packets, are two halves, the high one first in either byte order. */
static void stamp(struct pcapng_writer *writer, int64_t time)
{
	uint64_t value = time < 0 ? 0 : (uint64_t)time;

	number(writer, 4, value >> 32);
	number(writer, 4, value & UINT32_MAX);
}

static void option_stamp(struct pcapng_writer *writer, uint16_t code, int64_t time)
{
	number(writer, 2, code);
	number(writer, 2, 8);
	stamp(writer, time);
}

static void option_text(struct pcapng_writer *writer, uint16_t code, const char *text)
{
	size_t length = strlen(text);

	if (length > LONGEST_OPTION)
		for (length = LONGEST_OPTION; length && (text[length] & 0xc0) == 0x80;)
			length--;
	option(writer, code, text, length);
}

static void comments(struct pcapng_writer *writer, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		option_text(writer, OPTION_COMMENT, list[i]);
}

static void begin(struct pcapng_writer *writer, uint32_t type)
{
	writer->block = writer->length;
	number(writer, 4, type);
	number(writer, 4, 0); /* its length, when it is known */
}

static int fail(struct pcapng_writer *writer, int reason)
{
	if (!writer->failed)
		writer->failed = reason;
	errno = writer->failed;
	return -1;
}

/* Closes the block: its length stands at both ends. Returns 0 or -1. */
static int end(struct pcapng_writer *writer)
{
	uint32_t total = (uint32_t)(writer->length - writer->block) + 4;
	size_t behind;

	number(writer, 4, total);
	if (writer->failed) {
		writer->length = writer->block;
		return fail(writer, writer->failed);
	}
	behind = writer->length;
	writer->length = writer->block + 4;
	number(writer, 4, total);
	writer->length = writer->block = behind;
	return writer->length > WRITE_BEYOND ? pcapng_writer_flush(writer) : 0;
}

/* Bytes of the whole blocks among the first done bytes of the buffer. */
static size_t whole_blocks(const struct pcapng_writer *writer, size_t done)
{
	size_t whole = 0, length;

	while (whole + 8 <= done) {
		length = cursor_decode32(writer->bytes + whole + 4, writer->big_endian);
		if (length > done - whole)
			break;
		whole += length;
	}
	return whole;
}

int pcapng_writer_flush(struct pcapng_writer *writer)
{
	size_t done = 0;

	while (!writer->failed && done < writer->length) {
		ssize_t wrote = write(writer->descriptor, writer->bytes + done, writer->length - done);

		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote <= 0)
			fail(writer, wrote < 0 ? errno : ENOSPC);
		else
			done += (size_t)wrote;
	}
	if (writer->written >= 0)
		writer->written += (off_t)whole_blocks(writer, done);
	writer->length = writer->block = 0;
	if (!writer->failed)
		return 0;
	/* Half a block at the end would make readers complain of a file that is otherwise whole. */
	if (done && writer->written >= 0 && ftruncate(writer->descriptor, writer->written) == 0)
		lseek(writer->descriptor, writer->written, SEEK_SET);
	return fail(writer, writer->failed);
}

struct pcapng_writer *pcapng_writer_open(int descriptor, bool big_endian, const char *application)
{
	struct pcapng_writer *writer = calloc(1, sizeof *writer);

	if (!writer)
		return NULL;
	writer->descriptor = descriptor;
	writer->big_endian = big_endian;
	writer->written = lseek(descriptor, 0, SEEK_CUR);
	begin(writer, BLOCK_SECTION);
	number(writer, 4, BYTE_ORDER_MAGIC);
	number(writer, 2, 1); /* version 1.0 */
	number(writer, 2, 0);
	number(writer, 8, UINT64_MAX); /* section length: not given */
	option_text(writer, SECTION_APPLICATION, application);
	number(writer, 4, OPTION_END);
	end(writer);
	return writer;
}

uint32_t pcapng_writer_interface(struct pcapng_writer *writer, uint16_t link_type, uint32_t snap_length, const char *name)
{
	static const uint8_t resolution = NANOSECONDS;

	begin(writer, BLOCK_INTERFACE);
	number(writer, 2, link_type);
	number(writer, 2, 0);
	number(writer, 4, snap_length);
	if (name)
		option_text(writer, INTERFACE_NAME, name);
	option(writer, INTERFACE_RESOLUTION, &resolution, 1);
	number(writer, 4, OPTION_END);
	end(writer);
	return writer->interfaces++;
}

int pcapng_writer_packet(struct pcapng_writer *writer, const struct pcapng_packet *packet)
{
	begin(writer, BLOCK_PACKET);
	number(writer, 4, packet->interface);
	stamp(writer, packet->time);
	number(writer, 4, packet->captured);
	number(writer, 4, packet->wire);
	put(writer, packet->data, packet->captured);
	pad(writer, packet->captured);
	comments(writer, packet->comments, packet->comment_count);
	if (packet->dropped)
		option_number(writer, PACKET_DROPCOUNT, packet->dropped);
	if (packet->comment_count || packet->dropped)
		number(writer, 4, OPTION_END);
	return end(writer);
}

int pcapng_writer_statistics(struct pcapng_writer *writer, const struct pcapng_statistics *statistics)
{
	begin(writer, BLOCK_STATISTICS);
	number(writer, 4, statistics->interface);
	stamp(writer, statistics->last_time);
	comments(writer, statistics->comments, statistics->comment_count);
	option_stamp(writer, STATISTICS_START, statistics->first_time);
	option_stamp(writer, STATISTICS_END, statistics->last_time);
	option_number(writer, STATISTICS_RECEIVED, statistics->received);
	option_number(writer, STATISTICS_DROPPED, statistics->dropped);
	number(writer, 4, OPTION_END);
	return end(writer);
}

int pcapng_writer_close(struct pcapng_writer *writer)
{
	int result;

	if (!writer)
		return 0;
	result = pcapng_writer_flush(writer);
	free(writer->bytes);
	free(writer);
	return result;
}
