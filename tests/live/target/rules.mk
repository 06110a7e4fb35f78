# Tests of the target link the target and nothing of the probe. Included by the Makefile.

define target_tests
$$(filter $$(BUILD)/$(1)/test_live_target%,$$(call tests,$(1))): $$(call objects,$(1),$$(filter tests/live/target/%,$$(vprobe_sources)))
$$(filter $$(BUILD)/$(1)/test_live_target%,$$(call tests,$(1))): LDLIBS += -lunicorn
endef
$(foreach kind,plain asan,$(eval $(call target_tests,$(kind))))
