/*
 * The ST-Links of this machine, as one JSON object.
 */
#ifndef ANALYZER_OUTPUT_DEVICES_JSON_H
#define ANALYZER_OUTPUT_DEVICES_JSON_H

#include <stdio.h>

#include "../input/machine.h"

/* serials: serial numbers as they are, not as pseudonyms. */
void devices_json(FILE *file, const struct machine *machine, bool serials);

#endif
