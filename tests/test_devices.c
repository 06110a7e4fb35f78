/*
 * The ST-Links of a machine that umockdev plays (tests/machines/desk.umockdev), with a /proc made here: what is listed, who is found to use it, what
 * hinders and which commands are offered. The program starts itself anew under umockdev-run.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "../analyzer/output/devices_json.h"
#include "../analyzer/output/devices_text.h"

#define NOBODY 65534

static char proc[64] = "/tmp/stlinkscope-proc-XXXXXX";

/* A file below folder with this text; its directories are made. */
static void put(const char *folder, const char *name, const char *text)
{
	char path[512];
	FILE *file;

	snprintf(path, sizeof path, "%s/%s", folder, name);
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(path, 0755);
		*slash = '/';
	}
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static void put_open_file(const char *process, const char *target)
{
	char path[512], name[64];

	snprintf(name, sizeof name, "%s/fd/none", process);
	put(proc, name, "");
	snprintf(path, sizeof path, "%s/%s/fd/7", proc, process);
	assert_int_equal(symlink(target, path), 0);
}

static int begin(void **state)
{
	(void)state;
	assert_non_null(mkdtemp(proc));
	chmod(proc, 0755);
	chmod(getenv("UMOCKDEV_DIR"), 0755);
	put(proc, "1/fd/none", "");
	put_open_file("1234", "/dev/bus/usb/003/014");
	put(proc, "1234/comm", "open\033[2Jocd\n");
	put_open_file("99", "/dev/ttyACM0");
	put(proc, "99/comm", "minicom\n");
	put_open_file("100", "/dev/bus/usb/003/0140");
	put_open_file("101", "/srv/ttyACM0");
	put(proc, "self/mounts", "/dev/sda1 / ext4 rw 0 0\n/dev/sdb12x /no vfat rw 0 0\n/dev/sdb1 /media/me/NODE\\040F411 vfat rw 0 0\n");
	return 0;
}

static int end(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof command, "rm -rf %s", proc);
	return system(command);
}

static struct machine look(void)
{
	struct machine machine;
	char problem[256] = "";

	assert_int_equal(machine_look(&machine, proc, problem, sizeof problem), 0);
	assert_string_equal(problem, "");
	return machine;
}

static const struct machine_problem *problem_of(const struct machine *machine, const char *id, uint16_t address)
{
	for (size_t i = 0; i < machine->problem_count; i++)
		if (!strcmp(machine->problems[i].id, id) && machine->problems[i].address == address)
			return &machine->problems[i];
	return NULL;
}

static void test_kinds(void **state)
{
	static const struct { uint16_t address, pid; enum attached_kind kind; } expected[] = {
		{ 9, 0x3748, ATTACHED_STLINK }, { 14, 0x374b, ATTACHED_STLINK }, { 20, 0x374d, ATTACHED_STLINK_LOADER },
		{ 21, 0x3799, ATTACHED_STLINK_UNKNOWN }, { 22, 0xdf11, ATTACHED_DFU }, { 23, 0x5740, ATTACHED_VCP },
	};
	size_t wanted = sizeof expected / sizeof expected[0], count;
	struct attached *list;
	char problem[256];

	(void)state;
	assert_int_equal(devices_list(&list, &count, problem, sizeof problem), 0);
	assert_int_equal(count, wanted);
	for (size_t i = 0; i < wanted; i++) {
		assert_int_equal(list[i].bus, 3);
		assert_int_equal(list[i].address, expected[i].address);
		assert_int_equal(list[i].vid, STLINK_VID);
		assert_int_equal(list[i].pid, expected[i].pid);
		assert_int_equal(list[i].kind, expected[i].kind);
	}
	assert_string_equal(list[0].serial, "P\033[2J");
	assert_true(list[0].has_configuration);
	assert_false(list[3].has_configuration);
	free(list);
}

