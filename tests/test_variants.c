/*
 * One session in many forms: every file of captures/variants tells the same commands, the same way, as its sibling usbpcap.pcap. Records
 * keep their order in all of them, so frame numbers are compared by the place of the record.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <glob.h>

#include "support/captures.h"
#include "support/recording.h"

#define SIBLING "../shared/captures/variants/usbpcap.pcap"

#define DIFFER(format, ...) fail_msg("command at frame %llu: " format, (unsigned long long)ours->frame, __VA_ARGS__)

/* Which record of the sibling is which of the variant: a variant may lack the control transfers. */
struct pair {
	const struct recording *sibling, *variant;
	bool bulk_only;
};

static bool counts(const struct pair *pair, const struct urb_event *urb)
{
	return !pair->bulk_only || urb->type == URB_BULK;
}

/* The variant's number of the sibling's frame; 0 stays 0. */
static uint64_t frame_there(const struct pair *pair, uint64_t frame)
{
	const struct urb_event *urbs = pair->sibling->urbs;
	size_t place = 0, seen = 0;

	if (!frame)
		return 0;
	for (size_t i = 0; i < pair->sibling->urb_count && urbs[i].frame < frame; i++)
		place += counts(pair, &urbs[i]);
	for (size_t i = 0; i < pair->variant->urb_count; i++)
		if (counts(pair, &pair->variant->urbs[i]) && seen++ == place)
			return pair->variant->urbs[i].frame;
	fail_msg("the variant has no record for frame %llu", (unsigned long long)frame);
	return 0;
}

static bool is_pcap_magic(const struct file *file)
{
	return file->size >= 4 && !memcmp(file->bytes, "\xd4\xc3\xb2\xa1", 4);
}

/* --- a command --- */

static void check_frames(const struct pair *pair, const struct transaction *ours, const char *what, const struct frames *expected,
                         const struct frames *frames)
{
	if (frames->count != expected->count)
		DIFFER("%zu frames of %s, not %zu", frames->count, what, expected->count);
	for (size_t i = 0; i < frames->count; i++)
		if (frames->frame[i] != frame_there(pair, expected->frame[i]))
			DIFFER("frame %llu of %s is not where it was", (unsigned long long)frames->frame[i], what);
}

/* The same bytes, as far as the variant's snap length goes. */
static void check_payload(const struct transaction *ours, const char *what, const struct payload *expected, const struct payload *payload)
{
	if (payload->wire != expected->wire || payload->captured > expected->captured)
		DIFFER("%u bytes of %s, not %u", payload->wire, what, expected->wire);
	if (memcmp(payload->bytes, expected->bytes, payload->captured))
		DIFFER("other bytes of %s", what);
}

/* Whether the snap length cut a record that belongs to the transaction. */
static bool is_cut(const struct recording *recording, const struct transaction *transaction)
{
	const struct frames *lists[] = { &transaction->command_frames, &transaction->data_frames, &transaction->answer_frames };
	bool cut = false;

	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
		for (size_t f = 0; f < lists[i]->count; f++) {
			const struct urb_event *urb = recording_urb(recording, lists[i]->frame[f]);

			cut |= urb->captured < urb->wire;
		}
	}
	return cut;
}

