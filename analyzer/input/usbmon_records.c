/* Descriptors as usbmon records (usbmon_records.h). */
#include "usbmon_records.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "../../dissectors/cursor.h"

enum {
	DESCRIPTOR_DEVICE = 1,
	DESCRIPTOR_CONFIGURATION = 2,
	DESCRIPTOR_STRING = 3,
	LONGEST = 4096, /* of a configuration, as the kernel reads it at most from what is behind it here */
	LANGUAGE_ENGLISH = 0x0409,
	TRANSFER_CONTROL = 2,
	STRING_UNITS = 126,
};

/* Linux Documentation/usb/usbmon.rst, struct usbmon_packet. */
struct header {
	uint64_t id;
	uint8_t type, transfer, endpoint, device;
	uint16_t bus;
	char flag_setup, flag_data;
	int64_t seconds;
	int32_t microseconds, status;
	uint32_t length, captured;
	uint8_t setup[8];
	int32_t interval, start_frame;
	uint32_t flags, descriptors;
};
_Static_assert(sizeof(struct header) == USBMON_HEADER, "as the kernel lays it out");

struct teller {
	const struct usbmon_device *device;
	int64_t time;
	usbmon_record_taker *take;
	void *context;
};

/* GET_DESCRIPTOR and its answer. */
static void tell(const struct teller *teller, uint8_t type, uint8_t index, uint16_t language, const uint8_t *bytes, size_t length)
{
	uint8_t record[USBMON_HEADER + LONGEST];
	struct header header = {
		.type = 'S', .transfer = TRANSFER_CONTROL, .endpoint = 0x80, .device = (uint8_t)teller->device->address, .bus = teller->device->bus,
		.flag_data = '<', .seconds = teller->time / 1000000000, .microseconds = (int32_t)(teller->time / 1000 % 1000000),
		.status = -EINPROGRESS, .length = (uint32_t)length,
		.setup = { 0x80, 0x06, index, type, (uint8_t)language, (uint8_t)(language >> 8), (uint8_t)length, (uint8_t)(length >> 8) },
	};

	memcpy(record, &header, sizeof header);
	teller->take(teller->context, record, sizeof header);
	header.type = 'C';
	header.flag_setup = '-';
	header.flag_data = 0;
	header.status = 0;
	header.captured = (uint32_t)length;
	memset(header.setup, 0, sizeof header.setup);
	memcpy(record, &header, sizeof header);
	memcpy(record + sizeof header, bytes, length);
	teller->take(teller->context, record, (uint32_t)(sizeof header + length));
}

/* One character of valid UTF-8, which *text moves behind; 0 where it is none, or beyond the 16 bits of most strings. */
static uint16_t character(const char **text)
{
	const unsigned char *bytes = (const unsigned char *)*text;

	if (bytes[0] < 0x80) {
		*text += 1;
		return bytes[0];
	}
	if ((bytes[0] & 0xe0) == 0xc0 && (bytes[1] & 0xc0) == 0x80) {
		*text += 2;
		return (uint16_t)((bytes[0] & 0x1f) << 6 | (bytes[1] & 0x3f));
	}
	if ((bytes[0] & 0xf0) == 0xe0 && (bytes[1] & 0xc0) == 0x80 && (bytes[2] & 0xc0) == 0x80) {
		*text += 3;
		return (uint16_t)((bytes[0] & 0x0f) << 12 | (bytes[1] & 0x3f) << 6 | (bytes[2] & 0x3f));
	}
	return 0;
}

static void tell_string(const struct teller *teller, uint8_t index, const char *text)
{
	uint8_t bytes[2 + 2 * STRING_UNITS] = { 0, DESCRIPTOR_STRING };
	size_t length = 2;
	uint16_t unit;

	if (!index || !text || !*text)
		return;
	while (length < sizeof bytes && (unit = character(&text))) {
		bytes[length++] = (uint8_t)unit;
		bytes[length++] = (uint8_t)(unit >> 8);
	}
	bytes[0] = (uint8_t)length;
	if (length > 2)
		tell(teller, DESCRIPTOR_STRING, index, LANGUAGE_ENGLISH, bytes, length);
}

void usbmon_records_of(const struct usbmon_device *device, int64_t time, usbmon_record_taker *take, void *context)
{
	struct teller teller = { .device = device, .time = time, .take = take, .context = context };
	struct cursor cursor = cursor_over(device->descriptors, device->descriptor_length, device->descriptor_length);
	const uint8_t *bytes = cursor_take(&cursor, 18);
	uint8_t configurations = bytes ? bytes[17] : 0;
	const uint8_t *names = bytes;

	if (!bytes || bytes[0] != 18 || bytes[1] != DESCRIPTOR_DEVICE)
		return;
	tell(&teller, DESCRIPTOR_DEVICE, 0, 0, bytes, 18);
	for (uint8_t i = 0; i < configurations && cursor_left(&cursor) >= 9; i++) {
		struct cursor ahead = cursor;
		size_t total = cursor_decode16(cursor_take(&ahead, 9) + 2, false);

		bytes = total >= 9 && total <= LONGEST ? cursor_take(&cursor, total) : NULL;
		if (!bytes || bytes[1] != DESCRIPTOR_CONFIGURATION)
			break;
		tell(&teller, DESCRIPTOR_CONFIGURATION, i, 0, bytes, total);
	}
	tell_string(&teller, names[14], device->manufacturer);
	tell_string(&teller, names[15], device->product);
	tell_string(&teller, names[16], device->serial);
}
