/*
 * The messages of USB/IP, read and written.
 * Knows: the layout of the headers. Must not know: sockets, devices.
 */
#include "usbip.h"

#include <string.h>

enum { RETURN_SUBMIT = 3, RETURN_UNLINK = 4 };
enum {
	AT_COMMAND = 0, AT_SEQUENCE = 4, AT_DIRECTION = 12, AT_ENDPOINT = 16, AT_STATUS = 20, AT_VICTIM = 20, AT_ACTUAL = 24, AT_LENGTH = 24,
	AT_SETUP = 40,
};

static uint32_t get32(const uint8_t *bytes)
{
	return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static void put32(uint8_t *bytes, uint32_t value)
{
	for (unsigned i = 0; i < 4; i++)
		bytes[i] = (uint8_t)(value >> (24 - 8 * i));
}

bool usbip_read(const uint8_t header[USBIP_HEADER_SIZE], struct usbip_request *request)
{
	uint32_t command = get32(header + AT_COMMAND), endpoint = get32(header + AT_ENDPOINT);

	memset(request, 0, sizeof *request);
	if ((command != USBIP_SUBMIT && command != USBIP_UNLINK) || endpoint > 15)
		return false;
	request->kind = (enum usbip_kind)command;
	request->sequence = get32(header + AT_SEQUENCE);
	request->in = get32(header + AT_DIRECTION) != 0;
	request->endpoint = (uint8_t)endpoint;
	if (command == USBIP_UNLINK) {
		request->victim = get32(header + AT_VICTIM);
		return true;
	}
	request->length = get32(header + AT_LENGTH);
	memcpy(request->setup, header + AT_SETUP, sizeof request->setup);
	return request->length <= USBIP_LENGTH_MAX;
}

static void begin(uint8_t header[USBIP_HEADER_SIZE], uint32_t command, uint32_t sequence, int status)
{
	memset(header, 0, USBIP_HEADER_SIZE);
	put32(header + AT_COMMAND, command);
	put32(header + AT_SEQUENCE, sequence);
	put32(header + AT_STATUS, (uint32_t)status);
}

void usbip_write_submitted(uint8_t header[USBIP_HEADER_SIZE], uint32_t sequence, int status, uint32_t actual)
{
	begin(header, RETURN_SUBMIT, sequence, status);
	put32(header + AT_ACTUAL, actual);
}

void usbip_write_unlinked(uint8_t header[USBIP_HEADER_SIZE], uint32_t sequence, int status)
{
	begin(header, RETURN_UNLINK, sequence, status);
}
