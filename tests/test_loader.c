/*
 * Data on their way to flash: the conventions of loaders in RAM, and what is none.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../analyzer/track/loader.h"

struct bench {
	struct loader *loader;
	char told[512]; /* "08000000+3:abc " for each that was told */
};

static int begin(void **state)
{
	struct bench *bench = calloc(1, sizeof *bench);

	if (!bench)
		return -1;
	bench->loader = loader_new();
	*state = bench;
	return 0;
}

static int end(void **state)
{
	struct bench *bench = *state;

	loader_free(bench->loader);
	free(bench);
	return 0;
}

static void tell(void *context, const struct programmed *programmed)
{
	struct bench *bench = context;
	size_t used = strlen(bench->told);

	snprintf(bench->told + used, sizeof bench->told - used, "%08x+%u:%.*s ", programmed->address, programmed->length, (int)programmed->length,
	         (const char *)programmed->bytes);
}

static void follow(struct bench *bench, const struct access *access)
{
	struct transaction transaction = { .command = &stlink_unknown, .accesses = access, .access_count = 1, .result = RESULT_OK };

	loader_follow(bench->loader, &transaction, tell, bench);
}

static void write_memory(struct bench *bench, uint32_t address, const char *bytes)
{
	follow(bench, &(struct access){ .kind = ACCESS_MEMORY, .write = true, .known = true, .ok = true, .address = address,
	                                .bytes = (const uint8_t *)bytes, .captured = (uint32_t)strlen(bytes), .length = (uint32_t)strlen(bytes) });
}

static void write_word(struct bench *bench, uint32_t address, uint32_t value)
{
	follow(bench, &(struct access){ .kind = ACCESS_MEMORY, .write = true, .known = true, .ok = true, .has_value = true, .address = address,
	                                .value = value, .length = 4 });
}

static void read_word(struct bench *bench, uint32_t address, uint32_t value)
{
	follow(bench, &(struct access){ .kind = ACCESS_MEMORY, .known = true, .ok = true, .has_value = true, .address = address, .value = value,
	                                .length = 4 });
}

static void set(struct bench *bench, uint32_t number, uint32_t value)
{
	follow(bench, &(struct access){ .kind = ACCESS_CORE, .write = true, .known = true, .ok = true, .has_value = true, .address = number,
	                                .value = value });
}

static void run(struct bench *bench)
{
	write_word(bench, 0xe000edf0, 0xa05f0001);
}

static void test_stlink_tools(void **state)
{
	struct bench *bench = *state;

	write_memory(bench, 0x20000000, "code");
	write_memory(bench, 0x20000004, "firmware");
	set(bench, 0, 0x20000004);
	set(bench, 1, 0x08004000);
	set(bench, 2, 4);
	run(bench);
	assert_string_equal(bench->told, "08004000+8:firmware ");
	/* Run again without new registers: nothing new is programmed. */
	run(bench);
	assert_string_equal(bench->told, "08004000+8:firmware ");
}

static void test_cmsis_pack(void **state)
{
	struct bench *bench = *state;

	/* Init(address, clock, function) and EraseSector(address) program nothing. */
	set(bench, 0, 0x08000000);
	set(bench, 1, 0);
	set(bench, 2, 2);
	run(bench);
	set(bench, 0, 0x08000000);
	run(bench);
	assert_string_equal(bench->told, "");
	write_memory(bench, 0x20001000, "abcdefgh");
	set(bench, 0, 0x08000400);
	set(bench, 1, 6);
	set(bench, 2, 0x20001000);
	run(bench);
	assert_string_equal(bench->told, "08000400+6:abcdef ");
}

static void test_ring(void **state)
{
	struct bench *bench = *state;

	write_word(bench, 0x20000100, 0x20000108);
	write_word(bench, 0x20000104, 0x20000108);
	set(bench, 0, 0x20000100);
	set(bench, 1, 0x20000110);
	set(bench, 2, 0x08000000);
	set(bench, 3, 8);
	run(bench);
	write_memory(bench, 0x20000108, "abcdef");
	write_word(bench, 0x20000100, 0x2000010e);
	read_word(bench, 0x20000104, 0x2000010c);
	write_memory(bench, 0x2000010e, "gh");
	write_memory(bench, 0x20000108, "ijkl");
	/* Outside the ring, and once the core stands still. */
	write_memory(bench, 0x20000200, "nothing");
	read_word(bench, 0xe000edf0, 0x00030003);
	write_memory(bench, 0x20000108, "checksum");
	assert_string_equal(bench->told, "08000000+6:abcdef 08000006+2:gh 08000008+4:ijkl ");
}

static void test_nothing(void **state)
{
	struct bench *bench = *state;

	/* A debugger that sets registers and goes on: no data at the source, or no flash at the destination. */
	set(bench, 0, 0x20000000);
	set(bench, 1, 0x08000000);
	run(bench);
	write_memory(bench, 0x20000000, "data");
	set(bench, 0, 0x20000000);
	set(bench, 1, 0x20004000);
	run(bench);
	/* A length that lies. */
	set(bench, 0, 0x08000000);
	set(bench, 1, 0xffffffff);
	set(bench, 2, 0x20000000);
	run(bench);
	assert_string_equal(bench->told, "");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_stlink_tools, begin, end), cmocka_unit_test_setup_teardown(test_cmsis_pack, begin, end),
		cmocka_unit_test_setup_teardown(test_ring, begin, end), cmocka_unit_test_setup_teardown(test_nothing, begin, end),
	};

	return cmocka_run_group_tests_name("loader", tests, NULL, NULL);
}
