/*
 * One device: its plug, its endpoints, what sits behind them.
 * Knows: all the parts of a device. Must not know: how its options are written.
 */
#include "device.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "control.h"
#include "vhci.h"

#define MILLISECOND 1000ULL
/* Between the command by which a probe leaves the bus and that. */
#define VANISH_AFTER (30 * MILLISECOND)
/* Between the command at which the cable is pulled and that: the host waits for the answer by then, however slow it is. */
#define GONE_AFTER (300 * MILLISECOND)
/* As long as a probe takes to come back after it left by itself. */
#define RETURN_AFTER (300 * MILLISECOND)

/* --- what sits behind the endpoints --- */

static void attach_user(struct endpoint *endpoint, const struct endpoint_user *user, void *owner)
{
	endpoint->user = user;
	endpoint->owner = owner;
}

static void bind_channel(struct device *device, struct channel *channel, enum probe_channel which, struct endpoint *in)
{
	channel->device = device;
	channel->probe = device->probe;
	channel->which = which;
	channel->faults = &device->faults;
	channel->log = device->log;
	channel->in = in;
}

static void bind_commands(struct device *device, struct channel *channel, enum probe_channel which, struct endpoint **endpoints)
{
	bind_channel(device, channel, which, endpoints[0]);
	attach_user(endpoints[0], &channel_answers, channel);
	attach_user(endpoints[1], &channel_commands, channel);
}

static void bind_storage(struct device *device, struct endpoint **endpoints)
{
	bool is_v1 = !identity_interface(device->identity, FUNCTION_DEBUG);

	if (is_v1)
		bind_channel(device, &device->debug, PROBE_DEBUG, endpoints[0]);
	bulk_only_init(&device->storage, endpoints[0], is_v1 ? &device->debug : NULL);
	attach_user(endpoints[0], &bulk_only_in, &device->storage);
	attach_user(endpoints[1], &bulk_only_out, &device->storage);
}

static void bind_serial(struct device *device, struct endpoint **endpoints)
{
	struct serial_port *port = &device->serial[device->serial_count++];

	serial_port_init(port, endpoints[1]);
	attach_user(endpoints[0], &serial_port_out, port);
}

static void bind_interface(struct device *device, const struct interface_row *row)
{
	struct endpoint *endpoints[3] = { NULL };

	for (unsigned i = 0; i < row->endpoint_count; i++) {
		endpoints[i] = device_endpoint(device, row->endpoints[i].address);
		endpoints[i]->packet = device->speed != VHCI_HIGH && row->endpoints[i].packet > 64 ? 64 : row->endpoints[i].packet;
	}
	switch (row->function) {
	case FUNCTION_DEBUG:
		bind_commands(device, &device->debug, PROBE_DEBUG, endpoints);
		device->trace = (struct trace){ device, endpoints[2] };
		if (endpoints[2])
			attach_user(endpoints[2], &trace_reads, &device->trace);
		break;
	case FUNCTION_BRIDGE:
		bind_commands(device, &device->bridge, PROBE_BRIDGE, endpoints);
		break;
	case FUNCTION_STORAGE:
		bind_storage(device, endpoints);
		break;
	case FUNCTION_SERIAL_CONTROL:
		break;
	case FUNCTION_SERIAL_DATA:
		bind_serial(device, endpoints);
		break;
	case FUNCTION_KEYBOARD:
		keyboard_init(&device->keyboard, endpoints[0], device->options.text);
		break;
	}
}

/* Becomes what the identity says. Only while unplugged; the counts of the endpoints go on. */
static void become(struct device *device, const struct identity *identity)
{
	device->identity = identity;
	device->speed = device->options.speed ? device->options.speed : identity->speed;
	device->serial_count = 0;
	for (unsigned i = 0; i < DEVICE_ENDPOINTS; i++) {
		attach_user(&device->in[i], NULL, NULL);
		attach_user(&device->out[i], NULL, NULL);
	}
	device->in[0].packet = identity->control_packet;
	for (unsigned i = 0; i < identity->interface_count; i++)
		bind_interface(device, &identity->interfaces[i]);
}

struct endpoint *device_endpoint(struct device *device, uint8_t address)
{
	struct endpoint *endpoint = address & 0x80 ? &device->in[address & 15] : &device->out[address & 15];

	if (!(address & 15))
		return &device->in[0];
	if (address & 0x70)
		return NULL;
	for (unsigned i = 0; i < device->identity->interface_count; i++) {
		const struct interface_row *row = &device->identity->interfaces[i];

		for (unsigned e = 0; e < row->endpoint_count; e++)
			if (row->endpoints[e].address == address)
				return endpoint;
	}
	return NULL;
}

