/*
 * Captures written byte by byte into memory, for tests of the input: pcap and pcapng framing in both byte orders,
 * usbmon and USBPcap records.
 */
#ifndef TESTS_SUPPORT_WRITER_H
#define TESTS_SUPPORT_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct writer {
	uint8_t *bytes; /* owned */
	size_t length, room;
	bool big_endian; /* byte order of what is written next */
};

/* Frees what writer holds, and empties it. */
void writer_free(struct writer *writer);

void writer_bytes(struct writer *writer, const void *bytes, size_t length);
void writer_number(struct writer *writer, unsigned width, uint64_t value);

/* File header; magic as a number: 0xa1b2c3d4, 0xa1b23c4d. */
void writer_pcap(struct writer *writer, uint32_t magic, uint32_t snap_length, uint32_t link_type);
/* A record whose data is captured bytes. */
void writer_pcap_record(struct writer *writer, uint32_t seconds, uint32_t fraction, uint32_t wire, const void *data, uint32_t captured);

void writer_section(struct writer *writer);
/* options: their bytes, or NULL. */
void writer_interface(struct writer *writer, uint16_t link_type, uint32_t snap_length, const void *options, uint32_t length);
void writer_packet(struct writer *writer, uint32_t interface, uint64_t stamp, uint32_t wire, const void *data, uint32_t captured);
void writer_old_packet(struct writer *writer, uint16_t interface, uint64_t stamp, uint32_t wire, const void *data, uint32_t captured);
void writer_simple_packet(struct writer *writer, uint32_t wire, const void *data, uint32_t captured);
/* Any block; length bytes of body are padded. */
void writer_block(struct writer *writer, uint32_t type, const void *body, uint32_t length);

/*
 * A usbmon record, 64 bytes or 48 of header, of a bulk completion on endpoint 0x81 with data. Returns its length;
 * record has room for it.
 */
uint32_t writer_usbmon(uint8_t *record, unsigned header, bool big_endian, const void *data, uint32_t length);
/* The same from USBPcap. */
uint32_t writer_usbpcap(uint8_t *record, const void *data, uint32_t length);

#endif
