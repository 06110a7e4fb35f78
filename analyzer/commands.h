/*
 * The tables of this build in two forms. Both walk stlink_commands, stlink_statuses and the notes; neither keeps a list of its own.
 */
#ifndef ANALYZER_COMMANDS_H
#define ANALYZER_COMMANDS_H

#include "../dissectors/stlink.h"

/* NULL: every command, status and note. */
void commands_json(const struct stlink_command *only);

const char *commands_group_name(enum stlink_group group);
const char *commands_scope_name(enum stlink_scope scope);
const char *commands_class_name(enum stlink_status_class class);
const char *commands_data_name(enum stlink_data_phase phase);
/* "8 bytes", "as many bytes as 'length' says", ... */
void commands_answer_text(const struct stlink_command *command, char *text, size_t size);

#endif
