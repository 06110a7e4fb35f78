/*
 * Devices and their control transfers in words.
 * Knows: what the fields of a standard or hub request mean (USB 2.0 9.4, 11.24.2), names of device kinds and of kernel drivers.
 * Must not know: which device it is, state over time, output formats.
 */
#include "device.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const kind_names[] = {
	[DEVICE_UNKNOWN] = "unknown device",
	[DEVICE_STLINK] = "ST-Link",
	[DEVICE_ST_OTHER] = "ST device, not a probe",
	[DEVICE_HUB] = "hub",
	[DEVICE_HID] = "keyboard or mouse",
	[DEVICE_CMSIS_DAP] = "CMSIS-DAP probe",
	[DEVICE_JLINK] = "J-Link",
	[DEVICE_BLACK_MAGIC] = "Black Magic Probe",
	[DEVICE_STORAGE] = "USB disk",
	[DEVICE_SERIAL] = "serial port",
	[DEVICE_AUDIO] = "audio device",
	[DEVICE_VENDOR] = "vendor-specific device",
	[DEVICE_OTHER] = "USB device",
};

/* Feature selectors of tables 9-6 and 11-17 by recipient of bmRequestType. */
static const struct name device_features[] = { { 1, "DEVICE_REMOTE_WAKEUP" }, { 2, "TEST_MODE" }, { 0, NULL } };
static const struct name endpoint_features[] = { { 0, "ENDPOINT_HALT" }, { 0, NULL } };
static const struct name hub_features[] = { { 0, "C_HUB_LOCAL_POWER" }, { 1, "C_HUB_OVER_CURRENT" }, { 0, NULL } };
static const struct name port_features[] = {
	{ 0, "PORT_CONNECTION" },
	{ 1, "PORT_ENABLE" },
	{ 2, "PORT_SUSPEND" },
	{ 3, "PORT_OVER_CURRENT" },
	{ 4, "PORT_RESET" },
	{ 8, "PORT_POWER" },
	{ 9, "PORT_LOW_SPEED" },
	{ 16, "C_PORT_CONNECTION" },
	{ 17, "C_PORT_ENABLE" },
	{ 18, "C_PORT_SUSPEND" },
	{ 19, "C_PORT_OVER_CURRENT" },
	{ 20, "C_PORT_RESET" },
	{ 21, "PORT_TEST" },
	{ 22, "PORT_INDICATOR" },
	{ 0, NULL },
};

const char *device_kind_name(enum device_kind kind)
{
	return kind_names[kind];
}

const char *device_kernel_driver(uint8_t class_code, uint8_t subclass)
{
	switch (class_code) {
	case 0x01: return "snd-usb-audio";
	case 0x02: return subclass == 0x02 ? "cdc_acm" : subclass == 0x06 ? "cdc_ether" : subclass == 0x0d ? "cdc_ncm" : NULL;
	case 0x03: return "usbhid";
	case 0x07: return "usblp";
	case 0x08: return "usb-storage";
	case 0x09: return "hub";
	case 0x0a: return "cdc_acm";
	case 0x0e: return "uvcvideo";
	case 0xe0: return subclass == 0x01 ? "btusb" : NULL;
	default: return NULL;
	}
}

/* Words being put together. */
struct words {
	char *text;
	size_t size, length;
};

__attribute__((format(printf, 2, 3)))
static void say(struct words *words, const char *format, ...)
{
	va_list arguments;
	int count;

	if (words->length + 1 >= words->size)
		return;
	va_start(arguments, format);
	count = vsnprintf(words->text + words->length, words->size - words->length, format, arguments);
	va_end(arguments);
	if (count < 0)
		return;
	if ((size_t)count < words->size - words->length) {
		words->length += (size_t)count;
		return;
	}
	/* It did not fit. Half a character must not stay at the end. */
	words->length = words->size - 1;
	while (words->length && ((unsigned char)words->text[words->length - 1] & 0xc0) == 0x80)
		words->length--;
	if (words->length && (unsigned char)words->text[words->length - 1] >= 0xc0)
		words->length--;
	words->text[words->length] = '\0';
	words->size = words->length + 1;
}

