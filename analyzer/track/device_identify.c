/*
 * From descriptors to devices: what kind of device it is, what its endpoints carry, whether it reports key strokes.
 * Knows: USB 2.0 tables 9-8 to 9-16, interface classes, who makes which debug probe, usb.tsv through stlink_product_find.
 * Must not know: when a descriptor was read, ST-Link commands.
 */
#include "device_entry.h"

#include <stdio.h>
#include <string.h>

#define VENDOR_SEGGER 0x1366
#define CLASS_HID 0x03
#define CLASS_STORAGE 0x08
#define CLASS_HUB 0x09
#define CLASS_CDC 0x02
#define CLASS_CDC_DATA 0x0a
#define CLASS_VENDOR 0xff

/*
 * Probes that speak CMSIS-DAP or Black Magic's protocol, for captures without their strings. Ids as pid.codes, openmoko, pyOCD and
 * OpenOCD publish them.
 */
static const struct known_probe {
	uint16_t vid, pid;
	enum device_kind kind;
} known_probes[] = {
	{ 0x03eb, 0x2111, DEVICE_CMSIS_DAP }, /* Atmel EDBG */
	{ 0x03eb, 0x2140, DEVICE_CMSIS_DAP }, /* Atmel JTAGICE3 */
	{ 0x03eb, 0x2141, DEVICE_CMSIS_DAP }, /* Atmel-ICE */
	{ 0x03eb, 0x2144, DEVICE_CMSIS_DAP }, /* Power Debugger */
	{ 0x03eb, 0x2145, DEVICE_CMSIS_DAP }, /* mEDBG */
	{ 0x0d28, 0x0204, DEVICE_CMSIS_DAP }, /* DAPLink, also on reflashed ST-Links */
	{ 0x1209, 0x3443, DEVICE_CMSIS_DAP }, /* Orbtrace */
	{ 0x1fc9, 0x0090, DEVICE_CMSIS_DAP }, /* LPC-Link2 */
	{ 0x1fc9, 0x0143, DEVICE_CMSIS_DAP }, /* MCU-Link */
	{ 0x2e8a, 0x000c, DEVICE_CMSIS_DAP }, /* Raspberry Pi Debug Probe */
	{ 0xc251, 0xf001, DEVICE_CMSIS_DAP }, /* CMSIS-DAP of ARM's own template */
	{ 0xc251, 0x2722, DEVICE_CMSIS_DAP }, /* ULINK2 */
	{ 0x1d50, 0x6017, DEVICE_BLACK_MAGIC }, /* its boot loader */
	{ 0x1d50, 0x6018, DEVICE_BLACK_MAGIC },
};

/* A number from the front of a descriptor, 0 where the bytes do not reach so far. */
static uint16_t number_at(const uint8_t *bytes, size_t captured, size_t offset, size_t width)
{
	struct cursor cursor = cursor_over(bytes, captured, captured);
	uint64_t value = 0;

	cursor_take(&cursor, offset);
	cursor_uint(&cursor, width, false, &value);
	return (uint16_t)value;
}

static uint8_t byte_at(const uint8_t *bytes, size_t captured, size_t offset)
{
	return (uint8_t)number_at(bytes, captured, offset, 1);
}

static enum device_kind kind_of_class(uint8_t class_code)
{
	switch (class_code) {
	case 0x01: return DEVICE_AUDIO;
	case CLASS_CDC: return DEVICE_SERIAL;
	case CLASS_CDC_DATA: return DEVICE_SERIAL;
	case CLASS_HID: return DEVICE_HID;
	case CLASS_STORAGE: return DEVICE_STORAGE;
	case CLASS_HUB: return DEVICE_HUB;
	case CLASS_VENDOR: return DEVICE_VENDOR;
	default: return DEVICE_OTHER;
	}
}

/* The ids that ST has given to ST-Links so far lie here: 3744 to 3757. */
static bool in_stlink_block(const struct device *device)
{
	return device->vid == STLINK_VID && (device->pid & 0xffe0) == 0x3740;
}

static enum device_kind kind_of(const struct device_entry *entry)
{
	const struct device *device = &entry->device;
	enum device_kind kind;