static void test_one(void **state)
{
	struct machine machine = look();
	const struct attached *attached = &machine.devices[1].attached;

	(void)state;
	assert_int_equal(attached->product->generation, GENERATION_V2_1);
	assert_string_equal(attached->product_text, "STM32 STLink");
	assert_string_equal(attached->manufacturer, "STMicroelectronics");
	assert_string_equal(attached->serial, "0670FF495057717867134227");
	assert_string_equal(attached->port, "3-2");
	assert_string_equal(attached->node, "/dev/bus/usb/003/014");
	assert_int_equal(attached->speed_mbit, 12);
	assert_int_equal(attached->descriptor_length, 36);
	assert_memory_equal(attached->descriptors, "\x12\x01\x00\x02", 4);
	assert_int_equal(attached->interface_count, 4);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(attached->interfaces[i].number, i);
	assert_string_equal(attached->interfaces[0].driver, "usbfs");
	assert_int_equal(attached->interfaces[1].class, 8);
	assert_string_equal(attached->interfaces[1].node, "sdb");
	assert_string_equal(attached->interfaces[2].node, "ttyACM0");
	assert_string_equal(attached->interfaces[3].node, "");
	machine_free(&machine);
}

static void test_users(void **state)
{
	struct machine machine = look();
	const struct machine_device *device = &machine.devices[1];

	(void)state;
	assert_int_equal(machine.devices[0].user_count, 0);
	assert_int_equal(device->user_count, 1);
	assert_int_equal(device->users[0].pid, 1234);
	assert_int_equal(device->users[0].uid, getuid());
	assert_string_equal(device->users[0].name, "open\033[2Jocd");
	assert_true(device->claimed);
	assert_int_equal(device->interfaces[2].user_count, 1);
	assert_string_equal(device->interfaces[2].users[0].name, "minicom");
	assert_string_equal(device->interfaces[1].mounted_at, "/media/me/NODE F411");
	assert_false(machine.hidden);
	machine_free(&machine);
}

/* A process of this machine that has the node open, wherever that lies for it. */
static void test_real_process(void **state)
{
	struct device_user users[4];
	bool hidden = false;
	int ends[2], status;
	pid_t pid;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		char byte;
		int file = open("/dev/bus/usb/003/009", O_RDONLY);

		close(ends[1]);
		_exit(file < 0 || read(ends[0], &byte, 1)); /* until the other end is closed */
	}
	close(ends[0]);
	while (!device_users("/proc", "/dev/bus/usb/003/009", users, 4, &hidden))
		assert_int_equal(waitpid(pid, &status, WNOHANG), 0); /* it is there, and will open it */
	assert_int_equal(users[0].pid, pid);
	close(ends[1]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_int_equal(device_users("/proc", "/dev/bus/usb/003/009", users, 4, &hidden), 0);
}

static void test_problems(void **state)
{
	struct machine machine = look();
	const struct machine_problem *problem;

	(void)state;
	assert_non_null(problem_of(&machine, "probe-in-loader", 20));
	assert_non_null(problem_of(&machine, "probe-not-configured", 21));
	problem = problem_of(&machine, "probe-in-use", 14);
	assert_non_null(problem);
	assert_non_null(strstr(problem->text, "(process 1234) has it open"));
	assert_string_equal(problem->commands, "kill 1234");
	assert_null(problem_of(&machine, "probe-in-use", 9));
	machine_free(&machine);
}

static enum usbmon_state state_of(uint16_t bus, const char *words)
{
	enum usbmon_state state = usbmon_state(bus);
	char problem[256];

	usbmon_problem(problem, sizeof problem, state, bus);
	if (!strstr(problem, words))
		fail_msg("'%s' lacks '%s'", problem, words);
	return state;
}

/* Checks as somebody without rights; what it returns is 0, or the number of the check that failed. */
static int as_nobody(int (*check)(void))
{
	int status;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (!pid)
		_exit(setgroups(0, NULL) || setresgid(NOBODY, NOBODY, NOBODY) || setresuid(NOBODY, NOBODY, NOBODY) ? 99 : check());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 98;
}

