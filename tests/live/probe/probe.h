/*
 * The virtual ST-Link's firmware: 16-byte commands in, answers out.
 * Knows: the command set of every generation (../shared/protocol), modes, status codes, the bridge, SWO buffers; it drives target/.
 * Must not know: USB, descriptors, sockets.
 */
#ifndef LIVE_PROBE_H
#define LIVE_PROBE_H

#include "../target/target.h"

enum probe_model {
	PROBE_V1,      /* 0483:3744 */
	PROBE_V2,      /* 0483:3748 */
	PROBE_V21,     /* 0483:374b, with disk and serial port */
	PROBE_V21_NO_DISK, /* 0483:3752 */
	PROBE_V3E,     /* 0483:374e */
	PROBE_V3,      /* 0483:374f, with the bridge */
	PROBE_V3_NO_DISK, /* 0483:3753 */
	PROBE_V3PWR,   /* 0483:3757 */
	PROBE_V2_LOADER,  /* 0483:3748, answers as the loader */
	PROBE_V3_LOADER,  /* 0483:374d */
	PROBE_V3PWR_LOADER, /* 0483:3755 */
};

struct probe;

struct probe *probe_new(enum probe_model model, struct target *target);
void probe_free(struct probe *probe);
/* Firmware, start mode and the faults of the firmware side, as target_set does; keys without "probe." */
bool probe_set(struct probe *probe, const char *key, const char *value);
extern const char *const probe_options[];
/* What GET_VERSION tells, as in "V2J37M27", for the log. Borrowed from the probe. */
const char *probe_firmware(const struct probe *probe);

enum probe_channel { PROBE_DEBUG, PROBE_BRIDGE };
#define PROBE_ANSWER_SIZE 65536

/* What became of a command. */
struct probe_answer {
	uint8_t bytes[PROBE_ANSWER_SIZE];
	uint32_t length;        /* 0: this command has none */
	unsigned delay_us;      /* the answer is ready only then */
	int status;             /* the status byte in this answer, -1: none */
	int exec_status;        /* what the next GETLASTRWSTATUS(2) will tell, -1: nothing of that kind */
	bool leaves;            /* the probe now leaves the bus; 300 ms later it comes back, as what it then is: probe_returns_as */
	bool for_good;          /* ... and does not come back */
	bool refused;           /* not understood, no answer: a V1 says so in its CSW (status 1) and in the sense data that follow */
	const char *fault;      /* the name of the injected fault that hit, or NULL */
};

/*
 * The command block's first bytes. Returns how many OUT data bytes belong to it (0: none); the command is then done by probe_finish once they are here.
 * cdb_length: as many bytes as the host sent, at most 16; the rest reads as zero.
 */
uint32_t probe_begin(struct probe *probe, enum probe_channel channel, const uint8_t *command, size_t cdb_length);
void probe_finish(struct probe *probe, enum probe_channel channel, const uint8_t *data, uint32_t length, struct probe_answer *answer);
/* The canonical name (commands.tsv) of the command last begun on the channel, "UNKNOWN" if none. */
const char *probe_command_name(const struct probe *probe, enum probe_channel channel);

/* The SWO endpoint is read: bytes from the trace buffer, at most size. */
size_t probe_trace(struct probe *probe, uint8_t *bytes, size_t size);
/* Called about every millisecond: lets the target run, fills the trace buffer. */
void probe_tick(struct probe *probe, unsigned microseconds);
/* The USB bus was reset, or the device configured anew. */
void probe_usb_reset(struct probe *probe);
/* The model it enumerates as after it left (loader to application, application to loader). */
enum probe_model probe_returns_as(const struct probe *probe);

#endif
