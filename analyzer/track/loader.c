/*
 * Flash that a little program in RAM writes (loader.h).
 * Knows: which core register says what, from the loaders' own sources: stlink-tools 1.7, CMSIS-Pack flash algorithms (pyOCD, probe-rs,
 * STM32CubeProgrammer), OpenOCD's ring buffer for flash algorithms.
 */
#include "loader.h"

#include <stdlib.h>
#include <string.h>

#include "image.h"
#include "internal.h"

#define REGISTERS 8     /* r0 to r7 */
#define WRITES 32       /* of RAM since the last run */
#define PART 4096
#define DHCSR 0xe000edf0
#define DHCSR_KEY 0xa05f
#define DHCSR_HALTED (UINT32_C(1) << 17)
#define DHCSR_HALT (UINT32_C(1) << 1)
#define RING_HEAD 8     /* write and read pointer, before the data */
#define NONE 0xff

/* Which register holds what when such a loader is started. */
static const struct convention { uint8_t destination, source, length; } conventions[] = {
	{ .destination = 1, .source = 0, .length = NONE }, /* stlink-tools: r2 counts in units of its own, so the write to r0's address counts */
	{ .destination = 0, .source = 2, .length = 1 },    /* ProgramPage(address, size, buffer) of a CMSIS-Pack */
};

struct run { uint32_t address, length; };

struct loader {
	struct image *ram;
	uint32_t value[REGISTERS];
	bool set[REGISTERS];     /* since the last run */
	struct run writes[WRITES];
	size_t write_count;
	struct { bool active; uint32_t first, end, next; } ring; /* next: where in flash the next byte goes */
};

struct loader *loader_new(void)
{
	struct loader *loader = memset(track_allocate(NULL, sizeof *loader), 0, sizeof *loader);

	loader->ram = image_new();
	return loader;
}

void loader_free(struct loader *loader)
{
	if (!loader)
		return;
	image_free(loader->ram);
	free(loader);
}

static bool is_flash(uint32_t address)
{
	return address >= 0x08000000 && address < 0x0c000000;
}

static bool is_ram(uint32_t address)
{
	return (address >= 0x20000000 && address < 0x40000000) || (address >= 0x10000000 && address < 0x10100000);
}

static bool word_in_ram(const struct loader *loader, uint32_t address, uint32_t *word)
{
	uint8_t bytes[4];

	if (!image_has(loader->ram, address, sizeof bytes))
		return false;
	image_copy(loader->ram, address, bytes, sizeof bytes, 0);
	*word = bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
	return true;
}

/* How many bytes the latest write that holds that address, and those that go on behind it, put there and behind. */
static uint32_t written_at(const struct loader *loader, uint32_t address)
{
	for (size_t i = loader->write_count; i; i--) {
		const struct run *run = &loader->writes[i - 1];

		if (address >= run->address && address - run->address < run->length)
			return run->length - (address - run->address);
	}
	return 0;
}

static void tell_from_ram(const struct loader *loader, uint32_t destination, uint32_t source, uint32_t length, uint64_t frame,
                          loader_tell *tell, void *context)
{
	uint8_t bytes[PART];

	while (length) {
		uint32_t part = length < PART ? length : PART;

		image_copy(loader->ram, source, bytes, part, 0xff);
		tell(context, &(struct programmed){ destination, bytes, part, frame });
		destination += part;
		source += part;
		length -= part;
	}
}

static bool run_convention(const struct loader *loader, const struct convention *convention, uint64_t frame, loader_tell *tell, void *context)
{
	uint32_t destination = loader->value[convention->destination], source = loader->value[convention->source], length;

	if (!loader->set[convention->destination] || !loader->set[convention->source] || !is_flash(destination) || !is_ram(source))
		return false;
	if (convention->length != NONE && !loader->set[convention->length])
		return false;
	length = convention->length == NONE ? written_at(loader, source) : loader->value[convention->length];
	if (!length || length > LONGEST_PAYLOAD || !image_has(loader->ram, source, length))
		return false;
	tell_from_ram(loader, destination, source, length, frame, tell, context);
	return true;
}

