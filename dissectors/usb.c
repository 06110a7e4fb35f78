/*
 * The standard part of USB as tables: setup packets, names of requests, descriptors and classes, string descriptors.
 * Knows: USB 2.0 chapter 9 (tables 9-2 to 9-16) and 11.24 (hubs), HID 1.11 6.2.1 and 7.2, CDC PSTN 1.2 6.3, Bulk-Only 1.0 3.
 * Must not know: which device it is, what came before, ST-Link commands.
 */
#include "usb.h"

#include <string.h>

/* bmRequestType (table 9-2): what the rows of requests[] are told apart by. */
enum {
	TYPE_STANDARD = 0,
	TYPE_CLASS = 1,
	FOR_DEVICE = 1 << 0,
	FOR_INTERFACE = 1 << 1,
	FOR_ENDPOINT = 1 << 2,
	FOR_OTHER = 1 << 3, /* a port of a hub */
	FOR_HUB = FOR_DEVICE | FOR_OTHER,
	FOR_ANY = 0xff,
};

/* Class requests carry no class code: the recipient tells hubs (11.24.2) from the classes that speak to interfaces. */
static const struct request {
	uint8_t type, recipients, code;
	const char *name;
} requests[] = {
	{ TYPE_STANDARD, FOR_ANY, 0x00, "GET_STATUS" },
	{ TYPE_STANDARD, FOR_ANY, 0x01, "CLEAR_FEATURE" },
	{ TYPE_STANDARD, FOR_ANY, 0x03, "SET_FEATURE" },
	{ TYPE_STANDARD, FOR_ANY, 0x05, "SET_ADDRESS" },
	{ TYPE_STANDARD, FOR_ANY, 0x06, "GET_DESCRIPTOR" },
	{ TYPE_STANDARD, FOR_ANY, 0x07, "SET_DESCRIPTOR" },
	{ TYPE_STANDARD, FOR_ANY, 0x08, "GET_CONFIGURATION" },
	{ TYPE_STANDARD, FOR_ANY, 0x09, "SET_CONFIGURATION" },
	{ TYPE_STANDARD, FOR_ANY, 0x0a, "GET_INTERFACE" },
	{ TYPE_STANDARD, FOR_ANY, 0x0b, "SET_INTERFACE" },
	{ TYPE_STANDARD, FOR_ANY, 0x0c, "SYNCH_FRAME" },
	{ TYPE_STANDARD, FOR_ANY, 0x30, "SET_SEL" },
	{ TYPE_STANDARD, FOR_ANY, 0x31, "SET_ISOCH_DELAY" },
	{ TYPE_CLASS, FOR_HUB, 0x00, "GET_STATUS" },
	{ TYPE_CLASS, FOR_HUB, 0x01, "CLEAR_FEATURE" },
	{ TYPE_CLASS, FOR_HUB, 0x03, "SET_FEATURE" },
	{ TYPE_CLASS, FOR_HUB, 0x06, "GET_DESCRIPTOR" },
	{ TYPE_CLASS, FOR_HUB, 0x07, "SET_DESCRIPTOR" },
	{ TYPE_CLASS, FOR_HUB, 0x08, "CLEAR_TT_BUFFER" },
	{ TYPE_CLASS, FOR_HUB, 0x09, "RESET_TT" },
	{ TYPE_CLASS, FOR_HUB, 0x0a, "GET_TT_STATE" },
	{ TYPE_CLASS, FOR_HUB, 0x0b, "STOP_TT" },
	{ TYPE_CLASS, FOR_HUB, 0x0c, "SET_HUB_DEPTH" },
	{ TYPE_CLASS, FOR_HUB, 0x0d, "GET_PORT_ERR_COUNT" },
	{ TYPE_CLASS, FOR_INTERFACE, 0x01, "GET_REPORT" },
	{ TYPE_CLASS, FOR_INTERFACE, 0x02, "GET_IDLE" },
	{ TYPE_CLASS, FOR_INTERFACE, 0x03, "GET_PROTOCOL" },
	{ TYPE_CLASS, FOR_INTERFACE, 0x09, "SET_REPORT" },
	{ TYPE_CLASS, FOR_INTERFACE, 0x0a, "SET_IDLE" },
	{ TYPE_CLASS, FOR_INTERFACE, 0x0b, "SET_PROTOCOL" },
	{ TYPE_CLASS, FOR_INTERFACE, 0x20, "SET_LINE_CODING" },
	{ TYPE_CLASS, FOR_INTERFACE, 0x21, "GET_LINE_CODING" },
	{ TYPE_CLASS, FOR_INTERFACE, 0x22, "SET_CONTROL_LINE_STATE" },
	{ TYPE_CLASS, FOR_INTERFACE, 0x23, "SEND_BREAK" },
	{ TYPE_CLASS, FOR_INTERFACE, 0xfe, "GET_MAX_LUN" },
	{ TYPE_CLASS, FOR_INTERFACE, 0xff, "MASS_STORAGE_RESET" },
};

