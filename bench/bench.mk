# SPDX-License-Identifier: GPL-3.0-or-later
#
# The measuring guests and their drivers; included by the Makefile.

BENCH_GUESTS := $(filter-out io paging,$(basename $(notdir $(wildcard bench/guests/*.c))))
BENCH_IMAGES := $(BENCH_GUESTS:%=$(BUILD)/bench/guests/%.elf)
BENCH_SHARED := $(addprefix bench/guests/,crt0.S io.c paging.c)

BENCH_CC    := riscv64-unknown-elf-gcc
BENCH_FLAGS := -std=gnu11 -O2 -march=rv64imac_zicsr_zifencei -mabi=lp64 -mcmodel=medany -ffreestanding -nostdlib -static \
    -fno-tree-loop-distribute-patterns -Wall -Wextra -Wshadow -Wconversion -Wl,--build-id=none -Ibench/guests

.PHONY: bench-guests bench-engine

bench-guests: $(BENCH_IMAGES)    ## the guests of the measurements: build/bench/guests

$(BUILD)/bench/guests/%.elf: bench/guests/%.c $(BENCH_SHARED) bench/guests/io.h bench/guests/link.ld
	@command -v $(BENCH_CC) >/dev/null || { echo "$(BENCH_CC) is missing: install gcc-riscv64-unknown-elf" >&2; exit 1; }
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(BENCH_CC) $(BENCH_FLAGS) -T bench/guests/link.ld $(BENCH_SHARED) $< -o $@
