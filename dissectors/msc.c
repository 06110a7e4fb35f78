/*
 * Bulk-only transport: reading the envelope.
 * Knows: USB Mass Storage Class Bulk-Only Transport 1.0, 5.1 and 5.2.
 * Must not know: what the CDB means, disk contents.
 */
#include "msc.h"

#include <string.h>

#define CBW_HEADER 15 /* up to the CDB */
#define CDB_MOST 16

static bool has_signature(struct cursor *cursor, const char *signature)
{
	const uint8_t *bytes = cursor_take(cursor, 4);

	return bytes && !memcmp(bytes, signature, 4);
}

bool msc_cbw_read(const uint8_t *bytes, size_t captured, size_t wire, struct msc_cbw *cbw)
{
	struct cursor cursor = cursor_over(bytes, captured, wire);
	uint64_t tag, data_length, flags, lun, cdb_length;
	size_t present;

	if (cursor.wire <= CBW_HEADER || cursor.wire > MSC_CBW_LENGTH || !has_signature(&cursor, "USBC"))
		return false;
	if (!cursor_uint(&cursor, 4, false, &tag) || !cursor_uint(&cursor, 4, false, &data_length) ||
	    !cursor_uint(&cursor, 1, false, &flags) || !cursor_uint(&cursor, 1, false, &lun) ||
	    !cursor_uint(&cursor, 1, false, &cdb_length))
		return false;
	present = cursor.captured - cursor.at;
	if (present > cdb_length)
		present = (size_t)cdb_length;
	if (present > CDB_MOST)
		present = CDB_MOST;
	*cbw = (struct msc_cbw){
		.tag = (uint32_t)tag, .data_length = (uint32_t)data_length, .in = flags >> 7, .lun = (uint8_t)lun,
		.cdb_length = (uint8_t)cdb_length, .cdb_present = (uint8_t)present, .cdb = cursor_take(&cursor, present),
	};
	return true;
}

bool msc_csw_read(const uint8_t *bytes, size_t captured, size_t wire, struct msc_csw *csw)
{
	struct cursor cursor = cursor_over(bytes, captured, wire);
	uint64_t tag, residue, status;

	if (cursor.wire != MSC_CSW_LENGTH || !has_signature(&cursor, "USBS"))
		return false;
	if (!cursor_uint(&cursor, 4, false, &tag) || !cursor_uint(&cursor, 4, false, &residue) ||
	    !cursor_uint(&cursor, 1, false, &status))
		return false;
	*csw = (struct msc_csw){ .tag = (uint32_t)tag, .residue = (uint32_t)residue, .status = (uint8_t)status };
	return true;
}
