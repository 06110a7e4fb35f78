/* Captures written byte by byte. Knows the framing of pcap and pcapng, the headers of usbmon and USBPcap. */
#include "writer.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

void writer_free(struct writer *writer)
{
	free(writer->bytes);
	*writer = (struct writer){ 0 };
}

void writer_bytes(struct writer *writer, const void *bytes, size_t length)
{
	if (!length)
		return;
	if (writer->length + length > writer->room) {
		writer->room = 2 * (writer->length + length);
		writer->bytes = realloc(writer->bytes, writer->room);
		if (!writer->bytes)
			err(1, NULL);
	}
	memcpy(writer->bytes + writer->length, bytes, length);
	writer->length += length;
}

static void place(uint8_t *bytes, bool big_endian, unsigned width, uint64_t value)
{
	for (unsigned i = 0; i < width; i++)
		bytes[i] = (uint8_t)(value >> 8 * (big_endian ? width - 1 - i : i));
}

void writer_number(struct writer *writer, unsigned width, uint64_t value)
{
	uint8_t bytes[8];

	place(bytes, writer->big_endian, width, value);
	writer_bytes(writer, bytes, width);
}

void writer_pcap(struct writer *writer, uint32_t magic, uint32_t snap_length, uint32_t link_type)
{
	writer_number(writer, 4, magic);
	writer_number(writer, 2, 2);
	writer_number(writer, 2, 4);
	writer_number(writer, 8, 0);
	writer_number(writer, 4, snap_length);
	writer_number(writer, 4, link_type);
}

void writer_pcap_record(struct writer *writer, uint32_t seconds, uint32_t fraction, uint32_t wire, const void *data, uint32_t captured)
{
	writer_number(writer, 4, seconds);
	writer_number(writer, 4, fraction);
	writer_number(writer, 4, captured);
	writer_number(writer, 4, wire);
	writer_bytes(writer, data, captured);
}

/* A block of a head written by the caller through numbers, and data. */
static void block(struct writer *writer, uint32_t type, const struct writer *head, const void *data, uint32_t length)
{
	uint32_t padding = -length & 3, total = 12 + (uint32_t)head->length + length + padding;

	writer_number(writer, 4, type);
	writer_number(writer, 4, total);
	writer_bytes(writer, head->bytes, head->length);
	writer_bytes(writer, data, length);
	writer_bytes(writer, "\0\0\0", padding);
	writer_number(writer, 4, total);
}

void writer_block(struct writer *writer, uint32_t type, const void *body, uint32_t length)
{
	block(writer, type, &(struct writer){ 0 }, body, length);
}

void writer_section(struct writer *writer)
{
	struct writer head = { .big_endian = writer->big_endian };

	writer_number(&head, 4, 0x1a2b3c4d);
	writer_number(&head, 2, 1);
	writer_number(&head, 2, 0);
	writer_number(&head, 8, UINT64_MAX);
	block(writer, 0x0a0d0d0a, &head, NULL, 0);
	writer_free(&head);
}

void writer_interface(struct writer *writer, uint16_t link_type, uint32_t snap_length, const void *options, uint32_t length)
{
	struct writer head = { .big_endian = writer->big_endian };

	writer_number(&head, 2, link_type);
	writer_number(&head, 2, 0);
	writer_number(&head, 4, snap_length);
	block(writer, 1, &head, options, length);
	writer_free(&head);
}

static void packet(struct writer *writer, bool old, uint32_t interface, uint64_t stamp, uint32_t wire, const void *data, uint32_t captured)
{
	struct writer head = { .big_endian = writer->big_endian };

	writer_number(&head, old ? 2 : 4, interface);
	if (old)
		writer_number(&head, 2, 0xffff); /* drops */
	writer_number(&head, 4, stamp >> 32);
	writer_number(&head, 4, stamp);
	writer_number(&head, 4, captured);
	writer_number(&head, 4, wire);
	block(writer, old ? 2 : 6, &head, data, captured);
	writer_free(&head);
}

void writer_packet(struct writer *writer, uint32_t interface, uint64_t stamp, uint32_t wire, const void *data, uint32_t captured)
{
	packet(writer, false, interface, stamp, wire, data, captured);
}

void writer_old_packet(struct writer *writer, uint16_t interface, uint64_t stamp, uint32_t wire, const void *data, uint32_t captured)
{
	packet(writer, true, interface, stamp, wire, data, captured);
}

void writer_simple_packet(struct writer *writer, uint32_t wire, const void *data, uint32_t captured)
{
	struct writer head = { .big_endian = writer->big_endian };

	writer_number(&head, 4, wire);
	block(writer, 3, &head, data, captured);
	writer_free(&head);
}

uint32_t writer_usbmon(uint8_t *record, unsigned header, bool big_endian, const void *data, uint32_t length)
{
	memset(record, 0, header);
	place(record, big_endian, 8, 0xffff888000001000);
	record[8] = 'C';
	record[9] = 3;
	record[10] = 0x81;
	record[11] = 7;
	place(record + 12, big_endian, 2, 0x0102);
	record[14] = '-';
	record[15] = length ? 0 : '>';
	place(record + 32, big_endian, 4, length);
	place(record + 36, big_endian, 4, length);
	if (length)
		memcpy(record + header, data, length);
	return header + length;
}

uint32_t writer_usbpcap(uint8_t *record, const void *data, uint32_t length)
{
	memset(record, 0, 27);
	place(record, false, 2, 27);
	place(record + 2, false, 8, 0xffff888000001000);
	place(record + 14, false, 2, 9);
	record[16] = 1;
	place(record + 17, false, 2, 0x0102);
	place(record + 19, false, 2, 7);
	record[21] = 0x81;
	record[22] = 3;
	place(record + 23, false, 4, length);
	if (length)
		memcpy(record + 27, data, length);
	return 27 + length;
}
