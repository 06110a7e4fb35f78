/*
 * The device table as JSON. Knows: keys. Must not know: how anything was found out.
 */
#include "summary_device.h"

static void write_endpoint(struct json *json, const struct device *device, const struct device_endpoint *endpoint)
{
	static const char *const types[] = { "control", "isochronous", "bulk", "interrupt" };

	json_begin_object(json, NULL);
	json_unsigned(json, "address", endpoint->address);
	json_string(json, "direction", endpoint->address & 0x80 ? "in" : "out");
	json_string(json, "type", types[endpoint->attributes & 3]);
	json_unsigned(json, "max_packet", endpoint->max_packet);
	json_string(json, "carries", endpoint_use_name(device_endpoint_use(device, endpoint->address)));
	json_end(json);
}

static void write_interface(struct json *json, const struct device *device, size_t index)
{
	const struct device_interface *interface = &device->interfaces[index];

	json_begin_object(json, NULL);
	json_unsigned(json, "number", interface->number);
	json_unsigned(json, "alternate", interface->alternate);
	json_unsigned(json, "class", interface->class_code);
	json_unsigned(json, "subclass", interface->subclass);
	json_unsigned(json, "protocol", interface->protocol);
	json_string(json, "class_name", usb_class_name(interface->class_code));
	json_string(json, "kernel_driver", device_kernel_driver(interface->class_code, interface->subclass));
	json_begin_array(json, "endpoints");
	for (size_t i = 0; i < device->endpoint_count; i++)
		if (device->endpoints[i].interface == interface->number && interface_is_first(device, index))
			write_endpoint(json, device, &device->endpoints[i]);
	json_end(json);
	json_end(json);
}

void summary_device_json(struct json *json, const struct probe_facts *facts)
{
	const struct device *device = &facts->device;

	json_string(json, "product", device->product[0] ? device->product : NULL);
	json_string(json, "speed", device_speed_name(device));
	json_begin_array(json, "interfaces");
	for (size_t i = 0; i < device->interface_count; i++)
		write_interface(json, device, i);
	json_end(json);
	json_unsigned(json, "records", device->records);
	json_unsigned(json, "foreign_records", facts->probe.foreign_records);
	json_unsigned(json, "drain_reads", facts->probe.drain_reads);
	json_unsigned(json, "stray_answers", facts->probe.stray_answers);
	json_unsigned(json, "trace_bytes", facts->probe.trace_bytes);
	json_unsigned(json, "returns", facts->probe.enumerations);
}
