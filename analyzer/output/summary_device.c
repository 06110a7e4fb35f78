/*
 * The words of the device table. Must not know: formats.
 */
#include "summary_device.h"

const char *endpoint_use_name(enum endpoint_use use)
{
	switch (use) {
	case USE_CONTROL: return "control";
	case USE_COMMAND: return "command";
	case USE_ANSWER: return "answer";
	case USE_TRACE: return "trace";
	case USE_BRIDGE_COMMAND: return "bridge-command";
	case USE_BRIDGE_ANSWER: return "bridge-answer";
	case USE_DISK: return "disk";
	case USE_SERIAL: return "serial-port";
	case USE_FOREIGN: return "other";
	case USE_UNKNOWN: break;
	}
	return "unknown";
}

/* USB 2.0, 5.8.3: bulk packets of 512 bytes at high speed, of 8 to 64 at full speed. */
const char *device_speed_name(const struct device *device)
{
	if (device->high_speed)
		return "high";
	for (size_t i = 0; i < device->endpoint_count; i++)
		if ((device->endpoints[i].attributes & 3) == 2 && device->endpoints[i].max_packet <= 64)
			return "full";
	return NULL;
}

bool interface_is_first(const struct device *device, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (device->interfaces[i].number == device->interfaces[index].number)
			return false;
	return true;
}
