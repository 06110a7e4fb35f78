/*
 * Parts of memory as files (image_file.h).
 */
#include "image_file.h"

#define CHUNK 4096
#define RECORD 16 /* data bytes of a record, as most tools write them */

enum record_type { RECORD_DATA = 0, RECORD_END = 1, RECORD_UPPER_ADDRESS = 4 };

void image_file_binary(FILE *file, const struct image_part *part)
{
	uint8_t bytes[CHUNK];

	for (uint64_t done = 0; done < part->length; done += sizeof bytes) {
		uint32_t length = part->length - done < sizeof bytes ? (uint32_t)(part->length - done) : (uint32_t)sizeof bytes;

		image_copy(part->image, (uint32_t)(part->address + done), bytes, length, PART_FILL);
		fwrite(bytes, 1, length, file);
	}
}

static void write_record(FILE *file, enum record_type type, uint16_t address, const uint8_t *bytes, uint8_t length)
{
	unsigned sum = length + (address >> 8) + (address & 0xffU) + type;

	fprintf(file, ":%02X%04X%02X", length, address, type);
	for (unsigned i = 0; i < length; i++) {
		fprintf(file, "%02X", bytes[i]);
		sum += bytes[i];
	}
	fprintf(file, "%02X\r\n", (0x100U - (sum & 0xff)) & 0xff);
}

/* A run in records that end where an address of 16 bytes, and so every 64 KiB, ends. */
static void write_run(FILE *file, const struct image_part *part, const struct image_run *run, uint32_t *upper)
{
	for (uint64_t address = run->address, end = address + run->length; address < end;) {
		uint32_t length = RECORD - (uint32_t)(address % RECORD);
		uint8_t bytes[RECORD], base[] = { (uint8_t)(address >> 24), (uint8_t)(address >> 16) };

		if (length > end - address)
			length = (uint32_t)(end - address);
		if ((uint32_t)(address >> 16) != *upper) {
			*upper = (uint32_t)(address >> 16);
			write_record(file, RECORD_UPPER_ADDRESS, 0, base, sizeof base);
		}
		image_copy(part->image, (uint32_t)address, bytes, length, PART_FILL);
		write_record(file, RECORD_DATA, (uint16_t)address, bytes, (uint8_t)length);
		address += length;
	}
}

void image_file_hex(FILE *file, const struct image_part *part)
{
	uint64_t from = part->address, last = part->address + part->length - 1;
	uint32_t upper = 0; /* what a reader takes where nothing says otherwise */
	struct image_run run;

	for (; image_next(part->image, from, (uint32_t)last, &run); from = run.address + run.length)
		write_run(file, part, &run, &upper);
	write_record(file, RECORD_END, 0, NULL, 0);
}
