/*
 * The kernel's virtual host controller through sysfs.
 * Knows: the files of vhci_hcd.0. Must not know: what is plugged in.
 */
#include "vhci.h"

#include <err.h>
#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CONTROLLER "/sys/devices/platform/vhci_hcd.0"

/* "hs  0000 004 000 00000000 000000 0-0": hub, port, state, ...; state 4 is a port with nothing in it. */
static int find_free(int from, int to)
{
	FILE *status = fopen(CONTROLLER "/status", "re");
	char line[256], hub[16];
	int port, state, found = -1;

	if (!status) {
		warn(CONTROLLER "/status (is vhci-hcd loaded?)");
		return -1;
	}
	while (found < 0 && fgets(line, sizeof line, status))
		if (sscanf(line, "%15s %d %d", hub, &port, &state) == 3 && !strcmp(hub, "hs") && state == 4 && port >= from && port <= to)
			found = port;
	fclose(status);
	return found;
}

int vhci_free_port(enum vhci_speed speed)
{
	static const struct { int first, last; } ports[] = { [VHCI_LOW] = { 13, 14 }, [VHCI_FULL] = { 0, 6 }, [VHCI_HIGH] = { 7, 12 } };

	return find_free(ports[speed].first, ports[speed].last);
}

bool vhci_is_free(int port)
{
	return find_free(port, port) == port;
}

int vhci_attach(int port, enum vhci_speed speed)
{
	int ends[2], result;
	FILE *attach;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends)) {
		warn("socketpair");
		return -1;
	}
	attach = fopen(CONTROLLER "/attach", "we");
	/* The third number names the device at the far end of a network; it must not be 0, and means nothing here. */
	result = attach ? fprintf(attach, "%d %d %d %d\n", port, ends[1], 0x10000 + port + 1, (int)speed) : -1;
	if (attach && fclose(attach))
		result = -1;
	if (result < 0)
		warn(CONTROLLER "/attach, port %d", port);
	close(ends[1]);
	if (result >= 0)
		return ends[0];
	close(ends[0]);
	return -1;
}

static int read_number(const char *folder, const char *name)
{
	char path[512];
	FILE *file;
	int value = -1;

	snprintf(path, sizeof path, "%s/%s", folder, name);
	file = fopen(path, "re");
	if (!file)
		return -1;
	if (fscanf(file, "%d", &value) != 1)
		value = -1;
	fclose(file);
	return value;
}

bool vhci_address(int port, int *bus, int *address)
{
	char pattern[128];
	glob_t found;
	bool known = false;

	snprintf(pattern, sizeof pattern, CONTROLLER "/usb*/*-%d", port + 1);
	if (!glob(pattern, 0, NULL, &found)) {
		*bus = read_number(found.gl_pathv[0], "busnum");
		*address = read_number(found.gl_pathv[0], "devnum");
		known = *bus > 0 && *address > 0;
	}
	globfree(&found);
	return known;
}
