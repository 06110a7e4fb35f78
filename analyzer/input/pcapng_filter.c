/*
 * The block filter in front of libpcap for pcapng: reads blocks, passes on the packets of USB interfaces.
 * Knows: pcapng framing (draft-ietf-opsawg-pcapng sections 3 and 4) in both byte orders.
 * Must not know: libpcap, what is in a packet.
 */
#include "pcapng_filter.h"

#include "pcapng_interface.h"
#include "pcapng_notes.h"

#include "../../dissectors/cursor.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
	BLOCK_SECTION = 0x0a0d0d0a,
	BLOCK_INTERFACE = 1,
	BLOCK_PACKET = 2, /* obsolete */
	BLOCK_SIMPLE_PACKET = 3,
	BLOCK_STATISTICS = 5,
	BLOCK_ENHANCED_PACKET = 6,
	BLOCK_JOURNAL = 9,
	BLOCK_SYSDIG_1 = 0x204,
	BLOCK_SYSDIG_2 = 0x216,
	BLOCK_SYSDIG_3 = 0x221,
	BLOCK_CUSTOM = 0xbad,
	BLOCK_CUSTOM_NO_COPY = 0x40000bad,
	OPTION_END = 0,
	OPTION_RESOLUTION = 9,
	BYTE_ORDER_MAGIC = 0x1a2b3c4d,
	BYTE_ORDER_MAGIC_REVERSED = 0x4d3c2b1a,
	LINKTYPE_PRIVATE = 147, /* LINKTYPE_USER0 */
	/* A block may hold no more than libpcap takes (16 MiB) less what the filter adds. */
	BLOCK_LIMIT = 15 * 1024 * 1024,
	INTERFACE_LIMIT = 65536,
	BUFFER_START = 64 * 1024,
	HEAD_SIZE = 8 + 20 + sizeof(struct pcapng_tag),
	PREAMBLE_SIZE = 28 + 32,
	PIECES = 4,
};

/* A run of bytes that is still to be handed on. */
struct piece {
	const uint8_t *bytes;
	size_t length;
};

struct pcapng_filter {
	struct stream stream;
	struct stream *source;
	struct pcapng_facts facts;
	uint8_t *buffer; /* bytes of the file: buffer[at .. length) is not looked at yet */
	size_t at, length, size;
	uint64_t offset; /* in the file, of buffer[at] */
	bool big_endian, in_section;
	struct pcapng_interface *interfaces; /* of this section */
	size_t interface_count, interface_size;
	uint8_t preamble[PREAMBLE_SIZE];
	uint8_t head[HEAD_SIZE];
	uint8_t tail[8];
	struct piece pieces[PIECES];
	unsigned piece;
	struct pcapng_notes notes; /* of the block that is looked at; its lines may wait in the pieces */
};

/* A packet block, whatever its type. */
struct packet {
	uint32_t interface;
	bool timed;
	uint64_t stamp;
	uint32_t captured, wire;
	const uint8_t *data;
};

bool pcapng_is_usb(int link_type)
{
	return link_type == 189 || link_type == 220 || link_type == 249;
}

static uint8_t *put(uint8_t *at, const void *value, size_t width)
{
	memcpy(at, value, width);
	return at + width;
}

static uint8_t *put32(uint8_t *at, uint32_t value)
{
	return put(at, &value, sizeof value);
}

static uint8_t *put16(uint8_t *at, uint16_t value)
{
	return put(at, &value, sizeof value);
}

/* The section and the one interface that libpcap sees, in the host's byte order. */
static void write_preamble(struct pcapng_filter *filter)
{
	static const uint8_t resolution[4] = { 9 }; /* 10^-9 s, padded */
	uint8_t *at = filter->preamble;

	at = put32(at, BLOCK_SECTION);
	at = put32(at, 28);
	at = put32(at, BYTE_ORDER_MAGIC);
	at = put16(at, 1); /* version 1.0 */
	at = put16(at, 0);
	at = put32(at, UINT32_MAX); /* section length: not given */
	at = put32(at, UINT32_MAX);
	at = put32(at, 28);

	at = put32(at, BLOCK_INTERFACE);
	at = put32(at, 32);
	at = put16(at, LINKTYPE_PRIVATE);
	at = put16(at, 0);
	at = put32(at, BLOCK_LIMIT); /* snap length */
	at = put16(at, OPTION_RESOLUTION);
	at = put16(at, 1);
	at = put(at, resolution, sizeof resolution);
	at = put32(at, OPTION_END);
	put32(at, 32);
	filter->pieces[0] = (struct piece){ filter->preamble, PREAMBLE_SIZE };
}