static const struct name direction_names[] = { { 0, "OUT" }, { 1, "IN" }, { 0, NULL } };

static const struct name request_type_names[] = {
	{ 0, "standard" }, { 1, "class" }, { 2, "vendor" }, { 3, "reserved" }, { 0, NULL },
};

static const struct name recipient_names[] = {
	{ 0, "device" }, { 1, "interface" }, { 2, "endpoint" }, { 3, "other" }, { 0, NULL },
};

static const struct name descriptor_names[] = {
	{ 0x01, "device" },
	{ 0x02, "configuration" },
	{ 0x03, "string" },
	{ 0x04, "interface" },
	{ 0x05, "endpoint" },
	{ 0x06, "device qualifier" },
	{ 0x07, "other speed configuration" },
	{ 0x08, "interface power" },
	{ 0x09, "OTG" },
	{ 0x0a, "debug" },
	{ 0x0b, "interface association" },
	{ 0x0f, "BOS" },
	{ 0x10, "device capability" },
	{ 0x21, "HID" },
	{ 0x22, "HID report" },
	{ 0x23, "HID physical" },
	{ 0x24, "class-specific interface" },
	{ 0x25, "class-specific endpoint" },
	{ 0x29, "hub" },
	{ 0x2a, "SuperSpeed hub" },
	{ 0x30, "SuperSpeed endpoint companion" },
	{ 0, NULL },
};

static const struct name class_names[] = {
	{ 0x00, "per interface" },
	{ 0x01, "audio" },
	{ 0x02, "communications" },
	{ 0x03, "human interface" },
	{ 0x05, "physical" },
	{ 0x06, "image" },
	{ 0x07, "printer" },
	{ 0x08, "mass storage" },
	{ 0x09, "hub" },
	{ 0x0a, "CDC data" },
	{ 0x0b, "smart card" },
	{ 0x0d, "content security" },
	{ 0x0e, "video" },
	{ 0x0f, "personal healthcare" },
	{ 0x10, "audio/video" },
	{ 0x11, "billboard" },
	{ 0xdc, "diagnostic" },
	{ 0xe0, "wireless controller" },
	{ 0xef, "miscellaneous" },
	{ 0xfe, "application specific" },
	{ 0xff, "vendor specific" },
	{ 0, NULL },
};

static const struct bits request_type_bits[] = {
	{ "direction", 7, 7, direction_names },
	{ "type", 6, 5, request_type_names },
	{ "recipient", 4, 0, recipient_names },
	{ NULL, 0, 0, NULL },
};

const struct field usb_setup_layout[] = {
	{ .name = "request_type", .label = "bmRequestType", .width = 1, .show = SHOW_HEX, .bits = request_type_bits },
	{ .name = "request", .label = "bRequest", .width = 1, .show = SHOW_HEX },
	{ .name = "value", .label = "wValue", .width = 2, .show = SHOW_HEX },
	{ .name = "index", .label = "wIndex", .width = 2, .show = SHOW_HEX },
	{ .name = "length", .label = "wLength", .width = 2 },
	{ .name = NULL },
};

#define DESCRIPTOR_HEAD                                     \
	{ .name = "length", .label = "bLength", .width = 1 }, \
	{ .name = "type", .label = "bDescriptorType", .width = 1, .show = SHOW_HEX, .names = descriptor_names }

#define CLASS_TRIPLE(prefix, label_prefix)                                                                              \
	{ .name = prefix "class", .label = label_prefix "Class", .width = 1, .show = SHOW_HEX, .names = class_names }, \
	{ .name = prefix "subclass", .label = label_prefix "SubClass", .width = 1, .show = SHOW_HEX },                 \
	{ .name = prefix "protocol", .label = label_prefix "Protocol", .width = 1, .show = SHOW_HEX }

