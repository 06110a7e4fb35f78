/*
 * The virtual serial port.
 * Knows: what it prints. Must not know: control transfers, the debugger beside it.
 */
#include "serial_port.h"

#include <stdio.h>
#include <string.h>

#define PERIOD_US 100000

void serial_port_init(struct serial_port *port, struct endpoint *in)
{
	static const uint8_t coding[] = { 0x00, 0xc2, 0x01, 0x00, 0, 0, 8 }; /* 115200 8N1 */

	memset(port, 0, sizeof *port);
	port->in = in;
	memcpy(port->coding, coding, sizeof coding);
}

void serial_port_lines(struct serial_port *port, unsigned state)
{
	port->open = state & 1;
	port->next = clock_now();
}

void serial_port_tick(struct serial_port *port)
{
	char line[64];

	/* A port that nobody reads keeps one line. */
	if (!port->open || port->in->messages || clock_now() < port->next)
		return;
	port->next = clock_now() + PERIOD_US;
	snprintf(line, sizeof line, SERIAL_SECRET " %u\r\n", ++port->lines);
	endpoint_push(port->in, message_new((const uint8_t *)line, (uint32_t)strlen(line)));
	endpoint_tick(port->in);
}

static int receive(void *owner, const uint8_t *bytes, uint32_t length)
{
	struct serial_port *port = owner;

	if (length)
		endpoint_push(port->in, message_new(bytes, length));
	return 0;
}

const struct endpoint_user serial_port_out = { .receive = receive };
