/*
 * The control endpoint.
 * Knows: USB 2.0 chapter 9, the class requests of mass storage, CDC and HID. Must not know: sockets.
 */
#include "control.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "device.h"
#include "requests.h"

enum { RECIPIENT_DEVICE = 0, RECIPIENT_INTERFACE = 1, RECIPIENT_ENDPOINT = 2, RECIPIENT_MASK = 0x1f };
enum { FEATURE_ENDPOINT_HALT = 0 };

/* A request under way. */
struct transfer {
	struct device *device;
	struct setup setup;
	const uint8_t *data;                /* OUT: setup.length bytes */
	uint8_t reply[DESCRIPTOR_SIZE_MAX]; /* IN */
	size_t length;
};

static unsigned recipient(const struct setup *setup)
{
	return setup->type & RECIPIENT_MASK;
}

static int get_descriptor(struct transfer *transfer)
{
	const struct setup *setup = &transfer->setup;
	const struct device *device = transfer->device;
	const struct identity *identity = device->identity;

	switch (setup->value >> 8) {
	case DESCRIPTOR_DEVICE:
		transfer->length = descriptor_device(identity, transfer->reply);
		break;
	case DESCRIPTOR_CONFIGURATION:
		transfer->length = setup->value & 0xff ? 0 : descriptor_configuration(identity, device->speed, transfer->reply);
		break;
	case DESCRIPTOR_STRING:
		transfer->length = descriptor_string(identity, setup->value & 0xff, device_serial(device), device->options.old_serial,
		                                     transfer->reply);
		break;
	case DESCRIPTOR_QUALIFIER:
		transfer->length = descriptor_qualifier(identity, device->speed, transfer->reply);
		break;
	case DESCRIPTOR_REPORT:
		transfer->length = descriptor_report(identity, transfer->reply);
		break;
	}
	return transfer->length ? 0 : -EPIPE;
}

static int get_status(struct transfer *transfer)
{
	struct device *device = transfer->device;
	const struct endpoint *endpoint = device_endpoint(device, (uint8_t)transfer->setup.index);

	transfer->length = 2;
	transfer->reply[0] = transfer->reply[1] = 0;
	if (recipient(&transfer->setup) == RECIPIENT_DEVICE)
		transfer->reply[0] = device->identity->status;
	if (recipient(&transfer->setup) == RECIPIENT_ENDPOINT) {
		if (!endpoint)
			return -EPIPE;
		transfer->reply[0] = endpoint->halted;
	}
	return 0;
}

static int change_feature(struct transfer *transfer, bool set)
{
	struct device *device = transfer->device;
	struct endpoint *endpoint = device_endpoint(device, (uint8_t)transfer->setup.index);

	if (recipient(&transfer->setup) != RECIPIENT_ENDPOINT || transfer->setup.value != FEATURE_ENDPOINT_HALT || !endpoint)
		return -EPIPE;
	endpoint->halted = set;
	log_event(device->log, &device->source, set ? "set_halt" : "clear_halt", "{s:i}", "endpoint", (int)endpoint->address);
	return 0;
}

static int reply_byte(struct transfer *transfer, unsigned value)
{
	transfer->reply[0] = (uint8_t)value;
	transfer->length = 1;
	return 0;
}

static int set_configuration(struct transfer *transfer)
{
	if (transfer->setup.value > 1)
		return -EPIPE;
	device_configure(transfer->device, transfer->setup.value);
	return 0;
}

static int set_interface(struct transfer *transfer)
{
	bool known = transfer->setup.index < transfer->device->identity->interface_count;

	return known && !transfer->setup.value ? 0 : -EPIPE;
}

/* The n-th serial port: that many control interfaces come before. */
static struct serial_port *serial_of(struct transfer *transfer)
{
	const struct identity *identity = transfer->device->identity;
	unsigned before = 0;

	for (unsigned i = 0; i < transfer->setup.index && i < identity->interface_count; i++)
		before += identity->interfaces[i].function == FUNCTION_SERIAL_CONTROL;
	return &transfer->device->serial[before];
}