static int is_denied(void)
{
	const struct machine_problem *problem;
	struct machine machine;
	char text[1024], whole[1024];

	if (usbmon_state(3) != USBMON_DENIED)
		return 1;
	usbmon_remedy(text, sizeof text, USBMON_DENIED, 3);
	if (strcmp(text, "sudo setfacl -m u:$USER:r /dev/usbmon3") && strcmp(text, "sudo chown $USER /dev/usbmon3"))
		return 2;
	usbmon_remedy(whole, sizeof whole, USBMON_NOT_LOADED, 3);
	if (strncmp(whole, "sudo modprobe usbmon\n", 21) || strcmp(whole + 21, text))
		return 3;
	usbmon_lasting_remedy(text, sizeof text, USBMON_DENIED);
	if (!strstr(text, "sudo usermod --append --groups usbmon $USER\n"))
		return 4;
	if (machine_look(&machine, proc, text, sizeof text) || machine.devices[1].access != ACCESS_DENIED)
		return 5;
	problem = problem_of(&machine, "probe-denied", 14);
	access_remedy(text, sizeof text, "/dev/bus/usb/003/014", "rw");
	if (!problem || strcmp(problem->commands, text) ||
	    !strstr(problem->lasting, "ATTR{idVendor}==\"0483\", ATTR{idProduct}==\"374b\""))
		return 6;
	problem = problem_of(&machine, "usbmon-denied", 0);
	if (!problem || problem->bus != 3)
		return 7;
	problem = problem_of(&machine, "probe-in-use", 14);
	return !problem || strcmp(problem->commands, "sudo kill 1234") ? 8 : 0;
}

/* Another's process, whose files nobody may see. */
static int is_hidden(void)
{
	struct device_user user;
	bool hidden = false;

	return device_users(proc, "/dev/bus/usb/003/014", &user, 1, &hidden) != 1 || !hidden;
}

static void test_usbmon(void **state)
{
	const char *folder = getenv("UMOCKDEV_DIR");
	enum usbmon_state unloaded = usbmon_state(3);
	char path[512], text[1024];

	(void)state;
	assert_true(unloaded == USBMON_NOT_LOADED || unloaded == USBMON_ABSENT); /* as the kernel of this machine has it */
	assert_string_equal(usbmon_remedy(text, sizeof text, USBMON_ABSENT, 3), "");
	put(folder, "sys/class/usbmon/usbmon3/dev", "249:3\n");
	assert_int_equal(state_of(4, "no USB bus 4"), USBMON_NO_BUS);
	assert_int_equal(state_of(3, "/dev/usbmon3 is missing"), USBMON_NO_NODE);
	put(folder, "dev/usbmon3", "");
	assert_int_equal(state_of(3, ""), USBMON_READY);
	assert_string_equal(usbmon_problem(text, sizeof text, USBMON_READY, 3), "");
	snprintf(path, sizeof path, "%s/dev/usbmon3", folder);
	chmod(path, 0600);
	if (!getuid()) {
		assert_int_equal(as_nobody(is_denied), 0);
		snprintf(path, sizeof path, "%s/1/fd", proc);
		chmod(path, 0700);
		assert_int_equal(as_nobody(is_hidden), 0);
	} else {
		puts("SKIPPED: what nobody may do needs root to become nobody");
	}
}

static char *text_of(const struct machine *machine, struct devices_style style)
{
	static char *text; /* gcc takes what open_memstream puts there for the address of a local */
	static size_t size;
	FILE *file = open_memstream(&text, &size);

	assert_non_null(file);
	devices_text(file, machine, &style);
	fclose(file);
	return text;
}

static void test_text(void **state)
{
	struct machine machine = look();
	const struct passwd *entry = getpwuid(getuid());
	char *text = text_of(&machine, (struct devices_style){ 0 }), expected[2048];

	(void)state;
	snprintf(expected, sizeof expected,
	         "\nST-LINK/V2-1 0483:374b at 3:14, serial-a77733d6\n"
	         "  usb           \"STM32 STLink\", 12 Mbit/s, port 3-2\n"
	         "  firmware      the system does not know it; the probe tells it to a tool, and a capture shows that\n"
	         "  interface 0   vendor specific \"ST-Link Debug\": claimed by a program (usbfs)\n"
	         "  interface 1   mass storage \"ST-Link Mass Storage\": driver usb-storage, sdb, mounted at\n"
	         "                /media/me/NODE F411\n"
	         "  interface 2   communications \"ST-Link VCP Ctrl\": driver cdc_acm, ttyACM0, open in minicom (process\n"
	         "                99, user %s)\n"
	         "  interface 3   CDC data \"ST-Link VCP Data\": driver cdc_acm\n"
	         "  use           open in open\\x1b[2Jocd (process 1234, user %s)\n",
	         entry ? entry->pw_name : "?", entry ? entry->pw_name : "?");
	if (!strstr(text, expected))
		fail_msg("%s\nlacks\n%s", text, expected);
	assert_non_null(strstr(text, "\n0483:df11 at 3:22, serial-45ce58f2: no ST-Link: the boot loader"));
	assert_non_null(strstr(text, "  - 3:14: open\\x1b[2Jocd (process 1234) has it open"));
	assert_null(strchr(text, '\033'));
	free(text);
	text = text_of(&machine, (struct devices_style){ .quiet = true, .serials = true });
	assert_string_equal(strchr(text, '\n') + 1,
	                    "ST-LINK/V2-1 0483:374b at 3:14, 0670FF495057717867134227\n"
	                    "STLINK-V3 loader 0483:374d at 3:20\n"
	                    "ST-Link of a kind that this version does not know 0483:3799 at 3:21\n"
	                    "0483:df11 at 3:22, FFFFFFFEFFFF: no ST-Link: the boot loader of an STM32 (DFU), for dfu-util or STM32CubeProgrammer\n"
	                    "0483:5740 at 3:23: no ST-Link: a serial port made by the firmware of an STM32\n");
	free(text);
	machine.count = 0;
	text = text_of(&machine, (struct devices_style){ 0 });
	assert_memory_equal(text, "No ST-Link is plugged in here.", 30);
	free(text);
	machine_free(&machine);
}

