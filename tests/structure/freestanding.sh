#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The monitor's core, and what it uses of isa/, are freestanding C: they compile for the machine that they virtualize, with
# no header of a C library in reach, and need nothing from outside but the functions of hw.h and the four that any
# compiler may call.
set -u
command -v clang >/dev/null || { echo "clang is not installed"; exit 77; }

flags=(--target=riscv64-unknown-elf -march=rv64imac -mabi=lp64 -mcmodel=medany -std=gnu11 -ffreestanding -nostdlibinc
    -O2 -Wall -Wextra -Werror -I.)
sources=$(ls vmm/*.c vmm/memory/*.c vmm/technique/*.c vmm/technique/*/*.c isa/device/*.c isa/{csr,hext,trap,mmu,two_stage,bus,cost,insn,seeded}.c 2>/dev/null |
    grep -v '^vmm/hw_machine.c$')
for s in $sources; do
    clang "${flags[@]}" -c "$s" -o "$TMP/${s//\//_}.o" || exit 1
done

nm=$(command -v llvm-nm llvm-nm-14 riscv64-unknown-elf-nm nm | head -1)
"$nm" --defined-only "$TMP"/*.o | awk 'NF == 3 { print $3 }' | sort -u >"$TMP/defined"
"$nm" --undefined-only "$TMP"/*.o | awk '$1 == "U" { print $2 }' | sort -u >"$TMP/needed"
outside=$(comm -23 "$TMP/needed" "$TMP/defined" | grep -vE '^(hw_.*|memcpy|memmove|memset|memcmp)$')
[ -z "$outside" ] || { echo "needed from outside:" $outside; exit 1; }
