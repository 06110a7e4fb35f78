/*
 * A probe's disk.
 * Knows: FAT12 (a boot sector, one table, one root directory), SCSI (SPC, SBC) as far as Linux's driver goes. Must not know: USB.
 */
#include "disk.h"

#include <string.h>

enum { FAT_SECTOR = 1, ROOT_SECTOR = 2, DATA_SECTOR = 3, ROOT_ENTRIES = 16, MEDIA = 0xf8 };

/* SPC: why a command failed. */
enum { NO_SENSE = 0, ILLEGAL_REQUEST = 5, INVALID_COMMAND = 0x20, OUT_OF_RANGE = 0x21 };

static const struct { const char name[12], *text; } files[] = {
	{ "MBED    HTM",
	  "<!DOCTYPE html><title>Test board</title><p>A virtual board, known to nobody. " DISK_SECRET "</p>\r\n" },
	{ "DETAILS TXT", "Version: virtual\r\nBuild: for tests\r\n" DISK_SECRET "\r\n" },
};

static void put16(uint8_t *bytes, unsigned value)
{
	bytes[0] = (uint8_t)value;
	bytes[1] = (uint8_t)(value >> 8);
}

static uint32_t get32_big(const uint8_t *bytes)
{
	return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static void put32_big(uint8_t *bytes, uint32_t value)
{
	for (unsigned i = 0; i < 4; i++)
		bytes[i] = (uint8_t)(value >> (24 - 8 * i));
}

static void format(uint8_t *boot)
{
	memcpy(boot, "\xeb\x3c\x90VPROBE  ", 11);
	put16(boot + 11, DISK_SECTOR);
	boot[13] = 1;
	put16(boot + 14, FAT_SECTOR);
	boot[16] = 1;
	put16(boot + 17, ROOT_ENTRIES);
	put16(boot + 19, DISK_SECTORS);
	boot[21] = MEDIA;
	put16(boot + 22, ROOT_SECTOR - FAT_SECTOR);
	put16(boot + 24, 1);
	put16(boot + 26, 1);
	boot[36] = 0x80;
	boot[38] = 0x29;
	memcpy(boot + 39, "\x01\x02\x03\x04VPROBE     FAT12   ", 23);
	boot[510] = 0x55;
	boot[511] = 0xaa;
}

/* Twelve bits an entry. */
static void set_fat(uint8_t *fat, unsigned cluster, unsigned value)
{
	uint8_t *at = fat + cluster + cluster / 2;

	if (cluster & 1) {
		at[0] = (uint8_t)((at[0] & 0x0f) | value << 4);
		at[1] = (uint8_t)(value >> 4);
	} else {
		at[0] = (uint8_t)value;
		at[1] = (uint8_t)((at[1] & 0xf0) | value >> 8);
	}
}

void disk_init(struct disk *disk)
{
	uint8_t *fat = disk->bytes + FAT_SECTOR * DISK_SECTOR, *entry = disk->bytes + ROOT_SECTOR * DISK_SECTOR;

	memset(disk, 0, sizeof *disk);
	format(disk->bytes);
	set_fat(fat, 0, 0xf00 | MEDIA);
	set_fat(fat, 1, 0xfff);
	memcpy(entry, "VPROBE     \x08", 12);
	/* Each file fits one sector, which is one cluster. */
	for (unsigned i = 0; i < sizeof files / sizeof *files; i++) {
		size_t length = strlen(files[i].text);

		entry += 32;
		memcpy(entry, files[i].name, 11);
		entry[11] = 0x01;
		put16(entry + 24, 0x5821);
		put16(entry + 26, 2 + i);
		put16(entry + 28, (unsigned)length);
		set_fat(fat, 2 + i, 0xfff);
		memcpy(disk->bytes + (DATA_SECTOR + i) * DISK_SECTOR, files[i].text, length);
	}
}

/* --- SCSI --- */

static const uint8_t *reply(struct disk_answer *answer, const uint8_t *bytes, uint32_t length)
{
	answer->bytes = bytes;
	answer->length = length;
	return bytes;
}

static void fail(struct disk *disk, struct disk_answer *answer, uint8_t code)
{
	answer->failed = true;
	disk->sense_key = ILLEGAL_REQUEST;
	disk->sense_code = code;
}

void disk_refuse(struct disk *disk)
{
	struct disk_answer nobody;

	fail(disk, &nobody, INVALID_COMMAND);
}

/* The bytes that READ and WRITE mean; NULL: beyond the end. */
static uint8_t *sectors(struct disk *disk, const uint8_t *cdb, uint32_t *length)
{
	uint32_t first = get32_big(cdb + 2), count = (uint32_t)cdb[7] << 8 | cdb[8];

	*length = count * DISK_SECTOR;
	return first > DISK_SECTORS || count > DISK_SECTORS - first ? NULL : disk->bytes + first * DISK_SECTOR;
}

static void inquiry(struct disk *disk, const uint8_t *cdb, struct disk_answer *answer)
{
	static const uint8_t data[] = "\x00\x80\x02\x02\x1f\x00\x00\x00" "STM     " "VIRTUAL DISK    " "1.0 ";

	if (cdb[1] & 1)
		fail(disk, answer, INVALID_COMMAND);
	else
		reply(answer, data, 36);
}

static void request_sense(struct disk *disk, struct disk_answer *answer)
{
	static uint8_t sense[18] = { 0x70, [7] = 10 };

	sense[2] = disk->sense_key;
	sense[12] = disk->sense_code;
	disk->sense_key = disk->sense_code = NO_SENSE;
	reply(answer, sense, sizeof sense);
}

static void capacity(uint8_t *bytes, uint32_t blocks)
{
	put32_big(bytes, blocks);
	put32_big(bytes + 4, DISK_SECTOR);
}

static void read_or_write(struct disk *disk, const uint8_t *cdb, const uint8_t *data, uint32_t length, struct disk_answer *answer)
{
	uint32_t wanted;
	uint8_t *bytes = sectors(disk, cdb, &wanted);

	if (!bytes)
		fail(disk, answer, OUT_OF_RANGE);
	else if (cdb[0] == 0x28)
		reply(answer, bytes, wanted);
	else if (length)
		memcpy(bytes, data, length < wanted ? length : wanted);
}

void disk_command(struct disk *disk, const uint8_t *cdb, const uint8_t *data, uint32_t length, struct disk_answer *answer)
{
	static const uint8_t mode_6[] = { 3, 0, 0, 0 }, mode_10[] = { 0, 6, 0, 0, 0, 0, 0, 0 };
	static uint8_t last[8], formats[12] = { [3] = 8 };

	memset(answer, 0, sizeof *answer);
	switch (cdb[0]) {
	case 0x00: /* TEST UNIT READY */
	case 0x1b: /* START STOP UNIT */
	case 0x1e: /* PREVENT ALLOW MEDIUM REMOVAL */
	case 0x2f: /* VERIFY */
	case 0x35: /* SYNCHRONIZE CACHE */
		return;
	case 0x03:
		request_sense(disk, answer);
		return;
	case 0x12:
		inquiry(disk, cdb, answer);
		return;
	case 0x1a:
		reply(answer, mode_6, sizeof mode_6);
		return;
	case 0x5a:
		reply(answer, mode_10, sizeof mode_10);
		return;
	case 0x23: /* READ FORMAT CAPACITIES */
		capacity(formats + 4, DISK_SECTORS);
		formats[8] = 2;
		reply(answer, formats, sizeof formats);
		return;
	case 0x25: /* READ CAPACITY */
		capacity(last, DISK_SECTORS - 1);
		reply(answer, last, sizeof last);
		return;
	case 0x28:
	case 0x2a:
		read_or_write(disk, cdb, data, length, answer);
		return;
	default:
		fail(disk, answer, INVALID_COMMAND);
	}
}
