/*
 * Which transactions and events a transcript shows: --only, --command, --address, --frames, --device.
 * Knows: what a transaction is about, which addresses it touches.
 * Must not know: output formats.
 */
#ifndef ANALYZER_SELECT_H
#define ANALYZER_SELECT_H

#include "track/track.h"

#define SELECT_NAMES 32

/* What --only can ask for: a bit each; the groups of commands below SELECT_GROUPS. */
enum select_topic { SELECT_GROUPS = GROUP_SCSI + 1, SELECT_ERRORS = SELECT_GROUPS, SELECT_USB, SELECT_TOOL };

/* Begin with all zero: everything is shown. */
struct selection {
	uint32_t topics; /* bit t: topic t; 0: all */
	const char *names[SELECT_NAMES]; /* globs, borrowed from the command line */
	size_t name_count;
	bool has_address, has_frames, has_device;
	uint64_t first_address, last_address;
	uint64_t first_frame, last_frame;
	uint16_t bus, device;
};

/* Each takes the value of one option; false where it is wrong, and problem then says how. */
bool select_only(struct selection *selection, const char *value, char *problem, size_t size);
bool select_command(struct selection *selection, const char *value, char *problem, size_t size);
bool select_address(struct selection *selection, const char *value, char *problem, size_t size);
bool select_frames(struct selection *selection, const char *value, char *problem, size_t size);

bool select_transaction(const struct selection *selection, const struct transaction *transaction);
/* Something at frame that is no command, of topic SELECT_USB, GROUP_MODE or GROUP_TRACE. */
bool select_event(const struct selection *selection, unsigned topic, uint64_t frame, uint16_t bus, uint16_t device);
/* A line of the tool's that came before frame; it is no device's. */
bool select_tool(const struct selection *selection, uint64_t frame);
/* The word that --only has for a group of commands. */
const char *select_group_name(enum stlink_group group);
/* Is anything left out on purpose? */
bool select_limits(const struct selection *selection);

#endif
