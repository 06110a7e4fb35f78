/*
 * An endpoint: the URBs that wait at it, and what waits to be read from it.
 * Knows: packets, short packets, halts, the order of transfers. Must not know: what the bytes mean, sockets' other end.
 */
#ifndef LIVE_ENDPOINT_H
#define LIVE_ENDPOINT_H

#include <stdbool.h>
#include <stdint.h>

#include "usbip.h"

struct urb {
	struct urb *next;
	struct usbip_request request;
	bool stuck;      /* OUT: never to be completed */
	uint8_t data[];  /* OUT: request.length bytes */
};

/*
 * What the device will send: one transfer, ended by a short packet. status, where not 0, is what the URB that comes to read it ends with;
 * halts: and the endpoint is halted from then on.
 */
struct message {
	struct message *next;
	uint8_t *bytes;     /* owned */
	uint32_t length, sent;
	int status;
	bool halts;
	bool is_status;     /* a CSW, not an answer */
	uint64_t ready;     /* microseconds of clock_now; MESSAGE_HELD: until endpoint_release */
	unsigned number;    /* of the command that it answers */
};
#define MESSAGE_HELD UINT64_MAX

struct endpoint;

/* An IN URB that was completed: what it asked for, and what it got of which message. */
struct delivery {
	const struct message *message;
	uint32_t requested, length;
	const uint8_t *bytes;
	int status;
};

/* What an OUT URB meets, besides 0 (taken) and a negative errno. */
enum { ENDPOINT_LATER = 1, ENDPOINT_STUCK = 2 };

/* Who sits behind an endpoint. */
struct endpoint_user {
	/*
	 * An OUT transfer: 0, a negative errno (-EPIPE halts), or one of the above: it is offered again with the next tick, or never. What it
	 * pushes for other endpoints is sent after it is completed.
	 */
	int (*receive)(void *owner, const uint8_t *bytes, uint32_t length);
	/* An IN URB waits and nothing is there for it. May push a message. NULL: no interest. */
	void (*wanted)(void *owner, uint32_t requested);
	/* NULL: no interest. */
	void (*delivered)(void *owner, const struct delivery *delivery);
};

struct endpoint {
	uint8_t address;
	uint16_t packet;
	int socket;                     /* where completions go; -1: unplugged */
	struct urb *urbs;
	struct message *messages;
	bool halted;
	uint64_t submissions, completions, unlinks; /* URBs that came, that went with RET_SUBMIT, that were taken back while pending */
	const struct endpoint_user *user;
	void *owner;
};

/* Microseconds since some start; wall_now: since the epoch, as usbmon's. */
uint64_t clock_now(void);
uint64_t wall_now(void);

/* A copy of the bytes; never NULL (aborts without memory). */
struct message *message_new(const uint8_t *bytes, uint32_t length);
void message_free(struct message *message);

/* Takes the URB over. */
void endpoint_submit(struct endpoint *endpoint, struct urb *urb);
/* Takes the message over. */
void endpoint_push(struct endpoint *endpoint, struct message *message);
/* Completes what can be completed by now. */
void endpoint_tick(struct endpoint *endpoint);
/* When the next message is ready; UINT64_MAX: none, or nobody waits for it. */
uint64_t endpoint_due(const struct endpoint *endpoint);
/* Messages that were held are ready. */
void endpoint_release(struct endpoint *endpoint);
/* The host takes a URB back; false: it is not here. */
bool endpoint_unlink(struct endpoint *endpoint, uint32_t sequence);
/* Ends one URB and frees it. An IN transfer's bytes follow. False: the connection is gone. */
bool endpoint_complete(struct endpoint *endpoint, struct urb *urb, int status, const uint8_t *bytes, uint32_t length);
/* Forgets what waits to be read, and the halt (bus reset); endpoint_empty also the URBs (unplugged). */
void endpoint_reset(struct endpoint *endpoint);
void endpoint_empty(struct endpoint *endpoint);

#endif
