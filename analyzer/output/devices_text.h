/*
 * The ST-Links of this machine, as text.
 */
#ifndef ANALYZER_OUTPUT_DEVICES_TEXT_H
#define ANALYZER_OUTPUT_DEVICES_TEXT_H

#include <stdio.h>

#include "../input/machine.h"

struct devices_style {
	bool color, quiet, serials;
	unsigned verbose;
	unsigned width; /* columns; 0: 100 */
};

void devices_text(FILE *file, const struct machine *machine, const struct devices_style *style);

#endif
