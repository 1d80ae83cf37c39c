#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What the registers of devices say, on QEMU and here, natively and by every technique: the same.
set -u
bad=0
command -v qemu-system-riscv64 >/dev/null || { echo "qemu-system-riscv64 is missing: apt install qemu-system-misc"; exit 77; }
for g in uart plic; do
    "$TRAPEZE" asm -I tests/device "tests/device/$g.s" -o "$TMP/$g.elf" || exit 1
    timeout 60 qemu-system-riscv64 -M virt -bios none -nographic -icount shift=0,sleep=off -kernel "$TMP/$g.elf" </dev/null >"$TMP/qemu" 2>&1 ||
        { echo "$g: QEMU: $?"; bad=1; }
    [ "$(wc -l <"$TMP/qemu")" -ge 40 ] || { echo "$g: QEMU says little"; bad=1; }
    for t in $TECHNIQUES; do
        "$TRAPEZE" run -t "$t" "$TMP/$g.elf" </dev/null >"$TMP/here" 2>&1 || { echo "$g: $t: $?"; bad=1; }
        cmp -s "$TMP/qemu" "$TMP/here" || { echo "$g: QEMU, and $t: line, values"; diff <(cat -n "$TMP/qemu") <(cat -n "$TMP/here"); bad=1; }
    done
done
exit $bad