	if (device->product_row)
		return DEVICE_STLINK;
	/* A product that no table knows stays what its traffic said it is. */
	if (device->vid == STLINK_VID)
		return in_stlink_block(device) && device->kind == DEVICE_STLINK ? DEVICE_STLINK : DEVICE_ST_OTHER;
	if (device->vid == VENDOR_SEGGER)
		return DEVICE_JLINK;
	for (size_t i = 0; i < sizeof known_probes / sizeof *known_probes; i++)
		if (known_probes[i].vid == device->vid && known_probes[i].pid == device->pid)
			return known_probes[i].kind;
	if (entry->names_cmsis_dap)
		return DEVICE_CMSIS_DAP;
	if (strncmp(device->product, "Black Magic", 11) == 0)
		return DEVICE_BLACK_MAGIC;
	/* Table 9-8: a class of 0, and of EF with association descriptors, leaves it to the interfaces; vendors abuse FF the same way. */
	kind = kind_of_class(device->class_code);
	if ((kind == DEVICE_OTHER || kind == DEVICE_VENDOR) && device->interface_count)
		kind = kind_of_class(device->interfaces[0].class_code);
	return kind == DEVICE_OTHER && device->hid_reports ? DEVICE_HID : kind;
}

bool device_may_be_stlink(const struct device *device)
{
	return device->kind == DEVICE_UNKNOWN || (device->kind == DEVICE_ST_OTHER && in_stlink_block(device));
}

static size_t use_index(uint8_t endpoint)
{
	return (endpoint & 0x0fU) | (endpoint & 0x80U) >> 3;
}

static enum endpoint_use use_of_product(const struct stlink_product *row, uint8_t endpoint)
{
	if (endpoint == row->command_endpoint)
		return USE_COMMAND;
	if (endpoint == row->answer_endpoint)
		return USE_ANSWER;
	if (endpoint == row->trace_endpoint)
		return USE_TRACE;
	if (endpoint == row->bridge_command_endpoint)
		return USE_BRIDGE_COMMAND;
	return endpoint == row->bridge_answer_endpoint ? USE_BRIDGE_ANSWER : USE_FOREIGN;
}

static const struct device_interface *interface_of(const struct device *device, uint8_t number)
{
	for (size_t i = 0; i < device->interface_count; i++)
		if (device->interfaces[i].number == number)
			return &device->interfaces[i];
	return NULL;
}

/* How many vendor-class interfaces come before this one. */
static unsigned vendor_rank(const struct device *device, const struct device_interface *interface)
{
	unsigned rank = 0;

	for (const struct device_interface *other = device->interfaces; other < interface; other++)
		rank += other->class_code == CLASS_VENDOR && other->alternate == 0;
	return rank;
}

/* Is this bulk IN endpoint of the debug interface the one for answers? By number; without that number, the first. */
static bool is_answer(const struct device *device, const struct device_endpoint *endpoint)
{
	uint8_t number = device->product_row ? device->product_row->answer_endpoint : 0x81;
	const struct device_endpoint *first = NULL;

	if (endpoint->address == number)
		return true;
	for (size_t i = 0; i < device->endpoint_count; i++) {
		const struct device_endpoint *other = &device->endpoints[i];

		if (other->interface != endpoint->interface || !(other->address & 0x80))
			continue;
		if (other->address == number)
			return false;
		first = first ? first : other;
	}
	return first == endpoint;
}

/* usb.tsv, column other_interfaces: the first vendor interface is for debugging, a second one is the bridge. */
static enum endpoint_use use_of_interface(const struct device *device, const struct device_endpoint *endpoint)
{
	const struct device_interface *interface = interface_of(device, endpoint->interface);
	bool in = endpoint->address & 0x80, bulk = (endpoint->attributes & 3) == 2;
	bool bulk_only = device->product_row && device->product_row->bulk_only;

	if (!interface)
		return USE_FOREIGN;
	if (interface->class_code == CLASS_CDC || interface->class_code == CLASS_CDC_DATA)
		return USE_SERIAL;
	if (interface->class_code == CLASS_STORAGE && !bulk_only)
		return USE_DISK;
	if (interface->class_code != (bulk_only ? CLASS_STORAGE : CLASS_VENDOR) || !bulk)
		return USE_FOREIGN;
	switch (bulk_only ? 0 : vendor_rank(device, interface)) {
	case 0:
		return !in ? USE_COMMAND : is_answer(device, endpoint) ? USE_ANSWER : USE_TRACE;
	case 1:
		return in ? USE_BRIDGE_ANSWER : USE_BRIDGE_COMMAND;
	default:
		return USE_FOREIGN;
	}
}

