/*
 * What is kept back of an answer (privacy.h).
 */
#include "privacy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "../../dissectors/registers.h"
#include "terminal.h"

#define INQUIRY 0x12
#define INQUIRY_VITAL 0x01 /* EVPD: a page such as the serial number (SPC-3 6.4) */
#define VITAL_HEAD 4
#define WORD 4
#define USER "user"       /* in place of a name */
#define ADDRESS_DIGITS 8
#define DUMPED 32         /* bytes in a line of a dump of memory */
#define SHORTEST_SERIAL 8 /* a shorter one may be any word or number */

/* Where in the memory that was read the unique id of the target begins, whatever command reached it; UINT32_MAX: it is not in it. */
static uint32_t unique_id_offset(const struct transaction *transaction)
{
	for (size_t i = 0; i < transaction->access_count; i++) {
		const struct access *access = &transaction->accesses[i];
		bool longer = access->way == ACCESS_DIRECT && transaction->answer.wire > access->length;
		uint32_t offset = UINT32_MAX;

		if (access->kind == ACCESS_MEMORY && access->known && !access->write)
			offset = stm32_unique_id_offset(access->address, longer ? transaction->answer.wire : access->length);
		if (offset != UINT32_MAX)
			return access->way == ACCESS_BATCH ? access->item * WORD : offset; /* a batch's results stand in a row */
	}
	return UINT32_MAX;
}

/* Where in an answer the field is that tells one device from all others; UINT32_MAX: it has none. */
static uint32_t identity_offset(const struct transaction *transaction)
{
	const struct payload *request = &transaction->request;
	uint32_t unique_id = unique_id_offset(transaction), offset = 0;

	if (transaction->command->operation == OP_MEMORY_READ || transaction->command->operation == OP_MISC_IN)
		return unique_id;
	if (transaction->command->scsi && request->captured > 1 && request->bytes[0] == INQUIRY && request->bytes[1] & INQUIRY_VITAL)
		return VITAL_HEAD;
	for (const struct field *field = transaction->command->answer; field && field->name; field++) {
		if (field->identity || (field->role == ROLE_VALUE && unique_id != UINT32_MAX))
			return offset;
		offset += field->width;
	}
	return UINT32_MAX;
}

const struct transaction *privacy_view(const struct transaction *transaction, bool serials, struct transaction *copy, uint32_t *withheld)
{
	uint32_t offset = serials ? UINT32_MAX : identity_offset(transaction);

	*withheld = 0;
	if (transaction->answer.captured <= offset)
		return transaction;
	*withheld = transaction->answer.captured - offset;
	*copy = *transaction;
	copy->answer.captured = offset;
	return copy;
}

static void collect_serial(const struct device *device, void *context)
{
	struct privacy_serials *known = context;

	if (strlen(device->serial) >= SHORTEST_SERIAL && known->count < PRIVACY_SERIALS)
		memcpy(known->serial[known->count++], device->serial, sizeof device->serial);
}

void privacy_collect(struct privacy_serials *known, const struct tracker *tracker)
{
	known->count = 0;
	device_each(tracker_devices(tracker), collect_serial, known);
}

/* The longest serial number that text begins with; NULL: none. */
static const char *serial_at(const char *text, const struct privacy_serials *known)
{
	const char *longest = NULL;

	for (size_t i = 0; i < known->count; i++)
		if (!strncasecmp(text, known->serial[i], strlen(known->serial[i])) && (!longest || strlen(longest) < strlen(known->serial[i])))
			longest = known->serial[i];
	return longest;
}

/* Bytes of a folder of users that text begins with; 0: none. */
static size_t home_at(const char *text)
{
	static const char *const folders[] = { "/home/", "/Users/", "\\Users\\" };

	for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++)
		if (!strncasecmp(text, folders[i], strlen(folders[i])))
			return strlen(folders[i]);
	return 0;
}

/*
 * Where in a dump of memory, "0x1fff7a10: 004a0032 ..." or "0x1fff7a10 <name>:  0x004a0032 ...", what may hold a unique id begins; NULL: it is none.
 */
static const char *unique_id_in(const char *text)
{
	char *end;
	unsigned long address;

	text += strspn(text, " \t");
	address = strtoul(text, &end, 16);
	if (end - text < ADDRESS_DIGITS || address > UINT32_MAX || stm32_unique_id_offset((uint32_t)address, DUMPED) == UINT32_MAX)
		return NULL;
	text = end + strspn(end, " \t");
	if (*text == '<')
		text += strcspn(text, ">") + (strchr(text, '>') != NULL);
	return *text == ':' ? text : NULL;
}

static const char *hide(const char *text, const struct privacy_serials *known, bool leaves, char *out)
{
	const char *whole = text, *id = unique_id_in(text);
	size_t length = 0;
	bool changed = false;

	while (*text && length < PRIVACY_LINE - 64) {
		const char *serial = serial_at(text, known);
		size_t home = leaves ? home_at(text) : 0;

		if (serial) {
			serial_pseudonym(out + length, PRIVACY_LINE - length, serial);
			length += strlen(out + length);
			text += strlen(serial);
		} else if (home) {
			length += (size_t)snprintf(out + length, PRIVACY_LINE - length, "%.*s" USER, (int)home, text);
			text += home + strcspn(text + home, "/\\ \t\"':;,)");
		} else {
			bool digit = id && text > id && strchr("0123456789abcdefABCDEF", *text) && strncasecmp(text, "0x", 2) != 0;

			out[length++] = digit ? 'x' : *text;
			text++;
			changed |= digit;
			continue;
		}
		changed = true;
	}
	out[length] = '\0';
	return changed ? out : whole;
}

const char *privacy_shared_line(const char *text, const struct privacy_serials *known, char *out)
{
	return hide(text, known, true, out);
}

const char *privacy_line(const char *text, bool serials, const struct tracker *tracker, char *out)
{
	struct privacy_serials known;

	if (serials || !tracker)
		return text;
	privacy_collect(&known, tracker);
	return hide(text, &known, false, out);
}
