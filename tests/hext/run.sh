#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Programs that use the hypervisor extension print the same natively, with all short cuts of the simulator off, and on QEMU;
# and that is what they printed before (PROGRAM.out). What QEMU does otherwise begins with ~NAME: README.md says why, for each
# name and for no other. Without the extension they do not get far.
set -u
bad=0
command -v qemu-system-riscv64 >/dev/null || { echo "qemu-system-riscv64 is missing: apt install qemu-system-misc"; exit 1; }

used=$(grep -oh '^~[a-z0-9-]*' tests/hext/*.out | tr -d '~' | sort -u)
described=$(sed -n 's/^| `\([a-z0-9-]*\)` |.*/\1/p' tests/hext/README.md | sort -u)
[ "$used" = "$described" ] || { diff <(echo "$used") <(echo "$described") | sed 's/^</used, not described:/; s/^>/described, not used:/'; bad=1; }

native() {
    timeout 60 "$TRAPEZE" run -t native --quiet --cpu rv64,h=true --max-insns 5000000 "$@" "$image" </dev/null
}

for source in tests/hext/*.s; do
    name=$(basename "$source" .s)
    image=$TMP/$name.elf
    wanted=tests/hext/$name.out
    "$TRAPEZE" asm -I tests/hext "$source" -o "$image" || { bad=1; continue; }
    native >"$TMP/native" || { echo "$name: natively: status $?"; bad=1; }
    [ -n "${RECORD:-}" ] && cp "$TMP/native" "$wanted"
    diff "$wanted" "$TMP/native" || { echo "$name: natively (< is what it was)"; bad=1; }
    native --stress-one >"$TMP/one"
    diff "$wanted" "$TMP/one" || { echo "$name: --stress-one changes something (< is without)"; bad=1; }
    native --stress-tlb 5 >"$TMP/tlb"
    diff "$wanted" "$TMP/tlb" || { echo "$name: a dropped TLB changes something (< is without)"; bad=1; }
    timeout 60 qemu-system-riscv64 -M virt -cpu rv64,h=true -bios none -nographic -kernel "$image" </dev/null >"$TMP/qemu" 2>&1
    diff <(grep -v '^~' "$wanted") <(grep -v '^~' "$TMP/qemu") || { echo "$name: on QEMU (< is here)"; bad=1; }
    "$TRAPEZE" run -t native --quiet --max-insns 5000000 "$image" </dev/null >"$TMP/without"
    [ $? != 0 ] || ! cmp -s "$wanted" "$TMP/without" || { echo "$name: passes without the extension"; bad=1; }
done
exit $bad
