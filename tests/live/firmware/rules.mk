# The programs that the virtual target runs, and that clients flash: $(BUILD)/live/NAME.elf and NAME.bin. Included by the Makefile.

FIRMWARE_CC ?= clang
FIRMWARE_LD ?= ld.lld

firmware_folder := tests/live/firmware
firmware_flags := --target=thumbv7em-none-eabi -mcpu=cortex-m4 -mfloat-abi=soft -ffreestanding -std=gnu11 -Og -gdwarf-4 -fno-ident \
	-Wall -Wextra -Werror -ffile-prefix-map=$(CURDIR)=.
firmware_names := $(patsubst $(firmware_folder)/%.c,%,$(filter-out %/start.c,$(wildcard $(firmware_folder)/*.c)))
firmware_images := $(foreach name,$(firmware_names),$(BUILD)/live/$(name).elf $(BUILD)/live/$(name).bin)

$(BUILD)/live/firmware/%.o: $(firmware_folder)/%.c $(firmware_folder)/demo.h | deps
	@mkdir -p $(@D)
	$(call show,CC  )$(FIRMWARE_CC) $(firmware_flags) -c -o $@ $<

firmware_link = $(call show,LINK)$(FIRMWARE_LD) -T $(firmware_folder)/stm32f411.ld $(1) -o $@ $(filter %.o,$^)

$(firmware_names:%=$(BUILD)/live/%.elf): $(BUILD)/live/%.elf: $(BUILD)/live/firmware/start.o $(BUILD)/live/firmware/%.o $(firmware_folder)/stm32f411.ld
	$(call firmware_link)

$(firmware_names:%=$(BUILD)/live/%.bin): $(BUILD)/live/%.bin: $(BUILD)/live/firmware/start.o $(BUILD)/live/firmware/%.o $(firmware_folder)/stm32f411.ld
	$(call firmware_link,--oformat=binary)
