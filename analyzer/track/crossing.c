/*
 * The target's memory that crossed the wire (crossing.h).
 * Knows: which accesses are memory. Must not know: files.
 */
#include "crossing.h"

#include <stdlib.h>
#include <string.h>

#include "../../dissectors/registers.h"
#include "internal.h"
#include "loader.h"

struct crossings {
	struct crossing **list; /* one a probe that reached memory */
	size_t count;
};

/* Where a transfer that is told goes. */
struct place { struct crossing *crossing; uint64_t frame; };

struct crossings *crossings_new(void)
{
	return memset(track_allocate(NULL, sizeof(struct crossings)), 0, sizeof(struct crossings));
}

void crossings_free(struct crossings *crossings)
{
	for (size_t i = 0; crossings && i < crossings->count; i++) {
		struct crossing *crossing = crossings->list[i];

		for (int space = 0; space < CROSSING_SPACES; space++) {
			image_free(crossing->read[space]);
			image_free(crossing->written[space]);
		}
		loader_free(crossing->loader);
		free(crossing->transfers);
		free(crossing);
	}
	if (crossings)
		free(crossings->list);
	free(crossings);
}

static struct crossing *crossing_of(struct crossings *crossings, int probe)
{
	struct crossing *crossing;

	for (size_t i = 0; i < crossings->count; i++)
		if (crossings->list[i]->probe == probe)
			return crossings->list[i];
	crossing = memset(track_allocate(NULL, sizeof *crossing), 0, sizeof *crossing);
	crossing->probe = probe;
	crossing->loader = loader_new();
	crossing->transfers = track_allocate(NULL, CROSSING_TRANSFERS * sizeof crossing->transfers[0]);
	crossings->list = track_allocate(crossings->list, (crossings->count + 1) * sizeof crossings->list[0]);
	crossings->list[crossings->count++] = crossing;
	return crossing;
}

/* The last transfer of that kind, if the new one goes on where it ended. Data on their way to flash come between others: hence not only the last of all. */
static struct crossing_transfer *grows(struct crossing *crossing, const struct crossing_transfer *new)
{
	for (size_t i = crossing->transfer_count; i && i + 3 > crossing->transfer_count; i--) {
		struct crossing_transfer *transfer = &crossing->transfers[i - 1];

		if (transfer->way == new->way && transfer->space == new->space)
			return transfer->address + transfer->length == new->address ? transfer : NULL;
	}
	return NULL;
}

static void list(struct crossing *crossing, const struct crossing_transfer *new)
{
	struct crossing_transfer *transfer = grows(crossing, new);

	if (transfer) {
		transfer->length += new->length;
		transfer->last_frame = new->last_frame;
		transfer->transfers++;
	} else if (crossing->transfer_count < CROSSING_TRANSFERS) {
		crossing->transfers[crossing->transfer_count++] = *new;
	} else {
		crossing->transfers_more++;
	}
}

static void keep(struct crossing *crossing, enum crossing_space space, enum crossing_way way, uint32_t address, const uint8_t *bytes,
                 uint32_t length, uint64_t frame)
{
	struct image **image = way == CROSSING_READ ? &crossing->read[space] : &crossing->written[space];

	if (!length)
		return;
	if (!*image)
		*image = image_new();
	image_put(*image, address, bytes, length);
	list(crossing, &(struct crossing_transfer){ space, way, address, length, frame, frame, 1 });
}

static void programs(void *context, const struct programmed *programmed)
{
	struct crossing *crossing = context;

	keep(crossing, CROSSING_ARM, CROSSING_PROGRAMMED, programmed->address, programmed->bytes, programmed->length, programmed->frame);
}

static bool is_memory(const struct access *access)
{
	const struct target_register *row;

	if (access->length <= 4 && registers_candidates(access->address & ~UINT32_C(3), access->write, UINT32_MAX, &row, 1))
		return false;
	return access->address < 0x40000000 || (access->address >= 0x60000000 && access->address < 0xa0000000);
}

static void follow_access(struct crossing *crossing, const struct transaction *transaction, const struct access *access)
{
	enum crossing_way way = access->write ? CROSSING_WRITTEN : CROSSING_READ;
	uint8_t word[4];
	const uint8_t *bytes;
	uint32_t length;

	if (access->kind != ACCESS_MEMORY || !access->known)
		return;
	if (!is_memory(access)) {
		crossing->registers++;
		return;
	}
	if (!access->ok) {
		crossing->failed++;
		return;
	}
	crossing->unjudged += !access->judged;
	length = access_bytes(access, word, &bytes);
	keep(crossing, CROSSING_ARM, way, access->address, bytes, length, transaction->frame);
	crossing->cut += length ? access->length - length : 0;
}

/* SWIM: reads come with a later command, the first bytes of a write are in the command itself (protocol.md, SWIM). */
static void follow_swim(struct crossing *crossing, const struct transaction *transaction)
{
	const struct operation *request = transaction->command->operation == OP_SWIM_BUFFER ? transaction->earlier : &transaction->request_operation;
	uint32_t address, length, first, in_block;

	if (!request || !operation_has(request, ROLE_ADDRESS) || !operation_has(request, ROLE_LENGTH))
		return;
	address = (uint32_t)operation_get(request, ROLE_ADDRESS, 0);
	length = (uint32_t)operation_get(request, ROLE_LENGTH, 0);
	if (registers_stm8(address)) {
		crossing->registers++;
		return;
	}
	if (transaction->command->operation == OP_SWIM_BUFFER) {
		if (transaction->usable)
			keep(crossing, CROSSING_STM8, CROSSING_READ, address, transaction->answer.bytes, transaction->answer.captured, transaction->frame);
		return;
	}
	first = STLINK_COMMAND_LENGTH - transaction->command->inline_bytes;
	in_block = transaction->request.captured > first ? transaction->request.captured - first : 0;
	if (in_block > length)
		in_block = length;
	keep(crossing, CROSSING_STM8, CROSSING_WRITTEN, address, transaction->request.bytes + first, in_block, transaction->frame);
	if (in_block == transaction->command->inline_bytes)
		keep(crossing, CROSSING_STM8, CROSSING_WRITTEN, address + in_block, transaction->data.bytes, transaction->data.captured, transaction->frame);
}

static void follow(void *context, const struct probe *probe, const struct session *session, const struct transaction *transaction)
{
	struct crossings *crossings = context;
	enum stlink_operation operation = transaction->command->operation;
	struct crossing *crossing;

	(void)session;
	if (!transaction->access_count && operation != OP_SWIM_BUFFER && operation != OP_SWIM_WRITE && operation != OP_RUN)
		return;
	crossing = crossing_of(crossings, probe->index);
	for (size_t i = 0; i < transaction->access_count; i++)
		follow_access(crossing, transaction, &transaction->accesses[i]);
	if (operation == OP_SWIM_BUFFER || operation == OP_SWIM_WRITE)
		follow_swim(crossing, transaction);
	loader_follow(crossing->loader, transaction, programs, crossing);
}

struct listener crossings_listener(struct crossings *crossings)
{
	return (struct listener){ .context = crossings, .transaction = follow };
}

size_t crossings_count(const struct crossings *crossings)
{
	return crossings->count;
}

const struct crossing *crossings_of(const struct crossings *crossings, size_t index)
{
	return crossings->list[index];
}
