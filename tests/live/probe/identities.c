/*
 * The identities: a row a model, from ../shared/protocol/usb.tsv and the dumps it cites.
 * Knows: what real probes say of themselves. Must not know: how that becomes bytes.
 */
#include "descriptors.h"

#include <stdio.h>
#include <string.h>

#define BULK(number, size) { .address = (number), .type = ENDPOINT_BULK, .packet = (size) }
#define INTERRUPT(number, size, period) \
	{ .address = (number), .type = ENDPOINT_INTERRUPT, .packet = (size), .interval = (period) }
#define INTERFACE(what, words, count, ...) { .function = (what), .string = (words), .endpoint_count = (count), .endpoints = { __VA_ARGS__ } }
#define DEBUG(words, out, trace, size, trace_size) \
	INTERFACE(FUNCTION_DEBUG, words, 3, BULK(0x81, size), BULK(out, size), BULK(trace, trace_size))
#define LOADER(words) INTERFACE(FUNCTION_DEBUG, words, 2, BULK(0x81, 512), BULK(0x01, 512))
#define STORAGE(words, in, out, size) INTERFACE(FUNCTION_STORAGE, words, 2, BULK(in, size), BULK(out, size))
#define SERIAL(words, notify, notify_size, period, out, out_size, in, in_size) \
	INTERFACE(FUNCTION_SERIAL_CONTROL, words, 1, INTERRUPT(notify, notify_size, period)), \
	INTERFACE(FUNCTION_SERIAL_DATA, (words) + 1, 2, BULK(out, out_size), BULK(in, in_size))
#define BRIDGE(words) INTERFACE(FUNCTION_BRIDGE, words, 2, BULK(0x86, 512), BULK(0x06, 512))

#define INTERFACES(table) .interface_count = sizeof (table) / sizeof *(table), .interfaces = (table)
#define STRINGS(...) .strings = (const char *const []){ __VA_ARGS__, NULL }
#define MAKER "STMicroelectronics"
#define SERIAL_NUMBER ""

static const struct interface_row v1[] = { STORAGE(4, 0x81, 0x02, 64) };
static const struct interface_row v2[] = { DEBUG(4, 0x02, 0x83, 64, 64) };
static const struct interface_row v21[] = {
	DEBUG(4, 0x01, 0x82, 64, 32), STORAGE(5, 0x83, 0x03, 64), SERIAL(6, 0x84, 2, 255, 0x05, 8, 0x85, 16),
};
static const struct interface_row v21_no_disk[] = { DEBUG(4, 0x01, 0x82, 64, 32), SERIAL(6, 0x84, 8, 16, 0x05, 64, 0x85, 64) };
static const struct interface_row v3e[] = {
	DEBUG(5, 0x01, 0x82, 512, 512), STORAGE(6, 0x83, 0x03, 512), SERIAL(7, 0x84, 10, 16, 0x05, 512, 0x85, 512),
};
static const struct interface_row v3[] = {
	DEBUG(5, 0x01, 0x82, 512, 512), STORAGE(6, 0x83, 0x03, 512), SERIAL(7, 0x84, 10, 16, 0x05, 512, 0x85, 512), BRIDGE(9),
};
static const struct interface_row v3_no_disk[] = {
	DEBUG(5, 0x01, 0x82, 512, 512), SERIAL(7, 0x84, 10, 16, 0x05, 512, 0x85, 512), BRIDGE(9), SERIAL(10, 0x83, 10, 16, 0x07, 512, 0x87, 512),
};
static const struct interface_row v3pwr[] = {
	DEBUG(5, 0x01, 0x82, 512, 512), SERIAL(6, 0x84, 10, 16, 0x05, 512, 0x85, 512), BRIDGE(8), SERIAL(9, 0x87, 10, 16, 0x03, 512, 0x83, 512),
};
static const struct interface_row loader[] = { LOADER(5) };
static const struct interface_row keyboard[] = { INTERFACE(FUNCTION_KEYBOARD, 0, 1, INTERRUPT(0x81, 8, 10)) };

/* Every probe. */
#define PROBE(id, pid) .name = (id), .vendor = 0x0483, .product = (pid), .control_packet = 64
#define FULL_SPEED .speed = VHCI_FULL, .release = 0x0100, .milliamperes = 100
#define HIGH_SPEED .speed = VHCI_HIGH, .qualifier = true, .configuration_string = 4

