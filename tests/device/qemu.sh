#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What the registers of devices say, on QEMU and here, natively and by every technique: the same; and the disk is the same after it.
set -u
bad=0
command -v qemu-system-riscv64 >/dev/null || { echo "qemu-system-riscv64 is missing: apt install qemu-system-misc"; exit 77; }
for i in 0 1 2 3 4 5 6 7; do head -c 512 /dev/zero | tr '\0' "\\10$i"; done >"$TMP/disk"
for g in uart plic block; do
    "$TRAPEZE" asm -I tests/device "tests/device/$g.s" -o "$TMP/$g.elf" || exit 1
    cp "$TMP/disk" "$TMP/qemu.disk"
    timeout 60 qemu-system-riscv64 -M virt -bios none -nographic -icount shift=0,sleep=off -kernel "$TMP/$g.elf" \
        -global virtio-mmio.force-legacy=false -drive "file=$TMP/qemu.disk,if=none,format=raw,id=d" \
        -device virtio-blk-device,drive=d,bus=virtio-mmio-bus.0 </dev/null >"$TMP/qemu" 2>"$TMP/err" ||
        { echo "$g: QEMU: $?"; cat "$TMP/err"; bad=1; }
    [ "$(wc -l <"$TMP/qemu")" -ge 40 ] || { echo "$g: QEMU says little"; bad=1; }
    for t in $TECHNIQUES; do
        cp "$TMP/disk" "$TMP/here.disk"
        "$TRAPEZE" run -t "$t" --drive "$TMP/here.disk" "$TMP/$g.elf" </dev/null >"$TMP/here" 2>&1 || { echo "$g: $t: $?"; bad=1; }
        cmp -s "$TMP/qemu" "$TMP/here" || { echo "$g: QEMU, and $t: line, values"; diff <(cat -n "$TMP/qemu") <(cat -n "$TMP/here"); bad=1; }
        cmp -s "$TMP/qemu.disk" "$TMP/here.disk" || { echo "$g: $t: the disk is another one"; bad=1; }
    done
done
exit $bad
