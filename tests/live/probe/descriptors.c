/*
 * The bytes of descriptors, made from an identity.
 * Knows: USB 2.0 chapter 9, CDC 1.10 and HID 1.11 as far as they add descriptors. Must not know: which models there are.
 */
#include "descriptors.h"

#include <stdlib.h>
#include <string.h>

#include "requests.h"

#define USB_2_0 0x0200

/* Bytes being put together. */
struct writer { uint8_t *bytes; size_t length; };

static void put8(struct writer *writer, unsigned value)
{
	writer->bytes[writer->length++] = (uint8_t)value;
}

static void put16(struct writer *writer, unsigned value)
{
	put8(writer, value & 0xff);
	put8(writer, value >> 8);
}

static void put_bytes(struct writer *writer, const void *bytes, size_t length)
{
	memcpy(writer->bytes + writer->length, bytes, length);
	writer->length += length;
}

const uint8_t *function_class(enum function function)
{
	static const uint8_t classes[][3] = {
		[FUNCTION_DEBUG] = { CLASS_VENDOR, 0xff, 0xff }, [FUNCTION_BRIDGE] = { CLASS_VENDOR, 0xff, 0xff },
		[FUNCTION_STORAGE] = { CLASS_STORAGE, 0x06, 0x50 }, [FUNCTION_SERIAL_CONTROL] = { CLASS_COMMUNICATION, 0x02, 0x01 },
		[FUNCTION_SERIAL_DATA] = { CLASS_CDC_DATA, 0, 0 }, [FUNCTION_KEYBOARD] = { CLASS_HID, 0x01, 0x01 },
	};

	return classes[function];
}

/* Interface associations ask for a class of their own (the "Interface Association Descriptor Device Class Code" note). */
static bool is_composite(const struct identity *identity)
{
	return identity_interface(identity, FUNCTION_SERIAL_CONTROL) != NULL;
}

size_t descriptor_device(const struct identity *identity, uint8_t *bytes)
{
	static const uint8_t composite[] = { 0xef, 0x02, 0x01 }, by_interface[] = { 0, 0, 0 };
	struct writer writer = { bytes, 0 };

	put8(&writer, 18);
	put8(&writer, DESCRIPTOR_DEVICE);
	put16(&writer, USB_2_0);
	put_bytes(&writer, is_composite(identity) ? composite : by_interface, 3);
	put8(&writer, identity->control_packet);
	put16(&writer, identity->vendor);
	put16(&writer, identity->product);
	put16(&writer, identity->release);
	for (unsigned string = 1; string <= 3; string++)
		put8(&writer, string);
	put8(&writer, 1);
	return writer.length;
}

/* Real ones do not mind that the class at the other speed would be another. */
size_t descriptor_qualifier(const struct identity *identity, enum vhci_speed speed, uint8_t *bytes)
{
	struct writer writer = { bytes, 0 };

	if (!identity->qualifier || speed != VHCI_HIGH)
		return 0;
	put8(&writer, 10);
	put8(&writer, DESCRIPTOR_QUALIFIER);
	put16(&writer, USB_2_0);
	put_bytes(&writer, "\0\0\0", 3);
	put8(&writer, identity->control_packet);
	put8(&writer, 1);
	put8(&writer, 0);
	return writer.length;
}

static void put_association(struct writer *writer, const struct interface_row *row, unsigned number)
{
	put8(writer, 8);
	put8(writer, DESCRIPTOR_ASSOCIATION);
	put8(writer, number);
	put8(writer, 2);
	put_bytes(writer, function_class(row->function), 3);
	put8(writer, row->string);
}

static void put_interface(struct writer *writer, const struct interface_row *row, unsigned number)
{
	put8(writer, 9);
	put8(writer, DESCRIPTOR_INTERFACE);
	put8(writer, number);
	put8(writer, 0);
	put8(writer, row->endpoint_count);
	put_bytes(writer, function_class(row->function), 3);
	put8(writer, row->string);
}

/* CDC 1.10: header, call management, abstract control model (line coding, break), union. */
static void put_serial(struct writer *writer, unsigned number)
{
	const uint8_t functional[] = {
		5, DESCRIPTOR_CLASS_INTERFACE, 0, 0x10, 0x01,
		5, DESCRIPTOR_CLASS_INTERFACE, 1, 0, (uint8_t)(number + 1),
		4, DESCRIPTOR_CLASS_INTERFACE, 2, 6,
		5, DESCRIPTOR_CLASS_INTERFACE, 6, (uint8_t)number, (uint8_t)(number + 1),
	};

	put_bytes(writer, functional, sizeof functional);
}

