/*
 * USB devices of this machine, by libudev and sysfs (devices.h). The only file that sees libudev.
 */
#include "devices.h"

#include <err.h>
#include <libudev.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STM32_DFU_PID 0xdf11
#define STM32_VCP_PID 0x5740

static void take(char *out, size_t size, const char *text)
{
	snprintf(out, size, "%s", text ? text : "");
}

/* A number that sysfs writes in base; 0 where there is none. */
static unsigned number_of(struct udev_device *device, const char *attribute, int base)
{
	const char *text = udev_device_get_sysattr_value(device, attribute);

	return text ? (unsigned)strtoul(text, NULL, base) : 0;
}

static bool is_of_type(struct udev_device *device, const char *type)
{
	const char *found = udev_device_get_devtype(device);

	return found && !strcmp(found, type);
}

/* Calls each for every device of this subsystem: below parent, or anywhere (NULL). */
static void each_device(struct udev *udev, struct udev_device *parent, const char *subsystem,
                        void (*each)(struct udev_device *device, void *context), void *context)
{
	struct udev_enumerate *enumerate = udev_enumerate_new(udev);
	struct udev_list_entry *entry;

	if (!enumerate)
		err(2, NULL);
	if (parent)
		udev_enumerate_add_match_parent(enumerate, parent);
	udev_enumerate_add_match_subsystem(enumerate, subsystem);
	udev_enumerate_scan_devices(enumerate);
	udev_list_entry_foreach(entry, udev_enumerate_get_list_entry(enumerate)) {
		struct udev_device *device = udev_device_new_from_syspath(udev, udev_list_entry_get_name(entry));

		if (device)
			each(device, context);
		udev_device_unref(device); /* it may have left meanwhile */
	}
	udev_enumerate_unref(enumerate);
}

/* What a device is */

const char *attached_kind_name(enum attached_kind kind)
{
	static const char *const names[] = {
		[ATTACHED_STLINK] = "stlink", [ATTACHED_STLINK_LOADER] = "stlink-loader", [ATTACHED_STLINK_UNKNOWN] = "stlink-unknown",
		[ATTACHED_DFU] = "dfu", [ATTACHED_VCP] = "serial-port",
	};

	return names[kind];
}

static bool says_st_link(const char *product)
{
	return strcasestr(product, "st-link") || strcasestr(product, "stlink");
}

/* False where it is of no interest. */
static bool classify(struct attached *attached)
{
	if (attached->vid != STLINK_VID)
		return false;
	attached->product = stlink_product_find(attached->vid, attached->pid);
	if (attached->product)
		attached->kind = attached->product->loader ? ATTACHED_STLINK_LOADER : ATTACHED_STLINK;
	else if (attached->pid == STM32_DFU_PID)
		attached->kind = ATTACHED_DFU;
	else if (attached->pid == STM32_VCP_PID)
		attached->kind = ATTACHED_VCP;
	else if (says_st_link(attached->product_text))
		attached->kind = ATTACHED_STLINK_UNKNOWN;
	else
		return false;
	return true;
}

/* Its parts */

static void take_node(struct udev_device *device, void *context)
{
	struct attached_interface *interface = context;

	if (!interface->node[0] && !is_of_type(device, "partition"))
		take(interface->node, sizeof interface->node, udev_device_get_sysname(device));
}

static void take_interface(struct udev_device *device, void *context)
{
	struct attached *attached = context;
	struct attached_interface *interface = &attached->interfaces[attached->interface_count];

	if (!is_of_type(device, "usb_interface") || attached->interface_count == ATTACHED_INTERFACES)
		return;
	attached->interface_count++;
	*interface = (struct attached_interface){
		.number = (uint8_t)number_of(device, "bInterfaceNumber", 16), .class = (uint8_t)number_of(device, "bInterfaceClass", 16),
		.subclass = (uint8_t)number_of(device, "bInterfaceSubClass", 16), .protocol = (uint8_t)number_of(device, "bInterfaceProtocol", 16),
	};
	take(interface->name, sizeof interface->name, udev_device_get_sysattr_value(device, "interface"));
	take(interface->driver, sizeof interface->driver, udev_device_get_driver(device));
	each_device(udev_device_get_udev(device), device, "tty", take_node, interface);
	each_device(udev_device_get_udev(device), device, "block", take_node, interface);
}

