/*
 * Trace: DWT, ITM and TPIU, and the SWO pin.
 * Knows: their registers (ARMv7-M C1.7, C1.8, C1.10), ITM packets, how many bytes a pin can carry.
 * Must not know: what a probe does with the bytes.
 */
#include "machine.h"

#include <string.h>

#define DWT 0xE0001000u
#define ITM 0xE0000000u
#define TPIU 0xE0040000u

#define DEMCR_TRCENA (1u << 24)
#define TCR_ITMENA (1u << 0)
#define PROTOCOL_NRZ 2u
#define CORE_CLOCK 16000000u /* what the chip runs at after reset, and what the prescaler divides */
#define MILLION 1000000u
#define PIN_BURST (256ull * MILLION)

struct register_row {
	uint32_t address;
	size_t offset;     /* of a uint32_t in struct trace */
	uint32_t writable;
};

#define ROW(address, member, writable) { address, offsetof(struct trace, member), writable }

static const struct register_row rows[] = {
	ROW(DWT + 0x000, dwt_control, 0x0FFF1FFF),
	ROW(DWT + 0x020, comparator[0], 0xFFFFFFFF), ROW(DWT + 0x024, mask[0], 0x1F), ROW(DWT + 0x028, function[0], 0x000FFFAF),
	ROW(DWT + 0x030, comparator[1], 0xFFFFFFFF), ROW(DWT + 0x034, mask[1], 0x1F), ROW(DWT + 0x038, function[1], 0x000FFFAF),
	ROW(DWT + 0x040, comparator[2], 0xFFFFFFFF), ROW(DWT + 0x044, mask[2], 0x1F), ROW(DWT + 0x048, function[2], 0x000FFFAF),
	ROW(DWT + 0x050, comparator[3], 0xFFFFFFFF), ROW(DWT + 0x054, mask[3], 0x1F), ROW(DWT + 0x058, function[3], 0x000FFFAF),
	ROW(ITM + 0xE00, itm_enable, 0xFFFFFFFF), ROW(ITM + 0xE40, itm_privilege, 0xF), ROW(ITM + 0xE80, itm_control, 0x007F0F1F),
	ROW(TPIU + 0x004, port_size, 0xFFFFFFFF), ROW(TPIU + 0x010, prescaler, 0x1FFF), ROW(TPIU + 0x0F0, protocol, 0x3),
	ROW(TPIU + 0x304, formatter, 0x3FF),
};

static const struct register_row *row_at(uint32_t address)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (rows[i].address == address)
			return &rows[i];
	return NULL;
}

static uint32_t pin_baud(const struct target *target)
{
	return target->wiring.swo_baud ? target->wiring.swo_baud : CORE_CLOCK / (target->trace.prescaler + 1);
}

/* One byte to the pin, if it has time. */
static void put_byte(struct trace *trace, uint8_t byte)
{
	if (trace->pin_free < MILLION || trace->queued == sizeof trace->queue) {
		trace->lost++;
		return;
	}
	trace->pin_free -= MILLION;
	trace->queue[trace->queued++] = byte;
}

/* A software packet of the ITM: the port and the size, then the value, lowest byte first. */
static void put_packet(struct trace *trace, unsigned port, unsigned size, uint32_t value)
{
	put_byte(trace, (uint8_t)(port << 3 | (size == 4 ? 3 : size)));
	for (unsigned i = 0; i < size; i++)
		put_byte(trace, (uint8_t)(value >> 8 * i));
}

static bool traces(const struct target *target)
{
	return target->scs.demcr & DEMCR_TRCENA && target->trace.itm_control & TCR_ITMENA;
}

static void stimulate(struct target *target, unsigned port, uint32_t value, uint32_t mask)
{
	unsigned size = mask == 0xFFFFFFFF ? 4 : mask == 0xFFFF || mask == 0xFFFF0000 ? 2 : 1;

	if (traces(target) && target->trace.itm_enable >> port & 1)
		put_packet(&target->trace, port, size, value >> __builtin_ctz(mask));
}

/* Five bytes are the longest packet: room for it is what the port reports. */
static uint32_t port_ready(const struct target *target, unsigned port)
{
	return traces(target) && target->trace.itm_enable >> port & 1 && target->trace.pin_free >= 5ull * MILLION;
}

static uint32_t cycle_count(const struct target *target)
{
	return (uint32_t)core_awake(target->core) - target->trace.cycle_offset;
}

