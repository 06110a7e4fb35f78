/*
 * Scoring the bulk traffic of a device without descriptors.
 * Knows: protocol.md 3: +4 for a mode or voltage answer, +3 for a status, +2 for a data phase, +1 for a length that fits; -4 for
 *	what does not. 8 points make an ST-Link, less than -4 rule it out. A version answer with ST's vendor id decides alone; with
 *	another it is one misfit, as of a probe that answers nonsense once.
 * Must not know: sessions, descriptors, output.
 *
 * Every ST-Link takes commands on endpoint 01 or 02 and answers on 81, or bridge commands on 06 and answers on 86 (usb.tsv): a
 * lane each. What was read on 81 before a command, and any other endpoint, counts nothing. After a transfer that failed, answers
 * may come one late: then what does not fit counts nothing, until something fits that would not fit the command before.
 */
#include "recognise.h"

#include "../../dissectors/msc.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RECORDS_MOST 256
#define RECORDS_IDLE 64 /* kept while no command was seen */
#define BYTES_MOST (256 * 1024)
#define PAYLOAD_MOST (16 * 1024) /* the largest transfer of an ST-Link has 6144 bytes (protocol.md 14) */
#define PREVIEW 512
#define ANSWER_HEAD 12 /* bytes of an answer that are looked at */

#define POINTS_ENOUGH 8
#define POINTS_SOME 4
#define POINTS_OUT (-4) /* one misfit is forgiven: a capture may begin with a data phase that looks like a command */
#define ECHOES_ENOUGH 4
#define STRAYS_MOST 8   /* OUT transfers longer than a command before the first command: data phases that were under way */

/* A command endpoint, and what it and its answers have shown. */
struct lane {
	uint8_t command_endpoint, answer_endpoint;
	unsigned generations;   /* that have this lane; those that have every command answered so far */
	int points;
	unsigned commands, specific, padded, answered, misfits, strays;
	bool bulk_only;
	bool shaken;            /* the next answers may belong to other commands */
	bool version;           /* a version answer named ST */
	uint16_t pid;           /* from that answer */

	/* The command that is open. */
	const struct stlink_command *open; /* NULL: none */
	bool plausible;
	bool asked;             /* the host tried to read the answer */
	struct operation request, misc, swim; /* misc, swim: of the last command that a later one fetches the answer of */
	uint32_t data_left, answer_due, answer_got;
	uint32_t due_before;    /* answer_due of the command before */
	uint8_t answer[ANSWER_HEAD];
	bool wrapped, disk;     /* a CBW waits for its CSW; it is the disk's */
	uint32_t tag;
};

struct kept {
	struct urb_event urb;
	size_t offset; /* of its payload in bytes */
};

enum { LANE_1, LANE_2, LANE_BRIDGE, LANES };

struct candidate {
	enum recognise_verdict verdict;
	struct lane lanes[LANES];
	struct recognise_guess guess;
	struct kept *records;
	size_t count, room;
	uint8_t *bytes;
	size_t length, size;
	bool is_disk;
	uint8_t last_command; /* of CMSIS-DAP, whose answers repeat it */
	unsigned echoes;
};

static void *resize(void *memory, size_t size)
{
	memory = realloc(memory, size);
	if (!memory)
		errx(2, "out of memory");
	return memory;
}

struct candidate *candidate_new(void)
{
	struct candidate *candidate = resize(NULL, sizeof *candidate);

	*candidate = (struct candidate){
		.lanes = {
			[LANE_1] = { .command_endpoint = 0x01, .answer_endpoint = 0x81,
			             .generations = GENERATION_V2_1 | GENERATION_V3 | GENERATION_V3PWR },
			[LANE_2] = { .command_endpoint = 0x02, .answer_endpoint = 0x81, .generations = GENERATION_V1 | GENERATION_V2 },
			[LANE_BRIDGE] = { .command_endpoint = 0x06, .answer_endpoint = 0x86,
			                  .generations = GENERATION_V3 | GENERATION_V3PWR },
		},
	};
	return candidate;
}

static void forget_records(struct candidate *candidate)
{
	free(candidate->records);
	free(candidate->bytes);
	candidate->records = NULL;
	candidate->bytes = NULL;
	candidate->count = candidate->room = candidate->length = candidate->size = 0;
}

void candidate_free(struct candidate *candidate)
{
	if (!candidate)
		return;
	forget_records(candidate);
	free(candidate);
}

