/*
 * The USB devices of a capture: who sits at which bus and address, with which descriptors, endpoints and kernel-visible class.
 * Knows: enumeration, standard requests, who is an ST-Link by descriptor and what the others are.
 * Must not know: ST-Link commands, sessions, output formats.
 */
#ifndef ANALYZER_TRACK_DEVICE_H
#define ANALYZER_TRACK_DEVICE_H

#include "../../dissectors/stlink.h"
#include "../../dissectors/usb.h"

enum device_kind {
	DEVICE_UNKNOWN,  /* no descriptor seen and nothing told by its traffic */
	DEVICE_STLINK,
	DEVICE_ST_OTHER, /* vendor 0483, not an ST-Link: a target's own port, DFU, ... */
	DEVICE_HUB,
	DEVICE_HID,      /* keyboard, mouse and the like */
	DEVICE_CMSIS_DAP,
	DEVICE_JLINK,
	DEVICE_BLACK_MAGIC,
	DEVICE_STORAGE,
	DEVICE_SERIAL,
	DEVICE_AUDIO,
	DEVICE_VENDOR,   /* vendor-specific, none of the above */
	DEVICE_OTHER,
};

/* Whose traffic an endpoint of an ST-Link carries (DESIGN decision 3). */
enum endpoint_use {
	USE_UNKNOWN, /* no descriptor says */
	USE_CONTROL,
	USE_COMMAND, USE_ANSWER, USE_TRACE,
	USE_BRIDGE_COMMAND, USE_BRIDGE_ANSWER,
	USE_DISK, USE_SERIAL, USE_FOREIGN, /* the probe's own disk, serial port, the rest: counted, never decoded */
};

#define DEVICE_INTERFACES 16
#define DEVICE_ENDPOINTS 32
#define DEVICE_TEXT 256 /* longest string descriptor is 126 UTF-16 units; cut at a character */

struct device_interface { uint8_t number, alternate, class_code, subclass, protocol, name_index; };
struct device_endpoint { uint8_t address, attributes, interface; uint16_t max_packet; };

struct device {
	uint16_t bus, address;
	uint64_t first_frame, last_frame;
	int64_t first_time;
	uint64_t records;      /* of this device, all endpoints */
	uint64_t foreign_records; /* on USE_DISK, USE_SERIAL, USE_FOREIGN endpoints of an ST-Link, or of a device that is none */
	uint64_t hid_reports;  /* interrupt IN completions with data on a class 03 interface (or what looks like one: device_identify.c) */
	uint64_t first_hid_frame;
	bool hid_by_class;     /* told by the interface descriptor, not by the look */
	bool described;        /* device descriptor seen (by the kernel, libusb, or injected by libpcap or USBPcap) */
	bool configured;       /* SET_CONFIGURATION seen */
	bool enumerated;       /* the capture has its beginning: SET_ADDRESS was seen; or, where hosts do not show it, a port reset just
	                          before the first record, or on Windows its real SET_CONFIGURATION before any data */
	uint16_t vid, pid, bcd_device;
	uint8_t class_code, subclass, protocol;
	uint8_t manufacturer_index, product_index, serial_index;
	char manufacturer[DEVICE_TEXT], product[DEVICE_TEXT], serial[DEVICE_TEXT]; /* valid UTF-8, not escaped; "" while unknown */
	uint8_t serial_length; /* bLength of the serial's string descriptor, 0 while unknown */
	struct device_interface interfaces[DEVICE_INTERFACES];
	struct device_endpoint endpoints[DEVICE_ENDPOINTS];
	uint8_t interface_count, endpoint_count;
	uint8_t uses[32];      /* enum endpoint_use were it an ST-Link, by number and direction: read with device_endpoint_use */
	bool high_speed;       /* bulk endpoints of 512 bytes */
	enum device_kind kind;
	const struct stlink_product *product_row; /* DEVICE_STLINK by descriptor: never NULL; else NULL */
	int probe;             /* for the tracker: index of the probe behind it, or -1 */
	bool gone;             /* left the bus; the entry is kept until its address is taken again or evicted */
};

