/*
 * How everybody ended, and what must not be in any file.
 * Knows: exit statuses, bytes that are nobody's business. Must not know: packets.
 */
#include "checks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The whole file as a number; -1: there is none. */
static long status_in(const struct evidence *evidence, const char *name)
{
	struct file file = evidence_file(evidence, name);
	long status = file.bytes && file.size ? strtol((char *)file.bytes, NULL, 10) : -1;

	free(file.bytes);
	return status;
}

static void check_statuses(struct evidence *evidence)
{
	const char *expected = scenario_value(evidence->scenario, "exit", 0);
	const char *live_expected = scenario_value(evidence->scenario, "live_exit", 0);
	long client = status_in(evidence, "client.exit"), live = status_in(evidence, "live.exit"), probe = status_in(evidence, "vprobe.exit");
	int status;

	if (!expected)
		expected = "0";
	if (client >= 0 && strcmp(expected, "any") && client != strtol(expected, NULL, 10))
		differ(evidence, "the last client ended with %ld, not %s", client, expected);
	if (probe > 0)
		differ(evidence, "vprobe ended with %ld", probe);
	if (live < 0)
		return;
	if (live_expected) {
		if (live != strtol(live_expected, NULL, 10))
			differ(evidence, "live ended with %ld, not %s", live, live_expected);
		return;
	}
	free(program_output("summary", evidence->live, &status).bytes);
	if (live != status)
		differ(evidence, "live ended with %ld, summary of its file with %d", live, status);
}

static void check_trouble(struct evidence *evidence)
{
	struct file trouble = evidence_file(evidence, "trouble"), tcpdump = evidence_file(evidence, "tcpdump.txt");

	if (trouble.bytes)
		differ(evidence, "%s", (char *)trouble.bytes);
	if (tcpdump.bytes && !strstr((char *)tcpdump.bytes, "\n0 packets dropped by kernel"))
		differ(evidence, "tcpdump dropped packets");
	free(trouble.bytes);
	free(tcpdump.bytes);
}

/* A secret is text, or bytes after "hex". Returns its length. */
static size_t secret_bytes(const char *value, unsigned char *bytes, size_t size)
{
	size_t length = 0;
	unsigned byte;
	int used;

	if (strncmp(value, "hex ", 4)) {
		snprintf((char *)bytes, size, "%s", value);
		return strlen((char *)bytes);
	}
	for (value += 4; length < size && sscanf(value, "%2x%n", &byte, &used) == 1; value += used)
		bytes[length++] = (unsigned char)byte;
	return length;
}

static bool holds(struct file file, const unsigned char *secret, size_t length)
{
	return file.bytes && memmem(file.bytes, file.size, secret, length);
}

/* It went over the bus, where tcpdump saw it, and nowhere else. */
static void check_secret(struct evidence *evidence, const char *value)
{
	static const char *const files[] = { "live.pcapng", "live.txt", "live.err" };
	static const char *const commands[] = { "decode -v -x", "decode --json --full", "summary", "summary --json", "stats" };
	unsigned char secret[256];
	size_t length = secret_bytes(value, secret, sizeof secret);
	struct file file = evidence_file(evidence, "tcpdump.pcap");
	int status;

	if (!holds(file, secret, length))
		differ(evidence, "the secret %s was not on the bus", value);
	free(file.bytes);
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		file = evidence_file(evidence, files[i]);
		if (holds(file, secret, length))
			differ(evidence, "%s holds %s", files[i], value);
		free(file.bytes);
	}
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
		file = program_output(commands[i], evidence->tcpdump, &status);
		if (holds(file, secret, length))
			differ(evidence, "%s shows %s", commands[i], value);
		free(file.bytes);
	}
}

void check_endings(struct evidence *evidence)
{
	const char *secret;

	check_trouble(evidence);
	check_statuses(evidence);
	for (size_t n = 0; (secret = scenario_value(evidence->scenario, "secret", n)); n++)
		check_secret(evidence, secret);
}