/* Keeps a copy. Returns false where there was no room for it. */
static bool keep(struct candidate *candidate, const struct urb_event *urb)
{
	size_t length = urb->captured > PAYLOAD_MOST ? PREVIEW : urb->captured;
	struct kept *kept;

	if (candidate->count == RECORDS_MOST || candidate->length + length > BYTES_MOST)
		return false;
	if (candidate->count == candidate->room) {
		candidate->room = candidate->room ? 2 * candidate->room : 16;
		candidate->records = resize(candidate->records, candidate->room * sizeof *candidate->records);
	}
	if (candidate->length + length > candidate->size) {
		candidate->size = 2 * (candidate->length + length);
		candidate->bytes = resize(candidate->bytes, candidate->size);
	}
	if (length)
		memcpy(candidate->bytes + candidate->length, urb->data, length);
	kept = &candidate->records[candidate->count++];
	*kept = (struct kept){ .urb = *urb, .offset = candidate->length };
	kept->urb.captured = (uint32_t)length;
	candidate->length += length;
	return true;
}

static void misfit(struct lane *lane, int points)
{
	if (lane->shaken)
		return;
	lane->points -= points;
	lane->misfits++;
}

/* No failed read can excuse an OUT transfer that is no command. */
static void misfit_command(struct lane *lane)
{
	lane->shaken = false;
	misfit(lane, 4);
}

static void fit(struct lane *lane, int points)
{
	lane->points += points;
}

static unsigned number_at(const struct lane *lane, size_t offset, size_t width)
{
	struct cursor cursor = cursor_over(lane->answer, sizeof lane->answer, sizeof lane->answer);
	uint64_t value = 0;

	cursor_take(&cursor, offset);
	cursor_uint(&cursor, width, false, &value);
	return (unsigned)value;
}

/* A version answer: the vendor id decides, the product id and the major version tell the generation. */
static void judge_version(struct lane *lane, size_t vid_at, unsigned major)
{
	static const unsigned generations[] = { [1] = GENERATION_V1, [2] = GENERATION_V2 | GENERATION_V2_1, [3] = GENERATION_V3,
	                                        [4] = GENERATION_V3PWR };

	if (number_at(lane, vid_at, 2) != STLINK_VID) {
		misfit(lane, 4);
		return;
	}
	fit(lane, POINTS_ENOUGH);
	lane->version = true;
	lane->pid = (uint16_t)number_at(lane, vid_at + 2, 2);
	if (major < sizeof generations / sizeof *generations && (lane->generations & generations[major]))
		lane->generations &= generations[major];
}

/* Points of a status: a zero is what any device may send. */
static int status_points(const struct stlink_status *status)
{
	return status->class == STATUS_OK && status->code ? 3 : 1;
}

/* An answer of the right length came: does it say what such an answer says? */
static void judge_answer(struct lane *lane)
{
	const struct stlink_command *command = lane->open;
	/* A batch begins with its results: the statuses stand behind them. */
	bool has_status = command->scope != SCOPE_NONE && command->operation != OP_MISC_IN;
	const struct stlink_status *status;
	int before = lane->points;

	lane->answered++;
	switch (command->operation) {
	case OP_VERSION:
		judge_version(lane, 2, number_at(lane, 0, 1) >> 4);
		break;
	case OP_VERSION_EX:
		judge_version(lane, 8, number_at(lane, 0, 1));
		break;
	case OP_MODE:
		if (number_at(lane, 0, 1) <= MODE_BOOTLOADER && number_at(lane, 1, 1) <= 4)
			fit(lane, 4);
		else
			misfit(lane, 4);
		break;
	case OP_VOLTAGE:
		fit(lane, number_at(lane, 2, 2) || number_at(lane, 6, 2) ? 1 : 4);
		break;
	default:
		status = has_status ? stlink_status_find(command->scope, (uint8_t)number_at(lane, 0, 1)) : NULL;
		if (!has_status)
			fit(lane, 1);
		else if (status)
			fit(lane, lane->plausible ? status_points(status) : 1);
		else
			misfit(lane, 4);
	}
	if (lane->points <= before)
		return;
	if (lane->answer_due != lane->due_before)
		lane->shaken = false;
	if (lane->plausible && (lane->generations & command->generations))
		lane->generations &= command->generations;
}

/* The open command ends: nothing more will come for it. */
static void close_command(struct lane *lane)
{
	if (lane->open && lane->answer_due && lane->answer_due != STLINK_ANY_LENGTH) {
		if (lane->answer_got == lane->answer_due)
			judge_answer(lane);
		else if (lane->answer_got)
			misfit(lane, 4);
		else if (lane->asked)
			lane->shaken = true;
		else
			misfit(lane, 2);
	}
	if (lane->open && lane->data_left)
		misfit(lane, 2);
	lane->open = NULL;
	lane->wrapped = lane->disk = false;
}

