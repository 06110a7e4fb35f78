/*
 * The kernel's virtual host controller: which ports are free, plugging a socket into one.
 * Knows: sysfs of vhci_hcd. Must not know: what is plugged in.
 */
#ifndef LIVE_VHCI_H
#define LIVE_VHCI_H

#include <stdbool.h>

enum vhci_speed { VHCI_LOW = 1, VHCI_FULL = 2, VHCI_HIGH = 3 };

/*
 * A free port for a device of that speed; -1: none, or no vhci_hcd (and has said so). Just unplugged, a port is not free for a moment. Each speed
 * has ports of its own: a port that had a high-speed device enumerates the next one as high-speed at first, and then once more.
 */
int vhci_free_port(enum vhci_speed speed);
bool vhci_is_free(int port);

/* Plugs in: returns our end of a stream socket that speaks USB/IP, -1 where the kernel would not (and has said so). Closing it unplugs. */
int vhci_attach(int port, enum vhci_speed speed);

/* Where the kernel put it; false while it has not yet. */
bool vhci_address(int port, int *bus, int *address);

#endif
