/* Captures from pipes that are still being written, and compressed ones, whole and cut. */
#include "support/reading.h"

#include <lzma.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <cmocka.h>

enum {
	USBMON = 220,
	/* A reader that waits for more than a record would wait forever. */
	PATIENCE = 20,
};

/* Opens the reading end of a pipe as a user would: /dev/fd/N, or standard input. */
static struct input *open_pipe(int reader, bool standard_input)
{
	char name[32];

	alarm(PATIENCE);
	if (standard_input) {
		assert_int_equal(dup2(reader, STDIN_FILENO), STDIN_FILENO);
		return reading_open("-");
	}
	snprintf(name, sizeof name, "/dev/fd/%d", reader);
	return reading_open(name);
}

static void push(int pipe, const struct writer *writer, size_t from)
{
	assert_int_equal(write(pipe, writer->bytes + from, writer->length - from), writer->length - from);
}

/* Each record is given as soon as it is whole, while the pipe stays open. */
static void test_pipe_held_open(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++) {
		struct writer writer = { 0 };
		bool pcapng = i & 1;
		int ends[2];
		struct input *input = NULL;

		assert_int_equal(pipe(ends), 0);
		if (pcapng) {
			writer_section(&writer);
			writer_interface(&writer, USBMON, 262144, NULL, 0);
		} else {
			writer_pcap(&writer, 0xa1b2c3d4, 262144, USBMON);
		}
		for (unsigned record = 1; record <= 50; record++) {
			size_t from = record == 1 ? 0 : writer.length;

			if (pcapng)
				reading_add_packet(&writer, 0, 64, record, "live");
			else
				reading_add_record(&writer, record, "live");
			push(ends[1], &writer, from);
			if (!input)
				input = open_pipe(ends[0], i & 2);
			reading_expect(input, record, (pcapng ? 0 : READING_SECONDS * INT64_C(1000000000)) + record * 1000, "live");
		}
		close(ends[1]);
		reading_end(input, 50, 0);
		close(ends[0]);
		alarm(0);
		writer_free(&writer);
	}
}

/* Written in the most awkward pieces. */
static void test_pipe_in_pieces(void **state)
{
	static const size_t steps[] = { 1, 3, 17, 64, 1000 };

	(void)state;
	for (size_t i = 0; i < 2 * sizeof steps / sizeof *steps; i++) {
		struct writer writer = reading_make(i & 1, 40);
		int ends[2];
		pid_t child;
		struct input *input;

		assert_int_equal(pipe(ends), 0);
		child = fork();
		assert_true(child >= 0);
		if (child == 0) {
			for (size_t at = 0; at < writer.length; at += steps[i / 2])
				if (write(ends[1], writer.bytes + at, writer.length - at < steps[i / 2] ? writer.length - at : steps[i / 2]) < 0)
					_exit(1);
			_exit(0);
		}
		close(ends[1]);
		input = open_pipe(ends[0], false);
		reading_expect_made(input, 40);
		reading_end(input, 40, 0);
		close(ends[0]);
		alarm(0);
		waitpid(child, NULL, 0);
		writer_free(&writer);
	}
}

/* Packs from..length of writer with zlib and flushes. */
static void push_gzip(int pipe, z_stream *gzip, const struct writer *writer, size_t from, int flush)
{
	uint8_t packed[4096];

	gzip->next_in = writer->bytes + from;
	gzip->avail_in = (uInt)(writer->length - from);
	gzip->next_out = packed;
	gzip->avail_out = sizeof packed;
	assert_true(deflate(gzip, flush) >= Z_OK);
	assert_int_equal(gzip->avail_in, 0);
	assert_int_equal(write(pipe, packed, sizeof packed - gzip->avail_out), sizeof packed - gzip->avail_out);
}

