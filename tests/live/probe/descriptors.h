/*
 * What the devices say they are: identity, interfaces, endpoints and strings of every model, as tables, and the bytes made from them.
 * Knows: USB 2.0 chapter 9, the descriptors of real probes. Must not know: transfers.
 */
#ifndef LIVE_DESCRIPTORS_H
#define LIVE_DESCRIPTORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "probe.h"
#include "vhci.h"

enum { ENDPOINT_BULK = 2, ENDPOINT_INTERRUPT = 3 };

struct endpoint_row {
	uint8_t address, type;
	uint16_t packet;
	uint8_t interval;
};

/* What sits behind an interface: its class, and who gets its endpoints. */
enum function {
	FUNCTION_DEBUG,          /* answers, commands, trace (not in loaders) */
	FUNCTION_BRIDGE,         /* answers, commands */
	FUNCTION_STORAGE,        /* IN, OUT; on a V1 also the debugger */
	FUNCTION_SERIAL_CONTROL, /* notifications; followed by FUNCTION_SERIAL_DATA */
	FUNCTION_SERIAL_DATA,    /* OUT, IN */
	FUNCTION_KEYBOARD,       /* reports */
};

struct interface_row {
	enum function function;
	uint8_t string;
	uint8_t endpoint_count;
	struct endpoint_row endpoints[3];
};

struct identity {
	const char *name; /* as on the command line */
	uint16_t vendor, product, release;
	enum vhci_speed speed;
	uint8_t control_packet;
	bool qualifier;   /* says what it would be at the other speed */
	uint8_t status;   /* GET_STATUS of the device: bit 0 self powered */
	uint8_t configuration_string;
	uint16_t milliamperes;
	const char *serial; /* where the command line says none; string 3 */
	const char *const *strings; /* from string 1 on, ended by NULL; string 3 is the serial number */
	uint8_t interface_count;
	const struct interface_row *interfaces;
};

enum { IDENTITY_SERIAL = 3 };

const struct identity *identity_of(enum probe_model model);
extern const struct identity identity_keyboard;
/* False: no model of that name. */
bool identity_model(const char *name, enum probe_model *model);
/* All their names, as in "v1|v2". */
const char *identity_models(void);
/* The class of an interface by its number, 0 where there is none. */
uint8_t identity_class(const struct identity *identity, unsigned interface);
/* The n-th interface of that function, NULL: none. */
const struct interface_row *identity_interface(const struct identity *identity, enum function function);
/* Class, subclass and protocol. */
const uint8_t *function_class(enum function function);

#define DESCRIPTOR_SIZE_MAX 512

/* Each returns the length; 0: this device has none, the request stalls. At full speed bulk packets are cut to 64 bytes. */
size_t descriptor_device(const struct identity *identity, uint8_t *bytes);
size_t descriptor_configuration(const struct identity *identity, enum vhci_speed speed, uint8_t *bytes);
size_t descriptor_qualifier(const struct identity *identity, enum vhci_speed speed, uint8_t *bytes);
/* The 26-byte form of old V2s: the twelve bytes that the 24 digits mean, each as a character. */
size_t descriptor_string(const struct identity *identity, unsigned index, const char *serial, bool old_form, uint8_t *bytes);
size_t descriptor_report(const struct identity *identity, uint8_t *bytes);

#endif
