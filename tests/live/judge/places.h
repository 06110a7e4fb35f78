/*
 * Which endpoints of a capture belong to an ST-Link; and when two captures speak of one moment.
 * Knows: bus, address, endpoint, as summary --json tells what they carry. Must not know: what goes over them.
 */
#ifndef LIVE_JUDGE_PLACES_H
#define LIVE_JUDGE_PLACES_H

#include <jansson.h>

#include "../../../dissectors/usb.h"

#define PLACES_MOST 128

struct places { struct { uint16_t bus, device; uint8_t endpoint; } place[PLACES_MOST]; size_t count; };

/* EP0 of each probe, and what carries commands, answers and trace data; asks the program about the capture. */
void places_find(struct places *places, const char *capture);
bool places_hold(const struct places *places, const struct urb_event *urb);

/* Each reader of usbmon has its own time stamp, taken in the same interrupt; between the two a busy machine may pause. */
bool same_moment(const struct urb_event *one, const struct urb_event *other);

#endif
