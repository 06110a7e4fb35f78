/*
 * What is kept back of an answer (privacy.h).
 */
#include "privacy.h"

#include <stdio.h>
#include <strings.h>

#include "../../dissectors/registers.h"
#include "terminal.h"

#define INQUIRY 0x12
#define INQUIRY_VITAL 0x01 /* EVPD: a page such as the serial number (SPC-3 6.4) */
#define VITAL_HEAD 4
#define WORD 4
#define SHORTEST_SERIAL 8 /* a shorter one may be any word or number */

/* Where in the memory that was read the unique id of the target begins, whatever command reached it; UINT32_MAX: it is not in it. */
static uint32_t unique_id_offset(const struct transaction *transaction)
{
	for (size_t i = 0; i < transaction->access_count; i++) {
		const struct access *access = &transaction->accesses[i];
		bool longer = access->way == ACCESS_DIRECT && transaction->answer.wire > access->length;
		uint32_t offset = UINT32_MAX;

		if (access->kind == ACCESS_MEMORY && access->known && !access->write)
			offset = stm32_unique_id_offset(access->address, longer ? transaction->answer.wire : access->length);
		if (offset != UINT32_MAX)
			return access->way == ACCESS_BATCH ? access->item * WORD : offset; /* a batch's results stand in a row */
	}
	return UINT32_MAX;
}

/* Where in an answer the field is that tells one device from all others; UINT32_MAX: it has none. */
static uint32_t identity_offset(const struct transaction *transaction)
{
	const struct payload *request = &transaction->request;
	uint32_t unique_id = unique_id_offset(transaction), offset = 0;

	if (transaction->command->operation == OP_MEMORY_READ || transaction->command->operation == OP_MISC_IN)
		return unique_id;
	if (transaction->command->scsi && request->captured > 1 && request->bytes[0] == INQUIRY && request->bytes[1] & INQUIRY_VITAL)
		return VITAL_HEAD;
	for (const struct field *field = transaction->command->answer; field && field->name; field++) {
		if (field->identity || (field->role == ROLE_VALUE && unique_id != UINT32_MAX))
			return offset;
		offset += field->width;
	}
	return UINT32_MAX;
}

const struct transaction *privacy_view(const struct transaction *transaction, bool serials, struct transaction *copy, uint32_t *withheld)
{
	uint32_t offset = serials ? UINT32_MAX : identity_offset(transaction);

	*withheld = 0;
	if (transaction->answer.captured <= offset)
		return transaction;
	*withheld = transaction->answer.captured - offset;
	*copy = *transaction;
	copy->answer.captured = offset;
	return copy;
}

#define SERIALS 32
struct serials { const char *serial[SERIALS]; size_t count; };

static void collect_serial(const struct device *device, void *context)
{
	struct serials *known = context;

	if (strlen(device->serial) >= SHORTEST_SERIAL && known->count < SERIALS)
		known->serial[known->count++] = device->serial;
}

/* The longest serial number that text begins with; NULL: none. */
static const char *serial_at(const char *text, const struct serials *known)
{
	const char *longest = NULL;

	for (size_t i = 0; i < known->count; i++)
		if (!strncasecmp(text, known->serial[i], strlen(known->serial[i])) && (!longest || strlen(longest) < strlen(known->serial[i])))
			longest = known->serial[i];
	return longest;
}

const char *privacy_line(const char *text, bool serials, const struct tracker *tracker, char *out)
{
	struct serials known = { .count = 0 };
	const char *whole = text;
	size_t length = 0;
	bool found = false;

	if (serials || !tracker)
		return text;
	device_each(tracker_devices(tracker), collect_serial, &known);
	while (*text && known.count && length < PRIVACY_LINE - 32) {
		const char *serial = serial_at(text, &known);

		if (!serial) {
			out[length++] = *text++;
			continue;
		}
		serial_pseudonym(out + length, PRIVACY_LINE - length, serial);
		length += strlen(out + length);
		text += strlen(serial);
		found = true;
	}
	out[length] = '\0';
	return found ? out : whole;
}
