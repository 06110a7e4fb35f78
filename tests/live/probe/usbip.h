/*
 * The messages of USB/IP that vhci_hcd sends (submit, unlink) and the answers it expects: 48 bytes each, big-endian.
 * Knows: the layout (the kernel's Documentation/usb/usbip_protocol.rst). Must not know: sockets, devices.
 */
#ifndef LIVE_USBIP_H
#define LIVE_USBIP_H

#include <stdbool.h>
#include <stdint.h>

#define USBIP_HEADER_SIZE 48
/* More than any client asks for in one URB; a larger length is a broken stream. */
#define USBIP_LENGTH_MAX (16U << 20)

enum usbip_kind { USBIP_SUBMIT = 1, USBIP_UNLINK = 2 };

struct usbip_request {
	enum usbip_kind kind;
	uint32_t sequence;
	bool in;
	uint8_t endpoint;  /* its number, without the direction */
	uint32_t length;   /* submit: of the transfer buffer */
	uint8_t setup[8];  /* submit, endpoint 0 */
	uint32_t victim;   /* unlink: the sequence number of the URB that the host takes back */
};

/* False: not a message that vhci_hcd sends. */
bool usbip_read(const uint8_t header[USBIP_HEADER_SIZE], struct usbip_request *request);

/* status: 0 or a negative errno, as the URB's; actual: bytes transferred, of which an IN transfer's follow the header. */
void usbip_write_submitted(uint8_t header[USBIP_HEADER_SIZE], uint32_t sequence, int status, uint32_t actual);
/* status: -ECONNRESET where the URB was still pending, 0 where it had been returned before. */
void usbip_write_unlinked(uint8_t header[USBIP_HEADER_SIZE], uint32_t sequence, int status);

#endif
