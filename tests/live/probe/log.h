/*
 * The probe's own log: what it received and what it answered, a JSON object a line, in the order of arrival.
 * Knows: JSON, the keys that tests/test_truth.c reads. Must not know: USB/IP, what a command means.
 */
#ifndef LIVE_LOG_H
#define LIVE_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct log;
struct log_entry;

/* Who speaks: the n-th device of the command line (from 0), and where the kernel put it (0 while unknown). */
struct log_source { unsigned device; int bus, address; };

/* Bytes that grow. Zeroed at first; log_bytes_free gives back. */
struct log_bytes { uint8_t *bytes; size_t length; };

/* One command of an ST-Link, when it is over. */
struct command_record {
	struct log_source source;
	unsigned number;             /* per device, from 1 */
	uint64_t time, answer_time;  /* microseconds since the epoch; answer_time 0: none */
	bool bridge;
	const char *name;            /* borrowed: lives as long as the program */
	uint8_t command[16];
	size_t command_length;
	uint32_t data_expected;
	struct log_bytes data, response, planned; /* planned: what the firmware answered, before the faults and the wire */
	unsigned in_urbs;
	uint32_t in_requested;
	bool answers;                /* the command has an answer */
	bool lost;                   /* never reached the firmware: its OUT transfer failed */
	bool stale;                  /* the bytes that were read belong to an earlier command */
	int status, exec_status;     /* -1: none */
	int urb_status;
	const char *fault;           /* NULL: none */
	bool enveloped;              /* a V1: the following */
	uint8_t cbw[31], csw[13];
	bool csw_read;
};

/* path NULL: no log. Exits where the file cannot be written. */
struct log *log_start(const char *path);
void log_finish(struct log *log);

/* Keeps a place in the order for what will be known only later. */
struct log_entry *log_reserve(struct log *log);
/* Fills it, and frees what the record's bytes hold. */
void log_command(struct log *log, struct log_entry *entry, struct command_record *record);

/* An event at once: its name, and further keys in jansson's pack format ("" for none). */
void log_event(struct log *log, const struct log_source *source, const char *event, const char *format, ...);

/* A read of the trace endpoint. */
void log_trace(struct log *log, const struct log_source *source, uint32_t requested, const uint8_t *bytes, size_t length, int urb_status);

/* The URBs of one endpoint, for the totals. */
struct log_endpoint { uint8_t address; uint64_t submissions, completions, unlinks; };
struct faults;

/* A device's identity and counts, when the program ends. firmware NULL: none. */
struct log_totals {
	struct log_source first; /* its first address */
	const char *model, *firmware, *serial;
	bool old_serial;
	uint16_t vendor, product;
	int speed_mbps;
	unsigned commands;
	const struct log_endpoint *endpoints;
	size_t endpoint_count;
	const struct faults *faults;
};
void log_totals(struct log *log, const struct log_totals *totals);

void log_append(struct log_bytes *bytes, const uint8_t *more, size_t length);

#endif