static void assign_uses(struct device *device)
{
	memset(device->uses, USE_UNKNOWN, sizeof device->uses);
	for (unsigned number = 1; number < 16; number++) {
		enum endpoint_use fallback = device->interface_count ? USE_FOREIGN : USE_UNKNOWN;

		for (unsigned direction = 0; direction <= 0x80; direction += 0x80) {
			uint8_t endpoint = (uint8_t)(number | direction);

			device->uses[use_index(endpoint)] =
				(uint8_t)(device->product_row ? use_of_product(device->product_row, endpoint) : fallback);
		}
	}
	for (size_t i = 0; i < device->endpoint_count; i++)
		device->uses[use_index(device->endpoints[i].address)] = (uint8_t)use_of_interface(device, &device->endpoints[i]);
}

enum endpoint_use device_endpoint_use(const struct device *device, uint8_t endpoint)
{
	if (!(endpoint & 0x0f))
		return USE_CONTROL;
	if (device->kind == DEVICE_STLINK)
		return (enum endpoint_use)device->uses[use_index(endpoint)];
	return device->kind == DEVICE_UNKNOWN ? USE_UNKNOWN : USE_FOREIGN;
}

enum endpoint_use device_endpoint_use_if_stlink(const struct device *device, uint8_t endpoint)
{
	return endpoint & 0x0f ? (enum endpoint_use)device->uses[use_index(endpoint)] : USE_CONTROL;
}

static bool is_debug_probe(const struct device *device)
{
	return device->kind == DEVICE_STLINK || device->kind == DEVICE_CMSIS_DAP || device->kind == DEVICE_JLINK ||
		device->kind == DEVICE_BLACK_MAGIC;
}

/* After anything about the device became known. */
static void identify(struct device_entry *entry)
{
	struct device *device = &entry->device;

	if (!device->described)
		return;
	device->product_row = stlink_product_find(device->vid, device->pid);
	device->kind = kind_of(entry);
	/* A debug probe's HID interface is no keyboard, however its reports looked before its descriptors came. */
	if (is_debug_probe(device)) {
		device->hid_reports = device->first_hid_frame = 0;
		device->hid_by_class = false;
	}
	assign_uses(device);
}

bool device_descriptor_plausible(const uint8_t *bytes, size_t captured, size_t wire)
{
	uint16_t version = number_at(bytes, captured, 2, 2);
	uint8_t packet = byte_at(bytes, captured, 7), configurations = byte_at(bytes, captured, 17);

	return captured == 18 && wire == 18 && byte_at(bytes, captured, 0) == 18 && byte_at(bytes, captured, 1) == 1 &&
		version >= 0x0100 && version <= 0x0320 && !(version & 0x0f) &&
		(packet == 8 || packet == 16 || packet == 32 || packet == 64 || packet == 9) &&
		number_at(bytes, captured, 8, 2) != 0 && configurations >= 1 && configurations <= 8;
}

bool device_descriptor_names(const uint8_t *bytes, size_t captured)
{
	return captured >= 12 && byte_at(bytes, captured, 1) == 1;
}

bool device_take_descriptor(struct device_entry *entry, const uint8_t *bytes, size_t captured)
{
	struct device *device = &entry->device;
	uint16_t vid = number_at(bytes, captured, 8, 2), pid = number_at(bytes, captured, 10, 2);
	bool news;

	if (!device_descriptor_names(bytes, captured))
		return false;
	news = !device->described || device->vid != vid || device->pid != pid;
	if (news) {
		device->interface_count = device->endpoint_count = 0;
		device->manufacturer[0] = device->product[0] = device->serial[0] = '\0';
		device->serial_length = 0;
		device->high_speed = false;
		entry->configuration = 0;
		entry->whole_configuration = entry->names_cmsis_dap = false;
	}
	device->described = true;
	device->class_code = byte_at(bytes, captured, 4);
	device->subclass = byte_at(bytes, captured, 5);
	device->protocol = byte_at(bytes, captured, 6);
	device->vid = vid;
	device->pid = pid;
	if (captured >= 17) {
		device->bcd_device = number_at(bytes, captured, 12, 2);
		device->manufacturer_index = byte_at(bytes, captured, 14);
		device->product_index = byte_at(bytes, captured, 15);
		device->serial_index = byte_at(bytes, captured, 16);
	}
	identify(entry);
	return news;
}

