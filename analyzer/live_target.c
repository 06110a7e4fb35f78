/* Which interface a live capture opens (live_target.h). */
#include "live_target.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "input/usbmon_records.h"
#include "live_run.h"

static bool is_stlink(const struct attached *device)
{
	return device->kind == ATTACHED_STLINK || device->kind == ATTACHED_STLINK_LOADER || device->kind == ATTACHED_STLINK_UNKNOWN;
}

bool live_target_parse(const char *name, uint16_t *bus)
{
	const char *digits = name + strlen("usbmon");
	char *end;
	unsigned long number;

	if (strncmp(name, "usbmon", strlen("usbmon")) != 0 || *digits < '0' || *digits > '9')
		return false;
	number = strtoul(digits, &end, 10);
	*bus = (uint16_t)number;
	return !*end && number <= UINT16_MAX;
}

/* "1:7, 3:5" */
static void name_places(char *out, size_t size, const struct attached *list, size_t count)
{
	size_t used = 0;

	*out = '\0';
	for (size_t i = 0; i < count && used < size; i++)
		if (is_stlink(&list[i]))
			used += (size_t)snprintf(out + used, size - used, "%s%u:%u", used ? ", " : "", list[i].bus, list[i].address);
}

static int choose(const struct live_wish *wish, const struct attached *list, size_t count, uint16_t *bus, char *problem, size_t size)
{
	bool found = false;
	char places[128];

	for (size_t i = 0; i < count; i++) {
		if (!is_stlink(&list[i]) || (wish->has_device && (list[i].bus != wish->bus || list[i].address != wish->address)))
			continue;
		*bus = found && *bus != list[i].bus ? EVERY_BUS : list[i].bus;
		found = true;
	}
	if (found)
		return 0;
	name_places(places, sizeof places, list, count);
	if (wish->has_device)
		snprintf(problem, size, "no ST-Link at %u:%u%s%s", wish->bus, wish->address, *places ? "; there is one at " : "", places);
	else
		snprintf(problem, size, "no ST-Link is plugged in; --wait watches every bus until one is, -i usbmonN watches one bus as it is");
	return -1;
}

int live_target_choose(const struct live_wish *wish, uint16_t *bus, char *problem, size_t size)
{
	struct attached *list;
	size_t count;
	int result;

	if (wish->has_bus || wish->wait) {
		*bus = wish->has_bus ? wish->bus_wish : EVERY_BUS;
		return 0;
	}
	if (devices_list(&list, &count, problem, size) < 0)
		return -1;
	result = choose(wish, list, count, bus, problem, size);
	free(list);
	return result;
}

struct telling { struct sieve *sieve; int64_t time; };

static void put_record(void *context, const uint8_t *record, uint32_t length)
{
	const struct telling *telling = context;

	live_put(telling->sieve, &(struct live_record){ .time = telling->time, .data = record, .captured = length, .wire = length });
}

void live_target_tell(struct sieve *sieve, uint16_t bus, int64_t time)
{
	struct telling telling = { .sieve = sieve, .time = time - time % 1000 };
	struct attached *list;
	char problem[256];
	size_t count;

	/* Where the system does not tell, the devices say themselves who they are, as soon as somebody asks them. */
	if (devices_list(&list, &count, problem, sizeof problem) < 0)
		return;
	for (size_t i = 0; i < count; i++) {
		const struct attached *device = &list[i];

		if (!is_stlink(device) || (bus != EVERY_BUS && device->bus != bus))
			continue;
		if (device->kind == ATTACHED_STLINK_UNKNOWN)
			sieve_admit(sieve, device->bus, device->address);
		usbmon_records_of(&(struct usbmon_device){
			.bus = device->bus, .address = device->address, .descriptors = device->descriptors, .descriptor_length = device->descriptor_length,
			.manufacturer = device->manufacturer, .product = device->product_text, .serial = device->serial,
		}, telling.time, put_record, &telling);
	}
	free(list);
}
