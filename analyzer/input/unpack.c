/*
 * Compressed files. The only file that sees zlib, liblzma and libzstd.
 * Knows: their streaming interfaces; members that follow each other (RFC 1952 2.2, xz-file-format 1, RFC 8878 3).
 * Must not know: what is in the streams.
 *
 * Not libarchive: its filters give nothing before 64 KiB are unpacked, and lose them when the archive is cut
 * (measured, 3.6.2). So a small capture in a cut .gz would be lost whole, and a compressed pipe would stand still.
 */
#include "unpack.h"

#include <inttypes.h>
#include <limits.h>
#include <lzma.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

enum {
	PACKED_CHUNK = 64 * 1024,
};

/* A dictionary that needs more is no capture's: xz -9 needs 65 MiB. */
#define XZ_MEMORY_LIMIT (UINT64_C(256) << 20)

enum step { STEP_MORE, STEP_END, STEP_DAMAGED };

struct unpacker {
	struct stream stream;
	struct stream *source;
	const struct codec *codec;
	uint8_t packed[PACKED_CHUNK];
	const uint8_t *next; /* of packed */
	size_t left;
	uint64_t taken;      /* bytes of the archive handed to the codec */
	bool member_fresh;   /* at the start of a member that is not the first: it may be padding */
	enum step last;      /* what the codec said with the bytes given before */
	union {
		z_stream gzip;
		lzma_stream xz;
		ZSTD_DStream *zstd;
	} state;
};

/*
 * start and restart return false without memory. step consumes from next and left, and fills up to *size bytes: *size
 * becomes how many.
 */
struct codec {
	const char *name;
	bool (*start)(struct unpacker *unpacker);
	bool (*restart)(struct unpacker *unpacker);
	enum step (*step)(struct unpacker *unpacker, uint8_t *buffer, size_t *size);
	void (*stop)(struct unpacker *unpacker);
};

static bool gzip_start(struct unpacker *unpacker)
{
	return inflateInit2(&unpacker->state.gzip, 15 + 16) == Z_OK; /* largest window; gzip's header and trailer */
}

static bool gzip_restart(struct unpacker *unpacker)
{
	return inflateReset(&unpacker->state.gzip) == Z_OK;
}

static enum step gzip_step(struct unpacker *unpacker, uint8_t *buffer, size_t *size)
{
	z_stream *gzip = &unpacker->state.gzip;
	uInt room = *size < UINT_MAX ? (uInt)*size : UINT_MAX;
	int result;

	/* zlib takes the const away, but only reads. */
	gzip->next_in = (Bytef *)(uintptr_t)unpacker->next;
	gzip->avail_in = (uInt)unpacker->left;
	gzip->next_out = buffer;
	gzip->avail_out = room;
	result = inflate(gzip, Z_SYNC_FLUSH);
	unpacker->next += unpacker->left - gzip->avail_in;
	unpacker->left = gzip->avail_in;
	*size = room - gzip->avail_out;
	if (result == Z_STREAM_END)
		return STEP_END;
	return result == Z_OK || result == Z_BUF_ERROR ? STEP_MORE : STEP_DAMAGED;
}

static void gzip_stop(struct unpacker *unpacker)
{
	inflateEnd(&unpacker->state.gzip);
}

static bool xz_start(struct unpacker *unpacker)
{
	return lzma_stream_decoder(&unpacker->state.xz, XZ_MEMORY_LIMIT, 0) == LZMA_OK;
}

static enum step xz_step(struct unpacker *unpacker, uint8_t *buffer, size_t *size)
{
	lzma_stream *xz = &unpacker->state.xz;
	lzma_ret result;

	xz->next_in = unpacker->next;
	xz->avail_in = unpacker->left;
	xz->next_out = buffer;
	xz->avail_out = *size;
	result = lzma_code(xz, LZMA_RUN);
	unpacker->next = xz->next_in;
	unpacker->left = xz->avail_in;
	*size -= xz->avail_out;
	if (result == LZMA_STREAM_END)
		return STEP_END;
	return result == LZMA_OK || result == LZMA_BUF_ERROR ? STEP_MORE : STEP_DAMAGED;
}

static void xz_stop(struct unpacker *unpacker)
{
	lzma_end(&unpacker->state.xz);
}

