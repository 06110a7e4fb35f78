/*
 * What device.c and device_identify.c share: a device with what only they need to know of it.
 * Knows: the layout of an entry of the device table.
 * Must not know: anything that other files may use; they see struct device.
 */
#ifndef ANALYZER_TRACK_DEVICE_ENTRY_H
#define ANALYZER_TRACK_DEVICE_ENTRY_H

#include "device.h"

/* What its interrupt reports look like, while no interface descriptor tells. */
struct report_look {
	uint64_t first_frame;
	uint8_t endpoint, length, plausible; /* how many in a row */
	uint8_t last[8];
	bool changed; /* two of them differed */
	bool refused; /* one was no report of a keyboard or a mouse: that settles it */
};

struct device_entry {
	struct device device;
	struct device_entry *next;  /* in its hash chain */
	bool used, retired;         /* retired: another device has its address now */
	bool names_cmsis_dap;       /* one of its strings says so */
	bool whole_configuration;   /* interfaces and endpoints are from a descriptor that was read whole */
	uint8_t configuration;      /* bConfigurationValue they are from; 0: none */
	uint8_t selected;           /* wValue of the last SET_CONFIGURATION; 0: none */
	bool addressed;             /* a new enumeration since the last SET_CONFIGURATION */
	bool data_seen;             /* a record that is not control */
	bool reset_seen;            /* at a hub: a port of it was reset; at address 0: a device answered there; not yet explained */
	int64_t reset_time;
	int64_t configured_time;
	struct report_look look;
};

/* Does a device descriptor read so far name its device? The 8 bytes that hosts take first, to learn bMaxPacketSize0, do not. */
bool device_descriptor_names(const uint8_t *bytes, size_t captured);
/* Fills the device from a device descriptor; captured bytes of it, 8 or 18 as the host asks. Returns true where it told something new. */
bool device_take_descriptor(struct device_entry *entry, const uint8_t *bytes, size_t captured);
/* Fills interfaces and endpoints from a configuration descriptor and what follows it. */
void device_take_configuration(struct device_entry *entry, const uint8_t *bytes, size_t captured);
/* Fills manufacturer, product and serial. Returns true where the serial number became known or another. */
bool device_take_string(struct device_entry *entry, uint8_t index, const uint8_t *bytes, size_t captured);
/* A completed interrupt IN transfer with data: counts it where it is a report of a keyboard or the like. */
void device_take_report(struct device_entry *entry, const struct urb_event *urb);
/* May these 18 bytes be a device descriptor, though no setup packet says so? */
bool device_descriptor_plausible(const uint8_t *bytes, size_t captured, size_t wire);

#endif
