/*
 * Which processes have a device open.
 * Knows: /proc. Must not know: what the device is.
 */
#ifndef ANALYZER_INPUT_DEVICE_USERS_H
#define ANALYZER_INPUT_DEVICE_USERS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* name is as the process says it, so hostile. */
struct device_user { pid_t pid; uid_t uid; char name[64]; };

/*
 * The processes, but for this one, that have node ("/dev/bus/usb/003/014") open, by id; at most size of them. proc is where the proc file system is:
 * "/proc". *hidden becomes true, and else stays, where there are processes whose files this user may not see. Returns how many there are.
 */
size_t device_users(const char *proc, const char *node, struct device_user *list, size_t size, bool *hidden);

#endif
