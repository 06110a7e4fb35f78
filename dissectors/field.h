/*
 * Field tables, the one walker over them, and the sinks it feeds.
 * Knows: how a layout of fields lies in a run of bytes.
 * Must not know: any protocol, any output format.
 * A layout is an array of struct field, ended by a row without a name.
 */
#ifndef DISSECTORS_FIELD_H
#define DISSECTORS_FIELD_H

#include "cursor.h"

/* A value's name. Tables end with a row whose text is NULL. */
struct name {
	uint64_t value;
	const char *text;
};

/* A named run of bits in a field. Tables end with a row whose name is NULL. */
struct bits {
	const char *name;
	uint8_t high, low;
	const struct name *names; /* NULL: print the number */
};

enum show {
	SHOW_DEC,
	SHOW_HEX,
	SHOW_ADDRESS, /* eight hex digits */
	SHOW_BYTES,   /* raw bytes, no number */
	SHOW_ASCII,   /* bytes that should be printable text */
	SHOW_TEXT,    /* a derived value whose words are in value.text */
	SHOW_PADDING, /* unused bytes: said only in -v, noted when not zero */
	SHOW_STALE,   /* unused bytes that real probes leave filled: said only in -v, never noted */
};

/* What a field means to the tracker and the rules, whatever the command is called. */
enum role {
	ROLE_NONE,
	ROLE_ADDRESS,
	ROLE_LENGTH,    /* bytes of the data phase or of the answer */
	ROLE_AP,        /* access port number */
	ROLE_PORT,      /* 0xffff: DP; else an access port number */
	ROLE_REGISTER,
	ROLE_VALUE,
	ROLE_VALUE2,    /* second JTAG IDCODE */
	ROLE_STATUS,
	ROLE_MODE,
	ROLE_COUNT,     /* items, entries or waiting bytes */
	ROLE_SPEED,     /* divisor on V2, kHz on V3 */
	ROLE_LEVEL,     /* NRST: 0 low, 1 high, 2 pulse */
	ROLE_TRANSPORT, /* ENTER: 0xa3 SWD, else JTAG; SET_COM_FREQ: 0 SWD, 1 JTAG */
	ROLE_REFERENCE, /* a0 of the voltage answer */
	ROLE_READING,   /* a1 of the voltage answer */
	ROLE_VERSION,   /* version word of F1; major of FB */
	ROLE_JTAG,      /* J of FB */
	ROLE_VID,
	ROLE_PID,
	ROLE_LOADER,    /* GET_CURRENT_MODE byte 1 */
	ROLE_FAULT_ADDRESS,
	ROLE_STATE,     /* DFU bState */
	ROLES,
};

struct field {
	const char *name;  /* JSON key and text key, snake_case; unique within its layout */
	const char *label; /* in words */
	uint16_t width;    /* bytes; FIELD_REST: all that is left */
	enum show show;
	bool big_endian;
	const struct name *names;
	const struct bits *bits;
	enum role role;
	enum role count_role; /* not ROLE_NONE: repeated as often as that role says (seen before in the walk or its operation) */
	bool counted;        /* covers as many bytes as count_role says, at most width, instead of being repeated */
	bool optional;       /* senders may end before it: nothing is short then, and the walk stops there */
	bool zero_is_absent; /* zeros are what a sender leaves that does not use it: silent, and fill no role */
	bool some_named;     /* names holds special values only: another one is not unknown */
	bool identity;       /* tells this device from all others, as a serial number does; what comes before it has a fixed width */
};

#define FIELD_REST UINT16_MAX

/* One decoded field. Borrowed for the duration of the sink call. */
struct value {
	const struct field *field;
	uint32_t index;       /* which repetition, from 0 */
	uint32_t offset;      /* of the field's first byte from the start of the walked bytes */
	uint32_t length;      /* bytes covered; 0 for a derived value */
	uint64_t number;      /* meaningless for SHOW_BYTES, SHOW_ASCII and SHOW_TEXT */
	const char *name;     /* of number in field->names, or NULL: a number without a name is *unknown* */
	const char *text;     /* SHOW_TEXT only */
	const uint8_t *bytes; /* length bytes; NULL for a derived value */
};

/* Where decoded values go. The walker calls value for every field that is whole, in wire order. */
struct sink {
	void (*value)(struct sink *sink, const struct value *value);
};

/* What a run of bytes says on the debug port: an argument per role, and which roles were seen. */
struct operation {
	uint32_t seen; /* bit r: argument[r] holds */
	uint64_t argument[ROLES];
};

static inline bool operation_has(const struct operation *operation, enum role role)
{
	return operation->seen >> role & 1;
}

/* The argument of role, or fallback where it was not seen. */
static inline uint64_t operation_get(const struct operation *operation, enum role role, uint64_t fallback)
{
	return operation_has(operation, role) ? operation->argument[role] : fallback;
}

/* Marks that a walk sets (a bit set). */
enum walk_mark {
	WALK_SHORT = 1,     /* the sender sent less than the layout defines */
	WALK_TRUNCATED = 2, /* the capture cut it */
	WALK_TRAILING = 4,  /* bytes beyond the layout that are not all zero */
	WALK_PADDING = 8,   /* padding that is not zero */
	WALK_UNNAMED = 16,  /* a field with a name table holds a value without a name */
};

/*
 * Reads layout (NULL: nothing) from cursor, fills operation (first occurrence of a role wins; may be NULL) and calls sink
 * (may be NULL) for each field. Leaves the cursor behind the last whole field. Bytes left over that are all zero are silent.
 * A FIELD_REST that the capture cut is emitted as far as it was captured.
 * Returns walk marks: WALK_TRUNCATED wherever cursor holds fewer bytes than were on the wire. Cannot fail.
 */
unsigned field_walk(const struct field *layout, struct cursor *cursor, struct operation *operation, struct sink *sink);

/* The text of value in a table ended by a NULL text, or NULL. names may be NULL. */
const char *name_of(const struct name *names, uint64_t value);

#endif
