/*
 * The virtual ST-Link's firmware on a fake target, for tests (cmocka; they fail where they must).
 */
#ifndef LIVE_FAKE_H
#define LIVE_FAKE_H

#include "../probe/probe.h"

#define RAM 0x20000000u
#define RAM_SIZE 8192
#define WORDS 32

/* As a test leaves it, and as the firmware does. */
struct target {
	enum target_ack ack;            /* of every access but those to the port itself */
	enum target_ack port;
	unsigned times;                 /* the acknowledge holds for so many accesses, 0: for all */
	uint32_t identity;
	bool powered;
	uint8_t ram[RAM_SIZE];
	struct { uint32_t address, value; } words[WORDS];
	uint32_t dp_select, registers[256];
	bool nrst;
	unsigned clears, resets, selects;
	enum target_wire wire;
	uint8_t swo[64];
	size_t swo_length;
	uint8_t spi[16];
	size_t spi_length;
};

uint32_t *word_at(struct target *target, uint32_t address);

/* The one that is plugged in, and what it answered last. */
extern struct target *target;
extern struct probe *probe;
extern struct probe_answer answer;

/* Set-up and teardown of a test. */
int plug_in(enum probe_model model);
int plug_v1(void **state);
int plug_v2(void **state);
int plug_v21(void **state);
int plug_v3(void **state);
int unplug(void **state);
#define WITH(test, plug) cmocka_unit_test_setup_teardown(test, plug, unplug)

/* Another one instead. */
void again(enum probe_model model);
void set(const char *key, const char *value);

/* "COMMAND" or "COMMAND | DATA" in hex; the answer in hex, "" for none. The data must be as long as the firmware takes. */
void say(const char *text);
void expect(const char *text, const char *expected);
void expect_bridge(const char *text, const char *expected);
/* ENTER, SWD, and it works. */
void enter(void);

#endif
