/*
 * A live capture of usbmon. The only file besides capture.c that sees libpcap: they share nothing but its name.
 * Knows: libpcap's live interface, what it does on usbmon, the kernel's count of drops (Linux Documentation/usb/usbmon.rst).
 * Must not know: what is in a record.
 */
#define _DEFAULT_SOURCE 1 /* u_int and its kin in libpcap's headers */
#include "live_source.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "gap_marks.h"

enum {
	LINK_USB_LINUX_MMAPPED = 220,
	HEADER = 64,
	BATCH = 32, /* as many as libpcap takes from the kernel at once */
};

/*
 * MON_IOCG_STATS. pcap_stats passes on dropped alone, which counts since the last call; queued, the records that wait in the kernel's
 * buffer, says where the loss lies: behind them.
 */
struct statistics { uint32_t queued, dropped; };
#define GET_STATISTICS _IOR(0x92, 3, struct statistics)

/* A record of the batch; its bytes are in the batch's buffer. */
struct kept { int64_t time; size_t at; uint32_t captured, wire; };

struct usbmon_source {
	struct live_source source;
	pcap_t *pcap;
	struct kept kept[BATCH];
	size_t count;
	uint8_t *bytes; /* the buffer grows up to the kernel's: the batch came out of that */
	size_t length, size;
	bool out_of_memory;
	struct gap_marks marks;
};

/* Copies: where a loss lies is known only when the batch is out of the kernel's buffer. */
static void keep(u_char *context, const struct pcap_pkthdr *header, const u_char *data)
{
	struct usbmon_source *usbmon = (struct usbmon_source *)context;

	if (usbmon->length + header->caplen > usbmon->size) {
		size_t size = 2 * (usbmon->length + header->caplen);
		uint8_t *bigger = realloc(usbmon->bytes, size);

		if (!bigger) {
			usbmon->out_of_memory = true;
			return;
		}
		usbmon->bytes = bigger;
		usbmon->size = size;
	}
	if (usbmon->count == BATCH)
		return;
	memcpy(usbmon->bytes + usbmon->length, data, header->caplen);
	usbmon->kept[usbmon->count++] = (struct kept){
		.time = header->ts.tv_sec * INT64_C(1000000000) + header->ts.tv_usec * INT64_C(1000), .at = usbmon->length,
		.captured = header->caplen, .wire = header->len > header->caplen ? header->len : header->caplen,
	};
	usbmon->length += header->caplen;
}

static int usbmon_read(struct live_source *source, const struct live_taker *taker)
{
	struct usbmon_source *usbmon = (struct usbmon_source *)source;
	struct statistics statistics = { 0 };
	int got;

	usbmon->count = usbmon->length = 0;
	got = pcap_dispatch(usbmon->pcap, BATCH, keep, (u_char *)usbmon);
	if (got < 0 || usbmon->out_of_memory) {
		snprintf(source->problem, sizeof source->problem, "%s", got < 0 ? pcap_geterr(usbmon->pcap) : "out of memory");
		return -1;
	}
	if (ioctl(pcap_fileno(usbmon->pcap), GET_STATISTICS, &statistics) == 0)
		gap_marks_read(&usbmon->marks, usbmon->count, statistics.queued, statistics.dropped);
	for (size_t i = 0; i < usbmon->count; i++) {
		const struct kept *kept = &usbmon->kept[i];
		uint64_t dropped;

		if (gap_marks_next(&usbmon->marks, &dropped))
			taker->gap(taker->context, dropped);
		taker->record(taker->context, &(struct live_record){
			.time = kept->time, .data = usbmon->bytes + kept->at, .captured = kept->captured, .wire = kept->wire,
		});
	}
	return (int)usbmon->count;
}

static uint64_t usbmon_dropped_behind(const struct live_source *source)
{
	return gap_marks_rest(&((const struct usbmon_source *)source)->marks);
}

static void usbmon_close(struct live_source *source)
{
	struct usbmon_source *usbmon = (struct usbmon_source *)source;

	if (usbmon->pcap)
		pcap_close(usbmon->pcap);
	free(usbmon->bytes);
	free(usbmon);
}

/*
 * The size of the kernel's buffer goes by the snap length alone: libpcap makes it five times as long, since the kernel never puts more than a fifth
 * of it into one record. So this cuts nothing that the kernel would not.
 */
static int activate(struct usbmon_source *usbmon, unsigned buffer_kib)
{
	pcap_t *pcap = usbmon->pcap;

	pcap_set_snaplen(pcap, (int)(HEADER + buffer_kib * 1024 / 5));
	pcap_set_immediate_mode(pcap, 1);
	return pcap_activate(pcap);
}

struct live_source *usbmon_source_open(uint16_t bus, unsigned buffer_kib, char *problem, size_t size)
{
	struct usbmon_source *usbmon = calloc(1, sizeof *usbmon);
	char name[16], reason[PCAP_ERRBUF_SIZE] = "out of memory";
	int result;

	snprintf(name, sizeof name, "usbmon%u", bus);
	if (usbmon)
		usbmon->pcap = pcap_create(name, reason);
	if (!usbmon || !usbmon->pcap) {
		snprintf(problem, size, "%s: %s", name, reason);
		free(usbmon);
		return NULL;
	}
	usbmon->source = (struct live_source){ .read = usbmon_read, .dropped_behind = usbmon_dropped_behind, .close = usbmon_close };
	result = activate(usbmon, buffer_kib);
	if (result < 0) {
		snprintf(problem, size, "%s: %s (%s)", name, pcap_statustostr(result), pcap_geterr(usbmon->pcap));
	} else if (pcap_datalink(usbmon->pcap) != LINK_USB_LINUX_MMAPPED && pcap_set_datalink(usbmon->pcap, LINK_USB_LINUX_MMAPPED) < 0) {
		snprintf(problem, size, "%s: this kernel has only the old, short record headers (link type %d): capture with tcpdump, then decode the file",
		         name, pcap_datalink(usbmon->pcap));
	} else if (pcap_setnonblock(usbmon->pcap, 1, reason) < 0) {
		snprintf(problem, size, "%s: %s", name, reason);
	} else {
		usbmon->source.descriptor = pcap_get_selectable_fd(usbmon->pcap);
		return &usbmon->source;
	}
	usbmon_close(&usbmon->source);
	return NULL;
}
