#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Each program of this folder: passes natively and under the monitor, and leaves the same state, console and traps; with
# the simulator's short cuts off the same counters, too; with a TLB that is dropped at random the same state. QUICK=1 leaves
# these two out, and stops at the first failure.
set -u
bad=0
json() { "$BUILD"/tests/tools/json "$@"; }

# All that must not depend on the short cuts: everything but the command and the host. (Under make stress the TLB may be
# dropped at random in all runs: then only the state.)
facts() {
    case $TRAPEZE in */stress/*) json "$1" state_hash console_hash trap_hash; return ;; esac
    json "$1" exit.reason exit.code instructions.guest instructions.direct instructions.by_mode.{M,S,U} \
        cycles.{total,guest,trap,switch,walk,monitor,device,idle} \
        exits.{csr,privileged,ecall,exception,page_true,page_hidden,mmio,timer,interrupt,wfi,budget}.{count,cycles} \
        counters.{tlb_misses,walk_refs,guest_traps,guest_interrupts,device_accesses} state_hash console_hash trap_hash
}

run() {         # file of the report, technique, options
    "$TRAPEZE" run -t "$2" --quiet --max-insns 3000000 --stats="$TMP/$1.json" "${@:3}" "$image" >"$TMP/$1.out" 2>&1
    status=$?
    if [ $status != "$wanted" ]; then
        echo "$name: $2 ${*:3}: status $status, not $wanted; exit.code (the test case) $(json "$TMP/$1.json" exit.code)"
        cat "$TMP/$1.out"
        bad=1
    fi
}

for source in tests/insn/*.s; do
    name=$(basename "$source" .s)
    image=$TMP/$name.elf
    wanted=$(sed -n 's/^# status: \([0-9]*\).*/\1/p' "$source")
    wanted=${wanted:-0}
    "$TRAPEZE" asm -I tests/insn "$source" -o "$image" || { bad=1; continue; }
    techniques=$TECHNIQUES
    if grep -q '^# without: bt' "$source"; then
        case $TRAPEZE in *switch*) continue ;; esac # all techniques in a run, bt too
        techniques=${TECHNIQUES/ bt/}
    fi
    "$TRAPEZE" compare -t "$(echo "$techniques" | xargs | tr ' ' ,)" --quiet --max-insns 3000000 "$image" >"$TMP/compare" || { cat "$TMP/compare"; bad=1; }
    [ -n "${QUICK:-}" ] && [ $bad = 1 ] && break
    for t in $techniques; do
        run plain $t
        [ -z "${QUICK:-}" ] || continue
        run one $t --stress-one
        [ "$(facts "$TMP/plain.json")" = "$(facts "$TMP/one.json")" ] || {
            echo "$name: $t: --stress-one changes something (< is without)"
            diff <(facts "$TMP/plain.json") <(facts "$TMP/one.json")
            bad=1
        }
        for seed in 1 2; do
            run flushed $t --stress-tlb=$((seed * 23)) --seed $seed
            for hash in state_hash console_hash trap_hash instructions.guest; do
                [ "$(json "$TMP/plain.json" $hash)" = "$(json "$TMP/flushed.json" $hash)" ] || {
                    echo "$name: $t: a dropped TLB changes $hash"
                    bad=1
                }
            done
        done
    done
done
exit $bad
