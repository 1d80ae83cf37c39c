#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Paravirtual kernels that try what they must not (*.s): each comes to its end, with status 0, where it makes hypercalls and
# where it is told that there are none; and the simulator sees no frame, table or translation that is not the guest's, also
# with another such guest on the same machine.
set -u
json=$BUILD/tests/tools/json
bad=0
wrong() { echo "$name: $*"; bad=1; }
for source in tests/pv/*.s; do
    name=$(basename "$source" .s)
    "$TRAPEZE" asm -I "$BUILD/guestos" "$source" -o "$TMP/guest.elf" || { bad=1; continue; }
    head -c 4096 /dev/zero | tr '\0' A >"$TMP/disk"
    for t in $TECHNIQUES pv; do
        "$TRAPEZE" run -t "$t" --drive "$TMP/disk,readonly" --max-insns 30000000 --stats="$TMP/$t.json" "$TMP/guest.elf" \
            >"$TMP/out" 2>&1 </dev/null
        status=$?
        [ $status = 0 ] || wrong "$t: status $status: $(tail -2 "$TMP/out")"
        calls=$("$json" "$TMP/$t.json" exits.hypercall.count)
        if [ "$t" = pv ]; then
            [ "$calls" -gt 15 ] || wrong "pv: only $calls hypercalls"
        else
            [ "$calls" = 0 ] || wrong "$t: $calls hypercalls"
        fi
    done
    "$TRAPEZE" verify -t pv --drive "$TMP/disk,readonly" --format json "$TMP/guest.elf" >"$TMP/verify" 2>"$TMP/err" </dev/null ||
        wrong "verify: $? $(cat "$TMP/err") $("$json" "$TMP/verify" techniques.0.resource_control.violations techniques.0.efficiency)"
    [ "$("$json" "$TMP/verify" techniques.0.technique techniques.0.resource_control.holds | xargs)" = "pv true" ] || wrong "verify: no run of pv"
done
exit $bad
