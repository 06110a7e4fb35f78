/*
 * Records of a pcap or pcapng. The only file that sees libpcap.
 * Knows: pcap framing (draft-ietf-opsawg-pcap), what libpcap does with it, link types by name.
 * Must not know: what is in a record.
 */
#define _DEFAULT_SOURCE 1 /* u_int and its kin in libpcap's headers */
#include "capture.h"

#include "pcap_watch.h"

#include "../../dissectors/cursor.h"

#include <inttypes.h>
#include <pcap/pcap.h>
#include <stdlib.h>
#include <string.h>

enum {
	FILE_HEADER = 24,
	RECORD_HEADER = 16,
	/* Longer than any URB: usbmon and USBPcap cut far below. */
	WIRE_LIMIT = 1 << 28,
	YEAR = 366 * 24 * 3600,
};

#define PCAP_MAGIC UINT32_C(0xa1b2c3d4)
#define PCAP_MAGIC_NANOSECONDS UINT32_C(0xa1b23c4d)
#define PCAP_MAGIC_KUZNETZOV UINT32_C(0xa1b2cd34) /* eight more bytes in a record header */

struct capture {
	struct stream *source;
	struct stream *front; /* between source and libpcap: the filter of a pcapng, the watch of a pcap that is no regular file */
	bool pcapng;
	FILE *file;
	pcap_t *pcap;
	int link_type;
	bool nanoseconds;
	bool big_endian;      /* integers of a pcap's own headers */
	bool host_big_endian; /* what libpcap makes of usbmon headers in a pcap */
	int64_t seconds;      /* of the record before */
	uint32_t record_header;
	uint64_t records, offset;
	char problem[512];
};

/* What libpcap's table of names lacks, or words too briefly for a user. */
static const struct {
	int link_type;
	const char *words;
} link_type_words[] = {
	{ 186, "FreeBSD usbdump" },
	{ 266, "macOS XHC20 capture (Darwin)" },
	{ 288, "bus-level USB sniffer" },
	{ 293, "bus-level USB sniffer, low speed" },
	{ 294, "bus-level USB sniffer, full speed" },
	{ 295, "bus-level USB sniffer, high speed" },
};

static void explain_link_type(int link_type, char *problem, size_t size)
{
	const char *words = pcap_datalink_val_to_description(link_type);
	bool bus_level = (link_type >= 288 && link_type <= 295) || link_type == 266 || link_type == 186;

	for (size_t i = 0; i < sizeof link_type_words / sizeof *link_type_words; i++)
		if (link_type_words[i].link_type == link_type)
			words = link_type_words[i].words;
	snprintf(problem, size, "its link type is %d (%s), which is not supported; supported are 189 and 220 (Linux usbmon) and "
	         "249 (Windows USBPcap): %s", link_type, words ? words : "unknown",
	         bus_level ? "capture on the host, with usbmon or USBPcap"
	                   : "capture the usbmonN or USBPcapN interface that the probe is on");
}

