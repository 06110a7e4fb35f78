/*
 * The ST-Links of this machine, as one JSON object. Knows: keys. Must not know: how anything was found out.
 */
#include "devices_json.h"

#include <pwd.h>

#include "../../dissectors/usb.h"
#include "json.h"
#include "terminal.h"


/* "" is null: not known, or not there. */
static void text(struct json *json, const char *key, const char *value)
{
	json_string(json, key, *value ? value : NULL);
}

static void users(struct json *json, const struct device_user *list, size_t count)
{
	json_begin_array(json, "users");
	for (size_t i = 0; i < count && i < MACHINE_USERS; i++) {
		const struct passwd *entry = getpwuid(list[i].uid);

		json_begin_object(json, NULL);
		json_integer(json, "process", list[i].pid);
		text(json, "name", list[i].name);
		json_string(json, "user", entry ? entry->pw_name : NULL);
		json_end(json);
	}
	json_end(json);
}

static void interfaces(struct json *json, const struct machine_device *device)
{
	json_begin_array(json, "interfaces");
	for (size_t i = 0; i < device->attached.interface_count; i++) {
		const struct attached_interface *attached = &device->attached.interfaces[i];

		json_begin_object(json, NULL);
		json_unsigned(json, "number", attached->number);
		json_unsigned(json, "class", attached->class);
		json_string(json, "class_name", usb_class_name(attached->class));
		json_unsigned(json, "subclass", attached->subclass);
		json_unsigned(json, "protocol", attached->protocol);
		text(json, "name", attached->name);
		text(json, "driver", attached->driver);
		text(json, "node", attached->node);
		text(json, "mounted_at", device->interfaces[i].mounted_at);
		users(json, device->interfaces[i].users, device->interfaces[i].user_count);
		json_end(json);
	}
	json_end(json);
}

static void one_device(struct json *json, const struct machine_device *device, bool serials)
{
	static const char *const accesses[] = { [ACCESS_GRANTED] = "granted", [ACCESS_DENIED] = "denied", [ACCESS_NO_NODE] = "no-node" };
	const struct attached *attached = &device->attached;
	char pseudonym[32];

	json_begin_object(json, NULL);
	json_string(json, "kind", attached_kind_name(attached->kind));
	json_unsigned(json, "bus", attached->bus);
	json_unsigned(json, "device", attached->address);
	json_unsigned(json, "vid", attached->vid);
	json_unsigned(json, "pid", attached->pid);
	json_string(json, "generation", attached->product ? stlink_generation_name(attached->product->generation) : NULL);
	json_string(json, "product", attached->product ? attached->product->product : NULL);
	json_null(json, "firmware");
	text(json, "product_text", attached->product_text);
	text(json, "manufacturer", attached->manufacturer);
	text(json, "serial_id", serials ? attached->serial : serial_pseudonym(pseudonym, sizeof pseudonym, attached->serial));
	text(json, "port", attached->port);
	if (attached->speed_mbit)
		json_unsigned(json, "speed_mbit", attached->speed_mbit);
	else
		json_null(json, "speed_mbit");
	json_string(json, "node", attached->node);
	json_string(json, "access", accesses[device->access]);
	json_string(json, "usbmon", usbmon_state_name(device->usbmon));
	json_boolean(json, "claimed", device->claimed);
	users(json, device->users, device->user_count);
	interfaces(json, device);
	json_end(json);
}

/* The lines of commands as an array. */
static void commands(struct json *json, const char *key, const char *lines)
{
	char line[sizeof ((struct machine_problem *)NULL)->commands];

	json_begin_array(json, key);
	while (*lines) {
		int length = 0;

		while (lines[length] && lines[length] != '\n')
			length++;
		snprintf(line, sizeof line, "%.*s", length, lines);
		json_string(json, NULL, line);
		lines += length + (lines[length] == '\n');
	}
	json_end(json);
}

static void problems(struct json *json, const struct machine *machine)
{
	json_begin_array(json, "problems");
	for (size_t i = 0; i < machine->problem_count; i++) {
		const struct machine_problem *problem = &machine->problems[i];

		json_begin_object(json, NULL);
		json_string(json, "id", problem->id);
		json_unsigned(json, "bus", problem->bus);
		if (problem->address)
			json_unsigned(json, "device", problem->address);
		else
			json_null(json, "device");
		json_string(json, "text", problem->text);
		commands(json, "commands", problem->commands);
		commands(json, "lasting_commands", problem->lasting);
		json_end(json);
	}
	json_end(json);
}

void devices_json(FILE *file, const struct machine *machine, bool serials)
{
	struct json *json = json_open(file);

	json_begin_message(json, "devices");
	json_begin_array(json, "devices");
	for (size_t i = 0; i < machine->count; i++)
		one_device(json, &machine->devices[i], serials);
	json_end(json);
	json_boolean(json, "processes_hidden", machine->hidden);
	problems(json, machine);
	json_end(json);
	json_close(json);
}
