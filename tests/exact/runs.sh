#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# A budget is a number of steps, exactly; a run that was stopped is equal everywhere; two runs report the same but for the
# host; what is counted sums up.
set -u
bad=0
json() { "$BUILD"/tests/tools/json "$@"; }
complain() { echo "$*"; bad=1; }
run() { "$TRAPEZE" run -t "$1" --quiet --append run=forktree --stats="$TMP/$2.json" "${@:3}" "$KERNEL" >"$TMP/out" 2>&1 </dev/null; }

for t in $TECHNIQUES; do
    for n in 1 2 3 63 64 65 127 1000 1001 9999 54321 123456; do
        run $t stopped --max-insns $n
        status=$?
        steps=$(($(json "$TMP/stopped.json" instructions.guest) + $(json "$TMP/stopped.json" counters.guest_traps)))
        [ $status = 124 ] && [ $steps = $n ] || complain "$t --max-insns $n: status $status after $steps steps"
    done

    run $t first
    run $t second
    cmp -s <(json "$TMP/first.json" . | sed 's/"host":{[^}]*},//; s/first//') \
        <(json "$TMP/second.json" . | sed 's/"host":{[^}]*},//; s/second//') || complain "$t: two runs report other things"

    sum() { local total=0 v; while read -r v; do total=$((total + v)); done < <(json "$TMP/first.json" "$@"); echo $total; }
    total=$(json "$TMP/first.json" cycles.total)
    owners=$(sum cycles.{guest,trap,switch,walk,monitor,device,idle})
    [ "$owners" = "$total" ] || complain "$t: owners have $owners of $total cycles"
    exits=$(sum exits.{csr,privileged,ecall,exception,page_true,page_hidden,page_trace,mmio,timer,interrupt,wfi,hypercall,callout,guest_page,virtual_insn,budget}.cycles)
    [ "$exits" -lt "$total" ] || complain "$t: exits have $exits of $total cycles"
    modes=$(sum instructions.by_mode.{M,S,U})
    kinds=$(sum instructions.{direct,interpreted,translated})
    guest=$(json "$TMP/first.json" instructions.guest)
    [ "$modes" = "$guest" ] && [ "$kinds" = "$guest" ] || complain "$t: $guest instructions, $modes by mode, $kinds by kind"
done

for n in 1 77 4096 33333 100001; do
    "$TRAPEZE" compare --quiet --max-insns $n --append demo "$KERNEL" >"$TMP/out" 2>&1 </dev/null || {
        complain "stopped after $n steps, native and te differ:"
        tail -3 "$TMP/out"
    }
done
exit $bad
