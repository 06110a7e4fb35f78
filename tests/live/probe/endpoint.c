/*
 * An endpoint's two queues, and how bytes get from one into the other packet by packet.
 * Knows: packets, short packets, halts. Must not know: what the bytes mean.
 */
#include "endpoint.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>

static uint64_t now_of(clockid_t clock)
{
	struct timespec time;

	clock_gettime(clock, &time);
	return (uint64_t)time.tv_sec * 1000000 + (uint64_t)time.tv_nsec / 1000;
}

uint64_t clock_now(void)
{
	return now_of(CLOCK_MONOTONIC);
}

uint64_t wall_now(void)
{
	return now_of(CLOCK_REALTIME);
}

struct message *message_new(const uint8_t *bytes, uint32_t length)
{
	struct message *message = calloc(1, sizeof *message);

	if (!message || !(message->bytes = malloc(length + 1)))
		abort();
	if (length)
		memcpy(message->bytes, bytes, length);
	message->length = length;
	return message;
}

void message_free(struct message *message)
{
	free(message->bytes);
	free(message);
}

static bool send_all(int socket, const uint8_t *header, const uint8_t *bytes, uint32_t length)
{
	struct iovec parts[] = { { (void *)(uintptr_t)header, USBIP_HEADER_SIZE }, { (void *)(uintptr_t)bytes, length } };
	struct msghdr whole = { .msg_iov = parts, .msg_iovlen = length ? 2 : 1 };

	while (whole.msg_iovlen) {
		ssize_t sent = sendmsg(socket, &whole, MSG_NOSIGNAL);

		if (sent < 0 && errno != EINTR)
			return false;
		while (sent > 0 && whole.msg_iovlen) {
			size_t part = (size_t)sent < whole.msg_iov->iov_len ? (size_t)sent : whole.msg_iov->iov_len;

			whole.msg_iov->iov_base = (uint8_t *)whole.msg_iov->iov_base + part;
			whole.msg_iov->iov_len -= part;
			sent -= (ssize_t)part;
			if (!whole.msg_iov->iov_len) {
				whole.msg_iov++;
				whole.msg_iovlen--;
			}
		}
	}
	return true;
}

bool endpoint_complete(struct endpoint *endpoint, struct urb *urb, int status, const uint8_t *bytes, uint32_t length)
{
	uint8_t header[USBIP_HEADER_SIZE];
	bool done;

	usbip_write_submitted(header, urb->request.sequence, status, length);
	done = send_all(endpoint->socket, header, bytes, urb->request.in ? length : 0);
	endpoint->completions += done;
	free(urb);
	return done;
}

static struct urb *take_urb(struct endpoint *endpoint)
{
	struct urb *urb = endpoint->urbs;

	endpoint->urbs = urb->next;
	return urb;
}

static void drop_message(struct endpoint *endpoint)
{
	struct message *message = endpoint->messages;

	endpoint->messages = message->next;
	message_free(message);
}

/* As many packets as the URB has room for; a packet that is larger than the room left is a babble: what fits is there, and -EOVERFLOW. */
static uint32_t pack(const struct endpoint *endpoint, struct message *message, uint32_t room, int *status)
{
	uint32_t taken = 0;

	while (message->sent < message->length && taken < room) {
		uint32_t packet = message->length - message->sent;

		if (packet > endpoint->packet)
			packet = endpoint->packet;
		if (packet > room - taken) {
			*status = -EOVERFLOW;
			return room;
		}
		message->sent += packet;
		taken += packet;
	}
	return taken;
}

static void deliver(struct endpoint *endpoint)
{
	struct message *message = endpoint->messages;
	struct urb *urb = take_urb(endpoint);
	struct delivery delivery = { .message = message, .requested = urb->request.length, .status = message->status };

	delivery.bytes = message->bytes + message->sent;
	if (!delivery.status || delivery.status == -EOVERFLOW)
		delivery.length = pack(endpoint, message, urb->request.length, &delivery.status);
	if (delivery.status)
		message->sent = message->length;
	else if (!urb->request.in) /* the data stage of a control transfer went out with the request */
		delivery.length = urb->request.length;
	endpoint->halted = message->halts;
	if (endpoint->user && endpoint->user->delivered)
		endpoint->user->delivered(endpoint->owner, &delivery);
	endpoint_complete(endpoint, urb, delivery.status, delivery.bytes, delivery.length);
	if (message->sent == message->length)
		drop_message(endpoint);
}

static void tick_in(struct endpoint *endpoint)
{
	while (endpoint->urbs) {
		if (endpoint->halted) {
			endpoint_complete(endpoint, take_urb(endpoint), -EPIPE, NULL, 0);
			continue;
		}
		if (!endpoint->messages && endpoint->user && endpoint->user->wanted)
			endpoint->user->wanted(endpoint->owner, endpoint->urbs->request.length);
		if (!endpoint->messages || endpoint->messages->ready > clock_now())
			return;
		deliver(endpoint);
	}
}

static void tick_out(struct endpoint *endpoint)
{
	while (endpoint->urbs && !endpoint->urbs->stuck) {
		struct urb *urb = endpoint->urbs;
		int status = -EPIPE;

		if (!endpoint->halted && endpoint->user && endpoint->user->receive)
			status = endpoint->user->receive(endpoint->owner, urb->data, urb->request.length);
		if (status == ENDPOINT_LATER)
			return;
		urb->stuck = status == ENDPOINT_STUCK;
		if (urb->stuck)
			return;
		endpoint->halted |= status == -EPIPE;
		take_urb(endpoint);
		endpoint_complete(endpoint, urb, status, NULL, status ? 0 : urb->request.length);
	}
}

void endpoint_tick(struct endpoint *endpoint)
{
	if (endpoint->socket < 0)
		return;
	if (endpoint->address & 0x80)
		tick_in(endpoint);
	else
		tick_out(endpoint);
}

void endpoint_submit(struct endpoint *endpoint, struct urb *urb)
{
	struct urb **last = &endpoint->urbs;

	while (*last)
		last = &(*last)->next;
	*last = urb;
	endpoint->submissions++;
	endpoint_tick(endpoint);
}

void endpoint_push(struct endpoint *endpoint, struct message *message)
{
	struct message **last = &endpoint->messages;

	while (*last)
		last = &(*last)->next;
	*last = message;
}

uint64_t endpoint_due(const struct endpoint *endpoint)
{
	return endpoint->urbs && endpoint->messages ? endpoint->messages->ready : UINT64_MAX;
}

void endpoint_release(struct endpoint *endpoint)
{
	for (struct message *message = endpoint->messages; message; message = message->next)
		if (message->ready == MESSAGE_HELD)
			message->ready = 0;
}

bool endpoint_unlink(struct endpoint *endpoint, uint32_t sequence)
{
	for (struct urb **link = &endpoint->urbs; *link; link = &(*link)->next) {
		struct urb *urb = *link;

		if (urb->request.sequence != sequence)
			continue;
		*link = urb->next;
		free(urb);
		endpoint->unlinks++;
		return true;
	}
	return false;
}

void endpoint_reset(struct endpoint *endpoint)
{
	while (endpoint->messages)
		drop_message(endpoint);
	endpoint->halted = false;
}

void endpoint_empty(struct endpoint *endpoint)
{
	while (endpoint->urbs)
		free(take_urb(endpoint));
	endpoint_reset(endpoint);
}