/* What a control transfer or a completion says about the device, for the transcript and for resets. */
enum device_event_kind {
	DEVICE_EVENT_NONE,
	DEVICE_EVENT_ADDRESSED,  /* SET_ADDRESS: a new enumeration of that address begins; device is the new, empty entry. Or an address
	                            that was gone shows a device descriptor: device is the new entry, already described */
	DEVICE_EVENT_IDENTIFIED, /* its device descriptor was read for the first time since, or changed */
	DEVICE_EVENT_CONFIGURED, /* SET_CONFIGURATION submitted: one-sided files never show its completion */
	DEVICE_EVENT_HALT_CLEARED, /* CLEAR_FEATURE(ENDPOINT_HALT); value: the endpoint */
	DEVICE_EVENT_PORT_RESET, /* SET_FEATURE(PORT_RESET) at a hub; value: the port */
	DEVICE_EVENT_GONE,       /* first completion that says that the device left */
	DEVICE_EVENT_SERIAL,     /* its serial number became known */
};

/* The submission of a control transfer. */
struct device_request { uint64_t frame; int64_t time; struct usb_setup setup; };

struct device_event {
	enum device_event_kind kind;
	struct device *device; /* whom it concerns (a hub for PORT_RESET); NONE: whose record it was; NULL where its header was cut */
	uint16_t value;
	bool after_address;    /* CONFIGURED: SET_ADDRESS, or a PORT_RESET within 2 s, came since the last configuration */
	const struct device_request *completed; /* the record completes this one; borrowed until the next record. NULL: it is no such completion */
};

struct device_table;

struct device_table *device_table_new(void); /* owned by the caller; exits on out of memory */
void device_table_free(struct device_table *table);

/* The entry for an address, made where it does not exist (the least recently used is evicted beyond 256). Never NULL. */
struct device *device_at(struct device_table *table, uint16_t bus, uint16_t address);

/*
 * Feeds one record of any type, before anything else looks at it. Counts it, follows enumeration from control transfers
 * (pairing setup and answer itself; one-sided files too), and writes what it means to event. Keeps no pointer to urb.
 */
void device_observe(struct device_table *table, const struct urb_event *urb, struct device_event *event);

/* What an endpoint of this device carries, by interface descriptor; USE_UNKNOWN without one. */
enum endpoint_use device_endpoint_use(const struct device *device, uint8_t endpoint);
/* The same of a device that no table knows, were it an ST-Link. */
enum endpoint_use device_endpoint_use_if_stlink(const struct device *device, uint8_t endpoint);

/* May its traffic still make it an ST-Link: nothing described, or an unknown product in ST's block of ST-Link ids? */
bool device_may_be_stlink(const struct device *device);

/* "ST-Link", "keyboard or mouse", "USB disk", "CMSIS-DAP probe", "J-Link", "hub", "vendor-specific device", ... for other_devices[]. */
const char *device_kind_name(enum device_kind kind);
/* The device in words for a person: "CMSIS-DAP probe 1209:3443 \"Orbtrace\"". Text of the device itself is not escaped. */
void device_describe(const struct device *device, char *text, size_t size);
/* The kernel class or driver that goes with an interface class: "usb-storage", "cdc_acm", "usbhid", ... or NULL. */
const char *device_kernel_driver(uint8_t class_code, uint8_t subclass);

/*
 * Calls visit for every device ever kept, in order of first frame; also for one whose address was taken over by another. Not for
 * address 0, where devices answer until they have an address.
 */
void device_each(const struct device_table *table, void (*visit)(const struct device *device, void *context), void *context);
uint64_t device_evicted(const struct device_table *table);

/*
 * One completed control transfer in words, e.g. "GET_DESCRIPTOR string 3 = \"...\"", for the usb lines of the transcript; walks its
 * setup packet and its descriptors into sink (may be NULL). Pure: called with the setup and the bytes of one transfer.
 * Text is plain ASCII, or valid UTF-8 for strings, not escaped.
 */
void device_control_text(const struct usb_setup *setup, const uint8_t *data, size_t captured, size_t wire, char *text, size_t size,
                         struct sink *sink);

#endif
