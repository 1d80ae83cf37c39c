# SPDX-License-Identifier: GPL-3.0-or-later
#
# The measuring guests and their drivers; included by the Makefile.

BENCH_SHARED  := $(addprefix bench/guests/,crt0.S io.c paging.c)
BENCH_SOURCES := $(filter-out $(BENCH_SHARED),$(wildcard bench/guests/*.c bench/guests/*.S))
BENCH_IMAGES  := $(patsubst bench/guests/%,$(BUILD)/bench/guests/%.elf,$(basename $(BENCH_SOURCES)))

BENCH_CC    := riscv64-unknown-elf-gcc
BENCH_FLAGS := -std=gnu11 -O2 -march=rv64imac_zicsr_zifencei -mabi=lp64 -mcmodel=medany -ffreestanding -nostdlib -static \
    -fno-tree-loop-distribute-patterns -Wall -Wextra -Wshadow -Wconversion $(if $(WERROR),-Werror) -Wl,--build-id=none -Wa,-Ibench/guests
BENCH_BUILD  = $(Q)$(BENCH_CC) $(BENCH_FLAGS) -T bench/guests/link.ld $(BENCH_SHARED) $< -o $@

.PHONY: bench-guests bench-engine bench-compiler

bench-guests: $(BENCH_IMAGES)    ## the guests of the measurements: build/bench/guests

bench-compiler:
	@command -v $(BENCH_CC) >/dev/null || { echo "$(BENCH_CC) is missing: install the package gcc-riscv64-unknown-elf" >&2; exit 1; }

$(BENCH_IMAGES): $(BENCH_SHARED) bench/guests/io.h bench/guests/guest.inc bench/guests/link.ld bench/bench.mk | bench-compiler

$(BUILD)/bench/guests/%.elf: bench/guests/%.c
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(BENCH_BUILD)

$(BUILD)/bench/guests/%.elf: bench/guests/%.S
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(BENCH_BUILD)

BENCH_ENGINE := $(BUILD)/bench/engine

$(BENCH_ENGINE): $(wildcard bench/engine/*.[ch])
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(CC) -std=gnu11 -D_GNU_SOURCE $(WARNINGS) $(CFLAGS) $(filter %.c,$^) -ljansson -o $@

# More options in ARGS: make bench-engine ARGS='--runs 5 --json engine.json'
bench-engine: $(BENCH_ENGINE) $(TRAPEZE) $(KERNEL) $(BENCH_IMAGES)    ## the engine beside QEMU: ratios, ns, MIPS
	@$(BENCH_ENGINE) --trapeze $(TRAPEZE) --kernel $(KERNEL) --guests $(BUILD)/bench/guests $(ARGS)
