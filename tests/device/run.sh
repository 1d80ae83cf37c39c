#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Guests that use the devices of --device, by every technique: what they print, and that all runs are equal.
set -u
bad=0
complain() { echo "$*"; bad=1; }
for g in rng console; do "$TRAPEZE" asm -I tests/device tests/device/$g.s -o "$TMP/$g.elf" || exit 1; done
seq 1 64 >"$TMP/disk"
truncate -s 4096 "$TMP/disk"

# The bytes are those of splitmix64, by hand: seed 1, its first output, most significant half-byte first.
run() { "$TRAPEZE" run "$@" 2>&1; }
rng=$(run -t native --device virtio-rng-device "$TMP/rng.elf" </dev/null) || complain "rng: $?: $rng"
[ "$(head -1 <<<"$rng")" = "$(tr '0123456789abcdef' 'abcdefghijklmnop' <<<910a2dec89025cc1)" ] || complain "rng: $rng"
[ "$rng" != "$(run -t native --seed 2 --device virtio-rng-device "$TMP/rng.elf" </dev/null)" ] || complain "rng: the seed changes nothing"
for t in $TECHNIQUES; do
    [ $t != pv ] || continue
    [ "$rng" = "$(run -t $t --device virtio-rng-device "$TMP/rng.elf" </dev/null)" ] || complain "rng by $t: other bytes"
    got=$(printf 'Hello, 7 dwarfs\n.ab' | run -t $t --device virtio-serial-device "$TMP/console.elf") || complain "console by $t: $?"
    [ "$got" = "$(printf '>HELLO, 7 DWARFS\n')" ] || complain "console by $t: $got"
done
for g in rng console; do
    printf 'Hello\n.' | "$TRAPEZE" compare --device virtio-serial-device --device virtio-rng-device "$TMP/$g.elf" >"$TMP/out" 2>&1
    [ $g = console ] || continue
    grep -q 'are equal' "$TMP/out" && ! grep -q differs "$TMP/out" || { complain "compare $g:"; tail -4 "$TMP/out"; }
done
# Behind a drive, in slot 1, slot 0 is a disk: the guest finds what it does not want.
run -t native --drive "$TMP/disk" --device virtio-rng-device "$TMP/rng.elf" </dev/null >"$TMP/out"
[ $? = 99 ] || complain "rng is not behind the drive"

refused() { local want=$1 got; shift; got=$(run "$@" </dev/null); [ $? = 125 ] && [[ $got = $want ]] || complain "$*: $got"; }
refused "trapeze: --device*" --device virtio-net-device "$TMP/rng.elf"
refused "trapeze: --device virtio-serial-device: a guest has one such console" --device virtio-serial-device --device virtio-serial-device "$TMP/rng.elf"
exit $bad
