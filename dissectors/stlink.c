/*
 * One ST-Link command: which row it is, how long its parts are, what their bytes say. Versions, voltage, clocks, products.
 * Knows: how the tables are read; arithmetic of protocol.md 5, 8 and 9; products of usb.tsv.
 * Must not know: the rows themselves, time, frames, files, output formats.
 */
#include "stlink_layouts.h"

const char *stlink_generation_name(enum stlink_generation generation)
{
	switch (generation) {
	case GENERATION_V1:
		return "V1";
	case GENERATION_V2:
		return "V2";
	case GENERATION_V2_1:
		return "V2-1";
	case GENERATION_V3:
		return "V3";
	case GENERATION_V3PWR:
		return "V3PWR";
	case GENERATION_UNKNOWN:
		break;
	}
	return NULL;
}

/* Products */

const struct stlink_product stlink_products[] = {
	{ .pid = 0x3744, .generation = GENERATION_V1, .bulk_only = true, .product = "ST-LINK/V1",
	  .command_endpoint = 0x02, .answer_endpoint = 0x81 },
	{ .pid = 0x3748, .generation = GENERATION_V2, .product = "ST-LINK/V2",
	  .command_endpoint = 0x02, .answer_endpoint = 0x81, .trace_endpoint = 0x83 },
	{ .pid = 0x374a, .generation = GENERATION_V2_1, .product = "ST-LINK/V2-1 with audio",
	  .command_endpoint = 0x01, .answer_endpoint = 0x81, .trace_endpoint = 0x82 },
	{ .pid = 0x374b, .generation = GENERATION_V2_1, .product = "ST-LINK/V2-1",
	  .command_endpoint = 0x01, .answer_endpoint = 0x81, .trace_endpoint = 0x82 },
	{ .pid = 0x374d, .generation = GENERATION_V3, .loader = true, .product = "STLINK-V3 loader",
	  .command_endpoint = 0x01, .answer_endpoint = 0x81 },
	{ .pid = 0x374e, .generation = GENERATION_V3, .product = "STLINK-V3E",
	  .command_endpoint = 0x01, .answer_endpoint = 0x81, .trace_endpoint = 0x82 },
	{ .pid = 0x374f, .generation = GENERATION_V3, .product = "STLINK-V3SET",
	  .command_endpoint = 0x01, .answer_endpoint = 0x81, .trace_endpoint = 0x82,
	  .bridge_command_endpoint = 0x06, .bridge_answer_endpoint = 0x86 },
	{ .pid = 0x3752, .generation = GENERATION_V2_1, .product = "ST-LINK/V2-1 without disk",
	  .command_endpoint = 0x01, .answer_endpoint = 0x81, .trace_endpoint = 0x82 },
	{ .pid = 0x3753, .generation = GENERATION_V3, .product = "STLINK-V3 with two serial ports",
	  .command_endpoint = 0x01, .answer_endpoint = 0x81, .trace_endpoint = 0x82,
	  .bridge_command_endpoint = 0x06, .bridge_answer_endpoint = 0x86 },
	{ .pid = 0x3754, .generation = GENERATION_V3, .product = "STLINK-V3 without disk",
	  .command_endpoint = 0x01, .answer_endpoint = 0x81, .trace_endpoint = 0x82 },
	{ .pid = 0x3755, .generation = GENERATION_V3PWR, .loader = true, .product = "STLINK-V3PWR loader",
	  .command_endpoint = 0x01, .answer_endpoint = 0x81 },
	{ .pid = 0x3757, .generation = GENERATION_V3PWR, .product = "STLINK-V3PWR",
	  .command_endpoint = 0x01, .answer_endpoint = 0x81, .trace_endpoint = 0x82,
	  .bridge_command_endpoint = 0x06, .bridge_answer_endpoint = 0x86 },
	/* In one client's list only, and probably a misprint of 3752 there. */
	{ .pid = 0x3742, .generation = GENERATION_UNKNOWN, .product = "ST-LINK of an unknown kind",
	  .command_endpoint = 0x01, .answer_endpoint = 0x81, .trace_endpoint = 0x82 },
	{ 0 },
};

const struct stlink_product *stlink_product_find(uint16_t vid, uint16_t pid)
{
	if (vid != STLINK_VID)
		return NULL;
	for (const struct stlink_product *product = stlink_products; product->product; product++)
		if (product->pid == pid)
			return product;
	return NULL;
}

