/*
 * The words that describe a device: "model=v21 firmware=V2J37M27 target.power=off usb.stall@F236#5".
 * Knows: the keys of all sides. Must not know: what they do.
 */
#ifndef LIVE_WORDS_H
#define LIVE_WORDS_H

#include "device.h"

/* Makes the device; exits with a message where a word is wrong. port: where it goes unless a word says; -1: anywhere. */
struct device *words_device(unsigned number, const char *words, int port, struct log *log, uint64_t start);

/* All keys, a line each, as the help ends with. The caller frees it. */
char *words_help(void);

#endif
