/*
 * The device table as text. Knows: layout. Must not know: how anything was found out.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "summary_device.h"
#include "terminal.h"
#include "wrap.h"

#define INTERFACE_INDENT 18

__attribute__((format(printf, 3, 4)))
static void add(char *text, size_t size, const char *format, ...)
{
	size_t length = strlen(text);
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text + length, size - length, format, arguments);
	va_end(arguments);
}

/* "3 answers", "1 answer" */
static void add_count(char *text, size_t size, uint64_t count, const char *one, const char *many)
{
	if (count)
		add(text, size, "%s%" PRIu64 " %s", text[0] ? "; " : "", count, count == 1 ? one : many);
}

/* A name as JSON has it, with blanks. */
static void add_name(char *text, size_t size, const char *name)
{
	size_t length = strlen(text);

	add(text, size, " %s", name);
	for (char *c = text + length; *c; c++)
		*c = *c == '-' ? ' ' : *c;
}

static void endpoints_of(char *text, size_t size, const struct device *device, size_t index)
{
	const char *before = ": ";

	if (!interface_is_first(device, index))
		return;
	for (size_t i = 0; i < device->endpoint_count; i++) {
		const struct device_endpoint *endpoint = &device->endpoints[i];

		if (endpoint->interface != device->interfaces[index].number)
			continue;
		add(text, size, "%s%02x", before, endpoint->address);
		add_name(text, size, endpoint_use_name(device_endpoint_use(device, endpoint->address)));
		before = ", ";
	}
}

static void interface_lines(FILE *file, unsigned width, const struct device *device)
{
	char label[32], text[900];

	for (size_t i = 0; i < device->interface_count; i++) {
		const struct device_interface *interface = &device->interfaces[i];
		const char *name = usb_class_name(interface->class_code);
		const char *driver = device_kernel_driver(interface->class_code, interface->subclass);

		snprintf(label, sizeof label, "    interface %u", interface->number);
		snprintf(text, sizeof text, "%s (%02x/%02x/%02x)", name ? name : "unknown class", interface->class_code, interface->subclass,
		         interface->protocol);
		if (interface->alternate)
			add(text, sizeof text, ", alternate setting %u", interface->alternate);
		add(text, sizeof text, driver ? ", Linux driver %s" : ", no Linux driver", driver);
		endpoints_of(text, sizeof text, device, i);
		wrap_text(file, width, label, INTERFACE_INDENT, text);
	}
}

void summary_device_text(FILE *file, unsigned width, unsigned indent, const struct probe_facts *facts)
{
	const struct device *device = &facts->device;
	const char *speed = device_speed_name(device);
	char text[900] = "", safe[240];

	if (device->product[0])
		add(text, sizeof text, "\"%s\", ", terminal_safe(safe, sizeof safe, device->product, 120));
	if (speed)
		add(text, sizeof text, "%s speed, ", speed);
	add(text, sizeof text, "%" PRIu64 " record%s%s", device->records, device->records == 1 ? "" : "s",
	    device->interface_count ? "" : "; its interfaces are not in this capture");
	wrap_text(file, width, "  usb", indent, text);
	interface_lines(file, width, device);
	text[0] = '\0';
	add_count(text, sizeof text, facts->probe.foreign_records, "record of its own disk, serial port and the like: counted, not read",
	          "records of its own disk, serial port and the like: counted, not read");
	add_count(text, sizeof text, facts->probe.drain_reads, "read without a command that found nothing",
	          "reads without a command that found nothing");
	add_count(text, sizeof text, facts->probe.stray_answers, "answer that no command asked for", "answers that no command asked for");
	add_count(text, sizeof text, facts->probe.trace_bytes, "byte of trace data (SWO)", "bytes of trace data (SWO)");
	add_count(text, sizeof text, facts->probe.enumerations, "return to the bus", "returns to the bus");
	if (text[0])
		wrap_text(file, width, "  besides", indent, text);
}