const char *device_serial(const struct device *device)
{
	return *device->options.serial ? device->options.serial : device->identity->serial;
}

/* --- the plug --- */

static uint64_t after(uint64_t start, uint64_t milliseconds)
{
	return milliseconds == NEVER ? NEVER : start + milliseconds * MILLISECOND;
}

struct device *device_new(unsigned number, const struct device_options *options, struct log *log, uint64_t start)
{
	struct device *device = calloc(1, sizeof *device);

	if (!device)
		abort();
	device->options = *options;
	device->log = log;
	device->source.device = device->first.device = number;
	if (!options->is_keyboard) {
		device->target = target_new();
		device->probe = probe_new(options->model, device->target);
	}
	device->socket = -1;
	device->port = options->port;
	device->plug_at = after(start, options->plug_after);
	device->unplug_at = after(start, options->unplug_at);
	device->return_after = options->return_after == NEVER ? NEVER : options->return_after * MILLISECOND;
	for (unsigned i = 0; i < DEVICE_ENDPOINTS; i++) {
		device->in[i].address = (uint8_t)(0x80 | i);
		device->out[i].address = (uint8_t)i;
		device->in[i].socket = device->out[i].socket = -1;
	}
	become(device, options->is_keyboard ? &identity_keyboard : identity_of(options->model));
	return device;
}

static void set_socket(struct device *device, int socket)
{
	device->socket = socket;
	for (unsigned i = 0; i < DEVICE_ENDPOINTS; i++)
		device->in[i].socket = device->out[i].socket = socket;
}

static void reset(struct device *device)
{
	if (!device->probe)
		return;
	channel_reset(&device->debug);
	channel_reset(&device->bridge);
	probe_usb_reset(device->probe);
}

static void plug(struct device *device)
{
	bool same = device->port >= 0 && vhci_is_free(device->port);
	int port = same ? device->port : vhci_free_port(device->speed);
	int socket = port < 0 ? -1 : vhci_attach(port, device->speed);

	if (socket < 0) {
		/* The port may be a moment from being free again. */
		device->plug_at = clock_now() + 100 * MILLISECOND;
		return;
	}
	device_connect(device, port, socket);
}

void device_connect(struct device *device, int port, int socket)
{
	char product[16];

	device->plug_at = NEVER;
	device->port = port;
	set_socket(device, socket);
	snprintf(product, sizeof product, "%04x:%04x", device->identity->vendor, device->identity->product);
	log_event(device->log, &device->source, "attach", "{s:s,s:s,s:s,s:i,s:i}", "model", device->identity->name, "vid_pid", product,
	          "serial", device_serial(device), "port", port, "speed", (int)device->speed);
}

static void unplug(struct device *device)
{
	if (device->socket < 0)
		return;
	reset(device);
	close(device->socket);
	set_socket(device, -1);
	for (unsigned i = 0; i < DEVICE_ENDPOINTS; i++) {
		endpoint_empty(&device->in[i]);
		endpoint_empty(&device->out[i]);
	}
	device->configuration = 0;
	device->unplug_at = NEVER;
	device->plug_at = device->return_after == NEVER ? NEVER : clock_now() + device->return_after;
	log_event(device->log, &device->source, "detach", "");
	device->source.bus = device->source.address = 0;
	if (device->returns_changed) {
		/* The same chip, and so the same number, whichever of its programs runs. */
		if (!*device->options.serial)
			snprintf(device->options.serial, sizeof device->options.serial, "%s", device->identity->serial);
		become(device, identity_of(probe_returns_as(device->probe)));
	}
	device->returns_changed = false;
}

void device_leave(struct device *device, bool for_good)
{
	device->unplug_at = clock_now() + VANISH_AFTER;
	device->return_after = for_good ? NEVER : RETURN_AFTER;
	device->returns_changed = !for_good;
}

void device_vanish(struct device *device, bool returns, uint32_t milliseconds)
{
	device->unplug_at = clock_now() + GONE_AFTER;
	device->return_after = returns ? milliseconds * MILLISECOND : NEVER;
}

void device_configure(struct device *device, unsigned configuration)
{
	for (unsigned i = 1; i < DEVICE_ENDPOINTS; i++) {
		endpoint_reset(&device->in[i]);
		endpoint_reset(&device->out[i]);
	}
	reset(device);
	device->configuration = configuration;
	if (vhci_address(device->port, &device->source.bus, &device->source.address) && !device->first.address)
		device->first = device->source;
	log_event(device->log, &device->source, "set_configuration", "{s:i}", "value", (int)configuration);
}

/* --- what arrives --- */

static bool read_all(int socket, void *bytes, size_t length)
{
	return !length || recv(socket, bytes, length, MSG_WAITALL) == (ssize_t)length;
}