static void open_command(struct lane *lane, const struct stlink_command *command, struct cursor block, bool plausible)
{
	const struct operation *earlier = NULL;

	lane->open = command;
	lane->plausible = plausible;
	lane->request = (struct operation){ 0 };
	stlink_walk_request(command, block, &lane->request, NULL);
	if (command->operation == OP_MISC_OUT)
		lane->misc = lane->request;
	else if (command->operation == OP_SWIM_READ)
		lane->swim = lane->request;
	else if (command->operation == OP_MISC_IN)
		earlier = &lane->misc;
	else if (command->operation == OP_SWIM_BUFFER)
		earlier = &lane->swim;
	lane->due_before = lane->answer_due;
	lane->data_left = stlink_data_length(command, &lane->request);
	lane->answer_due = stlink_answer_length(command, &lane->request, earlier);
	lane->answer_got = 0;
	lane->asked = false;
	memset(lane->answer, 0, sizeof lane->answer);
	lane->commands++;
	/* The most specific: 16 bytes of which one or two say something. */
	lane->specific += plausible && (command->operation == OP_VERSION || command->operation == OP_VERSION_EX ||
	                                command->operation == OP_MODE || command->operation == OP_VOLTAGE);
	lane->padded += plausible && (lane->bulk_only || block.wire == STLINK_COMMAND_LENGTH);
}

static void observe_command(struct lane *lane, const struct urb_event *urb)
{
	const struct stlink_command *command = stlink_find(urb->data, urb->captured, false);

	close_command(lane);
	if (urb->wire <= STLINK_COMMAND_LENGTH && command != &stlink_unknown) {
		open_command(lane, command, cursor_over(urb->data, urb->captured, urb->wire), stlink_plausible(urb->data, urb->captured));
	} else if (!lane->commands && urb->wire > STLINK_COMMAND_LENGTH && lane->strays < STRAYS_MOST) {
		lane->strays++;
	} else {
		misfit_command(lane);
	}
}

/* A CBW: of the disk, or around a command of an ST-LINK/V1. */
static void observe_wrapper(struct lane *lane, const struct msc_cbw *cbw)
{
	const struct stlink_command *command = stlink_find(cbw->cdb, cbw->cdb_present, true);

	close_command(lane);
	lane->wrapped = true;
	lane->tag = cbw->tag;
	lane->disk = !cbw->cdb_present || cbw->cdb[0] < 0xf0;
	if (lane->disk)
		return;
	if (command == &stlink_unknown) {
		misfit_command(lane);
		return;
	}
	lane->bulk_only = true;
	lane->generations = GENERATION_V1;
	open_command(lane, command, cursor_over(cbw->cdb, cbw->cdb_present, cbw->cdb_present), true);
}

static void observe_out(struct lane *lane, const struct urb_event *urb)
{
	struct msc_cbw cbw;

	if (lane->open && lane->data_left) {
		if (urb->wire <= lane->data_left) {
			lane->data_left -= urb->wire;
			if (!lane->data_left)
				fit(lane, 2);
			return;
		}
	} else if (lane->disk && urb->wire != MSC_CBW_LENGTH) {
		/* What is written to a disk comes in blocks of 512 bytes, and may hold anything. */
		return;
	}
	/* The snap length left nothing to judge. */
	if (!urb->captured)
		return;
	if (lane->command_endpoint == 0x02 && msc_cbw_read(urb->data, urb->captured, urb->wire, &cbw))
		observe_wrapper(lane, &cbw);
	else
		observe_command(lane, urb);
}

static void observe_status_wrapper(struct lane *lane, const struct msc_csw *csw)
{
	if (lane->open && csw->tag != lane->tag) {
		misfit(lane, 4);
	} else if (lane->open && csw->status == 0) {
		if (!lane->answer_due)
			fit(lane, 1);
		close_command(lane);
	}
	lane->open = NULL;
	lane->wrapped = lane->disk = false;
}

static void observe_in(struct lane *lane, const struct urb_event *urb)
{
	struct msc_csw csw;

	if (lane->wrapped && msc_csw_read(urb->data, urb->captured, urb->wire, &csw)) {
		observe_status_wrapper(lane, &csw);
		return;
	}
	if (!lane->open || lane->answer_due == STLINK_ANY_LENGTH)
		return;
	if (urb->wire > lane->answer_due - lane->answer_got) {
		misfit(lane, 4);
		lane->open = NULL;
		return;
	}
	if (lane->answer_got < ANSWER_HEAD) {
		size_t room = ANSWER_HEAD - lane->answer_got;

		if (urb->captured)
			memcpy(lane->answer + lane->answer_got, urb->data, urb->captured < room ? urb->captured : room);
	}
	lane->answer_got += urb->wire;
	/* In a wrapper the status is still to come. */
	if (lane->answer_got == lane->answer_due && !lane->wrapped)
		close_command(lane);
}

