/*
 * The ST-Links of this machine with all that decides whether they can be used and captured: who has them open, which disk is mounted, what
 * this user may do, and the commands that mend what is missing.
 * Knows: /dev, mounts, permissions. Must not know: how it is shown.
 */
#ifndef ANALYZER_INPUT_MACHINE_H
#define ANALYZER_INPUT_MACHINE_H

#include "device_users.h"
#include "devices.h"
#include "usbmon_access.h"

#define MACHINE_USERS 8
#define MACHINE_PATH 256

enum machine_access { ACCESS_GRANTED, ACCESS_DENIED, ACCESS_NO_NODE };

struct machine_device {
	struct attached attached;
	struct device_user users[MACHINE_USERS];    /* of its node: who talks to the probe */
	size_t user_count;                          /* may be more than are kept */
	bool claimed;                               /* a program holds one of its interfaces, seen or not */
	struct machine_interface {
		char mounted_at[MACHINE_PATH];      /* of its disk; "" where it is not mounted */
		struct device_user users[MACHINE_USERS]; /* of its serial port */
		size_t user_count;
	} interfaces[ATTACHED_INTERFACES];
	enum machine_access access;                 /* to its node, reading and writing, for this process */
	enum usbmon_state usbmon;                   /* of its bus */
};

/* Something that hinders debugging or capturing. */
struct machine_problem {
	const char *id;        /* of a closed list: usbmon-STATE, probe-denied, probe-no-node, probe-in-use, probe-in-loader, probe-not-configured */
	uint16_t bus, address; /* of the device, 0:0 where it is no single one's */
	char text[256];
	char commands[1024];   /* that mend it now, one a line; "" where none does */
	char lasting[1024];    /* that mend it for good */
};

struct machine {
	struct machine_device *devices; /* by bus and address */
	size_t count;
	bool hidden;  /* there are processes whose files this user may not see */
	bool is_root;
	struct machine_problem *problems;
	size_t problem_count;
};

/* Looks at the machine as it is now; proc is "/proc". Returns -1 with one line in problem. The caller frees with machine_free. */
int machine_look(struct machine *machine, const char *proc, char *problem, size_t size);
void machine_free(struct machine *machine);

#endif