/* OpenOCD: the ring's first two words both point behind themselves when its loader starts, and one register holds where the data go. */
static void open_ring(struct loader *loader)
{
	uint32_t destination = 0, word;

	for (unsigned i = 0; i < REGISTERS; i++)
		if (loader->set[i] && is_flash(loader->value[i]))
			destination = loader->value[i];
	for (unsigned i = 0; destination && i + 1 < REGISTERS; i++) {
		uint32_t start = loader->value[i], end = loader->value[i + 1];

		if (!loader->set[i] || !loader->set[i + 1] || !is_ram(start) || end <= start + RING_HEAD || end - start > (1U << 20))
			continue;
		if (!word_in_ram(loader, start, &word) || word != start + RING_HEAD || !word_in_ram(loader, start + 4, &word) || word != start + RING_HEAD)
			continue;
		loader->ring.active = true;
		loader->ring.first = start + RING_HEAD;
		loader->ring.end = end;
		loader->ring.next = destination;
		return;
	}
}

static void run(struct loader *loader, uint64_t frame, loader_tell *tell, void *context)
{
	bool told = false;

	for (size_t i = 0; !told && i < sizeof conventions / sizeof conventions[0]; i++)
		told = run_convention(loader, &conventions[i], frame, tell, context);
	if (!told)
		open_ring(loader);
	memset(loader->set, 0, sizeof loader->set);
	loader->write_count = 0;
}

static void keep_write(struct loader *loader, uint32_t address, const uint8_t *bytes, uint32_t length)
{
	struct run *last = loader->write_count ? &loader->writes[loader->write_count - 1] : NULL;

	image_put(loader->ram, address, bytes, length);
	if (last && last->address + last->length == address) {
		last->length += length;
		return;
	}
	if (loader->write_count == WRITES) {
		memmove(loader->writes, loader->writes + 1, (WRITES - 1) * sizeof loader->writes[0]);
		loader->write_count--;
	}
	loader->writes[loader->write_count++] = (struct run){ address, length };
}

static void write_memory(struct loader *loader, const struct access *access, uint64_t frame, loader_tell *tell, void *context)
{
	uint8_t word[4];
	const uint8_t *bytes;
	uint32_t length = access_bytes(access, word, &bytes);

	if (!is_ram(access->address) || !length)
		return;
	keep_write(loader, access->address, bytes, length);
	if (!loader->ring.active || access->address < loader->ring.first || access->address >= loader->ring.end)
		return;
	tell(context, &(struct programmed){ loader->ring.next, bytes, length, frame });
	loader->ring.next += length;
}

/* A core that stands still has no loader at work. */
static bool shows_halt(const struct access *access)
{
	return access->kind == ACCESS_MEMORY && access->address == DHCSR && access->has_value &&
	       (access->write ? access->value >> 16 == DHCSR_KEY && access->value & DHCSR_HALT : access->value & DHCSR_HALTED);
}

static bool lets_run(const struct access *access)
{
	return access->kind == ACCESS_MEMORY && access->write && access->address == DHCSR && access->has_value &&
	       access->value >> 16 == DHCSR_KEY && !(access->value & DHCSR_HALT);
}

void loader_follow(struct loader *loader, const struct transaction *transaction, loader_tell *tell, void *context)
{
	for (size_t i = 0; i < transaction->access_count; i++) {
		const struct access *access = &transaction->accesses[i];

		if (!access->known || !access->ok)
			continue;
		if (access->kind == ACCESS_CORE || shows_halt(access))
			loader->ring.active = false;
		if (access->kind == ACCESS_CORE && access->write && access->has_value && access->address < REGISTERS) {
			loader->value[access->address] = access->value;
			loader->set[access->address] = true;
		}
		if (lets_run(access))
			run(loader, transaction->frame, tell, context);
		else if (access->kind == ACCESS_MEMORY && access->write)
			write_memory(loader, access, transaction->frame, tell, context);
	}
	if (transaction->command->operation == OP_RUN && transaction->result == RESULT_OK)
		run(loader, transaction->frame, tell, context);
}
