# The programs that the virtual target runs, and that clients flash: $(BUILD)/live/NAME.elf and NAME.bin. Included by the Makefile.

DEMO_CC ?= clang
DEMO_LD ?= ld.lld

demo_folder := tests/live/firmware
demo_flags := --target=thumbv7em-none-eabi -mcpu=cortex-m4 -mfloat-abi=soft -ffreestanding -std=gnu11 -Og -gdwarf-4 -fno-ident \
	-Wall -Wextra -Werror -ffile-prefix-map=$(CURDIR)=.
demo_names := $(patsubst $(demo_folder)/%.c,%,$(filter-out %/start.c,$(wildcard $(demo_folder)/*.c)))
demo_images := $(foreach name,$(demo_names),$(BUILD)/live/$(name).elf $(BUILD)/live/$(name).bin)

$(BUILD)/live/firmware/%.o: $(demo_folder)/%.c $(demo_folder)/demo.h | deps
	@mkdir -p $(@D)
	$(call show,CC  )$(DEMO_CC) $(demo_flags) -c -o $@ $<

demo_link = $(call show,LINK)$(DEMO_LD) -T $(demo_folder)/stm32f411.ld $(1) -o $@ $(filter %.o,$^)

$(demo_names:%=$(BUILD)/live/%.elf): $(BUILD)/live/%.elf: $(BUILD)/live/firmware/start.o $(BUILD)/live/firmware/%.o $(demo_folder)/stm32f411.ld
	$(call demo_link)

$(demo_names:%=$(BUILD)/live/%.bin): $(BUILD)/live/%.bin: $(BUILD)/live/firmware/start.o $(BUILD)/live/firmware/%.o $(demo_folder)/stm32f411.ld
	$(call demo_link,--oformat=binary)
