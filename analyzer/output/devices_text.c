/*
 * The ST-Links of this machine, as text. Knows: layout and words. Must not know: how anything was found out.
 */
#include "devices_text.h"

#include <pwd.h>
#include <stdarg.h>
#include <string.h>

#include "../../dissectors/usb.h"
#include "terminal.h"
#include "wrap.h"

#define INDENT 16
#define LINE 1024

__attribute__((format(printf, 2, 3)))
static void add(char *line, const char *format, ...)
{
	size_t length = strlen(line);
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(line + length, LINE - length, format, arguments);
	va_end(arguments);
}

/* before, text made safe, after; nothing where text is empty. */
static void add_safe(char *line, const char *before, const char *text, const char *after)
{
	char safe[480];

	if (*text)
		add(line, "%s%s%s", before, terminal_safe(safe, sizeof safe, text, 200), after);
}

/* "openocd (process 1234, user me), gdb (process 99, user me)" */
static void add_users(char *line, const struct device_user *users, size_t count)
{
	for (size_t i = 0; i < count && i < MACHINE_USERS; i++) {
		const struct passwd *entry = getpwuid(users[i].uid);

		add_safe(line, i ? ", " : "", users[i].name[0] ? users[i].name : "a program", "");
		add(line, " (process %ld", (long)users[i].pid);
		add_safe(line, ", user ", entry ? entry->pw_name : "", "");
		add(line, ")");
	}
	if (count > MACHINE_USERS)
		add(line, " and %zu more", count - MACHINE_USERS);
}

static const char *kind_words(const struct attached *attached)
{
	switch (attached->kind) {
	case ATTACHED_STLINK:
	case ATTACHED_STLINK_LOADER:
		return attached->product->product;
	case ATTACHED_STLINK_UNKNOWN:
		return "ST-Link of a kind that this version does not know";
	case ATTACHED_DFU:
		return "no ST-Link: the boot loader of an STM32 (DFU), for dfu-util or STM32CubeProgrammer";
	case ATTACHED_VCP:
		return "no ST-Link: a serial port made by the firmware of an STM32";
	}
	return "";
}

static bool is_st_link(const struct attached *attached)
{
	return attached->kind != ATTACHED_DFU && attached->kind != ATTACHED_VCP;
}

static void heading(FILE *file, const struct attached *attached, const struct devices_style *style)
{
	char pseudonym[32], line[LINE] = "";

	add(line, "%04x:%04x at %u:%u", attached->vid, attached->pid, attached->bus, attached->address);
	add_safe(line, ", ", style->serials ? attached->serial : serial_pseudonym(pseudonym, sizeof pseudonym, attached->serial), "");
	if (is_st_link(attached))
		fprintf(file, "%s%s%s %s\n", terminal_begin(style->color, STYLE_BOLD), kind_words(attached), terminal_end(style->color), line);
	else
		fprintf(file, "%s: %s\n", line, kind_words(attached));
}

static void identity_lines(FILE *file, const struct attached *attached, const struct devices_style *style)
{
	char line[LINE] = "";

	add_safe(line, "\"", attached->product_text, "\", ");
	if (attached->speed_mbit)
		add(line, "%u Mbit/s, ", attached->speed_mbit);
	add_safe(line, "port ", attached->port, "");
	wrap_text(file, style->width, "  usb", INDENT, line);
	if (style->verbose) {
		line[0] = '\0';
		add_safe(line, "", attached->sysfs, "");
		wrap_text(file, style->width, "  sysfs", INDENT, line);
		line[0] = '\0';
		add_safe(line, "", attached->manufacturer, "");
		if (line[0])
			wrap_text(file, style->width, "  maker", INDENT, line);
	}
	wrap_text(file, style->width, "  firmware", INDENT, "the system does not know it; the probe tells it to a tool, and a capture shows that");
}