static bool is_packet(uint32_t type)
{
	return type == BLOCK_ENHANCED_PACKET || type == BLOCK_SIMPLE_PACKET || type == BLOCK_PACKET;
}

/* Blocks without a packet that Wireshark numbers all the same (wiretap/pcapng.c): records of no USB interface. */
static bool is_other_record(uint32_t type)
{
	return type == BLOCK_CUSTOM || type == BLOCK_CUSTOM_NO_COPY || type == BLOCK_JOURNAL || type == BLOCK_SYSDIG_1 ||
	       type == BLOCK_SYSDIG_2 || type == BLOCK_SYSDIG_3;
}

/* The file ends in a block of total bytes, of which present are there. */
static void fail_cut(struct pcapng_filter *filter, uint32_t type, uint64_t present, uint64_t total)
{
	if (filter->source->problem[0])
		stream_fail(&filter->stream, "%s; everything before record %" PRIu64 " was read", filter->source->problem,
		            filter->facts.records + 1);
	else if (is_packet(type) || is_other_record(type))
		stream_fail(&filter->stream, "record %" PRIu64 " is cut by the end of the file: %" PRIu64 " of %" PRIu64
		            " bytes are there; everything before it was read", filter->facts.records + 1, present, total);
	else
		stream_fail(&filter->stream, "the file ends inside a block after record %" PRIu64 ": %" PRIu64 " of %" PRIu64
		            " bytes are there; everything before it was read", filter->facts.records, present, total);
}

/* Something that no pcapng writer writes. Text conversion leaves its marks in the bytes. */
static void fail_damaged(struct pcapng_filter *filter, const char *what)
{
	const uint8_t *bytes = filter->buffer + filter->at;
	size_t left = filter->length - filter->at;
	size_t replaced = 0;

	for (size_t i = 0; i + 3 <= left; i++)
		replaced += bytes[i] == 0xef && bytes[i + 1] == 0xbf && bytes[i + 2] == 0xbd;
	stream_fail(&filter->stream, "is damaged after record %" PRIu64 ", at byte offset %" PRIu64 ": %s;%s%s get the original "
	            "file again, as binary", filter->facts.records, filter->offset, what,
	            replaced > 1 ? " it went through a text conversion (UTF-8);" : "",
	            filter->facts.records ? " everything before it was read;" : "");
}

/* Waits until count bytes are in the buffer. Returns false at the end of the file. */
static bool want(struct pcapng_filter *filter, size_t count)
{
	size_t got;

	if (filter->length - filter->at >= count)
		return true;
	if (filter->at) {
		memmove(filter->buffer, filter->buffer + filter->at, filter->length - filter->at);
		filter->length -= filter->at;
		filter->at = 0;
	}
	if (count > filter->size) {
		uint8_t *bigger = realloc(filter->buffer, count);

		if (!bigger) {
			stream_fail(&filter->stream, "out of memory");
			return false;
		}
		filter->buffer = bigger;
		filter->size = count;
	}
	while (filter->length < count) {
		got = stream_take(filter->source, filter->buffer + filter->length, filter->size - filter->length);
		if (!got)
			return false;
		filter->length += got;
	}
	return true;
}

static void advance(struct pcapng_filter *filter, size_t count)
{
	filter->at += count;
	filter->offset += count;
}

/* Returns false where there are too many. */
static bool take_interface(struct pcapng_filter *filter, struct cursor *cursor)
{
	struct pcapng_interface interface = pcapng_interface_read(cursor, filter->big_endian);
	struct pcapng_facts *facts = &filter->facts;

	if (filter->interface_count == INTERFACE_LIMIT) {
		fail_damaged(filter, "more than 65536 interfaces");
		return false;
	}
	if (filter->interface_count == filter->interface_size) {
		size_t size = filter->interface_size ? filter->interface_size * 2 : 4;
		struct pcapng_interface *bigger = realloc(filter->interfaces, size * sizeof *bigger);

		if (!bigger) {
			stream_fail(&filter->stream, "out of memory");
			return false;
		}
		filter->interfaces = bigger;
		filter->interface_size = size;
	}
	filter->interfaces[filter->interface_count++] = interface;
	facts->interfaces++;
	if (pcapng_is_usb(interface.link_type)) {
		facts->usb_interfaces++;
		facts->nanoseconds |= interface.units > 1000000;
		if (facts->link_type < 0)
			facts->link_type = interface.link_type;
	} else if (facts->other_link_type < 0) {
		facts->other_link_type = interface.link_type;
	}
	return true;
}

