/*
 * The ST-Links of this machine and what hinders them (machine.h).
 */
#include "machine.h"

#include <err.h>
#include <mntent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What is */

/* Where the disk (sdb), or a part of it (sdb1), is mounted first. */
static void find_mount(const char *proc, const char *disk, char *out, size_t size)
{
	char path[MACHINE_PATH], line[4096], node[64];
	struct mntent entry;
	FILE *mounts;

	snprintf(path, sizeof path, "%s/self/mounts", proc);
	mounts = setmntent(path, "re");
	if (!mounts)
		return;
	snprintf(node, sizeof node, "/dev/%s", disk);
	while (!*out && getmntent_r(mounts, &entry, line, sizeof line)) {
		size_t length = strlen(node);
		const char *rest = entry.mnt_fsname + length;

		if (!strncmp(entry.mnt_fsname, node, length) && strspn(rest, "0123456789") == strlen(rest))
			snprintf(out, size, "%s", entry.mnt_dir);
	}
	endmntent(mounts);
}

static void look_at_interface(struct machine *machine, struct machine_device *device, size_t index, const char *proc)
{
	const struct attached_interface *attached = &device->attached.interfaces[index];
	struct machine_interface *interface = &device->interfaces[index];
	char node[64];

	device->claimed |= !strcmp(attached->driver, "usbfs");
	if (!attached->node[0])
		return;
	if (strncmp(attached->node, "tty", 3)) {
		find_mount(proc, attached->node, interface->mounted_at, sizeof interface->mounted_at);
		return;
	}
	snprintf(node, sizeof node, "/dev/%s", attached->node);
	interface->user_count = device_users(proc, node, interface->users, MACHINE_USERS, &machine->hidden);
}

static void look_at_device(struct machine *machine, struct machine_device *device, const char *proc)
{
	const char *node = device->attached.node;

	device->user_count = device_users(proc, node, device->users, MACHINE_USERS, &machine->hidden);
	for (size_t i = 0; i < device->attached.interface_count; i++)
		look_at_interface(machine, device, i, proc);
	if (access(node, F_OK))
		device->access = ACCESS_NO_NODE;
	else
		device->access = may_access(node, R_OK | W_OK) ? ACCESS_GRANTED : ACCESS_DENIED;
	device->usbmon = usbmon_state(device->attached.bus);
}

/* What hinders */

static struct machine_problem *add_problem(struct machine *machine, const char *id, const struct attached *attached)
{
	struct machine_problem *problems = reallocarray(machine->problems, machine->problem_count + 1, sizeof *problems), *problem;

	if (!problems)
		err(2, NULL);
	machine->problems = problems;
	problem = &problems[machine->problem_count++];
	*problem = (struct machine_problem){ .id = id };
	if (attached) {
		problem->bus = attached->bus;
		problem->address = attached->address;
	}
	return problem;
}

static const char *usbmon_problem_id(enum usbmon_state state)
{
	switch (state) {
	case USBMON_NOT_LOADED: return "usbmon-not-loaded";
	case USBMON_ABSENT: return "usbmon-absent";
	case USBMON_NO_BUS: return "usbmon-no-bus";
	case USBMON_NO_NODE: return "usbmon-no-node";
	case USBMON_DENIED: return "usbmon-denied";
	case USBMON_READY: break;
	}
	return NULL;
}

static void judge_usbmon(struct machine *machine, enum usbmon_state state, uint16_t bus)
{
	struct machine_problem *problem;

	if (state == USBMON_READY)
		return;
	for (size_t i = 0; i < machine->problem_count; i++) /* two probes on one bus; a module that is missing for all */
		if (machine->problems[i].id == usbmon_problem_id(state) && (machine->problems[i].bus == bus || state < USBMON_NO_BUS))
			return;
	problem = add_problem(machine, usbmon_problem_id(state), NULL);
	problem->bus = bus;
	usbmon_problem(problem->text, sizeof problem->text, state, bus);
	usbmon_remedy(problem->commands, sizeof problem->commands, state, bus);
	usbmon_lasting_remedy(problem->lasting, sizeof problem->lasting, state);
}