static void test_json(void **state)
{
	static const char *const expected[] = {
		"{\"type\":\"devices\",\"schema\":1,\"devices\":[{\"kind\":\"stlink\",\"bus\":3,\"device\":9,\"vid\":1155,\"pid\":14152,"
		"\"generation\":\"V2\",\"product\":\"ST-LINK/V2\",\"firmware\":null,",
		"\"serial_id\":\"serial-a77733d6\",\"port\":\"3-2\",\"speed_mbit\":12,\"node\":\"/dev/bus/usb/003/014\",",
		"\"claimed\":true,\"users\":[{\"process\":1234,\"name\":\"open\\u001B[2Jocd\",\"user\":",
		"{\"number\":1,\"class\":8,\"class_name\":\"mass storage\",\"subclass\":6,\"protocol\":80,\"name\":\"ST-Link Mass Storage\","
		"\"driver\":\"usb-storage\",\"node\":\"sdb\",\"mounted_at\":\"/media/me/NODE F411\",\"users\":[]}",
		"{\"kind\":\"dfu\",\"bus\":3,\"device\":22,\"vid\":1155,\"pid\":57105,\"generation\":null,\"product\":null,",
		"\"processes_hidden\":false,\"problems\":[",
		"{\"id\":\"probe-in-use\",\"bus\":3,\"device\":14,\"text\":\"open\\u001B[2Jocd (process 1234) has it open: another debugger may find it busy\","
		"\"commands\":[\"kill 1234\"],\"lasting_commands\":[]}",
	};
	struct machine machine = look();
	char *text = NULL;
	size_t size = 0;
	FILE *file = open_memstream(&text, &size);

	(void)state;
	assert_non_null(file);
	devices_json(file, &machine, false);
	fclose(file);
	for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++)
		if (!strstr(text, expected[i]))
			fail_msg("%s\nlacks\n%s", text, expected[i]);
	assert_null(strstr(text, "0670FF"));
	free(text);
	machine_free(&machine);
}

static void test_buses(void **state)
{
	uint16_t buses[4] = { 0 };

	(void)state;
	assert_int_equal(devices_buses(buses, 4), 1);
	assert_int_equal(buses[0], 3);
	assert_int_equal(devices_buses(buses, 0), 1);
}

/* What comes is heard of in the live tests; here only that waiting begins and ends. */
static void test_without(void **state)
{
	(void)state;
	puts("SKIPPED: umockdev-run is not installed");
	skip();
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds), cmocka_unit_test(test_one), cmocka_unit_test(test_users), cmocka_unit_test(test_real_process),
		cmocka_unit_test(test_problems), cmocka_unit_test(test_usbmon), cmocka_unit_test(test_text), cmocka_unit_test(test_json),
		cmocka_unit_test(test_buses), 	};
	const struct CMUnitTest without[] = { cmocka_unit_test(test_without) };

	(void)argc;
	if (getenv("UMOCKDEV_DIR"))
		return cmocka_run_group_tests(tests, begin, end);
	setenv("ASAN_OPTIONS", "verify_asan_link_order=0", 1); /* umockdev is preloaded */
	execlp("umockdev-run", "umockdev-run", "--device=tests/machines/desk.umockdev", "--", argv[0], (char *)NULL);
	return cmocka_run_group_tests(without, NULL, NULL);
}