/* Table 9-8. */
static const struct field device_layout[] = {
	DESCRIPTOR_HEAD,
	{ .name = "usb_version", .label = "bcdUSB", .width = 2, .show = SHOW_HEX },
	CLASS_TRIPLE("device_", "bDevice"),
	{ .name = "max_packet_size0", .label = "bMaxPacketSize0", .width = 1 },
	{ .name = "vendor", .label = "idVendor", .width = 2, .show = SHOW_HEX, .role = ROLE_VID },
	{ .name = "product", .label = "idProduct", .width = 2, .show = SHOW_HEX, .role = ROLE_PID },
	{ .name = "device_version", .label = "bcdDevice", .width = 2, .show = SHOW_HEX },
	{ .name = "manufacturer_string", .label = "iManufacturer", .width = 1 },
	{ .name = "product_string", .label = "iProduct", .width = 1 },
	{ .name = "serial_string", .label = "iSerialNumber", .width = 1 },
	{ .name = "configurations", .label = "bNumConfigurations", .width = 1 },
	{ .name = NULL },
};

static const struct bits configuration_bits[] = {
	{ "self_powered", 6, 6, NULL },
	{ "remote_wakeup", 5, 5, NULL },
	{ NULL, 0, 0, NULL },
};

/* Tables 9-10 and 9-11. */
static const struct field configuration_layout[] = {
	DESCRIPTOR_HEAD,
	{ .name = "total_length", .label = "wTotalLength", .width = 2 },
	{ .name = "interfaces", .label = "bNumInterfaces", .width = 1 },
	{ .name = "configuration", .label = "bConfigurationValue", .width = 1 },
	{ .name = "configuration_string", .label = "iConfiguration", .width = 1 },
	{ .name = "attributes", .label = "bmAttributes", .width = 1, .show = SHOW_HEX, .bits = configuration_bits },
	{ .name = "max_power", .label = "bMaxPower, in units of 2 mA", .width = 1 },
	{ .name = NULL },
};

/* Tables 9-15 and 9-16. Language ids in string 0, UTF-16 text in the others: usb_string_text reads it. */
static const struct field string_layout[] = {
	DESCRIPTOR_HEAD,
	{ .name = "units", .label = "UTF-16 text or language ids", .width = FIELD_REST, .show = SHOW_BYTES },
	{ .name = NULL },
};

/* Table 9-12. */
static const struct field interface_layout[] = {
	DESCRIPTOR_HEAD,
	{ .name = "interface", .label = "bInterfaceNumber", .width = 1 },
	{ .name = "alternate", .label = "bAlternateSetting", .width = 1 },
	{ .name = "endpoints", .label = "bNumEndpoints", .width = 1 },
	CLASS_TRIPLE("interface_", "bInterface"),
	{ .name = "interface_string", .label = "iInterface", .width = 1 },
	{ .name = NULL },
};

static const struct name transfer_names[] = {
	{ 0, "control" }, { 1, "isochronous" }, { 2, "bulk" }, { 3, "interrupt" }, { 0, NULL },
};

static const struct bits endpoint_address_bits[] = {
	{ "direction", 7, 7, direction_names },
	{ "number", 3, 0, NULL },
	{ NULL, 0, 0, NULL },
};

static const struct bits endpoint_attribute_bits[] = {
	{ "transfer", 1, 0, transfer_names },
	{ NULL, 0, 0, NULL },
};

/* Table 9-13. Audio class 1 appends bRefresh and bSynchAddress. */
static const struct field endpoint_layout[] = {
	DESCRIPTOR_HEAD,
	{ .name = "endpoint", .label = "bEndpointAddress", .width = 1, .show = SHOW_HEX, .bits = endpoint_address_bits },
	{ .name = "attributes", .label = "bmAttributes", .width = 1, .show = SHOW_HEX, .bits = endpoint_attribute_bits },
	{ .name = "max_packet_size", .label = "wMaxPacketSize", .width = 2 },
	{ .name = "interval", .label = "bInterval", .width = 1 },
	{ .name = NULL },
};

/* Table 9-9. */
static const struct field qualifier_layout[] = {
	DESCRIPTOR_HEAD,
	{ .name = "usb_version", .label = "bcdUSB", .width = 2, .show = SHOW_HEX },
	CLASS_TRIPLE("device_", "bDevice"),
	{ .name = "max_packet_size0", .label = "bMaxPacketSize0", .width = 1 },
	{ .name = "configurations", .label = "bNumConfigurations", .width = 1 },
	{ .name = "reserved", .label = "bReserved", .width = 1, .show = SHOW_PADDING },
	{ .name = NULL },
};

/* Interface Association Descriptors ECN, table 9-Z. */
static const struct field association_layout[] = {
	DESCRIPTOR_HEAD,
	{ .name = "first_interface", .label = "bFirstInterface", .width = 1 },
	{ .name = "interface_count", .label = "bInterfaceCount", .width = 1 },
	CLASS_TRIPLE("function_", "bFunction"),
	{ .name = "function_string", .label = "iFunction", .width = 1 },
	{ .name = NULL },
};

