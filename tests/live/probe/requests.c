/*
 * The requests on the control endpoint by name: one table.
 * Knows: their numbers. Must not know: devices.
 */
#include "requests.h"

#include <stdio.h>
#include <string.h>

enum { TYPE_STANDARD = 0x00, TYPE_CLASS = 0x20, TYPE_MASK = 0x60, DIRECTION_IN = 0x80 };

/* type: direction and kind; the recipient is the interface for those of a class, and any for the standard ones. */
static const struct row { enum request request; const char *name; uint8_t type, number, interface_class; } rows[] = {
	{ REQUEST_GET_STATUS, "GET_STATUS", DIRECTION_IN | TYPE_STANDARD, 0, 0 },
	{ REQUEST_CLEAR_FEATURE, "CLEAR_FEATURE", TYPE_STANDARD, 1, 0 },
	{ REQUEST_SET_FEATURE, "SET_FEATURE", TYPE_STANDARD, 3, 0 },
	{ REQUEST_GET_DESCRIPTOR, "GET_DESCRIPTOR", DIRECTION_IN | TYPE_STANDARD, 6, 0 },
	{ REQUEST_GET_CONFIGURATION, "GET_CONFIGURATION", DIRECTION_IN | TYPE_STANDARD, 8, 0 },
	{ REQUEST_SET_CONFIGURATION, "SET_CONFIGURATION", TYPE_STANDARD, 9, 0 },
	{ REQUEST_GET_INTERFACE, "GET_INTERFACE", DIRECTION_IN | TYPE_STANDARD, 10, 0 },
	{ REQUEST_SET_INTERFACE, "SET_INTERFACE", TYPE_STANDARD, 11, 0 },
	{ REQUEST_GET_MAX_LUN, "GET_MAX_LUN", DIRECTION_IN | TYPE_CLASS, 0xfe, CLASS_STORAGE },
	{ REQUEST_STORAGE_RESET, "STORAGE_RESET", TYPE_CLASS, 0xff, CLASS_STORAGE },
	{ REQUEST_SET_LINE_CODING, "SET_LINE_CODING", TYPE_CLASS, 0x20, CLASS_COMMUNICATION },
	{ REQUEST_GET_LINE_CODING, "GET_LINE_CODING", DIRECTION_IN | TYPE_CLASS, 0x21, CLASS_COMMUNICATION },
	{ REQUEST_SET_CONTROL_LINES, "SET_CONTROL_LINE_STATE", TYPE_CLASS, 0x22, CLASS_COMMUNICATION },
	{ REQUEST_SEND_BREAK, "SEND_BREAK", TYPE_CLASS, 0x23, CLASS_COMMUNICATION },
	{ REQUEST_GET_REPORT, "GET_REPORT", DIRECTION_IN | TYPE_CLASS, 0x01, CLASS_HID },
	{ REQUEST_GET_IDLE, "GET_IDLE", DIRECTION_IN | TYPE_CLASS, 0x02, CLASS_HID },
	{ REQUEST_GET_PROTOCOL, "GET_PROTOCOL", DIRECTION_IN | TYPE_CLASS, 0x03, CLASS_HID },
	{ REQUEST_SET_REPORT, "SET_REPORT", TYPE_CLASS, 0x09, CLASS_HID },
	{ REQUEST_SET_IDLE, "SET_IDLE", TYPE_CLASS, 0x0a, CLASS_HID },
	{ REQUEST_SET_PROTOCOL, "SET_PROTOCOL", TYPE_CLASS, 0x0b, CLASS_HID },
};

static const struct { uint8_t type; const char *name; } descriptors[] = {
	{ DESCRIPTOR_DEVICE, "DEVICE" }, { DESCRIPTOR_CONFIGURATION, "CONFIGURATION" }, { DESCRIPTOR_STRING, "STRING" },
	{ DESCRIPTOR_QUALIFIER, "QUALIFIER" }, { DESCRIPTOR_OTHER_SPEED, "OTHER_SPEED" }, { DESCRIPTOR_BOS, "BOS" },
	{ DESCRIPTOR_HID, "HID" }, { DESCRIPTOR_REPORT, "REPORT" },
};

#define COUNT(table) (sizeof (table) / sizeof *(table))

struct setup setup_read(const uint8_t bytes[8])
{
	struct setup setup = {
		.type = bytes[0], .request = bytes[1], .value = (uint16_t)(bytes[2] | bytes[3] << 8), .index = (uint16_t)(bytes[4] | bytes[5] << 8),
		.length = (uint16_t)(bytes[6] | bytes[7] << 8),
	};

	return setup;
}

enum request request_find(const struct setup *setup, uint8_t interface_class)
{
	for (size_t i = 0; i < COUNT(rows); i++)
		if ((setup->type & (DIRECTION_IN | TYPE_MASK)) == rows[i].type && setup->request == rows[i].number &&
		    (!rows[i].interface_class || rows[i].interface_class == interface_class))
			return rows[i].request;
	return REQUEST_UNKNOWN;
}

static const char *row_name(enum request request)
{
	for (size_t i = 0; i < COUNT(rows); i++)
		if (rows[i].request == request)
			return rows[i].name;
	return "UNKNOWN";
}

void request_name(enum request request, const struct setup *setup, char *name, size_t size)
{
	snprintf(name, size, "%s", row_name(request));
	for (size_t i = 0; request == REQUEST_GET_DESCRIPTOR && i < COUNT(descriptors); i++)
		if (descriptors[i].type == setup->value >> 8)
			snprintf(name, size, "GET_DESCRIPTOR.%s", descriptors[i].name);
}

bool request_selects(const char *selector, const char *name)
{
	size_t length = strlen(selector);

	return !strncmp(selector, name, length) && (!name[length] || name[length] == '.');
}

bool request_is_name(const char *name)
{
	static const char family[] = "GET_DESCRIPTOR.";

	for (size_t i = 0; i < COUNT(rows); i++)
		if (!strcmp(rows[i].name, name))
			return true;
	for (size_t i = 0; i < COUNT(descriptors); i++)
		if (!strncmp(name, family, sizeof family - 1) && !strcmp(name + sizeof family - 1, descriptors[i].name))
			return true;
	return false;
}
