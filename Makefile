# Builds, tests and installs stlinkscope. `make help` lists the targets.
# Sources are found by wildcard; everything made lies in $(BUILD), but for the program itself.

PREFIX ?= /usr/local
DESTDIR ?=
UDEV_RULES ?= $(PREFIX)/lib/udev/rules.d
CC ?= cc
FUZZ_CC ?= clang
CFLAGS ?= -O3 -g
BUILD ?= build
PROGRAM ?= stlinkscope
FUZZ_SECONDS ?= 60

warnings := -Wall -Wextra -Wconversion
flags := -std=c11 -D_GNU_SOURCE -pthread $(warnings)
libraries := -lm -lpcap -lcap -ludev -ljansson -lz -llzma -lzstd -pthread
# Warnings are the plain build's business: with sanitizers, gcc sees uninitialised variables where there are none.
sanitizers := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer

# The program is optimised as a whole where the compiler can also write plain objects for everything else that links them.
lto := $(shell echo 'int x;' | $(CC) -Werror -flto=auto -ffat-lto-objects -x c -c -o /dev/null - 2>/dev/null && echo -flto=auto)

sources := $(wildcard dissectors/*.c analyzer/*.c analyzer/*/*.c)
library_sources := $(filter-out analyzer/main.c,$(sources))
support_sources := $(wildcard tests/support/*.c)
test_sources := $(wildcard tests/test_*.c)
tool_sources := tests/make_captures.c tests/make_hostile.c $(wildcard tests/bench/*.c)
fuzz_sources := $(wildcard tests/fuzz/fuzz_*.c)
vprobe_sources := $(wildcard tests/live/probe/*.c tests/live/target/*.c)
judge_sources := $(wildcard tests/live/judge/*.c)

objects = $(patsubst %.c,$(BUILD)/$(1)/%.o,$(2))
tests = $(patsubst tests/%.c,$(BUILD)/$(1)/%,$(test_sources))
tools := $(patsubst %.c,$(BUILD)/plain/%,$(tool_sources))
all_sources := $(sources) $(support_sources) $(test_sources) $(tool_sources) $(fuzz_sources) $(vprobe_sources) $(judge_sources)

# Everything at once, unless the command line says -j itself.
MAKEFLAGS += -j$(shell nproc 2>/dev/null || echo 1)
export CC

all: $(PROGRAM)

help:
	@echo 'make            build ./stlinkscope'
	@echo 'make demo       analyse a bundled capture of a failing session'
	@echo 'make test       the whole suite, also under ASan and UBSan; WERROR= lets warnings pass'
	@echo 'make live       only the live test bench: real tools, a virtual probe, a virtual machine; SCENARIO=name plays one'
	@echo 'make bench      speed and memory on ten million packets (PACKETS=n), beside libpcap alone and tshark'
	@echo 'make fuzz       libFuzzer for FUZZ_SECONDS=60 a harness'
	@echo 'make install    program, manual page, bash completion, udev rule; PREFIX=/usr/local, DESTDIR=; make uninstall takes them away'
	@echo 'make captures   record the captures in captures/ anew, with real tools in a virtual machine, and write the synthetic ones'
	@echo 'make bless      rewrite the goldens in captures/, docs/FINDINGS.md and the examples in the README from what the program prints now'
	@echo 'make deps       install the Debian packages that are missing (packages.txt)'
	@echo 'make clean      remove what was built'

# Packages first. Order-only, so that the check never causes a rebuild.
deps_sets := $(if $(filter deps test live captures check-asan build-tests bench bless fuzz,$(MAKECMDGOALS)),build test,build) \
	$(if $(filter deps test live captures build-tests,$(MAKECMDGOALS)),live)
deps:
	@tools/deps.sh $(deps_sets)

# What the report's page holds, as strings with their hashes.
page_files := $(wildcard analyzer/output/page/*)
page := $(BUILD)/page/report_page.h
flags += -I$(BUILD)/page

$(page): tools/assets.sh $(page_files)
	@mkdir -p $(@D)
	@tools/assets.sh $(page_files) > $@.new && mv $@.new $@

# A change of compiler or flags rebuilds.
$(BUILD)/flags: FORCE | deps
	@mkdir -p $(@D)
	@echo '$(CC) $(flags) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) $(FUZZ_CC)' | cmp -s - $@ || \
		echo '$(CC) $(flags) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) $(FUZZ_CC)' > $@

# V=1 shows the commands.
show = $(if $(V),,@echo '  $(1) $@' &&)
compile = $(call show,CC  )$(CC) $(flags) $(if $(WERROR),-Werror) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<
archive = $(call show,AR  )rm -f $@ && $(AR) rcs $@ $^

$(BUILD)/plain/%.o: %.c $(BUILD)/flags | deps $(page)
	@mkdir -p $(@D)
	$(compile) $(if $(lto),$(lto) -ffat-lto-objects)

$(BUILD)/asan/%.o: %.c $(BUILD)/flags | deps $(page)
	@mkdir -p $(@D)
	$(compile) $(sanitizers) -w

$(BUILD)/plain/stlinkscope.a: $(call objects,plain,$(library_sources) $(support_sources))
	$(archive)

$(BUILD)/asan/stlinkscope.a: $(call objects,asan,$(library_sources) $(support_sources))
	$(archive)

$(PROGRAM): $(call objects,plain,$(sources))
	$(call show,LINK)$(CC) $(CFLAGS) $(lto) $(LDFLAGS) -o $@ $^ $(libraries) $(LDLIBS)

$(BUILD)/asan/stlinkscope: $(call objects,asan,$(sources))
	$(call show,LINK)$(CC) $(CFLAGS) $(sanitizers) $(LDFLAGS) -o $@ $^ $(libraries) $(LDLIBS)

$(call tests,plain): $(BUILD)/plain/%: $(BUILD)/plain/tests/%.o $(BUILD)/plain/stlinkscope.a
	$(call show,LINK)$(CC) $(CFLAGS) $(if $(lto),-fno-lto) $(LDFLAGS) -o $@ $^ $(libraries) -lcmocka $(LDLIBS)

$(call tests,asan): $(BUILD)/asan/%: $(BUILD)/asan/tests/%.o $(BUILD)/asan/stlinkscope.a
	$(call show,LINK)$(CC) $(CFLAGS) $(sanitizers) $(LDFLAGS) -o $@ $^ $(libraries) -lcmocka $(LDLIBS)

$(tools): $(BUILD)/plain/%: $(BUILD)/plain/%.o $(BUILD)/plain/stlinkscope.a
	$(call show,LINK)$(CC) $(CFLAGS) $(if $(lto),-fno-lto) $(LDFLAGS) -o $@ $^ $(libraries) $(LDLIBS)

# The live test bench: the virtual probe, and who judges what was recorded.
live_programs := $(BUILD)/live/vprobe $(BUILD)/live/judge

$(BUILD)/live/vprobe: $(call objects,plain,$(vprobe_sources))
	@mkdir -p $(@D)
	$(call show,LINK)$(CC) $(CFLAGS) $(if $(lto),-fno-lto) $(LDFLAGS) -o $@ $^ -ljansson -lunicorn -lm -pthread $(LDLIBS)

$(BUILD)/live/judge: $(call objects,plain,$(judge_sources)) $(BUILD)/plain/stlinkscope.a
	@mkdir -p $(@D)
	$(call show,LINK)$(CC) $(CFLAGS) $(if $(lto),-fno-lto) $(LDFLAGS) -o $@ $^ $(libraries) -lcmocka -lm $(LDLIBS)

include $(wildcard tests/live/*/rules.mk)

