/*
 * What of the target a transaction really reached, whatever command went there: a register of the debug port or of an access port,
 * memory (also through CSW, TAR and DRW), a register of the core (also through DCRSR and DCRDR), item by item of a RW_MISC.
 * Knows: what earlier commands of the probe chose: bank, CSW, TAR, core register, batch; which chip answers.
 * Must not know: names of registers (dissectors/registers.h), what is good or bad, words.
 * Nothing is guessed: where what was chosen is not known (start, gap, ENTER, a failed write), no address is given.
 */
#ifndef ANALYZER_TRACK_ACCESS_H
#define ANALYZER_TRACK_ACCESS_H

#include "../../dissectors/field.h"

struct transaction;
struct access_state;

enum access_kind {
	ACCESS_DP,     /* address: bank << 4 | register */
	ACCESS_AP,     /* of port; address: bank << 4 | register */
	ACCESS_MEMORY, /* through port; address, length in bytes */
	ACCESS_CORE,   /* address: its number in DCRSR */
};

/* How the command came there; several may reach the same. */
enum access_way {
	ACCESS_DIRECT,      /* the command says it */
	ACCESS_THROUGH_AP,  /* TAR chose it: DRW, BD0 to BD3. An ACCESS_AP of that register comes before it */
	ACCESS_POSTED,      /* RDBUFF repeated it. An ACCESS_DP comes before it */
	ACCESS_BATCH,       /* an item of a RW_MISC. Writes come with RW_MISC_OUT, reads with the RW_MISC_IN that brings the values */
	ACCESS_CORE_DEBUG,  /* DCRSR and DCRDR. An ACCESS_MEMORY comes before it */
};

#define ACCESS_ANY_PORT 0xff

struct access {
	enum access_kind kind;
	enum access_way way;
	bool write;
	bool known;        /* address holds: else only the kind is known */
	bool ok;           /* nothing says that it failed: the transaction's result, or the item's own status */
	bool judged;       /* a status said how it went: without one, ok is no proof */
	bool has_value;    /* value holds: written, or read and to be believed */
	uint8_t port;      /* access port; ACCESS_ANY_PORT where the command leaves it to the probe (0 then, in every firmware seen) */
	uint16_t item;     /* of a batch */
	uint32_t address;
	uint32_t length;   /* of memory: bytes */
	uint32_t value;    /* of a register, or the first up to four bytes of memory, little-endian */
	const uint8_t *bytes; /* of memory in a data phase or an answer to be believed: captured of them; else NULL */
	uint32_t captured;
};

/* Which chip the probe's session reached so far. */
struct chip {
	bool has_cpuid, has_device, has_dpidr;
	uint32_t cpuid;
	uint32_t dpidr;
	uint32_t idcode;       /* DBGMCU_IDCODE as read */
	uint16_t device;       /* DEV_ID, 0x413 in place of 0x411 where the core is a Cortex-M4 (an erratum of the F405 and F407) */
	unsigned families;     /* bit set of enum stm32_family (registers.h) that it may be; all while nothing is known */
};

/* One a probe. Out of memory ends the program. */
struct access_state *access_new(void);
void access_free(struct access_state *state);
/* Nothing of the wire is known any more: records are missing, or the probe was enumerated anew. */
void access_forget(struct access_state *state);
/* A session begins: another chip may be there. */
void access_begin(struct access_state *state);
/*
 * Follows the next transaction of the probe, in order, with its status. Points accesses and chip of it at what state keeps: valid until the
 * next call.
 */
void access_follow(struct access_state *state, struct transaction *transaction);

/* The word at address, if it lies whole in what this access wrote or read, and that is to be believed. */
bool access_word(const struct access *access, uint32_t address, uint32_t *word);

/* An access of kind to address by the transaction, or NULL. Of memory: one that covers the word there. */
const struct access *access_find(const struct transaction *transaction, enum access_kind kind, uint32_t address, bool write);

/*
 * The bytes of memory that this access moved and that are to be believed: *bytes points at them, or at word, which a single value is put into.
 * Returns how many.
 */
static inline uint32_t access_bytes(const struct access *access, uint8_t word[4], const uint8_t **bytes)
{
	*bytes = access->bytes ? access->bytes : word;
	for (unsigned i = 0; i < 4; i++)
		word[i] = (uint8_t)(access->value >> 8 * i);
	return access->bytes ? access->captured : !access->has_value ? 0 : access->length < 4 ? access->length : 4;
}

#endif