/* Lays out the packet for libpcap: an enhanced packet block that begins with a tag. Its bytes stay in the buffer, its notes in filter->notes. */
static void pass_on(struct pcapng_filter *filter, const struct packet *packet, const struct pcapng_interface *interface)
{
	const struct pcapng_notes *notes = &filter->notes;
	struct pcapng_tag tag = {
		.frame = filter->facts.records + !packet->data, .link_type = interface->link_type, .big_endian = filter->big_endian,
		.timeless = !packet->timed, .offset = (uint32_t)filter->offset, .dropped = notes->dropped, .may_miss = notes->may_miss,
		.is_end = !packet->data, .lines_length = (uint32_t)notes->length,
	};
	uint64_t time = packet->timed ? pcapng_interface_time(interface, packet->stamp) : 0;
	uint32_t extra = (uint32_t)(sizeof tag + notes->length), captured = packet->captured + extra;
	uint32_t padding = -captured & 3;
	uint32_t total = (uint32_t)(HEAD_SIZE - sizeof tag) + captured + padding + 4;
	uint32_t wire = packet->wire > UINT32_MAX - extra ? UINT32_MAX : packet->wire + extra;
	uint8_t *at = filter->head;

	at = put32(at, BLOCK_ENHANCED_PACKET);
	at = put32(at, total);
	at = put32(at, 0);
	at = put32(at, (uint32_t)(time >> 32));
	at = put32(at, (uint32_t)time);
	at = put32(at, captured);
	at = put32(at, wire);
	put(at, &tag, sizeof tag);
	memset(filter->tail, 0, sizeof filter->tail);
	memcpy(filter->tail + padding, &total, sizeof total);
	filter->pieces[0] = (struct piece){ filter->head, HEAD_SIZE };
	filter->pieces[1] = (struct piece){ (const uint8_t *)notes->lines, notes->length };
	filter->pieces[2] = (struct piece){ packet->data, packet->captured };
	filter->pieces[3] = (struct piece){ filter->tail, padding + sizeof total };
	filter->piece = 0;
}

/* The fields of a packet block after its header. Returns false where they are not all there. */
static bool read_packet(struct pcapng_filter *filter, uint32_t type, struct cursor *cursor, struct packet *packet)
{
	const uint8_t *bytes = cursor_take(cursor, type == BLOCK_SIMPLE_PACKET ? 4 : 20);
	bool big_endian = filter->big_endian;

	if (!bytes)
		return false;
	*packet = (struct packet){ .timed = type != BLOCK_SIMPLE_PACKET };
	if (type == BLOCK_SIMPLE_PACKET) { /* its captured length is not given */
		packet->captured = packet->wire = cursor_decode32(bytes, big_endian);
		if (filter->interface_count && filter->interfaces[0].snap_length && filter->interfaces[0].snap_length < packet->wire)
			packet->captured = filter->interfaces[0].snap_length;
		return true;
	}
	/* The obsolete block has a count of drops in the upper half of the interface. */
	packet->interface = type == BLOCK_PACKET ? cursor_decode16(bytes, big_endian) : cursor_decode32(bytes, big_endian);
	packet->stamp = (uint64_t)cursor_decode32(bytes + 4, big_endian) << 32 | cursor_decode32(bytes + 8, big_endian);
	packet->captured = cursor_decode32(bytes + 12, big_endian);
	packet->wire = cursor_decode32(bytes + 16, big_endian);
	return true;
}

