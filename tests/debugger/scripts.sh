#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Each script *.dbg of this folder, by the techniques of its first line ("# -t LIST: ..."), prints what its .out says. With several,
# the technique's name is left out of the text, and all print the same. Costs, and where the monitor keeps its tables, are not of
# interest here. RECORD=1 writes the .out files.
set -u
bad=0
plain() {
    sed -E -e '/hpa/ s/0x[0-9a-f]+/H/g' -e '/hpa/ s/ASID [0-9]+/ASID N/' -e 's/cost [0-9]+ cycles/cost N cycles/' \
        -e 's/; real .*/; real R/' -e 's/^real +0x.*/real R/' -e 's/^(satp +[*]?)(0x)?[0-9a-f]+/\1R/' \
        -e 's/^( +[0-9]+  [a-z_]+ +0x[0-9a-f]{16} ) +[0-9]+/\1 N/' "$1"
}
"$TRAPEZE" asm tests/debugger/guest.s -o "$TMP/guest.elf" || exit 1
for script in tests/debugger/*.dbg; do
    list=$(sed -n '1s/^# -t \([a-z,]*\):.*/\1/p' "$script")
    [ -n "$list" ] || { echo "$script: no technique"; bad=1; }
    for t in ${list//,/ }; do
        "$TRAPEZE" debug --quiet -t "$t" -x "$script" "$TMP/guest.elf" </dev/null >"$TMP/raw" 2>"$TMP/err" ||
            { echo "$script, $t: $(cat "$TMP/err")"; bad=1; }
        plain "$TMP/raw" >"$TMP/out"
        [ "$list" = "$t" ] || sed -i "s/-mode, $t\$/-mode/" "$TMP/out"
        [ -z "${RECORD:-}" ] || cp "$TMP/out" "${script%.dbg}.out"
        diff "${script%.dbg}.out" "$TMP/out" >"$TMP/diff" || { echo "$script, $t:"; head -20 "$TMP/diff"; bad=1; }
    done
done
exit $bad
