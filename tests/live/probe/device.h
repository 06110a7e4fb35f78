/*
 * One device of the command line: plugged in and out, its endpoints and what sits behind them.
 * Knows: all the parts of a device. Must not know: how its options are written.
 */
#ifndef LIVE_DEVICE_H
#define LIVE_DEVICE_H

#include "bulk_only.h"
#include "channel.h"
#include "descriptors.h"
#include "endpoint.h"
#include "faults.h"
#include "keyboard.h"
#include "log.h"
#include "probe.h"
#include "serial_port.h"
#include "trace.h"

#define DEVICE_ENDPOINTS 16
#define NEVER UINT64_MAX

/* What the command line says, before anything is plugged in. Times in milliseconds from the start. */
struct device_options {
	enum probe_model model;
	bool is_keyboard;
	enum vhci_speed speed;       /* 0: the model's own */
	char serial[64];             /* empty: the model's own */
	bool old_serial;
	int port;                    /* -1: any */
	uint64_t plug_after, unplug_at, return_after; /* NEVER: not at all */
	char text[128];              /* what a keyboard types */
};

struct device {
	struct device_options options;
	struct faults faults;
	struct log *log;
	struct log_source source, first; /* first: at its first address */
	const struct identity *identity;
	enum vhci_speed speed;
	struct probe *probe;         /* NULL: a keyboard */
	struct target *target;
	unsigned commands;
	/* The plug. */
	int socket, port;            /* socket -1: out; port -1: any, else where it goes, or was last */
	uint64_t plug_at, unplug_at; /* clock_now; NEVER */
	uint64_t return_after;       /* microseconds between being unplugged and plugged in again; NEVER */
	bool returns_changed;        /* left by itself: comes back as probe_returns_as says */
	unsigned configuration;
	struct endpoint in[DEVICE_ENDPOINTS], out[DEVICE_ENDPOINTS];
	/* What sits behind the endpoints. */
	struct channel debug, bridge;
	struct trace trace;
	struct bulk_only storage;
	struct serial_port serial[2];
	unsigned serial_count;
	struct keyboard keyboard;
};

/* With its probe and target, which may then be set. start: clock_now when the times of the options begin. */
struct device *device_new(unsigned number, const struct device_options *options, struct log *log, uint64_t start);
/* Unplugs, writes the totals, frees. */
void device_free(struct device *device);

/* Plugged in: the other end of the socket speaks USB/IP as vhci_hcd does. Takes the socket over. */
void device_connect(struct device *device, int port, int socket);
/* The socket is readable: handles one message. */
void device_receive(struct device *device);
/* Plugs in and out when it is time, and completes what is due; called about every millisecond. */
void device_tick(struct device *device, unsigned elapsed_us);
/* When something is due next, as clock_now. */
uint64_t device_due(const struct device *device);

/* The probe leaves the bus by itself, as after DFU exit; for good: it never comes back. */
void device_leave(struct device *device, bool for_good);
/* Somebody pulls the cable while a command is under way; and puts it back, if that is so. */
void device_vanish(struct device *device, bool returns, uint32_t milliseconds);

/* For the control endpoint. */
void device_configure(struct device *device, unsigned configuration);
/* By its address, NULL: the device has no such endpoint. */
struct endpoint *device_endpoint(struct device *device, uint8_t address);
const char *device_serial(const struct device *device);

#endif
