/*
 * Bulk-only transport: the CBW and CSW around every command of an ST-LINK/V1.
 * Knows: USB Mass Storage Class Bulk-Only Transport 1.0, sections 5.1 and 5.2.
 * Must not know: what the CDB means, disk contents.
 */
#ifndef DISSECTORS_MSC_H
#define DISSECTORS_MSC_H

#include "cursor.h"

struct msc_cbw {
	uint32_t tag, data_length;
	bool in;
	uint8_t lun, cdb_length; /* cdb_length as the CBW says; cdb_present of them are in the capture, at most 16 */
	uint8_t cdb_present;
	const uint8_t *cdb; /* borrowed */
};

struct msc_csw {
	uint32_t tag, residue;
	uint8_t status; /* 0 passed, 1 failed, 2 phase error */
};

#define MSC_CBW_LENGTH 31 /* OpenOCD sends its REQUEST SENSE with 18 bytes: accepted from 16 up */
#define MSC_CSW_LENGTH 13

/* True where the bytes begin like a CBW ("USBC", 16 to 31 bytes) or are a CSW ("USBS", 13 bytes). */
bool msc_cbw_read(const uint8_t *bytes, size_t captured, size_t wire, struct msc_cbw *cbw);
bool msc_csw_read(const uint8_t *bytes, size_t captured, size_t wire, struct msc_csw *csw);

#endif