/* A whole packet block of total bytes is in the buffer. Returns false at damage. */
static bool take_packet(struct pcapng_filter *filter, uint32_t type, struct cursor *cursor)
{
	struct packet packet;
	struct pcapng_interface *interface;

	if (!read_packet(filter, type, cursor, &packet)) {
		fail_damaged(filter, "a packet block that is shorter than its own header");
		return false;
	}
	if (packet.interface >= filter->interface_count) {
		fail_damaged(filter, "a packet of an interface that the file does not describe");
		return false;
	}
	packet.data = cursor_take(cursor, packet.captured);
	if (!packet.data) {
		fail_damaged(filter, "a packet that is longer than its block");
		return false;
	}
	cursor_take(cursor, -packet.captured & 3);
	/* Only an enhanced packet's options are ours to read: a simple one has none, those of the obsolete one are others. */
	if (type != BLOCK_ENHANCED_PACKET)
		*cursor = cursor_over(NULL, 0, 0);
	if (!pcapng_notes_of_packet(&filter->notes, cursor, filter->big_endian)) {
		stream_fail(&filter->stream, "out of memory");
		return false;
	}
	filter->facts.records++;
	interface = &filter->interfaces[packet.interface];
	interface->dropped += filter->notes.dropped;
	if (pcapng_is_usb(interface->link_type))
		pass_on(filter, &packet, interface);
	return true;
}

/* A whole statistics block is in the buffer. What it tells of a USB interface beyond its packets goes on as an end. Returns false at damage. */
static bool take_statistics(struct pcapng_filter *filter, struct cursor *cursor)
{
	const struct packet end = { 0 };
	const uint8_t *head = cursor_take(cursor, 12);
	uint32_t index = head ? cursor_decode32(head, filter->big_endian) : UINT32_MAX;
	struct pcapng_interface *interface;

	if (index >= filter->interface_count) /* it tells of nothing that is here */
		return true;
	interface = &filter->interfaces[index];
	if (!pcapng_notes_of_statistics(&filter->notes, cursor, filter->big_endian)) {
		stream_fail(&filter->stream, "out of memory");
		return false;
	}
	if (!pcapng_is_usb(interface->link_type))
		return true;
	if (filter->notes.total_dropped > interface->dropped) {
		filter->notes.dropped = filter->notes.total_dropped - interface->dropped;
		interface->dropped = filter->notes.total_dropped;
	}
	if (filter->notes.dropped || filter->notes.length)
		pass_on(filter, &end, interface);
	return true;
}

/* A section begins: it says its byte order itself. Returns false at damage or the end. */
static bool take_byte_order(struct pcapng_filter *filter)
{
	uint32_t magic;

	if (!want(filter, 12)) {
		fail_cut(filter, BLOCK_SECTION, filter->length - filter->at, 28);
		return false;
	}
	magic = cursor_decode32(filter->buffer + filter->at + 8, true);
	filter->big_endian = magic == BYTE_ORDER_MAGIC;
	if (!filter->big_endian && magic != BYTE_ORDER_MAGIC_REVERSED) {
		fail_damaged(filter, "a section header without its byte-order mark");
		return false;
	}
	filter->in_section = true;
	filter->interface_count = 0;
	return true;
}

/* Type and length of the next block. Returns false at damage or the end. */
static bool read_block_header(struct pcapng_filter *filter, uint32_t *type, uint32_t *total)
{
	if (!want(filter, 8)) {
		if (filter->length > filter->at || filter->source->problem[0])
			fail_cut(filter, 0, filter->length - filter->at, 12);
		return false;
	}
	*type = cursor_decode32(filter->buffer + filter->at, filter->big_endian);
	if (*type == BLOCK_SECTION && !take_byte_order(filter))
		return false;
	*total = cursor_decode32(filter->buffer + filter->at + 4, filter->big_endian);
	if (!filter->in_section) {
		fail_damaged(filter, "no section header");
		return false;
	}
	if (*total < (*type == BLOCK_SECTION ? 28 : 12) || *total % 4) {
		fail_damaged(filter, "a block with an impossible length");
		return false;
	}
	return true;
}

/* The length again at the end of a block, at bytes from here. Returns false where it differs. */
static bool check_trailer(struct pcapng_filter *filter, size_t at, uint32_t total)
{
	if (cursor_decode32(filter->buffer + filter->at + at, filter->big_endian) == total)
		return true;
	fail_damaged(filter, "the two lengths of a block differ");
	return false;
}

/*
 * A block that nobody needs is dropped without keeping it, however long it is. Returns false at the end or at damage.
 */
