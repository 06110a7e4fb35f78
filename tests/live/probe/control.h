/*
 * The control endpoint of a device: standard requests and those of its classes.
 * Knows: USB 2.0 chapter 9 and the classes' requests. Must not know: sockets.
 */
#ifndef LIVE_CONTROL_H
#define LIVE_CONTROL_H

#include "endpoint.h"

struct device;

/* Takes the URB over: it is answered, now or when its fault lets it. */
void control_submit(struct device *device, struct urb *urb);

#endif
