#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Guests that want out. The simulator, not the monitor, sees whether one reaches what is not its own (status 127); and they
# come to the same end natively and under the monitor. (But for bt, where they may meet the translator in the address space,
# and see that it is there: docs/time.md.)
set -u
equal=${TECHNIQUES/ bt/} equal=${equal% }
bad=0
seeds=${HOSTILE_SEEDS:-1 2 3}
for source in tests/hostile/*.s; do
    name=$(basename "$source" .s)
    for seed in $seeds; do
        "$TRAPEZE" asm -D SEED="$seed" "$source" -o "$TMP/guest.elf" || { bad=1; continue; }
        head -c 65536 /dev/zero >"$TMP/disk"
        "$TRAPEZE" compare -t "${equal// /,}" --max-insns 6000000 --drive "$TMP/disk" "$TMP/guest.elf" >"$TMP/out" 2>&1 </dev/null
        status=$?
        [ $status = 0 ] || { echo "$name, seed $seed: status $status"; tail -5 "$TMP/out"; bad=1; }
        if ! grep -q '^# status: any' "$source" && ! grep -qE 'end(  *finisher, status 0){2,}$' "$TMP/out"; then
            echo "$name, seed $seed:"
            grep -A1 ' end ' "$TMP/out"
            bad=1
        fi
        "$TRAPEZE" run -t bt --quiet --max-insns 6000000 --drive "$TMP/disk" "$TMP/guest.elf" >"$TMP/out" 2>&1 </dev/null
        status=$?
        [ $status != 127 ] || { echo "$name, seed $seed, bt: status $status"; tail -5 "$TMP/out"; bad=1; }
    done
done
exit $bad
