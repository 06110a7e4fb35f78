/*
 * The requests on the control endpoint by name: standard ones, and those of the classes that probes and keyboards have.
 * Knows: USB 2.0 table 9-3, the class specifications' numbers. Must not know: devices.
 */
#ifndef LIVE_REQUESTS_H
#define LIVE_REQUESTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum request {
	REQUEST_GET_STATUS, REQUEST_CLEAR_FEATURE, REQUEST_SET_FEATURE, REQUEST_GET_DESCRIPTOR, REQUEST_GET_CONFIGURATION,
	REQUEST_SET_CONFIGURATION,
	REQUEST_GET_INTERFACE, REQUEST_SET_INTERFACE,
	REQUEST_GET_MAX_LUN, REQUEST_STORAGE_RESET,
	REQUEST_SET_LINE_CODING, REQUEST_GET_LINE_CODING, REQUEST_SET_CONTROL_LINES, REQUEST_SEND_BREAK,
	REQUEST_GET_REPORT, REQUEST_SET_REPORT, REQUEST_GET_IDLE, REQUEST_SET_IDLE, REQUEST_GET_PROTOCOL, REQUEST_SET_PROTOCOL,
	REQUEST_UNKNOWN,
};

enum { CLASS_COMMUNICATION = 0x02, CLASS_HID = 0x03, CLASS_STORAGE = 0x08, CLASS_CDC_DATA = 0x0a, CLASS_VENDOR = 0xff };
enum { DESCRIPTOR_DEVICE = 1, DESCRIPTOR_CONFIGURATION = 2, DESCRIPTOR_STRING = 3, DESCRIPTOR_INTERFACE = 4, DESCRIPTOR_ENDPOINT = 5,
       DESCRIPTOR_QUALIFIER = 6, DESCRIPTOR_OTHER_SPEED = 7, DESCRIPTOR_ASSOCIATION = 11, DESCRIPTOR_BOS = 15, DESCRIPTOR_HID = 0x21,
       DESCRIPTOR_REPORT = 0x22, DESCRIPTOR_CLASS_INTERFACE = 0x24 };

/* A setup packet, taken apart. */
struct setup {
	uint8_t type, request;
	uint16_t value, index, length;
};

struct setup setup_read(const uint8_t bytes[8]);

/* interface_class: of the interface that the request is sent to, 0 where it goes to the device or to an endpoint. */
enum request request_find(const struct setup *setup, uint8_t interface_class);
/* "SET_CONFIGURATION", "GET_DESCRIPTOR.STRING"; "UNKNOWN" for a request without a name. */
void request_name(enum request request, const struct setup *setup, char *name, size_t size);
/* Whether this is the name, or the part before the dot of the name, of some request. */
bool request_is_name(const char *name);
/* Whether the name is meant by the selector: the same, or its part before the dot. */
bool request_selects(const char *selector, const char *name);

#endif
