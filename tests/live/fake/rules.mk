# Tests of the virtual probe's firmware: tests/test_live_probe_*.c link it on a target that does what a test says, tests/test_live_replay.c on the
# real one. Included by the Makefile.

firmware := $(shell grep -lE '^.include "(firmware|handlers).h"' tests/live/probe/*.c)
all_sources += $(wildcard tests/live/fake/*.c)

define firmware_tests
$$(filter $$(BUILD)/$(1)/test_live_probe%,$$(call tests,$(1))): $$(call objects,$(1),$$(firmware) $$(wildcard tests/live/fake/*.c))
$$(BUILD)/$(1)/test_live_replay: $$(call objects,$(1),$$(firmware) tests/live/fake/fake.c $$(filter tests/live/target/%,$$(vprobe_sources)))
$$(BUILD)/$(1)/test_live_replay: LDLIBS += -lunicorn -lm
endef
$(foreach kind,plain asan,$(eval $(call firmware_tests,$(kind))))
