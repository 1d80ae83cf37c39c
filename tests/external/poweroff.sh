#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# U-Boot's poweroff by interp, which takes long for the second of virtual time that it waits: status 0, and the native run's state. The
# other techniques' is in uboot.sh.
set -u
firmware=/usr/lib/riscv64-linux-gnu/opensbi/generic/fw_jump.elf
uboot=/usr/lib/u-boot/qemu-riscv64_smode/uboot.elf
for f in $firmware $uboot; do [ -e $f ] || { echo "$f is missing: apt install opensbi u-boot-qemu"; exit 77; }; done
bad=0
printf 'expect "Hit any key to stop autoboot"\ntype " "\nexpect "=> "\nsend poweroff\n' >"$TMP/poweroff.expect"
for t in native interp; do
    "$TRAPEZE" run -t $t --expect "$TMP/poweroff.expect" --stats="$TMP/$t.json" --bios $firmware --kernel $uboot >"$TMP/out" 2>&1 </dev/null ||
        { echo "$t: status $?"; tail -3 "$TMP/out"; bad=1; }
    "$BUILD"/tests/tools/json "$TMP/$t.json" state_hash console_hash trap_hash instructions.guest exit.reason >"$TMP/$t.hashes"
done
cmp "$TMP/native.hashes" "$TMP/interp.hashes" || { paste "$TMP"/{native,interp}.hashes; bad=1; }
exit $bad