static const struct identity identities[] = {
	[PROBE_V1] = {
		PROBE("v1", 0x3744), FULL_SPEED, .serial = "0000001", STRINGS(MAKER, "STM32 STLink", SERIAL_NUMBER, "ST Link"), INTERFACES(v1) },
	[PROBE_V2] = {
		PROBE("v2", 0x3748), FULL_SPEED, .serial = "0668FF48525167870A152033",
		STRINGS(MAKER, "STM32 STLink", SERIAL_NUMBER, "ST Link"), INTERFACES(v2) },
	[PROBE_V21] = {
		PROBE("v21", 0x374b), FULL_SPEED, .serial = "066DFF514951845A1B2C3D4E",
		STRINGS(MAKER, "STM32 STLink", SERIAL_NUMBER, "ST-Link Debug", "ST-Link mass storage", "ST-Link VCP Ctrl", "ST-Link VCP Data"),
		INTERFACES(v21) },
	[PROBE_V21_NO_DISK] = {
		PROBE("v21-nodisk", 0x3752), .speed = VHCI_FULL, .release = 0x0100, .milliamperes = 300, .serial = "066CFF5048854D39A7B6C5D4",
		STRINGS(MAKER, "STM32 STLink", SERIAL_NUMBER, "ST-Link Debug", "ST-Link mass storage", "ST-Link VCP Ctrl", "ST-Link VCP Data"),
		INTERFACES(v21_no_disk) },
	[PROBE_V3E] = {
		PROBE("v3e", 0x374e), HIGH_SPEED, .release = 0x0100, .milliamperes = 500, .serial = "002A00273038511231333834",
		STRINGS(MAKER, "STLINK-V3", SERIAL_NUMBER, "Default Config", "ST-Link Debug", "ST-Link mass storage", "ST-Link VCP Ctrl",
		        "ST-Link VCP Data"),
		INTERFACES(v3e) },
	[PROBE_V3] = {
		PROBE("v3", 0x374f), HIGH_SPEED, .release = 0x0100, .milliamperes = 500, .serial = "002B00283038511231333834",
		STRINGS(MAKER, "STLINK-V3", SERIAL_NUMBER, "Default Config", "ST-Link Debug", "ST-Link mass storage", "ST-Link VCP Ctrl",
		        "ST-Link VCP Data", "ST-Link Bridge"),
		INTERFACES(v3) },
	[PROBE_V3_NO_DISK] = {
		PROBE("v3-nodisk", 0x3753), HIGH_SPEED, .release = 0x0100, .milliamperes = 300, .serial = "002C00293038511231333834",
		STRINGS(MAKER, "STLINK-V3", SERIAL_NUMBER, "Default Config", "ST-Link Debug", "ST-Link mass storage", "ST-Link VCP Ctrl",
		        "ST-Link VCP Data", "ST-Link Bridge", "ST-Link VCP2 Ctrl", "ST-Link VCP2 Data"),
		INTERFACES(v3_no_disk) },
	[PROBE_V3PWR] = {
		PROBE("v3pwr", 0x3757), HIGH_SPEED, .release = 0x0100, .milliamperes = 500, .serial = "003D00353133510438363730",
		STRINGS(MAKER, "STLINK-V3PWR", SERIAL_NUMBER, "Default Config", "ST-Link Debug", "ST-Link VCP Ctrl", "ST-Link VCP Data",
		        "ST-Link Bridge", "ST-Link VCP-PWR Ctrl", "ST-Link VCP-PWR Data"),
		INTERFACES(v3pwr) },
	[PROBE_V2_LOADER] = {
		PROBE("v2-loader", 0x3748), FULL_SPEED, .serial = "0668FF48525167870A152033",
		STRINGS(MAKER, "STM32 STLink", SERIAL_NUMBER, "ST Link"), INTERFACES(v2) },
	[PROBE_V3_LOADER] = {
		PROBE("v3-loader", 0x374d), HIGH_SPEED, .release = 0x0200, .milliamperes = 100, .status = 1, .serial = "002B00283038511231333834",
		STRINGS(MAKER, "STM32 ST-LINK/V3", SERIAL_NUMBER, "DFU Config", "ST-LINK/V3"), INTERFACES(loader) },
	[PROBE_V3PWR_LOADER] = {
		PROBE("v3pwr-loader", 0x3755), HIGH_SPEED, .release = 0x0100, .milliamperes = 100, .serial = "003D00353133510438363730",
		STRINGS(MAKER, "STLINK-V3PWR", SERIAL_NUMBER, "DFU Config", "ST-Link Usbloader"), INTERFACES(loader) },
};

/* A test id of pid.codes: a keyboard of nobody's. */
const struct identity identity_keyboard = {
	.name = "keyboard", .vendor = 0x1209, .product = 0x0001, .release = 0x0100, .speed = VHCI_LOW, .control_packet = 8, .milliamperes = 100,
	.serial = "KEYS", STRINGS("stlinkscope", "Test keyboard", SERIAL_NUMBER), INTERFACES(keyboard),
};

const struct identity *identity_of(enum probe_model model)
{
	return &identities[model];
}

bool identity_model(const char *name, enum probe_model *model)
{
	for (size_t i = 0; i < sizeof identities / sizeof *identities; i++) {
		if (strcmp(identities[i].name, name))
			continue;
		*model = (enum probe_model)i;
		return true;
	}
	return false;
}

const char *identity_models(void)
{
	static char names[256];
	size_t length = 0;

	for (size_t i = 0; i < sizeof identities / sizeof *identities; i++)
		length += (size_t)snprintf(names + length, sizeof names - length, "%s%s", i ? "|" : "", identities[i].name);
	return names;
}

const struct interface_row *identity_interface(const struct identity *identity, enum function function)
{
	for (unsigned i = 0; i < identity->interface_count; i++)
		if (identity->interfaces[i].function == function)
			return &identity->interfaces[i];
	return NULL;
}

uint8_t identity_class(const struct identity *identity, unsigned interface)
{
	return interface < identity->interface_count ? function_class(identity->interfaces[interface].function)[0] : 0;
}