static void interface_line(FILE *file, const struct machine_device *device, size_t index, const struct devices_style *style)
{
	const struct attached_interface *attached = &device->attached.interfaces[index];
	const struct machine_interface *interface = &device->interfaces[index];
	const char *class = usb_class_name(attached->class);
	char label[32], line[LINE] = "";

	snprintf(label, sizeof label, "  interface %u", attached->number);
	add(line, "%s", class ? class : "unknown class");
	if (style->verbose)
		add(line, " (%02x/%02x/%02x)", attached->class, attached->subclass, attached->protocol);
	add_safe(line, " \"", attached->name, "\"");
	if (!strcmp(attached->driver, "usbfs"))
		add(line, ": claimed by a program (usbfs)");
	else
		add_safe(line, ": driver ", attached->driver, "");
	if (!attached->driver[0])
		add(line, ": no driver");
	add_safe(line, ", ", attached->node, "");
	add_safe(line, ", mounted at ", interface->mounted_at, "");
	if (interface->user_count)
		add(line, ", open in ");
	add_users(line, interface->users, interface->user_count);
	wrap_text(file, style->width, label, INDENT, line);
}

static void use_lines(FILE *file, const struct machine *machine, const struct machine_device *device, const struct devices_style *style)
{
	static const char *const accesses[] = {
		[ACCESS_GRANTED] = "may open", [ACCESS_DENIED] = "may not open", [ACCESS_NO_NODE] = "does not have",
	};
	const char *who = machine->is_root ? "root" : "this user";
	char line[LINE] = "", problem[256];

	if (device->user_count) {
		add(line, "open in ");
		add_users(line, device->users, device->user_count);
	} else {
		add(line, "%s", device->claimed ? "claimed by a program that cannot be seen from here" : "no process has it open");
		if (machine->hidden)
			add(line, "%s; 'sudo stlinkscope devices' sees all", device->claimed ? "" : " that this user may see");
	}
	wrap_text(file, style->width, "  use", INDENT, line);
	line[0] = '\0';
	add(line, "%s %s %s", who, accesses[device->access], device->attached.node);
	wrap_text(file, style->width, "  access", INDENT, line);
	line[0] = '\0';
	if (device->usbmon == USBMON_READY)
		add(line, "usbmon%u, which %s may read", device->attached.bus, who);
	else
		add(line, "usbmon%u: %s", device->attached.bus, usbmon_problem(problem, sizeof problem, device->usbmon, device->attached.bus));
	wrap_text(file, style->width, "  capture", INDENT, line);
}

/* Each on a line of its own, not wrapped: they are to be copied. */
static void command_lines(FILE *file, const char *title, const char *commands)
{
	if (!*commands)
		return;
	fprintf(file, "    %s\n", title);
	while (*commands) {
		size_t length = strcspn(commands, "\n");

		fprintf(file, "      %.*s\n", (int)length, commands);
		commands += length + (commands[length] == '\n');
	}
}

static void problems(FILE *file, const struct machine *machine, const struct devices_style *style)
{
	for (size_t i = 0; i < machine->problem_count; i++) {
		const struct machine_problem *problem = &machine->problems[i];
		char line[LINE] = "";

		if (!i)
			fprintf(file, "\n%sWhat hinders, and what mends it%s\n", terminal_begin(style->color, STYLE_BOLD),
			        terminal_end(style->color));
		if (problem->address)
			add(line, "%u:%u: ", problem->bus, problem->address);
		add_safe(line, "", problem->text, "");
		wrap_text(file, style->width, "  - ", 4, line);
		command_lines(file, "now:", problem->commands);
		command_lines(file, "for good:", problem->lasting);
	}
}

static void say_none(FILE *file, unsigned width)
{
	wrap_text(file, width, "", 0, "No ST-Link is plugged in here. Is its light on, can the cable carry data, has its hub power, has a virtual "
	          "machine or container been given it? 'sudo dmesg' shows what the kernel saw last.");
}

void devices_text(FILE *file, const struct machine *machine, const struct devices_style *style)
{
	size_t st_links = 0;

	for (size_t i = 0; i < machine->count; i++)
		st_links += is_st_link(&machine->devices[i].attached);
	if (!st_links)
		say_none(file, style->width);
	for (size_t i = 0; i < machine->count; i++) {
		const struct machine_device *device = &machine->devices[i];

		if (!style->quiet && (i || !st_links))
			fputc('\n', file);
		heading(file, &device->attached, style);
		if (style->quiet || !is_st_link(&device->attached))
			continue;
		identity_lines(file, &device->attached, style);
		for (size_t j = 0; j < device->attached.interface_count; j++)
			interface_line(file, device, j, style);
		use_lines(file, machine, device, style);
	}
	if (!style->quiet)
		problems(file, machine, style);
}
