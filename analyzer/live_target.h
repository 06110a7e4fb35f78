/*
 * Which interface a live capture opens: that of the ST-Link that is plugged in, or what the command line says.
 * Knows: the devices of this machine, usbmon's names. Must not know: libpcap, what is done with the records.
 */
#ifndef ANALYZER_LIVE_TARGET_H
#define ANALYZER_LIVE_TARGET_H

#include "input/devices.h"
#include "track/sieve.h"

#define EVERY_BUS 0 /* usbmon0 */

/* What the command line says. */
struct live_wish {
	bool has_bus;     /* -i usbmonN */
	uint16_t bus_wish;
	bool has_device;  /* --device */
	uint16_t bus, address;
	bool wait;
};

/*
 * Sets *bus to the N of usbmonN, EVERY_BUS where the probes sit at several or where one is waited for. Returns -1 with one line in problem where
 * there is nothing to capture.
 */
int live_target_choose(const struct live_wish *wish, uint16_t *bus, char *problem, size_t size);

/* "usbmon3" as 3; false where it is no such name. */
bool live_target_parse(const char *name, uint16_t *bus);

/*
 * Tells the sieve of the ST-Links that are plugged in at bus (EVERY_BUS: at any) by records of their descriptors, with this time: a capture that
 * begins later than they came does not hold them.
 */
void live_target_tell(struct sieve *sieve, uint16_t bus, int64_t time);

#endif