static void fail(struct capture *capture, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void fail(struct capture *capture, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(capture->problem, sizeof capture->problem, format, arguments);
	va_end(arguments);
}

static bool host_is_big(void)
{
	static const uint8_t bytes[2] = { 0, 1 };
	uint16_t value;

	memcpy(&value, bytes, sizeof value);
	return value == 1;
}

/*
 * Reads the file header, which libpcap reads too but does not show; opens the file for libpcap, with the watch in front where the way
 * back to a record that libpcap cannot deliver is barred. Returns false where libpcap would not go on.
 */
static bool open_pcap(struct capture *capture, char *problem, size_t size)
{
	const uint8_t *bytes;
	size_t present = stream_peek(capture->source, FILE_HEADER, &bytes);
	bool big_endian = bytes[0] == 0xa1;
	uint32_t magic;
	unsigned major, minor;

	if (present < FILE_HEADER && capture->source->problem[0]) {
		snprintf(problem, size, "%s", capture->source->problem);
		return false;
	}
	if (present < FILE_HEADER) {
		snprintf(problem, size, "ends inside its file header: %zu of %d bytes are there; get the whole file", present, FILE_HEADER);
		return false;
	}
	magic = cursor_decode32(bytes, big_endian);
	major = cursor_decode16(bytes + 4, big_endian);
	minor = cursor_decode16(bytes + 6, big_endian);
	if (major != 2 || minor > 4) {
		snprintf(problem, size, "has a damaged file header (pcap version %u.%u): get the original file again, as binary",
		         major, minor);
		return false;
	}
	capture->nanoseconds = magic == PCAP_MAGIC_NANOSECONDS;
	capture->record_header = magic == PCAP_MAGIC_KUZNETZOV ? RECORD_HEADER + 8 : RECORD_HEADER;
	capture->link_type = cursor_decode32(bytes + 20, big_endian) & 0xffff; /* above it: the length of a frame check sequence */
	capture->host_big_endian = host_is_big();
	capture->offset = FILE_HEADER;
	if (!pcapng_is_usb(capture->link_type)) {
		explain_link_type(capture->link_type, problem, size);
		return false;
	}
	capture->big_endian = big_endian;
	capture->file = stream_direct_file(capture->source);
	if (capture->file)
		return true;
	capture->front = pcap_watch_open(capture->source, big_endian, capture->record_header);
	if (!capture->front)
		snprintf(problem, size, "out of memory");
	return capture->front;
}

/* Puts the filter in front. Returns false where there is nothing for libpcap to read. */
static bool open_filter(struct capture *capture, char *problem, size_t size)
{
	const struct pcapng_facts *facts;

	capture->front = pcapng_filter_open(capture->source);
	if (!capture->front) {
		snprintf(problem, size, "out of memory");
		return false;
	}
	facts = pcapng_filter_facts(capture->front);
	if (!pcapng_filter_find_usb(capture->front) && capture->front->problem[0]) {
		snprintf(problem, size, "%s", capture->front->problem);
		return false;
	}
	if (!facts->usb_interfaces && facts->interfaces) {
		char words[256];

		explain_link_type(facts->other_link_type, words, sizeof words);
		if (facts->interfaces == 1)
			snprintf(problem, size, "%s", words);
		else
			snprintf(problem, size, "none of its %u interfaces is USB; of the first, %s", facts->interfaces, words);
		return false;
	}
	return true;
}

struct capture *capture_open(struct stream *stream, bool pcapng, char *problem, size_t size)
{
	struct capture *capture = calloc(1, sizeof *capture);
	char reason[PCAP_ERRBUF_SIZE] = "out of memory";

	if (!capture) {
		snprintf(problem, size, "out of memory");
		return NULL;
	}
	capture->source = stream;
	capture->pcapng = pcapng;
	if (pcapng ? !open_filter(capture, problem, size) : !open_pcap(capture, problem, size)) {
		capture_close(capture);
		return NULL;
	}
	if (!capture->file)
		capture->file = stream_file(capture->front);
	if (capture->file)
		capture->pcap = pcap_fopen_offline_with_tstamp_precision(capture->file, PCAP_TSTAMP_PRECISION_NANO, reason);
	if (!capture->pcap) {
		snprintf(problem, size, "its file header cannot be read: %s; get the original file again, as binary", reason);
		if (capture->file)
			fclose(capture->file);
		capture_close(capture);
		return NULL;
	}
	return capture;
}

/* Values that no tool writes into a record header: the file lost or gained bytes before it. */
static bool implausible(uint32_t seconds, int64_t nanoseconds, uint32_t captured, uint32_t wire)
{
	return captured > wire || wire > WIRE_LIMIT || nanoseconds < 0 || nanoseconds > 999999999 || seconds == PCAP_MAGIC ||
	       seconds == PCAP_MAGIC_NANOSECONDS;
}

static void explain_implausible(struct capture *capture, uint32_t seconds)
{
	/* The magic number of a pcap where a record's time should be. As a time it would be in 2055. */
	if (seconds == PCAP_MAGIC || seconds == PCAP_MAGIC_NANOSECONDS)
		fail(capture, "another capture begins after record %" PRIu64 ", at byte offset %" PRIu64 ": files joined by cat; "
		     "everything before it was read; join the originals with mergecap -a", capture->records, capture->offset);
	else
		fail(capture, "record %" PRIu64 ", at byte offset %" PRIu64 ", has an impossible header: the file is damaged, perhaps by a "
		     "transfer as text; everything before it was read; get the original file again, as binary",
		     capture->records + 1, capture->offset);
}

/* Goes back to the record that libpcap could not deliver, at capture->offset of a regular file. */
static struct pcap_place place_in_file(const struct capture *capture)
{
	struct pcap_place place = { .offset = capture->offset, .needed = capture->record_header };
	uint8_t bytes[RECORD_HEADER];
	off_t end;

	if (fseeko(capture->file, 0, SEEK_END) < 0 || (end = ftello(capture->file)) < (off_t)capture->offset)
		return place;
	place.present = (uint64_t)end - capture->offset;
	if (place.present < capture->record_header || fseeko(capture->file, (off_t)capture->offset, SEEK_SET) < 0 ||
	    fread(bytes, 1, sizeof bytes, capture->file) != sizeof bytes)
		return place;
	place.header_whole = true;
	place.seconds = cursor_decode32(bytes, capture->big_endian);
	place.fraction = cursor_decode32(bytes + 4, capture->big_endian);
	place.captured = cursor_decode32(bytes + 8, capture->big_endian);
	place.wire = cursor_decode32(bytes + 12, capture->big_endian);
	place.needed += place.captured;
	if (place.present > place.needed)
		place.present = place.needed;
	return place;
}

/* libpcap met the end in mid-record, or a record header that it does not believe. */
static void explain_failure(struct capture *capture)
{
	struct pcap_place place = { 0 };
	const char *problem = capture->front ? capture->front->problem : "";
	uint64_t frame = capture->records + 1;
	bool failed = ferror(capture->file), far;

	if (!capture->pcapng)
		place = capture->front ? pcap_watch_place(capture->front) : place_in_file(capture);
	far = place.seconds > capture->seconds + YEAR || place.seconds < capture->seconds - YEAR;
	if (!capture->front && failed)
		problem = "cannot be read further";
	if (problem[0])
		fail(capture, "%s; record %" PRIu64 " is incomplete, everything before it was read", problem, frame);
	else if (place.header_whole && (implausible(place.seconds, (int64_t)place.fraction * (capture->nanoseconds ? 1 : 1000),
	                                            place.captured, place.wire) || (capture->records && far)))
		explain_implausible(capture, place.seconds);
	else if (!capture->pcapng && (capture->front ? capture->front->ended : place.present < place.needed))
		fail(capture, "record %" PRIu64 " is cut by the end of the file: %" PRIu64 " of %" PRIu64 " bytes are there; "
		     "everything before it was read", frame, place.present, place.needed);
	else
		fail(capture, "record %" PRIu64 ", at byte offset %" PRIu64 ", cannot be read (%s): the file is damaged; everything "
		     "before it was read; get the original file again, as binary", frame, capture->offset,
		     pcap_geterr(capture->pcap));
}

/*
 * What was ahead of the packet in the filter's stream. Returns false where libpcap delivered what the filter did not
 * write.
 */
static bool take_tag(struct capture *capture, const struct pcap_pkthdr *header, const uint8_t *data,
                     struct capture_record *record)
{
	struct pcapng_tag tag;

	if (header->caplen < sizeof tag)
		return false;
	memcpy(&tag, data, sizeof tag);
	data += sizeof tag;
	if (header->caplen - sizeof tag < tag.lines_length)
		return false;
	*record = (struct capture_record){
		.frame = tag.frame, .link_type = tag.link_type, .big_endian = tag.big_endian, .timeless = tag.timeless, .offset = tag.offset,
		.dropped = tag.dropped, .may_miss = tag.may_miss, .is_end = tag.is_end,
		.lines = (const char *)data, .lines_length = tag.lines_length, .data = data + tag.lines_length,
		.captured = header->caplen - (uint32_t)sizeof tag - tag.lines_length,
		.wire = header->len - (uint32_t)sizeof tag - tag.lines_length,
	};
	if (!tag.is_end)
		capture->records = tag.frame;
	return true;
}

int capture_next(struct capture *capture, struct capture_record *record)
{
	struct pcap_pkthdr *header;
	const uint8_t *data;
	int got = pcap_next_ex(capture->pcap, &header, &data);

	if (got == PCAP_ERROR_BREAK) { /* the end */
		if (!capture->front || !capture->front->problem[0])
			return 0;
		if (capture->pcapng)
			fail(capture, "%s", capture->front->problem);
		else
			fail(capture, "%s; the %" PRIu64 " records before were read", capture->front->problem, capture->records);
		return -1;
	}
	if (got != 1) {
		explain_failure(capture);
		return -1;
	}
	if (capture->pcapng) {
		if (!take_tag(capture, header, data, record)) {
			fail(capture, "the pcapng filter and libpcap disagree after record %" PRIu64, capture->records);
			return -1;
		}
	} else {
		if (implausible((uint32_t)header->ts.tv_sec, header->ts.tv_usec, header->caplen, header->len)) {
			explain_implausible(capture, (uint32_t)header->ts.tv_sec);
			return -1;
		}
		*record = (struct capture_record){
			.frame = ++capture->records, .link_type = capture->link_type, .big_endian = capture->host_big_endian,
			.data = data, .captured = header->caplen, .wire = header->len, .offset = capture->offset,
		};
		capture->offset += capture->record_header + header->caplen;
	}
	/* A pcap's seconds have 32 bits without a sign; libpcap gives them one. */
	capture->seconds = capture->pcapng ? header->ts.tv_sec : (uint32_t)header->ts.tv_sec;
	record->time = capture->seconds * 1000000000 + header->ts.tv_usec;
	return 1;
}

uint64_t capture_bytes(const struct capture *capture)
{
	return capture->front ? 0 : capture->offset;
}

const char *capture_problem(const struct capture *capture)
{
	return capture->problem;
}

int capture_link_type(const struct capture *capture)
{
	return capture->pcapng ? pcapng_filter_facts(capture->front)->link_type : capture->link_type;
}

bool capture_nanoseconds(const struct capture *capture)
{
	return capture->pcapng ? pcapng_filter_facts(capture->front)->nanoseconds : capture->nanoseconds;
}

uint64_t capture_records(const struct capture *capture)
{
	return capture->pcapng ? pcapng_filter_facts(capture->front)->records : capture->records;
}

void capture_close(struct capture *capture)
{
	if (!capture)
		return;
	if (capture->pcap)
		pcap_close(capture->pcap); /* and the file */
	stream_close(capture->front);
	free(capture);
}