/* HID 1.11 appendix B.1: the boot keyboard. */
static const uint8_t keyboard_report[] = {
	0x05, 0x01, 0x09, 0x06, 0xa1, 0x01,
	0x05, 0x07, 0x19, 0xe0, 0x29, 0xe7, 0x15, 0x00, 0x25, 0x01, 0x75, 0x01, 0x95, 0x08, 0x81, 0x02,
	0x95, 0x01, 0x75, 0x08, 0x81, 0x01,
	0x95, 0x05, 0x75, 0x01, 0x05, 0x08, 0x19, 0x01, 0x29, 0x05, 0x91, 0x02, 0x95, 0x01, 0x75, 0x03, 0x91, 0x01,
	0x95, 0x06, 0x75, 0x08, 0x15, 0x00, 0x25, 0x65, 0x05, 0x07, 0x19, 0x00, 0x29, 0x65, 0x81, 0x00,
	0xc0,
};

static void put_hid(struct writer *writer)
{
	put8(writer, 9);
	put8(writer, DESCRIPTOR_HID);
	put16(writer, 0x0111);
	put8(writer, 0);
	put8(writer, 1);
	put8(writer, DESCRIPTOR_REPORT);
	put16(writer, sizeof keyboard_report);
}

size_t descriptor_report(const struct identity *identity, uint8_t *bytes)
{
	if (!identity_interface(identity, FUNCTION_KEYBOARD))
		return 0;
	memcpy(bytes, keyboard_report, sizeof keyboard_report);
	return sizeof keyboard_report;
}

static void put_endpoint(struct writer *writer, const struct endpoint_row *row, enum vhci_speed speed)
{
	put8(writer, 7);
	put8(writer, DESCRIPTOR_ENDPOINT);
	put8(writer, row->address);
	put8(writer, row->type);
	put16(writer, speed != VHCI_HIGH && row->packet > 64 ? 64 : row->packet);
	put8(writer, row->interval);
}

size_t descriptor_configuration(const struct identity *identity, enum vhci_speed speed, uint8_t *bytes)
{
	struct writer writer = { bytes, 0 };
	struct writer total = { bytes, 2 };

	put8(&writer, 9);
	put8(&writer, DESCRIPTOR_CONFIGURATION);
	put16(&writer, 0);
	put8(&writer, identity->interface_count);
	put8(&writer, 1);
	put8(&writer, identity->configuration_string);
	put8(&writer, 0x80);
	put8(&writer, identity->milliamperes / 2U);
	for (unsigned number = 0; number < identity->interface_count; number++) {
		const struct interface_row *row = &identity->interfaces[number];

		if (row->function == FUNCTION_SERIAL_CONTROL)
			put_association(&writer, row, number);
		put_interface(&writer, row, number);
		if (row->function == FUNCTION_SERIAL_CONTROL)
			put_serial(&writer, number);
		if (row->function == FUNCTION_KEYBOARD)
			put_hid(&writer);
		for (unsigned i = 0; i < row->endpoint_count; i++)
			put_endpoint(&writer, &row->endpoints[i], speed);
	}
	put16(&total, (unsigned)writer.length);
	return writer.length;
}

static void put_text(struct writer *writer, const char *text)
{
	for (; *text && writer->length < 254; text++)
		put16(writer, (unsigned char)*text);
}

static void put_raw(struct writer *writer, const char *digits)
{
	char pair[3] = "";

	for (; digits[0] && digits[1] && writer->length < 254; digits += 2) {
		memcpy(pair, digits, 2);
		put16(writer, (unsigned)strtoul(pair, NULL, 16));
	}
}

size_t descriptor_string(const struct identity *identity, unsigned index, const char *serial, bool old_form, uint8_t *bytes)
{
	struct writer writer = { bytes, 2 };

	bytes[1] = DESCRIPTOR_STRING;
	for (unsigned i = 1; i <= index; i++)
		if (!identity->strings[i - 1])
			return 0;
	if (!index)
		put16(&writer, 0x0409);
	else if (index != IDENTITY_SERIAL)
		put_text(&writer, identity->strings[index - 1]);
	else if (old_form)
		put_raw(&writer, serial);
	else
		put_text(&writer, serial);
	bytes[0] = (uint8_t)writer.length;
	return writer.length;
}