static void test_gzip_pipe_held_open(void **state)
{
	struct writer writer = { 0 };
	z_stream gzip = { 0 };
	int ends[2];
	struct input *input = NULL;

	(void)state;
	assert_int_equal(deflateInit2(&gzip, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
	assert_int_equal(pipe(ends), 0);
	writer_pcap(&writer, 0xa1b2c3d4, 262144, USBMON);
	for (unsigned record = 1; record <= 50; record++) {
		size_t from = record == 1 ? 0 : writer.length;

		reading_add_record(&writer, record, "live");
		push_gzip(ends[1], &gzip, &writer, from, Z_SYNC_FLUSH);
		if (!input)
			input = open_pipe(ends[0], false);
		reading_expect(input, record, READING_SECONDS * INT64_C(1000000000) + record * 1000, "live");
	}
	push_gzip(ends[1], &gzip, &writer, writer.length, Z_FINISH);
	deflateEnd(&gzip);
	close(ends[1]);
	reading_end(input, 50, 0);
	close(ends[0]);
	alarm(0);
	writer_free(&writer);
}

/* What writer holds, packed: kind 0 gzip, 1 xz, 2 zstd. */
static struct writer pack(const struct writer *writer, int kind)
{
	size_t room = 2 * writer->length + 4096, length = 0;
	struct writer packed = { 0 };
	uint8_t *bytes = malloc(room);

	assert_non_null(bytes);
	if (kind == 0) {
		z_stream gzip = { .next_in = writer->bytes, .avail_in = (uInt)writer->length, .next_out = bytes, .avail_out = (uInt)room };

		assert_int_equal(deflateInit2(&gzip, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
		assert_int_equal(deflate(&gzip, Z_FINISH), Z_STREAM_END);
		length = gzip.total_out;
		deflateEnd(&gzip);
	} else if (kind == 1) {
		assert_int_equal(lzma_easy_buffer_encode(6, LZMA_CHECK_CRC64, NULL, writer->bytes, writer->length, bytes, &length, room), LZMA_OK);
	} else {
		length = ZSTD_compress(bytes, room, writer->bytes, writer->length, 3);
		assert_false(ZSTD_isError(length));
	}
	writer_bytes(&packed, bytes, length);
	free(bytes);
	return packed;
}

static void test_compressed(void **state)
{
	static const char *const names[] = { "gzip", "xz", "zstd" };

	(void)state;
	for (int kind = 0; kind < 3; kind++) {
		for (int pcapng = 0; pcapng < 2; pcapng++) {
			struct writer writer = reading_make(pcapng, 3000), packed = pack(&writer, kind);
			struct input *input = reading_open_writer(&packed);

			assert_string_equal(input_facts(input)->compression, names[kind]);
			assert_string_equal(input_facts(input)->format, pcapng ? "pcapng" : "pcap");
			reading_expect_made(input, 3000);
			reading_end(input, 3000, 0);

			/* In two members, as a log rotation or cat makes; then padding, as a tape does. */
			writer_free(&packed);
			{
				struct writer half = { .bytes = writer.bytes, .length = writer.length / 2 };
				struct writer rest = { .bytes = writer.bytes + half.length, .length = writer.length - half.length };
				struct writer second = pack(&rest, kind);
				uint8_t zeros[512] = { 0 };

				packed = pack(&half, kind);
				writer_bytes(&packed, second.bytes, second.length);
				writer_bytes(&packed, zeros, sizeof zeros);
				writer_free(&second);
			}
			input = reading_open_writer(&packed);
			reading_expect_made(input, 3000);
			reading_end(input, 3000, 0);
			writer_free(&packed);
			writer_free(&writer);
		}
	}
}

/* An archive cut anywhere gives what is there, then says so. */
static void test_compressed_cut(void **state)
{
	static const char *const names[] = { "the gzip archive is cut off", "the xz archive is cut off", "the zstd archive is cut off" };

	(void)state;
	for (int kind = 0; kind < 3; kind++) {
		struct writer writer = reading_make(kind == 1, 2000), packed = pack(&writer, kind);
		size_t whole = packed.length;
		unsigned best = 0;

		for (size_t length = whole - 1; length > 32; length -= length > 200 ? length / 7 : 13) {
			char problem[1024];
			struct urb_event event;
			struct input *input;
			const char *path;
			unsigned count = 0;

			packed.length = length;
			path = reading_write(&packed);
			input = input_open(path, problem, sizeof problem);
			if (input) {
				int got;

				while ((got = input_next(input, &event)) == 1)
					count++;
				assert_int_equal(got, -1);
				assert_int_equal(input_next(input, &event), -1);
				assert_false(input_facts(input)->complete);
				snprintf(problem, sizeof problem, "%s", input_problem(input));
				input_close(input);
			}
			assert_non_null(strstr(problem, path));
			if (!strstr(problem, names[kind]))
				fail_msg("%s: %s", names[kind], problem);
			best = count > best ? count : best;
		}
		/* zstd's blocks are 128 KiB: of one that is not whole nothing can be had. */
		assert_true(best > 1000);
		writer_free(&packed);
		writer_free(&writer);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pipe_held_open),
		cmocka_unit_test(test_pipe_in_pieces),
		cmocka_unit_test(test_gzip_pipe_held_open),
		cmocka_unit_test(test_compressed),
		cmocka_unit_test(test_compressed_cut),
	};

	return cmocka_run_group_tests(tests, reading_begin, reading_finish);
}
