/*
 * What is kept back of an answer (privacy.h).
 */
#include "privacy.h"

#include "../../dissectors/registers.h"

#define INQUIRY 0x12
#define INQUIRY_VITAL 0x01 /* EVPD: a page such as the serial number (SPC-3 6.4) */
#define VITAL_HEAD 4
#define WORD 4

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
