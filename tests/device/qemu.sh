#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What the registers and rings of devices say, on QEMU and here, natively and by every technique: the same, but for the readings that
# have the name of a row of README.md behind them, which differ; and disk and console are the same after it.
set -u
bad=0
complain() { echo "$*"; bad=1; }
command -v qemu-system-riscv64 >/dev/null || { echo "qemu-system-riscv64 is missing: apt install qemu-system-misc"; exit 77; }
for i in 0 1 2 3 4 5 6 7; do head -c 512 /dev/zero | tr '\0' "\\10$i"; done >"$TMP/disk"
rows=$(sed -n 's/^| `\([a-z-]*\)` |.*/\1/p' tests/device/README.md | sort)
named=$(sed -n 's/.*# differs: //p' tests/device/*.s | sort -u)
[ "$rows" = "$named" ] || complain "README.md has rows for '$rows', and the guests name '$named'"

on_qemu() {
    timeout 60 qemu-system-riscv64 -M virt -bios none -display none -monitor none -serial "file:$TMP/serial" -icount shift=0,sleep=off \
        -kernel "$1" -global virtio-mmio.force-legacy=false "${@:2}" </dev/null 2>"$TMP/err" || { complain "$1: QEMU: $?"; cat "$TMP/err"; }
}

# compare WHAT: the last lines of what was said are the values of the readings. What was said before is the same, too, but for # and for 0,
# which in virtio_console.s one of them prints only.
compare() {
    local n
    n=$(wc -l <"$TMP/readings")
    cmp -s <(head -n "-$n" "$TMP/qemu" | tr -d '#\0') <(head -n "-$n" "$TMP/here" | tr -d '#\0') || complain "$1: what is said before the readings"
    paste -d ' ' <(tail -n "$n" "$TMP/qemu") <(tail -n "$n" "$TMP/here") "$TMP/readings" | awk -v what="$1" \
        'NF < 3 || ($1 == $2) == /# differs: / { print what ", reading " NR ": " $0; bad = 1 } END { exit bad }' || bad=1
}

readings() { sed '1,/\.include/d' "tests/device/$1.s" | grep -E '^ +(get[wh]?|lines)\b' | tr -s ' ' >"$TMP/readings"; }

for g in uart plic block virtio_console virtio_rng; do
    "$TRAPEZE" asm -I tests/device "tests/device/$g.s" -o "$TMP/$g.elf" || exit 1
    readings $g
    [ "$(wc -l <"$TMP/readings")" -ge 40 ] || complain "$g: too few readings"
    cp "$TMP/disk" "$TMP/qemu.disk"
    printf abcdefghijklmnop >"$TMP/typed"
    cp "$TMP/typed" "$TMP/console.in"
    : >"$TMP/console.out"
    without=indirect_desc=off,event_idx=off,queue_reset=off     # of what a device may offer
    case $g in
    virtio_*) on_qemu "$TMP/$g.elf" -device "virtio-serial-device,bus=virtio-mmio-bus.0,max_ports=1,emergency-write=off,$without" \
            -chardev "pipe,id=c,path=$TMP/console" -device virtconsole,chardev=c \
            -device "virtio-rng-device,bus=virtio-mmio-bus.1,$without" ;;
    *) on_qemu "$TMP/$g.elf" -drive "file=$TMP/qemu.disk,if=none,format=raw,id=d" -device virtio-blk-device,drive=d,bus=virtio-mmio-bus.0 ;;
    esac
    cat "$TMP/console.out" "$TMP/serial" >"$TMP/qemu"
    for t in $TECHNIQUES; do
        cp "$TMP/disk" "$TMP/here.disk"
        case $g in
        virtio_*) with=(--device virtio-serial-device --device virtio-rng-device) typed=$TMP/typed ;;
        *) with=(--drive "$TMP/here.disk") typed=/dev/null ;;
        esac
        "$TRAPEZE" run -t "$t" --quiet "${with[@]}" "$TMP/$g.elf" <"$typed" >"$TMP/here" 2>&1 || complain "$g: $t: $?"
        compare "$g: QEMU, and $t"
        cmp -s "$TMP/qemu.disk" "$TMP/here.disk" || complain "$g: $t: the disk is another one"
    done
done
exit $bad
