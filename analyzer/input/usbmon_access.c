/*
 * Whether this process may capture a bus (usbmon_access.h).
 */
#include "usbmon_access.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "../privileges.h"

/* Is the module among those that depmod or the kernel's build has listed in this file of the running kernel? */
static bool is_listed(const char *release, const char *list)
{
	char path[256], line[4096];
	bool found = false;
	FILE *file;

	snprintf(path, sizeof path, "/lib/modules/%s/%s", release, list);
	file = fopen(path, "r");
	if (!file)
		return false;
	while (!found && fgets(line, sizeof line, file))
		found = strstr(line, "/usbmon.ko") && strstr(line, "/usbmon.ko") < line + strcspn(line, ":");
	fclose(file);
	return found;
}

/* A kernel without a list of modules may be another one's, as in a container. */
static bool kernel_lacks_it(void)
{
	struct utsname name;
	char path[256];

	if (uname(&name))
		return false;
	snprintf(path, sizeof path, "/lib/modules/%s/modules.dep", name.release);
	return !access(path, R_OK) && !is_listed(name.release, "modules.dep") && !is_listed(name.release, "modules.builtin");
}

bool may_access(const char *path, int mode)
{
	return !access(path, mode) || !faccessat(AT_FDCWD, path, mode, AT_EACCESS); /* its caller, or its own rights at the moment */
}

/* With what the program itself was given, as live has it when it opens the interface. */
static bool may_capture(const char *node)
{
	bool may;

	privileges_raise();
	may = may_access(node, R_OK);
	privileges_lower();
	return may;
}

enum usbmon_state usbmon_state(uint16_t bus)
{
	char node[32], known[64];

	snprintf(node, sizeof node, "/dev/usbmon%u", bus);
	snprintf(known, sizeof known, "/sys/class/usbmon/usbmon%u", bus);
	if (!access(node, F_OK))
		return may_capture(node) ? USBMON_READY : USBMON_DENIED;
	if (!access(known, F_OK))
		return USBMON_NO_NODE;
	if (!access("/sys/class/usbmon", F_OK) || !access("/sys/module/usbmon", F_OK))
		return USBMON_NO_BUS;
	return kernel_lacks_it() ? USBMON_ABSENT : USBMON_NOT_LOADED;
}

const char *usbmon_state_name(enum usbmon_state state)
{
	static const char *const names[] = {
		[USBMON_READY] = "ready", [USBMON_NOT_LOADED] = "not-loaded", [USBMON_ABSENT] = "absent", [USBMON_NO_BUS] = "no-bus",
		[USBMON_NO_NODE] = "no-node", [USBMON_DENIED] = "denied",
	};

	return names[state];
}

char *usbmon_problem(char *out, size_t size, enum usbmon_state state, uint16_t bus)
{
	switch (state) {
	case USBMON_READY:
		*out = '\0';
		break;
	case USBMON_NOT_LOADED:
		snprintf(out, size, "the kernel module usbmon is not loaded");
		break;
	case USBMON_ABSENT:
		snprintf(out, size, "this kernel has no usbmon module: only another kernel can capture USB");
		break;
	case USBMON_NO_BUS:
		snprintf(out, size, "there is no USB bus %u", bus);
		break;
	case USBMON_NO_NODE:
		snprintf(out, size, "/dev/usbmon%u is missing: in a container, capture on its host", bus);
		break;
	case USBMON_DENIED:
		snprintf(out, size, "this user may not read /dev/usbmon%u", bus);
		break;
	}
	return out;
}

char *access_remedy(char *out, size_t size, const char *node, const char *rights)
{
	/* an entry of its own for the user, where the package acl is there */
	if (!access("/usr/bin/setfacl", X_OK) || !access("/bin/setfacl", X_OK))
		snprintf(out, size, "sudo setfacl -m u:$USER:%s %s", rights, node);
	else
		snprintf(out, size, "sudo chown $USER %s", node);
	return out;
}

/* What stands before a command that root must give, where we are root: root by sudo has to say sudo again. */
static const char *before_root(void)
{
	return getenv("SUDO_UID") ? "sudo " : "";
}

char *usbmon_remedy(char *out, size_t size, enum usbmon_state state, uint16_t bus)
{
	const char *load = state == USBMON_NOT_LOADED ? "modprobe usbmon" : "";
	char node[32], grant[128];

	*out = '\0';
	if (state != USBMON_NOT_LOADED && state != USBMON_DENIED)
		return out;
	if (!geteuid()) {
		snprintf(out, size, "%s%s", *load ? before_root() : "", load);
		return out;
	}
	snprintf(node, sizeof node, "/dev/usbmon%u", bus);
	snprintf(out, size, "%s%s%s%s", *load ? "sudo " : "", load, *load ? "\n" : "", access_remedy(grant, sizeof grant, node, "r"));
	return out;
}

/* The command by which our udev rule is there, and new: what has not changed since udev read it, it reads no second time, group or not. */
static void rule_remedy(char *out, size_t size)
{
	static const char *const folders[] = { "/etc/udev/rules.d", "/run/udev/rules.d", "/usr/local/lib/udev/rules.d", "/usr/lib/udev/rules.d",
	                                       "/lib/udev/rules.d" };
	char path[128];

	for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
		snprintf(path, sizeof path, "%s/" USBMON_RULE, folders[i]);
		if (access(path, F_OK))
			continue;
		snprintf(out, size, "sudo touch %s", path);
		return;
	}
	snprintf(out, size, "echo 'SUBSYSTEM==\"usbmon\", GROUP=\"usbmon\", MODE=\"0640\"' | sudo tee /etc/udev/rules.d/" USBMON_RULE);
}

char *usbmon_lasting_remedy(char *out, size_t size, enum usbmon_state state)
{
	char rule[192];

	*out = '\0';
	if (state != USBMON_NOT_LOADED && state != USBMON_DENIED)
		return out;
	if (!geteuid()) {
		snprintf(out, size, "echo usbmon | %stee /etc/modules-load.d/usbmon.conf", before_root());
		return out;
	}
	rule_remedy(rule, sizeof rule);
	snprintf(out, size, "echo usbmon | sudo tee /etc/modules-load.d/usbmon.conf\n"
	         "sudo groupadd --system --force usbmon\n"
	         "sudo usermod --append --groups usbmon $USER\n"
	         "%s\n"
	         "sudo udevadm control --reload\n"
	         "sudo udevadm trigger --subsystem-match=usbmon", rule);
	return out;
}
