# Tests of the virtual probe's firmware, tests/test_live_probe_*.c: they link the firmware alone, on a target that does what a test says.

firmware_sources := $(shell grep -lE '^.include "(firmware|handlers).h"' tests/live/probe/*.c) $(wildcard tests/live/fake/*.c)
firmware_tests = $(patsubst tests/%.c,$(BUILD)/$(1)/%,$(wildcard tests/test_live_probe_*.c))
all_sources += $(firmware_sources)

$(call firmware_tests,plain): $(call objects,plain,$(firmware_sources))
$(call firmware_tests,asan): $(call objects,asan,$(firmware_sources))