static bool skip_block(struct pcapng_filter *filter, uint32_t type, uint32_t total)
{
	uint32_t left = total - 4;

	while (left) {
		size_t here;

		if (!want(filter, 1)) {
			fail_cut(filter, type, total - 4 - left, total);
			return false;
		}
		here = filter->length - filter->at;
		here = here < left ? here : left;
		advance(filter, here);
		left -= (uint32_t)here;
	}
	if (!want(filter, 4)) {
		fail_cut(filter, type, total - 4 + (filter->length - filter->at), total);
		return false;
	}
	if (!check_trailer(filter, 0, total))
		return false;
	advance(filter, 4);
	if (is_other_record(type))
		filter->facts.records++;
	return true;
}

/* Looks at one block; a packet to pass on waits in the pieces. Returns false at the end or at damage. */
static bool take_block(struct pcapng_filter *filter)
{
	uint32_t type, total;
	struct cursor cursor;

	if (!read_block_header(filter, &type, &total))
		return false;
	if (!is_packet(type) && type != BLOCK_INTERFACE && (type != BLOCK_STATISTICS || total < 24))
		return skip_block(filter, type, total);
	if (total > BLOCK_LIMIT) {
		fail_damaged(filter, "a block with an impossible length");
		return false;
	}
	if (!want(filter, total)) {
		fail_cut(filter, type, filter->length - filter->at, total);
		return false;
	}
	if (!check_trailer(filter, total - 4, total))
		return false;
	cursor = cursor_over(filter->buffer + filter->at + 8, total - 12, total - 12);
	if (is_packet(type) ? !take_packet(filter, type, &cursor)
	                    : type == BLOCK_STATISTICS ? !take_statistics(filter, &cursor) : !take_interface(filter, &cursor))
		return false;
	advance(filter, total);
	return true;
}

static bool pieces_left(struct pcapng_filter *filter)
{
	while (filter->piece < PIECES && !filter->pieces[filter->piece].length)
		filter->piece++;
	return filter->piece < PIECES;
}

/* Copies what waits. Returns how many bytes. */
static size_t hand_on(struct pcapng_filter *filter, uint8_t *buffer, size_t size)
{
	size_t done = 0;

	while (done < size && pieces_left(filter)) {
		struct piece *piece = &filter->pieces[filter->piece];
		size_t length = piece->length < size - done ? piece->length : size - done;

		memcpy(buffer + done, piece->bytes, length);
		piece->bytes += length;
		piece->length -= length;
		done += length;
	}
	return done;
}

/* Whether another whole block can be looked at without reading: a reader must not wait while it has records to take. */
static bool block_at_hand(const struct pcapng_filter *filter)
{
	size_t here = filter->length - filter->at;

	return here >= 12 && cursor_decode32(filter->buffer + filter->at + 4, filter->big_endian) <= here;
}

static size_t filter_read(struct stream *stream, uint8_t *buffer, size_t size)
{
	struct pcapng_filter *filter = (struct pcapng_filter *)stream;
	size_t done = 0;

	while (done < size) {
		if (!pieces_left(filter) && ((done && !block_at_hand(filter)) || !take_block(filter)))
			break;
		done += hand_on(filter, buffer + done, size - done);
	}
	return done;
}

static void filter_close(struct stream *stream)
{
	struct pcapng_filter *filter = (struct pcapng_filter *)stream;

	pcapng_notes_free(&filter->notes);
	free(filter->buffer);
	free(filter->interfaces);
	free(filter);
}

struct stream *pcapng_filter_open(struct stream *source)
{
	struct pcapng_filter *filter = calloc(1, sizeof *filter);

	if (!filter)
		return NULL;
	filter->stream = (struct stream){ .read = filter_read, .close = filter_close };
	filter->source = source;
	filter->facts.link_type = filter->facts.other_link_type = -1;
	filter->size = BUFFER_START;
	filter->buffer = malloc(filter->size);
	if (!filter->buffer) {
		free(filter);
		return NULL;
	}
	write_preamble(filter);
	return &filter->stream;
}

bool pcapng_filter_find_usb(struct stream *stream)
{
	struct pcapng_filter *filter = (struct pcapng_filter *)stream;

	/* The preamble waits in the pieces: a USB interface comes before its first packet, so nothing overwrites it. */
	while (!filter->facts.usb_interfaces && take_block(filter))
		;
	return filter->facts.usb_interfaces;
}

const struct pcapng_facts *pcapng_filter_facts(const struct stream *stream)
{
	return &((const struct pcapng_filter *)stream)->facts;
}