static const struct name capability_names[] = {
	{ 0x01, "wireless USB" }, { 0x02, "USB 2.0 extension" }, { 0x03, "SuperSpeed" },
	{ 0x04, "container id" }, { 0x05, "platform" }, { 0x0a, "SuperSpeedPlus" }, { 0, NULL },
};

/* USB 3.2 tables 9-12 and 9-13. */
static const struct field bos_layout[] = {
	DESCRIPTOR_HEAD,
	{ .name = "total_length", .label = "wTotalLength", .width = 2 },
	{ .name = "capabilities", .label = "bNumDeviceCaps", .width = 1 },
	{ .name = NULL },
};

static const struct field capability_layout[] = {
	DESCRIPTOR_HEAD,
	{ .name = "capability", .label = "bDevCapabilityType", .width = 1, .show = SHOW_HEX, .names = capability_names },
	{ .name = "body", .label = "capability-dependent", .width = FIELD_REST, .show = SHOW_BYTES },
	{ .name = NULL },
};

/* HID 1.11, 6.2.1; further optional descriptors may follow the first. */
static const struct field hid_layout[] = {
	DESCRIPTOR_HEAD,
	{ .name = "hid_version", .label = "bcdHID", .width = 2, .show = SHOW_HEX },
	{ .name = "country", .label = "bCountryCode", .width = 1 },
	{ .name = "descriptors", .label = "bNumDescriptors", .width = 1 },
	{ .name = "report_type", .label = "bDescriptorType", .width = 1, .show = SHOW_HEX, .names = descriptor_names },
	{ .name = "report_length", .label = "wDescriptorLength", .width = 2 },
	{ .name = "more", .label = "optional descriptors", .width = FIELD_REST, .show = SHOW_BYTES },
	{ .name = NULL },
};

/* Functional descriptors of CDC, audio and others: the subtype is all that they share. */
static const struct field class_specific_layout[] = {
	DESCRIPTOR_HEAD,
	{ .name = "subtype", .label = "bDescriptorSubtype", .width = 1, .show = SHOW_HEX },
	{ .name = "body", .label = "class-specific", .width = FIELD_REST, .show = SHOW_BYTES },
	{ .name = NULL },
};

/* Table 11-13. */
static const struct field hub_layout[] = {
	DESCRIPTOR_HEAD,
	{ .name = "ports", .label = "bNbrPorts", .width = 1 },
	{ .name = "characteristics", .label = "wHubCharacteristics", .width = 2, .show = SHOW_HEX },
	{ .name = "power_on_time", .label = "bPwrOn2PwrGood, in units of 2 ms", .width = 1 },
	{ .name = "current", .label = "bHubContrCurrent, mA", .width = 1 },
	{ .name = "port_bits", .label = "DeviceRemovable, PortPwrCtrlMask", .width = FIELD_REST, .show = SHOW_BYTES },
	{ .name = NULL },
};

static const struct field companion_layout[] = {
	DESCRIPTOR_HEAD,
	{ .name = "max_burst", .label = "bMaxBurst", .width = 1 },
	{ .name = "attributes", .label = "bmAttributes", .width = 1, .show = SHOW_HEX },
	{ .name = "bytes_per_interval", .label = "wBytesPerInterval", .width = 2 },
	{ .name = NULL },
};

static const struct descriptor {
	uint8_t type;
	const struct field *layout;
} descriptors[] = {
	{ 0x01, device_layout },
	{ 0x02, configuration_layout },
	{ 0x03, string_layout },
	{ 0x04, interface_layout },
	{ 0x05, endpoint_layout },
	{ 0x06, qualifier_layout },
	{ 0x07, configuration_layout },
	{ 0x0b, association_layout },
	{ 0x0f, bos_layout },
	{ 0x10, capability_layout },
	{ 0x21, hid_layout },
	{ 0x24, class_specific_layout },
	{ 0x25, class_specific_layout },
	{ 0x29, hub_layout },
	{ 0x30, companion_layout },
};

struct usb_setup usb_setup_read(const uint8_t setup[8])
{
	struct cursor cursor = cursor_over(setup, 8, 8);
	uint64_t type = 0, request = 0, value = 0, index = 0, length = 0;

	cursor_uint(&cursor, 1, false, &type);
	cursor_uint(&cursor, 1, false, &request);
	cursor_uint(&cursor, 2, false, &value);
	cursor_uint(&cursor, 2, false, &index);
	cursor_uint(&cursor, 2, false, &length);
	return (struct usb_setup){ (uint8_t)type, (uint8_t)request, (uint16_t)value, (uint16_t)index, (uint16_t)length };
}