static struct words words_into(char *text, size_t size)
{
	if (size)
		text[0] = '\0';
	return (struct words){ text, size, 0 };
}

void device_describe(const struct device *device, char *text, size_t size)
{
	struct words words = words_into(text, size);

	say(&words, "%s", device->product_row ? device->product_row->product : device_kind_name(device->kind));
	if (!device->described)
		return;
	if (device->kind == DEVICE_OTHER && device->interface_count && usb_class_name(device->interfaces[0].class_code))
		say(&words, " (%s)", usb_class_name(device->interfaces[0].class_code));
	say(&words, " %04x:%04x", device->vid, device->pid);
	if (device->product[0])
		say(&words, " \"%s\"", device->product);
}

/* A number of width bytes at offset, 0 where the bytes do not reach so far. */
static unsigned number_at(const uint8_t *data, size_t captured, size_t offset, size_t width)
{
	struct cursor cursor = cursor_over(data, captured, captured);
	uint64_t value = 0;

	cursor_take(&cursor, offset);
	cursor_uint(&cursor, width, false, &value);
	return (unsigned)value;
}

/*
 * Nothing says here which string is the serial number: the raw form of it is told by its 12 units of one byte each, of which some
 * are no printable character ("STM32 STLink" has 12 as well).
 */
static bool looks_like_raw_serial(const uint8_t *data, size_t captured)
{
	bool unprintable = false;

	if (captured != 26)
		return false;
	for (size_t at = 2; at < captured; at += 2) {
		unsigned unit = number_at(data, captured, at, 2);

		if (unit > 0xff)
			return false;
		unprintable |= unit < 0x20 || unit >= 0x7f;
	}
	return unprintable;
}

static void say_string(struct words *words, uint8_t index, const uint8_t *data, size_t captured)
{
	unsigned length = number_at(data, captured, 0, 1);
	char text[DEVICE_TEXT];

	if (captured < length && captured <= 4) {
		say(words, " of %u bytes", length);
		return;
	}
	if (index) {
		usb_string_text(data, captured, looks_like_raw_serial(data, captured), text, sizeof text);
		say(words, " = \"%s\"", text);
		return;
	}
	say(words, " = languages");
	for (size_t at = 2; at + 2 <= captured && at + 2 <= length; at += 2)
		say(words, " %04x", number_at(data, captured, at, 2));
}

/* What the descriptor at the front of data says in short. */
static void say_descriptor(struct words *words, uint8_t index, const uint8_t *data, size_t captured)
{
	switch (number_at(data, captured, 1, 1)) {
	case 0x01:
		if (captured >= 12)
			say(words, " = %04x:%04x", number_at(data, captured, 8, 2), number_at(data, captured, 10, 2));
		break;
	case 0x02:
		if (captured >= 6)
			say(words, " = value %u, %u interfaces, %u bytes", number_at(data, captured, 5, 1),
			    number_at(data, captured, 4, 1), number_at(data, captured, 2, 2));
		break;
	case 0x03:
		say_string(words, index, data, captured);
		break;
	}
}

static void say_feature(struct words *words, const struct usb_setup *setup)
{
	static const struct { uint8_t target; const struct name *names; } features[] = {
		{ 0x00, device_features }, { 0x02, endpoint_features }, { 0x20, hub_features }, { 0x23, port_features },
	};
	const char *name = NULL;

	for (size_t i = 0; i < sizeof features / sizeof *features; i++)
		if (features[i].target == (setup->request_type & 0x7f))
			name = name_of(features[i].names, setup->value);
	if (name)
		say(words, " %s", name);
	else
		say(words, " feature %u", setup->value);
}

