#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# A run that was stopped, looked at, taken back and gone on with ends with the hashes, cycles, exits and counters of one that nobody
# has looked at; also with virtual time in cycles.
set -u
bad=0
json() { "$BUILD"/tests/tools/json "$TMP/run.json" "$1"; }

cat >"$TMP/look.dbg" <<'END'
set errors ignore
break *0x1234
break trap if cause == 99
stepi 1000
watch satp
continue
continue
delete
trap 5
info vcpu
explain trap
explain addr pc
phase
phase
phase
info timeline
info frames
info pages
reverse-stepi
reverse-stepi 500
reverse-trap
next 3
finish
goto 30000
break trap
reverse-continue
goto 12345
x/20i pc
delete
goto 1
continue
END
for t in $TECHNIQUES te/traced; do
    for clock in insns cycles; do
        "$TRAPEZE" run -t "$t" --clock $clock --append run=hello --stats="$TMP/run.json" "$KERNEL" </dev/null >"$TMP/console" || exit 1
        {
            cat "$TMP/look.dbg"
            echo "info status"
            for c in T I V cycles; do echo "p/u $c"; done
            if [ "$t" != native ]; then
                for e in csr privileged ecall page_hidden page_true mmio timer callout budget; do echo "p/u exits.$e"; done
                for c in shadow_fills shadow_drops bt_units bt_hits bt_chains guest_traps; do echo "p/u $c"; done
            fi
        } >"$TMP/all.dbg"
        "$TRAPEZE" debug -t "$t" --clock $clock --append run=hello --console "$TMP/seen" -x "$TMP/all.dbg" "$KERNEL" </dev/null >"$TMP/out" ||
            { echo "$t, $clock: $?"; tail -3 "$TMP/out"; bad=1; }
        cmp "$TMP/console" "$TMP/seen" || { echo "$t, $clock: the console"; bad=1; }
        n=4
        [ "$t" = native ] || n=19
        tail -n $n "$TMP/out" | tail -n +2 >"$TMP/got.numbers"
        {
            json instructions.guest
            json cycles.total
            if [ "$t" != native ]; then
                for e in csr privileged ecall page_hidden page_true mmio timer callout budget; do json exits.$e.count; done
                for c in shadow_fills shadow_drops bt_units bt_hits bt_chains guest_traps; do json counters.$c; done
            fi
        } >"$TMP/wanted"
        sed -i 2d "$TMP/got.numbers" # V, which reports do not have
        diff "$TMP/wanted" "$TMP/got.numbers" >"$TMP/diff" || { echo "$t, $clock: numbers"; cat "$TMP/diff"; bad=1; }
        hash=$(json state_hash | tr -d '"')
        grep -q "^state $hash\$" "$TMP/out" || { echo "$t, $clock: the state is not $hash"; bad=1; }
    done
done
exit $bad
