/* The interface description of a pcapng (pcapng_interface.h). */
#include "pcapng_interface.h"

enum { OPTION_END = 0, OPTION_RESOLUTION = 9, OPTION_OFFSET = 14 };

/* Seconds whose nanoseconds fit 63 bits: the year 2255. */
#define TIME_MOST INT64_C(9000000000)

/* An unsigned integer of the section's byte order; 0 beyond the end. */
static uint64_t number(struct cursor *cursor, bool big_endian, size_t width)
{
	uint64_t value = 0;

	cursor_uint(cursor, width, big_endian, &value);
	return value;
}

/* if_tsresol and if_tsoffset; a resolution that fits no 64-bit count is taken for nanoseconds. */
static void read_options(struct pcapng_interface *interface, struct cursor *cursor, bool big_endian)
{
	while (cursor_left(cursor) >= 4) {
		uint16_t code = (uint16_t)number(cursor, big_endian, 2);
		size_t length = (size_t)number(cursor, big_endian, 2);
		const uint8_t *value = cursor_take(cursor, (length + 3) / 4 * 4);

		if (code == OPTION_END || !value)
			return;
		if (code == OPTION_RESOLUTION && length == 1) {
			unsigned power = value[0] & 0x7f;

			interface->binary = value[0] & 0x80;
			interface->units = interface->binary && power < 64 ? UINT64_C(1) << power : 1;
			if (!interface->binary)
				for (unsigned i = 0; i < (power < 20 ? power : 9); i++)
					interface->units *= 10;
		} else if (code == OPTION_OFFSET && length == 8) {
			interface->offset = (int64_t)cursor_decode64(value, big_endian);
		}
	}
}

struct pcapng_interface pcapng_interface_read(struct cursor *cursor, bool big_endian)
{
	struct pcapng_interface interface = { .link_type = (uint16_t)number(cursor, big_endian, 2), .units = 1000000 };

	cursor_take(cursor, 2);
	interface.snap_length = (uint32_t)number(cursor, big_endian, 4);
	read_options(&interface, cursor, big_endian);
	return interface;
}

uint64_t pcapng_interface_time(const struct pcapng_interface *interface, uint64_t stamp)
{
	uint64_t seconds = stamp / interface->units, fraction = stamp % interface->units, units = interface->units;
	int64_t whole;

	/* fraction * 10^9 must fit: 34 bits of a second are 0.06 ns. */
	while (units > UINT64_C(1) << 34) {
		units /= interface->binary ? 2 : 10;
		fraction /= interface->binary ? 2 : 10;
	}
	fraction = fraction * 1000000000 / units;
	if (seconds > TIME_MOST || interface->offset > TIME_MOST || interface->offset < -TIME_MOST)
		return 0;
	whole = (int64_t)seconds + interface->offset;
	return whole < 0 || whole > TIME_MOST ? 0 : (uint64_t)whole * 1000000000 + fraction;
}