/* What one configuration descriptor says. */
struct configuration {
	struct device_interface interfaces[DEVICE_INTERFACES];
	struct device_endpoint endpoints[DEVICE_ENDPOINTS];
	uint8_t interface_count, endpoint_count;
	uint8_t value;
	bool whole, high_speed;
};

static void add_interface(struct configuration *configuration, const uint8_t *bytes, size_t captured)
{
	struct device_interface interface = {
		.number = byte_at(bytes, captured, 2),
		.alternate = byte_at(bytes, captured, 3),
		.class_code = byte_at(bytes, captured, 5),
		.subclass = byte_at(bytes, captured, 6),
		.protocol = byte_at(bytes, captured, 7),
		.name_index = byte_at(bytes, captured, 8),
	};
	size_t at = configuration->interface_count;

	/* Cameras have a dozen alternate settings: they make room for the interfaces that come behind. */
	if (at == DEVICE_INTERFACES && !interface.alternate)
		while (at-- > 0 && !configuration->interfaces[at].alternate)
			;
	if (at >= DEVICE_INTERFACES)
		return;
	configuration->interfaces[at] = interface;
	if (at == configuration->interface_count)
		configuration->interface_count++;
}

static void add_endpoint(struct configuration *configuration, const uint8_t *bytes, size_t captured, uint8_t interface)
{
	struct device_endpoint endpoint = {
		.address = byte_at(bytes, captured, 2) & 0x8f,
		.attributes = byte_at(bytes, captured, 3),
		.interface = interface,
		.max_packet = number_at(bytes, captured, 4, 2),
	};

	if ((endpoint.attributes & 3) == 2 && endpoint.max_packet == 512)
		configuration->high_speed = true;
	/* Alternate settings repeat endpoints: the first counts. */
	for (size_t i = 0; i < configuration->endpoint_count; i++)
		if (configuration->endpoints[i].address == endpoint.address)
			return;
	if ((endpoint.address & 0x0f) && configuration->endpoint_count < DEVICE_ENDPOINTS)
		configuration->endpoints[configuration->endpoint_count++] = endpoint;
}

/* 9.6.3 to 9.6.6: descriptors follow one another; an endpoint belongs to the interface before it. */
static struct configuration read_configuration(const uint8_t *bytes, size_t captured)
{
	struct configuration configuration = { .value = byte_at(bytes, captured, 5) };
	uint16_t total = number_at(bytes, captured, 2, 2);
	struct cursor cursor = cursor_over(bytes, captured < total ? captured : total, 0);
	const uint8_t *descriptor;
	uint8_t interface = 0;
	bool inside = false;

	configuration.whole = total >= 9 && captured >= total;
	while (cursor_left(&cursor) >= 2) {
		uint8_t length = byte_at(cursor.data, cursor.captured, cursor.at);

		/* A length below 2 would never end; one beyond the bytes is cut: either way nothing more can be told apart. */
		descriptor = length < 2 ? NULL : cursor_take(&cursor, length);
		if (!descriptor)
			break;
		if (byte_at(descriptor, length, 1) == 0x04 && length >= 9) {
			add_interface(&configuration, descriptor, length);
			interface = byte_at(descriptor, length, 2);
			inside = true;
		} else if (byte_at(descriptor, length, 1) == 0x05 && length >= 7 && inside) {
			add_endpoint(&configuration, descriptor, length, interface);
		}
	}
	return configuration;
}

void device_take_configuration(struct device_entry *entry, const uint8_t *bytes, size_t captured)
{
	struct device *device = &entry->device;
	struct configuration read;
	bool other;

	if (captured < 9 || byte_at(bytes, captured, 1) != 2)
		return;
	read = read_configuration(bytes, captured);
	other = entry->configuration && read.value != entry->configuration;
	/* Hosts read every configuration and choose one: until then the first holds. A partial read takes nothing away. */
	if (other ? read.value != entry->selected
	          : !read.whole && (entry->whole_configuration || read.interface_count < device->interface_count ||
	                            read.endpoint_count < device->endpoint_count))
		return;
	memcpy(device->interfaces, read.interfaces, sizeof device->interfaces);
	memcpy(device->endpoints, read.endpoints, sizeof device->endpoints);
	device->interface_count = read.interface_count;
	device->endpoint_count = read.endpoint_count;
	device->high_speed = read.high_speed;
	entry->configuration = read.value;
	entry->whole_configuration = read.whole;
	identify(entry);
}

