#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The same programs on QEMU, which is the oracle: each must pass there, too. Where it does otherwise the program says so
# with DIFFERS, and qemu.md says why: under the same name, for each, and for no other.
set -u
bad=0
command -v qemu-system-riscv64 >/dev/null || { echo "qemu-system-riscv64 is missing: apt install qemu-system-misc"; exit 1; }

used=$(sed -n 's/^[^#]*DIFFERS \([a-z0-9-]*\),.*/\1/p' tests/insn/*.s | sort -u)
described=$(sed -n 's/^| `\([a-z0-9-]*\)` |.*/\1/p' tests/insn/qemu.md | sort -u)
[ "$used" = "$described" ] || { diff <(echo "$used") <(echo "$described") | sed 's/^</used, not described:/; s/^>/described, not used:/'; bad=1; }

for source in tests/insn/*.s; do
    grep -q '^# status:' "$source" && continue          # does not end by itself
    image=$TMP/$(basename "$source" .s).elf
    "$TRAPEZE" asm -I tests/insn "$source" -o "$image" || { bad=1; continue; }
    timeout 60 qemu-system-riscv64 -M virt -bios none -nographic -kernel "$image" </dev/null >"$TMP/out" 2>&1
    status=$?
    [ $status = 0 ] || { echo "$source: QEMU ends with $status (the test case)"; cat "$TMP/out"; bad=1; }
done
exit $bad
