/*
 * A few bytes remembered for each record of a capture (ledger.h).
 * Knows: an unlinked file, mapped. Pages that nobody touches take no room.
 */
#include "ledger.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "spool.h"

#define FIRST_SIZE (1U << 20)

struct ledger {
	int file;
	uint8_t *bytes;
	size_t room, entry_size;
	uint64_t size;
};

struct ledger *ledger_new(size_t entry_size)
{
	struct ledger *ledger = calloc(1, sizeof *ledger);

	if (!ledger)
		return NULL;
	ledger->entry_size = entry_size;
	ledger->file = spool_file();
	if (ledger->file < 0) {
		free(ledger);
		return NULL;
	}
	return ledger;
}

void ledger_free(struct ledger *ledger)
{
	if (!ledger)
		return;
	if (ledger->bytes)
		munmap(ledger->bytes, ledger->room);
	close(ledger->file);
	free(ledger);
}

static void grow(struct ledger *ledger, size_t need)
{
	size_t room = ledger->room ? ledger->room : FIRST_SIZE;
	void *bytes;

	while (room < need)
		room += room / 4;
	/* Room that is promised and not there would only show when it is written to, and then as a signal. */
	errno = posix_fallocate(ledger->file, 0, (off_t)room);
	if (errno)
		err(2, "stlinkscope: a temporary file cannot grow");
	bytes = ledger->bytes ? mremap(ledger->bytes, ledger->room, room, MREMAP_MAYMOVE)
	                      : mmap(NULL, room, PROT_READ | PROT_WRITE, MAP_SHARED, ledger->file, 0);
	if (bytes == MAP_FAILED)
		err(2, "stlinkscope: a temporary file cannot be mapped");
	ledger->bytes = bytes;
	ledger->room = room;
}

void *ledger_at(struct ledger *ledger, uint64_t frame)
{
	size_t need = (size_t)(frame + 1) * ledger->entry_size;

	if (need > ledger->room)
		grow(ledger, need);
	if (frame >= ledger->size)
		ledger->size = frame + 1;
	return ledger->bytes + (size_t)frame * ledger->entry_size;
}

uint64_t ledger_size(const struct ledger *ledger)
{
	return ledger->size;
}