demo: $(PROGRAM)
	@tests/demo.sh $(abspath $(PROGRAM))

build-tests: WERROR = 1
build-tests: $(PROGRAM) $(BUILD)/asan/stlinkscope $(call tests,plain) $(call tests,asan) $(tools) $(live_programs) $(demo_images)

test: build-tests
	@BUILD=$(BUILD) PROGRAM=$(abspath $(PROGRAM)) tests/run.sh plain asan checks live

live: WERROR = 1
live: $(PROGRAM) $(live_programs) $(demo_images)
	@BUILD=$(BUILD) PROGRAM=$(abspath $(PROGRAM)) SCENARIO='$(SCENARIO)' tests/run.sh live

check-asan: build-tests
	@BUILD=$(BUILD) PROGRAM=$(abspath $(PROGRAM)) tests/run.sh asan

bench: $(PROGRAM) $(tools)
	@BUILD=$(BUILD) PROGRAM=$(abspath $(PROGRAM)) tests/bench/run.sh

fuzz_programs := $(patsubst tests/fuzz/%.c,$(BUILD)/fuzz/%,$(fuzz_sources))

$(BUILD)/fuzz/%.o: %.c $(BUILD)/flags | deps $(page)
	@mkdir -p $(@D)
	$(call show,CC  )$(FUZZ_CC) $(flags) $(CPPFLAGS) -O1 -g -MMD -MP -c -o $@ $< $(sanitizers) -fsanitize=fuzzer-no-link -w

$(fuzz_programs): $(BUILD)/fuzz/%: $(BUILD)/fuzz/tests/fuzz/%.o $(call objects,fuzz,$(library_sources))
	$(call show,LINK)$(FUZZ_CC) $(sanitizers) -fsanitize=fuzzer -o $@ $^ $(libraries)

fuzz: $(fuzz_programs)
	@BUILD=$(BUILD) tests/fuzz/run.sh $(FUZZ_SECONDS) $^

captures: $(BUILD)/plain/tests/make_captures $(BUILD)/plain/test_captures $(PROGRAM) $(live_programs) $(demo_images)
	$< captures
	@STLINKSCOPE=$(abspath $(PROGRAM)) BUILD=$(BUILD) PROGRAM=$(abspath $(PROGRAM)) tests/live/record.sh captures
	@STLINKSCOPE=$(abspath $(PROGRAM)) $(BUILD)/plain/test_captures --bless

bless: $(PROGRAM) $(BUILD)/plain/test_captures
	@tests/bless.sh $(abspath $^)

install: $(PROGRAM)
	install -D -m 755 $(PROGRAM) $(DESTDIR)$(PREFIX)/bin/stlinkscope
	install -D -m 644 docs/stlinkscope.1 $(DESTDIR)$(PREFIX)/share/man/man1/stlinkscope.1
	install -D -m 644 docs/stlinkscope.bash $(DESTDIR)$(PREFIX)/share/bash-completion/completions/stlinkscope
	install -D -m 644 udev/60-stlinkscope.rules $(DESTDIR)$(UDEV_RULES)/60-stlinkscope.rules

uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/stlinkscope $(DESTDIR)$(PREFIX)/share/man/man1/stlinkscope.1
	rm -f $(DESTDIR)$(PREFIX)/share/bash-completion/completions/stlinkscope $(DESTDIR)$(UDEV_RULES)/60-stlinkscope.rules

clean:
	rm -rf $(BUILD) $(PROGRAM)

FORCE:
.PHONY: all help deps demo build-tests test live check-asan bench fuzz captures bless install uninstall clean FORCE
.SECONDARY:

-include $(patsubst %.o,%.d,$(foreach kind,plain asan fuzz,$(call objects,$(kind),$(all_sources))))
