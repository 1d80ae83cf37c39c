#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Theorem 2's condition: nothing depends on timing. With the clock that counts instructions, the traps and the final image of a
# guest are the same under every cost model and with stalls at random (the TLB is lost again and again); with the clock that
# counts cycles, so are those of guests that do not look at it.
set -u
bad=0 runs=0
cheap=(--cost-set trap_enter=1 --cost-set mem=0 --cost-set world_switch=1 --cost-set walk_ref=0)
dear=(--cost-set trap_enter=977 --cost-set mem=13 --cost-set csr_access=31 --cost-set world_switch=4001 --cost-set walk_ref=59 --cost-set device_uart=9001)

# hashes OPTION... IMAGE: of the final image, the traps and the console.
hashes() {
    "$TRAPEZE" run --quiet --stats="$TMP/stats.json" "$@" </dev/null >/dev/null 2>"$TMP/err" || [ $? -lt 124 ] || cat "$TMP/err"
    "$BUILD/tests/tools/json" "$TMP/stats.json" state_hash trap_hash console_hash exit.status | xargs
}

# same NAME OPTION... IMAGE: under all cost models, and with stalls.
same() {
    local name=$1 first now
    shift
    first=$(hashes "$@")
    for how in "${cheap[*]}" "${dear[*]}" "--stress-tlb=50 --seed 1" "--stress-tlb=50 --seed 2 ${dear[*]}"; do
        runs=$((runs + 1))
        # shellcheck disable=SC2086
        now=$(hashes $how "$@")
        [ "$now" = "$first" ] || { echo "$name: $first, but with $how: $now"; bad=1; }
    done
}

for technique in native te; do
    same "kernel, $technique" -t $technique --append "run=hello,pipe" "$KERNEL"
done
for program in traps modes paging atomics; do
    "$TRAPEZE" asm -I tests/insn tests/insn/$program.s -o "$TMP/$program.elf" || exit 1
    for technique in native te; do
        for clock in insns cycles; do
            same "$program, $technique, $clock" -t $technique --clock $clock "$TMP/$program.elf"
        done
    done
done
# And that it can fail: a guest that looks at the clock.
printf '.globl _start\n_start:\n rdcycle a0\n ld t1, 0(sp)\n rdcycle a1\n sub a0, a1, a0\n la t0, word\n sd a0, 0(t0)\n li t1, 0x5555\n li t0, 0x100000\n sw t1, 0(t0)\nword: .dword 0\n' >"$TMP/looks.s"
sed -i 's/0(sp)/0(t0)/; s/^_start:/_start:\n la t0, word/' "$TMP/looks.s"
"$TRAPEZE" asm "$TMP/looks.s" -o "$TMP/looks.elf" || exit 1
[ "$(hashes -t native --clock cycles "$TMP/looks.elf")" != "$(hashes -t native --clock cycles "${dear[@]}" "$TMP/looks.elf")" ] ||
    { echo "a guest that looks at the clock does not see what things cost"; bad=1; }
[ $runs -gt 60 ] || { echo "only $runs runs"; bad=1; }
exit $bad
