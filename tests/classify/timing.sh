#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Theorem 2's condition: nothing depends on timing. With the clock that counts instructions, the traps and the final image of a
# guest are the same under every cost model, when the machine stands still at random and when its TLB is lost again and again; with
# the clock that counts cycles, so are those of guests that do not look at it. And `verify` says so.
set -u
bad=0 runs=0
json() { "$BUILD/tests/tools/json" "$@"; }
wrong() { echo "$*"; bad=1; }
cheap=(--cost-set trap_enter=1 --cost-set mem=0 --cost-set world_switch=1 --cost-set walk_ref=0)
ways=("--cost bench/cost/p4-2006.ini" "${cheap[*]} --stress-stall=3 --seed 3" "--cost bench/cost/inorder.ini --stress-stall=70 --seed 4"
    "--cost bench/cost/p4-2006.ini --stress-stall=5000 --seed 5" "--stress-tlb=50 --stress-stall=50000 --seed 1")

# hashes OPTION... IMAGE: of the final image, the traps and the console; then, behind a /, how long it took.
hashes() {
    "$TRAPEZE" run --quiet --stats="$TMP/stats.json" "$@" </dev/null >/dev/null 2>"$TMP/err" || [ $? -lt 124 ] || cat "$TMP/err"
    local values
    mapfile -t values < <(json "$TMP/stats.json" state_hash trap_hash console_hash exit.status cycles.total)
    echo "${values[*]::4}/${values[4]}"
}

# same NAME OPTION... IMAGE: under all cost models, and with stalls; no two of which take the same time.
same() {
    local name=$1 first now times
    shift
    first=$(hashes "$@")
    times=${first#*/} first=${first%/*}
    for how in "${ways[@]}"; do
        runs=$((runs + 1))
        # shellcheck disable=SC2086
        now=$(hashes $how "$@")
        times+=" ${now#*/}"
        [ "${now%/*}" = "$first" ] || wrong "$name: $first, but with $how: $now"
    done
    [ "$(tr ' ' '\n' <<<"$times" | sort -u | wc -l)" = $((${#ways[@]} + 1)) ] || wrong "$name: it took $times"
}

for technique in $TECHNIQUES; do
    same "kernel, $technique" -t "$technique" --append "run=hello,pipe" "$KERNEL"
done
for program in traps modes paging atomics; do
    "$TRAPEZE" asm -I tests/insn tests/insn/$program.s -o "$TMP/$program.elf" || exit 1
    for technique in $TECHNIQUES; do
        for clock in insns cycles; do
            same "$program, $technique, $clock" -t "$technique" --clock $clock "$TMP/$program.elf"
        done
    done
done
[ $runs -gt 150 ] || wrong "only $runs runs"

# And that it can fail. A guest that looks at the clock, when that counts cycles: at costs, and at stalls.
cat >"$TMP/looks.s" <<'END'
        .globl _start
_start: la      t0, word
        li      t2, 400
        rdcycle a0
1:      ld      t1, 0(t0)
        addi    t2, t2, -1
        bnez    t2, 1b
        rdcycle a1
        sub     a0, a1, a0
        sd      a0, 0(t0)
        li      t1, 0x5555
        li      t0, 0x100000
        sw      t1, 0(t0)
word:   .dword  0
END
"$TRAPEZE" asm "$TMP/looks.s" -o "$TMP/looks.elf" || exit 1
for technique in $TECHNIQUES; do
    same "looks, $technique" -t "$technique" "$TMP/looks.elf"
    plain=$(hashes -t "$technique" --clock cycles "$TMP/looks.elf")
    plain=${plain%/*}
    for how in "--cost bench/cost/p4-2006.ini" "--stress-stall=100"; do
        # shellcheck disable=SC2086
        now=$(hashes -t "$technique" --clock cycles $how "$TMP/looks.elf")
        [ "${now%/*}" != "$plain" ] ||
            wrong "$technique: a guest that looks at the clock does not see $how"
    done
done
# Stalls come from the seed alone.
[ "$(hashes -t te --clock cycles --stress-stall=100 "$TMP/looks.elf")" = "$(hashes -t te --clock cycles --stress-stall=100 "$TMP/looks.elf")" ] ||
    wrong "two runs with the same seed differ"
[ "$(hashes -t te --clock cycles --stress-stall=100 "$TMP/looks.elf")" != "$(hashes -t te --clock cycles --stress-stall=100 --seed 2 "$TMP/looks.elf")" ] ||
    wrong "another seed, and the same stalls"

# verify: the monitor does not depend on timing; which guest does, when the clock counts cycles.
for program in looks:true paging:false; do
    "$TRAPEZE" verify --stats="$TMP/verify.json" "$TMP/${program%:*}.elf" >"$TMP/out" || wrong "verify ${program%:*}: $?"
    [ "$(json "$TMP/verify.json" holds timing.holds timing.looks_at_clock | xargs)" = "true true ${program#*:}" ] ||
        wrong "verify ${program%:*}: $(json "$TMP/verify.json" holds timing.holds timing.looks_at_clock | xargs)"
    grep -q "^Nothing depends on timing" "$TMP/out" || wrong "verify ${program%:*} does not say so"
done
exit $bad
