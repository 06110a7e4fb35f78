/*
 * Whether a capture of a bus can be had by this process, and what mends it.
 * Knows: the usbmon module, /dev/usbmonN. Must not know: libpcap.
 */
#ifndef ANALYZER_INPUT_USBMON_ACCESS_H
#define ANALYZER_INPUT_USBMON_ACCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define USBMON_RULE "60-stlinkscope.rules" /* of udev, installed by make install: gives group usbmon the right to read /dev/usbmonN */

enum usbmon_state {
	USBMON_READY,
	USBMON_NOT_LOADED, /* the kernel has the module, and it is not loaded */
	USBMON_ABSENT,     /* the kernel has no usbmon at all */
	USBMON_NO_BUS,     /* loaded, but there is no such bus */
	USBMON_NO_NODE,    /* loaded, and /dev/usbmonN is missing (a container) */
	USBMON_DENIED,     /* this process may not read /dev/usbmonN */
};

/* May this process do so (R_OK, W_OK)? */
bool may_access(const char *path, int mode);
/* The command that gives this user the rights "r" or "rw" to a device node until it is made anew. Returns out. */
char *access_remedy(char *out, size_t size, const char *node, const char *rights);
/* Of usbmonN with N = bus, for this process as it is. */
enum usbmon_state usbmon_state(uint16_t bus);
const char *usbmon_state_name(enum usbmon_state state); /* "ready", "not-loaded", ...: for JSON */
/* What is wrong, in one line: "usbmon is not loaded". "" for USBMON_READY. Returns out. */
char *usbmon_problem(char *out, size_t size, enum usbmon_state state, uint16_t bus);
/* The commands that mend it now, for a shell, one a line; "" where no command does. Returns out. */
char *usbmon_remedy(char *out, size_t size, enum usbmon_state state, uint16_t bus);
/* The commands that mend it for good: from the next login on. */
char *usbmon_lasting_remedy(char *out, size_t size, enum usbmon_state state);

#endif