static int line_coding(struct transfer *transfer, bool set)
{
	struct serial_port *port = serial_of(transfer);

	if (set && transfer->setup.length >= sizeof port->coding)
		memcpy(port->coding, transfer->data, sizeof port->coding);
	if (!set) {
		memcpy(transfer->reply, port->coding, sizeof port->coding);
		transfer->length = sizeof port->coding;
	}
	return 0;
}

static int empty_report(struct transfer *transfer)
{
	transfer->length = 8;
	memset(transfer->reply, 0, transfer->length);
	return 0;
}

/* 0 or -EPIPE. */
static int perform(struct transfer *transfer, enum request request)
{
	switch (request) {
	case REQUEST_GET_DESCRIPTOR:
		return get_descriptor(transfer);
	case REQUEST_GET_STATUS:
		return get_status(transfer);
	case REQUEST_CLEAR_FEATURE:
	case REQUEST_SET_FEATURE:
		return change_feature(transfer, request == REQUEST_SET_FEATURE);
	case REQUEST_GET_CONFIGURATION:
		return reply_byte(transfer, transfer->device->configuration);
	case REQUEST_SET_CONFIGURATION:
		return set_configuration(transfer);
	case REQUEST_GET_INTERFACE:
	case REQUEST_GET_MAX_LUN:
	case REQUEST_GET_IDLE:
		return reply_byte(transfer, 0);
	case REQUEST_GET_PROTOCOL:
		return reply_byte(transfer, 1);
	case REQUEST_SET_INTERFACE:
		return set_interface(transfer);
	case REQUEST_STORAGE_RESET:
		bulk_only_reset(&transfer->device->storage);
		return 0;
	case REQUEST_SET_LINE_CODING:
	case REQUEST_GET_LINE_CODING:
		return line_coding(transfer, request == REQUEST_SET_LINE_CODING);
	case REQUEST_SET_CONTROL_LINES:
		serial_port_lines(serial_of(transfer), transfer->setup.value);
		return 0;
	case REQUEST_GET_REPORT:
		return empty_report(transfer);
	case REQUEST_SET_REPORT:
	case REQUEST_SET_IDLE:
	case REQUEST_SET_PROTOCOL:
	case REQUEST_SEND_BREAK:
		return 0;
	case REQUEST_UNKNOWN:
		break;
	}
	return -EPIPE;
}

/* Only after a reset does the kernel ask for more of the device descriptor than there is: it does not know yet how long a packet may be. */
static bool follows_reset(const struct transfer *transfer, enum request request)
{
	return request == REQUEST_GET_DESCRIPTOR && transfer->setup.value >> 8 == DESCRIPTOR_DEVICE && transfer->setup.length == 64;
}

static void answer(struct transfer *transfer, struct urb *urb, int status, const struct fault_hits *hits)
{
	struct endpoint *endpoint = &transfer->device->in[0];
	uint32_t length = transfer->length < transfer->setup.length ? (uint32_t)transfer->length : transfer->setup.length;
	struct message *message = message_new(transfer->reply, status ? 0 : length);

	message->status = status;
	if (faults_shape(hits, message)) {
		/* Another request ends the halt of the control endpoint. */
		message->halts = false;
		endpoint_push(endpoint, message);
	} else {
		message_free(message);
	}
	endpoint_submit(endpoint, urb);
}

void control_submit(struct device *device, struct urb *urb)
{
	struct transfer transfer = { .device = device, .setup = setup_read(urb->request.setup), .data = urb->data };
	bool to_interface = recipient(&transfer.setup) == RECIPIENT_INTERFACE;
	enum request request = request_find(&transfer.setup, to_interface ? identity_class(device->identity, transfer.setup.index & 0xff) : 0);
	struct fault_hits hits;
	char name[48];
	int status;

	request_name(request, &transfer.setup, name, sizeof name);
	faults_hit(&device->faults, PLACE_CONTROL, NULL, 0, name, &hits);
	if (hits.text)
		log_event(device->log, &device->source, "fault", "{s:s,s:s}", "fault", hits.text, "request", name);
	if (follows_reset(&transfer, request))
		log_event(device->log, &device->source, "reset", "");
	if (hits.of[FAULT_GONE])
		device_vanish(device, hits.of[FAULT_GONE]->has_argument, hits.of[FAULT_GONE]->argument);
	status = perform(&transfer, request);
	answer(&transfer, urb, status, &hits);
}
