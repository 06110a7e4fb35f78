/*
 * Watches a pcap pass by on its way to libpcap.
 * Knows: pcap framing.
 * Must not know: libpcap, what is in a record.
 */
#include "pcap_watch.h"

#include "../../dissectors/cursor.h"

#include <stdlib.h>
#include <string.h>

enum {
	FILE_HEADER = 24,
	RECORD_HEADER_FIELDS = 16,
	RECORD_HEADER_MOST = 24,
};

struct pcap_watch {
	struct stream stream;
	struct stream *source;
	bool big_endian;
	unsigned header_length;
	uint64_t passed; /* bytes */
	uint64_t offset; /* of the record's header */
	uint8_t header[RECORD_HEADER_MOST];
	unsigned have;   /* bytes of the header */
	uint64_t left;   /* bytes of the file header, then of the record's data, that are still to pass */
};

/* Follows the records through the bytes. */
static void follow(struct pcap_watch *watch, const uint8_t *bytes, size_t length)
{
	size_t at = 0;

	while (at < length) {
		if (watch->left) {
			size_t step = length - at < watch->left ? length - at : (size_t)watch->left;

			at += step;
			watch->left -= step;
			continue;
		}
		if (watch->have == 0 || watch->have == watch->header_length) {
			watch->offset = watch->passed + at;
			watch->have = 0;
		}
		if (watch->have == 0 && length - at >= watch->header_length) {
			memcpy(watch->header, bytes + at, RECORD_HEADER_FIELDS);
			watch->have = watch->header_length;
			at += watch->header_length;
		} else {
			watch->header[watch->have++] = bytes[at++];
		}
		if (watch->have == watch->header_length)
			watch->left = cursor_decode32(watch->header + 8, watch->big_endian);
	}
	watch->passed += length;
}

static size_t watch_read(struct stream *stream, uint8_t *buffer, size_t size)
{
	struct pcap_watch *watch = (struct pcap_watch *)stream;

	size = stream_take(watch->source, buffer, size);
	if (!size && watch->source->problem[0])
		stream_fail(stream, "%s", watch->source->problem);
	follow(watch, buffer, size);
	return size;
}

static void watch_close(struct stream *stream)
{
	free(stream);
}

struct stream *pcap_watch_open(struct stream *source, bool big_endian, unsigned header_length)
{
	struct pcap_watch *watch = calloc(1, sizeof *watch);

	if (!watch)
		return NULL;
	*watch = (struct pcap_watch){
		.stream = { .read = watch_read, .close = watch_close }, .source = source, .big_endian = big_endian,
		.header_length = header_length, .left = FILE_HEADER,
	};
	return &watch->stream;
}

struct pcap_place pcap_watch_place(const struct stream *stream)
{
	const struct pcap_watch *watch = (const struct pcap_watch *)stream;
	struct pcap_place place = {
		.offset = watch->offset, .present = watch->passed - watch->offset, .needed = watch->header_length,
		.header_whole = watch->have == watch->header_length,
	};

	if (place.header_whole) {
		place.seconds = cursor_decode32(watch->header, watch->big_endian);
		place.fraction = cursor_decode32(watch->header + 4, watch->big_endian);
		place.captured = cursor_decode32(watch->header + 8, watch->big_endian);
		place.wire = cursor_decode32(watch->header + 12, watch->big_endian);
		place.needed += place.captured;
	}
	return place;
}
