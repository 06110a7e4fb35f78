/*
 * One part of a transaction decoded by the tables, for tests that hold bytes against words: marks, roles, and any field by its name.
 */
#ifndef TESTS_SUPPORT_DECODED_H
#define TESTS_SUPPORT_DECODED_H

#include "../../dissectors/stlink.h"
#include "../../dissectors/usb.h"

struct decoded_field { const struct field *field; uint64_t number; char text[128]; };

struct decoded {
	struct sink sink;
	const struct stlink_command *command; /* NULL: no ST-Link command */
	unsigned marks;
	struct operation operation;
	struct decoded_field fields[256];
	size_t count;
};

/* Bytes from hex (see hex.h). The command's row is found by its bytes; bulk_only: a CDB. */
struct decoded decoded_request(const char *hex, bool bulk_only);
/* The answer to request. */
struct decoded decoded_answer(const struct decoded *request, const char *hex);
/* Any bytes by a layout. */
struct decoded decoded_layout(const struct field *layout, const char *hex);

/* A field's number or text; the test fails where there is none of that name. */
uint64_t decoded_number(const struct decoded *decoded, const char *name);
const char *decoded_text(const struct decoded *decoded, const char *name);
/* The argument of a role; the test fails where it was not seen. */
uint64_t decoded_role(const struct decoded *decoded, enum role role);

/* Bytes the tables expect as answer to request. */
uint32_t decoded_answer_length(const struct decoded *request);

#endif