bool device_take_string(struct device_entry *entry, uint8_t index, const uint8_t *bytes, size_t captured)
{
	struct device *device = &entry->device;
	char text[DEVICE_TEXT];
	bool whole = captured >= 2 && captured >= byte_at(bytes, captured, 0), serial = index == device->serial_index;
	char *known = serial ? device->serial : index == device->product_index ? device->product
	              : index == device->manufacturer_index ? device->manufacturer : NULL;
	bool news;

	if (!index || captured < 2 || byte_at(bytes, captured, 1) != 3)
		return false;
	if (serial)
		device->serial_length = byte_at(bytes, captured, 0);
	usb_string_text(bytes, captured, serial && device->product_row, text, sizeof text);
	if (strstr(text, "CMSIS-DAP"))
		entry->names_cmsis_dap = true;
	/* The front of a serial number is none; the front of a name is better than no name. */
	news = text[0] && known && strcmp(known, text) != 0 && (whole || (!serial && !known[0] && captured > 4));
	if (news)
		snprintf(known, DEVICE_TEXT, "%s", text);
	identify(entry);
	return news && serial;
}

/* HID 1.11 appendix B.1: modifiers, a reserved 0, six key codes; rolled over, all are 1. */
static bool looks_like_keyboard(const uint8_t *report, size_t length)
{
	bool ended = false;

	/* A1 begins the notifications of communication devices (CDC 1.2, 6.3). */
	if (length != 8 || report[1] || report[0] == 0xa1)
		return false;
	if (memcmp(report + 2, "\1\1\1\1\1\1", 6) == 0)
		return true;
	for (size_t i = 2; i < 8; i++) {
		if (report[i] && (ended || report[i] < 0x04 || report[i] > 0xa4))
			return false;
		ended = !report[i];
	}
	return true;
}

/* Appendix B.2: buttons, two movements, and as all mice have it now, a wheel, which turns by a few notches. */
static bool looks_like_mouse(const uint8_t *report, size_t length)
{
	return (length == 3 || (length == 4 && (report[3] <= 8 || report[3] >= 0xf8))) && report[0] <= 0x1f;
}

/*
 * Without an interface descriptor only boot reports count, when several in a row on one endpoint look so, all of one length, not all
 * the same. The reports of hubs (1 or 2 bytes) and of communication devices do not pass.
 */
static bool look_at_report(struct report_look *look, const struct urb_event *urb)
{
	struct cursor cursor = cursor_over(urb->data, urb->captured, urb->wire);
	size_t length = urb->wire;
	const uint8_t *report = cursor_take(&cursor, length);

	if (look->refused)
		return false;
	if (!look->plausible) {
		look->first_frame = urb->frame;
		look->endpoint = urb->endpoint;
		look->length = (uint8_t)length;
	}
	if (!report || length > sizeof look->last || length != look->length || urb->endpoint != look->endpoint ||
	    (!looks_like_keyboard(report, length) && !looks_like_mouse(report, length))) {
		look->refused = true;
		return false;
	}
	look->changed |= look->plausible && memcmp(look->last, report, length) != 0;
	memcpy(look->last, report, length);
	if (look->plausible < UINT8_MAX)
		look->plausible++;
	return look->changed && look->plausible >= (length == 8 ? 4 : 8);
}

/* Is this endpoint one of a class 03 interface? */
static bool is_hid_endpoint(const struct device *device, uint8_t endpoint)
{
	for (size_t i = 0; i < device->endpoint_count; i++) {
		const struct device_interface *interface = interface_of(device, device->endpoints[i].interface);

		if (device->endpoints[i].address == endpoint)
			return interface && interface->class_code == CLASS_HID;
	}
	return false;
}

void device_take_report(struct device_entry *entry, const struct urb_event *urb)
{
	struct device *device = &entry->device;
	bool told = device->interface_count != 0;

	if (is_debug_probe(device))
		return;
	if (told) {
		if (!is_hid_endpoint(device, urb->endpoint))
			return;
	} else if ((device->kind != DEVICE_UNKNOWN && device->kind != DEVICE_OTHER && device->kind != DEVICE_HID) ||
	           !urb->captured || !look_at_report(&entry->look, urb)) {
		return;
	}
	if (!device->hid_reports) {
		device->first_hid_frame = told ? urb->frame : entry->look.first_frame;
		device->hid_reports = told ? 0 : entry->look.plausible - 1U;
	}
	device->hid_by_class |= told;
	device->hid_reports++;
	if (!told)
		device->kind = DEVICE_HID;
}
