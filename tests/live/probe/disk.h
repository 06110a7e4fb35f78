/*
 * The little disk of a probe: a FAT12 volume in memory with MBED.HTM and DETAILS.TXT, behind SCSI commands.
 * Knows: FAT, the SCSI commands that a host's disk driver sends. Must not know: USB, how commands are carried.
 */
#ifndef LIVE_DISK_H
#define LIVE_DISK_H

#include <stdbool.h>
#include <stdint.h>

#define DISK_SECTOR 512
#define DISK_SECTORS 160

/* In its files, so that a test can search for it where it must not be. */
#define DISK_SECRET "VPROBE-DISK-PRIVATE"

struct disk {
	uint8_t bytes[DISK_SECTORS * DISK_SECTOR];
	uint8_t sense_key, sense_code; /* why the last command failed, for REQUEST SENSE */
};

struct disk_answer {
	const uint8_t *bytes; /* borrowed from the disk until its next command */
	uint32_t length;
	bool failed;
};

void disk_init(struct disk *disk);
/* cdb: 16 bytes; data: what the host sent with it. */
void disk_command(struct disk *disk, const uint8_t *cdb, const uint8_t *data, uint32_t length, struct disk_answer *answer);
/* The next REQUEST SENSE says: no such command. */
void disk_refuse(struct disk *disk);

#endif