/* Which command */

static bool has_sub_commands(uint8_t group)
{
	return group == 0xf2 || group == 0xf3 || group == 0xf4 || group == 0xf9 || group == 0xfc;
}

static unsigned row_key(const struct stlink_command *row)
{
	return (unsigned)row->opcode[0] << 8 | row->opcode[1];
}

static const struct stlink_command *find_key(const struct stlink_command *rows, size_t count, unsigned key)
{
	while (count > 1) {
		size_t half = count / 2;

		if (row_key(rows + half) <= key)
			rows += half;
		count -= half;
	}
	return row_key(rows) == key ? rows : &stlink_unknown;
}

const struct stlink_command *stlink_find(const uint8_t *bytes, size_t length, bool bulk_only)
{
	struct cursor cursor = cursor_over(bytes, length, length);
	uint64_t group, sub = 0;

	if (!cursor_uint(&cursor, 1, false, &group))
		return &stlink_unknown;
	if (group < STLINK_SCSI_END && !bulk_only)
		return &stlink_unknown;
	if (group < STLINK_SCSI_END)
		return find_key(stlink_scsi_commands, stlink_scsi_command_count, (unsigned)group << 8);
	if (has_sub_commands((uint8_t)group) && !cursor_uint(&cursor, 1, false, &sub))
		return &stlink_unknown;
	return find_key(stlink_commands, stlink_command_count, (unsigned)(group << 8 | sub));
}

static char lower(char character)
{
	return character >= 'A' && character <= 'Z' ? (char)(character - 'A' + 'a') : character;
}

static bool same_name(const char *a, const char *b)
{
	for (; *a && lower(*a) == lower(*b); a++, b++)
		continue;
	return lower(*a) == lower(*b);
}

const struct stlink_command *stlink_find_name(const char *name)
{
	for (size_t i = 0; i < stlink_command_count; i++)
		if (same_name(stlink_commands[i].name, name))
			return stlink_commands + i;
	for (size_t i = 0; i < stlink_scsi_command_count; i++)
		if (same_name(stlink_scsi_commands[i].name, name))
			return stlink_scsi_commands + i;
	return NULL;
}

size_t stlink_opcode_length(const uint8_t *bytes, size_t length)
{
	struct cursor cursor = cursor_over(bytes, length, length);
	uint64_t group;

	if (!cursor_uint(&cursor, 1, false, &group))
		return 0;
	return has_sub_commands((uint8_t)group) && length > 1 ? 2 : 1;
}

bool stlink_plausible(const uint8_t *bytes, size_t length)
{
	const struct stlink_command *command = stlink_find(bytes, length, false);

	if (command == &stlink_unknown || length > STLINK_COMMAND_LENGTH)
		return false;
	return !stlink_walk_request(command, cursor_over(bytes, length, length), NULL, NULL);
}

/* How long */

#define BLOCK_LENGTH 512 /* of the V1's disk */
#define MISC_ITEM 8
#define LIST_HEAD 12 /* GET_COM_FREQ: what stands before its list of at most LIST_MOST words */
#define LIST_MOST 10

static const struct operation nothing;

static uint32_t at_most(uint64_t length)
{
	return length < STLINK_ANY_LENGTH ? (uint32_t)length : STLINK_ANY_LENGTH - 1;
}

uint32_t stlink_data_length(const struct stlink_command *command, const struct operation *request)
{
	uint64_t length = operation_get(request, ROLE_LENGTH, 0), count = operation_get(request, ROLE_COUNT, 0);

	switch (command->data_phase) {
	case DATA_NONE:
		break;
	case DATA_LENGTH:
		return at_most(length);
	case DATA_REST:
		return length > command->inline_bytes ? at_most(length - command->inline_bytes) : 0;
	case DATA_MISC:
		return at_most((count + 3) / 4 * 4 + 4 * count);
	case DATA_MESSAGE:
		return operation_get(request, ROLE_VALUE, 0) & 2 ? 0 : at_most(length);
	case DATA_BLOCKS:
		return at_most(count * BLOCK_LENGTH);
	}
	return 0;
}