const char *usb_request_name(const struct usb_setup *setup)
{
	unsigned type = setup->request_type >> 5 & 3, recipient = setup->request_type & 0x1f;

	if (recipient > 3)
		return NULL;
	for (size_t i = 0; i < sizeof requests / sizeof *requests; i++)
		if (requests[i].type == type && requests[i].code == setup->request && requests[i].recipients >> recipient & 1)
			return requests[i].name;
	return NULL;
}

const char *usb_descriptor_name(uint8_t type)
{
	return name_of(descriptor_names, type);
}

const char *usb_class_name(uint8_t class_code)
{
	return name_of(class_names, class_code);
}

const struct field *usb_descriptor_layout(uint8_t type)
{
	for (size_t i = 0; i < sizeof descriptors / sizeof *descriptors; i++)
		if (descriptors[i].type == type)
			return descriptors[i].layout;
	return NULL;
}

/* Text being written: a character that does not fit whole ends it. */
struct writer {
	char *text;
	size_t size, length;
};

/* Returns false where code, a Unicode scalar value, did not fit. */
static bool write_character(struct writer *writer, uint32_t code)
{
	char bytes[4];
	size_t count = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
	static const uint8_t lead[] = { 0x00, 0xc0, 0xe0, 0xf0 };

	if (writer->length + count >= writer->size)
		return false;
	for (size_t i = count - 1; i > 0; i--) {
		bytes[i] = (char)(0x80 | (code & 0x3f));
		code >>= 6;
	}
	bytes[0] = (char)(lead[count - 1] | code);
	memcpy(writer->text + writer->length, bytes, count);
	writer->length += count;
	return true;
}

/* The UTF-16 unit at index, or 0 behind the end. */
static uint32_t unit_at(const uint8_t *units, size_t count, size_t index)
{
	struct cursor cursor = cursor_over(units, 2 * count, 2 * count);
	uint64_t unit = 0;

	cursor_take(&cursor, 2 * index);
	cursor_uint(&cursor, 2, false, &unit);
	return (uint32_t)unit;
}

/* Are these the bytes of a serial number in the low halves of their units, as V2 firmware up to about J21 sends it? */
static bool is_raw_serial(uint64_t declared, const uint8_t *units, size_t count)
{
	if (declared != 26)
		return false;
	for (size_t i = 0; i < count; i++)
		if (unit_at(units, count, i) > 0xff)
			return false;
	return true;
}

static void write_hex(struct writer *writer, const uint8_t *units, size_t count)
{
	static const char digits[] = "0123456789ABCDEF";

	for (size_t i = 0; i < count; i++) {
		uint32_t byte = unit_at(units, count, i) & 0xff;

		if (!write_character(writer, (uint32_t)digits[byte >> 4]) || !write_character(writer, (uint32_t)digits[byte & 15]))
			return;
	}
}

static void write_utf16(struct writer *writer, const uint8_t *units, size_t count)
{
	/* Firmware pads with NUL: that ends the text. One in the middle is a character that C strings cannot hold. */
	while (count && !unit_at(units, count, count - 1))
		count--;
	for (size_t i = 0; i < count; i++) {
		uint32_t code = unit_at(units, count, i), low = i + 1 < count ? unit_at(units, count, i + 1) : 0;

		if (code >= 0xd800 && code < 0xdc00 && low >= 0xdc00 && low < 0xe000) {
			code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
			i++;
		} else if ((code >= 0xd800 && code < 0xe000) || !code) {
			code = 0xfffd;
		}
		if (!write_character(writer, code))
			return;
	}
}

size_t usb_string_text(const uint8_t *data, size_t captured, bool raw_serial, char *text, size_t size)
{
	struct cursor cursor = cursor_over(data, captured, captured);
	struct writer writer = { text, size, 0 };
	uint64_t declared = 0, type = 0;
	const uint8_t *units;
	size_t present;

	if (!size)
		return 0;
	cursor_uint(&cursor, 1, false, &declared);
	if (cursor_uint(&cursor, 1, false, &type) && type == 0x03 && declared > 2) {
		/* bLength may promise more than came, or stand before bytes of something else. */
		present = cursor_left(&cursor) < declared - 2 ? cursor_left(&cursor) : (size_t)declared - 2;
		units = cursor_take(&cursor, present);
		if (units && raw_serial && is_raw_serial(declared, units, present / 2))
			write_hex(&writer, units, present / 2);
		else if (units)
			write_utf16(&writer, units, present / 2);
	}
	text[writer.length] = '\0';
	return writer.length;
}