static void judge_access(struct machine *machine, const struct machine_device *device)
{
	const struct attached *attached = &device->attached;
	struct machine_problem *problem;

	if (device->access == ACCESS_NO_NODE) {
		problem = add_problem(machine, "probe-no-node", attached);
		snprintf(problem->text, sizeof problem->text, "%s is missing: in a container, pass the device into it", attached->node);
		return;
	}
	if (device->access == ACCESS_GRANTED)
		return;
	problem = add_problem(machine, "probe-denied", attached);
	snprintf(problem->text, sizeof problem->text, "this user may not open %s, so no debugger that it starts can", attached->node);
	if (machine->is_root)
		return;
	access_remedy(problem->commands, sizeof problem->commands, attached->node, "rw");
	snprintf(problem->lasting, sizeof problem->lasting,
	         "echo 'SUBSYSTEM==\"usb\", ATTR{idVendor}==\"%04x\", ATTR{idProduct}==\"%04x\", MODE=\"0660\", TAG+=\"uaccess\"' | "
	         "sudo tee /etc/udev/rules.d/60-st-link-%04x.rules\n"
	         "sudo udevadm control --reload\n"
	         "sudo udevadm trigger --attr-match=idVendor=%04x",
	         attached->vid, attached->pid, attached->pid, attached->vid);
}

static void judge_use(struct machine *machine, const struct machine_device *device)
{
	struct machine_problem *problem;

	for (size_t i = 0; i < device->user_count && i < MACHINE_USERS; i++) {
		const struct device_user *user = &device->users[i];

		problem = add_problem(machine, "probe-in-use", &device->attached);
		snprintf(problem->text, sizeof problem->text, "%s (process %ld) has it open: another debugger may find it busy",
		         user->name[0] ? user->name : "a program", (long)user->pid);
		snprintf(problem->commands, sizeof problem->commands, "%skill %ld",
		         user->uid == geteuid() || machine->is_root ? "" : "sudo ", (long)user->pid);
	}
	if (device->user_count || !device->claimed)
		return;
	problem = add_problem(machine, "probe-in-use", &device->attached);
	snprintf(problem->text, sizeof problem->text, "a program that cannot be seen from here has claimed it: another debugger finds it busy");
	if (!machine->is_root)
		snprintf(problem->commands, sizeof problem->commands, "sudo stlinkscope devices");
}

static void judge_state(struct machine *machine, const struct attached *attached)
{
	struct machine_problem *problem;

	if (attached->kind == ATTACHED_STLINK_LOADER) {
		problem = add_problem(machine, "probe-in-loader", attached);
		snprintf(problem->text, sizeof problem->text, "it runs its boot loader: plug it in anew; if it stays so, update its firmware with "
		         "STM32CubeProgrammer or STLinkUpgrade");
	}
	if (!attached->has_configuration) {
		problem = add_problem(machine, "probe-not-configured", attached);
		snprintf(problem->text, sizeof problem->text, "the kernel has not configured it (too little power on the hub?): use another port");
	}
}

static void judge(struct machine *machine)
{
	uint16_t bus = 0;
	bool any = false;

	for (size_t i = 0; i < machine->count; i++) {
		const struct machine_device *device = &machine->devices[i];

		if (device->attached.kind == ATTACHED_DFU || device->attached.kind == ATTACHED_VCP)
			continue;
		any = true;
		judge_state(machine, &device->attached);
		judge_use(machine, device);
		judge_access(machine, device);
		judge_usbmon(machine, device->usbmon, device->attached.bus);
	}
	if (!any && devices_buses(&bus, 1)) /* what would hinder a probe that is plugged in next */
		judge_usbmon(machine, usbmon_state(bus), bus);
}

int machine_look(struct machine *machine, const char *proc, char *problem, size_t size)
{
	struct attached *list;
	size_t count;

	*machine = (struct machine){ .is_root = !geteuid() };
	if (devices_list(&list, &count, problem, size))
		return -1;
	machine->devices = calloc(count ? count : 1, sizeof *machine->devices);
	if (!machine->devices)
		err(2, NULL);
	for (size_t i = 0; i < count; i++)
		machine->devices[i].attached = list[i];
	machine->count = count;
	free(list);
	for (size_t i = 0; i < count; i++)
		look_at_device(machine, &machine->devices[i], proc);
	judge(machine);
	return 0;
}

void machine_free(struct machine *machine)
{
	free(machine->devices);
	free(machine->problems);
	*machine = (struct machine){ 0 };
}