uint32_t stlink_answer_length(const struct stlink_command *command, const struct operation *request,
                              const struct operation *earlier)
{
	enum role role = command->operation == OP_MISC_IN ? ROLE_COUNT : ROLE_LENGTH;
	uint64_t length;

	if (!request)
		request = &nothing;
	switch (command->answer_kind) {
	case ANSWER_NONE:
		return 0;
	case ANSWER_FIXED:
	case ANSWER_LIST:
		return command->answer_length;
	case ANSWER_LENGTH:
		if (!operation_has(request, ROLE_LENGTH))
			break;
		length = operation_get(request, ROLE_LENGTH, 0);
		return at_most(length && length < command->answer_length ? command->answer_length : length);
	case ANSWER_ITEMS:
		if (!operation_has(request, ROLE_COUNT))
			break;
		return at_most(operation_get(request, ROLE_COUNT, 0) * command->answer_length);
	case ANSWER_EARLIER:
		/* A V1 client repeats the length in the command that fetches. */
		if (!operation_has(request, role))
			request = earlier;
		if (!request || !operation_has(request, role))
			break;
		return at_most(operation_get(request, role, 0) * (role == ROLE_COUNT ? MISC_ITEM : 1));
	case ANSWER_UNKNOWN:
		break;
	}
	return STLINK_ANY_LENGTH;
}

/* What the bytes say */

static struct cursor first_bytes(struct cursor bytes, uint64_t length)
{
	if (bytes.wire > length)
		bytes.wire = (size_t)length;
	if (bytes.captured > bytes.wire)
		bytes.captured = bytes.wire;
	return bytes;
}

/* Marks of a part as a whole: of its length, and of what lies behind the bytes it should have. */
static unsigned length_marks(struct cursor bytes, uint64_t least, uint64_t most)
{
	unsigned marks = bytes.wire < least ? WALK_SHORT : 0;

	if (bytes.captured < bytes.wire)
		marks |= WALK_TRUNCATED;
	if (bytes.captured > most && cursor_take(&bytes, (size_t)most))
		marks |= field_walk(NULL, &bytes, NULL, NULL);
	return marks;
}

unsigned stlink_walk_request(const struct stlink_command *command, struct cursor bytes, struct operation *operation,
                             struct sink *sink)
{
	size_t opcode = command->opcode_length;

	if (!opcode)
		opcode = stlink_opcode_length(bytes.data, bytes.captured);
	cursor_take(&bytes, opcode);
	return field_walk(command->request, &bytes, operation, sink);
}

unsigned stlink_walk_data(const struct stlink_command *command, struct cursor bytes, const struct operation *request,
                          struct operation *operation, struct sink *sink)
{
	struct stlink_part part = { .command = command, .request = request ? request : &nothing };
	bool known = operation_has(part.request, ROLE_LENGTH) || operation_has(part.request, ROLE_COUNT);
	uint64_t length = known ? stlink_data_length(command, part.request) : bytes.wire;
	unsigned marks = length_marks(bytes, length, length);
	struct operation own;

	if (!operation) {
		own.seen = 0;
		operation = &own;
	}
	part.bytes = first_bytes(bytes, length);
	if (command->expand_data)
		return marks | command->expand_data(&part, operation, sink);
	return marks | field_walk(command->data ? command->data : stlink_raw_data, &part.bytes, operation, sink);
}

unsigned stlink_walk_answer(const struct stlink_command *command, struct cursor bytes, const struct operation *request,
                            const struct operation *earlier, struct operation *operation, struct sink *sink)
{
	uint32_t length = stlink_answer_length(command, request, earlier);
	uint64_t least = length == STLINK_ANY_LENGTH ? 0 : length;
	const struct field *layout = command->answer;
	struct stlink_part part = { .command = command, .bytes = bytes };
	struct cursor fields = first_bytes(bytes, length);
	struct operation own;
	unsigned marks;

	part.request = command->answer_kind == ANSWER_EARLIER && earlier ? earlier : request ? request : &nothing;
	if (!operation) {
		own.seen = 0;
		operation = &own;
	}
	/* Padding of an answer longer than was asked for is nobody's data. */
	if (command->answer_kind == ANSWER_LENGTH && request)
		fields = first_bytes(fields, operation_get(request, ROLE_LENGTH, length));
	if (command->answer_kind == ANSWER_EARLIER && !layout && length == STLINK_ANY_LENGTH)
		layout = stlink_raw_data;
	marks = layout || !command->expand_answer ? field_walk(layout, &fields, operation, sink) : 0;
	if (command->answer_kind == ANSWER_LIST) {
		uint64_t entries = operation_get(operation, ROLE_COUNT, 0);

		least = LIST_HEAD + 4 * (entries < LIST_MOST ? entries : LIST_MOST);
	}
	marks |= length_marks(bytes, least, length);
	if (command->expand_answer)
		marks |= command->expand_answer(&part, operation, sink);
	return marks;
}

