/*
 * The virtual ST-Link's firmware as a whole: a command block comes in, its row is found, obeyed or refused, and the answer goes out.
 * Knows: which firmware obeys which command in which mode, where the outcome of a command is told.
 * Must not know: what a command does (the handlers), which commands there are (commands.c), USB.
 */
#include "firmware.h"

#include <stdlib.h>
#include <string.h>

struct probe *probe_new(enum probe_model model, struct target *target)
{
	struct probe *probe = calloc(1, sizeof *probe);

	if (!probe)
		abort();
	probe->target = target;
	probe->model = model;
	probe->application = model;
	if (model == PROBE_V2_LOADER)
		probe->application = PROBE_V21;
	else if (model == PROBE_V3_LOADER)
		probe->application = PROBE_V3E;
	else if (model == PROBE_V3PWR_LOADER)
		probe->application = PROBE_V3PWR;
	/* A V2 comes up in its loader and waits to be told; the others start their application at once. */
	probe->mode = model == PROBE_V2 || probe_is_loader(probe) ? MODE_DFU : MODE_MASS;
	firmware_default(probe);
	return probe;
}

void probe_free(struct probe *probe)
{
	free(probe);
}

enum family probe_family(const struct probe *probe)
{
	switch (probe->model) {
	case PROBE_V1:
		return FAMILY_V1;
	case PROBE_V2:
	case PROBE_V21:
	case PROBE_V21_NO_DISK:
	case PROBE_V2_LOADER:
		return FAMILY_V2;
	case PROBE_V3PWR:
	case PROBE_V3PWR_LOADER:
		return FAMILY_V3PWR;
	default:
		return FAMILY_V3;
	}
}

bool probe_is_loader(const struct probe *probe)
{
	return probe->model == PROBE_V2_LOADER || probe->model == PROBE_V3_LOADER || probe->model == PROBE_V3PWR_LOADER;
}

bool firmware_since(const struct probe *probe, const uint8_t since[FAMILIES])
{
	uint8_t needed = since[probe_family(probe)];

	return needed != NEVER && probe->firmware.jtag >= needed;
}

enum probe_model probe_returns_as(const struct probe *probe)
{
	return probe->model;
}

void probe_leaves(struct probe *probe, struct exchange *exchange, enum probe_model model)
{
	probe->model = model;
	probe->mode = probe_is_loader(probe) ? MODE_DFU : MODE_MASS;
	probe->loader = (struct loader) { 0 };
	exchange->answer->leaves = true;
}

void probe_usb_reset(struct probe *probe)
{
	memset(probe->pending, 0, sizeof probe->pending);
	probe->hung = false;
}

const char *probe_command_name(const struct probe *probe, enum probe_channel channel)
{
	const struct command *row = probe->pending[channel].row;

	return row ? row->name : "UNKNOWN";
}

static bool obeys(const struct probe *probe, const struct command *row)
{
	return row->modes & 1 << probe->mode;
}

/* Does this firmware have the command at all? */
static bool knows(const struct probe *probe, const struct command *row)
{
	const struct firmware *firmware = &probe->firmware;
	uint8_t needed = row->since[probe_family(probe)];

	if (needed == NEVER)
		return false;
	switch (row->opcode[0]) {
	case 0xf2:
		return firmware->jtag >= needed && firmware->jtag;
	case 0xf4:
		return firmware->swim != 0;
	case 0xfc:
		return firmware->bridge >= needed;
	default:
		return firmware->jtag >= needed || !firmware->jtag;
	}
}

/* In its loader the probe is deaf to what the application knows; the data of such a command look like the next command to it. */
static bool understands(const struct probe *probe, const struct command *row)
{
	bool loader = 1 << probe->mode & IN_LOADER;

	return row && knows(probe, row) && (!loader || obeys(probe, row));
}

uint32_t probe_begin(struct probe *probe, enum probe_channel channel, const uint8_t *command, size_t cdb_length)
{
	struct pending *pending = &probe->pending[channel];

	memset(pending->command, 0, sizeof pending->command);
	memcpy(pending->command, command, cdb_length < COMMAND_SIZE ? cdb_length : COMMAND_SIZE);
	pending->row = command_find(channel, pending->command);
	if (!understands(probe, pending->row) || !pending->row->data)
		return 0;
	return pending->row->data(probe, pending->command);
}

