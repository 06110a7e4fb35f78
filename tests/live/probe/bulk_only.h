/*
 * The bulk-only transport of mass storage: command wrapper, data, status wrapper. It carries the disk's SCSI commands, and all of a V1.
 * Knows: CBW and CSW (USB Mass Storage Class, Bulk-Only Transport 1.0). Must not know: what the commands mean.
 */
#ifndef LIVE_BULK_ONLY_H
#define LIVE_BULK_ONLY_H

#include "channel.h"
#include "disk.h"
#include "endpoint.h"

enum { CBW_SIZE = 31, CSW_SIZE = 13, CDB_SIZE = 16 };

struct wrapper {
	uint32_t tag, length; /* length: of the data that the host wants to move */
	bool in;
	uint8_t cdb[CDB_SIZE];
	uint8_t cdb_length;
};

/* Cut-off wrappers are read as far as they go: clients send such. False: no CBW. */
bool cbw_read(const uint8_t *bytes, uint32_t length, struct wrapper *wrapper);
void csw_write(uint8_t csw[CSW_SIZE], uint32_t tag, uint32_t residue, uint8_t status);

struct bulk_only {
	struct endpoint *in;
	struct channel *channel; /* takes the commands from 0xF0 on; NULL: none are taken */
	struct disk disk;
	struct wrapper wrapper;
	bool for_probe;
	uint32_t expected;       /* OUT data bytes still to come */
	struct log_bytes data;
};

void bulk_only_init(struct bulk_only *bulk_only, struct endpoint *in, struct channel *channel);
void bulk_only_reset(struct bulk_only *bulk_only);

/* The owner is the struct bulk_only. */
extern const struct endpoint_user bulk_only_out, bulk_only_in;

#endif
