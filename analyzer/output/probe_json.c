/*
 * Which probe it is, in JSON. Must not know: who lists it, and what for.
 */
#include "probe_json.h"

#include "terminal.h"

void probe_json_place(struct json *json, const struct probe *probe)
{
	json_integer(json, "probe", probe->index);
	json_unsigned(json, "bus", probe->bus);
	json_begin_array(json, "addresses");
	for (size_t i = 0; i < probe->address_count; i++)
		json_unsigned(json, NULL, probe->addresses[i]);
	json_end(json);
}

void probe_json_name(struct json *json, const struct probe *probe, bool serials)
{
	char text[80];

	json_string(json, "generation", stlink_generation_name(probe->generation));
	if (probe->has_version)
		stlink_version_text(&probe->version, text, sizeof text);
	json_string(json, "firmware", probe->has_version ? text : NULL);
	if (!probe->serial[0])
		json_null(json, "serial_id");
	else
		json_string(json, "serial_id", serials ? probe->serial : serial_pseudonym(text, sizeof text, probe->serial));
}