static bool zstd_start(struct unpacker *unpacker)
{
	unpacker->state.zstd = ZSTD_createDStream();
	return unpacker->state.zstd;
}

static bool zstd_restart(struct unpacker *unpacker)
{
	(void)unpacker; /* a finished frame resets it */
	return true;
}

static enum step zstd_step(struct unpacker *unpacker, uint8_t *buffer, size_t *size)
{
	ZSTD_inBuffer in = { .src = unpacker->next, .size = unpacker->left };
	ZSTD_outBuffer out = { .dst = buffer, .size = *size };
	size_t result = ZSTD_decompressStream(unpacker->state.zstd, &out, &in);

	unpacker->next += in.pos;
	unpacker->left -= in.pos;
	*size = out.pos;
	if (ZSTD_isError(result))
		return STEP_DAMAGED;
	return result == 0 ? STEP_END : STEP_MORE;
}

static void zstd_stop(struct unpacker *unpacker)
{
	ZSTD_freeDStream(unpacker->state.zstd);
}

static const struct codec codecs[] = {
	[UNPACK_GZIP] = { "gzip", gzip_start, gzip_restart, gzip_step, gzip_stop },
	[UNPACK_XZ] = { "xz", xz_start, xz_start, xz_step, xz_stop },
	[UNPACK_ZSTD] = { "zstd", zstd_start, zstd_restart, zstd_step, zstd_stop },
};

const char *unpack_name(enum unpack_kind kind)
{
	return codecs[kind].name;
}

/* Waits for more of the archive. Returns false at its end. */
static bool refill(struct unpacker *unpacker)
{
	unpacker->next = unpacker->packed;
	unpacker->left = stream_take(unpacker->source, unpacker->packed, sizeof unpacker->packed);
	unpacker->taken += unpacker->left;
	return unpacker->left;
}

static void fail_cut(struct unpacker *unpacker)
{
	if (unpacker->source->problem[0])
		stream_fail(&unpacker->stream, "%s", unpacker->source->problem);
	else
		stream_fail(&unpacker->stream, "the %s archive is cut off after %" PRIu64 " bytes: get the whole file",
		            unpacker->codec->name, unpacker->taken);
}

static size_t unpack_read(struct stream *stream, uint8_t *buffer, size_t size)
{
	struct unpacker *unpacker = (struct unpacker *)stream;

	for (;;) {
		size_t got = size;

		if (unpacker->last == STEP_DAMAGED) {
			/* What follows the last member without being one is padding, as gzip and tape drives leave it. */
			if (!unpacker->member_fresh)
				stream_fail(stream, "the %s archive is damaged before its byte %" PRIu64 ": get the original file again, as binary",
				            unpacker->codec->name, unpacker->taken - unpacker->left);
			return 0;
		}
		if (unpacker->last == STEP_END) {
			if (!unpacker->left && !refill(unpacker)) {
				if (unpacker->source->problem[0])
					fail_cut(unpacker);
				return 0;
			}
			unpacker->member_fresh = true;
			unpacker->last = STEP_MORE;
			if (!unpacker->codec->restart(unpacker)) {
				stream_fail(stream, "out of memory");
				return 0;
			}
		}
		unpacker->last = unpacker->codec->step(unpacker, buffer, &got);
		if (got) {
			unpacker->member_fresh = false;
			return got;
		}
		if (unpacker->last == STEP_MORE && !unpacker->left && !refill(unpacker)) {
			fail_cut(unpacker);
			return 0;
		}
	}
}

static void unpack_close(struct stream *stream)
{
	struct unpacker *unpacker = (struct unpacker *)stream;

	unpacker->codec->stop(unpacker);
	free(unpacker);
}

struct stream *unpack_open(struct stream *source, enum unpack_kind kind)
{
	struct unpacker *unpacker = calloc(1, sizeof *unpacker);

	if (!unpacker)
		return NULL;
	unpacker->stream = (struct stream){ .read = unpack_read, .close = unpack_close };
	unpacker->source = source;
	unpacker->codec = &codecs[kind];
	unpacker->next = unpacker->packed;
	if (!unpacker->codec->start(unpacker)) {
		free(unpacker);
		return NULL;
	}
	return &unpacker->stream;
}
