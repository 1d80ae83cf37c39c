#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Without the simulator's short cuts hashes and counters stay as they are; with the TLB dropped, or stalls, at random the state does.
set -u
bad=0
run() { "$TRAPEZE" run -t $t --append run=forktree --stats="$TMP/$1" "${@:2}" "$KERNEL" >/dev/null </dev/null || { echo "$*: $?"; bad=1; }; }
same() {
    cmp -s <("$BUILD"/tests/tools/json "$TMP/plain" "$@") <("$BUILD"/tests/tools/json "$TMP/stressed" "$@") && return
    echo "$t differs:"
    diff <("$BUILD"/tests/tools/json "$TMP/plain" "$@") <("$BUILD"/tests/tools/json "$TMP/stressed" "$@")
    bad=1
}
for t in $TECHNIQUES; do
    run plain
    run stressed --stress-one
    same state_hash console_hash trap_hash instructions cycles events exits counters
    for every in 1 7 500; do
        run stressed --stress-tlb $every --seed $every
        same state_hash console_hash trap_hash instructions
        run stressed --stress-stall $((100 * every)) --seed $every
        same state_hash console_hash trap_hash instructions
    done
done
exit $bad
