#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# OpenSBI and U-Boot: `reset` starts the machine again, with what was left in memory. It waits for a second of virtual time first, so
# that interp is left out.
set -u
firmware=/usr/lib/riscv64-linux-gnu/opensbi/generic/fw_jump.elf
uboot=/usr/lib/u-boot/qemu-riscv64_smode/uboot.elf
for f in $firmware $uboot; do [ -e $f ] || { echo "$f is missing: apt install opensbi u-boot-qemu"; exit 77; }; done
bad=0
complain() { echo "$*"; bad=1; }

prompt='expect "Hit any key to stop autoboot"
type " "
expect "=> "'
cat >"$TMP/reset.expect" <<END
$prompt
send mw.l 0x81000000 0x12345678
expect "=> "
send mw.l 0x80200000 0
expect "=> "
send reset
expect "OpenSBI v"
$prompt
send md.l 0x81000000 1
expect "81000000: 12345678"
expect "=> "
send mw.l 0x100000 0x5555
END

# run TECHNIQUE SCRIPT
run() {
    local name=$1.$2 status
    "$TRAPEZE" run -t "$1" --expect "$TMP/$2.expect" --stats="$TMP/$name.json" --bios $firmware --kernel $uboot \
        >"$TMP/$name.out" 2>"$TMP/$name.err" </dev/null
    status=$?
    [ $status = 0 ] || { complain "$1, $2: status $status: $(cat "$TMP/$name.err")"; tail -3 "$TMP/$name.out"; }
    "$BUILD"/tests/tools/json "$TMP/$name.json" state_hash console_hash trap_hash instructions.guest exit.reason >"$TMP/$name.hashes"
    [ "$1" = native ] || cmp -s "$TMP/native.$2.hashes" "$TMP/$name.hashes" || complain "$2: native and $1 differ: $(paste "$TMP"/{native,"$1"}."$2".hashes)"
}
for t in $TECHNIQUES; do [ $t = interp ] || run $t reset; done
exit $bad
