/*
 * Records that tell of a device that was plugged in before a capture began: its descriptors, as if the host had just asked for them.
 * Knows: the layout of LINKTYPE_USB_LINUX_MMAPPED, GET_DESCRIPTOR. Must not know: files, where descriptors come from, what they say.
 *
 * USBPcap puts such records into its captures, too. A real URB never has their id, 0.
 */
#ifndef ANALYZER_INPUT_USBMON_RECORDS_H
#define ANALYZER_INPUT_USBMON_RECORDS_H

#include <stddef.h>
#include <stdint.h>

#define USBMON_HEADER 64

struct usbmon_device {
	uint16_t bus, address;
	const uint8_t *descriptors; /* the device descriptor, then each configuration with all below it, as on the wire */
	size_t descriptor_length;
	const char *manufacturer, *product, *serial; /* UTF-8; "" or NULL where not known */
};

typedef void usbmon_record_taker(void *context, const uint8_t *record, uint32_t length);

/*
 * Gives take two records, submission and completion in the host's byte order, for each descriptor of the device that is known: device,
 * configurations, strings. time, nanoseconds since the epoch, stands in all of them. Descriptors that lie about their length are left out.
 */
void usbmon_records_of(const struct usbmon_device *device, int64_t time, usbmon_record_taker *take, void *context);

#endif
