/*
 * The probe's virtual serial port: prints lines while it is open, and echoes.
 * Knows: CDC-ACM's line state and coding. Must not know: control transfers, the debugger beside it.
 */
#ifndef LIVE_SERIAL_PORT_H
#define LIVE_SERIAL_PORT_H

#include "endpoint.h"

/* In each line, so that a test can search for it where it must not be. */
#define SERIAL_SECRET "VPROBE-SERIAL-PRIVATE"

struct serial_port {
	struct endpoint *in;
	uint8_t coding[7]; /* as SET_LINE_CODING */
	bool open;         /* DTR */
	uint64_t next;     /* when the next line is due */
	unsigned lines;
};

void serial_port_init(struct serial_port *port, struct endpoint *in);
/* SET_CONTROL_LINE_STATE: bit 0 is DTR. */
void serial_port_lines(struct serial_port *port, unsigned state);
void serial_port_tick(struct serial_port *port);

/* The owner is the port. */
extern const struct endpoint_user serial_port_out;

#endif