static void observe_failure(struct lane *lane)
{
	if (!lane->open && !lane->wrapped)
		return;
	lane->open = NULL;
	lane->wrapped = lane->disk = false;
	lane->shaken = true;
}

/* The lane that a transfer belongs to: answers on 81 are for the command endpoint in use. NULL: none. */
static struct lane *lane_of(struct candidate *candidate, uint8_t endpoint)
{
	struct lane *lanes = candidate->lanes;

	if (endpoint == 0x81)
		return lanes[LANE_2].commands || lanes[LANE_2].wrapped ? &lanes[LANE_2] : &lanes[LANE_1];
	for (size_t i = 0; i < LANES; i++)
		if (lanes[i].command_endpoint == endpoint || lanes[i].answer_endpoint == endpoint)
			return &lanes[i];
	return NULL;
}

/*
 * What else it may be. Answers of CMSIS-DAP begin with the command that they answer; its commands with 00 to 1F, and 80 to 9F for a
 * vendor's own.
 */
static void look_elsewhere(struct candidate *candidate, const struct urb_event *urb)
{
	struct cursor cursor = cursor_over(urb->data, urb->captured, urb->wire);
	struct msc_cbw cbw;
	uint64_t first;

	if (!cursor_uint(&cursor, 1, false, &first))
		return;
	if (!(urb->endpoint & 0x80)) {
		candidate->last_command = (uint8_t)first;
		candidate->is_disk |= msc_cbw_read(urb->data, urb->captured, urb->wire, &cbw);
	} else if (first == candidate->last_command && !(first & 0x60) && candidate->echoes < ECHOES_ENOUGH) {
		candidate->echoes++;
	}
}

static void observe_lane(struct lane *lane, const struct urb_event *urb)
{
	bool in = urb->endpoint & 0x80;

	lane->asked |= in;
	if (urb->kind == URB_SUBMIT) {
		if (!in && urb->wire)
			observe_out(lane, urb);
	} else if (urb->result != URB_OK && urb->result != URB_SHORT_READ) {
		observe_failure(lane);
	} else if (in && urb->wire) {
		observe_in(lane, urb);
	}
}

static bool is_out(const struct lane *lane)
{
	return lane->points < POINTS_OUT;
}

static enum recognise_verdict decide_not(struct candidate *candidate)
{
	forget_records(candidate);
	return candidate->verdict = RECOGNISE_NOT;
}

/* The one generation that is left; V3 and V3PWR differ in nothing that matters here. */
static enum stlink_generation generation_of(const struct lane *lane)
{
	unsigned left = lane->generations;

	if (left && !(left & ~(unsigned)(GENERATION_V3 | GENERATION_V3PWR)))
		return left == GENERATION_V3PWR ? GENERATION_V3PWR : GENERATION_V3;
	if (lane->command_endpoint == 0x02)
		return lane->bulk_only ? GENERATION_V1 : GENERATION_V2;
	return left == GENERATION_V2_1 ? GENERATION_V2_1 : GENERATION_UNKNOWN;
}

static void write_reason(struct recognise_guess *guess, const struct lane *lane)
{
	char how[72];

	if (lane->version)
		snprintf(how, sizeof how, "version answer with vendor 0483");
	else if (lane->answered)
		snprintf(how, sizeof how, "%u ST-Link command%s, %u with a fitting answer", lane->commands,
		         lane->commands == 1 ? "" : "s", lane->answered);
	else
		snprintf(how, sizeof how, "%u ST-Link command%s without an answer", lane->commands, lane->commands == 1 ? "" : "s");
	snprintf(guess->reason, sizeof guess->reason, "%s on endpoints %02x/%02x%s", how, lane->command_endpoint,
	         lane->answer_endpoint, lane->bulk_only ? ", in mass-storage wrappers" : "");
}

static enum recognise_verdict decide_stlink(struct candidate *candidate, const struct lane *lane,
                                            enum recognise_certainty certainty)
{
	const struct lane *bridge = &candidate->lanes[LANE_BRIDGE];
	const struct stlink_product *product = stlink_product_find(STLINK_VID, lane->pid);
	struct recognise_guess *guess = &candidate->guess;
	bool fits = product && product->command_endpoint == lane->command_endpoint;

