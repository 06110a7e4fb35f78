/*
 * Makes a long capture of a short one, as a long day at one probe leaves it: plugged in once (the records up to the last control
 * transfer), then the rest again and again, each round later and with other URB ids.
 * Usage: repeat CAPTURE OUT PACKETS. CAPTURE is a little-endian pcap of link type 220.
 */
#include <err.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>

#include "../support/captures.h"

/* Offsets in a record: its header, then usbmon's, which begins with the URB id. */
#define USBMON 16
#define USBMON_TYPE (USBMON + 9)
#define USBMON_SECONDS (USBMON + 16)
#define TYPE_CONTROL 2

static uint32_t word(const uint8_t *bytes)
{
	return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static void add(uint8_t *bytes, uint32_t value)
{
	value += word(bytes);
	for (unsigned i = 0; i < 4; i++)
		bytes[i] = (uint8_t)(value >> 8 * i);
}

/* Refuses to fill the disk. */
static void check_room(const char *path, FILE *file, uint64_t size)
{
	struct statvfs disk;

	if (fstatvfs(fileno(file), &disk))
		err(1, "%s", path);
	if (disk.f_bavail * disk.f_frsize < size + size / 2)
		errx(1, "%s: %llu MB are needed and half as much spare, %llu MB are free; try a smaller PACKETS=n, or BENCH_DIR=", path,
		     (unsigned long long)size >> 20, (unsigned long long)(disk.f_bavail * disk.f_frsize) >> 20);
}

int main(int argc, char **argv)
{
	struct file file;
	uint64_t packets, written = 0;
	uint32_t seconds;
	size_t *ends, records, first = 0;
	FILE *out;

	if (argc != 4)
		errx(2, "usage: repeat CAPTURE OUT PACKETS");
	file = file_read(argv[1]);
	records = captures_offsets(&file, &ends);
	packets = strtoull(argv[3], NULL, 10);
	if (!records || word(file.bytes) != 0xa1b2c3d4 || word(file.bytes + 20) != 220)
		errx(1, "%s: not a little-endian pcap of link type 220 with records", argv[1]);
	for (size_t i = 0; i < records; i++)
		if (file.bytes[ends[i] + USBMON_TYPE] == TYPE_CONTROL)
			first = i + 1;
	if (first == records)
		errx(1, "%s: ends with a control transfer", argv[1]);
	seconds = word(file.bytes + ends[records - 1]) - word(file.bytes + ends[first]) + 2;

	out = fopen(argv[2], "wb");
	if (!out)
		err(1, "%s", argv[2]);
	setvbuf(out, NULL, _IOFBF, 1 << 20);
	check_room(argv[2], out, packets * (file.size / records + 1));
	fwrite(file.bytes, 1, ends[0], out);
	for (size_t begin = 0; written < packets; begin = first) {
		size_t count = packets - written < records - begin ? (size_t)(packets - written) : records - begin;

		fwrite(file.bytes + ends[begin], 1, ends[begin + count] - ends[begin], out);
		written += count;
		for (size_t i = first; i < records; i++) {
			uint8_t *record = file.bytes + ends[i];

			add(record, seconds);
			add(record + USBMON, 0x2440);
			add(record + USBMON_SECONDS, seconds);
		}
	}
	if (ferror(out) || fclose(out))
		err(1, "%s", argv[2]);
	free(ends);
	free(file.bytes);
	return 0;
}