/* What a firmware says to an opcode that it does not have: 42 since the statuses were sorted out, 06 before, a failed CSW on a V1. */
static void answer_unknown(const struct probe *probe, enum probe_channel channel, struct probe_answer *answer)
{
	static const uint8_t says_unknown[FAMILIES] = { NEVER, 24, 0, 0 };

	if (probe_family(probe) == FAMILY_V1) {
		answer->refused = true;
		return;
	}
	if (1 << probe->mode & IN_LOADER)
		return;
	answer->length = 2;
	if (channel == PROBE_BRIDGE)
		answer->status = BRIDGE_UNKNOWN;
	else
		answer->status = firmware_since(probe, says_unknown) ? STATUS_UNKNOWN : STATUS_INTERNAL;
	answer->exec_status = answer->status;
	put16(answer->bytes, (uint32_t)answer->status);
}

/* Puts the outcome where the host will find it. */
static void tell(struct probe *probe, const struct command *row, int outcome, struct probe_answer *answer)
{
	if (outcome == STATUS_NONE)
		return;
	switch (row->outcome) {
	case OUTCOME_FIRST:
		answer->bytes[0] = (uint8_t)outcome;
		answer->status = outcome;
		break;
	case OUTCOME_MEMORY:
		probe->last_status = outcome;
		break;
	case OUTCOME_LIST:
		break;
	case OUTCOME_SWIM:
		probe->swim.status = outcome;
		break;
	case OUTCOME_BRIDGE:
		probe->bridge.status = outcome;
		break;
	case OUTCOME_DFU:
		probe->loader.status = (uint8_t)outcome;
		break;
	default:
		return;
	}
	answer->exec_status = outcome;
}

/* Commands that need the debug port. */
static bool reaches_target(const struct command *row)
{
	return row->modes == IN_DEBUG || row->opcode[1] == 0x30;
}

static int refuse(const struct command *row)
{
	switch (row->outcome) {
	case OUTCOME_NONE:
		return STATUS_NONE;
	case OUTCOME_SWIM:
		return SWIM_BAD_STATE;
	default:
		return STATUS_INTERNAL;
	}
}

static int obey(struct probe *probe, const struct command *row, struct exchange *exchange)
{
	const struct fault *fault = fault_next(probe, row);

	if (fault) {
		exchange->answer->fault = fault->text;
		if (fault->kind == FAULT_SLOW)
			exchange->answer->delay_us += fault->value * 1000;
		else if (fault->kind == FAULT_STATUS)
			return (int)fault->value;
		else
			return fault->seen == fault->first ? (int)fault->value : STATUS_DP_WAIT;
	}
	if (!obeys(probe, row))
		return refuse(row);
	if (probe->stuck && reaches_target(row))
		return STATUS_DP_WAIT;
	/* An earlier session left the probe in debug mode: the port is looked for when it is first needed. */
	if (probe->mode == MODE_DEBUG && !probe->connected && row->modes == IN_DEBUG)
		debug_enter(probe, TARGET_SWD);
	return row->run(probe, exchange);
}

void probe_finish(struct probe *probe, enum probe_channel channel, const uint8_t *data, uint32_t length, struct probe_answer *answer)
{
	const struct pending *pending = &probe->pending[channel];
	const struct command *row = pending->row;
	struct exchange exchange = { .command = pending->command, .data = data, .data_length = length, .answer = answer };

	answer->length = 0;
	answer->delay_us = probe->slow_ms * 1000;
	answer->status = answer->exec_status = STATUS_NONE;
	answer->leaves = answer->for_good = answer->refused = false;
	answer->fault = NULL;
	if (probe->hung)
		return;
	if (!understands(probe, row)) {
		answer_unknown(probe, channel, answer);
		return;
	}
	answer->length = row->answer ? row->answer(probe, pending->command) : row->length;
	memset(answer->bytes, 0, answer->length);
	tell(probe, row, obey(probe, row, &exchange), answer);
	if (probe->hung)
		answer->length = 0;
	if (answer->length)
		memcpy(probe->scratch, answer->bytes, answer->length < sizeof probe->scratch ? answer->length : sizeof probe->scratch);
}

void probe_tick(struct probe *probe, unsigned microseconds)
{
	target_run(probe->target, microseconds);
	swo_tick(probe);
}