	*guess = (struct recognise_guess){
		.generation = fits && product->generation ? product->generation : generation_of(lane),
		.pid = lane->pid, .bulk_only = lane->bulk_only, .certainty = certainty,
		.command_endpoint = lane->command_endpoint, .answer_endpoint = lane->answer_endpoint,
	};
	if (fits)
		guess->trace_endpoint = product->trace_endpoint;
	else if (!lane->bulk_only)
		guess->trace_endpoint = lane->command_endpoint == 0x02 ? 0x83 : 0x82;
	if (lane == bridge) {
		/* Only V3 has a bridge, and its debug interface has these. */
		guess->command_endpoint = 0x01;
		guess->answer_endpoint = 0x81;
	}
	if (bridge->commands && !is_out(bridge)) {
		guess->bridge_command_endpoint = bridge->command_endpoint;
		guess->bridge_answer_endpoint = bridge->answer_endpoint;
	}
	write_reason(guess, lane);
	return candidate->verdict = RECOGNISE_STLINK;
}

static enum recognise_verdict judge(struct candidate *candidate)
{
	struct lane *lanes = candidate->lanes;

	/* No ST-Link takes commands on both. */
	if (is_out(&lanes[LANE_1]) || is_out(&lanes[LANE_2]) || (lanes[LANE_1].commands && lanes[LANE_2].commands))
		return decide_not(candidate);
	for (size_t i = 0; i < LANES; i++)
		if (lanes[i].points >= POINTS_ENOUGH)
			return decide_stlink(candidate, &lanes[i], lanes[i].version ? CERTAINTY_CERTAIN : CERTAINTY_LIKELY);
	return RECOGNISE_UNDECIDED;
}

static bool any_command(const struct candidate *candidate)
{
	for (size_t i = 0; i < LANES; i++)
		if (candidate->lanes[i].commands)
			return true;
	return false;
}

enum recognise_verdict candidate_observe(struct candidate *candidate, const struct urb_event *urb)
{
	struct lane *lane;
	enum recognise_verdict verdict;
	bool whole;

	if (candidate->verdict != RECOGNISE_UNDECIDED)
		return candidate->verdict;
	if ((urb->kind == URB_SUBMIT) == !(urb->endpoint & 0x80))
		look_elsewhere(candidate, urb);
	lane = lane_of(candidate, urb->endpoint);
	if (!lane && urb->endpoint != 0x82 && urb->endpoint != 0x83)
		return RECOGNISE_UNDECIDED;
	if (lane)
		observe_lane(lane, urb);
	/* Nothing hangs on what came before the first command, nor on what a disk does. */
	if (!any_command(candidate) && (candidate->count >= RECORDS_IDLE || (lane && lane->disk)))
		candidate->count = candidate->length = 0;
	whole = keep(candidate, urb);
	verdict = judge(candidate);
	return whole || verdict != RECOGNISE_UNDECIDED ? verdict : candidate_finish(candidate);
}

enum recognise_verdict candidate_finish(struct candidate *candidate)
{
	const struct lane *best = NULL;

	if (candidate->verdict != RECOGNISE_UNDECIDED)
		return candidate->verdict;
	for (size_t i = 0; i < LANES; i++) {
		const struct lane *lane = &candidate->lanes[i];

		if (lane->commands && !lane->misfits && (!best || lane->points > best->points))
			best = lane;
	}
	if (best && best->points >= POINTS_SOME)
		return decide_stlink(candidate, best, CERTAINTY_LIKELY);
	/* A probe that is stuck answers nothing: its commands alone can tell. */
	if (best && (best->points > 0 || (!best->strays && best->padded == best->commands && (best->specific || best->commands > 1))))
		return decide_stlink(candidate, best, CERTAINTY_POSSIBLE);
	return decide_not(candidate);
}

enum device_kind candidate_looks_like(const struct candidate *candidate)
{
	if (candidate->is_disk)
		return DEVICE_STORAGE;
	return candidate->echoes == ECHOES_ENOUGH ? DEVICE_CMSIS_DAP : DEVICE_UNKNOWN;
}

const struct recognise_guess *candidate_guess(const struct candidate *candidate)
{
	return &candidate->guess;
}

bool candidate_replay(const struct candidate *candidate, size_t index, struct urb_event *urb)
{
	if (index >= candidate->count)
		return false;
	*urb = candidate->records[index].urb;
	urb->data = urb->captured ? candidate->bytes + candidate->records[index].offset : NULL;
	return true;
}
