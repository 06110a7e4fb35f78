/*
 * Where the records of a live capture come from: usbmon through libpcap, or a test.
 * Knows: batches, descriptors to poll, drops between records. Must not know: files, what is in a record.
 */
#ifndef ANALYZER_INPUT_LIVE_SOURCE_H
#define ANALYZER_INPUT_LIVE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A record with usbmon's header of 64 bytes (LINKTYPE_USB_LINUX_MMAPPED) in the host's byte order. Borrowed for the call. */
struct live_record {
	int64_t time; /* nanoseconds since the epoch, by the kernel's clock */
	const uint8_t *data;
	uint32_t captured, wire;
};

/*
 * Who takes what a source gives. gap: dropped records were lost between the one before and the next; 0: some of those may have been
 * that the next gap counts.
 */
struct live_taker {
	void *context;
	void (*record)(void *context, const struct live_record *record);
	void (*gap)(void *context, uint64_t dropped);
};

struct live_source {
	/* Gives what is there, a batch at most, and never waits. Returns how many records it gave, or -1 where it failed: problem says why. */
	int (*read)(struct live_source *source, const struct live_taker *taker);
	/* At the end, when nothing is left to read: how many records were lost behind the last one. */
	uint64_t (*dropped_behind)(const struct live_source *source);
	void (*close)(struct live_source *source);
	int descriptor; /* readable where there is something to read */
	char problem[256];
};

/*
 * Opens usbmonN, N = bus, with a kernel buffer of buffer_kib (8 to 1200; records longer than a fifth of it are cut). NULL where that cannot
 * be: problem says why in one line. The caller closes it with its close. libpcap asks every device of the bus for its device descriptor while it opens.
 */
struct live_source *usbmon_source_open(uint16_t bus, unsigned buffer_kib, char *problem, size_t size);

#define USBMON_BUFFER_LEAST 8u /* KiB, as the kernel has them */
#define USBMON_BUFFER_MOST 1200u

#endif