/* MATCHED goes when it is read. */
static void clear_match(struct trace *trace, unsigned comparator)
{
	trace->function[comparator] &= ~(1u << 24);
}

bool trace_read(struct target *target, uint32_t address, uint32_t *value)
{
	struct trace *trace = &target->trace;
	const struct register_row *row = row_at(address);

	if (row) {
		memcpy(value, (const char *)trace + row->offset, sizeof *value);
		if (address == DWT)
			*value |= 4u << 28;
		if (address > DWT && address < DWT + 0x060 && (address & 0xF) == 8)
			clear_match(trace, (address - DWT - 0x028) / 0x10);
		return true;
	}
	if (address - ITM < 0x80)
		*value = port_ready(target, (address - ITM) / 4);
	else if (address == ITM + 0xFB4)
		*value = trace->itm_unlocked ? 1 : 3;
	else if (address == DWT + 0x004)
		*value = cycle_count(target);
	else if (address == DWT + 0x01C)
		*value = core_sample(target->core);
	else if (address == TPIU + 0x000)
		*value = 0xB;
	else if (address == TPIU + 0x300)
		*value = 0x8;
	else if (address == TPIU + 0xFC8)
		*value = 0xCA1;
	else
		return false;
	return true;
}

bool trace_write(struct target *target, uint32_t address, uint32_t value, uint32_t mask)
{
	struct trace *trace = &target->trace;
	const struct register_row *row = row_at(address);
	uint32_t stored;

	if (row) {
		if (address >= ITM + 0xE00 && address < ITM + 0x1000 && !trace->itm_unlocked)
			return true;
		memcpy(&stored, (char *)trace + row->offset, sizeof stored);
		mask &= row->writable;
		stored = (stored & ~mask) | (value & mask);
		memcpy((char *)trace + row->offset, &stored, sizeof stored);
		if (address >= DWT + 0x020 && address < DWT + 0x060)
			core_forget_code(target->core);
		return true;
	}
	if (address - ITM < 0x80)
		stimulate(target, (address - ITM) / 4, value, mask);
	else if (address == ITM + 0xFB0)
		trace->itm_unlocked = value == 0xC5ACCE55;
	else if (address == DWT + 0x004)
		trace->cycle_offset = (uint32_t)core_awake(target->core) - value;
	else
		return false;
	return true;
}

void trace_run(struct target *target, unsigned microseconds)
{
	struct trace *trace = &target->trace;
	const char *text = target->wiring.swo_text;

	trace->pin_free += (uint64_t)microseconds * (pin_baud(target) / 10);
	if (trace->pin_free > PIN_BURST + (uint64_t)microseconds * (pin_baud(target) / 10))
		trace->pin_free = PIN_BURST + (uint64_t)microseconds * (pin_baud(target) / 10);
	if (!text || !*text || machine_in_reset(target) || core_state(target->core) == CORE_HALTED)
		return;
	trace->text_due += (uint64_t)microseconds * target->wiring.swo_rate;
	for (; trace->text_due >= MILLION; trace->text_due -= MILLION) {
		put_packet(trace, 0, 1, (uint8_t)text[trace->text_at]);
		trace->text_at = text[trace->text_at + 1] ? trace->text_at + 1 : 0;
	}
}

size_t target_swo(struct target *target, uint32_t baud, uint8_t *bytes, size_t size, uint64_t *lost)
{
	struct trace *trace = &target->trace;
	uint32_t pin = pin_baud(target), apart = pin > baud ? pin - baud : baud - pin;
	size_t length = size < trace->queued ? size : trace->queued;
	bool garbled = apart > pin / 20 || (!target->wiring.swo_text && trace->protocol != PROTOCOL_NRZ);

	*lost = trace->lost;
	trace->lost = 0;
	if (machine_silent(target)) {
		trace->queued = 0;
		return 0;
	}
	for (size_t i = 0; i < length; i++)
		bytes[i] = garbled ? (uint8_t)(trace->queue[i] * 5 ^ 0xA5) : trace->queue[i];
	memmove(trace->queue, trace->queue + length, trace->queued - length);
	trace->queued -= length;
	return length;
}

void trace_reset(struct target *target)
{
	struct trace *trace = &target->trace;

	memset(trace, 0, sizeof *trace);
	trace->port_size = 1;
	trace->protocol = 1;
	trace->formatter = 0x102;
}