/* Versions */

struct stlink_version stlink_version_of_word(uint16_t word, uint16_t pid)
{
	struct stlink_version version = { .major = (uint8_t)(word >> 12) };
	const struct stlink_product *product = stlink_product_find(STLINK_VID, pid);
	uint8_t first = word >> 6 & 0x3f, second = word & 0x3f;
	bool has_swim_build = pid == 0x374b || pid == 0x3752;

	if (has_swim_build && ((first <= 22 && second == 7) || (first >= 25 && second >= 7 && second <= 12))) {
		version.msd = first;
		version.swim = second;
		return version;
	}
	version.jtag = first;
	if (product && product->generation == GENERATION_V2_1)
		version.msd = second;
	else
		version.swim = second;
	return version;
}

struct text {
	char *end, *limit;
};

static void put_character(struct text *text, char character)
{
	if (text->end < text->limit)
		*text->end++ = character;
}

static void put_part(struct text *text, char letter, uint8_t number)
{
	put_character(text, letter);
	if (number >= 100)
		put_character(text, (char)('0' + number / 100));
	if (number >= 10)
		put_character(text, (char)('0' + number / 10 % 10));
	put_character(text, (char)('0' + number % 10));
}

void stlink_version_text(const struct stlink_version *version, char *buffer, size_t size)
{
	struct text text = { .end = buffer, .limit = buffer + size };

	if (!size)
		return;
	text.limit--;
	put_part(&text, 'V', version->major);
	/* A V3's word leaves its numbers to GET_VERSION_EX. A zero is said where the part surely exists. */
	if (version->extended || version->major < 3 || version->jtag || version->swim || version->msd) {
		if (version->jtag || !version->msd)
			put_part(&text, 'J', version->jtag);
		if (version->msd || (version->extended && !version->swim))
			put_part(&text, 'M', version->msd);
		if (version->bridge)
			put_part(&text, 'B', version->bridge);
		if (version->swim || (!version->extended && !version->msd))
			put_part(&text, 'S', version->swim);
		if (version->power)
			put_part(&text, 'P', version->power);
	}
	*text.end = '\0';
}

/* Voltage */

#define REFERENCE_MILLIVOLTS 2400 /* twice the 1.2 V reference, because the target's voltage is read halved */

int32_t stlink_millivolts(uint32_t reference, uint32_t reading)
{
	uint64_t millivolts;

	if (!reference)
		return -1;
	millivolts = ((uint64_t)reading * REFERENCE_MILLIVOLTS + reference / 2) / reference;
	return millivolts > INT32_MAX ? INT32_MAX : (int32_t)millivolts;
}

/* Clocks: the names that clients use; the true clock differs from every one of them. */

struct divisor {
	uint16_t divisor;
	uint32_t khz;
};

static uint32_t khz_of(const struct divisor *table, uint16_t divisor)
{
	for (; table->khz; table++)
		if (table->divisor == divisor)
			return table->khz;
	return 0;
}

uint32_t stlink_swd_divisor_khz(uint16_t divisor)
{
	static const struct divisor table[] = {
		{ 0, 4600 }, { 1, 1800 }, { 2, 1200 }, { 3, 950 }, { 5, 650 }, { 7, 480 }, { 9, 400 }, { 10, 360 }, { 15, 240 },
		{ 25, 150 }, { 31, 125 }, { 40, 100 }, { 79, 50 }, { 158, 25 }, { 265, 15 }, { 798, 5 }, { 0 },
	};

	return khz_of(table, divisor);
}

uint32_t stlink_jtag_divisor_khz(uint16_t divisor)
{
	static const struct divisor table[] = {
		{ 2, 18000 }, { 4, 9000 }, { 8, 4500 }, { 16, 2250 }, { 32, 1125 }, { 64, 562 }, { 128, 281 }, { 256, 140 }, { 0 },
	};

	return khz_of(table, divisor);
}