static void check_command(const struct pair *pair, size_t index)
{
	const struct transaction *expected = &pair->sibling->transactions[index], *ours = &pair->variant->transactions[index];
	const uint32_t may_differ = 1u << NOTE_RESYNCHRONISED | 1u << NOTE_TRUNCATED;
	bool cut = is_cut(pair->variant, ours);

	if (ours->command != expected->command)
		DIFFER("%s, not %s", ours->command->name, expected->command->name);
	check_payload(ours, "the command", &expected->request, &ours->request);
	check_payload(ours, "the data", &expected->data, &ours->data);
	check_payload(ours, "the answer", &expected->answer, &ours->answer);
	check_frames(pair, ours, "the command", &expected->command_frames, &ours->command_frames);
	check_frames(pair, ours, "the data", &expected->data_frames, &ours->data_frames);
	check_frames(pair, ours, "the answer", &expected->answer_frames, &ours->answer_frames);
	if (transaction_noted(ours, NOTE_TRUNCATED) != cut || (ours->result == RESULT_TRUNCATED) != cut)
		DIFFER("%s and %s", cut ? "cut" : "whole", result_name(ours->result));
	if (cut)
		return;
	/* Where no enumeration was seen the first command is the one that the tracker had to find. */
	if (transaction_noted(ours, NOTE_RESYNCHRONISED) != (pair->bulk_only && !index))
		DIFFER("%s", note_name(NOTE_RESYNCHRONISED));
	if ((ours->notes & ~may_differ) != (expected->notes & ~may_differ))
		DIFFER("notes %x, not %x", ours->notes, expected->notes);
	if (ours->result != expected->result || ours->urb_result != expected->urb_result)
		DIFFER("%s, not %s", result_name(ours->result), result_name(expected->result));
	if (ours->has_status != expected->has_status || ours->status != expected->status)
		DIFFER("status %02x, not %02x", ours->status, expected->status);
	assert_int_equal(ours->status_frame, frame_there(pair, expected->status_frame));
	assert_int_equal(ours->judges_frame, frame_there(pair, expected->judges_frame));
	assert_int_equal(ours->answered, expected->answered);
	assert_int_equal(ours->latency / 1000, expected->latency / 1000);
	assert_int_equal(pair->variant->sessions[index], pair->sibling->sessions[index]);
}

/* --- a file --- */

static void check_same(struct recording *sibling, struct recording *variant)
{
	struct pair pair = { .sibling = sibling, .variant = variant, .bulk_only = true };
	const struct transaction *last = &sibling->transactions[sibling->transaction_count - 1];

	assert_int_equal(last->result, RESULT_STALLED); /* the session that was recorded ends in STALLs */
	assert_int_equal(last->urb_result, URB_STALLED);
	for (size_t i = 0; i < variant->urb_count; i++)
		pair.bulk_only &= variant->urbs[i].type == URB_BULK;
	assert_int_equal(variant->transaction_count, sibling->transaction_count);
	for (size_t i = 0; i < sibling->transaction_count; i++)
		check_command(&pair, i);
	assert_int_equal(variant->probe_count, 1);
	assert_int_equal(variant->probes[0].generation, sibling->probes[0].generation);
	assert_int_equal(variant->unknown_opcodes, 0);
	assert_true(recording_check_places(variant) > 500);
}

/* Of a file that ends in a record: what is there of it and what is missing. Nothing is said of any other. */
static void check_end(const char *path, const struct recording *variant)
{
	struct file file = file_read(path);
	size_t *ends, records;
	char expected[128];

	if (!is_pcap_magic(&file)) {
		free(file.bytes);
		assert_int_equal(variant->end, 0);
		assert_string_equal(variant->problem, "");
		assert_true(variant->facts.complete);
		return;
	}
	records = captures_offsets(&file, &ends);
	if (ends[records] <= file.size) {
		assert_int_equal(variant->end, 0);
		assert_int_equal(variant->facts.records, records);
		assert_true(variant->facts.complete);
	} else {
		snprintf(expected, sizeof expected, "record %zu is cut by the end of the file: %zu of %zu bytes are there", records,
		         file.size - ends[records - 1], ends[records] - ends[records - 1]);
		assert_int_equal(variant->end, -1);
		if (!strstr(variant->problem, expected))
			fail_msg("\"%s\" does not say: %s", variant->problem, expected);
		assert_int_equal(variant->facts.records, records - 1);
		assert_false(variant->facts.complete);
	}
	free(ends);
	free(file.bytes);
}

/* Frame numbers of the USB records as Wireshark counts them, one after the other. */
static void check_frame_numbers(const char *path, const struct recording *variant)
{
	char command[1024];
	struct file output;
	const char *text;
	int status; /* tshark's own: it fails where the file ends in a record */

	snprintf(command, sizeof command, "tshark -n -r '%s' -Y usb -T fields -e frame.number 2>/dev/null", path);
	output = command_output(command, &status);
	text = (const char *)output.bytes;
	for (size_t i = 0; i < variant->urb_count; i++) {
		uint64_t frame = strtoull(text, (char **)&text, 10);

		if (variant->urbs[i].frame != frame)
			fail_msg("USB record %zu is our frame %llu, and tshark's %llu", i + 1, (unsigned long long)variant->urbs[i].frame,
			         (unsigned long long)frame);
	}
	assert_string_equal(text, "\n");
	free(output.bytes);
}

