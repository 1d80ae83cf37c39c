#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Each script *.dbg of this folder, by the techniques of its first line ("# -t LIST: ..."), prints what its .out says. With several,
# the technique's name is left out of the text, and all print the same. RECORD=1 writes the .out files.
set -u
bad=0
"$TRAPEZE" asm tests/debugger/guest.s -o "$TMP/guest.elf" || exit 1
for script in tests/debugger/*.dbg; do
    list=$(sed -n '1s/^# -t \([a-z,]*\):.*/\1/p' "$script")
    [ -n "$list" ] || { echo "$script: no technique"; bad=1; }
    for t in ${list//,/ }; do
        "$TRAPEZE" debug --quiet -t "$t" -x "$script" "$TMP/guest.elf" </dev/null >"$TMP/out" 2>"$TMP/err" ||
            { echo "$script, $t: $(cat "$TMP/err")"; bad=1; }
        [ "$list" = "$t" ] || sed -i "s/-mode, $t\$/-mode/" "$TMP/out"
        [ -z "${RECORD:-}" ] || cp "$TMP/out" "${script%.dbg}.out"
        diff "${script%.dbg}.out" "$TMP/out" >"$TMP/diff" || { echo "$script, $t:"; head -20 "$TMP/diff"; bad=1; }
    done
done
exit $bad