static int by_number(const void *one, const void *other)
{
	return ((const struct attached_interface *)one)->number - ((const struct attached_interface *)other)->number;
}

static void take_descriptors(struct attached *attached)
{
	char path[sizeof attached->sysfs + sizeof "/descriptors"];
	FILE *file;

	snprintf(path, sizeof path, "%s/descriptors", attached->sysfs);
	file = fopen(path, "rb");
	if (!file)
		return;
	attached->descriptor_length = fread(attached->descriptors, 1, sizeof attached->descriptors, file);
	fclose(file);
}

/* False where device is none that anybody asks for. */
static bool fill(struct attached *attached, struct udev_device *device)
{
	const char *configuration;

	if (!is_of_type(device, "usb_device"))
		return false;
	*attached = (struct attached){
		.bus = (uint16_t)number_of(device, "busnum", 10), .address = (uint16_t)number_of(device, "devnum", 10),
		.vid = (uint16_t)number_of(device, "idVendor", 16), .pid = (uint16_t)number_of(device, "idProduct", 16),
		.speed_mbit = number_of(device, "speed", 10),
	};
	take(attached->product_text, sizeof attached->product_text, udev_device_get_sysattr_value(device, "product"));
	if (!classify(attached))
		return false;
	take(attached->manufacturer, sizeof attached->manufacturer, udev_device_get_sysattr_value(device, "manufacturer"));
	take(attached->serial, sizeof attached->serial, udev_device_get_sysattr_value(device, "serial"));
	take(attached->port, sizeof attached->port, udev_device_get_sysname(device));
	take(attached->sysfs, sizeof attached->sysfs, udev_device_get_syspath(device));
	snprintf(attached->node, sizeof attached->node, "/dev/bus/usb/%03u/%03u", attached->bus, attached->address);
	configuration = udev_device_get_sysattr_value(device, "bConfigurationValue");
	attached->has_configuration = configuration && *configuration;
	take_descriptors(attached);
	each_device(udev_device_get_udev(device), device, "usb", take_interface, attached);
	qsort(attached->interfaces, attached->interface_count, sizeof attached->interfaces[0], by_number);
	return true;
}

/* The list */

struct list { struct attached *devices; size_t count; };

static void add(struct udev_device *device, void *context)
{
	struct list *list = context;
	struct attached *devices = reallocarray(list->devices, list->count + 1, sizeof *devices);

	if (!devices)
		err(2, NULL);
	list->devices = devices;
	if (fill(&devices[list->count], device))
		list->count++;
}

static int by_place(const void *one, const void *other)
{
	const struct attached *first = one, *second = other;

	return first->bus != second->bus ? first->bus - second->bus : first->address - second->address;
}

int devices_list(struct attached **list, size_t *count, char *problem, size_t size)
{
	struct udev *udev = udev_new();
	struct list found = { 0 };

	*list = NULL;
	*count = 0;
	if (!udev) {
		snprintf(problem, size, "libudev cannot be used");
		return -1;
	}
	each_device(udev, NULL, "usb", add, &found);
	udev_unref(udev);
	if (found.count)
		qsort(found.devices, found.count, sizeof *found.devices, by_place);
	*list = found.devices;
	*count = found.count;
	return 0;
}

struct buses { uint16_t *bus; size_t size, count; };

static void add_bus(struct udev_device *device, void *context)
{
	struct buses *buses = context;

	if (!is_of_type(device, "usb_device") || strncmp(udev_device_get_sysname(device), "usb", 3))
		return;
	if (buses->count < buses->size)
		buses->bus[buses->count] = (uint16_t)number_of(device, "busnum", 10);
	buses->count++;
}

static int by_bus(const void *one, const void *other)
{
	return *(const uint16_t *)one - *(const uint16_t *)other;
}

size_t devices_buses(uint16_t *buses, size_t size)
{
	struct buses found = { .bus = buses, .size = size };
	struct udev *udev = udev_new();

	if (!udev)
		return 0;
	each_device(udev, NULL, "usb", add_bus, &found);
	udev_unref(udev);
	qsort(buses, found.count < size ? found.count : size, sizeof *buses, by_bus);
	return found.count;
}
