#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What a guest of OpenSBI is given (sbi.s), by every technique, and on QEMU.
set -u
firmware=/usr/lib/riscv64-linux-gnu/opensbi/generic/fw_jump.elf
[ -e $firmware ] || { echo "$firmware is missing: apt install opensbi"; exit 77; }
bad=0
"$TRAPEZE" asm --text 0x80200000 tests/external/sbi.s -o "$TMP/sbi.elf" || exit 1
printf '%s\n' S-mode timer timer timer IPI fences 'illegal instruction' 'access fault' 'good night' >"$TMP/want"
# Behind the firmware's banner.
said() { tr -d '\r' | sed -n '/^S-mode$/,$p' | diff "$TMP/want" - || { echo "$1: another output"; bad=1; }; }
for t in $TECHNIQUES; do
    "$TRAPEZE" run -t "$t" --stats="$TMP/$t.json" --max-insns 30000000 --bios $firmware --kernel "$TMP/sbi.elf" </dev/null >"$TMP/out" 2>&1 || { echo "$t: status $?"; bad=1; }
    said "$t" <"$TMP/out"
    "$BUILD"/tests/tools/json "$TMP/$t.json" state_hash console_hash trap_hash instructions.guest exit.reason >"$TMP/$t.hashes"
    cmp "$TMP/native.hashes" "$TMP/$t.hashes" || bad=1
done
if command -v qemu-system-riscv64 >/dev/null; then
    timeout 60 qemu-system-riscv64 -M virt -bios $firmware -nographic -kernel "$TMP/sbi.elf" </dev/null >"$TMP/out" 2>&1 || { echo "QEMU: status $?"; bad=1; }
    said QEMU <"$TMP/out"
fi
exit $bad
