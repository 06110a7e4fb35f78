/*
 * A keyboard that types one text over and over.
 * Knows: boot keyboard reports (HID 1.11 appendix B). Must not know: control transfers.
 */
#ifndef LIVE_KEYBOARD_H
#define LIVE_KEYBOARD_H

#include <stddef.h>

#include "endpoint.h"

struct keyboard {
	struct endpoint *in;
	const char *text; /* borrowed; small letters, digits, blanks and new lines */
	size_t at;
	bool pressed;
	uint64_t next;
};

void keyboard_init(struct keyboard *keyboard, struct endpoint *in, const char *text);
void keyboard_tick(struct keyboard *keyboard);
/* The usage of a character's key, 0: none. */
uint8_t keyboard_usage(char character);

#endif
