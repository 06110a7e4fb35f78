# Tests of the USB side link all of vprobe but its main and words, on the fake target. Included by the Makefile.

usb_side := $(filter-out %/main.c %/words.c,$(wildcard tests/live/probe/*.c)) tests/live/fake/target.c

define usb_tests
$$(filter $$(BUILD)/$(1)/test_live_usb%,$$(call tests,$(1))): $$(call objects,$(1),$$(usb_side))
endef
$(foreach kind,plain asan,$(eval $(call usb_tests,$(kind))))
