/*
 * A keyboard that types.
 * Knows: boot keyboard reports. Must not know: control transfers.
 */
#include "keyboard.h"

#include <string.h>

#define PERIOD_US 30000

enum { USAGE_A = 4, USAGE_1 = 30, USAGE_0 = 39, USAGE_ENTER = 40, USAGE_SPACE = 44, USAGE_MINUS = 45, REPORT_SIZE = 8 };

uint8_t keyboard_usage(char character)
{
	if (character >= 'a' && character <= 'z')
		return (uint8_t)(USAGE_A + character - 'a');
	if (character >= '1' && character <= '9')
		return (uint8_t)(USAGE_1 + character - '1');
	switch (character) {
	case '0':
		return USAGE_0;
	case '\n':
		return USAGE_ENTER;
	case ' ':
		return USAGE_SPACE;
	case '-':
		return USAGE_MINUS;
	default:
		return 0;
	}
}

void keyboard_init(struct keyboard *keyboard, struct endpoint *in, const char *text)
{
	memset(keyboard, 0, sizeof *keyboard);
	keyboard->in = in;
	keyboard->text = text;
	keyboard->next = clock_now();
}

void keyboard_tick(struct keyboard *keyboard)
{
	uint8_t report[REPORT_SIZE] = { 0 };

	if (!keyboard->in->urbs || keyboard->in->messages || clock_now() < keyboard->next || !*keyboard->text)
		return;
	keyboard->next = clock_now() + PERIOD_US;
	if (!keyboard->text[keyboard->at])
		keyboard->at = 0;
	if (keyboard->pressed)
		keyboard->at++;
	else
		report[2] = keyboard_usage(keyboard->text[keyboard->at]);
	keyboard->pressed = !keyboard->pressed;
	endpoint_push(keyboard->in, message_new(report, sizeof report));
	endpoint_tick(keyboard->in);
}