/* To whom the request is, other than the device itself (table 9-2). */
static void say_recipient(struct words *words, const struct usb_setup *setup)
{
	switch (setup->request_type & 0x1f) {
	case 1: say(words, " interface %u", setup->index & 0xffU); break;
	case 2: say(words, " endpoint 0x%02x", setup->index & 0xffU); break;
	case 3: say(words, " port %u", setup->index & 0xffU); break;
	}
}

static void say_request(struct words *words, const struct usb_setup *setup, const uint8_t *data, size_t captured)
{
	static const char *const types[] = { "standard", "class", "vendor", "reserved" };
	const char *name = usb_request_name(setup), *descriptor = usb_descriptor_name((uint8_t)(setup->value >> 8));
	bool standard = !(setup->request_type & 0x60), hub = (setup->request_type & 0x7c) == 0x20;

	if (name)
		say(words, "%s", name);
	else
		say(words, "%s request 0x%02x", types[setup->request_type >> 5 & 3], setup->request);
	switch (name && (standard || hub) ? setup->request : 0xff) {
	case 0x00:
		say_recipient(words, setup);
		if (captured >= 2)
			say(words, " = 0x%0*x", captured >= 4 ? 8 : 4, number_at(data, captured, 0, captured >= 4 ? 4 : 2));
		break;
	case 0x01:
	case 0x03:
		say_feature(words, setup);
		say_recipient(words, setup);
		break;
	case 0x05:
	case 0x09:
		say(words, " %u", setup->value);
		break;
	case 0x06:
	case 0x07:
		if (descriptor)
			say(words, " %s", descriptor);
		else
			say(words, " type 0x%02x", setup->value >> 8U);
		if ((setup->value & 0xff) || descriptor == usb_descriptor_name(0x03))
			say(words, " %u", setup->value & 0xffU);
		if (standard)
			say_descriptor(words, (uint8_t)setup->value, data, captured);
		break;
	case 0x0a:
		say(words, " interface %u", setup->index);
		break;
	case 0x0b:
		say(words, " interface %u alternate %u", setup->index, setup->value);
		break;
	default:
		say(words, " value 0x%04x index 0x%04x length %u", setup->value, setup->index, setup->length);
	}
}

static void walk_setup(const struct usb_setup *setup, struct sink *sink)
{
	const uint8_t bytes[8] = {
		setup->request_type, setup->request, (uint8_t)setup->value, (uint8_t)(setup->value >> 8),
		(uint8_t)setup->index, (uint8_t)(setup->index >> 8), (uint8_t)setup->length, (uint8_t)(setup->length >> 8),
	};
	struct cursor cursor = cursor_over(bytes, sizeof bytes, sizeof bytes);

	field_walk(usb_setup_layout, &cursor, NULL, sink);
}

/* One descriptor behind another, each as long as it says. */
static void walk_descriptors(const uint8_t *data, size_t captured, size_t wire, struct sink *sink)
{
	size_t at = 0;

	while (at + 2 <= captured) {
		unsigned length = number_at(data, captured, at, 1);
		const struct field *layout = usb_descriptor_layout((uint8_t)number_at(data, captured, at + 1, 1));
		size_t present = captured - at < length ? captured - at : length, whole = wire - at < length ? wire - at : length;
		struct cursor cursor = cursor_over(data + at, present, whole);

		if (length < 2)
			return;
		if (layout)
			field_walk(layout, &cursor, NULL, sink);
		at += length;
	}
}

void device_control_text(const struct usb_setup *setup, const uint8_t *data, size_t captured, size_t wire, char *text, size_t size,
                         struct sink *sink)
{
	struct words words = words_into(text, size);
	bool descriptor = (setup->request_type & 0x60) == 0 && (setup->request == 0x06 || setup->request == 0x07);

	say_request(&words, setup, data, captured);
	if (!sink)
		return;
	walk_setup(setup, sink);
	if (descriptor)
		walk_descriptors(data, captured, wire > captured ? wire : captured, sink);
}
