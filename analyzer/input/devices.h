/*
 * USB devices of this machine: ST-Links, what users take for one, the buses, and who uses them.
 * Knows: libudev (devices.c alone), sysfs. Must not know: captures, how any of it is shown.
 */
#ifndef ANALYZER_INPUT_DEVICES_H
#define ANALYZER_INPUT_DEVICES_H

#include "../../dissectors/stlink.h"

#define ATTACHED_TEXT 128
#define ATTACHED_INTERFACES 16
#define ATTACHED_DISKS 4

enum attached_kind {
	ATTACHED_STLINK,
	ATTACHED_STLINK_LOADER,  /* an ST-Link's boot loader: no debugging until it is left or updated */
	ATTACHED_STLINK_UNKNOWN, /* says it is an ST-Link, with an id that no table knows */
	ATTACHED_DFU,            /* 0483:df11: the boot loader of an STM32 itself */
	ATTACHED_VCP,            /* 0483:5740: a serial port made by an STM32's own firmware */
};

/* "stlink", "stlink-loader", "stlink-unknown", "dfu", "serial-port": for JSON. */
const char *attached_kind_name(enum attached_kind kind);

struct attached_interface {
	uint8_t number, class, subclass, protocol;
	char name[ATTACHED_TEXT];   /* its string, or "" */
	char driver[32];            /* the kernel driver bound to it, or "" */
	char node[32];              /* "ttyACM0", "sda", or "" */
};

/* All strings are as the device or the kernel says them, so hostile; "" where not known. */
struct attached {
	enum attached_kind kind;
	uint16_t bus, address;      /* as in usbmonN and in a capture */
	uint16_t vid, pid;
	const struct stlink_product *product; /* NULL but for ATTACHED_STLINK and ATTACHED_STLINK_LOADER */
	char manufacturer[ATTACHED_TEXT], product_text[ATTACHED_TEXT], serial[ATTACHED_TEXT];
	char port[32];              /* "3-1.2": where it is plugged in */
	char sysfs[256];            /* its directory */
	char node[64];              /* "/dev/bus/usb/003/014" */
	unsigned speed_mbit;        /* 12, 480; 0: not known */
	bool has_configuration;     /* configured by the kernel */
	struct attached_interface interfaces[ATTACHED_INTERFACES];
	size_t interface_count;
	uint8_t descriptors[4096];  /* device descriptor, then each configuration with all below it, as on the wire */
	size_t descriptor_length;   /* 0: sysfs does not tell */
};

/* All of them, by bus and address. *list is the caller's to free. Returns -1 with one line in problem where the system does not tell. */
int devices_list(struct attached **list, size_t *count, char *problem, size_t size);

/* The numbers of this machine's USB buses, ascending: at most size are written. Returns how many there are. */
size_t devices_buses(uint16_t *buses, size_t size);

#endif