/* OUT first: a command is over before its answer. */
static void tick_endpoints(struct device *device)
{
	for (unsigned i = 0; i < DEVICE_ENDPOINTS; i++)
		endpoint_tick(&device->out[i]);
	for (unsigned i = 0; i < DEVICE_ENDPOINTS; i++)
		endpoint_tick(&device->in[i]);
}

static void submit(struct device *device, struct urb *urb)
{
	const struct usbip_request *request = &urb->request;
	struct endpoint *endpoint = request->in ? &device->in[request->endpoint] : &device->out[request->endpoint];

	if (!request->endpoint) {
		control_submit(device, urb);
	} else if (device_endpoint(device, endpoint->address)) {
		endpoint_submit(endpoint, urb);
	} else {
		endpoint->submissions++;
		endpoint_complete(endpoint, urb, -EPIPE, NULL, 0);
	}
	tick_endpoints(device);
}

static void unlink_urb(struct device *device, const struct usbip_request *request)
{
	uint8_t header[USBIP_HEADER_SIZE];
	const struct endpoint *found = NULL;

	for (unsigned i = 0; i < DEVICE_ENDPOINTS && !found; i++) {
		if (endpoint_unlink(&device->in[i], request->victim))
			found = &device->in[i];
		else if (endpoint_unlink(&device->out[i], request->victim))
			found = &device->out[i];
	}
	usbip_write_unlinked(header, request->sequence, found ? -ECONNRESET : 0);
	if (found)
		log_event(device->log, &device->source, "unlink", "{s:i}", "endpoint", (int)found->address);
	/* Where this fails, the next read tells that the connection is gone. */
	(void)!send(device->socket, header, sizeof header, MSG_NOSIGNAL);
}

void device_receive(struct device *device)
{
	uint8_t header[USBIP_HEADER_SIZE];
	struct usbip_request request;
	size_t payload;
	struct urb *urb;

	if (!read_all(device->socket, header, sizeof header) || !usbip_read(header, &request)) {
		unplug(device);
		return;
	}
	if (request.kind == USBIP_UNLINK) {
		unlink_urb(device, &request);
		return;
	}
	payload = request.in ? 0 : request.length;
	urb = calloc(1, sizeof *urb + payload);
	if (!urb)
		abort();
	urb->request = request;
	if (!read_all(device->socket, urb->data, payload)) {
		free(urb);
		unplug(device);
		return;
	}
	submit(device, urb);
}

/* --- time --- */

void device_tick(struct device *device, unsigned elapsed_us)
{
	uint64_t now = clock_now();

	if (device->probe)
		probe_tick(device->probe, elapsed_us);
	if (device->unplug_at <= now)
		unplug(device);
	if (device->plug_at <= now && device->socket < 0)
		plug(device);
	if (device->socket < 0)
		return;
	tick_endpoints(device);
	for (unsigned i = 0; i < device->serial_count; i++)
		serial_port_tick(&device->serial[i]);
	if (!device->probe)
		keyboard_tick(&device->keyboard);
}

uint64_t device_due(const struct device *device)
{
	uint64_t due = device->plug_at < device->unplug_at ? device->plug_at : device->unplug_at;

	for (unsigned i = 0; i < DEVICE_ENDPOINTS; i++)
		if (endpoint_due(&device->in[i]) < due)
			due = endpoint_due(&device->in[i]);
	return due;
}

/* --- the end --- */

static void write_totals(struct device *device)
{
	static const int speeds[] = { [VHCI_LOW] = 1, [VHCI_FULL] = 12, [VHCI_HIGH] = 480 };
	struct log_endpoint endpoints[2 * DEVICE_ENDPOINTS];
	struct log_totals totals = {
		.first = device->first, .model = device->identity->name, .firmware = device->probe ? probe_firmware(device->probe) : NULL,
		.serial = device_serial(device), .old_serial = device->options.old_serial, .vendor = device->identity->vendor,
		.product = device->identity->product, .speed_mbps = speeds[device->speed], .commands = device->commands, .endpoints = endpoints,
		.faults = &device->faults,
	};

	for (unsigned i = 0; i < 2 * DEVICE_ENDPOINTS; i++) {
		const struct endpoint *endpoint = i % 2 ? &device->in[i / 2] : &device->out[i / 2];

		if (endpoint->submissions)
			endpoints[totals.endpoint_count++] =
				(struct log_endpoint){ endpoint->address, endpoint->submissions, endpoint->completions, endpoint->unlinks };
	}
	log_totals(device->log, &totals);
}

void device_free(struct device *device)
{
	unplug(device);
	write_totals(device);
	if (device->probe) {
		probe_free(device->probe);
		target_free(device->target);
	}
	free(device->storage.data.bytes);
	free(device);
}