static void check_cut_records(const struct recording *variant)
{
	uint64_t cut = 0;

	for (size_t i = 0; i < variant->urb_count; i++)
		cut += variant->urbs[i].captured < variant->urbs[i].wire;
	assert_int_equal(variant->facts.cut_records, cut);
}

static void test_commands(void **state)
{
	const char *path = *state;
	struct recording *sibling = recording_of(SIBLING), *variant = recording_of(path);

	assert_true(sibling->opened);
	assert_int_equal(sibling->end, 0);
	if (!variant->opened)
		fail_msg("%s", variant->problem);
	assert_true(sibling->transaction_count > 100);
	check_same(sibling, variant);
	check_end(path, variant);
	check_cut_records(variant);
	recording_free(variant);
	recording_free(sibling);
}

/* The one variant with a snap length cuts descriptors alone. Every answer is cut here, down to its status byte. */
static void test_snap_lengths(void **state)
{
	static const uint32_t lengths[] = { 1, 2, 4, 7, 11 };
	struct recording *sibling;

	(void)state;
	shared_captures();
	sibling = recording_of(SIBLING);
	for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
		struct recording *cut = recording_cut(sibling, lengths[i]);

		check_cut_records(cut);
		assert_true(cut->facts.cut_records > 0);
		check_same(sibling, cut);
		recording_free(cut);
	}
	recording_free(sibling);
}

static void test_frames(void **state)
{
	struct recording *variant;

	if (system("tshark --version >/dev/null 2>&1")) {
		print_message("SKIPPED: no tshark to compare frame numbers with\n");
		skip();
	}
	variant = recording_of(*state);
	assert_int_equal(variant->facts.records, variant->urb_count + variant->facts.other_records);
	check_frame_numbers(*state, variant);
	recording_free(variant);
}

/* What each form must have been read as: a variant that is not what its name says tests nothing. */
static void test_forms(void **state)
{
	static const struct { const char *name, *format, *compression; int link_type; bool cut, others; } forms[] = {
		{ "usbpcap.pcap", "pcap", NULL, 249, false, false },
		{ "usbpcap.pcapng.gz", "pcapng", "gzip", 249, false, false },
		{ "legacy189.pcap", "pcap", NULL, 189, false, false },
		{ "bigendian220.pcap", "pcap", NULL, 220, false, false },
		{ "snap96.pcap", "pcap", NULL, 220, true, false },
		{ "cut-mid-record.pcap", "pcap", NULL, 220, false, false },
		{ "bulk-only.pcap", "pcap", NULL, 220, false, false },
		{ "usbmon-mixed-if.pcapng", "pcapng", NULL, 220, false, true },
	};
	char path[512];

	(void)state;
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		struct recording *variant;

		snprintf(path, sizeof path, "%s/variants/%s", shared_captures(), forms[i].name);
		variant = recording_of(path);
		assert_true(variant->opened);
		assert_string_equal(variant->facts.format, forms[i].format);
		assert_int_equal(!variant->facts.compression, !forms[i].compression);
		if (forms[i].compression)
			assert_string_equal(variant->facts.compression, forms[i].compression);
		assert_int_equal(variant->facts.link_type, forms[i].link_type);
		assert_int_equal(variant->facts.cut_records > 0, forms[i].cut);
		assert_int_equal(variant->facts.other_records > 0, forms[i].others);
		recording_free(variant);
	}
}

int main(void)
{
	struct CMUnitTest *tests;
	size_t count = 0;
	glob_t found;
	int failures;

	if (glob("../shared/captures/variants/*", 0, NULL, &found))
		found.gl_pathc = 0;
	tests = calloc(2 * found.gl_pathc + 2, sizeof *tests);
	assert_non_null(tests);
	tests[count++] = (struct CMUnitTest)cmocka_unit_test(test_forms);
	tests[count++] = (struct CMUnitTest)cmocka_unit_test(test_snap_lengths);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		char *path = found.gl_pathv[i];

		tests[count++] = (struct CMUnitTest){ .name = path, .test_func = test_commands, .initial_state = path };
		tests[count++] = (struct CMUnitTest){ .name = strrchr(path, '/') + 1, .test_func = test_frames, .initial_state = path };
	}
	failures = _cmocka_run_group_tests("variants", tests, count, NULL, NULL);
	globfree(&found);
	free(tests);
	return failures;
}
