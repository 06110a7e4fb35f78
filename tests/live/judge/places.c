/*
 * Endpoints of ST-Links, by what summary --json says of their interfaces.
 */
#include "places.h"

#include <stdlib.h>
#include <string.h>

#include "evidence.h"

#define PAUSE_LONGEST INT64_C(500000000)

static void add(struct places *places, const json_t *probe, long long endpoint)
{
	const json_t *address;
	size_t i;

	json_array_foreach(json_object_get(probe, "addresses"), i, address) {
		if (places->count == PLACES_MOST)
			return;
		places->place[places->count].bus = (uint16_t)number_of(probe, "bus");
		places->place[places->count].device = (uint16_t)json_integer_value(address);
		places->place[places->count++].endpoint = (uint8_t)endpoint;
	}
}

static void add_interfaces(struct places *places, const json_t *probe)
{
	static const char *const ours[] = { "command", "answer", "trace", "bridge-command", "bridge-answer" };
	const json_t *interface, *endpoint;
	size_t i, e;

	json_array_foreach(json_object_get(probe, "interfaces"), i, interface)
		json_array_foreach(json_object_get(interface, "endpoints"), e, endpoint)
			for (size_t o = 0; o < sizeof ours / sizeof *ours; o++)
				if (!strcmp(text_of(endpoint, "carries"), ours[o]))
					add(places, probe, number_of(endpoint, "address"));
}

void places_find(struct places *places, const char *capture)
{
	struct file output;
	json_t *summary;
	const json_t *probe;
	size_t i;
	int status;

	places->count = 0;
	output = program_output("summary --json", capture, &status);
	summary = json_loads((char *)output.bytes, 0, NULL);
	free(output.bytes);
	json_array_foreach(json_object_get(summary, "probes"), i, probe) {
		add(places, probe, 0);
		add(places, probe, 0x80);
		add_interfaces(places, probe);
	}
	json_decref(summary);
}

bool places_hold(const struct places *places, const struct urb_event *urb)
{
	for (size_t i = 0; i < places->count; i++)
		if (urb->bus == places->place[i].bus && urb->device == places->place[i].device && urb->endpoint == places->place[i].endpoint)
			return true;
	return false;
}

bool same_moment(const struct urb_event *one, const struct urb_event *other)
{
	int64_t difference = one->time - other->time;

	return difference < PAUSE_LONGEST && difference > -PAUSE_LONGEST;
}
