#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What docs/own-kernel.md promises of kernels that hang, each in its way: how a run ends, and what it says of where and why.
set -u
bad=0
complain() { echo "$*"; bad=1; }
command -v clang >/dev/null && command -v riscv64-unknown-elf-ld >/dev/null || { echo "clang or riscv64-unknown-elf-ld is missing"; exit 77; }
for h in wfi stack stvec device; do
    clang --target=riscv64-unknown-elf -march=rv64imac -mabi=lp64 -mcmodel=medany -O2 -ffreestanding -fno-optimize-sibling-calls \
        -Wno-infinite-recursion -DHANG=$h -c tests/external/guests/hangs.c -o "$TMP/$h.o" &&
        riscv64-unknown-elf-ld -n -Ttext=0x80000000 -e _start "$TMP/$h.o" -o "$TMP/$h.elf" || exit 1
done

# hang NAME STATUS PATTERN: by every technique.
hang() {
    local t got
    for t in $TECHNIQUES; do
        got=$("$TRAPEZE" run -t "$t" -m 16 --max-insns 1000000 "$TMP/$1.elf" </dev/null 2>&1)
        [ $? = "$2" ] && [[ $got = $3 ]] || complain "$1 by $t: $got"
    done
}
hang wfi 124 '*the guest waits for an interrupt at 0x8000* (sleep_well+0x*), and none can come'
hang stack 126 '*nothing but trap: 1000 times in a row, the last one instruction access fault at 0x0, value 0x0; the first one store/AMO access fault at 0x8000* (dig+0x*), value 0x7fff*'
hang stvec 126 '*nothing but trap: 1000 times in a row, the last one instruction access fault at 0x0, value 0x0; the first one illegal instruction at 0x8000* (supervisor+0x*), value 0x30002573*'
hang device 124 '*the budget of 1000000 steps is used up, at 0x8000* (wait_for_disk+0x*)'

# The trace names the register, under te, and natively the trap that began the loop.
trace() {
    "$TRAPEZE" run -t "$1" -m 16 --max-insns 3000 --trace "$TMP/trace.json" "$TMP/$2.elf" </dev/null >/dev/null 2>&1
    "$TRAPEZE" trace "$TMP/trace.json" >"$TMP/trace"
    grep -qE "$3" "$TMP/trace" || { complain "$2 by $1: the trace lacks $3"; tail -5 "$TMP/trace"; }
}
trace te device ' wait_for_disk\+0x[0-9a-f]+ .*load page fault .* at 0x10001060$'
trace native stvec ' supervisor\+0x[0-9a-f]+ .*illegal instruction'
exit $bad
